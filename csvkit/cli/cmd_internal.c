/*
 * cmd_internal.c - hidden commands for packaging, which print man pages and completion scripts.
 * `make install` runs them.
 */
#include "csvkit/cli/frame/frame.h"

#include <string.h>

static int print(struct cli *cli, struct csvk_buf *page, int made)
{
    int status = CLI_GOOD;
    if (made == CSVK_OK) {
        cli_out_buf(cli, page);
    } else {
        status = cli_trouble(cli, "out of memory");
    }
    csvk_buf_release(page);
    return status;
}

/* A line "csvkit-manifest-create.1<TAB>manifest create" for each page, without the overview. */
static int list_pages(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        cli_put(&page, "csvkit-");
        for (const char *p = cli_commands[i]->name; *p != '\0'; p++) {
            cli_putf(&page, "%c", *p == ' ' ? '-' : *p);
        }
        cli_putf(&page, ".1\t%s\n", cli_commands[i]->name);
    }
    return page.status;
}

static int run_man(struct cli *cli)
{
    struct csvk_buf page = CSVK_BUF_INIT;
    char *words[2] = {NULL, NULL};
    int count = (int)cli_noperands(cli), used = 0;
    if (cli_has(cli, "list")) {
        return print(cli, &page, list_pages(&page));
    }
    if (cli_has(cli, "rules")) {
        return print(cli, &page, cli_man_rules(&page));
    }
    if (count == 0) {
        return print(cli, &page, cli_man_overview(&page));
    }
    for (int i = 0; i < count; i++) {
        words[i] = (char *)(uintptr_t)cli_operand(cli, (size_t)i);
    }
    const struct cli_command *command = cli_find_command(count, words, &used);
    if (command == NULL || used != count) {
        return cli_unknown_command(cli, count, words);
    }
    return print(cli, &page, cli_man_command(&page, command));
}

static int run_completion(struct cli *cli)
{
    const char *shell = cli_operand(cli, 0);
    struct csvk_buf page = CSVK_BUF_INIT;
    if (strcmp(shell, "bash") == 0) {
        return print(cli, &page, cli_complete_bash(&page));
    }
    if (strcmp(shell, "zsh") == 0) {
        return print(cli, &page, cli_complete_zsh(&page));
    }
    if (strcmp(shell, "fish") == 0) {
        return print(cli, &page, cli_complete_fish(&page));
    }
    return cli_trouble(cli, "no completion for '%.200s'; choose bash, zsh or fish", shell);
}

static const struct cli_option man_rows[] = {
    {"list", 0, NULL, NULL, "List all pages and their commands instead.", false},
    {"rules", 0, NULL, NULL, "Print csvkit-rules(7) instead.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group man_options = {"Options", man_rows};
static const struct cli_group *const man_groups[] = {&man_options, NULL};

const struct cli_command cli_cmd_internal_man = {
    .name = "internal-man",
    .operands = "[COMMAND]...",
    .summary = "print a man page",
    .groups = man_groups,
    .max_operands = 2,
    .run = run_man,
};

const struct cli_command cli_cmd_internal_completion = {
    .name = "internal-completion",
    .operands = "bash|zsh|fish",
    .summary = "print a completion script",
    .min_operands = 1,
    .max_operands = 1,
    .run = run_completion,
};
