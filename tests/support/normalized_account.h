/*
 * normalized_account.h - what became of every record of an input, put together from the outside:
 * the reference parser's reading of the input, the log, and the index of the rejects.
 */
#ifndef TESTS_SUPPORT_NORMALIZED_ACCOUNT_H
#define TESTS_SUPPORT_NORMALIZED_ACCOUNT_H

#include "tests/support/normalized.h"

struct account_field {
    size_t at, length; /* of the value, in the text of the table */
    bool enclosed, broken;
};
struct account_record {
    uint64_t offset, end; /* line break included */
    size_t first, count;  /* fields */
    bool faulty;          /* the reference parser has something to say against it */
    bool quotes;          /* and what it says is about enclosures, or lines within them */
};
/* A table as the reference parser reads it. */
struct account_table {
    struct csvk_buf text;
    struct account_field *field;
    struct account_record *record;
    size_t nfields, field_room, nrecords, record_room;
    enum csvk_eol mode;
};

enum { ACCOUNT_NOWHERE = -1 };

/* One record of the input, as normalize took it. */
struct account_entry {
    uint64_t number, begin, end;
    long out; /* index of its record in the output, or ACCOUNT_NOWHERE */
    size_t
        reference; /* index of the reference parser's record that begins there, in the table `in` */
    uint32_t kinds; /* bits by number of repair: r4 is bit 4; bit 31: another */
    bool rejected;
};
struct account {
    struct account_table
        in; /* read anew behind every record that was not taken as the reference parser reads */
    struct account_table out;
    struct account_entry *entry;
    size_t nentries, room;
};

/*
 * False when there is no such account: the bytes were converted, or lines were skipped, or the
 * first record was read otherwise than the reference parser does. Release in both cases.
 */
bool account_make(struct account *account, const void *bytes, size_t length,
                  const struct normalized *n, const struct csvk_normalize_options *o);
void account_release(struct account *account);

#endif
