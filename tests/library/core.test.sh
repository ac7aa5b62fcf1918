#!/bin/bash
# libcsvkit alone: what it is linked with, what a program that only counts holds, and what such a
# program says to what it has no library for.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
variant=$(basename "$BUILD")
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
says() { # exit status, text that standard error must have, command...
    local want=$1 text=$2 code=0
    shift 2
    "$@" >"$work/out" 2>"$work/err" || code=$?
    [ "$code" = "$want" ] || fail "$*: exit status $code, not $want"
    grep -qF -- "$text" "$work/err" || fail "$*: said '$(cat "$work/err")', not '$text'"
}

# ---- what is linked: a build with sanitizers or coverage has their libraries too ----
needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | grep -v '^ld-linux'; }
case $variant in
release* | debug*)
    [ "$(needed "$BUILD/libcsvkit.so")" = libc.so.6 ] ||
        fail "libcsvkit.so needs $(needed "$BUILD/libcsvkit.so" | tr '\n' ' ')"
    ! ldd "$BUILD/libcsvkit.so" | grep -vE 'linux-vdso|libc\.so\.6|ld-linux' || fail "ldd libcsvkit.so"
    for program in count peer push; do
        [ "$(needed "$BUILD/examples/$program")" = libc.so.6 ] ||
            fail "$program needs $(needed "$BUILD/examples/$program" | tr '\n' ' ')"
    done
    # The line that links them names no library but the one of threads, which libc has.
    line=$(make -n -B V=1 DEVELOPER="${DEVELOPER:-}" B="$BUILD" "$BUILD/examples/count" 2>/dev/null |
        grep -- "-o $BUILD/examples/count ")
    [ -n "$line" ] || fail "make does not say how count is linked"
    [ "$(grep -oE -- ' -l[a-z0-9]+' <<<"$line" | tr -d '\n')" = ' -lpthread' ] || fail "linked by: $line"
    ;;
esac
nm "$BUILD/examples/count" | awk '{ print $NF }' >"$work/symbols"
grep -qx csvk_reader_next "$work/symbols" || fail "nm says nothing of count"
! grep -E '^(cJSON_|csv_(init|parse|fini|free|set)|inflate|deflate|isal_|libdeflate_|ZSTD_|lzma_|BZ2_)' \
    "$work/symbols" || fail "count holds that"
! grep -E '^(csvk_gzip_|csvk_gunzip_|csvk_libcsv|csvk_manifest_|dlopen)' "$work/symbols" || fail "count holds that"

# ---- what it cannot do is said, and nothing is made ----
printf 'id,name\r\n1,"a, b"\r\n2,c\r\n' >"$work/plain.csv"
gzip -k "$work/plain.csv" && zstd -q "$work/plain.csv" && xz -k "$work/plain.csv" && bzip2 -k "$work/plain.csv"
[ "$("$BUILD/examples/count" "$work/plain.csv")" = "3 records" ] || fail "count"
for kind in gz:gzip zst:zstd xz:xz bz2:bzip2; do
    file=$work/plain.csv.${kind%:*}
    says 2 "$file is compressed (${kind#*:}), and this program has no decoder: it has to call csvk_use_decoders of libcsvkit-extra" \
        "$BUILD/examples/count" "$file"
    [ ! -s "$work/out" ] || fail "count said something of $file"
    "$BUILD/examples/columns" "$file" | grep -qx '3 records' || fail "columns $file"
done

cat >"$work/alone.c" <<'END_OF_C'
#include "csvkit/normalize.h"
#include <stdio.h>
#include <string.h>
#ifdef EXTRA
#include "csvkit/extra/extra.h"
#endif
static int fails(const char *what, int status, const struct csvk_error *err)
{
    printf("%s: %d %s\n", what, status, status == CSVK_OK ? "" : err->text);
    return status;
}
int main(int argc, char **argv)
{
    struct csvk_error err = {0};
    struct csvk_sink *sink = NULL;
    struct csvk_normalize_options options;
    struct csvk_normalize_result result = {.size = sizeof result};
    if (argc != 5) return 2;
#ifdef EXTRA
    csvk_use_all();
#endif
    struct csvk_source *source = NULL;
    char bytes[4];
    size_t got = 0;
    fails("open", csvk_source_open(&source, argv[4], &err), &err);
    for (int i = 0; i < 2; i++) { /* and the second read does not give what the first one left */
        fails("read", csvk_source_read(source, bytes, sizeof bytes, &got, &err), &err);
        printf("%d bytes\n", (int)got);
    }
    printf("%s\n", csvk_source_compression(source));
    csvk_source_free(source);
    fails("sink", csvk_sink_open(&sink, argv[2], 6, &err), &err);
    if (sink != NULL && csvk_sink_write(sink, "a\r\n", 3, &err) == CSVK_OK) {
        fails("commit", csvk_sink_commit(sink, &err), &err);
    }
    csvk_sink_free(sink);
    struct csvk_normalize_files files = {.size = sizeof files, .input = argv[1], .output = argv[3], .verify = true};
    csvk_normalize_options_init(&options);
    fails("verify", csvk_normalize_files(&files, &options, &result, &err), &err);
    files.verify = false;
    fails("plain", csvk_normalize_files(&files, &options, &result, &err), &err);
    files.output = NULL;
    files.in_place = true;
    fails("in place", csvk_normalize_files(&files, &options, &result, &err), &err);
    csvk_normalize_options_release(&options);
    return 0;
}
END_OF_C
case $variant in
release | debug) # with the flags of a program's own
    ${CC:-cc} -std=c11 -Wall -Wextra -Werror -I. -o "$work/alone" "$work/alone.c" "$BUILD/libcsvkit.a" ||
        fail "a program of libcsvkit alone cannot be linked"
    cp "$work/plain.csv" "$work/in.csv"
    "$work/alone" "$work/in.csv" "$work/sink.gz" "$work/out.csv" "$work/plain.csv.gz" >"$work/said"
    unread="read: -4 $work/plain.csv.gz is compressed (gzip), and this program has no decoder: it has to call \
csvk_use_decoders of libcsvkit-extra"
    diff - "$work/said" <<END_OF_TEXT || fail "what it says"
open: 0 
$unread
0 bytes
$unread
0 bytes
gzip
sink: -4 cannot write $work/sink.gz as gzip: this program has to call csvk_use_gzip of libcsvkit-extra
verify: -4 $work/out.csv cannot be verified: this program has to call csvk_use_libcsv of libcsvkit-extra
plain: 0 
in place: -4 $work/in.csv cannot be verified: this program has to call csvk_use_libcsv of libcsvkit-extra
END_OF_TEXT
    [ ! -e "$work/sink.gz" ] || fail "a sink that cannot be written is there"
    cmp -s "$work/in.csv" "$work/plain.csv" || fail "the input was changed"
    cmp -s "$work/out.csv" "$work/plain.csv" || fail "the table"
    find "$work" -name '.*csvkit*' | grep . && fail "a temporary file was left"
    # The same program, with the calls, against the shared libraries.
    ${CC:-cc} -std=c11 -Wall -Wextra -Werror -DEXTRA -I. -o "$work/both" "$work/alone.c" -L"$BUILD" \
        -lcsvkit-extra -lcsvkit || fail "a program of both libraries cannot be linked"
    LD_LIBRARY_PATH=$BUILD "$work/both" "$work/in.csv" "$work/sink.gz" "$work/out.csv" \
        "$work/plain.csv.gz" >"$work/said"
    { printf 'open: 0 \nread: 0 \n4 bytes\nread: 0 \n4 bytes\ngzip\n' &&
        printf '%s: 0 \n' sink commit verify plain 'in place'; } | diff - "$work/said" || fail "with the calls"
    [ "$(zcat "$work/sink.gz" | od -An -c | tr -d ' \n')" = 'a\r\n' ] || fail "the gzip sink"
    # The loader refuses two libraries of different releases: what one lends has the other's number.
    mkdir "$work/other" && cp "$BUILD/libcsvkit-extra.so.0" "$work/other" &&
        sed 's/CSVKIT_PRIVATE_[0-9.]*/CSVKIT_PRIVATE_9.9.9/' "$BUILD/private.map" >"$work/other/map" &&
        ${CC:-cc} -shared -Wl,--whole-archive "$BUILD/libcsvkit.a" -Wl,--no-whole-archive \
            -Wl,--version-script="$work/other/map" -Wl,-soname,libcsvkit.so.0 \
            -o "$work/other/libcsvkit.so.0" || fail "another release cannot be linked"
    LD_LIBRARY_PATH=$work/other "$work/both" 2>"$work/err" && fail "two releases work together"
    grep -q "version .CSVKIT_PRIVATE_[0-9.]*' not found" "$work/err" || fail "loader: $(cat "$work/err")"
    ;;
esac
[ "$failed" = 0 ] && echo "libcsvkit needs libc alone"
exit "$failed"
