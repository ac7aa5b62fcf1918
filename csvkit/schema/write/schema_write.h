/*
 * schema_write.h - writes a schema as a file: a native manifest, a Table Schema of Frictionless
 * Data, metadata of W3C CSV on the Web.
 *
 * The idea. Each of them can say things that another one cannot. What has no counterpart is never
 * dropped in silence: it becomes a line of `losses`, and where a type is lost, the column is text,
 * which takes all of its values.
 */
#ifndef CSVKIT_SCHEMA_WRITE_SCHEMA_WRITE_H
#define CSVKIT_SCHEMA_WRITE_SCHEMA_WRITE_H

#include "csvkit/csvkit.h"
#include "csvkit/schema/schema.h"

struct schema_writing {
    const struct csvk_schema *schema; /* its table says which kind its formats are of */
    enum csvk_schema_kind to;
    const char *url;                    /* CSVW: of the data; NULL: "data.csv" */
    const struct csvk_dialect *dialect; /* of the data, if it is known; or NULL */
    bool header;                        /* native, CSVW: the data begins with a header */
};
/* Appends the JSON, with a line break at its end, to `out`, and to `losses` what it does not say.
   CSVK_ENOMEM. */
int schema_write(const struct schema_writing *how, struct csvk_buf *out,
                 struct csvk_strings *losses) CSVK_MUST_USE;
/* "native", "table-schema" or "csvw"; static. */
const char *schema_kind_name(enum csvk_schema_kind kind);

#endif
