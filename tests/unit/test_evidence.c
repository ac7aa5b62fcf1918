/*
 * test_evidence.c - how unlikely a value is in a column: logarithms by whole numbers, forms by
 * masks, and costs of values in columns made by hand, against the formula in floating point.
 */
#include "csvkit/base/hash.h"
#include "csvkit/normalize/evidence.h"
#include "csvkit/normalize/value_form.h"
#include "csvkit/normalize/texts.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bits -------------------------------------------------------------------------------------
 */

START_TEST(powers_of_two_have_whole_logarithms)
{
    for (int power = 0; power < 64; power++) {
        ck_assert_int_eq(norm_log2(UINT64_C(1) << power), power * NORM_BIT);
        if (power > 8) { /* beside it at most a part more or less */
            ck_assert_int_eq(norm_log2((UINT64_C(1) << power) - 1), power * NORM_BIT - 1);
            ck_assert_int_eq(norm_log2((UINT64_C(1) << power) + 1), power * NORM_BIT);
        }
    }
    ck_assert_int_eq(norm_log2(UINT64_MAX), 64 * NORM_BIT - 1);
    ck_assert_int_eq(norm_bits_of(1, 8), 3 * NORM_BIT);
    ck_assert_int_eq(norm_bits_of(8, 8), 0);
    ck_assert_int_eq(norm_bits_of_share(0, 0), NORM_BIT);
    ck_assert_int_eq(norm_bits_of_share(0, 15), 5 * NORM_BIT);
}
END_TEST

static void check_log2(uint64_t number)
{
    double exact = log2((double)number) * NORM_BIT;
    int got = norm_log2(number);
    ck_assert_msg(got <= exact + 1e-6 && got > exact - 1 - 1e-6, "log2 of %llu: %d, exactly %f",
                  (unsigned long long)number, got, exact);
}

START_TEST(logarithms_are_those_of_libm_rounded_down)
{
    int last = -1;
    for (uint64_t number = 1; number < 200000; number++) {
        check_log2(number);
        ck_assert_int_ge(norm_log2(number), last);
        last = norm_log2(number);
    }
    struct support_random random = {21};
    for (int i = 0; i < 100000; i++) { /* up to where a double is exact */
        check_log2(1 + (support_next(&random) >> (11 + support_below(&random, 50))));
    }
}
END_TEST

/* ---- forms ------------------------------------------------------------------------------------
 */

static uint64_t next_random(uint64_t *random)
{
    *random = csvk_hash_fold(*random + CSVK_HASH_A, CSVK_HASH_B);
    return *random >> 16;
}

/* A text of up to `most` bytes out of the alphabet. */
static size_t make_value(uint64_t *random, const char *alphabet, size_t letters, size_t most,
                         unsigned char *text)
{
    size_t length = next_random(random) % (most + 1);
    for (size_t k = 0; k < length; k++) {
        text[k] = (unsigned char)alphabet[next_random(random) % letters];
    }
    return length;
}

static const char digits_first[] = "0123456789012345678901234567890123456789/:\xfa\xff a";
static const char words[] = "aaaabbbbZZZZQQQQ    \xc3\xa9\xe9"
                            "00,.\"-_\t\n\r\x1c\x1f\x7f";

/* Numbers and texts are known by their masks: the answer is that of reading their runs. */
START_TEST(a_glance_at_a_value_changes_no_form)
{
    uint64_t random = 1;
    size_t numbers = 0, coarse = 0;
    for (int i = 0; i < 400000; i++) {
        unsigned char text[200];
        size_t letters[] = {40, sizeof digits_first - 1, 24, sizeof words - 1};
        size_t length = make_value(&random, i % 4 < 2 ? digits_first : words, letters[i % 4],
                                   i % 16 < 12 ? 20 : sizeof text, text);
        struct csvk_bytes value = {text, length};
        struct norm_form a, b;
        norm_form_of(value, &a);
        norm_form_by_runs(value, &b);
        ck_assert(a.fine == b.fine && a.runs == b.runs && a.has_break == b.has_break);
        ck_assert(norm_form_medium(&a) == norm_form_medium(&b) &&
                  norm_form_coarse(&a) == norm_form_coarse(&b));
        numbers += norm_form_is_number(&a);
        coarse += a.runs > NORM_MOST_RUNS;
    }
    ck_assert(numbers > 50000 && coarse > 50000);
}
END_TEST

/* ---- costs ------------------------------------------------------------------------------------
 */

enum { MOST_VALUES = 64 };

/* A column of values; one that begins with ' was enclosed. */
struct evidence_column {
    struct norm_cell cell[MOST_VALUES];
    size_t count;
};

static struct norm_cell cell_of(const char *text)
{
    bool enclosed = text[0] == '\'';
    return (struct norm_cell){(const unsigned char *)text + enclosed, strlen(text) - enclosed,
                              enclosed};
}

static void add_cells(struct evidence_column *column, size_t count, const char *text)
{
    for (; count > 0; count--) {
        column->cell[column->count++] = cell_of(text);
    }
}

static const struct norm_cell *next_cell(void *context, size_t index)
{
    struct evidence_column *column = context;
    return &column->cell[index];
}

static struct norm_evidence *counted(struct evidence_column *column)
{
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    struct norm_evidence *evidence = norm_evidence_new(1, &dialect);
    ck_assert_ptr_nonnull(evidence);
    for (size_t i = 0; i < column->count; i++) {
        ck_assert_int_eq(norm_evidence_add(evidence, &column->cell[i]), CSVK_OK);
    }
    ck_assert_uint_eq(norm_evidence_records(evidence), column->count);
    return evidence;
}

/* Before what is usual is known, a cost is the whole of it. */
static void check_cost(const struct norm_evidence *evidence, const char *text, double probability)
{
    struct norm_cell cell = cell_of(text);
    int got = norm_evidence_cell(evidence, 0, &cell, NORM_NOT_IN_SAMPLE);
    double exact = -log2(probability) * NORM_BIT;
    ck_assert_msg(fabs(got - exact) <= 8, "%s: %d, exactly %f", text, got, exact);
}

START_TEST(costs_of_empty_and_enclosed_values)
{
    struct evidence_column column = {.count = 0};
    add_cells(&column, 6, "");
    add_cells(&column, 2, "'");
    add_cells(&column, 12, "x");
    add_cells(&column, 4, "'x");
    struct norm_evidence *evidence = counted(&column);
    double empty = 8.5 / 25, known = 1 - 0.5 / 17; /* one form, one value: none was seen once */
    check_cost(evidence, "", empty * 6.5 / 9);
    check_cost(evidence, "'", empty * 2.5 / 9);
    double filled = (1 - empty) * known * known * 16.5 / 17;
    check_cost(evidence, "x", filled * 12.5 / 17);
    check_cost(evidence, "'x", filled * 4.5 / 17);
    ck_assert_int_le(abs(norm_evidence_filled(evidence, 0) - (int)(-log2(1 - empty) * NORM_BIT)),
                     2);
    ck_assert_int_le(abs(norm_evidence_enclosed(evidence, 0) - (int)(-log2(4.5 / 25) * NORM_BIT)),
                     2);
    struct norm_column_facts facts = norm_evidence_column(evidence, 0);
    ck_assert(facts.values == 24 && facts.empty == 8 && facts.enclosed == 4);
    ck_assert(facts.with_break == 0 && facts.has_forms);
    norm_evidence_free(evidence);
}
END_TEST

START_TEST(costs_of_values_in_need_of_an_enclosure)
{
    static const char *const needy[] = {"'a,b", "'a\"b", "'a\nb", "'a\rb"};
    struct evidence_column column = {.count = 0};
    add_cells(&column, 12, "a");
    for (size_t i = 0; i < 4; i++) {
        add_cells(&column, 1, needy[i]);
    }
    struct norm_evidence *evidence = counted(&column);
    for (size_t i = 0; i < 4; i++) {
        struct norm_cell cell = cell_of(needy[i]);
        ck_assert(norm_evidence_needs(evidence, (struct csvk_bytes){cell.ptr, cell.len}));
    }
    ck_assert(!norm_evidence_needs(evidence, (struct csvk_bytes){(const unsigned char *)"a b", 3}));
    /* "a", "a,b", "a"b", "a\nb", "a\rb": the last one has the form of a blank between letters */
    double filled = 1 - 0.5 / 17, seen_form = 1 - 4.5 / 17, need = 4.5 / 17;
    double again = seen_form > 0.125 ? seen_form : 0.125, once = filled * need * seen_form / 16;
    check_cost(evidence, "a", filled * 12.5 / 17 * 12.5 / 13 * seen_form * 12 / 16 * again);
    check_cost(evidence, "'a,b", once * again);
    check_cost(evidence, "'a,c", once * 4.5 / 17);
    check_cost(evidence, "'a\nb", once * again * 2.5 / 17);
    ck_assert_uint_eq(norm_evidence_column(evidence, 0).with_break, 2);
    norm_evidence_free(evidence);
}
END_TEST

/* Bytes that need an enclosure, of dialects whose forms tell them, and whose forms do not. */
START_TEST(what_needs_an_enclosure_is_found_by_the_form)
{
    static const struct {
        const char *delimiter;
        int enclosure;
    } dialects[] = {{",", '"'},
                    {";", '\''},
                    {"\t", '"'},
                    {"||", '"'},
                    {"a", '"'},
                    {"9", CSVK_NO_BYTE},
                    {"\xc3", '"'},
                    {",", 'b'},
                    {"_", '"'},
                    {",", CSVK_NO_BYTE},
                    {"|", (unsigned char)0xa9}};
    static const char bytes[] = "ab9,;'\"\t |_-\n\r\xc3\xa9zzzzzzzzzzzz";
    uint64_t random = 3;
    for (size_t d = 0; d < sizeof dialects / sizeof dialects[0]; d++) {
        struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
        dialect.delimiter = (unsigned char)dialects[d].delimiter[0];
        dialect.more_length = (unsigned char)(strlen(dialects[d].delimiter) - 1);
        dialect.more[0] = (unsigned char)dialects[d].delimiter[1];
        dialect.enclosure = dialects[d].enclosure;
        struct norm_evidence *evidence = norm_evidence_new(1, &dialect);
        size_t needy = 0;
        for (int i = 0; i < 4000; i++) {
            unsigned char text[80];
            struct norm_cell cell = {text, 0, false};
            struct norm_looks looks;
            cell.len =
                make_value(&random, bytes, sizeof bytes - 1, i % 4 != 0 ? 6 : sizeof text, text);
            norm_evidence_look(evidence, &cell, &looks);
            bool needs = norm_evidence_needs(evidence, (struct csvk_bytes){text, cell.len});
            ck_assert(looks.needs == needs);
            needy += needs;
        }
        ck_assert(needy > 500 && needy < 3900);
        norm_evidence_free(evidence);
    }
}
END_TEST

START_TEST(costs_of_forms)
{
    struct evidence_column column = {.count = 0};
    add_cells(&column, 10, "100-a");
    add_cells(&column, 5, "10-a");
    add_cells(&column, 1, "a-100");
    struct norm_evidence *evidence = counted(&column);
    double base = (1 - 0.5 / 17) * (16.5 / 17) * (16.5 / 17), news = 1.5 / 17, seen = 1 - news;
    check_cost(evidence, "100-a", base * seen * 10 / 16 * seen);
    check_cost(evidence, "999-b", base * seen * 10 / 16 * news);
    check_cost(evidence, "99-b", base * seen * 5 / 16 * news);
    /* a fine form that is new, of a medium one that is known: 2 bits at most */
    check_cost(evidence, "1000-b", base * 0.25 * seen * 15 / 16 * news);
    /* a coarse one that is known: letters, digits and a dash, 4 to 15 bytes */
    check_cost(evidence, "-1a1", base * news * (1 - 0.5 / 17) * news);
    /* nothing of it is known */
    check_cost(evidence, "?", base * news * 0.5 / 17 * 0.25 * news);
    norm_evidence_free(evidence);
}
END_TEST

START_TEST(costs_of_values_that_come_again)
{
    struct evidence_column column = {.count = 0};
    static const char *const values[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    for (size_t i = 0; i < 8; i++) {
        add_cells(&column, 1, values[i]);
    }
    struct norm_evidence *evidence = counted(&column);
    double base = (1 - 0.5 / 9) * (8.5 / 9) * (8.5 / 9) * (1 - 0.5 / 9);
    check_cost(evidence, "x", base * 8.5 / 9);
    check_cost(evidence, "a", base * 0.125); /* all were different: 3 bits at most */
    norm_evidence_free(evidence);
}
END_TEST

/* What was worked out beforehand, and what is left out where it changes nothing. */
static void check_in_full(struct evidence_column *column)
{
    struct norm_evidence *evidence = counted(column);
    uint64_t random = column->count;
    int most = 0;
    ck_assert_int_eq(norm_evidence_close(evidence, next_cell, column), CSVK_OK);
    for (int i = 0; i < 20000; i++) {
        unsigned char text[24];
        struct norm_cell cell = {text, 0, i % 3 == 0};
        cell.len = make_value(&random, i % 2 == 0 ? digits_first : words,
                              i % 4 == 0   ? 10
                              : i % 4 == 2 ? 40
                                           : sizeof words - 1,
                              i % 8 == 0 ? 2 : sizeof text, text);
        cell = i % 5 == 0 ? column->cell[next_random(&random) % column->count] : cell;
        int full = norm_evidence_in_full(evidence, 0, &cell, NORM_NOT_IN_SAMPLE);
        ck_assert_int_eq(norm_evidence_cell(evidence, 0, &cell, NORM_NOT_IN_SAMPLE), full);
        most = full > most ? full : most;
    }
    ck_assert_int_gt(most, NORM_BIT);
    norm_evidence_free(evidence);
}

START_TEST(costs_are_those_of_all_steps)
{
    static const char *const values[] = {"7",
                                         "12",
                                         "1234567890123456",
                                         "12345678901234567",
                                         "ab",
                                         "'ab, cd",
                                         "2025-01-02",
                                         "'x\ny",
                                         "123",
                                         "Z\xc3\xa9",
                                         ""};
    struct evidence_column column = {.count = 0};
    for (size_t i = 0; i < 11; i++) {
        add_cells(&column, 1 + i % 3, values[i]);
        check_in_full(&column);
    }
    column.count = 0;
    add_cells(&column, 9, "");
    check_in_full(&column);
}
END_TEST

/* A column that knows no filled value goes by the style of the others. */
START_TEST(a_column_without_values_goes_by_the_others)
{
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    struct norm_evidence *evidence = norm_evidence_new(2, &dialect);
    struct norm_cell row[2] = {cell_of("'x"), cell_of("")};
    for (int i = 0; i < 15; i++) {
        ck_assert_int_eq(norm_evidence_add(evidence, row), CSVK_OK);
    }
    struct norm_cell open = cell_of("y"), enclosed = cell_of("'y");
    int of_open = norm_evidence_cell(evidence, 1, &open, NORM_NOT_IN_SAMPLE);
    int of_enclosed = norm_evidence_cell(evidence, 1, &enclosed, NORM_NOT_IN_SAMPLE);
    /* never filled 1 / 32; by the others' style 31 / 32; need or not: one bit */
    ck_assert_int_le(abs(of_enclosed - (int)((5 + log2(32.0 / 31) + 1) * NORM_BIT)), 3);
    ck_assert_int_le(abs(of_open - (5 + 5 + 1) * NORM_BIT), 3);
    struct norm_cell empty = cell_of("'");
    ck_assert_int_gt(norm_evidence_cell(evidence, 1, &empty, NORM_NOT_IN_SAMPLE), 3 * NORM_BIT);
    norm_evidence_free(evidence);
}
END_TEST

/* ---- what is usual ----------------------------------------------------------------------------
 */

START_TEST(what_is_usual_is_free)
{
    struct evidence_column column = {.count = 0};
    add_cells(&column, 38, "10");
    add_cells(&column, 2, "odd one");
    struct norm_evidence *evidence = counted(&column);
    ck_assert_int_eq(norm_evidence_typical(evidence), NORM_TYPICAL);
    int before = norm_evidence_cell(evidence, 0, &column.cell[0], NORM_NOT_IN_SAMPLE);
    ck_assert_int_eq(norm_evidence_close(evidence, next_cell, &column), CSVK_OK);
    ck_assert_int_gt(before, 0);
    ck_assert_int_eq(norm_evidence_cell(evidence, 0, &column.cell[0], NORM_IN_SAMPLE), 0);
    ck_assert_int_eq(norm_evidence_row(evidence, &column.cell[0], NORM_NOT_IN_SAMPLE), 0);
    struct norm_cell odd = cell_of("odd one");
    ck_assert_int_gt(norm_evidence_cell(evidence, 0, &odd, NORM_NOT_IN_SAMPLE), 3 * NORM_BIT);
    ck_assert_int_eq(norm_evidence_typical(evidence), NORM_TYPICAL);
    norm_evidence_free(evidence);
}
END_TEST

/* What was seen once is news when it is judged without itself. */
START_TEST(a_value_of_the_sample_is_judged_without_itself)
{
    struct evidence_column column = {.count = 0};
    add_cells(&column, 20, "10");
    add_cells(&column, 1, "odd one");
    struct norm_evidence *evidence = counted(&column);
    struct norm_cell odd = cell_of("odd one"), usual = cell_of("10");
    int with = norm_evidence_cell(evidence, 0, &odd, NORM_NOT_IN_SAMPLE);
    int without = norm_evidence_cell(evidence, 0, &odd, NORM_IN_SAMPLE);
    ck_assert_int_gt(without, with + 4 * NORM_BIT);
    with = norm_evidence_cell(evidence, 0, &usual, NORM_NOT_IN_SAMPLE);
    without = norm_evidence_cell(evidence, 0, &usual, NORM_IN_SAMPLE);
    ck_assert_int_le(abs(without - with - (int)(log2(20.0 / 19) * NORM_BIT)), 2);
    norm_evidence_free(evidence);
}
END_TEST

/* A tenth of the records is dear: typical is what 95 of 100 do not pass, and 2 bits. */
START_TEST(what_is_typical_follows_the_sample)
{
    static const char *const odd[] = {"a-b c", "?", "x9", "7:30", "#1 #2"};
    struct evidence_column column = {.count = 0};
    add_cells(&column, 45, "10");
    for (size_t i = 0; i < 5; i++) {
        add_cells(&column, 1, odd[i]);
    }
    struct norm_evidence *evidence = counted(&column);
    ck_assert_int_eq(norm_evidence_close(evidence, next_cell, &column), CSVK_OK);
    size_t above = 0;
    int typical = norm_evidence_typical(evidence);
    for (size_t i = 0; i < column.count; i++) {
        above +=
            norm_evidence_row(evidence, &column.cell[i], NORM_IN_SAMPLE) > typical - 2 * NORM_BIT;
    }
    ck_assert_int_gt(typical, NORM_TYPICAL);
    ck_assert_uint_le(above, 3);
    norm_evidence_free(evidence);
}
END_TEST

/* ---- invariants -------------------------------------------------------------------------------
 */

static const char *const some_values[] = {"",    "'",   "10",     "'10", "100",  "a b", "'a,b",
                                          "'\n", "x-1", "'say\"", "x",   "7:30", "\t",  "1.5"};
enum { SOME_VALUES = sizeof some_values / sizeof some_values[0] };

static void check_same(const struct norm_evidence *a, const struct norm_evidence *b)
{
    ck_assert_int_eq(norm_evidence_typical(a), norm_evidence_typical(b));
    for (size_t i = 0; i < SOME_VALUES; i++) {
        struct norm_cell cell = cell_of(some_values[i]);
        ck_assert_int_eq(norm_evidence_cell(a, 0, &cell, NORM_NOT_IN_SAMPLE),
                         norm_evidence_cell(b, 0, &cell, NORM_NOT_IN_SAMPLE));
    }
}

START_TEST(the_order_of_records_does_not_matter)
{
    struct support_random random = {31};
    for (int round = 0; round < 200; round++) {
        struct evidence_column column = {.count = 0}, mixed;
        for (int i = 0; i < 40; i++) {
            add_cells(&column, 1, some_values[support_below(&random, SOME_VALUES)]);
        }
        mixed = column;
        for (size_t i = mixed.count - 1; i > 0; i--) {
            size_t j = support_below(&random, i + 1);
            struct norm_cell cell = mixed.cell[i];
            mixed.cell[i] = mixed.cell[j];
            mixed.cell[j] = cell;
        }
        struct norm_evidence *a = counted(&column), *b = counted(&mixed);
        check_same(a, b);
        ck_assert_int_eq(norm_evidence_close(a, next_cell, &column), CSVK_OK);
        ck_assert_int_eq(norm_evidence_close(b, next_cell, &mixed), CSVK_OK);
        check_same(a, b);
        norm_evidence_free(a);
        norm_evidence_free(b);
    }
}
END_TEST

/* A value that is seen once more is never more unlikely than before; nor is one of its form. */
START_TEST(a_value_that_comes_again_gets_likelier)
{
    struct evidence_column column = {.count = 0};
    add_cells(&column, 20, "10");
    int last = INT32_MAX - 2, last_like = INT32_MAX;
    struct norm_cell cell = cell_of("7:30"), like = cell_of("8:45");
    for (int i = 0; i < 40; i++) {
        struct norm_evidence *evidence = counted(&column);
        int now = norm_evidence_cell(evidence, 0, &cell, NORM_NOT_IN_SAMPLE);
        int now_like = norm_evidence_cell(evidence, 0, &like, NORM_NOT_IN_SAMPLE);
        if (i != 2) { /* seen twice, it is no news any more, and neither is news */
            ck_assert_int_le(now, last + 2); /* two parts are lost by rounding */
        }
        if (i == 1) {
            ck_assert_int_lt(now_like, last_like);
        }
        last = now;
        last_like = now_like;
        norm_evidence_free(evidence);
        add_cells(&column, 1, "7:30");
    }
}
END_TEST

/* Thousands of forms: the table of counts grows, and every count is found again. */
START_TEST(many_forms_are_counted)
{
    enum { MANY = 20000 };
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    struct norm_evidence *evidence = norm_evidence_new(1, &dialect);
    struct csvk_buf text = CSVK_BUF_INIT;
    int first = 0;
    for (int i = 0; i < 2 * MANY; i++) {
        text.length = 0;
        ck_assert_int_eq(csvk_buf_printf(&text, "value %d", i % MANY), CSVK_OK);
        struct norm_cell cell = cell_of(csvk_buf_text(&text));
        ck_assert_int_eq(norm_evidence_add(evidence, &cell), CSVK_OK);
    }
    struct norm_cell fresh = cell_of("value 20001");
    int news = norm_evidence_cell(evidence, 0, &fresh, NORM_NOT_IN_SAMPLE);
    for (int i = 10000; i < MANY; i++) {
        text.length = 0;
        ck_assert_int_eq(csvk_buf_printf(&text, "value %d", i), CSVK_OK);
        struct norm_cell cell = cell_of(csvk_buf_text(&text));
        int now = norm_evidence_cell(evidence, 0, &cell, NORM_NOT_IN_SAMPLE);
        first = i == 10000 ? now : first;
        ck_assert_int_eq(now, first);
    }
    ck_assert_int_gt(news, first + 10 * NORM_BIT);
    csvk_buf_release(&text);
    norm_evidence_free(evidence);
}
END_TEST

START_TEST(no_record_is_no_evidence)
{
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    struct norm_evidence *evidence = norm_evidence_new(1, &dialect);
    ck_assert_int_eq(norm_evidence_close(evidence, next_cell, NULL), CSVK_OK);
    ck_assert_int_eq(norm_evidence_typical(evidence), NORM_TYPICAL);
    for (size_t i = 0; i < SOME_VALUES; i++) {
        struct norm_cell cell = cell_of(some_values[i]);
        int bits = norm_evidence_cell(evidence, 0, &cell, NORM_NOT_IN_SAMPLE);
        ck_assert_int_ge(bits, 0);
        ck_assert_int_le(bits, 4 * NORM_BIT);
    }
    norm_evidence_free(evidence);
}
END_TEST

/* ---- texts ------------------------------------------------------------------------------------
 */

START_TEST(bits_are_written_as_printf_writes_them)
{
    for (int parts = -1000; parts <= 300000; parts++) {
        char got[32], want[32];
        struct norm_text text = norm_text_begin(got, sizeof got);
        norm_text_bits(&text, parts);
        snprintf(want, sizeof want, "%.1f", (double)parts / NORM_BIT);
        ck_assert_str_eq(got, want);
    }
    char cut[4];
    struct norm_text text = norm_text_begin(cut, sizeof cut);
    norm_text_add(&text, "ab");
    norm_text_number(&text, 345);
    norm_text_add(&text, "c");
    ck_assert_str_eq(cut, "ab3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evidence");
    TCase *tcase = tcase_create("evidence");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, powers_of_two_have_whole_logarithms);
    tcase_add_test(tcase, logarithms_are_those_of_libm_rounded_down);
    tcase_add_test(tcase, a_glance_at_a_value_changes_no_form);
    tcase_add_test(tcase, costs_of_empty_and_enclosed_values);
    tcase_add_test(tcase, costs_of_values_in_need_of_an_enclosure);
    tcase_add_test(tcase, what_needs_an_enclosure_is_found_by_the_form);
    tcase_add_test(tcase, costs_of_forms);
    tcase_add_test(tcase, costs_of_values_that_come_again);
    tcase_add_test(tcase, costs_are_those_of_all_steps);
    tcase_add_test(tcase, a_column_without_values_goes_by_the_others);
    tcase_add_test(tcase, what_is_usual_is_free);
    tcase_add_test(tcase, a_value_of_the_sample_is_judged_without_itself);
    tcase_add_test(tcase, what_is_typical_follows_the_sample);
    tcase_add_test(tcase, the_order_of_records_does_not_matter);
    tcase_add_test(tcase, a_value_that_comes_again_gets_likelier);
    tcase_add_test(tcase, many_forms_are_counted);
    tcase_add_test(tcase, no_record_is_no_evidence);
    tcase_add_test(tcase, bits_are_written_as_printf_writes_them);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
