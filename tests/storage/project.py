"""A project of Keboola Storage as the tests see it: files, tables, jobs, imports, exports.

What it answers is from the public clients, the API reference and their tests; "from memory" marks
what is not verified. Imports have the platform's semantics and go into SQLite, so that rows can be compared. Objects live
in object_store.py, or in a real S3 or Azure server (object_servers.py) when the command line says so.
"""
import gzip
import json
import os
import re
import sqlite3
import threading
import time
import unicodedata
import zlib

from api_error import ApiError
from exports import Exports
from object_servers import AzureObjects, LocalObjects, RadosObjects, S3Objects
from object_store import Grant
from workspaces import WORKSPACES, fields


# ---- CSV as the backends read it ---------------------------------------------------------------
def read_csv(text, delimiter, enclosure, escape):
    """Records of (value, enclosed) fields; ValueError names the row."""
    records, record, value, enclosed, i = [], [], [], False, 0
    inside = False
    while i < len(text):
        c = text[i]
        if escape and c == escape and i + 1 < len(text):
            value.append(text[i + 1])
            i += 2
            continue
        if inside:
            if c == enclosure and text[i + 1:i + 2] == enclosure:
                value.append(c)
                i += 1
            elif c == enclosure:
                inside = False
                if text[i + 1:i + 2] not in ('', delimiter, '\r', '\n'):
                    raise ValueError('Found character \'%s\' instead of field delimiter' %
                                     text[i + 1])
            else:
                value.append(c)
        elif enclosure and c == enclosure and not value and not enclosed:
            inside = enclosed = True
        elif c == delimiter:
            record.append((''.join(value), enclosed))
            value, enclosed = [], False
        elif c == '\n' or (c == '\r' and text[i + 1:i + 2] == '\n'):
            i += c == '\r'
            record.append((''.join(value), enclosed))
            records.append(record)
            record, value, enclosed = [], [], False
        else:
            value.append(c)
        i += 1
    if inside:
        raise ValueError('End of record reached while expected to parse column')
    if record or value or enclosed:
        record.append((''.join(value), enclosed))
        records.append(record)
    return records


def webalize(name):
    text = ''.join(c for c in unicodedata.normalize('NFD', name) if not unicodedata.combining(c))
    return re.sub(r'[^_A-Za-z0-9]+', '_', text).strip('_')


# ---- the project -------------------------------------------------------------------------------
class Project(Exports):
    def __init__(self, args, store, store_url):
        self.args, self.store, self.store_url = args, store, store_url
        self.lock = threading.RLock()
        self.buckets, self.tables, self.files, self.jobs = {}, {}, {}, {}
        self.next_id = 1000
        self.db = sqlite3.connect(':memory:', check_same_thread=False)
        self.polls, self.fail_job, self.lifetime = 1, None, 12 * 3600
        self.objects = LocalObjects(store)
        self.drop_run_ids, self.other_jobs = False, 0  # jobs of others, newer than ours
        self.spoil, self.answers, self.told = None, {}, []  # spoiling.py
        self.start_exports()
        self.lose_rows = 0  # how many rows an import leaves out
        self.oldest_first = False  # the list of jobs
        self.other_forms = False  # answers as some deployments and clients know them
        self.next_key, self.foreign_key, self.spoil_session = None, None, False
        if args.s3:
            self.objects = RadosObjects(*args.s3, args.sts) if args.sts else S3Objects(*args.s3)
            self.objects.request('PUT', 'kbc-files')
        if args.azurite:
            self.objects = AzureObjects(*args.azurite)

    def new_id(self):
        self.next_id += 1
        return self.next_id

    # ---- files -----------------------------------------------------------------------------
    def prepare(self, body):
        if not isinstance(body.get('tags', []), list):
            raise ApiError(400, 'storage.validation', 'tags: This value should be of type array.')
        if body.get('federationToken') is not True:
            raise ApiError(400, 'storage.validation', 'federationToken must be true')
        file_id = self.new_id()
        name = re.sub(r'[^A-Za-z0-9._-]+', '-', body['name'])
        file = {'id': file_id, 'name': body['name'], 'provider': self.args.provider,
                'region': 'eu-central-1', 'isSliced': bool(body.get('isSliced')),
                'isEncrypted': bool(body.get('isEncrypted')), 'tags': body.get('tags', []),
                'sizeBytes': body.get('sizeBytes'), 'isPublic': False, 'runId': None,
                'maxAgeDays': None if body.get('isPermanent') else 15,
                'fileType': 'parquet' if '.parquet' in body['name'] else 'csv',
                'created': '2026-02-14T10:34:45+0100'}
        file['bucket'] = 'kbc-files' if self.args.provider != 'azure' else 'exp-15-files-%d' % file_id
        file['key'] = ('exp-15/578/files/%d.%s' % (file_id, name)
                       if self.args.provider != 'azure' else name)
        if self.next_key:
            file['key'], self.next_key = self.next_key, None
        if self.args.azurite:
            self.objects.make_container(file['bucket'])
        self.files[file_id] = file
        return 200 if self.other_forms else 201, self.show(file, True)

    def show(self, file, write):
        grant = Grant(file['bucket'], file['key'], file['isSliced'] or not write, write,
                      file['isEncrypted'], time.time() + self.lifetime)
        shown = {k: v for k, v in file.items() if k not in ('bucket', 'key')}
        kind = {'aws': self.show_aws, 'azure': self.show_azure, 'gcp': self.show_gcp}
        kind[self.args.provider](shown, file, grant)
        shown['url'] = '%s/signed/%d' % (self.url, file['id'])
        return shown

    def show_aws(self, shown, file, grant):
        access, secret, session = self.objects.grant(grant) if self.args.s3 else \
            self.store.grant_s3(grant)
        if self.spoil_session:
            session = session[:-5] + 'XXXXX'
        keys = {'AccessKeyId': access, 'SecretAccessKey': secret, 'SessionToken': session,
                'Expiration': time.strftime('%Y-%m-%dT%H:%M:%S+00:00',
                                            time.gmtime(grant.expires))}
        if not grant.write:
            shown['s3Path'] = {'bucket': file['bucket'], 'key': file['key']}
            shown['credentials'] = keys
            return
        shown['uploadParams'] = {'key': self.foreign_key or file['key'], 'bucket': file['bucket'], 'acl': 'private',
                                 'credentials': keys}
        if file['isEncrypted']:
            shown['uploadParams']['x-amz-server-side-encryption'] = 'AES256'

    def show_azure(self, shown, file, grant):
        if self.args.azurite:
            endpoint = self.args.azurite[0]
            sas = self.objects.sas(file['bucket'], 'rwl' if grant.write else 'rl', grant.expires)
        else:
            endpoint, sas = self.store_url + '/devstoreaccount1', self.store.grant_sas(grant)
        keys = {'SASConnectionString': 'BlobEndpoint=%s;SharedAccessSignature=%s' % (endpoint, sas),
                'expiration': '2026-02-15T05:55:44+0100'}
        if grant.write:
            shown['absUploadParams'] = {'blobName': file['key'], 'accountName': 'devstoreaccount1',
                                        'container': file['bucket'], 'absCredentials': keys}
        else:
            shown['absPath'] = {'container': file['bucket'], 'name': file['key']}
            shown['absCredentials'] = keys

    def show_gcp(self, shown, file, grant):
        keys = {'access_token': self.store.grant_bearer(grant), 'expires_in': 3599,
                'token_type': 'Bearer', 'projectId': 'kbc-test'}
        if grant.write:
            shown['gcsUploadParams'] = dict(keys, bucket=file['bucket'], key=file['key'])
        else:
            shown['gcsPath'] = {'bucket': file['bucket'], 'key': file['key']}
            shown['gcsCredentials'] = keys

    def object_url(self, file, suffix):
        if self.args.provider == 'azure':
            return 'azure://devstoreaccount1.blob.core.windows.net/%s/%s%s' % (
                file['bucket'], file['key'], suffix)
        return '%s://%s/%s%s' % ('s3' if self.args.provider == 'aws' else 'gs', file['bucket'],
                                 file['key'], suffix)

    def slices(self, file):
        """The contents of a file in order, unpacked: [(name, text)]."""
        if not file['isSliced']:
            data = self.objects.read(file['bucket'], file['key'])
            if data is None:
                raise ApiError(400, 'storage.fileNotUploaded', 'File %d was not uploaded' %
                               file['id'])
            return [self.unpack(file['name'], data)]
        manifest = self.objects.read(file['bucket'], file['key'] + 'manifest')
        if manifest is None:
            raise ApiError(400, 'storage.manifestFileMissing', 'Manifest file was not found')
        texts = []
        for entry in json.loads(manifest)['entries']:
            prefix = self.object_url(file, '')
            if not entry['url'].startswith(prefix):
                raise ApiError(403, 'storage.unauthorizedAccess', 'Foreign object in the manifest')
            key = file['key'] + entry['url'][len(prefix):]
            data = self.objects.read(file['bucket'], key)
            if data is None:
                raise ApiError(400, 'storage.importFileMissing', 'File %s is missing' % key)
            texts.append(self.unpack(key, data))
        return texts

    def unpack(self, name, data):
        if name.endswith('.gz'):
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError, zlib.error) as error:
                raise ApiError(400, 'storage.backend.exception', 'Load error: %s' % error)
        try:
            return data.decode('utf-8')
        except UnicodeDecodeError:
            raise ApiError(400, 'storage.backend.exception', 'Load error: Invalid UTF8 detected')

    # ---- tables ----------------------------------------------------------------------------
    def make_table(self, bucket, name, columns, key, typed=None):
        table_id = bucket + '.' + name
        if table_id in self.tables:
            raise ApiError(400, 'storage.buckets.tableAlreadyExists',
                           'The table "%s" in the bucket already exists.' % name)
        self.check_names(columns)
        for column in key:
            if column not in columns:
                raise ApiError(400, 'storage.tables.validation.invalidPrimaryKeyColumns',
                               'Primary key columns not found: %s' % column)
        self.tables[table_id] = {'id': table_id, 'name': name, 'columns': list(columns),
                                 'primaryKey': list(key), 'isTyped': bool(typed),
                                 'definition': {'columns': typed or []}, 'metadata': [],
                                 'bucket': {'id': bucket, 'backend': self.args.backend}}
        self.db.execute('create table "%s" (%s)' % (
            table_id, ', '.join('"%s" text' % c for c in columns)))
        return self.tables[table_id]

    def drop(self, table_id):
        del self.tables[table_id]
        self.db.execute('drop table "%s"' % table_id)

    @staticmethod
    def check_names(columns):
        if not columns:
            raise ApiError(400, 'storage.tables.validation.noColumns', 'File has no columns')
        for name in columns:
            if not re.fullmatch(r'[A-Za-z0-9_]{1,64}', name) or name.lower() == '_timestamp':
                raise ApiError(400, 'storage.tables.validation.invalidColumnName',
                               'Invalid column name "%s"' % name)
        if len({n.lower() for n in columns}) != len(columns):
            raise ApiError(400, 'storage.tables.validation.invalidColumnName',
                           'Duplicate column names')

    def rows(self, table_id):
        return self.db.execute('select * from "%s"' % table_id).fetchall()

    def parse(self, text, body):
        try:
            return read_csv(text, body.get('delimiter', ','), body.get('enclosure', '"'),
                            body.get('escapedBy', ''))
        except ValueError as error:
            raise ApiError(400, 'storage.backend.exception',
                           'Load error: An exception occurred while executing a query: %s' % error)

    def load_workspace(self, table, body):
        columns, rows = WORKSPACES[int(body['dataWorkspaceId']), body['dataObject']]
        self.match(table, columns, None)
        return self.insert(table, columns, fields(rows), body)

    def load(self, table, body):
        if 'dataWorkspaceId' in body:
            return self.load_workspace(table, body)
        delimiter, enclosure = body.get('delimiter', ','), body.get('enclosure', '"')
        if len(delimiter) != 1 or len(enclosure) > 1:
            raise ApiError(400, 'invalidCsv', 'Delimiter must be one character')
        if enclosure and body.get('escapedBy'):
            raise ApiError(400, 'csvImport.invalidCsvParams', 'enclosure and escapedBy are both set')
        file = self.files[int(body['dataFileId'])]
        slices = [self.parse(text, body) for text in self.slices(file)]
        columns = list(body.get('columns') or [])
        skip = int(body.get('ignoredLinesCount') or 0)
        if columns or body.get('withoutHeaders') or skip:
            columns = columns or table['columns']
            records = [r for s in slices for r in s[skip:]]
        else:
            first = slices[0] if slices else []
            columns = [v if v == '_timestamp' else webalize(v.lstrip('\ufeff'))
                       for v, _ in first[0]] if first else []
            if file['isSliced']:
                columns = []
            records = first[1:]
        stamps = None
        if body.get('useTimestampFromDataFile'):
            columns, records, stamps = self.take_stamps(columns, records)
        self.match(table, columns, file)
        table['stamps'] = stamps
        return self.insert(table, columns, records, body)

    def take_stamps(self, columns, records):
        if self.args.backend != 'snowflake' or '_timestamp' not in columns:  # the text: from memory
            raise ApiError(400, 'storage.tables.validation', 'The file has no column _timestamp')
        at = columns.index('_timestamp')
        return ([c for c in columns if c != '_timestamp'], [r[:at] + r[at + 1:] for r in records],
                [r[at][0] for r in records])

    def match(self, table, columns, file):
        missing = [c for c in table['columns'] if c not in columns]
        if missing or len(set(columns)) != len(columns):
            raise ApiError(400, 'csvImport.columnsNotMatch',
                           'Some columns are missing in the csv file. Missing columns: %s. Expected '
                           'columns: %s. Please check if the expected delimiter "," is used in the '
                           'csv file.' % (','.join(missing), ','.join(table['columns'])),
                           {'missingColumns': missing, 'expectedColumns': table['columns']})
        extra = [c for c in columns if c not in table['columns']]
        if extra and (table['isTyped'] or self.args.backend != 'snowflake'):
            raise ApiError(400, 'csvImport.columnsNotMatch', 'During the import of typed tables new '
                           'columns can\'t be added. Extra columns found: "%s".' % '", "'.join(extra))
        self.check_names(columns)
        for column in extra:
            table['columns'].append(column)
            self.db.execute('alter table "%s" add column "%s" text default \'\'' % (table['id'],
                                                                                    column))

    def insert(self, table, columns, records, body):
        for number, record in enumerate(records, 1):
            if len(record) != len(columns):
                raise ApiError(400, 'storage.backend.exception',
                               'Load error: An exception occurred while executing a query: Number '
                               'of columns in file (%d) does not match that of the corresponding '
                               'table (%d), use file format option error_on_column_count_mismatch='
                               'false to ignore this error Row %d, column starts' % (
                                   len(record), len(columns), number))
        order = [columns.index(c) for c in table['columns']]
        nulls = body.get('treatValuesAsNull', ['']) if table['isTyped'] else []
        null = (lambda f: None if f[0] in nulls else f[0])
        new = [tuple(null(record[i]) for i in order) for record in records]
        new = new[:len(new) - self.lose_rows]
        old = list(self.rows(table['id'])) if body.get('incremental') else []
        key = [table['columns'].index(c) for c in table['primaryKey']]
        kept = old + new
        if key and body.get('deduplicationStrategy') != 'insert':
            kept = list({tuple(row[i] for i in key): row for row in kept}.values())
        self.db.execute('delete from "%s"' % table['id'])
        if kept:
            self.db.executemany('insert into "%s" values (%s)' % (
                table['id'], ','.join('?' * len(table['columns']))), kept)
        return {'transaction': None, 'warnings': [], 'importedColumns': columns,
                'importedRowsCount': len(new), 'totalRowsCount': len(kept),
                'totalDataSizeBytes': 16384, 'timers': []}

    # ---- jobs ------------------------------------------------------------------------------
    def job(self, operation, table_id, params, work, run_id):
        """Does the work at once; tells about it after some polls."""
        job = {'id': self.new_id(), 'status': 'waiting', 'tableId': table_id,
               'operationName': operation, 'operationParams': params, 'results': None,
               'createdTime': time.strftime('%Y-%m-%dT%H:%M:%S+0100', time.gmtime(time.time() + 3600)),
               'startTime': None, 'endTime': None,
               'runId': None if self.drop_run_ids else run_id, 'left': self.polls}
        try:
            if self.fail_job:
                code, self.fail_job = self.fail_job, None
                raise ApiError(400, code, 'Injected failure of the job: %s' % code,
                               {'missingColumns': ['a', 'b'], 'expectedColumns': ['a', 'b', 'c']}
                               if code == 'csvImport.columnsNotMatch' else None)
            job['final'], job['outcome'] = 'success', work()
            self.db.commit()
        except ApiError as error:
            self.db.rollback()
            job['final'], job['outcome'] = 'error', error.results or []
            job['failure'] = {'code': error.code, 'message': error.message,
                              'exceptionId': 'exception-%d' % job['id']}
        self.jobs[job['id']] = job
        job['url'] = '%s/v2/storage/jobs/%d' % (self.url, job['id'])
        return 200 if self.other_forms else 202, self.show_job(job)

    def show_job(self, job):
        shown = {k: v for k, v in job.items() if k not in ('left', 'final', 'outcome', 'failure')}
        if job['left'] < 0:
            shown.update(status=job['final'], results=job['outcome'])
            if 'failure' in job:
                shown['error'] = job['failure']
        elif job['left'] == 0:
            shown['status'] = 'processing'
        if self.other_forms:
            shown['id'] = str(shown['id'])
            shown['results'] = shown['results'] or [[], {}][job['id'] % 2]
        return shown

    def poll(self, job_id):  # that a forgotten job is a 404 with this code: from memory
        if job_id not in self.jobs:
            raise ApiError(404, 'storage.jobs.notFound', 'Job %d not found' % job_id)
        self.jobs[job_id]['left'] -= 1
        return 200, self.show_job(self.jobs[job_id])
