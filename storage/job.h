/*
 * job.h - inside storage/: starting jobs so that none is started twice.
 */
#ifndef STORAGE_JOB_H
#define STORAGE_JOB_H

#include "storage/kbc.h"

/* What the job of a request looks like in the list of jobs, beside its run id. */
struct kbc_trace {
    const char *operation; /* "tableImport" */
};

#define KBC_RUN_SIZE 160
struct kbc_started {
    char id[KBC_ID_SIZE];
    char run_id[KBC_RUN_SIZE]; /* that the request carries */
    bool found_again;
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
 * Looks for a job some times, with growing pauses, for a request may still be on its way: CSVK_OK
 * with its id, CSVK_END when the list does not have it, else why it could not be looked for.
 */
int kbc_look_for_job(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                     char id[KBC_ID_SIZE], struct csvk_error *err) CSVK_MUST_USE;
/* Waits without a limit; a failed job is CSVK_EDATA (CSVK_EREMOTE when it is the server's fault)
   with its message in err. */
int kbc_finish_job(struct kbc *kbc, const char *id, struct kbc_job *job,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Turns a job that ended in an error into err and a status. */
int kbc_job_failure(struct kbc *kbc, const struct kbc_job *job, struct csvk_error *err);

#endif
