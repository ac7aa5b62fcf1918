/* large_pages.c - see large_pages.h. */
#include "csvkit/base/large_pages.h"

#include <stdint.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

unsigned char *csvk_large_page_in(void *memory)
{
    size_t before = (uintptr_t)memory % CSVK_LARGE_PAGE;
    return (unsigned char *)memory + (before != 0 ? CSVK_LARGE_PAGE - before : 0);
}

void csvk_use_large_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    unsigned char *first = csvk_large_page_in(memory);
    size_t before = (size_t)(first - (unsigned char *)memory);
    if (size >= before + CSVK_LARGE_PAGE) {
        (void)madvise(first, (size - before) / CSVK_LARGE_PAGE * CSVK_LARGE_PAGE, MADV_HUGEPAGE);
    }
#else
    (void)memory;
    (void)size;
#endif
}
