#!/bin/bash
# Metadata of W3C CSVW: properties, tables, titles, dialects, keys, files; what csvkit says of each.
exec python3 -B tests/schema/csvw_metadata.py "$CSVKIT"
