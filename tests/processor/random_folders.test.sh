#!/bin/bash
# csvkit processor on random data folders: nothing lost, nothing invented (make check-processor: more).
set -eu
python3 tests/processor/random_folders.py "$CSVKIT" 60
