#!/bin/bash
# A load that broke off at its import, run again with the same --state: the rows are there once, even
# when the first request is still on its way; what cannot be reported is not guessed.
. "$(dirname "$0")/lib.sh"
export CSVKIT_RETRY_DELAY_MS=10 # so a request is past hope after 3.6 s, in real life after 3 minutes
store
mkdir "$work/slices"
for i in 1 2 3; do printf '%s,v%s\r\n' $i $i >"$work/slices/part-$i.csv"; done
printf '{"columns":["id","v"]}' >"$work/slices.manifest"
printf 'id,v\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
n=0

begin() { # a table, a state file of their own
    n=$((n + 1)) T=in.c-r$n.t
    load="load $T $work/slices --incremental --no-check --state=$work/$n.state --format=json"
    control reset
}
imports() { posts "/v2/storage/tables/$T/import-async"; }
rows_once() { same "rows once ($1)" "$(rows "$T" | wc -l)" 3; }
wait_for_log() { # PATTERN
    for _ in $(seq 200); do
        log | grep -qE "$1" && return
        sleep 0.02
    done
    fail "no request like $1"
}
killed_after() { # PATTERN COMMAND...: the program is killed once such a request has arrived
    local pattern=$1
    shift
    "$CSVKIT" "$@" >"$work/out" 2>"$work/err" &
    local pid=$!
    wait_for_log "$pattern"
    kill -9 $pid
    wait $pid 2>/dev/null
    same "killed" $? 137
    keep_printed
}

# ---- the request is still on its way when the second run comes -----------------------------------
for action in import-async tables-async; do
    begin
    # shellcheck disable=SC2086
    [ $action = import-async ] || load="load $T $work/o.csv --state=$work/$n.state --format=json"
    control fault "{\"where\":\"api\",\"path\":\"$action\",\"mode\":\"flight\",\"seconds\":1.5}"
    # shellcheck disable=SC2086
    killed_after "$action.* flight" $load
    # shellcheck disable=SC2086
    run 0 $load
    says "did not learn what became of it"
    says "the import was begun by an earlier run"
    same "found again ($action)" "$(result .found_again)" true
    same "sent once ($action)" "$(posts ".*$action")" 1
    [ $action = tables-async ] || rows_once "in flight"
    [ $action = import-async ] || same "rows of the new table" "$(rows "$T" | wc -l)" 2
done

# ---- a file that was uploaded before, by its id -----------------------------------------------------
run 0 upload "$work/o.csv"
load="load in.c-byid.t --file-id=$(cat "$work/out") --incremental --state=$work/byid.state --format=json"
# shellcheck disable=SC2086
run 0 ${load/byid.state/first.state}
same "mode of the journal" "$(stat -c %a "$work/first.state")" 600
control reset
control fault '{"where":"api","path":"import-async","mode":"flight","seconds":1.5}'
# shellcheck disable=SC2086
killed_after "import-async.* flight" $load
# shellcheck disable=SC2086
run 0 $load
same "found again by file id" "$(result .found_again)" true
same "two loads, each once" "$(rows in.c-byid.t | wc -l)" 4
same "sent once by file id" "$(posts '.*import-async')" 1

# ---- the same within one run: looked for until it is there ----------------------------------------
begin
control fault '{"where":"api","path":"import-async","mode":"flight","seconds":0.5}'
# shellcheck disable=SC2086
run 0 $load
says "found it"
rows_once "in flight, one run"

# ---- it never arrived: the second run waits until that is certain, then imports --------------------
begin
control fault '{"where":"api","path":"import-async","mode":"reset_before"}'
control fault '{"where":"api","path":"jobs[?]","times":999,"mode":"status","status":502}'
# shellcheck disable=SC2086
run 2 $load --retries=0
says "whether it took effect is not known"
says "run again with the same --state"
control reset
# shellcheck disable=SC2086
run 0 $load
same "sent again" "$(imports)" 1
rows_once "never arrived"
# shellcheck disable=SC2086
run 0 $load
same "a third run sends nothing" "$(imports)" 1

# ---- a table that an earlier run made is no reason for --create-only to refuse ------------------------
begin
control fault '{"where":"api","path":"import-async","mode":"reset_before"}'
# shellcheck disable=SC2086
killed_after "import-async.* reset_before" $load --create-only
# shellcheck disable=SC2086
run 0 $load --create-only
rows_once "create only"
# shellcheck disable=SC2086
run 1 ${load/$n.state/other.state} --create-only
says "exists already"

# ---- it was refused: nothing to wait for -----------------------------------------------------------
begin
control fault '{"where":"api","path":"import-async","mode":"status","status":400,"body":"{\"error\":\"no\"}"}'
# shellcheck disable=SC2086
run 1 $load
start=$(date +%s%N)
# shellcheck disable=SC2086
run 0 $load
took=$((($(date +%s%N) - start) / 1000000))
[ $took -lt 2500 ] || fail "after a refusal the second run waited: $took ms"
grep -q 'did not learn' "$work/err" && fail "a refusal was taken for an unknown outcome"
rows_once "refused"

# ---- nobody can tell: then nothing is sent ---------------------------------------------------------
begin
control fault '{"where":"api","path":"import-async","mode":"flight","seconds":1.5}'
# shellcheck disable=SC2086
killed_after "import-async.* flight" $load
control fault '{"where":"api","path":"jobs[?]","times":999,"mode":"status","status":500}'
# shellcheck disable=SC2086
run 2 $load --retries=0
says "looking for the job"
says "run again with the same --state"
same "nothing was sent" "$(imports)" 1
control reset
# shellcheck disable=SC2086
run 0 $load
same "nothing is sent later" "$(imports)" 0
rows_once "nobody can tell"

# ---- the job is far down the list; the platform dropped the run id ---------------------------------
begin
control set '{"drop_run_ids":true,"other_jobs":250}'
control fault '{"where":"api","path":"import-async","mode":"flight","seconds":0}'
control fault '{"where":"api","path":"jobs[?]","mode":"slow","seconds":1}' # time to be killed
# shellcheck disable=SC2086
killed_after "import-async.* flight" $load
sleep 0.1
# shellcheck disable=SC2086
run 0 $load
same "found by file and table" "$(result .found_again)" true
same "sent once" "$(imports)" 1
log | grep -q 'jobs limit=100&offset=200' || fail "the third page was not asked for"
control set '{"drop_run_ids":false,"other_jobs":0}'

# ---- a list that begins with the oldest jobs is read to its end -----------------------------------
begin
control set '{"oldest_first":true,"other_jobs":250}'
control fault '{"where":"api","path":"import-async","mode":"reset_after"}'
# shellcheck disable=SC2086
run 0 $load
same "found at the end of the list" "$(result .found_again)" true
same "sent once in spite of old jobs" "$(imports)" 1
rows_once "oldest first"
control set '{"oldest_first":false,"other_jobs":0}'

# ---- two tables, one file: each has its own import --------------------------------------------------
begin
first=$load
control fault '{"where":"api","path":"import-async","mode":"flight","seconds":0}'
control fault '{"where":"api","path":"jobs[?]","mode":"slow","seconds":1}' # time to be killed
# shellcheck disable=SC2086
killed_after "import-async.* flight" $load
# shellcheck disable=SC2086
run 0 ${load/$T/in.c-second.t}
same "rows of the second table" "$(rows in.c-second.t | wc -l)" 3
# shellcheck disable=SC2086
run 0 $first
same "one import for the first table" "$(imports)" 1
rows_once "two tables"

# ---- slices that change after all is done are a new upload and a new import --------------------------
printf '4,v4\r\n' >"$work/slices/part-4.csv"
# shellcheck disable=SC2086
run 0 $first
says "the slices changed since an earlier run finished"
same "a second import" "$(imports)" 2
same "rows of both" "$(rows "$T" | wc -l)" 7
rm "$work/slices/part-2.csv"
# shellcheck disable=SC2086
run 0 $first
same "rows of three loads" "$(rows "$T" | wc -l)" 10
conclude
