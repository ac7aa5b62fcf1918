#!/bin/bash
# Faults of the Storage API: questions are asked again, redirects not followed, stalls ended.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
run 0 load $T "$work/o.csv"
run 0 upload "$work/o.csv"
id=$(cat "$work/out")
IMPORT=/v2/storage/tables/$T/import-async

fresh() { control reset; run 0 load $T "$work/o.csv"; control reset; }
fault() { control fault "$1"; }
count() { rows $T | wc -l; }

# ---- questions are asked again -------------------------------------------------------------------
for mode in '"mode":"status","status":500' '"mode":"status","status":502' \
    '"mode":"status","status":503' '"mode":"status","status":504' '"mode":"status","status":429' \
    '"mode":"status","status":429,"headers":{"Retry-After":"1"},"times":1' \
    '"mode":"status","status":503,"headers":{"Retry-After":"1"},"times":1' '"mode":"reset_before"' \
    '"mode":"close"' '"mode":"cut"' '"mode":"html"'; do
    fresh
    fault "{\"where\":\"api\",\"method\":\"GET\",\"path\":\"tables/\",\"times\":2,$mode}"
    fault "{\"where\":\"api\",\"method\":\"GET\",\"path\":\"jobs/\",\"times\":2,$mode}"
    run 0 load $T --file-id="$id" || echo "    with $mode"
    says "trying again"
    same "rows after $mode" "$(count)" 2
    same "imports after $mode" "$(posts $IMPORT)" 1
done

# ---- redirects are not followed ----------------------------------------------------------------------
fresh
fault "{\"where\":\"api\",\"path\":\"tables/\",\"mode\":\"redirect\",\"body\":\"$CSVKIT_S3_ENDPOINT/stolen\"}"
run 2 load $T --file-id="$id"
log | grep -q stolen && fail "a redirect was followed"
says "it redirects to 127.0.0.1, which is not followed"
fresh
fault '{"where":"store","times":99,"mode":"redirect","body":"https://evil.example/x?sig=1"}'
run 2 upload "$work/o.csv"
says "answered 307; it redirects to evil.example, which is not followed"

# ---- every error of a request that is not valid is shown --------------------------------------------
invalid() { # ERRORS TEXT
    fresh
    fault "$(jq -cn --argjson errors "$1" '{where: "api", path: "import-async", mode: "status", status: 400,
        body: ({error: "Invalid request", code: "storage.validation", errors: $errors} | tostring)}')"
    run 1 load $T --file-id="$id"
    says "import: Invalid request$2 (400, storage.validation)"
}
invalid '["one","two"]' '; one; two'
invalid '[{"key":"a","message":"one"},{"message":"two"},{}]' '; a: one; two'
invalid '{"a":"one","b":["two","three"]}' '; a: one; b: two; b: three'
invalid '7' ''

# ---- unreachable, stalled ------------------------------------------------------------------------------
KBC_URL=http://127.0.0.1:1 run 2 load $T --file-id="$id" --retries=1
fresh
fault '{"where":"api","path":"tables/","times":9,"mode":"slow","seconds":30}'
start=$SECONDS
run 2 load $T --file-id="$id" --retries=0 --stall-timeout=1
[ $((SECONDS - start)) -lt 15 ] || fail "a stalled server held us for $((SECONDS - start)) s"
KBC_URL=http://example.com run 2 load $T --file-id="$id"
says "plain http would show the token"
conclude
