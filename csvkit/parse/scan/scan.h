/* scan.h - private: many records at once, out of a window of bytes. See scan.c. */
#ifndef CSVKIT_PARSE_SCAN_SCAN_H
#define CSVKIT_PARSE_SCAN_SCAN_H

#include "csvkit/parse/grammar/reference_parser.h"
#include "csvkit/parse/grammar/record.h"

/* Bytes that must be readable before and behind what csvk_scan is given; their values are free. */
#define CSVK_SCAN_SLACK 64

struct csvk_scan;

/* A field that the structural stepper is in (structural_stepper.h). */
struct csvk_open_field {
    size_t begin;
    uint32_t flags;
    uint64_t breaks, inner_delimiters; /* as in the reference parser */
    bool inner_hit;
    size_t closing; /* the closing enclosure, while CSVK_STEP_CLOSED */
};

enum csvk_step_place { CSVK_STEP_OUTSIDE, CSVK_STEP_LITERAL, CSVK_STEP_ENCLOSED, CSVK_STEP_CLOSED };

/*
 * Where the structural stepper stopped in a record that was not complete, so that it can go on when
 * more of it is there and looks at no byte of a long record twice. What had been reported of the
 * record stays in the arrays of struct csvk_batch_builder, above their counts; `nfields` and
 * `nfacts` bring it back.
 */
struct csvk_pause {
    bool active;
    enum csvk_step_place place;
    size_t stop;    /* the byte to go on with */
    size_t suspect; /* as in struct cursor */
    struct csvk_open_field field;
    struct csvk_open_record open;
    size_t nfields, nfacts;
};

/* How a level of SIMD examines a window: as csvk_scan below. */
typedef size_t csvk_scan_run(struct csvk_scan *scan, const unsigned char *bytes, size_t length,
                             bool at_end, uint64_t offset);

struct csvk_scan {
    struct csvk_table table;
    struct csvk_batch_builder builder;
    csvk_scan_run *run;
    struct csvk_reference_parser reference;
    uint64_t *phase; /* expected record ends by phase, for `phase_width`; see scan_template.h */
    uint64_t phase_width;
    unsigned char classes[128];      /* of ASCII, for stretches of one kind; see lanes.h */
    unsigned classes_kind;           /* that kind and one, or 0 */
    unsigned char many_classes[256]; /* see mask_parser_many.h */
    size_t many_most;                /* bytes of the next pass; 0: nothing is prepared */
    unsigned many_backoff_left,
        many_backoff; /* records before it; and after the next one in vain */
    unsigned backoff; /* records that the structural stepper takes before the clean-block check is
                          asked again */
    size_t enough;    /* a call may end when as many records or facts are reported; see csvk_scan */
    uint64_t most;    /* bytes of a record that is reported, without its line break; any at first */
    size_t most_facts;  /* about it, those of its line break left out; any at first */
    size_t most_fields; /* likewise its fields */
    bool too_long;      /* the call ended before a record that has more of any */
    bool pauses;        /* may go on within a record, see csvk_scan; false at first */
    struct csvk_pause pause;
};

int csvk_scan_init(struct csvk_scan *scan, const struct csvk_options *options,
                   struct csvk_error *err);
void csvk_scan_release(struct csvk_scan *scan);

/*
 * Examines whole records from bytes[0] on, which is at absolute `offset` and starts a record.
 * Returns the number of bytes that complete records take; with `at_end` nothing follows, so all.
 * Where scan->enough is set (SIZE_MAX at first) it may be less: the next call goes on from there.
 * What there is to tell is in scan->builder, offsets counting from bytes[0]; counts are in
 * scan->table.totals. `length` < 2^32 - CSVK_SCAN_SLACK. No I/O; memory only for what is reported.
 *
 * With scan->pauses the caller promises: after an answer of 0 the next call is for the same bytes
 * and those that follow, at the same offset, or csvk_scan_forget comes between.
 */
size_t csvk_scan(struct csvk_scan *scan, const unsigned char *bytes, size_t length, bool at_end,
                 uint64_t offset);

/* No record is begun any more: enough has been reported, or memory has failed. */
static inline bool csvk_scan_is_over(const struct csvk_scan *scan)
{
    const struct csvk_batch_builder *builder = &scan->builder;
    return builder->failed | (builder->nrecords >= scan->enough) |
           (builder->nfacts >= scan->enough) | (builder->nfields / 8 >= scan->enough);
}

void csvk_scan_forget(struct csvk_scan *scan);
/* Behind an answer of 0: the bytes that need not be looked at again. */
size_t csvk_scan_passed(const struct csvk_scan *scan);

#endif
