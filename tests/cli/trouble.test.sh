#!/bin/bash
# What a command says of words it cannot take, of files it cannot have, and of a full standard output:
# one row each, of exit status, a part of the message, and the words.
set -u
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
case $CSVKIT in /*) ;; *) CSVKIT=$PWD/$CSVKIT ;; esac
cd "$tmp" || exit 2
failed=0
printf 'id,name\r\n1,a\r\n' >g.csv
mkdir -p sub s d/out/tables p
printf '1,a\r\n' >s/p1
printf '{"columns":["id","name2"]}' >g.csv.manifest
printf '{"columns":[' >broken.manifest
printf 'a,b\r\n1,2\r\n1,2,3,4\r\n' >wide.csv
{ printf 'a,b\r\n1,"' && head -c 4000000 /dev/zero | tr '\0' x && printf '"\r\n'; } >giant.csv

while IFS='|' read -r status message words; do
    [ -n "$status" ] || continue
    # shellcheck disable=SC2086
    "$CSVKIT" $words >out 2>err </dev/null
    have=$?
    IFS= read -r -d '' told <err
    IFS= read -r -d '' printed <out
    if [ $have != "$status" ] || [[ $told$printed != *"$message"* ]]; then
        echo "FAILED: csvkit $words: exit $have, expected $status with '$message': $(head -c 300 err)"
        failed=1
    fi
    if compgen -G 'out-*' >left; then
        echo "FAILED: csvkit $words: left $(cat left)"
        failed=1
        rm -rf out-*
    fi
done <<'ROWS'
2|expected ID=off|preflight --rule=x d
2|unknown level 'y'|preflight --rule=x=y d
2|unknown rule 'nosuch'|preflight --rule=nosuch=error d
2|No such file|preflight none
2|expected ID=off|slice g.csv -o out-d --rule=x
2|unknown level 'x'|slice g.csv -o out-d --rule=eol-lf=x
2|must be at least 1|slice g.csv -o out-d --records=0
2|No such file|slice nosuch -o out-d
2|cannot open nosuch|slice g.csv -o out-d --manifest=nosuch
2|there is no manifest with the columns|merge s -o out-m
2|cannot open nowhere: No such file|merge nowhere -o out-m
1|the table has 1 column|merge s --columns=a -o out-m
2|from 1 to 9|merge s --level=11 -o out-m.gz --columns=a,b
2|cannot list nosuch|merge nosuch --columns=a -o out-m
2|Is a directory|merge s --columns=a,b -o sub
2|choose one of|validate --profile=x g.csv
2|not a size|validate --max-field=x g.csv
2|an item is empty|validate --columns=a,,b g.csv
2|is not closed|validate --columns="a g.csv
2|unknown encoding|validate --encoding=nosuch g.csv
2|No such file|normalize g.csv -o nodir/x
2|Is a directory|normalize sub -o out-x
2|from 1 to 9|normalize g.csv -o out-x --level=77
2|are the same file|normalize g.csv -o g.csv
2|are the same file|normalize g.csv --rejects=out-x -o out-x
2|are the same byte|normalize g.csv --to-delimiter=, --to-enclosure=, -o out-x
2|multi-byte|normalize g.csv --to-delimiter=\xe9 -o out-x
2|is not a delimiter|normalize -d none g.csv -o out-x
2|record 2, which begins at byte 5, is longer than 1000000 bytes|normalize --max-record=1MB giant.csv -o out-x
1|1 rejected|normalize --check wide.csv
0|preflight: |preflight --progress=always d
0|csvkit internal-man|internal-man --help
0|csvkit internal-man|internal-man -h
2|Is a directory|sniff sub
2|not a size|sniff --sample=x g.csv
2|No such file|manifest create nosuch
2|COL=TYPE|manifest create g.csv --data-type=x -o out-m
2|not a base type|manifest create g.csv --data-type=id=FOO -o out-m
2|KEY=VALUE|manifest create g.csv --metadata=x -o out-m
2|COL:KEY=VALUE|manifest create g.csv --column-metadata=x -o out-m
2|needs --delete-where-values|manifest create g.csv --delete-where-column=q -o out-m
2|slices have no header|manifest create s --primary-key=id -o out-m
2|add --files|manifest create g.csv --tag=x -o out-m
2|manifests of tables|manifest create g.csv --files --primary-key=id -o out-m
2|contradict|manifest create g.csv --schema --legacy -o out-m
2|No such file|manifest create g.csv -o nodir/m
2|cannot open nosuch|manifest convert --to=native nosuch
2|is missing|manifest convert g.csv.manifest
2|Is a directory|manifest show sub
1|manifest-json|manifest show broken.manifest
1|manifest-json|manifest convert --to=native broken.manifest
2|choose one of|manifest check --kind=x g.csv
2|not a whole number|manifest check --max-findings=x g.csv
1|refused|manifest check --kind=out --files g.csv.manifest
1|refused|manifest check --kind=in --files g.csv.manifest
0|good|manifest check --kind=in g.csv.manifest
1|config.json|processor nosuch
2|give --table=ID, --file-id=ID or --tag=TAG|download
2|standard output already|download --table=a -o - --format=json
2|usage: csvkit job|job
2|unknown rule|explain nosuch
0|"eol-lf"|explain --format=json eol-lf
2|unknown command|internal-man nosuch
2|no completion|internal-completion x
ROWS

# parameters of the processor
while IFS='|' read -r message parameters; do
    echo "{\"parameters\":$parameters}" >p/config.json
    "$CSVKIT" processor p >out 2>err
    have=$?
    [ $have = 1 ] && grep -qF -- "$message" err ||
        { echo "FAILED: parameters $parameters: exit $have: $(head -c 300 err)" && failed=1; }
done <<'ROWS'
must be an object|7
must be a whole number|{"slice":{"records":"x"}}
must be a whole number|{"slice":{"records":-1}}
has no option "nosuch"|{"slice":{"nosuch":1}}
must be true, false or an object|{"slice":"yes"}
"manifest" must be an object|{"manifest":1}
parameters: manifest:|{"manifest":{"columns":1}}
choose one of|{"normalize":{"quote":"x"}}
must be a text|{"normalize":{"quote":1}}
"tables" must be a list|{"tables":1}
needs "source"|{"tables":[{"source":[1]}]}
must be an object|{"tables":[1]}
"files" must be true, false or an object|{"files":1}
there is no table|{"tables":[{"source":"nosuch.csv"}]}
ROWS

for words in "validate g.csv" "sniff g.csv" rules "explain eol-lf" "normalize g.csv" \
    "merge s --columns=a,b" "manifest show g.csv.manifest" "manifest check g.csv" "preflight d" \
    "slice g.csv -o d9 --format=json" "manifest convert --to=native g.csv.manifest" --help \
    --version internal-man; do
    # shellcheck disable=SC2086
    "$CSVKIT" $words >/dev/full 2>err
    have=$?
    [ $have = 2 ] && grep -q 'standard output: No space left' err ||
        { echo "FAILED: $words >/dev/full: exit $have: $(head -c 200 err)" && failed=1; }
done

# libcrypto is loaded when it is needed: without it, only what needs it fails.
mkdir nolib && : >nolib/libcrypto.so.3
LD_LIBRARY_PATH=$PWD/nolib "$CSVKIT" validate -q g.csv >/dev/null 2>err ||
    { echo "FAILED: validate without libcrypto: $(head -c 200 err)" && failed=1; }
LD_LIBRARY_PATH=$PWD/nolib "$CSVKIT" slice g.csv -o out-n --format=json >/dev/null 2>err
if [ $? != 2 ] || ! grep -q 'libcrypto.so.3 is not installed' err || [ -e out-n ]; then
    echo "FAILED: slice without libcrypto: $(head -c 200 err)" && failed=1
fi
exit $failed
