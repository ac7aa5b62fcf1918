/*
 * key_references.c - see key_references.h.
 *
 * The other table is read as the first one is: the options say how, since a Table Schema does not.
 * Delimiter and encoding that are to be found out are found out for each of the two by itself.
 */
#include "csvkit/cli/table/key_references.h"

#include "csvkit/cli/table/auto_option.h"
#include "csvkit/schema/read/table_schema_file.h"
#include "validator/foreign_keys.h"

#include <string.h>

/* ---- reports --------------------------------------------------------------------------------- */

static void put_key_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    csvk_json_put_string(json, "file", subject->file);
    csvk_json_put_bool(json, "valid", subject->section->errors == 0);
    csvk_json_put_string(json, "kind", "foreign-keys");
    csvk_section_json(subject->section, json);
}

static void put_key_verdict(const struct csvk_subject *subject, size_t index,
                            struct csvk_reporter *r)
{
    if (index < subject->nsections) {
        return;
    }
    csvk_reporter_put_escaped(r, subject->file);
    csvk_reporter_put(r, ": foreign keys: ");
    csvk_reporter_put_verdict(r, subject->section->errors == 0,
                              subject->section->errors == 0 ? "good" : "not good");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, subject->section->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, subject->section->warnings, "warning");
    csvk_reporter_put(r, "\n");
}

int cli_key_references_report(struct cli *cli, struct cli_reports *reports, const char *path,
                              const struct csvk_findings *findings)
{
    const char *fail_on = cli_value(cli, "fail-on");
    bool warnings_count = fail_on != NULL && fail_on[0] == 'w';
    struct csvk_section section;
    csvk_section_of_findings(&section, findings);
    struct csvk_subject subject = {.file = path,
                                   .section = &section,
                                   .nsections = 1,
                                   .json = put_key_json,
                                   .text = put_key_verdict};
    int status = section.errors + section.warnings + section.infos != 0
                     ? cli_reports_add(reports, &subject)
                     : CLI_GOOD;
    bool refused = findings->errors != 0 || (warnings_count && findings->warnings != 0);
    return status == CLI_GOOD && refused ? CLI_REFUSED : status;
}

/* ---- Table Schema ---------------------------------------------------------------------------- */

/* A side, and what it borrows. */
struct described_side {
    struct csvk_validate_options options;
    struct table_schema_file file;
    struct foreign_key_side side;
};

/* Delimiter and encoding of the file. */
static int look_at_file(struct cli *cli, struct described_side *out, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = csvk_source_open(&source, out->side.path, err);
    if (status == CSVK_OK) {
        status = cli_resolve_auto(cli, source, &out->options.dialect, &out->side.encoding, err);
    }
    csvk_source_free(source);
    return status;
}

/* The members of `options` that a side has are borrowed. */
static int describe_side(struct cli *cli, const struct foreign_key_side *as, const char *path,
                         struct described_side *out, struct csvk_error *err)
{
    out->options = *as->options;
    out->side = (struct foreign_key_side){path, as->encoding, &out->options, NULL};
    return look_at_file(cli, out, err);
}

static int judge_reference(struct cli *cli, const struct foreign_key_side *table,
                           const struct csvk_schema_reference *key, struct csvk_findings *findings,
                           struct csvk_error *err)
{
    struct described_side from = {0}, to = {0};
    bool other = key->resource != NULL;
    int status = describe_side(cli, table, table->path, &from, err);
    if (status == CSVK_OK) {
        status = describe_side(cli, table, other ? key->path : table->path, &to, err);
    }
    if (status == CSVK_OK && other) {
        status =
            table_schema_file_read_resource(&to.file, cli_value(cli, "schema"), key->resource, err);
        to.options.schema = to.file.schema;
    }
    from.side.columns = key->columns;
    to.side.columns = key->referenced;
    if (status == CSVK_OK) {
        const struct foreign_key_check check = {
            .from = from.side, .to = to.side, .memory = table->options->memory};
        status = foreign_key_judge(&check, findings, err);
    }
    table_schema_file_release(&to.file);
    return status;
}

int cli_key_references_judge(struct cli *cli, struct cli_reports *reports, const char *path,
                             const struct csvk_validate_options *options, const char *encoding)
{
    const struct foreign_key_side table = {path, encoding, options, NULL};
    struct csvk_findings findings = {.limit = options->max_findings};
    struct csvk_error err = {0};
    size_t count = csvk_schema_reference_count(options->schema);
    int status = CSVK_OK;
    if (count != 0 && strcmp(path, "-") == 0) {
        status = csvk_fail(&err, CSVK_EUSAGE,
                           "foreign keys need the table twice: give a file, not standard input");
    }
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        struct csvk_schema_reference key = {.size = sizeof key};
        status = csvk_schema_reference_at(options->schema, i, &key, &err);
        status = status == CSVK_OK ? judge_reference(cli, &table, &key, &findings, &err) : status;
    }
    int verdict = status == CSVK_OK ? cli_key_references_report(cli, reports, path, &findings)
                                    : cli_reports_fail(reports, path, &err);
    csvk_findings_release(&findings);
    return verdict;
}
