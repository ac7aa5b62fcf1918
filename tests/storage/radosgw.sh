#!/bin/bash
# radosgw.sh - the round trip with Ceph's radosgw as the S3 server, a second one beside Swift, and with
# temporary credentials from its own STS: AssumeRole for every file, narrowed to its keys by a policy.
# Run by `make check-radosgw`. A monitor, a store in memory and the gateway, as processes of this
# test, on the loopback interface with free ports; all of it is stopped by process id.
if [ -z "${RADOSGW_BOUNDED:-}" ]; then # a limit for all of it; the signal reaches what it started, too
    RADOSGW_BOUNDED=1 timeout --kill-after=20 "${RADOSGW_SECONDS:-300}" bash "$0"
    code=$?
    [ $code != 124 ] || echo "FAILED: not done after ${RADOSGW_SECONDS:-300} s"
    exit $code
fi
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/roundtrip.sh"
. "$(dirname "$0")/fuzz_keys.sh"
packages="radosgw ceph-mon ceph-osd ceph-common"
ceph=$work/ceph

loudly_skip() {
    printf '%s\n' "************************************************************************" \
        "SKIPPED: radosgw was not tested. $*" \
        "************************************************************************"
    exit 0
}

stop_ceph() { # asks, waits ten seconds at most, then insists
    kill "${pids[@]}" 2>/dev/null
    for _ in $(seq 100); do
        kill -0 "${pids[@]}" 2>/dev/null || break
        sleep 0.1
    done
    kill -9 "${pids[@]}" 2>/dev/null
    wait 2>/dev/null
}
trap 'code=$?; [ ${#pids[@]} = 0 ] || stop_ceph; rm -rf "$work"; exit $code' EXIT
trap 'exit 1' TERM

install_ceph() {
    for tool in radosgw radosgw-admin ceph-mon ceph-osd ceph monmaptool; do
        command -v $tool >/dev/null || { EXTRA_PACKAGES=$packages timeout 240 "$here/../deps.sh"; return; }
    done
}

free_ports() { # COUNT
    "$PYTHON" -c 'import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

configure() {
    local port v2 v1
    read -r port v2 v1 <<<"$(free_ports 3)"
    url=http://127.0.0.1:$port monitors="[v2:127.0.0.1:$v2,v1:127.0.0.1:$v1]"
    mkdir -p "$ceph/mon" "$ceph/osd" "$ceph/log" "$ceph/rgw" "$ceph/run"
    fsid=$(cat /proc/sys/kernel/random/uuid)
    cat >"$ceph/ceph.conf" <<CONF
[global]
fsid = $fsid
mon_host = $monitors
public_network = 127.0.0.0/8
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc secure
osd_pool_default_size = 1
osd_pool_default_min_size = 1
mon_allow_pool_size_one = true
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_crush_chooseleaf_type = 0
osd_pool_default_pg_autoscale_mode = off
mon_max_pg_per_osd = 1000
mon_data_avail_warn = 2
mon_data_avail_crit = 1
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_class_load_list = *
osd_class_default_list = *
log_file = $ceph/log/\$name.log
run_dir = $ceph/run
admin_socket = $ceph/run/\$name.asok
mon_data = $ceph/mon
osd_data = $ceph/osd
rgw_data = $ceph/rgw
crash_dir = $ceph/crash
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:$port
rgw_s3_auth_use_sts = true
rgw_sts_key = csvkit-tests-key
rgw_dns_name = localhost
rgw_thread_pool_size = 16
rgw_init_timeout = 60
rgw_crypt_require_ssl = false
rgw_crypt_default_encryption_key = $(head -c 32 /dev/urandom | base64)
CONF
}

in_ceph() { # COMMAND ARGS...: with our configuration and a time limit
    timeout 60 "$1" -c "$ceph/ceph.conf" "${@:2}" >>"$ceph/log/commands.log" 2>&1
}
daemon() { # COMMAND ARGS...
    "$1" -c "$ceph/ceph.conf" "${@:2}" -f >>"$ceph/log/${1}.out" 2>&1 &
    pids+=($!)
}
logs_and_fail() {
    tail -n 5 "$ceph"/log/*
    echo "FAILED: $*"
    exit 1
}

start_ceph() {
    local osd
    osd=$(cat /proc/sys/kernel/random/uuid)
    monmaptool --create --clobber --fsid "$fsid" --addv a "$monitors" "$ceph/monmap" >/dev/null &&
        in_ceph ceph-mon --mkfs -i a --monmap "$ceph/monmap" || return 1
    daemon ceph-mon -i a
    in_ceph ceph --connect-timeout 30 osd new "$osd" || return 1
    in_ceph ceph-osd -i 0 --mkfs --osd-uuid "$osd" || return 1
    daemon ceph-osd -i 0
    daemon radosgw -n client.rgw
    for _ in $(seq 450); do
        curl -s -o /dev/null "$url/" && return 0
        sleep 0.2
    done
    return 1
}

make_owner() { # and the role that the credentials are of; radosgw wants these texts without blanks
    local everyone='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/owner"]},"Action":["sts:AssumeRole"]}]}'
    local everything='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":"arn:aws:s3:::*"}]}'
    role=arn:aws:iam:::role/upload
    in_ceph radosgw-admin user create --uid=owner --display-name=owner --access-key=OWNER \
        --secret=owner-secret &&
        in_ceph radosgw-admin role create --role-name=upload --path=/ \
            --assume-role-policy-doc="$everyone" &&
        in_ceph radosgw-admin role-policy put --role-name=upload --policy-name=all \
            --policy-doc="$everything"
}

install_ceph >"$work/install.log" 2>&1 ||
    loudly_skip "The packages cannot be installed: $(tail -n 1 "$work/install.log")"
configure
start_ceph || logs_and_fail "radosgw did not start"
make_owner || logs_and_fail "no user or role"
echo '{"OWNER": {"secret": "owner-secret"}}' >"$work/creds.json"
store --s3 "$url" "$work/creds.json" --sts "$role"
echo "radosgw $(radosgw --version | cut -d' ' -f3) at $url, credentials by AssumeRole"

check_all
head -c 11000000 /dev/urandom >"$work/big.bin"
run 0 upload "$work/big.bin" --no-check --part-size=5MiB
run 0 download --file-id="$(cat "$work/out")" -o "$work/big.back"
cmp -s "$work/big.bin" "$work/big.back" || fail "a file in parts comes back differently"
check_fuzzed_keys "${FUZZ_KEYS_ROUNDS:-5}" "${FUZZ_KEYS_SEED:-1}"

# ---- what the policy of the role does not allow ------------------------------------------------------
control set '{"spoil_session":true}'
run 2 upload "$work/orders.csv"
says "the object store answered 4"
control set '{"spoil_session":false,"foreign_key":"exp-15/somebody/else.csv"}'
run 2 upload "$work/orders.csv"
says "403 AccessDenied"
same "nothing was stored there" "$(curl -sS "$KBC_URL/_fake/list?bucket=kbc-files&prefix=exp-15/somebody")" "[]"
control set '{"foreign_key":null}'
[ "$failures" != 0 ] || echo "radosgw: round trip, parts, fuzzed keys and refusals are as they should be"
conclude
