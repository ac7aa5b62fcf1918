/* fallback.c - stand-ins for parts of the core that are not linked in; theirs win when present. */
#include "csvkit/csvkit.h"

__attribute__((weak)) void csvk_sink_emergency_cleanup(void)
{
}
