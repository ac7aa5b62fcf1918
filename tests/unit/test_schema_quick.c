/*
 * test_schema_quick.c - values that are judged in blocks, by every set of instructions, give the
 * report that they give one by one; random tables, cut in random ways.
 */
#include "tests/support/support.h"
#include "validator/schema_state.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const enum csvk_simd levels[] = {CSVK_SIMD_SCALAR, CSVK_SIMD_SSE2, CSVK_SIMD_AVX2,
                                        CSVK_SIMD_AVX512};

/* ---- fields of a run of records -------------------------------------------------------------- */

enum { WIDTH_MOST = 80, FIELDS_MOST = 4000 };

struct record_run { /* of records, and what a reader byte by byte says of them */
    struct csvk_buf text;
    size_t begin, end, width, count;
    struct csvk_field field[FIELDS_MOST];
};

static void put_fields(struct support_random *random, struct record_run *run, const char *eol)
{
    static const char *const values[] = {
        "",
        "1",
        "12",
        "123",
        "x",
        "\"\"",
        "\"a,b\"",
        "\"\"\"\"",
        "\",\"\"\"",
        "\"x\r\ny\"",
        "1x",
        "-1",
        "1.5",
        "12345678901234567",
        "123456789012345678",
        "1234567890123456789",
        "longer text",
        "\"0123456789 0123456789 0123456789 0123456789 ,, 0123456\""};
    bool plain = support_below(random, 2) == 0;
    for (size_t i = 0; i < run->width; i++) {
        const char *value =
            values[plain ? 1 + support_below(random, 3) : support_below(random, COUNT(values))];
        ck_assert_int_eq(csvk_buf_puts(&run->text, i == 0 ? "" : ","), CSVK_OK);
        size_t begin = run->text.length;
        ck_assert_int_eq(csvk_buf_puts(&run->text, value), CSVK_OK);
        run->field[run->count++] =
            (struct csvk_field){(uint32_t)begin, (uint32_t)run->text.length, 0};
    }
    ck_assert_int_eq(csvk_buf_puts(&run->text, eol), CSVK_OK);
}

/* What stands around is not looked at. */
static void put_around(struct record_run *run, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(csvk_buf_puts(&run->text, i % 2 == 0 ? "\"" : "\r"), CSVK_OK);
    }
}

static void make_run(struct support_random *random, struct record_run *run)
{
    size_t records = 1 + support_below(random, 12);
    *run = (struct record_run){.begin = support_below(random, 70)};
    put_around(run, run->begin);
    run->width = 1 + support_below(random, support_below(random, 3) == 0 ? WIDTH_MOST : 6);
    for (size_t i = 1; i <= records; i++) {
        const char *eol = support_below(random, 2) == 0 ? "\r\n" : "\n";
        bool open = i == records && run->width > 1 && support_below(random, 2) == 0;
        put_fields(random, run, open ? "" : eol);
    }
    run->end = run->text.length;
    put_around(run, 70);
}

static bool is_digits(const struct record_run *run, const struct csvk_field *field)
{
    size_t at = field->begin;
    while (at < field->end && run->text.data[at] >= '0' && run->text.data[at] <= '9') {
        at++;
    }
    return at == field->end && at > field->begin && at - field->begin <= DIGITS_MOST;
}

/* Kinds of columns: 0 digits, 1 longer, 2 always, 3 never to be looked at. */
static void make_plan(struct scan_plan *plan, size_t width, const unsigned char *kind)
{
    plan->turn = csvk_calloc(width, sizeof *plan->turn);
    plan->after = csvk_calloc(width + SCAN_BLOCK + 1, sizeof *plan->after);
    ck_assert(plan->turn != NULL && plan->after != NULL);
    for (size_t i = 0; i <= width + SCAN_BLOCK; i++) {
        plan->after[i] = (uint32_t)(i % width);
    }
    for (size_t i = 0; i < width * SCAN_BLOCK; i++) {
        struct scan_turn *turn = &plan->turn[i / SCAN_BLOCK];
        unsigned is = kind[(i / SCAN_BLOCK + i % SCAN_BLOCK) % width];
        uint64_t bit = UINT64_C(1) << (i % SCAN_BLOCK);
        turn->digits |= is == 0 ? bit : 0;
        turn->longer |= is == 1 ? bit : 0;
        turn->always |= is == 2 ? bit : 0;
    }
}

static void check_looks(const struct record_run *run, const unsigned char *kind,
                        const struct scan_plan *plan, const struct schema_scan *scan, size_t room)
{
    const struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    struct scan_state state = scan_state_of(run->text.data, run->begin, run->end);
    struct scan_look looks[3 * SCAN_BLOCK];
    size_t count = 0, next = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct csvk_field *field = &run->field[i];
        unsigned is = kind[i % run->width];
        if (is == 3 || (is == 0 && is_digits(run, field)) ||
            (is == 1 && field->end - field->begin > 2)) {
            continue;
        }
        while (next == count) {
            ck_assert(!scan_is_done(&state));
            count = scan->look(run->text.data, &dialect, plan, &state, looks, room);
            ck_assert(!state.stopped);
            next = 0;
        }
        ck_assert_uint_eq(looks[next].column, i % run->width);
        ck_assert_uint_eq(looks[next].begin, field->begin);
        ck_assert_uint_eq(looks[next++].end, field->end);
    }
    while (next == count && !scan_is_done(&state)) {
        count = scan->look(run->text.data, &dialect, plan, &state, looks, room);
        next = 0;
    }
    ck_assert_uint_eq(next, count);
}

START_TEST(fields_are_found_as_byte_by_byte)
{
    struct support_random random = {(uint64_t)_i + 5};
    for (int round = 0; round < 1000; round++) {
        struct record_run run;
        struct scan_plan plan;
        unsigned char kind[WIDTH_MOST];
        make_run(&random, &run);
        for (size_t i = 0; i < run.width; i++) {
            kind[i] = (unsigned char)support_below(&random, 4);
        }
        make_plan(&plan, run.width, kind);
        for (size_t level = 0; level < COUNT(levels); level++) {
            const struct schema_scan *scan = schema_scan_at(levels[level]);
            check_looks(&run, kind, &plan, scan, SCAN_BLOCK);
            check_looks(&run, kind, &plan, scan, 3 * SCAN_BLOCK);
        }
        csvk_free(plan.turn);
        csvk_free(plan.after);
        csvk_buf_release(&run.text);
    }
}
END_TEST

/* At every place around the end of a block: a CR with nothing, with CR, with LF after it. */
START_TEST(a_cr_alone_stops)
{
    const struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    const unsigned char kind[] = {3};
    struct scan_plan plan;
    make_plan(&plan, 1, kind);
    for (size_t at = 0; at < 140; at++) {
        for (size_t level = 0; level < COUNT(levels); level++) {
            for (size_t follow = 0; follow < 4; follow++) {
                unsigned char text[300];
                struct scan_look looks[SCAN_BLOCK];
                size_t end = follow == 3 ? at + 1 : 142;
                memset(text, 'x', sizeof text);
                text[at] = '\r';
                text[at + 1] = follow == 0 ? 'x' : follow == 1 ? '\r' : '\n';
                struct scan_state state = scan_state_of(text, 0, end);
                ck_assert_uint_eq(schema_scan_at(levels[level])
                                      ->look(text, &dialect, &plan, &state, looks, SCAN_BLOCK),
                                  0);
                ck_assert_int_eq(state.stopped, follow != 2);
                ck_assert(state.stopped ? state.at == at : scan_is_done(&state));
            }
        }
    }
    csvk_free(plan.turn);
    csvk_free(plan.after);
}
END_TEST

/* Numbers of up to 15 digits are surely seen, of more than 18 never, and nothing else is. */
START_TEST(digits_alone_are_seen)
{
    static const char *const others[] = {"", "-1", "1.5", "\"7\"", "1x", "1234567890123456789"};
    struct support_random random = {(uint64_t)_i + 50};
    for (int round = 0; round < 1000; round++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        size_t width = 1 + support_below(&random, 9), records = 1 + support_below(&random, 80);
        size_t begin = support_below(&random, 70), bad = SIZE_MAX;
        size_t most = support_below(&random, 4) == 0 ? 18 : 15;
        const char *eol = support_below(&random, 6) == 0 ? "\r\n" : "\n";
        if (support_below(&random, 2) == 0) {
            bad = support_below(&random, width * records);
        }
        for (size_t i = 0; i < begin; i++) {
            ck_assert_int_eq(csvk_buf_puts(&text, "1"), CSVK_OK);
        }
        for (size_t i = 0; i < width * records; i++) {
            size_t length = 1 + support_below(&random, most);
            const char *value = i == bad ? others[support_below(&random, COUNT(others))]
                                         : &"987654321098765432"[18 - length];
            ck_assert_int_eq(
                csvk_buf_printf(&text, "%s%s", value, i % width == width - 1 ? eol : ","), CSVK_OK);
        }
        size_t end = text.length;
        ck_assert_int_eq(csvk_buf_printf(&text, "%080d", 7), CSVK_OK);
        for (size_t level = 0; level < COUNT(levels); level++) {
            bool seen =
                schema_scan_at(levels[level])->all_digits(text.data, begin, end, width * records);
            ck_assert_msg(!seen || (bad == SIZE_MAX && eol[0] == '\n'), "%s", csvk_buf_text(&text));
            ck_assert_msg(seen || bad != SIZE_MAX || most > 15 || eol[0] == '\r', "%s",
                          csvk_buf_text(&text));
        }
        csvk_buf_release(&text);
    }
}
END_TEST

/* 19 digits at every place of stretches and blocks. */
START_TEST(too_many_digits_are_seen)
{
    static const char too_many[] = "1234567890123456789\n";
    for (size_t at = 0; at < 700; at++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        uint64_t records = 1;
        for (size_t i = at % 2; i < at / 2; i++, records++) {
            ck_assert_int_eq(csvk_buf_puts(&text, i == 1 && at % 2 != 0 ? "12\n" : "1\n"), CSVK_OK);
        }
        ck_assert_int_eq(csvk_buf_puts(&text, too_many), CSVK_OK);
        for (size_t i = 0; i < 300; i++, records++) {
            ck_assert_int_eq(csvk_buf_puts(&text, "1\n"), CSVK_OK);
        }
        size_t end = text.length;
        ck_assert_int_eq(csvk_buf_printf(&text, "%080d", 7), CSVK_OK);
        for (size_t level = 0; level < COUNT(levels); level++) {
            ck_assert(!schema_scan_at(levels[level])->all_digits(text.data, 0, end, records));
        }
        csvk_buf_release(&text);
    }
}
END_TEST

/* ---- whole tables ---------------------------------------------------------------------------- */

static const enum csvk_value_type types[] = {
    CSVK_VALUE_INTEGER,      CSVK_VALUE_INTEGER, CSVK_VALUE_NUMERIC,     CSVK_VALUE_STRING,
    CSVK_VALUE_TABLE_STRING, CSVK_VALUE_DATE,    CSVK_VALUE_TABLE_NUMBER};

static struct csvk_schema *random_schema(struct support_random *random, size_t columns, bool digits)
{
    struct csvk_schema *schema = NULL;
    ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
    for (size_t i = 0; i < columns; i++) {
        struct csvk_schema_column column = {.size = sizeof column, .name = "c"};
        column.type = types[digits ? 0 : support_below(random, COUNT(types))];
        column.required = support_below(random, 4) == 0;
        bool limited = support_below(random, 3) == 0;
        column.length = limited && column.type == CSVK_VALUE_STRING ? 3 : 0;
        column.precision = limited && column.type == CSVK_VALUE_NUMERIC ? 5 : 0;
        column.scale = column.precision != 0 ? 1 : 0;
        ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
    }
    return schema;
}

static const char *random_break(struct support_random *random)
{
    static const char *const breaks[] = {"\r\n", "\r\n", "\n", "\n", "\n", "\r", "\r\r\n"};
    return breaks[support_below(random, COUNT(breaks))];
}

static void random_table(struct support_random *random, size_t columns, bool digits,
                         struct csvk_buf *out)
{
    static const char *const values[] = {"",
                                         "\"\"",
                                         "x",
                                         "1.5",
                                         "-7",
                                         "\"7\"",
                                         "\"a,\"\"b\"",
                                         "2024-01-01",
                                         "1234567890123456789",
                                         "12345678901234567890",
                                         "a\"b",
                                         "\"x\ny\"",
                                         "text that is longer",
                                         "+1",
                                         " 1"};
    const char *eol = random_break(random);
    bool mixed = support_below(random, 4) == 0;
    size_t records = support_below(random, 60), blanks = columns == 1 ? 2 : 20;
    for (size_t r = 0; r <= records; r++) {
        bool clean = r == 0 || support_below(random, 4) != 0;
        eol = mixed ? random_break(random) : eol;
        for (size_t i = 0; i < columns; i++) {
            bool number = clean || (digits && support_below(random, 30) != 0);
            int status = number ? csvk_buf_printf(out, "%s%u", i == 0 ? "" : ",",
                                                  (unsigned)support_below(random, 1u << (i % 31)))
                                : csvk_buf_printf(out, "%s%s", i == 0 ? "" : ",",
                                                  values[support_below(random, COUNT(values))]);
            ck_assert_int_eq(status, CSVK_OK);
        }
        bool torn = support_below(random, 20) == 0 && r != 0;
        ck_assert_int_eq(csvk_buf_printf(out, "%s%s", torn ? ",more" : "", eol), CSVK_OK);
        if (support_below(random, blanks) == 0) {
            ck_assert_int_eq(csvk_buf_puts(out, eol), CSVK_OK);
        }
    }
    if (support_below(random, 3) == 0) { /* no line break at the end */
        out->length -= strlen(eol);
        static const char *const ends[] = {"x", "", "\r"};
        ck_assert_int_eq(csvk_buf_puts(out, ends[support_below(random, COUNT(ends))]), CSVK_OK);
    }
}

static void judge(const struct csvk_buf *table, const struct csvk_validate_options *options,
                  size_t window, int level, struct csvk_buf *report)
{
    struct csvk_error err = {0};
    struct csvk_validator *v = NULL;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    const struct csvk_batch *batch;
    const struct csvk_report *made = NULL;
    int status;
    ck_assert_int_eq(csvk_source_memory(&source, table->data, table->length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_validator_new(&v, options, &err), CSVK_OK);
    v->schema->quick = v->schema->quick && level >= 0;
    v->schema->scan = schema_scan_at(level >= 0 ? (enum csvk_simd)level : CSVK_SIMD_AUTO);
    csvk_options_init(&how);
    csvk_validator_reader_options(v, &how);
    ck_assert_int_eq(how.detail, level >= 0 ? CSVK_RECORDS : CSVK_FIELDS);
    how.window = window;
    ck_assert_int_eq(csvk_reader_new(&reader, source, &how, &err), CSVK_OK);
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        ck_assert_int_eq(csvk_validator_feed(v, batch, &err), CSVK_OK);
        csvk_reader_only_count(reader, csvk_validator_only_counts(v));
    }
    ck_assert_int_eq(status, CSVK_END);
    ck_assert_int_eq(
        csvk_validator_finish(v, csvk_reader_totals(reader), csvk_source_damage(source), &err),
        CSVK_OK);
    ck_assert_int_eq(csvk_validator_report(v, &made, &err), CSVK_OK);
    csvk_buf_clear(report);
    ck_assert_int_eq(csvk_report_print(made, "json", CSVK_TEXT_PLAIN, report, NULL), CSVK_OK);
    csvk_reader_free(reader);
    csvk_source_free(source);
    csvk_validator_free(v);
}

START_TEST(reports_are_those_of_the_slow_way)
{
    struct support_random random = {(uint64_t)_i + 1};
    for (int round = 0; round < 60; round++) {
        struct csvk_buf table = CSVK_BUF_INIT, slow = CSVK_BUF_INIT, quick = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        bool digits = support_below(&random, 2) == 0;
        size_t columns = 1 + support_below(&random, support_below(&random, 4) == 0 ? 70 : 9);
        columns = support_below(&random, 20) == 0 ? 300 : columns; /* more than are found at once */
        csvk_validate_options_init(&options);
        options.profile = support_below(&random, 2) == 0 ? CSVK_PROFILE_BIS : options.profile;
        options.schema = random_schema(&random, columns - (columns > 2 && !digits), digits);
        options.header = support_below(&random, 2) == 0 ? CSVK_HEADER : CSVK_NO_HEADER;
        options.max_findings = support_below(&random, 2) == 0 ? 0 : 1 + support_below(&random, 5);
        random_table(&random, columns, digits, &table);
        size_t window = support_below(&random, 3) == 0 ? 1 + support_below(&random, 300) : 0;
        judge(&table, &options, window, -1, &slow);
        for (size_t i = 0; i < COUNT(levels); i++) {
            judge(&table, &options, window, (int)levels[i], &quick);
            ck_assert_msg(strcmp(csvk_buf_text(&quick), csvk_buf_text(&slow)) == 0,
                          "%.800s\n--- slow:\n%.1500s\n--- quick:\n%.1500s", csvk_buf_text(&table),
                          csvk_buf_text(&slow), csvk_buf_text(&quick));
        }
        csvk_buf_release(&table);
        csvk_buf_release(&slow);
        csvk_buf_release(&quick);
        csvk_validate_options_release(&options);
    }
}
END_TEST

/* Texts around the length from which they are looked at, in a column that takes no longer ones. */
START_TEST(long_texts_are_judged)
{
    for (size_t round = 0; round < 12; round++) {
        struct csvk_buf table = CSVK_BUF_INIT, slow = CSVK_BUF_INIT, quick = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        struct csvk_schema_column column = {
            .size = sizeof column, .name = "c", .type = CSVK_VALUE_STRING, .length = SHORT_TEXT};
        csvk_validate_options_init(&options);
        options.header = CSVK_NO_HEADER;
        ck_assert_int_eq(csvk_schema_new(&options.schema, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_schema_add(options.schema, &column, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_schema_add(options.schema, &column, NULL), CSVK_OK);
        for (size_t i = 0; i < 4; i++) {
            size_t length = SHORT_TEXT - 1 + (round + i) % 4 + (i == 3 ? 5000 : 0);
            ck_assert_int_eq(
                csvk_buf_printf(&table, "%0*d,%0*d\n", (int)(1 + round), 7, (int)length, 7),
                CSVK_OK);
        }
        judge(&table, &options, 0, -1, &slow);
        for (size_t i = 0; i < COUNT(levels); i++) {
            judge(&table, &options, 0, (int)levels[i], &quick);
            ck_assert_str_eq(csvk_buf_text(&quick), csvk_buf_text(&slow));
        }
        csvk_buf_release(&table);
        csvk_buf_release(&slow);
        csvk_buf_release(&quick);
        csvk_validate_options_release(&options);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema_quick");
    TCase *tc = tcase_create("quick");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, fields_are_found_as_byte_by_byte, 0, 4);
    tcase_add_test(tc, a_cr_alone_stops);
    tcase_add_loop_test(tc, digits_alone_are_seen, 0, 4);
    tcase_add_test(tc, too_many_digits_are_seen);
    tcase_add_test(tc, long_texts_are_judged);
    tcase_add_loop_test(tc, reports_are_those_of_the_slow_way, 0, 8);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
