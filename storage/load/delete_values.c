/*
 * delete_values.c - rows to delete by the values that a column of another table has:
 * values_from_storage in the delete_where of a manifest.
 *
 * The platform fills a workspace with that table and names it in the request. csvkit has no
 * workspace, so it exports the column and sends its values. That is the same as long as values are
 * texts: tables with types are refused, because a value may be written in another way than the
 * column has it. A value that is NULL fits no row. Not verified: how many values a request may
 * have; MOST_VALUES is a guess, and more are refused before anything is deleted.
 */
#include "storage/load/delete_values.h"
#include "storage/download/download_column.h"
#include "storage/api/storage_table.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 10000, MOST_KEPT = 4 * MOST_VALUES };

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* ---- where the values are -------------------------------------------------------------------- */

/* "in.c-main.orders" of a condition. */
static int id_of(const cJSON *filter, struct csvk_buf *id, struct csvk_error *err)
{
    const cJSON *from = json_at(filter, "values_from_storage");
    return csvk_buf_printf(id, "%s.%s", json_text(from, "bucket_id"), json_text(from, "table")) ==
                   CSVK_OK
               ? CSVK_OK
               : no_memory(err);
}

/* The column is called as that of the rows to delete when the manifest does not name it. */
static const char *column_of(const cJSON *filter)
{
    const char *name = json_text(json_at(filter, "values_from_storage"), "column");
    return *name ? name : json_text(filter, "column");
}

static int check_source(struct kbc *kbc, const cJSON *filter, struct csvk_error *err)
{
    struct csvk_buf id = CSVK_BUF_INIT;
    struct table_place place = {0};
    const char *column = column_of(filter);
    int status = id_of(filter, &id, err);
    status = status == CSVK_OK ? table_look(kbc, csvk_buf_text(&id), &place, err) : status;
    if (status == CSVK_OK && kbc->mode == KBC_SEND) {
        const char *why = !place.exists ? "there is no such table"
                          : place.typed ? "only a table without types can be taken"
                          : !csvk_strings_has(&place.columns, column) ? "it has no such column"
                                                                      : NULL;
        if (why != NULL) {
            status =
                csvk_fail(err, CSVK_EDATA, "delete_where: values_from_storage: column %s of %s: %s",
                          column, csvk_buf_text(&id), why);
        }
    }
    table_release(&place);
    csvk_buf_release(&id);
    return status;
}

int delete_values_check(struct kbc *kbc, const cJSON *list, struct csvk_error *err)
{
    const cJSON *item, *filter;
    int status = CSVK_OK;
    cJSON_ArrayForEach(item, list)
    {
        cJSON_ArrayForEach(filter, json_at(item, "where_filters"))
        {
            if (status == CSVK_OK && json_at(filter, "values_from_storage")) {
                status = check_source(kbc, filter, err);
            }
        }
    }
    return status;
}

/* ---- the values ------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Leaves each text once. */
static void drop_repeats(struct csvk_strings *values)
{
    size_t kept = 0;
    if (values->count > 0) {
        qsort(values->item, values->count, sizeof *values->item, by_text);
    }
    for (size_t i = 0; i < values->count; i++) {
        if (kept > 0 && strcmp(values->item[kept - 1], values->item[i]) == 0) {
            csvk_free(values->item[i]);
        } else {
            values->item[kept++] = values->item[i];
        }
    }
    values->count = kept;
}

static int too_many(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EDATA,
                     "delete_where: values_from_storage: more than %d different values",
                     MOST_VALUES);
}

static int add_value(void *ctx, struct csvk_bytes value, struct csvk_error *err)
{
    struct csvk_strings *values = ctx;
    if (value.len > 0 && memchr(value.ptr, '\0', value.len) != NULL) {
        return csvk_fail(err, CSVK_EDATA,
                         "delete_where: values_from_storage: a value has a NUL byte, which no "
                         "request can have");
    }
    if (csvk_strings_addn(values, (const char *)value.ptr, value.len) != CSVK_OK) {
        return no_memory(err);
    }
    if (values->count < MOST_KEPT) {
        return CSVK_OK;
    }
    drop_repeats(values);
    return values->count <= MOST_VALUES ? CSVK_OK : too_many(err);
}

static int read_values(struct kbc *kbc, const cJSON *filter, struct csvk_strings *values,
                       struct csvk_error *err)
{
    struct csvk_buf id = CSVK_BUF_INIT;
    int status = id_of(filter, &id, err);
    if (status == CSVK_OK) {
        status =
            download_column(kbc, csvk_buf_text(&id), column_of(filter), add_value, values, err);
    }
    drop_repeats(values);
    csvk_buf_release(&id);
    return status == CSVK_OK && values->count > MOST_VALUES ? too_many(err) : status;
}

/* What becomes of a condition, and of its item. */
enum condition { CONDITION_STAYS, NO_ROW_FITS };

/* Puts the values into `filter`, a copy of the condition. */
static int put_values(struct kbc *kbc, cJSON *filter, enum condition *outcome,
                      struct csvk_error *err)
{
    struct csvk_strings values = {0};
    bool others = strcmp(json_text(filter, "operator"), "ne") == 0;
    int status = read_values(kbc, filter, &values, err);
    bool none = status == CSVK_OK && values.count == 0 && kbc->mode == KBC_SEND;
    if (none && others) {
        status =
            csvk_fail(err, CSVK_EDATA,
                      "delete_where: values_from_storage: column %s has no values, so all rows "
                      "would be deleted",
                      column_of(filter));
    }
    *outcome = none ? NO_ROW_FITS : CONDITION_STAYS;
    cJSON *list = status == CSVK_OK ? json_array(&values) : NULL;
    if (status == CSVK_OK && (!list || !cJSON_AddItemToObject(filter, "values_from_set", list))) {
        cJSON_Delete(list);
        status = no_memory(err);
    }
    cJSON_DeleteItemFromObjectCaseSensitive(filter, "values_from_storage");
    csvk_strings_release(&values);
    return status;
}

static int resolve_item(struct kbc *kbc, cJSON *item, enum condition *outcome,
                        struct csvk_error *err)
{
    int status = CSVK_OK;
    cJSON *filter;
    *outcome = CONDITION_STAYS;
    cJSON_ArrayForEach(filter, cJSON_GetObjectItemCaseSensitive(item, "where_filters"))
    {
        bool from_table = json_at(filter, "values_from_storage") != NULL;
        if (from_table && status == CSVK_OK && *outcome == CONDITION_STAYS) {
            status = put_values(kbc, filter, outcome, err);
        }
    }
    return status;
}

int delete_values_resolve(struct kbc *kbc, const cJSON *list, cJSON **out, struct csvk_error *err)
{
    int status = CSVK_OK;
    cJSON *copy = cJSON_Duplicate(list, true);
    *out = copy;
    if (list != NULL && copy == NULL) {
        return no_memory(err);
    }
    for (int i = 0; i < cJSON_GetArraySize(copy) && status == CSVK_OK;) {
        enum condition outcome;
        status = resolve_item(kbc, cJSON_GetArrayItem(copy, i), &outcome, err);
        if (outcome == NO_ROW_FITS) {
            cJSON_DeleteItemFromArray(copy, i);
        } else {
            i++;
        }
    }
    return status;
}
