#!/bin/bash
# The test runner: every unit binary and every tests/*/*.test.sh, several at a time, one line each.
#   CSVKIT=path of the program  BUILD=build folder  [JOBS=N] [SKIP=PATTERN] [CK_FORK=yes]  tests/run.sh [PATTERN]
# Two more at a time than there are cores: the tests of storage mostly wait for their servers.
# A test passes when it exits 0; 77 means skipped, and its last line says why.
set -u
cd "$(dirname "$0")/.." || exit 2
pattern=${1:-}
jobs=${JOBS:-$(($(nproc) + 2))}
logs=$BUILD/test-logs
rm -rf "$logs" && mkdir -p "$logs"
export PYTHONPYCACHEPREFIX=${PYTHONPYCACHEPREFIX:-$(realpath "$BUILD/..")/python} # not into the checkout
unset PYTHONDONTWRITEBYTECODE # else every start of Python compiles what it imports, its own modules too
# The python3 of a version manager is a script that starts a dozen programs to find the interpreter. The system's
# own starts three times as fast as the one that is found, and has the modules that tests/deps.sh installs.
if [ "$(head -c 2 "$(command -v python3)")" = '#!' ]; then
    interpreter=/usr/bin/python3
    [ -x "$interpreter" ] || interpreter=$(python3 -c 'import sys; print(sys.executable)')
    mkdir "$logs/programs" && ln -s "$interpreter" "$logs/programs/python3" && PATH=$(realpath "$logs/programs"):$PATH
fi
export CSVKIT BUILD LC_ALL=C.UTF-8 CK_VERBOSITY=${CK_VERBOSITY:-normal}

list_tests() {
    for source in tests/unit/test_*.c; do
        [ -e "$source" ] && echo "$BUILD/${source%.c}"
    done
    for script in tests/*/*.test.sh; do
        [ -e "$script" ] && echo "$script"
    done
}

# What takes longest comes first, what waits beside what computes, so that no core is idle at the end.
# By processor time, which does not depend on what else runs (each alone, with TIMEFORMAT in bash).
long='advice/advice storage/object_parts cli/agreement storage/spoiled storage/roundtrip_swift performance/linear
html/browser cli/threads slice/corpus storage/object_ranges storage/management slice/slice unit/test_normalize
storage/exports cli/compressed library/examples cli/frame slice/in_parts cli/parts storage/faults_import
recognize/file_kinds doc/current recognize/encodings normalize/damage users/ performance/flat_memory
cli/validate storage/fault_schedules unit/test_exhaustive stats/stats_parts storage/resume_ unit/test_scan
storage/requests storage/download cli/project_file storage/sources slice/size storage/object_whole
storage/killed cli/install normalize/by_option manifest/commands slice/crash doc/ cli/reports storage/
stats/one_table unit/test_keys house/ preflight/matrix schema/typed_folders unit/test_commands preflight/
schema/ unit/test_truth normalize/ manifest/ unit/test_parallel unit/test_stats'
long_first() {
    awk -v long="$long" '
    BEGIN { n = split(long, name, /[ \n]+/) }
    {
        for (i = 1; i <= n && index($0, name[i]) == 0; i++) {}
        print i "\t" $0
    }' | sort -s -n -k 1,1 | cut -f 2-
}

# timeout has a process group of its own, which Ctrl-C does not reach: its number is left for stop.
within_time() { # command...
    (echo "$BASHPID" >"$log.running" && exec timeout "${TEST_TIMEOUT:-900}" "$@")
}

stop() { # signal: ends the tests that run, then ourselves
    trap - "$1"
    cat "$logs"/*.running 2>/dev/null | xargs -r kill
    kill -s "$1" $$
}
trap 'stop INT' INT
trap 'stop TERM' TERM

# The tests of a unit binary run in one process: 3700 forks are a third of the work. Where one fails, each runs
# again in a process of its own, so that the log names those behind a crash or a hang. CK_FORK=yes: only so.
run_unit() {
    local code
    CK_FORK=${CK_FORK:-no} within_time ${WRAPPER:-} "$1"
    code=$?
    [ "$code" = 0 ] || [ "$code" = 77 ] || [ -n "${CK_FORK:-}" ] || CK_FORK=yes within_time ${WRAPPER:-} "$1"
    return "$code"
}

# What the shell can do itself starts no program here: there are 233 tests.
run_one() {
    local test=$1 name log start=${EPOCHREALTIME/./} code took
    case $test in
    *.sh) name=${test#tests/} && name=${name%.test.sh} ;;
    *) name=${test##*/} ;;
    esac
    log=$logs/${name//\//-}
    case $test in
    *.sh) within_time bash "$test" ;;
    *) run_unit "$test" ;;
    esac >"$log" 2>&1 </dev/null
    code=$?
    : >"$log.running"
    took=$(((${EPOCHREALTIME/./} - start) / 100000))
    took=$((took / 10)).$((took % 10))
    case $code in
    0) echo "ok      $name ($took s)" ;;
    77) echo "SKIPPED $name: $(tail -n 1 "$log")" ;;
    *)
        echo "FAILED  $name (exit $code, $took s)"
        tail -n 40 "$log" | sed 's/^/        /'
        ;;
    esac
}
export -f run_one run_unit within_time
export logs

python3 -c 'import os; os.openpty()' 2>/dev/null ||
    echo "note: no terminal can be opened here (a chroot needs /dev/pts): the tests of what is shown on one will fail"

results=$logs/results
list_tests | grep -E -- "$pattern" | grep -Ev -- "${SKIP:-^$}" | long_first |
    xargs -r -d '\n' -P "$jobs" -I{} bash -c 'run_one "$1"' _ {} | tee "$results"
rm -f "$logs"/*.running
passed=$(grep -c '^ok ' "$results")
failed=$(grep -c '^FAILED ' "$results")
skipped=$(grep -c '^SKIPPED ' "$results")
[ "$skipped" = 0 ] || echo "note: $skipped test file(s) were skipped, see above"
slowest=$(sed -nE 's/^ok +(.*) \(([0-9.]+ s)\)$/\2\t\1 \2/p' "$results" | sort -rn | head -n 5 | cut -f 2)
[ "$passed" -le 5 ] || echo "slowest: $(paste -sd , <<<"$slowest" | sed 's/,/, /g')"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
