/*
 * project_settings.h - what a project file says, read and judged.
 *
 * The idea. Every member of a project file is an option of the command line by another name. So it
 * is kept as the text that the option would have, and applying it is giving the option. A file has
 * sections: the first one is for all files, each of the others for those that its patterns match.
 * A later section wins over an earlier one; severities of rules are added in that order.
 */
#ifndef CSVKIT_CLI_PROJECT_PROJECT_SETTINGS_H
#define CSVKIT_CLI_PROJECT_PROJECT_SETTINGS_H

#include "csvkit/cli/frame/cli.h"

enum setting {
    SETTING_PROFILE,
    SETTING_FAIL_ON,
    SETTING_SCHEMA,
    SETTING_PRIMARY_KEY,
    SETTING_COLUMNS,
    SETTING_DELIMITER, /* from here on: members of "dialect" */
    SETTING_ENCLOSURE,
    SETTING_ESCAPE,
    SETTING_ENCODING,
    SETTING_HEADER,
    SETTING_SKIP_BLANKS,
    SETTING_COMMENT,
    SETTINGS
};

struct settings_section {
    struct csvk_strings globs; /* empty: for all files */
    /* As an option has it; of a flag "true" or "false"; NULL: not set. Owned. */
    char *value[SETTINGS];
    struct csvk_strings rules; /* ID=SEVERITY, in the order of the file */
};

struct settings {
    char *path;
    struct settings_section *section; /* at least one */
    size_t count;
};

/* The option that a setting stands for, and whether it is a flag. NULL: a later version will have
   one. */
const char *settings_option(enum setting setting, bool *flag);
/* Does a manifest say this, too? */
bool settings_is_of_manifest(enum setting setting);

/* Reads the file. What is wrong with it is printed, each fault with its place, and the answer is
   CLI_TROUBLE; *out is to be released in any case. */
int settings_read(struct settings *out, struct cli *cli, const char *path);
void settings_release(struct settings *settings);

#endif
