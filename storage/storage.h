/*
 * storage.h - Keboola Storage for the commands: upload, load, download, jobs.
 *
 * Nothing here prints. What there is to report during the work goes to an observer; results are in
 * the structs. Secrets are masked in every text that leaves this folder.
 *
 * Status: CSVK_EDATA - the platform refused the request or the import (the user can repair that);
 * CSVK_EREMOTE - the server failed, refused the token, or answered nonsense; CSVK_ENET - no usable
 * answer. A struct kbc is used by one thread at a time; it starts workers of its own. Results may
 * be filled in part after a failure, so they are released in any case.
 */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include "csvkit/csvkit.h"

#include <cjson/cJSON.h>
#include <signal.h>

struct kbc;

/* Its functions are called from any thread, one call at a time. They may be NULL. */
struct kbc_observer {
    void *ctx;
    void (*note)(void *ctx, const char *text);    /* a line for the user */
    void (*request)(void *ctx, const char *text); /* dry run: one request, secrets masked */
    void (*progress)(void *ctx, uint64_t done, uint64_t total); /* bytes; total 0: not known */
    void (*parts)(void *ctx, uint64_t done, uint64_t total);    /* slices, or parts of a file */
    void (*waiting)(void *ctx, const char *text); /* a line that the next one replaces; "": none */
};

enum kbc_mode { KBC_SEND, KBC_DRY_RUN };

struct kbc_options {
    const char *url;    /* https://connection.…; a path after the host is dropped */
    const char *token;  /* copied, wiped by kbc_close */
    const char *branch; /* NULL: the default branch */
    const char *run_id; /* NULL: one is asked for when a load needs it */
    const char *ca_file;
    unsigned tries;           /* attempts for each request; 0: 6 */
    unsigned stall_seconds;   /* an attempt ends after so long without a byte; 0: 60 */
    unsigned parallel;        /* transfers at a time; 0: 4 */
    const unsigned *max_wait; /* seconds to wait when the server asks for it; NULL: 20 minutes */
    enum kbc_mode mode;
    const volatile sig_atomic_t *cancel; /* non-zero: stop; borrowed until kbc_close; or NULL */
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
    bool to_load;       /* an import follows: a file that Storage removed meanwhile is of no use */
    uint64_t part_size; /* bytes of a part of a large file; 0: 64 MiB */
};

struct kbc_uploaded {
    char id[KBC_ID_SIZE];
    bool sliced;
    size_t objects; /* the file, or its slices */
    uint64_t bytes; /* as stored */
    bool resumed;   /* something that an earlier run stored was used */
};

/*
 * Prepares a Storage file and stores the bytes of the source in it; the slice manifest goes last.
 * CSVK_ECHANGED when the source changed meanwhile. After a failure a note for the observer says
 * what is left and where.
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
/* Asks for the job with growing pauses until it ends or `seconds` (0: no limit) are over. CSVK_OK:
   it has ended, out->state says how. CSVK_END: it is still running, which is not a failure. */
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
    KBC_HEADLESS,    /* there is no header: `columns` names the columns */
    KBC_SKIP_HEADER, /* there is one (in every slice), but `columns` names the columns */
};
enum kbc_add { KBC_ADD_NOTHING, KBC_ADD_COLUMNS };
enum kbc_journal { KBC_JOURNAL_OF_UPLOAD, KBC_JOURNAL_OF_LOAD };

struct kbc_load {
    const char *table;   /* in.c-bucket.table */
    const char *file_id; /* already uploaded */
    enum kbc_header header;
    const struct csvk_strings *columns;     /* of the data, in order; may be NULL or empty */
    const struct csvk_strings *primary_key; /* may be NULL: as the table has it */
    const cJSON *schema; /* of a native manifest, for the types of a missing table; or NULL */
    struct csvk_dialect dialect;
    bool sliced;
    bool incremental;
    bool create_only; /* refuse when the table exists */
    bool once;        /* first look whether any job has loaded the file into the table */
    bool no_wait;
    enum kbc_add add; /* what to do with columns that the table lacks */
    uint64_t timeout; /* seconds to wait for the job; 0: no limit */
    struct kbc_delete delete_where;
    const char *metadata;     /* JSON object {"metadata":[…],"columnsMetadata":{…}}, or NULL */
    const char *state;        /* journal for marks of the import, or NULL */
    enum kbc_journal journal; /* of the upload, or of the load alone */
};

struct kbc_loaded {
    struct kbc_job job; /* of the import */
    bool table_created, bucket_created, finished;
    bool found_again; /* the answer was lost; the job was found in the list of jobs */
    bool unknown;     /* whether the import began, or how its job ended, is not known */
    bool table_begun; /* the table was about to be made: it may exist now */
    uint64_t imported_rows, total_rows, deleted_rows;
    bool counted; /* imported_rows is what the server has counted in the file */
    struct csvk_strings imported_columns;
};
void kbc_loaded_release(struct kbc_loaded *loaded);
/* Loads a Storage file into a table. CSVK_EDATA when the job failed: out->job has the details. */
int kbc_load(struct kbc *kbc, const struct kbc_load *load, struct kbc_loaded *out,
             struct csvk_error *err) CSVK_MUST_USE;

/* Checks, before anything is uploaded, what kbc_load would be refused for: columns, key, existence
   of the table. *exists is true when the table exists. Adds the columns of its primary key to
   `key`. */
int kbc_load_check(struct kbc *kbc, const struct kbc_load *load, bool *exists,
                   struct csvk_strings *key, struct csvk_error *err) CSVK_MUST_USE;

/* For the Importer service: one request for a small file. The table must exist. */
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
    const char *file_id; /* when `table` is NULL */
    const char *table;   /* NULL: a file is wanted */
    const char *out;     /* file, or directory with KBC_KEEP_SLICES; "-": standard output */
    enum kbc_slices slices;
    const struct csvk_strings *columns; /* NULL: all */
    const char *changed_since, *changed_until;
    const struct kbc_filter *filters;
    size_t nfilters;
    uint64_t limit;   /* of rows; 0: none */
    uint64_t timeout; /* seconds for the export job; 0: no limit */
};

struct kbc_downloaded {
    char file_id[KBC_ID_SIZE];
    char job_id[KBC_ID_SIZE]; /* "" when no export was made */
    size_t slices;
    bool sliced;
    uint64_t stored_bytes; /* that were fetched */
    uint64_t bytes;        /* that were written, before compression */
    struct csvk_strings columns;
};
void kbc_downloaded_release(struct kbc_downloaded *downloaded);
int kbc_download(struct kbc *kbc, const struct kbc_download *download, struct kbc_downloaded *out,
                 struct csvk_error *err) CSVK_MUST_USE;

#endif
