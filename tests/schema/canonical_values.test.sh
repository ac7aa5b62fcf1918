#!/bin/bash
# 33,000 random values in the own forms of their columns: what normalize --schema makes of them, against Python.
exec python3 tests/schema/canonical_values.py "$CSVKIT" 33000 1
