/* normalize_page.c - see normalize_page.h. */
#include "csvkit/cli/normalize/normalize_page.h"

#include "csvkit/cli/frame/frame.h"

#include <string.h>
#include <sys/stat.h>

enum { REJECTED = CSVK_REPAIR_NONE }; /* the place of that rule among the repairs */

static void make_rules(struct normalize_page *page)
{
    for (int i = 0; i < CSVK_REPAIRS; i++) {
        enum csvk_repair repair = (enum csvk_repair)i;
        page->rule[i] = (struct csvk_rule){.id = csvk_repair_id(repair),
                                           .levels = "I",
                                           .summary = csvk_repair_summary(repair),
                                           .why = "",
                                           .example = "",
                                           .remedy = "",
                                           .repairs = ""};
        const char *meaning = csvk_repair_class_meaning(csvk_repair_class(repair));
        page->rule[i].why = meaning != NULL ? meaning : "";
    }
    page->rule[REJECTED] = (struct csvk_rule){
        .id = "rejected",
        .levels = "E",
        .summary = "a record without a sure repair",
        .why =
            "It is not in the table, but in the rejects, byte for byte. Where several readings of "
            "it compete, the one of the fewest bits is the likeliest.",
        .remedy = "Mend the rejects by hand (--rejects=FILE), or say by an option "
                  "what was meant.",
        .repairs = ""};
    page->set = (struct csvk_rule_set){page->rule, CSVK_REPAIRS};
    page->sets[0] = &page->set;
    page->rejects.rule = &page->rule[REJECTED];
}

static bool is_input(struct cli *cli, const char *path)
{
    struct stat page, input;
    bool same = false;
    for (size_t i = 0; stat(path, &page) == 0 && i < cli_noperands(cli); i++) {
        same |= stat(cli_operand(cli, i), &input) == 0 && input.st_dev == page.st_dev &&
                input.st_ino == page.st_ino;
    }
    return same;
}

int normalize_page_begin(struct cli *cli, struct normalize_page *page)
{
    struct csvk_error err = {0};
    struct csvk_report_options options;
    const char *report = cli_value(cli, "report");
    if (report == NULL) {
        return CLI_GOOD;
    }
    if (strncmp(report, "html:", 5) != 0 || report[5] == '\0') {
        return cli_trouble(cli, "--report=%s: expected html:FILE", report);
    }
    if (is_input(cli, report + 5)) {
        return cli_trouble(cli, "--report=%s: this is an input", report);
    }
    make_rules(page);
    csvk_report_options_init(&options, page->sets);
    int status = csvk_reporter_new(&page->reporter, "html", &options, &page->text, &err);
    status = status == CSVK_OK ? csvk_sink_open(&page->sink, report + 5, 0, &err) : status;
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

static int flush(struct cli *cli, struct normalize_page *page, int made)
{
    struct csvk_error err = {.status = CSVK_ENOMEM, .text = "out of memory for the report"};
    int status = made;
    if (status == CSVK_OK) {
        status = csvk_sink_write(page->sink, page->text.data, page->text.length, &err);
        csvk_buf_clear(&page->text);
    }
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

/* ---- a file ---------------------------------------------------------------------------------- */

struct page_account { /* of one file */
    const struct csvk_normalize_result *result;
    const struct normalize_examples *examples;
};

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    const struct page_account *account = subject->context;
    const struct csvk_normalize_result *result = account->result;
    csvk_json_put_string(json, "file", subject->file);
    csvk_json_put_bool(json, "valid", result->records_rejected == 0);
    csvk_json_put_uint(json, "records_in", result->records_in);
    csvk_json_put_uint(json, "records_out", result->records_out);
    csvk_json_put_uint(json, "records_rejected", result->records_rejected);
    csvk_json_put_uint(json, "records_dropped", result->records_dropped);
    csvk_json_put_uint(json, "columns", result->width);
    csvk_json_put_uint(json, "bytes", result->bytes_in);
    csvk_json_put_uint(json, "bytes_out", result->bytes_out);
    csvk_json_put_bool(json, "changed", result->changed);
    csvk_json_put_string(json, "advice", result->advice[0] != '\0' ? result->advice : NULL);
    csvk_json_key(json, "repaired");
    normalize_examples_json(account->examples, json);
    csvk_section_json(subject->section, json);
}

/* Of a repair the first case is kept with its place, the others are counted. */
static int add_cases(struct csvk_findings *to, const struct csvk_rule *rule,
                     const struct csvk_normalize_place *first, uint64_t count)
{
    struct csvk_finding f = {.rule = rule, .severity = CSVK_INFO};
    if (count == 0) {
        return CSVK_OK;
    }
    f.has_byte = true;
    f.byte = first->byte;
    f.line = first->line;
    f.record = first->record;
    f.message = csvk_strdup(rule->summary);
    int status = f.message == NULL ? CSVK_ENOMEM : csvk_findings_add(to, &f);
    return status == CSVK_OK ? csvk_findings_count(to, rule, CSVK_INFO, count - 1) : status;
}

int normalize_page_add(struct cli *cli, struct normalize_page *page, const char *input,
                       const struct csvk_normalize_result *result)
{
    struct csvk_findings *findings = &page->rejects.findings;
    struct csvk_section section;
    struct page_account account = {result, &page->examples};
    if (page->reporter == NULL) {
        return CLI_GOOD;
    }
    int status = page->examples.status != CSVK_OK ? page->examples.status : page->rejects.status;
    for (int i = CSVK_REPAIR_NONE + 1; i < CSVK_REPAIRS && status == CSVK_OK; i++) {
        status = add_cases(findings, &page->rule[i], &result->first[i], result->repairs[i]);
    }
    csvk_section_of_findings(&section, findings);
    struct csvk_subject subject = {
        .file = input, .section = &section, .nsections = 1, .json = put_json, .context = &account};
    status = status == CSVK_OK ? csvk_reporter_add(page->reporter, &subject) : status;
    return flush(cli, page, status);
}

void normalize_page_listen(struct normalize_page *page, struct csvk_normalize_files *files)
{
    normalize_examples_release(&page->examples);
    normalize_rejects_release(&page->rejects);
    if (page->reporter != NULL) {
        files->repaired = normalize_examples_add;
        files->repaired_context = &page->examples;
        files->rejected = normalize_rejects_add;
        files->rejected_context = &page->rejects;
    }
}

int normalize_page_fail(struct cli *cli, struct normalize_page *page, const char *input,
                        const struct csvk_error *why)
{
    struct csvk_subject subject = {.file = input, .error = why->text};
    return page->reporter == NULL ? CLI_GOOD
                                  : flush(cli, page, csvk_reporter_add(page->reporter, &subject));
}

int normalize_page_end(struct cli *cli, struct normalize_page *page)
{
    struct csvk_error err = {0};
    if (page->reporter == NULL) {
        return CLI_GOOD;
    }
    int status = flush(cli, page, csvk_reporter_end(page->reporter));
    if (status == CLI_GOOD && csvk_sink_commit(page->sink, &err) != CSVK_OK) {
        status = cli_fail(cli, &err);
    }
    return status;
}

void normalize_page_release(struct normalize_page *page)
{
    normalize_examples_release(&page->examples);
    normalize_rejects_release(&page->rejects);
    csvk_reporter_free(page->reporter);
    csvk_sink_free(page->sink);
    csvk_buf_release(&page->text);
}
