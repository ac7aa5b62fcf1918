/*
 * decoder.h - private: the kinds of compressed files that are read, one row each.
 *
 * The idea. A kind is recognized by its first bytes, never by a name. Its functions read the file
 * as one text, whatever number of members, frames or streams it has. Damage ends the text and is no
 * failure: the bytes before it are delivered, the same ones for every size of reads.
 *
 * A new kind is a row in decoders.c and a file. Most codecs need no more than three functions:
 * decode_blocks.h does the rest.
 */
#ifndef CSVKIT_IO_DECODE_DECODER_H
#define CSVKIT_IO_DECODE_DECODER_H

#include "csvkit/io/decode/raw.h"

/* So many bytes are enough to tell each kind from every other one, and from text. */
enum { CSVK_MAGIC_SIZE = 10 };

/* What the first bytes of a file say: another kind; this one, if what follows agrees; this one. */
enum csvk_match { CSVK_MATCH_NOT, CSVK_MATCH_SO_FAR, CSVK_MATCH };

struct csvk_decoder_kind {
    const char *name; /* "zstd" */
    enum csvk_match (*match)(struct csvk_bytes start);
    /*
     * Makes a layer that reads from `raw` (borrowed). `head` holds bytes that were already read
     * from `raw`, at most CSVK_SOURCE_BLOCK of them; it is copied. The caller frees *out.
     * CSVK_ENOMEM, and what csvk_raw_read returns.
     */
    int (*open)(void **out, struct csvk_raw *raw, struct csvk_bytes head, struct csvk_error *err);
    /* As csvk_source_read: the text ends where the file is damaged. */
    int (*read)(void *decoder, void *bytes, size_t capacity, size_t *got, struct csvk_error *err);
    struct csvk_damage (*damage)(const void *decoder); /* the damage found so far */
    uint64_t (*consumed)(const void *decoder);         /* bytes of the file used so far */
    void (*free)(void *decoder);
};

/* The kind that begins so; NULL: none. *more: it may be one, if the bytes after these agree. */
const struct csvk_decoder_kind *csvk_decoder_find(struct csvk_bytes start, bool *more);

/* ---- the rows' own functions; each kind is a file of its own ---- */

enum csvk_match csvk_gunzip_match(struct csvk_bytes start);
int csvk_gunzip_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                     struct csvk_error *err) CSVK_MUST_USE;
int csvk_gunzip_read(void *decoder, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
struct csvk_damage csvk_gunzip_damage(const void *decoder);
uint64_t csvk_gunzip_consumed(const void *decoder);
void csvk_gunzip_free(void *decoder);

enum csvk_match csvk_unzstd_match(struct csvk_bytes start);
int csvk_unzstd_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                     struct csvk_error *err) CSVK_MUST_USE;
enum csvk_match csvk_unxz_match(struct csvk_bytes start);
int csvk_unxz_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                   struct csvk_error *err) CSVK_MUST_USE;
enum csvk_match csvk_unbzip2_match(struct csvk_bytes start);
int csvk_unbzip2_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                      struct csvk_error *err) CSVK_MUST_USE;

/* The first `length` bytes of the kind are always these. */
enum csvk_match csvk_match_bytes(struct csvk_bytes start, const char *magic, size_t length);

#endif
