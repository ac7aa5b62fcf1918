/* download_column.h - private: the values of one column of a table. */
#ifndef STORAGE_DOWNLOAD_COLUMN_H
#define STORAGE_DOWNLOAD_COLUMN_H

#include "storage/download/fetch.h"

/* Gets each value; it is borrowed for the call. A failure ends the reading with it. */
typedef int download_value_fn(void *ctx, struct csvk_bytes value, struct csvk_error *err);
/* Exports one column of a table and reads its values, but for those that are NULL. In a dry run
   there are none. */
int download_column(struct kbc *kbc, const char *table, const char *column, download_value_fn *take,
                    void *ctx, struct csvk_error *err) CSVK_MUST_USE;

/* As kbc_download with slices joined, but `read` gets the result, and no file is left. Of a dry run
   there is no result. */
int download_and_read(struct kbc *kbc, const struct kbc_download *wanted, fetch_read_fn *read,
                      void *ctx, struct kbc_downloaded *out, struct csvk_error *err) CSVK_MUST_USE;

#endif
