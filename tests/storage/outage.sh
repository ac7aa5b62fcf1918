#!/bin/bash
# outage.sh - outages as long as they are in the world, without a faster clock: while a load waits for
# the import that was accepted, Storage is broken for MINUTES (55) and then well, or is not reached for
# so long, or stays broken; and before anything is sent it is in maintenance, as it was once, for 559 s.
# Run by `make check-storage-outage`, which takes an hour and a quarter; all four wait side by side.
. "$(dirname "$0")/lib.sh"
unset CSVKIT_RETRY_DELAY_MS
minutes=${MINUTES:-55}
T=in.c-main.orders

# begin NAME FAULT...: a Storage of its own, in which the next load meets the faults; runs it.
begin() {
    work=$work/$1
    pids=() # those of the others are theirs
    mkdir "$work"
    store
    control table "{\"id\":\"$T\",\"columns\":[\"id\",\"name\"],\"rows\":[]}"
    printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
    shift
    for fault in "$@"; do
        control fault "$fault"
    done
    start=$SECONDS
    "$CSVKIT" load $T "$work/o.csv" --incremental --format=json >"$work/out" 2>"$work/err" </dev/null &
    load=$!
}
end() { # STATUS: of the load
    local code
    wait "$load"
    code=$?
    took=$((SECONDS - start))
    [ "$code" = "$1" ] || { fail "exit status $code after $took s"; cat "$work/out" "$work/err"; }
}
close() { # NAME
    same "rows, each once" "$(count)" 2
    no_secrets
    stop_servers
    echo "$1: $took s"
    return "$failures"
}
count() { rows $T | wc -l; }

answers_502() {
    begin answers_502 '{"where":"api","path":"jobs/","mode":"status","status":502,"times":99999}'
    sleep $((minutes * 60))
    control reset
    end 0
    close "502 for $minutes minutes"
}
not_reached() {
    begin not_reached '{"where":"api","path":"jobs/","mode":"status","status":502,"times":3}'
    until [ "$(posts "/v2/storage/tables/$T/import-async")" = 1 ]; do
        sleep 0.1
    done
    control refuse "{\"seconds\":$((minutes * 60))}"
    end 0
    close "not reached for $minutes minutes"
}
stays_broken() {
    begin stays_broken '{"where":"api","path":"jobs/","mode":"status","status":502,"times":99999}'
    end 2
    job=$(result .job_id)
    says "the import is job $job, its end is not known: csvkit job $job --wait"
    same "status" "$(result .status)" unknown
    [ "$took" -ge 3600 ] || fail "given up after $took s"
    control reset
    "$CSVKIT" job "$job" --wait >"$work/out" 2>"$work/err" || fail "the advice did not help"
    close "broken for good"
}
maintenance() {
    begin maintenance '{"where":"api","mode":"status","status":503,"headers":{"Retry-After":"559"},"times":1}'
    end 0
    [ "$took" -ge 559 ] || fail "not waited for: $took s"
    close "maintenance"
}

kinds=("$@")
[ $# != 0 ] || kinds=(answers_502 not_reached stays_broken maintenance)
waiting=()
for kind in "${kinds[@]}"; do
    (trap 'stop_servers' EXIT && $kind) &
    waiting+=($!)
done
for i in "${!kinds[@]}"; do
    wait "${waiting[i]}" || fail "${kinds[i]}"
done
[ "$failures" = 0 ] || exit 1
echo "${#kinds[@]} outages outlived or told"
