/*
 * view.h - private: the grammar over a run of bytes that can be read from any place: where fields
 * and lines end, what a record is, what a field is when one quote of it is read in another way.
 * Readings of a record (readings.h) are put together from these questions.
 *
 * A view ends where the look-ahead ends, or where the data end (`at_end`). What would have to be
 * known from bytes after a view that is not the end is not known: NORM_NOWHERE.
 *
 * A view reads a sound record as the reference parser does; tests compare the two.
 */
#ifndef CSVKIT_NORMALIZE_VIEW_H
#define CSVKIT_NORMALIZE_VIEW_H

#include "csvkit/base/delimiter.h"
#include "csvkit/normalize/arena.h"
#include "csvkit/normalize/evidence.h"
#include "csvkit/normalize/places.h"

#define NORM_NOWHERE SIZE_MAX

struct norm_view {
    const unsigned char *bytes;
    size_t length;
    bool at_end;  /* nothing follows the bytes */
    bool cr_ends; /* a CR that stands alone ends a record */
    int comment;  /* lines that begin with this byte are none; CSVK_NO_BYTE: there are none */
    struct csvk_dialect dialect;
    bool delimiter_given;       /* by the user: advice names no other one */
    struct norm_arena *arena;   /* for values that have to be decoded */
    size_t columns;             /* as many cells get room at first; 0: nobody knows */
    uint64_t offset;            /* absolute, of the first byte */
    struct norm_places *places; /* what was found out before; NULL: nothing is kept */
};

/* Is there an end of a field at `at`: a delimiter, a line break or the end of the data? */
bool norm_view_ends(const struct norm_view *view, size_t at);
/* The same without a call, where one byte tells. */
static inline bool norm_view_ends_quickly(const struct norm_view *view, size_t at)
{
    if (at >= view->length || view->bytes[at] == '\r' || view->dialect.more_length != 0) {
        return norm_view_ends(view, at);
    }
    return view->bytes[at] == view->dialect.delimiter || view->bytes[at] == '\n';
}
/* Length of the line break at `at`; 0: none. */
size_t norm_view_line_break(const struct norm_view *view, size_t at);
/* Is that length known? A CR at the end of a view that is not the end of the data: LF or CR LF may
   follow, and then the line break is longer. */
bool norm_view_break_is_known(const struct norm_view *view, size_t at);
/* The first end of a field from `at` on, whatever encloses it; NORM_NOWHERE: after the view. */
size_t norm_view_open_end(const struct norm_view *view, size_t at);
/* The first line break from `at` on, whatever encloses it, or the end of the data. */
size_t norm_view_line_end(const struct norm_view *view, size_t at);
/* After that line break. */
size_t norm_view_next_line(const struct norm_view *view, size_t at);
/* After the lines from `at` on that are comments. */
size_t norm_view_skip_comments(const struct norm_view *view, size_t at);
/* After the blanks and tabs from `at` on. */
size_t norm_view_blanks(const struct norm_view *view, size_t at);
/* The block of masks in which the absolute place is. Only with places. */
static inline const struct norm_block *norm_block_of(const struct norm_view *view, uint64_t place)
{
    return norm_places_block(view->places, place / NORM_BLOCK, view->bytes, view->offset,
                             view->length);
}

/* The first enclosure byte from `at` on; NORM_NOWHERE: there is none in the view. Mostly it is in
   the same block; the other function is for the rest. */
size_t norm_view_far_quote(const struct norm_view *view, size_t at);
static inline size_t norm_view_quote(const struct norm_view *view, size_t at)
{
    if (view->places != NULL && at < view->length) {
        uint64_t place = view->offset + at;
        uint64_t bits = norm_block_of(view, place)->quotes >> place % NORM_BLOCK;
        if (bits != 0) { /* it may be behind the end of this view */
            at += (size_t)__builtin_ctzll(bits);
            return at < view->length ? at : NORM_NOWHERE;
        }
    }
    return norm_view_far_quote(view, at);
}
/*
 * The first enclosure byte from `at` on that stands before a CR or LF, or before the end of the
 * view; or a place after `at` up to which there is none. NORM_NOWHERE: there is none.
 */
size_t norm_view_end_quote(const struct norm_view *view, size_t at);
static inline bool norm_view_is(const struct norm_view *view, size_t at, int byte)
{
    return at < view->length && view->bytes[at] == byte;
}

/* Length of the delimiter at `at`; 0: none, or one of which the view has only the beginning. */
static inline size_t norm_view_delimiter(const struct norm_view *view, size_t at)
{
    return at < view->length
               ? csvk_delimiter_at(&view->dialect, view->bytes + at, view->length - at)
               : 0;
}
/* Where a field begins: at `at`, or after the blanks there when they are skipped. */
static inline size_t norm_view_start(const struct norm_view *view, size_t at)
{
    return view->dialect.skip_blanks ? norm_view_blanks(view, at) : at;
}
/* Where the field after the delimiter at `at` begins. */
static inline size_t norm_view_after(const struct norm_view *view, size_t at)
{
    return norm_view_start(view, at + csvk_delimiter_length(&view->dialect));
}

/* Faults of a record, bits. */
enum norm_fault {
    NORM_FAULT_UNCLOSED = 1,
    NORM_FAULT_TEXT_AFTER = 2,
    NORM_FAULT_BACKSLASH = 4,
    NORM_FAULT_SPACE_AFTER = 8,
    NORM_FAULT_SPACE_BEFORE = 16,
    NORM_FAULT_QUOTE_IN_OPEN = 32, /* a quote in a field that is not enclosed */
};

/* A record as it is written. */
struct norm_line {
    size_t begin, content, end; /* its first byte; its line break; after that */
    struct norm_cell *cell;     /* in the arena */
    size_t ncells;
    unsigned faults;
    bool known; /* false: it does not end within the view */
};
/* At most `most` cells are kept (the count goes on); 0: all; NORM_NO_CELLS: none. */
#define NORM_NO_CELLS SIZE_MAX
struct norm_line norm_view_record(const struct norm_view *view, size_t at, size_t most);
/* The same without any cell; what was found once is found at once. */
struct norm_line norm_view_outline(const struct norm_view *view, size_t at);
/* Is the record at `at` sound, or do the data end there? Quotes in open fields do not matter. */
bool norm_view_goes_on(const struct norm_view *view, size_t at, size_t width);
static inline bool norm_line_is_blank(const struct norm_line *line)
{
    return line->content == line->begin;
}
/* Width and faults only. */
static inline bool norm_is_sound(const struct norm_line *line, size_t width)
{
    return line->known && line->faults == 0 && line->ncells == width;
}

/* As norm_evidence_cell for a value that is not in the sample; what it costs is kept. */
int norm_view_cost(const struct norm_view *view, const struct norm_evidence *evidence,
                   size_t column, const struct norm_cell *cell);
/* The same where norm_evidence_number does not know it. */
int norm_view_text_cost(const struct norm_view *view, const struct norm_evidence *evidence,
                        size_t column, const struct norm_cell *cell);
/* As norm_evidence_row for the sound record at `at`; of one record `counted` is always the same. */
int norm_view_row_cost(const struct norm_view *view, const struct norm_evidence *evidence,
                       size_t at, enum norm_counted counted);

/* How the quotes of a field are read. */
enum norm_mode {
    NORM_MODE_STRICT,
    NORM_MODE_INNER,     /* a quote closes only before the end of a field */
    NORM_MODE_PAIRS,     /* likewise, and of two before an end the first one is data */
    NORM_MODE_BACKSLASH, /* a backslash before a quote makes it data */
    NORM_MODE_BLANKS,    /* blanks around an enclosure are no data */
};
/* One field without a fault, in `mode`. Returns where it ends; NORM_NOWHERE: it has a fault. `cell`
   NULL: its value is not asked for. */
size_t norm_view_field(const struct norm_view *view, size_t at, enum norm_mode mode,
                       struct norm_cell *cell);
/* The field at `at` has a fault in the strict mode: bytes before the answer show it, whatever comes
   after it and a line break there. NORM_NOWHERE: it hangs on where the view ends. */
size_t norm_view_fault_end(const struct norm_view *view, size_t at);
/*
 * The places after the closing quote at which an enclosure that opens at `at` may end, when quotes
 * before an end are data, too: the first one if none of them is, the next one if one is ... Up to
 * `most` of them; returns how many there are.
 */
size_t norm_view_inner_ends(const struct norm_view *view, size_t at, enum norm_mode mode,
                            size_t most, size_t *ends);
/* The value of an enclosure that ends so. */
struct norm_cell norm_view_inner_value(const struct norm_view *view, size_t at, size_t end,
                                       enum norm_mode mode);
/* The same for the end after `skip` others. Returns it, or NORM_NOWHERE. */
size_t norm_view_inner(const struct norm_view *view, size_t at, unsigned skip, enum norm_mode mode,
                       struct norm_cell *cell);

/*
 * A strict reading of all fields from `at` to the end of the record. Returns that end, line break
 * included; NORM_NOWHERE: one of them has a fault, or the end is not in the view.
 */
size_t norm_view_tail(const struct norm_view *view, size_t at, size_t *count);

/* Cells of data: the bytes as they are; with every doubled quote undone; without any quote. */
struct norm_cell norm_view_raw(const struct norm_view *view, size_t from, size_t to);
struct norm_cell norm_view_undoubled(const struct norm_view *view, size_t from, size_t to);
struct norm_cell norm_view_unquoted(const struct norm_view *view, struct norm_cell cell);
/* The first quote from `from` on that is not one of a pair; NORM_NOWHERE: there is none. */
size_t norm_view_single_quote(const struct norm_view *view, size_t from);

#endif
