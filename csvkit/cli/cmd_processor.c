/*
 * cmd_processor.c - csvkit processor [DATADIR]: turns in/tables of a data folder into out/tables as
 * the parameters in config.json say, and copies in/files to out/files.
 */
#include "csvkit/cli/processor/processor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_scratch(struct processor *p)
{
    const char *place = getenv("TMPDIR");
    struct csvk_error err = {0};
    p->scratch =
        processor_path(place != NULL && place[0] != '\0' ? place : "/tmp", "csvkit-XXXXXX", NULL);
    if (p->scratch == NULL) {
        return cli_trouble(p->cli, "out of memory");
    }
    if (mkdtemp(p->scratch) == NULL) {
        csvk_fail_sys(&err, errno, "cannot make a temporary folder: %s", p->scratch);
        csvk_free(p->scratch);
        p->scratch = NULL;
        return cli_fail(p->cli, &err);
    }
    return CLI_GOOD;
}

static void remove_scratch(struct processor *p)
{
    if (p->scratch != NULL) {
        processor_remove(p->scratch);
    }
    csvk_free(p->scratch);
}

static int make_out(struct processor *p)
{
    char *out = processor_path(p->folder, "out", NULL);
    char *files = processor_path(p->folder, "out/files", NULL);
    int status = out != NULL && files != NULL ? processor_folder(p, out)
                                              : cli_trouble(p->cli, "out of memory");
    status = status == CLI_GOOD ? processor_folder(p, files) : status;
    csvk_free(out);
    csvk_free(files);
    return status;
}

static int run(struct cli *cli)
{
    const char *environment = getenv("KBC_DATADIR");
    struct processor p = {.cli = cli};
    p.folder = cli_noperands(cli) > 0                          ? cli_operand(cli, 0)
               : environment != NULL && environment[0] != '\0' ? environment
                                                               : "/data";
    int status = processor_read(&p);
    status = status == CLI_GOOD ? make_scratch(&p) : status;
    status = status == CLI_GOOD ? make_out(&p) : status;
    status = status == CLI_GOOD ? processor_tables(&p) : status;
    status = status == CLI_GOOD ? processor_files(&p) : status;
    remove_scratch(&p);
    cJSON_Delete(p.config);
    return status;
}

/* ---- the row ---- */

static const struct cli_group *const groups[] = {&cli_common_options, NULL};

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
    .summary = "normalize and slice the tables of a component's data folder",
    .details =
        "Reads each table in in/tables and writes it to out/tables, as the parameters in "
        "config.json say. Files in in/files are copied to out/files. A manifest goes along with "
        "its table; a manifest that the platform wrote for an input becomes one that it accepts "
        "for an output.\n\n"
        "The parameters:\n\n"
        "  normalize  true, false or an object with options: delimiter enclosure\n"
        "             escape skip_blanks encoding to_delimiter to_enclosure\n"
        "             line_break quote names trim ragged null_bytes\n"
        "             invalid_utf8 control_chars skip_head skip_tail comment\n"
        "             line_break_in max_repairs strict\n"
        "             verify; \"rejects\": true writes the rejects to out/files\n"
        "  slice      true, false or an object with options: slice_size any_size\n"
        "             records slices compress level keep_empty verify\n"
        "  manifest   an object: its keys replace those of the table's manifest\n"
        "  tables     a list of objects with the keys source, normalize, slice and\n"
        "             manifest. source is a pattern such as *.csv, or a list of\n"
        "             patterns. For a table, the keys of the first entry whose\n"
        "             source fits win over the keys above.\n"
        "  files      false: do not copy in/files\n\n"
        "The options are those of csvkit normalize and csvkit slice, with _ in place of -. "
        "Without parameters, tables are copied unchanged.\n\n"
        "The exit status is 1, with a message for the user, when the parameters or the data are "
        "refused, 2 when anything else went wrong.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
