/*
 * ahead.c - examines pieces of the input before the reader comes to them, and hands them out as its
 * batches. See ahead.h.
 *
 *      slack | last byte of the block before | block | the first bytes of the next block | slack
 *            ^ data                           ^ from
 *
 * The first bytes of the next block are there to find where the last record of this one ends, by
 * the same guess, from the same bytes, as the one by which the next chunk finds its beginning.
 *
 * Invariant: a chunk's numbers count from the chunk's beginning, its offsets from that of the
 * input.
 */
#include "csvkit/parse/ahead.h"

#include "csvkit/parse/cut.h"
#include "csvkit/parse/reader_private.h"

#include <string.h>

/* No record of a chunk is the first one, so its numbers begin after this one. */
#define RECORDS_BEFORE 1

/*
 * A chunk ends after so many reported records or facts, at CSVK_FIELDS after so many records: what
 * is in memory for it must have a bound. The rest is read by the reader itself. What one step of
 * the scan adds at most is left below a power of two, so that the arrays do not double once more
 * for it.
 */
#define ENOUGH_IN_CHUNK  960
#define ENOUGH_OF_FIELDS 8192

struct csvk_chunk {
    struct csvk_scan scan;
    struct csvk_table plan; /* the table as it was known when the chunk was planned */
    unsigned char *data;    /* with slack before and after it */
    size_t block;
    uint64_t from;             /* of the block */
    uint64_t begin, end;       /* CSVK_NOWHERE: not known */
    size_t used;               /* bytes of whole records from `begin` on */
    struct csvk_needle needle; /* a copy of the reader's when the chunk was planned */
    bool lacks;                /* the records do not hold it */
};

/* ---- chunks ---------------------------------------------------------------------------------- */

int csvk_chunk_new(struct csvk_chunk **out, const struct csvk_reader *reader, size_t block,
                   struct csvk_error *err)
{
    struct csvk_chunk *chunk = csvk_calloc(1, sizeof *chunk);
    int status = chunk != NULL ? csvk_scan_init(&chunk->scan, &reader->options, err) : CSVK_ENOMEM;
    if (status != CSVK_OK) {
        csvk_chunk_free(chunk);
        return status == CSVK_ENOMEM ? csvk_fail(err, status, "out of memory") : status;
    }
    const struct csvk_scan *scan = &reader->scan;
    chunk->block = block;
    chunk->scan.most = scan->most;
    chunk->scan.most_facts = scan->most_facts;
    chunk->scan.most_fields = scan->most_fields;
    chunk->scan.enough = reader->options.detail == CSVK_FIELDS ? ENOUGH_OF_FIELDS : ENOUGH_IN_CHUNK;
    *out = chunk;
    return CSVK_OK;
}

void csvk_chunk_free(struct csvk_chunk *chunk)
{
    if (chunk != NULL) {
        csvk_scan_release(&chunk->scan);
        csvk_free(chunk);
    }
}

void csvk_chunk_plan(struct csvk_chunk *chunk, const struct csvk_reader *reader, uint64_t from)
{
    chunk->from = from;
    chunk->begin = chunk->end = CSVK_NOWHERE;
    chunk->used = 0;
    chunk->lacks = false;
    if (chunk->needle.bytes.len == 0) {
        chunk->needle = reader->needle;
    }
    chunk->plan = reader->scan.table;
    chunk->plan.totals = (struct csvk_totals){.records = RECORDS_BEFORE,
                                              .width = reader->scan.table.totals.width,
                                              .eol_mode = reader->scan.table.totals.eol_mode};
    chunk->scan.no_comment_to = 0;
    chunk->scan.builder.only_counted = reader->scan.builder.only_counted;
}

size_t csvk_chunk_memory(size_t block)
{
    size_t size = block + CSVK_CUT_LONGER_LOOK + (size_t)2 * CSVK_SCAN_SLACK + CSVK_CACHE_LINE;
    return (size + CSVK_CACHE_LINE - 1) / CSVK_CACHE_LINE * CSVK_CACHE_LINE;
}

unsigned char *csvk_chunk_room(struct csvk_chunk *chunk, unsigned char *memory, uint64_t *from,
                               size_t *length)
{
    *from = chunk->from - 1;
    uintptr_t wanted = (uintptr_t)*from, there = (uintptr_t)memory + CSVK_SCAN_SLACK;
    chunk->data = memory + (wanted - there) % CSVK_CACHE_LINE;
    *length = chunk->block + CSVK_CUT_LOOK;
    return chunk->data + CSVK_SCAN_SLACK;
}

/*
 * Where a record seems to begin among the bytes from `at` on. *more: there are too few of them to
 * tell, unless the input ends with them.
 */
static uint64_t cut_after(const struct csvk_chunk *chunk, size_t at, size_t length, bool *more)
{
    const unsigned char *bytes = chunk->data + CSVK_SCAN_SLACK + at;
    size_t there = length - at, look = there < CSVK_CUT_LOOK ? there : CSVK_CUT_LOOK;
    size_t cut = csvk_find_cut(bytes, look, &chunk->plan.dialect);
    if (cut == CSVK_NO_CUT && there > look) {
        look = there < CSVK_CUT_LONGER_LOOK ? there : CSVK_CUT_LONGER_LOOK;
        cut = csvk_find_cut(bytes, look, &chunk->plan.dialect);
    }
    *more = cut == CSVK_NO_CUT && look == CSVK_CUT_LOOK;
    return cut != CSVK_NO_CUT ? chunk->from - 1 + at + cut : CSVK_NOWHERE;
}

/* Finds the place. False: more bytes are needed. */
static bool find_place(struct csvk_chunk *chunk, size_t length)
{
    bool more = false;
    chunk->end =
        length > chunk->block ? cut_after(chunk, chunk->block, length, &more) : CSVK_NOWHERE;
    if (more) {
        return false;
    }
    chunk->begin = cut_after(chunk, 0, length, &more);
    return true;
}

size_t csvk_chunk_examine(struct csvk_chunk *chunk, size_t length)
{
    struct csvk_scan *scan = &chunk->scan;
    if (!find_place(chunk, length)) {
        return chunk->block + CSVK_CUT_LONGER_LOOK;
    }
    csvk_batch_builder_clear(&scan->builder);
    scan->builder.failed = false;
    scan->table = chunk->plan;
    if (chunk->begin == CSVK_NOWHERE || chunk->end == CSVK_NOWHERE || chunk->begin >= chunk->end) {
        return 0;
    }
    size_t first = (size_t)(chunk->begin - (chunk->from - 1));
    chunk->used = csvk_scan(scan, chunk->data + CSVK_SCAN_SLACK + first,
                            (size_t)(chunk->end - chunk->begin), false, chunk->begin);
    csvk_scan_forget(scan);
    if (scan->builder.failed) {
        chunk->used = 0; /* without memory the reader does it, and says so when it has none */
    }
    chunk->lacks = chunk->needle.bytes.len != 0 &&
                   csvk_needle_find(&chunk->needle, chunk->data + CSVK_SCAN_SLACK + first,
                                    chunk->used) == NULL;
    return 0;
}

uint64_t csvk_chunk_begin(const struct csvk_chunk *chunk)
{
    return chunk->begin;
}

uint64_t csvk_chunk_end(const struct csvk_chunk *chunk)
{
    return chunk->end;
}

/* Width and kind of line break stay as they are once they are known, and no chunk was planned
   before (can_plan). */
size_t csvk_chunk_taken(const struct csvk_chunk *chunk, const struct csvk_reader *reader)
{
    return chunk->plan.mixed_reported == reader->scan.table.mixed_reported ? chunk->used : 0;
}

/* ---- the reader's side ----------------------------------------------------------------------- */

int csvk_reader_read_ahead(struct csvk_reader *reader, const struct csvk_ahead *ahead,
                           struct csvk_error *err)
{
    if (reader->source == NULL || reader->ahead.free != NULL || reader->phase != PHASE_START) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "only a reader with a source, and before its first batch, reads ahead");
    }
    reader->ahead = *ahead;
    return CSVK_OK;
}

int csvk_reader_look_for(struct csvk_reader *reader, struct csvk_bytes bytes,
                         struct csvk_error *err)
{
    struct csvk_needle needle = {.bytes.len = bytes.len};
    if (reader->ahead.take == NULL) {
        return CSVK_OK; /* there is nobody who would do it */
    }
    unsigned char *own = csvk_malloc(bytes.len);
    if (own != NULL) {
        memcpy(own, bytes.ptr, bytes.len);
        needle.bytes.ptr = own;
    }
    if (own == NULL || csvk_needle_prepare(&needle) != CSVK_OK) {
        csvk_free(own);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    reader->needle = needle;
    return CSVK_OK;
}

bool csvk_reader_lacks(const struct csvk_reader *reader)
{
    return reader->lacks;
}

size_t csvk_reader_window(const struct csvk_reader *reader)
{
    return reader->options.window;
}

struct csvk_source *csvk_reader_source(const struct csvk_reader *reader)
{
    return reader->source;
}

/* Is everything known that a chunk is examined with? */
static bool can_plan(const struct csvk_reader *reader)
{
    const struct csvk_table *table = &reader->scan.table;
    return reader->ahead.take != NULL && reader->phase == PHASE_RECORDS && table->begun &&
           table->totals.width != 0 && table->totals.eol_mode != CSVK_EOL_NONE;
}

size_t csvk_reader_piece(const struct csvk_reader *reader)
{
    size_t window = reader->options.window;
    if (!can_plan(reader)) {
        return window;
    }
    uint64_t position = reader->offset + available(reader);
    uint64_t left = reader->ahead.limit(reader->ahead.context, position) - position;
    return left < window ? (size_t)left : window;
}

/* Numbers of the chunk become those of the input. */
static void count_on(struct csvk_batch_builder *builder, uint64_t records, uint64_t lines)
{
    for (size_t i = 0; i < builder->nrecords; i++) {
        builder->records[i].number += records;
        builder->records[i].line += lines;
    }
    for (size_t i = 0; i < builder->nfacts; i++) {
        builder->facts[i].record += builder->facts[i].record != 0 ? records : 0;
    }
}

/* The table after the chunk. Its width and kind of line break are known, so they stay. */
static void add_totals(struct csvk_table *table, const struct csvk_table *chunk)
{
    struct csvk_totals *to = &table->totals;
    const struct csvk_totals *more = &chunk->totals;
    to->records += more->records - RECORDS_BEFORE;
    to->lines += more->lines;
    for (size_t i = 0; i < sizeof to->eol / sizeof to->eol[0]; i++) {
        to->eol[i] += more->eol[i];
    }
    table->mixed_reported = chunk->mixed_reported;
}

static void hand_out_chunk(struct csvk_reader *reader, struct csvk_chunk *chunk)
{
    struct csvk_batch_builder *builder = &chunk->scan.builder;
    struct csvk_totals before = reader->scan.table.totals;
    count_on(builder, before.records - RECORDS_BEFORE, before.lines);
    add_totals(&reader->scan.table, &chunk->scan.table);
    size_t first = (size_t)(chunk->begin - (chunk->from - 1));
    csvk_reader_make_batch(reader, builder, &before, chunk->used);
    reader->batch.bytes = chunk->data + CSVK_SCAN_SLACK + first;
    reader->lacks = chunk->lacks;
    reader->offset += chunk->used;
    reader->bytes_read += chunk->used;
    reader->scan.table.totals.bytes = reader->bytes_read;
}

bool csvk_reader_take_chunk(struct csvk_reader *reader)
{
    if (available(reader) != 0 || reader->at_end || !can_plan(reader)) {
        return false;
    }
    struct csvk_chunk *chunk = reader->ahead.take(reader->ahead.context, reader->offset);
    if (chunk != NULL) {
        hand_out_chunk(reader, chunk);
    }
    return chunk != NULL;
}
