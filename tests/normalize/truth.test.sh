#!/bin/bash
# Truth by construction (tests/bench/repair.c): kinds of damage that leave the information in the
# file must be undone always, the others must take nothing else with them.
set -u
failed=0
say() { echo "FAILED: $*"; failed=1; }
table=$("$BUILD/tests/bench/repair") || say "records harmed, or damage passed in silence"
echo "$table"
share() { # kind, number of the column
    echo "$table" | awk -v kind="$1" -v n="$2" 'index($0, kind) == 1 { sub(kind, ""); gsub("%", ""); print $n }'
}
for kind in 'backslash escape' 'blank around quote' 'bare line break' 'CR CR LF' 'BOM inside' 'trailing delimiter'; do
    [ "$(share "$kind" 1)" = 100.0 ] || say "$kind: $(share "$kind" 1) % restored"
done
for kind in 'extra delimiter' 'lost delimiter' NUL 'wrong encoding'; do
    [ "$(share "$kind" 2)" = 100.0 ] || say "$kind: $(share "$kind" 2) % set apart"
done
exit $failed
