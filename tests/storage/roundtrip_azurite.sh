#!/bin/bash
# The same round trip with Azurite as the Azure server: it checks shared access signatures, block
# lists and MD5 sums for itself. It comes from npm, into build/azurite.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/roundtrip.sh"
version=3.35.0
folder=$here/../../build/azurite
command -v node >/dev/null || skip "skipped: no node here, which Azurite needs"
if [ ! -x "$folder/node_modules/.bin/azurite-blob" ]; then
    mkdir -p "$folder" && echo '{"private":true}' >"$folder/package.json"
    (cd "$folder" && env -u no_proxy -u NO_PROXY timeout 180 \
        npm install --no-audit --no-fund --silent "azurite@$version") >"$work/npm.log" 2>&1 ||
        skip "skipped: Azurite $version cannot be installed with npm: $(tail -n 1 "$work/npm.log")"
fi
port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
key=$(printf 'a key for the tests of csvkit only' | base64)
AZURITE_ACCOUNTS="csvkit:$key" "$folder/node_modules/.bin/azurite-blob" --blobHost 127.0.0.1 \
    --blobPort "$port" --inMemoryPersistence --disableTelemetry >"$work/azurite.log" 2>&1 &
pids+=($!)
for _ in $(seq 300); do
    curl -s -o "$work/ping" "http://127.0.0.1:$port/" && break
    sleep 0.1
done
store --provider azure --azurite "http://127.0.0.1:$port/csvkit" "$key"
check_all

# ---- parts, odd names, refusals ---------------------------------------------------------------------
head -c 11000000 /dev/urandom >"$work/big.bin"
run 0 upload "$work/big.bin" --no-check --part-size=4MiB
run 0 download --file-id="$(cat "$work/out")" -o "$work/big.back"
cmp -s "$work/big.bin" "$work/big.back" || fail "a file in blocks comes back differently"
mkdir "$work/odd"
for name in 'a b.csv' 'ü&=#%~!.csv' "x'()*,;\$@+.csv"; do printf '1,2\n' >"$work/odd/$name"; done
echo '{"columns":["a","b"]}' >"$work/odd.manifest"
run 0 load in.c-main.odd "$work/odd" --format=json
same "rows of slices with odd names" "$(result .imported_rows)" 3
: >"$work/empty"
run 0 upload "$work/empty" --no-check
control set '{"lifetime":-10}'
run 2 upload "$work/big.bin" --no-check
says "ran out; preparing a new file"
conclude
