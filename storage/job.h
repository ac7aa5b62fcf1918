/*
 * job.h - inside storage/: starting jobs so that none is started twice.
 */
#ifndef STORAGE_JOB_H
#define STORAGE_JOB_H

#include "storage/storage_api.h"

#include <time.h>

/* What the job of a request looks like in the list of jobs, beside its run id. */
struct kbc_trace {
    const char *operation; /* "tableImport" */
    /* An import of this file into this table is meant, whatever its run id says; NULL: by run id.
     */
    const char *file_id, *table;
    time_t since; /* when the request was about to go out (kbc_start_job knows); 0: long ago */
};

#define KBC_RUN_SIZE 160
struct kbc_started {
    char id[KBC_ID_SIZE];
    char run_id[KBC_RUN_SIZE]; /* that the request carries */
    bool found_again;
    bool refused; /* it failed, and for certain it had no effect */
};

/* A run id for the next job alone, below the session's. CSVK_ECANCELED; CSVK_EREMOTE: the token is
   refused. */
int kbc_new_run(struct kbc *kbc, char run_id[KBC_RUN_SIZE], struct csvk_error *err) CSVK_MUST_USE;
/*
 * Sends a request that starts a job (the call's run_id is set from `started`). When its answer is
 * lost the job is looked for, by run id; if it is not there, CSVK_ENET says that the outcome is not
 * known. The request is never sent twice.
 */
int kbc_start_job(struct kbc *kbc, struct kbc_call *call, const struct kbc_trace *trace,
                  struct kbc_started *started, struct csvk_error *err) CSVK_MUST_USE;
/*
 * What became of a request whose sender ended before the answer. It may still be on its way, so the
 * list of jobs is asked until the request is minutes old, longer than anybody holds one: CSVK_OK
 * with the job's id; CSVK_END: there is none and there will be none. Else why that is not known.
 */
int kbc_settle_job(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                   char id[KBC_ID_SIZE], struct csvk_error *err) CSVK_MUST_USE;
/* Waits without a limit; a failed job is CSVK_EDATA (CSVK_EREMOTE when it is the server's fault)
   with its message in err. */
int kbc_finish_job(struct kbc *kbc, const char *id, struct kbc_job *job,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Turns a job that ended in an error into err and a status. */
int kbc_job_failure(struct kbc *kbc, const struct kbc_job *job, struct csvk_error *err);

#endif
