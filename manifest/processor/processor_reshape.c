/*
 * processor_reshape.c - the step "columns" on the records of one file: chooses columns, adds the
 * number of the record and the name of the file, takes the header out, names columns without one.
 *
 * Invariant: a value is written as it was read, or not at all. So the file must be sound, with as
 * many fields in every record as there are columns; "normalize" before it makes it so, and what is
 * not sound is refused here with its line.
 */
#include "manifest/processor/processor_parts.h"

#include "csvkit/base/record_writer.h"
#include "csvkit/io/file_kind.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { GZIP_LEVEL = 6, GATHER = 1 << 17 };

struct reshape {
    struct processor_table *t;
    const char *input, *name; /* path in the input, and the last part of it */
    struct csvk_dialect dialect;
    struct csvk_reader *reader;
    struct csvk_sink *sink;
    struct csvk_record_writer writer; /* formats records; it has no output of its own */
    struct csvk_buf out;              /* records that were not written yet */
    struct csvk_buf room;             /* decoded values of one record */
    struct csvk_value *value;         /* of one record of the output; t->npick + 2 of them */
    bool begun;                       /* the header was read, or there is none */
    uint64_t records;                 /* of data, so far */
};

static int no_memory(const struct reshape *r)
{
    return processor_no_memory(r->t->p);
}

bool processor_reshapes(const struct processor_table *t)
{
    const struct processor_columns *c = &t->columns;
    return c->names == PROCESSOR_NAMES_HEADER || c->select.count > 0 || c->row_number != NULL ||
           c->file_name != NULL || (t->widen && t->header);
}

int processor_dialect(const struct processor_table *t, struct csvk_dialect *dialect)
{
    struct processor_normalize step = {.files = {.size = sizeof step.files}};
    *dialect = t->told.dialect;
    if (!processor_on(t->plan.normalize)) {
        return CSVK_OK;
    }
    csvk_normalize_options_init(&step.options);
    int status = processor_read_normalize(t->p, t->plan.normalize, &step);
    *dialect = step.options.to;
    csvk_normalize_options_release(&step.options);
    return status;
}

/* ---- which columns ---- */

static bool header_stays(const struct processor_table *t)
{
    return t->header && t->columns.names != PROCESSOR_NAMES_HEADER;
}

int processor_result_columns(const struct processor_table *t, struct csvk_strings *columns)
{
    const char *const added[] = {t->columns.row_number, t->columns.file_name};
    int status = t->pick == NULL ? csvk_strings_copy(columns, &t->names) : CSVK_OK;
    for (size_t i = 0; t->pick != NULL && i < t->npick && status == CSVK_OK; i++) {
        status = csvk_strings_add(columns, t->names.item[t->pick[i]]);
    }
    for (size_t i = 0; i < 2 && t->names.count > 0 && status == CSVK_OK; i++) {
        status = added[i] != NULL ? csvk_strings_add(columns, added[i]) : status;
    }
    return status == CSVK_OK ? CSVK_OK : processor_no_memory(t->p);
}

/* The place of a name in t->names, which must have it once. */
static int find_name(const struct processor_table *t, const char *name, size_t *at)
{
    size_t found = 0;
    for (size_t i = 0; i < t->names.count; i++) {
        if (strcmp(t->names.item[i], name) == 0) {
            found++;
            *at = i;
        }
    }
    return found == 1 ? CSVK_OK
                      : PROCESSOR_REFUSE(t->p, "%s: \"select\": there %s \"%s\"", t->name,
                                         found == 0 ? "is no column" : "are several columns", name);
}

/* A table cannot have two columns whose names differ in case only. */
static int check_added(const struct processor_table *t, const char *name)
{
    for (size_t i = 0; name != NULL && i < t->npick; i++) {
        if (strcasecmp(t->names.item[t->pick[i]], name) == 0) {
            return PROCESSOR_REFUSE(t->p, "%s: the column \"%s\" cannot be added: there is \"%s\"",
                                    t->name, name, t->names.item[t->pick[i]]);
        }
    }
    return CSVK_OK;
}

int processor_pick_columns(struct processor_table *t)
{
    const struct csvk_strings *select = &t->columns.select;
    if (t->pick != NULL) {
        return CSVK_OK;
    }
    t->npick = select->count > 0 ? select->count : t->names.count;
    t->pick = csvk_calloc(t->npick, sizeof *t->pick);
    int status = t->pick != NULL ? CSVK_OK : processor_no_memory(t->p);
    for (size_t i = 0; i < t->npick && status == CSVK_OK; i++) {
        t->pick[i] = i;
        if (select->count > 0) {
            status = find_name(t, select->item[i], &t->pick[i]);
        }
    }
    status = status == CSVK_OK ? check_added(t, t->columns.row_number) : status;
    return status == CSVK_OK ? check_added(t, t->columns.file_name) : status;
}

/* ---- records ---- */

static int write_out(struct reshape *r, size_t least)
{
    if (r->out.length < least) {
        return CSVK_OK;
    }
    int status = csvk_sink_write(r->sink, r->out.data, r->out.length, r->t->p->err);
    csvk_buf_clear(&r->out);
    return status;
}

static struct csvk_value text_value(const char *text)
{
    struct csvk_value value = {(const unsigned char *)text, strlen(text), CSVK_VALUE_PLAIN};
    return value;
}

/* Writes r->value, the picked fields and what was added; in the line break of the input. */
static int write_record(struct reshape *r, size_t count, const struct csvk_record *record)
{
    if (record->eol != CSVK_EOL_NONE) {
        bool crlf = record->eol == CSVK_EOL_CRLF || record->eol == CSVK_EOL_CRCRLF;
        r->writer.line_break = crlf ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    }
    if (!csvk_record_writer_can(&r->writer, r->value, count)) {
        return PROCESSOR_REFUSE(r->t->p,
                                "%s:%llu: a value needs an enclosure, and the dialect has none",
                                r->input, (unsigned long long)record->line);
    }
    if (csvk_record_writer_format(&r->writer, r->value, count, &r->out) != CSVK_OK) {
        return no_memory(r);
    }
    return write_out(r, GATHER);
}

/* The value of one field, after the others in r->room. */
static struct csvk_value decode(struct reshape *r, const struct csvk_batch *batch,
                                const struct csvk_record *record, size_t i)
{
    struct csvk_bytes raw = csvk_field_raw(batch, record, i);
    const struct csvk_field *field = &batch->fields[record->first_field + i];
    unsigned char *to = r->room.data + r->room.length;
    size_t length = csvk_field_decode(raw, &r->dialect, to);
    r->room.length += length;
    bool enclosed = (field->flags & CSVK_FIELD_ENCLOSED) != 0;
    struct csvk_value value = {to, length, enclosed ? CSVK_VALUE_ENCLOSED : CSVK_VALUE_PLAIN};
    return value;
}

/* Room for all values of the record, so that views into it stay. */
static int make_room(struct reshape *r, const struct csvk_record *record)
{
    csvk_buf_clear(&r->room);
    return csvk_buf_reserve(&r->room, (size_t)record->length + 1) == CSVK_OK ? CSVK_OK
                                                                             : no_memory(r);
}

static int pick_values(struct reshape *r, const struct csvk_batch *batch,
                       const struct csvk_record *record)
{
    int status = make_room(r, record);
    for (size_t k = 0; k < r->t->npick && status == CSVK_OK; k++) {
        r->value[k] = decode(r, batch, record, r->t->pick[k]);
    }
    return status;
}

static int refuse_width(const struct reshape *r, const struct csvk_record *record)
{
    return PROCESSOR_REFUSE(
        r->t->p,
        "%s:%llu: %llu field%s, but %zu column%s; \"normalize\" with \"ragged\": "
        "\"widen\", \"pad\" or \"reject\" says what to do with such records",
        r->input, (unsigned long long)record->line, (unsigned long long)record->nfields,
        record->nfields == 1 ? "" : "s", r->t->names.count, r->t->names.count == 1 ? "" : "s");
}

static int write_data(struct reshape *r, const struct csvk_batch *batch,
                      const struct csvk_record *record)
{
    const struct processor_table *t = r->t;
    char number[24];
    if (record->nfields != t->names.count) {
        return refuse_width(r, record);
    }
    int status = pick_values(r, batch, record);
    size_t count = t->npick;
    r->records++;
    if (t->columns.row_number != NULL) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)r->records);
        r->value[count++] = text_value(number);
    }
    if (t->columns.file_name != NULL) {
        r->value[count++] = text_value(r->name);
    }
    return status == CSVK_OK ? write_record(r, count, record) : status;
}

/* ---- the header ---- */

/* An empty name gets a number: as "normalize" counts columns where the header moves into the
   manifest, and from 0 for a table that was widened, as is the custom there. */
static int add_name(const struct reshape *r, struct csvk_strings *names, const char *text,
                    size_t length)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    size_t i = names->count;
    int status = csvk_buf_add(&name, text, length);
    if (status == CSVK_OK && length == 0 && r->t->widen) {
        status = csvk_buf_printf(&name, "auto_col_%zu", i);
    } else if (status == CSVK_OK && length == 0 && r->t->columns.names == PROCESSOR_NAMES_HEADER) {
        status = csvk_buf_printf(&name, "col_%zu", i + 1);
    }
    status = status == CSVK_OK ? csvk_strings_add(names, csvk_buf_text(&name)) : status;
    csvk_buf_release(&name);
    return status == CSVK_OK ? CSVK_OK : no_memory(r);
}

static int read_names(struct reshape *r, const struct csvk_batch *batch,
                      const struct csvk_record *record, struct csvk_strings *names)
{
    int status = make_room(r, record);
    for (size_t i = 0; i < record->nfields && status == CSVK_OK; i++) {
        struct csvk_value value = decode(r, batch, record, i);
        if (memchr(value.ptr, '\0', value.len) != NULL) {
            return PROCESSOR_REFUSE(r->t->p, "%s: the name of column %zu has a NUL in it", r->input,
                                    i + 1);
        }
        status = add_name(r, names, (const char *)value.ptr, value.len);
    }
    return status;
}

static bool same_names(const struct csvk_strings *a, const struct csvk_strings *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = strcmp(a->item[i], b->item[i]) == 0;
    }
    return same;
}

/* The header of the first file names the columns, and those of other slices must be equal to it.
   Columns that the manifest names are called so whatever the header says. */
static int take_names(struct reshape *r, struct csvk_strings *names)
{
    struct processor_table *t = r->t;
    bool named = t->columns.names == PROCESSOR_NAMES_GIVEN || t->told.columns.count > 0;
    if (t->columns.names == PROCESSOR_NAMES_HEADER) {
        named = false;
    }
    if (t->names.count == 0) {
        t->names = *names;
        *names = (struct csvk_strings){0};
        return CSVK_OK;
    }
    if (named ? names->count != t->names.count : !same_names(names, &t->names)) {
        return PROCESSOR_REFUSE(t->p, "%s: the header is not that of the %s", r->input,
                                named ? "manifest" : "other slices");
    }
    return CSVK_OK;
}

/* The header with the names of the columns that were added. */
static int write_header(struct reshape *r, const struct csvk_strings *names,
                        const struct csvk_record *record)
{
    const struct processor_table *t = r->t;
    size_t count = 0;
    for (; count < t->npick; count++) {
        r->value[count] = text_value(names->item[t->pick[count]]);
    }
    if (t->columns.row_number != NULL) {
        r->value[count++] = text_value(t->columns.row_number);
    }
    if (t->columns.file_name != NULL) {
        r->value[count++] = text_value(t->columns.file_name);
    }
    return write_record(r, count, record);
}

static int prepare_values(struct reshape *r)
{
    int status = processor_pick_columns(r->t);
    if (status == CSVK_OK && r->value == NULL) {
        r->value = csvk_calloc(r->t->npick + 2, sizeof *r->value);
        status = r->value != NULL ? CSVK_OK : no_memory(r);
    }
    return status;
}

static int begin_with_header(struct reshape *r, const struct csvk_batch *batch,
                             const struct csvk_record *record)
{
    struct csvk_strings names = {0}, shown = {0};
    int status = read_names(r, batch, record, &names);
    status =
        status == CSVK_OK && csvk_strings_copy(&shown, &names) != CSVK_OK ? no_memory(r) : status;
    status = status == CSVK_OK ? take_names(r, &names) : status;
    status = status == CSVK_OK ? prepare_values(r) : status;
    if (status == CSVK_OK && header_stays(r->t)) {
        status = write_header(r, &shown, record);
    }
    csvk_strings_release(&names);
    csvk_strings_release(&shown);
    return status;
}

/* ---- a file ---- */

/* The grammar of a record, before its values are used. */
static int check_record(const struct reshape *r, const struct csvk_batch *batch,
                        const struct csvk_record *record)
{
    for (size_t i = 0; i < record->nfacts; i++) {
        if (batch->facts[record->first_fact + i].kind <= CSVK_FACT_UNCLOSED) {
            return PROCESSOR_REFUSE(r->t->p,
                                    "%s:%llu: an enclosure is not as RFC 4180 wants it; "
                                    "\"normalize\" repairs such records",
                                    r->input, (unsigned long long)record->line);
        }
    }
    return CSVK_OK;
}

static int check_encoding(const struct reshape *r, const struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nfacts; i++) {
        if (batch->facts[i].kind == CSVK_FACT_UTF16_BOM) {
            return PROCESSOR_REFUSE(r->t->p,
                                    "%s is UTF-16 or UTF-32; \"normalize\" with \"encoding\": "
                                    "\"auto\" reads it",
                                    r->input);
        }
    }
    return CSVK_OK;
}

static int reshape_record(struct reshape *r, const struct csvk_batch *batch,
                          const struct csvk_record *record)
{
    int status = check_record(r, batch, record);
    bool first = !r->begun;
    r->begun = true;
    if (status != CSVK_OK || (first && r->t->header)) {
        return status == CSVK_OK ? begin_with_header(r, batch, record) : status;
    }
    status = first ? prepare_values(r) : CSVK_OK;
    return status == CSVK_OK ? write_data(r, batch, record) : status;
}

static int reshape_batch(struct reshape *r, const struct csvk_batch *batch)
{
    int status = check_encoding(r, batch);
    for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
        status = reshape_record(r, batch, &batch->records[i]);
    }
    return status;
}

static int reshape_records(struct reshape *r, struct csvk_source *source)
{
    const struct processor *p = r->t->p;
    const struct csvk_batch *batch;
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = r->dialect;
    options.detail = CSVK_FIELDS;
    options.facts = CSVK_FACT_BIT(CSVK_FACT_UTF16_BOM);
    int status = csvk_reader_new(&r->reader, source, &options, p->err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(r->reader, &batch, p->err);
        if (status == CSVK_OK) {
            status = reshape_batch(r, batch);
        }
    }
    const struct csvk_damage *damage = csvk_source_damage(source);
    if (status == CSVK_END && damage != NULL) {
        return PROCESSOR_REFUSE(p, "%s: the %s data is damaged: %s", r->input, damage->kind,
                                damage->what);
    }
    return status == CSVK_END ? write_out(r, 1) : status;
}

static bool ends_with_gz(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

static enum csvk_normalize_quote quote_of(const struct processor_table *t)
{
    const cJSON *quote = cJSON_GetObjectItemCaseSensitive(t->plan.normalize, "quote");
    bool all = cJSON_IsString(quote) && strcmp(quote->valuestring, "all") == 0;
    return all ? CSVK_NORMALIZE_QUOTE_ALL : CSVK_NORMALIZE_QUOTE_KEEP;
}

int processor_reshape(struct processor_table *t, const char *from, const char *to,
                      const char *input)
{
    struct reshape r = {.t = t, .input = input, .name = strrchr(input, '/') + 1};
    struct csvk_source *source = NULL;
    const struct csvk_output nowhere = {NULL, NULL};
    int status = processor_dialect(t, &r.dialect);
    csvk_record_writer_init(&r.writer, &r.dialect, quote_of(t), CSVK_EOL_LF, nowhere);
    status = status == CSVK_OK ? csvk_open_table(&source, from, t->p->err) : status;
    if (status == CSVK_OK) {
        status = csvk_sink_open(&r.sink, to, ends_with_gz(to) ? GZIP_LEVEL : 0, t->p->err);
    }
    status = status == CSVK_OK ? reshape_records(&r, source) : status;
    status = status == CSVK_OK ? csvk_sink_commit(r.sink, t->p->err) : status;
    csvk_reader_free(r.reader);
    csvk_source_free(source);
    csvk_sink_free(r.sink);
    csvk_buf_release(&r.out);
    csvk_buf_release(&r.room);
    csvk_free(r.value);
    csvk_record_writer_release(&r.writer);
    return status;
}

/* ---- names without a header ---- */

/* Of the first record; the batches before it have facts about the file only. */
static int count_fields(const struct processor_table *t, struct csvk_source *source,
                        uint64_t *fields)
{
    const struct csvk_batch *batch;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    csvk_options_init(&options);
    int status = processor_dialect(t, &options.dialect);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &options, t->p->err) : status;
    *fields = 0;
    while (status == CSVK_OK && *fields == 0) {
        status = csvk_reader_next(reader, &batch, t->p->err);
        *fields = status == CSVK_OK && batch->nreported > 0 ? batch->records[0].nfields : 0;
    }
    csvk_reader_free(reader);
    return status == CSVK_END ? CSVK_OK : status;
}

int processor_name_columns(struct processor_table *t, const char *path)
{
    struct csvk_source *source = NULL;
    struct csvk_buf name = CSVK_BUF_INIT;
    uint64_t fields = 0;
    int status = csvk_open_table(&source, path, t->p->err);
    status = status == CSVK_OK ? count_fields(t, source, &fields) : status;
    for (uint64_t i = 1; i <= fields && status == CSVK_OK; i++) {
        csvk_buf_clear(&name);
        if (csvk_buf_printf(&name, "col_%llu", (unsigned long long)i) != CSVK_OK ||
            csvk_strings_add(&t->names, csvk_buf_text(&name)) != CSVK_OK) {
            status = processor_no_memory(t->p);
        }
    }
    csvk_source_free(source);
    csvk_buf_release(&name);
    return status;
}
