"""examples/python/csvkit.py beside the command line: python_wrapper.py PROGRAM FOLDER."""
import csv
import json
import os
import subprocess
import sys

sys.path.insert(0, 'examples/python')
import csvkit  # noqa: E402  (where it is, is known only now)

PROGRAM, FOLDER = sys.argv[1:]
FILES = {
    'good.csv': b'id,name\r\n"1""x","a, ""b"""\r\n2,c\r\n',
    'broken.csv': b'id,name,size\r\n1,"x" y,3\r\n2,b\r\n\r\n3,"never closed\r\n4,d,5\r\n',
    'odd.csv': b'\xef\xbb\xbfid;n\xe4me\r\n1;\x00\r\n',
    'empty.csv': b'',
    'long.csv': b'n,text\r\n' + b''.join(b'%d,"line %d of ""many"""\r\n' % (i, i) for i in range(5000)),
}


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True)
    text = done.stdout or done.stderr  # normalize may write the table to standard output
    return done.returncode, json.loads(text) if text.startswith(b'{') else text


def fails(status, text, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except csvkit.Error as error:
        assert error.status == status and text in str(error), error
    else:
        raise AssertionError(f'{text}: no failure')


def check_values():
    for name in ('good.csv', 'long.csv'):  # Python's own reader agrees about files without a defect
        with open(name, encoding='utf-8', newline='') as text:
            assert list(csvkit.records(name)) == list(csv.reader(text)), name
    assert list(csvkit.records('broken.csv'))[1:4] == [['1', 'x y', '3'], ['2', 'b'], []]
    assert list(csvkit.records('odd.csv', delimiter=';')) == [['id', 'n\udce4me'], ['1', '\0']]
    assert list(csvkit.records('odd.csv', delimiter=';', encoding='latin1'))[0][-1] == 'näme'
    assert list(csvkit.records('empty.csv')) == []
    first = csvkit.records('long.csv')
    assert next(first) == ['n', 'text']
    first.close()  # what was opened is freed before the end
    subprocess.run(['gzip', '-k', 'long.csv'], check=True)
    assert list(csvkit.records('long.csv.gz')) == list(csvkit.records('long.csv'))
    with open('long.csv.gz', 'rb') as whole, open('cut.csv.gz', 'wb') as cut:
        cut.write(whole.read()[:-9])
    fails(-5, 'truncated', lambda: list(csvkit.records('cut.csv.gz')))


def check_reports():
    for name in [*FILES, 'long.csv.gz', 'cut.csv.gz']:
        code, wanted = run('validate', '--format=json', name)
        have = csvkit.validate(name)
        assert have == wanted, name
        assert have['valid'] == (code == 0), name
    _, wanted = run('validate', '--format=json', '--profile=keboola', '--primary-key=id,name',
                    '--max-findings=1', '--no-header', '--columns=id,name,size', 'broken.csv')
    assert csvkit.validate('broken.csv', profile='keboola', primary_key=['id', 'name'],
                           max_findings=1, no_header=True, columns=('id', 'name', 'size')) == wanted


def check_normalize():
    for name, options in (('good.csv', {}), ('broken.csv', {'rejects': 'R', 'log': 'L'}),
                          ('long.csv.gz', {'verify': True, 'quote': 'all', 'line_break': 'lf'})):
        texts = [f'--{k.replace("_", "-")}' + ('' if v is True else f'={v}') for k, v in options.items()]
        _, wanted = run('normalize', name, '-o', 'wanted.csv', '--format=json', *texts)
        assert csvkit.normalize(name, 'have.csv', **options) == wanted, name
        with open('have.csv', 'rb') as have, open('wanted.csv', 'rb') as text:
            assert have.read() == text.read(), name
    account = csvkit.normalize('odd.csv', delimiter=';', encoding='latin1')  # judged only
    assert account['records_in'] == 2 and account['changed']
    csvkit.normalize('long.csv', 'packed.csv', gzip=3)
    with open('packed.csv', 'rb') as packed:
        assert packed.read(2) == b'\x1f\x8b'


def check_failures():
    fails(-2, 'no-such-file', lambda: list(csvkit.records('no-such-file')))
    fails(-2, 'no-such-file', csvkit.validate, 'no-such-file')
    fails(csvkit.USAGE, 'setting "profile=x"', csvkit.validate, 'good.csv', profile='x')
    fails(csvkit.USAGE, 'setting "trim": not known here', csvkit.validate, 'good.csv', trim=True)
    fails(csvkit.USAGE, 'setting "trim=1": it takes no value', csvkit.normalize, 'good.csv', trim=1)
    fails(csvkit.USAGE, 'setting "quote": it needs a value', csvkit.normalize, 'good.csv', quote=True)
    fails(csvkit.USAGE, 'setting "gzip=10"', csvkit.normalize, 'good.csv', 'x.csv', gzip=10)
    fails(csvkit.USAGE, 'setting "delimiter=ab"', lambda: list(csvkit.records('good.csv', delimiter='ab')))
    fails(-5, '', csvkit.normalize, 'broken.csv', 'x.csv')  # no file for the rejects
    with open('sep.csv', 'wb') as text:
        text.write(b'sep=;\r\na;b\r\n1;2\r\n')
    assert csvkit.normalize('sep.csv')['repairs'] == run('normalize', '--format=json', 'sep.csv', '-o', 'y.csv')[1]['repairs']
    fails(-5, 'sep=', csvkit.normalize, 'sep.csv', 'x.csv', delimiter=',')  # the two contradict
    assert not os.path.exists('x.csv')


os.chdir(FOLDER)
for file_name, content in FILES.items():
    with open(file_name, 'wb') as file:
        file.write(content)
assert csvkit.version in run('--version')[1].decode()
check_values()
check_reports()
check_normalize()
check_failures()
print('Python reads, judges and repairs as the command line does')
