#!/bin/bash
# Parts, resuming, expiry, changing sources and signals: embedded object store, the azure way.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/resume.sh"
store --provider azure
check_resume azure
conclude
