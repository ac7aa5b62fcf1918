#!/bin/bash
# Secrets stay where they are: not in arguments, messages, dry runs, journals or cores; and only the
# server that was named gets the token.
. "$(dirname "$0")/lib.sh"
store
printf 'id,name\r\n1,a\r\n' >"$work/o.csv"
canary=$KBC_TOKEN

# ---- where the token comes from -----------------------------------------------------------------------
printf '%s\n' "$canary" >"$work/token"
chmod 600 "$work/token"
unset KBC_TOKEN
run 2 upload "$work/o.csv"
says "no token: set KBC_TOKEN or give --token-file"
run 0 upload "$work/o.csv" --token-file="$work/token"
same "nothing is said about a private file" "$(cat "$work/err")" ""
chmod 644 "$work/token"
run 0 upload "$work/o.csv" --token-file="$work/token"
says "others may read this token file"
"$CSVKIT" upload "$work/o.csv" --token-file=- <"$work/token" >"$work/out" 2>"$work/err" ||
    fail "a token from standard input"
run 2 upload "$work/o.csv" --token="$canary"
sed -i '/--token=/d' "$work/everything"
run 2 upload "$work/o.csv" --token-file=/dev/null
printf 'a b\n' >"$work/bad"
run 2 upload "$work/o.csv" --token-file="$work/bad"
export KBC_TOKEN=$canary

# ---- a dry run shows all requests, and no secret --------------------------------------------------------
control reset
run 0 load in.c-main.orders "$work/o.csv" --primary-key=id --dry-run
grep -q 'POST .*/v2/storage/files/prepare' "$work/out" || fail "no prepare in the dry run"
grep -q 'PUT s3://bucket/key' "$work/out" || fail "no put in the dry run"
grep -q 'POST .*/buckets/in.c-main/tables-async' "$work/out" || fail "no create in the dry run"
run 0 download --table=in.c-main.orders -o "$work/never" --dry-run
[ ! -e "$work/never" ] || fail "a dry run wrote a file"
same "a dry run sends nothing" "$(log | grep -vc /_fake/)" 0
KBC_TOKEN='' run 0 upload "$work/o.csv" --dry-run

# ---- a server that repeats secrets ------------------------------------------------------------------------
control fault "{\"where\":\"api\",\"path\":\"prepare\",\"mode\":\"error200\",\"body\":\"bad token $canary here\"}"
run 2 upload "$work/o.csv"
says "bad token ****"
control reset
for provider in aws azure gcp; do
    stop_servers
    store --provider $provider
    run 0 upload "$work/o.csv"
    control fault '{"where":"store","method":"PUT","times":9,"mode":"status","status":403}'
    run 2 upload "$work/o.csv" --progress=always
    control reset
    control fault '{"where":"store","method":"PUT","times":9,"mode":"reset_before"}'
    run 2 upload "$work/o.csv" --retries=2
done

# ---- what the system sees ----------------------------------------------------------------------------------
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    control reset
    ASAN_OPTIONS=detect_leaks=0 strace -f -s 4096 -e trace=execve,openat,write,prlimit64,setrlimit -o "$work/trace" \
        "$CSVKIT" load in.c-main.t "$work/o.csv" --state="$work/s" >"$work/out" 2>"$work/err" ||
        fail "load under strace"
    grep -E 'execve\(|openat\(|write\(' "$work/trace" | grep -q "$canary" &&
        fail "the token is in an argument, a path or a file"
    grep -q 'RLIMIT_CORE, {rlim_cur=0' "$work/trace" || fail "cores are not switched off"
fi
grep -rq "$canary" "$work/s" 2>/dev/null && fail "the token is in the journal"

# ---- TLS ----------------------------------------------------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext 'subjectAltName=IP:127.0.0.1' -keyout "$work/key" -out "$work/cert" 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other.example \
    -addext 'subjectAltName=DNS:other.example' -keyout "$work/key2" -out "$work/cert2" 2>/dev/null
stop_servers
store --tls "$work/cert" "$work/key"
start=$SECONDS
run 2 upload "$work/o.csv"
says "certificate"
[ $((SECONDS - start)) -lt 5 ] || fail "a certificate that is not trusted was tried again"
run 0 upload "$work/o.csv" --ca-file="$work/cert"
run 2 upload "$work/o.csv" --ca-file="$work/cert2"
same "requests that got through" "$(log | grep -c prepare)" 1
stop_servers
store --tls "$work/cert2" "$work/key2"
run 2 upload "$work/o.csv" --ca-file="$work/cert2"
says "127.0.0.1"
conclude
