/*
 * test_normalize_memory.c - every allocation of a normalize run fails once, in turn: the answer is
 * CSVK_ENOMEM, nothing is leaked, the old outputs stand, and no temporary file is left behind. Only
 * libcsv goes on without: it tries for less; then the outputs must be the right ones.
 */
#include "csvkit/normalize.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

/* Something for every repair that holds on to memory. */
static const char dirty[] =
    "\xef\xbb\xbf"
    "id,a name,a name\r\n"
    "1, \"x\",y\r\n2,\"a \"p,q\" b\",z\r\n3,\"l\r\nm\",z\r\n4,\"open,z\r\n5,b,c\r\n"
    "6,two\r\nlines,c\r\n7,b,c\r\n8,b\r\n9,b,c,d\r\n10,\"q \\\"r\\\" s\",c\r\n\r\n11,x\"y,c,\r\n"
    "12,\"a\"b\"c\",d\r\n=1+1, padded ,c\r\n13,\x00,c\r\n14,b,c\r\n15,b,c\n16,\"never closed,c\r\n";
static const char plain[] = "id;n;m\r\n1;\xe9;3\r\n2;b;4\r\n3;c;5\r\n4;d;6\r\n";

static char folder[32];

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-normalize-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    write_file("dirty.csv", dirty, sizeof dirty - 1);
    write_file("plain.csv", plain, sizeof plain - 1);
}

static void drop_folder(void)
{
    char command[64];
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static int run(const struct csvk_normalize_files *files, struct csvk_normalize_options *options)
{
    struct csvk_normalize_result result;
    struct csvk_error err = {0};
    int status = csvk_normalize_files(files, options, &result, &err);
    ck_assert_int_eq(err.status, status);
    ck_assert(status == CSVK_OK || err.text[0] != '\0');
    csvk_normalize_options_release(options);
    return status;
}

static int repair_all(void)
{
    struct csvk_normalize_options o;
    csvk_normalize_options_init(&o);
    o.guard_formulas = o.trim = true;
    return run(&(struct csvk_normalize_files){.input = "dirty.csv",
                                              .output = "out.csv",
                                              .rejects = "bad.csv",
                                              .log = "log",
                                              .verify = true},
               &o);
}

static int convert(void)
{
    struct csvk_normalize_options o;
    csvk_normalize_options_init(&o);
    o.names = CSVK_NORMALIZE_NAMES_STORAGE;
    if (csvk_strings_add(&o.columns, "m") != CSVK_OK ||
        csvk_strings_add(&o.columns, "id") != CSVK_OK) {
        csvk_normalize_options_release(&o);
        return CSVK_ENOMEM;
    }
    return run(&(struct csvk_normalize_files){.input = "plain.csv",
                                              .output = "out.csv",
                                              .encoding = "windows-1252",
                                              .sniff_delimiter = true,
                                              .gzip_level = 1},
               &o);
}

static void expect_file(const char *name, const unsigned char *want, size_t want_length)
{
    size_t length = 0;
    unsigned char *bytes = support_read_file(name, &length);
    ck_assert_msg(bytes != NULL && length == want_length && memcmp(bytes, want, length) == 0, "%s",
                  name);
    free(bytes);
}

static int count_files(void)
{
    DIR *list = opendir(".");
    int count = 0;
    ck_assert_ptr_nonnull(list);
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(list);
    return count;
}

static void write_old(void)
{
    static const char *const outputs[] = {"out.csv", "bad.csv", "bad.csv.jsonl", "log"};
    for (size_t i = 0; i < 4; i++) {
        write_file(outputs[i], "old", 3);
    }
}

static void fail_each(int (*job)(void), long may_go_on)
{
    write_old();
    alloc_countdown = 1000000;
    ck_assert_int_eq(job(), CSVK_OK);
    long total = 1000000 - alloc_countdown;
    ck_assert_int_gt(total, 10);
    ck_assert_int_eq(alloc_alive, 0);
    size_t length = 0;
    long went_on = 0;
    unsigned char *right = support_read_file("out.csv", &length);
    write_old();
    for (long i = 0; i < total; i++) {
        alloc_countdown = i;
        int status = job();
        alloc_countdown = -1;
        ck_assert_msg(status == CSVK_ENOMEM || status == CSVK_OK, "allocation %ld of %ld: %d", i,
                      total, status);
        ck_assert_int_eq(alloc_alive, 0);
        if (status == CSVK_OK) {
            expect_file("out.csv", right, length);
            write_old();
            went_on++;
        }
        expect_file("out.csv", (const unsigned char *)"old", 3);
        ck_assert_int_eq(count_files(), 6);
    }
    printf("%ld allocations\n", total);
    ck_assert_int_le(went_on, may_go_on);
    free(right);
}

START_TEST(every_allocation_may_fail)
{
    fail_each(repair_all, 20);
    fail_each(convert, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("normalize memory");
    TCase *tcase = tcase_create("normalize memory");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, make_folder, drop_folder);
    tcase_add_test(tcase, every_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
