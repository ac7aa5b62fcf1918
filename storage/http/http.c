/*
 * http.c - one attempt of a request through libcurl, which is set up so that it does nothing
 * unexpected.
 *
 * Two habits of libcurl need care. When a reused connection turns out to be dead, libcurl sends the
 * request again by itself, even a POST; therefore requests marked HTTP_ONCE get a fresh connection.
 * And libcurl takes a response header that was cut short for an answer; therefore callers do not
 * trust the status alone but check for what was promised (JSON that parses, an ETag).
 */
#include "storage/http/http_client.h"
#include "storage/http/secret.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { HEADER_MAX = 256 * 1024, LONGEST_HOST = 150 };
#define BODY_MAX (UINT64_C(16) << 20)

/* What the callbacks of one attempt share. */
struct attempt {
    struct http_client *client;
    struct http_request *request;
    struct http_response *response;
    uint64_t sent; /* bytes of the body that were read for sending */
    int status;    /* a failure on our own side, or CSVK_OK */
    struct csvk_error *err;
    char local[160]; /* text of a failure on our own side */
};

/* ---- client --------------------------------------------------------------------------------- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

int http_client_new(struct http_client **out, const struct http_settings *settings,
                    struct csvk_error *err)
{
    pthread_once(&curl_once, start_curl);
    struct http_client *client = csvk_calloc(1, sizeof *client);
    if (client) {
        client->curl = curl_easy_init();
    }
    if (!client || !client->curl) {
        csvk_free(client);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    client->settings = *settings;
    *out = client;
    return CSVK_OK;
}

void http_client_free(struct http_client *client)
{
    if (client) {
        curl_easy_cleanup(client->curl);
        csvk_free(client);
    }
}

void http_client_watch(struct http_client *client, const volatile sig_atomic_t *stop)
{
    client->stop = stop;
}

bool http_is_cancelled(const struct http_client *client)
{
    return (client->settings.cancel && *client->settings.cancel) || (client->stop && *client->stop);
}

/* ---- request and response -------------------------------------------------------------------- */

void http_request_release(struct http_request *request)
{
    csvk_buf_release(&request->url);
    csvk_strings_release(&request->headers);
}

void http_response_release(struct http_response *response)
{
    csvk_buf_release(&response->headers);
    csvk_buf_release(&response->body);
}

int http_header(struct http_request *request, const char *format, ...)
{
    char *line = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&line, format, args);
    va_end(args);
    if (length < 0) {
        return CSVK_ENOMEM;
    }
    int status = strpbrk(line, "\r\n") ? CSVK_EUSAGE : csvk_strings_add(&request->headers, line);
    free(line);
    return status;
}

bool http_response_header(const struct http_response *response, const char *name, char *to,
                          size_t capacity)
{
    size_t name_length = strlen(name);
    const char *line = csvk_buf_text(&response->headers);
    for (const char *next; *line; line = next) {
        size_t length = strcspn(line, "\r\n");
        next = line + length + strspn(line + length, "\r\n");
        if (length <= name_length || line[name_length] != ':' ||
            strncasecmp(line, name, name_length) != 0) {
            continue;
        }
        const char *value = line + name_length + 1;
        value += strspn(value, " \t");
        size_t value_length = (size_t)(line + length - value);
        if (value_length >= capacity) {
            return false;
        }
        memcpy(to, value, value_length);
        to[value_length] = '\0';
        return true;
    }
    return false;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static size_t host_of(const char *url, const char **host)
{
    const char *start = strstr(url, "://");
    *host = start ? start + 3 : url;
    if (**host == '[') {
        return strcspn(*host, "]") + ((*host)[strcspn(*host, "]")] == ']');
    }
    return strcspn(*host, ":/?#");
}

static bool is_host(const char *host, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(host, name, length) == 0;
}

static bool is_loopback_number(const char *host, size_t length)
{
    return length > 4 && memcmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= length;
}

bool http_is_loopback(const char *url)
{
    const char *host;
    size_t length = host_of(url, &host);
    return is_loopback_number(host, length) || is_host(host, length, "localhost") ||
           is_host(host, length, "[::1]");
}

void http_redirect_text(const struct http_response *response, char *to, size_t capacity)
{
    char location[2048];
    const char *host;
    to[0] = '\0';
    if (response->status >= 300 && response->status < 400 &&
        http_response_header(response, "Location", location, sizeof location)) {
        size_t length = host_of(location, &host);
        bool elsewhere = strstr(location, "://") != NULL;
        bool shown = length <= LONGEST_HOST; /* what was cut could not be masked any more */
        snprintf(to, capacity, "; it redirects to %.*s, which is not followed",
                 elsewhere && shown ? (int)length : 14,
                 !elsewhere ? "itself"
                 : shown    ? host
                            : "another host");
    }
}

int http_check_url(const char *url, const char *role, struct csvk_error *err)
{
    bool secure = strncmp(url, "https://", 8) == 0;
    if (!secure && strncmp(url, "http://", 7) != 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: begin the address with https://", role);
    }
    const char *host;
    size_t length = host_of(url, &host);
    for (const char *at = host; *at && *at != '/'; at++) {
        if (*at == '@' || (unsigned char)*at <= 0x20) {
            return csvk_fail(
                err, CSVK_EUSAGE,
                "%s: the address must not have a user name, a password or a blank in it", role);
        }
    }
    if (length == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: the address has no host", role);
    }
    if (!secure && !http_is_loopback(url)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: plain http would show the token; use https", role);
    }
    return CSVK_OK;
}

/* ---- callbacks of libcurl -------------------------------------------------------------------- */

static int fail_locally(struct attempt *attempt, int status, const char *text)
{
    attempt->status = status;
    snprintf(attempt->local, sizeof attempt->local, "%s", text);
    return status;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct attempt *attempt = ctx;
    struct csvk_buf *headers = &attempt->response->headers;
    size_t length = size * count;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        csvk_buf_clear(headers); /* a new answer begins: 100 Continue came before it */
    }
    if (headers->length + length > HEADER_MAX) {
        fail_locally(attempt, KBC_ENET, "the header of the answer is too long");
        return 0;
    }
    return csvk_buf_add(headers, bytes, length) == CSVK_OK ? length : 0;
}

static bool goes_to_receiver(const struct attempt *attempt)
{
    long code = 0;
    curl_easy_getinfo(attempt->client->curl, CURLINFO_RESPONSE_CODE, &code);
    return attempt->request->receive && code >= 200 && code < 300;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct attempt *attempt = ctx;
    const struct http_request *request = attempt->request;
    size_t length = size * count;
    if (goes_to_receiver(attempt)) {
        attempt->status = request->receive(request->ctx, bytes, length, attempt->err);
        return attempt->status == CSVK_OK ? length : 0;
    }
    uint64_t maximum = request->maximum ? request->maximum : BODY_MAX;
    if (attempt->response->body.length + length > maximum) {
        fail_locally(attempt, KBC_ENET, "the answer is too long");
        return 0;
    }
    attempt->status = csvk_buf_add(&attempt->response->body, bytes, length);
    return attempt->status == CSVK_OK ? length : 0;
}

static size_t read_file_part(struct attempt *attempt, char *to, size_t wanted)
{
    const struct http_body *body = &attempt->request->body;
    for (;;) {
        ssize_t got = pread(body->fd, to, wanted, (off_t)(body->offset + attempt->sent));
        if (got > 0) {
            return (size_t)got;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        attempt->status = got < 0 ? csvk_fail_sys(attempt->err, errno, "%s", attempt->request->what)
                                  : csvk_fail(attempt->err, CSVK_ECHANGED,
                                              "%s: the file became shorter while it was sent",
                                              attempt->request->what);
        return CURL_READFUNC_ABORT;
    }
}

static size_t on_read(char *to, size_t size, size_t count, void *ctx)
{
    struct attempt *attempt = ctx;
    const struct http_body *body = &attempt->request->body;
    uint64_t left = body->size - attempt->sent;
    size_t wanted = size * count < left ? size * count : (size_t)left;
    if (wanted == 0) {
        return 0;
    }
    if (body->bytes) {
        memcpy(to, (const char *)body->bytes + attempt->sent, wanted);
    } else {
        wanted = read_file_part(attempt, to, wanted);
        if (wanted == CURL_READFUNC_ABORT) {
            return wanted;
        }
    }
    attempt->sent += wanted;
    return wanted;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct attempt *attempt = ctx;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > attempt->request->body.size) {
        return CURL_SEEKFUNC_FAIL;
    }
    attempt->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static int on_progress(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    (void)down_total;
    (void)up_total;
    struct attempt *attempt = ctx;
    const struct http_request *request = attempt->request;
    if (request->progress) {
        request->progress(request->ctx, (uint64_t)(request->receive ? down : up));
    }
    return http_is_cancelled(attempt->client);
}

/* ---- one attempt ----------------------------------------------------------------------------- */

static void set_safety(struct http_client *client, const struct http_request *request)
{
    CURL *curl = client->curl;
    const struct http_settings *settings = &client->settings;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
    }
    if (http_is_loopback(csvk_buf_text(&request->url))) {
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    }
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->replay == HTTP_ONCE ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)settings->stall_seconds);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->curl_text);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, request->decode ? "gzip" : NULL);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "csvkit/" CSVK_VERSION);
}

static void set_callbacks(CURL *curl, struct attempt *attempt)
{
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, attempt);
}

static bool has_body(const struct http_request *request)
{
    return request->body.size > 0 || strcmp(request->method, "PUT") == 0 ||
           strcmp(request->method, "POST") == 0;
}

static void set_method(CURL *curl, struct attempt *attempt)
{
    const struct http_request *request = attempt->request;
    if (has_body(request)) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body.size);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(curl, CURLOPT_READDATA, attempt);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, attempt);
        curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
    } else if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static int header_list(const struct http_request *request, struct curl_slist **list)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        struct curl_slist *longer = curl_slist_append(*list, request->headers.item[i]);
        if (!longer) {
            return CSVK_ENOMEM;
        }
        *list = longer;
    }
    bool waits = has_body(request) && request->body.size > 64 * 1024;
    struct curl_slist *longer = waits ? *list : curl_slist_append(*list, "Expect:");
    if (!longer && !waits) {
        return CSVK_ENOMEM;
    }
    *list = longer;
    return CSVK_OK;
}

static bool is_before_sending(CURLcode code)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
           code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CONNECT_ERROR ||
           code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

static int describe_failure(struct attempt *attempt, CURLcode code)
{
    if (attempt->status < 0 && attempt->local[0] == '\0') {
        return attempt->status; /* err was filled by whoever failed */
    }
    if (attempt->status < 0) {
        return csvk_fail(attempt->err, attempt->status, "%s: %s", attempt->request->what,
                         attempt->local);
    }
    if (http_is_cancelled(attempt->client)) {
        return csvk_fail(attempt->err, CSVK_ECANCELED, "%s: stopped", attempt->request->what);
    }
    if (code == CURLE_OUT_OF_MEMORY) {
        return csvk_fail(attempt->err, CSVK_ENOMEM, "out of memory");
    }
    const char *text =
        attempt->client->curl_text[0] ? attempt->client->curl_text : curl_easy_strerror(code);
    csvk_fail(attempt->err, KBC_ENET, "%s: %s", attempt->request->what, text);
    if (attempt->err && attempt->client->settings.secrets) {
        secrets_mask(attempt->client->settings.secrets, attempt->err->text);
    }
    return KBC_ENET;
}

static void finish(struct attempt *attempt, CURLcode code)
{
    struct http_response *response = attempt->response;
    response->status = 0;
    response->retry_after = -1;
    if (code != CURLE_OK) {
        response->fate = is_before_sending(code) ? HTTP_NOT_SENT : HTTP_LOST;
        return;
    }
    curl_off_t wait = 0;
    char unused[64];
    response->fate = HTTP_ANSWERED;
    curl_easy_getinfo(attempt->client->curl, CURLINFO_RESPONSE_CODE, &response->status);
    if (http_response_header(response, "Retry-After", unused, sizeof unused) &&
        curl_easy_getinfo(attempt->client->curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK) {
        response->retry_after = wait > 1000000 ? 1000000 : (long)wait;
    }
}

int http_send_once(struct http_client *client, struct http_request *request,
                   struct http_response *response, struct csvk_error *err)
{
    struct attempt attempt = {client, request, response, 0, CSVK_OK, err, ""};
    struct curl_slist *list = NULL;
    csvk_buf_clear(&response->headers);
    csvk_buf_clear(&response->body);
    response->fate = HTTP_NOT_SENT;
    response->retry_after = -1;
    client->curl_text[0] = '\0';
    curl_easy_reset(client->curl);
    if (header_list(request, &list) < 0 ||
        curl_easy_setopt(client->curl, CURLOPT_URL, csvk_buf_text(&request->url)) != CURLE_OK) {
        curl_slist_free_all(list);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    set_safety(client, request);
    set_callbacks(client->curl, &attempt);
    set_method(client->curl, &attempt);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, list);
    CURLcode code = curl_easy_perform(client->curl);
    finish(&attempt, code);
    curl_slist_free_all(list);
    return code == CURLE_OK ? CSVK_OK : describe_failure(&attempt, code);
}
