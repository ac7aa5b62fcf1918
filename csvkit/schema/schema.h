/*
 * schema.h - what is declared about the columns of a table: types, limits, which values may be
 * missing.
 *
 * The idea. A *schema* is a list of columns, in the order of the fields. Whoever reads a
 * declaration (a manifest, a schema file) adds its columns one by one; from then on the schema is
 * only read, and shared by whoever judges values (csvk_validate_options.schema). A column can have
 * another type on each *backend*, the database that loads the table. At the level *portable* a
 * value is good when all backends take it and store the same value.
 *
 * Ownership: a schema is counted. csvk_schema_new gives one reference, csvk_schema_share one more,
 * csvk_schema_free gives one back, and the last one frees it. Texts that are handed in are copied.
 *
 * Threads: a schema is filled by one thread; after that any number of threads may read, share and
 * free it.
 */
#ifndef CSVKIT_SCHEMA_SCHEMA_H
#define CSVKIT_SCHEMA_SCHEMA_H

#include "csvkit/basics.h"

#ifdef __cplusplus
extern "C" {
#endif

enum csvk_backend {
    CSVK_BACKEND_PORTABLE, /* what all backends take, with the same value */
    CSVK_BACKEND_SNOWFLAKE,
    CSVK_BACKEND_BIGQUERY,
    CSVK_BACKENDS
};
CSVK_API const char *csvk_backend_name(enum csvk_backend backend); /* "portable"; static */
/* CSVK_EUSAGE with a text that lists the names. */
CSVK_API int csvk_backend_parse(const char *text, enum csvk_backend *out,
                                struct csvk_error *err) CSVK_MUST_USE;

/* The forms of values: the base types of native data types; one that takes everything; and those of
   a Table Schema, whose forms are other ones, and the same on every backend. */
enum csvk_value_type {
    CSVK_VALUE_STRING,
    CSVK_VALUE_INTEGER,
    CSVK_VALUE_NUMERIC,
    CSVK_VALUE_FLOAT,
    CSVK_VALUE_BOOLEAN,
    CSVK_VALUE_DATE,
    CSVK_VALUE_TIMESTAMP,
    CSVK_VALUE_ANY,          /* not looked at, but for missing values */
    CSVK_VALUE_TABLE_STRING, /* of any length */
    CSVK_VALUE_TABLE_INTEGER,
    CSVK_VALUE_TABLE_NUMBER,
    CSVK_VALUE_TABLE_BOOLEAN,
    CSVK_VALUE_TABLE_DATE,
    CSVK_VALUE_TYPES
};
CSVK_API const char *csvk_value_type_name(enum csvk_value_type type); /* "STRING"; static */

/*
 * A column as it is declared. All zero but the size, the name and the type is a column that may be
 * empty and has the limits of its type.
 */
struct csvk_schema_column {
    size_t size;             /* {.size = sizeof ...} */
    const char *name;        /* not NULL */
    const char *declared;    /* how the type is called in messages: "NUMBER(10,2)"; NULL: by type */
    uint64_t type;           /* enum csvk_value_type */
    uint64_t required;       /* 1: it must have a value in every record */
    uint64_t length;         /* STRING: the most code points; 0: as many as the backend takes */
    uint64_t precision;      /* NUMERIC: digits in all; 0: 38, and a scale of 9 */
    uint64_t scale;          /* NUMERIC: digits after the point; only with a precision */
    uint64_t fraction_limit; /* TIMESTAMP: 1 more than the digits of a second; 0: not limited */
};

struct csvk_schema;
/* An empty schema. csvk_schema_free ends it; *out is NULL on failure. CSVK_ENOMEM. */
CSVK_API int csvk_schema_new(struct csvk_schema **out, struct csvk_error *err) CSVK_MUST_USE;
/* One more reference, given back by csvk_schema_free. NULL gives NULL. */
CSVK_API struct csvk_schema *csvk_schema_share(struct csvk_schema *schema);
CSVK_API void csvk_schema_free(struct csvk_schema *schema); /* NULL is fine */
/*
 * Adds a column at the end. CSVK_EUSAGE: no name, no such type, or a precision or scale that no
 * backend has (1 to 76, and at most the precision); CSVK_ENOMEM.
 */
CSVK_API int csvk_schema_add(struct csvk_schema *schema, const struct csvk_schema_column *column,
                             struct csvk_error *err) CSVK_MUST_USE;
/*
 * On `backend` the column that was added last is of another type: type, declared, length,
 * precision, scale and fraction_limit of `column` count there. As csvk_schema_add; CSVK_EUSAGE also
 * when there is no column, or `backend` is CSVK_BACKEND_PORTABLE.
 */
CSVK_API int csvk_schema_override(struct csvk_schema *schema, enum csvk_backend backend,
                                  const struct csvk_schema_column *column,
                                  struct csvk_error *err) CSVK_MUST_USE;
CSVK_API size_t csvk_schema_count(const struct csvk_schema *schema); /* 0 for NULL */
/*
 * The column number `index`, from 0, as it is on `backend`; its texts live as long as the schema.
 * CSVK_EUSAGE: there is no such column.
 */
CSVK_API int csvk_schema_at(const struct csvk_schema *schema, size_t index,
                            enum csvk_backend backend, struct csvk_schema_column *out,
                            struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
