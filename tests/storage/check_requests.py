#!/usr/bin/python3
"""Compares recorded requests with what the platform's maintained clients send.

    check_requests.py aws|azure|gcp REQUESTS.json TOKEN

The session is the one of requests.test.sh. Every check has the name of the fact that it is about;
where csvkit sends something else than another client on purpose, the check says what and why.
"""
import base64
import gzip
import hashlib
import json
import re
import sys
import urllib.parse

PROVIDER, TOKEN = sys.argv[1], sys.argv[3]
with open(sys.argv[2]) as recorded:
    ALL = json.load(recorded)
for request in ALL:
    request['path'], _, request['query'] = request['target'].partition('?')
    request['raw'] = request['body'].encode('latin-1')
    request['fields'] = dict(urllib.parse.parse_qsl(request['query'], keep_blank_values=True))
API = [r for r in ALL if r['where'] == 'api']
STORE = [r for r in ALL if r['where'] == 'store']
FACTS = []


def fact(name, *providers):
    def keep(check):
        if not providers or PROVIDER in providers:
            FACTS.append((name, check))
        return check
    return keep


def api(method, pattern):
    found = [r for r in API if r['method'] == method and re.fullmatch('/v2/storage/' + pattern, r['path'])]
    assert found, 'no %s %s' % (method, pattern)
    return found


def bodies(method, pattern):
    return [json.loads(r['raw']) for r in api(method, pattern)]


def objects(part, method='PUT'):
    """Requests to the store for keys that contain `part`."""
    found = [r for r in STORE if r['method'] == method and
             part in urllib.parse.unquote(r['path'])]
    assert found, 'no %s of %s' % (method, part)
    return found


def same(got, expected):
    assert got == expected, 'got %r, expected %r' % (got, expected)


# ---- every request to the Storage API ------------------------------------------------------------
@fact('the token is a header of every request to the Storage API')
def _():
    assert all(r['headers']['x-storageapi-token'] == TOKEN for r in API)


@fact('nothing of the Storage token goes to the object store')
def _():
    assert not any(TOKEN in repr(r) or 'x-storageapi-token' in r['headers'] for r in STORE)


@fact('bodies are JSON, not forms, and say so')
def _():
    with_body = [r for r in API if r['raw']]
    assert len(with_body) > 20
    for r in with_body:
        same(r['headers']['content-type'], 'application/json')
        assert isinstance(json.loads(r['raw']), dict)


@fact('every body has a length and none is chunked')
def _():
    for r in ALL:
        if r['method'] in ('PUT', 'POST'):
            same(int(r['headers']['content-length']), len(r['raw']))
        assert 'transfer-encoding' not in r['headers']


@fact('JSON answers may come as gzip')
def _():
    assert all('gzip' in r['headers']['accept-encoding'] for r in API)


@fact('the client names itself')
def _():
    assert all(re.match(r'csvkit/\d+\.\d+', r['headers']['user-agent']) for r in ALL)


@fact('a run id is asked for and goes with every request that starts an import')
def _():
    same(len(api('POST', 'tickets')) >= 7, True)
    runs = [r['headers']['x-kbc-runid'] for r in
            api('POST', '.*/import-async') + api('POST', '.*/tables-async')]
    same(len(set(runs)), len(runs))


@fact('a given run id is the parent of the one of its import')
def _():
    runs = [r['headers']['x-kbc-runid'] for r in api('POST', r'tables/in\.c-main\.sliced/import-async')]
    assert re.fullmatch(r'77\.\d+', runs[0]), runs


# ---- files/prepare -------------------------------------------------------------------------------
@fact('prepare asks for credentials (federationToken) and encryption, as booleans')
def _():
    for body in bodies('POST', 'files/prepare'):
        assert body['federationToken'] is True and body['isEncrypted'] is True


@fact('prepare sends the size in bytes as a number')
def _():
    for body in bodies('POST', 'files/prepare'):
        assert type(body['sizeBytes']) is int, body
    same([b['sizeBytes'] for b in bodies('POST', 'files/prepare') if b['name'] == 'big.bin'], [11000000])


@fact('tags are an array; permanent is a boolean, absent when not wanted')
def _():
    first = bodies('POST', 'files/prepare')[0]
    same((first['name'], first['tags'], first['isPermanent']), ('žluť 1.csv', ['one', 'two'], True))
    assert all('isPermanent' not in b for b in bodies('POST', 'files/prepare')[1:])


@fact('files of a load are tagged: file-import makes a table, table-import fills one')
def _():
    names = {tuple(b['tags']) for b in bodies('POST', 'files/prepare') if b['name'] == 'pipe.csv'}
    same(names, {('table-import',)})
    of_orders = [b['tags'] for b in bodies('POST', 'files/prepare') if b['name'] == 'o.csv']
    same(of_orders[:2], [['file-import'], ['table-import']])


@fact('isSliced is sent for slices only')
def _():
    same({b['name'] for b in bodies('POST', 'files/prepare') if b.get('isSliced')}, {'slices', 'typed'})


@fact('no request field that the platform does not know')
def _():
    known = {'name', 'sizeBytes', 'federationToken', 'isEncrypted', 'isSliced', 'isPermanent', 'tags'}
    for body in bodies('POST', 'files/prepare'):
        assert set(body) <= known, set(body) - known
    known = {'dataFileId', 'incremental', 'delimiter', 'enclosure', 'escapedBy', 'columns',
             'ignoredLinesCount'}
    for body in bodies('POST', '.*/import-async'):
        assert set(body) <= known, set(body) - known
    for body in bodies('POST', '.*/tables-async'):
        assert set(body) <= {'name', 'dataFileId', 'primaryKey', 'delimiter', 'enclosure'}, body


@fact('compressed files end in .csv.gz and hold gzip (--compress; other clients always compress)')
def _():
    assert 'packed.csv.gz' in [b['name'] for b in bodies('POST', 'files/prepare')]
    sent = objects('packed.csv.gz')[0]['raw']
    same(gzip.decompress(sent), b'id,name\r\n1,a\r\n2,b\r\n')


# ---- tables and imports --------------------------------------------------------------------------
@fact('a new table gets its key as one text with commas')
def _():
    body = bodies('POST', 'buckets/in.c-main/tables-async')[0]
    same((body['name'], body['primaryKey']), ('orders', 'id,name'))


@fact('a bucket is made by stage and name without c-')
def _():
    same(bodies('POST', 'buckets')[0], {'stage': 'in', 'name': 'main'})


@fact('dataFileId is a number, incremental a boolean')
def _():
    for body in bodies('POST', '.*/import-async'):
        assert type(body['dataFileId']) is int and type(body['incremental']) is bool, body


@fact('no key is sent with an import')
def _():
    assert all('primaryKey' not in b for b in bodies('POST', '.*/import-async'))


@fact('delimiter is one byte, enclosure one or none')
def _():
    imports = bodies('POST', r'tables/in\.c-main\.orders/import-async')
    same((imports[0]['delimiter'], imports[0]['enclosure']), ('|', ''))
    same((imports[1]['delimiter'], imports[1]['enclosure']), (',', '"'))


@fact('columns are an array and mean that there is no header')
def _():
    imports = bodies('POST', r'tables/in\.c-main\.orders/import-async')
    assert 'columns' not in imports[0]
    same(imports[1]['columns'], ['id', 'name'])
    assert 'ignoredLinesCount' not in imports[1] and 'withoutHeaders' not in imports[1]


@fact('a header under other names is skipped by ignoredLinesCount')
def _():
    imports = bodies('POST', r'tables/in\.c-main\.orders/import-async')
    same((imports[2]['columns'], imports[2]['ignoredLinesCount']), (['id', 'name'], 1))


@fact('slices are imported with their columns')
def _():
    same(bodies('POST', r'tables/in\.c-main\.sliced/import-async')[0]['columns'], ['id', 'name'])


@fact('rows are deleted by whereFilters, before the import, never without a filter')
def _():
    body = bodies('DELETE', r'tables/in\.c-main\.orders/rows')
    same(body, [{'whereFilters': [{'column': 'id', 'operator': 'eq', 'values': ['1', '3']}]}])
    places = [i for i, r in enumerate(API) if r['path'].endswith(('/rows', 'orders/import-async'))]
    assert API[places[-2]]['method'] == 'DELETE' and API[places[-1]]['method'] == 'POST'


@fact('a typed table is defined with base types and the key as primaryKeysNames')
def _():
    body = [b for b in bodies('POST', '.*/tables-definition') if b['name'] == 'typed'][0]
    same(body['primaryKeysNames'], ['id'])
    same([c['basetype'] for c in body['columns']], ['INTEGER', 'NUMERIC'])


@fact('metadata goes with a provider, after the import')
def _():
    body = bodies('POST', r'tables/in\.c-main\.typed/metadata')[0]
    same((body['provider'], body['metadata']), ('csvkit', [{'key': 'KBC.description', 'value': 'prices'}]))


@fact('a job is asked for by id without a branch, first at once')
def _():
    follows = [API[i + 1]['path'] for i, r in enumerate(API[:-1]) if r['path'].endswith('/import-async')]
    assert all(re.fullmatch(r'/v2/storage/jobs/\d+', path) for path in follows), follows


@fact('an export asks for gzip, columns as a text with commas, filters as objects')
def _():
    body = bodies('POST', '.*/export-async')[0]
    same((body['gzip'], body['columns'], body['limit'], body['changedSince']),
         (True, 'id,name', 5, '-2 days'))
    same(body['whereFilters'], [{'column': 'id', 'operator': 'eq', 'values': ['2']}])


@fact('a download asks for read credentials of the file')
def _():
    same(api('GET', r'files/\d+')[-1]['query'], 'federationToken=1')


# ---- slices --------------------------------------------------------------------------------------
@fact('a slice is stored at key + its name, nothing between')
def _():
    for name in ('slicespart 1+ž.csv', 'slicespart-2.csv.gz'):
        assert urllib.parse.unquote(objects(name)[0]['path']).endswith(name)


@fact('the slice manifest is stored last, at key + manifest')
def _():
    puts = [urllib.parse.unquote(r['path']) for r in STORE if 'slicespart' in urllib.parse.unquote(r['path'])
            or 'slicesmanifest' in r['path']]
    assert puts[-1].endswith('slicesmanifest') and len(puts) == 3, puts


@fact('the slice manifest names slices by url alone, in order, keys as they are')
def _():
    scheme = {'aws': r's3://kbc-files/exp-15/578/files/\d+\.slices',
              'azure': r'azure://devstoreaccount1\.blob\.core\.windows\.net/exp-15-files-\d+/slices',
              'gcp': r'gs://kbc-files/exp-15/578/files/\d+\.slices'}[PROVIDER]
    manifest = json.loads(objects('slicesmanifest')[0]['raw'])
    same(list(manifest), ['entries'])
    same([list(entry) for entry in manifest['entries']], [['url'], ['url']])
    for entry, name in zip(manifest['entries'], ('part 1+ž.csv', 'part-2.csv.gz')):
        assert re.fullmatch(scheme + re.escape(name), entry['url']), entry


# ---- S3 ------------------------------------------------------------------------------------------
def signed(r):
    return re.search('SignedHeaders=([^,]+)', r['headers']['authorization']).group(1).split(';')


@fact('all headers of meaning are signed, host and session token too', 'aws')
def _():
    for r in STORE:
        must = ['host'] + [n for n in r['headers'] if n.startswith('x-amz-') or
                           n in ('content-disposition', 'content-type', 'content-md5')]
        assert set(must) <= set(signed(r)), (must, signed(r))
        assert 'x-amz-security-token' in signed(r)


@fact('the body is covered by the signature (SHA-256; other clients send UNSIGNED-PAYLOAD and MD5)', 'aws')
def _():
    for r in STORE:
        same(r['headers']['x-amz-content-sha256'], hashlib.sha256(r['raw']).hexdigest())


@fact('objects are created with acl, encryption and a file name to save', 'aws')
def _():
    for r in objects('-1.csv')[:1] + [r for r in STORE if 'uploads' in r['fields']]:
        same((r['headers']['x-amz-acl'], r['headers']['x-amz-server-side-encryption']), ('private', 'AES256'))
        assert r['headers']['content-disposition'].startswith('attachment; filename="'), r['headers']


@fact('the slice manifest is put with encryption, but no acl', 'aws')
def _():
    headers = objects('slicesmanifest')[0]['headers']
    same((headers['x-amz-server-side-encryption'], headers.get('x-amz-acl')), ('AES256', None))
    assert 'content-disposition' not in headers


@fact('parts and the request that completes carry no headers of creation', 'aws')
def _():
    for r in STORE:
        if 'uploadId' in r['fields']:
            assert 'x-amz-acl' not in r['headers'] and 'x-amz-server-side-encryption' not in r['headers']


@fact('one PUT for a small and for an empty file', 'aws')
def _():
    same([len(objects(n)) for n in ('.o.csv', 'empty.csv')], [2, 1])
    assert not [r for r in STORE if r['query'] and 'big.bin' not in r['path']]


@fact('multipart: initiate, parts from 1, complete with all ETags in order', 'aws')
def _():
    parts = sorted(objects('big.bin'), key=lambda r: int(r['fields']['partNumber']))
    same([r['fields']['partNumber'] for r in parts], ['1', '2', '3'])
    same([len(r['raw']) for r in parts], [5 << 20, 5 << 20, 11000000 - (10 << 20)])
    posts = objects('big.bin', 'POST')
    same(posts[0]['query'], 'uploads=')
    listed = re.findall(r'<PartNumber>(\d+)</PartNumber><ETag>("[0-9a-f]{32}")</ETag>', posts[1]['body'])
    same(listed, [(str(i + 1), '"%s"' % hashlib.md5(r['raw']).hexdigest()) for i, r in enumerate(parts)])


@fact('keys are percent-encoded once, slashes stay', 'aws')
def _():
    path = objects('part 1')[0]['path']
    assert re.fullmatch(r'/kbc-files/exp-15/578/files/\d+\.slicespart%201%2B%C5%BE\.csv', path), path


# ---- Azure ---------------------------------------------------------------------------------------
@fact('the SAS is appended as it was given', 'azure')
def _():
    for r in STORE:
        assert re.search(r'(^|&)sv=2017-11-09&sr=c&se=[0-9T%A-Z-]+&sp=rw?l&sig=[A-Za-z0-9%]+$', r['query']), \
            r['query']


@fact('Put Blob names its type and a file name to save', 'azure')
def _():
    for name in ('.csv', 'empty.csv', 'slicespart'):
        for r in objects(name):
            same(r['headers']['x-ms-blob-type'], 'BlockBlob')
            assert r['headers']['x-ms-blob-content-disposition'].startswith('attachment; filename="')
    assert 'x-ms-blob-content-disposition' not in objects('slicesmanifest')[0]['headers']


@fact('an empty file is one Put Blob', 'azure')
def _():
    same([(len(r['raw']), 'comp' in r['fields']) for r in objects('empty.csv')], [(0, False)])


@fact('block ids are base64 of one length, percent-encoded, and listed in order as Latest', 'azure')
def _():
    blocks = [r for r in objects('big.bin') if r['fields'].get('comp') == 'block']
    ids = sorted(r['fields']['blockid'] for r in blocks)
    same((len(ids), len({len(i) for i in ids})), (3, 1))
    assert all(base64.b64decode(i, validate=True) for i in ids)
    last = objects('big.bin')[-1]
    same((last['fields']['comp'], re.findall('<Latest>([^<]+)</Latest>', last['body'])), ('blocklist', ids))
    assert last['headers']['x-ms-blob-content-disposition'] == 'attachment; filename="big.bin"'


@fact('bodies carry their MD5', 'azure', 'gcp')
def _():
    for r in STORE:
        if r['raw'] and 'content-md5' in r['headers']:
            same(base64.b64decode(r['headers']['content-md5']), hashlib.md5(r['raw']).digest())
    whole = [r for r in objects('pipe.csv') if r['raw']]
    assert all('content-md5' in r['headers'] for r in whole)


# ---- GCS -----------------------------------------------------------------------------------------
@fact('the bearer goes with every request but those to an upload session', 'gcp')
def _():
    for r in STORE:
        same('authorization' in r['headers'], 'upload_id' not in r['fields'])
        assert r['headers'].get('authorization', 'Bearer ya29.').startswith('Bearer ya29.')


@fact('a large file goes through a resumable session in steps of 256 KiB', 'gcp')
def _():
    same(objects('big.bin', 'POST')[0]['headers']['x-goog-resumable'], 'start')
    ranges = [r['headers']['content-range'] for r in objects('big.bin')]
    same(ranges, ['bytes 0-5242879/11000000', 'bytes 5242880-10485759/11000000',
                  'bytes 10485760-10999999/11000000'])


@fact('objects get a file name to save', 'gcp')
def _():
    for r in objects('.csv') + objects('big.bin', 'POST'):
        assert r['headers']['content-disposition'].startswith('attachment; filename="'), r['headers']


@fact('a 401 renews the bearer by PUT files/ID/refresh, once, and the request goes out again', 'gcp')
def _():
    same(len(api('PUT', r'files/\d+/refresh')), 1)
    puts = objects('renewed.csv')
    same(len({r['headers']['authorization'] for r in puts}), len(puts))


# ---- names to save -------------------------------------------------------------------------------
@fact('a file name beyond plain ASCII is sent in the exact form as well')
def _():
    header = {'azure': 'x-ms-blob-content-disposition'}.get(PROVIDER, 'content-disposition')
    values = {r['headers'].get(header) for r in STORE}
    expected = 'attachment; filename="__lu___1.csv"; filename*=UTF-8\'\'%C5%BElu%C5%A5%201.csv'
    assert expected in values, values


def main():
    failed = 0
    for name, check in FACTS:
        try:
            check()
            print('ok      %s: %s' % (PROVIDER, name))
        except (AssertionError, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            print('FAILED  %s: %s: %s %s' % (PROVIDER, name, type(error).__name__, str(error)[:600]))
            failed += 1
    sys.exit(1 if failed else 0)


main()
