/*
 * http.h - one HTTP request at a time, with bounded repetition.
 *
 * The line that matters runs between requests that may be sent twice and those that may not. A
 * request marked HTTP_ONCE (every POST to the Storage API) is sent again only when it certainly did
 * nothing: no connection was made, or the server said "not now" (429, maintenance) instead of
 * acting. When its answer is lost the fate is HTTP_LOST, and the caller has to find out.
 *
 * Redirects are never followed: they would carry the token to another host. TLS is always verified;
 * plain http is spoken to the loopback interface alone. Stalled transfers end, long ones do not.
 */
#ifndef STORAGE_HTTP_H
#define STORAGE_HTTP_H

#include "csvkit/csvkit.h"

#include <signal.h>

struct secrets;

struct http_settings {
    const char *ca_file;                 /* NULL: the system's authorities */
    unsigned tries;                      /* attempts per request, at least 1 */
    unsigned stall_seconds;              /* no byte for this long ends an attempt */
    unsigned base_delay_ms;              /* first pause; doubles, with jitter, up to 20 s */
    unsigned longest_wait;               /* seconds: a longer Retry-After is not waited for */
    const volatile sig_atomic_t *cancel; /* non-zero: stop as soon as possible; may be NULL */
    struct secrets *secrets;             /* masked in every text */
    void (*on_retry)(void *ctx, const char *text); /* any thread; may be NULL */
    void *ctx;
};

enum http_replay { HTTP_REPEATABLE, HTTP_ONCE };
enum http_fate {
    HTTP_NOT_SENT, /* the server cannot have acted */
    HTTP_ANSWERED, /* response->status is the server's answer */
    HTTP_LOST,     /* sent at least in part; what the server did is not known */
};

/* Bytes to send: memory, or a range of a file that stays open. */
struct http_body {
    const void *bytes; /* NULL: from `fd` */
    int fd;
    uint64_t offset, size;
};

struct http_response {
    long status; /* 0: no answer */
    enum http_fate fate;
    long retry_after;        /* seconds the server asked for, or -1 */
    struct csvk_buf headers; /* of the last answer, lines ended by CRLF */
    struct csvk_buf body;    /* empty when the request has a receiver */
};

struct http_request {
    const char *what;   /* for messages: "upload of orders.csv" */
    const char *method; /* static */
    struct csvk_buf url;
    struct csvk_strings headers; /* "Name: value" */
    struct http_body body;
    enum http_replay replay;
    bool decode;      /* accept and undo Content-Encoding */
    uint64_t maximum; /* of the body kept in memory; 0: 16 MiB */
    /* Called before every attempt, to sign or to renew credentials; may be NULL. */
    int (*prepare)(void *ctx, struct http_request *request, struct csvk_error *err);
    /* True for an answer that is worth another attempt though its status does not say so. */
    bool (*judge)(void *ctx, const struct http_response *response);
    /* Takes the body of a 2xx answer; restart drops what was taken when an attempt failed. */
    int (*receive)(void *ctx, const void *bytes, size_t length, struct csvk_error *err);
    int (*restart)(void *ctx, struct csvk_error *err);
    /* Bytes of this attempt that went out (or came in); goes back to 0 when it is repeated. */
    void (*progress)(void *ctx, uint64_t done);
    void *ctx;
};

struct http_client; /* a connection that is kept open; one thread at a time */

int http_client_new(struct http_client **out, const struct http_settings *settings,
                    struct csvk_error *err) CSVK_MUST_USE;
void http_client_free(struct http_client *client);
/* A second flag that stops this client: how a group of workers ends when one of them fails. */
void http_client_watch(struct http_client *client, const volatile sig_atomic_t *stop);

void http_request_release(struct http_request *request);
void http_response_release(struct http_response *response);
int http_header(struct http_request *request, const char *format, ...)
    CSVK_PRINTF(2, 3) CSVK_MUST_USE;

/*
 * Performs the request. CSVK_OK with response->status whatever it is, as long as there was an
 * answer. Else CSVK_ENET (see response->fate), CSVK_ECANCELED, CSVK_ENOMEM, or what the body source
 * or the receiver failed with. `response` is all-zero before, released by the caller in any case.
 */
int http_send(struct http_client *client, struct http_request *request,
              struct http_response *response, struct csvk_error *err) CSVK_MUST_USE;

/* The value of a header of the answer (first one, any case), copied to `to`; false: not there. */
bool http_response_header(const struct http_response *response, const char *name, char *to,
                          size_t capacity);
/* Sleeps unless cancelled meanwhile: CSVK_OK or CSVK_ECANCELED. Monotonic. */
int http_pause(const struct http_client *client, uint64_t milliseconds);
/* True for http(s)://127.x, [::1] and localhost. */
bool http_is_loopback(const char *url);
/* CSVK_EUSAGE unless `url` is https, or http to the loopback interface, and has no user part. */
int http_check_url(const char *url, const char *role, struct csvk_error *err) CSVK_MUST_USE;

#endif
