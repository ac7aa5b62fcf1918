#!/bin/bash
# No advice makes things worse: see advice.py. `make check-advice` follows all of it.
exec python3 tests/advice/advice.py ../shared/corpus "$CSVKIT"
