/*
 * slice_plan.c - decides where to cut.
 *
 * The idea. The size of a compressed file is certain only when the file is closed. So the estimated
 * size of a slice is checked every `step` bytes of text. When the length of the input is not known,
 * a slice ends when its estimate reaches the wanted size. When the length is known, the size of
 * what is left is predicted from how well the text compressed so far, and as many slices are
 * planned as come nearest to the wanted size, all of one size. That is done anew for every slice,
 * so what was predicted wrong is spread over the slices that are left; the last one takes the rest.
 * A slice that is planned to be smaller than `least` is shared among the others.
 */
#include "manifest/slicing/slice_plan.h"

enum { STEPS = 512, LARGEST_STEP = 65536 };

/* Sizes are estimates until a file is closed: distance from `most` and from `least`; from `least`
   when the rest is known and shared; and when it was shared in this way before. A prediction
   changes a little with every slice, and that must not join the last two of slices of one size. */
static const double MARGIN = 0.03, SHARED_MARGIN = 0.015, KEPT_MARGIN = 0.01;
static const double DOUBT = 0.1; /* there may be that much more left than predicted */

static int check_limits(const struct csvk_slice_options *o, struct csvk_error *err)
{
    if (o->cut == CSVK_SLICE_BY_SIZE && o->slice_size == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "the size of a slice must be at least 1 byte");
    }
    if (o->cut == CSVK_SLICE_BY_SIZE && o->slice_size < o->least) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "the size of a slice is below the smallest size allowed");
    }
    if (o->cut == CSVK_SLICE_BY_SIZE && o->most != 0 && o->slice_size > o->most) {
        return csvk_fail(err, CSVK_EUSAGE, "the size of a slice is above the largest size allowed");
    }
    if (o->cut == CSVK_SLICE_BY_RECORDS && o->records_each == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "a slice must have at least 1 record");
    }
    if (o->cut == CSVK_SLICE_BY_COUNT && (o->count == 0 || o->count > CSVK_SLICES_MAX)) {
        return csvk_fail(err, CSVK_EUSAGE, "the number of slices must be from 1 to %d",
                         CSVK_SLICES_MAX);
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

/* Text of the input that goes into slices. */
static uint64_t body(const struct slice_plan *plan)
{
    return plan->total > plan->skipped ? plan->total - plan->skipped : 0;
}

/* The offset in the text where the open slice ends when all slices get equally much text. The
   arithmetic cannot overflow. */
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

static double largest_allowed(const struct slice_plan *plan)
{
    return plan->most != 0 ? (double)plan->most * (1 - MARGIN) : 1e300;
}

static double smallest_allowed(const struct slice_plan *plan)
{
    bool kept = plan->planned != 0 && (plan->parts == 0 || plan->parts == plan->planned);
    double margin = kept ? KEPT_MARGIN : SHARED_MARGIN;
    return (double)plan->least * (1 + (plan->total == 0 ? MARGIN : margin));
}

/* The size for each of `parts` slices when `rest` bytes of files are left. */
static double target_size(const struct slice_plan *plan, double rest, uint64_t parts)
{
    return between(smallest_allowed(plan), rest / (double)parts, largest_allowed(plan));
}

/* What was planned stays as long as it fits: near the middle between two numbers the least change
   of the prediction would make the slices from here on larger or smaller than those before. */
static bool fits_still(const struct slice_plan *plan, double rest)
{
    double each = plan->planned != 0 ? rest / (double)plan->planned : 0;
    return each >= smallest_allowed(plan) && each <= largest_allowed(plan) &&
           each >= (double)plan->size * 2 / 3 && each <= (double)plan->size * 3 / 2;
}

static uint64_t count_parts(const struct slice_plan *plan, double rest)
{
    if (fits_still(plan, rest)) {
        return plan->planned;
    }
    double near = between(1, rest / (double)plan->size + 0.5, 1e15);
    uint64_t parts = (uint64_t)near;
    while (parts > 1 && rest / (double)parts < smallest_allowed(plan) &&
           rest / (double)(parts - 1) <= largest_allowed(plan)) {
        parts--;
    }
    return rest / (double)parts > largest_allowed(plan) ? parts + 1 : parts;
}

/* Predicts the bytes of all files from the open slice on. The total must be known. */
static double predict_rest(const struct slice_plan *plan, const struct slice_extent *open)
{
    uint64_t seen = plan->done_text + open->text, all = body(plan);
    double ratio = (double)(plan->done_bytes + open->bytes) / (double)seen;
    return (double)open->bytes + (all > seen ? (double)(all - seen) * ratio : 0);
}

/* How many bytes must be left after the planned last slice to make another one. */
static double enough_for_another(const struct slice_plan *plan)
{
    double least = smallest_allowed(plan), half = (double)plan->size / 2;
    return least > half ? least : half;
}

/* The open slice is planned to be the last. It ends before the input does only when it has no room
   left, or when `after_it`, what is left after it, is enough for another slice. */
static bool is_last_full(const struct slice_plan *plan, const struct slice_extent *open,
                         double after_it)
{
    return (double)open->bytes >= largest_allowed(plan) ||
           ((double)open->bytes >= target_size(plan, (double)plan->size, 1) &&
            after_it >= enough_for_another(plan));
}

static bool is_full_by_total(struct slice_plan *plan, const struct slice_extent *open)
{
    double rest = predict_rest(plan, open);
    if (plan->parts == 0) {
        plan->parts = count_parts(plan, rest);
    }
    if (plan->parts > 1) {
        return (double)open->bytes >= target_size(plan, rest, plan->parts);
    }
    return is_last_full(plan, open, rest - (double)open->bytes);
}

static double end_by_total(const struct slice_plan *plan, const struct slice_extent *open)
{
    double rest = predict_rest(plan, open);
    if (plan->parts > 1) {
        return target_size(plan, rest, plan->parts);
    }
    bool is_last = (rest - (double)open->bytes) * (1 + DOUBT) < enough_for_another(plan);
    return is_last ? largest_allowed(plan) : target_size(plan, (double)plan->size, 1);
}

uint64_t slice_plan_end(const struct slice_plan *plan, const struct slice_extent *open)
{
    if (plan->cut != CSVK_SLICE_BY_SIZE) {
        return UINT64_MAX;
    }
    double end = plan->total != 0 && plan->parts != 0 ? end_by_total(plan, open)
                                                      : target_size(plan, (double)plan->size, 1);
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
        return false; /* too early to predict anything */
    }
    if (plan->total != 0) {
        return is_full_by_total(plan, open);
    }
    return (double)open->bytes >= target_size(plan, (double)plan->size, 1);
}

void slice_plan_next(struct slice_plan *plan, const struct slice_extent *finished)
{
    plan->done_text += finished->text;
    plan->done_bytes += finished->bytes;
    plan->done_slices++;
    plan->planned = plan->parts > 1 ? plan->parts - 1 : 0;
    plan->parts = 0;
}
