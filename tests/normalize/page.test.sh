#!/bin/bash
# normalize --report=html:FILE: what was repaired and what was not is on the page, for each file.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}
{ printf 'id,name,city\r\n'; seq -f '%g,Anna,Praha' 200; printf '5,"Bo"b",Brno\r\n6,x\r\n7,Eva,<b>Brno\r\n'; } >'<i>dirty.csv'
printf 'id,name\r\n1,a\r\n' >good.csv
mkdir out
"$CSVKIT" normalize '<i>dirty.csv' good.csv missing.csv -o out --rejects=rejects --report=html:page.html --format=json 2>summary
[ $? = 2 ] || fail "exit status: $(cat summary)"
PYTHONPATH=$here/tests/support python3 - <<'PY' || fail "the page"
import json
import html_reader
page = html_reader.Page(open('page.html', encoding='utf-8', newline='').read())
truth = [json.loads(line) for line in open('summary') if line.startswith('{')]
dirty, good, missing = page.subjects
assert dirty['name'] == '<i>dirty.csv' == truth[0]['file'], dirty
facts = json.loads(dirty['facts'])
for key in ('records_in', 'records_out', 'records_rejected', 'bytes_out'):
    assert facts[key] == truth[0][key], key
assert truth[0]['records_rejected'] >= 1 and dirty['verdict'].startswith('Not good: '), dirty['verdict']
assert facts['rules'] == {**truth[0]['repairs'], 'rejected': truth[0]['records_rejected']}, facts
first = {row['data-rule']: int(row['data-byte']) for row in dirty['rows']}
assert first == {**{r: p['byte'] for r, p in truth[0]['first'].items()},
                 'rejected': truth[0]['first_reject']['byte']}, first
assert len(first) >= 2, first
assert facts['findings'] == [], 'the findings are there twice'
assert truth[0]['first_reject_reason'] in next(r['text'] for r in dirty['rows'] if r['data-rule'] == 'rejected')
assert good['verdict'].startswith('Good: 0 errors'), good
assert missing['verdict'].startswith('Not judged: ') and 'missing.csv' in missing['verdict'], missing
PY
cp good.csv kept.csv
for wrong in html: json:x html:good.csv html:no/where; do
    "$CSVKIT" normalize good.csv -o again.csv --report="$wrong" 2>said
    [ $? = 2 ] || fail "--report=$wrong is taken"
done
cmp -s good.csv kept.csv || fail "an input was replaced"
[ ! -e x ] && [ ! -e again.csv ] || fail "something was written"
exit "$failed"
