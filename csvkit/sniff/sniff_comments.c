/*
 * sniff_comments.c - lines among the records, or above them, that begin with # and are none.
 *
 * The idea. The text is read once more without these lines. They are comments when a dialect is
 * clear then that was not before, or when most of them have not the fields of the records. A value
 * may begin with #, and so may every record.
 */
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

enum { CLEARLY_BETTER = 12 }; /* of 100, by which another delimiter has to be ahead */

static bool is_break(unsigned char byte)
{
    return byte == '\n' || byte == '\r';
}

int csvk_sniff_without_comments(struct csvk_bytes text, struct csvk_buf *rest, uint64_t *comments)
{
    int status = CSVK_OK;
    *comments = 0;
    for (size_t at = 0, end; at < text.len && status == CSVK_OK; at = end) {
        for (end = at; end < text.len && !is_break(text.ptr[end]);) {
            end++;
        }
        while (end < text.len && is_break(text.ptr[end])) {
            end++;
        }
        bool comment = text.ptr[at] == '#';
        *comments += comment;
        status = comment ? CSVK_OK : csvk_buf_add(rest, text.ptr + at, end - at);
    }
    return status;
}

bool csvk_sniff_may_have_comments(const struct csvk_sniff *all)
{
    bool clear = all->verdict == CSVK_SNIFF_CLEAR;
    return !all->sep_line && (!clear || (all->skip_head == 0 &&
                                         all->candidate[0].alike != all->candidate[0].records));
}

bool csvk_sniff_are_comments(const struct csvk_sniff *all, const struct csvk_sniff *rest,
                             uint64_t comments)
{
    const struct csvk_sniff_candidate *was = &all->candidate[0], *is = &rest->candidate[0];
    if (rest->verdict != CSVK_SNIFF_CLEAR || rest->skip_head != 0) {
        return false;
    }
    if (all->verdict != CSVK_SNIFF_CLEAR) {
        return is->records >= 2;
    }
    /* The header may be one of them. */
    return was->dialect.delimiter == is->dialect.delimiter
               ? 2 * (was->alike - is->alike) < comments
               : is->score >= was->score + CLEARLY_BETTER;
}
