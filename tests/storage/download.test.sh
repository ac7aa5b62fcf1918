#!/bin/bash
# Downloads that go wrong leave nothing behind: cut, missing and broken slices, full disks, faults.
. "$(dirname "$0")/lib.sh"
store
T=in.c-main.orders
"$PYTHON" - "$work/o.csv" <<'PY'
import sys
with open(sys.argv[1], 'w', newline='') as out:
    out.write('id,text\r\n')
    for i in range(20000):
        out.write('%d,%d\r\n' % (i, i * 7919 % 104729))
PY
run 0 load $T "$work/o.csv"
mkdir "$work/d"
nothing_left() { same "left in the folder after $1" "$(ls -A "$work/d")" ""; }

# ---- faults that heal ------------------------------------------------------------------------------
for mode in '"mode":"status","status":503' '"mode":"reset_before"' '"mode":"reset_after"' \
    '"mode":"close"' '"mode":"cut"'; do
    control reset
    control fault "{\"where\":\"store\",\"method\":\"GET\",\"times\":2,$mode}"
    run 0 download --table=$T -o "$work/d/back.csv" || echo "    with $mode"
    same "lines after $mode" "$(wc -l <"$work/d/back.csv")" 20001
    rm -f "$work/d/back.csv"
done
control reset
control fault '{"where":"api","path":"export-async","mode":"reset_after"}'
run 0 download --table=$T -o "$work/d/back.csv"
says "found it"
same "one export" "$(posts '.*export-async')" 1
rm "$work/d/back.csv"

# ---- what is stored is broken -------------------------------------------------------------------------
export_file() { # sets id to a sliced file of the table
    control reset
    run 0 download --table=$T -o "$work/d/x.csv" --format=json
    id=$(result .file_id)
    rm "$work/d/x.csv"
}
export_file
control damage "{\"key\":\"/$id\\\\..*_1_0_0.csv.gz\"}"
run 2 download in.c-main.orders -o "$work/operand.csv"
says "csvkit download takes no operands; did you mean --table=in.c-main.orders"
run 2 download --file-id="$id" -o "$work/d/back.csv"
says "404 NoSuchKey"
nothing_left "a missing slice"
for keep in 0 1 200; do
    export_file
    control damage "{\"key\":\"/$id\\\\..*_0_0_0.csv.gz\",\"keep\":$keep}"
    run 2 download --file-id="$id" -o "$work/d/back.csv"
    says "the stored object is"
    nothing_left "a slice cut to $keep bytes"
    run 2 download --file-id="$id" -o "$work/d/kept" --keep-slices
    nothing_left "a kept slice cut to $keep bytes"
done
export_file
control damage "{\"key\":\"/$id\\\\..*manifest\",\"keep\":5}"
run 2 download --file-id="$id" -o "$work/d/back.csv"
says "not a slice manifest"
run 1 download --file-id=424242 -o "$work/d/back.csv"
run 1 download --table=in.c-main.nowhere -o "$work/d/back.csv"
control set '{"fail_job":"storage.backend.exception"}'
run 1 download --table=$T -o "$work/d/back.csv"
nothing_left "refusals"

# ---- no room ---------------------------------------------------------------------------------------------
control reset
echo old >"$work/d/back.csv"
for limit in 8 100; do
    (ulimit -f $limit; exec "$CSVKIT" download --table=$T -o "$work/d/back.csv") 2>"$work/err"
    same "exit status without room" $? 2
    says "File too large"
    same "the old file stands" "$(cat "$work/d/back.csv")" old
    same "files" "$(ls -A "$work/d")" back.csv
done
(ulimit -f 8; exec "$CSVKIT" download --table=$T -o "$work/d/kept" --keep-slices) 2>"$work/err"
same "exit status without room for slices" $? 2
says "File too large"
same "no slices are left" "$(ls -A "$work/d")" back.csv
run 2 download --table=$T -o "$work/nowhere/back.csv"
run 0 download --table=$T -o - --limit=3
same "standard output" "$(wc -l <"$work/out")" 4
run 0 download --table=$T -o "$work/d/some.csv" --where=id=5 --changed-since='-2 days'
same "one row" "$(cat "$work/d/some.csv")" "$(printf '"id","text"\n"5","39595"')"

# ---- files that are no tables keep every byte ----------------------------------------------------------------
head -c 100000 /dev/urandom >"$work/x.bin"
gzip -9 <"$work/o.csv" >"$work/x.csv.gz"
cp "$work/x.csv.gz" "$work/hidden.bin"
for file in x.bin x.csv.gz hidden.bin; do
    run 0 upload "$work/$file" --no-check
    name=$file
    [ $file != hidden.bin ] || name=hidden.bin.gz # the name tells what is inside
    run 0 download --file-id="$(cat "$work/out")" -o "$work/d/$name"
    cmp -s "$work/$file" "$work/d/$name" || fail "$file comes back differently"
done
run 0 upload "$work/x.csv.gz" --no-check
run 0 download --file-id="$(cat "$work/out")" -o "$work/d/x.csv"
cmp -s "$work/o.csv" "$work/d/x.csv" || fail "an unpacked file differs"
conclude
