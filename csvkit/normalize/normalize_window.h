/*
 * normalize_window.h - private: the bytes that normalize looks at.
 *
 * Unlike the reader's window it may be read again from any place that was not dropped, and reaches
 * ahead as far as is asked. That is what looking ahead needs.
 *
 *   begin              begin + visible           end            capacity
 *   |  may be looked at  |  held back: may be a   |  room for    |
 *   |                    |  tail to be cut off    |  more        |
 *
 * Offsets are absolute: bytes of the input after decompression and conversion, from 0.
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_WINDOW_H
#define CSVKIT_NORMALIZE_NORMALIZE_WINDOW_H

#include "csvkit/normalize.h"

struct norm_window {
    struct csvk_source *source; /* borrowed */
    /* CSVK_SCAN_SLACK bytes before and after are readable, too. */
    unsigned char *data;
    unsigned char *kept; /* is not written to or freed: `data`, or memory that was `data` before */
    size_t capacity, begin, end;
    /* Bytes from `begin` that may be looked at: those of a tail that may be cut off are not. */
    size_t visible;
    /* Absolute, of `begin`. */
    uint64_t offset;
    size_t read_size;
    /* Is given the bytes that are read, for the check by libcsv. */
    struct csvk_output seen;
    /* Lines to be cut off the end (r15). */
    uint64_t tail_lines;
    uint64_t bytes_read; /* from the source */
    bool at_end;         /* nothing follows the visible bytes */
    /* 1 when a final 1A was cut off (r7). */
    uint64_t ctrl_z;
    /* Bytes and lines that were cut off for tail_lines. */
    uint64_t tail_cut;
    uint64_t tail_counted;
    /* Called before bytes are read or moved: others may look at them. NULL: nobody does. */
    void (*settle)(void *context);
    void *settle_context;
    bool lent; /* another window's bytes: nothing is read, and to want more is CSVK_ELIMIT */
};

void norm_window_release(struct norm_window *w);
/*
 * Reads until `want` bytes are visible or nothing follows. Moves memory: pointers into the window
 * are invalid afterwards. CSVK_ENOMEM, and what the source returns.
 */
int norm_window_fill(struct norm_window *w, size_t want, struct csvk_error *err);
/*
 * The bytes that are visible stay where they are until norm_window_let_go, whatever is read or
 * dropped meanwhile. Only one set of bytes is kept at a time.
 */
void norm_window_keep(struct norm_window *w);
void norm_window_let_go(struct norm_window *w);
/* Gives up the first `count` visible bytes. */
void norm_window_drop(struct norm_window *w, size_t count);
/* The byte at absolute `offset`, which must not have been dropped. Valid until the next fill. */
const unsigned char *norm_window_at(const struct norm_window *w, uint64_t offset);
/* Visible bytes from absolute `offset` on. */
size_t norm_window_left(const struct norm_window *w, uint64_t offset);

#endif
