/*
 * test_normalize.c - the invariants of normalize (csv-rules I1 to I6) over the corpora, over pairs
 * of dialects, and over random mutations of tables.
 */
#include "tests/support/normalized.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;
static struct csvk_strings corpus;

static struct csvk_normalize_options defaults(void)
{
    struct csvk_normalize_options o;
    csvk_normalize_options_init(&o);
    o.max_repairs = UINT64_MAX; /* every defect is wanted here */
    return o;
}

/* ---- corpora ---- */

static int add_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)where;
    if (kind == FTW_F && info->st_size <= 200000 && strstr(path, ".git") == NULL) {
        return csvk_strings_add(&corpus, path);
    }
    return 0;
}

static void variant(struct csvk_normalize_options *o, int which)
{
    static const struct csvk_dialect tabs = {'\t', '\'', CSVK_NO_BYTE};
    static const struct csvk_dialect bare = {';', CSVK_NO_BYTE, CSVK_NO_BYTE};
    switch (which) {
    case 1: o->quote = CSVK_QUOTE_ALL, o->line_break = CSVK_EOL_LF; break;
    case 2: o->to = tabs, o->nul = o->invalid_utf8 = o->control = CSVK_DEFECT_REMOVE; break;
    case 3: o->to = bare, o->header = CSVK_NORMALIZE_NO_HEADER; break;
    case 4: o->quote = CSVK_QUOTE_MINIMAL, o->any_eol = true, o->digest = true; break;
    case 5: o->look_ahead = 64, o->nul = CSVK_DEFECT_REMOVE; break;
    case 6: o->dialect.delimiter = ';', o->to.delimiter = '|'; break;
    default: break;
    }
}

START_TEST(laws_hold_for_every_file_of_the_corpora)
{
    for (size_t i = 0; i < corpus.count; i++) {
        size_t length = 0;
        unsigned char *bytes = support_read_file(corpus.item[i], &length);
        ck_assert_ptr_nonnull(bytes);
        struct csvk_normalize_options o = defaults();
        variant(&o, _i);
        normalized_check(corpus.item[i], bytes, length, &o);
        if (length < 3000) {
            normalized_check_windows(corpus.item[i], bytes, length, &o);
        }
        free(bytes);
    }
}
END_TEST

/* ---- mutations ---- */

static const char *const seeds[] = {
    "id,name,note\r\n1,Anna,\"a, b\"\r\n2,Bob,\"l\r\nb\"\r\n3,\"C \"\"x\"\" y\",\r\n4,D,e\r\n",
    "a,b\n1,2\n3,\"4\"\n5,6\n\"7\",8\n9,0\n",
    "x\r\n1\r\n\"\"\r\n\"a\r\nb\"\r\n4\r\n",
    "a;b,c\r\n\"x;y\",\"\"\r\n,\r\n\"p\",q\r\n",
    "h1,h2,h3,h4\n1,2,3,4\n\"1\",\"2\",\"3\",\"4\"\n,,,\n\"a\nb\nc\",2,3,4\n1,2,3,4\n",
};
static const char *const splinters[] = {
    "\"",           "\"\"", "\\\"", ",", "\n", "\r\n", "\r",  "\r\r\n", " ",    "\t", "\0",
    "\xef\xbb\xbf", "\xff", "\x1a", "'", ";",  "a",    "\" ", " \"",    "\n\n", "#",  ",,",
};

static size_t mutate(struct support_random *random, unsigned char *bytes, size_t length)
{
    size_t rounds = 1 + support_below(random, 4);
    for (size_t i = 0; i < rounds; i++) {
        size_t at = support_below(random, length + 1);
        const char *piece = splinters[support_below(random, sizeof splinters / sizeof *splinters)];
        size_t n = piece[0] == '\0' ? 1 : strlen(piece);
        size_t cut = support_below(random, 3);
        cut = at + cut <= length ? cut : length - at;
        if (support_below(random, 3) == 0) {
            n = 0;
        }
        memmove(bytes + at + n, bytes + at + cut, length - at - cut);
        memcpy(bytes + at, piece, n);
        length = length - cut + n;
    }
    return length;
}

START_TEST(laws_hold_for_mutated_tables)
{
    struct support_random random = {(uint64_t)_i * 977 + 5};
    unsigned char bytes[1024];
    for (int round = 0; round < 3000; round++) {
        const char *seed = seeds[support_below(&random, sizeof seeds / sizeof *seeds)];
        size_t length = strlen(seed);
        memcpy(bytes, seed, length);
        length = mutate(&random, bytes, length);
        struct csvk_normalize_options o = defaults();
        variant(&o, _i);
        normalized_check("mutation", bytes, length, &o);
        if (round % 20 == 0) {
            normalized_check_windows("mutation", bytes, length, &o);
        }
    }
}
END_TEST

/* ---- dialects ---- */

START_TEST(a_table_comes_back_through_every_pair_of_dialects)
{
    static const int delimiters[] = {',', ';', '\t', '|', ' ', 'x', 0x1f};
    static const int enclosures[] = {'"', '\'', '`'};
    const size_t nd = sizeof delimiters / sizeof *delimiters;
    for (size_t i = 0; i < nd * 3; i++) {
        for (int line_break = CSVK_EOL_LF; line_break <= CSVK_EOL_CRLF; line_break++) {
            struct csvk_normalize_options o = defaults();
            struct normalized there, back;
            o.to = (struct csvk_dialect){delimiters[i % nd], enclosures[i / nd], CSVK_NO_BYTE};
            o.line_break = (enum csvk_eol)line_break;
            const char *seed = seeds[0];
            normalized_check("pair", seed, strlen(seed), &o);
            normalized_run(&there, seed, strlen(seed), &o);
            ck_assert_msg(there.status == CSVK_OK, "%s", there.err.text);
            struct csvk_normalize_options r = defaults();
            r.dialect = o.to;
            normalized_run(&back, there.table.data, there.table.length, &r);
            ck_assert_msg(back.status == CSVK_OK, "%s", back.err.text);
            ck_assert_str_eq(csvk_buf_text(&back.table), seed);
            normalized_release(&there);
            normalized_release(&back);
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("normalize");
    TCase *t = tcase_create("laws");
    tcase_set_timeout(t, 120);
    if (folder != NULL) {
        tcase_add_loop_test(t, laws_hold_for_every_file_of_the_corpora, 0, 7);
    }
    tcase_add_loop_test(t, laws_hold_for_mutated_tables, 0, 7);
    tcase_add_test(t, a_table_comes_back_through_every_pair_of_dialects);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    folder = support_corpus("");
    if (folder != NULL) {
        nftw(folder, add_file, 16, FTW_PHYS);
    }
    int status = support_run(suite());
    csvk_strings_release(&corpus);
    return status;
}
