/*
 * storage_api.h - private: one call to the Storage API, and what all files of this folder share.
 *
 * kbc is short for "Keboola connection": the session with one project. The names that begin with
 * kbc_ belong to it.
 */
#ifndef STORAGE_STORAGE_API_H
#define STORAGE_STORAGE_API_H

#include "storage/http/http.h"
#include "storage/http/secret.h"
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
    pthread_mutex_t lock;          /* of the client: one call at a time */
    pthread_mutex_t observer_lock; /* of calls to the observer, and of the counts below */
    uint64_t done, total;          /* bytes of the transfer */
    uint64_t parts_done, parts;
};

enum kbc_scope { KBC_BRANCHED, KBC_GLOBAL }; /* is the branch part of the path? */

struct kbc_call {
    const char *what; /* for messages */
    const char *method;
    const char *path; /* after /v2/storage/ (and the branch) */
    cJSON *body;      /* taken over; may be NULL */
    enum kbc_scope scope;
    enum http_replay replay;
    unsigned tries;     /* 0: as the session has it */
    const char *run_id; /* NULL: that of the session */
    const char *dry;    /* the JSON that a dry run answers; NULL: {} */
    bool may_be_empty;  /* success without a body is an answer, too */
};

struct kbc_answer {
    cJSON *json; /* NULL when the answer had no body, or one that is not JSON */
    long status; /* of HTTP; 0: no answer */
    enum http_fate fate;
    char code[96]; /* of an error body */
};

/*
 * Makes one call. CSVK_OK for 2xx with JSON. A refusal fills err with the words of the server;
 * answer->status and ->code have the details. KBC_ENET with fate HTTP_LOST: whether the server
 * acted is not known. `answer` is overwritten; the caller releases it in any case. Any thread.
 */
int kbc_call(struct kbc *kbc, const struct kbc_call *call, struct kbc_answer *answer,
             struct csvk_error *err) CSVK_MUST_USE;
void kbc_answer_release(struct kbc_answer *answer);

/* Appends "folder/id" and `rest` to a path, the id percent-encoded. CSVK_ENOMEM. */
int kbc_path(struct csvk_buf *path, const char *folder, const char *id, const char *rest,
             struct csvk_error *err) CSVK_MUST_USE;

/* Reports a line for the user to the observer, secrets masked. Any thread. */
void kbc_note(struct kbc *kbc, const char *format, ...) CSVK_PRINTF(2, 3);
/* Shows the observer what is being waited for; the next such line replaces it, "" is the end. Any
   thread. */
void kbc_waiting(struct kbc *kbc, const char *format, ...) CSVK_PRINTF(2, 3);
/* Dry run: shows the observer a request that would be sent. */
void kbc_show(struct kbc *kbc, const char *method, const char *url, const char *body);
/* Progress of a transfer, for the observer. Any thread. */
void kbc_progress_begin(struct kbc *kbc, uint64_t total); /* bytes; 0: not known */
void kbc_progress_parts(struct kbc *kbc, uint64_t parts); /* how many there will be */
void kbc_progress_part(struct kbc *kbc);                  /* one more is done */
void kbc_progress_add(struct kbc *kbc, int64_t delta);    /* bytes; negative: taken back */
/* A client of its own for a worker, with the settings of the session. */
int kbc_worker_client(struct kbc *kbc, struct http_client **out,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Takes in what a server said: learns the secrets in it and masks them in every text but the
   credentials themselves. CSVK_ENOMEM. Any thread. */
int kbc_take_in(struct kbc *kbc, cJSON *answer) CSVK_MUST_USE;
/* Masks every text of the tree, credentials too: for what is shown as a whole. Any thread. */
void kbc_mask_tree(struct kbc *kbc, cJSON *tree);
/* Copies `text` to `to` with the secrets masked and cuts it after that. Any thread. */
void kbc_mask_into(struct kbc *kbc, const char *text, char *to, size_t capacity);
/* The same for the last part of the key of an object, as a name for messages. */
void kbc_object_name(struct kbc *kbc, const char *key, char *to, size_t capacity);
/* csvk_fail with the secrets masked. */
int kbc_fail(struct kbc *kbc, struct csvk_error *err, int status, const char *format, ...)
    CSVK_PRINTF(4, 5);

/* To read answers; NULL is fine for all of them. */
const char *json_text(const cJSON *object, const char *key); /* "" when it is not a string */
const cJSON *json_at(const cJSON *object, const char *key);  /* or NULL */
/* The digits of an id that is a number or a string; "" when it is neither. */
void json_id(const cJSON *object, const char *key, char id[KBC_ID_SIZE]);
uint64_t json_uint(const cJSON *object, const char *key); /* 0 when it is not one */
bool json_true(const cJSON *object, const char *key);
int json_strings(const cJSON *array, struct csvk_strings *out) CSVK_MUST_USE;
/* A copy of the text, "" when there is none. CSVK_ENOMEM. */
int json_copy(const cJSON *object, const char *key, char **to) CSVK_MUST_USE;
cJSON *json_array(const struct csvk_strings *list); /* NULL: out of memory */

#endif
