#!/bin/bash
# The same verdicts from preflight and from validate --manifest: 100 data folders with random types,
# values and backends.
exec python3 tests/schema/typed_folders.py "$CSVKIT" 100
