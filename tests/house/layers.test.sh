#!/bin/bash
# The layers inside of a room hold, and a list that they do not hold to is refused with the place.
set -u
cd "$(dirname "$0")/../.." || exit 2
list=csvkit/normalize/decision.h
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
failed=0

judge() {
    python3 tests/house/layers.py "$list" "$BUILD/libcsvkit.a" >"$work/out" 2>&1
}

refused() { # what, sed script: the list that is wrong by it; text that must be said
    mkdir -p "$work/csvkit/normalize" && cp csvkit/normalize/*.[ch] "$work/csvkit/normalize"
    sed -i "$2" "$work/$list"
    (cd "$work" && python3 "$OLDPWD/tests/house/layers.py" "$list" "$BUILD/libcsvkit.a") \
        >"$work/out" 2>&1 && echo "FAILED: $1 was not noticed" && failed=1
    grep -qF -- "$3" "$work/out" && return
    echo "FAILED: $1: expected '$3', have:"
    cat "$work/out"
    failed=1
}

BUILD=$(realpath "$BUILD")
judge || { echo "FAILED: the layers as they are:" && cat "$work/out" && failed=1; }
refused "a call that goes up" '/^ \*   choose\.c/{h;d};/^ \*   decide\.c/G' \
    "decide_width.c calls norm_choose of choose.c, which is above it"
refused "an include that goes up" '/^ \*   weigh\.c/{h;d};/^ \*   decide\.c/G' \
    "choose.c includes weigh.h, which is above it"
refused "an include that goes up by a header of no source" \
    '/^ \*   evidence_costs\.c/{h;d};/^ \*   evidence\.c/G' \
    "evidence.c includes evidence_costs.h, which is above it"
refused "a call of a file in no layer" '/^ \*   decide_lines\.c/d' \
    "decide_width.c calls norm_decide_join of decide_lines.c, which is in no layer"
refused "a source that is not there" 's/^ \*   weigh\.c/ *   wiegh.c/' "no source is called wiegh.c"
refused "no list" '/^ \*   [a-z_*]*\.c/d' "lists no layers"

# Two files that call each other, and a third that one of them calls.
mkdir -p "$work/room"
echo 'void two(void); void one(void); void one(void) { two(); }' >"$work/room/one.c"
echo 'void one(void); void three(void); void two(void); void two(void) { one(), three(); }' >"$work/room/two.c"
echo 'void three(void); void three(void) {}' >"$work/room/three.c"
printf '/*\n *   three.c\n */\n' >"$work/room/list.h"
(cd "$work/room" && "${CC:-cc}" -c one.c two.c three.c && ar rc room.a one.o two.o three.o)
python3 tests/house/layers.py "$work/room/list.h" "$work/room/room.a" >"$work/out" &&
    echo "FAILED: a circle was not noticed" && failed=1
grep -qF 'a circle: one.c calls two.c calls one.c' "$work/out" ||
    { echo "FAILED: a circle:" && cat "$work/out" && failed=1; }

[ "$failed" = 0 ] && echo "the layers hold, and nothing calls in a circle"
exit "$failed"
