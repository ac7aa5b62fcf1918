#!/bin/bash
# A machine that lacks the compiler or a header: plain make says what to do, before it compiles.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
failed=0

hints() { # what is missing, arguments of make
    local missing=$1
    shift
    env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory B="$work/build" "$@" >"$work/said" 2>&1 &&
        echo "FAIL: make $*: succeeded" && failed=1
    grep -qF "csvkit: $missing is not installed: run 'make deps'" "$work/said" ||
        { echo "FAIL: make $*: $(cat "$work/said")" && failed=1; }
    grep -q ' CC ' "$work/said" && echo "FAIL: make $*: compiled all the same" && failed=1
    [ ! -e "$work/build/flags" ] || { echo "FAIL: make $*: would not ask again" && failed=1; }
}

hints 'the compiler no-such-compiler' CC=no-such-compiler
hints 'the header zlib.h' CC=cc CFLAGS=-nostdinc
exit "$failed"
