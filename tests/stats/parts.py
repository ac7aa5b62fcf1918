#!/usr/bin/env python3
"""Parts of a table say what the whole says: random cuts of random tables.

    parts.py PROGRAM [TABLES [SEED]]

Tables of many kinds of columns, with few values and with too many to keep, some of them broken, are cut at random
bytes into 1 to 51 ranges. `stats --merge` of the parts, in any order, has to print what `stats` of the file prints,
to the last byte, as JSON, as text and as a page, with the same exit status and the same messages, but for the note
about parts that were counted again.
"""
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import random_tables  # noqa: E402

AGAIN = re.compile(rb'csvkit: .*did not begin with a record and (was|were) counted again\n')


def broken(rng, data):
    """The table with damage in it, or with another beginning or end."""
    lines = data.split(b'\n')
    for _ in range(rng.choice([0, 1, 3, 20])):
        line = rng.choice([b'1,2', b'"a"b,c', b'x"y', b'', b'"', b'1,2,3,4,5,6,7,8,9', b'c0', b'"open\n1,2'])
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b'\n'.join(lines)


def make(rng):
    data, _, _ = random_tables.random_table(rng, 3000)
    if rng.random() < 0.4:
        data = broken(rng, data)
    if rng.random() < 0.2:
        data = rng.choice([b'\xef\xbb\xbf', b'\n\n', b'']) + data.rstrip(b'\n')
    if rng.random() < 0.2:
        data = data.replace(b'\n', rng.choice([b'\r\n', b'\r']))
    return rng.choice([data] * 20 + [b'', b'\n', b'a,b\n', b'\xff\xfea\0,\0b\0\n\0'])


def cuts(rng, size):
    count = rng.randrange(51) if rng.random() < 0.2 else rng.randrange(6)
    near = [rng.randrange(size + 1) if rng.random() < 0.8 else rng.randrange(min(size, 40) + 1) for _ in range(count)]
    return sorted(near)


def run(program, folder, words):
    done = subprocess.run([program, 'stats'] + words, cwd=folder, capture_output=True, check=False)
    return done.returncode, done.stdout, AGAIN.sub(b'', done.stderr), AGAIN.search(done.stderr) is not None


def try_table(program, rng, folder):
    """How many parts there were, whether one of them was wrong; or what differs."""
    data = make(rng)
    with open(os.path.join(folder, 'table.csv'), 'wb') as file:
        file.write(data)
    options = rng.choice([[]] * 6 + [['--no-header'], ['-d;'], ['--enclosure=none'], ['--escape=\\'],
                                     ['--no-header', '--columns=' + ','.join(f'n{i}' for i in range(8))]])
    form = rng.choice(['json', 'json', 'text', 'html'])
    edges = [0] + cuts(rng, len(data)) + [len(data)]
    names = []
    for i, (a, b) in enumerate(zip(edges, edges[1:])):
        names.append(f'{i}.part')
        status, out, err, _ = run(program, folder, options + [f'--byte-range={a}-{b}', f'--partial={i}.part', 'table.csv'])
        if status != 0:
            whole = run(program, folder, options + ['table.csv'])
            return (len(names), False) if whole[0] == status and whole[2] == err else f'a part: {err}'
        if out or err:
            return f'a part says something: {out} {err}'
    rng.shuffle(names)
    whole = run(program, folder, options + ['-f', form, 'table.csv'])
    joined = run(program, folder, options + ['-f', form, '--merge'] + names)
    if whole[:3] != joined[:3]:
        at = next((i for i, (x, y) in enumerate(zip(whole[1], joined[1])) if x != y), 0)
        return (f'{options} {form} {edges}:\n{whole[0]} {whole[1][max(0, at - 300):at + 500]} {whole[2][:400]}\n'
                f'{joined[0]} {joined[1][max(0, at - 300):at + 500]} {joined[2][:400]}')
    return len(names), joined[3]


def main():
    program, tables = os.path.abspath(sys.argv[1]), int((sys.argv[2:] or [40])[0])
    seed = int((sys.argv[3:] or [1])[0])
    parts = again = 0
    base = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    for number in range(tables):
        rng = random.Random(f'{seed} {number}')
        with tempfile.TemporaryDirectory(dir=base) as folder:
            answer = try_table(program, rng, folder)
        if isinstance(answer, str):
            sys.exit(f'FAILED: table {number} of seed {seed}: {answer}')
        parts += answer[0]
        again += answer[1]
    print(f'{tables} tables, {parts} parts, seed {seed}: the same statistics; {again} with parts counted again')
    if tables >= 40 and (again == 0 or again * 2 > tables):
        sys.exit('FAILED: parts that are wrong are none, or too many, so one of two roads was not gone')


main()
