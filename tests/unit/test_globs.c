/*
 * test_globs.c - patterns of the project file: what they match, what is wrong with one, and that no
 * pattern is slow.
 */
#include "tests/support/support.h"

#include "csvkit/cli/project/glob.h"

#include <check.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *glob, *path;
    bool matches;
} rows[] = {
    /* without a slash: the name, in any folder */
    {"a.csv", "a.csv", true},
    {"a.csv", "x/y/a.csv", true},
    {"a.csv", "xa.csv", false},
    {"a.csv", "a.csv.gz", false},
    {"a.csv", "a.csv/b", false},
    {"*.csv", "x/y/orders.csv", true},
    {"*.csv", ".csv", true},
    {"*.csv", "orders.tsv", false},
    {"*", "x/anything", true},
    {"*a*b*", "xxaxxbxx", true},
    {"*a*b*", "xxbxxaxx", false},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"a?c",
     "a\xe6\xbc\xa2"
     "c",
     true}, /* one character of three bytes */
    {"a??c",
     "a\xe6\xbc\xa2"
     "c",
     false},
    {"?", "\xff", true}, /* a byte that is no UTF-8 */
    {"A.csv", "a.csv", false},
    /* with a slash: the path from the folder of the file on */
    {"x/a.csv", "x/a.csv", true},
    {"x/a.csv", "y/x/a.csv", false},
    {"/a.csv", "a.csv", true},
    {"/a.csv", "x/a.csv", false},
    {"./a.csv", "a.csv", true},
    {"./a.csv", "x/a.csv", false},
    {"x/*.csv", "x/a.csv", true},
    {"x/*.csv", "x/y/a.csv", false},
    {"x/?/a", "x///a", false},
    {"*/a", "x/a", true},
    {"*/a", "x/y/a", false},
    {"x/", "x/a", true},
    {"x/", "x/y/a", true},
    {"x/", "x", false},
    {"x/", "y/x/a", false},
    /* folders */
    {"**/a", "a", true},
    {"**/a", "x/a", true},
    {"**/a", "x/y/a", true},
    {"**/a", "xa", false},
    {"**/a", "x/ya", false},
    {"x/**", "x/a", true},
    {"x/**", "x/y/z", true},
    {"x/**", "y/a", false},
    {"x/**/a", "x/a", true},
    {"x/**/a", "x/y/z/a", true},
    {"x/**/a", "x/ya", false},
    {"x/**/y/**/a", "x/1/y/2/3/a", true},
    {"x/**/y/**/a", "x/1/2/3/a", false},
    {"**", "x/y", true},
    {"x/a**b", "x/a1b", true}, /* no whole name: as one star */
    {"x/a**b", "x/a1/b", false},
    {"x/a**/b", "x/a1/b", true},
    {"x/a**/b", "x/a1/2/b", false},
    {"x/**b", "x/1b", true},
    {"x/**b", "x/1/b", false},
    /* sets and escapes */
    {"[abc].csv", "b.csv", true},
    {"[abc].csv", "d.csv", false},
    {"[a-c]x", "bx", true},
    {"[!a-c]x", "bx", false},
    {"[^a-c]x", "dx", true},
    {"[]]x", "]x", true},
    {"[a-]x", "-x", true},
    {"[\\]]x", "]x", true},
    {"[\xc3\xa0-\xc3\xbf]x", "\xc3\xa9x", true}, /* a range beyond ASCII */
    {"x/[!a]b", "x//b", false},                  /* a slash is in no set */
    {"\\*.csv", "*.csv", true},
    {"\\*.csv", "a.csv", false},
    {"\\{a\\}", "{a}", true},
    {"a\\[b", "a[b", true},
    {"a.csv", "", false},
};

START_TEST(patterns_match)
{
    ck_assert_ptr_null(project_glob_problem(rows[_i].glob));
    ck_assert_msg(project_glob_matches(rows[_i].glob, rows[_i].path) == rows[_i].matches,
                  "%s and %s", rows[_i].glob, rows[_i].path);
}
END_TEST

static const char *const bad[] = {"",   "/",  "./",  "a\\",   "{a,b}", "a}",    "[",
                                  "[]", "[a", "[!]", "[a\\]", "x/[a-", "[a]b[", "a\\\\\\"};

START_TEST(bad_patterns_are_refused)
{
    ck_assert_ptr_nonnull(project_glob_problem(bad[_i]));
}
END_TEST

/* Matchers that try every star again take years for this. */
START_TEST(no_pattern_is_slow)
{
    char glob[400], path[2000];
    size_t length = 0;
    for (int i = 0; i < 60; i++) {
        memcpy(glob + length, "*a**/", 5); /* no whole name, but for the last */
        length += 5;
    }
    glob[length++] = 'b';
    glob[length] = '\0';
    memset(path, 'a', sizeof path - 1);
    for (size_t i = 20; i < sizeof path - 1; i += 20) {
        path[i] = '/';
    }
    path[sizeof path - 1] = '\0';
    clock_t begin = clock();
    ck_assert(!project_glob_matches(glob, path));
    ck_assert(clock() - begin < CLOCKS_PER_SEC);
}
END_TEST

#define LOOP(test, list) tcase_add_loop_test(tcase, test, 0, (int)(sizeof(list) / sizeof(list)[0]))

int main(void)
{
    Suite *suite = suite_create("globs");
    TCase *tcase = tcase_create("globs");
    LOOP(patterns_match, rows);
    LOOP(bad_patterns_are_refused, bad);
    tcase_add_test(tcase, no_pattern_is_slow);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
