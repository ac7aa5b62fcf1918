#!/bin/bash
# The example programs give the answers of the command line, for good, broken and compressed files.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
programs=$BUILD/examples failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
same() { # what, expected, have
    [ "$2" = "$3" ] || fail "$1: expected '$2', have '$3'"
}

mkdir "$work/in" && cp examples/data/*.csv "$work/in" && cd "$work/in" || exit 2
printf 'id,name\r\n1,"a, ""b"""\r\n2,c\r\n' >good.csv
printf 'id,name\r\n1,"never closed\r\n2,c\r\n' >unclosed.csv
printf '\xef\xbb\xbfid\r\n\x00x\r\n\r\n"y"z\r\n' >odd.csv
: >empty.csv
{ echo 'n,"text"' && seq 1 30000 | sed 's/.*/&,"line & of ""many"""/'; } >long.csv
sed '20000s/,"/,/' long.csv >long-broken.csv
plain=(*.csv)
gzip -k good.csv products-dirty.csv && zstd -q good.csv && xz -k long.csv && bzip2 -k long-broken.csv
head -c 40 <good.csv.gz >cut.csv.gz
packed=(*.gz *.zst *.xz *.bz2)

findings() { # profile, file: as check prints them
    "$CSVKIT" validate --profile="$1" --format=json "$2" | jq -r '.findings[] |
        "byte \(.byte), record \(.record // 0), field \(.field // 0): \(.severity): \(.message)"'
}
valid() { # profile, file: the exit status
    "$CSVKIT" validate --profile="$1" "$2" >"$work/none" 2>&1
    echo $?
}

for file in "${plain[@]}" "${packed[@]}"; do
    for check in check:keboola check_cpp:rfc4180; do
        profile=${check#*:} check=${check%:*}
        have=$("$programs/$check" "$file" 2>&1)
        code=$?
        same "$check $file" "$(findings "$profile" "$file")" "$have"
        same "$check $file, exit status" "$(valid "$profile" "$file")" "$code"
    done
    "$CSVKIT" validate --format=json "$file" >"$work/report"
    if [ "$file" != cut.csv.gz ]; then
        have=$("$programs/columns" "$file" | head -n 1)
        same "columns $file" "$(jq .records "$work/report") records" "$have"
        same "columns $file, how many" "$(jq '.columns // 0' "$work/report")" \
            "$("$programs/columns" "$file" | grep -c '^column')"
    fi
done
same "columns, the longest" 'column 2: at most 10 bytes' "$("$programs/columns" good.csv.gz | sed -n 3p)"

for file in "${plain[@]}"; do
    "$CSVKIT" validate --format=json "$file" >"$work/report"
    same "count $file" "$(jq .records "$work/report") records" "$("$programs/count" "$file")"
    have=$("$programs/push" <"$file")
    code=$?
    same "push $file" "$(jq -r '.findings[] | "byte \(.byte): \(.rule)"' "$work/report")" "$have"
    same "push $file, exit status" "$(valid rfc4180 "$file")" "$code"
done

# The same bytes through a socket: a server gives them in small pieces.
cat >"$work/serve.py" <<'END_OF_PYTHON'
import socket
import sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[2])
server.listen()
print('listening', flush=True)
peer = server.accept()[0]
with open(sys.argv[1], 'rb') as data:
    while piece := data.read(1009):
        peer.sendall(piece)
END_OF_PYTHON
# No coprocess: bash forgets the number of one as soon as it ends, be it waited for or not.
serve() { # FILE: given to one peer at $work/socket
    rm -f "$work/socket"
    exec 3< <(exec python3 "$work/serve.py" "$1" "$work/socket")
    server=$!
    read -r _ <&3
}
serve long.csv
same "count from a socket" '30001 records' "$("$programs/count" "$work/socket")"
wait "$server"
for file in "${plain[@]}"; do
    "$CSVKIT" validate --format=json "$file" >"$work/report"
    serve "$file"
    have=$("$programs/peer" "$work/socket")
    code=$?
    wait "$server"
    same "peer $file" "$(jq -r '.findings[] | "byte \(.byte): \(.rule)"' "$work/report")" "$have"
    same "peer $file, exit status" "$(valid rfc4180 "$file")" "$code"
done
have=$("$programs/count" "$work/socket" 2>&1)
same "count from a socket that nobody serves" "2 cannot open '$work/socket': Connection refused" "$? $have"

for file in good.csv products-dirty.csv products-dirty.csv.gz unclosed.csv long-broken.csv.bz2 customers-export.csv \
    empty.csv; do
    rm -rf "$work/a" "$work/b" && mkdir "$work/a" "$work/b"
    "$programs/repair" "$file" "$work/a/out" >"$work/a/account" 2>"$work/none"
    code=$?
    "$CSVKIT" normalize "$file" -o "$work/b/out" --rejects="$work/b/out.rejects" --verify --format=json \
        >"$work/none" 2>"$work/b/account"
    wanted=$?
    same "repair $file, exit status" "$wanted" "$code"
    [ "$wanted" = 0 ] || rm -f "$work/b/account" "$work/a/account" # the command line says more of a refusal
    diff -r "$work/a" "$work/b" || fail "repair $file"
done

for file in good.csv orders.csv long.csv.xz unclosed.csv; do
    rm -rf "$work/a" "$work/b" && mkdir "$work/a" "$work/b"
    "$programs/slicer" "$file" "$work/a/slices" 2>"$work/none"
    code=$?
    "$CSVKIT" slice "$file" -o "$work/b/slices" >"$work/none" 2>&1
    same "slicer $file, exit status" $? "$code"
    diff -r "$work/a" "$work/b" || fail "slicer $file"
done
[ -z "$(ls "$work/a")" ] || fail "slices of a file that is not valid"

for program in check check_cpp columns count; do
    "$programs/$program" no-such-file 2>"$work/none" && fail "$program of no file"
    grep -q no-such-file "$work/none" || fail "$program does not name the file"
done
[ "$failed" = 0 ] && echo "the examples say what the command line says"
exit "$failed"
