/*
 * test_partial_memory.c - every allocation of making parts and of joining them fails once, in turn:
 * the answer is CSVK_ENOMEM, nothing is leaked, and no half of a part appears. This file brings the
 * allocator of the library itself, as test_validator_memory.c does.
 */
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"
#include "validator/partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char table[] = "id,b,c\n1,\"a\nb\",x\n1,2,3,4\n1,x\"y,5\n=1,2,3\n\n"
                            "1,\"an enclosed field that ends in a part that cannot know it,\n"
                            "7,8,9\n\xE9,2\x01,3\n\",z\n1,q,x\n2,,\n3,5,6\r\n";
enum { PARTS = 4 };
/* In memory where that can be: every file of a part is made to last, hundreds of times. */
static char in_memory[] = "/dev/shm/csvkit-parts-XXXXXX", on_disk[] = "/tmp/csvkit-parts-XXXXXX";
static char *folder = in_memory;

static int read_table(void *context, uint64_t offset, void *bytes, size_t length,
                      struct csvk_error *err)
{
    (void)context;
    (void)err;
    memcpy(bytes, table + offset, length);
    return CSVK_OK;
}

static int add_schema(struct csvk_validate_options *options, struct csvk_error *err)
{
    static const char *const names[] = {"id", "b", "c"};
    int status = csvk_schema_new(&options->schema, err);
    for (size_t i = 0; i < 3 && status == CSVK_OK; i++) {
        struct csvk_schema_column column = {.size = sizeof column,
                                            .name = names[i],
                                            .type = CSVK_VALUE_TABLE_INTEGER,
                                            .required = 1,
                                            .unique = i == 0};
        status = csvk_schema_add(options->schema, &column, err);
    }
    return status;
}

static int set_options(struct csvk_validate_options *options, struct csvk_error *err)
{
    csvk_validate_options_init(options);
    options->max_findings = 3;
    int status = csvk_validate_set_rule(options, "all", CSVK_WARNING, err);
    if (status == CSVK_OK && csvk_strings_add(&options->primary_key, "id") != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status == CSVK_OK ? add_schema(options, err) : status;
}

static int make_parts(const struct csvk_partial_input *input,
                      const struct csvk_validate_options *options, struct csvk_strings *paths,
                      struct csvk_error *err)
{
    int status = CSVK_OK;
    for (uint64_t i = 0; i < PARTS && status == CSVK_OK; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%d", folder, (int)i);
        struct csvk_partial_range range = {input->size * i / PARTS, input->size * (i + 1) / PARTS};
        unlink(path);
        status = csvk_partial_judge(input, options, range, path, err);
        ck_assert_int_eq(access(path, R_OK) == 0, status == CSVK_OK);
        if (status == CSVK_OK && csvk_strings_add(paths, path) != CSVK_OK) {
            status = CSVK_ENOMEM;
        }
    }
    return status;
}

static int join(const struct csvk_partial_input *input, const struct csvk_validate_options *options,
                const struct csvk_strings *paths, struct csvk_error *err)
{
    struct csvk_partials *parts = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *report = NULL;
    uint64_t again = 0;
    int status = csvk_partials_open(&parts, paths, options, err);
    status = status == CSVK_OK ? csvk_partials_join(parts, input, NULL, &v, &again, err) : status;
    status = status == CSVK_OK ? csvk_validator_report(v, &report, err) : status;
    ck_assert(status != CSVK_OK || (report->totals->bytes == sizeof table - 1 && again != 0));
    csvk_validator_free(v);
    csvk_partials_free(parts);
    return status;
}

static int whole_life(void)
{
    struct csvk_error err = {0};
    struct csvk_validate_options options;
    struct csvk_partial_input input = {"table.csv", sizeof table - 1, read_table, NULL, NULL, NULL,
                                       NULL};
    struct csvk_strings paths = {0};
    int status = set_options(&options, &err);
    status = status == CSVK_OK ? make_parts(&input, &options, &paths, &err) : status;
    status = status == CSVK_OK ? join(&input, &options, &paths, &err) : status;
    csvk_strings_release(&paths);
    csvk_validate_options_release(&options);
    return status;
}

static void remove_folder(void)
{
    for (int i = 0; i < PARTS; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%d", folder, i);
        unlink(path);
    }
    rmdir(folder);
}

START_TEST(every_allocation_may_fail)
{
    if (mkdtemp(folder) == NULL) {
        folder = mkdtemp(on_disk);
    }
    ck_assert_ptr_nonnull(folder);
    alloc_countdown = 1000000;
    ck_assert_int_eq(whole_life(), CSVK_OK);
    long total = 1000000 - alloc_countdown;
    ck_assert_int_gt(total, 300);
    ck_assert_int_eq(alloc_alive, 0);
    for (long i = 0; i < total; i++) {
        alloc_countdown = i;
        ck_assert_msg(whole_life() == CSVK_ENOMEM, "allocation %ld of %ld", i, total);
        ck_assert_int_eq(alloc_alive, 0);
    }
    remove_folder();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partial_memory");
    TCase *tcase = tcase_create("partial_memory");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, every_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
