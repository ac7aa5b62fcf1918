#!/usr/bin/env python3
"""Values against their types, by csvkit and by a model that was written without a look at its code.

    values.py CSVKIT [VALUES [SEED]]

The model follows the table of doc/types.md with Python's decimal, datetime and re: what is a number,
how large it is, which days there are. Both judge the same random and edge values of every type on
every backend; each record has to break the same rule in both.
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

CONTEXT = decimal.Context(prec=2000, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
NUMBER = re.compile(r'[ \t]*([+-]?)(\d*)(\.(\d*))?([eE][+-]?\d+)?[ \t]*', re.A)
MOST_POWER = 10 ** 6  # every limit is far below
DOUBLE_END = decimal.Decimal(2 ** 1024 - 2 ** 970)
MISMATCH, RANGE, LONG = 'type-mismatch', 'value-out-of-range', 'value-too-long'
PRECISE, AMBIGUOUS, PORTABLE = 'value-precision', 'value-ambiguous', 'value-not-portable'
MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split()


class Number:
    """A text taken apart; `value` is exact."""

    def __init__(self, text):
        self.match = NUMBER.fullmatch(text)
        if self.match and not (self.match[2] or self.match[4]):
            self.match = None
        if not self.match:
            return
        power = max(-MOST_POWER, min(MOST_POWER, int((self.match[5] or 'e0')[1:])))
        plain = text.strip(' \t').lower().partition('e')[0]
        self.value = CONTEXT.create_decimal(plain).scaleb(power, CONTEXT)
        self.whole, self.part = self.match[2], self.match[4]
        self.point, self.exponent = self.match[3] is not None, self.match[5] is not None
        self.blank = text != text.strip(' \t')
        self.plus = self.match[1] == '+'
        self.bare_point = self.point and not (self.whole and self.part)

    def digits_before(self):
        return max(0, self.value.adjusted() + 1) if self.value else 0

    def digits_after(self):
        plain = self.value.normalize(CONTEXT)
        return max(0, -plain.as_tuple().exponent) if self.value else 0

    def odd(self, exponent_good):
        return self.blank or self.plus or self.bare_point or (self.exponent and not exponent_good)


def integer(text, backend, _length):
    if re.fullmatch(r'[+-]?0[xX][0-9a-fA-F]+', text):
        return PORTABLE
    number = Number(text)
    if not number.match:
        return MISMATCH
    decimals = None
    if number.point and not number.exponent:
        if number.bare_point:
            return MISMATCH
        decimals = PORTABLE
        if number.value != number.value.to_integral_value(context=CONTEXT):
            if backend != 'snowflake':
                return MISMATCH
            decimals = PRECISE
    if backend == 'snowflake':
        if number.digits_before() > 38:
            return RANGE
    elif not -2 ** 63 <= number.value <= 2 ** 63 - 1:
        return RANGE
    return decimals or (PORTABLE if number.odd(False) else None)


def numeric(text, backend, length):
    precision, scale = length or (38, 9)
    number = Number(text)
    if not number.match:
        return MISMATCH
    if number.digits_before() > precision - scale:
        return RANGE
    if number.digits_after() > scale:
        unit = decimal.Decimal((0, (1,), -scale))
        rounded = number.value.quantize(unit, rounding=decimal.ROUND_HALF_UP, context=CONTEXT)
        return RANGE if rounded.copy_abs() >= decimal.Decimal(10) ** (precision - scale) else PRECISE
    return PORTABLE if number.odd(backend == 'snowflake') else None


def floating(text, backend, _length):
    number = Number(text)
    if not number.match:
        word = text.lower()
        if word in ('nan', 'inf', '-inf') and backend == 'snowflake':
            return None
        known = ('nan', '-nan', '+nan', 'inf', '-inf', '+inf', 'infinity', '-infinity', '+infinity')
        return PORTABLE if word in known else MISMATCH
    if number.value.copy_abs() >= DOUBLE_END:
        return RANGE
    return PORTABLE if number.odd(True) else None


def boolean(text, backend, _length):
    word = text.strip(' \t').lower()
    words = 'true t yes y 1 false f no n 0'.split() + ['on', 'off'] * (backend == 'snowflake')
    if word not in words:
        return MISMATCH
    return PORTABLE if text != text.strip(' \t') else None


def is_day(year, month, day):
    try:
        datetime.date(int(year), int(month), int(day))
        return True
    except ValueError:
        return False


def named_month(word):
    return MONTHS.index(word.upper()) + 1 if word.upper() in MONTHS else 0


def date(text, backend, _length):
    match = re.fullmatch(r'(\d{4})-(\d\d?)-(\d\d?)', text, re.A)
    if match:
        if not is_day(*match.groups()):
            return RANGE
        return None if len(text) == 10 else PORTABLE
    if backend == 'snowflake':
        match = re.fullmatch(r'(\d\d?)/(\d\d?)/(\d{4})', text, re.A)
        if match:
            return AMBIGUOUS if is_day(match[3], match[1], match[2]) else RANGE
        match = re.fullmatch(r'(\d\d?)-([A-Za-z]{3})-(\d{4})', text, re.A)
        if match and named_month(match[2]):
            return None if is_day(match[3], named_month(match[2]), match[1]) else RANGE
    return MISMATCH


CLOCK = r'(\d\d)(:(\d\d)(:(\d\d)(\.(\d{1,9}))?)?)?'
ZONE = r'(Z| [Uu][Tt][Cc]| ?[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?'


def mail_date(text):
    match = re.fullmatch(r'(?:..., )?(\d\d?) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))?'
                         r' [+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?', text, re.A)
    if not match or not named_month(match[2]):
        return MISMATCH
    real = is_day(match[3], named_month(match[2]), match[1])
    real = real and int(match[4]) < 24 and int(match[5]) < 60 and int(match[6] or 0) < 60
    return None if real else RANGE


def timestamp(text, backend, length):
    between = '[-/]' if backend == 'bigquery' else '-'
    day = re.match(rf'(\d{{4}})({between})(\d\d)\2(\d\d)(?!\d)', text, re.A)
    if not day:
        epoch = re.fullmatch(r'[+-]?\d+(\.(\d+))?', text, re.A)
        if epoch:
            good = backend == 'bigquery' and len(epoch[2] or '') <= 6
            return PORTABLE if good else MISMATCH
        american = re.fullmatch(r'(\d\d?)/(\d\d?)/(\d{4}) (\d\d):(\d\d):(\d\d)', text, re.A)
        if american and backend == 'snowflake':
            real = is_day(american[3], american[1], american[2])
            clock = int(american[4]) < 24 and int(american[5]) < 60 and int(american[6]) < 60
            return AMBIGUOUS if real and clock else RANGE
        return mail_date(text) if backend == 'snowflake' else MISMATCH
    real, rest = is_day(day[1], day[3], day[4]), text[day.end():]
    if rest == '':
        return PORTABLE if real else RANGE
    match = re.fullmatch('[ T]' + CLOCK + ZONE, rest, re.A)
    if not match:
        return MISMATCH
    hour, minute, second = match[1], match[3], match[5]
    fraction, zone = match[7] or '', match[8]
    if zone and zone.upper() == ' UTC' and backend != 'bigquery':
        return MISMATCH
    if (minute is None and backend != 'snowflake') or second == '60':
        return MISMATCH
    if not real or int(hour) > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return RANGE
    if zone and backend != 'bigquery':
        return PORTABLE
    keeps = length[0] if length else 9
    if len(fraction.rstrip('0')) > keeps:
        return PRECISE
    return PORTABLE if len(fraction) > 6 and backend != 'snowflake' else None


def string(text, _backend, length):
    return LONG if length and len(text) > length[0] else None


# ---- values -------------------------------------------------------------------------------------

def digits(rng, most):
    kind = rng.random()
    n = rng.randint(1, most)
    if kind < .1:
        return '0' * n
    if kind < .25:
        return '9' * n
    return ''.join(rng.choice('0123456789') for _ in range(n))


def number_text(rng, most=45):
    edges = ['9223372036854775807', '9223372036854775808', '9223372036854775809', '179769313486231',
             str(2 ** 1024 - 2 ** 970), str(2 ** 1024 - 2 ** 970 - 1), str(10 ** 38), '1e308', '1e309',
             '1.7976931348623158e308', '1.7976931348623159e308', '99.995', '0.9999999999', '1e-400',
             '0e999999999', '1e999999999999999999999', '0x1F', '0xg', '-0x0']
    if rng.random() < .15:
        return rng.choice(('', '', '-', '+')) + rng.choice(edges)
    text = rng.choice(('', '', '', '-', '-', '+')) + (digits(rng, rng.choice((3, 10, 20, most))))
    if rng.random() < .4:
        text += '.' + (digits(rng, 12) if rng.random() < .95 else '')
    if rng.random() < .03:
        text = text.lstrip('0123456789')
    if rng.random() < .15:
        text += rng.choice('eE') + rng.choice(('', '+', '-')) + digits(rng, 3)
    if rng.random() < .05:
        text = rng.choice((' ', '\t', '')) + text + rng.choice((' ', '', '\t '))
    return text


def day_text(rng):
    year = rng.choice((1, 4, 100, 400, 999, 1900, 1970, 1999, 2000, 2023, 2024, 9999, 0))
    month, day = rng.choice((rng.randint(1, 12), 2, 0, 13)), rng.choice((rng.randint(1, 28), 28, 29, 30, 31, 0))
    return rng.choice((f'{year:04}-{month:02}-{day:02}',) * 6 +
                      (f'{year:04}-{month}-{day}', f'{year:04}/{month:02}/{day:02}',
                       f'{month}/{day}/{year:04}', f'{month:02}/{day:02}/{year:04}',
                       f'{day:02}-{rng.choice(MONTHS)}-{year:04}', f'{day}-{rng.choice(MONTHS).lower()}-{year:04}',
                       f'{day:02}.{month:02}.{year:04}', f'{year:04}{month:02}{day:02}', f'{year}-{month}'))


def time_text(rng):
    text = day_text(rng)
    if rng.random() < .1:
        return text
    if rng.random() < .1:
        return digits(rng, 13) + rng.choice(('', '.' + digits(rng, 8)))
    if rng.random() < .1:
        text = rng.choice(('Thu, ', '')) + f'{rng.randint(0, 32)} {rng.choice(MONTHS).title()} 2000'
    text += rng.choice('    TTt_')
    hour, minute, second = (rng.choice((rng.randint(0, 23), 0, 23, 24)), rng.choice((rng.randint(0, 59), 60)),
                            rng.choice((rng.randint(0, 59), 59, 60, 61)))
    text += rng.choice((f'{hour:02}:{minute:02}:{second:02}',) * 6 + (f'{hour:02}:{minute:02}', f'{hour:02}', f'{hour}:{minute}'))
    if rng.random() < .3:
        text += '.' + digits(rng, 11)
    return text + rng.choice(('',) * 8 + ('Z', 'z', ' UTC', '+02:00', '-0200', ' +02:00', '+02', '+24:00', '+2', ' CET', ' +0100'))


WORDS = ['true', 'T', 'Yes', 'y', '1', 'FALSE', 'f', 'nO', 'N', '0', 'on', 'OFF', '2', '1.0', 'ja', 'tru',
         'truee', ' true', 'false ', 'nan', 'NaN', 'inf', '-INF', '+inf', 'Infinity', '-infinity', '-nan',
         'NULL', 'abc', '-', '.', '+', 'e5', '1,000', '1 000', '$5', "1'000", '--1', '1-', '1e', '1e+', ' ',
         '\u0661\u0662', '1_000', '0.', '.5', '-.5', '5.', '\u22125', '1.2.3', '00', '-0', '007', '1\n', '"1"']


def mutated(rng, text):
    at = rng.randrange(len(text) + 1)
    return rng.choice((text[:at] + rng.choice('0 -:.,eTZ/+x"\u00e9') + text[at:], text[:at] + text[at + 1:]))


def text_of(rng, kind):
    source = rng.random()
    if kind == 'STRING':
        return ''.join(rng.choice('aé漢\U0001F600,"\n') for _ in range(rng.randint(1, 24)))
    if source < .15:
        return rng.choice(WORDS)
    text = {'DATE': day_text, 'TIMESTAMP': time_text}.get(kind, number_text)(rng)
    if kind == 'BOOLEAN':
        text = rng.choice(WORDS)
    return mutated(rng, text) if rng.random() < .15 else text


COLUMNS = [('STRING', (10,), string), ('INTEGER', None, integer), ('NUMERIC', None, numeric),
           ('NUMERIC', (10, 2), numeric), ('NUMERIC', (5, 5), numeric), ('NUMERIC', (4, 0), numeric),
           ('FLOAT', None, floating), ('BOOLEAN', None, boolean), ('DATE', None, date),
           ('TIMESTAMP', None, timestamp), ('TIMESTAMP', (3,), timestamp)]


def manifest():
    columns = []
    for number, (kind, length, _) in enumerate(COLUMNS):
        base = {'type': kind}
        if length:
            base['length'] = ','.join(map(str, length))
        columns.append({'name': f'c{number}', 'data_type': {'base': base}})
    return {'schema': columns, 'has_header': False}


def judge(tool, folder, backend, rows):
    table, report = os.path.join(folder, 't.csv'), os.path.join(folder, 'findings.csv')
    with open(table, 'w', newline='', encoding='utf-8') as out:
        csv.writer(out, lineterminator='\r\n').writerows(rows)
    with open(report, 'w', encoding='utf-8') as out:
        subprocess.run([tool, 'validate', '--rule=all=off', *(f'--rule={r}=warning' for r in
                        (MISMATCH, RANGE, LONG, PRECISE, AMBIGUOUS, PORTABLE)), '--max-findings=0',
                        '--format=csv', f'--backend={backend}', f'--manifest={folder}/m.json', table],
                       stdout=out, stderr=subprocess.DEVNULL, check=True)  # a length that BigQuery has not is told
    with open(report, newline='', encoding='utf-8') as found:
        return {(int(r['record']), int(r['field'])): r['rule'] for r in csv.DictReader(found)}


def main(tool, values=200000, seed=1):
    rng, wrong, judged = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'm.json'), 'w', encoding='utf-8') as out:
            json.dump(manifest(), out)
        while judged < values:
            for backend in ('portable', 'snowflake', 'bigquery'):
                rows = [[text_of(rng, kind) or '0' for kind, _, _ in COLUMNS] for _ in range(4000)]
                found = judge(tool, folder, backend, rows)
                for r, row in enumerate(rows):
                    for c, (kind, length, model) in enumerate(COLUMNS):
                        want, have = model(row[c], backend, length), found.get((r + 1, c + 1))
                        judged += 1
                        if want != have:
                            wrong += 1
                            if wrong <= 40:
                                print(f'{backend} {kind}{length or ""} {row[c]!r}: csvkit {have}, model {want}')
    print(f'{judged} values, {wrong} judged otherwise')
    return wrong != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
