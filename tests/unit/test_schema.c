/*
 * test_schema.c - declared types of a table: the schema itself; what is NULL; where findings stand;
 * that reports do not depend on reads and parts; that a bad column hides no other.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* ---- a schema -------------------------------------------------------------------------------- */

START_TEST(a_schema_keeps_copies_and_answers_by_backend)
{
    struct csvk_schema *schema = NULL;
    struct csvk_error err = {0};
    char name[] = "a";
    struct csvk_schema_column column = {.size = sizeof column, .name = name, .required = 1};
    ck_assert_int_eq(csvk_schema_new(&schema, &err), CSVK_OK);
    ck_assert_int_eq(csvk_schema_override(schema, CSVK_BACKEND_BIGQUERY, &column, &err),
                     CSVK_EUSAGE); /* there is no column yet */
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(csvk_schema_add(schema, &column, &err), CSVK_OK);
    }
    name[0] = 'x';
    struct csvk_schema_column other = {.size = sizeof other, .name = "y"};
    other.type = CSVK_VALUE_NUMERIC;
    other.precision = 3;
    other.declared = "NUMBER(3)";
    ck_assert_int_eq(csvk_schema_override(schema, CSVK_BACKEND_SNOWFLAKE, &other, &err), CSVK_OK);
    ck_assert_int_eq(csvk_schema_override(schema, CSVK_BACKEND_SNOWFLAKE, &other, &err), CSVK_OK);
    ck_assert_int_eq(csvk_schema_override(schema, CSVK_BACKEND_PORTABLE, &other, &err),
                     CSVK_EUSAGE);
    ck_assert_uint_eq(csvk_schema_count(schema), 20);
    ck_assert_uint_eq(csvk_schema_count(NULL), 0);
    struct csvk_schema *second = csvk_schema_share(schema);
    csvk_schema_free(schema);
    struct csvk_schema_column got = {.size = sizeof got};
    ck_assert_int_eq(csvk_schema_at(second, 19, CSVK_BACKEND_SNOWFLAKE, &got, &err), CSVK_OK);
    ck_assert_str_eq(got.name, "a");
    ck_assert_str_eq(got.declared, "NUMBER(3)");
    ck_assert_uint_eq(got.required, 1);
    ck_assert_uint_eq(got.precision, 3);
    ck_assert_int_eq(csvk_schema_at(second, 19, CSVK_BACKEND_BIGQUERY, &got, &err), CSVK_OK);
    ck_assert_uint_eq(got.type, CSVK_VALUE_STRING);
    ck_assert_int_eq(csvk_schema_at(second, 20, CSVK_BACKEND_PORTABLE, &got, &err), CSVK_EUSAGE);
    csvk_schema_free(second);
    ck_assert_ptr_null(csvk_schema_share(NULL));
    csvk_schema_free(NULL);
}
END_TEST

START_TEST(columns_that_no_backend_has_are_refused)
{
    static const struct csvk_schema_column bad[] = {
        {.size = sizeof(struct csvk_schema_column), .type = CSVK_VALUE_STRING},
        {.size = sizeof(struct csvk_schema_column), .name = "a", .type = CSVK_VALUE_TYPES},
        {.size = sizeof(struct csvk_schema_column), .name = "a", .type = 2, .precision = 77},
        {.size = sizeof(struct csvk_schema_column),
         .name = "a",
         .type = 2,
         .precision = 2,
         .scale = 3},
    };
    struct csvk_schema *schema = NULL;
    struct csvk_error err = {0};
    enum csvk_backend backend;
    ck_assert_int_eq(csvk_schema_new(&schema, &err), CSVK_OK);
    for (size_t i = 0; i < COUNT(bad); i++) {
        ck_assert_int_eq(csvk_schema_add(schema, &bad[i], &err), CSVK_EUSAGE);
    }
    ck_assert_uint_eq(csvk_schema_count(schema), 0);
    ck_assert_int_eq(csvk_backend_parse("bigquery", &backend, &err), CSVK_OK);
    ck_assert_int_eq(backend, CSVK_BACKEND_BIGQUERY);
    ck_assert_int_eq(csvk_backend_parse("oracle", &backend, &err), CSVK_EUSAGE);
    csvk_schema_free(schema);
}
END_TEST

/* ---- a table --------------------------------------------------------------------------------- */

struct table_row {
    const char *types; /* a letter for each column: s i n f b d t; capital: required */
    const char *text;
    const char *findings; /* rule@byte+length ..., in order */
    enum csvk_backend backend;
};

static void set_schema(struct csvk_validate_options *options, const char *types)
{
    static const char letters[] = "sinfbdt";
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_schema_new(&options->schema, &err), CSVK_OK);
    for (size_t i = 0; types[i] != '\0'; i++) {
        struct csvk_schema_column column = {.size = sizeof column, .name = "c"};
        column.required = types[i] < 'a';
        column.unique = types[i] == 's'; /* what only_values does not ask for */
        column.type = (uint64_t)(strchr(letters, types[i] | 0x20) - letters);
        ck_assert_int_eq(csvk_schema_add(options->schema, &column, &err), CSVK_OK);
    }
}

static void only_values(struct csvk_validate_options *options)
{
    static const char *const ids[] = {"type-mismatch",      "value-missing",   "value-too-long",
                                      "value-out-of-range", "value-precision", "value-ambiguous",
                                      "value-not-portable"};
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_validate_set_rule(options, "all", CSVK_OFF, &err), CSVK_OK);
    for (size_t i = 0; i < COUNT(ids); i++) {
        ck_assert_int_eq(csvk_validate_set_rule(options, ids[i], CSVK_ERROR, &err), CSVK_OK);
    }
}

static void use_window(struct csvk_options *options, void *context)
{
    options->window = *(const size_t *)context;
}

static struct csvk_validator *judge(const char *text, size_t length,
                                    const struct csvk_validate_options *options, size_t window)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = use_window, .context = &window};
    ck_assert_int_eq(csvk_source_memory(&source, text, length, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, options, &hooks, &err) == CSVK_OK, "%s",
                  err.text);
    csvk_source_free(source);
    return v;
}

static const struct csvk_report *report_of(struct csvk_validator *v)
{
    const struct csvk_report *report = NULL;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_validator_report(v, &report, &err), CSVK_OK);
    return report;
}

static const struct table_row table_rows[] = {
    {"ii", "a,b\n1,x\n", "type-mismatch@6+1", CSVK_BACKEND_PORTABLE},
    {"ii", "a,b\n1,\"x\"\n", "type-mismatch@7+1", CSVK_BACKEND_PORTABLE},
    {"ii", "a,b\n1,\"7\"\n", "", CSVK_BACKEND_PORTABLE},
    {"ii", "a,b\n12x4,1\n", "type-mismatch@6+2", CSVK_BACKEND_PORTABLE},
    /* a doubled enclosure before the byte, and as the byte */
    {"ii", "a,b\n1,\"1\"\"x\"\n", "type-mismatch@8+3", CSVK_BACKEND_PORTABLE},
    {"bi", "a,b\n\"\"\"\",1\n", "type-mismatch@5+2", CSVK_BACKEND_PORTABLE},
    /* what is NULL */
    {"iI", "a,b\n,\n", "value-missing@5+0", CSVK_BACKEND_PORTABLE},
    {"iI", "a,b\n\"\",\"\"\n", "value-missing@8+0", CSVK_BACKEND_PORTABLE},
    {"iI", "a,b\n\"\",\"\"\n", "value-missing@8+0", CSVK_BACKEND_BIGQUERY},
    {"sS", "a,b\n,\n", "value-missing@5+0", CSVK_BACKEND_PORTABLE},
    {"sS", "a,b\n\"\",\"\"\n", "value-not-portable@5+0 value-missing@8+0", CSVK_BACKEND_PORTABLE},
    {"sS", "a,b\n\"\",\"\"\n", "value-missing@8+0", CSVK_BACKEND_SNOWFLAKE},
    {"sS", "a,b\n\"\",\"\"\n", "", CSVK_BACKEND_BIGQUERY},
    {"sS", "a,b\n,\n", "value-missing@5+0", CSVK_BACKEND_BIGQUERY},
    /* what is not judged: the header, another width, blank lines, quoting errors, more columns */
    {"ii", "a,b\nx\nx,y,z\n\n1,2\n", "", CSVK_BACKEND_PORTABLE},
    {"ii", "a,b\nx\"y,2\n", "", CSVK_BACKEND_PORTABLE},
    {"i", "a,b\n1,x\n", "", CSVK_BACKEND_PORTABLE},
    {"iii", "a,b\n1,2\n", "", CSVK_BACKEND_PORTABLE},
    {"nfd", "a,b,c\n1e1,nan,1/2/2024\n",
     "value-not-portable@7+2 value-not-portable@10+3 type-mismatch@15+7", CSVK_BACKEND_PORTABLE},
    {"nfd", "a,b,c\n1e1,nan,1/2/2024\n", "value-ambiguous@14+8", CSVK_BACKEND_SNOWFLAKE},
};

START_TEST(findings_stand_at_their_bytes)
{
    const struct table_row *row = &table_rows[_i];
    struct csvk_validate_options options;
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    only_values(&options);
    set_schema(&options, row->types);
    options.backend = row->backend;
    struct csvk_validator *v = judge(row->text, strlen(row->text), &options, 0);
    const struct csvk_report *report = report_of(v);
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        ck_assert_int_eq(csvk_buf_printf(&text, "%s%s@%d+%d", i == 0 ? "" : " ", f->rule->id,
                                         (int)f->byte, (int)f->length),
                         CSVK_OK);
    }
    ck_assert_str_eq(csvk_buf_text(&text), row->findings);
    csvk_buf_release(&text);
    csvk_validator_free(v);
    csvk_validate_options_release(&options);
}
END_TEST

struct empty_key_row {
    const char *types, *text;
    enum csvk_severity missing, empty; /* of value-missing and empty-key */
    const char *findings;              /* rule of record, in order */
    enum csvk_backend backend;
};
static const struct empty_key_row empty_key_rows[] = {
    {"Is", "a,b\n,\n1,x\n", CSVK_ERROR, CSVK_WARNING, "value-missing@2", CSVK_BACKEND_PORTABLE},
    {"Is", "a,b\n,\n1,x\n", CSVK_ERROR, CSVK_ERROR, "value-missing@2", CSVK_BACKEND_PORTABLE},
    {"Is", "a,b\n,\n1,x\n", CSVK_WARNING, CSVK_ERROR, "empty-key@2", CSVK_BACKEND_PORTABLE},
    {"Is", "a,b\n,\n1,x\n", CSVK_OFF, CSVK_WARNING, "empty-key@2", CSVK_BACKEND_PORTABLE},
    {"Is", "a,b\n,\n1,x\n", CSVK_ERROR, CSVK_OFF, "value-missing@2", CSVK_BACKEND_PORTABLE},
    {"Is", "a,b\n,\n1,x\n", CSVK_OFF, CSVK_OFF, "", CSVK_BACKEND_PORTABLE},
    /* the column may be empty, or has no type */
    {"is", "a,b\n,\n1,x\n", CSVK_ERROR, CSVK_WARNING, "empty-key@2", CSVK_BACKEND_PORTABLE},
    {"iS", "a,b\n,\n", CSVK_WARNING, CSVK_ERROR, "empty-key@2 value-missing@2",
     CSVK_BACKEND_PORTABLE},
    {"", "a,b\n,\n1,x\n", CSVK_ERROR, CSVK_WARNING, "empty-key@2", CSVK_BACKEND_PORTABLE},
    /* what is a text is an empty key all the same */
    {"Ss", "a,b\n\"\",\n", CSVK_ERROR, CSVK_WARNING, "empty-key@2", CSVK_BACKEND_BIGQUERY},
    {"Ss", "a,b\n\"\",\n", CSVK_ERROR, CSVK_WARNING, "value-missing@2", CSVK_BACKEND_SNOWFLAKE},
    /* types are not judged in a record of another width */
    {"Is", "a,b\n,,\n", CSVK_ERROR, CSVK_WARNING, "empty-key@2", CSVK_BACKEND_PORTABLE},
};

START_TEST(an_empty_cell_of_the_key_is_one_finding)
{
    const struct empty_key_row *row = &empty_key_rows[_i];
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_validate_set_rule(&options, "all", CSVK_OFF, &err), CSVK_OK);
    ck_assert_int_eq(csvk_validate_set_rule(&options, "value-missing", row->missing, &err),
                     CSVK_OK);
    ck_assert_int_eq(csvk_validate_set_rule(&options, "empty-key", row->empty, &err), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "a"), CSVK_OK);
    set_schema(&options, row->types);
    options.backend = row->backend;
    for (size_t window = 0; window < 12; window++) {
        struct csvk_validator *v = judge(row->text, strlen(row->text), &options, window);
        const struct csvk_report *report = report_of(v);
        csvk_buf_clear(&text);
        for (size_t i = 0; i < report->nfindings; i++) {
            ck_assert_int_eq(csvk_buf_printf(&text, "%s%s@%d", i == 0 ? "" : " ",
                                             report->findings[i]->rule->id,
                                             (int)report->findings[i]->record),
                             CSVK_OK);
        }
        ck_assert_str_eq(csvk_buf_text(&text), row->findings);
        ck_assert_uint_eq(report->errors + report->warnings, report->nfindings);
        csvk_validator_free(v);
    }
    csvk_buf_release(&text);
    csvk_validate_options_release(&options);
}
END_TEST

static void make_table(struct csvk_buf *out, unsigned records)
{
    static const char *const values[] = {"1",     "x",     "",           "\"\"",
                                         "1.5",   "+1",    "\"a\"\"b\"", "2",
                                         "0",     "1e400", "3,4,5",      "99999999999999999999",
                                         "\"\n\""};
    struct support_random random = {7};
    ck_assert_int_eq(csvk_buf_puts(out, "a,b,c\r\n"), CSVK_OK);
    for (unsigned i = 0; i < records; i++) {
        for (int c = 0; c < 3; c++) {
            const char *value = values[support_below(&random, COUNT(values))];
            ck_assert_int_eq(csvk_buf_printf(out, "%s%s", c == 0 ? "" : ",", value), CSVK_OK);
        }
        ck_assert_int_eq(csvk_buf_puts(out, "\r\n"), CSVK_OK);
    }
}

static void print_report(struct csvk_validator *v, struct csvk_buf *out)
{
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_report_print(report_of(v), "json", CSVK_TEXT_PLAIN, out, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_report_print(report_of(v), "text", CSVK_TEXT_PLAIN, out, NULL), CSVK_OK);
}

START_TEST(reports_do_not_depend_on_reads)
{
    struct csvk_buf table = CSVK_BUF_INIT, whole = CSVK_BUF_INIT, cut = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.max_findings = 4;
    set_schema(&options, "IsN");
    make_table(&table, 60);
    struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options, 0);
    print_report(v, &whole);
    csvk_validator_free(v);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&whole), "\"type-mismatch\":"));
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&whole), "\"not-unique\":"));
    for (size_t window = 1; window < table.length; window += window < 40 ? 1 : 97) {
        v = judge(csvk_buf_text(&table), table.length, &options, window);
        print_report(v, &cut);
        ck_assert_str_eq(csvk_buf_text(&cut), csvk_buf_text(&whole));
        csvk_validator_free(v);
    }
    csvk_buf_release(&table);
    csvk_buf_release(&whole);
    csvk_buf_release(&cut);
    csvk_validate_options_release(&options);
}
END_TEST

/* Ends of records, from the bytes alone: the tables above have no line break CRLF inside a value.
 */
static size_t next_record(const struct csvk_buf *table, size_t at)
{
    const char *text = csvk_buf_text((struct csvk_buf *)(uintptr_t)table);
    const char *found = strstr(text + at, "\r\n");
    return found != NULL ? (size_t)(found - text) + 2 : table->length;
}

START_TEST(joined_parts_have_the_report_of_the_whole)
{
    struct csvk_buf table = CSVK_BUF_INIT, whole = CSVK_BUF_INIT, joined = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    csvk_validate_options_init(&options);
    options.max_findings = _i == 0 ? 0 : 3;
    options.width = 3;
    options.eol = CSVK_EOL_CRLF;
    set_schema(&options, "IsN");
    make_table(&table, 40);
    const char *text = csvk_buf_text(&table);
    struct csvk_validator *v = judge(text, table.length, &options, 0);
    print_report(v, &whole);
    csvk_validator_free(v);
    for (size_t at = next_record(&table, 0); at < table.length; at = next_record(&table, at)) {
        options.continuation = false;
        struct csvk_validator *left = judge(text, at, &options, 0), *right;
        options.continuation = true;
        options.header_record = (struct csvk_bytes){(const unsigned char *)text, 5};
        right = judge(text + at, table.length - at, &options, 0);
        options.header_record = (struct csvk_bytes){NULL, 0};
        ck_assert_msg(csvk_validator_merge(left, right, &err) == CSVK_OK, "%s", err.text);
        print_report(left, &joined);
        ck_assert_str_eq(csvk_buf_text(&joined), csvk_buf_text(&whole));
        csvk_validator_free(left);
        csvk_validator_free(right);
    }
    csvk_buf_release(&table);
    csvk_buf_release(&whole);
    csvk_buf_release(&joined);
    csvk_validate_options_release(&options);
}
END_TEST

START_TEST(parts_that_were_judged_by_other_types_are_not_joined)
{
    struct csvk_validate_options typed, plain;
    struct csvk_error err = {0};
    csvk_validate_options_init(&typed);
    csvk_validate_options_init(&plain);
    set_schema(&typed, "i");
    typed.width = plain.width = 1;
    typed.continuation = true;
    struct csvk_validator *left = judge("a\r\n1\r\n", 6, &plain, 0);
    struct csvk_validator *right = judge("x\r\n", 3, &typed, 0);
    ck_assert_int_eq(csvk_validator_merge(left, right, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "types"));
    csvk_validator_free(left);
    csvk_validator_free(right);
    csvk_validate_options_release(&typed);
    csvk_validate_options_release(&plain);
}
END_TEST

START_TEST(a_bad_column_hides_no_other)
{
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    only_values(&options);
    options.max_findings = 4;
    set_schema(&options, "ii");
    ck_assert_int_eq(csvk_buf_puts(&table, "a,b\n"), CSVK_OK);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(csvk_buf_printf(&table, "x%d,%d\n", i % 7, i), CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_puts(&table, "x,y\n"), CSVK_OK);
    struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options, 0);
    const struct csvk_report *report = report_of(v);
    ck_assert_uint_eq(report->errors, 102);
    ck_assert_uint_eq(report->nfindings, 4);
    ck_assert_uint_eq(report->findings[3]->field, 2);
    ck_assert_uint_eq(report->nvalues, 2);
    ck_assert_uint_eq(report->values[0].values, 101);
    ck_assert_uint_eq(report->values[0].counts[0], 101);
    ck_assert_uint_eq(report->values[1].counts[0], 1);
    const struct csvk_value_sample *samples = report->values[0].samples;
    ck_assert_uint_eq(samples[2].text.len, 2);
    ck_assert_int_eq(memcmp(samples[2].text.ptr, "x2", 2), 0);
    ck_assert_str_eq(csvk_rule_at(report->first_value_rule)->id, "type-mismatch");
    csvk_buf_release(&table);
    csvk_validator_free(v);
    csvk_validate_options_release(&options);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tc = tcase_create("tables");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_schema_keeps_copies_and_answers_by_backend);
    tcase_add_test(tc, columns_that_no_backend_has_are_refused);
    tcase_add_loop_test(tc, findings_stand_at_their_bytes, 0, COUNT(table_rows));
    tcase_add_loop_test(tc, an_empty_cell_of_the_key_is_one_finding, 0, COUNT(empty_key_rows));
    tcase_add_test(tc, reports_do_not_depend_on_reads);
    tcase_add_loop_test(tc, joined_parts_have_the_report_of_the_whole, 0, 2);
    tcase_add_test(tc, parts_that_were_judged_by_other_types_are_not_joined);
    tcase_add_test(tc, a_bad_column_hides_no_other);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
