/* help.c - the pages of --help, made from the rows: 80 columns wide, grouped, with examples. */
#include "csvkit/cli/frame/frame.h"

#include <string.h>

enum { WIDTH = 80, OPTION_COLUMN = 26 };

static void wrap_page(struct cli_page *page, const char *text, size_t indent, size_t first)
{
    if (page->status == CSVK_OK) {
        struct cli_wrap wrap = {indent, first, WIDTH};
        page->status = cli_add_wrapped(page->out, text, wrap);
    }
}

/* Explains a term, `columns` wide, that is on the line already: its text begins at column `at`, on
   the next line when the term is too wide. */
static void explain(struct cli_page *page, size_t columns, size_t at, const char *text)
{
    if (columns + 2 > at) {
        cli_put(page, "\n");
        wrap_page(page, text, at, 0);
        return;
    }
    cli_putf(page, "%*s", (int)(at - columns), "");
    wrap_page(page, text, at, at);
}

static void show_option(struct cli_page *page, const struct cli_option *option)
{
    size_t before = page->out->length;
    if (option->letter != 0) {
        cli_putf(page, "  -%c, --%s", option->letter, option->name);
    } else {
        cli_putf(page, "      --%s", option->name);
    }
    if (option->arg != NULL) {
        cli_putf(page, "=%s", option->choices != NULL ? option->choices : option->arg);
    }
    explain(page, page->out->length - before, OPTION_COLUMN, option->help);
}

static void show_groups(struct cli_page *page, const struct cli_command *command)
{
    for (size_t g = 0; command->groups != NULL && command->groups[g] != NULL; g++) {
        cli_put(page, "\n");
        cli_put(page, command->groups[g]->title);
        cli_put(page, ":\n");
        for (const struct cli_option *row = command->groups[g]->rows; row->name != NULL; row++) {
            show_option(page, row);
        }
    }
}

bool cli_takes_size(const struct cli_command *command)
{
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(command, &cursor)) != NULL) {
        if (row->arg != NULL && strstr(row->arg, "SIZE") != NULL) {
            return true;
        }
    }
    return false;
}

static void show_examples(struct cli_page *page, const char *const *examples)
{
    if (examples == NULL || examples[0] == NULL) {
        return;
    }
    cli_put(page, "\nExamples:\n");
    for (size_t i = 0; examples[i] != NULL && examples[i + 1] != NULL; i += 2) {
        cli_put(page, "  ");
        cli_put(page, examples[i]);
        cli_put(page, "\n");
        wrap_page(page, examples[i + 1], 6, 0);
    }
}

static void show_usage(struct cli_page *page, const struct cli_command *command)
{
    struct csvk_buf rest = CSVK_BUF_INIT;
    size_t before = page->out->length;
    cli_putf(page, "Usage: csvkit %s ", command->name);
    if (page->status == CSVK_OK) {
        const char *blank = command->operands[0] != '\0' ? " " : "";
        page->status = csvk_buf_printf(&rest, "[OPTION]...%s%s", blank, command->operands);
    }
    wrap_page(page, csvk_buf_text(&rest), 4, page->out->length - before);
    csvk_buf_release(&rest);
}

int cli_help_command(struct csvk_buf *out, const struct cli_command *command)
{
    struct cli_page page = {out, CSVK_OK};
    cli_putf(&page, "csvkit %s - ", command->name);
    wrap_page(&page, command->summary, 4, page.out->length);
    cli_put(&page, "\n");
    show_usage(&page, command);
    if (command->details != NULL) {
        cli_put(&page, "\n");
        wrap_page(&page, command->details, 0, 0);
    }
    show_groups(&page, command);
    if (cli_takes_size(command)) {
        cli_put(&page, "\n");
        wrap_page(&page, CLI_SIZE_MEANS, 0, 0);
    }
    show_examples(&page, command->examples);
    cli_put(&page, "\n");
    wrap_page(&page, CLI_EXIT_MEANS, 0, 0);
    return page.status;
}

static void show_command_line(struct cli_page *page, const struct cli_command *command)
{
    cli_put(page, "  ");
    cli_put(page, command->name);
    explain(page, strlen(command->name) + 2, OPTION_COLUMN - 4, command->summary);
}

static bool is_in_topic(const struct cli_command *command, const struct cli_topic *topic)
{
    for (size_t i = 0; topic->commands[i] != NULL; i++) {
        if (cli_in_family(command, topic->commands[i])) {
            return true;
        }
    }
    return false;
}

const struct cli_topic *cli_topic_of(const struct cli_command *command)
{
    const struct cli_topic *topic = cli_topics;
    while (topic[1].title != NULL && !is_in_topic(command, topic)) {
        topic++;
    }
    return topic;
}

static void show_topic(struct cli_page *page, const struct cli_topic *topic)
{
    bool titled = false;
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_topic_of(cli_commands[i]) != topic) {
            continue;
        }
        if (!titled) {
            cli_put(page, "\n");
            cli_put(page, topic->title);
            cli_put(page, ":\n");
            titled = true;
        }
        show_command_line(page, cli_commands[i]);
    }
}

int cli_help_overview(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, "csvkit - check, repair, slice and load CSV files by RFC 4180\n\n"
                   "Usage: csvkit COMMAND [OPTION]... [OPERAND]...\n"
                   "       csvkit COMMAND --help\n"
                   "       csvkit --version\n\n"
                   "To begin with:\n"
                   "  csvkit validate data.csv                  what is wrong, and where\n"
                   "  csvkit explain field-count                what a finding means\n"
                   "  csvkit normalize data.csv -o clean.csv    repair what can be repaired\n");
    for (const struct cli_topic *topic = cli_topics; topic->title != NULL; topic++) {
        show_topic(&page, topic);
    }
    cli_put(&page, "\n");
    wrap_page(
        &page,
        "Options may stand before and after operands; -- ends the options. The file name - means "
        "standard input or output. Input may be plain text or compressed (gzip, zstd, xz, bzip2), "
        "which is recognized by its "
        "content. Results go to standard output; messages and progress go to standard error. "
        "Memory does not grow with the size of the input.\n\n" CLI_EXIT_MEANS,
        0, 0);
    return page.status;
}

int cli_help_family(struct csvk_buf *out, const char *word)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, "Usage: csvkit ");
    cli_put(&page, word);
    cli_put(&page, " COMMAND [OPTION]... [OPERAND]...\n\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_in_family(cli_commands[i], word)) {
            show_command_line(&page, cli_commands[i]);
        }
    }
    cli_put(&page, "\nFor the options of one command: csvkit ");
    cli_put(&page, word);
    cli_put(&page, " COMMAND --help\n");
    return page.status;
}
