#!/bin/bash
# --statistics: the counts of the findings by rule, over all files, as text and JSON. They are those of
# the JSON reports of the same files, added up; with limits, with files that cannot be judged, in a file
# of their own, beside a report of the findings.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$work" || exit 2
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

printf 'id,name\r\n1,2,3\r\n4,a"b\r\n' >bad.csv
printf 'id,n\r\n1\r\n2\r\n' >short.csv
printf 'a,b\r\n1,2\r\n' >good.csv
{ printf 'id,name\r\n'; for i in $(seq 3000); do printf '%s,a"b\r\n' "$i"; done; } >flood.csv
printf '\xef\xbb\xbfa,b\n1,2\n' >notes.csv

# ---- as text: errors first, then the most frequent; a total
"$CSVKIT" validate --statistics bad.csv short.csv missing.csv >out 2>err
[ $? = 2 ] || fail "the exit status with a missing file"
cat >wanted <<'END'
3  error    field-count              a record has more or fewer fields than the table has columns (2 files)
1  error    quote-in-unquoted-field  an enclosure character inside a field that does not begin with one
total: 3 files, 2 with errors, 1 not judged; 4 errors, 0 warnings
END
diff wanted out || fail "text"
grep -q 'missing.csv: No such file' err || fail "a missing file is not told: $(cat err)"
"$CSVKIT" validate --statistics flood.csv bad.csv | head -n 1 | grep -q '^3001  error    quote-in' ||
    fail "counts are those of the findings that are kept"
"$CSVKIT" validate --statistics good.csv >out || fail "the exit status of a good file"
[ "$(cat out)" = 'total: 1 file, 0 with errors, 0 not judged; 0 errors, 0 warnings' ] || fail "good: $(cat out)"
"$CSVKIT" validate -q --statistics good.csv | grep -q . && fail "-q speaks about a good file"
"$CSVKIT" validate -q --statistics --rule=field-count=warning bad.csv >out
[ "$(wc -l <out)" = 1 ] && grep -q 'quote-in' out || fail "-q: $(cat out)"

# ---- notes, and rules that are off
"$CSVKIT" validate --statistics --rule=utf8-bom=info --rule=eol-lf=off notes.csv >out
grep -qx 'total: 1 file, 0 with errors, 0 not judged; 0 errors, 0 warnings, 1 note (-v shows it)' out ||
    fail "notes: $(cat out)"
"$CSVKIT" validate -v --statistics --rule=utf8-bom=info --rule=eol-lf=off notes.csv >out
grep -q '^1  info     utf8-bom ' out && grep -q '1 note$' out && ! grep -q eol-lf out || fail "-v: $(cat out)"

# ---- JSON: what the reports say, added up
"$CSVKIT" validate --statistics --format=json ./*.csv >stat.json
"$CSVKIT" validate --format=json ./*.csv >all.json
jq -s '{errors: map(.errors) | add, warnings: map(.warnings) | add, infos: map(.infos) | add,
    files: length, with_errors: map(select(.errors > 0)) | length,
    rules: (map(.rules | to_entries[]) | map(select(.value > 0)) | group_by(.key) | map({key: .[0].key,
        value: [(map(.value) | add), length]}) | from_entries)}' all.json >sum.json
jq '{errors, warnings, infos, files, with_errors,
    rules: (.rules | map({key: .rule, value: [.count, .files]}) | from_entries)}' stat.json >same.json
diff <(jq -S . sum.json) <(jq -S . same.json) || fail "JSON"
jq -e '(.rules | length) > 2 and ([.rules[].severity] | index("error") == 0)' stat.json >/dev/null || fail "order"
python3 "$here/tests/support/report_readers.py" schema "$here/doc/schema/statistics.schema.json" <stat.json >/dev/null ||
    fail "schema"

# ---- a file, colours, other reports beside it, other formats
"$CSVKIT" validate --statistics --color=always bad.csv -o kept >out
[ -s out ] && fail "-o writes to standard output"
"$CSVKIT" validate --statistics bad.csv | cmp -s - kept || fail "-o: $(cat kept)"
"$CSVKIT" validate --statistics --color=always bad.csv | grep -q $'\e\[31;1merror' || fail "--color=always"
"$CSVKIT" validate --statistics --report=csv:findings.csv bad.csv | cmp -s - kept || fail "beside a report"
[ "$(wc -l <findings.csv)" = 3 ] || fail "the report beside it: $(cat findings.csv)"
"$CSVKIT" validate --statistics --format=sarif bad.csv >out 2>err
[ $? = 2 ] && [ ! -s out ] && grep -q 'text or json' err || fail "sarif: $(cat out err)"

# ---- the other judges of data
echo '{"x":1,"y":2}' >m.manifest
"$CSVKIT" manifest check --statistics m.manifest | grep -q '^2  error    manifest-unknown-key ' || fail "manifest check"
mkdir -p data/out/tables && cp bad.csv data/out/tables/
"$CSVKIT" preflight --statistics --default-bucket=in.c-main data | grep -q '^1  error    field-count ' ||
    fail "preflight"
cp bad.csv data/out/tables/second.csv # a folder is one thing that is judged, whatever lies in it
"$CSVKIT" preflight --statistics --default-bucket=in.c-main data | grep -q '^2  error    field-count .* columns$' ||
    fail "preflight, two tables"

[ "$failures" = 0 ] && echo 'counts by rule, as text and JSON'
exit $((failures != 0))
