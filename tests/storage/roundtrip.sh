# roundtrip.sh - sourced: everything a user does, against whatever `store` was started.
# The caller has sourced lib.sh and called store.

make_data() {
    "$PYTHON" - "$work" <<'PY'
import gzip, os, sys
work = sys.argv[1]
rows = [(str(i), 'name %d' % i, ['', 'a "quoted" one', 'two\nlines', 'žluť', ' x '][i % 5])
        for i in range(500)]
def line(r, d=',', q='"', end='\r\n'):
    return d.join(q + v.replace(q, q + q) + q for v in r) + end
head = line(('id', 'name', 'note'))
body = [line(r) for r in rows]
open(work + '/orders.csv', 'w', newline='').write(head + ''.join(body))
os.mkdir(work + '/slices')
for n in range(5):
    part = ''.join(body[n * 100:n * 100 + 100]).encode()
    if n % 2:
        gzip.open(work + '/slices/part-%05d.csv.gz' % (n + 1), 'wb').write(part)
    else:
        open(work + '/slices/part-%05d.csv' % (n + 1), 'wb').write(part)
open(work + '/slices.manifest', 'w').write('{"columns":["id","name","note"],"primary_key":["id"]}')
open(work + '/pipe.csv', 'w', newline='').write(
    ''.join(line(r, '|', "'", '\n') for r in [('id', 'name', 'note')] + rows))
open(work + '/more.csv', 'w', newline='').write(head + line(('499', 'changed', 'x')) +
                                                line(('500', 'new', 'y')))
import json
open(work + '/expected', 'w').write(''.join(sorted(json.dumps(r) + '\n' for r in rows)))
PY
}

same_rows() { rows "$1" | cmp -s - "$2" || fail "rows of $1 differ from $2"; }

check_single() {
    run 0 upload "$work/orders.csv" --tag=one --tag=two --name=my.csv
    local id
    id=$(cat "$work/out")
    run 0 load in.c-main.byid --file-id="$id" --primary-key=id --format=json
    same "rows by file id" "$(result .imported_rows)" 500
    same_rows in.c-main.byid "$work/expected"
    run 0 load in.c-main.orders "$work/orders.csv" --primary-key=id --compress --format=json
    same "table created" "$(result .table_created)" true
    same "rows in the table" "$(result .total_rows)" 500
    same_rows in.c-main.orders "$work/expected"
}

check_incremental() {
    run 0 load in.c-main.orders "$work/more.csv" --incremental --format=json
    same "imported" "$(result .imported_rows)" 2
    same "total" "$(result .total_rows)" 501
    run 0 load in.c-main.orders "$work/orders.csv" --format=json
    same "full load replaces" "$(result .total_rows)" 500
    same_rows in.c-main.orders "$work/expected"
    run 0 load in.c-main.orders "$work/more.csv" --incremental --delete-where-column=note \
        --delete-where-values='' --format=json
    same "deleted" "$(result .deleted_rows)" 100
}

check_slices() {
    run 0 load in.c-main.sliced "$work/slices" --format=json
    same "rows of slices" "$(result .imported_rows)" 500
    same_rows in.c-main.sliced "$work/expected"
    run 0 load in.c-main.sliced "$work/slices" --compress --parallel=2 --format=json
    same_rows in.c-main.sliced "$work/expected"
}

check_dialects() {
    run 0 load in.c-main.pipe "$work/pipe.csv" -d pipe -e "'" --format=json
    same_rows in.c-main.pipe "$work/expected"
    tail -n +2 "$work/more.csv" >"$work/headless.csv"
    run 0 load in.c-main.headless "$work/headless.csv" --no-header --columns=id,name,note \
        --format=json
    same "headless rows" "$(result .imported_rows)" 2
    rows in.c-main.headless | grep -q '"499", "changed", "x"' || fail "the first headless row is lost"
}

check_download() {
    run 0 load in.c-main.orders "$work/orders.csv"
    run 0 download --table=in.c-main.orders -o "$work/back.csv" --format=json
    same "slices" "$(result .slices)" 2
    run 0 load in.c-main.back "$work/back.csv"
    same_rows in.c-main.back "$work/expected"
    run 0 download --table=in.c-main.orders -o "$work/back.csv.gz" --columns=id,note \
        --where=id=7 --where='name!=x'
    same "filtered" "$(zcat "$work/back.csv.gz")" "$(printf '"id","note"\n"7","two\nlines"')"
    run 0 download --table=in.c-main.orders -o "$work/kept" --keep-slices
    same "kept slices" "$(ls "$work/kept" | tr '\n' ' ')" "part-00001.csv.gz part-00002.csv.gz "
    run 0 load in.c-main.kept "$work/kept"
    same_rows in.c-main.kept "$work/expected"
    run 0 upload "$work/orders.csv"
    run 0 download --file-id="$(cat "$work/out")" -o "$work/same.csv"
    cmp -s "$work/orders.csv" "$work/same.csv" || fail "a file comes back differently"
    printf 'id,name,note\r\n' >"$work/empty.csv"
    run 0 load in.c-main.empty "$work/empty.csv"
    run 0 download --table=in.c-main.empty -o "$work/empty.back"
    same "empty table" "$(cat "$work/empty.back")" '"id","name","note"'
}

check_all() {
    make_data
    check_single
    check_incremental
    check_slices
    check_dialects
    check_download
}
