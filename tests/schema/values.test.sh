#!/bin/bash
# 40,000 random and edge values of every type on every backend, against a model in Python.
exec python3 tests/schema/values.py "$CSVKIT" 40000 1
