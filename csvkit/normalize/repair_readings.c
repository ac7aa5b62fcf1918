/*
 * repair_readings.c - other readings of a record than the reference parser's.
 *
 * norm_read_in_mode is a second, small parser. It differs from the reference parser in exactly one
 * decision for each mode (enum norm_mode), stops at the end of the record, and says whether an
 * error of enclosures is left under its reading. It never decides which reading is right;
 * repair_quotes.c does.
 *
 * What the modes make of a record:
 *
 *   INNER      `"a "b, c" d",4`   a "b, c" d | 4   a quote at which no field can end is data
 *   BACKSLASH  `"a \"b\" c",4`    a "b" c | 4      backslash and quote are a quote
 *   BLANKS     `3, "4, 5" `       3 | 4, 5         blanks around an enclosure are dropped
 *   LINE       `3,"x CRLF`        3 | "x           an enclosure ends at its line; its quote is data
 *
 * Speed. Records at fault may be many, so fields in which no mode has a decision to make are passed
 * from one mark to the next, 64 bytes at a time, and kept as their bytes are. Only the others are
 * read byte by byte.
 *
 * Invariant: in the mode REFERENCE a record ends where it ends for the reference parser, and has as
 * many fields. norm_trial_reference checks that.
 */
#include "csvkit/normalize/normalize_private.h"
#include "csvkit/base/bitmask.h"

/* ---- the state of the parser ---- */

/*
 * Bit i of the masks: whether block[i] may mean something to the mode, outside of enclosures and
 * inside.
 */
struct marks {
    const unsigned char *block;
    uint64_t outside, inside;
};

/*
 * One record while it is read. `p` is the next byte, `end` the limit, `begin` the first byte of the
 * record. A failed allocation is noted, and checked after each field.
 */
struct mode_parser {
    struct norm *norm;
    enum norm_mode mode;
    const unsigned char *p, *end;
    const unsigned char *begin;
    bool at_end;
    struct norm_reading *to;
    bool short_of_memory;
    struct marks marks;
};

/*
 * Looks at 64 bytes. Outside of enclosures quotes, the escape, line breaks and delimiters may mean
 * something; inside only quotes and the escape, and line breaks in the mode that ends enclosures
 * there.
 *
 * Up to 64 bytes after `end` are looked at; the window has that slack, and next_mark cuts off what
 * is found there.
 */
static struct marks mark_block(const struct mode_parser *parser, const unsigned char *p)
{
    const struct csvk_dialect *in = &parser->norm->in;
    uint64_t breaks = csvk_bitmask_of(p, '\n') | csvk_bitmask_of(p, '\r');
    uint64_t quotes = 0;
    if (in->enclosure != CSVK_NO_BYTE) {
        quotes = csvk_bitmask_of(p, (unsigned char)in->enclosure);
    }
    if (in->escape != CSVK_NO_BYTE) {
        quotes |= csvk_bitmask_of(p, (unsigned char)in->escape);
    }
    uint64_t delimiters = csvk_bitmask_of(p, (unsigned char)in->delimiter);
    return (struct marks){p, quotes | breaks | delimiters,
                          quotes | (parser->mode == NORM_READ_LINE ? breaks : 0)};
}

enum reading_place { OUTSIDE, INSIDE };

/*
 * The first byte from p on that may mean something to the mode at this place; `end` when there is
 * none.
 */
static inline const unsigned char *next_mark(const struct mode_parser *parser, struct marks *marks,
                                             enum reading_place place, const unsigned char *p)
{
    while (p < parser->end) {
        if ((size_t)(p - marks->block) >= CSVK_BITMASK_BLOCK) {
            *marks = mark_block(parser, p);
        }
        uint64_t left = (place == OUTSIDE ? marks->outside : marks->inside) >> (p - marks->block);
        if (left != 0) {
            p += __builtin_ctzll(left);
            return p < parser->end ? p : parser->end;
        }
        p = marks->block + CSVK_BITMASK_BLOCK;
    }
    return parser->end;
}

static const unsigned char *next_outside(struct mode_parser *parser, const unsigned char *p)
{
    return next_mark(parser, &parser->marks, OUTSIDE, p);
}

/* ---- the text of a reading ---- */

static void add_byte(struct mode_parser *parser, unsigned char c)
{
    struct csvk_buf *text = &parser->to->text;
    if (text->length == text->capacity && csvk_buf_reserve(text, 256) != CSVK_OK) {
        parser->short_of_memory = true;
        return;
    }
    text->data[text->length++] = c;
}

/*
 * Adds the byte at p and the bytes after it that mean nothing to any reading, and moves p after
 * them.
 */
static void add_run(struct mode_parser *parser)
{
    struct csvk_buf *text = &parser->to->text;
    const unsigned char *from = parser->p;
    parser->p = next_outside(parser, from + 1);
    size_t n = (size_t)(parser->p - from);
    if (text->capacity - text->length <= n && csvk_buf_reserve(text, n + 256) != CSVK_OK) {
        parser->short_of_memory = true;
        return;
    }
    memcpy(text->data + text->length, from, n);
    text->length += n;
}

static void add_cell(struct mode_parser *parser, struct norm_cell add)
{
    struct norm_reading *to = parser->to;
    if (to->ncells == to->capacity) {
        size_t capacity = to->capacity == 0 ? 64 : 2 * to->capacity;
        struct norm_cell *cell = csvk_reallocarray(to->cell, capacity, sizeof *cell);
        if (cell == NULL) {
            parser->short_of_memory = true;
            return;
        }
        to->cell = cell;
        to->capacity = capacity;
    }
    to->cell[to->ncells++] = add;
}

/* A field whose value was added to the text from `begin` on. */
static void add_text(struct mode_parser *parser, size_t begin, bool enclosed)
{
    add_cell(parser, (struct norm_cell){begin, parser->to->text.length - begin, enclosed, false});
}

/* ---- where fields end ---- */

static bool cr_ends_record(const struct norm *norm)
{
    return csvk_cr_ends_record(&norm->scan.table);
}

/*
 * The line break at `p` outside of an enclosure, CSVK_EOL_NONE when there is none. As the reference
 * parser has it: LF, CR LF, CR CR LF, and CR alone where csvk_cr_ends_record says so.
 */
static enum csvk_eol line_break_at(const struct mode_parser *parser, const unsigned char *p)
{
    size_t left = (size_t)(parser->end - p);
    if (left != 0 && p[0] == '\n') {
        return CSVK_EOL_LF;
    }
    if (left >= 2 && p[0] == '\r' && p[1] == '\n') {
        return CSVK_EOL_CRLF;
    }
    if (left >= 3 && p[0] == '\r' && p[1] == '\r' && p[2] == '\n') {
        return CSVK_EOL_CRCRLF;
    }
    return left != 0 && p[0] == '\r' && cr_ends_record(parser->norm) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* True where a field may end: delimiter, line break, end of data. */
static bool field_ends_at(const struct mode_parser *parser, const unsigned char *p)
{
    if (p == parser->end) {
        return true;
    }
    return *p == parser->norm->in.delimiter || line_break_at(parser, p) != CSVK_EOL_NONE;
}

/* The first byte that is no blank. A tab that is the delimiter is no blank. */
static const unsigned char *after_blanks(const struct mode_parser *parser, const unsigned char *p)
{
    while (p < parser->end && (*p == ' ' || *p == '\t') && *p != parser->norm->in.delimiter) {
        p++;
    }
    return p;
}

/* ---- one field, byte by byte ---- */

/*
 * Data up to the next delimiter or line break, quotes included. Also what follows an enclosure that
 * was closed too early: the rest of `"abc"x`.
 */
static void read_unenclosed(struct mode_parser *parser)
{
    const struct csvk_dialect *in = &parser->norm->in;
    while (!field_ends_at(parser, parser->p)) {
        if (*parser->p == in->escape && parser->p + 1 < parser->end) {
            parser->p++;
        } else if (*parser->p == '\r') {
            parser->to->bare_cr++;
        } else if (*parser->p == in->enclosure) {
            parser->to->stray++;
        }
        add_run(parser);
    }
}

/*
 * What the quote at p, inside an enclosure, is:
 *   DOUBLED        `""`, one quote of the value
 *   ESCAPED        `\"` in the mode BACKSLASH
 *   CLOSES         the field ends after it
 *   CLOSES_BLANKS  the field ends after it and blanks, in the mode BLANKS
 *   DATA           it closes nothing, in the mode INNER
 *   BAD            it closes the enclosure, and text follows: an error is left
 */
enum quote {
    QUOTE_DOUBLED,
    QUOTE_ESCAPED,
    QUOTE_CLOSES,
    QUOTE_CLOSES_BLANKS,
    QUOTE_DATA,
    QUOTE_BAD
};

/*
 * The order of the questions is that of the reference parser, with the one decision of each mode
 * put where it belongs. A backslash directly after the opening quote counts as well: `"\"x"` is
 * `"x`.
 */
static enum quote judge_quote(const struct mode_parser *parser, const unsigned char *opening)
{
    const unsigned char *p = parser->p;
    if (parser->mode == NORM_READ_BACKSLASH && p > opening + 1 && p[-1] == '\\') {
        return QUOTE_ESCAPED;
    }
    if (p + 1 < parser->end && p[1] == p[0]) {
        return QUOTE_DOUBLED;
    }
    if (field_ends_at(parser, p + 1)) {
        return QUOTE_CLOSES;
    }
    if (parser->mode == NORM_READ_BLANKS && field_ends_at(parser, after_blanks(parser, p + 1))) {
        return QUOTE_CLOSES_BLANKS;
    }
    return parser->mode == NORM_READ_INNER ? QUOTE_DATA : QUOTE_BAD;
}

/*
 * Adds a quote that is part of the value. The escaped one takes the place of the backslash, which
 * is the last byte of the text.
 */
static void take_quote(struct mode_parser *parser, enum quote quote)
{
    struct norm_reading *to = parser->to;
    unsigned char c = *parser->p++;
    if (quote == QUOTE_ESCAPED) {
        to->text.data[to->text.length - 1] = c; /* in place of the backslash */
        to->escaped++;
        return;
    }
    parser->p += quote == QUOTE_DOUBLED;
    to->doubled += quote == QUOTE_DOUBLED;
    to->inner += quote == QUOTE_DATA;
    add_byte(parser, c);
}

/*
 * Reads on after the opening quote. False: a line break came first and the mode is NORM_READ_LINE;
 * the caller reads the field again as one that is not enclosed. The text is left as it is then; the
 * caller cuts it back.
 */
static bool read_enclosed(struct mode_parser *parser)
{
    const struct csvk_dialect *in = &parser->norm->in;
    const unsigned char *opening = parser->p++;
    while (parser->p < parser->end) {
        unsigned char c = *parser->p;
        if (c == in->escape && parser->p + 1 < parser->end) {
            add_byte(parser, parser->p[1]);
            parser->p += 2;
            continue;
        }
        if (c != in->enclosure) {
            if (parser->mode == NORM_READ_LINE &&
                line_break_at(parser, parser->p) != CSVK_EOL_NONE) {
                return false;
            }
            add_run(parser);
            continue;
        }
        enum quote quote = judge_quote(parser, opening);
        if (quote == QUOTE_CLOSES || quote == QUOTE_CLOSES_BLANKS) {
            parser->to->blanks += quote == QUOTE_CLOSES_BLANKS;
            parser->p = after_blanks(parser, parser->p + 1);
            return true;
        }
        if (quote == QUOTE_BAD) {
            parser->to->faulty = true;
            parser->p++;
            read_unenclosed(parser);
            return true;
        }
        take_quote(parser, quote);
    }
    if (parser->mode == NORM_READ_LINE) {
        return false;
    }
    parser->to->faulty = true;
    return true;
}

/* ---- fields that no mode has to decide about ---- */

/*
 * The end of the enclosed field at p when the mode has no decision to make in it; else NULL.
 * Doubled quotes are the same in every mode, so they are only counted.
 */
static inline const unsigned char *end_of_enclosed(const struct mode_parser *parser,
                                                   struct marks *marks, const unsigned char *p,
                                                   size_t *doubled)
{
    int quote = parser->norm->in.enclosure;
    for (;;) {
        p = next_mark(parser, marks, INSIDE, p + 1);
        bool escaped = parser->mode == NORM_READ_BACKSLASH && p[-1] == '\\';
        if (p == parser->end || *p != quote || escaped) {
            return NULL;
        }
        if (p + 1 == parser->end || p[1] != quote) {
            return p + 1;
        }
        ++*doubled;
        p++;
    }
}

/*
 * Takes fields in which this mode has nothing to decide, as long as they end before a delimiter.
 * The last field of a record never does, so it is left to take_plain_field.
 */
static void take_plain_fields(struct mode_parser *parser)
{
    struct norm_reading *to = parser->to;
    const int quote = parser->norm->in.enclosure, delimiter = parser->norm->in.delimiter;
    size_t most = to->capacity <= parser->norm->width ? to->capacity : (size_t)parser->norm->width;
    /* Copies, so that they stay in registers. */
    struct marks marks = parser->marks;
    const unsigned char *p = parser->p;
    size_t ncells = to->ncells;
    while (ncells < most && p < parser->end) {
        size_t doubled = 0;
        bool enclosed = *p == quote;
        const unsigned char *end = enclosed ? end_of_enclosed(parser, &marks, p, &doubled)
                                            : next_mark(parser, &marks, OUTSIDE, p);
        if (end == NULL || end == parser->end || *end != delimiter) {
            break;
        }
        to->cell[ncells++] =
            (struct norm_cell){(size_t)(p - parser->begin), (size_t)(end - p), enclosed, true};
        to->doubled += doubled;
        p = end + 1;
    }
    to->ncells = ncells;
    parser->marks = marks;
    parser->p = p;
}

/* The same for one field that ends anywhere. False: it has to be read byte by byte. */
static bool take_plain_field(struct mode_parser *parser)
{
    size_t doubled = 0;
    bool enclosed = parser->p < parser->end && *parser->p == parser->norm->in.enclosure;
    const unsigned char *end = enclosed
                                   ? end_of_enclosed(parser, &parser->marks, parser->p, &doubled)
                                   : next_outside(parser, parser->p);
    if (end == NULL || !field_ends_at(parser, end)) {
        return false;
    }
    size_t length = (size_t)(end - parser->p);
    add_cell(parser,
             (struct norm_cell){(size_t)(parser->p - parser->begin), length, enclosed, true});
    parser->to->doubled += doubled;
    parser->p = end;
    return true;
}

/*
 * One field, in any mode. A quote after blanks opens an enclosure in the mode BLANKS only; in all
 * others it is data, and an error is left.
 */
static void read_field(struct mode_parser *parser)
{
    struct norm_reading *to = parser->to;
    if (take_plain_field(parser)) {
        return;
    }
    size_t begin = to->text.length;
    int quote = parser->norm->in.enclosure;
    const unsigned char *start = parser->p, *quote_at = after_blanks(parser, parser->p);
    bool quoted = quote_at < parser->end && *quote_at == quote;
    if (quoted && quote_at != parser->p) {
        if (parser->mode == NORM_READ_BLANKS) {
            parser->p = quote_at;
            to->blanks++;
        } else {
            to->faulty = true;
            quoted = false;
        }
    }
    if (!quoted) {
        read_unenclosed(parser);
        add_text(parser, begin, false);
        return;
    }
    /* r22: once more from the opening quote, which is data now. */
    if (!read_enclosed(parser)) {
        to->text.length = begin;
        to->opened++;
        add_byte(parser, (unsigned char)quote);
        parser->p = start + 1;
        read_unenclosed(parser);
        add_text(parser, begin, false);
        return;
    }
    add_text(parser, begin, true);
}

/* Keeps the memory of the reading for the next record. */
static void clear_reading(struct norm_reading *to)
{
    csvk_buf_clear(&to->text);
    struct norm_reading fresh = {.text = to->text, .cell = to->cell, .capacity = to->capacity};
    *to = fresh;
}

/* ---- the record ---- */

/*
 * Reads fields up to a line break or the limit. A reading that has more fields than the table
 * cannot fit, so it stops there, and has not ended. The mode BACKSLASH goes on:
 * norm_judge_backslash counts in whole files, and must find the end of every record.
 *
 * A line break right before the limit is no end while more may follow: CR may turn out to be CR LF.
 */
int norm_read_in_mode(struct norm *norm, enum norm_mode mode, uint64_t offset,
                      struct norm_limit limit, struct norm_reading *to)
{
    struct mode_parser parser = {.norm = norm, .mode = mode, .to = to, .at_end = limit.at_end};
    clear_reading(to);
    parser.begin = parser.p = norm_window_at(&norm->window, offset);
    parser.end = parser.p + (limit.end - offset);
    to->offset = offset;
    to->bytes = parser.begin;
    parser.marks = mark_block(&parser, parser.p);
    take_plain_fields(&parser);
    read_field(&parser);
    bool counts_on = mode == NORM_READ_BACKSLASH;
    while (parser.p < parser.end && *parser.p == norm->in.delimiter && !parser.short_of_memory) {
        if (to->ncells > norm->width && !counts_on) {
            /* Whatever follows: it does not fit, and has not ended. */
            return CSVK_OK;
        }
        parser.p++;
        take_plain_fields(&parser);
        read_field(&parser);
    }
    if (parser.short_of_memory) {
        return norm_out_of_memory(norm);
    }
    to->eol = line_break_at(&parser, parser.p);
    to->content = offset + (uint64_t)(parser.p - parser.begin);
    to->end = to->content + norm_eol_length(to->eol);
    to->ended = to->eol != CSVK_EOL_NONE ? to->end < limit.end || limit.at_end : limit.at_end;
    return CSVK_OK;
}

struct csvk_bytes norm_cell_bytes(const struct norm_reading *reading, size_t i)
{
    const struct norm_cell *cell = &reading->cell[i];
    const unsigned char *from = cell->raw ? reading->bytes : reading->text.data;
    return (struct csvk_bytes){cell->length != 0 ? from + cell->begin : (const unsigned char *)"",
                               cell->length};
}

struct csvk_bytes norm_cell_value(const struct norm *norm, const struct norm_reading *reading,
                                  size_t i, unsigned char *room)
{
    struct csvk_bytes bytes = norm_cell_bytes(reading, i);
    if (!reading->cell[i].raw) {
        return bytes;
    }
    return (struct csvk_bytes){room, csvk_field_decode(bytes, &norm->in, room)};
}
