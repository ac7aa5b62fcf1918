/*
 * test_normalize.c - the invariants of normalize (I1 to I8) over the corpora, over pairs
 * of dialects, and over random mutations of tables. CSVK_MUTATIONS=N in the environment says how
 * many mutations; `make check-mutations` runs a million.
 */
#include "tests/support/decided.h"
#include "tests/support/normalized.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARIANTS = 14, MUTATIONS = 500 }; /* of options; of tables for each of them */

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

/* Files that are as large as this are read in a third of the variants, each of them in other ones;
   make check-mutations reads them in all. */
#define LARGE 60000

static int add_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)where;
    if (kind == FTW_F && info->st_size <= 200000 && strstr(path, ".git") == NULL) {
        return csvk_strings_add(&corpus, path);
    }
    return 0;
}

/*
 * What the user's word decides, not the evidence. Left out is what does not stay the same when it
 * is normalized again: a record that is empty only after --trim or --ragged=pad, with
 * --empty-records=drop; blanks whose enclosure went, with --trim; one empty name of one column.
 */
static void variant_of_words(struct csvk_normalize_options *o, int which)
{
    switch (which) {
    case 7: o->trim = true; break;
    case 8:
        o->header = CSVK_NORMALIZE_NO_HEADER;
        o->ragged = CSVK_NORMALIZE_RAGGED_PAD, o->trim = true;
        break;
    case 9:
        o->guard_formulas = o->write_bom = true, o->names = CSVK_NORMALIZE_NAMES_STORAGE;
        o->quote = CSVK_NORMALIZE_QUOTE_MINIMAL, o->line_break = CSVK_EOL_LF;
        break;
    case 10:
        o->encoding_fallback = "windows-1252", o->trim = true;
        o->nul = o->invalid_utf8 = o->control = CSVK_NORMALIZE_DEFECT_REMOVE;
        break;
    case 11:
        o->drop_empty_records = o->drop_repeated_headers = true;
        o->ragged = CSVK_NORMALIZE_RAGGED_REJECT, o->comment = '#';
        break;
    case 12:
        o->any_eol = true, o->dialect.escape = '\\';
        o->quote = CSVK_NORMALIZE_QUOTE_ALL, o->drop_repeated_headers = true;
        break;
    case 13:
        o->skip_head = o->skip_tail = 1, o->ragged = CSVK_NORMALIZE_RAGGED_FAIL;
        o->encoding_fallback = "iso-8859-2", o->drop_empty_records = true;
        break;
    default: break;
    }
}

static void variant(struct csvk_normalize_options *o, int which)
{
    static const struct csvk_dialect tabs = {
        .delimiter = '\t', .enclosure = '\'', .escape = CSVK_NO_BYTE};
    static const struct csvk_dialect bare = {
        .delimiter = ';', .enclosure = CSVK_NO_BYTE, .escape = CSVK_NO_BYTE};
    switch (which) {
    case 1: o->quote = CSVK_NORMALIZE_QUOTE_ALL, o->line_break = CSVK_EOL_LF; break;
    case 2:
        o->to = tabs, o->nul = o->invalid_utf8 = o->control = CSVK_NORMALIZE_DEFECT_REMOVE;
        break;
    case 3: o->to = bare, o->header = CSVK_NORMALIZE_NO_HEADER; break;
    case 4: o->quote = CSVK_NORMALIZE_QUOTE_MINIMAL, o->any_eol = true, o->digest = true; break;
    case 5: o->look_ahead = 64, o->nul = CSVK_NORMALIZE_DEFECT_REMOVE; break;
    case 6: o->dialect.delimiter = ';', o->to.delimiter = '|'; break;
    default: variant_of_words(o, which); break;
    }
}

/* True when libcsv could count the records of the file. */
static bool check_file(const char *name, const void *bytes, size_t length,
                       const struct csvk_normalize_options *o, uint64_t seed)
{
    struct normalized n;
    normalized_run(&n, bytes, length, o);
    normalized_check(name, bytes, length, &n, o);
    normalized_check_ink(name, bytes, length, &n, o);
    bool counted = normalized_check_counts(name, bytes, length, &n, o);
    if (length < 20000) {
        normalized_check_records(name, bytes, length, &n, o, seed);
    }
    if (length < 3000) {
        normalized_check_windows(name, bytes, length, &n, o);
    }
    normalized_release(&n);
    return counted;
}

/* Of each variant, by CSVK_MUTATIONS, which is that of all variants together. */
static long mutations(void)
{
    const char *knob = getenv("CSVK_MUTATIONS");
    return knob != NULL ? strtol(knob, NULL, 10) / VARIANTS + 1 : MUTATIONS;
}

/* The large files are spread over the variants, unless there is time. */
static bool is_for_another(size_t length, size_t file, int variant)
{
    return length >= LARGE && mutations() <= MUTATIONS && (file + (size_t)variant) % 3 != 0;
}

START_TEST(laws_hold_for_every_file_of_the_corpora)
{
    size_t counted = 0;
    for (size_t i = 0; i < corpus.count; i++) {
        size_t length = 0;
        unsigned char *bytes = support_read_file(corpus.item[i], &length);
        ck_assert_ptr_nonnull(bytes);
        struct csvk_normalize_options o = defaults();
        variant(&o, _i);
        if (is_for_another(length, i, _i)) {
            free(bytes);
            continue;
        }
        if (length >= 20000) { /* thousands of equal names take minutes */
            o.names = CSVK_NORMALIZE_NAMES_KEEP;
        }
        counted += check_file(corpus.item[i], bytes, length, &o, i);
        free(bytes);
    }
    printf("variant %d: libcsv counted the input of %zu of %zu files\n", _i, counted, corpus.count);
    struct csvk_normalize_options o = defaults();
    variant(&o, _i);
    if (o.skip_head == 0 && o.comment < 0 && o.dialect.escape == CSVK_NO_BYTE) {
        /* with another delimiter more of the records are in question */
        bool comma = o.dialect.delimiter == ',';
        ck_assert_uint_gt(counted, comma ? corpus.count * 2 / 5 : corpus.count * 3 / 8);
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

/* A table to be broken: one of ours, with evidence or too small for it, or a small file of the
   corpora. */
static size_t choose_seed(struct support_random *random, unsigned char *bytes, size_t room)
{
    size_t length = 0;
    if (corpus.count != 0 && support_below(random, 2) == 0) {
        const char *path = corpus.item[support_below(random, corpus.count)];
        unsigned char *file = support_read_file(path, &length);
        if (file != NULL && length <= room) {
            memcpy(bytes, file, length);
            free(file);
            return length;
        }
        free(file);
    }
    if (support_below(random, 3) == 0) {
        struct csvk_buf table = CSVK_BUF_INIT;
        example_put((enum example)support_below(random, VERY_WIDE), &table);
        length = table.length < room ? table.length : room;
        memcpy(bytes, table.data, length);
        csvk_buf_release(&table);
        return length;
    }
    const char *seed = seeds[support_below(random, sizeof seeds / sizeof *seeds)];
    length = strlen(seed);
    memcpy(bytes, seed, length);
    return length;
}

static void check_all(const char *name, const void *bytes, size_t length,
                      const struct csvk_normalize_options *o, uint64_t seed, bool windows)
{
    struct normalized n;
    normalized_run(&n, bytes, length, o);
    normalized_check(name, bytes, length, &n, o);
    normalized_check_ink(name, bytes, length, &n, o);
    normalized_check_counts(name, bytes, length, &n, o);
    normalized_check_records(name, bytes, length, &n, o, seed);
    if (windows) {
        normalized_check_windows(name, bytes, length, &n, o);
    }
    normalized_release(&n);
}

START_TEST(laws_hold_for_mutated_tables)
{
    long rounds = mutations();
    struct support_random random = {(uint64_t)_i * 977 + 5};
    unsigned char bytes[8192];
    for (long round = 0; round < rounds; round++) {
        size_t length = choose_seed(&random, bytes, sizeof bytes / 2);
        length = mutate(&random, bytes, length);
        struct csvk_normalize_options o = defaults();
        variant(&o, _i);
        check_all("mutation", bytes, length, &o, support_next(&random), round % 20 == 0);
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
            o.to = (struct csvk_dialect){.delimiter = delimiters[i % nd],
                                         .enclosure = enclosures[i / nd],
                                         .escape = CSVK_NO_BYTE};
            o.line_break = (enum csvk_eol)line_break;
            const char *seed = seeds[0];
            normalized_run(&there, seed, strlen(seed), &o);
            normalized_check("pair", seed, strlen(seed), &there, &o);
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

/* Dirty tables, written in every dialect of the list and converted into every other one. */
static const char *const dirty[] = {
    "id,name,note\r\n1,An\"na,\"a, b\"\r\n2,Bob,\"l\r\nb\" \r\n3,\"C \"\"x\"\" y\",,\r\n4,D\r\n",
    "a,b\n1, \"2\"\n3,\"4\n5,6\n\"7\"x,8\n9\r,0\r\r\n\n",
    "a,b,c\n1,x\ny,3\n1,2,3\n\"1\",\"\\\"2\\\" \",\"\"\n1,2,3,4\n,,",
};

static size_t translate(const char *from, const struct csvk_dialect *to, unsigned char *bytes)
{
    size_t length = 0;
    for (; *from != '\0'; from++) {
        int c = *from == ',' ? to->delimiter : *from == '"' ? to->enclosure : *from;
        if (c != CSVK_NO_BYTE) {
            bytes[length++] = (unsigned char)c;
        }
    }
    return length;
}

START_TEST(laws_hold_between_dialects)
{
    static const struct csvk_dialect list[] = {
        {.delimiter = ',', .enclosure = '"', .escape = CSVK_NO_BYTE},
        {.delimiter = ';', .enclosure = '"', .escape = CSVK_NO_BYTE},
        {.delimiter = '\t', .enclosure = '\'', .escape = CSVK_NO_BYTE},
        {.delimiter = '|', .enclosure = CSVK_NO_BYTE, .escape = CSVK_NO_BYTE},
        {.delimiter = ',', .enclosure = '"', .escape = '\\'},
        {.delimiter = 0x1f, .enclosure = '`', .escape = CSVK_NO_BYTE},
    };
    static const size_t n = sizeof list / sizeof *list;
    for (size_t i = 0; i < sizeof dirty / sizeof *dirty; i++) {
        unsigned char bytes[256];
        struct csvk_normalize_options o = defaults();
        o.dialect = list[(size_t)_i / n];
        o.to = list[(size_t)_i % n];
        size_t length = translate(dirty[i], &o.dialect, bytes);
        check_all("dialects", bytes, length, &o, (uint64_t)_i, true);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("normalize");
    TCase *t = tcase_create("laws");
    tcase_set_timeout(t, 1200);
    if (folder != NULL) {
        tcase_add_loop_test(t, laws_hold_for_every_file_of_the_corpora, 0, VARIANTS);
    }
    tcase_add_loop_test(t, laws_hold_for_mutated_tables, 0, VARIANTS);
    tcase_add_loop_test(t, laws_hold_between_dialects, 0, 36);
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
