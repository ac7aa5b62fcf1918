/*
 * test_processor.c - a data folder processed by one call: which parameters are refused and why,
 * before anything is written, and what comes of those that are not.
 */
#include "manifest/processor.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], shown[256];
static struct csvk_processor_options options;
static struct csvk_error err;

static void run_shell(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void show(void *context, const char *directory, const struct csvk_slice_table_result *result)
{
    (void)context;
    size_t n = strlen(shown);
    snprintf(shown + n, sizeof shown - n, "%s: %s %zu/%zu/%zu %s\n", directory,
             result->sliced ? "sliced" : "refused", result->nslices, result->refusals.count,
             result->findings.count,
             result->findings.count != 0 ? result->findings.item[0].table : "");
}

static int show_report(void *context, const struct csvk_report *report, struct csvk_error *error)
{
    (void)context;
    (void)error;
    snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s: %d errors\n",
             strrchr(report->file, '/') + 1, (int)report->errors);
    return CSVK_OK;
}

static void enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-processor-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    run_shell("mkdir -p data/in/tables data/in/files scratch");
    csvk_processor_options_init(&options);
    options.folder = "data";
    options.scratch = "scratch";
    options.sliced = show;
    options.judged = show_report;
    err = (struct csvk_error){0};
    shown[0] = '\0';
}

static void leave(void)
{
    char command[96];
    ck_assert_int_eq(rmdir("scratch"), 0); /* nothing of ours is left in it */
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    run_shell(command);
}

static int process(const char *parameters)
{
    char text[1024];
    snprintf(text, sizeof text, "{\"parameters\":%s}", parameters);
    put("data/config.json", text);
    return csvk_processor(&options, &err);
}

static void expect_file(const char *path, const char *text)
{
    size_t length = 0;
    unsigned char *bytes = support_read_file(path, &length);
    ck_assert_msg(bytes != NULL, "no %s", path);
    ck_assert_msg(length == strlen(text) && memcmp(bytes, text, length) == 0, "%s: %.*s", path,
                  (int)length, (const char *)bytes);
    free(bytes);
}

static const struct {
    const char *parameters, *text;
} refused[] = {
    {"1", "config.json: \"parameters\" must be an object"},
    {"{\"x\":1}", "parameters: the processor has no option \"x\""},
    {"{\"files\":1}", "parameters: \"files\" must be true, false or an object"},
    {"{\"tables\":{}}", "parameters: \"tables\" must be a list"},
    {"{\"tables\":[1]}", "parameters: an entry of \"tables\" must be an object"},
    {"{\"normalize\":1}", "parameters: \"normalize\" must be true, false or an object"},
    {"{\"slice\":{\"x\":1}}", "parameters: \"slice\" has no option \"x\""},
    {"{\"slice\":{\"verify\":1}}", "parameters: \"verify\" of \"slice\" must be true or false"},
    {"{\"slice\":{\"level\":1.5}}", "parameters: \"level\" of \"slice\" must be a whole number"},
    {"{\"slice\":{\"records\":-1}}", "parameters: \"records\" of \"slice\" must be a whole number"},
    {"{\"slice\":{\"slice_size\":true}}", "parameters: \"slice_size\" of \"slice\" must be a size"},
    {"{\"normalize\":{\"quote\":1}}", "parameters: \"quote\" of \"normalize\" must be a text"},
    {"{\"normalize\":{\"rejects\":\"x\"}}",
     "parameters: \"rejects\" of \"normalize\" must be true or false"},
    {"{\"normalize\":{\"quote\":\"some\"}}",
     "parameters: --quote=some: choose one of keep|minimal|all"},
    {"{\"normalize\":{\"ragged\":\"x\"}}",
     "parameters: --ragged=x: choose one of repair|pad|reject|fail|widen"},
    {"{\"normalize\":{\"line_break_in\":\"cr\"}}",
     "parameters: --line-break-in=cr: choose one of auto|any"},
    {"{\"slice\":{\"compress\":\"zip\"}}", "parameters: --compress=zip: choose one of gzip|none"},
    {"{\"slice\":{\"level\":10}}", "parameters: --level=10: must be from 1 to 9"},
    {"{\"slice\":{\"records\":0}}", "parameters: --records=0: must be at least 1"},
    {"{\"slice\":{\"slice_size\":\"1MX\"}}", "parameters: --slice-size=1MX: unknown unit"},
    {"{\"slice\":{\"slice_size\":\"x\"}}", "parameters: --slice-size=x: not a size such as"},
    {"{\"slice\":{\"slice_size\":\"99999999999999999999\"}}", "too large a number"},
    {"{\"slice\":{\"records\":1,\"slices\":2}}",
     "parameters: give only one of --slice-size, --records and --slices"},
    {"{\"normalize\":{\"delimiter\":\"ab\"}}", "parameters: --delimiter=ab: "},
    {"{\"normalize\":{\"escape\":\"\\r\"}}", "parameters: --escape="},
    {"{\"normalize\":{\"comment\":\"none\"}}", "parameters: --comment=none: "},
    {"{\"normalize\":{\"to_delimiter\":\"\\\"\"}}", "parameters: --to-delimiter, --to-enclosure: "},
    {"{\"manifest\":1}", "parameters: \"manifest\" must be an object"},
    {"{\"manifest\":{\"columns\":1}}", "parameters: manifest: "},
    {"{\"tables\":[{\"normalize\":true}]}", "needs \"source\""},
    {"{\"normalize\":{\"ragged\":\"widen\",\"names\":\"storage\"}}",
     "parameters: --ragged=widen excludes --names=storage"},
    {"{\"slice\":{\"min_slice_size\":\"1kB\"}}", "--min-slice-size is for --slices only"},
    {"{\"slice\":{\"min_table_size\":\"x\"}}", "parameters: --min-table-size=x: not a size"},
    {"{\"columns\":true}", "parameters: \"columns\" must be false or an object"},
    {"{\"columns\":{\"x\":1}}", "parameters: \"columns\" has no option \"x\""},
    {"{\"columns\":{\"names\":\"x\"}}", "must be \"header\", \"auto\" or a list of names"},
    {"{\"columns\":{\"names\":[]}}", "\"names\" of \"columns\" must be a list of names"},
    {"{\"columns\":{\"names\":[\"a\",\"\"]}}", "\"names\" of \"columns\" must be a list of names"},
    {"{\"columns\":{\"select\":\"a\"}}", "\"select\" of \"columns\" must be a list of names"},
    {"{\"columns\":{\"select\":[\"a\",\"b\",\"a\"]}}",
     "\"select\" of \"columns\" names \"a\" twice"},
    {"{\"columns\":{\"row_number\":1}}", "\"row_number\" of \"columns\" must be the name of a"},
    {"{\"columns\":{\"file_name\":\"\"}}", "\"file_name\" of \"columns\" must be the name of a"},
    {"{\"columns\":{\"row_number\":\"a\",\"file_name\":\"a\"}}", "are both called \"a\""},
    {"{\"manifest_defaults\":1}", "parameters: \"manifest_defaults\" must be an object"},
    {"{\"manifest_defaults\":{\"columns\":1}}", "parameters: manifest_defaults: "},
    {"{\"metadata\":{}}", "parameters: \"metadata\" must be a list of objects"},
    {"{\"metadata\":[{\"key\":\"\",\"value\":\"\"}]}", "parameters: \"metadata\" must be a list"},
    {"{\"metadata\":[{\"key\":\"a\",\"value\":1}]}", "parameters: \"metadata\" must be a list"},
    {"{\"metadata\":[{\"key\":\"a\",\"value\":\"\",\"x\":1}]}", "\"metadata\" must be a list"},
    {"{\"column_metadata\":[]}", "parameters: \"column_metadata\" must be an object"},
    {"{\"column_metadata\":{\"a\":1}}", "each entry of \"column_metadata\" must be a list"},
    {"{\"files\":{\"x\":true}}", "parameters: \"files\" has no option \"x\""},
    {"{\"files\":{\"decompress\":\"zip\"}}", "must be true or false, or \"zlib\""},
    {"{\"files\":{\"graceful\":\"zlib\"}}", "\"graceful\" of \"files\" must be true or false"},
};

START_TEST(parameters_are_refused_before_anything_is_written)
{
    ck_assert_int_eq(process(refused[_i].parameters), CSVK_EDATA);
    ck_assert_msg(strstr(err.text, refused[_i].text) != NULL, "%s: %s", refused[_i].parameters,
                  err.text);
    ck_assert_int_eq(access("data/out", F_OK), -1);
}
END_TEST

START_TEST(no_parameters_copy)
{
    put("data/in/tables/a.csv", "x;\n");
    put("data/in/files/f", "f");
    ck_assert_msg(process("[]") == CSVK_OK, "%s", err.text);
    expect_file("data/out/tables/a.csv", "x;\n");
    expect_file("data/out/files/f", "f");
    ck_assert_str_eq(shown, "");
    run_shell("rm -r data/out && rm data/config.json");
    ck_assert_int_eq(csvk_processor(&options, &err), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "config.json"));
}
END_TEST

START_TEST(options_of_normalize_arrive)
{
    put("data/in/tables/a.csv", "\xef\xbb\xbfid|n\n# no\n1|\"a\"\n2|\xe9\n3|'x'\n;\n");
    put("data/in/tables/a.csv.manifest", "{\"delimiter\":\"|\",\"destination\":\"in.c-m.a\"}");
    ck_assert_msg(
        process("{\"normalize\":{\"comment\":\"#\",\"quote\":\"all\",\"line_break\":\"lf\","
                "\"to_delimiter\":\";\",\"rejects\":true,\"verify\":true},"
                "\"manifest\":{\"incremental\":true},\"files\":false}") == CSVK_OK,
        "%s", err.text);
    expect_file("data/out/tables/a.csv", "\"id\";\"n\"\n\"1\";\"a\"\n\"3\";\"'x'\"\n");
    expect_file("data/out/files/a.csv.rejects", "2|\xe9\n;\n");
    size_t length = 0;
    unsigned char *manifest = support_read_file("data/out/tables/a.csv.manifest", &length);
    ck_assert_ptr_nonnull(manifest);
    ck_assert_ptr_nonnull(memmem(manifest, length, "\"delimiter\": \";\"", 16));
    ck_assert_ptr_nonnull(memmem(manifest, length, "\"incremental\": true", 19));
    free(manifest);
}
END_TEST

START_TEST(options_of_slice_arrive)
{
    put("data/in/tables/a.csv", "id\n1\n2\n3\n");
    put("data/in/tables/a.csv.manifest", "{\"destination\":\"in.c-m.a\"}");
    ck_assert_msg(process("{\"normalize\":true,\"slice\":{\"records\":2,\"compress\":\"none\"}}") ==
                      CSVK_OK,
                  "%s", err.text);
    ck_assert_str_eq(shown, "data/out/tables/a.csv: sliced 2/0/0 \n");
    expect_file("data/out/tables/a.csv/part-00001.csv", "1\r\n2\r\n");
    expect_file("data/out/tables/a.csv/part-00002.csv", "3\r\n");
}
END_TEST

START_TEST(findings_about_a_manifest_name_the_table)
{
    put("data/in/tables/a.csv", "a b\n1\n"); /* a name is a finding about the data */
    put("data/in/tables/a.csv.manifest", "{\"destination\":\"in.c-m.a\",\"incremental\":true}");
    ck_assert_msg(process("{\"slice\":true}") == CSVK_OK, "%s", err.text);
    ck_assert_str_eq(shown, "a.csv: 0 errors\ndata/out/tables/a.csv: sliced 1/0/1 a.csv\n");
}
END_TEST

START_TEST(slices_that_are_refused)
{
    put("data/in/tables/a.csv", "id,id\n1,2\n");
    put("data/in/tables/b.csv", "id\n1,2\n");
    ck_assert_int_eq(process("{\"slice\":true}"), CSVK_EDATA);
    ck_assert_str_eq(err.text, "data/out/tables/a.csv was not written");
    ck_assert_ptr_nonnull(strstr(shown, "a.csv: 1 errors\ndata/out/tables/a.csv: refused 0/"));
    ck_assert_int_eq(access("data/out/tables/b.csv", F_OK), -1);
}
END_TEST

/* What is wrong with the parameters is the user's fault, also when only the data shows it. */
START_TEST(options_that_do_not_fit_are_refused)
{
    put("data/in/tables/a.csv", "1\n");
    ck_assert_int_eq(process("{\"slice\":{\"slice_size\":\"1MB\"}}"), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "a.csv: parameters: --slice-size: "));
    ck_assert_int_eq(
        process("{\"normalize\":{\"names\":\"storage\"},\"columns\":{\"names\":\"auto\"}}"),
        CSVK_EDATA);
    ck_assert_ptr_nonnull(
        strstr(err.text, "a.csv: parameters: \"names\": \"storage\" needs a header"));
    put("data/in/tables/a.csv", "a,b\n1,2,3\n");
    ck_assert_int_eq(process("{\"normalize\":true}"), CSVK_EDATA);
    ck_assert_msg(strstr(err.text, "; \"rejects\": true sets") != NULL, "%s", err.text);
    ck_assert_int_eq(access("data/out/tables/a.csv", F_OK), -1);
}
END_TEST

/* What a refusal advises is a key, not an option; what it says works. */
START_TEST(refusals_advise_keys)
{
    static const struct {
        const char *data, *advice, *followed, *result;
    } rows[] = {
        {"title\na,b\n1,2\n3,4\n5,6\n", "(try \"skip_head\": 1)", "\"skip_head\":1",
         "a,b\r\n1,2\r\n3,4\r\n5,6\r\n"},
        {"# x\na,b\n1,2\n3,4\n5,6\n", "(\"comment\": \"#\" drops", "\"comment\":\"#\"",
         "a,b\r\n1,2\r\n3,4\r\n5,6\r\n"},
        {"b,c\nx,2,3\ny,4,5\nz,6,7\n", "(\"missing_names\": \"first\" adds",
         "\"missing_names\":\"first\"", "col_1,b,c\r\nx,2,3\r\ny,4,5\r\nz,6,7\r\n"},
        {"a,b\n1,2, \n3,4, \n5,6, \n", "(\"trim\": true, \"ragged\": \"pad\" drops",
         "\"trim\":true,\"ragged\":\"pad\"", "a,b\r\n1,2\r\n3,4\r\n5,6\r\n"},
        {"a,b\n1,2\na,b\n3,4\n", "(\"repeated_headers\": \"drop\" drops",
         "\"repeated_headers\":\"drop\"", "a,b\r\n1,2\r\n3,4\r\n"},
        {"a,b\n1,x\n2,\xe9\n3,z\n", "(\"encoding\": \"NAME\", or \"invalid_utf8\": \"replace\")",
         "\"invalid_utf8\":\"replace\"", "a,b\r\n1,x\r\n2,\xef\xbf\xbd\r\n3,z\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char step[128];
        put("data/in/tables/a.csv", rows[i].data);
        run_shell("rm -rf data/out/tables/*");
        ck_assert_int_eq(process("{\"normalize\":true}"), CSVK_EDATA);
        ck_assert_msg(strstr(err.text, rows[i].advice) != NULL, "%zu: %s", i, err.text);
        ck_assert_msg(strstr(err.text, "--") == NULL, "%zu: %s", i, err.text);
        snprintf(step, sizeof step, "{\"normalize\":{%s}}", rows[i].followed);
        ck_assert_msg(process(step) == CSVK_OK, "%zu: %s", i, err.text);
        expect_file("data/out/tables/a.csv", rows[i].result);
    }
    put("data/in/tables/a.csv", "");
    run_shell("rm -rf data/out/tables/*");
    ck_assert_int_eq(process("{\"normalize\":true}"), CSVK_EDATA);
    ck_assert_msg(strstr(err.text, "bytes. Write at least the header, or give the names with "
                                   "\"names\" of \"columns\".") != NULL,
                  "%s", err.text);
}
END_TEST

static void note(void *context, const char *text)
{
    (void)context;
    snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s\n", text);
}

START_TEST(what_is_left_out_is_noted)
{
    options.noted = note;
    run_shell("mkdir -p data/in/tables/s/n && touch data/in/tables/s/1 data/in/tables/s/.x");
    put("data/in/tables/s.manifest", "{\"columns\":[\"a\"]}");
    ck_assert_msg(process("{\"manifest\":{\"incremental\":true}}") == CSVK_OK, "%s", err.text);
    ck_assert_str_eq(shown, "data/in/tables/s/.x: left out, because its name begins with a dot\n"
                            "data/in/tables/s/n: left out: a folder is no slice\n");
    ck_assert_int_eq(access("data/out/tables/s/1", F_OK), 0);
    ck_assert_int_eq(access("data/out/tables/s/n", F_OK), -1);
    run_shell("ln -s 1 data/in/tables/s/2");
    ck_assert_int_eq(process("{\"manifest\":{\"incremental\":true}}"), CSVK_EDATA);
    ck_assert_str_eq(err.text, "data/in/tables/s/2 is not a file");
    ck_assert_int_eq(process("{\"slice\":true}"), CSVK_EDATA);
    ck_assert_str_eq(err.text, "data/in/tables/s/2 is not a file");
}
END_TEST

/* Slices of an earlier run must not stay among new ones, nor a file where a folder belongs. */
START_TEST(results_of_an_earlier_run_are_replaced)
{
    run_shell("mkdir -p data/in/tables/s data/out/tables/s/old data/out/tables/t");
    put("data/out/tables/s/gone", "9\n");
    put("data/out/tables/t/gone", "9\n");
    put("data/out/tables/t.manifest", "{\"columns\":[\"z\"]}");
    put("data/out/tables/u", "9\n");
    put("data/in/tables/s/1", "1\n");
    put("data/in/tables/s.manifest", "{\"columns\":[\"a\"]}");
    put("data/in/tables/t", "a\n1\n");
    put("data/in/tables/u", "a\n1\n");
    ck_assert_msg(process("{\"normalize\":{\"line_break\":\"lf\"},\"tables\":[{\"source\":"
                          "\"u\",\"slice\":{\"compress\":\"none\"}}]}") == CSVK_OK,
                  "%s", err.text);
    expect_file("data/out/tables/s/1", "1\n");
    expect_file("data/out/tables/t", "a\n1\n");
    expect_file("data/out/tables/u/part-00001.csv", "1\n");
    ck_assert_int_eq(access("data/out/tables/s/gone", F_OK), -1);
    ck_assert_int_eq(access("data/out/tables/s/old", F_OK), -1);
    ck_assert_int_eq(access("data/out/tables/t.manifest", F_OK), -1);
}
END_TEST

/* The slices before a bad one are no table. */
START_TEST(a_bad_slice_leaves_the_old_table)
{
    run_shell("mkdir -p data/in/tables/s data/out/tables/s");
    put("data/out/tables/s/old", "9\n");
    put("data/in/tables/s/1", "1\n");
    put("data/in/tables/s/2", "1,2\n");
    put("data/in/tables/s.manifest", "{\"columns\":[\"a\"]}");
    ck_assert_int_eq(process("{\"normalize\":true}"), CSVK_EDATA);
    expect_file("data/out/tables/s/old", "9\n");
    ck_assert_int_eq(access("data/out/tables/s/1", F_OK), -1);
    run_shell("test $(ls -A data/out | wc -l) = 2");
}
END_TEST

START_TEST(what_is_there_from_before_does_not_count)
{
    run_shell("mkdir -p data/out/tables");
    put("data/out/tables/a.csv", "old\n");
    put("data/in/tables/a.csv", "id,x\n1,\"2\n");
    ck_assert_int_eq(process("{\"normalize\":{\"rejects\":true,\"strict\":true}}"), CSVK_EDATA);
    expect_file("data/out/tables/a.csv", "old\n");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("processor");
    TCase *t = tcase_create("processor");
    tcase_add_checked_fixture(t, enter, leave);
    tcase_add_loop_test(t, parameters_are_refused_before_anything_is_written, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(t, no_parameters_copy);
    tcase_add_test(t, options_of_normalize_arrive);
    tcase_add_test(t, options_of_slice_arrive);
    tcase_add_test(t, findings_about_a_manifest_name_the_table);
    tcase_add_test(t, slices_that_are_refused);
    tcase_add_test(t, refusals_advise_keys);
    tcase_add_test(t, options_that_do_not_fit_are_refused);
    tcase_add_test(t, what_is_left_out_is_noted);
    tcase_add_test(t, results_of_an_earlier_run_are_replaced);
    tcase_add_test(t, a_bad_slice_leaves_the_old_table);
    tcase_add_test(t, what_is_there_from_before_does_not_count);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
