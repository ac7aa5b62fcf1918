/*
 * reader.c - the only owner of a streaming window: asks the source for bytes, has whole records
 * examined, keeps the unfinished tail and moves it to the front at the next call.
 *
 *    slack |  carried tail  |  freshly read  | slack
 *          ^begin                            ^end
 *
 * Invariants. Bytes [begin, end) are what has been read and not been reported; `offset` is the
 * absolute offset of begin, which always starts a record (except while an oversize record is
 * streamed). A record that is incomplete is gone on with when as many bytes are there anew as have
 * to be looked at again (none, as a rule), so the work stays linear. Records longer than the limit
 * go through the reference parser, which needs no memory for them.
 *
 * The end of the input needs care: a final 1A, and NUL bytes in place of a last record, are not
 * data (csv-rules A25); the mode of a final CR is known only there.
 */
#include "csvkit/parse/scan/scan.h"

#include <string.h>

/* The kernel copies large pieces for less; with all fields reported, their list must stay small. */
#define DEFAULT_WINDOW  (1024u * 1024)
#define FIELDS_WINDOW   (256u * 1024)
#define ENOUGH_REPORTED 2048 /* of records or facts: a flood of findings takes no memory either */
#define ENOUGH_COUNTING 256  /* likewise where few are: their bytes are still in the cache then */
#define COUNTS_MAX_RECORD                                                                          \
    (2u * 1024 * 1024)        /* beyond it the reference parser streams: memory is flat */
#define MOST_FACTS     16384  /* likewise with that many facts, and in pieces: not many are held */
#define MOST_FIELDS    131072 /* and that many fields */
#define OVERSIZE_PIECE (64u * 1024)
#define LARGEST_RECORD (UINT64_C(0xffffffff) - (1u << 20))

enum reader_phase { PHASE_START, PHASE_RECORDS, PHASE_OVERSIZE, PHASE_DONE };

struct csvk_reader {
    struct csvk_source *source;
    struct csvk_options options;
    struct csvk_scan scan;
    unsigned char *data;
    size_t capacity; /* without slack */
    size_t begin, end;
    size_t batch_bytes; /* of the batch that was handed out: dropped at the next call */
    size_t retry_at;    /* do not examine again before this many bytes are there */
    uint64_t offset;
    uint64_t bytes_read;
    bool at_end;
    bool trimmed; /* the end has been looked at for a final 1A */
    bool unclosed;
    enum reader_phase phase;
};

void csvk_options_init(struct csvk_options *options)
{
    *options = (struct csvk_options){.size = sizeof *options,
                                     .dialect = CSVK_DIALECT_RFC4180,
                                     .detail = CSVK_COUNTS,
                                     .facts = CSVK_FACTS_ALL};
}

static void resolve_options(struct csvk_options *options)
{
    if (options->window == 0) {
        options->window = options->detail == CSVK_FIELDS ? FIELDS_WINDOW : DEFAULT_WINDOW;
    }
    uint64_t standard = options->detail == CSVK_COUNTS ? COUNTS_MAX_RECORD : LARGEST_RECORD;
    if (options->max_record == 0) {
        options->max_record = standard;
    }
    if (options->max_record > LARGEST_RECORD) {
        options->max_record = LARGEST_RECORD;
    }
}

int csvk_reader_new(struct csvk_reader **out, struct csvk_source *source,
                    const struct csvk_options *options, struct csvk_error *err)
{
    if (options->size != sizeof *options) {
        return csvk_fail(err, CSVK_EUSAGE, "struct csvk_options has another size: wrong header");
    }
    struct csvk_reader *reader = csvk_calloc(1, sizeof *reader);
    if (reader == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    reader->source = source;
    reader->options = *options;
    resolve_options(&reader->options);
    int status = csvk_scan_init(&reader->scan, &reader->options, err);
    if (status != CSVK_OK) {
        csvk_reader_free(reader);
        return status;
    }
    reader->scan.pauses = true;
    reader->scan.enough = ENOUGH_REPORTED;
    if (reader->options.detail == CSVK_COUNTS) {
        reader->scan.enough = ENOUGH_COUNTING;
        reader->scan.most = reader->options.max_record;
        reader->scan.most_facts = MOST_FACTS;
        reader->scan.most_fields = MOST_FIELDS;
    }
    *out = reader;
    return CSVK_OK;
}

void csvk_reader_free(struct csvk_reader *reader)
{
    if (reader != NULL) {
        csvk_scan_release(&reader->scan);
        csvk_free(reader->data);
        csvk_free(reader);
    }
}

void csvk_reader_only_count(struct csvk_reader *reader, uint32_t kinds)
{
    /* What the reader itself looks for is reported. */
    reader->scan.builder.only_counted = kinds & ~CSVK_FACT_BIT(CSVK_FACT_UNCLOSED);
}

const struct csvk_totals *csvk_reader_totals(const struct csvk_reader *reader)
{
    return &reader->scan.table.totals;
}

static unsigned char *window_begin(const struct csvk_reader *reader)
{
    return reader->data == NULL ? NULL : reader->data + CSVK_SCAN_SLACK + reader->begin;
}

static size_t available(const struct csvk_reader *reader)
{
    return reader->end - reader->begin;
}

static int out_of_memory(const struct csvk_reader *reader, struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "%s: out of memory at byte %llu (record %llu)",
                     csvk_source_name(reader->source), (unsigned long long)reader->offset,
                     (unsigned long long)reader->scan.table.totals.records + 1);
}

/* Moves the tail to the front and makes room for `more` bytes behind it. */
static int make_room(struct csvk_reader *reader, size_t more, struct csvk_error *err)
{
    size_t kept = available(reader);
    size_t need = kept + more;
    if (need > reader->capacity) {
        size_t capacity = reader->capacity == 0 ? more + more / 16 : reader->capacity * 2;
        capacity = capacity < need ? need : capacity;
        unsigned char *data = csvk_malloc(capacity + 2 * CSVK_SCAN_SLACK);
        if (data == NULL) {
            return out_of_memory(reader, err);
        }
        memset(data, 0, CSVK_SCAN_SLACK);
        memset(data + CSVK_SCAN_SLACK + capacity, 0, CSVK_SCAN_SLACK);
        if (kept != 0) {
            memcpy(data + CSVK_SCAN_SLACK, window_begin(reader), kept);
        }
        csvk_free(reader->data);
        reader->data = data;
        reader->capacity = capacity;
    } else if (reader->begin != 0 && kept != 0) {
        memmove(reader->data + CSVK_SCAN_SLACK, window_begin(reader), kept);
    }
    reader->begin = 0;
    reader->end = kept;
    return CSVK_OK;
}

/* A long record has been reported: give its memory back, so that one giant does not stay for ever.
 */
static void shrink(struct csvk_reader *reader)
{
    if (available(reader) == 0 && reader->capacity > 16 * reader->options.window &&
        reader->capacity > COUNTS_MAX_RECORD) {
        csvk_free(reader->data);
        reader->data = NULL;
        reader->capacity = reader->begin = reader->end = 0;
    }
}

static int read_more(struct csvk_reader *reader, struct csvk_error *err)
{
    size_t window = reader->options.window;
    int status = make_room(reader, window, err);
    if (status != CSVK_OK) {
        return status;
    }
    size_t got = 0;
    status =
        csvk_source_read(reader->source, window_begin(reader) + reader->end, window, &got, err);
    if (status != CSVK_OK) {
        return status;
    }
    reader->end += got;
    /* The scan's answers do not depend on the slack; so that its speed does not either: */
    memset(window_begin(reader) + reader->end, 0, CSVK_SCAN_SLACK);
    reader->bytes_read += got;
    reader->at_end = got == 0;
    return CSVK_OK;
}

static void report_fact(struct csvk_reader *reader, enum csvk_fact_kind kind, uint64_t offset,
                        uint64_t length, uint64_t extra)
{
    struct csvk_fact fact = {.offset = offset, .length = length, .extra = extra, .kind = kind};
    csvk_batch_builder_add_fact(&reader->scan.builder, &fact);
}

static void drop(struct csvk_reader *reader, size_t count)
{
    reader->begin += count;
    reader->offset += count;
}

/* ---- the start: byte order marks ---- */

static enum csvk_unicode wide_mark(const unsigned char *b, size_t n, size_t *length)
{
    *length = 4;
    if (n >= 4 && memcmp(b, "\xff\xfe\0\0", 4) == 0) {
        return CSVK_UTF32LE;
    }
    if (n >= 4 && memcmp(b, "\0\0\xfe\xff", 4) == 0) {
        return CSVK_UTF32BE;
    }
    *length = 2;
    if (n >= 2 && memcmp(b, "\xff\xfe", 2) == 0) {
        return CSVK_UTF16LE;
    }
    if (n >= 2 && memcmp(b, "\xfe\xff", 2) == 0) {
        return CSVK_UTF16BE;
    }
    return (enum csvk_unicode)0;
}

/* Nothing can be parsed: read to the end, so that the number of bytes is right. */
static int drain(struct csvk_reader *reader, struct csvk_error *err)
{
    while (!reader->at_end) {
        drop(reader, available(reader));
        int status = read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    reader->begin = reader->end;
    return CSVK_OK;
}

static int start(struct csvk_reader *reader, struct csvk_error *err)
{
    while (available(reader) < 4 && !reader->at_end) {
        int status = read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    reader->phase = PHASE_RECORDS;
    if (reader->options.continuation) {
        return CSVK_OK;
    }
    size_t n = available(reader);
    if (n == 0) {
        report_fact(reader, CSVK_FACT_EMPTY, 0, 0, 0);
        return CSVK_OK;
    }
    const unsigned char *b = window_begin(reader);
    size_t length = 0;
    enum csvk_unicode mark = wide_mark(b, n, &length);
    if (mark != 0) {
        report_fact(reader, CSVK_FACT_UTF16_BOM, 0, length, (uint64_t)mark);
        reader->phase = PHASE_DONE;
        return drain(reader, err);
    }
    if (n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0) {
        report_fact(reader, CSVK_FACT_UTF8_BOM, 0, 3, 0);
        drop(reader, 3);
    }
    return CSVK_OK;
}

/* ---- the end: what is not data, and the last record ---- */

static bool all_nul(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return length != 0;
}

static void trim_ctrl_z(struct csvk_reader *reader)
{
    size_t n = available(reader);
    if (reader->trimmed) {
        return;
    }
    reader->trimmed = true;
    if (n != 0 && window_begin(reader)[n - 1] == 0x1a) {
        report_fact(reader, CSVK_FACT_CTRL_Z_AT_EOF, reader->offset + n - 1, 1, 0);
        reader->end--;
    }
}

static void finish(struct csvk_reader *reader, uint64_t end_of_data)
{
    if (reader->scan.table.totals.eol[CSVK_EOL_NONE] != 0 && !reader->unclosed) {
        report_fact(reader, CSVK_FACT_FINAL_EOL_MISSING, end_of_data, 0, 0);
    }
    reader->phase = PHASE_DONE;
}

static bool reported_unclosed(const struct csvk_batch_builder *builder)
{
    for (size_t i = builder->nfacts; i > 0; i--) {
        if (builder->facts[i - 1].kind == CSVK_FACT_UNCLOSED) {
            return true;
        }
    }
    return false;
}

/* [begin, end) is what is left behind the last complete record; nothing follows. */
static size_t last_records(struct csvk_reader *reader)
{
    const unsigned char *b = window_begin(reader);
    size_t n = available(reader);
    size_t used = 0;
    if (all_nul(b, n)) {
        report_fact(reader, CSVK_FACT_NUL_PADDING_AT_EOF, reader->offset, n, 0);
        finish(reader, reader->offset);
        return n;
    }
    if (n != 0) {
        reader->scan.enough = SIZE_MAX;
        used = csvk_scan(&reader->scan, b, n, true, reader->offset);
        if (reader->scan.too_long) {
            return used;
        }
        reader->unclosed = reported_unclosed(&reader->scan.builder);
    }
    finish(reader, reader->offset + n);
    return used;
}

/* ---- a record that does not fit ---- */

static int too_long(const struct csvk_reader *reader, struct csvk_error *err)
{
    int status = csvk_fail(
        err, CSVK_ELIMIT,
        "%s: record %llu, which begins at byte %llu, is longer than %llu bytes, the most that is "
        "kept in memory; most often an enclosure in it is opened and never closed",
        csvk_source_name(reader->source), (unsigned long long)reader->scan.table.totals.records + 1,
        (unsigned long long)reader->offset, (unsigned long long)reader->options.max_record);
    if (err != NULL) {
        err->offset = reader->offset;
    }
    return status;
}

static void begin_oversize(struct csvk_reader *reader)
{
    struct csvk_scan *scan = &reader->scan;
    csvk_reference_begin(&scan->reference, &scan->table, &scan->builder, reader->offset,
                         reader->offset);
    scan->reference.streaming = true;
    scan->reference.open.r.oversize = true;
    reader->phase = PHASE_OVERSIZE;
    scan->too_long = false;
    reader->retry_at = 0;
}

/* Puts the record into the batch although it goes on: its facts so far belong to it. */
static void report_unfinished(struct csvk_scan *scan)
{
    struct csvk_record record = scan->reference.open.r;
    record.unfinished = true;
    record.first_fact = 0;
    record.nfacts = (uint32_t)scan->builder.nfacts;
    csvk_batch_builder_add_record(&scan->builder, &record);
}

static bool oversize_is_padding(const struct csvk_reference_parser *reference)
{
    return reference->nul_run.length != 0 &&
           reference->nul_run.length == reference->position - reference->open.r.offset;
}

static void finish_oversize(struct csvk_reader *reader)
{
    struct csvk_reference_parser *reference = &reader->scan.reference;
    if (oversize_is_padding(reference)) {
        csvk_record_abandon(&reference->open, &reader->scan.builder);
        report_fact(reader, CSVK_FACT_NUL_PADDING_AT_EOF, reference->open.r.offset,
                    reference->nul_run.length, 0);
        finish(reader, reference->open.r.offset);
        return;
    }
    size_t used = 0;
    csvk_reference_feed(reference, window_begin(reader), 0, true, &used);
    reader->unclosed = reference->unclosed;
    finish(reader, reference->position);
}

/* Feeds a piece of the window to the reference parser; at most one record ends in a call. */
static void oversize(struct csvk_reader *reader)
{
    struct csvk_reference_parser *reference = &reader->scan.reference;
    csvk_batch_builder_clear(&reader->scan.builder);
    if (reader->at_end) {
        trim_ctrl_z(reader); /* may tell a fact, which is not the record's */
    }
    reference->open.fields_mark = 0;
    reference->open.facts_mark = reader->scan.builder.nfacts;
    reference->open.r.first_fact = (uint32_t)reader->scan.builder.nfacts;
    size_t n = available(reader);
    bool last = reader->at_end && n <= OVERSIZE_PIECE;
    n = n <= OVERSIZE_PIECE ? n : OVERSIZE_PIECE;
    if (!reader->at_end && n != 0 && window_begin(reader)[n - 1] == 0x1a) {
        n--; /* is it the last byte of the file? */
    }
    size_t used = 0;
    bool complete = false;
    if (n != 0) {
        bool begins = reference->position == reference->open.r.offset;
        bool padding =
            (begins || oversize_is_padding(reference)) && all_nul(window_begin(reader), n);
        complete = csvk_reference_feed(reference, window_begin(reader), n, last && !padding, &used);
        drop(reader, used);
    }
    if (complete) {
        reader->unclosed = reference->unclosed;
        reader->phase = PHASE_RECORDS;
    } else if (last) {
        finish_oversize(reader);
    } else {
        report_unfinished(&reader->scan);
    }
}

/* ---- batches ---- */

/* Nobody else can count lines of a record that was not kept. */
static void place_oversize(const struct csvk_reference_parser *reference, struct csvk_batch *batch)
{
    batch->last_line = reference->open.r.line + reference->open.lines;
    batch->last_line_begin = reference->line_begin;
    batch->surplus_line = reference->surplus_line;
    batch->surplus_line_begin = reference->surplus_line_begin;
}

static void hand_out(struct csvk_reader *reader, struct csvk_batch *batch,
                     const struct csvk_totals *before, size_t size)
{
    const struct csvk_batch_builder *builder = &reader->scan.builder;
    *batch = (struct csvk_batch){.bytes = window_begin(reader),
                                 .size = size,
                                 .offset = reader->offset,
                                 .first_record = before->records + 1,
                                 .nrecords = reader->scan.table.totals.records - before->records,
                                 .first_line = before->lines + 1,
                                 .nlines = reader->scan.table.totals.lines - before->lines,
                                 .records = builder->records,
                                 .nreported = builder->nrecords,
                                 .fields = builder->fields,
                                 .nfields = builder->nfields,
                                 .facts = builder->facts,
                                 .nfacts = builder->nfacts,
                                 .record_end = builder->ends,
                                 .counted = builder->counted};
    if (builder->nrecords != 0 && builder->records[builder->nrecords - 1].oversize) {
        place_oversize(&reader->scan.reference, batch);
    }
    reader->batch_bytes = size;
    reader->scan.table.totals.bytes = reader->bytes_read;
}

/* More than the longest record that is kept; of an incomplete one the last two bytes may belong to
 * its line break. */
static bool is_over_full(const struct csvk_reader *reader)
{
    size_t n = available(reader);
    return n > 2 && n - 2 > reader->options.max_record;
}

/* Examines what is in the window. Returns bytes to hand out; 0 with nothing to report: more is
 * needed.
 */
static size_t examine(struct csvk_reader *reader)
{
    size_t n = available(reader);
    size_t used = 0;
    if (n >= reader->retry_at || reader->at_end || is_over_full(reader)) {
        if (reader->at_end) {
            trim_ctrl_z(reader);
            n = available(reader);
        }
        used = csvk_scan(&reader->scan, window_begin(reader), n, false, reader->offset);
        reader->retry_at = used != 0 ? 0 : 2 * n - csvk_scan_passed(&reader->scan);
    }
    if (used == 0 && reader->at_end && !reader->scan.too_long) {
        used = last_records(reader);
    }
    return used;
}

static bool anything_reported(const struct csvk_reader *reader, const struct csvk_totals *before)
{
    return reader->scan.builder.nfacts != 0 || reader->scan.builder.nrecords != 0 ||
           reader->scan.table.totals.records != before->records;
}

static int next_in_oversize(struct csvk_reader *reader, struct csvk_batch *batch,
                            struct csvk_error *err)
{
    struct csvk_totals before = reader->scan.table.totals;
    if (!reader->at_end && available(reader) < OVERSIZE_PIECE) {
        int status = read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    oversize(reader);
    if (reader->scan.builder.failed) {
        return out_of_memory(reader, err);
    }
    hand_out(reader, batch, &before, 0);
    batch->bytes = NULL;
    return CSVK_OK;
}

static int next_records(struct csvk_reader *reader, struct csvk_batch *batch,
                        struct csvk_error *err)
{
    struct csvk_totals before = reader->scan.table.totals;
    for (;;) {
        size_t used = examine(reader);
        if (reader->scan.builder.failed) {
            return out_of_memory(reader, err);
        }
        if (used != 0 || reader->phase == PHASE_DONE || anything_reported(reader, &before)) {
            hand_out(reader, batch, &before, used);
            return CSVK_OK;
        }
        if (reader->scan.too_long || is_over_full(reader)) { /* whatever was read at once */
            if (reader->options.detail != CSVK_COUNTS) {
                return too_long(reader, err);
            }
            begin_oversize(reader);
            return next_in_oversize(reader, batch, err);
        }
        int status = read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
}

int csvk_reader_next(struct csvk_reader *reader, struct csvk_batch *batch, struct csvk_error *err)
{
    drop(reader, reader->batch_bytes);
    reader->batch_bytes = 0;
    csvk_batch_builder_clear(&reader->scan.builder);
    csvk_scan_forget(&reader->scan);
    shrink(reader);
    if (reader->phase == PHASE_DONE) {
        return CSVK_END;
    }
    if (reader->phase == PHASE_OVERSIZE) {
        return next_in_oversize(reader, batch, err);
    }
    if (reader->phase == PHASE_START) {
        int status = start(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
        if (reader->phase == PHASE_DONE) {
            struct csvk_totals before = reader->scan.table.totals;
            hand_out(reader, batch, &before, 0);
            return CSVK_OK;
        }
    }
    return next_records(reader, batch, err);
}
