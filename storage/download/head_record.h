/* head_record.h - private: the first record of what was fetched, to compare it with what the
 * columns should be. */
#ifndef STORAGE_HEAD_RECORD_H
#define STORAGE_HEAD_RECORD_H

#include "csvkit/csvkit.h"

/* Reads the first record of `source` (comma, double quote) into `values`, which may hold names
   already. Nothing is added when there is no record, or one of more than 8 MiB. The source is
   borrowed. */
int head_record(struct csvk_source *source, struct csvk_strings *values,
                struct csvk_error *err) CSVK_MUST_USE;

#endif
