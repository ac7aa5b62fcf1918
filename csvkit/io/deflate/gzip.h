/*
 * gzip.h - gzip members made by several threads.
 *
 * Text is cut into blocks of equal size that are compressed apart and joined to one ordinary
 * member: no name, no time stamp, fixed system byte. Which bytes come out depends on text, level
 * and block size only, never on the number of threads; so does csvk_gzip_estimate(). Memory: two
 * blocks for each thread (one thread: one; more than eight: threads + 2), each of which needs
 * little more than twice its size.
 */
#ifndef CSVKIT_IO_DEFLATE_GZIP_H
#define CSVKIT_IO_DEFLATE_GZIP_H

#include "csvkit/csvkit.h"

/*
 * The usual size of a block. libdeflate ends its own blocks at 65,535 bytes (its level 1) or at
 * 300,000 unless the text tells it to do so before; this size is a little more than 23 of these and
 * 5 of those. So the last one, which has to be looked for (final_block.c), mostly is small.
 */
#define CSVK_GZIP_BLOCK ((size_t)1512000)

struct csvk_gzip;

struct csvk_gzip_options {
    int level;         /* 1..9, see deflate.h */
    size_t threads;    /* the caller's is one of up to 8; 0 is 1; more than 16 work no faster */
    size_t block_size; /* 0: CSVK_GZIP_BLOCK; at most 1 GiB */
};

/* Where the bytes go, in order, always in the caller's thread. A failure is passed on. */
struct csvk_gzip_output {
    int (*write)(void *context, const void *bytes, size_t length, struct csvk_error *err);
    void *context;
};

/* A finished member. */
struct csvk_gzip_member {
    uint64_t text;  /* bytes of text; the trailer has them modulo 2^32 */
    uint64_t bytes; /* of the member, header and trailer included */
    uint32_t crc;   /* of the text */
};

/* CSVK_EUSAGE for options out of range, CSVK_ENOMEM, CSVK_EIO when a thread cannot be started. */
int csvk_gzip_new(struct csvk_gzip **out, const struct csvk_gzip_options *options,
                  struct csvk_gzip_output output, struct csvk_error *err) CSVK_MUST_USE;
/* Adds text to the member; begins one when none is open. After a failure nothing more works. */
int csvk_gzip_write(struct csvk_gzip *gzip, const void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
/* Ends the member (an empty one when nothing was written). The next write begins another one. */
int csvk_gzip_finish(struct csvk_gzip *gzip, struct csvk_gzip_member *member,
                     struct csvk_error *err) CSVK_MUST_USE;
/*
 * How large the open member would be if it ended now: exact for its first part, estimated for the
 * last blocks (up to 16; at the start half of them) from how well the text before them compressed.
 */
uint64_t csvk_gzip_estimate(const struct csvk_gzip *gzip);
/*
 * Waits for blocks, the oldest first, until there is no fear that the open member has reached
 * `limit` bytes; or for all of them. There is none when it stays below even if nothing behind these
 * shrank, nor when only a few are behind these and it stays below even if they shrank but half as
 * much as the text before. So an estimate of `limit` or more is a guess for the last, unfinished
 * block only.
 */
void csvk_gzip_settle(struct csvk_gzip *gzip, uint64_t limit);
/* Drops what was not finished. */
void csvk_gzip_free(struct csvk_gzip *gzip);

#endif
