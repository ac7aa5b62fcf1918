#!/bin/bash
# No advice makes things worse: see advice.py and, for slices and manifests, folders.py. `make check-advice`
# follows all of it.
[ -w /dev/shm ] && export TMPDIR=/dev/shm # thousands of small files are made to last; 23 MB at most
python3 tests/advice/folders.py "$CSVKIT" || exit 1
exec python3 tests/advice/advice.py ../shared/corpus "$CSVKIT"
