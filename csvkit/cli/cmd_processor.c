/*
 * cmd_processor.c - csvkit processor [DATADIR]: turns in/tables of a data folder into out/tables as
 * the parameters in config.json say, and copies in/files to out/files.
 */
#include "csvkit/cli/frame/cli.h"
#include "csvkit/cli/slice/slice_command.h"

#include "manifest/processor.h"

#include <stdlib.h>
#include <unistd.h>

static const char *from_environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

static void show_sliced(void *context, const char *directory,
                        const struct csvk_slice_table_result *result)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct cli *cli = context;
    slice_print_doubts(cli, directory, result, true);
    if (result->sliced) {
        int made = slice_put_text(directory, result, &out);
        cli_out_result(cli, &out, made);
    }
}

static int show_judged(void *context, const struct csvk_report *report, struct csvk_error *err)
{
    return slice_print_report(context, report, "text", err);
}

static void show_note(void *context, const char *text)
{
    cli_note(context, "%s", text);
}

static int run(struct cli *cli)
{
    struct csvk_processor_options options;
    struct csvk_error err = {0};
    csvk_processor_options_init(&options);
    options.folder =
        cli_noperands(cli) > 0 ? cli_operand(cli, 0) : from_environment("KBC_DATADIR", "/data");
    options.scratch = from_environment("TMPDIR", "/tmp");
    options.threads = cli_threads(cli);
    options.max_record = cli_longest_record();
    options.support = csvk_type_support_parse(getenv("KBC_DATA_TYPE_SUPPORT"));
    options.sliced = show_sliced;
    options.judged = show_judged;
    options.context = cli;
    options.noted = show_note;
    int status = csvk_processor(&options, &err) == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
    if (status != CLI_GOOD && cli_noperands(cli) == 0 && getenv("KBC_DATADIR") == NULL &&
        access(options.folder, F_OK) != 0) {
        cli_note(cli, "outside of the platform, give the data folder: csvkit processor DATADIR");
    }
    return status;
}

/* ---- the row ---- */

static const struct cli_group *const groups[] = {&cli_thread_options, &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit processor",
    "Process the folder $KBC_DATADIR or, if this is not set, /data.",
    "csvkit processor data",
    "Process the folder data.",
    NULL,
};

const struct cli_command cli_cmd_processor = {
    .name = "processor",
    .operands = "[DATADIR]",
    .summary = "work on the tables of a component's data folder: normalize, columns, slice",
    .details =
        "Reads each table in in/tables and writes it to out/tables, as the parameters in "
        "config.json say. Files in in/files are copied to out/files. A manifest goes along with "
        "its table; a manifest that the platform wrote for an input becomes one that it accepts "
        "for an output.\n\n"
        "The parameters:\n\n"
        "  normalize  true, false or an object with options: delimiter enclosure\n"
        "             escape skip_blanks encoding to_delimiter to_enclosure\n"
        "             line_break quote names trim ragged missing_names\n"
        "             repeated_headers empty_records null_bytes\n"
        "             invalid_utf8 encoding_fallback control_chars skip_head\n"
        "             skip_tail comment line_break_in max_repairs strict verify;\n"
        "             \"rejects\": true writes the rejects to out/files;\n"
        "             \"ragged\": \"widen\" makes the table as wide as its widest\n"
        "             record, with the columns auto_col_N\n"
        "  columns    an object with options: names (\"header\": the header moves\n"
        "             into the manifest; \"auto\": there is none, they are col_N;\n"
        "             or a list), select (a list of columns, in their order),\n"
        "             row_number and file_name (names of columns to add)\n"
        "  slice      true, false or an object with options: slice_size any_size\n"
        "             records slices min_slice_size (of slices) min_table_size (a\n"
        "             smaller table is not sliced) compress level keep_empty\n"
        "             verify\n"
        "  manifest   an object: its keys replace those of the table's manifest\n"
        "  manifest_defaults  an object: its keys are for manifests without them\n"
        "  metadata   a list of objects with the keys key and value, for the\n"
        "             manifest\n"
        "  column_metadata    an object of such lists, by names of columns\n"
        "  tables     a list of objects with the keys source and those above.\n"
        "             source is a pattern such as *.csv, or a list of patterns.\n"
        "             For a table, the keys of the first entry whose source fits\n"
        "             win over the keys above\n"
        "  files      false: do not copy in/files; an object with the options\n"
        "             decompress (true: each file goes unpacked into a folder of\n"
        "             its name, gzip, ZIP, zstd, xz or bzip2 by its content;\n"
        "             \"zlib\") and graceful (true: a file that cannot be unpacked\n"
        "             is left out)\n\n"
        "The other options are those of csvkit normalize and csvkit slice, with _ in place of -. "
        "The steps are done in this order: normalize, columns, slice. A sliced table is a folder "
        "with the full name of the file, so that a mapping of orders.csv finds orders.csv. Without "
        "parameters, tables are copied unchanged. What is left out is said on standard error.\n\n"
        "The exit status is 1, with a message for the user, when the parameters or the data are "
        "refused, 2 when anything else went wrong.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
