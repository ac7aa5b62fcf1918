/*
 * csvw_metadata.h - reads metadata of W3C CSV on the Web (CSVW): a table, or a group of tables.
 *
 * What is wrong with the metadata is findings, with line and column: schema-invalid (an error; the
 * tables cannot be judged), schema-ignored (a warning: the property counts as not given, or as its
 * default, as the Metadata Vocabulary says), schema-unsupported (an error: csvkit cannot do what is
 * asked for, and says so).
 */
#ifndef CSVKIT_SCHEMA_READ_CSVW_METADATA_H
#define CSVKIT_SCHEMA_READ_CSVW_METADATA_H

#include "csvkit/findings/findings.h"
#include "csvkit/schema/read/schema_file_rules.h"
#include "csvkit/schema/schema.h"

struct csvw_dialect {
    struct csvk_dialect bytes;
    bool told;            /* there is one; otherwise all here are defaults */
    bool header;          /* the first record has the titles */
    bool trim;            /* blanks at the ends of a value are no part of it */
    const char *encoding; /* owned by the metadata; NULL: UTF-8 */
};
struct csvw_foreign_key {
    struct csvk_strings columns, referenced; /* names */
    size_t table;                            /* the number of the other table, from 0 */
};
struct csvw_table {
    char *url;  /* as it is written */
    char *path; /* of the file; NULL: it is no local file */
    struct csvw_dialect dialect;
    struct csvk_schema *schema; /* one reference; NULL: the columns are not described */
    struct csvk_strings names;  /* the title that each column should have, in their order */
    struct csvk_strings primary_key;
    struct csvw_foreign_key *foreign_key;
    size_t nforeign_keys;
};
struct csvw_metadata {
    struct csvw_table *table;
    size_t count;
    struct csvk_findings findings;
    bool unsupported;             /* one of the findings is schema-unsupported */
    struct csvw_reading *reading; /* the documents: texts above point into them */
};
/*
 * Reads the metadata at `path`. CSVK_OK also when there are findings: when one is an error, there
 * are no tables. CSVK_EIO, CSVK_ENOMEM. Release *out in any case.
 */
int csvw_metadata_read(struct csvw_metadata *out, const char *path,
                       struct csvk_error *err) CSVK_MUST_USE;
void csvw_metadata_release(struct csvw_metadata *metadata);
/* The number of the table that describes the file `path`; SIZE_MAX: none does. */
size_t csvw_metadata_find(const struct csvw_metadata *metadata, const char *path);
/* The tables themselves are to be judged: tells which of them are no local files
   (schema-unsupported). CSVK_ENOMEM. */
int csvw_metadata_need_files(struct csvw_metadata *metadata) CSVK_MUST_USE;
/* Tells that the metadata does not describe `path`, and does not count. CSVK_ENOMEM. */
int csvw_metadata_not_of(struct csvw_metadata *metadata, const char *path) CSVK_MUST_USE;
/* True when the file at `path` looks like CSVW metadata: by the end of its name, "-metadata.json",
   or as a JSON object with "@context". */
bool csvw_metadata_looks(const char *path);

#endif
