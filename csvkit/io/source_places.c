/*
 * source_places.c - reads a file at any place, whatever the source that has it open is doing. See
 * source_places.h.
 */
#include "csvkit/io/source_places.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static size_t read_memory(const struct csvk_places *places, uint64_t at, void *bytes, size_t length)
{
    uint64_t left = at < places->size ? places->size - at : 0;
    size_t n = left < length ? (size_t)left : length;
    if (n != 0) {
        memcpy(bytes, places->memory + at, n);
    }
    return n;
}

bool csvk_places_read(const struct csvk_places *places, uint64_t at, void *bytes, size_t length,
                      size_t *got)
{
    if (places->memory != NULL) {
        *got = read_memory(places, at, bytes, length);
        return true;
    }
    ssize_t n = 1;
    for (*got = 0; *got < length && n != 0; *got += n > 0 ? (size_t)n : 0) {
        n = pread(places->fd, (unsigned char *)bytes + *got, length - *got,
                  (off_t)(places->start + at + *got));
        if (n < 0 && errno != EINTR) {
            return false;
        }
    }
    return true;
}
