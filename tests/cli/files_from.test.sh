#!/bin/bash
# --files-from: names of files out of a list, by lines and by NUL bytes, from a file and from standard
# input; an empty list is no work and never standard input; what cannot be meant is refused.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

judged() { # what: the names in the report, in their order, must be these
    local what=$1 names
    shift
    names=$(jq -r .file out | tr '\n' '|')
    [ "$names" = "$(printf '%s|' "$@")" ] || fail "$what: judged $names"
}

refused() { # pattern; command line, with standard input
    local pattern=$1
    shift
    "$CSVKIT" validate "$@" >out 2>err
    local status=$?
    [ "$status" = 2 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qE -- "$pattern" err ||
        fail "$*: exit status $status, $(cat out err)"
}

for name in a.csv 'b c.csv' $'line\nbreak.csv' ' blank.csv' last.csv; do
    printf 'a,b\r\n1,2\r\n' >"$name"
done

printf 'a.csv\n\nb c.csv\n blank.csv\nlast.csv' >list
"$CSVKIT" validate --format=json --files-from=list >out || fail "a list of lines"
judged "a list of lines" a.csv 'b c.csv' ' blank.csv' last.csv
"$CSVKIT" validate --format=json --files-from list last.csv </dev/null >out || fail "with an operand"
judged "with an operand" last.csv a.csv 'b c.csv' ' blank.csv' last.csv
"$CSVKIT" validate --format=json --files-from=- <list >out || fail "from standard input"
judged "from standard input" a.csv 'b c.csv' ' blank.csv' last.csv
printf 'last.csv\n' >list2
"$CSVKIT" validate --format=json --files-from=list2 --files-from=list >out || fail "two lists"
judged "two lists" last.csv a.csv 'b c.csv' ' blank.csv' last.csv

find . -name '*break.csv' -print0 >zero
printf 'a.csv\0\0last.csv' >>zero
for option in -0 --null; do
    "$CSVKIT" validate --format=json "$option" --files-from=zero >out || fail "$option"
    [ "$(jq -s length out)" = 3 ] && jq -se '.[0].file == "./line\nbreak.csv"' out >/dev/null || fail "$option: $(cat out)"
done

# A list may name standard input when it is not standard input itself.
echo - >list3
printf 'x\r\n1\r\n' | "$CSVKIT" validate --format=json --files-from=list3 >out || fail "a list with -"
judged "a list with -" -

# Nothing to do is no failure, and standard input is not read.
printf 'a,b\r\n1\r\n' | "$CSVKIT" validate --files-from=/dev/null >out 2>err || fail "an empty list: $?"
[ ! -s out ] && grep -q 'nothing to do' err || fail "an empty list: $(cat out err)"
"$CSVKIT" validate -q --files-from=- </dev/null >out 2>err || fail "an empty list: $?"
[ -s out ] || [ -s err ] && fail "-q with an empty list: $(cat out err)"

# A file that is missing is told, and the others are judged.
printf 'missing.csv\na.csv\n' >list4
"$CSVKIT" validate --format=json --files-from=list4 >out 2>err
[ $? = 2 ] && jq -se 'length == 2 and .[1].valid' out >/dev/null || fail "a missing file: $(cat out err)"

refused 'list9: No such file' --files-from=list9
refused 'Is a directory' --files-from=.
refused 'NUL byte; --null' --files-from=zero
refused 'works with --files-from only' -0 a.csv
refused 'read once only' --files-from=- - <list
refused 'read once only' --files-from=- --files-from=- <list
refused 'a name in the list is -' --files-from=- <list3
refused 'this is an input' --files-from=list -o a.csv
[ "$(head -n 1 a.csv)" = $'a,b\r' ] || fail "an input was overwritten"

# More names than a command line holds.
seq 40000 | sed 's/.*/a.csv/' >many
"$CSVKIT" validate -q --files-from=many >out 2>err || fail "40000 names: $? $(head -c 300 err)"

[ "$failures" = 0 ] && echo 'lists by line and by NUL byte'
exit $((failures != 0))
