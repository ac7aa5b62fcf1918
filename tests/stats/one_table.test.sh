#!/bin/bash
# csvkit schema infer and stats --one-table: several files that are one table.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bad=0

fail() {
    printf 'FAILED %s\n' "$*"
    bad=1
}

says() { # exit status, words on standard error, command ...
    "$CSVKIT" "${@:3}" >out 2>err
    local status=$?
    [ $status = "$1" ] && { [ -z "$2" ] || grep -qF -- "$2" err; } || fail "exit $status of csvkit ${*:3}: $(cat err)"
}

python3 tests/stats/one_table.py "$CSVKIT" 40 1 || bad=1
cd "$folder" || exit 2
printf 'id,amount\n1,10.50\n2,3\n' >a.csv
printf 'id,amount\n3,x\n' >b.csv
printf 'id,value\n3,x\n' >names.csv
printf 'id,amount,more\n3,1,x\n' >wide.csv
printf 'id\n3\n' >narrow.csv
printf "id,amount\\n3,'1'\\n" >quoted.csv
echo '{"columns":["id","amount"],"has_header":true,"enclosure":"'"'"'"}' >quoted.csv.manifest
: >empty.csv
printf 'id;amount\n3;1\n' >other.csv
echo '{"columns":["id","amount"],"has_header":true,"delimiter":";"}' >other.csv.manifest
printf '3,1\n' >headless.csv
echo '{"columns":["id","amount"],"has_header":false}' >headless.csv.manifest

says 0 'amount: STRING (3 values, 3 different, 0 empty; confidence: low; not NUMERIC: record 4 has "x"' \
    schema infer a.csv b.csv
says 0 '' stats --one-table a.csv b.csv
grep -q '^a.csv and 1 more: 3 records of 2 columns' out || fail "the label: $(cat out)"
says 0 '' stats --one-table -f json a.csv b.csv
[ "$(jq -c '[.file, .files, .records]' out)" = '["a.csv",["a.csv","b.csv"],3]' ] || fail "JSON: $(cat out)"
says 0 '' stats --one-table -f json a.csv
[ "$(jq -c '[.file, .files]' out)" = '["a.csv",null]' ] || fail "JSON of one: $(cat out)"
says 0 '' stats -f json a.csv names.csv
[ "$(wc -l <out)" = 2 ] || fail "two tables: $(cat out)"

# what is no part of the table is in no count, and there is no schema of the rest
for pair in "names:column 2 of its header" "wide:column 3 of its header" "narrow:column 2 of its header" \
    "quoted:delimiter, enclosure or header are not those of a.csv" \
    "other:delimiter, enclosure or header are not those of a.csv" \
    "headless:delimiter, enclosure or header are not those of a.csv" "empty:there is no record"; do
    says 1 ": ${pair#*:}" stats --one-table a.csv "${pair%%:*}.csv" b.csv
    grep -q ': 3 records of 2 columns' out || fail "the rest beside ${pair%%:*}: $(cat out)"
    says 1 'a.csv and 1 more: no schema, as not all of it could be read' schema infer a.csv "${pair%%:*}.csv"
done
rm other.csv.manifest
says 0 '' stats --one-table -d auto -f json other.csv a.csv b.csv
[ "$(jq -c '[.records, .columns[1].distinct.count]' out)" = '[4,4]' ] || fail "found delimiters: $(cat out)"
says 1 '' stats --one-table -f json a.csv names.csv b.csv # records are numbered without those of no part
[ "$(jq -c '.columns[1].misfits[] | select(.type == "NUMERIC") | .record' out)" = 4 ] || fail "numbers: $(cat out)"
# the sample of many columns is that of the whole, wherever the files part
awk 'BEGIN {
    srand(1)
    for (c = 0; c < 520; c++) printf "c%d%s", c, c < 519 ? "," : "\n"
    for (i = 0; i < 1800; i++)
        for (c = 0; c < 520; c++)
            printf "%s%s", rand() < 0.4 ? "f" int(rand() * 10) : "u" i, c < 519 ? "," : "\n"
}' >sampled.csv
head -n 700 sampled.csv | head -c -1 >s1.csv # without its last line break
{ head -n 1 sampled.csv && sed -n 701,900p sampled.csv; } >s2.csv
{ head -n 1 sampled.csv && tail -n +901 sampled.csv; } >s3.csv
says 0 '' stats -f json sampled.csv
jq -c 'del(.file, .bytes)' out >one
says 0 '' stats --one-table -j 2 -f json s1.csv s2.csv s3.csv
jq -c 'del(.file, .bytes, .files)' out | cmp -s - one || fail "another sample of several files"
says 2 'cannot open nix.csv' schema infer a.csv nix.csv
exit "$bad"
