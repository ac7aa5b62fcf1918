/*
 * normalize_files.c - normalize from file to file: sinks for the table, the rejects with their
 * index, and the log.
 *
 * Order. What is not known of the input (encoding, delimiter) is found out first. Then the outputs
 * are opened, under other names; the run writes them; libcsv reads back what was written
 * (--verify); and only then do the outputs get their names, the table last. A failure before that
 * leaves all old files as they were.
 *
 * In place, the table is the last of the outputs that get a name, and the name is that of the
 * input; so the input is there, whole, for as long as anything can still fail.
 *
 * Two things are not possible for streams (standard output, /dev/null, a FIFO): nothing can lie
 * beside them, so rejects that go there have no index; and what has gone out cannot be read back,
 * so libcsv counts along while it is written.
 */
#include "csvkit/normalize/normalize_structs.h"
#include "csvkit/normalize/second_reader.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/io/file_kind.h"
#include "csvkit/sniff/encoding_detector.h"
#include "csvkit/sniff.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Of a gzip file that stays one. */
enum { DEFAULT_LEVEL = 6 };

/* The sinks; names of files stand in the same order, after the input. */
enum { TABLE, REJECTS, INDEX, LOG, SINKS };

/* One call of csvk_normalize_files. */
struct files_job {
    const struct csvk_normalize_files *files;
    const char *output; /* where the table goes: files->output, or in place of the input; or NULL */
    bool verify;
    /* A shallow copy: what was found out about the input is put into it. */
    struct csvk_normalize_options options;
    struct csvk_source *source;
    struct csvk_sink *sink[SINKS];
    /* For verification; NULL without --verify. */
    const struct csvk_second_reader *calls;
    void *counts; /* what libcsv counts; NULL: nothing is verified */
    /* The input, when its name was looked up first. */
    struct stat input_stat;
    /* Of the index. */
    struct csvk_buf name;
    char encoding[64];
};

/* ---- what the input is ---- */

static int refuse_sniff(const struct files_job *job, const struct csvk_sniff *sniff,
                        struct csvk_error *err)
{
    if (sniff->verdict == CSVK_SNIFF_NOT_TABLE || sniff->verdict == CSVK_SNIFF_NOT_TEXT) {
        bool text = sniff->verdict == CSVK_SNIFF_NOT_TABLE;
        const char *why = text ? sniff->on_delimiter.evidence : sniff->on_encoding.evidence;
        bool nuls = !text && strstr(why, "NUL bytes (") != NULL;
        return csvk_fail(err, CSVK_EDATA, "%s: %s%s", job->files->input, why,
                         nuls ? "; name the delimiter with --delimiter=C, and --null-bytes=remove "
                                "removes them"
                              : "");
    }
    return csvk_fail(err, CSVK_EDATA, "%s: the delimiter is not clear (%s): %s; give --delimiter",
                     job->files->input, csvk_sniff_verdict_name(sniff->verdict),
                     sniff->on_delimiter.evidence);
}

/*
 * Takes what the sniffer proposes, when it is sure. A wrong encoding makes other values without any
 * sign, and a wrong delimiter another table, so there is no guess at either: the run fails, and the
 * text says which option to give.
 *
 * An empty input has no delimiter to find. A delimiter that the line sep= names is left to the run,
 * which drops that line (r16).
 */
static int apply_sniff(struct files_job *job, const struct csvk_sniff *sniff,
                       struct csvk_error *err)
{
    if (job->options.encoding == NULL && job->files->encoding != NULL &&
        sniff->verdict != CSVK_SNIFF_NOT_TEXT) {
        bool sure = sniff->mark != 0 || sniff->on_encoding.score >= CSVK_ENCODING_SURE;
        if (!sure) {
            return csvk_fail(err, CSVK_EDATA,
                             "%s: the encoding is not clear%s%s: %s; name it with --encoding=NAME",
                             job->files->input, sniff->encoding[0] != '\0' ? ", perhaps " : "",
                             sniff->encoding, sniff->on_encoding.evidence);
        }
        size_t n = strlen(sniff->encoding);
        memcpy(job->encoding, sniff->encoding, n < sizeof(job->encoding) ? n : 0);
        job->options.encoding = job->encoding;
    }
    if (!job->files->sniff_delimiter || sniff->verdict == CSVK_SNIFF_EMPTY) {
        return CSVK_OK;
    }
    if (sniff->verdict != CSVK_SNIFF_CLEAR) {
        return refuse_sniff(job, sniff, err);
    }
    struct csvk_dialect *dialect = &job->options.dialect;
    bool other = !csvk_delimiter_same(&sniff->dialect, dialect);
    job->options.delimiter_found = other && !sniff->sep_line;
    csvk_delimiter_copy(dialect, &sniff->dialect);
    dialect->skip_blanks = dialect->skip_blanks || sniff->dialect.skip_blanks;
    dialect->enclosure = job->files->keep_enclosure ? dialect->enclosure : sniff->dialect.enclosure;
    dialect->escape = job->files->keep_escape ? dialect->escape : sniff->dialect.escape;
    bool above = sniff->skip_head != 0 && job->options.skip_head == 0;
    if (above && job->options.header == CSVK_NORMALIZE_HEADER) { /* counted and logged as r15 */
        job->options.skip_head = sniff->skip_head;
    }
    return csvk_dialect_check(dialect, err);
}

static uint64_t comment_of(const struct csvk_normalize_options *options)
{
    return options->comment > 0 ? (uint64_t)options->comment : 0;
}

/*
 * Peeks at the start of the input when an option says that encoding or delimiter shall be found.
 * The peeked bytes are read again by the run.
 */
static int sniff_input(struct files_job *job, struct csvk_error *err)
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
    struct csvk_sniff sniff = {.size = sizeof sniff, .comment = comment_of(&job->options)};
    int status = csvk_source_peek(job->source, CSVK_SNIFF_SAMPLE, &sample, err);
    if (status == CSVK_OK) {
        enum csvk_sample extent =
            sample.len < CSVK_SNIFF_SAMPLE ? CSVK_SAMPLE_WHOLE : CSVK_SAMPLE_CUT;
        status = csvk_sniff(sample, extent, &sniff, err);
    }
    return status == CSVK_OK ? apply_sniff(job, &sniff, err) : status;
}

/*
 * The source itself finds out when the bytes that it reads change. A file that somebody puts in the
 * place of the input is another thing: what was read is whole, but it is the old file.
 * CSVK_ECHANGED. Only regular files are compared.
 */
static int check_name(const struct files_job *job, struct csvk_error *err)
{
    struct stat now;
    const struct stat *then = &job->input_stat;
    if (!S_ISREG(then->st_mode)) {
        return CSVK_OK;
    }
    if (stat(job->files->input, &now) == 0 && now.st_dev == then->st_dev &&
        now.st_ino == then->st_ino && now.st_size == then->st_size &&
        now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == then->st_mtim.tv_nsec) {
        return CSVK_OK;
    }
    return csvk_fail(err, CSVK_ECHANGED, "%s was replaced or removed while it was read",
                     job->files->input);
}

static int open_input(struct files_job *job, struct csvk_error *err)
{
    /* A failure is not looked at here: opening says why. */
    if (strcmp(job->files->input, "-") != 0) {
        (void)stat(job->files->input, &job->input_stat);
    }
    int status = csvk_open_table(&job->source, job->files->input, err);
    status = status == CSVK_OK ? sniff_input(job, err) : status;
    if (status == CSVK_OK && job->options.encoding != NULL &&
        strcasecmp(job->options.encoding, "utf-8") != 0) {
        status = csvk_source_set_encoding(job->source, job->options.encoding, err);
    }
    return status;
}

/* ---- the widest record ---- */

static int write_nowhere(void *context, const void *bytes, size_t length, struct csvk_error *err);

/*
 * Reads the input for the first time. The second time it is the same file: whether it was replaced
 * is asked at the end (check_name), of what it was before the first time.
 */
static int measure_width(struct files_job *job, struct csvk_error *err)
{
    const struct stat before = job->input_stat;
    struct csvk_normalize_options options = job->options;
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .rejects = {write_nowhere, NULL}};
    struct csvk_normalize_result result = {.size = sizeof result};
    options.only_measure = true;
    options.ragged = CSVK_NORMALIZE_RAGGED_PAD;
    options.write_header = options.strict = false;
    options.columns = (struct csvk_strings){0};
    if (!S_ISREG(before.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s cannot be widened: it is no regular file, and can be read once only",
                         csvk_source_name(job->source));
    }
    int status = csvk_normalize(job->source, &options, &outputs, &result, err);
    csvk_source_free(job->source);
    job->source = NULL;
    status = status == CSVK_OK ? open_input(job, err) : status;
    job->input_stat = before;
    job->options.width = result.width;
    job->options.ragged = CSVK_NORMALIZE_RAGGED_PAD;
    return status;
}

/* ---- in place ---- */

/* The rejects of an earlier run are the only copy of these records. */
static int keep_old_rejects(const struct csvk_normalize_files *files, struct csvk_error *err)
{
    struct stat info;
    if (files->rejects == NULL || strcmp(files->rejects, "-") == 0 ||
        stat(files->rejects, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) {
        return CSVK_OK;
    }
    return csvk_fail(err, CSVK_EUSAGE,
                     "%s holds records already, and after a run in place they may be nowhere else; "
                     "name another file for the rejects",
                     files->rejects);
}

/*
 * Whether the input can be replaced, and how it is to be compressed: as it is, which its first
 * bytes say and its name does not.
 */
static int prepare_in_place(struct files_job *job, int *gzip_level, struct csvk_error *err)
{
    const struct csvk_normalize_files *files = job->files;
    struct csvk_bytes start;
    if (files->output != NULL || strcmp(files->input, "-") == 0 ||
        !S_ISREG(job->input_stat.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s cannot be replaced: %s", files->input,
                         files->output != NULL ? "another output is named"
                                               : "it is no regular file");
    }
    int status = keep_old_rejects(files, err);
    status = status == CSVK_OK ? csvk_source_peek(job->source, 1, &start, err) : status;
    const char *kind = status == CSVK_OK ? csvk_source_compression(job->source) : NULL;
    if (kind != NULL && !csvk_source_is_gzip(job->source)) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s cannot be replaced: it is %s, and only gzip is written", files->input,
                         kind);
    }
    if (status == CSVK_OK) {
        int level = files->gzip_level != 0 ? files->gzip_level : DEFAULT_LEVEL;
        *gzip_level = csvk_source_is_gzip(job->source) ? level : 0;
    }
    return status;
}

/* ---- where it goes ---- */

/* True when both names lead to one file now. *kind is what `a` leads to. */
static bool same_inode(const char *a, const char *b, struct stat *kind)
{
    struct stat other;
    return stat(a, kind) == 0 && stat(b, &other) == 0 && kind->st_dev == other.st_dev &&
           kind->st_ino == other.st_ino;
}

/*
 * The folder that a file is to be in, as "FOLDER/."; false when the name is too long for that to be
 * known.
 */
static bool folder_of(const char *path, char *folder, size_t room)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (n + 2 > room) {
        return false;
    }
    memcpy(folder, path, n);
    memcpy(folder + n, ".", 2);
    return true;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/*
 * Files that are not there yet are the same when folder and name are. Streams may be the same: two
 * outputs may go to /dev/null.
 */
static bool is_same_file(const char *a, const char *b)
{
    struct stat kind;
    char x[PATH_MAX], y[PATH_MAX];
    if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0) {
        return false;
    }
    if (same_inode(a, b, &kind)) {
        return S_ISREG(kind.st_mode);
    }
    return strcmp(last_part(a), last_part(b)) == 0 && folder_of(a, x, sizeof x) &&
           folder_of(b, y, sizeof y) && same_inode(x, y, &kind);
}

/* Standard output, /dev/null, a FIFO: nothing can lie beside it, and it cannot be read back. */
static bool is_stream(const char *path)
{
    struct stat info;
    return strcmp(path, "-") == 0 || (stat(path, &info) == 0 && !S_ISREG(info.st_mode));
}

/*
 * No two of the files may be the same: an output over the input would destroy it while it is read,
 * and two outputs would destroy each other.
 */
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

/* Atomic, because threads may normalize meanwhile. */
static _Atomic(const struct csvk_second_reader *) given_reader;

void csvk_give_second_reader(const struct csvk_second_reader *reader)
{
    atomic_store(&given_reader, reader);
}

/* A program of libcsvkit alone has no second reader. */
static int open_counts(struct files_job *job, struct csvk_error *err)
{
    job->calls = atomic_load(&given_reader);
    if (job->calls == NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s cannot be verified: this program has to call csvk_use_libcsv of "
                         "libcsvkit-extra",
                         job->output);
    }
    return job->calls->open(&job->counts, &job->options, err);
}

/*
 * Opens a sink for every file that was named, and the count of libcsv. Nothing appears under its
 * name yet. Only the table is compressed.
 */
static int open_outputs(struct files_job *job, struct csvk_error *err)
{
    const struct csvk_normalize_files *files = job->files;
    const char *index = NULL;
    int gzip_level = files->gzip_level;
    int status = files->in_place ? prepare_in_place(job, &gzip_level, err) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    if (files->rejects != NULL && !is_stream(files->rejects)) {
        if (csvk_buf_printf(&job->name, "%s.jsonl", files->rejects) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        index = csvk_buf_text(&job->name);
    }
    const char *names[SINKS + 1] = {files->input, files->output, files->rejects, index, files->log};
    status = check_names(names, SINKS + 1, err);
    names[TABLE + 1] = job->output;
    for (int i = 0; i < SINKS && status == CSVK_OK; i++) {
        if (names[i + 1] != NULL) {
            status = csvk_sink_open(&job->sink[i], names[i + 1], i == TABLE ? gzip_level : 0, err);
        }
    }
    if (status == CSVK_OK && job->verify && job->output != NULL) {
        status = open_counts(job, err);
    }
    return status;
}

/*
 * Only judged, nothing written: rejects are counted and forgotten, but the run must not fail for
 * want of a file for them.
 */
static int write_nowhere(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)context;
    (void)bytes;
    (void)length;
    (void)err;
    return CSVK_OK;
}

/* ---- libcsv counts along ---- */

static int count_input(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct files_job *job = context;
    return job->calls->input(job->counts, bytes, length, err);
}

/* To standard output, libcsv counting along: what has gone out cannot be read back. */
static int write_and_count(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct files_job *job = context;
    int status = job->calls->table(job->counts, bytes, length, err);
    return status == CSVK_OK ? csvk_sink_write(job->sink[TABLE], bytes, length, err) : status;
}

/*
 * The index of rejects that go where nothing can lie beside them: one line for each. Their bytes
 * are not known here, so each is counted as a block.
 */
static int count_rejects(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct files_job *job = context;
    const unsigned char *p = bytes;
    const struct csvk_bytes unseen = {p, 0};
    int status = CSVK_OK;
    for (size_t i = 0; i < length && status == CSVK_OK; i++) {
        if (p[i] == '\n') {
            status = job->calls->reject(job->counts, unseen, CSVK_REJECT_BLOCK, err);
        }
    }
    return status;
}

/*
 * Where the run writes each of its outputs: to a sink, through libcsv to a sink, into a count, or
 * nowhere.
 */
static struct csvk_output output_to(struct files_job *job, int which)
{
    bool only_judged = job->output == NULL && (which == REJECTS || which == INDEX);
    if (which == TABLE && job->counts != NULL && is_stream(job->output)) {
        return (struct csvk_output){write_and_count, job};
    }
    if (job->sink[which] != NULL) {
        return csvk_output_to_sink(job->sink[which]);
    }
    if (which == INDEX && job->counts != NULL && job->sink[REJECTS] != NULL) {
        return (struct csvk_output){count_rejects, job};
    }
    return (struct csvk_output){only_judged ? write_nowhere : NULL, NULL};
}

/* Reads back what can be read back, and compares the counts of libcsv with those of the run. */
static int verify(struct files_job *job, struct csvk_normalize_result *result,
                  struct csvk_error *err)
{
    int status = CSVK_OK;
    if (job->counts == NULL) {
        return CSVK_OK;
    }
    if (!is_stream(job->output)) {
        status = job->calls->read_table(job->counts, job->sink[TABLE], err);
    }
    if (status == CSVK_OK && job->sink[INDEX] != NULL) {
        status = job->calls->read_rejects(job->counts, job->sink[REJECTS], job->sink[INDEX], err);
    }
    return status == CSVK_OK ? job->calls->judge(job->counts, result, err) : status;
}

/* ---- all of it ---- */

static int report_progress(void *context, uint64_t consumed)
{
    const struct files_job *job = context;
    if (job->files->progress == NULL) {
        return 0;
    }
    return job->files->progress(job->files->progress_context, consumed,
                                csvk_source_file_size(job->source));
}

/*
 * The table last: while it is missing nobody takes the others for an account of it. To make the
 * others durable takes a while, so a file that is to be replaced is looked at once more. When the
 * table is the input, byte for byte, it is thrown away.
 */
static int commit_outputs(struct files_job *job, const struct csvk_normalize_result *result,
                          struct csvk_error *err)
{
    bool in_place = job->files->in_place;
    int status = CSVK_OK;
    for (int i = SINKS - 1; i >= 0 && status == CSVK_OK; i--) {
        bool stays = in_place && i == TABLE && !result->changed;
        if (job->sink[i] == NULL || stays) {
            continue;
        }
        status = in_place && i == TABLE ? check_name(job, err) : CSVK_OK;
        status = status == CSVK_OK ? csvk_sink_commit(job->sink[i], err) : status;
    }
    return status;
}

/* Normalizes, verifies, checks the input once more, and gives the outputs their names. */
static int run_job(struct files_job *job, struct csvk_normalize_result *result,
                   struct csvk_error *err)
{
    struct csvk_output seen = {job->counts != NULL ? count_input : NULL, job};
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .seen = seen,
                                             .table = output_to(job, TABLE),
                                             .rejects = output_to(job, REJECTS),
                                             .rejects_index = output_to(job, INDEX),
                                             .log = output_to(job, LOG),
                                             .progress = report_progress,
                                             .progress_context = job,
                                             .repaired = job->files->repaired,
                                             .repaired_context = job->files->repaired_context,
                                             .rejected = job->files->rejected,
                                             .rejected_context = job->files->rejected_context};
    int status = csvk_normalize(job->source, &job->options, &outputs, result, err);
    status = status == CSVK_OK ? verify(job, result, err) : status;
    status = status == CSVK_OK ? check_name(job, err) : status;
    return status == CSVK_OK ? commit_outputs(job, result, err) : status;
}

/* As csvk_normalize_files, with structs of this library's version. Whatever was opened is closed
   here. A sink that was not committed leaves no file. */
static int normalize_files(const struct csvk_normalize_files *files,
                           const struct csvk_normalize_options *options,
                           struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct files_job job = {.files = files, .options = *options};
    job.output = files->in_place ? files->input : files->output;
    job.verify = files->verify || files->in_place;
    job.options.digest = job.verify;
    int status = open_input(&job, err);
    status = status == CSVK_OK && files->widen ? measure_width(&job, err) : status;
    status = status == CSVK_OK ? open_outputs(&job, err) : status;
    status = status == CSVK_OK ? run_job(&job, result, err) : status;
    for (int i = 0; i < SINKS; i++) {
        csvk_sink_free(job.sink[i]);
    }
    if (job.counts != NULL) {
        job.calls->free(job.counts);
    }
    csvk_source_free(job.source);
    csvk_buf_release(&job.name);
    return status;
}

int csvk_normalize_files(const struct csvk_normalize_files *files,
                         const struct csvk_normalize_options *options,
                         struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct csvk_normalize_files own_files;
    struct csvk_normalize_options own_options;
    struct csvk_normalize_result own_result = {.size = sizeof own_result};
    int status = norm_check_result(result, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = norm_read_files(&own_files, files, err);
    status = status == CSVK_OK ? norm_read_options(&own_options, options, err) : status;
    if (status == CSVK_OK) {
        status = normalize_files(&own_files, &own_options, &own_result, err);
    }
    norm_write_result(result, &own_result);
    return status;
}
