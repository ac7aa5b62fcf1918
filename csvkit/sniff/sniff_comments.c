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

/*
 * After the line at `at` and the line breaks behind it. *enclosed: a quote is open there, or was
 * open before and is not closed. Which delimiter the table has is not known yet, so a quote opens
 * at the start of a line and behind what is neither a letter nor a digit.
 */
static size_t pass_line(struct csvk_bytes text, size_t at, bool *enclosed)
{
    const size_t begin = at;
    for (; at < text.len && !is_break(text.ptr[at]); at++) {
        unsigned char before = at > begin ? text.ptr[at - 1] : 0;
        bool word = (before >= '0' && before <= '9') || (before | 0x20) >= 'a';
        *enclosed = text.ptr[at] == '"' ? !*enclosed && !word : *enclosed;
    }
    while (at < text.len && is_break(text.ptr[at])) {
        at++;
    }
    return at;
}

int csvk_sniff_without_comments(struct csvk_bytes text, unsigned char mark, struct csvk_buf *rest,
                                uint64_t *comments)
{
    int status = CSVK_OK;
    bool enclosed = false;
    *comments = 0;
    for (size_t at = 0, end; at < text.len && status == CSVK_OK; at = end) {
        bool comment = text.ptr[at] == mark && !enclosed, ignored = false;
        end = pass_line(text, at, comment ? &ignored : &enclosed);
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
