/*
 * vector_registers.h - what the processor has to be told and plain C has no words for.
 *
 * ISA-L's functions leave the upper halves of the vector registers in use (Debian's 2.30 has no
 * vzeroupper at all). Code for SSE, such as libdeflate's and the compiler's own, has to carry those
 * halves along until somebody clears them: libdeflate was 2 to 8 % slower after ISA-L's checksum.
 *
 * What is copied for another processor to read is better not kept in the caches of this one.
 */
#ifndef CSVKIT_EXTRA_VECTOR_REGISTERS_H
#define CSVKIT_EXTRA_VECTOR_REGISTERS_H

#include <stddef.h>

/* Clears the upper halves where the processor has any. No vector must be in use. */
void csvk_vectors_clean(void);
/* memcpy past the caches. Other threads see it as they see any store of this one. */
void csvk_vectors_copy(void *to, const void *from, size_t length);

#endif
