#!/bin/bash
# csvkit schema infer, convert, check, diff.
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

exits() { # status, command...: its outputs go to out and err
    local want=$1 have
    shift
    "$@" >out 2>err
    have=$?
    [ "$have" = "$want" ] || fail "exit $have, expected $want: $*: $(cat out err)"
}

python3 tests/schema/inferred.py "$CSVKIT" 12 1 || bad=1
cd "$folder" || exit 2

# ---- infer: what stays text, and why ----
types() { # kind: the types of the columns of t.csv
    case $1 in
    native) "$CSVKIT" schema infer -q --to=native t.csv | jq -c '[.schema[].data_type.base.type]' ;;
    table-schema) "$CSVKIT" schema infer -q t.csv | jq -c '[.fields[].type]' ;;
    csvw) "$CSVKIT" schema infer -q --to=csvw t.csv | jq -c '[.tableSchema.columns[].datatype.base]' ;;
    esac
}
cat >t.csv <<'CSV'
int,zero,plus,num,float,bool,mixed,title,day,us,moment,zone,both,none
1,007,+1,1.50,1e5,true,TRUE,True,2024-01-31,01/02/2024,2024-01-31 10:00:00,2024-01-31T10:00:00Z,2024-01-31 10:00,
2,10,2,-3,2.5,false,true,False,2024-02-29,02/02/2024,2024-01-31 10:00:01,2024-01-31T10:00:00Z,2024-01-31T10:00,
CSV
expect native '["INTEGER","STRING","STRING","NUMERIC","FLOAT","BOOLEAN","BOOLEAN","BOOLEAN","DATE","STRING","TIMESTAMP","STRING","TIMESTAMP","STRING"]' "$(types native)"
expect table-schema '["integer","string","string","number","number","boolean","boolean","boolean","date","string","datetime","string","string","string"]' "$(types table-schema)"
expect csvw '["integer","string","string","decimal","double","boolean","string","boolean","date","string","dateTime","string","string","string"]' "$(types csvw)"
expect "words of CSVW" '"True|False"' "$("$CSVKIT" schema infer -q --to=csvw t.csv | jq -c '.tableSchema.columns[7].datatype.format')"
expect "a length of NUMERIC" '"38,9"' "$("$CSVKIT" schema infer -q --to=native t.csv | jq -c '.schema[3].data_type.base.length')"
exits 0 "$CSVKIT" schema infer t.csv
grep -qF 'zero: STRING (2 values, 2 different, 0 empty; confidence: low; not INTEGER: record 2 has "007", which would lose its zero; 1 of 2 values)' err || fail "zero: $(cat err)"
grep -qF 'both: STRING (2 values, 2 different, 0 empty; confidence: low; moments are written in more than one way' err || fail "both: $(cat err)"
{ echo n && seq 2 && yes x | head -n 10; } >few.csv
exits 0 "$CSVKIT" schema infer few.csv
grep -qF 'medium; not INTEGER: record 4 has "x"; only 2 of 12 values are INTEGER)' err || fail "few: $(cat err)"
yes x | head -n 18 >>few.csv # a value that is none shows nothing then
exits 0 "$CSVKIT" schema infer few.csv
grep -qF 'medium; only 2 of 30 values are INTEGER)' err || fail "hardly any: $(cat err)"
exits 0 "$CSVKIT" schema infer --required --to=native -q t.csv
expect "required" '[false,true]' "$(jq -c '[.schema[0].nullable, .schema[13].nullable]' out)"

# ---- infer: misfits are told ----
printf 'n\n1\n2\nx\n' >m.csv
exits 0 "$CSVKIT" schema infer m.csv
expect "no misfit is allowed" string "$(jq -r '.fields[0].type' out)"
exits 0 "$CSVKIT" schema infer --max-misfits=1 m.csv
expect "one misfit is allowed" integer "$(jq -r '.fields[0].type' out)"
grep -q 'n: INTEGER (.*; 1 value does not fit' err || fail "misfits: $(cat err)"
exits 0 "$CSVKIT" schema infer --max-misfits=1 -f json -o s.json m.csv
expect "evidence as JSON" '{"type":"INTEGER","misfits":1}' "$(jq -c '.columns[0] | {type, misfits}' out)"
exits 2 "$CSVKIT" schema infer -f json m.csv

# ---- infer: nothing is written when not all could be read ----
printf 'a,b\n1,2\n3\n' >short.csv
exits 1 "$CSVKIT" schema infer -o never.json short.csv
[ -e never.json ] && fail "a schema of a part of the data"
exits 1 "$CSVKIT" schema infer /dev/null

# ---- convert: there and back; what has no counterpart is told ----
cat >full.json <<'JSON'
{"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "fields": [
 {"name": "id", "type": "integer", "constraints": {"required": true, "minimum": "1"}},
 {"name": "code", "type": "string", "constraints": {"unique": true, "pattern": "[A-Z]+", "maxLength": 9, "minLength": 2}},
 {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"]}},
 {"name": "day", "type": "date", "format": "%d.%m.%Y"},
 {"name": "ok", "type": "boolean", "trueValues": ["ano"], "falseValues": ["ne"]},
 {"name": "price", "type": "number", "decimalChar": ",", "groupChar": " "}],
 "missingValues": ["", "NA"], "primaryKey": ["id"]}
JSON
exits 0 "$CSVKIT" schema check full.json
expect "check" "full.json: good (table-schema, 6 columns)" "$(cat out)"
exits 0 "$CSVKIT" schema convert full.json --to=table-schema -o same.json
expect "a Table Schema as itself loses nothing" "" "$(cat err)"
expect "and is the same" "$(jq -S . full.json)" "$(jq -S '.fields[0].constraints |= del(.required) | .fields[0].constraints.required = true' same.json)"
exits 0 "$CSVKIT" schema convert full.json --to=native -o native.json
for loss in 'id: a limit of the value' 'code: a least length' 'code: pattern' 'code: unique' 'kind: a list of values' \
    'day: a day or time in its own format' 'ok: a boolean with its own words' 'price: a way to write numbers'; do
    grep -qF "column $loss has no counterpart in a native manifest" err || fail "loss: $loss: $(cat err)"
done
grep -q '^csvkit: a list of missing values has no counterpart' err || fail "missing values: $(cat err)"
expect "types" '["INTEGER","STRING","STRING","STRING","STRING","FLOAT"]' "$(jq -c '[.schema[].data_type.base.type]' native.json)"
expect "key and length" '[true,false,"9"]' "$(jq -c '[.schema[0].primary_key, .schema[0].nullable, .schema[1].data_type.base.length]' native.json)"
exits 0 "$CSVKIT" manifest check native.json
exits 0 "$CSVKIT" schema convert native.json --to=table-schema
expect "and back" '["integer","string","string","string","string","number"]' "$(jq -c '[.fields[].type]' out)"
exits 0 "$CSVKIT" schema convert full.json --to=csvw
expect "CSVW" '["id",["id"],{"base":"boolean","format":"ano|ne"},{"decimalChar":",","groupChar":" "}]' \
    "$(jq -c '.tableSchema | [.columns[0].name, .primaryKey, .columns[4].datatype, .columns[5].datatype.format]' out)"
printf '{"has_header":true,"schema":[{"name":"a","data_type":{"base":{"type":"NUMERIC","length":"6,2"},"snowflake":{"type":"NUMBER","length":"8,2"}}}]}' >b.json
exits 0 "$CSVKIT" schema convert b.json --to=native
expect "blocks of backends stay" '{"base":{"type":"NUMERIC","length":"6,2"},"snowflake":{"type":"NUMBER","length":"8,2"}}' "$(jq -c '.schema[0].data_type' out)"
exits 0 "$CSVKIT" schema convert b.json --to=table-schema
grep -q 'column a: snowflake has no counterpart' err || fail "backend: $(cat err)"
grep -q 'column a: the precision of NUMERIC has no counterpart' err || fail "precision: $(cat err)"

"$CSVKIT" schema infer -q --to=csvw -o t.csv-metadata.json t.csv
exits 0 "$CSVKIT" schema convert t.csv-metadata.json --to=csvw
expect "CSVW as itself loses nothing" "" "$(cat err)"
cmp out t.csv-metadata.json || fail "CSVW as itself"
exits 0 "$CSVKIT" schema convert t.csv-metadata.json --to=native
expect "CSVW as native types" '["INTEGER","STRING","STRING","NUMERIC","FLOAT","BOOLEAN","STRING","STRING","DATE","STRING","STRING","STRING","STRING","STRING"]' \
    "$(jq -c '[.schema[].data_type.base.type]' out)"
grep -q 'column title: a boolean with its own words has no counterpart' err || fail "words: $(cat err)"
grep -q 'column moment: a day or time in its own format has no counterpart' err || fail "format: $(cat err)"
printf '{"@context":"http://www.w3.org/ns/csvw","url":"t.csv","tableSchema":{"columns":[{"name":"a%%20b","titles":["a b","A"],"datatype":{"base":"decimal","format":{"pattern":"#,##0.0","decimalChar":".","groupChar":","},"minimum":"1"},"required":true},{"name":"c","titles":"c","datatype":{"base":"string","format":"[a-z]+","maxLength":5},"null":["-"]}],"primaryKey":"a%%20b"}}' >w.json
exits 0 "$CSVKIT" schema convert w.json --to=csvw -o w2.json
exits 0 "$CSVKIT" schema convert w2.json --to=csvw -o w3.json
cmp w2.json w3.json || fail "CSVW twice as itself"
expect "its members" '["a%20b",["a b","A"],{"base":"decimal","format":{"pattern":"#,##0.0","decimalChar":".","groupChar":","},"minimum":"1"},true,["a%20b"],{"base":"string","format":"[a-z]+","maxLength":5},["-"]]' \
    "$(jq -c '.tableSchema | [.columns[0].name, .columns[0].titles, .columns[0].datatype, .columns[0].required, .primaryKey, .columns[1].datatype, .columns[1].null]' w2.json)"
exits 0 "$CSVKIT" schema convert w.json --to=table-schema
expect "the key is called as in the header" '["a b"]' "$(jq -c '.primaryKey' out)"

# ---- check ----
echo '{"fields":[{"name":"a","type":"nothing"}]}' >wrong.json
"$CSVKIT" schema check wrong.json >out 2>err && fail "a wrong type is good"
echo '{"fields":' >broken.json
exits 1 "$CSVKIT" schema check broken.json
expect "it is not good" "broken.json: not good" "$(tail -n 1 out)"
exits 2 "$CSVKIT" schema check missing.json
expect "what could not be read" "missing.json: not checked" "$(cat out)"
exits 2 "$CSVKIT" schema check -f json missing.json
expect "its kind" null "$(jq .kind out)"
exits 0 "$CSVKIT" schema check -f json full.json
expect "the kind of a good one" '"table-schema"' "$(jq .kind out)"

# ---- one thing given for the other ----
printf 'a,b\n1,2\n' >table.csv
"$CSVKIT" schema infer -q -o table.json table.csv
"$CSVKIT" schema infer -q --to=csvw -o table-metadata.json table.csv
echo "{\"resources\":[{\"path\":\"table.csv\",\"schema\":$(cat table.json)}]}" >package.json
for words in "schema check table.csv" "schema convert table.csv"; do
    exits 1 "$CSVKIT" $words
    grep -q '^csvkit: table.csv: no schema, as it is no JSON; csvkit schema infer makes' err || fail "$words: $(cat err)"
done
for words in validate normalize; do
    exits 2 "$CSVKIT" $words --schema=table.csv table.csv
    grep -q '^csvkit: table.csv:1:1: no schema, as it is no JSON: .*; csvkit schema infer makes' err || fail "$words: $(cat err)"
done
exits 2 "$CSVKIT" validate --schema=broken.json table.csv
grep -q '^csvkit: broken.json:.*: no schema, as it is no JSON: [^;]*$' err || fail "no table: $(cat err)"
while read -r file words; do
    exits 2 "$CSVKIT" validate --manifest="$file" table.csv
    grep -q "^csvkit: $file: no manifest but $words, which is given by --schema" err || fail "$file: $(cat err)"
done <<'END'
table.json a Table Schema
package.json a data package
table-metadata.json metadata of CSVW
END
echo '{"columns":["a","b"],"has_header":true,"fields":[]}' >odd.manifest
exits 0 "$CSVKIT" validate --manifest=odd.manifest table.csv

# ---- diff ----
printf 'id,amount,day\n1,10.50,2024-01-31\n2,,2024-02-01\n' >a.csv
printf 'day,id,amount,more\n2024-03-01,1,x,7\n' >b.csv
exits 0 "$CSVKIT" schema diff a.csv a.csv
expect "no difference" "" "$(cat out)"
exits 1 "$CSVKIT" schema diff a.csv b.csv
expect "differences of tables" "~ amount: NUMERIC -> STRING
~ amount: empty values -> no empty value
+ more: INTEGER
~ the columns are in another order" "$(cat out)"
"$CSVKIT" schema infer -q --required -o a.json a.csv
exits 0 "$CSVKIT" schema diff a.csv a.json
exits 1 "$CSVKIT" schema diff b.csv a.json -f json
expect "a table and a schema" '[["type","amount",1],["removed","more",null],["order",null,null]]' \
    "$(jq -c '[.differences[] | [.kind, .column, .misfits]]' out)"
python3 "$here/tests/support/report_readers.py" schema "$here/doc/schema/schema-diff.schema.json" <out >log || fail "schema: $(cat log)"
"$CSVKIT" schema infer -q --to=native -o a.manifest.json a.csv
exits 1 "$CSVKIT" schema diff a.json a.manifest.json
printf 'id,amount,day\n,1,2024-01-31\n' >holes.csv
exits 1 "$CSVKIT" schema diff holes.csv a.json
expect "empty where it must not be" "~ id: empty values -> required" "$(cat out)"
exits 2 "$CSVKIT" schema diff a.csv missing.csv
exit "$bad"
