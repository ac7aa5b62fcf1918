#!/bin/bash
# The folders and the configuration under examples/ do what their texts say.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"

"$here/examples/data-folder.sh" "$work/made" || fail "data-folder.sh: exit $?"
F=$work/made/good
cases=$((cases + 1))
judge
silent
is '.tables | map([.source, .destination, .by]) ==
    [["customers.csv","in.c-crm.customers","mapping"],
     ["events","out.c-demo.events","manifest+default-bucket"],
     ["orders.csv","out.c-demo.orders","manifest+default-bucket"]]'

F=$work/made/bad
cases=$((cases + 1))
judge
[ "$got" = 1 ] || fail "bad: exit $got"
for rule in preflight-orphan preflight-mapping-source preflight-config-key manifest-unknown-key \
    manifest-not-object manifest-json manifest-bom manifest-conflict manifest-data-type \
    manifest-header field-count header-invalid-name header-case-clash \
    header-name-refused manifest-primary-key duplicate-key preflight-duplicate-destination \
    preflight-destination preflight-destination-bucket manifest-incremental empty-file eol-cr \
    manifest-compression field-too-long manifest-sliced-columns preflight-slices-differ \
    preflight-ignored preflight-hidden preflight-stray preflight-link preflight-special \
    preflight-misplaced preflight-state; do
    is "[.findings[], .tables[].findings[], .files[].findings[]] | any(.rule == \"$rule\")"
done
is '.files[0].valid | not'

# Every rule that a finding has can be explained.
for rule in $(jq -r '[.findings[], .tables[].findings[], .files[].findings[]] | map(.rule) | unique[]' out); do
    "$CSVKIT" explain "$rule" >/dev/null 2>&1 || fail "no explanation of $rule"
done
"$CSVKIT" rules --format=json | jq -e 'map(.rule) | (length == (unique | length)) and
    (index("preflight-orphan") != null)' >/dev/null || fail "rules"

fresh processor
cp "$here/examples/processor/config.json" "$F/config.json"
printf 'id;na me\n1;a\n2;b\n3;c\n' >"$F/in/tables/export1.csv"
printf 'id,x y\r\n1,a\r\n' >"$F/in/tables/other.csv"
printf 'x\n' >"$F/in/tables/raw_1"
"$CSVKIT" processor "$F" >plog 2>perr || fail "processor: exit $?: $(head -c 300 perr)"
judge --default-bucket=in.c-main
is '.tables | map([.source, .records]) == [["export1.csv", 3], ["other.csv", 1], ["raw_1", 0]]'
is '[.tables[] | select(.source != "raw_1") | .valid] == [true, true]'

# What is advised can be done in a folder: in the manifest, or by csvkit normalize.
fresh remedies
table semicolon.csv 'a;b\n1;2\n3;4\n'
table quoted.csv "a,b\n1,'x'\n2,'y,z'\n3,'u'\n"
table wide.csv '\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00'
table wider.csv 'a\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x003\x00,\x004\x00\n\x00'
table escaped.csv 'a,b\n1,"x \\"y\\" z"\n2,w\n'
table sep.csv 'sep=;\na;b\n1;2\n'
table empty.csv ''
judge --default-bucket=in.c-main
mend() { # TABLE RULE TEXT
    jq -e --arg table "$1.csv" --arg rule "$2" --arg text "$3" \
        'any(.tables[] | select(.source == $table) | .findings[]; .rule == $rule and .mend == $text)' out >/dev/null ||
        fail "$1, $2: $(jq -c --arg table "$1.csv" '.tables[] | select(.source == $table).findings | map([.rule, .mend])' out)"
}
mend semicolon delimiter-suspected 'Name the delimiter in the manifest: "delimiter".'
mend quoted quote-style-suspected 'Name the enclosure in the manifest, "enclosure", or write double quotes.'
mend wide utf16-bom 'Write UTF-8: csvkit normalize --encoding=auto does.'
mend wider encoding-suspected 'Write UTF-8: csvkit normalize --encoding=UTF-16LE does.'
mend escaped backslash-escaped-quote \
    "Double the quotes: a manifest cannot name an escape byte; csvkit normalize --escape='\\' does."
mend sep sep-directive 'Remove the line; name the delimiter in the manifest: "delimiter".'
mend empty empty-file 'Write at least the header, or name the columns in the manifest.'

conclude
