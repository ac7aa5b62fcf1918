/*
 * vector_registers.c - see vector_registers.h. On other processors than x86-64 there is nothing to
 * clear, and memcpy copies.
 */
#include "csvkit/extra/vector_registers.h"

#include <stdint.h>
#include <string.h>

#ifdef __x86_64__

#include <immintrin.h>

enum { LINE = 64 /* of the caches, in bytes */, VECTOR = 16 };

__attribute__((target("avx"))) static void clear_upper_halves(void)
{
    _mm256_zeroupper();
}

void csvk_vectors_clean(void)
{
    if (__builtin_cpu_supports("avx")) {
        clear_upper_halves();
    }
}

/*
 * `to` begins a line of the caches. Whole lines go to memory at once, without reading what was
 * there.
 */
static void stream_line(unsigned char *to, const unsigned char *from)
{
    for (size_t i = 0; i < LINE; i += VECTOR) {
        _mm_stream_si128((__m128i *)(to + i), _mm_loadu_si128((const __m128i *)(from + i)));
    }
}

/*
 * Up to the first line and after the last one the bytes go the usual way. The fence at the end
 * keeps the promise that other threads see these stores in order.
 */
void csvk_vectors_copy(void *to, const void *from, size_t length)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    size_t before = -(uintptr_t)out % LINE;
    before = before < length ? before : length;
    size_t lines = (length - before) / LINE * LINE;
    memcpy(out, in, before);
    for (size_t end = before + lines; before < end; before += LINE) {
        stream_line(out + before, in + before);
    }
    memcpy(out + before, in + before, length - before);
    _mm_sfence();
}

#else

void csvk_vectors_clean(void)
{
}

void csvk_vectors_copy(void *to, const void *from, size_t length)
{
    memcpy(to, from, length);
}

#endif
