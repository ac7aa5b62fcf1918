#!/bin/bash
# Parts of an object of S3, Azure and Google, read by its address with the credentials of a file in
# Storage: the report of one run, trouble on the way, and what is refused.
. "$(dirname "$0")/lib.sh"

make_table() {
    awk 'BEGIN {
        print "id,name,amount"
        for (i = 0; i < 60000; i++)
            print (i % 5021 == 7 ? i - 7 : i) (i % 9973 == 3 ? ",x,1,surplus" : i % 9 ? ",plain," i : ",\"two\nlines, \"\"" i "\"\"\"," i)
    }' >"$work/table.csv"
    : >"$work/empty.csv"
    seq 500000 >"$work/long.csv"
    seq 200 | sed 's/^/number,/' >"$work/small.csv"
    gzip -k "$work/small.csv"
}

parts() { # N, options: makes N parts of $url
    local n=$1 i
    shift
    rm -f "$work"/part.*
    for ((i = 1; i <= n; i++)); do
        run 0 validate "$@" --credentials="$detail" --byte-range="$i/$n" --partial="$work/part.$i" "$url"
    done
}

# The report of an object that is read whole is that of the file, but for the name.
same_whole() { # FILE, options
    local file=$1 one
    shift
    put "$file"
    "$CSVKIT" validate "$@" "$file" >"$work/one"
    one=$?
    run "$one" validate "$@" --credentials="$detail" "$url"
    sed "s,$url,$file,g" "$work/out" | cmp -s - "$work/one" || fail "another report of $file as an object"
}

# The report of a file in N parts of the object is that of the file, but for the name.
same_report() { # FILE, N, options
    local file=$1 n=$2 one
    shift 2
    put "$file"
    "$CSVKIT" validate "$@" "$file" >"$work/one"
    one=$?
    parts "$n" "$@"
    run "$one" validate "$@" --credentials="$detail" --merge "$work"/part.*
    sed "s,$url,$file,g" "$work/out" | cmp -s - "$work/one" ||
        fail "another report of $file in $n parts: $(sed "s,$url,$file,g" "$work/out" | diff - "$work/one" | head -n 4)"
}

check_reports() {
    same_report "$work/table.csv" 7 --profile=keboola --primary-key=id
    same_report "$work/small.csv" 3 --no-header
    same_report "$work/empty.csv" 1
    same_whole "$work/table.csv" --profile=keboola --primary-key=id
    same_whole "$work/small.csv.gz" --no-header
    same_whole "$work/empty.csv"
    run 0 validate --credentials="$detail" --no-header "$work/small.csv" "$work/small.csv.gz" "$url"
    same "files and an object" "$(grep -c ': valid' "$work/out")" 3
    echo "$url" >"$work/list"
    run 0 validate --credentials="$detail" --no-header --files-from="$work/list"
    same "an object of a list" "$(grep -c ': valid' "$work/out")" 1
}

requests() { log | grep -c '^store GET ' || true; }

# The more is read, the more is asked for at once.
check_requests() {
    put "$work/long.csv"
    control reset
    run 0 validate --no-header --credentials="$detail" --byte-range=1/1 --partial="$work/part.1" "$url"
    [ "$(requests)" -le 8 ] || fail "$(requests) requests for $(stat -c %s "$work/long.csv") bytes"
}

check_trouble() {
    put "$work/table.csv"
    run 0 validate --credentials="$detail" --byte-range=1/1 --partial="$work/part.1" "$url"
    for mode in cut reset_mid close; do
        control reset
        control fault '{"where": "store", "method": "GET", "path": ".*", "times": 1, "skip": 2, "mode": "'$mode'"}'
        run 0 validate --credentials="$detail" --byte-range=1/1 --partial="$work/again" "$url"
        cmp -s "$work/again" "$work/part.1" || fail "another part after the fault $mode"
        log | grep -q " $mode\$" || fail "the fault $mode was not met: $(log | tail -n 3)"
    done
    local partial='"where": "store", "method": "GET", "path": ".*", "times": 1, "mode": "status"'
    control fault '{'"$partial"', "status": 200, "headers": {"ETag": "\"x\""}, "body": "id,name"}'
    run 2 validate --credentials="$detail" --byte-range=1/1 --partial="$work/none" "$url"
    says "answered with other bytes than were asked for"
    local size whole tag
    size=$(stat -c %s "$work/table.csv")
    # The whole object for a range of it; another range; no version; another version; another size.
    wrong_answer 0 "bytes 1-1/$size" '"x"' "other bytes"
    wrong_answer 0 "bytes 0-0/$size" '' "other bytes"
    wrong_answer 1 "bytes 0-0/$size" '"x"' "other bytes"
    put "$work/small.csv"
    size=$(stat -c %s "$work/small.csv")
    whole=$(cat "$work/small.csv") # and the last line break
    tag='"'$(md5sum <"$work/small.csv" | cut -d' ' -f1)'"'
    wrong_answer 1 "bytes 0-$((size - 1))/$size" '"x"' "changed while it was read" "$whole"$'\n'
    wrong_answer 1 "bytes 0-$((size - 1))/$size" "$tag" "other bytes" "too short"
    wrong_answer 1 "bytes 0-$((size - 1))/$((size + 1))" "$tag" "changed while it was read" "$whole"$'\n'
    [ ! -e "$work/none" ] || fail "a part was written"
}

wrong_answer() { # requests before, Content-Range, ETag, message, body
    control fault "$(jq -nc --argjson skip "$1" --arg range "$2" --arg tag "$3" --arg body "${5:-i}" \
        '{where: "store", method: "GET", path: ".*", times: 1, skip: $skip, mode: "status", status: 206,
          headers: ({"Content-Range": $range} + (if $tag == "" then {} else {ETag: $tag} end)), body: $body}')"
    run 2 validate --credentials="$detail" --byte-range=1/1 --partial="$work/none" "$url"
    says "$4"
    control reset
}

check_refusals() {
    put "$work/small.csv"
    run 2 validate --byte-range=1/1 --partial="$work/none" "$url"
    says "give its --credentials=DETAIL"
    run 2 validate --credentials="$detail" "$work/small.csv"
    says "no FILE is the address of an object"
    run 2 validate --credentials="$detail" --verify "$url"
    says "not supported: --verify of an object"
    run 2 validate --credentials="$work/small.csv" --byte-range=1/1 --partial="$work/none" "$url"
    says "not the detail of a file in Storage"
    run 2 validate --credentials="$detail" --byte-range=1/1 --partial="$work/none" "${url%%//*}//elsewhere/key"
    says "for which the credentials are"
    local other=gs:
    [ "${url%%:*}" = gs ] && other=s3:
    run 2 validate --credentials="$detail" --byte-range=1/1 --partial="$work/none" "$other${url#*:}"
    says "for which the credentials are"
    run 2 validate --credentials="$detail" --byte-range=1/1 --partial="$work/none" "${url%/*}/missing"
    says "the object store answered 40"
    control expire
    run 2 validate --credentials="$detail" --byte-range=1/1 --partial="$work/none" "$url"
    says "ask Storage for the detail of the file again"
    [ ! -e "$work/none" ] || fail "a part was written"
}

make_table
for provider in aws azure gcp; do
    stop_servers
    store --provider $provider
    check_reports
    check_requests
    check_trouble
    check_refusals
done
conclude
