/*
 * journal.h - private: the journal of an upload or a load, so that a second run goes on where the
 * first one stopped.
 *
 * A journal has one JSON object per line, appended and synced as things happen; a last line that
 * was cut off is ignored. The first line says what is uploaded (its identity, and the version of
 * its source) and has the prepared file in it, with credentials that are valid for some hours. So
 * the journal must be readable for its owner only (0600), or it is not used at all. The token of
 * the Storage API is never in it.
 */
#ifndef STORAGE_JOURNAL_H
#define STORAGE_JOURNAL_H

#include "storage/api/storage_api.h"

struct state;

/*
 * Opens or makes the journal and locks it. Both texts may be NULL: any will do. A journal of
 * another identity is refused, one of another version is stale. CSVK_EUSAGE for that, and when it
 * is somebody's file and no journal, when others may read it, when another run uses it, or when it
 * is no regular file or larger than 64 MiB; CSVK_EIO; CSVK_ENOMEM.
 */
int state_open(struct state **out, const char *path, const char *identity, const char *version,
               struct csvk_error *err) CSVK_MUST_USE;
/* True when the source has changed since the earlier run began. */
bool state_is_stale(const struct state *state);
void state_close(struct state *state); /* NULL is fine */

/* The prepared file of the earlier run, or NULL; owned by `state`. */
const cJSON *state_file(const struct state *state);
/* The entries of the earlier run in order, for cJSON_ArrayForEach; NULL when there is no prepared
   file. Owned by `state`. */
const cJSON *state_entries(const struct state *state);
/* Drops everything and writes the first line anew, or nothing when `file` is NULL. First settle
   what the journal knows about imports (import_marks.h). */
int state_begin(struct state *state, const cJSON *file, struct csvk_error *err) CSVK_MUST_USE;
/* Appends an entry, which is taken over, and syncs. Any thread. When `state` is NULL, the entry is
   freed and the answer is CSVK_OK. */
int state_add(struct state *state, cJSON *entry, struct csvk_error *err) CSVK_MUST_USE;

#endif
