#!/bin/bash
# Rows go in and come back the same way: embedded object store, the gcp way.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/roundtrip.sh"
store --provider gcp
check_all
conclude
