/*
 * complete.c - what the completion scripts of all shells need: the words of commands and the values
 * of options. The scripts are in complete_bash.c, complete_zsh.c and complete_fish.c.
 */
#include "csvkit/cli/frame/complete.h"

#include "csvkit/findings/findings.h"

#include <string.h>

bool cli_first_of_family(size_t i)
{
    size_t length = strcspn(cli_commands[i]->name, " ");
    for (size_t j = 0; j < i; j++) {
        if (strncmp(cli_commands[j]->name, cli_commands[i]->name, length) == 0 &&
            (cli_commands[j]->name[length] == ' ' || cli_commands[j]->name[length] == '\0')) {
            return false;
        }
    }
    return true;
}

void cli_put_first_word(struct cli_page *page, const struct cli_command *command)
{
    cli_putn(page, command->name, strcspn(command->name, " "));
}

const char *cli_second_word(const struct cli_command *command)
{
    const char *blank = strchr(command->name, ' ');
    return blank == NULL ? NULL : blank + 1;
}

bool cli_wants_file(const struct cli_option *option)
{
    static const char *const words[] = {"FILE", "PATH", "DIR", "OUT"};
    for (size_t i = 0; option->arg != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strstr(option->arg, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

bool cli_wants_level(const struct cli_option *option)
{
    return option->arg != NULL && strcmp(option->arg, "ID=SEVERITY") == 0;
}

bool cli_wants_rule(const struct cli_command *command)
{
    return command->rules != NULL && strcmp(command->operands, "RULE") == 0;
}

void cli_put_rules(struct cli_page *page, const struct cli_command *command)
{
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = *command->rules};
    struct csvk_repair_row repair;
    for (const char *before = ""; (rule = csvk_rule_walk_next(&walk)) != NULL; before = " ") {
        cli_putf(page, "%s%s", before, rule->id);
    }
    for (size_t i = 0; cli_wants_rule(command) && csvk_repair_row_at(i, &repair); i++) {
        cli_putf(page, " %s", repair.name);
    }
}

void cli_put_choices(struct cli_page *page, const char *choices)
{
    for (const char *p = choices; *p != '\0'; p++) {
        cli_putf(page, "%c", *p == '|' ? ' ' : *p);
    }
}

void cli_put_sentence(struct cli_page *page, const char *help, const char *special)
{
    const char *end = strstr(help, ". ");
    size_t length = end != NULL ? (size_t)(end - help) : strlen(help);
    if (end == NULL && length > 0 && help[length - 1] == '.') {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        if (help[i] == '\'') {
            cli_put(page, "'\\''");
            continue;
        }
        cli_putf(page, "%s%c", strchr(special, help[i]) != NULL ? "\\" : "", help[i]);
    }
}
