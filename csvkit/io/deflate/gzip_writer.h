/*
 * gzip_writer.h - writes gzip members (RFC 1952) that several threads compress together.
 *
 * The idea. Text is cut into blocks of equal size. Each block is compressed on its own, and the
 * results are joined to one ordinary member: no name, no time stamp, and a fixed system byte.
 *
 * Invariant: the bytes of a member depend on text, level and block size only, never on the number
 * of threads. The same holds for csvk_gzip_estimate().
 *
 * Memory: two blocks for each thread (one block for one thread; threads + 2 blocks for more than
 * eight threads). A block needs little more than twice its size.
 *
 * One thread owns a struct csvk_gzip and calls all functions here.
 */
#ifndef CSVKIT_IO_DEFLATE_GZIP_WRITER_H
#define CSVKIT_IO_DEFLATE_GZIP_WRITER_H

#include "csvkit/csvkit.h"

/*
 * The usual size of a block, in bytes of text. libdeflate ends a DEFLATE block after 65,535 bytes
 * (its level 1) or after 300,000 bytes (its other levels), or earlier where the text suggests it.
 * This size is a little more than 23 times the one and 5 times the other. So the final DEFLATE
 * block of a stream, which has to be searched for (final_block.c), is small as a rule.
 */
#define CSVK_GZIP_BLOCK ((size_t)1512000)

struct csvk_gzip;

struct csvk_gzip_options {
    int level;         /* 1..9, see deflate.h */
    size_t threads;    /* 0 means 1. Up to 8: the caller's thread is one of them and compresses
                          too. More than 16 are not faster */
    size_t block_size; /* in bytes of text; 0: CSVK_GZIP_BLOCK; at most 1 GiB */
};

/*
 * Takes the compressed bytes, in order, always in the caller's thread. `bytes` is valid during the
 * call only. What it returns other than CSVK_OK becomes the result of the function that called it.
 */
struct csvk_gzip_output {
    int (*write)(void *context, const void *bytes, size_t length, struct csvk_error *err);
    void *context;
};

/* What a finished member holds. */
struct csvk_gzip_member {
    uint64_t text;  /* bytes of text; the trailer holds this number modulo 2^32 */
    uint64_t bytes; /* bytes of the member, header and trailer included */
    uint32_t crc;   /* CRC-32 of the text, as in the trailer */
};

/*
 * Starts the threads. Copies `options` and `output`; output.context stays the caller's and must
 * live until csvk_gzip_free. CSVK_EUSAGE for options out of range, CSVK_ENOMEM, CSVK_EIO when a
 * thread cannot be started.
 */
int csvk_gzip_new(struct csvk_gzip **out, const struct csvk_gzip_options *options,
                  struct csvk_gzip_output output, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Adds `length` bytes of text to the open member, or begins a member when none is open. `bytes` is
 * copied. A failure is final: every later call returns it again.
 */
int csvk_gzip_write(struct csvk_gzip *gzip, const void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the open member; without one, writes a member with no text. *member is filled (NULL: not
 * wanted). The next write begins another member.
 */
int csvk_gzip_finish(struct csvk_gzip *gzip, struct csvk_gzip_member *member,
                     struct csvk_error *err) CSVK_MUST_USE;
/*
 * How many bytes the open member would have if it ended now; 0 when none is open. The size of the
 * older blocks is exact. The size of the last blocks is estimated from how well the text before
 * them compressed: these are up to 16 blocks and the one being filled; at the start, half of the
 * blocks.
 */
uint64_t csvk_gzip_estimate(const struct csvk_gzip *gzip);
/*
 * Waits for blocks that are being compressed, the oldest first, until the open member is believed
 * to be below `limit` bytes, or until no block is left to wait for. The member is believed to be
 * below `limit` in two cases:
 *   - It would be below `limit` even if the text that is still estimated did not shrink at all.
 *   - Only a few blocks (up to 6) are estimated, and the member would be below `limit` even if
 *     their text shrank only half as much as the text before it.
 * So when csvk_gzip_estimate() still gives `limit` or more after this call, only the block that is
 * being filled is estimated. How many blocks are waited for depends on sizes, not on threads.
 */
void csvk_gzip_wait_until_below(struct csvk_gzip *gzip, uint64_t limit);
/* Ends the threads and frees everything; a member that was not finished is lost. NULL is allowed.
 */
void csvk_gzip_free(struct csvk_gzip *gzip);

#endif
