#!/bin/bash
# Repairs in files as people have them: see users.test.py.
cases=../shared/corpus/users
[ -d "$cases" ] || { echo "no $cases"; exit 77; }
exec python3 tests/normalize/users.test.py "$cases" "$CSVKIT"
