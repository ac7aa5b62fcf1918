"""What the fake Storage API does with tokens, files, buckets and tables besides moving data, and where
the rows of a table may come from: a file, a workspace, a snapshot.
"""
import urllib.parse

from api_error import ApiError
from project import webalize
from workspaces import SNAPSHOTS, WORKSPACES, fields

class Management:
    # ---- the token ---------------------------------------------------------------------------
    def verify(self, data):
        return 200, {'id': '1234', 'description': 'test', 'isMasterToken': False,
                     'canManageBuckets': True, 'canReadAllFileUploads': False,
                     'created': '2026-02-14T10:34:45+0100', 'expires': None,
                     'bucketPermissions': {'in.c-main': 'manage', 'in.c-other': 'read'},
                     'owner': {'id': 578, 'name': 'shop', 'region': 'eu-central-1',
                               'features': ['storage-types'],
                               'defaultBackend': self.project.args.backend,
                               'fileStorageProvider': self.project.args.provider, 'limits': {}}}

    # ---- files -------------------------------------------------------------------------------
    def list_files(self, data):
        tags, query = self.queries.get('tags[]', []), self.query.get('q')
        files = [f for f in self.project.files.values()
                 if (not tags or set(tags) & set(f['tags'])) and (not query or query in f['name'])]
        files.sort(key=lambda f: -f['id'])
        first, limit = int(self.query.get('offset', 0)), int(self.query.get('limit', 100))
        return 200, [self.project.show(f, False) for f in files[first:first + limit]]

    def delete_file(self, data, file_id):
        file = self.file(file_id)
        if self.query.get('async') != 'true':
            del self.project.files[file['id']]
            return 204, None
        return self.project.job('fileDelete', None, {},
                                lambda: self.project.files.pop(file['id']) and None, self.run_id())

    def add_tag(self, data, file_id):
        tags = self.file(file_id)['tags']
        if data['tag'] not in tags:
            tags.append(data['tag'])
        return 201, None

    def remove_tag(self, data, file_id, tag):
        tags, tag = self.file(file_id)['tags'], urllib.parse.unquote(tag)
        if tag not in tags:
            raise ApiError(404, 'storage.files.tagNotFound', 'The file does not have the tag ' + tag)
        tags.remove(tag)
        return 204, None

    # ---- buckets and tables ------------------------------------------------------------------
    def tables_in(self, bucket_id):
        return [t for t in self.project.tables.values() if t['bucket']['id'] == bucket_id]

    def list_tables(self, data, bucket_id):
        self.bucket(bucket_id)
        return 200, self.tables_in(bucket_id)

    def show_table(self, data, table_id):
        rows = len(self.project.rows(self.table(table_id)['id']))
        return 200, dict(self.table(table_id), rowsCount=rows, dataSizeBytes=1024 * rows,
                         isAlias=False, created='2026-02-14T10:34:45+0100')

    def drop_table(self, data, table_id):
        self.project.drop(self.table(table_id)['id'])
        self.project.db.commit()
        return 204, None

    def drop_bucket(self, data, bucket_id):
        self.bucket(bucket_id)
        tables = self.tables_in(bucket_id)
        if tables and self.query.get('force') != '1':
            raise ApiError(400, 'storage.buckets.notEmpty',
                           'Only empty buckets can be deleted. There are %d tables in the bucket.' %
                           len(tables))

        def work():
            for table in tables:
                self.project.drop(table['id'])
            del self.project.buckets[bucket_id]
        return self.project.job('bucketDrop', None, {}, work, self.run_id())

    # ---- deleting rows -----------------------------------------------------------------------
    def values_of(self, condition):
        if ('values' in condition) == ('valuesByTableInWorkspace' in condition):
            raise ApiError(400, 'storage.validation', 'whereFilters: one source of values')
        if 'values' in condition:
            return condition['values']
        place = condition['valuesByTableInWorkspace']
        columns, rows = WORKSPACES[int(place['workspaceId']), place['table']]
        return [row[columns.index(place['column'])] for row in rows]

    def delete_rows(self, data, table_id):
        table = self.table(table_id)
        filters = [(f['column'], f['operator'], self.values_of(f))
                   for f in data.get('whereFilters', [])]
        if not filters and not {'allowTruncate', 'changedSince', 'changedUntil'} & set(data):
            raise ApiError(400, 'storage.tables.validation.unintendedTruncation', 'No filter')

        def work():
            rows = self.project.rows(table_id)
            index = {c: i for i, c in enumerate(table['columns'])}
            gone = [r for r in rows if all((r[index[column]] in values) == (operator == 'eq')
                                           for column, operator, values in filters)]
            self.project.db.execute('delete from "%s"' % table_id)
            for row in rows:
                if row not in gone:
                    self.project.db.execute('insert into "%s" values (%s)' % (
                        table_id, ','.join('?' * len(row))), row)
            return {'deletedRows': len(gone)}
        return self.project.job('tableRowsDelete', table_id, {}, work, self.run_id())

    # ---- where rows come from ----------------------------------------------------------------
    def workspace(self, data):
        place = int(data['dataWorkspaceId']), data.get('dataObject')
        if place not in WORKSPACES:
            raise ApiError(404, 'storage.workspaces.objectNotFound', 'No such object in the workspace')
        return WORKSPACES[place]

    def source_of_table(self, data):
        """Functions for the columns and the records, and what the job says about the source."""
        project = self.project
        sources = [k for k in ('dataFileId', 'dataWorkspaceId', 'snapshotId') if k in data]
        if len(sources) != 1:
            raise ApiError(400, 'storage.validation', 'one source of data, not %s' % sources)
        if 'dataFileId' in data:
            file = self.file(data['dataFileId'])

            def records():
                texts = project.slices(file)
                found = project.parse(texts[0], data) if texts and texts[0] else []
                if not found:
                    raise ApiError(400, 'storage.tables.validation.noColumns', 'File has no columns')
                return found
            return (lambda: [webalize(v.lstrip('\ufeff')) for v, _ in records()[0]],
                    lambda: records()[1:], {'fileId': str(data['dataFileId']), 'type': 'file'})
        if 'dataWorkspaceId' in data:
            columns, rows = self.workspace(data)
            return (lambda: columns, lambda: fields(rows),
                    {'workspaceId': str(data['dataWorkspaceId']), 'type': 'workspace'})
        if set(data) - {'name', 'snapshotId'} or int(data['snapshotId']) not in SNAPSHOTS:
            raise ApiError(400, 'storage.snapshots.notFound', 'No such snapshot, or it has its own key')
        columns, rows = SNAPSHOTS[int(data['snapshotId'])]
        return (lambda: columns, lambda: fields(rows),
                {'snapshotId': str(data['snapshotId']), 'type': 'snapshot'})

    def source_of_import(self, data):
        if ('dataFileId' in data) == ('dataWorkspaceId' in data):
            raise ApiError(400, 'storage.validation', 'either dataFileId or dataWorkspaceId')
        if data.get('deduplicationStrategy', 'upsert') not in ('insert', 'upsert'):
            raise ApiError(400, 'storage.validation', 'deduplicationStrategy: insert or upsert')
        if 'dataFileId' in data:
            if 'deduplicationStrategy' in data:
                raise ApiError(400, 'storage.validation', 'deduplicationStrategy: workspaces only')
            self.file(data['dataFileId'])
            return {'fileId': data['dataFileId'], 'type': 'file'}
        self.workspace(data)
        return {'workspaceId': data['dataWorkspaceId'], 'type': 'workspace'}
