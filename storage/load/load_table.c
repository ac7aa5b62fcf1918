/*
 * load_table.c - loads a Storage file into a table.
 *
 * The steps: look at the table, make the bucket and the table when they are missing, delete rows
 * when that is asked for, import, wait for the job, set metadata. Nothing is added to a table
 * silently: columns that it lacks, or another primary key, are refused before anything is sent.
 *
 * The journal makes a second run safe: a later run finds the job of the import by its marks and
 * does not import again (import_marks.h). Without a journal, the list of jobs is asked, if that is
 * wanted.
 */
#include "csvkit/base/delimiter.h"
#include "storage/load/delete_rows.h"
#include "storage/load/delete_values.h"
#include "storage/journal/import_marks.h"
#include "storage/load/load_bodies.h"
#include "storage/api/job.h"
#include "storage/api/storage_table.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct loading {
    struct kbc *kbc;
    const struct kbc_load *wanted;
    struct kbc_loaded *out;
    struct table_place place;
    struct csvk_strings columns; /* as Storage names them; empty: the header of the data has them */
    struct csvk_strings of_table; /* those of `columns` that the table has: without time stamps */
    struct state *state;
    char run[KBC_RUN_SIZE]; /* of the import; "" when it is not known */
    bool was_done;          /* an earlier run saw the import succeed */
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

/* The last import of this file into this table that an earlier run began and that was not refused
   and has not failed. False: there is none. */
static bool last_import(const struct loading *loading, struct import_mark *last)
{
    struct import_mark mark;
    bool found = false;
    for (const cJSON *at = NULL; import_mark_next(loading->state, &at, &mark);) {
        if (strcmp(mark.table, loading->wanted->table) == 0 &&
            strcmp(mark.file, loading->wanted->file_id) == 0) {
            found = mark.fate == IMPORT_OPEN || mark.fate == IMPORT_DONE;
            *last = mark;
        }
    }
    return found;
}

static void tell_other_options(struct loading *loading, const struct import_mark *mark);

/* CSVK_OK with the job of the import that an earlier run began; CSVK_END when there is none. When
   the earlier run did not learn what became of the import, its job is looked for until that is
   certain. */
static int earlier_job(struct loading *loading, char id[KBC_ID_SIZE], struct csvk_error *err)
{
    struct import_mark mark;
    id[0] = '\0';
    if (!last_import(loading, &mark)) {
        bool looks = loading->wanted->once && loading->kbc->mode == KBC_SEND;
        int status = looks ? import_find_any(loading->kbc, loading->wanted->file_id,
                                             loading->wanted->table, id, err)
                           : CSVK_END;
        loading->out->unknown = status < 0;
        return status;
    }
    memcpy(loading->run, mark.run, strlen(mark.run) < KBC_RUN_SIZE ? strlen(mark.run) + 1 : 0);
    int status = *mark.job ? CSVK_OK : import_mark_find(loading->kbc, loading->state, &mark, err);
    loading->out->unknown = status < 0;
    loading->was_done = mark.fate == IMPORT_DONE;
    if (status == CSVK_OK) {
        memcpy(id, mark.job, KBC_ID_SIZE);
        tell_other_options(loading, &mark);
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

/* The options of the earlier import count: it was sent already. */
static void tell_other_options(struct loading *loading, const struct import_mark *mark)
{
    const struct import_kind *kind =
        strcmp(mark->operation, create.operation) == 0 ? &create : &fill;
    cJSON *body = kind->body(loading);
    char *now = cJSON_PrintUnformatted(body);
    if (now && *mark->request && strcmp(now, mark->request) != 0) {
        kbc_note(loading->kbc,
                 "the options differ from those of the import that an earlier run sent, which "
                 "counts: %s",
                 mark->request);
    }
    cJSON_free(now);
    cJSON_Delete(body);
}

/* What is written into the journal before the request goes out. */
struct marking {
    struct loading *loading;
    const char *operation;
    char *request;
};

static int mark_before(void *ctx, struct csvk_error *err)
{
    const struct marking *marking = ctx;
    const struct loading *loading = marking->loading;
    struct import_mark mark = {.table = loading->wanted->table,
                               .file = loading->wanted->file_id,
                               .operation = marking->operation,
                               .run = loading->run,
                               .request = marking->request,
                               .when = time(NULL)};
    return import_mark_begin(loading->state, &mark, err);
}

/* Marks what became of the request. */
static void mark_answer(struct loading *loading, const struct kbc_started *started)
{
    struct csvk_error unwritten = {0};
    int marked = started->refused
                     ? import_mark_fate(loading->state, loading->run, IMPORT_REFUSED, &unwritten)
                     : import_mark_job(loading->state, loading->run, started->id, &unwritten);
    if (marked < 0 && !started->refused) {
        kbc_note(loading->kbc, "job %s has started, but the journal could not be written: %s",
                 started->id, unwritten.text);
    }
}

/* Marks the import in the journal and starts its job. Takes over call->body. */
static int start_marked(struct loading *loading, struct kbc_call *call, const char *operation,
                        struct csvk_error *err)
{
    struct marking marking = {loading, operation, cJSON_PrintUnformatted(call->body)};
    struct kbc_trace trace = {.operation = operation, .before = mark_before, .ctx = &marking};
    struct kbc_started started = {0};
    int status = marking.request ? kbc_new_run(loading->kbc, started.run_id, err)
                                 : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status < 0) {
        cJSON_Delete(call->body);
        cJSON_free(marking.request);
        return status;
    }
    memcpy(loading->run, started.run_id, sizeof loading->run);
    status = kbc_start_job(loading->kbc, call, &trace, &started, err);
    cJSON_free(marking.request);
    loading->out->found_again = started.found_again;
    loading->out->unknown = status < 0 && !started.refused;
    snprintf(loading->out->job.id, sizeof loading->out->job.id, "%s", started.id);
    if (status == CSVK_OK || started.refused) {
        mark_answer(loading, &started);
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
        out->counted = true;
        out->imported_rows = json_uint(results, "importedRowsCount");
        out->total_rows = json_uint(results, "totalRowsCount");
        return json_strings(json_at(results, "importedColumns"), &out->imported_columns);
    }
    out->imported_rows = out->total_rows = json_uint(results, "rowsCount");
    return json_strings(json_at(results, "columns"), &out->imported_columns);
}

static void mark_end(struct loading *loading)
{
    struct csvk_error unwritten = {0};
    bool done = loading->out->job.state == KBC_JOB_SUCCESS;
    if (*loading->run && import_mark_fate(loading->state, loading->run,
                                          done ? IMPORT_DONE : IMPORT_FAILED, &unwritten) < 0) {
        kbc_note(loading->kbc, "the journal could not be written: %s", unwritten.text);
    }
}

static int fail_unknown_end(struct loading *loading, const struct csvk_error *why,
                            struct csvk_error *err)
{
    const char *id = loading->out->job.id;
    loading->out->unknown = true;
    return kbc_fail(loading->kbc, err, why->status,
                    "the import is job %s, its end is not known: csvkit job %s --wait (%s)", id, id,
                    why->text);
}

/* From here on the import is under way at the server. Whatever happens to us, the message names its
   job, and nothing suggests to load again. */
static int wait_for_import(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    struct csvk_error why = {0};
    char id[KBC_ID_SIZE];
    snprintf(id, sizeof id, "%s", out->job.id);
    kbc_job_release(&out->job);
    int status = kbc_job_wait(loading->kbc, id, loading->wanted->timeout, &out->job, &why);
    snprintf(out->job.id, sizeof out->job.id, "%s", id);
    if (status == CSVK_END) {
        return csvk_fail(
            err, KBC_ENET,
            "job %s is not done after %llu s; it goes on at the server: csvkit job %s --wait", id,
            (unsigned long long)loading->wanted->timeout, id);
    }
    if (status < 0) {
        return fail_unknown_end(loading, &why, err);
    }
    out->finished = true;
    mark_end(loading);
    if (out->job.state == KBC_JOB_ERROR) {
        return kbc_job_failure(loading->kbc, &out->job, err);
    }
    return take_results(loading) < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

static int set_metadata(struct loading *loading, struct csvk_error *err)
{
    struct csvk_error why = {0};
    const struct kbc_load *wanted = loading->wanted;
    int status = table_set_metadata(loading->kbc, wanted->table, wanted->metadata, &why);
    return status < 0 ? csvk_fail(err, why.status,
                                  "the rows are in %s (job %s), only its metadata is not set: %s",
                                  wanted->table, loading->out->job.id, why.text)
                      : CSVK_OK;
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

/* The time stamps of the rows are no column of the table. From the API Blueprint: Snowflake only,
   and the data must have the column. From memory and not verified: that a table without the column
   has to be made before, and that the name in a header stays as it is. */
static int set_aside_timestamp(struct loading *loading, struct csvk_error *err)
{
    const struct kbc_load *wanted = loading->wanted;
    const struct table_place *place = &loading->place;
    bool found = false;
    for (size_t i = 0; i < loading->columns.count; i++) {
        bool stamp = wanted->timestamp && strcmp(loading->columns.item[i], "_timestamp") == 0;
        if (!stamp && csvk_strings_add(&loading->of_table, loading->columns.item[i]) < 0) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        found = found || stamp;
    }
    if (!wanted->timestamp) {
        return CSVK_OK;
    }
    if (*place->backend && strcmp(place->backend, "snowflake") != 0) {
        return csvk_fail(err, CSVK_EDATA,
                         "%s: time stamps are taken from the data on Snowflake only, and the "
                         "table is on %s",
                         wanted->table, place->backend);
    }
    if (loading->columns.count == 0 && !place->exists) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: to make a table without the column _timestamp, the names of the "
                         "columns are needed (--columns)",
                         wanted->table);
    }
    return found || loading->columns.count == 0
               ? CSVK_OK
               : csvk_fail(err, CSVK_EDATA,
                           "%s: the data has no column _timestamp; nothing was loaded",
                           wanted->table);
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
    status = status == CSVK_OK ? set_aside_timestamp(loading, err) : status;
    if (status == CSVK_OK && loading->place.exists && wanted->snapshot) {
        status =
            csvk_fail(err, CSVK_EDATA, "%s: the table exists already; a snapshot makes a new table",
                      wanted->table);
    } else if (status == CSVK_OK && loading->place.exists) {
        struct kbc_load now = *wanted;
        loading->out->has_key = loading->place.primary_key.count > 0;
        now.create_only = wanted->create_only && !did_make_table(loading);
        status = table_check(&loading->place, &now, &loading->of_table, err);
        status = status == CSVK_OK ? delete_values_check(loading->kbc, wanted->delete_list, err)
                                   : status;
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
                   ? table_add_columns(loading->kbc, place, &loading->of_table, err)
                   : CSVK_OK;
    }
    int status = table_make_bucket(loading->kbc, place, &out->bucket_created, err);
    bool first = wanted->header != KBC_HEADER || wanted->schema || wanted->timestamp;
    if (status == CSVK_OK && first) {
        status = mark_table(loading, err);
        out->table_begun = true;
        status = status == CSVK_OK
                     ? table_define(loading->kbc, place, wanted, &loading->of_table, err)
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
    out->table_begun = true;
    status = start_import(loading, &create, loading->place.bucket, err);
    out->table_created = status == CSVK_OK;
    return status;
}

/* The job of the earlier import, without waiting for its end. */
static int look_at_earlier(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    struct csvk_error why = {0};
    char id[KBC_ID_SIZE];
    snprintf(id, sizeof id, "%s", out->job.id);
    int status = kbc_job_get(loading->kbc, id, &out->job, &why);
    snprintf(out->job.id, sizeof out->job.id, "%s", id);
    return status < 0 ? fail_unknown_end(loading, &why, err) : CSVK_OK;
}

/* Goes on with the import that an earlier run began. CSVK_END: there is none, or it failed; a
   failed import had no effect, so a new one may begin. */
static int resume_earlier_import(struct loading *loading, struct csvk_error *err)
{
    struct kbc_loaded *out = loading->out;
    char id[KBC_ID_SIZE];
    int status = earlier_job(loading, id, err);
    if (status != CSVK_OK) {
        return status;
    }
    kbc_note(loading->kbc, "the import was begun by an earlier run: job %s", id);
    snprintf(out->job.id, sizeof out->job.id, "%s", id);
    out->found_again = true;
    status =
        loading->wanted->no_wait ? look_at_earlier(loading, err) : wait_for_import(loading, err);
    if (out->job.state == KBC_JOB_ERROR) {
        mark_end(loading);
        kbc_note(loading->kbc, "job %s of an earlier run failed; importing again", id);
        kbc_job_release(&out->job);
        out->found_again = out->finished = false;
        return CSVK_END;
    }
    if (status == CSVK_EDATA && loading->was_done) { /* a job is forgotten after some time */
        kbc_note(loading->kbc, "job %s loaded the rows; the server does not know it any more", id);
        out->finished = true;
        out->unknown = false;
        out->job.state = KBC_JOB_SUCCESS;
        return CSVK_OK;
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
    if (status == CSVK_OK && !loading->wanted->no_wait && !out->finished) {
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
        status = csvk_buf_printf(&identity, "csvkit load 2; %s%s%s; --file-id=%s", kbc->url,
                                 kbc->branch ? "; --branch=" : "", kbc->branch ? kbc->branch : "",
                                 wanted->file_id);
    }
    if (status == CSVK_OK) {
        status = state_open(&loading->state, wanted->state, csvk_buf_text(&identity), NULL, err);
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
               ? state_open(&loading->state, wanted->state, NULL, NULL, err)
               : open_own_journal(loading, err);
}

int kbc_load(struct kbc *kbc, const struct kbc_load *wanted, struct kbc_loaded *out,
             struct csvk_error *err)
{
    struct loading loading = {.kbc = kbc, .wanted = wanted, .out = out};
    memset(out, 0, sizeof *out);
    out->has_key = has(wanted->primary_key);
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
    csvk_strings_release(&loading.of_table);
    return status;
}

int kbc_load_check(struct kbc *kbc, const struct kbc_load *wanted, struct kbc_target *target,
                   struct csvk_error *err)
{
    struct kbc_loaded none = {0};
    struct loading loading = {.kbc = kbc, .wanted = wanted, .out = &none};
    int status = look_at_table(&loading, err);
    target->exists = loading.place.exists;
    if (status == CSVK_OK) {
        int made = target->exists ? table_types(&loading.place, &loading.columns, target)
                                  : kbc_target_of_schema(wanted, target);
        if (made < 0 || csvk_strings_copy(&target->primary_key, &loading.place.primary_key) < 0) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    table_release(&loading.place);
    csvk_strings_release(&loading.columns);
    csvk_strings_release(&loading.of_table);
    return status;
}

void kbc_loaded_release(struct kbc_loaded *loaded)
{
    kbc_job_release(&loaded->job);
    csvk_strings_release(&loaded->imported_columns);
}
