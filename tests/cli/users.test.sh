#!/bin/bash
# What the judging commands say of files as people have them: see users.test.py.
cases=../shared/corpus/users
[ -d "$cases" ] || { echo "no $cases"; exit 77; }
exec python3 tests/cli/users.test.py "$cases" "$CSVKIT"
