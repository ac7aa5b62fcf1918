#!/bin/bash
# Encodings that are no Unicode: encodings.py, and that all commands give the answer of sniff.
set -u
[ -w /dev/shm ] && export TMPDIR=/dev/shm # a thousand small files are made to last
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
bad=0
say() {
    echo "FAILED: $*"
    bad=1
}
python3 tests/recognize/encodings.py "$CSVKIT" 1 || bad=1

# clear TEXT ENCODING; the others are no less sure and no more.
text='Číslo dílu je chybné.;Zboží není skladem.;Příští týden;Děčín;Dvořák Jiří;velikost špatná;účet'
i=0
for word in $(tr ';' ' ' <<<"$text") žluťoučký kůň úpěl ďábelské ódy; do
    echo "$((i += 1));$word"
done | sed '1i id;slovo' >"$dir/utf8"
for encoding in WINDOWS-1250 ISO-8859-2 CP852; do
    iconv -f utf-8 -t "$encoding" "$dir/utf8" >"$dir/in.csv"
    [ "$("$CSVKIT" sniff --format=json "$dir/in.csv" | jq -r .encoding.value)" = "$encoding" ] ||
        say "sniff $encoding: $("$CSVKIT" sniff "$dir/in.csv")"
    "$CSVKIT" validate -d ';' --encoding=auto "$dir/in.csv" >"$dir/out" 2>"$dir/err" ||
        say "validate $encoding: $(cat "$dir/out" "$dir/err")"
    grep -q "read as $encoding" "$dir/err" || say "validate $encoding: $(cat "$dir/err")"
    # Without the option: the finding names the encoding, and stands for all ill-formed bytes.
    "$CSVKIT" validate -d ';' --format=json "$dir/in.csv" >"$dir/out"
    jq -e --arg name "$encoding" '([.findings[] | select(.severity != "info") | .rule] | sort) == ["encoding-suspected", "invalid-utf8"] and
        .rules["invalid-utf8"] > 10 and
        (.findings[] | select(.rule == "encoding-suspected")).encoding == $name' "$dir/out" >/dev/null ||
        say "validate finds $encoding: $(cat "$dir/out")"
    "$CSVKIT" validate -d ';' "$dir/in.csv" | grep -q "Read the file with --encoding=$encoding" ||
        say "the remedy for $encoding"
    "$CSVKIT" normalize -q -d ';' --to-delimiter=';' --line-break=lf --encoding=auto "$dir/in.csv" \
        -o "$dir/o.csv" 2>"$dir/err" && cmp -s "$dir/o.csv" "$dir/utf8" ||
        say "normalize $encoding: $(cat "$dir/err")"
done

# Not clear: all of them say so, name what is likely, and write nothing.
printf 'a,b\n1,\346\367\n' >"$dir/in.csv"
for command in "validate" "normalize -o $dir/never"; do
    # shellcheck disable=SC2086
    "$CSVKIT" $command --encoding=auto "$dir/in.csv" >"$dir/out" 2>"$dir/err"
    [ $? = 1 ] || say "$command: not refused"
    grep -q 'the encoding is not clear' "$dir/err" || say "$command: $(cat "$dir/err")"
done
[ ! -e "$dir/never" ] || say "a table was written"

# A few damaged places do not make UTF-8 another encoding.
{ echo a,b; for i in $(seq 30); do echo "$i,žluťoučký"; done; printf '31,\351\n'; } >"$dir/in.csv"
"$CSVKIT" sniff "$dir/in.csv" | grep -q 'UTF-8 with 1 damaged place beside' || say "damaged UTF-8"
"$CSVKIT" validate "$dir/in.csv" >"$dir/out"
grep -q encoding-suspected "$dir/out" && say "damaged UTF-8 is called another encoding"
exit "$bad"
