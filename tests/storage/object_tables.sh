# object_tables.sh - sourced by the tests of slices and statistics of objects: tables, and what is made of
# them beside what is made of a file with the same bytes.

make_tables() {
    awk 'BEGIN {
        print "id,name,amount"
        for (i = 0; i < 40000; i++)
            print i (i % 9 ? ",plain," i : ",\"two\nlines, \"\"" i "\"\"\"," i)
        printf "no end,\"x,y"
        for (i = 0; i < 40000; i++)
            print i ",z," i
        print "\",7"
        for (i = 0; i < 20000; i++)
            print i ",after," i
    }' >"$work/table.csv"
    printf 'id;name\n1;x\n2;y\n' >"$work/short.csv"
    { echo id,b && echo 1,x && echo 2,y,z; } >"$work/broken.csv"
    : >"$work/empty.csv"
    printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >"$work/picture.csv"
    gzip -k "$work/short.csv" "$work/table.csv"
}

# The last run said the same as the one before, but for the name of the file.
same_output() { # FILE, what
    sed "s,$url,$1,g" "$work/out" | cmp -s - "$work/one.out" || fail "$2: another output: $(cat "$work/out")"
    sed "s,$url,$1,g" "$work/err" | grep -v 'did not begin with a record' | cmp -s - "$work/one.err" ||
        fail "$2: other messages: $(cat "$work/err")"
}

text_of() { gzip -dcf "$1"/*; } # DIR; what is not compressed comes as it is

# Slices of the whole object are those of the file, and its parts have their text and manifest.
same_slices() { # FILE, N, options
    local file=$1 n=$2 one i
    shift 2
    rm -rf "$work"/slices* "$work/part" "$work/whole"
    mkdir "$work/whole"
    put "$file"
    "$CSVKIT" slice "$@" "$file" -o "$work/slices" >"$work/one.out" 2>"$work/one.err"
    one=$?
    [ "$one" != 0 ] || mv "$work/slices" "$work/slices.manifest" "$work/whole"
    run "$one" slice "$@" --credentials="$detail" "$url" -o "$work/slices"
    same_output "$file" "slices of $file as an object"
    if [ "$one" = 0 ]; then
        diff -r "$work/whole/slices" "$work/slices" >/dev/null || fail "other slices of $file as an object"
        cmp -s "$work/whole/slices.manifest" "$work/slices.manifest" || fail "another manifest of $file as an object"
    fi
    [ "$n" != 0 ] || return 0
    mkdir "$work/part"
    for ((i = 1; i <= n; i++)); do
        run 0 slice "$@" --credentials="$detail" --byte-range="$i/$n" "$url" -o "$work/part/$i"
    done
    run "$one" slice "$@" --force --credentials="$detail" --merge "$work"/part/* -o "$work/slices"
    if [ "$one" = 0 ]; then
        cmp -s <(text_of "$work/whole/slices") <(text_of "$work/slices") || fail "other records of $file in $n parts"
        cmp -s "$work/whole/slices.manifest" "$work/slices.manifest" || fail "another manifest of $file in $n parts"
        same "records of $file" "$(tail -n 1 "$work/out" | grep -o '[0-9]* records')" \
            "$(tail -n 1 "$work/one.out" | grep -o '[0-9]* records')"
    else
        same_output "$file" "$file in $n parts"
    fi
}

# The same for statistics.
same_stats() { # FILE, N, options
    local file=$1 n=$2 one i
    shift 2
    put "$file"
    "$CSVKIT" stats "$@" -f json "$file" >"$work/one.out" 2>"$work/one.err"
    one=$?
    run "$one" stats "$@" -f json --credentials="$detail" "$url"
    same_output "$file" "statistics of $file as an object"
    [ "$n" != 0 ] || return 0
    rm -f "$work"/*.part
    for ((i = 1; i <= n; i++)); do
        run 0 stats "$@" --credentials="$detail" --byte-range="$i/$n" --partial="$work/$i.part" "$url"
    done
    run "$one" stats "$@" -f json --credentials="$detail" --merge "$work"/*.part
    same_output "$file" "statistics of $file in $n parts"
}
