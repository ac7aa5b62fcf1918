/*
 * hash.h - a fast keyed hash of runs of bytes, and a copy of short runs.
 *
 * Construction: multiply and fold, as in the wyhash family. 16 bytes at a time are mixed by one 64
 * x 64 -> 128 bit product whose halves are xored. The last 16 bytes are read so that they overlap
 * those before: no byte outside of the run is read. A seed that is random for each process keeps an
 * outsider from preparing runs that collide. It is no cryptographic hash: equality must never rest
 * on it where somebody could gain by a collision.
 */
#ifndef CSVKIT_BASE_HASH_H
#define CSVKIT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Odd constants from the fractional parts of the square roots of 11, 13 and 17. */
#define CSVK_HASH_A UINT64_C(0x510e527fade682d1)
#define CSVK_HASH_B UINT64_C(0x9b05688c2b3e6c1f)
#define CSVK_HASH_C UINT64_C(0x1f83d9abfb41bd6b)

/* In the byte order of the machine: a hash is good on this machine only. */
static inline uint64_t csvk_hash_read8(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint32_t csvk_hash_read4(const unsigned char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 csvk_u128;
/* The xor of the two halves of the product. */
static inline uint64_t csvk_hash_fold(uint64_t a, uint64_t b)
{
    csvk_u128 product = (csvk_u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}
#else
/*
 * As above, from four products of 32 bits. The low half is a plain product; the high half needs the
 * carry out of the middle.
 */
static inline uint64_t csvk_hash_fold(uint64_t a, uint64_t b)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1;
    uint64_t carry = ((low >> 32) + (uint32_t)mid1 + (uint32_t)mid2) >> 32;
    uint64_t high = a1 * b1 + (mid1 >> 32) + (mid2 >> 32) + carry;
    return (a * b) ^ high;
}
#endif

/*
 * The length is part of the last step, so that runs that differ only in NUL bytes at the end do not
 * collide.
 */
static inline uint64_t csvk_hash(const unsigned char *p, size_t length, uint64_t seed)
{
    uint64_t a = 0, b = 0;
    size_t left = length;
    for (; left > 16; left -= 16, p += 16) {
        seed = csvk_hash_fold(csvk_hash_read8(p) ^ CSVK_HASH_A, csvk_hash_read8(p + 8) ^ seed);
    }
    if (length > 16) { /* the last 16 bytes, overlapping those before */
        a = csvk_hash_read8(p + left - 16);
        b = csvk_hash_read8(p + left - 8);
    } else if (length >= 8) {
        a = csvk_hash_read8(p);
        b = csvk_hash_read8(p + length - 8);
    } else if (length >= 4) {
        a = csvk_hash_read4(p);
        b = csvk_hash_read4(p + length - 4);
    } else if (length > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[length >> 1] << 8 | p[length - 1];
    }
    return csvk_hash_fold(CSVK_HASH_B ^ length,
                          csvk_hash_fold(a ^ CSVK_HASH_A, b ^ seed ^ CSVK_HASH_C));
}

/*
 * memcpy for runs that are mostly short: without a call, and without touching other bytes. Two
 * copies that overlap cover every length of a range, where a loop would branch for each byte.
 */
static inline void csvk_copy_short(unsigned char *to, const unsigned char *from, size_t length)
{
    if (length > 32) {
        memcpy(to, from, length);
    } else if (length >= 16) {
        memcpy(to, from, 16);
        memcpy(to + length - 16, from + length - 16, 16);
    } else if (length >= 8) {
        memcpy(to, from, 8);
        memcpy(to + length - 8, from + length - 8, 8);
    } else if (length >= 4) {
        memcpy(to, from, 4);
        memcpy(to + length - 4, from + length - 4, 4);
    } else if (length > 0) {
        to[0] = from[0];
        to[length >> 1] = from[length >> 1];
        to[length - 1] = from[length - 1];
    }
}

#endif
