/* value_form.c - see value_form.h. */
#include "csvkit/normalize/value_form.h"

#include "csvkit/base/hash.h"

#include <string.h>

enum { MOST_RUNS = 12, SHORT_TEXT = 12, LONGEST_COUNT = 9 };

enum kind { KIND_DIGIT, KIND_LETTER, KIND_BLANK, KIND_OTHER };

static enum kind kind_of(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return KIND_DIGIT;
    }
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80) {
        return KIND_LETTER;
    }
    if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f)) {
        return KIND_BLANK;
    }
    return KIND_OTHER;
}

/* The end of the run that begins at `from`; other bytes are runs of their own. */
static size_t run_end(struct csvk_bytes value, size_t from)
{
    enum kind kind = kind_of(value.ptr[from]);
    size_t end = from + 1;
    while (kind != KIND_OTHER && end < value.len && kind_of(value.ptr[end]) == kind) {
        end++;
    }
    return end;
}

/* Letters are upper case when none of them is a small one of ASCII, and one a capital. */
static bool is_upper(struct csvk_bytes value, size_t from, size_t to)
{
    bool capital = false;
    for (size_t i = from; i < to; i++) {
        if (value.ptr[i] >= 'a' && value.ptr[i] <= 'z') {
            return false;
        }
        capital |= value.ptr[i] >= 'A' && value.ptr[i] <= 'Z';
    }
    return capital;
}

static bool has_line_feed(struct csvk_bytes value, size_t from, size_t to)
{
    return memchr(value.ptr + from, '\n', to - from) != NULL;
}

/* The class of a byte in coarse forms; 0: it counts as itself. */
static unsigned char coarse_class(unsigned char c, size_t length)
{
    if (c == ' ' || c == '\t') {
        return '_';
    }
    if (c == '\r' || c == '\n') {
        return '\n';
    }
    switch (kind_of(c)) {
    case KIND_DIGIT: return '9';
    case KIND_LETTER: return 'a';
    default: break;
    }
    bool punctuation = memchr(",;.!?'\"()", c, 9) != NULL;
    return punctuation && length > SHORT_TEXT ? ',' : c;
}

static uint64_t coarse_of(struct csvk_bytes value)
{
    uint64_t seen[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < value.len; i++) {
        unsigned char class = coarse_class(value.ptr[i], value.len);
        seen[class / 64] |= UINT64_C(1) << class % 64;
    }
    unsigned bits = 0;
    for (size_t length = value.len; length != 0; length /= 2) {
        bits++;
    }
    return csvk_hash((const unsigned char *)seen, sizeof seen, 1 + (bits + 1) / 2);
}

struct norm_form norm_form_of(struct csvk_bytes value)
{
    unsigned char fine[2 * MOST_RUNS], medium[MOST_RUNS];
    size_t runs = 0, nfine = 0;
    struct norm_form form = {.coarse = coarse_of(value),
                             .value = csvk_hash(value.ptr, value.len, 4)};
    form.has_break =
        memchr(value.ptr, '\n', value.len) != NULL || memchr(value.ptr, '\r', value.len) != NULL;
    for (size_t at = 0; at < value.len;) {
        size_t end = run_end(value, at);
        unsigned char c = value.ptr[at], sign = c;
        if (runs == MOST_RUNS) {
            form.fine = form.medium = form.coarse;
            return form;
        }
        switch (kind_of(c)) {
        case KIND_DIGIT: sign = '9'; break;
        case KIND_LETTER: sign = is_upper(value, at, end) ? 'A' : 'a'; break;
        case KIND_BLANK: sign = has_line_feed(value, at, end) ? '\n' : '_'; break;
        default: break;
        }
        medium[runs++] = fine[nfine++] = sign;
        if (sign == '9') {
            fine[nfine++] = (unsigned char)(end - at < LONGEST_COUNT ? end - at : LONGEST_COUNT);
        }
        at = end;
    }
    form.fine = csvk_hash(fine, nfine, 2);
    form.medium = csvk_hash(medium, runs, 3);
    return form;
}
