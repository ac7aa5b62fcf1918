/*
 * load_table.c - loads a Storage file into a table.
 *
 * The steps: look at the table, make the bucket and the table when they are missing, delete rows
 * when that is asked for, import, wait for the job, set metadata. Nothing is added to a table
 * silently: columns that it lacks, or another primary key, are refused before anything is sent.
 *
 * The journal makes a second run safe. Before an import is sent, a mark with its run id is written;
 * after it, the id of its job or that it was refused. A later run finds the job by these marks and
 * does not import again.
 */
#include "csvkit/base/delimiter.h"
#include "storage/delete_rows.h"
#include "storage/load_bodies.h"
#include "storage/job.h"
#include "storage/journal.h"
#include "storage/storage_table.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct loading {
    struct kbc *kbc;
    const struct kbc_load *wanted;
    struct kbc_loaded *out;
    struct table_place place;
    struct csvk_strings columns; /* as Storage names them; empty: the header of the data has them */
    struct state *state;
};

/* ---- the request ----------------------------------------------------------------------------- */

static cJSON *import_body(const struct loading *loading)
{
    return load_import_body(loading->wanted, &loading->columns);
}

static cJSON *create_body(const struct loading *loading)
{
    return load_create_body(loading->wanted, loading->place.name);
}

/* ---- the journal ----------------------------------------------------------------------------- */

/* Marks an import before its request goes out, so that a run after a crash finds the job. */
static int mark_import(struct loading *loading, const struct kbc_started *started,
                       const char *operation, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "import", loading->wanted->table);
    cJSON_AddStringToObject(entry, "file", loading->wanted->file_id);
    cJSON_AddStringToObject(entry, "operation", operation);
    cJSON_AddStringToObject(entry, "run", started->run_id);
    cJSON_AddNumberToObject(entry, "when", (double)time(NULL));
    return state_add(loading->state, entry, err);
}

/* Marks the outcome of the import that was marked last: its job, or that it was refused. */
static int mark_outcome(struct loading *loading, const struct kbc_started *started,
                        struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    if (started->refused) {
        cJSON_AddTrueToObject(entry, "refused");
    } else {
        cJSON_AddStringToObject(entry, "job", started->id);
    }
    return state_add(loading->state, entry, err);
}

/* Marks that this run makes the table. A later run may then find it in spite of --create-only. */
static int mark_table(struct loading *loading, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "makes", loading->wanted->table);
    return state_add(loading->state, entry, err);
}

/* True when an earlier run was about to make the table. */
static bool did_make_table(const struct loading *loading)
{
    bool made = false;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(loading->state))
    {
        made = made || strcmp(json_text(entry, "makes"), loading->wanted->table) == 0;
    }
    return made;
}

static bool is_about_this(const struct loading *loading, const cJSON *entry)
{
    return strcmp(json_text(entry, "import"), loading->wanted->table) == 0 &&
           strcmp(json_text(entry, "file"), loading->wanted->file_id) == 0;
}

/* The mark of the last import of this file into this table that an earlier run began, or NULL when
   there is none or it was refused. `id` is its job, or "" when the job is not known. */
static const cJSON *last_import(const struct loading *loading, char id[KBC_ID_SIZE])
{
    const cJSON *begun = NULL, *current = NULL, *entry;
    id[0] = '\0';
    cJSON_ArrayForEach(entry, state_entries(loading->state))
    {
        bool begins = *json_text(entry, "import") != '\0';
        if (begins) {
            current = is_about_this(loading, entry) ? entry : NULL;
        }
        if (!current) {
            continue;
        }
        if (begins) {
            begun = entry;
            id[0] = '\0';
        } else if (json_true(entry, "refused")) {
            begun = NULL;
        } else if (*json_text(entry, "job")) {
            json_id(entry, "job", id);
        }
    }
    return begun;
}

/* CSVK_OK with the job of the import that an earlier run began; CSVK_END when there is none. When
   the earlier run did not learn what became of the import, its job is looked for until that is
   certain. */
static int earlier_job(struct loading *loading, char id[KBC_ID_SIZE], struct csvk_error *err)
{
    const cJSON *begun = last_import(loading, id);
    if (!begun || *id) {
        return begun ? CSVK_OK : CSVK_END;
    }
    struct kbc_trace trace = {json_text(begun, "operation"), loading->wanted->file_id,
                              loading->wanted->table, (time_t)json_uint(begun, "when")};
    int status = kbc_find_lost_job(loading->kbc, &trace, json_text(begun, "run"), id, err);
    struct kbc_started outcome = {.refused = status == CSVK_END};
    memcpy(outcome.id, id, sizeof outcome.id);
    loading->out->unknown = status < 0;
    if (status == CSVK_OK || status == CSVK_END) {
        int marked = mark_outcome(loading, &outcome, err);
        status = marked < 0 ? marked : status;
    }
    return status;
}

/* ---- the job --------------------------------------------------------------------------------- */

/* The two ways to import: fill a table that exists, or make and fill it in one step (which needs a
   file that is not sliced and has a header). */
struct import_kind {
    const char *what, *folder, *action, *operation;
    cJSON *(*body)(const struct loading *loading);
};
static const struct import_kind fill = {"import", "tables", "import-async", "tableImport",
                                        import_body};
static const struct import_kind create = {"creating the table from the file", "buckets",
                                          "tables-async", "tableCreate", create_body};

/* Marks the import in the journal and starts its job. Takes over call->body. */
static int start_marked(struct loading *loading, struct kbc_call *call, const char *operation,
                        struct csvk_error *err)
{
    struct kbc_trace trace = {.operation = operation};
    struct kbc_started started = {0};
    int status = kbc_new_run(loading->kbc, started.run_id, err);
    if (status == CSVK_OK) {
        status = mark_import(loading, &started, operation, err);
    }
    if (status < 0) {
        cJSON_Delete(call->body);
        return status;
    }
    status = kbc_start_job(loading->kbc, call, &trace, &started, err);
    loading->out->found_again = started.found_again;
    loading->out->unknown = status < 0 && !started.refused;
    snprintf(loading->out->job.id, sizeof loading->out->job.id, "%s", started.id);
    if (status == CSVK_OK || started.refused) {
        struct csvk_error unwritten = {0};
        int marked = mark_outcome(loading, &started, &unwritten);
        if (marked < 0 && status == CSVK_OK) {
            kbc_note(loading->kbc, "job %s has started, but the journal could not be written: %s",
                     started.id, unwritten.text);
        }
    }
    return status;
}

static int start_import(struct loading *loading, const struct import_kind *kind, const char *id,
                        struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_call call = {.what = kind->what,
                            .method = "POST",
                            .body = kind->body(loading),
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    if (!call.body || csvk_buf_printf(&path, "%s/%s/%s", kind->folder, id, kind->action) < 0) {
        cJSON_Delete(call.body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    call.path = csvk_buf_text(&path);
    int status = start_marked(loading, &call, kind->operation, err);
    csvk_buf_release(&path);
    return status;
}

/* The job of an import reports rows and columns; the job that makes a table reports the table. */
static int take_results(struct loading *loading)
{
    struct kbc_loaded *out = loading->out;
    const cJSON *results = json_at(out->job.raw, "results");
    if (json_at(results, "importedRowsCount")) {
        out->imported_rows = json_uint(results, "importedRowsCount");
        out->total_rows = json_uint(results, "totalRowsCount");
        return json_strings(json_at(results, "importedColumns"), &out->imported_columns);
    }
    out->imported_rows = out->total_rows = json_uint(results, "rowsCount");
    return json_strings(json_at(results, "columns"), &out->imported_columns);
}

static int wait_for_import(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    char id[KBC_ID_SIZE];
    snprintf(id, sizeof id, "%s", out->job.id);
    kbc_job_release(&out->job);
    int status = kbc_job_wait(loading->kbc, id, loading->wanted->timeout, &out->job, err);
    if (status < 0) {
        return status;
    }
    if (status == CSVK_END) {
        return csvk_fail(err, KBC_ENET,
                         "job %s is not done after %llu s; it goes on at the server: csvkit job %s",
                         id, (unsigned long long)loading->wanted->timeout, id);
    }
    out->finished = true;
    if (out->job.state == KBC_JOB_ERROR) {
        return kbc_job_failure(loading->kbc, &out->job, err);
    }
    return take_results(loading) < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

/* ---- around the import ----------------------------------------------------------------------- */

static int set_metadata(struct loading *loading, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    cJSON *body = cJSON_Parse(loading->wanted->metadata);
    if (!body || !cJSON_AddStringToObject(body, "provider", "csvkit") ||
        csvk_buf_printf(&path, "tables/%s/metadata", loading->wanted->table) < 0) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "setting metadata",
                            .method = "POST",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    int status = kbc_call(loading->kbc, &call, &answer, err);
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool has(const struct csvk_strings *list)
{
    return list && list->count > 0;
}

static bool is_number_or_null(const char *id)
{
    return !id || (*id && strspn(id, "0123456789") == strlen(id));
}

static int check_wanted(const struct kbc_load *wanted, struct csvk_error *err)
{
    if (!is_number_or_null(wanted->file_id) || !is_number_or_null(wanted->snapshot) ||
        !is_number_or_null(wanted->workspace)) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "a file id is a number, as is that of a snapshot or a "
                         "workspace");
    }
    if (wanted->header != KBC_HEADER && !has(wanted->columns)) {
        return csvk_fail(err, CSVK_EUSAGE, "data without a header needs the names of its columns");
    }
    if (wanted->sliced && wanted->header == KBC_HEADER) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "slices have no header: give the names of their columns");
    }
    return delete_rows_check(wanted, err);
}

static int look_at_table(struct loading *loading, struct csvk_error *err)
{
    const struct kbc_load *wanted = loading->wanted;
    int status = csvk_dialect_need_plain(&wanted->dialect, "Storage", err);
    status = status == CSVK_OK ? check_wanted(wanted, err) : status;
    if (status == CSVK_OK) {
        status = table_look(loading->kbc, wanted->table, &loading->place, err);
    }
    if (status == CSVK_OK && has(wanted->columns)) {
        status = table_names(loading->kbc, wanted->columns, &loading->columns, err);
    }
    if (status == CSVK_OK && loading->place.exists && wanted->snapshot) {
        status =
            csvk_fail(err, CSVK_EDATA, "%s: the table exists already; a snapshot makes a new table",
                      wanted->table);
    } else if (status == CSVK_OK && loading->place.exists) {
        struct kbc_load now = *wanted;
        now.create_only = wanted->create_only && !did_make_table(loading);
        status = table_check(&loading->place, &now, &loading->columns, err);
    }
    return status;
}

static int make_or_complete_table(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    const struct kbc_load *wanted = loading->wanted;
    struct table_place *place = &loading->place;
    if (place->exists) {
        return wanted->add == KBC_ADD_COLUMNS
                   ? table_add_columns(loading->kbc, place, &loading->columns, err)
                   : CSVK_OK;
    }
    int status = table_make_bucket(loading->kbc, place, &out->bucket_created, err);
    if (status == CSVK_OK && (wanted->header != KBC_HEADER || wanted->schema)) {
        status = mark_table(loading, err);
        status = status == CSVK_OK
                     ? table_define(loading->kbc, place, wanted, &loading->columns, err)
                     : status;
        out->table_created = status == CSVK_OK;
        place->exists = status == CSVK_OK;
    }
    return status;
}

static int put_rows(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    bool existed = loading->place.exists;
    int status = make_or_complete_table(loading, err);
    if (status == CSVK_OK && existed) {
        status = delete_rows(loading->kbc, loading->wanted, &out->deleted_rows, err);
    }
    if (status < 0) {
        return status;
    }
    if (loading->place.exists) {
        return start_import(loading, &fill, loading->wanted->table, err);
    }
    status = start_import(loading, &create, loading->place.bucket, err);
    out->table_created = status == CSVK_OK;
    return status;
}

/* Goes on with the import that an earlier run began. CSVK_END: there is none, or it failed; a
   failed import had no effect, so a new one may begin. */
static int resume_earlier_import(struct loading *loading, struct csvk_error *err)
{
    char id[KBC_ID_SIZE];
    int status = earlier_job(loading, id, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = kbc_job_get(loading->kbc, id, &loading->out->job, err);
    if (status == CSVK_OK && loading->out->job.state == KBC_JOB_ERROR) {
        kbc_note(loading->kbc, "job %s of an earlier run failed; importing again", id);
        kbc_job_release(&loading->out->job);
        return CSVK_END;
    }
    if (status == CSVK_OK) {
        loading->out->found_again = true;
        kbc_note(loading->kbc, "the import was begun by an earlier run: job %s", id);
    }
    return status;
}

static int load(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    int status = resume_earlier_import(loading, err);
    if (status == CSVK_END) {
        status = look_at_table(loading, err);
        if (status == CSVK_OK) {
            status = put_rows(loading, err);
        }
    }
    if (status == CSVK_OK && !loading->wanted->no_wait) {
        status = wait_for_import(loading, err);
    }
    if (status == CSVK_OK && loading->wanted->metadata && out->finished) {
        status = set_metadata(loading, err);
    }
    return status;
}

static int open_own_journal(struct loading *loading, struct csvk_error *err)
{
    const struct kbc_load *wanted = loading->wanted;
    const struct kbc *kbc = loading->kbc;
    struct csvk_buf identity = CSVK_BUF_INIT;
    cJSON *file = cJSON_CreateObject();
    int status = cJSON_AddStringToObject(file, "id", wanted->file_id) ? CSVK_OK : CSVK_ENOMEM;
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&identity, "csvkit load 1; %s; branch %s; file %s", kbc->url,
                                 kbc->branch ? kbc->branch : "-", wanted->file_id);
    }
    if (status == CSVK_OK) {
        status = state_open(&loading->state, wanted->state, csvk_buf_text(&identity), err);
    } else {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK && !state_file(loading->state)) {
        status = state_begin(loading->state, file, err);
    }
    csvk_buf_release(&identity);
    cJSON_Delete(file);
    return status;
}

static int open_journal(struct loading *loading, struct csvk_error *err)
{
    const struct kbc_load *wanted = loading->wanted;
    if (!wanted->state || loading->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    return wanted->journal == KBC_JOURNAL_OF_UPLOAD
               ? state_open(&loading->state, wanted->state, NULL, err)
               : open_own_journal(loading, err);
}

int kbc_load(struct kbc *kbc, const struct kbc_load *wanted, struct kbc_loaded *out,
             struct csvk_error *err)
{
    struct loading loading = {.kbc = kbc, .wanted = wanted, .out = out};
    memset(out, 0, sizeof *out);
    int status = check_wanted(wanted, err);
    if (status == CSVK_OK) {
        status = open_journal(&loading, err);
    }
    if (status == CSVK_OK) {
        status = load(&loading, err);
    }
    state_close(loading.state);
    table_release(&loading.place);
    csvk_strings_release(&loading.columns);
    return status;
}

int kbc_load_check(struct kbc *kbc, const struct kbc_load *wanted, bool *exists,
                   struct csvk_error *err)
{
    struct kbc_loaded none = {0};
    struct loading loading = {.kbc = kbc, .wanted = wanted, .out = &none};
    int status = look_at_table(&loading, err);
    *exists = loading.place.exists;
    table_release(&loading.place);
    csvk_strings_release(&loading.columns);
    return status;
}

void kbc_loaded_release(struct kbc_loaded *loaded)
{
    kbc_job_release(&loaded->job);
    csvk_strings_release(&loaded->imported_columns);
}
