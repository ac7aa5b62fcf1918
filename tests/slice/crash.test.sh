#!/bin/bash
# Kills, signals, full disks: under the final name there is the old table, the new one, or nothing.
set -u
base=$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)
work=$(mktemp -d -p "$base") || exit 2
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"; rm -rf "$work"' EXIT
cd "$work" || exit 2
export KBC_DATA_TYPE_SUPPORT=
export ASAN_OPTIONS=detect_leaks=0 # it cannot work under strace
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

{ echo 'id,text'; seq 1 60000 | awk '{ print $1 ",\"line " $1 "\"" }'; } >old.csv
{ echo 'id,text,more'; seq 1 250000 | awk '{ print $1 ",\"a\nb " $1 "\"," $1 % 7 }'; } >new.csv

whole() { # DIR INPUT: the table, manifest included
    "$CSVKIT" merge "$1" 2>/dev/null | cmp -s - "$2"
}

# Whatever the moment: no directory, or all of it; a rerun ends as an undisturbed run does.
test_kill() {
    local i pid absent=0 complete=0 half=0
    for i in $(seq 1 25); do
        rm -rf dir dir.manifest
        "$CSVKIT" slice new.csv -o dir --records=9000 -q >/dev/null 2>&1 &
        pid=$!
        sleep "0.0$((RANDOM % 100 / 10))$((RANDOM % 10))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        if [ ! -e dir ]; then
            absent=$((absent + 1))
            [ ! -e dir.manifest ] || fail "kill: a manifest without data"
        elif [ ! -e dir.manifest ]; then
            half=$((half + 1)) # between the two names
            [ "$(zcat dir/* | cksum)" = "$(tail -n +2 new.csv | cksum)" ] || fail "kill: part of DIR"
        else
            complete=$((complete + 1))
            whole dir new.csv || fail "kill: the directory is not whole"
        fi
    done
    "$CSVKIT" slice new.csv -o dir --records=9000 -q --force >/dev/null || fail "kill: rerun"
    whole dir new.csv || fail "kill: rerun gives something else"
    [ -z "$(find . -name '.*csvkit*')" ] || fail "kill: leftovers after a rerun: $(ls -A)"
    echo "killed 25 times: $absent without DIR, $complete complete, $half without manifest"
    rm -rf dir dir.manifest
}

# The old table stands until the new one takes its place.
test_kill_replacing() {
    local i pid old=0 new=0 between=0
    "$CSVKIT" slice old.csv -o dir --records=5000 -q >/dev/null
    for i in $(seq 1 15); do
        "$CSVKIT" slice new.csv -o dir --records=9000 -q --force >/dev/null 2>&1 &
        pid=$!
        sleep "0.0$((RANDOM % 100 / 10))$((RANDOM % 10))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        if whole dir old.csv; then
            old=$((old + 1))
        elif whole dir new.csv; then
            new=$((new + 1))
            "$CSVKIT" slice old.csv -o dir --records=5000 -q --force >/dev/null
        elif [ ! -e dir.manifest ]; then
            between=$((between + 1))
            "$CSVKIT" slice old.csv -o dir --records=5000 -q --force >/dev/null
        else
            fail "kill: neither the old table nor the new one"
        fi
    done
    echo "killed 15 times while replacing: $old old, $new new, $between without manifest"
    rm -rf dir dir.manifest
    "$CSVKIT" slice old.csv -o dir -q >/dev/null
    [ -z "$(find . -name '.*csvkit*')" ] || fail "leftovers: $(ls -A)"
    rm -rf dir dir.manifest
}

# Between the renames themselves: every call that changes a name is the last one before the kill.
test_kill_at_renames() {
    command -v strace >/dev/null || {
        echo "note: no strace, so kills between the renames are not tested"
        return
    }
    local i state
    for i in 1 2 3 4; do
        "$CSVKIT" slice old.csv -o dir --records=5000 -q --force >/dev/null
        { # the shell tells of the kill, which is no news
            strace -f -qq -o /dev/null -e trace=renameat,renameat2 \
                -e inject=renameat,renameat2:signal=SIGKILL:when=$i \
                "$CSVKIT" slice new.csv -o dir --records=9000 -q --force
        } >/dev/null 2>&1
        state=$(whole dir old.csv && echo old; whole dir new.csv && echo new)
        [ -n "$state" ] || [ ! -e dir.manifest ] || fail "kill at rename $i: a mixture"
    done
    "$CSVKIT" slice new.csv -o dir --records=9000 -q --force >/dev/null || fail "after renames"
    whole dir new.csv || fail "after renames: not the new table"
    [ -z "$(find . -name '.*csvkit*')" ] || fail "leftovers after renames: $(ls -A)"
    rm -rf dir dir.manifest
}

test_refused_calls() { # a failing system call: exit 2, old state, nothing left
    command -v strace >/dev/null || return
    local call
    for call in renameat2:error=EIO renameat:error=EIO:when=2 fsync:error=EIO:when=1 \
        fsync:error=EIO:when=3 mkdirat:error=EACCES write:error=ENOSPC:when=3; do
        "$CSVKIT" slice old.csv -o dir --records=5000 -q --force >/dev/null
        strace -f -qq -o /dev/null -e "trace=${call%%:*}" -e "inject=$call" \
            "$CSVKIT" slice new.csv -o dir --records=100000 -q --force >/dev/null 2>err
        local code=$?
        [ $code = 2 ] && [ -s err ] || fail "$call: exit $code, $(cat err)"
        [ "$call" = renameat:error=EIO:when=2 ] || whole dir old.csv || fail "$call: not the old table"
        [ -z "$(find . -name '.*csvkit*')" ] || fail "$call leaves $(ls -A)"
        rm -rf dir dir.manifest
    done
}

test_signal() { # SIGTERM: the temporary directory goes, the status tells
    mkfifo pipe
    "$CSVKIT" slice - -o dir --records=100 -q <pipe >/dev/null 2>err &
    local pid=$!
    exec 9>pipe
    head -n 20000 new.csv | head -c 150000 >&9
    for _ in $(seq 50); do
        [ -n "$(find . -name '.dir*')" ] && break
        sleep 0.02
    done
    kill -TERM $pid
    wait $pid
    local code=$?
    exec 9>&-
    [ $code = 143 ] || fail "SIGTERM: exit $code"
    [ ! -e dir ] && [ -z "$(find . -name '.dir*')" ] || fail "SIGTERM leaves $(ls -A)"
    rm -f pipe
}

test_full_disk() {
    [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=512k none small 2>/dev/null || {
        echo "note: not root, so a full disk is only injected"
        return
    }
    mounted=$work/small
    "$CSVKIT" slice new.csv -o small/dir >/dev/null 2>err
    local code=$?
    [ $code = 2 ] && grep -q 'No space left' err || fail "full disk: exit $code, $(cat err)"
    [ -z "$(ls -A small)" ] || fail "full disk: left is $(ls -A small)"
    umount small && mounted=
}

for name in kill kill_replacing kill_at_renames refused_calls signal full_disk; do
    "test_$name"
done
[ "$fails" = 0 ] && echo "whole or not at all"
exit $((fails != 0))
