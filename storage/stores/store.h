/*
 * store.h - private: the object store that holds a Storage file, which is S3, Azure Blob Storage or
 * Google Cloud Storage.
 *
 * A struct store is made from the answer to files/prepare (for writing) or from the detail of a
 * file (for reading): a place, a key and credentials that are valid for some hours. Objects are put
 * whole, or in parts between begin and finish. Every request here may be repeated: a second put
 * replaces the object, a second part replaces the part, and a second finish of a finished object is
 * recognized.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "storage/api/storage_api.h"

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
    char *bearer;                                                /* GCS; guarded by `lock` */
    unsigned generation; /* counts the bearers; guarded by `lock` */
    bool path_style;     /* S3: the bucket is part of the path, not of the host */
    long clock_offset; /* S3: seconds that the store's clock is ahead of ours; guarded by `lock` */
    volatile sig_atomic_t expired; /* the credentials have run out */
    pthread_mutex_t lock;
};

/* `file` is the JSON of the file. KBC_EREMOTE when something needed is missing in it. */
int store_init(struct store *store, struct kbc *kbc, const cJSON *file, enum store_use use,
               struct csvk_error *err) CSVK_MUST_USE;
void store_release(struct store *store); /* all-zero is fine */
/* Makes a store for reading the same file: asks the Storage API for the credentials of a reader. */
int store_open_reader(const struct store *store, struct store *reader,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Appends the address that a slice manifest has for an object: "s3://bucket/KEY",
   "azure://account…/container/KEY" or "gs://bucket/KEY". */
int store_object_url(const struct store *store, const char *key,
                     struct csvk_buf *out) CSVK_MUST_USE;

#define STORE_TAG_SIZE 128
struct store_part {
    unsigned number; /* from 1 */
    uint64_t offset, size;
    char tag[STORE_TAG_SIZE]; /* that finish has to name; "": the part is not stored yet */
};

/* An object that is being put. */
struct store_object {
    const char *what; /* for messages */
    const char *name; /* that a browser saves it under; NULL: it is not a file of its own */
    char *key;        /* the complete key */
    int fd;           /* of the source; -1: the source is `bytes` */
    const void *bytes;
    uint64_t size;
    char *upload; /* id of the multipart upload or address of the session; NULL: not begun */
    struct store_part *parts;
    size_t nparts; /* 0: the object is put whole */
};

/* Divides the object into parts of about part_size bytes, within the limits of the store. An object
   that is not larger than one part is not divided. CSVK_ELIMIT: it is too large for the store. */
int store_divide(const struct store *store, struct store_object *object, uint64_t part_size,
                 struct csvk_error *err) CSVK_MUST_USE;
/* False: the parts of one object must be put one after the other. */
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
/* Removes the parts put so far. KBC_EREMOTE when the store does not permit that: then parts stay
   until its own clean-up. */
int store_abort(struct store *store, struct http_client *client, const struct store_object *object,
                struct csvk_error *err) CSVK_MUST_USE;
struct store_got {
    uint64_t size;     /* bytes */
    bool is_announced; /* the store said before how long the object is, or where it ends */
};
/* Fetches an object into the file `fd`, from its start. */
int store_get(struct store *store, struct http_client *client, const char *key, int fd,
              struct store_got *got, struct csvk_error *err) CSVK_MUST_USE;
/* Some bytes of an object. */
struct store_range {
    uint64_t offset;
    size_t length;     /* asked for, at least 1; there may be fewer before the end of the object */
    unsigned char *to; /* room for them */
    size_t got;        /* that came */
    uint64_t size;     /* of the whole object */
    char tag[STORE_TAG_SIZE]; /* of this version of the object */
};
/* Fetches them. An object without bytes has no ranges: then `got` and `size` are 0. KBC_EREMOTE
   when the store answers with other bytes than were asked for. */
int store_get_range(struct store *store, struct http_client *client, const char *key,
                    struct store_range *range, struct csvk_error *err) CSVK_MUST_USE;

/* ---- private to store.c and store_*.c ---- */

/* One request to a store, its response, and what the functions of the request need. */
struct store_call {
    struct store *store;
    struct http_client *client;
    struct http_request request;
    struct http_response response;
    size_t fixed_headers;      /* number of headers before those that authorize adds */
    const char *proof;         /* a header that every complete answer has, or NULL */
    char sha256[65];           /* of the body, S3 */
    unsigned generation;       /* of the bearer that was sent, GCS */
    bool anonymous;            /* no bearer is sent: the address is the permission, GCS */
    uint64_t reported;         /* bytes of progress reported so far */
    int out_fd;                /* the file that a fetched object goes to */
    struct store_range *range; /* or the bytes of it that are fetched; NULL: all */
    uint64_t received;         /* bytes of it so far */
};

/* What one kind of store is. Sizes are bytes. A function that is NULL has nothing to do. */
struct store_ops {
    uint64_t least_part, largest_part, part_unit, most_parts;
    bool parts_are_free;
    /* Called before every attempt: adds the signature (S3) or the bearer (GCS). The signature of
       Azure is in the address. */
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

/* Copies a text that must be in the answer. KBC_EREMOTE, with the key, when it is missing. */
int store_take(const cJSON *object, const char *key, char **to,
               struct csvk_error *err) CSVK_MUST_USE;
/* Takes the bucket and the key from the place of the file. */
int store_take_place(struct store *store, const cJSON *place, const char *bucket, const char *key,
                     struct csvk_error *err) CSVK_MUST_USE;
/* The endpoint for tests: the value of `variable` if it is on the loopback interface, else NULL. */
const char *store_test_endpoint(const char *variable);
/* Drops the headers that an earlier attempt added: all after the first `keep`. */
void store_drop_headers(struct http_request *request, size_t keep);
/* Adds "HEADER: attachment; filename=..." for an object that is a file of its own. */
int store_add_disposition(struct store_call *call, const char *header,
                          const struct store_object *object, struct csvk_error *err) CSVK_MUST_USE;
/* Adds Content-MD5 of the body when it comes from a file. */
int store_add_md5(struct store_call *call, struct csvk_error *err) CSVK_MUST_USE;
/* Sends the request. Every answer but 2xx becomes an error with the code of the store. An answer
   without its proof was cut short and is worth another attempt. */
int store_send(struct store_call *call, struct csvk_error *err) CSVK_MUST_USE;
/* Copies the text between <tag> and </tag> of an XML answer, cut to `capacity`; "" when there is
 * none. */
void store_xml_text(const struct http_response *response, const char *tag, char *to,
                    size_t capacity);
/* The same for a message: the secrets are masked before the text is cut. */
void store_error_text(const struct store_call *call, const char *tag, char *to, size_t capacity);

#endif
