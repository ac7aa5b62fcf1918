/* line_marks.c - see line_marks.h. */
#include "csvkit/normalize/line_marks.h"

#include "csvkit/normalize/bit_count.h"
#include "csvkit/normalize/view_masks.h"

/* The bits of the block before which tell about its first byte. */
struct before {
    uint64_t quote, end;
};

/*
 * Bits of bad quotes, but for one that is the last byte of the block, of which the next byte has to
 * be asked. Every CR is taken for an end: a quote beside one that ends nothing is not called bad.
 */
static inline uint64_t bad_quotes(const struct norm_block *block, struct before *before)
{
    uint64_t after = block->quotes << 1 | block->ends << 1 | before->quote | before->end;
    uint64_t ahead = block->quotes >> 1 | block->ends >> 1;
    *before = (struct before){block->quotes >> 63, block->ends >> 63};
    return block->quotes & ~after & ~ahead;
}

/* Is there neither a quote nor an end at `at`? */
static bool is_text(const struct norm_view *view, size_t at)
{
    const struct csvk_dialect *d = &view->dialect;
    return at < view->length && view->bytes[at] != d->enclosure &&
           view->bytes[at] != d->delimiter && view->bytes[at] != '\n' && view->bytes[at] != '\r';
}

/* The first of these breaks of the block at `base` that ends a line, with its bit in *last; NOWHERE
   when none does. */
static size_t first_break(const struct norm_view *view, size_t base, uint64_t breaks,
                          uint64_t *last)
{
    for (; breaks != 0; breaks &= breaks - 1) {
        size_t at = base + (size_t)__builtin_ctzll(breaks);
        if (at < view->length && norm_view_line_break(view, at) != 0) {
            *last = breaks & -breaks;
            return at;
        }
    }
    return NORM_NOWHERE;
}

static struct norm_line_marks marks_by_masks(const struct norm_view *view, size_t from)
{
    struct norm_line_marks marks = {.end = view->length, .fields = 1};
    uint64_t keep = UINT64_MAX << (view->offset + from) % NORM_BLOCK;
    struct before before = {keep & -keep, 0}; /* a field may begin with the first byte */
    for (size_t at = from; at < view->length;) {
        uint64_t place = view->offset + at;
        const struct norm_block block = *norm_block_of(view, place);
        size_t base = at - (size_t)(place % NORM_BLOCK), next = base + NORM_BLOCK;
        uint64_t last = 0, bad = bad_quotes(&block, &before) & keep;
        size_t end = first_break(view, base, block.breaks & keep, &last);
        if (next > view->length - 1) { /* the byte after the quote must be in the view */
            size_t left = view->length - 1 - base;
            bad &= left < NORM_BLOCK ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
        }
        bad &= is_text(view, next) ? UINT64_MAX : UINT64_MAX >> 1;
        bad &= last - 1;
        if (bad != 0) {
            marks.from = from;
            marks.bad = base + (NORM_BLOCK - 1) - (size_t)__builtin_clzll(bad);
        }
        marks.fields += norm_bit_count(block.ends & ~block.breaks & keep & (last - 1));
        if (end != NORM_NOWHERE) {
            marks.end = end;
            return marks;
        }
        keep = UINT64_MAX;
        at = next;
    }
    marks.fields = 0;
    return marks;
}

struct norm_line_marks norm_line_marks_of(const struct norm_view *view, size_t at)
{
    if (!norm_is_quick(view)) {
        size_t end = norm_view_line_end(view, at);
        return (struct norm_line_marks){.end = end != NORM_NOWHERE ? end : view->length};
    }
    uint64_t offset = view->offset + at;
    struct norm_marked *known = &view->places->marked[offset % NORM_MARKED];
    if (known->offset == offset + 1 && known->end + 2 < view->length - at) {
        size_t from = known->bad != 0 ? at : 0, bad = known->bad != 0 ? at + known->bad : 0;
        return (struct norm_line_marks){at + known->end, known->fields, from, bad};
    }
    struct norm_line_marks marks = marks_by_masks(view, at);
    if (marks.end + 2 < view->length) { /* else they hang on where the view ends */
        *known = (struct norm_marked){offset + 1, marks.end - at, marks.fields,
                                      marks.bad != 0 ? marks.bad - at : 0};
    }
    return marks;
}
