#!/bin/bash
# What the tests of preflight share: a folder under construction in $F, and what is said of it.
work=$(mktemp -d) || exit 2
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
[ -x "$CSVKIT" ] || { echo "no program: $CSVKIT"; exit 2; }
CSVKIT=$(realpath "$CSVKIT")
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$work" || exit 2
for name in $(env | sed -n 's/^\(KBC_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export NO_COLOR=1
fails=0
cases=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

# A fresh, empty data folder.
fresh() {
    F=$work/$1
    T=$F/out/tables
    rm -rf "$F"
    mkdir -p "$F/in/tables" "$F/in/files" "$T" "$F/out/files"
    cases=$((cases + 1))
}

# table NAME DATA [MANIFEST]; \n and \x.. in DATA are obeyed
table() {
    printf '%b' "$2" >"$T/$1"
    [ $# -lt 3 ] || printf '%s' "$3" >"$T/$1.manifest"
}

# judge [OPTION]...: the report in out, the exit status in got
judge() {
    "$CSVKIT" preflight --format=json "$@" "$F" >out 2>err </dev/null
    got=$?
}

# finding STATUS RULE SEVERITY FILE TEXT: the last report has it
finding() {
    [ "$got" = "$1" ] || fail "$F: exit $got, expected $1: $(head -c 300 err)"
    jq -e --arg rule "$2" --arg severity "$3" --arg file "$4" --arg text "$5" \
        '[.findings[], .tables[].findings[], .files[].findings[]] |
         any(.rule == $rule and .severity == $severity and .file == $file and
             (.message | contains($text)))' out >/dev/null ||
        fail "$F: no $3[$2] '$5' at $4 in: $(jq -c '[.findings[], .tables[].findings[],
            .files[].findings[]] | map([.rule, .severity, .file, .message])' out | head -c 900)"
}

# silent: good, and nothing is said
silent() {
    [ "$got" = 0 ] || fail "$F: exit $got, expected 0: $(head -c 300 err)"
    jq -e '.valid and ([.findings[], .tables[].findings[], .files[].findings[]] == [])' out \
        >/dev/null || fail "$F: not silent: $(jq -c '[.findings[], .tables[].findings[],
            .files[].findings[]] | map([.rule, .file, .message])' out | head -c 900)"
}

is() { # FILTER: true of the last report
    jq -e "$1" out >/dev/null || fail "$F: not true: $1 in $(head -c 600 out)"
}

conclude() {
    echo "$cases folders, $fails failures"
    [ "$fails" = 0 ]
}
