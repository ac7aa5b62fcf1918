/*
 * stats_crew.c - copies of batches are jobs of a pool; each of its threads has statistics of its
 * own. See stats_crew.h.
 *
 * Invariant: a job is idle or in the pool. A worker belongs to its thread while jobs are pending,
 * and to the caller when there is none.
 */
#include "csvkit/parallel/stats_crew.h"

#include "csvkit/extra/pool.h"

#include <string.h>

#define JOBS_PER_THREAD 2 /* as pool.h asks for */

struct stats_worker {
    struct csvk_stats *stats; /* NULL: it has counted nothing yet */
    size_t columns;
    const struct csvk_dialect *dialect;
};

struct crew_job {
    struct csvk_batch batch; /* of the three buffers */
    struct csvk_buf bytes, records, fields;
    uint64_t skip;
    struct csvk_stats_before before;
    int status;
};

struct csvk_stats_crew {
    struct csvk_stats *stats;
    struct csvk_dialect dialect;
    size_t threads;
    uint64_t alone;         /* bytes that the caller's thread still counts before it gets help */
    struct csvk_pool *pool; /* NULL: not started */
    bool refused;           /* it cannot be started */
    struct stats_worker *worker;
    void **workers; /* the same, as the pool wants them */
    struct crew_job *job;
    struct crew_job **idle;
    size_t nidle;
};

/* ---- in any thread --------------------------------------------------------------------------- */

static void count_batch(void *context, void *item)
{
    struct stats_worker *worker = context;
    struct crew_job *job = item;
    job->status = worker->stats != NULL
                      ? CSVK_OK
                      : csvk_stats_new(&worker->stats, worker->columns, worker->dialect);
    if (job->status == CSVK_OK) {
        job->status = csvk_stats_add(worker->stats, &job->batch, job->skip, job->before);
    }
}

/* ---- starting and ending --------------------------------------------------------------------- */

int csvk_stats_crew_new(struct csvk_stats_crew **out, struct csvk_stats *stats,
                        const struct csvk_dialect *dialect, size_t threads, uint64_t alone)
{
    struct csvk_stats_crew *crew = csvk_calloc(1, sizeof *crew);
    *out = crew;
    if (crew == NULL) {
        return CSVK_ENOMEM;
    }
    crew->stats = stats;
    crew->dialect = *dialect;
    crew->threads = threads;
    crew->alone = alone;
    return CSVK_OK;
}

static size_t count_jobs(const struct csvk_stats_crew *crew)
{
    return JOBS_PER_THREAD * crew->threads;
}

static void release_jobs(struct csvk_stats_crew *crew)
{
    for (size_t i = 0; crew->job != NULL && i < count_jobs(crew); i++) {
        csvk_buf_release(&crew->job[i].bytes);
        csvk_buf_release(&crew->job[i].records);
        csvk_buf_release(&crew->job[i].fields);
    }
    for (size_t i = 0; crew->worker != NULL && i < crew->threads; i++) {
        csvk_stats_free(crew->worker[i].stats);
    }
    csvk_free(crew->job);
    csvk_free(crew->idle);
    csvk_free(crew->worker);
    csvk_free(crew->workers);
}

void csvk_stats_crew_free(struct csvk_stats_crew *crew)
{
    if (crew != NULL) {
        csvk_pool_free(crew->pool);
        release_jobs(crew);
        csvk_free(crew);
    }
}

static bool make_jobs(struct csvk_stats_crew *crew)
{
    crew->worker = csvk_calloc(crew->threads, sizeof *crew->worker);
    crew->workers = csvk_calloc(crew->threads, sizeof *crew->workers);
    crew->job = csvk_calloc(count_jobs(crew), sizeof *crew->job);
    crew->idle = csvk_calloc(count_jobs(crew), sizeof(void *));
    if (crew->worker == NULL || crew->workers == NULL || crew->job == NULL || crew->idle == NULL) {
        return false;
    }
    for (size_t i = 0; i < crew->threads; i++) {
        crew->worker[i] =
            (struct stats_worker){NULL, csvk_stats_columns(crew->stats), &crew->dialect};
        crew->workers[i] = &crew->worker[i];
    }
    for (size_t i = 0; i < count_jobs(crew); i++) {
        crew->idle[crew->nidle++] = &crew->job[i];
    }
    return true;
}

/* Is there help? It is called for when there is enough to count. */
static bool has_help(struct csvk_stats_crew *crew, uint64_t bytes)
{
    if (crew->threads < 2 || crew->refused || crew->pool != NULL) {
        return crew->pool != NULL;
    }
    if (crew->alone >= bytes && crew->alone != 0) {
        crew->alone -= bytes;
        return false;
    }
    bool made = make_jobs(crew);
    struct csvk_pool_plan plan = {.run = count_batch,
                                  .worker = crew->workers,
                                  .threads = crew->threads,
                                  .depth = count_jobs(crew),
                                  .owner_works = true};
    crew->refused = !made || csvk_pool_new(&crew->pool, &plan, NULL) != CSVK_OK;
    return !crew->refused;
}

/* ---- adding ---------------------------------------------------------------------------------- */

static int copy_to(struct csvk_buf *to, const void *from, size_t length)
{
    csvk_buf_clear(to);
    return length != 0 ? csvk_buf_add(to, from, length) : CSVK_OK;
}

/* All that csvk_stats_add looks at. */
static int copy_batch(struct crew_job *job, const struct csvk_batch *batch)
{
    int status = copy_to(&job->bytes, batch->bytes, batch->bytes != NULL ? batch->size : 0);
    status = status == CSVK_OK
                 ? copy_to(&job->records, batch->records, batch->nreported * sizeof *batch->records)
                 : status;
    status = status == CSVK_OK
                 ? copy_to(&job->fields, batch->fields, batch->nfields * sizeof *batch->fields)
                 : status;
    job->batch = *batch;
    job->batch.bytes = job->bytes.data;
    job->batch.records = (const void *)job->records.data; /* memory of malloc is aligned for all */
    job->batch.fields = (const void *)job->fields.data;
    job->batch.facts = NULL;
    job->batch.nfacts = 0;
    return status;
}

/* The oldest job is done, and idle. */
static int take_job(struct csvk_stats_crew *crew)
{
    struct crew_job *job = csvk_pool_take(crew->pool);
    crew->idle[crew->nidle++] = job;
    return job->status;
}

int csvk_stats_crew_add(struct csvk_stats_crew *crew, const struct csvk_batch *batch, uint64_t skip,
                        struct csvk_stats_before before)
{
    if (!has_help(crew, batch->size)) {
        return csvk_stats_add(crew->stats, batch, skip, before);
    }
    int status = crew->nidle == 0 ? take_job(crew) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    struct crew_job *job = crew->idle[crew->nidle - 1];
    job->skip = skip;
    job->before = before;
    status = copy_batch(job, batch);
    if (status == CSVK_OK) {
        crew->nidle--;
        csvk_pool_submit(crew->pool, job);
    }
    return status;
}

int csvk_stats_crew_finish(struct csvk_stats_crew *crew)
{
    int status = CSVK_OK;
    while (crew->pool != NULL && csvk_pool_pending(crew->pool) != 0) {
        int one = take_job(crew);
        status = status == CSVK_OK ? one : status;
    }
    for (size_t i = 0; crew->pool != NULL && i < crew->threads; i++) {
        struct csvk_stats **part = &crew->worker[i].stats;
        if (*part != NULL && status == CSVK_OK) {
            status = csvk_stats_merge(crew->stats, *part);
        }
        csvk_stats_free(*part);
        *part = NULL;
    }
    return status;
}
