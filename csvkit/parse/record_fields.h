/*
 * record_fields.h - the fields of one record whose bytes are at hand, read by the scan that reads
 * whole tables. It is for rooms above the parser, which know a record's bytes but not its fields.
 */
#ifndef CSVKIT_PARSE_RECORD_FIELDS_H
#define CSVKIT_PARSE_RECORD_FIELDS_H

#include "csvkit/csvkit.h"

/* Bytes that must be readable before and after a record. They may have any values. */
#define CSVK_RECORD_SLACK 64

struct csvk_record_fields;

/* CSVK_ENOMEM; CSVK_EUSAGE for a dialect that contradicts itself. The dialect is copied. */
int csvk_record_fields_new(struct csvk_record_fields **out,
                           const struct csvk_dialect *dialect) CSVK_MUST_USE;

struct csvk_record_read {
    const struct csvk_field *field; /* offsets from the record's first byte */
    size_t count;
    bool sound; /* nothing is wrong with its enclosures */
};
/*
 * Reads `record`, which is given without its line break: a CR in it is data. What `read` points to
 * lives until the next call. A record of no bytes has no fields. CSVK_ENOMEM.
 */
int csvk_record_fields_read(struct csvk_record_fields *fields, struct csvk_bytes record,
                            struct csvk_record_read *read) CSVK_MUST_USE;
void csvk_record_fields_free(struct csvk_record_fields *fields);

#endif
