/*
 * large_pages.h - private: memory that is written from end to end, in pages of the processor's
 * larger size where the system has them.
 *
 * A new page of 4 KiB costs a fault, which a virtual machine may take fifteen microseconds for:
 * more than it takes to fill it. A page of 2 MiB costs about ten times as much for 512 times as
 * many bytes.
 */
#ifndef CSVKIT_BASE_LARGE_PAGES_H
#define CSVKIT_BASE_LARGE_PAGES_H

#include "csvkit/base/for_extra.h"

#include <stdbool.h>
#include <stddef.h>

#define CSVK_LARGE_PAGE ((size_t)2 << 20)

/*
 * Asks for large pages where they lie in the `size` bytes at `memory` as a whole. Only for bytes
 * that will all be written: a large page is taken as a whole. It is a wish, and changes no byte.
 * Any thread.
 */
void csvk_use_large_pages(void *memory, size_t size);
/* The first large page that begins at `memory` or after it. */
unsigned char *csvk_large_page_in(void *memory);

/* Memory in large pages, or little memory in small ones. All-zero: none. */
struct csvk_large {
    unsigned char *bytes;
    size_t size;
    void *memory; /* what was allocated: `bytes` lie in it */
};

/*
 * At least `size` bytes: as many large pages as hold them; just `size` bytes where they are less
 * than half of one. Their contents are undefined. False: no memory; *large is all-zero then.
 */
CSVK_FOR_EXTRA bool csvk_large_take(struct csvk_large *large, size_t size);
CSVK_FOR_EXTRA void csvk_large_release(struct csvk_large *large);

#endif
