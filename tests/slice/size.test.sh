#!/bin/bash
# Sizes: every slice close to what was asked for, none too small, memory that does not grow.
set -u
work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)") || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export KBC_DATA_TYPE_SUPPORT=
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

noise() { # MEGABYTES that compress to three quarters, the same every time
    openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null |
        head -c "$(($1 * 750000))" | base64 -w 75 | awk '{ print NR "," $0 }'
}

plain() { # RECORDS that compress well
    seq 1 "$1" | awk '{ print $1 ",some words that come back " $1 % 1000 " times" }'
}

{ echo id,text; noise 24; plain 1500000; noise 14; } >t.csv # changes its nature twice
{ echo id,text; noise 47; } >even.csv                        # three slices and a half

# check FILE WHAT: the sizes must be as WHAT says, of `sizes`, and none but the last below 10 MB
check() {
    python3 - "$@" <<'PY' || fail "sizes: $(cut -c 1-600 "$1")"
import json, sys
sizes = [s["compressed_bytes"] for s in json.load(open(sys.argv[1]))["slices"]]
print("sizes:", *sizes)
assert all(s >= 10_000_000 for s in sizes[:-1])
assert eval(sys.argv[2]), sys.argv[2]
PY
}

"$CSVKIT" slice t.csv -o dir --slice-size=10MB -f json >out || fail "file"
# How the rest compresses cannot be foretold.
check out 'len(sizes) >= 3 and max(sizes[:-1]) <= 15_000_000 and 5_000_000 <= sizes[-1] <= 20_000_000'
zcat dir/* | cmp - <(tail -n +2 t.csv) || fail "file: not the body"
rm -rf dir dir.manifest

"$CSVKIT" slice even.csv -o dir --slice-size=10MB -f json >out || fail "even"
check out 'len(sizes) == 3 and max(sizes) <= 1.1 * min(sizes)' # no crumb at the end, and no giant
rm -rf dir dir.manifest
"$CSVKIT" slice even.csv -o dir --slice-size=10MB --compress=none -f json >out || fail "plain"
check out 'len(sizes) == 5 and max(sizes) <= 1.1 * min(sizes)'
rm -rf dir dir.manifest
"$CSVKIT" slice even.csv -o dir --slice-size=4MB --any-size -f json >out || fail "any size"
python3 - <<'PY' || fail "any size"
import json
sizes = [s["compressed_bytes"] for s in json.load(open("out"))["slices"]]
assert len(sizes) in (9, 10) and max(sizes) <= 1.1 * min(sizes), sizes
PY
rm -rf dir dir.manifest even.csv

cat t.csv | "$CSVKIT" slice - -o dir --slice-size=10MB -f json >out || fail "pipe"
check out 'max(sizes) <= 10_500_000' # the length is not known, so the last one is what is left
rm -rf dir dir.manifest

# Constant memory: the same for 3 MB and for 160 MB of text.
peak() {
    python3 - "$@" <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
}
head -n 40000 t.csv >s.csv
small=$(peak "$CSVKIT" slice s.csv -o dir1 -j2 --level=2)
{ cat t.csv; tail -n +2 t.csv; } >big.csv
big=$(peak "$CSVKIT" slice big.csv -o dir2 -j2 --level=2 --slice-size=20MB)
echo "peak memory: $small KB for $(stat -c %s s.csv) bytes, $big KB for $(stat -c %s big.csv)"
case $CSVKIT in
*/release/*) [ "$big" -le 32768 ] || fail "$big KB is more than 32 MB" ;;
esac

[ "$fails" = 0 ] && echo "sizes are as asked for"
exit $((fails != 0))
