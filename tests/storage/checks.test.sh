#!/bin/bash
# What load checks before it sends anything: header and columns, the key; and afterwards, whether the
# server has counted what was read.
. "$(dirname "$0")/lib.sh"
store
n=0
begin() { n=$((n + 1)) T=in.c-k$n.t; control reset; }
refused() { # TEXT LOAD-ARGUMENTS...: exit status 1, nothing is uploaded, and --no-check sends it
    local text=$1
    shift
    control reset
    run 1 load "$T" "$@"
    says "$text"
    says "nothing was sent"
    same "uploads ($text)" "$(log | grep -c '^store')" 0
}
printf 'id,v\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
printf 'id,v\r\n1,a\r\n2,b\r\n1,c\r\n' >"$work/twice.csv"
printf 'id,v\r\n1,a\r\n,b\r\n' >"$work/empty.csv"
printf '"i d",v\r\n1,a\r\n1,b\r\n' >"$work/named.csv"
mkdir "$work/slices" "$work/good"
printf '1,a\r\n2,b\r\n' | tee "$work/slices/a.csv" >"$work/good/a.csv"
printf '3,c\r\n1,d\r\n' >"$work/slices/b.csv"
printf '3,c\r\n4,d\r\n' >"$work/good/b.csv"
for folder in slices good; do echo '{"columns":["id","v"],"primary_key":["id"]}' >"$work/$folder.manifest"; done

# ---- the key ------------------------------------------------------------------------------------------
begin
refused "twice.csv:4:1: error[duplicate-key]" "$work/twice.csv" --primary-key=id
refused "error[empty-key]" "$work/empty.csv" --primary-key=id
refused "b.csv:2:1: error[duplicate-key]" "$work/slices"
refused "error[duplicate-key]" "$work/named.csv" --primary-key=i_d # as Storage will name it
refused 'the data has no column "x" of the primary key' "$work/o.csv" --primary-key=id,x
refused 'the data has no column "ID" of the primary key' "$work/o.csv" --primary-key=ID
run 0 load "$T" "$work/good"
says_not() { grep -qF -- "$1" "$work/err" && fail "a message with: $1"; }
says_not "warning"
same "rows of slices" "$(rows "$T" | wc -l)" 4
refused "error[duplicate-key]" "$work/twice.csv" # the table knows the key
run 0 load "$T" "$work/twice.csv" --no-check
says "warning: rows merged by key: 1; 3 rows imported, 2 in the table"

# ---- header and columns ---------------------------------------------------------------------------------
begin
refused 'error[header-mismatch]' "$work/o.csv" --header --columns=v,id
refused 'error[header-mismatch]' "$work/o.csv" --header --columns=a,v
refused 'error[field-count]: 2 fields, expected 3' "$work/o.csv" --header --columns=id,v,w
echo '{"columns":["v","id"],"has_header":true}' >"$work/o.csv.manifest"
refused 'error[header-mismatch]: header differs from the expected columns: order' "$work/o.csv"
echo '{"columns":["id","v"]}' >"$work/o.csv.manifest"
refused 'the first record holds the names of the columns; it would be loaded as a row of data' "$work/o.csv"
run 0 load "$T" "$work/o.csv" --no-header --columns=id,v # who says so is believed
rm "$work/o.csv.manifest"
begin
echo '{"columns":["a","v"],"has_header":true}' >"$work/o.csv.manifest"
run 0 load "$T" "$work/o.csv"
says 'warning: manifest-header-skipped: the header is skipped, and the columns are called as the manifest says'
same "told once" "$(grep -c 'the header is skipped' "$work/err")" 1
rm "$work/o.csv.manifest"

# ---- types of the table -----------------------------------------------------------------------------------
begin
schema() { # TYPE-OF-V
    printf '{"schema":[{"name":"id","data_type":{"base":{"type":"INTEGER"}}},{"name":"v","data_type":{"base":{"type":"%s"}}}]}' \
        "$1" >"$work/good.manifest"
}
schema STRING
run 0 load "$T" "$work/good"
schema string
run 0 load "$T" "$work/good"
schema DATE
control reset
cp -r "$work/good" "$work/kept" && printf '1,2024-01-31\r\n' | tee "$work/good/a.csv" >"$work/good/b.csv"
run 1 load "$T" "$work/good"
says "column v is STRING in the table, but DATE in the manifest"
rm -r "$work/good" && mv "$work/kept" "$work/good"
same "uploads with another type" "$(log | grep -c '^store')" 0

# ---- values against the types: of the table, or of the manifest that makes it ------------------------------
begin
printf 'id,v,note\r\n1,2024-02-30,x\r\nabc,2024-01-01,\r\n' >"$work/typed.csv"
run 0 table create "$T" --columns=note,v,id --data-type=id=INTEGER --data-type=v=DATE
refused 'typed.csv: record 2, field 2 (v): "2024-02-30" is a day or a time that does not exist' "$work/typed.csv"
says 'typed.csv: record 3, field 1 (id): "abc" is no INTEGER'
says '2 values do not fit the types of the table; nothing was sent; --no-check sends the data unchanged'
run 0 load "$T" "$work/typed.csv" --no-check
same "rows of a wrong type" "$(rows "$T" | wc -l)" 2
{ printf 'id,v,note\r\n'; yes 'NULL,,' | head -n 50; printf '"1""2",,\r\n'; } >"$work/typed.csv"
refused 'record 4, field 1 (id): "NULL" is no INTEGER' "$work/typed.csv"
same "the first are shown, all are counted" "$(grep -c 'is no INTEGER' "$work/err")" 3
says 'field 1: 51 values do not fit, the first 3 are above'
refused '1 value does not fit' "$work/typed.csv" --treat-null-as=NULL
says 'record 52, field 1 (id): "1"2" is no INTEGER'
begin
run 0 load "$T" "$work/typed.csv" # a table of text takes all
begin # the type for another database than the one that was named does not count
echo '{"has_header":true,"schema":[{"name":"day","data_type":{"base":{"type":"DATE"},"snowflake":{"type":"NUMBER"}}}]}' \
    >"$work/day.csv.manifest"
printf 'day\r\n2024-01-31\r\n' >"$work/day.csv"
refused '"2024-01-31" is no NUMERIC' "$work/day.csv"
run 0 load "$T" "$work/day.csv" --backend=bigquery
begin
not_null='"data_type":{"base":{"type":"STRING"}},"nullable":false'
echo '{"schema":[{"name":"id","data_type":{"base":{"type":"NUMERIC"},"snowflake":{"type":"VARCHAR"}}},{"name":"v",'"$not_null"'}]}' \
    >"$work/good.manifest"
printf '1,a\r\nany,\r\n' >"$work/good/a.csv"
refused 'good/a.csv:2:5: error[value-missing]: no value, but STRING must not be NULL' "$work/good" --backend=snowflake
same "the type of a backend counts" "$(grep -c 'a.csv:2:1:' "$work/err")" 0
run 1 load "$T" "$work/good" --dry-run
says 'error[value-missing]'
printf '1,a\r\n2,b\r\n' >"$work/good/a.csv"
run 0 load "$T" "$work/good"
same "NOT NULL without a type of the backend" "$(state | jq -c ".tables.\"$T\".definition.columns[1]")" \
    '{"name":"v","basetype":"STRING","definition":{"type":"STRING","nullable":false}}'
printf '1,a\r\n,b\r\nx,\r\n' >"$work/good/a.csv"
rm "$work/good.manifest"
refused 'record 3, field 2 (v): "" becomes NULL' "$work/good" --columns=id,v # as the server tells it, now
for n in 1 2 3 4 5 6 7 8 9 10 11; do printf '1,\r\n1,\r\n1,\r\n' >"$work/good/z$n.csv"; done
refused '34 values do not fit' "$work/good" --columns=id,v
same "lines about values are bounded" "$(grep -c 'becomes NULL' "$work/err")" 30
rm "$work"/good/z*.csv

# ---- one fault of a cell, one finding; what the types are for -----------------------------------------------
begin
printf '{"has_header":true,"schema":[{"name":"id","primary_key":true,"data_type":{"base":{"type":"INTEGER"}}},{"name":"v","data_type":{"base":{"type":"DATE"}}}]}' \
    >"$work/cells.csv.manifest"
printf 'id,v\r\n1,NULL\r\n,2024-01-01\r\n' >"$work/cells.csv"
found() { grep -cE ' (error|warning)\[' "$work/err"; }
refused 'cells.csv:3:1: error[value-missing]' "$work/cells.csv"
says 'cells.csv:2:3: error[type-mismatch]'
same "an empty cell of the key" "$(found)" 2
refused 'cells.csv:3:1: error[empty-key]' "$work/cells.csv" --treat-null-as=NULL
printf 'id,v\r\n1,NULL\r\n2,2024-01-01\r\n' >"$work/cells.csv"
run 0 load "$T" "$work/cells.csv" --treat-null-as=NULL # new, with the types of the manifest
run 0 load "$T" "$work/cells.csv" --treat-null-as=NULL # and with those of the table
refused '"NULL" is no DATE' "$work/cells.csv" --treat-null-as=none
begin
printf 'id,v\r\n1,2024-02-30\r\n' >"$work/cells.csv"
KBC_DATA_TYPE_SUPPORT=hints run 0 load "$T" "$work/cells.csv"
says 'cells.csv: warning: 1 value does not fit the types of the manifest; the project takes types as hints'
table() { state | jq -c ".tables.\"$T\"$1"; }
same "hints: the columns are text" "$(table '|[.isTyped,.definition.columns]')" '[false,[]]'
same "hints: the types are metadata" "$(table .metadata[0].columnsMetadata.v)" \
    '[{"key":"KBC.datatype.basetype","value":"DATE"}]'
KBC_DATA_TYPE_SUPPORT=hints run 0 upload "$work/cells.csv"
says 'takes types as hints'
KBC_DATA_TYPE_SUPPORT=none run 0 upload "$work/cells.csv"
says_not 'warning'
run 1 upload "$work/cells.csv"
begin
KBC_DATA_TYPE_SUPPORT=none run 0 load "$T" "$work/cells.csv"
says_not 'warning'
same "no support: no types" "$(table '|[.isTyped,.definition.columns]')" '[false,[]]'
same "no support: no hints" "$(table .metadata)" '[]'
KBC_DATA_TYPE_SUPPORT=authoritative run 1 load "$T" "$work/cells.csv"
says 'error[value-out-of-range]'
rm "$work/cells.csv.manifest"
echo '{"columns":["id","v"],"has_header":true}' >"$work/cells.csv.manifest"
KBC_DATA_TYPE_SUPPORT=authoritative run 1 load "$T" "$work/cells.csv"
says 'Configuration schema is missing.'
rm "$work/cells.csv.manifest"

# ---- a dry run says nothing of what a server would have answered ------------------------------------------
begin
run 0 load "$T" "$work/o.csv" --dry-run
for word in warning merged imported 'in the table'; do says_not "$word"; done
grep -q 'imported' "$work/out" && fail "a dry run has a result"

# ---- the counts -----------------------------------------------------------------------------------------
begin
run 0 load "$T" "$work/o.csv" --primary-key=id
says_not "warning"
control set '{"lose_rows":1}'
run 0 load "$T" "$work/o.csv" --format=json
says "warning: the data has 2 records, but the server imported 1 row"
same "read here" "$(result .records)" 2
same "imported there" "$(result .imported_rows)" 1
run 0 load in.c-main.keyless "$work/o.csv" # the job that makes a table counts only what is in it
says "warning: the data has 2 records, but the table has 1 row"
says_not "merged"
control set '{"lose_rows":0}'
run 0 load "$T" "$work/twice.csv" --no-check --format=json
same "not counted here" "$(result .records)" null
says "warning: rows merged by key: 1; 3 rows imported, 2 in the table"
run 0 load "$T" "$work/o.csv" --incremental
says_not "warning"
conclude
