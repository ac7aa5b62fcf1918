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
repaired = [row for row in dirty['rows'] if row['data-rule'] != 'rejected']
first = {row['data-rule']: int(row['data-byte']) for row in repaired}
assert first == {r: p['byte'] for r, p in truth[0]['first'].items()} != {}, first
assert len(first) == len(repaired), repaired
assert facts['findings'] == [], 'the findings are there twice'
assert good['verdict'].startswith('Good: 0 errors'), good
assert missing['verdict'].startswith('Not judged: ') and 'missing.csv' in missing['verdict'], missing
PY
# Records before and after, against the bytes at the places that the log names.
{
    printf 'id,size,city\n'
    for i in $(seq 100); do printf '%s,%d inches wide,Praha\n' "$i" "$i"; done
    printf '\n101,7" wide,Brno\n102,8" wide,Praha\n103,9" wide,Brno\n104,5" <b>,Praha\n'
    printf '105,x,Brno\n\n106,y,Brno\n'
} >many.csv
"$CSVKIT" normalize many.csv -o many.out --log=many.log --report=html:many.html 2>said || fail "$(cat said)"
PYTHONPATH=$here/tests/support python3 - <<'PY' || fail "before and after"
import collections
import json
import html_reader
before, after = open('many.csv', 'rb').read(), open('many.out', 'rb').read()
[subject] = html_reader.Page(open('many.html', encoding='utf-8', newline='').read()).subjects
shown = collections.defaultdict(list)
for row in json.loads(subject['facts'])['repaired']:
    shown[row['repair']].append(row)
logged = collections.defaultdict(list)
for line in map(json.loads, open('many.log')):
    logged[line['repair']].append(line)
assert set(shown) == set(logged) - {'r8'} == {'r10', 'r17'}, (set(shown), set(logged))
assert [len(shown[r]) for r in ('r10', 'r17')] == [2, 3], shown
for repair in ('r10', 'r17'):
    for row, line in zip(shown[repair], logged[repair]):
        assert (row['line'], row['record']) == (line['line'], line['record']), row
        start = before.rfind(b'\n', 0, line['byte']) + 1
        assert row['before'].encode() == before[start:start + line['length']].strip(), row
        expected = after[line.get('out_byte', 0):][:line['out_length']].strip().decode()
        assert row['after'] == (expected if line['out_length'] else None), row
PY
# Each record that was rejected stands there as it is in the rejects, with the readings of the index.
{
    printf 'id,name,city\r\n'
    seq -f '%g,Anna,Praha' 200
    printf '5,"Bo"b",Brno\r\n6,x\r\n8,a,<b>,c\r\n9,"%0100d\r\n10,\x00,c,d\r\n11,"\xc3\xa9%0300d" x,2,3\r\n' 0 0
    printf '12,%s,2,3\r\n' "$(printf '\xc3\xa9%.0s' $(seq 200))"
    for i in $(seq 150); do printf '%s,a,b,c\r\n' "$i"; done
} >refused.csv
{ printf 'id,name,city\r\n'; seq -f '%g,Anna,Praha' 200; printf '14,"abc,de\r\n15,"q,r,s"\r\n'; } >few.csv
for name in refused few; do
    "$CSVKIT" normalize $name.csv -o out.csv --rejects=$name --max-repairs=1000 --report=html:$name.html 2>said
    [ $? = 1 ] || fail "rejects: $(cat said)"
done
PYTHONPATH=$here/tests/support python3 - <<'PY' || fail "what was rejected"
import json
import html_reader


def compare(name, most):
    """How many readings the rows have, and how many are cut."""
    rejects = open(name, 'rb').read()
    index = [json.loads(line) for line in open(f'{name}.jsonl')]
    text = open(f'{name}.html', encoding='utf-8', newline='').read()
    [subject] = html_reader.Page(text).subjects
    rows = [row for row in subject['rows'] if row['data-rule'] == 'rejected']
    rules = json.loads(subject['facts'])['rules']
    assert rules['rejected'] == len(index) and len(rows) == min(most, len(index)), (rules, len(rows))
    assert f' of {sum(rules.values())} findings are listed' in subject['shown'], subject['shown']
    assert '<mark>' not in text[text.index('<table'):], 'a place in what is shown as a whole'
    readings, cut = [], 0
    for row, line in zip(rows, index):
        record = rejects[line['rejects_byte']:][:line['length']].rstrip(b'\r\n')
        shown = record[:240].decode(errors='ignore').replace('\x00', '\\x00').replace('\r\n', '\\r\\n')
        expected = f"errorline {line['line']}record {line['record']}{line['reason']}"
        readings.append(len(line.get('readings', [])))
        if readings[-1] > 1: # a single one is in the reason
            expected += '; readings that compete: ' + ', '.join(
                f"{r['reading']} ({r['bits']} bits)" for r in line['readings'])
        if len(record) > 240:
            cut += 1
            shown += '\u2026'
        assert row['text'] == expected + shown + 'rejected', (row['text'], expected + shown)
        assert int(row['data-byte']) == line['byte'], row
    return readings, cut, len(index)


readings, cut, count = compare('refused', 100)
assert max(readings) > 1 and cut == 2 and count > 150, (readings, cut, count)
assert compare('few', 100) == ([1], 0, 1)
PY
printf 'a;b\n1;2\n3;4\n5;6\n' >style.csv
"$CSVKIT" normalize --delimiter=';' style.csv -o style.out --report=html:style.html 2>said || fail "$(cat said)"
grep -qF '"repaired":[{"repair":"r21","line":1,"record":1,"before":"a;b","after":"a,b"},{"repair":"r21","line":2,"record":2,"before":"1;2","after":"1,2"},{"repair":"r21","line":3,"record":3,"before":"3;4","after":"3,4"}]' style.html ||
    fail "a change of style: $(grep -o '"repaired":[^]]*' style.html)"
printf 'id,size\n1,%01000d\n2,%0400d\xc3\xa9" %0400d\n3,%01000d\n' 0 0 0 0 >many.csv
"$CSVKIT" normalize many.csv -o many.out --report=html:many.html 2>said || fail "$(cat said)"
PYTHONPATH=$here/tests/support python3 - <<'PY' || fail "a long record"
import json
import html_reader
[subject] = html_reader.Page(open('many.html', encoding='utf-8', newline='').read()).subjects
[row] = [r for r in json.loads(subject['facts'])['repaired'] if r['repair'] == 'r17']
assert row['before'] == '2,' + '0' * 158 + '\u2026', row
assert row['after'] == '2,"' + '0' * 157 + '\u2026', row
PY
cp good.csv kept.csv
for wrong in html: json:x html:good.csv html:no/where; do
    "$CSVKIT" normalize good.csv -o again.csv --report="$wrong" 2>said
    [ $? = 2 ] || fail "--report=$wrong is taken"
done
cmp -s good.csv kept.csv || fail "an input was replaced"
[ ! -e x ] && [ ! -e again.csv ] || fail "something was written"
exit "$failed"
