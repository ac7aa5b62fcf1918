/* judged_files.c - see judged_files.h: a pool of threads whose jobs are files. */
#include "csvkit/cli/validate/judged_files.h"

#include "csvkit/extra/pool.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer plain files get all threads, one such file after the other (csvk_reader_use_threads). */
#define LONG_FILE ((off_t)16 * 1024 * 1024)

struct file_job {
    struct judged_file file;
    struct csvk_validate_options options;
    char *encoding; /* NULL: UTF-8 */
};

struct judged_files {
    struct cli *cli;
    judged_file_conclude *conclude;
    void *context;
    struct csvk_pool *pool; /* NULL: no file has come yet */
    void **worker;          /* of the pool: nothing, since a job has all that it needs */
    size_t depth;
};

/* In any thread. */
static void judge_file(void *worker, void *context)
{
    struct file_job *job = context;
    struct csvk_source *source = NULL;
    struct csvk_error *err = &job->file.err;
    (void)worker;
    int status = csvk_source_open(&source, job->file.path, err);
    if (status == CSVK_OK && job->encoding != NULL) {
        status = csvk_source_set_encoding(source, job->encoding, err);
    }
    if (status == CSVK_OK) {
        status = csvk_validate_source(&job->file.validator, source, &job->options, NULL, err);
    }
    job->file.status = status;
    csvk_source_free(source);
}

struct judged_files *judged_files_new(struct cli *cli, judged_file_conclude *conclude,
                                      void *context)
{
    struct judged_files *files = csvk_calloc(1, sizeof *files);
    if (files != NULL) {
        *files = (struct judged_files){.cli = cli, .conclude = conclude, .context = context};
    }
    return files;
}

/* False: there are no threads to be had. */
static bool start(struct judged_files *files)
{
    size_t threads = cli_threads(files->cli);
    if (files->pool != NULL || threads < 2) {
        return files->pool != NULL;
    }
    csvk_free(files->worker);
    files->worker = csvk_calloc(threads, sizeof *files->worker);
    files->depth = 2 * threads;
    struct csvk_pool_plan plan = {
        .run = judge_file, .worker = files->worker, .threads = threads, .depth = files->depth};
    return files->worker != NULL && csvk_pool_new(&files->pool, &plan, NULL) == CSVK_OK;
}

/* A regular file that is not long, or a compressed one. */
static bool is_for_one_thread(const char *path)
{
    struct stat info;
    unsigned char start[16];
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        return false;
    }
    if (info.st_size < LONG_FILE) {
        return true;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd >= 0 ? read(fd, start, sizeof start) : 0;
    if (fd >= 0) {
        close(fd);
    }
    return n > 0 && csvk_compression_of((struct csvk_bytes){start, (size_t)n}) != NULL;
}

static bool is_auto(const struct cli *cli, const char *option)
{
    const char *value = cli_value(cli, option);
    return value != NULL && strcmp(value, "auto") == 0;
}

/* What the caller may change while the job waits is copied. */
static int copy_options(struct csvk_validate_options *to,
                        const struct csvk_validate_options *options)
{
    const struct csvk_strings none = {0};
    *to = *options;
    to->columns = to->primary_key = to->first_header = none;
    to->schema = csvk_schema_share(options->schema);
    bool copied = csvk_strings_copy(&to->columns, &options->columns) == CSVK_OK &&
                  csvk_strings_copy(&to->primary_key, &options->primary_key) == CSVK_OK &&
                  csvk_strings_copy(&to->first_header, &options->first_header) == CSVK_OK;
    return copied ? CSVK_OK : CSVK_ENOMEM;
}

static void free_job(struct file_job *job)
{
    if (job != NULL) {
        csvk_validator_free(job->file.validator);
        csvk_validate_options_release(&job->options);
        csvk_free(job->file.path);
        csvk_free(job->encoding);
        csvk_free(job);
    }
}

static struct file_job *new_job(const char *path, const struct csvk_validate_options *options,
                                const char *encoding)
{
    struct file_job *job = csvk_calloc(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    job->file.path = csvk_strdup(path);
    job->encoding = encoding != NULL ? csvk_strdup(encoding) : NULL;
    bool copied = (encoding == NULL || job->encoding != NULL) && job->file.path != NULL;
    if (copy_options(&job->options, options) != CSVK_OK || !copied) {
        free_job(job);
        return NULL;
    }
    job->options.file = job->file.path;
    return job;
}

static void conclude_oldest(struct judged_files *files)
{
    struct file_job *job = csvk_pool_take(files->pool);
    files->conclude(files->context, &job->file);
    free_job(job);
}

bool judged_files_add(struct judged_files *files, const char *path,
                      const struct csvk_validate_options *options, const char *encoding)
{
    bool alone = is_auto(files->cli, "delimiter") || is_auto(files->cli, "encoding") ||
                 cli_has(files->cli, "verify") || cli_has(files->cli, "stats") ||
                 options->primary_key.count != 0;
    if (alone || !is_for_one_thread(path) || !start(files)) {
        return false;
    }
    struct file_job *job = new_job(path, options, encoding);
    if (job == NULL) {
        return false;
    }
    while (csvk_pool_pending(files->pool) == files->depth) {
        conclude_oldest(files);
    }
    csvk_pool_submit(files->pool, job);
    return true;
}

void judged_files_settle(struct judged_files *files)
{
    while (files->pool != NULL && csvk_pool_pending(files->pool) != 0) {
        conclude_oldest(files);
    }
}

void judged_files_free(struct judged_files *files)
{
    if (files == NULL) {
        return;
    }
    while (files->pool != NULL && csvk_pool_pending(files->pool) != 0) {
        free_job(csvk_pool_take(files->pool));
    }
    csvk_pool_free(files->pool);
    csvk_free(files->worker);
    csvk_free(files);
}
