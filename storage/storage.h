/*
 * storage.h - Keboola Storage for the commands: upload, load, download, jobs.
 *
 * Nothing here prints. What there is to say while it happens goes to an observer; what came out is
 * in the structs. Every text that leaves this folder has its secrets masked.
 *
 * Status: CSVK_EDATA - the platform refused the request or the import (the user's to repair);
 * CSVK_EREMOTE - the server failed, refused the token, or answered nonsense; CSVK_ENET - no usable
 * answer. One struct kbc is used by one thread at a time; it starts workers of its own.
 */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include "csvkit/csvkit.h"

#include <cjson/cJSON.h>
#include <signal.h>

struct kbc;

/* Calls come from any thread, one at a time. Members may be NULL. */
struct kbc_observer {
    void *ctx;
    void (*note)(void *ctx, const char *text);    /* a line for the user */
    void (*request)(void *ctx, const char *text); /* dry run: one request, secrets masked */
    void (*progress)(void *ctx, uint64_t done, uint64_t total); /* bytes of this transfer */
    void (*parts)(void *ctx, uint64_t done, uint64_t total);    /* its slices, or its parts */
};

enum kbc_mode { KBC_SEND, KBC_DRY_RUN };

struct kbc_options {
    const char *url;    /* https://connection.…; a path behind the host is dropped */
    const char *token;  /* copied, wiped by kbc_close */
    const char *branch; /* NULL: the default branch */
    const char *run_id; /* NULL: one is asked for when a load needs it */
    const char *ca_file;
    unsigned tries;         /* 0: 6 */
    unsigned stall_seconds; /* 0: 60 */
    unsigned parallel;      /* 0: 4 */
    enum kbc_mode mode;
    const volatile sig_atomic_t *cancel; /* borrowed */
    struct kbc_observer observer;
};

int kbc_open(struct kbc **out, const struct kbc_options *options,
             struct csvk_error *err) CSVK_MUST_USE;
void kbc_close(struct kbc *kbc); /* NULL is fine */

#define KBC_ID_SIZE 32

/* ---- files ---------------------------------------------------------------------------------- */

enum kbc_compress { KBC_AS_IT_IS, KBC_GZIP };

struct kbc_upload {
    const char *path;                /* file or slice directory */
    const char *name;                /* NULL: the base name of path */
    const struct csvk_strings *tags; /* may be NULL */
    bool permanent;
    enum kbc_compress compress;
    const char *state;  /* journal for resuming, or NULL */
    uint64_t part_size; /* 0: 64 MiB */
};

struct kbc_uploaded {
    char id[KBC_ID_SIZE];
    bool sliced;
    size_t objects; /* the file, or its slices */
    uint64_t bytes; /* as stored */
    bool resumed;   /* something of an earlier run was used */
};

/*
 * Prepares a Storage file and puts the bytes there; the slice manifest goes last. CSVK_ECHANGED
 * when the source changed meanwhile. On failure the error says what is left and where.
 */
int kbc_upload(struct kbc *kbc, const struct kbc_upload *upload, struct kbc_uploaded *out,
               struct csvk_error *err) CSVK_MUST_USE;

/* ---- jobs ----------------------------------------------------------------------------------- */

enum kbc_job_state { KBC_JOB_RUNNING, KBC_JOB_SUCCESS, KBC_JOB_ERROR };

/* All-zero is empty; pointers are owned (kbc_job_release) and may be NULL. */
struct kbc_job {
    char id[KBC_ID_SIZE];
    enum kbc_job_state state;
    char *status, *operation, *table;
    char *error_code, *error_message, *exception_id;
    struct csvk_strings missing_columns, expected_columns, warnings;
    cJSON *raw; /* the whole answer */
};
void kbc_job_release(struct kbc_job *job);
int kbc_job_get(struct kbc *kbc, const char *id, struct kbc_job *out,
                struct csvk_error *err) CSVK_MUST_USE;
/* Polls with growing pauses until the job ends or `seconds` (0: no limit) are over. A job that is
   still running then is CSVK_END, not a failure. The fate of the job is in out->state. */
int kbc_job_wait(struct kbc *kbc, const char *id, uint64_t seconds, struct kbc_job *out,
                 struct csvk_error *err) CSVK_MUST_USE;

/* ---- loading -------------------------------------------------------------------------------- */

struct kbc_delete {
    const char *column;   /* NULL: nothing is deleted */
    const char *operator; /* "eq" or "ne" */
    const struct csvk_strings *values;
};

enum kbc_header {
    KBC_HEADER,      /* the first record names the columns */
    KBC_HEADLESS,    /* there is none: `columns` names them */
    KBC_SKIP_HEADER, /* there is one (in every slice), but `columns` names them */
};
enum kbc_add { KBC_ADD_NOTHING, KBC_ADD_COLUMNS };
enum kbc_journal { KBC_JOURNAL_OF_UPLOAD, KBC_JOURNAL_OF_LOAD };

struct kbc_load {
    const char *table;   /* in.c-bucket.table */
    const char *file_id; /* already uploaded */
    enum kbc_header header;
    const struct csvk_strings *columns;     /* of the data, in order; may be NULL or empty */
    const struct csvk_strings *primary_key; /* may be NULL: as the table has it */
    const cJSON *schema; /* of a native manifest, or NULL: makes a missing table a typed one */
    struct csvk_dialect dialect;
    bool sliced;
    bool incremental;
    bool create_only; /* refuse when the table exists */
    bool no_wait;
    enum kbc_add add; /* columns that the table does not have */
    uint64_t timeout; /* seconds to wait for the job; 0: no limit */
    struct kbc_delete delete_where;
    const char *metadata;     /* JSON object {"metadata":[…],"columnsMetadata":{…}}, or NULL */
    const char *state;        /* journal that keeps the import's marks, or NULL */
    enum kbc_journal journal; /* what it is: the upload's, or the load's alone */
};

struct kbc_loaded {
    struct kbc_job job; /* of the import */
    bool table_created, bucket_created, finished;
    bool found_again; /* the answer was lost; the job was found by looking */
    bool unknown;     /* the answer was lost, and whether the import began is not known */
    uint64_t imported_rows, total_rows, deleted_rows;
    struct csvk_strings imported_columns;
};
void kbc_loaded_release(struct kbc_loaded *loaded);
/* CSVK_EDATA when the import job failed: details in out->job. */
int kbc_load(struct kbc *kbc, const struct kbc_load *load, struct kbc_loaded *out,
             struct csvk_error *err) CSVK_MUST_USE;

/* What load would be refused for, before anything is uploaded: columns, key, existence. *exists
   tells whether the table is there. */
int kbc_load_check(struct kbc *kbc, const struct kbc_load *load, bool *exists,
                   struct csvk_error *err) CSVK_MUST_USE;

/* The importer service: one request for a small file, the table must exist. */
struct kbc_direct {
    const char *path;
    const char *table; /* NULL: only a Storage file is made */
    const char *name;
    const struct csvk_strings *columns, *tags;
    struct csvk_dialect dialect;
    bool incremental, permanent;
};
struct kbc_directed {
    char file_id[KBC_ID_SIZE]; /* "" when rows were imported */
    uint64_t bytes;            /* of the file */
    uint64_t total_rows;
    struct csvk_strings imported_columns, warnings;
};
void kbc_directed_release(struct kbc_directed *directed);
int kbc_import_direct(struct kbc *kbc, const struct kbc_direct *direct, struct kbc_directed *out,
                      struct csvk_error *err) CSVK_MUST_USE;

/* ---- downloading ---------------------------------------------------------------------------- */

enum kbc_slices { KBC_JOIN, KBC_KEEP_SLICES };

struct kbc_filter {
    const char *column, *operator;
    const char *value;
};

struct kbc_download {
    const char *file_id; /* or */
    const char *table;
    const char *out; /* file, or directory with KBC_KEEP_SLICES; "-": standard output */
    enum kbc_slices slices;
    const struct csvk_strings *columns; /* may be NULL: all */
    const char *changed_since, *changed_until;
    const struct kbc_filter *filters;
    size_t nfilters;
    uint64_t limit;   /* 0: none */
    uint64_t timeout; /* seconds for the export job; 0: no limit */
};

struct kbc_downloaded {
    char file_id[KBC_ID_SIZE];
    char job_id[KBC_ID_SIZE]; /* "" when no export was made */
    size_t slices;
    bool sliced;
    uint64_t stored_bytes; /* as fetched */
    uint64_t bytes;        /* as written */
    struct csvk_strings columns;
};
void kbc_downloaded_release(struct kbc_downloaded *downloaded);
int kbc_download(struct kbc *kbc, const struct kbc_download *download, struct kbc_downloaded *out,
                 struct csvk_error *err) CSVK_MUST_USE;

#endif
