/* support.c - see support.h. */
#include "tests/support/support.h"

#include "csvkit/extra/extra.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

unsigned char *support_read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        if (file != NULL) {
            fclose(file);
        }
        return NULL;
    }
    unsigned char *bytes = malloc((size_t)info.st_size + 1);
    *length = bytes != NULL ? fread(bytes, 1, (size_t)info.st_size, file) : 0;
    fclose(file);
    if (bytes != NULL) {
        bytes[*length] = 0;
    }
    return bytes;
}

const char *support_corpus(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "../shared/corpus/%s", name);
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "SKIPPED: %s is not here; nothing was checked against it\n", path);
        return NULL;
    }
    return path;
}

uint64_t support_next(struct support_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t support_below(struct support_random *random, size_t n)
{
    return (size_t)(support_next(random) % n);
}

/* Facts of the record that is open: an oversize one brings them in several batches. */
struct support_reading {
    struct csvk_buf *out;
    const struct csvk_options *options;
    const struct csvk_totals *totals;
    struct csvk_fact *facts;
    size_t nfacts, capacity;
    struct csvk_buf ends; /* of records */
    struct csvk_buf file; /* facts of the file: reported in any batch, before or behind records */
};

static void put(struct csvk_buf *out, const char *format, ...) CSVK_PRINTF(2, 3);

static void put(struct csvk_buf *out, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (csvk_buf_add(out, text, (size_t)n) != CSVK_OK) {
        abort();
    }
}

static void put_all(struct csvk_buf *out, const struct csvk_buf *from)
{
    if (csvk_buf_add(out, csvk_buf_text(from), from->length) != CSVK_OK) {
        abort();
    }
}

static void put_fact(struct csvk_buf *out, const struct csvk_fact *f)
{
    put(out, " !%d@%llu+%llu/%llu.%llu=%llu", (int)f->kind, (unsigned long long)f->offset,
        (unsigned long long)f->length, (unsigned long long)f->record, (unsigned long long)f->field,
        (unsigned long long)f->extra);
}

static int compare_facts(const void *left, const void *right)
{
    const struct csvk_fact *a = left, *b = right;
    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return (int)a->kind - (int)b->kind;
}

static void keep_facts(struct support_reading *reading, const struct csvk_fact *facts, size_t count)
{
    if (reading->nfacts + count > reading->capacity) {
        reading->capacity = 2 * (reading->nfacts + count);
        reading->facts = realloc(reading->facts, reading->capacity * sizeof *reading->facts);
    }
    memcpy(reading->facts + reading->nfacts, facts, count * sizeof *facts);
    reading->nfacts += count;
}

static void put_facts(struct support_reading *reading)
{
    if (reading->nfacts > 1) {
        qsort(reading->facts, reading->nfacts, sizeof *reading->facts, compare_facts);
    }
    for (size_t i = 0; i < reading->nfacts; i++) {
        put_fact(reading->out, &reading->facts[i]);
    }
    reading->nfacts = 0;
}

static void put_fields(struct csvk_buf *out, const struct csvk_batch *batch,
                       const struct csvk_record *r, const struct csvk_dialect *dialect)
{
    for (uint64_t i = 0; i < r->nfields; i++) {
        struct csvk_bytes raw = csvk_field_raw(batch, r, (size_t)i);
        unsigned char *value = malloc(raw.len + 1);
        size_t n = csvk_field_decode(raw, dialect, value);
        put(out, " [%u:", batch->fields[r->first_field + i].flags);
        if (csvk_buf_add(out, value, n) != CSVK_OK) {
            abort();
        }
        put(out, "]");
        free(value);
    }
}

static void put_record(struct support_reading *reading, const struct csvk_batch *batch,
                       const struct csvk_record *r)
{
    if (r->nfacts != 0) {
        keep_facts(reading, batch->facts + r->first_fact, r->nfacts);
    }
    bool clean = reading->nfacts == 0 && r->nfields == reading->totals->width;
    if (r->unfinished || (clean && reading->options->detail != CSVK_FIELDS)) {
        return;
    }
    put(reading->out, "\n#%llu line %llu @%llu+%llu n%llu eol %u%s%s s%llu+%llu",
        (unsigned long long)r->number, (unsigned long long)r->line, (unsigned long long)r->offset,
        (unsigned long long)r->length, (unsigned long long)r->nfields, r->eol,
        r->blank ? " blank" : "", r->last_empty ? " last-empty" : "",
        (unsigned long long)r->surplus_offset, (unsigned long long)r->surplus_length);
    if (reading->options->detail == CSVK_FIELDS) {
        put_fields(reading->out, batch, r, &reading->options->dialect);
    }
    put_facts(reading);
}

static void put_batch(struct support_reading *reading, const struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nreported; i++) {
        put_record(reading, batch, &batch->records[i]);
    }
    for (size_t i = 0; i < batch->nfacts; i++) {
        if (batch->facts[i].record == 0) {
            put_fact(&reading->file, &batch->facts[i]);
        }
    }
    for (uint64_t i = 0; reading->options->detail == CSVK_RECORDS && i < batch->nrecords; i++) {
        put(&reading->ends, " e%llu", (unsigned long long)(batch->offset + batch->record_end[i]));
    }
}

static void put_totals(struct csvk_buf *out, const struct csvk_totals *t)
{
    if (t->comments != 0) {
        put(out, "\n%llu comments", (unsigned long long)t->comments);
    }
    put(out, "\ntotal %llu bytes %llu records %llu lines width %llu mode %d eol",
        (unsigned long long)t->bytes, (unsigned long long)t->records, (unsigned long long)t->lines,
        (unsigned long long)t->width, (int)t->eol_mode);
    for (int i = 0; i < 5; i++) {
        put(out, " %llu", (unsigned long long)t->eol[i]);
    }
}

size_t support_window(size_t length)
{
    const size_t window = 48 * 1024;
    return length < window ? window : 0;
}

/* What the reader is fed: the next piece, or the end. */
struct feeding {
    const unsigned char *bytes;
    size_t left, piece;
};

static int feed(struct csvk_reader *reader, struct feeding *feeding)
{
    size_t n =
        feeding->piece == 0 || feeding->left < feeding->piece ? feeding->left : feeding->piece;
    if (n == 0) {
        csvk_feed_end(reader);
        return CSVK_OK;
    }
    int status = csvk_feed(reader, feeding->bytes, n, NULL);
    feeding->bytes += n;
    feeding->left -= n;
    return status;
}

/* Reads to the end, and frees the reader. */
static int read_all(struct csvk_reader *reader, struct feeding *feeding,
                    const struct csvk_options *options, struct csvk_buf *out)
{
    struct support_reading reading = {.out = out, .options = options};
    const struct csvk_batch *batch;
    int status = CSVK_OK;
    reading.totals = csvk_reader_totals(reader);
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, NULL);
        if (status == CSVK_OK) {
            put_batch(&reading, batch);
        } else if (status == CSVK_HUNGRY) {
            status = feed(reader, feeding);
        }
    }
    if (status == CSVK_END) {
        put_totals(out, csvk_reader_totals(reader));
        put(out, "\nfile");
        put_all(out, &reading.file);
        put_all(out, &reading.ends);
    }
    csvk_buf_release(&reading.ends);
    csvk_buf_release(&reading.file);
    free(reading.facts);
    csvk_reader_free(reader);
    return status;
}

int support_reading(const unsigned char *bytes, size_t length, const struct csvk_options *options,
                    struct csvk_buf *out)
{
    return support_reading_begun(bytes, length, options, NULL, NULL, out);
}

int support_reading_begun(const unsigned char *bytes, size_t length,
                          const struct csvk_options *options, support_begin *begin,
                          const void *context, struct csvk_buf *out)
{
    struct csvk_options fitting = *options;
    fitting.window = fitting.window != 0 ? fitting.window : support_window(length);
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    int status = csvk_source_memory(&source, bytes, length, NULL);
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &fitting, NULL);
    }
    status = status == CSVK_OK && begin != NULL ? begin(reader, context) : status;
    status = status == CSVK_OK ? read_all(reader, NULL, options, out) : status;
    csvk_source_free(source);
    return status;
}

int support_reading_fed(const unsigned char *bytes, size_t length,
                        const struct csvk_options *options, size_t piece, struct csvk_buf *out)
{
    struct csvk_reader *reader = NULL;
    struct feeding feeding = {bytes, length, piece};
    int status = csvk_reader_new_fed(&reader, "fed", options, NULL);
    return status == CSVK_OK ? read_all(reader, &feeding, options, out) : status;
}

void support_must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

void support_gzip(const void *bytes, size_t length, struct csvk_buf *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        csvk_buf_reserve(out, deflateBound(&z, (uLong)length)) != CSVK_OK) {
        abort();
    }
    struct csvk_buf copy = CSVK_BUF_INIT; /* zlib takes no const */
    if (csvk_buf_add(&copy, length != 0 ? bytes : "", length) != CSVK_OK) {
        abort();
    }
    z.next_in = copy.data;
    z.avail_in = (uInt)length;
    z.next_out = out->data + out->length;
    z.avail_out = (uInt)(out->capacity - out->length);
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) {
        abort();
    }
    out->length += z.total_out;
    deflateEnd(&z);
    csvk_buf_release(&copy);
}

int support_run(Suite *suite)
{
    csvk_use_all();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
