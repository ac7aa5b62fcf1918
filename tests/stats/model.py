#!/usr/bin/env python3
"""The statistics of random tables against a slow model, written from csvkit/stats/stats.h without a look
at the C code: what is exact must be equal, what is estimated must be within its bounds.

    model.py PROGRAM [TABLES] [SEED]
"""
import collections
import csv
import decimal
import fractions
import io
import json
import random
import re
import subprocess
import sys

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


# ---- tables ----

def number_value(rng):
    whole = rng.choice(['0', str(rng.randrange(1, 10)), str(rng.randrange(1, 10 ** rng.randrange(1, 39)))])
    part = rng.choice(['', '', '.' + str(rng.randrange(10 ** rng.randrange(1, 12))).zfill(rng.randrange(1, 5))])
    power = rng.choice(['', '', '', f'e{rng.choice(["", "-", "+"])}{rng.randrange(320)}'])
    return rng.choice(['', '-', '', '+']) + rng.choice(['', '', '', '0']) + whole + part + power


def kinds(rng):
    near = rng.randrange(-5, 5)
    return {
        'digits': lambda: str(rng.randrange(near, 300)),
        'key': lambda: str(rng.randrange(10 ** 9)),
        'money': lambda: f'{rng.gauss(0, 1000):.2f}'.replace('-0.00', '0.00'),
        'numbers': lambda: number_value(rng),
        'decimals': lambda: f'{rng.randrange(-9, 9)}.{rng.choice(["0", "5", "50", "500", "25"])}'.replace('-0.0', '0.0'),
        'word': lambda: rng.choice(['true', 'False', 'TRUE', 'tRuE', 'x']),
        'boolean': lambda: rng.choice(['true', 'false']),
        'date': lambda: f'{rng.randrange(1, 2200):04}-{rng.randrange(1, 14):02}-{rng.randrange(0, 32):02}',
        'day': lambda: f'20{rng.randrange(10, 30)}-0{rng.randrange(1, 10)}-{rng.randrange(10, 28)}',
        'moment': lambda: (f'2024-0{rng.randrange(1, 10)}-1{rng.randrange(10)}{rng.choice("T ")}'
                           f'{rng.randrange(25):02}:{rng.randrange(61):02}'
                           + rng.choice(['', ':07', ':60', ':08.1234567', ':09.5', 'Z'])),
        'skewed': lambda: rng.choice(['praha', 'brno']) if rng.random() < 0.3 else f'v{rng.randrange(10 ** 6)}',
        'unicode': lambda: ''.join(rng.choice('aB9č€😀 -,"\n') for _ in range(rng.randrange(0, 60))),
        'long': lambda: 'x' * rng.randrange(36, 44) + rng.choice(['', 'y', 'č', 'z' * 100]),
        'bytes': lambda: bytes(rng.choice(b'aZ0\x80\xc3\xff') for _ in range(rng.randrange(6))).decode('latin-1'),
        'constant': lambda: 'same',
        'nothing': lambda: '',
    }


def random_table(rng):
    """The bytes of a file, and its cells with the numbers of their records."""
    all_kinds = kinds(rng)
    columns = rng.choice([1, 2, 5, 8, 8, 8, 70])
    makers = [rng.choice(sorted(all_kinds)) for _ in range(columns)]
    holes = [rng.choice([0, 0, 0.1, 0.9]) for _ in range(columns)]
    records = rng.choice([0, 1, 2, 10, 100, 1000] + ([3000, 6000] if columns < 10 else []))
    out = io.BytesIO()
    out.write(','.join(f'c{i}' for i in range(columns)).encode() + b'\n')
    cells = [[] for _ in range(columns)]
    for number in range(2, records + 2):
        line = []
        for i in range(columns):
            value = '' if rng.random() < holes[i] else all_kinds[makers[i]]()
            raw = value.encode('latin-1' if makers[i] == 'bytes' else 'utf-8')
            cells[i].append((number, raw))
            enclose = any(c in raw for c in b',"\n\r') or rng.random() < 0.1 or (columns == 1 and not raw)
            line.append(b'"' + raw.replace(b'"', b'""') + b'"' if enclose else raw)
        out.write(b','.join(line) + b'\n')
    return out.getvalue(), cells, makers


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
    sys.set_int_max_str_digits(0) if hasattr(sys, 'set_int_max_str_digits') else None
    decimal.getcontext().prec = 60
    values = 0
    for number in range(seed, seed + tables):
        data, cells, makers = random_table(random.Random(number))
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


csv.field_size_limit(10 ** 9)
main()
