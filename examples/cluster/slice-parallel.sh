#!/bin/bash
# slice-parallel.sh FILE PARTS N HOSTS DIR [OPTION]... - slices FILE in N parts by GNU parallel over ssh,
# and joins them here to the slices DIR and DIR.manifest. HOSTS and names as for parallel.sh; OPTIONs
# are those of csvkit slice.
set -eu
file=$(realpath "$1") parts=$(realpath -m "$2") n=$3 hosts=$4 slices=$5
shift 5
mkdir -p "$parts"
csvkit=${CSVKIT:-csvkit}
parallel --halt now,fail=1 --sshlogin "$hosts" --quote \
    "$csvkit" slice "$@" --force --byte-range="{}/$n" "$file" -o "$parts/{}" \
    ::: $(seq "$n") >/dev/null
find "$parts" -mindepth 1 -maxdepth 1 -type d ! -name '.*' -print0 |
    "$csvkit" slice "$@" --merge --files-from=- --null -o "$slices"
