/* vectors.c - the one instruction that clears the upper halves of vector registers. */
#include "csvkit/vectors.h"

#ifdef __x86_64__

#include <immintrin.h>

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

#else

void csvk_vectors_clean(void)
{
}

#endif
