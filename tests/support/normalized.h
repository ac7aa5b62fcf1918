/* normalized.h - normalize in memory, and the laws that hold for every outcome. */
#ifndef TESTS_SUPPORT_NORMALIZED_H
#define TESTS_SUPPORT_NORMALIZED_H

#include "csvkit/normalize.h"
#include "tests/support/support.h"

struct normalized {
    int status;
    struct csvk_error err;
    struct csvk_normalize_result result;
    struct csvk_buf table, rejects, index, log;
};

void normalized_run(struct normalized *out, const void *bytes, size_t length,
                    const struct csvk_normalize_options *options);
void normalized_release(struct normalized *out);
/*
 * The checks of a run: `n` is what normalized_run has made of these bytes with these options, once
 * for all of them. Checks I1 (the output validates), I2 (normalizing it again changes nothing), I3
 * (what changes no rows leaves them), I5 (every record is accounted for, rejects are bytes of the
 * input). Fails with `name` in the message.
 */
void normalized_check(const char *name, const void *bytes, size_t length,
                      const struct normalized *n, const struct csvk_normalize_options *options);
/*
 * I4 (bytes inside enclosures stay, and so does every record without a repair), I7 (a cut, at a
 * place that `seed` chooses, changes nothing before it), I8 (nor does another letter).
 */
void normalized_check_records(const char *name, const void *bytes, size_t length,
                              const struct normalized *n,
                              const struct csvk_normalize_options *options, uint64_t seed);
/*
 * I5 once more: libcsv counts input, output and rejects. True when it could count the input, too.
 */
bool normalized_check_counts(const char *name, const void *bytes, size_t length,
                             const struct normalized *n,
                             const struct csvk_normalize_options *options);
/* Every byte that is no part of the grammar is in the output or in the rejects, as often as it was
 * in the input. */
void normalized_check_ink(const char *name, const void *bytes, size_t length,
                          const struct normalized *n, const struct csvk_normalize_options *options);
/* Fails, showing what went in and came out. */
void normalized_complain(const char *law, const char *name, const void *bytes, size_t length,
                         const struct normalized *n);
/* Where `text` is in the line that begins at `line`, or NULL; and the number behind a member's
 * name. */
const char *normalized_in_line(const char *line, const char *text);
uint64_t normalized_member(const char *line, const char *name);
/* I6: equal outcomes for other windows and levels of SIMD. */
void normalized_check_windows(const char *name, const void *bytes, size_t length,
                              const struct normalized *n,
                              const struct csvk_normalize_options *options);

#endif
