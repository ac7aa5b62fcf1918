/*
 * storage_api.h - inside storage/: one call to the Storage API, and what all parts share.
 */
#ifndef STORAGE_STORAGE_API_H
#define STORAGE_STORAGE_API_H

#include "storage/http.h"
#include "storage/secret.h"
#include "storage/storage.h"

#include <pthread.h>

struct kbc {
    char *url; /* scheme and host, no slash at the end */
    char *token, *branch, *run_id;
    char *ca_file;
    unsigned parallel;
    enum kbc_mode mode;
    struct kbc_observer observer;
    struct secrets secrets;
    struct http_settings settings;
    struct http_client *client;
    pthread_mutex_t lock;   /* of the client: one call at a time */
    pthread_mutex_t speech; /* of the observer */
    uint64_t done, total;   /* bytes of the transfer, under speech */
    uint64_t parts_done, parts;
};

enum kbc_scope { KBC_BRANCHED, KBC_GLOBAL };

struct kbc_call {
    const char *what; /* for messages */
    const char *method;
    const char *path; /* behind /v2/storage/ */
    cJSON *body;      /* taken over, may be NULL */
    enum kbc_scope scope;
    enum http_replay replay;
    const char *run_id; /* NULL: the session's */
    const char *dry;    /* JSON answered in a dry run */
};

struct kbc_answer {
    cJSON *json; /* NULL when the answer had no body */
    long status;
    enum http_fate fate;
    char code[96]; /* of an error body */
};

/*
 * CSVK_OK for 2xx. A refusal fills err with the server's own words; answer->status and ->code tell
 * more. CSVK_ENET with fate HTTP_LOST: whether the server acted is not known. Any thread.
 */
int kbc_call(struct kbc *kbc, const struct kbc_call *call, struct kbc_answer *answer,
             struct csvk_error *err) CSVK_MUST_USE;
void kbc_answer_release(struct kbc_answer *answer);

void kbc_note(struct kbc *kbc, const char *format, ...) CSVK_PRINTF(2, 3);
/* Dry run: shows a request that would go to an object store. */
void kbc_show(struct kbc *kbc, const char *method, const char *url, const char *body);
void kbc_progress_begin(struct kbc *kbc, uint64_t total);
void kbc_progress_parts(struct kbc *kbc, uint64_t parts); /* how many there will be */
void kbc_progress_part(struct kbc *kbc);                  /* one more is done */
void kbc_progress_add(struct kbc *kbc, int64_t delta);
int kbc_worker_client(struct kbc *kbc, struct http_client **out,
                      struct csvk_error *err) CSVK_MUST_USE;
/* As csvk_fail, with the secrets masked. */
int kbc_fail(struct kbc *kbc, struct csvk_error *err, enum csvk_status status, const char *format,
             ...) CSVK_PRINTF(4, 5);

/* Reading answers; all are fine with NULL. */
const char *json_text(const cJSON *object, const char *key); /* "" when absent or no string */
const cJSON *json_at(const cJSON *object, const char *key);
void json_id(const cJSON *object, const char *key, char id[KBC_ID_SIZE]); /* number or string */
uint64_t json_uint(const cJSON *object, const char *key);
bool json_true(const cJSON *object, const char *key);
int json_strings(const cJSON *array, struct csvk_strings *out) CSVK_MUST_USE;
cJSON *json_array(const struct csvk_strings *list); /* NULL: out of memory */

#endif
