/*
 * cmd_preflight.c - csvkit preflight [DATADIR]: judges a data folder; with --fix it also makes the
 * repairs that are safe.
 */
#include "csvkit/cli/frame/reports.h"
#include "csvkit/cli/project/project_file.h"
#include "csvkit/cli/table/table_options.h"

#include "preflight/preflight.h"

#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

static const char *environment(const char *name, void *context)
{
    (void)context;
    return getenv(name);
}

static int show_progress(uint64_t done, uint64_t total, void *context)
{
    cli_progress_parts(context, done, total);
    return 0;
}

struct preflight_job {
    struct cli *cli;
    struct csvk_preflight_options options;
    struct csvk_preflight_level *level;
    struct csvk_strings ids; /* the ids in `level` point here */
    struct cli_reports *reports;
};

/* ID=LEVEL */
static int read_level(struct preflight_job *job, const char *text)
{
    enum csvk_severity severity;
    char id[CLI_RULE_ID_SIZE];
    if (cli_get_level(job->cli, text, id, &severity) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    if (csvk_strings_add(&job->ids, id) != CSVK_OK) {
        return cli_trouble(job->cli, "out of memory");
    }
    struct csvk_preflight_level level = {job->ids.item[job->ids.count - 1], severity};
    job->level[job->options.nlevels++] = level;
    return CLI_GOOD;
}

static int read_levels(struct preflight_job *job)
{
    size_t count = cli_count(job->cli, "rule");
    int status = CLI_GOOD;
    job->level = csvk_calloc(count + 1, sizeof *job->level);
    if (job->level == NULL) {
        return cli_trouble(job->cli, "out of memory");
    }
    for (size_t i = 0; i < count && status == CLI_GOOD; i++) {
        status = read_level(job, cli_nth(job->cli, "rule", i));
    }
    job->options.level = job->level;
    return status;
}

static int read_options(struct preflight_job *job)
{
    struct cli *cli = job->cli;
    struct csvk_preflight_options *o = &job->options;
    const char *staging = cli_value(cli, "staging");
    csvk_preflight_options_init(o);
    o->default_bucket = cli_value(cli, "default-bucket");
    o->features = cli_has(cli, "slicing") ? CSVK_FEATURE_SLICING : 0;
    o->support = csvk_type_support_parse(cli_value(cli, "data-type-support"));
    o->staging = staging == NULL || staging[0] == 'a' ? CSVK_STAGING_AUTO
                 : staging[0] == 'l'                  ? CSVK_STAGING_LOCAL
                                                      : CSVK_STAGING_WORKSPACE;
    o->data = cli_has(cli, "no-data") ? CSVK_PREFLIGHT_NO_DATA : CSVK_PREFLIGHT_ALL_DATA;
    o->threads = cli_threads(cli);
    o->environment = environment;
    int status = cli_get_uint(cli, "max-findings", 0, UINT64_MAX, &o->max_findings);
    status = status == CLI_GOOD ? cli_get_size(cli, "large-file", &o->large_file) : status;
    status = status == CLI_GOOD ? cli_get_backend(cli, &o->backend) : status;
    return status == CLI_GOOD ? read_levels(job) : status;
}

static const char *folder_of(struct cli *cli)
{
    const char *environment = getenv("KBC_DATADIR");
    return cli_noperands(cli) > 0                          ? cli_operand(cli, 0)
           : environment != NULL && environment[0] != '\0' ? environment
                                                           : "/data";
}

/* ---- the report ---- */

static int conclude(struct preflight_job *job, const struct csvk_preflight_report *report)
{
    const char *fail_on = cli_value(job->cli, "fail-on");
    bool strict = fail_on != NULL && fail_on[0] == 'w';
    struct csvk_subject subject;
    csvk_preflight_subject(report, &subject);
    int status = cli_reports_add(job->reports, &subject);
    if (status != CLI_GOOD) {
        return status;
    }
    if (report->trouble) {
        return cli_trouble(job->cli, "%s: something could not be read", report->folder);
    }
    return !report->valid || (strict && report->warnings > 0) ? CLI_REFUSED : CLI_GOOD;
}

static int judge(struct preflight_job *job, const char *folder)
{
    struct csvk_preflight_report *report = NULL;
    struct csvk_error err = {0};
    int begun = cli_reports_begin(job->cli, &job->reports, csvk_rule_sets, CSVK_PROFILE_KEBOOLA);
    if (begun != CLI_GOOD) {
        return begun;
    }
    struct cli_progress *progress = cli_progress_start(job->cli, "preflight", 0);
    job->options.context = progress;
    job->options.progress = progress != NULL ? show_progress : NULL;
    int status = csvk_preflight(&report, folder, &job->options, &err);
    cli_progress_end(progress);
    status =
        status == CSVK_OK ? conclude(job, report) : cli_reports_fail(job->reports, folder, &err);
    csvk_preflight_free(report);
    int ended = cli_reports_end(job->reports);
    return ended > status ? ended : status;
}

/* ---- repairing ---- */

/* The diff goes to standard error, because the report goes to standard output. */
static int repair(struct preflight_job *job, const char *folder)
{
    struct csvk_buf diff = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    size_t count = 0;
    bool dry = cli_has(job->cli, "dry-run");
    int status = csvk_preflight_fix(folder, CSVK_FIX_SHOW, &diff, &count, &err);
    if (status == CSVK_OK) {
        fputs(csvk_buf_text(&diff), stderr);
        csvk_buf_clear(&diff);
    }
    if (status == CSVK_OK && count > 0 && !dry) {
        status = csvk_preflight_fix(folder, CSVK_FIX_WRITE, &diff, &count, &err);
    }
    csvk_buf_release(&diff);
    if (status != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    cli_note(job->cli, "%zu change%s %s", count, cli_plural(count),
             dry ? "shown, none made" : "made");
    return CLI_GOOD;
}

static int run(struct cli *cli)
{
    struct preflight_job job = {.cli = cli};
    const char *folder = folder_of(cli);
    struct cli_projects *projects = NULL;
    int status = cli_projects_open(&projects, cli, folder);
    if (status == CLI_GOOD) {
        bool changed;
        status = cli_projects_apply(projects, folder, &changed);
    }
    status = status == CLI_GOOD ? read_options(&job) : status;
    if (status == CLI_GOOD && cli_has(cli, "dry-run") && !cli_has(cli, "fix")) {
        status = cli_trouble(cli, "--dry-run works with --fix only");
    }
    if (status == CLI_GOOD && cli_has(cli, "fix")) {
        status = repair(&job, folder);
    }
    status = status == CLI_GOOD ? judge(&job, folder) : status;
    cli_projects_close(projects);
    csvk_free(job.level);
    csvk_strings_release(&job.ids);
    return status;
}

/* ---- the row ---- */

static const struct cli_option rows[] = {
    {"default-bucket", 0, "BUCKET", NULL,
     "The bucket for table names without a bucket. An empty value means that there is no default "
     "bucket. Default: the bucket in config.json, else one made from KBC_COMPONENTID and "
     "KBC_CONFIGID.",
     false},
    {"data-type-support", 0, "KIND", "none|hints|authoritative",
     "How the project supports native data types. Default: KBC_DATA_TYPE_SUPPORT.", false},
    {"staging", 0, "KIND", "auto|local|workspace",
     "Where the tables of the component are. Default: auto, which means workspace when config.json "
     "has credentials of a workspace.",
     false},
    {"slicing", 0, NULL, NULL,
     "The project has its files sliced by the platform, which refuses some mappings. Default: when "
     "KBC_PROJECT_FEATURE_GATES has output-mapping-slice.",
     false},
    {"no-data", 0, NULL, NULL, "Read only the first record of each file.", false},
    {"fix", 0, NULL, NULL,
     "Show the safe repairs as a diff, then make them. Data files are never changed.", false},
    {"dry-run", 0, NULL, NULL, "With --fix: show the diff and change nothing.", false},
    {"rule", 0, "ID=SEVERITY", NULL,
     "Change the severity of a rule: off, info, warning or error. csvkit rules lists the ids.",
     true},
    {"max-findings", 0, "N", NULL,
     "Keep at most N findings of each rule for each table; 0 keeps all. Default: 100.", false},
    {"large-file", 0, "SIZE", NULL,
     "Warn about files above this size that are not sliced; 0: never. Default: 2048MB.", false},
    {"fail-on", 0, "SEVERITY", "error|warning",
     "The exit status is 1 when there is a finding of this severity or a higher one. Default: "
     "error.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Preflight", rows};
static const struct cli_group *const groups[] = {&own,
                                                 &cli_type_options,
                                                 &cli_report_options,
                                                 &cli_project_options,
                                                 &cli_thread_options,
                                                 &cli_common_options,
                                                 NULL};

static const char *const examples[] = {
    "csvkit preflight",
    "Check the folder $KBC_DATADIR or, if this is not set, /data.",
    "csvkit preflight --default-bucket=in.c-main data",
    "Check the folder data of a component that has this default bucket.",
    "csvkit preflight --format=json data | jq '.tables[].destination'",
    "Print the Storage table of each table in the folder.",
    "csvkit preflight --fix --dry-run data",
    "Show what could be repaired.",
    NULL,
};

const struct cli_command cli_cmd_preflight = {
    .name = "preflight",
    .operands = "[DATADIR]",
    .summary = "check the whole data folder of a component before the platform reads it",
    .details =
        "Reads out/tables, out/files, all manifests and config.json. For each table it reports "
        "into which Storage table the platform will load it and why, and with which columns and "
        "primary key. It reports everything that would make the load fail, or go wrong without a "
        "message. All records are validated with the profile keboola.\n\n"
        "Symbolic links that lead out of the folder are not followed. In the report, the records "
        "of a table are the rows that will be loaded, without headers.\n\n"
        "Memory does not grow with the size of the data: each thread needs as much as csvkit "
        "validate.\n\n"
        "The exit status is 1 when there is an error, 2 when something could not be read.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
    .rules = &csvk_rule_sets,
};
