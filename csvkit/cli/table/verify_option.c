/*
 * verify_option.c - see verify_option.h. The file is read once for both readers: the reference
 * parser makes the batches, and libcsv checks each of them.
 */
#include "csvkit/cli/table/verify_option.h"

#include "csvkit/verify/libcsv_check.h"

#include <inttypes.h>
#include <string.h>

/* Reads with the reference parser instead of the scan, and delivers fields, which libcsv compares.
 */
static void read_by_reference(struct csvk_options *options, void *context)
{
    (void)context;
    options->reference_only = true;
    options->detail = CSVK_FIELDS;
    options->max_record = UINT64_MAX; /* whole records, as in the first reading */
}

static int ask_libcsv(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    struct csvk_libcsv_check *check = context;
    return check != NULL ? csvk_libcsv_check_feed(check, batch, err) : CSVK_OK;
}

static bool same_reports(const struct csvk_report *a, const struct csvk_report *b)
{
    struct csvk_buf x = CSVK_BUF_INIT, y = CSVK_BUF_INIT;
    bool written = csvk_report_print(a, "json", CSVK_TEXT_PLAIN, &x, NULL) == CSVK_OK &&
                   csvk_report_print(b, "json", CSVK_TEXT_PLAIN, &y, NULL) == CSVK_OK;
    bool same = written && x.length == y.length && memcmp(x.data, y.data, x.length) == 0;
    csvk_buf_release(&x);
    csvk_buf_release(&y);
    return same;
}

static int read_again(const struct cli_verify *how, struct csvk_libcsv_check *check,
                      struct csvk_validator **out, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = read_by_reference, .tap = ask_libcsv, .context = check};
    int status = csvk_source_open(&source, how->path, err);
    if (status == CSVK_OK && how->encoding != NULL) {
        status = csvk_source_set_encoding(source, how->encoding, err);
    }
    if (status == CSVK_OK) {
        status = csvk_validate_source(out, source, how->options, &hooks, err);
    }
    csvk_source_free(source);
    return status;
}

static int compare_reports(const struct cli_verify *how, struct csvk_validator *second,
                           struct csvk_error *err)
{
    const struct csvk_report *again = NULL;
    int status = csvk_validator_report(second, &again, err);
    if (status == CSVK_OK && !same_reports(how->report, again)) {
        status = csvk_fail(err, CSVK_ECHANGED,
                           "%s: the reference parser came to another result: the file was changed "
                           "while it was read, or csvkit has a defect",
                           how->path);
    }
    return status;
}

static int finish_libcsv(struct cli *cli, const struct cli_verify *how,
                         struct csvk_libcsv_check *check, struct csvk_error *err)
{
    struct csvk_agreement said;
    int status = csvk_libcsv_check_end(check, &said, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (said.verdict == CSVK_VERDICT_DIFFERS) {
        return csvk_fail(err, CSVK_ECHANGED,
                         "%s: libcsv reads record %" PRIu64 " at byte %" PRIu64 " differently: %s",
                         how->path, said.record, said.offset, said.what);
    }
    if (said.skipped != 0) {
        cli_note(cli,
                 "%s: libcsv could not check %" PRIu64 " record%s (the first is record %" PRIu64
                 ": %s); all others agree",
                 how->path, said.skipped, cli_plural(said.skipped), said.record, said.what);
    }
    return CSVK_OK;
}

int cli_verify(struct cli *cli, const struct cli_verify *how, struct csvk_error *err)
{
    const struct csvk_dialect *dialect = &how->options->dialect;
    struct csvk_libcsv_check *check = NULL;
    struct csvk_validator *second = NULL;
    int status = CSVK_OK;
    if (dialect->more_length != 0 || dialect->skip_blanks) {
        cli_note(cli,
                 "%s: libcsv knows delimiters of one byte only, and no blanks to skip: "
                 "only the reference parser has read the file, twice",
                 how->path);
    } else if (dialect->escape != CSVK_NO_BYTE) {
        cli_note(cli, "%s: libcsv knows no escape byte, so only the reference parser verifies",
                 how->path);
    } else {
        status = csvk_libcsv_check_new(&check, &how->options->dialect, err);
    }
    status = status == CSVK_OK ? read_again(how, check, &second, err) : status;
    status = status == CSVK_OK ? compare_reports(how, second, err) : status;
    if (status == CSVK_OK && check != NULL) {
        status = finish_libcsv(cli, how, check, err);
    }
    csvk_libcsv_check_free(check);
    csvk_validator_free(second);
    return status;
}
