/*
 * fact_rules.c - turns facts, which the reader reports, into findings.
 *
 * Most kinds of facts stand for one rule each (rule_of_fact); a finding gets the details that its
 * message and the JSON report name. The rules here:
 *
 *   quoting      quote-in-unquoted-field, text-after-closing-quote, backslash-escaped-quote,
 *                space-before-opening-quote, space-after-closing-quote, unclosed-quote,
 *                multiline-field-suspicious
 *   line breaks  eol-lf, eol-cr, eol-mixed, eol-crcrlf, bare-cr, final-eol-missing
 *   bytes        nul-byte, control-char, tab-in-field, non-ascii, invalid-utf8, bom-in-data,
 *                replacement-char, unicode-line-break
 *   sizes        field-too-long, in records that are not in memory (field_rules.c measures others)
 *   the file     empty-file, utf8-bom, utf16-bom, ctrl-z-at-eof, nul-padding-at-eof
 *
 * Blank lines are facts, too, but field_count_rules.c judges them. Ill-formed UTF-8 is also summed
 * up for encoding-suspected (sample_rules.c), so every such fact has to be seen here, even after
 * enough findings are kept.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NO_RULE    RULES
#define LOST_BLOCK 64 /* NUL bytes in a row that are no single slip */

/* The rule of each kind of fact. NO_RULE: the fact is judged elsewhere, or by a function below. */
static const unsigned char rule_of_fact[CSVK_FACT_KINDS] = {
    [CSVK_FACT_QUOTE_IN_UNQUOTED] = RULE_QUOTE_IN_UNQUOTED_FIELD,
    [CSVK_FACT_TEXT_AFTER_CLOSING] = RULE_TEXT_AFTER_CLOSING_QUOTE,
    [CSVK_FACT_BACKSLASH_QUOTE] = RULE_BACKSLASH_ESCAPED_QUOTE,
    [CSVK_FACT_SPACE_BEFORE_QUOTE] = RULE_SPACE_BEFORE_OPENING_QUOTE,
    [CSVK_FACT_SPACE_AFTER_QUOTE] = RULE_SPACE_AFTER_CLOSING_QUOTE,
    [CSVK_FACT_UNCLOSED] = RULE_UNCLOSED_QUOTE,
    [CSVK_FACT_SUSPICIOUS_LINES] = RULE_MULTILINE_FIELD_SUSPICIOUS,
    [CSVK_FACT_BARE_CR] = RULE_BARE_CR,
    [CSVK_FACT_CRCRLF] = RULE_EOL_CRCRLF,
    [CSVK_FACT_BLANK] = NO_RULE, /* field_count_rules.c: the table's width decides about the rule */
    [CSVK_FACT_FIRST_EOL] = NO_RULE,
    [CSVK_FACT_MIXED_EOL] = RULE_EOL_MIXED,
    [CSVK_FACT_FINAL_EOL_MISSING] = RULE_FINAL_EOL_MISSING,
    [CSVK_FACT_NUL] = RULE_NUL_BYTE,
    [CSVK_FACT_CONTROL] = RULE_CONTROL_CHAR,
    [CSVK_FACT_TAB] = RULE_TAB_IN_FIELD,
    [CSVK_FACT_NON_ASCII] = RULE_NON_ASCII,
    [CSVK_FACT_INVALID_UTF8] = RULE_INVALID_UTF8,
    [CSVK_FACT_BOM_IN_DATA] = RULE_BOM_IN_DATA,
    [CSVK_FACT_REPLACEMENT_CHAR] = RULE_REPLACEMENT_CHAR,
    [CSVK_FACT_UNICODE_LINE_BREAK] = RULE_UNICODE_LINE_BREAK,
    [CSVK_FACT_UTF8_BOM] = RULE_UTF8_BOM,
    [CSVK_FACT_UTF16_BOM] = RULE_UTF16_BOM,
    [CSVK_FACT_CTRL_Z_AT_EOF] = RULE_CTRL_Z_AT_EOF,
    [CSVK_FACT_NUL_PADDING_AT_EOF] = RULE_NUL_PADDING_AT_EOF,
    [CSVK_FACT_EMPTY] = RULE_EMPTY_FILE,
    [CSVK_FACT_LONG_FIELD] = RULE_FIELD_TOO_LONG,
};

static const char *const utf8_defects[] = {
    [CSVK_UTF8_LONE_CONTINUATION] = "lone continuation byte",
    [CSVK_UTF8_OVERLONG] = "overlong",
    [CSVK_UTF8_SURROGATE] = "surrogate",
    [CSVK_UTF8_BEYOND] = "beyond U+10FFFF",
    [CSVK_UTF8_CUT_SHORT] = "cut short",
    [CSVK_UTF8_BAD_LEAD] = "byte that never occurs",
};

static const char *const unicode_names[] = {
    [CSVK_UTF16LE] = "UTF-16LE",
    [CSVK_UTF16BE] = "UTF-16BE",
    [CSVK_UTF32LE] = "UTF-32LE",
    [CSVK_UTF32BE] = "UTF-32BE",
};

uint64_t eol_length(unsigned eol)
{
    static const unsigned char length[] = {[CSVK_EOL_NONE] = 0,
                                           [CSVK_EOL_LF] = 1,
                                           [CSVK_EOL_CRLF] = 2,
                                           [CSVK_EOL_CR] = 1,
                                           [CSVK_EOL_CRCRLF] = 3};
    return length[eol];
}

static void add_code(struct csvk_validator *v, struct csvk_finding *f, uint64_t code)
{
    char text[16];
    snprintf(text, sizeof(text), "U+%04" PRIX64, code);
    finding_text(v, f, "code", text);
}

/* The i-th of the ill-formed bytes; fact->extra holds the defect in its lowest byte, then these. */
static unsigned char ill_formed_byte(const struct csvk_fact *fact, uint64_t i)
{
    return (unsigned char)(fact->extra >> (8 * (i + 1)));
}

static void add_bytes(struct csvk_validator *v, struct csvk_finding *f,
                      const struct csvk_fact *fact)
{
    char text[16] = "";
    for (uint64_t i = 0, at = 0; i < fact->length; i++) {
        at += (uint64_t)snprintf(text + at, sizeof(text) - at, i == 0 ? "%02X" : " %02X",
                                 ill_formed_byte(fact, i));
    }
    finding_text(v, f, "bytes", text);
    finding_text(v, f, "kind", utf8_defects[fact->extra & 0xff]);
}

/*
 * An enclosure that is never closed swallows all lines up to the next enclosure, and the finding is
 * reported there. The line to look at is the one on which the record begins, so the finding names
 * that line when it is another one.
 */
static void add_record_line(struct csvk_validator *v, struct csvk_finding *f)
{
    if (v->record != NULL && f->line > v->record->line) {
        finding_number(f, "record_line", CSVK_EXTRA_LINE, v->record->line);
    }
}

static enum csvk_eol plain_kind(uint64_t eol)
{
    return eol == CSVK_EOL_CRCRLF ? CSVK_EOL_CRLF : (enum csvk_eol)eol;
}

/* JSON that is not enclosed begins in the fact's field, or in one before it and has not ended. */
static bool is_in_json(const struct csvk_validator *v, const struct csvk_fact *fact)
{
    const struct csvk_batch *b = v->batch;
    const struct csvk_record *r = v->record;
    if (b->bytes == NULL || r == NULL) {
        return false;
    }
    struct field_walk walk = {b->bytes + (r->offset - b->offset), (size_t)r->length, 0,
                              v->options.dialect, false};
    struct walk_field field = {.last = false};
    bool json = false;
    for (uint64_t i = 1; i <= fact->field && !field.last; i++) {
        walk_next(&walk, &field);
        unsigned char first = field.end > field.begin ? walk.bytes[field.begin] : 0;
        unsigned char last = field.end > field.begin ? walk.bytes[field.end - 1] : 0;
        json = json || first == '{' || first == '[';
        json = json && (i == fact->field || (last != '}' && last != ']'));
    }
    return json;
}

static const struct csvk_finding *last_kept(const struct csvk_validator *v, enum rule_index rule)
{
    const struct csvk_findings *kept = &v->kept[rule];
    return kept->count != 0 ? &kept->item[kept->count - 1] : NULL;
}

/* A byte order mark right before the enclosure keeps it from being one. Only while such marks are
   kept, because later ones may be counted by the reader. */
static bool is_after_mark(const struct csvk_validator *v, const struct csvk_fact *fact)
{
    const struct csvk_finding *mark = last_kept(v, RULE_BOM_IN_DATA);
    return mark != NULL && mark->record == fact->record && mark->byte + 3 == fact->offset;
}

static void add_origin(struct csvk_validator *v, struct csvk_finding *f,
                       const struct csvk_fact *fact)
{
    if (is_after_mark(v, fact)) {
        finding_text(v, f, "follows", csvk_rule_table[RULE_BOM_IN_DATA].id);
        finding_remedy(v, f, csvk_rule_table[RULE_BOM_IN_DATA].remedy);
    } else if (is_in_json(v, fact)) {
        finding_remedy(v, f, csvk_misfit_texts[MISFIT_JSON].remedy);
    }
}

/*
 * The first quote in a field that is not enclosed stands for the others in it; and for all quoting
 * faults of the record when it has a cause of its own, a mark or JSON. These are only counted.
 */
static bool is_told_already(const struct csvk_validator *v, const struct csvk_fact *fact)
{
    const struct csvk_finding *last = last_kept(v, RULE_QUOTE_IN_UNQUOTED_FIELD);
    bool quoting = fact->kind < CSVK_FACT_UNCLOSED;
    bool same = last != NULL && last->record == fact->record &&
                (last->remedy != NULL ||
                 (last->field == fact->field && fact->kind == CSVK_FACT_QUOTE_IN_UNQUOTED));
    return quoting && same && v->options.max_findings != 0;
}

static void add_details(struct csvk_validator *v, struct csvk_finding *f,
                        const struct csvk_fact *fact)
{
    switch (fact->kind) {
    case CSVK_FACT_TEXT_AFTER_CLOSING: add_record_line(v, f); break;
    case CSVK_FACT_QUOTE_IN_UNQUOTED: add_origin(v, f, fact); break;
    case CSVK_FACT_BARE_CR:
        if (v->record != NULL && is_parted_by_cr(v, v->record)) {
            finding_remedy(v, f, csvk_misfit_texts[MISFIT_CR].remedy);
        }
        break;
    case CSVK_FACT_NUL:
        if (fact->length >= LOST_BLOCK) {
            finding_remedy(v, f,
                           "A block of the file was never written, or was lost: get the file "
                           "again from where it was made.");
        }
        break;
    case CSVK_FACT_UNCLOSED: finding_number(f, "end_offset", CSVK_EXTRA_BYTE, fact->extra); break;
    case CSVK_FACT_SUSPICIOUS_LINES:
        finding_number(f, "lines", CSVK_EXTRA_NUMBER, fact->extra);
        break;
    case CSVK_FACT_MIXED_EOL:
        finding_text(v, f, "first", csvk_eol_name(v->first_eol));
        finding_text(v, f, "this", csvk_eol_name(plain_kind(fact->extra)));
        break;
    case CSVK_FACT_CONTROL:
    case CSVK_FACT_NON_ASCII:
    case CSVK_FACT_UNICODE_LINE_BREAK: add_code(v, f, fact->extra); break;
    case CSVK_FACT_INVALID_UTF8: add_bytes(v, f, fact); break;
    case CSVK_FACT_LONG_FIELD:
        finding_number(f, "size", CSVK_EXTRA_NUMBER, fact->extra);
        finding_text(v, f, "unit", "bytes");
        finding_number(f, "limit", CSVK_EXTRA_NUMBER, v->limit_field);
        break;
    case CSVK_FACT_UTF16_BOM: finding_text(v, f, "encoding", unicode_names[fact->extra]); break;
    case CSVK_FACT_NUL_PADDING_AT_EOF:
        finding_number(f, "padding", CSVK_EXTRA_NUMBER, fact->length);
        break;
    default: break;
    }
}

/* Letters, signs and punctuation of windows-1252: all bytes from 80 on, except the five that it
   does not define. */
static bool is_plausible_1252(unsigned char byte)
{
    return byte >= 0x80 && byte != 0x81 && byte != 0x8D && byte != 0x8F && byte != 0x90 &&
           byte != 0x9D;
}

/* Counts what the ill-formed bytes of the whole file look like, and keeps the place of the first:
   sample_rules.c guesses the encoding from that at the end. */
static void weigh_ill_formed(struct csvk_validator *v, const struct csvk_fact *fact)
{
    for (uint64_t i = 0; i < fact->length; i++) {
        unsigned char byte = ill_formed_byte(fact, i);
        v->ill_implausible += !is_plausible_1252(byte);
        v->ill_c1 += byte < 0xA0;
    }
    if (v->ill_formed == 0) {
        struct csvk_finding where = {.byte = fact->offset, .length = fact->length};
        judge_locate(v, &where);
        csvk_free(where.excerpt);
        if (fact->column != 0) { /* the reader has counted, as in judge_fact */
            where.line = fact->line;
            where.column = fact->column;
        }
        v->ill_first = fact->offset;
        v->ill_first_length = fact->length;
        v->ill_first_record = fact->record;
        v->ill_first_field = fact->field;
        v->ill_first_line = where.line;
        v->ill_first_column = where.column;
    }
    v->ill_formed += fact->length;
}

static void judge_first_eol(struct csvk_validator *v, const struct csvk_fact *fact)
{
    v->first_eol = plain_kind(fact->extra);
    struct place place = {fact->offset, fact->length, 0, 0};
    if (v->first_eol == CSVK_EOL_LF) {
        judge_add(v, RULE_EOL_LF, &place);
    } else if (v->first_eol == CSVK_EOL_CR) {
        judge_add(v, RULE_EOL_CR, &place);
    }
}

static void judge_fact(struct csvk_validator *v, const struct csvk_fact *fact)
{
    if (fact->kind == CSVK_FACT_FIRST_EOL) {
        judge_first_eol(v, fact);
        return;
    }
    size_t rule = rule_of_fact[fact->kind];
    if (rule == NO_RULE || (rule == RULE_EMPTY_FILE && v->options.columns.count != 0)) {
        return;
    }
    if (fact->kind == CSVK_FACT_INVALID_UTF8) {
        weigh_ill_formed(v, fact);
    }
    struct place place = {fact->offset, fact->length, fact->record, fact->field};
    if (is_told_already(v, fact)) {
        v->count[rule] += judge_is_on(v, (enum rule_index)rule);
        return;
    }
    struct csvk_finding *f = judge_add(v, rule, &place);
    if (f == NULL) {
        return;
    }
    if (fact->column != 0) { /* the reader has counted, because the record is not in memory */
        f->line = fact->line;
        f->column = f->column_chars = fact->column;
    }
    add_details(v, f, fact);
}

void judge_file_facts(struct csvk_validator *v)
{
    v->record = NULL;
    for (size_t i = 0; i < v->batch->nfacts; i++) {
        if (v->batch->facts[i].record == 0) {
            judge_fact(v, &v->batch->facts[i]);
        }
    }
}

/* Lines of a table of two columns that look like records are reported from three on, because a note
   may hold a delimiter (csvkit/parse/grammar). Where the quotes are not in order, two are enough.
 */
static bool asks_for_lines(const struct csvk_validator *v)
{
    return v->width == 2 && judge_is_on(v, RULE_MULTILINE_FIELD_SUSPICIOUS);
}

static void judge_two_lines(struct csvk_validator *v, const struct csvk_record *record,
                            const struct csvk_fact *fact)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || fact->field != 2) {
        return;
    }
    const unsigned char *bytes = b->bytes + (record->offset - b->offset), *quote;
    size_t length = (size_t)record->length;
    const unsigned char *line = memchr(bytes, '\n', length);
    size_t first = line != NULL ? (size_t)(line - bytes) : length;
    if (first + 1 >= length || memchr(line + 1, '\n', length - first - 1) != NULL ||
        csvk_delimiter_count(&v->options.dialect, bytes, first) != 1 ||
        csvk_delimiter_count(&v->options.dialect, line + 1, length - first - 1) != 1) {
        return;
    }
    quote = memchr(bytes, v->options.dialect.enclosure, first);
    if (quote != NULL) {
        uint64_t at = (uint64_t)(quote - bytes);
        struct place place = {record->offset + at, length - at, record->number, 2};
        struct csvk_finding *f = judge_add(v, RULE_MULTILINE_FIELD_SUSPICIOUS, &place);
        if (f != NULL) {
            finding_number(f, "lines", CSVK_EXTRA_NUMBER, 2);
        }
    }
}

void judge_record_facts(struct csvk_validator *v, const struct csvk_record *record)
{
    for (uint32_t i = 0; i < record->nfacts; i++) {
        const struct csvk_fact *fact = &v->batch->facts[record->first_fact + i];
        size_t rule = rule_of_fact[fact->kind];
        if (fact->record == 0) {
            continue;
        }
        if (rule != NO_RULE && judge_is_full(v, rule) && fact->kind != CSVK_FACT_INVALID_UTF8) {
            v->count[rule]++; /* enough findings are kept: only count, which is quick */
        } else {
            judge_fact(v, fact);
        }
        if (fact->kind == CSVK_FACT_TEXT_AFTER_CLOSING && asks_for_lines(v)) {
            judge_two_lines(v, record, fact);
        }
    }
}

uint32_t csvk_validator_only_counts(const struct csvk_validator *v)
{
    uint32_t kinds = 0;
    for (size_t kind = 0; kind < CSVK_FACT_KINDS && v->keys == NULL; kind++) {
        enum rule_index rule = (enum rule_index)rule_of_fact[kind];
        bool counts = rule != NO_RULE && (!judge_is_on(v, rule) || judge_is_full(v, rule));
        kinds |= counts ? CSVK_FACT_BIT(kind) : 0;
    }
    uint32_t needed = CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8); /* weigh_ill_formed needs each one */
    needed |= asks_for_lines(v) ? CSVK_FACT_BIT(CSVK_FACT_TEXT_AFTER_CLOSING) : 0;
    /* What has no report is taken for sound where its fields are found (schema_quick.c). */
    needed |= v->schema != NULL ? CSVK_FACT_BIT(CSVK_FACT_UNCLOSED + 1) - 1 : 0;
    return kinds & ~needed;
}

void judge_counted_facts(struct csvk_validator *v)
{
    for (size_t kind = 0; kind < CSVK_FACT_KINDS; kind++) {
        enum rule_index rule = (enum rule_index)rule_of_fact[kind];
        if (rule != NO_RULE && judge_is_on(v, rule)) {
            v->count[rule] += v->batch->counted[kind];
        }
    }
}

const struct csvk_rule *judge_quoting_rule(const struct csvk_batch *batch,
                                           const struct csvk_record *record)
{
    for (uint32_t i = 0; i < record->nfacts; i++) {
        enum csvk_fact_kind kind = batch->facts[record->first_fact + i].kind;
        if (kind <= CSVK_FACT_UNCLOSED) {
            return &csvk_rule_table[rule_of_fact[kind]];
        }
    }
    return NULL;
}
