#!/bin/bash
# Every form in which an export may be stored: plain and gzip, in 1 to 50 slices and in one object;
# filters, orders, Parquet; and what proves that a download is whole.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
"$PYTHON" - "$work/o.csv" <<'PY'
import csv
import sys
with open(sys.argv[1], 'w', newline='') as out:
    table = csv.writer(out)
    table.writerow(['id', 'state', 'price'])
    for i in range(300):
        table.writerow([i, ['open', 'shut', 'a "b", c', ''][i % 4], '%d.5' % (i * 7 % 300)])
PY
run 0 load $T "$work/o.csv"
rows $T >"$work/expected"
back() { # FILE: loads it and compares the rows
    run 0 load in.c-main.back "$1" && rows in.c-main.back | cmp -s - "$work/expected"
}

# ---- all forms -------------------------------------------------------------------------------------
for form in '"export_gzip":true' '"export_gzip":false'; do
    for parts in 1 2 7 50; do
        control set "{\"export_whole\":false,\"export_parts\":$parts,$form}"
        run 0 download --table=$T -o "$work/back.csv" --parallel=3 --format=json
        same "slices with $form" "$(result .slices)" $parts
        same "the header is made" "$(result .header)" made
        back "$work/back.csv" || fail "rows of $parts slices with $form"
        [ $parts = 7 ] || continue
        run 0 download --table=$T -o "$work/back.csv.gz"
        zcat "$work/back.csv.gz" | cmp -s - "$work/back.csv" || fail "packed slices with $form"
        rm -rf "$work/kept" "$work/kept.manifest"
        run 0 download --table=$T -o "$work/kept" --keep-slices
        back "$work/kept" || fail "kept slices with $form"
    done
    control set "{\"export_whole\":true,$form}"
    run 0 download --table=$T -o "$work/back.csv" --format=json
    same "one object with $form" "$(result '"\(.slices) \(.sliced) \(.header)"')" "1 false own"
    back "$work/back.csv" || fail "rows of one object with $form"
done
control set '{"export_whole":false,"export_gzip":true,"export_parts":50}'
run 0 download --table=$T -o "$work/none.csv" --where=id=-1
same "a filter that no row fits" "$(cat "$work/none.csv")" '"id","state","price"'

# ---- filters and orders ------------------------------------------------------------------------------
ids() { # ARGUMENTS of download: the ids of the rows, on one line
    run 0 download --table=$T -o "$work/some.csv" --columns=id "$@"
    tail -n +2 "$work/some.csv" | tr -d '"' | tr '\n' ' '
}
same "eq" "$(ids --where=id=5)" "5 "
same "a value with a comma" "$(ids --where='state=a "b", c' --where='id<7')" "2 6 "
same "an empty value" "$(ids --where=state= --where='id<7')" "3 "
same "ne" "$(ids --where='state!=open' --where='id<=3')" "1 2 3 "
same "a list" "$(ids --where='id eq 9,3,77')" "3 9 77 "
same "none of a list" "$(ids --where='state ne open,shut' --where='id<=6')" "2 3 6 "
same "a list with a quoted value" "$(ids --where='state eq "a ""b"", c",shut' --where='id<4')" "1 2 "
same "gt lt" "$(ids --where='id>10' --where='id<13')" "11 12 "
same "ge le" "$(ids --where='id>=10' --where='id<=12')" "10 11 12 "
same "words" "$(ids --where='id ge 297' --where='price:DECIMAL gt 286.5')" "299 "
same "order" "$(ids --order-by='id:INTEGER desc' --limit=3)" "299 298 297 "
same "two orders" "$(ids --order-by=state --order-by='id:INTEGER desc' --limit=2)" "299 295 "
same "type of a whole number" "$(control record; ids --where='id>10' --limit=1 >/dev/null
    answer requests | jq -r '[.[] | select(.target | endswith("export-async"))][-1].body' |
        jq -c .whereFilters[0])" '{"values":["10"],"column":"id","operator":"gt","dataType":"INTEGER"}'
same "times" "$(ids --changed-since='-2 days' --changed-until=now --where=id=5)" "5 "
run 0 download --table=$T -o "$work/stamps.csv" --timestamp --columns=price,id --where=id=5 --format=json
same "columns with the time stamp" "$(result '.columns | join(" ")')" "price id _timestamp"
same "the time stamp is the last column" "$(tail -n 1 "$work/stamps.csv" | grep -c ',"5","2026-11-01 10:00:00"$')" 1
run 0 download --table=$T -o "$work/stamps.csv" --timestamp
same "the header with a time stamp" "$(head -n 1 "$work/stamps.csv" | tr -d '"\r')" "id,state,price,_timestamp"
rm "$work/stamps.csv"
for bad in id '=5' 'id~5' 'id eqq 5' 'id>x' 'id gt 1,2' 'id:TEXT=5' '' 'id eq "5'; do
    run 2 download --table=$T -o "$work/some.csv" --where="$bad"
    says "$bad: "
done
for bad in 'id down' '' 'id desc x' '=id'; do
    run 2 download --table=$T -o "$work/some.csv" --order-by="$bad"
done
run 2 download --table=$T -o "$work/some.csv" --order-by=id:desc
says "the order of --order-by is a word, as in 'id desc'"
for option in --where=id=5 --order-by=id --limit=5 --changed-since=now --changed-until=now --timestamp \
    --file-type=csv --timeout=5; do
    run 2 download --file-id=5 -o "$work/some.csv" "$option"
    says "it needs --table"
done
run 1 download --table=$T -o "$work/some.csv" --where=nowhere=5
says "Unknown column"

# ---- Parquet -------------------------------------------------------------------------------------------
run 0 download --table=$T -o "$work/parquet" --keep-slices --file-type=parquet
same "names" "$(ls "$work/parquet" | head -2 | tr '\n' ' ')" "part-00001.parquet part-00002.parquet "
[ ! -e "$work/parquet.manifest" ] || cat "$work/parquet.manifest" >/dev/null
same "the frame" "$(head -c 4 "$work/parquet/part-00001.parquet")" PAR1
run 2 download --table=$T -o "$work/x.parquet" --file-type=parquet
says "--keep-slices"
run 0 download --table=$T -o "$work/parquet2" --keep-slices --file-type=parquet --format=json
id=$(result .file_id)
control damage "{\"key\":\"/$id\\\\..*_1_0_0.parquet\",\"keep\":30}"
run 2 download --file-id="$id" -o "$work/parquet3" --keep-slices
says "not a whole Parquet file"
[ ! -e "$work/parquet3" ] || fail "a damaged slice of Parquet was kept"

# ---- whole or nothing ------------------------------------------------------------------------------------
unannounced() { control fault "{\"where\":\"store\",\"method\":\"GET\",\"times\":99,\"mode\":\"unannounced\"$1}"; }
mkdir "$work/d"
left() { same "left after $1" "$(ls -A "$work/d")" ""; rm -rf "$work/d"/*; }
control set '{"export_gzip":false,"export_parts":3}'
for keep in '' --keep-slices; do
    control reset
    unannounced ''
    run 0 download --table=$T -o "$work/d/whole" $keep
    rm -rf "$work/d"/*
    control reset
    unannounced ',"keep":700'
    run 2 download --table=$T -o "$work/d/back" $keep
    says "bytes were fetched, but the file has"
    left "plain slices that were cut"
    control set '{"export_no_size":true}'
    control reset
    unannounced ''
    run 2 download --table=$T -o "$work/d/back" $keep
    says "neither the object store nor Storage says how long"
    left "slices of no known length"
    control reset
    run 0 download --table=$T -o "$work/d/back" $keep # the store says how long they are
    rm -rf "$work/d"/*
    control set '{"export_no_size":false}'
done
control reset
control set '{"export_gzip":true,"export_no_size":true}'
unannounced ''
run 0 download --table=$T -o "$work/d/back.csv"
cmp -s "$work/d/back.csv" "$work/back.csv" || back "$work/d/back.csv" || fail "a trailer is proof enough"
rm -rf "$work/d"/*
control reset
unannounced ',"keep":60'
run 2 download --table=$T -o "$work/d/back.csv"
says "the stored object is damaged"
left "packed slices that were cut"
control reset
control set '{"export_no_size":false}'
head -c 5000 /dev/urandom >"$work/x.bin"
run 0 upload "$work/x.bin" --no-check
id=$(cat "$work/out")
unannounced ',"keep":4999'
run 2 download --file-id="$id" -o "$work/d/x.bin"
says "4999 bytes were fetched, but the file has 5000"
left "a file that was cut"

# ---- columns ---------------------------------------------------------------------------------------------
control reset
for form in '"export_gzip":true' '"export_gzip":false'; do
    control set "{\"export_parts\":3,$form}"
    run 0 download --table=$T -o "$work/d/x.csv" --format=json
    id=$(result .file_id)
    rm "$work/d/x.csv"
    for keep in '' --keep-slices; do
        run 1 download --file-id="$id" -o "$work/d/back" --columns=a,b $keep
        says "its first record has 3 fields, but there are 2 columns"
        left "columns that do not fit"
        run 0 download --file-id="$id" -o "$work/d/back" --columns=a,b,c $keep
        rm -rf "$work/d"/*
    done
done
run 0 download --file-id="$id" -o "$work/d/back.csv" --format=json
says "is sliced and has no header, so the result has none"
same "no header" "$(result .header)" none
same "lines" "$(wc -l <"$work/d/back.csv")" 300
rm "$work/d/back.csv"
run 0 download --file-id="$id" -o "$work/d/back" --keep-slices
says "no manifest is written"
rm -rf "$work/d"/*
run 0 upload "$work/o.csv"
id=$(cat "$work/out")
run 1 download --file-id="$id" -o "$work/d/back.csv" --columns=id,state,other
says "has a header of its own"
left "another header"
run 0 download --file-id="$id" -o "$work/d/back.csv" --columns=id,state,price
cmp -s "$work/o.csv" "$work/d/back.csv" || fail "a file with its own header"
rm "$work/d/back.csv"

# ---- the place of the result -----------------------------------------------------------------------------
tried() { # TEXT ARGUMENTS: refused before anything is asked for
    local text=$1
    shift
    control reset
    run 2 download --table=$T "$@"
    says "$text"
    same "requests of download $*" "$(log | grep -vc /_fake/)" 0
}
tried "nowhere" -o "$work/nowhere/back.csv"
tried "nowhere" -o "$work/nowhere/back" --keep-slices
tried "$work/d" -o "$work/d"
touch "$work/d/file"
tried "Not a directory" -o "$work/d/file" --keep-slices
tried "not empty" -o "$work/d" --keep-slices
same "nothing is left of the attempts" "$(ls -A "$work/d")" file
for table in orders in.main.t in.c-main.a.b in.c-main.a/../b 'in.c-main.a?x=1' 'in.c-main.a b' ''; do
    control reset
    run 2 download --table="$table" -o "$work/d/back.csv"
    says "a table id has three parts"
    same "requests for table '$table'" "$(log | grep -vc /_fake/)" 0
done
run 0 download --table=$T -o - --limit=1
for mask in 022 077 002; do
    rm -rf "$work/d"/*
    (umask $mask; run 0 download --table=$T -o "$work/d/kept" --keep-slices)
    same "rights of the folder under $mask" "$(stat -c %a "$work/d/kept")" "$(printf %o $((0777 & ~0$mask)))"
    same "rights of a slice under $mask" "$(stat -c %a "$work/d/kept/part-00001.csv")" \
        "$(printf %o $((0666 & ~0$mask)))"
    same "rights of the manifest under $mask" "$(stat -c %a "$work/d/kept.manifest")" \
        "$(printf %o $((0666 & ~0$mask)))"
done
conclude
