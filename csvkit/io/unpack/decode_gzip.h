/* decode_gzip.h - private: the functions of the decoder of gzip, see decoder.h. */
#ifndef CSVKIT_IO_UNPACK_DECODE_GZIP_H
#define CSVKIT_IO_UNPACK_DECODE_GZIP_H

#include "csvkit/io/decode/decoder.h"

int csvk_gunzip_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                     struct csvk_error *err) CSVK_MUST_USE;
int csvk_gunzip_read(void *decoder, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err) CSVK_MUST_USE;
struct csvk_damage csvk_gunzip_damage(const void *decoder);
uint64_t csvk_gunzip_consumed(const void *decoder);
void csvk_gunzip_free(void *decoder);

#endif
