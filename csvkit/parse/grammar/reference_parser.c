/*
 * reference_parser.c - the reference parser: decides what a file means, one byte at a time. Inside
 * the grammar of RFC 4180 section 2 that follows from it; for everything outside there are rules of
 * recovery (doc/reading.md). It is slow and plain, and the measure of the scan.
 *
 * D = delimiter, Q = enclosure, EOL = line break. D or EOL ends the field in every state but
 * ENCLOSED:
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
 * Nothing is ever left out: every byte belongs to a field, a delimiter or a line break. The parser
 * never stops at an error; it reports a fact and reads on. EOL is LF, CR LF or CR CR LF. CR alone
 * is EOL when the table's mode says so (csvk_cr_ends_record); otherwise it is data.
 *
 * D may have several bytes, and blanks may be skipped at FIELD START (take_unusual): only here, the
 * scan leaves such dialects to this parser.
 *
 * The parser reads one record at a time. All that it must remember has a fixed size, so a record
 * may be longer than memory. That is why the reader hands it the records that do not fit into the
 * window. In those records, runs of bytes that change no state are passed in one step
 * (reference_skip.c).
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/parse/grammar/reference_skip.h"

#include <string.h>

static uint64_t field_number(const struct csvk_reference_parser *parser)
{
    return parser->open.r.nfields + 1;
}

/*
 * Adds a fact about the current field. Line and column are found later from the bytes of the batch;
 * an oversize record has no bytes there, so its facts need both now.
 */
static void report(struct csvk_reference_parser *parser, enum csvk_fact_kind kind, uint64_t offset,
                   uint64_t length, uint64_t extra)
{
    struct csvk_fact fact = {.offset = offset,
                             .length = length,
                             .extra = extra,
                             .record = parser->open.r.number,
                             .field = field_number(parser),
                             .kind = kind};
    if (parser->streaming) {
        fact.line = parser->open.r.line + parser->open.lines;
        fact.column = offset - parser->line_begin + 1;
    }
    csvk_batch_builder_add_fact(parser->builder, &fact);
}

/*
 * A fact whose place is the field's first byte, although it is known only when the field ends.
 */
static struct csvk_fact fact_at_field_start(const struct csvk_reference_parser *parser,
                                            enum csvk_fact_kind kind, uint64_t length,
                                            uint64_t extra)
{
    struct csvk_fact fact = {.offset = parser->field_begin,
                             .length = length,
                             .extra = extra,
                             .record = parser->open.r.number,
                             .field = field_number(parser),
                             .kind = kind};
    if (parser->streaming) {
        fact.line = parser->field_line;
        fact.column = parser->field_begin - parser->field_line_begin + 1;
    }
    return fact;
}

/* ---- bytes: NUL, control, TAB, UTF-8 ---- */

/* Reports an open run: its length is known now. */
static void close_run(struct csvk_reference_parser *parser, struct csvk_fact *run)
{
    if (run->length != 0) {
        csvk_batch_builder_add_fact(parser->builder, run);
        run->length = 0;
    }
}

/*
 * Makes a run longer, or begins one: as the fact that will be reported, kept out of the batch until
 * the run ends.
 */
static void extend_run(struct csvk_reference_parser *parser, struct csvk_fact *run,
                       enum csvk_fact_kind kind, uint64_t offset, uint64_t length, uint64_t extra)
{
    if (!csvk_wants(parser->table, kind)) {
        return;
    }
    if (run->length == 0) {
        size_t before = parser->builder->nfacts;
        report(parser, kind, offset, 0, extra);
        if (parser->builder->nfacts == before) {
            return; /* out of memory: builder->failed is set */
        }
        /* Taken back: the run is reported when it ends. */
        *run = parser->builder->facts[--parser->builder->nfacts];
    }
    run->length += length;
}

/* A sequence is complete: it belongs to a run of text, and may be a fact by itself. */
static void well_formed(struct csvk_reference_parser *parser)
{
    uint32_t code = 0;
    size_t n = parser->sequence.count;
    csvk_utf8_code(parser->sequence.byte, n, &code);
    uint64_t offset = parser->sequence.offset;
    extend_run(parser, &parser->wide_run, CSVK_FACT_NON_ASCII, offset, n, code);
    enum csvk_fact_kind kind = csvk_code_fact(code);
    if (kind != CSVK_FACT_KINDS && csvk_wants(parser->table, kind)) {
        report(parser, kind, offset, n, code);
    }
    parser->sequence.count = 0;
}

/*
 * The sequence so far cannot be completed. `next` is the byte that shows it, -1 at a boundary where
 * no byte of data follows. `next` is only asked what is wrong: it is not part of the ill-formed
 * bytes.
 */
static void ill_formed(struct csvk_reference_parser *parser, int next)
{
    unsigned char bytes[5];
    size_t n = parser->sequence.count;
    memcpy(bytes, parser->sequence.byte, n);
    if (next >= 0) {
        bytes[n] = (unsigned char)next;
    }
    enum csvk_utf8_defect defect;
    csvk_utf8_subpart(bytes, n + (next >= 0 ? 1u : 0u), &defect);
    close_run(parser, &parser->wide_run);
    if (csvk_wants(parser->table, CSVK_FACT_INVALID_UTF8)) {
        report(parser, CSVK_FACT_INVALID_UTF8, parser->sequence.offset, n,
               csvk_utf8_extra(defect, bytes, n));
    }
    parser->sequence.count = 0;
}

void csvk_reference_close_runs(struct csvk_reference_parser *parser)
{
    close_run(parser, &parser->wide_run);
    close_run(parser, &parser->nul_run);
}

/* Ends whatever run or sequence is open, before a byte that cannot belong to it. */
static void byte_boundary(struct csvk_reference_parser *parser, int next)
{
    if (parser->sequence.count != 0) {
        ill_formed(parser, next);
    }
    csvk_reference_close_runs(parser);
}

/* True when `c` continues the open sequence in a well-formed way (Unicode table 3-7). */
static bool continues(const struct csvk_reference_parser *parser, unsigned char c)
{
    unsigned char lead = parser->sequence.byte[0];
    unsigned char low = 0x80, high = 0xbf;
    if (parser->sequence.count == 1) {
        low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    }
    return c >= low && c <= high;
}

/*
 * A byte above 7F: continues a sequence or begins one. In a broken sequence the byte that breaks it
 * is looked at as a beginning.
 */
static void high_byte(struct csvk_reference_parser *parser, unsigned char c)
{
    close_run(parser, &parser->nul_run);
    if (parser->sequence.count != 0 && !continues(parser, c)) {
        ill_formed(parser, c);
    }
    if (parser->sequence.count == 0) {
        parser->sequence.offset = parser->position;
        parser->sequence.need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    }
    parser->sequence.byte[parser->sequence.count++] = c;
    if (c < 0xc2 || c > 0xf4) {
        if (parser->sequence.count == 1) { /* never the start of anything */
            ill_formed(parser, -1);
            return;
        }
    }
    if (parser->sequence.count == parser->sequence.need) {
        well_formed(parser);
    }
}

/*
 * Looks at a byte that is data. Delimiters, enclosures and escapes are not; nor are line breaks
 * outside of enclosures.
 */
static void watch_data(struct csvk_reference_parser *parser, unsigned char c)
{
    if (c >= 0x80) {
        high_byte(parser, c);
        return;
    }
    if (parser->sequence.count != 0) {
        ill_formed(parser, c);
    }
    close_run(parser, &parser->wide_run);
    if (c == 0) {
        extend_run(parser, &parser->nul_run, CSVK_FACT_NUL, parser->position, 1, 0);
        return;
    }
    close_run(parser, &parser->nul_run);
    if (c == '\t' && csvk_wants(parser->table, CSVK_FACT_TAB)) {
        report(parser, CSVK_FACT_TAB, parser->position, 1, c);
    } else if ((c < 0x20 || c == 0x7f) && c != '\t' && c != '\n' && c != '\r' &&
               csvk_wants(parser->table, CSVK_FACT_CONTROL)) {
        report(parser, CSVK_FACT_CONTROL, parser->position, 1, c);
    }
}

/* ---- lines ---- */

void csvk_reference_inner_line_break(struct csvk_reference_parser *parser)
{
    csvk_inner_lines_break(&parser->open, parser->table);
    parser->breaks++;
}

/*
 * Counts lines. Called for every byte of data, before `last` is set. CR LF counts once, with its
 * CR.
 */
static void watch_lines(struct csvk_reference_parser *parser, unsigned char c)
{
    bool second_of_crlf = c == '\n' && parser->last == '\r';
    if (c == '\n' || c == '\r') {
        if (!second_of_crlf) {
            parser->open.lines++;
            if (parser->state == REFERENCE_ENCLOSED) {
                csvk_reference_inner_line_break(parser);
            }
        }
        parser->line_begin = parser->position + 1;
    }
}

/* ---- fields ---- */

/* A field begins at `offset`. */
static void begin_field(struct csvk_reference_parser *parser, uint64_t offset)
{
    parser->state = REFERENCE_FIELD_START;
    parser->field_start = parser->field_begin = offset;
    parser->field_line = parser->open.r.line + parser->open.lines;
    parser->field_line_begin = parser->line_begin;
    parser->field_flags = 0;
    parser->breaks = 0;
    parser->doubled = 0;
}

/*
 * The field ends before `position`. The first field too many is noted as the record's surplus. A
 * field of which nothing is left but skipped blanks is empty right after its delimiter.
 */
static void end_field(struct csvk_reference_parser *parser)
{
    struct csvk_record *r = &parser->open.r;
    uint64_t end = parser->position;
    if (parser->state == REFERENCE_FIELD_START) {
        end = parser->field_begin = parser->field_start;
    }
    uint64_t length = end - parser->field_begin;
    if (parser->state == REFERENCE_BLANKS_AFTER) {
        report(parser, CSVK_FACT_SPACE_AFTER_QUOTE, parser->closing + 1,
               parser->position - parser->closing - 1, 0);
        parser->field_flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    }
    if (parser->breaks != 0 && !parser->open.inner.noted) {
        parser->open.inner.noted = true;
        parser->open.inner.fact =
            fact_at_field_start(parser, CSVK_FACT_SUSPICIOUS_LINES, length, parser->breaks + 1);
    }
    uint64_t value = parser->streaming ? csvk_reference_long_value(parser, length) : 0;
    if (value != 0) {
        struct csvk_fact fact = fact_at_field_start(parser, CSVK_FACT_LONG_FIELD, length, value);
        csvk_batch_builder_add_fact(parser->builder, &fact);
    }
    if (!parser->streaming) {
        csvk_batch_builder_add_field(parser->builder, (size_t)(parser->field_begin - parser->base),
                                     (size_t)(end - parser->base), parser->field_flags);
    }
    r->nfields++;
    if (r->nfields == parser->table->totals.width + 1 && parser->table->totals.width != 0) {
        r->surplus_offset = parser->field_begin;
        r->surplus_length = length;
        parser->surplus_line = parser->field_line;
        parser->surplus_line_begin = parser->field_line_begin;
    }
    r->last_empty = length == 0;
}

/* The field goes on in `state`, and its bytes are not what RFC 4180 allows. */
static void break_field(struct csvk_reference_parser *parser, enum csvk_reference_state state)
{
    parser->state = state;
    parser->field_flags |= CSVK_FIELD_BROKEN;
}

/*
 * The byte after a closing enclosure is neither D nor EOL, nor blanks up to one of them. A
 * backslash before the enclosure says more: somebody has escaped it in a way that the dialect does
 * not know.
 */
static void text_after_closing(struct csvk_reference_parser *parser)
{
    if (parser->backslash) {
        report(parser, CSVK_FACT_BACKSLASH_QUOTE, parser->closing - 1, 2, 0);
    } else {
        report(parser, CSVK_FACT_TEXT_AFTER_CLOSING, parser->closing + 1, 1, 0);
    }
    parser->field_flags |= CSVK_FIELD_DECODE;
    break_field(parser, REFERENCE_LITERAL);
}

/* ---- one byte in each state; D and EOL outside enclosures never come here ---- */

static bool is_blank(const struct csvk_reference_parser *parser, unsigned char c)
{
    return csvk_is_blank(&parser->table->dialect, c);
}

/*
 * FIELD START and BLANKS: nothing but blanks has come. Only as the first byte does an enclosure
 * open.
 */
static void at_field_start(struct csvk_reference_parser *parser, unsigned char c, bool quote)
{
    if (quote && parser->state == REFERENCE_FIELD_START) {
        parser->state = REFERENCE_ENCLOSED;
        parser->field_flags |= CSVK_FIELD_ENCLOSED;
    } else if (quote) {
        report(parser, CSVK_FACT_SPACE_BEFORE_QUOTE, parser->field_begin,
               parser->position - parser->field_begin, 0);
        break_field(parser, REFERENCE_LITERAL);
    } else {
        parser->state =
            is_blank(parser, c) && !parser->escaped ? REFERENCE_BLANKS : REFERENCE_UNQUOTED;
    }
}

/* ENCLOSED: an enclosure closes the field or is the first of two; the next byte decides. */
static void in_enclosed(struct csvk_reference_parser *parser, unsigned char c, bool quote)
{
    if (quote) {
        parser->state = REFERENCE_QUOTE_SEEN;
        parser->closing = parser->position;
        parser->backslash = parser->last == '\\' && parser->position > parser->field_begin + 1;
    } else if (c == parser->delimiter) {
        parser->open.inner.delimiters++; /* a longer one: take_inner_delimiter */
    }
}

/* QUOTE SEEN and BLANKS AFTER: a second enclosure directly after the first is data. */
static void after_quote(struct csvk_reference_parser *parser, unsigned char c, bool quote)
{
    if (quote && parser->state == REFERENCE_QUOTE_SEEN) {
        parser->state = REFERENCE_ENCLOSED;
        parser->doubled++;
        parser->field_flags |= CSVK_FIELD_DECODE;
    } else if (is_blank(parser, c) && !parser->escaped) {
        parser->state = REFERENCE_BLANKS_AFTER;
    } else {
        text_after_closing(parser);
    }
}

static void data_byte(struct csvk_reference_parser *parser, unsigned char c)
{
    bool quote = c == parser->table->dialect.enclosure && !parser->escaped;
    switch (parser->state) {
    case REFERENCE_FIELD_START:
    case REFERENCE_BLANKS: at_field_start(parser, c, quote); break;
    case REFERENCE_UNQUOTED:
        if (quote) {
            report(parser, CSVK_FACT_QUOTE_IN_UNQUOTED, parser->position, 1, 0);
            parser->field_flags |= CSVK_FIELD_BROKEN;
        }
        break;
    case REFERENCE_ENCLOSED: in_enclosed(parser, c, quote); break;
    case REFERENCE_QUOTE_SEEN:
    case REFERENCE_BLANKS_AFTER: after_quote(parser, c, quote); break;
    case REFERENCE_LITERAL: break;
    }
}

/* ---- the loop ---- */

/*
 * What the CR at `bytes` is: a kind of line break; CSVK_EOL_NONE when it is data; -1 when that
 * hangs on bytes that are not here yet.
 */
static int classify_cr(const struct csvk_reference_parser *parser, const unsigned char *bytes,
                       size_t length, bool at_end)
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
    return csvk_cr_ends_record(parser->table) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* The record ends before `position`, where `eol` stands. */
static void complete(struct csvk_reference_parser *parser, enum csvk_eol eol)
{
    byte_boundary(parser, -1);
    end_field(parser);
    csvk_inner_lines_end(&parser->open, parser->table, parser->builder);
    csvk_record_finish(&parser->open, parser->table, parser->builder, eol, parser->position);
}

/*
 * Takes a byte of the record that is not a delimiter or line break outside of enclosures. With
 * `bare_cr` it is a CR that is data there. Facts are added before lines are counted: a fact belongs
 * to the line that the byte is on.
 */
static void take(struct csvk_reference_parser *parser, unsigned char c, bool bare_cr)
{
    const struct csvk_dialect *dialect = &parser->table->dialect;
    bool escape = c == dialect->escape && !parser->escaped;
    if (c == parser->delimiter || c == dialect->enclosure || c == dialect->escape) {
        byte_boundary(parser, c);
    } else {
        watch_data(parser, c);
    }
    data_byte(parser, c);
    if (bare_cr) {
        report(parser, CSVK_FACT_BARE_CR, parser->position, 1, 0);
    }
    if (escape) {
        parser->field_flags |= CSVK_FIELD_DECODE;
    }
    watch_lines(parser, c);
    parser->escaped = escape;
    parser->last = c;
    parser->position++;
}

/* Takes a delimiter of `length` bytes that ends a field. */
static void next_field(struct csvk_reference_parser *parser, size_t length)
{
    byte_boundary(parser, -1);
    end_field(parser);
    parser->last = 0;
    parser->position += length;
    begin_field(parser, parser->position);
}

/* Takes a longer delimiter inside an enclosure: data, and no fact, as one of one byte is none. */
static void take_inner_delimiter(struct csvk_reference_parser *parser, const unsigned char *bytes,
                                 size_t length)
{
    byte_boundary(parser, bytes[0]);
    parser->open.inner.delimiters++;
    parser->last = bytes[length - 1];
    parser->position += length;
}

/*
 * Takes what only dialects have that are not plain: a blank to skip, or a delimiter of several
 * bytes. Returns how many bytes it has taken; 0: none of both is here; -1 when that hangs on bytes
 * that are not here yet.
 */
static int take_unusual(struct csvk_reference_parser *parser, const unsigned char *bytes,
                        size_t length, bool at_end)
{
    const struct csvk_dialect *dialect = &parser->table->dialect;
    if (parser->escaped) {
        return 0;
    }
    if (dialect->skip_blanks && parser->state == REFERENCE_FIELD_START &&
        is_blank(parser, bytes[0])) {
        parser->field_begin = ++parser->position;
        return 1;
    }
    size_t whole = csvk_delimiter_length(dialect);
    if (whole == 1 || bytes[0] != dialect->delimiter) {
        return 0;
    }
    if (csvk_delimiter_at(dialect, bytes, length) == 0) {
        bool cut = length < whole && memcmp(bytes + 1, dialect->more, length - 1) == 0;
        return cut && !at_end ? -1 : 0;
    }
    if (parser->state == REFERENCE_ENCLOSED) {
        take_inner_delimiter(parser, bytes, whole);
    } else {
        next_field(parser, whole);
    }
    return (int)whole;
}

/* The input ends here, inside the record or right at its start. */
static void end_of_input(struct csvk_reference_parser *parser)
{
    byte_boundary(parser, -1);
    if (parser->state == REFERENCE_ENCLOSED) {
        struct csvk_fact fact =
            fact_at_field_start(parser, CSVK_FACT_UNCLOSED, 1, parser->position);
        csvk_batch_builder_add_fact(parser->builder, &fact);
        parser->unclosed = parser->open.inner.unlike = true;
        parser->field_flags |= CSVK_FIELD_BROKEN;
    }
    complete(parser, CSVK_EOL_NONE);
}

void csvk_reference_begin(struct csvk_reference_parser *parser, struct csvk_table *table,
                          struct csvk_batch_builder *builder, uint64_t base, uint64_t offset)
{
    memset(parser, 0, sizeof *parser);
    parser->table = table;
    parser->builder = builder;
    parser->delimiter = table->dialect.more_length == 0 ? table->dialect.delimiter : CSVK_NO_BYTE;
    parser->base = base;
    parser->position = offset;
    csvk_record_begin(&parser->open, table, builder, offset);
    /* A byte order mark belongs to the first line. */
    parser->line_begin = parser->open.r.line == 1 ? 0 : offset;
    begin_field(parser, offset);
}

bool csvk_reference_feed(struct csvk_reference_parser *parser, const unsigned char *bytes,
                         size_t length, bool at_end, size_t *used)
{
    const bool plain = csvk_dialect_is_plain(&parser->table->dialect);
    size_t i = 0;
    struct csvk_skip_block block = {0};
    for (; i < length; i++) {
        i += parser->streaming ? csvk_reference_skip(parser, &block, bytes, i, length) : 0;
        if (i == length) {
            break;
        }
        unsigned char c = bytes[i];
        int taken = plain ? 0 : take_unusual(parser, bytes + i, length - i, at_end);
        if (__builtin_expect(taken != 0, 0)) {
            if (taken < 0) {
                *used = i;
                return false;
            }
            i += (size_t)taken - 1;
            continue;
        }
        bool structural = parser->state != REFERENCE_ENCLOSED && !parser->escaped;
        if (structural && c == parser->delimiter) {
            next_field(parser, 1);
            continue;
        }
        int eol = CSVK_EOL_NONE;
        if (structural && c == '\n') {
            eol = CSVK_EOL_LF;
        } else if (structural && c == '\r') {
            eol = classify_cr(parser, bytes + i, length - i, at_end);
        }
        if (eol < 0) {
            *used = i;
            return false;
        }
        if (eol != CSVK_EOL_NONE) {
            complete(parser, (enum csvk_eol)eol);
            *used = i + csvk_eol_length((enum csvk_eol)eol);
            return true;
        }
        take(parser, c, structural && c == '\r');
    }
    *used = i;
    if (at_end) {
        end_of_input(parser);
        return true;
    }
    return false;
}
