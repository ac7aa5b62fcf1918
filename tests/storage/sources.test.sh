#!/bin/bash
# Loads with more than a file and a table: tags, NULL, several columns to delete by, snapshots,
# workspaces, deduplication.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n2,b\r\n3,a\r\n4,b\r\n' >"$work/o.csv"
body() { # METHOD PATTERN: the body of the last such request
    answer requests |
        jq -r --arg m "$1" --arg p "$2" \
            '[.[] | select(.method == $m and (.target | test($p)))][-1].body'
}
table() { state | jq -c ".tables[\"$1\"]$2"; }
control record

# ---- the file ----------------------------------------------------------------------------------------
run 0 load $T "$work/o.csv" --primary-key=id --tag=one --tag=two --permanent
same "tags" "$(body POST files/prepare | jq -c .tags)" '["one","two","file-import"]'
same "permanent" "$(body POST files/prepare | jq -c .isPermanent)" true
run 0 load $T "$work/o.csv"
same "a table that exists" "$(body POST files/prepare | jq -c '[.tags, .isPermanent]')" \
    '[["table-import"],null]'
run 2 load $T --from-workspace=1 --workspace-object=x --once
says "--from-workspace cannot be combined with --once"
run 2 load $T --file-id=1 --tag=one
says "for a file that is uploaded first"
run 2 load $T "$work/o.csv" --importer --tag=one
says "--importer cannot be combined with --tag"

# ---- NULL --------------------------------------------------------------------------------------------
run 0 table create in.c-main.typed --columns=id,name --data-type=id=INTEGER
nulls() { # ARGUMENT: names of the typed table that became NULL
    run 0 load in.c-main.typed "$work/n.csv" "$@"
    rows in.c-main.typed | jq -c 'select(.[1] == null) | .[0]' | tr '\n' ' '
}
printf 'id,name\r\n1,\r\n2,NULL\r\n3,none\r\n' >"$work/n.csv"
same "as the platform does it" "$(nulls)" '"1" '
body POST typed/import-async | grep -q treatValuesAsNull && fail "nothing is said when nothing is wanted"
same "none" "$(nulls --treat-null-as=none)" ''
same "the body for none" "$(body POST typed/import-async | jq -c .treatValuesAsNull)" '[]'
same "a value" "$(nulls --treat-null-as=NULL)" '"2" '
same "a value that is none" "$(nulls --treat-null-as='"none"')" '"3" '
same "empty" "$(nulls --treat-null-as=)" '"1" '
run 2 load in.c-main.typed "$work/n.csv" --treat-null-as='"a",b'
says "takes one value"

# ---- rows to delete ------------------------------------------------------------------------------------
run 0 load $T "$work/o.csv"
run 0 load $T "$work/o.csv" --incremental --format=json --delete-where-column=id \
    --delete-where-values=1,2,3 --delete-where-column=name --delete-where-values=b \
    --delete-where-operator=eq --delete-where-operator=ne
same "rows that fit both" "$(result .deleted_rows)" 2
same "the filters" "$(body DELETE orders/rows | jq -c '[.whereFilters[] | [.column, .operator, .values]]')" \
    '[["id","eq",["1","2","3"]],["name","ne",["b"]]]'
run 0 load $T "$work/o.csv" --incremental --format=json --delete-where-column=id \
    --delete-where-values=1 --delete-where-column=name --delete-where-values=
same "eq by itself, and an empty value" \
    "$(body DELETE orders/rows | jq -c '[.whereFilters[] | [.operator, .values]]')" \
    '[["eq",["1"]],["eq",[""]]]'
run 2 load $T "$work/o.csv" --delete-where-column=id --delete-where-column=name \
    --delete-where-values=1
says "once for each"
run 2 load $T "$work/o.csv" --delete-where-column=id --delete-where-column=name \
    --delete-where-values=1 --delete-where-values=2 --delete-where-operator=ne
says "once for each"
run 2 load $T "$work/o.csv" --delete-where-column=id --delete-where-values=1 --delete-where-values=2
says "for one column each"

# ---- rows to delete, as the manifest says ----------------------------------------------------------------
manifest() { echo "{\"incremental\":true,\"delete_where\":$1}" >"$work/o.csv.manifest"; }
manifest '[{"where_filters":[{"column":"id","values_from_set":["1","2"]},
    {"column":"name","operator":"ne","values_from_set":["a"]}]},
  {"changed_since":"-2 days","where_filters":[{"column":"id","operator":"eq",
    "values_from_workspace":{"workspace_id":"7","table":"orders","column":"id"}}]}]'
run 0 load in.c-main.list "$work/o.csv" --primary-key=id
run 0 load in.c-main.list "$work/o.csv" --format=json
same "rows of both requests" "$(result .deleted_rows)" 2
answer requests | jq -c '[.[] | select(.method == "DELETE" and (.target | test("main.list/rows")))] |
    map(.body | fromjson)' >"$work/sent"
same "the first" "$(jq -cS '.[0]' "$work/sent")" \
    '{"whereFilters":[{"column":"id","operator":"eq","values":["1","2"]},{"column":"name","operator":"ne","values":["a"]}]}'
same "the second" "$(jq -cS '.[1]' "$work/sent")" \
    '{"changedSince":"-2 days","whereFilters":[{"column":"id","operator":"eq","valuesByTableInWorkspace":{"column":"id","table":"orders","workspaceId":7}}]}'
same "no more requests" "$(jq length "$work/sent")" 2

# ---- rows to delete by the values of another table -------------------------------------------------------
by_table() { # COLUMN OPERATOR TABLE COLUMN-THERE
    manifest "[{\"where_filters\":[{\"column\":\"$1\",\"operator\":\"$2\",
        \"values_from_storage\":{\"bucket_id\":\"in.c-main\",\"table\":\"$3\",\"column\":\"$4\"}}]}]"
}
deletions() { answer requests | jq '[.[] | select(.method == "DELETE")] | length'; }
printf 'k,id\r\nx,4\r\ny,\r\nz,1\r\nu,4\r\nw,"a,""b"\r\n' >"$work/gone.csv"
run 0 load in.c-main.gone "$work/gone.csv"
run 0 load in.c-main.list "$work/o.csv" --no-check
by_table id eq gone id
run 0 load in.c-main.list "$work/o.csv" --format=json
same "values of a table" "$(result .deleted_rows)" 2
same "values of a table, each once" "$(body DELETE main.list/rows)" \
    '{"whereFilters":[{"column":"id","operator":"eq","values":["","1","4","a,\"b"]}]}'
run 0 load in.c-main.list "$work/o.csv" --dry-run
same "exports of a dry run" "$(grep -c 'gone/export-async' "$work/out")" 0 # the table is taken as missing
manifest '[{"where_filters":[{"column":"id","operator":"ne","values_from_storage":{"bucket_id":"in.c-main","table":"gone"}}]}]'
run 0 load in.c-main.list "$work/o.csv" --format=json
same "no value of a table, the same column" "$(body DELETE main.list/rows | jq -c '.whereFilters[0] | [.column,.operator]')" '["id","ne"]'
run 0 table create in.c-main.none --columns=id
by_table id eq none id
before=$(deletions)
run 0 load in.c-main.list "$work/o.csv" --format=json
same "no values, no row" "$(deletions)" "$before"
by_table id ne none id
run 1 load in.c-main.list "$work/o.csv"
says "column id has no values, so all rows would be deleted"
before=$(posts files/prepare)
for wrong in "id eq nothing id" "id eq gone no" "id eq typed id"; do
    by_table $wrong
    run 1 load in.c-main.list "$work/o.csv"
    says "delete_where: values_from_storage: column ${wrong##* } of in.c-main."
done
same "uploads before a refusal" "$(posts files/prepare)" "$before"
{ echo id; seq 10001; } >"$work/many.csv"
run 0 load in.c-main.many "$work/many.csv"
by_table id eq many id
before=$(deletions)
run 1 load in.c-main.list "$work/o.csv"
says "more than 10000 different values"
same "deletions before a refusal" "$(deletions)" "$before"
ls -A "$work" | grep -q 'csvkit-values' && fail "a temporary file is left"
manifest '[{"where_filters":[{"column":"id","values_from_workspace":{"table":"t"}}]}]'
run 2 load in.c-main.list "$work/o.csv"
says "needs its workspace_id"
run 2 load in.c-main.list "$work/o.csv" --importer
says "--importer cannot delete rows"
rm "$work/o.csv.manifest"

# ---- snapshots -------------------------------------------------------------------------------------------
run 0 load in.c-new.back --from-snapshot=9 --format=json
same "the rows of the snapshot" "$(rows in.c-new.back | jq -c .[1] | tr '\n' ' ')" '"from" "snapshot" '
same "the request" "$(body POST buckets/in.c-new/tables-async)" '{"name":"back","snapshotId":9}'
same "no file" "$(result .file_id)" null
run 1 load in.c-new.back --from-snapshot=9
says "a snapshot makes a new table"
run 1 load in.c-new.other --from-snapshot=8
says "No such snapshot"
for option in --delimiter=tab --primary-key=id --incremental --state=x --columns=a --compress; do
    run 2 load in.c-new.x --from-snapshot=9 $option
    says "--from-snapshot cannot be combined with"
done
run 2 load in.c-new.x --from-snapshot=abc
says "an id is a number"

# ---- workspaces --------------------------------------------------------------------------------------------
run 0 load in.c-new.w --from-workspace=7 --workspace-object=orders --primary-key=id
same "the rows of the workspace" "$(rows in.c-new.w | jq -c .[1] | tr '\n' ' ')" '"from" "workspace" '
same "making a table" "$(body POST buckets/in.c-new/tables-async | jq -cS .)" \
    '{"dataObject":"orders","dataWorkspaceId":7,"name":"w","primaryKey":"id"}'
run 0 load in.c-new.w --from-workspace=7 --workspace-object=orders --incremental --format=json
same "upsert" "$(result .total_rows)" 2
same "filling a table" "$(body POST w/import-async | jq -cS .)" \
    '{"dataObject":"orders","dataWorkspaceId":7,"incremental":true}'
run 0 load in.c-new.w --from-workspace=7 --workspace-object=orders --incremental \
    --deduplication=insert --format=json
same "insert" "$(result .total_rows)" 4
run 1 load in.c-new.w --from-workspace=7 --workspace-object=nothing
run 2 load in.c-new.w --from-workspace=7
says "needs --workspace-object"
run 2 load in.c-new.w "$work/o.csv" --deduplication=insert
says "need --from-workspace"
run 2 load in.c-new.w "$work/o.csv" --from-workspace=7 --workspace-object=orders
says "not both"
run 2 load $T "$work/o.csv" --once
says "--once is for --file-id; with PATH, --state does it"
run 2 load in.c-new.w --from-workspace=7 --workspace-object=orders --deduplication=replace
run 0 load in.c-new.y --from-workspace=7 --workspace-object=orders --dry-run
grep -q '"dataWorkspaceId":7' "$work/out" || fail "the dry run shows no import"
conclude
