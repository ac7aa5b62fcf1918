#!/bin/bash
# A guess never outranks what the user said: advice names no other value of an option that was given,
# unless the records refute it, and then it says which one was given.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
table() { # head, format of 50 records that has their number
    printf "$1" >"$dir/in.csv"
    for i in $(seq 50); do printf "$2" "$i"; done >>"$dir/in.csv"
}
said() { # arguments; what is said while the table is refused
    words=$("$CSVKIT" normalize "$@" "$dir/in.csv" -o "$dir/never.csv" --rejects="$dir/never.bad" 2>&1) &&
        say "not refused: $*"
}
tells() { case "$words" in *"$1"*) ;; *) say "no '$1': $words" ;; esac; }
silent() { case "$words" in *"$1"*) say "told although it was given otherwise, '$1': $words" ;; esac; }

# Values left out at the end of most records: of the file, at the first of them, in the header's view.
table 'id,n,day,p,q\n' '%d,x,2024-01-31,5,6\n8,y,2024-02-28\n9,y,2024-02-28,5\n'
said
tells 'would need inference'
tells '--ragged=pad adds them, empty'
said --ragged=reject --max-repairs=1
silent --ragged=pad
printf 'id,n,day,p,q\n1,x,2024-01-31,5,6\n2,y,2024-02-28\n3,z,2024-02-28,5\n4,u,2024-02-28\n5,v,2024-01-31,5,7\n' >"$dir/in.csv"
words=$("$CSVKIT" normalize "$dir/in.csv" 2>&1 >"$dir/out.csv") && say "not refused"
tells 'record 3, byte'
tells '--ragged=pad adds them, empty'
printf 'id,n,day,p,q\n1,x,2024-01-31,5,6\n' | tee "$dir/head" >"$dir/in.csv"
printf '%d,x,2024-01-31,5,6\n' 2 3 4 >>"$dir/in.csv"
printf '5,y,2024-02-28\n6,z,2024-02-28,5\n7,u,2024-02-28\n' >>"$dir/in.csv"
words=$("$CSVKIT" normalize "$dir/in.csv" 2>&1 >"$dir/out.csv") && say "not refused"
silent --ragged=pad # most are whole
cp "$dir/head" "$dir/in.csv"
printf '2,y,2024-02-28\n3,z,2024-02-28,5\n4,u,2024-02-28\n' >>"$dir/in.csv"
"$CSVKIT" normalize -q --ragged=pad "$dir/in.csv" -o "$dir/out.csv" && "$CSVKIT" validate -q "$dir/out.csv" ||
    say "the advice does not help"

# Comments and lines around the table are no records of which most may be whole.
{
    printf 'made by x\n'
    printf '# a comment\n%.0s' $(seq 20)
    printf 'a,b,c\n'
    for i in $(seq 8); do printf '%d,2,3\n' "$i"; done
    for i in $(seq 5); do printf '%d,x\n%d,2,3,4\n' "$i" "$i"; done
    printf '9,2,3,4\n'
} >"$dir/in.csv"
said --comment='#' --skip-head=1
tells '11 of 20 records would need inference'

# A note that is not always there, and is not in the first record.
printf '1\tu\n2\tv\n3\tw\tx, y\n4\tx\n5\tx\ty\n6\tz\n7\tu\tz\n8\tv\n' >"$dir/in.csv"
words=$("$CSVKIT" normalize --delimiter=tab "$dir/in.csv" 2>&1 >"$dir/out.csv") && say "not refused"
tells '(--widen makes the table as wide as its widest record)'
"$CSVKIT" normalize -q --delimiter=tab --widen "$dir/in.csv" -o "$dir/out.csv" &&
    "$CSVKIT" validate -q "$dir/out.csv" || say "--widen does not help"
printf '1\tu\n2\tv\n3\tw\tx, y\n4\tx\n5\tx\ty\n6\tz\n7\tu\tz\tu\n8\tv\n' >"$dir/in.csv"
words=$("$CSVKIT" normalize --delimiter=tab "$dir/in.csv" 2>&1 >"$dir/out.csv") && say "not refused"
silent --widen

# Comments among records of tabs: each advice leads to the next, and the last one to a good table.
{
    printf '# by x, for y\n# in 2024, of z\n#code\tname\n'
    for i in $(seq 20); do printf 'A%d\tup, town %d\n' "$i" "$i"; done
    printf '# of the "old" ones, too\n# and "more"\nB1\tx\n'
} >"$dir/in.csv"
words=$("$CSVKIT" validate "$dir/in.csv")
tells "csvkit normalize --comment=# --delimiter='tab' does"
said --delimiter=auto
tells '(--comment=# drops all lines that do)'
words=$("$CSVKIT" normalize '--comment=#' --delimiter=tab "$dir/in.csv" -o "$dir/out.csv" 2>&1) ||
    say "refused: $words"
tells '26 records in, 21 out, 0 rejected, 5 dropped'
"$CSVKIT" validate -q "$dir/out.csv" || say "not good"

# A blank line above a comment that is dropped stands beside no record that is not whole.
printf 'a,b\n1,2\n3,4\n\n# end\n' >"$dir/in.csv"
words=$("$CSVKIT" normalize '--comment=#' "$dir/in.csv" -o "$dir/out.csv" 2>&1) || say "refused: $words"
tells '5 records in, 3 out, 0 rejected, 2 dropped'

# The delimiter: by the header, by the records, in one column.
table 'id;n;x\n' '%d;a,b;c\n'
said
tells "(try --delimiter=';')"
said --delimiter=,
tells 'the header has 1 name'
silent --delimiter
table 'z;1,b\n' 'a%d;1,b\na;1,b,c\na;1,b,c,d\na;1,b,c,d,e\n'
said --no-header
tells "(try --delimiter=';', or --delimiter=auto)"
said --no-header --delimiter=,
tells 'lines before the header (--skip-head=N)'
silent --delimiter
said --no-header --delimiter=, --skip-head=1
tells 'lines that are no records of this table'
silent --delimiter
silent --skip-head
table 'z,1\tb\n' 'a%d,1\tb\na,1\tb\tc\na,1\tb\tc\td\na,1\tb\tc\td\te\n'
said --no-header --delimiter=tab --skip-head=1
silent --delimiter
table 'id;n\n' '"a%d" b;c\n'
said
tells "wrong delimiter: ';' stands"
said --delimiter=tab
silent --delimiter
tells '--enclosure=none'

# The enclosure and the escape.
table 'id,n,x\n' "%d,'a, b',c\n"
said
tells "(try --enclosure=\"'\")"
said --enclosure=none
tells "' stands around fields, and another enclosure was given"
silent '(try --enclosure'
table 'id,n\n' '%d,"a" b "c\n'
said
tells "--escape='"
said --escape='~'
tells '--enclosure=none'
silent --escape
table 'id,n\n' '%d,^a^ b ^c\n'
said --enclosure='^'
tells "(try --escape='"
silent --enclosure
said --enclosure='^' --escape='~'
tells 'enclosures that are at fault'
silent --enclosure
silent --escape

# The lines to skip: the header shows that they were not enough.
table 'Report\nof today\n\nid,n\n' '%d,a\n'
said --skip-head=1
tells 'and --skip-head=1 was given (try --skip-head=3)'
said
silent 'was given'

# The encoding.
table 'id,n\n' '%d,caf\xe9\n'
said
tells 'wrong encoding (csvkit sniff proposes one)'
said --encoding=utf-8
tells 'it was read as utf-8 (csvkit sniff proposes one)'

# Records of another width, and comments.
table 'id,n\n' '%d,a,\n'
said
tells '(--ragged=pad drops it)'
said --ragged=reject
tells 'a delimiter at the end of each record, or a name is missing'
silent --ragged
table '#Report\nid,n\n' '%d,a\n'
said
tells '(--comment=# drops'
said --comment=%
silent --comment
# Comments among a few records: most of what does not fit begins with #.
{ printf 'a,b\n1,2\n3,4\n'; for i in 1 2 3 4 5; do printf '# it is %s\n# x, y, %s\n# z,,,%s\n' $i $i $i; done; printf '5,6\n'; } >"$dir/in.csv"
words=$("$CSVKIT" normalize "$dir/in.csv" -o "$dir/out.csv" --rejects="$dir/rejects" 2>&1)
tells '(--comment=# drops all lines that do)'
words=$("$CSVKIT" normalize --comment=% "$dir/in.csv" -o "$dir/out.csv" --rejects="$dir/rejects" 2>&1)
tells ': likely '
silent --comment
sed -i '1s/^/#/' "$dir/in.csv"
words=$("$CSVKIT" normalize "$dir/in.csv" -o "$dir/out.csv" --rejects="$dir/rejects" 2>&1)
silent --comment
# Most of it does not.
{ printf 'a,b\n1,2\n3,4\n'; for i in 1 2 3 4 5; do printf '# it is %s\n1,2,%s\n1,2,3,%s\n1,2,3,4,%s\n' $i $i $i $i; done; printf '5,6\n'; } >"$dir/in.csv"
words=$("$CSVKIT" normalize "$dir/in.csv" -o "$dir/out.csv" --rejects="$dir/rejects" 2>&1)
tells ': likely '
silent --comment
exit $failed
