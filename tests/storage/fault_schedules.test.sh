#!/bin/bash
# Some of the schedules of fault_schedules.py, spread over all; make check-storage-faults tries them all. Three at a
# time, because each needs a server, and starting one takes longer than a schedule.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x /usr/bin/python3 ] || {
    echo "skipped: /usr/bin/python3 is needed for the Storage server"
    exit 77
}
unset HTTPS_PROXY HTTP_PROXY ALL_PROXY https_proxy http_proxy all_proxy
exec /usr/bin/python3 "$here/fault_schedules.py" "${CSVKIT:-$here/../../build/csvkit}" --sample 45 --workers 3
