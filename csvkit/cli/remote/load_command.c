/*
 * load_command.c - the command that goes on with a load that broke off after its upload.
 *
 * It loads the Storage file as the run would have done, and it may be followed blindly: --once
 * makes it find out first whether the rows are in the table.
 */
#include "csvkit/cli/remote/converted_input.h"

#include <string.h>
#include <unistd.h>

/* Adds a word of a command for a shell. */
static int add_word(struct csvk_buf *text, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-_./=,:@%+";
    if (*word && word[strspn(word, plain)] == '\0') {
        return csvk_buf_puts(text, word);
    }
    int status = csvk_buf_putc(text, '\'');
    for (; *word && status == CSVK_OK; word++) {
        status = *word == '\'' ? csvk_buf_puts(text, "'\\''")
                               : csvk_buf_putc(text, (unsigned char)*word);
    }
    return status == CSVK_OK ? csvk_buf_putc(text, '\'') : status;
}

static int add_option(struct csvk_buf *text, const char *name, const char *value)
{
    int status = csvk_buf_printf(text, " --%s", name);
    if (status == CSVK_OK && value) {
        status = csvk_buf_putc(text, '=');
    }
    return status == CSVK_OK && value ? add_word(text, value) : status;
}

static bool is_in(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Options that are about sending PATH, which is sent already, or that the command gets anyway. What
   was sent in the place of PATH has a dialect of its own. */
static bool is_about_sending(const struct cli *cli, const char *name)
{
    static const char *const of_dialect[] = {"delimiter", "enclosure", "escape", NULL};
    static const char *const names[] = {
        "file-id",     "once",     "state",     "compress", "part-size", "check",
        "no-check",    "importer", "dry-run",   "manifest", "quiet",     "progress",
        "create-only", "tag",      "permanent", "encoding", NULL};
    return is_in(names, name) || (converted_input_is_wanted(cli) && is_in(of_dialect, name));
}

static int add_given_options(struct cli *cli, struct csvk_buf *text)
{
    int status = CSVK_OK;
    for (const struct cli_group *const *group = cli_groups(cli); *group; group++) {
        for (const struct cli_option *row = (*group)->rows; row->name; row++) {
            size_t count = is_about_sending(cli, row->name) ? 0 : cli_count(cli, row->name);
            for (size_t i = count && !row->repeat ? count - 1 : 0; i < count && status == CSVK_OK;
                 i++) {
                status = add_option(text, row->name, row->arg ? cli_nth(cli, row->name, i) : NULL);
            }
        }
    }
    return status;
}

/* The manifest of PATH counts for its file, too. */
static int add_manifest(struct cli *cli, const char *path, struct csvk_buf *text)
{
    struct csvk_buf beside = CSVK_BUF_INIT;
    const char *given = cli_value(cli, "manifest");
    size_t length = path ? strlen(path) : 0;
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    int status = csvk_buf_printf(&beside, "%.*s.manifest", (int)length, path ? path : "");
    if (status == CSVK_OK && !given && path && access(csvk_buf_text(&beside), F_OK) == 0) {
        given = csvk_buf_text(&beside);
    }
    if (status == CSVK_OK && given) {
        status = add_option(text, "manifest", given);
    }
    csvk_buf_release(&beside);
    return status;
}

/* The manifest of PATH may name another dialect than that of the copy which was sent. */
static int add_dialect_of_copy(struct cli *cli, struct csvk_buf *text)
{
    return converted_input_is_wanted(cli)
               ? csvk_buf_puts(text, " --delimiter=, --enclosure='\"' --escape=none")
               : CSVK_OK;
}

int remote_load_command(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done,
                        struct csvk_buf *text)
{
    bool headless = load->header == KBC_HEADLESS && !cli_has(cli, "no-header");
    int status = csvk_buf_puts(text, "csvkit load ");
    status = status == CSVK_OK ? add_word(text, load->table) : status;
    status = status == CSVK_OK ? add_option(text, "file-id", load->file_id) : status;
    status = status == CSVK_OK ? add_option(text, "once", NULL) : status;
    status = status == CSVK_OK ? add_given_options(cli, text) : status;
    status = status == CSVK_OK ? add_dialect_of_copy(cli, text) : status;
    if (status == CSVK_OK && headless) {
        status = add_option(text, "no-header", NULL);
    }
    if (status == CSVK_OK && load->create_only && !done->table_begun) {
        status = add_option(text, "create-only", NULL);
    }
    return status == CSVK_OK
               ? add_manifest(cli, cli_noperands(cli) > 1 ? cli_operand(cli, 1) : NULL, text)
               : status;
}
