#!/usr/bin/env python3
"""What each of the platform's processors does, as parameters of `csvkit processor`: a folder in, the
folder that must come out, byte for byte (gzip by content).

    shapes.py PROGRAM [NAME]...

A path begins with t/ (tables) or f/ (files). A value is bytes, Z(bytes) for gzip, a dict for a
manifest in the form that csvkit writes, or None for an empty folder. REFUSED stands for a run with
exit status 1, its text on standard error, and nothing in out/tables.
"""
import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

PLACES = {'t': 'tables', 'f': 'files'}


class Z(bytes):
    """The content of a gzip file."""


class REFUSED:
    def __init__(self, text):
        self.text = text


def zipped(files, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def zip64(data):
    """The same archive with its directory's place in 64 bits."""
    end = data.rindex(b'PK\5\6')
    _, _, _, _, count, size, first, _ = struct.unpack('<4sHHHHIIH', data[end:end + 22])
    wide = struct.pack('<4sQHHIIQQQQ', b'PK\6\6', 44, 45, 45, 0, 0, count, count, size, first)
    place = struct.pack('<4sIQI', b'PK\6\7', 0, end, 1)
    last = struct.pack('<4sHHHHIIH', b'PK\5\6', 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
    return data[:end] + wide + place + last


def manifest(**keys):
    return keys


ONE = manifest(columns=['a', 'b'])
IN = dict(id='in.c-x.t', uri='u', name='t', created='2026-01-01T00:00:00+0000', primary_key=['a'],
          columns=['a', 'b'],
          metadata=[dict(id='1', key='k', value='v', provider='p', timestamp='x')],
          column_metadata={'a': [dict(id='2', key='x', value='y', provider='p', timestamp='z')],
                           'b': []})
TYPED = dict(IN, schema=[dict(name='a', data_type=dict(base=dict(type='INTEGER')), nullable=False,
                              primary_key=True, description=None),
                         dict(name='b', data_type=dict(base=dict(type='STRING')), nullable=True,
                              primary_key=False, description='second')])
TYPED_OUT = [dict(name='a', data_type=dict(base=dict(type='INTEGER')), nullable=False,
                  primary_key=True, metadata=dict(x='y')),
             dict(name='b', data_type=dict(base=dict(type='STRING')), nullable=True,
                  primary_key=False, description='second')]
LF = {'line_break': 'lf'}


def n(**keys):
    return dict(normalize=dict(LF, **keys))


# NAME: (parameters, in, out, a text on standard error or None, environment)
SHAPES = {
    # split-table
    'split': (
        dict(slice=dict(records=2, compress='gzip')), {'t/t.csv': b'a,b\n1,2\n3,4\n5,"6\n7"\n'},
        {'t/t.csv/part-00001.csv.gz': Z(b'1,2\n3,4\n'), 't/t.csv/part-00002.csv.gz': Z(b'5,"6\n7"\n'),
         't/t.csv.manifest': ONE}),
    'split-gz': (
        dict(slice=dict(records=1, compress='none')), {'t/t.csv.gz': Z(b'a,b\r\n1,2\r\n3,4\r\n')},
        {'t/t.csv.gz/part-00001.csv': b'1,2\r\n', 't/t.csv.gz/part-00002.csv': b'3,4\r\n',
         't/t.csv.gz.manifest': ONE}),
    'split-sliced': (
        dict(slice=dict(slices=1, compress='none')),
        {'t/t/x': b'1,2\n', 't/t/y': b'3,4\n', 't/t.manifest': dict(ONE, incremental=True)},
        {'t/t/part-00001.csv': b'1,2\n3,4\n', 't/t.manifest': dict(ONE, incremental=True)}),
    'split-threshold': (
        dict(slice=dict(records=1, min_table_size=100, compress='none')),
        {'t/small.csv': b'a\n1\n2\n', 't/gz.csv.gz': Z(b'a\n' + b'1\n' * 60)},
        {'t/small.csv': b'a\n1\n2\n', 't/gz.csv.gz.manifest': dict(columns=['a']),
         **{f't/gz.csv.gz/part-{i:05}.csv': b'1\n' for i in range(1, 61)}}),
    'split-threshold-nameless': (
        dict(slice=dict(records=1, min_table_size=100)), {'t/s/1': b'a\n1\n'},
        REFUSED('s: a sliced table needs a manifest with columns')),
    'split-least-slices': (
        dict(slice=dict(slices=60, min_slice_size='11B', compress='none')),
        {'t/t.csv': b'a,b\n' + b'1,2\n' * 4},
        {'t/t.csv/part-00001.csv': b'1,2\n' * 4, 't/t.csv.manifest': ONE}),
    'split-native': (
        dict(slice=dict(records=9, compress='none')),
        {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': TYPED},
        {'t/t.csv/part-00001.csv': b'1,2\n',
         't/t.csv.manifest': dict(
             manifest_type='output', table_metadata=dict(k='v'),
             schema=[TYPED_OUT[0], dict(name='b', data_type=dict(base=dict(type='STRING')),
                                        nullable=True, description='second')])}),
    # create-manifest
    'manifest-columns': (
        dict(columns=dict(names=['a', 'b']), manifest=dict(delimiter=';')), {'t/t.csv': b'1;2\n'},
        {'t/t.csv': b'1;2\n', 't/t.csv.manifest': dict(columns=['a', 'b'], delimiter=';')}),
    'manifest-defaults': (
        dict(manifest_defaults=dict(incremental=True, primary_key=['b'], destination='in.c-m.d')),
        {'t/t': b'1,2\n', 't/t.manifest': dict(ONE, primary_key=['a']), 't/u.csv': b'b\n1\n'},
        {'t/t': b'1,2\n', 't/t.manifest': dict(destination='in.c-m.d', columns=['a', 'b'],
                                               primary_key=['a'], incremental=True),
         't/u.csv': b'b\n1\n',
         't/u.csv.manifest': dict(destination='in.c-m.d', primary_key=['b'], incremental=True)}),
    'columns-of-another-width': (
        dict(columns=dict(names=['a', 'b'])), {'t/t.csv': b'1,2,3\n'},
        REFUSED('the first record has 3 fields, the manifest has 2 columns')),
    'header': (
        dict(columns=dict(names='header')), {'t/t.csv': b'a,,"c ""d"""\r\n1,,"x\r\ny"\r\n'},
        {'t/t.csv': b'1,,"x\r\ny"\r\n', 't/t.csv.manifest': dict(columns=['a', 'col_2', 'c "d"'])}),
    'header-of-slices': (
        dict(columns=dict(names='header')), {'t/s/1': b'a,b\n1,2\n', 't/s/2.gz': Z(b'a,b\n3,4\n')},
        {'t/s/1': b'1,2\n', 't/s/2.gz': Z(b'3,4\n'), 't/s.manifest': ONE}),
    'header-of-slices-differs': (
        dict(columns=dict(names='header')), {'t/s/1': b'a,b\n1,2\n', 't/s/2': b'a,c\n3,4\n'},
        REFUSED('s/2: the header is not that of the other slices')),
    'header-of-nothing': (
        dict(columns=dict(names='header')), {'t/t.csv': b''}, REFUSED('the data is empty')),
    'auto': (
        dict(columns=dict(names='auto')), {'t/t.csv': b'1,2\n', 't/s/1': b'1\n', 't/s/2': b'2\n'},
        {'t/t.csv': b'1,2\n', 't/t.csv.manifest': dict(columns=['col_1', 'col_2']),
         't/s/1': b'1\n', 't/s/2': b'2\n', 't/s.manifest': dict(columns=['col_1'])}),
    'auto-after-a-mark': (
        dict(columns=dict(names='auto', row_number='n')), {'t/t': b'\xef\xbb\xbf1,2'},
        {'t/t': b'1,2,1\n', 't/t.manifest': dict(columns=['col_1', 'col_2', 'n'])}),
    'auto-normalized': (
        dict(columns=dict(names='auto', row_number='n'), **n()), {'t/t.csv': b'1,2\r\n3,4\r\n'},
        {'t/t.csv': b'1,2,1\n3,4,2\n', 't/t.csv.manifest': dict(columns=['col_1', 'col_2', 'n'])}),
    # skip-lines
    'skip-top': (
        n(skip_head=2), {'t/t.csv': b'junk\n\na,b\n1,2\n'}, {'t/t.csv': b'a,b\n1,2\n'}),
    'skip-bottom': (
        n(skip_tail=1), {'t/t.csv': b'a,b\n1,2\nSum,,,\n'}, {'t/t.csv': b'a,b\n1,2\n'}),
    'skip-in-each-slice': (
        n(skip_head=1), {'t/s/1': b'a,b\n1,2\n', 't/s/2': b'a,b\n3,4\n', 't/s.manifest': ONE},
        {'t/s/1': b'1,2\n', 't/s/2': b'3,4\n', 't/s.manifest': ONE}),
    # decompress
    'decompress': (
        dict(files=dict(decompress=True)),
        {'f/a.csv.gz': Z(b'x\0'), 'f/d/b.gz': Z(b'y'), 'f/a.csv.gz.manifest': dict(tags=['t'])},
        {'f/a.csv.gz/a.csv': b'x\0', 'f/d/b.gz/b': b'y'},
        'a.csv.gz.manifest: left out, because its file is decompressed'),
    'decompress-zip': (
        dict(files=dict(decompress=True)),
        {'f/a.zip': zipped({'x.csv': b'1', 'd/e/y': b'y' * 9000, 'empty': b''}),
         'f/sub/s.zip': zipped({'x': b'2' * 300000}, method=zipfile.ZIP_STORED), 'f/n': zipped({})},
        {'f/a.zip/x.csv': b'1', 'f/a.zip/d/e/y': b'y' * 9000, 'f/a.zip/empty': b'',
         'f/sub/s.zip/x': b'2' * 300000}),
    'decompress-zip64': (
        dict(files=dict(decompress=True)), {'f/a.zip': zip64(zipped({'x': b'1', 'y': b'2'}))},
        {'f/a.zip/x': b'1', 'f/a.zip/y': b'2'}),
    'decompress-zip-out': (
        dict(files=dict(decompress=True)), {'f/a.zip': zipped({'../x': b'1'})},
        REFUSED('leads out of it')),
    'decompress-zip-twice': (
        dict(files=dict(decompress=True)),
        {'f/a.zip': zipped({'yx': b'1', 'xx': b'2'}).replace(b'yx', b'xx')},
        REFUSED('two entries have the same name')),
    'decompress-zip-damaged': (
        dict(files=dict(decompress=True, graceful=True)),
        {'f/a.zip': zipped({'x': b'1234'}, method=zipfile.ZIP_STORED).replace(b'1234', b'1243'),
         'f/b.zip': zipped({'x': b'1234'})[:-30], 'f/c.zip': zipped({'x': b'c'})},
        {'f/c.zip/x': b'c'}, 'the checksum of an entry differs; it is left out'),
    'decompress-zlib': (
        dict(files=dict(decompress='zlib')), {'f/a.bin': zlib.compress(b'x' * 500000)},
        {'f/a.bin/a.bin': b'x' * 500000}),
    'decompress-nothing': (
        dict(files=dict(decompress=True)), {'f/a.gz': b'plain'}, REFUSED('cannot be decompressed')),
    'decompress-graceful': (
        dict(files=dict(decompress=True, graceful=True)), {'f/a.gz': b'plain', 'f/b.gz': Z(b'b')},
        {'f/b.gz/b': b'b'}, 'f/a.gz cannot be decompressed'.replace('f/', 'files/')),
    # format-csv
    'format': (
        n(to_delimiter=',', to_enclosure='"'),
        {'t/t.csv': b"a;b\n'1,5';'it''s'\n",
         't/t.csv.manifest': dict(delimiter=';', enclosure="'", incremental=True)},
        {'t/t.csv': b'a,b\n"1,5","it\'s"\n',
         't/t.csv.manifest': dict(incremental=True, delimiter=',', enclosure='"')}),
    'format-parameter': (
        dict(manifest=dict(delimiter=';'), **n(to_delimiter='\\t')), {'t/t.csv': b'a;b\n1;2\n'},
        {'t/t.csv': b'a\tb\n1\t2\n', 't/t.csv.manifest': dict(delimiter='\t')}),
    'format-slices': (
        n(to_delimiter='|'), {'t/s/1': b'1,2|\n', 't/s/2': b'3,4\n', 't/s.manifest': ONE},
        {'t/s/1': b'1|"2|"\n', 't/s/2': b'3|4\n',
         't/s.manifest': dict(columns=['a', 'b'], delimiter='|')}),
    # orthogonal
    'widen': (
        n(ragged='widen'), {'t/t.csv': b'1,2\n3\n4,5,6,7\n', 't/t.csv.manifest': ONE},
        {'t/t.csv': b'1,2,,\n3,,,\n4,5,6,7\n',
         't/t.csv.manifest': dict(columns=['a', 'b', 'auto_col_2', 'auto_col_3'])}),
    'widen-slices': (
        n(ragged='widen'), {'t/s/1': b'1,2,3\n', 't/s/2': b'4\n', 't/s.manifest': ONE},
        {'t/s/1': b'1,2,3\n', 't/s/2': b'4,,\n',
         't/s.manifest': dict(columns=['a', 'b', 'auto_col_2'])}),
    'widen-header': (
        n(ragged='widen'), {'t/t.csv': b'a,\n1\n2,3,4\n'},
        {'t/t.csv': b'a,auto_col_1,auto_col_2\n1,,\n2,3,4\n'}),
    'widen-header-moves': (
        dict(columns=dict(names='header', row_number='n'), **n(ragged='widen')),
        {'t/t.csv': b'a\n1\n2,3\n'},
        {'t/t.csv': b'1,,1\n2,3,2\n', 't/t.csv.manifest': dict(columns=['a', 'auto_col_1', 'n'])}),
    'widen-auto': (
        dict(columns=dict(names='auto'), **n(ragged='widen')), {'t/t.csv': b'1\n2,3\n'},
        {'t/t.csv': b'1,\n2,3\n', 't/t.csv.manifest': dict(columns=['col_1', 'col_2'])}),
    'widen-typed': (
        n(ragged='widen'),
        {'t/t.csv': b'1,2,3\n', 't/t.csv.manifest': dict(schema=TYPED_OUT)},
        {'t/t.csv': b'1,2,3\n', 't/t.csv.manifest': dict(schema=TYPED_OUT + [
            dict(name='auto_col_2', data_type=dict(base=dict(type='STRING')))])}),
    # line-endings, strip-null, iconv, escape-character
    'line-endings': (
        n(), {'t/t.csv': b'a,b\r\n1,"x\r\ny"\r\n', 't/mac.csv': b'a,b\r1,2\r'},
        {'t/t.csv': b'a,b\n1,"x\r\ny"\n', 't/mac.csv': b'a,b\n1,2\n'}),
    'null-bytes': (
        n(null_bytes='remove'), {'t/t.csv': b'a,b\n1\0,2\n0\n'[:-2] + b'0,0'},
        {'t/t.csv': b'a,b\n1,2\n0,0\n'}),
    'encoding': (
        n(encoding='CP1250'), {'t/t.csv': b'a,b\n\x8e,\xe1\n'}, {'t/t.csv': 'a,b\nŽ,á\n'.encode()}),
    'encoding-fails': (
        n(encoding='ASCII'), {'t/t.csv': b'a,b\n\x8e,1\n'}, REFUSED('t.csv')),
    'escape': (
        n(escape='\\', quote='minimal'), {'t/t.csv': b'a,b\n"x\\"y",2\n'},
        {'t/t.csv': b'a,b\n"x""y",2\n'}),
    # rename-headers
    'names': (n(names='storage'), {'t/t.csv': b'A,B,B\n1,2,3\n'}, {'t/t.csv': b'A,B,B_2\n1,2,3\n'}),
    # select-columns
    'select': (
        dict(columns=dict(select=['b'])),
        {'t/t.csv': b'1,2\n3,"4"\n',
         't/t.csv.manifest': dict(ONE, column_metadata={'a': [dict(key='k', value='v')],
                                                        'b': [dict(key='k', value='v')]})},
        {'t/t.csv': b'2\n"4"\n',
         't/t.csv.manifest': dict(columns=['b'],
                                  column_metadata={'b': [dict(key='k', value='v')]})}),
    'select-header': (
        dict(columns=dict(select=['c', 'a'])), {'t/t.csv': b'a,b,c\r\n1,2,""\r\n'},
        {'t/t.csv': b'c,a\r\n"",1\r\n'}),
    'select-one-that-is-empty': (
        dict(columns=dict(select=['b'])), {'t/t.csv': b'1,\n3,4\n', 't/t.csv.manifest': ONE},
        {'t/t.csv': b'""\n4\n', 't/t.csv.manifest': dict(columns=['b'])}),
    'select-typed': (
        dict(columns=dict(select=['a'])),
        {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': TYPED},
        {'t/t.csv': b'a\n1\n', 't/t.csv.manifest': dict(
            has_header=True, table_metadata=dict(k='v'), schema=TYPED_OUT[:1])}),
    'select-unknown': (
        dict(columns=dict(select=['x'])), {'t/t.csv': b'a,b\n1,2\n'}, REFUSED('is no column "x"')),
    'select-without-key': (
        dict(columns=dict(select=['b'])),
        {'t/t.csv': b'1,2\n', 't/t.csv.manifest': dict(ONE, primary_key=['a'])},
        REFUSED('the primary key names "a", which is not a column of the result')),
    'select-of-two': (
        dict(columns=dict(select=['a'])), {'t/t.csv': b'a,a\n1,2\n'},
        REFUSED('there are several columns "a"')),
    'select-too-wide': (
        dict(columns=dict(select=['b'])), {'t/t.csv': b'a,b\n1,2\n3,4,5\n'},
        REFUSED('t.csv:3: 3 fields')),
    'select-ragged': (
        dict(columns=dict(select=['b'])), {'t/t.csv': b'a,b\n1,2\n3\n'}, REFUSED('t.csv:3: 1 field,')),
    'select-unsound': (
        dict(columns=dict(select=['b'])), {'t/t.csv': b'a,b\n1,"2"x\n'},
        REFUSED('t.csv:2: an enclosure is not as RFC 4180 wants it')),
    # add-row-number-column, add-filename-column
    'row-number': (
        dict(columns=dict(row_number='n')),
        {'t/t': b'1,2\n3,4', 't/t.manifest': ONE, 't/s/1': b'1,2\n', 't/s/2': b'3,4\n5,6\n',
         't/s.manifest': ONE},
        {'t/t': b'1,2,1\n3,4,2\n', 't/t.manifest': dict(columns=['a', 'b', 'n']),
         't/s/1': b'1,2,1\n', 't/s/2': b'3,4,1\n5,6,2\n',
         't/s.manifest': dict(columns=['a', 'b', 'n'])}),
    'file-name': (
        dict(columns=dict(file_name='f')),
        {'t/a,b.csv': b'x\n1\n', 't/s/p,1': b'1,2\n', 't/s.manifest': ONE},
        {'t/a,b.csv': b'x,f\n1,"a,b.csv"\n', 't/s/p,1': b'1,2,"p,1"\n',
         't/s.manifest': dict(columns=['a', 'b', 'f'])}),
    'added-twice': (
        dict(columns=dict(file_name='A')), {'t/t.csv': b'a\n1\n'}, REFUSED('cannot be added')),
    # add-metadata
    'metadata': (
        dict(metadata=[dict(key='k', value='new'), dict(key='l', value='2')],
             column_metadata={'a': [dict(key='c', value='3')]}),
        {'t/t': b'1,2\n', 't/t.manifest': dict(ONE, metadata=[dict(key='k', value='old'),
                                                              dict(key='m', value='1')])},
        {'t/t': b'1,2\n', 't/t.manifest': dict(
            columns=['a', 'b'],
            metadata=[dict(key='k', value='new'), dict(key='m', value='1'), dict(key='l', value='2')],
            column_metadata={'a': [dict(key='c', value='3')]})}),
    'metadata-native': (
        dict(metadata=[dict(key='k', value='new')],
             column_metadata={'b': [dict(key='c', value='3')]}),
        {'t/t': b'1,2\n', 't/t.manifest': dict(schema=TYPED_OUT)},
        {'t/t': b'1,2\n', 't/t.manifest': dict(table_metadata=dict(k='new'), schema=[
            TYPED_OUT[0], dict(TYPED_OUT[1], metadata=dict(c='3'))])}),
    'metadata-of-no-column': (
        dict(column_metadata={'x': [dict(key='c', value='3')]}),
        {'t/t': b'1,2\n', 't/t.manifest': ONE}, REFUSED('there is no column "x"')),
    'metadata-without-manifest': (
        dict(metadata=[dict(key='k', value='v')]), {'t/t.csv': b'a\n1\n'},
        {'t/t.csv': b'a\n1\n', 't/t.csv.manifest': dict(columns=[],
                                                         metadata=[dict(key='k', value='v')])}),
    # what goes along, what does not
    'copied': (
        {}, {'t/t.csv': b'a,b\n1\n', 't/s/1': b'x', 't/s/n/2': b'y', 't/s.manifest': ONE,
             't/A.MANIFEST': b'x\n1\n', 'f/a': b'\0', 'f/a.manifest': dict(tags=['t']), 'f/d/e': b'e'},
        {'t/t.csv': b'a,b\n1\n', 't/s/1': b'x', 't/s/n/2': b'y', 't/s.manifest': ONE,
         't/A.MANIFEST': b'x\n1\n', 'f/a': b'\0', 'f/a.manifest': dict(tags=['t']), 'f/d/e': b'e'},
        'out/files/d: a folder; the platform does not look into it'),
    'sliced-without-manifest': (
        {}, {'t/s/1': b'1\n'}, {'t/s/1': b'1\n'}, 'a sliced table needs a manifest with columns'),
    'sliced-without-manifest-sliced': (
        dict(slice=dict(records=1)), {'t/s/1': b'a\n1\n', 't/s/2': b'a\n2\n'},
        REFUSED('a sliced table needs a manifest with columns')),
    'sliced-without-manifest-header': (
        dict(columns=dict(names='header'), slice=dict(slices=1, compress='none')),
        {'t/s/1': b'a\n1\n', 't/s/2': b'a\n2\n'},
        {'t/s/part-00001.csv': b'1\n2\n', 't/s.manifest': dict(columns=['a'])}),
    'sliced-with-stated-header': (
        dict(slice=dict(slices=1, compress='none')),
        {'t/s/1': b'a\n1\n', 't/s/2': b'a\n2\n', 't/s.manifest': dict(has_header=True)},
        {'t/s/part-00001.csv': b'1\n2\n', 't/s.manifest': dict(columns=['a'])}),
    'sliced-without-manifest-normalized': (
        n(), {'t/s/1': b'a\n1\n'}, REFUSED('a sliced table needs a manifest with columns')),
    'left-out': (
        dict(columns=dict(names='auto')),
        {'t/s/1': b'1\n', 't/s/n/2': b'y', 't/s/.x': b'', 't/gone.csv.manifest': ONE, 't/.y': b''},
        {'t/s/1': b'1\n', 't/s.manifest': dict(columns=['col_1'])}, 's/n: left out'),
    'orphan': ({}, {'t/gone.csv.manifest': ONE}, {}, 'there is no "gone.csv" beside it'),
    'of-an-input': (
        {}, {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': IN, 't/s/1': b'1,2\n', 't/s.manifest': IN},
        {'t/t.csv': b'a,b\n1,2\n', 't/s/1': b'1,2\n',
         't/t.csv.manifest': dict(primary_key=['a'], metadata=[dict(key='k', value='v')],
                                  column_metadata={'a': [dict(key='x', value='y')]}),
         't/s.manifest': dict(columns=['a', 'b'], primary_key=['a'],
                              metadata=[dict(key='k', value='v')],
                              column_metadata={'a': [dict(key='x', value='y')]})}),
    'of-a-typed-input': (
        {}, {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': TYPED},
        {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': dict(
            has_header=True, table_metadata=dict(k='v'), schema=TYPED_OUT)}),
    'of-a-described-input': (
        {}, {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': dict(
            TYPED, description='d', metadata=[dict(key='KBC.description', value='d'),
                                              dict(key='k', value='v')])},
        {'t/t.csv': b'a,b\n1,2\n', 't/t.csv.manifest': dict(
            has_header=True, description='d', table_metadata=dict(k='v'), schema=TYPED_OUT)}),
    'native-columns': (
        dict(columns=dict(names='header', row_number='n')), {'t/t.csv': b'a\n1\n'},
        {'t/t.csv': b'1,1\n', 't/t.csv.manifest': dict(manifest_type='output', schema=[
            dict(name='a', data_type=dict(base=dict(type='STRING'))),
            dict(name='n', data_type=dict(base=dict(type='STRING')))])},
        None, {'KBC_DATA_TYPE_SUPPORT': 'authoritative'}),
    'all-of-it': (
        dict(columns=dict(names='header', select=['b', 'a'], row_number='n', file_name='f'),
             slice=dict(records=1, compress='none'), metadata=[dict(key='k', value='v')],
             **n(skip_head=1, encoding='CP1250', null_bytes='remove', ragged='widen')),
        {'t/t.csv': b'junk\na;b\n\xe1;1\0\n2\n'.replace(b';', b',')},
        {'t/t.csv/part-00001.csv': '1,á,1,t.csv\n'.encode(), 't/t.csv/part-00002.csv': b',2,2,t.csv\n',
         't/t.csv.manifest': dict(columns=['b', 'a', 'n', 'f'],
                                  metadata=[dict(key='k', value='v')])}),
}


def as_bytes(value):
    if isinstance(value, Z):
        return gzip.compress(value, mtime=0)
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def write(folder, files, parameters):
    for place in PLACES.values():
        os.makedirs(os.path.join(folder, 'in', place))
    for name, value in files.items():
        path = os.path.join(folder, 'in', PLACES[name[0]], name[2:])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(as_bytes(value))
    with open(os.path.join(folder, 'config.json'), 'w') as file:
        json.dump({'parameters': parameters}, file)


def found(folder):
    """All files of out, by the names that they have here."""
    out = {}
    for short, place in PLACES.items():
        top = os.path.join(folder, 'out', place)
        for where, _, names in os.walk(top):
            for name in names:
                path = os.path.join(where, name)
                with open(path, 'rb') as file:
                    out[f'{short}/{os.path.relpath(path, top)}'] = file.read()
    return out


def same(name, wanted, got):
    if isinstance(wanted, Z):
        return got[:2] == b'\x1f\x8b' and gzip.decompress(got) == wanted
    if isinstance(wanted, dict) and name[0] == 'f':
        return json.loads(got) == wanted
    if isinstance(wanted, dict):
        text = json.dumps(json.loads(got), indent=4, ensure_ascii=False) + '\n'
        return json.loads(got) == wanted and text.encode() == got
    return got == wanted


def differences(wanted, got):
    for name in sorted(set(wanted) | set(got)):
        if name not in got:
            yield f'{name} is missing'
        elif name not in wanted:
            yield f'{name} should not be there: {got[name]!r}'
        elif not same(name, wanted[name], got[name]):
            yield f'{name}: {got[name]!r}, expected {wanted[name]!r}'


def judge(program, name, shape):
    parameters, files, wanted, text, environment = (tuple(shape) + (None, None))[:5]
    with tempfile.TemporaryDirectory() as folder:
        write(folder, files, parameters)
        env = {k: v for k, v in os.environ.items() if not k.startswith('KBC_')}
        run = subprocess.run([program, 'processor', folder], capture_output=True, text=True,
                             env=dict(env, TMPDIR=folder, **(environment or {})))
        refused = isinstance(wanted, REFUSED)
        problems = []
        if run.returncode != (1 if refused else 0):
            problems.append(f'exit status {run.returncode}: {run.stderr}')
        if refused:
            text = wanted.text
            problems += [f'{n} is there' for n in found(folder) if n[0] == 't']
        elif not problems:
            problems += differences(wanted, found(folder))
        if text is not None and text not in run.stderr:
            problems.append(f'"{text}" is not in: {run.stderr}')
        if sorted(os.listdir(folder)) != ['config.json', 'in', 'out']:
            problems.append(f'something is left: {os.listdir(folder)}')
        if sorted(os.listdir(os.path.join(folder, 'out'))) != ['files', 'tables']:
            problems.append(f'something is left in out: {os.listdir(os.path.join(folder, "out"))}')
        return [f'FAILED {name}: {p}' for p in problems]


def main(program, *names):
    problems = []
    for name in names or SHAPES:
        problems += judge(os.path.abspath(program), name, SHAPES[name])
    print('\n'.join(problems + [f'{len(names or SHAPES)} folders, {len(problems)} failures']))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
