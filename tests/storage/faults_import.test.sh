#!/bin/bash
# Faults around an import: exit status, message, what the server holds then, and that the request is
# never sent twice.
. "$(dirname "$0")/lib.sh"
export CSVKIT_RETRY_DELAY_MS=4
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

# ---- an import is sent once, whatever happens to the answer ----------------------------------------
for mode in '"mode":"reset_after"' '"mode":"cut"' '"mode":"html","apply":true' \
    '"mode":"html","apply":true,"status":502'; do
    fresh
    fault "{\"where\":\"api\",\"path\":\"import-async\",\"times\":9,$mode}"
    run 0 load $T --file-id="$id" --incremental --format=json || echo "    with $mode"
    says "not repeated"
    says "found it"
    same "found again after $mode" "$(result .found_again)" true
    same "rows exactly once after $mode" "$(count)" 4
    same "one import after $mode" "$(posts $IMPORT)" 1
done
for mode in '"mode":"reset_before"' '"mode":"reset_mid"' '"mode":"close"' '"mode":"html"' \
    '"mode":"status","status":500' '"mode":"status","status":502' '"mode":"status","status":504'; do
    fresh
    fault "{\"where\":\"api\",\"path\":\"import-async\",\"times\":9,$mode}"
    run 2 load $T --file-id="$id" --incremental || echo "    with $mode"
    says "whether it took effect is not known"
    says "look whether the rows are in $T before you load again"
    same "nothing was added after $mode" "$(count)" 2
    same "one import after $mode" "$(posts $IMPORT)" 1
done

# ---- the requests around it, sent once as well ------------------------------------------------------
n=0
for path in 'buckets$' tables-async tables-definition tickets; do
    for mode in '"mode":"reset_after"' '"mode":"cut"'; do
        n=$((n + 1))
        control reset
        fault "{\"where\":\"api\",\"method\":\"POST\",\"path\":\"$path\",\"times\":9,$mode}"
        if [ $path = tables-definition ]; then
            run 0 load in.c-lost$n.t "$work/o.csv" --no-check --no-header --columns=a,b ||
                echo "    $path $mode"
            same "rows" "$(rows in.c-lost$n.t | wc -l)" 3
        else
            run 0 load in.c-lost$n.t "$work/o.csv" || echo "    $path $mode"
            same "rows" "$(rows in.c-lost$n.t | wc -l)" 2
        fi
        same "sent twice" "$(log | awk '/^api POST/ && !/tickets/ { print $3 }' | sort | uniq -d)" ""
    done
done
for mode in '"mode":"status","status":500' '"mode":"reset_before"' '"mode":"reset_after"' '"mode":"html"'; do
    control reset
    fault "{\"where\":\"api\",\"path\":\"prepare\",\"times\":9,$mode}"
    run 2 upload "$work/o.csv" || echo "    prepare $mode"
    same "prepared once after $mode" "$(posts /v2/storage/files/prepare)" 1
done
control reset
fault '{"where":"api","path":"prepare","mode":"status","status":429}'
run 0 upload "$work/o.csv"

# ---- "not now" is not an answer ---------------------------------------------------------------------
fresh
fault '{"where":"api","path":"import-async","mode":"status","status":429,"headers":{"Retry-After":"1"}}'
fault '{"where":"api","path":"import-async","mode":"status","status":503,"body":"{\"status\":\"maintenance\",\"reason\":\"upgrade\"}"}'
run 0 load $T --file-id="$id" --incremental
same "rows" "$(count)" 4
fresh
fault '{"where":"api","path":"","times":99,"mode":"status","status":503,"headers":{"Retry-After":"559"},"body":"{\"status\":\"maintenance\",\"reason\":\"upgrade\"}"}'
run 2 load $T --file-id="$id"
says "maintenance: upgrade"
says "come back in 559 s"
same "asked once" "$(log | grep '^api' | grep -vc /_fake/)" 1

# ---- refusals ---------------------------------------------------------------------------------------
fresh
fault '{"where":"api","path":"import-async","mode":"error200","body":"no import today"}'
run 2 load $T --file-id="$id"
says "no import today (200, some.code, exceptionId exception-200)"
same "rows" "$(count)" 2
fresh
KBC_TOKEN=wrong-token-wrong-token run 2 load $T --file-id="$id"
says "Invalid access token (401, storage.tokenInvalid, exceptionId exception-77)"
run 1 load $T --file-id=99999999
says "storage.files.notFound"
for code in csvImport.columnsNotMatch csvImport.invalidCsvParams invalidCsv invalidData \
    storage.fileNotUploaded storage.manifestFileMissing storage.importFileMissing \
    storage.unauthorizedAccess storage.tables.validation storage.backend.exception \
    storage.files.notFound storage.tables.notFound storage.buckets.notFound \
    storage.buckets.tableAlreadyExists storage.tables.validation.noColumns \
    storage.tables.validation.invalidColumnName storage.tables.validation.invalidPrimaryKeyColumns \
    storage.validation.primaryKey storage.tables.aliasImportNotAllowed \
    storage.tables.columnAlreadyExists storage.tables.invalidColumnName query.syntax; do
    control reset
    control set "{\"fail_job\":\"$code\"}"
    run 1 load $T --file-id="$id" --format=json
    same "code" "$(result .error.code)" $code
    says "$code, exceptionId exception-"
    same "rows after $code" "$(count)" 2
    same "one import after $code" "$(posts $IMPORT)" 1
    [ $code != csvImport.columnsNotMatch ] || says "missing column: a"
done
control set '{"fail_job":"internalError"}'
run 2 load $T --file-id="$id"

conclude
