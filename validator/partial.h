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

#include "validator/validator.h"

/* The bytes of the table. `name` is that in reports, borrowed. `read` reads all `length` bytes at
   `offset`, which exist. */
struct csvk_partial_input {
    const char *name;
    uint64_t size;
    int (*read)(void *context, uint64_t offset, void *bytes, size_t length, struct csvk_error *err);
    void *context;
};

struct csvk_partial_range {
    uint64_t from, to; /* to: the byte after the last one */
};

/*
 * Judges the records that begin in the range, and writes the part to the file `path`, which appears
 * whole or not at all. CSVK_EUSAGE: the range does not lie in the input, or
 * the input is compressed; and what csvk_validate_source returns.
 */
int csvk_partial_judge(const struct csvk_partial_input *input,
                       const struct csvk_validate_options *options, struct csvk_partial_range range,
                       const char *path, struct csvk_error *err) CSVK_MUST_USE;

struct csvk_partials;
/*
 * Opens the files of parts, in any order, and checks that they are parts of one run with these
 * options, and all of them. CSVK_EUSAGE: they are not, with a text that names the guilty file;
 * CSVK_EIO: a file cannot be read, or was damaged; CSVK_ENOMEM. The caller frees *out.
 */
int csvk_partials_open(struct csvk_partials **out, const struct csvk_strings *paths,
                       const struct csvk_validate_options *options,
                       struct csvk_error *err) CSVK_MUST_USE;
/* The name of the input, as the first part has it. */
const char *csvk_partials_input_name(const struct csvk_partials *partials);
/*
 * Joins them: *out is a validator whose report is ready to be asked for. `input` is read only where
 * a part has guessed wrong; NULL: it is not at hand, and CSVK_EUSAGE is the answer when it is
 * needed, or is another one than that of the parts. *again: how many parts were
 * judged again.
 */
int csvk_partials_join(struct csvk_partials *partials, const struct csvk_partial_input *input,
                       struct csvk_validator **out, uint64_t *again,
                       struct csvk_error *err) CSVK_MUST_USE;
void csvk_partials_free(struct csvk_partials *partials);

#endif
