#!/bin/bash
# slice --normalize: what comes out of the slices is what normalize writes, less the header; a
# record that cannot be repaired leaves no directory, or goes to the rejects.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*"
    exit 1
}
status_of() {
    status=0
    "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
}

# the same records as normalize, whatever the dialect
"$CSVKIT" normalize -q -d ';' --encoding=windows-1252 --line-break=lf \
    examples/data/customers-export.csv -o "$work/clean.csv"
"$CSVKIT" slice -q --normalize -d ';' --encoding=windows-1252 examples/data/customers-export.csv \
    -o "$work/customers" >/dev/null
zcat "$work/customers/"* | cmp - <(tail -n +2 "$work/clean.csv") || fail "other bytes"
grep -q '"Kunde"' "$work/customers.manifest" || fail "no columns"
"$CSVKIT" manifest check "$work/customers.manifest" >/dev/null || fail "manifest"

# sound records, then a voucher with quotes in it that are not doubled, and a record that is too short
{
    echo id,name,size,price
    for i in $(seq 10 29); do echo "$i,\"Shelf, no. $i\",80x$i,$i.00"; done
    printf '30,"Toys "R" Us, no. 30",80x30,30.00\n31,"Chair, no. 31",80x31,31.00\n32,"Desk, no. 32"\n'
} >"$work/products.csv"

# a record that cannot be repaired: refused, nothing left, nothing on standard output
status_of "$CSVKIT" slice --normalize "$work/products.csv" -o "$work/products"
[ "$status" = 1 ] && [ ! -s "$work/stdout" ] || fail "refusal: $status $(cat "$work/stdout")"
[ ! -e "$work/products" ] && [ ! -e "$work/products.manifest" ] || fail "something was left"
grep -q 'without guessing' "$work/stderr" || fail "no reason"

# with rejects the others come through, and the status tells
status_of "$CSVKIT" slice --normalize --verify --rejects="$work/rejects" --log="$work/log" \
    "$work/products.csv" -o "$work/products"
[ "$status" = 1 ] || fail "rejects: $status"
[ "$(zcat "$work/products/"* | wc -l)" = 22 ] && [ "$(wc -l <"$work/rejects")" = 1 ] ||
    fail "records are lost"
zcat "$work/products/"* | grep -qF '30,"Toys ""R"" Us, no. 30",80x30' || fail "no repair"
[ "$(wc -l <"$work/rejects.jsonl")" = 1 ] && [ -s "$work/log" ] || fail "no account"

# through a pipe, larger than a pipe holds, equal for every number of threads
"$BUILD/tests/bench/generate" dirty 3000000 >"$work/dirty.csv"
for threads in 1 2; do
    status_of "$CSVKIT" slice --normalize --rejects="$work/r$threads" --max-repairs=1000000 \
        -j $threads --any-size --slice-size=200kB - -o "$work/t$threads" <"$work/dirty.csv"
    [ "$status" = 1 ] || fail "threads $threads: $status $(cat "$work/stderr")"
done
diff -r "$work/t1" "$work/t2" && cmp "$work/r1" "$work/r2" || fail "threads change the bytes"

# options of repair without --normalize are not passed over
status_of "$CSVKIT" slice --trim examples/data/orders.csv -o "$work/orders"
[ "$status" = 2 ] && grep -q -- --normalize "$work/stderr" || fail "--trim alone: $status"

# a refusal names no option that slice does not have
{ printf 'a\n1\n2\n3\n' && for i in $(seq 4); do printf '%d,x;y\n' "$i"; done; } >"$work/one.csv"
{ printf 'a\n1\n2\n3\n' && for i in $(seq 4); do printf '%d,x\n' "$i"; done; } >"$work/any.csv"
for name in one any; do
    status_of "$CSVKIT" slice --normalize "$work/$name.csv" -o "$work/none"
    [ "$status" = 1 ] || fail "$name: $status $(cat "$work/stderr")"
    ! grep -e '--delimiter=auto' -e --widen "$work/stderr" || fail "$name: an option of normalize"
done
grep -q "likely wrong delimiter (csvkit sniff proposes one)" "$work/stderr" || fail "any: $(cat "$work/stderr")"
status_of "$CSVKIT" slice --normalize "$work/one.csv" -o "$work/none"
grep -q "(try --delimiter=';')" "$work/stderr" || fail "one: $(cat "$work/stderr")"
