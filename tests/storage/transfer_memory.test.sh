#!/bin/bash
# Memory does not grow with the data: 50 MB go up in parts and come down in less than 32 MB.
. "$(dirname "$0")/lib.sh"
case ${BUILD:-release} in
*asan* | *tsan* | *ubsan* | *cov* | *debug*) skip "skipped: sanitizers have memory needs of their own" ;;
esac
store
peak() { # COMMAND...: kilobytes at most in memory
    "$PYTHON" -c 'import resource, subprocess, sys
code = subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], "w")).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if code == 0 else 10 ** 9)' "$work/out" "$@"
}
"$PYTHON" -c 'import sys
for i in range(500000):
    sys.stdout.write("%d,%s\r\n" % (i, "%095d" % (i * 7919)))' >"$work/big.csv"
up=$(peak "$CSVKIT" upload "$work/big.csv" --no-check --part-size=8MiB --quiet)
[ "$up" -lt 32768 ] || fail "upload took $up kB"
id=$(cat "$work/out")
down=$(peak "$CSVKIT" download --file-id="$id" -o "$work/back.csv" --quiet)
[ "$down" -lt 32768 ] || fail "download took $down kB"
cmp -s "$work/big.csv" "$work/back.csv" || fail "the file comes back differently"
packed=$(peak "$CSVKIT" upload "$work/big.csv" --no-check --compress --quiet)
[ "$packed" -lt 32768 ] || fail "compressing took $packed kB"
id=$(cat "$work/out")
down=$(peak "$CSVKIT" download --file-id="$id" -o "$work/back.csv" --quiet)
[ "$down" -lt 32768 ] || fail "unpacking took $down kB"
cmp -s "$work/big.csv" "$work/back.csv" || fail "the compressed file comes back differently"
conclude
