/*
 * load_command.c - the command that goes on with a load that broke off after its upload.
 *
 * It loads the Storage file as the run would have done, and it may be followed blindly: --once
 * makes it find out first whether the rows are in the table.
 */
#include "csvkit/cli/remote/remote.h"

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

/* Options that are about sending PATH, which is sent already, or that the command gets anyway. */
static bool is_about_sending(const char *name)
{
    static const char *const names[] = {
        "file-id",  "once",    "state",    "compress", "part-size", "check",      "no-check",
        "importer", "dry-run", "manifest", "quiet",    "progress",  "create-only"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static int add_given_options(struct cli *cli, struct csvk_buf *text)
{
    int status = CSVK_OK;
    for (const struct cli_group *const *group = cli_groups(cli); *group; group++) {
        for (const struct cli_option *row = (*group)->rows; row->name; row++) {
            size_t count = is_about_sending(row->name) ? 0 : cli_count(cli, row->name);
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

int remote_load_command(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done,
                        struct csvk_buf *text)
{
    bool headless = load->header == KBC_HEADLESS && !cli_has(cli, "no-header");
    int status = csvk_buf_puts(text, "csvkit load ");
    status = status == CSVK_OK ? add_word(text, load->table) : status;
    status = status == CSVK_OK ? add_option(text, "file-id", load->file_id) : status;
    status = status == CSVK_OK ? add_option(text, "once", NULL) : status;
    status = status == CSVK_OK ? add_given_options(cli, text) : status;
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
