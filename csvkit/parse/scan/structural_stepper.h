/*
 * structural_stepper.h - private, part of scan_template.h: goes from one structural byte to the
 * next and takes any bytes. This file takes fields; stepper_record.h makes records of them.
 *
 * Every decision must be the reference parser's (reference_parser.c): a change of one is a change
 * of both. The states of its diagram are places here (enum csvk_step_place), and the runs of data
 * between structural bytes are passed unseen.
 *
 * A record that is not complete is given up. When the window begins with it, a note of the place to
 * go on from is kept (struct csvk_pause), so every function that needs more bytes says where it
 * stands (step_stop).
 */

#include "csvkit/parse/scan/structural_cursor.h"

/*
 * The state of one call of csvk_scan. `open` is the record, `field` the field that is being read.
 */
struct stepper {
    struct csvk_scan *scan;
    struct csvk_open_record *open;
    struct cursor *cursor;
    const unsigned char *bytes;
    size_t length;
    uint64_t offset; /* absolute, of bytes[0] */
    bool at_end;
    struct csvk_open_field field;
    /* After INCOMPLETE: the byte to go on with, and the place in the field that it has. */
    size_t stop;
    enum csvk_step_place place;
};

/* More bytes are needed to decide what the byte at `at` is. */
static size_t step_stop(struct stepper *step, size_t at, enum csvk_step_place place)
{
    step->stop = at;
    step->place = place;
    return INCOMPLETE;
}

/* A fact about bytes from `at` on in the current field. */
static struct csvk_fact step_fact(const struct stepper *step, enum csvk_fact_kind kind, size_t at,
                                  size_t length, uint64_t extra)
{
    return (struct csvk_fact){.offset = step->offset + at,
                              .length = length,
                              .extra = extra,
                              .record = step->open->r.number,
                              .field = step->open->r.nfields + 1,
                              .kind = kind};
}

/*
 * Adds a fact about the current field to the batch; its line and column are found by whoever needs
 * them.
 */
static void step_report(struct stepper *step, enum csvk_fact_kind kind, size_t at, size_t length,
                        uint64_t extra)
{
    struct csvk_fact fact = step_fact(step, kind, at, length, extra);
    csvk_batch_builder_add_fact(&step->scan->builder, &fact);
}

/*
 * True when the record has more facts or fields than may be reported of one. It is asked as often
 * as facts come, since a flood must not take memory before it is noticed.
 */
static bool step_is_flooded(const struct stepper *step)
{
    return step->scan->builder.nfacts - step->open->facts_mark > step->scan->most_facts ||
           step->open->r.nfields > step->scan->most_fields;
}

/*
 * What the CR at `at` is: a kind of line break; CSVK_EOL_NONE when it is data; -1 when that hangs
 * on bytes that are not here yet. Up to two bytes after it matter, because of CR CR LF.
 */
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

/*
 * A line break that is data. The LF of CR LF was counted with its CR, if that belongs to the same
 * field.
 */
static void step_line_break(struct stepper *step, size_t at, bool enclosed)
{
    if (step->bytes[at] == '\n' && at > step->field.begin && step->bytes[at - 1] == '\r') {
        return;
    }
    step->open->lines++;
    if (enclosed) {
        csvk_inner_lines_break(step->open, &step->scan->table);
        step->field.breaks++;
    }
}

/*
 * Passes the escape at `at` and the byte after it, which is data whatever it is. False when that
 * byte is not here yet.
 */
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
        step->open->inner.delimiters++;
    }
    cursor_seek(step->cursor, at + 2);
    return true;
}

/* True for one or more blanks. A TAB that is the delimiter never comes here: it ends the field. */
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
 * Passes data outside of enclosures up to the delimiter or line break that ends the field. Answers
 * the place of that byte, the length of the input when the field ends with it, or INCOMPLETE; the
 * functions below answer the same.
 *
 * With CSVK_STEP_LITERAL enclosures are data. That holds from the first enclosure after blanks on,
 * and in text that follows a closing enclosure.
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
            /* The only structural byte that is left: an enclosure. */
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

/*
 * The enclosure at `quote` closes, but text follows it; the first byte of that text which is not
 * blank is at `at`. A backslash before the enclosure, unless it is the opening enclosure's
 * neighbour, makes the fact more precise: somebody has escaped the enclosure in a way that the
 * dialect does not know.
 */
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

/*
 * Goes on after a closing enclosure; the bytes from there to `at` are blanks. Answers as
 * step_outside.
 */
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

/* The input ends inside an enclosure. If it may go on, nothing is known yet. */
static size_t step_unclosed(struct stepper *step)
{
    if (!step->at_end) {
        return step_stop(step, step->length, CSVK_STEP_ENCLOSED);
    }
    step_report(step, CSVK_FACT_UNCLOSED, step->field.begin, 1, step->offset + step->length);
    step->field.flags |= CSVK_FIELD_BROKEN;
    step->open->inner.unlike = true;
    return step->length;
}

/*
 * Passes an enclosed field from after its opening enclosure on. Answers as step_outside. An
 * enclosure closes unless another one follows it; the byte after it must be here to know that.
 */
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
            step->open->inner.delimiters++;
        } else {
            step_line_break(step, at, true);
        }
        cursor_drop(step->cursor);
    }
}

/* The field is complete and ends before `end`. */
static void step_field_end(struct stepper *step, size_t end)
{
    const struct csvk_open_field *field = &step->field;
    if (field->breaks != 0 && !step->open->inner.noted) {
        step->open->inner.noted = true;
        step->open->inner.fact = step_fact(step, CSVK_FACT_SUSPICIOUS_LINES, field->begin,
                                           end - field->begin, field->breaks + 1);
    }
    csvk_batch_builder_add_field(&step->scan->builder, field->begin, end, field->flags);
    step->open->r.nfields++;
}

/*
 * Passes the field at step->field.begin. Answers as step_outside. Only an enclosure that is the
 * very first byte of the field opens it.
 */
static SCAN_TARGET size_t step_field(struct stepper *step)
{
    struct csvk_open_field *field = &step->field;
    field->flags = 0;
    field->breaks = 0;
    size_t at = cursor_next(step->cursor);
    if (at == field->begin && at < step->length && step->cursor->n.quote_on != 0 &&
        step->bytes[at] == step->cursor->n.enclosure) {
        field->flags = CSVK_FIELD_ENCLOSED;
        cursor_drop(step->cursor);
        return step_enclosed(step);
    }
    return step_outside(step, CSVK_STEP_OUTSIDE);
}

#include "csvkit/parse/scan/stepper_record.h"
