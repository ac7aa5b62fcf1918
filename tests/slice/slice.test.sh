#!/bin/bash
# slice and merge as a user meets them: inputs, cuts, manifest, refusals, replacing.
set -u
work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)") || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export KBC_DATA_TYPE_SUPPORT=
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

expect() { # STATUS WHAT COMMAND...: output in out and err
    local wanted=$1 what=$2
    shift 2
    "$@" >out 2>err </dev/null
    local got=$?
    [ "$got" = "$wanted" ] || fail "$what: exit $got, expected $wanted: $(head -n 2 err)"
}

says() {
    grep -qE -- "$1" err || fail "no '$1' in: $(cat err)"
}

clean() { # WHAT: nothing but the inputs is here
    local left
    left=$(find . -mindepth 1 -maxdepth 1 \( -name 'dir*' -o -name '.*' \) | sort | tr '\n' ' ')
    [ -z "$left" ] || fail "$1 leaves $left"
}

zcat() { gzip -dc "$@"; } # the program is a script that starts it

drop() {
    rm -rf dir dir.manifest
}

table() { # RECORDS: a table with line breaks inside enclosures
    python3 - "$1" <<'PY'
import random, sys
random.seed(7)
print("id,name,text", end="\r\n")
for i in range(int(sys.argv[1])):
    text = random.choice(['x', '"a ""b"" c"', '"two\r\nlines"', '', '""', '"end\n\n"', 'ž€😀'])
    print(f"{i},name {random.random()},{text}", end="\r\n")
PY
}

table 5000 >t.csv
gzip -k t.csv
tail -n +2 t.csv >body

test_forms() {
    local from
    for from in t.csv t.csv.gz -; do
        drop
        "$CSVKIT" slice "$from" -o dir --any-size --slice-size=20kB -q >out <t.csv ||
            fail "slice $from"
        [ "$(ls dir | wc -l)" -ge 3 ] || fail "$from: few slices: $(ls dir)"
        gzip -t dir/*.gz || fail "$from: gzip -t"
        zcat dir/* | cmp - body || fail "$from: the slices are not the body"
        "$CSVKIT" merge dir | cmp - t.csv || fail "$from: merge"
        "$CSVKIT" merge dir -o back.csv.gz >out && zcat back.csv.gz | cmp - t.csv ||
            fail "$from: merge to gzip"
    done
    drop
    expect 0 plain "$CSVKIT" slice t.csv -o dir --any-size --slice-size=40kB --compress=none
    cat dir/part-*.csv | cmp - body || fail "plain slices"
    "$CSVKIT" merge dir | cmp - t.csv || fail "merge of plain slices"
    find dir -name '*.csv' -size -30k | grep -q . && fail "a crumb: $(ls -l dir)"
    drop
}

test_long_record() { # of 80 MB: as long as there is memory for it, there and back
    python3 - >long.csv <<'PY'
field = '"' + 'a ""line"",\n' * (16_000_000 // 12) + '"'
print("a,b,c,d,e", ",".join([field] * 5), "1,2,3,4,5", sep="\n")
PY
    [ "$(stat -c %s long.csv)" -gt 75000000 ] || fail "long record: no test"
    expect 0 "long record" "$CSVKIT" slice long.csv -o dir --verify -j2 --level=1
    "$CSVKIT" merge dir | cmp - long.csv || fail "long record: merge"
    drop
    expect 2 "longer than allowed" "$CSVKIT" slice long.csv -o dir --max-record=10MB
    says 'longer than 10000000 bytes'
    clean "longer than allowed"
    rm long.csv
}

test_threads() { # any number of threads, gzip or plain input: the same bytes
    local n
    for n in 1 2 3 7; do
        "$CSVKIT" slice t.csv -o "dir$n" --any-size --slice-size=15kB -j$n -q >/dev/null ||
            fail "-j$n"
        diff -r dir1 "dir$n" || fail "-j$n: other bytes"
    done
    cat t.csv | "$CSVKIT" slice - -o dirp1 --any-size --slice-size=15kB -q >/dev/null
    "$CSVKIT" slice t.csv.gz -o dirp2 --any-size --slice-size=15kB -q >/dev/null
    diff -r dirp1 dirp2 || fail "a pipe and gzip: other bytes"
    rm -rf dir?* dir?*.manifest
}

test_json() {
    expect 0 json "$CSVKIT" slice t.csv -o dir --records=700 --format=json --verify
    python3 - <<'PY' || fail "json"
import gzip, hashlib, json, os
r = json.load(open("out"))
assert r["manifest"] == "dir.manifest" and r["columns"] == ["id", "name", "text"], r
assert r["records"] == 5000 == sum(s["records"] for s in r["slices"]), r
assert [s["records"] for s in r["slices"]] == [700] * 7 + [100], r
for s in r["slices"]:
    b = open("dir/" + s["name"], "rb").read()
    assert len(b) == s["compressed_bytes"] and hashlib.sha256(b).hexdigest() == s["sha256"], s
    assert len(gzip.decompress(b)) == s["bytes"], s
    assert b[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "no name, no time"
assert json.load(open("dir.manifest")) == {"columns": ["id", "name", "text"]}
PY
    drop
    expect 0 count "$CSVKIT" slice t.csv -o dir --slices=7
    [ "$(ls dir | wc -l)" = 7 ] || fail "--slices=7: $(ls dir)"
    drop
    expect 0 "count of gzip" "$CSVKIT" slice t.csv.gz -o dir --slices=7
    [ "$(ls dir | wc -l)" = 7 ] || fail "--slices=7 of gzip: $(ls dir)"
    drop
    expect 2 "count of a pipe" "$CSVKIT" slice - -o dir --slices=7
    clean "count of a pipe"
}

test_header() { # comes back as it was when each name, or only what needs it, was enclosed
    local header
    for header in 'a,b' 'a,"b ""x"", y"' '#a,b' '"a,b",c' '"a
b",c'; do
        printf '%s\n1,2\n' "$header" >h.csv
        expect 0 "header $header" "$CSVKIT" slice h.csv -o dir
        "$CSVKIT" merge dir | cmp - h.csv || fail "header $header: $("$CSVKIT" merge dir)"
        drop
    done
    printf '"a","b ""x"""\r\n"1","2"\r\n' >h.csv
    expect 0 "header, all enclosed" "$CSVKIT" slice h.csv -o dir
    [ "$("$CSVKIT" merge dir | head -n 1)" = $'a,"b ""x"""\r' ] || fail "header, needed only"
    "$CSVKIT" merge --quote=all dir | cmp - h.csv || fail "header, all enclosed"
    "$CSVKIT" slice h.csv --normalize --line-break=crlf -o dir -q --force >/dev/null
    "$CSVKIT" merge --quote=all dir | cmp - <("$CSVKIT" normalize -q h.csv) || fail "header, normalized"
    drop
    rm h.csv
}

test_directory() { # slices in: with a header each, or with a manifest
    "$CSVKIT" slice t.csv -o in --records=900 -q >/dev/null
    expect 0 "from slices" "$CSVKIT" slice in -o dir --records=450
    zcat dir/* | cmp - body || fail "slices of slices"
    cmp in.manifest dir.manifest || fail "the manifest is not carried"
    drop
    mkdir heads
    for i in 1 2; do printf 'a,b\n%d,2\n3,4' $i >heads/$i.csv; done
    expect 2 "nobody speaks of a header" "$CSVKIT" slice heads -o dir
    says 'heads/2.csv: header-repeated: .* --header'
    clean "nobody speaks of a header"
    expect 0 "headers" "$CSVKIT" slice --header heads -o dir
    [ "$(zcat dir/*)" = "$(printf '1,2\n3,4\n2,2\n3,4')" ] || fail "headers: $(zcat dir/*)"
    drop
    printf 'a,c\n1,2\n' >heads/2.csv
    expect 1 "other header" "$CSVKIT" slice --header heads -o dir
    says 'heads/2.csv:1:1: error\[header-mismatch\]: .*missing `b`; surplus `c`'
    expect 1 "other tables" "$CSVKIT" slice heads -o dir
    says 'not the slices of one table: heads/2.csv begins with other names than heads/1.csv'
    printf '5,6\n' >heads/2.csv
    for more in "" --no-manifest; do
        expect 2 "a header in the first slice" "$CSVKIT" slice heads -o dir $more
        says 'give --columns=A,B, or --header if every slice has a header'
    done
    clean "slices without a word"
    rm -r in in.manifest heads
}

test_refusals() {
    printf 'a,b\n1,2,3\n"x"y,2\n' >bad.csv
    expect 1 "bad input" "$CSVKIT" slice bad.csv -o dir
    says 'bad.csv:2:.*field-count'
    clean "bad input"
    expect 1 "bad input, json" "$CSVKIT" slice bad.csv -o dir -f json
    python3 -c 'import json; r = json.load(open("out")); assert not r["valid"] and r["errors"] == 2' ||
        fail "no findings as JSON"
    head -c 60000 t.csv.gz >cut.csv.gz
    expect 1 "cut gzip" "$CSVKIT" slice cut.csv.gz -o dir
    says 'compressed-input-damaged'
    clean "cut gzip"
    expect 1 "other columns" "$CSVKIT" slice t.csv -o dir --columns=id,name,txt
    says header-mismatch
    expect 1 "no such key" "$CSVKIT" slice t.csv -o dir --primary-key=id,nix
    says 'primary-key.* names nix, which is not a column of t.csv'
    printf 'a b,a-b\n1,2\n' >clash.csv
    expect 1 "clash" "$CSVKIT" slice clash.csv -o dir
    says 'a b.*a-b|a-b.*a b'
    says '^clash.csv:1:5: error\[header-name-refused\]: .*the name of an earlier column becomes the same'
    ! grep -q 'manifest-column' err || fail "told twice: $(cat err)"
    printf '1,2\n' >plain.csv
    echo '{"columns":["a b","a-b"]}' >plain.csv.manifest # names of a manifest are told at their place there
    expect 1 "clash in a manifest" "$CSVKIT" slice plain.csv -o dir
    says '^dir.manifest: error\[manifest-column-collision\]: .* \(at \$\.columns\[1\]\)$'
    says '^    help: rename'
    # An empty line before a header hides it from nobody (doc/reading.md A6), whoever names the column.
    printf '\nemail\na@x.example\n' >blank.csv
    for how in '' --normalize '--normalize --columns=email'; do
        echo '{"columns":["email"]}' >blank.csv.manifest
        # shellcheck disable=SC2086
        "$CSVKIT" slice blank.csv -o dir $how >out 2>err </dev/null
        [ ! -e dir ] || ! zcat dir/*.gz | grep -q email || fail "email is in a slice: $how"
        rm -rf dir dir.manifest
    done
    printf '\xef\xbb\xbf\n"E-mail"\na@x.example\n' >blank.csv
    echo '{"columns":["e_mail"]}' >blank.csv.manifest
    expect 1 "a hidden header" "$CSVKIT" slice --normalize blank.csv -o dir
    says 'manifest-header: the first record that is not empty holds the names'
    printf '\na@x.example\n' >blank.csv
    expect 0 "data below an empty value" "$CSVKIT" slice --normalize blank.csv -o dir
    rm -rf dir dir.manifest blank.csv.manifest
    clean "refusals"
    expect 2 "nowhere" "$CSVKIT" slice t.csv
    expect 2 "no input" "$CSVKIT" slice nix.csv -o dir
    expect 2 "too small" "$CSVKIT" slice t.csv -o dir --slice-size=1MB
    expect 2 "too large" "$CSVKIT" slice t.csv -o dir --slice-size=101MB
    expect 2 "two cuts" "$CSVKIT" slice t.csv -o dir --records=1 --slices=2
    expect 2 "no folder" "$CSVKIT" slice t.csv -o no/dir
    expect 2 "a file" "$CSVKIT" slice t.csv -o t.csv --force
    clean "trouble"
    rm -f bad.csv cut.csv.gz clash.csv
}

test_empty() {
    printf 'a,b\n' >head.csv
    expect 0 "header only" "$CSVKIT" slice head.csv -o dir
    [ "$(ls dir)" = part-00001.csv.gz ] && [ -z "$(zcat dir/*)" ] || fail "header only: $(ls dir)"
    drop
    expect 0 "no empty slice" "$CSVKIT" slice head.csv -o dir --no-empty
    [ -d dir ] && [ -z "$(ls dir)" ] || fail "no empty slice: $(ls dir)"
    [ "$("$CSVKIT" merge dir --line-break=lf)" = a,b ] || fail "merge of nothing"
    drop
    expect 0 "keep empty" "$CSVKIT" slice head.csv -o dir --keep-empty
    [ "$(ls dir)" = part-00001.csv.gz ] && [ -z "$(zcat dir/*)" ] || fail "keep empty"
    drop
    : >empty.csv
    expect 1 "empty" "$CSVKIT" slice empty.csv -o dir
    clean "empty"
    expect 0 "empty with columns" "$CSVKIT" slice empty.csv -o dir --columns=a,b
    grep -q '"b"' dir.manifest || fail "no columns for nothing"
    drop
    rm head.csv empty.csv
}

test_manifest() {
    expect 0 "options" "$CSVKIT" slice t.csv -o dir --primary-key=id --destination=in.c-main.t \
        --incremental --metadata k=v --column-metadata name:a.b=c=d --description=words \
        --delete-where-column=id --delete-where-values=1,2 --data-type id=INTEGER:38
    python3 - <<'PY' || fail "manifest: $(cat dir.manifest)"
import json
m = json.load(open("dir.manifest"))
assert m["primary_key"] == ["id"] and m["incremental"] and m["destination"] == "in.c-main.t"
assert m["delete_where_values"] == ["1", "2"] and m.get("delete_where_operator", "eq") == "eq"
assert {"key": "k", "value": "v"} in m["metadata"]
assert m["column_metadata"]["name"] == [{"key": "a.b", "value": "c=d"}]
assert {"key": "KBC.datatype.basetype", "value": "INTEGER"} in m["column_metadata"]["id"]
PY
    drop
    expect 0 "schema" "$CSVKIT" slice t.csv -o dir --primary-key=id --schema
    grep -q '"primary_key": true' dir.manifest || fail "schema: $(cat dir.manifest)"
    "$CSVKIT" merge dir | cmp - t.csv || fail "merge by a schema"
    drop
    printf 'n,d,t\n1,2020-01-31,x\n22,2021-02-01,7\n' >types.csv
    expect 0 "types" "$CSVKIT" slice types.csv -o dir --schema --data-type=auto
    says '^n: INTEGER \(2 values'
    expect 0 "types" "$CSVKIT" slice types.csv -o dir --schema --data-type=auto --force --format=json
    python3 -c 'import json; t = json.load(open("out"))["types"]; assert [c["type"] for c in t] == ["INTEGER", "DATE", "STRING"] and t[0]["nullable"], t' ||
        fail "types as JSON: $(cat out)"
    python3 - <<'PY' || fail "types: $(cat dir.manifest)"
import json
types = [c["data_type"]["base"]["type"] for c in json.load(open("dir.manifest"))["schema"]]
assert types == ["INTEGER", "DATE", "STRING"], types
PY
    drop
    rm types.csv
    expect 2 "half a pair" "$CSVKIT" slice t.csv -o dir --column-metadata name
    expect 2 "half a deletion" "$CSVKIT" slice t.csv -o dir --delete-where-column=id
    clean "options"
    expect 0 "none" "$CSVKIT" slice t.csv -o dir --no-manifest
    [ ! -e dir.manifest ] || fail "a manifest nobody wants"
    expect 2 "merge without names" "$CSVKIT" merge dir
    "$CSVKIT" merge dir --columns=id,name,text | cmp - t.csv || fail "merge --columns"
    "$CSVKIT" merge dir --no-header | cmp - body || fail "merge --no-header"
    drop
    echo '{"destination":"in.c-x.y","incremental":true,"delimiter":";","has_header":true,
        "schema":[{"name":"a","data_type":{"base":{"type":"INTEGER"}}},{"name":"b"}]}' >s.csv.manifest
    printf 'a;b\n1;2\n' >s.csv
    expect 0 "beside" "$CSVKIT" slice s.csv -o dir --primary-key=a
    python3 - <<'PY' || fail "manifest beside: $(cat dir.manifest)"
import json
m = json.load(open("dir.manifest"))
assert m["destination"] == "in.c-x.y" and m["incremental"] and m["delimiter"] == ";", m
assert not m.get("has_header"), m
assert m["schema"][0]["data_type"]["base"]["type"] == "INTEGER", m
assert m["schema"][0]["primary_key"] is True and len(m["schema"]) == 2, m
PY
    "$CSVKIT" merge dir | cmp - s.csv || fail "merge with a semicolon"
    drop
    rm s.csv s.csv.manifest
}

manifest_is() { # the manifest, without white space
    [ "$(tr -d ' \n' <dir.manifest)" = "$1" ] || fail "manifest: $(tr -d ' \n' <dir.manifest)"
    drop
}

test_base() { # a manifest beside the input, and options over it
    printf 'a,b\n1,2\n' >b.csv
    echo '{"schema":[{"name":"a","primary_key":true,"metadata":{"k":"v"}},{"name":"b"}]}' >b.csv.manifest
    expect 1 "a header where none should be" "$CSVKIT" slice b.csv -o dir
    says 'b.csv:1:1: error.manifest-header.: the first record holds the names of the columns'
    clean "a header where none should be"
    expect 0 "it is data" "$CSVKIT" slice b.csv -o dir --no-header
    cmp -s <(zcat dir/*) b.csv || fail "the names are data: $(zcat dir/*)"
    drop
    expect 0 "another key" "$CSVKIT" slice b.csv -o dir --header --primary-key=b \
        --column-metadata a:x=y --metadata m=n
    manifest_is '{"manifest_type":"output","table_metadata":{"m":"n"},"schema":[{"name":"a","metadata":{"k":"v","x":"y"}},{"name":"b","primary_key":true}]}'
    expect 1 "key in other case" "$CSVKIT" slice b.csv -o dir --header --primary-key=B
    says 'names B, which is not a column .*letter case'
    echo '{"has_header":true,"metadata":[{"key":"k","value":"v"},{"key":"l","value":"w"}],
        "column_metadata":{"a":[{"key":"KBC.datatype.basetype","value":"NUMERIC"},
        {"key":"KBC.datatype.length","value":"3"},{"key":"z","value":"1"}]}}' >b.csv.manifest
    expect 0 "metadata by key" "$CSVKIT" slice b.csv -o dir --metadata l=x --column-metadata b:k=v \
        --data-type a=STRING
    manifest_is '{"columns":["a","b"],"metadata":[{"key":"k","value":"v"},{"key":"l","value":"x"}],"column_metadata":{"a":[{"key":"z","value":"1"},{"key":"KBC.datatype.basetype","value":"STRING"}],"b":[{"key":"k","value":"v"}]}}'
    expect 2 "other generation" "$CSVKIT" slice b.csv -o dir --schema
    clean "other generation"
    cat >b.csv.manifest <<'JSON'
{"id":"in.c-main.t","uri":"https://storage.example/t","name":"t","primary_key":["a"],"created":null,
 "columns":["a","b"],"metadata":[{"id":"1","key":"k","value":"v","provider":"p","timestamp":"z"}],
 "column_metadata":{"a":[],"b":[{"id":"1","key":"k","value":"v","provider":"p","timestamp":"z"}]},
 "schema":[{"name":"a","data_type":{"base":{"type":"INTEGER"},"snowflake":{"type":"NUMBER",
 "length":"38,0","default":null}},"nullable":false,"primary_key":true,"description":null},{"name":"b"}]}
JSON
    expect 0 "input manifest" "$CSVKIT" slice b.csv -o dir
    [ "$(zcat dir/*)" = 1,2 ] || fail "input manifest: the header is data: $(zcat dir/*)"
    manifest_is '{"columns":["a","b"],"primary_key":["a"],"metadata":[{"key":"k","value":"v"}],"column_metadata":{"b":[{"key":"k","value":"v"}]}}'
    expect 0 "input manifest, native" "$CSVKIT" slice b.csv -o dir --schema
    manifest_is '{"manifest_type":"output","schema":[{"name":"a","data_type":{"base":{"type":"INTEGER"},"snowflake":{"type":"NUMBER","length":"38,0"}},"nullable":false,"primary_key":true},{"name":"b"}]}'
    printf 'b,a\n1,2\n' >b.csv
    expect 1 "input manifest of other columns" "$CSVKIT" slice b.csv -o dir
    clean "input manifest of other columns"
    echo '{"columns":' >b.csv.manifest
    expect 1 "half a manifest" "$CSVKIT" slice b.csv -o dir
    says '^b.csv.manifest:2:1: error\[manifest-json\]: '
    echo '{"columns":["a",]}' >b.csv.manifest
    expect 1 "broken manifest" "$CSVKIT" slice b.csv -o dir
    says '^    \{"columns":\["a",\]\}$'
    rm b.csv b.csv.manifest
}

test_replace() {
    : >dir.manifest
    expect 2 "a manifest alone" "$CSVKIT" slice t.csv -o dir
    says 'dir.manifest exists already'
    rm dir.manifest
    expect 0 "first" "$CSVKIT" slice t.csv -o dir --records=100
    expect 2 "again" "$CSVKIT" slice t.csv -o dir
    says 'dir exists already'
    printf 'a,b\n1,2,3\n' >bad.csv
    expect 1 "bad over good" "$CSVKIT" slice bad.csv -o dir --force
    "$CSVKIT" merge dir | cmp - t.csv || fail "a failure touched the old slices"
    printf 'x\n1\n' >x.csv
    expect 0 "force" "$CSVKIT" slice x.csv -o dir/ --force
    [ "$(ls -A dir)" = part-00001.csv.gz ] && grep -q '"x"' dir.manifest || fail "force: $(ls -A dir)"
    drop
    clean "force"
    expect 0 "stale" "$CSVKIT" slice x.csv -o keep
    mkdir ".dir.csvkit-999999999-0123456789abcdef.tmp" ".dir.csvkit-$$-0123456789abcdef.tmp"
    : >".dir.csvkit-999999999-0123456789abcdef.tmp/part-00001.csv.gz"
    : >".dir.manifest.csvkit-999999999-0123456789abcdef.tmp"
    expect 0 "stale" "$CSVKIT" slice x.csv -o dir
    [ "$(echo .dir*)" = ".dir.csvkit-$$-0123456789abcdef.tmp" ] || fail "stale: $(echo .dir*)"
    rmdir .dir*
    drop
    mkdir -p dir/sub
    expect 2 "a folder with folders" "$CSVKIT" slice x.csv -o dir --force
    [ -d dir/sub ] || fail "a folder with folders is gone"
    rm -r dir && mkdir dir && cp x.csv dir/t.csv
    expect 2 "a home" "$CSVKIT" slice x.csv -o dir --force
    says 'dir holds t.csv, which is no slice'
    expect 2 "its own input" "$CSVKIT" slice dir/t.csv -o dir --force
    [ "$(ls -A dir)" = t.csv ] || fail "what csvkit did not write is gone"
    mv dir/t.csv dir/part-1.csv
    expect 2 "a slice as input" "$CSVKIT" slice dir/part-1.csv -o dir --force
    says 'dir/part-1.csv lies in dir'
    expect 2 "the folder as input" "$CSVKIT" slice dir -o dir --force
    for name in part-.csv part-1x.csv part-1.csv.bz2 xpart-1.csv; do
        rm -r dir && mkdir dir && : >"dir/$name"
        expect 2 "$name" "$CSVKIT" slice x.csv -o dir --force
    done
    rm -r dir && mkdir -p dir/part-1.csv
    expect 2 "a folder called as a slice" "$CSVKIT" slice x.csv -o dir --force
    ln -s keep link
    expect 2 "a link" "$CSVKIT" slice x.csv -o link --force
    [ -L link ] && [ -d keep ] || fail "a link was followed"
    rm -rf dir keep* link x.csv bad.csv
}

# A manifest says that each slice has a header, and calls the columns otherwise: its names are those
# of the table, with one warning for each header, as validate and slice give it.
test_skipped_headers() {
    mkdir in
    printf 'nr,title\n1,a\n' >in/1.csv
    printf '"nr",title\n2,b\n' >in/2.csv
    echo '{"columns":["id","name"],"has_header":true}' >in.manifest
    expect 0 "other names" "$CSVKIT" merge in
    [ "$(cat out)" = "$(printf 'id,name\n1,a\n2,b')" ] || fail "names of the manifest: $(cat out)"
    [ "$(grep -c 'warning\[manifest-header-skipped\]' err)" = 2 ] || fail "merge warns: $(cat err)"
    "$CSVKIT" validate --manifest=in.manifest in >out 2>&1
    [ "$(grep -c 'warning\[manifest-header-skipped\]' out)" = 2 ] || fail "validate warns: $(cat out)"
    printf '2,b\n3,c\n' >in/2.csv
    local command
    for command in "merge in -o back.csv" "validate --manifest=in.manifest in" "slice in -o dir"; do
        expect 1 "a record that would be skipped" "$CSVKIT" $command
        cat out err | grep -q 'in/2.csv:1:1: error\[manifest-header\]' || fail "$command: $(cat out err)"
    done
    [ ! -e back.csv ] || fail "a merge that was refused leaves a file"
    printf '"id",name\n2,b\n' >in/2.csv
    printf 'id,"name"\n1,a\n' >in/1.csv
    expect 0 "the same names" "$CSVKIT" merge in
    [ "$(cat out)" = "$(printf 'id,"name"\n1,a\n2,b')" ] || fail "the header as it is: $(cat out)"
    [ ! -s err ] || fail "a word too many: $(cat err)"
    rm -r in in.manifest
}

test_merge_refusals() {
    "$CSVKIT" slice t.csv -o dir --records=1000 -q >/dev/null
    printf '1,2\n' | gzip >dir/part-00003.csv.gz
    expect 1 "width" "$CSVKIT" merge dir -o back.csv
    says 'dir/part-00003.csv.gz:1: record 1 has 2 fields, the table has 3'
    rm -f back.csv.gz
    [ -z "$(ls -A | grep back)" ] || fail "a merge that failed leaves $(ls -A | grep back)"
    printf '1,2,"3\n' | gzip >dir/part-00003.csv.gz
    expect 1 "open enclosure" "$CSVKIT" merge dir -o back.csv
    says 'part-00003.*not closed'
    gzip -dc dir/part-00001.csv.gz | gzip | head -c 500 >dir/part-00003.csv.gz
    expect 1 "damage" "$CSVKIT" merge dir -o back.csv
    says 'part-00003.*damaged'
    [ ! -e back.csv ] || fail "a merge that failed leaves a file"
    drop
}

test_pipe() {
    "$CSVKIT" slice t.csv -o dir --records=10 -q >/dev/null
    "$CSVKIT" merge dir 2>err | head -c 10 >/dev/null
    [ ! -s err ] || fail "a closed pipe is reported: $(cat err)"
    drop
}

for name in forms long_record threads json header directory refusals empty manifest base replace skipped_headers merge_refusals pipe; do
    "test_$name"
done
[ "$fails" = 0 ] && echo "slice and merge behave"
exit $((fails != 0))
