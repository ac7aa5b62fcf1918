#!/bin/bash
# Destinations and mappings that surprise, staging, slices, sizes: each finding once.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"
to='"destination":"in.c-main.t"'

output() { # the tables of the output mapping
    echo "{\"storage\":{\"output\":{\"tables\":[$1]}}}" >"$F/config.json"
}

fresh order
table a.csv 'id\n1\n' "{$to}"
judge --default-bucket=in.c-default
finding 0 preflight-destination-order warning out/tables/a.csv.manifest 'the help pages put the default bucket "in.c-default" first'
is '.tables[0].destination == "in.c-main.t"'

fresh by-name
table in.c-main.orders.csv 'id\n1\n'
judge
finding 0 preflight-destination-by-name warning out/tables/in.c-main.orders.csv 'taken as the table id "in.c-main.orders"'
is '.tables[0].by == "name"'

fresh override
table a.csv 'id;v\n1;2\n' "{$to,\"incremental\":true,\"primary_key\":[\"id\"],\"delimiter\":\";\"}"
output '{"source":"a.csv","destination":"in.c-main.t","incremental":false,"delimiter":","}'
judge
finding 0 preflight-mapping-override warning config.json 'the mapping sets "incremental" to its default'
finding 0 preflight-mapping-override warning config.json 'the mapping sets "delimiter" to its default'
is '.tables[0].incremental and .tables[0].columns == ["id","v"]'

fresh twice
table a.csv 'id\n1\n'
output '{"source":"a.csv","destination":"in.c-main.a"},{"source":"a.csv","destination":"in.c-main.b"}'
judge
finding 0 preflight-mapping-twice warning out/tables/a.csv 'Source "a.csv" has multiple destinations set.'
is '.tables | map(.destination) == ["in.c-main.a","in.c-main.b"]'

judge --slicing
finding 1 preflight-mapping-twice error out/tables/a.csv 'Source "a.csv" has multiple destinations set.'

# Where the platform slices files itself, it takes no description of the data from a mapping.
for key in '"columns":["id"]' '"delimiter":";"' "\"enclosure\":\"'\"" '"delimiter":",","columns":[]'; do
    case $key in *'[]') refused=0 ;; *) refused=1 ;; esac
    fresh slicing
    table a.csv '1\n2\n'
    output "{\"source\":\"a.csv\",\"destination\":\"in.c-main.a\",$key}"
    judge
    is '[.tables[0].findings[] | select(.rule == "preflight-mapping-slicing")] | length == 0'
    for how in option environment other; do
        gates=x,output-mapping-slice
        [ $how = environment ] || gates=output-mapping-slices
        if [ $how = option ]; then judge --slicing; else
            KBC_PROJECT_FEATURE_GATES=$gates judge
        fi
        expected=$([ $how = other ] && echo 0 || echo $refused)
        is "[.tables[0].findings[] | select(.rule == \"preflight-mapping-slicing\" and .severity == \"error\" and
            .file == \"config.json\")] | length == $expected"
    done
done
fresh slicing-not # a file without bytes, and slices without a manifest, are not sliced
table a.csv ''
mkdir "$T/s" && printf '1\n' >"$T/s/p1"
output '{"source":"a.csv","destination":"in.c-main.a","columns":["id"]},{"source":"s","destination":"in.c-main.s","columns":["id"]}'
judge --slicing
is '[.tables[].findings[] | select(.rule == "preflight-mapping-slicing")] | length == 0'
echo '{}' >"$T/s.manifest"
judge --slicing
finding 1 preflight-mapping-slicing error config.json 'the mapping has "columns"'

fresh mapping-dots
table a.csv 'id\n1\n'
output '{"source":"a.csv","destination":"bare"}'
judge --default-bucket=in.c-main
finding 1 preflight-destination error out/tables/a.csv 'Failed to resolve destination for output table "a.csv".'

fresh merge-key
table a.csv '1\n' "{$to,\"schema\":[{\"name\":\"id\"}]}"
output '{"source":"a.csv","destination":"in.c-main.t","primary_key":["nr"]}'
judge
finding 1 manifest-merge error config.json 'Primary key column "nr" not found in manifest file.'

fresh copied
table a.csv 'id\n1\n' '{"id":"in.c-x.a","uri":"u","name":"a","columns":["id"],"destination":"in.c-main.t"}'
judge
finding 1 preflight-copied-manifest error out/tables/a.csv.manifest 'the platform refuses keys that only it writes'

fresh slices
mkdir "$T/s" "$T/e"
printf '1\n' >"$T/s/manifest"
printf '1\n' | gzip -n >"$T/s/p1.gz"
for name in s e; do echo "{\"destination\":\"in.c-main.$name\",\"columns\":[\"id\"]}" >"$T/$name.manifest"; done
judge
finding 1 preflight-slice-name error out/tables/s 'a slice is called "manifest"'
finding 1 preflight-slice-compression warning out/tables/s '1 of 2 slices is gzip'
finding 1 preflight-slices-empty warning out/tables/e 'there is no slice'

fresh size
table a.csv 'id\n1\n' "{$to}"
judge --large-file=4
finding 0 preflight-file-size warning out/tables/a.csv 'one file of 5 bytes'

fresh workspace
echo '{"authorization":{"workspace":{"host":"h"}}}' >"$F/config.json"
echo "{$to}" >"$T/t.manifest"
judge
finding 1 preflight-workspace error out/tables/t.manifest 'a table of the workspace without columns'

fresh staging
table a.csv 'id\n1\n' "{$to}"
echo '{"id":"in.c-main.x","s3":{"isSliced":true,"region":"r","bucket":"b","key":"kmanifest","credentials":{"access_key_id":"a","secret_access_key":"b","session_token":"c"}}}' >"$F/in/tables/x.manifest"
echo '{"id":"in.c-main.y","columns":["id"]}' >"$F/in/tables/y.manifest"
judge
finding 1 preflight-staging error in/tables/x.manifest 'the manifest has no columns'
finding 1 preflight-in-manifest warning in/tables/y.manifest 'no data beside this manifest'

fresh environment
table a.csv 'id\n1\n' "{$to}"
KBC_DATA_TYPE_SUPPORT=hint judge
finding 0 preflight-environment warning '' 'KBC_DATA_TYPE_SUPPORT is "hint"'
KBC_DATA_TYPE_SUPPORT=authoritative judge
finding 1 manifest-schema-missing error out/tables/a.csv.manifest 'Configuration schema is missing.'

fresh layout
judge
finding 0 preflight-layout warning '' 'nothing in out/tables and out/files'
printf 'id\n' >"$F/out/a.csv"
echo '{"variables":[1]}' >"$F/out/result.json"
echo '[{"metric":"x"}]' >"$F/out/usage.json"
printf x >"$F/out/files/f"
echo '{}' >"$F/out/files/g.manifest"
mkdir "$F/out/files/sub"
printf y >"$F/out/files/sub/h"
judge
finding 1 preflight-misplaced error out/a.csv 'ignored silently'
finding 1 preflight-state error out/result.json '"variables" must be an object'
finding 1 preflight-state error out/usage.json 'metric and value'
finding 1 preflight-orphan error out/files/g.manifest "Found orphaned file manifest: 'g.manifest'"
finding 1 preflight-ignored error out/files/sub 'ignored silently'

conclude
