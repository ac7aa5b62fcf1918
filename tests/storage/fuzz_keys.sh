# fuzz_keys.sh - sourced: objects whose keys are hard to sign go up, are listed, and come back.
# The caller has sourced lib.sh and started a Storage API in front of an S3 server.

# check_fuzzed_keys ROUNDS SEED: ten keys in a round; the same keys for the same seed
check_fuzzed_keys() {
    local round folder id before=$failures
    for round in $(seq "$1"); do
        folder=$work/fuzz.$round
        mkdir "$folder"
        "$PYTHON" "$here/fuzz_keys.py" make $(($2 * 1000 + round)) "$folder"
        control set "$(jq -c '{next_key: .prefix}' "$folder/keys.json")"
        run 0 upload "$folder/slices" --no-check --quiet || cat "$folder/keys.json"
        id=$(cat "$work/out")
        run 0 download --file-id="$id" -o "$folder/back" --keep-slices --quiet || cat "$folder/keys.json"
        curl -sS -G "$KBC_URL/_fake/list" --data-urlencode bucket=kbc-files \
            --data-urlencode "prefix=$(jq -j .prefix "$folder/keys.json")" -o "$folder/listed"
        "$PYTHON" "$here/fuzz_keys.py" check "$folder" "$folder/back" "$folder/listed" ||
            fail "slices with fuzzed keys, round $round of seed $2"
        control set "$(jq -c '{next_key: .single}' "$folder/keys.json")"
        run 0 upload "$folder/single" --no-check --quiet
        id=$(cat "$work/out")
        run 0 download --file-id="$id" -o "$folder/single.back" --quiet || cat "$folder/keys.json"
        cmp "$folder/single" "$folder/single.back" || fail "a fuzzed key, round $round of seed $2"
    done
    [ "$failures" != "$before" ] || echo "$(($1 * 10)) fuzzed keys (seed $2) went up, were listed and came back"
}
