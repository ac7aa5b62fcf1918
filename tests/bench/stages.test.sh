#!/bin/bash
# tests/bench/stages.py adds up what callgrind has written: by the file in which code stands, inlined
# code where it is written, without what is called; and it marks a stage that grew.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cat >"$work/profile" <<'EOF'
# callgrind format
version: 1
events: Ir
summary: 999

fl=(1) /src/validator/validator.c
fn=(1) csvk_validator_feed
10 5
+3 7
fi=(2) ./csvkit/parse/scan/scan_template.h
20 100
fe=(1)
cfi=(3) /src/csvkit/base/buf.c
cfn=(2) csvk_buf_add
calls=4 30
* 4000
13 1

fl=(3)
fn=(2)
30 40

fl=(4) ./string/memmove.S
fn=(3) memcpy
0 9
EOF
python3 - "$work/profile" <<'EOF'
import contextlib
import io
import sys

sys.path.insert(0, 'tests/bench')
import stages

failed = 0


def expect(what, seen, wanted):
    global failed
    if seen != wanted:
        failed = 1
        print(f'FAILED: {what}: {seen}, not {wanted}')


seen = stages.read_profile(sys.argv[1], ['/src', '.'])
expect('a profile', dict(seen), {'judge': 13, 'scan': 100, 'base': 40, 'libraries': 9})
expect('a stage of a file', stages.stage_of('validator/keys/keys.c'), 'keys')
expect('a stage of a library', stages.stage_of('./string/memmove.S'), 'libraries')


def marks(here, there):
    count = stages.collections.Counter
    with contextlib.redirect_stdout(io.StringIO()):
        return [stage for _, stage, _ in stages.show('t', count(here), count(there))]


same = {'scan': 1000, 'judge': 500, 'start': 300}
expect('nothing grew', marks(same, same), [])
expect('one stage grew', marks({**same, 'scan': 1100}, same), ['scan', 'all'])
expect('a stage shrank', marks({**same, 'scan': 900}, same), [])
expect('too little to matter', marks({**same, 'keys': 3}, {**same, 'keys': 2}), [])
expect('the start grew', marks({**same, 'start': 400}, same), ['start'])
expect('a new stage', marks({**same, 'keys': 100}, same), ['keys', 'all'])
print('ok')
sys.exit(failed)
EOF
