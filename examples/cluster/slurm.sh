#!/bin/bash
# slurm.sh FILE PARTS N [OPTION]... - judges FILE in N parts by a Slurm job array, joins them, waits,
# and prints the report. PARTS is a folder that all nodes see; OPTIONs are those of csvkit validate.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=$(realpath "$1") folder=$(realpath -m "$2") n=$3
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
