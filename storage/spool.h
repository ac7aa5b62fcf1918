/* spool.h - compressing a file on its way into a nameless temporary file. */
#ifndef STORAGE_SPOOL_H
#define STORAGE_SPOOL_H

#include "csvkit/csvkit.h"

#include <signal.h>

/* True when the file begins with the gzip mark. */
bool spool_is_gzip(int fd);
/*
 * Compresses all of `from` as one gzip member (the same bytes every time) into a file that has no
 * name, in $TMPDIR or /var/tmp: it is gone when it is closed, whatever happens to us. `cancel` may
 * be NULL. *to is the caller's to close; *size its length.
 */
int spool_gzip(int from, const volatile sig_atomic_t *cancel, int *to, uint64_t *size,
               struct csvk_error *err) CSVK_MUST_USE;
/* A file without a name, open for reading and writing. */
int spool_open(int *fd, struct csvk_error *err) CSVK_MUST_USE;

#endif
