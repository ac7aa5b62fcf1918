/*
 * import_marks.h - private: what a journal knows about imports.
 *
 * Before an import is sent, a mark with its run id is written; after it, the id of its job or that
 * it was refused; at last, how the job ended. While a mark is open, rows may be on their way into a
 * table, so the journal must not be given up: whoever wants to use it for something else settles it
 * first.
 */
#ifndef STORAGE_IMPORT_MARKS_H
#define STORAGE_IMPORT_MARKS_H

#include "storage/journal/journal.h"

#include <time.h>

enum import_fate {
    IMPORT_OPEN,    /* sent, or about to be sent; `job` when it has started */
    IMPORT_REFUSED, /* it certainly had no effect */
    IMPORT_FAILED,  /* its job failed, which changes nothing in the table */
    IMPORT_DONE,    /* its rows are in the table */
};

struct import_mark { /* texts are borrowed from the journal */
    const char *table, *file, *operation, *run;
    const char *request; /* the body of the request; "" in older journals */
    time_t when;
    char job[KBC_ID_SIZE]; /* "" when it is not known */
    enum import_fate fate;
};

/* Reads the next mark that an earlier run made; *at is NULL for the first, and then what the call
   before left there. False: there are no more. */
bool import_mark_next(const struct state *state, const cJSON **at, struct import_mark *mark);

/* All of these append to the journal and sync; without a journal nothing happens. */
int import_mark_begin(struct state *state, const struct import_mark *mark,
                      struct csvk_error *err) CSVK_MUST_USE;
int import_mark_job(struct state *state, const char *run, const char *job,
                    struct csvk_error *err) CSVK_MUST_USE;
int import_mark_fate(struct state *state, const char *run, enum import_fate fate,
                     struct csvk_error *err) CSVK_MUST_USE;

/* Finds the job of an open mark. CSVK_OK: mark->job is its id. CSVK_END: the import never arrived
   and never will; mark->fate says so. Both are written into the journal. Any other status: nobody
   can tell. */
int import_mark_find(struct kbc *kbc, struct state *state, struct import_mark *mark,
                     struct csvk_error *err) CSVK_MUST_USE;

/* Without a journal: looks whether any job imports the file into the table, or has done so. CSVK_OK
   with its id; CSVK_END: there is none and none is on its way. Any other status: nobody can tell.
 */
int import_find_any(struct kbc *kbc, const char *file, const char *table, char id[KBC_ID_SIZE],
                    struct csvk_error *err) CSVK_MUST_USE;
/* Waits until every import of the journal has ended, whatever it was about. CSVK_OK: none is open
   any more. Otherwise the journal must be kept; err says which import is the reason. */
int imports_settle(struct kbc *kbc, struct state *state, struct csvk_error *err) CSVK_MUST_USE;
/* True when an import of this file is open or done. */
bool imports_have(const struct state *state, const char *file);

#endif
