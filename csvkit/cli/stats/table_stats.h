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
    const char *const *files;    /* nfiles of them, borrowed: the operands that it was read from */
    size_t nfiles;
};
/*
 * Reads `path`: a file, "-", or a folder of slices, as the options of the command describe it
 * (table_options.h). Tells on standard error what is in no count. Returns the exit status, after a
 * message when it is CLI_TROUBLE; the statistics is of all that could be read when it is
 * CLI_REFUSED and `stats` is not NULL. Release *out in any case.
 */
int cli_stats_of_table(struct cli *cli, const char *path, struct table_stats *out);
/* The same for `count` files and folders, 1 and up, that are one table. The answer is that of one
   file with all of their records. One whose header has other names than the first, or that is
   written otherwise, is in no count. `paths` are borrowed as long as *out. */
int cli_stats_of_parts(struct cli *cli, const char *const *paths, size_t count,
                       struct table_stats *out);
/* What is told when all was read, with the exit status `status`: what is in no count, or that there
   is no record. Returns the exit status. */
int cli_stats_conclude(struct cli *cli, struct table_stats *out, const char *label, int status);
/* How a message calls the table: "a.csv", "a.csv and 2 more". CSVK_ENOMEM. */
int cli_stats_label(const struct table_stats *stats, struct csvk_buf *out) CSVK_MUST_USE;
void cli_stats_release(struct table_stats *stats);

/* A file whose batches somebody else reads, with their fields (CSVK_FIELDS). */
struct stats_feed {
    struct table_stats *out;
    const struct csvk_dialect *dialect;
    const struct csvk_strings *columns; /* that are told; may be empty */
    bool header;
    struct csvk_stats_before before; /* in the files before this one, but for later headers */
    unsigned threads;                /* that count; 0: the one that calls */
    struct csvk_stats_crew *crew; /* with threads: cli_stats_feed makes it, the caller frees it */
    /* The rest belongs to cli_stats_feed; zero at the begin of a file. */
    bool has_first, utf16;
    size_t unlike; /* the first column, from 1, that the header calls otherwise than that of the
                      first file: nothing of this one is counted; 0: none */
    uint64_t header_record; /* its number in this file; 0: none */
};
/* CSVK_ENOMEM. */
int cli_stats_feed(struct stats_feed *feed, const struct csvk_batch *batch) CSVK_MUST_USE;

#endif
