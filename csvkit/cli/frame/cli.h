/*
 * cli.h - the command line frame. A command is one row of a table, an option is one row of a table;
 * the parser, --help, the man pages and the shell completions are made from the same rows.
 *
 * Discipline (for every command): results on standard output, diagnostics and progress on standard
 * error. Exit status 0 good, 1 the data was refused, 2 trouble. Only this layer prints.
 */
#ifndef CSVKIT_CLI_FRAME_CLI_H
#define CSVKIT_CLI_FRAME_CLI_H

#include "csvkit/csvkit.h"

#include <stdio.h>

enum cli_exit { CLI_GOOD = 0, CLI_REFUSED = 1, CLI_TROUBLE = 2 };

struct cli; /* one parsed command line */

struct cli_option {
    const char *name;    /* long name without dashes: "delimiter" */
    char letter;         /* 'd', or 0 */
    const char *arg;     /* name of its argument for people: "C", "SIZE"; NULL: a flag */
    const char *choices; /* "crlf|lf": anything else is refused, completion offers them; or NULL */
    const char *help;    /* one or two sentences, with the default */
    bool repeat;         /* may be given more than once (else the last one counts) */
};

struct cli_group { /* options that belong together under one heading of --help */
    const char *title;
    const struct cli_option *rows; /* ended by a row whose name is NULL */
};

struct cli_command {
    const char *name;     /* "validate"; two words for a subcommand: "manifest create" */
    const char *operands; /* "[FILE]..." */
    const char *summary;  /* one line, for the list of commands */
    const char *details;  /* paragraphs for --help and the man page; "\n\n" between them */
    const struct cli_group *const *groups; /* ended by NULL */
    const char *const *examples;           /* pairs {command line, what it does}, ended by NULL */
    int min_operands, max_operands;        /* max -1: any number */
    int (*run)(struct cli *cli);           /* returns enum cli_exit */
};

/* Groups that several commands share; rows are in common_options.c. */
extern const struct cli_group
    cli_dialect_options; /* -d -e --escape --header --no-header --columns --encoding */
extern const struct cli_group cli_common_options; /* -j --progress -q --help */

/* All commands, ended by a row whose name is NULL (commands.c). */
extern const struct cli_command *const cli_commands[];

/* ---- what the user typed ---- */
bool cli_has(const struct cli *cli, const char *name);          /* option given at all */
const char *cli_value(const struct cli *cli, const char *name); /* last value, or NULL */
size_t cli_count(const struct cli *cli, const char *name);      /* times given */
const char *cli_nth(const struct cli *cli, const char *name, size_t i);
size_t cli_noperands(const struct cli *cli);
const char *cli_operand(const struct cli *cli, size_t i);
/* Typed values. Absent: *out is left alone. All print a clear line and return CLI_TROUBLE when the
   text is not one; else CLI_GOOD. Sizes: 10MB, 64KiB (cli.md section 1). */
int cli_get_size(struct cli *cli, const char *name, uint64_t *out);
int cli_get_uint(struct cli *cli, const char *name, uint64_t least, uint64_t most, uint64_t *out);
int cli_get_list(struct cli *cli, const char *name, struct csvk_strings *out); /* A,B,C; "A,x",B */
/* -d -e --escape over what *out holds already (set it first: CSVK_DIALECT_RFC4180, or a
   manifest's); the result is checked. NULL delimiter_auto: "auto" is refused, else it says whether
   it was asked for, and then delimiter is left alone. */
int cli_get_dialect(struct cli *cli, struct csvk_dialect *out, bool *delimiter_auto);

/* ---- speaking ---- */
/* "csvkit: text" on standard error, bytes of names escaped; returns CLI_TROUBLE. */
int cli_trouble(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3);
int cli_refuse(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3); /* CLI_REFUSED */
void cli_note(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3);  /* silent with -q */
const char *cli_plural(uint64_t count); /* "s", or nothing behind one */
/* Prints err->text and answers the exit status its class asks for (EDATA and EREMOTE: see cli.c).
 */
int cli_fail(struct cli *cli, const struct csvk_error *err);
/* Writes to standard output; a closed pipe ends quietly, any other failure is trouble at the end.
 */
void cli_out(struct cli *cli, const void *bytes, size_t length);
void cli_out_buf(struct cli *cli, struct csvk_buf *buf); /* writes and clears */
/* Writes and releases what was `made` (a status); what memory did not suffice for is trouble at the
 * end, as what could not be written. */
void cli_out_result(struct cli *cli, struct csvk_buf *buf, int made);
bool cli_out_failed(const struct cli *cli); /* nobody gets what we write: a long report may stop */
bool cli_color(const struct cli *cli, FILE *stream); /* terminal and no NO_COLOR */
unsigned cli_threads(struct cli *cli);               /* -j, or the cores we may use */
uint64_t cli_longest_record(void);                   /* a quarter of the memory we may use */

/* ---- progress: a line on standard error, on terminals, after half a second ---- */
struct cli_progress;
struct cli_progress *cli_progress_start(struct cli *cli, const char *what, uint64_t total_bytes);
void cli_progress_update(struct cli_progress *progress,
                         uint64_t done_bytes); /* cheap: call often */
void cli_progress_parts(struct cli_progress *progress, uint64_t done, uint64_t total);
void cli_progress_end(struct cli_progress *progress); /* clears the line; NULL is fine */

/* The program: parses, dispatches, flushes, answers the exit status. */
int cli_main(int argc, char **argv);

#endif
