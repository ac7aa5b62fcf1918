/*
 * cli.h - the frame of the command line, as commands see it.
 *
 * A command is one row of a table, and so is an option. The parser, --help, the man pages and the
 * shell completions are all made from these rows, so they always agree.
 *
 * Rules for every command: results go to standard output, diagnostics and progress to standard
 * error. The exit status is 0 for good, 1 when the data was refused, 2 for trouble. No other layer
 * of csvkit prints.
 */
#ifndef CSVKIT_CLI_FRAME_CLI_H
#define CSVKIT_CLI_FRAME_CLI_H

#include "csvkit/csvkit.h"
#include "csvkit/findings/findings.h"

#include <stdio.h>

enum cli_exit { CLI_GOOD = 0, CLI_REFUSED = 1, CLI_TROUBLE = 2 };

struct cli; /* one parsed command line */

struct cli_option {
    const char *name;    /* long name without dashes: "delimiter" */
    char letter;         /* 'd', or 0 */
    const char *arg;     /* name of its value in --help: "C", "SIZE"; NULL: a flag */
    const char *choices; /* "crlf|lf": the only values allowed, offered by completion; or NULL */
    const char *help;    /* one or two sentences, with the default */
    bool repeat;         /* all values count (false: the last one counts) */
};

struct cli_group { /* options that stand together under one heading of --help */
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
    /* Completion offers their ids for values ID=SEVERITY and operands RULE; NULL: there are none.
     */
    const struct csvk_rule_set *const *const *rules;
    const char
        *instead; /* without operands, the option that one may have been meant for: "--table" */
};

/* Groups that several commands share; their rows are in common_options.c. */
extern const struct cli_group
    cli_dialect_options; /* -d -e --escape --header --no-header --columns --encoding */
extern const struct cli_group
    cli_blanks_options; /* --skip-blanks; with it, delimiters of several bytes are read */
extern const struct cli_group cli_comment_options;    /* --comment */
extern const struct cli_group cli_files_from_options; /* --files-from --null */
extern const struct cli_group cli_thread_options;     /* -j, of commands that obey it */
extern const struct cli_group cli_common_options;     /* --progress --color -q --help */

/* All commands, ended by a row whose name is NULL (commands.c). */
extern const struct cli_command *const cli_commands[];

/* ---- what the user typed ---- */
bool cli_has(const struct cli *cli, const char *name);          /* the option was given */
const char *cli_value(const struct cli *cli, const char *name); /* its last value, or NULL */
size_t cli_count(const struct cli *cli, const char *name);      /* how often it was given */
const char *cli_nth(const struct cli *cli, const char *name, size_t i);
struct cli_default {
    const char *name, *value; /* borrowed; value NULL: a flag */
};
/*
 * Lets options be as if they stood before all that was typed, in the place of the last ones that
 * were set so. So what was typed counts, and of an option that may be repeated both do. Options
 * that the command does not have are left out, and so are --x when --no-x was typed, and the
 * reverse. CLI_TROUBLE, without a message: out of memory, and there are no defaults.
 */
int cli_set_defaults(struct cli *cli, const struct cli_default *list, size_t count);
/* The rules that --rule of the command is about; NULL: none. */
const struct csvk_rule_set *const *cli_rules(const struct cli *cli);
size_t cli_noperands(const struct cli *cli);
/* Adds the names in the lists of --files-from to the operands, with a message when that cannot be
   done. Call it before the operands are looked at. */
int cli_add_listed(struct cli *cli);
/* The same, and it is told that without operands there is nothing to do. */
int cli_take_files_from(struct cli *cli);
const char *cli_operand(const struct cli *cli, size_t i);
const char *const *cli_operands(const struct cli *cli);           /* all of them */
const struct cli_group *const *cli_groups(const struct cli *cli); /* of the command */
/* Typed values. When the option was not given, *out is left alone. When its text is not a value of
   the type, a line on standard error says so and the answer is CLI_TROUBLE; otherwise it is
   CLI_GOOD. Sizes are 10MB, 64KiB and so on: CLI_SIZE_MEANS in frame.h. */
int cli_get_size(struct cli *cli, const char *name, uint64_t *out);
int cli_get_uint(struct cli *cli, const char *name, uint64_t least, uint64_t most, uint64_t *out);
int cli_get_list(struct cli *cli, const char *name, struct csvk_strings *out); /* A,B,C; "A,x",B */
/* Applies -d, -e, --escape and --skip-blanks to *out, which the caller has set to
   CSVK_DIALECT_RFC4180 or to the dialect of a manifest, and checks the result. *delimiter_auto
   becomes true for --delimiter=auto, and out->delimiter is left alone then. A command that passes
   NULL refuses auto. */
int cli_get_dialect(struct cli *cli, struct csvk_dialect *out, bool *delimiter_auto);
/* --comment: its byte; 0: it was not given. */
int cli_get_comment(struct cli *cli, uint64_t *out);

/* The id of a rule that the user most likely meant; NULL: none is similar. */
const char *cli_suggest_rule(const struct csvk_rule_set *const *sets, const char *typed);
enum { CLI_RULE_ID_SIZE = 64 };
/* Takes ID=SEVERITY, a value of --rule, apart. CLI_TROUBLE, with a message, when it is none, or
   when the command has no such rule; the ID all is left to the caller. */
int cli_get_level(struct cli *cli, const char *text, char id[CLI_RULE_ID_SIZE],
                  enum csvk_severity *level);

/* ---- messages and results ---- */
/* Prints "csvkit: text" on standard error, with unprintable bytes escaped; returns CLI_TROUBLE. */
int cli_trouble(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3);
int cli_refuse(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3); /* CLI_REFUSED */
void cli_note(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3);  /* silent with -q */
const char *cli_plural(uint64_t count); /* "s", or "" when the count is 1 */
/* Prints err->text and returns the exit status of its class (cli.c says which). */
int cli_fail(struct cli *cli, const struct csvk_error *err);
/* Writes to standard output. A closed pipe ends quietly; any other failure makes the program end
   with exit status 2. */
void cli_out(struct cli *cli, const void *bytes, size_t length);
void cli_out_buf(struct cli *cli, struct csvk_buf *buf); /* writes and clears */
/* Writes and releases `buf` when `made` is CSVK_OK. Any other `made` means that memory ran out
   while the text was made: the program ends with exit status 2, as after a failed write. */
void cli_out_result(struct cli *cli, struct csvk_buf *buf, int made);
bool cli_out_failed(const struct cli *cli); /* writing has failed: a long report may stop */
bool cli_color(const struct cli *cli, FILE *stream); /* --color, else a terminal, no NO_COLOR */
unsigned cli_threads(struct cli *cli);               /* -j, or the cores we may use */
/* csvk_reader_use_threads with so many. */
int cli_use_threads(struct cli *cli, struct csvk_reader *reader, struct csvk_error *err);
uint64_t cli_longest_record(void); /* a quarter of the memory we may use */

/* ---- progress: one line on standard error, on terminals, after half a second ---- */
struct cli_progress;
struct cli_progress *cli_progress_start(struct cli *cli, const char *what, uint64_t total_bytes);
void cli_progress_update(struct cli_progress *progress,
                         uint64_t done_bytes); /* cheap: call it often */
void cli_progress_parts(struct cli_progress *progress, uint64_t done, uint64_t total);
void cli_progress_end(struct cli_progress *progress); /* clears the line; NULL is allowed */
/* Shows what is being waited for in the place of the progress line, on terminals only. "" clears.
 */
void cli_progress_say(struct cli *cli, const char *text);

/* The program: parses the command line, runs the command, flushes, returns the exit status. */
int cli_main(int argc, char **argv);

#endif
