/*
 * slice_merge.c - merges slices into one table again.
 *
 * The idea. Slices are read at the cheapest detail that shows a defect, and their batches are
 * written as they are: only the header is made here. A defect in the enclosures is refused, because
 * an enclosure that is not closed in one slice would swallow the next slice.
 */
#include "csvkit/names.h"
#include "manifest/slice.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/record_writer.h"
#include "csvkit/base/sized.h"
#include "csvkit/io/file_kind.h"

#include <inttypes.h>
#include <string.h>

struct slice_merge {
    const struct csvk_merge_options *options;
    struct csvk_merge_output output;
    struct csvk_merge_totals *totals;
    uint64_t width;            /* 0: not known yet */
    bool begun;                /* the header is written, or none will be */
    bool ends_open;            /* the text ends without a line break */
    enum csvk_eol eol;         /* CSVK_EOL_NONE: not seen yet */
    struct csvk_buf header;    /* first record of the first slice, byte for byte */
    struct csvk_strings names; /* its values */
    const char *header_of;     /* the path of that slice */
};

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_merge_options, max_record, "csvk_merge_options_init");
static const struct csvk_sized totals_type =
    CSVK_SIZED(struct csvk_merge_totals, bytes, CSVK_SIZED_BY_HAND);

void csvk_merge_options_init_sized(struct csvk_merge_options *options, size_t size)
{
    const struct csvk_merge_options defaults = {
        .size = sizeof defaults,
        .dialect = CSVK_DIALECT_RFC4180,
        .header = CSVK_MERGE_COLUMNS,
        .eol = CSVK_EOL_CRLF,
        .quote = CSVK_NORMALIZE_QUOTE_KEEP,
    };
    csvk_sized_init(&options_type, options, size, &defaults);
}

static int write_out(struct slice_merge *m, const void *bytes, size_t length,
                     struct csvk_error *err)
{
    const unsigned char *text = bytes;
    if (length == 0) {
        return CSVK_OK;
    }
    m->ends_open = text[length - 1] != '\n' && text[length - 1] != '\r';
    return m->output.write(m->output.context, bytes, length, err);
}

static enum csvk_eol eol_of(const struct slice_merge *m)
{
    enum csvk_eol eol = m->eol != CSVK_EOL_NONE ? m->eol : m->options->eol;
    return eol == CSVK_EOL_LF ? CSVK_EOL_LF : CSVK_EOL_CRLF;
}

static int write_line_break(struct slice_merge *m, struct csvk_error *err)
{
    return eol_of(m) == CSVK_EOL_LF ? write_out(m, "\n", 1, err) : write_out(m, "\r\n", 2, err);
}

/* ---- the header ---- */

static int format_header(const struct csvk_merge_options *o, struct csvk_record_writer *writer,
                         struct csvk_value *names, struct csvk_buf *line, struct csvk_error *err)
{
    const struct csvk_strings *columns = o->columns;
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->item[i];
        names[i] = (struct csvk_value){(const unsigned char *)name, strlen(name), CSVK_VALUE_PLAIN};
    }
    if (!csvk_record_writer_can(writer, names, columns->count)) {
        return csvk_fail(err, CSVK_EDATA,
                         "a column has a name that cannot be written without an enclosure");
    }
    return csvk_record_writer_format(writer, names, columns->count, line) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* Formats the header with its line break. The writer decides how a name is enclosed. */
static int make_header(const struct slice_merge *m, struct csvk_buf *line, struct csvk_error *err)
{
    struct csvk_record_writer writer;
    csvk_record_writer_init(&writer, &m->options->dialect, m->options->quote, eol_of(m),
                            (struct csvk_output){NULL, NULL});
    struct csvk_value *names = csvk_calloc(m->options->columns->count, sizeof *names);
    int status = names == NULL ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                               : format_header(m->options, &writer, names, line, err);
    csvk_free(names);
    csvk_record_writer_release(&writer);
    return status;
}

static int write_names(struct slice_merge *m, struct csvk_error *err)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    int status = make_header(m, &line, err);
    status = status == CSVK_OK ? write_out(m, line.data, line.length, err) : status;
    csvk_buf_release(&line);
    return status;
}

/* Writes the header. Called at the first record, which shows the kind of line break. */
static int begin(struct slice_merge *m, struct csvk_error *err)
{
    m->begun = true;
    bool names = m->options->header == CSVK_MERGE_COLUMNS && m->options->columns != NULL;
    return names ? write_names(m, err) : CSVK_OK;
}

/* ---- one slice ---- */

struct slice {
    struct slice_merge *merge;
    const char *path;
    struct csvk_source *source;
    struct csvk_reader *reader;
    bool begun; /* a record that is not empty was seen, and it is no header */
};

/* The text for a fact after which the ends of records are not certain; NULL: a harmless fact. */
static const char *defect(enum csvk_fact_kind kind)
{
    switch (kind) {
    case CSVK_FACT_UNCLOSED: return "an enclosure is not closed";
    case CSVK_FACT_QUOTE_IN_UNQUOTED: return "an enclosure inside a field that is not enclosed";
    case CSVK_FACT_TEXT_AFTER_CLOSING: return "text after a closing enclosure";
    case CSVK_FACT_BACKSLASH_QUOTE: return "a backslash before an enclosure";
    case CSVK_FACT_SPACE_BEFORE_QUOTE: return "a blank before an opening enclosure";
    case CSVK_FACT_SPACE_AFTER_QUOTE: return "a blank after a closing enclosure";
    case CSVK_FACT_UTF16_BOM: return "the text is not UTF-8";
    default: return NULL;
    }
}

static int check_facts(struct slice *s, const struct csvk_batch *batch, struct csvk_error *err)
{
    for (size_t i = 0; i < batch->nfacts; i++) {
        const struct csvk_fact *fact = &batch->facts[i];
        const char *what = defect(fact->kind);
        if (fact->kind == CSVK_FACT_FIRST_EOL && s->merge->eol == CSVK_EOL_NONE) {
            s->merge->eol = (enum csvk_eol)fact->extra;
        }
        if (what != NULL) {
            return csvk_fail(err, CSVK_EDATA, "%s: record %" PRIu64 ", byte %" PRIu64 ": %s",
                             s->path, fact->record, fact->offset, what);
        }
    }
    return CSVK_OK;
}

static int check_widths(struct slice *s, const struct csvk_batch *batch, struct csvk_error *err)
{
    struct slice_merge *m = s->merge;
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *r = &batch->records[i];
        uint64_t width = r->nfields;
        m->width = m->width != 0 ? m->width : width;
        if (width != m->width || (r->blank && m->width > 1)) {
            return csvk_fail(err, CSVK_EDATA,
                             "%s:%" PRIu64 ": record %" PRIu64 " has %" PRIu64
                             " field%s, the table has %" PRIu64 " column%s",
                             s->path, r->line, r->number, r->blank ? 0 : width,
                             width == 1 && !r->blank ? "" : "s", m->width,
                             m->width == 1 ? "" : "s");
        }
    }
    return CSVK_OK;
}

/* The names of the columns in another order: a header all the same, of other columns. */
static bool has_all_names(const struct csvk_strings *names, const struct csvk_strings *columns)
{
    bool all = names->count == columns->count && names->count > 1;
    for (size_t i = 0; i < columns->count && all; i++) {
        all = csvk_strings_has(names, columns->item[i]);
    }
    return all;
}

static int read_values(const struct slice *s, const struct csvk_batch *batch,
                       const struct csvk_record *record, struct csvk_strings *values)
{
    struct csvk_buf room = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < record->nfields && status == CSVK_OK; i++) {
        struct csvk_bytes value;
        status = csvk_field_value(batch, record, i, &s->merge->options->dialect, &room, &value);
        status = status == CSVK_OK ? csvk_strings_addn(values, (const char *)value.ptr, value.len)
                                   : status;
    }
    csvk_buf_release(&room);
    return status;
}

/* A slice begins with another record than the first one. When the names are known from elsewhere,
   that record would be skipped and lost; in any other case the columns differ. */
static int refuse_other_header(const struct slice *s, const struct csvk_strings *names,
                               struct csvk_error *err)
{
    const struct slice_merge *m = s->merge;
    bool lost = m->options->columns != NULL && !has_all_names(names, m->options->columns);
    return csvk_fail(err, CSVK_EDATA, "%s:1: %s: the header differs from that in %s:1", s->path,
                     lost ? "manifest-header" : "header-mismatch", m->header_of);
}

static bool strings_equal(const struct csvk_strings *a, const struct csvk_strings *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = strcmp(a->item[i], b->item[i]) == 0;
    }
    return equal;
}

/* The header of a later slice has the names of the first one; when it is skipped, they may be
   written in another way that Storage takes for the same. */
static int compare_header(const struct slice *s, const struct csvk_batch *batch,
                          struct csvk_error *err)
{
    const struct slice_merge *m = s->merge;
    struct csvk_strings names = {0};
    bool same = false;
    int status = read_values(s, batch, &batch->records[0], &names);
    if (status == CSVK_OK && m->options->columns != NULL) {
        status = csvk_names_compare(&names, &m->names, &same);
    } else if (status == CSVK_OK) {
        same = strings_equal(&names, &m->names);
    }
    status = status != CSVK_OK ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
             : same            ? CSVK_OK
                               : refuse_other_header(s, &names, err);
    csvk_strings_release(&names);
    return status;
}

/* Writes the header of the first slice as it is; or the names of the columns, when they are known
   from elsewhere and others. */
static int write_first_header(const struct slice *s, const struct csvk_batch *batch,
                              struct csvk_error *err)
{
    struct slice_merge *m = s->merge;
    m->header_of = s->path;
    int status = csvk_buf_add(&m->header, batch->bytes, (size_t)batch->records[0].length);
    status = status == CSVK_OK ? read_values(s, batch, &batch->records[0], &m->names) : status;
    if (status != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (m->options->columns != NULL && !strings_equal(&m->names, m->options->columns)) {
        return write_names(m, err);
    }
    status = write_out(m, m->header.data, m->header.length, err);
    return status == CSVK_OK ? write_line_break(m, err) : status;
}

/* Takes the header of a slice: the first is kept and written, the others must be equal to it. */
static int take_header(struct slice *s, const struct csvk_batch *batch, struct csvk_error *err)
{
    struct slice_merge *m = s->merge;
    size_t length = (size_t)batch->records[0].length;
    if (batch->records[0].blank) { /* else the header after it would be merged as a record */
        return csvk_fail(err, CSVK_EDATA, "%s:1: blank-line: an empty line before the header",
                         s->path);
    }
    if (m->header_of == NULL) {
        return write_first_header(s, batch, err);
    }
    bool same = length == m->header.length && memcmp(batch->bytes, m->header.data, length) == 0;
    return same ? CSVK_OK : compare_header(s, batch, err);
}

/* Slices whose columns are named elsewhere have no header: one would be merged as a record. It is
   the first record that is not empty, as everywhere (doc/reading.md A6). */
static int refuse_header(struct slice *s, const struct csvk_batch *batch, struct csvk_error *err)
{
    const struct csvk_strings *columns = s->merge->options->columns;
    struct csvk_strings names = {0};
    size_t i = 0;
    while (i < batch->nreported && batch->records[i].blank) {
        i++;
    }
    if (i == batch->nreported) {
        return CSVK_OK;
    }
    s->begun = true;
    bool same = false;
    int status = read_values(s, batch, &batch->records[i], &names);
    status = status == CSVK_OK ? csvk_names_compare(&names, columns, &same) : status;
    if (status != CSVK_OK) {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
    } else if (same) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s:%" PRIu64 ": manifest-header: the first record holds the names of "
                           "the columns; it would be merged as a row of data; give --header if "
                           "each slice has a header, --no-header with --columns if it is data",
                           s->path, batch->records[i].line);
    } else if (has_all_names(&names, columns)) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s:%" PRIu64 ": header-mismatch: the first record holds the names of "
                           "the columns in another order",
                           s->path, batch->records[i].line);
    }
    csvk_strings_release(&names);
    return status;
}

static int write_batch(struct slice *s, const struct csvk_batch *batch, struct csvk_error *err)
{
    struct slice_merge *m = s->merge;
    size_t from = 0;
    uint64_t records = batch->nrecords;
    int status = m->begun ? CSVK_OK : begin(m, err);
    if (status == CSVK_OK && m->options->header == CSVK_MERGE_SLICES && batch->first_record == 1) {
        status = take_header(s, batch, err);
        from = batch->record_end[0];
        records--;
    }
    if (status == CSVK_OK && m->options->header == CSVK_MERGE_COLUMNS && !m->options->headless &&
        !s->begun && m->options->columns != NULL) {
        status = refuse_header(s, batch, err);
    }
    if (status == CSVK_OK && batch->size > from && m->ends_open) {
        status = write_line_break(m, err);
    }
    m->totals->records += records;
    m->totals->bytes += batch->size - from;
    return status == CSVK_OK ? write_out(m, batch->bytes + from, batch->size - from, err) : status;
}

static int take_batch(struct slice *s, const struct csvk_batch *batch, struct csvk_error *err)
{
    int status = check_facts(s, batch, err);
    status = status == CSVK_OK ? check_widths(s, batch, err) : status;
    if (status != CSVK_OK || batch->nrecords == 0) {
        return status;
    }
    if (batch->bytes == NULL) {
        return csvk_fail(err, CSVK_ELIMIT, "%s: record %" PRIu64 " is too long for memory", s->path,
                         batch->first_record);
    }
    return write_batch(s, batch, err);
}

static int open_slice(struct slice *s, struct csvk_error *err)
{
    struct csvk_options how;
    csvk_options_init(&how);
    how.dialect = s->merge->options->dialect;
    how.detail = s->merge->options->header == CSVK_MERGE_SLICES ? CSVK_RECORDS : CSVK_COUNTS;
    how.continuation = true; /* a byte order mark at the start of a slice is data */
    how.width = s->merge->width;
    how.facts = 0;
    how.max_record =
        s->merge->options->max_record != 0 ? s->merge->options->max_record : UINT64_MAX;
    int status = csvk_open_table(&s->source, s->path, err);
    return status == CSVK_OK ? csvk_reader_new(&s->reader, s->source, &how, err) : status;
}

static int merge_slice(struct slice_merge *m, const char *path, struct csvk_error *err)
{
    struct slice s = {.merge = m, .path = path};
    const struct csvk_batch *batch;
    int status = open_slice(&s, err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(s.reader, &batch, err);
        status = status == CSVK_OK ? take_batch(&s, batch, err) : status;
    }
    if (status == CSVK_END || status == CSVK_EDATA) { /* damage may be the cause of CSVK_EDATA */
        const struct csvk_damage *damage =
            s.source != NULL ? csvk_source_damage(s.source) : NULL; /* NULL: it is no table */
        status = status == CSVK_END ? CSVK_OK : status;
        if (damage != NULL) {
            status = csvk_fail(err, CSVK_EDATA, "%s: damaged at byte %" PRIu64 ": %s", path,
                               damage->offset, damage->what);
        }
    }
    m->totals->slices++;
    csvk_reader_free(s.reader);
    csvk_source_free(s.source);
    return status;
}

/* As csvk_merge, with structs of this library's version. */
static int merge(const char *directory, const struct csvk_merge_options *options,
                 struct csvk_merge_output output, struct csvk_merge_totals *totals,
                 struct csvk_error *err)
{
    struct csvk_strings slices = {0};
    struct slice_merge m = {.options = options, .output = output, .totals = totals};
    m.width = options->columns != NULL ? options->columns->count : 0;
    int status = csvk_dialect_need_plain(&options->dialect, "merge", err);
    status = status == CSVK_OK ? csvk_list_slices(directory, &slices, err) : status;
    for (size_t i = 0; i < slices.count && status == CSVK_OK; i++) {
        status = merge_slice(&m, slices.item[i], err);
    }
    if (status == CSVK_OK && !m.begun) {
        status = begin(&m, err);
    }
    csvk_buf_release(&m.header);
    csvk_strings_release(&m.names);
    csvk_strings_release(&slices);
    return status;
}

int csvk_merge(const char *directory, const struct csvk_merge_options *options,
               struct csvk_merge_output output, struct csvk_merge_totals *totals,
               struct csvk_error *err)
{
    struct csvk_merge_options own;
    struct csvk_merge_totals counted = {.size = sizeof counted};
    csvk_merge_options_init(&own);
    int status = csvk_sized_check(&totals_type, totals, err);
    status = status == CSVK_OK ? csvk_sized_read(&options_type, &own, options, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    status = merge(directory, &own, output, &counted, err);
    csvk_sized_write(&totals_type, totals, &counted);
    return status;
}
