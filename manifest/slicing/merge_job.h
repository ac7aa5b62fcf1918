/* merge_job.h - what the parts of csvk_merge_table share. */
#ifndef MANIFEST_SLICING_MERGE_JOB_H
#define MANIFEST_SLICING_MERGE_JOB_H

#include "manifest/slice_table.h"

/* For slices with a header each, whose columns a manifest names: shows what there is to say about
   the headers to options->judged. CSVK_EDATA when one of them is wrong. */
int merge_judge_headers(const struct csvk_merge_table_options *options,
                        const struct csvk_table_definition *table,
                        struct csvk_error *err) CSVK_MUST_USE;

#endif
