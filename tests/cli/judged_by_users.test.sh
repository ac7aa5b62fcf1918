#!/bin/bash
# What the judging commands say of files as people have them: see judged_by_users.test.py.
cases=../shared/corpus/users
[ -d "$cases" ] || { echo "no $cases"; exit 77; }
exec python3 tests/cli/judged_by_users.test.py "$cases" "$CSVKIT"
