#!/bin/bash
# csvkit stats: a model in Python on random tables; text and JSON, slices, standard input, compressed
# files; what is in no count is told; memory that does not grow with the columns' values.
set -u
here=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bad=0

fail() {
    printf 'FAILED %s\n' "$*"
    bad=1
}

expect() { # what, expected, got
    [ "$2" = "$3" ] || fail "$(printf '%s\n  expected: %s\n  got:      %s' "$1" "$2" "$3")"
}

python3 tests/stats/model.py "$CSVKIT" 10 1 1000 || bad=1
cd "$folder" || exit 2

printf 'id;name\n1;Jan\n2;\n' >a.csv
"$CSVKIT" stats -d ';' a.csv >out 2>err || fail "exit of a good table"
expect "nothing on standard error" "" "$(cat err)"
expect "first line" "a.csv: 2 records of 2 columns" "$(head -n 1 out)"
json=$("$CSVKIT" stats -d auto -q --format=json a.csv)
expect "names" '["id","name"]' "$(jq -c '[.columns[].name]' <<<"$json")"
python3 "$here/tests/support/report_readers.py" schema "$here/doc/schema/stats.schema.json" <<<"$json" >log || fail "schema: $(cat log)"
expect "from a pipe" "$(jq -c 'del(.file)' <<<"$json")" "$("$CSVKIT" stats -d ';' --format=json <a.csv | jq -c 'del(.file)')"
gzip -k a.csv
expect "from gzip" "$(jq -c 'del(.file)' <<<"$json")" "$("$CSVKIT" stats -d ';' --format=json a.csv.gz | jq -c 'del(.file)')"
expect "no header, no names" '[null,null]' "$("$CSVKIT" stats --no-header -d ';' --format=json a.csv | jq -c '[.columns[].name]')"
expect "names of an option" '["x","y"]' "$("$CSVKIT" stats --no-header --columns=x,y -d ';' --format=json a.csv | jq -c '[.columns[].name]')"
"$CSVKIT" stats --format=json a.csv a.csv | wc -l | grep -qx 2 || fail "one line for each file"

# the lines of the table fit the terminal: 80 columns when there is none
printf 'a-name-that-is-quite-long-for-a-column,b\n%s,%s\n' "$(printf 'x%.0s' {1..70})" 1 >wide.csv
longest=$("$CSVKIT" stats wide.csv | wc -L)
[ "$longest" -le 80 ] || fail "a line of $longest columns"

# slices are one table, and their order in the file does not matter
mkdir slices
printf '1,a\n2,b\n' >slices/1
printf '3,a\n' >slices/2
expect "slices" '[3,{"count":2,"exact":true},"3"]' \
    "$("$CSVKIT" stats --format=json slices | jq -c '[.records, .columns[1].distinct, .columns[0].greatest]')"

# what cannot be counted is told, and nothing else is wrong
printf 'a,b\n1,2\n\n3\n4,5,6\n"x"y,7\n' >bad.csv
"$CSVKIT" stats --format=json bad.csv >out 2>err
expect "exit with records of another width" 1 $?
expect "they are counted" '{"records_of_other_width":2,"records_too_long":0,"fields_with_quoting_error":1,"blank_records":1}' \
    "$(jq -c .not_counted out)"
grep -q "2 records of another width than the table's 2 columns are in no count, first record 4" err || fail "width: $(cat err)"
grep -q '1 field with a quoting error is in no count, first in record 6' err || fail "quoting: $(cat err)"
python3 -c "import os; open('cut.csv', 'wb').write(b'a,b\n' + b'%d,x\n' * 0 + b''.join(b'%d,%d\n' % (i, i * 7919) for i in range(20000)))"
gzip -c cut.csv | head -c 20000 >cut.csv.gz
"$CSVKIT" stats cut.csv.gz >out 2>err
expect "exit of a damaged file" 1 $?
grep -q 'the gzip stream is damaged' err || fail "damage: $(cat err)"
: >empty.csv
"$CSVKIT" stats empty.csv >out 2>err
expect "exit of an empty file" 1 $?
"$CSVKIT" stats missing.csv >out 2>err
expect "exit of a missing file" 2 $?
printf '\xff\xfea\0,\0b\0\n\0' >utf16.csv
"$CSVKIT" stats utf16.csv >out 2>err
expect "exit of UTF-16" 1 $?
grep -q 'UTF-16' err || fail "UTF-16: $(cat err)"

# memory is bounded: 4,096 columns of values that are all different
python3 - <<'PY'
with open('columns.csv', 'w') as file:
    file.write(','.join(f'c{i}' for i in range(4096)) + '\n')
    for r in range(80):
        file.write(','.join(str(r * 4096 + i) for i in range(4096)) + '\n')
PY
(ulimit -v 700000 && "$CSVKIT" stats --format=json columns.csv >out) || fail "4,096 columns"
expect "4,096 columns" 4096 "$(jq '.columns | length' out)"
exit "$bad"
