/*
 * import_marks.c - the marks of imports in a journal; import_marks.h has the idea.
 *
 * An outcome names the run id of its import. The run id is made for one import alone, so outcomes
 * find their marks even when several imports of a journal were open at a time.
 */
#include "storage/journal/import_marks.h"
#include "storage/api/job.h"

#include <stdio.h>
#include <string.h>

/* ---- reading --------------------------------------------------------------------------------- */

static void take_outcome(struct import_mark *mark, const cJSON *entry)
{
    if (strcmp(json_text(entry, "of"), mark->run) != 0) {
        return;
    }
    const char *ended = json_text(entry, "ended");
    if (*json_text(entry, "job")) {
        json_id(entry, "job", mark->job);
        mark->fate = IMPORT_OPEN;
    }
    if (json_true(entry, "refused")) {
        mark->fate = IMPORT_REFUSED;
    } else if (*ended) {
        mark->fate = strcmp(ended, "success") == 0 ? IMPORT_DONE : IMPORT_FAILED;
    }
}

bool import_mark_next(const struct state *state, const cJSON **at, struct import_mark *mark)
{
    const cJSON *entries = state_entries(state);
    const cJSON *entry = *at ? (*at)->next : entries ? entries->child : NULL;
    while (entry && !*json_text(entry, "import")) {
        entry = entry->next;
    }
    if (!entry) {
        return false;
    }
    *at = entry;
    *mark = (struct import_mark){.table = json_text(entry, "import"),
                                 .file = json_text(entry, "file"),
                                 .operation = json_text(entry, "operation"),
                                 .run = json_text(entry, "run"),
                                 .request = json_text(entry, "request"),
                                 .when = (time_t)json_uint(entry, "when")};
    for (entry = entry->next; entry; entry = entry->next) {
        take_outcome(mark, entry);
    }
    return true;
}

bool imports_have(const struct state *state, const char *file)
{
    struct import_mark mark;
    for (const cJSON *at = NULL; import_mark_next(state, &at, &mark);) {
        if (strcmp(mark.file, file) == 0 &&
            (mark.fate == IMPORT_OPEN || mark.fate == IMPORT_DONE)) {
            return true;
        }
    }
    return false;
}

/* ---- writing --------------------------------------------------------------------------------- */

int import_mark_begin(struct state *state, const struct import_mark *mark, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "import", mark->table);
    cJSON_AddStringToObject(entry, "file", mark->file);
    cJSON_AddStringToObject(entry, "operation", mark->operation);
    cJSON_AddStringToObject(entry, "run", mark->run);
    cJSON_AddStringToObject(entry, "request", mark->request);
    cJSON_AddNumberToObject(entry, "when", (double)mark->when);
    return state_add(state, entry, err);
}

int import_mark_job(struct state *state, const char *run, const char *job, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "of", run);
    cJSON_AddStringToObject(entry, "job", job);
    return state_add(state, entry, err);
}

int import_mark_fate(struct state *state, const char *run, enum import_fate fate,
                     struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "of", run);
    if (fate == IMPORT_REFUSED) {
        cJSON_AddTrueToObject(entry, "refused");
    } else {
        cJSON_AddStringToObject(entry, "ended", fate == IMPORT_DONE ? "success" : "error");
    }
    return state_add(state, entry, err);
}

/* ---- settling -------------------------------------------------------------------------------- */

int import_mark_find(struct kbc *kbc, struct state *state, struct import_mark *mark,
                     struct csvk_error *err)
{
    struct kbc_trace trace = {
        .operation = mark->operation, .file_id = mark->file, .table = mark->table};
    trace.since = mark->when;
    int status = kbc_find_lost_job(kbc, &trace, mark->run, mark->when, mark->job, err);
    int marked = CSVK_OK;
    if (status == CSVK_OK) {
        marked = import_mark_job(state, mark->run, mark->job, err);
    } else if (status == CSVK_END) {
        mark->fate = IMPORT_REFUSED;
        marked = import_mark_fate(state, mark->run, IMPORT_REFUSED, err);
    }
    return marked < 0 ? marked : status;
}

/* The moment that a Storage file was made, or 0 when it is not known. */
static time_t moment_of_file(struct kbc *kbc, const char *id)
{
    char path[64];
    struct kbc_answer answer = {0};
    struct csvk_error unimportant;
    struct tm made = {0};
    snprintf(path, sizeof path, "files/%s", id);
    struct kbc_call call = {
        .what = "asking for the file", .method = "GET", .path = path, .scope = KBC_BRANCHED};
    int status = kbc_call(kbc, &call, &answer, &unimportant);
    const char *text = status == CSVK_OK ? json_text(answer.json, "created") : "";
    bool known = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &made) != NULL;
    long offset = made.tm_gmtoff; /* timegm ignores it */
    kbc_answer_release(&answer);
    return known ? timegm(&made) - offset : 0;
}

int import_find_any(struct kbc *kbc, const char *file, const char *table, char id[KBC_ID_SIZE],
                    struct csvk_error *err)
{
    struct csvk_error why = {0};
    struct kbc_trace trace = {.file_id = file, .table = table};
    trace.since = moment_of_file(kbc, file);
    int status = kbc_find_lost_job(kbc, &trace, "", time(NULL), id, &why);
    return status < 0 ? csvk_fail(err, why.status,
                                  "whether file %s was loaded into %s before is not known, so "
                                  "nothing was sent: %s",
                                  file, table, why.text)
                      : status;
}

static int settle(struct kbc *kbc, struct state *state, struct import_mark *mark,
                  struct csvk_error *err)
{
    struct kbc_job job = {0};
    int status = *mark->job ? CSVK_OK : import_mark_find(kbc, state, mark, err);
    if (status != CSVK_OK) {
        return status == CSVK_END ? CSVK_OK : status;
    }
    status = kbc_job_wait(kbc, mark->job, 0, &job, err);
    if (status == CSVK_OK) {
        bool done = job.state == KBC_JOB_SUCCESS;
        status = import_mark_fate(state, mark->run, done ? IMPORT_DONE : IMPORT_FAILED, err);
        kbc_note(kbc, "job %s of an earlier run has ended: file %s %s into %s", mark->job,
                 mark->file, done ? "was loaded" : "was not loaded", mark->table);
    }
    kbc_job_release(&job);
    return status;
}

int imports_settle(struct kbc *kbc, struct state *state, struct csvk_error *err)
{
    struct csvk_error why = {0};
    struct import_mark mark;
    for (const cJSON *at = NULL; import_mark_next(state, &at, &mark);) {
        int status = mark.fate == IMPORT_OPEN ? settle(kbc, state, &mark, &why) : CSVK_OK;
        if (status < 0) {
            return kbc_fail(kbc, err, why.status,
                            "an import of an earlier run (file %s into %s%s%s) is open, so the "
                            "journal is kept and nothing is sent: %s",
                            mark.file, mark.table, *mark.job ? ", job " : "", mark.job, why.text);
        }
    }
    return CSVK_OK;
}
