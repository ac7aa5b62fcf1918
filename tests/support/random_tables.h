/*
 * random_tables.h - small tables, good and broken ones, and noise, for tests that divide a file
 * into pieces and ask for the same answer.
 */
#ifndef TESTS_SUPPORT_RANDOM_TABLES_H
#define TESTS_SUPPORT_RANDOM_TABLES_H

#include "tests/support/support.h"

/* A record of three fields with its line break, or what is none. */
const char *support_random_row(struct support_random *random, bool good);
/* Fails when two answers about the file differ, with the bytes at which they part. */
void support_same_text(const struct csvk_buf *want, const struct csvk_buf *have,
                       struct csvk_bytes file, const char *what);
/* Puts the next one into *out, in place of what is there. */
void support_random_table(struct support_random *random, struct csvk_buf *out);

/* Puts lines that begin with # before some lines of the table, and behind the last one; inside of
   an enclosure they are data. */
void support_random_comments(struct support_random *random, struct csvk_buf *table);

#endif
