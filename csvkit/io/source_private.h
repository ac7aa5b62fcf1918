/*
 * source_private.h - the layers of a source (raw bytes, gzip, encoding) and how they are called.
 *
 * All read functions work alike: they write 1 to `capacity` bytes to `bytes`, and *got is 0 only at
 * the end. source.c describes how the layers are put together.
 */
#ifndef CSVKIT_IO_SOURCE_PRIVATE_H
#define CSVKIT_IO_SOURCE_PRIVATE_H

#include "csvkit/csvkit.h"

#include <sys/stat.h>

#define CSVK_SOURCE_BLOCK                                                                          \
    ((size_t)256 * 1024) /* bytes a layer takes at a time from the one below */

/* ---- raw: the bytes of the file or of memory (source_raw.c) ---- */

struct csvk_raw {
    char *name;
    int fd; /* -1: memory */
    bool close_fd;
    bool is_regular;             /* a regular file: compared with `before` at the end */
    struct stat before;          /* of the file, when it was opened */
    const unsigned char *memory; /* borrowed */
    uint64_t size;               /* how many bytes there are to read; 0: not known */
    uint64_t position;           /* bytes read so far */
};
/*
 * Open a file ("-": standard input) or memory (borrowed until csvk_raw_close). After a failure
 * csvk_raw_close must still be called. CSVK_EIO, CSVK_ENOMEM.
 */
int csvk_raw_open(struct csvk_raw *raw, const char *path, struct csvk_error *err) CSVK_MUST_USE;
int csvk_raw_memory(struct csvk_raw *raw, const void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads by one read(2), which is repeated when it was interrupted. CSVK_EIO; CSVK_ECHANGED when a
 * regular file was changed since it was opened.
 */
int csvk_raw_read(struct csvk_raw *raw, void *bytes, size_t capacity, size_t *got,
                  struct csvk_error *err) CSVK_MUST_USE;
void csvk_raw_close(struct csvk_raw *raw);

/* ---- gunzip: the members of a gzip file as one text (source_gzip.c) ---- */

struct csvk_gunzip;
/*
 * Makes a layer that reads from `raw` (borrowed). `head` holds bytes that were already read from
 * `raw`, at most CSVK_SOURCE_BLOCK of them; it is copied, and the rest of the block is read. The
 * caller frees *out with csvk_gunzip_free. CSVK_ENOMEM, and what csvk_raw_read returns.
 */
int csvk_gunzip_new(struct csvk_gunzip **out, struct csvk_raw *raw, struct csvk_bytes head,
                    struct csvk_error *err) CSVK_MUST_USE;
/* As csvk_source_read: the text ends where the file is damaged. */
int csvk_gunzip_read(struct csvk_gunzip *gunzip, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
/* The damage found so far. */
struct csvk_damage csvk_gunzip_damage(const struct csvk_gunzip *gunzip);
/* Bytes of the file used so far. */
uint64_t csvk_gunzip_consumed(const struct csvk_gunzip *gunzip);
void csvk_gunzip_free(struct csvk_gunzip *gunzip);

/* ---- recode: any encoding to UTF-8 (source_to_utf8.c) ---- */

/* As csvk_source_read, but without conversion: the layer below the encoding (source.c). */
int csvk_source_pull(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;

struct csvk_recode;
/*
 * Makes a layer that reads with csvk_source_pull from `source` (borrowed). The caller frees *out
 * with csvk_recode_free. CSVK_EUSAGE for an encoding that iconv(3) does not know, CSVK_ENOMEM.
 */
int csvk_recode_new(struct csvk_recode **out, struct csvk_source *source, const char *encoding,
                    struct csvk_error *err) CSVK_MUST_USE;
/* Reads UTF-8. CSVK_EDATA for bytes that the encoding does not have; and what the source returns.
 */
int csvk_recode_read(struct csvk_recode *recode, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
void csvk_recode_free(struct csvk_recode *recode);

#endif
