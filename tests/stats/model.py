#!/usr/bin/env python3
"""The statistics of random tables against a slow model, written from csvkit/stats/stats.h without a look
at the C code: what is exact must be equal, what is estimated must be within its bounds.

    model.py PROGRAM [TABLES] [SEED] [RECORDS]
"""
import collections
import decimal
import fractions
import json
import random
import re
import subprocess
import sys

from random_tables import random_table

KEPT = 40
NUMBER = re.compile(rb'-?(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([-+]?)([0-9]{1,3}))?')
MOMENT = re.compile(rb'([0-9]{4})-([0-9]{2})-([0-9]{2})'
                    rb'(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?)?')
TYPES = ['BOOLEAN', 'INTEGER', 'NUMERIC', 'FLOAT', 'DATE', 'TIMESTAMP']


def number_types(value):
    match = NUMBER.fullmatch(value)
    if not match or value == b'-0':
        return set()
    whole, part, exponent = len(match[1]), len(match[2] or b''), match[4]
    types = {'FLOAT'} if whole + part <= 15 else set()
    if exponent is not None:
        return types if int(exponent) < 300 else set()
    if whole + part <= 38:
        types.add('NUMERIC')
    if part == 0 and whole <= 18 and b'.' not in value:
        types.add('INTEGER')
    return types


def moment_types(value):
    match = MOMENT.fullmatch(value)
    if not match:
        return set()
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= days[month - 1]:
        return set()
    if match[4] is None:
        return {'DATE'}
    good = int(match[4]) < 24 and int(match[5]) < 60 and int(match[6] or b'0') < 60
    return {'TIMESTAMP'} if good else set()


def types_of(value):
    if value.lower() in (b'true', b'false'):
        return {'BOOLEAN'}
    return number_types(value) | moment_types(value)


def fraction(value):
    return fractions.Fraction(value.decode())


def mean_text(values):
    """Rounded once to 15 digits, half away from zero; as a Decimal."""
    mean = sum((fraction(v) * n for v, n in values.items()), fractions.Fraction(0))
    mean /= sum(values.values())
    if mean == 0:
        return decimal.Decimal(0)
    power = 0
    while abs(mean) >= fractions.Fraction(10) ** (power + 1):
        power += 1
    while abs(mean) < fractions.Fraction(10) ** power:
        power -= 1
    scaled = abs(mean) / fractions.Fraction(10) ** (power - 14)
    digits = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return decimal.Decimal(digits if mean > 0 else -digits).scaleb(power - 14)


def points(value):
    return sum(1 for c in value if c & 0xC0 != 0x80)


def shape(value):
    out = b''
    for c in value[:KEPT]:
        if c & 0xC0 == 0x80:
            continue
        out += (b'9' if 48 <= c <= 57 else b'A' if 65 <= c <= 90 else b'a' if 97 <= c <= 122
                else b'?' if c >= 0x80 else bytes([c]))
    return out[:KEPT - 3] + '…'.encode() if len(value) > KEPT else out


def text(raw):
    return raw.decode('utf-8', 'surrogateescape')


def cut(value):
    return value[:KEPT], len(value) > KEPT


def shown(value):
    """What is kept of it, without a character that was cut."""
    kept = value[:KEPT]
    for back in (1, 2, 3):
        lead = kept[-back:][:1]
        if len(value) > KEPT and lead >= b'\xc2' and back < (4 if lead >= b'\xf0' else 3 if lead >= b'\xe0' else 2):
            return kept[:-back]
    return kept


class Trouble(Exception):
    pass


def same(what, have, want):
    if have != want:
        raise Trouble(f'{what}: {have!r}, expected {want!r}')


def check_list(what, got, counts, records, columns):
    """The most frequent values, or shapes."""
    kept = ({'frequent': 1024, 'shapes': 128} if columns <= 64 else {'frequent': 256, 'shapes': 64})[what]
    exact = len(counts) <= kept
    same(what + ' exact', got['exact'], exact)
    order = sorted(counts.items(), key=lambda item: (-item[1], cut(item[0]), len(item[0])))
    if exact:
        same(what, [e['count'] for e in got['most']], [n for _, n in order[:10]])
        same(what, [(e['value'].encode('utf-8', 'surrogateescape')) for e in got['most']],
             [shown(v) for v, _ in order[:10]])
        return
    got_most = {e['value'].encode('utf-8', 'surrogateescape'): e['at_most'] for e in got['most']}
    for value, most in got_most.items():
        if counts[value] > most:
            raise Trouble(f'{what} {value}: at most {most}, but it is {counts[value]}')
    for value, count in order[:5]:
        if count * kept >= 12 * records and value not in got_most:
            raise Trouble(f'{what}: {value} is missing, it has {count} of {records} records')


def check_distinct(got, counts, columns):
    exact = len(counts) <= (1024 if columns <= 64 else 256)
    same('distinct exact', got['exact'], exact)
    error = abs(got['count'] - len(counts)) / max(len(counts), 1)
    if error > (0 if exact else 5 * 0.0163):
        raise Trouble(f'distinct: {got["count"]}, expected {len(counts)}')


def check_numbers(got, counts):
    numbers = {v: n for v, n in counts.items() if number_types(v)}
    same('numbers', got.get('numbers', {}).get('count', 0), sum(numbers.values()))
    if numbers:
        same('mean', decimal.Decimal(got['numbers']['mean']), mean_text(numbers))
        for key, sign in (('least', 1), ('greatest', -1)):
            best = min(numbers, key=lambda v: (sign * fraction(v), len(v), v))
            same(key + ' number', got['numbers'][key], best.decode())
    moments = {v: n for v, n in counts.items() if moment_types(v)}
    same('moments', got.get('moments', {}).get('count', 0), sum(moments.values()))
    if moments:
        plain = [v.replace(b'T', b' ').decode() for v in moments]
        same('least moment', got['moments']['least'], min(plain))
        same('greatest moment', got['moments']['greatest'], max(plain))


def check_types(got, cells):
    values = [(n, v) for n, v in cells if v]
    for entry in got['misfits']:
        bad = [(n, v) for n, v in values if entry['type'] not in types_of(v)]
        same(f'misfits {entry["type"]}', entry['count'], len(bad))
        if bad:
            same(f'first misfit {entry["type"]}', entry['record'], bad[0][0])
    fits = [t for t in TYPES if values and all(t in types_of(v) for _, v in values)]
    if got['type'] != (fits[0] if fits else 'STRING'):
        digits = [NUMBER.fullmatch(v) for _, v in values]
        wide = fits and fits[0] == 'NUMERIC' and (
            max(len(m[1]) for m in digits) + max(len(m[2] or b'') for m in digits) > 38)
        same('type', (got['type'], wide), ('STRING', True) if len(fits) < 2 else (fits[1], True))


def check_column(got, cells, columns):
    counts = collections.Counter(v for _, v in cells if v)
    same('values', got['values'], sum(counts.values()))
    same('empty', got['empty'], sum(1 for _, v in cells if not v))
    check_distinct(got['distinct'], counts, columns)
    check_types(got, cells)
    check_numbers(got, counts)
    check_list('frequent', got['frequent'], counts, len(cells), columns)
    shapes = collections.Counter()
    for value, count in counts.items():
        shapes[shape(value)] += count
    check_list('shapes', got['shapes'], shapes, len(cells), columns)
    if counts:
        same('least', got['least'], text(shown(min(counts, key=cut))))
        same('greatest', got['greatest'], text(shown(max(counts, key=cut))))
        same('shortest', got['characters']['shortest'], min(map(points, counts)))
        same('longest', got['characters']['longest'], max(map(points, counts)))
        total = sum(points(v) * n for v, n in counts.items())
        mean = decimal.Decimal(got['characters']['mean'])
        if abs(fractions.Fraction(mean) - fractions.Fraction(total, got['values'])) > fractions.Fraction(1, 199):
            raise Trouble(f'mean length {mean}')


def run(program, data):
    done = subprocess.run([program, 'stats', '--format=json', '-q', '-'], input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0 or done.stderr:
        raise Trouble(f'exit {done.returncode}: {done.stderr[:200]!r}')
    return json.loads(done.stdout, parse_float=str, parse_int=lambda s: s if len(s) > 15 else Number(s))


class Number(int):
    """A whole number that knows how it was written."""

    def __new__(cls, text_):
        self = super().__new__(cls, text_)
        self.text = text_
        return self


def plain(node):
    """Numbers of the data as they were written, in the places where they stand."""
    for key in ('least', 'greatest', 'mean'):
        for part in ('numbers', 'characters'):
            if part in node and isinstance(node[part].get(key), Number):
                node[part][key] = node[part][key].text
    return node


def main():
    program = sys.argv[1]
    tables = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 6000
    decimal.getcontext().prec = 60
    values = 0
    for number in range(seed, seed + tables):
        data, cells, makers = random_table(random.Random(number), most)
        try:
            got = run(program, data)
            same('records', got['records'], len(cells[0]))
            for i, column in enumerate(cells):
                try:
                    check_column(plain(got['columns'][i]), column, len(cells))
                except Trouble as trouble:
                    raise Trouble(f'column {i} ({makers[i]}): {trouble}') from None
                values += len(column)
        except Trouble as trouble:
            sys.stdout.write(f'FAILED: table {number}: {trouble}\n')
            sys.exit(1)
    sys.stdout.write(f'{tables} tables, {values} values: as the model says\n')


main()
