/*
 * frame.h - what the files of the frame share with each other and commands need not know.
 *
 * A command line lives in one struct cli: the row of its command, the options in the order they
 * were given, the operands. Values are borrowed from argv. The parser never prints: it leaves its
 * complaint in `problem`, as raw bytes; whoever speaks escapes them.
 */
#ifndef CSVKIT_CLI_FRAME_FRAME_H
#define CSVKIT_CLI_FRAME_FRAME_H

#include "csvkit/cli/frame/cli.h"

#include <signal.h>
#include <stdarg.h>

struct cli_given {
    const struct cli_option *option;
    const char *value; /* borrowed from argv; NULL for a flag */
};

struct cli {
    const struct cli_command *command;
    struct cli_given *given;
    size_t ngiven, given_capacity;
    const char **operands;
    size_t noperands, operands_capacity;
    struct csvk_buf problem;       /* what the parser has to complain about; raw bytes */
    struct cli_progress *progress; /* the line that stands on the terminal now, or NULL */
    int out_errno;                 /* first failure of standard output, or 0 */
};

/* ---- command_line.c ---- */
/* Walks all rows of a command; start with an all-zero cursor. NULL at the end. */
struct cli_cursor {
    size_t group, row;
};
const struct cli_option *cli_next_option(const struct cli_command *command,
                                         struct cli_cursor *cursor);
/* Reads options and operands (argv without the words of the command). CLI_GOOD or CLI_TROUBLE. */
int cli_parse(struct cli *cli, const struct cli_command *command, int argc, char *const *argv);
/* After --help is out of the way: are there as many operands as the command takes? */
int cli_check_operands(struct cli *cli);
void cli_release(struct cli *cli);

/* ---- common_options.c ---- */
int cli_check_common(struct cli *cli); /* -j is a number that makes sense */

/* ---- commands.c ---- */
struct cli_topic { /* a heading of `csvkit --help` */
    const char *title;
    const char *const *commands; /* names or first words of names, ended by NULL */
};
extern const struct cli_topic cli_topics[];                   /* ended by a NULL title */
extern const struct cli_command *const cli_hidden_commands[]; /* ended by NULL */
/* The command named by the first words of argv; *used of them. NULL: there is none. */
const struct cli_command *cli_find_command(int argc, char *const *argv, int *used);
/* True when `word` is the first word of commands of two words ("manifest"). */
bool cli_is_family(const char *word);
/* True when the first word of the command's name is `word`. */
bool cli_in_family(const struct cli_command *command, const char *word);

/* ---- suggest.c ---- */
/* The name among names[] that a person most likely meant, or NULL when none is near. */
const char *cli_suggest(const char *typed, const char *const *names, size_t count);
/* The same over the long options of a command, and over all commands. */
const char *cli_suggest_option(const struct cli_command *command, const char *typed);
const char *cli_suggest_command(const char *typed);

/* ---- option_values.c ---- */
enum cli_number { CLI_NUMBER_OK, CLI_NUMBER_BAD, CLI_NUMBER_UNIT, CLI_NUMBER_OVERFLOW };
enum cli_number cli_parse_uint(const char *text, uint64_t *value);
enum cli_number cli_parse_size(const char *text, uint64_t *value);
/* "1.5 MB": three digits and a unit of 1000, for people. */
int cli_add_size(struct csvk_buf *out, uint64_t bytes);
/* Adds the items of A,B,"C,D" to `out`. On failure *problem is a static text. */
int cli_parse_list(const char *text, struct csvk_strings *out, const char **problem);

/* ---- terminal.c ---- */
bool cli_is_terminal(FILE *stream);
size_t cli_terminal_width(FILE *stream); /* 80 when it is not known */

/* ---- cores.c ---- */
unsigned cli_cores(void);                         /* at least 1 */
unsigned cli_cores_of_quota(const char *cpu_max); /* the kernel's "QUOTA PERIOD"; 0: no limit */

/* ---- page_text.c ---- */
int cli_add_format(struct csvk_buf *out, const char *format, va_list args) CSVK_PRINTF(2, 0);
/* A page in the making. Failures are memory only and sticky, so that pages read as they look. */
struct cli_page {
    struct csvk_buf *out;
    int status;
};
void cli_put(struct cli_page *page, const char *text);
void cli_putn(struct cli_page *page, const char *text, size_t length);
void cli_putf(struct cli_page *page, const char *format, ...) CSVK_PRINTF(2, 3);
struct cli_wrap {
    size_t indent; /* columns before each line */
    size_t first;  /* columns already filled on the first line; it gets no indent then */
    size_t width;  /* right edge */
};
/* Appends `text` folded at blanks; lines that begin with a blank stand as they are. */
int cli_add_wrapped(struct csvk_buf *out, const char *text, struct cli_wrap wrap);
size_t cli_columns_of(const char *text, size_t length); /* code points */

#define CLI_SIZE_MEANS                                                                             \
    "SIZE is a number of bytes, or a number with one of the units kB MB GB TB (powers of 1000) "   \
    "or KiB MiB GiB TiB (powers of 1024)."
#define CLI_LIST_MEANS "A list A,B,C may hold items in double quotes: 'id,\"a,b\"' has two."

/* ---- help.c, version.c, man_page.c, complete.c: pages, made from the rows; CSVK_OK or CSVK_ENOMEM
 * ----
 */
bool cli_takes_size(const struct cli_command *command); /* an argument of an option is a SIZE */
int cli_help_overview(struct csvk_buf *out);
int cli_help_family(struct csvk_buf *out, const char *word);
int cli_help_command(struct csvk_buf *out, const struct cli_command *command);
const struct cli_topic *cli_topic_of(const struct cli_command *command);
int cli_version(struct csvk_buf *out);
int cli_man_overview(struct csvk_buf *out);
int cli_man_command(struct csvk_buf *out, const struct cli_command *command);
int cli_man_rules(struct csvk_buf *out); /* csvkit-rules(7) */
int cli_complete_bash(struct csvk_buf *out);
int cli_complete_zsh(struct csvk_buf *out);
int cli_complete_fish(struct csvk_buf *out);

/* ---- cli.c ---- */
/* Prints the page for the words (none: the overview); an unknown command is trouble. */
int cli_show_help(struct cli *cli, int argc, char *const *argv);
int cli_unknown_command(struct cli *cli, int argc, char *const *argv);

/* ---- progress.c ---- */
extern volatile sig_atomic_t cli_progress_visible; /* a line stands on the terminal */
void cli_progress_hide(struct cli *cli); /* before anything else is written to standard error */

/* ---- process_start.c: the process ---- */
void cli_start(void); /* descriptors 0-2, signals */

#endif
