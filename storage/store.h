/*
 * store.h - the object store behind a Storage file: S3, Azure Blob Storage or Google Cloud Storage.
 *
 * A struct store is made from what files/prepare (writing) or a file's detail (reading) answered: a
 * place, a key and credentials that live for some hours. Objects are put whole, or in parts between
 * begin and finish. Every request here may be repeated: a put replaces, a part replaces, and a
 * second finish of a finished object is recognised.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "storage/storage_api.h"

#include <time.h>

enum store_kind { STORE_S3, STORE_AZURE, STORE_GCS };
enum store_use { STORE_WRITE, STORE_READ };

struct store {
    struct kbc *kbc; /* borrowed */
    enum store_kind kind;
    enum store_use use;
    char file_id[KBC_ID_SIZE];
    char *name;     /* of the file, for Content-Disposition */
    char *bucket;   /* container on Azure */
    char *key;      /* object key, or prefix of the slices' keys */
    char *endpoint; /* scheme://host[/account], no slash at the end */
    char *account;  /* Azure */
    char *region, *access, *secret, *session, *acl, *encryption; /* S3 */
    char *sas;                                                   /* Azure */
    char *bearer;                                                /* GCS, under `lock` */
    unsigned generation;                                         /* of the bearer, under `lock` */
    bool path_style;               /* S3: the bucket is part of the path */
    volatile sig_atomic_t expired; /* the store said that the credentials are over */
    pthread_mutex_t lock;
};

/* `file` is the JSON of the file. CSVK_EREMOTE when a needed part is missing. */
int store_init(struct store *store, struct kbc *kbc, const cJSON *file, enum store_use use,
               struct csvk_error *err) CSVK_MUST_USE;
void store_release(struct store *store); /* all-zero is fine */
/* The same file as its readers see it: asks the Storage API for their credentials. */
int store_open_reader(const struct store *store, struct store *reader,
                      struct csvk_error *err) CSVK_MUST_USE;
/* "s3://bucket/", "azure://account…/container/", "gs://bucket/" + key: how a manifest names it. */
int store_object_url(const struct store *store, const char *key,
                     struct csvk_buf *out) CSVK_MUST_USE;

#define STORE_TAG_SIZE 128
struct store_part {
    unsigned number; /* from 1 */
    uint64_t offset, size;
    char tag[STORE_TAG_SIZE]; /* what the store gave or wants for it in the end; "" = not put yet */
};

/* An object on its way. */
struct store_object {
    const char *what; /* for messages */
    const char *name; /* what a browser saves it as; NULL: it is no file of its own */
    char *key;        /* complete */
    int fd;           /* source, or -1 with `bytes` */
    const void *bytes;
    uint64_t size;
    char *upload; /* id of a multipart upload, resumable session; NULL: none begun */
    struct store_part *parts;
    size_t nparts; /* 0: put whole */
};

/* Divides the object into parts when it is larger than one; keeps the limits of the store. */
int store_divide(const struct store *store, struct store_object *object, uint64_t part_size,
                 struct csvk_error *err) CSVK_MUST_USE;
/* False: parts of one object have to go one after the other. */
bool store_parts_are_free(const struct store *store);

int store_put(struct store *store, struct http_client *client, const struct store_object *object,
              struct csvk_error *err) CSVK_MUST_USE;
int store_begin(struct store *store, struct http_client *client, struct store_object *object,
                struct csvk_error *err) CSVK_MUST_USE;
/* Different parts of one object may be put by different threads when store_parts_are_free. */
int store_put_part(struct store *store, struct http_client *client,
                   const struct store_object *object, struct store_part *part,
                   struct csvk_error *err) CSVK_MUST_USE;
int store_finish(struct store *store, struct http_client *client, const struct store_object *object,
                 struct csvk_error *err) CSVK_MUST_USE;
/* Drops the parts put so far. CSVK_EREMOTE when the store does not let us: parts then stay until
   its own clean-up. */
int store_abort(struct store *store, struct http_client *client, const struct store_object *object,
                struct csvk_error *err) CSVK_MUST_USE;
/* Fetches an object into a file from its start; *size is its length. */
int store_get(struct store *store, struct http_client *client, const char *key, int fd,
              uint64_t *size, struct csvk_error *err) CSVK_MUST_USE;

/* ---- between the files of the store -----------------------------------------------------------
 */

/* One request to a store with the response and what the hooks need. */
struct store_call {
    struct store *store;
    struct http_client *client;
    struct http_request request;
    struct http_response response;
    size_t fixed_headers; /* those before the ones that prepare adds */
    const char *proof;    /* header that a whole answer has, or NULL */
    char sha256[65];      /* of the body, S3 */
    unsigned generation;  /* of the bearer that was sent, GCS */
    bool anonymous;       /* no bearer: the address is its own permission, GCS */
    uint64_t reported;    /* progress reported so far */
    int out_fd;           /* where a fetched object goes */
    uint64_t received;
};

/* NULL among the functions: there is nothing to do. */
struct store_ops {
    uint64_t least_part, largest_part, part_unit, most_parts;
    bool parts_are_free;
    int (*authorize)(void *ctx, struct http_request *request, struct csvk_error *err);
    int (*put)(struct store_call *call, const struct store_object *object, struct csvk_error *err);
    int (*begin)(struct store_call *call, struct store_object *object, struct csvk_error *err);
    int (*part)(struct store_call *call, const struct store_object *object, struct store_part *part,
                struct csvk_error *err);
    int (*finish)(struct store_call *call, const struct store_object *object,
                  struct csvk_error *err);
    int (*abort)(struct store_call *call, const struct store_object *object,
                 struct csvk_error *err);
    int (*get)(struct store_call *call, const char *key, struct csvk_error *err);
    int (*parse)(struct store *store, const cJSON *file, struct csvk_error *err);
};
extern const struct store_ops store_s3, store_azure, store_gcs;

/* Copies a needed text of the answer; CSVK_EREMOTE names the key that is missing. */
int store_take(const cJSON *object, const char *key, char **to,
               struct csvk_error *err) CSVK_MUST_USE;
/* Takes bucket and key of the file's place. */
int store_take_place(struct store *store, const cJSON *place, const char *bucket, const char *key,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Endpoint for tests: `variable` when set and on the loopback interface; else NULL. */
const char *store_test_endpoint(const char *variable);
/* Forgets the headers that an earlier attempt added. */
void store_drop_headers(struct http_request *request, size_t keep);
/* Adds "HEADER: attachment; filename=..." for an object that is a file of its own. */
int store_add_disposition(struct store_call *call, const char *header,
                          const struct store_object *object, struct csvk_error *err) CSVK_MUST_USE;
/* Adds Content-MD5 of the body when it comes from a file. */
int store_add_md5(struct store_call *call, struct csvk_error *err) CSVK_MUST_USE;
/* Sends and turns every answer but 2xx into an error that names the store's code; an answer without
   its proof was cut short and is worth another attempt. */
int store_send(struct store_call *call, struct csvk_error *err) CSVK_MUST_USE;
/* The text between <tag> and </tag> of an XML answer, or the header; "" when there is none. */
void store_xml_text(const struct http_response *response, const char *tag, char *to,
                    size_t capacity);

#endif
