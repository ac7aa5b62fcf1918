/*
 * job.c - starts a job exactly once, finds a job again, and waits for its end.
 *
 * Every request that starts a job carries a run id of its own, which the platform writes into the
 * job. When the answer to the request is lost, the list of jobs shows whether the request arrived.
 * There is no other way to know. Such a request is sent again only when the list was readable all
 * the time that a request can be on its way, and no job was in it: otherwise the same rows could be
 * loaded twice.
 *
 * Once a job has started, it goes on whatever becomes of us. So waiting for it outlives an outage
 * of the server, and the failure of a question is never taken for the failure of the job.
 */
#include "storage/api/job.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Times in seconds. After ARRIVAL, three minutes, a request cannot arrive any more. A server that
   does not answer the questions for a job is waited for during OUTAGE. */
enum { ARRIVAL = 180, OUTAGE = 3600, LONGEST_POLL_MS = 20000 };
enum { PAGE = 100, MOST_PAGES = 50, CLOCK_SKEW = 600, MOST_SENDINGS = 3 };

/* ---- reading a job --------------------------------------------------------------------------- */

void kbc_job_release(struct kbc_job *job)
{
    csvk_free(job->status);
    csvk_free(job->operation);
    csvk_free(job->table);
    csvk_free(job->error_code);
    csvk_free(job->error_message);
    csvk_free(job->exception_id);
    csvk_strings_release(&job->missing_columns);
    csvk_strings_release(&job->expected_columns);
    csvk_strings_release(&job->warnings);
    cJSON_Delete(job->raw);
    memset(job, 0, sizeof *job);
}

static int take_text(const cJSON *object, const char *key, char **to)
{
    const char *text = json_text(object, key);
    *to = *text ? csvk_strdup(text) : NULL;
    return *text && !*to ? CSVK_ENOMEM : CSVK_OK;
}

static int take_texts(struct kbc_job *job)
{
    const cJSON *error = json_at(job->raw, "error");
    const cJSON *results = json_at(job->raw, "results");
    if (take_text(job->raw, "status", &job->status) < 0 ||
        take_text(job->raw, "operationName", &job->operation) < 0 ||
        take_text(job->raw, "tableId", &job->table) < 0 ||
        take_text(error, "code", &job->error_code) < 0 ||
        take_text(error, "message", &job->error_message) < 0 ||
        take_text(error, "exceptionId", &job->exception_id) < 0 ||
        json_strings(json_at(results, "missingColumns"), &job->missing_columns) < 0 ||
        json_strings(json_at(results, "expectedColumns"), &job->expected_columns) < 0 ||
        json_strings(json_at(results, "warnings"), &job->warnings) < 0) {
        return CSVK_ENOMEM;
    }
    return CSVK_OK;
}

static enum kbc_job_state state_of(const char *status)
{
    if (status && strcmp(status, "success") == 0) {
        return KBC_JOB_SUCCESS;
    }
    bool failed = status && (strcmp(status, "error") == 0 || strcmp(status, "cancelled") == 0 ||
                             strcmp(status, "terminated") == 0);
    return failed ? KBC_JOB_ERROR : KBC_JOB_RUNNING;
}

/* Asks once for the job (`tries` times; 0: as the session has it). *answered is the status of HTTP,
   0 when no answer came. */
static int ask(struct kbc *kbc, const char *id, unsigned tries, struct kbc_job *out, long *answered,
               struct csvk_error *err)
{
    char path[64];
    struct kbc_answer answer;
    memset(out, 0, sizeof *out);
    *answered = 0;
    if (!*id || strspn(id, "0123456789") != strlen(id) || strlen(id) >= KBC_ID_SIZE) {
        return csvk_fail(err, CSVK_EUSAGE, "a job id is a number");
    }
    snprintf(path, sizeof path, "jobs/%s", id);
    struct kbc_call call = {.what = "asking for the job",
                            .method = "GET",
                            .path = path,
                            .scope = KBC_GLOBAL,
                            .tries = tries,
                            .dry = "{\"id\":0,\"status\":\"success\",\"results\":{\"file\":{\"id\":"
                                   "0}}}"};
    int status = kbc_call(kbc, &call, &answer, err);
    *answered = answer.status;
    if (status < 0) {
        kbc_answer_release(&answer);
        return status;
    }
    out->raw = answer.json;
    kbc_mask_tree(kbc, out->raw);
    json_id(out->raw, "id", out->id);
    status = take_texts(out);
    out->state = state_of(out->status);
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

int kbc_job_get(struct kbc *kbc, const char *id, struct kbc_job *out, struct csvk_error *err)
{
    long answered;
    return ask(kbc, id, 0, out, &answered, err);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A server that refuses the token, or does not know the job, will not answer otherwise later. */
static bool may_answer_later(int status, long answered)
{
    return status == KBC_ENET || (status == KBC_EREMOTE && answered != 401 && answered != 403);
}

/* How the questions for one job go, in milliseconds of the monotonic clock. */
struct polling {
    uint64_t began, heard; /* heard: when the server last told something about the job */
    uint64_t limit;        /* 0: none */
    uint64_t outage;       /* how long the server may be silent */
    bool silent;           /* the last question failed, and that was told */
};

/* After a question that failed: true when it is worth asking on. */
static bool outlives(struct kbc *kbc, struct polling *polling, const char *id,
                     const struct csvk_error *why)
{
    if (now_ms() - polling->heard >= polling->outage) {
        return false;
    }
    if (!polling->silent) {
        kbc_note(kbc, "%s; job %s goes on at the server, csvkit keeps asking for it", why->text,
                 id);
        polling->silent = true;
    }
    return true;
}

/* Sleeps before the next question, no longer than the limit allows. CSVK_END: the limit is over. */
static int pause_polling(struct kbc *kbc, const struct polling *polling, const char *id,
                         const char *state, uint64_t *pause)
{
    uint64_t waited = now_ms() - polling->began;
    uint64_t now = *pause;
    if (polling->limit > 0 && waited >= polling->limit) {
        return CSVK_END;
    }
    if (polling->limit > 0 && now > polling->limit - waited) {
        now = polling->limit - waited;
    }
    kbc_waiting(kbc, "job %s: %s, %llu s", id, state, (unsigned long long)waited / 1000);
    *pause = *pause * 3 / 2 < LONGEST_POLL_MS ? *pause * 3 / 2 + 1 : LONGEST_POLL_MS;
    return http_pause(kbc->client, now);
}

static int poll_job(struct kbc *kbc, const char *id, struct polling *polling, struct kbc_job *out,
                    struct csvk_error *err)
{
    uint64_t pause = kbc->settings.base_delay_ms;
    for (;;) {
        long answered;
        int status = ask(kbc, id, 1, out, &answered, err);
        if (status == CSVK_OK) {
            polling->heard = now_ms();
            polling->silent = false;
        }
        bool ended = status == CSVK_OK && out->state != KBC_JOB_RUNNING;
        if (ended || (status < 0 &&
                      !(may_answer_later(status, answered) && outlives(kbc, polling, id, err)))) {
            return status;
        }
        const char *state = out->status ? out->status : "no answer";
        int paused = pause_polling(kbc, polling, id, state, &pause);
        if (paused == CSVK_END) {
            return status == CSVK_OK ? CSVK_END : status;
        }
        kbc_job_release(out);
        if (paused < 0) {
            return csvk_fail(err, CSVK_ECANCELED, "stopped waiting");
        }
    }
}

int kbc_job_wait(struct kbc *kbc, const char *id, uint64_t seconds, struct kbc_job *out,
                 struct csvk_error *err)
{
    struct csvk_error own;
    struct polling polling = {.began = now_ms(),
                              .heard = now_ms(),
                              .limit = seconds * 1000,
                              .outage = OUTAGE * http_second(&kbc->settings)};
    int status = poll_job(kbc, id, &polling, out, err ? err : &own);
    kbc_waiting(kbc, "%s", "");
    return status;
}

int kbc_job_failure(struct kbc *kbc, const struct kbc_job *job, struct csvk_error *err)
{
    const char *code = job->error_code ? job->error_code : "";
    bool server_fault =
        !*code || strncmp(code, "internal", 8) == 0 || strncmp(code, "application", 11) == 0;
    return kbc_fail(kbc, err, server_fault ? KBC_EREMOTE : CSVK_EDATA, "job %s failed: %s (%s%s%s)",
                    job->id, job->error_message ? job->error_message : "no message", code,
                    job->exception_id ? ", exceptionId " : "",
                    job->exception_id ? job->exception_id : "");
}

int kbc_finish_job(struct kbc *kbc, const char *id, struct kbc_job *job, struct csvk_error *err)
{
    int status = kbc_job_wait(kbc, id, 0, job, err);
    if (status == CSVK_OK && job->state == KBC_JOB_ERROR) {
        status = kbc_job_failure(kbc, job, err);
    }
    return status;
}

/* Sends the request. When its answer is lost, it is sent again; what is not there any more then was
   deleted by the first one. */
static int send_delete(struct kbc *kbc, struct kbc_call *call, struct kbc_answer *answer,
                       struct csvk_error *err)
{
    struct csvk_error first = {0};
    call->dry = "{\"id\":0}";
    call->replay = HTTP_ONCE;
    int status = kbc_call(kbc, call, answer, &first);
    if (status == CSVK_OK || answer->fate != HTTP_LOST || status == CSVK_ECANCELED) {
        return status < 0 ? csvk_fail(err, first.status, "%s", first.text) : status;
    }
    kbc_note(kbc, "%s; asking again", first.text);
    kbc_answer_release(answer);
    call->replay = HTTP_REPEATABLE;
    status = kbc_call(kbc, call, answer, err);
    return status == CSVK_EDATA && answer->status == 404 ? CSVK_OK : status;
}

int kbc_delete_and_wait(struct kbc *kbc, struct kbc_call *call, struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    struct kbc_job job = {0};
    char id[KBC_ID_SIZE] = "";
    int status = send_delete(kbc, call, &answer, err);
    if (status == CSVK_OK) {
        json_id(answer.json, "id", id);
    }
    if (*id) {
        status = kbc_finish_job(kbc, id, &job, err);
    }
    kbc_answer_release(&answer);
    kbc_job_release(&job);
    return status;
}

/* ---- finding --------------------------------------------------------------------------------- */

/* The job that makes a table names the table in its results only. */
static const char *table_of(const cJSON *job)
{
    const char *table = json_text(job, "tableId");
    return *table ? table : json_text(json_at(job, "results"), "id");
}

static bool is_import_of(const cJSON *job, const struct kbc_trace *trace)
{
    char file_id[KBC_ID_SIZE];
    const char *table = table_of(job);
    json_id(json_at(json_at(job, "operationParams"), "source"), "fileId", file_id);
    return trace->file_id && strcmp(file_id, trace->file_id) == 0 &&
           (!*table || strcmp(table, trace->table) == 0) &&
           state_of(json_text(job, "status")) != KBC_JOB_ERROR;
}

static bool is_wanted(const char *operation, const struct kbc_trace *trace)
{
    return trace->operation
               ? strcmp(operation, trace->operation) == 0
               : strcmp(operation, "tableImport") == 0 || strcmp(operation, "tableCreate") == 0;
}

static bool is_ours(const cJSON *job, const struct kbc_trace *trace, const char *run_id)
{
    return is_wanted(json_text(job, "operationName"), trace) &&
           ((*run_id && strcmp(json_text(job, "runId"), run_id) == 0) || is_import_of(job, trace));
}

/* True when the job was made before the request went out, even if the two clocks differ by
   CLOCK_SKEW seconds. */
static bool is_older(const cJSON *job, const struct kbc_trace *trace)
{
    struct tm made = {0};
    const char *text = json_text(job, "createdTime");
    const char *zone = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &made);
    long offset = made.tm_gmtoff; /* timegm ignores it */
    return zone && trace->since > 0 && timegm(&made) - offset + CLOCK_SKEW < trace->since;
}

static uint64_t number_of(const cJSON *job)
{
    char id[KBC_ID_SIZE];
    json_id(job, "id", id);
    return strtoull(id, NULL, 10);
}

/* True when a page begins with newer jobs than it ends with. That all pages do is from memory of
   the API; where it does not hold, all of them are read. */
static bool is_newest_first(const cJSON *page)
{
    int count = cJSON_GetArraySize(page);
    return count > 0 &&
           number_of(cJSON_GetArrayItem(page, 0)) > number_of(cJSON_GetArrayItem(page, count - 1));
}

/* Reads one page of the list of jobs. CSVK_OK with an id when the job is on it, with "" when it may
   be on the next page; CSVK_END when there is no next page, or it could only have jobs that are too
   old. */
static int read_page(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                     unsigned page, char id[KBC_ID_SIZE], struct csvk_error *err)
{
    char path[64];
    snprintf(path, sizeof path, "jobs?limit=%d&offset=%u", PAGE, page * PAGE);
    struct kbc_call call = {.what = "looking for the job",
                            .method = "GET",
                            .path = path,
                            .scope = KBC_GLOBAL,
                            .dry = "[]"};
    struct kbc_answer answer;
    int status = kbc_call(kbc, &call, &answer, err);
    bool older = false;
    const cJSON *job;
    cJSON_ArrayForEach(job, answer.json)
    {
        if (status == CSVK_OK && !*id && is_ours(job, trace, run_id)) {
            json_id(job, "id", id);
        }
        older = older || is_older(job, trace);
    }
    bool last = cJSON_GetArraySize(answer.json) < PAGE || (older && is_newest_first(answer.json));
    if (status == CSVK_OK && !*id && last) {
        status = CSVK_END;
    }
    kbc_answer_release(&answer);
    return status;
}

static int find_job(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                    char id[KBC_ID_SIZE], struct csvk_error *err)
{
    id[0] = '\0';
    for (unsigned page = 0; page < MOST_PAGES; page++) {
        int status = read_page(kbc, trace, run_id, page, id, err);
        if (status != CSVK_OK || *id) {
            return status;
        }
    }
    return csvk_fail(err, KBC_ENET,
                     "looking for the job: the list of jobs does not reach back far enough");
}

/* Looks for the job at least once, and with growing pauses until `milliseconds` are over. */
static int look_for_job(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                        uint64_t milliseconds, struct kbc_started *started, struct csvk_error *err)
{
    uint64_t pause = kbc->settings.base_delay_ms;
    for (uint64_t waited = 0;; waited += pause, pause = pause * 3 / 2 + 1) {
        int status = find_job(kbc, trace, run_id, started->id, err);
        if (status == CSVK_OK || (status < 0 && status != KBC_ENET && status != KBC_EREMOTE) ||
            waited >= milliseconds) {
            return status;
        }
        pause = pause < LONGEST_POLL_MS ? pause : LONGEST_POLL_MS;
        pause = pause < milliseconds - waited ? pause : milliseconds - waited;
        if (http_pause(kbc->client, pause) < 0) {
            return csvk_fail(err, CSVK_ECANCELED, "stopped looking for the job");
        }
    }
}

int kbc_find_lost_job(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                      time_t sent, char id[KBC_ID_SIZE], struct csvk_error *err)
{
    struct kbc_started found = {0};
    uint64_t longest = ARRIVAL * http_second(&kbc->settings);
    time_t now = time(NULL);
    uint64_t age = now > sent ? (uint64_t)(now - sent - 1) * 1000 : 0; /* at least that */
    uint64_t left = age < longest ? longest - age : 0;
    int status = find_job(kbc, trace, run_id, found.id, err);
    if (status == CSVK_END && left > 0) {
        kbc_note(kbc,
                 "an earlier run sent this import %llu s ago and did not learn what became of it; "
                 "looking for its job for %llu s more, because it may still arrive",
                 (unsigned long long)age / 1000, (unsigned long long)(left + 999) / 1000);
        status = look_for_job(kbc, trace, run_id, left, &found, err);
    }
    memcpy(id, found.id, KBC_ID_SIZE);
    return status;
}

/* ---- starting -------------------------------------------------------------------------------- */

/* Makes up a run id when the server gives none: it only has to be unlike any other. */
static void make_up_run(char id[KBC_ID_SIZE])
{
    uint32_t chance[2] = {0};
    if (RAND_bytes((unsigned char *)chance, sizeof chance) != 1) {
        chance[0] = (uint32_t)getpid();
    }
    snprintf(id, KBC_ID_SIZE, "%u%u", chance[0], chance[1]);
}

int kbc_new_run(struct kbc *kbc, char run_id[KBC_RUN_SIZE], struct csvk_error *err)
{
    char id[KBC_ID_SIZE] = "";
    struct kbc_call call = {.what = "asking for a run id",
                            .method = "POST",
                            .path = "tickets",
                            .scope = KBC_GLOBAL,
                            .dry = "{\"id\":\"0\"}"};
    struct kbc_answer answer;
    int status = kbc_call(kbc, &call, &answer, err);
    long answered = answer.status;
    if (status == CSVK_OK) {
        json_id(answer.json, "id", id);
    }
    kbc_answer_release(&answer);
    if (status == CSVK_ECANCELED || answered == 401 || answered == 403) {
        return status;
    }
    if (!*id) {
        make_up_run(id);
    }
    const char *parent = kbc->run_id ? kbc->run_id : "";
    snprintf(run_id, KBC_RUN_SIZE, "%s%s%s", parent, *parent ? "." : "", id);
    return CSVK_OK;
}

/* Looks for the job of a request whose answer was lost. CSVK_OK: found. CSVK_END: there is none and
   there will be none. Any other status: nobody can tell. */
static int look_after_lost_answer(struct kbc *kbc, const char *what, const struct kbc_trace *trace,
                                  struct kbc_started *started, struct csvk_error *err)
{
    struct csvk_error why = {0};
    kbc_note(kbc, "%s; before anything is repeated, csvkit looks for its job", err->text);
    int status = look_for_job(kbc, trace, started->run_id, ARRIVAL * http_second(&kbc->settings),
                              started, &why);
    if (status == CSVK_OK) {
        started->found_again = true;
        kbc_note(kbc, "found it: job %s", started->id);
    }
    if (status == CSVK_OK || status == CSVK_END) {
        return status;
    }
    if (status == CSVK_ECANCELED) {
        return csvk_fail(err, CSVK_ECANCELED, "%s: stopped; whether it took effect is not known",
                         what);
    }
    return csvk_fail(err, KBC_ENET,
                     "%s: the answer was lost, and its job could not be looked for: %s; whether it "
                     "took effect is not known, and it was not repeated",
                     what, why.text);
}

/* Sends the request once. CSVK_END: the answer was lost, but it certainly had no effect. */
static int start_once(struct kbc *kbc, const struct kbc_call *call, const struct kbc_trace *trace,
                      struct kbc_started *started, struct csvk_error *err)
{
    struct kbc_answer answer;
    struct kbc_call now = *call;
    int status = trace->before ? trace->before(trace->ctx, err) : CSVK_OK;
    started->refused = status < 0;
    if (status < 0) {
        return status;
    }
    now.body = call->body ? cJSON_Duplicate(call->body, 1) : NULL;
    if (call->body && !now.body) {
        started->refused = true;
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    status = kbc_call(kbc, &now, &answer, err);
    if (status == CSVK_OK) {
        json_id(answer.json, "id", started->id);
        if (!*started->id) {
            status = csvk_fail(err, KBC_ENET, "%s: the answer names no job", call->what);
            answer.fate = HTTP_LOST;
        }
    }
    started->refused = status < 0 && answer.fate != HTTP_LOST;
    if ((status == KBC_ENET || status == KBC_EREMOTE) && answer.fate == HTTP_LOST) {
        status = look_after_lost_answer(kbc, call->what, trace, started, err);
        started->refused = status == CSVK_END;
    }
    kbc_answer_release(&answer);
    return status;
}

int kbc_start_job(struct kbc *kbc, struct kbc_call *call, const struct kbc_trace *trace,
                  struct kbc_started *started, struct csvk_error *err)
{
    struct csvk_error own = {0};
    struct kbc_trace sent = *trace;
    int status = CSVK_END;
    sent.since = time(NULL);
    err = err ? err : &own;
    call->run_id = *started->run_id ? started->run_id : NULL;
    call->dry = call->dry ? call->dry : "{\"id\":0,\"status\":\"waiting\"}";
    for (unsigned times = 1; status == CSVK_END && times <= MOST_SENDINGS; times++) {
        if (times > 1) {
            kbc_note(kbc, "%s: the request did not arrive; sending it again", call->what);
        }
        status = start_once(kbc, call, &sent, started, err);
    }
    cJSON_Delete(call->body);
    call->body = NULL;
    return status == CSVK_END ? csvk_fail(err, KBC_ENET,
                                          "%s: the request was sent %d times and never arrived; "
                                          "nothing was done",
                                          call->what, MOST_SENDINGS)
                              : status;
}
