/* slice_plan.h - decides where to cut. It is arithmetic only and touches no data and no files. */
#ifndef MANIFEST_SLICING_SLICE_PLAN_H
#define MANIFEST_SLICING_SLICE_PLAN_H

#include "manifest/slice.h"

struct slice_plan {
    enum csvk_slice_cut cut;
    uint64_t size, least, most; /* bytes of a file */
    uint64_t records_each, count, total;
    uint64_t step;                  /* bytes of text between two checks of the size */
    uint64_t skipped;               /* text of the input that goes into no slice: headers */
    uint64_t done_text, done_bytes; /* of all finished slices: text, and bytes of their files */
    uint64_t done_slices;           /* number of finished slices */
    uint64_t parts;                 /* slices to come, the open one included; 0: not known yet */
    uint64_t planned;               /* what `parts` should be by the plan before; 0: no plan */
};

/* How much is in a slice, or may be added to it. */
struct slice_extent {
    uint64_t text, records;
    uint64_t bytes; /* of the file, if the slice ended now */
};

/* CSVK_EUSAGE: options are out of range or contradict each other. */
int slice_plan_init(struct slice_plan *plan, const struct csvk_slice_options *options,
                    struct csvk_error *err) CSVK_MUST_USE;
/* How many records, and at least how much text, may be added before slice_plan_is_full has to be
   asked. */
struct slice_extent slice_plan_room(const struct slice_plan *plan, const struct slice_extent *open);
/* The smallest size of its file at which the open slice could be full now; UINT64_MAX when its size
   does not matter. */
uint64_t slice_plan_end(const struct slice_plan *plan, const struct slice_extent *open);
/* True when the open slice is full. It must be asked exactly when the amount of slice_plan_room was
   added, so that the answer depends on nothing but the text and the options. */
bool slice_plan_is_full(struct slice_plan *plan, const struct slice_extent *open);
/* To be called when the open slice is finished. finished->bytes is the true size of its file. */
void slice_plan_next(struct slice_plan *plan, const struct slice_extent *finished);

#endif
