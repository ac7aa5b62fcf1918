#!/bin/bash
# Patterns held against Python's re, and in bounded time (make check-schema-values: more, and counted).
exec python3 tests/schema/pattern_random.py "$CSVKIT" 30
