/*
 * reference_parser.c - THE LAW: what a file means, one byte at a time (RFC 4180 section 2 and the
 * recovery rules for everything outside its grammar). Slow, plain, and the measure of scan.c.
 *
 *                 D or EOL: field ends, from every state but ENCLOSED
 *
 *                       blank            Q: space before opening quote
 *      FIELD START ------------> BLANKS ----------------------------------+
 *        |  |  other               | other                                |
 *        |  +----------+-----------+                                      v
 *        |             v                                               LITERAL (data up to D, EOL)
 *        |          UNQUOTED  (Q: quote in unquoted field, stays)         ^
 *        | Q                                                              |
 *        +--------> ENCLOSED <---- Q (one Q as data) ---- QUOTE SEEN -----+  other: text after
 *                      |                                    ^  | blank    |  closing quote
 *                      +----------------- Q ----------------+  v          |
 *                                                       BLANKS AFTER -----+
 *
 * Nothing is ever skipped: every byte belongs to a field, a delimiter or a line break. The machine
 * never stops at an error; it tells a fact and reads on. EOL is LF, CR LF or CR CR LF; CR alone is
 * one when the table's mode says so (csvk_cr_ends_record), else it is data.
 *
 * One record at a time; all that it must remember has a fixed size, so a record may be longer than
 * memory. That is why the reader hands it the records that do not fit into the window; in those
 * runs of bytes that change no state are passed in one step (reference_skip.c).
 */
#include "csvkit/parse/grammar/reference_skip.h"

#include <string.h>

static uint64_t field_number(const struct csvk_law *law)
{
    return law->open.r.nfields + 1;
}

static void tell(struct csvk_law *law, enum csvk_fact_kind kind, uint64_t offset, uint64_t length,
                 uint64_t extra)
{
    struct csvk_fact fact = {.offset = offset,
                             .length = length,
                             .extra = extra,
                             .record = law->open.r.number,
                             .field = field_number(law),
                             .kind = kind};
    if (law->streaming) {
        fact.line = law->open.r.line + law->open.lines;
        fact.column = offset - law->line_begin + 1;
    }
    csvk_told_fact(law->told, &fact);
}

/* Facts whose place is the field's first byte, told when the field ends. */
static void tell_at_field_start(struct csvk_law *law, enum csvk_fact_kind kind, uint64_t length,
                                uint64_t extra)
{
    struct csvk_fact fact = {.offset = law->field_begin,
                             .length = length,
                             .extra = extra,
                             .record = law->open.r.number,
                             .field = field_number(law),
                             .kind = kind};
    if (law->streaming) {
        fact.line = law->field_line;
        fact.column = law->field_begin - law->field_line_begin + 1;
    }
    csvk_told_fact(law->told, &fact);
}

/* ---- bytes: NUL, control, TAB, UTF-8 ---- */

static void close_run(struct csvk_law *law, struct csvk_fact *run)
{
    if (run->length != 0) {
        csvk_told_fact(law->told, run);
        run->length = 0;
    }
}

static void extend_run(struct csvk_law *law, struct csvk_fact *run, enum csvk_fact_kind kind,
                       uint64_t offset, uint64_t length, uint64_t extra)
{
    if (!csvk_wants(law->table, kind)) {
        return;
    }
    if (run->length == 0) {
        size_t before = law->told->nfacts;
        tell(law, kind, offset, 0, extra);
        if (law->told->nfacts == before) {
            return; /* out of memory: told->failed is set */
        }
        *run = law->told->facts[--law->told->nfacts];
    }
    run->length += length;
}

static void well_formed(struct csvk_law *law)
{
    uint32_t code = 0;
    size_t n = law->sequence.count;
    csvk_utf8_code(law->sequence.byte, n, &code);
    uint64_t offset = law->sequence.offset;
    extend_run(law, &law->wide_run, CSVK_FACT_NON_ASCII, offset, n, code);
    enum csvk_fact_kind kind = csvk_code_fact(code);
    if (kind != CSVK_FACT_KINDS && csvk_wants(law->table, kind)) {
        tell(law, kind, offset, n, code);
    }
    law->sequence.count = 0;
}

/* `next` is the byte that broke the sequence, -1 at a boundary. */
static void ill_formed(struct csvk_law *law, int next)
{
    unsigned char bytes[5];
    size_t n = law->sequence.count;
    memcpy(bytes, law->sequence.byte, n);
    if (next >= 0) {
        bytes[n] = (unsigned char)next;
    }
    enum csvk_utf8_defect defect;
    csvk_utf8_subpart(bytes, n + (next >= 0 ? 1u : 0u), &defect);
    close_run(law, &law->wide_run);
    if (csvk_wants(law->table, CSVK_FACT_INVALID_UTF8)) {
        tell(law, CSVK_FACT_INVALID_UTF8, law->sequence.offset, n,
             csvk_utf8_extra(defect, bytes, n));
    }
    law->sequence.count = 0;
}

void csvk_law_close_runs(struct csvk_law *law)
{
    close_run(law, &law->wide_run);
    close_run(law, &law->nul_run);
}

/* Ends whatever run or sequence is open, before a byte that cannot belong to it. */
static void byte_boundary(struct csvk_law *law, int next)
{
    if (law->sequence.count != 0) {
        ill_formed(law, next);
    }
    csvk_law_close_runs(law);
}

/* True when `c` continues the open sequence in a well-formed way (Unicode table 3-7). */
static bool continues(const struct csvk_law *law, unsigned char c)
{
    unsigned char lead = law->sequence.byte[0];
    unsigned char low = 0x80, high = 0xbf;
    if (law->sequence.count == 1) {
        low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    }
    return c >= low && c <= high;
}

static void high_byte(struct csvk_law *law, unsigned char c)
{
    close_run(law, &law->nul_run);
    if (law->sequence.count != 0 && !continues(law, c)) {
        ill_formed(law, c);
    }
    if (law->sequence.count == 0) {
        law->sequence.offset = law->position;
        law->sequence.need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    }
    law->sequence.byte[law->sequence.count++] = c;
    if (c < 0xc2 || c > 0xf4) {
        if (law->sequence.count == 1) { /* never the start of anything */
            ill_formed(law, -1);
            return;
        }
    }
    if (law->sequence.count == law->sequence.need) {
        well_formed(law);
    }
}

/* Looks at a byte that is data (delimiters, enclosures and line breaks of records are not). */
static void watch_data(struct csvk_law *law, unsigned char c)
{
    if (c >= 0x80) {
        high_byte(law, c);
        return;
    }
    if (law->sequence.count != 0) {
        ill_formed(law, c);
    }
    close_run(law, &law->wide_run);
    if (c == 0) {
        extend_run(law, &law->nul_run, CSVK_FACT_NUL, law->position, 1, 0);
        return;
    }
    close_run(law, &law->nul_run);
    if (c == '\t' && csvk_wants(law->table, CSVK_FACT_TAB)) {
        tell(law, CSVK_FACT_TAB, law->position, 1, c);
    } else if ((c < 0x20 || c == 0x7f) && c != '\t' && c != '\n' && c != '\r' &&
               csvk_wants(law->table, CSVK_FACT_CONTROL)) {
        tell(law, CSVK_FACT_CONTROL, law->position, 1, c);
    }
}

/* ---- lines ---- */

void csvk_law_inner_line_break(struct csvk_law *law)
{
    uint64_t width = law->table->totals.width;
    if (law->breaks > 0 && width >= 2 && law->inner_delimiters == width - 1) {
        law->inner_hit = true;
    }
    law->breaks++;
    law->inner_delimiters = 0;
}

/* Counts physical lines; called for every byte of data, before `last` is set. */
static void watch_lines(struct csvk_law *law, unsigned char c)
{
    bool second_of_crlf = c == '\n' && law->last == '\r';
    if (c == '\n' || c == '\r') {
        if (!second_of_crlf) {
            law->open.lines++;
            if (law->state == LAW_ENCLOSED) {
                csvk_law_inner_line_break(law);
            }
        }
        law->line_begin = law->position + 1;
    }
}

/* ---- fields ---- */

static void begin_field(struct csvk_law *law, uint64_t offset)
{
    law->state = LAW_FIELD_START;
    law->field_begin = offset;
    law->field_line = law->open.r.line + law->open.lines;
    law->field_line_begin = law->line_begin;
    law->field_flags = 0;
    law->breaks = law->inner_delimiters = 0;
    law->inner_hit = false;
}

/* The field ends before `position`. */
static void end_field(struct csvk_law *law)
{
    struct csvk_record *r = &law->open.r;
    uint64_t length = law->position - law->field_begin;
    if (law->state == LAW_BLANKS_AFTER) {
        tell(law, CSVK_FACT_SPACE_AFTER_QUOTE, law->closing + 1, law->position - law->closing - 1,
             0);
        law->field_flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    }
    if (law->inner_hit && law->state != LAW_ENCLOSED &&
        csvk_wants(law->table, CSVK_FACT_SUSPICIOUS_LINES)) {
        tell_at_field_start(law, CSVK_FACT_SUSPICIOUS_LINES, length, law->breaks + 1);
    }
    if (!law->streaming) {
        csvk_told_field(law->told, (size_t)(law->field_begin - law->base),
                        (size_t)(law->position - law->base), law->field_flags);
    }
    r->nfields++;
    if (r->nfields == law->table->totals.width + 1 && law->table->totals.width != 0) {
        r->surplus_offset = law->field_begin;
        r->surplus_length = length;
        law->surplus_line = law->field_line;
        law->surplus_line_begin = law->field_line_begin;
    }
    r->last_empty = length == 0;
}

static void break_field(struct csvk_law *law, enum csvk_law_state state)
{
    law->state = state;
    law->field_flags |= CSVK_FIELD_BROKEN;
}

/* The byte behind a closing enclosure is neither D, EOL nor blanks up to one of them. */
static void text_after_closing(struct csvk_law *law)
{
    if (law->backslash) {
        tell(law, CSVK_FACT_BACKSLASH_QUOTE, law->closing - 1, 2, 0);
    } else {
        tell(law, CSVK_FACT_TEXT_AFTER_CLOSING, law->closing + 1, 1, 0);
    }
    law->field_flags |= CSVK_FIELD_DECODE;
    break_field(law, LAW_LITERAL);
}

/* ---- one byte in each state; D and EOL outside enclosures never come here ---- */

static bool is_blank(const struct csvk_law *law, unsigned char c)
{
    (void)law;
    return c == ' ' || c == '\t';
}

static void at_field_start(struct csvk_law *law, unsigned char c, bool quote)
{
    if (quote && law->state == LAW_FIELD_START) {
        law->state = LAW_ENCLOSED;
        law->field_flags |= CSVK_FIELD_ENCLOSED;
    } else if (quote) {
        tell(law, CSVK_FACT_SPACE_BEFORE_QUOTE, law->field_begin, law->position - law->field_begin,
             0);
        break_field(law, LAW_LITERAL);
    } else {
        law->state = is_blank(law, c) && !law->escaped ? LAW_BLANKS : LAW_UNQUOTED;
    }
}

static void in_enclosed(struct csvk_law *law, unsigned char c, bool quote)
{
    if (quote) {
        law->state = LAW_QUOTE_SEEN;
        law->closing = law->position;
        law->backslash = law->last == '\\' && law->position > law->field_begin + 1;
    } else if (c == law->table->dialect.delimiter) {
        law->inner_delimiters++;
    }
}

static void after_quote(struct csvk_law *law, unsigned char c, bool quote)
{
    if (quote && law->state == LAW_QUOTE_SEEN) {
        law->state = LAW_ENCLOSED;
        law->field_flags |= CSVK_FIELD_DECODE;
    } else if (is_blank(law, c) && !law->escaped) {
        law->state = LAW_BLANKS_AFTER;
    } else {
        text_after_closing(law);
    }
}

static void data_byte(struct csvk_law *law, unsigned char c)
{
    bool quote = c == law->table->dialect.enclosure && !law->escaped;
    switch (law->state) {
    case LAW_FIELD_START:
    case LAW_BLANKS: at_field_start(law, c, quote); break;
    case LAW_UNQUOTED:
        if (quote) {
            tell(law, CSVK_FACT_QUOTE_IN_UNQUOTED, law->position, 1, 0);
            law->field_flags |= CSVK_FIELD_BROKEN;
        }
        break;
    case LAW_ENCLOSED: in_enclosed(law, c, quote); break;
    case LAW_QUOTE_SEEN:
    case LAW_BLANKS_AFTER: after_quote(law, c, quote); break;
    case LAW_LITERAL: break;
    }
}

/* ---- the loop ---- */

/* What the CR at `bytes` is: CSVK_EOL_NONE: data. CSVK_EOL_KINDS-like -1: cannot tell yet. */
static int classify_cr(const struct csvk_law *law, const unsigned char *bytes, size_t length,
                       bool at_end)
{
    if (length >= 2 && bytes[1] == '\n') {
        return CSVK_EOL_CRLF;
    }
    if (length >= 3 && bytes[1] == '\r' && bytes[2] == '\n') {
        return CSVK_EOL_CRCRLF;
    }
    bool open_question = length == 1 || (length == 2 && bytes[1] == '\r');
    if (open_question && !at_end) {
        return -1;
    }
    return csvk_cr_ends_record(law->table) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

static void complete(struct csvk_law *law, enum csvk_eol eol)
{
    byte_boundary(law, -1);
    end_field(law);
    csvk_record_finish(&law->open, law->table, law->told, eol, law->position);
}

/* A byte of the record that is not a delimiter or line break outside an enclosure. */
static void take(struct csvk_law *law, unsigned char c, bool bare_cr)
{
    const struct csvk_dialect *dialect = &law->table->dialect;
    bool escape = c == dialect->escape && !law->escaped;
    if (c == dialect->delimiter || c == dialect->enclosure || c == dialect->escape) {
        byte_boundary(law, c);
    } else {
        watch_data(law, c);
    }
    data_byte(law, c);
    if (bare_cr) {
        tell(law, CSVK_FACT_BARE_CR, law->position, 1, 0);
    }
    if (escape) {
        law->field_flags |= CSVK_FIELD_DECODE;
    }
    watch_lines(law, c);
    law->escaped = escape;
    law->last = c;
    law->position++;
}

static void next_field(struct csvk_law *law)
{
    byte_boundary(law, -1);
    end_field(law);
    law->last = 0;
    law->position++;
    begin_field(law, law->position);
}

/* The input ends here, inside the record or right at its start. */
static void end_of_input(struct csvk_law *law)
{
    byte_boundary(law, -1);
    if (law->state == LAW_ENCLOSED) {
        law->unclosed = true;
        tell_at_field_start(law, CSVK_FACT_UNCLOSED, 1, law->position);
        law->field_flags |= CSVK_FIELD_BROKEN;
    }
    complete(law, CSVK_EOL_NONE);
}

void csvk_law_begin(struct csvk_law *law, struct csvk_table *table, struct csvk_told *told,
                    uint64_t base, uint64_t offset)
{
    memset(law, 0, sizeof *law);
    law->table = table;
    law->told = told;
    law->base = base;
    law->position = offset;
    csvk_record_begin(&law->open, table, told, offset);
    law->line_begin = law->open.r.line == 1 ? 0 : offset; /* a byte order mark is of the line */
    begin_field(law, offset);
}

bool csvk_law_feed(struct csvk_law *law, const unsigned char *bytes, size_t length, bool at_end,
                   size_t *used)
{
    size_t i = 0;
    struct csvk_block block = {0};
    for (; i < length; i++) {
        i += law->streaming ? csvk_law_skip(law, &block, bytes, i, length) : 0;
        if (i == length) {
            break;
        }
        unsigned char c = bytes[i];
        bool structural = law->state != LAW_ENCLOSED && !law->escaped;
        if (structural && c == law->table->dialect.delimiter) {
            next_field(law);
            continue;
        }
        int eol = CSVK_EOL_NONE;
        if (structural && c == '\n') {
            eol = CSVK_EOL_LF;
        } else if (structural && c == '\r') {
            eol = classify_cr(law, bytes + i, length - i, at_end);
        }
        if (eol < 0) {
            *used = i;
            return false;
        }
        if (eol != CSVK_EOL_NONE) {
            complete(law, (enum csvk_eol)eol);
            *used = i + csvk_eol_length((enum csvk_eol)eol);
            return true;
        }
        take(law, c, structural && c == '\r');
    }
    *used = i;
    if (at_end) {
        end_of_input(law);
        return true;
    }
    return false;
}
