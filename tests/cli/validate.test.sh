#!/bin/bash
# validate, rules, explain: exit status, formats that other programs read, ways in, options.
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
    "$@" >"$tmp/out" 2>"$tmp/err"
    have=$?
    [ "$have" = "$want" ] || fail "exit $have, expected $want: $*"
}

printf 'id,name\r\n1,a\r\n' >"$tmp/good.csv"
printf 'id,name\r\n1,a,b\r\n2,\xc3\x28"x\r\n' >"$tmp/bad.csv"
printf 'id,name\n1,a\n' >"$tmp/lf.csv"

# exit status
expect_exit 0 "$CSVKIT" validate "$tmp/good.csv"
expect_exit 1 "$CSVKIT" validate "$tmp/bad.csv"
expect_exit 1 "$CSVKIT" validate "$tmp/good.csv" "$tmp/bad.csv"
expect_exit 2 "$CSVKIT" validate "$tmp/good.csv" "$tmp/missing.csv"
grep -q missing.csv "$tmp/err" || fail "the missing file is not named"
grep -q good.csv "$tmp/out" || fail "the good file was not judged"
expect_exit 2 "$CSVKIT" validate --profile=nosuch "$tmp/good.csv"
expect_exit 2 "$CSVKIT" validate --rule=nosuch=error "$tmp/good.csv"
[ "$(wc -l <"$tmp/err")" = 1 ] || fail "a usage error is one line"
expect_exit 2 "$CSVKIT" validate --rule=eol-lf "$tmp/good.csv"
expect_exit 2 "$CSVKIT" validate --rule=eol-lf=fatal "$tmp/good.csv"
expect_exit 2 "$CSVKIT" validate -d '"' "$tmp/good.csv"
expect_exit 1 "$CSVKIT" validate --rule=eol-lf=error "$tmp/lf.csv"
expect_exit 0 "$CSVKIT" validate --rule=eol-lf=warning "$tmp/lf.csv"
expect_exit 1 "$CSVKIT" validate --rule=eol-lf=warning --fail-on=warning "$tmp/lf.csv"
expect_exit 0 "$CSVKIT" validate --rule=all=off "$tmp/bad.csv"
expect_exit 0 "$CSVKIT" validate --verify "$tmp/good.csv"
expect_exit 1 "$CSVKIT" validate --verify "$tmp/bad.csv"

{
    printf 'a,b\n1,"'
    head -c 5000000 /dev/zero | tr '\0' 'x' | sed 's/x\{99\}/&\n/g'
    printf '"x,3\n'
} >"$tmp/giant.csv"
expect_exit 1 "$CSVKIT" validate --verify "$tmp/giant.csv"

# ways in: pipe, no operand, gzip, gzip pipe, slices; the report but for the name is the same
report() {
    "$CSVKIT" validate --format=json "$@" | jq -c 'del(.file)'
}
want=$(report "$tmp/bad.csv")
gzip -k "$tmp/bad.csv"
[ "$(report - <"$tmp/bad.csv")" = "$want" ] || fail "standard input differs"
[ "$(report <"$tmp/bad.csv")" = "$want" ] || fail "no operand differs"
[ "$(report "$tmp/bad.csv.gz")" = "$want" ] || fail "gzip differs"
# shellcheck disable=SC2002 # a pipe is meant, not a file
[ "$(cat "$tmp/bad.csv.gz" | report)" = "$want" ] || fail "gzip from a pipe differs"
mkfifo "$tmp/fifo"
cat "$tmp/bad.csv" >"$tmp/fifo" &
[ "$(report "$tmp/fifo")" = "$want" ] || fail "fifo differs"
head -c 30 "$tmp/bad.csv.gz" >"$tmp/cut.csv.gz"
"$CSVKIT" validate --format=json "$tmp/cut.csv.gz" |
    jq -e '.rules["compressed-input-damaged"] == 1 and .valid == false' >/dev/null ||
    fail "damaged gzip is not reported"
mkdir "$tmp/slices"
printf '1,a\n' >"$tmp/slices/p1"
printf '2,b,c\n' | gzip >"$tmp/slices/p2"
expect_exit 1 "$CSVKIT" validate --format=json "$tmp/slices"
jq -se 'length == 2 and .[0].valid and .[0].dialect.header == false
    and .[1].rules["field-count"] == 1' "$tmp/out" >/dev/null || fail "slices: $(cat "$tmp/out")"
# headers of slices are those of the first, with a key or without one
mkdir "$tmp/headed"
printf 'id,n\n1,a\n' | tee "$tmp/headed/p1" >"$tmp/headed/p2"
expect_exit 0 "$CSVKIT" validate --header "$tmp/headed"
printf 'n,id\na,1\n' >"$tmp/headed/p2"
# nobody has said whether there is a header: the first slice clearly begins with one
expect_exit 1 "$CSVKIT" validate --format=json "$tmp/headed"
jq -se '[.[].rules["header-mismatch"]] == [null, 1]' "$tmp/out" >/dev/null || fail "unsaid: $(cat "$tmp/out")"
expect_exit 0 "$CSVKIT" validate --no-header "$tmp/headed"
printf 'id,n\n1,a\n' >"$tmp/headed/p2"
expect_exit 0 "$CSVKIT" validate --format=json "$tmp/headed"
jq -se '[.[].rules["header-repeated"]] == [null, 1]' "$tmp/out" >/dev/null || fail "again: $(cat "$tmp/out")"
printf 'id,price\n1,2\n' >"$tmp/headed/p2"
expect_exit 1 "$CSVKIT" validate "$tmp/headed"
grep -q "not the slices of one table.*validate $tmp/headed/\* judges each file alone" "$tmp/err" || fail "two tables: $(cat "$tmp/err")"
expect_exit 0 "$CSVKIT" validate "$tmp"/headed/*
printf 'Ann,Bob\nCyd,Dan\n' | tee "$tmp/headed/p1" >"$tmp/headed/p2" # may be data
expect_exit 0 "$CSVKIT" validate --format=json "$tmp/headed"
jq -se 'all(.[]; .rules | has("header-repeated") | not)' "$tmp/out" >/dev/null || fail "data: $(cat "$tmp/out")"
printf 'id,n\n1,a\n' >"$tmp/headed/p1"
printf 'n,id\na,1\n' >"$tmp/headed/p2"
for key in '' --primary-key=id; do
    # shellcheck disable=SC2086
    expect_exit 1 "$CSVKIT" validate --header $key --format=json "$tmp/headed"
    jq -se '[.[].rules["header-mismatch"]] == [null, 1]' "$tmp/out" >/dev/null || fail "headers: $(cat "$tmp/out")"
done
expect_exit 0 "$CSVKIT" validate --header "$tmp/headed/p1" "$tmp/headed/p2" # files are no slices
iconv -f UTF-8 -t UTF-16 "$tmp/good.csv" >"$tmp/utf16.csv"
expect_exit 1 "$CSVKIT" validate "$tmp/utf16.csv"
expect_exit 0 "$CSVKIT" validate --encoding=UTF-16 "$tmp/utf16.csv"

# JSON: the keys of the contract
"$CSVKIT" validate --format=json "$tmp/bad.csv" | jq -e '
    .valid == false and .profile == "rfc4180" and .bytes == 24 and .records == 3
    and .columns == 2 and .column_names == ["id","name"] and .errors == 3 and .warnings >= 0
    and .dialect == {"delimiter":",","enclosure":"\"","escape":null,"header":true}
    and .line_breaks.crlf == 3 and .line_breaks.lf == 0 and .line_breaks.cr == 0
    and .findings_dropped == 0
    and (.findings[] | select(.rule == "field-count")
        | .severity == "error" and .message == "3 fields, expected 2" and .byte == 13
          and .length == 1 and .line == 2 and .column == 5 and .record == 2 and .field == 3
          and .field_name == null and .found == 3 and .expected == 2)' >/dev/null ||
    fail "JSON keys: $("$CSVKIT" validate --format=json "$tmp/bad.csv")"
"$CSVKIT" validate --format=json --max-findings=1 "$tmp/bad.csv" |
    jq -e '(.findings | length) == 1 and .findings_dropped > 0' >/dev/null || fail "max-findings"

# SARIF: one log over all files, places in code points and bytes
"$CSVKIT" validate --format=sarif "$tmp/good.csv" "$tmp/bad.csv" "$tmp/bad.csv" >"$tmp/sarif"
jq -e '.version == "2.1.0" and (.runs | length) == 1
    and .runs[0].columnKind == "unicodeCodePoints"
    and (.runs[0] as $run | all($run.results[]; . as $result
        | $run.tool.driver.rules[.ruleIndex].id == .ruleId
          and (.message.text | length) > 0
          and (.level | IN("error", "warning", "note"))
          and .locations[0].physicalLocation.region.startLine >= 1
          and .locations[0].physicalLocation.region.byteOffset >= 0))
    and all(.runs[0].tool.driver.rules[]; (.help.text | length) > 0)
    and ([.runs[0].results[] | select(.ruleId == "field-count")] | length) == 2' \
    "$tmp/sarif" >/dev/null || fail "SARIF"
printf 'h\r\n\xc3\xa9\xc3\xa9"\r\n' >"$tmp/chars.csv"
"$CSVKIT" validate --format=sarif "$tmp/chars.csv" | jq -e '
    .runs[0].results[0].locations[0].physicalLocation.region
    | .startColumn == 3 and .byteOffset == 7 and .byteLength == 1' >/dev/null || fail "code points"

# JUnit is XML, a failure per rule with errors; names and data with markup are harmless
cp "$tmp/bad.csv" "$tmp/a<b>&\"c.csv"
"$CSVKIT" validate --format=junit "$tmp/good.csv" "$tmp/a<b>&\"c.csv" >"$tmp/junit"
python3 - "$tmp/junit" <<'EOF' || fail "JUnit"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
good, bad = root.findall("testsuite")
assert root.tag == "testsuites" and good.get("failures") == "0", "good"
assert len(bad.findall("testcase")) == int(bad.get("tests"))
assert len(bad.findall("testcase/failure")) == int(bad.get("failures")) == 3
assert bad.get("name").endswith('a<b>&"c.csv')
EOF

# GitHub: one command per finding, separators encoded
cp "$tmp/bad.csv" "$tmp/a,b:c%.csv"
"$CSVKIT" validate --format=github "$tmp/a,b:c%.csv" >"$tmp/github"
grep -q '^::error file=.*a%2Cb%3Ac%25\.csv,line=2,col=5,title=field-count::3 fields, expected 2$' \
    "$tmp/github" || fail "GitHub: $(cat "$tmp/github")"

# text: place, severity, rule; nothing of the data reaches the terminal raw
printf 'a\r\n\x1b[2J\x07"\xe2\x80\xae\r\n' >"$tmp/evil.csv"
"$CSVKIT" validate "$tmp/evil.csv" >"$tmp/text"
grep -q "evil.csv:2:6: error\[quote-in-unquoted-field\]: quote in a field" "$tmp/text" ||
    fail "text: $(cat -v "$tmp/text")"
LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' "$tmp/text" && fail "raw control bytes in the text"
grep -q $'\u202e' "$tmp/text" && fail "raw bidirectional control in the text"
printf 'a\r\n%s"%s\r\n' "$(printf 'x%.0s' {1..5000})" "$(printf 'y%.0s' {1..5000})" >"$tmp/long.csv"
"$CSVKIT" validate "$tmp/long.csv" >"$tmp/text"
[ "$(wc -L <"$tmp/text")" -lt 200 ] || fail "long lines are not windowed"
awk '/\^/ { caret = index($0, "^"); exit substr(line, caret, 1) != "\"" } { line = $0 }' \
    "$tmp/text" || fail "the caret is not under the quote"
"$CSVKIT" validate --format=text "$tmp/good.csv" | grep -q 'good.csv: valid (rfc4180): 0 errors' ||
    fail "summary"

# keys
printf 'id,n\r\n1,a\r\n1,b\r\n,c\r\n' >"$tmp/keys.csv"
expect_exit 1 "$CSVKIT" validate --primary-key=id --format=json "$tmp/keys.csv"
jq -e '.rules["duplicate-key"] == 1 and .rules["empty-key"] == 1
    and (.findings[] | select(.rule == "duplicate-key")
         | .record == 3 and .line == 3 and .first_record == 2)' "$tmp/out" >/dev/null ||
    fail "keys: $(cat "$tmp/out")"
expect_exit 0 "$CSVKIT" validate --primary-key=id,n --rule=empty-key=off "$tmp/keys.csv"
expect_exit 1 "$CSVKIT" validate --primary-key=nowhere "$tmp/keys.csv"
expect_exit 2 "$CSVKIT" validate --no-header --primary-key=id "$tmp/keys.csv"
grep -q -- "--columns=" "$tmp/err" || fail "what a key needs is not said: $(cat "$tmp/err")"
expect_exit 1 "$CSVKIT" validate --no-header --columns=id,n --primary-key=id "$tmp/keys.csv"

# the same from a file, a pipe and gzip; a key is the same when it is enclosed
awk 'BEGIN { print "a,b,c"
    for (i = 1; i <= 3000; i++) {
        a = i % 1999
        b = a % 7
        if (i % 5) printf "%d,%d,\"x\ny\"\n", a, b
        else printf "\"%d\",\"%d\",z\n", a, b
    } }' >"$tmp/rows.csv"
for key in a a,b b,a a,c; do
    expect_exit 1 "$CSVKIT" validate --primary-key="$key" --format=json "$tmp/rows.csv"
    jq -c '[.rules, .findings]' "$tmp/out" >"$tmp/from-file"
    "$CSVKIT" validate --primary-key="$key" --format=json - <"$tmp/rows.csv" |
        jq -c '[.rules, .findings]' | cmp -s - "$tmp/from-file" || fail "keys through a pipe: $key"
    gzip -c "$tmp/rows.csv" | "$CSVKIT" validate --primary-key="$key" --format=json - |
        jq -c '[.rules, .findings]' | cmp -s - "$tmp/from-file" || fail "keys out of gzip: $key"
    [ "$key" = a,c ] || jq -e '.[0]["duplicate-key"] == 1001' "$tmp/from-file" >/dev/null ||
        fail "repeated keys: $key"
done

# with little memory keys go to disk, and the report is the same
{ echo a,b; seq 100000 | sed 's/$/,x/'; seq 70000 10000 100000 | sed 's/$/,y/'; } >"$tmp/many.csv"
expect_exit 1 "$CSVKIT" validate --primary-key=a --format=json "$tmp/many.csv"
jq -c '[.rules, .findings]' "$tmp/out" >"$tmp/in-memory"
jq -e '.[0]["duplicate-key"] == 4' "$tmp/in-memory" >/dev/null || fail "$(cat "$tmp/in-memory")"
expect_exit 1 "$CSVKIT" validate --memory=1MiB --primary-key=a --format=json "$tmp/many.csv"
jq -c '[.rules, .findings]' "$tmp/out" | cmp -s - "$tmp/in-memory" || fail "keys on disk"
TMPDIR=$tmp/nowhere expect_exit 1 "$CSVKIT" validate --primary-key=a "$tmp/many.csv"
TMPDIR=$tmp/nowhere expect_exit 2 "$CSVKIT" validate --memory=1MiB --primary-key=a "$tmp/many.csv"
grep -q "$tmp/nowhere" "$tmp/err" || fail "where keys go is not named: $(cat "$tmp/err")"

mkdir "$tmp/keyed"
printf '1,a\n2,b\n' >"$tmp/keyed/p1"
: >"$tmp/keyed/p2"
printf '3,c\n1,"d\nd"\n3,e\n' | gzip >"$tmp/keyed/p3"
expect_exit 1 "$CSVKIT" validate --columns=id,n --primary-key=id --format=json "$tmp/keyed"
jq -se 'length == 3 and .[0].valid and .[1].valid and .[2].rules["duplicate-key"] == 2
    and ([.[2].findings[] | select(.rule == "duplicate-key")]
         | .[0].record == 2 and .[0].first_record == 1 and (.[0].first_file | endswith("/p1"))
           and .[0].line == 2 and .[1].record == 3 and .[1].first_record == 1
           and .[1].first_file == null and .[1].line == 4)' "$tmp/out" >/dev/null ||
    fail "keys over slices: $(cat "$tmp/out")"
expect_exit 0 "$CSVKIT" validate --columns=id,n --primary-key=id,n "$tmp/keyed"

# an enclosure that is never closed shows lines below: the report names the line above
printf 'a,b\n1,"x\n2,"y"\n3,"z"w\n' >"$tmp/swallowed.csv"
expect_exit 1 "$CSVKIT" validate --format=json "$tmp/swallowed.csv"
jq -e '[.findings[] | select(.rule == "text-after-closing-quote")]
    | length == 2 and .[0].line == 3 and .[0].record_line == 2
      and (.[0].message | endswith("; the record begins on line 2"))
      and .[1].line == 4 and (.[1] | has("record_line") | not)' "$tmp/out" >/dev/null ||
    fail "swallowed lines: $(cat "$tmp/out")"

# rules and explain
expect_exit 0 "$CSVKIT" rules
[ "$(grep -c ' [EWI-] [EWI-] [EWI-] [EWI-] [EWI-]  ' "$tmp/out")" -ge 54 ] || fail "rules"
"$CSVKIT" rules --format=json | jq -e 'length >= 54
    and all(.[] | select(has("levels")); .rule != "" and (.levels | keys | length) == 5)
    and any(.[]; .rule | startswith("manifest-"))' >/dev/null || fail "rules JSON"
for rule in $("$CSVKIT" rules --format=json | jq -r '.[].rule'); do
    expect_exit 0 "$CSVKIT" explain "$rule"
    IFS= read -r -d '' told <"$tmp/out"
    [[ $'\n'$told == *$'\n'"$rule: "* ]] || fail "explain $rule"
done
expect_exit 0 "$CSVKIT" explain field-count
grep -q 'keboola *error' "$tmp/out" || fail "explain"
expect_exit 2 "$CSVKIT" explain nosuch

# A note that nobody sees takes the place of no other finding; one that explains an error is shown.
printf 'id,name\n1,a,b\n2,"x"y\n' >"$tmp/few.csv"
"$CSVKIT" validate --max-findings=2 --format=json "$tmp/few.csv" |
    jq -e '[.findings[].rule] == ["field-count", "text-after-closing-quote"]' >/dev/null || fail "notes come last"
"$CSVKIT" validate --max-findings=3 --format=json "$tmp/few.csv" |
    jq -e '[.findings[].rule] | length == 3 and .[0] == "eol-lf"' >/dev/null || fail "notes come, too"
printf '# one\nts,v\n1,2\n' >"$tmp/comment.csv"
"$CSVKIT" validate --max-findings=2 "$tmp/comment.csv" | grep -q 'comment-line' || fail "a note that explains"

exit $failed
