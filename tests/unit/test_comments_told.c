/*
 * test_comments_told.c - files with comments that are set aside: what their first bytes decide, the
 * lines of what stands behind comments, advice, and what sniff proposes.
 */
#include "tests/support/judged.h"
#include "tests/support/support.h"

#include "csvkit/sniff.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* What the first bytes decide is decided below the comments: delimiter, width, kind of file. */
START_TEST(comments_above_the_table_decide_nothing)
{
    static const struct {
        const char *text, *rule; /* NULL: it is valid */
    } files[] = {{"# a, \"b\nsep=;\n# c\nid;b\n1;2\n", "sep-directive"},
                 {"# Title\n# Text: see [here](x).\n# 1. one\n# 2. two\na,b\n1,2\n", NULL},
                 {"# c\n{\"a\": 1}\n", "not-csv-suspected"},
                 {"#\na,b\n#,\n1,2,3\n1,2,3\n#\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n"
                  "1,2,3\n1,2,3\n#,,,\n",
                  "header-width"},
                 {"# c\n#", "empty-file"}};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        options.sep = CSVK_SEP_LOOK;
        struct csvk_validator *v = judge(files[i].text, strlen(files[i].text), &options);
        const struct csvk_report *report = report_of(v);
        uint64_t loud = report->errors + report->warnings;
        if (files[i].rule == NULL) {
            ck_assert_msg(loud == 0, "%s", files[i].text);
        } else {
            ck_assert_msg(count_of(report, files[i].rule) == 1, "%s", files[i].text);
        }
        csvk_validator_free(v);
    }
}
END_TEST

/* Lines of what stands behind comments, where nothing but their number tells them. */
START_TEST(what_is_behind_comments_has_its_line)
{
    enum { ROWS = 9000 };
    static const struct {
        const char *begin, *end, *rule;
        uint64_t line, column; /* behind ROWS records */
    } files[] = {{"a,b\n", "1,2\n#\n,\n#\n\r\n#\n", "blank-line", ROWS + 6, 1},
                 {"a,b\n", "#\n,\n#\n#\n,\n#\n", "empty-record", ROWS + 3, 1},
                 {"a,b\n", "#\n1,2\n#\n,\n,\n#", "empty-record", ROWS + 5, 1},
                 {"a,b\n", "#\n\\.\n#\n#\n", "copy-end-marker", ROWS + 3, 1},
                 {"\xEF\xBB\xBF#\na,b\n", "#c\x1a", "ctrl-z-at-eof", ROWS + 3, 3}};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_buf table = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        ck_assert_int_eq(csvk_buf_puts(&table, files[i].begin), CSVK_OK);
        for (int row = 0; row < ROWS; row++) {
            ck_assert_int_eq(csvk_buf_puts(&table, "1,2\n"), CSVK_OK);
        }
        ck_assert_int_eq(csvk_buf_puts(&table, files[i].end), CSVK_OK);
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_finding *f = first_of(report_of(v), files[i].rule);
        ck_assert_msg(f != NULL, "%zu", i);
        ck_assert_uint_eq(f->line, files[i].line);
        ck_assert_uint_eq(f->column, files[i].column);
        csvk_validator_free(v);
        csvk_buf_release(&table);
    }
}
END_TEST

START_TEST(a_mark_is_on_the_line_of_a_comment)
{
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.comment = '#';
    struct csvk_validator *v = judge("\xEF\xBB\xBF#c\x1a", 6, &options);
    const struct csvk_finding *f = first_of(report_of(v), "ctrl-z-at-eof");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(f->line, 1);
    ck_assert_uint_eq(f->column, 6);
    csvk_validator_free(v);
}
END_TEST

/* Lines above a comment are counted, whatever they end with. */
START_TEST(what_the_sample_shows_has_its_line)
{
    static const struct {
        const char *text;
        uint64_t byte;
    } files[] = {{"a,b\n1,2\n# c\n'x','y'\n'z','w'\n", 12},
                 {"a,b\r\n1,2\r\n# c\r\n'x','y'\r\n'z','w'\r\n", 15},
                 {"a,b\r1,2\r# c\r'x','y'\r'z','w'\r", 12}};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        struct csvk_validator *v = judge(files[i].text, strlen(files[i].text), &options);
        const struct csvk_finding *f = first_of(report_of(v), "quote-style-suspected");
        ck_assert_msg(f != NULL, "%zu", i);
        ck_assert_uint_eq(f->byte, files[i].byte);
        ck_assert_uint_eq(f->line, 4);
        ck_assert_uint_eq(f->column, 1);
        csvk_validator_free(v);
    }
}
END_TEST

/* Commands that mend the file know that there are comments. */
START_TEST(advice_says_what_was_said)
{
    static const struct {
        const char *text, *rule, *advice; /* NULL: no command of this kind */
    } files[] = {
        {"# x\nTitle,,\n# y\n# z\nid,b,c\n1,2,3\n2,3,4\n3,4,5\n", "preamble-suspected",
         "csvkit normalize --comment=# --skip-head=2 does"},
        {"id,b\n1,2\n2,3\n3,4\n4,5\n# x\n5,6\n6,7\ntotal\n", "footer-suspected",
         "csvkit normalize --comment=# --skip-tail=1 does"},
        {"id,b\n1,2\n2,3\n3,4\n4,5\n# x\n5,6\n6,7\ntotal\n# y\n", "footer-suspected", NULL},
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        struct csvk_validator *v = judge(files[i].text, strlen(files[i].text), &options);
        const struct csvk_finding *f = first_of(report_of(v), files[i].rule);
        ck_assert_msg(f != NULL, "%s", files[i].text);
        const char *remedy = csvk_finding_remedy(f), *wanted = files[i].advice;
        bool said = remedy != NULL && strstr(remedy, wanted != NULL ? wanted : "--skip-") != NULL;
        ck_assert_msg(said == (wanted != NULL), "%s: %s", files[i].text, remedy);
        csvk_validator_free(v);
    }
}
END_TEST

static int count_stretch(const struct csvk_sniff_stretch *stretch, void *context)
{
    uint64_t *lines = context;
    *lines = *lines * 100 + stretch->lines;
    return CSVK_OK;
}

/* ---- sniffing -------------------------------------------------------------------------------- */

START_TEST(sniff_passes_over_what_is_said_to_be_a_comment)
{
    static const char text[] = "%, \"x\n%\nid;name\n1;a\n%;;;\n2;\"b\n%;c\"\n3;d\n";
    struct csvk_sniff sniff = {.size = sizeof sniff, .comment = '%'};
    struct csvk_bytes sample = {(const unsigned char *)text, sizeof text - 1};
    ck_assert_int_eq(csvk_sniff(sample, CSVK_SAMPLE_WHOLE, &sniff, NULL), CSVK_OK);
    ck_assert_int_eq(sniff.verdict, CSVK_SNIFF_CLEAR);
    ck_assert_int_eq(sniff.dialect.delimiter, ';');
    ck_assert_uint_eq(sniff.comments, 3);
    ck_assert_uint_eq(sniff.records, 4);
    sniff = (struct csvk_sniff){.size = sizeof sniff, .comment = ','};
    ck_assert_int_eq(csvk_sniff(sample, CSVK_SAMPLE_WHOLE, &sniff, NULL), CSVK_EUSAGE);
}
END_TEST

START_TEST(sniff_passes_over_comments_in_the_whole_file)
{
    static const char text[] = "a,b\n#\n#,x,y\n1,2#\n#,,\n3,4\n#,,\n#,,\n#,,\n#,,\n#,,\n5,6\n7,8\n";
    uint64_t lines[2] = {0, 0};
    for (int with = 0; with < 2; with++) {
        struct csvk_source *source = NULL;
        ck_assert_int_eq(csvk_source_memory(&source, text, sizeof text - 1, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_sniff_changes_without(source, with != 0 ? '#' : 0, count_stretch,
                                                    &lines[with], NULL),
                         CSVK_OK);
        csvk_source_free(source);
    }
    ck_assert_uint_ne(lines[0], 5);
    ck_assert_uint_eq(lines[1], 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("comments told");
    TCase *tc = tcase_create("comments told");
    tcase_add_test(tc, comments_above_the_table_decide_nothing);
    tcase_add_test(tc, what_is_behind_comments_has_its_line);
    tcase_add_test(tc, what_the_sample_shows_has_its_line);
    tcase_add_test(tc, a_mark_is_on_the_line_of_a_comment);
    tcase_add_test(tc, advice_says_what_was_said);
    tcase_add_test(tc, sniff_passes_over_what_is_said_to_be_a_comment);
    tcase_add_test(tc, sniff_passes_over_comments_in_the_whole_file);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
