/* decoders.c - the decoders, one row and one file for each kind of compression. */
#include "csvkit/extra/extra.h"
#include "csvkit/io/unpack/decode_blocks.h"
#include "csvkit/io/unpack/decode_gzip.h"

static const struct csvk_decoder decoders[] = {
    {"gzip", csvk_gunzip_open, csvk_gunzip_read, csvk_gunzip_damage, csvk_gunzip_consumed,
     csvk_gunzip_free},
    {"zstd", csvk_unzstd_open, csvk_blocks_read, csvk_blocks_damage, csvk_blocks_consumed,
     csvk_blocks_free},
    {"xz", csvk_unxz_open, csvk_blocks_read, csvk_blocks_damage, csvk_blocks_consumed,
     csvk_blocks_free},
    {"bzip2", csvk_unbzip2_open, csvk_blocks_read, csvk_blocks_damage, csvk_blocks_consumed,
     csvk_blocks_free},
};

void csvk_use_decoders(void)
{
    for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
        csvk_give_decoder(&decoders[i]);
    }
}
