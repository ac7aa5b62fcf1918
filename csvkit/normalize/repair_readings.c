/*
 * repair_readings.c - other readings of a record than the reference parser's, and looking ahead
 * with the reference parser itself.
 *
 * norm_read is a second, small parser. It differs from the reference parser in exactly one decision
 * per mode (enum norm_mode), stops at the record's end, and says whether an error of enclosures is
 * left under its reading. It never decides anything; repair_quotes.c does. Fields in which no mode
 * has a decision to make are passed from one special byte to the next, and kept as they are.
 */
#include "csvkit/normalize/normalize_private.h"
#include "csvkit/base/bitmask.h"

struct norm_limit norm_reach(const struct norm *norm, uint64_t offset)
{
    size_t left = norm_window_left(&norm->window, offset);
    bool all = left <= norm->reach;
    struct norm_limit limit = {offset + (all ? left : norm->reach), all && norm->window.at_end};
    return limit;
}

/* ---- the second parser ---- */

/* Bit i of the masks: what block[i] may mean outside of enclosures, and inside. */
struct marks {
    const unsigned char *block;
    uint64_t outside, inside;
};

struct eye {
    struct norm *norm;
    enum norm_mode mode;
    const unsigned char *p, *end;
    const unsigned char *begin;
    bool at_end;
    struct norm_reading *to;
    bool short_of_memory;
    struct marks marks;
};

static struct marks look_at_block(const struct eye *eye, const unsigned char *p)
{
    const struct csvk_dialect *in = &eye->norm->in;
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
                          quotes | (eye->mode == NORM_READ_LINE ? breaks : 0)};
}

enum reading_place { OUTSIDE, INSIDE };

/* The first byte from p on that may mean something to the mode there. */
static inline const unsigned char *next_mark(const struct eye *eye, struct marks *marks,
                                             enum reading_place place, const unsigned char *p)
{
    while (p < eye->end) {
        if ((size_t)(p - marks->block) >= CSVK_BITMASK_BLOCK) {
            *marks = look_at_block(eye, p);
        }
        uint64_t left = (place == OUTSIDE ? marks->outside : marks->inside) >> (p - marks->block);
        if (left != 0) {
            p += __builtin_ctzll(left);
            return p < eye->end ? p : eye->end;
        }
        p = marks->block + CSVK_BITMASK_BLOCK;
    }
    return eye->end;
}

static const unsigned char *next_special(struct eye *eye, const unsigned char *p)
{
    return next_mark(eye, &eye->marks, OUTSIDE, p);
}

static void put(struct eye *eye, unsigned char c)
{
    struct csvk_buf *text = &eye->to->text;
    if (text->length == text->capacity && csvk_buf_reserve(text, 256) != CSVK_OK) {
        eye->short_of_memory = true;
        return;
    }
    text->data[text->length++] = c;
}

/* The byte at p, and the bytes behind it that mean nothing to any reading. */
static void put_run(struct eye *eye)
{
    struct csvk_buf *text = &eye->to->text;
    const unsigned char *from = eye->p;
    eye->p = next_special(eye, from + 1);
    size_t n = (size_t)(eye->p - from);
    if (text->capacity - text->length <= n && csvk_buf_reserve(text, n + 256) != CSVK_OK) {
        eye->short_of_memory = true;
        return;
    }
    memcpy(text->data + text->length, from, n);
    text->length += n;
}

static void add_cell(struct eye *eye, struct norm_cell add)
{
    struct norm_reading *to = eye->to;
    if (to->ncells == to->capacity) {
        size_t capacity = to->capacity == 0 ? 64 : 2 * to->capacity;
        struct norm_cell *cell = csvk_reallocarray(to->cell, capacity, sizeof *cell);
        if (cell == NULL) {
            eye->short_of_memory = true;
            return;
        }
        to->cell = cell;
        to->capacity = capacity;
    }
    to->cell[to->ncells++] = add;
}

/* What was put from `begin` on. */
static void add_text(struct eye *eye, size_t begin, bool enclosed)
{
    add_cell(eye, (struct norm_cell){begin, eye->to->text.length - begin, enclosed, false});
}

static bool cr_ends(const struct norm *norm)
{
    return csvk_cr_ends_record(&norm->scan.table);
}

/* The line break at `p` outside of an enclosure, CSVK_EOL_NONE when there is none. */
static enum csvk_eol line_break_at(const struct eye *eye, const unsigned char *p)
{
    size_t left = (size_t)(eye->end - p);
    if (left != 0 && p[0] == '\n') {
        return CSVK_EOL_LF;
    }
    if (left >= 2 && p[0] == '\r' && p[1] == '\n') {
        return CSVK_EOL_CRLF;
    }
    if (left >= 3 && p[0] == '\r' && p[1] == '\r' && p[2] == '\n') {
        return CSVK_EOL_CRCRLF;
    }
    return left != 0 && p[0] == '\r' && cr_ends(eye->norm) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* True where a field may end: delimiter, line break, end of data. */
static bool field_ends_at(const struct eye *eye, const unsigned char *p)
{
    if (p == eye->end) {
        return true;
    }
    return *p == eye->norm->in.delimiter || line_break_at(eye, p) != CSVK_EOL_NONE;
}

static const unsigned char *behind_blanks(const struct eye *eye, const unsigned char *p)
{
    while (p < eye->end && (*p == ' ' || *p == '\t') && *p != eye->norm->in.delimiter) {
        p++;
    }
    return p;
}

/* Data up to the next delimiter or line break, quotes included. */
static void read_open(struct eye *eye)
{
    const struct csvk_dialect *in = &eye->norm->in;
    while (!field_ends_at(eye, eye->p)) {
        if (*eye->p == in->escape && eye->p + 1 < eye->end) {
            eye->p++;
        } else if (*eye->p == '\r') {
            eye->to->bare_cr++;
        } else if (*eye->p == in->enclosure) {
            eye->to->stray++;
        }
        put_run(eye);
    }
}

/* What the quote at p, inside an enclosure, is. */
enum quote {
    QUOTE_DOUBLED,
    QUOTE_ESCAPED,
    QUOTE_CLOSES,
    QUOTE_CLOSES_BLANKS,
    QUOTE_DATA,
    QUOTE_BAD
};

static enum quote judge_quote(const struct eye *eye, const unsigned char *opening)
{
    const unsigned char *p = eye->p;
    if (eye->mode == NORM_READ_BACKSLASH && p > opening + 1 && p[-1] == '\\') {
        return QUOTE_ESCAPED;
    }
    if (p + 1 < eye->end && p[1] == p[0]) {
        return QUOTE_DOUBLED;
    }
    if (field_ends_at(eye, p + 1)) {
        return QUOTE_CLOSES;
    }
    if (eye->mode == NORM_READ_BLANKS && field_ends_at(eye, behind_blanks(eye, p + 1))) {
        return QUOTE_CLOSES_BLANKS;
    }
    return eye->mode == NORM_READ_INNER ? QUOTE_DATA : QUOTE_BAD;
}

static void pass_quote(struct eye *eye, enum quote quote)
{
    struct norm_reading *to = eye->to;
    unsigned char c = *eye->p++;
    if (quote == QUOTE_ESCAPED) {
        to->text.data[to->text.length - 1] = c; /* in place of the backslash */
        to->escaped++;
        return;
    }
    eye->p += quote == QUOTE_DOUBLED;
    to->doubled += quote == QUOTE_DOUBLED;
    to->inner += quote == QUOTE_DATA;
    put(eye, c);
}

/* Behind the opening quote. False: a line break came first and the mode is NORM_READ_LINE. */
static bool read_enclosed(struct eye *eye)
{
    const struct csvk_dialect *in = &eye->norm->in;
    const unsigned char *opening = eye->p++;
    while (eye->p < eye->end) {
        unsigned char c = *eye->p;
        if (c == in->escape && eye->p + 1 < eye->end) {
            put(eye, eye->p[1]);
            eye->p += 2;
            continue;
        }
        if (c != in->enclosure) {
            if (eye->mode == NORM_READ_LINE && line_break_at(eye, eye->p) != CSVK_EOL_NONE) {
                return false;
            }
            put_run(eye);
            continue;
        }
        enum quote quote = judge_quote(eye, opening);
        if (quote == QUOTE_CLOSES || quote == QUOTE_CLOSES_BLANKS) {
            eye->to->blanks += quote == QUOTE_CLOSES_BLANKS;
            eye->p = behind_blanks(eye, eye->p + 1);
            return true;
        }
        if (quote == QUOTE_BAD) {
            eye->to->faulty = true;
            eye->p++;
            read_open(eye);
            return true;
        }
        pass_quote(eye, quote);
    }
    if (eye->mode == NORM_READ_LINE) {
        return false;
    }
    eye->to->faulty = true;
    return true;
}

/* The end of the enclosed field at p when the mode has no decision to make in it; else NULL. */
static inline const unsigned char *end_of_enclosed(const struct eye *eye, struct marks *marks,
                                                   const unsigned char *p, size_t *doubled)
{
    int quote = eye->norm->in.enclosure;
    for (;;) {
        p = next_mark(eye, marks, INSIDE, p + 1);
        bool escaped = eye->mode == NORM_READ_BACKSLASH && p[-1] == '\\';
        if (p == eye->end || *p != quote || escaped) {
            return NULL;
        }
        if (p + 1 == eye->end || p[1] != quote) {
            return p + 1;
        }
        ++*doubled;
        p++;
    }
}

/* Passes fields that are their bytes, whatever the mode, and end before a delimiter. */
static void pass_fields(struct eye *eye)
{
    struct norm_reading *to = eye->to;
    const int quote = eye->norm->in.enclosure, delimiter = eye->norm->in.delimiter;
    size_t most = to->capacity <= eye->norm->width ? to->capacity : (size_t)eye->norm->width;
    struct marks marks = eye->marks; /* copies, so that they stay in registers */
    const unsigned char *p = eye->p;
    size_t ncells = to->ncells;
    while (ncells < most && p < eye->end) {
        size_t doubled = 0;
        bool enclosed = *p == quote;
        const unsigned char *end = enclosed ? end_of_enclosed(eye, &marks, p, &doubled)
                                            : next_mark(eye, &marks, OUTSIDE, p);
        if (end == NULL || end == eye->end || *end != delimiter) {
            break;
        }
        to->cell[ncells++] =
            (struct norm_cell){(size_t)(p - eye->begin), (size_t)(end - p), enclosed, true};
        to->doubled += doubled;
        p = end + 1;
    }
    to->ncells = ncells;
    eye->marks = marks;
    eye->p = p;
}

/* The same for one field that ends anywhere. */
static bool pass_field(struct eye *eye)
{
    size_t doubled = 0;
    bool enclosed = eye->p < eye->end && *eye->p == eye->norm->in.enclosure;
    const unsigned char *end =
        enclosed ? end_of_enclosed(eye, &eye->marks, eye->p, &doubled) : next_special(eye, eye->p);
    if (end == NULL || !field_ends_at(eye, end)) {
        return false;
    }
    size_t length = (size_t)(end - eye->p);
    add_cell(eye, (struct norm_cell){(size_t)(eye->p - eye->begin), length, enclosed, true});
    eye->to->doubled += doubled;
    eye->p = end;
    return true;
}

static void read_field(struct eye *eye)
{
    struct norm_reading *to = eye->to;
    if (pass_field(eye)) {
        return;
    }
    size_t begin = to->text.length;
    int quote = eye->norm->in.enclosure;
    const unsigned char *start = eye->p, *ink = behind_blanks(eye, eye->p);
    bool quoted = ink < eye->end && *ink == quote;
    if (quoted && ink != eye->p) {
        if (eye->mode == NORM_READ_BLANKS) {
            eye->p = ink;
            to->blanks++;
        } else {
            to->faulty = true;
            quoted = false;
        }
    }
    if (!quoted) {
        read_open(eye);
        add_text(eye, begin, false);
        return;
    }
    if (!read_enclosed(eye)) {
        to->text.length = begin;
        to->opened++;
        put(eye, (unsigned char)quote);
        eye->p = start + 1;
        read_open(eye);
        add_text(eye, begin, false);
        return;
    }
    add_text(eye, begin, true);
}

static void clear_reading(struct norm_reading *to)
{
    csvk_buf_clear(&to->text);
    struct norm_reading fresh = {.text = to->text, .cell = to->cell, .capacity = to->capacity};
    *to = fresh;
}

int norm_read(struct norm *norm, enum norm_mode mode, uint64_t offset, struct norm_limit limit,
              struct norm_reading *to)
{
    struct eye eye = {.norm = norm, .mode = mode, .to = to, .at_end = limit.at_end};
    clear_reading(to);
    eye.begin = eye.p = norm_window_at(&norm->window, offset);
    eye.end = eye.p + (limit.end - offset);
    to->offset = offset;
    to->bytes = eye.begin;
    eye.marks = look_at_block(&eye, eye.p);
    pass_fields(&eye);
    read_field(&eye);
    bool counts_on = mode == NORM_READ_BACKSLASH; /* it is asked about whole files, too */
    while (eye.p < eye.end && *eye.p == norm->in.delimiter && !eye.short_of_memory) {
        if (to->ncells > norm->width && !counts_on) {
            return CSVK_OK; /* whatever follows: it does not fit, and has not ended */
        }
        eye.p++;
        pass_fields(&eye);
        read_field(&eye);
    }
    if (eye.short_of_memory) {
        return norm_out_of_memory(norm);
    }
    to->eol = line_break_at(&eye, eye.p);
    to->content = offset + (uint64_t)(eye.p - eye.begin);
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

/* ---- the reference parser, ahead of the scan ---- */

static void prepare(struct norm *norm, struct norm_scratch *scratch)
{
    scratch->table = norm->scan.table;
    scratch->table.detail = CSVK_FIELDS;
    scratch->table.mixed_reported = true;
    scratch->table.totals.width = norm->width;
    csvk_batch_builder_clear(&scratch->builder);
}

int norm_reference(struct norm *norm, struct norm_scratch *scratch, uint64_t offset,
                   struct norm_limit limit, struct norm_record *rec, bool *found)
{
    size_t used = 0;
    *found = false;
    if (offset >= limit.end) {
        return CSVK_OK;
    }
    prepare(norm, scratch);
    const unsigned char *bytes = norm_window_at(&norm->window, offset);
    csvk_reference_begin(&scratch->reference, &scratch->table, &scratch->builder, offset, offset);
    bool complete = csvk_reference_feed(&scratch->reference, bytes, (size_t)(limit.end - offset),
                                        limit.at_end, &used);
    if (scratch->builder.failed) {
        return norm_out_of_memory(norm);
    }
    if (complete) {
        *rec = norm_reported(&scratch->builder, 0, bytes);
        *found = true;
    }
    return CSVK_OK;
}

int norm_reference_bytes(struct norm *norm, struct norm_scratch *scratch,
                         const struct csvk_record *like, struct norm_record *rec, bool *found)
{
    size_t used = 0;
    const struct csvk_buf *bytes = &scratch->bytes;
    prepare(norm, scratch);
    scratch->table.totals.records = like->number - 1;
    scratch->table.totals.lines = like->line - 1;
    csvk_reference_begin(&scratch->reference, &scratch->table, &scratch->builder, like->offset,
                         like->offset);
    *found = csvk_reference_feed(&scratch->reference, bytes->data, bytes->length, true, &used) &&
             used == bytes->length;
    if (scratch->builder.failed) {
        return norm_out_of_memory(norm);
    }
    if (*found) {
        *rec = norm_reported(&scratch->builder, 0, bytes->data);
    }
    return CSVK_OK;
}

/* ---- runs of whole records ---- */

/* Looks through what one scan reported. True when a record is not whole: *at is its offset. */
static bool find_broken(const struct norm *norm, uint64_t *at, uint64_t *before)
{
    const struct csvk_batch_builder *builder = &norm->ahead.builder;
    for (size_t i = 0; i < builder->nrecords; i++) {
        struct norm_record rec = norm_reported(builder, i, NULL);
        if (!norm_is_whole(norm, &rec)) {
            *at = builder->records[i].offset;
            *before = builder->records[i].number - 1;
            return true;
        }
    }
    return false;
}

int norm_run(struct norm *norm, uint64_t offset, uint64_t stop, struct norm_limit limit,
             struct norm_run *run)
{
    const uint64_t base = UINT64_C(1) << 40; /* so that no record is the first */
    size_t piece = 256;
    *run = (struct norm_run){.end = offset};
    norm->ahead.table = norm->scan.table;
    norm->ahead.table.detail = CSVK_COUNTS;
    norm->ahead.table.mixed_reported = true;
    norm->ahead.table.totals.width = norm->width;
    norm->ahead.table.totals.records = base;
    while (run->end < stop && run->end < limit.end) {
        size_t left = (size_t)(limit.end - run->end);
        size_t n = left < piece ? left : piece;
        csvk_batch_builder_clear(&norm->ahead.builder);
        size_t used = csvk_scan(&norm->ahead, norm_window_at(&norm->window, run->end), n,
                                n == left && limit.at_end, run->end);
        if (norm->ahead.builder.failed) {
            return norm_out_of_memory(norm);
        }
        uint64_t at = 0, before = 0;
        if (find_broken(norm, &at, &before)) {
            run->end = at;
            run->records = before - base;
            run->all = at >= stop;
            return CSVK_OK;
        }
        run->records = norm->ahead.table.totals.records - base;
        run->end += used;
        if (used == 0 && n == left) {
            break; /* the last one goes on beyond the limit */
        }
        piece *= 2;
    }
    run->all = run->end >= stop || stop >= limit.end;
    return CSVK_OK;
}

/* ---- physical lines ---- */

uint64_t norm_next_line(const struct norm *norm, uint64_t offset, uint64_t end)
{
    const unsigned char *p = norm_window_at(&norm->window, offset);
    size_t n = (size_t)(end - offset);
    for (size_t i = 0; i < n; i += CSVK_BITMASK_BLOCK) {
        uint64_t breaks = csvk_bitmask_of(p + i, '\n') | csvk_bitmask_of(p + i, '\r');
        size_t at = breaks != 0 ? i + (size_t)__builtin_ctzll(breaks) : n;
        if (at < n) {
            bool pair = p[at] == '\r' && at + 1 < n && p[at + 1] == '\n';
            return offset + at + (pair ? 2 : 1);
        }
    }
    return end;
}

uint64_t norm_count_lines(const struct norm *norm, uint64_t from, uint64_t to)
{
    const unsigned char *p = norm_window_at(&norm->window, from);
    size_t n = (size_t)(to - from);
    uint64_t lines = 0;
    if (n == 0 || memchr(p, '\r', n) == NULL) {
        const unsigned char *end = p + n;
        for (const unsigned char *lf = p; n != 0 && lf < end; lf++, lines++) {
            lf = memchr(lf, '\n', (size_t)(end - lf));
            if (lf == NULL) {
                break;
            }
        }
        return lines;
    }
    for (size_t i = 0; i < n; i++) {
        lines += p[i] == '\r' || (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'));
    }
    return lines;
}
