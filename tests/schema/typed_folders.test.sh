#!/bin/bash
# The same verdicts from preflight, load and validate --manifest: 30 data folders with random types,
# values and backends (make check-schema-values: 200).
. tests/storage/lib.sh
store
python3 tests/schema/typed_folders.py "$CSVKIT" "${@:-30}"
