/*
 * csvw_option.c - see csvw_option.h.
 *
 * The order of "Locating Metadata", as far as it goes without a network: what the user names; else,
 * on --schema=auto, FILE-metadata.json and csv-metadata.json beside FILE. Metadata that was found
 * and does not describe FILE does not count; metadata that the user names and that describes one
 * table is taken for any FILE.
 */
#include "csvkit/cli/table/csvw_option.h"
#include "csvkit/cli/table/key_references.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/schema/read/csvw_metadata.h"
#include "validator/foreign_keys.h"

#include <string.h>
#include <sys/stat.h>

struct cli_csvw {
    struct cli *cli;
    struct cli_reports *reports;
    bool automatic;
    char *path; /* of the metadata at hand; NULL: none */
    struct csvw_metadata metadata;
};

/* ---- reports --------------------------------------------------------------------------------- */

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    csvk_json_put_string(json, "file", subject->file);
    csvk_json_put_bool(json, "valid", subject->section->errors == 0);
    csvk_json_put_string(json, "kind", "csvw");
    csvk_section_json(subject->section, json);
}

static void put_verdict(const struct csvk_subject *subject, size_t index, struct csvk_reporter *r)
{
    bool good = subject->section->errors == 0;
    if (index < subject->nsections) {
        return;
    }
    csvk_reporter_put_escaped(r, subject->file);
    csvk_reporter_put(r, ": ");
    csvk_reporter_put_verdict(r, good, good ? "usable" : "not usable");
    csvk_reporter_put(r, " (CSVW metadata): ");
    csvk_reporter_put_count(r, subject->section->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, subject->section->warnings, "warning");
    csvk_reporter_put(r, "\n");
}

static bool refuses(const struct cli_csvw *csvw, const struct csvk_findings *findings)
{
    const char *fail_on = cli_value(csvw->cli, "fail-on");
    return findings->errors != 0 ||
           (fail_on != NULL && fail_on[0] == 'w' && findings->warnings != 0);
}

/* Metadata without findings is not mentioned. */
static int report(struct cli_csvw *csvw)
{
    struct csvk_section section;
    const struct csvk_findings *findings = &csvw->metadata.findings;
    csvk_section_of_findings(&section, findings);
    section.of_tree = true;
    struct csvk_subject subject = {.file = csvw->path,
                                   .section = &section,
                                   .nsections = 1,
                                   .json = put_json,
                                   .text = put_verdict};
    int status = findings->errors + findings->warnings != 0
                     ? cli_reports_add(csvw->reports, &subject)
                     : CLI_GOOD;
    int verdict = csvw->metadata.unsupported ? CLI_TROUBLE
                  : refuses(csvw, findings)  ? CLI_REFUSED
                                             : CLI_GOOD;
    return status > verdict ? status : verdict;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void forget(struct cli_csvw *csvw)
{
    csvw_metadata_release(&csvw->metadata);
    csvk_free(csvw->path);
    csvw->path = NULL;
}

static int read_metadata(struct cli_csvw *csvw, const char *path)
{
    struct csvk_error err = {0};
    forget(csvw);
    csvw->path = csvk_strdup(path);
    if (csvw->path == NULL) {
        return cli_trouble(csvw->cli, "out of memory");
    }
    return csvw_metadata_read(&csvw->metadata, path, &err) == CSVK_OK ? CLI_GOOD
                                                                      : cli_fail(csvw->cli, &err);
}

bool cli_csvw_is_asked(const struct cli *cli)
{
    const char *path = cli_value(cli, "schema");
    return path != NULL && (strcmp(path, "auto") == 0 || csvw_metadata_looks(path));
}

int cli_csvw_open(struct cli *cli, struct cli_reports *reports, struct cli_csvw **out)
{
    const char *path = cli_value(cli, "schema");
    *out = NULL;
    if (!cli_csvw_is_asked(cli)) {
        return CLI_GOOD;
    }
    struct cli_csvw *csvw = csvk_calloc(1, sizeof *csvw);
    if (csvw == NULL) {
        return cli_trouble(cli, "out of memory");
    }
    *out = csvw;
    csvw->cli = cli;
    csvw->reports = reports;
    csvw->automatic = strcmp(path, "auto") == 0;
    if (csvw->automatic) {
        return CLI_GOOD;
    }
    int status = read_metadata(csvw, path);
    bool alone = cli_noperands(cli) == 0 && !cli_has(cli, "files-from");
    if (status == CLI_GOOD && alone && csvw_metadata_need_files(&csvw->metadata) != CSVK_OK) {
        return cli_trouble(cli, "out of memory");
    }
    return status == CLI_GOOD ? report(csvw) : status;
}

void cli_csvw_close(struct cli_csvw *csvw)
{
    if (csvw != NULL) {
        forget(csvw);
        csvk_free(csvw);
    }
}

size_t cli_csvw_count(const struct cli_csvw *csvw)
{
    return csvw == NULL || csvw->automatic ? 0 : csvw->metadata.count;
}

const char *cli_csvw_path(const struct cli_csvw *csvw, size_t index)
{
    return csvw->metadata.table[index].path;
}

/* ---- metadata beside a file -------------------------------------------------------------------
 */

/* The two names, in their order; the caller frees it. */
static char *name_beside(const char *file, size_t which)
{
    const char *slash = strrchr(file, '/');
    struct csvk_buf name = CSVK_BUF_INIT;
    int folder = slash != NULL ? (int)(slash - file) + 1 : 0;
    int status = which == 0 ? csvk_buf_printf(&name, "%s-metadata.json", file)
                            : csvk_buf_printf(&name, "%.*scsv-metadata.json", folder, file);
    char *copy = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&name)) : NULL;
    csvk_buf_release(&name);
    return copy;
}

/* Reads the metadata `name` for `file`. *found: it counts. */
static int try_beside(struct cli_csvw *csvw, const char *file, const char *name, bool *found)
{
    struct stat info;
    if (stat(name, &info) != 0) {
        return CLI_GOOD;
    }
    int status = read_metadata(csvw, name);
    if (status != CLI_GOOD) {
        return status;
    }
    bool broken = csvw->metadata.findings.errors != 0;
    *found = broken || csvw_metadata_find(&csvw->metadata, file) != SIZE_MAX;
    if (!*found && csvw_metadata_not_of(&csvw->metadata, file) != CSVK_OK) {
        return cli_trouble(csvw->cli, "out of memory");
    }
    return report(csvw);
}

static int find_beside(struct cli_csvw *csvw, const char *file)
{
    bool found = false;
    int worst = CLI_GOOD;
    for (size_t i = 0; i < 2 && !found && worst != CLI_TROUBLE && strcmp(file, "-") != 0; i++) {
        char *name = name_beside(file, i);
        int status = name != NULL ? try_beside(csvw, file, name, &found)
                                  : cli_trouble(csvw->cli, "out of memory");
        csvk_free(name);
        worst = status > worst ? status : worst;
    }
    if (!found) {
        forget(csvw);
    }
    return worst;
}

/* ---- what it says about a table ---------------------------------------------------------------
 */

static int take_table(struct cli_csvw *csvw, const struct csvw_table *from,
                      struct csvk_table_definition *table)
{
    table->dialect = from->dialect.bytes;
    table->header = from->dialect.header;
    table->header_by = CSVK_TOLD_BY_MANIFEST;
    table->header_stated = true;
    table->encoding = from->dialect.encoding;
    table->schema = csvk_schema_share(from->schema);
    table->columns_by = CSVK_TOLD_BY_OPTION;
    table->key_by = CSVK_TOLD_BY_MANIFEST;
    bool good = csvk_strings_copy(&table->columns, &from->names) == CSVK_OK &&
                csvk_strings_copy(&table->primary_key, &from->primary_key) == CSVK_OK;
    return good ? CLI_GOOD : cli_trouble(csvw->cli, "out of memory");
}

/* The number of the table that describes `path`; SIZE_MAX: none. */
static size_t table_of(const struct cli_csvw *csvw, const char *path)
{
    size_t index = csvw_metadata_find(&csvw->metadata, path);
    return index == SIZE_MAX && csvw->metadata.count == 1 && !csvw->automatic ? 0 : index;
}

int cli_csvw_take(struct cli_csvw *csvw, const char *path, struct csvk_table_definition *table)
{
    if (csvw == NULL) {
        return CLI_GOOD;
    }
    struct cli *cli = csvw->cli;
    int status = csvw->automatic ? find_beside(csvw, path) : CLI_GOOD;
    csvk_table_definition_release(table);
    csvk_table_definition_init(table);
    if (cli_has(cli, "columns") || cli_has(cli, "backend") || cli_has(cli, "manifest")) {
        return cli_trouble(cli, "--columns, --backend and --manifest do not go with CSVW metadata");
    }
    if (status != CLI_GOOD) {
        return status;
    }
    size_t index = table_of(csvw, path);
    if (index == SIZE_MAX && !csvw->automatic) {
        return cli_trouble(cli, "%s describes %zu tables, and %s is none of them", csvw->path,
                           csvw->metadata.count, path);
    }
    if (index != SIZE_MAX) {
        status = take_table(csvw, &csvw->metadata.table[index], table);
    }
    if (cli_has(cli, "encoding")) {
        table->encoding = cli_own_encoding(cli);
    }
    return status == CLI_GOOD ? cli_take_table_options(cli, table) : status;
}

/* ---- foreign keys ----------------------------------------------------------------------------
 */

/* How the table that a key refers to is read. */
static int describe_other(struct cli_csvw *csvw, size_t index, struct csvk_table_definition *table,
                          struct csvk_validate_options *options, struct csvk_error *err)
{
    const struct csvw_table *from = &csvw->metadata.table[index];
    csvk_table_definition_init(table);
    if (from->path == NULL || from->schema == NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: not supported: a foreign key to %s, which is not in the folder of "
                         "the metadata",
                         csvw->path, from->url);
    }
    int status = take_table(csvw, from, table);
    return status == CLI_GOOD ? csvk_table_definition_rules(table, options, err)
                              : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int judge_key(struct cli_csvw *csvw, const struct csvw_foreign_key *key,
                     const struct foreign_key_side *from, struct csvk_findings *findings,
                     struct csvk_error *err)
{
    struct csvk_table_definition other = {0};
    struct csvk_validate_options options;
    struct csvk_strings files = {0};
    bool sliced = false;
    csvk_validate_options_init(&options);
    int status = describe_other(csvw, key->table, &other, &options, err);
    if (status == CSVK_OK) {
        status = cli_key_files(csvw->metadata.table[key->table].path, &files, &sliced, err);
    }
    if (status == CSVK_OK) {
        const struct foreign_key_check check = {
            .from = *from,
            .to = {csvw->metadata.table[key->table].path, sliced ? &files : NULL, other.encoding,
                   &options, &key->referenced},
            .exactly_one = true,
            .null_refers = true,
            .memory = from->options->memory,
        };
        status = foreign_key_judge(&check, findings, err);
    }
    csvk_strings_release(&files);
    csvk_validate_options_release(&options);
    csvk_table_definition_release(&other);
    return status;
}

int cli_csvw_foreign_keys(struct cli_csvw *csvw, const char *path,
                          const struct csvk_validate_options *options, const char *encoding)
{
    struct key_findings findings = {0};
    struct csvk_strings files = {0};
    struct csvk_error err = {0};
    bool sliced = false;
    size_t index = csvw != NULL && csvw->metadata.count != 0 ? table_of(csvw, path) : SIZE_MAX;
    const struct csvw_table *table = index != SIZE_MAX ? &csvw->metadata.table[index] : NULL;
    if (table == NULL || table->nforeign_keys == 0) {
        return CLI_GOOD;
    }
    int status = cli_key_files(path, &files, &sliced, &err);
    if (status == CSVK_OK) {
        status = cli_key_findings_init(&findings, &files, options->max_findings, &err);
    }
    for (size_t i = 0; i < table->nforeign_keys && status == CSVK_OK; i++) {
        const struct csvw_foreign_key *key = &table->foreign_key[i];
        struct foreign_key_side from = {path, sliced ? &files : NULL, encoding, options,
                                        &key->columns};
        status = strcmp(path, "-") != 0
                     ? judge_key(csvw, key, &from, findings.of, &err)
                     : csvk_fail(&err, CSVK_EUSAGE,
                                 "foreign keys need the table twice: give a file, not standard "
                                 "input");
    }
    int verdict = status == CSVK_OK ? cli_key_references_report(csvw->cli, csvw->reports, &findings)
                                    : cli_reports_fail(csvw->reports, path, &err);
    cli_key_findings_release(&findings);
    csvk_strings_release(&files);
    return verdict;
}
