/*
 * journal.h - the journal of an upload, so that a second run goes on where the first one stopped.
 *
 * One JSON object per line, appended and synced as things happen; a last line that was cut is
 * ignored. The first line says what is uploaded (its identity) and holds the prepared file with its
 * credentials of some hours: the journal is the owner's alone (0600) or it is not used at all. The
 * token of the Storage API is never in it.
 */
#ifndef STORAGE_JOURNAL_H
#define STORAGE_JOURNAL_H

#include "storage/storage_api.h"

struct state;

/*
 * Opens or makes the journal and locks it. What is in it counts only when its identity is the same
 * text (NULL: whatever it is). CSVK_EUSAGE when others may read it or another run holds it.
 */
int state_open(struct state **out, const char *path, const char *identity,
               struct csvk_error *err) CSVK_MUST_USE;
void state_close(struct state *state); /* NULL is fine */

/* The prepared file of the earlier run, or NULL; borrowed. */
const cJSON *state_file(const struct state *state);
/* Entries of the earlier run in order, for cJSON_ArrayForEach; NULL when there is no file.
 * Borrowed. */
const cJSON *state_entries(const struct state *state);
/* Starts anew: drops everything, writes the first line (none when `file` is NULL). */
int state_begin(struct state *state, const cJSON *file, struct csvk_error *err) CSVK_MUST_USE;
/* Appends an entry (taken over) and syncs. Any thread. A NULL state takes the entry and is fine. */
int state_add(struct state *state, cJSON *entry, struct csvk_error *err) CSVK_MUST_USE;

#endif
