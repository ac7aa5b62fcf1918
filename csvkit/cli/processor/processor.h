/*
 * processor.h - what the parts of csvkit processor share.
 *
 * The idea. Parameters of config.json are options of commands under other names: each step of a
 * table is a command line, checked by the frame before anything is written, then run. So a
 * processor can do what the command can, and says what it says.
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
    const cJSON *parameters; /* in config; NULL: none */
    char *scratch;           /* a folder in TMPDIR, removed at the end */
};

/* What is to be done with one table; borrowed from the parameters, NULL: not said. */
struct processor_plan {
    const cJSON *normalize, *slice, *manifest;
};

/* A command line in the making. Failures of memory are sticky. */
struct command_words {
    struct csvk_strings list;
    int status;
};
void words_add(struct command_words *words, const char *text);
void words_option(struct command_words *words, const char *option, const char *value);
/* --columns=..., each name enclosed. */
void words_columns(struct command_words *words, const struct csvk_strings *columns);
/* Would the frame take it? What it refuses is the user's fault here: CLI_REFUSED. Speaks. */
int words_check(struct processor *p, const struct command_words *words);
/* Runs it; an enum cli_exit. */
int words_run(struct processor *p, const struct command_words *words);

/* ---- processor_params.c ---- */
/* Reads config.json and judges the parameters. Speaks. */
int processor_read(struct processor *p);
struct processor_plan processor_plan(const struct processor *p, const char *table);
bool processor_on(const cJSON *step); /* true or an object */
/* The options of a step as words. */
void processor_words(struct command_words *words, const cJSON *step);

/* ---- processor_copy.c ---- */
/* FOLDER/a/b; NULL: out of memory. */
char *processor_path(const char *folder, const char *a, const char *b);
int processor_folder(struct processor *p, const char *path); /* makes it unless it is there */
/* A file, or a folder and the files in it; needs no memory. What is not there is no failure. */
void processor_remove(const char *path);
/* Byte for byte, a file or a folder with all that is in it; links are refused. */
int processor_copy(struct processor *p, const char *from, const char *to);
/* The names in a folder, by byte order; a folder that is not there has none. */
int processor_names(struct processor *p, const char *path, struct csvk_strings *names);
int processor_files(struct processor *p); /* in/files to out/files */

/* ---- processor_table.c ---- */
int processor_tables(struct processor *p); /* in/tables to out/tables */

#endif
