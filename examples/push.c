/*
 * push.c - judges what comes through standard input, one byte at a time: for programs that are
 * given their bytes instead of reading them. Needs libcsvkit alone. push <FILE
 */
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>

/* All that can be judged of the bytes so far. CSVK_HUNGRY: more are wanted; CSVK_END: that is all.
 */
static int judge(struct csvk_reader *reader, struct csvk_validator *validator,
                 struct csvk_error *err)
{
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        if ((status = csvk_validator_feed(validator, batch, err)) != CSVK_OK) {
            break;
        }
    }
    return status;
}

static int push_all(struct csvk_reader *reader, struct csvk_validator *validator,
                    struct csvk_error *err)
{
    int byte, status = CSVK_HUNGRY;
    while (status == CSVK_HUNGRY && (byte = getchar()) != EOF) {
        unsigned char piece = (unsigned char)byte;
        status = csvk_feed(reader, &piece, 1, err);
        status = status == CSVK_OK ? judge(reader, validator, err) : status;
    }
    if (status == CSVK_HUNGRY) {
        csvk_feed_end(reader);
        status = judge(reader, validator, err);
    }
    /* What was pushed is not compressed, so it cannot be damaged. */
    return status == CSVK_END
               ? csvk_validator_finish(validator, csvk_reader_totals(reader), NULL, err)
               : status;
}

static int print_findings(struct csvk_validator *validator, bool *valid, struct csvk_error *err)
{
    const struct csvk_report *report;
    int status = csvk_validator_report(validator, &report, err);
    for (size_t i = 0; status == CSVK_OK && i < report->nfindings; i++) {
        const struct csvk_finding *finding = report->findings[i];
        printf("byte %llu: %s\n", (unsigned long long)finding->byte, finding->rule->id);
    }
    *valid = status == CSVK_OK && report->valid;
    return status;
}

int main(void)
{
    struct csvk_validator *validator = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_validate_options judging;
    struct csvk_options reading;
    struct csvk_error err = {0};
    bool valid = false;
    csvk_validate_options_init(&judging); /* the profile rfc4180 */
    csvk_options_init(&reading);
    int status = csvk_validator_new(&validator, &judging, &err);
    if (status == CSVK_OK) {
        csvk_validator_reader_options(validator, &reading);
        status = csvk_reader_new_fed(&reader, "standard input", &reading, &err);
    }
    status = status == CSVK_OK ? push_all(reader, validator, &err) : status;
    status = status == CSVK_OK ? print_findings(validator, &valid, &err) : status;
    csvk_reader_free(reader);
    csvk_validator_free(validator);
    csvk_validate_options_release(&judging);
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status < 0 ? 2 : valid ? EXIT_SUCCESS : EXIT_FAILURE;
}
