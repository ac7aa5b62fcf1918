/*
 * raw.h - private: the bytes of a file or of memory as they are, the lowest layer of a source.
 *
 * Its read function works as those of all layers do: it writes 1 to `capacity` bytes to `bytes`,
 * and *got is 0 only at the end.
 */
#ifndef CSVKIT_IO_DECODE_RAW_H
#define CSVKIT_IO_DECODE_RAW_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

#include <sys/stat.h>

#define CSVK_SOURCE_BLOCK                                                                          \
    ((size_t)256 * 1024) /* bytes a layer takes at a time from the one below */

struct csvk_raw {
    char *name;
    int fd; /* -1: memory, or `input` */
    bool close_fd;
    bool is_regular;             /* a regular file: compared with `before` at the end */
    struct stat before;          /* of the file, when it was opened */
    const unsigned char *memory; /* borrowed */
    struct csvk_input input;     /* without a name; `read` is NULL when it is none */
    uint64_t size;               /* how many bytes there are to read; 0: not known */
    uint64_t position;           /* bytes read, or jumped over, so far */
    uint64_t ahead; /* of `position`: bytes that the descriptor has yet to be moved over */
};
/*
 * Open a file ("-": standard input) or memory (borrowed until csvk_raw_close). After a failure
 * csvk_raw_close must still be called. CSVK_EIO, CSVK_ENOMEM.
 */
int csvk_raw_open(struct csvk_raw *raw, const char *path, struct csvk_error *err) CSVK_MUST_USE;
/* The input is closed by csvk_raw_close, but not after a failure. */
int csvk_raw_input(struct csvk_raw *raw, const struct csvk_input *input,
                   struct csvk_error *err) CSVK_MUST_USE;
int csvk_raw_fd(struct csvk_raw *raw, int fd, const char *name,
                struct csvk_error *err) CSVK_MUST_USE; /* borrowed */
int csvk_raw_memory(struct csvk_raw *raw, const void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads by one read(2), which is repeated when it was interrupted. CSVK_EIO; CSVK_ECHANGED when a
 * regular file was changed since it was opened.
 */
CSVK_FOR_EXTRA int csvk_raw_read(struct csvk_raw *raw, void *bytes, size_t capacity, size_t *got,
                                 struct csvk_error *err) CSVK_MUST_USE;
/* *start: the place in the file from which `position` counts. False: it is no file with places. */
bool csvk_raw_start(const struct csvk_raw *raw, uint64_t *start);
/* Reads are to go on `length` bytes later, of which there are as many. */
void csvk_raw_jump(struct csvk_raw *raw, uint64_t length);
void csvk_raw_close(struct csvk_raw *raw);

#endif
