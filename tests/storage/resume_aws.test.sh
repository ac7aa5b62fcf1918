#!/bin/bash
# Parts, resuming, expiry, changing sources and signals: embedded object store, the aws way.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/resume.sh"
store --provider aws
check_resume aws
conclude
