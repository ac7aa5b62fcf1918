#!/bin/bash
# The names of production: https, bucket in the host name, services beside connection.*, all through
# a CONNECT proxy to servers of this machine and with an authority of our own.
. "$(dirname "$0")/lib.sh"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout "$work/key" \
    -out "$work/ca" 2>/dev/null -addext 'subjectAltName=IP:127.0.0.1,DNS:*.keboola.com,'\
'DNS:*.eu-central-1.keboola.com,DNS:*.s3.eu-central-1.amazonaws.com,DNS:storage.googleapis.com'
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
mkdir "$work/slices"
printf '1,2\r\n' >"$work/slices/a b&c.csv"
echo '{"columns":["x","y"]}' >"$work/slices.manifest"

through_proxy() { # provider
    local real api port
    stop_servers
    store --provider "$1" --tls "$work/ca" "$work/key"
    api=${KBC_URL##*:} real=${CSVKIT_S3_ENDPOINT##*:}
    rm -f "$work/proxy.ready"
    "$PYTHON" "$here/connect_proxy.py" "$work/proxy.ready" "connection.eu-central-1.keboola.com=$api" \
        "import.eu-central-1.keboola.com=$api" "*.s3.eu-central-1.amazonaws.com=$real" \
        "storage.googleapis.com=$real" >"$work/proxy.log" 2>&1 &
    pids+=($!)
    for _ in $(seq 100); do
        [ -s "$work/proxy.ready" ] && break
        sleep 0.05
    done
    port=$(cat "$work/proxy.ready")
    fake=$KBC_URL
    unset no_proxy NO_PROXY CSVKIT_S3_ENDPOINT CSVKIT_GCS_ENDPOINT
    export HTTPS_PROXY=http://127.0.0.1:$port KBC_URL=https://connection.eu-central-1.keboola.com
}
there() { # a control request, past the proxy
    curl -sS -k --noproxy '*' "$fake/_fake/$1"
}
check() { # provider, host of its objects
    through_proxy "$1"
    run 0 load in.c-main.orders "$work/o.csv" --ca-file="$work/ca" --format=json
    same "rows ($1)" "$(result .total_rows)" 2
    run 0 load in.c-main.sliced "$work/slices" --ca-file="$work/ca" --format=json
    same "rows of slices ($1)" "$(result .total_rows)" 1
    run 0 download --table=in.c-main.orders -o "$work/back.csv" --ca-file="$work/ca"
    same "lines ($1)" "$(wc -l <"$work/back.csv")" 3
    grep -q "CONNECT $2 " "$work/proxy.log" || fail "$1: no tunnel to $2"
    run 2 load in.c-main.orders "$work/o.csv" --retries=0
    says "certificate"
}
check aws kbc-files.s3.eu-central-1.amazonaws.com
run 0 upload "$work/o.csv" --importer --ca-file="$work/ca"
grep -q 'CONNECT import.eu-central-1.keboola.com' "$work/proxy.log" || fail "no tunnel to import.*"
there log | grep -q 'POST /upload-file' || fail "the importer was not asked"
check gcp storage.googleapis.com

# ---- another endpoint is taken on the loopback interface alone --------------------------------------
CSVKIT_GCS_ENDPOINT=https://evil.example run 0 upload "$work/o.csv" --ca-file="$work/ca"
grep -q evil "$work/proxy.log" && fail "credentials went to another endpoint"
conclude
