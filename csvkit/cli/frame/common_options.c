/* common_options.c - the groups of options that commands share, and typed values of options. */
#include "csvkit/cli/frame/frame.h"

#include "csvkit/extra/extra.h"

#include <string.h>

static const struct cli_option dialect_rows[] = {
    {"delimiter", 'd', "C", NULL,
     "What stands between fields: one byte, or comma, semicolon, tab, pipe, space, \\t, \\x1f. "
     "validate and normalize take up to 8 bytes, such as '||'; they, stats, schema, slice, upload "
     "and load find it out with auto. Default: a comma.",
     false},
    {"enclosure", 'e', "C", NULL,
     "The byte around fields that hold delimiters or line breaks: one byte, or none. Default: the "
     "double quote.",
     false},
    {"escape", 0, "C", NULL,
     "A byte that makes the next byte data: one byte, or none. It is only read, never written. "
     "Default: none; a doubled enclosure stands for one.",
     false},
    {"header", 0, NULL, NULL,
     "The first record holds the column names. This is the default for a file without a manifest.",
     false},
    {"no-header", 0, NULL, NULL, "The first record is data.", false},
    {"columns", 0, "A,B,C", NULL,
     "The column names. With --no-header they name the columns; with a header they must be equal "
     "to it. Put a name that has a comma in double quotes: 'id,\"a,b\"'.",
     false},
    {"encoding", 0, "NAME", NULL,
     "The encoding of the input: utf-8 or a name that iconv(3) knows. With auto, validate, "
     "normalize, stats, schema, slice, upload and load find it out. Default: utf-8.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_dialect_options = {"Dialect of the input", dialect_rows};

static const struct cli_option blanks_rows[] = {
    {"skip-blanks", 0, NULL, NULL,
     "Blanks at the start of a field are no part of it, as in: a, \"b\", c. A blank is a space or "
     "TAB that the delimiter does not begin with.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_blanks_options = {"Blanks in the input", blanks_rows};

static const struct cli_option comment_rows[] = {
    {"comment", 0, "C", NULL,
     "Lines that begin with this byte, where a record could begin, are comments. They are set "
     "aside "
     "and counted, whatever is in them, and places stay those of the file.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_comment_options = {"Comments in the input", comment_rows};

static const struct cli_option thread_rows[] = {
    {"threads", 'j', "N", NULL,
     "The number of threads. The result is the same for every N. Default: the number of cores that "
     "this process may use.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_thread_options = {"Threads", thread_rows};

static const struct cli_option common_rows[] = {
    {"progress", 0, "WHEN", "auto|always|never",
     "Show on standard error how far the work is. Default: auto, which means on a terminal, after "
     "half a second.",
     false},
    {"color", 0, "WHEN", "auto|always|never",
     "Colour text reports on standard output and standard error; files never have colours. "
     "Default: auto, which means on a terminal, unless NO_COLOR is set.",
     false},
    {"quiet", 'q', NULL, NULL, "Print no progress and no notes, only errors.", false},
    {"help", 'h', NULL, NULL, "Print this text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_common_options = {"Common options", common_rows};

enum { MOST_THREADS = 1024 };

/* Reads the last value as a number or a size. Messages name the option and the text. */
static int get_number(struct cli *cli, const char *name, uint64_t *out,
                      enum csvk_number (*parse)(const char *, uint64_t *))
{
    const char *text = cli_value(cli, name);
    bool size = parse == csvk_parse_size;
    switch (text == NULL ? CSVK_NUMBER_OK : parse(text, out)) {
    case CSVK_NUMBER_OK: return CLI_GOOD;
    case CSVK_NUMBER_OVERFLOW: return cli_trouble(cli, "--%s=%s: too large a number", name, text);
    case CSVK_NUMBER_UNIT:
        return cli_trouble(cli,
                           "--%s=%s: unknown unit; use kB MB GB TB (powers of 1000) or "
                           "KiB MiB GiB TiB (powers of 1024)",
                           name, text);
    case CSVK_NUMBER_BAD: break;
    }
    return cli_trouble(cli, "--%s=%s: not a %s", name, text,
                       size ? "size such as 1000, 64KiB or 50MB" : "whole number");
}

int cli_get_size(struct cli *cli, const char *name, uint64_t *out)
{
    return get_number(cli, name, out, csvk_parse_size);
}

int cli_get_uint(struct cli *cli, const char *name, uint64_t least, uint64_t most, uint64_t *out)
{
    uint64_t value = least;
    int status = get_number(cli, name, &value, csvk_parse_uint);
    if (status != CLI_GOOD || !cli_has(cli, name)) {
        return status;
    }
    if (value < least || value > most) {
        return most == UINT64_MAX ? cli_trouble(cli, "--%s=%s: must be at least %llu", name,
                                                cli_value(cli, name), (unsigned long long)least)
                                  : cli_trouble(cli, "--%s=%s: must be from %llu to %llu", name,
                                                cli_value(cli, name), (unsigned long long)least,
                                                (unsigned long long)most);
    }
    *out = value;
    return CLI_GOOD;
}

/* The row of the option, or NULL when the option was not given. */
static const struct cli_option *given_row(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->ngiven; i++) {
        if (strcmp(cli->given[i].option->name, name) == 0) {
            return cli->given[i].option;
        }
    }
    return NULL;
}

int cli_get_list(struct cli *cli, const char *name, struct csvk_strings *out)
{
    const struct cli_option *row = given_row(cli, name);
    if (row == NULL) {
        return CLI_GOOD;
    }
    size_t count = cli_count(cli, name);
    for (size_t i = row->repeat ? 0 : count - 1; i < count; i++) {
        const char *problem = NULL;
        const char *text = cli_nth(cli, name, i);
        if (cli_parse_list(text, out, &problem) != CLI_GOOD) {
            return cli_trouble(cli, "--%s=%s: %s", name, text, problem);
        }
    }
    return CLI_GOOD;
}

int cli_get_level(struct cli *cli, const char *text, char id[CLI_RULE_ID_SIZE],
                  enum csvk_severity *level)
{
    struct csvk_error err = {0};
    size_t length = strcspn(text, "=");
    if (text[length] == '\0' || length >= CLI_RULE_ID_SIZE) {
        return cli_trouble(cli, "--rule=%s: expected ID=off|info|warning|error", text);
    }
    memcpy(id, text, length);
    id[length] = '\0';
    if (csvk_severity_parse(text + length + 1, level, &err) != CSVK_OK) {
        return cli_trouble(cli, "--rule=%s: %s", text, err.text);
    }
    if (strcmp(id, "all") == 0 || csvk_rule_sets_find(cli_rules(cli), id) != NULL) {
        return CLI_GOOD;
    }
    const char *near = cli_suggest_rule(cli_rules(cli), id);
    return near != NULL
               ? cli_trouble(cli, "--rule=%s: unknown rule '%s'; did you mean %s?", text, id, near)
               : cli_trouble(cli, "--rule=%s: unknown rule '%s' (`csvkit rules` lists them)", text,
                             id);
}

static int get_byte(struct cli *cli, const char *name, bool none_allowed, int *byte)
{
    struct csvk_error err = {0};
    const char *text = cli_value(cli, name);
    if (text == NULL || csvk_dialect_parse_byte(text, name, none_allowed, byte, &err) == CSVK_OK) {
        return CLI_GOOD;
    }
    return cli_trouble(cli, "--%s=%s: %s", name, text, err.text);
}

int cli_get_comment(struct cli *cli, uint64_t *out)
{
    int byte = 0;
    int status = get_byte(cli, "comment", false, &byte);
    *out = (uint64_t)byte;
    return status;
}

/* A command that reads blanks to be skipped reads all dialects. */
static bool reads_all_dialects(const struct cli *cli)
{
    for (const struct cli_group *const *group = cli->command->groups; *group != NULL; group++) {
        if (*group == &cli_blanks_options) {
            return true;
        }
    }
    return false;
}

/* Where one byte is needed, a delimiter of several is refused with what to do about it. */
static int get_delimiter(struct cli *cli, struct csvk_dialect *out)
{
    const char *text = cli_value(cli, "delimiter");
    struct csvk_error err = {0};
    struct csvk_dialect longer = *out;
    if (text == NULL) {
        return CLI_GOOD;
    }
    bool good = csvk_dialect_parse_delimiter(text, &longer, &err) == CSVK_OK;
    if (!reads_all_dialects(cli) && good && longer.more_length != 0) {
        return cli_trouble(cli,
                           "--delimiter=%s: csvkit %s knows delimiters of one byte only; rewrite "
                           "the table with csvkit normalize --delimiter='%s', or slice --normalize",
                           text, cli->command->name, text);
    }
    if (!reads_all_dialects(cli)) {
        return get_byte(cli, "delimiter", false, &out->delimiter);
    }
    *out = longer;
    return good ? CLI_GOOD : cli_trouble(cli, "--delimiter=%s: %s", text, err.text);
}

int cli_get_dialect(struct cli *cli, struct csvk_dialect *out, bool *delimiter_auto)
{
    const char *delimiter = cli_value(cli, "delimiter");
    bool is_auto = delimiter != NULL && strcmp(delimiter, "auto") == 0;
    if (is_auto && delimiter_auto == NULL) {
        return cli_trouble(cli, "--delimiter=auto: csvkit %s does not find the delimiter; name it",
                           cli->command->name);
    }
    if (delimiter_auto != NULL) {
        *delimiter_auto = is_auto;
    }
    int status = is_auto ? CLI_GOOD : get_delimiter(cli, out);
    out->skip_blanks = out->skip_blanks || cli_has(cli, "skip-blanks");
    if (status == CLI_GOOD) {
        status = get_byte(cli, "enclosure", true, &out->enclosure);
    }
    if (status == CLI_GOOD) {
        status = get_byte(cli, "escape", true, &out->escape);
    }
    struct csvk_error err = {0};
    if (status == CLI_GOOD && !is_auto && csvk_dialect_check(out, &err) != CSVK_OK) {
        status = cli_fail(cli, &err);
    }
    return status;
}

unsigned cli_threads(struct cli *cli)
{
    uint64_t threads = cli_cores();
    const char *text = cli_value(cli, "threads");
    if (text != NULL && csvk_parse_uint(text, &threads) != CSVK_NUMBER_OK) {
        threads = 1; /* not reached: cli_check_common has refused such a text */
    }
    return threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : (unsigned)threads;
}

int cli_use_threads(struct cli *cli, struct csvk_reader *reader, struct csvk_error *err)
{
    return csvk_reader_use_threads(reader, cli_threads(cli), err);
}

int cli_check_common(struct cli *cli)
{
    uint64_t threads = 0;
    int status = cli_get_uint(cli, "threads", 1, MOST_THREADS, &threads);
    return status == CLI_GOOD ? cli_check_encodings(cli) : status;
}
