/*
 * vectors.h - clean vector registers behind ISA-L.
 *
 * ISA-L's functions (Debian's 2.30 has no vzeroupper at all) leave the upper halves of the vector
 * registers in use. Code for SSE, as libdeflate's there and the compiler's own, has to carry them
 * along until somebody clears them: libdeflate was 2 to 8 % slower behind ISA-L's checksum.
 */
#ifndef CSVKIT_VECTORS_H
#define CSVKIT_VECTORS_H

/* Clears the upper halves where the processor has any. No vector must be in use. */
void csvk_vectors_clean(void);

#endif
