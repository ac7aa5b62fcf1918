/*
 * normalize_files.c - normalize from file to file: sinks for the table, the rejects with their
 * index, and the log; what is not known of the input is found out first, and what was written is
 * read again by libcsv before it gets its name.
 */
#include "csvkit/normalize.h"
#include "csvkit/second_opinion.h"
#include "csvkit/sniff.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { SURE = 60 }; /* least score of an encoding that is only suspected */

enum { TABLE, REJECTS, INDEX, LOG, SINKS };

struct job {
    const struct csvk_normalize_files *files;
    struct csvk_normalize_options options; /* a shallow copy */
    struct csvk_source *source;
    struct csvk_sink *sink[SINKS];
    struct csvk_libcsv *libcsv; /* follows what goes to standard output */
    struct csvk_buf name;       /* of the index */
    char encoding[64];
    bool bom_passed;
};

/* ---- what the input is ---- */

static int refuse_sniff(const struct job *job, const struct csvk_sniff *sniff,
                        struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EDATA, "%s: the delimiter is not clear (%s): %s; give --delimiter",
                     job->files->input, csvk_sniff_verdict_name(sniff->verdict),
                     sniff->on_delimiter.evidence);
}

static int use_sniff(struct job *job, const struct csvk_sniff *sniff, struct csvk_error *err)
{
    if (job->options.encoding == NULL && job->files->encoding != NULL &&
        sniff->encoding[0] != '\0') {
        bool sure = sniff->mark != 0 || sniff->on_encoding.score >= SURE;
        if (!sure) {
            return csvk_fail(err, CSVK_EDATA, "%s: the encoding is not clear: %s; give --encoding",
                             job->files->input, sniff->on_encoding.evidence);
        }
        size_t n = strlen(sniff->encoding);
        memcpy(job->encoding, sniff->encoding, n < sizeof(job->encoding) ? n : 0);
        job->options.encoding = job->encoding;
    }
    if (!job->files->sniff_delimiter || sniff->verdict == CSVK_SNIFF_EMPTY ||
        sniff->verdict == CSVK_SNIFF_ONE_COLUMN) {
        return CSVK_OK;
    }
    if (sniff->verdict != CSVK_SNIFF_CLEAR) {
        return refuse_sniff(job, sniff, err);
    }
    job->options.delimiter_found =
        sniff->dialect.delimiter != job->options.dialect.delimiter && !sniff->sep_line;
    job->options.dialect.delimiter = sniff->dialect.delimiter;
    return CSVK_OK;
}

static int look_at_input(struct job *job, struct csvk_error *err)
{
    const struct csvk_normalize_files *files = job->files;
    bool guess = files->encoding != NULL && strcasecmp(files->encoding, "auto") == 0;
    if (!guess) {
        job->options.encoding = files->encoding;
    }
    if (!guess && !files->sniff_delimiter) {
        return CSVK_OK;
    }
    struct csvk_bytes sample;
    struct csvk_sniff sniff;
    int status = csvk_source_peek(job->source, CSVK_SNIFF_SAMPLE, &sample, err);
    if (status == CSVK_OK) {
        enum csvk_sample extent =
            sample.len < CSVK_SNIFF_SAMPLE ? CSVK_SAMPLE_WHOLE : CSVK_SAMPLE_CUT;
        status = csvk_sniff(sample, extent, &sniff, err);
    }
    return status == CSVK_OK ? use_sniff(job, &sniff, err) : status;
}

static int open_input(struct job *job, struct csvk_error *err)
{
    int status = csvk_source_open(&job->source, job->files->input, err);
    status = status == CSVK_OK ? look_at_input(job, err) : status;
    if (status == CSVK_OK && job->options.encoding != NULL &&
        strcasecmp(job->options.encoding, "utf-8") != 0) {
        status = csvk_source_set_encoding(job->source, job->options.encoding, err);
    }
    return status;
}

/* ---- where it goes ---- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0) {
        return false;
    }
    if (strcmp(a, b) == 0) {
        return true;
    }
    return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* Nothing can lie beside /dev/null or a terminal. */
static bool is_device(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

static int check_names(const char *const *names, size_t count, struct csvk_error *err)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (names[i] != NULL && names[j] != NULL && is_same_file(names[i], names[j])) {
                return csvk_fail(err, CSVK_EUSAGE, "%s and %s are the same file%s", names[i],
                                 names[j], i == 0 ? ": the input would be lost" : "");
            }
        }
    }
    return CSVK_OK;
}

static int open_outputs(struct job *job, struct csvk_error *err)
{
    const struct csvk_normalize_files *files = job->files;
    const char *index = NULL;
    if (files->rejects != NULL && !is_device(files->rejects)) {
        if (csvk_buf_printf(&job->name, "%s.jsonl", files->rejects) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        index = csvk_buf_text(&job->name);
    }
    const char *names[SINKS + 1] = {files->input, files->output, files->rejects, index, files->log};
    int status = check_names(names, SINKS + 1, err);
    for (int i = 0; i < SINKS && status == CSVK_OK; i++) {
        if (names[i + 1] != NULL) {
            status = csvk_sink_open(&job->sink[i], names[i + 1], i == TABLE ? files->gzip_level : 0,
                                    err);
        }
    }
    bool direct = files->verify && files->output != NULL && strcmp(files->output, "-") == 0;
    if (status == CSVK_OK && direct) {
        struct csvk_dialect to = job->options.to;
        to.escape = CSVK_NO_BYTE;
        status = csvk_libcsv_new(&job->libcsv, &to, err);
    }
    return status;
}

static int write_sink(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_sink_write(context, bytes, length, err);
}

static int write_nowhere(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)context;
    (void)bytes;
    (void)length;
    (void)err;
    return CSVK_OK;
}

/* libcsv sees a mark at the start as data: it is passed by. */
static int push(struct csvk_libcsv *libcsv, bool *passed, bool has_bom, struct csvk_bytes bytes,
                struct csvk_error *err)
{
    if (!*passed && has_bom && bytes.len >= 3) {
        bytes.ptr += 3;
        bytes.len -= 3;
    }
    *passed = true;
    return csvk_libcsv_push(libcsv, bytes.ptr, bytes.len, err);
}

/* To standard output, libcsv looking on: what has gone out cannot be read back. */
static int write_watched(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct job *job = context;
    struct csvk_bytes view = {bytes, length};
    int status = push(job->libcsv, &job->bom_passed, job->options.write_bom, view, err);
    return status == CSVK_OK ? csvk_sink_write(job->sink[TABLE], bytes, length, err) : status;
}

static struct csvk_output output_to(struct job *job, int which)
{
    struct csvk_output output = {NULL, NULL};
    if (job->sink[which] != NULL) {
        output = (struct csvk_output){write_sink, job->sink[which]};
    }
    if (which == TABLE && job->libcsv != NULL) {
        output = (struct csvk_output){write_watched, job};
    }
    bool only_judged = job->files->output == NULL && (which == REJECTS || which == INDEX);
    return only_judged && output.write == NULL ? (struct csvk_output){write_nowhere, NULL} : output;
}

/* ---- verification ---- */

static int compare_digest(const struct job *job, const struct csvk_digest *read,
                          const struct csvk_normalize_result *result, struct csvk_error *err)
{
    const struct csvk_values *meant = &result->values;
    if (read->records == meant->records && read->fields == meant->fields &&
        read->hash == meant->hash) {
        return CSVK_OK;
    }
    return csvk_fail(err, CSVK_EIO,
                     "%s: libcsv reads %llu records and %llu fields back, %llu and %llu were meant "
                     "(or values differ): nothing is kept",
                     job->files->output, (unsigned long long)read->records,
                     (unsigned long long)read->fields, (unsigned long long)meant->records,
                     (unsigned long long)meant->fields);
}

static int end_libcsv(struct job *job, struct csvk_libcsv *libcsv,
                      const struct csvk_normalize_result *result, struct csvk_error *err)
{
    int status = csvk_libcsv_end(libcsv, err);
    return status == CSVK_OK ? compare_digest(job, csvk_libcsv_digest(libcsv), result, err)
                             : status;
}

static int read_all(struct csvk_source *source, struct csvk_libcsv *libcsv, bool has_bom,
                    struct csvk_error *err)
{
    static const size_t room = 64 * 1024;
    bool passed = false;
    unsigned char *bytes = csvk_malloc(room);
    if (bytes == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    size_t got = 0;
    int status;
    do {
        status = csvk_source_read(source, bytes, room, &got, err);
        if (status == CSVK_OK) {
            status = push(libcsv, &passed, has_bom, (struct csvk_bytes){bytes, got}, err);
        }
    } while (status == CSVK_OK && got != 0);
    csvk_free(bytes);
    return status;
}

static int verify(struct job *job, const struct csvk_normalize_result *result,
                  struct csvk_error *err)
{
    if (!job->files->verify || job->sink[TABLE] == NULL) {
        return CSVK_OK;
    }
    if (job->libcsv != NULL) {
        return end_libcsv(job, job->libcsv, result, err);
    }
    struct csvk_source *source = NULL;
    struct csvk_dialect to = job->options.to;
    to.escape = CSVK_NO_BYTE;
    int status = csvk_libcsv_new(&job->libcsv, &to, err);
    status = status == CSVK_OK ? csvk_sink_read_back(job->sink[TABLE], &source, err) : status;
    status =
        status == CSVK_OK ? read_all(source, job->libcsv, job->options.write_bom, err) : status;
    status = status == CSVK_OK ? end_libcsv(job, job->libcsv, result, err) : status;
    csvk_source_free(source);
    return status;
}

/* ---- all of it ---- */

static int report_progress(void *context, uint64_t consumed)
{
    const struct job *job = context;
    if (job->files->progress == NULL) {
        return 0;
    }
    return job->files->progress(job->files->progress_context, consumed,
                                csvk_source_file_size(job->source));
}

static int work(struct job *job, struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct csvk_normalize_outputs outputs = {.table = output_to(job, TABLE),
                                             .rejects = output_to(job, REJECTS),
                                             .rejects_index = output_to(job, INDEX),
                                             .log = output_to(job, LOG),
                                             .progress = report_progress,
                                             .progress_context = job};
    int status = csvk_normalize(job->source, &job->options, &outputs, result, err);
    status = status == CSVK_OK ? verify(job, result, err) : status;
    /* The table last: while it is missing nobody takes the others for an account of it. */
    for (int i = SINKS - 1; i >= 0 && status == CSVK_OK; i--) {
        if (job->sink[i] != NULL) {
            status = csvk_sink_commit(job->sink[i], err);
        }
    }
    return status;
}

int csvk_normalize_files(const struct csvk_normalize_files *files,
                         const struct csvk_normalize_options *options,
                         struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct job job = {.files = files, .options = *options};
    memset(result, 0, sizeof *result);
    job.options.digest = files->verify;
    int status = open_input(&job, err);
    status = status == CSVK_OK ? open_outputs(&job, err) : status;
    status = status == CSVK_OK ? work(&job, result, err) : status;
    for (int i = 0; i < SINKS; i++) {
        csvk_sink_free(job.sink[i]);
    }
    csvk_libcsv_free(job.libcsv);
    csvk_source_free(job.source);
    csvk_buf_release(&job.name);
    return status;
}
