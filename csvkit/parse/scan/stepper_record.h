/*
 * stepper_record.h - private, part of scan_template.h: records of the structural stepper. From
 * field to field, the facts about bytes, the end of a record, and records that are not complete.
 *
 * Invariant: after INCOMPLETE nothing of the record is in the batch. What a pause keeps of it lies
 * in the builder's arrays above their counts, where nobody looks but step_resume.
 */

/*
 * Reports the facts about the bytes around one suspect byte, the first from `at` on. A sequence
 * that shows only after the record's end shows at the record's last byte. What follows the first
 * sign of an ill-formed sequence is not sure, so the look goes on until it ends after a byte below
 * 80. Answers where it ended. `ends`: as in struct csvk_byte_range.
 */
static size_t step_suspect(struct stepper *step, struct csvk_bytes record, size_t at,
                           size_t suspect, const struct csvk_field_ends *ends)
{
    suspect = suspect < record.len ? suspect : record.len - 1;
    /* A sequence begins at most three bytes before the byte with which it shows. */
    size_t from = suspect - at > 3 ? suspect - 3 : at;
    size_t to = suspect + 1;
    while (to < record.len && record.ptr[to - 1] >= 0x80) {
        to++;
    }
    struct csvk_byte_range range = {at, from, to, ends};
    return csvk_byte_facts(step->open, &step->scan->table, &step->scan->builder, record, &range);
}

/* Reports the facts about the record's bytes, with a close look only where something is suspect. */
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

/*
 * What csvk_record says besides place and number: whether the last field is empty, and where the
 * first field too many is.
 */
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

/* The line break at `at`, where the record ends; none at the end of the input. */
static SCAN_TARGET enum csvk_eol step_eol(const struct stepper *step, size_t at)
{
    if (at == step->length) {
        return CSVK_EOL_NONE;
    }
    return step->bytes[at] == '\n' ? CSVK_EOL_LF : (enum csvk_eol)step_cr(step, at);
}

/*
 * Passes fields that hold no structural byte and end before a delimiter, which most fields do: they
 * have no flags and no facts. Leaves the cursor at the first field that is something else.
 */
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

/* Steps over the delimiter at `at`, to the next field. False when a line break is there. */
static inline SCAN_TARGET bool step_delimiter(struct stepper *step, size_t at)
{
    if (step->bytes[at] != step->cursor->n.delimiter) {
        return false;
    }
    cursor_drop(step->cursor);
    step->field.begin = at + 1;
    return true;
}

/* The record exceeds a limit: it is left to whoever needs less memory for it. */
static size_t step_too_long(struct stepper *step)
{
    step->scan->too_long = true;
    csvk_record_abandon(step->open, &step->scan->builder);
    return INCOMPLETE;
}

/*
 * The record at `from` ends before `at`. Answers the offset after its line break, or INCOMPLETE
 * when it exceeds a limit.
 */
static SCAN_TARGET size_t step_finish(struct stepper *step, size_t from, size_t at)
{
    if (at - from > step->scan->most) {
        return step_too_long(step);
    }
    step_describe(step);
    struct csvk_bytes record = {step->bytes + from, at - from};
    /*
     * The cursor has looked at every block of the record. Only a sequence that the record's end
     * cuts off may not have shown.
     */
    if (step->cursor->suspect < at || cut_sequence(record.ptr, record.len)) {
        step_bytes(step, record);
    }
    struct csvk_batch_builder *builder = &step->scan->builder;
    csvk_inner_lines_end(step->open, &step->scan->table, builder);
    if (step_is_flooded(step)) {
        return step_too_long(step);
    }
    enum csvk_eol eol = step_eol(step, at);
    csvk_record_finish(step->open, &step->scan->table, builder, eol, step->offset + at);
    size_t next = at + csvk_eol_length(eol);
    /* The next record begins in this block, so what is suspect here may be in that record. */
    step->cursor->suspect = step->cursor->block_suspect ? at : SIZE_MAX;
    step->cursor->record = next;
    cursor_seek(step->cursor, next);
    if (step->scan->table.detail != CSVK_COUNTS) {
        csvk_batch_builder_add_end(builder, next);
    }
    return next;
}

/*
 * The record is not complete. What is known of it is kept, out of sight; csvk_record_abandon takes
 * it out of the counts afterwards.
 */
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

/*
 * Goes on to the end of the record at `from`. The current field ends before `at`, or `at` is
 * INCOMPLETE. Answers as step_finish.
 */
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
    /*
     * Only a record at the window's start can be gone on with: any other one will be at another
     * place.
     */
    if (step->scan->pauses && from == 0 && !builder->failed) {
        step_pause(step);
    }
    csvk_record_abandon(step->open, builder);
    return INCOMPLETE;
}

/* Examines the record at `from`. Answers the offset after its line break, or INCOMPLETE. */
static SCAN_TARGET size_t step_record(struct stepper *step, size_t from)
{
    csvk_record_begin(step->open, &step->scan->table, &step->scan->builder, step->offset + from);
    step->field.begin = from;
    step_plain_fields(step);
    return step_rest(step, from, step_field(step));
}

/*
 * True when there is a pause and nothing has been reported since: the entries of the paused record
 * still stand in the arrays, right above the counts.
 */
static bool can_resume(const struct csvk_scan *scan)
{
    const struct csvk_open_record *open = &scan->pause.open;
    return scan->pause.active && scan->builder.nfacts == open->facts_mark &&
           scan->builder.nfields == open->fields_mark && scan->builder.nends == open->ends_mark;
}

/* Goes on at `at` in the field in which the record was paused. Answers as step_outside. */
static SCAN_TARGET size_t step_continue(struct stepper *step, enum csvk_step_place place, size_t at)
{
    switch (place) {
    case CSVK_STEP_ENCLOSED: return step_enclosed(step);
    case CSVK_STEP_CLOSED: return step_closed(step, at);
    case CSVK_STEP_LITERAL: return step_outside(step, place);
    default: return at == step->field.begin ? step_field(step) : step_outside(step, place);
    }
}

/* As step_record for the record at 0, from the place of the pause on. */
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
