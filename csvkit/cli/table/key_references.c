/*
 * key_references.c - see key_references.h.
 *
 * The other table is read as the first one is: the options say how, since a Table Schema does not.
 * Delimiter and encoding that are to be found out are found out for each of the two by itself. Of a
 * table in slices, each slice is read as a file; none has a header unless somebody says so.
 */
#include "csvkit/cli/table/key_references.h"

#include "csvkit/cli/table/auto_option.h"
#include "csvkit/schema/read/table_schema_file.h"
#include "manifest/slice.h"

#include <string.h>
#include <sys/stat.h>

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

static int report_file(struct cli *cli, struct cli_reports *reports, const char *path,
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

int cli_key_references_report(struct cli *cli, struct cli_reports *reports,
                              const struct key_findings *findings)
{
    int worst = CLI_GOOD;
    for (size_t i = 0; i < findings->files->count; i++) {
        int status = report_file(cli, reports, findings->files->item[i], &findings->of[i]);
        worst = status > worst ? status : worst;
    }
    return worst;
}

/* ---- files ----------------------------------------------------------------------------------- */

int cli_key_findings_init(struct key_findings *out, const struct csvk_strings *files,
                          uint64_t limit, struct csvk_error *err)
{
    *out = (struct key_findings){files, csvk_calloc(files->count, sizeof *out->of)};
    for (size_t i = 0; out->of != NULL && i < files->count; i++) {
        out->of[i].limit = limit;
    }
    return out->of != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

void cli_key_findings_release(struct key_findings *findings)
{
    for (size_t i = 0; findings->of != NULL && i < findings->files->count; i++) {
        csvk_findings_release(&findings->of[i]);
    }
    csvk_free(findings->of);
}

int cli_key_files(const char *path, struct csvk_strings *files, bool *sliced,
                  struct csvk_error *err)
{
    struct stat info;
    *sliced = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    if (!*sliced) {
        return csvk_strings_add(files, path) == CSVK_OK
                   ? CSVK_OK
                   : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = csvk_list_slices(path, files, err);
    return status == CSVK_OK && files->count == 0
               ? csvk_fail(err, CSVK_EUSAGE, "%s: no slices in this directory", path)
               : status;
}

/* ---- Table Schema ---------------------------------------------------------------------------- */

/* A side, and what it borrows. */
struct described_side {
    struct csvk_validate_options options;
    struct table_schema_file file;
    struct csvk_strings files;
    bool sliced;
    struct foreign_key_side side;
};

static void described_side_release(struct described_side *side)
{
    table_schema_file_release(&side->file);
    csvk_strings_release(&side->files);
}

static bool is_same(const struct csvk_dialect *a, const struct csvk_dialect *b)
{
    return a->delimiter == b->delimiter && a->enclosure == b->enclosure && a->escape == b->escape;
}

/* Delimiter and encoding of the files, which are the same for all slices of a table. */
static int look_at_files(struct cli *cli, struct described_side *out, struct csvk_error *err)
{
    const struct csvk_dialect given = out->options.dialect;
    const char *encoding_given = out->side.encoding;
    int status = CSVK_OK;
    for (size_t i = 0; i < out->files.count && status == CSVK_OK; i++) {
        struct csvk_source *source = NULL;
        struct csvk_dialect dialect = given;
        const char *encoding = encoding_given;
        status = csvk_source_open(&source, out->files.item[i], err);
        if (status == CSVK_OK) {
            status = cli_resolve_auto(cli, source, &dialect, &encoding, err);
        }
        csvk_source_free(source);
        bool first = i == 0, both = encoding != NULL && out->side.encoding != NULL;
        bool same =
            encoding == out->side.encoding || (both && strcmp(encoding, out->side.encoding) == 0);
        if (status == CSVK_OK && !first && (!same || !is_same(&dialect, &out->options.dialect))) {
            status = csvk_fail(err, CSVK_EUSAGE,
                               "%s: not supported: a foreign key where slices differ in delimiter "
                               "or encoding",
                               out->files.item[i]);
        }
        out->options.dialect = first ? dialect : out->options.dialect;
        out->side.encoding = first ? encoding : out->side.encoding;
    }
    return status;
}

/* A table is read as the other one, `as`, but for the header where only one is in slices. The
   members of `options` that a side has are borrowed. */
static int describe_side(struct cli *cli, const struct described_side *as, const char *path,
                         struct described_side *out, struct csvk_error *err)
{
    out->options = as->options;
    int status = cli_key_files(path, &out->files, &out->sliced, err);
    bool stated = cli_has(cli, "header") || cli_has(cli, "no-header");
    if (out->sliced != as->sliced && !stated) {
        out->options.header = out->sliced ? CSVK_NO_HEADER : CSVK_HEADER;
    }
    out->side = (struct foreign_key_side){.path = path,
                                          .slices = out->sliced ? &out->files : NULL,
                                          .encoding = as->side.encoding,
                                          .options = &out->options};
    return status == CSVK_OK ? look_at_files(cli, out, err) : status;
}

/* `table`: as it was given, before its files are looked at. */
static int judge_reference(struct cli *cli, const struct described_side *table,
                           const struct csvk_schema_reference *key, struct csvk_findings *findings,
                           struct csvk_error *err)
{
    struct described_side from = {0}, to = {0};
    bool other = key->resource != NULL;
    int status = describe_side(cli, table, table->side.path, &from, err);
    if (status == CSVK_OK) {
        status = describe_side(cli, table, other ? key->path : table->side.path, &to, err);
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
            .from = from.side, .to = to.side, .memory = table->options.memory};
        status = foreign_key_judge(&check, findings, err);
    }
    described_side_release(&from);
    described_side_release(&to);
    return status;
}

int cli_key_references_judge(struct cli *cli, struct cli_reports *reports, const char *path,
                             const struct csvk_validate_options *options, const char *encoding)
{
    struct described_side table = {.options = *options,
                                   .side = {.path = path, .encoding = encoding}};
    struct key_findings findings = {0};
    struct csvk_error err = {0};
    size_t count = csvk_schema_reference_count(options->schema);
    int status = CSVK_OK;
    if (count != 0 && strcmp(path, "-") == 0) {
        status = csvk_fail(&err, CSVK_EUSAGE,
                           "foreign keys need the table twice: give a file, not standard input");
    }
    status = status == CSVK_OK ? cli_key_files(path, &table.files, &table.sliced, &err) : status;
    if (status == CSVK_OK) {
        status = cli_key_findings_init(&findings, &table.files, options->max_findings, &err);
    }
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        struct csvk_schema_reference key = {.size = sizeof key};
        status = csvk_schema_reference_at(options->schema, i, &key, &err);
        status = status == CSVK_OK ? judge_reference(cli, &table, &key, findings.of, &err) : status;
    }
    int verdict = status == CSVK_OK ? cli_key_references_report(cli, reports, &findings)
                                    : cli_reports_fail(reports, path, &err);
    cli_key_findings_release(&findings);
    described_side_release(&table);
    return verdict;
}
