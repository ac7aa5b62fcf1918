/*
 * files_from.c - --files-from=LIST: operands out of a file, for more of them than a command line
 * holds, and for programs that print names (git diff --name-only -z, find -print0).
 *
 * A name is what stands on a line, as it is; with --null it ends with a NUL byte, so that it may
 * hold line breaks. Empty names are left out. Names of the list come after those of the command
 * line. An empty list is no operand at all, and never standard input.
 */
#include "csvkit/cli/frame/frame.h"

#include <errno.h>
#include <string.h>

static const struct cli_option rows[] = {
    {"files-from", 0, "LIST", NULL,
     "Read names of more FILEs from this file, one on each line; - means standard input. An empty "
     "list means that there is nothing to do.",
     true},
    {"null", '0', NULL, NULL,
     "Names in the list end with a NUL byte instead of a line break, as find -print0 writes them.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_files_from_options = {"Names of files", rows};

static bool is_standard_input(const char *name)
{
    return strcmp(name, "-") == 0;
}

static int cannot_read(struct cli *cli, const char *list)
{
    return cli_trouble(cli, "--files-from=%s: %s", list, strerror(errno));
}

static int read_list(struct cli *cli, const char *list, struct csvk_buf *text)
{
    FILE *file = is_standard_input(list) ? stdin : fopen(list, "rbe");
    if (file == NULL) {
        return cannot_read(cli, list);
    }
    char block[16384];
    size_t n;
    int status = CSVK_OK;
    errno = 0;
    while (status == CSVK_OK && (n = fread(block, 1, sizeof block, file)) > 0) {
        status = csvk_buf_add(text, block, n);
    }
    int result = status != CSVK_OK   ? cli_trouble(cli, "out of memory")
                 : ferror(file) != 0 ? cannot_read(cli, list)
                                     : CLI_GOOD;
    if (file != stdin) {
        fclose(file);
    }
    return result;
}

static int add_name(struct cli *cli, const char *list, const char *name, size_t length)
{
    if (csvk_strings_addn(&cli->listed, name, length) != CSVK_OK) {
        return cli_trouble(cli, "out of memory");
    }
    const char *kept = cli->listed.item[cli->listed.count - 1];
    if (is_standard_input(kept) && is_standard_input(list)) {
        return cli_trouble(cli, "--files-from=-: a name in the list is -, but standard input is "
                                "the list itself; ./- is a file of this name");
    }
    return cli_add_operand(cli, kept) == CLI_GOOD ? CLI_GOOD : cli_trouble(cli, "out of memory");
}

static int add_names(struct cli *cli, const char *list, const struct csvk_buf *text)
{
    const char *p = csvk_buf_text(text), *end = p + text->length;
    char stop = cli_has(cli, "null") ? '\0' : '\n';
    int status = CLI_GOOD;
    for (uint64_t line = 1; p < end && status == CLI_GOOD; line++) {
        const char *found = memchr(p, stop, (size_t)(end - p));
        size_t length = found != NULL ? (size_t)(found - p) : (size_t)(end - p);
        if (memchr(p, '\0', length) != NULL) {
            return cli_trouble(cli,
                               "--files-from=%s: line %llu has a NUL byte; --null reads names that "
                               "end with one",
                               list, (unsigned long long)line);
        }
        status = length != 0 ? add_name(cli, list, p, length) : CLI_GOOD;
        p += length + (found != NULL);
    }
    return status;
}

int cli_add_listed(struct cli *cli)
{
    int status = CLI_GOOD;
    size_t lists_on_input = 0;
    for (size_t i = 0; i < cli_count(cli, "files-from"); i++) {
        lists_on_input += is_standard_input(cli_nth(cli, "files-from", i));
    }
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        lists_on_input += lists_on_input != 0 && is_standard_input(cli_operand(cli, i));
    }
    if (lists_on_input > 1) {
        return cli_trouble(cli, "--files-from=-: standard input can be read once only");
    }
    if (cli_has(cli, "null") && !cli_has(cli, "files-from")) {
        return cli_trouble(cli, "--null works with --files-from only");
    }
    for (size_t i = 0; i < cli_count(cli, "files-from") && status == CLI_GOOD; i++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        const char *list = cli_nth(cli, "files-from", i);
        status = read_list(cli, list, &text);
        status = status == CLI_GOOD ? add_names(cli, list, &text) : status;
        csvk_buf_release(&text);
    }
    return status;
}

int cli_take_files_from(struct cli *cli)
{
    int status = cli_add_listed(cli);
    if (status == CLI_GOOD && cli_has(cli, "files-from") && cli_noperands(cli) == 0) {
        cli_note(cli, "no names in the list: nothing to do");
    }
    return status;
}
