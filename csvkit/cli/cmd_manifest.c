/*
 * cmd_manifest.c - csvkit manifest check, show and convert. A manifest is read from a file or from
 * standard input. Its data is looked for beside it, under the name without ".manifest".
 */
#include "csvkit/cli/frame/reports.h"
#include "csvkit/cli/manifest/primary_key_check.h"
#include "csvkit/cli/manifest/manifest_options.h"
#include "csvkit/json.h"
#include "validator/validator.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- a manifest and its data ---- */

struct item {                       /* one operand */
    char *path;                     /* of the manifest */
    char *data;                     /* path of its data; NULL: not known */
    struct csvk_manifest *manifest; /* NULL: the file is not a manifest */
    enum csvk_manifest_kind kind;
    struct csvk_findings findings;
};

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static bool is_manifest_name(const char *path)
{
    size_t n = strlen(path), m = strlen(".manifest");
    return n > m && strcmp(path + n - m, ".manifest") == 0 && path[n - m - 1] != '/';
}

/* The operand may be a manifest, or a data file or directory of slices with a manifest beside it.
 */
static bool name_item(struct item *item, const char *operand)
{
    struct csvk_buf beside = CSVK_BUF_INIT;
    size_t length = strlen(operand);
    while (length > 1 && operand[length - 1] == '/') {
        length--;
    }
    if (strcmp(operand, "-") == 0) {
        item->path = csvk_strdup(operand);
        return item->path != NULL;
    }
    if (is_manifest_name(operand)) {
        item->path = csvk_strdup(operand);
        item->data = csvk_strndup(operand, strlen(operand) - strlen(".manifest"));
        return item->path != NULL && item->data != NULL;
    }
    bool good = csvk_buf_add(&beside, operand, length) == CSVK_OK &&
                csvk_buf_puts(&beside, ".manifest") == CSVK_OK;
    if (good && exists(csvk_buf_text(&beside))) {
        item->path = csvk_strdup(csvk_buf_text(&beside));
        item->data = csvk_strndup(operand, length);
        good = item->data != NULL;
    } else {
        item->path = csvk_strdup(operand);
    }
    csvk_buf_release(&beside);
    return good && item->path != NULL;
}

static void release_item(struct item *item)
{
    csvk_free(item->path);
    csvk_free(item->data);
    csvk_manifest_free(item->manifest);
    csvk_findings_release(&item->findings);
}

static enum csvk_manifest_kind wanted_kind(const struct cli *cli, const struct item *item)
{
    const char *kind = cli_value(cli, "kind");
    bool files = cli_has(cli, "files");
    if (kind == NULL || strcmp(kind, "auto") == 0) {
        return csvk_manifest_guess(item->manifest, item->path, files);
    }
    if (strcmp(kind, "in") == 0) {
        return files ? CSVK_MANIFEST_IN_FILE : CSVK_MANIFEST_IN_TABLE;
    }
    return files ? CSVK_MANIFEST_OUT_FILE : CSVK_MANIFEST_OUT_TABLE;
}

/* Reads the manifest. When its text is wrong, this is a finding, item->manifest is NULL, and the
   status is still CSVK_OK. */
static int read_item(struct cli *cli, struct item *item, const char *operand,
                     struct csvk_error *err)
{
    if (!name_item(item, operand)) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = csvk_manifest_read(&item->manifest, item->path, &item->findings, err);
    if (status == CSVK_OK) {
        item->kind = wanted_kind(cli, item);
    }
    return status == CSVK_EDATA ? CSVK_OK : status;
}

/* ---- check ---- */

static int judge_manifest(struct cli *cli, struct item *item)
{
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    const char *support = cli_value(cli, "data-type-support");
    const char *slash = item->data != NULL ? strrchr(item->data, '/') : NULL;
    how.kind = item->kind;
    how.name = slash != NULL ? slash + 1 : item->data;
    how.default_bucket = cli_value(cli, "default-bucket");
    how.support =
        csvk_type_support_parse(support != NULL ? support : getenv("KBC_DATA_TYPE_SUPPORT"));
    return csvk_manifest_check(item->manifest, &how, &item->findings);
}

/* Judges the data if it is there. In out/tables it must be there. */
static int judge_data(struct cli *cli, struct item *item, struct csvk_error *err)
{
    bool table = item->kind == CSVK_MANIFEST_OUT_TABLE && item->data != NULL;
    if (!table || cli_has(cli, "no-data") ||
        (!exists(item->data) && strstr(item->path, "out/tables/") == NULL)) {
        return CSVK_OK;
    }
    int status = csvk_manifest_check_data(item->manifest, item->data, CSVK_MANIFEST_WHOLE_DATA,
                                          &item->findings, err);
    /* In data that does not fit the manifest, the search for keys would only mislead. */
    if (status == CSVK_OK && cli_has(cli, "check-key") && item->findings.errors == 0) {
        status = cli_manifest_check_key(item->manifest, item->data, &item->findings, err);
    }
    return status;
}

static int judge_item(struct cli *cli, struct item *item, const char *operand,
                      struct csvk_error *err)
{
    int status = read_item(cli, item, operand, err);
    if (status == CSVK_OK && item->manifest != NULL) {
        status = judge_manifest(cli, item);
    }
    return status == CSVK_OK && item->manifest != NULL ? judge_data(cli, item, err) : status;
}

static int report_item(struct cli_reports *reports, struct item *item)
{
    bool there = item->data != NULL && exists(item->data);
    struct csvk_manifest_report report = {item->path, item->manifest, item->kind,
                                          there ? item->data : NULL, &item->findings};
    struct csvk_section section;
    struct csvk_subject subject;
    csvk_manifest_subject(&report, &section, &subject);
    return cli_reports_add(reports, &subject);
}

static int check_one(struct cli *cli, struct cli_reports *reports, const char *operand,
                     size_t limit)
{
    struct item item = {.findings = {.limit = limit}};
    struct csvk_error err = {.status = CSVK_ENOMEM, .text = "out of memory"};
    int status = judge_item(cli, &item, operand, &err);
    if (status == CSVK_OK) {
        status = csvk_manifest_quote(item.path, &item.findings);
    }
    int verdict = item.findings.errors > 0 ? CLI_REFUSED : CLI_GOOD;
    int written =
        status == CSVK_OK ? report_item(reports, &item) : cli_reports_fail(reports, operand, &err);
    verdict = status != CSVK_OK || written > verdict ? written : verdict;
    release_item(&item);
    return verdict;
}

static int run_check(struct cli *cli)
{
    static const struct csvk_rule_set *const sets[] = {&csvk_validator_rules, &csvk_manifest_rules,
                                                       NULL};
    struct cli_reports *reports = NULL;
    uint64_t limit = 100;
    int worst = cli_get_uint(cli, "max-findings", 0, SIZE_MAX, &limit);
    worst =
        worst == CLI_GOOD ? cli_reports_begin(cli, &reports, sets, CSVK_PROFILE_KEBOOLA) : worst;
    if (worst != CLI_GOOD) {
        return worst;
    }
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        int status = check_one(cli, reports, cli_operand(cli, i), (size_t)limit);
        worst = status > worst ? status : worst;
    }
    int status = cli_reports_end(reports);
    return status > worst ? status : worst;
}

/* ---- show and convert ---- */

/* Prints the findings on standard error, because the result goes to standard output. */
static int report_findings(struct cli *cli, struct item *item)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    if (cli_has(cli, "quiet") && item->findings.errors == 0) {
        return CLI_GOOD;
    }
    if (cli_add_findings(&out, item->path, &item->findings, cli_color(cli, stderr)) != CSVK_OK) {
        csvk_buf_release(&out);
        return cli_trouble(cli, "out of memory");
    }
    fputs(csvk_buf_text(&out), stderr);
    csvk_buf_release(&out);
    return CLI_GOOD;
}

static int put_out(struct cli *cli, const struct csvk_manifest *manifest)
{
    const char *path = cli_value(cli, "output");
    struct csvk_error err = {0};
    struct csvk_buf out = CSVK_BUF_INIT;
    if (path != NULL && strcmp(path, "-") != 0) {
        int status = csvk_manifest_write(manifest, path, &err);
        return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
    }
    int status = csvk_manifest_print(manifest, &out);
    if (status == CSVK_OK) {
        cli_out_buf(cli, &out);
    }
    csvk_buf_release(&out);
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(cli, "out of memory");
}

static int show(struct cli *cli, struct item *item)
{
    size_t hidden = 0;
    int status = report_findings(cli, item);
    if (item->manifest == NULL || item->findings.errors > 0) {
        return status == CLI_GOOD ? CLI_REFUSED : status;
    }
    if (!cli_has(cli, "secrets") && csvk_manifest_redact(item->manifest, &hidden) != CSVK_OK) {
        return cli_trouble(cli, "out of memory");
    }
    if (hidden > 0) {
        cli_note(cli, "%s: %zu credential%s shown as ***; --secrets shows the text", item->path,
                 hidden, hidden == 1 ? " is" : "s are");
    }
    csvk_manifest_normalize(item->manifest, item->kind);
    return put_out(cli, item->manifest);
}

static bool is_rule(const struct csvk_finding *finding, const char *id)
{
    return strcmp(finding->rule->id, id) == 0;
}

/* A manifest with contradictions, wrong types or repeated keys cannot be converted, others can. */
static bool can_convert(const struct csvk_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *finding = &findings->item[i];
        if (is_rule(finding, "manifest-conflict") || is_rule(finding, "manifest-type") ||
            is_rule(finding, "manifest-duplicate-key")) {
            return false;
        }
    }
    return true;
}

/* For a manifest without columns: the names in the header of its data file, if there is one. */
static int header_beside(struct cli *cli, const struct item *item, struct csvk_strings *names)
{
    struct csvk_manifest_table table = {0};
    struct csvk_error err = {.status = CSVK_ENOMEM};
    struct stat info;
    int status = csvk_manifest_table(item->manifest, &table);
    bool wanted = status == CSVK_OK && table.columns.count == 0 && item->data != NULL &&
                  stat(item->data, &info) == 0 && S_ISREG(info.st_mode);
    if (wanted) {
        status = csvk_manifest_header_names(item->data, &table.dialect, names, &err);
    }
    csvk_manifest_table_release(&table);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

static int convert_table(struct cli *cli, struct item *item)
{
    enum csvk_generation to = strcmp(cli_value(cli, "to"), "native") == 0 ? CSVK_GENERATION_NATIVE
                                                                          : CSVK_GENERATION_LEGACY;
    struct csvk_strings names = {NULL, 0, 0};
    struct csvk_manifest *converted = NULL;
    int status = to == CSVK_GENERATION_NATIVE ? header_beside(cli, item, &names) : CLI_GOOD;
    if (status == CLI_GOOD) {
        int made = csvk_manifest_convert(&converted, item->manifest, to,
                                         names.count > 0 ? &names : NULL, &item->findings);
        bool lossy = item->findings.warnings > 0 && cli_has(cli, "strict");
        status = report_findings(cli, item);
        if (status == CLI_GOOD && made != CSVK_OK) {
            status = made == CSVK_EDATA ? CLI_REFUSED : cli_trouble(cli, "out of memory");
        } else if (status == CLI_GOOD) {
            status = lossy ? CLI_REFUSED : put_out(cli, converted);
        }
    }
    csvk_manifest_free(converted);
    csvk_strings_release(&names);
    return status;
}

static int convert(struct cli *cli, struct item *item)
{
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    if (item->manifest == NULL || !can_convert(&item->findings)) {
        int status = report_findings(cli, item);
        return status == CLI_GOOD ? CLI_REFUSED : status;
    }
    how.kind = item->kind;
    if (csvk_manifest_check(item->manifest, &how, &item->findings) != CSVK_OK) {
        return cli_trouble(cli, "out of memory");
    }
    if (!can_convert(&item->findings)) {
        int status = report_findings(cli, item);
        return status == CLI_GOOD ? CLI_REFUSED : status;
    }
    csvk_findings_release(&item->findings);
    if (item->kind == CSVK_MANIFEST_OUT_TABLE) {
        return convert_table(cli, item);
    }
    csvk_manifest_normalize(item->manifest, item->kind); /* the other kinds have one generation */
    return put_out(cli, item->manifest);
}

static int run_one(struct cli *cli, int (*act)(struct cli *, struct item *))
{
    struct item item = {0};
    struct csvk_error err = {0};
    int status = read_item(cli, &item, cli_operand(cli, 0), &err);
    status = status == CSVK_OK ? act(cli, &item) : cli_fail(cli, &err);
    release_item(&item);
    return status;
}

static int run_show(struct cli *cli)
{
    return run_one(cli, show);
}

static int run_convert(struct cli *cli)
{
    if (!cli_has(cli, "to")) {
        return cli_trouble(cli, "--to=legacy or --to=native is missing");
    }
    return run_one(cli, convert);
}

/* ---- rows ---- */

static const struct cli_option kind_rows[] = {
    {"files", 0, NULL, NULL, "The manifests are of files (in/files, out/files), not of tables.",
     false},
    {"kind", 0, "KIND", "auto|in|out",
     "Who wrote the manifest: in is the platform for a component, out is a component for the "
     "platform. Default: auto; in out/tables and out/files it is out, elsewhere the keys decide.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option check_rows[] = {
    {"no-data", 0, NULL, NULL, "Check the manifest only, not the data beside it.", false},
    {"check-key", 0, NULL, NULL,
     "Also check that the primary key is unique in the data, over all slices. This is done only if "
     "there is no other error.",
     false},
    {"default-bucket", 0, "BUCKET", NULL,
     "The default bucket of the component, for destinations without a bucket.", false},
    {"data-type-support", 0, "KIND", "none|hints|authoritative",
     "How the project supports native data types. Default: KBC_DATA_TYPE_SUPPORT.", false},
    {"max-findings", 0, "N", NULL,
     "Show at most N findings for each file; 0 shows all. Default: 100.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option show_rows[] = {
    {"secrets", 0, NULL, NULL, "Show credentials, such as those in the sections s3 and abs.",
     false},
    {"output", 'o', "FILE", NULL, "Where to write. Default: standard output.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option convert_rows[] = {
    {"to", 0, "GENERATION", "legacy|native",
     "legacy: columns, metadata and column_metadata. native: a schema with data types.", false},
    {"strict", 0, NULL, NULL, "Refuse the manifest when anything in it cannot be converted.",
     false},
    {"output", 'o', "FILE", NULL, "Where to write. Default: standard output.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group kind_options = {"Which manifests", kind_rows};
static const struct cli_group check_options = {"Options", check_rows};
static const struct cli_group show_options = {"Options", show_rows};
static const struct cli_group convert_options = {"Options", convert_rows};
static const struct cli_group *const check_groups[] = {&check_options, &cli_report_options,
                                                       &kind_options, &cli_common_options, NULL};
static const struct cli_group *const show_groups[] = {&show_options, &kind_options,
                                                      &cli_common_options, NULL};
static const struct cli_group *const convert_groups[] = {&convert_options, &kind_options,
                                                         &cli_common_options, NULL};

static const char *const check_examples[] = {"csvkit manifest check out/tables/*.manifest",
                                             "Check manifests and the data beside them.", NULL};
static const char *const show_examples[] = {"csvkit manifest show orders.csv.manifest",
                                            "Print the manifest with its keys in the usual order.",
                                            NULL};
static const char *const convert_examples[] = {
    "csvkit manifest convert --to=native orders.csv.manifest -o native.json",
    "Write the same manifest with a schema.", NULL};

const struct cli_command cli_cmd_manifest_check = {
    .name = "manifest check",
    .operands = "FILE...",
    .summary = "check manifests, and whether the data fits them",
    .details =
        "Checks each manifest by the rules of the platform: unknown keys, wrong types, keys that "
        "contradict each other, data types, column names, primary keys, the destination. Where the "
        "platform has a message for an error, csvkit prints the same message. For the manifest of "
        "a "
        "table it also reads the data beside it (the name without .manifest), and checks columns "
        "and "
        "header, delimiter, the width of every record, and compression. FILE is a manifest, or "
        "data "
        "with a manifest beside it.\n\n"
        "The exit status is 1 when a manifest has an error.",
    .groups = check_groups,
    .examples = check_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_check,
};
const struct cli_command cli_cmd_manifest_show = {
    .name = "manifest show",
    .operands = "FILE",
    .summary = "print a manifest in a normal form",
    .details = "Prints a manifest with its keys in the usual order, indented by four blanks for "
               "each level. "
               "Unknown keys come after the known ones, in their own order. Numbers keep all their "
               "digits. "
               "Credentials are hidden unless --secrets is given.",
    .groups = show_groups,
    .examples = show_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
const struct cli_command cli_cmd_manifest_convert = {
    .name = "manifest convert",
    .operands = "FILE",
    .summary = "convert a manifest from legacy to native or back",
    .details = "Converts between legacy manifests (columns, metadata, column_metadata) and native "
               "manifests "
               "(schema, table_metadata, description). Metadata KBC.datatype.* becomes data types, "
               "and the "
               "reverse. Unknown keys are kept. Keys that the other generation does not have are "
               "reported on "
               "standard error; with --strict the manifest is refused then.\n\n"
               "When a legacy manifest has no columns, they are read from the header of the data "
               "beside it.",
    .groups = convert_groups,
    .examples = convert_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_convert,
};
