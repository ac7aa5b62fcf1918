#!/bin/bash
# normalize: bytes that are no text in a record whose enclosure the grammar never closes, with more
# behind it than the look-ahead (256 KiB): what evidence decides about it was not scrubbed.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
records() { # from, how many
    for i in $(seq "$1" $(($1 + $2 - 1))); do printf '%d,,,,,,,2025-01-%02d\n' "$i" $((1 + i % 28)); done
}
for byte in '\xff' '\0' '\x01'; do
    {
        echo a,b,c,d,e,f,g,h
        records 100 26
        printf '126,,,,," 2025-01-27\n127,,'"$byte"',,,2025-01-28\n'
        records 130 14000
    } >"$dir/in.csv"
    "$CSVKIT" normalize "$dir/in.csv" -q --verify --control-chars=remove -o "$dir/out.csv" --rejects="$dir/bad"
    "$CSVKIT" validate "$dir/out.csv" -q >/dev/null || say "$byte: the output is not valid"
    tr -d '\r' <"$dir/out.csv" | LC_ALL=C grep -qaP "$(printf '%s' "$byte" | sed 's/\\0/\\x00/')" && say "$byte is in the output"
done
exit $failed
