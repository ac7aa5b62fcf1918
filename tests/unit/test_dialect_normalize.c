/*
 * test_dialect_normalize.c - what normalize makes of a table does not depend on how long its
 * delimiter is. Random tables, clean and damaged, are written with one byte between the fields and
 * with another delimiter, and normalized both ways: the same values, rejects and repairs must come
 * out. And the laws of normalize (normalized.h) hold for the other delimiters as for a comma.
 */
#include "csvkit/base/delimiter.h"
#include "tests/support/normalized.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 24, ROUNDS = 1500 };

#define PLAIN "\x1f" /* between the fields of the plain table; in no value */

static struct csvk_normalize_options defaults(void)
{
    struct csvk_normalize_options o;
    csvk_normalize_options_init(&o);
    o.max_repairs = UINT64_MAX; /* every defect is wanted here */
    return o;
}

static void put(struct csvk_buf *out, const char *text)
{
    ck_assert_int_eq(csvk_buf_puts(out, text), CSVK_OK);
}

/* ---- tables ---- */

static const char *const names[] = {
    "Anna", "Bob", "\"Cleo\"", "Dan \"the\" man", "\"E \"\"f\"\"\"", "\"l\nb\"", "", "\"g, h\""};
static const char *const defects[] = {
    "1" PLAIN "2024-01-02" PLAIN "Kim" PLAIN PLAIN "7.50\n",    /* a surplus empty field */
    "2" PLAIN "2024-01-02" PLAIN "Kim" PLAIN "7.50" PLAIN "\n", /* at the end */
    "3" PLAIN "2024-01-02" PLAIN "Kim\n",                       /* one is missing */
    "4" PLAIN "2024-01-02" PLAIN "3\" pipe" PLAIN "7.50\n",
    "5" PLAIN "2024-01-02" PLAIN "\"a \"b\" c\"" PLAIN "7.50\n",
    "6" PLAIN "2024-01-02" PLAIN "\"open" PLAIN "7.50\n",
    "7" PLAIN "2024-01-02" PLAIN "close\"" PLAIN "7.50\n",
    "8" PLAIN "2024-01-02" PLAIN "\"x\" " PLAIN "7.50\n",
    "9" PLAIN "2024-01-02" PLAIN "\"a\\\"b\\\"\"" PLAIN "7.50\n",
    "10" PLAIN "2024-01-02" PLAIN "\"lost\"7.50\n",
    "11" PLAIN "2024-01-02" PLAIN "two\nlines" PLAIN "7.50\n",
    "\n",
    PLAIN PLAIN PLAIN "\n",
    "12" PLAIN "2024-01-02" PLAIN "\xff" PLAIN "7.50\n",
    "13" PLAIN "2024-01-02" PLAIN "a" PLAIN "b" PLAIN "7.50\n",
    "id" PLAIN "day" PLAIN "name" PLAIN "amount\n",
};

static void put_record(struct support_random *random, struct csvk_buf *out)
{
    char record[128];
    snprintf(record, sizeof record, "%u" PLAIN "2024-%02u-%02u" PLAIN "%s" PLAIN "%u.%02u\n",
             (unsigned)support_below(random, 9000), 1 + (unsigned)support_below(random, 12),
             1 + (unsigned)support_below(random, 28),
             names[support_below(random, sizeof names / sizeof *names)],
             (unsigned)support_below(random, 500), (unsigned)support_below(random, 100));
    put(out, record);
}

static void make_table(struct support_random *random, struct csvk_buf *out)
{
    csvk_buf_clear(out);
    put(out, "id" PLAIN "day" PLAIN "name" PLAIN "amount\n");
    for (size_t i = 0; i < RECORDS; i++) {
        put_record(random, out);
        if (i > 10 && support_below(random, 5) == 0) {
            put(out, defects[support_below(random, sizeof defects / sizeof *defects)]);
        }
    }
}

/* `text` with `to` for every `from`. */
static void replace(const struct csvk_buf *text, const char *from, const char *to,
                    struct csvk_buf *out)
{
    size_t n = strlen(from);
    csvk_buf_clear(out);
    for (size_t i = 0; i < text->length;) {
        bool here = text->length - i >= n && memcmp(text->data + i, from, n) == 0;
        int status = here ? csvk_buf_puts(out, to) : csvk_buf_putc(out, text->data[i]);
        ck_assert_int_eq(status, CSVK_OK);
        i += here ? n : 1;
    }
}

static struct csvk_dialect dialect_of(int i, const char **delimiter)
{
    static const char *const delimiters[] = {"||", "^|^", "~|~|", "\xc2\xa7", PLAIN " "};
    struct csvk_dialect d = CSVK_DIALECT_RFC4180;
    struct csvk_error err;
    *delimiter = delimiters[i];
    d.skip_blanks = i == 4;
    d.delimiter = PLAIN[0];
    if (i != 4) {
        ck_assert_int_eq(csvk_dialect_parse_delimiter(*delimiter, &d, &err), CSVK_OK);
    }
    return d;
}
enum { DIALECTS = 5 };

static void must_be_equal(const char *what, const struct csvk_buf *want,
                          const struct csvk_buf *have, const char *delimiter,
                          const struct csvk_buf *text)
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    replace(have, delimiter, PLAIN, &plain);
    ck_assert_msg(strcmp(csvk_buf_text(want), csvk_buf_text(&plain)) == 0,
                  "%s:\n%s\ninstead of\n%s\nfrom\n%s", what, csvk_buf_text(&plain),
                  csvk_buf_text(want), csvk_buf_text(text));
    csvk_buf_release(&plain);
}

/* For evidence a character from U+0080 up is a letter, and a surplus delimiter that may be data
   then looks less odd: such a record may be rejected, but never comes out as something else. */
static void must_be_among(const struct csvk_buf *want, const struct csvk_buf *have,
                          const char *delimiter)
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    replace(have, delimiter, PLAIN, &plain);
    for (char *line = (char *)plain.data, *end; (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        *end = '\0';
        ck_assert_msg(strstr(csvk_buf_text(want), line) != NULL, "%s", line);
    }
    csvk_buf_release(&plain);
}

static void options_of(struct csvk_normalize_options *o, int round)
{
    *o = defaults();
    o->quote = (enum csvk_normalize_quote)(round % 3);
    o->ragged = round % 5 == 0 ? CSVK_NORMALIZE_RAGGED_PAD : CSVK_NORMALIZE_RAGGED_REPAIR;
    o->drop_empty_records = round % 4 == 1;
    o->trim = round % 7 == 2;
    o->digest = round % 2 == 0;
    o->any_eol = round % 8 == 5;
    o->header = round % 9 == 4 ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    o->comment = round % 16 == 7 ? '4' : CSVK_NO_BYTE;
}

START_TEST(the_outcome_does_not_depend_on_the_delimiter)
{
    struct support_random random = {(uint64_t)_i + 1};
    struct csvk_buf plain = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
    const char *delimiter;
    struct csvk_dialect dialect = dialect_of(_i, &delimiter);
    uint64_t repaired = 0, rejected = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct csvk_normalize_options o;
        struct normalized want, have;
        options_of(&o, round);
        make_table(&random, &plain);
        replace(&plain, PLAIN, delimiter, &text);
        o.dialect.delimiter = PLAIN[0];
        o.dialect.escape = round % 6 == 3 ? '\\' : CSVK_NO_BYTE;
        o.dialect.enclosure = round % 11 == 8 ? CSVK_NO_BYTE : '"';
        normalized_run(&want, plain.data, plain.length, &o);
        dialect.escape = o.dialect.escape;
        dialect.enclosure = o.dialect.enclosure;
        o.dialect = dialect;
        normalized_run(&have, text.data, text.length, &o);
        ck_assert_msg(want.status == have.status, "%s, not %s", have.err.text, want.err.text);
        rejected += have.result.records_rejected;
        ck_assert_uint_eq(want.result.records_in, have.result.records_in);
        ck_assert_uint_eq(want.result.records_dropped, have.result.records_dropped);
        if (delimiter[0] == '\xc2') {
            must_be_among(&want.table, &have.table, delimiter);
        } else {
            must_be_equal("table", &want.table, &have.table, delimiter, &text);
            must_be_equal("rejects", &want.rejects, &have.rejects, delimiter, &text);
        }
        for (int i = 0; i < CSVK_REPAIRS; i++) {
            bool same = want.result.repairs[i] == have.result.repairs[i] &&
                        want.result.first[i].line == have.result.first[i].line;
            ck_assert_msg(same || delimiter[0] == '\xc2', "%s",
                          csvk_repair_id((enum csvk_repair)i));
            repaired += have.result.repairs[i];
        }
        normalized_release(&want);
        normalized_release(&have);
    }
    ck_assert_uint_gt(repaired, ROUNDS);
    ck_assert_uint_gt(rejected, ROUNDS / 4);
    csvk_buf_release(&plain);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(the_laws_hold_for_every_delimiter)
{
    struct support_random random = {(uint64_t)_i + 100};
    struct csvk_buf plain = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
    const char *delimiter;
    struct csvk_dialect dialect = dialect_of(_i, &delimiter);
    for (int round = 0; round < ROUNDS / 30; round++) {
        struct csvk_normalize_options o;
        options_of(&o, round);
        o.dialect = dialect;
        make_table(&random, &plain);
        replace(&plain, PLAIN, delimiter, &text);
        struct normalized n;
        normalized_run(&n, text.data, text.length, &o);
        normalized_check(delimiter, text.data, text.length, &n, &o);
        normalized_check_windows(delimiter, text.data, text.length, &n, &o);
        normalized_check_counts(delimiter, text.data, text.length, &n, &o);
        normalized_check_records(delimiter, text.data, text.length, &n, &o, (uint64_t)round);
        normalized_release(&n);
    }
    csvk_buf_release(&plain);
    csvk_buf_release(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialect_normalize");
    TCase *tcase = tcase_create("outcomes");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, the_outcome_does_not_depend_on_the_delimiter, 0, DIALECTS);
    tcase_add_loop_test(tcase, the_laws_hold_for_every_delimiter, 0, DIALECTS);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
