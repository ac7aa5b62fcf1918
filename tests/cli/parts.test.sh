#!/bin/bash
# csvkit validate in parts: --byte-range with --partial, --merge. The report is that of one run; parts
# that do not belong together, or are not all, are refused by their names, and so is what parts do
# not support.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0
cases=0
cd "$work" || exit 2

fail() {
    echo "FAILED: $*"
    failed=1
}

# Makes N parts of FILE with the options that follow, all at the same time.
make_parts() { # N, file, options
    local n=$1 file=$2 i pids=()
    shift 2
    rm -f part.*
    for ((i = 1; i <= n; i++)); do
        "$CSVKIT" validate "$@" --byte-range="$i/$n" --partial="part.$i" "$file" >"log.$i" 2>&1 &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait "$i" || fail "a part of $file with $*: $(cat log.*)"
    done
    [ ! -s log.1 ] || fail "--partial says something: $(cat log.1)"
}

shuffle() { # sets `parts`: not in the order of their ranges
    local i other
    parts=(part.*)
    for ((i = ${#parts[@]} - 1; i > 0; i--)); do
        other=$((RANDOM % (i + 1)))
        set -- "${parts[i]}" "${parts[other]}"
        parts[i]=$2 parts[other]=$1
    done
}

# The report in N parts is that of one run, as text, as JSON and as SARIF; so is the exit status.
same() { # N, file, options
    local n=$1 file=$2 one format
    shift 2
    make_parts "$n" "$file" "$@"
    rm -f one.* joined.*
    "$CSVKIT" validate "$@" -v --report=json:one.json --report=sarif:one.sarif "$file" >one.text
    one=$?
    shuffle
    "$CSVKIT" validate "$@" -v --report=json:joined.json --report=sarif:joined.sarif --merge "${parts[@]}" \
        >joined.text 2>err
    [ $? = $one ] || fail "another exit status in $n parts: $file $* $(cat err)"
    for format in text json sarif; do
        [ -s one.$format ] && cmp -s one.$format joined.$format ||
            fail "another report in $n parts as $format: $file $*"
        cases=$((cases + 1))
    done
}

refused() { # text, arguments of validate
    local text=$1 told
    shift
    "$CSVKIT" validate "$@" >out 2>err
    [ $? = 2 ] || fail "not refused: $*"
    IFS= read -r -d '' told <err
    [[ $told == *"$text"* ]] || fail "refused without '$text': $* $told"
    cases=$((cases + 1))
}

awk 'BEGIN {
    print "id,name,amount"
    for (i = 0; i < 4000; i++)
        print i % 3900 ",\"line one of " i "\nline \"\"two\"\"\"," (i % 97 ? i : "much, too much")
}' >quoted.csv
awk 'BEGIN { print "id,b"; for (i = 0; i < 9000; i++) print i ",x" (i % 1000 ? "" : "\"y") }' >plain.csv
# An enclosure that is never closed swallows the rest of the file, whatever the parts may think.
{ head -c 30000 plain.csv && printf '\n7,"open\n' && seq -f "%.0f,x" 6000; } >open.csv
{ printf 'id,b\n' && printf '1,"' && seq 1 40000 && printf '"\n' && seq -f '%.0f,z' 2 30000; } >long_record.csv
# Empty records at the end, far behind what is searched for them.
{ cat plain.csv && yes , | head -n 2000; } >tail.csv
printf 'id,b\r1,x\r2,y\r2,z\r' >cr.csv
: >empty.csv
printf 'id,b\n1,x' >short.csv
cat >schema.json <<'EOF'
{"fields": [{"name": "id", "type": "integer", "constraints": {"unique": true}},
            {"name": "name", "type": "string"}, {"name": "amount", "type": "number"}]}
EOF

for n in 1 2 7 20; do
    same $n quoted.csv
    same $n plain.csv --profile=keboola
    same $n open.csv --max-findings=3
done
same 5 quoted.csv --primary-key=id
same 5 quoted.csv --primary-key=id,name --memory=1MiB --rule=all=info
same 6 quoted.csv --schema=schema.json
same 6 quoted.csv --schema=schema.json --max-findings=0
same 9 long_record.csv --primary-key=id
same 3 cr.csv --primary-key=id
same 3 empty.csv
same 60 tail.csv
same 40 short.csv
same 4 plain.csv --no-header --columns=a,b --primary-key=a
same 4 plain.csv --max-records=100 --max-field=3

# Any ranges that are the whole file.
"$CSVKIT" validate --byte-range=0-100 --partial=p.1 plain.csv || fail "A-B"
"$CSVKIT" validate --byte-range=100-20kB --partial=p.2 plain.csv || fail "A-B with a unit"
"$CSVKIT" validate --byte-range=20000- --partial=p.3 plain.csv || fail "A-"
"$CSVKIT" validate plain.csv >one
"$CSVKIT" validate --merge p.3 p.1 p.2 >joined
cmp -s one joined || fail "ranges of different lengths"

# A wrong guess is told, and needs the file: the enclosed field ends in a part that cannot know it.
make_parts 5 long_record.csv
"$CSVKIT" validate --merge part.* >joined 2>err
grep -q '1 part did not begin with a record and was judged again' err ||
    fail "no note about parts that were judged again: $(cat err)"
mv long_record.csv away.csv
refused 'where this part did not look for one' --merge part.1 part.2 part.3 part.4 part.5
grep -q '(long_record.csv: cannot open: No such file' err || fail "why the file cannot be read: $(cat err)"
grep -q 'long_record.csv' err || fail "not said which file is needed: $(cat err)"
cp plain.csv long_record.csv
refused 'not the file of which these are parts' --merge part.1 part.2 part.3 part.4 part.5
mv away.csv long_record.csv

# Part 3 lies within the long record, so nothing of it is needed; damaged it is all the same.
make_parts 9 long_record.csv
tail -c 1 part.3 | tr '\000-\377' '\001-\377\000' |
    dd of=part.3 bs=1 seek=$(($(stat -c %s part.3) - 1)) conv=notrunc status=none
refused 'part.3: no part of a judgement, or it is damaged' --merge part.*

# Parts that are no whole.
make_parts 3 plain.csv
refused 'a part is missing: bytes ' --merge part.1 part.3
refused 'a part is missing: bytes 0-' --merge part.2 part.3
refused 'a part is missing: bytes ' --merge part.1 part.2
refused 'part.2 and part.2 are the same part' --merge part.1 part.2 part.2 part.3
"$CSVKIT" validate --byte-range=0-100 --partial=p.1 plain.csv
refused 'overlap at byte 0' --merge p.1 part.1 part.2 part.3
refused 'profile=rfc4180 there, and profile=keboola here' --profile=keboola --merge part.1 part.2 part.3
refused 'made with other options: max-findings=100 there' --max-findings=5 --merge part.1 part.2 part.3
refused 'primary-key= there, and primary-key=id here' --primary-key=id --merge part.1 part.2 part.3
printf 'a,b,"a,b"\n1,2,3\n' >comma.csv
make_parts 1 comma.csv --primary-key=a,b
refused 'primary-key=a,b there, and primary-key="a,b" here' --primary-key='"a,b"' --merge part.1
make_parts 3 plain.csv
sed 's/999,x/999,z/' plain.csv >other.csv
"$CSVKIT" validate --byte-range=2/3 --partial=p.2 other.csv
refused 'are parts of different files' --merge part.1 p.2 part.3
for at in 5 40 700 -1; do # every byte counts
    [ $at = -1 ] && at=$(($(stat -c %s part.2) - 3))
    cp part.2 p.2 && printf '\x7e' | dd of=p.2 bs=1 seek=$at conv=notrunc status=none
    "$CSVKIT" validate --merge part.1 p.2 part.3 >out 2>err
    [ $? = 2 ] && [ -s err ] || fail "a part with another byte $at is taken"
done
# The format stands behind the first line; another one is told by its number.
cp part.2 p.2 && printf '\004' | dd of=p.2 bs=1 seek=27 conv=notrunc status=none
refused 'p.2: a part of format 4, this csvkit makes format 5: make this part again' --merge part.1 p.2 part.3
head -c 2000 part.2 >p.2
refused 'no part of a judgement, or it is damaged' --merge part.1 p.2 part.3
refused 'no part of a judgement, or it is damaged' --merge plain.csv
"$CSVKIT" validate --byte-range=1/3 --partial=p.s --schema=schema.json quoted.csv
"$CSVKIT" validate --byte-range=2/3 --partial=p.2 quoted.csv
sed 's/integer/number/' schema.json >schema2.json
refused 'schema=' --schema=schema2.json --merge p.s

# No parts are no table, in whatever form the answer is wanted.
: >none
for format in text json; do
    refused '--merge needs the parts to join: no names in the list' --merge --format=$format --files-from=none
    [ "$(wc -l <err)" = 1 ] && [ ! -s out ] || fail "more than one message about an empty list: $(cat out err)"
    refused '--merge needs the parts to join: none is given' --merge --format=$format
done

# What is not supported is refused by its name.
gzip -k plain.csv
refused 'a compressed file has no ranges' --byte-range=1/2 --partial=p plain.csv.gz
refused 'standard input has no ranges' --byte-range=1/2 --partial=p -
refused 'no regular file' --byte-range=1/2 --partial=p .
refused 'go together' --byte-range=1/2 plain.csv
refused 'go together' --partial=p plain.csv
refused '--merge does not go with' --merge --byte-range=1/2 --partial=p plain.csv
refused 'is the FILE itself' --byte-range=1/2 --partial=plain.csv plain.csv
refused 'judges one FILE' --byte-range=1/2 --partial=p plain.csv cr.csv
refused '--verify' --byte-range=1/2 --partial=p --verify plain.csv
refused '--threads' --byte-range=1/2 --partial=p -j 2 plain.csv
refused '--delimiter=auto' --byte-range=1/2 --partial=p --delimiter=auto plain.csv
refused '--encoding=latin1' --byte-range=1/2 --partial=p --encoding=latin1 plain.csv
refused '--format' --byte-range=1/2 --partial=p --format=json plain.csv
refused '--fail-on' --byte-range=1/2 --partial=p --fail-on=warning plain.csv
refused '--verify' --merge --verify part.1 part.2 part.3
for range in 0/3 4/3 x 5 -3 1/0 3-2 0-99999999 1/2/3; do
    "$CSVKIT" validate --byte-range=$range --partial=p plain.csv >out 2>err
    [ $? = 2 ] && [ -s err ] || fail "--byte-range=$range is taken"
done
[ ! -e p ] || fail "a part was written after a refusal"
cat >keys.json <<'EOF'
{"fields": [{"name": "id"}, {"name": "b"}], "foreignKeys": [{"fields": "id", "reference": {"resource": "", "fields": "b"}}]}
EOF
refused 'foreign keys' --byte-range=1/2 --partial=p --schema=keys.json plain.csv

echo "$cases cases"
exit "$failed"
