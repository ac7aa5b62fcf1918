/*
 * test_clusters.c - the width of text on a screen, and the carets of text reports under it: wide
 * characters, combining marks, emoji, control bytes, text from right to left.
 *
 * The widths in the tables are those that terminals use (Unicode annexes 11, 29 and 51). They were
 * written down from the standard, and not printed by the code that is tested here.
 */
#include "tests/support/support.h"

#include "csvkit/base/clusters.h"
#include "csvkit/extra/extra.h"
#include "csvkit/findings/findings.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WOMAN  "\xf0\x9f\x91\xa9"
#define GIRL   "\xf0\x9f\x91\xa7"
#define THUMB  "\xf0\x9f\x91\x8d"
#define TONE   "\xf0\x9f\x8f\xbd"
#define ZWJ    "\xe2\x80\x8d"
#define VS15   "\xef\xb8\x8e"
#define VS16   "\xef\xb8\x8f"
#define HEART  "\xe2\x9d\xa4"
#define KEYCAP "\xe2\x83\xa3"
#define FLAG_C "\xf0\x9f\x87\xa8"
#define FLAG_Z "\xf0\x9f\x87\xbf"
#define ACUTE  "\xcc\x81"
#define HAN    "\xe6\xbc\xa2" /* U+6F22 */
#define ALEF   "\xd7\x90"     /* Hebrew */
#define SHIN   "\xd8\xb4"     /* Arabic */

static const struct {
    const char *text;
    size_t clusters, columns, code_points;
} widths[] = {
    {"", 0, 0, 0},
    {"abc", 3, 3, 3},
    {"\xc3\xa9", 1, 1, 1}, /* e acute */
    {"e" ACUTE, 1, 1, 2},  /* the same, two codes */
    {"e" ACUTE "\xcc\xa7"
     "x",
     2, 2, 4},        /* two marks */
    {ACUTE, 1, 0, 1}, /* a mark alone */
    {HAN, 1, 2, 1},   /* Chinese */
    {HAN "a" HAN, 3, 5, 3},
    {"\xe3\x81\x82\xe3\x81\x8b\xe3\x82\x99", 2, 4, 3}, /* kana, a voiced mark */
    {"\xef\xbd\xb1", 1, 1, 1},                         /* half width kana */
    {"\xef\xbc\xa1\xef\xbc\x8c", 2, 4, 2},             /* full width A and comma */
    {"\xe3\x80\x80", 1, 2, 1},                         /* ideographic space */
    {"\xed\x95\x9c", 1, 2, 1},                         /* a Hangul syllable */
    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 1, 2, 3}, /* the same of three jamo */
    {"\xe0\xb8\x81\xe0\xb8\xb3", 1, 2, 2},             /* Thai, sara am */
    {"\xe0\xb8\x81\xe0\xb8\xb5\xe0\xb9\x88", 1, 1, 3}, /* Thai, vowel and tone above */
    {ALEF SHIN, 2, 2, 2},
    {ALEF "\xd6\xb7", 1, 1, 2},          /* a Hebrew vowel point */
    {"\xf0\x9f\x98\x80", 1, 2, 1},       /* an emoji */
    {THUMB TONE, 1, 2, 2},               /* with a skin tone */
    {WOMAN ZWJ WOMAN ZWJ GIRL, 1, 2, 5}, /* a family */
    {FLAG_C FLAG_Z, 1, 2, 2},            /* a flag */
    {FLAG_C FLAG_Z FLAG_C FLAG_Z, 2, 4, 4},
    {HEART, 1, 1, 1},      /* as text */
    {HEART VS16, 1, 2, 2}, /* as an emoji */
    {HEART VS15, 1, 1, 2}, /* as text, said so */
    {"1" VS16 KEYCAP, 1, 2, 3},
    {"a" VS16, 1, 1, 2},                   /* no emoji: no effect */
    {"\xe2\x80\x8b", 1, 0, 1},             /* zero width space */
    {"\xe2\x94\x80\xe2\x91\xa0", 2, 2, 2}, /* ambiguous width: narrow */
    {"\xf0\xa0\x80\x80", 1, 2, 1},         /* beyond the basic plane */
    {"\xee\x80\x80", 1, 1, 1},             /* private use */
    {"\xff\xc3", 2, 2, 2},                 /* no UTF-8 */
    {"a\xe2\x80\xae" ACUTE, 3, 2, 3},      /* a mark of direction is a cluster of its own */
};

static void measure(const char *text, size_t *clusters, size_t *columns)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t length = strlen(text), one = 0;
    *clusters = *columns = 0;
    for (size_t i = 0; i < length; (*clusters)++) {
        size_t n = csvk_cluster_next(p + i, length - i, &one);
        ck_assert(n > 0 && n <= length - i);
        *columns += one;
        i += n;
    }
    ck_assert_uint_eq(csvk_text_columns(p, length), *columns);
}

START_TEST(without_the_library_a_code_point_is_a_column)
{
    size_t clusters, columns;
    csvk_give_clusters(NULL);
    measure(widths[_i].text, &clusters, &columns);
    ck_assert_uint_eq(clusters, widths[_i].code_points);
    ck_assert_uint_eq(columns, widths[_i].code_points);
}
END_TEST

START_TEST(clusters_have_the_width_of_a_terminal)
{
    size_t clusters, columns;
    csvk_use_clusters();
    measure(widths[_i].text, &clusters, &columns);
    ck_assert_msg(clusters == widths[_i].clusters, "%d: %zu clusters", _i, clusters);
    ck_assert_msg(columns == widths[_i].columns, "%d: %zu columns", _i, columns);
}
END_TEST

/* ---- carets --------------------------------------------------------------------------------- */

static const struct {
    const char *before, *place, *after; /* the line; the finding is about `place` */
    const char *shown;                  /* what the report shows of it */
    size_t indent, width;               /* of the caret, in columns */
} carets[] = {
    {"a,", "b", ",c", "a,b,c", 2, 1},
    {HAN HAN ",", "x", "", HAN HAN ",x", 5, 1},
    {HAN ",", HAN HAN, ",1", HAN "," HAN HAN ",1", 3, 4},
    {"e" ACUTE ",", "x", "", "e" ACUTE ",x", 2, 1},
    {"", "e" ACUTE "e" ACUTE, ",x", "e" ACUTE "e" ACUTE ",x", 0, 2},
    {WOMAN ZWJ GIRL ",", "x", "", WOMAN ZWJ GIRL ",x", 3, 1},
    {"a,", FLAG_C FLAG_Z, ",b", "a," FLAG_C FLAG_Z ",b", 2, 2},
    {"\t\x01", "x", "", "\\t\\x01x", 6, 1},
    {"a,", "\t", "b", "a,\\tb", 2, 2},
    {"a,", "\xff", "b", "a,\\xffb", 2, 4},
    {"\xe2\x80\xae,", "x", "", "\\u{202e},x", 9, 1},
    {ALEF ALEF ",", SHIN SHIN, "", ALEF ALEF "," SHIN SHIN, 3, 2},
    {HEART VS16 ",", "x", "", HEART VS16 ",x", 3, 1},
    {"a", "", "", "a", 1, 1}, /* the end of the line: one caret behind it */
    /* No caret stands under a part of a cluster: it stands under the whole. */
    {"a,e", ACUTE, "x", "a,e" ACUTE "x", 2, 1},
    {"a" WOMAN ZWJ, GIRL, "x", "a" WOMAN ZWJ GIRL "x", 1, 2},
    /* The mark after an escape sits on its last letter. */
    {"\x01", ACUTE, "x", "\\x01" ACUTE "x", 3, 1},
};

static const struct csvk_rule rule = {"one", "E", "wrong", "first", "why", "", "", "", NULL, NULL};

/* The line and the carets in the report of one finding, which the caller frees. */
static char *show(const char *before, const char *place, const char *after)
{
    struct csvk_buf line = CSVK_BUF_INIT, out = CSVK_BUF_INIT;
    struct csvk_finding f = {.rule = &rule, .severity = CSVK_ERROR, .line = 1};
    struct csvk_findings list = {0};
    struct csvk_section section;
    struct csvk_report_options options;
    static const struct csvk_rule_set *const none[] = {NULL};
    ck_assert_int_eq(csvk_buf_printf(&line, "%s%s%s", before, place, after), CSVK_OK);
    f.column = strlen(before) + 1;
    f.length = strlen(place);
    ck_assert_int_eq(csvk_finding_quote(&f, line.data, line.length), CSVK_OK);
    ck_assert_int_eq(csvk_findings_add(&list, &f), CSVK_OK);
    csvk_section_of_findings(&section, &list);
    struct csvk_subject subject = {.file = "f", .section = &section, .nsections = 1};
    csvk_report_options_init(&options, none);
    ck_assert_int_eq(csvk_report_write(&subject, "text", &options, &out, NULL), CSVK_OK);
    char *end = strchr(csvk_buf_text(&out), '\n');
    ck_assert_ptr_nonnull(end);
    char *shown = strdup(end + 1);
    csvk_buf_release(&line);
    csvk_buf_release(&out);
    csvk_findings_release(&list);
    return shown;
}

START_TEST(carets_stand_under_their_place)
{
    char wanted[400];
    csvk_use_clusters();
    snprintf(wanted, sizeof wanted, "    %s\n    %*s^%.*s\n", carets[_i].shown,
             (int)carets[_i].indent, "", (int)carets[_i].width - 1, "~~~~~~~~~~~~");
    char *shown = show(carets[_i].before, carets[_i].place, carets[_i].after);
    ck_assert_str_eq(shown, wanted);
    free(shown);
}
END_TEST

/* 60 columns before the place at most, 40 of it; wide characters are never cut in two. */
START_TEST(a_window_is_measured_in_columns)
{
    char before[81] = "", place[81] = "";
    csvk_use_clusters();
    for (int i = 0; i < 26; i++) {
        memcpy(before + 3 * i, HAN, 4);
        memcpy(place + 3 * i, HAN, 4);
    }
    char *shown = show(before, place, "");
    char *caret = strchr(shown, '^');
    ck_assert_ptr_nonnull(caret);
    /* 26 are 52 columns: all are shown before the place, 20 of the place itself. */
    ck_assert_uint_eq(strspn(caret + 1, "~"), 39);
    ck_assert_uint_eq((size_t)(caret - strchr(shown, '\n') - 1), 4 + 52);
    ck_assert_ptr_nonnull(strstr(shown, "...\n"));
    free(shown);
}
END_TEST

#define LOOP(test, rows) tcase_add_loop_test(tcase, test, 0, (int)(sizeof(rows) / sizeof(rows)[0]))

int main(void)
{
    Suite *suite = suite_create("clusters");
    TCase *tcase = tcase_create("clusters");
    LOOP(without_the_library_a_code_point_is_a_column, widths);
    LOOP(clusters_have_the_width_of_a_terminal, widths);
    LOOP(carets_stand_under_their_place, carets);
    tcase_add_test(tcase, a_window_is_measured_in_columns);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
