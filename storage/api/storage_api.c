/*
 * storage_api.c - the session with a project, and one call to the Storage API.
 *
 * An answer counts only when it is what the API promises: 2xx with JSON, or 204 with nothing.
 * Anything else that comes with 2xx (the HTML page of a proxy, a body that was cut short) is
 * treated as no answer. That is harmless for a request that may be repeated; for one that may not,
 * it is HTTP_LOST.
 */
#include "storage/api/storage_api.h"
#include "storage/http/sigv4.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TRIES = 6, DEFAULT_STALL = 60, DEFAULT_DELAY_MS = 500, DEFAULT_WAIT = 20 * 60 };

/* ---- session --------------------------------------------------------------------------------- */

static void report_retry(void *ctx, const char *text)
{
    kbc_note(ctx, "%s", text);
}

static void report_wait(void *ctx, const char *text)
{
    kbc_waiting(ctx, "%s", text);
}

/* Tests shorten the pauses by a variable; there is no other need for it. */
static unsigned base_delay(void)
{
    const char *text = getenv("CSVKIT_RETRY_DELAY_MS");
    if (!text || !*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 5) {
        return DEFAULT_DELAY_MS;
    }
    return (unsigned)strtoul(text, NULL, 10);
}

static int copy(char **to, const char *from)
{
    *to = from && *from ? csvk_strdup(from) : NULL;
    return from && *from && !*to ? CSVK_ENOMEM : CSVK_OK;
}

static int take_url(struct kbc *kbc, const char *url, struct csvk_error *err)
{
    if (!url || !*url) {
        return csvk_fail(err, CSVK_EUSAGE, "no server: set KBC_URL or give --url=ADDRESS");
    }
    int status = http_check_url(url, "--url", err);
    if (status < 0) {
        return status;
    }
    const char *host = strstr(url, "://") + 3;
    kbc->url = csvk_strndup(url, (size_t)(host - url) + strcspn(host, "/?#"));
    return kbc->url ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int take_texts(struct kbc *kbc, const struct kbc_options *options, struct csvk_error *err)
{
    if (options->branch && strspn(options->branch, "0123456789abcdefghijklmnopqrstuvwxyz") !=
                               strlen(options->branch)) {
        return csvk_fail(err, CSVK_EUSAGE, "--branch: a number or \"default\"");
    }
    if (options->run_id && strlen(options->run_id) > 100) {
        return csvk_fail(err, CSVK_EUSAGE, "--run-id: too long");
    }
    if (copy(&kbc->token, options->token) < 0 || copy(&kbc->branch, options->branch) < 0 ||
        copy(&kbc->run_id, options->run_id) < 0 || copy(&kbc->ca_file, options->ca_file) < 0 ||
        secrets_add(&kbc->secrets, options->token) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return CSVK_OK;
}

static void take_settings(struct kbc *kbc, const struct kbc_options *options)
{
    kbc->parallel = options->parallel ? options->parallel : 4;
    kbc->mode = options->mode;
    kbc->observer = options->observer;
    kbc->settings.ca_file = kbc->ca_file;
    kbc->settings.tries = options->tries ? options->tries : DEFAULT_TRIES;
    kbc->settings.stall_seconds = options->stall_seconds ? options->stall_seconds : DEFAULT_STALL;
    kbc->settings.base_delay_ms = base_delay();
    kbc->settings.longest_wait = options->max_wait ? *options->max_wait : DEFAULT_WAIT;
    kbc->settings.cancel = options->cancel;
    kbc->settings.secrets = &kbc->secrets;
    kbc->settings.on_retry = report_retry;
    kbc->settings.on_wait = report_wait;
    kbc->settings.ctx = kbc;
}

int kbc_open(struct kbc **out, const struct kbc_options *options, struct csvk_error *err)
{
    *out = NULL;
    struct kbc *kbc = csvk_calloc(1, sizeof *kbc);
    if (!kbc) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    secrets_init(&kbc->secrets);
    pthread_mutex_init(&kbc->lock, NULL);
    pthread_mutex_init(&kbc->observer_lock, NULL);
    int status = options->objects_only ? CSVK_OK : take_url(kbc, options->url, err);
    if (status == CSVK_OK) {
        status = take_texts(kbc, options, err);
    }
    if (status == CSVK_OK) {
        take_settings(kbc, options);
        status = http_client_new(&kbc->client, &kbc->settings, err);
    }
    if (status < 0) {
        kbc_close(kbc);
        return status;
    }
    *out = kbc;
    return CSVK_OK;
}

void kbc_close(struct kbc *kbc)
{
    if (!kbc) {
        return;
    }
    http_client_free(kbc->client);
    secrets_release(&kbc->secrets);
    secret_free(kbc->token);
    csvk_free(kbc->url);
    csvk_free(kbc->branch);
    csvk_free(kbc->run_id);
    csvk_free(kbc->ca_file);
    pthread_mutex_destroy(&kbc->lock);
    pthread_mutex_destroy(&kbc->observer_lock);
    csvk_free(kbc);
}

int kbc_worker_client(struct kbc *kbc, struct http_client **out, struct csvk_error *err)
{
    return http_client_new(out, &kbc->settings, err);
}

/* ---- observer -------------------------------------------------------------------------------- */

/* Masks the secrets in `text` and calls a function of the observer with it, one call at a time. */
static void report(struct kbc *kbc, void (*to)(void *, const char *), char *text)
{
    secrets_mask(&kbc->secrets, text);
    pthread_mutex_lock(&kbc->observer_lock);
    if (to) {
        to(kbc->observer.ctx, text);
    }
    pthread_mutex_unlock(&kbc->observer_lock);
}

/* The text is made whole, because a secret that is cut is not found any more. */
void kbc_note(struct kbc *kbc, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length >= 0) {
        report(kbc, kbc->observer.note, text);
        free(text);
    }
}

void kbc_waiting(struct kbc *kbc, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    report(kbc, kbc->observer.waiting, text);
}

void kbc_show(struct kbc *kbc, const char *method, const char *url, const char *body)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "%s %s", method, url);
    if (status == CSVK_OK && body && *body) {
        status = csvk_buf_printf(&text, "\n  %s", body);
    }
    if (status == CSVK_OK) {
        report(kbc, kbc->observer.request, (char *)text.data);
    }
    csvk_buf_release(&text);
}

void kbc_progress_begin(struct kbc *kbc, uint64_t total)
{
    pthread_mutex_lock(&kbc->observer_lock);
    kbc->done = 0;
    kbc->total = total;
    pthread_mutex_unlock(&kbc->observer_lock);
}

void kbc_progress_parts(struct kbc *kbc, uint64_t parts)
{
    pthread_mutex_lock(&kbc->observer_lock);
    kbc->parts = parts;
    kbc->parts_done = 0;
    pthread_mutex_unlock(&kbc->observer_lock);
}

void kbc_progress_part(struct kbc *kbc)
{
    pthread_mutex_lock(&kbc->observer_lock);
    kbc->parts_done++;
    if (kbc->observer.parts && kbc->parts > 1) {
        kbc->observer.parts(kbc->observer.ctx, kbc->parts_done, kbc->parts);
    }
    pthread_mutex_unlock(&kbc->observer_lock);
}

void kbc_progress_add(struct kbc *kbc, int64_t delta)
{
    pthread_mutex_lock(&kbc->observer_lock);
    kbc->done += (uint64_t)delta;
    if (kbc->observer.progress) {
        kbc->observer.progress(kbc->observer.ctx, kbc->done, kbc->total);
    }
    pthread_mutex_unlock(&kbc->observer_lock);
}

int kbc_fail(struct kbc *kbc, struct csvk_error *err, int status, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    secrets_mask(&kbc->secrets, text);
    csvk_fail(err, status, "%s", text);
    free(text);
    return status;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

const cJSON *json_at(const cJSON *object, const char *key)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *json_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(json_at(object, key));
    return text ? text : "";
}

void json_id(const cJSON *object, const char *key, char id[KBC_ID_SIZE])
{
    const cJSON *item = json_at(object, key);
    id[0] = '\0';
    if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= 9007199254740992.0) {
        snprintf(id, KBC_ID_SIZE, "%.0f", item->valuedouble);
    } else if (cJSON_IsString(item) && strlen(item->valuestring) < KBC_ID_SIZE &&
               strspn(item->valuestring, "0123456789") == strlen(item->valuestring)) {
        snprintf(id, KBC_ID_SIZE, "%s", item->valuestring);
    }
}

uint64_t json_uint(const cJSON *object, const char *key)
{
    const cJSON *item = json_at(object, key);
    bool fits =
        cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= 9007199254740992.0;
    return fits ? (uint64_t)item->valuedouble : 0;
}

bool json_true(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(json_at(object, key));
}

int json_strings(const cJSON *array, struct csvk_strings *out)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsString(item) && csvk_strings_add(out, item->valuestring) < 0) {
            return CSVK_ENOMEM;
        }
    }
    return CSVK_OK;
}

int json_copy(const cJSON *object, const char *key, char **to)
{
    *to = csvk_strdup(json_text(object, key));
    return *to ? CSVK_OK : CSVK_ENOMEM;
}

cJSON *json_array(const struct csvk_strings *list)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; array && list && i < list->count; i++) {
        cJSON *item = cJSON_CreateString(list->item[i]);
        if (!item || !cJSON_AddItemToArray(array, item)) {
            cJSON_Delete(item);
            cJSON_Delete(array);
            return NULL;
        }
    }
    return array;
}

/* ---- one call -------------------------------------------------------------------------------- */

int kbc_path(struct csvk_buf *path, const char *folder, const char *id, const char *rest,
             struct csvk_error *err)
{
    int status = csvk_buf_printf(path, "%s/", folder);
    if (status == CSVK_OK) {
        status = percent_encode(path, id, "");
    }
    if (status == CSVK_OK) {
        status = csvk_buf_puts(path, rest);
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

static int build_request(struct kbc *kbc, const struct kbc_call *call, const char *body,
                         struct http_request *request)
{
    bool branched = kbc->branch && call->scope == KBC_BRANCHED;
    int status = csvk_buf_printf(&request->url, "%s/v2/storage/%s%s%s%s", kbc->url,
                                 branched ? "branch/" : "", branched ? kbc->branch : "",
                                 branched ? "/" : "", call->path);
    if (status == CSVK_OK) {
        status = http_header(request, "X-StorageApi-Token: %s", kbc->token ? kbc->token : "");
    }
    const char *run_id = call->run_id ? call->run_id : kbc->run_id;
    if (status == CSVK_OK && run_id) {
        status = http_header(request, "X-KBC-RunId: %s", run_id);
    }
    if (status == CSVK_OK && body) {
        status = http_header(request, "Content-Type: application/json");
    }
    if (status == CSVK_OK) {
        status = http_header(request, "Accept: application/json");
    }
    request->what = call->what;
    request->method = call->method;
    request->body = (struct http_body){body, -1, 0, body ? strlen(body) : 0};
    request->replay = call->replay;
    request->tries = call->tries;
    request->decode = true;
    return status;
}

static bool is_answer(const struct kbc_call *call, const struct http_response *response)
{
    if (response->status == 204 || (call->may_be_empty && response->body.length == 0)) {
        return true;
    }
    const char *end = NULL;
    cJSON *json =
        cJSON_ParseWithLengthOpts(csvk_buf_text(&response->body), response->body.length, &end, 0);
    bool good = cJSON_IsObject(json) || cJSON_IsArray(json);
    cJSON_Delete(json);
    return good;
}

/* A 2xx answer that is not JSON is worth another attempt if the request may be repeated. */
static bool judge(void *ctx, const struct http_response *response)
{
    return response->status >= 200 && response->status < 300 && !is_answer(ctx, response);
}

static int class_of(long status)
{
    return status == 400 || status == 404 || status == 409 || status == 422 ? CSVK_EDATA
                                                                            : KBC_EREMOTE;
}

static void add_wait(const struct kbc *kbc, const struct http_response *response, char *text,
                     size_t capacity)
{
    http_redirect_text(response, text, capacity);
    if (response->retry_after > 0) {
        bool longer = response->retry_after > (long)kbc->settings.longest_wait;
        snprintf(text, capacity, "; the server asks to come back in %ld s%s", response->retry_after,
                 longer ? ", more than --max-wait allows" : "");
    }
}

static void add_reason(const char *field, const char *text, char *to, size_t capacity)
{
    size_t used = strlen(to);
    if (*text && used + 1 < capacity) {
        snprintf(to + used, capacity - used, "; %s%s%s", field, *field ? ": " : "", text);
    }
}

/* Lists the single errors of a request that was not valid. They come as texts, as objects with a
   message, or by field; that there are no other forms is from memory, so other forms are left out.
 */
static void add_errors(const cJSON *errors, const char *field, char *to, size_t capacity)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, errors)
    {
        const char *name = one->string ? one->string : field;
        const char *key = json_text(one, "key");
        if (cJSON_IsString(one)) {
            add_reason(name, one->valuestring, to, capacity);
        } else if (cJSON_IsObject(one)) {
            add_reason(*key ? key : name, json_text(one, "message"), to, capacity);
        } else if (cJSON_IsArray(one) && !*field) {
            add_errors(one, name, to, capacity);
        }
    }
}

/* Fails with the words of the server: error or message, code, exceptionId; or with the status
 * alone. */
static int refusal(struct kbc *kbc, const struct kbc_call *call,
                   const struct http_response *response, const struct kbc_answer *answer,
                   struct csvk_error *err)
{
    char wait[200], errors[400] = "";
    add_wait(kbc, response, wait, sizeof wait);
    add_errors(json_at(answer->json, "errors"), "", errors, sizeof errors);
    const char *text = json_text(answer->json, "error");
    text = *text ? text : json_text(answer->json, "message");
    text = *text ? text : json_text(answer->json, "reason");
    const char *exception = json_text(answer->json, "exceptionId");
    const char *maintenance =
        strcmp(json_text(answer->json, "status"), "maintenance") == 0 ? "maintenance: " : "";
    if (!*text && !*maintenance) {
        return kbc_fail(kbc, err, class_of(response->status),
                        "%s: the server answered %ld without a reason%s", call->what,
                        response->status, wait);
    }
    return kbc_fail(kbc, err, class_of(response->status), "%s: %s%s%s (%ld%s%s%s%s)%s", call->what,
                    maintenance, text, errors, response->status, answer->code[0] ? ", " : "",
                    answer->code, *exception ? ", exceptionId " : "", exception, wait);
}

static int judge_answer(struct kbc *kbc, const struct kbc_call *call,
                        const struct http_response *response, struct kbc_answer *answer,
                        struct csvk_error *err)
{
    bool good = response->status >= 200 && response->status < 300;
    answer->status = response->status;
    answer->fate = HTTP_ANSWERED;
    answer->json = cJSON_ParseWithLength(csvk_buf_text(&response->body), response->body.length);
    if (kbc_take_in(kbc, answer->json) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    snprintf(answer->code, sizeof answer->code, "%s", json_text(answer->json, "code"));
    if (good && is_answer(call, response)) {
        bool is_error = strcmp(json_text(answer->json, "status"), "error") == 0 &&
                        *json_text(answer->json, "error");
        return is_error ? refusal(kbc, call, response, answer, err) : CSVK_OK;
    }
    if (good) {
        answer->fate = HTTP_LOST;
        return kbc_fail(kbc, err, KBC_ENET, "%s: the answer was not JSON (status %ld)", call->what,
                        response->status);
    }
    if (response->status >= 500 && call->replay == HTTP_ONCE) {
        answer->fate = HTTP_LOST; /* a gateway may have failed after the request went through */
    }
    return refusal(kbc, call, response, answer, err);
}

static int dry_call(struct kbc *kbc, const struct kbc_call *call,
                    const struct http_request *request, const char *body, struct kbc_answer *answer)
{
    kbc_show(kbc, call->method, csvk_buf_text(&request->url), body);
    answer->status = 200;
    answer->fate = HTTP_ANSWERED;
    answer->json = cJSON_Parse(call->dry ? call->dry : "{}");
    return CSVK_OK;
}

static int send_call(struct kbc *kbc, const struct kbc_call *call, const char *body,
                     struct kbc_answer *answer, struct csvk_error *err)
{
    struct http_request request = {0};
    struct http_response response = {0};
    struct kbc_call judged = *call;
    int status = build_request(kbc, call, body, &request);
    if (status < 0) {
        status = csvk_fail(err, status, "%s: cannot be put into a request", call->what);
        goto out;
    }
    if (kbc->mode == KBC_DRY_RUN) {
        status = dry_call(kbc, call, &request, body, answer);
        goto out;
    }
    request.judge = judge;
    request.ctx = &judged;
    pthread_mutex_lock(&kbc->lock);
    status = http_send(kbc->client, &request, &response, err);
    pthread_mutex_unlock(&kbc->lock);
    answer->fate = response.fate;
    if (status == CSVK_OK) {
        status = judge_answer(kbc, call, &response, answer, err);
    }
out:
    http_request_release(&request);
    http_response_release(&response);
    return status;
}

int kbc_call(struct kbc *kbc, const struct kbc_call *call, struct kbc_answer *answer,
             struct csvk_error *err)
{
    memset(answer, 0, sizeof *answer);
    char *body = NULL;
    if (call->body) {
        body = cJSON_PrintUnformatted(call->body);
        cJSON_Delete(call->body);
        if (!body) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    int status = send_call(kbc, call, body, answer, err);
    cJSON_free(body);
    return status;
}

void kbc_answer_release(struct kbc_answer *answer)
{
    cJSON_Delete(answer->json);
    answer->json = NULL;
}
