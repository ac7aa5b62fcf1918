/* delete_values.h - private: rows to delete by the values that a column of another table has. */
#ifndef STORAGE_DELETE_VALUES_H
#define STORAGE_DELETE_VALUES_H

#include "storage/api/storage_api.h"

/* Asks for every table that a condition of `list`, a delete_where, takes values from. CSVK_EDATA
   when one does not exist, has types, or lacks the column. Exports nothing. */
int delete_values_check(struct kbc *kbc, const cJSON *list, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Makes a copy of `list` in which the values themselves stand in the place of such tables. A
 * condition for one of no values is left out with its item, because no row fits; CSVK_EDATA when it
 * is `ne`, because all rows would. The caller deletes *out.
 */
int delete_values_resolve(struct kbc *kbc, const cJSON *list, cJSON **out,
                          struct csvk_error *err) CSVK_MUST_USE;

#endif
