/* slice_plan.h - where to cut. Arithmetic only: no bytes, no files. */
#ifndef MANIFEST_SLICE_PLAN_H
#define MANIFEST_SLICE_PLAN_H

#include "manifest/slice.h"

struct slice_plan {
    enum csvk_slice_cut cut;
    uint64_t size, least, most; /* of a file */
    uint64_t records_each, count, total;
    uint64_t step;                  /* text between two looks at the size */
    uint64_t skipped;               /* text of the input that goes into no slice */
    uint64_t done_text, done_bytes; /* of the finished slices ... */
    uint64_t done_slices;           /* ... and how many there are */
    uint64_t parts;                 /* slices to come, the open one included; 0: not known yet */
};

/* The open slice. */
struct slice_extent {
    uint64_t text, records;
    uint64_t bytes; /* of its file if it ended now */
};

/* CSVK_EUSAGE: options out of range or against each other. */
int slice_plan_init(struct slice_plan *plan, const struct csvk_slice_options *options,
                    struct csvk_error *err) CSVK_MUST_USE;
/* How much may be added before slice_plan_is_full has to be asked; the text is a least amount. */
struct slice_extent slice_plan_room(const struct slice_plan *plan, const struct slice_extent *open);
/* The least size of its file that could make it full now; UINT64_MAX when size has no part in it.
 */
uint64_t slice_plan_end(const struct slice_plan *plan, const struct slice_extent *open);
/* To be asked exactly when that much was added, so that the answer depends on nothing else. */
bool slice_plan_is_full(struct slice_plan *plan, const struct slice_extent *open);
/* The open slice is finished; `finished.bytes` is the true size of its file. */
void slice_plan_next(struct slice_plan *plan, const struct slice_extent *finished);

#endif
