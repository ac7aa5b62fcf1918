/*
 * primary_key_check.c - see primary_key_check.h. A key may occur again in another slice, so one
 * search covers all slices. For the search, records and lines are numbered from the first slice to
 * the last; the report turns these numbers into a file and numbers within this file.
 */
#include "csvkit/cli/manifest/primary_key_check.h"
#include "csvkit/io/file_kind.h"
#include "manifest/table_definition.h"
#include "validator/keys/keys.h"

#include <string.h>
#include <sys/stat.h>

struct key_part {            /* one file of the data */
    uint64_t records, lines; /* in the parts before it */
    bool begun;              /* its header, if it has one, is passed */
};

struct key_check {
    struct csvk_table_definition table;
    struct csvk_strings files;
    struct key_part *parts;
    size_t *column; /* indices of the key's columns */
    struct csvk_bytes *value;
    struct csvk_buf *decoded;
    struct csvk_keys *keys;
    struct csvk_findings *findings;
};

/* Which column is called `name`; SIZE_MAX: none. */
static size_t find_column(const struct csvk_strings *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (strcmp(columns->item[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static int prepare(struct key_check *check, struct csvk_error *err)
{
    const struct csvk_strings *key = &check->table.primary_key;
    check->parts = csvk_calloc(check->files.count, sizeof *check->parts);
    check->column = csvk_calloc(key->count, sizeof *check->column);
    check->value = csvk_calloc(key->count, sizeof *check->value);
    check->decoded = csvk_calloc(key->count, sizeof *check->decoded);
    if (check->parts == NULL || check->column == NULL || check->value == NULL ||
        check->decoded == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < key->count; i++) {
        check->column[i] = find_column(&check->table.columns, key->item[i]);
    }
    return csvk_keys_new(&check->keys, 0, NULL, err);
}

/* Every column of the key exists. A missing column is a finding already, from another check. */
static bool complete(const struct key_check *check)
{
    for (size_t i = 0; i < check->table.primary_key.count; i++) {
        if (check->column[i] == SIZE_MAX) {
            return false;
        }
    }
    return true;
}

/* ---- reading ---- */

static int decode(struct key_check *check, const struct csvk_batch *batch,
                  const struct csvk_record *record, size_t i)
{
    struct csvk_buf *decoded = &check->decoded[i];
    check->value[i] = (struct csvk_bytes){(const unsigned char *)"", 0};
    if (check->column[i] >= record->nfields) {
        return CSVK_OK;
    }
    struct csvk_bytes raw = csvk_field_raw(batch, record, check->column[i]);
    csvk_buf_clear(decoded);
    int status = csvk_buf_reserve(decoded, raw.len);
    if (status == CSVK_OK) {
        size_t length = csvk_field_decode(raw, &check->table.dialect, decoded->data);
        check->value[i] = (struct csvk_bytes){decoded->data, length};
    }
    return status;
}

static int add_record(struct key_check *check, const struct csvk_batch *batch,
                      const struct csvk_record *record, const struct key_part *part,
                      struct csvk_error *err)
{
    size_t n = check->table.primary_key.count;
    for (size_t i = 0; i < n; i++) {
        if (decode(check, batch, record, i) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    struct csvk_key_place place = {part->records + record->number, part->lines + record->line, 0};
    return csvk_keys_add(check->keys, check->value, n, place, err);
}

static int add_batch(struct key_check *check, const struct csvk_batch *batch, struct key_part *part,
                     struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->blank) {
            continue;
        }
        if (part->begun || !check->table.header) {
            status = add_record(check, batch, record, part, err);
        }
        part->begun = true;
    }
    return status;
}

/* Adds the keys of one file. *next becomes the number of records and lines up to its end. */
static int read_file(struct key_check *check, size_t index, struct key_part *next,
                     struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.dialect = check->table.dialect;
    options.detail = CSVK_FIELDS;
    int status = csvk_open_table(&source, check->files.item[index], err);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &options, err) : status;
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, err);
        if (status == CSVK_OK) {
            status = add_batch(check, batch, &check->parts[index], err);
        }
    }
    if (status == CSVK_END) {
        const struct csvk_totals *totals = csvk_reader_totals(reader);
        next->records = check->parts[index].records + totals->records;
        next->lines = check->parts[index].lines + totals->lines + 1;
        status = CSVK_OK;
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}

/* ---- reporting ---- */

/* The last part that begins before this record. */
static size_t part_of(const struct key_check *check, uint64_t record)
{
    size_t low = 0, high = check->files.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (check->parts[middle].records < record) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static int report(void *context, const struct csvk_duplicate_key *duplicate)
{
    struct key_check *check = context;
    size_t here = part_of(check, duplicate->record);
    size_t first = part_of(check, duplicate->first_record);
    struct csvk_manifest_note note = {
        .rule = "manifest-primary-key",
        .path = "data",
        .file = check->files.item[here],
        .line = duplicate->offset - check->parts[here].lines,
        .column = 1,
        .remedy = "the import would keep only one of the two records, and it is not certain which: "
                  "remove one, or add columns to the primary key",
    };
    return csvk_manifest_note_add(
        check->findings, &note, "record %llu repeats the primary key of record %llu%s%s",
        (unsigned long long)(duplicate->record - check->parts[here].records),
        (unsigned long long)(duplicate->first_record - check->parts[first].records),
        first != here ? " of " : "", first != here ? check->files.item[first] : "");
}

static int search(struct key_check *check, struct csvk_error *err)
{
    struct key_part next = {0, 0, false};
    int status = prepare(check, err);
    if (status != CSVK_OK || !complete(check)) {
        return status;
    }
    for (size_t i = 0; i < check->files.count && status == CSVK_OK; i++) {
        check->parts[i] = next;
        status = read_file(check, i, &next, err);
    }
    return status == CSVK_OK ? csvk_keys_finish(check->keys, report, check, err) : status;
}

/* ---- the check ---- */

static int begin(struct key_check *check, const struct csvk_manifest *manifest, const char *path,
                 struct csvk_error *err)
{
    struct stat info;
    csvk_table_definition_init(&check->table);
    int status =
        csvk_table_definition_take(&check->table, manifest, NULL, path, check->findings, err);
    bool sliced = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    if (status == CSVK_OK) {
        status = sliced ? csvk_list_slices(path, &check->files, err)
                        : csvk_strings_add(&check->files, path);
    }
    if (status == CSVK_OK && check->table.columns.count == 0 && check->files.count > 0) {
        status = csvk_manifest_header_names(check->files.item[0], &check->table.dialect,
                                            &check->table.columns, err);
    }
    return status;
}

static void end(struct key_check *check)
{
    for (size_t i = 0; check->decoded != NULL && i < check->table.primary_key.count; i++) {
        csvk_buf_release(&check->decoded[i]);
    }
    csvk_keys_free(check->keys);
    csvk_free(check->decoded);
    csvk_free(check->value);
    csvk_free(check->column);
    csvk_free(check->parts);
    csvk_strings_release(&check->files);
    csvk_table_definition_release(&check->table);
}

int cli_manifest_check_key(const struct csvk_manifest *manifest, const char *path,
                           struct csvk_findings *findings, struct csvk_error *err)
{
    struct key_check check = {.findings = findings};
    int status = begin(&check, manifest, path, err);
    if (status == CSVK_OK && check.table.primary_key.count > 0) {
        status = search(&check, err);
    }
    end(&check);
    return status;
}
