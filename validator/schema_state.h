/* schema_state.h - private: the state of the rules about values, which two files share. */
#ifndef VALIDATOR_SCHEMA_STATE_H
#define VALIDATOR_SCHEMA_STATE_H

#include "csvkit/schema/value_check.h"
#include "validator/judge.h"

#define VALUE_RULES       (RULE_NOT_UNIQUE - RULE_TYPE_MISMATCH + 1)
#define SAMPLE_BYTES_MOST 40
#define SHOWN_OF_COLUMN   (VALUE_RULES * CSVK_VALUE_SAMPLES)

struct value_samples { /* of one rule in one column */
    unsigned char text[CSVK_VALUE_SAMPLES][SAMPLE_BYTES_MOST];
    struct csvk_value_sample shown[CSVK_VALUE_SAMPLES]; /* `text`, as the report gives it */
    size_t count;
};
struct schema_column_state {
    struct value_check check;
    const char *type;
    uint64_t empty, passed_over; /* fields without a value, and with a quoting error */
    uint64_t count[VALUE_RULES], kept[VALUE_RULES];
    struct value_samples samples[VALUE_RULES];
};
struct unique_state;
struct schema_state {
    struct schema_column_state *column;
    size_t count;
    size_t *column_of; /* by field: its column; `count`: it has none; for `nfields` of them */
    size_t nfields;
    uint64_t fields_match;             /* enum csvk_fields_match */
    uint64_t most;                     /* findings kept of a rule in a column; 0: all */
    uint64_t records;                  /* whose values were looked at */
    struct csvk_buf room;              /* for a value that has to be decoded */
    struct csvk_column_values *values; /* for the report, one for each column */
    struct csvk_value_sample *shown;   /* SHOWN_OF_COLUMN for each column */
    struct unique_state *unique;       /* NULL: nothing has to be unique */
};

/* unique_rules.c: these do nothing when nothing has to be unique */
int unique_new(struct csvk_validator *v, struct csvk_error *err);
int unique_feed(struct csvk_validator *v, const struct csvk_record *record, struct csvk_error *err);
void unique_free(struct unique_state *unique);

#endif
