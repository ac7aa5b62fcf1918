/*
 * storage.h - Keboola Storage for the commands: upload, load, download, jobs.
 *
 * Nothing here prints. What there is to report during the work goes to an observer; results are in
 * the structs. Secrets are masked in every text that leaves this folder.
 *
 * Status: those of csvkit and of enum kbc_status. CSVK_EDATA - the platform refused the request or
 * the import (the user can repair that); CSVK_ECANCELED - kbc_options.cancel was set. A struct kbc
 * is used by one thread at a time; it starts workers of its own. Results may be filled in part
 * after a failure, so they are released in any case.
 */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include "csvkit/csvkit.h"
#include "manifest/table_definition.h"
#include "manifest/types.h"

#include <cjson/cJSON.h>
#include <signal.h>

enum kbc_status {
    KBC_ENET = CSVK_EOTHER - 1,    /* network trouble: there was no usable answer */
    KBC_EREMOTE = CSVK_EOTHER - 2, /* the server failed, refused the token, or answered nonsense */
};

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
    bool objects_only; /* no project is asked, so `url` and `token` are not needed: only the
                          functions kbc_object_… work */
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
    bool to_load;       /* an import follows: once it is known, the file need not be there */
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

/* A file that is in Storage. All-zero is empty; pointers are owned and never NULL when filled in.
 */
struct kbc_file {
    char id[KBC_ID_SIZE];
    char *name, *created, *provider, *region, *file_type; /* "" when the server did not say */
    struct csvk_strings tags;
    bool has_bytes, sliced, encrypted, permanent;
    uint64_t bytes; /* stored; when has_bytes */
    uint64_t days;  /* that the file is kept; 0: without a limit, or not known */
};
struct kbc_files {
    struct kbc_file *item; /* newest first */
    size_t count;
};
struct kbc_file_query {
    const struct csvk_strings *tags; /* all of them; NULL or empty: any */
    const char *query;               /* in the query language of the platform, or NULL */
    uint64_t limit;                  /* how many, the newest first; 0: all */
};
void kbc_files_release(struct kbc_files *files);
void kbc_file_release(struct kbc_file *file);
int kbc_files_list(struct kbc *kbc, const struct kbc_file_query *query, struct kbc_files *out,
                   struct csvk_error *err) CSVK_MUST_USE;
int kbc_file_get(struct kbc *kbc, const char *id, struct kbc_file *out,
                 struct csvk_error *err) CSVK_MUST_USE;
/* Adds a tag, which the file may have already; removes one, which it need not have. */
int kbc_file_add_tag(struct kbc *kbc, const char *id, const char *tag,
                     struct csvk_error *err) CSVK_MUST_USE;
int kbc_file_remove_tag(struct kbc *kbc, const char *id, const char *tag,
                        struct csvk_error *err) CSVK_MUST_USE;
/* Deletes the file and waits for the end of it. */
int kbc_file_delete(struct kbc *kbc, const char *id, struct csvk_error *err) CSVK_MUST_USE;

/* ---- the token ------------------------------------------------------------------------------ */

/* What the token may do and where. Pointers are owned; "" when the server did not say. */
struct kbc_token {
    char id[KBC_ID_SIZE], project_id[KBC_ID_SIZE];
    char *description, *project, *stack, *region, *backend, *provider;
    char *created, *expires;     /* "": never */
    bool master, buckets, files; /* of an administrator; may make buckets; may read all files */
    struct csvk_strings features;
    struct csvk_strings bucket_ids, bucket_rights; /* pairs: "in.c-main", "read" */
};
void kbc_token_release(struct kbc_token *token);
int kbc_token_get(struct kbc *kbc, struct kbc_token *out, struct csvk_error *err) CSVK_MUST_USE;

/* ---- buckets and tables --------------------------------------------------------------------- */

/* Pointers are owned; "" when the server did not say. */
struct kbc_table {
    char *id, *backend, *created, *last_import;
    struct csvk_strings columns, primary_key;
    struct csvk_strings types; /* of the columns, as the backend names them; empty: not typed */
    bool typed, alias;
    uint64_t rows, bytes; /* 0 when the server did not say */
};
void kbc_table_release(struct kbc_table *table);
int kbc_table_get(struct kbc *kbc, const char *id, struct kbc_table *out,
                  struct csvk_error *err) CSVK_MUST_USE;

struct kbc_new_table {
    const char *id;
    const struct csvk_strings *columns;
    const struct csvk_strings *primary_key; /* may be empty */
    const struct csvk_strings *types;       /* base types, one for each column; empty: all text */
};
/* Makes an empty table, and its bucket when that is missing. */
int kbc_table_create(struct kbc *kbc, const struct kbc_new_table *wanted, bool *bucket_created,
                     struct csvk_error *err) CSVK_MUST_USE;
int kbc_table_drop(struct kbc *kbc, const char *id, struct csvk_error *err) CSVK_MUST_USE;

/* Pointers are owned; "" when the server did not say. */
struct kbc_bucket {
    char *id, *backend, *created, *description;
    struct csvk_strings tables; /* their ids */
};
void kbc_bucket_release(struct kbc_bucket *bucket);
int kbc_bucket_get(struct kbc *kbc, const char *id, struct kbc_bucket *out,
                   struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EDATA when it exists. */
int kbc_bucket_create(struct kbc *kbc, const char *id, const char *description,
                      struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EDATA when there are tables in it, unless `force` is given. */
int kbc_bucket_drop(struct kbc *kbc, const char *id, bool force,
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
    const struct kbc_delete *also; /* the next condition, which has to fit as well; or NULL */
};

enum kbc_header {
    KBC_HEADER,      /* the first record names the columns */
    KBC_HEADLESS,    /* there is no header: `columns` names the columns */
    KBC_SKIP_HEADER, /* there is one (in every slice), but `columns` names the columns */
};
enum kbc_add { KBC_ADD_NOTHING, KBC_ADD_COLUMNS };
enum kbc_journal { KBC_JOURNAL_OF_UPLOAD, KBC_JOURNAL_OF_LOAD };

struct kbc_load {
    const char *table;     /* in.c-bucket.table */
    const char *file_id;   /* already uploaded; NULL with one of the next two */
    const char *snapshot;  /* id: a new table is made from it; or NULL */
    const char *workspace; /* id: its object is loaded; or NULL */
    const char *workspace_object;
    const char *deduplication;        /* of a workspace: "insert", "upsert" or NULL */
    const struct csvk_strings *nulls; /* the one value that becomes NULL, or none; NULL: as the
                                         platform does it, which takes empty values for NULL */
    enum kbc_header header;
    const struct csvk_strings *columns;     /* of the data, in order; may be NULL or empty */
    const struct csvk_strings *primary_key; /* may be NULL: as the table has it */
    const cJSON *schema; /* of a native manifest, for the types of a missing table; or NULL */
    const char *backend; /* whose types of the schema the data was held against; NULL: any */
    struct csvk_dialect dialect;
    bool sliced;
    bool incremental;
    bool timestamp;   /* the column _timestamp of the data says when each row was changed */
    bool create_only; /* refuse when the table exists */
    bool once;        /* first look whether any job has loaded the file into the table */
    bool no_wait;
    enum kbc_add add; /* what to do with columns that the table lacks */
    uint64_t timeout; /* seconds to wait for the job; 0: no limit */
    struct kbc_delete delete_where;
    const cJSON *delete_list; /* "delete_where" of a manifest, which was judged; or NULL */
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
    bool has_key; /* the table is known to have a primary key, by which rows are merged */
    struct csvk_strings imported_columns;
};
void kbc_loaded_release(struct kbc_loaded *loaded);
/* Loads a Storage file into a table. CSVK_EDATA when the job failed: out->job has the details. */
int kbc_load(struct kbc *kbc, const struct kbc_load *load, struct kbc_loaded *out,
             struct csvk_error *err) CSVK_MUST_USE;

/* The table that a load goes to, as far as it is known before. All-zero is empty; owned. */
struct kbc_target {
    bool exists;
    struct csvk_strings primary_key; /* when it exists */
    struct csvk_declared_type
        *types; /* ntypes of them, of the columns of the data, in order; NULL:
                   it has no types, or the columns of the data have no names */
    size_t ntypes;
};
void kbc_target_release(struct kbc_target *target);
/* Checks, before anything is uploaded, what kbc_load would be refused for: columns, key, existence
   of the table. The types are those of the table, or of `schema` when there is no table. */
int kbc_load_check(struct kbc *kbc, const struct kbc_load *load, struct kbc_target *target,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Without asking anybody: the table is taken as missing. CSVK_OK or CSVK_ENOMEM. */
int kbc_target_of_schema(const struct kbc_load *load, struct kbc_target *target) CSVK_MUST_USE;

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

/* ---- what is known about the data before it is sent ------------------------------------------ */

/*
 * A file or a folder of slices, and what its manifest says about it. Use: kbc_input_read; then
 * whoever has options changes `table` (and says so in its `_by`), `incremental`, `delete_where` and
 * `delete_values`, which win over the manifest; then kbc_input_settle; then the others.
 * kbc_input_release in any case.
 */
struct kbc_input {
    const char *path; /* borrowed; NULL: the file is in Storage already */
    bool sliced;
    struct csvk_table_definition table;
    enum kbc_header header;
    bool incremental;
    bool timestamp; /* as in kbc_load; whoever has options sets it */
    struct csvk_strings delete_values;
    struct kbc_delete delete_where;   /* its texts are borrowed, from `manifest` or from options */
    cJSON *delete_list;               /* "delete_where" of the manifest, or NULL */
    enum csvk_type_support support;   /* of the project: what the types of a manifest are for */
    cJSON *schema;                    /* of a native manifest whose types count, or NULL */
    char *metadata;                   /* for kbc_load, or NULL */
    const struct csvk_strings *nulls; /* as in kbc_load; borrowed; whoever has options sets it */
    struct csvk_manifest_table manifest;
    bool counted;     /* the check has counted the records */
    uint64_t records; /* of the data, without headers */
};
/*
 * Reads the manifest: `manifest`, or PATH.manifest when that is NULL and the file is there. It is
 * judged as that of an output, in a project with this support of native types. Where types are
 * hints, all columns are text and `metadata` has the types; without support they say nothing.
 * CSVK_EUSAGE: standard input cannot be sent, because its length must
 * be known and a request may have to be repeated. CSVK_EDATA: the manifest has errors, which are in
 * `findings`; input->table.manifest is its path. CSVK_EIO, CSVK_ENOMEM.
 */
int kbc_input_read(struct kbc_input *input, const char *path, const char *manifest,
                   enum csvk_type_support support, struct csvk_findings *findings,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Decides what `header` is, and that the deletion is complete. CSVK_EUSAGE. */
int kbc_input_settle(struct kbc_input *input, struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EUSAGE when the Importer cannot do what is asked for. */
int kbc_input_for_importer(const struct kbc_input *input, struct csvk_error *err) CSVK_MUST_USE;
/* Reads the columns from the header of the data, if nothing else names them. */
int kbc_input_read_header(struct kbc_input *input, struct csvk_error *err) CSVK_MUST_USE;

struct csvk_report;
struct kbc_input_hooks { /* what they get is borrowed for the call */
    void (*refused)(void *ctx, const struct csvk_report *report); /* a file has errors */
    void (*failed)(void *ctx, const struct csvk_error *err);      /* a file cannot be judged */
    void (*note)(void *ctx, const char *text);   /* a line for the user; may be NULL */
    void (*misfit)(void *ctx, const char *text); /* a line about values of a wrong type */
    void *ctx;
};
/*
 * Validates all files as Storage will read them; it unpacks gzip and nothing else. With `key`,
 * which may be empty, the header is compared with the columns, too, and the key must be there,
 * filled and unique; NULL: neither. Values are held against the types of a native manifest, unless
 * input->nulls name values that the validator does not know as NULL. Sets input->counted and
 * input->records. CSVK_EDATA when data was refused; any other failure is that of the last file that
 * could not be judged, and hooks->failed has seen it.
 */
int kbc_input_check(struct kbc_input *input, const struct csvk_strings *key,
                    const struct kbc_input_hooks *hooks, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Compares the values with the types of the table (csvk_type_check says how far) in columns that
 * kbc_input_check has not held against a type as narrow; it must have been called. Reads the data
 * once more, unless no column can have a misfit. CSVK_EDATA when a value does not fit:
 * hooks->misfit was told about the first ones of every column, and how many there are.
 */
int kbc_input_check_values(const struct kbc_input *input, const struct kbc_target *target,
                           const struct kbc_input_hooks *hooks,
                           struct csvk_error *err) CSVK_MUST_USE;
void kbc_input_release(struct kbc_input *input);

/* ---- downloading ---------------------------------------------------------------------------- */

enum kbc_slices { KBC_JOIN, KBC_KEEP_SLICES };

enum kbc_file_type { KBC_FILE_CSV, KBC_FILE_PARQUET };

/* Rows whose value of the column fits. All filters have to fit. */
struct kbc_filter {
    const char *column;
    const char *operator;              /* "eq", "ne", "gt", "ge", "lt" or "le" */
    const char *type;                  /* as which it is compared: "INTEGER" …; NULL: as text */
    const struct csvk_strings *values; /* eq: any of them; ne: none of them; else one */
};

struct kbc_order {
    const char *column;
    const char *type; /* as in a filter */
    bool descending;
};

struct kbc_download {
    const char *file_id; /* when `table` is NULL */
    const char *table;   /* NULL: a file is wanted */
    const char *out;     /* file, or directory with KBC_KEEP_SLICES; "-": standard output */
    enum kbc_slices slices;
    const struct csvk_strings *columns; /* NULL: all */
    const char *changed_since, *changed_until;
    bool timestamp; /* of each row, when it last changed: one more column, the last */
    const struct kbc_filter *filters;
    size_t nfilters;
    const struct kbc_order *orders;
    size_t norders;
    enum kbc_file_type file_type; /* of the export; Parquet needs KBC_KEEP_SLICES */
    uint64_t limit;               /* of rows; 0: none */
    uint64_t timeout;             /* seconds for the export job; 0: no limit */
};

/* What the result says about its columns. */
enum kbc_result_header { KBC_HEADER_OWN, KBC_HEADER_MADE, KBC_HEADER_NONE };

struct kbc_downloaded {
    char file_id[KBC_ID_SIZE];
    char job_id[KBC_ID_SIZE]; /* "" when no export was made */
    size_t slices;
    bool sliced;
    enum kbc_result_header header; /* the file's own; made from `columns`; slices without names */
    uint64_t stored_bytes;         /* that were fetched */
    uint64_t bytes;                /* that were written, before compression */
    struct csvk_strings columns;
};
void kbc_downloaded_release(struct kbc_downloaded *downloaded);
/* Writes the whole result or nothing. Whether `out` can be written is tried before anything is
   asked for. CSVK_EDATA when `columns` do not fit the data. */
int kbc_download(struct kbc *kbc, const struct kbc_download *download, struct kbc_downloaded *out,
                 struct csvk_error *err) CSVK_MUST_USE;

/* ---- ranges of objects ------------------------------------------------------------------------
 */

struct kbc_object;
/*
 * Opens an object of S3, Azure or Google for reading. `url` is what slice manifests have:
 * "s3://bucket/KEY", "gs://bucket/KEY" or "azure://HOST/container/KEY". `detail` is what Storage
 * says of a file when it is asked with federationToken=1: its credentials are used, so the object
 * has to be in the bucket of that file. CSVK_EUSAGE: it is not, or `url` is no such address;
 * KBC_ENET, KBC_EREMOTE, CSVK_ENOMEM. `kbc` is borrowed until kbc_object_close; *out belongs to the
 * caller.
 */
int kbc_object_open(struct kbc_object **out, struct kbc *kbc, const char *url, const cJSON *detail,
                    struct csvk_error *err) CSVK_MUST_USE;
uint64_t kbc_object_size(const struct kbc_object *object); /* bytes */
/* What its store calls the version that was opened; another one has other words. Borrowed. */
const char *kbc_object_version(const struct kbc_object *object);
/*
 * Reads `length` bytes at `offset`, all of which exist; `object` is a struct kbc_object. One thread
 * at a time. Bytes after these are fetched along, the more the longer reading goes on without a
 * leap. CSVK_ECHANGED: the object is not the one that was opened; KBC_ENET, KBC_EREMOTE.
 */
int kbc_object_read(void *object, uint64_t offset, void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
void kbc_object_close(struct kbc_object *object); /* NULL is fine */
/* Is it the address of an object, by its scheme? */
bool kbc_is_object_url(const char *text);

#endif
