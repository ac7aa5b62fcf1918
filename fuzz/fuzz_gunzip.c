/*
 * fuzz_gunzip.c - a gzip source and zlib must agree on every input: the same text, or both refuse
 * it. The sizes of the reads may not matter. The last byte chooses one; input without the gzip
 * magic gets it, so that the fuzzer need not find it.
 */
#include "csvkit/extra/extra.h"
#include "csvkit/csvkit.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { MOST_TEXT = 1 << 20 };

static void *must(void *pointer)
{
    if (pointer == NULL) {
        abort();
    }
    return pointer;
}

/* Whether zlib takes all of `file`, member by member. */
static bool zlib_takes(const unsigned char *file, size_t length, unsigned char *text, size_t *got)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)file, .avail_in = (unsigned)length};
    z.next_out = text;
    z.avail_out = MOST_TEXT;
    if (inflateInit2(&z, 31) != Z_OK) {
        abort();
    }
    int answer = Z_STREAM_END;
    while (answer == Z_STREAM_END && z.avail_in > 0) {
        answer = inflateReset(&z) == Z_OK ? inflate(&z, Z_FINISH) : Z_MEM_ERROR;
    }
    inflateEnd(&z);
    *got = MOST_TEXT - z.avail_out;
    return answer == Z_STREAM_END;
}

static struct csvk_damage read_all(const struct csvk_buf *file, size_t step, struct csvk_buf *text)
{
    struct csvk_source *source;
    struct csvk_damage damage = {.what = NULL};
    unsigned char *room = must(malloc(step));
    size_t got = 0;
    if (csvk_source_memory(&source, file->data, file->length, NULL) != CSVK_OK) {
        abort();
    }
    do {
        if (csvk_source_read(source, room, step, &got, NULL) != CSVK_OK ||
            csvk_buf_add(text, room, got) != CSVK_OK) {
            abort();
        }
    } while (got > 0 && text->length <= MOST_TEXT);
    if (csvk_source_damage(source) != NULL) {
        damage = *csvk_source_damage(source);
    }
    csvk_source_free(source);
    free(room);
    return damage;
}

static void compare(const struct csvk_buf *file, size_t step)
{
    struct csvk_buf text = CSVK_BUF_INIT, again = CSVK_BUF_INIT;
    struct csvk_damage damage = read_all(file, 65536, &text);
    if (text.length < MOST_TEXT) {
        unsigned char *expected = must(malloc(MOST_TEXT));
        size_t length;
        bool taken = zlib_takes(file->data, file->length, expected, &length);
        if (taken != (damage.what == NULL) ||
            (taken && (length != text.length || memcmp(expected, text.data, length) != 0))) {
            abort();
        }
        free(expected);
        struct csvk_damage other = read_all(file, step, &again);
        if (other.what != damage.what || other.offset != damage.offset ||
            again.length != text.length ||
            (text.length > 0 && memcmp(again.data, text.data, text.length) != 0)) {
            abort();
        }
    }
    csvk_buf_release(&text);
    csvk_buf_release(&again);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    csvk_use_decoders();
    static const unsigned char magic[] = {0x1f, 0x8b, 0x08};
    struct csvk_buf file = CSVK_BUF_INIT;
    if (size == 0) {
        return 0;
    }
    size_t step = (size_t)1 + data[--size];
    bool has_magic = size >= sizeof magic && memcmp(data, magic, sizeof magic) == 0;
    if ((!has_magic && csvk_buf_add(&file, magic, sizeof magic) != CSVK_OK) ||
        csvk_buf_add(&file, data, size) != CSVK_OK) {
        abort();
    }
    compare(&file, step);
    csvk_buf_release(&file);
    return 0;
}
