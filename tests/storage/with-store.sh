#!/bin/bash
# with-store.sh [--provider=aws|azure|gcp] COMMAND...: runs a command against a Storage server of
# its own, on the loopback interface and in memory, with KBC_URL and KBC_TOKEN set.
provider=aws
case ${1:-} in
--provider=*)
    provider=${1#--provider=}
    shift
    ;;
esac
. "$(dirname "$0")/lib.sh"
unset CSVKIT_RETRY_DELAY_MS
store --provider "$provider"
"$@"
