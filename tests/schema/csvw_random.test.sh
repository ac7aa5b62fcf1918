#!/bin/bash
# Random columns of W3C CSVW with random values, against a model in Python.
exec python3 -B tests/schema/csvw_random.py "$CSVKIT" 45
