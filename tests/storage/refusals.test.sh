#!/bin/bash
# What cannot be done is refused before anything is sent, with a message that says what to do; what is
# left out is reported.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n' >"$work/o.csv"
refused() { # STATUS TEXT COMMAND...
    local status=$1 text=$2
    shift 2
    control reset
    run "$status" "$@"
    says "$text"
    same "requests of csvkit $*" "$(log | grep -vc /_fake/)" 0
}

# ---- sources ---------------------------------------------------------------------------------------
refused 2 "cannot open $work/nowhere: No such file" upload "$work/nowhere"
refused 2 "standard input cannot be sent" upload -
refused 2 "standard input cannot be sent" load $T - --no-check
mkdir "$work/with-manifest" "$work/empty" "$work/odd" "$work/odd/folder"
printf '1,2\r\n' | tee "$work/with-manifest/manifest" >"$work/odd/part-1.csv"
mkfifo "$work/odd/pipe"
refused 2 "a slice cannot have this name" upload "$work/with-manifest" --no-check
run 0 upload "$work/empty" --no-check
says "no slices there"
run 0 upload "$work/odd" --no-check
says "2 of its entries are not files and are left out"
same "the slice alone is in the manifest" "$(state | jq '[.objects | keys[] | select(contains("odd"))] | length')" 2

# ---- journals --------------------------------------------------------------------------------------
refused 2 "Is a directory" upload "$work/o.csv" --state="$work"
refused 2 "not a regular file" upload "$work/o.csv" --state=/dev/null
refused 2 "No such file" upload "$work/o.csv" --state="$work/nowhere/s"
for mode in 644 660 606; do
    install -m $mode /dev/null "$work/open.state"
    refused 2 "open to others" upload "$work/o.csv" --state="$work/open.state"
done
ln -s "$work/elsewhere" "$work/link.state"
refused 2 "symbolic links" upload "$work/o.csv" --state="$work/link.state"
same "nothing is made behind the link" "$(ls "$work/elsewhere" 2>/dev/null)" ""
(umask 0; run 0 upload "$work/o.csv" --state="$work/umask.state")
same "private under any umask" "$(stat -c %a "$work/umask.state")" 600
(flock -x 9; refused 2 "another run is using this state file" upload "$work/o.csv" --state="$work/umask.state") \
    9<"$work/umask.state"

# ---- options ---------------------------------------------------------------------------------------
for option in --state=x --part-size=5MiB --compress --no-wait --timeout=5 --add-columns --create-only \
    --primary-key=id; do
    refused 2 "--importer cannot be combined with ${option%=*}" load $T "$work/o.csv" --importer $option
done
refused 2 "--importer cannot delete rows" load $T "$work/o.csv" --importer --delete-where-column=id \
    --delete-where-values=1
echo '{"columns":["a","b"],"has_header":true}' >"$work/renamed.csv.manifest"
cp "$work/o.csv" "$work/renamed.csv"
refused 2 "takes the column names from the header" load $T "$work/renamed.csv" --importer --no-check
echo '{"columns":1}' >"$work/bad.manifest"
refused 1 "$work/bad.manifest:1:2: error[manifest-type]: " upload "$work/o.csv" --manifest="$work/bad.manifest"
says '    {"columns":1}'
refused 2 "the Importer takes no slices" upload "$work/odd" --importer --no-check
refused 2 "not both" load $T "$work/o.csv" --file-id=1
refused 2 "a file id is a number" load $T --file-id=abc
grep -q 'the file stays' "$work/err" && fail "a file that was never uploaded does not stay"
refused 2 "must be from 1 to 64" upload "$work/o.csv" --parallel=0
KBC_URL='' refused 2 "no server: set KBC_URL" upload "$work/o.csv"
KBC_URL=connection.keboola.com refused 2 "begin the address with https://" upload "$work/o.csv"
KBC_URL=https://me:secret@127.0.0.1 refused 2 "must not have a user name" upload "$work/o.csv"

# ---- no room for what is compressed ------------------------------------------------------------------
head -c 3000000 /dev/urandom >"$work/noise"
(ulimit -f 500; exec "$CSVKIT" upload "$work/noise" --no-check --compress) 2>"$work/err" >"$work/out"
same "exit status without room" $? 2
says "compressing into the temporary folder: File too large"
same "nothing is stored" "$(state | jq '[.objects | keys[] | select(contains("noise"))] | length')" 0
TMPDIR=$work/nowhere run 2 upload "$work/noise" --no-check --compress
says "cannot create a temporary file there"

# ---- wrong token -------------------------------------------------------------------------------------
for command in "upload $work/o.csv" "load $T $work/o.csv" "download --table=$T -o $work/x" "job 1"; do
    # shellcheck disable=SC2086
    KBC_TOKEN=wrong-token-wrong-token run 2 $command
    says "Invalid access token (401, storage.tokenInvalid, exceptionId exception-77)"
done
[ ! -e "$work/x" ] || fail "a refused download left a file"
conclude
