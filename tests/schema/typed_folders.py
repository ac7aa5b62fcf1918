#!/usr/bin/env python3
"""preflight, load and validate --manifest tell the same of the values of random typed tables.

    typed_folders.py CSVKIT FOLDERS [SEED]

Tables are loaded into the Storage of KBC_URL (tests/storage/fake_storage.py). What validate refuses
is refused with the same findings, and nothing is sent; all other tables arrive with their records.
Where no backend is named, load knows one more thing: the table will be made with the types of a
backend when the manifest has them, so it may refuse what these do not take.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from values import text_of  # noqa: E402 # the generator only, not the model

TYPES = ['STRING', 'INTEGER', 'NUMERIC', 'FLOAT', 'BOOLEAN', 'DATE', 'TIMESTAMP']
BACKENDS = ['portable', 'snowflake', 'bigquery']
# good on every backend, as the types of a block of one of them, too
PLAIN = {'STRING': ['a', '12', '"7"'], 'INTEGER': ['12', '-3', '0'], 'NUMERIC': ['1.5', '12', '-3'], 'FLOAT': ['12', '1'],
         'BOOLEAN': ['1', '0'], 'DATE': ['2024-02-29'], 'TIMESTAMP': ['2024-02-29 10:11', '1999-12-31T23:59:59.5']}
RULES = ('type-mismatch', 'value-')


def make_column(rng, number):
    column = {'name': f'c{number}', 'data_type': {'base': {'type': rng.choice(TYPES)}}}
    if column['data_type']['base']['type'] == 'NUMERIC' and rng.random() < .5:
        column['data_type']['base']['length'] = rng.choice(['5', '5,2', '38,9'])
    if rng.random() < .5:
        column['data_type']['snowflake'] = {'type': rng.choice(['NUMBER', 'VARCHAR', 'VARIANT']), 'length': '4'}
    if rng.random() < .4:
        column['nullable'] = rng.random() < .5
    return column


def value(rng, kind, plain):
    if plain:
        return rng.choice(PLAIN[kind])
    text = '' if rng.random() < .1 else text_of(rng, kind)
    return '"' + text.replace('"', '""') + '"' if rng.random() < .3 or set(text) & set(',"\r\n') else text


def make_folder(rng, folder):
    columns = [make_column(rng, n) for n in range(rng.randint(2, 6))]
    header, plain = rng.random() < .5, rng.random() < .4
    lines = [','.join(c['name'] for c in columns)] if header else []
    for _ in range(rng.randint(0, 30)):
        lines.append(','.join(value(rng, c['data_type']['base']['type'], plain) for c in columns))
    os.makedirs(f'{folder}/out/tables')
    with open(f'{folder}/out/tables/t.csv', 'w', newline='', encoding='utf-8') as out:
        out.write(''.join(line + '\r\n' for line in lines))
    with open(f'{folder}/out/tables/t.csv.manifest', 'w', encoding='utf-8') as out:
        json.dump({'destination': 'in.c-main.t', 'has_header': header, 'schema': columns}, out)
    return len(lines) - header


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f'{command}: {done.stderr}')
    return done


def as_json(*command):
    return json.loads(run(*command, '--format=json', '--max-findings=0').stdout)


def shown(text):
    """What a report in text says of the table: findings with their places, and the line of each column."""
    return re.findall(r'^.*/t\.csv:(?:\d+:\d+: (?:error|warning)\[.*| column .*)', text, re.M)


def fake(what):
    return subprocess.run(['curl', '-sS', '-k', f'{os.environ["KBC_URL"]}/_fake/{what}'], capture_output=True,
                          text=True, check=True).stdout.splitlines()


def judge_load(tool, table, number, backend, records, good):
    """What load does otherwise than validate; None: nothing."""
    target, sent = f'in.c-main.t{number}', len(fake('log'))
    done = run(tool, 'load', target, table, f'--backend={backend}')
    report = run(tool, 'validate', '--profile=keboola', f'--backend={backend}', f'--manifest={table}.manifest', table)
    if good and backend == 'portable' and done.returncode == 1:
        own = run(tool, 'validate', '--profile=keboola', '--backend=snowflake', f'--manifest={table}.manifest', table)
        return None if own.returncode == 1 else f'load refuses what both levels take: {done.stderr}'
    if done.returncode != (0 if good else 1):
        return f'load ends with {done.returncode}: {done.stderr}'
    if good:
        arrived = len(fake(f'rows?table={target}'))
        return None if arrived == records else f'{arrived} of {records} records arrived'
    if shown(done.stderr) != shown(report.stdout):
        return f'load says {shown(done.stderr)}, validate {shown(report.stdout)}'
    uploads = [line for line in fake('log')[sent:] if line.startswith('store')]
    return f'something was sent: {uploads}' if uploads else None


def told(findings):
    return sorted((f['rule'], f['severity'], f['byte'], f['length'], f['line'], f['column'], f['record'],
                   f['field'], f['value'], f.get('why')) for f in findings if f['rule'].startswith(RULES))


def main(tool, folders, seed=1):
    rng, wrong, all_told, loaded = random.Random(seed), 0, 0, 0
    for number in range(folders):
        backend = rng.choice(BACKENDS)
        with tempfile.TemporaryDirectory() as folder:
            records = make_folder(rng, folder)
            table = f'{folder}/out/tables/t.csv'
            one = as_json(tool, 'validate', '--profile=keboola', f'--backend={backend}',
                          f'--manifest={table}.manifest', table)
            two = as_json(tool, 'preflight', '--data-type-support=authoritative', f'--backend={backend}', folder)
            mine, theirs = told(one['findings']), told(two['tables'][0]['findings'])
            all_told += len(mine)
            loaded += one['errors'] == 0
            if mine != theirs or (one['errors'] > 0 and two['valid']):
                wrong += 1
                print(f'folder {number} on {backend}: {mine} but {theirs}')
            other = judge_load(tool, table, number, backend, records, one['errors'] == 0)
            if other is not None:
                wrong += 1
                print(f'folder {number} on {backend}: {other}')
    print(f'{folders} folders, {all_told} findings about values, {loaded} tables loaded, '
          f'{wrong} judged otherwise')
    return wrong != 0 or all_told < folders or not folders / 10 < loaded < folders * .9


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
