/*
 * merge_header.c - slices of which each begins with a header that is skipped, because a manifest
 * names the columns: is it one? Judged by the validator, as in every command that reads slices; it
 * sees no more of each slice than its first record.
 */
#include "csvkit/io/file_kind.h"
#include "manifest/slicing/merge_job.h"

static int set_rules(const struct csvk_table_definition *table, struct csvk_validate_options *rules,
                     struct csvk_error *err)
{
    int status = csvk_table_definition_rules(table, rules, err);
    status = status == CSVK_OK ? csvk_validate_set_rule(rules, "all", CSVK_OFF, err) : status;
    status = status == CSVK_OK ? csvk_validate_set_rule(rules, "header-mismatch", CSVK_ERROR, err)
                               : status;
    status = status == CSVK_OK ? csvk_validate_set_rule(rules, "manifest-header", CSVK_ERROR, err)
                               : status;
    return status == CSVK_OK
               ? csvk_validate_set_rule(rules, "manifest-header-skipped", CSVK_WARNING, err)
               : status;
}

/* Feeds batches until the first record that is not empty was among them, or to the end. */
static int feed(struct csvk_validator *v, struct csvk_reader *reader,
                const struct csvk_source *source, struct csvk_error *err)
{
    const struct csvk_batch *batch;
    bool seen = false;
    int status = CSVK_OK;
    while (status == CSVK_OK && !seen) {
        status = csvk_reader_next(reader, &batch, err);
        status = status == CSVK_OK ? csvk_validator_feed(v, batch, err) : status;
        for (size_t i = 0; status == CSVK_OK && i < batch->nreported; i++) {
            seen = seen || !batch->records[i].blank;
        }
    }
    return status == CSVK_OK || status == CSVK_END
               ? csvk_validator_finish(v, csvk_reader_totals(reader), csvk_source_damage(source),
                                       err)
               : status;
}

static int judge(const struct csvk_validate_options *rules, struct csvk_source *source,
                 struct csvk_validator **v, struct csvk_error *err)
{
    enum { WINDOW = 64 * 1024 };
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    csvk_options_init(&how);
    int status = csvk_validator_new(v, rules, err);
    if (status == CSVK_OK) {
        csvk_validator_reader_options(*v, &how);
        how.window = WINDOW;
        status = csvk_reader_new(&reader, source, &how, err);
    }
    status = status == CSVK_OK ? feed(*v, reader, source, err) : status;
    csvk_reader_free(reader);
    return status;
}

static int judge_slice(struct csvk_validate_options *rules, const char *path,
                       const struct csvk_merge_table_options *options, uint64_t *errors,
                       struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *report = NULL;
    rules->file = path;
    int status = csvk_open_table(&source, path, err);
    status = status == CSVK_OK ? judge(rules, source, &v, err) : status;
    status = status == CSVK_OK ? csvk_validator_report(v, &report, err) : status;
    if (status == CSVK_OK && report->errors + report->warnings != 0) {
        *errors += report->errors;
        status = options->judged != NULL ? options->judged(options->context, report, err) : status;
    }
    csvk_validator_free(v);
    csvk_source_free(source);
    return status;
}

int merge_judge_headers(const struct csvk_merge_table_options *options,
                        const struct csvk_table_definition *theirs, struct csvk_error *err)
{
    struct csvk_table_definition table = *theirs; /* borrows all but the names */
    struct csvk_strings slices = {0};
    struct csvk_validate_options rules;
    uint64_t errors = 0;
    table.first_names = (struct csvk_strings){0};
    csvk_validate_options_init(&rules);
    int status = csvk_list_slices(options->directory, &slices, err);
    const char *first = slices.count != 0 ? slices.item[0] : NULL;
    status = status == CSVK_OK ? csvk_table_definition_look(&table, first, err) : status;
    status = status == CSVK_OK ? set_rules(&table, &rules, err) : status;
    for (size_t i = 0; i < slices.count && status == CSVK_OK; i++) {
        status = judge_slice(&rules, slices.item[i], options, &errors, err);
        status = status == CSVK_OK ? csvk_table_definition_next(&table, &rules, err) : status;
    }
    csvk_validate_options_release(&rules);
    csvk_strings_release(&table.first_names);
    csvk_strings_release(&slices);
    return status == CSVK_OK && errors != 0
               ? csvk_fail(err, CSVK_EDATA, "%s was not written", options->output)
               : status;
}
