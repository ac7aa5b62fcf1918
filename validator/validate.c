/*
 * validate.c - the plain case: one source, one reader, one validator.
 */
#include "validator/validator.h"

static int pump(struct csvk_reader *reader, struct csvk_validator *v, struct csvk_source *source,
                const struct csvk_validate_hooks *hooks, struct csvk_error *err)
{
    struct csvk_batch batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        status =
            hooks != NULL && hooks->tap != NULL ? hooks->tap(&batch, hooks->context, err) : CSVK_OK;
        status = status == CSVK_OK ? csvk_validator_feed(v, &batch, err) : status;
        if (status != CSVK_OK) {
            return status;
        }
        if (hooks != NULL && hooks->progress != NULL &&
            hooks->progress(csvk_source_consumed(source), hooks->context) < 0) {
            return csvk_fail(err, CSVK_ECANCELED, "%s: stopped", csvk_source_name(source));
        }
    }
    if (status != CSVK_END) {
        return status;
    }
    return csvk_validator_finish(v, csvk_reader_totals(reader), csvk_source_damage(source), err);
}

int csvk_validate_source(struct csvk_validator **out, struct csvk_source *source,
                         const struct csvk_validate_options *options,
                         const struct csvk_validate_hooks *hooks, struct csvk_error *err)
{
    struct csvk_validator *v = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    csvk_options_init(&how);
    int status = csvk_validator_new(&v, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    csvk_validator_reader_options(v, &how);
    if (hooks != NULL && hooks->tune != NULL) {
        hooks->tune(&how, hooks->context);
    }
    status = csvk_reader_new(&reader, source, &how, err);
    if (status == CSVK_OK) {
        status = pump(reader, v, source, hooks, err);
    }
    csvk_reader_free(reader);
    if (status == CSVK_OK) {
        *out = v;
        return CSVK_OK;
    }
    csvk_validator_free(v);
    return status;
}
