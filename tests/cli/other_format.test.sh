#!/bin/bash
# Files that are plainly something else: one clear line, status 1, nothing on standard output.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check() { # FILE WORD: validate and slice refuse FILE and name WORD
    for command in "validate" "slice -o $work/out"; do
        status=0
        # shellcheck disable=SC2086
        "$CSVKIT" $command "$1" >"$work/stdout" 2>"$work/stderr" || status=$?
        [ "$status" = 1 ] || { echo "$command $1: exit $status" && exit 1; }
        [ ! -s "$work/stdout" ] || { echo "$command $1 printed on standard output" && exit 1; }
        [ "$(wc -l <"$work/stderr")" = 1 ] && grep -q "$2" "$work/stderr" ||
            { echo "$command $1:" && cat "$work/stderr" && exit 1; }
        [ ! -e "$work/out" ]
    done
}
printf 'PK\3\4rest' >"$work/sheet.csv"
check "$work/sheet.csv" xlsx
printf '%%PDF-1.7\n' >"$work/report.csv"
check "$work/report.csv" PDF
printf 'a,b\n1,2\n' | gzip | gzip >"$work/twice.csv.gz"
check "$work/twice.csv.gz" 'within gzip'
printf 'BZh is a name,b\n1,2\n' >"$work/name.csv"
"$CSVKIT" validate -q "$work/name.csv" >"$work/stdout"
