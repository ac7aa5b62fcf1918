/*
 * partial_head.h - private: what the beginning of a table settles for all of its parts, and how a
 * range of its bytes is judged with that.
 *
 * The head ends with the first record that is not empty: from there on the width of the table, its
 * kind of line break and its names are known. The records of the head are always judged together,
 * by the part that begins with the file.
 */
#ifndef VALIDATOR_PARTIAL_HEAD_H
#define VALIDATOR_PARTIAL_HEAD_H

#include "validator/judge.h"
#include "validator/partial.h"
#include "csvkit/io/partial_io.h"

struct partial_head {
    /* The options of the first part: a line `sep=X` may have set them. */
    struct csvk_dialect dialect;
    uint64_t sep, first_width;
    /* Of the others. */
    uint64_t width, eol;
    struct csvk_strings names;   /* of the header */
    struct csvk_buf header;      /* that is searched for; empty: none is */
    uint64_t end;                /* a record begins here, or the file ends */
    uint64_t size, begins, ends; /* of the file, and sums of its first and last bytes */
    char *version;               /* of the object; NULL: it is not known */
};

/* CSVK_EUSAGE: the input is compressed. partial_head_release in any case. */
int partial_head_read(struct partial_head *head, const struct csvk_partial_input *input,
                      const struct csvk_validate_options *options, struct csvk_error *err);
void partial_head_release(struct partial_head *head);
/* Size, sums and version alone; the others stay. */
int partial_head_look(struct partial_head *head, const struct csvk_partial_input *input,
                      struct csvk_error *err);
void partial_head_pass(struct partial_io *io, struct partial_head *head);

/* A source of the bytes of a range, which the input has. */
int partial_source(struct csvk_source **out, const struct csvk_partial_input *input,
                   struct csvk_partial_range range, struct csvk_error *err);
/* A validator for records from the byte `from` on, which has judged nothing. */
int partial_validator(struct csvk_validator **out, const struct partial_head *head,
                      const struct csvk_validate_options *options, uint64_t from,
                      struct csvk_error *err);

/* A validator whose state is read, instead of records, finds its columns as if it had read them. */
void partial_resolve(struct csvk_validator *v, const struct partial_head *head);

/* All that judging needs. */
struct partial_work {
    const struct csvk_partial_input *input;
    const struct csvk_validate_options *options;
    const struct partial_head *head;
    const struct csvk_partial_taker *taker; /* or NULL */
    uint64_t before;                        /* records in the file before these, for the taker */
    bool guessed;                           /* that a record begins where the range does */
};
/*
 * Judges the records that begin in `range`, the first one at range.from, which is right before a
 * record, or a guess. *end is the byte after the last of them. When it was guessed, *out may be
 * NULL: a record seems to be longer than PARTIAL_FAR, or than what can be kept in memory.
 */
#define PARTIAL_FAR ((uint64_t)64 * 1024 * 1024)
int partial_judge_records(const struct partial_work *work, struct csvk_partial_range range,
                          struct csvk_validator **out, uint64_t *end, struct csvk_error *err);
/* The same, of a range that is known to end between two records; the taker takes each record once.
 */
int partial_judge_exactly(const struct partial_work *work, struct csvk_partial_range range,
                          struct csvk_validator **out, struct csvk_error *err);
/* Where the first record begins that begins at `at` or after it: a guess. The size of the input:
   none seems to. */
int partial_guess(const struct partial_work *work, uint64_t at, uint64_t *begin,
                  struct csvk_error *err);

#endif
