#!/bin/bash
# Where a sound record stands that may go on in the line after it: line, byte, record and length in the
# index of the rejects, with values of several lines before and in it, wherever the pieces end in which
# a file is read, and with each line break.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# table LINE_BREAK COUNT EVERY [PAD]: after 100 records, one of EVERY records lost the quote before its
# last value; PAD bytes more in record 60.
table() {
    /usr/bin/python3 - "$1" "$2" "$3" "$dir" "${4:-0}" <<'EOF'
import json
import sys

end, count, every = sys.argv[1].encode().decode('unicode_escape'), int(sys.argv[2]), int(sys.argv[3])
text, places, line, record = ['id,name,note' + end], [], 2, 2
size = len(text[0])
for i in range(1, count + 1):
    lost = i > 100 and i % every == 0
    name = 'name' + (int(sys.argv[5]) * 'e' if i == 60 else '')
    whole = '%d,"%s%sof %d",%ssome words that are%s a note %d"%s' % (
        i, name, end, i, '' if lost else '"', end, i, end)
    if lost:
        places.append({'byte': size, 'line': line, 'record': record, 'length': len(whole)})
    text.append(whole)
    size += len(whole)
    line += 3
    record += 1
open(sys.argv[4] + '/in.csv', 'w', newline='').write(''.join(text))
with open(sys.argv[4] + '/places', 'w') as out:
    out.writelines(json.dumps(place, separators=(',', ':')) + '\n' for place in places)
EOF
}
check() { # LINE_BREAK COUNT EVERY
    table "$@"
    rm -f "$dir"/out.csv "$dir"/bad.csv*
    "$CSVKIT" normalize "$dir/in.csv" -o "$dir/out.csv" --rejects="$dir/bad.csv" 2>"$dir/told" ||
        { [ $? = 1 ] || failed=1; }
    jq -c '{byte, line, record, length}' "$dir/bad.csv.jsonl" >"$dir/got"
    cmp -s "$dir/places" "$dir/got" || {
        echo "FAILED: other places with line breaks $1, $2 records, one of $3, pad ${4:-0}"
        diff "$dir/places" "$dir/got" | head -4
        cat "$dir/told"
        failed=1
    }
}
check '\n' 200 2
check '\r' 200 2
check '\r\n' 12000 2
for pad in $(seq 40 8 88); do # once it is the last record of a piece
    check '\n' 180 123 "$pad"
done
exit "$failed"
