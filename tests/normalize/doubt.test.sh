#!/bin/bash
# Records that look as if one repair were right, and are not repaired: each of them was once written
# with a value cut, moved or glued, because nobody asked this question.
set -u
shopt -s lastpipe # a failure in `... | run` counts
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
run() { # standard input; the number of records set apart must be $1, and their reason hold $2
    local rejects words=$2 want=$1
    shift 2
    "$CSVKIT" normalize -q --line-break=lf - -o "$dir/out.csv" --rejects="$dir/bad.csv" "$@"
    mapfile -t rejects <"$dir/bad.csv.jsonl"
    [ "${#rejects[@]}" = "$want" ] || say "${#rejects[@]} rejects, not $want: $words (${rejects[*]:0:3})"
    [ "$want" = 0 ] || [[ ${rejects[*]} == *"$words"* ]] || say "no '$words': ${rejects[*]:0:3}"
}
out() { # a line of the output
    local lines line
    mapfile -t lines <"$dir/out.csv"
    for line in "${lines[@]}"; do [ "$line" != "$1" ] || return 0; done
    say "not in the output: $1 (${lines[*]: -3})"
}
full=('Republic of the North' Kingdom 'Grand Duchy')
letters() { # variable, number, letters for its digits
    local i text=
    for ((i = 0; i < ${#2}; i++)); do text+=${3:${2:i:1}:1}; done
    printf -v "$1" %s "$text"
}
countries() { # 40 records: code, name, number, full name, and a field that is empty but in $1 of them
    echo code,name,number,full,common
    for i in {100..139}; do
        [ "$i" -ge "$1" ] && common='' || common="N $i"
        echo "C$i,Name $i,$i,${full[i % 3]},$common"
    done
}
towns() { # 40 records: code, a name of its own, and a field that is always empty
    echo code,name,rest
    local tons=(ton tonton tontonton tontontonton)
    for i in {100..139}; do
        letters word "$i" abcdefghij
        echo "C$i,Upper $word${tons[i % 4]} Green,"
    done
}
vendors() { # 40 records of code, name, address
    echo code,name,address
    for i in {100..139}; do
        [ $((i % 3)) = 0 ] && star=' ""Star""' || star=
        echo "V$i,\"Works$star $i, Ltd\",$i Mill Lane Leeds"
    done
}

# A short record whose missing field is empty in most records, but holds a value in one; and one
# whose last value is text, which may go on.
{ countries 101 && echo C140,Name 140,140,Kingdom; } | run 1 'empty in most records, but not in all'
{ towns && echo C140,Upper beatonton Gree; } | run 1 'is like no other value of its column'
{ countries 100 && echo C140,Name 140,140,Grand Duchy; } | run 0 ''
out 'C140,Name 140,140,Grand Duchy,'
{ countries 100 && echo C140,Name 140,140,; } | run 1 ''

# Quotes that are doubled in an open field betray an enclosure; so does a quote whose partner stands
# at the end of a later field, and then the width is right by chance.
{ vendors && echo 'V140,Works ""Star"" 140, Ltd",140 Mill Lane Leeds'; } | run 0 ''
out 'V140,"Works ""Star"" 140, Ltd",140 Mill Lane Leeds'
{ vendors && echo 'V140,5" pipe,140 Mill Lane Leeds'; } | run 0 ''
out 'V140,"5"" pipe",140 Mill Lane Leeds'
printf 'a,b\n1,x ""y"""\n' | run 1 'too few to tell'
printf 'a,b\n1,x "y"\n' | run 0 ''
{ vendors && echo 'V140"Works 140, Ltd",140 Mill Lane Leeds'; } | run 0 ''
out 'V140,"Works 140, Ltd",140 Mill Lane Leeds'

{ towns && echo 'C140,Upper ""Beatonton"" Green",'; } | run 1 'all quotes are data'
zones() { # one note in three is enclosed
    for i in {100..139}; do
        letters word "$i" klmnopqrst
        letters zone "$i" abcdefghij
        [ $((i % 3)) = 0 ] && note="\"Land, $word\"" || note="Land $word"
        echo "C$i,-$i,Area/$zone,$note"
    done
}
{ echo code,at,zone,note && zones && echo 'C140,-140,Area/bea"Land, Sea"'; } | run 0 ''
out 'C140,-140,Area/bea,"Land, Sea"'

# In one value quotes are doubled, and others are not: what a pair means is open.
{ vendors && echo 'V140,"Works "Star" ""Sun"" 140, Ltd",140 Mill Lane Leeds'; } | run 1 'quotes in a value are doubled, and others in it are not'
{ vendors && echo 'V140,"Works "Star" 140, Ltd",140 Mill Lane Leeds'; } | run 0 ''
out 'V140,"Works ""Star"" 140, Ltd",140 Mill Lane Leeds'

# A value of many lines has lost its opening quote: its first line is a record by itself, and lines
# with commas are no reason to stop looking for its end.
{
    echo id,name,text
    for i in {10..49}; do printf '%d,"Pack %d, large","tool %d\nIt is small, fast, and free.\n.\nUse it."\n' "$i" "$i" "$i"; done
    printf '50,"Pack 50, large",tool 50\nIt is small, fast\nand free, and so on, for all.\n.\nUse it."\n'
    printf '51,"Pack 51, large","tool 51\nUse it."\n'
} | run 1 'its last value may go on in the next line'

# Lines within values are usual in the column, and some look like records: nothing is doubted.
{
    echo id,text
    for i in {10..49}; do printf '%d,"tool %d\n%d,tool"\n' "$i" "$i" "$i"; done
    printf '50,"~~ (50) && ##: 1/2; %%%%\n50,= ^^ [x] {y} | _z_ !?"\n'
} | run 0 ''

# Two records on one line, the last value of the first or the first value of the second being empty.
names() { for i in {100..139}; do echo "\"N$i\"|\"I\"||"; done; }
{ echo 'name|kind|other|more' && names && echo '"N140"|"I"||"N141"|"I"||'; } | run 1 'two records may be on one line' -d pipe
{ echo 'name|kind|other|more' && names && echo '"N140"|"I"|||"N141"|"I"||'; } | run 1 '' -d pipe
{ echo 'name|kind|other|more' && names && echo '"N140"|"I"|||'; } | run 0 '' -d pipe
# Only empty fields, and one too many: nothing tells whether a record is hidden in them.
{ echo a,b && seq 40 | sed 's/.*/,/' && echo ,,; } | run 1 'nothing in them tells which are surplus'

# A sound record of many lines is doubted by much evidence only: what was repaired is evidence when
# the output is normalized again, and then nothing may change.
printf 'a,,,\n"\n,,,\n"\nb\nxa\na\nxb\nb\nxa\na,\nxb,' >"$dir/in.csv"
"$CSVKIT" normalize -q --no-header --ragged=pad "$dir/in.csv" -o "$dir/once.csv"
"$CSVKIT" normalize -q --no-header --ragged=pad "$dir/once.csv" -o "$dir/twice.csv"
cmp -s "$dir/once.csv" "$dir/twice.csv" || say "normalized twice"

# What became equal to the header, or empty, is that the first time, too.
twice() { # printf format, options
    # shellcheck disable=SC2059
    printf "$1" >"$dir/in.csv"
    shift
    "$CSVKIT" normalize -q "$@" "$dir/in.csv" -o "$dir/once.csv" --rejects="$dir/bad.csv"
    "$CSVKIT" normalize -q "$@" "$dir/once.csv" -o "$dir/twice.csv" --rejects="$dir/bad2.csv"
    cmp -s "$dir/once.csv" "$dir/twice.csv" || say "normalized twice: $* $(cat -A "$dir/once.csv")"
    [ ! -s "$dir/bad2.csv" ] || say "rejects of the second time: $*"
}
twice 'a,\na ,\n1,2\n' --trim
grep -q 'the header again' "$dir/bad.csv.jsonl" || say "a trimmed header"
twice 'a,\na\n1,2\n' --ragged=pad
twice 'a,"b ""c"""\na,"b ""c""" \n1,2\n' --trim
twice 'a,b\n1,2\n""\n' --ragged=pad --empty-records=drop
twice 'a,b\n1,2\n , \n3,4\n' --trim --empty-records=drop
twice 'a,b\n1," "\n2," x"\n' --trim --quote=minimal

# As many equal names as a table may have columns.
{ yes a | head -n 20000 | paste -sd, && yes 1 | head -n 20000 | paste -sd,; } >"$dir/in.csv"
timeout 20 "$CSVKIT" normalize -q --names=storage "$dir/in.csv" -o "$dir/out.csv" || say "20,000 equal names"
head -c 20 "$dir/out.csv" | grep -q '^a,a_2,a_3,a_4,a_5,' || say "equal names: $(head -c 40 "$dir/out.csv")"
printf 'a,A,a_2,a,a_2\n1,2,3,4,5\n' | "$CSVKIT" normalize -q --names=storage | head -n 1 | tr -d '\r' |
    grep -qx 'a,A_2,a_2_2,a_3,a_2_3' || say "names that are taken"

exit $failed
