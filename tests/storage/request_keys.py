"""The keys that each request of the Storage API may have, and that it must have; nothing else passes.

From the API Blueprint as /reference/keboola.md gives it. The platform itself drops some unknown keys
silently, which is worse: a client would not notice.
"""
import re

from api_error import ApiError

DIALECT = {'delimiter', 'enclosure', 'escapedBy'}
SOURCES = {'dataFileId', 'dataWorkspaceId', 'dataObject'}
KEYS = [  # method, path, required, optional
    ('POST', r'files/prepare', {'name', 'federationToken'},
     {'sizeBytes', 'contentType', 'isSliced', 'isEncrypted', 'isPermanent', 'isPublic', 'notify', 'tags'}),
    ('POST', r'tickets', set(), set()),
    ('POST', r'buckets', {'name', 'stage'}, {'displayName', 'description', 'backend'}),
    ('POST', r'buckets/[^/]+/tables-async', {'name'},
     {'primaryKey', 'columns', 'snapshotId', 'sourceTableId', 'timestamp'} | DIALECT | SOURCES),
    ('POST', r'buckets/[^/]+/tables-definition', {'name', 'columns'},
     {'primaryKeysNames', 'timestampType'}),
    ('POST', r'tables/[^/]+/import-async', set(),
     {'incremental', 'columns', 'withoutHeaders', 'ignoredLinesCount', 'treatValuesAsNull',
      'useTimestampFromDataFile', 'deduplicationStrategy'} | DIALECT | SOURCES),
    ('POST', r'tables/[^/]+/export-async', set(),
     {'columns', 'limit', 'changedSince', 'changedUntil', 'whereFilters', 'orderBy', 'gzip', 'format',
      'fileType', 'includeInternalTimestamp'}),
    ('POST', r'tables/[^/]+/columns', {'name'}, {'definition', 'basetype'}),
    ('POST', r'tables/[^/]+/metadata', {'provider'}, {'metadata', 'columnsMetadata'}),
    ('DELETE', r'tables/[^/]+/rows', set(),
     {'changedSince', 'changedUntil', 'whereFilters', 'allowTruncate'}),
    ('POST', r'webalize/column-names', {'columnNames'}, set()),
    ('PUT', r'files/\d+/refresh', set(), set()),
    ('POST', r'files/\d+/tags', {'tag'}, set()),
]
NESTED = {'whereFilters': ({'column', 'operator'},
                           {'values', 'dataType', 'type', 'valuesByTableInWorkspace'}),
          'valuesByTableInWorkspace': ({'workspaceId', 'table'}, {'column'}),
          'orderBy': ({'column', 'order'}, {'dataType'}),
          'columns': ({'name'}, {'definition', 'basetype'})}
BOOLEANS = {'federationToken', 'isSliced', 'isEncrypted', 'isPermanent', 'isPublic', 'notify',
            'incremental', 'withoutHeaders', 'gzip', 'useTimestampFromDataFile', 'allowTruncate', 'includeInternalTimestamp'}
QUERY = [('GET', r'files', {'limit', 'offset', 'tags[]', 'q', 'sinceId', 'maxId', 'runId',
                            'showExpired'}),
         ('GET', r'files/\d+', {'federationToken'}), ('DELETE', r'files/\d+', {'async'}),
         ('GET', r'jobs', {'limit', 'offset'}), ('DELETE', r'tables/[^/]+', {'force'}),
         ('DELETE', r'buckets/[^/]+', {'async', 'force'})]


def fail(text):
    raise ApiError(400, 'storage.validation', text)


def check_keys(where, value, required, optional):
    unknown, missing = set(value) - required - optional, required - set(value)
    if unknown or missing:
        fail('%s: unknown keys %s, missing keys %s' % (where, sorted(unknown), sorted(missing)))


def check_nested(key, value):
    for item in value if isinstance(value, list) else [value]:
        if key in NESTED and isinstance(item, dict):
            check_keys(key, item, *NESTED[key])
            for inner, nested in item.items():
                check_nested(inner, nested)
    if key in BOOLEANS and not isinstance(value, bool):
        fail('%s must be true or false' % key)


def check_request(method, path, query, headers, body):
    """body: the parsed JSON, or None when there was none."""
    allowed = next((keys for m, p, keys in QUERY if m == method and re.fullmatch(p, path)), set())
    if set(query) - allowed:
        fail('unknown parameters of the query: %s' % sorted(set(query) - allowed))
    if body is None:
        return
    if headers.get('content-type', '').split(';')[0] != 'application/json':
        raise ApiError(415, 'storage.contentType', 'Content-Type must be application/json, not "%s"' %
                       headers.get('content-type'))
    if not isinstance(body, dict):
        fail('the body must be an object')
    for m, pattern, required, optional in KEYS:
        if m == method and re.fullmatch(pattern, path):
            check_keys(path, body, required, optional)
            for key, value in body.items():
                check_nested(key, value)
            return
    fail('%s %s takes no body' % (method, path))


# ---- the importer service -------------------------------------------------------------------------
FORMS = {'/write-table': ({'tableId', 'data'},
                          {'branchId', 'incremental', 'columns[]', 'delimiter', 'enclosure', 'escapedBy'}),
         '/upload-file': ({'data'}, {'name', 'branchId', 'tags[]', 'isPublic', 'isPermanent', 'notify'})}


def check_form(path, headers, fields):
    if not headers.get('content-type', '').startswith('multipart/form-data; boundary='):
        raise ApiError(415, 'importer.contentType', 'Content-Type must be multipart/form-data')
    check_keys(path, fields, *FORMS[path])
