/*
 * test_io_memory.c - every allocation of sources, sinks and the gzip writer fails once, in turn:
 * the answer is CSVK_ENOMEM or right, nothing is leaked, no file is left behind.
 */
#include "csvkit/io/deflate/gzip_writer.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-memory-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void drop_folder(void)
{
    char command[64];
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static int write_sink(const char *path, int level)
{
    struct csvk_sink *sink;
    struct csvk_error err = {0};
    int status = csvk_sink_open(&sink, path, level, &err);
    if (status == CSVK_OK) {
        status = csvk_sink_write(sink, "a,b\n1,2\n", 8, &err);
    }
    if (status == CSVK_OK) {
        status = csvk_sink_commit(sink, &err);
    }
    csvk_sink_free(sink);
    ck_assert_int_eq(err.status, status);
    return status;
}

static int sink_plain(void)
{
    return write_sink("plain.csv", 0);
}

static int sink_gzip(void)
{
    return write_sink("gzip.csv", 2);
}

static int sink_link(void)
{
    return write_sink("link.csv", 0);
}

/* The file is "a,b\n1,2\n", whatever it went through. */
static int read_source(const char *path, const char *encoding)
{
    struct csvk_source *source;
    struct csvk_error err = {0};
    char text[16];
    size_t length = 0, got = 1;
    int status = csvk_source_open(&source, path, &err);
    if (status == CSVK_OK && encoding != NULL) {
        status = csvk_source_set_encoding(source, encoding, &err);
    }
    while (status == CSVK_OK && got > 0) {
        status = csvk_source_read(source, text + length, sizeof text - length, &got, &err);
        length += got;
    }
    if (status == CSVK_OK) {
        ck_assert_uint_eq(length, 8);
        ck_assert_int_eq(memcmp(text, "a,b\n1,2\n", 8), 0);
        ck_assert_ptr_null(csvk_source_damage(source));
    }
    csvk_source_free(source);
    ck_assert_int_eq(err.status, status);
    return status;
}

static int source_plain(void)
{
    return read_source("plain.csv", NULL);
}

static int source_gzip(void)
{
    return read_source("gzip.csv", NULL);
}

static int source_encoded(void)
{
    return read_source("gzip.csv", "latin1");
}

static int source_memory(void)
{
    struct csvk_source *source;
    int status = csvk_source_memory(&source, "a", 1, NULL);
    csvk_source_free(source);
    return status;
}

static int list(void)
{
    struct csvk_strings files = {0};
    int status = csvk_list_slices(".", &files, NULL);
    ck_assert(status != CSVK_OK || files.count == 3);
    csvk_strings_release(&files);
    return status;
}

static int ignore(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)context, (void)bytes, (void)length, (void)err;
    return CSVK_OK;
}

static int gzip_threads(void)
{
    struct csvk_gzip *gzip;
    struct csvk_gzip_options options = {3, 3, 1000};
    struct csvk_gzip_output output = {ignore, NULL};
    int status = csvk_gzip_new(&gzip, &options, output, NULL);
    if (status == CSVK_OK) {
        status = csvk_gzip_write(gzip, "a,b\n", 4, NULL);
    }
    if (status == CSVK_OK) {
        status = csvk_gzip_finish(gzip, NULL, NULL);
    }
    csvk_gzip_free(gzip);
    return status;
}

/* Runs `job` with its 1st, 2nd, ... allocation refused, until it needs no more of them. */
static void fail_each(int (*job)(void))
{
    int status = CSVK_ENOMEM;
    long n;
    for (n = 0; n < 1000 && status != CSVK_OK; n++) {
        alloc_countdown = n;
        status = job();
        alloc_countdown = -1;
        ck_assert(status == CSVK_OK || status == CSVK_ENOMEM);
        ck_assert_int_eq(alloc_alive, 0);
    }
    ck_assert_int_gt(n, 1);
    ck_assert_int_eq(status, CSVK_OK);
}

START_TEST(every_allocation_may_fail)
{
    fail_each(sink_plain);
    fail_each(sink_gzip);
    ck_assert_int_eq(symlink("plain.csv", "link.csv"), 0);
    fail_each(sink_link);
    fail_each(source_plain);
    fail_each(source_gzip);
    fail_each(source_encoded);
    fail_each(source_memory);
    fail_each(list); /* no temporary file among them: those are hidden, so count them, too */
    fail_each(gzip_threads);
    ck_assert_int_eq(system("test $(ls -A | wc -l) = 3"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("io memory");
    TCase *tcase = tcase_create("io memory");
    tcase_add_checked_fixture(tcase, make_folder, drop_folder);
    tcase_add_test(tcase, every_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
