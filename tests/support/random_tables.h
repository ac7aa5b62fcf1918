/*
 * random_tables.h - small tables, good and broken ones, and noise, for tests that divide a file
 * into pieces and ask for the same answer.
 */
#ifndef TESTS_SUPPORT_RANDOM_TABLES_H
#define TESTS_SUPPORT_RANDOM_TABLES_H

#include "tests/support/support.h"

/* Puts the next one into *out, in place of what is there. */
void support_random_table(struct support_random *random, struct csvk_buf *out);

#endif
