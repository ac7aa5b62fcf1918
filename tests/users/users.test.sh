#!/bin/bash
# Files as people have them, and what would have helped these people: see users.py.
cases=../shared/corpus/users
[ -d "$cases" ] || { echo "no $cases"; exit 77; }
exec python3 tests/users/users.py "$cases" "$CSVKIT"
