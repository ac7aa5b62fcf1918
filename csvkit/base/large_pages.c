/* large_pages.c - see large_pages.h. */
#include "csvkit/base/large_pages.h"

#include "csvkit/csvkit.h"

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

/* Large pages may begin anywhere in what is allocated: there is one more for what lies before. */
bool csvk_large_take(struct csvk_large *large, size_t size)
{
    *large = (struct csvk_large){0};
    bool is_little = size < CSVK_LARGE_PAGE / 2;
    size_t pages = size / CSVK_LARGE_PAGE + (size % CSVK_LARGE_PAGE != 0);
    if (pages >= SIZE_MAX / CSVK_LARGE_PAGE) {
        return false;
    }
    large->size = is_little ? size : pages * CSVK_LARGE_PAGE;
    large->memory = csvk_malloc(large->size + (is_little ? 0 : CSVK_LARGE_PAGE));
    if (large->memory == NULL) {
        large->size = 0;
        return false;
    }
    large->bytes = is_little ? large->memory : csvk_large_page_in(large->memory);
    csvk_use_large_pages(large->bytes, large->size);
    return true;
}

void csvk_large_release(struct csvk_large *large)
{
    csvk_free(large->memory);
    *large = (struct csvk_large){0};
}
