/*
 * sniff_private.h - the steps of sniffing, each of which has a file of its own. sniff.c calls them
 * in their order; each step fills its part of struct csvk_sniff.
 */
#ifndef CSVKIT_SNIFF_SNIFF_PRIVATE_H
#define CSVKIT_SNIFF_SNIFF_PRIVATE_H

#include "csvkit/sniff.h"

/*
 * Fills encoding, mark and on_encoding; the verdict when the sample is not text. *text is the
 * sample without its byte order mark, in UTF-8 or in an encoding whose bytes below 80 are ASCII; a
 * view into `sample` or into `room`. CSVK_ENOMEM.
 */
int csvk_sniff_encoding(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
                        struct csvk_bytes *text, struct csvk_buf *room) CSVK_MUST_USE;

/*
 * Fills candidate[], dialect, eol, records, on_delimiter, on_enclosure, on_escape, on_eol, and the
 * verdict. CSVK_ENOMEM.
 */
int csvk_sniff_dialect(struct csvk_bytes text, struct csvk_sniff *out,
                       struct csvk_error *err) CSVK_MUST_USE;
/* What occurs in the text; has_backslash: one stands before a " or '. */
struct csvk_sniff_marks {
    bool has_double, has_single, has_backslash;
    bool end_early;  /* records that lack the last field count as alike */
    bool ends_early; /* the others lack fields at the end */
};
/* Fills on_delimiter, on_enclosure, on_escape, eol and on_eol, when the verdict is there. */
void csvk_sniff_explain_dialect(struct csvk_sniff *out, const struct csvk_sniff_candidate *best,
                                const struct csvk_totals *totals,
                                const struct csvk_sniff_marks *marks);
/*
 * Looks for a delimiter of two or three bytes. *found: there is one that the whole text proves;
 * then *dialect has it, with RFC 4180's enclosure or none. CSVK_ENOMEM.
 */
int csvk_sniff_long(struct csvk_bytes text, struct csvk_dialect *dialect, bool *found,
                    struct csvk_error *err) CSVK_MUST_USE;
/* Fills has_header and on_header; reads by the dialect in `out`. CSVK_ENOMEM. */
int csvk_sniff_header(struct csvk_bytes text, struct csvk_sniff *out,
                      struct csvk_error *err) CSVK_MUST_USE;

/* Whether the lines are sentences rather than values. */
bool csvk_sniff_is_prose(struct csvk_bytes text);
/*
 * Lines that begin with # (`mark`). Is it worth while to read the text without them? *rest is that
 * text (the caller releases it), *comments how many they are; CSVK_ENOMEM. Are they comments, by
 * what both texts look like?
 */
bool csvk_sniff_may_have_comments(const struct csvk_sniff *all);
int csvk_sniff_without_comments(struct csvk_bytes text, unsigned char mark, struct csvk_buf *rest,
                                uint64_t *comments) CSVK_MUST_USE;
bool csvk_sniff_are_comments(const struct csvk_sniff *all, const struct csvk_sniff *rest,
                             uint64_t comments);
/*
 * Looks for lines above the table: how many, and their bytes; 0: there are none. Whether the record
 * below is a header is left to csvk_sniff_header. CSVK_ENOMEM.
 */
int csvk_sniff_head(struct csvk_bytes text, const struct csvk_dialect *dialect, uint64_t *lines,
                    uint64_t *bytes, struct csvk_error *err) CSVK_MUST_USE;

/*
 * Reads `text` by `dialect` and passes every batch (CSVK_FIELDS) to `take`, whose result other than
 * CSVK_OK ends the reading. *totals is that of the reader. CSVK_ENOMEM.
 */
typedef int csvk_sniff_fn(void *context, const struct csvk_batch *batch);
int csvk_sniff_read(struct csvk_bytes text, const struct csvk_dialect *dialect, csvk_sniff_fn *take,
                    void *context, struct csvk_totals *totals,
                    struct csvk_error *err) CSVK_MUST_USE;

/* Fills one part of the proposal: its score, and its evidence as by printf. */
void csvk_sniff_report(struct csvk_sniff_part *part, int score, const char *format, ...)
    CSVK_PRINTF(3, 4);

/* What a value looks like; DATE is also a time. */
enum csvk_kind { CSVK_KIND_EMPTY, CSVK_KIND_NUMBER, CSVK_KIND_DATE, CSVK_KIND_TEXT };
enum csvk_kind csvk_kind_of(struct csvk_bytes value);

#endif
