#!/bin/bash
# The same round trip with OpenStack Swift as the S3 server: somebody else's idea of signatures,
# multipart uploads and digests; session token, expiry and key prefix are checked as well.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/roundtrip.sh"
"$PYTHON" -c 'import swift.common.middleware.s3api' 2>/dev/null ||
    skip "skipped: Debian's python3-swift is not installed (apt-get install python3-swift)"
echo '{"OWNER": {"secret": "owner-secret"}}' >"$work/creds.json"
"$PYTHON" "$here/swift_server.py" "$work/swift" "$work/creds.json" "$work/swift.ready" \
    >"$work/swift.log" 2>&1 &
pids+=($!)
for _ in $(seq 300); do
    [ -s "$work/swift.ready" ] && break
    sleep 0.1
done
[ -s "$work/swift.ready" ] || { cat "$work/swift.log"; fail "Swift did not start"; conclude; }
store --s3 "$(cat "$work/swift.ready")" "$work/creds.json"
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
conclude
