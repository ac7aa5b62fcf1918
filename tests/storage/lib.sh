# lib.sh - sourced by the tests of storage: servers that start and stop with the test, assertions.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PYTHON=/usr/bin/python3
CSVKIT=${CSVKIT:-$here/../../build/csvkit}
BUILD=${BUILD:-$here/../../build/release}
work=$(mktemp -d "${TMPDIR:-/tmp}/csvkit-storage-XXXXXX")
pids=()
watcher='' running=$work/running
stop_servers() {
    for pid in "${pids[@]}" $watcher; do
        kill "$pid" 2>/dev/null
    done
    wait 2>/dev/null
    pids=() watcher=
}
finish() {
    local code=$?
    stop_servers
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT

export TMPDIR=$work
export no_proxy='*' NO_PROXY='*'
unset HTTPS_PROXY HTTP_PROXY ALL_PROXY https_proxy http_proxy all_proxy KBC_BRANCHID KBC_RUNID KBC_DATA_TYPE_SUPPORT
export CSVKIT_RETRY_DELAY_MS=20
failures=0

skip() {
    echo "$1"
    exit 77
}
[ -x "$PYTHON" ] || skip "skipped: $PYTHON is needed for the Storage server"

# store [ARGS of fake_storage.py]: starts a Storage API; sets KBC_URL, KBC_TOKEN and endpoints.
store() {
    local ready=$work/ready.${#pids[@]}
    rm -f "$ready" # that of a server that was stopped must not be taken for this one's
    "$PYTHON" "$here/fake_storage.py" --ready "$ready" "$@" >"$work/store.log" 2>&1 &
    pids+=($!)
    for _ in {1..500}; do
        [ -s "$ready" ] && break
        pause 0.02
    done
    [ -s "$ready" ] || { cat "$work/store.log"; echo "the Storage server did not start"; exit 1; }
    read -r KBC_URL KBC_TOKEN CSVKIT_S3_ENDPOINT < <(jq -r '"\(.url) \(.token) \(.store)"' "$ready")
    CSVKIT_GCS_ENDPOINT=$CSVKIT_S3_ENDPOINT
    [ -n "$watcher" ] || { watch_runs & watcher=$!; }
    export KBC_URL KBC_TOKEN CSVKIT_S3_ENDPOINT CSVKIT_GCS_ENDPOINT
}

# swift [ARGS of fake_storage.py]: a Storage API whose objects lie in OpenStack Swift, a strict S3 server.
swift() {
    "$PYTHON" -c 'import importlib.util as u, sys; sys.exit(not u.find_spec("swift.common.middleware.s3api"))' 2>/dev/null ||
        skip "skipped: Debian's python3-swift is not installed (apt-get install python3-swift)"
    echo '{"OWNER": {"secret": "owner-secret"}}' >"$work/creds.json"
    "$PYTHON" "$here/swift_server.py" "$work/swift" "$work/creds.json" "$work/swift.ready" \
        >"$work/swift.log" 2>&1 &
    pids+=($!)
    for _ in {1..300}; do
        [ -s "$work/swift.ready" ] && break
        pause 0.1
    done
    [ -s "$work/swift.ready" ] || { cat "$work/swift.log"; echo "Swift did not start"; exit 1; }
    store --s3 "$(cat "$work/swift.ready")" "$work/creds.json" "$@"
}

# ask METHOD WHAT [BODY]: a request to the server itself, with $server to read its answer from when the head
# is read. By the shell alone: there are thousands, and a start of curl is ten times as much work.
ask() { request "$1" "/_fake/$2" "$3"; }
request() { # METHOD PATH BODY: the same, of the Storage API, too
    local line address=${KBC_URL#http://} LC_ALL=C # lengths are in bytes
    exec {server}<>"/dev/tcp/${address%:*}/${address##*:}" || return
    printf '%s %s HTTP/1.0\r\nX-StorageApi-Token: %s\r\nContent-Length: %s\r\n\r\n%s' \
        "$1" "$2" "$KBC_TOKEN" "${#3}" "$3" >&"$server"
    while IFS= read -r line <&"$server" && [ "$line" != $'\r' ]; do :; done
}
control() { # control fault|set|reset|expire JSON
    case $KBC_URL in
    http:*) ask PUT "$1" "${2:-{\}}" && exec {server}>&- ;;
    *) curl -sS -k -X PUT --data "${2:-{\}}" "$KBC_URL/_fake/$1" >/dev/null ;;
    esac
}
answer() { # answer WHAT: what the server says when it is asked for that
    case $KBC_URL in
    http:*) ask GET "$1" '' && cat <&"$server" && exec {server}>&- ;;
    *) curl -sS -k "$KBC_URL/_fake/$1" ;;
    esac
}
rows() { answer "rows?table=$1"; }
log() { answer log; }
state() { answer state; }

# What was printed, for no_secrets. By the shell alone, as there are a thousand runs.
keep_printed() {
    local part file LC_ALL=C
    for file in "$work/out" "$work/err"; do
        while IFS= read -r -d '' part; do printf '%s\n' "$part"; done <"$file" # up to a zero byte
        printf '%s\n' "$part"
    done >>"$work/everything"
}

# Ends what `run` has started when it is still there a minute later: one process for all runs, of which each shell
# names its own.
watch_runs() {
    local file pid
    declare -A seen
    while pause 60 || [ -d "${running%/*}" ]; do
        for file in "$running".*; do
            read -r pid <"$file" && [ "$pid" = "${seen[$file]:-}" ] && kill "$pid"
            seen[$file]=$pid
        done
    done
}

# run STATUS COMMAND...: runs csvkit, checks the exit status; output in $work/out and $work/err.
run() {
    local expected=$1 code start=$SECONDS
    shift
    "$CSVKIT" "$@" >"$work/out" 2>"$work/err" </dev/null &
    echo $! >"$running.$BASHPID"
    wait $!
    code=$?
    : >"$running.$BASHPID"
    keep_printed
    [ -z "${SLOW:-}" ] || [ $((SECONDS - start)) -lt 2 ] || echo "slow: csvkit $*"
    if [ "$code" != "$expected" ]; then
        fail "csvkit $*: exit status $code, expected $expected"
        sed 's/^/    /' "$work/out" "$work/err"
        return 1
    fi
}
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}
same() { # same WHAT GOT EXPECTED
    [ "$2" = "$3" ] || fail "$1: got '$2', expected '$3'"
}
says() { # says TEXT: on standard error of the last run
    local told LC_ALL=C
    IFS= read -r -d '' told <"$work/err"
    [[ $told == *"$1"* ]] || { fail "no message with: $1"; sed 's/^/    /' "$work/err"; }
}
# has_logged PATTERN: is there such a line in the log of the server; for loops that wait for one, by the shell alone.
has_logged() {
    local line found=1
    ask GET log '' || return
    while IFS= read -r line <&"$server"; do [[ $line =~ $1 ]] && found=0; done
    exec {server}>&-
    return "$found"
}
# pause SECONDS, as sleep does: nothing is ever written there.
exec {silence}<> <(:)
pause() { read -r -t "$1" -u "$silence"; }
# put FILE: stores it; sets `url` and `detail`, a file with its credentials.
put() {
    run 0 upload "$1" --name=table.csv --no-check
    detail=$work/detail.json
    local id text
    read -r id <"$work/out"
    request GET "/v2/storage/files/$id?federationToken=1" '' || return
    IFS= read -r -d '' text <&"$server"
    exec {server}>&-
    printf %s "$text" >"$detail"
    url=$(jq -r 'if .provider == "aws" then "s3://\(.s3Path.bucket)/\(.s3Path.key)"
        elif .provider == "gcp" then "gs://\(.gcsPath.bucket)/\(.gcsPath.key)"
        else "azure://account.blob.core.windows.net/\(.absPath.container)/\(.absPath.name)" end' "$detail")
}

posts() { log | grep -cE "^api POST $1 " || true; } # how often a POST arrived
result() { jq -r "$1" "$work/out"; }

# Nothing that was printed holds a secret of this run; no file that was left holds the token. (The
# journals hold credentials of a file, and the token is in the servers' own files.)
secrets='canary(TOKEN|SECRET)|ya29\.|session/[0-9a-f]{8}|upload_id=|sig=[A-Za-z0-9%]'
no_secrets() {
    local files
    cat "$work/out" "$work/err" >>"$work/everything" 2>/dev/null # of a command that `run` did not run
    if grep -aqE "$secrets" "$work/everything"; then
        fail "a secret was printed"
        grep -aoE ".{0,80}($secrets).{0,20}" "$work/everything" | head
    fi
    files=$(grep -rlaF canaryTOKEN "$work" --exclude='ready.*' --exclude='token' --exclude='trace' \
        --exclude='requests.json' --exclude='everything')
    [ -z "$files" ] || fail "the token is in $files"
}
conclude() {
    no_secrets
    [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
    exit 0
}
