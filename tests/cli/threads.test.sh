#!/bin/bash
# The output of commands does not depend on the number of threads: for many files, for slices, for
# one long file, with files that cannot be read in between; nor does the exit status.
set -u
work=$(mktemp -d) && out=$(mktemp -d) || exit 2
trap 'rm -rf "$work" "$out"' EXIT
failed=0
cases=0

fail() {
    echo "FAILED: $*"
    failed=1
}

same() { # arguments of validate
    same_of validate "$@"
}

same_of() { # command, with blanks between its words; arguments
    local one n message first command=$1
    shift
    # shellcheck disable=SC2086
    "$CSVKIT" $command -j 1 "$@" >"$out/one" 2>"$out/one.err"
    one=$?
    IFS= read -r -d '' first <"$out/one.err"
    for n in 2 3 8; do
        # shellcheck disable=SC2086
        "$CSVKIT" $command -j $n "$@" >"$out/many" 2>"$out/many.err"
        [ $? = $one ] || fail "another exit status with $n threads: $*"
        cmp -s "$out/one" "$out/many" || fail "another report with $n threads: $*"
        IFS= read -r -d '' message <"$out/many.err"
        [ "$message" = "$first" ] || fail "another message with $n threads: $*"
    done
    cases=$((cases + 1))
}

cd "$work" || exit 2
numbered() { # how many records; what stands after the number
    local i
    for ((i = 1; i <= $1; i++)); do echo "$i$2"; done
}
for i in {1..40}; do
    { echo "id,n$i" && numbered $((i * 7)) ,x && [ $((i % 3)) != 0 ] || echo "1,2,3"; } >"f$i.csv"
done
: >empty.csv
gzip -c f3.csv >f3.csv.gz
mkdir slices no_slices headed
for i in 1 2 3 4 5 6 7 8 9; do
    numbered $((i * 5)) ",a$i" >"slices/p$i" && { echo id,b && numbered $i ,a; } >"headed/p$i"
done
echo '1,2,3' >>slices/p5
: >slices/p0
# Long enough to get all threads, with something in every 9,999th record: 32 blocks of 256 KiB, 16 pieces of 512 KiB.
awk 'BEGIN { print "id,b"; for (i = 0; i < 450000; i++) print i (i % 9999 ? ",\"x, and\ny\"" : ",x\"y") }' >long.csv

files=(f?.csv f1*.csv)
same "${files[@]}"
same --format=json "${files[@]}" missing.csv f2*.csv f3.csv.gz
same --format=junit --max-findings=1 f1.csv missing.csv . empty.csv f2.csv slices f3.csv
same --fail-on=warning slices headed no_slices f1.csv slices
same --primary-key=id f1.csv f2.csv f3.csv
same --delimiter=auto f1.csv f2.csv f3.csv
same --encoding=windows-1252 f1.csv f2.csv f3.csv
same --format=json f1.csv long.csv f2.csv f3.csv
same --profile=keboola --rule=all=info long.csv
{ cat long.csv && tail -n 3 long.csv && echo 5,again; } >repeated.csv # enough keys for several threads
same --primary-key=id repeated.csv
{ head -c 2500000 long.csv && printf '\n1,"x"y\n2,"open ' && head -c 3500000 long.csv; } >open.csv
same open.csv
gzip -1 -c long.csv >long.csv.gz && head -c 450000 long.csv.gz >damaged.csv.gz
same long.csv.gz damaged.csv.gz
same long.csv.gz
same --statistics "${files[@]}" slices
same --report=csv:/dev/stderr f1.csv f2.csv slices
printf '%s\n' f*.csv | "$CSVKIT" validate -j 1 --files-from=- >"$out/one"
printf '%s\n' f*.csv | "$CSVKIT" validate -j 4 --files-from=- >"$out/many"
cmp -s "$out/one" "$out/many" || fail "--files-from"
(read -r _ && "$CSVKIT" validate -j 1 --no-header) <long.csv >"$out/one"
(read -r _ && "$CSVKIT" validate -j 3 --no-header) <long.csv >"$out/many"
cmp -s "$out/one" "$out/many" || fail "standard input that is a file"

"$CSVKIT" manifest create -j 1 --data-type=auto --format=json -o "$out/m" long.csv >"$out/one" 2>&1
"$CSVKIT" manifest create -j 4 --data-type=auto --format=json -o "$out/m" long.csv >"$out/many" 2>&1
cmp -s "$out/one" "$out/many" || fail "manifest create --data-type=auto"
grep -q '"id"' "$out/one" || fail "manifest create has nothing to compare"

# Statistics, with more values than are kept of each, and with records that are in no count.
same_of stats long.csv
same_of stats --format=json open.csv long.csv.gz f1.csv missing.csv damaged.csv.gz
mkdir parts && split -n l/5 --additional-suffix=.csv long.csv parts/p && gzip -1 parts/pab.csv
same_of stats parts
same_of "schema infer" long.csv
same_of "schema infer" --format=json -o "$out/schema" long.csv.gz

# Tables that are normalized, with all that is written; by a schema; verified; without rejects.
same_normalized() { # arguments of normalize
    local n
    mkdir "$out"/n{1,2,3,8}
    for n in 1 2 3 8; do
        (cd "$out/n$n" && "$CSVKIT" normalize -j $n "$@" -o table --rejects=rejects --log=log >text 2>&1
            echo $? >>text)
        [ $n = 1 ] || diff -rq "$out/n1" "$out/n$n" || fail "with $n threads: normalize $*"
    done
    rm -rf "$out"/n?
    cases=$((cases + 1))
}
awk 'BEGIN { print "id,b,c"; for (i = 0; i < 200000; i++) print i (i % 9 ? ",x y,1 000" : ",x\"y,2") (i % 31 ? "" : ",") }' >dirty.csv
cat >dirty.schema.json <<'JSON'
{"fields": [{"name": "id", "type": "integer"}, {"name": "b", "type": "string"},
            {"name": "c", "type": "number", "groupChar": " "}]}
JSON
here=$PWD
same_normalized "$here/long.csv"
same_normalized "$here/open.csv"
same_normalized --max-repairs=1000000 "$here/dirty.csv"
same_normalized --schema="$here/dirty.schema.json" --quote=all --verify "$here/dirty.csv"
same_normalized --columns=c,id --skip-tail=2 "$here/dirty.csv"
same_normalized --strict "$here/dirty.csv"
same_normalized "$here/long.csv.gz"
same_normalized "$here/damaged.csv.gz"
same_of normalize --check --format=json dirty.csv
same_of normalize --report=html:/dev/stdout -o /dev/null --rejects=/dev/null dirty.csv
for n in 1 3; do # slices of what was repaired
    (mkdir "$out/s$n" && cd "$out/s$n" &&
        "$CSVKIT" slice -q -j $n --normalize --max-repairs=1000000 --rejects=rejects --any-size \
            --slice-size=200000 -o slices "$here/dirty.csv" >text 2>&1
        echo $? >>text)
done
diff -r "$out/s1" "$out/s3" >/dev/null || fail "slice --normalize"
[ "$(find "$out/s1/slices" -type f | wc -l)" -gt 1 ] || fail "slice has nothing to compare"
cat dirty.csv | "$CSVKIT" normalize -j 1 --rejects=/dev/null - >"$out/one" 2>/dev/null
cat dirty.csv | "$CSVKIT" normalize -j 4 --rejects=/dev/null - >"$out/many" 2>/dev/null
cmp -s "$out/one" "$out/many" || fail "normalize from a pipe"

# A project file in a folder changes the profile there, and only there.
mkdir strict
echo '{"profile": "rfc4180-strict"}' >strict/.csvkit.json
cp f1.csv f2.csv strict
same f1.csv strict/f1.csv strict/f2.csv f3.csv strict/f1.csv f4.csv

echo "$cases cases"
exit "$failed"
