/*
 * background.h - a source that is read by a thread of its own, a few blocks ahead: while one thread
 * decompresses, another examines.
 */
#ifndef CSVKIT_PARALLEL_BACKGROUND_H
#define CSVKIT_PARALLEL_BACKGROUND_H

#include "csvkit/csvkit.h"

struct background;

/*
 * Nothing but csvk_source_consumed may be asked of `source` (borrowed) before background_read has
 * given its end. No thread is started before there is enough to read. NULL: out of memory.
 */
struct background *background_new(struct csvk_source *source);
/* As csvk_source_read. */
int background_read(struct background *background, void *bytes, size_t capacity, size_t *got,
                    struct csvk_error *err);
/* Ends the thread, after the block that it reads. NULL is allowed. */
void background_free(struct background *background);

#endif
