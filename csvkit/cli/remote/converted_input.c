/* converted_input.c - converts data through the normalizer before they are sent. */
#include "csvkit/cli/remote/converted_input.h"
#include "csvkit/normalize.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static bool wants_encoding(const struct cli *cli)
{
    const char *name = cli_value(cli, "encoding");
    return name && strcasecmp(name, "utf-8") != 0 && strcasecmp(name, "utf8") != 0;
}

static bool wants_delimiter(const struct cli *cli)
{
    const char *delimiter = cli_value(cli, "delimiter");
    return delimiter && strcmp(delimiter, "auto") == 0;
}

bool converted_input_is_wanted(const struct cli *cli)
{
    return wants_encoding(cli) || wants_delimiter(cli);
}

/* What a journal remembers about a copy is not true for the copy of the next run. */
static int check(struct cli *cli, const struct kbc_input *input, const char *option)
{
    if (!input->path) {
        return cli_trouble(cli,
                           "--%s converts PATH before it is sent; a file that is in Storage "
                           "stays as it is",
                           option);
    }
    if (input->sliced) {
        return cli_trouble(cli,
                           "--%s converts a file, not slices: csvkit slice --normalize makes "
                           "slices of a file",
                           option);
    }
    return cli_has(cli, "state") ? cli_trouble(cli, "--%s cannot be combined with --state", option)
                                 : CLI_GOOD;
}

static int make_folder(struct converted_input *converted, struct cli *cli, const char *path)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    const char *place = getenv("TMPDIR");
    const char *slash = strrchr(path, '/');
    int status = csvk_buf_printf(&text, "%s/csvkit-XXXXXX", place && *place ? place : "/var/tmp");
    char *folder = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&text)) : NULL;
    if (folder && !mkdtemp(folder)) {
        csvk_fail_sys(&err, errno, "%s", folder);
        csvk_free(folder);
        csvk_buf_release(&text);
        return cli_fail(cli, &err);
    }
    converted->folder = folder;
    csvk_buf_clear(&text);
    if (folder && csvk_buf_printf(&text, "%s/%s", folder, slash ? slash + 1 : path) == CSVK_OK) {
        converted->path = csvk_strdup(csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    return converted->path ? CLI_GOOD : cli_trouble(cli, "out of memory");
}

static bool ends_in_gz(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static int judge(struct cli *cli, const char *path, const struct csvk_normalize_result *result)
{
    if (result->inferred > 0 || result->records_rejected > 0 || result->records_dropped > 0) {
        return cli_refuse(cli,
                          "%s: needs more repairs than another encoding or dialect; csvkit "
                          "normalize makes them, nothing was sent",
                          path);
    }
    const char *encoding = result->encoding[0] ? result->encoding : "utf-8";
    const char *delimiter = result->delimiter[0] ? result->delimiter : NULL;
    cli_note(cli, "%s: sent as UTF-8 with commas; read as %s%s%s", path, encoding,
             delimiter ? " with the delimiter " : "", delimiter ? delimiter : "");
    return CLI_GOOD;
}

static int convert(struct converted_input *converted, struct cli *cli,
                   const struct kbc_input *input)
{
    struct csvk_error err = {0};
    struct csvk_normalize_options options;
    struct csvk_normalize_result result = {.size = sizeof result};
    struct csvk_normalize_files files = {
        .size = sizeof files,
        .input = input->path,
        .output = converted->path,
        .encoding = cli_value(cli, "encoding"),
        .sniff_delimiter = wants_delimiter(cli),
        .keep_enclosure = cli_has(cli, "enclosure"),
        .keep_escape = cli_has(cli, "escape"),
        .gzip_level = ends_in_gz(input->path) ? 6 : 0,
    };
    csvk_normalize_options_init(&options);
    options.dialect = input->table.dialect;
    options.header =
        input->header == KBC_HEADLESS ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    options.ragged = CSVK_NORMALIZE_RAGGED_FAIL;
    int status = csvk_normalize_files(&files, &options, &result, &err);
    csvk_normalize_options_release(&options);
    return status < 0 ? cli_fail(cli, &err) : judge(cli, input->path, &result);
}

int converted_input_make(struct converted_input *converted, struct cli *cli,
                         struct kbc_input *input)
{
    if (!converted_input_is_wanted(cli)) {
        return CLI_GOOD;
    }
    int status = check(cli, input, wants_encoding(cli) ? "encoding" : "delimiter=auto");
    if (status == CLI_GOOD) {
        status = make_folder(converted, cli, input->path);
    }
    if (status == CLI_GOOD) {
        status = convert(converted, cli, input);
    }
    if (status == CLI_GOOD) {
        input->path = converted->path;
        input->table.dialect = (struct csvk_dialect)CSVK_DIALECT_RFC4180;
        input->table.delimiter_auto = false;
    }
    return status;
}

void converted_input_release(struct converted_input *converted)
{
    if (converted->path) {
        unlink(converted->path);
    }
    if (converted->folder) {
        rmdir(converted->folder);
    }
    csvk_free(converted->path);
    csvk_free(converted->folder);
    *converted = (struct converted_input){NULL, NULL};
}
