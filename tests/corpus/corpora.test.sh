#!/bin/bash
# The public corpora: see corpora.py.
exec python3 tests/corpus/corpora.py ../shared/corpus "$BUILD/tests/tools/rows" "$CSVKIT"
