#!/bin/bash
# The components of examples/component: both leave the same table behind, which the platform would
# take; what is wrong with the configuration or with the folder is told by the exit status.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export CSVKIT
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}
folder() { # name, parameters
    mkdir -p "$work/$1/in/tables" "$work/$1/in/files" "$work/$1/out/tables" "$work/$1/out/files"
    printf '{"parameters": %s}' "$2" >"$work/$1/config.json"
}
python() { # folder
    KBC_DATADIR=$work/$1 python3 examples/component/component.py >"$work/said" 2>&1
}
in_c() { # folder, rows
    "$BUILD/examples/component/component" "$work/$1" "$2" >"$work/said" 2>&1
}

folder p '{"rows": 1000}'
folder c '{}'
python p || fail "python: $(cat "$work/said")"
in_c c 1000 || fail "C: $(cat "$work/said")"
for name in p c; do
    [ ! -e "$work/$name/squares.csv" ] || fail "$name leaves the whole table behind"
    "$CSVKIT" merge "$work/$name/out/tables/squares" -o "$work/$name.csv" 2>"$work/said" || fail "merge: $(cat "$work/said")"
    "$CSVKIT" validate --primary-key=id --format=json "$work/$name.csv" |
        jq -e '.valid and .records == 1001 and .column_names == ["id", "square", "text"]' >/dev/null || fail "$name: the table"
    jq -e '.primary_key == ["id"] and .destination == "in.c-example.squares"' \
        "$work/$name/out/tables/squares.manifest" >/dev/null || fail "$name: manifest"
    zcat "$work/$name/out/tables/squares"/*.gz >"$work/$name.data" || fail "$name: slices"
done
cmp "$work/p.csv" "$work/c.csv" || fail "the two tables differ"
diff -r "$work/p/out" "$work/c/out" || fail "the two folders differ"

folder none '{}'
python none
[ $? = 1 ] && grep -q '"rows" has to be a number' "$work/said" || fail "no rows: $(cat "$work/said")"
printf 'id\r\n1,2\r\n' | tee "$work/p/out/tables/other.csv" >"$work/c/out/tables/other.csv"
rm -r "$work"/[pc]/out/tables/squares*
python p
[ $? = 1 ] && grep -q field-count "$work/said" || fail "python, another table is broken: $(cat "$work/said")"
in_c c 10
[ $? = 1 ] && grep -q field-count "$work/said" || fail "C, another table is broken: $(cat "$work/said")"
in_c nowhere 10
[ $? = 2 ] || fail "no folder"
rm "$work/p/config.json" && python p
[ $? = 2 ] || fail "no configuration"
exit "$failed"
