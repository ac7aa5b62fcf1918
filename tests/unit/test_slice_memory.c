/*
 * test_slice_memory.c - every allocation of slicing and merging, of making parts and joining them
 * fails once, in turn: the answer is CSVK_ENOMEM, nothing is leaked, nothing is left behind.
 */
#include "manifest/manifest.h"
#include "manifest/slice.h"
#include "manifest/slice_parts.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
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

/* ---- in parts ---- */

static const char table[] = "a,b\n1,\"x\n2,3\n4,5\n\"\n6,7\n";

static int read_table(void *context, uint64_t offset, void *bytes, size_t length,
                      struct csvk_error *err)
{
    (void)context;
    (void)err;
    memcpy(bytes, table + offset, length);
    return CSVK_OK;
}

static const struct csvk_partial_input input = {
    "table.csv", sizeof table - 1, read_table, NULL, NULL, NULL, NULL};
static struct csvk_strings parts;

/* Makes the part of the bytes from..to in `path`, or joins `parts`, when that is NULL. */
static int make_or_join(const char *path, uint64_t from, uint64_t to)
{
    struct csvk_error err = {0};
    struct csvk_table_definition definition;
    struct csvk_slice_options how;
    struct csvk_slice_table_options options;
    struct csvk_slice_part_facts facts;
    struct csvk_slice_table_result *result = NULL;
    struct csvk_manifest_plan *plan = NULL;
    uint64_t again;
    csvk_table_definition_init(&definition);
    csvk_slice_options_init(&how);
    csvk_slice_table_options_init(&options);
    how.directory = path != NULL ? path : target;
    how.existing = CSVK_SLICE_REPLACE;
    how.form = CSVK_SLICE_PLAIN;
    options.table = &definition;
    options.how = &how;
    int status = csvk_manifest_plan_new(&plan, &err);
    options.manifest = plan;
    if (status == CSVK_OK && path != NULL) {
        status = csvk_slice_part(&options, &input, (struct csvk_partial_range){from, to}, &result,
                                 &facts, &err);
    } else if (status == CSVK_OK) {
        status = csvk_slice_parts_join(&options, &parts, &input, &result, &again, &err);
        ck_assert(status != CSVK_OK || (result->records == 2 && again == 1));
    }
    csvk_slice_table_result_free(result);
    csvk_manifest_plan_free(plan);
    csvk_table_definition_release(&definition);
    return status;
}

static int make_first(void)
{
    return make_or_join(parts.item[0], 0, 10);
}

/* Its guess is wrong: it begins within the enclosure. */
static int make_second(void)
{
    return make_or_join(parts.item[1], 10, input.size);
}

static int join_both(void)
{
    return make_or_join(NULL, 0, 0);
}

static int name_both(void)
{
    struct csvk_error err = {0};
    char *name;
    int status = csvk_slice_parts_input_name(&parts, &name, &err);
    csvk_free(name);
    return status;
}

static void add_part(const char *name)
{
    char path[120];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(csvk_strings_add(&parts, path), CSVK_OK);
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
    add_part("first");
    add_part("second");
    fail_each(make_first);
    fail_each(make_second);
    fail_each(join_both);
    fail_each(name_both);
    csvk_strings_release(&parts);
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
