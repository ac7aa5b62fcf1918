/*
 * cmd_processor.c - csvkit processor: in a component's data folder, by the parameters of
 * config.json: in/tables to out/tables, in/files to out/files.
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
        csvk_fail_sys(&err, errno, "cannot make a folder for scratch: %s", p->scratch);
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
    "works in $KBC_DATADIR, else /data",
    "csvkit processor data",
    "works in the folder data",
    NULL,
};

const struct cli_command cli_cmd_processor = {
    .name = "processor",
    .operands = "[DATADIR]",
    .summary = "normalize and slice the tables of a component's data folder",
    .details =
        "Reads in/tables and writes out/tables, table by table, as the parameters of config.json "
        "say; in/files goes to out/files as it is. Manifests come along; one that the platform "
        "wrote is turned into one that it takes.\n\nThe parameters:\n\n"
        "  normalize  true, false or options: delimiter enclosure escape encoding\n"
        "             to_delimiter to_enclosure line_break quote names trim ragged\n"
        "             null_bytes invalid_utf8 control_chars skip_head skip_tail comment\n"
        "             line_break_in max_repairs strict verify; rejects: true writes\n"
        "             rejected records to out/files\n"
        "  slice      true, false or options: slice_size any_size records slices\n"
        "             compress level keep_empty verify\n"
        "  manifest   keys of a manifest that replace those that came\n"
        "  tables     a list of {source, normalize, slice, manifest}; source is a\n"
        "             pattern (*.csv) or a list of them; the first entry that fits\n"
        "             a table stands before the keys above\n"
        "  files      false: in/files stays behind\n\n"
        "The options are those of the commands, with _ for -. Nothing is done by "
        "default: tables are copied.\n\nExit status 1 with a message for the user when the "
        "parameters or the data are refused, 2 for trouble.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
