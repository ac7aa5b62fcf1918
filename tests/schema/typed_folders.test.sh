#!/bin/bash
# The same verdicts from preflight and from validate --manifest: 30 data folders with random types,
# values and backends (make check-schema-values: 200).
exec python3 tests/schema/typed_folders.py "$CSVKIT" 30
