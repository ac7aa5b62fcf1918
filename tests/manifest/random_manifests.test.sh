#!/bin/bash
# A few hundred random manifests, judged by csvkit and by the platform's rules; `make check-manifests`
# takes 10,000 of them.
set -u
exec python3 "$(dirname "$0")/random_manifests.py" "$CSVKIT" 600 "${SEED:-1}"
