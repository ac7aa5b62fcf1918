#!/bin/bash
# Faults around an import: exit status, message, what the server holds then, and that the request is
# sent again only when it did not arrive. WHOLE=whole tries every way to fail to the end, as make
# check-storage-faults does; else those that cost seconds are tried with one of each kind: a connection
# that breaks, a page that is no answer, a status.
. "$(dirname "$0")/lib.sh"
export CSVKIT_RETRY_DELAY_MS=1 # so three minutes are 0.36 s, and an hour 7.2 s
store
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
run 0 load $T "$work/o.csv"
run 0 upload "$work/o.csv"
id=$(cat "$work/out")
IMPORT=/v2/storage/tables/$T/import-async

fresh() {
    control table "{\"id\":\"$T\",\"columns\":[\"id\",\"name\"],\"rows\":[[\"1\",\"a\"],[\"2\",\"b\"]]}"
    control reset
}
whole() { [ -n "${WHOLE:-}" ]; }
fault() { control fault "$1"; }
count() { rows $T | wc -l; }

lost_from_sight() { # MODE: the job of the import is not heard of again
    fresh
    fault "{\"where\":\"api\",\"path\":\"jobs/\",$1}"
    run 2 load $T --file-id="$id" --incremental --format=json || echo "    with $1"
    job=$(result .job_id)
    says "the import is job $job, its end is not known: csvkit job $job --wait"
    grep -q 'csvkit load' "$work/err" && fail "another load was suggested after $1"
    same "unknown after $1" "$(result .status)" unknown
    control reset
    run 0 job "$job" --wait
    same "rows once after $1" "$(count)" 4
}

# ---- an outage that lasts an hour: beside the others, with a server of its own, because it only waits ------
outage() {
    work=$work/outage pids=() watcher=
    mkdir "$work"
    store
    run 0 upload "$work/../o.csv"
    id=$(cat "$work/out")
    lost_from_sight '"mode":"status","status":502,"times":9999'
    no_secrets
    stop_servers
    return "$failures"
}
(outage) &
outage=$!

# ---- an import that arrived is sent once, whatever happens to the answer ----------------------------------------
for mode in '"mode":"reset_after"' '"mode":"cut"' '"mode":"html","apply":true' \
    '"mode":"html","apply":true,"status":502'; do
    fresh
    fault "{\"where\":\"api\",\"path\":\"import-async\",\"times\":9,$mode}"
    run 0 load $T --file-id="$id" --incremental --format=json || echo "    with $mode"
    says "before anything is repeated, csvkit looks for its job"
    says "found it"
    same "found again after $mode" "$(result .found_again)" true
    same "rows exactly once after $mode" "$(count)" 4
    same "one import after $mode" "$(posts $IMPORT)" 1
done
for mode in '"mode":"reset_before"' '"mode":"reset_mid"' '"mode":"close"' '"mode":"html"' \
    '"mode":"status","status":500' '"mode":"status","status":502' '"mode":"status","status":504'; do
    if whole || [[ $mode =~ reset_before|html|502 ]]; then
        fresh
        fault "{\"where\":\"api\",\"path\":\"import-async\",\"times\":9,$mode}"
        run 2 load $T --file-id="$id" --incremental || echo "    with $mode"
        says "the request was sent 3 times and never arrived; nothing was done"
        says "the file stays in Storage: csvkit load $T --file-id=$id --once --incremental"
        same "nothing was added after $mode" "$(count)" 2
        same "three imports after $mode" "$(posts $IMPORT)" 3
    fi
    fresh
    fault "{\"where\":\"api\",\"path\":\"import-async\",$mode}"
    run 0 load $T --file-id="$id" --incremental || echo "    once with $mode"
    says "the request did not arrive; sending it again"
    same "rows after one $mode" "$(count)" 4
done

# ---- nobody can tell: the advice finds out, without sending it twice -----------------------------------
first=$id
for mode in reset_after reset_before; do
    fresh
    run 0 upload "$work/o.csv"
    id=$(cat "$work/out")
    control reset
    fault "{\"where\":\"api\",\"path\":\"import-async\",\"mode\":\"$mode\"}"
    fault '{"where":"api","path":"jobs[?]","times":999,"mode":"status","status":502}'
    run 2 load $T --file-id="$id" --incremental --format=json
    says "its job could not be looked for: looking for the job: the server answered 502"
    says "whether it took effect is not known"
    same "status" "$(result .status)" unknown
    same "one import" "$(posts $IMPORT)" 1
    command=$(grep -o 'csvkit load .*' "$work/err")
    same "the advice" "$command" "csvkit load $T --file-id=$id --once --incremental --format=json"
    # shellcheck disable=SC2086
    run 2 ${command#csvkit }
    says "is not known, so nothing was sent"
    same "still one import" "$(posts $IMPORT)" 1
    control reset
    # shellcheck disable=SC2086
    run 0 ${command#csvkit }
    same "rows once after $mode" "$(count)" 4
    same "found by the advice" "$(result .found_again)" "$([ $mode = reset_after ] && echo true || echo false)"
done
id=$first

# ---- --once does not take the jobs of others for its own, even when no job has a run id --------------
control set '{"drop_run_ids":true}'
run 0 upload "$work/o.csv"
id=$(cat "$work/out")
run 0 load in.c-other.t --file-id="$id" # makes another table from the same file
fresh
run 0 load $T --file-id="$id" --once --incremental --format=json
same "not found" "$(result .found_again)" false
same "rows" "$(count)" 4
run 0 load $T --file-id="$id" --once --incremental --format=json
same "found" "$(result .found_again)" true
same "rows once" "$(count)" 4
control set '{"drop_run_ids":false}'
id=$first

# ---- once the job is known, no failure hides it, and an outage is outlived ---------------------------
for mode in '"mode":"status","status":502,"times":8' '"mode":"reset_before","times":8' '"mode":"html","times":8'; do
    fresh
    fault "{\"where\":\"api\",\"path\":\"jobs/\",$mode}"
    run 0 load $T --file-id="$id" --incremental --format=json || echo "    with $mode"
    says "goes on at the server, csvkit keeps asking for it"
    same "success after $mode" "$(result .status)" success
    same "rows after $mode" "$(count)" 4
done
lost_from_sight '"mode":"status","status":401,"times":1'
fresh
fault '{"where":"api","path":"jobs/","mode":"status","status":502,"times":9999}'
start=$SECONDS
run 2 load $T --file-id="$id" --incremental --timeout=1
[ $((SECONDS - start)) -lt 5 ] || fail "--timeout did not bound an outage"
says "its end is not known"
control reset
control set '{"polls":9999}'
run 2 load $T --file-id="$id" --incremental --timeout=1 --format=json
same "running" "$(result .status)" running
says "it goes on at the server: csvkit job $(result .job_id) --wait"
control set '{"polls":1}'

# ---- metadata ----------------------------------------------------------------------------------------
printf '{"metadata":[{"key":"k","value":"v"}]}' >"$work/o.csv.manifest"
for mode in '"mode":"reset_after"' '"mode":"status","status":502' '"mode":"html"'; do
    fresh
    fault "{\"where\":\"api\",\"path\":\"metadata\",$mode}"
    run 0 load $T "$work/o.csv" --incremental || echo "    with $mode"
    same "metadata sent twice with $mode" "$(posts '.*metadata')" 2
    same "rows after metadata with $mode" "$(count)" 4
done
fresh
fault '{"where":"api","path":"metadata","times":99,"mode":"status","status":502}'
run 2 load $T "$work/o.csv" --incremental --format=json
says "the rows are in $T (job $(result .job_id)), only its metadata is not set"
grep -q 'csvkit load' "$work/err" && fail "another load was suggested after metadata"
same "success in spite of metadata" "$(result .status)" success
same "rows in spite of metadata" "$(count)" 4
rm "$work/o.csv.manifest"

# ---- the requests around it: repeated when that changes nothing, else sent once ---------------------
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
        same "sent twice" "$(log | awk '/^api POST/ && !/tickets|buckets / { print $3 }' | sort | uniq -d)" ""
    done
done
for mode in '"mode":"status","status":500' '"mode":"reset_before"' '"mode":"reset_after"' '"mode":"html"'; do
    control reset
    fault "{\"where\":\"api\",\"path\":\"prepare\",\"times\":9,$mode}"
    run 2 upload "$work/o.csv" || echo "    prepare $mode"
    same "tries to prepare with $mode" "$(posts /v2/storage/files/prepare)" 6
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
same "asked three times in 20 minutes" "$(log | grep '^api' | grep -vc /_fake/)" 3
fresh
fault '{"where":"api","path":"import-async","times":2,"mode":"status","status":503,"headers":{"Retry-After":"559"},"body":"{\"status\":\"maintenance\",\"reason\":\"upgrade\"}"}'
run 0 load $T --file-id="$id" --retries=0 --incremental
same "rows after a maintenance" "$(count)" 4
fresh
fault '{"where":"api","path":"tables/","times":9,"mode":"status","status":503,"headers":{"Retry-After":"5"}}'
run 2 load $T --file-id="$id" --max-wait=4
says "the server asks to come back in 5 s, more than --max-wait allows"
same "no time to wait" "$(log | grep '^api' | grep -vc /_fake/)" 1

# ---- on a terminal: a countdown, and a line of life of the job -----------------------------------------
on_terminal() { # COMMAND...: what it writes to a terminal, line by line
    "$PYTHON" -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) != 0)' "$@" </dev/null | tr '\r' '\n'
}
fresh
fault '{"where":"api","path":"import-async","mode":"status","status":503,"headers":{"Retry-After":"3"},"body":"{\"status\":\"maintenance\"}"}'
control set '{"polls":3}'
CSVKIT_RETRY_DELAY_MS=30 on_terminal "$CSVKIT" load $T --file-id="$id" --incremental >"$work/err"
for line in 'import: the server answered 503; again in 3 s' '503; again in 2 s' '503; again in 1 s' \
    ': waiting, 0 s' ': processing, 0 s'; do
    says "$line"
done
same "rows of a load on a terminal" "$(count)" 4
same "the line is cleared before the result" "$(grep -c $'^\033\\[K'"$T: 2 rows imported" "$work/err")" 1
control set '{"polls":1}'

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
codes=0
for code in csvImport.columnsNotMatch csvImport.invalidCsvParams invalidCsv invalidData \
    storage.fileNotUploaded storage.manifestFileMissing storage.importFileMissing \
    storage.unauthorizedAccess storage.tables.validation storage.backend.exception \
    storage.files.notFound storage.tables.notFound storage.buckets.notFound \
    storage.buckets.tableAlreadyExists storage.tables.validation.noColumns \
    storage.tables.validation.invalidColumnName storage.tables.validation.invalidPrimaryKeyColumns \
    storage.validation.primaryKey storage.tables.aliasImportNotAllowed \
    storage.tables.columnAlreadyExists storage.tables.invalidColumnName query.syntax; do
    codes=$((codes + 1))
    whole || [ $((codes % 5)) = 1 ] || continue
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

wait $outage || fail "an outage of an hour"
conclude
