/* export.h - private: exports a table into a Storage file. */
#ifndef STORAGE_EXPORT_H
#define STORAGE_EXPORT_H

#include "storage/api/storage_api.h"

/* CSVK_EUSAGE for a table id that is none, and for wishes that do not go together. Sends nothing.
 */
int export_check(const struct kbc_download *wanted, struct csvk_error *err) CSVK_MUST_USE;
/* Exports wanted->table and waits for the end: fills in the columns and the ids of job and file. */
int export_table(struct kbc *kbc, const struct kbc_download *wanted, struct kbc_downloaded *out,
                 struct csvk_error *err) CSVK_MUST_USE;

#endif
