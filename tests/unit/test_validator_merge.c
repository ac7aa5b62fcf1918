/*
 * test_validator_merge.c - a file judged in parts and joined has the report of the whole file, for
 * every cut between records, and for three parts in both groupings.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUTS_MOST 40

struct text {
    const unsigned char *bytes;
    size_t length;
};

/* Offsets at which a record begins, but the first; how many. */
struct cuts {
    size_t at[CUTS_MOST];
    size_t count;
};

static const char *only_rule; /* that is on; NULL: all are */

static void set_options(struct csvk_validate_options *options, uint64_t max_findings)
{
    struct csvk_error err = {0};
    csvk_validate_options_init(options);
    options->max_findings = max_findings;
    enum csvk_severity others = only_rule != NULL ? CSVK_OFF : CSVK_INFO;
    ck_assert_int_eq(csvk_validate_set_rule(options, "all", others, &err), CSVK_OK);
    if (only_rule != NULL) {
        ck_assert_int_eq(csvk_validate_set_rule(options, only_rule, CSVK_INFO, &err), CSVK_OK);
    }
}

static struct csvk_validator *judge(struct text text, const struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    ck_assert_int_eq(csvk_source_memory(&source, text.bytes, text.length, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, options, NULL, &err) == CSVK_OK, "%s", err.text);
    csvk_source_free(source);
    return v;
}

static void print_report(struct csvk_validator *v, struct csvk_buf *out)
{
    struct csvk_error err = {0};
    const struct csvk_report *report = NULL;
    ck_assert_int_eq(csvk_validator_report(v, &report, &err), CSVK_OK);
    ck_assert_int_eq(csvk_report_print(report, "json", CSVK_TEXT_PLAIN, out, NULL), CSVK_OK);
}

/* Width and kind of line break as the file up to `cut` fixes them; false: not fixed yet. */
static bool fix_from_head(struct text text, size_t cut, struct csvk_validate_options *part)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    ck_assert_int_eq(csvk_source_memory(&source, text.bytes, cut, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, &err), CSVK_OK);
    while (csvk_reader_next(reader, &batch, &err) == CSVK_OK) {
    }
    part->width = csvk_reader_totals(reader)->width;
    part->eol = csvk_reader_totals(reader)->eol_mode;
    part->continuation = true;
    csvk_reader_free(reader);
    csvk_source_free(source);
    return part->width != 0;
}

/* The first line that is not empty, as it is written. */
static struct csvk_bytes header_of(struct text text)
{
    size_t begin = text.length >= 3 && memcmp(text.bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (begin < text.length && (text.bytes[begin] == '\r' || text.bytes[begin] == '\n')) {
        begin++;
    }
    size_t end = begin;
    while (end < text.length && text.bytes[end] != '\r' && text.bytes[end] != '\n') {
        end++;
    }
    return (struct csvk_bytes){text.bytes + begin, end - begin};
}

static bool names_in_header(struct text text)
{
    struct csvk_bytes header = header_of(text);
    for (size_t i = 0; i < header.len; i++) {
        if (header.ptr[i] != ',' && header.ptr[i] != '"') {
            return true;
        }
    }
    return false;
}

static void find_cuts(struct text text, struct cuts *cuts)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.detail = CSVK_RECORDS;
    cuts->count = 0;
    ck_assert_int_eq(csvk_source_memory(&source, text.bytes, text.length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, &err), CSVK_OK);
    while (csvk_reader_next(reader, &batch, &err) == CSVK_OK) {
        for (uint64_t i = 0; i < batch->nrecords && cuts->count < CUTS_MOST; i++) {
            size_t at = (size_t)batch->offset + batch->record_end[i];
            bool after_break = text.bytes[at - 1] == '\n' || text.bytes[at - 1] == '\r';
            if (at < text.length && after_break) {
                cuts->at[cuts->count++] = at;
            }
        }
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
}

static struct csvk_validator *judge_part(struct text text, size_t from, size_t to,
                                         uint64_t max_findings)
{
    struct csvk_validate_options options;
    set_options(&options, max_findings);
    if (from != 0 && !fix_from_head(text, from, &options)) {
        return NULL;
    }
    if (from != 0 && names_in_header(text)) {
        options.header_record = header_of(text);
    }
    return judge((struct text){text.bytes + from, to - from}, &options);
}

static void join(struct csvk_validator *left, struct csvk_validator *right)
{
    struct csvk_error err = {0};
    ck_assert_msg(csvk_validator_merge(left, right, &err) == CSVK_OK, "%s", err.text);
    csvk_validator_free(right);
}

static void expect_same(const char *name, const struct csvk_buf *whole,
                        struct csvk_validator *joined)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    print_report(joined, &text);
    ck_assert_msg(strcmp(csvk_buf_text(whole), csvk_buf_text(&text)) == 0,
                  "%s\nwhole:  %sjoined: %s", name, csvk_buf_text(whole), csvk_buf_text(&text));
    csvk_buf_release(&text);
    csvk_validator_free(joined);
}

enum grouping { LEFT_FIRST, RIGHT_FIRST };

static void try_three(const char *name, struct text text, const size_t at[2],
                      const struct csvk_buf *whole, uint64_t most, enum grouping grouping)
{
    struct csvk_validator *a = judge_part(text, 0, at[0], most);
    struct csvk_validator *b = judge_part(text, at[0], at[1], most);
    struct csvk_validator *c = judge_part(text, at[1], text.length, most);
    char where[300];
    snprintf(where, sizeof(where), "%s cut at %zu and %zu, grouping %d", name, at[0], at[1],
             (int)grouping);
    if (b == NULL) { /* the width is not known there: such a cut is not allowed */
        csvk_validator_free(a);
        csvk_validator_free(c);
        return;
    }
    if (grouping == LEFT_FIRST) {
        join(a, b);
        join(a, c);
    } else {
        join(b, c);
        join(a, b);
    }
    expect_same(where, whole, a);
}

static void try_file(const char *name, struct text text, uint64_t most)
{
    struct csvk_validate_options options;
    struct csvk_buf whole = CSVK_BUF_INIT;
    struct cuts cuts;
    set_options(&options, most);
    struct csvk_validator *v = judge(text, &options);
    print_report(v, &whole);
    csvk_validator_free(v);
    find_cuts(text, &cuts);
    for (size_t i = 0; i < cuts.count; i++) {
        char where[300];
        snprintf(where, sizeof(where), "%s cut at %zu", name, cuts.at[i]);
        struct csvk_validator *left = judge_part(text, 0, cuts.at[i], most);
        struct csvk_validator *right = judge_part(text, cuts.at[i], text.length, most);
        if (right == NULL) {
            csvk_validator_free(left);
            continue;
        }
        join(left, right);
        expect_same(where, &whole, left);
        if (i + 1 < cuts.count) {
            try_three(name, text, &cuts.at[i], &whole, most, LEFT_FIRST);
            try_three(name, text, &cuts.at[i], &whole, most, RIGHT_FIRST);
        }
    }
    csvk_buf_release(&whole);
}

START_TEST(edge_cases_can_be_judged_in_parts)
{
    const char *folder = support_corpus("edge-cases");
    char cases[300], path[700];
    if (folder == NULL) {
        return;
    }
    snprintf(cases, sizeof(cases), "%s/cases", folder);
    DIR *dir = opendir(cases);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct text text;
        snprintf(path, sizeof(path), "%s/%s", cases, entry->d_name);
        unsigned char *bytes =
            entry->d_name[0] != '.' ? support_read_file(path, &text.length) : NULL;
        if (bytes != NULL) {
            text.bytes = bytes;
            try_file(entry->d_name, text, 0);
            try_file(entry->d_name, text, 2);
            free(bytes);
        }
    }
    closedir(dir);
}
END_TEST

/* Tables out of a few kinds of records, so that runs and shapes meet every cut. */
START_TEST(random_tables_can_be_judged_in_parts)
{
    static const char *const kinds[] = {"1,2,3\n",
                                        "a,b\n",
                                        "\n",
                                        "1,2,3,4\n",
                                        "x\n",
                                        "1,2,\n",
                                        "\"q\n\",2\n",
                                        "\"a\"b,2\n",
                                        "# c\n",
                                        "\xE9,1\r\n",
                                        "id,b,c\n",
                                        ",,\n",
                                        "\\.\n",
                                        "a;b;c\n",
                                        "'x,y',1,2\n",
                                        "1,2",
                                        "\xEF\xBB\xBF\"a,b\",2\n"};
    struct support_random random = {(uint64_t)_i};
    struct csvk_buf table = CSVK_BUF_INIT;
    for (int round = 0; round < 60; round++) {
        csvk_buf_clear(&table);
        ck_assert_int_eq(csvk_buf_puts(&table, "id,b,c\n"), CSVK_OK);
        size_t few = 1 + support_below(&random, sizeof(kinds) / sizeof(kinds[0]));
        for (size_t i = 1 + support_below(&random, 12); i > 0; i--) {
            ck_assert_int_eq(csvk_buf_puts(&table, kinds[support_below(&random, few)]), CSVK_OK);
        }
        struct text text = {table.data, table.length};
        try_file(csvk_buf_text(&table), text, round % 2 == 0 ? 0 : 1);
    }
    csvk_buf_release(&table);
}
END_TEST

/* The one finding of a rule that is kept is the first, although what it is about ends at the seam.
 */
START_TEST(a_split_record_before_the_seam_comes_first)
{
    static const char table[] = "id,b,c\n1,2\n1,2\n1,2,3\n4,5\n4,5\n1,2,3\n4,6\n4,6\n7,8,9\n";
    struct text text = {(const unsigned char *)table, sizeof(table) - 1};
    only_rule = "split-record-suspected";
    try_file("split records", text, 1);
    try_file("split records", text, 0);
    only_rule = NULL;
}
END_TEST

START_TEST(keys_meet_across_parts)
{
    static const char table[] = "id,v\n1,\"a\nb\"\n2,c\n1,d\n2,\"e\nf\"\n3,g\n2,h\n";
    struct text text = {(const unsigned char *)table, sizeof(table) - 1};
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    struct csvk_buf whole = CSVK_BUF_INIT;
    struct cuts cuts;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_strings_add(&options.columns, "id"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&options.columns, "v"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "id"), CSVK_OK);
    struct csvk_validator *v = judge(text, &options);
    print_report(v, &whole);
    csvk_validator_free(v);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&whole), "\"duplicate-key\":3"));
    find_cuts(text, &cuts);
    for (size_t i = 0; i < cuts.count; i++) {
        struct csvk_validate_options part = options;
        struct csvk_validator *left = judge((struct text){text.bytes, cuts.at[i]}, &options);
        part.continuation = true;
        part.eol = CSVK_EOL_LF;
        struct text rest = {text.bytes + cuts.at[i], text.length - cuts.at[i]};
        struct csvk_validator *right = judge(rest, &part);
        ck_assert_msg(csvk_validator_merge(left, right, &err) == CSVK_OK, "%s", err.text);
        csvk_validator_free(right);
        expect_same("keys", &whole, left);
    }
    csvk_buf_release(&whole);
    csvk_validate_options_release(&options);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_merge");
    TCase *tcase = tcase_create("validator_merge");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, edge_cases_can_be_judged_in_parts);
    tcase_add_loop_test(tcase, random_tables_can_be_judged_in_parts, 0, 4);
    tcase_add_test(tcase, a_split_record_before_the_seam_comes_first);
    tcase_add_test(tcase, keys_meet_across_parts);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
