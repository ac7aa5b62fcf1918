#!/bin/bash
# make check-cluster: a file in parts by a real Slurm of one node, and by GNU parallel: reports, slices,
# their manifest and statistics are those of one run. Slurm is that of Debian (slurmctld, slurmd, munge): it is started here, in a
# folder of its own, with its own key and ports, and is ended by the numbers of its processes.
# So is an object that a server makes up as it is read, so that it may be larger than any disk.
#   CSVKIT=path of the program  [PARTS=20] [RECORDS=400000] [OBJECT_MB=1000] [SLICED_MB=200]  tests/cluster/check.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
export CSVKIT=${CSVKIT:-$PWD/build/release/bin/csvkit}
parts=${PARTS:-20} records=${RECORDS:-400000} object_mb=${OBJECT_MB:-1000} sliced_mb=${SLICED_MB:-200}
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

# ---- tables: with something of everything, and without errors ------------------------------------------------------

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
awk -v n="$records" 'BEGIN {
    print "id,name,amount"
    for (i = 0; i < n; i++)
        print i (i % 9 ? ",plain," i : ",\"two\nlines, \"\"" i "\"\"\"," i)
}' >"$work/clean.csv"
slicing=(--slice-size=200kB --any-size --primary-key=id --incremental)
(cd "$work" && "$CSVKIT" slice "${slicing[@]}" clean.csv -o one_slices >one_slices.out) || fail "slices in one run"
(cd "$work" && "$CSVKIT" slice "${slicing[@]}" table.csv -o slices >one_refused 2>&1)
one_refused=$?
(cd "$work" && "$CSVKIT" stats table.csv >one_stats 2>&1)
one_stats=$?

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

text_of() { # DIR
    local slice
    for slice in "$1"/*; do
        zcat "$slice"
    done
}

# Slices of parts, of which $work/slices.out tells, have the text and the manifest of those of one run.
check_slices() { # DIR of one run, DIR of parts, who
    local records
    cmp -s <(text_of "$1") <(text_of "$2") || fail "$3: slices with another text"
    cmp -s "$1.manifest" "$2.manifest" || fail "$3: another manifest"
    records=$(tail -n 1 "$1.out" | grep -o '[0-9]* records')
    [ "$records" = "$(tail -n 1 "$work/slices.out" | grep -o '[0-9]* records')" ] || fail "$3: other records: $(cat "$work/slices.out")"
    echo "$3: $parts parts of $records in $(find "$2" -type f | wc -l) slices, text and manifest of one run in $(find "$1" -type f | wc -l)"
}

# Slices FILE by a job array, and joins the parts to DIR. Prints what the merge prints.
slurm_slices() { # FILE, folder of the parts, DIR, options
    local file=$1 folder=$2 slices=$3 array status=0
    shift 3
    mkdir -p "$folder.log"
    array=$(sbatch --parsable --array="1-$parts" --output="$folder.log/%a" examples/cluster/slice.sbatch \
        "$file" "$folder" "$@") || return 2
    sbatch --wait --dependency="afterok:$array" --kill-on-invalid-dep=yes --output="$folder.log/merge" \
        examples/cluster/slice-merge.sbatch "$folder" "$slices" "$@" >/dev/null || status=$?
    cat "$folder.log/merge" || cat "$folder.log"/*
    return "$status"
}

check_slurm_slices() {
    slurm_slices "$work/clean.csv" "$work/slurm_parts" "$work/slurm_slices" "${slicing[@]}" >"$work/slices.out" ||
        fail "slurm: no slices: $(cat "$work/slices.out")"
    check_slices "$work/one_slices" "$work/slurm_slices" slurm
    slurm_slices "$work/table.csv" "$work/refused_parts" "$work/slices" "${slicing[@]}" >"$work/refused"
    [ $? = "$one_refused" ] || fail "slurm: another exit status for slices of a table with errors"
    sed -i "s,$work/,,g" "$work/refused"
    cmp -s "$work/one_refused" "$work/refused" || fail "slurm: another refusal: $(diff "$work/one_refused" "$work/refused" | head -n 5)"
    [ ! -e "$work/slices" ] || fail "slurm: slices of a table with errors"
}

check_stats() { # who, status
    [ "$2" = "$one_stats" ] || fail "$1: exit status $2 of statistics, not $one_stats: $(cat "$work/report")"
    sed "s,$work/,,g" "$work/report" | cmp -s "$work/one_stats" - ||
        fail "$1: other statistics: $(diff "$work/one_stats" "$work/report" | head -n 5)"
    echo "$1: statistics of $parts parts, those of one run"
}

# Serves an object: $url, of $size bytes.
serve() { # name, MB, form
    local port
    background "$1.log" python3 tests/cluster/object_server.py "$work/$1.ready" "${2}000000" ${3:+"$3"}
    for _ in $(seq 200); do
        [ -s "$work/$1.ready" ] && break
        sleep 0.1
    done
    read -r port size <"$work/$1.ready" || { fail "no object: $(cat "$work/$1.log")"; return 1; }
    url=s3://bucket/$1.csv
    export CSVKIT_S3_ENDPOINT=http://127.0.0.1:$port
    echo '{"id": 1, "name": "large.csv", "provider": "aws", "region": "here-1",
        "s3Path": {"bucket": "bucket", "key": "large.csv"},
        "credentials": {"AccessKeyId": "none", "SecretAccessKey": "none-at-all"}}' >"$work/detail"
}

# Judges the object whole and by Slurm in parts.
check_object() {
    local one status began
    serve large "$object_mb" || return
    began=$SECONDS
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

# Slices another one, and counts its columns.
check_sliced_object() {
    local status
    serve clean "$sliced_mb" clean || return
    (cd "$work" && "$CSVKIT" slice --credentials=detail "$url" -o object_slices >object_slices.out) || fail "no slices of an object"
    slurm_slices "$url" "$work/object_parts" "$work/object_joined" --credentials="$work/detail" >"$work/slices.out" ||
        fail "slurm: no slices of an object: $(cat "$work/slices.out")"
    check_slices "$work/object_slices" "$work/object_joined" "slurm, an object of $size bytes"
    "$CSVKIT" stats --credentials="$work/detail" "$url" >"$work/object_stats" 2>&1
    status=$?
    COMMAND=stats examples/cluster/slurm.sh "$url" "$work/stats_parts" "$parts" --credentials="$work/detail" >"$work/report" 2>"$work/err"
    [ $? = "$status" ] || fail "statistics of an object: another exit status: $(cat "$work/err")"
    cmp -s "$work/object_stats" "$work/report" || fail "statistics of an object: $(diff "$work/object_stats" "$work/report" | head -n 5)"
    echo "slurm: statistics of an object of $size bytes, those of one run"
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
    check_slurm_slices
    COMMAND=stats examples/cluster/slurm.sh "$work/table.csv" "$work/parts4" "$parts" >"$work/report" 2>"$work/err"
    check_stats slurm $?
    check_object
    check_sliced_object
else
    fail "slurm does not start: $(tail -n 3 "$work"/{munge.log,munge/log,ctld.out,slurmctld.log,d.out,slurmd.log} 2>/dev/null)"
fi

# ---- GNU parallel ------------------------------------------------------------------------------

examples/cluster/parallel.sh "$work/table.csv" "$work/parts2" "$parts" : "${options[@]}" >"$work/report" 2>"$work/err"
check_report "parallel" $?
COMMAND=stats examples/cluster/parallel.sh "$work/table.csv" "$work/parts5" "$parts" : >"$work/report" 2>&1
check_stats parallel $?
examples/cluster/slice-parallel.sh "$work/clean.csv" "$work/parts6" "$parts" : "$work/parallel_slices" "${slicing[@]}" >"$work/slices.out" ||
    fail "parallel: no slices"
check_slices "$work/one_slices" "$work/parallel_slices" parallel

[ "$failed" = 0 ] && echo "ok"
exit "$failed"
