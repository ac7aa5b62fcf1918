/*
 * test_long_fields.c - fields over a limit are found in records of any length: in those that are
 * kept in memory and in those that only pass, however they are cut, and with the same sizes.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

enum { LIMIT = 1 << 20 };

static struct csvk_buf file;

static void fill(char byte, size_t count)
{
    ck_assert_int_eq(csvk_buf_reserve(&file, count), CSVK_OK);
    memset(file.data + file.length, byte, count);
    file.length += count;
}

static void text(const char *bytes)
{
    ck_assert_int_eq(csvk_buf_puts(&file, bytes), CSVK_OK);
}

/* One record with fields at the limit and over it, plain, enclosed, with enclosures inside. */
static void enter(void)
{
    file = (struct csvk_buf)CSVK_BUF_INIT;
    text("id,a,b,c,d,e\n1,");
    fill('x', LIMIT);
    text(",");
    fill('x', LIMIT + 1);
    text(",\"");
    fill('"', 2 * LIMIT);
    text("\",\"");
    fill('"', 2 * LIMIT + 2);
    text("\",\"");
    fill('y', LIMIT);
    text("\"\n2,,,,,\n");
}

static void leave(void)
{
    csvk_buf_release(&file);
}

struct passing {
    size_t window;
    uint64_t max_record; /* 0: as the validator says */
};

static void tune(struct csvk_options *options, void *context)
{
    const struct passing *how = context;
    options->window = how->window;
    options->max_record = how->max_record != 0 ? how->max_record : options->max_record;
}

static struct csvk_validator *judge(struct passing how, const char *key)
{
    struct csvk_validate_options options;
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_error err = {0};
    const struct csvk_validate_hooks hooks = {.size = sizeof hooks, .tune = tune, .context = &how};
    csvk_validate_options_init(&options);
    options.max_field = LIMIT;
    if (key != NULL) {
        ck_assert_int_eq(csvk_strings_add(&options.primary_key, key), CSVK_OK);
    }
    ck_assert_int_eq(csvk_source_memory(&source, file.data, file.length, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, &options, &hooks, &err) == CSVK_OK, "%s",
                  err.text);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
    return v;
}

static void check(struct csvk_validator *v)
{
    static const uint64_t fields[] = {3, 5};
    const struct csvk_report *report = NULL;
    size_t found = 0;
    ck_assert_int_eq(csvk_validator_report(v, &report, NULL), CSVK_OK);
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        if (strcmp(f->rule->id, "field-too-long") != 0) {
            continue;
        }
        ck_assert_uint_lt(found, 2);
        ck_assert_uint_eq(f->field, fields[found++]);
        ck_assert_uint_eq(f->record, 2);
        ck_assert_uint_eq(f->line, 2);
        ck_assert_uint_eq(f->column, f->byte - strlen("id,a,b,c,d,e\n") + 1);
        ck_assert_str_eq(f->extra[0].key, "size");
        ck_assert_uint_eq(f->extra[0].number, LIMIT + 1);
        ck_assert_uint_eq(f->extra[2].number, LIMIT);
    }
    ck_assert_uint_eq(found, 2);
    ck_assert_uint_eq(report->errors, 2);
    csvk_validator_free(v);
}

START_TEST(a_record_that_only_passes)
{
    static const size_t windows[] = {4096, 65537, 1000000, 0};
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        check(judge((struct passing){windows[i], 0}, NULL));
        check(judge((struct passing){windows[i], 4096}, NULL));
    }
}
END_TEST

START_TEST(a_record_in_memory)
{
    check(judge((struct passing){0, UINT64_MAX}, NULL));
    check(judge((struct passing){0, 0}, "id")); /* a key needs whole records */
}
END_TEST

/* Without a limit nothing is measured. */
START_TEST(no_limit)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    const struct csvk_batch *batch;
    size_t facts = 0;
    csvk_options_init(&options);
    options.max_record = 4096;
    ck_assert_int_eq(csvk_source_memory(&source, file.data, file.length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nfacts; i++) {
            facts += batch->facts[i].kind == CSVK_FACT_LONG_FIELD;
        }
    }
    ck_assert_uint_eq(facts, 0);
    csvk_reader_free(reader);
    csvk_source_free(source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("long_fields");
    TCase *tcase = tcase_create("long_fields");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, enter, leave);
    tcase_add_test(tcase, a_record_that_only_passes);
    tcase_add_test(tcase, a_record_in_memory);
    tcase_add_test(tcase, no_limit);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
