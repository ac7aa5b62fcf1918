/*
 * normalize_record.c - one record that is not clean: which repair is tried when.
 *
 * The order of the questions matters, because each one can be answered only when those before it
 * are:
 *   1. Is it a record at all, or a comment (r15), or a blank line (r10)?
 *   2. Which of its bytes have to go: NUL, ill-formed UTF-8, control characters, marks (r3 to r6)?
 *   3. How is it read, when its enclosures are at fault (r18 r19 r20 r22)?
 *   4. Has it the right width (r11 r12 r13 r14)?
 *   5. Is it the header (r23), and how is it written?
 * Bytes that have to go may hide an enclosure, so 2 comes before 3; a wrong reading has a wrong
 * width, so 3 comes before 4.
 *
 * Two repairs by inference on one record are a guess, so the record is rejected: each of them was
 * chosen because the width fits with it, and with two of them nearly everything fits.
 */
#include "csvkit/normalize/normalize_private.h"

/* Facts that say that an enclosure is not where RFC 4180 has it. Repairing them takes inference. */
#define ENCLOSURE_FAULTS                                                                           \
    (CSVK_FACT_BIT(CSVK_FACT_TEXT_AFTER_CLOSING) | CSVK_FACT_BIT(CSVK_FACT_BACKSLASH_QUOTE) |      \
     CSVK_FACT_BIT(CSVK_FACT_SPACE_BEFORE_QUOTE) | CSVK_FACT_BIT(CSVK_FACT_SPACE_AFTER_QUOTE) |    \
     CSVK_FACT_BIT(CSVK_FACT_UNCLOSED))

#define TWO_INFERENCES "it would take two repairs by inference"

uint32_t norm_fact_kinds(const struct norm_record *rec)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        kinds |= CSVK_FACT_BIT(rec->fact[i].kind);
    }
    return kinds;
}

bool norm_has_fact(const struct norm_record *rec, enum csvk_fact_kind kind)
{
    return (norm_fact_kinds(rec) & CSVK_FACT_BIT(kind)) != 0;
}

/*
 * Facts after which a record may still be whole. Line breaks are written in one way anyway (r8).
 * Control characters and marks are scrubbed before anybody asks. Lines inside of an enclosure that
 * look like records are only a suspicion, as long as the width is right.
 */
bool norm_is_harmless(enum csvk_fact_kind kind)
{
    switch (kind) {
    case CSVK_FACT_FIRST_EOL:
    case CSVK_FACT_MIXED_EOL:
    case CSVK_FACT_CRCRLF:
    case CSVK_FACT_CONTROL:
    case CSVK_FACT_BOM_IN_DATA:
    case CSVK_FACT_SUSPICIOUS_LINES: return true;
    default: return false;
    }
}

static bool all_harmless(const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!norm_is_harmless(rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

/*
 * Whole records are the measure of everything: repairs by inference look for a reading after which
 * the table goes on with whole records.
 */
bool norm_is_whole(const struct norm *norm, const struct norm_record *rec)
{
    return !rec->r.blank && rec->r.nfields == norm->width && all_harmless(rec);
}

/*
 * All inference compares with the width of the table. Without one the first record that is guessed
 * at would decide about all others.
 */
int norm_refuse_without_width(struct norm *norm, const struct norm_record *rec)
{
    return norm_refuse(norm, rec,
                       "this record takes inference to repair, but no record free of errors among "
                       "the first 1000 says how wide the table is; wrong --delimiter or "
                       "--enclosure, or lines before the header (--skip-head)?");
}

/* ---- comments and blank lines ---- */

/*
 * r15: a comment ends at the end of its physical line, whatever quotes are in it. The reference
 * parser may have read further, when an enclosure begins in the comment; then reading goes on after
 * the line.
 *   `# x,"y CRLF a,b CRLF` with --comment=#  ->  the first line is dropped, `a,b` is a record
 */
static int drop_comment(struct norm *norm, const struct norm_record *rec)
{
    uint64_t limit = norm_look_ahead_limit(norm, rec->r.offset).end;
    uint64_t end = norm_next_line(norm, rec->r.offset, limit);
    if (end != norm->raw_to) {
        norm->raw_to = end;
        norm->resume = end;
        norm->resume_records = rec->r.number;
        norm->resume_lines = rec->r.line;
    }
    return norm_drop_record(norm, rec, CSVK_REPAIR_FRAME, "--comment");
}

/*
 * r10: a line without any byte. In one column a blank line may be an empty value, so it stays,
 * enclosed. Before the header it cannot be one: the first record that is not blank is the header.
 * In several columns it is dropped.
 *   one column       `1 CRLF CRLF 2`    ->  `1 CRLF "" CRLF 2`
 *   several columns  `1,2 CRLF CRLF`    ->  `1,2 CRLF`
 * The empty value is enclosed, because many readers skip a line without any byte.
 *
 * A record may have become blank by scrubbing. When a mark was taken out of it (r4, by inference)
 * the record is rejected instead: dropping it would be the second inference.
 */
static int blank_record(struct norm *norm, const struct norm_record *rec)
{
    bool before_header = norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
    if (norm->width <= 1 && !(before_header && norm->width == 1)) {
        norm->nvalues = 0;
        norm_add_repair(norm, CSVK_REPAIR_BLANK, rec->r.offset, 1,
                        "in one column it is an empty value");
        norm->pending[norm->npending - 1].class = NORM_CLASS_L0;
        int status = norm_add_value(
            norm, (struct csvk_value){(const unsigned char *)"", 0, CSVK_VALUE_ENCLOSED});
        return status == CSVK_OK ? norm_write_data(norm, rec) : status;
    }
    if (norm->o->ragged == CSVK_NORMALIZE_RAGGED_FAIL) {
        return norm_refuse(norm, rec, "empty line, and --ragged=fail");
    }
    if (norm_count_inferences(norm) != 0) {
        return norm_reject(norm, rec, CSVK_REPAIR_BLANK, NORM_CAUSE_WIDTH, TWO_INFERENCES);
    }
    bool padded = norm->o->ragged == CSVK_NORMALIZE_RAGGED_PAD; /* short records are no puzzle */
    bool beside = !norm->before_whole && !padded;
    int status = CSVK_OK;
    if (!before_header && !beside && !padded) {
        status = norm_is_before_short(norm, rec, &beside);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (!before_header && beside) {
        return norm_reject(norm, rec, CSVK_REPAIR_BLANK, NORM_CAUSE_WIDTH,
                           "an empty line beside a record that is not whole");
    }
    norm->last_whole = norm->before_whole;
    return norm_drop_record(norm, rec, CSVK_REPAIR_BLANK,
                            "a line without any byte in a table of several columns");
}

/* ---- the record ---- */

/* r26: the header of a second file that was appended to the first. */
static int header_again(struct norm *norm, const struct norm_record *rec)
{
    norm->npending = 0;
    return norm->o->drop_repeated_headers
               ? norm_drop_record(norm, rec, CSVK_REPAIR_HEADER_REPEATED, "--repeated-headers=drop")
               : norm_reject(norm, rec, CSVK_REPAIR_HEADER_REPEATED, NORM_CAUSE_NONE,
                             "the header again (--repeated-headers=drop drops it)");
}

static bool is_empty_value(const struct norm *norm, const struct csvk_value *value)
{
    bool pair = value->form == CSVK_VALUE_RAW && value->len == 2 &&
                value->ptr[0] == norm->in.enclosure && value->ptr[1] == norm->in.enclosure;
    return value->len == 0 || pair;
}

static bool are_values_empty(const struct norm *norm)
{
    for (size_t i = 0; i < norm->nvalues; i++) {
        if (!is_empty_value(norm, &norm->value[i])) {
            return false;
        }
    }
    return norm->nvalues > 1;
}

/* The record became what is dropped or set apart as it is read: it is so the second time, too. */
static int write_changed(struct norm *norm, const struct norm_record *rec)
{
    if (norm->o->drop_empty_records && are_values_empty(norm)) {
        norm->npending = 0;
        return norm_drop_empty_record(norm, rec);
    }
    return norm_are_names(norm) ? header_again(norm, rec) : norm_write_data(norm, rec);
}

/*
 * The last step: names of the header, then the output. This is where a second inference is found
 * out, because r4 and the repairs of quotes and width are decided in different places.
 */
int norm_write_record(struct norm *norm, const struct norm_record *rec)
{
    if (norm_count_inferences(norm) > 1) {
        return norm_reject(norm, rec, norm->pending[norm->npending - 1].repair, NORM_CAUSE_WIDTH,
                           TWO_INFERENCES);
    }
    if (norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done) {
        int status = norm->types != NULL ? norm_pair_columns(norm, rec) : CSVK_OK;
        status = status == CSVK_OK ? norm_repair_header(norm, rec) : status;
        status = status == CSVK_OK ? norm_keep_names(norm) : status;
        return status == CSVK_OK ? norm_write_values(norm, rec) : status;
    }
    return norm->npending != 0 ? write_changed(norm, rec) : norm_write_data(norm, rec);
}

/*
 * Values are taken only when they are needed: a record that needs no more than an enclosure here
 * and there is patched (normalize_patch.c).
 */
int norm_accept_reference(struct norm *norm, const struct norm_record *rec)
{
    norm_add_plain_repairs(norm, rec);
    if (norm_can_patch(norm, rec)) {
        return norm_write_patched(norm, rec);
    }
    int status = norm_take_values(norm, rec);
    return status == CSVK_OK ? norm_write_record(norm, rec) : status;
}

/*
 * r9 and r17: a CR or an enclosure byte in a field that is not enclosed is data, by the reference
 * parser's reading. The value stays; it only has to be enclosed in the output.
 *   `5" pipe,4`  ->  `"5"" pipe",4`
 */
void norm_add_plain_repairs(struct norm *norm, const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        if (fact->kind == CSVK_FACT_QUOTE_IN_UNQUOTED) {
            norm_add_repair(norm, CSVK_REPAIR_ENCLOSE, fact->offset, fact->field,
                            "the value stays as it is read");
        } else if (fact->kind == CSVK_FACT_BARE_CR) {
            norm_add_repair(norm, CSVK_REPAIR_BARE_CR, fact->offset, fact->field,
                            "the value stays as it is read");
        }
    }
}

static bool is_header(const struct norm *norm)
{
    return norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
}

/*
 * Is there nothing to do but to copy the record? Not the header, whose names may change. Not a
 * record that was scrubbed: r3 to r6 are pending. Not `sep=X` as the first line of the output,
 * which spreadsheets would take for a directive.
 */
static bool stays_unchanged(const struct norm *norm, const struct norm_record *rec)
{
    return !norm->rewrite && !is_header(norm) && norm->npending == 0 && norm_is_whole(norm, rec) &&
           !norm_looks_like_sep(norm, rec);
}

/* Has the record a defect that somebody has to decide about: of its quotes, or of its width? */
static bool is_defective(const struct norm *norm, const struct norm_record *rec, bool *enclosures)
{
    const uint32_t quotes = ENCLOSURE_FAULTS | CSVK_FACT_BIT(CSVK_FACT_QUOTE_IN_UNQUOTED);
    *enclosures = (norm_fact_kinds(rec) & quotes) != 0;
    return *enclosures || rec->r.nfields != norm->width;
}

/*
 * The names are not to be guessed. Quotes in a name that is not enclosed are part of it, as in any
 * other value; whatever else is wrong with the header refuses the table.
 */
static int header_record(struct norm *norm, const struct norm_record *rec)
{
    bool trimmed = false;
    int status = norm_take_trimmed(norm, rec, &trimmed);
    if (status == CSVK_OK && trimmed) {
        norm->width_known = true;
        status = norm->width > 1 ? norm_keep_header(norm, rec) : CSVK_OK;
        return status == CSVK_OK ? norm_write_record(norm, rec) : status;
    }
    if (status != CSVK_OK) {
        return status;
    }
    if ((norm_fact_kinds(rec) & ENCLOSURE_FAULTS) != 0) {
        return norm_reject(norm, rec, CSVK_REPAIR_INNER_QUOTES, NORM_CAUSE_ENCLOSURE,
                           "a fault of its enclosures");
    }
    if (norm->header_names != 0 && rec->r.nfields == norm->header_names) {
        norm->width_known = true;
        status = norm_take_other_names(norm, rec);
        status = status == CSVK_OK ? norm_keep_header(norm, rec) : status;
        return status == CSVK_OK ? norm_write_record(norm, rec) : status;
    }
    if (rec->r.nfields != norm->width && norm->width_known) {
        return norm_reject(norm, rec, CSVK_REPAIR_PAD, NORM_CAUSE_WIDTH,
                           rec->r.nfields < norm->width ? "it has too few names"
                                                        : "it has too many names");
    }
    if (norm->width > 1) {
        status = norm_take_names(norm, rec);
        status = status == CSVK_OK ? norm_keep_header(norm, rec) : status;
        if (status != CSVK_OK) {
            return status;
        }
    }
    return norm_accept_reference(norm, rec);
}

/* Of its quotes, or of its width. `scrubbed`: its bytes are not those in the window. */
static int defective_record(struct norm *norm, const struct norm_record *rec, bool enclosures,
                            bool scrubbed)
{
    bool trimmed = false;
    int status = norm_take_trimmed(norm, rec, &trimmed);
    if (status != CSVK_OK) {
        return status;
    }
    if (trimmed) {
        norm->last_whole = true;
        return norm_is_header_again(norm, rec) ? header_again(norm, rec)
                                               : norm_write_record(norm, rec);
    }
    return scrubbed ? norm_reject(norm, rec, CSVK_REPAIR_INNER_QUOTES, NORM_CAUSE_ENCLOSURE,
                                  "bad bytes and another defect in one record")
                    : norm_repair_record(norm, rec, enclosures);
}

/*
 * The questions 2 to 5 of the head of this file. `rec` is a copy that may change: after scrubbing
 * it is the record without the bytes that had to go.
 *
 * A scrubbed record is never read in another way: the other readings are made from the bytes in the
 * window, where those bytes still are.
 */
static int repair_record(struct norm *norm, struct norm_record *rec)
{
    struct norm_scrub scrub = {.refused = false};
    int status = norm_scrub_record(norm, rec, &scrub);
    if (status != CSVK_OK) {
        return status;
    }
    if (scrub.refused) {
        bool bytes = scrub.repair == CSVK_REPAIR_UTF8;
        return norm_reject(norm, rec, scrub.repair, bytes ? NORM_CAUSE_ENCODING : NORM_CAUSE_NONE,
                           scrub.reason);
    }
    if (rec->r.blank) {
        return blank_record(norm, rec);
    }
    if (is_header(norm)) {
        norm->last_whole = true;
        return header_record(norm, rec);
    }
    if (norm->o->drop_empty_records && norm_is_empty_record(norm, norm_record_bytes(norm, rec))) {
        norm->last_whole = norm->before_whole;
        return norm_drop_empty_record(norm, rec);
    }
    if (norm_is_header_again(norm, rec)) {
        norm->last_whole = true;
        return header_again(norm, rec);
    }
    bool enclosures = false;
    if (is_defective(norm, rec, &enclosures)) {
        return defective_record(norm, rec, enclosures, scrub.any);
    }
    bool done = false;
    if (!scrub.any && norm->width > 1) {
        status = norm_doubt_record(norm, rec, &done);
    }
    if (status != CSVK_OK || done) {
        return status;
    }
    norm->last_whole = true;
    return stays_unchanged(norm, rec) ? norm_write_unchanged(norm, rec)
                                      : norm_accept_reference(norm, rec);
}

/* A fault may have hidden delimiters, or shown some that are data. */
static int measure(struct norm *norm, const struct norm_record *rec)
{
    bool fault = (norm_fact_kinds(rec) & ENCLOSURE_FAULTS) != 0;
    if (!rec->r.blank && !fault && rec->r.nfields > norm->widest) {
        norm->widest = rec->r.nfields;
    }
    norm->header_done = norm->header_done || !rec->r.blank;
    norm->last_whole = true;
    return CSVK_OK;
}

/*
 * Question 1 for comments, and the state for all others. The end of the record is the reference
 * parser's until a repair decides otherwise.
 */
int norm_process_record(struct norm *norm, const struct norm_record *rec)
{
    struct norm_record own = *rec;
    norm->by_itself++;
    norm->at_hand = &own;
    norm->npending = 0;
    norm->resume = UINT64_MAX;
    norm->raw_to = norm_record_end(rec);
    norm->raw_eol = (enum csvk_eol)rec->r.eol;
    /* r13 joins parts only directly after a whole record; a comment between the two forbids it. */
    bool before = norm->last_whole;
    norm->last_whole = false;
    if (norm->o->comment >= 0 && rec->r.length != 0 &&
        *norm_window_at(&norm->window, rec->r.offset) == norm->o->comment) {
        norm->last_whole = before;
        return drop_comment(norm, rec);
    }
    norm->before_whole = before;
    norm_count_empty_record(norm, rec);
    return norm->o->only_measure ? measure(norm, rec) : repair_record(norm, &own);
}
