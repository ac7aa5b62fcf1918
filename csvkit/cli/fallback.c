/* fallback.c - stand-ins for parts of the core that are not linked in; theirs win when present. */
#include "csvkit/csvkit.h"

__attribute__((weak)) enum csvk_simd csvk_simd_best(void)
{
    return CSVK_SIMD_SCALAR;
}

__attribute__((weak)) const char *csvk_simd_name(enum csvk_simd level)
{
    return level == CSVK_SIMD_SCALAR ? "scalar" : "unknown";
}

__attribute__((weak)) void csvk_sink_emergency_cleanup(void)
{
}
