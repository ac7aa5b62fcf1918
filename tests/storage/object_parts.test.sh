#!/bin/bash
# Slices and statistics of an object of S3, Azure and Google in parts: what is made of a file with the same
# bytes, but for the name; trouble on the way, and what is refused.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/object_tables.sh"

# A part begins within a long field, so the object is needed when parts are joined.
check_credentials() {
    put "$work/table.csv"
    run 0 stats --credentials="$detail" --byte-range=0- --partial="$work/all.part" "$url"
    run 0 stats --merge "$work/all.part"
    rm -rf "$work/part" "$work/slices"*
    mkdir "$work/part"
    for i in 1 2 3; do
        run 0 slice --credentials="$detail" --byte-range=$i/3 "$url" -o "$work/part/$i"
        run 0 stats --credentials="$detail" --byte-range=$i/3 --partial="$work/part/$i.part" "$url"
        run 0 validate --credentials="$detail" --byte-range=$i/3 --partial="$work/part/$i.judged" "$url"
    done
    same "columns of a part from the middle" "$(jq -c .columns "$work/part/2/part.json")" '["id","name","amount"]'
    run 2 slice --merge "$work"/part/[123] -o "$work/slices"
    says "($url is the address of an object: give its --credentials=DETAIL)"
    run 2 stats --merge "$work"/part/*.part
    says "($url is the address of an object: give its --credentials=DETAIL)"
    run 2 validate --merge "$work"/part/*.judged
    says "($url is the address of an object: give its --credentials=DETAIL)"
    run 2 slice --byte-range=1/3 "$url" -o "$work/slices"
    says "give its --credentials=DETAIL"
    run 2 stats "$url"
    says "give its --credentials=DETAIL"
    run 2 slice "$url" -o "$work/slices"
    says "give its --credentials=DETAIL"
    # Other bytes in the middle, and as many: neither the rest of the parts nor the merge takes them.
    local key=${url##*/}
    control damage '{"key": "'"$key"'", "replace": ["30000,plain,30000", "30000,PLAIN,30000"]}'
    run 2 slice --credentials="$detail" --merge "$work"/part/[123] -o "$work/slices"
    says "these are parts of its version"
    run 0 slice --force --credentials="$detail" --byte-range=1/3 "$url" -o "$work/part/1"
    run 0 stats --credentials="$detail" --byte-range=1/3 --partial="$work/part/1.part" "$url"
    run 2 slice --credentials="$detail" --merge "$work"/part/[123] -o "$work/slices"
    says "part/2/judgement.part are parts of two versions of an object"
    run 2 stats --credentials="$detail" --merge "$work"/part/*.part
    says "part/2.part are parts of two versions of an object"
    # Longer than it was.
    control damage '{"key": "'"$key"'", "replace": ["30000,PLAIN,30000", "30000,LONGER,30000"]}'
    run 0 stats --credentials="$detail" --byte-range=1/3 --partial="$work/part/1.part" "$url"
    run 2 stats --credentials="$detail" --merge "$work"/part/*.part
    says "part/2.part are parts of two versions of an object"
    [ ! -e "$work/slices" ] || fail "something was written"
    rm -rf "$work/part"
}

check_trouble() {
    put "$work/table.csv"
    run 0 slice --credentials="$detail" --byte-range=2/3 "$url" -o "$work/good"
    run 0 stats --credentials="$detail" --byte-range=2/3 --partial="$work/good.part" "$url"
    for mode in cut reset_mid close; do
        for command in slice stats; do
            control reset
            control fault '{"where": "store", "method": "GET", "path": ".*", "times": 1, "skip": 2, "mode": "'$mode'"}'
            if [ $command = slice ]; then
                run 0 slice --credentials="$detail" --byte-range=2/3 "$url" -o "$work/again"
                diff -r "$work/good" "$work/again" >/dev/null || fail "other slices after the fault $mode"
                rm -rf "$work/again"
            else
                run 0 stats --credentials="$detail" --byte-range=2/3 --partial="$work/again" "$url"
                cmp -s "$work/again" "$work/good.part" || fail "other statistics after the fault $mode"
                rm "$work/again"
            fi
            log | grep -q " $mode\$" || fail "the fault $mode was not met: $(log | tail -n 3)"
        done
    done
    # It breaks, and does not come back; it changes between two requests.
    control reset
    control fault '{"where": "store", "method": "GET", "path": ".*", "times": 99, "skip": 2, "mode": "cut"}'
    run 2 slice --credentials="$detail" "$url" -o "$work/none"
    control reset
    control fault "$(jq -nc --arg range "bytes 0-0/9" '{where: "store", method: "GET", path: ".*", times: 1, skip: 1,
        mode: "status", status: 206, headers: {"Content-Range": $range, ETag: "\"x\""}, body: "i"}')"
    run 2 slice --credentials="$detail" --byte-range=2/3 "$url" -o "$work/none"
    [ ! -e "$work/none" ] || fail "half of an object was sliced"
    control reset
    rm -rf "$work/good"
}

make_tables
for provider in aws azure gcp; do
    stop_servers
    store --provider $provider
    same_slices "$work/table.csv" 5 --records=7000
    same_stats "$work/table.csv" 5
    check_credentials
    check_trouble
done
conclude
