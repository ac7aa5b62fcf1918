/* test_value_form.c - which values are alike, and in which degree. */
#include "csvkit/normalize/value_form.h"
#include "tests/support/support.h"

#include <string.h>

enum form_likeness { LIKE_FINE, LIKE_MEDIUM, LIKE_COARSE, LIKE_NONE };

/* The finest form that two values share. */
struct form_pair {
    const char *a, *b;
    enum form_likeness likeness;
};

static const struct form_pair form_pairs[] = {
    {"2025-01-03", "1999-12-31", LIKE_FINE},
    {"2025-01-03", "2025-1-3", LIKE_MEDIUM},
    {"2025-01-03", "2025/01/03", LIKE_NONE},
    {"123456789", "1234567890", LIKE_FINE}, /* nine digits and more */
    {"12345678", "123456789", LIKE_MEDIUM},
    {"7", "12", LIKE_MEDIUM},
    {"7", "a", LIKE_NONE},
    {"Ann", "Elisabeth", LIKE_FINE},
    {"ANN", "BOB", LIKE_FINE},
    {"ANN", "Ann", LIKE_COARSE},
    {"\xc3\xa4", "a", LIKE_FINE}, /* bytes beyond ASCII are letters, and small ones */
    {"\xc3\x84Z", "Az", LIKE_COARSE},
    {"Ann Lee", "Bob  Ray", LIKE_FINE},
    {"Ann Lee", "Bob\tRay", LIKE_FINE},
    {"Ann Lee", "Bob\nRay", LIKE_NONE},
    {"Ann\nLee", "Bob \n Ray", LIKE_FINE},
    {"Ann\rLee", "Bob Ray", LIKE_FINE},
    {"a,b", "a;b", LIKE_NONE},
    {"a.b.c, and so", "a,b,c; and so", LIKE_COARSE}, /* punctuation of texts is one kind */
    {"a.b.c.d", "a,b,c,d", LIKE_NONE},               /* of short values it is not */
    {"--", "-", LIKE_COARSE},
    {"$5", "5$", LIKE_COARSE},
    {"1.2.3.4.5.6", "9.9.9.9.9.9", LIKE_FINE},
    {"1.2.3.4.5.6", "99.9.9.9.9.9", LIKE_MEDIUM},
    {"1.2.3.4.5.6.7", "9.99.9.9.9.9.9", LIKE_FINE}, /* more than 12 runs: the coarse form */
    {"1.2.3.4.5.6.", "1.2.3.4.5.6.7", LIKE_NONE},
    {"abcd", "abcdefghijklmno", LIKE_FINE},
    {"a.b.c.d.e.f.g\nh", "a.b.c.d.e.f.ghh", LIKE_NONE}, /* coarse forms of other bytes */
    {"a.b.c.d.e.f.g h", "a.b.c.d.e.f.ghh", LIKE_NONE},
    {"a.b.c.d.e.f.g\nh", "a.b.c.d.e.f.g h", LIKE_NONE},
    {"a.b.c.d.e.f.g\nh", "a.b.c.d.e.f.g\rh", LIKE_FINE},
    {"a.b.c.d.e.f.g\th", "a.b.c.d.e.f.g h", LIKE_FINE},
    {"a.b.c.d.e.f.g-h", "a.b.c.d.e.f.g,h", LIKE_NONE},
};
enum { FORM_PAIRS = sizeof form_pairs / sizeof form_pairs[0] };

static struct csvk_bytes bytes_of(const char *text)
{
    return (struct csvk_bytes){(const unsigned char *)text, strlen(text)};
}

static struct norm_form form_of(const char *text)
{
    struct norm_form form;
    norm_form_of(bytes_of(text), &form);
    return form;
}

START_TEST(values_have_forms_in_three_degrees)
{
    const struct form_pair *pair = &form_pairs[_i];
    struct norm_form a = form_of(pair->a), b = form_of(pair->b);
    enum form_likeness got = a.fine == b.fine                               ? LIKE_FINE
                             : norm_form_medium(&a) == norm_form_medium(&b) ? LIKE_MEDIUM
                             : norm_form_coarse(&a) == norm_form_coarse(&b) ? LIKE_COARSE
                                                                            : LIKE_NONE;
    ck_assert_msg(got == pair->likeness, "%s and %s: %d", pair->a, pair->b, (int)got);
    ck_assert(norm_form_value(bytes_of(pair->a)) != norm_form_value(bytes_of(pair->b)));
    struct norm_form again = form_of(pair->a);
    ck_assert(a.fine == again.fine && norm_form_medium(&a) == norm_form_medium(&again) &&
              norm_form_coarse(&a) == norm_form_coarse(&again));
    ck_assert(a.has_break == (strchr(pair->a, '\n') != NULL || strchr(pair->a, '\r') != NULL));
}
END_TEST

START_TEST(lengths_are_told_apart_by_factors_of_four)
{
    char text[1025];
    memset(text, 'a', sizeof text);
    uint64_t last = 0;
    int changes = 0;
    for (size_t length = 1; length <= 1024; length++) {
        struct norm_form form;
        norm_form_of((struct csvk_bytes){(const unsigned char *)text, length}, &form);
        uint64_t now = norm_form_coarse(&form);
        if (now != last) {
            ck_assert((length & (length - 1)) == 0);
            changes++;
        }
        last = now;
    }
    ck_assert_int_eq(changes, 6); /* 1, 4, 16, 64, 256, 1024 */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value_form");
    TCase *tcase = tcase_create("value_form");
    tcase_add_loop_test(tcase, values_have_forms_in_three_degrees, 0, FORM_PAIRS);
    tcase_add_test(tcase, lengths_are_told_apart_by_factors_of_four);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
