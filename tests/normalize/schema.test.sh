#!/bin/bash
# normalize --schema on the command line: what the log says, what is refused, in place, several files, a data
# package, the same outcome for gzip and for every number of threads; what validate says of the output.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
say() { echo "FAILED: $*"; failed=1; }
n() { "$CSVKIT" normalize "$@" 2>told; }
refuses() { # exit status, words, arguments
    local status=$1 words=$2
    shift 2
    rm -f never.csv
    n "$@" -o never.csv
    [ $? = "$status" ] || say "not exit $status: $* ($(cat told))"
    grep -qF -- "$words" told || say "no '$words': $(cat told)"
    [ ! -e never.csv ] || say "a file was left: $*"
}

cat >own.json <<'END'
{"fields": [
 {"name": "day", "type": "date", "format": "%d.%m.%Y"},
 {"name": "amount", "type": "number", "decimalChar": ",", "groupChar": " ", "bareNumber": false},
 {"name": "paid", "type": "boolean", "trueValues": ["ano"], "falseValues": ["ne"]},
 {"name": "note", "type": "string", "constraints": {"maxLength": 5}}],
 "missingValues": ["", "NA"]}
END
sed 's/, "format[^}]*//; s/, "decimalChar[^}]*//; s/, "trueValues[^}]*//' own.json >plain.json
printf 'day;amount;paid;note\n31.12.2024;1 000,50 Kc;ano;a\nNA;;NA;\n2024-01-01;7;true;"x;y"\n' >in.csv
printf 'day,amount,paid,note\r\n2024-12-31,1000.50,true,a\r\nNA,,NA,\r\n2024-01-01,7,true,"x;y"\r\n' >want.csv

# What is written and what the log has.
n -d ';' --schema=own.json --verify --log=log in.csv -o out.csv || say "exit $?: $(cat told)"
cmp -s want.csv out.csv || say "$(cat -A out.csv)"
grep -Eq '^csvkit: +r27 +values +3 ' told || say "counted: $(cat told)"
[ "$(jq -r 'select(.repair == "r27") | [.record, .field, .column, .before, .after, .class] | join("|")' log)" = \
'2|1|day|31.12.2024|2024-12-31|L1
2|2|amount|1 000,50 Kc|1000.50|L1
2|3|paid|ano|true|L1' ] || say "log: $(cat log)"
"$CSVKIT" validate -q --schema=plain.json out.csv || say "the output is not good"
n --check --schema=own.json out.csv || say "the output changes again: $(cat told)"
n --check --schema=plain.json out.csv || say "the output changes by the default forms: $(cat told)"

# Rejects: the record as it was; a text that JSON escapes and a terminal must not get.
printf 'day;amount;paid;note\n1.1.2024;1;ano;123456\n"1"".\001";1;ano;\n31.02.2024;1;ne;\n2.1.2024;;;\n' >bad.csv
n -d ';' --schema=own.json bad.csv -o out.csv --rejects=rejects
[ $? = 1 ] || say "rejects: $(cat told)"
[ "$(jq -r .reason rejects.jsonl)" = 'column `note`: `123456` has a length of 6, string takes 5
column `day`: `1".?` is not date: it is not as the format says: %d.%m.%Y
column `day`: `31.02.2024` is not date: there is no such day' ] || say "reasons: $(cat rejects.jsonl)"
sed '1d; $d' bad.csv | cmp -s - rejects || say "rejects: $(cat -A rejects)"
[ "$(tr -d '\r' <out.csv | sed 1d)" = '2024-01-02,,,' ] || say "kept: $(cat out.csv)"
refuses 1 'column `note`: `123456`' -d ';' --schema=own.json bad.csv

# One outcome for gzip, in place and several files; for all numbers of threads.
gzip -c in.csv >in.csv.gz
n -d ';' --schema=own.json in.csv.gz | cmp -s - want.csv || say "gzip"
for threads in 1 4; do
    CSVKIT_THREADS=$threads n -d ';' --schema=own.json in.csv | cmp -s - want.csv || say "$threads threads"
done
cp in.csv place.csv
n -d ';' --schema=own.json --in-place place.csv || say "in place: $(cat told)"
cmp -s place.csv want.csv || say "in place: $(cat place.csv)"
n --schema=own.json --in-place place.csv || say "in place again: $(cat told)"
cmp -s place.csv want.csv || say "in place again: $(cat place.csv)"

# Fields by their names; of a data package the resource of each file.
cat >datapackage.json <<'END'
{"resources": [
 {"name": "a", "path": "a.csv", "schema": {"fieldsMatch": "subset", "fields": [
   {"name": "y", "type": "date", "format": "%d.%m.%Y"}]}},
 {"name": "b", "path": "b.csv", "schema": {"fieldsMatch": "superset", "fields": [
   {"name": "z", "type": "string"}, {"name": "x", "type": "integer", "groupChar": " "}]}}]}
END
printf 'x,y\r\n1 000,1.2.2024\r\n' >a.csv
printf 'x\r\n1 000\r\n' >b.csv
mkdir out
n --schema=datapackage.json a.csv b.csv -o out || say "several: $(cat told)"
printf 'x,y\r\n1 000,2024-02-01\r\n' | cmp -s - out/a.csv || say "a: $(cat out/a.csv)"
printf 'x\r\n1000\r\n' | cmp -s - out/b.csv || say "b: $(cat out/b.csv)"
sed 's/subset/equal/; s/superset/partial/' datapackage.json >p.json
refuses 1 'there is no column for the field `x`' --schema=p.json a.csv
printf 'w\r\n1\r\n' >b.csv
refuses 1 'there is no field for the column `x`' --schema=p.json b.csv
refuses 1 'there is no column for the field `w`' --schema=datapackage.json b.csv
printf '1.1.2024,2,,\r\n' >a.csv
refuses 1 'in place of a column it has `b`' --no-header --columns=day,b,paid,note --schema=own.json a.csv
n --no-header --columns=day,amount,paid,note --write-header --schema=own.json a.csv -o out.csv || say "$(cat told)"
printf 'day,amount,paid,note\r\n2024-01-01,2,,\r\n' | cmp -s - out.csv || say "named: $(cat out.csv)"

echo '{"fields": [{"name": "d"}, {"name": "n"}], "fieldsMatch": "equal"}' >equal.json
printf 'n\r\n1\r\n' >c.csv
refuses 1 'there is no field for the column `d`' --schema=equal.json c.csv

# What cannot be done is said before anything is read.
echo '{"fields": [{"name": "d", "type": "date", "format": "%d.%m.%y"}]}' >y.json
refuses 2 "column d: not supported: to rewrite values of format '%d.%m.%y': %y has no century" --schema=y.json in.csv
echo '{"@context": "http://www.w3.org/ns/csvw", "url": "in.csv"}' >csvw.json
refuses 2 'metadata of one table with columns is needed' --schema=csvw.json in.csv
refuses 2 'nowhere.json' --schema=nowhere.json in.csv
exit "$failed"
