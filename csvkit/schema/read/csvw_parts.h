/* csvw_parts.h - private: where the parts of each table stand in the metadata. */
#ifndef CSVKIT_SCHEMA_READ_CSVW_PARTS_H
#define CSVKIT_SCHEMA_READ_CSVW_PARTS_H

#include "csvkit/schema/read/csvw_reading.h"

struct csvw_parts {
    const struct csvw_document *document; /* of the schema */
    cJSON *schema, *columns;              /* NULL: none */
    const char *schema_url;               /* borrowed; NULL: none */
    char *schema_path;
};
struct csvw_all_parts { /* one for each table */
    struct csvw_parts *item;
    size_t count;
};

/* ---- csvw_keys.c ---- */
void csvw_read_keys(struct csvw_reading *reading, const struct csvw_all_parts *all,
                    struct csvw_metadata *out);

#endif
