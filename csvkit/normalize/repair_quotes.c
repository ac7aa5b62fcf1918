/*
 * repair_quotes.c - r18 r19 r20 r22: which reading of a record with an enclosure fault is right?
 *
 * The idea: candidates are read on the bytes within reach, and judged by the width of the table:
 * the record must have it, and so must the record behind it when the candidates end in different
 * places. One that fits is taken; none, or two that differ, and the record is rejected. When the
 * record holds several lines, only as much of it is rejected as is needed for the lines behind it
 * to be whole records again.
 */
#include "csvkit/json.h"
#include "csvkit/normalize/reading_trial.h"

enum { EVIDENCE = 20 }; /* whole records in a row that show where the table goes on */

/* ---- taking none ---- */

/*
 * Where the table goes on: the first line from which on all that the enclosure swallowed are whole
 * records, or enough of them. `stop` when there is none. In one column every line fits, so that
 * says nothing.
 */
static int find_restart(struct norm *norm, const struct norm_trial *trial, uint64_t stop,
                        uint64_t *to)
{
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

/* Number of the repair that the reference parser's own reading stands for, and the place it is
 * about. */
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

/* ---- or one ---- */

/* A mark at the start of a value is no part of it to the writer, so its bytes are not kept. */
static bool keeps_cell(const struct norm_reading *reading, size_t i)
{
    struct csvk_bytes bytes = norm_cell_bytes(reading, i);
    return reading->cell[i].raw && bytes.len != 0 && bytes.ptr[0] != 0xef;
}

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
 * looked at in other records, or not at all.
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

/* Kinds of fault that the reference parser's literal reading would have to gloss over. */
static unsigned kinds_of_fault(const struct norm_record *rec)
{
    unsigned kinds = norm_has_fact(rec, CSVK_FACT_TEXT_AFTER_CLOSING);
    kinds += norm_has_fact(rec, CSVK_FACT_BACKSLASH_QUOTE);
    kinds += norm_has_fact(rec, CSVK_FACT_SPACE_BEFORE_QUOTE) ||
             norm_has_fact(rec, CSVK_FACT_SPACE_AFTER_QUOTE);
    return kinds;
}

static const char *const evidence_of[NORM_MODES] = {
    [NORM_READ_REFERENCE] = "only the literal reading has the width of the table",
    [NORM_READ_INNER] = "only with inner quotes as data it has the width of the table",
    [NORM_READ_BACKSLASH] = "with backslash as escape it has the width of the table",
    [NORM_READ_BLANKS] = "without the blanks it has the width of the table",
    [NORM_READ_LINE] = "ended at its line, this and all swallowed records have the width",
};

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

static bool only_blanks(const struct norm_record *rec)
{
    return kinds_of_fault(rec) == 1 && !norm_has_fact(rec, CSVK_FACT_UNCLOSED) &&
           (norm_has_fact(rec, CSVK_FACT_SPACE_BEFORE_QUOTE) ||
            norm_has_fact(rec, CSVK_FACT_SPACE_AFTER_QUOTE));
}

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

/* The file's own escape needs no other witness. */
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

/* Nothing is wrong with its quotes but that another reading might give the right width. */
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

/* ---- an enclosure that runs away ---- */

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
