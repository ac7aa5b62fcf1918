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
    size_t record;  /* the record's first byte */
    size_t block;   /* where the 64 bytes of `mask` begin */
    uint64_t mask;  /* structural bytes not yet passed */
    size_t suspect; /* no byte of the record before it is worth a fact; SIZE_MAX: none so far */
    bool block_suspect;
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
    uint64_t suspect = chunk_suspect(k) & ~mask & there;
    bool open = (p[-1] | p[-2] | p[-3]) >= 0x80; /* a sequence may go on into the block */
    c->mask = mask & there;
    c->block_suspect = (suspect != 0 || open) && suspect_signs(c->table, p, k, suspect, there) != 0;
    if (c->block_suspect && c->block < c->suspect) {
        c->suspect = c->block;
    }
}

/* Begins at `to`, a record's first byte. */
static inline SCAN_TARGET void cursor_start(struct cursor *c, size_t to)
{
    c->suspect = SIZE_MAX;
    c->block_suspect = false;
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

/* Goes on at `to`, in the record at 0, of which nothing before `suspect` is worth a fact. */
static SCAN_TARGET void cursor_resume(struct cursor *c, size_t to, size_t suspect)
{
    cursor_start(c, to / 64 * 64);
    c->record = 0;
    c->suspect = suspect < c->suspect ? suspect : c->suspect;
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

struct stepper {
    struct csvk_scan *scan;
    struct csvk_open_record *open;
    struct cursor *cursor;
    const unsigned char *bytes;
    size_t length;
    uint64_t offset; /* absolute, of bytes[0] */
    bool at_end;
    struct csvk_open_field field;
    size_t stop; /* with INCOMPLETE: the byte to go on with, and how */
    enum csvk_step_place place;
};

/* More bytes are needed to judge the one at `at`. */
static size_t step_stop(struct stepper *step, size_t at, enum csvk_step_place place)
{
    step->stop = at;
    step->place = place;
    return INCOMPLETE;
}

static void step_report(struct stepper *step, enum csvk_fact_kind kind, size_t at, size_t length,
                        uint64_t extra)
{
    struct csvk_fact fact = {.offset = step->offset + at,
                             .length = length,
                             .extra = extra,
                             .record = step->open->r.number,
                             .field = step->open->r.nfields + 1,
                             .kind = kind};
    csvk_batch_builder_add_fact(&step->scan->builder, &fact);
}

/* The record has more facts or fields than may be reported of one. */
static bool step_is_flooded(const struct stepper *step)
{
    return step->scan->builder.nfacts - step->open->facts_mark > step->scan->most_facts ||
           step->open->r.nfields > step->scan->most_fields;
}

/* What the CR at `at` is: -1: cannot tell without more bytes; CSVK_EOL_NONE: data. */
static int step_cr(const struct stepper *step, size_t at)
{
    size_t left = step->length - at;
    const unsigned char *p = step->bytes + at;
    if (left >= 2 && p[1] == '\n') {
        return CSVK_EOL_CRLF;
    }
    if (left >= 3 && p[1] == '\r' && p[2] == '\n') {
        return CSVK_EOL_CRCRLF;
    }
    if (!step->at_end && (left == 1 || (left == 2 && p[1] == '\r'))) {
        return -1;
    }
    return csvk_cr_ends_record(&step->scan->table) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* A line break that is data; `enclosed` ones may look like records. */
static void step_line_break(struct stepper *step, size_t at, bool enclosed)
{
    if (step->bytes[at] == '\n' && at > step->field.begin && step->bytes[at - 1] == '\r') {
        return;
    }
    step->open->lines++;
    if (enclosed) {
        uint64_t width = step->scan->table.totals.width;
        if (step->field.breaks > 0 && width >= 2 && step->field.inner_delimiters == width - 1) {
            step->field.inner_hit = true;
        }
        step->field.breaks++;
        step->field.inner_delimiters = 0;
    }
}

/* Passes the escape at `at` and the byte behind it. False: that byte is not there yet. */
static SCAN_TARGET bool step_escape(struct stepper *step, size_t at, bool enclosed)
{
    step->field.flags |= CSVK_FIELD_DECODE;
    if (at + 1 >= step->length) {
        cursor_seek(step->cursor, at + 1);
        return step->at_end;
    }
    unsigned char c = step->bytes[at + 1];
    if (c == '\n' || c == '\r') {
        step_line_break(step, at + 1, enclosed);
    } else if (enclosed && c == step->cursor->n.delimiter) {
        step->field.inner_delimiters++;
    }
    cursor_seek(step->cursor, at + 2);
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
static SCAN_TARGET size_t step_outside(struct stepper *step, enum csvk_step_place place)
{
    for (;;) {
        size_t at = cursor_next(step->cursor);
        if (at == step->length) {
            return step->at_end ? at : step_stop(step, at, place);
        }
        unsigned char c = step->bytes[at];
        if (c == step->cursor->n.delimiter || c == '\n') {
            return at;
        }
        if (c == '\r') {
            int eol = step_cr(step, at);
            if (eol != CSVK_EOL_NONE) {
                return eol < 0 ? step_stop(step, at, place) : at;
            }
            step_report(step, CSVK_FACT_BARE_CR, at, 1, 0);
            step->open->lines++;
        } else if (c == step->cursor->n.escape) {
            if (!step_escape(step, at, false)) {
                return step_stop(step, at, place);
            }
            continue;
        } else if (place == CSVK_STEP_OUTSIDE) {
            step->field.flags |= CSVK_FIELD_BROKEN;
            if (all_blank(step->bytes + step->field.begin, at - step->field.begin)) {
                step_report(step, CSVK_FACT_SPACE_BEFORE_QUOTE, step->field.begin,
                            at - step->field.begin, 0);
                place = CSVK_STEP_LITERAL;
            } else {
                step_report(step, CSVK_FACT_QUOTE_IN_UNQUOTED, at, 1, 0);
            }
        }
        if (step_is_flooded(step)) {
            return step_stop(step, at, place);
        }
        cursor_drop(step->cursor);
    }
}

/* The enclosure at `quote` closes, but text follows, at `at` behind blanks. */
static SCAN_TARGET size_t step_text_after(struct stepper *step, size_t quote, size_t at)
{
    if (step->bytes[quote - 1] == '\\' && quote > step->field.begin + 1) {
        step_report(step, CSVK_FACT_BACKSLASH_QUOTE, quote - 1, 2, 0);
    } else {
        step_report(step, CSVK_FACT_TEXT_AFTER_CLOSING, quote + 1, 1, 0);
    }
    step->field.flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    cursor_seek(step->cursor, at);
    return step_outside(step, CSVK_STEP_LITERAL);
}

/* Behind a closing enclosure, and blanks up to `at`: as step_outside. */
static SCAN_TARGET size_t step_closed(struct stepper *step, size_t at)
{
    size_t quote = step->field.closing;
    int delimiter = step->cursor->n.delimiter;
    while (at < step->length && step->bytes[at] != delimiter &&
           (step->bytes[at] == ' ' || step->bytes[at] == '\t')) {
        at++;
    }
    if (at == step->length && !step->at_end) {
        return step_stop(step, at, CSVK_STEP_CLOSED);
    }
    if (at < step->length && step->bytes[at] != delimiter && step->bytes[at] != '\n') {
        int eol = step->bytes[at] == '\r' ? step_cr(step, at) : CSVK_EOL_NONE;
        if (eol == CSVK_EOL_NONE) {
            return step_text_after(step, quote, at);
        }
        if (eol < 0) {
            return step_stop(step, at, CSVK_STEP_CLOSED);
        }
    }
    if (at > quote + 1) {
        step_report(step, CSVK_FACT_SPACE_AFTER_QUOTE, quote + 1, at - quote - 1, 0);
        step->field.flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    }
    cursor_seek(step->cursor, at);
    return at;
}

/* The input ends inside the enclosure. */
static size_t step_unclosed(struct stepper *step)
{
    if (!step->at_end) {
        return step_stop(step, step->length, CSVK_STEP_ENCLOSED);
    }
    step_report(step, CSVK_FACT_UNCLOSED, step->field.begin, 1, step->offset + step->length);
    step->field.flags |= CSVK_FIELD_BROKEN;
    step->field.inner_hit = false;
    return step->length;
}

/* An enclosed field, behind its opening enclosure: as step_outside. */
static SCAN_TARGET size_t step_enclosed(struct stepper *step)
{
    for (;;) {
        size_t at = cursor_next(step->cursor);
        if (at == step->length) {
            return step_unclosed(step);
        }
        unsigned char c = step->bytes[at];
        if (c == step->cursor->n.enclosure) {
            if (at + 1 == step->length && !step->at_end) {
                return step_stop(step, at, CSVK_STEP_ENCLOSED);
            }
            if (at + 1 == step->length || step->bytes[at + 1] != c) {
                step->field.closing = at;
                return step_closed(step, at + 1);
            }
            step->field.flags |= CSVK_FIELD_DECODE;
            cursor_seek(step->cursor, at + 2);
            continue;
        }
        if (c == step->cursor->n.escape) {
            if (!step_escape(step, at, true)) {
                return step_stop(step, at, CSVK_STEP_ENCLOSED);
            }
            continue;
        }
        if (c == step->cursor->n.delimiter) {
            step->field.inner_delimiters++;
        } else {
            step_line_break(step, at, true);
        }
        cursor_drop(step->cursor);
    }
}

/* The field is complete, up to `end`. */
static void step_field_end(struct stepper *step, size_t end)
{
    const struct csvk_open_field *field = &step->field;
    if (field->inner_hit && csvk_wants(&step->scan->table, CSVK_FACT_SUSPICIOUS_LINES)) {
        step_report(step, CSVK_FACT_SUSPICIOUS_LINES, field->begin, end - field->begin,
                    field->breaks + 1);
    }
    csvk_batch_builder_add_field(&step->scan->builder, field->begin, end, field->flags);
    step->open->r.nfields++;
}

/* The field at step->field.begin: as step_outside. */
static SCAN_TARGET size_t step_field(struct stepper *step)
{
    struct csvk_open_field *field = &step->field;
    field->flags = 0;
    field->breaks = field->inner_delimiters = 0;
    field->inner_hit = false;
    size_t at = cursor_next(step->cursor);
    if (at == field->begin && at < step->length && step->cursor->n.quote_on != 0 &&
        step->bytes[at] == step->cursor->n.enclosure) {
        field->flags = CSVK_FIELD_ENCLOSED;
        cursor_drop(step->cursor);
        return step_enclosed(step);
    }
    return step_outside(step, CSVK_STEP_OUTSIDE);
}

/*
 * Tells the facts about the bytes around the first suspect one from `at` on, at `suspect`; one that
 * shows behind the record's end shows at its last byte. What follows an ill-formed sequence's first
 * sign is not sure, so no look ends behind a byte above 7F. Answers where it ended. `ends`: as in
 * struct csvk_byte_range.
 */
static size_t step_suspect(struct stepper *step, struct csvk_bytes record, size_t at,
                           size_t suspect, const struct csvk_field_ends *ends)
{
    suspect = suspect < record.len ? suspect : record.len - 1;
    size_t from = suspect - at > 3 ? suspect - 3 : at;
    size_t to = suspect + 1;
    while (to < record.len && record.ptr[to - 1] >= 0x80) {
        to++;
    }
    struct csvk_byte_range range = {at, from, to, ends};
    return csvk_byte_facts(step->open, &step->scan->table, &step->scan->builder, record, &range);
}

/* Tells the facts about the record's bytes, looking closely only where something is suspect. */
static SCAN_TARGET void step_bytes(struct stepper *step, struct csvk_bytes record)
{
    for (size_t at = 0; at < record.len && !step->scan->builder.failed && !step_is_flooded(step);) {
        size_t suspect = at + first_suspect(&step->scan->table, &step->cursor->n, record.ptr + at,
                                            record.len - at);
        if (suspect == record.len) {
            return;
        }
        at = step_suspect(step, record, at, suspect, NULL);
    }
}

static void step_describe(struct stepper *step)
{
    struct csvk_record *r = &step->open->r;
    const struct csvk_field *fields = step->scan->builder.fields + step->open->fields_mark;
    uint64_t width = step->scan->table.totals.width;
    const struct csvk_field *last = &fields[r->nfields - 1];
    r->last_empty = last->begin == last->end;
    if (width != 0 && r->nfields > width) {
        r->surplus_offset = step->offset + fields[width].begin;
        r->surplus_length = fields[width].end - fields[width].begin;
    }
}

static SCAN_TARGET enum csvk_eol step_eol(const struct stepper *step, size_t at)
{
    if (at == step->length) {
        return CSVK_EOL_NONE;
    }
    return step->bytes[at] == '\n' ? CSVK_EOL_LF : (enum csvk_eol)step_cr(step, at);
}

/* Passes fields that hold no structural byte and end before a delimiter: most of them. */
static inline SCAN_TARGET void step_plain_fields(struct stepper *step)
{
    struct cursor *c = step->cursor;
    struct csvk_batch_builder *builder = &step->scan->builder;
    size_t at = cursor_next(c);
    while (at < step->length && step->bytes[at] == c->n.delimiter &&
           step->open->r.nfields <= step->scan->most_fields) {
        csvk_batch_builder_add_field(builder, step->field.begin, at, 0);
        step->open->r.nfields++;
        step->field.begin = at + 1;
        cursor_drop(c);
        at = cursor_next(c);
    }
}

/* Steps over the delimiter at `at`; false: a line break is there. */
static inline SCAN_TARGET bool step_delimiter(struct stepper *step, size_t at)
{
    if (step->bytes[at] != step->cursor->n.delimiter) {
        return false;
    }
    cursor_drop(step->cursor);
    step->field.begin = at + 1;
    return true;
}

/* The record is left to whoever needs less memory for it. */
static size_t step_too_long(struct stepper *step)
{
    step->scan->too_long = true;
    csvk_record_abandon(step->open, &step->scan->builder);
    return INCOMPLETE;
}

/* The record at `from` ends at `at`; answers the offset behind it, INCOMPLETE when too long. */
static SCAN_TARGET size_t step_finish(struct stepper *step, size_t from, size_t at)
{
    if (at - from > step->scan->most) {
        return step_too_long(step);
    }
    step_describe(step);
    struct csvk_bytes record = {step->bytes + from, at - from};
    if (step->cursor->suspect < at || cut_sequence(record.ptr, record.len)) {
        step_bytes(step, record);
    }
    if (step_is_flooded(step)) {
        return step_too_long(step);
    }
    struct csvk_batch_builder *builder = &step->scan->builder;
    enum csvk_eol eol = step_eol(step, at);
    csvk_record_finish(step->open, &step->scan->table, builder, eol, step->offset + at);
    size_t next = at + csvk_eol_length(eol);
    step->cursor->suspect = step->cursor->block_suspect ? at : SIZE_MAX;
    step->cursor->record = next;
    cursor_seek(step->cursor, next);
    if (step->scan->table.detail != CSVK_COUNTS) {
        csvk_batch_builder_add_end(builder, next);
    }
    return next;
}

/* The record is not complete: what is known of it is kept, out of sight. */
static void step_pause(struct stepper *step)
{
    struct csvk_batch_builder *builder = &step->scan->builder;
    step->scan->pause = (struct csvk_pause){.active = true,
                                            .place = step->place,
                                            .stop = step->stop,
                                            .suspect = step->cursor->suspect,
                                            .field = step->field,
                                            .open = *step->open,
                                            .nfields = builder->nfields,
                                            .nfacts = builder->nfacts};
}

/* The field at hand ends at `at`, or is INCOMPLETE; goes on to the end of the record at `from`. */
static SCAN_TARGET size_t step_rest(struct stepper *step, size_t from, size_t at)
{
    while (at != INCOMPLETE && !step_is_flooded(step)) {
        step_field_end(step, at);
        if (at == step->length || !step_delimiter(step, at)) {
            break;
        }
        step_plain_fields(step);
        at = step_field(step);
    }
    struct csvk_batch_builder *builder = &step->scan->builder;
    if (step_is_flooded(step)) {
        return step_too_long(step);
    }
    if (at != INCOMPLETE && !builder->failed) {
        return step_finish(step, from, at);
    }
    if (step->scan->pauses && from == 0 && !builder->failed) {
        step_pause(step);
    }
    csvk_record_abandon(step->open, builder);
    return INCOMPLETE;
}

/* Examines the record at `from`; answers the offset behind it, or INCOMPLETE. */
static SCAN_TARGET size_t step_record(struct stepper *step, size_t from)
{
    csvk_record_begin(step->open, &step->scan->table, &step->scan->builder, step->offset + from);
    step->field.begin = from;
    step_plain_fields(step);
    return step_rest(step, from, step_field(step));
}

/* Nothing has been reported since that stands where the record's facts were. */
static bool can_resume(const struct csvk_scan *scan)
{
    const struct csvk_open_record *open = &scan->pause.open;
    return scan->pause.active && scan->builder.nfacts == open->facts_mark &&
           scan->builder.nfields == open->fields_mark && scan->builder.nends == open->ends_mark;
}

/* The field that was stopped in, from `at` on: as step_outside. */
static SCAN_TARGET size_t step_continue(struct stepper *step, enum csvk_step_place place, size_t at)
{
    switch (place) {
    case CSVK_STEP_ENCLOSED: return step_enclosed(step);
    case CSVK_STEP_CLOSED: return step_closed(step, at);
    case CSVK_STEP_LITERAL: return step_outside(step, place);
    default: return at == step->field.begin ? step_field(step) : step_outside(step, place);
    }
}

/* As step_record for the record at 0, from where it was not complete. */
static SCAN_TARGET size_t step_resume(struct stepper *step)
{
    struct csvk_scan *scan = step->scan;
    const struct csvk_pause *pause = &scan->pause;
    *step->open = pause->open;
    step->field = pause->field;
    scan->builder.nfields = pause->nfields;
    scan->builder.nfacts = pause->nfacts;
    cursor_resume(step->cursor, pause->stop, pause->suspect);
    scan->pause.active = false;
    return step_rest(step, 0, step_continue(step, pause->place, pause->stop));
}
