/*
 * stats_state.c - see stats_state.h. Whoever adds state to struct csvk_stats that is merged must
 * pass it here, too.
 */
#include "csvkit/stats/stats_state.h"

#include "csvkit/stats/stats_private.h"

static void pass_32(struct partial_io *io, uint32_t *number, uint32_t most)
{
    *number = (uint32_t)partial_up_to(io, *number, most);
}

static void pass_signed(struct partial_io *io, int64_t *number)
{
    uint64_t bits = (uint64_t)*number; /* two's complement */
    partial_number(io, &bits);
    *number = (int64_t)bits;
}

/* ---- tallies --------------------------------------------------------------------------------- */

static void pass_entry(struct partial_io *io, struct tally_entry *e)
{
    partial_number(io, &e->hash);
    partial_number(io, &e->score);
    partial_number(io, &e->count);
    partial_number(io, &e->length);
    partial_number(io, &e->points);
    pass_32(io, &e->kept, TALLY_TEXT);
    partial_bytes(io, e->text, e->kept);
    if (e->kept != (e->length < TALLY_TEXT ? e->length : TALLY_TEXT)) {
        partial_io_damaged(io);
    }
}

static void pass_sketch(struct partial_io *io, struct tally *tally)
{
    partial_number(io, &tally->bound);
    partial_number(io, &tally->total);
    partial_numbers(io, tally->cell, (size_t)TALLY_ROWS * tally->width);
    partial_bytes(io, tally->registers, TALLY_REGISTERS);
    for (size_t i = 0; i < TALLY_REGISTERS; i++) {
        if (tally->registers[i] > 63) { /* a rank in a hash of 64 bits */
            partial_io_damaged(io);
            return;
        }
    }
}

static void pass_tally(struct partial_io *io, struct tally *tally)
{
    bool sketched = tally->sketched;
    uint32_t count;
    if (!partial_io_reads(io)) {
        tally_settle(tally);
    }
    count = tally->count;
    partial_flag(io, &sketched);
    pass_32(io, &count, tally->most);
    if (partial_io_reads(io) && io->status == CSVK_OK &&
        tally_reserve(tally, count, sketched) != CSVK_OK) {
        partial_io_out_of_memory(io);
    }
    if (sketched && io->status == CSVK_OK) {
        pass_sketch(io, tally);
    }
    for (uint32_t i = 0; i < count && io->status == CSVK_OK; i++) {
        pass_entry(io, &tally->entry[i]);
    }
    if (partial_io_reads(io) && io->status == CSVK_OK) {
        tally->count = count;
        tally_index(tally);
    }
}

/* ---- what is known of the values of a column ------------------------------------------------- */

static void pass_types(struct partial_io *io, struct csvk_column_types *t)
{
    partial_number(io, &t->values);
    partial_number(io, &t->empty);
    partial_number(io, &t->longest);
    pass_32(io, &t->integer_digits, UINT32_MAX);
    pass_32(io, &t->fraction_digits, UINT32_MAX);
    for (size_t i = 0; i < CSVK_TYPE_STRING; i++) {
        partial_number(io, &t->excluded[i].record);
        partial_number(io, &t->excluded[i].length);
        partial_bytes(io, t->excluded[i].sample, CSVK_TYPE_SAMPLE);
    }
    partial_number(io, &t->first_empty);
    partial_number(io, &t->header_again);
    partial_number(io, &t->excluded_types);
    partial_numbers(io, t->misfits, CSVK_TYPE_STRING);
    partial_number(io, &t->forms);
}

static void pass_sum(struct partial_io *io, struct number_sum *sum)
{
    bool others = sum->others != NULL;
    partial_number(io, &sum->count);
    partial_numbers(io, sum->low, TYPED_MANTISSA_DIGITS + 1);
    for (size_t i = 0; i <= TYPED_MANTISSA_DIGITS; i++) {
        pass_signed(io, &sum->high[i]);
    }
    partial_flag(io, &others);
    if (!others) {
        return;
    }
    if (partial_io_reads(io)) {
        sum->others = csvk_calloc(1, sizeof *sum->others);
        if (sum->others == NULL) {
            partial_io_out_of_memory(io);
            return;
        }
    }
    for (size_t i = 0; i < SUM_LIMBS; i++) {
        pass_signed(io, &sum->others->limb[i]);
    }
    pass_32(io, &sum->others->additions, UINT32_MAX);
}

/* The number is read from its text again. */
static void pass_number_bound(struct partial_io *io, struct number_bound *bound, int sign)
{
    unsigned char text[NUMBER_TEXT] = {0};
    uint32_t length = bound->length;
    pass_32(io, &length, NUMBER_TEXT);
    if (!partial_io_reads(io)) {
        partial_bytes(io, bound->text, length);
        return;
    }
    partial_bytes(io, text, length);
    if (length != 0 && io->status == CSVK_OK) {
        struct typed_value value;
        struct csvk_bytes number = {text, length};
        csvk_typed_value_read(number, &value);
        if (value.number) {
            number_bound_take(bound, &value, number, sign);
        } else {
            partial_io_damaged(io);
        }
    }
}

static void pass_byte_bound(struct partial_io *io, struct byte_bound *bound)
{
    partial_flag(io, &bound->any);
    partial_flag(io, &bound->cut);
    partial_number(io, &bound->key);
    pass_32(io, &bound->kept, TALLY_TEXT);
    partial_bytes(io, bound->text, bound->kept);
}

/* `last_shape` is only a hint, and none at first. */
static void pass_state(struct partial_io *io, struct column_state *state)
{
    pass_types(io, &state->types);
    partial_numbers(io, state->by_types, (size_t)1 << CSVK_TYPE_STRING);
    pass_sum(io, &state->sum);
    pass_number_bound(io, &state->number_least, -1);
    pass_number_bound(io, &state->number_greatest, 1);
    pass_byte_bound(io, &state->least);
    pass_byte_bound(io, &state->greatest);
    pass_byte_bound(io, &state->moment_least);
    pass_byte_bound(io, &state->moment_greatest);
    partial_number(io, &state->moments);
    partial_number(io, &state->shortest);
    partial_number(io, &state->longest);
    partial_number(io, &state->points);
    pass_tally(io, &state->shapes);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void pass_records(struct partial_io *io, struct csvk_stats_records *r)
{
    uint64_t *const numbers[] = {&r->records, &r->other_width,  &r->first_of_width, &r->oversize,
                                 &r->broken,  &r->first_broken, &r->first_oversize, &r->blank};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        partial_number(io, numbers[i]);
    }
}

void csvk_stats_state(struct partial_io *io, struct csvk_stats *stats)
{
    pass_records(io, &stats->records);
    for (size_t i = 0; i < stats->count && io->status == CSVK_OK; i++) {
        struct column *column = &stats->column[i];
        pass_tally(io, &column->values);
        pass_state(io, &column->state);
        partial_number(io, &column->enclosed_empty);
    }
}

static void shift(uint64_t *record, uint64_t by)
{
    *record += *record != 0 ? by : 0;
}

void csvk_stats_shift(struct csvk_stats *stats, uint64_t records)
{
    struct csvk_stats_records *r = &stats->records;
    r->first_of_width += r->other_width != 0 ? records : 0;
    r->first_oversize += r->oversize != 0 ? records : 0;
    r->first_broken += r->broken != 0 ? records : 0;
    for (size_t i = 0; i < stats->count; i++) {
        struct csvk_column_types *types = &stats->column[i].state.types;
        for (size_t k = 0; k < CSVK_TYPE_STRING; k++) {
            shift(&types->excluded[k].record, records);
        }
        shift(&types->first_empty, records);
        shift(&types->header_again, records);
    }
}
