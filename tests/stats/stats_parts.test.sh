#!/bin/bash
# csvkit stats in parts: --byte-range with --partial, --merge. The answer is that of one run, to the
# last byte; what does not fit is refused by its name.
set -u
here=$PWD
base=$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)
work=$(mktemp -d -p "$base") || exit 2
trap 'rm -rf "$work"' EXIT
failed=0
python3 tests/stats/parts.py "$CSVKIT" "${TABLES:-25}" "${SEED:-1}" || failed=1
cd "$work" || exit 2

fail() {
    echo "FAILED: $*"
    failed=1
}

refused() { # text, arguments of stats
    local text=$1 told
    shift
    "$CSVKIT" stats "$@" >out 2>err
    [ $? = 2 ] || fail "not refused: $* $(cat err)"
    IFS= read -r -d '' told <err
    [[ $told == *"$text"* ]] || fail "refused without '$text': $* $told"
    [ ! -s out ] || fail "refused, and yet: $* $(cat out)"
}

# Refused with one message and nothing else.
refused_alone() { # text, arguments of stats
    refused "$@"
    [ "$(cat err)" = "csvkit: $1" ] || fail "more than one message: $* $(cat err)"
}

seq -f '%.0f,x' 2000 | sed '1i id,b' >plain.csv
{ printf 'id,b\n1,"' && seq 1 40000 && printf '"\n' && seq -f '%.0f,z' 2 1000 && echo odd,z && seq -f '%.0f,z' 30000; } >long_record.csv
make_parts() { # N, file, options
    local n=$1 file=$2 i
    shift 2
    rm -f ./*.part
    for ((i = 1; i <= n; i++)); do
        "$CSVKIT" stats "$@" --byte-range="$i/$n" --partial="$i.part" "$file" || fail "part $i of $file"
    done
}

# A manifest beside the file is that of its parts, too; many parts come from a list.
echo '{"columns":["key","letter"],"has_header":false}' >plain.csv.manifest
make_parts 3 plain.csv
"$CSVKIT" stats plain.csv >one
find . -name '*.part' | "$CSVKIT" stats --merge --files-from=- >joined || fail "--files-from"
cmp -s one joined || fail "with a manifest: $(diff one joined)"
grep -q '^ *letter ' joined || fail "no names of the manifest: $(cat joined)"
rm plain.csv.manifest
refused 'made with other options: header=no there, and header=yes here' --merge 1.part 2.part 3.part

# One name with a comma is not two names.
make_parts 1 plain.csv --no-header --columns=a,b
refused 'names=a,b there, and names="a,b" here' --no-header --columns='"a,b"' --merge 1.part

# Many columns are sampled so sparsely that some of their frequent values are missing: the same ones.
awk 'BEGIN {
    srand(1)
    for (c = 0; c < 520; c++) printf "c%d%s", c, c < 519 ? "," : "\n"
    for (i = 0; i < 1800; i++)
        for (c = 0; c < 520; c++)
            printf "%s%s", rand() < 0.4 ? "f" int(rand() * 10) : "u" i, c < 519 ? "," : "\n"
}' >sampled.csv
make_parts 3 sampled.csv
"$CSVKIT" stats -f json sampled.csv >one
"$CSVKIT" stats -f json --merge 1.part 2.part 3.part >joined || fail "a part of many columns"
cmp -s one joined || fail "another sample in parts"
few=$(jq '[.columns[] | select((.frequent.most | length) < 10)] | length' one)
[ "$few" -gt 10 ] || fail "no frequent value is missing, so the sample does not show: $few"

# The width is that of the first record, even where all others have another one.
{ echo a,b,c && seq -f '%.0f,x' 12; } >outvoted.csv
make_parts 3 outvoted.csv
"$CSVKIT" stats outvoted.csv >one 2>one.err
"$CSVKIT" stats --merge 1.part 2.part 3.part >joined 2>joined.err
[ $? = 1 ] || fail "records of another width: exit status"
cmp -s one joined && cmp -s one.err joined.err || fail "records of another width: $(cat joined joined.err)"

# A wrong guess is told, and needs the file.
make_parts 9 long_record.csv
"$CSVKIT" stats -f json long_record.csv >one
"$CSVKIT" stats -f json --merge ./*.part >joined 2>err
cmp -s one joined || fail "a long record, or the number of a record in a part that was wrong"
grep -qE '[0-9] parts? did not begin with a record and (was|were) counted again' err || fail "no note: $(cat err)"
mv long_record.csv away.csv
refused 'where this part did not look for one' --merge ./*.part
cp plain.csv long_record.csv
refused 'not the file of which these are parts' --merge ./*.part

make_parts 3 plain.csv
refused 'a part is missing: bytes ' --merge 1.part 3.part
refused 'are the same part' --merge 1.part 2.part 2.part 3.part
refused 'made with other options: delimiter=, there' --merge 1.part 2.part 3.part '-d;'
"$CSVKIT" validate --no-header --rule=all=off --byte-range=1/1 --partial=judged plain.csv
refused 'judged: made with other options' --merge judged
cp 2.part damaged && truncate -s -1 damaged
refused 'damaged: no part of a judgement, or it is damaged' --merge 1.part damaged 3.part
refused 'no part of a judgement' --merge plain.csv
refused_alone '--merge needs the parts to join: none is given' --merge
refused_alone '--merge needs the parts to join: no names in the list' --merge --files-from=/dev/null -f json

# What parts do not support.
gzip -k plain.csv
refused 'a compressed file has no ranges' --byte-range=1/2 --partial=p plain.csv.gz
refused 'standard input has no ranges' --byte-range=1/2 --partial=p
refused 'standard input has no ranges' --byte-range=1/2 --partial=p -
refused 'no regular file' --byte-range=1/2 --partial=p .
refused 'give its --credentials=DETAIL' --byte-range=1/2 --partial=p s3://a/b
refused 'no FILE is the address of an object' --credentials=x --byte-range=1/2 --partial=p plain.csv
refused 'go together' --byte-range=1/2 plain.csv
refused 'go together' --partial=p plain.csv
refused 'does not go with' --merge --byte-range=1/2 --partial=p plain.csv
refused 'not supported: --one-table' --one-table --byte-range=1/2 --partial=p plain.csv
refused 'not supported: --threads' -j 2 --byte-range=1/2 --partial=p plain.csv
refused 'not supported: --delimiter=auto' -d auto --byte-range=1/2 --partial=p plain.csv
refused 'not supported: --encoding=latin1' --encoding=latin1 --merge 1.part
refused 'give it with --merge' --format=json --byte-range=1/2 --partial=p plain.csv
refused 'reads one FILE' --byte-range=1/2 --partial=p plain.csv away.csv
refused 'is the FILE itself' --byte-range=1/2 --partial=plain.csv plain.csv
refused 'neither A-B' --byte-range=0/2 --partial=p plain.csv
[ ! -e p ] || fail "a part of what is refused"
cd "$here" || exit 2
exit $failed
