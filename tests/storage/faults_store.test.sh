#!/bin/bash
# Faults of the object store: puts are repeated, but a load never starts from half a file.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
run 0 load $T "$work/o.csv"
IMPORT=/v2/storage/tables/$T/import-async

fresh() { control reset; run 0 load $T "$work/o.csv"; control reset; }
fault() { control fault "$1"; }
count() { rows $T | wc -l; }

for mode in '"mode":"status","status":500' '"mode":"status","status":503' \
    '"mode":"status","status":429' '"mode":"reset_before"' '"mode":"reset_mid"' '"mode":"reset_after"' '"mode":"close"' '"mode":"cut"' '"mode":"html"' \
    '"mode":"status","status":400,"body":"<Error><Code>RequestTimeout</Code></Error>"'; do
    fresh
    fault "{\"where\":\"store\",\"method\":\"PUT\",\"times\":2,$mode}"
    run 0 load $T "$work/o.csv" || echo "    with $mode"
    same "rows after $mode" "$(count)" 2
    fault "{\"where\":\"store\",\"method\":\"PUT\",\"times\":99,$mode}"
    run 2 load $T "$work/o.csv" --retries=2 || echo "    with $mode"
    says "is not complete"
    same "no second import after $mode" "$(posts $IMPORT)" 1
done
fresh
fault '{"where":"store","method":"PUT","times":9,"mode":"status","status":403,"body":"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"}'
run 2 upload "$work/o.csv"
says "403 AccessDenied: Access Denied"
same "a refusal is not repeated" "$(log | grep -c '^store PUT')" 1

conclude
