/* test_sniff_comments.c - lines that begin with # and are no records; fields that are not always
 * there; escapes before delimiters and line breaks; quotes that are data. */
#include "csvkit/sniff.h"

#include "tests/support/support.h"

#include <string.h>

static struct csvk_sniff sniff_text(const char *text)
{
    struct csvk_sniff got = {.size = sizeof got};
    struct csvk_bytes bytes = {(const unsigned char *)text, strlen(text)};
    ck_assert_int_eq(csvk_sniff(bytes, CSVK_SAMPLE_WHOLE, &got, NULL), CSVK_OK);
    return got;
}

struct comment_case {
    const char *text;
    uint64_t comments, records;
    int delimiter;
};

#define THREE(line) line line line

START_TEST(comments_stand_aside)
{
    static const struct comment_case cases[] = {
        {"# by x, for y, z\n# in 2024, of a, b, c\na\tb\n1\tu\n# one more, x\n2\tv, w\n3\tx\n"
         "# end, of all\n",
         4, 4, '\t'},
        {"a,b\n1,2\n# a note\n3,4\n5,6\n", 1, 4, ','},
        {"a,b\r1,2\r# a note\r3,4\r5,6\r", 1, 4, ','},
        /* Lines above names that begin so, too: skip_head. */
        {"# by x\n# by y\n# by z\n#a\tb\n1\tu\n2\tv\n3\tw\n", 0, 4, '\t'},
        /* Values that begin so, or all records; a title above the table. */
        {"a,b\n#1,2\n#2,4\n#3,6\n", 0, 4, ','},
        {"a,b\n1,2\n#2,4\n3,6\n8\n", 0, 5, ','},
        {"#1,2\n#2,4\n#3,6\n", 0, 3, ','},
        {"# by x\n# by y\n", 0, 2, ','},
        {"# by x\n1\n2\n", 0, 3, ','},
        {"a;b|c\n1;2|3\n# by x\n4;5|6\n", 0, 4, ';'}, /* or | */
        {"sep=;\na;b\n# by x\n1;2\n", 0, 3, ';'},
        /* A last field that is not always there. */
        {"a\tb\tc\n" THREE("1\t2\n") THREE("1\t2\t3, 4\n") THREE("1\t2\n"), 0, 10, '\t'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csvk_sniff got = sniff_text(cases[i].text);
        ck_assert_msg(got.comments == cases[i].comments && got.records == cases[i].records &&
                          got.dialect.delimiter == cases[i].delimiter,
                      "%zu: %llu comments, %llu records, %s, %s", i,
                      (unsigned long long)got.comments, (unsigned long long)got.records,
                      got.on_delimiter.evidence, got.on_comments.evidence);
        ck_assert_int_eq(got.on_comments.score, got.comments != 0 ? 90 : 0);
    }
}
END_TEST

/* Options of file systems: commas that stand in no table. */
START_TEST(another_delimiter_that_splits_all)
{
    struct csvk_sniff got = sniff_text(THREE("x /x y a,b 0 0\n") THREE("x /y y a,b 0 0\n")
                                           THREE("x /y y a,b,c,d 0 0\n") "x / y z 0 0\n");
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_AMBIGUOUS);
    got = sniff_text(THREE("x x y,b\n") THREE("x y y,b\n") THREE("x y b,c,d\n") "x y z\n");
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_CLEAR);
}
END_TEST

/* Nine records of which four are as wide as the first one. */
#define SHORT(last) THREE("q,x,1,2,3\nq,x,1\nq,x,1,2\n") last

START_TEST(values_that_are_left_out_at_the_end)
{
    struct csvk_sniff got = sniff_text("id,n,a,b,c\n" SHORT("q,x,1,2\n"));
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_CLEAR);
    ck_assert_int_eq(got.dialect.delimiter, ',');
    ck_assert_uint_eq(got.candidate[0].width, 5);
    ck_assert_str_eq(got.on_delimiter.evidence,
                     "4 of 11 records have 5 fields, the others lack the last ones; second best: "
                     "none, score 0");
    static const char *const others[] = {
        "id,n,a,b\n" SHORT("q,x,1,2\n"), /* some are wider than the first one */
        "id,n,a,b,c\n" SHORT("q,x\n"),   /* one lacks more than half */
        "id, n, a, b, c\n" THREE("q, x, 1, 2, 3\nq, x, 1\nq, x, 1, 2\n") "q, x, 1\n", /* prose */
        "id,n,a,b,c\nq,x,1,2,3\nq,x,1\nq,x,1,2\nq,x,1,2,3\nq,x,1\nq,x,1,2\nq,x,1\nq,x,1,2\n",
        "id,n,a,b,c\n" SHORT("q,x,1,\"2\" 3\n"),                         /* a quote is at fault */
        "id,n,a,b;c,d\n" THREE("q,x,1;2,3\nq,x;1\nq,x,1;2\n") "q,x;1\n", /* one more delimiter */
        "i d,n,a,b,c\n" THREE(
            "q q,x,1,2,3\nq q,x,1\nq q,x,1,2\n") "q q,x,1,2\n", /* a blank splits all */
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        got = sniff_text(others[i]);
        ck_assert_msg(strstr(got.on_delimiter.evidence, "last ones") == NULL, "%zu: %s", i,
                      got.on_delimiter.evidence);
    }
}
END_TEST

START_TEST(a_last_field_that_is_not_always_there)
{
    struct csvk_sniff got = sniff_text("1\t2\n1\t2\n" THREE("3\t4\n1\t2\tx, y\n") THREE("3\t4\n"));
    ck_assert_str_eq(got.on_delimiter.evidence, "11 of 11 records have 3 fields, or lack the last "
                                                "one; second best: none, score 0");
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_CLEAR);
    got = sniff_text("1 | 2\n1 | 2\n" THREE("3 | 4 | 6 | 7\n1 | 2\n") THREE("3 | 4 | 6 | 7\n"));
    ck_assert_ptr_null(strstr(got.on_delimiter.evidence, "lack"));
    static const char *const others[] = {
        "1\t2\n" THREE("3\t4\t5\n3\t4\n") "1\t2\n3\t4\n",           /* nine are few */
        "1,2\n1,2\n" THREE("3,4\n1,2,x\n") THREE("3,4\n"),          /* commas stand in text */
        "1\t2\n1\t2\n" THREE("3\t4\n1\t2\tx\ty\n") THREE("3\t4\n"), /* two fields are lacking */
        "1\n1\n" THREE("3\n1\tx\n") THREE("3\n"),                   /* of two columns */
        "1\t2\n1\t2\n" THREE("3\n1\t2\n") THREE("1\t2\n"),          /* one field is left */
        "1\t2\n1\t2\n" THREE("3\t4\n1\t2\tx\n") THREE("3\n") "3\n", /* a third width */
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        got = sniff_text(others[i]);
        ck_assert_msg(strstr(got.on_delimiter.evidence, "lack") == NULL, "%s", others[i]);
    }
}
END_TEST

START_TEST(an_escape_that_aligns_the_records)
{
    static const struct {
        const char *text;
        int escape;
    } tables[] = {
        {"1\ta\n2\tb\\\tc\n3\td\n", '\\'},
        {"1\ta\n2\tb\\\nc\n3\td\n", '\\'},
        {"1\ta\r2\tb\\\rc\r3\td\r", '\\'},
        {"1\ta\n2\tb\\\tc\n3\td\te\tf\n", CSVK_NO_BYTE}, /* not all are alike with it */
        {"1\ta\n2\tb\\c\n3\td\te\n", CSVK_NO_BYTE},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct csvk_sniff got = sniff_text(tables[i].text);
        ck_assert_msg(got.dialect.escape == tables[i].escape, "%zu: %s", i,
                      got.on_delimiter.evidence);
    }
}
END_TEST

/* Quotes at the start of a field are data where they are no enclosures of a table that fits. */
START_TEST(quotes_that_are_data)
{
    static const struct {
        const char *text;
        int enclosure;
    } tables[] = {
        {"a,b\n1,the \"x\" y\n2,\"X\" is\n3,6\" x\n" THREE("6,7\n"), CSVK_NO_BYTE},
        {"a,b\n1,the \"x\" y\n2,\"X\" is\n8\n3,6\" x\n" THREE("6,7\n"), '"'},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct csvk_sniff got = sniff_text(tables[i].text);
        ck_assert_msg(got.dialect.enclosure == tables[i].enclosure, "%zu", i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sniff comments");
    TCase *tcase = tcase_create("comments");
    tcase_add_test(tcase, comments_stand_aside);
    tcase_add_test(tcase, another_delimiter_that_splits_all);
    tcase_add_test(tcase, a_last_field_that_is_not_always_there);
    tcase_add_test(tcase, values_that_are_left_out_at_the_end);
    tcase_add_test(tcase, an_escape_that_aligns_the_records);
    tcase_add_test(tcase, quotes_that_are_data);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
