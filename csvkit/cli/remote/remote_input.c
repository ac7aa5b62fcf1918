/*
 * remote_input.c - the options that describe data to be sent, over what its manifest says; the
 * library collects, judges and validates (storage.h).
 */
#include "csvkit/cli/frame/reports.h"
#include "csvkit/cli/remote/remote.h"
#include "csvkit/cli/table/table_options.h"

#include <stdlib.h>
#include <string.h>

static int read_delete(struct kbc_input *input, struct cli *cli)
{
    const char *column = cli_value(cli, "delete-where-column");
    const char *operator= cli_value(cli, "delete-where-operator");
    if (cli_has(cli, "delete-where-values")) {
        csvk_strings_release(&input->delete_values);
    }
    int status = cli_get_list(cli, "delete-where-values", &input->delete_values);
    if (status == CLI_GOOD && cli_has(cli, "delete-where-values") &&
        input->delete_values.count == 0 && csvk_strings_add(&input->delete_values, "") < 0) {
        return cli_trouble(cli, "out of memory"); /* an empty list means one empty value */
    }
    if (column) {
        input->delete_where.column = column;
        input->delete_where.operator= "eq";
    }
    if (operator) {
        input->delete_where.operator= operator;
    }
    return status;
}

static int read_options(struct kbc_input *input, struct cli *cli)
{
    int status = cli_take_table_options(cli, &input->table);
    input->incremental = input->incremental || cli_has(cli, "incremental");
    input->timestamp = cli_has(cli, "timestamp-from-data");
    return status == CLI_GOOD ? read_delete(input, cli) : status;
}

/* Options that the Importer does not have are refused, not ignored. */
static int check_importer(const struct kbc_input *input, struct cli *cli)
{
    static const char *const foreign[] = {
        "state",       "part-size",   "compress", "no-wait",     "timeout",
        "add-columns", "create-only", "file-id",  "primary-key", "timestamp-from-data"};
    struct csvk_error err = {0};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (cli_has(cli, foreign[i])) {
            return cli_trouble(cli, "--importer cannot be combined with --%s", foreign[i]);
        }
    }
    return kbc_input_for_importer(input, &err) == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

static int settle(struct kbc_input *input, struct cli *cli)
{
    struct csvk_error err = {0};
    return kbc_input_settle(input, &err) == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

int remote_input_read(struct kbc_input *input, struct cli *cli, const char *path)
{
    struct csvk_findings findings = {0};
    struct csvk_error err = {0};
    int status = CLI_GOOD;
    enum csvk_type_support support = csvk_type_support_parse(getenv("KBC_DATA_TYPE_SUPPORT"));
    int answer = kbc_input_read(input, path, cli_value(cli, "manifest"), support, &findings, &err);
    if (findings.errors > 0) {
        cli_print_errors(cli, input->table.manifest, &findings);
        status = CLI_REFUSED;
    } else if (answer != CSVK_OK) {
        status = cli_fail(cli, &err);
    }
    csvk_findings_release(&findings);
    status = status == CLI_GOOD ? read_options(input, cli) : status;
    status = status == CLI_GOOD ? settle(input, cli) : status;
    return status == CLI_GOOD && cli_has(cli, "importer") ? check_importer(input, cli) : status;
}

/* ---- the data -------------------------------------------------------------------------------- */

static void show_refused(void *ctx, const struct csvk_report *report)
{
    struct cli *cli = ctx;
    struct csvk_buf text = CSVK_BUF_INIT;
    unsigned style = cli_color(cli, stderr) ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN;
    if (csvk_report_print(report, "text", style, &text, NULL) == CSVK_OK) {
        fwrite(csvk_buf_text(&text), 1, text.length, stderr);
    }
    csvk_buf_release(&text);
}

static void show_failed(void *ctx, const struct csvk_error *err)
{
    cli_fail(ctx, err);
}

static void show_note(void *ctx, const char *text)
{
    cli_note(ctx, "%s", text);
}

static void show_misfit(void *ctx, const char *text)
{
    (void)cli_trouble(ctx, "%s", text);
}

int remote_input_check(struct kbc_input *input, struct cli *cli, const struct csvk_strings *key)
{
    const struct kbc_input_hooks hooks = {show_refused, show_failed, show_note, show_misfit, cli};
    struct csvk_error err = {0};
    int status = kbc_input_check(input, key, &hooks, &err);
    if (status == CSVK_EDATA) {
        return cli_fail(cli, &err);
    }
    return status == CSVK_OK ? CLI_GOOD : CLI_TROUBLE;
}

int remote_input_check_values(const struct kbc_input *input, struct cli *cli,
                              const struct kbc_target *target)
{
    const struct kbc_input_hooks hooks = {.misfit = show_misfit, .ctx = cli};
    struct csvk_error err = {0};
    int status = kbc_input_check_values(input, target, &hooks, &err);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}
