# resume.sh - sourced: large files in parts, broken uploads that go on, credentials that run out,
# sources that change. The caller has sourced lib.sh and called store.

check_resume() {
    local provider=$1
    T=in.c-main.big
    "$PYTHON" - "$work/big.csv" <<'PY'
import sys
with open(sys.argv[1], 'w', newline='') as out:
    out.write('id,text\r\n')
    for i in range(120000):
        out.write('%d,%s\r\n' % (i, 'x' * 90))
PY
    size=$(stat -c %s "$work/big.csv")
    echo a >"$work/slices.csv"
    parts='--part-size=5MiB --no-check'
    stored() { state | jq -r ".objects | to_entries[] | select(.key | contains(\"$1\")) | .value"; }
    changes() { log | grep -v /_fake/ | grep -vcE '^api GET /v2/storage/files/[0-9]+ '; } # it asks for the file
    puts() { log | grep -cE '^store PUT .*(partNumber|comp=block&|upload_id)' || true; }

    # ---- parts ------------------------------------------------------------------------------------------
    run 0 upload "$work/big.csv" $parts --name=whole.csv --format=json
    same "size in the store" "$(stored whole.csv)" "$size"
    same "parts" "$(puts)" 3
    control reset
    control fault '{"where":"store","method":"PUT","skip":1,"mode":"reset_mid"}'
    control fault '{"where":"store","method":"PUT","skip":2,"mode":"status","status":503}'
    run 0 upload "$work/big.csv" $parts --name=bumpy.csv
    same "size after faults" "$(stored bumpy.csv)" "$size"

    if [ "$provider" = aws ]; then
        for mode in '"mode":"xml200","body":"InternalError"' '"mode":"reset_after"' '"mode":"cut"' \
            '"mode":"reset_before"'; do
            control reset
            control fault "{\"where\":\"store\",\"method\":\"POST\",\"skip\":1,$mode}"
            run 0 upload "$work/big.csv" $parts --name=late.csv || echo "    with $mode"
            same "size after $mode" "$(stored late.csv | head -n 1)" "$size"
        done
        control reset
        control fault '{"where":"store","method":"POST","skip":1,"times":99,"mode":"xml200","body":"MalformedXML"}'
        run 2 upload "$work/big.csv" $parts --name=never.csv
        says "MalformedXML"
        same "nothing stored" "$(stored never.csv)" ""
    fi

    if [ "$provider" = gcp ]; then # the store keeps less than it was sent: the rest follows
        control reset
        control set '{"short_308":3}'
        run 0 upload "$work/big.csv" $parts --name=short.csv
        same "size after short answers" "$(stored short.csv)" "$size"
        same "rests that were sent" "$(puts)" 6
        control set '{"short_308":0}'
    fi

    if [ "$provider" = aws ]; then # clocks that differ, and a second that passed between two readings
        control reset
        control set '{"clock":-7200}'
        run 0 upload "$work/big.csv" $parts --name=clock.csv --parallel=1 --retries=0
        same "size with another clock" "$(stored clock.csv)" "$size"
        same "one request was refused" "$(log | grep -c '^store')" 6
        control set '{"clock":0}'
        control reset
        for times in 1 2; do
            control fault "{\"where\":\"store\",\"times\":$times,\"mode\":\"status\",\"status\":403,\"body\":\"<Error><Code>SignatureDoesNotMatch</Code></Error>\"}"
            run $((times == 1 ? 0 : 2)) upload "$work/slices.csv" --no-check --retries=0
        done
        says "SignatureDoesNotMatch"
    fi

    # ---- a second run goes on ---------------------------------------------------------------------------
    control reset
    control fault '{"where":"store","method":"PUT","skip":2,"times":99,"mode":"status","status":403}'
    run 2 upload "$work/big.csv" $parts --name=again.csv --state="$work/up.state" --parallel=1
    says "run again with the same --state"
    same "mode of the journal" "$(stat -c %a "$work/up.state")" 600
    grep -q canaryTOKEN "$work/up.state" && fail "the token is in the journal"
    control reset
    run 0 upload "$work/big.csv" $parts --name=again.csv --state="$work/up.state" --format=json
    same "resumed" "$(result .resumed)" true
    same "only the missing part was sent" "$(puts)" 1
    same "no second file was prepared" "$(posts /v2/storage/files/prepare)" 0
    same "size after resuming" "$(stored again.csv)" "$size"
    control reset
    run 0 upload "$work/big.csv" $parts --name=again.csv --state="$work/up.state"
    same "a finished upload sends nothing" "$(changes)" 0
    chmod 644 "$work/up.state"
    run 2 upload "$work/big.csv" $parts --name=again.csv --state="$work/up.state"
    says "open to others"
    printf '{"identity":"other' >"$work/cut.state"
    chmod 600 "$work/cut.state"
    run 0 upload "$work/big.csv" $parts --state="$work/cut.state"

    # ---- parts of a file that has changed since are of no use --------------------------------------------
    control reset
    control fault '{"where":"store","method":"PUT","skip":2,"times":99,"mode":"status","status":403}'
    run 2 upload "$work/big.csv" $parts --name=changed.csv --state="$work/changed.state" --parallel=1
    touch "$work/big.csv"
    control reset
    run 0 upload "$work/big.csv" $parts --name=changed.csv --state="$work/changed.state" --format=json
    says "the file changed since an earlier run: a new upload"
    same "nothing of the old file" "$(result .resumed)" false
    same "all parts" "$(puts)" 3

    # ---- the store forgot what an earlier run began: all goes anew, nothing is taken for stored -----------
    case $provider in # requests that go well: some parts; and all but the last request
    aws) skips='2 4' ;;
    azure) skips='1 3' ;;
    *) skips='2 3' ;;
    esac
    for skip in $skips; do
        control reset
        control fault "{\"where\":\"store\",\"skip\":$skip,\"times\":99,\"mode\":\"status\",\"status\":403}"
        run 2 upload "$work/big.csv" $parts --name=gone$skip.csv --state="$work/gone$skip.state" --parallel=1
        control reset
        control forget
        run 0 upload "$work/big.csv" $parts --name=gone$skip.csv --state="$work/gone$skip.state"
        says "all parts are sent again"
        same "size of what was sent anew" "$(stored gone$skip.csv)" "$size"
        control reset
        run 0 upload "$work/big.csv" $parts --name=gone$skip.csv --state="$work/gone$skip.state"
        same "then all is done" "$(changes)" 0
    done

    # ---- slices go on, and the load happens once ----------------------------------------------------------
    mkdir "$work/slices"
    for i in 1 2 3 4 5 6; do printf '%s,v%s\r\n' $i $i >"$work/slices/part-$i.csv"; done
    printf '{"columns":["id","v"]}' >"$work/slices.manifest"
    control reset
    control fault '{"where":"store","method":"PUT","skip":3,"times":99,"mode":"status","status":403}'
    run 2 load $T "$work/slices" --incremental --state="$work/load.state" --parallel=1
    says "3 of 6 slices are stored"
    same "no import" "$(posts '.*import-async')" 0
    control reset
    control fault '{"where":"api","path":"import-async","mode":"reset_after"}'
    control fault '{"where":"api","path":"jobs\\?","times":99,"mode":"status","status":500}'
    # Three minutes, after which a request is past hope, are 0.72 s here.
    CSVKIT_RETRY_DELAY_MS=2 run 2 load $T "$work/slices" --incremental --state="$work/load.state" --retries=1
    same "three slices and the manifest" "$(log | grep -c '^store PUT')" 4
    same "loaded once" "$(rows $T | wc -l)" 6
    control reset
    CSVKIT_RETRY_DELAY_MS=2 run 0 load $T "$work/slices" --incremental --state="$work/load.state" \
        --format=json
    same "the import was found" "$(result .found_again)" true
    same "nothing was imported again" "$(posts '.*import-async')" 0
    same "rows once" "$(rows $T | wc -l)" 6

    # ---- credentials that run out ---------------------------------------------------------------------------
    control reset
    control fault '{"where":"store","method":"PUT","skip":3,"times":99,"mode":"status","status":403}'
    run 2 upload "$work/slices" --no-check --state="$work/old.state" --parallel=1
    control reset
    control expire
    run 0 upload "$work/slices" --no-check --state="$work/old.state" --parallel=1
    if [ "$provider" = gcp ]; then
        same "renewed, not prepared" "$(log | grep -c 'PUT /v2/storage/files/.*/refresh')" 1
    else
        says "ran out; preparing a new file"
        same "prepared anew" "$(posts /v2/storage/files/prepare)" 1
    fi

    # ---- credentials that run out in the middle: all goes to a new file, and is loaded once ------------
    control reset
    control fault '{"where":"store","method":"PUT","path":"part-4","mode":"expire"}'
    run 0 load in.c-main.expired "$work/slices" --parallel=1
    if [ "$provider" = gcp ]; then
        same "renewed in the middle" "$(log | grep -c 'PUT /v2/storage/files/.*/refresh')" 1
    else
        says "ran out; preparing a new file"
        same "two files" "$(posts /v2/storage/files/prepare)" 2
        same "manifests of the old and the new file" "$(log | grep -c '^store PUT.*slicesmanifest')" 1
    fi
    same "rows after an expiry" "$(rows in.c-main.expired | wc -l)" 6
    same "one import after an expiry" "$(posts '.*import-async')" 1

    # ---- the answer to the last part is lost ------------------------------------------------------------
    control reset
    control fault '{"where":"store","method":"PUT","skip":2,"mode":"reset_after"}'
    run 0 upload "$work/big.csv" $parts --name=lastpart.csv --parallel=1
    same "size after a lost last answer" "$(stored lastpart.csv)" "$size"

    # ---- a source that changes ----------------------------------------------------------------------------
    control reset
    control fault '{"where":"store","method":"PUT","mode":"slow","seconds":1}'
    (sleep 0.5; echo '999999,late' >>"$work/big.csv") &
    run 2 upload "$work/big.csv" $parts --name=moving.csv --parallel=1
    wait $!
    says "changed while it was uploaded"
    same "nothing stored of it" "$(stored moving.csv)" ""

    # ---- a signal -------------------------------------------------------------------------------------------
    control reset
    control set '{"allow_abort":true}'
    control fault '{"where":"store","method":"PUT","skip":1,"times":9,"mode":"slow","seconds":5}'
    "$CSVKIT" upload "$work/big.csv" $parts --name=stopped.csv 2>"$work/err" >"$work/out" &
    pid=$!
    sleep 1
    kill -TERM $pid # a shell's background jobs ignore SIGINT
    start=$(date +%s%N)
    wait $pid
    code=$?
    took=$((($(date +%s%N) - start) / 1000000))
    [ $took -lt 3000 ] || fail "stopping took $took ms"
    same "ended by the signal" $code 143
    says "is not complete"
    [ "$provider" != aws ] || says "the parts stored so far were removed"
}
