#!/bin/bash
# manifest create, check, show, convert as a user meets them.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
[ -x "$CSVKIT" ] || { echo "no program: $CSVKIT"; exit 2; }
cd "$work" || exit 2
unset KBC_DATA_TYPE_SUPPORT
export NO_COLOR=1
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

# expect STATUS COMMAND...: output in out and err
expect() {
    local wanted=$1
    shift
    "$@" >out 2>err </dev/null
    local got=$?
    [ "$got" = "$wanted" ] || fail "$*: exit $got, expected $wanted: $(head -c 300 err)"
}

says() { # FILE TEXT
    local told
    IFS= read -r -d '' told <"$1"
    [[ $told == *"$2"* ]] || fail "no '$2' in $1: ${told:0:600}"
}

is_json() { # FILTER FILE: jq -e is true
    jq -e "$1" "$2" >/dev/null || fail "not true: $1 in $(head -c 600 "$2")"
}

manifest="$CSVKIT manifest"

test_create_from_a_header() {
    printf 'id,name,text\r\n1,a,"x, y"\r\n' >orders.csv
    expect 0 $manifest create orders.csv --destination=in.c-main.orders --primary-key=id \
        --incremental --metadata a=b --metadata 'c=d=e' --column-metadata id:k=v \
        --description 'All orders' --delete-where-column=id --delete-where-values=1,2 \
        --delete-where-operator=ne --write-always
    [ ! -s out ] || fail "create speaks on standard output"
    is_json '.columns == ["id","name","text"] and .has_header == true and .incremental == true' orders.csv.manifest
    is_json '.primary_key == ["id"] and .destination == "in.c-main.orders" and .write_always' orders.csv.manifest
    is_json '.metadata == [{"key":"KBC.description","value":"All orders"},{"key":"a","value":"b"},{"key":"c","value":"d=e"}]' orders.csv.manifest
    is_json '.column_metadata == {"id":[{"key":"k","value":"v"}]}' orders.csv.manifest
    is_json '.delete_where_column == "id" and .delete_where_values == ["1","2"] and .delete_where_operator == "ne"' orders.csv.manifest
    cp orders.csv.manifest before
    expect 0 $manifest create orders.csv --destination=in.c-main.orders --primary-key=id \
        --incremental --metadata a=b --metadata 'c=d=e' --column-metadata id:k=v \
        --description 'All orders' --delete-where-column=id --delete-where-values=1,2 \
        --delete-where-operator=ne --write-always
    cmp -s before orders.csv.manifest || fail "the same options gave other bytes"
    expect 0 $manifest check orders.csv.manifest
    says out "orders.csv.manifest: good, 0 errors, 0 warnings"
    expect 0 $manifest check orders.csv
    says out "orders.csv.manifest: good"
}

test_create_native() {
    printf 'id\tprice\n1\t1.5\n2\t\n' >t.tsv
    expect 0 $manifest create t.tsv -d tab -e none --schema --primary-key=id --data-type=id=integer \
        --data-type=price=numeric:20,4 --column-metadata=price:unit=EUR -o -
    is_json '.manifest_type == "output" and .delimiter == "\t" and .enclosure == "" and (has("columns")|not)' out
    is_json '.schema[0] == {"name":"id","data_type":{"base":{"type":"INTEGER"}},"primary_key":true}' out
    is_json '.schema[1].data_type.base == {"type":"NUMERIC","length":"20,4"} and .schema[1].metadata == {"unit":"EUR"}' out
    [ ! -e t.tsv.manifest ] || fail "-o - wrote a file"
    KBC_DATA_TYPE_SUPPORT=hints expect 0 $manifest create t.tsv -d tab -o -
    is_json 'has("schema")' out
    KBC_DATA_TYPE_SUPPORT=none expect 0 $manifest create t.tsv -d tab -o -
    is_json 'has("columns")' out
    KBC_DATA_TYPE_SUPPORT=hints expect 0 $manifest create t.tsv -d tab --legacy -o -
    is_json 'has("columns")' out
}

test_types_from_the_data() {
    { echo "i,n,f,b,d,t,s,e"
      echo "1,1.5,1e3,true,2024-01-01,2024-01-01 10:00:00,x,"
      echo '"2",2,2,FALSE,2024-02-29,2024-01-01 10:30,007,""'; } >types.csv
    expect 0 $manifest create types.csv --schema --data-type=auto --data-type=e=DATE -o -
    is_json '[.schema[].data_type.base.type] == ["INTEGER","NUMERIC","FLOAT","BOOLEAN","DATE","TIMESTAMP","STRING","DATE"]' out
    is_json '[.schema[:7][].nullable] | unique == [true]' out
    says err 'n: NUMERIC (2 values, 0 empty, longest 3 bytes; not '
    gzip -c types.csv >types.csv.gz
    cp out plain
    expect 0 $manifest create types.csv.gz --schema --data-type=auto --data-type=e=DATE -o -
    cmp -s out plain || fail "gzip gave other types"
    expect 0 $manifest create types.csv --data-type=auto --format=json
    python3 - <<'PY' || fail "the evidence as JSON: $(cat out)"
import csv, json
result = json.load(open("out"))
rows = list(csv.reader(open("types.csv")))
assert result["manifest"] == "types.csv.manifest" and result["columns"] == rows[0], result
assert [t["column"] for t in result["types"]] == rows[0]
for i, t in enumerate(result["types"]):
    values = [row[i] for row in rows[1:]]
    assert t["values"] == sum(v != "" for v in values) and t["empty"] == values.count(""), t
    assert t["longest"] == max(map(len, values)) and t["nullable"], t
    assert t["type"] == "STRING" or t["type"] not in [e["type"] for e in t["excluded"]], t
    for e in t["excluded"]:
        assert rows[e["record"] - 1][i][:40] == e["value"] and e["length"] == len(rows[e["record"] - 1][i]), e
PY
    [ ! -s err ] || fail "the evidence is reported twice: $(cat err)"
    rm types.csv.manifest
    expect 2 $manifest create types.csv --data-type=auto --format=json -o -
    expect 0 $manifest create types.csv --data-type=auto -o -
    is_json '.column_metadata.i[0] == {"key":"KBC.datatype.basetype","value":"INTEGER"}' out
    expect 0 $manifest create types.csv --schema --data-type=auto --primary-key=i -o -
    is_json '[.schema[] | select(.nullable == false) | .name] == ["i"]' out
    expect 1 $manifest create types.csv --schema --data-type=auto --primary-key=e -o -
    says err 'column e is in the primary key, but has no value in 2 records; the first is record 2'
    printf 'zip,plus,long,float,day,at\n07031,+5,%s,0.5x,03/04/2024,2024-01-01T10h:00:00\n' \
        "$(printf '1%.0s' {1..39})" >lost.csv
    expect 0 $manifest create lost.csv --data-type=auto -o -
    says err 'zip: STRING (1 value, 0 empty, longest 5 bytes; not INTEGER: record 2 has "07031", which would lose its zero)'
    says err 'not INTEGER: record 2 has "+5", which would lose its sign)'
    says err '1", which would lose digits)'
    says err 'not NUMERIC: record 2 has "0.5x")'
    says err 'not DATE: record 2 has "03/04/2024")'
    says err 'not TIMESTAMP: record 2 has "2024-01-01T10h:00:00")'
    printf '\n\nid,n\n1,2\n3\n\\.\n' >short.csv
    expect 0 $manifest create short.csv --data-type=auto -o -
    says err 'id: INTEGER (1 value, 0 empty'
    says err 'n: INTEGER (1 value, 0 empty'
    says err '2 records have too few fields and are not counted; the first is record 5'
    expect 0 $manifest create short.csv --data-type=auto --format=json
    is_json '.short_records == 2' out
    rm short.csv.manifest
    printf '\xef\xbb\xbfid,n,t\n1,2,x\n\xef\xbb\xbfid,n,t\n3,n,t\n"id",n,"t"\n' >joined.csv
    expect 0 $manifest create joined.csv --data-type=auto -o - -q
    is_json '.column_metadata.id[0].value == "STRING"' out
    expect 0 $manifest create joined.csv --data-type=auto --format=json
    is_json '.repeated_headers == 2' out
    is_json '[.types[] | [.type, .others, .header_again, .values]] ==
        [["STRING","INTEGER",3,2],["STRING","STRING",3,2],["STRING","STRING",3,2]]' out
    expect 0 $manifest create joined.csv --data-type=auto -o -
    says err 'id: STRING (2 values, 0 empty, longest 1 byte; record 3 repeats the header, the others are INTEGER)'
    says err 'n: STRING (2 values, 0 empty, longest 1 byte; not INTEGER: record 4 has "n")'
    says err '2 records repeat the header and are not counted; the first is record 3'
    rm joined.csv.manifest
}

test_create_for_slices() {
    mkdir -p sliced/deeper
    printf '1,a\n' >sliced/p1.csv
    printf '2,b\n' | gzip >sliced/p2.csv.gz
    expect 2 $manifest create sliced
    says err "slices have no header"
    [ ! -e sliced.manifest ] || fail "written all the same"
    expect 0 $manifest create sliced/ --columns=id,name
    [ ! -e sliced/.manifest ] || fail "written into the directory"
    expect 0 $manifest check sliced/
    says out "sliced.manifest: good"
    is_json '.columns == ["id","name"] and (has("has_header")|not)' sliced.manifest
    expect 0 $manifest check sliced.manifest
    printf '3,c,d\n' >>sliced/p1.csv
    expect 1 $manifest check sliced.manifest
    says out "sliced/p1.csv:2:1: error[manifest-width]: 1 record does not have 2 fields; the first is record 2 with 3"
    mkdir headed && printf 'id,n\n1,a\n' >headed/1.csv && printf 'id,n\n1,a\n' >headed/2.csv
    expect 0 $manifest create headed --has-header
    is_json '.columns == ["id","n"] and .has_header == true' headed.manifest
    expect 0 $manifest check headed.manifest
    printf '2,b\n3,c\n' >headed/3.csv
    expect 1 $manifest check headed.manifest
    says out "headed/3.csv:1:1: error[manifest-header]"
    expect 1 $manifest create headed --columns=id,n
    says err "would be loaded as a row"
    mkdir none && echo '{}' >none.manifest
    expect 1 $manifest check none.manifest
    says out 'Sliced file "none" columns specification missing.'
}

test_refusals_of_create() {
    printf 'a b,a-b\n1,2\n' >collide.csv
    expect 1 $manifest create collide.csv
    says err "both be called"
    says err "no manifest written"
    [ ! -e collide.csv.manifest ] || fail "written all the same"
    printf 'id,x\n1,2\n' >f.csv
    expect 1 $manifest create f.csv --primary-key=ID
    says err "differs in letter case"
    expect 2 $manifest create f.csv --schema --primary-key=nope
    expect 2 $manifest create f.csv --data-type=id=VARCHAR
    expect 2 $manifest create f.csv --data-type=nope=STRING
    expect 2 $manifest create f.csv --schema --legacy
    expect 2 $manifest create f.csv --metadata=novalue
    expect 2 $manifest create f.csv --column-metadata=id=v
    expect 2 $manifest create f.csv --delete-where-column=id
    expect 2 $manifest create f.csv --delete-where-values=1
    expect 2 $manifest create f.csv --tag=x
    expect 2 $manifest create f.csv --files --primary-key=id
    expect 2 $manifest create missing.csv
    expect 1 $manifest create f.csv --destination=in.c-main
    : >empty.csv
    expect 1 $manifest create empty.csv
    says err "there is no header"
    expect 0 $manifest create empty.csv --columns=a
    expect 2 $manifest create f.csv -o nodir/x.manifest
    expect 1 $manifest create f.csv --columns=id
    says err "the first record has 2 fields, the manifest has 1 column"
}

test_manifests_of_files() {
    : >f.bin
    expect 0 $manifest create f.bin --files --tag=a --tag=b,c --permanent
    is_json '. == {"tags":["a","b","c"],"is_permanent":true}' f.bin.manifest
    expect 0 $manifest check --files f.bin.manifest
    echo '{"tags":["a"],"is_permanant":true}' >g.manifest
    expect 1 $manifest check --files g.manifest
    says out 'did you mean "is_permanent"?'
    echo '{"id":75807542,"name":"f.csv","created":"2024-01-01","is_public":false,"is_encrypted":true,"is_sliced":false,"tags":["a"],"max_age_days":15,"size_bytes":563416}' >in.manifest
    expect 0 $manifest check --files in.manifest --format=json
    is_json '.kind == "in-file" and .valid' out
    echo '{"size_bytes":9007199254740993,"tags":[],"id":1}' >in.manifest
    expect 0 $manifest show --files in.manifest
    says out '"size_bytes": 9007199254740993'
}

test_check_reports() {
    printf '{\n  "columns": ["id", "id"],\n  "primaryKey": ["id"]\n}\n' >bad.manifest
    expect 1 $manifest check bad.manifest
    says out 'bad.manifest:3:3: error[manifest-unknown-key]: Unrecognized option "primaryKey" (at $.primaryKey)'
    says out '      "primaryKey": ["id"]'
    grep -qx '      ^' out || fail "no caret: $(cat out)"
    says out 'help: did you mean "primary_key"?'
    says out 'bad.manifest: refused, 2 errors, 0 warnings'
    expect 1 $manifest check --format=json bad.manifest orders.csv.manifest
    [ "$(wc -l <out)" = 2 ] || fail "not one line for each file"
    head -n 1 out >one
    is_json '.file == "bad.manifest" and (.valid|not) and .errors == 2 and .generation == "legacy" and .kind == "out-table"' one
    is_json '.findings[0] | .rule == "manifest-unknown-key" and .severity == "error" and .line == 3 and .column == 3 and .path == "$.primaryKey"' one
    expect 1 $manifest check --format=json --max-findings=1 bad.manifest
    is_json '(.findings|length) == 1 and .errors == 2 and .findings_dropped == 1' out
    printf '{"a": tru}' >bad.manifest
    expect 1 $manifest check bad.manifest
    says out 'bad.manifest:1:7: error[manifest-json]: Failed to parse manifest file as "json"'
    printf '\xef\xbb\xbf{}' >bad.manifest
    expect 1 $manifest check bad.manifest
    says out 'error[manifest-bom]'
    expect 2 $manifest check missing.manifest
    expect 2 $manifest check .
    expect 2 $manifest check
    "$CSVKIT" manifest check - <<<'{"columns":["_timestamp"]}' >out 2>err && fail "standard input: not refused"
    says out 'System columns "_timestamp" cannot be imported to the table.'
    printf '{"\x1b[31mx": "\xc2\x9b"}' >hostile.manifest
    expect 1 $manifest check hostile.manifest
    printf '{"\\u001b[31mx": 1, "\xe2\x80\xaey": 2}' >hostile.manifest
    expect 1 $manifest check hostile.manifest
    LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' out && fail "control characters reach the terminal"
    says out '\u{202e}'
}

test_check_with_data() {
    echo '{"columns":["id","n"],"delimiter":";"}' >d.csv.manifest
    printf '1,a\n2,b\n' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out "the delimiter seems to be a comma"
    expect 0 $manifest check --no-data d.csv.manifest
    echo '{"columns":["id","n"]}' >d.csv.manifest
    printf 'Id,n\n1,a\n' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out "it would be loaded as a row of data"
    echo '{"columns":["id","n"],"has_header":true}' >d.csv.manifest
    expect 0 $manifest check d.csv.manifest
    printf '1,a\n2,b\n' >d.csv
    expect 0 $manifest check d.csv.manifest
    says out "warning[manifest-header-skipped]"
    echo '{"primary_key":["id"]}' >d.csv.manifest
    printf 'ID,n\n1,a\n' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'differs in letter case'
    echo '{}' >d.csv.manifest
    printf 'a,a\n1,2\n' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'd.csv:1:3: error[header-duplicate-name]: name already used by column 1'
    printf 'a,b\n1,2\n3\n' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'd.csv:3:1: error[manifest-width]'
    : >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'd.csv:1:1: error[empty-file]: file has no bytes'
    echo '{"columns":["a"]}' >d.csv.manifest
    expect 0 $manifest check d.csv.manifest
    printf '\xef\xbb\xbf1\n' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'd.csv:1:1: error[utf8-bom]: byte order mark at the start'
    printf '\xff\xfe1\0' >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'UTF-16'
    printf '1\n' | gzip >d.csv
    expect 1 $manifest check d.csv.manifest
    says out 'the content is gzip, but the name does not end with .gz'
    printf '1\n' >d.csv.gz && echo '{"columns":["a"],"destination":"in.c-a.b"}' >d.csv.gz.manifest
    expect 1 $manifest check d.csv.gz.manifest
    says out 'the name ends with .gz, but the content is not gzip'
    seq 1 20000 | gzip | head -c 20000 >d.csv.gz
    expect 1 $manifest check d.csv.gz.manifest
    says out 'the gzip data is damaged'
    mkdir -p data/out/tables && echo '{}' >data/out/tables/gone.csv.manifest
    expect 1 $manifest check data/out/tables/gone.csv.manifest
    says out 'Found orphaned table manifest: "gone.csv.manifest"'
    echo '{"columns":["a"]}' >lone.manifest
    expect 0 $manifest check lone.manifest
}

test_check_key() {
    echo '{"columns":["a","b"],"primary_key":["b","a"]}' >k.manifest
    mkdir k && printf '1,x\n1,y\n' >k/1 && printf '2,x\n"1","y"\n3,\n' >k/2
    expect 0 $manifest check k.manifest
    expect 1 $manifest check --check-key k.manifest
    says out 'k/2:2:1: error[manifest-primary-key]: record 2 repeats the primary key of record 2 of k/1'
    says out ': refused, 1 error,'
    echo '{"primary_key":["id"]}' >h.csv.manifest
    printf 'id,x\n1,"a\nb"\n1,c\nid,d\n' >h.csv
    expect 1 $manifest check --check-key h.csv.manifest
    says out 'h.csv:4:1: error[manifest-primary-key]: record 3 repeats the primary key of record 2 (at data)'
    printf 'id,x\n1,a\n2,a\n' >h.csv
    expect 0 $manifest check --check-key h.csv.manifest
}

test_support_and_bucket() {
    echo '{"columns":["a"],"destination":"t"}' >s.manifest
    expect 1 $manifest check s.manifest --data-type-support=hints
    says out 'Configuration schema is missing.'
    KBC_DATA_TYPE_SUPPORT=authoritative expect 1 $manifest check s.manifest
    echo '{"schema":[{"name":"a"},{"name":"b"}]}' >s.manifest
    expect 1 $manifest check s.manifest --data-type-support=authoritative
    says out 'Missing data type for columns: a, b'
    echo '{}' >a.b.csv.manifest
    expect 0 $manifest check a.b.csv.manifest
    says out 'warning[manifest-destination]: Failed to resolve valid destination. "in.c-DEFAULT.a.b"'
    echo '{"destination":"a.b"}' >s.manifest
    expect 1 $manifest check s.manifest --default-bucket=in.c-x
    says out '"in.c-x.a.b" is not a valid table ID.'
}

test_show() {
    printf '{"zz":{"b":1,"a":12345678901234567890},"columns":["a"],"destination":"t"}' >s.manifest
    expect 0 $manifest show s.manifest
    jq -c . out | grep -qF '{"destination":"t","columns":["a"],"zz":{"b":1,' || fail "order: $(cat out)"
    says out '"a": 12345678901234567890'
    cp out once && expect 0 $manifest show once
    cmp -s out once || fail "showing twice changes something"
    echo '{"id":"in.c-m.t","s3":{"isSliced":false,"region":"r","bucket":"b","key":"k","credentials":{"access_key_id":"AKIA","secret_access_key":"hush","session_token":"tok"}}}' >in.manifest
    expect 0 $manifest check in.manifest
    expect 0 $manifest show in.manifest
    grep -qE 'hush|AKIA|tok"' out && fail "credentials are shown"
    says err "3 credentials are shown as ***"
    expect 0 $manifest show --secrets in.manifest
    says out 'hush'
    echo '{"id":"in.c-m.t","gcs":{"bucket":"b","credentials":{"k":"hush"},"accessToken":"tok"}}' >in.manifest
    expect 0 $manifest show in.manifest
    grep -qE 'hush|tok"' out && fail "credentials of an unknown section are shown"
    says err "2 credentials are shown as ***"
    for format in text json csv sarif junit github; do
        expect 1 $manifest check --format=$format in.manifest
        grep -qE 'hush|tok"' out && fail "check --format=$format quotes credentials"
    done
    echo '{"a":1,"a":2}' >s.manifest
    expect 1 $manifest show s.manifest
    [ ! -s out ] || fail "a refused manifest is printed"
    expect 0 $manifest show orders.csv.manifest -o shown
    jq -e .columns shown >/dev/null || fail "-o"
}

test_convert_round_trips() {
    local m
    expect 0 $manifest create orders.csv --schema --data-type=auto --primary-key=id \
        --metadata=k=v --description=d --column-metadata=id:x=y -o n1
    expect 0 $manifest convert --to=legacy n1 -o l1
    expect 0 $manifest convert --to=native l1 -o n2
    expect 0 $manifest convert --to=legacy n2 -o l2
    cmp -s n1 n2 || fail "native -> legacy -> native: $(diff n1 n2)"
    cmp -s l1 l2 || fail "legacy -> native -> legacy: $(diff l1 l2)"
    for m in n1 l1; do
        expect 0 $manifest check $m
    done
    printf '{"columns":["a"],"future":[1.50,{"z":1,"y":2}],"x":18446744073709551617}' >u
    expect 0 $manifest convert --to=native u -o un
    expect 0 $manifest convert --to=legacy un
    grep -q '1.50' out && grep -q 18446744073709551617 out || fail "unknown keys: $(cat out)"
}

test_convert_losses() {
    echo '{"schema":[{"name":"a","data_type":{"base":{"type":"DATE"},"snowflake":{"type":"DATE"},"bigquery":{"type":"DATE"}}}]}' >c
    expect 0 $manifest convert --to=legacy c
    says err 'warning[manifest-not-carried]: "bigquery" cannot be carried'
    expect 1 $manifest convert --to=legacy --strict c
    [ ! -s out ] || fail "printed in spite of --strict"
    expect 0 $manifest convert --to=legacy -q c
    [ ! -s err ] || fail "-q speaks"
    echo '{"columns":["a"],"schema":[{"name":"a"}]}' >c
    expect 1 $manifest convert --to=legacy c
    says err 'Only one of "schema" or "columns" can be defined.'
    echo '{"primary_key":["id"]}' >c
    expect 1 $manifest convert --to=native c
    says err 'needs the names of the columns'
    echo '{"primary_key":["id"]}' >orders2.csv.manifest && cp orders.csv orders2.csv
    expect 0 $manifest convert --to=native orders2.csv.manifest
    is_json '.has_header == true and .schema[0] == {"name":"id","primary_key":true}' out
    expect 2 $manifest convert c
    expect 2 $manifest convert --to=other c
    expect 1 $manifest convert --to=native bad.manifest
}

test_rules_are_explained() {
    local id
    expect 0 "$CSVKIT" rules --format=json
    for id in $(jq -r '.[].rule | select(startswith("manifest-"))' out); do
        expect 0 "$CSVKIT" explain "$id"
        says out "$id: "
        says out "How to repair it"
    done
    [ "$id" = manifest-not-carried ] || fail "not all rules are listed"
    expect 0 "$CSVKIT" explain --format=json manifest-conflict
    is_json '.rule == "manifest-conflict" and .severity == "error"' out
}

test_huge_and_nested() {
    { printf '{"a":'; head -c 100000 /dev/zero | tr '\0' '['; } >deep
    expect 1 $manifest check deep
    says out 'error[manifest-limit]'
    truncate -s 70M big
    expect 1 $manifest check big
    says out 'larger than 64 MiB'
}

test_create_from_a_header
test_create_native
test_types_from_the_data
test_create_for_slices
test_refusals_of_create
test_manifests_of_files
test_check_reports
test_check_with_data
test_check_key
test_support_and_bucket
test_show
test_convert_round_trips
test_convert_losses
test_rules_are_explained
test_huge_and_nested
[ "$fails" = 0 ]
