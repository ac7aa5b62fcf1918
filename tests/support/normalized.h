/* normalized.h - normalize in memory, and the laws that hold for every outcome. */
#ifndef TESTS_NORMALIZED_H
#define TESTS_NORMALIZED_H

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
 * Checks I1 (the output validates), I2 (normalizing it again changes nothing), I3 (what changes no
 * rows leaves them), I5 (every record is accounted for, rejects are bytes of the input). Fails with
 * `name` in the message.
 */
void normalized_check(const char *name, const void *bytes, size_t length,
                      const struct csvk_normalize_options *options);
/* I6: equal outcomes for other windows and levels of SIMD. */
void normalized_check_windows(const char *name, const void *bytes, size_t length,
                              const struct csvk_normalize_options *options);

#endif
