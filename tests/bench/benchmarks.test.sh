#!/bin/bash
# doc/benchmarks.md is what `make benchmarks` writes: the same head, machine, versions, and for each
# section its command and what it printed. On a machine with a load nothing is written.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/benchmarks.md
export CSVKIT_BENCH_MB=1 CSVKIT_BENCH_RUNS=1 CSVKIT_BENCH_WAIT=0
bad=0

check() { # what, command...
    local what=$1
    shift
    "$@" || { printf 'FAILED %s\n' "$what"; bad=1; }
}

head_of() { # file: up to the first heading of a section
    sed -e '/^## /,$d' -e '/^Nothing has been measured/d' "$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

CSVKIT_BENCH_LOAD=0 python3 tests/bench/benchmarks.py "$BUILD" "$out" start-up 2>"$work/said"
check 'a loaded machine is an error' [ $? -eq 1 ]
check 'a loaded machine is told' grep -q 'the load of this machine is' "$work/said"
check 'a loaded machine writes nothing' [ ! -e "$out" ]

CSVKIT_BENCH_LOAD=1000000 python3 tests/bench/benchmarks.py "$BUILD" "$out" validate start-up
check 'written' [ $? -eq 0 ]
for line in '## Machine' '## Versions' '## validate' '## start-up' '| kernel | '"$(uname -r)"' |' \
    "- $("$CSVKIT" --version | head -n 1)" '`CSVKIT_BENCH_MB=1 CSVKIT_BENCH_RUNS=1 make bench S=start-up`'; do
    check "$line" grep -qxF -- "$line" "$out"
done
for kind in numeric mixed mixed-accents mixed-cjk quoted cities; do
    check "a table of $kind" grep -qxF "validate: $kind, 1 MB" "$out"
done
check 'one row of wc for each table' [ "$(grep -c '^  wc -l .*1\.00$' "$out")" -eq 8 ]
check 'the head of doc/benchmarks.md' diff <(head_of doc/benchmarks.md) <(head_of "$out")
check 'no paths of this machine' [ "$(grep -c /tmp "$out")" -eq 0 ]
check 'nothing beside it' [ "$(ls "$work" | tr '\n' ' ')" = 'benchmarks.md said ' ]
exit $bad
