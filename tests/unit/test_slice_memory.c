/*
 * test_slice_memory.c - every allocation of slicing and merging fails once, in turn: the answer is
 * CSVK_ENOMEM, nothing is leaked, nothing is left behind.
 */
#include "manifest/manifest.h"
#include "manifest/slice.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

static char folder[64], target[96];
static struct csvk_strings columns;

static int read_into(struct csvk_slicer *slicer, const char *text, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    const struct csvk_batch *batch;
    csvk_options_init(&how);
    how.detail = CSVK_RECORDS;
    int status = csvk_source_memory(&source, text, strlen(text), err);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &how, err) : status;
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, err);
        status = status == CSVK_OK ? csvk_slicer_feed(slicer, batch, 1, err) : status;
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status == CSVK_END ? csvk_slicer_finish(slicer, err) : status;
}

static int slice(void)
{
    static const unsigned char manifest[] = "{}\n";
    struct csvk_bytes text = {manifest, sizeof manifest - 1};
    struct csvk_error err = {0};
    struct csvk_slicer *slicer = NULL;
    struct csvk_slice_options how;
    csvk_slice_options_init(&how);
    how.directory = target;
    how.existing = CSVK_SLICE_REPLACE;
    how.cut = CSVK_SLICE_BY_RECORDS;
    how.records_each = 1;
    how.threads = 2;
    int status = csvk_slicer_new(&slicer, &how, &err);
    status = status == CSVK_OK ? read_into(slicer, "a,b\n1,2\n3,4\n5,6\n", &err) : status;
    status = status == CSVK_OK ? csvk_slicer_commit(slicer, &text, &err) : status;
    csvk_slicer_free(slicer);
    ck_assert_int_eq(err.status, status);
    return status;
}

static int take(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)bytes;
    (void)err;
    *(size_t *)context += length;
    return CSVK_OK;
}

static int merge(void)
{
    size_t length = 0;
    struct csvk_merge_options how;
    struct csvk_merge_output output = {take, &length};
    struct csvk_merge_totals totals = {.size = sizeof totals};
    struct csvk_error err = {0};
    csvk_merge_options_init(&how);
    how.columns = &columns;
    int status = csvk_merge(target, &how, output, &totals, &err);
    ck_assert(status != CSVK_OK || length == strlen("a,b\n1,2\n3,4\n5,6\n"));
    return status;
}

static int describe(void)
{
    static const char text[] =
        "{\"schema\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"incremental\":true}";
    struct csvk_manifest *base = NULL, *made = NULL;
    struct csvk_findings findings = {0};
    struct csvk_manifest_options options;
    struct csvk_error err = {0};
    csvk_manifest_options_init(&options);
    options.generation = CSVK_GENERATION_NATIVE;
    options.columns = options.primary_key = &columns;
    int status = csvk_manifest_parse(&base, text, sizeof text - 1, &findings, &err);
    status = status == CSVK_OK ? csvk_slice_manifest(&made, base, &options, &err) : status;
    csvk_manifest_free(made);
    csvk_manifest_free(base);
    csvk_findings_release(&findings);
    return status;
}

/* Names in `folder` that begin with a dot: temporary ones. */
static int leftovers(void)
{
    DIR *list = opendir(folder);
    int count = 0;
    ck_assert_ptr_nonnull(list);
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        count += entry->d_name[0] == '.' && entry->d_name[1] != '\0' && entry->d_name[1] != '.';
    }
    closedir(list);
    return count;
}

static void fail_each(int (*work)(void))
{
    long before = alloc_alive;
    int status = CSVK_ENOMEM;
    for (long i = 0; status != CSVK_OK; i++) {
        ck_assert_int_lt(i, 10000);
        alloc_countdown = i;
        status = work();
        bool failed = alloc_countdown < 0;
        alloc_countdown = -1;
        ck_assert_msg(!failed || status == CSVK_ENOMEM, "allocation %ld: status %d", i, status);
        ck_assert_msg(alloc_alive == before, "allocation %ld: %ld blocks leaked", i,
                      alloc_alive - before);
        ck_assert_msg(leftovers() == 0, "allocation %ld: something is left behind", i);
    }
}

START_TEST(allocations_fail)
{
    char command[160];
    snprintf(folder, sizeof folder, "%s/csvkit-slice-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(target, sizeof target, "%s/table", folder);
    ck_assert_int_eq(csvk_strings_add(&columns, "a"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&columns, "b"), CSVK_OK);
    fail_each(slice);
    fail_each(merge);
    fail_each(describe);
    csvk_strings_release(&columns);
    ck_assert_int_eq(alloc_alive, 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("slice memory");
    TCase *t = tcase_create("slice memory");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, allocations_fail);
    suite_add_tcase(s, t);
    return support_run(s);
}
