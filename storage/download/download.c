/*
 * download.c - downloads a Storage file, or a table through an export, into a local file.
 *
 * The steps: try whether the result can be written, export, read the credentials, fetch the slices,
 * write one file with one header. A few slices at a time are fetched into nameless temporary files,
 * checked while they are unpacked (every gzip trailer) and joined in the order of the slice
 * manifest. So neither memory nor temporary space grows with the table. The result gets its name
 * only when it is complete.
 */
#include "storage/download/download_column.h"
#include "storage/download/export.h"

#include <stdio.h>
#include <string.h>

enum { MANIFEST_MAX = 64 << 20 };

struct downloading {
    struct kbc *kbc;
    const struct kbc_download *wanted;
    struct kbc_downloaded *out;
    fetch_read_fn *read; /* NULL: wanted->out is written */
    void *ctx;
    struct store store;
    cJSON *file; /* the detail of the file, as the Storage API answered it */
};

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
    if (secrets_add_url(&kbc->secrets, url) < 0 || csvk_buf_puts(&request.url, url) < 0) {
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

static enum fetch_kind kind_of(const struct downloading *downloading)
{
    return strcmp(json_text(downloading->file, "fileType"), "parquet") == 0 ? FETCH_PARQUET
                                                                            : FETCH_CSV;
}

/* Slices hold no header. When nothing names the columns, the result cannot have one either. */
static void judge_header(struct downloading *downloading, enum fetch_kind kind)
{
    struct kbc_downloaded *out = downloading->out;
    bool kept = downloading->wanted->slices == KBC_KEEP_SLICES;
    if (!out->sliced || kind == FETCH_PARQUET) {
        out->header = KBC_HEADER_OWN;
        return;
    }
    out->header = out->columns.count > 0 ? KBC_HEADER_MADE : KBC_HEADER_NONE;
    if (out->header == KBC_HEADER_NONE) {
        kbc_note(downloading->kbc,
                 "file %s is sliced and has no header, so %s; --columns=A,B,C names the columns",
                 out->file_id, kept ? "no manifest is written" : "the result has none");
    }
}

static int get_all(struct downloading *downloading, struct csvk_error *err)
{
    struct kbc_downloaded *out = downloading->out;
    struct csvk_strings keys = {0};
    int status = take_detail(downloading, err);
    if (status == CSVK_OK) {
        status = take_keys(downloading, &keys, err);
    }
    if (status == CSVK_OK) {
        const cJSON *size = json_at(downloading->file, "sizeBytes");
        enum fetch_kind kind = kind_of(downloading);
        judge_header(downloading, kind);
        out->slices = keys.count;
        struct fetch fetch = {.kbc = downloading->kbc,
                              .store = &downloading->store,
                              .keys = &keys,
                              .columns = &out->columns,
                              .kind = kind,
                              .header = out->header == KBC_HEADER_MADE,
                              .whole = !out->sliced,
                              .path = downloading->wanted->out,
                              .read = downloading->read,
                              .ctx = downloading->ctx,
                              .has_size = cJSON_IsNumber(size),
                              .size = json_uint(downloading->file, "sizeBytes")};
        status = downloading->wanted->slices == KBC_KEEP_SLICES ? fetch_keep(&fetch, err)
                                                                : fetch_join(&fetch, err);
        out->stored_bytes = fetch.stored;
        out->bytes = fetch.written;
    }
    csvk_strings_release(&keys);
    return status;
}

static int take_file_id(const struct kbc_download *wanted, struct kbc_downloaded *out,
                        struct csvk_error *err)
{
    const char *id = wanted->file_id;
    if (!*id || strspn(id, "0123456789") != strlen(id) || strlen(id) >= KBC_ID_SIZE) {
        return csvk_fail(err, CSVK_EUSAGE, "a file id is a number");
    }
    snprintf(out->file_id, sizeof out->file_id, "%s", id);
    return wanted->columns && csvk_strings_copy(&out->columns, wanted->columns) < 0
               ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
               : CSVK_OK;
}

int download_and_read(struct kbc *kbc, const struct kbc_download *wanted, fetch_read_fn *read,
                      void *ctx, struct kbc_downloaded *out, struct csvk_error *err)
{
    struct downloading downloading = {
        .kbc = kbc, .wanted = wanted, .out = out, .read = read, .ctx = ctx};
    memset(out, 0, sizeof *out);
    int status = wanted->table ? export_check(wanted, err) : take_file_id(wanted, out, err);
    if (status == CSVK_OK && kbc->mode == KBC_SEND) {
        status = fetch_try_path(wanted->out, wanted->slices == KBC_KEEP_SLICES, err);
    }
    if (status == CSVK_OK && wanted->table) {
        status = export_table(kbc, wanted, out, err);
    }
    if (status == CSVK_OK) {
        status = get_all(&downloading, err);
    }
    store_release(&downloading.store);
    cJSON_Delete(downloading.file);
    return status;
}

int kbc_download(struct kbc *kbc, const struct kbc_download *wanted, struct kbc_downloaded *out,
                 struct csvk_error *err)
{
    return download_and_read(kbc, wanted, NULL, NULL, out, err);
}

void kbc_downloaded_release(struct kbc_downloaded *downloaded)
{
    csvk_strings_release(&downloaded->columns);
}
