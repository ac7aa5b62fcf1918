/*
 * slice_plan.c - where to cut.
 *
 * The idea. The size of a compressed file is known for certain only when it is closed, so a slice
 * is looked at every `step` bytes of text. When the length of the input is not known, it ends when
 * its estimate reaches the size. When it is known, what is left is foretold from how well the text
 * compressed so far, and as many slices are planned as come nearest to the size. What is left over
 * is spread: each slice may grow or shrink by SLACK, and the last one takes the rest, from a half
 * to one and a half of the size. So there is never a crumb at the end.
 */
#include "manifest/slice_plan.h"

enum { STEPS = 512, LARGEST_STEP = 65536 };

static const double SLACK = 0.03;  /* of the size, for all but the last slice */
static const double MARGIN = 0.03; /* kept from `least` and `most`: estimates are estimates */
static const double LUCK = 0.1;    /* what is left may be that much more than foretold */

static int check_limits(const struct csvk_slice_options *o, struct csvk_error *err)
{
    if (o->cut == CSVK_SLICE_BY_SIZE && o->slice_size == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "slices of no bytes");
    }
    if (o->cut == CSVK_SLICE_BY_SIZE && o->slice_size < o->least) {
        return csvk_fail(err, CSVK_EUSAGE, "slices below the least size allowed");
    }
    if (o->cut == CSVK_SLICE_BY_SIZE && o->most != 0 && o->slice_size > o->most) {
        return csvk_fail(err, CSVK_EUSAGE, "slices above the largest size allowed");
    }
    if (o->cut == CSVK_SLICE_BY_RECORDS && o->records_each == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "slices of no records");
    }
    if (o->cut == CSVK_SLICE_BY_COUNT && (o->count == 0 || o->count > CSVK_SLICES_MAX)) {
        return csvk_fail(err, CSVK_EUSAGE, "1 to %d slices are possible", CSVK_SLICES_MAX);
    }
    return CSVK_OK;
}

int slice_plan_init(struct slice_plan *plan, const struct csvk_slice_options *options,
                    struct csvk_error *err)
{
    uint64_t step = options->slice_size / STEPS;
    *plan = (struct slice_plan){
        .cut = options->cut,
        .size = options->slice_size,
        .least = options->least,
        .most = options->most,
        .records_each = options->records_each,
        .count = options->count,
        .total = options->total,
        .step = step == 0             ? 1
                : step < LARGEST_STEP ? step
                                      : LARGEST_STEP,
    };
    return check_limits(options, err);
}

static uint64_t body(const struct slice_plan *plan)
{
    return plan->total > plan->skipped ? plan->total - plan->skipped : 0;
}

/* Where the open slice ends when all are to have equally much text; without overflow. */
static uint64_t end_by_count(const struct slice_plan *plan)
{
    uint64_t k = plan->done_slices + 1, all = body(plan);
    if (k >= plan->count) {
        return UINT64_MAX;
    }
    return all / plan->count * k + all % plan->count * k / plan->count;
}

struct slice_extent slice_plan_room(const struct slice_plan *plan, const struct slice_extent *open)
{
    struct slice_extent room = {UINT64_MAX, UINT64_MAX, 0};
    uint64_t end;
    switch (plan->cut) {
    case CSVK_SLICE_BY_RECORDS: room.records = plan->records_each - open->records; break;
    case CSVK_SLICE_BY_COUNT:
        end = end_by_count(plan);
        room.text = end > plan->done_text + open->text ? end - plan->done_text - open->text : 1;
        break;
    default: room.text = plan->step - open->text % plan->step;
    }
    return room;
}

static double between(double least, double value, double most)
{
    return value < least ? least : value > most ? most : value;
}

static double most_of(const struct slice_plan *plan)
{
    return plan->most != 0 ? (double)plan->most * (1 - MARGIN) : 1e300;
}

/* The size for each of `parts` slices but the last one, when `rest` is left. */
static double aim(const struct slice_plan *plan, double rest, uint64_t parts)
{
    double size = (double)plan->size;
    double each = between(size * (1 - SLACK), rest / (double)parts, size * (1 + SLACK));
    return between((double)plan->least * (1 + MARGIN), each, most_of(plan));
}

static double last_of(const struct slice_plan *plan, double rest, uint64_t parts)
{
    return rest - (double)(parts - 1) * aim(plan, rest, parts);
}

static uint64_t count_parts(const struct slice_plan *plan, double rest)
{
    double near = between(1, rest / (double)plan->size + 0.5, 1e15);
    uint64_t parts = (uint64_t)near;
    if (parts > 1 && last_of(plan, rest, parts) < (double)plan->least &&
        last_of(plan, rest, parts - 1) <= most_of(plan)) {
        parts--;
    }
    return last_of(plan, rest, parts) > most_of(plan) ? parts + 1 : parts;
}

/* What is left from the start of the open slice, as files; the total is known. */
static double foretell(const struct slice_plan *plan, const struct slice_extent *open)
{
    uint64_t seen = plan->done_text + open->text, all = body(plan);
    double ratio = (double)(plan->done_bytes + open->bytes) / (double)seen;
    return (double)open->bytes + (all > seen ? (double)(all - seen) * ratio : 0);
}

/* What must be left behind the last slice to make another one. */
static double enough(const struct slice_plan *plan)
{
    double least = (double)plan->least * (1 + MARGIN), half = (double)plan->size / 2;
    return least > half ? least : half;
}

/* Foretold as the last one: it ends early only if that leaves enough for another, or no room. */
static bool is_full_of_last(const struct slice_plan *plan, const struct slice_extent *open,
                            double behind)
{
    return (double)open->bytes >= most_of(plan) ||
           ((double)open->bytes >= aim(plan, (double)plan->size, 1) && behind >= enough(plan));
}

static bool is_full_of_known(struct slice_plan *plan, const struct slice_extent *open)
{
    double rest = foretell(plan, open);
    if (plan->parts == 0) {
        plan->parts = count_parts(plan, rest);
    }
    if (plan->parts > 1) {
        return (double)open->bytes >= aim(plan, rest, plan->parts);
    }
    return is_full_of_last(plan, open, rest - (double)open->bytes);
}

static double end_of_known(const struct slice_plan *plan, const struct slice_extent *open)
{
    double rest = foretell(plan, open);
    if (plan->parts > 1) {
        return aim(plan, rest, plan->parts);
    }
    bool is_last = (rest - (double)open->bytes) * (1 + LUCK) < enough(plan);
    return is_last ? most_of(plan) : aim(plan, (double)plan->size, 1);
}

uint64_t slice_plan_end(const struct slice_plan *plan, const struct slice_extent *open)
{
    if (plan->cut != CSVK_SLICE_BY_SIZE) {
        return UINT64_MAX;
    }
    double end = plan->total != 0 && plan->parts != 0 ? end_of_known(plan, open)
                                                      : aim(plan, (double)plan->size, 1);
    return end < (double)UINT64_MAX ? (uint64_t)end : UINT64_MAX;
}

bool slice_plan_is_full(struct slice_plan *plan, const struct slice_extent *open)
{
    switch (plan->cut) {
    case CSVK_SLICE_BY_RECORDS: return open->records >= plan->records_each;
    case CSVK_SLICE_BY_COUNT: return plan->done_text + open->text >= end_by_count(plan);
    default: break;
    }
    if (open->bytes < plan->size / 4) {
        return false; /* too early to foretell anything */
    }
    if (plan->total != 0) {
        return is_full_of_known(plan, open);
    }
    return (double)open->bytes >= aim(plan, (double)plan->size, 1);
}

void slice_plan_next(struct slice_plan *plan, const struct slice_extent *finished)
{
    plan->done_text += finished->text;
    plan->done_bytes += finished->bytes;
    plan->done_slices++;
    plan->parts = 0;
}
