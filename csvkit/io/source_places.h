/*
 * source_places.h - private: reading a source at several places at once, beside csvk_source_read.
 *
 * That can be done with what is in memory, and with a regular file that is neither compressed nor
 * converted. The source itself goes on as ever; what was read elsewhere it jumps over.
 */
#ifndef CSVKIT_IO_SOURCE_PLACES_H
#define CSVKIT_IO_SOURCE_PLACES_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

/* A plain value: the source must live as long as it is used. */
struct csvk_places {
    const unsigned char *memory; /* NULL: a file */
    int fd;
    uint64_t start; /* where in the file the source begins */
    uint64_t size;  /* bytes of the source */
};

/* False: it cannot be done, or not yet: nothing has been read. */
CSVK_FOR_EXTRA bool csvk_source_places(const struct csvk_source *source,
                                       struct csvk_places *places);
/*
 * Reads `length` bytes at the byte `at` of the source; *got is less only at its end. Any thread,
 * at the same time as any other. False: it failed, and csvk_source_read will say why.
 */
CSVK_FOR_EXTRA bool csvk_places_read(const struct csvk_places *places, uint64_t at, void *bytes,
                                     size_t length, size_t *got);
/* The source goes on `length` bytes later, of which there are as many; after csvk_source_places. */
CSVK_FOR_EXTRA void csvk_source_jump(struct csvk_source *source, uint64_t length);

/* Is it a file or memory whose length is known? Whoever reads anything else may have to wait for
   others. */
CSVK_FOR_EXTRA bool csvk_source_is_file(const struct csvk_source *source);

/*
 * Another thread reads the source from now on: csvk_source_consumed gives what it was at this call.
 * By the thread that reads, or before it does.
 */
CSVK_FOR_EXTRA void csvk_source_note_consumed(struct csvk_source *source);

#endif
