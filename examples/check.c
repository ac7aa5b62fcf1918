/*
 * check.c - judges a file by the profile keboola, and prints the place and the message of every
 * finding.
 *   check FILE
 */
#include "csvkit/extra/extra.h"
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>

static int print_findings(struct csvk_validator *validator, struct csvk_error *err)
{
    const struct csvk_report *report;
    int status = csvk_validator_report(validator, &report, err);
    for (size_t i = 0; status == CSVK_OK && i < report->nfindings; i++) {
        const struct csvk_finding *finding = report->findings[i];
        struct csvk_buf message = CSVK_BUF_INIT;
        status = csvk_finding_message(finding, &message);
        printf("byte %llu, record %llu, field %llu: %s: %s\n", (unsigned long long)finding->byte,
               (unsigned long long)finding->record, (unsigned long long)finding->field,
               csvk_severity_name(finding->severity), csvk_buf_text(&message));
        csvk_buf_release(&message);
    }
    return status != CSVK_OK ? status : report->valid ? CSVK_OK : CSVK_END;
}

int main(int argc, char **argv)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    csvk_use_all(); /* of libcsvkit-extra: compressed files, and names of other encodings */
    csvk_validate_options_init(&options);
    options.profile = CSVK_PROFILE_KEBOOLA;
    options.file = argv[argc - 1];
    int status = argc == 2 ? csvk_source_open(&source, argv[1], &err)
                           : csvk_fail(&err, CSVK_EUSAGE, "usage: check FILE");
    if (status == CSVK_OK) {
        status = csvk_validate_source(&validator, source, &options, NULL, &err);
    }
    if (status == CSVK_OK) {
        status = print_findings(validator, &err);
    }
    csvk_validator_free(validator);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status == CSVK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
