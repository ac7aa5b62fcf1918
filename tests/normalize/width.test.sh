#!/bin/bash
# The width of a table when header and records do not agree on it: an empty last name that no record
# has a field for, --missing-names, --widen; and --line-break=keep.
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
    "$CSVKIT" normalize --verify --line-break=keep "$@" "$dir/in.csv" -o "$dir/out.csv" \
        --rejects="$dir/bad.csv" --log="$dir/log" 2>"$dir/told"
    got=$?
    [ "$got" = "$want" ] || say "exit $got, not $want: $* ($(head -n 3 "$dir/told"))"
}
is() { # file, printf format: what it must hold
    # shellcheck disable=SC2059
    printf "$2" | cmp -s - "$dir/$1" || say "$1: $(cat -A "$dir/$1")"
}
tells() { grep -qF -- "$1" "$dir/told" || say "not told: $1 ($(cat "$dir/told"))"; }
logs() { grep -qF -- "$1" "$dir/log" || say "not logged: $1 ($(cat "$dir/log"))"; }

# An empty last name goes when all records agree; a record with a field for it speaks against that.
input 'a,b,\n1,2\n3,4\n'
run 0
is out.csv 'a,b\n1,2\n3,4\n'
logs '"repair":"r14","name":"trailing","class":"L2","byte":0,"line":1,"record":1,"field":3'
run 0 --names=storage
is out.csv 'a,b\n1,2\n3,4\n'
run 0 --columns=b
is out.csv 'b\n2\n4\n'
for how in reject fail; do
    run 1 --ragged=$how
    tells 'the header has 3 names, 2 of 2 records have 2 fields'
done
run 0 --ragged=pad
is out.csv 'a,b,\n1,2,\n3,4,\n'
run 1 --strict
for text in 'a,b,""\n1,2\n3,4\n' 'a,,b\n1,2\n3,4\n' 'a,b,,\n1,2\n3,4\n' 'a,b,\n1,2\n3,4\n5,6,7\n'; do
    input "$text"
    run 1
    tells 'the header has'
done
# That header again, as it is and as it is written.
input 'a,b,\n1,2\na,b,\n3,4\n5,6\n'
run 1
is out.csv 'a,b\n1,2\n3,4\n5,6\n'
is bad.csv 'a,b,\n'

# --missing-names: which names are missing is not to be seen, so the user says it.
input 'a,b\n1,2,3\n4,5,6\n'
run 1
tells '(--missing-names=first adds col_1)'
run 0 --missing-names=first
is out.csv 'col_1,a,b\n1,2,3\n4,5,6\n'
logs '"repair":"r23","name":"names","class":"L1","byte":0,"line":1,"record":1,"field":1'
run 0 --missing-names=last
is out.csv 'a,b,col_3\n1,2,3\n4,5,6\n'
logs '"field":3,"places":1,"length":4,"out_byte":0,"out_record":1,"out_length":10,"evidence":"--missing-names=last"'
run 0 --missing-names=last --columns=col_3,a
is out.csv 'col_3,a\n3,1\n6,4\n'
cp "$dir/out.csv" "$dir/in.csv"
run 0 --missing-names=last
is out.csv 'col_3,a\n3,1\n6,4\n'
input 'col_1,b\n1,2,3,"x\ny"\n4,5,6,7\n'
run 0 --missing-names=first
is out.csv 'col_1_2,col_2,col_1,b\n1,2,3,"x\ny"\n4,5,6,7\n'
input 'a\n1,2\n3,4\na\n'
run 1 --missing-names=last
is out.csv 'a,col_2\n1,2\n3,4\n'
is bad.csv 'a\n'
input 'a,b\n1,2,\n3,4,\n'
run 1
tells '(--missing-names=last adds it)'
run 0 --missing-names=last
is out.csv 'a,b,col_3\n1,2,\n3,4,\n'

# --widen: the widest record decides, wherever it stands, but not one whose delimiters may be data.
input 'a,b\n1\n\n2,3,4\n5,6\n7,"x,\ny",8,\n"9"z,1,1,1,1,1,1\n'
run 1 --widen
is out.csv 'a,b,col_3,col_4\n1,,,\n2,3,4,\n5,6,,\n7,"x,\ny",8,\n'
is bad.csv '"9"z,1,1,1,1,1,1\n'
logs '"repair":"r11","name":"pad","class":"L1","byte":4,"line":2,"record":2,"places":1'
logs '"evidence":"--widen"'
cp "$dir/out.csv" "$dir/in.csv"
run 0 --widen
cmp -s "$dir/in.csv" "$dir/out.csv" || say "widened twice: $(cat "$dir/out.csv")"
input '# x,y,z,z\na,b\n1\n# x,y,z\n2,3,4\n'
run 0 --widen --comment='#'
is out.csv 'a,b,col_3\n1,,\n2,3,4\n'
input 'a,b\n1\n2,3,4\n'
run 0 --widen --no-header
is out.csv 'a,b,\n1,,\n2,3,4\n'
run 0 --widen --no-header --columns=p,col_3 --write-header
is out.csv 'p,col_3,col_3_2\na,b,\n1,,\n2,3,4\n'
gzip -k "$dir/in.csv"
"$CSVKIT" normalize -q --widen --line-break=lf "$dir/in.csv.gz" -o "$dir/out.csv" || say "gzip"
is out.csv 'a,b,col_3\n1,,\n2,3,4\n'
"$CSVKIT" normalize -q --widen --in-place --line-break=lf "$dir/in.csv" || say "in place"
is in.csv 'a,b,col_3\n1,,\n2,3,4\n'
{ echo a,b && seq 300000 | sed 's/$/,2/' && echo 1,2,3,4; } >"$dir/in.csv"
run 0 --widen
tail -n 1 "$dir/out.csv" | grep -qx 1,2,3,4 || say "the last record is the widest"
grep -qvE '^[^,]*(,[^,]*){3}$' "$dir/out.csv" && say "another width than 4"
echo a,b | "$CSVKIT" normalize --widen 2>"$dir/told" && say "widened a stream"
tells 'standard input cannot be widened'
# Two widths without a header: the wider one is told, with what helps; no delimiter is at fault.
for i in $(seq 20); do printf '%d\tx\n%d\ty\tz\n%d\ty\tz\n' "$i" "$i" "$i"; done >"$dir/in.csv"
run 1 --no-header -d tab
tells 'most of them have 3 fields, where the first record has 2 (--widen'
grep -q 'delimiter=auto' "$dir/told" && say "advice about the delimiter: $(cat "$dir/told")"
run 0 --no-header -d tab --widen
echo >"$dir/in.csv"
for option in --ragged=repair --missing-names=last; do
    "$CSVKIT" normalize --widen $option "$dir/in.csv" >"$dir/out.csv" 2>"$dir/told"
    [ $? = 2 ] || say "--widen $option"
    tells '--widen excludes'
done

# --line-break=keep: that of the first line, also behind a record that is not whole.
for eol in '\n' '\r\n'; do
    input "a,\"x\r\ny\"${eol}1,2\r\n3,4\n"
    run 0
    is out.csv "a,\"x\r\ny\"${eol}1,2${eol}3,4${eol}"
    input "${eol}1,2${eol}"
    run 0 --no-header --columns=a,b
    is out.csv "1,2${eol}"
    input "a${eol}1"
    run 0 --skip-head=1 --no-header
    is out.csv '1\r\n'
done
input 'a,b\r1,2\r'
run 0
is out.csv 'a,b\r\n1,2\r\n'
{ printf '"%0300000d",b\n' 1 && echo 1,2; } >"$dir/in.csv"
run 0
cmp -s "$dir/in.csv" "$dir/out.csv" || say "--line-break=keep behind a long header"
{ printf '"%0300000d",b\n' 1 && echo 1,2; } >"$dir/in.csv"
run 0 --no-header --columns=a,b
cmp -s "$dir/in.csv" "$dir/out.csv" || say "--line-break=keep behind a long record"
# The first line break says what a single CR is, even when the first record has a fault.
input 'a,"b"x\nc\rd,e\n1,2\n'
run 1 --no-header
is out.csv '"c\rd",e\n1,2\n'

# JSON in all records is named; quotes that are none of JSON are not called so.
for value in '{"x":1,"y":"a"}' '6" x "4"y'; do
    { echo ts,event,payload && for i in {1..28}; do echo "$i,click,$value"; done; } >"$dir/in.csv"
    "$CSVKIT" normalize --rejects="$dir/rejects" "$dir/in.csv" -o "$dir/out.csv" >"$dir/told" 2>&1
    json=$(grep -c 'JSON that is not enclosed: its quotes have to be doubled' "$dir/told")
    [ "$json" = "$([ "${value:0:1}" = '{' ] && echo 1 || echo 0)" ] || say "$value: $(cat "$dir/told")"
done

exit $failed
