/* stretch_kinds.h - private: how long a stretch of blocks is, and what its bytes may hold. */
#ifndef CSVKIT_PARSE_SCAN_STRETCH_KINDS_H
#define CSVKIT_PARSE_SCAN_STRETCH_KINDS_H

/* Blocks of 64 bytes that are checked in one go, and what they may hold (clean_stretch_check.h). */
#define STRETCH_BLOCKS           32
#define STRETCH_QUOTES           1u
#define STRETCH_CR               2u
#define STRETCH_TEXT             4u /* bytes from 80 up */
#define STRETCH_UNCHECKED        8u /* no byte but NUL, nor an enclosed line, is worth a fact; no TEXT */
#define STRETCH_TAB              16u /* TAB that is not the delimiter; only in STRETCH_ALL */
#define STRETCH_ALL              (STRETCH_QUOTES | STRETCH_CR | STRETCH_TEXT | STRETCH_TAB)
#define STRETCH_ALL_OF_UNCHECKED (STRETCH_QUOTES | STRETCH_CR | STRETCH_UNCHECKED)

#endif
