#!/usr/bin/env python3
"""normalize --schema on random values in the own forms of their columns, against Python's own decimal
and datetime: which are written, as what, which stay, which are rejected.

    canonical_values.py CSVKIT VALUES [SEED]

What a text means by the declared form and by the default form is asked of Python. A text that the
declared form reads is written in the default form, unless it is good there with the same meaning; one
that the default form alone reads stays; all others are rejected, and so are those whose default form
would mean something else, or nothing, to the declared form or to the default one. Then: the output is good
by the schema without its own forms, and normalizing it again changes nothing.
"""
import csv
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import table_values as values

DEFAULTS = {'number': values.number, 'integer': values.integer, 'date': values.iso_date, 'time': values.iso_time,
            'datetime': values.iso_datetime}


# ---- what the declared forms mean

def grouped_number(decimal_char, group, whole_only=False):
    """Groups are of three digits, or of two before three: 12,34,567."""
    mark, point = re.escape(group), re.escape(decimal_char)
    whole = rf'([0-9]{{1,3}}({mark}[0-9]{{3}})+|[0-9]{{1,2}}({mark}[0-9]{{2}})+{mark}[0-9]{{3}}|[0-9]+)'
    number = re.compile(rf'[+-]?({whole}' + ('' if whole_only else rf'({point}[0-9]*)?|{point}[0-9]+') + r')' +
                        ('' if whole_only else '([eE][+-]?[0-9]+)?'))

    def default(text):
        return text.replace(group, '').replace(decimal_char, '.')

    def read(text):
        if not whole_only and text.upper() in ('NAN', 'INF', '-INF'):
            return values.number(text)
        return values.number(default(text)) if number.fullmatch(text) else None
    return read, default


def by_pattern(pattern, kind):
    def moment(text):
        return values.by_pattern(pattern, lambda m: m)(text)

    def read(text):
        found = moment(text)
        return found if found is None else DEFAULTS[kind](default(text))

    def default(text):
        found = moment(text)
        if kind == 'date':
            return f'{found.year:04d}-{found.month:02d}-{found.day:02d}'
        clock = f'{found.hour:02d}:{found.minute:02d}:{found.second:02d}'
        if kind == 'time':
            return clock
        part = f'.{found.microsecond:06d}'.rstrip('0') if found.microsecond else ''
        zone = found.utcoffset()
        minutes = None if zone is None else int(zone.total_seconds()) // 60
        shown = '' if minutes is None else 'Z' if minutes == 0 else \
            f'{"-" if minutes < 0 else "+"}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}'
        return f'{found.year:04d}-{found.month:02d}-{found.day:02d}T{clock}{part}{shown}'
    return read, default


# ---- random texts

def with_groups(rng, decimal_char, group, whole_only=False):
    whole = str(rng.randrange(10 ** rng.choice([1, 3, 4, 6, 9, 30])))
    if rng.random() < .6:
        whole = re.sub(r'(?<=[0-9])(?=([0-9]{3})+$)', group, whole)
    elif rng.random() < .3:
        at = rng.randrange(len(whole) + 1)
        whole = whole[:at] + group + whole[at:]
    text = rng.choice(['', '', '-', '+']) + whole
    if rng.random() < (.05 if whole_only else .5):
        text += rng.choice([decimal_char, decimal_char, '.']) + values.digits(rng, 4)
    if rng.random() < .03:
        text += 'e' + values.digits(rng, 2)
    return values.damaged(rng, text)


def either(*generators):
    return lambda rng: rng.choice(generators)(rng)


def swapped_text(rng):
    return values.damaged(rng, f'{rng.randint(1, 9999):04d}-{values.two(rng, 31)}-{values.two(rng, 12)}')


def zoned_text(rng):
    return values.damaged(rng, f'{values.czech_text(rng)} {values.clock(rng)}.{values.digits(rng, 6)} '
                          + rng.choice(['+0200', '-05:30', 'Z', '+0000', '+1400', '+1530']))


def number_field(kind, decimal_char, group):
    whole = kind == 'integer'
    field = {'type': kind, 'groupChar': group} if whole else \
        {'type': kind, 'groupChar': group, 'decimalChar': decimal_char}
    return field, lambda rng: with_groups(rng, decimal_char, group, whole), *grouped_number(decimal_char, group, whole)


def moment_field(kind, pattern, *generators):
    return {'type': kind, 'format': pattern}, either(*generators), *by_pattern(pattern, kind)


COLUMNS = [
    number_field('number', ',', ' '),
    number_field('number', ',', '.'),
    number_field('number', '.', ','),
    number_field('integer', '.', ','),
    number_field('integer', '.', ' '),
    moment_field('date', '%d.%m.%Y', values.czech_text, values.czech_text, values.date_text),
    moment_field('date', '%d %b %Y', values.month_text, values.date_text),
    moment_field('date', '%Y-%d-%m', swapped_text, values.date_text),
    moment_field('time', '%I:%M %p', values.twelve_text, values.clock),
    moment_field('datetime', '%d.%m.%Y %H:%M:%S', values.pattern_datetime_text, values.datetime_text),
    moment_field('datetime', '%d.%m.%Y %H:%M:%S.%f %z', zoned_text, values.datetime_text),
]


# ---- what has to become of a text: the text in the output, or None

def same(a, b):
    return a is not None and b is not None and (a == b or (a != a and b != b))  # NaN is what it is


def expected(column, text):
    field, _, read, write = column
    default = DEFAULTS[field['type']]
    meaning, usual = read(text), default(text)
    if text == '':
        return text
    if meaning is None:
        return text if usual is not None else None
    if same(meaning, usual):
        return text
    written = write(text)
    again = read(written)
    return written if same(default(written), meaning) and (again is None or same(again, meaning)) else None


# ---- what becomes of it

def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f'{command}: {done.stderr}')
    return done.returncode


def write_schema(folder, name, field):
    with open(os.path.join(folder, name), 'w', encoding='utf-8') as out:
        json.dump({'fields': [{'name': 'id', 'type': 'integer'}, field]}, out)


def normalized(tool, folder, texts):
    with open(os.path.join(folder, 'in.csv'), 'w', newline='', encoding='utf-8') as out:
        csv.writer(out).writerows([['id', 'c'], *enumerate(texts)])
    run(folder, tool, 'normalize', '-q', '--schema=own.json', 'in.csv', '-o', 'out.csv', '--rejects=bad.csv', '--log=log')
    with open(os.path.join(folder, 'out.csv'), newline='', encoding='utf-8') as table:
        found = {int(row[0]): row[1] for row in list(csv.reader(table))[1:]}
    with open(os.path.join(folder, 'bad.csv'), newline='', encoding='utf-8') as rejects:
        bad = [(int(row[0]), row[1]) for row in csv.reader(rejects)]
    with open(os.path.join(folder, 'log'), encoding='utf-8') as log:
        lines = [json.loads(line) for line in log]
    return found, bad, {line['record'] - 2: (line['before'], line['after']) for line in lines}


def check_column(tool, folder, column, count, rng):
    texts = [column[1](rng) for _ in range(count)]
    plain = {'name': 'c', 'type': column[0]['type']}
    write_schema(folder, 'own.json', dict(column[0], name='c'))
    write_schema(folder, 'plain.json', plain)
    found, bad, log = normalized(tool, folder, texts)
    wrong = []
    for i, text in enumerate(texts):
        want = expected(column, text)
        if found.get(i) != want:
            wrong.append(f'{text!r} becomes {found.get(i)!r}, Python says {want!r}')
        if log.get(i) != ((text, want) if want not in (None, text) else None):
            wrong.append(f'{text!r}: the log has {log.get(i)}')
    if bad != [(i, text) for i, text in enumerate(texts) if i not in found]:
        wrong.append('the rejects are not the records that are missing, as they were')
    if run(folder, tool, 'validate', '-q', '--schema=plain.json', 'out.csv') != 0:
        wrong.append('the output is not good in the default form')
    if run(folder, tool, 'normalize', '--check', '-q', '--schema=own.json', 'out.csv') != 0:
        wrong.append('the output changes when it is normalized again')
    for line in wrong[:5]:
        print(f'{column[0]}: {line}')
    return len(wrong), len(log), len(bad)


def main(tool, count, seed=1):
    rng, totals = random.Random(seed), [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        for column in COLUMNS:
            counts = check_column(tool, folder, column, max(1, count // len(COLUMNS)), rng)
            totals = [a + b for a, b in zip(totals, counts)]
            if 0 in counts[1:]:
                print(f'{column[0]}: nothing was rewritten, or nothing rejected')
                totals[0] += 1
    print(f'{count} values, {totals[1]} rewritten, {totals[2]} rejected, {totals[0]} otherwise than Python says')
    return totals[0] != 0


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1]), *map(int, sys.argv[2:])))
