#!/bin/bash
# The walls hold: each kind of breach, planted into a copy of the tree, is refused by tests/house.py
# with a line that names the place; without a breach nothing is said.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
failed=0

fresh_copy() {
    rm -rf "$work/tree" && mkdir "$work/tree" &&
        tar -cf - CONTRIBUTING.md csvkit validator manifest preflight storage tests/house.py |
        tar -xf - -C "$work/tree"
}

judge() {
    python3 tests/house.py "$work/tree" >"$work/out" 2>&1
}

named() { # what, the heading that must be there, the place that must be named under it
    sed -n "/^lint: /h; G; s/\n/ under /p" "$work/out" | grep -F -- "$3" | grep -qF "under lint: $2" && return
    echo "FAILED: $1: expected '$2' at '$3', have:"
    cat "$work/out"
    failed=1
}

refused() { # what, heading, place: alone in the tree
    judge && echo "FAILED: $1 was not noticed" && failed=1
    named "$@"
}

plant() { # file, line to add at its top
    printf '%s\n%s\n' "$2" "$(cat "$work/tree/$1")" >"$work/tree/$1.new" &&
        mv "$work/tree/$1.new" "$work/tree/$1"
}

fresh_copy
judge || { echo "FAILED: the tree as it is:" && cat "$work/out" && failed=1; }

# What needs no other map is planted together: each place is named under the heading of its kind.
plant validator/field_rules.c '#include "csvkit/parse/scan/scan.h"'
plant preflight/out_files.c '#include "validator/judge.h"'
plant csvkit/base/buf.c '#include "csvkit/parse/grammar/record.h"'
plant csvkit/base/numbers.c '#include "csvkit/nowhere/nothing.h"'
cp "$work/tree/validator/keys/keys.c" "$work/tree/manifest/keys.c"
plant manifest/manifest_write.c 'struct csvk_finding { int x; };'
plant manifest/manifest_read.c 'enum rule_index { NO_RULES };'
echo 'int light;' >"$work/tree/csvkit/light.c"
mkdir "$work/tree/csvkit/cellar" && echo 'int dark;' >"$work/tree/csvkit/cellar/dark.c"
plant csvkit/io/sink.c '#include "csvkit/io/deflate/gzip_writer.h"'
judge && echo "FAILED: ten breaches were not noticed" && failed=1
named "an include of a room that is not built on" "an include of a room that this one does not build on" \
    'validator/field_rules.c:1: "csvkit/parse/scan/scan.h"'
named "a private header of another room" "an include of another room's private header" \
    'preflight/out_files.c:1: "validator/judge.h"'
named "an include that goes upward" "an include that goes upward" \
    'csvkit/base/buf.c:1: "csvkit/parse/grammar/record.h"'
named "an include of nothing" "an include of a file that is in no room" 'csvkit/base/numbers.c:1'
named "a file name given twice" "a file name that occurs twice" "manifest/keys.c validator/keys/keys.c"
named "a tag defined twice" "a tag that is defined twice" "struct csvk_finding"
named "a tag of an enum defined twice" "a tag that is defined twice" "enum rule_index"
named "a source beside the installed headers" "csvkit/ holds installed headers only" "csvkit/light.c"
named "a source in a folder that is no room" "a source in no room" "csvkit/cellar/dark.c"
named "an include of the second library" "an include that goes upward" \
    'csvkit/io/sink.c:1: "csvkit/io/deflate/gzip_writer.h"'

fresh_copy
sed -i 's/^| `csvkit\/extra` | extra |/| `csvkit\/extra` | core |/
    s/^| `preflight` | extra |/| `preflight` | attic |/' "$work/tree/CONTRIBUTING.md"
EXTRA_DIRS=csvkit/extra refused "a room that is built into another library" \
    "the Makefile and CONTRIBUTING.md put a room into different libraries" 'csvkit/extra'
refused "a room in no library" "a room in no library" 'preflight: attic'

fresh_copy
sed -i 's/^| `csvkit\/io` | core |/| `csvkit\/io` | extra |/' "$work/tree/CONTRIBUTING.md"
sed -i '/^| `validator` |/s/`validator\/keys` |$/`validator\/keys` `csvkit\/io` |/' \
    "$work/tree/CONTRIBUTING.md"
refused "a room of the core on one of the second library" \
    "a room builds on one of a library above its own" "validator (core) on csvkit/io (extra)"

fresh_copy
sed -i '/^| `validator` |/s/`validator\/keys` |$/`validator\/keys` `manifest` |/' \
    "$work/tree/CONTRIBUTING.md"
refused "a circle in the map" "a room builds on one that is not below it" "validator on manifest"

[ "$failed" = 0 ] && echo "every breach is refused"
exit "$failed"
