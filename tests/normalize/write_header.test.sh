#!/bin/bash
# --write-header: the names of --columns become the first record, and no count counts them.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
n() { "$CSVKIT" normalize "$@" 2>"$dir/told"; }
gives() { # printf format of the output, arguments: the input is in.csv
    local want=$1
    shift
    n --no-header --write-header --verify "$@" "$dir/in.csv" -o "$dir/out.csv" ||
        say "exit $?: $* ($(cat "$dir/told"))"
    # shellcheck disable=SC2059
    printf "$want" | cmp -s - "$dir/out.csv" || say "$*: $(cat -A "$dir/out.csv")"
}
refuses() { # words, arguments
    local words=$1
    shift
    rm -f "$dir/never.csv"
    n "$@" "$dir/in.csv" -o "$dir/never.csv"
    [ $? = 2 ] || say "not exit 2: $*"
    grep -qF -- "$words" "$dir/told" || say "no '$words': $(cat "$dir/told")"
    [ ! -e "$dir/never.csv" ] || say "a file was left: $*"
}

# The output's line break, delimiter, enclosure and quoting, and after its byte order mark.
printf '1,2\r\n"3",4\r\n' >"$dir/in.csv"
gives 'a,b\r\n1,2\r\n"3",4\r\n' --columns=a,b
grep -qF '2 records in, 2 out, 0 rejected' "$dir/told" || say "counted: $(cat "$dir/told")"
grep -qF 'libcsv counts 2 in, 2 out' "$dir/told" || say "verified: $(cat "$dir/told")"
gives 'a,b\n1,2\n"3",4\n' --columns=a,b --line-break=lf
gives '\xef\xbb\xbfa,b\r\n1,2\r\n"3",4\r\n' --columns=a,b --bom
gives '"a","b"\r\n"1","2"\r\n"3","4"\r\n' --columns=a,b --quote=all
gives "a;'b;c'\r\n1;2\r\n'3';4\r\n" --columns='a,b;c' --to-delimiter=';' --to-enclosure="'"
gives '"x ""y""",b\r\n1,2\r\n"3",4\r\n' --columns='"x ""y""",b'
gives '"#a",b\r\n1,2\r\n3,4\r\n' --columns='#a,b' --quote=minimal
n --strict --no-header --columns=a,b --write-header "$dir/in.csv" -o "$dir/out.csv" ||
    say "a header is no repair: $(cat "$dir/told")"
n --check --no-header --columns=a,b --write-header "$dir/in.csv"
[ $? = 1 ] || say "--check says that nothing would change"

# Lines that look like sep=X matter only at the top: the header stands there now.
gives '"sep=",\r\n1,2\r\n"3",4\r\n' --columns='sep=,""'
printf '1,2\r\nsep=,\r\n' >"$dir/in.csv"
gives 'a,b\r\n1,2\r\nsep=,\r\n' --columns=a,b
printf '\xef\xbb\xbfsep=,\r\nsep=,\r\n1,2\r\n' >"$dir/in.csv"
gives 'a,b\r\nsep=,\r\n1,2\r\n' --columns=a,b

# Nothing below it; rejects and repairs below it.
: >"$dir/in.csv"
gives 'a,b\r\n' --columns=a,b
printf '1,2\r\n\r\n3,4\r\n5,6,7\r\n' >"$dir/in.csv"
n --no-header --columns=a,b --write-header --verify "$dir/in.csv" -o "$dir/out.csv" \
    --rejects="$dir/bad.csv" --log="$dir/log"
[ $? = 1 ] || say "rejects: exit"
grep -qF '4 records in, 2 out, 1 rejected, 1 dropped' "$dir/told" || say "rejects: $(cat "$dir/told")"
[ "$(tr -d '\r' <"$dir/bad.csv")" = 5,6,7 ] || say "rejects: $(cat "$dir/bad.csv")"
printf '1\r\n2,\r\n3,4\r\n' >"$dir/in.csv"
n --no-header --columns=a,b --write-header --ragged=pad "$dir/in.csv" -o "$dir/out.csv" --log="$dir/log"
[ "$(sed -n 2p "$dir/out.csv")" = $'1,\r' ] || say "padded: $(cat "$dir/out.csv")"
grep -q '"out_byte":5,"out_record":2,' "$dir/log" || say "place in the output: $(cat "$dir/log")"

# Who gives no names, or has a header, is told.
refuses "needs --no-header and --columns" --write-header
refuses "needs --no-header and --columns" --write-header --no-header
refuses "needs --no-header and --columns" --write-header --columns=a,b
refuses "needs an enclosure" --write-header --no-header --columns='a,"b,c"' --to-enclosure=none
refuses "name 2 of the columns is not UTF-8" --write-header --no-header --columns=$'a,b\xe9'
"$CSVKIT" slice --normalize --write-header --no-header --columns=a,b "$dir/in.csv" -o "$dir/slices" 2>/dev/null
[ $? = 2 ] || say "slice takes --write-header"

exit $failed
