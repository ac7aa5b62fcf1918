/*
 * inference.h - a column of a schema from what the values of a column are like.
 *
 * The idea. Nothing is guessed beyond the values: a type is taken when all of them fit, or all but
 * as many as the user allows, and the schema can say how they are written. So a table that a schema
 * was inferred from is without a finding about its values under this schema.
 */
#ifndef CSVKIT_CLI_SCHEMA_INFERENCE_H
#define CSVKIT_CLI_SCHEMA_INFERENCE_H

#include "csvkit/cli/stats/table_stats.h"
#include "csvkit/schema/schema.h"

struct inference {
    enum csvk_type type;
    uint64_t misfits;       /* values that do not fit, as the user allows */
    const char *unwritten;  /* why the schema cannot have the type that fits; NULL: it has it */
    const char *confidence; /* "none", "low", "medium", "high" */
    const char *format;     /* of days and times, in the words of the schema; NULL: its default */
    uint64_t precision, scale;
    enum csvk_value_type value_type;
    const char *true_word, *false_word; /* CSVW: the only ones; NULL: the default */
};
struct inference infer_column(const struct csvk_column_stats *column, enum csvk_schema_kind kind,
                              uint64_t max_misfits);
/*
 * A schema of `kind` for the table. `required`: columns without an empty value must have one in
 * every record. The caller frees *out. CSVK_ENOMEM; CSVK_EUSAGE for a table without columns.
 */
int infer_schema(struct csvk_schema **out, const struct table_stats *table,
                 enum csvk_schema_kind kind, uint64_t max_misfits, bool required,
                 struct csvk_error *err) CSVK_MUST_USE;

#endif
