/*
 * sample_bytes.c - the bytes of the sample: which they are, and where they were.
 *
 * The sample is the first 64 KiB of records, byte for byte. Comments that were set aside are no
 * part of it, so it is a text with gaps; each gap has its place in the sample, and the bytes and
 * lines that are missing there. What the sample shows is what it would show of a file without
 * comments.
 */
#include "validator/judge.h"
#include "csvkit/io/partial_io.h"

#include <string.h>

static struct sample_gap gap_at(const struct csvk_validator *v, size_t index)
{
    struct sample_gap gap;
    memcpy(&gap, v->sample_gaps.data + index * sizeof gap, sizeof gap);
    return gap;
}

static size_t gap_count(const struct csvk_validator *v)
{
    return v->sample_gaps.length / sizeof(struct sample_gap);
}

static void widen(struct sample_gap *gap, const struct sample_gap *by)
{
    gap->bytes += by->bytes;
    gap->lines += by->lines;
}

/* Records go on behind the gap that is open, if there is one: its place is `at`. */
static void close_gap(struct csvk_validator *v, size_t at)
{
    struct sample_gap gap = v->sample_open;
    gap.at = at;
    if (gap.bytes != 0 && csvk_buf_add(&v->sample_gaps, &gap, sizeof gap) != CSVK_OK) {
        v->failed = true;
    }
    v->sample_open = (struct sample_gap){0, 0, 0};
}

/* The sample begins with the comments before the first record. */
static void begin(struct csvk_validator *v, uint64_t offset)
{
    if (v->sample.length == 0 && v->sample_open.bytes == 0) {
        v->sample_offset = offset;
    }
}

static size_t add_bytes(struct csvk_validator *v, struct csvk_bytes bytes)
{
    size_t room = SAMPLE_BYTES - v->sample.length;
    size_t take = bytes.len < room ? bytes.len : room;
    if (bytes.ptr != NULL && csvk_buf_add(&v->sample, bytes.ptr, take) != CSVK_OK) {
        v->failed = true;
    }
    return room - take;
}

/* Whether a record is too long to be kept must not show: it may depend on where reads end. */
void sample_feed(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    const struct sample_gap gap = {0, b->comment_bytes, b->comment_lines};
    bool oversize = b->bytes == NULL;
    struct csvk_bytes bytes = {oversize ? b->piece : b->bytes, oversize ? b->piece_size : b->size};
    begin(v, b->offset - b->comment_bytes);
    widen(&v->sample_open, &gap);
    if (bytes.len != 0) {
        close_gap(v, v->sample.length);
        v->sample_closed = add_bytes(v, bytes) == 0;
    } else if (oversize && bytes.ptr == NULL && b->nreported != 0) {
        v->sample_closed = true; /* bytes of which nobody knows whether they are data */
    }
}

void sample_merge(struct csvk_validator *left, const struct csvk_validator *right)
{
    if (left->sample_closed) {
        return;
    }
    const size_t seam = left->sample.length;
    begin(left, left->totals.bytes + right->sample_offset);
    for (size_t i = 0; i < gap_count(right); i++) {
        struct sample_gap gap = gap_at(right, i);
        if (gap.at != 0) {
            close_gap(left, seam);
        }
        widen(&left->sample_open, &gap);
        close_gap(left, seam + gap.at);
    }
    if (right->sample.length != 0) {
        close_gap(left, seam);
    }
    size_t room = add_bytes(left, (struct csvk_bytes){right->sample.data, right->sample.length});
    widen(&left->sample_open, &right->sample_open);
    left->sample_closed = right->sample_closed || room == 0;
}

/* ---- where they were ------------------------------------------------------------------------- */

static uint64_t count_lines(const unsigned char *bytes, size_t size)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < size; i++) {
        lines += bytes[i] == '\n' || (bytes[i] == '\r' && !(i + 1 < size && bytes[i + 1] == '\n'));
    }
    return lines;
}

/* The stretch without a gap that has the byte `at`, as a batch. *line_begin: of its first line. */
static struct csvk_batch stretch_at(const struct csvk_validator *v, size_t at, uint64_t *line_begin)
{
    struct sample_gap before = {0, 0, 0};
    size_t i = 0, end = v->sample.length;
    for (; i < gap_count(v) && gap_at(v, i).at <= at; i++) {
        struct sample_gap gap = gap_at(v, i);
        before.at = gap.at;
        widen(&before, &gap);
    }
    if (i < gap_count(v) && gap_at(v, i).at < end) {
        end = gap_at(v, i).at;
    }
    size_t first = (size_t)before.at;
    struct csvk_batch stretch = {.bytes = v->sample.data != NULL ? v->sample.data + first : NULL,
                                 .size = end - first,
                                 .offset = v->sample_offset + first + before.bytes,
                                 .first_line =
                                     1 + before.lines + count_lines(v->sample.data, first)};
    *line_begin = i != 0 ? stretch.offset : 0; /* a byte order mark belongs to the first line */
    return stretch;
}

uint64_t sample_comment_lines(const struct csvk_validator *v, size_t at)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < gap_count(v) && gap_at(v, i).at <= at; i++) {
        lines += gap_at(v, i).lines;
    }
    return lines;
}

/* Line and excerpt are taken from the sample, because the batch is gone. */
struct csvk_finding *sample_add_finding(struct csvk_validator *v, enum rule_index rule,
                                        size_t begin, size_t length)
{
    struct csvk_batch stretch = stretch_at(v, begin, &v->line_start);
    const struct csvk_batch *batch = v->batch;
    v->batch = &stretch;
    v->record = NULL;
    v->mark_line = 0;
    size_t from = stretch.bytes != NULL ? (size_t)(stretch.bytes - v->sample.data) : 0;
    struct place place = {stretch.offset + (begin - from), length, 0, 0};
    struct csvk_finding *f = judge_add(v, rule, &place);
    v->batch = batch;
    v->mark_line = 0;
    return f;
}

/* ---- in the file of a part ------------------------------------------------------------------- */

static void pass_gap(struct partial_io *io, struct sample_gap *gap)
{
    partial_number(io, &gap->at);
    partial_number(io, &gap->bytes);
    partial_number(io, &gap->lines);
}

void sample_pass(struct partial_io *io, struct csvk_validator *v)
{
    partial_buf(io, &v->sample);
    if (v->sample.length > SAMPLE_BYTES) {
        partial_io_damaged(io);
    }
    partial_flag(io, &v->sample_closed);
    partial_number(io, &v->sample_offset);
    uint64_t count = partial_up_to(io, gap_count(v), SAMPLE_BYTES);
    pass_gap(io, &v->sample_open);
    for (uint64_t i = 0; i < count && io->status == CSVK_OK; i++) {
        struct sample_gap gap = {0, 0, 0};
        bool reads = partial_io_reads(io);
        gap = reads ? gap : gap_at(v, (size_t)i);
        pass_gap(io, &gap);
        if (gap.at > v->sample.length) {
            partial_io_damaged(io);
        }
        if (reads && csvk_buf_add(&v->sample_gaps, &gap, sizeof gap) != CSVK_OK) {
            partial_io_out_of_memory(io);
        }
    }
}
