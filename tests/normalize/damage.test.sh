#!/bin/bash
# Short seeds of `make bench-damage`: nothing is wrong, and not less is recovered than was.
set -u
cd "$(dirname "$0")" || exit 2
SEEDS='1 2 3' CASES=240 RECOVERED_MIN=190 ./damage.sh
