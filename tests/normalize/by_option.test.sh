#!/bin/bash
# Repairs that an option asks for, and what is said about options that would help.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
input() { # printf format: the input of the runs that follow
    # shellcheck disable=SC2059
    printf "$1" >"$dir/in.csv"
}
run() { # wanted status, arguments: output, rejects and messages are in the folder
    local want=$1 got
    shift
    rm -f "$dir"/out.csv "$dir"/bad.csv*
    "$CSVKIT" normalize --line-break=lf "$@" "$dir/in.csv" -o "$dir/out.csv" \
        --rejects="$dir/bad.csv" --log="$dir/log" 2>"$dir/told"
    got=$?
    [ "$got" = "$want" ] || say "exit $got, not $want: $* ($(head -n 3 "$dir/told"))"
}
# Small texts are compared and searched by the shell, which starts no program for it.
rows() { # printf format: what the output must be
    local wanted got LC_ALL=C
    # shellcheck disable=SC2059
    printf -v wanted "$1"
    if IFS= read -r -d '' got <"$dir/out.csv" || [ "$got" != "$wanted" ]; then # a zero byte, or another text
        say "output: $(cat -A "$dir/out.csv")"
    fi
}
tells() { # words
    local told LC_ALL=C
    IFS= read -r -d '' told <"$dir/told"
    [[ $told == *"$1"* ]] || say "not told: $1 ($told)"
}
silent() { # words that must not be there
    local told LC_ALL=C
    IFS= read -r -d '' told <"$dir/told"
    [[ $told != *"$1"* ]] || say "told: $1 ($told)"
}

# --encoding-fallback: what is UTF-8 stays, in every place; a byte that the encoding lacks rejects.
input 'a,b\nCaf\xc3\xa9,1\nRen\xe9\xe9,"\xe9, x"\n'
run 0 --encoding-fallback=windows-1252
rows 'a,b\nCaf\xc3\xa9,1\nRen\xc3\xa9\xc3\xa9,"\xc3\xa9, x"\n'
grep -q '"repair":"r3".*"class":"L1".*"places":3' "$dir/log" || say "log of r3: $(cat "$dir/log")"
input 'a,b\n\x81,1\n\xe2\x82,2\n'
run 1 --encoding-fallback=windows-1252
rows 'a,b\n\xc3\xa2\xe2\x80\x9a,2\n'
run 0 --encoding-fallback=windows-1252 --invalid-utf8=replace
rows 'a,b\n\xef\xbf\xbd,1\n\xc3\xa2\xe2\x80\x9a,2\n'
for name in utf-8 shift_jis utf-16 no-such latin1//IGNORE; do
    run 2 --encoding-fallback="$name"
    tells "$name"
done

# --trim: blanks around enclosures, in the header as well; other faults stay what they are.
input 'id, "name" ,"c"\n1, "x, ""y""", 3 \n2,"p","q" \n 4 , " z ",\t"w"\t\n'
run 0 --trim
rows 'id,"name","c"\n1,"x, ""y""",3\n2,"p","q"\n4," z ","w"\n'
cp "$dir/out.csv" "$dir/in.csv"
run 0 --trim
cmp -s "$dir/in.csv" "$dir/out.csv" || say "trimmed twice: $(cat "$dir/out.csv")"
input 'a,b\n1, "x" y\n2, "p","q"\n3,4\n'
run 1 --trim
rows 'a,b\n3,4\n'
input 'a,b\n1, "x"\n'
"$CSVKIT" normalize --trim --verify -q "$dir/in.csv" -o "$dir/out.csv" || say "--trim --verify"

# A header that the records do not agree with: the cause, and advice that holds when it is followed.
input '# made by hand\nid,n\n1,2\n# more\n3,4\n'
run 1
tells '(--comment=# drops all lines that do)'
run 0 --comment='#'
rows 'id,n\n1,2\n3,4\n'
input '#id,n\n1,2,x\n3,4,y\n'
run 1
silent --comment
silent --skip-head
input '#id,n\n1,2,x\n# more\n3,4,y\n'
run 1
silent --comment
input '# made by hand, and\n# long\n1,2,x\n3,4,y\n5,6,z\n'
run 1
tells '(--comment=# drops all lines that do)'
input 'Report\nof today\n\nid,n\n1,2\n3,4\n'
run 1
tells '(try --skip-head=3)'
run 1 --skip-head=1
tells '(try --skip-head=3)'
run 0 --skip-head=3
rows 'id,n\n1,2\n3,4\n'
input 'Report\n1,2\n3,4\n'
run 1
silent --skip-head
input 'x,y\nr1,1,2\nr2,3,4\n'
run 1
tells 'a name is missing'
silent --skip-head
input 'id,n\n1,2, \n3,4,\t\n'
run 1
tells '(--trim --ragged=pad drops it)'
run 0 --trim --ragged=pad
rows 'id,n\n1,2\n3,4\n'
input 'id;n\n1;2,5\n3;4,5\n'
run 1
tells "(try --delimiter=';')"
run 0 --delimiter=';'
rows 'id,n\n1,"2,5"\n3,"4,5"\n'
input "id,n\\n1,'a, b'\\n2,'c, d'\\n"
run 1
tells "(try --enclosure=\"'\")"
run 0 --enclosure="'"
rows 'id,n\n1,"a, b"\n2,"c, d"\n'
input 'id,n\n"1,""a"""\n"2,b"\n'
run 1
tells 'enclosed once more'
input 'id,n\n1,\xe2\x80\x9ca, b\xe2\x80\x9d\n2,\xe2\x80\x9cc, d\xe2\x80\x9d\n'
run 1
tells 'U+201C'

# --empty-records: of any width, among clean records and others; values that only look empty stay.
input 'a,b\n1,2\n,\n"",""\n3,4\n,,,,\n",",""\n"""",\n , \n5,6\n,'
run 0 --empty-records=drop
rows 'a,b\n1,2\n3,4\n",",""\n"""",\n , \n5,6\n'
grep -q '"repair":"r10".*"class":"L1".*--empty-records=drop' "$dir/log" || say "log of r10"
run 0 --empty-records=drop --quote=all --comment=5
rows '"a","b"\n"1","2"\n"3","4"\n",",""\n"""",""\n" "," "\n'
input 'a\n1\n\n""\n2\n'
run 0 --empty-records=drop
rows 'a\n1\n""\n""\n2\n'
input ',\n1,2\n,\n'
run 0 --empty-records=drop
rows ',\n1,2\n'

# Without it they are counted, among clean records and others, and the option is named.
input 'a,b\n1,2\n,\n"",""\n3,4\n,,,,\n",",""\n5,6\n,'
run 1
tells '4 records hold nothing but empty fields (--empty-records=drop drops them)'
run 0 --empty-records=drop
silent 'hold nothing but'
for text in '1,2\n,\n3,4\n' '1,2\n,\n' '1,2\n,' '1,"x\n,\ny"\n2,\n,\n' '1,2\r\n,\r\n3,4\n'; do
    input "a,b\n$text"
    run 0
    tells '1 record holds nothing but empty fields'
done
for text in '1,2\n,3\n4,\n' '1,"x\n,\ny"\n' '1,"x\n,\n"\n'; do
    input "a,b\n$text"
    run 0
    silent 'nothing but empty'
done
input 'a;b;c\n;;\n1;2;3\n;;\n'
run 0 -d ';'
tells '2 records hold nothing but'
input 'a||b\n||\n1||2\n||\n'
run 0 -d '||'
tells '2 records hold nothing but'
input 'a\n1\n\n2\n'
run 0
silent 'nothing but'
ghosts() { # records before, between, after: the input
    awk -v n="$1" -v between="$2" -v after="$3" 'BEGIN {
        print "a,b,c"
        for (i = 1; i <= n; i++) { print i ",x,y"; if (i == 20) { printf "%s", between } }
        for (i = 0; i < after; i++) { print ",," } }' >"$dir/in.csv"
}
for n in 25 20000 90000; do # one block, one window, several
    ghosts "$n" '' 500
    run 0
    tells '500 records hold nothing but empty fields'
    ghosts "$n" ',,
' 70000
    run 0
    tells '70001 records hold nothing but empty fields'
    ghosts "$n" '' 0
    run 0
    silent 'nothing but'
done
ghosts 90000 '' 1
run 0
tells 'the last record holds nothing but empty fields'
echo '1,2,3' >>"$dir/in.csv"
run 0 # far from both ends: not searched
silent 'nothing but'
ghosts 90000 '' 1
echo '"x" y,2,3' >>"$dir/in.csv"
run 1
silent 'nothing but'
ghosts 90000 '' 400000 # stretches of nothing else
run 0
tells 'the last 400000 records hold nothing but empty fields'
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 200; i++) { print i ",\"p\n,,\nq\",y" } }' >"$dir/in.csv"
run 0
silent 'nothing but'

# NUL bytes: one may go; where a part of the file is missing, that is said, whatever is done.
input 'a,b\n1,x\0y\n2,z\n'
run 1
tells 'NUL byte in the data (--null-bytes=remove)'
silent 'was lost'
nuls() { printf 'a,b\n1,x%s' ''; head -c "$1" /dev/zero; printf "$2"; }
nuls 15 'y\n2,z\n' >"$dir/in.csv"
run 1
tells '(--null-bytes=remove)'
silent 'was lost'
nuls 16 'y\n2,z\n' >"$dir/in.csv"
run 1
tells 'a block of NUL bytes: a part of the file was never written, or was lost (get it again)'
silent '--null-bytes'
run 0 --null-bytes=remove
tells 'NUL bytes are in its place on line 2'
nuls 3 '' >"$dir/in.csv"
run 1
tells 'the end of the file was never written, or was lost'
silent '--null-bytes'
nuls 3 '\n' >"$dir/in.csv"
run 1
tells '(--null-bytes=remove)'

# What the bytes of a reject show, as validate says it; and what only looks like it.
reason() { # head, record, reason; "": none
    input "$1"
    for i in 1 2 3 4 5 6 7 8 9; do printf "$5" "$i" "$i"; done >>"$dir/in.csv"
    printf "$2" >>"$dir/in.csv"
    run 1
    tells "$3"
    silent "$4"
}
reason 'a,b,c\n' '1,x,1,204.50\n' 'is empty; a number with thousands separators is not enclosed' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,x,12,400\n' 'is empty; a number with thousands separators' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,x,y,12\n' 'too many fields: none of them is empty' thousands '%d,n%d,x\n'
reason 'a,b,c\n' '1,\xe2\x80\x9cx, y\xe2\x80\x9d,z\n' 'typographic quotes do not enclose a value' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,`x, y`,z\n' 'backticks do not enclose a value' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,`x, y,z`\n' 'too many fields' backticks '%d,n%d,x\n'
reason 'a,b,c\n' '1,[x, y],z\n' 'JSON that is not enclosed' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,{"k":1,"l":"m"},z\n' 'JSON that is not enclosed' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,["k","l"],z\n' 'JSON that is not enclosed' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,k":1,"l":"m"},z\n' 'enclosures' JSON '%d,n%d,x\n'
reason 'a,b,c\n' '1,a,b\r2,c,d\r3,e,f\n' 'every CR in it is followed by a whole record (--line-break-in=any)' never '%d,n%d,x\n'
reason 'a,b,c\n' '1,a,b\r2,c,d\r3,e\n' 'too many fields' 'every CR' '%d,n%d,x\n'

# Text that is no table: a table can be made of it, and that is said.
input '<?xml version="1.0"?>\n<rows><row/></rows>\n'
run 0
tells 'the file looks like XML'

# --skip-head: a line that is longer than what is read at once is one line, its CR LF too.
for n in 524286 524287 524288 600000 1100000; do
    { head -c $n /dev/zero | tr '\0' x && printf '\r\nid,n\r\n1,2\r\n'; } >"$dir/in.csv"
    for how in "$dir/in.csv" -; do
        "$CSVKIT" normalize --skip-head=1 --log="$dir/log" "$how" <"$dir/in.csv" 2>"$dir/told" >"$dir/out.csv"
        rows 'id,n\r\n1,2\r\n'
        tells '3 records in, 2 out, 0 rejected, 1 dropped'
        grep -q "\"repair\":\"r15\".*\"byte\":0,\"line\":1,\"record\":1,\"places\":1,\"length\":$((n + 2))" "$dir/log" ||
            say "log of a long line: $(cat "$dir/log")"
    done
done
printf 'x\ry' >"$dir/in.csv"
run 0 --skip-head=1
rows 'y\n'
run 0 --skip-head=3
tells '2 records in, 0 out, 0 rejected, 2 dropped'

# --columns: a name given twice would be two columns of that name.
input 'a,b\n1,2\n'
run 2 --columns=b,a,b
tells "names 'b' twice"

# A trailing delimiter behind an empty last field is one, although either field could be the surplus.
{ echo a,b && seq 12 | sed 's/$/,x/' && echo 13,,; } >"$dir/in.csv"
run 0
grep -q '"repair":"r14".*"evidence":"empty field 3 is surplus"' "$dir/log" || say "r14: $(cat "$dir/log")"

# What the rejects have in common: a footer only at the end, whole, and nowhere else.
input 'id,n\n--,--\n1,2\n3,4\n\n(2 rows)\n'
run 1
tells 'line 2 holds nothing but dashes'
tells '(--skip-tail=2 drops them)'
run 0 --skip-tail=2
rows 'id,n\n--,--\n1,2\n3,4\n'
input 'id,n\n1,2\n3,4\n\\.\n-- done\n'
run 1
tells '(--skip-tail=2 drops them)'
run 1 --skip-tail=1
tells 'PostgreSQL COPY ends (--skip-tail=2 drops it)'
run 0 --skip-tail=2
rows 'id,n\n1,2\n3,4\n'
for text in '1,2\n3,4\n5' '1,2\nx\n3,4\ny\n' '1,2\n3,4,5\nx\n' '1,2\n"x\n'; do
    input "id,n\n$text"
    run 1
    silent --skip-tail
done
input '|id|n|\n|--|:-:|\n|1|2|\n'
run 0 --delimiter='|'
silent 'nothing but dashes'
input '|id|n|\n|--|:--:|\n|1|2|\n'
run 0 --delimiter='|'
tells 'line 2 holds nothing but dashes'
input '# x\n#id,n\n1,2\n# y,z\n3,4\n'
run 0 --comment='#'
tells 'line 2 was dropped as a comment'
input '#id,n\n# x\nid,n\n3,4\n'
run 0 --comment='#'
silent 'was it the header'
# Another encoding only for a few records, and never for a character that was cut.
records() { # last line
    # shellcheck disable=SC2059
    { echo id,n && seq 20 | sed 's/$/,\xc3\xa9/' && printf "$1"; } >"$dir/in.csv"
}
records '21,\xe9\n'
run 1
tells '--encoding-fallback=NAME'
run 1 --format=json
tells '"advice":"1 record is not UTF-8'
run 0 --encoding-fallback=windows-1252
silent --encoding-fallback
records '21,\xe9'
run 1
silent --encoding-fallback
tells 'or the data were cut within the last character'
input 'id,n\n1,\xe9\n2,\xe9\n'
run 1
silent --encoding-fallback
input '"id,""n"""\n"1,2"\n'
run 0
tells 'enclosed once more'

# --delimiter=auto finds the enclosure and the escape, too, unless they are named.
input "a;b\n'1;2';3\n'x''y';4\n'5;6';7\n'x''y';4\n"
run 0 -d auto
rows 'a,b\n"1;2",3\n"x'"'"'y",4\n"5;6",7\n"x'"'"'y",4\n'
input "a;b\n'1';3\n'x';4\n'5';7\n'y';4\n"
run 0 -d auto -e '"'
rows "a,b\n'1',3\n'x',4\n'5',7\n'y',4\n"
input 'a;b\n"1;2";3\n"x\\"y";4\n"5;6";7\n"x\\";y";4\n'
run 0 -d auto
rows 'a,b\n"1;2",3\n"x""y",4\n"5;6",7\n"x"";y",4\n'
grep -q '"repair":"r19"' "$dir/log" && say "an escape that was found is no repair of a record"
run 1 -d auto --escape=none
tells '1 rejected'

# Quotes inside of values of one column: the delimiter is the cause, when all lines have it.
{
    printf 'id;note\n'
    for i in $(seq 40); do printf '%d;"a, ""b"", %d"\n' "$i" "$i"; done
} >"$dir/in.csv"
run 1
tells "wrong delimiter: ';' stands 1 time "
{
    printf 'id;note\n'
    for i in $(seq 40); do printf '%d;"a, ""b"%s %d"\n' "$i" "$([ $((i % 2)) = 0 ] && echo \;)" "$i"; done
} >"$dir/in.csv"
run 1
tells "wrong delimiter: ';' stands in such records"
{
    printf 'note\n'
    for i in $(seq 40); do printf '"a, "b"%s %d"\n' "$([ $((i % 2)) = 0 ] && echo \;)" "$i"; done
} >"$dir/in.csv"
run 1
tells "wrong enclosure"
{
    printf 'id,note\n'
    for i in $(seq 40); do printf '%d,"a; "b", %d\n' "$i" "$i"; done
} >"$dir/in.csv"
run 1
tells "wrong enclosure"

# An escape before a letter is taken off, and told; one that escapes an escape is not one.
input 'id,n\n1,\\\\N\n2,"\\"x"\n3,\\N\n4,\\t\n'
run 0 --escape=\\
rows 'id,n\n1,\\N\n2,"""x"\n3,N\n4,t\n'
tells '\N became N, on line 4 first'
run 0 --escape=\\ --format=json
input 'id,n\n1,\\\\N\n2,"\\"x"\n'
run 0 --escape=\\
silent became

# --ragged=pad: an enclosure beyond the width is no accident, even an empty one.
input 'a,b\n1,2,\n3,4,""\n'
run 1 --ragged=pad
rows 'a,b\n1,2\n'

# --repeated-headers: the header at any place of a block, right after itself, and last; not inside
# of a value, not as the beginning of a value, not in a table of one column.
input 'a,b\na,b\n1,2\na,b\n'
run 0 --repeated-headers=drop
rows 'a,b\n1,2\n'
again() { awk -v between="$1" 'BEGIN {
    print "a,b"
    for (n = 1; n < 140; n++) { printf "%0" n "d,2\n%s", 1, between } }'; }
again 'a,b
' >"$dir/in.csv"
run 0 --repeated-headers=drop
again '' | cmp -s - "$dir/out.csv" || say "a header stays at some place of a block"
run 1
seq 3 2 279 | sed 's/.*/"line":&,"record":&/' >"$dir/places"
grep -o '"line":[0-9]*,"record":[0-9]*' "$dir/bad.csv.jsonl" | cmp -s - "$dir/places" ||
    say "places of repeated headers: $(head -n 3 "$dir/bad.csv.jsonl")"
input 'a,b\na,b\rx\n'
run 0 --repeated-headers=drop
rows 'a,b\na,"b\rx"\n'
for text in 'a,b\n1,"x\na,b\ny"\n2,3\n' 'a,b\na,bc\n' 'a,b\n1,2\na,"b\rx"\n' 'a\na\n1\n'; do
    input "$text"
    run 0 --repeated-headers=drop
    rows "$text"
done
input 'a,b\n1,"x\na,b\ny"\na,b\n2,3\n'
run 0 --repeated-headers=drop
rows 'a,b\n1,"x\na,b\ny"\n2,3\n'

# A table that has become one column, and another delimiter that is clear.
input 'a|b|c\n1|2|3\n4|5|6\n7|8|9\n'
run 0
tells "the table has one column; '|' splits 4 of the first 4 records into 3 fields (try --delimiter='|')"
run 0 --delimiter='|'
rows 'a,b,c\n1,2,3\n4,5,6\n7,8,9\n'
silent 'one column'
run 0 --delimiter=,
silent 'one column'
input 'note\nx; y\nz\n1\n'
run 0
silent 'one column'

exit $failed
