/*
 * command_line.c - the parser of command lines: reads options and operands by the rows of a
 * command.
 *
 * Options may stand before and after operands; `--` ends the options; `-` is an operand. Long
 * options cannot be abbreviated: a script with --no-h must keep its meaning when options are added.
 * `--x` removes an earlier `--no-x` and the reverse, so that the last one counts, as for values.
 */
#include "csvkit/cli/frame/frame.h"

#include <stdarg.h>
#include <string.h>

struct option_words { /* argv, read up to `at` */
    char *const *argv;
    int argc, at;
};

const struct cli_option *cli_next_option(const struct cli_command *command,
                                         struct cli_cursor *cursor)
{
    while (command->groups != NULL && command->groups[cursor->group] != NULL) {
        const struct cli_option *row = &command->groups[cursor->group]->rows[cursor->row];
        if (row->name != NULL) {
            cursor->row++;
            return row;
        }
        cursor->group++;
        cursor->row = 0;
    }
    return NULL;
}

/* --help works for every command, whether or not it lists the common options. */
static const struct cli_option *help_row(void)
{
    const struct cli_option *row = cli_common_options.rows;
    while (strcmp(row->name, "help") != 0) {
        row++;
    }
    return row;
}

static bool same(const char *name, const char *typed, size_t length)
{
    return strlen(name) == length && memcmp(name, typed, length) == 0;
}

static const struct cli_option *find_long(const struct cli_command *command, const char *typed,
                                          size_t length)
{
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(command, &cursor)) != NULL) {
        if (same(row->name, typed, length)) {
            return row;
        }
    }
    return same("help", typed, length) ? help_row() : NULL;
}

static const struct cli_option *find_letter(const struct cli_command *command, char letter)
{
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(command, &cursor)) != NULL) {
        if (row->letter == letter) {
            return row;
        }
    }
    return letter == 'h' ? help_row() : NULL;
}

/* Leaves a message in cli->problem. An empty message means that there was no memory for it. */
static int complain(struct cli *cli, const char *format, ...) CSVK_PRINTF(2, 3);
static int complain(struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    csvk_buf_clear(&cli->problem);
    if (cli_add_format(&cli->problem, format, args) != CSVK_OK) {
        csvk_buf_clear(&cli->problem);
    }
    va_end(args);
    return CLI_TROUBLE;
}

static int no_memory(struct cli *cli)
{
    csvk_buf_clear(&cli->problem);
    return CLI_TROUBLE;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    const char *p = choices;
    for (;;) {
        size_t word = strcspn(p, "|");
        if (word == length && memcmp(p, value, length) == 0) {
            return true;
        }
        if (p[word] == '\0') {
            return false;
        }
        p += word + 1;
    }
}

/* "no-header" is the opposite of "header", and the reverse. */
static bool is_opposite(const char *name, const char *other)
{
    return (strncmp(name, "no-", 3) == 0 && strcmp(name + 3, other) == 0) ||
           (strncmp(other, "no-", 3) == 0 && strcmp(other + 3, name) == 0);
}

static void forget_opposite(struct cli *cli, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < cli->ngiven; i++) {
        if (!is_opposite(name, cli->given[i].option->name)) {
            cli->given[kept++] = cli->given[i];
        }
    }
    cli->ngiven = kept;
}

static int add_given(struct cli *cli, const struct cli_option *option, const char *value)
{
    if (value != NULL && option->choices != NULL && !is_choice(option->choices, value)) {
        char near[400];
        const char *meant = cli_suggest_choice(option->choices, value, near, sizeof near);
        return complain(cli, "--%s=%s: choose one of %s%s%s%s", option->name, value,
                        option->choices, meant != NULL ? "; did you mean " : "",
                        meant != NULL ? meant : "", meant != NULL ? "?" : "");
    }
    forget_opposite(cli, option->name);
    if (cli->ngiven == cli->given_capacity) {
        size_t capacity = cli->given_capacity == 0 ? 16 : 2 * cli->given_capacity;
        struct cli_given *given = csvk_reallocarray(cli->given, capacity, sizeof *given);
        if (given == NULL) {
            return no_memory(cli);
        }
        cli->given = given;
        cli->given_capacity = capacity;
    }
    cli->given[cli->ngiven++] = (struct cli_given){option, value};
    return CLI_GOOD;
}

int cli_add_operand(struct cli *cli, const char *operand)
{
    if (cli->noperands == cli->operands_capacity) {
        size_t capacity = cli->operands_capacity == 0 ? 16 : 2 * cli->operands_capacity;
        const char **operands = csvk_reallocarray(cli->operands, capacity, sizeof *operands);
        if (operands == NULL) {
            return no_memory(cli);
        }
        cli->operands = operands;
        cli->operands_capacity = capacity;
    }
    cli->operands[cli->noperands++] = operand;
    return CLI_GOOD;
}

static int unknown_long(struct cli *cli, const char *typed, size_t length)
{
    char name[64], others[200];
    const char *near = NULL, *of_value = NULL, *elsewhere = NULL;
    if (length < sizeof name) {
        memcpy(name, typed, length);
        name[length] = '\0';
        of_value = typed[length] == '\0' ? cli_option_with_choice(cli->command, name) : NULL;
        elsewhere = cli_commands_with_option(name, others, sizeof others);
        near = cli_suggest_option(cli->command, name);
    }
    int shown = length > 200 ? 200 : (int)length;
    if (of_value != NULL) {
        return complain(cli, "unknown option --%s; did you mean --%s=%s?", name, of_value, name);
    }
    if (elsewhere != NULL) {
        return complain(cli, "unknown option --%s; it belongs to %s", name, elsewhere);
    }
    if (near != NULL) {
        return complain(cli, "unknown option --%.*s; did you mean --%s?", shown, typed, near);
    }
    return complain(cli, "unknown option --%.*s; see csvkit %s --help", shown, typed,
                    cli->command->name);
}

static int take_long(struct cli *cli, struct option_words *words)
{
    const char *typed = words->argv[words->at++] + 2;
    size_t length = strcspn(typed, "=");
    const char *value = typed[length] == '=' ? typed + length + 1 : NULL;
    const struct cli_option *option = find_long(cli->command, typed, length);
    if (option == NULL) {
        return unknown_long(cli, typed, length);
    }
    if (option->arg == NULL && value != NULL) {
        return complain(cli, "--%s takes no value, but got '%s'", option->name, value);
    }
    if (option->arg != NULL && value == NULL) {
        if (words->at == words->argc) {
            return complain(cli, "--%s needs a value: --%s=%s", option->name, option->name,
                            option->arg);
        }
        value = words->argv[words->at++];
    }
    return add_given(cli, option, value);
}

/* `at` points to the unknown letter in `word`. For "-quiet", --quiet is suggested. */
static int unknown_letter(struct cli *cli, const char *word, const char *at)
{
    const struct cli_option *meant = find_long(cli->command, word + 1, strcspn(word + 1, "="));
    int shown = at == word + 1 ? 200 : 1;
    if (meant != NULL) {
        return complain(cli, "unknown option -%.*s; did you mean --%s?", 1, at, meant->name);
    }
    return complain(cli, "unknown option -%.*s; see csvkit %s --help", shown, at,
                    cli->command->name);
}

/* "-qj4": flags may stand together. A value is the rest of the word or, if that is empty, the next
   word. */
static int take_letters(struct cli *cli, struct option_words *words)
{
    const char *word = words->argv[words->at++];
    for (const char *p = word + 1; *p != '\0'; p++) {
        const struct cli_option *option = find_letter(cli->command, *p);
        if (option == NULL) {
            return unknown_letter(cli, word, p);
        }
        if (option->arg == NULL) {
            int status = add_given(cli, option, NULL);
            if (status != CLI_GOOD) {
                return status;
            }
            continue;
        }
        if (p[1] != '\0') {
            return add_given(cli, option, p + 1);
        }
        if (words->at == words->argc) {
            return complain(cli, "-%c needs a value: -%c %s", *p, *p, option->arg);
        }
        return add_given(cli, option, words->argv[words->at++]);
    }
    return CLI_GOOD;
}

static int take_word(struct cli *cli, struct option_words *words, bool *options_ended)
{
    const char *word = words->argv[words->at];
    if (*options_ended || word[0] != '-' || word[1] == '\0') {
        words->at++;
        return cli_add_operand(cli, word);
    }
    if (word[1] != '-') {
        return take_letters(cli, words);
    }
    if (word[2] != '\0') {
        return take_long(cli, words);
    }
    words->at++;
    *options_ended = true;
    return CLI_GOOD;
}

int cli_parse(struct cli *cli, const struct cli_command *command, int argc, char *const *argv)
{
    struct option_words words = {argv, argc, 0};
    bool options_ended = false;
    int status = CLI_GOOD;
    cli->command = command;
    while (status == CLI_GOOD && words.at < words.argc) {
        status = take_word(cli, &words, &options_ended);
    }
    return status;
}

int cli_check_operands(struct cli *cli)
{
    const struct cli_command *command = cli->command;
    if (cli->noperands < (size_t)command->min_operands) {
        return complain(cli, "missing operand; usage: csvkit %s [OPTION]... %s", command->name,
                        command->operands);
    }
    if (command->max_operands >= 0 && cli->noperands > (size_t)command->max_operands) {
        const char *surplus = cli->operands[command->max_operands];
        if (command->max_operands == 0) {
            bool instead = command->instead != NULL;
            return complain(
                cli, "unexpected operand '%.200s': csvkit %s takes no operands%s%s%s%.200s",
                surplus, command->name, instead ? "; did you mean " : "",
                instead ? command->instead : "", instead ? "=" : "", instead ? surplus : "");
        }
        return complain(cli, "unexpected operand '%.200s'; usage: csvkit %s [OPTION]... %s",
                        surplus, command->name, command->operands);
    }
    return CLI_GOOD;
}

void cli_release(struct cli *cli)
{
    csvk_free(cli->given);
    csvk_free((void *)cli->operands);
    csvk_strings_release(&cli->listed);
    csvk_strings_release(&cli->warned);
    csvk_buf_release(&cli->problem);
    *cli = (struct cli){0};
}

bool cli_has(const struct cli *cli, const char *name)
{
    return cli_count(cli, name) > 0;
}

const char *cli_value(const struct cli *cli, const char *name)
{
    size_t count = cli_count(cli, name);
    return count == 0 ? NULL : cli_nth(cli, name, count - 1);
}

size_t cli_count(const struct cli *cli, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < cli->ngiven; i++) {
        count += strcmp(cli->given[i].option->name, name) == 0;
    }
    return count;
}

const char *cli_nth(const struct cli *cli, const char *name, size_t i)
{
    for (size_t at = 0; at < cli->ngiven; at++) {
        if (strcmp(cli->given[at].option->name, name) == 0 && i-- == 0) {
            return cli->given[at].value;
        }
    }
    return NULL;
}

/* Was an option typed that leaves no room for this default? */
static bool is_settled(const struct cli *cli, const struct cli_option *row)
{
    for (size_t i = cli->ndefaults; i < cli->ngiven; i++) {
        const struct cli_option *typed = cli->given[i].option;
        if ((typed == row && !row->repeat) || is_opposite(typed->name, row->name)) {
            return true;
        }
    }
    return false;
}

int cli_set_defaults(struct cli *cli, const struct cli_default *list, size_t count)
{
    size_t ntyped = cli->ngiven - cli->ndefaults, kept = 0;
    struct cli_given *given = csvk_calloc(count + ntyped + 1, sizeof *given);
    if (given == NULL) {
        /* Without memory the typed ones move to the front. */
        if (ntyped != 0) {
            memmove(cli->given, cli->given + cli->ndefaults, ntyped * sizeof *given);
        }
        cli->ngiven = ntyped;
        cli->ndefaults = 0;
        return count == 0 ? CLI_GOOD : CLI_TROUBLE;
    }
    for (size_t i = 0; i < count; i++) {
        const struct cli_option *row = find_long(cli->command, list[i].name, strlen(list[i].name));
        if (row != NULL && !is_settled(cli, row)) {
            given[kept++] = (struct cli_given){row, list[i].value};
        }
    }
    if (ntyped != 0) {
        memcpy(given + kept, cli->given + cli->ndefaults, ntyped * sizeof *given);
    }
    csvk_free(cli->given);
    cli->given = given;
    cli->ndefaults = kept;
    cli->ngiven = kept + ntyped;
    cli->given_capacity = count + ntyped + 1;
    return CLI_GOOD;
}

const struct csvk_rule_set *const *cli_rules(const struct cli *cli)
{
    return cli->command->rules != NULL ? *cli->command->rules : NULL;
}

const struct cli_group *const *cli_groups(const struct cli *cli)
{
    return cli->command->groups;
}

size_t cli_noperands(const struct cli *cli)
{
    return cli->noperands;
}

const char *cli_operand(const struct cli *cli, size_t i)
{
    return i < cli->noperands ? cli->operands[i] : NULL;
}

const char *const *cli_operands(const struct cli *cli)
{
    return cli->operands;
}
