/* complete_zsh.c - the completion script for zsh: one call of _arguments for each command. */
#include "csvkit/cli/frame/complete.h"

#include <string.h>

static void put_option(struct cli_page *page, const struct cli_command *command,
                       const struct cli_option *row)
{
    cli_put(page, " \\\n            ");
    if (row->repeat) {
        cli_put(page, "'*'");
    } else if (row->letter != 0) {
        cli_putf(page, "'(-%c --%s)'", row->letter, row->name);
    }
    const char *equals = row->arg != NULL ? "=" : "";
    if (row->letter != 0) {
        cli_putf(page, "{-%c%s,--%s%s}", row->letter, row->arg != NULL ? "+" : "", row->name,
                 equals);
    } else {
        cli_putf(page, "--%s%s", row->name, equals);
    }
    cli_put(page, "'[");
    cli_put_sentence(page, row->help, "[]:\\");
    cli_put(page, "]");
    if (row->arg != NULL) {
        cli_put(page, ":");
        cli_put_sentence(page, row->arg, "[]:\\");
        cli_put(page, ":");
        if (row->choices != NULL) {
            cli_put(page, "(");
            cli_put_choices(page, row->choices);
            cli_put(page, ")");
        } else if (cli_wants_level(row) && command->rules != NULL) {
            cli_putf(page, " _csvkit_level \"%s\"", command->name);
        } else {
            cli_put(page, cli_wants_file(row) ? "_files" : " ");
        }
    }
    cli_put(page, "'");
}

static void put_command(struct cli_page *page, const struct cli_command *command)
{
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    cli_putf(page, "    '%s')\n        _arguments -s -S", command->name);
    while ((row = cli_next_option(command, &cursor)) != NULL) {
        put_option(page, command, row);
    }
    bool help = strcmp(command->name, "help") == 0;
    if (cli_wants_rule(command)) {
        cli_putf(page, " \\\n            '1:rule: _csvkit_rules \"%s\"' ;;\n", command->name);
        return;
    }
    cli_put(page, help                         ? " \\\n            '*::command:_csvkit_help_words'"
                  : command->max_operands != 0 ? " \\\n            '*:file:_files'"
                                               : "");
    cli_put(page, " ;;\n");
}

/* An array of 'word:summary' for _describe: the first words of all commands. */
static void put_words(struct cli_page *page)
{
    cli_put(page, "    words_of=(");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (!cli_first_of_family(i)) {
            continue;
        }
        cli_put(page, "\n        '");
        cli_put_first_word(page, cli_commands[i]);
        cli_put(page, ":");
        if (cli_second_word(cli_commands[i]) != NULL) {
            cli_put(page, "several commands");
        } else {
            cli_put_sentence(page, cli_commands[i]->summary, ":\\");
        }
        cli_put(page, "'");
    }
    cli_put(page, ")\n");
}

/* The same for the second words of the commands that share their first word. */
static void put_family_members(struct cli_page *page, size_t first)
{
    size_t length = strcspn(cli_commands[first]->name, " ") + 1;
    cli_put(page, "    ");
    cli_put_first_word(page, cli_commands[first]);
    cli_put(page, ")\n        words_of=(");
    for (size_t i = first; cli_commands[i] != NULL; i++) {
        if (strncmp(cli_commands[i]->name, cli_commands[first]->name, length) == 0) {
            cli_putf(page, "\n            '%s:", cli_second_word(cli_commands[i]));
            cli_put_sentence(page, cli_commands[i]->summary, ":\\");
            cli_put(page, "'");
        }
    }
    cli_put(page, ") ;;\n");
}

static void put_families(struct cli_page *page)
{
    cli_put(page, "    case $1 in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_first_of_family(i) && cli_second_word(cli_commands[i]) != NULL) {
            put_family_members(page, i);
        }
    }
    cli_put(page, "    *) words_of=() ;;\n    esac\n");
}

/* The ids of rules, by command, and what stands behind the = of ID=SEVERITY. */
static void put_rules(struct cli_page *page)
{
    cli_put(page, "_csvkit_rules() { # command, options of compadd\n    local -a ids\n"
                  "    case $1 in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_commands[i]->rules != NULL) {
            cli_putf(page, "    '%s') ids=(", cli_commands[i]->name);
            cli_put_rules(page, cli_commands[i]);
            cli_put(page, ") ;;\n");
        }
    }
    cli_put(page, "    esac\n    compadd \"${@:2}\" -- $ids\n}\n"
                  "_csvkit_level() { # command\n"
                  "    if compset -P '*='; then compadd -- off info warning error\n"
                  "    else _csvkit_rules $1 -q -S =; fi\n}\n");
}

int cli_complete_zsh(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, "#compdef csvkit\n# zsh completion for csvkit; made from the table of options.\n"
                   "_csvkit_first_words() {\n");
    put_words(&page);
    cli_put(&page, "}\n_csvkit_family_words() {\n");
    put_families(&page);
    cli_put(&page, "}\n");
    put_rules(&page);
    cli_put(&page, "_csvkit_help_words() {\n    local -a words_of\n"
                   "    if (( CURRENT == 1 )); then _csvkit_first_words\n"
                   "    else _csvkit_family_words $words[1]; fi\n"
                   "    _describe command words_of\n}\n"
                   "_csvkit() {\n    local -a words_of\n    local command=$words[2]\n"
                   "    if (( CURRENT == 2 )); then\n        _csvkit_first_words\n"
                   "        _describe command words_of\n        return\n    fi\n"
                   "    _csvkit_family_words $command\n"
                   "    if (( $#words_of )); then\n"
                   "        if (( CURRENT == 3 )); then _describe command words_of; return; fi\n"
                   "        command=\"$command $words[3]\"\n"
                   "        shift words; (( CURRENT-- ))\n    fi\n"
                   "    shift words; (( CURRENT-- ))\n"
                   "    case $command in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        put_command(&page, cli_commands[i]);
    }
    cli_put(&page, "    esac\n}\n_csvkit \"$@\"\n");
    return page.status;
}
