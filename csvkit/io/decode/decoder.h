/*
 * decoder.h - private: the kinds of compressed files that are read, and the decoders for them.
 *
 * The idea. A kind is recognized by its first bytes, never by a name; that is always possible
 * (kinds.c). The decoder of a kind needs a library, so it is no part of this one: libcsvkit-extra
 * gives its decoders with csvk_give_decoder. Without a decoder a file of the kind cannot be read,
 * and the failure says so.
 *
 * A decoder reads the file as one text, whatever number of members, frames or streams it has.
 * Damage ends the text and is no failure: the bytes before it are delivered, the same ones for
 * every size of reads.
 */
#ifndef CSVKIT_IO_DECODE_DECODER_H
#define CSVKIT_IO_DECODE_DECODER_H

#include "csvkit/base/for_extra.h"
#include "csvkit/io/decode/raw.h"

/* So many bytes are enough to tell each kind from every other one, and from text. */
enum { CSVK_MAGIC_SIZE = 10 };

struct csvk_decoder {
    const char *name; /* of the kind: "zstd" */
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

/*
 * From now on files of its kind are decoded by `decoder`, which must live as long as the process.
 * The name must be one of those in kinds.c. Any thread, at any time: a source that has looked at
 * its file already keeps what it has found.
 */
CSVK_FOR_EXTRA void csvk_give_decoder(const struct csvk_decoder *decoder);

/* What is known of a kind: its name, and its decoder when there is one. A constant. */
struct csvk_kind;
const char *csvk_kind_name(const struct csvk_kind *kind);
const struct csvk_decoder *csvk_kind_decoder(const struct csvk_kind *kind); /* NULL: none given */
/* The kind that begins so; NULL: none. *more: it may be one, if the bytes after these agree. */
const struct csvk_kind *csvk_kind_find(struct csvk_bytes start, bool *more);

#endif
