#!/bin/bash
# Each property of Table Schema, Data Package, CSVW metadata and native manifests once: it has an effect, it has none, or it is named.
exec python3 tests/schema/properties.py "$CSVKIT"
