#!/bin/bash
# Delimiters of several bytes and blanks to skip on the command line: who reads them, and who refuses
# them with what to do; plain and gzip, whole and in slices, named and found.
set -u
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

expect_exit() { # status, command...
    local want=$1 have
    shift
    "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    have=$?
    [ "$have" = "$want" ] || fail "exit $have, expected $want: $*: $(cat "$tmp/err")"
}

says() { # text: the last command said it on standard error
    grep -qF -- "$1" "$tmp/err" || fail "\"$1\" is not in: $(cat "$tmp/err")"
}

printf 'id||name||note\n1||Ann||"a||b"\n2||Bob|\\||\n3||Cyd||x|y\n' >"$tmp/bars.txt"
printf 'id, "name", note\n1, "A, nn", x\n2,\t"Bob" , \n' >"$tmp/blanks.csv"
gzip -c "$tmp/bars.txt" >"$tmp/bars.txt.gz"

# validate: the same report for plain and gzip, for the name of the bytes and their codes
expect_exit 0 "$CSVKIT" validate -d '||' --format=json "$tmp/bars.txt"
jq -e '.dialect.delimiter == "||" and (.dialect | has("skip_blanks") | not) and .columns == 3 and
    .column_names == ["id", "name", "note"] and .records == 4' "$tmp/out" >"$tmp/jq" ||
    fail "report of bars: $(cat "$tmp/out")"
sed 's/"file":"[^"]*"//' "$tmp/out" >"$tmp/plain"
expect_exit 0 "$CSVKIT" validate -d '\x7c\x7c' --format=json "$tmp/bars.txt.gz"
sed 's/"file":"[^"]*"//' "$tmp/out" | cmp -s - "$tmp/plain" || fail "gzip or codes change the report"
expect_exit 0 "$CSVKIT" validate -d '||' --primary-key=id --verify "$tmp/bars.txt"
says 'only the reference parser has read the file, twice'
expect_exit 1 "$CSVKIT" validate --skip-blanks --format=json "$tmp/blanks.csv"
jq -e '.dialect.skip_blanks and .rules == {"eol-lf": 1, "space-after-closing-quote": 1}' \
    "$tmp/out" >"$tmp/jq" || fail "report of blanks: $(cat "$tmp/out")"

# normalize: a comma unless it is said otherwise; the values stay
expect_exit 0 "$CSVKIT" normalize -d '||' --line-break=lf --verify "$tmp/bars.txt" -o "$tmp/bars.csv"
says 'libcsv counts 4 out, 0 rejected; it cannot read the input'
printf 'id,name,note\n1,Ann,"a||b"\n2,Bob|\\,\n3,Cyd,x|y\n' | cmp -s - "$tmp/bars.csv" ||
    fail "bars: $(cat "$tmp/bars.csv")"
expect_exit 0 "$CSVKIT" normalize -d '||' --to-delimiter='|' --line-break=lf "$tmp/bars.txt"
printf 'id|name|note\n1|Ann|"a||b"\n2|"Bob|\\"|\n3|Cyd|"x|y"\n' | cmp -s - "$tmp/out" ||
    fail "to one bar: $(cat "$tmp/out")"
expect_exit 0 "$CSVKIT" normalize -d '||' "$tmp/bars.txt.gz" --line-break=lf
cmp -s "$tmp/out" "$tmp/bars.csv" || fail "gzip changes the table"
expect_exit 2 "$CSVKIT" normalize -d '||' --to-delimiter='||' "$tmp/bars.txt"
says 'give one byte'

# a record that cannot be repaired is set apart, byte for byte
printf 'a||b\n1||2\n3||"x\n4||5\n6||7\n8||9\n' >"$tmp/open.txt"
expect_exit 1 "$CSVKIT" normalize -d '||' --rejects="$tmp/rejects" "$tmp/open.txt" -o "$tmp/open.csv"
grep -q '^3||"x' "$tmp/rejects" || fail "rejects: $(cat "$tmp/rejects" "$tmp/err")"

# slices
mkdir "$tmp/in"
expect_exit 2 "$CSVKIT" slice -d '||' "$tmp/bars.txt" -o "$tmp/slices" --records=2
says 'works with --normalize only'
expect_exit 2 "$CSVKIT" slice --skip-blanks "$tmp/blanks.csv" -o "$tmp/slices" --records=2
says '--skip-blanks: works with --normalize only'
expect_exit 0 "$CSVKIT" slice -d '||' --normalize --verify "$tmp/bars.txt" -o "$tmp/slices" \
    --records=2 --compress=none
cat "$tmp"/slices/* | cmp -s - <(tail -n +2 "$tmp/bars.csv") || fail "slices: $(cat "$tmp"/slices/*)"
jq -e 'has("delimiter") | not' "$tmp/slices.manifest" >"$tmp/jq" ||
    jq -e '.delimiter == ","' "$tmp/slices.manifest" >"$tmp/jq" ||
    fail "manifest: $(cat "$tmp/slices.manifest")"

# all others say what to do
expect_exit 2 "$CSVKIT" merge -d '||' "$tmp/slices"
says "csvkit normalize --delimiter='||'"
expect_exit 2 "$CSVKIT" manifest create -d '||' "$tmp/bars.txt"
says 'delimiters of one byte only'
expect_exit 2 "$CSVKIT" load -d '||' "$tmp/bars.txt" in.c-a.b
says 'delimiters of one byte only'
expect_exit 2 "$CSVKIT" merge --skip-blanks "$tmp/slices"
says 'unknown option --skip-blanks'
printf '{"delimiter": "||", "columns": ["id", "name", "note"]}' >"$tmp/bars.manifest"
expect_exit 1 "$CSVKIT" validate --manifest="$tmp/bars.manifest" "$tmp/bars.txt"

# words that are none
for word in semikolon none '' '|23456789' '\|' '"|' "a'b\"" '|\n'; do
    expect_exit 2 "$CSVKIT" validate -d "$word" "$tmp/bars.txt"
done
expect_exit 2 "$CSVKIT" validate -d '||' -e '|' "$tmp/bars.txt"
says 'the enclosure is a byte of the delimiter'

# found
expect_exit 0 "$CSVKIT" sniff --format=json "$tmp/bars.txt.gz"
printf 'id^|^n\n1^|^x\n2^|^y\n' >"$tmp/hats.txt"
expect_exit 0 "$CSVKIT" sniff --format=json "$tmp/hats.txt"
jq -e '.delimiter.value == "^|^" and .candidates[0].delimiter == "^|^"' "$tmp/out" >"$tmp/jq" ||
    fail "sniff: $(cat "$tmp/out")"
expect_exit 0 "$CSVKIT" validate -d auto --format=json "$tmp/hats.txt"
jq -e '.dialect.delimiter == "^|^"' "$tmp/out" >"$tmp/jq" || fail "validate -d auto"
expect_exit 0 "$CSVKIT" normalize -d auto --line-break=lf --format=json "$tmp/hats.txt" -o "$tmp/hats.csv"
jq -e '.delimiter == "^|^"' "$tmp/out" >"$tmp/jq" || fail "normalize -d auto: $(cat "$tmp/out" "$tmp/err")"
printf 'id,n\n1,x\n2,y\n' | cmp -s - "$tmp/hats.csv" || fail "hats: $(cat "$tmp/hats.csv")"
printf 'a, "b"\n1, "x, y"\n' >"$tmp/found.csv"
expect_exit 0 "$CSVKIT" sniff --format=json "$tmp/found.csv"
jq -e '.delimiter.value == "," and .skip_blanks' "$tmp/out" >"$tmp/jq" || fail "sniff blanks"
expect_exit 0 "$CSVKIT" validate -d auto "$tmp/found.csv"
says 'blanks skipped'
expect_exit 0 "$CSVKIT" normalize -d auto --line-break=lf "$tmp/found.csv"
printf 'a,"b"\n1,"x, y"\n' | cmp -s - "$tmp/out" || fail "found: $(cat "$tmp/out")"

exit $failed
