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

for mode in '"mode":"status","status":500' '"mode":"status","status":502' \
    '"mode":"status","status":503' '"mode":"status","status":429' \
    '"mode":"xml200","body":"InternalError"' '"mode":"reset_before"' '"mode":"reset_mid"' '"mode":"reset_after"' '"mode":"close"' '"mode":"cut"' '"mode":"html"' \
    '"mode":"status","status":400,"body":"<Error><Code>RequestTimeout</Code></Error>"'; do
    fresh
    fault "{\"where\":\"store\",\"method\":\"PUT\",\"times\":2,$mode}"
    run 0 load $T "$work/o.csv" || echo "    with $mode"
    same "rows after $mode" "$(count)" 2
    fault "{\"where\":\"store\",\"method\":\"PUT\",\"times\":99,$mode}"
    run 2 load $T "$work/o.csv" --retries=2 || echo "    with $mode"
    says "is not complete"
    same "no second import after $mode" "$(posts $IMPORT)" 1
    same "rows still there after $mode" "$(count)" 2
done

# ---- Retry-After is obeyed, within reason ------------------------------------------------------------
for status in 429 503; do
    fresh
    fault "{\"where\":\"store\",\"method\":\"PUT\",\"mode\":\"status\",\"status\":$status,\"headers\":{\"Retry-After\":\"1\"}}"
    start=$(date +%s%N)
    CSVKIT_RETRY_DELAY_MS=500 run 0 load $T "$work/o.csv" # in real time
    took=$((($(date +%s%N) - start) / 1000000))
    [ $took -ge 1000 ] || fail "Retry-After: 1 was not obeyed: $took ms"
    same "rows after Retry-After" "$(count)" 2
    fault "{\"where\":\"store\",\"method\":\"PUT\",\"times\":9,\"mode\":\"status\",\"status\":$status,\"headers\":{\"Retry-After\":\"3600\"}}"
    run 2 load $T "$work/o.csv"
    same "an hour is not waited for" "$(log | grep -c "^store PUT.* status")" 2
done

# ---- a store that stands still -----------------------------------------------------------------------
fresh
fault '{"where":"store","method":"PUT","times":9,"mode":"slow","seconds":30}'
start=$SECONDS
run 2 load $T "$work/o.csv" --retries=0 --stall-timeout=1
[ $((SECONDS - start)) -lt 15 ] || fail "a stalled store held us for $((SECONDS - start)) s"
same "no import from half a file" "$(posts $IMPORT)" 0
same "rows still there after a stall" "$(count)" 2

# ---- a slice that fails for good: the others are stored, the manifest is not, nothing is imported ----
mkdir "$work/slices"
for i in 1 2 3 4; do printf '%s,v%s\r\n' $i $i >"$work/slices/part-$i.csv"; done
printf '{"columns":["id","name"]}' >"$work/slices.manifest"
fresh
fault '{"where":"store","method":"PUT","path":"part-3","times":99,"mode":"reset_mid"}'
run 2 load $T "$work/slices" --retries=1 --parallel=1
says "2 of 4 slices are stored, the slice manifest is not; it cannot be imported"
same "no slice manifest" "$(state | jq '[.objects | keys[] | select(endswith("slicesmanifest"))] | length')" 0
same "no import of slices" "$(posts $IMPORT)" 0
same "rows still there after a lost slice" "$(count)" 2
fresh
fault '{"where":"store","method":"PUT","times":9,"mode":"status","status":403,"body":"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"}'
run 2 upload "$work/o.csv"
says "403 AccessDenied: Access Denied"
same "a refusal is not repeated" "$(log | grep -c '^store PUT')" 1

conclude
