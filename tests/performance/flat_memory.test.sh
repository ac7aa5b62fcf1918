#!/bin/bash
# Memory does not grow with the input: the peak of validate on a stream of 300 MB is that of 10 MB,
# within 1 MB, also when all of it is one line, one field or nothing but delimiters, a few MB of them
# or many. A finding or two in every record, of two bytes each, take no memory either. 8 MB is the
# ceiling of all.
# CSVK_MEMORY_MB sets another large size.
set -u
large=${CSVK_MEMORY_MB:-300}
failed=0

table() { "$BUILD/tests/bench/generate" mixed "$1"000000; }
one_line() { head -c "$1"000000 /dev/zero | tr '\0' a; }
open_quote() { printf 'a,b\n1,"' && yes 'some, text' | head -c "$1"000000; }
commas() { head -c "$1"000000 /dev/zero | tr '\0' ,; }

compare() { # input, smaller size in MB, exit status of both
    local input=$1 small=$2 want=$3 one two
    one=$("$input" "$small" | "$BUILD/tests/tools/peak" "$CSVKIT" validate -q -)
    two=$("$input" "$large" | "$BUILD/tests/tools/peak" "$CSVKIT" validate -q -)
    echo "$input: exit and peak kB: $one at $small MB, $two at $large MB"
    [ "${one% *}" = "$want" ] && [ "${two% *}" = "$want" ] || failed=1
    [ $((${two#* } - ${one#* })) -le 1024 ] || failed=1
    [ "${one#* }" -le 8192 ] && [ "${two#* }" -le 8192 ] || failed=1
}

# A file, since a pipe gives small pieces. Two threads, since each has memory of its own.
flood() { # the record
    local file peak
    file=$(mktemp)
    yes "$1" | head -c 20000000 >"$file"
    peak=$("$BUILD/tests/tools/peak" "$CSVKIT" validate -q -j 2 --columns a,b "$file")
    rm -f "$file"
    echo "flood of '$(printf %q "$1")': exit and peak kB: $peak"
    [ "${peak% *}" = 1 ] && [ "${peak#* }" -le 8192 ] || failed=1
}

flood ''
flood $'\x01'
compare table 10 0
compare one_line 20 0
compare open_quote 20 1
compare commas 4 0
[ "$failed" = 0 ] || echo "FAILED: another exit status, more than 1 MB more memory, or more than 8 MB"
exit "$failed"
