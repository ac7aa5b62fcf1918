#!/usr/bin/env python3
"""A whole component of the Keboola platform in Python: it reads its configuration, writes a table,
cuts it into slices with a manifest, and lets csvkit judge the data folder as the platform will.

    KBC_DATADIR=/data component.py      CSVKIT is the program; default: csvkit

The exit status is that of the platform: 0 good, 1 for what the user can mend, 2 for all else.
"""
import csv
import json
import os
import subprocess
import sys

CSVKIT = os.environ.get('CSVKIT', 'csvkit')


class UserError(Exception):
    """Something that whoever configures the component can mend."""


def read_parameters(folder):
    with open(os.path.join(folder, 'config.json'), encoding='utf-8') as file:
        parameters = json.load(file).get('parameters', {})
    rows = parameters.get('rows')
    if not isinstance(rows, int) or rows < 0:
        raise UserError('the parameter "rows" has to be a number')
    return rows, parameters.get('destination', 'in.c-example.squares')


def write_table(path, rows):
    """The csv module writes what RFC 4180 asks for, when newline='' leaves its CR LF alone."""
    with open(path, 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['id', 'square', 'text'])
        writer.writerows([n, n * n, f'the square of "{n}",\nwritten out'] for n in range(rows))


def csvkit(*arguments):
    """1 means that data were refused: csvkit has said why on standard error."""
    status = subprocess.run([CSVKIT, *arguments], check=False).returncode
    if status == 1:
        raise UserError(f'csvkit {arguments[0]} refuses the data')
    if status != 0:
        raise RuntimeError(f'csvkit {arguments[0]}: exit status {status}')


def main():
    folder = os.environ.get('KBC_DATADIR', '/data')
    rows, destination = read_parameters(folder)
    tables = os.path.join(folder, 'out', 'tables')
    os.makedirs(tables, exist_ok=True)
    whole = os.path.join(folder, 'squares.csv')  # not in out/tables: only the slices go there
    write_table(whole, rows)
    csvkit('slice', whole, '-o', os.path.join(tables, 'squares'), '--primary-key=id',
           f'--destination={destination}')
    os.remove(whole)
    csvkit('preflight', folder)


try:
    main()
except UserError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
except Exception as error:  # pylint: disable=broad-except
    print(f'internal error: {error}', file=sys.stderr)
    sys.exit(2)
