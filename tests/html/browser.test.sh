#!/bin/bash
# The HTML reports in Chromium: see page.py.
for program in chromium chromedriver; do
    command -v "$program" >/dev/null || { echo "no $program (apt-get install chromium chromium-driver)"; exit 77; }
done
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
timeout 300 python3 tests/html/page.py "$CSVKIT" "$work"
