/*
 * parallel_reader.h - a reader whose input is examined by several threads.
 *
 * The threads examine pieces of the input ahead of the reader (csvkit/parse/ahead.h), which hands
 * them out in their order. Records, fields and facts are those that one thread finds; only the
 * batches may be cut elsewhere. Files that can be read at any place are read ahead: plain ones,
 * when they are long enough. For all others nothing changes.
 *
 * Memory: two chunks for each thread, and two more; each a little more than a block.
 */
#ifndef CSVKIT_PARALLEL_PARALLEL_READER_H
#define CSVKIT_PARALLEL_PARALLEL_READER_H

#include "csvkit/csvkit.h"

struct csvk_parallel {
    size_t threads; /* 1 and up; with 1 there is no thread, and all is done by the reader's own */
    size_t block;   /* bytes of a piece; 0: as many as the reader reads at a time, at most
                      256 KiB */
};

/*
 * The reader has given no batch yet. The threads are started when they have something to do, and
 * end with the reader; when they cannot be started, the reader does it all. CSVK_ENOMEM;
 * CSVK_EUSAGE for a reader that is fed or reads ahead already.
 */
int csvk_reader_parallel(struct csvk_reader *reader, const struct csvk_parallel *how,
                         struct csvk_error *err) CSVK_MUST_USE;

#endif
