/* schema_state.h - private: the state of the rules about values, which two files share. */
#ifndef VALIDATOR_SCHEMA_STATE_H
#define VALIDATOR_SCHEMA_STATE_H

#include "csvkit/schema/value_check.h"
#include "csvkit/parse/record_fields.h"
#include "validator/judge.h"
#include "validator/schema_scan.h"

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
    /* Fields are found here, and not by the reader: schema_quick.c. */
    bool quick;
    const struct schema_scan *scan;
    struct csvk_record_fields *reader; /* of records that are reported; NULL: not needed yet */
    struct scan_plan plan;
    const struct value_check **check_of; /* by field; NULL: of no column */
    size_t nkinds;                       /* columns of the plan; 0: they are not known yet */
    bool all_digits;                     /* fields of all columns are good when they are digits */
};

/* A field at hand: where it lies, and its value. */
struct schema_cell {
    const struct csvk_record *record; /* NULL: not reported */
    uint64_t number;                  /* of the record */
    const struct csvk_field *field;   /* offsets from the first byte of the batch */
    size_t column;
    struct csvk_bytes value;
};
/* schema_rules.c */
/* Judges a field that has to be decoded, has no value, or is not plainly good. */
void schema_judge_cell(struct csvk_validator *v, struct schema_cell *cell);
/* Judges the values of a record; offsets of `field` are from `base` on. */
void schema_judge_fields(struct csvk_validator *v, const struct csvk_record *record,
                         const struct csvk_field *field, size_t base);
bool schema_judges_record(const struct csvk_validator *v, const struct csvk_record *record);

/* schema_quick.c */
bool schema_can_be_quick(const struct csvk_validator *v);
int schema_feed_quick(struct csvk_validator *v, struct csvk_error *err);

/* unique_rules.c: these do nothing when nothing has to be unique */
int unique_new(struct csvk_validator *v, struct csvk_error *err);
int unique_feed(struct csvk_validator *v, const struct csvk_record *record, struct csvk_error *err);
void unique_free(struct unique_state *unique);

#endif
