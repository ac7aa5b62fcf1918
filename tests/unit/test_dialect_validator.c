/*
 * test_dialect_validator.c - what the validator says of a table does not depend on how long its
 * delimiter is. Random tables with all kinds of defects are judged twice: with a comma between the
 * fields, and with `||` or with a comma and a blank to skip. The findings must be the same, at the
 * same places: a byte that was behind n commas has moved by what n delimiters are longer.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

static const char *const cells[] = {
    "a",    "b",    "1",      "2",          "",           "\"q\"",
    "\"\"", "x\"y", "\"x\"y", "\"x\" ",     "\"a\"\"b\"", "caf\xc3\xa9",
    "\xff", "=1+2", "\x01",   "\"a,b\"",    "\"l\nm\"",   "\"l\n,,\nm\"",
    "#c",   "'t'",  "\"open", "long value", "\"a\\\"b\"", "NULL",
    "\r"};
enum { CELLS = sizeof cells / sizeof cells[0] };

/* A table with `sep` for every comma, also inside enclosures when `inside`. */
struct table_pair {
    struct csvk_buf comma, other;
};

static void put(struct csvk_buf *out, const char *text)
{
    ck_assert_int_eq(csvk_buf_puts(out, text), CSVK_OK);
}

static void put_cell(struct table_pair *pair, const char *cell, const char *delimiter, bool inside)
{
    put(&pair->comma, cell);
    for (; *cell != '\0'; cell++) {
        char one[2] = {*cell, '\0'};
        put(&pair->other, *cell == ',' && inside ? delimiter : one);
    }
}

/* No blank is put before these: an empty field is where it would be, not behind it. */
static bool is_end(char c)
{
    return c == ',' || c == '\n' || c == '\r' || c == '\0';
}

static void make_tables(struct support_random *random, struct table_pair *pair,
                        const char *delimiter, bool inside)
{
    size_t width = 2 + support_below(random, 4), records = 1 + support_below(random, 12);
    bool wild = support_below(random, 2) == 0;
    csvk_buf_clear(&pair->comma);
    csvk_buf_clear(&pair->other);
    for (size_t r = 0; r < records; r++) {
        size_t fields = support_below(random, 8) != 0 ? width : support_below(random, width + 3);
        for (size_t f = 0; f < fields; f++) {
            bool odd = wild && support_below(random, 4) == 0;
            const char *cell = cells[support_below(random, odd ? CELLS : 5)];
            if (f != 0) {
                put(&pair->comma, ",");
                put(&pair->other, delimiter[1] == ' ' && is_end(*cell) ? "," : delimiter);
            }
            put_cell(pair, cell, delimiter, inside);
        }
        const char *eol = support_below(random, 20) == 0 ? "\r\n" : "\n";
        put(&pair->comma, eol);
        put(&pair->other, eol);
    }
}

/* ---- reports ---- */

static void narrow(struct csvk_options *options, void *context)
{
    options->window = *(size_t *)context;
}

static struct csvk_validator *judge(const struct csvk_buf *text,
                                    const struct csvk_validate_options *options, size_t window,
                                    const struct csvk_report **report)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_error err = {0};
    struct csvk_validate_hooks hooks = {.size = sizeof hooks, .tune = narrow, .context = &window};
    ck_assert_int_eq(csvk_source_memory(&source, csvk_buf_text(text), text->length, &err), CSVK_OK);
    int status = csvk_validate_source(&v, source, options, &hooks, &err);
    ck_assert_msg(status == CSVK_OK, "%s", err.text);
    ck_assert_int_eq(csvk_validator_report(v, report, &err), CSVK_OK);
    csvk_source_free(source);
    return v;
}

/* Where byte `at` of the table with commas is in the other one. */
static uint64_t moved(const struct csvk_buf *comma, uint64_t at, const struct csvk_dialect *other)
{
    uint64_t n = at;
    for (uint64_t i = 0; i < at && i < comma->length; i++) {
        bool blank = other->skip_blanks && !is_end((char)comma->data[i + 1]);
        n += comma->data[i] == ',' ? other->more_length + (blank ? 1u : 0u) : 0;
    }
    return n;
}

static void must_be_same(const struct table_pair *pair, const struct csvk_finding *a,
                         const struct csvk_finding *b, const struct csvk_dialect *other)
{
    uint64_t byte = moved(&pair->comma, a->byte, other);
    struct csvk_buf x = CSVK_BUF_INIT, y = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_finding_message(a, &x), CSVK_OK);
    ck_assert_int_eq(csvk_finding_message(b, &y), CSVK_OK);
    bool bytes = strstr(csvk_buf_text(&x), "byte") != NULL; /* they may count delimiters */
    ck_assert_msg(a->rule == b->rule && a->line == b->line && a->record == b->record &&
                      a->field == b->field && b->byte == byte &&
                      (bytes || strcmp(csvk_buf_text(&x), csvk_buf_text(&y)) == 0),
                  "%s at %llu (line %llu): %s\nnot %s at %llu (line %llu): %s\nin\n%s", b->rule->id,
                  (unsigned long long)b->byte, (unsigned long long)b->line, csvk_buf_text(&y),
                  a->rule->id, (unsigned long long)a->byte, (unsigned long long)a->line,
                  csvk_buf_text(&x), csvk_buf_text(&pair->other));
    uint64_t begin = a->byte;
    while (a->column != 0 && begin > a->byte - (a->column - 1)) {
        begin--;
    }
    if (a->column != 0) {
        ck_assert_uint_eq(b->column, b->byte - moved(&pair->comma, begin, other) + 1);
    }
    csvk_buf_release(&x);
    csvk_buf_release(&y);
}

static void compare(const struct table_pair *pair, const struct csvk_validate_options *options,
                    const struct csvk_dialect *other, size_t window)
{
    const struct csvk_report *want, *have;
    struct csvk_validate_options how = *options;
    struct csvk_validator *first = judge(&pair->comma, options, 0, &want);
    how.dialect = *other;
    struct csvk_validator *second = judge(&pair->other, &how, window, &have);
    size_t n = want->nfindings < have->nfindings ? want->nfindings : have->nfindings;
    for (size_t i = 0; i < n; i++) {
        must_be_same(pair, want->findings[i], have->findings[i], other);
    }
    ck_assert_msg(want->nfindings == have->nfindings, "%zu findings, not %zu in\n%s",
                  have->nfindings, want->nfindings, csvk_buf_text(&pair->other));
    ck_assert_mem_eq(want->counts, have->counts, csvk_rule_count() * sizeof *want->counts);
    ck_assert_uint_eq(want->totals->records, have->totals->records);
    ck_assert_uint_eq(want->column_names->count, have->column_names->count);
    for (size_t i = 0; i < want->column_names->count; i++) {
        const char *name = want->column_names->item[i];
        ck_assert(strchr(name, ',') != NULL || strcmp(name, have->column_names->item[i]) == 0);
    }
    csvk_validator_free(first);
    csvk_validator_free(second);
}

/* Rules on and options that make the validator look for fields itself. */
static void choose(struct csvk_validate_options *options, int round, bool sizes)
{
    struct csvk_error err;
    csvk_validate_options_init(options);
    options->profile = (enum csvk_profile)(round % CSVK_PROFILES);
    options->max_findings = 0;
    options->header = round % 3 == 0 ? CSVK_NO_HEADER : CSVK_HEADER;
    if (round % 2 == 0) {
        ck_assert_int_eq(csvk_validate_set_rule(options, "all", CSVK_WARNING, &err), CSVK_OK);
    }
    /* A guess from the first bytes, which the delimiters are among: `§` is no ASCII. */
    ck_assert_int_eq(csvk_validate_set_rule(options, "encoding-suspected", CSVK_OFF, &err),
                     CSVK_OK);
    if (round % 4 == 1 && options->header == CSVK_HEADER) {
        ck_assert_int_eq(csvk_strings_add(&options->primary_key, "a"), CSVK_OK);
    }
    options->max_field = sizes ? 3 : 0;
    /* What sniff would find out is not asked where somebody has said it. */
    options->header_stated = true;
    options->enclosure_stated = 1;
}

/* `||` with delimiters inside enclosures, or a comma and a blank without them: there the blank
   would be data. */
START_TEST(findings_do_not_depend_on_the_delimiter)
{
    struct support_random random = {(uint64_t)_i + 1};
    struct table_pair pair = {CSVK_BUF_INIT, CSVK_BUF_INIT};
    struct csvk_dialect other = CSVK_DIALECT_RFC4180;
    struct csvk_error err;
    const char *delimiter = _i == 0 ? "||" : _i == 1 ? "^|^" : ", ";
    if (_i < 2) {
        ck_assert_int_eq(csvk_dialect_parse_delimiter(delimiter, &other, &err), CSVK_OK);
    }
    other.skip_blanks = _i == 2;
    for (int round = 0; round < 3000; round++) {
        struct csvk_validate_options options;
        bool sizes = support_below(&random, 4) == 0;
        choose(&options, round, sizes);
        make_tables(&random, &pair, delimiter, _i < 2 && !sizes);
        bool inner = memchr(csvk_buf_text(&pair.comma), '"', pair.comma.length) != NULL && _i == 2;
        if (!inner && !(sizes && strchr(csvk_buf_text(&pair.comma), '"') != NULL)) {
            compare(&pair, &options, &other, (size_t)round % 21);
        }
        csvk_validate_options_release(&options);
    }
    csvk_buf_release(&pair.comma);
    csvk_buf_release(&pair.other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialect_validator");
    TCase *tcase = tcase_create("findings");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, findings_do_not_depend_on_the_delimiter, 0, 3);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
