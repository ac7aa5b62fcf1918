/*
 * view_memory.c - what a view keeps of the records, tails and values that it has read (places.h).
 *
 * Invariant: an answer that hangs on where the view ends is used in a view with the same end only.
 */
#include "csvkit/base/hash.h"
#include "csvkit/normalize/view_masks.h"

/* Would bytes after the view change what was found out about `length` of the `left` ones? */
static bool is_certain(const struct norm_view *view, size_t left, size_t length)
{
    return length <= left && (view->at_end || left - length > 2); /* CR CR LF is the longest end */
}

/* ---- records ----------------------------------------------------------------------------------
 */

struct norm_line norm_view_outline(const struct norm_view *view, size_t at)
{
    if (view->places == NULL) {
        return norm_view_record(view, at, NORM_NO_CELLS);
    }
    uint64_t offset = view->offset + at;
    struct norm_outline *known = &view->places->outline[offset % NORM_OUTLINES];
    if (known->offset == offset + 1 && is_certain(view, view->length - at, known->end)) {
        return (struct norm_line){.begin = at,
                                  .content = at + known->content,
                                  .end = at + known->end,
                                  .ncells = known->ncells,
                                  .faults = known->faults,
                                  .known = true};
    }
    struct norm_line line = norm_view_record(view, at, NORM_NO_CELLS);
    if (line.known && is_certain(view, view->length - at, line.end - at)) {
        *known = (struct norm_outline){offset + 1,  line.content - at, line.end - at,
                                       line.ncells, line.faults,       0};
    }
    return line;
}

static int row_cost(const struct norm_view *view, const struct norm_evidence *evidence, size_t at,
                    enum norm_counted counted)
{
    struct norm_line line = norm_view_record(view, at, 0);
    int sum = 0;
    for (size_t k = 0; k < line.ncells && !view->arena->failed; k++) {
        sum += counted == NORM_IN_SAMPLE ? norm_evidence_cell(evidence, k, &line.cell[k], counted)
                                         : norm_view_cost(view, evidence, k, &line.cell[k]);
    }
    return sum;
}

int norm_view_row_cost(const struct norm_view *view, const struct norm_evidence *evidence,
                       size_t at, enum norm_counted counted)
{
    uint64_t offset = view->offset + at;
    if (view->places == NULL) {
        return row_cost(view, evidence, at, counted);
    }
    struct norm_outline *known = &view->places->outline[offset % NORM_OUTLINES];
    if (known->offset == offset + 1 && known->bits != 0) {
        return known->bits - 1;
    }
    int bits = row_cost(view, evidence, at, counted);
    if (known->offset == offset + 1 && !view->arena->failed) {
        known->bits = bits + 1;
    }
    return bits;
}

bool norm_view_goes_on(const struct norm_view *view, size_t at, size_t width)
{
    at = norm_view_skip_comments(view, at);
    if (at >= view->length) {
        return view->at_end;
    }
    struct norm_line next = norm_view_outline(view, at);
    bool faults = (next.faults & ~(unsigned)NORM_FAULT_QUOTE_IN_OPEN) != 0;
    return next.known && (norm_line_is_blank(&next) || (next.ncells == width && !faults));
}

/* ---- tails ------------------------------------------------------------------------------------
 */

/* What tells one end of a view from another; never 0. */
static uint64_t limit_of(const struct norm_view *view)
{
    return 2 * (view->offset + view->length) + view->at_end + 1;
}

/* The slot of the tail at a place. *known: it holds that tail. */
static inline struct norm_tail *find_tail(const struct norm_view *view, size_t at, bool *known)
{
    uint64_t offset = view->offset + at;
    struct norm_tail *tail = &view->places->tail[offset % NORM_TAILS];
    *known = tail->offset == offset + 1 &&
             (tail->limit == limit_of(view) ||
              (tail->limit == 0 && is_certain(view, view->length - at, tail->length)));
    return tail;
}

/* The answer of a tail that is known. */
static inline size_t end_of_tail(const struct norm_tail *tail, size_t at)
{
    return tail->fault ? NORM_NOWHERE : at + tail->length;
}

/* The first `kept` of `fields` fields begin at `begin`; the last of them ends the record at `end`,
   or has a fault, which the bytes up to there show. */
static void keep_tails(const struct norm_view *view, const size_t *begin, size_t kept,
                       const struct norm_tail *last, size_t end)
{
    for (size_t i = 0; i < kept; i++) {
        bool known;
        struct norm_tail *tail = find_tail(view, begin[i], &known);
        bool certain =
            end != NORM_NOWHERE && is_certain(view, view->length - begin[i], end - begin[i]);
        tail->offset = view->offset + begin[i] + 1;
        tail->count = last->count - i;
        tail->length = end - begin[i];
        tail->fault = last->fault;
        tail->limit = certain ? 0 : limit_of(view);
    }
}

/* The tails of all fields that are read are kept: most edits of a record share theirs. */
static size_t read_tail(const struct norm_view *view, size_t at, size_t *count)
{
    enum { KEPT = 128 };
    size_t begin[KEPT], kept = 0, end = NORM_NOWHERE;
    struct norm_tail all = {.count = 0};
    for (bool last = false; !last;) {
        bool known = false;
        const struct norm_tail *tail = view->places != NULL ? find_tail(view, at, &known) : NULL;
        if (known) {
            all.count += tail->count;
            all.fault = tail->fault;
            end = at + tail->length;
            break;
        }
        if (kept < KEPT) {
            begin[kept++] = at;
        }
        size_t field = norm_view_field(view, at, NORM_MODE_STRICT, NULL);
        all.count++;
        all.fault = field == NORM_NOWHERE;
        last = all.fault || norm_view_delimiter(view, field) == 0;
        if (last) {
            end = all.fault ? norm_view_fault_end(view, at)
                            : field + norm_view_line_break(view, field);
        } else {
            at = norm_view_after(view, field);
        }
    }
    if (view->places != NULL) {
        keep_tails(view, begin, kept, &all, end);
    }
    *count = all.count;
    return all.fault ? NORM_NOWHERE : end;
}

/* By masks. Only the tail itself is kept: to skim another one takes no longer than to find out by
   which of the kept ones it goes on. */
static size_t skim_tail(const struct norm_view *view, size_t at, size_t *count)
{
    size_t end;
    enum norm_skimmed skimmed = norm_view_skim(view, at, count, &end);
    if (skimmed == NORM_SKIMMED_NOTHING) {
        return read_tail(view, at, count);
    }
    struct norm_tail tail = {.count = *count, .fault = skimmed == NORM_SKIMMED_FAULT};
    keep_tails(view, &at, 1, &tail, end);
    return tail.fault ? NORM_NOWHERE : end;
}

size_t norm_view_tail(const struct norm_view *view, size_t at, size_t *count)
{
    bool known = false;
    const struct norm_tail *tail = view->places != NULL ? find_tail(view, at, &known) : NULL;
    if (known) {
        *count = tail->count;
        return end_of_tail(tail, at);
    }
    return norm_is_quick(view) ? skim_tail(view, at, count) : read_tail(view, at, count);
}

/* ---- costs ------------------------------------------------------------------------------------
 */

/* A value in the view is known by its place, one that was decoded by a hash of its bytes. */
static uint64_t name_of_value(const struct norm_view *view, const struct norm_cell *cell)
{
    uintptr_t first = (uintptr_t)view->bytes, at = (uintptr_t)cell->ptr;
    return at >= first && at - first < view->length
               ? view->offset + (at - first) + 1
               : csvk_hash(cell->ptr, cell->len, 5) | UINT64_C(1) << 63;
}

static const struct norm_looks *looks_of(const struct norm_view *view,
                                         const struct norm_evidence *evidence,
                                         const struct norm_cell *cell, uint64_t value)
{
    uint64_t length = (uint64_t)cell->len << 1 | cell->enclosed;
    uint64_t hash = value * CSVK_HASH_A ^ length;
    struct norm_looked *known = &view->places->looked[(hash >> 32) % NORM_LOOKS];
    if (known->value != value || known->length != length) {
        known->value = value;
        known->length = length;
        norm_evidence_look(evidence, cell, &known->looks);
    }
    return &known->looks;
}

int norm_view_text_cost(const struct norm_view *view, const struct norm_evidence *evidence,
                        size_t column, const struct norm_cell *cell)
{
    if (view->places == NULL || cell->len == 0) {
        return norm_evidence_cell(evidence, column, cell, NORM_NOT_IN_SAMPLE);
    }
    uint64_t value = name_of_value(view, cell);
    uint64_t where = (uint64_t)cell->len << 32 | (uint64_t)column << 1 | cell->enclosed;
    uint64_t hash = (value * CSVK_HASH_A) ^ (where * CSVK_HASH_B);
    struct norm_cost *known = &view->places->cost[(hash >> 32) % NORM_COSTS];
    if (known->value != value || known->column != where) {
        const struct norm_looks *looks = looks_of(view, evidence, cell, value);
        int bits = norm_evidence_excess(evidence, column, cell, looks);
        *known = (struct norm_cost){value, where, bits};
    }
    return known->bits;
}

int norm_view_cost(const struct norm_view *view, const struct norm_evidence *evidence,
                   size_t column, const struct norm_cell *cell)
{
    int bits;
    return norm_evidence_number(evidence, column, cell, &bits)
               ? bits
               : norm_view_text_cost(view, evidence, column, cell);
}
