/*
 * export.c - exports a table into a Storage file.
 *
 * The request is the one of export-async in the API Blueprint: columns as one text with commas,
 * filters and orders as lists of objects. Comparisons other than eq and ne need a dataType.
 */
#include "storage/download/export.h"
#include "storage/api/job.h"
#include "storage/http/sigv4.h"
#include "storage/api/storage_table.h"

#include <stdio.h>
#include <string.h>

/* ---- the request ----------------------------------------------------------------------------- */

static bool add_type(cJSON *item, const char *type)
{
    return !type || cJSON_AddStringToObject(item, "dataType", type);
}

static bool add_filter(cJSON *filters, const struct kbc_filter *filter)
{
    cJSON *item = cJSON_CreateObject();
    cJSON *values = json_array(filter->values);
    bool kept = item && values && cJSON_AddItemToObject(item, "values", values);
    if (!kept) {
        cJSON_Delete(values);
    }
    if (!kept || !cJSON_AddStringToObject(item, "column", filter->column) ||
        !cJSON_AddStringToObject(item, "operator", filter->operator) ||
        !add_type(item, filter->type) || !cJSON_AddItemToArray(filters, item)) {
        cJSON_Delete(item);
        return false;
    }
    return true;
}

static bool add_order(cJSON *orders, const struct kbc_order *order)
{
    cJSON *item = cJSON_CreateObject();
    if (!item || !cJSON_AddStringToObject(item, "column", order->column) ||
        !cJSON_AddStringToObject(item, "order", order->descending ? "DESC" : "ASC") ||
        !add_type(item, order->type) || !cJSON_AddItemToArray(orders, item)) {
        cJSON_Delete(item);
        return false;
    }
    return true;
}

static bool add_restrictions(cJSON *body, const struct kbc_download *wanted)
{
    bool good = (!wanted->changed_since ||
                 cJSON_AddStringToObject(body, "changedSince", wanted->changed_since)) &&
                (!wanted->changed_until ||
                 cJSON_AddStringToObject(body, "changedUntil", wanted->changed_until)) &&
                (!wanted->timestamp || cJSON_AddTrueToObject(body, "includeInternalTimestamp")) &&
                (!wanted->limit || cJSON_AddNumberToObject(body, "limit", (double)wanted->limit));
    cJSON *filters =
        good && wanted->nfilters > 0 ? cJSON_AddArrayToObject(body, "whereFilters") : NULL;
    for (size_t i = 0; good && i < wanted->nfilters; i++) {
        good = filters && add_filter(filters, &wanted->filters[i]);
    }
    cJSON *orders = good && wanted->norders > 0 ? cJSON_AddArrayToObject(body, "orderBy") : NULL;
    for (size_t i = 0; good && i < wanted->norders; i++) {
        good = orders && add_order(orders, &wanted->orders[i]);
    }
    return good;
}

/* Whether gzip may be sent along with Parquet could not be read; it is left out there. */
static bool add_format(cJSON *body, const struct kbc_download *wanted)
{
    if (wanted->file_type == KBC_FILE_PARQUET) {
        return cJSON_AddStringToObject(body, "fileType", "parquet") != NULL;
    }
    return cJSON_AddTrueToObject(body, "gzip") && cJSON_AddStringToObject(body, "format", "rfc");
}

static cJSON *export_body(const struct kbc_download *wanted)
{
    struct csvk_buf columns = CSVK_BUF_INIT;
    cJSON *body = cJSON_CreateObject();
    bool good = body && add_format(body, wanted) && add_restrictions(body, wanted);
    for (size_t i = 0; good && wanted->columns && i < wanted->columns->count; i++) {
        good = csvk_buf_printf(&columns, "%s%s", i ? "," : "", wanted->columns->item[i]) == CSVK_OK;
    }
    if (good && columns.length > 0) {
        good = cJSON_AddStringToObject(body, "columns", csvk_buf_text(&columns)) != NULL;
    }
    csvk_buf_release(&columns);
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

/* ---- the steps ------------------------------------------------------------------------------- */

int export_check(const struct kbc_download *wanted, struct csvk_error *err)
{
    if (wanted->file_type == KBC_FILE_PARQUET && wanted->slices != KBC_KEEP_SLICES) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "Parquet files cannot be joined: keep them with --keep-slices");
    }
    struct table_place place = {0};
    int status = table_split(wanted->table, &place, err);
    table_release(&place);
    return status;
}

static int ask_for_columns(struct kbc *kbc, const struct kbc_download *wanted,
                           struct kbc_downloaded *out, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    int status = kbc_path(&path, "tables", wanted->table, "", err);
    if (status < 0) {
        return status;
    }
    struct kbc_call call = {.what = "asking for the table",
                            .method = "GET",
                            .path = csvk_buf_text(&path),
                            .scope = KBC_BRANCHED,
                            .dry = "{\"columns\":[\"column\"]}"};
    status = kbc_call(kbc, &call, &answer, err);
    if (status == CSVK_OK && json_strings(json_at(answer.json, "columns"), &out->columns) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

/* The columns that the slices will have: the platform puts the time stamp last. */
static int take_columns(struct kbc *kbc, const struct kbc_download *wanted,
                        struct kbc_downloaded *out, struct csvk_error *err)
{
    int status = CSVK_OK;
    if (wanted->columns && wanted->columns->count > 0) {
        status = csvk_strings_copy(&out->columns, wanted->columns);
    } else {
        status = ask_for_columns(kbc, wanted, out, err);
        if (status < 0) {
            return status;
        }
    }
    if (status == CSVK_OK && wanted->timestamp) {
        status = csvk_strings_add(&out->columns, "_timestamp");
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

static int start_export(struct kbc *kbc, const struct kbc_download *wanted,
                        struct kbc_started *started, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = kbc_path(&path, "tables", wanted->table, "/export-async", err);
    if (status < 0) {
        return status;
    }
    cJSON *body = export_body(wanted);
    if (!body) {
        csvk_buf_release(&path);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_trace trace = {.operation = "tableExport"};
    struct kbc_call call = {.what = "export",
                            .method = "POST",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    status = kbc_start_job(kbc, &call, &trace, started, err);
    csvk_buf_release(&path);
    return status;
}

static int wait_for_export(struct kbc *kbc, const struct kbc_download *wanted,
                           struct kbc_downloaded *out, struct csvk_error *err)
{
    struct kbc_job job = {0};
    const char *id = out->job_id;
    int status = kbc_job_wait(kbc, id, wanted->timeout, &job, err);
    if (status == CSVK_END) {
        status = csvk_fail(err, KBC_ENET, "export job %s is not done after %llu s", id,
                           (unsigned long long)wanted->timeout);
    } else if (status == CSVK_OK && job.state == KBC_JOB_ERROR) {
        status = kbc_job_failure(kbc, &job, err);
    }
    if (status == CSVK_OK) {
        json_id(json_at(json_at(job.raw, "results"), "file"), "id", out->file_id);
        if (!*out->file_id) {
            status = csvk_fail(err, KBC_EREMOTE, "export job %s names no file", id);
        }
    }
    kbc_job_release(&job);
    return status;
}

int export_table(struct kbc *kbc, const struct kbc_download *wanted, struct kbc_downloaded *out,
                 struct csvk_error *err)
{
    struct kbc_started started = {0};
    int status = take_columns(kbc, wanted, out, err);
    if (status == CSVK_OK) {
        status = kbc_new_run(kbc, started.run_id, err);
    }
    if (status == CSVK_OK) {
        status = start_export(kbc, wanted, &started, err);
    }
    if (status < 0) {
        return status;
    }
    snprintf(out->job_id, sizeof out->job_id, "%s", started.id);
    return wait_for_export(kbc, wanted, out, err);
}
