#!/usr/bin/env python3
"""Random data folders through `csvkit processor`: nothing lost, nothing invented.

    random_folders.py PROGRAM COUNT [SEED]

A folder is made together with what its parameters mean: the columns and the records that each table
must have afterwards. What comes out is read by Python's csv in its strict mode, with nothing but the
manifest beside it; files are compared byte for byte; `csvkit preflight` must find each table good. A
run that is refused must say why, be one that may be refused, and leave nothing of the table in
out/tables. What fails is said with the seed that makes the folder again.
"""
import csv
import gzip
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile

csv.field_size_limit(1 << 24)

WORDS = ['', '', '0', '1', '-12.50', '2026-01-31', 'x', 'true', 'two words', ' led by a blank',
         'trailed ', 'comma, inside', 'semi;colon', 'pi|pe', 'tab\there', 'say "hi"', "it's", '""',
         "''", 'line\nbreak', 'crlf\r\nbreak', 'Ž', 'dvě slova', '日本', '🙂', 'NULL', '\\N', 'back\\slash',
         '#', 'sep', '=1+1', "end\n", '\nbegin', ',', '"', '\u00a0', 'a' * 300]
LATIN = [w for w in WORDS if all(ord(c) < 128 or c in 'Žžáéěš' for c in w)]
NAMES = ['a', 'name', 'Cena', 'dvě slova', 'x y', 'A-B', 'Ž', 'q"q', 'c,d', '日本', "it's", 'ID', '_x',
         'long' * 8]
TABLES = ['t', 'orders.csv', 'Ž.csv', 'two words.csv', 'a,b.csv', 'UPPER.CSV', 'x.tsv', 'čísla',
          'data-1_2.csv', "it's.csv", 'big.csv']
PARTS = ['part1', 'part2.csv', 'ž', 'p 3', 'x,y']


class Table:
    """One table of in/tables, and what must become of it."""

    def __init__(self, rng, name, support):
        self.rng, self.name, self.support = rng, name, support
        self.sliced = rng.random() < 0.35
        self.gz = rng.random() < 0.25
        if self.gz and not self.sliced:
            self.name += '.gz'
        self.width = rng.choice([1, 1, 2, 3, 3, 5, 12])
        self.names = [f'c{i}{rng.choice(NAMES)}' if rng.random() < 0.5 else f'c{i}'
                      for i in range(self.width)]
        self.latin = rng.random() < 0.15
        self.nul = rng.random() < 0.1
        self.ragged = rng.random() < 0.2
        self.junk = rng.choice([0, 0, 0, 0, 1, 3])
        self.bom = rng.random() < 0.05
        self.delimiter = rng.choice(',,,;\t|')
        self.enclosure = rng.choice('"""\'')
        self.eol = rng.choice(['\n', '\n', '\r\n'])
        self.choose_manifest()
        self.make_parts()
        self.choose_parameters()

    # ---- the input ----

    def choose_manifest(self):
        rng = self.rng
        self.kind = rng.choice(['none', 'legacy', 'legacy', 'native', 'in', 'in-native'])
        if self.kind.startswith('in'):
            self.delimiter, self.enclosure = ',', '"'
        self.header = True
        self.manifest = {}
        self.key = rng.random() < 0.3
        self.named = False                     # the manifest of the input names the columns
        if self.kind == 'none':
            self.key = False
        elif self.kind.startswith('in'):
            self.platform_manifest()
        else:
            self.own_manifest()
        if self.kind == 'none' and (self.delimiter, self.enclosure) != (',', '"'):
            self.kind, self.manifest = 'legacy', {}
            self.describe_dialect()

    def describe_dialect(self):
        if self.delimiter != ',':
            self.manifest['delimiter'] = self.delimiter
        if self.enclosure != '"':
            self.manifest['enclosure'] = self.enclosure

    def schema(self):
        return [dict({'name': n, 'data_type': {'base': {'type': 'STRING'}}},
                     **({'primary_key': True, 'nullable': False} if self.key and i == 0 else {}))
                for i, n in enumerate(self.names)]

    def own_manifest(self):
        rng = self.rng
        self.named = self.kind == 'native' or rng.random() < 0.6
        has_header = rng.choice([None, None, False, True]) if self.named else None
        self.header = not self.named or has_header is True
        if self.kind == 'native':
            self.manifest['schema'] = self.schema()
        elif self.named:
            self.manifest['columns'] = self.names
        if self.key and self.kind == 'legacy':
            self.manifest['primary_key'] = self.names[:1]
        if has_header is not None:
            self.manifest['has_header'] = has_header
        if rng.random() < 0.3:
            self.manifest['incremental'] = rng.random() < 0.5
        if rng.random() < 0.3:
            self.manifest['destination'] = f'in.c-main.d{rng.randrange(10 ** 9)}'
        if self.kind == 'legacy' and rng.random() < 0.3:
            self.manifest['metadata'] = [{'key': 'k', 'value': 'old'}]
        if self.kind == 'legacy' and self.named and rng.random() < 0.3:
            self.manifest['column_metadata'] = {n: [{'key': 'c', 'value': n}] for n in self.names}
        self.describe_dialect()

    def platform_manifest(self):
        self.manifest = {'id': f'in.c-x.{self.name}', 'uri': 'u', 'name': 'n', 'created': 'x',
                         'primary_key': self.names[:1] if self.key else [], 'columns': self.names,
                         'metadata': [{'id': '1', 'key': 'k', 'value': 'old', 'provider': 'p',
                                       'timestamp': 't'}],
                         'column_metadata': {n: [{'id': '1', 'key': 'c', 'value': n, 'provider': 'p',
                                                  'timestamp': 't'}] for n in self.names[:1]}}
        if self.kind == 'in-native':
            self.manifest['schema'] = self.schema()
        self.header = not self.sliced
        self.named = self.sliced or self.kind == 'in-native'

    def value(self):
        word = self.rng.choice(LATIN if self.latin else WORDS)
        if self.nul and self.rng.random() < 0.2:
            word += '\0'
        return word

    def record(self, number):
        row = [self.value() for _ in range(self.width)]
        row[0] = str(number) if self.key else row[0]
        if self.ragged and self.rng.random() < 0.4:
            more = self.rng.randrange(1, 4)
            row = row[:-1] if self.rng.random() < 0.4 and len(row) > 1 else row + ['m'] * more
        return row

    def text(self, row):
        """A record as it may be written, with enclosures where they are needed, or more often."""
        out = []
        for value in row:
            special = any(c in value for c in (self.delimiter, self.enclosure, '\n', '\r'))
            if special or row == [''] or self.rng.random() < 0.2:
                value = value.replace(self.enclosure, self.enclosure * 2)
                value = self.enclosure + value + self.enclosure
            out.append(value)
        return self.delimiter.join(out) + self.eol

    def make_parts(self):
        """Files of the table: (name, header or None, records), and their bytes."""
        rng = self.rng
        names = rng.sample(PARTS, rng.randrange(1, 4)) if self.sliced else [self.name]
        if self.sliced and self.gz:
            names = [n + '.gz' for n in names]
        self.parts, self.bytes, number = [], {}, 0
        for name in sorted(names, key=lambda n: n.encode()):
            count = rng.choice([0, 1, 1, 2, 5, 30])
            rows = [self.record(number + i) for i in range(count)]
            number += count
            empty = count == 0 and rng.random() < 0.3
            text = '' if empty else 'junk\n' * self.junk
            if not empty and self.header:
                text += self.text(self.names)
            text += ''.join(self.text(r) for r in rows)
            if count and rng.random() < 0.2:
                text = text[:-len(self.eol)]
            data = text.encode('cp1250' if self.latin and self.can_be_latin() else 'utf-8')
            if self.bom and not (self.latin and self.can_be_latin()):
                data = b'\xef\xbb\xbf' + data
            self.bytes[name] = gzip.compress(data, mtime=0) if self.gz else data
            self.parts.append((name, rows, empty))

    def can_be_latin(self):
        try:
            ''.join(self.names).encode('cp1250')
        except UnicodeEncodeError:
            return False
        return True

    # ---- the parameters, and what they mean ----

    def choose_parameters(self):
        rng = self.rng
        self.encoded = self.latin and self.can_be_latin()
        dirty = self.ragged or self.nul or self.junk or self.encoded
        self.may_refuse = []
        self.steps = {}
        self.normalize() if dirty or rng.random() < 0.4 else None
        nameless = self.sliced and not self.named
        self.columns() if rng.random() < (0.9 if nameless else 0.5) else None
        self.slice() if rng.random() < 0.35 else None
        self.describe()
        self.judge()

    def normalize(self):
        rng = self.rng
        step = {}
        if self.junk:
            step['skip_head'] = self.junk
        if self.encoded:
            step['encoding'] = 'CP1250'
        if self.nul:
            step['null_bytes'] = 'remove'
        if self.ragged or rng.random() < 0.2:
            step['ragged'] = 'widen'
        for key, values in (('line_break', ['lf', 'crlf', 'keep']), ('quote', ['keep', 'minimal', 'all']),
                            ('to_delimiter', [',', ';', '\\t', '|']), ('to_enclosure', ["'"]),
                            ('verify', [True])):
            if rng.random() < 0.25:
                step[key] = rng.choice(values)
        self.steps['normalize'] = step or True

    def columns(self):
        rng = self.rng
        step = {}
        choice = rng.random()
        if self.header and choice < (0.9 if self.sliced and not self.named else 0.4):
            step['names'] = 'header'
        elif not self.header and choice < 0.3:
            step['names'] = 'auto'
        elif not self.header and choice < 0.5:
            step['names'] = [f'new{i}' for i in range(self.width)]
        if rng.random() < 0.4:
            step['row_number'] = rng.choice(['rownum', 'n°'])
        if rng.random() < 0.4:
            step['file_name'] = 'file'
        self.steps['columns'] = step

    def slice(self):
        rng = self.rng
        step = {'compress': rng.choice(['gzip', 'none'])}
        key, value = rng.choice([('records', 1), ('records', 3), ('slices', 2), ('slices', 60),
                                 ('any_size', True)])
        step[key] = value
        if rng.random() < 0.2:
            step['min_table_size'] = rng.choice([1, 200, '10MB'])
        if rng.random() < 0.1 and key == 'slices':
            step['min_slice_size'] = '100B'
        if rng.random() < 0.2:
            step['verify'] = True
        self.steps['slice'] = step

    def describe(self):
        rng = self.rng
        if rng.random() < 0.2:
            self.steps['manifest'] = {'incremental': True}
        if rng.random() < 0.2:
            self.steps['manifest_defaults'] = {'incremental': False, 'write_always': True}
        if rng.random() < 0.2:
            self.steps['metadata'] = [{'key': 'k', 'value': 'new'}, {'key': 'm', 'value': '2'}]

    def touched(self):
        """A step is for this table, so that its result is judged and must be good."""
        return any(self.steps.values())

    def judge(self):
        """Sets what must come out: names, and records by part; why a refusal may be right."""
        step = self.steps.get('columns', {})
        widen = isinstance(self.steps.get('normalize'), dict) and \
            self.steps['normalize'].get('ragged') == 'widen'
        names = list(self.names)
        rows = [(n, [[v.replace('\0', '') for v in r] for r in part]) for n, part, _ in self.parts]
        given = step.get('names')
        anything = any(part for _, part in rows)
        if given == 'auto':
            widest = max((len(r) for _, part in rows for r in part), default=0)
            names = [f'col_{i + 1}' for i in range(widest)]
        elif isinstance(given, list):
            names = given
        width = max([len(names)] + [len(r) for _, part in rows for r in part])
        if widen:
            names += [('col_%d' % (i + 1) if given == 'auto' else f'auto_col_{i}')
                      for i in range(len(names), width)]
        rows = [(n, [r + [''] * (len(names) - len(r)) for r in part]) for n, part in rows]
        if self.nul and self.ragged:
            self.may_refuse.append('cannot be repaired')  # two defects in one record
        if self.bom and not self.header and not self.steps.get('normalize'):
            self.may_refuse.append('byte order mark')  # a byte order mark in a file without a header
        self.nameless = all(e for _, _, e in self.parts) and self.header or given == 'auto' and \
            not anything
        if self.nameless:
            self.may_refuse.append('empty|no header|no bytes')  # no record names the columns
        if self.sliced and not self.named and given is None and self.header:
            self.may_refuse.append('a sliced table needs a manifest|columns specification missing')  # slices without a manifest
        if self.sliced and self.header and any(e for _, _, e in self.parts):
            self.may_refuse.append('header')  # a slice without its header
        if self.support and self.kind not in ('native', 'in-native'):
            self.may_refuse.append('schema is missing|data type')  # types are missing
        if step.get('names') in ('auto',) or isinstance(given, list):
            if self.key:
                self.may_refuse.append('primary key')  # the key has other names
            if self.manifest.get('column_metadata'):
                self.may_refuse.append('column_metadata')  # metadata of other names
        pick = list(range(len(names)))
        if self.rng.random() < 0.3 and names and step is not None and 'columns' in self.steps:
            pick = self.rng.sample(pick, self.rng.randrange(1, len(pick) + 1))
            step['select'] = [names[i] for i in pick]
            if self.key and 0 not in pick:
                self.may_refuse.append('primary key names')  # the key is not selected
        if not names and 'columns' in self.steps:
            self.may_refuse.append('empty')  # no names
        added = [step[k] for k in ('row_number', 'file_name') if k in step]
        self.out_names = [names[i] for i in pick] + added
        self.out_rows = []
        for part, records in rows:
            for i, record in enumerate(records):
                out = [record[k] for k in pick]
                out += [str(i + 1)] if 'row_number' in step else []
                out += [part] if 'file_name' in step else []
                self.out_rows.append(out)
        self.out_header = self.header and given != 'header'

    # ---- writing the input ----

    def write(self, folder):
        path = os.path.join(folder, 'in/tables', self.name)
        if self.sliced:
            os.mkdir(path)
        for name, data in self.bytes.items():
            with open(os.path.join(path, name) if self.sliced else path, 'wb') as file:
                file.write(data)
        if self.kind != 'none':
            with open(path + '.manifest', 'w', encoding='utf-8') as file:
                json.dump(self.manifest, file)
        self.left_out = []
        if self.sliced and self.touched() and self.rng.random() < 0.2:
            os.mkdir(os.path.join(path, 'nested'))
            open(os.path.join(path, 'nested', 'slice'), 'w').close()
            open(os.path.join(path, '.hidden'), 'w').close()
            self.left_out = ['nested', '.hidden']


# ---- reading the output --------------------------------------------------------------------------


class Wrong(Exception):
    pass


def read_all(path):
    with open(path, 'rb') as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b'\x1f\x8b' else data


def read_records(data, manifest, header):
    text = data.decode('utf-8-sig' if header else 'utf-8')
    quote = manifest.get('enclosure', '"')
    reader = csv.reader(io.StringIO(text, newline=''), strict=True, doublequote=True,
                        delimiter=manifest.get('delimiter', ','), quotechar=quote)
    return list(reader)


def read_table(folder, name):
    """(columns, records, records of each file, manifest), by the manifest and the data alone."""
    path = os.path.join(folder, 'out/tables', name)
    manifest = {}
    if os.path.exists(path + '.manifest'):
        with open(path + '.manifest', encoding='utf-8') as file:
            manifest = json.load(file)
    columns = manifest.get('columns') or [c['name'] for c in manifest.get('schema', [])]
    header = manifest.get('has_header') is True or not columns
    files = [path]
    if os.path.isdir(path):
        files = [os.path.join(path, n) for n in sorted(os.listdir(path), key=os.fsencode)]
    records, each = [], []
    for file in files:
        rows = read_records(read_all(file), manifest, header)
        if header and rows:
            columns = columns or rows[0]
            if len(rows[0]) != len(columns):
                raise Wrong(f'{file}: header {rows[0]} of columns {columns}')
            rows = rows[1:]
        records += rows
        each.append(len(rows))
    return columns, records, each, manifest


def check_table(folder, table):
    path = os.path.join(folder, 'out/tables', table.name)
    if not table.touched():
        for name, data in table.bytes.items():
            with open(os.path.join(path, name) if table.sliced else path, 'rb') as file:
                if file.read() != data:
                    raise Wrong(f'{table.name}: a copy differs')
        return
    columns, records, each, manifest = read_table(folder, table.name)
    if columns != table.out_names and not (table.nameless and not records):
        raise Wrong(f'{table.name}: columns {columns}, expected {table.out_names}')
    if records != table.out_rows:
        for i, (a, b) in enumerate(zip(records + [None], table.out_rows + [None])):
            if a != b:
                raise Wrong(f'{table.name}: record {i + 1}: {a}, expected {b}; '
                            f'{len(records)} of {len(table.out_rows)} records')
    step = table.steps.get('slice') or {}
    if os.path.isdir(path) and 'records' in step and 'min_table_size' not in step:
        if any(n != step['records'] for n in each[:-1]) or (each and each[-1] > step['records']):
            raise Wrong(f'{table.name}: slices of {each} records')
    check_manifest(table, manifest)


def check_manifest(table, manifest):
    wanted = dict(table.steps.get('manifest') or {})
    for key, value in (table.steps.get('manifest_defaults') or {}).items():
        platform = table.kind.startswith('in')
        had = key in table.manifest and not platform
        wanted.setdefault(key, table.manifest[key] if had else value)
    for key, value in wanted.items():
        if manifest.get(key, False) != value:
            raise Wrong(f'{table.name}: manifest: {key} is {manifest.get(key)}, expected {value}')
    pairs = {p['key']: p['value'] for p in manifest.get('metadata', [])}
    pairs.update(manifest.get('table_metadata', {}))
    had = {p['key']: p['value'] for p in table.manifest.get('metadata', [])}
    had.update({p['key']: p['value'] for p in table.steps.get('metadata') or []})
    if pairs != had:
        raise Wrong(f'{table.name}: metadata {pairs}, expected {had}')
    key = manifest.get('primary_key', []) or [c['name'] for c in manifest.get('schema', [])
                                              if c.get('primary_key')]
    if key != (table.names[:1] if table.key else []):
        raise Wrong(f'{table.name}: the key is {key}')


# ---- in/files ------------------------------------------------------------------------------------


def make_files(rng, folder):
    files = {}
    for name in rng.sample(['a.bin', 'ž', 'b.csv', 'd/x', 'd/e/y', 'z.gz', 'a.bin.manifest'],
                           rng.randrange(0, 5)):
        data = bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 50])))
        files[name] = b'{"tags":["t"]}' if name.endswith('.manifest') else data
    if 'a.bin' not in files:
        files.pop('a.bin.manifest', None)
    how = rng.choice([None, None, True, False, 'decompress'])
    if how == 'decompress':
        files = {n: d if n.endswith('.manifest') else gzip.compress(d, mtime=0)
                 for n, d in files.items()}
    for name, data in files.items():
        path = os.path.join(folder, 'in/files', name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data)
    return files, how


def check_files(folder, files, how):
    top = os.path.join(folder, 'out/files')
    found = {}
    for where, _, names in os.walk(top):
        for name in names:
            path = os.path.join(where, name)
            with open(path, 'rb') as file:
                found[os.path.relpath(path, top)] = file.read()
    wanted = {} if how is False else files
    if how == 'decompress':
        wanted = {n + '/' + os.path.basename(n).removesuffix('.gz'): gzip.decompress(d)
                  for n, d in files.items() if not n.endswith('.manifest')}
    if found != wanted:
        raise Wrong(f'files {sorted(found)}, expected {sorted(wanted)}')


# ---- a folder ------------------------------------------------------------------------------------


def add_clutter(rng, folder):
    """What has no place in the output; it must be said."""
    names = rng.sample(['gone.csv.manifest', '.hidden', 'x.manifest'], rng.choice([0, 0, 0, 1, 2]))
    for name in names:
        with open(os.path.join(folder, 'in/tables', name), 'w') as file:
            file.write('{}')
    return names


def make_folder(rng, folder, support):
    for place in ('in/tables', 'in/files', 'out/tables', 'out/files'):
        os.makedirs(os.path.join(folder, place))
    count = rng.choice([0, 1, 1, 2, 3])
    tables = [Table(rng, name, support) for name in rng.sample(TABLES, count)]
    files, how = make_files(rng, folder)
    entries, mapping = [], []
    for i, table in enumerate(tables):
        mapping.append({'source': table.name, 'destination': f'in.c-main.t{i}'})
        table.write(folder)
        name = ''.join('\\' + c if c in '*?[\\' else c for c in table.name)
        entries.append(dict(table.steps, source=name))
    parameters = {'tables': entries}
    if how is not None:
        parameters['files'] = {'decompress': True} if how == 'decompress' else how
    with open(os.path.join(folder, 'config.json'), 'w', encoding='utf-8') as file:
        json.dump({'storage': {'output': {'tables': mapping}}, 'parameters': parameters}, file, indent=1, ensure_ascii=False)
    return sorted(tables, key=lambda t: t.name.encode()), files, how


def preflight(program, folder, env, tables, whole):
    run = subprocess.run([program, 'preflight', '--format=json', '--default-bucket=in.c-main', folder],
                         capture_output=True, text=True, env=env)
    if run.returncode not in (0, 1):
        raise Wrong(f'preflight: exit status {run.returncode}: {run.stderr}')
    report = json.loads(run.stdout)
    for table in report['tables']:
        own = next((t for t in tables if t.name == table['source']), None)
        if own is None:
            raise Wrong(f'a table {table["source"]} that nobody asked for')
        if own.touched() and not table['valid']:
            errors = [f['message'] for f in table['findings'] if f['severity'] == 'error']
            raise Wrong(f'{own.name}: preflight: {errors}')
    for finding in report['findings'] if whole else []:
        if finding['severity'] == 'error' and finding['rule'] != 'preflight-ignored' and \
                not (finding.get('file') or '').startswith('in/'):
            raise Wrong(f'preflight: {finding["rule"]}: {finding["message"]}')


def check_folder(program, folder, rng):
    support = rng.choice([''] * 12 + ['none', 'hints', 'authoritative'])
    tables, files, how = make_folder(rng, folder, support in ('hints', 'authoritative'))
    clutter = add_clutter(rng, folder)
    env = {k: v for k, v in os.environ.items() if not k.startswith('KBC_')}
    env.update(TMPDIR=folder, **({'KBC_DATA_TYPE_SUPPORT': support} if support else {}))
    run = subprocess.run([program, 'processor', folder], capture_output=True, env=env)
    message = run.stderr.decode('utf-8', 'replace')
    made = [t for t in tables if os.path.exists(os.path.join(folder, 'out/tables', t.name))]
    if run.returncode == 1:
        refused = tables[len(made)] if len(made) < len(tables) else None
        if refused is None or refused.name not in message or \
                not any(re.search(text, message) for text in refused.may_refuse):
            raise Wrong(f'refused: {message}; allowed: {refused and refused.may_refuse}')
        if made != tables[:len(made)]:
            raise Wrong('a table after the one that was refused is there')
    elif run.returncode != 0:
        raise Wrong(f'exit status {run.returncode}: {message}')
    else:
        if made != tables:
            raise Wrong(f'tables are missing: {message}')
        check_files(folder, files, how)
        for name in clutter + [n for t in tables for n in t.left_out]:
            if f'/{name}: left out' not in message:
                raise Wrong(f'{name} is left out, and nothing says so: {message}')
    for table in made:
        check_table(folder, table)
    left = [n for n in os.listdir(folder) + os.listdir(os.path.join(folder, 'out')) if 'csvkit' in n]
    if left:
        raise Wrong(f'left behind: {left}')
    preflight(program, folder, env, tables, run.returncode == 0)
    return run.returncode == 1


def main(program, count, seed='1'):
    program, failures, refused = os.path.abspath(program), 0, 0
    first = int(seed)
    for number in range(first, first + int(count)):
        with tempfile.TemporaryDirectory(prefix='folder') as folder:
            try:
                refused += check_folder(program, folder, random.Random(number))
            except (Wrong, csv.Error, UnicodeDecodeError, OSError) as wrong:
                failures += 1
                print(f'FAILED seed {number}: {str(wrong)[:700]}')
    print(f'{count} folders, {refused} of them refused, {failures} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
