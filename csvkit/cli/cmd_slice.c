/*
 * cmd_slice.c - csvkit slice FILE -o DIR: turns a table into slices and a manifest, in one pass.
 * Reads the options, calls csvk_slice_table, prints what came of it.
 */
#include "csvkit/cli/slice/slice_command.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/slice/slice_in_parts.h"
#include "csvkit/cli/table/auto_option.h"
#include "csvkit/cli/table/normalize_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const struct cli_option repair_rows[] = {
    {"normalize", 0, NULL, NULL, "Repair the table before it is sliced, as csvkit normalize does.",
     false},
    {"rejects", 0, "FILE", NULL,
     "Where to write the records that have no sure repair; FILE.jsonl says why. Without --rejects, "
     "such a record ends the run.",
     false},
    {"log", 0, "FILE", NULL, "Where to write the log: one line of JSON for every repair.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group normalizing = {"Repair before slicing", repair_rows};

static const struct csvk_rule_set *const own_sets[] = {&csvk_validator_rules, NULL};
static const struct csvk_rule_set *const *const sets = own_sets;

/* ---- options --------------------------------------------------------------------------------- */

static int read_rule(struct slice_command *job, const char *text)
{
    struct csvk_error err = {0};
    enum csvk_severity level;
    char id[CLI_RULE_ID_SIZE];
    if (cli_get_level(job->cli, text, id, &level) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    return csvk_validate_set_rule(&job->rules, id, level, &err) == CSVK_OK
               ? CLI_GOOD
               : cli_trouble(job->cli, "--rule=%s: %s", text, err.text);
}

static int read_rules(struct slice_command *job)
{
    struct csvk_error err = {0};
    const char *profile = cli_value(job->cli, "profile");
    if (csvk_slice_rules(&job->rules, &err) != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    if (profile != NULL && csvk_profile_parse(profile, &job->rules.profile, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--profile: %s", err.text);
    }
    if (!cli_has(job->cli, "normalize") &&
        cli_get_comment(job->cli, &job->rules.comment) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    int status = cli_get_uint(job->cli, "max-findings", 0, UINT64_MAX, &job->rules.max_findings);
    for (size_t i = 0; i < cli_count(job->cli, "rule") && status == CLI_GOOD; i++) {
        status = read_rule(job, cli_nth(job->cli, "rule", i));
    }
    return status;
}

/* Options that work with --normalize only are refused without it, not ignored. */
static int need_normalize(const struct slice_command *job)
{
    static const struct cli_group *const groups_of_repair[] = {
        &cli_normalize_repairs, &cli_normalize_style, &normalizing, NULL};
    for (const struct cli_group *const *group = groups_of_repair; *group != NULL; group++) {
        for (const struct cli_option *row = (*group)->rows; row->name != NULL; row++) {
            bool ours = strcmp(row->name, "max-record") == 0;
            if (!ours && cli_has(job->cli, row->name)) {
                return cli_trouble(job->cli, "--%s works with --normalize only", row->name);
            }
        }
    }
    return CLI_GOOD;
}

static int read_normalize(struct slice_command *job)
{
    bool sniff = false;
    if (!cli_has(job->cli, "normalize")) {
        return need_normalize(job);
    }
    csvk_normalize_options_init(&job->normalize);
    job->normalize.line_break = CSVK_EOL_LF;
    job->options.normalize = &job->normalize;
    job->options.rejects = cli_value(job->cli, "rejects");
    job->options.log = cli_value(job->cli, "log");
    return cli_normalize_read(job->cli, &job->normalize, &sniff);
}

/* --encoding=auto and --delimiter=auto: the beginning of the file is looked at before it is read.
   What is no file cannot be read twice, so neither is found out there. */
static int find_out(struct slice_command *job)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct stat about;
    const char *path = job->inputs.item[0];
    bool encoding = job->table.encoding != NULL && strcmp(job->table.encoding, "auto") == 0;
    if (!encoding && !job->table.delimiter_auto) {
        return CLI_GOOD;
    }
    if (strcmp(path, "-") == 0 || (stat(path, &about) == 0 && !S_ISREG(about.st_mode))) {
        return cli_trouble(job->cli, "--%s=auto: only a file can be looked at before; name the %s",
                           encoding ? "encoding" : "delimiter",
                           encoding ? "encoding" : "delimiter");
    }
    int status = ranged_input_source(&source, job->cli, path, &err);
    if (status == CSVK_OK) {
        status =
            cli_resolve_auto(job->cli, source, &job->table.dialect, &job->table.encoding, &err);
    }
    csvk_source_free(source);
    job->table.delimiter_auto = false;
    return status == CSVK_OK ? CLI_GOOD : cli_fail(job->cli, &err);
}

static int read_table(struct slice_command *job)
{
    const char *encoding = cli_value(job->cli, "encoding");
    const char *input = ranged_input_place(job->inputs.item[0]);
    int status = cli_has(job->cli, "no-manifest")
                     ? cli_get_table(job->cli, input, &job->table)
                     : cli_get_table_to_write(job->cli, input, &job->table, &job->vain);
    job->table.encoding = encoding == NULL || strcasecmp(encoding, "utf-8") == 0 ? NULL : encoding;
    status = status == CLI_GOOD ? find_out(job) : status;
    return status == CLI_GOOD ? read_normalize(job) : status;
}

/* At most one of --slice-size, --records, --slices. */
static int read_cut(struct slice_command *job)
{
    struct cli *cli = job->cli;
    struct csvk_slice_options *how = &job->how;
    int given = cli_has(cli, "slice-size") + cli_has(cli, "records") + cli_has(cli, "slices");
    if (given > 1) {
        return cli_trouble(cli, "give only one of --slice-size, --records and --slices");
    }
    how->cut = cli_has(cli, "records")  ? CSVK_SLICE_BY_RECORDS
               : cli_has(cli, "slices") ? CSVK_SLICE_BY_COUNT
                                        : CSVK_SLICE_BY_SIZE;
    int status = cli_get_size(cli, "slice-size", &how->slice_size);
    status = status == CLI_GOOD ? cli_get_uint(cli, "records", 1, UINT64_MAX, &how->records_each)
                                : status;
    status =
        status == CLI_GOOD ? cli_get_uint(cli, "slices", 1, CSVK_SLICES_MAX, &how->count) : status;
    job->options.any_size = cli_has(cli, "any-size");
    return status;
}

static int read_output(struct slice_command *job)
{
    struct cli *cli = job->cli;
    struct csvk_slice_options *how = &job->how;
    const char *form = cli_value(cli, "compress"), *format = cli_value(cli, "format");
    uint64_t level = (uint64_t)how->level;
    job->output = cli_value(cli, "output");
    if (job->output == NULL) {
        return cli_trouble(cli, "--output=DIR is missing: the directory for the slices");
    }
    job->json = format != NULL && format[0] == 'j';
    how->directory = job->output;
    how->form = form != NULL && form[0] == 'n' ? CSVK_SLICE_PLAIN : CSVK_SLICE_GZIP;
    how->existing = cli_has(cli, "force") ? CSVK_SLICE_REPLACE : CSVK_SLICE_REFUSE;
    how->none = cli_has(cli, "no-empty") ? CSVK_SLICE_NO_SLICE : CSVK_SLICE_EMPTY_SLICE;
    how->threads = cli_threads(cli);
    job->options.max_record = cli_longest_record();
    int status = cli_get_uint(cli, "level", 1, 9, &level);
    status =
        status == CLI_GOOD ? cli_get_size(cli, "max-record", &job->options.max_record) : status;
    how->level = (int)level;
    return status == CLI_GOOD ? read_cut(job) : status;
}

/* ---- the run --------------------------------------------------------------------------------- */

static int open_input(void *context, const char *input, struct csvk_source **out,
                      struct csvk_error *err)
{
    const struct slice_command *job = context;
    return ranged_input_source(out, job->cli, input, err);
}

/* The table that is sliced: FILE, or that of which the operands are parts. */
static int read_input(struct slice_command *job)
{
    char *of_parts = NULL;
    int status = slice_joins_parts(job->cli) ? slice_parts_input(job->cli, &of_parts) : CLI_GOOD;
    const char *input = of_parts != NULL              ? of_parts
                        : cli_noperands(job->cli) > 0 ? cli_operand(job->cli, 0)
                                                      : "-";
    if (status == CLI_GOOD && csvk_strings_add(&job->inputs, input) != CSVK_OK) {
        status = cli_trouble(job->cli, "out of memory");
    }
    csvk_free(of_parts);
    return status;
}

static int cut_table(struct slice_command *job, struct csvk_error *err)
{
    return slice_makes_part(job->cli)    ? slice_make_part(job, err)
           : slice_joins_parts(job->cli) ? slice_join_parts(job, job->inputs.item[0], err)
                                         : csvk_slice_table(&job->options, &job->result, err);
}

static int slice(struct slice_command *job)
{
    struct csvk_error err = {0};
    struct csvk_slice_table_options *options = &job->options;
    options->inputs = &job->inputs;
    options->table = &job->table;
    options->how = &job->how;
    options->rules = &job->rules;
    options->manifest = cli_has(job->cli, "no-manifest") ? NULL : job->plan;
    options->support = csvk_type_support_parse(getenv("KBC_DATA_TYPE_SUPPORT"));
    options->verify = cli_has(job->cli, "verify");
    slice_show(job);
    options->open = ranged_input_is_object(job->inputs.item[0]) ? open_input : NULL;
    if (job->json && slice_hash_init(&job->how.hash) != CSVK_OK) {
        return cli_trouble(job->cli, "no SHA-256: libcrypto.so.3 is not installed, or no memory");
    }
    int status = cut_table(job, &err);
    cli_progress_end(job->progress);
    slice_report_doubts(job);
    if (status != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    return slice_report(job);
}

static int run(struct cli *cli)
{
    struct slice_command job = {.cli = cli};
    csvk_slice_options_init(&job.how);
    csvk_slice_table_options_init(&job.options);
    int status = slice_check_parts(cli);
    status = status == CLI_GOOD ? read_output(&job) : status;
    status = status == CLI_GOOD ? read_input(&job) : status;
    status = status == CLI_GOOD ? read_table(&job) : status;
    status = status == CLI_GOOD ? read_rules(&job) : status;
    status = status == CLI_GOOD ? cli_manifest_plan_read(cli, &job.plan) : status;
    status = status == CLI_GOOD ? slice(&job) : status;
    csvk_slice_table_result_free(job.result);
    csvk_findings_release(&job.vain);
    slice_hash_release(&job.how.hash);
    csvk_normalize_options_release(&job.normalize);
    csvk_validate_options_release(&job.rules);
    csvk_table_definition_release(&job.table);
    csvk_manifest_plan_free(job.plan);
    csvk_strings_release(&job.inputs);
    return status;
}

/* ---- the row --------------------------------------------------------------------------------- */

static const struct cli_option rows[] = {
    {"output", 'o', "DIR", NULL, "The directory for the slices. DIR.manifest is written beside it.",
     false},
    {"force", 0, NULL, NULL,
     "Replace DIR and DIR.manifest if they exist. A DIR that holds anything but slices that csvkit "
     "wrote, or an input, is not replaced.",
     false},
    {"slice-size", 0, "SIZE", NULL,
     "The size of a slice file to aim for, compressed: from 10MB to 100MB. Default: 50MB.", false},
    {"any-size", 0, NULL, NULL, "Allow any --slice-size.", false},
    {"records", 0, "N", NULL, "Cut after every N records instead.", false},
    {"slices", 0, "N", NULL,
     "Cut into at most N slices with about the same amount of text instead.", false},
    {"compress", 0, "FORM", "gzip|none", "Whether to compress the slices. Default: gzip.", false},
    {"level", 0, "N", NULL,
     "Compression, from 1 (fast) to 9 (small). Default: 4. Level 2 is twice as fast and 4 % "
     "larger; level 6 is 6 % smaller and half as fast (make bench S=slice).",
     false},
    {"no-manifest", 0, NULL, NULL, "Write no manifest.", false},
    {"keep-empty", 0, NULL, NULL,
     "Write one empty slice for a table without records, so that the table is created (default).",
     false},
    {"no-empty", 0, NULL, NULL, "Write no slice for a table without records.", false},
    {"verify", 0, NULL, NULL,
     "Read every slice back, with csvkit and with libcsv, before it gets its name.", false},
    {"format", 'f', "NAME", "text|json",
     "The format of the result. json has the counts and the SHA-256 of each slice. Default: text.",
     false},
    {"profile", 'p', "NAME", "rfc4180-strict|rfc4180|rfc4180-bis|keboola|excel",
     "The profile for checking the input. Default: keboola.", false},
    {"rule", 0, "ID=SEVERITY", NULL, "Change the severity of a rule, as in validate.", true},
    {"max-findings", 0, "N", NULL,
     "Show at most N findings for each file; 0 shows all. Default: 100.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Slicing", rows};
static const struct cli_group *const groups[] = {&own,
                                                 &slice_part_options,
                                                 &cli_object_options,
                                                 &cli_files_from_options,
                                                 &cli_manifest_contents,
                                                 &normalizing,
                                                 &cli_normalize_repairs,
                                                 &cli_normalize_style,
                                                 &cli_dialect_options,
                                                 &cli_blanks_options,
                                                 &cli_comment_options,
                                                 &cli_manifest_options,
                                                 &cli_type_options,
                                                 &cli_thread_options,
                                                 &cli_common_options,
                                                 NULL};

static const char *const examples[] = {
    "csvkit slice orders.csv -o out/tables/orders",
    "Write slices of about 50 MB, and out/tables/orders.manifest.",
    "csvkit slice --primary-key=id --incremental orders.csv.gz -o orders",
    "Write a manifest that says how to load the slices.",
    "psql -c '\\copy t to stdout csv header' | csvkit slice -o t -",
    "Slice the output of a program.",
    "csvkit slice --normalize -d';' --encoding=windows-1252 export.csv -o export",
    "Repair, convert and slice in one pass.",
    "csvkit slice --byte-range=3/20 orders.csv -o parts/3",
    "Slice the third twentieth of a file; others may be made on other machines.",
    "csvkit slice --merge parts/* -o out/tables/orders",
    "Join all twenty to the slices of the file, and write the manifest.",
    NULL,
};

const struct cli_command cli_cmd_slice = {
    .name = "slice",
    .operands = "[FILE]...",
    .summary = "cut a CSV file into compressed slices with a manifest",
    .details =
        "Checks FILE with the profile keboola, removes the header, and writes the records to "
        "DIR/part-00001.csv.gz and so on, and the columns to DIR.manifest. Cuts are between "
        "records only. Without --normalize and --encoding, the slices in their order are the "
        "input without its header, byte for byte. FILE is plain text or compressed (gzip, zstd, "
        "xz, bzip2). A directory is a "
        "table in slices, which have no header unless --header or the manifest says so. Without "
        "FILE, or when FILE is -, standard input is read. Only with --merge there are several "
        "operands, the folders of parts, and --files-from may list them. FILE may be the address "
        "of an object.\n\n"
        "If there is a manifest beside the input (FILE.manifest), DIR.manifest has its contents, "
        "changed by the options. Of a manifest that the platform wrote for an input, it has "
        "columns, primary key and metadata, or the schema.\n\n"
        "When the input has errors, they are reported as in validate, the exit status is 1, and "
        "nothing is written. DIR is written under a temporary name and gets its name when it is "
        "complete; with --force it replaces the old directory in one step. DIR.manifest gets its "
        "name last.\n\n"
        "Memory does not grow with the size of the input: 256 KiB, three times the longest "
        "record, and 3 MB for each thread and for two more. --max-record limits the length of a "
        "record; without --normalize its default is a quarter of the memory of the machine or the "
        "container, at most 4 GiB.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
    .rules = &sets,
};
