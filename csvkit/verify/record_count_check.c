/*
 * record_count_check.c - libcsv counts the records of input, output and rejects, and the numbers
 * are compared with those of normalize. See record_count_check.h.
 */
#include "csvkit/verify/record_count_check.h"

#include "csvkit/base/delimiter.h"

#include <string.h>

/* libcsv would take a byte order mark for data, so the first bytes are looked at before it. */
struct reader {
    struct csvk_libcsv *libcsv;
    unsigned char start[3];
    size_t nstart; /* bytes of `start` that are held back: a mark so far */
    bool started;  /* it is decided whether there is a mark */
};

struct csvk_record_count_check {
    struct csvk_dialect in;
    struct reader input, table;
    bool write_header;        /* the first record of the output is none of the input */
    bool input_read;          /* libcsv has read all of the input so far */
    uint64_t rejects, blocks; /* blocks: rejects of kind CSVK_REJECT_BLOCK */
    uint64_t odd_reject;      /* number of the first reject that is not one record; 0: none */
};

/* ---- one reader ---- */

/* Pushes bytes, without a byte order mark at the start. */
static int feed(struct reader *reader, const unsigned char *bytes, size_t length,
                struct csvk_error *err)
{
    while (!reader->started && length != 0) {
        static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
        reader->start[reader->nstart++] = *bytes++;
        length--;
        bool same = reader->start[reader->nstart - 1] == mark[reader->nstart - 1];
        reader->started = !same || reader->nstart == sizeof mark;
        if (!same) {
            int status = csvk_libcsv_push(reader->libcsv, reader->start, reader->nstart, err);
            if (status != CSVK_OK) {
                return status;
            }
        }
    }
    return length != 0 ? csvk_libcsv_push(reader->libcsv, bytes, length, err) : CSVK_OK;
}

static int end(struct reader *reader, struct csvk_error *err)
{
    int status = CSVK_OK;
    if (!reader->started && reader->nstart != 0) {
        status = csvk_libcsv_push(reader->libcsv, reader->start, reader->nstart, err);
    }
    return status == CSVK_OK ? csvk_libcsv_end(reader->libcsv, err) : status;
}

/* ---- the bytes, as normalize reads and writes them ---- */

/* Whether libcsv can read an input with these options: every line of it must be a record's. */
static bool are_records(const struct csvk_normalize_options *o)
{
    return o->dialect.escape == CSVK_NO_BYTE && csvk_dialect_is_plain(&o->dialect) &&
           o->skip_head == 0 && o->skip_tail == 0 && o->comment < 0;
}

int csvk_record_count_check_new(struct csvk_record_count_check **out,
                                const struct csvk_normalize_options *options,
                                struct csvk_error *err)
{
    struct csvk_record_count_check *c = csvk_calloc(1, sizeof *c);
    if (c == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for the second reader");
    }
    struct csvk_dialect to = options->to;
    to.escape = CSVK_NO_BYTE;
    c->in = options->dialect;
    c->input_read = are_records(options);
    c->write_header = options->write_header;
    int status = csvk_libcsv_new(&c->table.libcsv, &to, err);
    if (status == CSVK_OK && c->input_read) {
        status = csvk_libcsv_new(&c->input.libcsv, &c->in, err);
    }
    if (status != CSVK_OK) {
        csvk_record_count_check_free(c);
        return status;
    }
    *out = c;
    return CSVK_OK;
}

/* For a dialect without enclosure libcsv takes FF as enclosure (libcsv_check.c). */
static bool is_readable(const struct csvk_record_count_check *c, const void *bytes, size_t length)
{
    return c->in.enclosure != CSVK_NO_BYTE || length == 0 || memchr(bytes, 0xff, length) == NULL;
}

/* When libcsv refuses the input, that is no failure: then the input is not counted. */
int csvk_record_count_check_input(struct csvk_record_count_check *c, const void *bytes,
                                  size_t length, struct csvk_error *err)
{
    struct csvk_error refusal;
    if (!c->input_read) {
        return CSVK_OK;
    }
    int status =
        is_readable(c, bytes, length) ? feed(&c->input, bytes, length, &refusal) : CSVK_EDATA;
    c->input_read = status == CSVK_OK;
    return status == CSVK_OK || status == CSVK_EDATA ? CSVK_OK
                                                     : csvk_fail(err, status, "%s", refusal.text);
}

int csvk_record_count_check_table(struct csvk_record_count_check *c, const void *bytes,
                                  size_t length, struct csvk_error *err)
{
    return feed(&c->table, bytes, length, err);
}

/* A CR without LF: it may be data, but it ends a record for libcsv. */
static bool has_lone_cr(struct csvk_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '\r' && (i + 1 == bytes.len || bytes.ptr[i + 1] != '\n')) {
            return true;
        }
    }
    return false;
}

/* A reject that libcsv can read must be exactly one record; an empty line counts as one. */
int csvk_record_count_check_reject(struct csvk_record_count_check *c, struct csvk_bytes bytes,
                                   enum csvk_reject_kind kind, struct csvk_error *err)
{
    struct csvk_error refusal = {0};
    struct reader reader = {.started = true};
    c->rejects++;
    c->blocks += kind == CSVK_REJECT_BLOCK;
    if (kind == CSVK_REJECT_BLOCK || c->in.escape != CSVK_NO_BYTE ||
        !csvk_dialect_is_plain(&c->in) || !is_readable(c, bytes.ptr, bytes.len) ||
        has_lone_cr(bytes)) {
        return CSVK_OK;
    }
    int status = csvk_libcsv_new(&reader.libcsv, &c->in, &refusal);
    status = status == CSVK_OK ? feed(&reader, bytes.ptr, bytes.len, &refusal) : status;
    status = status == CSVK_OK ? end(&reader, &refusal) : status;
    if (status == CSVK_OK) {
        bool sure = false;
        uint64_t count = csvk_libcsv_count(reader.libcsv, &sure);
        c->odd_reject = sure && count != 1 && c->odd_reject == 0 ? c->rejects : c->odd_reject;
    }
    csvk_libcsv_free(reader.libcsv);
    return status == CSVK_OK || status == CSVK_EDATA ? CSVK_OK
                                                     : csvk_fail(err, status, "%s", refusal.text);
}

/* ---- the end ---- */

static int differs(struct csvk_error *err, const char *what, uint64_t counted, uint64_t said)
{
    return csvk_fail(err, CSVK_EIO,
                     "--verify: libcsv counts %llu record%s %s, %llu %s meant: nothing is kept",
                     (unsigned long long)counted, counted == 1 ? "" : "s", what,
                     (unsigned long long)said, said == 1 ? "was" : "were");
}

/*
 * Whether libcsv's number of input records can be compared. It cannot after repairs of these kinds:
 * bytes after the last record are a record to libcsv, and it knows only one reading of wrong
 * enclosures, backslashes and enclosures without an end. A quote in an open field (r17) is data to
 * it, not the end of a value that lost its first quote.
 */
static bool is_comparable(const struct csvk_record_count_check *c,
                          const struct csvk_normalize_result *result)
{
    const uint64_t *n = result->repairs;
    return c->input_read && c->blocks == 0 && n[CSVK_REPAIR_TAIL] == 0 &&
           n[CSVK_REPAIR_INNER_QUOTES] == 0 && n[CSVK_REPAIR_BACKSLASH] == 0 &&
           n[CSVK_REPAIR_BLANKS] == 0 && n[CSVK_REPAIR_UNCLOSED] == 0 &&
           (n[CSVK_REPAIR_ENCLOSE] == 0 || result->inferred == 0);
}

static int count_input(struct csvk_record_count_check *c,
                       const struct csvk_normalize_result *result,
                       struct csvk_normalize_counted *counted, struct csvk_error *err)
{
    struct csvk_error refusal = {0};
    if (!is_comparable(c, result)) {
        return CSVK_OK;
    }
    int status = end(&c->input, &refusal);
    if (status != CSVK_OK && status != CSVK_EDATA) {
        return csvk_fail(err, status, "%s", refusal.text);
    }
    if (status == CSVK_OK) {
        counted->records_in = csvk_libcsv_count(c->input.libcsv, &counted->input_counted);
    }
    return CSVK_OK;
}

/* The output must have the values that were meant to be written. */
static int compare_values(const struct csvk_record_count_check *c,
                          const struct csvk_normalize_values *meant, struct csvk_error *err)
{
    const struct csvk_digest *read = csvk_libcsv_digest(c->table.libcsv);
    if (read->records == meant->records && read->fields == meant->fields &&
        read->hash == meant->hash) {
        return CSVK_OK;
    }
    return csvk_fail(
        err, CSVK_EIO,
        "--verify: libcsv reads %llu record%s and %llu field%s back, %llu and %llu were "
        "meant (or values differ): nothing is kept",
        (unsigned long long)read->records, read->records == 1 ? "" : "s",
        (unsigned long long)read->fields, read->fields == 1 ? "" : "s",
        (unsigned long long)meant->records, (unsigned long long)meant->fields);
}

/* The numbers of normalize must be those of libcsv, and the account must be complete. */
static int compare_counts(const struct csvk_record_count_check *c,
                          const struct csvk_normalize_counted *n,
                          const struct csvk_normalize_result *r, struct csvk_error *err)
{
    if (n->records_out != r->records_out) {
        return differs(err, "in the output", n->records_out, r->records_out);
    }
    if (n->records_rejected != r->records_rejected) {
        return differs(err, "in the rejects", n->records_rejected, r->records_rejected);
    }
    if (c->odd_reject != 0) {
        return csvk_fail(err, CSVK_EIO,
                         "--verify: reject %llu is not one record to libcsv: nothing is kept",
                         (unsigned long long)c->odd_reject);
    }
    if (n->input_counted && n->records_in != r->records_in) {
        return differs(err, "in the input", n->records_in, r->records_in);
    }
    uint64_t in = n->input_counted ? n->records_in : r->records_in;
    if (in != n->records_out + n->records_rejected + r->records_dropped) {
        return differs(err, "in the input, against output, rejects and dropped ones", in,
                       n->records_out + n->records_rejected + r->records_dropped);
    }
    return CSVK_OK;
}

int csvk_record_count_check_judge(struct csvk_record_count_check *c,
                                  struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct csvk_normalize_counted n = {.records_rejected = c->rejects};
    bool sure = false;
    int status = end(&c->table, err);
    if (status != CSVK_OK) {
        return status;
    }
    n.records_out = csvk_libcsv_count(c->table.libcsv, &sure);
    n.records_out -= c->write_header && n.records_out != 0 ? 1 : 0;
    status = count_input(c, result, &n, err);
    status = status == CSVK_OK ? compare_values(c, &result->values, err) : status;
    status = status == CSVK_OK ? compare_counts(c, &n, result, err) : status;
    n.done = status == CSVK_OK;
    result->counted = n;
    return status;
}

void csvk_record_count_check_free(struct csvk_record_count_check *c)
{
    if (c == NULL) {
        return;
    }
    csvk_libcsv_free(c->input.libcsv);
    csvk_libcsv_free(c->table.libcsv);
    csvk_free(c);
}
