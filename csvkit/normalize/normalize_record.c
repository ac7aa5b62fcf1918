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
        return norm_reject(norm, rec, CSVK_REPAIR_BLANK, NORM_CAUSE_WIDTH, NORM_TWO_INFERENCES);
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
        return norm_is_header_again(norm, rec) ? norm_set_header_apart(norm, rec)
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
        return norm_set_header_apart(norm, rec);
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
