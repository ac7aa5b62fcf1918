/*
 * commands.c - the list of all commands, and the headings under which `csvkit --help` shows them.
 * A command is one line here and one file cmd_NAME.c.
 */
#include "csvkit/cli/frame/frame.h"

#include <string.h>

extern const struct cli_command cli_cmd_help;
extern const struct cli_command cli_cmd_upload;
extern const struct cli_command cli_cmd_load;
extern const struct cli_command cli_cmd_download;
extern const struct cli_command cli_cmd_job;
extern const struct cli_command cli_cmd_files_list;
extern const struct cli_command cli_cmd_files_show;
extern const struct cli_command cli_cmd_files_tag;
extern const struct cli_command cli_cmd_files_delete;
extern const struct cli_command cli_cmd_table_show;
extern const struct cli_command cli_cmd_table_create;
extern const struct cli_command cli_cmd_table_drop;
extern const struct cli_command cli_cmd_bucket_show;
extern const struct cli_command cli_cmd_bucket_create;
extern const struct cli_command cli_cmd_bucket_drop;
extern const struct cli_command cli_cmd_token;
extern const struct cli_command cli_cmd_validate;
extern const struct cli_command cli_cmd_preflight;
extern const struct cli_command cli_cmd_processor;
extern const struct cli_command cli_cmd_sniff;
extern const struct cli_command cli_cmd_stats;
extern const struct cli_command cli_cmd_schema_infer;
extern const struct cli_command cli_cmd_schema_convert;
extern const struct cli_command cli_cmd_schema_check;
extern const struct cli_command cli_cmd_schema_diff;
extern const struct cli_command cli_cmd_slice;
extern const struct cli_command cli_cmd_merge;
extern const struct cli_command cli_cmd_normalize;
extern const struct cli_command cli_cmd_rules;
extern const struct cli_command cli_cmd_explain;
extern const struct cli_command cli_cmd_manifest_create;
extern const struct cli_command cli_cmd_manifest_check;
extern const struct cli_command cli_cmd_manifest_show;
extern const struct cli_command cli_cmd_manifest_convert;

extern const struct cli_command cli_cmd_internal_man;
extern const struct cli_command cli_cmd_internal_completion;

// clang-format off
const struct cli_command *const cli_commands[] = {
    &cli_cmd_validate,
    &cli_cmd_preflight,
    &cli_cmd_sniff,
    &cli_cmd_stats,
    &cli_cmd_schema_infer,
    &cli_cmd_schema_convert,
    &cli_cmd_schema_check,
    &cli_cmd_schema_diff,
    &cli_cmd_rules,
    &cli_cmd_explain,
    &cli_cmd_normalize,
    &cli_cmd_slice,
    &cli_cmd_merge,
    &cli_cmd_manifest_create,
    &cli_cmd_manifest_check,
    &cli_cmd_manifest_show,
    &cli_cmd_manifest_convert,
    &cli_cmd_processor,
    &cli_cmd_upload,
    &cli_cmd_load,
    &cli_cmd_download,
    &cli_cmd_job,
    &cli_cmd_files_list,
    &cli_cmd_files_show,
    &cli_cmd_files_tag,
    &cli_cmd_files_delete,
    &cli_cmd_table_show,
    &cli_cmd_table_create,
    &cli_cmd_table_drop,
    &cli_cmd_bucket_show,
    &cli_cmd_bucket_create,
    &cli_cmd_bucket_drop,
    &cli_cmd_token,
    &cli_cmd_help,
    NULL,
};
// clang-format on

const struct cli_command *const cli_hidden_commands[] = {
    &cli_cmd_internal_man,
    &cli_cmd_internal_completion,
    NULL,
};

static const char *const judge[] = {"validate", "preflight", "sniff",   "stats",
                                    "schema",   "rules",     "explain", NULL};
static const char *const change[] = {"normalize", "slice", "merge", "manifest", "processor", NULL};
static const char *const transfer[] = {"upload", "load",   "download", "job", "files",
                                       "table",  "bucket", "token",    NULL};
static const char *const learn[] = {"help", NULL};

/* A command that no heading names is listed under the last heading, so that it cannot be missing.
 */
const struct cli_topic cli_topics[] = {
    {"Check data", judge},
    {"Prepare data", change},
    {"Move data in and out of Keboola Storage", transfer},
    {"Learn more", learn},
    {NULL, NULL},
};

bool cli_in_family(const struct cli_command *command, const char *word)
{
    size_t length = strlen(word);
    return strncmp(command->name, word, length) == 0 &&
           (command->name[length] == '\0' || command->name[length] == ' ');
}

bool cli_is_family(const char *word)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_in_family(cli_commands[i], word) && cli_commands[i]->name[strlen(word)] == ' ') {
            return true;
        }
    }
    return false;
}

/* The number of words of argv that make up this command's name; 0: they are another name. */
static int words_matching(const struct cli_command *command, int argc, char *const *argv)
{
    const char *name = command->name;
    int used = 0;
    while (used < argc) {
        size_t length = strlen(argv[used]);
        if (length == 0 || strncmp(name, argv[used], length) != 0 ||
            (name[length] != '\0' && name[length] != ' ')) {
            return 0;
        }
        used++;
        if (name[length] == '\0') {
            return used;
        }
        name += length + 1;
    }
    return 0;
}

static const struct cli_command *find_in(const struct cli_command *const *table, int argc,
                                         char *const *argv, int *used)
{
    const struct cli_command *found = NULL;
    for (; *table != NULL; table++) {
        int words = words_matching(*table, argc, argv);
        if (words > *used) {
            found = *table;
            *used = words;
        }
    }
    return found;
}

const struct cli_command *cli_find_command(int argc, char *const *argv, int *used)
{
    *used = 0;
    const struct cli_command *found = find_in(cli_commands, argc, argv, used);
    return found != NULL ? found : find_in(cli_hidden_commands, argc, argv, used);
}
