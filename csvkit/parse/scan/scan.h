/*
 * scan.h - private: the scan, which finds many records at once in a window of bytes.
 *
 * csvk_scan is the one function that works; see scan.c and scan_template.h for how. What it finds
 * goes to scan->builder and scan->table, which its users read. A scan belongs to one table and one
 * thread.
 */
#ifndef CSVKIT_PARSE_SCAN_SCAN_H
#define CSVKIT_PARSE_SCAN_SCAN_H

#include "csvkit/parse/grammar/reference_parser.h"
#include "csvkit/parse/grammar/record.h"

/*
 * Bytes that must be readable before and after what csvk_scan is given. Those after it may have any
 * values, and those before it, too, but for the last: it is the byte that precedes in the input, or
 * below 80, so that no UTF-8 sequence goes on from it.
 */
#define CSVK_SCAN_SLACK 64
/* Bytes are copied faster to memory that begins as they do, counted from a cache line. */
#define CSVK_CACHE_LINE ((size_t)64)

struct csvk_scan;

/* The field that the structural stepper is in (structural_stepper.h). */
struct csvk_open_field {
    size_t begin;
    uint32_t flags;
    uint64_t breaks; /* enclosed line breaks */
    size_t closing;  /* place of the closing enclosure; valid in CSVK_STEP_CLOSED */
};

/*
 * Where in a field the structural stepper is: data outside of enclosures; data up to the end of the
 * field, enclosures included; inside an enclosure; after a closing enclosure.
 */
enum csvk_step_place { CSVK_STEP_OUTSIDE, CSVK_STEP_LITERAL, CSVK_STEP_ENCLOSED, CSVK_STEP_CLOSED };

/*
 * Where the structural stepper stopped in a record that was not complete. When more of the record
 * is there, it goes on from that place and looks at no byte of a long record twice. What had been
 * reported of the record stays in the arrays of struct csvk_batch_builder, above their counts:
 * `nfields` and `nfacts` are the counts that bring it back.
 */
struct csvk_pause {
    bool active;
    enum csvk_step_place place;
    size_t stop;    /* the byte to go on with, from the record's first byte */
    size_t suspect; /* as in struct cursor (structural_cursor.h) */
    struct csvk_open_field field;
    struct csvk_open_record open;
    size_t nfields, nfacts;
};

/* An entry: how one instruction set examines a window. The same contract as csvk_scan. */
typedef size_t csvk_scan_run(struct csvk_scan *scan, const unsigned char *bytes, size_t length,
                             bool at_end, uint64_t offset);

struct csvk_scan {
    struct csvk_table table;
    struct csvk_batch_builder builder;
    csvk_scan_run *run;
    struct csvk_reference_parser reference;

    /* Rows of expected record ends for the width `phase_width` (fill_phase in scan.c); owned. */
    uint64_t *phase;
    uint64_t phase_width;

    /* Classes of ASCII bytes for stretches of one kind (lanes.h): that kind + 1, 0 for none yet. */
    unsigned char classes[128];
    unsigned classes_kind;

    /* For passes of many records (mask_pass.h, mask_parser_many.h). */
    unsigned char many_classes[256];
    size_t many_most;           /* most bytes of the next pass; 0: the classes are not made yet */
    unsigned many_backoff_left; /* records that still go one by one before the next pass */
    unsigned many_backoff;      /* what that began with; grows with every pass in vain */

    /* Records to take one by one before the clean-block check is tried again. */
    unsigned backoff;

    /* A call may end when so many records or facts are reported; SIZE_MAX at first. */
    size_t enough;

    /*
     * Limits of one record, none at first: its bytes without the line break, its facts without
     * those of its line break, its fields. A call ends before a record that exceeds one of them,
     * and sets too_long.
     */
    uint64_t most;
    size_t most_facts;
    size_t most_fields;
    bool too_long;

    /*
     * The byte with which comments begin; 0: there are none. A call ends before a record that would
     * begin with it. Before the absolute offset `no_comment_to` no record that is still to come
     * does so.
     */
    unsigned char comment;
    uint64_t no_comment_to;

    bool pauses; /* the caller keeps the promise that csvk_scan describes; false at first */
    struct csvk_pause pause;
};

/* CSVK_EUSAGE for a dialect that contradicts itself. */
int csvk_scan_init(struct csvk_scan *scan, const struct csvk_options *options,
                   struct csvk_error *err);
void csvk_scan_release(struct csvk_scan *scan);

/*
 * Examines whole records from bytes[0] on, which is at the absolute `offset` and starts a record.
 * Returns the number of bytes that complete records take. With `at_end` nothing follows the bytes,
 * so the last record is complete too and all bytes are taken, up to a comment. Where scan->enough
 * is set, the call may return earlier; the next call goes on from there.
 *
 * Records, fields and facts go to scan->builder, with offsets from bytes[0]; the counts go
 * to scan->table.totals. `length` must be less than 2^32 - CSVK_SCAN_SLACK. There is no I/O, and
 * memory is needed only for what is reported; scan->builder.failed says that it could not be had.
 *
 * With scan->pauses the caller makes a promise: after an answer of 0, the next call is for the same
 * bytes and those that follow them, at the same offset; or csvk_scan_forget is called before it.
 */
size_t csvk_scan(struct csvk_scan *scan, const unsigned char *bytes, size_t length, bool at_end,
                 uint64_t offset);

/*
 * No further record may be begun: enough has been reported, or memory has failed. Fields count by
 * eights. The conditions are joined by | since each alone is almost always false.
 */
static inline bool csvk_scan_is_over(const struct csvk_scan *scan)
{
    const struct csvk_batch_builder *builder = &scan->builder;
    return builder->failed | (builder->nrecords >= scan->enough) |
           (builder->nfacts >= scan->enough) | (builder->nfields / 8 >= scan->enough);
}

/* Forgets the record that was not complete: the next call is for other bytes. */
void csvk_scan_forget(struct csvk_scan *scan);
/* After an answer of 0: the number of bytes that need not be looked at again. */
size_t csvk_scan_passed(const struct csvk_scan *scan);

#endif
