/*
 * source_private.h - the layers of a source (raw bytes, encoding; decode/decoder.h has the layer
 * of compressed files) and how they are called.
 *
 * All read functions work alike: they write 1 to `capacity` bytes to `bytes`, and *got is 0 only at
 * the end. source.c describes how the layers are put together.
 */
#ifndef CSVKIT_IO_SOURCE_PRIVATE_H
#define CSVKIT_IO_SOURCE_PRIVATE_H

#include "csvkit/io/decode/raw.h"

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
