/*
 * test_validator_causes.c - what many records show together: records that are clean and should not
 * be there, and one finding for what has one cause.
 */
#include "tests/support/judged.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

/* A table of `records` records, with `line` as the record of each of the given numbers. */
static void make_table(struct csvk_buf *table, uint64_t records, const char *line,
                       const uint64_t *at)
{
    csvk_buf_clear(table);
    for (uint64_t i = 1; i <= records; i++) {
        bool special = i == *at;
        at += special;
        ck_assert_int_eq(csvk_buf_puts(table, special  ? line
                                              : i == 1 ? "id,b\n"
                                                       : "7,8\n"),
                         CSVK_OK);
    }
}

/* Only the beginning of a file is searched, but all of it once a record was found there; empty
   records at the end are found however far it is. */
START_TEST(clean_records_are_searched_for)
{
    static const struct {
        const char *rule, *line;
        uint64_t at[3];
        uint64_t count;
    } cases[] = {
        {"header-repeated", "id,b\n", {50, 1000000, 0}, 2},
        {"header-repeated", "id,b\n", {32769, 0, 0}, 1},
        {"header-repeated", "id,b\n", {32770, 0, 0}, 0},
        {"empty-record", ",\n", {50, 1000000, 0}, 2},
        {"empty-record", ",\n", {8192, 0, 0}, 1},
        {"empty-record", ",\n", {8193, 0, 0}, 0},
        {"empty-record", ",\n", {999999, 1000000, 0}, 2},
    };
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_table(&table, 1000000, cases[i].line, cases[i].at);
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_finding *f = first_of(report_of(v), cases[i].rule);
        ck_assert_msg((f != NULL) == (cases[i].count != 0), "case %zu", i);
        if (f != NULL) {
            ck_assert_uint_eq(f->record, cases[i].at[0]);
            ck_assert_uint_eq(f->line, cases[i].at[0]);
            ck_assert_uint_eq(f->extra[0].number, cases[i].count);
        }
        csvk_validator_free(v);
    }
    csvk_buf_release(&table);
}
END_TEST

/* A long header is searched for in all of the file, a shorter one in so much of it. */
START_TEST(long_headers_are_found_however_far)
{
    enum { FAR = 192 * 1024 * 127 + 1000 };
    static const char line[] = "a record that is clean,and has no name in it\n";
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (size_t length = 127; length <= 128; length++) {
        char header[160];
        csvk_buf_clear(&table);
        memset(header, 'n', length);
        memcpy(header, "id,", 3);
        memcpy(header + length, "\n", 2);
        ck_assert_int_eq(csvk_buf_puts(&table, header), CSVK_OK);
        while (table.length < FAR) {
            ck_assert_int_eq(csvk_buf_puts(&table, line), CSVK_OK);
        }
        ck_assert_int_eq(csvk_buf_puts(&table, header), CSVK_OK);
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_finding *f = first_of(report_of(v), "header-repeated");
        ck_assert_msg((f != NULL) == (length == 128), "length %zu", length);
        csvk_validator_free(v);
    }
    csvk_buf_release(&table);
}
END_TEST

/* In a table of two columns two lines look like records only where text stands after the closing
   quote; the count does not hang on how many findings are kept. */
START_TEST(two_lines_look_like_records_where_quotes_are_wrong)
{
    static const struct {
        const char *record;
        uint64_t count, column;
    } cases[] = {
        {"1,\"tube 4\n2,tube \"5\n", 1, 3},     {"1,\"tube 4\r\n2,tube \"5\r\n", 1, 3},
        {"1,\"tube 4\n2,tube 5\"\n", 0, 0},     /* may be a note */
        {"1,\"tube, 4\n2,tube \"5\n", 0, 0},    /* the first line is none of the table */
        {"1,\"tube 4\ntube \"5\n", 0, 0},       /* nor the second */
        {"1,\"tube 4\n2,\n3,tube \"5\n", 1, 3}, /* three lines, told once */
        {"\"1,tube\n2,4\"5,x\n", 0, 0},         /* another field */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct csvk_buf table = CSVK_BUF_INIT;
        ck_assert_int_eq(csvk_buf_puts(&table, "id,text\n0,x\n"), CSVK_OK);
        for (int times = 0; times < 3; times++) {
            ck_assert_int_eq(csvk_buf_puts(&table, cases[i].record), CSVK_OK);
        }
        for (uint64_t kept = 0; kept < 3; kept++) {
            struct csvk_validate_options options;
            csvk_validate_options_init(&options);
            options.max_findings = kept;
            struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
            const struct csvk_report *report = report_of(v);
            const struct csvk_finding *f = first_of(report, "multiline-field-suspicious");
            ck_assert_msg(kept != 0 || (f != NULL ? f->column : 0) == cases[i].column, "case %zu",
                          i);
            ck_assert_msg(count_of(report, "multiline-field-suspicious") == 3 * cases[i].count,
                          "case %zu", i);
            csvk_validator_free(v);
        }
        csvk_buf_release(&table);
    }
}
END_TEST

/* A value that is equal to the name of the only column means something only when somebody has named
   that column. */
START_TEST(a_header_of_one_column_is_found_when_it_was_named)
{
    static const struct {
        enum csvk_header header;
        const char *name;
        uint64_t found;
    } cases[] = {{CSVK_HEADER, NULL, 0},
                 {CSVK_HEADER, "id", 3},
                 {CSVK_SKIPPED_HEADER, "key", 3},
                 {CSVK_NO_HEADER, "key", 0}};
    static const char table[] = "id\n1\nid\n2\n";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.header = cases[i].header;
        if (cases[i].name != NULL) {
            ck_assert_int_eq(csvk_strings_add(&options.columns, cases[i].name), CSVK_OK);
        }
        struct csvk_validator *v = judge(table, strlen(table), &options);
        const struct csvk_finding *f = first_of(report_of(v), "header-repeated");
        ck_assert_msg((f != NULL ? f->record : 0) == cases[i].found, "case %zu", i);
        csvk_validator_free(v);
        csvk_validate_options_release(&options);
    }
}
END_TEST

/* Headers of every length, at every distance from the start: none of them is missed. */
START_TEST(headers_of_every_length_are_found)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (int length = 1; length < 300; length += length < 30 ? 1 : 13) {
        for (int before = 0; before < 40; before += length < 20 ? 1 : 7) {
            struct csvk_buf table = CSVK_BUF_INIT;
            for (int part = 0; part < 3; part++) {
                ck_assert_int_eq(csvk_buf_puts(&table, "x,"), CSVK_OK);
                for (int i = 0; i < length; i++) {
                    ck_assert_int_eq(csvk_buf_putc(&table, (unsigned char)name[i % 63]), CSVK_OK);
                }
                ck_assert_int_eq(csvk_buf_puts(&table, part == 0 ? "\n" : "\ny,"), CSVK_OK);
                for (int i = 0; i < before && part != 0; i++) {
                    ck_assert_int_eq(csvk_buf_puts(&table, "abc"), CSVK_OK);
                }
                ck_assert_int_eq(csvk_buf_puts(&table, part == 0 ? "" : "\n"), CSVK_OK);
            }
            struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
            const struct csvk_finding *f = first_of(report_of(v), "header-repeated");
            ck_assert_msg(f != NULL && f->extra[0].number == 2, "%d %d", length, before);
            csvk_validator_free(v);
            csvk_buf_release(&table);
        }
    }
}
END_TEST

static void tune_window(struct csvk_options *options, void *context)
{
    (void)context;
    options->window = 4096;
}

/* Empty records far behind what is searched count only where the file ends with them, however many
   batches they fill. */
START_TEST(empty_records_at_the_end_are_counted)
{
    struct csvk_validate_options options;
    struct csvk_validate_hooks hooks = {.size = sizeof hooks, .tune = tune_window};
    csvk_validate_options_init(&options);
    for (uint64_t after = 0; after < 2; after++) {
        struct csvk_buf table = CSVK_BUF_INIT;
        struct csvk_error err = {0};
        struct csvk_source *source = NULL;
        struct csvk_validator *v = NULL;
        for (uint64_t i = 1; i <= 63000 + 2000 * after; i++) {
            bool empty = i > 60000 && i <= 63000;
            ck_assert_int_eq(csvk_buf_puts(&table, empty ? ",\n" : "7,8\n"), CSVK_OK);
        }
        ck_assert_int_eq(csvk_source_memory(&source, table.data, table.length, &err), CSVK_OK);
        ck_assert_int_eq(csvk_validate_source(&v, source, &options, &hooks, &err), CSVK_OK);
        const struct csvk_finding *f = first_of(report_of(v), "empty-record");
        ck_assert((f != NULL) == (after == 0));
        if (f != NULL) {
            ck_assert_uint_eq(f->record, 60001);
            ck_assert_uint_eq(f->line, 60001);
            ck_assert_uint_eq(f->byte, 240000);
            ck_assert_uint_eq(f->extra[0].number, 3000);
        }
        csvk_validator_free(v);
        csvk_source_free(source);
        csvk_buf_release(&table);
    }
}
END_TEST

/* ---- one cause, one finding ------------------------------------------------------------------ */

/* A table, and the text of its report: the rules that are shown, and parts of their texts. */
struct cause_case {
    const char *table;
    const char *shown;    /* "rule@record rule@record ..." in the order of the report */
    const char *texts[4]; /* that the report has */
    const char *not_there;
};

#define TEN_OF(line) line line line line line line line line line line

static const struct cause_case cause_cases[] = {
    {"a,b\n1,2\n3,4\n5,6\nTotal: 3\n",
     "footer-suspected@5 field-count@5",
     {"info[footer-suspected]", "csvkit normalize --skip-tail=1 does."},
     "Enclose fields"},
    {"a,b\n1,2\n3,4\n\\.\n",
     "copy-end-marker@4 field-count@4",
     {"--skip-tail=1"},
     "Enclose fields"},
    {"a,b\n1,2\n3,4\n5",
     "truncated-suspected@4 field-count@4",
     {"the file may be cut"},
     "footer-suspected"},
    {"# x\n# y\na,b\n1,2\n",
     "comment-line@1 field-count@3",
     {"--comment=#", "1 more finding"},
     "Enclose fields"},
    {"sep=;\nx;1\n2,5;1\n3,5;1\n",
     "sep-directive@1 field-count@3",
     {"Remove the line; give"},
     "preamble-suspected"},
    {"Report of x\nto y\na,b\n1,2\n3,4\n",
     "preamble-suspected@1 field-count@3",
     {"Remove the lines above the header.", "2 more findings"},
     "Enclose fields"},
    {"a,b\n" TEN_OF("1,2\n") TEN_OF("3,4,5\n"),
     "field-count@12",
     {"3 fields, expected 2; the same up to record 21"},
     "field-count@13"},
    {"a,b\n" TEN_OF("1,2\n") TEN_OF("3;4\n"),
     "field-count@12",
     {"a semicolon splits the record into as many; the same up to record 21", "with semicolons"},
     "Enclose fields"},
    {"a,b\n1,2\n1,2\n1,2\n1,2\n3,4,5\n3,4,5\n",
     "footer-suspected@6 field-count@6 field-count@7",
     {NULL},
     NULL},
    {"a,b\nx,1,200.50\ny,12\n", "field-count@2", {"thousands separators", "Enclose numbers"}, NULL},
    {"a,b\nx,1,20.50\ny,12\n", "field-count@2", {"3 fields, expected 2\n"}, "thousands"},
    {"a,b\nx,1,2.5\ny,12\n", "field-count@2", {"3 fields, expected 2\n"}, "thousands"},
    {"a,b\nx,1,200,y\ny,12\n", "field-count@2", {"4 fields, expected 2\n"}, "thousands"},
    {"a,b\nx,{p:1,q\":2}\ny,1\n",
     "field-count@2 quote-in-unquoted-field@2",
     {"Enclose the JSON"},
     "Enclose the field"},
    {"a,b,c\nx,{p},6\" y\n", "quote-in-unquoted-field@2", {"Enclose the field and"}, "JSON"},
    {"a,b\n1,2\r", "bare-cr@2", {"Enclose the field."}, "--line-break-in"},
    {"a,b\nx,{\"p\":1,\"q\":\"r, s\"}\ny,1\n",
     "quote-in-unquoted-field@2 field-count@2",
     {"Enclose the JSON", "3 more findings"},
     "Double the quotes inside"},
    {"a,b\nx,[1,2],3\ny,1\n", "field-count@2", {"4 fields, expected 2\n"}, "JSON"},
    {"a,b\nx,\xEF\xBC\x82p,q\xEF\xBC\x82\ny,1\n",
     "field-count@2 quote-style-suspected@2",
     {"typographic quotes"},
     NULL},
    {"a,b\nx,\xE2\x80\x9Ep,q\xE2\x80\x9C\ny,1\n",
     "field-count@2 quote-style-suspected@2",
     {"typographic quotes"},
     NULL},
    {"a,b\nx,\xC2\xABp,q\xC2\xBB\ny,1\n",
     "field-count@2 quote-style-suspected@2",
     {"typographic quotes"},
     NULL},
    {"a,b\nx,`p,q`\ny,1\n", "field-count@2 quote-style-suspected@2", {"backticks"}, NULL},
    {"a,b\n\"1,\"\"2\"\"\"\n3,4\n", "field-count@2", {"was enclosed once more"}, NULL},
    {"a,b\n1,6\" x 4\" y\n",
     "quote-in-unquoted-field@2",
     {"Enclose the field", "1 more finding"},
     NULL},
    {"a,b\n1,2\n\xEF\xBB\xBF\"x, y\",3\n",
     "bom-in-data@3 quote-in-unquoted-field@3 field-count@3",
     {"Remove the mark"},
     "Enclose the field"},
    {"a,b\n1,2\r3,4\r5,6\n",
     "bare-cr@2 field-count@2 bare-cr@2",
     {"every CR in it is followed by a whole record", "--line-break-in=any"},
     "Enclose"},
    {"a,b\n1,2\r3\n", "bare-cr@2", {"Enclose the field."}, "--line-break-in"},
    {"a,b\n1,"
     "\x01"
     "\n2,\x02\n",
     "control-char@2 control-char@3",
     {NULL},
     NULL},
    {"1\x01"
     "a\x01"
     "b\n2\x01"
     "c\x02\x01"
     "d\n3\x01"
     "e\x01"
     "f\n",
     "delimiter-suspected@0 control-char@2",
     {"--delimiter='\\x01'"},
     NULL},
};

static void list_shown(const struct csvk_report *report, struct csvk_buf *out)
{
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        if (strncmp(f->rule->id, "eol-", 4) != 0 && strcmp(f->rule->id, "final-eol-missing") != 0) {
            ck_assert_int_eq(csvk_buf_printf(out, out->length != 0 ? " %s@%u" : "%s@%u",
                                             f->rule->id, (unsigned)f->record),
                             CSVK_OK);
        }
    }
}

START_TEST(what_has_one_cause_is_told_once)
{
    const struct cause_case *c = &cause_cases[_i];
    struct csvk_validate_options options;
    struct csvk_buf shown = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    struct csvk_validator *v = judge(c->table, strlen(c->table), &options);
    const struct csvk_report *report = report_of(v);
    list_shown(report, &shown);
    ck_assert_str_eq(csvk_buf_text(&shown), c->shown);
    ck_assert_int_eq(csvk_report_print(report, "text", CSVK_TEXT_PLAIN, &text, NULL), CSVK_OK);
    for (size_t i = 0; i < 4 && c->texts[i] != NULL; i++) {
        ck_assert_msg(strstr(csvk_buf_text(&text), c->texts[i]) != NULL, "no '%s' in\n%s",
                      c->texts[i], csvk_buf_text(&text));
    }
    ck_assert_msg(c->not_there == NULL || strstr(csvk_buf_text(&text), c->not_there) == NULL,
                  "'%s' in\n%s", c->not_there, csvk_buf_text(&text));
    csvk_validator_free(v);
    csvk_buf_release(&shown);
    csvk_buf_release(&text);
}
END_TEST

/* Counts are the same, and nothing stands for others, when all findings are asked for. */
START_TEST(nothing_is_folded_when_all_is_asked_for)
{
    const struct cause_case *c = &cause_cases[_i];
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    struct csvk_validator *few = judge(c->table, strlen(c->table), &options);
    options.max_findings = 0;
    struct csvk_validator *all = judge(c->table, strlen(c->table), &options);
    const struct csvk_report *want = report_of(few), *have = report_of(all);
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        ck_assert_msg(want->counts[i] == have->counts[i], "%s", csvk_rule_at(i)->id);
    }
    ck_assert_uint_eq(have->findings_dropped, 0);
    csvk_validator_free(few);
    csvk_validator_free(all);
}
END_TEST

START_TEST(utf16_without_a_mark_is_told_once)
{
    static const char *const names[] = {"UTF-16LE", "UTF-16BE"};
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (size_t big = 0; big < 2; big++) {
        struct csvk_buf table = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
        for (size_t i = 0; i < 3000; i++) {
            const char *line = "id,name\n";
            for (size_t k = 0; line[k] != '\0'; k++) {
                ck_assert_int_eq(csvk_buf_putc(&table, (unsigned char)(big ? 0 : line[k])),
                                 CSVK_OK);
                ck_assert_int_eq(csvk_buf_putc(&table, (unsigned char)(big ? line[k] : 0)),
                                 CSVK_OK);
            }
        }
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_report *report = report_of(v);
        ck_assert_int_eq(csvk_report_print(report, "text", CSVK_TEXT_PLAIN, &text, NULL), CSVK_OK);
        ck_assert_ptr_nonnull(strstr(csvk_buf_text(&text), names[big]));
        ck_assert(!report->valid);
        ck_assert_uint_eq(report->errors, 1);
        ck_assert_uint_eq(report->warnings, 1);
        ck_assert_uint_eq(report->infos, 0);
        ck_assert_uint_eq(report->nfindings, 2);
        ck_assert_uint_eq(report->totals->records, 0);
        csvk_validator_free(v);
        csvk_buf_release(&table);
        csvk_buf_release(&text);
    }
}
END_TEST

/* A header of `count` names, one for each of the texts in turn. */
static const struct csvk_report *judge_names(const char *const *names, size_t count,
                                             struct csvk_validator **v)
{
    struct csvk_validate_options options;
    struct csvk_buf table = CSVK_BUF_INIT;
    size_t n = 0;
    while (names[n] != NULL) {
        n++;
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(csvk_buf_puts(&table, names[i % n]), CSVK_OK);
        ck_assert_int_eq(csvk_buf_puts(&table, i + 1 < count ? "," : "\n"), CSVK_OK);
    }
    csvk_validate_options_init(&options);
    *v = judge(csvk_buf_text(&table), table.length, &options);
    csvk_buf_release(&table);
    return report_of(*v);
}

START_TEST(names_with_the_same_defect_are_told_once)
{
    static const struct {
        const char *names[3];
        size_t count;
        uint64_t found;
        const char *rule, *message;
    } cases[] = {
        {{"v", NULL},
         3000,
         1,
         "header-duplicate-name",
         "columns 2-3000 repeat the name of column 1"},
        {{"v", NULL}, 11, 1, "header-duplicate-name", "columns 2-11 repeat the name of column 1"},
        {{"v", NULL}, 10, 9, "header-duplicate-name", NULL},
        {{"v", "w", NULL},
         3000,
         2,
         "header-duplicate-name",
         "1499 columns from 3 to 2999 repeat the name of column 1"},
        {{"", NULL}, 3000, 1, "header-empty-name", "columns 1-3000 have no name"},
        {{"", NULL}, 9, 9, "header-empty-name", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct csvk_validator *v = NULL;
        const struct csvk_report *report = judge_names(cases[i].names, cases[i].count, &v);
        const struct csvk_finding *f = first_of(report, cases[i].rule);
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(report->warnings, cases[i].found);
        if (cases[i].message != NULL) {
            ck_assert_str_eq(f->message, cases[i].message);
            ck_assert_str_eq(csvk_finding_remedy(f), f->rule->remedy);
        } else {
            ck_assert_ptr_null(f->message);
        }
        csvk_validator_free(v);
    }
}
END_TEST

START_TEST(who_says_the_delimiter_is_not_doubted)
{
    static const char table[] = "a;b\n1;2\n3;4\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (uint64_t stated = 0; stated < 2; stated++) {
        options.delimiter_stated = stated;
        struct csvk_validator *v = judge(table, strlen(table), &options);
        const struct csvk_finding *f = first_of(report_of(v), "delimiter-suspected");
        ck_assert((f != NULL) == (stated == 0));
        csvk_validator_free(v);
    }
}
END_TEST

/* An option is named where the whole sample reads well with it, and nothing good changes. */
static const struct advised {
    const char *rule, *table;
    bool named;
} advised[] = {
    {"quote-style-suspected", "a,b\n'x','1, 2'\n", true},
    {"quote-style-suspected", "a,b\n'O''Neil','1, 2'\n", true},
    {"quote-style-suspected", "a,b\nO'Hara,1\nx,'1, 2'\n", false}, /* an apostrophe is data */
    {"quote-style-suspected", "a,b\n'x' y,1\nx,'1, 2'\n", false},  /* text after it */
    {"quote-style-suspected", "a,b\n'x' y',1\nx,'1, 2'\n", false},
    {"quote-style-suspected", "a,b\n\"x\",1\nx,'1, 2'\n", false}, /* " would be data */
    {"quote-style-suspected", "a,b\nx,1,2\nx,'1, 2'\n", false},   /* another width */
    {"quote-style-suspected", "a,b\n`x`,`1, 2`\n", true},
    {"quote-style-suspected", "a,b\nx`y,1\n`x`,`1, 2`\n", false},
    {"field-count", "a,b\nO'Hara,1\nx,'1, 2'\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",2\n", true},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\"\",2\n", true},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",C:\\x\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",\"C:\\\"\n", false},
    {"backslash-escaped-quote", "a,b\n\"C:\\\",2\n\"say \\\"hi\\\" now\",1\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",2\n1,2,3\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",2\\", false},
};

START_TEST(an_option_is_named_where_it_helps)
{
    const struct advised *c = &advised[_i];
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    struct csvk_validator *v = judge(c->table, strlen(c->table), &options);
    const struct csvk_finding *f = first_of(report_of(v), c->rule);
    ck_assert_ptr_nonnull(f);
    const char *remedy = csvk_finding_remedy(f);
    ck_assert_msg((strstr(remedy, "--e") != NULL) == c->named, "%s", remedy);
    csvk_validator_free(v);
}
END_TEST

/* The records outvote the header, but not what somebody has said about the width. */
START_TEST(a_width_that_is_known_is_not_outvoted)
{
    static const char table[] = "id,b,c\n" TEN_OF("1,2\n") "1,2,3\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (int known = 0; known < 3; known++) {
        options.width = known == 1 ? 3 : 0;
        options.header = known == 2 ? CSVK_NO_HEADER : CSVK_HEADER;
        struct csvk_validator *v = judge(table, strlen(table) - 6, &options);
        const struct csvk_report *report = report_of(v);
        ck_assert((first_of(report, "header-width") != NULL) == (known == 0));
        ck_assert_uint_eq(report->totals->width, known == 0 ? 2 : 3);
        csvk_validator_free(v);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_causes");
    TCase *tcase = tcase_create("validator_causes");
    tcase_set_timeout(tcase, 60);
    int cases = (int)(sizeof(cause_cases) / sizeof(cause_cases[0]));
    tcase_add_test(tcase, clean_records_are_searched_for);
    tcase_add_test(tcase, long_headers_are_found_however_far);
    tcase_add_test(tcase, two_lines_look_like_records_where_quotes_are_wrong);
    tcase_add_test(tcase, a_header_of_one_column_is_found_when_it_was_named);
    tcase_add_test(tcase, headers_of_every_length_are_found);
    tcase_add_test(tcase, empty_records_at_the_end_are_counted);
    tcase_add_loop_test(tcase, what_has_one_cause_is_told_once, 0, cases);
    tcase_add_loop_test(tcase, nothing_is_folded_when_all_is_asked_for, 0, cases);
    tcase_add_test(tcase, utf16_without_a_mark_is_told_once);
    tcase_add_test(tcase, names_with_the_same_defect_are_told_once);
    tcase_add_test(tcase, who_says_the_delimiter_is_not_doubted);
    tcase_add_test(tcase, a_width_that_is_known_is_not_outvoted);
    tcase_add_loop_test(tcase, an_option_is_named_where_it_helps, 0,
                        sizeof advised / sizeof advised[0]);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
