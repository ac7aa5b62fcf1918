#!/bin/bash
# make check-cluster: parts of a file judged by a real Slurm of one node, and by GNU parallel, have the
# report of one run. Slurm is that of Debian (slurmctld, slurmd, munge): it is started here, in a
# folder of its own, with its own key and ports, and is ended by the numbers of its processes.
# An object that a server makes up as it is read, so that it may be larger than any disk, is judged in parts, too.
#   CSVKIT=path of the program  [PARTS=20] [RECORDS=400000] [OBJECT_MB=1000]  tests/cluster/check.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
export CSVKIT=${CSVKIT:-$PWD/build/release/bin/csvkit}
parts=${PARTS:-20} records=${RECORDS:-400000} object_mb=${OBJECT_MB:-1000}
EXTRA_PACKAGES='slurmctld slurmd slurm-client munge parallel' tests/deps.sh || {
    echo "Slurm cannot be installed here"
    exit 77
}
work=$(mktemp -d /tmp/csvkit-cluster-XXXXXX) || exit 2
running=()
failed=0

finish() {
    for pid in "${running[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "FAILED: $*"
    failed=1
}

background() { # log, command...
    local log=$1
    shift
    "$@" >"$work/$log" 2>&1 &
    running+=($!)
}

# ---- a table with something of everything ------------------------------------------------------

awk -v n="$records" 'BEGIN {
    print "id,name,amount"
    for (i = 0; i < n; i++) {
        id = i % 50021 == 7 ? i - 7 : i
        print id (i % 9973 == 3 ? ",x,1,surplus" : i % 9 ? ",plain," i : ",\"two\nlines, \"\"" i "\"\"\"," i)
    }
}' >"$work/table.csv"
options=(--profile=keboola --primary-key=id --max-findings=20)
"$CSVKIT" validate "${options[@]}" "$work/table.csv" >"$work/one"
one=$?

# ---- Slurm -------------------------------------------------------------------------------------

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_slurm() {
    mkdir -p "$work/state" "$work/spool" "$work/munge" && chmod 700 "$work/munge" || return 1
    dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none && chmod 400 "$work/munge/key"
    background munge.log munged --foreground --force --key-file="$work/munge/key" \
        --socket="$work/munge/socket" --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" \
        --log-file="$work/munge/log"
    local host
    host=$(hostname -s)
    export SLURM_CONF=$work/slurm.conf
    cat >"$SLURM_CONF" <<EOF
ClusterName=csvkit
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
SlurmdParameters=config_overrides
MaxArraySize=1001
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
    background ctld.out slurmctld -D -i
    background d.out slurmd -D
    for _ in $(seq 60); do
        sinfo -h -t idle -o %n 2>/dev/null | grep -q . && return 0
        sleep 1
    done
    return 1
}

check_report() { # who, status
    [ "$2" = "$one" ] || fail "$1: exit status $2, not $one"
    cmp -s "$work/one" "$work/report" || fail "$1: another report: $(diff "$work/one" "$work/report" | head -n 5)"
    echo "$1: $parts parts of $(stat -c %s "$work/table.csv") bytes, the report of one run"
}

# Judges the object whole and by Slurm in parts.
check_object() {
    local port size url=s3://bucket/large.csv one status began=$SECONDS
    background object.log python3 tests/cluster/object_server.py "$work/object" "${object_mb}000000"
    for _ in $(seq 200); do
        [ -s "$work/object" ] && break
        sleep 0.1
    done
    read -r port size <"$work/object" || { fail "no object: $(cat "$work/object.log")"; return; }
    export CSVKIT_S3_ENDPOINT=http://127.0.0.1:$port
    echo '{"id": 1, "name": "large.csv", "provider": "aws", "region": "here-1",
        "s3Path": {"bucket": "bucket", "key": "large.csv"},
        "credentials": {"AccessKeyId": "none", "SecretAccessKey": "none-at-all"}}' >"$work/detail"
    "$CSVKIT" validate --max-findings=20 --credentials="$work/detail" "$url" >"$work/large"
    one=$?
    echo "one run over the object: exit status $one, $((SECONDS - began)) s"
    began=$SECONDS
    examples/cluster/slurm.sh "$url" "$work/parts3" "$parts" --max-findings=20 --credentials="$work/detail" \
        >"$work/report" 2>"$work/err"
    status=$?
    [ "$status" = 1 ] && [ "$one" = 1 ] || fail "the object: exit status $status in parts, $one in one: $(cat "$work/err")"
    cmp -s "$work/large" "$work/report" || fail "the object: another report: $(diff "$work/large" "$work/report" | head -n 5)"
    grep -q " $size bytes" "$work/report" || fail "the object: not all $size bytes: $(tail -n 1 "$work/report")"
    echo "slurm: $parts parts of an object of $size bytes, the report of one run, $((SECONDS - began)) s"
}

if start_slurm; then
    (cd "$work" && "$OLDPWD/examples/cluster/slurm.sh" table.csv parts "$parts" "${options[@]}") >"$work/report" 2>"$work/err"
    status=$?
    sed -i "s,$(realpath "$work")/table.csv,$work/table.csv,g" "$work/report"
    check_report "slurm $(slurmctld -V)" "$status"
    [ "$status" -le 1 ] || cat "$work/err" "$work/parts"/*.log
    # A part that is missing stops the merge.
    rm "$work/parts/3.part"
    sbatch --wait --output="$work/again" examples/cluster/merge.sbatch "$work/parts" "${options[@]}" >/dev/null
    [ $? = 2 ] && grep -q 'a part is missing' "$work/again" || fail "slurm: a missing part: $(cat "$work/again")"
    check_object
else
    fail "slurm does not start: $(tail -n 3 "$work"/{munge.log,munge/log,ctld.out,slurmctld.log,d.out,slurmd.log} 2>/dev/null)"
fi

# ---- GNU parallel ------------------------------------------------------------------------------

examples/cluster/parallel.sh "$work/table.csv" "$work/parts2" "$parts" : "${options[@]}" >"$work/report" 2>"$work/err"
check_report "parallel" $?

[ "$failed" = 0 ] && echo "ok"
exit "$failed"
