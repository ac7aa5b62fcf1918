/*
 * explain_misfit.c - what the bytes of a rejected record show beside the reason for which it was
 * rejected: numbers with thousands separators, quotes of another kind, JSON, lines that end with
 * CR. `validate` says the same (csvkit/base/misfit.h).
 *
 * Invariant: nothing is decided here. A reason that explains the width would be one more reading,
 * and that of a slip of which nothing in the columns is evidence.
 */
#include "csvkit/normalize/explain_misfit.h"

#include "csvkit/base/misfit.h"
#include "csvkit/normalize/texts.h"
#include "csvkit/normalize/weigh.h"

#include <string.h>

enum { FIELDS_MOST = 4096 }; /* of a record that is looked at */

/* Every field as it is written; of those that are enclosed, nothing. NULL: out of memory. */
static struct csvk_bytes *fields_of_cells(const struct norm_matter *m, size_t *count)
{
    const struct norm_line *line = m->line;
    struct csvk_bytes *field = norm_arena_take(m->view->arena, line->ncells * sizeof *field);
    *count = field != NULL ? line->ncells : 0;
    for (size_t i = 0; i < *count; i++) {
        bool open = !line->cell[i].enclosed;
        field[i] = (struct csvk_bytes){line->cell[i].ptr, open ? line->cell[i].len : 0};
    }
    return field;
}

/* As if there were no enclosure: what lies between two delimiters. */
static struct csvk_bytes *fields_between_delimiters(const struct norm_matter *m, size_t *count)
{
    const struct csvk_dialect *d = &m->view->dialect;
    const unsigned char *at = m->view->bytes + m->line->begin;
    const unsigned char *end = m->view->bytes + m->line->content;
    size_t all = 1 + (size_t)csvk_delimiter_count(d, at, (size_t)(end - at));
    struct csvk_bytes *field =
        all <= FIELDS_MOST ? norm_arena_take(m->view->arena, all * sizeof *field) : NULL;
    *count = field != NULL ? all : 0;
    for (size_t i = 0; i < *count; i++) {
        const unsigned char *to = csvk_delimiter_find(d, at, (size_t)(end - at));
        to = to != NULL ? to : end;
        field[i] = (struct csvk_bytes){at, (size_t)(to - at)};
        at = to != end ? to + csvk_delimiter_length(d) : end;
    }
    return field;
}

/* Is the record several records of the table, with a CR between them? */
static bool is_parted_by_cr(const struct norm_matter *m)
{
    const struct norm_line *line = m->line;
    struct norm_view view = *m->view;
    size_t records = 0, at = line->begin;
    bool whole = !view.cr_ends && m->context->width > 1 &&
                 memchr(view.bytes + at, '\r', line->content - at) != NULL;
    view.cr_ends = view.at_end = true;
    view.length = line->end;
    view.places = NULL;
    while (whole && at < line->end) {
        struct norm_line one = norm_view_record(&view, at, NORM_NO_CELLS);
        whole = one.known && one.faults == 0 && one.ncells == m->context->width;
        records++;
        at = one.end;
    }
    return whole && records > 1;
}

/* Without them there is no JSON. */
static bool has_brackets(const struct norm_matter *m)
{
    const unsigned char *bytes = m->view->bytes + m->line->begin;
    size_t length = m->line->content - m->line->begin;
    return memchr(bytes, '{', length) != NULL || memchr(bytes, '[', length) != NULL;
}

static enum misfit_reason find_reason(const struct norm_matter *m)
{
    const struct norm_line *line = m->line;
    const struct csvk_dialect *d = &m->view->dialect;
    size_t count = 0;
    if (!line->known || m->decision->end != line->end || m->context->width < 2) {
        return MISFIT_UNKNOWN;
    }
    if (line->faults != 0) { /* JSON is full of quotes; of the others nothing is known then */
        if (!has_brackets(m)) {
            return MISFIT_UNKNOWN;
        }
        const struct csvk_bytes *field = fields_between_delimiters(m, &count);
        return csvk_misfit_of_fields(field, count, m->context->width, d) == MISFIT_JSON
                   ? MISFIT_JSON
                   : MISFIT_UNKNOWN;
    }
    if (line->ncells <= m->context->width || line->ncells > FIELDS_MOST) {
        return MISFIT_UNKNOWN;
    }
    const struct csvk_bytes *field = fields_of_cells(m, &count);
    return is_parted_by_cr(m) ? MISFIT_CR
                              : csvk_misfit_of_fields(field, count, m->context->width, d);
}

void norm_explain_misfit(const struct norm_matter *m)
{
    enum misfit_reason reason = find_reason(m);
    struct norm_decision *d = m->decision;
    struct norm_text text = {d->evidence, strlen(d->evidence), sizeof d->evidence};
    if (reason != MISFIT_UNKNOWN) {
        norm_text_add(&text, "; ");
        norm_text_add(&text, csvk_misfit_texts[reason].text);
        norm_text_add(&text, reason == MISFIT_CR ? " (--line-break-in=any)" : "");
    }
}
