#!/bin/bash
# parallel.sh FILE PARTS N HOSTS [OPTION]... - judges FILE in N parts by GNU parallel over ssh, and
# joins them here. HOSTS as for parallel --sshlogin: "node1,node2", or ":" for this machine alone.
# FILE and the folder PARTS have the same names on all hosts, and csvkit is in their PATH. With
# COMMAND=stats columns are counted.
set -eu
file=$(realpath "$1") parts=$(realpath -m "$2") n=$3 hosts=$4
shift 4
mkdir -p "$parts"
csvkit=${CSVKIT:-csvkit}
parallel --halt now,fail=1 --sshlogin "$hosts" --quote \
    "$csvkit" "${COMMAND:-validate}" "$@" --byte-range="{}/$n" --partial="$parts/{}.part" "$file" \
    ::: $(seq "$n")
exec "$csvkit" "${COMMAND:-validate}" "$@" --merge "$parts"/*.part
