/*
 * processor.h - what the parts of csvkit processor share.
 *
 * The idea. The parameters in config.json are options of commands under other names. Each step of a
 * table is a command line, which the frame checks before anything is written and then runs. So the
 * processor can do what the commands can, with the same messages.
 */
#ifndef CSVKIT_CLI_PROCESSOR_PROCESSOR_H
#define CSVKIT_CLI_PROCESSOR_PROCESSOR_H

#include "csvkit/cli/frame/cli.h"
#include "manifest/manifest.h"

#include <cjson/cJSON.h>

struct processor {
    struct cli *cli;
    const char *folder;
    cJSON *config;
    const cJSON *parameters; /* in config; NULL: there are none */
    char *scratch;           /* a temporary folder, removed at the end */
};

/* What to do with one table; borrowed from the parameters. NULL: they say nothing. */
struct processor_plan {
    const cJSON *normalize, *slice, *manifest;
};

/* A command line that is being built. After memory has run out, `status` says so and further calls
   change nothing. */
struct command_words {
    struct csvk_strings list;
    int status;
};
void words_add(struct command_words *words, const char *text);
void words_option(struct command_words *words, const char *option, const char *value);
/* Adds --columns=..., with each name in double quotes. */
void words_columns(struct command_words *words, const struct csvk_strings *columns);
/* Checks whether the frame accepts the command line. If it does not, the parameters are wrong: a
   message is printed, and the answer is CLI_REFUSED. */
int words_check(struct processor *p, const struct command_words *words);
/* Checks and runs the command line; returns an enum cli_exit. */
int words_run(struct processor *p, const struct command_words *words);

/* ---- processor_params.c ---- */
/* Reads config.json and judges the parameters. Prints a message when they are refused. */
int processor_read(struct processor *p);
struct processor_plan processor_plan(const struct processor *p, const char *table);
bool processor_on(const cJSON *step); /* true or an object */
/* Adds the options of a step to the command line. */
void processor_words(struct command_words *words, const cJSON *step);

/* ---- processor_copy.c ---- */
/* FOLDER/a/b; NULL: out of memory. */
char *processor_path(const char *folder, const char *a, const char *b);
int processor_folder(struct processor *p, const char *path); /* makes it if it does not exist */
/* Removes a file, or a folder with the files in it. Needs no memory. A missing file is no failure.
 */
void processor_remove(const char *path);
/* Copies a file or a folder with its contents, byte for byte. Links are refused. */
int processor_copy(struct processor *p, const char *from, const char *to);
/* The names in a folder, in byte order. A folder that does not exist has none. */
int processor_names(struct processor *p, const char *path, struct csvk_strings *names);
int processor_files(struct processor *p); /* in/files to out/files */

/* ---- processor_table.c ---- */
int processor_tables(struct processor *p); /* in/tables to out/tables */

#endif
