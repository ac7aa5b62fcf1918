#!/bin/bash
# Reports leave nothing out without saying so: every format for a file that is missing, that cannot be
# read, that is no CSV, a damaged gzip file, 10,000 findings, five files. Each report is read back by a
# reader of its own (tests/support/report_readers.py), and the JSON ones are checked by the schemas
# that are installed. Also: -o, --report, -q, -v, the repairs, the same finding from two commands.
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
read_report() { python3 "$here/tests/support/report_readers.py" "$@"; }

# What must be true of the last reports: a jq expression about the reader's line, for each of the formats. All are
# judged at the end, because starting the readers takes longer than reading.
FORMATS='text json sarif github junit csv html'
judges=()
says() { # what; formats; expression
    judges+=("(select(.folder == \"$at\" and (.format | IN($(printf '"%s",' $2)\"\")) and (has(\"wrong\") or (($3) | not)))
        | \"$1: not ${3//\"/\\\"}: \\(tojson)\")")
}
judge() {
    local IFS=, wrong
    read_report each all.* >lines || fail "the readers"
    [ "$(wc -l <lines)" = $((7 * ${at#all.})) ] || fail "the readers have read $(wc -l <lines) reports"
    wrong=$(jq -r "${judges[*]}" lines) || wrong="jq fails"
    [ -z "$wrong" ] || fail "$wrong"
}
# All formats at once, each into a file of a new folder, $at. The exit status must be the one given.
at=all.0
reports() { # status; command line
    local status=$1 format options=()
    shift
    at=all.$((${at#all.} + 1))
    mkdir "$at"
    for format in json sarif github junit csv html; do
        options+=("--report=$format:$at/report.$format")
    done
    "$CSVKIT" "$@" -o "$at/report.text" "${options[@]}" >out 2>err
    local got=$?
    [ "$got" = "$status" ] || fail "$*: exit status $got, not $status: $(cat err)"
    [ -s out ] && fail "$*: prints on standard output"
}
all() { says "$1" "$FORMATS" "$2"; } # what; expression
schemas=()
fits() { schemas+=("$here/doc/schema/$1.schema.json" "$2"); } # schema, file; all are judged at the end

# ---- things to judge
printf 'id,name\r\n1,a\r\n' >good.csv
printf 'id,name\r\n1,2,3\r\n4,a"b\r\n' >bad.csv
printf 'id,name\r\n1,"a ""q"" b" c\r\n2,\xff\x00\x1b[2J"\r\n3, x"y\xe2\x80\xae\r\n"4\r\n5",z"z\r\n' >hostile.csv
printf 'PK\003\004\024\000\006\000\010\000\000\000' >sheet.csv
{ printf 'id,name\r\n'; for i in $(seq 10000); do printf '%s,a"b\r\n' "$i"; done; } >flood.csv
{ printf 'id,name\r\n'; seq -f '%g,v' 10000; } | sed 's/$/\r/' | gzip -c | head -c 9000 >cut.csv.gz
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket.csv")'

# ---- validate
reports 2 validate missing.csv
all missing '.not_judged["missing.csv"] | test("No such file")'
reports 2 validate socket.csv
all unreadable '.not_judged | has("socket.csv")'
reports 1 validate sheet.csv
all "not CSV" '.rules == ["not-csv"] and .findings == 1 and .not_judged == {}'
reports 1 validate cut.csv.gz
all "damaged gzip" '(.rules | index("compressed-input-damaged")) and .not_judged == {}'
reports 1 validate flood.csv
all flood '.findings == 100 and .left_out == 9900 and .rules == ["quote-in-unquoted-field"]'
reports 1 validate --max-findings=0 flood.csv
says "flood, all" 'text json sarif github junit csv' '.findings == 10000 and .left_out == 0'
says "a page has an end" html '.findings == 2000 and .left_out == 8000'
reports 2 validate good.csv bad.csv hostile.csv flood.csv missing.csv
# A file without findings is in suites and objects.
files='(.files | length) == (if .format | IN("text", "json", "junit", "html") then 5 else 4 end)'
all "five files" "$files"' and (.not_judged | keys) == ["missing.csv"]
    and .findings > 102 and .left_out == 9900'
grep -q '^total: 5 files, 3 with errors, 1 not judged; 1000[0-9] errors, ' $at/report.text || fail "total"
fits validate $at/report.json

# The table of findings is CSV that csvkit and Python take, whatever the data hold.
"$CSVKIT" validate --fail-on=warning $at/report.csv >out || fail "the report is no CSV: $(cat out)"
"$CSVKIT" validate --format=csv hostile.csv >hostile.report
"$CSVKIT" validate --fail-on=warning hostile.report >out || fail "hostile data: $(cat out)"
grep -q '\\xff\\x00\\x1b\[2J' hostile.report || fail "escaped excerpt"
python3 - <<'PY' || fail "the cells are not what the JSON report says"
import csv, json, subprocess, os
rows = list(csv.DictReader(open('hostile.report', newline='', encoding='utf-8')))
report = json.loads(subprocess.run([os.environ['CSVKIT'], 'validate', '--format=json', 'hostile.csv'],
                                   capture_output=True).stdout)
assert len(rows) == len(report['findings']) > 4
for row, finding in zip(rows, report['findings']):
    assert row['file'] == 'hostile.csv' and row['rule'] == finding['rule']
    assert row['severity'] == finding['severity'] and row['name'] == (finding['field_name'] or '')
    for key in ('byte', 'line', 'column', 'record', 'field'):
        assert row[key] == ('' if finding[key] is None else str(finding[key])), (key, row)
PY

# A primary key spans all slices: when one cannot be read, every slice is in the report.
mkdir slices && printf '1,a\r\n' | tee slices/a slices/c >/dev/null && ln -s /proc/self/mem slices/b # no read of it succeeds
reports 2 validate --columns=id,name --primary-key=id slices
all "slices with a key" '(.not_judged | length) == 3 and (.not_judged["slices/a"] | test("primary key"))'

# ---- manifest check
printf '{"destination":"in.c-main.t","primary_key":["id"],"columns":["id","n\xc3\xa4me"], "x":1}' >m.manifest
printf '{"columns":["id"]}' >good.manifest
python3 - <<'PY'
import json
json.dump({'columns': ['id'], **{f'key{i}': 1 for i in range(10000)}}, open('flood.manifest', 'w'))
PY
reports 2 manifest check missing.manifest
all "manifest missing" '.not_judged["missing.manifest"] | test("No such file")'
reports 2 manifest check socket.csv
all "manifest unreadable" '.not_judged | has("socket.csv")'
reports 1 manifest check sheet.csv
all "no manifest" '.rules == ["manifest-json"] or .rules == ["manifest-encoding"]'
reports 1 manifest check cut.csv.gz
all "gzip for a manifest" '.findings == 1'
reports 1 manifest check flood.manifest
all "manifest flood" '.findings == 100 and .left_out == 9900'
reports 2 manifest check good.manifest m.manifest flood.manifest missing.manifest sheet.csv
all "five manifests" "$files"' and .left_out == 9900
    and (.not_judged | keys) == ["missing.manifest"]'
fits manifest-check $at/report.json
jq -se '.[] | select(.file == "m.manifest") | .findings[] | select(.rule == "manifest-unknown-key")
    | .byte == 76 and .line == 1 and .column == 77 and .path == "$.x"' $at/report.json >/dev/null ||
    fail "the byte of a finding in a manifest"
jq -e '.runs[0].results[] | select(.ruleId == "manifest-unknown-key" and
    .locations[0].physicalLocation.artifactLocation.uri == "m.manifest")
    | .locations[0].physicalLocation.region == {startLine: 1, startColumn: 76, byteOffset: 76,
        byteLength: 0}' $at/report.sarif >/dev/null || fail "code points in a manifest"

# ---- preflight
tables=data/out/tables
mkdir -p $tables data/out/files
printf '{\r\n "d\xc3\xa9": 1, "x": 2, "destination":"in.c-main.t"}' >$tables/t.csv.manifest
cp hostile.csv $tables/t.csv
reports 2 preflight nowhere
all "folder missing" '.not_judged["nowhere"] | test("No such file")'
reports 1 preflight --default-bucket=in.c-main data
all "a folder" '(.rules | index("text-after-closing-quote")) and .left_out == 0 and .not_judged == {}'
fits preflight $at/report.json
cp $at/report.sarif whole.sarif
jq -e 'all(.tables[]; .source as $source | (.findings | length) > 0 and all(.findings[]; .table == $source))
    and all(.findings[]; .table == null)' $at/report.json >/dev/null || fail "the table of a finding in JSON"
grep -q ',t\.csv.$' $at/report.csv || fail "the table of a finding in CSV"
cp sheet.csv $tables/sheet.csv && cp cut.csv.gz $tables/ && cp flood.csv $tables/
mv socket.csv $tables/
reports 1 preflight --default-bucket=in.c-main data
all "a bad folder" '(.rules | index("compressed-input-damaged")) and (.rules | index("preflight-special"))
    and .findings > 100 and .left_out == 9900'
fits preflight $at/report.json
mv $tables/socket.csv .

# The same finding, the same SARIF, whoever found it.
"$CSVKIT" validate --profile=keboola --format=sarif $tables/t.csv >alone.sarif
"$CSVKIT" manifest check --no-data --format=sarif $tables/t.csv >alone2.sarif
python3 - <<'PY' || fail "one finding, two reports"
import json
def results(name, file):
    run = json.load(open(name))['runs'][0]
    found = [r for r in run['results'] if r['locations'][0]['physicalLocation']['artifactLocation']['uri']
             == 'data/out/tables/' + file and not r['ruleId'].startswith('preflight-')]
    for result in found:
        result['properties'].pop('platform', None)
        table = result['properties'].pop('table', None) # of a folder
        assert table == ('t.csv' if name == 'whole.sarif' else None), (name, table)
        result['rule'] = run['tool']['driver']['rules'][result.pop('ruleIndex')]
        result['rule'].pop('defaultConfiguration', None) # of the profile
    return found
for alone, file, least in (('alone.sarif', 't.csv', 4), ('alone2.sarif', 't.csv.manifest', 2)):
    alone, whole = results(alone, file), results('whole.sarif', file)
    assert len(alone) >= least and alone == whole, (alone, whole)
    assert all(len(r['locations'][0]['physicalLocation']['region']) == 4 for r in alone)
PY

# ---- normalize: its summary has a schema, too
"$CSVKIT" normalize --format=json --rejects=rej.csv hostile.csv -o clean.csv 2>summary
"$CSVKIT" normalize --format=json --verify good.csv -o clean2.csv 2>>summary
printf 'a;b\r\n1;caf\xe9\r\n2;x\r\n3;y\r\n' >latin.csv
"$CSVKIT" normalize --format=json --delimiter=auto --encoding=latin1 latin.csv -o clean3.csv 2>>summary
fits normalize summary
grep -c '"first_reject"\|"counted_by_libcsv"\|"encoding"' summary | grep -qx 3 || fail "$(cat summary)"

# ---- options
"$CSVKIT" validate -q good.csv flood.csv >out
[ "$(grep -c 'error\[' out)" = 100 ] && [ "$(grep -vc 'error\[\|^    ' out)" = 1 ] &&
    grep -qx 'flood.csv: 9900 more errors not shown' out || fail "-q: $(grep -v 'error\[\|^    ' out)"
printf 'a,b\n1,2\n' >notes.csv
"$CSVKIT" validate --profile=rfc4180-bis --rule=final-eol-missing=info -q notes.csv >out
[ -s out ] && fail "-q: $(cat out)"
"$CSVKIT" validate --rule=eol-lf=info --format=github notes.csv >out
[ -s out ] && fail "a notice without -v"
"$CSVKIT" validate --rule=eol-lf=info --format=github -v notes.csv | grep -q '^::notice .*title=eol-lf' ||
    fail "no notice with -v"
echo old >kept
"$CSVKIT" validate bad.csv -o kept >out
[ -s out ] && fail "-o writes to standard output"
"$CSVKIT" validate bad.csv | cmp -s - kept || fail "-o writes something else"
"$CSVKIT" validate --report=csv:two.csv --report=csv:three.csv bad.csv | cmp -s - kept || fail "--report"
cmp -s two.csv three.csv && [ -s two.csv ] || fail "the same format twice"
refused() { # what; command line: exit status 2 and nothing written
    local before after
    before=$(find . -newer kept -type f | sort | xargs -r cksum)
    "$CSVKIT" "${@:2}" >out 2>err
    [ $? = 2 ] && [ ! -s out ] || fail "$1 is taken: $(cat out)"
    after=$(find . -newer kept -type f ! -name out ! -name err | sort | xargs -r cksum)
    diff <(grep -v ' ./\(out\|err\)$' <<<"$before") <(cat <<<"$after") >/dev/null || fail "$1: something was written"
}
cp bad.csv data.csv
refused "an input as output" validate data.csv -o data.csv
refused "an input as report" validate data.csv --report=csv:data.csv
mkdir parts
cp bad.csv parts/p1
refused "a slice as output" validate parts -o parts/p1
refused "a slice as report" validate parts --report=csv:parts/p1
cmp -s bad.csv parts/p1 || fail "a slice was replaced"
rm -r parts
refused "two reports in one file" validate data.csv --report=csv:x --report=json:x
refused "two reports on standard output" validate data.csv --report=csv:-
refused "an unknown format" validate data.csv --report=xml:x
refused "a report without a file" validate data.csv --report=csv
refused "a folder that is not there" validate data.csv --report=csv:no/where
cmp -s bad.csv data.csv || fail "the data were replaced"
if [ -w /dev/full ]; then
    "$CSVKIT" validate good.csv --report=json:/dev/full >out 2>err
    [ $? = 2 ] && grep -q 'valid' out || fail "a full disk: $(cat err)"
fi
find . -name '*.tmp*' -o -name '.*.csv*' | grep . && fail "temporary files stay"

# ---- the catalogue of repairs
"$CSVKIT" rules --repairs --format=json | jq -e 'length == 29 and all(.[]; (.what | length) > 0
    and (.class | test("^L[012]$"))) and (map(.repair) | index("r27"))' >/dev/null || fail "repairs"
"$CSVKIT" rules --repairs | grep -q '^r18  *inner-quotes  *L2  *quotes' || fail "repairs as text"
"$CSVKIT" explain r18 | grep -q 'text-after-closing-quote' || fail "explain r18"
"$CSVKIT" explain --format=json inner-quotes | jq -e '.repair == "r18"' >/dev/null || fail "by name"
for id in $("$CSVKIT" rules --format=json | jq -r '.[].repairs // empty' | tr ' ' '\n' | sort -u); do
    "$CSVKIT" explain "$id" >/dev/null || fail "a rule names the repair $id, which there is not"
done

judge
read_report schema "${schemas[@]}" || fail "a schema"
[ $failures = 0 ] || { echo "$failures failures" && exit 1; }
