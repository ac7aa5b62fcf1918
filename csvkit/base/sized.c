/* sized.c - see sized.h. The size is read by memcpy, since the struct can be any. */
#include "csvkit/base/sized.h"

#include <string.h>

static size_t size_of(const void *theirs)
{
    size_t size;
    memcpy(&size, theirs, sizeof size);
    return size;
}

/* What both sides know. */
static size_t shared(const struct csvk_sized *type, size_t size)
{
    return size < type->known ? size : type->known;
}

void csvk_sized_init(const struct csvk_sized *type, void *theirs, size_t size, const void *defaults)
{
    if (size < sizeof size) {
        return;
    }
    memset(theirs, 0, size);
    memcpy(theirs, defaults, shared(type, size));
    memcpy(theirs, &size, sizeof size);
}

int csvk_sized_check(const struct csvk_sized *type, const void *theirs, struct csvk_error *err)
{
    size_t size = size_of(theirs);
    if (size < type->first) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s has the size %zu, and no version of it is so small: begin it with %s",
                         type->name, size, type->begin);
    }
    return CSVK_OK;
}

int csvk_sized_read(const struct csvk_sized *type, void *own, const void *theirs,
                    struct csvk_error *err)
{
    int status = csvk_sized_check(type, theirs, err);
    if (status != CSVK_OK) {
        return status;
    }
    size_t size = size_of(theirs);
    const unsigned char *bytes = theirs;
    for (size_t i = type->known; i < size; i++) {
        if (bytes[i] != 0) {
            return csvk_fail(err, CSVK_EUSAGE,
                             "%s is that of a newer csvkit, and has something set that version %s "
                             "of the library does not know (its size is %zu, here it has %zu)",
                             type->name, csvk_version(), size, type->known);
        }
    }
    memcpy((unsigned char *)own + sizeof size, bytes + sizeof size,
           shared(type, size) - sizeof size);
    return CSVK_OK;
}

void csvk_sized_write(const struct csvk_sized *type, void *theirs, const void *own)
{
    memcpy((unsigned char *)theirs + sizeof(size_t), (const unsigned char *)own + sizeof(size_t),
           shared(type, size_of(theirs)) - sizeof(size_t));
}
