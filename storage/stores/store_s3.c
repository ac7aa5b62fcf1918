/*
 * store_s3.c - Amazon S3: signed requests, one PUT or a multipart upload.
 *
 * The SHA-256 of every body is signed, so S3 itself refuses what was damaged or changed on the way.
 * A part counts when its answer has an ETag; the last request lists these. The answer to the last
 * request may be an <Error> with status 200. When that answer is lost, the upload may be finished
 * all the same: then a repetition gets NoSuchUpload, and the size of the object shows whether it is
 * finished.
 *
 * A signature has one moment, which is read from the clock once. A store whose clock differs from
 * ours by more than some minutes refuses it; the request is signed anew by the clock of the store.
 */
#include "storage/http/sigv4.h"
#include "storage/stores/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parsing --------------------------------------------------------------------------------- */

static int take_optional(const cJSON *object, const char *key, char **to, struct csvk_error *err)
{
    return *json_text(object, key) ? store_take(object, key, to, err) : CSVK_OK;
}

static int set_endpoint(struct store *store, struct csvk_error *err)
{
    const char *test = store_test_endpoint("CSVKIT_S3_ENDPOINT");
    const char *suffix = strncmp(store->region, "cn-", 3) == 0 ? ".cn" : "";
    struct csvk_buf text = CSVK_BUF_INIT;
    store->path_style = test || strchr(store->bucket, '.') != NULL;
    int status = test ? csvk_buf_puts(&text, test)
                      : csvk_buf_printf(&text, "https://%s%ss3.%s.amazonaws.com%s",
                                        store->path_style ? "" : store->bucket,
                                        store->path_style ? "" : ".", store->region, suffix);
    if (status == CSVK_OK) {
        store->endpoint = csvk_strdup(csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    return store->endpoint ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* Bucket and region become part of a host name, so other characters are not allowed. */
static bool is_host_part(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(text);
}

static int parse(struct store *store, const cJSON *file, struct csvk_error *err)
{
    bool writing = store->use == STORE_WRITE;
    const cJSON *place = json_at(file, writing ? "uploadParams" : "s3Path");
    const cJSON *keys = json_at(writing ? place : file, "credentials");
    int status = store_take_place(store, place, "bucket", "key", err);
    if (status == CSVK_OK) {
        status = store_take(file, "region", &store->region, err);
    }
    if (status == CSVK_OK) {
        status = store_take(keys, "AccessKeyId", &store->access, err);
    }
    if (status == CSVK_OK) {
        status = store_take(keys, "SecretAccessKey", &store->secret, err);
    }
    if (status == CSVK_OK) {
        status = take_optional(keys, "SessionToken", &store->session, err);
    }
    if (status == CSVK_OK) {
        status = take_optional(place, "acl", &store->acl, err);
    }
    if (status == CSVK_OK) {
        status = take_optional(place, "x-amz-server-side-encryption", &store->encryption, err);
    }
    if (status == CSVK_OK && !(is_host_part(store->bucket) && is_host_part(store->region))) {
        status = csvk_fail(err, KBC_EREMOTE, "the server named an impossible bucket or region");
    }
    return status == CSVK_OK ? set_endpoint(store, err) : status;
}

/* ---- signing --------------------------------------------------------------------------------- */

static int sign(struct store_call *call, struct http_request *request, time_t when,
                const struct csvk_strings *headers, struct csvk_buf *authorization)
{
    const struct store *store = call->store;
    const char *url = csvk_buf_text(&request->url);
    const char *path = strchr(strstr(url, "://") + 3, '/');
    size_t length = strcspn(path, "?");
    char *only_path = csvk_strndup(path, length);
    if (!only_path) {
        return CSVK_ENOMEM;
    }
    struct sigv4_key key = {store->access, store->secret, store->region, "s3"};
    struct sigv4_request to_sign = {
        request->method, only_path,    path[length] ? path + length + 1 : "",
        headers,         call->sha256, when};
    int status = sigv4_sign(&key, &to_sign, authorization);
    csvk_free(only_path);
    return status;
}

static int add_host(const struct http_request *request, struct csvk_strings *headers)
{
    const char *host = strstr(csvk_buf_text(&request->url), "://") + 3;
    struct csvk_buf line = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&line, "Host: %.*s", (int)strcspn(host, "/"), host);
    if (status == CSVK_OK) {
        status = csvk_strings_add(headers, csvk_buf_text(&line));
    }
    csvk_buf_release(&line);
    return status;
}

static int authorize(void *ctx, struct http_request *request, struct csvk_error *err)
{
    struct store_call *call = ctx;
    char stamp[SIGV4_STAMP_SIZE];
    struct csvk_strings signed_headers = {0};
    struct csvk_buf authorization = CSVK_BUF_INIT;
    pthread_mutex_lock(&call->store->lock);
    time_t when = time(NULL) + call->store->clock_offset;
    pthread_mutex_unlock(&call->store->lock);
    store_drop_headers(request, call->fixed_headers);
    sigv4_stamp(when, stamp);
    int status = http_header(request, "x-amz-date: %s", stamp);
    if (status == CSVK_OK) {
        status = http_header(request, "x-amz-content-sha256: %s", call->sha256);
    }
    if (status == CSVK_OK && call->store->session) {
        status = http_header(request, "x-amz-security-token: %s", call->store->session);
    }
    if (status == CSVK_OK) {
        status = csvk_strings_copy(&signed_headers, &request->headers);
    }
    if (status == CSVK_OK) {
        status = add_host(request, &signed_headers);
    }
    if (status == CSVK_OK) {
        status = sign(call, request, when, &signed_headers, &authorization);
    }
    if (status == CSVK_OK) {
        status = http_header(request, "Authorization: %s", csvk_buf_text(&authorization));
    }
    csvk_strings_release(&signed_headers);
    csvk_buf_release(&authorization);
    return status < 0 ? csvk_fail(err, status, "%s: cannot be signed", request->what) : CSVK_OK;
}

static bool is_refused_signature(const struct http_response *response)
{
    char code[64];
    store_xml_text(response, "Code", code, sizeof code);
    return strcmp(code, "SignatureDoesNotMatch") == 0 || strcmp(code, "RequestTimeTooSkewed") == 0;
}

static void take_clock(struct store *store, const struct http_response *response)
{
    char text[64];
    struct tm date = {0};
    if (http_response_header(response, "Date", text, sizeof text) &&
        strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date)) {
        pthread_mutex_lock(&store->lock);
        store->clock_offset = (long)(timegm(&date) - time(NULL));
        pthread_mutex_unlock(&store->lock);
    }
}

/* Sends the request; when its signature is refused, once more with the clock of the store. */
static int send_signed(struct store_call *call, struct csvk_error *err)
{
    int status = store_send(call, err);
    if (status != KBC_EREMOTE || !is_refused_signature(&call->response)) {
        return status;
    }
    take_clock(call->store, &call->response);
    store_drop_headers(&call->request, call->fixed_headers);
    return store_send(call, err);
}

/* ---- requests -------------------------------------------------------------------------------- */

static int set_url(struct store_call *call, const char *key, const char *query)
{
    const struct store *store = call->store;
    struct csvk_buf *url = &call->request.url;
    int status =
        csvk_buf_printf(url, "%s/%s%s", store->endpoint, store->path_style ? store->bucket : "",
                        store->path_style ? "/" : "");
    if (status == CSVK_OK) {
        status = percent_encode(url, key, "/");
    }
    return status == CSVK_OK && *query ? csvk_buf_printf(url, "?%s", query) : status;
}

static int set_body(struct store_call *call, const struct http_body *body, struct csvk_error *err)
{
    struct file_range range = {body->fd, body->offset, body->size};
    call->request.body = *body;
    if (body->bytes || body->size == 0) {
        return sha256_hex(body->bytes ? body->bytes : "", (size_t)body->size, call->sha256);
    }
    return sha256_file(&range, call->sha256, err);
}

static int start(struct store_call *call, const char *method, const char *key, const char *query,
                 struct csvk_error *err)
{
    call->request.method = method;
    int status = set_url(call, key, query);
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

/* Adds the headers that a new object is created with. The slice manifest, which is not a file of
   its own, gets no acl: the platform's own clients send none either. */
static int object_headers(struct store_call *call, const struct store_object *object,
                          struct csvk_error *err)
{
    const struct store *store = call->store;
    int status = CSVK_OK;
    if (store->acl && object->name) {
        status = http_header(&call->request, "x-amz-acl: %s", store->acl);
    }
    if (status == CSVK_OK && store->encryption) {
        status = http_header(&call->request, "x-amz-server-side-encryption: %s", store->encryption);
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                      : store_add_disposition(call, "Content-Disposition", object, err);
}

/* Sends a body. Success is a 2xx with an ETag, which is copied to `etag` unless that is NULL. */
static int send_body(struct store_call *call, const struct http_body *body, char *etag,
                     struct csvk_error *err)
{
    call->proof = "ETag";
    int status = set_body(call, body, err);
    if (status == CSVK_OK) {
        status = send_signed(call, err);
    }
    if (status == CSVK_OK && etag) {
        http_response_header(&call->response, "ETag", etag, STORE_TAG_SIZE);
    }
    return status;
}

static int put(struct store_call *call, const struct store_object *object, struct csvk_error *err)
{
    struct http_body body = {object->bytes, object->fd, 0, object->size};
    int status = start(call, "PUT", object->key, "", err);
    if (status == CSVK_OK) {
        status = object_headers(call, object, err);
    }
    return status == CSVK_OK ? send_body(call, &body, NULL, err) : status;
}

static int begin(struct store_call *call, struct store_object *object, struct csvk_error *err)
{
    char id[1024];
    struct http_body nothing = {"", -1, 0, 0};
    int status = start(call, "POST", object->key, "uploads=", err);
    if (status == CSVK_OK) {
        status = object_headers(call, object, err);
    }
    if (status == CSVK_OK) {
        status = set_body(call, &nothing, err);
    }
    if (status == CSVK_OK) {
        status = send_signed(call, err);
    }
    if (status < 0) {
        return status;
    }
    store_xml_text(&call->response, "UploadId", id, sizeof id);
    if (!id[0]) {
        return csvk_fail(err, KBC_EREMOTE, "%s: the store gave no upload id", object->what);
    }
    object->upload = csvk_strdup(id);
    return object->upload ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int upload_query(const struct store_object *object, unsigned number, struct csvk_buf *query)
{
    int status = number > 0 ? csvk_buf_printf(query, "partNumber=%u&", number) : CSVK_OK;
    if (status == CSVK_OK) {
        status = csvk_buf_puts(query, "uploadId=");
    }
    return status == CSVK_OK ? percent_encode(query, object->upload, "") : status;
}

static int start_of_upload(struct store_call *call, const char *method,
                           const struct store_object *object, unsigned number,
                           struct csvk_error *err)
{
    struct csvk_buf query = CSVK_BUF_INIT;
    int status = upload_query(object, number, &query);
    if (status == CSVK_OK) {
        status = start(call, method, object->key, csvk_buf_text(&query), err);
    }
    csvk_buf_release(&query);
    return status;
}

static int part(struct store_call *call, const struct store_object *object, struct store_part *one,
                struct csvk_error *err)
{
    struct http_body body = {NULL, object->fd, one->offset, one->size};
    int status = start_of_upload(call, "PUT", object, one->number, err);
    return status == CSVK_OK ? send_body(call, &body, one->tag, err) : status;
}

static int parts_list(const struct store_object *object, struct csvk_buf *xml)
{
    int status = csvk_buf_puts(xml, "<CompleteMultipartUpload>");
    for (size_t i = 0; i < object->nparts && status == CSVK_OK; i++) {
        status = csvk_buf_printf(xml, "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag></Part>",
                                 object->parts[i].number, object->parts[i].tag);
    }
    return status == CSVK_OK ? csvk_buf_puts(xml, "</CompleteMultipartUpload>") : status;
}

/* True for a transient error, which may have status 200, and for an answer that was cut short. */
static bool is_finish_transient(void *ctx, const struct http_response *response)
{
    (void)ctx;
    char code[64];
    store_xml_text(response, "Code", code, sizeof code);
    if (code[0]) {
        return strcmp(code, "InternalError") == 0 || strcmp(code, "SlowDown") == 0 ||
               strcmp(code, "ServiceUnavailable") == 0 || strcmp(code, "RequestTimeout") == 0;
    }
    return response->status == 200 &&
           !strstr(csvk_buf_text(&response->body), "CompleteMultipartUploadResult");
}

/* Asks the store for the size of an object, with the credentials of a reader. */
static int read_size(struct store *reader, struct http_client *client,
                     const struct store_object *object, uint64_t *size, struct csvk_error *err)
{
    struct store_call call = {.store = reader, .client = client, .out_fd = -1};
    struct http_body nothing = {"", -1, 0, 0};
    char text[32] = "";
    call.request.what = object->what;
    int status = start(&call, "HEAD", object->key, "", err);
    if (status == CSVK_OK) {
        status = set_body(&call, &nothing, err);
    }
    if (status == CSVK_OK) {
        status = send_signed(&call, err);
    }
    if (status == CSVK_OK) {
        http_response_header(&call.response, "Content-Length", text, sizeof text);
        *size = strtoull(text, NULL, 10);
    }
    http_request_release(&call.request);
    http_response_release(&call.response);
    return status;
}

/* The store does not know the upload any more. Either a request whose answer was lost has finished
   it, or it is gone. If the object exists with its full size, it is finished. */
static int check_if_finished(struct store_call *call, const struct store_object *object,
                             struct csvk_error *err)
{
    struct store reader = {0};
    struct csvk_error unimportant = {0};
    uint64_t size = 0;
    int status = store_open_reader(call->store, &reader, &unimportant);
    if (status == CSVK_OK) {
        status = read_size(&reader, call->client, object, &size, &unimportant);
    }
    store_release(&reader);
    if (status == CSVK_ECANCELED) {
        return csvk_fail(err, CSVK_ECANCELED, "%s: stopped", object->what);
    }
    if (status < 0 || size != object->size) {
        return csvk_fail(err, KBC_EREMOTE,
                         "%s: the store does not know the upload any more and has no such object",
                         object->what);
    }
    kbc_note(call->store->kbc,
             "%s: the upload was already finished by a request whose answer was lost",
             object->what);
    return CSVK_OK;
}

static int judge_finish(struct store_call *call, const struct store_object *object, int status,
                        struct csvk_error *err)
{
    char code[64], text[200];
    store_error_text(call, "Code", code, sizeof code);
    store_error_text(call, "Message", text, sizeof text);
    if (status < 0 && call->response.status == 404 && strcmp(code, "NoSuchUpload") == 0) {
        return check_if_finished(call, object, err);
    }
    if (status == CSVK_OK && code[0]) {
        return kbc_fail(call->store->kbc, err, KBC_EREMOTE, "%s: the object store answered %s: %s",
                        call->request.what, code, text);
    }
    if (status == CSVK_OK &&
        !strstr(csvk_buf_text(&call->response.body), "CompleteMultipartUploadResult")) {
        return csvk_fail(err, KBC_ENET, "%s: the store's last answer was cut short",
                         call->request.what);
    }
    return status;
}

static int finish(struct store_call *call, const struct store_object *object,
                  struct csvk_error *err)
{
    struct csvk_buf xml = CSVK_BUF_INIT;
    int status = parts_list(object, &xml);
    if (status == CSVK_OK) {
        status = start_of_upload(call, "POST", object, 0, err);
    }
    if (status == CSVK_OK) {
        status = http_header(&call->request, "Content-Type: application/xml");
    }
    struct http_body body = {csvk_buf_text(&xml), -1, 0, xml.length};
    if (status == CSVK_OK) {
        status = set_body(call, &body, err);
    }
    if (status == CSVK_OK) {
        call->request.judge = is_finish_transient;
        status = judge_finish(call, object, send_signed(call, err), err);
        kbc_progress_add(call->store->kbc, -(int64_t)call->reported); /* XML is no payload */
    }
    csvk_buf_release(&xml);
    return status;
}

static int abort_upload(struct store_call *call, const struct store_object *object,
                        struct csvk_error *err)
{
    struct http_body nothing = {"", -1, 0, 0};
    int status = start_of_upload(call, "DELETE", object, 0, err);
    if (status == CSVK_OK) {
        status = set_body(call, &nothing, err);
    }
    return status == CSVK_OK ? send_signed(call, err) : status;
}

static int get(struct store_call *call, const char *key, struct csvk_error *err)
{
    struct http_body nothing = {"", -1, 0, 0};
    int status = start(call, "GET", key, "", err);
    if (status == CSVK_OK) {
        status = set_body(call, &nothing, err);
    }
    return status == CSVK_OK ? send_signed(call, err) : status;
}

const struct store_ops store_s3 = {
    .least_part = UINT64_C(5) << 20,
    .largest_part = UINT64_C(5) << 30,
    .part_unit = UINT64_C(1) << 20,
    .most_parts = 10000,
    .parts_are_free = true,
    .authorize = authorize,
    .put = put,
    .begin = begin,
    .part = part,
    .finish = finish,
    .abort = abort_upload,
    .get = get,
    .parse = parse,
};
