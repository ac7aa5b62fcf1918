/*
 * table_schema_file.h - reads a Table Schema of Frictionless Data (versions 1 and 2), by itself or
 * as that of a resource of a data package.
 */
#ifndef CSVKIT_SCHEMA_READ_TABLE_SCHEMA_FILE_H
#define CSVKIT_SCHEMA_READ_TABLE_SCHEMA_FILE_H

#include "csvkit/schema/schema.h"

struct table_schema_file {
    struct csvk_schema *schema;      /* one reference */
    struct csvk_strings names;       /* of the fields, in order */
    struct csvk_strings primary_key; /* may be empty */
    enum csvk_fields_match fields_match;
};
/*
 * `data` is the path of the table, which chooses the resource of a package that has several; NULL:
 * it has none. CSVK_EUSAGE when the file asks for something that is not supported: the text has the
 * place and the name of the property. CSVK_EDATA when it is no Table Schema; CSVK_EIO, CSVK_ENOMEM.
 * Release *out in any case.
 */
int table_schema_file_read(struct table_schema_file *out, const char *path, const char *data,
                           struct csvk_error *err) CSVK_MUST_USE;
/* The same for the resource of a package that has this name. */
int table_schema_file_read_resource(struct table_schema_file *out, const char *path,
                                    const char *name, struct csvk_error *err) CSVK_MUST_USE;
void table_schema_file_release(struct table_schema_file *file);

#endif
