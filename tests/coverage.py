#!/usr/bin/env python3
"""What the tests executed, from gcov's records: every function that no test entered, the files
below 90 %, and the share of each folder.

    tests/coverage.py BUILD_FOLDER [--lines]

A header that several objects include has a record in each of them; a line counts as executed when
it was executed in any. --lines names the lines that were not, too.
"""
import collections
import glob
import json
import os
import subprocess
import sys

FOLDERS = ('csvkit', 'validator', 'manifest', 'preflight', 'storage')
LOW = 90.0


def records(build):
    for folder in FOLDERS:
        for data in sorted(glob.glob(f'{build}/{folder}/**/*.gcno', recursive=True)):
            told = subprocess.run(['gcov', '-t', '--json-format', data], check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
            for document in told.splitlines():
                yield from json.loads(document)['files']


def merge(build):
    """file -> {line: executed}, and (file, line, function) -> entered."""
    lines = collections.defaultdict(dict)
    functions = {}
    for record in records(build):
        path = os.path.normpath(record['file'])
        if not path.startswith(FOLDERS):
            continue
        for line in record['lines']:
            number = line['line_number']
            lines[path][number] = lines[path].get(number, False) or line['count'] > 0
        for function in record['functions']:
            key = (path, function['start_line'], function['demangled_name'])
            functions[key] = functions.get(key, False) or function['execution_count'] > 0
    return lines, functions


def share(flags):
    return 100.0 * sum(flags) / len(flags)


def ranges(numbers):
    """1 2 3 7 as '1-3 7'."""
    out = []
    for number in sorted(numbers):
        if out and out[-1][1] == number - 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ' '.join(str(a) if a == b else f'{a}-{b}' for a, b in out)


def main():
    lines, functions = merge(sys.argv[1])
    if not any(any(flags.values()) for flags in lines.values()):
        sys.exit('coverage: no test has run')
    if '--lines' in sys.argv:
        for path in sorted(lines):
            missed = [number for number, hit in lines[path].items() if not hit]
            if missed:
                print(f'{path}: {ranges(missed)}')
    print('functions that no test entered:')
    for path, line, name in sorted(key for key, entered in functions.items() if not entered):
        print(f'  {path}:{line} {name}')
    print(f'files below {LOW:.0f} %:')
    for path in sorted(lines, key=lambda path: share(lines[path].values())):
        if share(lines[path].values()) < LOW:
            print(f'  {share(lines[path].values()):6.2f} % of {len(lines[path]):5} {path}')
    print('folders:')
    everything = []
    for folder in FOLDERS:
        flags = [hit for path in lines if path.startswith(folder + '/')
                 for hit in lines[path].values()]
        everything += flags
        if flags:
            print(f'  {share(flags):6.2f} % of {len(flags):5} {folder}/')
    print(f'  {share(everything):6.2f} % of {len(everything):5} in all')


main()
