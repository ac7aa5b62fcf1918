#!/bin/bash
# Every command that reads a table says the same about header, columns and width (agreement.test.py).
set -u
exec python3 "$(dirname "$0")/agreement.test.py" "$CSVKIT"
