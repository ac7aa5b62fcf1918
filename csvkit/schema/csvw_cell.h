/*
 * csvw_cell.h - the cells of a column as W3C CSVW describes them: datatype, format, limits, list,
 * default, null.
 *
 * The idea. A column is declared once (struct csvw_declaration), and compiled into a struct
 * csvw_cell: formats become small tables, limits become values. What a cell means is then the
 * procedure of "Parsing Cells" of the Model for Tabular Data, in its order: blanks by datatype,
 * default, separator, null, format, length, range. Numbers and times are compared exactly, as
 * digits, without floating point.
 *
 * A compiled cell is counted, and only read; any number of threads may use it.
 */
#ifndef CSVKIT_SCHEMA_CSVW_CELL_H
#define CSVKIT_SCHEMA_CSVW_CELL_H

#include "csvkit/base/for_extra.h"
#include "csvkit/schema/schema.h"

enum csvw_base { /* the built-in datatypes; names in csvw_cell.c */
                 CSVW_ANY_ATOMIC,
                 CSVW_ANY_URI,
                 CSVW_BASE64,
                 CSVW_BOOLEAN,
                 CSVW_DATE,
                 CSVW_DATE_TIME,
                 CSVW_DATE_TIME_STAMP,
                 CSVW_DECIMAL,
                 CSVW_INTEGER,
                 CSVW_LONG,
                 CSVW_INT,
                 CSVW_SHORT,
                 CSVW_BYTE,
                 CSVW_NON_NEGATIVE,
                 CSVW_POSITIVE,
                 CSVW_UNSIGNED_LONG,
                 CSVW_UNSIGNED_INT,
                 CSVW_UNSIGNED_SHORT,
                 CSVW_UNSIGNED_BYTE,
                 CSVW_NON_POSITIVE,
                 CSVW_NEGATIVE,
                 CSVW_DOUBLE,
                 CSVW_DURATION,
                 CSVW_DAY_TIME_DURATION,
                 CSVW_YEAR_MONTH_DURATION,
                 CSVW_FLOAT,
                 CSVW_G_DAY,
                 CSVW_G_MONTH,
                 CSVW_G_MONTH_DAY,
                 CSVW_G_YEAR,
                 CSVW_G_YEAR_MONTH,
                 CSVW_HEX,
                 CSVW_QNAME,
                 CSVW_STRING,
                 CSVW_NORMALIZED,
                 CSVW_TOKEN,
                 CSVW_LANGUAGE,
                 CSVW_NAME,
                 CSVW_NMTOKEN,
                 CSVW_XML,
                 CSVW_HTML,
                 CSVW_JSON,
                 CSVW_TIME,
                 CSVW_BASES
};
enum csvw_kind { /* what formats and limits a datatype can have */
                 CSVW_KIND_TEXT,
                 CSVW_KIND_BINARY,
                 CSVW_KIND_NUMBER,
                 CSVW_KIND_BOOLEAN,
                 CSVW_KIND_TIME,
                 CSVW_KIND_DURATION,
                 CSVW_KIND_OTHER, /* neither length nor range: anyAtomicType, anyURI, QName */
};
CSVK_FOR_EXTRA enum csvw_kind csvk_csvw_base_kind(enum csvw_base base);
CSVK_FOR_EXTRA const char *csvk_csvw_base_name(enum csvw_base base); /* "integer"; static */
/* A name of a built-in datatype, also "number", "any", "binary" and "datetime". False: none. */
CSVK_FOR_EXTRA bool csvk_csvw_base_find(const char *name, enum csvw_base *out);

enum csvw_limit {
    CSVW_MIN_INCLUSIVE,
    CSVW_MIN_EXCLUSIVE,
    CSVW_MAX_INCLUSIVE,
    CSVW_MAX_EXCLUSIVE,
    CSVW_LIMITS
};

/* A column as it is declared; everything is borrowed. NULL: not declared. */
struct csvw_declaration {
    enum csvw_base base;
    const char *format; /* of a number: the pattern */
    const char *decimal_char, *group_char;
    const char *limit[CSVW_LIMITS];
    const char *limit_name[CSVW_LIMITS]; /* as it was written; NULL: as in enum csvw_limit */
    uint64_t min_length, max_length;     /* max_length UINT64_MAX: not limited */
    const struct csvk_strings *null;     /* NULL: the empty text */
    const char *default_value, *separator;
    bool required;
    bool trim; /* the dialect takes blanks off the ends of every value */
};

struct csvw_cell;
/*
 * Compiles a declaration; csvk_csvw_cell_free ends *out, which is NULL on failure. A format that is
 * none is left out, as CSVW has it: *ignored says why, and is NULL otherwise. CSVK_EDATA: the
 * limits are no values of the datatype, or contradict each other; CSVK_EUSAGE: not supported;
 * CSVK_ENOMEM.
 */
CSVK_FOR_EXTRA int csvk_csvw_cell_new(struct csvw_cell **out,
                                      const struct csvw_declaration *declaration,
                                      const char **ignored, struct csvk_error *err) CSVK_MUST_USE;
/* One more reference; NULL gives NULL. */
struct csvw_cell *csvw_cell_share(struct csvw_cell *cell);
/* May a header call the column so? By one of its titles; by its name when `titles` is NULL; anyhow
   when they are an empty list. */
bool csvw_title_fits(const struct csvk_schema_column *column, const char *title);
/* Gives one back; NULL is fine. */
CSVK_FOR_EXTRA void csvk_csvw_cell_free(struct csvw_cell *cell);

#endif
