/* man_page.c - man pages in roff, made from the same rows as the pages of --help. */
#include "csvkit/cli/frame/roff.h"

#include <string.h>

/* The name of the page of a command, in roff: csvkit\-manifest\-create */
static void put_page_name(struct cli_page *page, const struct cli_command *command)
{
    cli_put(page, "csvkit\\-");
    for (const char *p = command->name; *p != '\0'; p++) {
        cli_putf(page, "%s%c", *p == ' ' || *p == '-' ? "\\" : "", *p == ' ' ? '-' : *p);
    }
}

static void put_option(struct cli_page *page, const struct cli_option *option)
{
    cli_put(page, ".TP\n");
    if (option->letter != 0) {
        cli_putf(page, "\\fB\\-%c\\fR, ", option->letter);
    }
    cli_put(page, "\\fB\\-\\-");
    cli_roff_text(page, option->name);
    cli_put(page, "\\fR");
    if (option->arg != NULL) {
        cli_put(page, "=\\fI");
        cli_roff_text(page, option->choices != NULL ? option->choices : option->arg);
        cli_put(page, "\\fR");
    }
    cli_put(page, "\n");
    cli_roff_paragraphs(page, option->help);
}

static void put_options(struct cli_page *page, const struct cli_command *command)
{
    if (command->groups == NULL || command->groups[0] == NULL) {
        return;
    }
    cli_put(page, ".SH OPTIONS\n");
    for (size_t g = 0; command->groups[g] != NULL; g++) {
        cli_put(page, ".SS \"");
        cli_roff_text(page, command->groups[g]->title);
        cli_put(page, "\"\n");
        for (const struct cli_option *row = command->groups[g]->rows; row->name != NULL; row++) {
            put_option(page, row);
        }
    }
}

static void put_examples(struct cli_page *page, const char *const *examples)
{
    if (examples == NULL || examples[0] == NULL) {
        return;
    }
    cli_put(page, ".SH EXAMPLES\n");
    for (size_t i = 0; examples[i] != NULL && examples[i + 1] != NULL; i += 2) {
        cli_put(page, ".TP\n\\fB");
        cli_roff_text(page, examples[i]);
        cli_put(page, "\\fR\n");
        cli_roff_paragraphs(page, examples[i + 1]);
    }
}

static void put_exit_status(struct cli_page *page)
{
    cli_put(page,
            ".SH EXIT STATUS\n"
            ".TP\n0\nAll is done, and the data is good.\n"
            ".TP\n1\nThe data, the manifest or the import was refused.\n"
            ".TP\n2\nAnything else went wrong: the command line, input or output, memory, the "
            "network, a server.\n");
}

/* The overview, and the other commands with the same first word. */
static void put_see_also(struct cli_page *page, const struct cli_command *command)
{
    cli_put(page, ".SH SEE ALSO\n.BR csvkit (1)");
    size_t first = strcspn(command->name, " ");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const struct cli_command *other = cli_commands[i];
        if (other != command && command->name[first] == ' ' &&
            strncmp(other->name, command->name, first + 1) == 0) {
            cli_put(page, ",\n.BR ");
            put_page_name(page, other);
            cli_put(page, " (1)");
        }
    }
    cli_put(page, "\n");
}

int cli_man_command(struct csvk_buf *out, const struct cli_command *command)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, ".\\\" Made from the table of options; do not edit.\n");
    cli_roff_title(&page, "csvkit", command->name, 1);
    cli_put(&page, ".SH NAME\n");
    put_page_name(&page, command);
    cli_put(&page, " \\- ");
    cli_roff_text(&page, command->summary);
    cli_put(&page, "\n.SH SYNOPSIS\n.B csvkit ");
    cli_roff_text(&page, command->name);
    cli_put(&page, "\n[\\fIOPTION\\fR]... ");
    cli_roff_text(&page, command->operands != NULL ? command->operands : "");
    cli_put(&page, "\n");
    if (command->details != NULL) {
        cli_put(&page, ".SH DESCRIPTION\n");
        cli_roff_paragraphs(&page, command->details);
    }
    put_options(&page, command);
    if (cli_takes_size(command)) {
        cli_put(&page, ".PP\n");
        cli_roff_paragraphs(&page, CLI_SIZE_MEANS);
    }
    put_examples(&page, command->examples);
    put_exit_status(&page);
    put_see_also(&page, command);
    return page.status;
}

static void put_topic(struct cli_page *page, const struct cli_topic *topic)
{
    bool titled = false;
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_topic_of(cli_commands[i]) != topic) {
            continue;
        }
        if (!titled) {
            cli_putf(page, ".SS \"%s\"\n", topic->title);
            titled = true;
        }
        cli_put(page, ".TP\n.BR ");
        put_page_name(page, cli_commands[i]);
        cli_put(page, " (1)\n");
        cli_roff_paragraphs(page, cli_commands[i]->summary);
    }
}

int cli_man_overview(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, ".\\\" Made from the table of commands; do not edit.\n");
    cli_roff_title(&page, "csvkit", NULL, 1);
    cli_put(&page,
            ".SH NAME\ncsvkit \\- check, repair, slice and load CSV files by RFC 4180\n"
            ".SH SYNOPSIS\n.B csvkit\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIOPERAND\\fR]...\n"
            ".br\n.B csvkit\n\\fICOMMAND\\fR \\fB\\-\\-help\\fR\n"
            ".br\n.B csvkit \\-\\-version\n"
            ".SH DESCRIPTION\n"
            "Options may stand before and after operands;\n.B \\-\\-\nends the options.\n"
            "The file name\n.B \\-\nmeans standard input or output.\n"
            "Input may be plain text or compressed (gzip, zstd, xz, bzip2), which is recognized by "
            "its content.\n"
            "Results go to standard output; messages and progress go to standard error.\n"
            "Memory does not grow with the size of the input.\n"
            ".PP\n");
    cli_roff_paragraphs(&page, CLI_SIZE_MEANS " " CLI_LIST_MEANS);
    cli_put(&page, ".SH COMMANDS\n");
    for (const struct cli_topic *topic = cli_topics; topic->title != NULL; topic++) {
        put_topic(&page, topic);
    }
    put_exit_status(&page);
    cli_put(&page, ".SH ENVIRONMENT\n"
                   ".TP\n.B NO_COLOR\nWhen it is set and not empty, output has no colours.\n");
    return page.status;
}
