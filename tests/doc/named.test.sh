#!/bin/bash
# The commands that README and documents name within sentences and tables: see named_commands.py.
set -u
exec python3 tests/doc/named_commands.py "$CSVKIT" README.md doc/*.md examples/*/README.md examples/ci/*/README.md
