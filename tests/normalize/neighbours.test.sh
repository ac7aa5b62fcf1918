#!/bin/bash
# Defects beside one another, and tables whose records agree on another width: what the one costs
# the other.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
run() { # arguments: standard input is normalized
    rm -f "$dir"/out.csv "$dir"/bad.csv*
    "$CSVKIT" normalize --line-break=lf "$@" -o "$dir/out.csv" --rejects="$dir/bad.csv" 2>"$dir/told"
}
clean() { for i in $(seq "$1" "$2"); do echo "$i,2025-01-$i,N$i,\"Ann says, $i\""; done; }

# A reading that reaches over the next defect explains nothing when it takes a record into a value:
# the one before is repaired as if the next were not there.
{
    echo id,day,name,note
    clean 10 29
    echo '33,2025-01-30,N33,"Ann "so" says, 33"'
    echo '40,2025-01-30,N40,"Ann says, 40"'
    echo 34,2025-01-30,N34
    clean 10 17
} >"$dir/two.csv"
run <"$dir/two.csv"
grep -qxF '33,2025-01-30,N33,"Ann ""so"" says, 33"' "$dir/out.csv" || say "not repaired: $(cat "$dir/told")"
grep -qxF '40,2025-01-30,N40,"Ann says, 40"' "$dir/out.csv" || say "a clean record is lost"
[ "$(cat "$dir/bad.csv")" = 34,2025-01-30,N34 ] || say "rejects: $(cat "$dir/bad.csv")"

# Where a rejected record with a fault of its enclosures ends: before the next sound record, whatever
# part of the table it stands in (all of these numbers are different, so the records of the sample
# would be strange to it if they were not judged without themselves), and where every second record
# has such a fault. A note is broken over two lines in every fifth record.
orders() {
    awk 'BEGIN {
        print "id,amount,note,part,price"
        for (i = 1; i <= 1500; i++)
            printf "%d,%d,\"says, %d%s\",%d,%d\n", i, i * 7919 % 99991, i, i % 5 ? "" : "\nand more",
                i * 104729 % 99991, i * 15485863 % 99989
    }'
}
orders >"$dir/orders.csv"
for id in 2 501 1402; do
    awk -v id="$id" -F, '$1 == id { $0 = $0 "x\"y" } { print }' "$dir/orders.csv" >"$dir/one.csv"
    run <"$dir/one.csv"
    [ "$(wc -l <"$dir/bad.csv")" = 1 ] || say "record $id: $(wc -l <"$dir/bad.csv") lines are rejected"
    grep -v "^$id," "$dir/orders.csv" | cmp - "$dir/out.csv" || say "record $id takes others along"
done
awk -F, 'NF == 6 && $1 % 2 == 0 { $0 = $0 "x\"y" } { print }' "$dir/orders.csv" >"$dir/half.csv"
run --max-repairs=1000000 <"$dir/half.csv"
awk -F, 'NF == 6 && $1 % 2 == 0 { next } { print }' "$dir/orders.csv" | cmp - "$dir/out.csv" ||
    say "every second record: $(cat "$dir/told")"

# Records that are all shorter than the header: refused, or by the user's word filled up.
{
    echo id,name,day
    seq 30 | sed 's/$/,a/'
} >"$dir/short.csv"
run <"$dir/short.csv" && say "records shorter than the header are taken"
grep -q 'the header has 3 names, 30 of 30 records have 2 fields' "$dir/told" || say "$(cat "$dir/told")"
run --ragged=pad <"$dir/short.csv" || say "pad: $(cat "$dir/told")"
[ "$(sed -n 2p "$dir/out.csv")" = 1,a, ] || say "pad wrote $(sed -n 2p "$dir/out.csv")"

# Without a header: a width that only the first record has gives way to that of most.
{
    echo '1,a,'
    seq 2 30 | sed 's/$/,a/'
} >"$dir/first.csv"
run --no-header <"$dir/first.csv" || say "first: $(cat "$dir/told")"
seq 30 | sed 's/$/,a/' | cmp - "$dir/out.csv" || say "the width of the first record"
# Where another record has it as well, it stays, and so it does when names say so.
{
    echo '1,a,x'
    seq 2 30 | sed 's/$/,a/'
    echo '31,a,x'
} >"$dir/second.csv"
run --no-header --ragged=pad <"$dir/second.csv"
grep -qx '31,a,x' "$dir/out.csv" || say "a width of two records"
run --no-header --columns=a,b,c --ragged=pad <"$dir/first.csv" || say "names: $(cat "$dir/told")"
[ "$(tail -n 1 "$dir/out.csv")" = 30,a, ] || say "names"

# A line that ends in a value shorter than any other of its column may be cut; where the value is
# as long as others, the writer left out what is empty.
{
    echo code,price,link,rest
    for i in $(seq 10 49); do
        echo "C-$i,$i.50,https://shop.example/p/$((i * 10 ** (i % 6))),"
    done
    echo 'C-50,50.50,https://shop.example/p/5'
    echo 'C-51,51.50,https://shop.example/p/5100'
} >"$dir/cut.csv"
run <"$dir/cut.csv"
[ "$(grep -c . "$dir/bad.csv")" = 1 ] && grep -q '^C-50' "$dir/bad.csv" || say "cut: $(cat "$dir/bad.csv")"
grep -q 'field 3 is shorter than any other value of its column' "$dir/bad.csv.jsonl" || say "no reason"
grep -qx 'C-51,.*/p/5100,' "$dir/out.csv" || say "whole, and not repaired"

# Behind records that are copied unseen, too, the line after the last of them may be its end.
said() { for i in $(seq "$1" "$2"); do echo "$i,2025-01-01,some words of item $i that are said"; done; }
{
    echo id,day,text
    said 100 299
    printf '300,2025-01-01,some words of item\n300 that are said\n'
    said 301 330
} >"$dir/said.csv"
run <"$dir/said.csv" || say "not joined: $(cat "$dir/told")"
grep -qxF '300,2025-01-01,"some words of item' "$dir/out.csv" || say "not joined: $(cat "$dir/told")"
[ "$(grep -c 'that are said' "$dir/out.csv")" = 231 ] || say "records: $(cat "$dir/told")"

exit $failed
