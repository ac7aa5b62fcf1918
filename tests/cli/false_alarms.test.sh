#!/bin/bash
# Valid tables as the public has them have no error, and no warning without a reason: false_alarms.py.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/cli/false_alarms.py "$CSVKIT" "$work"
