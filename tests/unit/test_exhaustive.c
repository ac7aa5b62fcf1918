/*
 * test_exhaustive.c - every string of up to 10 bytes over a , " CR LF, and every way to cut the
 * ones of up to 8 in two: the fast scan against the reference parser, and the reference parser
 * against a recogniser of the grammar of RFC 4180 that shares nothing with it. CSVK_EXHAUSTIVE=N
 * sets another length; make check-scan takes those of 11 bytes.
 */
#include "csvkit/parse/scan/scan.h"
#include "tests/support/scan_digest.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char alphabet[5] = {'a', ',', '"', '\r', '\n'};

/* ---- the grammar: file = [header] record *(CRLF record) [CRLF], as states after each byte ---- */

enum grammar { FIELD, TEXT, ESCAPED, QUOTE, CR_SEEN, NOT_CSV };

static enum grammar grammar_step(enum grammar state, unsigned char c)
{
    static const enum grammar table[5][5] = {
        /*             a        ,        "        CR       LF     */
        [FIELD] = {TEXT, FIELD, ESCAPED, CR_SEEN, NOT_CSV},
        [TEXT] = {TEXT, FIELD, NOT_CSV, CR_SEEN, NOT_CSV},
        [ESCAPED] = {ESCAPED, ESCAPED, QUOTE, ESCAPED, ESCAPED},
        [QUOTE] = {NOT_CSV, FIELD, ESCAPED, CR_SEEN, NOT_CSV},
        [CR_SEEN] = {NOT_CSV, NOT_CSV, NOT_CSV, NOT_CSV, FIELD}};
    if (state == NOT_CSV) {
        return NOT_CSV;
    }
    for (int i = 0; i < 5; i++) {
        if (alphabet[i] == c) {
            return table[state][i];
        }
    }
    return NOT_CSV;
}

static bool in_grammar(const unsigned char *bytes, size_t length)
{
    enum grammar state = FIELD;
    for (size_t i = 0; i < length; i++) {
        state = grammar_step(state, bytes[i]);
    }
    return state == FIELD || state == TEXT || state == QUOTE;
}

/* ---- readings as numbers ---- */

static void restart(struct csvk_scan *scan)
{
    memset(&scan->table.totals, 0, sizeof scan->table.totals);
    scan->table.mixed_reported = false;
    scan->backoff = 1;
    csvk_batch_builder_clear(&scan->builder);
    csvk_scan_forget(scan);
}

static uint64_t read_whole(struct csvk_scan *scan, const unsigned char *bytes, size_t length)
{
    restart(scan);
    size_t used = csvk_scan(scan, bytes, length, true, 0);
    if (used != length) {
        return 0;
    }
    return support_totals_digest(support_scan_digest(1, &scan->builder, 0), &scan->table.totals);
}

/* A record that the cut goes through is begun anew, or (`pauses`) gone on with. */
static uint64_t read_in_two(struct csvk_scan *scan, const unsigned char *bytes, size_t cut,
                            size_t length)
{
    restart(scan);
    size_t used = csvk_scan(scan, bytes, cut, false, 0);
    uint64_t hash = support_scan_digest(1, &scan->builder, 0);
    if (used != 0) {
        csvk_batch_builder_clear(&scan->builder);
    }
    size_t rest = csvk_scan(scan, bytes + used, length - used, true, used);
    return used + rest != length
               ? 0
               : support_totals_digest(support_scan_digest(hash, &scan->builder, used),
                                       &scan->table.totals);
}

/* Valid by RFC 4180's grammar, as the reference parser's facts and totals say it. */
static bool reference_says_valid(const struct csvk_scan *scan)
{
    for (size_t i = 0; i < scan->builder.nfacts; i++) {
        enum csvk_fact_kind kind = scan->builder.facts[i].kind;
        if (kind < CSVK_FACT_SUSPICIOUS_LINES || kind == CSVK_FACT_BARE_CR ||
            kind == CSVK_FACT_CRCRLF) {
            return false;
        }
    }
    const uint64_t *eol = scan->table.totals.eol;
    return eol[CSVK_EOL_LF] == 0 && eol[CSVK_EOL_CR] == 0 && eol[CSVK_EOL_CRCRLF] == 0;
}

static void complain(const char *what, const unsigned char *bytes, size_t length)
{
    fprintf(stderr, "%s: ", what);
    for (size_t i = 0; i < length; i++) {
        fprintf(stderr, bytes[i] < 0x20 ? "\\x%02x" : "%c", bytes[i]);
    }
    fprintf(stderr, "\n");
    ck_abort_msg("%s", what);
}

struct trio {
    struct csvk_scan reference, fast;
    unsigned char room[16 + 2 * CSVK_SCAN_SLACK];
};

static void judge(struct trio *t, const unsigned char *bytes, size_t length)
{
    uint64_t reference = read_whole(&t->reference, bytes, length);
    if (reference_says_valid(&t->reference) != in_grammar(bytes, length)) {
        complain("the reference parser and the grammar disagree", bytes, length);
    }
    if (read_whole(&t->fast, bytes, length) != reference) {
        complain("the fast scan and the reference parser disagree", bytes, length);
    }
    for (size_t cut = 1; length <= 8 && cut < length; cut++) {
        for (int pauses = 0; pauses <= 1; pauses++) {
            t->fast.pauses = pauses == 1;
            if (read_in_two(&t->fast, bytes, cut, length) != reference) {
                complain("a cut changes the reading", bytes, length);
            }
        }
    }
}

/* All strings of `length` that begin with alphabet[first]. */
static void every_string(struct trio *t, size_t length, int first)
{
    unsigned char *text = t->room + CSVK_SCAN_SLACK;
    int digit[16] = {0};
    for (size_t i = 0; i < length; i++) {
        digit[i] = 0;
        text[i] = alphabet[0];
    }
    text[0] = alphabet[first];
    for (;;) {
        judge(t, text, length);
        size_t i = 1;
        while (i < length && ++digit[i] == 5) {
            digit[i] = 0;
            text[i] = alphabet[0];
            i++;
        }
        if (i >= length) {
            return;
        }
        text[i] = alphabet[digit[i]];
    }
}

static struct trio *trio_new(enum csvk_simd level)
{
    struct trio *t = calloc(1, sizeof *t);
    struct csvk_options options;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.simd = level;
    ck_assert_int_eq(csvk_scan_init(&t->fast, &options, NULL), CSVK_OK);
    options.reference_only = true;
    ck_assert_int_eq(csvk_scan_init(&t->reference, &options, NULL), CSVK_OK);
    return t;
}

START_TEST(all_strings)
{
    const char *wanted = getenv("CSVK_EXHAUSTIVE");
    size_t most = wanted != NULL ? (size_t)strtoul(wanted, NULL, 10) : 10;
    struct trio *t = trio_new(CSVK_SIMD_AUTO);
    judge(t, t->room + CSVK_SCAN_SLACK, 0);
    for (size_t length = 1; length <= most; length++) {
        every_string(t, length, _i);
    }
    csvk_scan_release(&t->reference);
    csvk_scan_release(&t->fast);
    free(t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exhaustive");
    TCase *tcase = tcase_create("exhaustive");
    tcase_set_timeout(tcase, 600);
    tcase_add_loop_test(tcase, all_strings, 0, 5);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
