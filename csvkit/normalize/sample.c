/*
 * sample.c - see sample.h.
 *
 * The table's first record is a suspect, too: when the records after it agree on another width, it
 * is the header that is wrong, and every row would pay for it. Then the table is refused with one
 * message.
 */
#include "csvkit/normalize/sample.h"
#include "csvkit/normalize/header_cause.h"

#include <stdio.h>
#include <string.h>

struct record_list {
    struct norm_line *line;
    size_t count, capacity;
};

static int add_line(struct record_list *list, const struct norm_line *line)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity != 0 ? 2 * list->capacity : 256;
        struct norm_line *grown = csvk_reallocarray(list->line, capacity, sizeof *grown);
        if (grown == NULL) {
            return CSVK_ENOMEM;
        }
        list->line = grown;
        list->capacity = capacity;
    }
    list->line[list->count++] = *line;
    return CSVK_OK;
}

/* The records of the head, blank lines left out. */
static int read_head(const struct norm_view *view, struct record_list *list)
{
    size_t at = 0;
    while (at < view->length && list->count < 2 * NORM_SAMPLE_RECORDS) {
        at = norm_view_skip_comments(view, at);
        if (at >= view->length) {
            break;
        }
        struct norm_line line = norm_view_record(view, at, 0);
        if (view->arena->failed) {
            return CSVK_ENOMEM;
        }
        if (!line.known) {
            break;
        }
        if (!norm_line_is_blank(&line) && add_line(list, &line) != CSVK_OK) {
            return CSVK_ENOMEM;
        }
        at = line.end;
    }
    return CSVK_OK;
}

/* The width that most sound records have, the larger of two; and how many have it. */
static size_t most_frequent(const struct record_list *list, size_t from, uint64_t *count)
{
    size_t best = 0, last = 0; /* asked about most recently */
    *count = 0;
    for (size_t i = from; i < list->count; i++) {
        size_t width = list->line[i].ncells;
        uint64_t alike = 0;
        if (list->line[i].faults != 0 || width == best || width == last) {
            continue;
        }
        last = width;
        for (size_t j = from; j < list->count; j++) {
            alike += list->line[j].faults == 0 && list->line[j].ncells == width;
        }
        if (alike > *count || (alike == *count && width > best)) {
            best = width;
            *count = alike;
        }
    }
    return best;
}

static bool are_equal(const struct norm_line *a, const struct norm_line *b)
{
    bool equal = a->ncells == b->ncells;
    for (size_t k = 0; equal && k < a->ncells; k++) {
        equal = a->cell[k].len == b->cell[k].len &&
                memcmp(a->cell[k].ptr, b->cell[k].ptr, a->cell[k].len) == 0;
    }
    return equal;
}

/* ---- the header -------------------------------------------------------------------------------
 */

/* Records that begin with the mark of comments do not agree with a header that does, too. */
static void judge_header(struct norm_sample *sample, const struct norm_view *view,
                         const struct record_list *list, size_t width,
                         enum csvk_normalize_ragged ragged)
{
    uint64_t most = 0, agree = 0, sound = 0;
    struct norm_header_matter matter = {view, list->line, list->count, width,
                                        most_frequent(list, 1, &most)};
    for (size_t i = 1; i < list->count; i++) {
        const struct norm_line *line = &list->line[i];
        bool comment = norm_is_comment_like(&list->line[0], line);
        sound += line->faults == 0 && !comment;
        agree += line->faults == 0 && !comment && line->ncells == width;
    }
    bool some_agree = agree >= NORM_ENOUGH && 20 * agree >= sound;
    if (matter.other == width || most < 2 || most < 2 * agree || some_agree) {
        return;
    }
    bool ends = matter.other == width + 1 && norm_header_ends(&matter) != NORM_END_DATA;
    if (ragged == CSVK_NORMALIZE_RAGGED_PAD && (matter.other < width || ends)) {
        return; /* by the user's word */
    }
    char cause[240];
    norm_header_cause(&matter, cause, sizeof cause, &sample->lines_above);
    snprintf(sample->refusal, sizeof sample->refusal,
             "the header has %zu names, %llu of %llu records have %zu fields%s", width,
             (unsigned long long)most, (unsigned long long)sound, matter.other, cause);
}

/* ---- evidence ---------------------------------------------------------------------------------
 */

static const struct norm_cell *next_clean(void *context, size_t index)
{
    struct norm_line *const *clean = context;
    return clean[index]->cell;
}

static bool is_clean(const struct norm_line *line, size_t width)
{
    return norm_is_sound(line, width) && line->end != line->content;
}

static int gather(struct norm_sample *sample, const struct record_list *list, size_t width,
                  enum csvk_normalize_header header)
{
    size_t first = header == CSVK_NORMALIZE_HEADER ? 1 : 0, count = 0;
    struct norm_line **clean = csvk_reallocarray(NULL, NORM_SAMPLE_RECORDS, sizeof *clean);
    int status = clean != NULL ? CSVK_OK : CSVK_ENOMEM;
    for (size_t i = first; i < list->count && count < NORM_SAMPLE_RECORDS && status == CSVK_OK;
         i++) {
        struct norm_line *line = &list->line[i];
        bool again = first == 1 && width > 1 && are_equal(line, &list->line[0]);
        if (is_clean(line, width) && !again) {
            clean[count++] = line;
            sample->end = line->end;
            status = norm_evidence_add(sample->evidence, line->cell);
        }
    }
    status = status == CSVK_OK ? norm_evidence_close(sample->evidence, next_clean, clean) : status;
    csvk_free(clean);
    return status;
}

/* Short records that fit their columns from the left. */
static void count_habit(struct norm_sample *sample, const struct record_list *list, size_t width)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct norm_line *line = &list->line[i];
        if (line->faults != 0 || line->ncells >= width ||
            norm_evidence_records(sample->evidence) < NORM_ENOUGH) {
            continue;
        }
        int bits = 0;
        for (size_t k = 0; k < line->ncells; k++) {
            bits += norm_evidence_cell(sample->evidence, k, &line->cell[k], NORM_NOT_IN_SAMPLE);
        }
        if (bits <= norm_evidence_typical(sample->evidence)) {
            sample->habit.fitting[line->ncells]++;
            sample->habit.all++;
        }
    }
}

int norm_sample_take(struct norm_sample *sample, const struct norm_view *view, size_t width,
                     enum csvk_normalize_header header, enum csvk_normalize_ragged ragged)
{
    struct record_list list = {0};
    *sample = (struct norm_sample){0};
    sample->evidence = norm_evidence_new(width, &view->dialect);
    sample->habit.fitting = csvk_calloc(width + 1, sizeof *sample->habit.fitting);
    int status = sample->evidence != NULL && sample->habit.fitting != NULL ? CSVK_OK : CSVK_ENOMEM;
    status = status == CSVK_OK ? read_head(view, &list) : status;
    if (status == CSVK_OK && header == CSVK_NORMALIZE_HEADER && list.count != 0) {
        judge_header(sample, view, &list, width, ragged);
    }
    status = status == CSVK_OK ? gather(sample, &list, width, header) : status;
    if (status == CSVK_OK) {
        count_habit(sample, &list, width);
    }
    csvk_free(list.line);
    return status;
}

size_t norm_sample_width(const struct norm_view *view, size_t *first, uint64_t *alike)
{
    struct record_list list = {0};
    uint64_t count = 0;
    size_t most = 0;
    *first = 0;
    *alike = 0;
    if (read_head(view, &list) == CSVK_OK && list.count != 0) {
        most = most_frequent(&list, 0, &count);
        *first = list.line[0].ncells;
        for (size_t i = 0; i < list.count; i++) {
            *alike += list.line[i].faults == 0 && list.line[i].ncells == *first;
        }
    }
    csvk_free(list.line);
    return count > 1 ? most : 0;
}

void norm_sample_release(struct norm_sample *sample)
{
    norm_evidence_free(sample->evidence);
    csvk_free(sample->habit.fitting);
    *sample = (struct norm_sample){0};
}
