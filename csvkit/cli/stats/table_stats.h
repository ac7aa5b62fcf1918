/*
 * table_stats.h - reads a table of files and counts what its columns are like, for the commands
 * that tell about them or make a schema of them.
 */
#ifndef CSVKIT_CLI_STATS_TABLE_STATS_H
#define CSVKIT_CLI_STATS_TABLE_STATS_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/stats/stats.h"
#include "manifest/table_definition.h"

struct table_stats {
    struct csvk_stats *stats;    /* NULL: there is no record, not even a header */
    struct csvk_strings names;   /* of the columns */
    bool named;                  /* else they are column_1, column_2 ... */
    size_t cut_name;             /* the first column, from 1, whose name has a NUL byte; 0: none */
    struct csvk_dialect dialect; /* as the data was read */
    bool header;                 /* the files begin with the names */
    uint64_t bytes;              /* of the data, decompressed */
    bool passed_over;            /* something is in no count, which was told */
};
/*
 * Reads `path`: a file, "-", or a folder of slices, as the options of the command describe it
 * (table_options.h). Tells on standard error what is in no count. Returns the exit status, after a
 * message when it is CLI_TROUBLE; the statistics is of all that could be read when it is
 * CLI_REFUSED and `stats` is not NULL. Release *out in any case.
 */
int cli_stats_of_table(struct cli *cli, const char *path, struct table_stats *out);
void cli_stats_release(struct table_stats *stats);

/* A file whose batches somebody else reads, with their fields (CSVK_FIELDS). */
struct stats_feed {
    struct table_stats *out;
    const struct csvk_dialect *dialect;
    const struct csvk_strings *columns; /* that are told; may be empty */
    bool header;
    uint64_t before;              /* records of the files before this one */
    unsigned threads;             /* that count; 0: the one that calls */
    struct csvk_stats_crew *crew; /* with threads: cli_stats_feed makes it, the caller frees it */
    /* The rest belongs to cli_stats_feed; zero at the begin of a file. */
    bool has_first, utf16;
    uint64_t header_record; /* its number in this file; 0: none */
};
/* CSVK_ENOMEM. */
int cli_stats_feed(struct stats_feed *feed, const struct csvk_batch *batch) CSVK_MUST_USE;

#endif
