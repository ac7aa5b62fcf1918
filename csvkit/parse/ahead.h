/*
 * ahead.h - reading ahead: pieces of the input that are examined before the reader comes to them.
 *
 * The idea. A *chunk* is a piece of the input that begins where a record seems to begin (cut.h),
 * and that has been examined as the reader itself would have done it, with the table's width, kind
 * of line break and so on as they were known when it was planned. A reader that stands between two
 * records at the chunk's first byte, and still knows the same, hands it out as its next batch.
 * Otherwise it reads the bytes itself, as if there were no chunk.
 *
 * So a chunk needs no proof of its own: examined from a byte at which a record does begin, with
 * what is true of the table there, it is what the reader would have found. All that may be wrong is
 * the place, and the reader knows its own. The same records, fields and facts come in other
 * batches.
 *
 * Who reads ahead gives the reader a struct csvk_ahead. It is one for all kinds of pieces: examined
 * by other threads (csvkit/parallel), or by nobody but the reader's own thread.
 */
#ifndef CSVKIT_PARSE_AHEAD_H
#define CSVKIT_PARSE_AHEAD_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

struct csvk_chunk;

#define CSVK_NOWHERE UINT64_MAX

/*
 * Called by the reader, in its thread, and only while a chunk can be planned
 * (csvk_chunk_plan).
 */
struct csvk_ahead {
    /*
     * The chunk that begins at the byte `offset`; the source has passed all of it that the reader
     * will hand out. It stays as it is until the next call. NULL: there is none. Without this
     * function there never is one.
     */
    struct csvk_chunk *(*take)(void *context, uint64_t offset);
    /*
     * The reader itself reads on at the byte `position`: the place, after `position`, up to which
     * it should do so. CSVK_NOWHERE: no chunk begins.
     */
    uint64_t (*limit)(void *context, uint64_t position);
    /* Reads in place of csvk_source_read; or NULL. */
    int (*read)(void *context, void *bytes, size_t capacity, size_t *got, struct csvk_error *err);
    void (*free)(void *context); /* by csvk_reader_free */
    void *context;
};
/* The reader has given no batch yet; what it reads ahead from is its source. CSVK_EUSAGE when it
   has a struct csvk_ahead already, and when it is fed. */
CSVK_FOR_EXTRA int csvk_reader_read_ahead(struct csvk_reader *reader,
                                          const struct csvk_ahead *ahead,
                                          struct csvk_error *err) CSVK_MUST_USE;
/* Bytes that the reader reads at a time. */
CSVK_FOR_EXTRA size_t csvk_reader_window(const struct csvk_reader *reader);
CSVK_FOR_EXTRA struct csvk_source *csvk_reader_source(const struct csvk_reader *reader);

/*
 * Bytes that chunks are searched for where they are examined: there they are in the cache, and the
 * reader's thread has not to wait for them. Copied; asked for once. Chunks that are planned already
 * are not searched. CSVK_ENOMEM.
 */
int csvk_reader_look_for(struct csvk_reader *reader, struct csvk_bytes bytes,
                         struct csvk_error *err) CSVK_MUST_USE;
/* Is it known that the batch at hand does not hold them? */
bool csvk_reader_lacks(const struct csvk_reader *reader);

/* Makes a chunk for blocks of `block` bytes. The caller frees it. CSVK_ENOMEM, CSVK_EUSAGE. */
CSVK_FOR_EXTRA int csvk_chunk_new(struct csvk_chunk **out, const struct csvk_reader *reader,
                                  size_t block, struct csvk_error *err) CSVK_MUST_USE;
CSVK_FOR_EXTRA void csvk_chunk_free(struct csvk_chunk *chunk);
/*
 * From now on the chunk is the one that belongs to the block at the byte `from`, which is not 0: it
 * begins with the first record that begins there or after it, and ends with the record that goes on
 * into the next block. By the reader's thread. Where the reader goes, the chunk must not be older
 * than what the reader knows about the table; one that is will not be taken.
 */
CSVK_FOR_EXTRA void csvk_chunk_plan(struct csvk_chunk *chunk, const struct csvk_reader *reader,
                                    uint64_t from);
/* Bytes of memory that a chunk for blocks of `block` bytes is examined in. */
CSVK_FOR_EXTRA size_t csvk_chunk_memory(size_t block);
/*
 * Where in the input the bytes must be read, how many, and where they are put: in `memory`, all
 * bytes of which were written once. It is the chunk's until it is planned again, or freed.
 */
CSVK_FOR_EXTRA unsigned char *csvk_chunk_room(struct csvk_chunk *chunk, unsigned char *memory,
                                              uint64_t *from, size_t *length);
/*
 * `length` bytes are there; fewer than asked for are all that the input has. Finds the chunk's
 * place and examines it, in any thread. Answers 0, or how many bytes must be there for the next
 * call.
 */
CSVK_FOR_EXTRA size_t csvk_chunk_examine(struct csvk_chunk *chunk, size_t length);
/* Where the chunk begins and where the next one does; CSVK_NOWHERE: unknown. */
CSVK_FOR_EXTRA uint64_t csvk_chunk_begin(const struct csvk_chunk *chunk);
CSVK_FOR_EXTRA uint64_t csvk_chunk_end(const struct csvk_chunk *chunk);
/* How many bytes the reader can take; 0 when it knows something else about the table by now. */
CSVK_FOR_EXTRA size_t csvk_chunk_taken(const struct csvk_chunk *chunk,
                                       const struct csvk_reader *reader);

#endif
