/*
 * reader.c - the reader: the only owner of a window over a source. It has bytes put into the window
 * (reader_window.c), has whole records examined by the scan, and keeps the unfinished tail, which
 * moves to the front at the next call.
 *
 *      slack |  carried tail  |  freshly read  | slack
 *            ^begin                            ^end
 *
 * Invariants. Bytes [begin, end) have been read and not been reported. `offset` is the absolute
 * offset of `begin`, which always starts a record, except while an oversize record is streamed. A
 * record that is incomplete is tried again only when there are as many new bytes as bytes that have
 * to be looked at again (none, as a rule), so the work stays linear. Records longer than the limit
 * go through the reference parser, which needs no memory for them (reader_oversize.c). Comments are
 * passed before a batch begins (reader_comments.c), so none is in it.
 *
 * The end of the input needs care: a final 1A, and NUL bytes in place of a last record, are not
 * data (doc/reading.md A25); and what a final CR means is known only there.
 */
#include "csvkit/parse/reader_private.h"

#include "csvkit/base/sized.h"

#include <string.h>

/*
 * Bytes that are read at a time. The kernel copies large pieces for less; where all fields are
 * reported, their list must stay small.
 */
#define DEFAULT_WINDOW (1024u * 1024)
#define FIELDS_WINDOW  (256u * 1024)

/*
 * A batch ends after so many records or facts, so that a flood of findings takes no memory either.
 * With CSVK_COUNTS few are reported, and fewer are enough: their bytes are still in the cache then.
 */
#define ENOUGH_REPORTED 2048
#define ENOUGH_COUNTING 256

/*
 * With CSVK_COUNTS a record with more bytes (COUNTS_MAX_RECORD), facts or fields than these is
 * streamed by the reference parser. So the memory has a limit, and facts come in pieces and are not
 * held in great numbers.
 */
#define MOST_FACTS  16384
#define MOST_FIELDS 131072

/* Offsets in a batch have 32 bits; a window and the slack must fit as well. */
#define LARGEST_RECORD (UINT64_C(0xffffffff) - (1u << 20))

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_options, reference_only, "csvk_options_init");

void csvk_options_init_sized(struct csvk_options *options, size_t size)
{
    const struct csvk_options defaults = {.size = sizeof defaults,
                                          .dialect = CSVK_DIALECT_RFC4180,
                                          .detail = CSVK_COUNTS,
                                          .facts = CSVK_FACTS_ALL};
    csvk_sized_init(&options_type, options, size, &defaults);
}

/* Puts the standard in place of what the caller has left open. */
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

static int new_reader(struct csvk_reader **out, const struct csvk_options *options,
                      struct csvk_error *err)
{
    struct csvk_reader *reader = csvk_calloc(1, sizeof *reader);
    if (reader == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_options_init(&reader->options);
    int status = csvk_sized_read(&options_type, &reader->options, options, err);
    if (status == CSVK_OK) {
        resolve_options(&reader->options);
        status = csvk_scan_init(&reader->scan, &reader->options, err);
    }
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

int csvk_reader_new(struct csvk_reader **out, struct csvk_source *source,
                    const struct csvk_options *options, struct csvk_error *err)
{
    int status = new_reader(out, options, err);
    if (status == CSVK_OK) {
        (*out)->source = source;
    }
    return status;
}

int csvk_reader_new_fed(struct csvk_reader **out, const char *name,
                        const struct csvk_options *options, struct csvk_error *err)
{
    char *copy = csvk_strdup(name);
    int status =
        copy != NULL ? new_reader(out, options, err) : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status != CSVK_OK) {
        csvk_free(copy);
        return status;
    }
    (*out)->name = copy;
    return CSVK_OK;
}

void csvk_reader_free(struct csvk_reader *reader)
{
    if (reader != NULL) {
        if (reader->ahead.free != NULL) {
            reader->ahead.free(reader->ahead.context);
        }
        csvk_free((void *)(uintptr_t)reader->needle.bytes.ptr);
        csvk_needle_release(&reader->needle);
        csvk_free(reader->name);
        csvk_scan_release(&reader->scan);
        csvk_free(reader->data);
        csvk_free(reader);
    }
}

void csvk_reader_only_count(struct csvk_reader *reader, uint32_t kinds)
{
    /* The reader itself looks for this kind in the batch (reported_unclosed). */
    reader->scan.builder.only_counted = kinds & ~CSVK_FACT_BIT(CSVK_FACT_UNCLOSED);
}

const struct csvk_totals *csvk_reader_totals(const struct csvk_reader *reader)
{
    return &reader->scan.table.totals;
}

/* ---- the start: byte order marks ---- */

/*
 * The byte order mark of UTF-16 or UTF-32 at the start of the input, 0 when there is none. UTF-32LE
 * comes first: its mark begins with that of UTF-16LE.
 */
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

/* Nothing can be parsed: reads to the end, so that the number of bytes is right. */
static int drain(struct csvk_reader *reader, struct csvk_error *err)
{
    while (!reader->at_end) {
        drop(reader, available(reader));
        int status = csvk_reader_read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    reader->begin = reader->end;
    return CSVK_OK;
}

/* Looks at the start of the input. A continuation of another input has no start of its own. */
static int start(struct csvk_reader *reader, struct csvk_error *err)
{
    while (available(reader) < 4 && !reader->at_end) {
        int status = csvk_reader_read_more(reader, err);
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
        reader->phase = PHASE_DRAIN;
        return CSVK_OK;
    }
    if (n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0) {
        report_fact(reader, CSVK_FACT_UTF8_BOM, 0, 3, 0);
        drop(reader, 3);
    }
    return CSVK_OK;
}

/* ---- the end: what is not data, and the last record ---- */

void csvk_reader_trim_ctrl_z(struct csvk_reader *reader)
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

void csvk_reader_finish(struct csvk_reader *reader, uint64_t end_of_data)
{
    const struct csvk_totals *totals = &reader->scan.table.totals;
    if (totals->records == 0 && reader->scan.builder.nfacts == 0 && !reader->options.continuation) {
        report_fact(reader, CSVK_FACT_EMPTY, 0, 0, 0);
    }
    if (reader->scan.table.totals.eol[CSVK_EOL_NONE] != 0 && !reader->unclosed) {
        report_fact(reader, CSVK_FACT_FINAL_EOL_MISSING, end_of_data, 0, 0);
    }
    reader->phase = PHASE_DONE;
}

/* True when the last record ended inside an enclosure; the fact is among the last ones. */
static bool reported_unclosed(const struct csvk_batch_builder *builder)
{
    for (size_t i = builder->nfacts; i > 0; i--) {
        if (builder->facts[i - 1].kind == CSVK_FACT_UNCLOSED) {
            return true;
        }
    }
    return false;
}

/*
 * Examines what is left after the last complete record; nothing follows it. Returns the bytes
 * taken.
 */
static size_t last_records(struct csvk_reader *reader)
{
    const unsigned char *b = window_begin(reader);
    size_t n = available(reader);
    size_t used = 0;
    if (all_nul(b, n)) {
        report_fact(reader, CSVK_FACT_NUL_PADDING_AT_EOF, reader->offset, n, 0);
        csvk_reader_finish(reader, reader->offset);
        return n;
    }
    if (n != 0) {
        /* At the end every record must be taken in this call. */
        reader->scan.enough = SIZE_MAX;
        used = csvk_scan(&reader->scan, b, n, true, reader->offset);
        if (reader->scan.too_long) {
            return used;
        }
        reader->unclosed = reported_unclosed(&reader->scan.builder);
    }
    csvk_reader_finish(reader, reader->offset + n);
    return used;
}

/* ---- batches ---- */

/*
 * Where records or fields are wanted, an oversize record is an error: all of its bytes would have
 * to be kept.
 */
static int too_long(const struct csvk_reader *reader, struct csvk_error *err)
{
    int status = csvk_fail(
        err, CSVK_ELIMIT,
        "%s: record %llu, which begins at byte %llu, is longer than %llu bytes, the most that is "
        "kept in memory; most often an enclosure in it is opened and never closed",
        csvk_reader_name(reader), (unsigned long long)reader->scan.table.totals.records + 1,
        (unsigned long long)reader->offset, (unsigned long long)reader->options.max_record);
    if (err != NULL) {
        err->offset = reader->offset;
    }
    return status;
}

void csvk_reader_make_batch(struct csvk_reader *reader, const struct csvk_batch_builder *builder,
                            const struct csvk_totals *before, size_t size)
{
    reader->batch =
        (struct csvk_batch){.bytes = window_begin(reader),
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
                            .counted = builder->counted,
                            .comment_bytes = reader->comments.bytes,
                            .comment_lines = reader->comments.lines,
                            .line_begin = reader->comments.line_begin};
    reader->comments = (struct csvk_comments){0};
    reader->lacks = false;
}

/* Makes the batch of what the builder holds, for the first `size` bytes of the window. */
static void hand_out(struct csvk_reader *reader, const struct csvk_totals *before, size_t size)
{
    const struct csvk_batch_builder *builder = &reader->scan.builder;
    csvk_reader_make_batch(reader, builder, before, size);
    if (builder->nrecords != 0 && builder->records[builder->nrecords - 1].oversize) {
        csvk_reader_place_oversize(&reader->scan.reference, &reader->batch);
    }
    reader->batch_bytes = size;
    reader->scan.table.totals.bytes = reader->bytes_read;
}

/*
 * True when the window holds more than the longest record that is kept. The last two bytes of an
 * incomplete record may belong to its line break.
 */
static bool is_over_full(const struct csvk_reader *reader)
{
    size_t n = available(reader);
    return n > 2 && n - 2 > reader->options.max_record;
}

/*
 * Examines what is in the window. Returns the bytes to hand out. 0 with nothing to report means
 * that more bytes are needed.
 */
static size_t examine(struct csvk_reader *reader)
{
    size_t n = available(reader);
    size_t used = 0;
    if (n >= reader->retry_at || reader->at_end || is_over_full(reader)) {
        if (reader->at_end) {
            csvk_reader_trim_ctrl_z(reader);
            n = available(reader);
        }
        used = csvk_scan(&reader->scan, window_begin(reader), n, false, reader->offset);
        /* As many new bytes as would be looked at again: n - passed. */
        reader->retry_at = used != 0 ? 0 : 2 * n - csvk_scan_passed(&reader->scan);
    }
    if (used == 0 && reader->at_end && !reader->scan.too_long) {
        used = last_records(reader);
    }
    return used;
}

/* True when there is something to hand out, be it a count. */
static bool anything_reported(const struct csvk_reader *reader, const struct csvk_totals *before)
{
    return reader->scan.builder.nfacts != 0 || reader->scan.builder.nrecords != 0 ||
           reader->scan.table.totals.records != before->records;
}

/* The next piece of an oversize record, as a batch without bytes: a whole one, so that where a
   record is cut does not depend on how much was read at once. */
static int next_in_oversize(struct csvk_reader *reader, struct csvk_error *err)
{
    struct csvk_totals before = reader->scan.table.totals;
    while (!reader->at_end && available(reader) < OVERSIZE_PIECE) {
        int status = csvk_reader_read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    csvk_reader_read_piece(reader);
    if (reader->scan.builder.failed) {
        return csvk_reader_out_of_memory(reader, err);
    }
    hand_out(reader, &before, 0);
    reader->batch.bytes = NULL;
    reader->batch.piece = reader->piece.ptr;
    reader->batch.piece_size = reader->piece.len;
    return CSVK_OK;
}

/*
 * The next batch of whole records. Reads until there is one, the input ends, or a record is
 * oversize.
 */
static int next_records(struct csvk_reader *reader, struct csvk_error *err)
{
    struct csvk_totals before = reader->scan.table.totals;
    for (;;) {
        int status = csvk_reader_pass_comments(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
        before.lines = reader->scan.table.totals.lines;
        if (csvk_reader_take_chunk(reader)) {
            return CSVK_OK;
        }
        size_t used = examine(reader);
        if (reader->scan.builder.failed) {
            return csvk_reader_out_of_memory(reader, err);
        }
        if (used != 0 || reader->phase == PHASE_DONE || anything_reported(reader, &before)) {
            hand_out(reader, &before, used);
            return CSVK_OK;
        }
        /* Two conditions, so that what is oversize does not depend on how much was read at once. */
        if (reader->scan.too_long || is_over_full(reader)) {
            if (reader->options.detail != CSVK_COUNTS) {
                return too_long(reader, err);
            }
            csvk_reader_begin_oversize(reader);
            return next_in_oversize(reader, err);
        }
        status = csvk_reader_read_more(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
}

/* The batch that was handed out is done with. After CSVK_HUNGRY there was none. */
static void forget_batch(struct csvk_reader *reader)
{
    if (reader->hungry) {
        reader->hungry = false;
        return;
    }
    drop(reader, reader->batch_bytes);
    reader->batch_bytes = 0;
    csvk_batch_builder_clear(&reader->scan.builder);
    csvk_scan_forget(&reader->scan);
    csvk_reader_shrink(reader);
}

/* Reads the rest of what cannot be parsed, and hands out what was found out about it. */
static int next_after_drain(struct csvk_reader *reader, struct csvk_error *err)
{
    struct csvk_totals before = reader->scan.table.totals;
    int status = drain(reader, err);
    if (status == CSVK_OK) {
        reader->phase = PHASE_DONE;
        hand_out(reader, &before, 0);
    }
    return status;
}

static int next_batch(struct csvk_reader *reader, struct csvk_error *err)
{
    forget_batch(reader);
    if (reader->phase == PHASE_DONE) {
        return CSVK_END;
    }
    if (reader->phase == PHASE_OVERSIZE) {
        return next_in_oversize(reader, err);
    }
    if (reader->phase == PHASE_START) {
        int status = start(reader, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return reader->phase == PHASE_DRAIN ? next_after_drain(reader, err) : next_records(reader, err);
}

int csvk_reader_next(struct csvk_reader *reader, const struct csvk_batch **batch,
                     struct csvk_error *err)
{
    int status = next_batch(reader, err);
    *batch = status == CSVK_OK ? &reader->batch : NULL;
    return status;
}
