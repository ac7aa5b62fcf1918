/*
 * normalize_window.h - private: the bytes that normalize looks at. Other than the reader's window
 * it may be read again from any place that was not dropped, and reaches ahead as far as is asked.
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_WINDOW_H
#define CSVKIT_NORMALIZE_NORMALIZE_WINDOW_H

#include "csvkit/normalize.h"

struct norm_window {
    struct csvk_source *source; /* borrowed */
    unsigned char *data;        /* with CSVK_SCAN_SLACK bytes before and behind */
    size_t capacity, begin, end;
    size_t visible;  /* bytes from begin that may be looked at: a tail to be cut is not */
    uint64_t offset; /* absolute, of begin */
    size_t read_size;
    struct csvk_output seen; /* looks on at what is read */
    uint64_t tail_lines;     /* lines to be cut off the end */
    uint64_t bytes_read;     /* from the source */
    bool at_end;             /* nothing follows the visible bytes */
    uint64_t ctrl_z;         /* 1 when a final 1A was cut off ... */
    uint64_t tail_cut;       /* bytes and ... */
    uint64_t tail_counted;   /* ... lines that were cut off for tail_lines */
};

void norm_window_release(struct norm_window *w);
/* Reads until `want` bytes are visible or nothing follows. Moves memory. */
int norm_window_fill(struct norm_window *w, size_t want, struct csvk_error *err);
/* Gives up the first `count` visible bytes. */
void norm_window_drop(struct norm_window *w, size_t count);
/* The byte at absolute `offset`, which must not have been dropped. Valid until the next fill. */
const unsigned char *norm_window_at(const struct norm_window *w, uint64_t offset);
/* Visible bytes from absolute `offset` on. */
size_t norm_window_left(const struct norm_window *w, uint64_t offset);

#endif
