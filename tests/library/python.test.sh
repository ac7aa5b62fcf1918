#!/bin/bash
# The Python wrapper, with the shared libraries of this build; without the second one, too.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
case $(basename "$BUILD") in
release* | debug*) ;;
*) echo "a library with sanitizers or coverage cannot be loaded into Python" && exit 77 ;;
esac
export PYTHONDONTWRITEBYTECODE=1
CSVKIT_LIBRARY=$BUILD/libcsvkit.so.0 python3 -W error tests/library/python_wrapper.py "$CSVKIT" "$work" || exit 1

mkdir "$work/alone" && cp "$BUILD/libcsvkit.so.0" "$work/alone/"
printf 'a,b\r\n' | gzip >"$work/packed.csv"
CSVKIT_LIBRARY=$work/alone/libcsvkit.so.0 PYTHONPATH=examples/python python3 -c '
import csvkit, sys
try:
    list(csvkit.records(sys.argv[1]))
except csvkit.Error as error:
    assert error.status == csvkit.USAGE and "csvk_use_decoders" in str(error), error
else:
    sys.exit("a compressed file was read without decoders")
' "$work/packed.csv"
