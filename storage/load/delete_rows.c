/*
 * delete_rows.c - deletes rows before a load.
 *
 * There are two sources: the short form, columns with their values, which have to fit together, and
 * the list delete_where of a manifest, each of whose items is a request of its own.
 */
#include "storage/load/delete_rows.h"
#include "storage/load/delete_values.h"
#include "storage/api/job.h"

#include <string.h>

/* ---- the short form -------------------------------------------------------------------------- */

static bool add_condition(cJSON *filters, const struct kbc_delete *condition)
{
    cJSON *filter = cJSON_CreateObject();
    cJSON *values = json_array(condition->values);
    bool kept = filter && values && cJSON_AddItemToObject(filter, "values", values);
    if (!kept) {
        cJSON_Delete(values);
    }
    if (!kept || !cJSON_AddStringToObject(filter, "column", condition->column) ||
        !cJSON_AddStringToObject(filter, "operator", condition->operator) ||
        !cJSON_AddItemToArray(filters, filter)) {
        cJSON_Delete(filter);
        return false;
    }
    return true;
}

static cJSON *body_of_options(const struct kbc_delete *delete_where)
{
    cJSON *body = cJSON_CreateObject();
    cJSON *filters = cJSON_AddArrayToObject(body, "whereFilters");
    bool good = filters != NULL;
    for (const struct kbc_delete *at = delete_where; at && good; at = at->also) {
        good = add_condition(filters, at);
    }
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

/* ---- the list of a manifest ------------------------------------------------------------------ */

static int check_filter(const cJSON *filter, struct csvk_error *err)
{
    char id[KBC_ID_SIZE];
    const cJSON *workspace = json_at(filter, "values_from_workspace");
    json_id(workspace, "workspace_id", id);
    return workspace && !*id ? csvk_fail(err, CSVK_EUSAGE,
                                         "delete_where: values_from_workspace needs its "
                                         "workspace_id here")
                             : CSVK_OK;
}

int delete_rows_check(const struct kbc_load *wanted, struct csvk_error *err)
{
    const cJSON *item, *filter;
    cJSON_ArrayForEach(item, wanted->delete_list)
    {
        cJSON_ArrayForEach(filter, json_at(item, "where_filters"))
        {
            int status = check_filter(filter, err);
            if (status < 0) {
                return status;
            }
        }
    }
    return CSVK_OK;
}

/* Adds the text under another key when it is there. */
static bool copy_text(cJSON *to, const char *key, const cJSON *from, const char *name)
{
    const char *text = json_text(from, name);
    return !*text || cJSON_AddStringToObject(to, key, text);
}

static bool copy_values(cJSON *to, const cJSON *filter)
{
    char id[KBC_ID_SIZE];
    const cJSON *workspace = json_at(filter, "values_from_workspace");
    if (!workspace) {
        cJSON *values = cJSON_Duplicate(json_at(filter, "values_from_set"), true);
        return values && cJSON_AddItemToObject(to, "values", values);
    }
    json_id(workspace, "workspace_id", id);
    cJSON *place = cJSON_AddObjectToObject(to, "valuesByTableInWorkspace");
    return place && cJSON_AddRawToObject(place, "workspaceId", id) &&
           copy_text(place, "table", workspace, "table") &&
           copy_text(place, "column", workspace, "column");
}

static bool copy_filter(cJSON *filters, const cJSON *filter)
{
    const char *operator= json_text(filter, "operator");
    cJSON *copy = cJSON_CreateObject();
    bool good = copy && copy_text(copy, "column", filter, "column") &&
                cJSON_AddStringToObject(copy, "operator", *operator? operator: "eq") &&
                copy_values(copy, filter) && cJSON_AddItemToArray(filters, copy);
    if (!good) {
        cJSON_Delete(copy);
    }
    return good;
}

static cJSON *body_of_item(const cJSON *item)
{
    cJSON *body = cJSON_CreateObject();
    const cJSON *given = json_at(item, "where_filters"), *filter;
    bool good = body && copy_text(body, "changedSince", item, "changed_since") &&
                copy_text(body, "changedUntil", item, "changed_until");
    cJSON *filters =
        good && cJSON_GetArraySize(given) > 0 ? cJSON_AddArrayToObject(body, "whereFilters") : NULL;
    cJSON_ArrayForEach(filter, given)
    {
        good = good && filters && copy_filter(filters, filter);
    }
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

/* ---- the requests ---------------------------------------------------------------------------- */

/* Takes over `body`, which is NULL when memory ran out. */
static int delete_by(struct kbc *kbc, const char *table, cJSON *body, uint64_t *deleted,
                     struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_job job = {0};
    struct kbc_answer answer = {0};
    char id[KBC_ID_SIZE];
    int status = body ? kbc_path(&path, "tables", table, "/rows", err)
                      : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status < 0) {
        cJSON_Delete(body);
        csvk_buf_release(&path);
        return status;
    }
    struct kbc_call call = {.what = "deleting rows",
                            .method = "DELETE",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .dry = "{\"id\":0}"};
    status = kbc_call(kbc, &call, &answer, err);
    if (status == CSVK_OK) {
        json_id(answer.json, "id", id);
        status = kbc_finish_job(kbc, id, &job, err);
    }
    *deleted += json_uint(json_at(job.raw, "results"), "deletedRows");
    kbc_answer_release(&answer);
    kbc_job_release(&job);
    csvk_buf_release(&path);
    return status;
}

int delete_rows(struct kbc *kbc, const struct kbc_load *wanted, uint64_t *deleted,
                struct csvk_error *err)
{
    cJSON *list = NULL, *item;
    *deleted = 0;
    int status = delete_values_resolve(kbc, wanted->delete_list, &list, err);
    if (status == CSVK_OK && wanted->delete_where.column) {
        status =
            delete_by(kbc, wanted->table, body_of_options(&wanted->delete_where), deleted, err);
    }
    cJSON_ArrayForEach(item, list)
    {
        if (status == CSVK_OK) {
            status = delete_by(kbc, wanted->table, body_of_item(item), deleted, err);
        }
    }
    cJSON_Delete(list);
    return status;
}
