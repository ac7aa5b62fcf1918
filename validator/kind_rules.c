/* kind_rules.c - rules about what a file is before it is read: not-csv, not-csv-suspected. */
#include "csvkit/io/file_kind.h"
#include "validator/judge.h"

static void report_kind(struct csvk_validator *v, enum rule_index rule,
                        const struct csvk_file_kind *kind)
{
    struct place start = {0, 0, 0, 0};
    struct csvk_finding *f = judge_add(v, rule, &start);
    if (f == NULL) {
        return;
    }
    f->line = f->column = f->column_chars = 1;
    finding_text(v, f, "kind", kind->name);
    f->remedy = csvk_strdup(kind->remedy);
    v->failed = v->failed || f->remedy == NULL;
}

/* Comments say nothing about the kind: what is below them does. */
static int kind_below_comments(const struct csvk_validator *v, struct csvk_source *source,
                               struct csvk_file_kind *kind, struct csvk_error *err)
{
    struct csvk_bytes head;
    int status = csvk_source_peek(source, VALIDATE_HEAD, &head, err);
    if (status == CSVK_OK) {
        size_t at = validate_pass_start(head, &v->options);
        csvk_file_kind_of((struct csvk_bytes){head.ptr + at, head.len - at}, kind);
    }
    return status;
}

int judge_kind(struct csvk_validator *validator, struct csvk_source *source, bool *none,
               struct csvk_error *err)
{
    struct csvk_file_kind kind = {.class = CSVK_FILE_TABLE};
    *none = false;
    if (validator->options.continuation) {
        return CSVK_OK; /* it has no start of its own */
    }
    int status = csvk_source_kind(source, &kind, err);
    if (status == CSVK_OK && kind.class != CSVK_FILE_OTHER && validator->options.comment != 0) {
        status = kind_below_comments(validator, source, &kind, err);
    }
    if (status != CSVK_OK || kind.class == CSVK_FILE_TABLE) {
        return status;
    }
    bool surely = kind.class == CSVK_FILE_OTHER;
    report_kind(validator, surely ? RULE_NOT_CSV : RULE_NOT_CSV_SUSPECTED, &kind);
    *none = surely && validator->level[RULE_NOT_CSV] != CSVK_OFF;
    return CSVK_OK;
}
