#!/usr/bin/env python3
"""Random values of Table Schema's numbers, days and times, with limits and lists, against Python's own
decimal and datetime.

    table_values.py CSVKIT VALUES [SEED]
"""
import csv
import datetime
import decimal
import json
import os
import random
import re
import subprocess
import sys
import tempfile

decimal.getcontext().prec = 400
NUMBER = re.compile(r'[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?')
INTEGER = re.compile(r'[+-]?[0-9]+')


# ---- what Python says: a value, or None

def number(text):
    if text.upper() in ('NAN', 'INF', '-INF'):
        return decimal.Decimal(text)
    return decimal.Decimal(text) if NUMBER.fullmatch(text) else None


def european(text):
    """decimalChar ',' and groupChar '.', which stands between digits before the comma."""
    whole, comma, part = text.partition(',')
    if '.' in part or re.search(r'(?<![0-9])\.|\.(?![0-9])', whole):
        return None
    return number(whole.replace('.', '') + ('.' if comma else '') + part)


def integer(text):
    return decimal.Decimal(text) if INTEGER.fullmatch(text) else None


def grouped(text):
    return None if re.search(r'(?<![0-9]),|,(?![0-9])', text) else integer(text.replace(',', ''))


def by_pattern(pattern, part):
    def read(text):
        try:
            return part(datetime.datetime.strptime(text, pattern))
        except ValueError:
            return None
    return read


def iso_date(text):
    return by_pattern('%Y-%m-%d', datetime.datetime.date)(text) \
        if re.fullmatch(r'[0-9]{4}-[0-9]{2}-[0-9]{2}', text) else None


def iso_time(text):
    return by_pattern('%H:%M:%S', datetime.datetime.time)(text) \
        if re.fullmatch(r'[0-9]{2}:[0-9]{2}:[0-9]{2}', text) else None


def iso_datetime(text):
    """XML Schema, years of four digits or more, before our era, too; 24:00:00 is the midnight after it. Exact
    to any fraction."""
    found = re.fullmatch(r'(-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?'
                         r'(Z|[+-][0-9]{2}:[0-9]{2})?', text)
    if not found:
        return None
    parts = [int(found[i]) for i in range(1, 7)]
    fraction = decimal.Decimal('0' + (found[7] or '.0'))
    midnight = parts[3:] == [24, 0, 0] and fraction == 0
    zone = found[8] or 'Z'
    minutes = 0 if zone == 'Z' else int(zone[1:3]) * 60 + int(zone[4:])
    if (zone != 'Z' and int(zone[4:]) > 59) or minutes > 14 * 60:
        return None
    if parts[0] == 0:
        return None
    year, parts[0] = parts[0], 2000 + parts[0] % 400  # the calendar repeats itself
    try:
        moment = datetime.datetime(*parts[:3], 0 if midnight else parts[3], *parts[4:])
    except ValueError:
        return None
    days = (moment - datetime.datetime(1, 1, 1)).total_seconds() + (86400 if midnight else 0)
    days += (year - parts[0]) // 400 * 146097 * 86400
    return decimal.Decimal(int(days)) + fraction + (minutes * 60 if zone[0] == '-' else -minutes * 60)


def to_date(moment):
    return moment.date()


# ---- random texts

def digits(rng, most):
    return ''.join(rng.choice('0123456789') for _ in range(rng.randint(0, most)))


def number_text(rng, marks='.,'):
    text = rng.choice(['', '', '-', '+']) + digits(rng, rng.choice([1, 3, 20]))
    if rng.random() < .5:
        text += rng.choice(marks) + digits(rng, rng.choice([1, 3, 20]))
    if rng.random() < .2:
        text += rng.choice(marks) + digits(rng, 3)
    if rng.random() < .2:
        text += rng.choice('eE') + rng.choice(['', '-', '+']) + digits(rng, 2)
    return rng.choice(['NaN', 'INF', '-inf', '+INF', text + ' ', '1_0', 'x']) if rng.random() < .04 else text


def two(rng, most):
    n = rng.randint(0, most + 2)
    return str(n) if rng.random() < .3 else f'{n:02d}'


def date_parts(rng):
    return rng.choice(['2024', '2023', '1900', '2000', '0001', '9999', '0000', '24', str(rng.randint(1, 9999))]), \
        two(rng, 12), two(rng, 31)


def damaged(rng, text):
    if rng.random() < .1 and text:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(['', '-', '0', ' ', '.', 'T', text[at] * 2]) + text[at + 1:]
    return text


def date_text(rng):
    return damaged(rng, '-'.join(date_parts(rng)))


def czech_text(rng):
    year, month, day = date_parts(rng)
    return damaged(rng, f'{day}.{month}.{year}')


def month_text(rng):
    year, _, day = date_parts(rng)
    month = rng.choice(['Jan', 'feb', 'MAR', 'Sept', 'Dec', 'May', 'Dez'])
    return damaged(rng, f'{day} {month} {year}')


def clock(rng):
    return ':'.join([two(rng, 23), two(rng, 59), two(rng, 59)])


def datetime_text(rng):
    text = date_text(rng) + rng.choice(['T', 'T', 'T', ' ']) + (clock(rng) if rng.random() < .95 else '24:00:00')
    if rng.random() < .3:
        text += '.' + digits(rng, 12)
    return damaged(rng, text + rng.choice(['', '', 'Z', '+02:00', '-14:00', '+14:01', '+2:00', '-05:30']))


def pattern_datetime_text(rng):
    return damaged(rng, czech_text(rng) + ' ' + clock(rng))


def twelve_text(rng):
    return damaged(rng, f'{two(rng, 12)}:{two(rng, 59)} {rng.choice(["AM", "pm", "PM", "xm"])}')


D = decimal.Decimal
# field, generator, what it means, what more it has to be
COLUMNS = [
    ({'type': 'number'}, number_text, number, None),
    ({'type': 'number', 'constraints': {'minimum': -1.5, 'exclusiveMaximum': '1e2'}}, number_text, number,
     lambda v: not v.is_nan() and D('-1.5') <= v < 100),
    ({'type': 'number', 'constraints': {'enum': [1, '0.5', '-20', '1e3']}}, number_text, number,
     lambda v: not v.is_nan() and v in (1, D('0.5'), -20, 1000)),
    ({'type': 'number', 'decimalChar': ',', 'groupChar': '.'}, number_text, european, None),
    ({'type': 'number', 'decimalChar': ',', 'groupChar': '.', 'constraints': {'maximum': '1,5'}}, number_text, european,
     lambda v: not v.is_nan() and v <= D('1.5')),
    ({'type': 'integer'}, number_text, integer, None),
    ({'type': 'integer', 'constraints': {'minimum': 5, 'maximum': '99999999999999999999'}}, number_text, integer,
     lambda v: 5 <= v <= 99999999999999999999),
    ({'type': 'integer', 'groupChar': ','}, number_text, grouped, None),
    ({'type': 'date'}, date_text, iso_date, None),
    ({'type': 'date', 'constraints': {'minimum': '2000-01-01', 'maximum': '2024-02-29'}}, date_text, iso_date,
     lambda v: datetime.date(2000, 1, 1) <= v <= datetime.date(2024, 2, 29)),
    ({'type': 'date', 'format': '%d.%m.%Y'}, czech_text, by_pattern('%d.%m.%Y', to_date), None),
    ({'type': 'date', 'format': '%d.%m.%Y', 'constraints': {'exclusiveMinimum': '1.1.2000'}}, czech_text,
     by_pattern('%d.%m.%Y', to_date), lambda v: v > datetime.date(2000, 1, 1)),
    ({'type': 'date', 'format': '%d %b %Y'}, month_text, by_pattern('%d %b %Y', to_date), None),
    ({'type': 'time'}, lambda rng: damaged(rng, clock(rng)), iso_time, None),
    ({'type': 'time', 'format': '%I:%M %p', 'constraints': {'minimum': '10:30 AM'}}, twelve_text,
     by_pattern('%I:%M %p', datetime.datetime.time), lambda v: v >= datetime.time(10, 30)),
    ({'type': 'datetime'}, datetime_text, iso_datetime, None),
    ({'type': 'datetime', 'constraints': {'minimum': '2000-01-01T00:00:00Z', 'exclusiveMaximum': '2024-02-29T24:00:00Z'}},
     datetime_text, iso_datetime,
     lambda v: iso_datetime('2000-01-01T00:00:00Z') <= v < iso_datetime('2024-03-01T00:00:00Z')),
    ({'type': 'datetime', 'format': '%d.%m.%Y %H:%M:%S'}, pattern_datetime_text,
     by_pattern('%d.%m.%Y %H:%M:%S', lambda v: v), None),
]


def expected(column, text):
    _, _, read, holds = column
    value = read(text)
    if text == '':
        return None
    if value is None:
        return 'type-mismatch'
    if holds is None or holds(value):
        return None
    return 'value-not-in-list' if 'enum' in column[0]['constraints'] else 'value-out-of-range'


def judge(tool, folder, rows):
    with open(os.path.join(folder, 't.csv'), 'w', newline='', encoding='utf-8') as out:
        writer = csv.writer(out)
        writer.writerow(f'c{i}' for i in range(len(COLUMNS)))
        writer.writerows(rows)
    done = subprocess.run([tool, 'validate', '--schema=schema.json', '--format=json', '--max-findings=0', 't.csv'],
                          cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    report = json.loads(done.stdout)
    report = report[0] if isinstance(report, list) else report.get('files', [report])[0]
    return {(f['record'] - 2, f['field'] - 1): f['rule'] for f in report['findings'] if f['severity'] == 'error'}


def main(tool, values, seed=1):
    rng, wrong, refused = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'schema.json'), 'w', encoding='utf-8') as out:
            json.dump({'fields': [dict(column[0], name=f'c{i}') for i, column in enumerate(COLUMNS)]}, out)
        left = max(1, values // len(COLUMNS))
        while left > 0:
            rows = [[column[1](rng) for column in COLUMNS] for _ in range(min(left, 5000))]
            left -= len(rows)
            found = judge(tool, folder, rows)
            refused += len(found)
            for r, row in enumerate(rows):
                for c, text in enumerate(row):
                    want = expected(COLUMNS[c], text)
                    if found.get((r, c)) != want:
                        wrong += 1
                        if wrong < 30:
                            print(f'{text!r} as {COLUMNS[c][0]}: {found.get((r, c))}, Python says {want}')
    print(f'{values} values, {refused} refused, {wrong} judged otherwise')
    return wrong != 0 or not 0 < refused < values


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
