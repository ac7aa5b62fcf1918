/*
 * decode_blocks.h - private: what zstd, xz and bzip2 have in common: blocks of the file go in,
 * pieces of text come out.
 */
#ifndef CSVKIT_IO_UNPACK_DECODE_BLOCKS_H
#define CSVKIT_IO_UNPACK_DECODE_BLOCKS_H

#include "csvkit/io/decode/decoder.h"

/* What is left of a block and of the room for text; a step moves both. */
struct csvk_codec_io {
    const unsigned char *in;
    size_t in_left;
    unsigned char *out;
    size_t out_left;
    bool last; /* nothing follows the bytes in `in` */
};
enum csvk_codec_answer {
    CSVK_CODEC_ON,     /* go on */
    CSVK_CODEC_ENDED,  /* a stream ended; what follows it is another one */
    CSVK_CODEC_BAD,    /* the data are damaged */
    CSVK_CODEC_LARGE,  /* decoding takes more memory than is allowed */
    CSVK_CODEC_MEMORY, /* there is none */
};
struct csvk_codec {
    const char *name, *library; /* "zstd", "libzstd.so.1" */
    /* The state for a first or a further stream, *state. CSVK_CODEC_ON, or _MEMORY. */
    enum csvk_codec_answer (*begin)(void **state);
    /* Decodes as much as the room or the bytes allow. */
    enum csvk_codec_answer (*step)(void *state, struct csvk_codec_io *io);
    void (*end)(void *state);
    bool (*loaded)(void); /* the library is there */
};
/* As csvk_decoder.open. CSVK_EIO when the library is not installed. */
int csvk_blocks_open(void **out, const struct csvk_codec *codec, struct csvk_raw *raw,
                     struct csvk_bytes head, struct csvk_error *err) CSVK_MUST_USE;
int csvk_blocks_read(void *decoder, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
struct csvk_damage csvk_blocks_damage(const void *decoder);
uint64_t csvk_blocks_consumed(const void *decoder);
void csvk_blocks_free(void *decoder);

/* csvk_decoder.open of each kind; each is a file of its own. */
int csvk_unzstd_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                     struct csvk_error *err) CSVK_MUST_USE;
int csvk_unxz_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                   struct csvk_error *err) CSVK_MUST_USE;
int csvk_unbzip2_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                      struct csvk_error *err) CSVK_MUST_USE;

#endif
