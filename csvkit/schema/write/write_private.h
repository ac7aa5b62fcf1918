/* write_private.h - private: what the writers of schemas share. */
#ifndef CSVKIT_SCHEMA_WRITE_WRITE_PRIVATE_H
#define CSVKIT_SCHEMA_WRITE_WRITE_PRIVATE_H

#include "csvkit/json.h"
#include "csvkit/schema/write/schema_write.h"

/* What the types of all kinds of schemas have in common. */
enum type_family {
    FAMILY_TEXT,
    FAMILY_INTEGER,
    FAMILY_DECIMAL, /* exact, without an exponent */
    FAMILY_NUMBER,  /* any number */
    FAMILY_BOOLEAN,
    FAMILY_DAY,
    FAMILY_MOMENT,
    FAMILY_TIME,
    FAMILY_YEAR,
    FAMILY_MONTH, /* of a year */
    FAMILY_DURATION,
    FAMILY_JSON, /* object, array */
    FAMILY_OTHER,
};
struct writer {
    const struct schema_writing *how;
    struct csvk_schema_table table;
    struct csvk_json *json;
    struct csvk_strings *losses;
    const struct csvk_schema_column *column; /* the one that is being written */
    bool failed;                             /* memory ran out */
};
enum type_family family_of(const struct csvk_schema_column *column);
/* Tells that `what` of the column has no counterpart. */
void writer_lose(struct writer *w, const char *what);
/* The same when `there` holds. */
void writer_lose_if(struct writer *w, bool there, const char *what);
/* The same about the table as a whole. */
void writer_lose_of_table(struct writer *w, const char *what);
/* The schema is of the kind that is written, so its formats mean the same. */
bool writer_is_same_kind(const struct writer *w);
bool writer_is_key(const struct writer *w, const char *name);

/* Each writes the whole object. */
void write_native(struct writer *w);
void write_table_schema(struct writer *w);
void write_csvw(struct writer *w);

#endif
