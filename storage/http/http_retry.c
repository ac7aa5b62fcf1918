/*
 * http_retry.c - decides when a request is sent again, and how long to wait before that.
 *
 * The idea. A request that may be repeated is sent again after every failure that may have passed
 * the next time: no answer, or an answer that means "later". A request marked HTTP_ONCE is sent
 * again only when the server certainly did nothing with it. The backoff doubles with each attempt
 * and has a random part. When the server says when to come back (Retry-After), it is waited for
 * until then; such an answer is no failed attempt, but all these waits together have a limit.
 */
#include "storage/http/http_client.h"
#include "storage/http/secret.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The first backoff is half a second, except in tests; so two of them are a second. */
enum { LONGEST_BACKOFF_MS = 20000, PAUSE_STEP_MS = 50, BACKOFFS_PER_SECOND = 2 };

uint64_t http_second(const struct http_settings *settings)
{
    return (uint64_t)settings->base_delay_ms * BACKOFFS_PER_SECOND;
}

int http_pause(const struct http_client *client, uint64_t milliseconds)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t start = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (uint64_t at = start; at < start + milliseconds;) {
        if (http_is_cancelled(client)) {
            return CSVK_ECANCELED;
        }
        uint64_t left = start + milliseconds - at;
        struct timespec step = {0, (left < PAUSE_STEP_MS ? (long)left : PAUSE_STEP_MS) * 1000000};
        nanosleep(&step, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
        at = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    }
    return http_is_cancelled(client) ? CSVK_ECANCELED : CSVK_OK;
}

/* Half of the doubled backoff is certain, the other half is random, so that many clients do not
   come back at the same time. */
static uint64_t backoff_before(const struct http_client *client, unsigned attempt)
{
    uint64_t whole = (uint64_t)client->settings.base_delay_ms << (attempt < 16 ? attempt : 16);
    whole = whole > LONGEST_BACKOFF_MS ? LONGEST_BACKOFF_MS : whole;
    uint32_t chance = 0;
    if (RAND_bytes((unsigned char *)&chance, sizeof chance) != 1) {
        chance = 0;
    }
    return whole / 2 + (whole > 1 ? chance % (whole / 2 + 1) : 0);
}

static bool is_transient_status(long status)
{
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
           status == 504;
}

/* The server answered "not now" instead of acting. */
static bool is_postponed(const struct http_response *response)
{
    return response->status == 429 ||
           (response->status == 503 &&
            strstr(csvk_buf_text(&response->body), "\"maintenance\"") != NULL);
}

static bool is_worth_repeating(const struct http_request *request,
                               const struct http_response *response, int status)
{
    if (status != CSVK_OK && status != KBC_ENET) {
        return false;
    }
    if (request->replay == HTTP_ONCE) {
        return response->fate == HTTP_NOT_SENT ||
               (response->fate == HTTP_ANSWERED && is_postponed(response));
    }
    if (status == KBC_ENET) {
        return true;
    }
    return is_transient_status(response->status) ||
           (request->judge && request->judge(request->ctx, response));
}

/* A certificate that cannot be verified will not be better at the next attempt. */
static bool is_hopeless(const struct http_client *client, int status)
{
    long verify = 0;
    return status == KBC_ENET &&
           curl_easy_getinfo(client->curl, CURLINFO_SSL_VERIFYRESULT, &verify) == CURLE_OK &&
           verify != 0;
}

static void report_retry(const struct http_client *client, const struct http_request *request,
                         const struct http_response *response, uint64_t backoff)
{
    if (!client->settings.on_retry) {
        return;
    }
    char text[1024]; /* longer than all that goes into it: nothing is cut before it is masked */
    if (response->fate == HTTP_ANSWERED) {
        snprintf(text, sizeof text, "%s: the server answered %ld; trying again in %.1f s",
                 request->what, response->status, (double)backoff / 1000);
    } else {
        snprintf(text, sizeof text, "%s: %s; trying again in %.1f s", request->what,
                 client->curl_text[0] ? client->curl_text : "no answer", (double)backoff / 1000);
    }
    if (client->settings.secrets) {
        secrets_mask(client->settings.secrets, text);
    }
    client->settings.on_retry(client->settings.ctx, text);
}

static void show_wait(const struct http_client *client, const char *text)
{
    if (client->settings.on_wait) {
        client->settings.on_wait(client->settings.ctx, text);
    }
}

/* Waits for the seconds that the server asked for, and tells how many are left. */
static int wait_as_asked(const struct http_client *client, const struct http_request *request,
                         const struct http_response *response)
{
    char text[200];
    int status = CSVK_OK;
    for (long left = response->retry_after; left > 0 && status == CSVK_OK; left--) {
        snprintf(text, sizeof text, "%.100s: the server answered %ld; again in %ld s",
                 request->what, response->status, left);
        show_wait(client, text);
        status = http_pause(client, http_second(&client->settings));
    }
    show_wait(client, "");
    return status;
}

static int start_attempt(struct http_request *request, bool again, struct csvk_error *err)
{
    if (again && request->progress) {
        request->progress(request->ctx, 0);
    }
    if (again && request->restart) {
        int status = request->restart(request->ctx, err);
        if (status < 0) {
            return status;
        }
    }
    return request->prepare ? request->prepare(request->ctx, request, err) : CSVK_OK;
}

/* Waits until the next attempt. CSVK_END: there is none, because this was the last one or because
   the server asks for more patience than there is. */
static int wait_for_next(const struct http_client *client, const struct http_request *request,
                         const struct http_response *response, unsigned *failed, uint64_t *asked)
{
    unsigned tries = request->tries ? request->tries : client->settings.tries;
    bool told_when = response->fate == HTTP_ANSWERED && response->retry_after > 0;
    if (told_when) {
        *asked += (uint64_t)response->retry_after;
        if (*asked > client->settings.longest_wait) {
            return CSVK_END;
        }
        report_retry(client, request, response, (uint64_t)response->retry_after * 1000);
        return wait_as_asked(client, request, response);
    }
    if (*failed + 1 >= tries) {
        return CSVK_END;
    }
    uint64_t backoff = backoff_before(client, (*failed)++);
    report_retry(client, request, response, backoff);
    return http_pause(client, backoff);
}

int http_send(struct http_client *client, struct http_request *request,
              struct http_response *response, struct csvk_error *err)
{
    unsigned failed = 0;
    uint64_t asked = 0; /* seconds */
    for (bool again = false;; again = true) {
        int status = start_attempt(request, again, err);
        if (status < 0) {
            return status;
        }
        status = http_send_once(client, request, response, err);
        if (is_hopeless(client, status) || !is_worth_repeating(request, response, status)) {
            return status;
        }
        int waited = wait_for_next(client, request, response, &failed, &asked);
        if (waited == CSVK_END) {
            return status;
        }
        if (waited < 0) {
            return csvk_fail(err, CSVK_ECANCELED, "%s: stopped", request->what);
        }
    }
}
