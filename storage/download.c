/*
 * download.c - downloads a Storage file, or a table through an export, into a local file.
 *
 * The steps: export, wait for the job, read the credentials, fetch the slices, write one file with
 * one header. A few slices at a time are fetched into nameless temporary files, checked while they
 * are unpacked (every gzip trailer) and joined in the order of the slice manifest. So neither
 * memory nor temporary space grows with the table. The result gets its name only when it is
 * complete.
 */
#include "storage/fetch.h"
#include "storage/job.h"

#include <stdio.h>
#include <string.h>

enum { MANIFEST_MAX = 64 << 20 };

struct downloading {
    struct kbc *kbc;
    const struct kbc_download *wanted;
    struct kbc_downloaded *out;
    struct store store;
    cJSON *file; /* the detail of the file, as the Storage API answered it */
};

/* ---- export ---------------------------------------------------------------------------------- */

static int take_columns(struct downloading *downloading, struct csvk_error *err)
{
    const struct kbc_download *wanted = downloading->wanted;
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    if (wanted->columns && wanted->columns->count > 0) {
        return csvk_strings_copy(&downloading->out->columns, wanted->columns) < 0
                   ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                   : CSVK_OK;
    }
    if (csvk_buf_printf(&path, "tables/%s", wanted->table) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "asking for the table",
                            .method = "GET",
                            .path = csvk_buf_text(&path),
                            .scope = KBC_BRANCHED,
                            .dry = "{\"columns\":[\"column\"]}"};
    int status = kbc_call(downloading->kbc, &call, &answer, err);
    if (status == CSVK_OK &&
        json_strings(json_at(answer.json, "columns"), &downloading->out->columns) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

static bool add_filter(cJSON *filters, const struct kbc_filter *filter)
{
    cJSON *item = cJSON_CreateObject();
    cJSON *values = cJSON_AddArrayToObject(item, "values");
    cJSON *value = cJSON_CreateString(filter->value);
    if (!values || !value || !cJSON_AddItemToArray(values, value) ||
        !cJSON_AddStringToObject(item, "column", filter->column) ||
        !cJSON_AddStringToObject(item, "operator", filter->operator) ||
        !cJSON_AddItemToArray(filters, item)) {
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
                (!wanted->limit || cJSON_AddNumberToObject(body, "limit", (double)wanted->limit));
    cJSON *filters =
        good && wanted->nfilters > 0 ? cJSON_AddArrayToObject(body, "whereFilters") : NULL;
    for (size_t i = 0; good && i < wanted->nfilters; i++) {
        good = filters && add_filter(filters, &wanted->filters[i]);
    }
    return good;
}

static cJSON *export_body(const struct kbc_download *wanted)
{
    struct csvk_buf columns = CSVK_BUF_INIT;
    cJSON *body = cJSON_CreateObject();
    bool good = body && cJSON_AddTrueToObject(body, "gzip") &&
                cJSON_AddStringToObject(body, "format", "rfc") && add_restrictions(body, wanted);
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

static int start_export(struct downloading *downloading, struct kbc_started *started,
                        struct csvk_error *err)
{
    const char *table = downloading->wanted->table;
    struct csvk_buf path = CSVK_BUF_INIT;
    cJSON *body = export_body(downloading->wanted);
    if (!body || csvk_buf_printf(&path, "tables/%s/export-async", table) < 0) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_trace trace = {.operation = "tableExport"};
    struct kbc_call call = {.what = "export",
                            .method = "POST",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    int status = kbc_start_job(downloading->kbc, &call, &trace, started, err);
    csvk_buf_release(&path);
    return status;
}

static int wait_for_export(struct downloading *downloading, const char *id, struct csvk_error *err)
{
    struct kbc_job job = {0};
    uint64_t seconds = downloading->wanted->timeout;
    int status = kbc_job_wait(downloading->kbc, id, seconds, &job, err);
    if (status == CSVK_END) {
        status = csvk_fail(err, KBC_ENET, "export job %s is not done after %llu s", id,
                           (unsigned long long)seconds);
    } else if (status == CSVK_OK && job.state == KBC_JOB_ERROR) {
        status = kbc_job_failure(downloading->kbc, &job, err);
    }
    if (status == CSVK_OK) {
        json_id(json_at(json_at(job.raw, "results"), "file"), "id", downloading->out->file_id);
        if (!*downloading->out->file_id) {
            status = csvk_fail(err, KBC_EREMOTE, "export job %s names no file", id);
        }
    }
    kbc_job_release(&job);
    return status;
}

static int export_table(struct downloading *downloading, struct csvk_error *err)
{
    struct kbc_started started = {0};
    int status = take_columns(downloading, err);
    if (status == CSVK_OK) {
        status = kbc_new_run(downloading->kbc, started.run_id, err);
    }
    if (status == CSVK_OK) {
        status = start_export(downloading, &started, err);
    }
    if (status < 0) {
        return status;
    }
    snprintf(downloading->out->job_id, sizeof downloading->out->job_id, "%s", started.id);
    return wait_for_export(downloading, started.id, err);
}

/* ---- file ------------------------------------------------------------------------------------ */

static const char dry_detail[] =
    "{\"id\":0,\"name\":\"file\",\"provider\":\"aws\",\"region\":\"region\",\"isSliced\":false,"
    "\"s3Path\":{\"bucket\":\"bucket\",\"key\":\"key\"},\"credentials\":{\"AccessKeyId\":\"id\","
    "\"SecretAccessKey\":\"key\"}}";

static int take_detail(struct downloading *downloading, struct csvk_error *err)
{
    char path[80];
    struct kbc_answer answer = {0};
    snprintf(path, sizeof path, "files/%s?federationToken=1", downloading->out->file_id);
    struct kbc_call call = {.what = "asking for the file",
                            .method = "GET",
                            .path = path,
                            .scope = KBC_BRANCHED,
                            .dry = dry_detail};
    int status = kbc_call(downloading->kbc, &call, &answer, err);
    if (status < 0) {
        kbc_answer_release(&answer);
        return status;
    }
    downloading->file = answer.json;
    downloading->out->sliced = json_true(answer.json, "isSliced");
    return store_init(&downloading->store, downloading->kbc, answer.json, STORE_READ, err);
}

/* The address of the slice manifest is signed, so the request goes out without our token. */
static int get_slice_manifest(struct downloading *downloading, cJSON **manifest,
                              struct csvk_error *err)
{
    struct kbc *kbc = downloading->kbc;
    struct http_request request = {
        .what = "fetching the slice manifest", .method = "GET", .maximum = MANIFEST_MAX};
    struct http_response response = {0};
    const char *url = json_text(downloading->file, "url");
    if (secrets_add(&kbc->secrets, url) < 0 || csvk_buf_puts(&request.url, url) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = http_check_url(url, request.what, err) < 0 ? KBC_EREMOTE : CSVK_OK;
    if (status == CSVK_OK) {
        status = http_send(kbc->client, &request, &response, err);
    }
    if (status == CSVK_OK && response.status != 200) {
        status = kbc_fail(kbc, err, KBC_EREMOTE, "%s: the object store answered %ld", request.what,
                          response.status);
    }
    if (status == CSVK_OK) {
        *manifest = cJSON_ParseWithLength(csvk_buf_text(&response.body), response.body.length);
        if (!cJSON_IsArray(json_at(*manifest, "entries"))) {
            status =
                csvk_fail(err, KBC_EREMOTE, "%s: the answer is not a slice manifest", request.what);
        }
    }
    http_request_release(&request);
    http_response_release(&response);
    return status;
}

/* The key in "s3://bucket/key", "azure://host/container/key" or "https://host/bucket/key"; NULL:
   the address is not of this bucket. */
static const char *key_of(const struct store *store, const char *url)
{
    const char *rest = strstr(url, "://");
    size_t length = strlen(store->bucket);
    if (!rest) {
        return NULL;
    }
    for (rest += 3; rest; rest = strchr(rest, '/') ? strchr(rest, '/') + 1 : NULL) {
        if (strncmp(rest, store->bucket, length) == 0 && rest[length] == '/' && rest[length + 1]) {
            return rest + length + 1;
        }
    }
    return NULL;
}

static int take_keys(struct downloading *downloading, struct csvk_strings *keys,
                     struct csvk_error *err)
{
    cJSON *manifest = NULL;
    if (!downloading->out->sliced) {
        return csvk_strings_add(keys, downloading->store.key) < 0
                   ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                   : CSVK_OK;
    }
    int status = get_slice_manifest(downloading, &manifest, err);
    const cJSON *entry;
    cJSON_ArrayForEach(entry, json_at(manifest, "entries"))
    {
        const char *key = key_of(&downloading->store, json_text(entry, "url"));
        if (status == CSVK_OK && !key) {
            status =
                csvk_fail(err, KBC_EREMOTE,
                          "the slice manifest names an object outside of the bucket of the file");
        }
        if (status == CSVK_OK && csvk_strings_add(keys, key) < 0) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    cJSON_Delete(manifest);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int get_all(struct downloading *downloading, struct csvk_error *err)
{
    struct kbc_downloaded *out = downloading->out;
    struct csvk_strings keys = {0};
    int status = take_detail(downloading, err);
    if (status == CSVK_OK) {
        status = take_keys(downloading, &keys, err);
    }
    if (status == CSVK_OK) {
        out->slices = keys.count;
        struct fetch fetch = {.kbc = downloading->kbc,
                              .store = &downloading->store,
                              .keys = &keys,
                              .columns = &out->columns,
                              .header = out->sliced && out->columns.count > 0,
                              .whole = !out->sliced,
                              .path = downloading->wanted->out,
                              .expected = json_uint(downloading->file, "sizeBytes")};
        status = downloading->wanted->slices == KBC_KEEP_SLICES ? fetch_keep(&fetch, err)
                                                                : fetch_join(&fetch, err);
        out->stored_bytes = fetch.stored;
        out->bytes = fetch.written;
    }
    csvk_strings_release(&keys);
    return status;
}

int kbc_download(struct kbc *kbc, const struct kbc_download *wanted, struct kbc_downloaded *out,
                 struct csvk_error *err)
{
    struct downloading downloading = {.kbc = kbc, .wanted = wanted, .out = out};
    memset(out, 0, sizeof *out);
    int status = CSVK_OK;
    if (wanted->table) {
        status = export_table(&downloading, err);
    } else if (!*wanted->file_id ||
               strspn(wanted->file_id, "0123456789") != strlen(wanted->file_id) ||
               strlen(wanted->file_id) >= KBC_ID_SIZE) {
        status = csvk_fail(err, CSVK_EUSAGE, "a file id is a number");
    } else {
        snprintf(out->file_id, sizeof out->file_id, "%s", wanted->file_id);
        if (wanted->columns && csvk_strings_copy(&out->columns, wanted->columns) < 0) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    if (status == CSVK_OK) {
        status = get_all(&downloading, err);
    }
    store_release(&downloading.store);
    cJSON_Delete(downloading.file);
    return status;
}

void kbc_downloaded_release(struct kbc_downloaded *downloaded)
{
    csvk_strings_release(&downloaded->columns);
}
