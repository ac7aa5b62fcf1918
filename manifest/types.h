/*
 * types.h - proposes a base data type for every column, with the evidence; and tells which values
 * no column of a type takes.
 *
 * The idea. Batch after batch is added to the counts of a csvk_types. A column takes constant
 * memory, and two parts of a file may be counted apart and merged. A proposed type never loses
 * anything: a value that would not come back as it was (leading zeros, a plus sign, more digits
 * than a number keeps) excludes the type, and STRING is always possible.
 *
 * One object by one thread at a time, different objects by different threads. A function that
 * answers int answers CSVK_OK or CSVK_ENOMEM; nothing else can fail.
 */
#ifndef MANIFEST_TYPES_H
#define MANIFEST_TYPES_H

#include "csvkit/csvkit.h"
#include "csvkit/schema/column_evidence.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_types;
/* Empty counts for `columns` columns in a dialect, which is copied. csvk_types_free frees *out. */
CSVK_API int csvk_types_new(struct csvk_types **out, size_t columns,
                            const struct csvk_dialect *dialect) CSVK_MUST_USE;
/*
 * The names of the columns, as many as there are; they are copied. A record all of whose values are
 * these names is a header again: files were joined with their headers. Call it before the first
 * batch is added. Without names no record is one.
 */
CSVK_API int csvk_types_name(struct csvk_types *types,
                             const struct csvk_strings *columns) CSVK_MUST_USE;
/*
 * Adds the records of a batch that was read at CSVK_FIELDS, except for records numbered up to
 * `skip` (a header), those that repeat the header, blank ones, those too long for memory and those
 * with too few fields. Surplus fields are ignored. The batch is borrowed for the call.
 */
CSVK_API int csvk_types_feed(struct csvk_types *types, const struct csvk_batch *batch,
                             uint64_t skip) CSVK_MUST_USE;
/* Adds the counts of `right` to `left`, as if the records of `right` came after those of `left`.
   Both must have the same number of columns. `right` stays as it is. */
CSVK_API void csvk_types_merge(struct csvk_types *left, const struct csvk_types *right);
CSVK_API size_t csvk_types_columns(const struct csvk_types *types); /* how many */
/* The counts of column number `column`, from 0. `types` owns them; they live as long as it does and
   change when it changes. */
CSVK_API const struct csvk_column_types *csvk_types_column(const struct csvk_types *types,
                                                           size_t column);
/* Records with fewer fields than there are columns: a last line that was cut, or an end marker of a
   database (`\.`). They are in no count of a column. */
struct csvk_short_records {
    uint64_t count, first; /* how many; the record of the first one, from 1 */
};
CSVK_API struct csvk_short_records csvk_types_short_records(const struct csvk_types *types);
/* Records that repeat the header. They are in no count of a column either. */
struct csvk_repeated_headers {
    uint64_t count, first; /* how many; the record of the first one, from 1 */
};
CSVK_API struct csvk_repeated_headers csvk_types_repeated_headers(const struct csvk_types *types);
CSVK_API void csvk_types_free(struct csvk_types *types); /* NULL is fine */

/* ---- values against the types that a table has ---------------------------------------------- */

/*
 * What is checked. Backends differ in what they take: 1.5 is rounded for an INTEGER here and
 * refused there, 1/2/2024 is a date here and none there. A value is a misfit only when every
 * backend of the platform is known to refuse it; all others pass, so no misfit does not mean that
 * the load works. Not looked at: ranges other than the digits before the point, lengths of texts,
 * TIME, binary and semi-structured columns.
 */

/* Fixed. What a table says about a column. */
struct csvk_declared_type {
    enum csvk_type type;     /* STRING: every text will do */
    uint32_t integer_digits; /* of INTEGER and NUMERIC: the most before the point; 0: no limit */
    bool not_null;
};
/* From the name that the platform or a backend has for a type, in any case ("NUMBER", "INT64"), and
   its length ("38,9"; NULL or "": none). A name that is not known is STRING. Any thread. */
CSVK_API struct csvk_declared_type csvk_declared_type_of(const char *name, const char *length);

/* Why a value is refused. */
enum csvk_misfit {
    CSVK_MISFIT_FORM,   /* it has no form that the type can have */
    CSVK_MISFIT_DIGITS, /* a number with too many digits before the point */
    CSVK_MISFIT_MOMENT, /* a day or a time of day that does not exist */
    CSVK_MISFIT_NULL,   /* nothing, in a column that is NOT NULL */
};
/* Fixed. One value that does not fit. */
struct csvk_misfit_example {
    uint64_t record; /* from 1, a header included */
    uint64_t length; /* of the value, in bytes */
    enum csvk_misfit why;
    uint32_t kept;                          /* bytes of the value in `sample` */
    unsigned char sample[CSVK_TYPE_SAMPLE]; /* the beginning of the value; no NUL after it */
};
#define CSVK_MISFIT_EXAMPLES 3
/* The library's. The misfits of a column: all are counted, the first ones are kept. */
struct csvk_column_misfits {
    uint64_t count;
    size_t nexamples;
    struct csvk_misfit_example example[CSVK_MISFIT_EXAMPLES];
};

struct csvk_type_check;
/*
 * For data of `columns` columns, which are declared as `declared` says, in a dialect; all of it is
 * copied. `nulls` are the values that become NULL; NULL: the empty one. csvk_type_check_free frees
 * *out.
 */
CSVK_API int csvk_type_check_new(struct csvk_type_check **out,
                                 const struct csvk_declared_type *declared, size_t columns,
                                 const struct csvk_strings *nulls,
                                 const struct csvk_dialect *dialect) CSVK_MUST_USE;
/* Checks the records of a batch, as csvk_types_feed counts them: of one with too few fields none is
   checked. */
CSVK_API int csvk_type_check_feed(struct csvk_type_check *check, const struct csvk_batch *batch,
                                  uint64_t skip) CSVK_MUST_USE;
/* The misfits of column number `column`, from 0. `check` owns them, and changes them. */
CSVK_API const struct csvk_column_misfits *csvk_type_check_column(
    const struct csvk_type_check *check, size_t column);
CSVK_API void csvk_type_check_free(struct csvk_type_check *check); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
