#!/bin/bash
# Folders as they should be, one for each feature: nothing is said.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"
to='"destination":"in.c-main.t"'

fresh plain
table a.csv 'id,v\n1,2\n' "{$to,\"primary_key\":[\"id\"]}"
judge
silent
is '.tables == [.tables[0]] and (.tables[0] | .source == "a.csv" and .destination == "in.c-main.t" and
    .by == "manifest" and .columns == ["id","v"] and .primary_key == ["id"] and .slices == 0 and
    .records == 1 and .valid and .findings == [])'
is '(keys - ["folder","valid","tables","files","findings"]) | inside(["bytes","default_bucket","errors","findings_dropped","infos","rules","warnings"])'

fresh default-bucket
table a.csv 'id\n1\n'
judge --default-bucket=in.c-main
silent
is '.tables[0].destination == "in.c-main.a" and .tables[0].by == "name+default-bucket"'
echo '{"storage":{"output":{"default_bucket":"out.c-conf"}}}' >"$F/config.json"
judge
silent
is '.tables[0].destination == "out.c-conf.a"'
rm "$F/config.json"
KBC_COMPONENTID=me.app_x KBC_CONFIGID=12 judge
silent
is '.tables[0].destination == "in.c-me-app-x-12.a"'
echo '{"destination":"bare"}' >"$T/a.csv.manifest"
judge --default-bucket=in.c-main
silent
is '.tables[0].destination == "in.c-main.bare" and .tables[0].by == "manifest+default-bucket"'

fresh mapping
table a.csv 'id,v\n1,2\n' '{"destination":"in.c-other.t","delimiter":","}'
echo '{"storage":{"input":{"tables":[]},"output":{"tables":[{"source":"a.csv","destination":"in.c-main.t","primary_key":["id"],"incremental":true}],"files":[]}},"parameters":{}}' >"$F/config.json"
judge
silent
is '.tables[0].by == "mapping" and .tables[0].primary_key == ["id"] and .tables[0].incremental'

for ending in '' .gz; do
    fresh "sliced$ending"
    mkdir "$T/s"
    printf '1,"x\ny"\n' >"$T/s/p1"
    printf '2,""\n' >"$T/s/p2"
    [ -z "$ending" ] || gzip "$T/s/p1" "$T/s/p2"
    echo "{$to,\"columns\":[\"id\",\"v\"],\"primary_key\":[\"id\"]}" >"$T/s.manifest"
    judge
    silent
    is '.tables[0].slices == 2 and .tables[0].records == 2'
    stored=$(stat -c %s "$T"/s/* | jq -sc .)
    is ".tables[0].slice_files == ([\"p1$ending\",\"p2$ending\"] | to_entries | map({name: .value,
        file_bytes: (${stored})[.key], records: 1, bytes: [8, 5][.key]}))"
done

fresh slices-of-headers # the names are no rows
mkdir "$T/h"
printf 'id,v\n1,a\n' >"$T/h/p1"
printf 'id,v\n' >"$T/h/p2"
printf 'id,v\n2,b\n3,c\n' >"$T/h/p3"
echo "{$to,\"columns\":[\"id\",\"v\"],\"has_header\":true}" >"$T/h.manifest"
judge
is '.tables[0].slice_files | map([.name, .file_bytes, .records, .bytes]) ==
    [["p1", 9, 1, 9], ["p2", 5, 0, 5], ["p3", 13, 2, 13]]'
judge --no-data
is '.tables[0].slice_files | map([.name, .file_bytes, .records]) == [["p1", 9, null], ["p2", 5, null], ["p3", 13, null]]'

fresh has-header
table a.csv 'id,v\n1,2\n' "{$to,\"columns\":[\"id\",\"v\"],\"has_header\":true}"
judge
silent
is '.tables[0].records == 1'
fresh headless
table a.csv '1,2\n' "{$to,\"columns\":[\"id\",\"v\"]}"
judge
silent
is '.tables[0].records == 1'
fresh empty-headless
table a.csv '' "{$to,\"columns\":[\"id\",\"v\"]}"
judge
silent
is '.tables[0].records == 0'
fresh schema
table a.csv '1,2\n' "{\"manifest_type\":\"output\",$to,\"schema\":[{\"name\":\"id\",\"data_type\":{\"base\":{\"type\":\"INTEGER\"}},\"primary_key\":true,\"nullable\":false},{\"name\":\"v\"}]}"
judge
silent
is '.tables[0].columns == ["id","v"] and .tables[0].primary_key == ["id"]'
fresh dialect
table a.csv "id;v\n1;'a;b'\n" "{$to,\"delimiter\":\";\",\"enclosure\":\"'\"}"
judge
silent
fresh crlf-bom
table a.csv '\xef\xbb\xbfid,v\r\n1,2\r\n' "{$to}"
judge
finding 0 utf8-bom warning out/tables/a.csv 'byte order mark at the start' # Storage drops it
is '[.tables[0].findings[]] | length == 1'

fresh files
table a.csv 'id\n1\n' "{$to}"
printf 'x' >"$F/out/files/f.bin"
echo '{"tags":["a","b"],"is_permanent":true}' >"$F/out/files/f.bin.manifest"
printf 'y' >"$F/out/files/g.bin"
echo '{"storage":{"output":{"files":[{"source":"g.bin","tags":["c"]}]}}}' >"$F/config.json"
echo '{"last":1}' | tee "$F/out/state.json" >"$F/in/state.json"
echo '{"variables":{"k":"v"}}' >"$F/out/result.json"
echo '[{"metric":"API calls","value":5}]' >"$F/out/usage.json"
judge
silent
is '.files | map([.source, .tags, .is_permanent]) == [["f.bin",["a","b"],true],["g.bin",["c"],false]]'

fresh workspace
echo '{"authorization":{"workspace":{"host":"h","schema":"s"}}}' >"$F/config.json"
echo "{$to,\"columns\":[\"id\"]}" >"$T/t.manifest"
judge
silent
is '.tables[0].source == "t" and .tables[0].destination == "in.c-main.t"'

for section in '"s3":{"isSliced":true,"region":"r","bucket":"b","key":"kmanifest","credentials":{"access_key_id":"a","secret_access_key":"b","session_token":"c"}}' \
    '"abs":{"is_sliced":true,"region":"r","container":"c","name":"nmanifest","credentials":{"sas_connection_string":"s","expiration":"e"}}'; do
    fresh staging
    table a.csv 'id\n1\n' "{$to}"
    echo "{\"id\":\"in.c-main.x\",\"columns\":[\"id\"],$section}" >"$F/in/tables/x.manifest"
    judge
    silent
done

fresh link-free-names
table 'späť.csv' 'id\n1\n' "{$to}"
judge
silent

conclude
