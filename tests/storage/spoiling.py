"""A server that repeats secrets: puts them, in several spellings, into a field of its answers.

PUT /_fake/set {"spoil": ["FIELD", N]} puts the text into every field FIELD of every answer, and N
letters before it, so that whoever cuts the text cuts inside of a secret. FIELD "+" adds the field
"extra" to every object, "*" spoils every text that no machine reads, and "slice" the names of slices.
"""
import json
import re
import urllib.parse

HUMAN = {'error', 'message', 'description', 'displayName', 'exceptionId', 'warnings', 'reason',
         'name', 'created', 'expires', 'region', 'missingColumns', 'expectedColumns', 'tags',
         'importedColumns', 'features', 'createdTime', 'bucketPermissions'}


CREDENTIALS = ('SecretAccessKey', 'SessionToken', 'access_token', 'SASConnectionString')


def secrets(project, token):
    """What clients were told, the latest last."""
    return [token] + project.told


def note_told(key, value, told):
    if key in CREDENTIALS:
        told.append(value.partition('SharedAccessSignature=')[2] or value)


def spelled(secret):
    return [secret, urllib.parse.quote(secret, safe=''),
            urllib.parse.quote(urllib.parse.quote(secret, safe=''), safe=''),
            ''.join('\\u%04x' % ord(c) for c in secret),
            secret.replace('/', '\\/').replace('=', '\\u003d'),
            secret.replace('=', '&#61;').replace('/', '&#x2F;')]


def text_of(project, token, pad):
    return 'y' * pad + ' ' + ' '.join(s for secret in secrets(project, token)[-4:] + [token]
                                      for s in spelled(secret))


def walk(value, field, text):
    if isinstance(value, dict):
        changed = {k: change(k, v, field, text) for k, v in value.items()}
        if field == '+':
            changed['extra'] = text
        return changed
    if isinstance(value, list):
        return [walk(v, field, text) for v in value]
    return value


def change(key, value, field, text):
    if key != field and not (field == '*' and key in HUMAN):
        return walk(value, field, text)
    if isinstance(value, list):
        return [text] * max(len(value), 1)
    if isinstance(value, dict) and key == 'bucketPermissions':
        return {text: text}
    return text


def kind_of(method, path):
    """The request without ids and names: "GET /v2/storage/tables/ID"."""
    path = re.sub(r'(?<=/)([0-9]+|(in|out)\.c-[^/]+)(?=/|$)', 'ID', path)
    return method + ' ' + re.sub(r'/branch/[^/]+', '', path)


def take_notes(value, project, fields):
    """Which fields there are, and which secrets go out."""
    if isinstance(value, dict):
        fields.update(value)
        for key, item in value.items():
            note_told(key, item, project.told)
            take_notes(item, project, fields)
    if isinstance(value, list):
        for item in value:
            take_notes(item, project, fields)


def spoil(answer, project, token, method, path):
    take_notes(answer, project, project.answers.setdefault(kind_of(method, path), set()))
    if not project.spoil or answer is None or isinstance(answer, bytes):
        return answer
    field, pad = project.spoil
    return walk(json.loads(json.dumps(answer)), field, text_of(project, token, pad))


def spoil_slices(data, file, project, token):
    """A slice manifest that names slices after secrets."""
    if not file['isSliced'] or not project.spoil or project.spoil[0] != 'slice':
        return data
    entries = json.loads(data)['entries']
    return json.dumps({'entries': [{'url': e['url'] + text_of(project, token, project.spoil[1])}
                                   for e in entries]}).encode()
