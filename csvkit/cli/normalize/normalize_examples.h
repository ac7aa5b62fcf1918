/*
 * normalize_examples.h - the first repairs of each kind with the record before and after, for the
 * page of csvkit normalize.
 *
 * Bounded: NORMALIZE_EXAMPLES of each kind, NORMALIZE_SHOWN bytes of each record, from a little
 * before the first byte that changed; a record that has more before or behind says so by "...".
 */
#ifndef CSVKIT_CLI_NORMALIZE_NORMALIZE_EXAMPLES_H
#define CSVKIT_CLI_NORMALIZE_NORMALIZE_EXAMPLES_H

#include "csvkit/json.h"
#include "csvkit/normalize.h"

enum { NORMALIZE_EXAMPLES = 3, NORMALIZE_SHOWN = 160 };

struct normalize_example {
    enum csvk_repair repair;
    uint64_t line, record;
    struct csvk_buf before, after;
    bool dropped; /* there is no record after it */
};
struct normalize_examples { /* all zero: there are none */
    struct normalize_example item[CSVK_REPAIRS_MOST * NORMALIZE_EXAMPLES];
    size_t count;
    size_t of[CSVK_REPAIRS_MOST];
    int status; /* CSVK_ENOMEM when one could not be kept */
};

/* For csvk_normalize_files.repaired; `context` is a struct normalize_examples. */
void normalize_examples_add(void *context, const struct csvk_normalize_repaired *repaired);
/* The value of a member: an array of objects. */
void normalize_examples_json(const struct normalize_examples *examples, struct csvk_json *json);
/* Frees them; there are none afterwards. */
void normalize_examples_release(struct normalize_examples *examples);

#endif
