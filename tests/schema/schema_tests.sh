# schema_tests.sh - sourced by the tests of schemas, which change into a folder of their own with it:
# a command with its exit status, and what its output has. A test ends with
# `exit "$failed"`.
set -u
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

expect_exit() { # status, command...: its outputs go to out and err
    local want=$1 have
    shift
    "$@" >out 2>err
    have=$?
    [ "$have" = "$want" ] || fail "exit $have, expected $want: $*: $(cat out err)"
}

has() { # text
    grep -qF -- "$1" out || fail "no '$1' in: $(cat out)"
}
