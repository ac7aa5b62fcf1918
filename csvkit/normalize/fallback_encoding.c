/* fallback_encoding.c - see fallback_encoding.h. */
#include "csvkit/normalize/fallback_encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* One byte by itself; false: it is the beginning of something longer. */
static bool convert_byte(iconv_t converter, unsigned char byte, char to[5])
{
    char from = (char)byte, *in = &from, *out = to;
    size_t in_left = 1, out_left = 4;
    memset(to, 0, 5);
    (void)iconv(converter, NULL, NULL, NULL, NULL);
    size_t answer = iconv(converter, &in, &in_left, &out, &out_left);
    if (answer == (size_t)-1) {
        memset(to, 0, 5);
        return errno == EILSEQ;
    }
    /* Nothing came out yet: the converter waits for more. */
    return out != to;
}

int norm_fallback_init(struct norm_fallback *fallback, const char *encoding, struct csvk_error *err)
{
    *fallback = (struct norm_fallback){.known = false};
    bool has_options = strstr(encoding, "//") != NULL || encoding[0] == '\0';
    iconv_t converter = has_options ? (iconv_t)-1 : iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) {
        return csvk_fail(err, CSVK_EUSAGE, "unknown encoding '%s'", encoding);
    }
    /* Nothing above 7F may become a byte that has a meaning in CSV. */
    bool simple = true;
    for (int byte = 1; byte < 256 && simple; byte++) {
        char ascii[5];
        char *to = byte < 128 ? ascii : fallback->utf8[byte - 128];
        simple = convert_byte(converter, (unsigned char)byte, to) &&
                 (byte < 128 ? to[0] == (char)byte && to[1] == '\0'
                             : to[0] == '\0' || (unsigned char)to[0] >= 128);
    }
    iconv_close(converter);
    if (!simple) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "'%s' cannot be the encoding of single bytes: a character may take "
                         "several, or ASCII differs",
                         encoding);
    }
    fallback->known = true;
    return CSVK_OK;
}

bool norm_fallback_read(const struct norm_fallback *fallback, const unsigned char *bytes,
                        size_t length, char text[NORM_FALLBACK_TEXT])
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        const char *one = bytes[i] >= 128 ? fallback->utf8[bytes[i] - 128] : "";
        size_t n = strlen(one);
        if (!fallback->known || n == 0 || used + n >= NORM_FALLBACK_TEXT) {
            return false;
        }
        memcpy(text + used, one, n + 1);
        used += n;
    }
    return used != 0;
}
