/*
 * places.h - private: where the structural bytes of a table are, as bit masks of 64 bytes, and what
 * was found out about places before.
 *
 * The idea. The readings of one record, and those of the records after it, ask for the same bytes
 * again and again: where is the next quote, where does the field end, what is the record that
 * begins there? What was found is kept by its absolute offset. The bytes at an offset never change
 * during a run, and neither does the dialect; so an answer that did not hang on where a view ends
 * stays right.
 *
 * Invariant: with and without places a view gives the same answers (tests/unit/test_view.c).
 */
#ifndef CSVKIT_NORMALIZE_PLACES_H
#define CSVKIT_NORMALIZE_PLACES_H

#include "csvkit/normalize/evidence.h"

enum {
    NORM_BLOCK = 64,
    NORM_BLOCKS = 256,
    NORM_TAILS = 256,
    NORM_OUTLINES = 256,
    NORM_COSTS = 1024,
    NORM_LOOKS = 64,
    NORM_MARKED = 64
};

/* Bit i: byte i of the block. Bytes that were not in the view have no bits. */
struct norm_block {
    uint64_t number; /* offset / 64 + 1; 0: free */
    uint64_t quotes;
    uint64_t ends;   /* delimiters, CR and LF */
    uint64_t breaks; /* CR and LF */
};

/* A strict reading of fields from a place to the end of the record. */
struct norm_tail {
    uint64_t offset; /* of its first field, + 1; 0: free */
    uint64_t limit;  /* 0, or this was found in a view that ends there, and is right only in such */
    size_t count;    /* fields */
    size_t length;   /* bytes, line break included; or those that show the fault */
    bool fault;      /* a field has one */
};

/* A record as it is written, without its cells; see struct norm_line. */
struct norm_outline {
    uint64_t offset; /* + 1; 0: free */
    size_t content, end, ncells;
    unsigned faults;
    int bits; /* of its cells, + 1; 0: nobody has asked */
};

/* What a value costs in a column. */
struct norm_cost {
    uint64_t value;  /* its offset, + 1; or a hash of its bytes, with the highest bit; 0: free */
    uint64_t column; /* with the length of the value, and whether it is enclosed */
    int bits;
};

/* What a value looks like. */
struct norm_looked {
    uint64_t value, length; /* as in struct norm_cost; with a bit for its enclosure */
    struct norm_looks looks;
};

/* What the masks of a line tell; see struct norm_line_marks. */
struct norm_marked {
    uint64_t offset;         /* of its first byte that was looked at, + 1; 0: free */
    size_t end, fields, bad; /* places are counted from there */
};

/* All-zero is empty. About 64 KiB. The costs are those of one table: evidence is gathered once. */
struct norm_places {
    struct csvk_dialect dialect; /* of all that is kept ... */
    bool cr_ends;                /* ... and whether a single CR ends a record */
    struct norm_block block[NORM_BLOCKS];
    struct norm_block partial; /* the last one that was not whole: not kept */
    struct norm_tail tail[NORM_TAILS];
    struct norm_outline outline[NORM_OUTLINES];
    struct norm_cost cost[NORM_COSTS];
    struct norm_looked looked[NORM_LOOKS];
    struct norm_marked marked[NORM_MARKED];
    uint64_t no_quote_from, no_quote_to; /* absolute: there is none in between */
    uint64_t no_end_from, no_end_to;     /* likewise: none before a CR or LF begins in between */
};

/* Forgets what was found under another dialect. */
void norm_places_begin(struct norm_places *places, const struct csvk_dialect *dialect,
                       bool cr_ends);

/*
 * The block with this number (offset / 64). `bytes`: `length` bytes from absolute `offset` on, one
 * byte of the block at least.
 */
const struct norm_block *norm_places_find(struct norm_places *places, uint64_t number,
                                          const unsigned char *bytes, uint64_t offset,
                                          size_t length);
static inline const struct norm_block *norm_places_block(struct norm_places *places,
                                                         uint64_t number,
                                                         const unsigned char *bytes,
                                                         uint64_t offset, size_t length)
{
    const struct norm_block *block = &places->block[number % NORM_BLOCKS];
    return block->number == number + 1 ? block
                                       : norm_places_find(places, number, bytes, offset, length);
}

#endif
