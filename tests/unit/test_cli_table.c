/* test_cli_table.c - a manifest describes the table, options say it louder. */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/table/table_options.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option key_rows[] = {
    {"primary-key", 0, "A,B", NULL, "The key.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group key_group = {"Key", key_rows};
static const struct cli_group *const groups[] = {&key_group, &cli_dialect_options,
                                                 &cli_manifest_options, NULL};
static const struct cli_command command = {.name = "try", .groups = groups, .max_operands = -1};

static char folder[] = "/tmp/csvkit-table-XXXXXX";

static void enter_folder(void)
{
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
    unlink("orders.csv.manifest");
    unlink("other.manifest");
    ck_assert_int_eq(chdir("/"), 0);
    rmdir(folder);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* "STATUS ;' header a,b key id from orders.csv.manifest" */
static const char *understand(const char *input, const char *const *options)
{
    static char text[512];
    struct cli cli = {0};
    struct csvk_table_definition table;
    char words[5][64];
    char *argv[5] = {NULL};
    int argc = 0;
    for (; options != NULL && options[argc] != NULL; argc++) {
        snprintf(words[argc], sizeof words[argc], "%s", options[argc]);
        argv[argc] = words[argc];
    }
    ck_assert_int_eq(cli_parse(&cli, &command, argc, argv), CLI_GOOD);
    int status = cli_get_table(&cli, input, &table);
    size_t n =
        (size_t)snprintf(text, sizeof text, "%d %c%c%s%s", status, table.dialect.delimiter,
                         table.dialect.enclosure == CSVK_NO_BYTE ? '-' : table.dialect.enclosure,
                         table.delimiter_auto ? " auto" : "", table.header ? " header" : "");
    for (size_t i = 0; i < table.columns.count; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, " %s", table.columns.item[i]);
    }
    for (size_t i = 0; i < table.primary_key.count; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, " key %s", table.primary_key.item[i]);
    }
    snprintf(text + n, sizeof text - n, "%s%s", table.manifest != NULL ? " from " : "",
             table.manifest != NULL ? table.manifest : "");
    csvk_table_definition_release(&table);
    cli_release(&cli);
    return text;
}

static const char manifest[] = "{\"delimiter\": \";\", \"enclosure\": \"'\", \"columns\": [\"id\", "
                               "\"x\"], \"primary_key\": [\"id\"]}";

START_TEST(without_manifest_defaults_and_options_count)
{
    static const char *const options[] = {"-d|", "--columns=a,b", "--no-header", NULL};
    static const char *const automatic[] = {"-dauto", "-enone", "--primary-key=q", NULL};
    ck_assert_str_eq(understand("orders.csv", NULL), "0 ,\" header");
    ck_assert_str_eq(understand("-", NULL), "0 ,\" header");
    ck_assert_str_eq(understand(NULL, options), "0 |\" a b");
    ck_assert_str_eq(understand(NULL, automatic), "0 ,- auto header key q");
}
END_TEST

START_TEST(the_manifest_beside_is_used_when_asked_for)
{
    write_file("orders.csv.manifest", manifest);
    ck_assert_str_eq(understand("orders.csv", NULL), "0 ;' id x key id from orders.csv.manifest");
    ck_assert_str_eq(understand("orders.csv//", NULL), "0 ;' id x key id from orders.csv.manifest");
    ck_assert_str_eq(understand(NULL, NULL), "0 ,\" header");
    ck_assert_str_eq(understand("-", NULL), "0 ,\" header");
}
END_TEST

START_TEST(options_win_over_the_manifest)
{
    static const char *const options[] = {"--manifest=other.manifest", "-d,", "--columns=a",
                                          "--primary-key=", NULL};
    static const char *const header[] = {"--manifest", "other.manifest", "--header", NULL};
    write_file("orders.csv.manifest", "{}");
    write_file("other.manifest", manifest);
    ck_assert_str_eq(understand("orders.csv", options), "0 ,' a from other.manifest");
    ck_assert_str_eq(understand(NULL, header), "0 ;' header id x key id from other.manifest");
    ck_assert_str_eq(understand("orders.csv", NULL), "0 ,\" header from orders.csv.manifest");
}
END_TEST

START_TEST(bad_manifests_are_refused)
{
    static const char *const missing[] = {"--manifest=none.manifest", NULL};
    write_file("orders.csv.manifest", "{\"columns\": [");
    ck_assert_int_eq(understand("orders.csv", NULL)[0], '1');
    ck_assert_int_eq(understand(NULL, missing)[0], '2');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli table");
    TCase *tcase = tcase_create("table");
    tcase_add_checked_fixture(tcase, enter_folder, leave_folder);
    tcase_add_test(tcase, without_manifest_defaults_and_options_count);
    tcase_add_test(tcase, the_manifest_beside_is_used_when_asked_for);
    tcase_add_test(tcase, options_win_over_the_manifest);
    tcase_add_test(tcase, bad_manifests_are_refused);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
