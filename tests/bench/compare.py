#!/usr/bin/env python3
"""What other programs say of the same broken files: compare.py CSVKIT. `make compare` runs it.

Each file has one fault, and is otherwise the same clean table. A program *tells* a fault when it
fails, or when it writes a word about it where errors belong; *line* when the number of the line
is among these words. It is *silent* when it reads the file as if nothing was the matter. Programs
that are not installed are left out, and named. Their options are those that ask for the
strictest reading they have.

    papaparse, csv-parse, csval   by npm, in the folder of NODE_PATH; DuckDB too: @duckdb/node-api
    xsv                    of its authors
    csvclean               Debian's csvkit       mlr   Debian's miller       python   its csv module
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HEAD = b'id,name,city\r\n'
ROWS = [b'%d,Anna,Praha\r\n' % n for n in range(1, 40)]
FAULT_AT = 20  # the row, so the fault is in line 21


def with_row(row, *more):
    return HEAD + b''.join(ROWS[:FAULT_AT - 1]) + row + b''.join(more) + b''.join(ROWS[FAULT_AT:])


CASES = {
    'a field too many': with_row(b'20,Anna,Praha,x\r\n'),
    'a field too few': with_row(b'20,Anna\r\n'),
    'text after the closing quote': with_row(b'20,"Anna "B" C",Praha\r\n'),
    'a quote in a plain field': with_row(b'20,Anna 5" B,Praha\r\n'),
    'a quote that is never closed': with_row(b'20,"Anna,Praha\r\n'),
    'an empty line': with_row(b'\r\n'),
    'a NUL byte': with_row(b'20,An\0na,Praha\r\n'),
    'bytes that are not UTF-8': with_row(b'20,Jos\xe9,Praha\r\n'),
    'another line break': with_row(b'20,Anna,Praha\n'),
    'a bare CR in a field': with_row(b'20,An\rna,Praha\r\n'),
    'the end is cut off': (HEAD + b''.join(ROWS))[:-7],
    'a byte order mark within': with_row(b'\xef\xbb\xbf20,Anna,Praha\r\n'),
    'two columns of one name': with_row(ROWS[FAULT_AT - 1]).replace(HEAD, b'id,name,name\r\n'),
    'an empty name': with_row(ROWS[FAULT_AT - 1]).replace(HEAD, b'id,,city\r\n'),
}

NODE = '''
const fs = require('fs'), text = fs.readFileSync(process.argv[2], 'utf8');
%s
'''
PAPA = NODE % '''
for (const e of require('papaparse').parse(text.replace(/\\r\\n$/, ''), {header: true}).errors) // else its end is an error
  console.error(e.message + ' line ' + (e.row + 2));'''
CSV_PARSE = NODE % '''
require('csv-parse/sync').parse(text, {columns: true});'''
# Told the dialect and the columns: what it sniffs it tells without a line.
DUCKDB = NODE % '''
require('@duckdb/node-api').DuckDBInstance.create().then(i => i.connect()).then(c => c.runAndReadAll(
  `SELECT * FROM read_csv('${process.argv[2]}', header = true, auto_detect = false, strict_mode = true,
   columns = {'id': 'VARCHAR', 'name': 'VARCHAR', 'city': 'VARCHAR'})`))
  .catch(e => { console.error(e.message); process.exit(1); });'''


def run(*command):
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


def by_python(path):
    try:
        with open(path, encoding='utf-8', newline='') as file:
            list(csv.reader(file, strict=True))
        return True, ''
    except (csv.Error, UnicodeDecodeError) as error:
        return False, str(error)


def by_command(*command):
    """Found in what the program says or writes beside its data."""
    def judge(path):
        result = run(*command, path)
        return result.returncode == 0 and not result.stderr.strip(), result.stderr.decode('utf-8', 'replace')
    return judge


def by_csvclean(path):
    """csvclean of Debian 12 counts errors on standard output."""
    result = run('csvclean', '--dry-run', path)
    said = (result.stdout + result.stderr).decode('utf-8', 'replace')
    return 'No errors' in said, said


def by_csvkit(path):
    report = json.loads(run(sys.argv[1], 'validate', '--format=json', path).stdout)
    told = [f for f in report['findings'] if f['severity'] != 'info']
    return not told, ' '.join(f'line {f["line"]}' for f in told)


def find_csval():
    beside = os.path.join(os.environ.get('NODE_PATH', ''), '.bin', 'csval')
    return shutil.which('csval') or (beside if os.access(beside, os.X_OK) else None)


def has_module(name):
    return shutil.which('node') and run('node', '-e', f'require("{name}")').returncode == 0


def programs(folder):
    for name, script in (('papa.js', PAPA), ('csv-parse.js', CSV_PARSE), ('duckdb.js', DUCKDB)):
        with open(f'{folder}/{name}', 'w', encoding='utf-8') as file:
            file.write(script)
    return {
        'csvkit': by_csvkit,
        'csvclean': by_csvclean if shutil.which('csvclean') else None,
        'mlr': by_command('mlr', '--icsv', '--ojson', 'cat') if shutil.which('mlr') else None,
        'xsv': by_command('xsv', 'count') if shutil.which('xsv') else None,
        'python': by_python,
        'csval': by_command(find_csval()) if find_csval() else None,
        'papaparse': by_command('node', f'{folder}/papa.js') if has_module('papaparse') else None,
        'csv-parse': by_command('node', f'{folder}/csv-parse.js') if has_module('csv-parse/sync') else None,
        'duckdb': by_command('node', f'{folder}/duckdb.js') if has_module('@duckdb/node-api') else None,
    }


def verdict(judge, path, line):
    good, said = judge(path)
    if good:
        return 'silent'
    return 'line' if re.search(rf'\b{line}\b', said) else 'tells'


def main():
    with tempfile.TemporaryDirectory() as folder:
        tools = programs(folder)
        here = {name: judge for name, judge in tools.items() if judge}
        print('| fault | ' + ' | '.join(here) + ' |\n|---|' + '---|' * len(here))
        path = os.path.join(folder, 'table.csv')
        for fault, content in CASES.items():
            with open(path, 'wb') as file:
                file.write(content)
            line = 1 if 'name' in fault else 40 if 'cut off' in fault else 21
            print(f'| {fault} | ' + ' | '.join(verdict(judge, path, line) for judge in here.values()) + ' |')
        with open(path, 'wb') as file:
            file.write(HEAD + b''.join(ROWS))
        print('| nothing: the clean table | '
              + ' | '.join(verdict(judge, path, 0) for judge in here.values()) + ' |')
        missing = [name for name in tools if name not in here]
        if missing:
            print('\nnot installed: ' + ', '.join(missing))


main()
