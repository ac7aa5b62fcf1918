#!/bin/bash
# The program in README.md's section about the library is compiled as it stands there, and run.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
sed -n '/^## The library$/,/^## /{/^```c$/,/^```$/p}' README.md | sed '/^```/d' >"$work/readme.c"
grep -q 'int main' "$work/readme.c" || { echo "FAILED: there is no program in README.md" && exit 1; }
case $(basename "$BUILD") in
release | debug) ;;
*) echo "a library with sanitizers or coverage wants its own flags, see cli/install" && exit 77 ;;
esac
cp examples/data/orders.csv "$work"
for compiler in "${CC:-cc}" clang; do
    command -v "$compiler" >/dev/null || continue
    "$compiler" -std=c11 -Wall -Wextra -Wpedantic -Werror -I. -o "$work/readme" "$work/readme.c" \
        "$BUILD/libcsvkit.a" || { echo "FAILED: it does not compile with $compiler" && exit 1; }
    (cd "$work" && ./readme) >"$work/have" || { echo "FAILED: it does not run" && exit 1; }
    python3 -c 'import csv, sys
for record in csv.reader(open(sys.argv[1], newline="")):
    print(record[1])' "$work/orders.csv" | diff - "$work/have" || { echo "FAILED: its answer" && exit 1; }
done
rm "$work/orders.csv"
(cd "$work" && ./readme) 2>"$work/said" && echo "FAILED: no file, no failure" && exit 1
grep -q 'orders.csv' "$work/said" && echo "the README's program does what it says"
