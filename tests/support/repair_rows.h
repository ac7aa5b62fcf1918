/*
 * repair_rows.h - one row each: a table, options, and what normalize makes of it.
 *
 * Evidence needs a table: rows with ON(...) stand after the records of one (decided.c), which are
 * sound and stay as they are. Rows without it show what is done and what is not where nothing is
 * known.
 */
#ifndef TESTS_SUPPORT_REPAIR_ROWS_H
#define TESTS_SUPPORT_REPAIR_ROWS_H

#include "tests/support/decided.h"

#include <stddef.h>

enum tweak {
    PLAIN,
    STRICT = 1,
    NO_HEADER = 2,
    NUL_REMOVE = 4,
    UTF8_REPLACE = 8,
    CONTROL_REMOVE = 16,
    RAGGED_REJECT = 32,
    RAGGED_FAIL = 64,
    STORAGE = 128,
    MINIMAL = 256,
    ALL = 512,
    GUARD = 1024,
    SKIP_HEAD = 2048,
    SKIP_TAIL = 4096,
    COMMENT = 8192,
    GIVEN = 16384, /* the delimiter was given */
    TRIM = 32768,
    WRITE_BOM = 65536,
    NO_REJECTS = 131072,
    RAGGED_PAD = 262144,
    DROP_AGAIN = 524288, /* --repeated-headers=drop */
    CHOOSE = 1048576,    /* --columns=b,a */
    NO_ENCLOSURE_TO = 2097152,
    TYPED = 4194304, /* a schema: see test_normalize_table.c */
};

struct repair_case {
    const char *about;
    unsigned tweak;
    const char *in;
    size_t in_length;    /* 0: up to the NUL */
    const char *out;     /* NULL: the run is refused */
    const char *rejects; /* bytes; or a word of the refusal */
    const char *repairs; /* ids in the log: "r1 r8" */
};
/* A tweak: the row stands after the records of the table; all line breaks are LF. */
#define ON(table) ((1U + (unsigned)(table)) << 24)

extern const struct repair_case repair_rows[];
extern const size_t repair_rows_count;

#endif
