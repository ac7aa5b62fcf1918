#!/bin/bash
# The text report on a terminal: colours by --color, NO_COLOR and TERM, never in files; the caret under
# wide characters, combining marks and emoji, with libutf8proc and without it; the hint to csvkit explain.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0
export TERM=xterm
unset NO_COLOR

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

on_terminal() { # command line: both outputs are a terminal; what is on it goes to the file `screen`
    python3 - "$CSVKIT" "$@" >screen <<'PY'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
os.waitpid(pid, 0)
sys.stdout.buffer.write(seen.replace(b'\r\n', b'\n'))
PY
}
has_colors() { grep -q $'\e\\[3[0-9]' "$1"; }

printf 'id,name\r\n1,a"b\r\n' >bad.csv
printf 'id,name\r\n1,ab\r\n' >good.csv

# ---- colours
on_terminal validate bad.csv
has_colors screen || fail "no colours on a terminal: $(cat screen)"
on_terminal validate --color=never bad.csv
has_colors screen && fail "--color=never"
NO_COLOR=1 on_terminal validate bad.csv
has_colors screen && fail "NO_COLOR"
NO_COLOR=1 on_terminal validate --color=always bad.csv
has_colors screen || fail "--color=always is typed, NO_COLOR is set for all"
NO_COLOR=1 on_terminal validate --color=auto bad.csv
has_colors screen && fail "NO_COLOR with --color=auto"
TERM=dumb on_terminal validate bad.csv
has_colors screen && fail "TERM=dumb"
"$CSVKIT" validate bad.csv >out
has_colors out && fail "colours in a pipe"
"$CSVKIT" validate --color=always bad.csv >out
has_colors out || fail "--color=always in a pipe"
for format in json sarif github junit csv; do
    "$CSVKIT" validate --color=always --format=$format bad.csv >out
    grep -q $'\e' out && fail "colours in $format"
done
"$CSVKIT" validate --color=always -o report --report=text:other bad.csv
grep -q $'\e' report other && fail "colours in a file"
echo '{"x":1}' >m.manifest
"$CSVKIT" manifest check --color=always m.manifest >out
has_colors out || fail "--color=always with manifest check"

# ---- the hint: on terminals, when there is something to explain
hint='more about a rule: csvkit explain quote-in-unquoted-field'
on_terminal validate bad.csv
tail -n 1 screen | grep -q "$hint" || fail "no hint: $(cat screen)"
for line in 'good.csv' '-q bad.csv' '--statistics bad.csv' '-o report bad.csv' '--format=github bad.csv'; do
    # shellcheck disable=SC2086
    on_terminal validate $line
    grep -q 'csvkit explain' screen && fail "a hint with $line"
done
"$CSVKIT" validate bad.csv 2>&1 | grep -q 'csvkit explain' && fail "a hint in a pipe"

# ---- carets: the column of the caret is the width of what stands before it
caret() { # what; text before the place; columns before the caret
    printf 'a,b\r\n%s"x\r\n' "$2" >wide.csv
    "$CSVKIT" validate wide.csv >out
    local line
    line=$(grep -m 1 '^ *^' out)
    [ "${#line}" = $((4 + $3 + 1)) ] || fail "$1: $(cat out)"
}
caret ASCII '12,x' 4
caret Chinese '漢字,x' 6
caret Korean '한글,x' 6
caret 'a combining mark' $'e\u0301,x' 3
caret 'a family' $'\U1F469\u200D\U1F469\u200D\U1F467,x' 4
caret 'a flag' $'\U1F1E8\U1F1FF,x' 4
caret Hebrew $'\u05D0\u05D1,x' 4
caret 'a tab' $'a\t,x' 5
caret 'a mark of direction' $'\u202E,x' 10
# A library that cannot be loaded: as many columns as code points.
: >libutf8proc.so.2
export LD_LIBRARY_PATH=$work
caret 'Chinese, without the library' '漢字,x' 4
caret 'a combining mark, without the library' $'e\u0301,x' 4
unset LD_LIBRARY_PATH

[ "$failures" = 0 ] && echo 'colours, carets and a hint'
exit $((failures != 0))
