#!/bin/bash
# data-folder.sh DIR - makes two data folders of a component, to try `csvkit preflight` with:
#   DIR/good   as the platform wants it: preflight finds nothing
#   DIR/bad    with defects that make a load fail, or lose data without a message
set -euo pipefail
[ $# = 1 ] || { echo "usage: data-folder.sh DIR" >&2; exit 2; }
[ ! -e "$1/good" ] && [ ! -e "$1/bad" ] || { echo "$1/good or $1/bad exists already" >&2; exit 2; }

# table NAME DATA [MANIFEST]: \n and \x.. in DATA are interpreted
table() {
    printf '%b' "$2" >"$name"/out/tables/"$1"
    [ $# -lt 3 ] || printf '%s\n' "$3" >"$name"/out/tables/"$1".manifest
}

begin() {
    name=$1
    mkdir -p "$name"/in/tables "$name"/in/files "$name"/out/tables "$name"/out/files
}

# ---- good ----
begin "$1/good"
cat >"$name"/config.json <<'JSON'
{"storage": {"input": {"tables": []},
             "output": {"default_bucket": "out.c-demo",
                        "tables": [{"source": "customers.csv", "destination": "in.c-crm.customers",
                                    "primary_key": ["id"]}]}},
 "parameters": {}}
JSON
table customers.csv 'id,name\n1,Ada\n2,"Smith, John"\n'
table orders.csv 'id,customer_id,total\n1,1,9.90\n2,2,12.00\n' \
    '{"destination": "orders", "primary_key": ["id"], "incremental": true}'
mkdir "$name"/out/tables/events
printf '1,login\n2,"multi\nline"\n' | gzip -n >"$name"/out/tables/events/part-00001.csv.gz
printf '3,logout\n' | gzip -n >"$name"/out/tables/events/part-00002.csv.gz
printf '%s\n' '{"destination": "events", "columns": ["id", "what"], "primary_key": ["id"]}' \
    >"$name"/out/tables/events.manifest
printf 'a report\n' >"$name"/out/files/report.txt
printf '%s\n' '{"tags": ["report"], "is_permanent": true}' >"$name"/out/files/report.txt.manifest
printf '%s\n' '{"last_id": 3}' >"$name"/out/state.json

# ---- bad: one table for each defect ----
begin "$1/bad"
to() { printf '{"destination":"in.c-bad.%s"%s}' "$1" "${2:+,$2}"; }
cat >"$name"/config.json <<'JSON'
{"storage": {"input": {"tables": [{"source": "in.c-main.t", "colums": ["id"]}]},
             "output": {"tables": [{"source": "nowhere.csv", "destination": "in.c-bad.nowhere"}]}}}
JSON
printf '{}\n' >"$name"/out/tables/orphan.csv.manifest
table extension.csv 'id\n1\n'
to extension >"$name"/out/tables/extension.manifest
table unknown-key.csv 'id\n1\n' "$(to unknown_key '"primaryKey":["id"]')"
table not-object.csv 'id\n1\n' '["id"]'
table not-json.csv 'id\n1\n' '{"destination": }'
table mark.csv 'id\n1\n' "$(printf '\xef\xbb\xbf')$(to mark)"
table two-generations.csv '1\n' "$(to two_generations '"columns":["id"],"schema":[{"name":"id"}]')"
table no-base.csv '1\n' \
    "$(to no_base '"schema":[{"name":"id","data_type":{"snowflake":{"type":"NUMBER"}}}]')"
table header-as-row.csv 'id,v\n1,2\n' "$(to header_as_row '"columns":["id","v"]')"
table lost-row.csv '1,2\n3,4\n' "$(to lost_row '"columns":["id","v"],"has_header":true')"
table width.csv '1,2,3\n' "$(to width '"columns":["id","v"]')"
table ragged.csv 'id,v\n1,2\n3\n' "$(to ragged)"
table names.csv 'id,na me,_timestamp,ID\n1,2,3,4\n' "$(to names)"
table key.csv 'id,v\n1,2\n' "$(to key '"primary_key":["Id"]')"
table duplicates.csv 'id,v\n1,2\n1,3\n' "$(to duplicates '"primary_key":["id"]')"
table same-a.csv 'id\n1\n' "$(to same)"
table same-b.csv 'id\n1\n' "$(to same)"
table bare.csv 'id\n1\n' '{"destination":"bare"}'
table bucket.csv 'id\n1\n' '{"destination":"in.main.t"}'
table append.csv 'id\n1\n' "$(to append '"incremental":true')"
table truncated.csv 'id\n1\n' "$(to truncated '"delete_where_column":"id","delete_where_values":["1"]')"
table empty.csv '' "$(to empty)"
table cr.csv 'id,v\r1,2\r' "$(to cr)"
table utf16.csv '\xff\xfei\x00d\x00\n\x00' "$(to utf16)"
table bom.csv '\xef\xbb\xbf1,2\n' "$(to bom '"columns":["id","v"]')"
table plain.csv.gz 'id\n1\n' "$(to plain)"
printf 'id\n1\n' | gzip -n >"$name"/out/tables/packed.csv
to packed >"$name"/out/tables/packed.csv.manifest
printf 'id\n1\n' | gzip -n >"$name"/out/tables/orders.csv.gz
table a.b.csv 'id\n1\n'
{ printf 'id\n'; head -c 16777217 /dev/zero | tr '\0' x; echo; } >"$name"/out/tables/cell.csv
to cell >"$name"/out/tables/cell.csv.manifest
mkdir -p "$name"/out/tables/no-columns "$name"/out/tables/headed "$name"/out/tables/slices/deep
printf '1,2\n' >"$name"/out/tables/no-columns/p1
printf '1,2,3\n' >"$name"/out/tables/no-columns/p2
printf 'id,v\n1,2\n' >"$name"/out/tables/headed/p1
printf '3,4\n' >"$name"/out/tables/headed/p2
to headed '"columns":["id","v"],"has_header":true' >"$name"/out/tables/headed.manifest
printf '1,2\n' | tee "$name"/out/tables/slices/p1 >"$name"/out/tables/slices/deep/p2
printf '3\n' >"$name"/out/tables/slices/p3
: >"$name"/out/tables/slices/_SUCCESS
: >"$name"/out/tables/slices/.hidden.csv
to slices '"columns":["id","v"]' >"$name"/out/tables/slices.manifest
ln -s /etc/hostname "$name"/out/tables/link.csv
mkfifo "$name"/out/tables/pipe.csv
printf '{}\n' >"$name"/out/tables/notes.json
mkdir "$name"/out/table
printf 'x\n' >"$name"/out/files/f.bin
printf '{"tag":"x"}\n' >"$name"/out/files/f.bin.manifest
printf '[]\n' >"$name"/out/state.json
