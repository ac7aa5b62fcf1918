#!/bin/bash
# Truth by construction (tests/bench/bench_repair.c): kinds of damage that leave no other reading must be
# undone always, the others must take nothing else with them: no record beside the damaged one is
# harmed or set apart, whether there is evidence enough for a repair or not.
set -u
failed=0
say() { echo "FAILED: $*"; failed=1; }
table=$("$BUILD/tests/bench/bench_repair") || say "records harmed, or damage passed in silence"
echo "$table"
share() { # kind, number of the column
    echo "$table" | awk -v kind="$1" -v n="$2" 'index($0, kind) == 1 { sub(kind, ""); gsub("%", ""); print $n }'
}
for kind in 'blank around quote' 'CR CR LF' 'BOM inside' 'trailing delimiter'; do
    [ "$(share "$kind" 1)" = 100.0 ] || say "$kind: $(share "$kind" 1) % restored"
done
for kind in 'bare line break' 'extra delimiter' 'lost delimiter' 'short record' NUL 'wrong encoding'; do
    [ "$(share "$kind" 2)" = 100.0 ] || say "$kind: $(share "$kind" 2) % set apart"
done
for kind in 'backslash escape' 'lost closing quote'; do # undone or set apart
    sum=$(echo "$(share "$kind" 1) $(share "$kind" 2)" | awk '{ print $1 + $2 }')
    [ "$sum" = 100 ] || say "$kind: $sum % restored or set apart"
done
at_least() { # kind, column, percent: a repair that gave up would set everything apart
    echo "$(share "$1" "$2") $3" | awk '{ exit !($1 >= $2) }' || say "$1: $(share "$1" "$2") %, not $3"
}
at_least 'lost closing quote' 1 50
at_least 'backslash escape' 1 3
at_least 'stray quote' 3 100 # the quote is data, and the log says so
exit $failed
