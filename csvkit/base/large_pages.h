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

#include <stddef.h>

#define CSVK_LARGE_PAGE ((size_t)2 << 20)

/*
 * Asks for large pages where they lie in the `size` bytes at `memory` as a whole. Only for bytes
 * that will all be written: a large page is taken as a whole. It is a wish, and changes no byte.
 * Any thread.
 */
CSVK_FOR_EXTRA void csvk_use_large_pages(void *memory, size_t size);
/* The first large page that begins at `memory` or after it. */
CSVK_FOR_EXTRA unsigned char *csvk_large_page_in(void *memory);

#endif
