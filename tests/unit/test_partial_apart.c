/*
 * test_partial_apart.c - parts of different runs are told apart: by the options, which have a text
 * each, and by the version of the object that they have read.
 */
#include "tests/support/support.h"
#include "validator/partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- options --------------------------------------------------------------------------------- */

static const char *option_of(const struct csvk_strings *options, const char *name)
{
    const char *found = NULL;
    size_t length = strlen(name);
    for (size_t i = 0; i < options->count; i++) {
        bool here = strncmp(options->item[i], name, length) == 0 && options->item[i][length] == '=';
        ck_assert(!here || found == NULL);
        found = here ? options->item[i] : found;
    }
    return found;
}

/* Each option has one text, and no two delimiters have the same. */
START_TEST(options_have_texts)
{
    static const struct {
        const char *delimiter, *text;
    } rows[] = {{",", "delimiter=,"},
                {"\\t", "delimiter=\\x09"},
                {"||", "delimiter=||"},
                {"\\\\x09", "delimiter=\\x5cx09"},
                {"a\\t\\\\", "delimiter=a\\x09\\"},
                {"|2345678", "delimiter=|2345678"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct csvk_validate_options o;
        struct csvk_strings texts = {0};
        struct csvk_error err = {0};
        csvk_validate_options_init(&o);
        ck_assert_int_eq(csvk_dialect_parse_delimiter(rows[i].delimiter, &o.dialect, &err),
                         CSVK_OK);
        ck_assert_int_eq(csvk_partial_options(&texts, &o, &err), CSVK_OK);
        ck_assert_str_eq(option_of(&texts, "delimiter"), rows[i].text);
        ck_assert_str_eq(option_of(&texts, "header"), "header=yes");
        for (size_t k = 0; k < texts.count; k++) {
            char name[100];
            snprintf(name, sizeof name, "%.*s", (int)strcspn(texts.item[k], "="), texts.item[k]);
            ck_assert_ptr_nonnull(option_of(&texts, name));
        }
        csvk_strings_release(&texts);
        csvk_validate_options_release(&o);
    }
}
END_TEST

/* A name with a comma is not two names, and no name is not an empty one. */
START_TEST(lists_of_names_have_texts)
{
    static const struct {
        const char *names[3], *text;
    } rows[] = {{{NULL}, "x="},
                {{""}, "x=\"\""},
                {{"", ""}, "x=\"\",\"\""},
                {{"a", "b"}, "x=a,b"},
                {{"a,b"}, "x=\"a,b\""},
                {{"a", "b "}, "x=a,b "},
                {{"\"a", "b\""}, "x=\"\"\"a\",\"b\"\"\""},
                {{"a\",\"b"}, "x=\"a\"\",\"\"b\""}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct csvk_strings names = {0}, out = {0};
        for (size_t k = 0; rows[i].names[k] != NULL; k++) {
            ck_assert_int_eq(csvk_strings_add(&names, rows[i].names[k]), CSVK_OK);
        }
        ck_assert_int_eq(csvk_partial_add_names(&out, "x", &names), CSVK_OK);
        ck_assert_uint_eq(out.count, 1);
        ck_assert_str_eq(out.item[0], rows[i].text);
        csvk_strings_release(&names);
        csvk_strings_release(&out);
    }
}
END_TEST

/* ---- versions -------------------------------------------------------------------------------- */

/* The line break at which the second part seems to begin is within a field. */
static const char misleading[] = "a,b\n1,\"\nx,y\nx,y\nx,y\n\"\n2,z\n";

enum { SECOND_FROM = 15 };

static char folder[40], path[2][60];

static int read_bytes(void *context, uint64_t offset, void *bytes, size_t length,
                      struct csvk_error *err)
{
    (void)context;
    (void)err;
    memcpy(bytes, misleading + offset, length);
    return CSVK_OK;
}

static struct csvk_partial_input input_of_version(const char *version)
{
    return (struct csvk_partial_input){
        .name = "table.csv", .size = sizeof misleading - 1, .read = read_bytes, .version = version};
}

static void make_part(int i, const char *version)
{
    struct csvk_partial_input input = input_of_version(version);
    struct csvk_partial_range range = {i == 0 ? 0 : SECOND_FROM, i == 0 ? SECOND_FROM : input.size};
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    csvk_validate_options_init(&options);
    ck_assert_msg(csvk_partial_judge(&input, &options, range, path[i], &err) == CSVK_OK, "%s",
                  err.text);
    csvk_validate_options_release(&options);
}

/* The second part is wrong, so the input is needed. What is said. */
static void join(const struct csvk_partial_input *input, int expected, struct csvk_error *err)
{
    struct csvk_validate_options options;
    struct csvk_partials *parts = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_strings paths = {0};
    uint64_t again = 0;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_strings_add(&paths, path[1]), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&paths, path[0]), CSVK_OK);
    int status = csvk_partials_open(&parts, &paths, &options, err);
    if (status == CSVK_OK) {
        status = csvk_partials_join(parts, input, NULL, &v, &again, err);
        ck_assert_uint_eq(again, status == CSVK_OK);
    }
    ck_assert_int_eq(status, expected);
    csvk_validator_free(v);
    csvk_partials_free(parts);
    csvk_strings_release(&paths);
    csvk_validate_options_release(&options);
}

START_TEST(versions_are_told_apart)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    struct csvk_error err = {0};
    snprintf(folder, sizeof folder, "%s/csvkit-apart-XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof path[i], "%s/%d", folder, i);
        make_part(i, "\"one\"");
    }
    struct csvk_partial_input one = input_of_version("\"one\"");
    struct csvk_partial_input two = input_of_version("\"two\""), none = input_of_version(NULL);
    join(&one, CSVK_OK, &err);
    join(&two, CSVK_EUSAGE, &err);
    ck_assert_str_eq(err.text, "table.csv: these are parts of its version \"one\", and it has "
                               "version \"two\" now");
    join(&none, CSVK_EUSAGE, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "of its version \"one\", and it has version none now"));

    none.missing = "the line is down";
    join(&none, CSVK_EUSAGE, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "/1: a record begins at byte 22, where this part did"));
    ck_assert_ptr_nonnull(strstr(err.text, "will be judged again (the line is down)"));
    join(NULL, CSVK_EUSAGE, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "(it is not at hand)"));

    make_part(1, "\"two\"");
    join(&one, CSVK_EUSAGE, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "/1 are parts of two versions of an object: \"one\" of "
                                           "table.csv, and \"two\" of table.csv"));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(unlink(path[i]), 0);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partial_apart");
    TCase *tcase = tcase_create("partial_apart");
    tcase_add_test(tcase, options_have_texts);
    tcase_add_test(tcase, lists_of_names_have_texts);
    tcase_add_test(tcase, versions_are_told_apart);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
