#!/bin/bash
# examples/cluster without a cluster: the scripts are run as their schedulers would run them, one task
# after the other, and the joined report is that of one run. The Kubernetes manifests are held against
# the form of a Job. (make check-cluster starts a real Slurm.)
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")/../.." && pwd)
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

mkdir "$work/bin" "$work/data"
ln -s "$(realpath "$CSVKIT")" "$work/bin/csvkit"
awk 'BEGIN { print "id,b"; for (i = 0; i < 20000; i++) print i % 19990 (i % 77 ? ",x" : ",\"a\nb\",c") }' \
    >"$work/data/orders.csv"
cd "$work" || exit 2
options=(--profile=keboola --primary-key=id)
"$CSVKIT" validate "${options[@]}" data/orders.csv >one
one=$?

for i in 3 1 2 5 4; do
    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=5 \
        bash "$here/examples/cluster/validate.sbatch" data/orders.csv parts "${options[@]}" || fail "task $i"
done
bash "$here/examples/cluster/merge.sbatch" parts "${options[@]}" >joined
[ $? = "$one" ] || fail "merge.sbatch: another exit status"
cmp -s one joined || fail "merge.sbatch: another report"
rm parts/2.part
bash "$here/examples/cluster/merge.sbatch" parts "${options[@]}" >joined 2>err
[ $? = 2 ] || fail "merge.sbatch: a missing part is no trouble"

awk -F, 'NR == 1 { print } NR > 1 { print NR "," $2 }' data/orders.csv | tr -d '"' | grep -v '^b$' >data/clean.csv
"$CSVKIT" slice --primary-key=id data/clean.csv -o whole >one || fail "slice: $(cat one)"
for i in 2 3 1 3; do
    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=3 \
        bash "$here/examples/cluster/slice.sbatch" data/clean.csv slices --primary-key=id >out || fail "slice.sbatch: task $i"
done
bash "$here/examples/cluster/slice-merge.sbatch" slices joined_slices --primary-key=id >out || fail "slice-merge.sbatch"
cmp -s whole.manifest joined_slices.manifest || fail "slice-merge.sbatch: another manifest"
cmp -s <(zcat whole/*) <(zcat joined_slices/*) || fail "slice-merge.sbatch: other records"

rm -r slices/2
bash "$here/examples/cluster/slice-merge.sbatch" slices other_slices --primary-key=id >out 2>err
[ $? = 2 ] && grep -q 'a part is missing' err || fail "slice-merge.sbatch: a missing part is no trouble"

export COMMAND=stats
"$CSVKIT" stats data/orders.csv >one 2>one.err
one=$?
for i in 3 1 2; do
    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=3 \
        bash "$here/examples/cluster/validate.sbatch" data/orders.csv counted || fail "statistics, task $i"
done
bash "$here/examples/cluster/merge.sbatch" counted >joined 2>err
[ $? = "$one" ] && cmp -s one joined && cmp -s one.err err || fail "merge.sbatch: other statistics"
unset COMMAND

python3 -c 'import yaml' 2>/dev/null || {
    echo "no PyYAML here: the Kubernetes manifests were not checked"
    exit "$failed"
}
"$CSVKIT" validate --profile=keboola data/orders.csv >one
pods=$(python3 "$here/tests/cluster/kubernetes_job.py" "$here/examples/cluster/kubernetes.yaml" data) || fail "kubernetes.yaml"
merge=$(python3 "$here/tests/cluster/kubernetes_job.py" "$here/examples/cluster/kubernetes-merge.yaml" data) ||
    fail "kubernetes-merge.yaml"
for i in $(seq 0 19); do
    (export JOB_COMPLETION_INDEX=$i PATH=$work/bin:$PATH && sh -c "$pods") || fail "pod $i"
done
(export PATH=$work/bin:$PATH && sh -c "$merge") >joined
cmp -s one joined || fail "kubernetes-merge.yaml: another report"
# The check notices what is wrong.
for edit in 's/completions: 20/completions: 21/' 's/name: data, mount/name: date, mount/' \
    's/restartPolicy: Never/restartPolicy: Always/' 's/backoffLimit/backofLimit/' 's/completionMode: Indexed//'; do
    sed "$edit" "$here/examples/cluster/kubernetes.yaml" >wrong.yaml
    python3 "$here/tests/cluster/kubernetes_job.py" wrong.yaml data >out 2>err && fail "taken after $edit"
done

echo "slurm and kubernetes, by hand"
exit "$failed"
