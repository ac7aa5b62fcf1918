#!/bin/bash
# What the tests executed, from gcov's records: one line per source file, the worst first.
#   tests/coverage.sh BUILD_FOLDER
set -eu
cd "$(dirname "$0")/.."
build=$1
find "$build/csvkit" "$build/validator" "$build/manifest" "$build/storage" -name '*.gcda' 2>/dev/null |
    while read -r record; do
        gcov -n -o "${record%/*}" "$record" 2>/dev/null
    done |
    awk '
    /^File / { file = $2; gsub("\047", "", file) }
    /^Lines executed:/ && file ~ /^(csvkit|validator|manifest|storage)\// {
        split($0, part, /[:% ]+/)
        if (!(file in lines)) { lines[file] = part[5]; share[file] = part[3] }
        file = ""
    }
    END {
        for (file in lines) {
            printf "%6.2f %% of %5d  %s\n", share[file], lines[file], file | "sort -n"
            all += lines[file]; done += share[file] * lines[file] / 100
        }
        close("sort -n")
        if (all > 0) printf "%6.2f %% of %5d  in all\n", 100 * done / all, all
    }'
