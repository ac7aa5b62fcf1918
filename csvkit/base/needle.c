/* needle.c - see needle.h. */
#include "csvkit/base/needle.h"

int csvk_needle_prepare(struct csvk_needle *needle)
{
    if (needle->pattern != NULL || needle->bytes.len < CSVK_PATTERN_SHORT) {
        return CSVK_OK;
    }
    needle->pattern = csvk_pattern_new(needle->bytes.ptr, needle->bytes.len);
    return needle->pattern != NULL ? CSVK_OK : CSVK_ENOMEM;
}

void csvk_needle_release(struct csvk_needle *needle)
{
    csvk_free(needle->pattern);
    *needle = (struct csvk_needle){.pattern = NULL};
}

const unsigned char *csvk_needle_find(struct csvk_needle *needle, const unsigned char *data,
                                      size_t size)
{
    const struct csvk_bytes *bytes = &needle->bytes;
    return needle->pattern != NULL
               ? csvk_pattern_find(needle->pattern, bytes->ptr, data, size)
               : csvk_pair_find(&needle->pair, bytes->ptr, bytes->len, data, size);
}
