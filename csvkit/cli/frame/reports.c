/*
 * reports.c - the reports of one run. Each is a reporter with a buffer, which is written out after
 * every subject; files are sinks, so that a report is there whole or not at all.
 */
#include "csvkit/cli/frame/reports.h"

#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/frame/statistics.h"
#include "manifest/manifest.h"

#include <string.h>
#include <sys/stat.h>

struct one_report {
    struct csvk_reporter *reporter;    /* NULL: it has failed, or it is the statistics */
    struct cli_statistics *statistics; /* NULL: a report of findings, or it has failed */
    struct csvk_buf text;
    struct csvk_sink *sink; /* NULL: standard output */
};
struct cli_reports {
    struct cli *cli;
    struct one_report *item;
    size_t count;
    struct cli_statistics statistics; /* of --statistics, for the first report */
    const struct csvk_rule *rule;     /* of the first finding that is shown, or NULL */
    int status; /* the worst so far; after a failure of a report nothing more is written to it */
};

/* On standard output a failure is not told again: cli_fail has written it to standard error. */
static unsigned style_of(struct cli *cli, bool terminal)
{
    return (terminal ? CSVK_TEXT_TOLD : 0) |
           (terminal && cli_color(cli, stdout) ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN) |
           (cli_has(cli, "verbose") ? CSVK_TEXT_NOTES : 0) |
           (cli_has(cli, "quiet") ? CSVK_TEXT_ERRORS : 0);
}

/* A report in `format`, to the file `path` (NULL or "-": standard output). */
static int add_report(struct cli_reports *reports, const char *format, const char *path,
                      const struct csvk_report_options *options, struct csvk_error *err)
{
    struct one_report *report = &reports->item[reports->count++];
    struct csvk_report_options own = *options;
    bool file = path != NULL && strcmp(path, "-") != 0;
    int status = CSVK_OK;
    own.style = style_of(reports->cli, !file);
    if (reports->count == 1 && cli_has(reports->cli, "statistics")) {
        report->statistics = &reports->statistics;
    } else {
        status = csvk_reporter_new(&report->reporter, format, &own, &report->text, err);
    }
    if (status == CSVK_OK && file) {
        status = csvk_sink_open(&report->sink, path, 0, err);
    }
    return status;
}

/* FORMAT:FILE */
static int add_other(struct cli_reports *reports, const char *text,
                     const struct csvk_report_options *options, struct csvk_error *err)
{
    const char *colon = strchr(text, ':');
    char format[32] = "";
    if (colon == NULL || colon[1] == '\0' || (size_t)(colon - text) >= sizeof format) {
        return csvk_fail(err, CSVK_EUSAGE, "--report=%s: expected FORMAT:FILE", text);
    }
    memcpy(format, text, (size_t)(colon - text));
    int status = add_report(reports, format, colon + 1, options, err);
    if (status == CSVK_EUSAGE) {
        char names[200];
        const char *near =
            cli_suggest_choice(CSVK_REPORT_FORMAT_WORDS, format, names, sizeof names);
        return csvk_fail(err, CSVK_EUSAGE, "--report=%s: the formats are %s%s%s%s", text,
                         CSVK_REPORT_FORMAT_WORDS, near != NULL ? "; did you mean " : "",
                         near != NULL ? near : "", near != NULL ? "?" : "");
    }
    return status;
}

/* A folder stands for the slices that lie in it. */
static bool is_in_folder(const char *folder, const struct stat *report)
{
    struct csvk_strings slices = {0};
    struct stat slice;
    bool found = false;
    if (csvk_list_slices(folder, &slices, NULL) == CSVK_OK) {
        for (size_t i = 0; i < slices.count && !found; i++) {
            found = stat(slices.item[i], &slice) == 0 && slice.st_dev == report->st_dev &&
                    slice.st_ino == report->st_ino;
        }
    }
    csvk_strings_release(&slices);
    return found;
}

static bool is_operand(struct cli *cli, const char *path)
{
    struct stat report, input;
    if (strcmp(path, "-") == 0 || stat(path, &report) != 0 || !S_ISREG(report.st_mode)) {
        return false;
    }
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        const char *operand = cli_operand(cli, i);
        if (stat(operand, &input) != 0) {
            continue;
        }
        if (S_ISDIR(input.st_mode)
                ? is_in_folder(operand, &report)
                : input.st_dev == report.st_dev && input.st_ino == report.st_ino) {
            return true;
        }
    }
    return false;
}

/* Two reports into one place would be mixed or lost, and a report must not replace the data. */
static int check_places(struct cli *cli, struct csvk_error *err)
{
    const char *output = cli_value(cli, "output");
    output = output != NULL ? output : "-";
    if (is_operand(cli, output)) {
        return csvk_fail(err, CSVK_EUSAGE, "--output=%s: this is an input", output);
    }
    for (size_t i = 0; i < cli_count(cli, "report"); i++) {
        const char *colon = strchr(cli_nth(cli, "report", i), ':');
        bool taken = colon != NULL && strcmp(colon + 1, output) == 0;
        for (size_t j = 0; j < i && colon != NULL; j++) {
            const char *other = strchr(cli_nth(cli, "report", j), ':');
            taken = taken || (other != NULL && strcmp(other, colon) == 0);
        }
        if (colon != NULL && is_operand(cli, colon + 1)) {
            return csvk_fail(err, CSVK_EUSAGE, "--report=%s: this is an input",
                             cli_nth(cli, "report", i));
        }
        if (taken) {
            return csvk_fail(err, CSVK_EUSAGE, "--report=%s: another report goes there",
                             cli_nth(cli, "report", i));
        }
    }
    return CSVK_OK;
}

static void release(struct cli_reports *reports)
{
    for (size_t i = 0; i < reports->count; i++) {
        csvk_reporter_free(reports->item[i].reporter);
        csvk_buf_release(&reports->item[i].text);
        csvk_sink_free(reports->item[i].sink);
    }
    cli_statistics_release(&reports->statistics);
    csvk_free(reports->item);
    csvk_free(reports);
}

static int check_statistics(struct cli *cli, const char *format, struct csvk_error *err)
{
    bool known = strcmp(format, "text") == 0 || strcmp(format, "json") == 0;
    return known || !cli_has(cli, "statistics")
               ? CSVK_OK
               : csvk_fail(err, CSVK_EUSAGE,
                           "--statistics are written as text or json; "
                           "--report=%s:FILE writes the findings beside them",
                           format);
}

int cli_reports_begin(struct cli *cli, struct cli_reports **out,
                      const struct csvk_rule_set *const *sets, enum csvk_profile profile)
{
    struct csvk_error err = {.status = CSVK_ENOMEM, .text = "out of memory for the reports"};
    struct csvk_report_options options;
    const char *format = cli_has(cli, "format") ? cli_value(cli, "format") : "text";
    struct cli_reports *reports = csvk_calloc(1, sizeof *reports);
    *out = NULL;
    if (reports == NULL || (reports->item = csvk_calloc(1 + cli_count(cli, "report"),
                                                        sizeof *reports->item)) == NULL) {
        csvk_free(reports);
        return cli_fail(cli, &err);
    }
    reports->cli = cli;
    csvk_report_options_init(&options, sets);
    options.profile = profile;
    int status = check_places(cli, &err);
    status = status == CSVK_OK ? check_statistics(cli, format, &err) : status;
    if (status == CSVK_OK) {
        status = add_report(reports, format, cli_value(cli, "output"), &options, &err);
    }
    for (size_t i = 0; i < cli_count(cli, "report") && status == CSVK_OK; i++) {
        status = add_other(reports, cli_nth(cli, "report", i), &options, &err);
    }
    if (status != CSVK_OK) {
        release(reports);
        return cli_fail(cli, &err);
    }
    *out = reports;
    return CLI_GOOD;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void worsen(struct cli_reports *reports, int status)
{
    reports->status = status > reports->status ? status : reports->status;
}

/* Writes out what is ready. After a failure the report is given up. */
static void flush(struct cli_reports *reports, struct one_report *report, int made)
{
    struct csvk_error err = {.status = CSVK_ENOMEM, .text = "out of memory for a report"};
    int status = made;
    if (status == CSVK_OK && report->text.length == 0) {
        return; /* nothing to say about this subject */
    }
    if (status == CSVK_OK && report->sink != NULL) {
        status = csvk_sink_write(report->sink, report->text.data, report->text.length, &err);
        csvk_buf_clear(&report->text);
    } else if (status == CSVK_OK) {
        cli_out_buf(reports->cli, &report->text);
    }
    if (status != CSVK_OK) {
        worsen(reports, cli_fail(reports->cli, &err));
        csvk_reporter_free(report->reporter);
        report->reporter = NULL;
        report->statistics = NULL;
    }
}

static void note_first_rule(struct cli_reports *reports, const struct csvk_subject *subject)
{
    for (size_t i = 0; i < subject->nsections; i++) {
        for (size_t j = 0; j < subject->section[i].count && reports->rule == NULL; j++) {
            const struct csvk_finding *f = csvk_section_at(&subject->section[i], j);
            reports->rule = f->severity >= CSVK_WARNING ? f->rule : NULL;
        }
    }
}

/* On a terminal whoever reads the report can type. Elsewhere it would be one line more to skip. */
static void point_to_explain(struct cli_reports *reports)
{
    const char *format = cli_value(reports->cli, "format");
    bool text = format == NULL || strcmp(format, "text") == 0;
    if (reports->rule != NULL && text && reports->item[0].sink == NULL &&
        reports->item[0].statistics == NULL && cli_is_terminal(stdout)) {
        cli_note(reports->cli, "more about a rule: csvkit explain %s", reports->rule->id);
    }
}

int cli_reports_add(struct cli_reports *reports, const struct csvk_subject *subject)
{
    note_first_rule(reports, subject);
    for (size_t i = 0; i < reports->count; i++) {
        struct one_report *report = &reports->item[i];
        if (report->reporter != NULL) {
            flush(reports, report, csvk_reporter_add(report->reporter, subject));
        } else if (report->statistics != NULL) {
            flush(reports, report, cli_statistics_add(report->statistics, subject));
        }
    }
    return reports->status;
}

int cli_reports_fail(struct cli_reports *reports, const char *file, const struct csvk_error *err)
{
    const char *reason = err->text[0] != '\0' ? err->text : "unknown failure";
    struct csvk_subject subject = {.file = file, .error = reason};
    int status = cli_fail(reports->cli, err);
    int reported = cli_reports_add(reports, &subject);
    return reported > status ? reported : status;
}

static void end_one(struct cli_reports *reports, struct one_report *report)
{
    struct csvk_error err = {0};
    if (report->reporter != NULL) {
        flush(reports, report, csvk_reporter_end(report->reporter));
    } else if (report->statistics != NULL) {
        const char *format = cli_value(reports->cli, "format");
        bool json = format != NULL && strcmp(format, "json") == 0;
        unsigned style = style_of(reports->cli, report->sink == NULL);
        flush(reports, report,
              cli_statistics_write(report->statistics, json, style, &report->text));
    }
    bool good = report->reporter != NULL || report->statistics != NULL;
    if (good && report->sink != NULL && csvk_sink_commit(report->sink, &err) != CSVK_OK) {
        worsen(reports, cli_fail(reports->cli, &err));
    }
}

int cli_reports_end(struct cli_reports *reports)
{
    if (reports == NULL) {
        return CLI_GOOD;
    }
    for (size_t i = 0; i < reports->count; i++) {
        end_one(reports, &reports->item[i]);
    }
    point_to_explain(reports);
    int status = reports->status;
    release(reports);
    return status;
}

/* ---- findings beside a result --------------------------------------------------------------- */

void cli_print_findings(struct cli *cli, const char *file, const struct csvk_findings *findings,
                        bool only_errors)
{
    static const struct csvk_rule_set *const sets[] = {&csvk_manifest_rules, NULL};
    struct csvk_report_options options;
    struct csvk_section section;
    struct csvk_buf out = CSVK_BUF_INIT;
    csvk_report_options_init(&options, sets);
    options.style = cli_color(cli, stderr) ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN;
    options.style |= only_errors || cli_has(cli, "quiet") ? CSVK_TEXT_ERRORS : 0;
    csvk_section_of_findings(&section, findings);
    struct csvk_subject subject = {.file = file, .section = &section, .nsections = 1};
    if (csvk_report_write(&subject, "text", &options, &out, NULL) != CSVK_OK) {
        cli_trouble(cli, "out of memory");
    } else if (out.length != 0) {
        cli_progress_hide(cli);
        fwrite(out.data, 1, out.length, stderr);
    }
    csvk_buf_release(&out);
}

static void print_quoted(struct cli *cli, const char *file, struct csvk_findings *findings,
                         bool only_errors)
{
    if (csvk_manifest_quote(file, findings) != CSVK_OK) {
        cli_trouble(cli, "out of memory");
    }
    cli_print_findings(cli, file, findings, only_errors);
}

void cli_print_errors(struct cli *cli, const char *file, struct csvk_findings *findings)
{
    print_quoted(cli, file, findings, true);
}

void cli_print_warnings(struct cli *cli, const char *file, struct csvk_findings *findings)
{
    if (csvk_strings_has(&cli->warned, file)) {
        return;
    }
    if (csvk_strings_add(&cli->warned, file) != CSVK_OK) {
        cli_trouble(cli, "out of memory");
    }
    print_quoted(cli, file, findings, false);
}

/* ---- the rows -------------------------------------------------------------------------------- */

static const struct cli_option rows[] = {
    {"format", 'f', "NAME", CSVK_REPORT_FORMAT_WORDS,
     "The report format: text for people, json (one line for each file), sarif, github "
     "(annotations), junit, csv (a row for each finding), html (a page for a browser, which needs "
     "no network). Default: text.",
     false},
    {"output", 'o', "FILE", NULL,
     "Where to write the report. It appears when it is complete. Default: standard output.", false},
    {"report", 0, "FORMAT:FILE", NULL,
     "Write one more report, in this format, to this file: --report=sarif:out.sarif.", true},
    {"statistics", 0, NULL, NULL,
     "Print how often each rule is broken in all files together, instead of the findings; as text "
     "or json. --report writes the findings all the same.",
     false},
    {"verbose", 'v', NULL, NULL,
     "Show the notes, too: findings of severity info. Without -v the text report only counts them, "
     "and github has no notices. Say which project file is used.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_report_options = {"Report", rows};
