/*
 * cmd_validate.c - csvkit validate [FILE]...: reads CSV files, judges them, reports the findings.
 *
 * Every operand is judged on its own. A directory is a table in slices, which are judged one after
 * the other. When one file cannot be read, the others are judged all the same.
 */
#include "csvkit/cli/frame/reports.h"
#include "csvkit/cli/project/project_file.h"
#include "csvkit/cli/remote/byte_range.h"
#include "csvkit/cli/table/auto_option.h"
#include "csvkit/cli/table/csvw_option.h"
#include "csvkit/cli/table/key_references.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/cli/table/verify_option.h"
#include "csvkit/cli/validate/judged_files.h"
#include "csvkit/cli/validate/partial_files.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/validate/rule_options.h"
#include "csvkit/cli/validate/stats_option.h"
#include "csvkit/cli/validate/validate_help.h"

#include "csvkit/schema/read/schema_file_rules.h"
#include "validator/validator.h"

#include <string.h>
#include <sys/stat.h>

struct validate_job {
    struct cli *cli;
    struct csvk_table_definition table; /* what the options and the manifest say */
    struct csvk_validate_options options;
    enum csvk_severity fail_on;
    const char *encoding;              /* of the current file; NULL: UTF-8 */
    const char *encoding_given;        /* each file starts with it; NULL: UTF-8 or auto */
    struct csvk_dialect dialect_given; /* each file starts with it; auto may change it */
    struct cli_projects *projects;
    struct cli_reports *reports;
    struct cli_csvw *csvw; /* NULL: --schema does not name CSVW metadata */
    struct cli_progress *progress;
    struct judged_files *files; /* that are judged at the moment */
    struct stats_option stats;  /* with --stats, of the current file */
    int status;                 /* the worst so far */
};

/* The rules of the command, whose severity can be chosen; and those of all its reports. */
static const struct csvk_rule_set *const own_sets[] = {&csvk_validator_rules, NULL};
static const struct csvk_rule_set *const *const sets = own_sets;
static const struct csvk_rule_set *const told[] = {&csvk_validator_rules, &csvk_schema_file_rules,
                                                   NULL};

/* ---- options -------------------------------------------------------------------------------- */

static void worsen(struct validate_job *job, int status)
{
    job->status = status > job->status ? status : job->status;
}

/* Sets what the next file is judged by; says so when that fails. */
static bool use_table(struct validate_job *job, const struct csvk_table_definition *table)
{
    struct csvk_error err = {0};
    csvk_strings_release(&job->options.primary_key);
    int status = csvk_table_definition_rules(table, &job->options, &err);
    if (status == CSVK_OK &&
        csvk_strings_copy(&job->options.primary_key, &table->primary_key) != CSVK_OK) {
        status = csvk_fail(&err, CSVK_ENOMEM, "out of memory");
    }
    if (status != CSVK_OK) {
        worsen(job, cli_fail(job->cli, &err));
    }
    return status == CSVK_OK;
}

static int read_table(struct validate_job *job)
{
    struct cli *cli = job->cli;
    job->encoding_given = cli_own_encoding(cli);
    int status = cli_get_table(cli, NULL, &job->table);
    if (status == CLI_GOOD && cli_has(cli, "backend") && !cli_has(cli, "manifest")) {
        return cli_trouble(cli, "--backend needs the types that a --manifest declares");
    }
    bool csvw = cli_csvw_is_asked(cli);
    status = status == CLI_GOOD && !csvw ? cli_take_schema(cli, &job->table) : status;
    job->table.encoding = job->encoding_given;
    const char *delimiter = cli_value(cli, "delimiter");
    bool look = delimiter == NULL ? job->options.profile == CSVK_PROFILE_EXCEL
                                  : strcmp(delimiter, "auto") == 0;
    job->options.sep = look ? CSVK_SEP_LOOK : CSVK_SEP_DATA;
    job->options.delimiter_stated =
        (delimiter != NULL && strcmp(delimiter, "auto") != 0) || job->table.manifest != NULL;
    job->options.enclosure_stated = cli_has(cli, "enclosure") || job->table.manifest != NULL;
    job->dialect_given = job->table.dialect;
    return status;
}

static int read_options(struct validate_job *job)
{
    const char *fail_on = cli_value(job->cli, "fail-on");
    job->fail_on = fail_on != NULL && fail_on[0] == 'w' ? CSVK_WARNING : CSVK_ERROR;
    int status = cli_get_rules(job->cli, &job->options);
    status = status == CLI_GOOD ? cli_get_limits(job->cli, &job->options) : status;
    status = status == CLI_GOOD ? cli_get_comment(job->cli, &job->options.comment) : status;
    return status == CLI_GOOD ? read_table(job) : status;
}

/* Takes over what the project file says about the input. False: it does not go with the options,
   which was told; the input cannot be judged. */
static bool take_project(struct validate_job *job, const char *path)
{
    bool changed;
    int status = cli_projects_apply(job->projects, path, &changed);
    if (status == CLI_GOOD && changed) {
        judged_files_settle(job->files);
        csvk_validate_options_release(&job->options);
        csvk_validate_options_init(&job->options);
        csvk_table_definition_release(&job->table);
        status = read_options(job);
    }
    worsen(job, status);
    return status == CLI_GOOD;
}

/* ---- one file -------------------------------------------------------------------------------- */

static int show_progress(uint64_t consumed, void *context)
{
    struct validate_job *job = context;
    cli_progress_update(job->progress, consumed);
    return 0;
}

static int use_threads(struct csvk_reader *reader, void *context, struct csvk_error *err)
{
    const struct validate_job *job = context;
    return cli_use_threads(job->cli, reader, err);
}

/* For --verify: the second reading needs the fields, so it keeps whole records. The first reading
   must keep them too, so that both see the same. */
static void tune(struct csvk_options *options, void *context)
{
    const struct validate_job *job = context;
    if (cli_has(job->cli, "verify")) {
        options->max_record = UINT64_MAX;
    }
    if (cli_has(job->cli, "stats")) {
        stats_option_tune(options);
    }
}

static int take_stats(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    struct validate_job *job = context;
    return stats_option_take(&job->stats, batch, err);
}

static int judge(struct validate_job *job, const char *path, struct csvk_validator **out,
                 struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_validate_hooks hooks = {.size = sizeof hooks,
                                        .tune = tune,
                                        .progress = show_progress,
                                        .context = job,
                                        .begin = use_threads};
    hooks.tap = cli_has(job->cli, "stats") ? take_stats : NULL;
    job->options.dialect = job->dialect_given;
    job->encoding = job->encoding_given;
    int status = ranged_input_source(&source, job->cli, path, err);
    if (status == CSVK_OK) {
        status = cli_resolve_auto(job->cli, source, &job->options.dialect, &job->encoding, err);
    }
    if (status == CSVK_OK && job->encoding != NULL) {
        status = csvk_source_set_encoding(source, job->encoding, err);
    }
    if (status == CSVK_OK) {
        job->progress = cli_progress_start(job->cli, "validate", csvk_source_file_size(source));
        job->options.file = path;
        stats_option_begin(&job->stats, &job->options);
        status = csvk_validate_source(out, source, &job->options, &hooks, err);
        cli_progress_end(job->progress);
        job->progress = NULL;
    }
    csvk_source_free(source);
    return status;
}

/* The files after the first are judged with what the first one shows. */
static void go_on(struct validate_job *job, const struct csvk_table_definition *table)
{
    struct csvk_error err = {0};
    if (csvk_table_definition_next(table, &job->options, &err) != CSVK_OK) {
        worsen(job, cli_fail(job->cli, &err));
    }
}

/* Adds the findings of one file to the reports, and its verdict to the exit status. */
static int conclude(struct validate_job *job, const char *path, struct csvk_validator *v,
                    struct csvk_error *err)
{
    const struct csvk_report *report = NULL;
    int status = csvk_validator_report(v, &report, err);
    if (status == CSVK_OK && cli_has(job->cli, "verify")) {
        struct cli_verify how = {path, job->encoding, &job->options, report};
        status = cli_verify(job->cli, &how, err);
    }
    if (status == CSVK_OK) {
        struct csvk_section section;
        struct csvk_subject subject;
        struct stats_subject with_stats;
        csvk_report_subject(report, &section, &subject);
        stats_option_add(&job->stats, report->totals->bytes, &subject, &with_stats);
        worsen(job, cli_reports_add(job->reports, &subject));
        bool refused =
            report->errors != 0 || (job->fail_on == CSVK_WARNING && report->warnings != 0);
        worsen(job, refused ? CLI_REFUSED : CLI_GOOD);
        job->options.width = job->options.width != 0 ? job->options.width : report->totals->width;
    }
    return status;
}

/* The other files are judged all the same. */
static void fail(struct validate_job *job, const char *path, const struct csvk_error *err)
{
    worsen(job, cli_reports_fail(job->reports, path, err));
}

/* A file that was judged beside others. Its width is no other's. */
static void conclude_file(void *context, struct judged_file *file)
{
    struct validate_job *job = context;
    uint64_t width = job->options.width;
    int status = file->status == CSVK_OK ? conclude(job, file->path, file->validator, &file->err)
                                         : file->status;
    if (status != CSVK_OK) {
        fail(job, file->path, &file->err);
    }
    job->options.width = width;
}

static void do_file(struct validate_job *job, const char *path, bool slice)
{
    struct csvk_error err = {0};
    struct csvk_validator *v = NULL;
    bool many = slice ? job->options.width != 0 : cli_noperands(job->cli) > 1;
    job->options.dialect = job->dialect_given;
    if (many && !ranged_input_is_object(path) &&
        judged_files_add(job->files, path, &job->options, job->encoding_given)) {
        return;
    }
    judged_files_settle(job->files);
    int status = judge(job, path, &v, &err);
    status = status == CSVK_OK ? conclude(job, path, v, &err) : status;
    csvk_validator_free(v);
    if (status != CSVK_OK) {
        fail(job, path, &err);
    }
}

/* ---- slices with keys: these span all slices, so the reports wait for the last slice --------- */

struct slice_parts {
    struct csvk_validator **item;
    size_t count; /* judged */
    size_t done;  /* of these: in the reports */
};

static int judge_slice(struct validate_job *job, const char *path, struct slice_parts *parts,
                       struct csvk_error *err)
{
    struct csvk_validator *v = NULL;
    int status = judge(job, path, &v, err);
    if (status != CSVK_OK) {
        return status;
    }
    parts->item[parts->count++] = v;
    return parts->count > 1 ? csvk_validator_join_keys(parts->item[0], v, err) : CSVK_OK;
}

/* No slice may be missing in a report. `guilty` could not be judged, so the others are not judged
   as a whole either; it is slices->count when none of them is to blame. */
static void fail_slices(struct validate_job *job, const struct csvk_strings *slices,
                        const struct slice_parts *parts, size_t guilty,
                        const struct csvk_error *err)
{
    struct csvk_error other = *err;
    if (guilty < slices->count) {
        fail(job, slices->item[guilty], err);
        csvk_fail(&other, err->status, "%s all slices, and %s could not be judged",
                  job->options.primary_key.count != 0 ? "the primary key spans"
                                                      : "what is to be unique spans",
                  slices->item[guilty]);
    } else {
        worsen(job, cli_fail(job->cli, err));
    }
    struct csvk_subject subject = {.error = other.text};
    for (size_t i = parts->done; i < slices->count; i++) {
        subject.file = slices->item[i];
        if (i != guilty) {
            worsen(job, cli_reports_add(job->reports, &subject));
        }
    }
}

static void do_slices_with_keys(struct validate_job *job, const struct csvk_table_definition *table,
                                const struct csvk_strings *slices)
{
    struct csvk_error err = {0};
    struct slice_parts parts = {csvk_calloc(slices->count + 1, sizeof(*parts.item)), 0, 0};
    int status = parts.item != NULL ? CSVK_OK : csvk_fail(&err, CSVK_ENOMEM, "out of memory");
    size_t guilty = slices->count;
    for (size_t i = 0; i < slices->count && status == CSVK_OK; i++) {
        status = judge_slice(job, slices->item[i], &parts, &err);
        guilty = status == CSVK_OK ? guilty : i;
        go_on(job, table);
    }
    if (status == CSVK_OK) {
        status = csvk_validator_search_keys(parts.item, parts.count, &err);
    }
    for (; parts.done < parts.count && status == CSVK_OK; parts.done += status == CSVK_OK) {
        status = conclude(job, slices->item[parts.done], parts.item[parts.done], &err);
    }
    for (size_t i = 0; i < parts.count; i++) {
        csvk_validator_free(parts.item[i]);
    }
    csvk_free(parts.item);
    if (status != CSVK_OK) {
        fail_slices(job, slices, &parts, guilty, &err);
    }
}

/* ---- operands -------------------------------------------------------------------------------- */

/* Foreign keys, after the table itself. */
static void judge_references(struct validate_job *job, const char *path)
{
    if (job->csvw != NULL) {
        judged_files_settle(job->files);
        worsen(job, cli_csvw_foreign_keys(job->csvw, path, &job->options, job->encoding_given));
    } else if (csvk_schema_reference_count(job->options.schema) != 0) {
        judged_files_settle(job->files);
        job->options.dialect = job->dialect_given;
        worsen(job, cli_key_references_judge(job->cli, job->reports, path, &job->options,
                                             job->encoding_given));
    }
}

/* Files that begin with other headers than the first one are no slices of one table. */
static bool refuse_other_tables(struct validate_job *job, const char *directory,
                                const struct csvk_table_definition *table,
                                const struct csvk_strings *slices)
{
    struct csvk_error err = {0};
    int status = csvk_table_definition_one_table(table, directory, slices, &err);
    if (status != CSVK_OK) {
        fail(job, directory, &err);
    }
    return status != CSVK_OK;
}

static void judge_slices(struct validate_job *job, const char *directory,
                         const struct csvk_table_definition *table,
                         const struct csvk_strings *slices)
{
    struct csvk_error err = {0};
    bool keys = table->primary_key.count != 0;
    if (!use_table(job, table) || refuse_other_tables(job, directory, table, slices)) {
        return;
    }
    keys = keys || csvk_schema_has_unique(job->options.schema);
    if (keys && cli_has(job->cli, "stats")) {
        csvk_fail(&err, CSVK_EUSAGE, "--stats cannot be made of slices whose keys are searched");
        fail(job, directory, &err);
    } else if (keys && cli_has(job->cli, "verify")) {
        csvk_fail(&err, CSVK_EUSAGE, "--verify cannot check %s over several slices",
                  table->primary_key.count != 0 ? "a primary key" : "what is to be unique");
        fail(job, directory, &err);
    } else if (keys) {
        do_slices_with_keys(job, table, slices);
    }
    for (size_t i = 0; i < slices->count && !keys; i++) {
        do_file(job, slices->item[i], true);
        go_on(job, table);
    }
    if (slices->count == 0) {
        cli_note(job->cli, "%s: no slices in this directory", directory);
    } else {
        judge_references(job, directory);
    }
}

/* Slices have no header unless somebody says so. All must be as wide as the first slice. */
static void do_slices(struct validate_job *job, const char *directory)
{
    struct csvk_strings slices = {0};
    struct csvk_error err = {0};
    struct csvk_table_definition table = job->table; /* borrows all but the names */
    table.first_names = (struct csvk_strings){0};
    int status = csvk_list_slices(directory, &slices, &err);
    if (status == CSVK_OK) {
        status =
            csvk_table_definition_look(&table, slices.count != 0 ? slices.item[0] : NULL, &err);
    }
    if (status != CSVK_OK) {
        fail(job, directory, &err);
    } else {
        judge_slices(job, directory, &table, &slices);
    }
    csvk_strings_release(&table.first_names);
    csvk_strings_release(&slices);
}

/* Each file is judged by what the metadata says about it. False: it cannot be, which was told. */
static bool take_csvw(struct validate_job *job, const char *path)
{
    int status = cli_csvw_take(job->csvw, path, &job->table);
    if (job->csvw != NULL) {
        job->encoding_given = job->table.encoding;
        job->dialect_given = job->table.dialect;
        job->options.delimiter_stated = job->options.enclosure_stated = true;
    }
    worsen(job, status);
    return status == CLI_GOOD;
}

static void do_operand(struct validate_job *job, const char *path)
{
    struct stat info;
    if (!take_project(job, path) || !take_csvw(job, path)) {
        judged_files_settle(job->files);
        struct csvk_subject subject = {.file = path, .error = "its options do not fit together"};
        worsen(job, cli_reports_add(job->reports, &subject));
        return;
    }
    bool directory = strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    if (cli_has(job->cli, "verify") && strcmp(path, "-") == 0) {
        struct csvk_error err;
        csvk_fail(&err, CSVK_EUSAGE,
                  "--verify reads the data twice: give a file, not standard input");
        fail(job, path, &err);
        return;
    }
    job->options.width = 0;
    if (directory) {
        judged_files_settle(job->files);
        do_slices(job, path);
    } else if (use_table(job, &job->table)) {
        do_file(job, path, false);
        judge_references(job, path);
    }
}

/* ---- parts of a file ------------------------------------------------------------------------- */

/* Sets what parts are judged by. */
static bool use_part_table(struct validate_job *job)
{
    bool ready = use_table(job, &job->table);
    job->options.dialect = job->dialect_given;
    if (ready) {
        worsen(job, cli_check_part_options(job->cli, &job->options));
    }
    return ready && job->status == CLI_GOOD;
}

static void make_part(struct validate_job *job)
{
    const char *path = cli_noperands(job->cli) == 1 ? cli_operand(job->cli, 0) : NULL;
    if (path == NULL) {
        worsen(job, cli_trouble(job->cli, "--partial judges one FILE"));
    } else if (use_part_table(job)) {
        worsen(job, cli_make_part(job->cli, path, &job->options));
    }
}

static void join_parts(struct validate_job *job)
{
    struct csvk_error err = {0};
    struct csvk_validator *v = NULL;
    char *name = NULL;
    if (!use_part_table(job)) {
        return;
    }
    int status = cli_join_parts(job->cli, &job->options, &v, &name, &err);
    status = status == CSVK_OK ? conclude(job, name, v, &err) : status;
    if (status != CSVK_OK) {
        fail(job, name != NULL ? name : "parts", &err);
    }
    csvk_validator_free(v);
    csvk_free(name);
}

static void do_parts(struct validate_job *job)
{
    if (cli_makes_part(job->cli)) {
        make_part(job);
    } else {
        join_parts(job);
    }
}

static void do_operands(struct validate_job *job)
{
    size_t count = cli_noperands(job->cli);
    for (size_t i = 0; i < count && !cli_out_failed(job->cli); i++) {
        do_operand(job, cli_operand(job->cli, i));
    }
    size_t tables = count == 0 ? cli_csvw_count(job->csvw) : 0;
    for (size_t i = 0; i < tables; i++) {
        do_operand(job, cli_csvw_path(job->csvw, i));
    }
    if (count == 0 && tables == 0 && !cli_has(job->cli, "files-from")) {
        do_operand(job, "-");
    }
    judged_files_settle(job->files);
}

static int run(struct cli *cli)
{
    struct validate_job job = {.cli = cli};
    job.files = judged_files_new(cli, conclude_file, &job);
    if (job.files == NULL) {
        return cli_trouble(cli, "out of memory");
    }
    csvk_validate_options_init(&job.options);
    bool parts = cli_makes_part(cli) || cli_joins_parts(cli);
    job.status = parts ? cli_check_parts(cli) : CLI_GOOD;
    job.status = job.status == CLI_GOOD ? cli_take_parts_from(cli) : job.status;
    job.status = job.status == CLI_GOOD ? cli_check_objects(cli) : job.status;
    const char *first = cli_noperands(cli) > 0        ? cli_operand(cli, 0)
                        : !cli_has(cli, "files-from") ? "-"
                                                      : NULL;
    if (job.status == CLI_GOOD) {
        job.status = cli_projects_open(&job.projects, cli, first);
    }
    if (job.status == CLI_GOOD && first != NULL) {
        bool changed; /* the profile of the first input is that of the reports */
        job.status = cli_projects_apply(job.projects, first, &changed);
    }
    job.status = job.status == CLI_GOOD ? read_options(&job) : job.status;
    if (job.status == CLI_GOOD && !cli_makes_part(cli)) {
        job.status = cli_reports_begin(cli, &job.reports, told, job.options.profile);
    }
    if (job.status == CLI_GOOD) {
        job.status = cli_csvw_open(cli, job.reports, &job.csvw);
    }
    if (job.status == CLI_GOOD && parts) {
        do_parts(&job);
    } else if (job.status == CLI_GOOD) {
        do_operands(&job);
    }
    cli_csvw_close(job.csvw);
    worsen(&job, cli_reports_end(job.reports));
    cli_projects_close(job.projects);
    judged_files_free(job.files);
    stats_option_release(&job.stats);
    csvk_validate_options_release(&job.options);
    csvk_table_definition_release(&job.table);
    return job.status;
}

/* ---- the row --------------------------------------------------------------------------------- */

const struct cli_command cli_cmd_validate = {
    .name = "validate",
    .operands = "[FILE]...",
    .summary = "check CSV files strictly and report every defect with its place",
    .details =
        "Reads every FILE and reports each place that breaks a rule of the profile, with its "
        "byte, line, column, record and field. FILE is plain text or compressed (gzip, zstd, xz, "
        "bzip2). A directory is a "
        "table in slices, which have no header unless --header or the manifest says so. When "
        "nobody has said anything and the first slice clearly begins with a header, the others "
        "are compared with it. Without FILE, or when FILE is -, standard input is read.\n\n"
        "Memory does not grow with the size of the input: the reader holds at most 1 MiB at a "
        "time. Longer records are kept in memory only where they are needed whole, for "
        "example for --primary-key, --verify and limits of length.\n\n"
        "The exit status is 0 when no file has an error, 1 when a file has one, 2 when "
        "something could not be read or an option is wrong.",
    .groups = cli_validate_groups,
    .examples = cli_validate_examples,
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
    .rules = &sets,
};
