#!/bin/bash
# large_upload.sh - the memory of an upload does not grow with the data: a small and a large slice
# directory go to the same S3 server, and the peaks are compared. Run by `make check-large-upload`
# (LARGE_MB=2000), sourced by the test that does it with a small share.

GROWTH_KB=2048 # between the two directories, at most

slices_of() { # MEGABYTES DIR SLICE-SIZE
    "$BUILD/tests/bench/generate" mixed $(($1 * 1000000)) |
        "$CSVKIT" slice - -o "$2" --compress=none --any-size --slice-size="$3" --quiet >/dev/null
}

peak_of_upload() { # DIR: sets peak (kB), cpu and wall of one upload
    local line
    line=$("$PYTHON" "$here/peak.py" "$work/id" "$CSVKIT" upload "$1" --no-check --quiet) ||
        fail "upload of $1"
    read -r peak cpu wall <<<"$line"
    printf '%7s MB in %3d slices: peak %6d kB, %6s s CPU, %7s s wall\n' \
        "$(du -sm --apparent-size "$1" | cut -f 1)" "$(find "$1" -type f | wc -l)" "$peak" "$cpu" "$wall"
}

same_as_sent() { # DIR: what comes back is what was sent
    "$CSVKIT" download --file-id="$(cat "$work/id")" -o - --quiet | cmp - <(cat "$1"/*) ||
        fail "$1 came back differently"
}

check_large_upload() { # MEGABYTES
    local small large
    slices_of 4 "$work/large.small" 1MB
    slices_of "$1" "$work/large.large" "${LARGE_SLICE:-25MB}"
    peak_of_upload "$work/large.small" && small=$peak
    peak_of_upload "$work/large.large" && large=$peak
    same_as_sent "$work/large.large"
    [ $((large - small)) -le $GROWTH_KB ] ||
        fail "memory grew by $((large - small)) kB from the small to the large directory"
    echo "growth: $((large - small)) kB (at most $GROWTH_KB)"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    . "$(dirname "$0")/lib.sh"
    megabytes=${LARGE_MB:-2000}
    free=$(df -m --output=avail "$work" | tail -n 1)
    [ "$free" -gt $((megabytes * 4)) ] ||
        { echo "FAILED: $megabytes MB need $((megabytes * 4)) MB below $work, which has $free"; exit 1; }
    swift
    check_large_upload "$megabytes"
    conclude
fi
