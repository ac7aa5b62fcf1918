#!/bin/bash
# normalize from the command line: files that appear whole or not at all, exit status, refusals.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
expect() { # wanted status, words of standard error, command...
    local want=$1 words=$2 got
    shift 2
    "$@" >"$dir/stdout" 2>"$dir/stderr"
    got=$?
    [ "$got" = "$want" ] || say "exit $got, not $want: $* ($(head -n 2 "$dir/stderr"))"
    grep -qF -- "$words" "$dir/stderr" || say "no '$words' from: $* ($(head -n 3 "$dir/stderr"))"
}
n() { "$CSVKIT" normalize "$@"; }

printf 'a,b\r\n1,2\r\n"x","y"\r\n' >"$dir/clean.csv"
printf '\xef\xbb\xbfa,b\n1,2\n"x",y"z\n' >"$dir/dirty.csv"
printf 'a,b\r\n1,2\r\n1,2,3\r\n4,5\r\n' >"$dir/wide.csv"

expect 0 "3 records in, 3 out" n "$dir/clean.csv" -o "$dir/out.csv"
cmp -s "$dir/clean.csv" "$dir/out.csv" || say "a clean file changed"
expect 0 "" n --check "$dir/clean.csv"
expect 1 "r8" n --check "$dir/dirty.csv"
expect 1 "r1" n --strict "$dir/dirty.csv" -o "$dir/never.csv"
[ ! -e "$dir/never.csv" ] || say "--strict left a file"

expect 0 '"repairs":{"r1":1,"r8":3,"r17":1}' n --format=json --verify "$dir/dirty.csv" -o "$dir/o.csv.gz"
[ "$(gzip -dc "$dir/o.csv.gz" | od -An -c | tr -d ' \n')" = 'a,b\r\n1,2\r\n"x","y""z"\r\n' ] ||
    say "gzip: $(gzip -dc "$dir/o.csv.gz" | od -An -c)"
expect 0 "3 out" n --verify "$dir/dirty.csv"
[ "$(tr -d '\r' <"$dir/stdout")" = "$(printf 'a,b\n1,2\n"x","y""z"')" ] || say "to standard output"

# A record that cannot be repaired: refused without --rejects, set apart with it.
echo old >"$dir/old.csv"
expect 1 "--rejects" n "$dir/wide.csv" -o "$dir/old.csv"
[ "$(cat "$dir/old.csv")" = old ] || say "a refusal touched the old file"
expect 1 "1 rejected" n "$dir/wide.csv" -o "$dir/o.csv" --rejects "$dir/bad.csv" --log "$dir/log"
[ "$(od -An -c "$dir/bad.csv" | tr -d ' \n')" = '1,2,3\r\n' ] || say "rejects"
grep -q '"byte":10,"line":3,"record":3,"length":7' "$dir/bad.csv.jsonl" || say "index of rejects"
[ "$(wc -l <"$dir/o.csv")" = 3 ] || say "the good records"

# Files that are one.
expect 2 "the same file" n "$dir/clean.csv" -o "$dir/clean.csv"
ln "$dir/clean.csv" "$dir/link.csv"
expect 2 "the same file" n "$dir/clean.csv" -o "$dir/link.csv"
expect 2 "the same file" n "$dir/wide.csv" -o "$dir/o.csv" --rejects "$dir/o.csv"
cmp -s "$dir/clean.csv" "$dir/out.csv" || say "the input was lost"

# Nowhere to write.
expect 2 "nowhere" n "$dir/clean.csv" -o "$dir/nowhere/out.csv"
if [ -w /dev/full ]; then
    expect 2 "space" n "$dir/clean.csv" -o /dev/full
fi
(ulimit -f 8 && trap '' XFSZ && yes '1,2' | n --no-header -o "$dir/big.csv" 2>"$dir/stderr")
[ $? = 2 ] && [ ! -e "$dir/big.csv" ] || say "a file too large: $(cat "$dir/stderr")"

# Disk full, at every place where something is written: old files stand, nothing else is left.
yes '"x",y"z' | head -n 40000 | sed '1i a,b' >"$dir/quotes.csv"
yes $'1,2\n1,2,3' | head -n 80000 | sed '1i a,b' >"$dir/wide3.csv"
full() { # what is full, arguments...
    local what=$1
    shift
    for name in out.csv bad.csv bad.csv.jsonl log; do echo old >"$dir/f/$name"; done
    (ulimit -f 100 && trap '' XFSZ && n --max-repairs=100000 "$@" 2>"$dir/stderr" >"$dir/stdout")
    [ $? = 2 ] || say "$what: not exit 2: $(cat "$dir/stderr")"
    grep -q "File too large" "$dir/stderr" || say "$what: $(cat "$dir/stderr")"
    for name in out.csv bad.csv bad.csv.jsonl log; do
        [ "$(cat "$dir/f/$name")" = old ] || say "$what: the old $name is gone"
    done
    [ "$(find "$dir/f" -type f | wc -l)" = 4 ] || say "$what: something is left"
}
mkdir "$dir/f"
full table "$dir/quotes.csv" -o "$dir/f/out.csv"
full log "$dir/quotes.csv" -o /dev/null --log "$dir/f/log"
full rejects "$dir/wide3.csv" -o "$dir/f/out.csv" --rejects "$dir/f/bad.csv"
full verified "$dir/quotes.csv" -o "$dir/f/out.csv" --verify
if mkdir "$dir/small" && mount -t tmpfs -o size=64k none "$dir/small" 2>/dev/null; then
    echo old >"$dir/small/out.csv"
    expect 2 "No space left" n --max-repairs=100000 "$dir/quotes.csv" -o "$dir/small/out.csv"
    [ "$(cat "$dir/small/out.csv")" = old ] || say "tmpfs: the old file is gone"
    [ "$(find "$dir/small" -type f | wc -l)" = 1 ] || say "tmpfs: something is left"
    umount "$dir/small"
fi
if [ -w /dev/full ]; then
    expect 2 "space" n "$dir/quotes.csv" -o "$dir/never.csv" --log /dev/full
    expect 2 "space" n --max-repairs=100000 "$dir/wide3.csv" -o "$dir/never.csv" --rejects /dev/full
    [ ! -e "$dir/never.csv" ] || say "a table without its log"
fi
expect 2 "$dir/f" n -o "$dir/f" <"$dir/clean.csv"
ln -s clean.csv "$dir/symlink.csv"
expect 2 "the same file" n "$dir/clean.csv" -o "$dir/symlink.csv"
expect 2 "the same file" n "$dir/clean.csv" -o "$dir/o.csv" --log "$dir/./clean.csv"
expect 2 "the same file" n "$dir/wide.csv" -o "$dir/bad.csv.jsonl" --rejects "$dir/bad.csv"
expect 2 "the same file" n "$dir/wide.csv" -o "$dir/f/new.csv" --log "$dir/f/../f/new.csv"

# What was found out about the whole file is named.
names='Müller Größe Jörg Straße Köln München Österreich Grüße Bücher Äpfel Öfen Türen'
{ printf 'id;name\r\n'; printf '1;%s\r\n' $names; } | iconv -t windows-1252 >"$dir/german.csv"
expect 0 "from WINDOWS-1252" n --encoding=auto --delimiter=auto "$dir/german.csv" -o "$dir/o.csv"
expect 0 '"encoding":"WINDOWS-1252","delimiter":";"' \
    n --format=json --encoding=auto --delimiter=auto "$dir/german.csv" -o "$dir/o.csv"
[ "$(cat "$dir/o.csv")" = "$(printf 'id,name\r\n'; printf '1,%s\r\n' $names)" ] || say "german: $(cat "$dir/o.csv")"
# Lines above the table are dropped and counted, unless the user says where it begins or that there is no
# header.
printf 'Report of May\nid;name\n1;Ann\n2;Bob\n' >"$dir/titled.csv"
expect 0 "1 dropped" n -d auto "$dir/titled.csv" -o "$dir/o.csv"
[ "$(cat "$dir/o.csv")" = "$(printf 'id,name\r\n1,Ann\r\n2,Bob\r')" ] || say "titled: $(cat "$dir/o.csv")"
expect 0 "2 dropped" n -d auto --skip-head=2 "$dir/titled.csv" -o "$dir/o.csv"
expect 1 "too few fields" n -d auto --no-header --columns=a,b "$dir/titled.csv" -o "$dir/never.csv"
expect 1 "try --skip-head=1" n -d ';' "$dir/titled.csv" -o "$dir/never.csv"
printf 'a,b\r\n\317\360\350\342\345\362,1\r\n' >"$dir/russian.csv"
expect 1 "the encoding is not clear, perhaps WINDOWS-1251" n --encoding=auto "$dir/russian.csv" -o "$dir/never.csv"

# What libcsv counts.
expect 0 "libcsv counts 3 in, 3 out, 0 rejected" n --verify "$dir/clean.csv" -o "$dir/o.csv"
expect 1 "libcsv counts 4 in, 3 out, 1 rejected" n --verify "$dir/wide.csv" -o "$dir/o.csv.gz" --rejects "$dir/bad.csv"
expect 0 "3 out, 0 rejected; it cannot read the input" n --verify "$dir/dirty.csv" -o /dev/null
expect 1 '"counted_by_libcsv":{"records_in":null,"records_out":3,"records_rejected":1}' \
    n --format=json --verify "$dir/wide.csv" --rejects /dev/null
expect 0 "libcsv counts 3 in" n --verify --bom "$dir/clean.csv" -o "$dir/o.csv"

# More inference than accidents explain.
{ printf 'a,b\n1,2\n'; for i in $(seq 150); do printf '%d;x,y\n%d;x,y,\n%d;x,y,\n' "$i" "$i" "$i"; done; } >"$dir/many.csv"
expect 1 "--delimiter=auto" n "$dir/many.csv" -o "$dir/never.csv"
expect 0 "r14" n --max-repairs=300 "$dir/many.csv" -o "$dir/o.csv"

records() { # head, printf format with the number of the record, how many
    printf "$1"
    for i in $(seq "$3"); do printf "$2" "$i"; done
}
refuses() { # words, head, format
    records "$2" "$3" 150 >"$dir/cause.csv"
    expect 1 "$1" n "$dir/cause.csv" -o "$dir/never.csv" --rejects "$dir/never.bad"
    [ ! -e "$dir/never.csv" ] && [ ! -e "$dir/never.bad" ] || say "$1: files were left"
}
refuses "(try --delimiter=';'" 'id;n;x\n' '%d;a,b;c\n'
refuses "(try --delimiter=tab" 'id\tn\tx\n' '%d\ta,b\tc\n'
refuses "(try --enclosure=\"'\"" 'id,n,x\n' "%d,'a, b',c\n"
refuses "(try --skip-head=2)" 'Report\n\nid,n,x\n' '%d,a,b\n'
refuses "the header has 2 names, 150 of 150 records have 3 fields; the last field is empty in all of them: a delimiter at the end of each record (--ragged=pad drops it), or a name is missing" \
    'id,n\n' '%d,a,\n'
expect 0 "r14" n --ragged=pad "$dir/cause.csv" -o "$dir/padded.csv"
records 'id,n\r\n' '%d,a\r\n' 150 | cmp - "$dir/padded.csv" || say "--ragged=pad: a delimiter is left"
refuses "the header has 3 names, 150 of 150 records have 4 fields" 'id,n,x\n' '%d,a,b,c\n'
refuses "--escape='" 'id,n\n' '%d,"a \\"b\\" c"\n'
refuses "wrong encoding (csvkit sniff proposes one)" 'id,n\n' '%d,caf\xe9\n'
records 'id;n;x\n' '%d;a,b;c\n' 150 >"$dir/cause.csv"
expect 1 "(try --delimiter=';'" n "$dir/cause.csv" -o "$dir/never.csv"

# A stream that is cut says so, whatever its last record looks like.
seq 20000 | sed 's/.*/&,"text &"/' | gzip -c | head -c 40000 >"$dir/cut.csv.gz"
expect 1 "gzip stream is damaged" n --no-header "$dir/cut.csv.gz" -o "$dir/never.csv"
expect 1 "gzip stream is damaged" n --no-header "$dir/cut.csv.gz" -o "$dir/never.csv" --rejects "$dir/never.bad"
[ ! -e "$dir/never.csv" ] && [ ! -e "$dir/never.bad" ] || say "a damaged stream: files were left"
for kind in le be; do
    iconv -f utf-8 -t utf-16$kind "$dir/clean.csv" >"$dir/wide.utf16"
    expect 1 "--encoding=utf-16$kind" n "$dir/wide.utf16" -o "$dir/never.csv"
    expect 0 "3 out" n --encoding=utf-16$kind "$dir/wide.utf16" -o "$dir/o.csv"
    cmp -s "$dir/o.csv" "$dir/clean.csv" || say "utf-16$kind"
done

# Found out, converted, chosen.
printf 'name;city\nZo\xeb;K\xf6ln\nAda;M\xfcnchen\n' >"$dir/west.csv"
expect 0 "r2" n --encoding=windows-1252 -d ';' "$dir/west.csv"
grep -q 'Zoë,Köln' "$dir/stdout" || say "windows-1252"
printf 'id;name;x\n1;a;2\n2;b;3\n3;c;4\n4;d;5\n' >"$dir/semi.csv"
expect 0 "r24" n -d auto --columns=x,id "$dir/semi.csv"
[ "$(head -n 2 "$dir/stdout" | tr -d '\r')" = "$(printf 'x,id\n2,1')" ] || say "columns"
expect 1 "no column 'y'" n -d ';' --columns=y "$dir/semi.csv"
expect 2 "none" n --to-delimiter=none "$dir/semi.csv"

exit $failed
