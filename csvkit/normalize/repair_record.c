/*
 * repair_record.c - a record with a defect: has it decided (decision.h), and carries the decision
 * out.
 *
 * Nothing is judged here. The bytes from the record on, as far as the look-ahead goes, are shown to
 * the decision as a view; what comes back is written, rejected, or rejected as a block.
 *
 * Invariant: the view depends on the place of the record alone (norm_look_ahead_limit), and the
 * evidence on the head of the table alone. So does the decision.
 */
#include "csvkit/json.h"
#include "csvkit/normalize/decide.h"
#include "csvkit/normalize/decide_doubt.h"
#include "csvkit/normalize/normalize_private.h"

#include <stdio.h>

/* ---- the evidence -----------------------------------------------------------------------------
 */

int norm_keep_head(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    int status = norm_window_fill(w, NORM_SAMPLE_BYTES, norm->err);
    size_t n = w->visible < NORM_SAMPLE_BYTES ? w->visible : NORM_SAMPLE_BYTES;
    norm->head_offset = w->offset;
    norm->head_at_end = w->at_end && w->visible <= NORM_SAMPLE_BYTES;
    if (status == CSVK_OK && n != 0) {
        norm_window_keep(w);
        norm->head = (struct csvk_bytes){norm_window_at(w, w->offset), n};
    }
    return status;
}

/* `bytes` are those of the input at absolute `offset`. */
static struct norm_view view_of(struct norm *norm, const unsigned char *bytes, uint64_t offset,
                                size_t length, bool at_end)
{
    /* Places are those of single bytes. */
    bool plain = norm->in.more_length == 0 && !norm->in.skip_blanks;
    if (plain) {
        norm_places_begin(&norm->places, &norm->in, norm_breaks_are_reported(norm));
    }
    return (struct norm_view){.bytes = bytes,
                              .offset = offset,
                              .places = plain ? &norm->places : NULL,
                              .length = length,
                              .at_end = at_end,
                              .cr_ends = norm_breaks_are_reported(norm),
                              .comment = norm->o->comment,
                              .dialect = norm->in,
                              .delimiter_given = norm->o->delimiter_given,
                              .arena = &norm->arena,
                              .columns = (size_t)norm->width};
}

static struct norm_view view_of_head(struct norm *norm)
{
    return view_of(norm, norm->head.ptr, norm->head_offset, norm->head.len, norm->head_at_end);
}

int norm_ask_head_for_width(struct norm *norm)
{
    struct norm_view view = view_of_head(norm);
    size_t first;
    uint64_t alike;
    norm_arena_clear(&norm->arena);
    size_t most = norm_sample_width(&view, &first, &alike);
    bool failed = norm->arena.failed;
    norm_arena_clear(&norm->arena);
    if (failed) {
        return norm_out_of_memory(norm);
    }
    if (alike == 1 && most > 1 && norm->width == first) {
        norm->width = most;
    }
    return CSVK_OK;
}

/* By evidence an empty last name is surplus; for any other change of names there is an option. */
int norm_ask_head_for_header(struct norm *norm)
{
    bool by_option = norm->o->missing_names != CSVK_NORMALIZE_MISSING_NAMES_REFUSE;
    bool last_is_surplus = false;
    size_t width = (size_t)norm->width;
    if (norm->o->width > width) {
        norm->header_names = width;
        norm->width = norm->o->width;
        norm->width_known = true;
        return CSVK_OK;
    }
    if (width < 2 && !by_option) {
        return CSVK_OK;
    }
    struct norm_view view = view_of_head(norm);
    norm_arena_clear(&norm->arena);
    int status = norm_sample_header(&view, &width, &last_is_surplus);
    norm_arena_clear(&norm->arena);
    if (status != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    bool surplus = last_is_surplus && norm->o->ragged == CSVK_NORMALIZE_RAGGED_REPAIR;
    bool missing = width > norm->width && by_option;
    if (surplus || missing) {
        norm->header_names = norm->width;
        norm->width = width;
    }
    return CSVK_OK;
}

/* Once, when the first record needs it: most files never do. */
static int take_sample(struct norm *norm)
{
    if (norm->sample_taken) {
        return CSVK_OK;
    }
    if (norm->piece != NULL) {
        return csvk_fail(norm->err, CSVK_ELIMIT, "the run has not taken the sample yet");
    }
    struct norm_view view = view_of_head(norm);
    norm_arena_clear(&norm->arena);
    int status = norm_sample_take(&norm->sample, &view, (size_t)norm->width, norm->o->header,
                                  norm->o->ragged);
    norm_arena_clear(&norm->arena);
    norm_window_let_go(&norm->window);
    norm->head = (struct csvk_bytes){0};
    norm->sample_taken = true;
    if (status != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    if (norm->sample.refusal[0] != '\0' && !norm->o->only_measure) {
        return csvk_fail(norm->err, CSVK_EDATA, "%s: %s", csvk_source_name(norm->window.source),
                         norm->sample.refusal);
    }
    return CSVK_OK;
}

/* For a record at absolute `offset`. */
static struct norm_context context_of(const struct norm *norm, uint64_t offset)
{
    uint64_t end = norm->head_offset + norm->sample.end;
    return (struct norm_context){.width = (size_t)norm->width,
                                 .evidence = norm->sample.evidence,
                                 .habit = norm->sample.habit,
                                 .ragged = norm->o->ragged,
                                 .before_sound = norm->before_whole,
                                 .sample_left = offset < end ? (size_t)(end - offset) : 0};
}

/* The bytes from the record on, as far as it may be looked ahead. */
static struct norm_view view_at(struct norm *norm, uint64_t offset)
{
    struct norm_limit limit = norm_look_ahead_limit(norm, offset);
    return view_of(norm, norm_window_at(&norm->window, offset), offset,
                   (size_t)(limit.end - offset), limit.at_end);
}

/* Of a record longer than the reach nothing is seen but itself: how much else the window holds
   depends on the size of reads. */
static struct norm_view view_of_record(struct norm *norm, const struct norm_record *rec)
{
    if (!norm->long_record) {
        return view_at(norm, rec->r.offset);
    }
    uint64_t length = norm_record_end(rec) - rec->r.offset;
    bool last = norm->window.at_end && norm_window_left(&norm->window, rec->r.offset) == length;
    return view_of(norm, norm_window_at(&norm->window, rec->r.offset), rec->r.offset,
                   (size_t)length, last);
}

/* ---- writing ----------------------------------------------------------------------------------
 */

enum csvk_eol norm_line_break_before(const struct norm *norm, const unsigned char *end,
                                     size_t length)
{
    if (length != 0 && end[-1] == '\n') {
        bool cr = length > 1 && end[-2] == '\r';
        bool two = cr && length > 2 && end[-3] == '\r';
        return two ? CSVK_EOL_CRCRLF : cr ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    }
    bool cr = length != 0 && end[-1] == '\r' && norm_breaks_are_reported(norm);
    return cr ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f;
}

/* Bytes that nobody has scrubbed: NUL, ill-formed UTF-8, control characters that shall go. */
static bool are_bad(const unsigned char *p, size_t length, bool no_control)
{
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        size_t n = p[i] < 0x80 ? 1 : csvk_utf8_decode(p + i, length - i, &code);
        if (n == 0 || p[i] == 0 || (no_control && is_control(p[i]))) {
            return true;
        }
        i += n;
    }
    return false;
}

static int take_cells(struct norm *norm, const struct norm_record *rec,
                      const struct norm_cell *cell)
{
    norm->nvalues = 0;
    for (size_t k = 0; k < norm->width; k++) {
        enum csvk_value_form form = cell[k].enclosed ? CSVK_VALUE_ENCLOSED : CSVK_VALUE_PLAIN;
        struct csvk_value value = {cell[k].ptr, cell[k].len, form};
        int status = norm_add_value(norm, norm_trim_value(norm, rec, value, k));
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* What else has to be enclosed, and is counted beside the repair: a CR in an open value. A quote in
   one is never there beside the decision's own. */
static void add_plain_repairs(struct norm *norm, const struct norm_record *rec,
                              const struct norm_decision *d)
{
    for (size_t k = 0; k < norm->width; k++) {
        const struct norm_cell *cell = &d->cell[k];
        if (!cell->enclosed && memchr(cell->ptr, '\r', cell->len) != NULL) {
            norm_add_repair(norm, CSVK_REPAIR_BARE_CR, rec->r.offset, k + 1,
                            "the value stays as it is read");
        }
    }
}

/* The record of the decision ends elsewhere than the reference parser's: reading goes on there. */
static void resume_after(struct norm *norm, const struct norm_record *rec, uint64_t end,
                         size_t parts)
{
    norm->raw_to = end;
    if (end != norm_record_end(rec) || norm->long_record) {
        norm->resume = end;
        norm->resume_records = rec->r.number + parts - 1;
        norm->resume_lines = rec->r.line - 1 + norm_count_lines(norm, rec->r.offset, end);
    }
}

static enum norm_cause cause_of(enum csvk_repair repair)
{
    switch (repair) {
    case CSVK_REPAIR_PAD:
    case CSVK_REPAIR_SURPLUS:
    case CSVK_REPAIR_TRAILING:
    case CSVK_REPAIR_JOIN: return NORM_CAUSE_WIDTH;
    default: return NORM_CAUSE_ENCLOSURE;
    }
}

/* ---- rejecting --------------------------------------------------------------------------------
 */

/* Every line of it on its own, so that each has its place in the index. */
static int reject_lines(struct norm *norm, const struct norm_record *rec,
                        const struct norm_view *view, const struct norm_decision *d)
{
    struct norm_record part = *rec;
    size_t at = 0;
    int status = CSVK_OK;
    for (size_t i = 0; i < d->parts && status == CSVK_OK; i++) {
        struct norm_line line = norm_view_outline(view, at);
        part.r.offset = rec->r.offset + at;
        part.r.number = rec->r.number + i;
        part.r.line = rec->r.line + norm_count_lines(norm, rec->r.offset, part.r.offset);
        norm->raw_to = rec->r.offset + line.end;
        status = norm_reject(norm, &part, d->repair, NORM_CAUSE_WIDTH, d->evidence);
        at = line.end;
    }
    resume_after(norm, rec, rec->r.offset + at, d->parts);
    return status;
}

/* The output has no enclosure, and the record needs one; it is not the reference parser's. */
static int reject_unwritable(struct norm *norm, const struct norm_record *rec,
                             const struct norm_view *view, uint64_t end)
{
    static const char reason[] = "a value needs an enclosure and the output has none";
    struct norm_decision *d = &norm->decision;
    if (d->parts == 1) {
        return norm_reject_block(norm, rec, end, reason);
    }
    d->repair = CSVK_REPAIR_STYLE;
    snprintf(d->evidence, sizeof d->evidence, "%s", reason);
    return reject_lines(norm, rec, view, d);
}

static int write_decided(struct norm *norm, const struct norm_record *rec,
                         const struct norm_view *view, const struct norm_decision *d)
{
    uint64_t end = rec->r.offset + d->end, own = norm_record_end(rec);
    /* Bytes of the record at hand were looked at before, but not those of one without an end. */
    size_t seen = norm->without_end ? 0 : own < end ? (size_t)(own - rec->r.offset) : d->end;
    bool no_control = norm->o->control == CSVK_NORMALIZE_DEFECT_REMOVE;
    if (are_bad(view->bytes + seen, d->end - seen, no_control)) {
        return norm_reject_block(norm, rec, end,
                                 "an enclosure fault, and bytes in it that are no text");
    }
    int status = take_cells(norm, rec, d->cell);
    if (status != CSVK_OK) {
        return status;
    }
    if (!csvk_record_writer_can(&norm->table, norm->value, norm->nvalues) &&
        (d->parts > 1 || end != own)) {
        return reject_unwritable(norm, rec, view, end);
    }
    norm->raw_eol = norm_line_break_before(norm, view->bytes + d->end, d->end);
    resume_after(norm, rec, end, d->parts);
    norm->result->records_in += d->parts - 1;
    norm->result->records_dropped += d->parts - 1;
    if (d->class == NORM_CLASS_L2 && !(d->habit && norm->habit_counted)) {
        norm_count_cause(norm, rec, cause_of(d->repair));
    }
    norm->habit_again = d->habit && norm->habit_counted;
    norm->habit_counted |= d->habit;
    norm_add_decision(norm, d, rec->r.offset);
    add_plain_repairs(norm, rec, d);
    status = norm_write_record(norm, rec);
    norm->habit_again = false;
    return status;
}

static int reject_decided(struct norm *norm, const struct norm_record *rec,
                          const struct norm_view *view, const struct norm_decision *d)
{
    if (d->parts > 1) {
        return reject_lines(norm, rec, view, d);
    }
    uint64_t end = rec->r.offset + d->end;
    if (end != norm_record_end(rec) || norm->long_record) {
        return norm_reject_block(norm, rec, end, d->evidence);
    }
    return norm_reject(norm, rec, d->repair, cause_of(d->repair), d->evidence);
}

static int carry_out(struct norm *norm, const struct norm_record *rec, const struct norm_view *view)
{
    const struct norm_decision *d = &norm->decision;
    norm->decided = true;
    int status = d->action == NORM_NO_MEMORY ? norm_out_of_memory(norm)
                 : d->action == NORM_WRITE   ? write_decided(norm, rec, view, d)
                                             : reject_decided(norm, rec, view, d);
    norm->decided = false;
    norm_arena_clear(&norm->arena);
    return status;
}

/* ---- what the user decided --------------------------------------------------------------------
 */

/* --ragged=pad: empty fields are added at the end, and empty ones beyond the width dropped there.
 */
static int pad_by_option(struct norm *norm, const struct norm_record *rec)
{
    size_t width = (size_t)norm->width;
    int status = norm_take_values(norm, rec);
    for (size_t k = width; k < norm->nvalues && status == CSVK_OK; k++) {
        if (norm->value[k].len != 0 || norm->value[k].form == CSVK_VALUE_ENCLOSED) {
            return norm_reject(norm, rec, CSVK_REPAIR_SURPLUS, NORM_CAUSE_WIDTH,
                               "too many fields, and the surplus holds data or an enclosure");
        }
    }
    enum csvk_repair repair = norm->nvalues == width + 1 ? CSVK_REPAIR_TRAILING
                              : norm->nvalues > width    ? CSVK_REPAIR_SURPLUS
                                                         : CSVK_REPAIR_PAD;
    while (status == CSVK_OK && norm->nvalues < width) {
        status = norm_add_value(
            norm, (struct csvk_value){(const unsigned char *)"", 0, CSVK_VALUE_PLAIN});
    }
    if (status != CSVK_OK) {
        return status;
    }
    norm->nvalues = width;
    norm_add_repair_of_class(norm, repair, NORM_CLASS_L1, rec->r.offset,
                             norm->o->width != 0 ? "--widen" : "--ragged=pad");
    return norm_write_record(norm, rec);
}

/* ---- the record -------------------------------------------------------------------------------
 */

int norm_repair_record(struct norm *norm, const struct norm_record *rec, bool enclosures)
{
    if (!norm->width_known) {
        return norm_refuse_without_width(norm, rec);
    }
    int status = take_sample(norm);
    if (status != CSVK_OK) {
        return status;
    }
    bool wrong_width = rec->r.nfields != norm->width;
    if (!enclosures && wrong_width && norm->o->ragged == CSVK_NORMALIZE_RAGGED_FAIL) {
        return norm_refuse(norm, rec, "another number of fields than the table, and --ragged=fail");
    }
    if (!enclosures && wrong_width && norm->o->ragged == CSVK_NORMALIZE_RAGGED_PAD) {
        return pad_by_option(norm, rec);
    }
    struct norm_view view = view_of_record(norm, rec);
    struct norm_context context = context_of(norm, rec->r.offset);
    norm_arena_clear(&norm->arena);
    struct norm_line line = norm_view_record(&view, 0, 0);
    norm_decide(&view, &line, &context, &norm->decision);
    if (norm->decision.action == NORM_KEEP) {
        norm_arena_clear(&norm->arena);
        return norm_accept_reference(norm, rec);
    }
    return carry_out(norm, rec, &view);
}

int norm_is_before_short(struct norm *norm, const struct norm_record *rec, bool *is)
{
    struct norm_view view = view_at(norm, rec->r.offset);
    size_t at = (size_t)(norm_record_end(rec) - rec->r.offset);
    norm_arena_clear(&norm->arena);
    *is = false;
    at = norm_view_skip_comments(&view, at);
    if (at >= view.length) {
        return CSVK_OK;
    }
    struct norm_line next = norm_view_outline(&view, at);
    *is = next.known && !norm_line_is_blank(&next) && next.ncells < norm->width;
    return norm->arena.failed ? norm_out_of_memory(norm) : CSVK_OK;
}

int norm_is_last_doubtful(struct norm *norm, const struct norm_span *span, bool *is)
{
    struct norm_view view = view_at(norm, span->to);
    norm_arena_clear(&norm->arena);
    *is = norm_line_is_doubtful(&view, 0, (size_t)norm->width);
    return norm->arena.failed ? norm_out_of_memory(norm) : CSVK_OK;
}

int norm_doubt_record(struct norm *norm, const struct norm_record *rec, bool *done)
{
    *done = false;
    if (norm->long_record) {
        return CSVK_OK; /* nobody has looked ahead for it, as for one that is only copied */
    }
    struct norm_view view = view_at(norm, rec->r.offset);
    size_t length = (size_t)(norm_record_end(rec) - rec->r.offset);
    norm_arena_clear(&norm->arena);
    if (!norm_has_fact(rec, CSVK_FACT_SUSPICIOUS_LINES) &&
        !norm_line_is_doubtful(&view, length, (size_t)norm->width)) {
        return norm->arena.failed ? norm_out_of_memory(norm) : CSVK_OK;
    }
    int status = take_sample(norm);
    if (status != CSVK_OK) {
        return status;
    }
    struct norm_context context = context_of(norm, rec->r.offset);
    norm_arena_clear(&norm->arena);
    struct norm_line line = norm_view_record(&view, 0, 0);
    if (!norm_is_sound(&line, (size_t)norm->width)) {
        return norm->arena.failed ? norm_out_of_memory(norm) : CSVK_OK;
    }
    norm_doubt(&view, &line, &context, &norm->decision);
    if (norm->decision.action == NORM_KEEP) {
        return CSVK_OK;
    }
    *done = true;
    return carry_out(norm, rec, &view);
}

int norm_repair_runaway(struct norm *norm, uint64_t offset, bool *done)
{
    const struct csvk_totals *totals = &norm->scan.table.totals;
    struct norm_record rec = {
        .r = {.number = totals->records + 1, .line = totals->lines + 1, .offset = offset}};
    *done = false;
    bool header = norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
    if (!norm->width_known || norm->width < 2 || norm->in.enclosure == CSVK_NO_BYTE || header) {
        return CSVK_OK;
    }
    int status = take_sample(norm);
    if (status != CSVK_OK) {
        return status;
    }
    norm->npending = 0;
    norm->resume = UINT64_MAX;
    norm->before_whole = norm->last_whole;
    struct norm_view view = view_at(norm, offset);
    struct norm_context context = context_of(norm, offset);
    norm_arena_clear(&norm->arena);
    struct norm_line line = norm_view_record(&view, 0, 0);
    norm_decide(&view, &line, &context, &norm->decision);
    struct norm_decision *d = &norm->decision;
    bool found = d->action == NORM_WRITE || (d->action == NORM_REJECT && d->end < view.length);
    if (!found && d->action != NORM_NO_MEMORY) {
        return CSVK_OK; /* the record may just be long */
    }
    *done = true;
    norm->last_whole = false;
    rec.r.length = view.length; /* it has no end of its own: wherever it ends, reading resumes */
    struct norm_record *at_hand = norm->at_hand;
    norm->at_hand = &rec;
    norm->without_end = true;
    status = carry_out(norm, &rec, &view);
    norm->without_end = false;
    norm->at_hand = at_hand;
    return status;
}
