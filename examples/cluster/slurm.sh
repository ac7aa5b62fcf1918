#!/bin/bash
# slurm.sh FILE PARTS N [OPTION]... - judges FILE in N parts by a Slurm job array, joins them, waits,
# and prints the report. FILE, or the address of an object, and the folder PARTS are seen by all nodes;
# OPTIONs are those of csvkit validate. With COMMAND=stats columns are counted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case $1 in
*://*) file=$1 ;; # of an object: give --credentials=DETAIL too, as an absolute path
*) file=$(realpath "$1") ;;
esac
folder=$(realpath -m "$2") n=$3
shift 3
mkdir -p "$folder"
array=$(sbatch --parsable --array="1-$n" --output="$folder/%a.log" "$here/validate.sbatch" \
    "$file" "$folder" "$@")
status=0
sbatch --wait --dependency="afterok:$array" --kill-on-invalid-dep=yes --output="$folder/report" \
    "$here/merge.sbatch" "$folder" "$@" >"$folder/merge.job" || status=$?
if [ ! -e "$folder/report" ]; then
    cat "$folder"/*.log >&2 # a part failed, so nothing was joined
    exit 2
fi
cat "$folder/report"
exit "$status"
