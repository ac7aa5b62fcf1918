/* spool.h - private: temporary files without a name, and compression of a file into one. */
#ifndef STORAGE_SPOOL_H
#define STORAGE_SPOOL_H

#include "csvkit/csvkit.h"

#include <signal.h>

/* True when the file begins with the bytes of gzip (1F 8B 08). */
bool spool_is_gzip(int fd);
/*
 * Compresses all of `from` as one gzip member (the same bytes every time) into a file without a
 * name, in $TMPDIR or /var/tmp. Such a file is gone when it is closed, even when the process is
 * killed. `cancel` may be NULL. The caller closes *to; *size is its length in bytes.
 */
int spool_gzip(int from, const volatile sig_atomic_t *cancel, int *to, uint64_t *size,
               struct csvk_error *err) CSVK_MUST_USE;
/* Makes a file without a name, open for reading and writing. The caller closes *fd. */
int spool_open(int *fd, struct csvk_error *err) CSVK_MUST_USE;

#endif
