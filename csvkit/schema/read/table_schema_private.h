/* table_schema_private.h - private: what the files that read a Table Schema share. */
#ifndef CSVKIT_SCHEMA_READ_TABLE_SCHEMA_PRIVATE_H
#define CSVKIT_SCHEMA_READ_TABLE_SCHEMA_PRIVATE_H

#include "csvkit/schema/read/table_schema_file.h"
#include "manifest/manifest_tree.h"

struct schema_reading {
    const char *path; /* of the file at hand, and its JSON */
    struct csvk_manifest *json;
    const char *package; /* path of the file that was named, and its JSON */
    struct csvk_manifest *package_json;
    const cJSON *resources; /* of the package; NULL: that file is a schema */
    const cJSON *resource;  /* whose schema is read; NULL: as above */
    struct table_schema_file *out;
    struct csvk_error *err;
};

/* "FILE:LINE:COLUMN: TEXT 'NAME'" */
int schema_complain(struct schema_reading *reading, int status, const cJSON *node, const char *text,
                    const char *name);
/* The schema asks for something that is not done: CSVK_EUSAGE. */
int schema_not_supported(struct schema_reading *reading, const cJSON *node, const char *name);
/* It is not as a Table Schema has it: CSVK_EDATA. */
int schema_not_valid(struct schema_reading *reading, const cJSON *node, const char *name);
int schema_no_memory(struct schema_reading *reading);

bool schema_is_one_of(const char *name, const char *const *names);
/* Refuses the first member of `object` that is in none of the lists; `more` may be NULL. */
int schema_check_members(struct schema_reading *reading, const cJSON *object,
                         const char *const *known, const char *const *more);
/* A list of texts, or a single one; `name` is its member. What is there is appended to `out`. */
int schema_read_names(struct schema_reading *reading, const cJSON *node, const char *name,
                      struct csvk_strings *out);
/* missingValues: texts, or objects with a value. */
int schema_read_missing(struct schema_reading *reading, const cJSON *node,
                        struct csvk_strings *out);

/* Are all of these names of fields? */
int schema_check_names(struct schema_reading *reading, const struct csvk_strings *names,
                       const cJSON *node, const char *member);
/* A member that may be there with this one text only, which is the default. */
int schema_check_default(struct schema_reading *reading, const cJSON *object, const char *name,
                         const char *only);
/* The JSON of a file; what is wrong with it as one text. csvk_manifest_free *out in any case. */
int schema_read_json(struct csvk_manifest **out, const char *path, struct csvk_error *err);
/* Adds what a schema declares: its fields and its keys. */
int schema_read_table(struct schema_reading *reading, const cJSON *schema);

/* table_schema_package.c: which resource of a package is wanted, by its data or its name; the rest
   is NULL. */
struct schema_choice {
    const char *data, *name;
};
int schema_read_package(struct schema_reading *reading, const struct schema_choice *choice);
/* The foreign keys of the schema, which was read but for them. */
int schema_read_references(struct schema_reading *reading, const cJSON *schema);

/* table_schema_field.c: adds the column of one field. */
int schema_read_field(struct schema_reading *reading, const cJSON *field);

#endif
