#!/bin/bash
# Servers that repeat secrets, in every field of every answer and in six spellings (spoiled.py). WHOLE=whole
# tries all cases, as make check-storage-faults does; else every kind of case is tried once.
. "$(dirname "$0")/lib.sh"
printf 'id,name\r\n1,a\r\n2,b\r\n' >"$work/o.csv"
printf '1,2\r\n' >"$work/typed.csv"
echo '{"schema":[{"name":"id","data_type":{"base":{"type":"INTEGER"}}},{"name":"n"}]}' \
    >"$work/typed.csv.manifest"
export CSVKIT_RETRY_DELAY_MS=1
for provider in ${PROVIDERS:-aws azure gcp}; do
    stop_servers
    store --provider $provider
    PROVIDER=$provider "$PYTHON" "$here/spoiled.py" "$CSVKIT" "$work" ${WHOLE:-} >"$work/report" 2>&1 ||
        fail "secrets of $provider"
    cat "$work/report"
    rm -f "$work/report"
done
rm -rf "$work/run"
conclude
