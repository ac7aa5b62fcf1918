/* job.h - private: starts jobs in such a way that none is started twice. */
#ifndef STORAGE_JOB_H
#define STORAGE_JOB_H

#include "storage/api/storage_api.h"

#include <time.h>

/* By what the job of a request is recognized in the list of jobs, besides its run id. */
struct kbc_trace {
    const char *operation; /* "tableImport"; NULL: any that loads a file */
    /* An import of this file into this table is the job, whatever its run id is. NULL: only the run
       id counts. */
    const char *file_id, *table;
    time_t since; /* when the request was about to go out (set by kbc_start_job); 0: long ago */
    /* Called each time the request is about to go out, to write that down; may be NULL. */
    int (*before)(void *ctx, struct csvk_error *err);
    void *ctx;
};

#define KBC_RUN_SIZE 160
struct kbc_started {
    char id[KBC_ID_SIZE];
    char run_id[KBC_RUN_SIZE]; /* of the request */
    bool found_again;          /* the answer was lost, and the job was found in the list of jobs */
    bool refused;              /* the request failed and certainly had no effect */
};

/* Makes a run id for the next job alone, below the run id of the session. CSVK_ECANCELED;
   KBC_EREMOTE: the token is refused. */
int kbc_new_run(struct kbc *kbc, char run_id[KBC_RUN_SIZE], struct csvk_error *err) CSVK_MUST_USE;
/*
 * Sends a request that starts a job. The run id of the call is set from `started`. When the answer
 * is lost, the job is looked for by its run id. Only when it is certain that there is none and that
 * there will be none, the request is sent again, a few times at most. When nobody can tell, that is
 * KBC_ENET and started->refused is false.
 */
int kbc_start_job(struct kbc *kbc, struct kbc_call *call, const struct kbc_trace *trace,
                  struct kbc_started *started, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Finds the job of a request whose sender ended before the answer came. The request may still be on
 * its way, so the list of jobs is asked until the request is some minutes old, longer than anything
 * on the way holds it back. `sent`: when it went out. CSVK_OK with the id of the job; CSVK_END:
 * there is no job and there will be none. Any other status: why that is not known.
 */
int kbc_find_lost_job(struct kbc *kbc, const struct kbc_trace *trace, const char *run_id,
                      time_t sent, char id[KBC_ID_SIZE], struct csvk_error *err) CSVK_MUST_USE;
/* Waits without a limit, as kbc_job_wait does, until the job ends. A failed job is CSVK_EDATA
   (KBC_EREMOTE when it is the fault of the server), with its message in err. */
int kbc_finish_job(struct kbc *kbc, const char *id, struct kbc_job *job,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Sends a request that deletes something, which may be repeated. The platform answers with nothing
   when it is done, or with a job, whose end is waited for. */
int kbc_delete_and_wait(struct kbc *kbc, struct kbc_call *call,
                        struct csvk_error *err) CSVK_MUST_USE;
/* Turns a job that ended in an error into err and a status, which is the answer. */
int kbc_job_failure(struct kbc *kbc, const struct kbc_job *job, struct csvk_error *err);

#endif
