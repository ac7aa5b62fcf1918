#!/bin/bash
# --in-place: the table stands where the input stood, or the input stands there as it was.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/f" && file=$dir/f/in.csv
failed=0
say() { echo "FAILED: $*"; failed=1; }
input() { # printf format: the file, with a time that a new one cannot have
    rm -f "$dir"/f/* "$dir"/bad*
    # shellcheck disable=SC2059
    printf "$1" >"$file"
    touch -d '2001-02-03 04:05:06' "$file"
    cp -p "$file" "$dir/old"
}
run() { # wanted status, words that are told, arguments
    local want=$1 words=$2 got
    shift 2
    "$CSVKIT" normalize --in-place "$@" >"$dir/stdout" 2>"$dir/told"
    got=$?
    [ "$got" = "$want" ] || say "exit $got, not $want: $* ($(head -n 2 "$dir/told"))"
    grep -qF -- "$words" "$dir/told" || say "no '$words': $* ($(head -n 3 "$dir/told"))"
    [ ! -s "$dir/stdout" ] || say "standard output: $*"
}
holds() { # printf format of the file
    # shellcheck disable=SC2059
    printf "$1" | cmp -s - "$file" || say "the file: $(head -n 4 "$file" | cat -A)"
    alone
}
stays() {
    cmp -s "$dir/old" "$file" || say "$1: the file changed"
    [ "$(stat -c %Y "$file")" = "$(stat -c %Y "$dir/old")" ] || say "$1: its time changed"
    alone
}
alone() {
    [ "$(find "$dir/f" -mindepth 1 | wc -l)" = 1 ] || say "something is left: $(ls -A "$dir/f")"
}

# Replaced, verified, with its rights.
input 'a,b\n1,2\n"x",y"z\n'
chmod 640 "$file"
run 0 'libcsv counts' "$file"
holds 'a,b\r\n1,2\r\n"x","y""z"\r\n'
[ "$(stat -c %a "$file")" = 640 ] || say "rights: $(stat -c %a "$file")"
input 'a,b\r\n1,2\r\n'
run 0 '"changed":true' --format=json --bom "$file"
holds '\xef\xbb\xbfa,b\r\n1,2\r\n'
touch -d '2001-02-03 04:05:06' "$file" && cp -p "$file" "$dir/old"
run 0 '"changed":false' --format=json --bom "$file"
stays "a mark is there already"
"$CSVKIT" normalize -q --check --bom "$dir/old" || say "--check --bom: a mark is there already"
input 'a,b\r\n1,2\r\n'
"$CSVKIT" normalize -q --check --bom "$file"
[ $? = 1 ] || say "--check --bom: a mark is missing"
input '1,2\r\n'
run 0 '' --no-header --columns=a,b --write-header "$file"
holds 'a,b\r\n1,2\r\n'

# A link stays, and what it points to is replaced.
input 'a,b\n'
ln -s f/in.csv "$dir/link.csv"
run 0 '' "$dir/link.csv"
holds 'a,b\r\n'
[ -L "$dir/link.csv" ] || say "the link is gone"

# Nothing to change: not touched. The log and the rejects are there all the same.
input 'a,b\r\n1,2\r\n'
run 0 '2 records in' "$file" --log="$dir/log" --rejects="$dir/bad"
stays "nothing to change"
[ -e "$dir/log" ] && [ -e "$dir/bad" ] || say "no log, no rejects"

# Rejects are kept by somebody, or the file stays; and those of an earlier run are not lost.
input 'a,b\r\n1,2\r\n1,2,3\r\n'
run 1 '--rejects=FILE' "$file"
stays "rejects that nobody keeps"
run 1 '1 rejected' "$file" --rejects="$dir/bad"
holds 'a,b\r\n1,2\r\n'
printf '1,2,3\r\n' | cmp -s - "$dir/bad" || say "rejects: $(cat "$dir/bad")"
touch -d '2001-02-03 04:05:06' "$file" && cp -p "$file" "$dir/old"
run 2 'holds records already' "$file" --rejects="$dir/bad"
stays "rejects of an earlier run"
printf '1,2,3\r\n' | cmp -s - "$dir/bad" || say "earlier rejects: $(cat "$dir/bad")"
run 2 'the same file' "$file" --rejects="$file.x" --log="$file"
run 2 'holds records already' "$file" --rejects="$file"
stays "the log over the input"

# Gzip stays gzip, and plain stays plain, whatever the name.
input 'a,b\n1,2\n'
gzip -n "$file" && mv "$file.gz" "$dir/f/t.gz"
run 0 '' "$dir/f/t.gz"
[ "$(gzip -dc "$dir/f/t.gz" | od -An -c | tr -d ' \n')" = 'a,b\r\n1,2\r\n' ] || say "gzip"
cp "$dir/f/t.gz" "$dir/old" && cp "$dir/f/t.gz" "$dir/f/packed"
run 0 '' --line-break=lf "$dir/f/packed"
[ "$(gzip -dc "$dir/f/packed" | od -An -c | tr -d ' \n')" = 'a,b\n1,2\n' ] || say "gzip by its bytes"
run 0 '' "$dir/f/t.gz"
cmp -s "$dir/old" "$dir/f/t.gz" || say "an unchanged gzip file was written"
printf 'a,b\n' >"$dir/f/plain.gz"
run 0 '' "$dir/f/plain.gz"
printf 'a,b\r\n' | cmp -s - "$dir/f/plain.gz" || say "a plain file became gzip"
seq 9000 | sed '1i a' | gzip -n | head -c 9000 >"$dir/f/t.gz"
cp "$dir/f/t.gz" "$dir/old"
run 1 'damaged' "$dir/f/t.gz"
cmp -s "$dir/old" "$dir/f/t.gz" || say "a damaged gzip file was replaced"

# A run that fails.
input "$(yes '"x",y"z\n' | head -n 40000 | sed '1i a,b\\n' | tr -d '\n' | sed 's/%/%%/g')"
(ulimit -f 100 && trap '' XFSZ && "$CSVKIT" normalize --in-place --max-repairs=100000 "$file" 2>"$dir/told")
[ $? = 2 ] && grep -q 'File too large' "$dir/told" || say "disk full: $(cat "$dir/told")"
stays "disk full"
input 'a,b\n1,2\n'
run 1 'r8' --strict "$file"
stays --strict
run 2 'nowhere' "$file" --log="$dir/nowhere/log"
stays "no log"

# Somebody else puts a file there while the run waits for a reader of its log: that file stays.
input 'a,b\n'
awk 'BEGIN { for (i = 1; i <= 60000; i++) printf "%d,a \"quote\" in it\n", i }' >>"$file"
mkfifo "$dir/log.fifo"
"$CSVKIT" normalize -q --in-place "$file" --log="$dir/log.fifo" 2>"$dir/told" &
exec 7<"$dir/log.fifo"
IFS= read -r -n 1 _ <&7
echo theirs >"$dir/theirs" && mv "$dir/theirs" "$file"
cat <&7 >/dev/null
exec 7<&-
wait $!
[ $? = 2 ] && grep -q 'was replaced or removed' "$dir/told" || say "replaced meanwhile: $(cat "$dir/told")"
holds 'theirs\n'

# What excludes it; another way to the same end is still refused.
input 'a,b\n1,2\n'
run 2 '--in-place and --output' "$file" -o "$dir/out.csv"
[ ! -e "$dir/out.csv" ] || say "-o was written"
run 2 '--in-place and --check' --check "$file"
run 2 '--in-place and --compress' --compress=none "$file"
run 2 'standard input' -
run 2 'standard input' <"$file"
mkfifo "$dir/fifo"
printf 'a,b\n' >"$dir/fifo" &
run 2 'no regular file' "$dir/fifo"
wait
"$CSVKIT" normalize "$file" -o "$file" 2>"$dir/told"
[ $? = 2 ] && grep -q 'the same file' "$dir/told" || say "-o FILE: $(cat "$dir/told")"
stays "wrong options"

exit $failed
