/*
 * slice_repair.c - repairs the table while it is sliced, in one pass.
 *
 *    input -> csvk_normalize (in a thread of its own) -> pipe -> source -> validator, slicer
 *
 * The pipe bounds memory and lets both sides run at the same time. No slice gets its name before
 * the thread has been joined and has reported that it repaired the input to the end. The thread
 * takes no SIGPIPE: when the slicer stops reading, the write fails, and nothing else happens.
 */
#include "manifest/slicing/own_structs.h"
#include "manifest/slicing/slice_job.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct slice_repair {                      /* of the whole run */
    struct csvk_normalize_options options; /* a copy that borrows everything */
    struct csvk_sink *rejects, *index, *log;
};

struct slice_stream { /* of one input */
    struct slice_job *job;
    struct csvk_source *from;
    int to;
    bool started;
    pthread_t thread;
    int status;
    struct csvk_error err;
    struct csvk_normalize_result result;
};

/* ---- options and the files beside the slices ------------------------------------------------- */

static int open_sinks(struct slice_job *job, struct csvk_error *err)
{
    struct slice_repair *r = job->repair;
    const char *rejects = job->options.rejects, *log = job->options.log;
    struct csvk_buf index = CSVK_BUF_INIT;
    int status = CSVK_OK;
    if (rejects != NULL) {
        status = csvk_buf_printf(&index, "%s.jsonl", rejects);
        status = status == CSVK_OK ? csvk_sink_open(&r->rejects, rejects, 0, err) : status;
        status =
            status == CSVK_OK ? csvk_sink_open(&r->index, csvk_buf_text(&index), 0, err) : status;
    }
    if (status == CSVK_OK && log != NULL) {
        status = csvk_sink_open(&r->log, log, 0, err);
    }
    csvk_buf_release(&index);
    return status;
}

int slice_repair_new(struct slice_job *job, struct csvk_error *err)
{
    if (job->options.normalize == NULL) {
        return CSVK_OK;
    }
    struct slice_repair *r = csvk_calloc(1, sizeof *r);
    if (r == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    job->repair = r;
    int status = own_normalize_options(&r->options, job->options.normalize, err);
    if (status != CSVK_OK) {
        return status;
    }
    job->result->repairs = csvk_calloc(1, sizeof *job->result->repairs);
    if (job->result->repairs == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    r->options.dialect = job->table.dialect;
    r->options.encoding = job->table.encoding;
    r->options.header = job->table.header ? CSVK_NORMALIZE_HEADER : CSVK_NORMALIZE_NO_HEADER;
    r->options.threads = job->how.threads;
    r->options.columns = (struct csvk_strings){0};
    if (!job->table.header) {
        r->options.columns = job->table.columns;
    }
    job->dialect = r->options.to;
    return open_sinks(job, err);
}

/* ---- one input --------------------------------------------------------------------------------
 */

static int write_pipe(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    const struct slice_stream *stream = context;
    const unsigned char *p = bytes;
    while (length > 0) {
        ssize_t n = write(stream->to, p, length);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) { /* EPIPE: the slicer has stopped, and reports the reason itself */
            return csvk_fail_sys(err, errno, "cannot pass repaired records to the slicer");
        }
        p += n;
        length -= (size_t)n;
    }
    return CSVK_OK;
}

static int write_sink(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_sink_write(context, bytes, length, err);
}

static struct csvk_output to_sink(struct csvk_sink *sink)
{
    return (struct csvk_output){sink != NULL ? write_sink : NULL, sink};
}

/* A refusal may name options that csvkit normalize has and csvkit slice has not. */
static void name_own_options(struct csvk_error *err)
{
    static const char *const words[][2] = {
        {", or --delimiter=auto)", ")"},
        {"(try --delimiter=auto)", "(csvkit sniff proposes one)"},
        {" (--widen makes the table as wide as its widest record)", ""},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const struct csvk_error old = *err;
        const char *at = strstr(old.text, words[i][0]);
        if (at != NULL) {
            (void)csvk_fail(err, old.status, "%.*s%s%s", (int)(at - old.text), old.text,
                            words[i][1], at + strlen(words[i][0]));
        }
    }
}

static void *repair_input(void *context)
{
    struct slice_stream *stream = context;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    const struct slice_repair *r = stream->job->repair;
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .table = {write_pipe, stream},
                                             .rejects = to_sink(r->rejects),
                                             .rejects_index = to_sink(r->index),
                                             .log = to_sink(r->log)};
    stream->result.size = sizeof stream->result;
    stream->status =
        csvk_normalize(stream->from, &r->options, &outputs, &stream->result, &stream->err);
    if (stream->status != CSVK_OK) {
        name_own_options(&stream->err);
    }
    close(stream->to);
    return NULL;
}

static int start(struct slice_stream *stream, struct csvk_source **out, struct csvk_error *err)
{
    int ends[2];
    char name[32];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return csvk_fail_sys(err, errno, "cannot make a pipe");
    }
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    stream->to = ends[1];
    int status = csvk_source_open(out, name, err);
    close(ends[0]);
    if (status != CSVK_OK) {
        close(ends[1]);
        return status;
    }
    int failed = pthread_create(&stream->thread, NULL, repair_input, stream);
    if (failed != 0) {
        close(ends[1]);
        return csvk_fail_sys(err, failed, "cannot start a thread");
    }
    stream->started = true;
    return CSVK_OK;
}

int slice_repair_open(struct slice_job *job, struct csvk_source *from, struct csvk_source **out,
                      struct slice_stream **stream, struct csvk_error *err)
{
    struct slice_stream *s = csvk_calloc(1, sizeof *s);
    *out = NULL;
    *stream = s;
    if (s == NULL) {
        csvk_source_free(from);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    s->job = job;
    s->from = from;
    return start(s, out, err);
}

static void add_counts(struct csvk_slice_repairs *sum, const struct csvk_normalize_result *result)
{
    sum->records_in += result->records_in;
    sum->records_out += result->records_out;
    sum->records_rejected += result->records_rejected;
    sum->records_dropped += result->records_dropped;
    for (int i = 0; i < CSVK_REPAIRS; i++) {
        sum->repairs[i] += result->repairs[i];
    }
}

/* The repair fails with EPIPE when the slicer has stopped reading; then only the failure of the
   slicer counts. */
int slice_repair_join(struct slice_stream *stream, int status, struct csvk_error *err)
{
    if (stream == NULL || !stream->started) {
        return status;
    }
    pthread_join(stream->thread, NULL);
    stream->started = false;
    add_counts(stream->job->result->repairs, &stream->result);
    bool own_fault = status >= CSVK_OK || stream->err.sys != EPIPE;
    if (stream->status != CSVK_OK && own_fault) {
        *err = stream->err;
        return stream->status;
    }
    return status;
}

int slice_repair_close(struct slice_stream *stream, int status, struct csvk_error *err)
{
    status = slice_repair_join(stream, status, err);
    if (stream != NULL) {
        csvk_source_free(stream->from);
        csvk_free(stream);
    }
    return status;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

int slice_repair_commit(struct slice_job *job, struct csvk_error *err)
{
    struct slice_repair *r = job->repair;
    if (r == NULL) {
        return CSVK_OK;
    }
    struct csvk_sink *const sinks[] = {r->rejects, r->index, r->log};
    int status = CSVK_OK;
    for (size_t i = 0; i < 3 && status == CSVK_OK; i++) {
        status = sinks[i] != NULL ? csvk_sink_commit(sinks[i], err) : CSVK_OK;
    }
    return status;
}

void slice_repair_free(struct slice_repair *r)
{
    if (r != NULL) {
        csvk_sink_free(r->rejects);
        csvk_sink_free(r->index);
        csvk_sink_free(r->log);
        csvk_free(r);
    }
}
