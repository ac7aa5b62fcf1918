/*
 * store_gcs.c - Google Cloud Storage through its XML interface, with a bearer token.
 *
 * The token is valid for one hour, so a long transfer outlives it. The worker that gets a 401 first
 * renews the token through the Storage API, once per token, and the request is sent again. Large
 * objects go through a resumable session, whose parts must be sent one after the other. The store
 * may keep less of a part than it was sent; the rest is sent then.
 */
#include "storage/http/sigv4.h"
#include "storage/stores/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parsing --------------------------------------------------------------------------------- */

static int parse(struct store *store, const cJSON *file, struct csvk_error *err)
{
    bool writing = store->use == STORE_WRITE;
    const cJSON *place = json_at(file, writing ? "gcsUploadParams" : "gcsPath");
    const cJSON *keys = writing ? place : json_at(file, "gcsCredentials");
    const char *test = store_test_endpoint("CSVKIT_GCS_ENDPOINT");
    int status = store_take_place(store, place, "bucket", "key", err);
    if (status == CSVK_OK) {
        status = store_take(keys, "access_token", &store->bearer, err);
    }
    if (status == CSVK_OK) {
        store->endpoint = csvk_strdup(test ? test : "https://storage.googleapis.com");
        status = store->endpoint ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status;
}

/* ---- the bearer ------------------------------------------------------------------------------ */

static int fetch_bearer(struct store *store, struct csvk_error *err)
{
    char path[64];
    bool writing = store->use == STORE_WRITE;
    if (!store->kbc->url) { /* there is nobody to ask */
        store->expired = 1;
        return csvk_fail(err, KBC_EREMOTE,
                         "the object store does not take the credentials (any more)");
    }
    snprintf(path, sizeof path, writing ? "files/%s/refresh" : "files/%s?federationToken=1",
             store->file_id);
    struct kbc_call call = {.what = "renewing the credentials of the file",
                            .method = writing ? "PUT" : "GET",
                            .path = path,
                            .scope = KBC_BRANCHED};
    struct kbc_answer answer;
    int status = kbc_call(store->kbc, &call, &answer, err);
    if (status == CSVK_OK) {
        const cJSON *place = json_at(answer.json, writing ? "gcsUploadParams" : "gcsCredentials");
        status = store_take(place, "access_token", &store->bearer, err);
    } else if (answer.status == 422 || answer.status == 404) { /* too late; removed */
        store->expired = 1;
    }
    if (status == CSVK_OK && secrets_add(&store->kbc->secrets, store->bearer) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    kbc_answer_release(&answer);
    return status;
}

static int renew(struct store_call *call, struct csvk_error *err)
{
    struct store *store = call->store;
    int status = CSVK_OK;
    pthread_mutex_lock(&store->lock);
    if (store->generation == call->generation) {
        status = fetch_bearer(store, err);
        store->generation += status == CSVK_OK;
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

static int authorize(void *ctx, struct http_request *request, struct csvk_error *err)
{
    struct store_call *call = ctx;
    store_drop_headers(request, call->fixed_headers);
    if (call->anonymous) {
        return CSVK_OK;
    }
    pthread_mutex_lock(&call->store->lock);
    int status = http_header(request, "Authorization: Bearer %s", call->store->bearer);
    call->generation = call->store->generation;
    pthread_mutex_unlock(&call->store->lock);
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

/* After a 401 the bearer is renewed and the request is sent once more; another 401 is a failure. */
static int send_renewing(struct store_call *call, struct csvk_error *err)
{
    int status = store_send(call, err);
    if (status == KBC_EREMOTE && call->response.status == 401) {
        status = renew(call, err);
        store_drop_headers(&call->request, call->fixed_headers);
        if (status == CSVK_OK) {
            status = store_send(call, err);
        }
    }
    return status;
}

/* ---- requests -------------------------------------------------------------------------------- */

static int start(struct store_call *call, const char *method, const char *key,
                 struct csvk_error *err)
{
    const struct store *store = call->store;
    struct csvk_buf *url = &call->request.url;
    call->request.method = method;
    int status = csvk_buf_printf(url, "%s/%s/", store->endpoint, store->bucket);
    if (status == CSVK_OK) {
        status = percent_encode(url, key, "/");
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

static int put(struct store_call *call, const struct store_object *object, struct csvk_error *err)
{
    int status = start(call, "PUT", object->key, err);
    call->request.body = (struct http_body){object->bytes, object->fd, 0, object->size};
    if (status == CSVK_OK) {
        status = store_add_disposition(call, "Content-Disposition", object, err);
    }
    if (status == CSVK_OK) {
        status = store_add_md5(call, err);
    }
    call->proof = "ETag";
    return status == CSVK_OK ? send_renewing(call, err) : status;
}

static int begin(struct store_call *call, struct store_object *object, struct csvk_error *err)
{
    char location[4096];
    int status = start(call, "POST", object->key, err);
    if (status == CSVK_OK && http_header(&call->request, "x-goog-resumable: start") < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK) {
        status = store_add_disposition(call, "Content-Disposition", object, err);
    }
    if (status == CSVK_OK) {
        status = send_renewing(call, err);
    }
    if (status < 0) {
        return status;
    }
    if (!http_response_header(&call->response, "Location", location, sizeof location) ||
        http_check_url(location, "upload session", err) < 0) {
        return csvk_fail(err, KBC_EREMOTE, "%s: the store opened no upload session", object->what);
    }
    object->upload = csvk_strdup(location);
    if (!object->upload || secrets_add(&call->store->kbc->secrets, location) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return CSVK_OK;
}

/* By 308 the store asks for more; the Range header has the bytes that it keeps. */
static uint64_t kept_bytes(const struct http_response *response)
{
    char range[64];
    static const char start[] = "bytes=0-";
    bool given = http_response_header(response, "Range", range, sizeof range) &&
                 strncmp(range, start, sizeof start - 1) == 0;
    return given ? strtoull(range + sizeof start - 1, NULL, 10) + 1 : 0;
}

/* Sends the bytes from `at` to the end of the part. The address of the session is the permission,
   so no bearer is sent with it. */
static int send_range(struct store_call *call, const struct store_object *object, uint64_t at,
                      uint64_t end, struct csvk_error *err)
{
    const char *what = call->request.what;
    http_request_release(&call->request);
    memset(&call->request, 0, sizeof call->request);
    call->request.what = what;
    call->anonymous = true;
    call->request.method = "PUT";
    call->request.body = (struct http_body){NULL, object->fd, at, end - at};
    int status = csvk_buf_puts(&call->request.url, object->upload);
    if (status == CSVK_OK) {
        status = http_header(&call->request, "Content-Range: bytes %llu-%llu/%llu",
                             (unsigned long long)at, (unsigned long long)end - 1,
                             (unsigned long long)object->size);
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : store_send(call, err);
}

/* *at: how far the store has the part, before and after. CSVK_END: the rest has to be sent. */
static int judge_part(const struct store_call *call, const struct store_object *object,
                      const struct store_part *one, uint64_t *at, struct csvk_error *err)
{
    char etag[STORE_TAG_SIZE];
    bool last = one->number == object->nparts;
    long answered = call->response.status;
    uint64_t end = one->offset + one->size, kept = kept_bytes(&call->response);
    if (answered == 308 && kept > *at && (kept < end || (kept == end && !last))) {
        *at = kept;
        return kept < end ? CSVK_END : CSVK_OK;
    }
    if (answered == 308) {
        return csvk_fail(err, KBC_EREMOTE, "%s: the store did not keep all of part %u",
                         object->what, one->number);
    }
    if (last && (answered == 200 || answered == 201) &&
        http_response_header(&call->response, "ETag", etag, sizeof etag)) {
        *at = end;
        return CSVK_OK;
    }
    return csvk_fail(err, KBC_EREMOTE, "%s: the store answered %ld to part %u", object->what,
                     answered, one->number);
}

static int part(struct store_call *call, const struct store_object *object, struct store_part *one,
                struct csvk_error *err)
{
    uint64_t at = one->offset, end = one->offset + one->size;
    int status = CSVK_END;
    while (status == CSVK_END) {
        uint64_t from = at;
        call->reported = 0;
        status = send_range(call, object, at, end, err);
        if (status < 0 && call->response.status != 308) {
            return status;
        }
        status = judge_part(call, object, one, &at, err);
        kbc_progress_add(call->store->kbc, (int64_t)(at - from) - (int64_t)call->reported);
    }
    if (status == CSVK_OK) {
        snprintf(one->tag, sizeof one->tag, "%u", one->number);
    }
    return status;
}

static int abort_upload(struct store_call *call, const struct store_object *object,
                        struct csvk_error *err)
{
    call->anonymous = true;
    call->request.method = "DELETE";
    if (csvk_buf_puts(&call->request.url, object->upload) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = store_send(call, err);
    return call->response.status == 499 ? CSVK_OK : status; /* "client closed", which is success */
}

static int get(struct store_call *call, const char *key, struct csvk_error *err)
{
    int status = start(call, "GET", key, err);
    return status == CSVK_OK ? send_renewing(call, err) : status;
}

/* There is no finish, because the last part makes the object. */
const struct store_ops store_gcs = {
    .least_part = UINT64_C(1) << 18,
    .largest_part = UINT64_C(5) << 40,
    .part_unit = UINT64_C(1) << 18,
    .most_parts = UINT64_C(1) << 20,
    .parts_are_free = false,
    .authorize = authorize,
    .put = put,
    .begin = begin,
    .part = part,
    .abort = abort_upload,
    .get = get,
    .parse = parse,
};
