#!/bin/sh
# Table Schema: types, formats and constraints, row by row.
exec python3 "$(dirname "$0")/table_rows.py" "$CSVKIT"
