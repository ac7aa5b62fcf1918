/*
 * test_validator_memory.c - every allocation of a validation, of a merge and of the reports fails
 * once, in turn: the answer is CSVK_ENOMEM, and nothing is leaked. This file brings the allocator
 * of the library itself (and so takes the place of alloc.c in this program).
 */
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <stdlib.h>
#include <string.h>

/* Something for every kind of finding that carries facts. */
static const char head[] = "\n\nid,order id,ID,id,,_timestamp\n"
                           "1,\"a\nb\",x,y,z,w\n1,2,3,4,5,6\n1,x\"y\n=1,2,3,4\n";
static const char rest[] = "1,2,3,4,\n\n\xE9,2\x01,3,4,5,6\n1,\"q\"x,3,4,5,6\r\n2,3,4,5,6,\xC3\n";

static int set_options(struct csvk_validate_options *options, struct csvk_error *err)
{
    csvk_validate_options_init(options);
    options->profile = CSVK_PROFILE_KEBOOLA;
    options->file = "table.csv";
    options->max_findings = 3;
    if (csvk_validate_set_rule(options, "all", CSVK_WARNING, err) != CSVK_OK ||
        csvk_strings_add(&options->primary_key, "id") != CSVK_OK ||
        csvk_strings_add(&options->columns, "id") != CSVK_OK ||
        csvk_strings_add(&options->columns, "b") != CSVK_OK ||
        csvk_strings_add(&options->columns, "c") != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return CSVK_OK;
}

static int judge(const char *bytes, size_t length, const struct csvk_validate_options *options,
                 struct csvk_validator **out, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = csvk_source_memory(&source, bytes, length, err);
    status = status == CSVK_OK ? csvk_validate_source(out, source, options, NULL, err) : status;
    csvk_source_free(source);
    return status;
}

#define FORMAT(name) #name,
static const char *const formats[] = {CSVK_REPORT_FORMATS(FORMAT, FORMAT)};

static int write_all(const struct csvk_report *report)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0] && status == CSVK_OK; i++) {
        unsigned style = CSVK_TEXT_COLOR | CSVK_TEXT_NOTES;
        status = csvk_report_print(report, formats[i], style, &out, NULL);
    }
    csvk_buf_release(&out);
    return status;
}

static int whole_life(void)
{
    struct csvk_error err = {0};
    struct csvk_validate_options options;
    struct csvk_validator *left = NULL, *right = NULL;
    const struct csvk_report *report = NULL;
    int status = set_options(&options, &err);
    status = status == CSVK_OK ? judge(head, sizeof(head) - 1, &options, &left, &err) : status;
    options.continuation = true;
    options.eol = CSVK_EOL_LF;
    status = status == CSVK_OK ? judge(rest, sizeof(rest) - 1, &options, &right, &err) : status;
    status = status == CSVK_OK ? csvk_validator_merge(left, right, &err) : status;
    status = status == CSVK_OK ? csvk_validator_report(left, &report, &err) : status;
    ck_assert(status != CSVK_OK || (report->findings_dropped > 0 && report->nfindings == 3));
    status = status == CSVK_OK ? write_all(report) : status;
    csvk_validator_free(left);
    csvk_validator_free(right);
    csvk_validate_options_release(&options);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    alloc_countdown = 1000000;
    ck_assert_int_eq(whole_life(), CSVK_OK);
    long total = 1000000 - alloc_countdown;
    ck_assert_int_gt(total, 100);
    ck_assert_int_eq(alloc_alive, 0);
    for (long i = 0; i < total; i++) {
        alloc_countdown = i;
        ck_assert_msg(whole_life() == CSVK_ENOMEM, "allocation %ld of %ld", i, total);
        ck_assert_int_eq(alloc_alive, 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_memory");
    TCase *tcase = tcase_create("validator_memory");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, every_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
