#!/bin/bash
# The public validation tests of W3C CSVW, when their files are there.
folder=${CSVW_TESTS:-../shared/corpus/csvw/tests}
[ -e "$folder/manifest-validation.jsonld" ] || { echo "skipped: no public tests in $folder"; exit 77; }
exec python3 -B tests/schema/csvw_suite.py "$CSVKIT" "$folder"
