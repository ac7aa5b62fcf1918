#!/bin/bash
# Foreign keys of Table Schema: cases by hand, and random tables held against a dictionary.
exec python3 tests/schema/table_references.py "$CSVKIT"
