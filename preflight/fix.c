/*
 * fix.c - mending what is safe and certain. Filled in by what the findings cannot say: certainty.
 */
#include "preflight/priv.h"

int csvk_preflight_fix(const char *folder, enum csvk_fix_mode mode, struct csvk_buf *diff,
                       size_t *count, struct csvk_error *err)
{
    (void)folder;
    (void)mode;
    (void)diff;
    (void)err;
    *count = 0;
    return CSVK_OK;
}
