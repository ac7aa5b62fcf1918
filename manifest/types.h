/*
 * types.h - proposing base data types for columns, with the evidence. A fold over batches: memory
 * for a column is constant, two halves of a file may be folded apart and merged.
 *
 * The proposal never loses anything: a value that would not come back as it was (leading zeros, a
 * plus sign, more digits than a number keeps) excludes the type, and STRING is always possible.
 */
#ifndef MANIFEST_TYPES_H
#define MANIFEST_TYPES_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From narrow to wide: the first one that no value excludes is proposed. */
enum csvk_type {
    CSVK_TYPE_BOOLEAN,
    CSVK_TYPE_INTEGER,
    CSVK_TYPE_NUMERIC,
    CSVK_TYPE_FLOAT,
    CSVK_TYPE_DATE,
    CSVK_TYPE_TIMESTAMP,
    CSVK_TYPE_STRING,
    CSVK_TYPE_COUNT
};
CSVK_API const char *csvk_type_name(enum csvk_type type); /* "BOOLEAN" */

#define CSVK_TYPE_SAMPLE 40 /* bytes kept of a value that excluded a type */

struct csvk_type_exclusion {
    uint64_t record;                        /* of the first value that excludes the type; 0: none */
    uint64_t length;                        /* of that value, in bytes */
    unsigned char sample[CSVK_TYPE_SAMPLE]; /* its beginning */
};

struct csvk_column_types {
    uint64_t values;  /* not empty */
    uint64_t empty;   /* of no bytes, enclosed or not, or missing at the end of a record */
    uint64_t longest; /* bytes of the longest value */
    uint32_t integer_digits, fraction_digits; /* most seen in numbers without exponent */
    struct csvk_type_exclusion excluded[CSVK_TYPE_STRING];
};

struct csvk_types;
/* For `columns` columns in a dialect. CSVK_ENOMEM. */
CSVK_API int csvk_types_new(struct csvk_types **out, size_t columns,
                            const struct csvk_dialect *dialect) CSVK_MUST_USE;
/*
 * Adds the records of a batch of CSVK_FIELDS, but those numbered up to `skip` (a header) and blank
 * ones. Surplus fields are not looked at. CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_types_feed(struct csvk_types *types, const struct csvk_batch *batch,
                             uint64_t skip) CSVK_MUST_USE;
/* left := left, then right; both with the same number of columns. */
CSVK_API void csvk_types_merge(struct csvk_types *left, const struct csvk_types *right);
CSVK_API size_t csvk_types_columns(const struct csvk_types *types);
/* Lives until the next call that changes `types`. `column` counts from 0. */
CSVK_API const struct csvk_column_types *csvk_types_column(const struct csvk_types *types,
                                                           size_t column);
CSVK_API void csvk_types_free(struct csvk_types *types);

/* The narrowest type that holds every value; STRING when there is no value. */
CSVK_API enum csvk_type csvk_types_propose(const struct csvk_column_types *column);
/* The length that the proposed type needs beyond its default, as "38,12"; else "". */
struct csvk_type_length {
    char text[16];
};
CSVK_API struct csvk_type_length csvk_types_length(const struct csvk_column_types *column);

#ifdef __cplusplus
}
#endif

#endif
