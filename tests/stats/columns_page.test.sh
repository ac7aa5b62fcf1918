#!/bin/bash
# stats --format=html: one page for all tables, whose facts are those of --format=json; no verdict.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
printf 'id,"</script><i>"\r\n1,"<b>\xe2\x80\xae"\r\n2,\r\n' >'<i>a.csv'
printf 'id\r\n12345678901234567890\r\n' >b.csv
"$CSVKIT" stats --format=html '<i>a.csv' b.csv >page.html || exit 1
"$CSVKIT" stats --format=json '<i>a.csv' b.csv >lines || exit 1
"$CSVKIT" stats --format=html b.csv missing.csv >partly.html 2>said
[ $? = 2 ] || { echo "FAIL: a table that is missing"; exit 1; }
PYTHONPATH=$here/tests/support python3 - <<'PY'
import json
import html_reader
text = open('page.html', encoding='utf-8', newline='').read()
page = html_reader.Page(text)
truth = [json.loads(line) for line in open('lines')]
assert [s['name'] for s in page.subjects] == [t['file'] for t in truth] == ['<i>a.csv', 'b.csv']
assert [json.loads(s['facts']) for s in page.subjects] == truth
for subject in page.subjects:
    assert subject['verdict'] == 'Described below; nothing was judged.', subject['verdict']
assert '<footer><p>2 files. Made by' in text, text[text.index('<footer>'):][:99]
partly = html_reader.Page(open('partly.html', encoding='utf-8', newline='').read())
assert [s['name'] for s in partly.subjects] == ['b.csv']
PY
