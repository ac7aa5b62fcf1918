/*
 * finding_place.c - line, column and excerpt of a finding that is kept.
 *
 * The idea. A finding has only the number of its byte; its line is counted from the nearest place
 * whose line is known, the mark. That is the place of the finding before (findings of a record come
 * in order of their bytes), the first byte of the record, or the first byte of the batch. A line
 * ends with CRLF, LF or CR, inside enclosures too. When a record is too large to be in memory, the
 * batch itself has the lines that matter.
 */
#include "validator/judge.h"

#include <string.h>

#define EXCERPT_SIDE 80 /* bytes shown on either side of the place */

static void set_mark(struct csvk_validator *v, uint64_t offset, uint64_t line, uint64_t line_start)
{
    v->mark_offset = offset;
    v->mark_line = line;
    v->mark_line_start = line_start;
}

/* Puts the mark on the best known place at or before `byte`. */
static void choose_mark(struct csvk_validator *v, uint64_t byte)
{
    const struct csvk_record *r = v->record;
    uint64_t origin = r != NULL && byte >= r->offset ? r->offset : v->batch->offset;
    if (v->mark_line != 0 && v->mark_offset <= byte && v->mark_offset >= origin) {
        return;
    }
    if (r != NULL && byte >= r->offset) {
        set_mark(v, r->offset, r->line, r->line == 1 ? 0 : r->offset);
    } else {
        set_mark(v, v->batch->offset, v->batch->first_line, v->line_start);
    }
}

/* Puts the mark on the line of `byte` in a record that is not in memory. */
static void mark_oversize(struct csvk_validator *v, uint64_t byte)
{
    const struct csvk_batch *b = v->batch;
    const struct csvk_record *r = v->record;
    set_mark(v, r->offset, r->line, r->line == 1 ? 0 : r->offset);
    if (b->last_line > r->line && byte >= b->last_line_begin) {
        set_mark(v, b->last_line_begin, b->last_line, b->last_line_begin);
    } else if (b->surplus_line > r->line && byte >= b->surplus_line_begin) {
        set_mark(v, b->surplus_line_begin, b->surplus_line, b->surplus_line_begin);
    }
}

/* Moves the mark over all line breaks that end at or before `byte`. */
static void advance_mark(struct csvk_validator *v, uint64_t byte)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || v->mark_offset < b->offset) {
        return;
    }
    size_t at = (size_t)(v->mark_offset - b->offset);
    size_t until = byte - b->offset < b->size ? (size_t)(byte - b->offset) : b->size;
    for (; at < until; at++) {
        unsigned char c = b->bytes[at];
        if (c == '\n' || (c == '\r' && !(at + 1 < b->size && b->bytes[at + 1] == '\n'))) {
            v->mark_line++;
            v->mark_line_start = b->offset + at + 1;
        }
    }
    v->mark_offset = b->offset + at;
}

/* The column of `byte` in code points. Bytes before the batch, such as a byte order mark, and stray
   continuation bytes do not count. */
static uint64_t count_chars(const struct csvk_batch *b, uint64_t line_start, uint64_t byte)
{
    if (b->bytes == NULL || byte < b->offset || byte - b->offset > b->size) {
        return byte - line_start + 1;
    }
    size_t at = line_start > b->offset ? (size_t)(line_start - b->offset) : 0;
    size_t until = (size_t)(byte - b->offset);
    uint64_t chars = 1;
    for (; at < until; at++) {
        chars += (b->bytes[at] & 0xC0) != 0x80;
    }
    return chars;
}

static bool is_break(unsigned char c)
{
    return c == '\n' || c == '\r';
}

/* Copies the part of the line around the place; no code point is cut in two. */
static void cut_excerpt(struct csvk_validator *v, struct csvk_finding *f)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || f->byte < b->offset || f->byte - b->offset > b->size) {
        return;
    }
    size_t place = (size_t)(f->byte - b->offset);
    size_t first = v->mark_line_start > b->offset ? (size_t)(v->mark_line_start - b->offset) : 0;
    size_t begin = place - first > EXCERPT_SIDE ? place - EXCERPT_SIDE : first;
    while (begin > first && begin < place && (b->bytes[begin] & 0xC0) == 0x80) {
        begin++;
    }
    size_t end = place;
    while (end < b->size && end - place < EXCERPT_SIDE && !is_break(b->bytes[end])) {
        end++;
    }
    f->cut_before = begin > first;
    f->cut_behind = end < b->size && !is_break(b->bytes[end]);
    while (f->cut_behind && end > place && (b->bytes[end] & 0xC0) == 0x80) {
        end--;
    }
    f->excerpt = csvk_malloc(end - begin + 1);
    if (f->excerpt == NULL) {
        v->failed = true;
        return;
    }
    memcpy(f->excerpt, b->bytes + begin, end - begin);
    f->excerpt_length = end - begin;
    f->excerpt_place = place - begin;
}

void judge_locate(struct csvk_validator *v, struct csvk_finding *f)
{
    if (v->batch == NULL) {
        return;
    }
    const struct csvk_record *r = v->record;
    if (r != NULL && r->oversize && f->byte >= r->offset) {
        mark_oversize(v, f->byte);
    } else if (f->byte < v->batch->offset) { /* the byte order mark comes before the first batch */
        f->line = 1;
        f->column = f->column_chars = f->byte + 1;
        return;
    } else {
        choose_mark(v, f->byte);
        advance_mark(v, f->byte);
    }
    f->line = v->mark_line;
    f->column = f->byte - v->mark_line_start + 1;
    f->column_chars = count_chars(v->batch, v->mark_line_start, f->byte);
    cut_excerpt(v, f);
}

/* Sets v->line_start: where the line begins that the next batch goes on with. Most often that is
   the first byte after this batch. */
void judge_locate_end_of_batch(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    const struct csvk_record *r = b->nreported != 0 ? &b->records[b->nreported - 1] : NULL;
    if (r != NULL && r->oversize) {
        v->line_start = r->unfinished || r->eol == CSVK_EOL_NONE ? b->last_line_begin : b->offset;
    }
    if (b->size == 0) {
        return;
    }
    size_t at = b->size;
    while (b->bytes != NULL && at > 0 && !is_break(b->bytes[at - 1])) {
        at--;
    }
    if (at > 0) {
        v->line_start = b->offset + at;
    }
}
