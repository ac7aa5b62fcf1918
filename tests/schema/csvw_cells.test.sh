#!/bin/bash
# What a cell of W3C CSVW may be: datatypes, formats, limits, lists, null and default.
exec python3 -B tests/schema/csvw_cells.py "$CSVKIT"
