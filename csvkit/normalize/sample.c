/*
 * sample.c - see sample.h.
 *
 * The table's first record is a suspect, too: when the records after it agree on another width, it
 * is the header that is wrong, and every row would pay for it. Then the table is refused with one
 * message.
 */
#include "csvkit/normalize/sample.h"
#include "csvkit/base/early_ends.h"
#include "csvkit/normalize/header_cause.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_LIST = 2 * NORM_SAMPLE_RECORDS };

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
    while (at < view->length && list->count < LONGEST_LIST) {
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

struct width_count {
    size_t width;
    uint64_t records;
};

/* One record more of this width; `seen` has room for it. */
static void count_width(struct width_count *seen, size_t *nseen, size_t width)
{
    size_t k = 0;
    while (k < *nseen && seen[k].width != width) {
        k++;
    }
    if (k == *nseen) {
        seen[(*nseen)++] = (struct width_count){width, 0};
    }
    seen[k].records++;
}

/* The width that most sound records have, the larger of two; and how many have it. */
static size_t most_frequent(const struct record_list *list, size_t from, uint64_t *count)
{
    struct width_count seen[LONGEST_LIST];
    size_t nseen = 0, best = 0;
    *count = 0;
    for (size_t i = from; i < list->count; i++) {
        if (list->line[i].faults == 0) {
            count_width(seen, &nseen, list->line[i].ncells);
        }
    }
    for (size_t k = 0; k < nseen; k++) {
        bool tie = seen[k].records == *count;
        if (seen[k].records > *count || (tie && seen[k].width > best)) {
            best = seen[k].width;
            *count = seen[k].records;
        }
    }
    return best;
}

static bool is_of(const struct norm_line *line, size_t width)
{
    return line->faults == 0 && line->ncells == width;
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

/* ---- short records ----------------------------------------------------------------------------
 */

/* A record with a fault says nothing, and neither does one beside it. */
static int ends_early(const struct record_list *list, size_t from, size_t width, bool *ends)
{
    struct csvk_early_ends records = {.width = width};
    size_t most = 0;
    for (size_t i = from; i < list->count; i++) {
        most = list->line[i].ncells > most ? list->line[i].ncells : most;
        records.other = records.other || list->line[i].faults != 0;
    }
    struct csvk_bytes *field = csvk_reallocarray(NULL, most + 1, sizeof *field);
    for (size_t i = from; i < list->count && field != NULL; i++) {
        const struct norm_line *line = &list->line[i];
        for (size_t k = 0; k < line->ncells; k++) {
            field[k] = (struct csvk_bytes){line->cell[k].ptr, line->cell[k].len};
        }
        csvk_early_ends_add(&records, field, line->ncells);
    }
    csvk_free(field);
    *ends = csvk_early_ends_show(&records);
    return field != NULL ? CSVK_OK : CSVK_ENOMEM;
}

/* A quarter of the records has more fields, all as many; the first record lacks the last ones. */
static bool widens(const struct record_list *list, size_t from, size_t width)
{
    size_t wide = 0, most = 0;
    for (size_t i = from; i < list->count; i++) {
        const struct norm_line *line = &list->line[i];
        bool more = line->ncells > width;
        if (line->faults != 0 || (more && most != 0 && line->ncells != most) ||
            (more && line->cell[line->ncells - 1].len == 0)) {
            return false;
        }
        most = more ? line->ncells : most;
        wide += more;
    }
    return width > 1 && wide >= 3 && 4 * wide >= list->count;
}

/* ---- the header -------------------------------------------------------------------------------
 */

/*
 * How many records from `i` on are lines of one record that was broken by line breaks: short ones
 * that have the width when they are joined. 0: they are none.
 */
static size_t broken_record(const struct record_list *list, size_t i, size_t width)
{
    size_t fields = 1, parts = 0;
    while (i + parts < list->count && fields <= width) {
        const struct norm_line *line = &list->line[i + parts];
        if (line->faults != 0 || line->ncells >= width) {
            return 0;
        }
        parts++;
        fields += line->ncells - 1;
        if (fields == width && parts > 1) {
            return parts;
        }
    }
    return 0;
}

struct broken {
    size_t whole, broken; /* records of the width, records that were broken into lines */
};

/*
 * Adds all records to `list` but the lines of broken ones, which stand behind a record of the
 * width, and the header again. Broken and whole records are counted.
 */
static int add_unbroken(const struct record_list *all, size_t width, struct record_list *list,
                        struct broken *count)
{
    bool behind = false;
    int status = add_line(list, &all->line[0]);
    for (size_t i = 1; i < all->count && status == CSVK_OK;) {
        size_t parts = behind ? broken_record(all, i, width) : 0;
        bool again = are_equal(&all->line[i], &all->line[0]);
        bool whole = parts == 0 && !again && is_of(&all->line[i], width);
        behind = parts != 0 || whole;
        count->broken += parts != 0;
        count->whole += whole;
        status = parts == 0 && !again ? add_line(list, &all->line[i]) : CSVK_OK;
        i += parts != 0 ? parts : 1;
    }
    return status;
}

/* What the records say about the header. */
struct verdict {
    struct norm_header_matter matter;
    uint64_t most, agree, sound; /* records of the other width, of the header's; all that count */
    bool disagrees;
};

/* Records that begin with the mark of comments do not agree with a header that does, too. */
static struct verdict judge_by(const struct norm_view *view, const struct record_list *list,
                               size_t width)
{
    struct verdict v = {.most = 0};
    v.matter = (struct norm_header_matter){.view = view,
                                           .line = list->line,
                                           .count = list->count,
                                           .width = width,
                                           .other = most_frequent(list, 1, &v.most)};
    v.most = 0;
    for (size_t i = 1; i < list->count; i++) {
        const struct norm_line *line = &list->line[i];
        bool comment = norm_is_comment_like(&list->line[0], line);
        v.most += !comment && is_of(line, v.matter.other);
        v.sound += line->faults == 0 && !comment;
        v.agree += line->faults == 0 && !comment && line->ncells == width;
    }
    bool some_agree = v.agree >= NORM_ENOUGH && 20 * v.agree >= v.sound;
    v.disagrees = v.matter.other != width && v.most >= 2 && v.most >= 2 * v.agree && !some_agree;
    return v;
}

/*
 * Lines of a broken record say nothing about the header. That they are such lines is believed when
 * no more records are broken than whole; else it is the header that has too many names.
 *   `id,text,n` `1,a,b` `2,c` `d,e` `3,f,g`  ->  `2,c` and `d,e` do not count
 * `list` holds what counts; the caller frees its lines when the verdict is not needed any more.
 */
static int judge_header(const struct norm_view *view, const struct record_list *all, size_t width,
                        struct record_list *list, struct verdict *verdict)
{
    struct broken count = {0};
    int status = add_unbroken(all, width, list, &count);
    if (status == CSVK_OK) {
        *verdict = judge_by(view, count.broken > count.whole ? all : list, width);
    }
    return status;
}

/* --ragged=pad: by the user's word fields are missing at the end, or an empty one is surplus. */
static bool is_padded(const struct verdict *v, enum csvk_normalize_ragged ragged)
{
    const struct norm_header_matter *matter = &v->matter;
    bool ends = matter->other == matter->width + 1 && norm_header_ends(matter) != NORM_END_DATA;
    return ragged == CSVK_NORMALIZE_RAGGED_PAD && (matter->other < matter->width || ends);
}

static int refuse_header(struct norm_sample *sample, const struct norm_view *view,
                         const struct record_list *all, size_t width,
                         enum csvk_normalize_ragged ragged)
{
    struct record_list list = {0};
    struct verdict v = {.disagrees = false};
    int status = judge_header(view, all, width, &list, &v);
    if (status == CSVK_OK && v.disagrees && !is_padded(&v, ragged)) {
        char cause[240];
        v.matter.ragged = ragged;
        v.matter.ends_early = sample->ends_early;
        norm_header_cause(&v.matter, cause, sizeof cause, &sample->lines_above);
        snprintf(sample->refusal, sizeof sample->refusal,
                 "the header has %zu name%s, %llu of %llu records have %zu field%s%s", width,
                 width == 1 ? "" : "s", (unsigned long long)v.most, (unsigned long long)v.sound,
                 v.matter.other, v.matter.other == 1 ? "" : "s", cause);
    }
    csvk_free(list.line);
    return status;
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
    if (status == CSVK_OK && ragged == CSVK_NORMALIZE_RAGGED_REPAIR) {
        size_t from = header == CSVK_NORMALIZE_HEADER;
        status = ends_early(&list, from, width, &sample->ends_early);
        sample->widens = widens(&list, from, width);
    }
    if (status == CSVK_OK && header == CSVK_NORMALIZE_HEADER && list.count != 0) {
        status = refuse_header(sample, view, &list, width, ragged);
    }
    status = status == CSVK_OK ? gather(sample, &list, width, header) : status;
    if (status == CSVK_OK) {
        count_habit(sample, &list, width);
    }
    csvk_free(list.line);
    return status;
}

int norm_sample_header(const struct norm_view *view, size_t *width, bool *last_is_surplus)
{
    struct record_list all = {0}, list = {0};
    struct verdict v = {.disagrees = false};
    int status = read_head(view, &all);
    *last_is_surplus = false;
    if (status == CSVK_OK && all.count != 0 && all.line[0].ncells == *width) {
        const struct norm_cell *last = &all.line[0].cell[*width - 1];
        bool is_empty = last->len == 0 && !last->enclosed;
        status = judge_header(view, &all, *width, &list, &v);
        *last_is_surplus = v.disagrees && is_empty && v.matter.other + 1 == *width && v.agree == 0;
        *width = v.disagrees ? v.matter.other : *width;
    }
    csvk_free(all.line);
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
