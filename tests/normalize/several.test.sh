#!/bin/bash
# normalize A B -o DIR: each file is a run of its own, and every output has its own place.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
say() { echo "FAILED: $*"; failed=1; }
run() { # wanted status, words that are told, arguments
    local want=$1 words=$2 got
    shift 2
    "$CSVKIT" normalize "$@" >stdout 2>told
    got=$?
    [ "$got" = "$want" ] || say "exit $got, not $want: $* ($(head -n 3 told))"
    grep -qF -- "$words" told || say "no '$words': $* ($(head -n 3 told))"
    [ ! -s stdout ] || say "standard output: $*"
}
holds() { # file, printf format
    # shellcheck disable=SC2059
    printf "$2" | cmp -s - "$1" || say "$1: $(cat -A "$1")"
}
names() { # folder, names in it
    [ "$(cd "$1" && echo *)" = "$2" ] || say "$1 holds $(ls -A "$1")"
}
nothing() { # folders that must not be there
    for name; do [ ! -e "$name" ] || say "$name is there"; done
}
mkdir in other
printf 'a,b\n1,2\n' >in/a.csv
printf 'a,b\n3,4\n3,4,5\n' >in/b.csv
printf 'a,b\n5,6\n' | gzip -n >in/c.csv.gz
printf 'a,b\n7,8\n' >other/a.csv

# The folders are made; each input has its own file in each.
run 1 'in/b.csv: 3 records in, 2 out, 1 rejected' in/a.csv in/b.csv in/c.csv.gz -o out --rejects=bad/ --log=logs --verify
names out 'a.csv b.csv c.csv.gz'
names bad 'a.csv a.csv.jsonl b.csv b.csv.jsonl c.csv.gz c.csv.gz.jsonl'
names logs 'a.csv b.csv c.csv.gz'
holds out/a.csv 'a,b\r\n1,2\r\n'
holds out/b.csv 'a,b\r\n3,4\r\n'
holds bad/b.csv '3,4,5\n'
holds bad/a.csv ''
[ "$(gzip -dc out/c.csv.gz | tr -d '\r')" = $'a,b\n5,6' ] || say "gzip"
grep -q '"repair":"r8"' logs/b.csv || say "the log of b.csv"

# A failure keeps no other file from its run, wherever it stands; the worst status is that of all.
rm -rf out
run 1 '--rejects=FILE' in/b.csv in/a.csv -o out
names out a.csv
rm -rf out
run 2 'in/none.csv' in/none.csv in/a.csv in/b.csv -o out
names out a.csv
run 2 'in/none.csv' in/b.csv in/none.csv in/a.csv -o out
run 0 '' in/a.csv in/c.csv.gz -o out
[ "$(grep -c 'records in' told)" = 2 ] || say "two summaries: $(cat told)"

run 2 'in/c.csv.gz: name 1 of the columns' --no-header --columns=$'\xe9,b' --write-header in/a.csv in/c.csv.gz -o out

# One line for each in JSON, with its name.
run 1 '"file":"in/b.csv"' in/a.csv in/b.csv in/c.csv.gz -o out --rejects=bad --format=json
[ "$(wc -l <told)" = 3 ] || say "lines of JSON: $(cat told)"
[ "$(sed -n '1s/.*"file":"\([^"]*\)".*/\1/p' told)" = in/a.csv ] || say "order of JSON"

# A link in a folder might lead to another input, which would be lost before it is read.
rm -rf out bad
mkdir out bad
ln -s ../in/b.csv out/a.csv
ln -s ../in/b.csv bad/c.csv.gz.jsonl
run 2 'out/a.csv is a symbolic link' in/a.csv in/b.csv -o out
run 2 'bad/c.csv.gz.jsonl is a symbolic link' in/c.csv.gz in/b.csv -o out --rejects=bad
holds in/b.csv 'a,b\n3,4\n3,4,5\n'
run 0 '' in/a.csv -o out
holds in/b.csv 'a,b\r\n1,2\r\n'
printf 'a,b\n3,4\n3,4,5\n' >in/b.csv

# What is not packed is not named so.
zstd -q -k in/a.csv -o in/z.csv.zst
run 0 '' in/z.csv.zst in/a.csv -o packed
names packed 'a.csv z.csv'
cp in/b.csv in/z.csv
run 2 'in/z.csv.zst and in/z.csv have the same name' in/z.csv.zst in/z.csv -o packed
rm in/z.csv in/z.csv.zst

# Names that would meet are refused before anything is read or made.
rm -rf out bad logs
run 2 'in/a.csv and other/a.csv have the same name' in/a.csv other/a.csv -o out --rejects=bad
run 2 'have the same name' in/b.csv in/a.csv in/a.csv -o out
run 2 'have the same name' in/none.csv other/none.csv -o out
cp in/a.csv in/a.csv.jsonl
run 2 'in/a.csv.jsonl has the name of the index' in/a.csv in/a.csv.jsonl -o out --rejects=bad
run 2 'in/a.csv.jsonl has the name of the index' in/a.csv.jsonl in/a.csv -o out --rejects=bad
run 2 'standard input' in/a.csv - -o out
run 2 'no name of a file' in/a.csv in/ -o out
run 2 'need -o DIR' in/a.csv in/b.csv
run 2 'need -o DIR' in/a.csv in/b.csv --rejects=bad
run 2 'need a folder' in/a.csv in/b.csv -o -
run 2 'need a folder' in/a.csv in/b.csv -o in/c.csv.gz --rejects=bad
run 2 'need a folder' in/a.csv in/b.csv -o out --rejects=in/c.csv.gz
run 2 'need a folder' in/a.csv in/b.csv -o out --log=in/c.csv.gz
run 2 'are one folder' in/a.csv in/b.csv -o out --log=out
run 2 'are one folder' in/a.csv in/b.csv -o out --rejects=bad --log=bad
nothing out bad logs
run 2 'cannot make the folder nowhere/out' in/a.csv in/b.csv -o nowhere/out
run 2 'are one folder' in/a.csv in/b.csv -o out --log=./out
names out '*'
run 0 '' in/a.csv in/a.csv.jsonl -o out
names out 'a.csv a.csv.jsonl'
cp in/a.csv before
run 2 'the input would be lost' in/a.csv other/../in/c.csv.gz -o in
cmp -s before in/a.csv || say "an input was lost"

# One input: -o is a file, unless it is a folder that is there.
rm -rf out bad && mkdir out bad
run 1 '' in/b.csv -o out --rejects=bad --log=log
names out b.csv
names bad 'b.csv b.csv.jsonl'
[ -f log ] || say "--log of one file is a file"
run 0 '' in/a.csv -o new
[ -f new ] || say "-o of one file is a file"
run 2 'out' -o out <in/a.csv
run 2 'out' - -o out <in/a.csv

# Judged, or in place, without a folder for the tables.
rm -rf bad
run 1 'in/b.csv: 3 records' --check in/a.csv in/b.csv
printf 'a,b\r\n' >in/clean.csv
cp in/clean.csv other/clean2.csv
run 0 '' --check in/clean.csv other/clean2.csv
run 1 '' --in-place in/a.csv in/b.csv --rejects=bad
holds in/a.csv 'a,b\r\n1,2\r\n'
holds in/b.csv 'a,b\r\n3,4\r\n'
holds bad/b.csv '3,4,5\n'
run 2 'standard input' --in-place in/a.csv -

exit $failed
