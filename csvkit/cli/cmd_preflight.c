/*
 * cmd_preflight.c - csvkit preflight [DATADIR]: judges a data folder, and repairs with --fix what
 * can be repaired for certain.
 */
#include "csvkit/cli/frame/cli.h"

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
    struct csvk_strings ids; /* of the levels */
};

/* ID=LEVEL */
static int read_level(struct preflight_job *job, const char *text)
{
    struct csvk_error err = {0};
    const char *equals = strchr(text, '=');
    enum csvk_severity severity;
    if (equals == NULL) {
        return cli_trouble(job->cli, "--rule=%s: expected ID=off|info|warning|error", text);
    }
    if (csvk_severity_parse(equals + 1, &severity, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--rule=%s: %s", text, err.text);
    }
    if (csvk_strings_addn(&job->ids, text, (size_t)(equals - text)) != CSVK_OK) {
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
    o->support = csvk_type_support_parse(cli_value(cli, "data-type-support"));
    o->staging = staging == NULL || staging[0] == 'a' ? CSVK_STAGING_AUTO
                 : staging[0] == 'l'                  ? CSVK_STAGING_LOCAL
                                                      : CSVK_STAGING_WORKSPACE;
    o->data = cli_has(cli, "no-data") ? CSVK_PREFLIGHT_NO_DATA : CSVK_PREFLIGHT_ALL_DATA;
    o->threads = cli_threads(cli);
    o->environment = environment;
    int status = cli_get_uint(cli, "max-findings", 0, UINT64_MAX, &o->max_findings);
    status = status == CLI_GOOD ? cli_get_size(cli, "large-file", &o->large_file) : status;
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

static int write_report(struct preflight_job *job, const struct csvk_preflight_report *report,
                        struct csvk_buf *out)
{
    const char *format = cli_value(job->cli, "format");
    unsigned style = cli_color(job->cli, stdout) ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN;
    style |= cli_has(job->cli, "verbose") ? CSVK_TEXT_NOTES : 0;
    if (format == NULL || strcmp(format, "text") == 0) {
        return csvk_preflight_text(report, style, out);
    }
    return strcmp(format, "json") == 0     ? csvk_preflight_json(report, out)
           : strcmp(format, "sarif") == 0  ? csvk_preflight_sarif(report, out)
           : strcmp(format, "github") == 0 ? csvk_preflight_github(report, out)
                                           : csvk_preflight_junit(report, out);
}

static int conclude(struct preflight_job *job, const struct csvk_preflight_report *report)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    const char *fail_on = cli_value(job->cli, "fail-on");
    bool strict = fail_on != NULL && fail_on[0] == 'w';
    int status = write_report(job, report, &out);
    if (status == CSVK_OK) {
        cli_out_buf(job->cli, &out);
    }
    csvk_buf_release(&out);
    if (status != CSVK_OK) {
        return cli_trouble(job->cli, "out of memory for the report");
    }
    if (report->trouble) {
        return cli_trouble(job->cli, "%s: not everything could be read", report->folder);
    }
    return !report->valid || (strict && report->warnings > 0) ? CLI_REFUSED : CLI_GOOD;
}

static int judge(struct preflight_job *job, const char *folder)
{
    struct csvk_preflight_report *report = NULL;
    struct csvk_error err = {0};
    struct cli_progress *progress = cli_progress_start(job->cli, "preflight", 0);
    job->options.context = progress;
    job->options.progress = progress != NULL ? show_progress : NULL;
    int status = csvk_preflight(&report, folder, &job->options, &err);
    cli_progress_end(progress);
    status = status == CSVK_OK ? conclude(job, report) : cli_fail(job->cli, &err);
    csvk_preflight_free(report);
    return status;
}

/* ---- repairing ---- */

/* The diff goes to standard error: standard output is the report's. */
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
    int status = read_options(&job);
    if (status == CLI_GOOD && cli_has(cli, "dry-run") && !cli_has(cli, "fix")) {
        status = cli_trouble(cli, "--dry-run goes with --fix");
    }
    if (status == CLI_GOOD && cli_has(cli, "fix")) {
        status = repair(&job, folder);
    }
    status = status == CLI_GOOD ? judge(&job, folder) : status;
    csvk_free(job.level);
    csvk_strings_release(&job.ids);
    return status;
}

/* ---- the row ---- */

static const struct cli_option rows[] = {
    {"default-bucket", 0, "BUCKET", NULL,
     "Where bare table names go. Default: the one of config.json, else made from KBC_COMPONENTID "
     "and KBC_CONFIGID. Empty: there is none.",
     false},
    {"data-type-support", 0, "KIND", "none|hints|authoritative",
     "The project's support of native data types. Default: KBC_DATA_TYPE_SUPPORT.", false},
    {"staging", 0, "KIND", "auto|local|workspace",
     "Where the component's tables are. Default: auto, a workspace when config.json has its "
     "credentials.",
     false},
    {"no-data", 0, NULL, NULL, "Look at the first record of each file only.", false},
    {"fix", 0, NULL, NULL,
     "Mend what is safe and certain, after showing it as a diff; data are never touched.", false},
    {"dry-run", 0, NULL, NULL, "With --fix: show the diff and change nothing.", false},
    {"rule", 0, "ID=LEVEL", NULL,
     "Gives a rule another level: off, info, warning or error. csvkit rules lists them.", true},
    {"max-findings", 0, "N", NULL,
     "Findings kept of each rule for each table; 0: all of them. Default: 100.", false},
    {"large-file", 0, "SIZE", NULL,
     "Unsliced files above this size are warned of; 0: none. Default: 2048MB.", false},
    {"format", 'f', "NAME", "text|json|sarif|github|junit", "Form of the report. Default: text.",
     false},
    {"verbose", 'v', NULL, NULL, "Shows notes, too: findings of level info.", false},
    {"fail-on", 0, "LEVEL", "error|warning",
     "The least level that makes the exit status 1. Default: error.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Preflight", rows};
static const struct cli_group *const groups[] = {&own, &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit preflight",
    "judges $KBC_DATADIR, else /data",
    "csvkit preflight --default-bucket=in.c-main data",
    "judges the folder data as a component with that default bucket",
    "csvkit preflight --format=json data | jq '.tables[].destination'",
    "tells where each table will land",
    "csvkit preflight --fix --dry-run data",
    "shows what could be repaired",
    NULL,
};

const struct cli_command cli_cmd_preflight = {
    .name = "preflight",
    .operands = "[DATADIR]",
    .summary = "judge a whole data folder before the platform does",
    .details =
        "Reads everything in out/tables and out/files, all manifests and config.json, and tells "
        "for each table where it will land and by which rule, with which columns and key, and "
        "everything that would fail or be silently wrong. Each record is validated with the "
        "profile keboola.\n\nSymbolic links are never followed out of the folder. records counts "
        "the rows that will be loaded, without headers.\n\nMemory does not grow with the data; "
        "it is that of the validator for each thread.\n\nExit status 1 when there is an error, 2 "
        "when something could not be read.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
