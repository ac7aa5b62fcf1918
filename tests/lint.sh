#!/bin/bash
# What can be judged without running: layout, layers, lengths, banned words, headers, symbols.
#   make lint    (SO, EXTRA_SO = the shared libraries, EXTRA_DIRS = the folders of the second one,
#                 PUBLIC_HEADERS = the installed headers, by make)
set -u
shopt -s lastpipe # complain runs in this shell and can set bad
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C
bad=0

complain() { # heading; the places on standard input, if any
    local places
    places=$(cat)
    [ -n "$places" ] || return 0
    echo "lint: $1"
    printf '%s\n' "$places" | sed 's/^/    /'
    bad=1
}

in_tree() { # tracked and new files that match the patterns, without what is deleted
    git ls-files -co --exclude-standard -- "$@" | while read -r file; do
        [ -f "$file" ] && echo "$file"
    done
}

mapfile -t sources < <(in_tree '*.c' '*.h')

check_format() {
    local tool
    tool=$(command -v clang-format-14 || command -v clang-format) || {
        echo "lint: no clang-format here, layout not checked"
        return
    }
    local said
    said=$(printf '%s\0' "${sources[@]}" |
        xargs -0 -n 20 -P "$(nproc)" "$tool" --dry-run -Werror 2>&1) ||
        printf '%s\n' "$said" | grep -E '^[^: ]+:[0-9]+:[0-9]+: error|^[^ ]*clang-format' |
        cut -d: -f1 | sort -u | complain "not laid out by .clang-format (clang-format -i FILE)"
}

check_house() { # rooms, doors, names that occur once: the map is in CONTRIBUTING.md
    tests/house.py || bad=1
    local sources allowed=${PUBLIC_HEADERS// /|}
    mapfile -t sources < <(in_tree 'examples/*.c' 'examples/*.cpp')
    [ ${#sources[@]} -eq 0 ] || grep -nHE '^#include "' "${sources[@]}" | grep -vE "\"($allowed)\"" |
        complain "an example includes a private header"
}

# All sources without comments and without the insides of strings, as FILE:LINE:CODE.
code_of_sources() {
    awk '
    FNR == 1 { incomment = 0 }
    {
        line = $0; out = ""; n = length(line); instring = ""
        if (!incomment && line !~ /["\047]|\/\*|\/\//) { print FILENAME ":" FNR ":" line; next }
        for (i = 1; i <= n; i++) {
            c = substr(line, i, 1); two = substr(line, i, 2)
            if (incomment) { if (two == "*/") { incomment = 0; i++ } continue }
            if (instring != "") {
                if (c == "\\") i++
                else if (c == instring) { instring = ""; out = out c }
                continue
            }
            if (two == "/*") { incomment = 1; i++; continue }
            if (two == "//") break
            if (c == "\"" || c == "\047") instring = c
            out = out c
        }
        print FILENAME ":" FNR ":" out
    }' "${sources[@]}"
}

ban() { # heading, pattern, which files, which of them not
    printf '%s\n' "$code" | grep -E "^($3)" | grep -vE "^($4)" |
        grep -E ":[0-9]+:(.*[^A-Za-z0-9_>.])?($2)[[:space:]]*\(" | complain "$1"
}

check_banned() {
    local code library='(csvkit|validator|manifest|preflight)/' not_library='csvkit/(cli/|base/alloc\.c)'
    code=$(code_of_sources)
    ban "a function that cannot be used safely" \
        'strcpy|strcat|stpcpy|v?sprintf|strtok|atoi|atol|atoll|atof|gets|alloca|mktemp|tmpnam' \
        '' ' '
    ban "ctype and locale: the answer depends on the user's locale" \
        'setlocale|is(alpha|alnum|digit|space|upper|lower|punct|print|xdigit)|to(upper|lower)' \
        '' tests/
    ban "the library neither prints nor exits" \
        'printf|fprintf|puts|putchar|fputs|perror|exit|_exit|abort' \
        "$library" "$not_library"
    ban "the library allocates through csvk_malloc only (free is for what libc hands out: realpath)" \
        'malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf' \
        "$library" "$not_library"
}

check_lengths() {
    awk '
    FNR == 1 { begin = 0 }
    /^{/ { begin = FNR }
    /^}/ && begin {
        if (FNR - begin + 1 > 80) print FILENAME ":" begin ": " FNR - begin + 1
        begin = 0
    }' "${sources[@]}" | complain "a function is longer than 80 lines"
    awk 'FNR == 601 { print FILENAME; nextfile }' "${sources[@]}" |
        complain "a file is longer than 600 lines"
}

check_headers() {
    local flags='-I. -Wall -Wextra -Wpedantic -Werror -fsyntax-only'
    for header in ${PUBLIC_HEADERS:-}; do
        # shellcheck disable=SC2086
        printf '#include "%s"\n' "$header" | ${CC:-cc} -std=c11 $flags -x c - 2>&1 | head -n 5
        command -v "${CXX:-c++}" >/dev/null || continue
        # shellcheck disable=SC2086
        printf '#include "%s"\n' "$header" | "${CXX:-c++}" -std=c++11 $flags -x c++ - 2>&1 | head -n 5
    done | complain "a public header does not compile alone as C11 and C++11"
}

compare_symbols() { # library, the list
    local now
    now=$(tests/exports.sh "$1")
    printf '%s\n' "$now" | grep -v '^csvk_' | complain "exported without our prefix"
    diff <(printf '%s\n' "$now") "$2" | grep '^[<>]' |
        complain "exported symbols differ from $2 (< new, > gone; make exports)"
}

check_symbols() {
    compare_symbols "$SO" tests/exports.txt
    compare_symbols "$EXTRA_SO" tests/exports-extra.txt
    comm -12 tests/exports.txt tests/exports-extra.txt | complain "exported by both libraries"
    tests/exports.sh "$EXTRA_SO" private | complain "libcsvkit-extra lends something (CSVK_FOR_EXTRA)"
    comm -23 <(tests/exports.sh "$SO" private) <(nm -D --undefined-only "$EXTRA_SO" |
        awk '{ sub(/@.*/, "", $2); print $2 }' | sort) | complain "lent, but not used (CSVK_FOR_EXTRA)"
}

check_declared() { # an exported symbol that no installed header declares is of no use to anybody
    # shellcheck disable=SC2086
    { tests/exports.sh "$SO" && tests/exports.sh "$EXTRA_SO"; } | while read -r symbol; do
        grep -qw -- "$symbol" $PUBLIC_HEADERS || echo "$symbol"
    done | complain "exported, but in no public header (drop CSVK_API, or install the header)"
    # shellcheck disable=SC2086
    tests/exports.sh "$SO" private | while read -r symbol; do
        ! grep -qw -- "$symbol" $PUBLIC_HEADERS || echo "$symbol"
    done | complain "lent to libcsvkit-extra only, but in a public header"
}

check_paths() {
    in_tree | grep -vxF tests/lint.sh | tr '\n' '\0' |
        xargs -0 grep -nIE '(^|[^A-Za-z0-9_.])/(work|root|tmp/wt)/' 2>/dev/null |
        complain "a path of somebody's machine"
}

check_made() { # what a program leaves behind
    in_tree '*.pyc' '*.o' '*.so' '*.a' '*.gcda' '*.gcno' | complain "made by a program, no source"
}

check_format
check_made
check_house
check_banned
check_lengths
check_headers
check_symbols
check_declared
check_paths
[ "$bad" = 0 ] && echo "lint: ${#sources[@]} files, nothing to complain about"
exit "$bad"
