/* first_record.h - reads the first record of a data file, for judging and for making manifests. */
#ifndef MANIFEST_FIRST_RECORD_H
#define MANIFEST_FIRST_RECORD_H

#include "manifest/manifest.h"

#define FIRST_RAW_MAX 65536 /* bytes kept of the first record, for guesses about the delimiter */

struct first_record {
    bool any;                   /* there is a record that is not blank */
    struct csvk_strings values; /* of its fields, decoded; a NUL byte ends a value */
    struct csvk_buf raw;        /* its first bytes, at most FIRST_RAW_MAX */
    uint64_t number, line;
    bool gzip;
    const char *compression; /* "gzip" or another kind, constant; NULL: plain */
    bool utf8_bom;
    bool no_table;             /* an archive, a picture ...: nothing was parsed */
    bool utf16;                /* UTF-16 or UTF-32: nothing was parsed */
    bool empty;                /* the file has no byte */
    struct csvk_damage damage; /* of the compressed file; `what` is NULL when there is none */
};
/* Overwrites `first`; the caller releases it, also after a failure. */
int first_record_read(struct first_record *first, const char *path,
                      const struct csvk_dialect *dialect, struct csvk_error *err) CSVK_MUST_USE;
void first_record_release(struct first_record *first);

#endif
