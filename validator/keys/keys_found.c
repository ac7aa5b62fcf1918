/*
 * keys_found.c - sorts the duplicates that were found; see keys_found.h. A record may be found
 * twice, because of an equal key and of one that looks alike; their order does not matter.
 */
#include "validator/keys/keys_found.h"

#include <string.h>

void csvk_found_init(struct csvk_found *found, size_t memory, const char *dir)
{
    memset(found, 0, sizeof *found);
    found->room = memory / (2 * sizeof *found->item);
    csvk_spill_init(&found->file, dir);
}

/* ---- sorting in memory: least significant byte first; a byte that is equal in all is skipped ---
 */

static uint64_t differing_bits(const struct csvk_duplicate_key *item, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 1; i < count; i++) {
        bits |= item[i].record ^ item[0].record;
    }
    return bits;
}

static void sort_by_byte(const struct csvk_duplicate_key *from, struct csvk_duplicate_key *to,
                         size_t count, unsigned shift)
{
    size_t start[257] = {0};
    for (size_t i = 0; i < count; i++) {
        start[((from[i].record >> shift) & 0xff) + 1]++;
    }
    for (size_t byte = 1; byte < 257; byte++) {
        start[byte] += start[byte - 1];
    }
    for (size_t i = 0; i < count; i++) {
        to[start[(from[i].record >> shift) & 0xff]++] = from[i];
    }
}

static void sort_gathered(struct csvk_found *found)
{
    struct csvk_duplicate_key *from = found->item, *to = found->item + found->room;
    uint64_t bits = differing_bits(from, found->count);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (((bits >> shift) & 0xff) != 0) {
            sort_by_byte(from, to, found->count, shift);
            struct csvk_duplicate_key *swap = from;
            from = to;
            to = swap;
        }
    }
    if (from != found->item) {
        memcpy(found->item, from, found->count * sizeof *from);
    }
}

/* ---- merging runs ---- */

struct head {
    struct csvk_duplicate_key *item; /* the share of the buffer that this run has */
    size_t next, filled;             /* indexes into `item` */
    uint64_t at, left;               /* position and number of the items still in the file */
};

struct found_merge {
    struct csvk_found *found;
    struct head *heap; /* smallest record first */
    size_t count, share;
};

static uint64_t head_record(const struct head *head)
{
    return head->item[head->next].record;
}

/* Reads more items of a run. Afterwards the head has an item, or `filled` is 0: the run has ended.
 */
static int refill(struct found_merge *merge, struct head *head, struct csvk_error *err)
{
    size_t count = head->left < merge->share ? (size_t)head->left : merge->share;
    head->next = 0;
    head->filled = count;
    if (count == 0) {
        return CSVK_OK;
    }
    size_t bytes = count * sizeof *head->item;
    int status = csvk_spill_read(&merge->found->file, head->at, head->item, bytes, err);
    head->at += bytes;
    head->left -= count;
    return status;
}

static void sift_down(struct found_merge *merge, size_t i)
{
    struct head *heap = merge->heap;
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < merge->count; child++) {
            if (head_record(&heap[child]) < head_record(&heap[least])) {
                least = child;
            }
        }
        if (least == i) {
            return;
        }
        struct head swap = heap[i];
        heap[i] = heap[least];
        heap[least] = swap;
        i = least;
    }
}

/* Begins to merge the runs from `first` on; they share the first `room` items of found->item. */
static int merge_start(struct found_merge *merge, struct csvk_found *found, size_t first,
                       size_t room, struct csvk_error *err)
{
    size_t runs = found->nruns - first;
    *merge = (struct found_merge){.found = found, .count = runs, .share = room / runs};
    merge->heap = csvk_calloc(runs, sizeof *merge->heap);
    if (merge->heap == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while sorting repeated keys");
    }
    for (size_t i = 0; i < runs; i++) {
        const struct csvk_found_run *run = &found->run[first + i];
        merge->heap[i] = (struct head){
            .item = found->item + i * merge->share, .at = run->at, .left = run->count};
        int status = refill(merge, &merge->heap[i], err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    for (size_t i = runs / 2; i-- > 0;) {
        sift_down(merge, i);
    }
    return CSVK_OK;
}

/* Takes the smallest item. There must be one: merge->count is not 0. */
static int merge_take(struct found_merge *merge, struct csvk_duplicate_key *item,
                      struct csvk_error *err)
{
    struct head *top = &merge->heap[0];
    *item = top->item[top->next++];
    int status = top->next < top->filled ? CSVK_OK : refill(merge, top, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (top->filled == 0) {
        merge->heap[0] = merge->heap[--merge->count];
    }
    if (merge->count > 1) {
        sift_down(merge, 0);
    }
    return CSVK_OK;
}

/* ---- writing runs ---- */

static int write_items(struct csvk_found *found, const struct csvk_duplicate_key *item,
                       size_t count, struct csvk_error *err)
{
    return csvk_spill_write(&found->file, found->file.size, item, count * sizeof *item, err);
}

static int copy_merged(struct csvk_found *found, struct found_merge *merge, size_t room,
                       struct csvk_error *err)
{
    struct csvk_duplicate_key *out = found->item + 2 * found->room - room;
    size_t filled = 0;
    int status = CSVK_OK;
    while (status == CSVK_OK && merge->count > 0) {
        status = merge_take(merge, &out[filled++], err);
        if (status == CSVK_OK && (filled == room || merge->count == 0)) {
            status = write_items(found, out, filled, err);
            filled = 0;
        }
    }
    return status;
}

/* Merges the runs from `first` on into one run of the next generation. */
static int collapse(struct csvk_found *found, size_t first, struct csvk_error *err)
{
    size_t room = found->room / 4;
    struct csvk_found_run merged = {.at = found->file.size,
                                    .generation = found->run[first].generation + 1};
    for (size_t i = first; i < found->nruns; i++) {
        merged.count += found->run[i].count;
    }
    struct found_merge merge = {0};
    int status = merge_start(&merge, found, first, 2 * found->room - room, err);
    if (status == CSVK_OK) {
        status = copy_merged(found, &merge, room, err);
    }
    csvk_free(merge.heap);
    found->nruns = first;
    found->run[found->nruns++] = merged;
    return status;
}

static size_t runs_of_last_generation(const struct csvk_found *found)
{
    size_t n = 0;
    while (n < found->nruns &&
           found->run[found->nruns - 1 - n].generation == found->run[found->nruns - 1].generation) {
        n++;
    }
    return n;
}

static int write_run(struct csvk_found *found, struct csvk_error *err)
{
    sort_gathered(found);
    struct csvk_found_run run = {.at = found->file.size, .count = found->count};
    int status = write_items(found, found->item, found->count, err);
    found->run[found->nruns++] = run;
    found->count = 0;
    while (status == CSVK_OK && runs_of_last_generation(found) == CSVK_FOUND_FAN) {
        status = collapse(found, found->nruns - CSVK_FOUND_FAN, err);
    }
    return status;
}

int csvk_found_add(struct csvk_found *found, const struct csvk_duplicate_key *duplicate,
                   struct csvk_error *err)
{
    if (found->item == NULL) {
        found->item = csvk_reallocarray(NULL, 2 * found->room, sizeof *found->item);
        if (found->item == NULL) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory while gathering repeated keys");
        }
    }
    int status = found->count == found->room ? write_run(found, err) : CSVK_OK;
    if (status == CSVK_OK) {
        found->item[found->count++] = *duplicate;
        found->total += duplicate->alike == 0;
    }
    return status;
}

/* ---- reporting ---- */

static int report_gathered(struct csvk_found *found, csvk_duplicate_fn *report, void *context)
{
    sort_gathered(found);
    for (size_t i = 0; i < found->count; i++) {
        int answer = report(context, &found->item[i]);
        if (answer != 0) {
            return answer;
        }
    }
    return CSVK_OK;
}

static int report_merged(struct found_merge *merge, csvk_duplicate_fn *report, void *context,
                         struct csvk_error *err)
{
    while (merge->count > 0) {
        struct csvk_duplicate_key item;
        int status = merge_take(merge, &item, err);
        if (status == CSVK_OK) {
            status = report(context, &item);
        }
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* A record whose key repeats one is found a second time, when keys that look alike are asked for,
   because equal keys look alike. That is left out: the two come one after the other. */
struct once {
    csvk_duplicate_fn *report;
    void *context;
    struct csvk_duplicate_key held; /* not reported yet */
    bool holds;
};

static int report_once(void *context, const struct csvk_duplicate_key *duplicate)
{
    struct once *once = context;
    bool again = once->holds && once->held.record == duplicate->record;
    int answer = once->holds && !again ? once->report(once->context, &once->held) : 0;
    if (!again || duplicate->alike == 0) {
        once->held = *duplicate;
    }
    once->holds = true;
    return answer;
}

static int report_runs(struct csvk_found *found, csvk_duplicate_fn *report, void *context,
                       struct csvk_error *err)
{
    if (found->nruns == 0) {
        return report_gathered(found, report, context);
    }
    int status = found->count > 0 ? write_run(found, err) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    struct found_merge merge = {0};
    status = merge_start(&merge, found, 0, 2 * found->room, err);
    if (status == CSVK_OK) {
        status = report_merged(&merge, report, context, err);
    }
    csvk_free(merge.heap);
    return status;
}

int csvk_found_report(struct csvk_found *found, csvk_duplicate_fn *report, void *context,
                      struct csvk_error *err)
{
    struct once once = {.report = report, .context = context};
    int status = found->item != NULL ? report_runs(found, report_once, &once, err) : CSVK_OK;
    return status == CSVK_OK && once.holds ? report(context, &once.held) : status;
}

void csvk_found_release(struct csvk_found *found)
{
    csvk_free(found->item);
    csvk_spill_release(&found->file);
    found->item = NULL;
}
