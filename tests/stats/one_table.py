#!/usr/bin/env python3
"""A table that is cut says what the whole says: random cuts of random tables.

    one_table.py PROGRAM [CUTS [SEED]]

The parts are files with the header of the table, some of them without a record, compressed or not, or a folder
of slices without one. `schema infer` of all parts has to write the same schema with the same evidence as of the
whole, `stats --one-table` the same statistics to the last byte, with any number of threads.
"""
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import random_tables  # noqa: E402


def records_of(data):
    """Where records begin, the end included: at line feeds outside of enclosures."""
    begins, inside = [0], False
    for at, byte in enumerate(data):
        inside ^= byte == ord('"')
        if byte == ord('\n') and not inside:
            begins.append(at + 1)
    return begins


def write(folder, name, content, packed):
    path = os.path.join(folder, name + ('.gz' if packed else ''))
    with gzip.open(path, 'wb', 1) if packed else open(path, 'wb') as file:
        file.write(content)
    return path


def cut(rng, data, folder):
    """Writes the parts and the whole; the words that name the whole, and those that name the parts."""
    begins = records_of(data)
    header, first = data[:begins[1]], begins[1:]
    places = sorted(rng.choice(first) for _ in range(rng.choice([1, 1, 2, 3, 7])))
    edges = [first[0]] + places + [first[-1]]
    bodies = [data[a:b] for a, b in zip(edges, edges[1:])]
    if rng.random() < 0.25 and len(first) > 1:  # without a record there would be an empty file
        os.mkdir(os.path.join(folder, 'slices'))
        for i, body in enumerate(bodies):
            write(os.path.join(folder, 'slices'), f'{i:02}', body, rng.random() < 0.3)
        how = ['--no-header', '--columns=' + header.decode().strip()]
        return how + [write(folder, 'whole.csv', data[first[0]:], False)], how + ['slices']
    parts = [write(folder, f'p{i}.csv', header + body, rng.random() < 0.3) for i, body in enumerate(bodies)]
    return [write(folder, 'whole.csv', data, False)], [os.path.basename(part) for part in parts]


def run(program, folder, words):
    return subprocess.run([program] + words, cwd=folder, capture_output=True, check=False)


def stats(program, folder, words):
    done = run(program, folder, ['stats', '--one-table', '--format=json'] + words)
    told = json.loads(done.stdout)
    return {key: told[key] for key in told if key not in ('file', 'files', 'bytes')}, done.stderr


def inferred(program, folder, kind, more, words):
    schema = os.path.join(folder, 'schema')
    done = run(program, folder, ['schema', 'infer', '--to=' + kind, '-f', 'json', '-o', schema] + more + words)
    with open(schema, encoding='utf-8') as file:
        text = json.load(file)
    for key in ('url', 'dialect', 'has_header'):  # they are about the files
        text.pop(key, None)
    return text, json.loads(done.stdout)['columns'], done.stderr


def main():
    program, cuts, seed = os.path.abspath(sys.argv[1]), int(sys.argv[2:3][0]), int((sys.argv[3:] or [1])[0])
    parts = 0
    for number in range(cuts):
        rng = random.Random(f'{seed} {number}')
        data, _, _ = random_tables.random_table(rng, 3000)
        with tempfile.TemporaryDirectory() as folder:
            uncut, words = cut(rng, data, folder)
            threads = [f'-j{rng.choice([1, 2, 3])}']
            more = rng.choice([[], ['--required'], ['--max-misfits=3']])
            kind = rng.choice(['table-schema', 'native', 'csvw'])
            parts += len(words)
            for what, of in (('stats', lambda w: stats(program, folder, w)),
                             ('schema infer', lambda w: inferred(program, folder, kind, more, w))):
                whole, cut_up = of(uncut), of(threads + words)
                if whole != cut_up:
                    sys.exit(f'FAILED: cut {number} of seed {seed}, {what} {words}:\n{str(whole)[:1500]}\n'
                             f'{str(cut_up)[:1500]}')
    print(f'{cuts} cuts, {parts} parts, seed {seed}: the same schema and the same statistics')


main()
