/* column_state.c - see column_state.h. */
#include "csvkit/stats/column_state.h"

#include "csvkit/base/hash.h"

#include <string.h>

#define SHAPE_SEED      CSVK_HASH_B
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH_BITS       EACH_BYTE(0x80)

/* ---- code points ---- */

/* How many bytes of `word` begin nothing: 10xxxxxx. */
static uint64_t inner_bytes(uint64_t word)
{
    uint64_t inner = word & ~(word << 1) & HIGH_BITS;
    return (inner >> 7) * EACH_BYTE(1) >> 56;
}

uint64_t count_points(const unsigned char *bytes, size_t length)
{
    uint64_t points = length;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = csvk_hash_read8(bytes + i);
        points -= (word & HIGH_BITS) != 0 ? inner_bytes(word) : 0;
    }
    for (; i < length; i++) {
        points -= (bytes[i] & 0xC0) == 0x80;
    }
    return points;
}

/* ---- shapes ---- */

/* 0xFF for the bytes of `word`, all below 0x80, that lie from `first` to `last`. */
static uint64_t mask_range(uint64_t word, unsigned first, unsigned last)
{
    uint64_t in = (word + EACH_BYTE(0x80 - first)) & ~(word + EACH_BYTE(0x7F - last)) & HIGH_BITS;
    return (in << 1) - (in >> 7);
}

static uint64_t shape_of_word(uint64_t word)
{
    uint64_t digits = mask_range(word, '0', '9');
    uint64_t shape = (word & ~digits) | (digits & EACH_BYTE('9'));
    if ((word & EACH_BYTE(0x40)) != 0) { /* a capital letter is a small one without the bit 0x20 */
        uint64_t letters = mask_range(word | EACH_BYTE(0x20), 'a', 'z');
        shape = (shape & ~letters) | (letters & (EACH_BYTE('A') | (word & EACH_BYTE(0x20))));
    }
    return shape;
}

static unsigned char shape_of_byte(unsigned char c)
{
    return c >= '0' && c <= '9'   ? '9'
           : c >= 'A' && c <= 'Z' ? 'A'
           : c >= 'a' && c <= 'z' ? 'a'
           : c >= 0x80            ? '?'
                                  : c;
}

/* The first bytes of a value, with zeros after them. */
struct padded {
    unsigned char byte[SHAPE_MOST];
    size_t length;
    bool ascii;
};

static uint64_t points_of_padded(const struct padded *text)
{
    uint64_t points = text->length;
    for (size_t i = 0; i < text->length && !text->ascii; i += 8) {
        points -= inner_bytes(csvk_hash_read8(text->byte + i));
    }
    return points;
}

static void pad(struct csvk_bytes text, struct padded *out)
{
    uint64_t all = 0;
    memset(out->byte, 0, sizeof out->byte);
    out->length = text.len < SHAPE_MOST ? text.len : SHAPE_MOST;
    csvk_copy_short(out->byte, text.ptr, out->length);
    for (size_t i = 0; i < out->length; i += 8) {
        all |= csvk_hash_read8(out->byte + i);
    }
    out->ascii = (all & HIGH_BITS) == 0;
}

/* One byte for each character. */
static size_t shape_of_text(const struct padded *text, unsigned char shape[SHAPE_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < text->length; i++) {
        shape[n] = shape_of_byte(text->byte[i]);
        n += (text->byte[i] & 0xC0) != 0x80;
    }
    return n;
}

static size_t shape_of_padded(const struct padded *text, bool goes_on,
                              unsigned char shape[SHAPE_MOST])
{
    static const unsigned char ellipsis[] = {0xE2, 0x80, 0xA6};
    size_t n = text->length;
    if (text->ascii) {
        for (size_t i = 0; i < text->length; i += 8) {
            uint64_t word = shape_of_word(csvk_hash_read8(text->byte + i));
            memcpy(shape + i, &word, sizeof word);
        }
    } else {
        memset(shape, 0, SHAPE_MOST);
        n = shape_of_text(text, shape);
    }
    if (goes_on) {
        n = n > SHAPE_MOST - sizeof ellipsis ? SHAPE_MOST - sizeof ellipsis : n;
        memcpy(shape + n, ellipsis, sizeof ellipsis);
        n += sizeof ellipsis;
    }
    return n;
}

/* Zeros follow the shape, up to a multiple of 8 bytes. */
size_t shape_of(struct csvk_bytes text, bool goes_on, unsigned char shape[SHAPE_MOST])
{
    struct padded padded;
    pad(text, &padded);
    return shape_of_padded(&padded, goes_on, shape);
}

/* Eight bytes at a time: zeros follow either. */
static bool is_shape(const struct tally_entry *entry, const unsigned char *shape, size_t length)
{
    uint64_t other = entry->length ^ length;
    for (size_t i = 0; i < length; i += 8) {
        other |= csvk_hash_read8(entry->text + i) ^ csvk_hash_read8(shape + i);
    }
    return other == 0;
}

static int count_shape(struct column_state *state, const struct column_value *value,
                       const struct padded *padded)
{
    unsigned char shape[SHAPE_MOST];
    struct tally_entry *entry;
    bool is_new;
    size_t length = shape_of_padded(padded, value->length > SHAPE_MOST, shape);
    struct tally *shapes = &state->shapes;
    uint32_t *last = &state->last_shape[length];
    if (*last < shapes->count && !shapes->sketched &&
        is_shape(&shapes->entry[*last], shape, length)) {
        tally_count_entry(&shapes->entry[*last], value->score, value->count);
        return CSVK_OK;
    }
    struct tally_key key = {csvk_hash(shape, length, SHAPE_SEED), shape, length, 0};
    int status = tally_add(shapes, &key, value->score, value->count, &entry, &is_new);
    if (status == CSVK_OK && !shapes->sketched) {
        *last = (uint32_t)(entry - shapes->entry);
    }
    return status;
}

/* ---- least and greatest ---- */

/* Of equal beginnings the value that ends there is less than one that goes on. */
static int compare_bound(const struct byte_bound *bound, struct csvk_bytes text, bool cut)
{
    size_t kept = text.len < TALLY_TEXT ? text.len : TALLY_TEXT;
    size_t both = kept < bound->kept ? kept : bound->kept;
    int order = memcmp(text.ptr, bound->text, both);
    if (order == 0) {
        order = kept < bound->kept ? -1 : kept > bound->kept;
    }
    return order == 0 ? (int)cut - (int)bound->cut : order;
}

static void take_nearby(struct byte_bound *bound, struct csvk_bytes text, bool cut, uint64_t key,
                        int sign)
{
    if (bound->any && compare_bound(bound, text, cut) * sign <= 0) {
        return;
    }
    bound->any = true;
    bound->cut = cut;
    bound->key = key;
    bound->kept = (uint32_t)(text.len < TALLY_TEXT ? text.len : TALLY_TEXT);
    memcpy(bound->text, text.ptr, bound->kept);
}

static inline void take_bound(struct byte_bound *bound, struct csvk_bytes text, bool cut,
                              uint64_t key, int sign)
{
    if (!bound->any || (sign < 0 ? key <= bound->key : key >= bound->key)) {
        take_nearby(bound, text, cut, key, sign); /* few values come here */
    }
}

static void merge_bound(struct byte_bound *left, const struct byte_bound *right, int sign)
{
    if (right->any) {
        take_bound(left, (struct csvk_bytes){right->text, right->kept}, right->cut, right->key,
                   sign);
    }
}

#define MOMENT_TYPES (1u << CSVK_TYPE_DATE | 1u << CSVK_TYPE_TIMESTAMP)

/* Days and moments are written such that their bytes are in the order of time, but for the T. */
static void count_moment(struct column_state *state, const struct column_value *value, uint64_t key)
{
    unsigned char moment[TALLY_TEXT];
    struct csvk_bytes text = {moment, value->text.len < TALLY_TEXT ? value->text.len : TALLY_TEXT};
    memcpy(moment, value->text.ptr, text.len);
    if (text.len > 10) {
        moment[10] = ' ';
    }
    state->moments += value->count;
    take_bound(&state->moment_least, text, false, key, -1);
    take_bound(&state->moment_greatest, text, false, key, 1);
}

/* ---- counting ---- */

struct csvk_column_types state_types(const struct column_state *state)
{
    struct csvk_column_types types = state->types;
    for (unsigned set = 0; set < 1 << CSVK_TYPE_STRING; set++) {
        struct typed_value value = {.types = set};
        csvk_column_evidence_count(&types, &value, state->by_types[set]);
    }
    return types;
}

static uint64_t first_key(const unsigned char *bytes)
{
    /* compilers make one load and one swap of it, but not of a loop */
    return (uint64_t)bytes[0] << 56 | (uint64_t)bytes[1] << 48 | (uint64_t)bytes[2] << 40 |
           (uint64_t)bytes[3] << 32 | (uint64_t)bytes[4] << 24 | (uint64_t)bytes[5] << 16 |
           (uint64_t)bytes[6] << 8 | bytes[7];
}

int state_count(struct column_state *state, const struct column_value *value,
                const struct typed_value *typed)
{
    bool cut = value->length > TALLY_TEXT, first = !state->least.any;
    struct padded padded;
    pad(value->text, &padded);
    uint64_t key = first_key(padded.byte), points = value->points;
    if (points == 0) {
        points = value->length <= SHAPE_MOST ? points_of_padded(&padded)
                                             : count_points(value->text.ptr, value->text.len);
    }
    state->by_types[typed->types] += value->count;
    state->shortest = first || points < state->shortest ? points : state->shortest;
    state->longest = points > state->longest ? points : state->longest;
    state->points += points * value->count;
    take_bound(&state->least, value->text, cut, key, -1);
    take_bound(&state->greatest, value->text, cut, key, 1);
    int status = CSVK_OK;
    if ((typed->types & MOMENT_TYPES) != 0) {
        count_moment(state, value, key);
    }
    if (typed->number) {
        status = number_sum_add(&state->sum, typed, value->text, value->count);
        if (!number_is_between(&state->number_least, typed, &state->number_greatest)) {
            number_bound_take(&state->number_least, typed, value->text, -1);
            number_bound_take(&state->number_greatest, typed, value->text, 1);
        }
    }
    return status == CSVK_OK ? count_shape(state, value, &padded) : status;
}

static void merge_number(struct number_bound *left, const struct number_bound *right, int sign)
{
    if (right->length != 0) {
        number_bound_take(left, &right->value, (struct csvk_bytes){right->text, right->length},
                          sign);
    }
}

int state_merge(struct column_state *left, struct column_state *right)
{
    bool none = !left->least.any, some = right->least.any;
    csvk_column_evidence_merge(&left->types, &right->types, true);
    left->shortest =
        none || (some && right->shortest < left->shortest) ? right->shortest : left->shortest;
    left->longest = right->longest > left->longest ? right->longest : left->longest;
    left->points += right->points;
    for (size_t i = 0; i < 1 << CSVK_TYPE_STRING; i++) {
        left->by_types[i] += right->by_types[i];
    }
    merge_bound(&left->least, &right->least, -1);
    merge_bound(&left->greatest, &right->greatest, 1);
    left->moments += right->moments;
    merge_bound(&left->moment_least, &right->moment_least, -1);
    merge_bound(&left->moment_greatest, &right->moment_greatest, 1);
    merge_number(&left->number_least, &right->number_least, -1);
    merge_number(&left->number_greatest, &right->number_greatest, 1);
    int status = number_sum_merge(&left->sum, &right->sum);
    return status == CSVK_OK ? tally_merge(&left->shapes, &right->shapes) : status;
}

void state_release(struct column_state *state)
{
    number_sum_release(&state->sum);
    tally_release(&state->shapes);
}
