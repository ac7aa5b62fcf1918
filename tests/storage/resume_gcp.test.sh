#!/bin/bash
# Parts, resuming, expiry, changing sources and signals: embedded object store, the gcp way.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/resume.sh"
store --provider gcp
check_resume gcp
conclude
