/*
 * help.c - the pages of --help, made from the rows: 80 columns, grouped, with examples.
 *
 * Failures are memory only and sticky in `status`, so that the pages read as they look.
 */
#include "csvkit/cli/frame.h"

#include <string.h>

enum { WIDTH = 80, OPTION_COLUMN = 26 };

struct page {
    struct csvk_buf *out;
    int status;
};

static void puts_page(struct page *page, const char *text)
{
    if (page->status == CSVK_OK) {
        page->status = csvk_buf_puts(page->out, text);
    }
}

static void wrap_page(struct page *page, const char *text, size_t indent, size_t first)
{
    if (page->status == CSVK_OK) {
        struct cli_wrap wrap = {indent, first, WIDTH};
        page->status = cli_add_wrapped(page->out, text, wrap);
    }
}

/* A term of `columns` width that stands already, then its text from column `at` on. */
static void explain(struct page *page, size_t columns, size_t at, const char *text)
{
    if (columns + 2 > at) {
        puts_page(page, "\n");
        wrap_page(page, text, at, 0);
        return;
    }
    if (page->status == CSVK_OK) {
        page->status = csvk_buf_printf(page->out, "%*s", (int)(at - columns), "");
    }
    wrap_page(page, text, at, at);
}

int cli_add_option_names(struct csvk_buf *out, const struct cli_option *option)
{
    int status = option->letter != 0 ? csvk_buf_printf(out, "-%c, ", option->letter) : CSVK_OK;
    if (status == CSVK_OK) {
        status = csvk_buf_printf(out, "--%s", option->name);
    }
    if (status == CSVK_OK && option->arg != NULL) {
        status = csvk_buf_printf(out, "=%s", option->choices ? option->choices : option->arg);
    }
    return status;
}

static void show_option(struct page *page, const struct cli_option *option)
{
    puts_page(page, option->letter != 0 ? "  " : "      ");
    size_t before = page->out->length;
    if (page->status == CSVK_OK) {
        page->status = cli_add_option_names(page->out, option);
    }
    size_t columns = page->out->length - before + (option->letter != 0 ? 2 : 6);
    explain(page, columns, OPTION_COLUMN, option->help);
}

static void show_groups(struct page *page, const struct cli_command *command)
{
    for (size_t g = 0; command->groups != NULL && command->groups[g] != NULL; g++) {
        puts_page(page, "\n");
        puts_page(page, command->groups[g]->title);
        puts_page(page, ":\n");
        for (const struct cli_option *row = command->groups[g]->rows; row->name != NULL; row++) {
            show_option(page, row);
        }
    }
}

static void show_examples(struct page *page, const char *const *examples)
{
    if (examples == NULL || examples[0] == NULL) {
        return;
    }
    puts_page(page, "\nExamples:\n");
    for (size_t i = 0; examples[i] != NULL && examples[i + 1] != NULL; i += 2) {
        puts_page(page, "  ");
        puts_page(page, examples[i]);
        puts_page(page, "\n");
        wrap_page(page, examples[i + 1], 6, 0);
    }
}

int cli_help_command(struct csvk_buf *out, const struct cli_command *command)
{
    struct page page = {out, CSVK_OK};
    puts_page(&page, "csvkit ");
    puts_page(&page, command->name);
    puts_page(&page, " - ");
    puts_page(&page, command->summary);
    puts_page(&page, "\n\nUsage: csvkit ");
    puts_page(&page, command->name);
    puts_page(&page, " [OPTION]... ");
    puts_page(&page, command->operands != NULL ? command->operands : "");
    puts_page(&page, "\n");
    if (command->details != NULL) {
        puts_page(&page, "\n");
        wrap_page(&page, command->details, 0, 0);
    }
    show_groups(&page, command);
    show_examples(&page, command->examples);
    puts_page(&page, "\nExit status: 0 done and the data is good, 1 the data was refused, "
                     "2 trouble.\n");
    return page.status;
}

static void show_command_line(struct page *page, const struct cli_command *command)
{
    puts_page(page, "  ");
    puts_page(page, command->name);
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

static void show_topic(struct page *page, const struct cli_topic *topic)
{
    bool titled = false;
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_topic_of(cli_commands[i]) != topic) {
            continue;
        }
        if (!titled) {
            puts_page(page, "\n");
            puts_page(page, topic->title);
            puts_page(page, ":\n");
            titled = true;
        }
        show_command_line(page, cli_commands[i]);
    }
}

int cli_help_overview(struct csvk_buf *out)
{
    struct page page = {out, CSVK_OK};
    puts_page(&page, "csvkit - check, mend, slice and load CSV by RFC 4180\n\n"
                     "Usage: csvkit COMMAND [OPTION]... [OPERAND]...\n"
                     "       csvkit COMMAND --help\n"
                     "       csvkit --version\n");
    for (const struct cli_topic *topic = cli_topics; topic->title != NULL; topic++) {
        show_topic(&page, topic);
    }
    puts_page(&page, "\n");
    wrap_page(&page,
              "Options may stand before or after operands; -- ends them; - is standard input or "
              "output. Input may be plain or gzip. Results go to standard output, everything else "
              "to standard error.\n\n"
              "Exit status: 0 done and the data is good, 1 the data was refused, 2 trouble.",
              0, 0);
    return page.status;
}

int cli_help_family(struct csvk_buf *out, const char *word)
{
    struct page page = {out, CSVK_OK};
    puts_page(&page, "Usage: csvkit ");
    puts_page(&page, word);
    puts_page(&page, " COMMAND [OPTION]... [OPERAND]...\n\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_in_family(cli_commands[i], word)) {
            show_command_line(&page, cli_commands[i]);
        }
    }
    puts_page(&page, "\ncsvkit ");
    puts_page(&page, word);
    puts_page(&page, " COMMAND --help tells more about one of them.\n");
    return page.status;
}
