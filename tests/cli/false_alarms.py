#!/usr/bin/env python3
"""330 valid tables of 22 kinds, as the public has them: none of them has an error, and none a warning
that is not listed here with its reason.

    false_alarms.py CSVKIT FOLDER

The tables are made in FOLDER, the same ones every time.
"""
import csv
import io
import json
import os
import random
import subprocess
import sys

TABLES = 15  # of each kind

# kind -> {rule: why it is right there}
EXPECTED = {
    'blank rows': {'empty-record': 'every tenth record is empty, as the sheet was printed'},
}

WORDS = ('amber birch cedar delta ember fjord grove heath inlet jetty knoll ledge marsh north ocean quarry '
         'ridge shore trail vale').split()
NAMES = ['José Álvarez', 'Zoë Müller', 'Łukasz Żak', 'Айгуль Смирнова', '李 小龍', 'محمد علی‌پور', 'Nguyễn Thị Hoa',
         "O'Brien, Pat", 'de la Cruz', 'Søren Ørsted', 'Анна-Мария', '山田 太郎', "D'Angelo", 'Ünal Çelik']
STREETS = ['Hauptstraße 5', 'Calle de Alcalá, 12', 'ул. Ленина, д. 3', 'Rua São João 7 "B"', '東京都千代田区1-1',
           'Main St #4', "Côte d'Azur 1", '5/6 King\'s Rd']


def table(rows, delimiter=',', line_break='\r\n', quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_break, quoting=quoting)
    writer.writerows(rows)
    return out.getvalue()


def pivot_table(r):
    years = range(2010, 2010 + r.randrange(3, 14))
    return table([['country', *years]] + [[w, *(r.randrange(9999) for _ in years)] for w in WORDS])


def sensor_log(r):
    return table([['ts', 'sensor', 'celsius', 'ok']] + [
        [f'2024-03-{d:02}T{h:02}:00:00Z', f's{r.randrange(9)}', round(r.gauss(15, 9), 2), r.choice(['true', 'false'])]
        for d in range(1, 20) for h in range(24)])


def addresses(r):
    return table([['name', 'street', 'zip', 'città']] + [
        [r.choice(NAMES), r.choice(STREETS), f'{r.randrange(99999):05}', r.choice(WORDS)] for _ in range(40)])


def price_list(r):
    return table([['artikel', 'preis', 'menge']] + [
        [r.choice(WORDS), f'{r.randrange(999)},{r.randrange(100):02}', f'{r.randrange(9)}.{r.randrange(1000):03}']
        for _ in range(60)], delimiter=';')


def server_log(r):
    return table([['time', 'level', 'message']] + [
        [f'{h:02}:00', r.choice(['INFO', 'WARN']), f'GET /{r.choice(WORDS)}?a=1&b=2; 200 | {r.randrange(99)} ms, ok']
        for h in range(24)], line_break='\n')


def json_cells(r):
    return table([['id', 'payload']] + [
        [i, json.dumps({'k': r.choice(WORDS), 'list': [1, 2, {'q': 'a "b", c'}], 'n': None})] for i in range(30)])


def key_values(r):
    return table([['key', 'value']] + [[f'{r.choice(WORDS)}.{i}', r.choice(['1', 'a=b', '-', '', 'x;y'])]
                                       for i in range(30)], line_break='\n')


def one_column(r):
    return 'email\n' + ''.join(f'{r.choice(WORDS)}.{r.randrange(99)}@{r.choice(WORDS)}.example\n' for _ in range(50))


def wide_matrix(r):
    width = r.randrange(200, 400)
    return table([[f'c{i}' for i in range(width)]] + [[r.choice(['', '', 0, 1]) if i else k for i in range(width)]
                                                      for k in range(12)])


def survey(r):
    texts = ['Very good, thanks', 'He said "no"', 'first line\r\nsecond line', 'a; b; c', '', '- nothing\n- to add, really',
             '1) slow\n2) dear, too', "it's fine", '“quoted”, he said']
    return table([['respondent', 'score', 'What did you like?', 'Anything else?']] + [
        [i, r.randrange(1, 6), r.choice(texts), r.choice(texts)] for i in range(40)])


def genes(r):
    return table([['gene_id', 'sample_a', 'sample_b', 'padj']] + [
        [f'ENSG{i:011}', round(r.random() * 900, 4), round(r.random(), 6), r.choice(['NA', '1e-05', '0.03'])]
        for i in range(80)], delimiter='\t', line_break='\n')


def coordinates(r):
    return table([['place', 'lat', 'lon', 'dms']] + [
        [r.choice(WORDS), round(r.uniform(-90, 90), 5), round(r.uniform(-180, 180), 5),
         f'{r.randrange(90)}°{r.randrange(60)}\'{r.randrange(60)}"N'] for _ in range(40)])


def dates(r):
    return table([['from', 'until', 'label']] + [[f'2024-{m:02}-01', f'2024-{m:02}-28T23:59:59+02:00', f'{m}/2024']
                                                 for m in range(1, 13)], line_break='\n')


def phones(r):
    return table([['name', 'phone', 'fax']] + [
        [r.choice(NAMES), f'+{r.randrange(99)} ({r.randrange(999)}) {r.randrange(999)}-{r.randrange(9999):04}', '']
        for _ in range(30)])


def hashes(r):
    return table([['sha256', 'size', 'path']] + [
        [f'{r.getrandbits(256):064x}', r.randrange(10**9), f'/{r.choice(WORDS)}/{r.choice(WORDS)}.txt'] for _ in range(30)])


def flags(r):
    return table([['id', 'active', 'deleted', 'note']] + [
        [i, r.choice([0, 1]), r.choice(['Y', 'N']), r.choice(['', '', '', 'x'])] for i in range(60)])


def codes(r):
    return table([['code', 'title']] + [[f'{c}{n:02}', f'{r.choice(WORDS)} ({r.choice(WORDS)}), {r.choice(WORDS)}']
                                        for c in 'ABC' for n in range(20)], quoting=csv.QUOTE_ALL)


def time_table(r):
    return table([['stop', '06:00', '07:00', '08:00']] + [
        [w, *(f'{h:02}:{r.randrange(60):02}' for h in (6, 7, 8))] for w in WORDS])


def fragments(r):
    return table([['id', 'html']] + [
        [i, f'<p class="{r.choice(WORDS)}">{r.choice(WORDS)}, {r.choice(WORDS)}</p>\n<br/>'] for i in range(30)])


def pairs(r):
    mark = r.choice([':', ' ', '^', '-', '/'])
    return 'pair\n' + ''.join(f'{r.choice(WORDS)}{mark}{r.choice(WORDS)}\n' for _ in range(40))


def quotations(r):
    return table([['id', 'title', 'note']] + [
        [i, f'“{r.choice(WORDS)}, {r.choice(WORDS)}”', r.choice(["'tis", '[sic], he said', '{x}', '1,200.50', "'a','b'"])]
        for i in range(30)])


def blank_rows(r):
    return table([['item', 'qty', 'price']] + [
        ['', '', ''] if i % 10 == 9 else [r.choice(WORDS), i, round(r.random() * 9, 2)] for i in range(40)])


KINDS = [pivot_table, sensor_log, addresses, price_list, server_log, json_cells, key_values, one_column, wide_matrix,
         survey, genes, coordinates, dates, phones, hashes, flags, codes, time_table, fragments, pairs, quotations, blank_rows]
DELIMITERS = {price_list: 'semicolon', genes: 'tab'}


def name_of(kind):
    return kind.__name__.replace('_', ' ')


def judge(program, kind, paths):
    """The reports about the files, in their order."""
    given = ['--delimiter', DELIMITERS[kind]] if kind in DELIMITERS else []
    run = subprocess.run([program, 'validate', '--format=json', *given, *paths], capture_output=True, check=False,
                         timeout=60)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    program, folder = sys.argv[1:]
    bad = tables = 0
    for kind in KINDS:
        paths = []
        for i in range(TABLES):
            paths.append(os.path.join(folder, f'{kind.__name__}-{i}.csv'))
            with open(paths[-1], 'w', encoding='utf-8', newline='') as file:
                file.write(kind(random.Random(f'{kind.__name__} {i}')))
        expected, seen = EXPECTED.get(name_of(kind), {}), set()
        for path, report in zip(paths, judge(program, kind, paths), strict=True):
            tables += 1
            told = {f['rule'] for f in report['findings'] if f['severity'] != 'info'}
            seen |= told
            if report['errors'] or told - set(expected):
                print(f'{path}: {report["errors"]} errors, {sorted(told - set(expected))}')
                bad += 1
        if set(expected) - seen:
            print(f'{name_of(kind)}: never told: {sorted(set(expected) - seen)}')
            bad += 1
    print(f'{tables} tables, {bad} false alarms')
    return 1 if bad or tables != TABLES * len(KINDS) else 0


if __name__ == '__main__':
    sys.exit(main())
