/*
 * http.h - private: one HTTP request at a time, repeated a bounded number of times.
 *
 * What matters most is whether a request may be sent twice. A request marked HTTP_ONCE (every POST
 * to the Storage API) is sent again only when it certainly had no effect: no connection was made,
 * or the server answered "not now" (429, maintenance) instead of acting. When the answer to such a
 * request is lost, its fate is HTTP_LOST, and the caller has to find out what the server did.
 *
 * Redirects are never followed, because they would carry the token to another host. TLS
 * certificates are always verified; plain http is used for the loopback interface only. A stalled
 * transfer is ended, a long one is not.
 */
#ifndef STORAGE_HTTP_H
#define STORAGE_HTTP_H

#include "storage/storage.h"

#include <signal.h>

struct secrets;

struct http_settings {
    const char *ca_file;    /* NULL: the authorities of the system */
    unsigned tries;         /* attempts per request, at least 1 */
    unsigned stall_seconds; /* an attempt ends after so long without a byte */
    unsigned base_delay_ms; /* first backoff; it doubles, with jitter, up to 20 s */
    unsigned longest_wait;  /* seconds that one request may wait because the server asks for it */
    const volatile sig_atomic_t *cancel; /* non-zero: stop as soon as possible; may be NULL */
    struct secrets *secrets;             /* masked in every text */
    void (*on_retry)(void *ctx, const char *text); /* called in any thread; may be NULL */
    void (*on_wait)(void *ctx, const char *text);  /* each second of a long wait; likewise */
    void *ctx;
};

enum http_replay { HTTP_REPEATABLE, HTTP_ONCE };
enum http_fate {
    HTTP_NOT_SENT, /* the server cannot have acted */
    HTTP_ANSWERED, /* response->status is the server's answer */
    HTTP_LOST,     /* sent at least in part, but what the server did is not known */
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
    unsigned tries;   /* 0: as the settings say */
    bool decode;      /* accept and undo Content-Encoding */
    uint64_t maximum; /* bytes of an answer that is kept in memory; 0: 16 MiB */
    /* All functions may be NULL. This one is called before every attempt, to sign the request or to
       renew credentials. */
    int (*prepare)(void *ctx, struct http_request *request, struct csvk_error *err);
    /* True for an answer after which another attempt makes sense although its status is final. */
    bool (*judge)(void *ctx, const struct http_response *response);
    /* Takes pieces of the body of a 2xx answer; restart drops them when an attempt failed. */
    int (*receive)(void *ctx, const void *bytes, size_t length, struct csvk_error *err);
    int (*restart)(void *ctx, struct csvk_error *err);
    /* Bytes of this attempt that went out (or came in); 0 again when the request is repeated. */
    void (*progress)(void *ctx, uint64_t done);
    void *ctx;
};

struct http_client; /* a connection that is kept open; used by one thread at a time */

int http_client_new(struct http_client **out, const struct http_settings *settings,
                    struct csvk_error *err) CSVK_MUST_USE;
void http_client_free(struct http_client *client);
/* Sets a second flag that stops this client, so that workers end when one of them fails. */
void http_client_watch(struct http_client *client, const volatile sig_atomic_t *stop);

void http_request_release(struct http_request *request);
void http_response_release(struct http_response *response);
/* Adds a header line to the request. CSVK_EUSAGE when there is a line break in it; CSVK_ENOMEM. */
int http_header(struct http_request *request, const char *format, ...)
    CSVK_PRINTF(2, 3) CSVK_MUST_USE;

/*
 * Performs the request. CSVK_OK when there was an answer, whatever response->status is. Else
 * KBC_ENET (response->fate says more), CSVK_ECANCELED, CSVK_ENOMEM, or the failure of the file
 * that is sent or of one of the functions of the request. `response` must be all-zero before; the
 * caller releases it in any case.
 */
int http_send(struct http_client *client, struct http_request *request,
              struct http_response *response, struct csvk_error *err) CSVK_MUST_USE;

/* Copies the value of a header of the answer to `to`: of the first such header, in any letter case.
   False: there is none, or it does not fit. */
bool http_response_header(const struct http_response *response, const char *name, char *to,
                          size_t capacity);
/* Puts "; it redirects to HOST, which is not followed" into `to`, or "" when it does not. */
void http_redirect_text(const struct http_response *response, char *to, size_t capacity);
/* A second in milliseconds: shorter in tests, which shorten base_delay_ms. */
uint64_t http_second(const struct http_settings *settings);
/* Sleeps. CSVK_ECANCELED as soon as the client is cancelled, else CSVK_OK. Monotonic clock. */
int http_pause(const struct http_client *client, uint64_t milliseconds);
/* True for the hosts 127.x, [::1] and localhost. */
bool http_is_loopback(const char *url);
/* CSVK_EUSAGE unless `url` is https, or http to the loopback interface, and has no user part. The
   message begins with `role`. */
int http_check_url(const char *url, const char *role, struct csvk_error *err) CSVK_MUST_USE;

#endif
