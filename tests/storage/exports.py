"""Exports of the fake project: filters, orders, and every form in which an export may be stored.

The form is set by PUT /_fake/set: export_parts (1 to 50 slices; fewer when there are fewer rows),
export_gzip (false: plain slices), export_whole (one object with a header, not sliced),
export_no_size (the file has no sizeBytes).
"""
import gzip
import io
import json

from api_error import ApiError

TYPES = ('INTEGER', 'DOUBLE', 'BIGINT', 'REAL', 'DECIMAL')
COMPARE = {'gt': lambda a, b: a > b, 'ge': lambda a, b: a >= b,
           'lt': lambda a, b: a < b, 'le': lambda a, b: a <= b}


def invalid(text):
    return ApiError(400, 'storage.tables.validation', text)


class Exports:
    def start_exports(self):
        self.export_parts, self.export_gzip, self.export_whole = 2, True, False
        self.export_no_size = False

    # ---- the request -----------------------------------------------------------------------
    def check_column(self, table, column):
        if column not in table['columns']:
            raise invalid('Unknown column %s' % column)

    def filtered(self, table, rows, where):
        self.check_column(table, where['column'])
        operator, values, column = where['operator'], where['values'], where['column']
        if not isinstance(values, list) or not values:
            raise invalid('whereFilters: values must be a list')
        if where.get('dataType', 'INTEGER') not in TYPES:
            raise invalid('whereFilters: unknown dataType')
        if operator in ('eq', 'ne'):
            return [r for r in rows if (r[column] in values) == (operator == 'eq')]
        if operator not in COMPARE:
            raise invalid('whereFilters: unknown operator %s' % operator)
        if self.args.backend != 'snowflake' or 'dataType' not in where or len(values) != 1:
            raise invalid('whereFilters: %s needs Snowflake, one value and a dataType' % operator)
        return [r for r in rows if r[column] not in (None, '') and
                COMPARE[operator](float(r[column]), float(values[0]))]

    def ordered(self, table, rows, order):
        self.check_column(table, order['column'])
        if order['order'] not in ('ASC', 'DESC'):
            raise invalid('orderBy: order is ASC or DESC')
        number = order.get('dataType')
        if number is not None and (number not in TYPES or table['isTyped']):
            raise invalid('orderBy: wrong dataType')
        return sorted(rows, key=lambda r: float(r[order['column']]) if number
                      else r[order['column']] or '', reverse=order['order'] == 'DESC')

    def export(self, table, body):
        columns = [c for c in body.get('columns', '').split(',') if c] or table['columns']
        for column in columns:
            self.check_column(table, column)
        for key in ('changedSince', 'changedUntil'):
            if not isinstance(body.get(key, ''), str):
                raise invalid('%s must be a text' % key)
        rows = [dict(zip(table['columns'], row)) for row in self.rows(table['id'])]
        for row, stamp in zip(rows, table.get('stamps') or []):  # of the last load, a full one
            row['_timestamp'] = stamp
        for where in body.get('whereFilters', []):
            rows = self.filtered(table, rows, where)
        for order in reversed(body.get('orderBy', [])):
            rows = self.ordered(table, rows, order)
        if body.get('limit'):
            rows = rows[:int(body['limit'])]
        if body.get('includeInternalTimestamp'):
            if self.args.backend != 'snowflake':
                raise invalid('includeInternalTimestamp needs Snowflake')
            columns = columns + ['_timestamp']
            rows = [{'_timestamp': '2026-11-%02d 10:00:00' % (n + 1), **row}
                    for n, row in enumerate(rows)]
        return {'file': {'id': self.store_export(table, body, columns, rows)['id']},
                'cacheHit': False}

    # ---- the file --------------------------------------------------------------------------
    def store_export(self, table, body, columns, rows):
        parquet = body.get('fileType') == 'parquet'
        packed = self.export_gzip and not parquet
        end = '.parquet' if parquet else '.csv.gz' if packed else '.csv'
        _, shown = self.prepare({'name': table['name'] + end, 'federationToken': True,
                                 'isSliced': not self.export_whole, 'isEncrypted': True})
        file, entries, size = self.files[shown['id']], [], 0
        for number, part in enumerate(self.divide(rows)):
            data = self.unload(part, columns, parquet, packed)
            name = '' if self.export_whole else '_%d_0_0%s' % (number, end)
            entries.append({'url': self.object_url(file, name)})
            self.objects.write(file['bucket'], file['key'] + name, data)
            size += len(data)
        if not self.export_whole:
            self.objects.write(file['bucket'], file['key'] + 'manifest',
                               json.dumps({'entries': entries}).encode())
        file['sizeBytes'] = None if self.export_no_size else size
        return file

    def divide(self, rows):
        """Parts of nearly the same size, none of them empty; a whole file may be."""
        count = 1 if self.export_whole else min(self.export_parts, len(rows))
        return [rows[len(rows) * i // count:len(rows) * (i + 1) // count] for i in range(count)]

    def unload(self, rows, columns, parquet, packed):
        out = io.StringIO()
        if self.export_whole and not parquet:
            out.write(','.join('"%s"' % c for c in columns) + '\n')
        for row in rows:
            out.write(','.join('' if row[c] is None else '"%s"' % row[c].replace('"', '""')
                               for c in columns) + '\n')
        data = out.getvalue().encode()
        if parquet:  # the frame of the format; what is inside is nobody's business here
            return b'PAR1' + data + b'\0\0\0\0PAR1'
        return gzip.compress(data) if packed else data
