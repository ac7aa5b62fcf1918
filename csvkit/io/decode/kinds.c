/* kinds.c - see decoder.h: how each kind begins, and where its decoder is kept. */
#include "csvkit/io/decode/decoder.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

/* What the first bytes of a file say: another kind; this one, if what follows agrees; this one. */
enum match { MATCH_NOT, MATCH_SO_FAR, MATCH };

struct csvk_kind {
    const char *name;
    enum match (*match)(struct csvk_bytes start);
};

/* The first `length` bytes of the kind are always these. */
static enum match match_bytes(struct csvk_bytes start, const char *magic, size_t length)
{
    size_t n = start.len < length ? start.len : length;
    bool same = n == 0 || memcmp(start.ptr, magic, n) == 0;
    return !same ? MATCH_NOT : n < length ? MATCH_SO_FAR : MATCH;
}

static enum match match_gzip(struct csvk_bytes start)
{
    return match_bytes(start, "\x1f\x8b\x08", 3); /* RFC 1952 section 2.3.1, and deflate */
}

static enum match match_zstd(struct csvk_bytes start)
{
    return match_bytes(start, "\x28\xb5\x2f\xfd", 4); /* RFC 8878 section 3.1.1 */
}

static enum match match_xz(struct csvk_bytes start)
{
    return match_bytes(start,
                       "\xfd"
                       "7zXZ\0",
                       6);
}

/* A text may begin with "BZh9", so the mark of the first block, or of the end, belongs to it. */
static enum match match_bzip2(struct csvk_bytes start)
{
    enum match match = match_bytes(start, "BZh", 3);
    bool level = start.len < 4 || (start.ptr[3] >= '1' && start.ptr[3] <= '9');
    if (match != MATCH || !level || start.len < 4) {
        return level ? (match == MATCH ? MATCH_SO_FAR : match) : MATCH_NOT;
    }
    struct csvk_bytes rest = {start.ptr + 4, start.len - 4};
    enum match block = match_bytes(rest, "1AY&SY", 6);
    return block != MATCH_NOT ? block : match_bytes(rest, "\x17\x72\x45\x38\x50\x90", 6);
}

static const struct csvk_kind kinds[] = {
    {"gzip", match_gzip}, {"zstd", match_zstd}, {"xz", match_xz}, {"bzip2", match_bzip2}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Of each kind; NULL: none was given. Atomic, because threads may read files meanwhile. */
static _Atomic(const struct csvk_decoder *) decoders[KINDS];

void csvk_give_decoder(const struct csvk_decoder *decoder)
{
    size_t i = 0;
    while (i < KINDS && strcmp(kinds[i].name, decoder->name) != 0) {
        i++;
    }
    assert(i < KINDS);
    atomic_store(&decoders[i], decoder);
}

const char *csvk_kind_name(const struct csvk_kind *kind)
{
    return kind->name;
}

const struct csvk_decoder *csvk_kind_decoder(const struct csvk_kind *kind)
{
    return atomic_load(&decoders[kind - kinds]);
}

const struct csvk_kind *csvk_kind_find(struct csvk_bytes start, bool *more)
{
    *more = false;
    for (size_t i = 0; i < KINDS; i++) {
        enum match match = kinds[i].match(start);
        if (match == MATCH) {
            return &kinds[i];
        }
        *more |= match == MATCH_SO_FAR;
    }
    return NULL;
}

const char *csvk_compression_of(struct csvk_bytes start)
{
    bool more;
    const struct csvk_kind *kind = csvk_kind_find(start, &more);
    return kind != NULL ? kind->name : NULL;
}
