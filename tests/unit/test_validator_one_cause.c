/*
 * test_validator_one_cause.c - what follows from a cause that is told is counted and not told
 * again: in a file that is no table, under the wrong delimiter, by a header that comes again.
 */
#include "tests/support/judged.h"
#include "tests/support/support.h"

#include <check.h>
#include <string.h>

struct told {
    const char *rule, *follows; /* the rule that it follows from, or NULL */
};

static const struct {
    const char *data, *key;
    struct told told[5]; /* all that is told, notes apart, in the order of the report */
    const char *counted; /* a rule of which more is counted than told */
} rows[] = {
    {"<html><body><p>Log in</p></body></html>\n",
     NULL,
     {{"not-csv-suspected", NULL}},
     "header-invalid-name"},
    {"[{\"a\":1,\"b\":2},\n{\"a\":3}]\n",
     NULL,
     {{"not-csv-suspected", NULL}, {"quote-in-unquoted-field", "not-csv-suspected"}},
     "field-count"},
    {"na me;b\n1;2\n3;4\n5;6\n", NULL, {{"delimiter-suspected", NULL}}, "header-invalid-name"},
    {";;\n1;2;3\n4;5;6\n7;8;9\n",
     NULL,
     {{"delimiter-suspected", NULL}, {"header-name-refused", "delimiter-suspected"}},
     NULL},
    {"id;n\n1;2\n3;4\n", NULL, {{"delimiter-suspected", NULL}}, "header-invalid-name"},
    {"na me,b\n1,2\n3,4\n", NULL, {{"header-invalid-name", NULL}}, NULL},
    {"id,n\n1,a\nid,n\n2,b\nid,n\nid,n\n",
     "id",
     {{"header-repeated", NULL}, {"duplicate-key", "header-repeated"}},
     "duplicate-key"},
    {"id,n\n1,a\nid,n\n1,b\nid,n\n",
     "id",
     {{"header-repeated", NULL}, {"duplicate-key", NULL}, {"duplicate-key", "header-repeated"}},
     NULL},
    {"a,b\n\xC4\x8D\xC5\x99\xC5\xBE\xC5\xA1 \xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87,0\n"
     "x\x81x\x81x\x81x\x81x,1\nx\x81x\x81x\x81x,2\n",
     NULL, /* more than three of a record */
     {{"invalid-utf8", NULL},
      {"invalid-utf8", NULL},
      {"invalid-utf8", NULL},
      {"invalid-utf8", NULL}},
     "invalid-utf8"},
    {"id,n\n1,a\nid,n\n2,b\n", "id", {{"header-repeated", NULL}}, NULL},
};

static struct csvk_validator *judged(size_t row, uint64_t kept)
{
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.profile = CSVK_PROFILE_KEBOOLA;
    options.max_findings = kept;
    if (rows[row].key != NULL) {
        ck_assert_int_eq(csvk_strings_add(&options.primary_key, rows[row].key), CSVK_OK);
    }
    struct csvk_validator *v = judge(rows[row].data, strlen(rows[row].data), &options);
    csvk_validate_options_release(&options);
    return v;
}

static const char *follows(const struct csvk_finding *f)
{
    for (size_t i = 0; i < f->nextras; i++) {
        if (strcmp(f->extra[i].key, "follows") == 0) {
            return f->extra[i].text;
        }
    }
    return NULL;
}

static uint64_t told_of(const struct csvk_report *report, const char *rule)
{
    uint64_t count = 0;
    for (size_t i = 0; i < report->nfindings; i++) {
        count += strcmp(report->findings[i]->rule->id, rule) == 0;
    }
    return count;
}

START_TEST(one_cause_is_told_once)
{
    struct csvk_validator *v = judged((size_t)_i, 100);
    const struct csvk_report *report = report_of(v);
    size_t at = 0;
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        if (f->severity == CSVK_INFO) {
            continue;
        }
        const struct told *wanted = &rows[_i].told[at++];
        ck_assert_msg(wanted->rule != NULL, "%s", f->rule->id);
        ck_assert_str_eq(f->rule->id, wanted->rule);
        ck_assert_msg((follows(f) == NULL) == (wanted->follows == NULL) &&
                          (wanted->follows == NULL || strcmp(follows(f), wanted->follows) == 0),
                      "%s follows from %s", f->rule->id, follows(f));
    }
    ck_assert_ptr_null(rows[_i].told[at].rule);
    const char *counted = rows[_i].counted;
    ck_assert_msg(counted == NULL || count_of(report, counted) > told_of(report, counted), "%s",
                  counted);
    /* Who asks for every place gets it, and the same counts. */
    struct csvk_validator *all = judged((size_t)_i, 0);
    const struct csvk_report *every = report_of(all);
    ck_assert_uint_eq(every->errors, report->errors);
    ck_assert_uint_eq(every->warnings, report->warnings);
    ck_assert_uint_eq(every->nfindings, every->errors + every->warnings + every->infos);
    csvk_validator_free(all);
    csvk_validator_free(v);
}
END_TEST

/* Also when its rule is an error, and it is the first one. */
START_TEST(a_cause_follows_from_nothing)
{
    static const char page[] = "<html>\n<body>a,b</body></html>\n";
    struct csvk_validate_options options;
    struct csvk_error err;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_validate_set_rule(&options, "not-csv-suspected", CSVK_ERROR, &err),
                     CSVK_OK);
    struct csvk_validator *v = judge(page, sizeof page - 1, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_uint_ge(report->nfindings, 1);
    const struct csvk_finding *f = report->findings[0];
    ck_assert_str_eq(f->rule->id, "not-csv-suspected");
    ck_assert(follows(f) == NULL);
    ck_assert_ptr_nonnull(csvk_finding_remedy(f));
    csvk_validator_free(v);
    csvk_validate_options_release(&options);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("one cause");
    TCase *tcase = tcase_create("one cause");
    tcase_add_loop_test(tcase, one_cause_is_told_once, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tcase, a_cause_follows_from_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return support_run(suite());
}
