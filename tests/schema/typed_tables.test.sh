#!/bin/bash
# Declared types on the command line: validate, preflight, slice and their options; --verify; slices;
# types of backends; what is not judged is told.
. tests/schema/schema_tests.sh

column() { # name, members of data_type, further members
    printf '{"name":"%s","data_type":{%s}%s}' "$1" "$2" "${3:-}"
}

integer='"base":{"type":"INTEGER"}'
number='"base":{"type":"NUMERIC"},"snowflake":{"type":"NUMBER","length":"6,2"},"bigquery":{"type":"BIGNUMERIC"}'
manifest() { # columns...
    local IFS=,
    printf '{"destination":"in.c-main.t","has_header":true,"schema":[%s]}' "$*"
}

manifest "$(column id "$integer" ',"primary_key":true')" "$(column amount "$number")" >m.json
printf 'id,amount\n1,12345.678\n2,abc\n,7\n' >t.csv

expect_exit 1 "$CSVKIT" validate --manifest=m.json t.csv
has 't.csv:3:3: error[type-mismatch]: `abc` is not NUMERIC'
has 't.csv:4:1: error[value-missing]'
has 't.csv: column id: 1 of 3 values is missing'
has 't.csv: column amount: 1 of 3 values is not NUMERIC: `abc`'
expect_exit 1 "$CSVKIT" validate --backend=snowflake --manifest=m.json t.csv
has 't.csv:2:3: error[value-out-of-range]: `12345.678` is beyond NUMBER(6,2)'
expect_exit 1 "$CSVKIT" validate --backend=bigquery --manifest=m.json t.csv
has 't.csv: column amount: values are not judged: BIGNUMERIC'
grep -q type-mismatch out && fail 'a type that is not known was judged'
expect_exit 2 "$CSVKIT" validate --backend=oracle --manifest=m.json t.csv
expect_exit 2 "$CSVKIT" validate --backend=snowflake t.csv
expect_exit 0 "$CSVKIT" validate --rule=all=off --manifest=m.json t.csv
grep -q ': column ' out && fail 'values were judged though all rules are off'
expect_exit 0 "$CSVKIT" validate --rule=type-mismatch=off --rule=value-missing=warning --manifest=m.json t.csv
grep -q 'abc' out && fail 'a rule that is off was reported'
expect_exit 1 "$CSVKIT" validate --verify --manifest=m.json t.csv

# the same without a word about types
printf '{"columns":["id","amount"],"has_header":true}' >plain.json
expect_exit 0 "$CSVKIT" validate --manifest=plain.json t.csv
grep -q ': column ' out && fail 'columns without types have a summary'
[ "$("$CSVKIT" validate --format=json --manifest=plain.json t.csv | jq 'has("values")')" = false ] || fail 'values without types'
[ "$("$CSVKIT" validate --format=json --manifest=m.json t.csv | jq -c '[.values[]|[.name,.type,.judged,.values,.empty,.rules,.samples]]')" = \
    '[["id","INTEGER",true,2,1,{"value-missing":1},{}],["amount","NUMERIC",true,3,0,{"type-mismatch":1},{"type-mismatch":["abc"]}]]' ] ||
    fail 'the values in JSON'

# nullable in the key, lengths that no type has
manifest "$(column id "$integer" ',"primary_key":true,"nullable":true')" \
    "$(column amount '"base":{"type":"NUMERIC","length":"10, 2"}')" >odd.json
expect_exit 0 "$CSVKIT" validate --manifest=odd.json t.csv
has 'values are not judged: NUMERIC(10, 2)'
has 'empty-key'

# every length that is none on any backend: the values are not judged, on no backend, which is told
printf 'a\n1\n' >one.csv
while read -r type length; do
    manifest "$(column a "\"base\":{\"type\":\"$type\",\"length\":\"${length//_/ }\"}")" >length.json
    for backend in portable snowflake bigquery; do
        expect_exit 0 "$CSVKIT" validate --header --manifest=length.json --backend="$backend" one.csv
        has "values are not judged: $type(${length//_/ })"
    done
done <<'END'
NUMERIC 10,_2
NUMERIC _10
NUMERIC 10,2_
NUMERIC 10.5
NUMERIC 1e1
NUMERIC +5
NUMERIC 10,-2
NUMERIC max
NUMERIC 0
NUMERIC 39
NUMERIC 10,11
STRING 0
STRING max
TIMESTAMP 10
END
# and some that are: what they say of the value 1, which two of them do not take
while read -r type length status; do
    manifest "$(column a "\"base\":{\"type\":\"$type\",\"length\":\"$length\"}")" >length.json
    expect_exit "$status" "$CSVKIT" validate --header --manifest=length.json one.csv
    grep -q 'not judged' out && fail "$type($length) is not judged"
done <<'END'
NUMERIC 38 0
NUMERIC 38,9 0
NUMERIC 30,0 0
NUMERIC 38,38 1
NUMERIC 1,1 1
STRING 1 0
STRING 134217728 0
INTEGER 38 0
FLOAT 3 0
BOOLEAN 1 0
END

# a length where a type has none
manifest "$(column id '"base":{"type":"INTEGER","length":"38"}')" "$(column amount "$number")" >sized.json
printf 'id,amount\nx,1\n' >x.csv
expect_exit 1 "$CSVKIT" validate --manifest=sized.json x.csv
has '`x` is not INTEGER(38)'

# a default fills no gap; a key column is not NULL unless the manifest says so
manifest "$(column a '"base":{"type":"INTEGER","default":"0"}' ',"nullable":false')" \
    "$(column b '"base":{"type":"STRING","default":"x"}' ',"primary_key":true')" >default.json
printf 'a,b\n,\n1,y\n' >gap.csv
expect_exit 1 "$CSVKIT" validate --manifest=default.json gap.csv
has 'gap.csv:2:1: error[value-missing]: no value, but INTEGER must not be NULL here'
has 'gap.csv:2:2: error[value-missing]: no value, but STRING must not be NULL here'

# NUMBER without a length has no decimals on Snowflake, NUMERIC of the base has nine
manifest "$(column a '"base":{"type":"NUMERIC"},"snowflake":{"type":"NUMBER"}')" "$(column b "$integer")" >whole.json
printf 'a,b\n1.5,1.0\n2,1e3\n' >decimals.csv
expect_exit 0 "$CSVKIT" validate --manifest=whole.json --backend=snowflake decimals.csv
has 'decimals.csv:2:1: warning[value-precision]: `1.5` has more decimals than NUMBER'
has '`1.0` as INTEGER: an integer written with decimals: Snowflake makes it a whole number'
has '`1e3` as INTEGER: an exponent: Snowflake does not promise to take it here'
expect_exit 0 "$CSVKIT" validate --manifest=whole.json --backend=bigquery decimals.csv
grep -q 'value-precision' out && fail "NUMERIC on BigQuery: $(cat out)"
has '`1.0` as INTEGER: an integer written with decimals: BigQuery may refuse it'
has '`1e3` as INTEGER: an exponent: BigQuery does not promise to take it'
expect_exit 0 "$CSVKIT" validate --manifest=whole.json decimals.csv
has '`1e3` as INTEGER: an exponent: Snowflake takes it, BigQuery does not promise to'

# preflight: by itself, by support, by backend
mkdir -p data/out/tables
cp t.csv data/out/tables/ && cp m.json data/out/tables/t.csv.manifest
expect_exit 1 "$CSVKIT" preflight --data-type-support=authoritative data
has 'out/tables/t.csv:3:3: error[type-mismatch]'
expect_exit 1 "$CSVKIT" preflight --backend=snowflake data
has 'error[value-out-of-range]'
expect_exit 1 "$CSVKIT" preflight --backend=bigquery data
has 'warning[preflight-values-not-judged]: the values of column "amount" are not judged: BIGNUMERIC'
expect_exit 0 "$CSVKIT" preflight --data-type-support=hints data
has 'warning[type-mismatch]'
expect_exit 1 "$CSVKIT" preflight --data-type-support=hints --rule=type-mismatch=error data
expect_exit 0 "$CSVKIT" preflight --data-type-support=none data
grep -q type-mismatch out && fail 'types were judged without support'

# slice writes nothing
expect_exit 1 "$CSVKIT" slice t.csv --manifest=m.json -o slices
grep -q type-mismatch err || fail 'slice says nothing of types'
[ -e slices ] && fail 'slices were written'
for support in hints none; do
    KBC_DATA_TYPE_SUPPORT=$support expect_exit 0 "$CSVKIT" slice t.csv --manifest=m.json -o "slices-$support"
done
printf 'id,amount\n1,1.5\n' >good.csv
expect_exit 0 "$CSVKIT" slice good.csv --manifest=m.json -o slices

# slices of a table, without a header
mkdir parts
printf '1,1\n' >parts/a && printf '2,x\n' >parts/b
manifest "$(column id "$integer")" "$(column amount "$integer")" | sed 's/"has_header":true/"has_header":false/' >s.json
expect_exit 1 "$CSVKIT" validate --manifest=s.json parts
has 'parts/b:1:3: error[type-mismatch]'

# a long value is cut in the message, not in the middle of a character
printf 'id,amount\n1,%s\n' "$(printf '\xc3\xa9%.0s' $(seq 30))x" >long.csv
expect_exit 1 "$CSVKIT" validate --manifest=m.json long.csv
has "\`$(printf '\xc3\xa9%.0s' $(seq 20))...\` is not NUMERIC"

exit "$failed"
