/*
 * view_records.c - records by masks, 64 bytes at a time, as the scan reads them
 * (csvkit/parse/scan).
 *
 * The idea. The prefix xor of the quotes says which bytes are inside of an enclosure, as long as
 * every quote is where the grammar has it: one that opens after an end of a field or between two
 * quotes of a pair, one that closes before an end or in such a pair. The ends that are not inside
 * are the ends of fields. At the first quote that is somewhere else the fields before it are right
 * nevertheless; the field that holds it is read one byte at a time, and masks go on after it.
 *
 * Invariant: the answers are those of norm_view_read_record (tests/unit/test_places.c).
 */
#include "csvkit/normalize/bit_count.h"
#include "csvkit/normalize/view_masks.h"

enum stretch_end { GOES_ON, IRREGULAR, ENDED, UNKNOWN };

/* What of a block the next one hangs on. */
struct carry {
    uint64_t inside; /* all bits: the block begins within an enclosure */
    uint64_t begin,
        close; /* bits: a field begins with this byte; a quote that closes is before it */
};

/* What is in a block, up to the end of the record or the first byte that is wrong. */
struct found {
    uint64_t ends;  /* of fields, but for the last one of the record */
    uint64_t pairs; /* second quotes of pairs */
    uint64_t last;  /* the line break, if it is one; 0: none */
    uint64_t wrong; /* the first byte by which a field is seen to have a fault; 0: none */
};

static inline uint64_t prefix_xor(uint64_t mask)
{
    mask ^= mask << 1;
    mask ^= mask << 2;
    mask ^= mask << 4;
    mask ^= mask << 8;
    mask ^= mask << 16;
    return mask ^ mask << 32;
}

static inline struct found look_through(const struct norm_block *block, uint64_t keep,
                                        struct carry *carry)
{
    uint64_t quotes = block->quotes & keep;
    uint64_t inside = quotes != 0 ? prefix_xor(quotes) ^ carry->inside : carry->inside;
    uint64_t ends = block->ends & keep & ~inside, breaks = block->breaks & keep & ~inside;
    uint64_t opens = quotes & inside, closes = quotes & ~inside;
    uint64_t after_close = closes << 1 | carry->close;
    uint64_t wrong =
        (opens & ~(ends << 1 | carry->begin | after_close)) | (after_close & ~(ends | opens));
    uint64_t last = breaks & -breaks, before_last = last - 1; /* all bits when there is none */
    wrong &= keep & (before_last | last); /* what is behind the view is not known */
    wrong &= -wrong;
    *carry = (struct carry){-(inside >> 63), ends >> 63, closes >> 63};
    uint64_t here = before_last & (wrong - 1);
    return (struct found){ends & here, opens & after_close & here, wrong == 0 ? last : 0, wrong};
}

/* Bits for the bytes of the block at `base` that are in the view, from `at` on. */
static inline uint64_t bits_in_view(const struct norm_view *view, size_t base)
{
    size_t left = view->length - base; /* modulo SIZE_MAX + 1: a block may begin before the view */
    return left < NORM_BLOCK ? UINT64_MAX >> (NORM_BLOCK - left) : UINT64_MAX;
}

/* ---- without cells ----------------------------------------------------------------------------
 */

/*
 * The fields from `at` on, as long as all is regular. *count: those that end, but for the last one
 * of a record. *field: where the next one begins. *stop: where the record ends, or the byte that is
 * wrong.
 */
static inline enum stretch_end skim(const struct norm_view *view, size_t at, size_t *count,
                                    size_t *field, size_t *stop)
{
    unsigned shift = (unsigned)((view->offset + at) % NORM_BLOCK);
    size_t base = at - shift, n = 0;
    uint64_t keep = UINT64_MAX << shift;
    struct carry carry = {0, UINT64_C(1) << shift, 0};
    *field = at;
    while (at < view->length) {
        keep &= bits_in_view(view, base);
        struct found f = look_through(norm_block_of(view, view->offset + at), keep, &carry);
        if (f.ends != 0) {
            n += norm_bit_count(f.ends);
            *field = base + NORM_BLOCK - (size_t)__builtin_clzll(f.ends);
        }
        if ((f.last | f.wrong) != 0) {
            *count = n;
            *stop = base + (size_t)__builtin_ctzll(f.last | f.wrong);
            return f.wrong != 0 ? IRREGULAR : ENDED;
        }
        keep = UINT64_MAX;
        base += NORM_BLOCK;
        at = base;
    }
    return UNKNOWN;
}

enum norm_skimmed norm_view_skim(const struct norm_view *view, size_t at, size_t *count,
                                 size_t *end)
{
    size_t field;
    enum stretch_end outcome = skim(view, at, count, &field, end);
    if (outcome == IRREGULAR) {
        ++*end;
        ++*count;
        return NORM_SKIMMED_FAULT;
    }
    size_t length = outcome == ENDED ? norm_view_line_break(view, *end) : 0;
    if (length == 0) {
        return NORM_SKIMMED_NOTHING; /* behind the view; or a CR that is data */
    }
    *end += length;
    ++*count;
    return NORM_SKIMMED;
}

size_t norm_view_starts(const struct norm_view *view, size_t *from, size_t most)
{
    size_t at = from[0], n = 0;
    unsigned shift = (unsigned)((view->offset + at) % NORM_BLOCK);
    size_t base = at - shift;
    uint64_t keep = UINT64_MAX << shift;
    struct carry carry = {0, UINT64_C(1) << shift, 0};
    while (at < view->length && n < most) {
        keep &= bits_in_view(view, base);
        struct found f = look_through(norm_block_of(view, view->offset + at), keep, &carry);
        for (; f.ends != 0 && n < most; f.ends &= f.ends - 1) {
            from[++n] = base + (size_t)__builtin_ctzll(f.ends) + 1;
        }
        if ((f.last | f.wrong) != 0) {
            break;
        }
        keep = UINT64_MAX;
        base += NORM_BLOCK;
        at = base;
    }
    return n;
}

/* ---- one field --------------------------------------------------------------------------------
 */

/* One field as norm_view_any_field; NORM_NOWHERE: that has to answer. */
static size_t quick_field(const struct norm_view *view, struct norm_cursor *c, size_t at,
                          struct norm_line *line, struct norm_cell *cell)
{
    size_t end;
    bool mark = false;
    if (norm_view_is(view, at, view->dialect.enclosure)) {
        end = norm_quick_enclosure(view, c, at, &mark);
        if (end == NORM_NOWHERE) {
            return end;
        }
        if (cell != NULL && mark) {
            *cell = (struct norm_cell){view->bytes + at + 1, end - at - 2, true};
        } else if (cell != NULL) {
            *cell = norm_view_undoubled(view, at + 1, end - 1);
        }
        return norm_quick_ends(view, end) ? end : norm_view_text_after(view, end, line);
    }
    end = norm_quick_open(view, c, at, &mark);
    if (end == NORM_NOWHERE || view->bytes[end] == '\r') {
        return norm_view_any_field(view, at, line, cell);
    }
    if (cell != NULL) {
        *cell = norm_view_raw(view, at, end);
    }
    line->faults |= mark ? norm_view_fault_of_open(view, at) : 0;
    return end;
}

/* ---- the record --------------------------------------------------------------------------------
 */

/* A record that is being read. */
struct quick {
    const struct norm_view *view;
    struct norm_cell *cell; /* those that are kept ... */
    size_t most, capacity;  /* ... so many at most; there is room for so many */
    size_t ncells;          /* fields up to `at`, where the next one begins */
    size_t at;
    bool pairs; /* that field has a pair of quotes, as far as it was looked at */
};

/* False: no memory. */
__attribute__((noinline)) static bool make_room(struct quick *q)
{
    struct norm_line line = {.cell = q->cell, .ncells = q->ncells};
    bool made = norm_make_room(q->view, &line, &q->capacity);
    q->cell = line.cell;
    return made;
}

static inline bool keep_cell(struct quick *q, const struct norm_cell *cell)
{
    if (q->ncells == q->capacity && !make_room(q)) {
        return false;
    }
    q->cell[q->ncells] = *cell;
    return true;
}

/* The field at q->at ends at `end`. False: no memory. */
static inline bool add_field(struct quick *q, size_t end)
{
    if (q->ncells < q->most) {
        const struct norm_view *view = q->view;
        struct norm_cell cell = {view->bytes + q->at, end - q->at, false};
        if (cell.len != 0 && cell.ptr[0] == view->dialect.enclosure) {
            if (q->pairs) {
                cell = norm_view_undoubled(view, q->at + 1, end - 1);
            } else {
                cell = (struct norm_cell){cell.ptr + 1, cell.len - 2, true};
            }
        }
        if (!keep_cell(q, &cell)) {
            return false;
        }
    }
    q->ncells++;
    q->at = end + 1;
    q->pairs = false;
    return true;
}

/* The fields that end with these bits of the block at `base`. */
static inline bool add_fields(struct quick *q, size_t base, uint64_t ends, uint64_t pairs)
{
    for (; ends != 0; ends &= ends - 1) {
        uint64_t before = (ends & -ends) - 1;
        q->pairs |= (pairs & before) != 0;
        pairs &= ~before;
        if (!add_field(q, base + (size_t)__builtin_ctzll(ends))) {
            return false;
        }
    }
    q->pairs |= pairs != 0;
    return true;
}

/* The fields from q->at on, as long as all is regular. */
static enum stretch_end read_regular(struct quick *to)
{
    struct quick q = *to; /* nobody else looks at it meanwhile */
    const struct norm_view *view = q.view;
    size_t at = q.at;
    unsigned shift = (unsigned)((view->offset + at) % NORM_BLOCK);
    size_t base = at - shift;
    uint64_t keep = UINT64_MAX << shift;
    struct carry carry = {0, UINT64_C(1) << shift, 0};
    enum stretch_end outcome = UNKNOWN;
    while (at < view->length) {
        keep &= bits_in_view(view, base);
        struct found f = look_through(norm_block_of(view, view->offset + at), keep, &carry);
        if (!add_fields(&q, base, f.ends, f.pairs)) {
            break;
        }
        if ((f.last | f.wrong) != 0) {
            size_t end = base + (size_t)__builtin_ctzll(f.last | f.wrong);
            bool ended = f.wrong == 0 && norm_view_line_break(view, end) != 0;
            outcome = ended && add_field(&q, end) ? ENDED : ended ? UNKNOWN : IRREGULAR;
            q.at = ended ? end : q.at; /* else text with a fault, or a CR that is data */
            break;
        }
        keep = UINT64_MAX;
        base += NORM_BLOCK;
        at = base;
    }
    *to = q;
    return outcome;
}

size_t norm_view_cells(const struct norm_view *view, size_t at, struct norm_cell *cell,
                       size_t count)
{
    struct quick q = {.view = view, .cell = cell, .most = count, .capacity = count, .at = at};
    bool all = read_regular(&q) == ENDED && q.ncells == count;
    return all ? q.at + norm_view_line_break(view, q.at) : NORM_NOWHERE;
}

/* The same without cells. */
static inline enum stretch_end skim_regular(struct quick *q)
{
    size_t count = 0, field, stop;
    enum stretch_end outcome = skim(q->view, q->at, &count, &field, &stop);
    q->ncells += count;
    q->at = field;
    if (outcome == ENDED && norm_view_line_break(q->view, stop) != 0) {
        q->ncells++;
        q->at = stop;
        return ENDED;
    }
    return outcome == ENDED ? IRREGULAR : outcome;
}

/* False: the record goes on to the end of the view, or is to be read with more care. Only when
   norm_is_quick. */
static inline __attribute__((always_inline)) bool quick_record(const struct norm_view *view,
                                                               size_t at, size_t most,
                                                               struct norm_line *line)
{
    struct norm_cursor cursor = {UINT64_MAX, 0, 0};
    struct quick q = {.view = view, .most = most, .at = at};
    enum stretch_end outcome;
    *line = (struct norm_line){.begin = at, .known = true};
    while ((outcome = most == 0 ? skim_regular(&q) : read_regular(&q)) == IRREGULAR) {
        struct norm_cell cell;
        bool kept = q.ncells < most;
        q.at = quick_field(view, &cursor, q.at, line, kept ? &cell : NULL);
        if (q.at >= view->length || (kept && !keep_cell(&q, &cell))) {
            return false;
        }
        q.ncells++;
        q.pairs = false;
        if (view->bytes[q.at] != view->dialect.delimiter) {
            outcome = ENDED;
            break;
        }
        q.at++;
    }
    line->cell = q.cell;
    line->ncells = q.ncells;
    norm_end_line(view, line, q.at);
    return outcome == ENDED;
}

/* Apart, because most records are read without cells, and that is much less to do. */
static bool quick_outline(const struct norm_view *view, size_t at, struct norm_line *line)
{
    return quick_record(view, at, 0, line);
}

struct norm_line norm_view_record(const struct norm_view *view, size_t at, size_t most)
{
    struct norm_line line;
    size_t kept = most == 0 ? SIZE_MAX : most == NORM_NO_CELLS ? 0 : most;
    bool quick = norm_is_quick(view) &&
                 (kept == 0 ? quick_outline(view, at, &line) : quick_record(view, at, kept, &line));
    return quick ? line : norm_view_read_record(view, at, kept);
}
