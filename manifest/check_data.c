/*
 * check_data.c - judges a manifest against the data beside it.
 *
 * Some faults the platform notices only when it loads the data (width, compression); others it
 * never notices (a header loaded as a row, a row skipped as a header). What records are like is
 * the validator's business, as everywhere: here it is given what the manifest says, and its
 * findings about the start of each file are taken over. Beside that stand only the faults that are
 * none of a record: compression, columns that are missing, names that refer to no column.
 */
#include "manifest/first_record.h"
#include "manifest/manifest_remedy.h"
#include "manifest/manifest_tree.h"
#include "manifest/table_definition.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct data_check {
    const struct csvk_manifest *manifest; /* or NULL */
    struct csvk_table_definition table;
    struct csvk_validate_options rules; /* of the next file */
    struct csvk_findings *findings;
    enum csvk_manifest_reading reading;
    bool sliced;
    struct csvk_error *err;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool ends_with_gz(const char *path)
{
    size_t n = strlen(path);
    return n >= 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

/* ---- the first record ---- */

/* The remedy that names a delimiter with which the record has as many fields as there are columns;
   NULL: there is no such delimiter. */
static const char *better_delimiter(const struct first_record *first, size_t columns, int current)
{
    static const struct {
        char byte;
        const char *remedy;
    } candidates[] = {
        {',', "the delimiter seems to be a comma"},
        {';', "the delimiter seems to be a semicolon: \"delimiter\": \";\""},
        {'\t', "the delimiter seems to be a tab: \"delimiter\": \"\\t\""},
        {'|', "the delimiter seems to be a pipe: \"delimiter\": \"|\""},
    };
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        size_t n = 1;
        for (size_t j = 0; j < first->raw.length; j++) {
            n += first->raw.data[j] == (unsigned char)candidates[i].byte;
        }
        if (candidates[i].byte != current && n == columns && n > 1) {
            return candidates[i].remedy;
        }
    }
    return NULL;
}

static void check_width(struct data_check *check, struct judge *judge,
                        const struct first_record *first)
{
    size_t columns = check->table.columns.count;
    if (columns == 0 || !first->any || columns == first->values.count) {
        return;
    }
    struct complaint what = {.rule = RULE_WIDTH, .place = {0, first->line, 1, 1}};
    what.remedy = better_delimiter(first, columns, check->table.dialect.delimiter);
    complain(judge, what, "the first record has %zu field%s, the manifest has %zu column%s",
             first->values.count, first->values.count == 1 ? "" : "s", columns,
             columns == 1 ? "" : "s");
}

/* What the manifest says about columns by name, when the header of the data names them. */
static int check_references(struct data_check *check, const char *file,
                            const struct first_record *first)
{
    struct judge judge;
    if (check->manifest == NULL || !first->any || check->sliced ||
        check->table.columns.count != 0) {
        return CSVK_OK;
    }
    judge_begin(&judge, check->manifest, check->findings, "header");
    judge.file = file;
    judge_header(&judge, &first->values, check->manifest->root);
    return judge_end(&judge);
}

static void check_compression(struct judge *judge, const char *path,
                              const struct first_record *first)
{
    bool named = ends_with_gz(path);
    struct complaint what = {.rule = RULE_COMPRESSION};
    if (first->compression != NULL && !first->gzip) {
        what.remedy = "unpack the data, or pack it with gzip";
        complain(judge, what, "the content is %s, which the platform does not unpack",
                 first->compression);
    } else if (named && !first->gzip) {
        what.remedy = "compress the data, or remove .gz from the name";
        complain(judge, what, "the name ends with .gz, but the content is not gzip");
    } else if (!named && first->gzip) {
        what.remedy = "add .gz to the name";
        complain(judge, what, "the content is gzip, but the name does not end with .gz");
    }
}

/* ---- the validator ---- */

/* The rules about the start of a file. What records are like further on is told as a sum. */
static const char *const start_rules[] = {
    "empty-file",        "utf8-bom",
    "utf16-bom",         "header-empty-name",
    "header-edge-space", "header-duplicate-name",
    "header-case-clash", "header-invalid-name",
    "header-mismatch",   "header-name-refused",
    "manifest-header",   "manifest-header-skipped",
    "header-repeated",
};
/* The rules that a record of another width breaks. */
static const char *const width_rules[] = {"field-count", "trailing-delimiter", "blank-line"};

static bool is_one_of(const struct csvk_rule *rule, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rule->id, ids[i]) == 0) {
            return true;
        }
    }
    return false;
}

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static int set_rules(struct data_check *check)
{
    struct csvk_validate_options *rules = &check->rules;
    bool whole = check->reading == CSVK_MANIFEST_WHOLE_DATA;
    int status = csvk_table_definition_rules(&check->table, rules, check->err);
    rules->profile = CSVK_PROFILE_KEBOOLA;
    for (size_t i = 0; status == CSVK_OK && i < csvk_rule_count(); i++) {
        const struct csvk_rule *rule = csvk_rule_at(i);
        bool wanted = is_one_of(rule, start_rules, COUNT(start_rules)) ||
                      (whole && is_one_of(rule, width_rules, COUNT(width_rules)));
        if (!wanted) {
            status = csvk_validate_set_rule(rules, rule->id, CSVK_OFF, check->err);
        }
    }
    return status;
}

/* One finding for all records of another width. */
static void tell_widths(struct judge *judge, const struct csvk_report *report)
{
    const struct csvk_finding *first = NULL;
    uint64_t wrong = 0, found = 1, width = report->totals->width;
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        wrong +=
            is_one_of(csvk_rule_at(i), width_rules, COUNT(width_rules)) ? report->counts[i] : 0;
    }
    for (size_t i = 0; i < report->nfindings && first == NULL; i++) {
        const struct csvk_finding *finding = report->findings[i];
        first = is_one_of(finding->rule, width_rules, COUNT(width_rules)) ? finding : NULL;
    }
    if (first == NULL) {
        return;
    }
    if (width == 1 && strcmp(first->rule->id, "blank-line") == 0) {
        found = 0; /* a line before the header, which is no empty value */
    }
    for (size_t i = 0; i < first->nextras; i++) {
        found = strcmp(first->extra[i].key, "found") == 0 ? first->extra[i].number : found;
    }
    struct complaint what = {.rule = RULE_WIDTH, .place = {0, first->line, 1, 1}};
    complain(judge, what, "%llu record%s not have %llu field%s; the first is record %llu with %llu",
             (unsigned long long)wrong, wrong == 1 ? " does" : "s do", (unsigned long long)width,
             width == 1 ? "" : "s", (unsigned long long)first->record, (unsigned long long)found);
}

/* False: out of memory. */
static bool adapt_remedy(struct csvk_finding *f)
{
    const char *remedy = csvk_finding_remedy(f);
    char *here = remedy != NULL ? csvk_remedy_by_manifest(remedy) : NULL;
    if (here != NULL && strcmp(here, remedy) != 0) {
        csvk_free(f->remedy);
        f->remedy = here;
        return true;
    }
    csvk_free(here);
    return remedy == NULL || here != NULL;
}

/* The findings about the start of the file, as the validator tells them. */
static int take_findings(struct data_check *check, const struct csvk_report *report)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < report->nfindings && status == CSVK_OK; i++) {
        struct csvk_finding copy;
        if (!is_one_of(report->findings[i]->rule, start_rules, COUNT(start_rules))) {
            continue;
        }
        status = csvk_finding_copy(&copy, report->findings[i]);
        if (status == CSVK_OK) {
            copy.file = csvk_strdup(report->file);
            bool done = copy.file != NULL && adapt_remedy(&copy);
            status = done ? csvk_findings_add(check->findings, &copy) : CSVK_ENOMEM;
        }
    }
    return status;
}

/* Feeds batches until the first record that is not empty was among them, or to the end. */
static int feed(struct data_check *check, struct csvk_validator *v, struct csvk_reader *reader,
                const struct csvk_source *source)
{
    const struct csvk_batch *batch;
    bool whole = check->reading == CSVK_MANIFEST_WHOLE_DATA, seen = false;
    int status = CSVK_OK;
    while (status == CSVK_OK && (whole || !seen)) {
        status = csvk_reader_next(reader, &batch, check->err);
        status = status == CSVK_OK ? csvk_validator_feed(v, batch, check->err) : status;
        for (size_t i = 0; status == CSVK_OK && i < batch->nreported; i++) {
            seen = seen || !batch->records[i].blank;
        }
    }
    status = status == CSVK_END ? CSVK_OK : status;
    return status == CSVK_OK ? csvk_validator_finish(v, csvk_reader_totals(reader),
                                                     csvk_source_damage(source), check->err)
                             : status;
}

static int read_records(struct data_check *check, struct csvk_validator *v,
                        struct csvk_source *source)
{
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    csvk_options_init(&how);
    csvk_validator_reader_options(v, &how);
    how.window = check->reading == CSVK_MANIFEST_WHOLE_DATA ? how.window : 65536;
    int status = csvk_reader_new(&reader, source, &how, check->err);
    status = status == CSVK_OK ? feed(check, v, reader, source) : status;
    csvk_reader_free(reader);
    return status;
}

static int check_records(struct data_check *check, struct judge *judge, const char *path)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *report = NULL;
    check->rules.file = path;
    int status = csvk_source_open(&source, path, check->err);
    status = status == CSVK_OK ? csvk_validator_new(&v, &check->rules, check->err) : status;
    status = status == CSVK_OK ? read_records(check, v, source) : status;
    status = status == CSVK_OK ? csvk_validator_report(v, &report, check->err) : status;
    if (status == CSVK_OK && take_findings(check, report) != CSVK_OK) {
        status = csvk_fail(check->err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK && check->reading == CSVK_MANIFEST_WHOLE_DATA) {
        tell_widths(judge, report);
    }
    const struct csvk_damage *damage = status == CSVK_OK ? csvk_source_damage(source) : NULL;
    if (damage != NULL) {
        complain(judge, (struct complaint){.rule = RULE_DATA}, "the %s data is damaged: %s",
                 damage->kind, damage->what);
    }
    csvk_validator_free(v);
    csvk_source_free(source);
    return status;
}

/* ---- files and slices ---- */

static int check_file(struct data_check *check, const char *path)
{
    struct first_record first;
    int status = first_record_read(&first, path, &check->table.dialect, check->err);
    if (status != CSVK_OK) {
        first_record_release(&first);
        return status;
    }
    if (first.no_table) { /* its kind is what there is to say */
        first_record_release(&first);
        return CSVK_OK;
    }
    struct judge judge;
    judge_begin(&judge, check->manifest, check->findings, "data");
    judge.file = path;
    check_compression(&judge, path, &first);
    if (check->reading != CSVK_MANIFEST_NO_RECORDS) {
        /* When the first record has another width, the others most likely have it, too. */
        bool fits = check->table.columns.count == 0 || !first.any ||
                    check->table.columns.count == first.values.count;
        enum csvk_manifest_reading reading = check->reading;
        check_width(check, &judge, &first);
        check->reading = fits ? reading : CSVK_MANIFEST_FIRST_RECORDS;
        status = check_records(check, &judge, path);
        check->reading = reading;
    }
    int referred = status == CSVK_OK ? check_references(check, path, &first) : status;
    first_record_release(&first);
    int judged = judge_end(&judge);
    return referred != CSVK_OK ? referred : judged;
}

static int check_slices(struct data_check *check, const char *path)
{
    struct csvk_strings slices = {NULL, 0, 0};
    int status = csvk_list_slices(path, &slices, check->err);
    check->sliced = true;
    if (status == CSVK_OK && check->table.columns.count == 0) {
        struct judge judge;
        judge_begin(&judge, check->manifest, check->findings, "$");
        judge.file = path;
        complain(&judge,
                 (struct complaint){.rule = RULE_SLICED_COLUMNS,
                                    .remedy = "add \"columns\" or \"schema\" to the manifest"},
                 "Sliced file \"%s\" columns specification missing.", base_name(path));
        status = judge_end(&judge);
    }
    if (status == CSVK_OK) {
        status = csvk_table_definition_look(&check->table,
                                            slices.count != 0 ? slices.item[0] : NULL, check->err);
    }
    status = status == CSVK_OK ? set_rules(check) : status;
    for (size_t i = 0; i < slices.count && status == CSVK_OK; i++) {
        status = check_file(check, slices.item[i]);
        status = status == CSVK_OK
                     ? csvk_table_definition_next(&check->table, &check->rules, check->err)
                     : status;
    }
    csvk_strings_release(&slices);
    return status;
}

static int check_orphan(const struct csvk_manifest *manifest, const char *path,
                        struct csvk_findings *findings)
{
    struct judge judge;
    judge_begin(&judge, manifest, findings, "$");
    struct complaint what = {.rule = RULE_DATA,
                             .remedy =
                                 "write the data, or remove the manifest; a manifest is named "
                                 "like its data, with .manifest added"};
    complain(&judge, what, "Found orphaned table manifest: \"%s.manifest\"", base_name(path));
    return judge_end(&judge);
}

int csvk_manifest_check_data(const struct csvk_manifest *manifest, const char *path,
                             enum csvk_manifest_reading reading, struct csvk_findings *findings,
                             struct csvk_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT) {
            return check_orphan(manifest, path, findings);
        }
        return csvk_fail_sys(err, errno, "cannot open %s", path);
    }
    struct data_check check = {
        .manifest = manifest, .findings = findings, .reading = reading, .err = err};
    csvk_table_definition_init(&check.table);
    csvk_validate_options_init(&check.rules);
    int status = csvk_table_definition_take(&check.table, manifest, NULL, path, findings, err);
    bool usable = status == CSVK_OK && csvk_dialect_check(&check.table.dialect, NULL) == CSVK_OK;
    if (usable && S_ISDIR(info.st_mode)) {
        status = check_slices(&check, path);
    } else if (usable) { /* csvk_manifest_check reports a dialect that cannot be used */
        status = set_rules(&check);
        status = status == CSVK_OK ? check_file(&check, path) : status;
    }
    csvk_validate_options_release(&check.rules);
    csvk_table_definition_release(&check.table);
    return status;
}
