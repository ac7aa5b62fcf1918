#!/bin/bash
# make install into an empty place, a program built against what is there (shared and static, by
# pkg-config), make uninstall: nothing is left.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$(dirname "$0")/../.." || exit 2
variant=$(basename "$BUILD")
case $variant in
release* | debug*) ;;
*) echo "a library with sanitizers or coverage is not for installing, this is $variant" && exit 77 ;;
esac
root=$work/root prefix=/opt/some/where
put=$root$prefix

fail() {
    echo "FAIL: $*"
    exit 1
}
run_make() {
    make --no-print-directory B="$BUILD" DESTDIR="$root" PREFIX="$prefix" "$@" >"$work/log" 2>&1 ||
        fail "make $*: $(tail -n 5 "$work/log")"
}

run_make install-files # not "install": other tests use what is built just now
for file in bin/csvkit lib/libcsvkit.a lib/libcsvkit.so lib/libcsvkit.so.0 lib/pkgconfig/csvkit.pc \
    lib/libcsvkit-extra.a lib/libcsvkit-extra.so lib/libcsvkit-extra.so.0 lib/pkgconfig/csvkit-extra.pc \
    include/csvkit/csvkit.h share/man/man1/csvkit.1 share/man/man1/csvkit-help.1 share/man/man7/csvkit-rules.7 \
    share/bash-completion/completions/csvkit share/zsh/vendor-completions/_csvkit \
    share/fish/vendor_completions.d/csvkit.fish include/csvkit/findings/findings.h \
    include/csvkit/writer.h include/csvkit/extra/extra.h include/csvkit/simple/simple.h \
    share/csvkit/validate.schema.json share/csvkit/manifest-check.schema.json \
    share/csvkit/preflight.schema.json share/csvkit/normalize.schema.json \
    share/csvkit/download.schema.json share/csvkit/files-list.schema.json \
    share/csvkit/table-show.schema.json share/csvkit/token.schema.json \
    share/csvkit/statistics.schema.json share/csvkit/project.schema.json \
    share/csvkit/stats.schema.json share/csvkit/schema-diff.schema.json include/csvkit/stats/stats.h; do
    [ -s "$put/$file" ] || fail "$file is missing or empty"
done
pages=$("$put/bin/csvkit" internal-man --list | wc -l)
[ "$(find "$put/share/man/man1" -name 'csvkit-*.1' -size +0 | wc -l)" = "$pages" ] || fail "man pages"
[ "$("$put/bin/csvkit" --version | head -n 1)" = "$("$CSVKIT" --version | head -n 1)" ] ||
    fail "the installed program is another one"
for name in libcsvkit libcsvkit-extra; do
    readelf -d "$put/lib/$name.so" | grep -q "SONAME.*\[$name\.so\.0\]" || fail "soname of $name"
done
grep -rlE "$work|$PWD" "$put/lib/pkgconfig" "$put/share" && fail "a build path was installed"

cat >"$work/use.c" <<'END'
#include "csvkit/csvkit.h"
#include <stdio.h>
int main(void)
{
    struct csvk_dialect d = CSVK_DIALECT_RFC4180;
    struct csvk_error err = {0};
    d.delimiter = '"';
    int status = csvk_dialect_check(&d, &err);
    printf("%s %d\n", CSVK_VERSION, status);
    return status == CSVK_EUSAGE && err.text[0] != '\0' ? 0 : 1;
}
END
compiler=${CC:-cc}
export PKG_CONFIG_PATH=$put/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
if ! command -v pkg-config >/dev/null; then
    echo "pkg-config is missing" && exit 77
fi
# shellcheck disable=SC2046
"$compiler" -Wall -Wextra -Wpedantic -Werror -std=c11 -o "$work/shared" "$work/use.c" \
    $(pkg-config --cflags --libs csvkit) || fail "cannot build against the shared library"
ldd "$work/shared" | grep -q libcsvkit.so.0 || fail "the shared library is not used"
LD_LIBRARY_PATH=$put/lib "$work/shared" >/dev/null || fail "the shared build does not run"
private=$(pkg-config --static --libs-only-l csvkit | sed 's/-lcsvkit//')
# shellcheck disable=SC2086
"$compiler" -std=c11 -I"$put/include" -o "$work/static" "$work/use.c" "$put/lib/libcsvkit.a" $private ||
    fail "cannot build against the archive"
"$work/static" >/dev/null || fail "the static build does not run"

# A program of libcsvkit alone asks for nothing more, static or shared; one with decoders asks for both.
[ "$(pkg-config --libs-only-l csvkit)" = "-lcsvkit " ] || fail "csvkit.pc: $(pkg-config --libs csvkit)"
[ "$private" = " -lpthread " ] || fail "csvkit.pc, static: '$private'"
[ "$(pkg-config --print-requires csvkit-extra)" = "csvkit = $(pkg-config --modversion csvkit)" ] ||
    fail "csvkit-extra.pc requires $(pkg-config --print-requires csvkit-extra)"
printf 'id,name\r\n1,a\r\n' | gzip >"$work/packed.csv"
try() { # program, package, what is to be said; shared and static
    # shellcheck disable=SC2046
    "$compiler" -std=c11 -Wall -Wextra -Werror -o "$work/shared-$1" "examples/$1.c" -D_GNU_SOURCE \
        $(pkg-config --cflags --libs "$2") || fail "$1 against the installed $2"
    LD_LIBRARY_PATH=$put/lib "$work/shared-$1" "$work/packed.csv" 2>&1 | grep -qF "$3" || fail "shared $1"
    # shellcheck disable=SC2046
    "$compiler" -std=c11 -o "$work/static-$1" "examples/$1.c" -D_GNU_SOURCE $(pkg-config --cflags "$2") \
        -Wl,-Bstatic $(pkg-config --libs "$2") -Wl,-Bdynamic \
        $(pkg-config --static --libs-only-l "$2" | sed 's/-lcsvkit[a-z-]*//g') || fail "static $1"
    "$work/static-$1" "$work/packed.csv" 2>&1 | grep -qF "$3" || fail "static $1"
}
try count csvkit 'it has to call csvk_use_decoders'
try columns csvkit-extra '2 records'
LD_LIBRARY_PATH=$put/lib ldd "$work/shared-count" | grep -E 'libcsvkit-extra|libz|libcsv\.' && fail "count needs that"
pkg-config --cflags csvkit | grep -q '/csvkit' && fail "our json.h would hide that of others"
for header in $(cd "$put/include/csvkit" && find . -name '*.h'); do
    # shellcheck disable=SC2046
    printf '#include "csvkit/%s"\n' "${header#./}" | "$compiler" -std=c11 -Wall -Wextra -Wpedantic \
        -Werror -fsyntax-only $(pkg-config --cflags csvkit) -x c - || fail "installed $header"
done

run_make uninstall
left=$(find "$root" ! -type d)
[ -z "$left" ] || fail "uninstall left: $left"
echo "installed, used and removed"
