#!/bin/bash
# The core on Windows, as far as it goes: every source of libcsvkit is compiled by mingw-w64, but those that
# need what Windows does not have (listed below with what that is; a source that builds after all is an
# error, too). The rest is linked with missing.c, and unit tests of it run under wine; push.exe judges
# files as the program for Linux does.
#   BUILD=build folder  tests/windows/core.sh SOURCE...   (make check-windows)
set -u
cd "$(dirname "$0")/../.." || exit 2
CC=${CC_WINDOWS:-x86_64-w64-mingw32-gcc}
wine=${WINE:-$(command -v wine64 || echo /usr/lib/wine/wine64)}
command -v "$CC" >/dev/null || { echo "no $CC (apt-get install gcc-mingw-w64-x86-64-posix libz-mingw-w64-dev)" && exit 77; }
work=$(mktemp -d) && trap '[ ! -x "$wine" ] || WINEPREFIX=$work/wine "$(dirname "$wine")/wineserver" -w 2>/dev/null; rm -rf "$work"' EXIT
flags=(-std=c11 -D_GNU_SOURCE -D__USE_MINGW_ANSI_STDIO=1 -I. -I"$BUILD/made" -O1 -fvisibility=hidden -w
    -Werror=implicit-function-declaration -include tests/windows/missing.h)
# Those that need no files, no search for keys and nothing of the second library.
UNITS=${UNITS:-scan exhaustive dialect truth places names schema_values typed_value value_canonical stats sample
    pattern_search validator_causes validator_columns}
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

missing() { # what Windows does not have, by source
    cat <<'LIST'
csvkit/io/decode/raw.c: poll, st_mtim, O_CLOEXEC
csvkit/io/sink.c: poll, writev
csvkit/io/source_to_utf8.c: iconv
csvkit/io/temp_file.c: openat, flock, O_TMPFILE, O_NOFOLLOW
csvkit/normalize/fallback_encoding.c: iconv
csvkit/normalize/normalize_files.c: st_mtim
validator/keys/keys.c: getauxval
validator/keys/keys_spill.c: O_TMPFILE
LIST
}

compile() { # source
    local object=$work/${1//\//-}
    "$CC" "${flags[@]}" -c "$1" -o "$object.o" 2>"$object.said" || echo "$1"
}
export CC work
mkdir "$work/none"
missing | cut -d : -f 1 | sort >"$work/expected"
for source in "$@"; do
    compile "$source"
done | sort >"$work/refused"
diff "$work/expected" "$work/refused" || fail "other sources than those of the list do not build (> now, < before)"
while read -r source; do
    grep -qx "$source" "$work/expected" || head -n 3 "$work/${source//\//-}.said"
done <"$work/refused"
echo "$(($# - $(wc -l <"$work/refused"))) of $# sources of the core build for Windows"

x86_64-w64-mingw32-ar rcs "$work/core.a" "$work"/*.o
built() { # name, sources: a program in $work, or its first error
    "$CC" "${flags[@]}" -Itests/windows -static -o "$work/$1.exe" "${@:2}" tests/windows/missing.c \
        "$work/core.a" -lz -lpthread -Wl,--allow-multiple-definition 2>"$work/$1.said" ||
        { fail "$1: $(grep -m 6 -E 'error|undefined' "$work/$1.said")" && return 1; }
}
[ -x "$wine" ] || { echo "no wine (apt-get install wine64): built, and not run" && exit "$failed"; }
export WINEPREFIX=$work/wine WINEDEBUG=-all HOME=$work CK_FORK=no CSVK_EXHAUSTIVE=7 CSVK_TRUTH=4000
run() { # name, arguments
    timeout 600 "$wine" "$work/$1.exe" "${@:2}" 2>"$work/$1.err" | tr -d '\r'
    return "${PIPESTATUS[0]}"
}

for test in $UNITS; do
    built "$test" "tests/unit/test_$test.c" tests/support/{support,scan_digest,judged}.c || continue
    run "$test" >"$work/out" && grep 'checks hold' "$work/out" || fail "$test: $(tail -n 3 "$work/out" "$work/$test.err")"
done

built push examples/push.c
for file in examples/data/*.csv doc/*.md; do
    run push <"$file" >"$work/theirs"
    theirs=$?
    "$BUILD/examples/push" <"$file" >"$work/ours"
    [ "$theirs" = "$?" ] && cmp -s "$work/ours" "$work/theirs" || fail "$file: other findings ($theirs)"
done
echo "push.exe: the findings of $(ls examples/data/*.csv doc/*.md | wc -l) files are those of Linux"
exit "$failed"
