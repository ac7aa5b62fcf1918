#!/bin/bash
# Compressed input: gzip, zstd, xz and bzip2 give the report of the plain file, from a file and from
# a pipe; several streams are one text; damage is a finding, at the same place for every size of
# reads; what only begins like a compressed file is text.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
say() { echo "FAILED: $*"; failed=1; }
pack() { # kind, level: standard input to standard output
    case $1 in
    gzip) gzip -n -c ;;
    zstd) zstd -q -c --check ;;
    xz) xz -1 -c ;;
    bzip2) bzip2 -c ;;
    esac
}
report() { # arguments of validate: what it says, but for the name of the file
    local said line
    said=said.$BASHPID # two may run at the same time
    "$CSVKIT" validate --format=json "$@" >"$said"
    while IFS= read -r line; do
        [[ $line == '{"file":"'* ]] || say "a report without a file: $line"
        printf '%s\n' "${line#'{"file":"'*'",'}"
    done <"$said"
}

{ echo id,text && seq 60000 | sed 's/.*/&,"value &, of many"/' && printf '60001,"x"y\n60002\n'; } >plain.csv
report plain.csv >plain.json
"$CSVKIT" normalize -q plain.csv -o plain.out --rejects=plain.bad
awk 'NR % 50 == 1 { print "# of \"" NR ", not a record" } { print }' plain.csv >noted.csv
report --comment='#' noted.csv >noted.json
grep -q '"comments":1201' noted.json || say "comments of the plain file"
head -n 61202 noted.csv >noted.sound
for kind in gzip zstd xz bzip2; do
    pack $kind <plain.csv >"$kind"
    report "$kind" | cmp -s - plain.json || say "$kind: another report"
    report - <"$kind" | cmp -s - plain.json || say "$kind by a pipe: another report"
    # A pipe that gives a few bytes at a time.
    { head -c 1 "$kind" && sleep 0.05 && tail -c +2 "$kind" | head -c 2 && sleep 0.05 &&
        tail -c +4 "$kind"; } | report - | cmp -s - plain.json || say "$kind in pieces"
    "$CSVKIT" normalize -q "$kind" -o out --rejects=bad
    cmp -s out plain.out && cmp -s bad plain.bad || say "$kind: normalize"
    head -n 60001 plain.csv | pack $kind >sound
    "$CSVKIT" slice -q sound -o "slices-$kind" >/dev/null || say "$kind: slice"
    "$CSVKIT" merge -q "slices-$kind" -o merged && tail -n +2 merged | cmp -s - <(sed -n 2,60001p plain.csv) ||
        say "$kind: slices"
    # Comments are set aside in what is unpacked.
    pack $kind <noted.csv >noted
    report --comment='#' noted | cmp -s - noted.json || say "$kind: comments"
    report --comment='#' - <noted | cmp -s - noted.json || say "$kind: comments, by a pipe"
    pack $kind <noted.sound >noted
    "$CSVKIT" slice -q --comment='#' noted -o "noted-$kind" >/dev/null || say "$kind: slice with comments"
    "$CSVKIT" merge -q "noted-$kind" -o merged && tail -n +2 merged | cmp -s - <(sed -n 2,60001p plain.csv) ||
        say "$kind: slices of a table with comments"
    # Two streams, an empty one between them.
    { head -n 7 plain.csv | pack $kind && : | pack $kind && tail -n +8 plain.csv | pack $kind; } >two
    report two | cmp -s - plain.json || say "$kind: two streams"
    : | pack $kind >none
    report none | grep -q '"empty-file":1' || say "$kind: nothing"

    # Damage.
    size=$(stat -c %s "$kind")
    for at in 11 100 $((size / 2)) $((size - 9)) $((size - 1)); do
        head -c "$at" "$kind" >part
        report part >one
        report - <part >two
        grep -q '"rule":"compressed-input-damaged".*"message":"'$kind' truncated","byte":'"$at", one ||
            say "$kind: cut at $at of $size: $(grep -o '"rule":"compressed[^}]*' one)"
        cmp -s one two || say "$kind: cut, by a pipe"
        "$CSVKIT" normalize -q part -o none.out --rejects=none.bad 2>told && say "$kind: normalize of a cut"
        grep -q "the $kind stream is damaged at byte $at: truncated" told || say "$kind: told $(cat told)"
        [ ! -e none.out ] || say "$kind: an output of a cut file"
    done
    { head -c $((size / 2)) "$kind" && printf 'XXXXXXXX' && tail -c +$((size / 2 + 9)) "$kind"; } >bad
    report bad | grep -q '"rule":"compressed-input-damaged"' || say "$kind: eight bytes changed"
    report - <bad | cmp -s - <(report bad) || say "$kind: eight bytes changed, by a pipe"
    { cat "$kind" && echo 'more,of it'; } >after
    report after | grep -q '"rule":"compressed-input-damaged"' || say "$kind: text after the end"
done

# Text that begins like one of them; a file that ends before it can be one.
for text in 'BZh9,b\n1,2\n' 'BZh\n1\n' 'BZ' 'B' 'BZh91AY&S,c\n1,2\n'; do
    # shellcheck disable=SC2059
    printf "$text" >text
    report text | grep -q '"bytes":'"$(stat -c %s text)", || say "taken for bzip2: $text"
done

# The platform unpacks gzip only; in place nothing else can be written; twice is once too often.
cp zstd table.csv
echo '{"columns":["id","text"]}' >table.csv.manifest
"$CSVKIT" manifest check table.csv.manifest >told 2>&1
grep -q 'the content is zstd, which the platform does not unpack' told || say "manifest check: $(cat told)"
"$CSVKIT" normalize --in-place zstd --rejects=bad2 2>told && say "zstd in place"
grep -q 'is zstd, and only gzip is written' told || say "in place: $(cat told)"
gzip -c zstd >twice
"$CSVKIT" validate twice >told && say "zstd within gzip"
grep -q 'not-csv.: the file is zstd, not CSV' told || say "twice: $(cat told)"

# A window larger than memory allows is a failure with a name, not damage.
head -c 1000 plain.csv | zstd -q -c --ultra --long=31 >large 2>/dev/null
python3 - large <<'EOF'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
if not data[4] & 0x20:  # not a single segment: the window descriptor follows
    data[5] = 0xf0
    open(sys.argv[1], "wb").write(data)
else:
    open(sys.argv[1], "wb").write(b"\x28\xb5\x2f\xfd\x00\xf0" + bytes(20))
EOF
"$CSVKIT" validate large 2>told
[ $? = 2 ] || say "a large window: $(cat told)"
grep -q 'takes more memory than is allowed' told || say "a large window: $(cat told)"

exit $failed
