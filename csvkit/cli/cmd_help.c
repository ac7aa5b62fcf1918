/* cmd_help.c - csvkit help [COMMAND]: the same pages as --help. */
#include "csvkit/cli/frame/frame.h"

static int run(struct cli *cli)
{
    char *words[2] = {NULL, NULL};
    size_t count = cli_noperands(cli);
    for (size_t i = 0; i < count; i++) {
        words[i] = (char *)(uintptr_t)cli_operand(cli, i);
    }
    return cli_show_help(cli, (int)count, words);
}

static const struct cli_group *const groups[] = {&cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit help",
    "lists the commands",
    "csvkit help help",
    "prints this page; csvkit help --help does the same",
    NULL,
};

const struct cli_command cli_cmd_help = {
    .name = "help",
    .operands = "[COMMAND]...",
    .summary = "explain a command, its options and give examples",
    .details = "Without COMMAND, the commands are listed by what they are for.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 2,
    .run = run,
};
