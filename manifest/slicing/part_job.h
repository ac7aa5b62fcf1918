/* part_job.h - what making and joining parts of a sliced table share. */
#ifndef MANIFEST_SLICING_PART_JOB_H
#define MANIFEST_SLICING_PART_JOB_H

#include "manifest/slice_parts.h"
#include "manifest/slicing/slice_dir.h"
#include "manifest/slicing/slice_job.h"

/* Takes the records of a part and feeds them to the slicer. */
struct part_job {
    struct slice_job job;
    struct csvk_strings options; /* of slicing, which must be the same in all parts */
    struct csvk_strings usual;   /* all options as they are when none is given */
    struct csvk_partial_taker taker;
    const char *input_name;
    bool joining;         /* else a part is made */
    bool begins;          /* the range begins with the file, and may have a header */
    uint64_t header;      /* the number of its record; 0: none, or it has not come yet */
    uint64_t from, total; /* of the range: its first byte, and how many there are */
};

/* Reads and judges the options. part_close in any case. */
int part_open(struct part_job *part, const struct csvk_slice_table_options *options,
              struct csvk_slice_table_result **out, struct csvk_error *err) CSVK_MUST_USE;
void part_close(struct part_job *part, int status);
/* A slicer that has no slice yet, in the place of the one that is there. */
int part_new_slicer(struct part_job *part, uint64_t total, struct csvk_error *err) CSVK_MUST_USE;

/* part_note.c: what the file of a part says of its slices: a line for each. CSVK_ENOMEM. */
int part_note_write(const struct csvk_slice_table_result *result,
                    struct csvk_buf *note) CSVK_MUST_USE;
/* The next line of a note: *at is where it begins, 0 at first. 1: there is one, 0: there is none
   more, -1: it is damaged. */
int part_note_read(struct csvk_bytes note, size_t *at, struct csvk_slice *slice);
/* The description of the part for people and programs, as JSON. CSVK_ENOMEM. */
int part_describe(const struct part_job *part, const struct csvk_partial_input *input,
                  struct csvk_partial_range range, const struct csvk_partial_facts *facts,
                  struct csvk_buf *out) CSVK_MUST_USE;

#endif
