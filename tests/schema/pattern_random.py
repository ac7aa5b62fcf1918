#!/usr/bin/env python3
"""Random small patterns and texts, held against Python's re; and that time is linear in a value.

    pattern_random.py CSVKIT TABLES [SEED] [instructions]

A table has 20 columns with a pattern each, and 40 texts that stand in all of them. Patterns are those
of XML Schema (Table Schema: they fit the whole value) or of ECMAScript (CSVW: somewhere in it), made
of what means the same in Python. `instructions`: what values of n, 2 n and 4 n bytes take is counted
by valgrind; they are those on which backtracking takes forever.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

COLUMNS, TEXTS = 20, 40
LETTERS = 'aabbc1_ é€-'
HARD = ['(a*)*b', '(a+)+b', '(a|a)*b', '(a|aa)+b', '(a?){12}a{12}b', '(.*a){5}b', '((a*)*)*b', '(x+x+)+y|a*b']


def char_class(rng, ecma):
    parts = [rng.choice(['a', 'b', 'c', '1', 'é', '€', 'a-c', 'a-b', '0-9', 'b-z', '_'] + (['\\d', '\\w', '\\s'] if ecma else []))
             for _ in range(rng.randint(1, 3))]
    return '[' + rng.choice(['', '', '^']) + ''.join(parts) + ']'


def atom(rng, depth, ecma):
    kind = rng.random()
    if depth > 0 and kind < .3:
        return '(' + rng.choice(['', '?:'] if ecma else ['']) + pattern(rng, depth - 1, ecma) + ')'
    if kind < .45:
        return char_class(rng, ecma)
    if kind < .55:
        return '.'
    if ecma and kind < .65:
        return rng.choice(['\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\u0061', '\\x62', '\\u00e9'])
    return rng.choice('aabbc1é€')


def piece(rng, depth, ecma):
    if ecma and rng.random() < .08:
        return rng.choice(['^', '$'])
    much = rng.choice([''] * 6 + ['*', '+', '?', '{2}', '{0,1}', '{1,3}', '{2,}', '{0}'])
    return atom(rng, depth, ecma) + much + (rng.choice(['', '?']) if ecma and much else '')


def pattern(rng, depth, ecma):
    branches = [''.join(piece(rng, depth, ecma) for _ in range(rng.randint(0 if depth < 2 else 1, 4)))
                for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    return '|'.join(branches)


def write_schema(folder, patterns, ecma):
    names = [f'c{i}' for i in range(len(patterns))]
    if ecma:
        columns = [{'name': n, 'titles': n, 'datatype': {'base': 'string', 'format': p}} for n, p in zip(names, patterns)]
        schema = {'@context': 'http://www.w3.org/ns/csvw', 'url': 't.csv', 'tableSchema': {'columns': columns}}
    else:
        schema = {'fields': [{'name': n, 'constraints': {'pattern': p}} for n, p in zip(names, patterns)]}
    with open(f'{folder}/s.json', 'w', encoding='utf-8') as out:
        json.dump(schema, out)
    return names


def write_table(folder, names, texts):
    with open(f'{folder}/t.csv', 'w', newline='', encoding='utf-8') as out:
        out.write(','.join(names) + '\n')
        out.writelines(','.join([text] * len(names)) + '\n' for text in texts)


def validate(tool, folder, *before):
    return subprocess.run([*before, tool, 'validate', '--format=json', '--max-findings=0', '--schema=s.json', 't.csv'],
                          cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def judge(tool, rng, ecma):
    """How many values differ, and how many patterns fit."""
    patterns = [pattern(rng, 2, ecma) or 'a' for _ in range(COLUMNS)]
    texts = [''.join(rng.choice(LETTERS) for _ in range(rng.randint(1, 8))) for _ in range(TEXTS)]
    with tempfile.TemporaryDirectory() as folder:
        write_table(folder, write_schema(folder, patterns, ecma), texts)
        done = validate(tool, folder)
    if done.returncode not in (0, 1) or not done.stdout:
        print(f'{patterns}: {done.stderr}{done.stdout}')
        return 1, 0
    refused = {(f['record'] - 2, f['field'] - 1) for line in done.stdout.splitlines()
               for f in json.loads(line)['findings'] if f['rule'] == 'value-pattern'}
    wrong = fit = 0
    for k, expression in enumerate(patterns):
        compiled = re.compile(expression, re.A)
        for i, text in enumerate(texts):
            takes = (compiled.search if ecma else compiled.fullmatch)(text) is not None
            fit += takes
            if takes == ((i, k) in refused):
                wrong += 1
                print(f'{"ECMAScript" if ecma else "XML Schema"} {expression!r}, {text!r}: Python says {takes}')
    return wrong, fit


def judge_time(tool, ecma, count):
    """Values that make backtracking take forever; with `count` their instructions are compared."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        names = write_schema(folder, [f'^{p}$' for p in HARD] if ecma else HARD, ecma)
        for length in (10000, 20000, 40000) if count else (300000,):
            write_table(folder, names, ['a' * length])
            before = ['valgrind', '--tool=callgrind', f'--callgrind-out-file={os.devnull}'] if count else []
            done = validate(tool, folder, *before)
            if done.stdout.count('"rule":"value-pattern"') != len(HARD):
                print(f'{done.stdout}{done.stderr}')
                return 1
            took += [int(n) for n in re.findall(r'Collected : (\d+)', done.stderr)]
    if not count:
        return 0
    steps = took[1] - took[0], took[2] - took[1]
    print(f'{"ECMAScript" if ecma else "XML Schema"}: {took} instructions for values of 10, 20 and 40 thousand bytes')
    return not steps[1] < 2.3 * steps[0]


def main(tool, tables='20', seed=None, count=''):
    seed = int(seed or 1)
    rng, wrong, fit, tables = random.Random(seed), 0, 0, int(tables)
    for number in range(tables):
        more, some = judge(tool, rng, number % 2 == 1)
        wrong, fit = wrong + more, fit + some
    values = tables * COLUMNS * TEXTS
    print(f'seed {seed}: {tables * COLUMNS} patterns, {values} values, {fit} fit, {wrong} judged otherwise')
    wrong += sum(judge_time(tool, ecma, count == 'instructions') for ecma in (False, True))
    return wrong != 0 or not values / 20 < fit < values


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
