/*
 * structural_stepper.h - private, part of scan_template.h: from one structural byte to the next.
 * Every decision is the reference parser's; a record that is not complete is given up, with
 * a note of the place to go on from when the window begins with it (struct csvk_pause).
 */

/*
 * The next structural byte. On the way every block is asked whether it holds a byte that may be
 * worth a fact, so that records without one need no second look.
 */
struct cursor {
    const unsigned char *bytes;
    size_t length;
    size_t record; /* the record's first byte */
    size_t block;  /* where the 64 bytes of `mask` begin */
    uint64_t mask; /* structural bytes not yet passed */
    size_t odd;    /* no byte of the record before it is worth a fact; SIZE_MAX: none so far */
    bool block_odd;
    struct structural_bytes n;
    const struct csvk_table *table;
};

static inline SCAN_TARGET void cursor_load(struct cursor *c)
{
    const unsigned char *p = c->bytes + c->block;
    chunk k = chunk_load(p);
    uint64_t mask = chunk_eq(k, c->n.delimiter) | (chunk_eq(k, c->n.enclosure) & c->n.quote_on) |
                    chunk_eq(k, '\n') | chunk_eq(k, '\r');
    if (c->n.escape != CSVK_NO_BYTE) {
        mask |= chunk_eq(k, c->n.escape);
    }
    size_t left = c->length - c->block;
    uint64_t there = left < 64 ? below((unsigned)left) : ~UINT64_C(0);
    uint64_t odd = chunk_odd(k) & ~mask & there;
    bool open = (p[-1] | p[-2] | p[-3]) >= 0x80; /* a sequence may go on into the block */
    c->mask = mask & there;
    c->block_odd = (odd != 0 || open) && odd_signs(c->table, p, k, odd, there) != 0;
    if (c->block_odd && c->block < c->odd) {
        c->odd = c->block;
    }
}

/* Begins at `to`, a record's first byte. */
static inline SCAN_TARGET void cursor_start(struct cursor *c, size_t to)
{
    c->odd = SIZE_MAX;
    c->block_odd = false;
    c->record = c->block = to;
    c->mask = 0;
    if (to < c->length) {
        cursor_load(c);
    }
}

/* Goes on to `to`; no block on the way is passed unseen. */
static inline SCAN_TARGET void cursor_seek(struct cursor *c, size_t to)
{
    while (to - c->block >= 64 && c->length - c->block > 64) {
        c->block += 64;
        cursor_load(c);
    }
    if (to - c->block < 64) {
        c->mask &= ~below((unsigned)(to - c->block));
    } else {
        c->mask = 0;
    }
}

/* Goes on at `to`, in the record at 0, of which nothing before `odd` is worth a fact. */
static SCAN_TARGET void cursor_resume(struct cursor *c, size_t to, size_t odd)
{
    cursor_start(c, to / 64 * 64);
    c->record = 0;
    c->odd = odd < c->odd ? odd : c->odd;
    c->mask &= ~below((unsigned)(to % 64));
}

static inline SCAN_TARGET size_t cursor_next(struct cursor *c)
{
    while (c->mask == 0) {
        if (c->length - c->block <= 64) {
            return c->length;
        }
        c->block += 64;
        cursor_load(c);
    }
    return c->block + low_bit(c->mask);
}

static inline void cursor_drop(struct cursor *c)
{
    c->mask &= c->mask - 1;
}

struct walk {
    struct csvk_scan *scan;
    struct csvk_open_record *open;
    struct cursor *cursor;
    const unsigned char *bytes;
    size_t length;
    uint64_t offset; /* absolute, of bytes[0] */
    bool at_end;
    struct csvk_open_field field;
    size_t stop; /* with INCOMPLETE: the byte to go on with, and how */
    enum csvk_walk_place place;
};

/* More bytes are needed to judge the one at `at`. */
static size_t walk_stop(struct walk *w, size_t at, enum csvk_walk_place place)
{
    w->stop = at;
    w->place = place;
    return INCOMPLETE;
}

static void walk_tell(struct walk *w, enum csvk_fact_kind kind, size_t at, size_t length,
                      uint64_t extra)
{
    struct csvk_fact fact = {.offset = w->offset + at,
                             .length = length,
                             .extra = extra,
                             .record = w->open->r.number,
                             .field = w->open->r.nfields + 1,
                             .kind = kind};
    csvk_told_fact(&w->scan->told, &fact);
}

/* The record has more facts or fields than may be told of one. */
static bool walk_is_flooded(const struct walk *w)
{
    return w->scan->told.nfacts - w->open->facts_mark > w->scan->most_facts ||
           w->open->r.nfields > w->scan->most_fields;
}

/* What the CR at `at` is: -1: cannot tell without more bytes; CSVK_EOL_NONE: data. */
static int walk_cr(const struct walk *w, size_t at)
{
    size_t left = w->length - at;
    const unsigned char *p = w->bytes + at;
    if (left >= 2 && p[1] == '\n') {
        return CSVK_EOL_CRLF;
    }
    if (left >= 3 && p[1] == '\r' && p[2] == '\n') {
        return CSVK_EOL_CRCRLF;
    }
    if (!w->at_end && (left == 1 || (left == 2 && p[1] == '\r'))) {
        return -1;
    }
    return csvk_cr_ends_record(&w->scan->table) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* A line break that is data; `enclosed` ones may look like records. */
static void walk_line_break(struct walk *w, size_t at, bool enclosed)
{
    if (w->bytes[at] == '\n' && at > w->field.begin && w->bytes[at - 1] == '\r') {
        return;
    }
    w->open->lines++;
    if (enclosed) {
        uint64_t width = w->scan->table.totals.width;
        if (w->field.breaks > 0 && width >= 2 && w->field.inner_delimiters == width - 1) {
            w->field.inner_hit = true;
        }
        w->field.breaks++;
        w->field.inner_delimiters = 0;
    }
}

/* Passes the escape at `at` and the byte behind it. False: that byte is not there yet. */
static SCAN_TARGET bool walk_escape(struct walk *w, size_t at, bool enclosed)
{
    w->field.flags |= CSVK_FIELD_DECODE;
    if (at + 1 >= w->length) {
        cursor_seek(w->cursor, at + 1);
        return w->at_end;
    }
    unsigned char c = w->bytes[at + 1];
    if (c == '\n' || c == '\r') {
        walk_line_break(w, at + 1, enclosed);
    } else if (enclosed && c == w->cursor->n.delimiter) {
        w->field.inner_delimiters++;
    }
    cursor_seek(w->cursor, at + 2);
    return true;
}

static bool all_blank(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != ' ' && p[i] != '\t') {
            return false;
        }
    }
    return n != 0;
}

/*
 * Passes data outside enclosures up to the delimiter or line break that ends the field; answers its
 * place, the length of the input when it ends there, or INCOMPLETE. From a first enclosure behind
 * blanks on, and behind text that follows a closing one, enclosures are data (`place`).
 */
static SCAN_TARGET size_t walk_outside(struct walk *w, enum csvk_walk_place place)
{
    for (;;) {
        size_t at = cursor_next(w->cursor);
        if (at == w->length) {
            return w->at_end ? at : walk_stop(w, at, place);
        }
        unsigned char c = w->bytes[at];
        if (c == w->cursor->n.delimiter || c == '\n') {
            return at;
        }
        if (c == '\r') {
            int eol = walk_cr(w, at);
            if (eol != CSVK_EOL_NONE) {
                return eol < 0 ? walk_stop(w, at, place) : at;
            }
            walk_tell(w, CSVK_FACT_BARE_CR, at, 1, 0);
            w->open->lines++;
        } else if (c == w->cursor->n.escape) {
            if (!walk_escape(w, at, false)) {
                return walk_stop(w, at, place);
            }
            continue;
        } else if (place == CSVK_WALK_OUTSIDE) {
            w->field.flags |= CSVK_FIELD_BROKEN;
            if (all_blank(w->bytes + w->field.begin, at - w->field.begin)) {
                walk_tell(w, CSVK_FACT_SPACE_BEFORE_QUOTE, w->field.begin, at - w->field.begin, 0);
                place = CSVK_WALK_LITERAL;
            } else {
                walk_tell(w, CSVK_FACT_QUOTE_IN_UNQUOTED, at, 1, 0);
            }
        }
        if (walk_is_flooded(w)) {
            return walk_stop(w, at, place);
        }
        cursor_drop(w->cursor);
    }
}

/* The enclosure at `quote` closes, but text follows, at `at` behind blanks. */
static SCAN_TARGET size_t walk_text_after(struct walk *w, size_t quote, size_t at)
{
    if (w->bytes[quote - 1] == '\\' && quote > w->field.begin + 1) {
        walk_tell(w, CSVK_FACT_BACKSLASH_QUOTE, quote - 1, 2, 0);
    } else {
        walk_tell(w, CSVK_FACT_TEXT_AFTER_CLOSING, quote + 1, 1, 0);
    }
    w->field.flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    cursor_seek(w->cursor, at);
    return walk_outside(w, CSVK_WALK_LITERAL);
}

/* Behind a closing enclosure, and blanks up to `at`: as walk_outside. */
static SCAN_TARGET size_t walk_closed(struct walk *w, size_t at)
{
    size_t quote = w->field.closing;
    int delimiter = w->cursor->n.delimiter;
    while (at < w->length && w->bytes[at] != delimiter &&
           (w->bytes[at] == ' ' || w->bytes[at] == '\t')) {
        at++;
    }
    if (at == w->length && !w->at_end) {
        return walk_stop(w, at, CSVK_WALK_CLOSED);
    }
    if (at < w->length && w->bytes[at] != delimiter && w->bytes[at] != '\n') {
        int eol = w->bytes[at] == '\r' ? walk_cr(w, at) : CSVK_EOL_NONE;
        if (eol == CSVK_EOL_NONE) {
            return walk_text_after(w, quote, at);
        }
        if (eol < 0) {
            return walk_stop(w, at, CSVK_WALK_CLOSED);
        }
    }
    if (at > quote + 1) {
        walk_tell(w, CSVK_FACT_SPACE_AFTER_QUOTE, quote + 1, at - quote - 1, 0);
        w->field.flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    }
    cursor_seek(w->cursor, at);
    return at;
}

/* The input ends inside the enclosure. */
static size_t walk_unclosed(struct walk *w)
{
    if (!w->at_end) {
        return walk_stop(w, w->length, CSVK_WALK_ENCLOSED);
    }
    walk_tell(w, CSVK_FACT_UNCLOSED, w->field.begin, 1, w->offset + w->length);
    w->field.flags |= CSVK_FIELD_BROKEN;
    w->field.inner_hit = false;
    return w->length;
}

/* An enclosed field, behind its opening enclosure: as walk_outside. */
static SCAN_TARGET size_t walk_enclosed(struct walk *w)
{
    for (;;) {
        size_t at = cursor_next(w->cursor);
        if (at == w->length) {
            return walk_unclosed(w);
        }
        unsigned char c = w->bytes[at];
        if (c == w->cursor->n.enclosure) {
            if (at + 1 == w->length && !w->at_end) {
                return walk_stop(w, at, CSVK_WALK_ENCLOSED);
            }
            if (at + 1 == w->length || w->bytes[at + 1] != c) {
                w->field.closing = at;
                return walk_closed(w, at + 1);
            }
            w->field.flags |= CSVK_FIELD_DECODE;
            cursor_seek(w->cursor, at + 2);
            continue;
        }
        if (c == w->cursor->n.escape) {
            if (!walk_escape(w, at, true)) {
                return walk_stop(w, at, CSVK_WALK_ENCLOSED);
            }
            continue;
        }
        if (c == w->cursor->n.delimiter) {
            w->field.inner_delimiters++;
        } else {
            walk_line_break(w, at, true);
        }
        cursor_drop(w->cursor);
    }
}

/* The field is complete, up to `end`. */
static void walk_field_end(struct walk *w, size_t end)
{
    const struct csvk_open_field *field = &w->field;
    if (field->inner_hit && csvk_wants(&w->scan->table, CSVK_FACT_SUSPICIOUS_LINES)) {
        walk_tell(w, CSVK_FACT_SUSPICIOUS_LINES, field->begin, end - field->begin,
                  field->breaks + 1);
    }
    csvk_told_field(&w->scan->told, field->begin, end, field->flags);
    w->open->r.nfields++;
}

/* The field at w->field.begin: as walk_outside. */
static SCAN_TARGET size_t walk_field(struct walk *w)
{
    struct csvk_open_field *field = &w->field;
    field->flags = 0;
    field->breaks = field->inner_delimiters = 0;
    field->inner_hit = false;
    size_t at = cursor_next(w->cursor);
    if (at == field->begin && at < w->length && w->cursor->n.quote_on != 0 &&
        w->bytes[at] == w->cursor->n.enclosure) {
        field->flags = CSVK_FIELD_ENCLOSED;
        cursor_drop(w->cursor);
        return walk_enclosed(w);
    }
    return walk_outside(w, CSVK_WALK_OUTSIDE);
}

/*
 * Tells the facts about the bytes around the first odd one from `at` on, at `odd`; one that shows
 * behind the record's end shows at its last byte. What follows an ill-formed sequence's first sign
 * is not sure, so no look ends behind a byte above 7F. Answers where it ended. `ends`: as in struct
 * csvk_byte_range.
 */
static size_t walk_odd(struct walk *w, struct csvk_bytes record, size_t at, size_t odd,
                       const struct csvk_field_ends *ends)
{
    odd = odd < record.len ? odd : record.len - 1;
    size_t from = odd - at > 3 ? odd - 3 : at;
    size_t to = odd + 1;
    while (to < record.len && record.ptr[to - 1] >= 0x80) {
        to++;
    }
    struct csvk_byte_range range = {at, from, to, ends};
    return csvk_byte_facts(w->open, &w->scan->table, &w->scan->told, record, &range);
}

/* Tells the facts about the record's bytes, looking closely only where something is odd. */
static SCAN_TARGET void walk_bytes(struct walk *w, struct csvk_bytes record)
{
    for (size_t at = 0; at < record.len && !w->scan->told.failed && !walk_is_flooded(w);) {
        size_t odd =
            at + first_odd(&w->scan->table, &w->cursor->n, record.ptr + at, record.len - at);
        if (odd == record.len) {
            return;
        }
        at = walk_odd(w, record, at, odd, NULL);
    }
}

static void walk_describe(struct walk *w)
{
    struct csvk_record *r = &w->open->r;
    const struct csvk_field *fields = w->scan->told.fields + w->open->fields_mark;
    uint64_t width = w->scan->table.totals.width;
    const struct csvk_field *last = &fields[r->nfields - 1];
    r->last_empty = last->begin == last->end;
    if (width != 0 && r->nfields > width) {
        r->surplus_offset = w->offset + fields[width].begin;
        r->surplus_length = fields[width].end - fields[width].begin;
    }
}

static SCAN_TARGET enum csvk_eol walk_eol(const struct walk *w, size_t at)
{
    if (at == w->length) {
        return CSVK_EOL_NONE;
    }
    return w->bytes[at] == '\n' ? CSVK_EOL_LF : (enum csvk_eol)walk_cr(w, at);
}

/* Passes fields that hold no structural byte and end before a delimiter: most of them. */
static inline SCAN_TARGET void walk_plain_fields(struct walk *w)
{
    struct cursor *c = w->cursor;
    struct csvk_told *told = &w->scan->told;
    size_t at = cursor_next(c);
    while (at < w->length && w->bytes[at] == c->n.delimiter &&
           w->open->r.nfields <= w->scan->most_fields) {
        csvk_told_field(told, w->field.begin, at, 0);
        w->open->r.nfields++;
        w->field.begin = at + 1;
        cursor_drop(c);
        at = cursor_next(c);
    }
}

/* Steps over the delimiter at `at`; false: a line break is there. */
static inline SCAN_TARGET bool walk_delimiter(struct walk *w, size_t at)
{
    if (w->bytes[at] != w->cursor->n.delimiter) {
        return false;
    }
    cursor_drop(w->cursor);
    w->field.begin = at + 1;
    return true;
}

/* The record is left to whoever needs less memory for it. */
static size_t walk_too_long(struct walk *w)
{
    w->scan->too_long = true;
    csvk_record_abandon(w->open, &w->scan->told);
    return INCOMPLETE;
}

/* The record at `from` ends at `at`; answers the offset behind it, INCOMPLETE when too long. */
static SCAN_TARGET size_t walk_finish(struct walk *w, size_t from, size_t at)
{
    if (at - from > w->scan->most) {
        return walk_too_long(w);
    }
    walk_describe(w);
    struct csvk_bytes record = {w->bytes + from, at - from};
    if (w->cursor->odd < at || cut_sequence(record.ptr, record.len)) {
        walk_bytes(w, record);
    }
    if (walk_is_flooded(w)) {
        return walk_too_long(w);
    }
    struct csvk_told *told = &w->scan->told;
    enum csvk_eol eol = walk_eol(w, at);
    csvk_record_finish(w->open, &w->scan->table, told, eol, w->offset + at);
    size_t next = at + csvk_eol_length(eol);
    w->cursor->odd = w->cursor->block_odd ? at : SIZE_MAX;
    w->cursor->record = next;
    cursor_seek(w->cursor, next);
    if (w->scan->table.detail != CSVK_COUNTS) {
        csvk_told_end(told, next);
    }
    return next;
}

/* The record is not complete: what is known of it is kept, out of sight. */
static void walk_pause(struct walk *w)
{
    struct csvk_told *told = &w->scan->told;
    w->scan->pause = (struct csvk_pause){.active = true,
                                         .place = w->place,
                                         .stop = w->stop,
                                         .odd = w->cursor->odd,
                                         .field = w->field,
                                         .open = *w->open,
                                         .nfields = told->nfields,
                                         .nfacts = told->nfacts};
}

/* The field at hand ends at `at`, or is INCOMPLETE; goes on to the end of the record at `from`. */
static SCAN_TARGET size_t walk_rest(struct walk *w, size_t from, size_t at)
{
    while (at != INCOMPLETE && !walk_is_flooded(w)) {
        walk_field_end(w, at);
        if (at == w->length || !walk_delimiter(w, at)) {
            break;
        }
        walk_plain_fields(w);
        at = walk_field(w);
    }
    struct csvk_told *told = &w->scan->told;
    if (walk_is_flooded(w)) {
        return walk_too_long(w);
    }
    if (at != INCOMPLETE && !told->failed) {
        return walk_finish(w, from, at);
    }
    if (w->scan->pauses && from == 0 && !told->failed) {
        walk_pause(w);
    }
    csvk_record_abandon(w->open, told);
    return INCOMPLETE;
}

/* Examines the record at `from`; answers the offset behind it, or INCOMPLETE. */
static SCAN_TARGET size_t walk_record(struct walk *w, size_t from)
{
    csvk_record_begin(w->open, &w->scan->table, &w->scan->told, w->offset + from);
    w->field.begin = from;
    walk_plain_fields(w);
    return walk_rest(w, from, walk_field(w));
}

/* Nothing has been told since that stands where the record's facts were. */
static bool can_resume(const struct csvk_scan *scan)
{
    const struct csvk_open_record *open = &scan->pause.open;
    return scan->pause.active && scan->told.nfacts == open->facts_mark &&
           scan->told.nfields == open->fields_mark && scan->told.nends == open->ends_mark;
}

/* The field that was stopped in, from `at` on: as walk_outside. */
static SCAN_TARGET size_t walk_on(struct walk *w, enum csvk_walk_place place, size_t at)
{
    switch (place) {
    case CSVK_WALK_ENCLOSED: return walk_enclosed(w);
    case CSVK_WALK_CLOSED: return walk_closed(w, at);
    case CSVK_WALK_LITERAL: return walk_outside(w, place);
    default: return at == w->field.begin ? walk_field(w) : walk_outside(w, place);
    }
}

/* As walk_record for the record at 0, from where it was not complete. */
static SCAN_TARGET size_t walk_resume(struct walk *w)
{
    struct csvk_scan *scan = w->scan;
    const struct csvk_pause *pause = &scan->pause;
    *w->open = pause->open;
    w->field = pause->field;
    scan->told.nfields = pause->nfields;
    scan->told.nfacts = pause->nfacts;
    cursor_resume(w->cursor, pause->stop, pause->odd);
    scan->pause.active = false;
    return walk_rest(w, 0, walk_on(w, pause->place, pause->stop));
}
