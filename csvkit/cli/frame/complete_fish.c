/* complete_fish.c - the completion script for fish: one `complete` line for each command and
 * option.
 */
#include "csvkit/cli/frame/complete.h"

#include <string.h>

static void put_condition(struct cli_page *page, const struct cli_command *command)
{
    const char *second = cli_second_word(command);
    cli_put(page, " -n '__fish_seen_subcommand_from ");
    cli_put_first_word(page, command);
    if (second != NULL) {
        cli_putf(page, "; and __fish_seen_subcommand_from %s", second);
    }
    cli_put(page, "'");
}

static void put_description(struct cli_page *page, const char *help)
{
    cli_put(page, " -d '");
    for (const char *p = help; *p != '\0' && strncmp(p, ". ", 2) != 0; p++) {
        bool last_stop = *p == '.' && p[1] == '\0';
        if (!last_stop) {
            cli_putf(page, "%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p);
        }
    }
    cli_put(page, "'\n");
}

static void put_option(struct cli_page *page, const struct cli_command *command,
                       const struct cli_option *row)
{
    cli_put(page, "complete -c csvkit");
    put_condition(page, command);
    if (row->letter != 0) {
        cli_putf(page, " -s %c", row->letter);
    }
    cli_putf(page, " -l %s", row->name);
    if (row->choices != NULL) {
        cli_put(page, " -x -a '");
        cli_put_choices(page, row->choices);
        cli_put(page, "'");
    } else if (cli_wants_level(row) && command->rules != NULL) {
        cli_putf(page, " -x -a '(_csvkit_levels \"%s\")'", command->name);
    } else if (row->arg != NULL) {
        cli_put(page, cli_wants_file(row) ? " -r -F" : " -x");
    }
    put_description(page, row->help);
}

/* The first word of a command is offered when no command was typed yet, the second word after the
   first. */
static void put_words(struct cli_page *page, size_t i)
{
    const struct cli_command *command = cli_commands[i];
    const char *second = cli_second_word(command);
    if (cli_first_of_family(i)) {
        cli_put(page, "complete -c csvkit -n __fish_use_subcommand -f -a ");
        cli_put_first_word(page, command);
        put_description(page, second != NULL ? "several commands" : command->summary);
        cli_put(page, "complete -c csvkit -n '__fish_seen_subcommand_from help' -f -a ");
        cli_put_first_word(page, command);
        cli_put(page, "\n");
    }
    if (second != NULL) {
        cli_put(page, "complete -c csvkit -n '__fish_seen_subcommand_from ");
        cli_put_first_word(page, command);
        cli_putf(page, "; and test (count (commandline -opc)) -eq 2' -f -a %s", second);
        put_description(page, command->summary);
    }
}

/* The ids of rules, by command, and the words that ID=SEVERITY can be. */
static void put_rules(struct cli_page *page)
{
    cli_put(page, "function _csvkit_rules # command\n    switch $argv[1]\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_commands[i]->rules != NULL) {
            cli_putf(page, "        case '%s'\n            string split ' ' '",
                     cli_commands[i]->name);
            cli_put_rules(page, cli_commands[i]);
            cli_put(page, "'\n");
        }
    }
    cli_put(page, "    end\nend\n"
                  "function _csvkit_levels # command\n"
                  "    set -l token (commandline -ct | string replace -r '^--[a-z-]+=' '')\n"
                  "    if string match -q '*=*' -- $token\n"
                  "        set -l id (string replace -r '=.*' '' -- $token)\n"
                  "        printf '%s\\n' $id={off,info,warning,error}\n"
                  "    else\n        printf '%s=\\n' (_csvkit_rules $argv[1])\n    end\nend\n");
}

int cli_complete_fish(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page,
            "# fish completion for csvkit; made from the table of options.\n"
            "complete -c csvkit -n __fish_use_subcommand -f\n"
            "complete -c csvkit -n __fish_use_subcommand -f -l help -d 'List the commands'\n"
            "complete -c csvkit -n __fish_use_subcommand -f -l version -d 'Show versions'\n");
    put_rules(&page);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        struct cli_cursor cursor = {0, 0};
        const struct cli_option *row;
        put_words(&page, i);
        if (cli_wants_rule(cli_commands[i])) {
            cli_put(&page, "complete -c csvkit");
            put_condition(&page, cli_commands[i]);
            cli_putf(&page, " -f -a '(_csvkit_rules \"%s\")'\n", cli_commands[i]->name);
        }
        while ((row = cli_next_option(cli_commands[i], &cursor)) != NULL) {
            put_option(&page, cli_commands[i], row);
        }
    }
    return page.status;
}
