/*
 * partial.h - a table judged in parts, by programs that know nothing of each other, and joined to
 * the report of the whole.
 *
 * The idea. A *part* is what a validator knows after the records that begin in a range of bytes,
 * written to a file. Where the first of these records begins, a part can only guess (parse/cut.h);
 * so it notes the byte at which it began, and the byte at which its last record ended. Whoever
 * joins the parts goes through them in their order: a part that began where the one before it
 * ended was right, and is taken. All others are judged again, from the true place. So a wrong guess
 * costs time, and never changes a report.
 *
 * What the beginning of the table settles for all of it (width, line break, names: partial_head.h)
 * every part reads there itself.
 *
 * Invariants.
 *   - The report of joined parts is that of csvk_validate_source over the whole input, byte for
 *     byte, however it was cut.
 *   - Only parts of one run are joined: same options, same input, same version of csvkit, no byte
 *     twice, none left out. Everything else is refused, and so is a file that was damaged.
 *
 * Plain UTF-8 only: there are no ranges in what has to be decompressed or converted. Any thread;
 * one part by one thread at a time.
 */
#ifndef VALIDATOR_PARTIAL_H
#define VALIDATOR_PARTIAL_H

#include "csvkit/base/for_extra.h"
#include "validator/validator.h"

/* The bytes of the table. `name` is that in reports; all texts are borrowed. `read` reads all
   `length` bytes at `offset`, which exist. */
struct csvk_partial_input {
    const char *name;
    uint64_t size;
    int (*read)(void *context, uint64_t offset, void *bytes, size_t length, struct csvk_error *err);
    void *context;
    /* Has nobody changed it since it was opened? Asked when all was read; CSVK_ECHANGED, else what
       reading returns. Or NULL: `read` knows. */
    int (*check)(void *context, struct csvk_error *err);
    const char *version; /* of the bytes, as an object store has one; NULL: it is not known */
    const char *missing; /* nothing can be read, and why; or NULL. For csvk_partials_join only */
};

struct csvk_partial_range {
    uint64_t from, to; /* to: the byte after the last one */
};

/*
 * Somebody who takes the records of a part while they are judged, and makes something of them that
 * is joined as the parts are: slices, statistics. A part says of it what the *note* says, bytes of
 * the taker's own, which come back when the parts are joined. A failure of a function ends the run
 * with it. Borrowed as long as parts are made or joined.
 */
struct csvk_partial_taker {
    csvk_tune_fn *tune; /* of the reader; or NULL */
    /* The records that begin in `range` follow, and before them there are `before` in the file, as
       far as that is known: 0 when a part is made. While a part is made, what came before this call
       is void; while parts are joined, all of it counts. */
    int (*begin)(void *context, struct csvk_partial_range range, uint64_t before,
                 struct csvk_error *err);
    csvk_tap_fn *take; /* a batch, whose numbers and offsets count from the begin of the range */
    /* The next part, whose file is `path`, was right. When parts are joined. */
    int (*join)(void *context, const char *path, struct csvk_bytes note, uint64_t before,
                struct csvk_error *err);
    void *context;
};

/* The options as texts "name=value", always in the same order, for those who compare or show them.
   CSVK_EUSAGE: there is something that parts cannot have; CSVK_ENOMEM. */
CSVK_FOR_EXTRA int csvk_partial_options(struct csvk_strings *out,
                                        const struct csvk_validate_options *options,
                                        struct csvk_error *err) CSVK_MUST_USE;

/* Adds the text of an option that is a list of names, `option=a,"b,c"`: no two lists have the same.
   CSVK_ENOMEM. */
int csvk_partial_add_names(struct csvk_strings *out, const char *option,
                           const struct csvk_strings *names) CSVK_MUST_USE;

struct csvk_partial;
/* What is known of a part. Borrowed from it. */
struct csvk_partial_facts {
    uint64_t begin, end; /* of its records: the byte of the first, the byte after the last one */
    bool judged;         /* false: no record begins in the range, or where it does was not found */
    const struct csvk_strings *names;   /* of the columns, as the header has them */
    const struct csvk_strings *options; /* "name=value" */
};
/*
 * Judges the records that begin in the range. `taker`, who may be NULL, takes them; when nothing
 * was judged, what was taken is void. `more` are options of the taker, "name=value", which must be
 * the same in all parts; or NULL. The caller frees *out. CSVK_EUSAGE: the range does not lie in the
 * input, or the input is compressed; and what csvk_validate_source returns.
 */
CSVK_FOR_EXTRA int csvk_partial_new(struct csvk_partial **out,
                                    const struct csvk_partial_input *input,
                                    const struct csvk_validate_options *options,
                                    struct csvk_partial_range range,
                                    const struct csvk_partial_taker *taker,
                                    const struct csvk_strings *more,
                                    struct csvk_error *err) CSVK_MUST_USE;
CSVK_FOR_EXTRA struct csvk_partial_facts csvk_partial_facts(const struct csvk_partial *partial);
/* Writes the part to the file `path`, which appears whole or not at all. To be called once. */
CSVK_FOR_EXTRA int csvk_partial_write(struct csvk_partial *partial, struct csvk_bytes note,
                                      const char *path, struct csvk_error *err) CSVK_MUST_USE;
CSVK_FOR_EXTRA void csvk_partial_free(struct csvk_partial *partial); /* NULL is fine */
/* All of it, without a taker. */
int csvk_partial_judge(const struct csvk_partial_input *input,
                       const struct csvk_validate_options *options, struct csvk_partial_range range,
                       const char *path, struct csvk_error *err) CSVK_MUST_USE;

struct csvk_partials;
/*
 * Opens the files of parts, in any order. CSVK_EIO: one cannot be read, or was damaged;
 * CSVK_EUSAGE: one was made by another csvkit; CSVK_ENOMEM. The caller frees *out.
 */
CSVK_FOR_EXTRA int csvk_partials_read(struct csvk_partials **out, const struct csvk_strings *paths,
                                      struct csvk_error *err) CSVK_MUST_USE;
/*
 * Checks that they are parts of one run with these options, and all of them; `more` is that of
 * csvk_partial_new. CSVK_EUSAGE: they are not, with a text that names the guilty file.
 */
CSVK_FOR_EXTRA int csvk_partials_check(struct csvk_partials *partials,
                                       const struct csvk_validate_options *options,
                                       const struct csvk_strings *more,
                                       struct csvk_error *err) CSVK_MUST_USE;
/* Both, for parts without a taker. */
int csvk_partials_open(struct csvk_partials **out, const struct csvk_strings *paths,
                       const struct csvk_validate_options *options,
                       struct csvk_error *err) CSVK_MUST_USE;
/* The name of the input, and the names of its columns, as the first part has them. */
CSVK_FOR_EXTRA const char *csvk_partials_input_name(const struct csvk_partials *partials);
CSVK_FOR_EXTRA const struct csvk_strings *csvk_partials_names(const struct csvk_partials *partials);
/*
 * Joins them: *out is a validator whose report is ready to be asked for. `taker` is that of the
 * parts, or NULL. `input` is read only where a part has guessed wrong; NULL, or one that is
 * missing: CSVK_EUSAGE is the answer when it is needed, and when it is another one than that of the
 * parts. *again: how many parts were judged again.
 */
CSVK_FOR_EXTRA int csvk_partials_join(struct csvk_partials *partials,
                                      const struct csvk_partial_input *input,
                                      const struct csvk_partial_taker *taker,
                                      struct csvk_validator **out, uint64_t *again,
                                      struct csvk_error *err) CSVK_MUST_USE;
CSVK_FOR_EXTRA void csvk_partials_free(struct csvk_partials *partials);

#endif
