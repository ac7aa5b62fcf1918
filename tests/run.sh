#!/bin/bash
# The test runner: every unit binary and every tests/*/*.test.sh, two at a time, one line each.
#   CSVKIT=path of the program  BUILD=build folder  [JOBS=2] [SKIP=PATTERN]  tests/run.sh [PATTERN]
# A test passes when it exits 0; 77 means skipped, and its last line says why.
set -u
cd "$(dirname "$0")/.." || exit 2
pattern=${1:-}
jobs=${JOBS:-$(nproc)}
logs=$BUILD/test-logs
rm -rf "$logs" && mkdir -p "$logs"
export CSVKIT BUILD LC_ALL=C.UTF-8 CK_VERBOSITY=${CK_VERBOSITY:-normal}

list_tests() {
    for source in tests/unit/test_*.c; do
        [ -e "$source" ] && echo "$BUILD/${source%.c}"
    done
    for script in tests/*/*.test.sh; do
        [ -e "$script" ] && echo "$script"
    done
}

run_one() {
    local test=$1 name log start code
    case $test in
    *.sh) name=${test#tests/} && name=${name%.test.sh} ;;
    *) name=$(basename "$test") ;;
    esac
    log=$logs/${name//\//-}
    start=$(date +%s.%N)
    case $test in
    *.sh) timeout "${TEST_TIMEOUT:-900}" bash "$test" >"$log" 2>&1 </dev/null ;;
    *) timeout "${TEST_TIMEOUT:-900}" ${WRAPPER:-} "$test" >"$log" 2>&1 </dev/null ;;
    esac
    code=$?
    local took
    took=$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')
    case $code in
    0) echo "ok      $name (${took} s)" ;;
    77) echo "SKIPPED $name: $(tail -n 1 "$log")" ;;
    *)
        echo "FAILED  $name (exit $code, ${took} s)"
        tail -n 40 "$log" | sed 's/^/        /'
        ;;
    esac
}
export -f run_one
export logs

results=$logs/results
list_tests | grep -E -- "$pattern" | grep -Ev -- "${SKIP:-^$}" |
    xargs -r -d '\n' -P "$jobs" -I{} bash -c 'run_one "$1"' _ {} | tee "$results"
passed=$(grep -c '^ok ' "$results")
failed=$(grep -c '^FAILED ' "$results")
skipped=$(grep -c '^SKIPPED ' "$results")
[ "$skipped" = 0 ] || echo "note: $skipped test file(s) were skipped, see above"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
