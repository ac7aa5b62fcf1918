#!/bin/bash
# csvkit slice in parts: --byte-range makes a folder, --merge joins all of them. The records and the
# manifest are those of one run; parts that do not belong together, are not all, or were damaged are
# refused by their names, nothing appears then, and what parts do not support is refused, too.
# (Random files and cuts: tests/unit/test_slice_parts.c.)
set -u
base=$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)
work=$(mktemp -d -p "$base") || exit 2
other=
trap 'rm -rf "$work" $other' EXIT
cd "$work" || exit 2
export KBC_DATA_TYPE_SUPPORT=
failed=0
cases=0

fail() {
    echo "FAILED: $*"
    failed=1
}

# Makes N parts of FILE with the options that follow, two at a time.
make_parts() { # N, file, options
    local n=$1 file=$2 i
    shift 2
    rm -rf parts
    mkdir parts
    for ((i = 1; i <= n; i++)); do
        "$CSVKIT" slice "$@" --byte-range="$i/$n" "$file" -o "parts/$i" >"parts/log.$i" 2>&1 &
        [ $((i % 2)) = 1 ] || wait
    done
    wait
    for ((i = 1; i <= n; i++)); do
        [ -d "parts/$i" ] || fail "no part $i of $file with $*: $(cat "parts/log.$i")"
    done
    rm -f parts/log.*
}

text_of() { gzip -dcf "$1"/*; } # DIR; what is not compressed comes as it is

# N parts have the records and the manifest of one run.
same() { # N, file, options
    local n=$1 file=$2
    shift 2
    rm -rf whole out whole.manifest out.manifest
    "$CSVKIT" slice "$@" "$file" -o whole >whole.out 2>whole.err || fail "$file $*: $(cat whole.err)"
    make_parts "$n" "$file" "$@"
    "$CSVKIT" slice "$@" --merge parts/* -o out >out.out 2>out.err ||
        fail "$n parts of $file $*: $(cat out.err)"
    cmp -s <(text_of whole) <(text_of out) || fail "other records in $n parts: $file $*"
    [ ! -e whole.manifest ] && [ ! -e out.manifest ] || cmp -s whole.manifest out.manifest ||
        fail "another manifest in $n parts: $file $*"
    [ "$(tail -n 1 whole.out | grep -o '[0-9]* records*')" = "$(tail -n 1 out.out | grep -o '[0-9]* records*')" ] ||
        fail "another number of records in $n parts: $file $*"
    ls out | cmp -s - <(ls out | sort) || fail "names out of order"
    cases=$((cases + 1))
}

refused() { # exit status, text, arguments of slice
    local status=$1 text=$2 told left
    shift 2
    "$CSVKIT" slice "$@" >stdout 2>stderr
    [ $? = "$status" ] || fail "not refused with $status: $* $(cat stderr)"
    IFS= read -r -d '' told <stderr
    [[ $told == *"$text"* ]] || fail "refused without '$text': $* $told"
    shopt -s nullglob
    left=(.*csvkit* */.*csvkit* */*/.*csvkit*)
    shopt -u nullglob
    [ ${#left[@]} = 0 ] || fail "left behind: ${left[*]}"
    cases=$((cases + 1))
}

awk 'BEGIN {
    print "id,name,amount"
    for (i = 0; i < 4000; i++)
        print i % 3900 ",\"line one of " i "\nline \"\"two\"\"\"," (i % 97 ? i : "\"much, too much\"")
}' >quoted.csv
{ printf 'id,b\n' && printf '1,"' && seq 1 40000 && printf '"\n' && seq -f '%.0f,z' 2 30000; } >long_record.csv
{ printf '"id\n\n\n\n","b %s\n"\n' "$(seq 50)" && seq -f '%.0f,z' 40; } >long_header.csv
printf 'id,b\r1,x\r2,y\r2,z\r' >cr.csv
printf 'id,b\n' >header.csv
printf 'id,b\n1,x' >short.csv
{ cat short.csv && printf '\n2,"x"y\n' && seq -f '%.0f,z' 2000; } >broken.csv

for n in 1 11; do
    same $n quoted.csv --records=300
done
same 3 quoted.csv
same 7 quoted.csv --slice-size=2kB --any-size --compress=none --primary-key=id --destination=in.c-a.b
same 9 long_record.csv --records=9000 -j 2
same 30 long_header.csv --rule=header-invalid-name=off --rule=header-name-refused=off --no-manifest
same 3 cr.csv --profile=rfc4180-bis
same 4 header.csv
same 12 short.csv --profile=rfc4180
same 4 short.csv --no-header --columns=a,b --records=1 --profile=rfc4180

# Slices are read back where the parts are joined; JSON has the sums that the parts have made.
make_parts 5 quoted.csv --format=json
"$CSVKIT" slice --byte-range=1/5 quoted.csv -o first >stdout || fail "a part"
[ "$(tail -n 1 stdout)" = 'first: 1 slice, 852 records' ] || fail "a part says: $(cat stdout)"
"$CSVKIT" slice --force --format=json --byte-range=1/5 quoted.csv -o first | jq -e '.manifest == null' >stdout ||
    fail "a part with a manifest"
"$CSVKIT" slice --verify --format=json --merge parts/* -o verified >result || fail "--verify with --merge"
python3 - <<'PY' || fail "the JSON of a merge, or of a part"
import hashlib, json
result = json.load(open("result"))
assert result["records"] == 4000 and len(result["slices"]) == 5 and result["manifest"]
for s in result["slices"]:
    data = open("verified/" + s["name"], "rb").read()
    assert s["sha256"] == hashlib.sha256(data).hexdigest() and s["compressed_bytes"] == len(data)
parts = [json.load(open("parts/%d/part.json" % i)) for i in range(1, 6)]
at = 0
for p in parts:
    assert p["file"] == "quoted.csv" and p["columns"] == ["id", "name", "amount"] and p["judged"]
    assert p["records_within"]["from"] == at and p["options"] == []
    assert p["records"] == sum(s["records"] for s in p["slices"])
    at = p["records_within"]["to"]
assert at == parts[0]["file_bytes"] and sum(p["records"] for p in parts) == 4000
PY

# Many parts come from a list. What is not as usual is in the description, once.
find parts -mindepth 1 -maxdepth 1 -type d -print0 | "$CSVKIT" slice --merge --files-from=- --null -o listed >stdout ||
    fail "--files-from with --merge"
cmp -s verified.manifest listed.manifest && cmp -s <(text_of verified) <(text_of listed) || fail "another table from a list"
: >none
refused 2 '--merge needs the parts to join: no names in the list' --merge --files-from=none -o p
[ "$(wc -l <stderr)" = 1 ] || fail "more than one message about an empty list: $(cat stderr)"
printf 'id|b\n1|x\n' >bars.csv
"$CSVKIT" slice --byte-range=1/1 -d '|' --level=2 --records=5 --rule=eol-lf=info bars.csv -o bars >stdout ||
    fail "a part of bars.csv"
jq -c .options bars/part.json >stdout
grep -qxF '["delimiter=|","eol-lf=info","slice-size=0","records=5","level=2"]' stdout ||
    fail "other options in the description: $(cat stdout)"

# The manifest beside the file counts for its parts; the file need not be there when they are joined.
seq -f '%.0f,x' 2000 >headless.csv
echo '{"columns":["id","b"],"primary_key":["id"],"incremental":true,"has_header":false}' >headless.csv.manifest
same 3 headless.csv
mv headless.csv away.csv && rm -rf out out.manifest
"$CSVKIT" slice --merge parts/* -o out >stdout || fail "without the file"
cmp -s whole.manifest out.manifest || fail "without the file: another manifest"
cmp -s away.csv <(text_of out) || fail "without the file: other records"
rm away.csv headless.csv.manifest
refused 2 'made with other options: header=no there, and header=yes here' --merge parts/* -o p

# What one run refuses is refused, with the same report, and nothing appears.
"$CSVKIT" slice broken.csv -o whole2 >one.out 2>one
[ $? = 1 ] || fail "broken.csv is sliced"
make_parts 6 broken.csv
"$CSVKIT" slice --merge parts/* -o broken >six.out 2>six
[ $? = 1 ] || fail "parts of broken.csv are joined"
cmp -s <(sed s/whole2/broken/ one) six || fail "another report of a broken table: $(diff one six)"
[ ! -e broken ] && [ ! -e broken.manifest ] || fail "a broken table has slices"
refused 1 'primary key names x' quoted.csv --byte-range=1/2 --primary-key=x -o nothing
[ ! -e nothing ] || fail "a part with a refused manifest"

# A wrong guess is told, and needs the file.
make_parts 9 long_record.csv
"$CSVKIT" slice --merge parts/* -o long >stdout 2>stderr
grep -qE '[0-9] parts? did not begin with a record and (was|were) sliced again' stderr ||
    fail "no note about parts that were sliced again: $(cat stderr)"
rm -rf long long.manifest
mv long_record.csv away.csv
refused 2 'where this part did not look for one' --merge parts/* -o long
grep -q 'where long_record.csv can be read, and bytes [0-9]*-[0-9]* will' stderr || fail "which bytes: $(cat stderr)"
cp quoted.csv long_record.csv
refused 2 'not the file of which these are parts' --merge parts/* -o long
mv away.csv long_record.csv
[ ! -e long ] || fail "something appears"

# Parts that are no whole, or are not alike.
make_parts 3 quoted.csv
refused 2 'a part is missing: bytes ' --merge parts/1 parts/3 -o out2
refused 2 'a part is missing: bytes 0-' --merge parts/2 parts/3 -o out2
refused 2 'are the same part' --merge parts/1 parts/2 parts/2/ parts/3 -o out2
refused 2 'made with other options: slice-size=50000000 there, and slice-size=20000000 here' \
    --merge parts/* -o out2 --slice-size=20MB
refused 2 'made with other options: compress=gzip there' --merge parts/* -o out2 --compress=none
refused 2 'made with other options: delimiter=, there' --merge parts/* -o out2 -d ';'
"$CSVKIT" slice --byte-range=1/1 --no-header --columns=a,b short.csv -o comma --profile=rfc4180 >stdout || fail "two names"
refused 2 'columns=a,b there, and columns="a,b" here' \
    --merge comma -o out2 --profile=rfc4180 --no-header --columns='"a,b"'
"$CSVKIT" slice --byte-range=1/3 long_record.csv -o p.other -q >/dev/null
refused 2 'are parts of different files' --merge p.other parts/2 parts/3 -o out2
refused 2 'whole/judgement.part' --merge parts/1 whole parts/2 -o out2
cp -r parts/3 damaged && truncate -s -1 damaged/judgement.part
refused 2 'damaged/judgement.part: no part of a judgement, or it is damaged' --merge parts/1 parts/2 damaged -o out2
"$CSVKIT" validate --profile=keboola --byte-range=1/1 --partial=parts/state quoted.csv
mkdir judged && mv parts/state judged/judgement.part
refused 2 'made with other options' --merge judged -o out2
refused 2 'lies in parts/1, which the slices would replace' --force --merge parts/1 parts/2 parts/3 -o parts/1
refused 2 'exists already' --merge parts/1 parts/2 parts/3 -o out
"$CSVKIT" slice --force --merge parts/1 parts/2 parts/3 -o out >stdout || fail "--force"
"$CSVKIT" slice --force --byte-range=2/3 quoted.csv -o parts/2 >stdout || fail "--force of a part"
"$CSVKIT" slice --force --merge parts/1 parts/2 parts/3 -o out >stdout || fail "a part made once more"
printf x >>parts/2/part-00001.csv.gz
refused 2 'has not the' --merge parts/1 parts/2 parts/3 -o out2
rm parts/2/part-00001.csv.gz
refused 2 'cannot read the slice parts/2/part-00001.csv.gz' --merge parts/1 parts/2 parts/3 -o out2
[ ! -e out2 ] && [ ! -e out2.manifest ] || fail "something appears"

# What parts do not support.
gzip -k quoted.csv
refused 2 'a compressed file has no ranges' --byte-range=1/2 quoted.csv.gz -o p
refused 2 'standard input has no ranges' --byte-range=1/2 -o p
refused 2 'standard input has no ranges' --byte-range=1/2 -o p -
refused 2 'no regular file' --byte-range=1/2 -o p .
refused 2 'give its --credentials=DETAIL' --byte-range=1/2 -o p s3://a/b
refused 2 'no FILE is the address of an object' --credentials=x --byte-range=1/2 -o p quoted.csv
refused 2 '--files-from works with --merge only' --files-from=x --byte-range=1/2 -o p quoted.csv
refused 2 '--files-from works with --merge only' --files-from=x -o p quoted.csv
refused 2 'not supported: --normalize' --byte-range=1/2 -o p --normalize quoted.csv
refused 2 'not supported: --slices' --byte-range=1/2 -o p --slices=3 quoted.csv
refused 2 'not supported: --data-type=auto' --byte-range=1/2 -o p --data-type=auto quoted.csv
refused 2 'not supported: --verify' --byte-range=1/2 -o p --verify quoted.csv
refused 2 'not supported: --delimiter=auto' --byte-range=1/2 -o p --delimiter=auto quoted.csv
refused 2 'not supported: --encoding=latin1' --byte-range=1/2 -o p --encoding=latin1 quoted.csv
refused 2 '--merge does not go with' --merge --byte-range=1/2 -o p parts/1
refused 2 '--merge needs the parts to join: none is given' --merge -o p
refused 2 "unexpected operand 'cr.csv'" -o p quoted.csv cr.csv
refused 2 'neither A-B' --byte-range=3/2 -o p quoted.csv
refused 2 'it has no bytes' --byte-range=0-1GB -o p quoted.csv
[ ! -e p ] || fail "a part of what is refused"

# Between two file systems slices are copied.
[ "$base" = /tmp ] || other=$(mktemp -d -p /tmp)
if [ -n "$other" ] && [ "$(stat -c %d "$other")" != "$(stat -c %d .)" ]; then
    make_parts 3 quoted.csv --records=500
    "$CSVKIT" slice --records=500 --merge parts/* -o "$other/out" >stdout || fail "between two file systems"
    cmp -s <(tail -n +2 quoted.csv) <(text_of "$other/out") || fail "a copy has other records"
fi

# Killed whenever: there is no part, or all of it.
for i in $(seq 6); do
    rm -rf killed
    "$CSVKIT" slice --byte-range=1/2 long_record.csv --records=500 -o killed -q >/dev/null 2>&1 &
    pid=$!
    sleep "0.00$((RANDOM % 10))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ ! -e killed ] || { [ -e killed/judgement.part ] && [ -e killed/part.json ]; } || fail "half of a part"
done

echo "$cases cases"
exit $failed
