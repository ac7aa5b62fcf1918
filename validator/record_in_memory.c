/*
 * record_in_memory.c - finds the fields of records that are in memory as a whole but whose fields
 * the reader has not reported: the header, the sample, and records that may be over a limit.
 *
 * It cuts fields where the reference parser does (csvkit/parse/grammar/reference_parser.c,
 * doc/reading.md), but reports no facts. When that grammar changes, this must change with it.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"

#include <string.h>

static bool at_line_end(const struct field_walk *w, size_t at)
{
    unsigned char c = w->bytes[at];
    if (c == '\n') {
        return true;
    }
    if (c != '\r') {
        return false;
    }
    return w->cr_ends || (at + 1 < w->size && w->bytes[at + 1] == '\n') ||
           (at + 2 < w->size && w->bytes[at + 1] == '\r' && w->bytes[at + 2] == '\n');
}

/* The byte after the closing enclosure; the end of the bytes when there is none. `at` is the byte
   after the opening enclosure. */
static size_t skip_enclosed(const struct field_walk *w, size_t at)
{
    const struct csvk_dialect *d = &w->dialect;
    while (at < w->size) {
        int c = w->bytes[at++];
        if (c == d->escape) {
            at += at < w->size;
        } else if (c == d->enclosure) {
            if (at == w->size || w->bytes[at] != c) {
                return at;
            }
            at++;
        }
    }
    return at;
}

static size_t delimiter_here(const struct field_walk *w, size_t at)
{
    return csvk_delimiter_at(&w->dialect, w->bytes + at, w->size - at);
}

static size_t skip_plain(const struct field_walk *w, size_t at)
{
    const struct csvk_dialect *d = &w->dialect;
    while (at < w->size) {
        unsigned char c = w->bytes[at];
        bool plain = c != d->delimiter && c != '\n' && c != '\r' && c != d->escape;
        if (!plain && (delimiter_here(w, at) != 0 || at_line_end(w, at))) {
            break;
        }
        at += c == d->escape && at + 1 < w->size ? 2 : 1;
    }
    return at;
}

static size_t skip_line_end(const struct field_walk *w, size_t at)
{
    if (w->bytes[at] == '\n') {
        return at + 1;
    }
    if (at + 1 < w->size && w->bytes[at + 1] == '\n') {
        return at + 2;
    }
    bool three = at + 2 < w->size && w->bytes[at + 1] == '\r' && w->bytes[at + 2] == '\n';
    return three ? at + 3 : at + 1;
}

void walk_next(struct field_walk *w, struct walk_field *field)
{
    size_t at = w->at, start = at;
    while (w->dialect.skip_blanks && at < w->size && csvk_is_blank(&w->dialect, w->bytes[at])) {
        at++;
    }
    field->begin = at;
    field->enclosed = at < w->size && w->bytes[at] == w->dialect.enclosure;
    if (field->enclosed) {
        at = skip_enclosed(w, at + 1);
    }
    at = skip_plain(w, at);
    field->end = at;
    if (field->begin == field->end) {
        field->begin = field->end = start; /* where a field of skipped blanks alone is */
    }
    field->complete = at < w->size;
    size_t delimiter = delimiter_here(w, at);
    field->last = delimiter == 0;
    if (field->complete) {
        at = field->last ? skip_line_end(w, at) : at + delimiter;
    }
    w->at = at;
}

void walk_line(struct field_walk *w)
{
    while (w->at < w->size && !at_line_end(w, w->at)) {
        w->at++;
    }
    w->at = w->at < w->size ? skip_line_end(w, w->at) : w->at;
}

uint64_t walk_record(struct field_walk *walk, struct walk_field *last)
{
    uint64_t fields = 0;
    do {
        walk_next(walk, last);
        fields++;
    } while (!last->last);
    return fields;
}

struct field_walk walk_sample(const struct csvk_validator *v)
{
    return (struct field_walk){v->sample.data, v->sample.length, 0, v->options.dialect,
                               v->first_eol == CSVK_EOL_CR};
}
