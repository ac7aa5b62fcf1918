/* column_evidence.c - see column_evidence.h, and typed_value.h for the half that is private. */
#include "csvkit/schema/typed_value.h"

#include <stdio.h>
#include <string.h>

#define BIT(type)     (1u << (type))
#define MOST_NUMERIC  38 /* digits of a NUMERIC */
#define DEFAULT_SCALE 9  /* fraction digits of a NUMERIC without a length */

static const char *const names[] = {"BOOLEAN", "INTEGER",   "NUMERIC", "FLOAT",
                                    "DATE",    "TIMESTAMP", "STRING"};

const char *csvk_type_name(enum csvk_type type)
{
    return names[type];
}

/* ---- values ---- */

void csvk_column_evidence_count(struct csvk_column_types *column, const struct typed_value *value,
                                uint64_t count)
{
    column->values += count;
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        column->misfits[type] += (value->types & BIT(type)) != 0 ? 0 : count;
    }
}

static void exclude(struct csvk_type_exclusion *excluded, struct csvk_bytes text, uint64_t record)
{
    excluded->record = record;
    excluded->length = text.len;
    memcpy(excluded->sample, text.ptr, text.len < CSVK_TYPE_SAMPLE ? text.len : CSVK_TYPE_SAMPLE);
}

/* The larger one of the two, at most UINT32_MAX. */
static uint32_t most(uint32_t a, size_t b)
{
    return b > a ? (uint32_t)(b < UINT32_MAX ? b : UINT32_MAX) : a;
}

void csvk_column_evidence_note(struct csvk_column_types *column, const struct typed_value *value,
                               struct csvk_bytes text, uint64_t record)
{
    column->longest = text.len > column->longest ? text.len : column->longest;
    column->forms |= value->forms;
    if ((value->types & BIT(CSVK_TYPE_NUMERIC)) != 0) {
        column->integer_digits = most(column->integer_digits, value->integer_digits);
        column->fraction_digits = most(column->fraction_digits, value->fraction_digits);
    }
    uint64_t fresh = ~(value->types | column->excluded_types) & (BIT(CSVK_TYPE_STRING) - 1);
    for (int type = 0; type < CSVK_TYPE_STRING && fresh != 0; type++) {
        if ((fresh & BIT(type)) != 0) {
            exclude(&column->excluded[type], text, record);
        }
    }
    column->excluded_types |= fresh;
}

void csvk_column_evidence_empty(struct csvk_column_types *column, uint64_t record)
{
    column->first_empty = column->empty++ == 0 ? record : column->first_empty;
}

/* ---- merging ---- */

/* The first one of two records; 0 is none. */
static uint64_t first_of(uint64_t left, uint64_t right, bool numbered)
{
    bool swap = left == 0 || (numbered && right != 0 && right < left);
    return swap ? right : left;
}

void csvk_column_evidence_merge(struct csvk_column_types *left,
                                const struct csvk_column_types *right, bool numbered)
{
    left->values += right->values;
    left->empty += right->empty;
    left->first_empty = first_of(left->first_empty, right->first_empty, numbered);
    left->longest = right->longest > left->longest ? right->longest : left->longest;
    left->integer_digits = most(left->integer_digits, right->integer_digits);
    left->fraction_digits = most(left->fraction_digits, right->fraction_digits);
    left->header_again = first_of(left->header_again, right->header_again, numbered);
    left->forms |= right->forms;
    left->excluded_types |= right->excluded_types;
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        uint64_t record = left->excluded[type].record;
        left->misfits[type] += right->misfits[type];
        if (first_of(record, right->excluded[type].record, numbered) != record) {
            left->excluded[type] = right->excluded[type];
        }
    }
}

/* ---- the proposal ---- */

enum csvk_type csvk_types_propose(const struct csvk_column_types *column)
{
    return column->header_again != 0 ? CSVK_TYPE_STRING : csvk_types_propose_for_others(column);
}

enum csvk_type csvk_types_propose_for_others(const struct csvk_column_types *column)
{
    for (int type = 0; column->values > 0 && type < CSVK_TYPE_STRING; type++) {
        bool fits = type != CSVK_TYPE_NUMERIC ||
                    column->integer_digits + column->fraction_digits <= MOST_NUMERIC;
        if (column->excluded[type].record == 0 && fits) {
            return (enum csvk_type)type;
        }
    }
    return CSVK_TYPE_STRING;
}

void csvk_types_length(const struct csvk_column_types *column, char text[CSVK_TYPE_LENGTH_SIZE])
{
    text[0] = '\0';
    bool standard = column->fraction_digits <= DEFAULT_SCALE &&
                    column->integer_digits <= MOST_NUMERIC - DEFAULT_SCALE;
    if (csvk_types_propose(column) == CSVK_TYPE_NUMERIC && !standard) {
        snprintf(text, CSVK_TYPE_LENGTH_SIZE, "%d,%u", MOST_NUMERIC,
                 (unsigned)column->fraction_digits);
    }
}
