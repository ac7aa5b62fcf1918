#!/usr/bin/env python3
"""A table is never at fault under the schema that was inferred from it: random tables, and the tables
below FOLDER.

    inferred.py PROGRAM [TABLES] [SEED] [FOLDER]
"""
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'stats'))
import random_tables  # noqa: E402

KINDS = {'native': '--manifest', 'table-schema': '--schema', 'csvw': '--schema'}
# The rules about values and their columns; what else is wrong with a table is not the schema's fault.
ABOUT_VALUES = ('type-', 'value-', 'not-unique', 'duplicate-key', 'foreign-key', 'schema-', 'manifest-')
LARGEST = 300000


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def reads_csvw(program, work):
    """Whether this program can hold values against CSVW."""
    with open(os.path.join(work, 'probe.csv'), 'w') as file:
        file.write('a\n1\n')
    schema = os.path.join(work, 'probe.csv-metadata.json')
    run(program, 'schema', 'infer', '-q', '--to=csvw', '-o', schema, os.path.join(work, 'probe.csv'))
    return run(program, 'validate', '--schema=' + schema, os.path.join(work, 'probe.csv')).returncode == 0


def faults(program, kind, path, work, portable):
    """What validate says about values; None: there is no schema."""
    schema = os.path.join(work, os.path.basename(path) + ('-metadata.json' if kind == 'csvw' else '.schema.json'))
    made = run(program, 'schema', 'infer', '-q', '--to=' + kind, '-o', schema, path)
    if made.returncode != 0:
        return None
    judged = run(program, 'validate', '--format=json', '--max-findings=0', f'{KINDS[kind]}={schema}', path)
    if judged.returncode == 2:
        return [judged.stderr.decode(errors='replace')]
    report = json.loads(judged.stdout)
    return [f for f in report['findings'] if f['rule'].startswith(ABOUT_VALUES)
            and not (f['rule'] == 'value-not-portable' and not portable)]


def check(program, path, kinds, work, what, portable=True):
    judged = 0
    for kind in kinds:
        found = faults(program, kind, path, work, portable)
        judged += found is not None
        if found:
            sys.stdout.write(f'FAILED: {what}, {kind}: {str(found[0])[:600]}\n')
            sys.exit(1)
    return judged


def files_below(folder):
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            if name.lower().endswith('.csv') and os.path.getsize(path) < LARGEST:
                yield path


def is_named(path):
    """Its names are all there, and different: else no schema can name its columns."""
    try:
        with open(path, encoding='utf-8', newline='') as file:
            names = file.readline().strip('\r\n\ufeff').split(',')
    except UnicodeDecodeError:
        return False
    return len(set(names)) == len(names) and all(n and n.strip() == n and '"' not in n for n in names)


def main():
    program = sys.argv[1]
    tables = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as work:
        kinds = [k for k in KINDS if k != 'csvw' or reads_csvw(program, work)]
        judged = 0
        for number in range(seed, seed + tables):
            data, cells, _ = random_tables.random_table(random.Random(number), 300)
            path = os.path.join(work, 'table.csv')
            with open(path, 'wb') as file:
                file.write(data)
            # two enclosures around nothing: text for one database, NULL for the other
            judged += check(program, path, kinds, work, f'table {number}', b'""' not in data)
        files = 0
        for path in files_below(sys.argv[4]) if len(sys.argv) > 4 else []:
            if is_named(path):
                got = check(program, path, kinds, work, path, portable=False)
                judged += got
                files += got != 0
    if judged < tables:
        sys.stdout.write(f'FAILED: only {judged} schemas were made\n')
        sys.exit(1)
    sys.stdout.write(f'{tables} random tables, {files} files, {judged} schemas of {", ".join(kinds)}: no fault\n')


main()
