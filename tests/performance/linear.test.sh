#!/bin/bash
# Work grows in step with the input, whatever is in it: instructions (not time) of validate for a
# hostile input of n bytes and of 2n; the ratio is at most 2.05. Instructions are the same on every
# run, so one run each is enough.
set -u
command -v valgrind >/dev/null || {
    echo "valgrind is not installed (apt-get install valgrind)"
    exit 77
}
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
failed=0

# Reads the plan, and writes for each line FAMILY BYTES ... an input of so many bytes and one of twice.
make_inputs() {
    python3 - "$tmp" <<'PYTHON'
import sys
folder = sys.argv[1]

def repeat(head, unit, tail=b""):
    out.write(head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail)

start = b"a,b\r\n"
families = {
    "doubled-quotes": lambda: repeat(start + b'1,"', b'""', b'"\r\n'),
    "commas-in-one-record": lambda: repeat(start, b",", b"\r\n"),
    "blank-lines": lambda: repeat(start, b"\r\n"),
    "one-long-field": lambda: repeat(start + b"1,", b"x", b"\r\n"),
    "long-field-not-ascii": lambda: repeat(start + b"1,", "\u017e".encode(), b"\r\n"),
    "one-error-per-line": lambda: repeat(start, b'1,x"y\r\n'),
    "one-width-error-per-line": lambda: repeat(start, b"1,2,3\r\n"),
    "unclosed-quote": lambda: repeat(start + b'1,"', b"text, more text\r\n"),
    "unclosed-quote-per-line": lambda: repeat(start, b'1,"x\r\n2,y\r\n'),
    "errors-in-one-record": lambda: repeat(start, b'x"y,', b"\r\n"),
    "blanks-behind-enclosure": lambda: repeat(start + b'1,"x"', b" ", b"\r\n"),
    "nul-flood": lambda: repeat(start + b"1,", b"\0", b"\r\n"),
    "nul-runs": lambda: repeat(start + b"1,", b"\0a", b"\r\n"),
    "bad-utf8": lambda: repeat(start + b"1,", b"\xff", b"\r\n"),
    "inner-lines": lambda: repeat(start, b'1,"x,y\norm,w\nu,v"\r\n'),
    "inner-lines-in-one-field": lambda: repeat(start + b'1,"', b"x,y\n", b'"\r\n'),
    "bare-cr": lambda: repeat(start + b"1,", b"x\r", b"\r\n"),
    "cr-flood": lambda: repeat(start + b"1,", b"\r", b"\r\n"),
    "wide-table": lambda: repeat(b",".join(b"c%d" % i for i in range(5000)) + b"\r\n",
                                 b"," * 4999 + b"\r\n"),
}
for line in open(folder + "/plan"):
    family, least = line.split()[0], int(line.split()[1])
    for size in (least, 2 * least):
        with open(f"{folder}/{family}{size}", "wb") as out:
            families[family]()
PYTHON
}

# valgrind reads what there is for debugging at its start.
cp "$BUILD/tests/tools/each_file" "$tmp/each_file"
strip "$tmp/each_file" 2>/dev/null

# Writes "FILE INSTRUCTIONS" for all inputs to $tmp/counted: every process tells its own number of them.
count_instructions() {
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
        "$tmp/each_file" "$@" 2>"$tmp/refs" >"$tmp/files" </dev/null || exit 2
    sed -n 's/^==\([0-9]*\)== I *refs: *\([0-9,]*\)$/\1 \2/p' "$tmp/refs" | tr -d , >"$tmp/numbers"
    awk 'NR == FNR { count[$1] = $2; next } { print $2, count[$1] }' "$tmp/numbers" "$tmp/files" >"$tmp/counted"
}

# Judges all families, by the instructions for as good as nothing, for so many bytes and for twice as many.
judge() {
    awk -v tmp="$tmp/" 'NR == FNR { count[substr($1, length(tmp) + 1)] = $2; next } {
        base = count["base"]; one = count[$1 $2]; two = count[$1 2 * $2]
        if (!base || !one || !two) {
            print "FAILED: " $1 ": nothing was counted"
            next
        }
        ratio = (two - base) / (one - base)
        printf "%s%s: %.2f times the work for twice the bytes, %.1f instructions a byte\n",
            (ratio > $3 ? "FAILED: " : ""), $1, ratio, (two - base) / $2 / 2 }' "$tmp/counted" "$tmp/plan"
}

printf 'a,b\r\n' >"$tmp/base"
# many records, or a cost per byte beside which what happens once is small
for family in blank-lines one-error-per-line one-width-error-per-line unclosed-quote-per-line \
    inner-lines errors-in-one-record nul-runs bad-utf8 bare-cr cr-flood wide-table; do
    echo "$family 120000 2.05"
done >"$tmp/plan"
# one record of many windows: it is gone on with, not begun again, when more of it has been read
for family in doubled-quotes commas-in-one-record one-long-field long-field-not-ascii nul-flood \
    blanks-behind-enclosure inner-lines-in-one-field unclosed-quote; do
    echo "$family 400000 2.05"
done >>"$tmp/plan"
# more than is kept of one record in memory
for family in unclosed-quote one-long-field; do
    echo "$family 4500000 2.05"
done >>"$tmp/plan"
make_inputs || exit 2
awk -v tmp="$tmp" '{ print tmp "/" $1 $2; print tmp "/" $1 2 * $2 }' "$tmp/plan" >"$tmp/inputs"
mapfile -t inputs <"$tmp/inputs"
count_instructions "$tmp/base" "${inputs[@]}"
judge | tee "$tmp/said"
[ -s "$tmp/said" ] && ! grep -q FAILED "$tmp/said" || failed=1
exit "$failed"
