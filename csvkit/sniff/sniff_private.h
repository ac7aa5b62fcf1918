/* sniff_private.h - the steps of sniffing, each in a file of its own. */
#ifndef CSVKIT_SNIFF_SNIFF_PRIVATE_H
#define CSVKIT_SNIFF_SNIFF_PRIVATE_H

#include "csvkit/sniff.h"

/*
 * Fills encoding, mark, on_encoding. *text is the sample as UTF-8, or in an encoding whose bytes
 * below 80 are ASCII; without the mark; a view into `sample` or into `room`. CSVK_ENOMEM.
 */
int csvk_sniff_encoding(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
                        struct csvk_bytes *text, struct csvk_buf *room) CSVK_MUST_USE;
/* Name and evidence for bytes above 7F that are not UTF-8. */
void csvk_sniff_one_byte(struct csvk_bytes sample, struct csvk_sniff *out);

/* Fills candidate[], dialect, eol, records, on_delimiter, on_enclosure, on_escape, on_eol, and the
   verdict. */
int csvk_sniff_dialect(struct csvk_bytes text, struct csvk_sniff *out,
                       struct csvk_error *err) CSVK_MUST_USE;
/* Fills has_header and on_header by the dialect found. */
int csvk_sniff_header(struct csvk_bytes text, struct csvk_sniff *out,
                      struct csvk_error *err) CSVK_MUST_USE;

/* Reads `text` by `dialect` and hands over every batch (CSVK_FIELDS). */
typedef int csvk_sniff_fn(void *context, const struct csvk_batch *batch);
int csvk_sniff_read(struct csvk_bytes text, const struct csvk_dialect *dialect, csvk_sniff_fn *take,
                    void *context, struct csvk_totals *totals,
                    struct csvk_error *err) CSVK_MUST_USE;

void csvk_sniff_say(struct csvk_sniff_part *part, int score, const char *format, ...)
    CSVK_PRINTF(3, 4);

/* What a value looks like. */
enum csvk_kind { CSVK_KIND_EMPTY, CSVK_KIND_NUMBER, CSVK_KIND_DATE, CSVK_KIND_TEXT };
enum csvk_kind csvk_kind_of(struct csvk_bytes value);

#endif
