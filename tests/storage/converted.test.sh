#!/bin/bash
# Data in another encoding, or with a delimiter to be found: a converted copy is sent.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
printf 'id,name\r\n1,žluť\r\n2,"a, b"\r\n' >"$work/expected.csv"
printf 'id;name\n1;žluť\n2;"a, b"\n' >"$work/semicolon.csv"
iconv -f utf-8 -t windows-1250 "$work/semicolon.csv" >"$work/cp.csv"
iconv -f utf-8 -t utf-16 "$work/expected.csv" >"$work/utf16.csv"
mkdir "$work/tmp"
export TMPDIR=$work/tmp
back() { # FILE EXPECTED: what is stored of the uploaded file
    run 0 download --file-id="$(cat "$work/out")" -o "$work/back" && cmp -s "$work/back" "$2" ||
        fail "what was stored of $1 differs"
}

run 0 upload "$work/cp.csv" --encoding=windows-1250 -d ';'
says "sent as UTF-8 with commas; read as windows-1250"
back cp.csv "$work/expected.csv"
run 0 upload "$work/semicolon.csv" -d auto
says "with the delimiter ;"
back semicolon.csv "$work/expected.csv"
run 0 upload "$work/utf16.csv" --encoding=auto
back utf16.csv "$work/expected.csv"
run 0 upload "$work/semicolon.csv" -d ';' --encoding=utf-8
back "semicolon.csv as it is" "$work/semicolon.csv"
gzip -n <"$work/cp.csv" >"$work/cp.csv.gz"
run 0 upload "$work/cp.csv.gz" --encoding=windows-1250 -d auto --name=packed.csv.gz
run 0 download --file-id="$(cat "$work/out")" -o "$work/back.csv"
cmp -s "$work/back.csv" "$work/expected.csv" || fail "a packed file"
same "the names" "$(state | jq -r '[.files[].name] | unique | join(" ")')" \
    "cp.csv packed.csv.gz semicolon.csv utf16.csv"

run 0 load $T "$work/cp.csv" --encoding=windows-1250 -d auto --primary-key=id --format=json
same "columns" "$(result '.imported_columns | join(" ")')" "id name"
rows $T | grep -q '"1", "\\u017elu\\u0165"' || fail "a value with accents: $(rows $T)"
rows $T | grep -q '"2", "a, b"' || fail "a value with a comma"
tail -n +2 "$work/cp.csv" >"$work/headless.csv"
run 0 load in.c-main.headless "$work/headless.csv" --encoding=windows-1250 -d ';' --no-header --columns=id,name
same "rows without a header" "$(rows in.c-main.headless | wc -l)" 2
echo '{"delimiter":";","primary_key":["id"]}' >"$work/cp.csv.manifest"
run 0 load in.c-main.manifest "$work/cp.csv" --encoding=windows-1250
same "the manifest of the original" "$(state | jq -c '.tables["in.c-main.manifest"].primaryKey')" '["id"]'

# ---- a load that broke off: what it suggests is about the copy, which is in Storage -----------------------
control fault '{"where":"api","path":"tables-async","mode":"status","status":401}'
run 2 load in.c-main.later "$work/cp.csv" --encoding=windows-1250 -d ';' --tag=one --permanent
says "nothing was loaded, the file stays in Storage: csvkit load in.c-main.later --file-id="
next=$(sed -n "s/.*: csvkit load \(.*\)/\1/p" "$work/err")
CSVKIT_RETRY_DELAY_MS=2 eval "run 0 load $next" # three minutes are 0.72 s
same "rows of the copy" "$(rows in.c-main.later | wc -l)" 2
rows in.c-main.later | grep -q '"2", "a, b"' || fail "the copy was read with another dialect: $next"

# ---- a copy that a killed run has left is removed by the next run; that of a living one is not -----------
copies() { ls -A "$work/tmp" | grep -c 'csvkit-copy-'; }
stalled() { # begins an upload that hangs in its first request, until a reset
    control reset
    control fault '{"where":"api","path":"prepare","mode":"stall","seconds":50}'
    "$CSVKIT" upload "$work/cp.csv" --encoding=windows-1250 -d ';' >"$work/first.out" 2>"$work/first.err" &
    pid=$!
    for _ in $(seq 200); do
        log | grep -q 'prepare.* stall' && return
        sleep 0.02
    done
    fail "no request that stalls"
}
stalled
kill -9 $pid
wait $pid 2>/dev/null
same "a copy is left" "$(copies)" 1
mkdir "$work/tmp/csvkit-copy-other.d" "$work/tmp/csvkit-other"
touch "$work/tmp/csvkit-copy-file"
stalled
same "the copy of a living run" "$(copies)" 2 # and somebody's file; the folder was nobody's
run 0 upload "$work/semicolon.csv" -d auto
same "the copy of a living run is kept" "$(copies)" 2
control reset
wait $pid || fail "the living run failed: $(cat "$work/first.err")"
same "no folder is left" "$(ls "$work/tmp" | tr '\n' ' ')" "csvkit-copy-file csvkit-other "
rm -r "$work/tmp/csvkit-copy-file" "$work/tmp/csvkit-other"

# ---- refusals, and nothing left ------------------------------------------------------------------------
control reset
printf 'id,name\n1,a,b\n2,c\n' >"$work/ragged.csv"
run 1 load $T "$work/ragged.csv" --encoding=windows-1250
printf 'id\tname\n1\ta "x" b\n2\t"c"d\n' >"$work/quotes.csv"
run 1 upload "$work/quotes.csv" -d auto
mkdir "$work/slices"
printf '1,a\n' >"$work/slices/part-1.csv"
run 2 upload "$work/slices" --encoding=windows-1250
says "converts a file, not slices"
run 2 load $T "$work/cp.csv" -d auto --state="$work/s"
says "cannot be combined with --state"
run 2 load $T --file-id=1 -d auto
says "stays as it is"
run 2 upload "$work/cp.csv" --encoding=nothing
same "nothing was sent" "$(log | grep -vc /_fake/)" 0
same "no copy is left" "$(ls -A "$work/tmp")" ""
conclude
