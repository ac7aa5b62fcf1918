#!/bin/bash
# slice beside other ways to get compressed slices, on the same bytes in the same run.
#   BUILD=build/release tests/bench/slice.sh [MEGABYTES]      output on tmpfs when there is room
# Prints megabytes of text per second and how many times less time slice takes; on a machine that
# does other work, too, only the CPU time means something.
set -u
BUILD=${BUILD:-build/release}
BUILD=$(cd "$BUILD" && pwd)
size=$((${1:-300} * 1000000))
tool=$BUILD/bin/csvkit
work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)") || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export TIMEFORMAT='%R %U %S'

"$BUILD/tests/bench/generate" mixed "$size" >t.csv || exit 2

# timed NAME COMMAND...: best of three; sets wall[NAME], cpu[NAME], bytes[NAME]
declare -A wall cpu bytes
timed() {
    local name=$1 best=999999 line i
    shift
    for i in 1 2 3; do
        rm -rf out out.manifest
        line=$({ time "$@" >/dev/null 2>&1; } 2>&1)
        read -r real user sys <<<"$line"
        if awk "BEGIN { exit !($real < $best) }"; then
            best=$real
            wall[$name]=$real
            cpu[$name]=$(awk "BEGIN { print $user + $sys }")
        fi
    done
    bytes[$name]=$(find out -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')
    awk -v n="$name" -v s="$size" -v w="${wall[$name]}" -v c="${cpu[$name]}" -v b="${bytes[$name]}" \
        'BEGIN { printf "%-22s %7.1f MB/s  %6.2f s CPU  ratio %.3f\n", n, s / w / 1e6, c, s / b }'
}

ratio() { # WHAT OURS THEIRS: how many times less wall time and CPU time ours takes
    awk -v w="$1" -v a="${wall[$2]}" -v b="${wall[$3]}" -v c="${cpu[$2]}" -v d="${cpu[$3]}" \
        -v x="${bytes[$2]}" -v y="${bytes[$3]}" 'BEGIN {
            printf "%-52s %5.2f wall %5.2f CPU, %+5.1f %% of size\n", w, b / a, d / c, 100 * (x / y - 1)
        }'
}

other() { # COMPRESSOR...: cut by bytes of text, compress each piece
    mkdir out && split -b 130000000 --filter="$* >out/\$FILE.gz" t.csv part-
}

slice() { "$tool" slice t.csv -o out -q --slice-size=50MB "$@"; }

for level in 2 4 6; do
    for threads in 1 2; do
        timed "slice -$level -j$threads" slice --level=$level -j$threads
    done
done
timed "gzip -1" other gzip -1
timed "gzip -6" other gzip -6
ratio "slice -2 -j1 beside gzip -1" "slice -2 -j1" "gzip -1"
ratio "slice -4 -j1 beside gzip -1" "slice -4 -j1" "gzip -1"
ratio "slice -6 -j1 beside gzip -6 (must be 2.7 times)" "slice -6 -j1" "gzip -6"
for level in 2 4 6; do
    ratio "slice -$level, 2 threads beside 1 (must be 1.8 times)" "slice -$level -j2" "slice -$level -j1"
done
if command -v pigz >/dev/null; then
    for threads in 1 2; do
        timed "pigz -6 -p$threads" other pigz -6 -p "$threads"
        ratio "slice -6 -j$threads beside pigz -6 -p$threads" "slice -6 -j$threads" "pigz -6 -p$threads"
    done
else
    echo "pigz is not installed: not compared"
fi
