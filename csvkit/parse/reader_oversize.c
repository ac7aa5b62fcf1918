/*
 * reader_oversize.c - streams a record that is longer than what is kept in memory.
 *
 * The reference parser needs no memory for a record, so it reads one of any length, a piece at a
 * time. Each piece makes a batch: the record, marked as unfinished as long as it goes on, and the
 * facts that the piece has added. No fields are reported, and facts come with their lines and
 * columns, since nobody can look at the bytes again.
 *
 * At the end of the input two things are not data, as everywhere (doc/reading.md A25): a final 1A,
 * and NUL bytes in place of a last record. Both are known only when nothing follows, so a piece
 * never ends with 1A before that, and a record of NUL bytes alone stays undecided.
 */
#include "csvkit/parse/reader_private.h"

void csvk_reader_begin_oversize(struct csvk_reader *reader)
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

/* True when the record has held nothing but NUL bytes so far. */
static bool oversize_is_padding(const struct csvk_reference_parser *reference)
{
    return reference->nul_run.length != 0 &&
           reference->nul_run.length == reference->position - reference->open.r.offset;
}

/* The input ends with the record, or the record turns out to be none. */
static void finish_oversize(struct csvk_reader *reader)
{
    struct csvk_reference_parser *reference = &reader->scan.reference;
    if (oversize_is_padding(reference)) {
        csvk_record_abandon(&reference->open, &reader->scan.builder);
        report_fact(reader, CSVK_FACT_NUL_PADDING_AT_EOF, reference->open.r.offset,
                    reference->nul_run.length, 0);
        csvk_reader_finish(reader, reference->open.r.offset);
        return;
    }
    size_t used = 0;
    csvk_reference_feed(reference, window_begin(reader), 0, true, &used);
    reader->unclosed = reference->unclosed;
    csvk_reader_finish(reader, reference->position);
}

void csvk_reader_read_piece(struct csvk_reader *reader)
{
    struct csvk_reference_parser *reference = &reader->scan.reference;
    csvk_batch_builder_clear(&reader->scan.builder);
    if (reader->at_end) {
        csvk_reader_trim_ctrl_z(reader); /* may report a fact, which is not the record's */
    }
    /* The batch is a new one: what the record has in it begins here. */
    reference->open.fields_mark = 0;
    reference->open.facts_mark = reader->scan.builder.nfacts;
    reference->open.r.first_fact = (uint32_t)reader->scan.builder.nfacts;
    size_t n = available(reader);
    bool last = reader->at_end && n <= OVERSIZE_PIECE;
    n = n <= OVERSIZE_PIECE ? n : OVERSIZE_PIECE;
    if (!reader->at_end && n != 0 && window_begin(reader)[n - 1] == 0x1a) {
        n--; /* it may be the last byte of the file, and no data then */
    }
    size_t used = 0;
    bool complete = false;
    reader->piece = (struct csvk_bytes){window_begin(reader), 0};
    if (n != 0) {
        bool begins = reference->position == reference->open.r.offset;
        bool padding =
            (begins || oversize_is_padding(reference)) && all_nul(window_begin(reader), n);
        complete = csvk_reference_feed(reference, window_begin(reader), n, last && !padding, &used);
        reader->piece.ptr = padding ? NULL : reader->piece.ptr;
        reader->piece.len = padding ? 0 : used;
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

void csvk_reader_place_oversize(const struct csvk_reference_parser *reference,
                                struct csvk_batch *batch)
{
    batch->last_line = reference->open.r.line + reference->open.lines;
    batch->last_line_begin = reference->line_begin;
    batch->surplus_line = reference->surplus_line;
    batch->surplus_line_begin = reference->surplus_line_begin;
}
