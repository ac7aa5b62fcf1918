#!/usr/bin/env python3
"""Foreign keys of Table Schema: to the table itself, to another resource, schemas in other files.

    table_references.py CSVKIT [TABLES] [SEED]

Each case is the files, the words after `csvkit validate`, the exit status, and each finding as
(file, line, column, times found), or a part of the trouble that is told. Then TABLES random pairs of
tables are held against a dictionary.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

ORDERS = 'id,customer,parent\n1,7,\n2,9,1\n3,07,4\n4,,3\n'
CUSTOMERS = 'code,name\n7,a\n8,b\n7,c\n'
INTEGERS = [{'name': n, 'type': 'integer'} for n in ('id', 'customer', 'parent')]
TEXTS = [{'name': n} for n in ('id', 'customer', 'parent')]


def key(fields, there, **more):
    return {'fields': fields, 'reference': {'fields': there, **more}}


def schema(*keys, **more):
    return {'fields': INTEGERS, 'foreignKeys': list(keys), **more}


def package(orders, customers=None, **more):
    if customers is None:
        customers = {'fields': [{'name': 'code', 'type': 'number'}, {'name': 'name'}]}
    return {'resources': [{'name': 'orders', 'path': 'orders.csv', 'schema': orders},
                          {'name': 'customers', 'path': 'customers.csv', 'schema': customers, **more}]}


TO_CUSTOMER = key('customer', 'code', resource='customers')
TO_PARENT = key(['parent'], ['id'])
BAD_CUSTOMER = [('orders.csv', 3, 3, 0)]
P, ONE = '--schema=d/p.json', 'd/orders.csv'
CASES = [
    ('itself', schema(TO_PARENT), {}, [P, ONE], 0, []),
    ('itself, as version 1 has it', schema(key('parent', 'id', resource='')), {}, [P, ONE], 0, []),
    ('itself, by its own name', package(schema(key('parent', 'id', resource='orders'))), {}, [P, ONE], 0, []),
    ('itself, missing', schema(TO_PARENT), {'orders.csv': ORDERS + '5,,6\n'}, [P, ONE], 1,
     [('orders.csv', 6, 4, 0)]),
    ('another: by value, twice there, none here', package(schema(TO_CUSTOMER)), {}, [P, ONE], 1, BAD_CUSTOMER),
    ('two keys', package(schema(TO_CUSTOMER, TO_PARENT)), {'orders.csv': ORDERS + '5,8,"66"\n'}, [P, ONE], 1,
     BAD_CUSTOMER + [('orders.csv', 6, 5, 0)]),
    ('two columns', package(schema(key(['id', 'customer'], ['code', 'name'], resource='customers')),
                            {'fields': [{'name': 'code', 'type': 'number'}, {'name': 'name', 'type': 'integer'}]}),
     {'customers.csv': 'code,name\n1,7\n3,8\n9,2\n'}, [P, ONE], 1, [('orders.csv', 3, 1, 0), ('orders.csv', 4, 1, 0)]),
    ('a number is no text', package(schema(key('id', 'name', resource='customers'))),
     {'orders.csv': 'id,customer,parent\n1,,\n', 'customers.csv': 'code,name\n1,1\n'}, [P, ONE], 1,
     [('orders.csv', 2, 1, 0)]),
    ('a value that is not of its type refers to nothing', package(schema(TO_CUSTOMER)),
     {'orders.csv': 'id,customer,parent\n1,x,\n'}, [P, ONE], 1, []),
    ('a schema in a file', package('s/orders.json', 's/customers.json'),
     {'s/orders.json': schema(TO_CUSTOMER),
      's/customers.json': {'fields': [{'name': 'code', 'type': 'integer'}, {'name': 'name'}]}}, [P, ONE], 1,
     BAD_CUSTOMER),
    ('a place in the file of the schema', package('s.json'), {'s.json': schema(key('customer', 'no', resource='customers'))},
     [P, ONE], 2, "d/s.json:1:"),
    ('fields by their names', package(
        schema(TO_CUSTOMER, fieldsMatch='equal'),
        {'fields': [{'name': 'code', 'type': 'integer'}, {'name': 'name'}], 'fieldsMatch': 'subset'}),
     {'orders.csv': 'customer,parent,id\n7,,1\n9,1,2\n', 'customers.csv': 'more,name,code\n9,9,7\n'}, [P, ONE], 1,
     [('orders.csv', 3, 1, 0)]),
    ('no such column in the data', package(schema(TO_CUSTOMER, fieldsMatch='superset')), {'orders.csv': 'id\n1\n'},
     [P, ONE], 0, []),
    ('delimiters by option', package(schema(TO_CUSTOMER)),
     {'orders.csv': ORDERS.replace(',', ';'), 'customers.csv': CUSTOMERS.replace(',', ';')},
     [P, '--delimiter=;', ONE], 1, BAD_CUSTOMER),
    ('delimiters found out', package(schema(TO_CUSTOMER)), {'customers.csv': CUSTOMERS.replace(',', ';')},
     [P, '--delimiter=auto', ONE], 1, BAD_CUSTOMER),
    ('no header', package(schema(TO_CUSTOMER)),
     {'orders.csv': '1,7,\n2,9,1\n', 'customers.csv': '7,a\n'}, [P, '--no-header', ONE], 1, [('orders.csv', 2, 3, 0)]),
    ('another severity', package(schema(TO_CUSTOMER)), {}, [P, '--rule=foreign-key=warning', ONE], 0, BAD_CUSTOMER),
    ('a warning that fails', package(schema(TO_CUSTOMER)), {}, [P, '--rule=foreign-key=warning',
                                                               '--fail-on=warning', ONE], 1, BAD_CUSTOMER),
    ('switched off', package(schema(TO_CUSTOMER)), {}, [P, '--rule=foreign-key=off', ONE], 0, []),
    ('two files', schema(TO_PARENT), {'more.csv': ORDERS + '5,,6\n'}, [P, ONE, 'd/more.csv', ONE], 1,
     [('more.csv', 6, 4, 0)]),
    # tables in slices, which have no header unless somebody says so
    ('itself in slices', schema(TO_PARENT), {'f/a': '1,,2\n2,,1\n', 'f/b': '3,,1\n4,,5\n', 'f/c': '5,,6\n'},
     [P, 'd/f'], 1, [('c', 1, 4, 0)]),
    ('slices to a file', package(schema(TO_CUSTOMER)), {'f/a': '1,7,\n2,9,\n', 'f/b': '3,8,\n4,code,\n5,9,\n'},
     ['--schema=d/f.json', 'd/f'], 1, [('a', 2, 3, 0), ('b', 3, 3, 0)]),
    ('a file to slices', package(schema(TO_CUSTOMER), path='g'), {'g/a': '8,a\n', 'g/b': '9,b\n'}, [P, ONE], 1,
     [('orders.csv', 2, 3, 0), ('orders.csv', 4, 3, 0)]),
    ('slices to slices', package(schema(TO_CUSTOMER), path='g'),
     {'g/a': '8,a\n', 'g/b': '9,b\n', 'f/a': '1,7,\n', 'f/b': '1,8,\n1,9,\n'}, ['--schema=d/f.json', 'd/f'], 1,
     [('a', 1, 3, 0)]),
    ('slices with headers', package(schema(TO_CUSTOMER), path='g'),
     {'g/a': 'code,name\n8,a\n', 'g/b': 'code,name\n9,b\n', 'f/a': 'id,customer,parent\n1,7,\n',
      'f/b': 'id,customer,parent\n1,9,\n'}, ['--schema=d/f.json', '--header', 'd/f'], 1, [('a', 2, 3, 0)]),
    ('slices with headers, of texts', package({'fields': TEXTS, 'foreignKeys': [TO_CUSTOMER]},
                                              {'fields': [{'name': 'code'}, {'name': 'name'}]}),
     {'f/a': 'id,customer,parent\n1,7,\n', 'f/b': 'id,customer,parent\n1,9,\n'}, ['--schema=d/f.json', '--header', 'd/f'],
     1, [('b', 2, 3, 0)]),
    ('slices to a file, no header', package(schema(TO_CUSTOMER)), {'f/a': '1,7,\n', 'customers.csv': '7,a\n'},
     ['--schema=d/f.json', '--no-header', 'd/f'], 0, []),
    ('no header, to slices', package(schema(TO_CUSTOMER), path='g'), {'g/a': '7,a\n', 'orders.csv': '1,7,\n2,8,\n'},
     [P, '--no-header', ONE], 1, [('orders.csv', 2, 3, 0)]),
    ('slices, with a key', package(schema(TO_CUSTOMER, primaryKey='id')), {'f/a': '1,7,\n', 'f/b': '2,9,\n'},
     ['--schema=d/f.json', 'd/f'], 1, [('b', 1, 3, 0)]),
    ('slices, a warning that fails', package(schema(TO_CUSTOMER)), {'f/a': '1,9,\n', 'f/b': '2,7,\n'},
     ['--schema=d/f.json', '--rule=foreign-key=warning', '--fail-on=warning', 'd/f'], 1, [('a', 1, 3, 0)]),
    ('slices, delimiters found out', package(schema(TO_CUSTOMER), path='g'),
     {'f/a': '1;7;1\n2;8;2\n', 'f/b': '3;9;3\n4;7;4\n', 'g/a': '7|a\n7|b\n', 'g/b': '8|a\n8|b\n'},
     ['--schema=d/f.json', '--delimiter=auto', 'd/f'], 1, [('b', 1, 3, 0)]),
    ('slices that differ', package(schema(TO_CUSTOMER)), {'f/a': '1;7;1\n2;8;2\n', 'f/b': '3|9|3\n4|7|4\n'},
     ['--schema=d/f.json', '--delimiter=auto', 'd/f'], 2, 'slices differ in delimiter or encoding'),
    ('slices, more memory', package(schema(TO_CUSTOMER), path='g'),
     {f'g/{i}': ''.join(f'{n * 7 + i},a\n' for n in range(20000)) for i in range(3)},
     [P, '--memory=1MiB', ONE], 2, 'd/g: its keys need more memory'),
    ('a folder without slices', package(schema(TO_CUSTOMER), path='g'), {'g/.a': '1,a\n'}, [P, ONE], 2, 'no slices'),
    # what is refused, with its place
    ('standard input', schema(TO_PARENT), {}, [P, '-'], 2, 'need the table twice'),
    ('no data of the other', package(schema(TO_CUSTOMER)), {'customers.csv': None}, [P, ONE], 2, 'd/customers.csv'),
    ('no package', schema(TO_CUSTOMER), {}, [P, ONE], 2, "without its datapackage.json: a foreign key to 'customers'"),
    ('no such resource', package(schema(key('id', 'id', resource='x'))), {}, [P, ONE], 2, "has the name 'x'"),
    ('no such field there', package(schema(key('id', 'x', resource='customers'))), {}, [P, ONE], 2, "has the name 'x'"),
    ('no such field here', schema(key('x', 'id')), {}, [P, ONE], 2, "'fields'"),
    ('no such field in itself', schema(key('id', 'x')), {}, [P, ONE], 2, "'fields'"),
    ('one and two', schema(key('id', ['id', 'parent'])), {}, [P, ONE], 2, "'fields'"),
    ('no reference', schema({'fields': 'id'}), {}, [P, ONE], 2, "'foreignKeys'"),
    ('an unknown member', schema({**TO_PARENT, 'onDelete': 1}), {}, [P, ONE], 2, "not supported: 'onDelete'"),
    ('another package', schema(key('id', 'id', package='x')), {}, [P, ONE], 2, "not supported: 'package'"),
    ('a dialect there', package(schema(TO_CUSTOMER), dialect={}), {}, [P, ONE], 2, "not supported: 'dialect'"),
    ('several files there', package(schema(TO_CUSTOMER), path=['a', 'b']), {}, [P, ONE], 2, "not supported: 'path'"),
    ('above the folder', package(schema(TO_CUSTOMER), path='../customers.csv'), {}, [P, ONE], 2, "not supported: 'path'"),
    ('elsewhere', package(schema(TO_CUSTOMER), path='https://example.org/c.csv'), {}, [P, ONE], 2, "'path'"),
    ('a schema elsewhere', package('https://example.org/s.json'), {}, [P, ONE], 2, "not supported: 'schema'"),
    ('a schema above', package('a/../../s.json'), {}, [P, ONE], 2, "not supported: 'schema'"),
    ('no file of the schema', package('s.json'), {}, [P, ONE], 2, 'd/s.json'),
]


def write(folder, files):
    for name, what in files.items():
        if what is not None:
            path = f'{folder}/d/{name}'
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', newline='', encoding='utf-8') as out:
                out.write(what if isinstance(what, str) else json.dumps(what))


def run(tool, folder, words):
    done = subprocess.run([tool, 'validate', '--format=json', '--max-findings=0', *words], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    found = []
    for line in done.stdout.splitlines():
        report = json.loads(line)
        found += [(os.path.basename(report['file']), f['line'], f['column'], f['found'])
                  for f in report.get('findings', []) if f['rule'] == 'foreign-key']
    return done.returncode, found, done.stdout + done.stderr


def judge_cases(tool):
    wrong = 0
    for name, root, files, words, status, told in CASES:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {'p.json': root, 'orders.csv': ORDERS, 'customers.csv': CUSTOMERS, **files})
            if '--schema=d/f.json' in words:
                write(folder, {'f.json': {'resources': [{**root['resources'][0], 'path': 'f'}, *root['resources'][1:]]}})
            returned, found, text = run(tool, folder, words)
        good = found == told if isinstance(told, list) else told in text
        if returned != status or not good:
            wrong += 1
            print(f'{name}: exit {returned}, not {status}; {found}, not {told}\n{text}')
    return wrong


def numeral(rng, number):
    return rng.choice(['', '0', '00', '+']) + str(number) if number is not None else ''


def write_slices(rng, files, name, names, rows):
    """The records in a file with a header, or in slices without; returns file and line of each."""
    lines = [','.join([numeral(rng, v) for v in row] + ['x']) + '\n' for row in rows]
    if rng.random() < .5:
        files[name] = ','.join(names + ['x']) + '\n' + ''.join(lines)
        return [(name, i + 2) for i in range(len(rows))]
    ends, places = sorted(rng.randrange(len(rows) + 1) for _ in range(3)) + [len(rows)], []
    for number, (begin, end) in enumerate(zip([0] + ends, ends)):
        files[f'{name}/{number}'] = ''.join(lines[begin:end])
        places += [(str(number), i + 1) for i in range(end - begin)]
    return places


def judge_random(tool, tables, seed):
    rng, wrong, told = random.Random(seed), 0, 0
    for _ in range(tables):
        width, most = rng.randint(1, 3), rng.choice([2, 5, 50])
        names = [f'k{i}' for i in range(width)]

        def rows(count):
            return [[rng.choice([None] + 3 * list(range(most))) for _ in names] for _ in range(count)]
        here, there = rows(rng.randint(0, 200)), rows(rng.choice([0, 5, 100, 3000]))
        fields = [{'name': n, 'type': 'integer'} for n in names]
        data = {}
        places = write_slices(rng, data, 'a.csv', names, here)
        write_slices(rng, data, 'b.csv', names, there)
        keys = {tuple(row) for row in there if None not in row}
        want = [(*places[i], 1, 0) for i, row in enumerate(here) if None not in row and tuple(row) not in keys]
        root = {'resources': [
            {'name': n[0], 'path': n, 'schema': {'fields': fields + [{'name': 'x'}], **more}}
            for n, more in (('a.csv', {'foreignKeys': [key(names, names, resource='b')]}), ('b.csv', {}))]}
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {'p.json': root, **data})
            returned, found, text = run(tool, folder, [P, 'd/a.csv'])
        told += len(want)
        if returned != bool(want) or found != want:
            wrong += 1
            print(f'exit {returned}; {found}, not {want}\n{text[:2000]}')
    print(f'{len(CASES)} cases, {tables} random tables from {seed}: {told} keys without a record')
    return wrong != 0 or told < tables


def main(tool, tables='30', seed='1'):
    wrong = judge_cases(tool)
    return judge_random(tool, int(tables), int(seed)) or wrong != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
