#!/bin/bash
# load --timestamp-from-data: when each row was last changed comes from the data.
. "$(dirname "$0")/lib.sh"
store
control record
T=in.c-main.stamped
printf 'id,v\r\n1,a\r\n' >"$work/plain.csv"
printf 'id,_timestamp,v\r\n1,2024-01-31 08:00:00,a\r\n2,2023-01-01 00:00:00,b\r\n' >"$work/stamped.csv"
run 1 load $T "$work/stamped.csv"
says 'error[header-name-refused]'
run 1 load $T "$work/plain.csv" --timestamp-from-data
says 'the data has no column _timestamp'
same "uploads without time stamps" "$(log | grep -c '^store')" 0
run 0 load $T "$work/stamped.csv" --timestamp-from-data --primary-key=id # makes the table
same "no column of the table" "$(state | jq -c ".tables.\"$T\".columns")" '["id","v"]'
run 0 download --table=$T --timestamp --columns=id,v -o "$work/back.csv"
same "the time stamps" "$(sort "$work/back.csv" | tr -d '"\r' | tr '\n' ' ')" \
    "1,a,2024-01-31 08:00:00 2,b,2023-01-01 00:00:00 id,v,_timestamp "
run 0 load $T "$work/back.csv" --timestamp-from-data # what download wrote; the table is there
same "rows with time stamps" "$(rows $T | tr '\n' ' ')" '["1", "a"] ["2", "b"] '
mkdir "$work/stamps"
printf '3,2022-05-05 00:00:00,c\r\n' >"$work/stamps/p.csv"
run 0 load in.c-main.cleaned "$work/stamps" --columns='id,_timestamp,v w' --timestamp-from-data
same "columns that are cleaned, and one that is not" "$(answer requests |
    jq -c '[.[] | select(.target | test("import-async"))][-1].body | fromjson | .columns')" \
    '["id","_timestamp","v_w"]'
run 2 load in.c-main.new --file-id="$(state | jq -r '.files | keys[0]')" --timestamp-from-data
says 'the names of the columns are needed'
run 2 load $T "$work/stamped.csv" --timestamp-from-data --importer
says 'cannot be combined with --timestamp-from-data'
printf 'id,_Timestamp\r\n1,2024-01-31 08:00:00\r\n' >"$work/stamped.csv"
run 1 load $T "$work/stamped.csv" --timestamp-from-data
says 'error[header-name-refused]'
stop_servers
store --backend bigquery
run 0 table create $T --columns=id,v
printf 'id,_timestamp,v\r\n1,2024-01-31 08:00:00,a\r\n' >"$work/stamped.csv"
run 1 load $T "$work/stamped.csv" --timestamp-from-data
says 'on Snowflake only, and the table is on bigquery'
conclude
