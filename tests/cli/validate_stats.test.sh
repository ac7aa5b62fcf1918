#!/bin/bash
# validate --stats: in one pass the report of validate and the statistics of stats, the same as each
# alone says; in JSON, text and HTML; by one thread and by several; slices each by itself.
. tests/schema/schema_tests.sh

printf 'id,name,day\n1,x,2024-01-31\n2,"y ""z""",2024-02-01\n,,\n3,\xc3\xa9,2024-13-01\n4\n' >t.csv
printf '{"fields":[{"name":"id","type":"integer"},{"name":"name"},{"name":"day","type":"date"}]}' >s.json
printf 'a;b\n1;2\n' >semicolon.csv
printf 'sep=;\na;b\n1;2\n' >sep.csv
printf '\n\nq\n1\n' >blank.csv
seq 1 40000 | sed 's/$/,text,2024-01-02/; 1i id,name,day' >long.csv
: >empty.csv

compare() { # file, options...
    local file=$1
    shift
    "$CSVKIT" validate --format=json "$@" "$file" >alone
    "$CSVKIT" validate --format=json --stats "$@" "$file" >both
    diff <(jq -S 'del(.stats)' both) <(jq -S . alone) || fail "validate $* $file says something else"
    "$CSVKIT" stats --format=json "$file" ${delimiter:+--delimiter=$delimiter} 2>err >stats
    diff <(jq -S '.stats' both) <(jq -S 'del(.file)' stats) || fail "stats of $file are others"
}
compare t.csv
compare t.csv --schema=s.json
compare t.csv --profile=keboola --primary-key=id
compare long.csv --schema=s.json -j1
compare long.csv --schema=s.json -j3
compare blank.csv
delimiter=';' compare semicolon.csv --delimiter=';'
gzip -k t.csv && compare t.csv.gz --schema=s.json

# nothing is counted where there is no table, or another dialect than the options say
for file in empty.csv sep.csv; do
    "$CSVKIT" validate --format=json --stats --profile=excel $file >both
    jq -e 'has("stats") | not' both >out || fail "statistics of $file"
done

expect_exit 1 "$CSVKIT" validate --stats --schema=s.json t.csv
has 't.csv:5:6: error[type-mismatch]'
has 't.csv: not valid'
has 't.csv: 4 records of 3 columns'
"$CSVKIT" stats t.csv 2>err | tail -3 | head -2 >stats.txt
tail -3 out | head -2 | diff stats.txt - || fail 'the text is another one than that of stats'

expect_exit 1 "$CSVKIT" validate --stats --schema=s.json --format=html t.csv
has '"stats":{"bytes":'
has 'profilesOf(value.columns)'

# several files, and slices: each has its own
"$CSVKIT" validate --format=json --stats t.csv long.csv semicolon.csv >both
[ "$(jq -s '[.[] | (.files // [.])[].stats.records] | map(tostring) | join(" ")' both)" = '"4 40000 1"' ] ||
    fail "several files: $(jq -c '[.. | .records? // empty]' both)"
mkdir d
printf '1,a,2024-01-01\n' >d/1.csv
printf '2,b,2024-01-02\n3,c,2024-01-02\n' >d/2.csv
"$CSVKIT" validate --format=json --stats --schema=s.json d >both
[ "$(jq -s '[.[] | (.files // [.])[].stats.records] | add' both)" = 3 ] || fail "slices: $(cat both)"
printf '{"fields":[{"name":"id","type":"integer","constraints":{"unique":true}},{"name":"name"},{"name":"day"}]}' >u.json
expect_exit 2 "$CSVKIT" validate --stats --schema=u.json d
exit "$failed"
