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
    CSVK_VALUE_TABLE_TIME,
    CSVK_VALUE_TABLE_DATETIME,
    CSVK_VALUE_TABLE_YEAR,
    CSVK_VALUE_TABLE_YEARMONTH,
    CSVK_VALUE_TABLE_DURATION,
    CSVK_VALUE_TABLE_GEOPOINT,
    CSVK_VALUE_TABLE_LIST, /* of items of item_type, between separators */
    CSVK_VALUE_TABLE_OBJECT,
    CSVK_VALUE_TABLE_ARRAY,
    CSVK_VALUE_CSVW, /* a cell of W3C CSVW: `cell` has all of it */
    CSVK_VALUE_TYPES
};
CSVK_API const char *csvk_value_type_name(enum csvk_value_type type); /* "STRING"; static */

/* How a pattern is written, and where it has to fit. */
enum csvk_pattern_flavour {
    CSVK_PATTERN_XSD,        /* XML Schema: the whole value */
    CSVK_PATTERN_ECMASCRIPT, /* as in JavaScript: anywhere in the value, unless ^ and $ say so */
};

struct csvw_cell; /* private */
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

    /* From here on: what a schema file can say, and a manifest cannot. */
    const char *title, *description;   /* for people; NULL: none */
    const struct csvk_strings *titles; /* by which a header may call the column; NULL: its name */
    const char *format; /* "email", "%d.%m.%Y": what it means depends on the type; NULL: default */
    /* Texts that stand for no value, which are looked for before anything else; NULL: those of the
       schema; an empty list: none, not even the empty text. */
    const struct csvk_strings *missing;
    const char *decimal_char, *group_char; /* numbers: one character each; NULL: ".", none */
    uint64_t not_bare;                     /* numbers: 1: other characters around it are ignored */
    const struct csvk_strings *true_words, *false_words; /* booleans; NULL: those of the type */
    const char *separator; /* lists: between the items; of a TABLE_LIST "," when NULL. Of another
                              type: the value is a list, and each item is of the type */
    uint64_t item_type;    /* TABLE_LIST: enum csvk_value_type */
    /* How long a value may be: code points, decoded bytes (format "binary"), items (lists, arrays),
       members (objects). */
    uint64_t least_length;
    uint64_t length_limit; /* 1 more than the greatest length; 0: not limited */
    /* Limits of the value, written as values of the column are, or, a day or time, in the default
       form; compared exactly, as the type orders its values. NULL: none. */
    const char *minimum, *maximum;                     /* these are good */
    const char *exclusive_minimum, *exclusive_maximum; /* these are not */
    const struct csvk_strings
        *values;               /* the only ones, compared as values of the type; NULL: all */
    const char *pattern;       /* NULL: none */
    uint64_t pattern_flavour;  /* enum csvk_pattern_flavour */
    uint64_t unique;           /* 1: no value occurs twice; records without one are free */
    const char *default_value; /* what an empty field stands for (CSVW); NULL: nothing */
    uint64_t categories;       /* 1: `values` are categories (v2), and no constraint */
    /* CSVW: the declaration as it was compiled by whoever read the metadata; the schema takes a
       reference. It decides alone; the members above are for who reads the schema. */
    struct csvw_cell *cell;
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
/*
 * Can values be held against the column number `index`? CSVK_EUSAGE: something that is declared
 * makes no sense for its type, cannot be read, or is not supported: the text says what.
 * CSVK_ENOMEM.
 */
CSVK_API int csvk_schema_check_column(const struct csvk_schema *schema, size_t index,
                                      struct csvk_error *err) CSVK_MUST_USE;
CSVK_API size_t csvk_schema_count(const struct csvk_schema *schema); /* 0 for NULL */
/*
 * The column number `index`, from 0, as it is on `backend`; its texts live as long as the schema.
 * CSVK_EUSAGE: there is no such column.
 */
CSVK_API int csvk_schema_at(const struct csvk_schema *schema, size_t index,
                            enum csvk_backend backend, struct csvk_schema_column *out,
                            struct csvk_error *err) CSVK_MUST_USE;

/* ---- the table as a whole -------------------------------------------------------------------- */

enum csvk_schema_kind {                     /* where it was declared */
                        CSVK_SCHEMA_NATIVE, /* a manifest with native data types */
                        CSVK_SCHEMA_TABLE,  /* Frictionless Table Schema */
                        CSVK_SCHEMA_CSVW,   /* W3C CSV on the Web */
};
/* How the names in a header have to be those of the columns. */
enum csvk_fields_match {
    CSVK_MATCH_EXACT,    /* all, in their order */
    CSVK_MATCH_EQUAL,    /* all, in any order */
    CSVK_MATCH_SUBSET,   /* all, and the data may have more */
    CSVK_MATCH_SUPERSET, /* the data has no other ones, but may have fewer */
    CSVK_MATCH_PARTIAL,  /* one at least */
};
struct csvk_schema_table {
    size_t size;                            /* {.size = sizeof ...} */
    uint64_t kind;                          /* enum csvk_schema_kind */
    uint64_t fields_match;                  /* enum csvk_fields_match */
    const char *name, *title, *description; /* NULL: none */
    const struct csvk_strings *missing;     /* for columns without an own list; NULL: the empty
                                               text; an empty list: nothing */
    const struct csvk_strings *primary_key; /* names of columns; NULL or empty: none */
};
/* Replaces what was said about the table; copies all of it. CSVK_EUSAGE, CSVK_ENOMEM. */
CSVK_API int csvk_schema_set_table(struct csvk_schema *schema,
                                   const struct csvk_schema_table *table,
                                   struct csvk_error *err) CSVK_MUST_USE;
/* What was said; its texts and lists live as long as the schema. CSVK_EUSAGE: the size. */
CSVK_API int csvk_schema_get_table(const struct csvk_schema *schema, struct csvk_schema_table *out,
                                   struct csvk_error *err) CSVK_MUST_USE;

/* Columns whose values together occur once; records with a missing one among them are free. Copies
   `columns`. CSVK_EUSAGE: there are none; CSVK_ENOMEM. */
CSVK_API int csvk_schema_add_unique(struct csvk_schema *schema, const struct csvk_strings *columns,
                                    struct csvk_error *err) CSVK_MUST_USE;
CSVK_API size_t csvk_schema_unique_count(const struct csvk_schema *schema); /* 0 for NULL */
/* Lives as long as the schema; NULL: there is no such one. */
/* True when it, or a column of it, wants something once in the table; the primary key is not of the
   schema. False for NULL. */
CSVK_API bool csvk_schema_has_unique(const struct csvk_schema *schema);
CSVK_API const struct csvk_strings *csvk_schema_unique_at(const struct csvk_schema *schema,
                                                          size_t index);

/* A foreign key: the values of `columns` occur in `referenced` of another table, or of this one. */
struct csvk_schema_reference {
    size_t size;                        /* {.size = sizeof ...} */
    const struct csvk_strings *columns; /* as many as there are in `referenced` */
    const struct csvk_strings *referenced;
    const char *resource; /* name (Table Schema) or url (CSVW) of the other table; NULL: this one */
    const char *path;     /* of its file, as far as the reader knows it; NULL: it does not */
    uint64_t exactly_one; /* 1: more than one row is a fault, too (CSVW) */
};
/* Copies all of it. CSVK_EUSAGE: no columns, or not as many on both sides; CSVK_ENOMEM. */
CSVK_API int csvk_schema_add_reference(struct csvk_schema *schema,
                                       const struct csvk_schema_reference *reference,
                                       struct csvk_error *err) CSVK_MUST_USE;
CSVK_API size_t csvk_schema_reference_count(const struct csvk_schema *schema); /* 0 for NULL */
/* Its texts and lists live as long as the schema. CSVK_EUSAGE: there is no such one. */
CSVK_API int csvk_schema_reference_at(const struct csvk_schema *schema, size_t index,
                                      struct csvk_schema_reference *out,
                                      struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
