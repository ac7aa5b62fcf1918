/* source_private.h - what the layers of a source (raw bytes, gzip, encoding) say to each other. */
#ifndef CSVKIT_IO_SOURCE_PRIVATE_H
#define CSVKIT_IO_SOURCE_PRIVATE_H

#include "csvkit/csvkit.h"

#include <sys/stat.h>

#define CSVK_SOURCE_BLOCK                                                                          \
    ((size_t)256 * 1024) /* bytes a layer takes at a time from the one below */

/* ---- raw: bytes as they lie in the file or in memory (source_raw.c) ---- */

struct csvk_raw {
    char *name;
    int fd; /* -1: memory */
    bool close_fd;
    bool is_regular;    /* `before` is compared at the end */
    struct stat before; /* at open time */
    const unsigned char *memory;
    uint64_t size;     /* bytes to come in all; 0: not known */
    uint64_t position; /* bytes taken so far */
};
int csvk_raw_open(struct csvk_raw *raw, const char *path, struct csvk_error *err) CSVK_MUST_USE;
int csvk_raw_memory(struct csvk_raw *raw, const void *bytes, size_t length,
                    struct csvk_error *err) CSVK_MUST_USE;
/* Takes 1..capacity bytes; *got is 0 at the end only. One read(2), repeated when interrupted. */
int csvk_raw_read(struct csvk_raw *raw, void *bytes, size_t capacity, size_t *got,
                  struct csvk_error *err) CSVK_MUST_USE;
void csvk_raw_close(struct csvk_raw *raw);

/* ---- gunzip: the members of a gzip file as one text (source_gzip.c) ---- */

struct csvk_gunzip;
/*
 * Reads from `raw` (borrowed). `head`, at most a block, was already taken from it: it
 * is copied and topped up. CSVK_ENOMEM, CSVK_EIO.
 */
int csvk_gunzip_new(struct csvk_gunzip **out, struct csvk_raw *raw, struct csvk_bytes head,
                    struct csvk_error *err) CSVK_MUST_USE;
/* As csvk_source_read: after damage comes the end. */
int csvk_gunzip_read(struct csvk_gunzip *gunzip, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
struct csvk_damage csvk_gunzip_damage(const struct csvk_gunzip *gunzip);
uint64_t csvk_gunzip_consumed(const struct csvk_gunzip *gunzip);
void csvk_gunzip_free(struct csvk_gunzip *gunzip);

/* ---- recode: any encoding to UTF-8 (source_encoding.c) ---- */

/* Bytes of the source before conversion, as csvk_source_read would give them. */
int csvk_source_pull(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;

struct csvk_recode;
/* Pulls from `source` (borrowed). CSVK_EUSAGE for an encoding that iconv(3) does not know. */
int csvk_recode_new(struct csvk_recode **out, struct csvk_source *source, const char *encoding,
                    struct csvk_error *err) CSVK_MUST_USE;
int csvk_recode_read(struct csvk_recode *recode, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
void csvk_recode_free(struct csvk_recode *recode);

#endif
