/*
 * test_validator_details.c - every allocation fails once, in turn, while a dirty file is
 * read at each level of detail and while it is validated in the ways that keep different things in
 * memory: the answer is CSVK_ENOMEM, never a report that could be taken for a verdict, and nothing
 * is leaked. This file brings the allocator of the library itself. CSVK_ALLOCATIONS=N lets every
 * Nth allocation fail instead.
 */
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <stdlib.h>

/* Dirty in every way; the long fields make the arrays and the window grow. */
static unsigned char dirty[120000];
static size_t dirty_length;

static void put_text(const char *text)
{
    size_t n = strlen(text);
    memcpy(dirty + dirty_length, text, n);
    dirty_length += n;
}

static void make_dirty(void)
{
    dirty_length = 0;
    put_text("id,name,\"text\"\r\n");
    for (int i = 0; i < 800; i++) {
        put_text("1,\"a\"\"b\",x\r\n2,x\"y,\"q\" z\n\n3,\xff\x01,caf\xc3\xa9,4\r\r\n5,\" "
                 "a\nb,c,d\n\"\n");
    }
    put_text("6,\"");
    while (dirty_length < sizeof dirty - 8) {
        put_text("wide, ");
    }
}

static int read_all(enum csvk_detail detail, uint64_t max_record)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.detail = detail;
    options.window = 512;
    options.max_record = max_record;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    struct csvk_error err;
    int status = csvk_source_memory(&source, dirty, dirty_length, &err);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &options, &err) : status;
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, &err);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status == CSVK_END ? CSVK_OK : status;
}

static int validate(const char *key)
{
    struct csvk_validate_options options;
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    const struct csvk_report *report = NULL;
    struct csvk_error err;
    csvk_validate_options_init(&options);
    int status = csvk_source_memory(&source, dirty, dirty_length, &err);
    if (status == CSVK_OK && key != NULL) {
        status = csvk_strings_add(&options.primary_key, key);
    }
    if (status == CSVK_OK) {
        status = csvk_validate_source(&validator, source, &options, NULL, &err);
    }
    status = status == CSVK_OK ? csvk_validator_report(validator, &report, &err) : status;
    if (status == CSVK_OK) {
        ck_assert(!report->valid);
    }
    csvk_validator_free(validator);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
    return status;
}

static int way(int which)
{
    switch (which) {
    case 0: return read_all(CSVK_COUNTS, 0);
    case 1: return read_all(CSVK_COUNTS, 5);
    case 2: return read_all(CSVK_RECORDS, 0);
    case 3: return read_all(CSVK_FIELDS, 0);
    case 4: return validate(NULL);
    default: return validate("id");
    }
}

START_TEST(every_allocation_may_fail)
{
    make_dirty();
    alloc_countdown = 1000000;
    ck_assert_int_eq(way(_i), CSVK_OK);
    long total = 1000000 - alloc_countdown;
    ck_assert_int_gt(total, 5);
    ck_assert_int_eq(alloc_alive, 0);
    const char *knob = getenv("CSVK_ALLOCATIONS");
    long every = knob != NULL ? strtol(knob, NULL, 10) : 1;
    long step = 1 + total / 250;
    for (long i = 0; i < total; i += i < 250 ? every : every * step) {
        alloc_countdown = i;
        int status = way(_i);
        ck_assert_msg(status == CSVK_ENOMEM, "allocation %ld of %ld: status %d", i, total, status);
        ck_assert_int_eq(alloc_alive, 0);
    }
    alloc_countdown = -1;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_details");
    TCase *tcase = tcase_create("validator_details");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, every_allocation_may_fail, 0, 6);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
