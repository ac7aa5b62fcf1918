/* csvw_reading.h - private: what the readers of the parts of CSVW metadata share. */
#ifndef CSVKIT_SCHEMA_READ_CSVW_READING_H
#define CSVKIT_SCHEMA_READ_CSVW_READING_H

#include "csvkit/schema/csvw_cell.h"
#include "csvkit/schema/read/csvw_metadata.h"
#include "manifest/manifest_tree.h"

#define CSVW_NAMESPACE "http://www.w3.org/ns/csvw"

/* A file of JSON, and how its URLs and texts are to be taken. */
struct csvw_document {
    struct csvw_document *next;
    char *path;
    char *base;     /* for relative URLs: a folder that ends with '/', or "" */
    char *language; /* of texts without one; "und" */
    struct csvk_manifest *json;
};
struct csvw_reading {
    struct csvw_document *documents; /* the first one is the last that was opened */
    struct csvw_document *main;
    struct csvk_findings *findings;
    bool unsupported;
    int status; /* CSVK_OK until memory runs out, or a file cannot be read */
    struct csvk_error *err;
};

/* Properties of these are looked up in one table. */
enum csvw_place {
    CSVW_IN_GROUP = 1,
    CSVW_IN_TABLE = 2,
    CSVW_IN_SCHEMA = 4,
    CSVW_IN_COLUMN = 8,
    CSVW_IN_DIALECT = 16,
    CSVW_IN_TRANSFORMATION = 32,
    CSVW_IN_DATATYPE = 64,
    CSVW_IN_FOREIGN_KEY = 128,
    CSVW_IN_REFERENCE = 256,
};

/* ---- csvw_document.c ---- */
/* Opens a file of JSON; NULL: it cannot be read, which was told. `asked` is where it is named; NULL
   for the main file, whose absence is a status. */
struct csvw_document *csvw_open(struct csvw_reading *reading, const char *path,
                                const struct csvw_document *from, const cJSON *asked);
void csvw_close_all(struct csvw_reading *reading);
/* Adds a finding at `node`: "'NAME' TEXT". */
void csvw_tell(struct csvw_reading *reading, const struct csvw_document *document,
               const cJSON *node, enum schema_file_rule rule, const char *format, ...)
    CSVK_PRINTF(5, 6);
void csvw_no_memory(struct csvw_reading *reading);
/* The path of the file that a URL names, to be freed; NULL: it is no file in the folder of the
   metadata, or memory ran out. */
char *csvw_path(struct csvw_reading *reading, const struct csvw_document *document,
                const char *url);

/* ---- csvw_properties.c ---- */
/* Holds every property of `object` against the table. What is not good is told, and taken out of
   the tree when it does not count. */
void csvw_check(struct csvw_reading *reading, const struct csvw_document *document, cJSON *object,
                enum csvw_place place);
bool csvw_is_language(const char *text);

/* ---- csvw_common.c ---- */
bool csvw_is_common(const char *name); /* a property of another vocabulary */
/* Judges the value of a common property, or of `notes`. */
void csvw_check_common(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *value);

/* ---- csvw_columns.c ---- */
/* What columns inherit from the schema, the table and the group. */
struct csvw_inherited {
    const struct csvw_document *document; /* where `datatype` stands */
    cJSON *datatype;
    const cJSON *null, *default_value, *separator, *lang, *required;
};
void csvw_inherit(struct csvw_inherited *inherited, const struct csvw_document *document,
                  const cJSON *object);
/* Fills schema and names of `table` from `columns`. */
void csvw_read_columns(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *columns, const struct csvw_inherited *inherited,
                       struct csvw_table *table);

/* ---- csvw_datatype.c ---- */
/* Reads a datatype, which was checked, into a declaration whose texts point into the tree. NULL is
   string. */
void csvw_read_datatype(const cJSON *datatype, struct csvw_declaration *out);
/* Tells what is wrong with a datatype, once, where it stands. */
void csvw_judge_datatype(struct csvw_reading *reading, const struct csvw_document *document,
                         cJSON *datatype);

/* ---- csvw_dialect.c ---- */
void csvw_read_dialect(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *dialect, struct csvw_dialect *out);

#endif
