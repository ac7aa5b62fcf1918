#!/usr/bin/env python3
"""preflight and validate --manifest tell the same of the values of random typed tables.

    typed_folders.py CSVKIT FOLDERS [SEED]
"""
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from values import text_of  # noqa: E402 # the generator only, not the model

TYPES = ['STRING', 'INTEGER', 'NUMERIC', 'FLOAT', 'BOOLEAN', 'DATE', 'TIMESTAMP']
BACKENDS = ['portable', 'snowflake', 'bigquery']
RULES = ('type-mismatch', 'value-')


def make_column(rng, number):
    column = {'name': f'c{number}', 'data_type': {'base': {'type': rng.choice(TYPES)}}}
    if column['data_type']['base']['type'] == 'NUMERIC' and rng.random() < .5:
        column['data_type']['base']['length'] = rng.choice(['5', '5,2', '38,9'])
    if rng.random() < .3:
        column['data_type']['snowflake'] = {'type': rng.choice(['NUMBER', 'VARCHAR', 'VARIANT']), 'length': '4'}
    if rng.random() < .4:
        column['nullable'] = rng.random() < .5
    return column


def value(rng, kind):
    text = '' if rng.random() < .1 else text_of(rng, kind)
    return '"' + text.replace('"', '""') + '"' if rng.random() < .3 or set(text) & set(',"\r\n') else text


def make_folder(rng, folder):
    columns = [make_column(rng, n) for n in range(rng.randint(2, 6))]
    header = rng.random() < .5
    lines = [','.join(c['name'] for c in columns)] if header else []
    for _ in range(rng.randint(0, 30)):
        lines.append(','.join(value(rng, c['data_type']['base']['type']) for c in columns))
    os.makedirs(f'{folder}/out/tables')
    with open(f'{folder}/out/tables/t.csv', 'w', newline='', encoding='utf-8') as out:
        out.write(''.join(line + '\r\n' for line in lines))
    with open(f'{folder}/out/tables/t.csv.manifest', 'w', encoding='utf-8') as out:
        json.dump({'destination': 'in.c-main.t', 'has_header': header, 'schema': columns}, out)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f'{command}: {done.stderr}')
    return json.loads(done.stdout)


def told(findings):
    return sorted((f['rule'], f['severity'], f['byte'], f['length'], f['line'], f['column'], f['record'],
                   f['field'], f['value'], f.get('why')) for f in findings if f['rule'].startswith(RULES))


def main(tool, folders, seed=1):
    rng, wrong, all_told = random.Random(seed), 0, 0
    for number in range(folders):
        backend = rng.choice(BACKENDS)
        with tempfile.TemporaryDirectory() as folder:
            make_folder(rng, folder)
            table = f'{folder}/out/tables/t.csv'
            one = run(tool, 'validate', '--profile=keboola', '--format=json', '--max-findings=0',
                      f'--backend={backend}', f'--manifest={table}.manifest', table)
            two = run(tool, 'preflight', '--data-type-support=authoritative', '--format=json',
                      '--max-findings=0', f'--backend={backend}', folder)
            mine, theirs = told(one['findings']), told(two['tables'][0]['findings'])
            all_told += len(mine)
            if mine != theirs or (one['errors'] > 0 and two['valid']):
                wrong += 1
                print(f'folder {number} on {backend}: {mine} but {theirs}')
    print(f'{folders} folders, {all_told} findings about values, {wrong} folders judged otherwise')
    return wrong != 0 or all_told < folders


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
