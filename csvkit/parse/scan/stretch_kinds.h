/*
 * stretch_kinds.h - private: how many blocks a stretch has, and the kinds of stretches.
 *
 * A kind is a set of things that the bytes of a stretch may hold; clean_stretch_check.h has one
 * compiled version for each kind that occurs. Kinds are numbered by their bits, so the switch in
 * stretch_kind must know each combination by its number.
 */
#ifndef CSVKIT_PARSE_SCAN_STRETCH_KINDS_H
#define CSVKIT_PARSE_SCAN_STRETCH_KINDS_H

/* Blocks of 64 bytes that are checked together; probe_words and lanes_texts are made for 32. */
#define STRETCH_BLOCKS 32

/* What the bytes may hold besides printable ASCII, delimiters and LF. */
#define STRETCH_QUOTES 1u
#define STRETCH_CR     2u
#define STRETCH_TEXT   4u /* bytes from 80 up */
#define STRETCH_UNCHECKED                                                                          \
    8u /* no fact is wanted about bytes, but for NUL, nor about enclosed lines */
#define STRETCH_TAB              16u /* TAB that is not the delimiter; only in STRETCH_ALL */
#define STRETCH_ALL              (STRETCH_QUOTES | STRETCH_CR | STRETCH_TEXT | STRETCH_TAB)
#define STRETCH_ALL_OF_UNCHECKED (STRETCH_QUOTES | STRETCH_CR | STRETCH_UNCHECKED)

#endif
