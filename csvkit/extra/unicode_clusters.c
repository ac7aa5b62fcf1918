/*
 * unicode_clusters.c - clusters and their width by the tables of Unicode, through libutf8proc,
 * which is loaded when text with a byte above 7F is measured for the first time. Without the
 * library the width is one column for each code point.
 *
 * utf8proc knows where clusters end, and the width of each code. The width of a cluster is the sum
 * of its codes, but never more than two columns: a family of emoji, a syllable made of jamo and a
 * flag are two columns wide, whatever they consist of. A pictograph that is followed by the
 * variation selector 16 is shown as an emoji, and those take two columns.
 */
#include "csvkit/base/clusters.h"
#include "csvkit/extra/extra.h"
#include "csvkit/extra/lazy_loading.h"
#include "csvkit/json.h"

#include <utf8proc.h>

#define LIBRARY "libutf8proc.so.2"

LAZY_LIBRARY(LIBRARY);

enum { WIDEST = 2, EMOJI_SELECTOR = 0xFE0F };

/* The functions of the library, looked up once; all NULL when it is not there. */
static struct {
    utf8proc_bool (*is_break)(utf8proc_int32_t, utf8proc_int32_t, utf8proc_int32_t *);
    int (*width)(utf8proc_int32_t);
    const utf8proc_property_t *(*property)(utf8proc_int32_t);
} unicode;
static pthread_once_t looked_up = PTHREAD_ONCE_INIT;

static void look_up(void)
{
    FORWARD(utf8proc_bool(*call)(utf8proc_int32_t, utf8proc_int32_t, utf8proc_int32_t *),
            "utf8proc_grapheme_break_stateful");
    union {
        void *object;
        int (*call)(utf8proc_int32_t);
    } width = {find("utf8proc_charwidth")};
    union {
        void *object;
        const utf8proc_property_t *(*call)(utf8proc_int32_t);
    } property = {find("utf8proc_get_property")};
    if (to.object != NULL && width.object != NULL && property.object != NULL) {
        unicode.is_break = to.call;
        unicode.width = width.call;
        unicode.property = property.call;
    }
}

/* Decodes a code that may be part of a cluster; 0: none begins here. */
static size_t decode(const unsigned char *text, size_t length, uint32_t *code)
{
    size_t n = length != 0 ? csvk_utf8_decode(text, length, code) : 0;
    return n != 0 && !csvk_code_is_hostile(*code) ? n : 0;
}

static bool can_be_emoji(uint32_t code)
{
    return code == '#' || code == '*' || (code >= '0' && code <= '9') ||
           unicode.property((utf8proc_int32_t)code)->boundclass ==
               UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* The first code of a cluster has been decoded: takes the others, answers the length of all. */
static size_t take_cluster(const unsigned char *text, size_t length, size_t first_length,
                           uint32_t first, size_t *columns)
{
    uint32_t last = first, code = 0;
    utf8proc_int32_t state = 0;
    size_t at = first_length, n;
    size_t width = (size_t)unicode.width((utf8proc_int32_t)first);
    while ((n = decode(text + at, length - at, &code)) != 0 &&
           !unicode.is_break((utf8proc_int32_t)last, (utf8proc_int32_t)code, &state)) {
        bool emoji = code == EMOJI_SELECTOR && last == first && can_be_emoji(first);
        width += emoji ? WIDEST : (size_t)unicode.width((utf8proc_int32_t)code);
        last = code;
        at += n;
    }
    *columns = width < WIDEST ? width : WIDEST;
    return at;
}

static size_t next_cluster(const unsigned char *text, size_t length, size_t *columns)
{
    uint32_t code = 0;
    bool plain = text[0] < 0x80 && (length == 1 || text[1] < 0x80);
    size_t n = plain ? 0 : decode(text, length, &code);
    *columns = 1;
    if (n == 0) {
        size_t other = plain ? 1 : csvk_utf8_decode(text, length, &code);
        return other != 0 ? other : 1;
    }
    pthread_once(&looked_up, look_up);
    return unicode.width != NULL ? take_cluster(text, length, n, code, columns) : n;
}

void csvk_use_clusters(void)
{
    csvk_give_clusters(next_cluster);
}
