/* normalize_capture.c - what comes of a piece, and how it joins the run: see normalize_pieces.h. */
#include "csvkit/normalize/normalize_pieces.h"

/* ---- life ------------------------------------------------------------------------------------ */

static void each_buffer(struct norm_piece *piece, void (*call)(struct csvk_buf *buf))
{
    struct csvk_buf *const all[] = {&piece->table,       &piece->rejects, &piece->log.bytes,
                                    &piece->log.marks,   &piece->notes,   &piece->index.bytes,
                                    &piece->index.marks, &piece->digests};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        call(all[i]);
    }
}

void norm_piece_release(struct norm_piece *piece)
{
    each_buffer(piece, csvk_buf_release);
}

/* ---- state ----------------------------------------------------------------------------------- */

void norm_keep_state(const struct norm *norm, struct norm_state *state)
{
    *state = (struct norm_state){.table = norm->scan.table,
                                 .result = *norm->result,
                                 .out_bytes = norm->table.bytes,
                                 .rejects_bytes = norm->rejects.bytes,
                                 .signs = norm->signs,
                                 .empties = norm->empties,
                                 .habit_counted = norm->habit_counted,
                                 .last_whole = norm->last_whole,
                                 .cut_in_character = norm->cut_in_character,
                                 .letter_escaped = norm->letter_escaped,
                                 .lost_line = norm->lost_line,
                                 .rejected_by_cause = norm->rejected_by_cause,
                                 .widest = norm->widest,
                                 .by_itself = norm->by_itself,
                                 .letter = norm->letter};
    memcpy(state->cause, norm->cause, sizeof state->cause);
}

static void put_state(struct norm *worker, const struct norm_state *state)
{
    worker->scan.table = state->table;
    *worker->result = state->result;
    worker->table.bytes = state->out_bytes;
    worker->rejects.bytes = state->rejects_bytes;
    worker->index.bytes = worker->log.bytes = 0;
    worker->signs = state->signs;
    worker->empties = (struct norm_empties){.count = state->empties.count};
    worker->habit_counted = state->habit_counted;
    worker->last_whole = state->last_whole;
    worker->cut_in_character = state->cut_in_character;
    worker->letter_escaped = state->letter_escaped;
    worker->lost_line = state->lost_line;
    worker->rejected_by_cause = state->rejected_by_cause;
    worker->widest = state->widest;
    worker->by_itself = state->by_itself;
    worker->letter = state->letter;
    memcpy(worker->cause, state->cause, sizeof worker->cause);
}

/* Nothing waits in the writers but what a piece before, which failed, has left. */
void norm_begin_piece(struct norm *worker, struct norm_piece *piece, bool last_whole)
{
    struct csvk_record_writer *const writers[] = {&worker->table, &worker->rejects, &worker->index,
                                                  &worker->log};
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        csvk_buf_clear(&writers[i]->buffer);
    }
    each_buffer(piece, csvk_buf_clear);
    piece->nline = 0;
    piece->failed = false;
    piece->least_surplus = INT64_MAX;
    piece->most_lack = INT64_MIN;
    piece->before.last_whole = last_whole;
    worker->piece = piece;
    worker->sample = piece->sample;
    worker->sample_taken = piece->sample_taken;
    worker->npending = 0;
    worker->decided = worker->habit_again = false;
    worker->long_record = worker->without_end = false;
    worker->counted_lines = (struct norm_counted_lines){0};
    worker->chunk = (size_t)worker->reach;
    csvk_scan_forget(&worker->scan);
    put_state(worker, &piece->before);
}

void norm_end_piece(struct norm *worker, struct norm_piece *piece)
{
    struct csvk_record_writer *const writers[] = {&worker->table, &worker->rejects, &worker->index,
                                                  &worker->log};
    for (size_t i = 0; i < sizeof writers / sizeof writers[0] && !piece->failed; i++) {
        piece->failed = csvk_record_writer_flush(writers[i], worker->err) != CSVK_OK;
    }
    piece->to = worker->window.offset;
    norm_keep_state(worker, &piece->after);
}

/* ---- does it fit? ---------------------------------------------------------------------------- */

static bool is_same_table(const struct csvk_table *now, const struct csvk_table *then)
{
    return now->begun == then->begun && now->mixed_reported == then->mixed_reported &&
           now->detail == then->detail && now->totals.width == then->totals.width &&
           now->totals.eol_mode == then->totals.eol_mode;
}

/* The first record that is looked at is the measure of the others, and there is a last one. */
bool norm_signs_fit(const struct norm *norm, const struct norm_piece *piece)
{
    const struct norm_signs *then = &piece->before.signs, *now = &norm->signs;
    uint64_t more = piece->after.signs.looked - then->looked;
    return more == 0 ||
           (then->looked == 0 ? now->looked == 0 : now->looked + more <= NORM_SIGNS_LOOKED_AT);
}

/* What was said about the share of records in UTF-8 is true of the records before, too. */
static bool are_shares_right(const struct norm *norm, const struct norm_piece *piece)
{
    const struct norm_state *then = &piece->before;
    int64_t more =
        (int64_t)(norm->result->records_in - then->result.records_in) -
        10 * (int64_t)(norm->cause[NORM_CAUSE_ENCODING] - then->cause[NORM_CAUSE_ENCODING]);
    return (piece->least_surplus == INT64_MAX || piece->least_surplus + more >= 0) &&
           (piece->most_lack == INT64_MIN || piece->most_lack + more < 0);
}

bool norm_piece_fits(const struct norm *norm, const struct norm_piece *piece)
{
    const struct norm_state *then = &piece->before;
    return !piece->failed && piece->to > piece->begin &&
           is_same_table(&norm->scan.table, &then->table) && norm->last_whole == then->last_whole &&
           norm->habit_counted == then->habit_counted &&
           (norm->empties.count != 0) == (then->empties.count != 0) &&
           norm_signs_fit(norm, piece) && are_shares_right(norm, piece);
}

/* ---- joining --------------------------------------------------------------------------------- */

/* By how much the numbers of the piece are wrong. */
struct raise {
    uint64_t by[NORM_NUMBERS];
};

static struct raise raise_of(const struct norm *norm, const struct norm_state *then)
{
    const struct csvk_totals *now = &norm->scan.table.totals, *before = &then->table.totals;
    struct raise raise;
    raise.by[NORM_RECORD] = now->records - before->records;
    raise.by[NORM_LINE] = now->lines - before->lines;
    raise.by[NORM_OUT_BYTE] = norm->table.bytes - then->out_bytes;
    raise.by[NORM_OUT_RECORD] = norm->result->records_out - then->result.records_out;
    raise.by[NORM_REJECTS_BYTE] = norm->rejects.bytes - then->rejects_bytes;
    return raise;
}

static int write_marked(struct norm *norm, struct csvk_record_writer *to,
                        const struct norm_marked_text *text, const struct raise *raise)
{
    const struct norm_mark *mark = (const void *)text->marks.data; /* as malloc aligns it */
    size_t count = text->marks.length / sizeof *mark, at = 0;
    int status = CSVK_OK;
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        csvk_buf_clear(&norm->json);
        status = csvk_buf_add(&norm->json, text->bytes.data + at, (size_t)mark[i].at - at);
        status = status == CSVK_OK
                     ? norm_json_digits(&norm->json, mark[i].value + raise->by[mark[i].number])
                     : status;
        status = status == CSVK_OK
                     ? csvk_record_writer_bytes(to, norm->json.data, norm->json.length, norm->err)
                     : norm_out_of_memory(norm);
        at = (size_t)mark[i].at;
    }
    return status == CSVK_OK && at < text->bytes.length
               ? csvk_record_writer_bytes(to, text->bytes.data + at, text->bytes.length - at,
                                          norm->err)
               : status;
}

static int write_outputs(struct norm *norm, const struct norm_piece *piece,
                         const struct raise *raise)
{
    uint64_t out = piece->after.out_bytes - piece->before.out_bytes;
    uint64_t rejects = piece->after.rejects_bytes - piece->before.rejects_bytes;
    if (norm->out->table.write == NULL) {
        norm->table.bytes += out; /* only counted */
    }
    if (norm->out->rejects.write == NULL) {
        norm->rejects.bytes += rejects;
    }
    int status =
        csvk_record_writer_bytes(&norm->table, piece->table.data, piece->table.length, norm->err);
    status = status == CSVK_OK ? csvk_record_writer_bytes(&norm->rejects, piece->rejects.data,
                                                          piece->rejects.length, norm->err)
                               : status;
    status = status == CSVK_OK ? write_marked(norm, &norm->index, &piece->index, raise) : status;
    return status == CSVK_OK ? write_marked(norm, &norm->log, &piece->log, raise) : status;
}

static struct csvk_normalize_place raised(struct csvk_normalize_place place,
                                          const struct raise *raise)
{
    place.line += raise->by[NORM_LINE];
    place.record += raise->by[NORM_RECORD];
    return place;
}

static void join_result(struct csvk_normalize_result *now, const struct norm_piece *piece,
                        const struct raise *raise)
{
    const struct csvk_normalize_result *then = &piece->before.result, *after = &piece->after.result;
    for (int i = 0; i < CSVK_REPAIRS; i++) {
        if (now->repairs[i] == 0 && after->repairs[i] != 0) {
            now->first[i] = raised(after->first[i], raise);
        }
        now->repairs[i] += after->repairs[i] - then->repairs[i];
    }
    if (now->records_rejected == 0 && after->records_rejected != 0) {
        now->first_reject = raised(after->first_reject, raise);
        memcpy(now->first_reject_reason, after->first_reject_reason,
               sizeof now->first_reject_reason);
    }
    now->records_in += after->records_in - then->records_in;
    now->records_out += after->records_out - then->records_out;
    now->records_rejected += after->records_rejected - then->records_rejected;
    now->records_dropped += after->records_dropped - then->records_dropped;
    now->inferred += after->inferred - then->inferred;
    now->changed |= after->changed;
}

static void join_signs(struct norm *norm, const struct norm_piece *piece, const struct raise *raise)
{
    const struct norm_signs *then = &piece->before.signs, *after = &piece->after.signs;
    struct norm_signs *now = &norm->signs;
    if (then->looked == 0 && after->looked != 0) {
        *now = *after;
        now->line += raise->by[NORM_LINE];
        return;
    }
    now->looked += after->looked - then->looked;
    for (size_t i = 0; i < NORM_CANDIDATES; i++) {
        now->same[i] += after->same[i] - then->same[i];
        now->with[i] += after->with[i] - then->with[i];
    }
    now->same_width += after->same_width - then->same_width;
    now->trailing += after->trailing - then->trailing;
    now->apostrophes += after->apostrophes - then->apostrophes;
    now->json += after->json - then->json;
    now->marks += after->marks - then->marks;
}

static void join_tallies(struct norm *norm, const struct norm_piece *piece,
                         const struct raise *raise)
{
    const struct norm_state *then = &piece->before, *after = &piece->after;
    for (size_t i = 0; i < NORM_CAUSES; i++) {
        norm->cause[i] += after->cause[i] - then->cause[i];
    }
    norm->empties.count += after->empties.count - then->empties.count;
    norm->empties.at_end =
        after->empties.at_end + (after->empties.filled ? 0 : norm->empties.at_end);
    norm->empties.filled |= after->empties.filled;
    norm->habit_counted = after->habit_counted;
    norm->last_whole = after->last_whole;
    norm->cut_in_character |= after->cut_in_character;
    norm->rejected_by_cause += after->rejected_by_cause - then->rejected_by_cause;
    norm->widest = norm->widest < after->widest ? after->widest : norm->widest;
    norm->by_itself += after->by_itself - then->by_itself;
    if (norm->letter_escaped == 0 && after->letter_escaped != 0) {
        norm->letter_escaped = after->letter_escaped + raise->by[NORM_LINE];
        norm->letter = after->letter;
    }
    if (norm->lost_line == 0 && after->lost_line != 0) {
        norm->lost_line = after->lost_line + raise->by[NORM_LINE];
    }
}

static void join_totals(struct csvk_table *now, const struct norm_piece *piece)
{
    const struct csvk_table *then = &piece->before.table, *after = &piece->after.table;
    now->totals.records += after->totals.records - then->totals.records;
    now->totals.lines += after->totals.lines - then->totals.lines;
    now->mixed_reported = after->mixed_reported;
    now->begun = after->begun;
}

/* One after the other, since each depends on those before. */
static void join_notes(struct norm *norm, const struct norm_piece *piece)
{
    const struct norm_reject_note *reject = (const void *)piece->notes.data;
    for (size_t i = 0; i < piece->notes.length / sizeof *reject; i++) {
        norm_take_reject_note(norm, &reject[i]);
    }
    const struct norm_record_digest *digest = (const void *)piece->digests.data;
    for (size_t i = 0; i < piece->digests.length / sizeof *digest; i++) {
        norm_take_digest(norm, digest[i].hash, digest[i].fields);
    }
}

int norm_join_piece(struct norm *norm, const struct norm_piece *piece)
{
    struct raise raise = raise_of(norm, &piece->before);
    int status = write_outputs(norm, piece, &raise);
    join_signs(norm, piece, &raise);
    join_result(norm->result, piece, &raise);
    join_tallies(norm, piece, &raise);
    join_totals(&norm->scan.table, piece);
    join_notes(norm, piece);
    norm->resume = UINT64_MAX;
    csvk_scan_forget(&norm->scan);
    norm_window_drop(&norm->window, (size_t)(piece->to - norm->window.offset));
    return status;
}
