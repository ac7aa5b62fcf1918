#!/bin/bash
# Programs and libraries of different versions: every struct that may grow (structs.py) has grown by a
# member in a second library, built here from a copy of the sources. The program (program.c) is built
# with the headers of today and with the grown ones, and each runs with both libraries. It builds the
# library once more, so it is a step of tests/strict.sh (abi); tests/abi/layout.test.sh is quick.
#   BUILD=folder of a build  tests/abi/growth.sh
set -eu
cd "$(dirname "$0")/../.."
case $(basename "$BUILD") in
release* | debug*) ;;
*) echo 'for builds without a sanitizer' && exit 77 ;;
esac
top=$PWD cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O0 -w)
read -ra libraries < <(sed -n 's/^Libs.private: //p' "$BUILD"/csvkit.pc "$BUILD"/csvkit-extra.pc | xargs)

# The grown library, of all rooms. It takes the place of both that a program of today asks for.
python3 tests/abi/structs.py grow "$work/grown"
mkdir "$work/objects" "$work/lib"
(cd "$work/objects" && find "$work/grown" -name '*.c' -print0 |
    xargs -0 -n 12 -P 2 "$cc" "${flags[@]}" -I"$work/grown" -I"$(cd "$top" && realpath "$BUILD")/made" -fPIC -fvisibility=hidden -c)
"$cc" -shared -o "$work/lib/grown" "$work"/objects/*.o "${libraries[@]}"
for library in "$BUILD"/lib*.so.*; do
    ln -sf grown "$work/lib/$(basename "$library")"
done

python3 tests/abi/structs.py rows >"$work/rows.h"
[ "$(wc -l <"$work/rows.h")" -ge 23 ]
build() { # name, folder of the headers, more options
    "$cc" "${flags[@]}" "${@:3}" -I"$2" -I"$top" -I"$work" -o "$work/$1" tests/abi/program.c \
        "$BUILD"/lib*.so
}
build today "$top"
build grown-program "$work/grown" -DGROWN

mkdir -p "$work/data/out" "$work/parts"
printf 'a,b\r\n1,2\r\n3,"4"\r\n' >"$work/parts/1.csv"
mkdir -p "$work/processed/in/tables" && echo '{"parameters":{"slice":true}}' >"$work/processed/config.json"
cp "$work/parts/1.csv" "$work/processed/in/tables"
echo '{"columns":["a","b"],"delimiter":";"}' >"$work/described.manifest"
cd "$work"
bad=0
run() { # program, folder of the library, whether it knows all members
    echo "$1 with $(basename "$2"):"
    LD_LIBRARY_PATH=$2 "./$1" "$3" || { echo "failed ($?)" && bad=1; }
}
run today "$BUILD" 1
run today "$work/lib" 1
run grown-program "$BUILD" 0
run grown-program "$work/lib" 1
exit "$bad"
