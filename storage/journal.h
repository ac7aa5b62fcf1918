/*
 * journal.h - private: the journal of an upload or a load, so that a second run goes on where the
 * first one stopped.
 *
 * A journal has one JSON object per line, appended and synced as things happen; a last line that
 * was cut off is ignored. The first line says what is uploaded (its identity) and has the prepared
 * file in it, with credentials that are valid for some hours. So the journal must be readable for
 * its owner only (0600), or it is not used at all. The token of the Storage API is never in it.
 */
#ifndef STORAGE_JOURNAL_H
#define STORAGE_JOURNAL_H

#include "storage/storage_api.h"

struct state;

/*
 * Opens or makes the journal and locks it. Its entries count only when its identity is the same
 * text as `identity` (NULL: any identity). CSVK_EUSAGE when others may read it, when another run
 * uses it, or when it is no regular file or larger than 64 MiB; CSVK_EIO; CSVK_ENOMEM.
 */
int state_open(struct state **out, const char *path, const char *identity,
               struct csvk_error *err) CSVK_MUST_USE;
void state_close(struct state *state); /* NULL is fine */

/* The prepared file of the earlier run, or NULL; owned by `state`. */
const cJSON *state_file(const struct state *state);
/* The entries of the earlier run in order, for cJSON_ArrayForEach; NULL when there is no prepared
   file. Owned by `state`. */
const cJSON *state_entries(const struct state *state);
/* Drops everything and writes the first line anew, or nothing when `file` is NULL. */
int state_begin(struct state *state, const cJSON *file, struct csvk_error *err) CSVK_MUST_USE;
/* Appends an entry, which is taken over, and syncs. Any thread. When `state` is NULL, the entry is
   freed and the answer is CSVK_OK. */
int state_add(struct state *state, cJSON *entry, struct csvk_error *err) CSVK_MUST_USE;

#endif
