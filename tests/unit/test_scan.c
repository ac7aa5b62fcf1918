/*
 * test_scan.c - the fast scan against the reference parser, on every short string, every split,
 * random noise and the corpora; at every level of SIMD and detail.
 */
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char *what, const unsigned char *bytes, size_t length)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    for (size_t i = 0; i < length && i < 400; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text,
                                         bytes[i] >= 0x20 && bytes[i] < 0x7f ? "%c" : "\\x%02x",
                                         bytes[i]),
                         CSVK_OK);
    }
    fprintf(stderr, "%s: %s\n", what, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

/* Readings under both options must be equal, whatever they differ in. */
static void compare(const unsigned char *bytes, size_t length, const struct csvk_options *one,
                    const struct csvk_options *other)
{
    static struct csvk_buf a, b;
    csvk_buf_clear(&a);
    csvk_buf_clear(&b);
    int sa = support_reading(bytes, length, one, &a);
    int sb = support_reading(bytes, length, other, &b);
    if (sa != sb || a.length != b.length || memcmp(a.data, b.data, a.length) != 0) {
        show("input", bytes, length);
        fprintf(stderr, "detail %d simd %d window %zu max %llu any %d\n", (int)other->detail,
                (int)other->simd, other->window, (unsigned long long)other->max_record,
                other->any_eol);
        show("one", a.data, a.length);
        show("other", b.data, b.length);
        ck_abort_msg("readings differ (status %d, %d)", sa, sb);
    }
}

static struct csvk_options options_of(enum csvk_detail detail)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.detail = detail;
    options.window = 1024;
    return options;
}

static void all_ways(const unsigned char *bytes, size_t length, struct csvk_options base)
{
    static const size_t windows[] = {1024, 1, 7, 64};
    base.reference_only = true;
    for (int detail = CSVK_COUNTS; detail <= CSVK_FIELDS; detail++) {
        struct csvk_options reference = base;
        reference.detail = (enum csvk_detail)detail;
        for (int simd = CSVK_SIMD_SCALAR; simd <= CSVK_SIMD_AVX512; simd++) {
            struct csvk_options fast = reference;
            fast.reference_only = false;
            fast.simd = (enum csvk_simd)simd;
            fast.window = windows[(size_t)simd % 4];
            compare(bytes, length, &reference, &fast);
        }
        for (size_t i = 0; detail == CSVK_COUNTS && i < 4; i++) {
            static const size_t pieces[] = {2, 61, 200, 5000};
            struct csvk_options streamed = reference;
            streamed.reference_only = false;
            streamed.max_record = 3;
            streamed.window = pieces[i];
            compare(bytes, length, &reference, &streamed);
        }
    }
}

/* ---- every string over a small alphabet ---- */

static void every_string(const char *alphabet, size_t most, struct csvk_options base)
{
    size_t letters = strlen(alphabet);
    unsigned char text[16] = {0};
    size_t digit[16];
    struct csvk_options reference = base, fast = base;
    reference.reference_only = true;
    for (size_t n = 0; n <= most; n++) {
        memset(digit, 0, sizeof digit);
        for (bool more = true; more;) {
            for (size_t i = 0; i < n; i++) {
                text[i] = (unsigned char)alphabet[digit[i]];
            }
            compare(text, n, &reference, &fast);
            size_t i = 0;
            while (i < n && ++digit[i] == letters) {
                digit[i++] = 0;
            }
            more = i < n;
        }
    }
}

START_TEST(every_short_string_reads_as_the_reference_parser_says)
{
    every_string("a,\"\r\n", 7, options_of(CSVK_FIELDS));
}
END_TEST

START_TEST(every_short_string_in_pieces)
{
    struct csvk_options base = options_of(CSVK_FIELDS);
    base.window = 1;
    every_string("a,\"\r\n", 6, base);
}
END_TEST

START_TEST(every_short_string_too_long_for_memory)
{
    struct csvk_options reference = options_of(CSVK_COUNTS);
    reference.max_record = 1;
    reference.window = 1;
    every_string("a,\" \r\n", 5, reference);
}
END_TEST

/* Padding that is told apart from a record only at the very end. */
START_TEST(nul_bytes_at_the_end_too_long_for_memory)
{
    static const char *const ends[] = {"", "\r", "\r\r", "\n", "\x1a", "a", "\r\x1a", "\001\x1a"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        for (size_t nuls = 1; nuls < 40; nuls++) {
            unsigned char text[64] = "a,b\n";
            size_t length = 4 + nuls + strlen(ends[i]);
            memcpy(text + 4 + nuls, ends[i], strlen(ends[i]));
            all_ways(text, length, options_of(CSVK_FIELDS));
            all_ways(text + 4, length - 4, options_of(CSVK_FIELDS));
        }
    }
}
END_TEST

START_TEST(every_short_string_with_an_escape)
{
    struct csvk_options base = options_of(CSVK_FIELDS);
    base.dialect.escape = '\\';
    every_string("a,\"\\\r\n", 6, base);
    base.any_eol = true;
    every_string("a,\" \r\n", 5, base);
}
END_TEST

/* Under sanitizers and valgrind, where CSVK_TRUTH is set too, a fifth will do; make check-scan
   wants CSVK_ROUNDS times as many. */
static int rounds(int full)
{
    const char *times = getenv("CSVK_ROUNDS");
    return getenv("CSVK_TRUTH") != NULL ? full / 5
           : times != NULL              ? full * (int)strtol(times, NULL, 10)
                                        : full;
}

/* ---- noise that is long enough for blocks of 64 ---- */

static size_t noise(struct support_random *random, unsigned char *out, size_t most)
{
    static const char *const pieces[] = {"a",    "bc",       "12",           ",",
                                         ",",    ",",        "\n",           "\r\n",
                                         "\"",   "\"\"",     "\"x\"",        "\",\"",
                                         " ",    "\t",       "\r",           "\\",
                                         "\x01", "\xc3\xa9", "\xe2\x80\xa8", "\xef\xbb\xbf",
                                         "\xff", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                         "\x7f"};
    size_t kinds = 4 + support_below(random, 20);
    size_t n = support_below(random, most);
    size_t length = 0;
    while (length + 8 < n) {
        bool nul = support_below(random, 400) == 0;
        const char *piece = nul ? "" : pieces[support_below(random, kinds)];
        size_t size = nul ? 1 : strlen(piece);
        memcpy(out + length, nul ? "\0" : piece, size);
        length += size;
    }
    return length;
}

START_TEST(noise_reads_as_the_reference_parser_says)
{
    struct support_random random = {(uint64_t)_i + 1};
    unsigned char *bytes = malloc(4096);
    for (int i = 0; i < rounds(200); i++) {
        size_t length = noise(&random, bytes, i % 10 == 0 ? 4000 : 300);
        struct csvk_options base = options_of(CSVK_FIELDS);
        base.any_eol = i % 5 == 1;
        base.dialect.escape = i % 7 == 2 ? '\\' : CSVK_NO_BYTE;
        base.dialect.enclosure = i % 11 == 3 ? CSVK_NO_BYTE : '"';
        base.dialect.delimiter = i % 13 == 5 ? '\t' : ',';
        base.facts = i % 3 == 2 ? (uint32_t)support_next(&random) & CSVK_FACTS_ALL : base.facts;
        all_ways(bytes, length, base);
    }
    free(bytes);
}
END_TEST

/* Mostly clean tables, so that the clean-block check has something to pass, with one byte changed.
 */
static size_t table(struct support_random *random, unsigned char *out, size_t most)
{
    size_t width = 1 + support_below(random, 70) % (1 + support_below(random, 70));
    bool crlf = support_below(random, 2) == 0;
    size_t length = 0;
    while (length + width * 24 + 2 < most) {
        for (size_t i = 0; i < width; i++) {
            static const char *const values[] = {"",
                                                 "1",
                                                 "abc",
                                                 "\"q,\n2\"",
                                                 "\"a\"\"b\"",
                                                 "\"\"",
                                                 "caf\xc3\xa9",
                                                 "\"x\r\ny,z\r\nw\"",
                                                 "long long text"};
            const char *value = values[support_below(random, 9)];
            memcpy(out + length, value, strlen(value));
            length += strlen(value);
            out[length++] = ',';
        }
        length--;
        if (crlf) {
            out[length++] = '\r';
        }
        out[length++] = '\n';
    }
    return length;
}

START_TEST(tables_with_one_byte_changed_read_as_the_reference_parser_says)
{
    struct support_random random = {(uint64_t)_i + 1000};
    unsigned char *bytes = malloc(8192);
    static const char changes[] = "a,\"\r\n \t\\\x80\xc3\xff\x01";
    for (int i = 0; i < rounds(60); i++) {
        size_t length = table(&random, bytes, 300 + support_below(&random, 6000));
        if (length > 0 && i % 8 != 0) {
            bytes[support_below(&random, length)] =
                (unsigned char)changes[support_below(&random, sizeof changes)];
        }
        all_ways(bytes, length, options_of(CSVK_FIELDS));
    }
    free(bytes);
}
END_TEST

/*
 * Tables long enough for many blocks at a time (clean_stretch_check.h), made of some of the things
 * that such a stretch may hold: enclosures, enclosed line breaks, CRLF, text beyond ASCII, TAB.
 */
struct long_table {
    unsigned char bytes[16384];
    size_t length, header; /* the header's length: blocks of 64 are counted from its end */
    size_t width;
};

static void put_value(struct long_table *t, const char *value)
{
    memcpy(t->bytes + t->length, value, strlen(value));
    t->length += strlen(value);
}

/* An enclosed line that looks like a record; `pieces` is what its other lines are cut by. */
static void put_enclosed_record(struct long_table *t, const char *pieces)
{
    put_value(t, "\"x\n");
    for (size_t i = 1; i < t->width; i++) {
        put_value(t, pieces);
    }
    put_value(t, "\norm\"");
}

static void put_long_record(struct long_table *t, struct support_random *random, size_t from,
                            size_t to)
{
    static const char *const values[] = {"",
                                         "1",
                                         "abc",
                                         "long long text",
                                         "caf\xc3\xa9",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x99\x82",
                                         "\t",
                                         "\"a\"\"b\"",
                                         "\"\"",
                                         "\"q,\n2\"",
                                         "\"one\ntwo\nthree\"",
                                         "\"x\r\ny,z\r\nw\""};
    for (size_t i = 0; i < t->width; i++) {
        bool rare = support_below(random, 8) == 0;
        size_t pick = rare ? from + support_below(random, to - from) : support_below(random, 4);
        put_value(t, i == 0 ? "" : ",");
        if (pick >= 10 && support_below(random, 20) != 0) {
            pick -= 2;
        }
        if (pick == 12 && support_below(random, 2) == 0) {
            put_enclosed_record(t, support_below(random, 2) == 0 ? "," : "and, more words ");
        } else {
            put_value(t, values[pick]);
        }
    }
}

static void long_table(struct support_random *random, struct long_table *t, size_t most)
{
    static const size_t first[] = {0, 0, 4, 8}, behind[] = {4, 8, 11, 13};
    size_t from = first[support_below(random, 4)], to = behind[support_below(random, 4)];
    const char *eol = support_below(random, 2) == 0 ? "\r\n" : "\n";
    to = to <= from ? from + 3 : to;
    t->width = 2 + support_below(random, 16);
    t->length = t->header = 0;
    while (t->length < most) {
        put_long_record(t, random, t->header == 0 ? 0 : from, t->header == 0 ? 4 : to);
        put_value(t, eol);
        t->header = t->header == 0 ? t->length : t->header;
    }
}

/* Most changes lie on a border of two blocks, or of 32 and 32. */
static void change_bytes(struct support_random *random, struct long_table *t)
{
    static const char *const changes[] = {
        "a",        ",",    "\"",       "\r",       "\n",           "\x01",
        "\x7f",     "\xc3", "\xe2\x80", "\xa9",     "\"\"",         "\"a",
        "\",\"a\"", "\t",   "a\"",      "\xc2\x85", "\xef\xbb\xbf", "\xe2\x80\xa8"};
    const char *change = changes[support_below(random, sizeof changes / sizeof changes[0])];
    size_t at = t->header + support_below(random, t->length - t->header - 64);
    size_t many[] = {1, 64, 2048};
    size_t border = many[support_below(random, 3)];
    if (border != 1) {
        at = t->header + (at - t->header) / border * border + support_below(random, 5);
        at = at < t->header + 4 ? at : at - 4;
    }
    memcpy(t->bytes + at, change, strlen(change));
}

/* The facts that `validate` asks for, those of counts alone, and any. */
static uint32_t facts_to_ask(struct support_random *random)
{
    static const uint32_t costly =
        CSVK_FACT_BIT(CSVK_FACT_TAB) | CSVK_FACT_BIT(CSVK_FACT_NON_ASCII);
    switch (support_below(random, 4)) {
    case 0: return 0;
    case 1: return (uint32_t)support_next(random) & CSVK_FACTS_ALL & ~costly;
    default: return CSVK_FACTS_ALL & ~costly;
    }
}

static void compare_levels(const struct long_table *t, struct csvk_options reference)
{
    reference.reference_only = true;
    for (int simd = CSVK_SIMD_SSE42; simd <= CSVK_SIMD_AVX512; simd++) {
        struct csvk_options fast = reference;
        fast.reference_only = false;
        fast.simd = (enum csvk_simd)simd;
        compare(t->bytes, t->length, &reference, &fast);
    }
}

START_TEST(long_tables_read_as_the_reference_parser_says)
{
    struct support_random random = {(uint64_t)_i + 2000};
    struct long_table *t = malloc(sizeof *t);
    for (int i = 0; i < rounds(200); i++) {
        long_table(&random, t, 4500 + support_below(&random, 6000));
        for (size_t n = 1 + support_below(&random, 2); n > 0; n--) {
            change_bytes(&random, t);
        }
        struct csvk_options reference = options_of(i % 4 == 0 ? CSVK_RECORDS : CSVK_COUNTS);
        reference.facts = facts_to_ask(&random);
        reference.window = 65536;
        compare_levels(t, reference);
    }
    free(t);
}
END_TEST

/* Tables in which most records have a defect, one after the other (mask_parser_many.h,
 * mask_parser.h). */
static void put_bad_value(struct long_table *t, struct support_random *random)
{
    static const char strays[] = "a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\""
                                 "a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a\"a";
    static const char *const values[] = {"a\"b",
                                         "\"\"x\"",
                                         "\"in\"ner\"",
                                         " \"blank\"",
                                         "\t\"tab, \"",
                                         "\"behind\" ",
                                         "\"back\\\"x\"",
                                         "\"text\"x\"y\"",
                                         "a\"\"b",
                                         "\"\" \"",
                                         "\x01",
                                         "\x7f",
                                         "\xe9t\xe9",
                                         "\xc3",
                                         "\xe2\x82",
                                         "\xe2\x80\xa8",
                                         "\xef\xbf\xbd",
                                         "a\rb",
                                         "\"c\rd\"",
                                         "\"q\"\r",
                                         "\r\"q\"",
                                         "x\r",
                                         ",",
                                         ",,",
                                         "\n",
                                         "\"l\nm\"",
                                         "\"l\nm\nn\"",
                                         "a\"b\"c\"d\"e\"",
                                         "\"\"\"\"\"\"\"",
                                         "\"open",
                                         "\xf0\x9f\x99",
                                         "\xc2\x85",
                                         "\xff\xfe\x01\x02",
                                         "\"a\"\"b\" ,",
                                         "\t",
                                         "\"x\"  \r\n",
                                         "\r\r\n",
                                         "\r\n\r\n",
                                         "\"e\xc3\"",
                                         "\"\xe2\x82\" ",
                                         "",
                                         "\"tail\"\"\"",
                                         strays};
    put_value(t, values[support_below(random, sizeof values / sizeof values[0])]);
}

static void dirty_table(struct support_random *random, struct long_table *t)
{
    static const char *const values[] = {"",          "1",         "some words", "caf\xc3\xa9",
                                         "\"q,\n2\"", "\"a\"\"b\""};
    const char *eol = support_below(random, 2) == 0 ? "\r\n" : "\n";
    size_t most = 600 + support_below(random, 6000), clean = support_below(random, 8);
    size_t longest = support_below(random, 10) == 0 ? 900 : 30;
    t->length = 0;
    t->width = 2 + support_below(random, 9);
    put_long_record(t, random, 0, 4);
    put_value(t, eol);
    while (t->length < most) {
        size_t bad = support_below(random, t->width + clean);
        for (size_t i = 0; i < t->width; i++) {
            put_value(t, i == 0 ? "" : ",");
            put_value(t, values[support_below(random, 6)]);
            for (size_t n = support_below(random, longest); n > 30; n--) {
                t->bytes[t->length++] = 'w';
            }
            if (i == bad) {
                put_bad_value(t, random);
            }
        }
        put_value(t, support_below(random, 20) == 0 ? "\n" : eol);
    }
}

START_TEST(tables_full_of_defects_read_as_the_reference_parser_says)
{
    struct support_random random = {(uint64_t)_i + 3000};
    struct long_table *t = malloc(sizeof *t);
    for (int i = 0; i < rounds(150); i++) {
        dirty_table(&random, t);
        struct csvk_options reference = options_of(i % 4 == 0 ? CSVK_RECORDS : CSVK_COUNTS);
        reference.dialect.enclosure = i % 16 == 7 ? CSVK_NO_BYTE : '"';
        reference.any_eol = i % 16 == 9;
        reference.facts = i % 8 == 5 ? CSVK_FACTS_ALL : facts_to_ask(&random);
        reference.width = i % 8 == 6 ? t->width : 0;
        reference.eol = i % 8 == 6 ? CSVK_EOL_LF : CSVK_EOL_NONE;
        reference.window = 65536;
        compare_levels(t, reference);
    }
    free(t);
}
END_TEST

/* Record 1 is reported with its fields, whatever is known beforehand. */
START_TEST(the_first_record_has_fields)
{
    static char text[4000];
    for (size_t i = 0; i < sizeof text; i += 4) {
        memcpy(text + i, "a,b\n", 4);
    }
    for (int simd = CSVK_SIMD_AUTO; simd <= CSVK_SIMD_AVX512; simd++) {
        struct csvk_options options = options_of(CSVK_COUNTS);
        struct csvk_source *source = NULL;
        struct csvk_reader *reader = NULL;
        const struct csvk_batch *batch;
        options.simd = (enum csvk_simd)simd;
        options.width = 2;
        options.eol = CSVK_EOL_LF;
        ck_assert_int_eq(csvk_source_memory(&source, text, sizeof text, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_OK);
        ck_assert_uint_eq(batch->nreported, 1);
        ck_assert_uint_eq(batch->records[0].nfields, 2);
        ck_assert_uint_eq(batch->nfields, 2);
        ck_assert_int_eq(csvk_field_raw(batch, &batch->records[0], 1).ptr[0], 'b');
        csvk_reader_free(reader);
        csvk_source_free(source);
    }
}
END_TEST

/* Facts by kind, reported or counted, and how many records were reported. */
struct fact_tally {
    uint64_t facts[CSVK_FACT_KINDS];
    uint64_t reported, misfits;
};

static void take_tally(const struct long_table *t, const struct csvk_options *options,
                       uint32_t only_counted, struct fact_tally *tally)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    memset(tally, 0, sizeof *tally);
    ck_assert_int_eq(csvk_source_memory(&source, t->bytes, t->length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, options, NULL), CSVK_OK);
    csvk_reader_only_count(reader, only_counted);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nfacts; i++) {
            tally->facts[batch->facts[i].kind]++;
        }
        for (size_t kind = 0; kind < CSVK_FACT_KINDS; kind++) {
            tally->facts[kind] += batch->counted[kind];
        }
        tally->reported += batch->nreported;
        for (size_t i = 0; i < batch->nreported; i++) {
            tally->misfits += batch->records[i].nfields != csvk_reader_totals(reader)->width;
        }
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
}

/* However facts are divided into reported and counted ones, together they are the same. */
START_TEST(facts_that_are_only_counted_are_not_lost)
{
    struct support_random random = {(uint64_t)_i + 4000};
    struct long_table *t = malloc(sizeof *t);
    for (int i = 0; i < rounds(100); i++) {
        struct fact_tally reported, counted;
        dirty_table(&random, t);
        struct csvk_options options = options_of(CSVK_COUNTS);
        options.max_record = i % 5 == 0 ? 40 : 0;
        for (int simd = CSVK_SIMD_AUTO; simd <= CSVK_SIMD_AVX512; simd++) {
            options.simd = (enum csvk_simd)simd;
            options.reference_only = simd == CSVK_SIMD_AUTO;
            take_tally(t, &options, 0, &reported);
            take_tally(t, &options, (uint32_t)support_next(&random), &counted);
            ck_assert(memcmp(reported.facts, counted.facts, sizeof reported.facts) == 0);
            ck_assert_uint_eq(reported.misfits, counted.misfits);
            take_tally(t, &options, CSVK_FACTS_ALL, &counted);
            ck_assert(memcmp(reported.facts, counted.facts, sizeof reported.facts) == 0);
            ck_assert_uint_le(counted.reported, reported.reported);
        }
    }
    free(t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan");
    TCase *tcase = tcase_create("scan");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, every_short_string_reads_as_the_reference_parser_says);
    tcase_add_test(tcase, every_short_string_in_pieces);
    tcase_add_test(tcase, every_short_string_too_long_for_memory);
    tcase_add_test(tcase, nul_bytes_at_the_end_too_long_for_memory);
    tcase_add_test(tcase, every_short_string_with_an_escape);
    tcase_add_loop_test(tcase, noise_reads_as_the_reference_parser_says, 0, 6);
    tcase_add_loop_test(tcase, tables_with_one_byte_changed_read_as_the_reference_parser_says, 0,
                        6);
    tcase_add_loop_test(tcase, long_tables_read_as_the_reference_parser_says, 0, 10);
    tcase_add_loop_test(tcase, tables_full_of_defects_read_as_the_reference_parser_says, 0, 10);
    tcase_add_test(tcase, the_first_record_has_fields);
    tcase_add_loop_test(tcase, facts_that_are_only_counted_are_not_lost, 0, 4);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
