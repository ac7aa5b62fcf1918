#!/bin/bash
# validate --schema: what a Table Schema demands of values, header and key; and that whatever is not
# supported is an error that names it with its place.
. tests/schema/schema_tests.sh

# Every value alone in a column of its type; + good, - refused.
while read -r type verdict value; do
    printf '{"fields":[{"name":"a","type":"%s"},{"name":"b"}]}' "$type" >s.json
    printf 'a,b\n%s,\n' "$value" >t.csv
    [ "$verdict" = + ] && want=0 || want=1
    expect_exit "$want" "$CSVKIT" validate --schema=s.json t.csv
    [ "$want" = 0 ] || has "error[type-mismatch]: \`$value\` is not $type"
done <<'END'
integer + 0
integer + +12
integer + -012
integer + 99999999999999999999999999999999999999999999
integer - 1.0
integer - -
integer - 1e3
integer - 1_000
number + 1
number + -1.5
number + .5
number + 5.
number + +1.5E-10
number + NaN
number + inf
number + -INF
number - +INF
number - .
number - 1e
number - 1e+
number - 1.2.3
number - Infinity
boolean + true
boolean + False
boolean + 1
boolean + 0
boolean - tRUE
boolean - yes
date + 2024-02-29
date - 2023-02-29
date - 2024-1-5
date - 1/2/2024
string + anything
END

# constraints, key, empty values
cat >s.json <<'END'
{"fields": [
  {"name": "id", "type": "integer"},
  {"name": "name", "type": "string", "constraints": {"required": true, "maxLength": 3}}],
 "primaryKey": "id", "missingValues": [""]}
END
printf 'id,name\n1,abc\n2,abcd\n2,\n,""\n' >t.csv
expect_exit 1 "$CSVKIT" validate --schema=s.json t.csv
has 't.csv:3:6: error[value-too-long]: 4 characters, string takes 3'
has 't.csv:4:1: error[duplicate-key]'
has 't.csv:4:3: error[value-missing]'
has 't.csv:5:1: error[value-missing]'
has 't.csv: column name: 2 of 4 values are missing; 1 of 4 values is too long: `abcd`'
printf '{"resources":[{"path":"t.csv","schema":%s}]}' "$(cat s.json)" >datapackage.json
"$CSVKIT" validate --schema=s.json --format=json t.csv >one
"$CSVKIT" validate --schema=datapackage.json --format=json t.csv >two
cmp -s one two || fail 'the schema of a package is another one'
expect_exit 1 "$CSVKIT" validate --schema=s.json --verify t.csv

# the header; no header; an option and the manifest
printf 'name,id\nabc,1\n' >other.csv
expect_exit 1 "$CSVKIT" validate --schema=s.json other.csv
has 'error[header-mismatch]'
printf '1,abc\n' >bare.csv
expect_exit 0 "$CSVKIT" validate --schema=s.json --no-header bare.csv
printf 'id,name\n1,abc\n' >good.csv
printf '{"schema":[{"name":"id","data_type":{"base":{"type":"DATE"}}},{"name":"x","data_type":{"base":{"type":"DATE"}}}]}' >m.json
expect_exit 0 "$CSVKIT" validate --schema=s.json --manifest=m.json --header good.csv
for options in --columns=id,name --backend=snowflake; do
    expect_exit 2 "$CSVKIT" validate --schema=s.json "$options" good.csv
done

# Line, column and name of what is not supported (U) or wrong (W).
while read -r name place json; do
    printf '%s' "$json" >bad.json
    expect_exit 2 "$CSVKIT" validate --schema=bad.json good.csv
    grep -q "bad.json:$place: .*'$name'" err || fail "$json: $(cat err)"
    [ -s out ] && fail "$json: there is a report"
done <<'END'
maxLength 1:57 {"fields":[{"name":"id","type":"integer","constraints":{"maxLength":1}}]}
maxLength 1:40 {"fields":[{"name":"id","constraints":{"maxLength":1.5}}]}
minLength 1:40 {"fields":[{"name":"id","constraints":{"minLength":"1"}}]}
required 1:40 {"fields":[{"name":"id","constraints":{"required":1}}]}
unique 1:40 {"fields":[{"name":"id","constraints":{"unique":1}}]}
minimum 1:40 {"fields":[{"name":"id","constraints":{"minimum":1}}]}
jsonSchema 1:56 {"fields":[{"name":"id","type":"object","constraints":{"jsonSchema":{}}}]}
enum 1:40 {"fields":[{"name":"id","constraints":{"enum":[]}}]}
enum 1:48 {"fields":[{"name":"id","constraints":{"enum":[[]]}}]}
pattern 1:40 {"fields":[{"name":"id","constraints":{"pattern":5}}]}
unknown 1:40 {"fields":[{"name":"id","constraints":{"unknown":5}}]}
id 1:12 {"fields":[{"name":"id","constraints":{"pattern":"("}}]}
id 1:12 {"fields":[{"name":"id","constraints":{"pattern":"\\p{IsLatin}"}}]}
id 1:12 {"fields":[{"name":"id","constraints":{"pattern":"a{2,1}"}}]}
id 1:12 {"fields":[{"name":"id","constraints":{"pattern":"[b-a]"}}]}
id 1:12 {"fields":[{"name":"id","type":"integer","constraints":{"minimum":"x"}}]}
id 1:12 {"fields":[{"name":"id","type":"integer","constraints":{"enum":["x"]}}]}
id 1:12 {"fields":[{"name":"id","type":"date","format":"any"}]}
id 1:12 {"fields":[{"name":"id","type":"date","format":"%U"}]}
id 1:12 {"fields":[{"name":"id","type":"integer","format":"hex"}]}
id 1:12 {"fields":[{"name":"id","format":"ipv4"}]}
id 1:12 {"fields":[{"name":"id","type":"number","decimalChar":"ab:cd"}]}
id 1:12 {"fields":[{"name":"id","type":"number","decimalChar":",","groupChar":","}]}
constraints 1:25 {"fields":[{"name":"id","constraints":[]}]}
geojson 1:25 {"fields":[{"name":"id","type":"geojson"}]}
type 1:25 {"fields":[{"name":"id","type":5}]}
format 1:25 {"fields":[{"name":"id","format":5}]}
decimalChar 1:42 {"fields":[{"name":"id","type":"integer","decimalChar":","}]}
bareNumber 1:41 {"fields":[{"name":"id","type":"number","bareNumber":"no"}]}
trueValues 1:42 {"fields":[{"name":"id","type":"boolean","trueValues":[]}]}
array 1:39 {"fields":[{"name":"id","type":"list","itemType":"array"}]}
missingValues 1:27 {"fields":[{"name":"id"}],"missingValues":"-"}
missingValues 1:27 {"fields":[{"name":"id"}],"missingValues":[5]}
fieldsMatch 1:27 {"fields":[{"name":"id"}],"fieldsMatch":"most"}
foreignKeys 1:27 {"fields":[{"name":"id"}],"foreignKeys":[]}
uniqueKeys 1:27 {"fields":[{"name":"id"}],"uniqueKeys":[]}
uniqueKeys 1:41 {"fields":[{"name":"id"}],"uniqueKeys":[["no"]]}
primaryKey 1:27 {"fields":[{"name":"id"}],"primaryKey":["no"]}
primaryKey 1:27 {"fields":[{"name":"id"}],"primaryKey":[5]}
fields 1:2 {"fields":[]}
fields 1:12 {"fields":[{"type":"string"}]}
dialect 1:39 {"resources":[{"schema":{"fields":[]},"dialect":{}}]}
encoding 1:39 {"resources":[{"schema":{"fields":[]},"encoding":"latin1"}]}
schema 1:16 {"resources":[{"schema":"../s.json"}]}
good.csv 1:2 {"resources":[{"schema":{}},{"schema":{}}]}
resources 1:2 {"resources":[{}]}
END

# what must be unique: by what it means, one column or several, without missing values
printf '{"fields":[{"name":"a","type":"number","constraints":{"unique":true}},{"name":"b"},{"name":"c"}],"uniqueKeys":[["b","c"]]}' >u.json
printf 'a,b,c\n1,x,y\n1.0,x,z\n2,"x",y\n,,q\n,,q\nz,"x",w\nz,"d\n",\n1e0,x,y' >u.csv
expect_exit 1 "$CSVKIT" validate --schema=u.json u.csv
has 'u.csv:3:1: error[not-unique]: value already seen in record 2: must be unique'
has 'u.csv:4:1: error[not-unique]: value already seen in record 2'
has 'u.csv:10:1: error[not-unique]: value already seen in record 2'
has 'column a: 2 of 8 values are not number: `z`; 2 of 8 values are not unique'
has 'column b: 2 of 8 values are not unique'
[ "$(grep -c not-unique out)" = 4 ] || fail "$(cat out)"

# a day that is not as the pattern says is told with the pattern; one that there is not, without it
printf '{"fields":[{"name":"a","type":"date","format":"%%d.%%m.%%y"}]}' >form.json
printf 'a\n31.12.2024\n31.2.24\n' >form.csv
expect_exit 1 "$CSVKIT" validate --schema=form.json form.csv
has 'form.csv:2:9: error[type-mismatch]: `31.12.2024` is not date: it is not as the format says: %d.%m.%y'
has 'form.csv:3:1: error[type-mismatch]: `31.2.24` is not date: there is no such day'
grep -q 'there is no such day$' out || fail "with the pattern: $(cat out)"
sed -i 's/%y/%Y/' form.json
"$CSVKIT" normalize --schema=form.json form.csv 2>err && fail 'a day that does not fit was written'
grep -q '`31.2.24` is not date: it is not as the format says: %d.%m.%Y' err || fail "normalize: $(cat err)"

# fields by their names
match() { # how, header, exit status, what is told
    printf '{"fields":[{"name":"id","type":"integer"},{"name":"day","type":"date"}],"fieldsMatch":"%s"}' "$1" >f.json
    printf '%s\n' "$2" >f.csv
    case $2 in
    *day*id*) echo 2024-01-01,1 ;;
    *,*,*) echo 1,2024-01-01,x ;;
    *,*) echo 1,2024-01-01 ;;
    id) echo 1 ;;
    *) echo x ;;
    esac >>f.csv
    expect_exit "$3" "$CSVKIT" validate --schema=f.json f.csv
    [ -z "$4" ] || has "header differs from the expected columns: $4"
}
match exact id,day 0 ''
match exact day,id 1 ''
match equal day,id 0 ''
match equal id,day,more 1 'surplus `more`'
match equal id 1 'missing `day`'
match subset id,day,more 0 ''
match subset id 1 'missing `day`'
match superset id 0 ''
match superset id,day,more 1 'surplus `more`'
match partial id 0 ''
match partial x 1 'missing `id`, `day`'
printf '{"fields":[{"name":"id","type":"integer"},{"name":"day","type":"date"}],"fieldsMatch":"equal"}' >f.json
printf 'day,id\n1,2024-01-01\n' >f.csv
expect_exit 1 "$CSVKIT" validate --schema=f.json f.csv
has 'f.csv:2:1: error[type-mismatch]: `1` is not date'
has 'f.csv:2:7: error[type-mismatch]: `2024-01-01` is not integer'

# the resource of a package, by the path of the data
printf '{"resources":[{"path":"f.csv","schema":{"fields":[{"name":"x"}]}},{"path":"d/good.csv","schema":%s}]}' "$(cat s.json)" >datapackage.json
mkdir -p d && cp good.csv d
expect_exit 0 "$CSVKIT" validate --schema=datapackage.json d/good.csv
expect_exit 2 "$CSVKIT" validate --schema=datapackage.json good.csv

echo '{"fields": [' >bad.json
expect_exit 2 "$CSVKIT" validate --schema=bad.json good.csv
grep -q 'bad.json:[12]:' err || fail "broken JSON has no place: $(cat err)"
expect_exit 2 "$CSVKIT" validate --schema=missing.json good.csv
exit "$failed"
