/*
 * test_cli_pages.c - the rows of all commands and what is made from them: --help, man pages and
 * completions name every option, help fits 80 columns, every example can be parsed.
 */
#include "csvkit/cli/frame/frame.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static size_t count_commands(void)
{
    size_t count = 0;
    while (cli_commands[count] != NULL) {
        count++;
    }
    return count;
}

START_TEST(rows_are_sound)
{
    const struct cli_command *c = cli_commands[_i];
    struct cli_cursor cursor = {0, 0}, other_cursor;
    const struct cli_option *row, *other;
    ck_assert(c->run != NULL);
    ck_assert_ptr_nonnull(c->operands);
    ck_assert_msg(c->summary[strlen(c->summary) - 1] != '.', "%s: the summary is a phrase",
                  c->name);
    ck_assert_msg(c->examples != NULL && c->examples[0] != NULL, "%s has no example", c->name);
    ck_assert(c->max_operands < 0 || c->max_operands >= c->min_operands);
    while ((row = cli_next_option(c, &cursor)) != NULL) {
        size_t length = strlen(row->help);
        ck_assert_msg(length > 0 && row->help[length - 1] == '.', "%s --%s: help is sentences",
                      c->name, row->name);
        ck_assert_msg(row->choices == NULL || row->arg != NULL, "%s --%s: choices of no value",
                      c->name, row->name);
        other_cursor = cursor;
        while ((other = cli_next_option(c, &other_cursor)) != NULL) {
            ck_assert_msg(strcmp(row->name, other->name) != 0, "%s: two --%s", c->name, row->name);
            ck_assert_msg(row->letter == 0 || row->letter != other->letter, "%s: two -%c", c->name,
                          row->letter);
        }
    }
}
END_TEST

START_TEST(every_command_has_a_heading)
{
    const struct cli_topic *topic = cli_topic_of(cli_commands[_i]);
    for (size_t i = 0; topic->commands[i] != NULL; i++) {
        if (cli_in_family(cli_commands[_i], topic->commands[i])) {
            return;
        }
    }
    ck_abort_msg("csvkit --help has no heading for %s", cli_commands[_i]->name);
}
END_TEST

/* "--max-findings" as roff has it */
static void roff_name(char *out, size_t capacity, const char *name)
{
    size_t n = (size_t)snprintf(out, capacity, "\\-\\-");
    for (const char *p = name; *p != '\0'; p++) {
        n += (size_t)snprintf(out + n, capacity - n, "%s%c", *p == '-' ? "\\" : "", *p);
    }
}

static void check_named(const struct csvk_buf *page, const char *name, const char *where,
                        const char *of)
{
    ck_assert_msg(strstr(csvk_buf_text(page), name) != NULL, "%s of %s does not name %s", where, of,
                  name);
}

START_TEST(pages_name_every_option)
{
    const struct cli_command *c = cli_commands[_i];
    struct csvk_buf help = CSVK_BUF_INIT, man = CSVK_BUF_INIT, bash = CSVK_BUF_INIT;
    struct csvk_buf zsh = CSVK_BUF_INIT, fish = CSVK_BUF_INIT;
    ck_assert_int_eq(cli_help_command(&help, c), CSVK_OK);
    ck_assert_int_eq(cli_man_command(&man, c), CSVK_OK);
    ck_assert_int_eq(cli_complete_bash(&bash), CSVK_OK);
    ck_assert_int_eq(cli_complete_zsh(&zsh), CSVK_OK);
    ck_assert_int_eq(cli_complete_fish(&fish), CSVK_OK);
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(c, &cursor)) != NULL) {
        char text[128];
        snprintf(text, sizeof text, "--%s", row->name);
        check_named(&help, text, "--help", c->name);
        check_named(&bash, text, "the bash completion", c->name);
        check_named(&zsh, text, "the zsh completion", c->name);
        snprintf(text, sizeof text, "-l %s ", row->name);
        check_named(&fish, text, "the fish completion", c->name);
        roff_name(text, sizeof text, row->name);
        check_named(&man, text, "the man page", c->name);
    }
    csvk_buf_release(&help);
    csvk_buf_release(&man);
    csvk_buf_release(&bash);
    csvk_buf_release(&zsh);
    csvk_buf_release(&fish);
}
END_TEST

START_TEST(help_fits_80_columns)
{
    struct csvk_buf help = CSVK_BUF_INIT;
    ck_assert_int_eq(cli_help_command(&help, cli_commands[_i]), CSVK_OK);
    for (const char *line = csvk_buf_text(&help); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        ck_assert_msg(cli_columns_of(line, length) <= 80, "too wide: %.*s", (int)length, line);
        ck_assert_msg(length == 0 || line[length - 1] != ' ', "blank at the end: %.*s", (int)length,
                      line);
        line += length + (line[length] == '\n');
    }
    csvk_buf_release(&help);
}
END_TEST

/* One word of shell text, quotes taken off; stops at blanks and at | ; & < > and backquotes. */
static const char *shell_word(const char *p, char *word, size_t capacity)
{
    size_t n = 0;
    char quote = 0;
    for (; *p != '\0' && (quote != 0 || strchr(" |;&<>", *p) == NULL); p++) {
        if (quote == 0 && (*p == '\'' || *p == '"')) {
            quote = *p;
        } else if (quote != 0 && *p == quote) {
            quote = 0;
        } else {
            if (*p == '\\' && quote != '\'' && p[1] != '\0') {
                p++;
            }
            ck_assert(n + 1 < capacity);
            word[n++] = *p;
        }
    }
    ck_assert_msg(quote == 0, "a quote is not closed");
    word[n] = '\0';
    return p;
}

/* Parses the words from `p` to the end of the simple command; answers where it ends. */
static const char *check_invocation(const char *p, const char *example)
{
    static char words[32][256];
    char *argv[32];
    int argc = 0, used = 0;
    while (*p == ' ' || (*p != '\0' && strchr("|;&<>", *p) == NULL)) {
        if (*p == ' ') {
            p++;
            continue;
        }
        ck_assert_int_lt(argc, 32);
        p = shell_word(p, words[argc], sizeof words[argc]);
        argv[argc] = words[argc];
        argc++;
    }
    const struct cli_command *c = cli_find_command(argc, argv, &used);
    ck_assert_msg(c != NULL || strcmp(argv[0], "--help") == 0, "no such command: %s", example);
    if (c != NULL) {
        struct cli cli = {0};
        int status = cli_parse(&cli, c, argc - used, argv + used);
        status = status == CLI_GOOD && !cli_has(&cli, "help") ? cli_check_operands(&cli) : status;
        ck_assert_msg(status == CLI_GOOD, "%s: %s", example, csvk_buf_text(&cli.problem));
        cli_release(&cli);
    }
    return p;
}

START_TEST(examples_can_be_parsed)
{
    const char *const *examples = cli_commands[_i]->examples;
    for (size_t i = 0; examples != NULL && examples[i] != NULL; i += 2) {
        const char *p = examples[i];
        size_t found = 0;
        ck_assert_msg(examples[i + 1] != NULL, "%s says nothing", examples[i]);
        while ((p = strstr(p, "csvkit ")) != NULL) {
            bool begins = p == examples[i] || (p[-1] == ' ' || p[-1] == '(');
            p += strlen("csvkit ");
            if (begins) {
                p = check_invocation(p, examples[i]);
                found++;
            }
        }
        ck_assert_msg(found > 0, "%s does not run csvkit", examples[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli pages");
    TCase *rows = tcase_create("rows");
    int commands = (int)count_commands();
    tcase_add_loop_test(rows, rows_are_sound, 0, commands);
    tcase_add_loop_test(rows, every_command_has_a_heading, 0, commands);
    tcase_add_loop_test(rows, pages_name_every_option, 0, commands);
    tcase_add_loop_test(rows, help_fits_80_columns, 0, commands);
    tcase_add_loop_test(rows, examples_can_be_parsed, 0, commands);
    suite_add_tcase(suite, rows);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
