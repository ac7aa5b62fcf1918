/*
 * test_normalize_memory.c - every allocation of a normalize run fails once, in turn: the answer is
 * CSVK_ENOMEM, nothing is leaked, the old outputs stand, and no temporary file is left behind. Only
 * libcsv goes on without: it tries for less; then the outputs must be the right ones.
 */
#include "csvkit/normalize.h"
#include "csvkit/schema/schema.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

/* Something for every repair that holds on to memory; sound records stand around each. @: a NUL. */
static const char *const dirty[] = {
    "60, \"Ann, 60\",y",
    "61,\"a \"p,q\" b\",z",
    "62,\"l\r\nm\",z",
    "63,\"Ann, 63,z",
    "64,two\r\nlines,c",
    "65,\"Cyd, 65\"",
    "66,\"Ann, 66\",y,",
    "67,\"Ann \\\"x\\\", 67\",z",
    "",
    "68,,\"Ann, 68\",z",
    "lone",
    "69,\"Ann \"x\", 69\",z",
    "=1+1, padded ,y",
    "70,@,c",
    "71\"Ann, 71\",z",
    "id,a name,a name",
    "72,b\"c,y",
    "73,\"never closed,y",
};
static const char plain[] = "id;n;m\r\n1;\xe9;3\r\n2;b;4\r\n3;c;5\r\n4;d;6\r\n";

static const char typed[] = "amount;day\r\n1 000,50;31.12.2024\r\n1,5;x\r\n;1.1.2024\r\n";

static char folder[32];

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_dirty(void)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_puts(&text, "\xef\xbb\xbfid,a name,a name\r\n");
    for (int i = 0; i < 80; i++) {
        status |= csvk_buf_printf(&text, "%d,\"Bob, %d\",%c\r\n", 100 + i, 10 + i, 'y' + i % 2);
        size_t next = i < 12 ? SIZE_MAX : (size_t)(i - 12) / 3;
        if (i % 3 == 0 && next < sizeof dirty / sizeof *dirty) {
            status |= csvk_buf_printf(&text, "%s\r\n", dirty[next]);
        }
    }
    ck_assert_int_eq(status, CSVK_OK);
    unsigned char *nul = memchr(text.data, '@', text.length);
    ck_assert_ptr_nonnull(nul);
    *nul = 0;
    write_file("dirty.csv", (const char *)text.data, text.length);
    csvk_buf_release(&text);
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-normalize-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    write_dirty();
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
    struct csvk_normalize_result result = {.size = sizeof result};
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
    return run(&(struct csvk_normalize_files){.size = sizeof(struct csvk_normalize_files),
                                              .input = "dirty.csv",
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
    return run(&(struct csvk_normalize_files){.size = sizeof(struct csvk_normalize_files),
                                              .input = "plain.csv",
                                              .output = "out.csv",
                                              .encoding = "windows-1252",
                                              .sniff_delimiter = true,
                                              .gzip_level = 1},
               &o);
}

/* The schema of typed.csv; NULL: no memory. */
static struct csvk_schema *make_schema(void)
{
    struct csvk_schema *schema = NULL;
    struct csvk_schema_table table = {.size = sizeof table, .kind = CSVK_SCHEMA_TABLE};
    struct csvk_schema_column amount = {.size = sizeof amount, .name = "amount"}, day = amount;
    amount.type = CSVK_VALUE_TABLE_NUMBER;
    amount.decimal_char = ",";
    amount.group_char = " ";
    amount.minimum = "-5";
    day.name = "day";
    day.type = CSVK_VALUE_TABLE_DATE;
    day.format = "%d.%m.%Y";
    bool good = csvk_schema_new(&schema, NULL) == CSVK_OK &&
                csvk_schema_set_table(schema, &table, NULL) == CSVK_OK &&
                csvk_schema_add(schema, &amount, NULL) == CSVK_OK &&
                csvk_schema_add(schema, &day, NULL) == CSVK_OK;
    if (!good) {
        csvk_schema_free(schema);
    }
    return good ? schema : NULL;
}

static int rewrite(void)
{
    struct csvk_normalize_options o;
    struct csvk_schema *schema = make_schema();
    if (schema == NULL) {
        return CSVK_ENOMEM;
    }
    csvk_normalize_options_init(&o);
    o.schema = schema;
    o.dialect.delimiter = ';';
    int status = run(&(struct csvk_normalize_files){.size = sizeof(struct csvk_normalize_files),
                                                    .input = "typed.csv",
                                                    .output = "out.csv",
                                                    .rejects = "bad.csv",
                                                    .log = "log"},
                     &o);
    csvk_schema_free(schema);
    return status;
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
    int files = count_files();
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
        ck_assert_int_eq(count_files(), files);
    }
    printf("%ld allocations\n", total);
    ck_assert_int_le(went_on, may_go_on);
    free(right);
}

START_TEST(every_allocation_may_fail)
{
    fail_each(repair_all, 20);
    fail_each(convert, 0);
    write_file("typed.csv", typed, sizeof typed - 1);
    fail_each(rewrite, 0);
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
