/*
 * repair_quotes.c - r18 r19 r20 r22: which reading of a record with an enclosure fault is accepted?
 *
 * The idea. Readings are made from the bytes within reach and judged by the width of the table: the
 * record must have it, and so must the record after it when the readings end in different places
 * (reading_trial.c). The one that fits is accepted. When none fits, or two that differ, the record
 * is rejected.
 *
 * The questions, in their order. A question that has no sure answer leads to the next one.
 *   1. Are blanks beside an enclosure the only fault? r20; rejected when only the literal
 *      reading fits.
 *        `3, "4"`           ->  `3,"4"`
 *   2. Is there `\"`, and is backslash the escape of this file? r19.
 *        `"a \"b\" c",4`    ->  `"a ""b"" c",4`
 *   3. Is there any fault? The literal reading, r18 or r22, whichever fits alone.
 *        `"abc"x,4`         ->  `"abcx",4`
 *        `"a "b, c" d",4`   ->  `"a ""b, c"" d",4`
 *        `3,"x CRLF 5,6`    ->  `3,"""x" CRLF 5,6`
 *   4. No fault, but the width is wrong and the record has several lines? r22.
 *        `3,"x CRLF ",a",7` ->  `3,"""x" CRLF ",a",7`
 *   5. The width alone is wrong: repair_width.c.
 * A record that does not end within reach has questions of its own (norm_repair_runaway).
 *
 * "Literal" is the reading of the reference parser: what follows a closing enclosure is appended to
 * the value. It is a repair by inference like the others, and is named after the fault.
 *
 * Rejecting costs as little as possible. When the record holds several lines, only as much of it is
 * rejected as is needed for the lines after it to be whole records again.
 *
 * Invariants. Bytes that a reading takes from beyond the record were not looked at by the scan as
 * part of it, so they are checked before they are written (has_bad_bytes). And where a reading ends
 * elsewhere than the reference parser's, norm->resume says so (set_end).
 */
#include "csvkit/json.h"
#include "csvkit/normalize/reading_trial.h"

/*
 * Whole records in a row that show where the table goes on. A few may be text that happens to have
 * as many commas.
 */
enum { EVIDENCE = 20 };

/* ---- no reading: how much is rejected ---- */

/*
 * Where the table goes on: the first line from which on all that the enclosure swallowed are whole
 * records, or EVIDENCE of them. *to is `stop` when there is no such line. In one column every line
 * fits, so that says nothing.
 *   `3,"x,y CRLF 5,6 CRLF 7,8 CRLF`, two columns  ->  `3,"x,y` is rejected, `5,6` is the next
 * record Without an end of the record (an enclosure that runs away) only the first half of the
 * reach is searched, so that the other half can bear witness; and the mere end of the reach is
 * none.
 */
static int find_restart(struct norm *norm, const struct norm_trial *trial, uint64_t stop,
                        uint64_t *to)
{
    /* The reference parser found an end. */
    bool closed = stop == trial->reference_end;
    uint64_t last = closed ? stop : trial->rec->r.offset + (stop - trial->rec->r.offset) / 2;
    uint64_t at = norm_next_line(norm, trial->rec->r.offset, stop);
    *to = stop;
    while (at < last && norm->width >= 2) {
        struct norm_run run;
        int status = norm_measure_run(norm, at, stop, trial->limit, &run);
        if (status != CSVK_OK) {
            return status;
        }
        bool enough = run.records >= EVIDENCE || (run.all && run.records != 0 && closed);
        if (enough) {
            *to = at;
            return CSVK_OK;
        }
        at = norm_next_line(norm, run.end > at ? run.end : at, stop);
    }
    return CSVK_OK;
}

/*
 * The repair that the reading of the reference parser stands for, and the fact it is about. The
 * first kind of this table that the record has is the one: an enclosure without an end explains all
 * other faults.
 */
static enum csvk_repair repair_of_facts(const struct norm_record *rec, const struct csvk_fact **at)
{
    static const struct {
        enum csvk_fact_kind kind;
        enum csvk_repair repair;
    } table[] = {
        {CSVK_FACT_UNCLOSED, CSVK_REPAIR_UNCLOSED},
        {CSVK_FACT_BACKSLASH_QUOTE, CSVK_REPAIR_BACKSLASH},
        {CSVK_FACT_TEXT_AFTER_CLOSING, CSVK_REPAIR_INNER_QUOTES},
        {CSVK_FACT_SPACE_BEFORE_QUOTE, CSVK_REPAIR_BLANKS},
        {CSVK_FACT_SPACE_AFTER_QUOTE, CSVK_REPAIR_BLANKS},
    };
    *at = NULL;
    for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
        for (uint32_t i = 0; i < rec->r.nfacts; i++) {
            if (rec->fact[i].kind == table[k].kind) {
                *at = &rec->fact[i];
                return table[k].repair;
            }
        }
    }
    return CSVK_REPAIR_UNCLOSED;
}

/* Rejects the record, or only its first lines when the table goes on within it. */
static int reject_record(struct norm *norm, const struct norm_trial *trial, const char *reason)
{
    const struct csvk_fact *at = NULL;
    uint64_t to = trial->reference_end;
    int status = trial->spans ? find_restart(norm, trial, trial->reference_end, &to) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    if (to != trial->reference_end) {
        return norm_reject_block(norm, trial->rec, to, reason);
    }
    return norm_reject(norm, trial->rec, repair_of_facts(trial->rec, &at), NORM_CAUSE_ENCLOSURE,
                       reason);
}

/* ---- accepting a reading ---- */

/*
 * A byte order mark at the start of a value is no part of it to the writer, so its bytes (EF BB BF)
 * are not kept.
 */
static bool keeps_cell(const struct norm_reading *reading, size_t i)
{
    struct csvk_bytes bytes = norm_cell_bytes(reading, i);
    return reading->cell[i].raw && bytes.len != 0 && bytes.ptr[0] != 0xef;
}

/*
 * Takes the values of a reading into norm->value. Fields without a fault stay as their bytes are,
 * unless every record is written anew.
 */
static int take_values(struct norm *norm, const struct norm_reading *reading)
{
    bool keeps_bytes = norm_may_keep_bytes(norm);
    int status = norm_reserve_values(norm, reading->ncells);
    csvk_buf_clear(&norm->text);
    if (status != CSVK_OK ||
        csvk_buf_reserve(&norm->text, (size_t)(reading->end - reading->offset)) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; i < reading->ncells; i++) {
        bool raw = keeps_bytes && keeps_cell(reading, i);
        unsigned char *room = norm->text.data + norm->text.length;
        struct csvk_bytes bytes =
            raw ? norm_cell_bytes(reading, i) : norm_cell_value(norm, reading, i, room);
        norm->text.length += bytes.ptr == room ? bytes.len : 0;
        norm->value[i] = (struct csvk_value){bytes.ptr, bytes.len,
                                             raw                         ? CSVK_VALUE_RAW
                                             : reading->cell[i].enclosed ? CSVK_VALUE_ENCLOSED
                                                                         : CSVK_VALUE_PLAIN};
    }
    norm->nvalues = reading->ncells;
    return CSVK_OK;
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f;
}

/* Are there NUL bytes, ill-formed UTF-8 or control characters that shall be removed? */
static bool are_bad(struct csvk_bytes bytes, bool no_control)
{
    const unsigned char *p = bytes.ptr;
    for (size_t i = 0; i < bytes.len;) {
        uint32_t code = 0;
        size_t length = p[i] < 0x80 ? 1 : csvk_utf8_decode(p + i, bytes.len - i, &code);
        if (length == 0 || p[i] == 0 || (no_control && is_control(p[i]))) {
            return true;
        }
        i += length;
    }
    return false;
}

/*
 * A reading that goes beyond the record as the reference parser reads it holds bytes that were
 * looked at in other records, or not at all. Within the record scrubbing has seen them already.
 */
static bool has_bad_bytes(const struct norm *norm, const struct norm_reading *reading,
                          uint64_t reference_end)
{
    bool bad = false;
    bool seen = reference_end != UINT64_MAX && reading->end <= reference_end;
    for (size_t i = 0; i < reading->ncells && !seen && !bad; i++) {
        bad =
            are_bad(norm_cell_bytes(reading, i), norm->o->control == CSVK_NORMALIZE_DEFECT_REMOVE);
    }
    return bad;
}

/*
 * Where the record ends under the accepted reading. When that is another place than the reference
 * parser's, the run reads on there.
 */
static void set_end(struct norm *norm, const struct norm_record *rec,
                    const struct norm_reading *reading, uint64_t reference_end)
{
    norm->raw_to = reading->end;
    norm->raw_eol = reading->eol;
    if (reading->end != reference_end) {
        norm->resume = reading->end;
        norm->resume_records = rec->r.number;
        norm->resume_lines =
            rec->r.line - 1 + norm_count_lines(norm, reading->offset, reading->end);
    }
}

/*
 * Kinds of fault that the literal reading would have to gloss over: text after an enclosure, `\"`,
 * and blanks beside an enclosure. Each is one inference.
 */
static unsigned kinds_of_fault(const struct norm_record *rec)
{
    unsigned kinds = norm_has_fact(rec, CSVK_FACT_TEXT_AFTER_CLOSING);
    kinds += norm_has_fact(rec, CSVK_FACT_BACKSLASH_QUOTE);
    kinds += norm_has_fact(rec, CSVK_FACT_SPACE_BEFORE_QUOTE) ||
             norm_has_fact(rec, CSVK_FACT_SPACE_AFTER_QUOTE);
    return kinds;
}

/* What the log says about the reading that was accepted. */
static const char *const evidence_of[NORM_MODES] = {
    [NORM_READ_REFERENCE] = "only the literal reading has the width of the table",
    [NORM_READ_INNER] = "only with inner quotes as data it has the width of the table",
    [NORM_READ_BACKSLASH] = "with backslash as escape it has the width of the table",
    [NORM_READ_BLANKS] = "without the blanks it has the width of the table",
    [NORM_READ_LINE] = "ended at its line, this and all swallowed records have the width",
};

/*
 * Accepts a reading: adds its repair, takes its values and writes the record. Three things can
 * still go against it: several kinds of fault under the literal reading, bytes that are no text,
 * and a second inference (norm_write_record).
 *
 * r17 and r9 are added beside it, for what else the reading met in open fields.
 */
static int accept(struct norm *norm, const struct norm_trial *trial, enum norm_mode mode)
{
    const struct norm_reading *reading = &norm->reading[mode];
    const struct csvk_fact *at = NULL;
    enum csvk_repair repair = repair_of_facts(trial->rec, &at);
    uint64_t byte = at != NULL ? at->offset : trial->rec->r.offset;
    uint64_t field = at != NULL ? at->field : 0;
    if (mode == NORM_READ_REFERENCE && kinds_of_fault(trial->rec) > 1) {
        return norm_reject(norm, trial->rec, repair, NORM_CAUSE_ENCLOSURE,
                           "it would take two repairs by inference");
    }
    if (has_bad_bytes(norm, reading, trial->reference_end)) {
        return reject_record(norm, trial, "an enclosure fault, and bytes in it that are no text");
    }
    repair = mode == NORM_READ_INNER       ? CSVK_REPAIR_INNER_QUOTES
             : mode == NORM_READ_BACKSLASH ? CSVK_REPAIR_BACKSLASH
             : mode == NORM_READ_BLANKS    ? CSVK_REPAIR_BLANKS
             : mode == NORM_READ_LINE      ? CSVK_REPAIR_UNCLOSED
                                           : repair;
    set_end(norm, trial->rec, reading, trial->reference_end);
    norm_add_repair(norm, repair, byte, field, evidence_of[mode]);
    bool stray = mode == NORM_READ_REFERENCE
                     ? norm_has_fact(trial->rec, CSVK_FACT_QUOTE_IN_UNQUOTED)
                     : reading->stray != 0;
    bool bare_cr = mode == NORM_READ_REFERENCE ? norm_has_fact(trial->rec, CSVK_FACT_BARE_CR)
                                               : reading->bare_cr != 0;
    if (stray) {
        norm_add_repair(norm, CSVK_REPAIR_ENCLOSE, byte, 0, "the value stays as it is read");
    }
    if (bare_cr) {
        norm_add_repair(norm, CSVK_REPAIR_BARE_CR, byte, 0, "the value stays as it is read");
    }
    int status = take_values(norm, reading);
    norm_count_cause(norm, trial->rec, NORM_CAUSE_ENCLOSURE);
    status = status == CSVK_OK ? norm_write_record(norm, trial->rec) : status;
    norm->last_whole = true;
    return status;
}

/* ---- one record ---- */

/* ---- which readings are tried ---- */

static bool only_blanks(const struct norm_record *rec)
{
    return kinds_of_fault(rec) == 1 && !norm_has_fact(rec, CSVK_FACT_UNCLOSED) &&
           (norm_has_fact(rec, CSVK_FACT_SPACE_BEFORE_QUOTE) ||
            norm_has_fact(rec, CSVK_FACT_SPACE_AFTER_QUOTE));
}

/*
 * r20: `3, "4, 5"` is two fields when the blank before the enclosure is no data. When that reading
 * does not fit, but the literal one does, the record is rejected: `3, "4` may mean a value ` "4`,
 * or the enclosure may have lost its end. *done is false when neither fits; then the other readings
 * get their turn.
 */
static int decide_blanks(struct norm *norm, struct norm_trial *trial, bool *done)
{
    int status = norm_trial_mode(norm, trial, NORM_READ_BLANKS);
    status = status == CSVK_OK ? norm_trial_check_next(norm, trial) : status;
    *done = true;
    if (status == CSVK_OK && trial->fits[NORM_READ_BLANKS]) {
        return accept(norm, trial, NORM_READ_BLANKS);
    }
    if (status == CSVK_OK && trial->rec->r.nfields == norm->width) {
        return reject_record(
            norm, trial,
            "blanks around a quote: read literally it has the right width, read as an "
            "enclosure it has not");
    }
    *done = false;
    return status;
}

/*
 * r19. The file's own escape needs no other witness: when backslash is the escape of this file, and
 * the reading with it fits and holds no doubled enclosure, it is accepted without comparing it to
 * others. A doubled enclosure in the same record means that both ways are in use, and which one a
 * quote follows is a guess.
 */
static int decide_backslash(struct norm *norm, struct norm_trial *trial, bool *done)
{
    *done = false;
    if (norm->backslash == NORM_BACKSLASH_UNKNOWN &&
        norm_has_fact(trial->rec, CSVK_FACT_BACKSLASH_QUOTE)) {
        int status = norm_judge_backslash(norm, trial->rec->r.offset);
        if (status != CSVK_OK) {
            return status;
        }
    }
    int status = norm_trial_mode(norm, trial, NORM_READ_BACKSLASH);
    status = status == CSVK_OK ? norm_trial_check_next(norm, trial) : status;
    bool sure = trial->fits[NORM_READ_BACKSLASH] && norm->backslash == NORM_BACKSLASH_YES &&
                norm->reading[NORM_READ_BACKSLASH].doubled == 0;
    if (status == CSVK_OK && sure) {
        *done = true;
        return accept(norm, trial, NORM_READ_BACKSLASH);
    }
    return status;
}

/*
 * r18 r22 and the literal reading, judged by the width of the table. r22 is tried only when the
 * record holds several lines: otherwise there is no line break to end an enclosure at.
 *   `"abc"x,4`         literal fits: `abcx`
 *   `"a "b, c" d",4`   only with inner quotes as data it has two fields
 *   `"a "b" c",4`      both fit, with other values: rejected
 */
static int decide_by_width(struct norm *norm, struct norm_trial *trial)
{
    bool several = false;
    enum norm_mode mode = NORM_MODES;
    int status = norm_trial_reference(norm, trial);
    status = status == CSVK_OK ? norm_trial_mode(norm, trial, NORM_READ_INNER) : status;
    if (status == CSVK_OK && trial->spans) {
        status = norm_trial_mode(norm, trial, NORM_READ_LINE);
    }
    status = status == CSVK_OK ? norm_trial_check_next(norm, trial) : status;
    status = status == CSVK_OK ? norm_trial_exclude_swallowing(norm, trial) : status;
    status = status == CSVK_OK ? norm_trial_only_fitting(norm, trial, &mode, &several) : status;
    if (status != CSVK_OK) {
        return status;
    }
    if (mode != NORM_MODES) {
        return accept(norm, trial, mode);
    }
    return reject_record(
        norm, trial,
        several ? "two readings of its quotes fit the width of the table, with other values"
                : "no reading of its quotes fits the width of the table");
}

/*
 * Nothing is wrong with the quotes, but the width is wrong, and a quote may be why: ending an
 * enclosure at its line break may give the right width (r22). If not, the quotes are right, and the
 * width is repaired, unless the record holds lines that look like records: then an enclosure has
 * most likely swallowed them, and adding fields to it would bury them.
 */
static int decide_without_fault(struct norm *norm, struct norm_trial *trial)
{
    bool several = false;
    enum norm_mode mode = NORM_MODES;
    int status = trial->spans ? norm_trial_mode(norm, trial, NORM_READ_LINE) : CSVK_OK;
    status = status == CSVK_OK ? norm_trial_check_next(norm, trial) : status;
    status = status == CSVK_OK ? norm_trial_only_fitting(norm, trial, &mode, &several) : status;
    if (status != CSVK_OK) {
        return status;
    }
    if (mode != NORM_MODES) {
        return accept(norm, trial, mode);
    }
    if (norm_has_fact(trial->rec, CSVK_FACT_SUSPICIOUS_LINES)) {
        return reject_record(norm, trial,
                             "wrong width, and a field holds lines that look like records");
    }
    norm_add_plain_repairs(norm, trial->rec);
    return norm_accept_reference(norm, trial->rec);
}

/*
 * The questions in the head of this file. Without a known width nothing can be decided, nor in a
 * record that is longer than the look-ahead.
 */
int norm_repair_quotes(struct norm *norm, const struct norm_record *rec)
{
    if (!norm->width_known) {
        return norm_refuse_without_width(norm, rec);
    }
    struct norm_trial trial = {.rec = rec, .reference_end = norm->raw_to};
    trial.limit = norm_look_ahead_limit(norm, rec->r.offset);
    if (norm->long_record) {
        const struct csvk_fact *at = NULL;
        return norm_reject(norm, rec, repair_of_facts(rec, &at), NORM_CAUSE_ENCLOSURE,
                           "an enclosure fault in a record longer than the look-ahead");
    }
    trial.spans = norm_count_lines(norm, rec->r.offset, rec->r.offset + rec->r.length) != 0;
    bool done = false;
    int status = CSVK_OK;
    if (only_blanks(rec)) {
        status = decide_blanks(norm, &trial, &done);
    }
    if (status == CSVK_OK && !done && norm_has_backslash_quote(norm, rec)) {
        status = decide_backslash(norm, &trial, &done);
    }
    if (status != CSVK_OK || done) {
        return status;
    }
    bool clean = kinds_of_fault(rec) == 0 && !norm_has_fact(rec, CSVK_FACT_UNCLOSED);
    return clean ? decide_without_fault(norm, &trial) : decide_by_width(norm, &trial);
}

/* ---- an enclosure without an end within reach ---- */

/*
 * The record at `offset` does not end within reach, so there is no record by the reference parser:
 * only number, line and offset are known. r19 may find its end, when `\"` stands right before the
 * closing enclosure: `"a\"",4`. r22 may end the enclosure at its line. If neither fits, the lines
 * up to the first place where the table goes on are rejected as one block. If there is no such
 * place either, *done is false: the record may just be long.
 *
 * A table of one column is left alone, because there every line fits and nothing can be shown.
 */
int norm_repair_runaway(struct norm *norm, uint64_t offset, bool *done)
{
    const struct csvk_totals *totals = &norm->scan.table.totals;
    struct norm_record rec = {
        .r = {.number = totals->records + 1, .line = totals->lines + 1, .offset = offset}};
    struct norm_trial trial = {
        .rec = &rec, .limit = norm_look_ahead_limit(norm, offset), .spans = true};
    *done = false;
    if (!norm->width_known || norm->width < 2 || norm->in.enclosure == CSVK_NO_BYTE) {
        return CSVK_OK;
    }
    norm->npending = 0;
    norm->resume = UINT64_MAX;
    trial.reference_end = UINT64_MAX;
    bool several = false;
    int status = norm_trial_mode(norm, &trial, NORM_READ_BACKSLASH);
    status = status == CSVK_OK ? norm_trial_check_next(norm, &trial) : status;
    if (status == CSVK_OK && trial.fits[NORM_READ_BACKSLASH] &&
        norm->backslash == NORM_BACKSLASH_YES) {
        *done = true;
        return accept(norm, &trial, NORM_READ_BACKSLASH);
    }
    enum norm_mode mode = NORM_MODES;
    status = status == CSVK_OK ? norm_trial_mode(norm, &trial, NORM_READ_LINE) : status;
    status = status == CSVK_OK ? norm_trial_only_fitting(norm, &trial, &mode, &several) : status;
    if (status != CSVK_OK) {
        return status;
    }
    if (mode != NORM_MODES) {
        *done = true;
        return accept(norm, &trial, mode);
    }
    uint64_t to = trial.limit.end;
    status = find_restart(norm, &trial, trial.limit.end, &to);
    if (status != CSVK_OK || to == trial.limit.end) {
        return status;
    }
    *done = true;
    return norm_reject_block(norm, &rec, to, "an enclosure is opened and not closed within reach");
}

/* ---- the escape of a file ---- */

/*
 * Reads all records within reach with backslash as escape, and counts both ways to write a quote in
 * an enclosure. `\"` somewhere and `""` nowhere: backslash is the escape. Both: it is not, or not
 * always. No `\"` at all: not known yet.
 */
int norm_judge_backslash(struct norm *norm, uint64_t offset)
{
    struct norm_limit limit = norm_look_ahead_limit(norm, offset);
    struct norm_reading *reading = &norm->reading[NORM_READ_BACKSLASH];
    size_t escaped = 0, doubled = 0;
    while (offset < limit.end) {
        int status = norm_read_in_mode(norm, NORM_READ_BACKSLASH, offset, limit, reading);
        if (status != CSVK_OK) {
            return status;
        }
        escaped += reading->escaped;
        doubled += reading->doubled;
        if (!reading->ended || reading->end <= offset) {
            break;
        }
        offset = reading->end;
    }
    if (escaped != 0) {
        norm->backslash = doubled == 0 ? NORM_BACKSLASH_YES : NORM_BACKSLASH_NO;
    }
    return CSVK_OK;
}
