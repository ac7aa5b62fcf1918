#!/bin/bash
# Tables: typed ones, columns that do not fit, keys, manifests, metadata, branches, the importer.
. "$(dirname "$0")/lib.sh"
store
printf 'id,na me,_c\r\n1,a,x\r\n2,b,y\r\n' >"$work/o.csv"
T=in.c-main.orders
table() { state | jq -c ".tables[\"$1\"]$2"; }

# ---- names and keys -----------------------------------------------------------------------------------
run 0 load $T "$work/o.csv" --no-check --primary-key=id
same "names as Storage has them" "$(table $T .columns)" '["id","na_me","c"]'
run 0 load $T "$work/o.csv" --no-check
run 1 load $T "$work/o.csv" --no-check --primary-key=na_me
says "another primary key"
run 1 load $T "$work/o.csv" --no-check --create-only
says "exists already"
control reset
printf 'id,na_me\r\n1,a\r\n' >"$work/less.csv"
run 1 load $T "$work/less.csv"
says "the data lacks columns of the table: c"
grep -q 'the table lacks' "$work/err" && fail "it lacks nothing of the data"
printf 'id,na_me,C\r\n1,a,x\r\n' >"$work/other.csv"
run 1 load $T "$work/other.csv"
says "the data lacks columns of the table: c; the table lacks these of the data: C"
printf 'id,na_me,c,extra\r\n1,a,x,z\r\n' >"$work/more.csv"
run 1 load $T "$work/more.csv"
says "the table lacks columns of the data: extra"
same "nothing was uploaded" "$(log | grep -c '^store')" 0
run 0 load $T "$work/more.csv" --add-columns
same "added" "$(table $T .columns)" '["id","na_me","c","extra"]'
run 1 load in.c-main.other "$work/more.csv" --primary-key=ID
says "the data has no column \"ID\" of the primary key; nothing was sent"
run 1 load in.c-main.other "$work/more.csv" --primary-key=ID --no-check
says "invalidPrimaryKeyColumns"
for bad in orders in.main.orders in.c-main.a.b 'in.c-main.a/b' ; do
    run 2 load "$bad" "$work/more.csv"
done
run 2 load $T
run 2 load $T "$work/o.csv" --file-id=1

# ---- validation comes first -----------------------------------------------------------------------------
printf 'id,v\r\n1,"x"y\r\n' >"$work/bad.csv"
control reset
run 1 load $T "$work/bad.csv"
says "bad.csv:2:"
same "nothing was sent" "$(log | grep -vc /_fake/)" 0
run 1 upload "$work/bad.csv"
run 0 upload "$work/bad.csv" --no-check

# ---- manifests ------------------------------------------------------------------------------------------------
mkdir "$work/typed"
printf '1,2.50\r\n2,\r\n' >"$work/typed/part-1.csv"
cat >"$work/typed.manifest" <<'JSON'
{"manifest_type":"output","incremental":true,"description":"orders of the shop",
 "table_metadata":{"KBC.source":"shop"},
 "schema":[{"name":"id","data_type":{"base":{"type":"INTEGER"}},"nullable":false,"primary_key":true},
  {"name":"price","data_type":{"base":{"type":"NUMERIC","length":"10,2"},
   "snowflake":{"type":"NUMBER","length":"10,2"}},"description":"with tax"}]}
JSON
run 0 load in.c-new.typed "$work/typed" --format=json
same "rows" "$(result .total_rows)" 2
same "typed" "$(table in.c-new.typed .isTyped)" true
same "key" "$(table in.c-new.typed .primaryKey)" '["id"]'
same "base type" "$(table in.c-new.typed '.definition.columns[0].basetype')" '"INTEGER"'
same "own type" "$(table in.c-new.typed '.definition.columns[1].definition.length')" '"10,2"'
table in.c-new.typed .metadata | grep -q '"KBC.description","value":"orders of the shop"' ||
    fail "the description was not set"
table in.c-new.typed .metadata | grep -q '"price":\[{"key":"KBC.description"' ||
    fail "the description of a column was not set"
run 0 load in.c-new.typed "$work/typed" --format=json
same "incremental by manifest" "$(result .total_rows)" 2
rows in.c-new.typed | grep -q '\["2", null\]' || fail "NULL"
echo '{"columns":["a"],"nonsense":1}' >"$work/o.csv.manifest"
run 1 load $T "$work/o.csv"
rm "$work/o.csv.manifest"
printf 'x,y\n1,2\n' >"$work/h.csv"
echo '{"columns":["a","b"],"has_header":true}' >"$work/h.csv.manifest"
run 0 load in.c-main.renamed "$work/h.csv"
same "header skipped, other names" "$(rows in.c-main.renamed)" '["1", "2"]'
same "names" "$(table in.c-main.renamed .columns)" '["a","b"]'

# ---- jobs --------------------------------------------------------------------------------------------------------
control set '{"polls":3}'
run 0 load $T "$work/more.csv" --no-wait --format=json
job=$(result .job_id)
same "running" "$(result .status)" running
run 0 job "$job"
grep -q "job $job: " "$work/out" || fail "job says nothing"
run 0 job "$job" --wait --format=json
same "status" "$(result .status)" success
control set '{"polls":1000000}'
run 2 load $T "$work/more.csv" --timeout=1
says "it goes on at the server: csvkit job"
grep -q -- --file-id "$work/err" && fail "a running import is no reason to load again"
control set '{"polls":1,"fail_job":"csvImport.columnsNotMatch"}'
run 0 load $T "$work/more.csv" --no-wait --format=json
run 1 job "$(result .job_id)" --wait
says "csvImport.columnsNotMatch, exceptionId"
says "missing column: a"
run 1 job 99999

# ---- answers in other forms: ids as texts, 200 for 201 and 202, no results as [] and {} ---------------------------
control set '{"other_forms":true,"polls":2}'
run 0 load $T "$work/more.csv" --format=json
same "rows of answers in other forms" "$(result .total_rows)" 1
run 0 load in.c-main.forms "$work/o.csv" --no-check --no-header --columns=a,b,c
run 0 download --table=$T -o "$work/forms.csv"
control set '{"other_forms":false,"polls":1}'

# ---- branch, run id, importer ---------------------------------------------------------------------------------
control reset
run 0 load $T "$work/more.csv" --branch=77 --run-id=12
log | grep -q 'POST /v2/storage/branch/77/tables/' || fail "the branch is not used"
log | grep -q 'GET /v2/storage/jobs/' || fail "jobs have no branch"
run 0 upload "$work/more.csv" --importer --tag=t --name=by-importer.csv
same "importer's file" "$(state | jq -r ".files[\"$(cat "$work/out")\"].name")" by-importer.csv
control fault '{"where":"api","path":"/upload-file","mode":"status","status":400,"body":"{\"message\":\"Too large\",\"status\":\"error\"}"}'
run 1 upload "$work/more.csv" --importer
says "importer: Too large (400)"
run 0 load $T "$work/more.csv" --importer --format=json
same "rows by the importer" "$(result .total_rows)" 1
run 0 load $T "$work/more.csv" --importer --incremental
same "rows added by the importer" "$(rows $T | wc -l)" 1
printf 'id,na_me,c,extra\n9,a\\,b,x,z\n' >"$work/escaped.csv"
run 0 load $T "$work/escaped.csv" --importer --escape='\' --no-check
same "an escaped delimiter by the importer" "$(rows $T)" '["9", "a,b", "x", "z"]'
run 1 load in.c-main.absent "$work/more.csv" --importer
control reset
control fault '{"where":"api","path":"/write-table","times":9,"mode":"reset_after"}'
run 2 load $T "$work/more.csv" --importer
says "whether the data arrived is not known"
same "sent once" "$(posts /write-table)" 1
control reset
control fault '{"where":"api","path":"/write-table","times":9,"mode":"html","apply":true,"status":502}'
run 2 load $T "$work/more.csv" --importer
says "whether the data arrived is not known"
same "sent once to a gateway" "$(posts /write-table)" 1
conclude
