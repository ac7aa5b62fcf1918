#!/bin/bash
# The same round trip with OpenStack Swift as the S3 server: somebody else's idea of signatures,
# multipart uploads and digests; session token, expiry and key prefix are checked as well. Keys of
# difficult bytes, and the memory of an upload, are tried here because Swift is running already;
# FUZZ_KEYS_ROUNDS (ten keys each), FUZZ_KEYS_SEED and LARGE_MB make more of it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/roundtrip.sh"
. "$(dirname "$0")/fuzz_keys.sh"
. "$(dirname "$0")/large_upload.sh"
swift
check_all

# ---- parts, odd names, refusals ---------------------------------------------------------------------
head -c 11000000 /dev/urandom >"$work/big.bin"
run 0 upload "$work/big.bin" --no-check --part-size=5MiB
run 0 download --file-id="$(cat "$work/out")" -o "$work/big.back"
cmp -s "$work/big.bin" "$work/big.back" || fail "a file in parts comes back differently"
mkdir "$work/odd"
for name in 'a b.csv' 'ü&=?#%~!.csv' "x'()*,;\$@+.csv"; do printf '1,2\n' >"$work/odd/$name"; done
echo '{"columns":["a","b"]}' >"$work/odd.manifest"
run 0 load in.c-main.odd "$work/odd" --format=json
same "rows of slices with odd names" "$(result .imported_rows)" 3
: >"$work/empty"
run 0 upload "$work/empty" --no-check
control set '{"lifetime":-10}'
run 2 upload "$work/big.bin" --no-check
says "ExpiredToken"
control set '{"lifetime":3600,"spoil_session":true}'
run 2 upload "$work/empty" --no-check
says "400 InvalidToken"
control set '{"spoil_session":false}'

check_fuzzed_keys "${FUZZ_KEYS_ROUNDS:-3}" "${FUZZ_KEYS_SEED:-1}"
case $BUILD in
*asan* | *tsan* | *ubsan* | *cov* | *debug*) ;; # they have memory needs of their own
*) LARGE_SLICE=6MB check_large_upload "${LARGE_MB:-32}" ;;
esac
conclude
