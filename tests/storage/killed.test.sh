#!/bin/bash
# kill -9 at every request of a load, before and after the server acted; the second run with the
# same journal ends in the same state as an undisturbed one: every row exactly once.
. "$(dirname "$0")/lib.sh"
export CSVKIT_RETRY_DELAY_MS=4
store --provider "${PROVIDER:-aws}"
mkdir "$work/slices"
for i in 1 2 3; do printf '%s,v%s\r\n' $i $i >"$work/slices/part-$i.csv"; done
printf '{"columns":["id","v"]}' >"$work/slices.manifest"
options() { # in an array, so that what runs in the background is the program itself
    load=("$CSVKIT" load "in.c-k$1.t" "$work/slices" --incremental "--state=$work/$1.state"
        --parallel=1 --format=json --quiet)
}

n=0
for mode in late stall; do
    for skip in $(seq 0 40); do
        n=$((n + 1))
        options $n
        control reset
        control fault "{\"skip\":$skip,\"mode\":\"$mode\",\"seconds\":50}"
        "${load[@]}" >"$work/out" 2>"$work/err" &
        pid=$!
        while kill -0 $pid 2>/dev/null; do
            if has_logged " $mode\$"; then
                kill -9 $pid
                break
            fi
            pause 0.05
        done
        wait $pid 2>/dev/null
        code=$?
        [ $code = 0 ] && break # as many requests as there are
        same "killed ($mode, request $skip)" $code 137
        control reset
        "${load[@]}" >"$work/out" 2>"$work/err"
        code=$?
        [ $code = 0 ] || cat "$work/err"
        keep_printed
        same "second run after $mode, request $skip" $code 0
        same "rows after $mode, request $skip" "$(rows in.c-k$n.t)" \
            "$(printf '["1", "v1"]\n["2", "v2"]\n["3", "v3"]')"
        compgen -G "$work/*csvkit-*" >/dev/null && fail "a temporary file is left"
    done
    [ "$skip" -gt 12 ] || fail "only $skip requests were tried"
done
conclude
