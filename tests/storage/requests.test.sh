#!/bin/bash
# What goes over the wire, request by request, beside what the platform's maintained clients send: a
# session of uploads, loads and a download is recorded, then check_requests.py compares fields,
# encodings and headers, one named check for a fact.
. "$(dirname "$0")/lib.sh"
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
printf 'id|name\n3|c\n' >"$work/pipe.csv"
printf '4,d\r\n' >"$work/headless.csv"
printf 'x,y\r\n5,e\r\n' >"$work/renamed.csv"
echo '{"columns":["id","name"],"has_header":true}' >"$work/renamed.csv.manifest"
: >"$work/empty.csv"
head -c 11000000 /dev/zero | tr '\0' x >"$work/big.bin"
mkdir "$work/slices"
printf '6,f\r\n' >"$work/slices/part 1+ž.csv"
printf '7,g\r\n' | gzip -n >"$work/slices/part-2.csv.gz"
echo '{"columns":["id","name"],"primary_key":["id"]}' >"$work/slices.manifest"
mkdir "$work/typed"
printf '1,2.50\r\n' >"$work/typed/part-1.csv"
cat >"$work/typed.manifest" <<'JSON'
{"description":"prices","schema":[
 {"name":"id","data_type":{"base":{"type":"INTEGER"}},"nullable":false,"primary_key":true},
 {"name":"price","data_type":{"base":{"type":"NUMERIC","length":"10,2"}}}]}
JSON

session() {
    run 0 upload "$work/o.csv" --tag=one --tag=two --permanent --name='žluť 1.csv'
    run 0 upload "$work/o.csv" --compress --name=packed.csv
    run 0 upload "$work/empty.csv" --no-check --name=empty.csv
    run 0 upload "$work/big.bin" --no-check --part-size=5MiB --name=big.bin
    run 0 load $T "$work/o.csv" --primary-key=id,name
    run 0 load $T "$work/pipe.csv" -d pipe -e none --incremental
    run 0 load $T "$work/headless.csv" --no-header --columns=id,name --incremental
    run 0 load $T "$work/renamed.csv" --incremental
    run 0 load in.c-main.sliced "$work/slices" --run-id=77
    run 0 load in.c-main.typed "$work/typed"
    run 0 load $T "$work/o.csv" --incremental --delete-where-column=id --delete-where-values=1,3
    run 0 download --table=$T -o "$work/back.csv" --columns=id,name --where=id=2 \
        --changed-since='-2 days' --limit=5
}

for provider in aws azure gcp; do
    stop_servers
    store --provider $provider
    control record
    session
    if [ $provider = gcp ]; then
        control fault '{"where":"store","method":"PUT","mode":"status","status":401}'
        run 0 upload "$work/o.csv" --name=renewed.csv
    fi
    answer requests >"$work/requests.json"
    "$PYTHON" "$here/check_requests.py" $provider "$work/requests.json" "$KBC_TOKEN" ||
        fail "requests to $provider"
done

# ---- the server is strict: a key or a content type that the platform does not know is refused ------
stop_servers
store
post() { # CONTENT-TYPE PATH BODY: the code of the refusal
    curl -sS -X POST -H "X-StorageApi-Token: $KBC_TOKEN" -H "Content-Type: $1" --data "$3" \
        "$KBC_URL/v2/storage/$2" | jq -r '.code // "accepted"'
}
prepare='"name":"x","federationToken":true'
same "as it is" "$(post application/json files/prepare "{$prepare}")" accepted
same "another content type" "$(post application/x-www-form-urlencoded files/prepare "{$prepare}")" storage.contentType
same "an unknown key" "$(post application/json files/prepare "{$prepare,\"maxAgeDays\":3}")" storage.validation
same "a missing key" "$(post application/json files/prepare '{"name":"x"}')" storage.validation
same "a text for a boolean" "$(post application/json files/prepare '{"name":"x","federationToken":"true"}')" storage.validation
run 0 load $T "$work/o.csv"
same "an unknown key of a filter" "$(post application/json tables/$T/export-async \
    '{"whereFilters":[{"column":"id","operator":"eq","values":["1"],"value":"1"}]}')" storage.validation
same "an unknown parameter" "$(curl -sS -H "X-StorageApi-Token: $KBC_TOKEN" \
    "$KBC_URL/v2/storage/files?tag=x" | jq -r .code)" storage.validation
conclude
