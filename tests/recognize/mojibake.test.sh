#!/bin/bash
# Text that was encoded twice: see mojibake.py. What the advice says undoes it.
set -u
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
bad=0
python3 tests/recognize/mojibake.py "$CSVKIT" "$dir" || bad=1

printf 'name,town\r\nZoé,Köln\r\n' >"$dir/good"
iconv -f windows-1252 -t utf-8 "$dir/good" >"$dir/twice"
"$CSVKIT" validate "$dir/twice" >"$dir/told"
grep -q '"Ã©" seems to be "é"' "$dir/told" && grep -q 'iconv -f UTF-8 -t WINDOWS-1252 FILE' "$dir/told" || {
    echo "FAILED: $(cat "$dir/told")"
    bad=1
}
iconv -f UTF-8 -t WINDOWS-1252 "$dir/twice" | cmp - "$dir/good" || bad=1
exit "$bad"
