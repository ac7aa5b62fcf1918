/*
 * project_file.h - the project file .csvkit.json: settings for the tables of a folder, so that the
 * command line, an editor and a pipeline judge them alike.
 *
 * The project file of an input is the first .csvkit.json in the folder the input stands in and
 * those above it, up to the one with .git, or to the root. What the user types wins over it, and it
 * wins over what is found out.
 */
#ifndef CSVKIT_CLI_PROJECT_PROJECT_FILE_H
#define CSVKIT_CLI_PROJECT_PROJECT_FILE_H

#include "csvkit/cli/frame/cli.h"

extern const struct cli_group cli_project_options; /* --config --no-config */

struct cli_projects; /* the project files of one run */
/*
 * Reads the project files of all operands (`input` when there are none), so that what is wrong with
 * one is told before anything is done. CLI_TROUBLE, with messages; *out is NULL then.
 */
int cli_projects_open(struct cli_projects **out, struct cli *cli, const char *input);
/*
 * Makes what the project file says about `input` the defaults of the options, in the place of what
 * it said about the input before. *changed: the options may have other values than before. With
 * --verbose a note names the file. CLI_TROUBLE, with a message: there are no defaults.
 */
int cli_projects_apply(struct cli_projects *projects, const char *input, bool *changed);
void cli_projects_close(struct cli_projects *projects); /* NULL is allowed */

#endif
