/* decoders.c - see decoder.h: the rows. */
#include "csvkit/io/decode/decode_blocks.h"

#include <string.h>

static const struct csvk_decoder_kind kinds[] = {
    {"gzip", csvk_gunzip_match, csvk_gunzip_open, csvk_gunzip_read, csvk_gunzip_damage,
     csvk_gunzip_consumed, csvk_gunzip_free},
    {"zstd", csvk_unzstd_match, csvk_unzstd_open, csvk_blocks_read, csvk_blocks_damage,
     csvk_blocks_consumed, csvk_blocks_free},
    {"xz", csvk_unxz_match, csvk_unxz_open, csvk_blocks_read, csvk_blocks_damage,
     csvk_blocks_consumed, csvk_blocks_free},
    {"bzip2", csvk_unbzip2_match, csvk_unbzip2_open, csvk_blocks_read, csvk_blocks_damage,
     csvk_blocks_consumed, csvk_blocks_free},
};

const struct csvk_decoder_kind *csvk_decoder_find(struct csvk_bytes start, bool *more)
{
    *more = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        enum csvk_match match = kinds[i].match(start);
        if (match == CSVK_MATCH) {
            return &kinds[i];
        }
        *more |= match == CSVK_MATCH_SO_FAR;
    }
    return NULL;
}

const char *csvk_compression_of(struct csvk_bytes start)
{
    bool more;
    const struct csvk_decoder_kind *kind = csvk_decoder_find(start, &more);
    return kind != NULL ? kind->name : NULL;
}

enum csvk_match csvk_match_bytes(struct csvk_bytes start, const char *magic, size_t length)
{
    size_t n = start.len < length ? start.len : length;
    bool same = n == 0 || memcmp(start.ptr, magic, n) == 0;
    return !same ? CSVK_MATCH_NOT : n < length ? CSVK_MATCH_SO_FAR : CSVK_MATCH;
}
