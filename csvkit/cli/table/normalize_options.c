/* normalize_options.c - see normalize_options.h. */
#include "csvkit/cli/table/normalize_options.h"

#include <string.h>

/* The index of the given value in `words`, a list ended by NULL; 0 when the option was not given.
 */
static int choice(const struct cli *cli, const char *name, const char *const *words)
{
    const char *value = cli_value(cli, name);
    for (int i = 0; value != NULL && words[i] != NULL; i++) {
        if (strcmp(value, words[i]) == 0) {
            return i;
        }
    }
    return 0;
}

static void read_choices(const struct cli *cli, struct csvk_normalize_options *o)
{
    static const char *const quotes[] = {"keep", "minimal", "all", NULL};
    static const char *const ragged[] = {"repair", "reject", "fail", "pad", NULL};
    static const char *const names[] = {"keep", "storage", NULL};
    static const char *const nul[] = {"reject", "remove", NULL};
    static const char *const utf8[] = {"reject", "replace", NULL};
    static const char *const control[] = {"keep", "remove", NULL};
    o->quote = (enum csvk_normalize_quote)choice(cli, "quote", quotes);
    o->ragged = (enum csvk_normalize_ragged)choice(cli, "ragged", ragged);
    o->names = (enum csvk_normalize_names)choice(cli, "names", names);
    o->nul = (enum csvk_normalize_defect)choice(cli, "null-bytes", nul);
    o->invalid_utf8 = (enum csvk_normalize_defect)choice(cli, "invalid-utf8", utf8);
    o->control = choice(cli, "control-chars", control) == 1 ? CSVK_NORMALIZE_DEFECT_REMOVE
                                                            : CSVK_NORMALIZE_DEFECT_KEEP;
    static const char *const missing[] = {"refuse", "first", "last", NULL};
    o->missing_names = (enum csvk_normalize_missing_names)choice(cli, "missing-names", missing);
    const char *again = cli_value(cli, "repeated-headers");
    o->drop_repeated_headers = again != NULL && strcmp(again, "drop") == 0;
    const char *empty = cli_value(cli, "empty-records");
    o->drop_empty_records = empty != NULL && strcmp(empty, "drop") == 0;
    o->encoding_fallback = cli_value(cli, "encoding-fallback");
    o->strict = cli_has(cli, "strict");
    o->trim = cli_has(cli, "trim");
    o->guard_formulas = cli_has(cli, "guard-formulas");
    o->header = cli_has(cli, "no-header") ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    const char *break_in = cli_value(cli, "line-break-in");
    o->any_eol = break_in != NULL && strcmp(break_in, "any") == 0;
    static const char *const line_breaks[] = {"keep", "lf", "crlf", NULL}; /* by enum csvk_eol */
    if (cli_has(cli, "line-break")) {
        o->line_break = (enum csvk_eol)choice(cli, "line-break", line_breaks);
    }
}

int cli_normalize_byte(struct cli *cli, const char *name, bool none_allowed, int *byte)
{
    struct csvk_error err = {0};
    const char *text = cli_value(cli, name);
    if (text != NULL && csvk_dialect_parse_byte(text, name, none_allowed, byte, &err) != CSVK_OK) {
        return cli_trouble(cli, "--%s: %s", name, err.text);
    }
    return CLI_GOOD;
}

static int read_numbers(struct cli *cli, struct csvk_normalize_options *o)
{
    int status = cli_get_uint(cli, "skip-head", 0, UINT64_MAX, &o->skip_head);
    status =
        status == CLI_GOOD ? cli_get_uint(cli, "skip-tail", 0, 1u << 20, &o->skip_tail) : status;
    status = status == CLI_GOOD ? cli_get_uint(cli, "max-repairs", 0, UINT64_MAX, &o->max_repairs)
                                : status;
    return status == CLI_GOOD ? cli_get_size(cli, "max-record", &o->max_record) : status;
}

int cli_normalize_read(struct cli *cli, struct csvk_normalize_options *options,
                       bool *sniff_delimiter)
{
    read_choices(cli, options);
    int status = cli_get_dialect(cli, &options->dialect, sniff_delimiter);
    options->delimiter_given = cli_has(cli, "delimiter") && !*sniff_delimiter;
    uint64_t comment = 0;
    status = status == CLI_GOOD ? cli_get_comment(cli, &comment) : status;
    options->comment = comment != 0 ? (int)comment : -1;
    return status == CLI_GOOD ? read_numbers(cli, options) : status;
}

static const struct cli_option repair_rows[] = {
    {"ragged", 0, "HOW", "repair|pad|reject|fail",
     "What to do with records that have too few or too many fields. repair: repair a record when "
     "the other records show what happened, else reject it; pad: add empty fields at the end or "
     "drop empty ones there, without evidence, and reject what holds more data; reject: reject "
     "them; fail: refuse the file. Default: repair.",
     false},
    {"missing-names", 0, "HOW", "refuse|first|last",
     "What to do when the records agree on more fields than the header has names: refuse the file, "
     "or name the first or the last columns col_N. Default: refuse.",
     false},
    {"repeated-headers", 0, "HOW", "reject|drop",
     "Reject records below the header that are equal to it, or drop them. Default: reject.", false},
    {"empty-records", 0, "HOW", "keep|drop",
     "Keep records in which every field is empty, or drop them. Default: keep.", false},
    {"null-bytes", 0, "HOW", "reject|remove",
     "Reject records with NUL bytes, or remove the NUL bytes. Default: reject.", false},
    {"invalid-utf8", 0, "HOW", "reject|replace",
     "Reject records that are not UTF-8, or replace every ill-formed sequence by U+FFFD. Default: "
     "reject.",
     false},
    {"encoding-fallback", 0, "NAME", NULL,
     "Read ill-formed sequences in this encoding, for example windows-1252, and all else as UTF-8: "
     "for files that were put together from several.",
     false},
    {"control-chars", 0, "HOW", "keep|remove",
     "Keep control characters in the data, or remove them. Default: keep.", false},
    {"skip-head", 0, "N", NULL, "Drop the first N lines.", false},
    {"skip-tail", 0, "N", NULL, "Drop the last N lines.", false},
    {"line-break-in", 0, "HOW", "auto|any",
     "Whether a single CR ends a record. auto: the first line break of the file decides; any: it "
     "always does. Default: auto.",
     false},
    {"max-repairs", 0, "N", NULL,
     "Refuse the file when more records than this need a repair by inference, or are rejected for "
     "want of one. Default: half of the records, but at least 8.",
     false},
    {"max-record", 0, "SIZE", NULL,
     "The longest record that can be read. Default when normalizing: 64MiB.", false},
    {"strict", 0, NULL, NULL, "Refuse the file when it needs any repair.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option style_rows[] = {
    {"line-break", 0, "KIND", "crlf|lf|keep",
     "The line break to write. keep: the one that ends the first line, and crlf when that is "
     "neither of the two. Default: crlf; lf with slice --normalize.",
     false},
    {"quote", 0, "HOW", "keep|minimal|all",
     "Which fields to enclose. keep: as in the input; minimal: only those that need it; all: every "
     "field. Default: keep.",
     false},
    {"trim", 0, NULL, NULL,
     "Remove blanks from both ends of values that are not enclosed, and around enclosures.", false},
    {"names", 0, "HOW", "keep|storage",
     "Keep the column names, or change them as Keboola Storage would. Default: keep.", false},
    {"guard-formulas", 0, NULL, NULL,
     "Put ' before values that a spreadsheet program may run as a formula. This changes the data.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_normalize_repairs = {"Repair", repair_rows};
const struct cli_group cli_normalize_style = {"Style of the output", style_rows};
