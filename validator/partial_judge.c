/*
 * partial_judge.c - judges the records that begin in a range, when nobody has read what comes
 * before it.
 *
 * A range is read up to the place where the next one seems to begin. When the last record ends
 * there with a line break, that place was a good one: the next record begins there. Otherwise (an
 * enclosure is open) the end of that record is looked for by a reader that only counts, and the
 * range is judged once more, up to there.
 */
#include "validator/partial_head.h"

#include "csvkit/parse/cut.h"

#include <string.h>

/* The longest record in which a place to begin is looked for. */
#define LONGEST_LOOK  ((size_t)16 * 1024 * 1024)
#define BORDER_WINDOW ((size_t)64 * 1024)

/* ---- guessing -------------------------------------------------------------------------------- */

/* Where CR alone ends the records: the byte after the first one that no other line break can have a
   part in. */
static size_t cut_after_cr(const unsigned char *bytes, size_t length)
{
    for (size_t at = 0; at + 1 < length; at++) {
        if (bytes[at] == '\r' && bytes[at + 1] != '\n' && bytes[at + 1] != '\r') {
            return at + 1;
        }
    }
    return CSVK_NO_CUT;
}

/* Looks for a place among the `look` bytes from `at` - 1 on; *cut counts from there. */
static int look_for_cut(const struct partial_work *work, uint64_t at, size_t look, size_t *cut,
                        struct csvk_error *err)
{
    uint64_t left = work->input->size - (at - 1);
    size_t length = left < look ? (size_t)left : look;
    unsigned char *bytes = csvk_malloc(length);
    if (bytes == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = work->input->read(work->input->context, at - 1, bytes, length, err);
    if (status == CSVK_OK) {
        *cut = work->head->eol == CSVK_EOL_CR ? cut_after_cr(bytes, length)
                                              : csvk_find_cut(bytes, length, &work->head->dialect);
    }
    csvk_free(bytes);
    return status;
}

int partial_guess(const struct partial_work *work, uint64_t at, uint64_t *begin,
                  struct csvk_error *err)
{
    static const size_t looks[] = {CSVK_CUT_LOOK, CSVK_CUT_LONGER_LOOK, (size_t)1024 * 1024,
                                   LONGEST_LOOK};
    const uint64_t size = work->input->size;
    size_t cut = CSVK_NO_CUT;
    int status = CSVK_OK;
    *begin = size;
    if (at == 0 || at <= work->head->end || at >= size) {
        *begin = at == 0 ? 0 : at >= size ? size : work->head->end;
        return CSVK_OK;
    }
    for (size_t i = 0; i < sizeof looks / sizeof looks[0] && status == CSVK_OK; i++) {
        status = look_for_cut(work, at, looks[i], &cut, err);
        if (status == CSVK_OK && cut != CSVK_NO_CUT) {
            *begin = at - 1 + cut;
            break;
        }
    }
    return status;
}

/* ---- judging bytes from one place to another ------------------------------------------------- */

/* From a wrong place any record may seem to be endless, and a taker keeps whole records. */
static void limit_memory(struct csvk_options *how)
{
    if (how->max_record == 0 || how->max_record > PARTIAL_FAR) {
        how->max_record = PARTIAL_FAR;
    }
}

/* What the taker wants of the reader. */
static void ask_taker(const struct partial_work *work, struct csvk_partial_range range,
                      struct csvk_options *how, struct csvk_validate_hooks *hooks)
{
    const struct csvk_partial_taker *taker = work->taker;
    if (taker == NULL) {
        return;
    }
    hooks->tap = taker->take;
    hooks->context = taker->context;
    if (taker->tune != NULL) {
        taker->tune(how, taker->context);
    }
    if (work->guessed && range.from != 0) {
        limit_memory(how);
    }
}

static int read_and_judge(const struct partial_work *work, struct csvk_validator *v,
                          struct csvk_partial_range range, struct csvk_error *err)
{
    struct csvk_validate_hooks hooks = {.size = sizeof hooks};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    csvk_options_init(&how);
    csvk_validator_reader_options(v, &how);
    ask_taker(work, range, &how, &hooks);
    int status = partial_source(&source, work->input, range, err);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &how, err) : status;
    status = status == CSVK_OK ? validate_records(reader, v, source, &hooks, err) : status;
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}

/* The first part looks at the beginning, as csvk_validate_source does. *none: it is no table, and
   all has been said. */
static int begin_file(const struct partial_work *work, struct csvk_validator *v, bool *none,
                      struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_partial_range all = {0, work->input->size};
    int status = partial_source(&source, work->input, all, err);
    status = status == CSVK_OK ? csvk_validator_look(v, source, none, err) : status;
    csvk_source_free(source);
    if (status == CSVK_OK && *none) {
        struct csvk_totals nothing = {.bytes = work->input->size};
        status = csvk_validator_finish(v, &nothing, NULL, err);
    }
    return status;
}

/* *whole: the last record ends with a line break, or the file does. */
static int judge_bytes(const struct partial_work *work, struct csvk_partial_range range,
                       struct csvk_validator **out, bool *whole, struct csvk_error *err)
{
    const struct csvk_partial_taker *taker = work->taker;
    struct csvk_validator *v = NULL;
    bool none = false;
    int status = partial_validator(&v, work->head, work->options, range.from, err);
    if (status == CSVK_OK && taker != NULL) {
        status = taker->begin(taker->context, range, work->before, err);
    }
    if (status == CSVK_OK && range.from == 0) {
        status = begin_file(work, v, &none, err);
    }
    status = status == CSVK_OK && !none ? read_and_judge(work, v, range, err) : status;
    if (status != CSVK_OK) {
        csvk_validator_free(v);
        return status;
    }
    *whole = range.to == work->input->size || v->totals.eol[CSVK_EOL_NONE] == 0;
    *out = v;
    return CSVK_OK;
}

/* ---- the end of the last record -------------------------------------------------------------- */

/* What is read beyond the range should be little beside it. */
static size_t border_window(struct csvk_partial_range range)
{
    uint64_t some = (range.to - range.from) / 16 + 1;
    return some < BORDER_WINDOW ? (size_t)some : BORDER_WINDOW;
}

static void border_options(const struct partial_work *work, struct csvk_partial_range range,
                           struct csvk_options *how)
{
    const uint64_t from = range.from;
    csvk_options_init(how);
    how->dialect = work->head->dialect;
    how->any_eol = work->options->profile == CSVK_PROFILE_BIS;
    how->continuation = from != 0;
    how->eol = from != 0 ? (enum csvk_eol)work->head->eol : CSVK_EOL_NONE;
    how->width = from != 0 ? work->head->width : 0;
    how->comment = work->options->comment;
    how->facts = 0;
    how->window = border_window(range);
}

static bool ends_unfinished(const struct csvk_batch *batch)
{
    return batch->nreported != 0 && batch->records[batch->nreported - 1].unfinished;
}

/* A byte before which the reader stands between two records, at range.to or after it, and at most
   `most`; NO_BORDER: there is none. Offsets of the reader count from range.from. */
#define NO_BORDER UINT64_MAX
static int look_for_border(struct csvk_reader *reader, struct csvk_partial_range range,
                           uint64_t most, uint64_t *border, struct csvk_error *err)
{
    const struct csvk_batch *batch;
    bool between = true;
    int status;
    *border = NO_BORDER;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        uint64_t at = range.from + batch->offset;
        if (between && at >= range.to) {
            *border = at;
            return CSVK_OK;
        }
        if (at > most) {
            return CSVK_OK;
        }
        between = !ends_unfinished(batch);
    }
    return status;
}

static int find_border(const struct partial_work *work, struct csvk_partial_range range,
                       uint64_t most, uint64_t *border, struct csvk_error *err)
{
    struct csvk_partial_range rest = {range.from, work->input->size};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    border_options(work, range, &how);
    int status = partial_source(&source, work->input, rest, err);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &how, err) : status;
    status = status == CSVK_OK ? look_for_border(reader, range, most, border, err) : status;
    csvk_reader_free(reader);
    csvk_source_free(source);
    if (status == CSVK_END) {
        *border = work->input->size;
        return CSVK_OK;
    }
    return status;
}

/* ---- a range --------------------------------------------------------------------------------- */

int partial_judge_exactly(const struct partial_work *work, struct csvk_partial_range range,
                          struct csvk_validator **out, struct csvk_error *err)
{
    bool whole;
    return judge_bytes(work, range, out, &whole, err);
}

int partial_judge_records(const struct partial_work *work, struct csvk_partial_range range,
                          struct csvk_validator **out, uint64_t *end, struct csvk_error *err)
{
    bool whole = false;
    struct csvk_partial_range bytes = range;
    int status = partial_guess(work, range.to, &bytes.to, err);
    *out = NULL;
    status = status == CSVK_OK ? judge_bytes(work, bytes, out, &whole, err) : status;
    if (status == CSVK_OK && !whole) {
        uint64_t most = work->guessed ? range.to + PARTIAL_FAR : UINT64_MAX;
        csvk_validator_free(*out);
        *out = NULL;
        status = find_border(work, range, most, &bytes.to, err);
        if (status == CSVK_OK && bytes.to != NO_BORDER) {
            status = judge_bytes(work, bytes, out, &whole, err);
        }
    }
    if (status == CSVK_ELIMIT && work->guessed && range.from != 0) {
        status = CSVK_OK; /* from a wrong place, any record may seem to be endless */
    }
    *end = bytes.to;
    return status;
}
