#!/usr/bin/env python3
"""Reads reports of csvkit with readers that are not csvkit's own, and says what is in them.

    report_readers.py FORMAT < REPORT        checks the form, prints one line of JSON
    report_readers.py each FOLDER...         the same for every FOLDER/report.FORMAT, each line with its folder
                                             and format; one that is wrong has "wrong": what is
    report_readers.py schema SCHEMA < LINES  checks lines of JSON against a JSON Schema
    report_readers.py schema SCHEMA FILE ... the same for several pairs

The line of JSON: findings (how many are in the report), rules (their ids), not_judged (subjects with
their reason), left_out (how many findings the report says it leaves out), files (that it names).

SARIF is checked for the members, types and words that its specification (2.1.0) requires of what is
written here, JUnit for the elements, order and attributes of the schema that Jenkins publishes. For
HTML is checked in html_reader.py. For JSON Schema there is a checker here for the keywords in use; where python3-jsonschema is installed,
both have to agree.
"""
import csv
import io
import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as tree

import html_reader

COLUMNS = 'file,byte,line,column,record,field,name,rule,severity,message,excerpt,table'.split(',')
LEFT_OUT = re.compile(r'(\d+) more (?:findings?|errors?)|\((\d+) not shown\)')


def need(condition, what):
    if not condition:
        sys.exit(f'report: {what}')


def left_out_of(text):
    return sum(int(a or b) for a, b in LEFT_OUT.findall(text))


class Found:
    def __init__(self):
        self.findings, self.left_out = 0, 0
        self.rules, self.files, self.not_judged = set(), set(), {}

    def add(self, rule, file):
        self.findings += 1
        self.rules.add(rule)
        self.files.add(file)

    def fail(self, file, reason):
        need(reason.strip() != '', f'{file}: no reason')
        self.files.add(file)
        self.not_judged[file] = reason

    def print(self, **more):
        print(json.dumps({**more, 'findings': self.findings, 'rules': sorted(self.rules),
                          'files': sorted(self.files), 'not_judged': self.not_judged,
                          'left_out': self.left_out}))


def read_text(text, found):
    for line in text.splitlines():
        finding = re.match(r'([^ :][^:]*):(?:\d+:\d+:)? (?:error|warning|info)\[([a-z0-9-]+)\]: .', line)
        failure = re.match(r'([^ :][^:]*): error: not judged: (.*)', line)
        summary = re.match(r'([^ :][^:]*): (?:valid|not valid|good|refused)[ ,]', line)
        if finding:
            found.add(finding[2], finding[1])
        elif failure:
            found.fail(failure[1], failure[2])
        else:
            found.files.update([summary[1]] if summary else [])
            found.left_out += 0 if line.startswith('    ') and '^' in line else left_out_of(line)
        need(all(c == '\t' or c >= ' ' for c in line), f'a control character: {line!r}')


def sections_of(report):
    return [report] + report.get('tables', []) + report.get('files', [])


def read_json(text, found):
    for line in text.splitlines():
        report = json.loads(line)
        name = report.get('file', report.get('folder'))
        if 'error' in report:
            need(report['valid'] is False, 'an error that is valid')
            found.fail(name, report['error'])
            continue
        found.files.add(name)
        for section in sections_of(report):
            for finding in section['findings']:
                found.add(finding['rule'], finding.get('file') or name)
            counted = section['errors'] + section['warnings'] + section['infos']
            need(counted == sum(section['rules'].values()), 'counts by rule')
            need(counted == len(section['findings']) + section['findings_dropped'], 'dropped')
            found.left_out += section['findings_dropped']


def sarif_location(location):
    need(set(location) == {'physicalLocation'}, 'location')
    physical = location['physicalLocation']
    uri = physical['artifactLocation']['uri']
    need(isinstance(uri, str) and re.fullmatch(r"[A-Za-z0-9._~%/:-]+", uri), f'uri {uri}')
    region = physical.get('region')
    if region is not None:
        need('startLine' in region or 'byteOffset' in region, 'an empty region')
        need(all(type(n) is int for n in region.values()), 'region: integers')
        need(region.get('startLine', 1) >= 1 and region.get('startColumn', 1) >= 1, 'region: from 1')
        need(region.get('byteOffset', 0) >= 0 and region.get('byteLength', 0) >= 0, 'region: bytes')
        need(set(region) <= {'startLine', 'startColumn', 'byteOffset', 'byteLength'}, 'region: keys')
    return urllib.parse.unquote(uri)


def sarif_notification(note, found):
    need(note['level'] in ('none', 'note', 'warning', 'error'), 'level of a notification')
    file = sarif_location(note['locations'][0])
    left_out = left_out_of(note['message']['text'])
    found.left_out += left_out
    if note['level'] == 'error':
        found.fail(file, note['message']['text'])
    else:
        need(left_out != 0, 'a notification that says nothing')
        found.files.add(file)


def read_sarif(text, found):
    log = json.loads(text)
    need(log['version'] == '2.1.0' and log['$schema'].endswith('sarif-2.1.0.json'), 'version')
    need(isinstance(log['runs'], list) and len(log['runs']) == 1, 'one run')
    run = log['runs'][0]
    driver = run['tool']['driver']
    need(isinstance(driver['name'], str) and driver['name'] != '', 'name of the tool')
    rules = driver['rules']
    need(len({rule['id'] for rule in rules}) == len(rules), 'a rule twice')
    for rule in rules:
        for key in ('shortDescription', 'fullDescription', 'help'):
            need(rule[key]['text'] != '', f'{rule["id"]}: {key}')
        configuration = rule['defaultConfiguration']
        need(type(configuration['enabled']) is bool, 'enabled')
        need(configuration['level'] in ('none', 'note', 'warning', 'error'), 'level of a rule')
    need(run['columnKind'] in ('utf16CodeUnits', 'unicodeCodePoints'), 'columnKind')
    for result in run['results']:
        need(rules[result['ruleIndex']]['id'] == result['ruleId'], 'ruleIndex')
        need(result['level'] in ('note', 'warning', 'error'), 'level')
        need(result['message']['text'] != '', 'message')
        need(isinstance(result['properties'], dict), 'properties')
        found.add(result['ruleId'], sarif_location(result['locations'][0]))
    need(len(run['invocations']) == 1, 'one invocation')
    invocation = run['invocations'][0]
    for note in invocation['toolExecutionNotifications']:
        sarif_notification(note, found)
    need(invocation['executionSuccessful'] is (not found.not_judged), 'executionSuccessful')


def read_github(text, found):
    for line in text.splitlines():
        command = re.fullmatch(r'::(error|warning|notice) file=([^:,]+)((?:,[a-z]+=[^,:]+)*)::(.+)', line)
        need(command, f'no workflow command: {line}')
        file = urllib.parse.unquote(command[2])
        properties = dict(p.split('=', 1) for p in command[3].split(',') if p)
        need(set(properties) <= {'line', 'col', 'title'}, f'properties: {line}')
        if properties.get('title') == 'not judged':
            need(command[1] == 'error', 'a failure that is no error')
            found.fail(file, command[4])
        elif 'title' in properties:
            found.add(properties['title'], file)
        else:
            need(left_out_of(command[4]) != 0, f'an annotation without a rule: {line}')
            found.files.add(file)
            found.left_out += left_out_of(command[4])


def junit_case(case, suite, found):
    need(set(case.attrib) == {'classname', 'name'} and case.get('name'), 'attributes of a case')
    kinds = [child.tag for child in case]
    need(sorted(kinds, key=['error', 'failure', 'system-out'].index) == kinds, f'order: {kinds}')
    for child in case:
        if child.tag == 'error':
            found.fail(suite.get('name'), child.get('message'))
            need(child.get('type'), 'type of an error')
            continue
        for line in (child.text or '').splitlines():
            found.add(re.search(r': \[([a-z0-9-]+)\] ', line)[1], suite.get('name'))


def read_junit(text, found):
    root = tree.fromstring(text.encode())
    need(root.tag == 'testsuites', 'root')
    for suite in root:
        need(suite.tag == 'testsuite' and set(suite.attrib) == {'name', 'tests', 'failures', 'errors'},
             'attributes of a suite')
        found.files.add(suite.get('name'))
        kinds = [child.tag for child in suite]
        need(sorted(kinds, key=['testcase', 'system-out'].index) == kinds, f'order: {kinds}')
        cases = suite.findall('testcase')
        need(len(cases) == int(suite.get('tests')) > 0, f'{suite.get("name")}: tests')
        for key, tag in (('failures', 'failure'), ('errors', 'error')):
            need(len(suite.findall(f'testcase/{tag}')) == int(suite.get(key)), key)
        for case in cases:
            junit_case(case, suite, found)
        found.left_out += sum(left_out_of(out.text) for out in suite.findall('system-out'))


def read_csv(text, found):
    need(text.endswith('\r\n') and text.replace('\r\n', '').count('\n') == 0, 'line breaks')
    rows = list(csv.reader(io.StringIO(text, newline=''), strict=True))
    need(rows[0] == COLUMNS, 'header')
    for row in rows[1:]:
        need(len(row) == len(COLUMNS), f'width: {row}')
        finding = dict(zip(COLUMNS, row))
        need(finding['severity'] in ('error', 'warning', 'info'), 'severity')
        need(all(finding[key] == '' or finding[key].isdigit() for key in COLUMNS[1:6]), 'numbers')
        need(all(c >= ' ' for value in row for c in value), f'a control character: {row}')
        if finding['rule'] != '':
            found.add(finding['rule'], finding['file'])
        elif finding['severity'] == 'error':
            found.fail(finding['file'], finding['message'])
        else:
            found.files.add(finding['file'])
            found.left_out += left_out_of(finding['message'])


# ---- JSON Schema: the keywords that the shipped schemas use

TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'integer': int, 'number': (int, float),
         'null': type(None)}
KNOWN = {'$schema', '$id', '$defs', '$ref', 'title', 'description', 'type', 'properties', 'required',
         'additionalProperties', 'propertyNames', 'items', 'enum', 'const', 'pattern', 'minimum', 'oneOf',
         'minLength', 'minItems'}


def is_type(value, name):
    return isinstance(value, TYPES[name]) and not (name == 'integer' and isinstance(value, bool))


def faults(value, schema, root, path='$'):
    """What is wrong with a value, as texts."""
    need(set(schema) <= KNOWN, f'a keyword that this checker does not know: {set(schema) - KNOWN}')
    if '$ref' in schema:
        part = root
        for name in schema['$ref'].split('/')[1:]:
            part = part[name]
        yield from faults(value, part, root, path)
    types = schema.get('type', [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        yield f'{path}: not {types}: {value!r}'
        return
    if 'enum' in schema and value not in schema['enum']:
        yield f'{path}: {value!r} is none of {schema["enum"]}'
    if 'const' in schema and value != schema['const']:
        yield f'{path}: {value!r} is not {schema["const"]!r}'
    if 'oneOf' in schema:
        tries = [list(faults(value, branch, root, path)) for branch in schema['oneOf']]
        if sum(not wrong for wrong in tries) != 1:
            yield f'{path}: not one of the forms: {tries}'
    if isinstance(value, str) and not re.search(schema.get('pattern', ''), value):
        yield f'{path}: {value!r} is not {schema["pattern"]}'
    if isinstance(value, str) and len(value) < schema.get('minLength', 0):
        yield f'{path}: too short'
    if isinstance(value, list) and len(value) < schema.get('minItems', 0):
        yield f'{path}: too few items'
    if is_type(value, 'integer') and value < schema.get('minimum', value):
        yield f'{path}: {value} is too small'
    if isinstance(value, list) and 'items' in schema:
        for index, item in enumerate(value):
            yield from faults(item, schema['items'], root, f'{path}[{index}]')
    if isinstance(value, dict):
        yield from object_faults(value, schema, root, path)


def object_faults(value, schema, root, path):
    for key in schema.get('required', []):
        if key not in value:
            yield f'{path}: {key} is missing'
    for key, member in value.items():
        if 'propertyNames' in schema:
            yield from faults(key, schema['propertyNames'], root, f'{path}.{key}')
        if key in schema.get('properties', {}):
            yield from faults(member, schema['properties'][key], root, f'{path}.{key}')
        elif schema.get('additionalProperties') is False:
            yield f'{path}.{key} is not allowed'
        elif isinstance(schema.get('additionalProperties'), dict):
            yield from faults(member, schema['additionalProperties'], root, f'{path}.{key}')
        elif 'properties' in schema:  # a key may be added, but not without a line in the schema
            yield f'{path}.{key} is not described'


def read_schema(name):
    """The schema, and python3-jsonschema's reading of it, or None."""
    with open(name, encoding='utf-8') as file:
        schema = json.load(file)
    try:
        import jsonschema
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        return schema, kind(schema)
    except ImportError:
        return schema, None


def check_projects(name, fits, text):
    """Project files, one on each line, by their schema: all fit, or none. The two checkers agree."""
    schema, second = read_schema(name)
    for line in text.splitlines():
        value = json.loads(line)
        wrong = list(faults(value, schema, schema))
        other = [error.message for error in second.iter_errors(value)] if second else wrong
        need(bool(wrong) == bool(other), f'{line}: {wrong}, jsonschema: {other}')
        need(bool(wrong) != fits, f'{line}: {wrong or "nothing is noticed"}')


def check_schema(name, text):
    schema, second = read_schema(name)
    count = 0
    for line in text.splitlines():
        value = json.loads(line)
        wrong = list(faults(value, schema, schema))
        need(not wrong, f'{name}: {wrong}')
        for error in second.iter_errors(value) if second else []:
            need(False, f'{name}, jsonschema: {error.message}')
        broken = dict(value)
        del broken[sorted(schema.get('required', ['file', 'folder']), key=lambda k: k not in value)[0]]
        need(list(faults(broken, schema, schema)), f'{name}: a missing key is not noticed')
        need(second is None or list(second.iter_errors(broken)), f'{name}: jsonschema notices nothing')
        count += 1
    need(count != 0, f'{name}: nothing to check')
    print(f'{count} objects fit {name}' + ('' if second else ', python3-jsonschema is not here'))


READERS = {'text': read_text, 'json': read_json, 'sarif': read_sarif, 'github': read_github,
           'junit': read_junit, 'csv': read_csv, 'html': html_reader.read}


def read_each(folders):
    for folder in folders:
        for name, read in READERS.items():
            found = Found()
            with open(f'{folder}/report.{name}', encoding='utf-8', newline='') as file:
                try:
                    read(file.read(), found)
                    found.print(folder=folder, format=name)
                except (SystemExit, ValueError, LookupError, AttributeError, tree.ParseError, csv.Error) as error:
                    found.print(folder=folder, format=name, wrong=f'{error!r}')


def main():
    if sys.argv[1] == 'each':
        read_each(sys.argv[2:])
        return
    if sys.argv[1] == 'schema' and len(sys.argv) > 3:
        for name, path in zip(sys.argv[2::2], sys.argv[3::2]):
            with open(path, encoding='utf-8') as file:
                check_schema(name, file.read())
        return
    text = sys.stdin.buffer.read().decode('utf-8')
    if sys.argv[1] == 'schema':
        check_schema(sys.argv[2], text)
        return
    if sys.argv[1] == 'project':
        check_projects(sys.argv[2], sys.argv[3] == 'fit', text)
        return
    found = Found()
    READERS[sys.argv[1]](text, found)
    found.print()


main()
