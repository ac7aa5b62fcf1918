/* support.h - what several unit tests share. */
#ifndef TESTS_SUPPORT_SUPPORT_H
#define TESTS_SUPPORT_SUPPORT_H

#include "csvkit/csvkit.h"

#include <check.h>

/* Whole file into memory (malloc; caller frees); NULL when it cannot be read. */
unsigned char *support_read_file(const char *path, size_t *length);
/* "../shared/corpus/NAME", or NULL after printing loudly that tests on it are skipped. */
const char *support_corpus(const char *name);

/* A small deterministic generator: equal seeds, equal numbers. */
struct support_random {
    uint64_t state;
};
uint64_t support_next(struct support_random *random);
size_t support_below(struct support_random *random, size_t n);

/*
 * A window for a text of `length` bytes: the default (0), or a smaller one that a short text fits
 * in just as well. Sanitizers map memory anew for an allocation of 128 KiB and more, thousands of
 * times.
 */
size_t support_window(size_t length);

/*
 * Everything the reader tells of `bytes` under `options`, as text in `out`: records with line,
 * fields and values (at CSVK_FIELDS), facts, totals. Equal texts mean equal readings.
 */
int support_reading(const unsigned char *bytes, size_t length, const struct csvk_options *options,
                    struct csvk_buf *out);

/* The same, with a call that sees the reader before its first batch. */
typedef int support_begin(struct csvk_reader *reader, const void *context);
int support_reading_begun(const unsigned char *bytes, size_t length,
                          const struct csvk_options *options, support_begin *begin,
                          const void *context, struct csvk_buf *out);

/* The same by a reader that is fed `piece` bytes at a time, or all of them when that is 0. */
int support_reading_fed(const unsigned char *bytes, size_t length,
                        const struct csvk_options *options, size_t piece, struct csvk_buf *out);

/* Appends `bytes` as one gzip member to `out`. */
void support_gzip(const void *bytes, size_t length, struct csvk_buf *out);

/* Says what does not hold, and aborts: for what runs under a fuzzer, too. */
void support_must(bool holds, const char *what);

/* Runs one suite and answers main's exit status. */
int support_run(Suite *suite);

#endif
