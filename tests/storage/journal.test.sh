#!/bin/bash
# The journal: it belongs to one source and its options, it is never given up while an import is open,
# it starts anew when Storage has removed the file, and it never replaces somebody's file.
. "$(dirname "$0")/lib.sh"
export CSVKIT_RETRY_DELAY_MS=4 # so a request is past hope after 1.44 s
store
n=0
begin() {
    n=$((n + 1)) T=in.c-j$n.t
    printf 'id,v\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
    load="load $T $work/o.csv --incremental --state=$work/$n.state --format=json"
    control reset
}
imports() { posts "/v2/storage/(tables/$T/import-async|buckets/.*/tables-async)"; }
count() { rows "$T" | wc -l; }
lose_import() { # the request arrives, and the run cannot learn of it
    control fault '{"where":"api","path":"(import|tables)-async","mode":"reset_after"}'
    control fault '{"where":"api","path":"jobs[?]","times":999,"mode":"status","status":502}'
    # shellcheck disable=SC2086
    run 2 $load --retries=0
    same "status" "$(result .status)" unknown
    says "run again with the same --state"
}

# ---- the source changes while an import is open: it is settled first -----------------------------------
for change in 'printf "3,c\r\n" >>"$work/o.csv"' 'touch "$work/o.csv"'; do
    begin
    lose_import
    before=$(count)
    same "it arrived" "$before" 2
    eval "$change"
    # shellcheck disable=SC2086
    run 2 $load --retries=0 # still nobody can tell
    says "is open, so the journal is kept and nothing is sent"
    same "nothing was sent" "$(imports)" 1
    control reset
    # shellcheck disable=SC2086
    run 0 $load
    says "of an earlier run has ended"
    says "the file changed since an earlier run: a new upload"
    same "the old file and the new one" "$(count)" $((2 + $(wc -l <"$work/o.csv") - 1))
    # shellcheck disable=SC2086
    run 0 $load
    same "each once" "$(count)" $((2 + $(wc -l <"$work/o.csv") - 1))
done

# ---- it was sent and never arrived: the changed source alone is loaded --------------------------------
begin
control fault '{"where":"api","path":"tables-async","mode":"reset_before"}'
control fault '{"where":"api","path":"jobs[?]","times":999,"mode":"status","status":502}'
# shellcheck disable=SC2086
run 2 $load --retries=0
control reset
printf '3,c\r\n' >>"$work/o.csv"
# shellcheck disable=SC2086
run 0 $load
same "rows of the new file" "$(count)" 3

# ---- another file, other options -------------------------------------------------------------------------
begin
run 0 load "$T" "$work/o.csv"
control reset
lose_import
cp "$work/o.csv" "$work/p.csv"
for other in "${load/o.csv/p.csv}" "$load --compress" "$load --branch=7"; do
    # shellcheck disable=SC2086
    run 2 $other
    says "this journal is of"
    says "give each its own --state, or the options of the first run"
done
control reset
# shellcheck disable=SC2086
run 0 load "$T" "$work/o.csv" --state="$work/$n.state" --format=json
says "the options differ from those of the import that an earlier run sent, which counts"
same "found again" "$(result .found_again)" true
same "rows once" "$(count)" 4
run 0 upload "$work/o.csv" --format=json
id=$(result .file_id)
run 0 load "$T" --file-id="$id" --state="$work/id.state"
run 2 load "$T" --file-id="$((id + 1))" --state="$work/id.state"
says "this journal is of"

# ---- Storage removed the file of a finished upload ---------------------------------------------------------
begin
control fault '{"where":"api","path":"(import|tables)-async","times":9,"mode":"status","status":401}'
# shellcheck disable=SC2086
run 2 $load
says "run again with the same --state to go on"
control set "{\"remove_file\":$(head -n 1 "$work/$n.state" | jq .file.id)}"
control reset
# shellcheck disable=SC2086
run 0 $load
says "Storage does not have the uploaded file any more: a new upload"
same "rows of the second upload" "$(count)" 2

# ---- the same for an upload: the id of a file that is gone is worth nothing ---------------------------------
upload="upload $work/o.csv --state=$work/$n.up.state --format=json"
# shellcheck disable=SC2086
run 0 $upload
id=$(result .file_id)
# shellcheck disable=SC2086
run 0 $upload
same "the file of the earlier run" "$(result .file_id)" "$id"
control set "{\"remove_file\":$id}"
# shellcheck disable=SC2086
run 0 $upload
says "Storage does not have the uploaded file any more: a new upload"
[ "$(result .file_id)" != "$id" ] || fail "the id of a file that is gone"
same "the new file is there" "$(state | jq ".files[\"$(result .file_id)\"].id")" "$(result .file_id)"
control fault '{"where":"api","path":"files/","times":99,"mode":"status","status":500}'
# shellcheck disable=SC2086
run 2 $upload --retries=0
says "asking for the file"
control reset
# An import of it is known: a new upload would forget that, and the rows could be imported again.
control set "{\"remove_file\":$(head -n 1 "$work/$n.state" | jq .file.id)}"
run 2 upload "$work/o.csv" --state="$work/$n.state"
says "any more, and the journal knows an import of it; give a new upload a --state of its own"
# shellcheck disable=SC2086
run 0 $load
same "found without the file" "$(count)" 2

# ---- the job is forgotten, but the journal knows that it ended --------------------------------------------
control fault '{"where":"api","path":"jobs/","times":9,"mode":"status","status":404,"body":"{\"error\":\"no\"}"}'
# shellcheck disable=SC2086
run 0 $load
says "loaded the rows; the server does not know it any more"
same "success" "$(result .status)" success
same "rows once, without the job" "$(count)" 2

# ---- somebody's files ---------------------------------------------------------------------------------------
begin
echo 'my notes' >"$work/notes" && chmod 600 "$work/notes"
for file in "$work/notes" "$work/o.csv"; do
    cp "$file" "$work/kept"
    run 2 load "$T" "$work/o.csv" --state="$file"
    says "this is no journal of csvkit"
    cmp "$file" "$work/kept" || fail "$file was changed"
done
conclude
