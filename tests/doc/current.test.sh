#!/bin/bash
# The documents say what the program does. doc/rules.md is what make_rules.py prints, the picture of a terminal
# what doc/site/terminal.py makes of the commands in it. In doc/reading.md,
# doc/repairs.md, doc/reports.md, doc/project-file.md, doc/stats.md, doc/types.md, doc/csvw.md,
# doc/tutorial.md and doc/how-to.md every ```console block is run: a line "$ COMMAND" is followed by what it
# prints, on both outputs. Each block has an empty folder to itself, with csvkit on PATH; those of the tutorial
# have one together.
#
# Bytes that do not print are compared as cat -v shows them. Lines that begin with four blanks are
# left out: validate shows the record and its help so, and the documents are shorter without.
set -u
make_rules=$PWD/tests/doc/make_rules.py
documents=$PWD/doc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$CSVKIT" "$work/bin/csvkit" || exit 2
PATH=$work/bin:$PATH
bad=0

fail() { # what
    printf 'FAILED %s\n' "$1"
    bad=1
}

python3 "$make_rules" "$CSVKIT" >"$work/rules.md" || fail "make_rules.py"
diff "$documents/rules.md" "$work/rules.md" ||
    fail "doc/rules.md: python3 tests/doc/make_rules.py build/release/bin/csvkit >doc/rules.md"

# The first thing that the README shows.
diff <(sed -n '/^```console$/,/^```$/p' README.md | sed '1d;$d') <(
    cd examples/data && echo '$ csvkit validate products-dirty.csv' && csvkit validate products-dirty.csv 2>&1
) || fail "README.md: what csvkit validate prints"

# The picture: read as XML, with every error that validate prints, drawn within its edges.
python3 doc/site/terminal.py "$CSVKIT" >"$work/terminal.svg" || fail "doc/site/terminal.py"
diff "$documents/terminal.svg" "$work/terminal.svg" || fail "doc/terminal.svg: make doc"
python3 - "$documents/terminal.svg" <<'PYTHON' || fail "doc/terminal.svg is not as it should be"
import sys
import xml.etree.ElementTree as xml
texts = list(xml.parse(sys.argv[1]).getroot().iter('{http://www.w3.org/2000/svg}text'))
width = int(xml.parse(sys.argv[1]).getroot().get('width'))
assert sum(text.text == 'error' for text in texts) == 5 and sum(text.text == 'good' for text in texts) == 2
assert all(int(text.get('x')) + int(text.get('textLength')) < width for text in texts)
PYTHON

# What a reader of the document sees of a command, in $got; cat is started for bytes that do not print only.
run_shown() { # command
    local text line unseen=$'[^[:print:]\t\n]'
    (cd "$block" && set +u && eval "$1") >"$work/printed" 2>&1 </dev/null
    local LC_ALL=C
    if IFS= read -r -d '' text <"$work/printed" || [[ $text =~ $unseen ]]; then
        text=$(cat -v "$work/printed")
    fi
    got=
    while IFS= read -r line; do
        [[ $line == '    '* ]] || got+=$line$'\n'
    done <<<"${text%$'\n'}"
    while [[ $got == *$'\n' ]]; do got=${got%$'\n'}; done
}

compare() { # document: what the command at hand prints with what stands there
    local got
    [ -n "$command" ] || return 0
    run_shown "$command"
    ncommands=$((ncommands + 1))
    [ "$got" = "${expected%$'\n'}" ] && return 0
    fail "doc/$1:$at: $command"
    diff <(printf '%s' "$expected") <(printf '%s\n' "$got")
}

run_document() { # name; how many commands it has at least; "together": one folder for all blocks
    local line number=0 inside=no command='' expected='' at=0 ncommands=0 nblocks=0
    while IFS= read -r line; do
        number=$((number + 1))
        case $inside:$line in
        no:'```console')
            inside=yes command=''
            nblocks=$((nblocks + 1))
            if [ "${3:-}" != together ] || [ "$at" = 0 ]; then
                block=$work/$1.$nblocks && mkdir "$block"
            fi
            ;;
        no:*) ;;
        yes:'```')
            compare "$1"
            inside=no
            ;;
        yes:'$ '*)
            compare "$1"
            command=${line#'$ '} expected='' at=$number
            ;;
        yes:*) expected+=$line$'\n' ;;
        esac
    done <"$documents/$1"
    [ "$inside" = no ] || fail "doc/$1: the last block is not closed"
    echo "$1: $ncommands commands"
    [ "$ncommands" -ge "$2" ] || fail "doc/$1: where are its examples?"
}

has_heading() { # document, first words of the heading
    [ "$(grep -c "^### $2 " "$documents/$1")" = 1 ] || fail "doc/$1: one heading '### $2 ...'"
}

run_document reading.md 25
run_document repairs.md 25
run_document reports.md 10
run_document project-file.md 5
run_document types.md 3
run_document stats.md 10
run_document csvw.md 3
run_document tutorial.md 20 together
run_document how-to.md 25
[ "$(grep -c '^## ' "$documents/how-to.md")" = 12 ] || fail "doc/how-to.md: twelve tasks"
for number in $(seq 29); do
    has_heading reading.md "A$number"
done
for repair in $(seq -f 'r%g' 27) trim columns; do
    has_heading repairs.md "$repair"
done
exit "$bad"
