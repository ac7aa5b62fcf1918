/* test_destination.c - where tables go: the platform's order of decisions, and doubtful table ids.
 */
#include "manifest/manifest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MAPPING    CSVK_DESTINATION_MAPPING
#define MANIFEST   CSVK_DESTINATION_MANIFEST
#define MANIFEST_B CSVK_DESTINATION_MANIFEST_BUCKET
#define NAME       CSVK_DESTINATION_NAME
#define NAME_B     CSVK_DESTINATION_NAME_BUCKET
#define NONE       CSVK_DESTINATION_NONE
#define DEF        "out.c-app-1"
#define NO         "Failed to resolve destination for output table"
#define BAD        "is not a valid table ID."

static const struct {
    const char *name, *manifest, *mapping, *bucket;
    enum csvk_destination_rule rule;
    const char *id; /* or the end of the error */
} cases[] = {
    /* mapping first, two dots exactly, the rest is not asked */
    {"a.csv", NULL, "in.c-m.a", NULL, MAPPING, "in.c-m.a"},
    {"a.csv", NULL, "in.c-m.a", DEF, MAPPING, "in.c-m.a"},
    {"a.csv", "out.c-x.y", "in.c-m.a", DEF, MAPPING, "in.c-m.a"},
    {"in.c-n.t.csv", NULL, "in.c-m.a", DEF, MAPPING, "in.c-m.a"},
    {"a.csv", NULL, "a", DEF, NONE, NO " \"a.csv\"."},
    {"a.csv", NULL, "c-m.a", DEF, NONE, NO " \"a.csv\"."},
    {"a.csv", NULL, "in.c-m.a.b", DEF, NONE, NO " \"a.csv\"."},
    {"a.csv", "in.c-m.a", "bare", NULL, NONE, NO " \"a.csv\"."},
    {"a.csv", NULL, "..", NULL, MAPPING, ".."},
    {"a.csv", NULL, "in.c-m.", NULL, MAPPING, "in.c-m."},
    {"a.csv", NULL, "in.c-m.a.csv", NULL, NONE, NO " \"a.csv\"."},
    {"a.csv", NULL, "in.main.a", NULL, MAPPING, "in.main.a"},
    /* an empty mapping is none */
    {"a.csv", NULL, "", DEF, NAME_B, DEF ".a"},
    {"a.csv", "in.c-m.t", "", DEF, MANIFEST, "in.c-m.t"},
    /* the manifest's whole id wins over a default bucket */
    {"a.csv", "in.c-m.t", NULL, NULL, MANIFEST, "in.c-m.t"},
    {"a.csv", "in.c-m.t", NULL, DEF, MANIFEST, "in.c-m.t"},
    {"x.y.csv", "in.c-m.t", NULL, DEF, MANIFEST, "in.c-m.t"},
    {"orders", "out.c-m.t", NULL, NULL, MANIFEST, "out.c-m.t"},
    {"a.csv", "a.b.csv", NULL, NULL, MANIFEST, "a.b.csv"},
    {"a.csv", "..", NULL, NULL, MANIFEST, ".."},
    /* the manifest's bare name */
    {"a.csv", "t", NULL, DEF, MANIFEST_B, DEF ".t"},
    {"a.csv", "t.csv", NULL, DEF, NONE, "\"" DEF ".t.csv\" " BAD},
    {"a.csv", "c-m.t", NULL, DEF, NONE, "\"" DEF ".c-m.t\" " BAD},
    {"a.csv", "in.c-m.t.v2", NULL, DEF, NONE, "\"" DEF ".in.c-m.t.v2\" " BAD},
    {"a.csv", "t", NULL, NULL, NONE, NO " \"a.csv\"."},
    {"a.csv", "t", NULL, "", NONE, NO " \"a.csv\"."},
    {"a.csv", "c-m.t", NULL, NULL, NONE, NO " \"a.csv\"."},
    {"a.csv", "in.c-m.t.v2", NULL, NULL, NONE, NO " \"a.csv\"."},
    {"a.csv", " ", NULL, DEF, MANIFEST_B, DEF ". "},
    /* an empty destination in the manifest is none */
    {"a.csv", "", NULL, DEF, NAME_B, DEF ".a"},
    {"in.c-m.a.csv", "", NULL, DEF, NAME, "in.c-m.a"},
    /* names of files */
    {"a.csv", NULL, NULL, DEF, NAME_B, DEF ".a"},
    {"a", NULL, NULL, DEF, NAME_B, DEF ".a"},
    {"a.CSV", NULL, NULL, DEF, NONE, "\"" DEF ".a.CSV\" " BAD},
    {"a.csv.csv", NULL, NULL, DEF, NONE, "\"" DEF ".a.csv\" " BAD},
    {"a.txt", NULL, NULL, DEF, NONE, "\"" DEF ".a.txt\" " BAD},
    {"a.tsv", NULL, NULL, NULL, NONE, NO " \"a.tsv\"."},
    {"a.csv", NULL, NULL, NULL, NONE, NO " \"a.csv\"."},
    {"a", NULL, NULL, NULL, NONE, NO " \"a\"."},
    {"in.c-m.a.csv", NULL, NULL, NULL, NAME, "in.c-m.a"},
    {"in.c-m.a.csv", NULL, NULL, DEF, NAME, "in.c-m.a"},
    {"in.c-m.a", NULL, NULL, NULL, NAME, "in.c-m.a"},
    {"in.c-m.a", NULL, NULL, DEF, NAME, "in.c-m.a"},
    {"orders.csv.gz", NULL, NULL, NULL, NAME, "orders.csv.gz"},
    {"orders.csv.gz", NULL, NULL, DEF, NAME, "orders.csv.gz"},
    {"orders.gz", NULL, NULL, DEF, NONE, "\"" DEF ".orders.gz\" " BAD},
    {"a.b.csv", NULL, NULL, DEF, NONE, "\"" DEF ".a.b\" " BAD},
    {"a.b.csv", NULL, NULL, NULL, NONE, NO " \"a.b.csv\"."},
    {"a.b.c.csv", NULL, NULL, NULL, NAME, "a.b.c"},
    {"in.c-main.orders.v2.csv", NULL, NULL, DEF, NONE, "\"" DEF ".in.c-main.orders.v2\" " BAD},
    {"in.c-main.orders.v2.csv", NULL, NULL, NULL, NONE, NO " \"in.c-main.orders.v2.csv\"."},
    {"in.c-main.orders.csv.gz", NULL, NULL, NULL, NONE, NO " \"in.c-main.orders.csv.gz\"."},
    {".csv", NULL, NULL, DEF, NAME_B, DEF "."},
    {"csv", NULL, NULL, DEF, NAME_B, DEF ".csv"},
    {".a.csv", NULL, NULL, DEF, NONE, "\"" DEF "..a\" " BAD},
    {"a b.csv", NULL, NULL, DEF, NAME_B, DEF ".a b"},
    {"a-b_c.csv", NULL, NULL, DEF, NAME_B, DEF ".a-b_c"},
    {"d\xc3\xa9j\xc3\xa0.csv", NULL, NULL, DEF, NAME_B, DEF ".d\xc3\xa9j\xc3\xa0"},
    {"..", NULL, NULL, DEF, NAME, ".."},
    {"a..csv", NULL, NULL, DEF, NONE, "\"" DEF ".a.\" " BAD},
    /* odd default buckets */
    {"a.csv", NULL, NULL, "main", NONE, "\"main.a\" " BAD},
    {"a.b.csv", NULL, NULL, "in", NAME_B, "in.a.b"},
    {"a.csv", NULL, NULL, "in.c-x.y", NONE, "\"in.c-x.y.a\" " BAD},
    {"a.csv", NULL, NULL, "in.", NAME_B, "in..a"},
    {"a.csv", "t", NULL, "main", NONE, "\"main.t\" " BAD},
    {"a.csv", "b.t", NULL, "in", MANIFEST_B, "in.b.t"},
};

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

START_TEST(destinations_are_found_in_the_platforms_order)
{
    struct csvk_destination got;
    ck_assert_int_eq(csvk_destination_resolve(cases[_i].name, cases[_i].manifest, cases[_i].mapping,
                                              cases[_i].bucket, &got),
                     CSVK_OK);
    ck_assert_int_eq(got.rule, cases[_i].rule);
    if (cases[_i].rule == NONE) {
        ck_assert_ptr_null(got.id);
        ck_assert_ptr_nonnull(got.error);
        ck_assert_msg(ends_with(got.error, cases[_i].id), "%s", got.error);
    } else {
        ck_assert_ptr_null(got.error);
        ck_assert_str_eq(got.id, cases[_i].id);
    }
    csvk_destination_release(&got);
    csvk_destination_release(&got);
}
END_TEST

static const struct {
    const char *id, *words; /* NULL: no doubt */
    bool fatal;
} doubts[] = {
    {"in.c-main.orders", NULL, false},
    {"out.c-main.a-b_C9", NULL, false},
    {"sys.c-x.t", NULL, false},
    {"in.main.t", "c-", false},
    {"in.c-.t", "c-", false},
    {"in.c-m._t", "begin with _", false},
    {"orders.csv.gz", "stage", true},
    {"IN.c-m.t", "stage", true},
    {"..", "stage", true},
    {"in..t", "bucket", true},
    {"in.c-m m.t", "bucket", true},
    {"in.c-m.", "table", true},
    {"in.c-m.t t", "table", true},
    {"in.c-m.\xc3\xa9", "table", true},
    {"in.c-m", "three", true},
    {"in", "three", true},
    {"in.c-m.t.u", "three", true},
    {"in.c-m."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaa",
     NULL, false},
    {"in.c-m."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaa",
     "96", true},
};

START_TEST(doubtful_ids_are_reported)
{
    bool fatal = false;
    const char *got = csvk_destination_doubt(doubts[_i].id, &fatal);
    ck_assert_int_eq(got != NULL, doubts[_i].words != NULL);
    if (got != NULL) {
        ck_assert_msg(strstr(got, doubts[_i].words) != NULL, "%s", got);
        ck_assert_int_eq(fatal, doubts[_i].fatal);
    }
}
END_TEST

START_TEST(default_buckets_are_made_as_the_platform_does)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_default_bucket("in", "vendor.ex_db", "12_3", &out), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), "in.c-vendor-ex-db-12_3");
    csvk_buf_release(&out);
}
END_TEST

START_TEST(rules_have_names)
{
    ck_assert_str_eq(csvk_destination_rule_name(NONE), "none");
    ck_assert_str_eq(csvk_destination_rule_name(MAPPING), "mapping");
    ck_assert_str_eq(csvk_destination_rule_name(MANIFEST), "manifest");
    ck_assert_str_eq(csvk_destination_rule_name(MANIFEST_B), "manifest+default-bucket");
    ck_assert_str_eq(csvk_destination_rule_name(NAME), "name");
    ck_assert_str_eq(csvk_destination_rule_name(NAME_B), "name+default-bucket");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("destination");
    TCase *tcase = tcase_create("destination");
    tcase_add_loop_test(tcase, destinations_are_found_in_the_platforms_order, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_loop_test(tcase, doubtful_ids_are_reported, 0,
                        (int)(sizeof doubts / sizeof doubts[0]));
    tcase_add_test(tcase, default_buckets_are_made_as_the_platform_does);
    tcase_add_test(tcase, rules_have_names);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
