#!/bin/bash
# A table of GB gigabytes (default 20), streamed, never stored: `make check-large-slice GB=20`.
# Memory must not grow with it, every slice but the last be close to --slice-size and all within
# 10 to 100 MB, gzip -t pass on all, and the slices hold what was generated.
set -u
gigabytes=${GB:-20}
bytes=$((gigabytes * 1000000000))
base=$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)
[ "$(df --output=avail -B1 "$base" | tail -n 1)" -gt $((bytes * 2 / 5)) ] || base=/tmp
work=$(mktemp -d -p "$base") || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

table() {
    "$BUILD/tests/bench/generate" mixed "$1"
}

peak() { # the peak of slicing GIGABYTES from a pipe, in kB; into DIR
    table "$1" | "$BUILD/tests/tools/peak" "$CSVKIT" slice - -o "$2" -j2 --slice-size=50MB |
        { read -r status kilobytes && [ "$status" = 0 ] && echo "$kilobytes"; }
}

small=$(peak 200000000 small) || fail "slice of 0.2 GB"
large=$(peak "$bytes" large) || fail "slice of $gigabytes GB"
echo "peak memory: $small kB for 0.2 GB, $large kB for $gigabytes GB"
[ "$large" -le 32768 ] && [ "$large" -le $((small + 4096)) ] || fail "memory grows: $small, $large kB"

find large -type f -printf '%f %s\n' | sort | awk '
    { name[NR] = $1; size[NR] = $2; sum += $2 }
    END {
        for (i = 1; i <= NR; i++) {
            last = i == NR
            if (size[i] > 1e8 || (!last && (size[i] < 47.5e6 || size[i] > 52.5e6))) {
                print "FAIL: " name[i] " has " size[i] " bytes"; bad = 1
            }
            if (!last && (least == 0 || size[i] < least)) least = size[i]
            if (!last && size[i] > most) most = size[i]
        }
        printf "%d slices, %.0f bytes, all but the last of %d to %d bytes\n", NR, sum, least, most
        exit bad
    }' || fails=$((fails + 1))
gzip -t large/*.gz || fail "gzip -t"
echo "gzip -t passes on all"
{ zcat large/*.gz | cksum >there; } &
table "$bytes" | tail -n +2 | cksum >here
wait
cmp here there || fail "the slices are not the body"
echo "the slices one after the other are the table without its header: $(cat there)"
[ "$fails" = 0 ] && echo "large tables slice in constant memory"
exit $((fails != 0))
