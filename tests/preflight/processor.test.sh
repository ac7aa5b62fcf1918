#!/bin/bash
# csvkit processor: what it makes passes preflight, twice the same bytes, exit status by whose fault.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"
export TMPDIR=$work/scratch
mkdir "$TMPDIR"

# process STATUS [TEXT]: runs it; standard error has TEXT
process() {
    "$CSVKIT" processor "$F" >plog 2>perr </dev/null
    local got=$?
    [ "$got" = "$1" ] || fail "$F: processor exit $got, expected $1: $(head -c 400 perr)"
    [ $# -lt 2 ] || grep -qF -- "$2" perr || fail "$F: no '$2' in $(head -c 400 perr)"
}

sums() {
    (cd "$F/out" && find . -type f -exec sha256sum {} + | sort)
}

parameters() {
    echo "{\"storage\":{},\"parameters\":$1}" >"$F/config.json"
}

in_folder() { # what a component gets
    fresh "$1"
    printf 'id;name;note\n1;a;x\n2;"b;c"\n3;d;y;\n' >"$F/in/tables/dirty.csv"
    echo '{"destination":"in.c-main.dirty","delimiter":";","primary_key":["id"]}' >"$F/in/tables/dirty.csv.manifest"
    printf 'id,v\n1,2\n2,3\n3,4\n' >"$F/in/tables/big.csv"
    echo '{"id":"in.c-x.big","uri":"u","name":"big","primary_key":["id"],"columns":["id","v"],"created":"2026-01-01T00:00:00+0000","metadata":[{"id":"1","key":"k","value":"w","provider":"p","timestamp":"t"}],"column_metadata":{}}' >"$F/in/tables/big.csv.manifest"
    mkdir "$F/in/tables/s"
    printf '1,x\n' >"$F/in/tables/s/p1"
    printf '2,y\n' >"$F/in/tables/s/p2"
    echo '{"destination":"in.c-main.s","columns":["id","v"]}' >"$F/in/tables/s.manifest"
    printf 'bin\0ary' >"$F/in/files/f.bin"
    echo '{"tags":["t"]}' >"$F/in/files/f.bin.manifest"
}

in_folder all
parameters '{"normalize":false,
  "tables":[{"source":"dirty.csv","normalize":{"line_break":"lf","ragged":"pad"}},
            {"source":["big*"],"slice":{"records":2},"manifest":{"destination":"in.c-main.big","incremental":true}}]}'
process 0
first=$(sums)
judge
silent
is '.tables | map([.source, .destination, .records, .slices]) ==
    [["big.csv","in.c-main.big",3,2],["dirty.csv","in.c-main.dirty",3,0],["s","in.c-main.s",2,2]]'
is '.tables[0].columns == ["id","v"] and .tables[0].primary_key == ["id"] and .tables[0].incremental'
printf 'id,name,note\n1,a,x\n2,"b;c",\n3,d,y\n' | cmp - "$T/dirty.csv" || fail "dirty.csv: $(cat "$T/dirty.csv")"
cmp "$F/in/files/f.bin" "$F/out/files/f.bin" || fail "a file was changed"
cmp "$F/in/tables/s/p1" "$T/s/p1" || fail "a slice was changed"
process 0
[ "$(sums)" = "$first" ] || fail "twice is not the same"
for key in uri name id created; do
    jq -e "has(\"$key\")" "$T/big.csv.manifest" >/dev/null && fail "$key came along"
done
[ -z "$(ls -A "$TMPDIR")" ] || fail "scratch is left"

# Without the user's word the short record and the long one are no sure repair: nothing is written.
in_folder unsure
parameters '{"normalize":false,"tables":[{"source":"dirty.csv","normalize":{"line_break":"lf"}}]}'
process 1 'dirty.csv'
[ ! -e "$T/dirty.csv" ] || fail "a table with records in question is there"

in_folder both
parameters '{"tables":[{"source":"dirty.csv","normalize":{"line_break":"lf","ragged":"pad"},"slice":true},{"source":"s","normalize":true,"slice":{"compress":"none"}}],
  "manifest":{"destination":"in.c-main.one"},"files":false}'
process 0
judge
is '[.tables[] | select(.source == "dirty.csv" or .source == "s")] | map([.slices, .records, .destination]) ==
    [[1,3,"in.c-main.one"],[1,2,"in.c-main.one"]]'
[ ! -e "$F/out/files/f.bin" ] || fail "files came along"

fresh default
table= ; printf 'id\n1\n' | gzip -n >"$F/in/tables/a.csv.gz"
parameters '[]'
process 0
cmp "$F/in/tables/a.csv.gz" "$T/a.csv.gz" || fail "a copy is not a copy"

in_folder rejects
printf 'a,b,c\n1,2,3\n4,5,6,7,8\n' >"$F/in/tables/bad.csv"
parameters '{"tables":[{"source":"bad.csv","normalize":{"ragged":"reject"}}]}'
process 1
[ ! -e "$T/bad.csv" ] || fail "a refused table is there"
parameters '{"tables":[{"source":"bad.csv","normalize":{"ragged":"reject","rejects":true}}]}'
process 0
[ -s "$F/out/files/bad.csv.rejects" ] || fail "no rejects"

# A fault of the user: 1 and a message; nothing is written.
for case in '{"normalise":true}|has no option "normalise"' \
    '{"normalize":{"quotes":"all"}}|"normalize" has no option "quotes"' \
    '{"normalize":{"trim":"yes"}}|"trim" of "normalize" must be true or false' \
    '{"normalize":{"quote":"some"}}|parameters:' \
    '{"slice":{"records":1.5}}|must be a whole number' \
    '{"tables":[{"source":"nope.csv"}]}|there is no table "nope.csv"' \
    '{"tables":[{"normalize":true}]}|needs "source"' \
    '{"manifest":{"primaryKey":["id"]}}|Unrecognized option "primaryKey"' \
    '"x"|"parameters" must be an object'; do
    in_folder fault
    parameters "${case%%|*}"
    process 1 "${case#*|}"
    [ -z "$(find "$F/out" -type f)" ] || fail "$case: something was written"
done
fresh no-config
process 1 config.json
fresh bad-config
echo '{"parameters":' >"$F/config.json"
process 1 config.json:
fresh link
ln -s /etc/passwd "$F/in/files/pw"
parameters '{}'
process 1 'neither a file nor a folder'
[ ! -e "$F/out/files/pw" ] || fail "a link was followed"
# Our fault, or the machine's: 2.
if [ "$(id -u)" != 0 ]; then
    in_folder readonly
    parameters '{}'
    chmod a-w "$F/out/tables"
    process 2
fi

conclude
