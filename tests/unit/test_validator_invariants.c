/*
 * test_validator_invariants.c - what must hold for every input: the report does not depend on the
 * size of the reads, on the way the records are found, or on compression; cutting a file changes
 * nothing before the cut; an ordinary letter in a clean record is as good as another.
 */
#include "tests/support/random_tables.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define ROUNDS 300

/* Pieces that, put one after the other, make tables with every kind of defect. */
static const char *const pieces[] = {
    "1,2,3\r\n",
    "a,b,c\n",
    "x,y\r\n",
    "\r\n",
    "\n",
    "\r",
    "\r\r\n",
    "\"",
    "\"q\"",
    ",",
    "a",
    " \"b\"",
    ",,\n",
    "\\.\n",
    "x,{\"a\":1},2\n",
    "\xE2\x80\x9Cx,y\xE2\x80\x9D,1\n",
    "1,200.50,3\n4,5\r6,7\n",
    "\"c\" ",
    "\"\"",
    "\\\"",
    "\xC3\xA9",
    "\xC3",
    "\xEF\xBB\xBF",
    "\t",
    "\x07",
    "\x1A",
    "=1",
    "\"l\nm,n,o\np\"",
    "#c,d,e\n",
    "'f','g','h'\r\n",
    "1,2,3,4\n",
    "7,8,\n",
    "\xE2\x80\xA8",
    "sep=;\n",
    "k;l;m\n",
};
#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

struct reading_way {
    size_t window;
    bool reference_only;
    bool every_fact; /* every fact, since somebody taps the batches */
    uint64_t most;   /* findings; 0: all */
};

static void tune(struct csvk_options *options, void *context)
{
    const struct reading_way *how = context;
    options->window = how->window;
    options->reference_only = how->reference_only;
}

static int tap(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    (void)context;
    (void)err;
    for (size_t kind = 0; kind < CSVK_FACT_KINDS; kind++) {
        ck_assert_uint_eq(batch->counted[kind], 0);
    }
    return CSVK_OK;
}

static void make_table(struct support_random *random, struct csvk_buf *out)
{
    csvk_buf_clear(out);
    size_t count = support_below(random, 25);
    if (support_below(random, 2) == 0) {
        ck_assert_int_eq(csvk_buf_puts(out, "id,b,c\r\n"), CSVK_OK);
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(csvk_buf_puts(out, pieces[support_below(random, PIECES)]), CSVK_OK);
    }
}

static struct csvk_validator *judge(const void *bytes, size_t length, enum csvk_profile profile,
                                    struct reading_way how)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_validate_options options;
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = tune, .tap = how.every_fact ? tap : NULL, .context = &how};
    csvk_validate_options_init(&options);
    options.profile = profile;
    options.max_findings = how.most;
    ck_assert_int_eq(csvk_validate_set_rule(&options, "all", CSVK_INFO, &err), CSVK_OK);
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, &options, &hooks, &err) == CSVK_OK, "%s",
                  err.text);
    csvk_source_free(source);
    return v;
}

static const struct csvk_report *report_of(struct csvk_validator *v)
{
    struct csvk_error err = {0};
    const struct csvk_report *report = NULL;
    ck_assert_int_eq(csvk_validator_report(v, &report, &err), CSVK_OK);
    return report;
}

/* Both the JSON and the text, so that excerpts are compared as well. */
static void print_reports(const void *bytes, size_t length, enum csvk_profile profile,
                          struct reading_way how, struct csvk_buf *out)
{
    struct csvk_validator *v = judge(bytes, length, profile, how);
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_report_print(report_of(v), "json", CSVK_TEXT_PLAIN, out, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_report_print(report_of(v), "text", CSVK_TEXT_NOTES, out, NULL), CSVK_OK);
    csvk_validator_free(v);
}

static void expect_equal(const struct csvk_buf *want, const struct csvk_buf *have,
                         const struct csvk_buf *table, const char *how)
{
    support_same_text(want, have, (struct csvk_bytes){table->data, table->length}, how);
}

static size_t compress_bytes(const struct csvk_buf *table, unsigned char *out, size_t room)
{
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = table->data;
    z.avail_in = (uInt)table->length;
    z.next_out = out;
    z.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t length = z.total_out;
    deflateEnd(&z);
    return length;
}

START_TEST(reports_do_not_depend_on_the_way_of_reading)
{
    static const struct reading_way ways[] = {{.window = 1},  {.window = 2},
                                              {.window = 3},  {.window = 7},
                                              {.window = 64}, {.reference_only = true}};
    struct support_random random = {(uint64_t)_i + 100};
    struct csvk_buf table = CSVK_BUF_INIT, want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    unsigned char gz[4096];
    for (int round = 0; round < ROUNDS; round++) {
        enum csvk_profile profile = round % 3 == 0 ? CSVK_PROFILE_BIS : CSVK_PROFILE_RFC4180;
        make_table(&random, &table);
        print_reports(csvk_buf_text(&table), table.length, profile,
                      (struct reading_way){.window = 0}, &want);
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
            char how[60];
            snprintf(how, sizeof(how), "window %zu, reference parser %d", ways[i].window,
                     ways[i].reference_only);
            print_reports(csvk_buf_text(&table), table.length, profile, ways[i], &have);
            expect_equal(&want, &have, &table, how);
        }
        if (table.length != 0) {
            size_t length = compress_bytes(&table, gz, sizeof(gz));
            print_reports(gz, length, profile, (struct reading_way){.window = 5}, &have);
            expect_equal(&want, &have, &table, "gzip");
        }
    }
    csvk_buf_release(&table);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

/* Rules that look at the whole file or at its end. */
static bool needs_the_end(const struct csvk_rule *rule)
{
    static const char *const ids[] = {"final-eol-missing", "ctrl-z-at-eof",  "nul-padding-at-eof",
                                      "comment-line",      "header-missing", "empty-file",
                                      "unclosed-quote",    "sep-directive",  "copy-end-marker"};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (strcmp(rule->id, ids[i]) == 0) {
            return true;
        }
    }
    return strstr(rule->id, "suspected") != NULL;
}

static void print_before(const struct csvk_report *report, uint64_t cut, struct csvk_buf *out)
{
    int status = CSVK_OK;
    csvk_buf_clear(out);
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        if (f->byte < cut && !needs_the_end(f->rule)) {
            status |= csvk_buf_printf(out, "%s %llu+%llu %llu:%llu %llu.%llu\n", f->rule->id,
                                      (unsigned long long)f->byte, (unsigned long long)f->length,
                                      (unsigned long long)f->line, (unsigned long long)f->column,
                                      (unsigned long long)f->record, (unsigned long long)f->field);
        }
    }
    ck_assert_int_eq(status, CSVK_OK);
}

/* End of the last record that lies whole before `cut`, and whether the width is known there. */
static size_t last_whole_record(const struct csvk_buf *table, size_t cut, bool *width_known)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    const struct csvk_batch *batch;
    size_t end = 0;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    ck_assert_int_eq(csvk_source_memory(&source, table->data, table->length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, &err), CSVK_OK);
    *width_known = false;
    while (csvk_reader_next(reader, &batch, &err) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            size_t behind = (size_t)batch->offset + batch->record_end[i];
            if (behind <= cut && batch->records[i].eol != CSVK_EOL_NONE) {
                *width_known |= !batch->records[i].blank;
                end = behind;
            }
        }
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return end;
}

START_TEST(cutting_changes_nothing_before_the_cut)
{
    struct support_random random = {(uint64_t)_i + 500};
    struct csvk_buf table = CSVK_BUF_INIT, want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    for (int round = 0; round < ROUNDS; round++) {
        bool width_known;
        make_table(&random, &table);
        if (table.length < 2) {
            continue;
        }
        size_t cut = 1 + support_below(&random, table.length - 1);
        size_t end = last_whole_record(&table, cut, &width_known);
        if (!width_known) {
            continue;
        }
        struct reading_way how = {.window = 0};
        struct csvk_validator *whole = judge(table.data, table.length, CSVK_PROFILE_RFC4180, how);
        struct csvk_validator *part = judge(table.data, cut, CSVK_PROFILE_RFC4180, how);
        print_before(report_of(whole), end, &want);
        print_before(report_of(part), end, &have);
        csvk_validator_free(whole);
        csvk_validator_free(part);
        expect_equal(&want, &have, &table, "cut");
    }
    csvk_buf_release(&table);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

static void tune_oversize(struct csvk_options *options, void *context)
{
    (void)context;
    options->max_record = 8;
    options->window = 5;
}

/* Rules that look at bytes, which are not there of records that are not kept. */
static bool sees_bytes(const char *id)
{
    static const char *const ids[] = {"comment-line", "sep-directive", "copy-end-marker",
                                      "empty-record", "header-repeated"};
    bool sees = strstr(id, "suspected") != NULL;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        sees |= strcmp(id, ids[i]) == 0;
    }
    return sees;
}

static void print_place(const struct csvk_finding *f, struct csvk_buf *out)
{
    ck_assert_int_eq(csvk_buf_printf(out, "%s at %llu, line %llu, column %llu, record %llu\n",
                                     f->rule->id, (unsigned long long)f->byte,
                                     (unsigned long long)f->line, (unsigned long long)f->column,
                                     (unsigned long long)f->record),
                     CSVK_OK);
}

/* Counts and places of what needs no sight of the bytes. */
static void print_counts(const struct csvk_buf *table, csvk_tune_fn *how, struct csvk_buf *out)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_validate_options options;
    struct csvk_validate_hooks hooks = {.size = sizeof hooks, .tune = how};
    csvk_validate_options_init(&options);
    options.header = CSVK_NO_HEADER;
    options.max_findings = 0; /* what has one cause is told once, and causes are seen in bytes */
    ck_assert_int_eq(csvk_source_memory(&source, table->data, table->length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_validate_source(&v, source, &options, &hooks, &err), CSVK_OK);
    const struct csvk_report *report = report_of(v);
    csvk_buf_clear(out);
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        const char *id = csvk_rule_at(i)->id;
        if (!sees_bytes(id) && report->counts[i] != 0) {
            ck_assert_int_eq(
                csvk_buf_printf(out, "%s %llu\n", id, (unsigned long long)report->counts[i]),
                CSVK_OK);
        }
    }
    for (size_t i = 0; i < report->nfindings; i++) {
        if (!sees_bytes(report->findings[i]->rule->id)) {
            print_place(report->findings[i], out);
        }
    }
    csvk_validator_free(v);
    csvk_source_free(source);
}

START_TEST(records_too_large_for_memory_are_judged)
{
    struct support_random random = {(uint64_t)_i + 900};
    struct csvk_buf table = CSVK_BUF_INIT, want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    for (int round = 0; round < ROUNDS; round++) {
        make_table(&random, &table);
        print_counts(&table, NULL, &want);
        print_counts(&table, tune_oversize, &have);
        expect_equal(&want, &have, &table, "oversize");
    }
    csvk_buf_release(&table);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

/* Facts of which only the number matters any more are counted: that shows nowhere. */
START_TEST(counting_facts_changes_no_report)
{
    struct support_random random = {(uint64_t)_i + 1300};
    struct csvk_buf table = CSVK_BUF_INIT, part = CSVK_BUF_INIT;
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    for (int round = 0; round < ROUNDS; round++) {
        enum csvk_profile profile = (enum csvk_profile)(round % CSVK_PROFILES);
        csvk_buf_clear(&table);
        for (int i = 0; i < 6; i++) {
            make_table(&random, &part);
            ck_assert_int_eq(csvk_buf_add(&table, csvk_buf_text(&part), part.length), CSVK_OK);
        }
        size_t window = 1 + support_below(&random, 100);
        print_reports(csvk_buf_text(&table), table.length, profile,
                      (struct reading_way){.window = window, .every_fact = true, .most = 2}, &want);
        print_reports(csvk_buf_text(&table), table.length, profile,
                      (struct reading_way){.window = window, .most = 2}, &have);
        expect_equal(&want, &have, &table, "counting");
    }
    csvk_buf_release(&table);
    csvk_buf_release(&part);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

/* One letter for another in the data of a table with defects elsewhere. */
START_TEST(letters_do_not_matter)
{
    static const char before[] = "id,name,c\r\n1,\"two\",x\r\n2,ab\r\n3,q\"r,s\r\n4,word,end\r\n";
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    size_t word = (size_t)(strstr(before, "word") - before);
    print_reports(before, sizeof(before) - 1, CSVK_PROFILE_KEBOOLA,
                  (struct reading_way){.window = 0}, &want);
    for (char c = 'a'; c <= 'z'; c++) {
        char after[sizeof(before)];
        memcpy(after, before, sizeof(before));
        after[word + 1] = c;
        print_reports(after, sizeof(after) - 1, CSVK_PROFILE_KEBOOLA,
                      (struct reading_way){.window = 0}, &have);
        ck_assert_str_eq(csvk_buf_text(&want), csvk_buf_text(&have));
    }
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_invariants");
    TCase *tcase = tcase_create("validator_invariants");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, reports_do_not_depend_on_the_way_of_reading, 0, 4);
    tcase_add_loop_test(tcase, cutting_changes_nothing_before_the_cut, 0, 4);
    tcase_add_loop_test(tcase, records_too_large_for_memory_are_judged, 0, 4);
    tcase_add_loop_test(tcase, counting_facts_changes_no_report, 0, 4);
    tcase_add_test(tcase, letters_do_not_matter);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
