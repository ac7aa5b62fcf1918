#!/usr/bin/env python3
"""Every property of the standards that a schema file may be of, once.

    properties.py CSVKIT

The lists are those of the standards: Table Schema and Data Package (version 2, and what version 1 has
beside it), CSV on the Web, and the native manifest. A property of a Table Schema or of a package either
changes what is refused (REFUSES: a table that it refuses), or says nothing about values (SILENT), or
ends the command with its name (NAMED). Of CSVW, each property of each kind of object is given a value
that it cannot have, and has to be named. Of a manifest, what is unknown and what has a value that it cannot
have is refused by `manifest check` and `schema check`, and named by every command that reads a table by it.
"""
import json
import os
import subprocess
import sys
import tempfile

REFUSES, SILENT, NAMED = 'refuses', 'is silent', 'is named'
A, B = {'name': 'a', 'type': 'integer'}, {'name': 'b'}
GOOD = 'a,b\n1,x\n2,y\n'


def constrained(kind, **constraints):
    return {'type': kind, 'constraints': constraints}


# property, what is added to the first field, the table that it refuses or what else becomes of it
FIELD = [
    ('name', {}, 'c,b\n1,x\n'), ('type', {}, 'a,b\nx,x\n'),
    ('title', {'title': 't'}, SILENT), ('description', {'description': 'd'}, SILENT),
    ('example', {'example': 1}, SILENT), ('rdfType', {'rdfType': 'http://schema.org/Thing'}, SILENT),
    ('format', {'type': 'string', 'format': 'email'}, GOOD),
    ('missingValues', {'missingValues': ['-']}, 'a,b\n,x\n'),
    ('categories', {'categories': [1, 2]}, 'a,b\n3,x\n'),
    ('categoriesOrdered', {'categories': [1, 2], 'categoriesOrdered': True}, 'a,b\n3,x\n'),
    ('decimalChar', {'type': 'number', 'decimalChar': ','}, 'a,b\n1.5,x\n'),
    ('groupChar', {'groupChar': ' '}, 'a,b\n1  0,x\n'), ('bareNumber', {'bareNumber': False}, 'a,b\n%,x\n'),
    ('trueValues', {'type': 'boolean', 'trueValues': ['2'], 'falseValues': ['1']}, 'a,b\ntrue,x\n'),
    ('falseValues', {'type': 'boolean', 'falseValues': ['2']}, 'a,b\n0,x\n'),
    ('delimiter', {'type': 'list', 'itemType': 'integer', 'delimiter': ';'}, 'a,b\n"1,2",x\n'),
    ('itemType', {'type': 'list', 'itemType': 'integer'}, 'a,b\nx,x\n'),
    ('constraints', constrained('integer', required=True), 'a,b\n,x\n'),
    ('required', constrained('integer', required=True), 'a,b\n,x\n'),
    ('unique', constrained('integer', unique=True), 'a,b\n1,x\n01,y\n'),
    ('minLength', constrained('string', minLength=1, maxLength=1), 'a,b\n10,x\n'),
    ('maxLength', constrained('string', maxLength=1), 'a,b\n10,x\n'),
    ('minimum', constrained('integer', minimum=1), 'a,b\n0,x\n'),
    ('maximum', constrained('integer', maximum=2), 'a,b\n3,x\n'),
    ('exclusiveMinimum', constrained('integer', exclusiveMinimum=0), 'a,b\n0,x\n'),
    ('exclusiveMaximum', constrained('integer', exclusiveMaximum=3), 'a,b\n3,x\n'),
    ('pattern', constrained('string', pattern='[12]'), 'a,b\n3,x\n'),
    ('enum', constrained('integer', enum=[1, 2]), 'a,b\n3,x\n'),
    ('jsonSchema', constrained('object', jsonSchema={}), NAMED),
    ('geojson', {'type': 'geojson'}, NAMED), ('any', {'type': 'date', 'format': 'any'}, 'named a'),
    ('examples', {'examples': [1]}, NAMED), ('unheard', {'unheard': 1}, NAMED),
    ('unheard', constrained('integer', unheard=1), NAMED),
]
SELF = {'fields': 'a', 'reference': {'fields': 'a'}}
SCHEMA = [
    ('fields', {}, 'a\n1\n'), ('fieldsMatch', {'fieldsMatch': 'subset'}, 'b,c\nx,1\n'),
    ('missingValues', {'missingValues': ['-']}, 'a,b\n,x\n'), ('primaryKey', {'primaryKey': ['a']}, 'a,b\n1,x\n1,y\n'),
    ('uniqueKeys', {'uniqueKeys': [['a', 'b']]}, 'a,b\n1,x\n1,x\n'),
    ('foreignKeys', {'foreignKeys': [{'fields': 'a', 'reference': {'fields': 'b'}}], 'fields': [A, dict(A, name='b')]},
     'a,b\n1,2\n'),
    ('$schema', {'$schema': 'https://datapackage.org/profiles/2.0/tableschema.json'}, SILENT),
    ('name', {'name': 'n'}, SILENT), ('title', {'title': 't'}, SILENT), ('description', {'description': 'd'}, SILENT),
    ('unheard', {'unheard': 1}, NAMED),
    ('onDelete', {'foreignKeys': [dict(SELF, onDelete='x')]}, NAMED),
    ('package', {'foreignKeys': [{'fields': 'a', 'reference': {'fields': 'a', 'package': 'x'}}]}, NAMED),
]
PACKAGE = [(name, {name: 'x'}, SILENT) for name in
           ('$schema', 'profile', 'name', 'id', 'licenses', 'title', 'description', 'homepage', 'image', 'version',
            'created', 'keywords', 'contributors', 'sources', 'a property of its own')]
RESOURCE = [(name, {name: 'x'}, SILENT) for name in
            ('$schema', 'profile', 'type', 'title', 'description', 'format', 'mediatype', 'bytes', 'hash', 'sources',
             'licenses', 'homepage', 'a property of its own')] + [
    ('name', {'name': 'n'}, SILENT), ('path', {}, SILENT), ('encoding', {'encoding': 'utf-8'}, SILENT),
    ('encoding', {'encoding': 'latin1'}, NAMED), ('dialect', {'dialect': {'delimiter': ';'}}, NAMED),
    ('data', {'data': [{'a': 1}]}, NAMED), ('schema', {'schema': 5}, NAMED),
]

# what is taken, where the good table is not
TAKEN = {'field format': 'a,b\na@b.cz,x\n', 'field decimalChar': 'a,b\n"1,5",x\n', 'field delimiter': 'a,b\n1;2,x\n',
         'schema fieldsMatch': 'b,more,a\nx,,1\n', 'schema foreignKeys': 'a,b\n1,1\n'}


def cases():
    for name, more, effect in FIELD:
        yield f'field {name}', name, {'fields': [{**A, **more}, B]}, effect
    for name, more, effect in SCHEMA:
        yield f'schema {name}', name, {'fields': [A, B], **more}, effect
    resource = {'path': 't.csv', 'schema': {'fields': [A, B]}}
    for name, more, effect in PACKAGE:
        yield f'package {name}', name, {'resources': [resource], **more}, effect
    for name, more, effect in RESOURCE:
        yield f'resource {name}', name, {'resources': [{**resource, **more}]}, effect


def write(folder, name, content):
    with open(os.path.join(folder, name), 'w', newline='', encoding='utf-8') as out:
        out.write(content if isinstance(content, str) else json.dumps(content))


def validate(tool, folder, table):
    write(folder, 't.csv', table)
    return subprocess.run([tool, 'validate', '--schema=s.json', 't.csv'], cwd=folder, capture_output=True, text=True,
                          check=False)


def judge_table_schema(tool, folder):
    wrong = []
    for title, name, schema, effect in cases():
        write(folder, 's.json', schema)
        if effect in (NAMED, 'named a'):
            done = validate(tool, folder, GOOD)
            good = done.returncode == 2 and f"'{'a' if effect != NAMED else name}'" in done.stderr and \
                done.stderr.startswith('csvkit: s.json:1:')
        else:
            done = validate(tool, folder, TAKEN.get(title, GOOD))
            good = done.returncode == 0
            if good and effect != SILENT:
                done = validate(tool, folder, effect)
                good = done.returncode == 1
        if not good:
            wrong.append(f'{title}: {effect!r}, exit {done.returncode}: {done.stdout[:300]}{done.stderr}')
    return wrong


# ---- CSVW: the properties of each kind of object, and a value that none of them can have. Notes may be
# anything; minimum and maximum are other names of minInclusive and maxInclusive.

INHERITED = 'aboutUrl datatype default lang null ordered propertyUrl required separator textDirection valueUrl'
CSVW = {
    'group': 'dialect tableDirection tableSchema transformations ' + INHERITED,
    'table': 'url dialect suppressOutput tableDirection tableSchema transformations ' + INHERITED,
    'schema': 'columns foreignKeys primaryKey rowTitles ' + INHERITED,
    'column': 'name suppressOutput titles virtual ' + INHERITED,
    'dialect': 'commentPrefix delimiter doubleQuote encoding header headerRowCount lineTerminators quoteChar '
               'skipBlankRows skipColumns skipInitialSpace skipRows trim',
    'datatype': 'base format length minLength maxLength minInclusive maxInclusive minExclusive maxExclusive',
    'unheard': 'unheard',
}
NO_VALUE = {'null': [1]}


def metadata(where, name):
    bad = {name: NO_VALUE.get(name, -1.5)}
    column = {'titles': 'a', 'name': 'a'}
    table = {'url': 't.csv', 'tableSchema': {'columns': [column, {'titles': 'b', 'name': 'b'}]}}
    root = {'@context': 'http://www.w3.org/ns/csvw', 'tables': [table]}
    if where == 'datatype':
        column['datatype'] = {'base': 'string', **bad}
    elif where == 'dialect':
        table['dialect'] = bad
    else:
        {'group': root, 'table': table, 'schema': table['tableSchema'], 'column': column, 'unheard': column}[where].update(bad)
    return root


def judge_csvw(tool, folder):
    wrong = []
    for where, names in CSVW.items():
        for name in names.split():
            write(folder, 's.json', metadata(where, name))
            done = validate(tool, folder, GOOD)
            if name not in done.stdout + done.stderr:
                wrong.append(f'CSVW {where} {name}: exit {done.returncode}, {done.stdout[:300]}{done.stderr}')
    return wrong


COMMANDS = [('manifest check t.csv.manifest', 1, 'out'), ('schema check t.csv.manifest', 1, 'err'),
            ('validate --manifest=t.csv.manifest t.csv', 0, 'err'), ('stats t.csv', 0, 'err'),
            ('validate --manifest=t.csv.manifest -f json t.csv t.csv', 0, 'err'), ('schema infer t.csv', 0, 'err'),
            ('schema convert --to=csvw t.csv.manifest', 0, 'err'), ('schema diff t.csv t.csv.manifest', 0, 'err'),
            ('normalize --schema=t.csv.manifest t.csv', 0, 'err'), ('slice --no-manifest t.csv -o d --force', 0, 'err')]


def odd_manifests(column):
    """Where it is odd, the manifest, a part of the advice; each is fit for the good table."""
    b = {'name': 'b', 'data_type': {'base': {'type': 'STRING'}}}

    def with_schema(first, **more):
        return {'manifest_type': 'output', 'has_header': True, 'destination': 'in.c-a.b', 'schema': [first, b], **more}

    def typed(base, **beside):
        return with_schema({'name': 'a', 'data_type': {'base': base, **beside}})

    base = {'type': 'INTEGER'}
    yield '$.unheard', with_schema(column, unheard=1), ''
    yield '$.colums', with_schema(column, colums=['a', 'b']), 'did you mean "columns"?'
    yield '$.primary_keys', with_schema(column, primary_keys=['a']), 'did you mean "primary_key"?'
    yield '$.schema[0].nulable', with_schema({**column, 'nulable': False}), 'did you mean "nullable"?'
    yield '$.schema[0].data_type.base.lenght', typed({**base, 'lenght': '3'}), 'did you mean "length"?'
    yield '$.schema[0].data_type.redshift', typed(base, redshift={'type': 'INT'}), 'only "snowflake" and "bigquery"'
    yield '$.schema[0].data_type.base.length', typed({**base, 'length': '3'}), 'leave the length out'
    yield '$.schema[0].data_type.base.length', typed({**base, 'length': 3}), 'leave the length out'
    yield '$.schema[0].data_type.base.type', typed({'type': 'INTEGR'}), 'use STRING INTEGER'
    yield '$.schema[0].nullable', with_schema({**column, 'nullable': 'no'}), ''
    yield '$.schema[0].primary_key', with_schema({**column, 'primary_key': 1}), ''
    yield '$.write_always', with_schema(column, write_always='yes'), ''
    yield '$.delimiter', with_schema(column, delimiter=',,'), ''
    yield '$.enclosure', with_schema(column, enclosure='""'), ''
    yield '$', with_schema(column, columns=['a', 'b']), ''


def judge_manifest(tool, folder):
    wrong = []
    column = {'name': 'a', 'data_type': {'base': {'type': 'INTEGER'}}}
    for place, content, help_text in odd_manifests(column):
        write(folder, 't.csv', GOOD)
        write(folder, 't.csv.manifest', content)
        at = '' if place == '$' else f'(at {place})'
        for words, status, stream in COMMANDS:
            done = subprocess.run([tool] + words.split(), cwd=folder, capture_output=True, text=True, check=False)
            said = done.stdout if stream == 'out' else done.stderr
            level = 'error' if status else 'warning'
            named = [line for line in said.splitlines() if line.startswith('t.csv.manifest:1:')]
            if done.returncode != status or len(named) != 1 or f' {level}[manifest-' not in named[0] or \
                    at not in named[0] or help_text not in said:
                wrong.append(f'{words}, manifest {place}: exit {done.returncode}: {done.stdout}{done.stderr}')
        done = subprocess.run([tool, 'slice', 't.csv', '-o', 'd', '--force'], cwd=folder, capture_output=True, text=True,
                              check=False)
        lost = place in ('$', '$.delimiter', '$.enclosure')  # the new manifest does not say it
        if done.returncode != (not lost) or done.stderr.count('[manifest-') != 1 or at not in done.stderr or \
                ('t.csv.manifest:1:' in done.stderr) != lost:
            wrong.append(f'slice, manifest {place}: exit {done.returncode}: {done.stderr}')
    os.remove(os.path.join(folder, 't.csv.manifest'))
    write(folder, 's.json', {'has_header': True, 'schema': [column]})
    done = validate(tool, folder, GOOD)
    if done.returncode != 2 or 's.json:1:' not in done.stderr or '--manifest' not in done.stderr:
        wrong.append(f'a manifest given to --schema: {done.stderr}')
    return wrong


def main(tool):
    with tempfile.TemporaryDirectory() as folder:
        wrong = judge_table_schema(tool, folder) + judge_csvw(tool, folder) + judge_manifest(tool, folder)
    print('\n'.join(wrong))
    count = len(list(cases())) + sum(len(names.split()) for names in CSVW.values())
    print(f'{count} properties, {len(wrong)} otherwise')
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1])))
