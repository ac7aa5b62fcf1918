#!/bin/bash
# 60,000 random numbers, days and times of a Table Schema against Python's decimal and datetime.
exec python3 tests/schema/table_values.py "$CSVKIT" 60000 1
