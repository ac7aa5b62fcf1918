#!/bin/bash
# The checks that are stricter than `make check`: another compiler, sanitizers, valgrind, lint,
# scripts. Each step is one line; the last line counts them. Bounded to some minutes on two cores.
#   tests/strict.sh [PATTERN]    runs the steps whose names match
set -u
cd "$(dirname "$0")/.." || exit 2
pattern=${1:-}
jobs=$(nproc)
mkdir -p build
passed=0
failed=0

step() { # name, command...
    local name=$1 log=build/strict-$1.log start=$SECONDS
    shift
    [[ $name =~ $pattern ]] || return 0
    if "$@" >"$log" 2>&1; then
        echo "ok      $name ($((SECONDS - start)) s)"
        passed=$((passed + 1))
    else
        echo "FAILED  $name ($((SECONDS - start)) s), the end of $log:"
        grep -aE 'FAILED|error:|SUMMARY|ERROR' "$log" | head -n 20 | sed 's/^/        /'
        tail -n 25 "$log" | sed 's/^/        /'
        failed=$((failed + 1))
    fi
}

build_with() { # make's arguments
    nice make -j"$jobs" --no-print-directory DEVELOPER=1 "$@"
}

# Long tests with less of the same: what a sanitizer sees does not depend on how often. (Strings of
# 7 bytes, or `exhaustive`, of five kinds take every path that those of 11 in make check take.)
shorter() {
    CSVK_EXHAUSTIVE=${exhaustive:-7} CSVK_TRUTH=4000 CSVK_MUTATIONS=2000 "$@"
}

# One process for all cases of a file: leaks are found at its end, and no child hides a report.
run_units() { # build folder, pattern, command of one test
    CSVKIT=$PWD/$1/bin/csvkit BUILD=$PWD/$1 JOBS=$jobs WRAPPER=${3:-} CK_FORK=no shorter \
        tests/run.sh "unit/test_($2)\$"
}

# The unit tests whose names match; of the rest of a variant only what they are linked with is built.
units() { # build folder, pattern
    for source in tests/unit/test_*.c; do
        [[ $source =~ unit/test_($2)\.c$ ]] && echo "$1/${source%.c}"
    done
}

sanitized() { # make's arguments as one word, build folder, pattern
    # shellcheck disable=SC2046,SC2086
    build_with $1 $(units "$2" "$3") && run_units "$2" "$3"
}

# Tests that fork, mount, exec or race by design say nothing under valgrind; the rest is a choice
# of those that are quick enough there. Every allocation fails once under the address sanitizer,
# every 97th here.
memcheck='base|io_memory|cli_memory|validator_memory|validator_details|sniff|names|pool'
memcheck+='|destination|manifest_types|manifest_check|manifest_convert|validator_rules'
valgrind_units() {
    local command='valgrind -q --error-exitcode=9 --leak-check=full'
    command+=' --errors-for-leak-kinds=definite --suppressions=tests/valgrind.supp'
    # shellcheck disable=SC2046
    build_with $(units build/release "$memcheck") &&
        CSVK_ALLOCATIONS=97 run_units build/release "$memcheck" "$command"
}

shell_scripts() { # variables of sourced files, and for them, are not seen: SC2154, SC2034
    git ls-files -co --exclude-standard '*.sh' .ci/run |
        xargs -n 8 -P "$jobs" shellcheck -s bash -S warning -e SC2154,SC2034,SC2010
}

# Chromium is large: without it the pages are judged by their text alone (tests/cli/reports).
browser_pages() {
    if ! EXTRA_PACKAGES='chromium chromium-driver' timeout 300 tests/deps.sh; then
        echo "no Chromium here, and it cannot be installed"
        return 0
    fi
    CSVKIT=$PWD/build/release/bin/csvkit bash tests/html/browser.test.sh
}

documents_as_site() {
    EXTRA_PACKAGES='cmark-gfm mandoc' timeout 300 tests/deps.sh || echo "cmark-gfm cannot be installed"
    CSVKIT=$PWD/build/release/bin/csvkit bash tests/doc/site.test.sh
}

# An Azure server that is not ours; its answer 77: there is no node, or npm cannot get it.
azure_server() {
    CSVKIT=$PWD/build/release/bin/csvkit BUILD=$PWD/build/release bash tests/storage/roundtrip_azurite.sh
    local status=$?
    [ "$status" = 0 ] || [ "$status" = 77 ]
}

# Made of the release build; without lintian or npm their part is left out.
packages() {
    EXTRA_PACKAGES='lintian dpkg-dev fakeroot' timeout 300 tests/deps.sh || echo "lintian cannot be installed"
    CSVKIT=$PWD/build/release/bin/csvkit BUILD=$PWD/build/release bash tests/packages/packages.sh
}

export UBSAN_OPTIONS=print_stacktrace=1
step clang build_with CC=clang all tests
exhaustive=8 step clang-units run_units build/release-clang 'base|scan|scan_edges|exhaustive|validator_rules'
step scan make --no-print-directory DEVELOPER=1 check-scan # what make check has less of
BUILD=$PWD/build/release step abi tests/abi/growth.sh # a library of another version
step asan sanitized VARIANT=asan build/asan '.*'
step asan-clang sanitized 'VARIANT=asan CC=clang' build/asan-clang \
    'scan|scan_edges|exhaustive|base|validator_.*|sniff|source|manifest_.*'
step tsan sanitized VARIANT=tsan build/tsan 'gzip|pool|keys|slice.*|parallel.*|background'
step valgrind valgrind_units
step lint make --no-print-directory DEVELOPER=1 lint
CSVKIT=$PWD/build/release/bin/csvkit step schemas tests/cli/published_schemas.sh
step html browser_pages
step site documents_as_site
step azurite azure_server
step packages packages
step shell shell_scripts
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
