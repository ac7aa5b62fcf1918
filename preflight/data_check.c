/*
 * data_check.c - has every record of every table judged by the validator with the profile keboola,
 * several files at a time, and judges preflight-slices-differ by the number of columns.
 *
 * Results are taken in the order of the tables and their slices, so findings do not depend on the
 * number of threads. A primary key is searched over all slices of a table.
 */
#include "preflight/preflight_private.h"

#include "csvkit/extra/extra.h"
#include "csvkit/extra/pool.h"

#include <stdio.h>
#include <string.h>

struct data_job { /* one file */
    struct preflight_table_data *owner;
    char *full;
    const char *relative; /* borrowed from the owner */
    bool first, last;     /* of its table */
    size_t threads;       /* for this file alone */
    struct csvk_validator *validator;
    int status;
    struct csvk_error err;
};

struct preflight_data {
    struct preflight_table_data *table;
    size_t ntables, capacity;
};

/* ---- collecting ---- */

static struct preflight_data *data_of(struct preflight *preflight)
{
    if (preflight->data == NULL) {
        preflight->data = csvk_calloc(1, sizeof *preflight->data);
    }
    return preflight_allocated(preflight, preflight->data) ? preflight->data : NULL;
}

void preflight_data_add(struct preflight *preflight, struct preflight_table_data *data)
{
    struct preflight_data *all = data_of(preflight);
    if (all == NULL || data->files.count == 0) {
        return;
    }
    if (all->ntables == all->capacity) {
        size_t capacity = all->capacity + 16;
        struct preflight_table_data *list = csvk_reallocarray(all->table, capacity, sizeof *list);
        if (!preflight_allocated(preflight, list)) {
            return;
        }
        all->table = list;
        all->capacity = capacity;
    }
    all->table[all->ntables++] = *data;
    csvk_validate_options_init(&data->options);
    csvk_validate_options_init(&data->next);
    data->files = (struct csvk_strings){0};
}

void preflight_data_release(struct preflight *preflight)
{
    struct preflight_data *all = preflight->data;
    for (size_t i = 0; all != NULL && i < all->ntables; i++) {
        csvk_validate_options_release(&all->table[i].options);
        csvk_validate_options_release(&all->table[i].next);
        csvk_strings_release(&all->table[i].files);
    }
    if (all != NULL) {
        csvk_free(all->table);
    }
    csvk_free(all);
    preflight->data = NULL;
}

/* ---- one file, in any thread ---- */

static int use_threads(struct csvk_reader *reader, void *context, struct csvk_error *err)
{
    const struct data_job *job = context;
    return csvk_reader_use_threads(reader, job->threads, err);
}

static void judge_file(void *worker, void *context)
{
    struct data_job *job = context;
    struct csvk_source *source = NULL;
    struct csvk_validate_options options = /* shallow: _new copies what it keeps */
        job->first ? job->owner->options : job->owner->next;
    struct csvk_validate_hooks hooks = {.size = sizeof hooks, .begin = use_threads, .context = job};
    (void)worker;
    options.file = job->relative;
    options.threads = job->threads;
    job->status = csvk_source_open(&source, job->full, &job->err);
    if (job->status == CSVK_OK) {
        job->status = csvk_validate_source(&job->validator, source, &options, &hooks, &job->err);
    }
    csvk_source_free(source);
}

/* ---- one table: the validators of its files, in order ---- */

struct table_parts {
    struct csvk_validator **item;
    size_t count, capacity;
    bool whole; /* every file was read */
};

static bool parts_add(struct table_parts *parts, struct csvk_validator *validator)
{
    if (parts->count == parts->capacity) {
        size_t capacity = parts->capacity < 16 ? 16 : parts->capacity * 2;
        struct csvk_validator **item = csvk_reallocarray(parts->item, capacity, sizeof(void *));
        if (item == NULL) {
            return false;
        }
        parts->item = item;
        parts->capacity = capacity;
    }
    parts->item[parts->count++] = validator;
    return true;
}

static void parts_clear(struct table_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        csvk_validator_free(parts->item[i]);
    }
    parts->count = 0;
    parts->whole = true;
}

/* A table without columns gets those of its header, named as Storage will name them. */
static void use_header(struct preflight *preflight, struct csvk_preflight_table *table,
                       const struct csvk_report *report)
{
    if (table->columns.count == 0 && table->header && report->column_names != NULL) {
        preflight_clean_names(preflight, &table->columns, report->column_names);
    }
}

static void judge_width(struct preflight *preflight, struct csvk_preflight_table *table,
                        const struct csvk_report *report, uint64_t first)
{
    if (report->totals->width != first && report->totals->records != 0 && first != 0) {
        preflight_report_finding(
            preflight, &table->findings,
            (struct preflight_note){.rule = "preflight-slices-differ", .file = report->file},
            "this slice has %llu column%s, the first one has %llu",
            (unsigned long long)report->totals->width, report->totals->width == 1 ? "" : "s",
            (unsigned long long)first);
    }
}

/* A byte order mark alone: a file that has bytes, so it is not the validator's empty-file, but no
   name of a column. What sliced tables need is told of their manifest. */
static void need_columns(struct preflight *preflight, struct csvk_preflight_table *table,
                         const struct csvk_report *report)
{
    bool nameless = table->header && table->slices == 0 && table->columns.count == 0;
    if (nameless && report->totals->records == 0 && report->errors == 0) {
        preflight_report_finding(
            preflight, &table->findings,
            (struct preflight_note){.rule = "preflight-no-columns", .file = report->file},
            "there is no header to take the columns from");
    }
}

/* What the reports of a table's files were compared with so far. */
struct so_far {
    uint64_t width; /* of the first slice that has records */
    size_t file;    /* index of the file whose report came last */
};

/* What the validator did not judge is told once for the table. */
static void tell_not_judged(struct preflight *preflight, struct csvk_preflight_table *table,
                            const struct csvk_report *report)
{
    for (size_t i = 0; i < report->nvalues; i++) {
        const struct csvk_column_values *column = &report->values[i];
        if (!column->judged) {
            preflight_report_finding(preflight, &table->findings,
                                     (struct preflight_note){.rule = "preflight-values-not-judged",
                                                             .file = report->file},
                                     "the values of column \"%s\" are not judged: %s", column->name,
                                     column->type);
        }
    }
}

/* The files of a sliced table are its slices, in the same order; those that could not be
   read have no report. `*at` is the file whose report came last. */
static void take_slice(struct csvk_preflight_table *table, const struct preflight_table_data *data,
                       const struct csvk_report *report, uint64_t records, size_t *at)
{
    while (*at < data->files.count && strcmp(data->files.item[*at], report->file) != 0) {
        (*at)++;
    }
    if (*at < table->slices && *at < data->files.count) {
        table->slice[*at].judged = true;
        table->slice[*at].records = records;
        table->slice[*at].bytes = report->totals->bytes;
    }
}

static void take_report(struct preflight *preflight, const struct preflight_table_data *data,
                        const struct csvk_report *report, struct so_far *so_far)
{
    struct csvk_preflight_table *table = &preflight->report->table[data->table];
    uint64_t names = table->header && report->totals->records > 0 ? 1 : 0;
    use_header(preflight, table, report);
    if (strcmp(report->file, data->files.item[0]) == 0) {
        tell_not_judged(preflight, table, report);
    }
    preflight_take_data(preflight, &table->findings, report);
    need_columns(preflight, table, report);
    if (data->agree) {
        judge_width(preflight, table, report, so_far->width);
        so_far->width = so_far->width != 0 ? so_far->width : report->totals->width;
    }
    take_slice(table, data, report, report->totals->records - names, &so_far->file);
    table->records += report->totals->records - names;
    table->bytes += report->totals->bytes;
}

static int search_keys(const struct preflight_table_data *data, struct table_parts *parts,
                       struct csvk_error *err)
{
    bool wanted = data->options.primary_key.count > 0 && parts->count > 1 && parts->whole;
    int status = CSVK_OK;
    for (size_t i = 1; wanted && i < parts->count && status == CSVK_OK; i++) {
        status = csvk_validator_join_keys(parts->item[0], parts->item[i], err);
    }
    return wanted && status == CSVK_OK ? csvk_validator_search_keys(parts->item, parts->count, err)
                                       : status;
}

static void finish_table(struct preflight *preflight, const struct preflight_table_data *data,
                         struct table_parts *parts)
{
    struct csvk_error err = {0};
    struct so_far so_far = {0};
    int status = search_keys(data, parts, &err);
    for (size_t i = 0; i < parts->count && status == CSVK_OK; i++) {
        const struct csvk_report *report = NULL;
        status = csvk_validator_report(parts->item[i], &report, &err);
        if (status == CSVK_OK) {
            take_report(preflight, data, report, &so_far);
        }
    }
    if (status != CSVK_OK) {
        preflight_report_trouble(preflight, &preflight->report->table[data->table].findings,
                                 data->files.item[0], &err);
    }
    parts_clear(parts);
}

/* ---- all files ---- */

static void take_job(struct preflight *preflight, struct data_job *job, struct table_parts *parts)
{
    struct csvk_findings *to = &preflight->report->table[job->owner->table].findings;
    if (job->status != CSVK_OK) {
        parts->whole = false;
        preflight_report_trouble(preflight, to, job->relative, &job->err);
        csvk_validator_free(job->validator);
    } else if (!preflight_allocated(preflight, parts_add(parts, job->validator) ? parts : NULL)) {
        csvk_validator_free(job->validator);
    }
    job->validator = NULL;
    if (job->last) {
        finish_table(preflight, job->owner, parts);
    }
}

static size_t count_files(const struct preflight_data *all)
{
    size_t count = 0;
    for (size_t i = 0; i < all->ntables; i++) {
        count += all->table[i].files.count;
    }
    return count;
}

/* Where there are more threads than files, each file gets its share of them. */
static void fill_jobs(struct preflight *preflight, struct data_job *jobs, size_t count)
{
    size_t at = 0, share = preflight->options->threads / count;
    for (size_t i = 0; i < preflight->data->ntables; i++) {
        struct preflight_table_data *table = &preflight->data->table[i];
        for (size_t j = 0; j < table->files.count; j++) {
            struct data_job *job = &jobs[at++];
            job->owner = table;
            job->relative = table->files.item[j];
            job->full = preflight_full(preflight, job->relative);
            job->first = j == 0;
            job->last = j + 1 == table->files.count;
            job->threads = share > 1 ? share : 1;
        }
    }
}

static void progress(struct preflight *preflight, size_t done, size_t total)
{
    if (preflight->options->progress != NULL &&
        preflight->options->progress(done, total, preflight->options->context) < 0) {
        preflight->status = csvk_fail(preflight->err, CSVK_ECANCELED, "stopped");
    }
}

static void run_jobs(struct preflight *preflight, struct csvk_pool *pool, struct data_job *jobs,
                     size_t count)
{
    struct table_parts parts = {.whole = true};
    size_t depth = preflight->options->threads * 2, sent = 0, done = 0;
    while (done < count && preflight->status == CSVK_OK) {
        while (sent < count && csvk_pool_pending(pool) < depth) {
            csvk_pool_submit(pool, &jobs[sent++]);
        }
        struct data_job *job = csvk_pool_take(pool);
        if (job != NULL) {
            take_job(preflight, job, &parts);
        }
        progress(preflight, ++done, count);
    }
    parts_clear(&parts);
    csvk_free(parts.item);
}

static void run_all(struct preflight *preflight, struct data_job *jobs, size_t count)
{
    size_t threads = preflight->options->threads;
    void **worker = csvk_calloc(threads, sizeof *worker);
    struct csvk_pool *pool = NULL;
    struct csvk_pool_plan plan = {
        .run = judge_file, .worker = worker, .threads = threads, .depth = threads * 2};
    if (preflight_allocated(preflight, worker) && preflight->status == CSVK_OK) {
        preflight->status = csvk_pool_new(&pool, &plan, preflight->err);
    }
    if (pool != NULL && preflight->status == CSVK_OK) {
        run_jobs(preflight, pool, jobs, count);
    }
    csvk_pool_free(pool);
    csvk_free(worker);
}

void preflight_data_run(struct preflight *preflight)
{
    size_t count =
        preflight->data != NULL && preflight->status == CSVK_OK ? count_files(preflight->data) : 0;
    struct data_job *jobs = count > 0 ? csvk_calloc(count, sizeof *jobs) : NULL;
    if (count == 0 || !preflight_allocated(preflight, jobs)) {
        return;
    }
    fill_jobs(preflight, jobs, count);
    if (preflight->status == CSVK_OK) {
        run_all(preflight, jobs, count);
    }
    for (size_t i = 0; i < count; i++) {
        csvk_validator_free(jobs[i].validator);
        csvk_free(jobs[i].full);
    }
    csvk_free(jobs);
}
