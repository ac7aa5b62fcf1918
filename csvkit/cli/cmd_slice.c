/*
 * cmd_slice.c - csvkit slice FILE -o DIR: turns a table into slices and a manifest, in one pass.
 *
 * The steps: read the options and the manifest of the input; judge and cut the inputs at the same
 * time; with --verify, read the slices back; give the files their names. Until the last step no
 * file has its final name.
 */
#include "csvkit/cli/table/normalize_options.h"
#include "csvkit/cli/slice/slice_command.h"

#include "manifest/types.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define MEGABYTE UINT64_C(1000000)

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

/* ---- options --------------------------------------------------------------------------------- */

static int read_rule(struct slice_job *job, const char *text)
{
    struct csvk_error err = {0};
    const char *equals = strchr(text, '=');
    enum csvk_severity level;
    char id[64];
    if (equals == NULL || (size_t)(equals - text) >= sizeof id) {
        return cli_trouble(job->cli, "--rule=%s: expected ID=off|info|warning|error", text);
    }
    memcpy(id, text, (size_t)(equals - text));
    id[equals - text] = '\0';
    if (csvk_severity_parse(equals + 1, &level, &err) != CSVK_OK ||
        csvk_validate_set_rule(&job->rules, id, level, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--rule=%s: %s", text, err.text);
    }
    return CLI_GOOD;
}

/*
 * The platform cleans column names itself, so a name that needs cleaning is only a warning here.
 * Names that would become equal are an error, which the check of the manifest reports.
 */
static int read_rules(struct slice_job *job)
{
    struct csvk_error err = {0};
    const char *profile = cli_value(job->cli, "profile");
    job->rules.profile = CSVK_PROFILE_KEBOOLA;
    if (profile != NULL && csvk_profile_parse(profile, &job->rules.profile, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--profile: %s", err.text);
    }
    if (csvk_validate_set_rule(&job->rules, "header-invalid-name", CSVK_WARNING, &err) != CSVK_OK ||
        (job->table.columns.count != 0 &&
         csvk_validate_set_rule(&job->rules, "empty-file", CSVK_WARNING, &err) != CSVK_OK)) {
        return cli_fail(job->cli, &err);
    }
    int status = cli_get_uint(job->cli, "max-findings", 0, UINT64_MAX, &job->rules.max_findings);
    for (size_t i = 0; i < cli_count(job->cli, "rule") && status == CLI_GOOD; i++) {
        status = read_rule(job, cli_nth(job->cli, "rule", i));
    }
    return status;
}

/* Options that work with --normalize only are refused without it, not ignored. */
static int need_normalize(const struct slice_job *job)
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

static int read_table(struct slice_job *job)
{
    struct cli *cli = job->cli;
    const char *encoding = cli_value(cli, "encoding");
    int status = cli_get_table(cli, cli_operand(cli, 0), &job->table);
    if (status != CLI_GOOD) {
        return status;
    }
    if (job->table.delimiter_auto) {
        return cli_trouble(cli,
                           "--delimiter=auto: csvkit slice does not find the delimiter; name it "
                           "(csvkit sniff proposes one)");
    }
    const struct csvk_dialect *in = &job->table.dialect;
    if ((in->more_length != 0 || in->skip_blanks) && !cli_has(cli, "normalize")) {
        return cli_trouble(cli,
                           "%s: works with --normalize only, which writes slices with a "
                           "delimiter of one byte",
                           cli_has(cli, "skip-blanks") ? "--skip-blanks"
                                                       : "--delimiter of several bytes");
    }
    bool manifest = !cli_has(cli, "no-manifest");
    if (manifest && job->table.dialect.escape != CSVK_NO_BYTE && !cli_has(cli, "normalize")) {
        return cli_trouble(cli, "--escape: a manifest cannot name an escape byte; add --normalize, "
                                "which removes it, or --no-manifest");
    }
    job->header = job->table.header;
    if (manifest && !job->header && job->table.columns.count == 0) {
        return cli_trouble(cli, "a manifest for data without a header needs --columns; or give "
                                "--no-manifest");
    }
    job->encoding = encoding == NULL || strcasecmp(encoding, "utf-8") == 0 ? NULL : encoding;
    job->rules.dialect = job->table.dialect;
    job->rules.header = job->header ? CSVK_HEADER : CSVK_NO_HEADER;
    job->rules.header_stated = job->table.header_stated;
    if (csvk_strings_copy(&job->rules.columns, &job->table.columns) != CSVK_OK) {
        return cli_trouble(cli, "out of memory");
    }
    return cli_has(cli, "normalize") ? slice_repair_read(job) : need_normalize(job);
}

/* At most one of --slice-size, --records, --slices. */
static int read_cut(struct slice_job *job)
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
    if (status != CLI_GOOD || cli_has(cli, "any-size") || how->cut != CSVK_SLICE_BY_SIZE) {
        return status;
    }
    how->least = 10 * MEGABYTE;
    how->most = 100 * MEGABYTE;
    if (how->slice_size < how->least || how->slice_size > how->most) {
        return cli_trouble(cli, "--slice-size: slices of 10 MB to 100 MB load best; --any-size "
                                "allows others");
    }
    return CLI_GOOD;
}

static int read_output(struct slice_job *job)
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
    how->none = cli_has(cli, "keep-empty") ? CSVK_SLICE_EMPTY_SLICE : CSVK_SLICE_NO_SLICE;
    how->threads = cli_threads(cli);
    job->longest = cli_longest_record();
    int status = cli_get_uint(cli, "level", 1, 9, &level);
    status = status == CLI_GOOD ? cli_get_size(cli, "max-record", &job->longest) : status;
    how->level = (int)level;
    return status == CLI_GOOD ? read_cut(job) : status;
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static int list_inputs(struct slice_job *job)
{
    struct csvk_error err = {0};
    struct stat info;
    const char *path = cli_noperands(job->cli) > 0 ? cli_operand(job->cli, 0) : "-";
    bool directory = strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    int status = directory ? csvk_list_slices(path, &job->inputs, &err)
                           : csvk_strings_add(&job->inputs, path);
    if (status == CSVK_ENOMEM) {
        return cli_trouble(job->cli, "out of memory");
    }
    return status == CSVK_OK ? CLI_GOOD : cli_fail(job->cli, &err);
}

/* The length of the input: cutting by size is better with it, cutting by count needs it. */
static int measure(struct slice_job *job, struct csvk_error *err)
{
    job->how.total = slice_plain_bytes(job);
    if (job->how.cut != CSVK_SLICE_BY_COUNT || job->how.total != 0 || job->how.count == 1) {
        return CSVK_OK;
    }
    for (size_t i = 0; i < job->inputs.count; i++) {
        if (strcmp(job->inputs.item[i], "-") == 0) {
            return csvk_fail(err, CSVK_EUSAGE,
                             "--slices needs the length of the input, which is not known for "
                             "standard input; use --records or --slice-size");
        }
    }
    return slice_count_bytes(job, &job->how.total, err);
}

/* When the columns are known before anything is read, the manifest is judged at once. */
static int take_known_columns(struct slice_job *job, struct csvk_error *err)
{
    if (job->table.columns.count == 0) {
        return CSVK_OK;
    }
    job->columns_from = cli_has(job->cli, "columns") ? "--columns" : job->table.manifest;
    if (csvk_strings_copy(&job->columns, &job->table.columns) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return slice_make_manifest(job, err);
}

static int commit(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_bytes manifest = {job->manifest.data, job->manifest.length};
    int status = csvk_slicer_finish(job->slicer, err);
    if (status == CSVK_OK && job->repair != NULL) {
        status = slice_repair_commit(job, err);
    }
    if (status == CSVK_OK && cli_has(job->cli, "verify")) {
        status = slice_verify(job, err);
    }
    return status == CSVK_OK
               ? csvk_slicer_commit(job->slicer, manifest.len != 0 ? &manifest : NULL, err)
               : status;
}

/* Slices cannot be loaded when nothing says what their columns are. */
static void need_columns(struct slice_job *job)
{
    if (!job->refused && job->columns.count == 0 && !cli_has(job->cli, "no-manifest")) {
        cli_refuse(job->cli, "%s: there is no header to take the columns from; give --columns=A,B",
                   job->inputs.count > 0 ? job->inputs.item[0] : cli_operand(job->cli, 0));
        job->refused = true;
    }
}

static int work(struct slice_job *job, struct csvk_error *err)
{
    int status = measure(job, err);
    status = status == CSVK_OK ? take_known_columns(job, err) : status;
    status = status == CSVK_OK ? csvk_slicer_new(&job->slicer, &job->how, err) : status;
    status = status == CSVK_OK ? slice_read_inputs(job, err) : status;
    status = status == CSVK_OK && !job->refused ? slice_add_types(job, err) : status;
    if (status == CSVK_OK) {
        need_columns(job);
    }
    return status == CSVK_OK && !job->refused ? commit(job, err) : status;
}

static int slice(struct slice_job *job)
{
    struct csvk_error err = {0};
    if (job->json && slice_hash_init(&job->how.hash) != CSVK_OK) {
        return cli_trouble(job->cli, "no SHA-256: libcrypto.so.3 is not installed, or no memory");
    }
    int status = work(job, &err);
    if (job->reported != CLI_GOOD) {
        return job->reported;
    }
    if (status != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    if (job->refused) {
        cli_refuse(job->cli, "%s was not written", job->output);
        return CLI_REFUSED;
    }
    slice_report(job);
    return job->repair != NULL ? slice_repair_report(job) : CLI_GOOD;
}

static int run(struct cli *cli)
{
    struct slice_job job = {.cli = cli};
    csvk_validate_options_init(&job.rules);
    csvk_slice_options_init(&job.how);
    int status = read_output(&job);
    status = status == CLI_GOOD ? read_table(&job) : status;
    status = status == CLI_GOOD ? read_rules(&job) : status;
    status = status == CLI_GOOD ? cli_manifest_plan_read(cli, &job.plan) : status;
    status = status == CLI_GOOD ? list_inputs(&job) : status;
    status = status == CLI_GOOD ? slice(&job) : status;
    csvk_slicer_free(job.slicer);
    slice_repair_release(job.repair);
    slice_hash_release(&job.how.hash);
    csvk_validate_options_release(&job.rules);
    cli_table_release(&job.table);
    cli_manifest_plan_release(&job.plan);
    csvk_types_free(job.types);
    csvk_strings_release(&job.inputs);
    csvk_strings_release(&job.columns);
    csvk_buf_release(&job.manifest);
    return status;
}

/* ---- the row --------------------------------------------------------------------------------- */

static const struct cli_option rows[] = {
    {"output", 'o', "DIR", NULL, "The directory for the slices. DIR.manifest is written beside it.",
     false},
    {"force", 0, NULL, NULL, "Replace DIR and DIR.manifest if they exist.", false},
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
     "Write one empty slice for a table without records. Default: write no slice.", false},
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
                                                 &cli_manifest_contents,
                                                 &normalizing,
                                                 &cli_normalize_repairs,
                                                 &cli_normalize_style,
                                                 &cli_dialect_options,
                                                 &cli_blanks_options,
                                                 &cli_manifest_options,
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
    NULL,
};

const struct cli_command cli_cmd_slice = {
    .name = "slice",
    .operands = "[FILE]",
    .summary = "cut a CSV file into compressed slices with a manifest",
    .details =
        "Checks FILE with the profile keboola, removes the header, and writes the records to "
        "DIR/part-00001.csv.gz and so on, and the columns to DIR.manifest. Cuts are between "
        "records only. Without --normalize and --encoding, the slices in their order are the "
        "input without its header, byte for byte. FILE is plain text or compressed (gzip, zstd, "
        "xz, bzip2). A directory is a "
        "table in slices. Without FILE, or when FILE is -, standard input is read.\n\n"
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
    .max_operands = 1,
    .run = run,
};
