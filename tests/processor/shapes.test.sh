#!/bin/bash
# csvkit processor beside the platform's separate processors: a folder in, the folder that comes out.
set -eu
python3 tests/processor/shapes.py "$CSVKIT"
