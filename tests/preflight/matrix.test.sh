#!/bin/bash
# Each condition that makes a load fail or go wrong silently: a folder that has it, and the finding
# that tells of it.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"
to='"destination":"in.c-main.t"'

fresh orphan
table a.csv 'id\n1\n' "{$to}"
echo '{}' >"$T/gone.csv.manifest"
judge
finding 1 preflight-orphan error out/tables/gone.csv.manifest 'Found orphaned table manifest: "gone.csv.manifest"'

fresh mapping-source
table a.csv 'id\n1\n' "{$to}"
echo '{"storage":{"output":{"tables":[{"source":"b.csv","destination":"in.c-main.b"}]}}}' >"$F/config.json"
judge
finding 1 preflight-mapping-source error config.json 'Table sources not found: "b.csv"'

fresh orphan-extension
table x.csv 'id\n1\n'
echo "{$to}" >"$T/x.manifest"
judge
finding 1 preflight-orphan error out/tables/x.manifest 'Found orphaned table manifest: "x.manifest"'
is '.findings[0].mend == "rename it to x.csv.manifest"'

for key in columns_from primaryKey without_headers escaped_by; do
    fresh "key-$key"
    table a.csv 'id\n1\n' "{$to,\"$key\":\"x\"}"
    judge
    finding 1 manifest-unknown-key error out/tables/a.csv.manifest "Unrecognized option \"$key\""
done

fresh not-object
table a.csv 'id\n1\n' '["x"]'
judge
finding 1 manifest-not-object error out/tables/a.csv.manifest 'object'
fresh bad-json
table a.csv 'id\n1\n' '{"destination": }'
judge
finding 1 manifest-json error out/tables/a.csv.manifest 'platform: parse error'
fresh bom-json
table a.csv 'id\n1\n' "$(printf '\xef\xbb\xbf'){$to}"
judge
finding 1 manifest-bom error out/tables/a.csv.manifest 'platform: parse error'

fresh columns-schema
table a.csv '1\n' "{$to,\"columns\":[\"id\"],\"schema\":[{\"name\":\"id\"}]}"
judge
finding 1 manifest-conflict error out/tables/a.csv.manifest 'Only one of "schema" or "columns" can be defined.'
fresh schema-key
table a.csv '1\n' "{$to,\"primary_key\":[\"id\"],\"schema\":[{\"name\":\"id\",\"primary_key\":true}]}"
judge
finding 1 manifest-conflict error out/tables/a.csv.manifest '"primary_key"'
fresh schema-metadata
table a.csv '1\n' "{$to,\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}],\"schema\":[{\"name\":\"id\"}]}"
judge
finding 1 manifest-conflict error out/tables/a.csv.manifest 'Only one of "schema" or "metadata" can be defined.'

fresh type-base
table a.csv '1\n' "{$to,\"schema\":[{\"name\":\"id\",\"data_type\":{\"snowflake\":{\"type\":\"NUMBER\"}}}]}"
judge
finding 1 manifest-data-type error out/tables/a.csv.manifest 'base'
fresh type-backend
table a.csv '1\n' "{$to,\"schema\":[{\"name\":\"id\",\"data_type\":{\"base\":{\"type\":\"STRING\"},\"redshift\":{\"type\":\"X\"}}}]}"
judge
is '[.tables[].findings[] | select(.severity == "error" and (.message | contains("redshift")))] | length > 0'

fresh sliced-columns
mkdir "$T/s"
printf '1,2\n' >"$T/s/p1"
echo "{$to}" >"$T/s.manifest"
judge
finding 1 manifest-sliced-columns error out/tables/s 'Sliced file "s" columns specification missing.'

fresh sliced-headers
mkdir "$T/s"
printf 'a,b\n1,2\n' | tee "$T/s/p1" >"$T/s/p2"
echo "{$to,\"columns\":[\"a\",\"b\"]}" >"$T/s.manifest"
judge
finding 1 manifest-header error out/tables/s/p1 'loaded as a row of data'
finding 1 manifest-header error out/tables/s/p2 'loaded as a row of data'

fresh columns-header
table a.csv 'a,b\n1,2\n' "{$to,\"columns\":[\"a\",\"b\"]}"
judge
finding 1 manifest-header error out/tables/a.csv 'loaded as a row of data'

fresh header-none
table a.csv '1,2\n3,4\n' "{$to,\"columns\":[\"a\",\"b\"],\"has_header\":true}"
judge
finding 0 manifest-header-skipped warning out/tables/a.csv 'the header is skipped, and the columns are called as the manifest says'

fresh header-first-only
mkdir "$T/s"
printf 'a,b\n1,2\n' >"$T/s/p1"
printf '3,4\n' >"$T/s/p2"
echo "{$to,\"columns\":[\"a\",\"b\"],\"has_header\":true}" >"$T/s.manifest"
judge
finding 1 manifest-header error out/tables/s/p2 'skipped and lost'

fresh width
table a.csv '1,2,3\n4,5,6\n' "{$to,\"columns\":[\"a\",\"b\"]}"
judge
finding 1 field-count error out/tables/a.csv 'the load fails and names one row'
is '[.tables[0].findings[] | select(.rule == "manifest-width")] | length == 0' # told once

fresh ragged-slice
mkdir "$T/s"
printf '1,2\n' >"$T/s/p1"
printf '1,2\n3\n' >"$T/s/p2"
echo "{$to,\"columns\":[\"a\",\"b\"]}" >"$T/s.manifest"
judge
finding 1 field-count error out/tables/s/p2 '1 field, expected 2'

fresh sanitize-header
table a.csv 'id,na me\n1,2\n' "{$to}"
judge
finding 0 header-invalid-name warning out/tables/a.csv 'na_me'
is '.tables[0].columns == ["id", "na_me"]'
fresh sanitize-manifest
table a.csv '1,2\n' "{$to,\"columns\":[\"id\",\"na me\"]}"
judge
finding 0 manifest-column-name warning out/tables/a.csv.manifest 'will be called "na_me"'

fresh collide
table a.csv '1,2\n' "{$to,\"columns\":[\"a b\",\"a-b\"]}"
judge
finding 1 manifest-column-collision error out/tables/a.csv.manifest 'a_b'
fresh collide-case
table a.csv 'id,ID\n1,2\n' "{$to}"
judge
finding 1 header-case-clash error out/tables/a.csv 'the load fails'
fresh collide-header
table a.csv 'x y,x-y\n1,2\n' "{$to}"
judge
is '[.tables[].findings[] | select(.severity == "error" and .file == "out/tables/a.csv")] | length > 0'

long=$(printf 'x%.0s' {1..65})
for name in "$long" '' '###' '日本'; do
    fresh name-manifest
    table a.csv '1,2\n' "{$to,\"columns\":[\"id\",\"$name\"]}"
    judge
    finding 1 manifest-column-name error out/tables/a.csv.manifest 'invalidColumnName'
done
for name in "$long" '###' '日本'; do
    fresh name-header
    table a.csv "id,$name\n1,2\n" "{$to}"
    judge
    finding 1 header-name-refused error out/tables/a.csv 'invalidColumnName'
done
fresh name-empty
table a.csv 'id,\n1,2\n' "{$to}"
judge
finding 1 header-empty-name error out/tables/a.csv 'invalidColumnName'

for name in _timestamp _TimeStamp; do
    fresh timestamp
    table a.csv "id,$name\n1,2\n" "{$to}"
    judge
    finding 1 header-name-refused error out/tables/a.csv 'the platform fills this column itself'
done

fresh key-missing
table a.csv 'id,v\n1,2\n' "{$to,\"primary_key\":[\"nr\"]}"
judge
finding 1 manifest-primary-key error out/tables/a.csv.manifest '"nr", which is not a column'
fresh key-case
table a.csv '1,2\n' "{$to,\"columns\":[\"id\",\"v\"],\"primary_key\":[\"Id\"]}"
judge
finding 1 manifest-primary-key error out/tables/a.csv.manifest 'differs in letter case only'
fresh key-mapping
table a.csv 'id,v\n1,2\n'
echo '{"storage":{"output":{"tables":[{"source":"a.csv","destination":"in.c-main.t","primary_key":["nr"]}]}}}' >"$F/config.json"
judge
is '[.tables[0].findings[] | select(.rule == "manifest-primary-key" and .severity == "error")] | length == 1'

fresh key-duplicate
table a.csv 'id,v\n1,2\n1,3\n' "{$to,\"primary_key\":[\"id\"]}"
judge
finding 1 duplicate-key error out/tables/a.csv 'only one of the rows is kept'
fresh key-duplicate-slices
mkdir "$T/s"
printf '1,2\n' | tee "$T/s/p1" >"$T/s/p2"
echo "{$to,\"columns\":[\"id\",\"v\"],\"primary_key\":[\"id\"]}" >"$T/s.manifest"
judge
finding 1 duplicate-key error out/tables/s/p2 'only one of the rows is kept'

fresh name-gz
printf 'id\n1\n' | gzip >"$T/orders.csv.gz"
judge
finding 1 preflight-destination error out/tables/orders.csv.gz '"orders.csv.gz" (by name)'
fresh name-dots
table a.b.csv 'id\n1\n'
judge --default-bucket=in.c-main
finding 1 preflight-destination error out/tables/a.b.csv '"in.c-main.a.b" is not a valid table ID.'
fresh name-version
table in.c-main.orders.v2.csv 'id\n1\n'
judge --default-bucket=in.c-x
finding 1 preflight-destination error out/tables/in.c-main.orders.v2.csv 'is not a valid table ID.'

fresh same-destination
table a.csv 'id\n1\n' "{$to}"
table b.csv 'id\n1\n' "{$to}"
judge
finding 1 preflight-duplicate-destination error out/tables/b.csv '"a.csv" and "b.csv" both go to "in.c-main.t"'

fresh nested
mkdir -p "$T/s/deep"
printf '1\n' | tee "$T/s/p1" >"$T/s/deep/p2"
printf '1\n' >"$T/s/.p3.csv"
echo "{$to,\"columns\":[\"id\"]}" >"$T/s.manifest"
judge
finding 1 preflight-ignored error out/tables/s/deep 'ignored silently'
finding 1 preflight-hidden error out/tables/s/.p3.csv 'ignored silently'
fresh hidden
table a.csv 'id\n1\n' "{$to}"
touch "$T/.DS_Store"
judge
finding 0 preflight-hidden warning out/tables/.DS_Store 'ignored silently'

fresh stray
mkdir "$T/s"
printf '1\n' >"$T/s/p1"
: >"$T/s/_SUCCESS"
echo "{$to,\"columns\":[\"id\"]}" >"$T/s.manifest"
echo '{}' >"$T/notes.json"
judge
finding 1 preflight-stray error out/tables/s/_SUCCESS 'uploaded as data'
finding 1 preflight-stray error out/tables/notes.json 'uploaded as data'

fresh empty
table a.csv '' "{$to}"
judge
finding 1 empty-file error out/tables/a.csv 'file has no bytes'
is '[.. | .rule? // empty] | index("preflight-no-columns") == null'

fresh no-columns
table a.csv '\xEF\xBB\xBF' "{$to}"
table c.csv '\xEF\xBB\xBFid\n' '{"destination":"in.c-main.c"}'
table d.csv '\xEF\xBB\xBF' '{"destination":"in.c-main.d","columns":["id"],"has_header":true}'
judge
finding 1 preflight-no-columns error out/tables/a.csv 'no header to take the columns from'
is '[.. | objects | select(.rule? == "preflight-no-columns")] | length == 1'

fresh gzip-name
printf 'id\n1\n' | gzip >"$T/a.csv"
echo "{$to}" >"$T/a.csv.manifest"
table b.csv.gz 'id\n1\n' '{"destination":"in.c-main.b"}'
judge
finding 1 manifest-compression error out/tables/a.csv 'the name does not end with .gz'
finding 1 manifest-compression error out/tables/b.csv.gz 'the content is not gzip'

fresh line-ends
table a.csv 'id,v\r1,2\r' "{$to}"
judge
finding 1 eol-cr error out/tables/a.csv 'invalid line break'
fresh utf16
table a.csv '\xff\xfei\x00d\x00\n\x00' "{$to}"
judge
finding 1 utf16-bom error out/tables/a.csv 'UTF-16'
fresh bom-headless
table a.csv '\xef\xbb\xbf1,2\n' "{$to,\"columns\":[\"a\",\"b\"]}"
judge
finding 1 utf8-bom error out/tables/a.csv 'byte order mark at the start'

fresh cell
{ printf 'id\n'; head -c 16777217 /dev/zero | tr '\0' x; echo; } >"$T/a.csv"
echo "{$to}" >"$T/a.csv.manifest"
judge
finding 1 field-too-long error out/tables/a.csv 'the load fails'

fresh incremental
table a.csv 'id\n1\n' "{$to,\"incremental\":true}"
judge
finding 0 manifest-incremental warning out/tables/a.csv.manifest 'incremental without a primary key'
fresh delete-where
table a.csv 'id\n1\n' "{$to,\"delete_where_column\":\"id\",\"delete_where_values\":[\"1\"]}"
judge
finding 0 manifest-incremental warning out/tables/a.csv.manifest 'delete_where without incremental'

fresh bare
table a.csv 'id\n1\n' '{"destination":"orders"}'
judge
finding 1 preflight-destination error out/tables/a.csv 'Failed to resolve destination for output table "a.csv".'
fresh bucket
table a.csv 'id\n1\n' '{"destination":"in.main.t"}'
judge
finding 1 preflight-destination-bucket error out/tables/a.csv 'Storage looks for another bucket, or fails'

conclude
