#!/bin/bash
# A primary key of KEYS values in no order (default a billion), streamed, never stored:
# `make check-many-keys KEYS=1000000000`. The first of them comes again at the end, and must be
# found; memory must stay near --memory; the time and the disk that the keys take are printed. JOBS: threads, 2.
# A billion keys take 27 GB in TMPDIR.
set -u
keys=${KEYS:-1000000000}
header='column_1,column_2'
work=$(mktemp -d) || exit 2
trap 'kill $watcher 2>/dev/null; rm -rf "$work"' EXIT
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

ids() { # how many
    "$BUILD/tests/bench/generate" ids $((13 * $1 + ${#header} + 1))
}

used() { # of the disk, in kB; the files of keys have no name
    df --output=used -k "$work" | tail -n 1
}

watch_disk() {
    local most=0 before now
    before=$(used)
    while sleep 1; do
        now=$(($(used) - before))
        [ "$now" -le "$most" ] || { most=$now && echo "$most" >"$work/disk"; }
    done
}

judge() { # into $work/report; prints its exit status and the peak of memory, in kB
    { ids "$keys" && ids 1 | tail -n 1; } | TMPDIR=$work "$BUILD/tests/tools/peak" \
        bash -c 'exec "$1" validate -j"$3" --primary-key=column_1 --memory=256MiB --format=csv - >"$2"' _ "$CSVKIT" "$work/report" "${JOBS:-2}"
}

echo 0 >"$work/disk"
watch_disk &
watcher=$!
began=$SECONDS
read -r status kilobytes < <(judge)
took=$((SECONDS - began))
[ "$status" = 1 ] || fail "the exit status is $status, not 1"
grep -q ",$((keys + 2)),1,column_1,duplicate-key,.*record 2)" "$work/report" || fail "the repeated key was not found: $(head -c 400 "$work/report")"
[ "$kilobytes" -le $((320 * 1024)) ] || fail "$kilobytes kB of memory"
echo "$keys keys: $took s, $kilobytes kB of memory, $(cat "$work/disk") kB of disk (what others wrote there meanwhile included)"
[ "$fails" = 0 ]
