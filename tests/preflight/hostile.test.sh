#!/bin/bash
# Folders that nobody should meet: clear findings, no crash, the right exit status.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"
to='"destination":"in.c-main.t"'

fresh config
table a.csv 'id\n1\n' "{$to}"
for text in '{' '[]' 'null' '{"a":1,"a":2}' '{"storage":[1]}' '{"storage":{"output":{"tables":{"x":1}}}}'; do
    printf '%s' "$text" >"$F/config.json"
    judge
    [ "$got" = 1 ] || fail "config $text: exit $got: $(head -c 200 out)"
    is '[.findings[] | select(.file == "config.json" and (.rule | startswith("preflight-config")))] | length > 0'
    is '[.findings[] | select(.file == "config.json" and (.message | contains("manifest")))] == []'
done
for text in '{"storage":{"input":{"tables":[{"source":"in.c-a.b","destination":"b.csv","day":2}]}}}' \
    '{"storage":{"input":{"tables":[{"destination":"b.csv"}]}}}' \
    '{"storage":{"input":{"tables":[{"source":"x","where_column":"a"}]}}}' \
    '{"storage":{"input":{"files":[{"limit":3}]}}}' \
    '{"storage":{"output":{"default_buckt":"in.c-main"}}}' \
    '{"storage":{"output":{"tables":[{"source":"a.csv","destination":"in.c-main.t","primaryKey":["id"]}]}}}' \
    '{"storage":{"output":{"files":[{"source":"x","tag":["id"]}]}}}'; do
    printf '%s' "$text" >"$F/config.json"
    judge
    [ "$got" = 1 ] || fail "config $text: exit $got: $(head -c 200 out)"
done

# A mistyped path is never good.
mkdir "$work/typo" && echo x >"$work/typo/config.jsn"
"$CSVKIT" preflight "$work/typo" >out 2>err
[ $? = 2 ] && grep -q 'is no data folder: it has none of in, out and config.json' err || fail "no data folder: $(cat err)"
for part in in out; do
    mkdir "$work/typo/$part"
    "$CSVKIT" preflight -q "$work/typo" || fail "a folder with $part"
    rmdir "$work/typo/$part"
done
echo '{}' >"$work/typo/config.json"
"$CSVKIT" preflight -q "$work/typo" || fail "a folder with config.json"

# A manifest of 1 GB is refused unread, a deep one and a binary one are reported.
fresh huge
table a.csv 'id\n1\n'
truncate -s 1G "$T/a.csv.manifest"
table b.csv 'id\n1\n' "$(printf '[%.0s' {1..5000})"
table c.csv 'id\n1\n' "$(head -c 300 /dev/urandom | tr -d '\0')"
judge
finding 1 manifest-limit error out/tables/a.csv.manifest ''
is '[.tables[] | select(.source == "b.csv" or .source == "c.csv") | .findings | length > 0] | all'

fresh links
mkdir "$T/s"
printf '1\n' >"$T/s/p1"
echo "{$to,\"columns\":[\"id\"]}" >"$T/s.manifest"
ln -s . "$T/loop"
ln -s x2 "$T/x1.csv"
ln -s x1.csv "$T/x2"
ln -s /etc/passwd "$T/pw.csv"
ln -s ../../../../../../../../etc/passwd "$T/s/p2"
ln -s nothing "$T/none.csv"
mkfifo "$T/pipe.csv"
printf 'id\n1\n' >"$F/in/real.csv"
ln -s ../../in/real.csv "$T/in.csv"
judge --default-bucket=in.c-x
finding 1 preflight-link error out/tables/loop 'to a folder'
finding 1 preflight-link error out/tables/x1.csv 'back to itself'
finding 1 preflight-link error out/tables/pw.csv 'out of the folder'
finding 1 preflight-link error out/tables/s/p2 'out of the folder'
finding 1 preflight-link error out/tables/none.csv 'to nothing'
finding 1 preflight-link warning out/tables/in.csv 'within the folder'
finding 1 preflight-special error out/tables/pipe.csv 'named pipe'
grep -q root: out err && fail "a link was followed"
is '[.tables[] | select(.source == "pw.csv")] == []'

fresh folder-link
rmdir "$F/out/files"
ln -s /etc "$F/out/files"
judge
finding 1 preflight-link error out/files 'not followed'

fresh out-link
mkdir -p "$work/elsewhere/tables"
printf 'id\n1\n' >"$work/elsewhere/tables/a.csv"
rm -r "$F/out"
ln -s "$work/elsewhere" "$F/out"
judge
finding 1 preflight-link error out/tables 'not followed'
is '.tables == []'

fresh names
printf 'id\n1\n' >"$T/a"$'\n'"b.csv"
printf 'id\n1\n' >"$T/c"$'\e'"[31m.csv"
printf 'id\n1\n' >"$T/d"$'\xff'".csv"
printf 'id\n1\n' >"$T/-rf.csv"
judge --default-bucket=in.c-x
[ "$got" = 1 ] || fail "names: exit $got"
is '[.tables[].source] | length == 4'
is '[.findings[] | select(.rule == "preflight-name" and .severity == "error")] | length == 3'
"$CSVKIT" preflight --default-bucket=in.c-x "$F" >text
LC_ALL=C grep -q -P '[\x00-\x09\x0b-\x1f\x7f]' text && fail "a control byte went out"

if [ "$(id -u)" != 0 ]; then
    fresh unreadable
    table a.csv 'id\n1\n' "{$to}"
    table b.csv 'id\n1\n' '{"destination":"in.c-main.b"}'
    chmod 0 "$T/a.csv" "$T/b.csv.manifest"
    judge
    finding 2 preflight-unreadable error out/tables/a.csv 'ermission denied'
    finding 2 preflight-unreadable error out/tables/b.csv.manifest 'ermission denied'
else # nobody refuses root: ask as somebody else
    fresh unreadable
    table a.csv 'id\n1\n' "{$to}"
    chmod 0 "$T/a.csv"
    chmod 755 "$work"
    cp "$CSVKIT" "$work/program"
    if command -v setpriv >/dev/null; then
        setpriv --reuid=65534 --clear-groups "$work/program" preflight --format=json "$F" >out 2>err
        got=$?
        finding 2 preflight-unreadable error out/tables/a.csv 'ermission denied'
    fi
fi

"$CSVKIT" preflight "$work/nothing-here" >out 2>err
[ $? = 2 ] || fail "no folder: not exit 2"
"$CSVKIT" preflight "$0" >out 2>err
[ $? = 2 ] || fail "a file for a folder: not exit 2"
"$CSVKIT" preflight --rule=no-such=off "$F" >out 2>err
[ $? = 2 ] || fail "no such rule: not exit 2"

# A file that grows while it is read is reported, or was read before it grew; never a crash.
fresh changing
{ echo id; seq 1 400000; } >"$T/a.csv"
echo "{$to}" >"$T/a.csv.manifest"
(for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "x$i" >>"$T/a.csv"; : >"$T/b$i.csv"; rm -f "$T/b$((i - 1)).csv"; sleep 0.01; done) &
judge
wait
case $got in 0 | 1) is '.tables[] | select(.source == "a.csv") | .records >= 400000' ;;
2) is '[.. | .rule? | select(. == "preflight-changed" or . == "preflight-unreadable")] | length > 0' ;;
*) fail "changing: exit $got" ;; esac

# The report does not depend on the number of threads.
fresh threads
for i in 1 2 3 4 5 6 7 8 9; do table "t$i.csv" "id,v\n$i,2\n$i\n" "{\"destination\":\"in.c-main.t$((i % 7))\",\"primary_key\":[\"id\"]}"; done
mkdir "$T/s"
for i in 1 2 3 4 5 6 7; do printf '%d,x\n1,y\n3\n' "$i" >"$T/s/p$i"; done
echo '{"destination":"in.c-main.s","columns":["id","v"],"primary_key":["id"]}' >"$T/s.manifest"
judge --threads=1
cp out one
for n in 2 3 8; do
    judge --threads=$n
    cmp -s one out || fail "another report with $n threads"
done

# Every form is well formed and has every rule that was broken.
rules=$(jq -r '[.findings[], .tables[].findings[]] | map(.rule) | unique[]' one)
"$CSVKIT" preflight --format=sarif "$F" >sarif
jq -e '.version == "2.1.0" and (.runs[0].results | length > 10)' sarif >/dev/null || fail "sarif"
"$CSVKIT" preflight --format=junit "$F" >junit
python3 - junit <<'PY' || fail "junit"
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()[0]
cases = suite.findall('testcase')
failures = [c for c in cases if c.find('failure') is not None]
assert int(suite.get('tests')) == len(cases) == 11, len(cases)
assert int(suite.get('failures')) == len(failures) > 0
PY
"$CSVKIT" preflight --format=github "$F" >github
"$CSVKIT" preflight "$F" >text
for rule in $rules; do
    for form in sarif junit github text; do
        grep -q -- "$rule" "$form" || fail "$rule is not in the form $form"
    done
done

# One long table gets all threads, and the report is that of one.
fresh long
awk 'BEGIN { print "id,b"; for (i = 0; i < 200000; i++) print i (i % 30011 ? ",\"x\ny\"" : ",\"x") }' \
    >"$T/long.csv"
judge --threads=1
cp out one_long
for n in 2 5; do
    judge --threads=$n
    cmp -s one_long out || fail "another report of a long table with $n threads"
done

# Levels of every catalogue can be set, kept findings are bounded, counts are not.
fresh levels
{ echo id,v; for i in $(seq 300); do echo "$i"; echo "$i,x"; done; } >"$T/a.csv"
echo "{$to,\"nokey\":1}" >"$T/a.csv.manifest"
: >"$T/.x.csv"
judge --max-findings=5
is '.tables[0].rules["field-count"] == 300 and ([.tables[0].findings[] | select(.rule == "field-count")] | length == 5)'
judge --rule=field-count=off --rule=manifest-unknown-key=warning --rule=preflight-hidden=info
[ "$got" = 0 ] || fail "levels: exit $got"
judge --rule=field-count=off --rule=manifest-unknown-key=warning --rule=preflight-hidden=off --fail-on=warning
[ "$got" = 1 ] || fail "fail-on: exit $got"

conclude
