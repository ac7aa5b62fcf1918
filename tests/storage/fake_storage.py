#!/usr/bin/python3
"""A Keboola Storage API for tests and for the demo: one process, standard library only.

    fake_storage.py --ready FILE [--provider aws|azure|gcp] [--backend snowflake|bigquery]
                    [--s3 URL CREDS.json [--sts ROLE]]
                    [--azurite URL KEY] [--tls CERT KEY]

It listens on two loopback ports, one for the API, one for the objects, and misbehaves on demand:
    PUT /_fake/fault  {"where": "api|store", "method", "path" (regular expression), "times", "skip",
                       "mode": "status|reset_before|reset_mid|reset_after|close|cut|html|error200|
                       slow|late|stall|flight|xml200|big_header|redirect|unannounced|spoiled|refuse_next|
                       expire",
                       "status", "headers", "body", "seconds"}
    PUT /_fake/set    {"export_...": exports.py, "spoil": spoiling.py, "clock", "short_308", "polls", "fail_job",
                       "lifetime", "allow_abort", "next_key", "foreign_key",
                       "spoil_session", "other_forms", "drop_run_ids", "other_jobs",
                       "lose_rows", "oldest_first", "remove_file": id}
    PUT /_fake/refuse {"seconds"}: for so long, connections are refused and open ones are closed
    PUT /_fake/table  {"id", "columns", "key", "rows"}: makes a table, instead of the old one
    PUT /_fake/forget all uploads in parts that are not finished
    PUT /_fake/damage {"key" (regular expression), "keep"}: cuts objects, or removes them
    PUT /_fake/expire all credentials given so far    PUT /_fake/reset faults and log
    GET /_fake/secrets all of them; GET /_fake/answers the kinds of requests since a
        reset, each with the keys of its answers
    GET /_fake/log    what came, in order     GET /_fake/rows?table=ID    the rows, sorted
    GET /_fake/state  tables, files, objects      GET /_fake/list?bucket=B&prefix=P  keys, as a list
    PUT /_fake/record from now on, requests are kept whole; GET /_fake/requests gives them
The ready file gets one JSON line with the addresses and the token.
"""
import argparse
import gzip
import json
import os
import queue
import re
import socket
import ssl
import sys
import threading
import time
import types
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_error import ApiError  # noqa: E402
from management import Management  # noqa: E402
from misbehaviour import TOKEN, Misbehaviour  # noqa: E402
from object_store import ObjectStore  # noqa: E402
from project import Project, webalize  # noqa: E402
from request_keys import check_form, check_request  # noqa: E402
from spoiling import secrets, spoil, spoil_slices  # noqa: E402


class Faults:
    def __init__(self):
        self.rules, self.log, self.lock = [], [], threading.Lock()
        self.kept = None  # whole requests, once they are recorded
        self.servers = []

    def take(self, where, method, path):
        with self.lock:
            for rule in self.rules:
                if rule.get('where', where) != where or rule.get('times', 1) <= 0 or \
                        rule.get('method', method) != method or \
                        not re.search(rule.get('path', ''), path):
                    continue
                if rule.get('skip', 0) > 0:
                    rule['skip'] -= 1
                    continue
                rule['times'] = rule.get('times', 1) - 1
                return rule
        return None

    def keep(self, handler, body):
        if self.kept is None or handler.path.startswith(('/_fake/', '/signed/')):
            return
        with self.lock:
            self.kept.append({'where': handler.where, 'method': handler.command,
                              'target': handler.path, 'headers': handler.low,
                              'body': body.decode('latin-1')})

    def note(self, *what):
        with self.lock:
            self.log.append(' '.join(str(w) for w in what))


class Handler(Misbehaviour, BaseHTTPRequestHandler):
    """One request: read it, break it if told so, answer it."""
    # Head and body of an answer go out in two pieces: the second must not wait for the client to
    # acknowledge the first, which takes 40 ms.
    disable_nagle_algorithm = True
    protocol_version = 'HTTP/1.1'
    timeout = 60

    def log_message(self, *args):
        pass

    def send_error(self, code, message=None, explain=None):
        self.answer(code, {}, b'')

    def answer(self, status, headers, body):
        if status is None:
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def read_body(self, limit=None):
        length = int(self.low.get('content-length', 0))
        return self.rfile.read(length if limit is None else min(length, limit))

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, BrokenPipeError, ValueError, OSError):
            self.close_connection = True

    def handle_expect_100(self):
        self.low = {k.lower(): v for k, v in self.headers.items()}
        rule = self.faults.take(self.where, self.command, self.path)
        self.rule = rule or False
        if rule and rule['mode'] == 'status':
            return True  # refused before the body
        return super().handle_expect_100()

    def serve(self):
        self.low = {k.lower(): v for k, v in self.headers.items()}
        rule = getattr(self, 'rule', None)
        self.rule = None
        if rule is None:
            rule = None if self.path.startswith('/_fake/') else \
                self.faults.take(self.where, self.command, self.path)
        self.faults.note(self.where, self.command, self.path.split('?')[0],
                         re.sub(r'(sig|upload_id|uploadId)=[^&]*', r'\1=..',
                                self.path.partition('?')[2]), rule['mode'] if rule else 'ok')
        if rule:
            self.misbehave(rule)
        else:
            body = self.read_body()
            self.faults.keep(self, body)
            self.answer(*self.act(body))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve


class StoreHandler(Handler):
    where = 'store'

    def date_time_string(self, timestamp=None):
        return super().date_time_string((timestamp or time.time()) + self.store.clock)

    def act(self, body):
        raw_path, _, query = self.path.partition('?')
        request = types.SimpleNamespace(method=self.command, raw_path=raw_path, query=query,
                                        headers=self.low, body=body)
        with self.project.lock:
            return self.store.handle(request)


class ApiHandler(Management, Handler):
    where = 'api'
    routes = []

    def act(self, body):
        path, _, query = self.path.partition('?')
        self.query = dict(urllib.parse.parse_qsl(query))
        self.queries = urllib.parse.parse_qs(query)
        try:
            if path.startswith('/_fake/'):
                return self.as_json(*self.control(path[7:], body))
            if path.startswith('/signed/'):
                return self.as_json(*self.signed(path[8:]))
            if self.low.get('x-storageapi-token') != TOKEN:
                raise ApiError(401, 'storage.tokenInvalid', 'Invalid access token')
            status, answer = self.route(path, body)
        except ApiError as error:
            self.close_connection = False
            key = 'message' if path in ('/write-table', '/upload-file') else 'error'
            status, answer = error.status, {key: error.message, 'code': error.code,
                                            'exceptionId': 'exception-77', 'status': 'error'}
        return self.as_json(status, spoil(answer, self.project, TOKEN, self.command, path))

    def as_json(self, status, answer):
        if isinstance(answer, bytes):
            return status, {}, answer
        if answer is None:
            return status, {}, b''
        text, headers = json.dumps(answer).encode(), {'Content-Type': 'application/json'}
        if 'gzip' in self.low.get('accept-encoding', '') and len(text) > 200:
            headers['Content-Encoding'], text = 'gzip', gzip.compress(text)
        return status, headers, text

    def control(self, what, body):
        project, state = self.project, self.project.store
        if what == 'fault':
            self.faults.rules.append(json.loads(body))
            return 200, {}
        if what == 'reset':
            self.faults.rules.clear()
            self.faults.log.clear()
            project.answers.clear()
            return 200, {}
        if what == 'set':
            for key, value in json.loads(body).items():
                if key == 'remove_file':
                    project.files.pop(int(value))
                    continue
                setattr(state if hasattr(state, key) else project, key, value)
            return 200, {}
        if what == 'expire':
            state.expire()
            return 200, {}
        if what == 'forget':
            state.uploads.clear()
            return 200, {}
        if what == 'damage':
            wish = json.loads(body)
            for place in [p for p in state.objects if re.search(wish['key'], p[1])]:
                data = state.objects.pop(place)
                if 'keep' in wish:
                    state.objects[place] = data[:wish['keep']]
                if 'replace' in wish:
                    old, new = (text.encode() for text in wish['replace'])
                    state.objects[place] = data.replace(old, new)
            return 200, {}
        if what == 'log':
            return 200, '\n'.join(self.faults.log + ['']).encode()
        if what == 'rows':
            rows = project.rows(self.query['table'])
            return 200, ''.join(sorted(json.dumps(row) + '\n' for row in rows)).encode()
        if what == 'secrets':
            return 200, secrets(project, TOKEN)
        if what == 'answers':
            return 200, {kind: sorted(fields) for kind, fields in project.answers.items()}
        if what == 'list':
            return 200, sorted(project.objects.list(self.query['bucket'], self.query['prefix']))
        if what == 'record':
            self.faults.kept = []
            return 200, {}
        if what == 'requests':
            return 200, self.faults.kept or []
        if what == 'state':
            return 200, {'tables': project.tables, 'files': {
                k: {n: v for n, v in f.items()} for k, f in project.files.items()},
                'objects': {'/'.join(k): len(v) for k, v in state.objects.items()},
                'uploads': len(state.uploads), 'jobs': len(project.jobs)}
        if what == 'refuse':
            self.refuse(json.loads(body)['seconds'])
            return 200, {}
        if what == 'table':
            wish = json.loads(body)
            bucket_id, _, name = wish['id'].rpartition('.')
            with project.lock:
                project.buckets.setdefault(bucket_id, {'id': bucket_id})
                if wish['id'] in project.tables:
                    project.drop(wish['id'])
                table = project.make_table(bucket_id, name, wish['columns'], wish.get('key', []))
                project.insert(table, table['columns'], [[(v, False) for v in row]
                                                         for row in wish['rows']], {'incremental': True})
                project.db.commit()
            return 200, {}
        raise ApiError(404, 'notFound', 'No such control: ' + what)

    def signed(self, file_id):
        """The address that a file has without any token; for a sliced file, of its manifest."""
        project = self.project
        file = self.file(file_id)
        data = project.objects.read(file['bucket'],
                                    file['key'] + ('manifest' if file['isSliced'] else ''))
        return (404, None) if data is None else (200, spoil_slices(data, file, project, TOKEN))

    def route(self, path, body):
        if path == '/write-table':
            return self.write_table(body)
        if path == '/upload-file':
            return self.upload_file(body)
        match = re.fullmatch(r'/v2/storage(?:/branch/[^/]+)?/(.*)', path)
        if not match:
            raise ApiError(404, 'notFound', 'No such endpoint: %s' % path)
        for method, pattern, run in self.routes:
            found = re.fullmatch(pattern, match.group(1))
            if found and method == self.command:
                with self.project.lock:
                    data = json.loads(body) if body else None
                    check_request(method, match.group(1), self.queries, self.low, data)
                    return run(self, data or {}, *found.groups())
        raise ApiError(404, 'notFound', 'No such endpoint: %s %s' % (self.command, path))

    # ---- the importer service -----------------------------------------------------------------
    def form(self, body):
        boundary = re.search(r'boundary=(\S+)', self.low['content-type']).group(1).strip('"')
        fields = {}
        for part in body.split(b'--' + boundary.encode())[1:-1]:
            head, _, content = part[2:-2].partition(b'\r\n\r\n')
            name = re.search(rb'name="([^"]+)"', head).group(1).decode()
            fields.setdefault(name, []).append(content)
        check_form(self.path.partition('?')[0], self.low, fields)
        return fields

    def store_form(self, fields):
        name = fields.get('name', [b'data.csv'])[0].decode()
        data = fields['data'][0]
        if data[:2] == b'\x1f\x8b' and not name.endswith('.gz'):
            name += '.gz'
        _, shown = self.project.prepare({'name': name, 'federationToken': True,
                                         'tags': [t.decode() for t in fields.get('tags[]', [])]})
        file = self.project.files[shown['id']]
        self.project.objects.write(file['bucket'], file['key'], data)
        return shown

    def write_table(self, body):
        with self.project.lock:
            fields = self.form(body)
            table = self.table(fields['tableId'][0].decode())
            params = {'dataFileId': self.store_form(fields)['id']}
            for name in ('delimiter', 'enclosure', 'escapedBy'):
                if name in fields:
                    params[name] = fields[name][0].decode()
            params['incremental'] = fields.get('incremental', [b'0'])[0] in (b'1', b'true')
            params['columns'] = [c.decode() for c in fields.get('columns[]', [])]
            return 200, self.project.load(table, params)

    def upload_file(self, body):
        with self.project.lock:
            return 200, self.store_form(self.form(body))

    # ---- handlers of the routes ---------------------------------------------------------------
    def table(self, table_id):
        if table_id not in self.project.tables:
            raise ApiError(404, 'storage.tables.notFound', 'The table "%s" was not found' % table_id)
        return self.project.tables[table_id]

    def bucket(self, bucket_id):
        if bucket_id not in self.project.buckets:
            raise ApiError(404, 'storage.buckets.notFound', 'Bucket %s was not found' % bucket_id)
        return self.project.buckets[bucket_id]

    def file(self, file_id):
        if int(file_id) not in self.project.files:
            raise ApiError(404, 'storage.files.notFound', 'File %s was not found' % file_id)
        return self.project.files[int(file_id)]

    def run_id(self):
        return self.low.get('x-kbc-runid')

    def make_bucket(self, data):
        bucket_id = '%s.c-%s' % (data['stage'], data['name'])
        if bucket_id in self.project.buckets:
            raise ApiError(400, 'storage.buckets.alreadyExists', 'The bucket already exists.')
        self.project.buckets[bucket_id] = {'id': bucket_id, 'name': 'c-' + data['name'],
                                           'stage': data['stage'],
                                           'description': data.get('description', ''),
                                           'created': '2026-02-14T10:34:45+0100',
                                           'backend': self.project.args.backend}
        return 201, self.project.buckets[bucket_id]

    def create_table(self, data, bucket_id):
        self.bucket(bucket_id)
        if not isinstance(data.get('primaryKey', ''), str):
            raise ApiError(400, 'storage.validation.primaryKey', 'primaryKey: must be a string')
        project = self.project
        columns, records, source = self.source_of_table(data)

        def work():
            names, rows = columns(), records()
            key = [k for k in data.get('primaryKey', '').split(',') if k]
            table = project.make_table(bucket_id, data['name'], names, key)
            try:
                result = project.insert(table, names, rows, {})
            except ApiError:
                project.drop(table['id'])
                raise
            return dict(table, rowsCount=result['totalRowsCount'])
        return project.job('tableCreate', None, {'params': {}, 'source': source}, work,
                           self.run_id())

    def define_table(self, data, bucket_id):
        self.bucket(bucket_id)
        columns = data['columns']
        typed = [c for c in columns if 'basetype' in c or 'definition' in c]
        return self.project.job('tableCreate', None, {'params': {}}, lambda: self.project.make_table(
            bucket_id, data['name'], [c['name'] for c in columns],
            data.get('primaryKeysNames', []), typed and columns), self.run_id())

    def import_table(self, data, table_id):
        table = self.table(table_id)
        source = self.source_of_import(data)
        if len(data.get('treatValuesAsNull', [''])) > 1:
            raise ApiError(400, 'storage.tables.validation',
                           'This collection should contain 1 element or less.')
        params = {'params': data, 'source': source}
        return self.project.job('tableImport', table_id, params,
                                lambda: self.project.load(table, data), self.run_id())

    def add_metadata(self, data, table_id):
        self.table(table_id)['metadata'].append(data)
        return 201, {'metadata': data.get('metadata', [])}

    def add_column(self, data, table_id):
        table = self.table(table_id)
        if data['name'].lower() in [c.lower() for c in table['columns']]:
            raise ApiError(400, 'storage.tables.columnAlreadyExists', 'Column already exists')

        def work():
            table['columns'].append(data['name'])
            self.project.db.execute('alter table "%s" add column "%s" text default \'\'' % (
                table_id, data['name']))
            return None
        return self.project.job('tableColumnAdd', table_id, {}, work, self.run_id())

    def list_jobs(self, data):
        jobs = sorted(self.project.jobs.values(), key=lambda j: -j['id'])
        other = dict(jobs[0], runId='1', operationParams={}, tableId='in.c-other.t') if jobs else None
        if other and self.project.oldest_first:
            other['createdTime'] = '2020-01-01T00:00:00+0000'
        others = [other] * self.project.other_jobs
        if self.project.oldest_first:
            others = [dict(other, id=500 - i) for i in range(len(others))]
        jobs = jobs + others if self.project.oldest_first else others + jobs
        shown = [self.project.show_job(j) for j in jobs]
        shown = shown[::-1] if self.project.oldest_first else shown  # newest first: from memory
        first = int(self.query.get('offset', 0))
        return 200, shown[first:first + int(self.query.get('limit', 20))]

    def refresh(self, data, file_id):
        if self.project.args.provider != 'gcp':
            raise ApiError(400, 'storage.notSupported', 'Only on GCP')
        if self.project.lifetime <= 0:
            raise ApiError(422, 'storage.files.refreshExpired', 'Too late to refresh')
        return 200, self.project.show(self.file(file_id), True)

    def export_table(self, data, table_id):
        table = self.table(table_id)
        return self.project.job('tableExport', table_id, {},
                                lambda: self.project.export(table, data), self.run_id())


ApiHandler.routes = [
    ('GET', r'tokens/verify', ApiHandler.verify),
    ('POST', r'tickets', lambda h, d: (200, {'id': str(h.project.new_id())})),
    ('POST', r'files/prepare', lambda h, d: h.project.prepare(d)),
    ('GET', r'files', ApiHandler.list_files),
    ('GET', r'files/(\d+)', lambda h, d, i: (200, h.project.show(h.file(i), False))),
    ('DELETE', r'files/(\d+)', ApiHandler.delete_file),
    ('POST', r'files/(\d+)/tags', ApiHandler.add_tag),
    ('DELETE', r'files/(\d+)/tags/([^/]+)', ApiHandler.remove_tag),
    ('PUT', r'files/(\d+)/refresh', ApiHandler.refresh),
    ('POST', r'buckets', ApiHandler.make_bucket),
    ('GET', r'buckets/([^/]+)', lambda h, d, i: (200, h.bucket(i))),
    ('GET', r'buckets/([^/]+)/tables', ApiHandler.list_tables),
    ('DELETE', r'buckets/([^/]+)', ApiHandler.drop_bucket),
    ('POST', r'buckets/([^/]+)/tables-async', ApiHandler.create_table),
    ('POST', r'buckets/([^/]+)/tables-definition', ApiHandler.define_table),
    ('GET', r'tables/([^/]+)', ApiHandler.show_table),
    ('DELETE', r'tables/([^/]+)', ApiHandler.drop_table),
    ('POST', r'tables/([^/]+)/import-async', ApiHandler.import_table),
    ('POST', r'tables/([^/]+)/export-async', ApiHandler.export_table),
    ('POST', r'tables/([^/]+)/columns', ApiHandler.add_column),
    ('POST', r'tables/([^/]+)/metadata', ApiHandler.add_metadata),
    ('DELETE', r'tables/([^/]+)/rows', ApiHandler.delete_rows),
    ('GET', r'jobs/(\d+)', lambda h, d, i: h.project.poll(int(i))),
    ('GET', r'jobs', ApiHandler.list_jobs),
    ('POST', r'webalize/column-names', lambda h, d: (200, {
        'columnNames': [webalize(n) for n in d['columnNames']]})),
]


class Server(ThreadingHTTPServer):
    """A server that can refuse connections for a while and come back at the same port. A thread that has
    served a connection waits for another one: there are thousands, and few at a time."""
    request_queue_size = 64
    wrap = staticmethod(lambda listener: listener)

    def __init__(self, *args):
        self.connections = set()
        self.accepted, self.idle = queue.SimpleQueue(), threading.Semaphore(0)
        super().__init__(*args)

    def serve_forever(self):
        while True:
            try:
                connection = self.get_request()
            except (OSError, ValueError):  # the listening socket is closed
                time.sleep(0.001)
                continue
            self.connections.add(connection[0])
            if not self.idle.acquire(blocking=False):
                threading.Thread(target=self.serve_connections, daemon=True).start()
            self.accepted.put(connection)

    def serve_connections(self):
        while True:
            self.process_request_thread(*self.accepted.get())
            self.idle.release()

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def refuse(self, seconds, current):
        if self.socket.fileno() >= 0:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a connection
        self.socket.close()
        for connection in list(self.connections):
            if connection is not current:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        threading.Timer(seconds, self.come_back).start()

    def come_back(self):
        for left in range(200, 0, -1):
            try:
                self.socket = self.wrap(socket.create_server(self.server_address, backlog=64))
                return
            except OSError:
                if left == 1:
                    raise
                time.sleep(0.005)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, OSError, ValueError)):
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--ready', required=True)
    parser.add_argument('--provider', default='aws', choices=['aws', 'azure', 'gcp'])
    parser.add_argument('--backend', default='snowflake')
    parser.add_argument('--s3', nargs=2)
    parser.add_argument('--sts')
    parser.add_argument('--azurite', nargs=2)
    parser.add_argument('--tls', nargs=2)
    args = parser.parse_args()
    faults, store = Faults(), ObjectStore()
    objects = Server(('127.0.0.1', 0), type('S', (StoreHandler,), {'faults': faults}))
    api = Server(('127.0.0.1', 0), type('A', (ApiHandler,), {'faults': faults}))
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*args.tls)
        for server in (api, objects):
            server.wrap = lambda listener: context.wrap_socket(listener, server_side=True)
            server.socket = server.wrap(server.socket)
    scheme = 'https' if args.tls else 'http'
    store_url = '%s://127.0.0.1:%d' % (scheme, objects.server_port)
    store.scheme = scheme
    project = Project(args, store, store_url)
    project.url = '%s://127.0.0.1:%d' % (scheme, api.server_port)
    faults.servers = [objects, api]
    for server in (objects, api):
        server.RequestHandlerClass.project = project
        server.RequestHandlerClass.store = store
    threading.Thread(target=objects.serve_forever, daemon=True).start()
    with open(args.ready + '.new', 'w') as ready:
        json.dump({'url': project.url, 'store': args.s3[0] if args.s3 else store_url,
                   'token': TOKEN}, ready)
    os.rename(args.ready + '.new', args.ready)
    api.serve_forever()


if __name__ == '__main__':
    main()
