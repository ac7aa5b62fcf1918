/* delete_rows.h - private: the rows that a load deletes before it imports. */
#ifndef STORAGE_DELETE_ROWS_H
#define STORAGE_DELETE_ROWS_H

#include "storage/api/storage_api.h"

/* CSVK_EUSAGE for conditions that need what csvkit does not have. Sends nothing. */
int delete_rows_check(const struct kbc_load *wanted, struct csvk_error *err) CSVK_MUST_USE;
/* Deletes the rows of wanted->delete_where and of each condition in wanted->delete_list, one after
   the other; *deleted is how many. To delete the same rows twice deletes them once. */
int delete_rows(struct kbc *kbc, const struct kbc_load *wanted, uint64_t *deleted,
                struct csvk_error *err) CSVK_MUST_USE;

#endif
