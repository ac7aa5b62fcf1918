/* remote_print.c - prints what Storage answered. */
#include "csvkit/cli/remote/remote_print.h"

#include <string.h>

void remote_print(struct cli *cli, const char *label, const char *text)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    if (text[0] == '\0') {
        return;
    }
    int status = csvk_buf_printf(&line, "%-16s ", label);
    if (status == CSVK_OK) {
        status = csvk_buf_add_escaped(&line, text, strlen(text));
    }
    cli_out_result(cli, &line, status == CSVK_OK ? csvk_buf_putc(&line, '\n') : status);
}

void remote_print_list(struct cli *cli, const char *label, const struct csvk_strings *list)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < list->count && status == CSVK_OK; i++) {
        status = csvk_buf_printf(&text, "%s%s", i ? ", " : "", list->item[i]);
    }
    if (status == CSVK_OK) {
        remote_print(cli, label, csvk_buf_text(&text));
    }
    csvk_buf_clear(&text);
    cli_out_result(cli, &text, status);
}

void remote_print_number(struct cli *cli, const char *label, uint64_t number)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&line, "%-16s %llu\n", label, (unsigned long long)number);
    cli_out_result(cli, &line, status);
}

void remote_put(struct csvk_json *json, const char *key, const char *text)
{
    csvk_json_put_string(json, key, text[0] ? text : NULL);
}

int remote_each_operand(struct cli *cli, const char *work,
                        int (*act)(struct remote *remote, const char *operand))
{
    struct remote remote = {0};
    int status = remote_open(&remote, cli, work);
    for (size_t i = 0; i < cli_noperands(cli) && status == CLI_GOOD; i++) {
        status = act(&remote, cli_operand(cli, i));
    }
    return remote_close(&remote, status);
}
