/*
 * frame.h - what the files of the frame share with each other; commands need only cli.h.
 *
 * A command line lives in one struct cli: the row of its command, the options in the order in which
 * they were given, the operands. Values are borrowed from argv. The parser never prints. It leaves
 * its message in `problem` as raw bytes; the code that prints the message escapes them.
 */
#ifndef CSVKIT_CLI_FRAME_FRAME_H
#define CSVKIT_CLI_FRAME_FRAME_H

#include "csvkit/base/numbers.h"
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
    size_t ndefaults; /* the first of `given` were not typed: cli_set_defaults */
    const char **operands;
    size_t noperands, operands_capacity;
    struct csvk_strings listed;    /* operands that came from a list: files_from.c */
    struct csvk_strings warned;    /* manifests whose warnings were told */
    struct csvk_buf problem;       /* the parser's message, raw bytes */
    struct cli_progress *progress; /* the progress that is running, or NULL */
    int out_errno;                 /* errno of the first failure of standard output, or 0 */
    uint64_t (*clock)(void);       /* nanoseconds, for progress; NULL: of the monotonic clock */
};

/* ---- command_line.c ---- */
/* Returns the rows of a command one after the other, then NULL; start with an all-zero cursor. */
struct cli_cursor {
    size_t group, row;
};
const struct cli_option *cli_next_option(const struct cli_command *command,
                                         struct cli_cursor *cursor);
/* Reads options and operands (argv without the words of the command). CLI_GOOD or CLI_TROUBLE. */
int cli_parse(struct cli *cli, const struct cli_command *command, int argc, char *const *argv);
/* Adds an operand, which is borrowed. CLI_TROUBLE, without a message: out of memory. */
int cli_add_operand(struct cli *cli, const char *operand);
/* Checks the number of operands. Not part of cli_parse, because --help works without operands. */
int cli_check_operands(struct cli *cli);
void cli_release(struct cli *cli);

/* ---- common_options.c ---- */
/* -j is a number in the allowed range, encodings have names that are known. */
int cli_check_common(struct cli *cli);

/* ---- commands.c ---- */
struct cli_topic { /* a heading of `csvkit --help` */
    const char *title;
    const char *const *commands; /* names or first words of names, ended by NULL */
};
extern const struct cli_topic cli_topics[];                   /* ended by a NULL title */
extern const struct cli_command *const cli_hidden_commands[]; /* ended by NULL */
/* The command that the first words of argv name, or NULL. *used is the number of these words. */
const struct cli_command *cli_find_command(int argc, char *const *argv, int *used);
/* True when `word` is the first word of commands with two words ("manifest"). */
bool cli_is_family(const char *word);
/* True when the first word of the command's name is `word`. */
bool cli_in_family(const struct cli_command *command, const char *word);

/* ---- suggest.c ---- */
/* Small letters, of ASCII only: the answer must not depend on the user's locale. */
static inline char cli_fold_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}
/* The name among names[] that the user most likely meant, or NULL when none is similar. */
const char *cli_suggest(const char *typed, const char *const *names, size_t count);
/* The same for the long options of a command, and for all commands. */
const char *cli_suggest_option(const struct cli_command *command, const char *typed);
const char *cli_suggest_command(const char *typed);
/* The only option of the command that has `typed` among its choices ("json": "format"), or NULL. */
const char *cli_option_with_choice(const struct cli_command *command, const char *typed);
/* "csvkit normalize, csvkit slice": the commands that have this option, written to `out`, which is
   returned; NULL when no command has it. */
const char *cli_commands_with_option(const char *name, char *out, size_t capacity);
/* The same for choices "crlf|lf"; the answer lies in `out`. */
const char *cli_suggest_choice(const char *choices, const char *typed, char *out, size_t capacity);
/* The command that was left out before a file or a folder; NULL: `path` looks like neither. */
const char *cli_suggest_for_file(const char *path);

/* ---- encodings.c ---- */
/* The name of an encoding that is like `typed` and that iconv(3) knows here; NULL: there is none.
 */
const char *cli_suggest_encoding(const char *typed);
bool cli_knows_encoding(const char *name);
int cli_check_encodings(struct cli *cli); /* those that options name are known */

/* ---- option_values.c ---- */
/* "1.5 MB": at most three digits and a unit that is a power of 1000. */
int cli_add_size(struct csvk_buf *out, uint64_t bytes);
/* Adds the items of A,B,"C,D" to `out`. On failure *problem says why, in a static text. */
int cli_parse_list(const char *text, struct csvk_strings *out, const char **problem);

/* ---- terminal.c ---- */
bool cli_is_terminal(FILE *stream);
size_t cli_terminal_width(FILE *stream); /* 80 when it is not known */

/* ---- cores.c ---- */
unsigned cli_cores(void);                         /* at least 1 */
unsigned cli_cores_of_quota(const char *cpu_max); /* of the text "QUOTA PERIOD"; 0: no limit */

/* ---- page_text.c ---- */
int cli_add_format(struct csvk_buf *out, const char *format, va_list args) CSVK_PRINTF(2, 0);
/* A page that is being written. Only memory can fail. After a failure the other calls do nothing,
   so that the code of a page needs no checks and reads like the page. */
struct cli_page {
    struct csvk_buf *out;
    int status;
};
void cli_put(struct cli_page *page, const char *text);
void cli_putn(struct cli_page *page, const char *text, size_t length);
void cli_putf(struct cli_page *page, const char *format, ...) CSVK_PRINTF(2, 3);
struct cli_wrap {
    size_t indent; /* columns before each line */
    size_t first;  /* columns that are filled on the first line already; not 0: no indent there */
    size_t width;  /* the longest line allowed, in columns */
};
/* Appends `text`, folded at blanks. Lines that begin with a blank are not folded. */
int cli_add_wrapped(struct csvk_buf *out, const char *text, struct cli_wrap wrap);
size_t cli_columns_of(const char *text, size_t length); /* code points */

#define CLI_SIZE_MEANS                                                                             \
    "SIZE is a number of bytes, or a number with one of the units kB MB GB TB (powers of 1000) "   \
    "or KiB MiB GiB TiB (powers of 1024), in small or capital letters."
#define CLI_EXIT_MEANS                                                                             \
    "Exit status: 0 when all is done and the data is good, 1 when the data was refused, 2 when "   \
    "anything else went wrong."
#define CLI_LIST_MEANS                                                                             \
    "An item of a list A,B,C may stand in double quotes: 'id,\"a,b\"' is a list of two items."

/* ---- help.c, version.c, man_page.c, man_rules.c, complete_*.c: pages that are made from the rows.
   They return CSVK_OK or CSVK_ENOMEM. ---- */
bool cli_takes_size(const struct cli_command *command); /* one of its options takes a SIZE */
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
/* Prints the help of the command that the words name (no words: the overview). CLI_TROUBLE when
   there is no such command. */
int cli_show_help(struct cli *cli, int argc, char *const *argv);
int cli_unknown_command(struct cli *cli, int argc, char *const *argv);

/* ---- progress.c ---- */
extern volatile sig_atomic_t cli_progress_visible; /* a progress line is on the terminal */
void cli_progress_hide(struct cli *cli);           /* call it before writing to standard error */

/* ---- process_start.c ---- */
/* Opens descriptors 0-2 where they are closed, installs signal handlers, gives the library what
 * needs other libraries. */
void cli_start(void);

#endif
