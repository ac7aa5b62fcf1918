#!/bin/bash
# An input that changes while it is read: a clear error, the old outputs stand, nothing partial.
# The log goes into a FIFO, so that the run waits in the middle of the file until we let it go on.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
say() { echo "FAILED: $*"; failed=1; }
mkfifo "$dir/log"

make_input() { # a repair in every record; larger than what a pipe holds and any window
    awk 'BEGIN { print "id,text,more"; for (i = 1; i <= 60000; i++) printf "%d,a \"quote\" in it,x\r\n", i }' >"$dir/in.csv"
    touch -d '2020-01-02 03:04:05' "$dir/in.csv"
}

change() {
    case $1 in
    grows) echo '1,2,3' >>"$dir/in.csv" ;;
    shrinks) truncate -s 1000000 "$dir/in.csv" ;;
    touched) touch "$dir/in.csv" ;;
    overwritten) printf 'X' | dd of="$dir/in.csv" bs=1 seek=1500000 conv=notrunc status=none ;;
    replaced) cp -p "$dir/in.csv" "$dir/other" && mv "$dir/other" "$dir/in.csv" ;;
    removed) rm "$dir/in.csv" ;;
    nothing) ;;
    esac
}

run() { # how the input changes; leaves the exit status in `code`
    make_input
    echo old >"$dir/out.csv"
    echo old >"$dir/bad.csv"
    "$CSVKIT" normalize -q "${options[@]}" "$dir/in.csv" -o "$dir/out.csv" --rejects "$dir/bad.csv" \
        --log "$dir/log" 2>"$dir/stderr" &
    exec 7<"$dir/log"
    IFS= read -r -n 1 _ <&7 # it has read something, and now waits for us
    change "$1"
    cat <&7 >/dev/null
    exec 7<&-
    wait $!
    code=$?
}

for option in -q --verify; do
    options=("$option")
    for how in grows shrinks touched overwritten replaced removed; do
        run $how
        [ $code = 2 ] || say "$how: exit $code, not 2: $(cat "$dir/stderr")"
        grep -q "in.csv was .* while it was read" "$dir/stderr" || say "$how: $(cat "$dir/stderr")"
        [ "$(cat "$dir/out.csv")" = old ] || say "$how: the old output is gone"
        [ "$(cat "$dir/bad.csv")" = old ] || say "$how: the old rejects are gone"
        [ ! -e "$dir/bad.csv.jsonl" ] || say "$how: an index without rejects"
        [ "$(find "$dir" -name '.*' -type f | wc -l)" = 0 ] || say "$how: a temporary file is left"
    done
done
options=()
run nothing
[ $code = 0 ] || say "nothing changed: exit $code: $(cat "$dir/stderr")"
[ "$(wc -l <"$dir/out.csv")" = 60001 ] || say "nothing changed: $(wc -l <"$dir/out.csv") lines"
exit $failed
