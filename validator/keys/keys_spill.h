/*
 * keys_spill.h - an unlinked temporary file for what does not fit into memory.
 *
 * The file never has a name (O_TMPFILE) or loses it at once, so it disappears with the process,
 * whatever happens. The first write creates it.
 */
#ifndef VALIDATOR_KEYS_KEYS_SPILL_H
#define VALIDATOR_KEYS_KEYS_SPILL_H

#include "csvkit/csvkit.h"

struct csvk_spill {
    const char *dir;  /* borrowed; NULL: $TMPDIR, else /tmp */
    int fd;           /* -1: not created yet */
    uint64_t size;    /* where to append */
    uint64_t written; /* bytes in all, for csvk_keys_effort */
};

void csvk_spill_init(struct csvk_spill *spill, const char *dir);
/* Writes at position `at`, which may leave a hole before it, and raises `size` to the end of what
   was written. CSVK_EIO. */
int csvk_spill_write(struct csvk_spill *spill, uint64_t at, const void *bytes, size_t length,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Reads exactly `length` bytes. A file that is shorter is CSVK_EIO. */
int csvk_spill_read(const struct csvk_spill *spill, uint64_t at, void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
void csvk_spill_release(struct csvk_spill *spill);

#endif
