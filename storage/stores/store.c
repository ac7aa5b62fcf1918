/* store.c - what the three object stores have in common: parsing, dividing, sending, fetching,
 * progress and errors. */
#include "storage/stores/store.h"
#include "storage/http/sigv4.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct store_ops *ops_of(const struct store *store)
{
    static const struct store_ops *const all[] = {&store_s3, &store_azure, &store_gcs};
    return all[store->kind];
}

/* ---- making ---------------------------------------------------------------------------------- */

int store_take(const cJSON *object, const char *key, char **to, struct csvk_error *err)
{
    const char *text = json_text(object, key);
    if (!*text || strpbrk(text, "\r\n")) {
        return csvk_fail(err, KBC_EREMOTE, "the server's answer lacks \"%s\" for the file", key);
    }
    csvk_free(*to);
    *to = csvk_strdup(text);
    return *to ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int store_take_place(struct store *store, const cJSON *place, const char *bucket, const char *key,
                     struct csvk_error *err)
{
    int status = store_take(place, bucket, &store->bucket, err);
    return status == CSVK_OK ? store_take(place, key, &store->key, err) : status;
}

const char *store_test_endpoint(const char *variable)
{
    const char *url = getenv(variable);
    return url && http_is_loopback(url) ? url : NULL;
}

static int kind_of(struct kbc *kbc, const cJSON *file, enum store_kind *kind,
                   struct csvk_error *err)
{
    static const char *const names[] = {"aws", "azure", "gcp"};
    char shown[40];
    const char *provider = json_text(file, "provider");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(provider, names[i]) == 0) {
            *kind = (enum store_kind)i;
            return CSVK_OK;
        }
    }
    kbc_mask_into(kbc, provider, shown, sizeof shown);
    return csvk_fail(err, KBC_EREMOTE,
                     "the file is stored with a provider that csvkit does not know: \"%s\"", shown);
}

static int register_secrets(struct store *store)
{
    struct secrets *secrets = &store->kbc->secrets;
    const char *signature = store->sas ? strstr(store->sas, "sig=") : NULL;
    int status = secrets_add(secrets, store->secret) | secrets_add(secrets, store->session) |
                 secrets_add(secrets, store->bearer) | secrets_add(secrets, store->sas);
    if (signature) {
        char *value = csvk_strndup(signature + 4, strcspn(signature + 4, "&"));
        status |= value ? secrets_add(secrets, value) : CSVK_ENOMEM;
        secret_free(value);
    }
    return status < 0 ? CSVK_ENOMEM : CSVK_OK;
}

int store_init(struct store *store, struct kbc *kbc, const cJSON *file, enum store_use use,
               struct csvk_error *err)
{
    memset(store, 0, sizeof *store);
    pthread_mutex_init(&store->lock, NULL);
    store->kbc = kbc;
    store->use = use;
    json_id(file, "id", store->file_id);
    int status = kind_of(kbc, file, &store->kind, err);
    if (status == CSVK_OK) {
        status = store_take(file, "name", &store->name, err);
    }
    if (status == CSVK_OK) {
        status = ops_of(store)->parse(store, file, err);
    }
    if (status == CSVK_OK && register_secrets(store) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status < 0) {
        store_release(store);
    }
    return status;
}

void store_release(struct store *store)
{
    if (!store->kbc) {
        return;
    }
    char **plain[] = {&store->name,    &store->bucket, &store->key, &store->endpoint,
                      &store->account, &store->region, &store->acl, &store->encryption};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        csvk_free(*plain[i]);
    }
    secret_free(store->access);
    secret_free(store->secret);
    secret_free(store->session);
    secret_free(store->sas);
    secret_free(store->bearer);
    pthread_mutex_destroy(&store->lock);
    memset(store, 0, sizeof *store);
}

int store_open_reader(const struct store *store, struct store *reader, struct csvk_error *err)
{
    char path[64];
    struct kbc_answer answer;
    snprintf(path, sizeof path, "files/%s?federationToken=1", store->file_id);
    struct kbc_call call = {
        .what = "asking for the file", .method = "GET", .path = path, .scope = KBC_BRANCHED};
    int status = kbc_call(store->kbc, &call, &answer, err);
    if (status == CSVK_OK) {
        status = store_init(reader, store->kbc, answer.json, STORE_READ, err);
    }
    kbc_answer_release(&answer);
    return status;
}

int store_object_url(const struct store *store, const char *key, struct csvk_buf *out)
{
    switch (store->kind) {
    case STORE_S3: return csvk_buf_printf(out, "s3://%s/%s", store->bucket, key);
    case STORE_GCS: return csvk_buf_printf(out, "gs://%s/%s", store->bucket, key);
    case STORE_AZURE: break;
    }
    return csvk_buf_printf(out, "azure://%s.blob.core.windows.net/%s/%s", store->account,
                           store->bucket, key);
}

/* ---- dividing -------------------------------------------------------------------------------- */

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

int store_divide(const struct store *store, struct store_object *object, uint64_t part_size,
                 struct csvk_error *err)
{
    const struct store_ops *ops = ops_of(store);
    uint64_t needed = round_up(object->size, ops->most_parts) / ops->most_parts;
    part_size = part_size < needed ? needed : part_size;
    part_size = part_size < ops->least_part ? ops->least_part : part_size;
    part_size = round_up(part_size, ops->part_unit);
    if (part_size > ops->largest_part) {
        part_size = ops->largest_part;
    }
    object->nparts = 0;
    if (object->size <= part_size) {
        return CSVK_OK;
    }
    uint64_t count = round_up(object->size, part_size) / part_size;
    if (count > ops->most_parts) {
        return csvk_fail(err, CSVK_ELIMIT, "%s: larger than the object store takes", object->what);
    }
    object->parts = csvk_calloc((size_t)count, sizeof *object->parts);
    if (!object->parts) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    object->nparts = (size_t)count;
    for (size_t i = 0; i < object->nparts; i++) {
        struct store_part *part = &object->parts[i];
        part->number = (unsigned)i + 1;
        part->offset = i * part_size;
        part->size =
            object->size - part->offset < part_size ? object->size - part->offset : part_size;
    }
    return CSVK_OK;
}

bool store_parts_are_free(const struct store *store)
{
    return ops_of(store)->parts_are_free;
}

/* ---- sending --------------------------------------------------------------------------------- */

void store_xml_text(const struct http_response *response, const char *tag, char *to,
                    size_t capacity)
{
    char mark[64];
    to[0] = '\0';
    snprintf(mark, sizeof mark, "<%s>", tag);
    const char *start = strstr(csvk_buf_text(&response->body), mark);
    if (!start) {
        return;
    }
    start += strlen(mark);
    snprintf(to, capacity, "%.*s", (int)strcspn(start, "<"), start);
}

void store_error_text(const struct store_call *call, const char *tag, char *to, size_t capacity)
{
    const struct csvk_buf *body = &call->response.body;
    char *whole = csvk_malloc(body->length + 1);
    to[0] = '\0';
    if (whole) {
        store_xml_text(&call->response, tag, whole, body->length + 1);
        kbc_mask_into(call->store->kbc, whole, to, capacity);
    }
    csvk_free(whole);
}

static void on_progress(void *ctx, uint64_t done)
{
    struct store_call *call = ctx;
    if (done != call->reported) {
        kbc_progress_add(call->store->kbc, (int64_t)(done - call->reported));
        call->reported = done;
    }
}

/* True for answers after which another attempt makes sense. S3 reports some transient failures with
   status 400 or 200; and an answer can be cut short. */
static bool is_transient(void *ctx, const struct http_response *response)
{
    const struct store_call *call = ctx;
    char code[64], proof[STORE_TAG_SIZE];
    if (response->status >= 200 && response->status < 300 && call->proof) {
        return !http_response_header(response, call->proof, proof, sizeof proof);
    }
    store_xml_text(response, "Code", code, sizeof code);
    static const char *const codes[] = {"RequestTimeout", "SlowDown", "InternalError",
                                        "ServiceUnavailable", "OperationAborted"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_expiry(const char *code)
{
    return strcmp(code, "ExpiredToken") == 0 || strcmp(code, "RequestExpired") == 0;
}

/* Azure may not report that a signature has run out, but the signature itself has the time:
 * se=TIME. */
static bool has_sas_expired(const struct store *store)
{
    struct tm end = {0};
    char text[24] = "";
    const char *from = store->sas ? strstr(store->sas, "se=") : NULL;
    for (size_t i = 0; from && i + 1 < sizeof text && from[3] && from[3] != '&'; i++) {
        bool colon = strncmp(from + 3, "%3A", 3) == 0 || strncmp(from + 3, "%3a", 3) == 0;
        text[i] = colon ? ':' : from[3];
        from += colon ? 3 : 1;
    }
    return strptime(text, "%Y-%m-%dT%H:%M:%SZ", &end) && timegm(&end) < time(NULL);
}

static int fail_by_answer(struct store_call *call, struct csvk_error *err)
{
    const struct http_response *response = &call->response;
    char code[80], text[200], redirect[200];
    http_redirect_text(response, redirect, sizeof redirect);
    store_error_text(call, "Code", code, sizeof code);
    store_error_text(call, "Message", text, sizeof text);
    if (!code[0]) {
        http_response_header(response, "x-ms-error-code", code, sizeof code);
    }
    bool late = strstr(csvk_buf_text(&response->body), "specified time frame") != NULL;
    if (is_expiry(code) || (response->status == 403 && (late || has_sas_expired(call->store)))) {
        call->store->expired = 1;
    }
    return kbc_fail(call->store->kbc, err, KBC_EREMOTE,
                    "%s: the object store answered %ld%s%s%s%s%s", call->request.what,
                    response->status, code[0] ? " " : "", code, text[0] ? ": " : "", text,
                    redirect);
}

void store_drop_headers(struct http_request *request, size_t keep)
{
    while (request->headers.count > keep) {
        csvk_free(request->headers.item[--request->headers.count]);
    }
}

int store_add_disposition(struct store_call *call, const char *header,
                          const struct store_object *object, struct csvk_error *err)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    struct csvk_buf exact = CSVK_BUF_INIT;
    char *name = object->name ? csvk_strdup(object->name) : NULL;
    int status = object->name && !name ? CSVK_ENOMEM : CSVK_OK;
    if (name && name[strspn(name, plain)] != '\0') { /* a plain name, and after it the exact one */
        for (char *odd = name; *(odd += strspn(odd, plain)) != '\0';) {
            *odd = '_';
        }
        status = csvk_buf_puts(&exact, "; filename*=UTF-8''");
        status = status == CSVK_OK ? percent_encode(&exact, object->name, "") : status;
    }
    if (name && status == CSVK_OK) {
        status = http_header(&call->request, "%s: attachment; filename=\"%s\"%s", header, name,
                             csvk_buf_text(&exact));
    }
    csvk_buf_release(&exact);
    csvk_free(name);
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

int store_add_md5(struct store_call *call, struct csvk_error *err)
{
    char md5[MD5_BASE64];
    const struct http_body *body = &call->request.body;
    if (body->bytes || body->size == 0) {
        return CSVK_OK;
    }
    struct file_range range = {body->fd, body->offset, body->size};
    int status = md5_file(&range, md5, err);
    if (status == CSVK_OK && http_header(&call->request, "Content-MD5: %s", md5) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status;
}

int store_send(struct store_call *call, struct csvk_error *err)
{
    call->fixed_headers = call->request.headers.count;
    call->request.prepare = ops_of(call->store)->authorize;
    if (!call->request.judge) {
        call->request.judge = is_transient;
    }
    call->request.progress = on_progress;
    call->request.ctx = call;
    call->request.replay = HTTP_REPEATABLE;
    int status = http_send(call->client, &call->request, &call->response, err);
    if (status < 0) {
        return status;
    }
    if (call->response.status < 200 || call->response.status > 299) {
        return fail_by_answer(call, err);
    }
    char proof[STORE_TAG_SIZE];
    if (call->proof && !http_response_header(&call->response, call->proof, proof, sizeof proof)) {
        return csvk_fail(err, KBC_ENET, "%s: the store's answer was cut short", call->request.what);
    }
    on_progress(call, call->request.receive ? call->received : call->request.body.size);
    return CSVK_OK;
}

static void begin_call(struct store_call *call, struct store *store, struct http_client *client,
                       const char *what)
{
    memset(call, 0, sizeof *call);
    call->store = store;
    call->client = client;
    call->request.what = what;
    call->out_fd = -1;
}

static int end_call(struct store_call *call, int status)
{
    http_request_release(&call->request);
    http_response_release(&call->response);
    return status;
}

static int show_put(struct store *store, const char *method, const struct store_object *object)
{
    struct csvk_buf url = CSVK_BUF_INIT, body = CSVK_BUF_INIT;
    int status = store_object_url(store, object->key, &url);
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&body, "(%llu byte%s)", (unsigned long long)object->size,
                                 object->size == 1 ? "" : "s");
    }
    if (status == CSVK_OK) {
        kbc_show(store->kbc, method, csvk_buf_text(&url), csvk_buf_text(&body));
    }
    csvk_buf_release(&url);
    csvk_buf_release(&body);
    return status;
}

int store_put(struct store *store, struct http_client *client, const struct store_object *object,
              struct csvk_error *err)
{
    if (store->kbc->mode == KBC_DRY_RUN) {
        return show_put(store, "PUT", object);
    }
    struct store_call call;
    begin_call(&call, store, client, object->what);
    return end_call(&call, ops_of(store)->put(&call, object, err));
}

int store_begin(struct store *store, struct http_client *client, struct store_object *object,
                struct csvk_error *err)
{
    struct store_call call;
    begin_call(&call, store, client, object->what);
    return end_call(&call, ops_of(store)->begin(&call, object, err));
}

int store_put_part(struct store *store, struct http_client *client,
                   const struct store_object *object, struct store_part *part,
                   struct csvk_error *err)
{
    struct store_call call;
    begin_call(&call, store, client, object->what);
    return end_call(&call, ops_of(store)->part(&call, object, part, err));
}

int store_finish(struct store *store, struct http_client *client, const struct store_object *object,
                 struct csvk_error *err)
{
    struct store_call call;
    begin_call(&call, store, client, object->what);
    return end_call(&call,
                    ops_of(store)->finish ? ops_of(store)->finish(&call, object, err) : CSVK_OK);
}

int store_abort(struct store *store, struct http_client *client, const struct store_object *object,
                struct csvk_error *err)
{
    struct store_call call;
    begin_call(&call, store, client, object->what);
    return end_call(&call,
                    ops_of(store)->abort ? ops_of(store)->abort(&call, object, err) : CSVK_OK);
}

/* ---- fetching -------------------------------------------------------------------------------- */

static int write_out(void *ctx, const void *bytes, size_t length, struct csvk_error *err)
{
    struct store_call *call = ctx;
    const unsigned char *from = bytes;
    while (length > 0) {
        ssize_t put = pwrite(call->out_fd, from, length, (off_t)call->received);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return csvk_fail_sys(err, errno, "%s: writing what was fetched", call->request.what);
        }
        from += put;
        length -= (size_t)put;
        call->received += (uint64_t)put;
    }
    return CSVK_OK;
}

static int start_over(void *ctx, struct csvk_error *err)
{
    struct store_call *call = ctx;
    call->received = 0;
    return ftruncate(call->out_fd, 0) == 0
               ? CSVK_OK
               : csvk_fail_sys(err, errno, "%s: writing what was fetched", call->request.what);
}

/* The name of the work, for messages. */
#define WHAT_SIZE 200
static void name_fetching(const struct store *store, const char *key, char *what)
{
    char name[160];
    kbc_object_name(store->kbc, key, name, sizeof name);
    snprintf(what, WHAT_SIZE, "fetching %s", name);
}

int store_get(struct store *store, struct http_client *client, const char *key, int fd,
              struct store_got *got, struct csvk_error *err)
{
    struct store_call call;
    char what[WHAT_SIZE];
    name_fetching(store, key, what);
    begin_call(&call, store, client, what);
    call.out_fd = fd;
    call.request.method = "GET";
    call.request.receive = write_out;
    call.request.restart = start_over;
    int status = ops_of(store)->get(&call, key, err);
    char text[64];
    got->size = call.received;
    got->is_announced =
        http_response_header(&call.response, "Content-Length", text, sizeof text) ||
        http_response_header(&call.response, "Transfer-Encoding", text, sizeof text);
    return end_call(&call, status);
}

/* ---- ranges ---------------------------------------------------------------------------------- */

static int no_ranges(const struct store_call *call, struct csvk_error *err)
{
    return csvk_fail(err, KBC_EREMOTE,
                     "%s: the object store answered with other bytes than were asked for",
                     call->request.what);
}

static int keep_piece(void *ctx, const void *bytes, size_t length, struct csvk_error *err)
{
    struct store_call *call = ctx;
    struct store_range *range = call->range;
    if (length > range->length - range->got) {
        return no_ranges(call, err);
    }
    memcpy(range->to + range->got, bytes, length);
    range->got += length;
    return CSVK_OK;
}

static int drop_pieces(void *ctx, struct csvk_error *err)
{
    struct store_call *call = ctx;
    (void)err;
    call->range->got = 0;
    return CSVK_OK;
}

/* Content-Range: "bytes FIRST-LAST/SIZE", or "bytes * /SIZE" (without the blank) where there is no
   such range. */
static bool read_content_range(const struct http_response *response, uint64_t *first,
                               uint64_t *last, uint64_t *size)
{
    char text[100];
    unsigned long long a = 0, b = 0, n = 0;
    bool there = http_response_header(response, "Content-Range", text, sizeof text);
    bool given = there && sscanf(text, "bytes %20llu-%20llu/%20llu", &a, &b, &n) == 3;
    bool none = there && !given && sscanf(text, "bytes */%20llu", &n) == 1;
    *first = a;
    *last = b;
    *size = n;
    return given || none;
}

/* Is what came what was asked for? */
static int check_range(const struct store_call *call, struct csvk_error *err)
{
    struct store_range *range = call->range;
    uint64_t first, last;
    if (!read_content_range(&call->response, &first, &last, &range->size) ||
        first != range->offset || last < first || last - first + 1 != range->got ||
        last >= range->size || (range->got < range->length && last + 1 != range->size) ||
        !http_response_header(&call->response, "ETag", range->tag, sizeof range->tag)) {
        return no_ranges(call, err);
    }
    return CSVK_OK;
}

/* Stores answer to any range of an object without bytes that there is no such range. */
static bool has_no_bytes(const struct store_call *call)
{
    uint64_t first, last, size = 1;
    bool said = read_content_range(&call->response, &first, &last, &size);
    return call->response.status == 416 && call->range->offset == 0 && (!said || size == 0);
}

int store_get_range(struct store *store, struct http_client *client, const char *key,
                    struct store_range *range, struct csvk_error *err)
{
    struct store_call call;
    char what[WHAT_SIZE];
    name_fetching(store, key, what);
    begin_call(&call, store, client, what);
    range->got = 0;
    range->size = 0;
    range->tag[0] = '\0';
    call.range = range;
    call.request.receive = keep_piece;
    call.request.restart = drop_pieces;
    int status =
        http_header(&call.request, "Range: bytes=%llu-%llu", (unsigned long long)range->offset,
                    (unsigned long long)(range->offset + range->length - 1));
    status = status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                        : ops_of(store)->get(&call, key, err);
    if (status == CSVK_OK) {
        status = check_range(&call, err);
    } else if (status == KBC_EREMOTE && has_no_bytes(&call)) {
        status = CSVK_OK;
    }
    return end_call(&call, status);
}
