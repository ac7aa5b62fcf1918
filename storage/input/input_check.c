/*
 * input_check.c - judges the data as Storage will read it, before anything is sent: every record by
 * the rules of the platform, the header against the columns, the primary key over all files.
 */
#include "csvkit/names.h"
#include "storage/input/storage_input.h"
#include "validator/validator.h"

#include <string.h>

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* ---- agreement of header, columns and key ---------------------------------------------------- */

static bool same_name(const char *name, const char *wanted)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    bool same =
        strcmp(name, wanted) == 0 || (csvk_name_sanitize(name, strlen(name), &clean) == CSVK_OK &&
                                      strcmp(csvk_buf_text(&clean), wanted) == 0);
    csvk_buf_release(&clean);
    return same;
}

/* The names of the columns: those that were told, or else those in the header of the first file
   that has one. */
static int names_of_data(const struct kbc_input *input, const struct csvk_strings *files,
                         struct csvk_strings *names, struct csvk_error *err)
{
    const struct csvk_table_definition *table = &input->table;
    if (table->columns.count != 0 || !table->header) {
        return csvk_strings_copy(names, &table->columns) == CSVK_OK ? CSVK_OK : no_memory(err);
    }
    int status = CSVK_OK;
    for (size_t i = 0; i < files->count && status == CSVK_OK && names->count == 0; i++) {
        status = input_first_record(&table->dialect, files->item[i], names, err);
    }
    return status;
}

/* Adds the key by the names that the data has. */
static int take_key(const char *path, const struct csvk_strings *names,
                    const struct csvk_strings *key, struct csvk_strings *out,
                    struct csvk_error *err)
{
    for (size_t k = 0; k < key->count; k++) {
        size_t i = 0;
        while (i < names->count && !same_name(names->item[i], key->item[k])) {
            i++;
        }
        if (i == names->count) {
            return csvk_fail(err, CSVK_EDATA,
                             "%s: the data has no column \"%s\" of the primary key; nothing was "
                             "sent",
                             path, key->item[k]);
        }
        if (csvk_strings_add(out, names->item[i]) != CSVK_OK) {
            return no_memory(err);
        }
    }
    return CSVK_OK;
}

/* ---- validation ------------------------------------------------------------------------------ */

/* The platform unpacks gzip and nothing else. */
static int check_compression(struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_bytes start;
    int status = csvk_source_peek(source, 1, &start, err);
    const char *kind = status == CSVK_OK ? csvk_source_compression(source) : NULL;
    if (kind != NULL && !csvk_source_is_gzip(source)) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s: is %s, which the platform does not unpack: unpack it, or pack it "
                           "with gzip",
                           csvk_source_name(source), kind);
    }
    return status;
}

/* The validators of the files so far, as long as they are needed: with a key, until its search. */
struct input_check {
    const struct kbc_input_hooks *hooks;
    struct csvk_table_definition *table;
    enum csvk_type_support support;
    bool again;    /* the data was checked before, and told about */
    bool no_table; /* a file is surely none, which normalize refuses, too */
    struct csvk_validate_options options;
    struct csvk_validator **part;
    size_t count;
    uint64_t records; /* without headers */
    int worst;        /* of all files */
    struct csvk_error why;
};

/* Trouble with one file weighs more than data that is refused. */
static void take_worst(struct input_check *check, int status, const struct csvk_error *err)
{
    if (status != CSVK_OK && (status != CSVK_EDATA || check->worst == CSVK_OK)) {
        check->worst = status;
        check->why = *err;
    }
}

static void take_failure(struct input_check *check, int status, const struct csvk_error *err)
{
    if (check->hooks->failed != NULL) {
        check->hooks->failed(check->hooks->ctx, err);
    }
    take_worst(check, status, err);
}

static void tell(const struct input_check *check, const char *file,
                 const struct csvk_finding *finding)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    if (csvk_buf_printf(&text, "%s: warning: %s: ", file, finding->rule->id) == CSVK_OK &&
        csvk_finding_message(finding, &text) == CSVK_OK) {
        check->hooks->note(check->hooks->ctx, csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
}

/* How many values would be errors if the types were more than hints. */
static void tell_hints(const struct input_check *check, const struct csvk_report *report)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    uint64_t values = 0;
    for (size_t i = 0; i < report->nvalues; i++) {
        for (size_t k = 0; k < report->nvalue_rules; k++) {
            const struct csvk_rule *rule = csvk_rule_at(report->first_value_rule + k);
            bool error = csvk_rule_level(rule, report->profile) == CSVK_ERROR;
            values += error ? report->values[i].counts[k] : 0;
        }
    }
    if (values > 0 &&
        csvk_buf_printf(&text,
                        "%s: warning: %llu value%s not fit the types of the manifest; the project "
                        "takes types as hints, so the columns are text",
                        report->file, (unsigned long long)values,
                        values == 1 ? " does" : "s do") == CSVK_OK) {
        check->hooks->note(check->hooks->ctx, csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
}

/* Data that other names are used for, or whose values are not what the manifest hints at, is sent
   all the same, but not without a word. */
static void tell_warnings(const struct input_check *check, const struct csvk_report *report)
{
    const struct csvk_rule *skipped = csvk_rule_find("manifest-header-skipped");
    if (check->hooks->note == NULL || check->again) {
        return;
    }
    for (size_t i = 0; i < report->nfindings; i++) {
        if (report->findings[i]->rule == skipped) {
            tell(check, report->file, report->findings[i]);
        }
    }
    if (check->support == CSVK_SUPPORT_HINTS) {
        tell_hints(check, report);
    }
}

static bool is_no_table(const struct csvk_report *report)
{
    return report->nfindings == 1 && report->findings[0]->rule == csvk_rule_find("not-csv");
}

/* Counts the records of a file and tells when it has errors. The width of the first file is that of
   all; columns that are known say it first. */
static void report_part(struct input_check *check, struct csvk_validator *validator)
{
    const struct csvk_report *report = NULL;
    struct csvk_error err = {0};
    int status = csvk_validator_report(validator, &report, &err);
    if (status != CSVK_OK) {
        take_failure(check, status, &err);
        return;
    }
    struct csvk_validate_options *options = &check->options;
    bool named = options->header != CSVK_NO_HEADER && report->totals->records > 0;
    check->records += report->totals->records - named;
    options->width = options->width != 0 ? options->width : report->totals->width;
    if (!report->valid) {
        take_worst(check, CSVK_EDATA, &err);
        check->no_table = check->no_table || is_no_table(report);
        if (check->hooks->refused != NULL) {
            check->hooks->refused(check->hooks->ctx, report);
        }
    } else {
        tell_warnings(check, report);
    }
}

/* Validates one file. Its validator is kept when there is a key, else reported and freed. */
static void check_file(struct input_check *check, const char *path)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    struct csvk_error err = {0};
    check->options.file = path;
    int status = csvk_source_open(&source, path, &err);
    status = status == CSVK_OK ? check_compression(source, &err) : status;
    if (status == CSVK_OK) {
        status = csvk_validate_source(&validator, source, &check->options, NULL, &err);
    }
    csvk_source_free(source);
    if (status == CSVK_OK && check->options.primary_key.count > 0) {
        check->part[check->count++] = validator;
        return;
    }
    if (status != CSVK_OK) {
        take_failure(check, status, &err);
    } else {
        report_part(check, validator);
    }
    csvk_validator_free(validator);
}

/* The key is searched over all files, then all are reported. */
static void finish_parts(struct input_check *check)
{
    struct csvk_error err = {0};
    int status = CSVK_OK;
    bool whole = (check->worst == CSVK_OK || check->worst == CSVK_EDATA) && check->count > 1;
    for (size_t i = 1; whole && i < check->count && status == CSVK_OK; i++) {
        status = csvk_validator_join_keys(check->part[0], check->part[i], &err);
    }
    if (whole && status == CSVK_OK) {
        status = csvk_validator_search_keys(check->part, check->count, &err);
    }
    if (status != CSVK_OK) {
        take_failure(check, status, &err);
        return;
    }
    for (size_t i = 0; i < check->count; i++) {
        report_part(check, check->part[i]);
    }
}

static void check_files(struct input_check *check, const struct csvk_strings *files)
{
    check->part = csvk_calloc(files->count + 1, sizeof(struct csvk_validator *));
    if (check->part == NULL) {
        struct csvk_error err = {0};
        take_failure(check, no_memory(&err), &err);
        return;
    }
    for (size_t i = 0; i < files->count; i++) {
        struct csvk_error err = {0};
        check_file(check, files->item[i]);
        uint64_t kept = check->options.columns_are & CSVK_COLUMNS_WITH_TIMESTAMP;
        int status = csvk_table_definition_next(check->table, &check->options, &err);
        check->options.columns_are |= kept;
        if (status != CSVK_OK) {
            take_failure(check, status, &err);
        }
    }
    finish_parts(check);
    for (size_t i = 0; i < check->count; i++) {
        csvk_validator_free(check->part[i]);
    }
    csvk_free(check->part);
}

bool input_types_are_judged(const struct kbc_input *input)
{
    const struct csvk_strings *nulls = input->nulls;
    bool usual = nulls == NULL || (nulls->count == 1 && nulls->item[0][0] == '\0');
    return usual && input->support != CSVK_SUPPORT_NONE;
}

/* How the data is read, and what its values have to be: the validator knows no other NULL than
   nothing, so with another one sent_values.c judges them. */
static int set_types(struct csvk_validate_options *options, const struct kbc_input *input,
                     struct csvk_error *err)
{
    bool judged = input_types_are_judged(input);
    int status = csvk_table_definition_rules(&input->table, options, err);
    options->columns_are |= input->timestamp ? CSVK_COLUMNS_WITH_TIMESTAMP : 0;
    return status == CSVK_OK ? csvk_table_definition_support(
                                   options, judged ? input->support : CSVK_SUPPORT_NONE, err)
                             : status;
}

/* What the validator has to know: how the data is read, and the key by the names of the data. */
static int set_options(struct input_check *check, const struct kbc_input *input,
                       const struct csvk_strings *files, const struct csvk_strings *key,
                       struct csvk_error *err)
{
    struct csvk_validate_options *options = &check->options;
    struct csvk_strings names = {0};
    options->profile = CSVK_PROFILE_KEBOOLA;
    int status = CSVK_OK;
    if (input->sliced) {
        const char *first = files->count > 0 ? files->item[0] : NULL;
        status = csvk_table_definition_look(check->table, first, err);
    }
    status = status == CSVK_OK ? set_types(options, input, err) : status;
    if (key == NULL || status != CSVK_OK) {
        return status;
    }
    status = names_of_data(input, files, &names, err);
    if (status == CSVK_OK && names.count > 0) {
        options->width = names.count;
        status = csvk_validate_set_rule(options, "empty-key", CSVK_ERROR, err);
    }
    if (status == CSVK_OK && names.count > 0) {
        status = take_key(input->path, &names, key, &options->primary_key, err);
    }
    csvk_strings_release(&names);
    return status;
}

static int check_all(struct input_check *check, const struct csvk_strings *files,
                     struct csvk_error *err)
{
    check_files(check, files);
    if (check->worst == CSVK_EDATA) {
        return csvk_fail(err, CSVK_EDATA, "nothing was sent; %s--no-check sends it unchanged",
                         check->no_table ? "" : "csvkit normalize may repair the data, ");
    }
    *err = check->worst != CSVK_OK ? check->why : *err;
    return check->worst;
}

int kbc_input_check(struct kbc_input *input, const struct csvk_strings *key,
                    const struct kbc_input_hooks *hooks, struct csvk_error *err)
{
    struct csvk_error own = {0};
    struct csvk_error *why = err != NULL ? err : &own;
    struct csvk_strings files = {0};
    struct input_check check = {
        .hooks = hooks, .table = &input->table, .support = input->support, .again = input->counted};
    csvk_validate_options_init(&check.options);
    int status = input->sliced ? csvk_list_slices(input->path, &files, why)
                               : csvk_strings_add(&files, input->path);
    if (status == CSVK_ENOMEM) {
        no_memory(why);
    }
    status = status == CSVK_OK ? set_options(&check, input, &files, key, why) : status;
    if (status != CSVK_OK && status != CSVK_EDATA && hooks->failed != NULL) {
        hooks->failed(hooks->ctx, why);
    }
    status = status == CSVK_OK ? check_all(&check, &files, why) : status;
    input->counted = status == CSVK_OK;
    input->records = check.records;
    csvk_strings_release(&files);
    csvk_validate_options_release(&check.options);
    return status;
}
