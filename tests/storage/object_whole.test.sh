#!/bin/bash
# Whole objects, and small ones in parts: slices, statistics and schemas are those of a file with the same
# bytes, but for the name. Of S3 alone: what differs between the clouds, object_parts.test.sh shows.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/object_tables.sh"

make_tables
store --provider aws
same_slices "$work/short.csv" 2 '-d;' --compress=none
same_slices "$work/short.csv.gz" 0 '-d;' --primary-key=id
same_slices "$work/short.csv" 0 -d auto --normalize
same_slices "$work/table.csv" 0 --slices=5
same_slices "$work/table.csv" 0 --slice-size=90kB --any-size
same_slices "$work/table.csv.gz" 0 --slice-size=90kB --any-size
same_slices "$work/broken.csv" 2
same_slices "$work/picture.csv" 0
same_slices "$work/empty.csv" 1
same_stats "$work/short.csv.gz" 0 -d auto
same_stats "$work/broken.csv" 3
same_stats "$work/picture.csv" 0
same_stats "$work/empty.csv" 0
put "$work/picture.csv"
run 1 stats --credentials="$detail" --byte-range=1/1 --partial="$work/none" "$url"
says "not CSV: the file is a picture"
put "$work/short.csv"
"$CSVKIT" schema infer '-d;' "$work/short.csv" >"$work/one.out" 2>"$work/one.err"
run 0 schema infer '-d;' --credentials="$detail" "$url"
same_output "$work/short.csv" "a schema of an object"
run 2 schema infer --credentials="$detail" "$work/short.csv"
says "no FILE is the address of an object"
# A manifest in a local folder is not beside an object; one that is named counts.
(cd "$work" && mkdir -p "$(dirname "$url")" && echo '{"columns":["a","b"],"delimiter":";"}' >"$url.manifest" &&
    "$CSVKIT" stats '-d;' --credentials="$detail" "$url" >of_url && grep -q '^ *name ' of_url &&
    "$CSVKIT" stats '-d;' --credentials="$detail" --byte-range=1/1 --partial=of_part "$url" &&
    "$CSVKIT" stats '-d;' --merge of_part | cmp -s - of_url &&
    "$CSVKIT" slice '-d;' --credentials="$detail" "$url" -o of_slices >/dev/null && grep -q name of_slices.manifest) ||
    fail "a manifest in a folder that is called as the object"
run 0 stats --credentials="$detail" --manifest="$work/$url.manifest" "$url"
grep -q '^ *b ' "$work/out" || fail "no names of the manifest: $(cat "$work/out")"
conclude
