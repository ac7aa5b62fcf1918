/* cmd_help.c - csvkit help [COMMAND]: prints the same pages as --help. */
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
    "List all commands.",
    "csvkit help manifest create",
    "Explain one command; csvkit manifest create --help prints the same page.",
    NULL,
};

const struct cli_command cli_cmd_help = {
    .name = "help",
    .operands = "[COMMAND]...",
    .summary = "explain a command and its options, with examples",
    .details = "Without COMMAND, lists all commands by purpose.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 2,
    .run = run,
};
