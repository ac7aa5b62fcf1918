#!/bin/bash
# Files, tables, buckets and the token: shown, made, removed, and downloaded by tag.
. "$(dirname "$0")/lib.sh"
here_doc=$here/../../doc/schema
schema() { # NAME: the last result against doc/schema/NAME.schema.json
    "$PYTHON" "$here/../support/report_readers.py" schema "$here_doc/$1.schema.json" <"$work/out" ||
        fail "schema of $1"
}
store
T=in.c-main.orders
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
printf 'id,name\r\n3,c\r\n' >"$work/p.csv"
upload() { run 0 upload "$@" && cat "$work/out"; }
first=$(upload "$work/o.csv" --tag=x --tag=y --name=$'a/../b\tc.csv')
second=$(upload "$work/p.csv" --tag=x --permanent)
third=$(upload "$work/p.csv" --tag=y)

# ---- files -------------------------------------------------------------------------------------------
ids() { run 0 files list --format=json "$@" && result '.files[].file_id' | tr '\n' ' '; }
same "all, the newest first" "$(ids)" "$third $second $first "
same "by tag" "$(ids --tag=x)" "$second $first "
same "by two tags" "$(ids --tag=x --tag=y)" "$first "
same "by a query" "$(ids --query=p.csv)" "$third $second "
same "the newest" "$(ids --tag=x --limit=1)" "$second "
run 0 files list --format=json
schema files-list
same "count" "$(result .count)" 3
run 0 files list
same "lines" "$(wc -l <"$work/out")" 3
grep -qF 'a/../b\tc.csv  tags: x, y' "$work/out" || fail "a name is escaped: $(cat "$work/out")"
run 0 files show "$first" "$second" --format=json
schema files-show
same "sizes" "$(jq -r .bytes "$work/out" | tr '\n' ' ')" "19 14 "
same "permanent" "$(jq -r .permanent "$work/out" | tr '\n' ' ')" "false true "
run 0 files show "$first"
grep -q '^bytes  *19$' "$work/out" || fail "the size in text"
run 1 files show 424242
run 2 files show abc
says "a file id is a number"
for n in $(seq 105); do
    upload "$work/p.csv" --tag=many >/dev/null
done
same "more than a page" "$(run 0 files list --limit=0 --tag=many --format=json && result .count)" 105
same "across pages" "$(run 0 files list --limit=102 --tag=many --format=json && result .count)" 102

# ---- download by tag ---------------------------------------------------------------------------------
run 0 download --tag=x -o "$work/new.csv"
cmp -s "$work/p.csv" "$work/new.csv" || fail "the newest file with a tag"
run 0 download --tag=x --tag=y -o "$work/new.csv"
cmp -s "$work/o.csv" "$work/new.csv" || fail "the file with both tags"
run 0 download --tag=x --all -o "$work/all" --format=json
same "all of them" "$(ls "$work/all" | tr '\n' ' ')" "${first}_a_.._b_c.csv ${second}_p.csv "
same "a line for each" "$(jq -r .file_id "$work/out" | tr '\n' ' ')" "$second $first "
schema download
run 1 download --tag=nothing -o "$work/none.csv"
says "no file in Storage has this tag"
[ ! -e "$work/none.csv" ] || fail "a file for no file"
run 2 download --tag=x --file-id=1 -o "$work/none.csv"
run 2 download --file-id="$first" --all -o "$work/none"
says "--all needs --tag"

# ---- tags of a file ----------------------------------------------------------------------------------------
control reset
tags() { state | jq -c ".files[\"$third\"].tags"; }
run 0 files tag "$third" --add=new --add='a/b &c?' --remove=y
same "tags changed" "$(tags)" '["new","a/b &c?"]'
same "an answer without a body is one" "$(posts "/v2/storage/files/$third/tags")" 2
run 0 files tag "$third" --add=new --remove='a/b &c?' --remove=other
same "added twice, removed twice" "$(tags)" '["new"]'
for mode in reset_before reset_after; do # a lost request or answer changes nothing
    control fault '{"where":"api","method":"POST","path":"/tags","mode":"'$mode'"}'
    control fault '{"where":"api","method":"DELETE","path":"/tags","mode":"'$mode'"}'
    run 0 files tag "$third" --add="$mode" --remove=new
    same "tags in spite of $mode" "$(tags)" "[\"$mode\"]"
    run 0 files tag "$third" --add=new --remove="$mode"
    control reset
done
run 1 files tag 424242 --remove=x
says "removing a tag"
run 1 files tag 424242 --add=x
run 2 files tag "$third"
says "give --add=TAG or --remove=TAG"
run 2 files tag "$third" --add=
run 2 files tag abc --add=x
says "a file id is a number"
control reset
run 0 files tag "$third" --add=x --dry-run
same "a dry run changes no tag" "$(log | grep -vc /_fake/)" 0

# ---- deleting files --------------------------------------------------------------------------------------
control reset
run 0 files delete "$first" --dry-run
grep -q "^DELETE .*/v2/storage/files/$first?async=true" "$work/out" || fail "the request is not shown"
same "a dry run sends nothing" "$(log | grep -vc /_fake/)" 0
run 2 files delete
run 0 files delete "$first" "$second"
says "file $first is deleted"
run 1 files show "$first"
run 1 files delete "$first"
run 0 files show "$third"

# ---- tables ----------------------------------------------------------------------------------------------
run 0 table create $T --columns=id,name --primary-key=id
says "and its bucket"
run 1 table create $T --columns=id,name
says "exists already"
run 0 load $T "$work/o.csv"
run 0 table show $T --format=json
schema table-show
same "the table" "$(jq -c '[.columns, .primary_key, .typed, .rows, .types]' "$work/out")" \
    '[["id","name"],["id"],false,2,[]]'
run 0 table create in.c-main.typed --columns=id,price,note --data-type=price=NUMERIC --data-type=id=INTEGER
run 0 table show in.c-main.typed --format=json
same "its types" "$(jq -c .types "$work/out")" '["INTEGER","NUMERIC","STRING"]'
run 0 table show in.c-main.typed
grep -q '^types  *INTEGER, NUMERIC, STRING$' "$work/out" || fail "types in text"
run 2 table create in.c-main.bad --columns=id --data-type=nothing=INTEGER
says "for one of --columns"
run 2 table create in.c-main.bad
says "give --columns"
run 1 table show in.c-main.nowhere
run 2 table show nowhere
control reset
run 0 table drop $T --dry-run
grep -q "^DELETE .*/v2/storage/tables/$T\$" "$work/out" || fail "the request is not shown"
same "a dry run sends nothing" "$(log | grep -vc /_fake/)" 0
run 2 table drop
run 0 table drop $T
says "$T is dropped"
run 1 table show $T

# ---- buckets -----------------------------------------------------------------------------------------------
run 0 bucket show in.c-main --format=json
schema bucket-show
same "its tables" "$(jq -c .tables "$work/out")" '["in.c-main.typed"]'
run 0 bucket create out.c-new --description='of the shop'
run 1 bucket create out.c-new
says "already exists"
run 0 bucket show out.c-new
grep -q '^description  *of the shop$' "$work/out" || fail "the description"
run 1 bucket drop in.c-main
says "Only empty buckets"
control reset
run 0 bucket drop in.c-main --force --dry-run
grep -q "^DELETE .*/v2/storage/buckets/in.c-main?async=1&force=1" "$work/out" || fail "the request is not shown"
same "a dry run sends nothing" "$(log | grep -vc /_fake/)" 0
run 0 bucket drop in.c-main --force
run 0 bucket drop out.c-new
run 1 bucket show in.c-main
for bad in main in.main in.c-a.b 'in.c-a?x' ''; do
    run 2 bucket show "$bad"
    says "a bucket id has two parts"
done

# ---- the token ---------------------------------------------------------------------------------------------
run 0 token --format=json
schema token
same "what it may do" "$(jq -c '[.master, .can_manage_buckets, .can_read_all_files, .expires]' "$work/out")" \
    '[false,true,false,null]'
same "where it belongs to" "$(jq -c '[.project, .backend, .provider, .stack]' "$work/out")" \
    "[\"shop\",\"snowflake\",\"aws\",\"${KBC_URL#http://}\"]"
same "its buckets" "$(jq -c .buckets "$work/out")" '{"in.c-main":"manage","in.c-other":"read"}'
run 0 token
grep -q '^bucket  *in.c-main: manage$' "$work/out" || fail "buckets in text"
grep -q '^expires  *never$' "$work/out" || fail "expiry in text"
KBC_TOKEN=1-wrong-token run 2 token
says "Invalid access token"

# ---- later ---------------------------------------------------------------------------------------------------
control reset
control fault '{"where":"api","method":"DELETE","times":2,"mode":"reset_before"}'
run 0 files delete "$third"
says "asking again"
run 0 bucket create in.c-lost
control fault '{"where":"api","method":"DELETE","mode":"reset_after"}'
run 0 bucket drop in.c-lost # the first request did it, the second finds nothing
run 1 bucket show in.c-lost
run 1 bucket drop in.c-lost
control set '{"fail_job":"storage.files.locked"}'
run 0 files list --tag=many --limit=1 --format=json
run 1 files delete "$(result '.files[0].file_id')"
says "storage.files.locked"
conclude
