/*
 * sample_trial.c - the sample, judged in another way: with another delimiter, with comments set
 * aside. What that leaves says whether it is good advice.
 *
 * Only what is found record by record counts, since no report is made; so a trial makes no other
 * one. Keys and types are not asked: they cost time, and say nothing about how to read.
 */
#include "validator/judge.h"

uint64_t judge_count_errors(const struct csvk_validator *v)
{
    uint64_t errors = 0;
    for (size_t i = 0; i < RULES; i++) {
        errors += v->level[i] == CSVK_ERROR ? v->count[i] : 0;
    }
    return errors;
}

/* The sample without a last line that is not whole. */
static struct csvk_bytes whole_lines(const struct csvk_validator *v)
{
    struct csvk_bytes text = {v->sample.data, v->sample.length};
    while (v->sample_closed && text.len != 0 && text.ptr[text.len - 1] != '\n' &&
           text.ptr[text.len - 1] != '\r') {
        text.len--;
    }
    return text;
}

struct sample_trial sample_try(struct csvk_validator *v, const struct csvk_dialect *dialect,
                               uint64_t comment)
{
    struct csvk_validate_options options = v->options; /* shallow: _new copies what it keeps */
    struct csvk_validator *other = NULL;
    struct csvk_source *source = NULL;
    struct sample_trial trial = {0, 0, 0};
    options.dialect = *dialect;
    options.comment = comment;
    options.schema = NULL;
    options.primary_key = (struct csvk_strings){0};
    struct csvk_bytes text = whole_lines(v);
    int status = csvk_source_memory(&source, text.ptr, text.len, NULL);
    status =
        status == CSVK_OK ? csvk_validate_source(&other, source, &options, NULL, NULL) : status;
    if (status == CSVK_OK) {
        trial =
            (struct sample_trial){judge_count_errors(other), other->width, other->totals.comments};
    }
    v->failed |= status != CSVK_OK;
    csvk_validator_free(other);
    csvk_source_free(source);
    return trial;
}
