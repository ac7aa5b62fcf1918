/*
 * test_scan_edges.c - bytes that do not belong to the input decide nothing and, where nobody
 * promised them, are not even looked at: inputs flush against pages that cannot be read, and the
 * slack of a window filled with bytes that would change the answer. And the places that facts of
 * oversize records carry, which no other way of reading counts for them.
 */
#include "tests/support/support.h"
#include "tests/support/scan_digest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LONGEST = 200 };

/* Inputs of a kind, as long as asked: each looks different at its end. */
static void fill(unsigned char *out, size_t length, size_t kind)
{
    static const char *const patterns[] = {"a,b\n",
                                           "\"x\",\"y\"\r\n",
                                           "\"",
                                           "\r",
                                           "caf\xc3\xa9,",
                                           "\xe2\x80\xa8",
                                           "\xf0\x9f\x98\x80",
                                           "1,\"a\nb\"\n",
                                           "a\"b, \"c\" ,\n",
                                           "\\\"",
                                           ",",
                                           "\x01\t\x7f",
                                           "\xef\xbb\xbf\x1a",
                                           "\n"};
    const char *pattern = patterns[kind % (sizeof patterns / sizeof *patterns)];
    size_t n = strlen(pattern);
    for (size_t i = 0; i < length; i++) {
        out[i] = (unsigned char)pattern[i % n];
    }
}

enum { KINDS = 14 };

static struct csvk_options options_of(int level, int detail, int kind)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.simd = (enum csvk_simd)level;
    options.detail = (enum csvk_detail)detail;
    options.dialect.escape = kind == 9 ? '\\' : CSVK_NO_BYTE;
    return options;
}

/* ---- pages that cannot be read, on both sides ---- */

struct fenced {
    unsigned char *map, *begin, *end;
    size_t size;
};

static struct fenced fence(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct fenced f = {.size = 3 * page};
    f.map = mmap(NULL, f.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(f.map, MAP_FAILED);
    f.begin = f.map + page;
    f.end = f.begin + page;
    ck_assert_int_eq(mprotect(f.begin, page, PROT_READ | PROT_WRITE), 0);
    return f;
}

static void read_fenced(const struct fenced *f, size_t length, int kind,
                        const struct csvk_options *options)
{
    static struct csvk_buf want, have;
    unsigned char plain[LONGEST + 1];
    fill(plain, length, (size_t)kind);
    csvk_buf_clear(&want);
    ck_assert_int_eq(support_reading(plain, length, options, &want), CSVK_END);
    unsigned char *places[] = {f->begin, f->end - length};
    for (int i = 0; i < 2; i++) {
        memcpy(places[i], plain, length);
        csvk_buf_clear(&have);
        ck_assert_int_eq(support_reading(places[i], length, options, &have), CSVK_END);
        ck_assert_msg(want.length == have.length && memcmp(want.data, have.data, want.length) == 0,
                      "kind %d, %zu bytes, level %d", kind, length, (int)options->simd);
    }
}

START_TEST(nothing_beside_the_input_is_read)
{
    struct fenced f = fence();
    for (size_t length = 0; length <= LONGEST; length++) {
        for (int kind = 0; kind < KINDS; kind++) {
            struct csvk_options options = options_of(_i, (int)(length + (size_t)kind) % 3, kind);
            options.window = length % 4 == 0 ? 0 : length;
            read_fenced(&f, length, kind, &options);
        }
    }
    munmap(f.map, f.size);
}
END_TEST

/* ---- defects at every place of a block ---- */

static const char *const defects[] = {
    ",surplus",
    "x\"y\"\"z\"",
    ",\"a\"b\"c\"d,",
    ",\"a\\\"b, \"c\",",
    ", \"a\",\t\"b,c\" ,",
    ",\"a\" ,\"b\"\t \t,\"c\" d \",",
    ",\r\"a\"\r,\"b\"\rc,",
    ",\"a\rb\",\r\r,\"c\" \r\n",
    "\r\n\"a\"\r\n",
    "\n\n\"a\" \n\"b\"c\n",
    ",\"a\" \r\n",
    ",\"a\"\t\r\r\n",
    ",\"a\"b\r\n",
    ",\"a\nb\",\"c\nd\"e,",
    "caf\xc3\xa9\xe2\x80\xa8,",
    "\xf0\x9f\x98\x80\xc3\xa9\xff\xef\xbb\xbf,",
    "\xc3\xc3\xa9\x80,\x01\xe2\x80",
    ",\"\"a,\"\" \"\",\"\"\"b\"c\"\"",
    "\t\x7f, \r \"x,",
    "caf\xc3 alone",
    "\xff one \xc3 two \x01 three\xe2\x82 four \x80 five \xf0\x9f\x98, \xc2\x85 \xc3\xa9",
    "\xc3\n\xe2\x82\n\xc3\xa9\n\xf0\x9f\x98\n",
    "\xc3,\xe2,\xf0\x9f,\xc3\xa9,\xe2\x82\xac,\"a\"b\"c\",d",
    "\"q\"\r\"q\",a\r\"b\",\"c\"\r,\r\"d\"",
    "\xc3\r\n\xe2\x82\r\n\xc3\xa9\r\n\xf0\x9f\x98\r\n\xf4\x90\x80\x80 \xd0\x94\xdf\xbf",
};

/* Records long enough for every reader to be tried on the one in which `defect` is. */
static void put_table(struct csvk_buf *to, size_t shift, const char *defect, const char *eol)
{
    static const char filling[] =
        "0123456789 bcdefghi jklmnopqrs tuvwxyz ABCDEFGHIJ KLMNOPQRST UVWXYZ "
        "0123456789 bcdefghi jklmnopqrs tuvwxyz ABCDEFGHIJ KLMNOPQRST UVWXYZ ";
    csvk_buf_clear(to);
    for (int i = 0; i < 12; i++) {
        bool broken = i == 3 || i == 4 || i == 7;
        const char *inserted = broken ? defect : "";
        int status = csvk_buf_printf(to, "%.*s%s,\"%.70s\",c%s", (int)shift, filling, inserted,
                                     filling, eol);
        ck_assert_int_eq(status, CSVK_OK);
    }
}

static bool reads_as_the_reference_parser(const struct csvk_buf *table, struct csvk_options options)
{
    static struct csvk_buf want, have;
    csvk_buf_clear(&have);
    support_reading(table->data, table->length, &options, &have);
    options.reference_only = true;
    csvk_buf_clear(&want);
    support_reading(table->data, table->length, &options, &want);
    return want.length == have.length && memcmp(want.data, have.data, want.length) == 0;
}

START_TEST(defects_are_reported_alike_at_every_place)
{
    static struct csvk_buf table;
    static const char *const ends[] = {"\n", "\r\n"};
    for (size_t k = 0; k < 2 * sizeof defects / sizeof *defects; k++) {
        for (size_t shift = 1; shift <= 130; shift++) {
            put_table(&table, shift, defects[k / 2], ends[k % 2]);
            struct csvk_options options = options_of(_i, shift % 3 == 0, 0);
            options.any_eol = shift % 5 == 0;
            options.facts &= k % 3 == 0 ? CSVK_FACTS_ALL : ~CSVK_FACT_BIT(CSVK_FACT_NON_ASCII);
            ck_assert_msg(reads_as_the_reference_parser(&table, options),
                          "defect %zu at %zu, level %d", k / 2, shift, _i);
        }
    }
}
END_TEST

/* A dirty record, so that a pass begins there (mask_parser_many.h); behind it one with a defect
 * around the pass's first border of eight blocks, and more dirty ones. */
static void put_many(struct csvk_buf *to, size_t shift, const char *defect, const char *eol)
{
    csvk_buf_clear(to);
    int status = csvk_buf_printf(to, "a,b,c%sx\"y,b,c%s", eol, eol);
    for (size_t i = 0; i < shift; i++) {
        status |= csvk_buf_puts(to, "w");
    }
    status |= csvk_buf_printf(to, "%s,b,c%s", defect, eol);
    for (int i = 0; i < 40; i++) {
        status |= csvk_buf_printf(to, "x\"y,some more text,c%s", eol);
    }
    ck_assert_int_eq(status, CSVK_OK);
}

START_TEST(defects_are_reported_alike_at_the_borders_of_passes)
{
    static struct csvk_buf table;
    static const char *const ends[] = {"\n", "\r\n"};
    const size_t kinds = sizeof defects / sizeof *defects;
    for (size_t k = 0; k < 2 * kinds; k++) {
        for (size_t shift = 400; shift <= 512; shift++) {
            put_many(&table, shift, defects[k / 2], ends[k % 2]);
            struct csvk_options options = options_of(_i, shift % 3 == 0, 0);
            options.facts &= ~CSVK_FACT_BIT(CSVK_FACT_NON_ASCII);
            ck_assert_msg(reads_as_the_reference_parser(&table, options),
                          "defect %zu at %zu, level %d", k / 2, shift, _i);
        }
    }
}
END_TEST

/* ---- one defect in a stretch that is checked as a whole (clean_stretch_check.h) ---- */

/* Values of a field, each with a defect that shows nowhere else in its record; and at the end text
 * that has none, of sequences of two, three and four bytes. */
static const char *const lone_values[] = {"ab\"cd\"",
                                          "\"ab\"cd",
                                          "\"ab\" ",
                                          " \"ab\"",
                                          "a\rb",
                                          "\x01",
                                          "\x7f",
                                          "\xc3",
                                          "\xe2\x82",
                                          "\x80",
                                          "\xe2\x80\xa8",
                                          "\xc2\x85",
                                          "\xc0\xaf",
                                          "\xc1\x80",
                                          "\xc3\xc3\xa9",
                                          "\xc3\xa9\xa9",
                                          "\xdf",
                                          "\xe0\x80\x80",
                                          "\xed\xa0\x80",
                                          "\xf0\x9f\x98",
                                          "\xf4\x90\x80\x80",
                                          "\xe2",
                                          "\xf8",
                                          "\xff",
                                          "\xef\xbf\xbd",
                                          "\xef\xbb\xbf",
                                          "\xc2",
                                          "\xc3\xa9",
                                          "\xdf\xbf",
                                          "\xe2\x82\xac",
                                          "\xf0\x9f\x98\x80",
                                          "\xc2\xa0\xc3\xa9",
                                          "\xef\xbc\x8c"};

/* Clean records, and among them one whose first field ends with `value`, which is put `at` bytes
 * behind the header. */
static void put_stretch(struct csvk_buf *to, size_t at, const char *value, const char *eol)
{
    static const char filling[] = "0123456789 bcdefghi jklmnopqrs tuvwxyz ABCDEFGHIJ KLMNOPQRST "
                                  "0123456789 bcdefghi jklmnopqrs tuvwxyz ABCDEFGHIJ KLMNOPQRST ";
    const size_t tail = strlen(",\"y, \"\"\",z") + strlen(eol); /* of a record */
    csvk_buf_clear(to);
    int status = csvk_buf_printf(to, "a,b,c%s", eol);
    at += to->length;
    while (status == CSVK_OK && to->length < at + 5000) {
        size_t left = at - to->length; /* wraps behind the defect */
        int width = left > 200 ? 50 : left > 2 * (tail + 10) ? (int)(left - tail - 10) : (int)left;
        status = csvk_buf_printf(to, "%.*s%s,\"y, \"\"\",z%s", width, filling,
                                 left == (size_t)width ? value : "", eol);
    }
    ck_assert_int_eq(status, CSVK_OK);
}

START_TEST(a_lone_defect_is_reported_at_every_border)
{
    static struct csvk_buf table;
    for (size_t k = 0; k < 2 * sizeof lone_values / sizeof *lone_values; k++) {
        for (size_t at = 61; at < (size_t)64 * 34; at += at % 64 < 3 || at % 64 > 59 ? 1 : 57) {
            put_stretch(&table, at, lone_values[k / 2], k % 2 == 0 ? "\n" : "\r\n");
            struct csvk_options options = options_of(_i, CSVK_COUNTS, 0);
            options.facts &= ~(CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) | CSVK_FACT_BIT(CSVK_FACT_TAB));
            ck_assert_msg(reads_as_the_reference_parser(&table, options),
                          "value %zu at %zu, level %d", k / 2, at, _i);
        }
    }
    csvk_buf_release(&table);
}
END_TEST

/* ---- slack full of bytes that mean something ---- */

static uint64_t scan_digest(const unsigned char *bytes, size_t length,
                            const struct csvk_options *options, bool at_end)
{
    struct csvk_scan scan;
    ck_assert_int_eq(csvk_scan_init(&scan, options, NULL), CSVK_OK);
    size_t used = csvk_scan(&scan, bytes, length, at_end, 0);
    uint64_t hash = support_scan_digest(used + 1, &scan.builder, 0);
    hash = support_totals_digest(hash, &scan.table.totals);
    csvk_scan_release(&scan);
    return hash;
}

START_TEST(the_slack_decides_nothing)
{
    static const unsigned char poison[] = {0, ',', '"', '\n', '\r', 0xff, 0x80, 0xc3, 0xf0, '\\'};
    unsigned char room[LONGEST + 2 * CSVK_SCAN_SLACK];
    for (size_t length = 0; length <= LONGEST; length++) {
        for (int kind = 0; kind < KINDS; kind++) {
            struct csvk_options options = options_of(_i, (int)(length + (size_t)kind) % 3, kind);
            for (int at_end = 0; at_end < 2; at_end++) {
                uint64_t want = 0;
                for (size_t p = 0; p < sizeof poison; p++) {
                    memset(room, poison[p], sizeof room);
                    fill(room + CSVK_SCAN_SLACK, length, (size_t)kind);
                    uint64_t have =
                        scan_digest(room + CSVK_SCAN_SLACK, length, &options, at_end != 0);
                    want = p == 0 ? have : want;
                    ck_assert_msg(have == want, "kind %d, %zu bytes, slack %02x, level %d", kind,
                                  length, poison[p], _i);
                }
            }
        }
    }
}
END_TEST

/* ---- line and column of facts in oversize records ---- */

/* Counted anew from the bytes: CR LF is one line break, CR and LF alone are one each. */
static void expect_place(const unsigned char *bytes, const struct csvk_fact *fact)
{
    uint64_t line = 1, begin = 0;
    for (uint64_t i = 0; i < fact->offset; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            line += bytes[i] == '\r' || i == 0 || bytes[i - 1] != '\r';
            begin = i + 1;
        }
    }
    ck_assert_msg(fact->line == line && fact->column == fact->offset - begin + 1,
                  "fact %d at %llu: line %llu column %llu, not %llu %llu", (int)fact->kind,
                  (unsigned long long)fact->offset, (unsigned long long)line,
                  (unsigned long long)(fact->offset - begin + 1), (unsigned long long)fact->line,
                  (unsigned long long)fact->column);
}

static size_t check_places(const unsigned char *bytes, size_t length, size_t window)
{
    struct csvk_options options = options_of(CSVK_SIMD_AUTO, CSVK_COUNTS, 0);
    options.max_record = 3;
    options.window = window;
    struct csvk_source *source;
    struct csvk_reader *reader;
    const struct csvk_batch *batch;
    size_t checked = 0;
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nfacts; i++) {
            if (batch->facts[i].line != 0) {
                expect_place(bytes, &batch->facts[i]);
                checked++;
            }
        }
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return checked;
}

struct edge_place {
    unsigned long long offset, kind, line, column;
};

static int compare_places(const void *left, const void *right)
{
    const struct edge_place *a = left, *b = right;
    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return (int)a->kind - (int)b->kind;
}

/* The facts with line and column, which only records that are not kept have; returns how many. */
static size_t list_places(const unsigned char *bytes, size_t length,
                          const struct csvk_options *options, struct edge_place *to, size_t room)
{
    struct csvk_source *source;
    struct csvk_reader *reader;
    const struct csvk_batch *batch;
    size_t count = 0;
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, options, NULL), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nfacts; i++) {
            const struct csvk_fact *f = &batch->facts[i];
            ck_assert_uint_lt(count, room);
            to[count++] = (struct edge_place){f->offset, f->kind, f->line, f->column};
        }
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    qsort(to, count, sizeof *to, compare_places);
    return count;
}

/* Which records are kept is a matter of their length alone, not of how much is read at once. */
START_TEST(what_is_too_long_does_not_depend_on_reads)
{
    static const char *const pieces[] = {"some text", "a,b",    "\n",         "\r\n",
                                         "\r",        "\r\r\n", "\xff",       ",",
                                         "\"",        "\x01",   "\"x, y\"\n", "caf\xc3\xa9\xe2"};
    enum { ROOM = 2000 };
    static struct edge_place want[ROOM], have[ROOM];
    struct support_random random = {(uint64_t)_i + 99};
    for (int round = 0; round < 60; round++) {
        unsigned char bytes[600];
        size_t length = 0;
        while (length + 32 < sizeof bytes) {
            const char *piece = pieces[support_below(&random, sizeof pieces / sizeof *pieces)];
            memcpy(bytes + length, piece, strlen(piece));
            length += strlen(piece);
        }
        struct csvk_options options = options_of(_i, CSVK_COUNTS, 0);
        options.max_record = 1 + support_below(&random, 90);
        options.any_eol = round % 3 == 0;
        options.window = 1000;
        size_t count = list_places(bytes, length, &options, want, ROOM);
        for (size_t window = 1; window <= 64; window += 1 + window / 3) {
            options.window = window;
            options.reference_only = window % 5 == 0;
            ck_assert_uint_eq(list_places(bytes, length, &options, have, ROOM), count);
            for (size_t i = 0; i < count; i++) {
                ck_assert_msg(memcmp(&want[i], &have[i], sizeof *want) == 0,
                              "round %d, most %llu, window %zu: fact %llu at %llu, %llu:%llu, "
                              "not %llu at %llu, %llu:%llu",
                              round, (unsigned long long)options.max_record, window, have[i].kind,
                              have[i].offset, have[i].line, have[i].column, want[i].kind,
                              want[i].offset, want[i].line, want[i].column);
            }
        }
    }
}
END_TEST

/* Likewise with the number of its facts. */
START_TEST(what_is_too_full_does_not_depend_on_reads)
{
    enum { MANY = 16385, ROOM = 3 * MANY };
    static struct edge_place want[ROOM], have[ROOM];
    static unsigned char bytes[5 * MANY + 100];
    static const char *const odd[] = {"\x01", "x\"", "\xff,", "\"a\"b,"};
    for (size_t kind = 0; kind < sizeof odd / sizeof *odd; kind++) {
        for (int more = -1; more <= 1; more++) {
            size_t length = 6;
            memcpy(bytes, "a,b\n1,", length);
            for (int i = 0; i < MANY + more; i++) {
                memcpy(bytes + length, odd[kind], strlen(odd[kind]));
                length += strlen(odd[kind]);
            }
            memcpy(bytes + length, "\n2,\x01\r\n", 7);
            length += 7;
            struct csvk_options options = options_of(_i, CSVK_COUNTS, 0);
            options.window = 2 * length;
            size_t count = list_places(bytes, length, &options, want, ROOM);
            for (size_t window = 1400; window <= length; window *= 7) {
                options.window = window;
                options.reference_only = window == 1400;
                ck_assert_uint_eq(list_places(bytes, length, &options, have, ROOM), count);
                ck_assert_msg(memcmp(want, have, count * sizeof *want) == 0,
                              "kind %zu, %d facts, window %zu", kind, MANY + more, window);
            }
        }
    }
}
END_TEST

/* And of its fields. */
START_TEST(what_is_too_wide_does_not_depend_on_reads)
{
    enum { MANY = 131072, ROOM = 8 };
    static unsigned char bytes[MANY + 100];
    for (int fields = MANY - 1; fields <= MANY + 1; fields++) {
        struct edge_place want[ROOM], have[ROOM];
        size_t length = 4;
        memcpy(bytes, "a,b\n", length);
        memset(bytes + length, ',', (size_t)fields - 1);
        length += (size_t)fields - 1;
        memcpy(bytes + length, "\x01\n2,\x01\r\n", 7);
        length += 7;
        struct csvk_options options = options_of(_i, CSVK_COUNTS, 0);
        options.reference_only = true;
        size_t count = list_places(bytes, length, &options, want, ROOM);
        ck_assert_uint_eq(count, 4);
        ck_assert_uint_eq(want[1].line, fields > MANY ? 2 : 0); /* the first control byte */
        options.reference_only = false;
        for (size_t window = 4000; window <= 4 * length; window *= 9) {
            options.window = window;
            ck_assert_uint_eq(list_places(bytes, length, &options, have, ROOM), count);
            ck_assert_msg(memcmp(want, have, count * sizeof *want) == 0, "%d fields, window %zu",
                          fields, window);
        }
    }
}
END_TEST

START_TEST(oversize_records_know_lines_and_columns)
{
    static const char *const pieces[] = {
        "some text, and more of it", "\n", "\r\n", "\r", "\xff", "\"\"", "\x01",
        "caf\xc3\xa9\xed\xa0",       ",",  "\t",   "\"x"};
    struct support_random random = {(uint64_t)_i + 77};
    unsigned char bytes[3000];
    size_t checked = 0;
    for (int round = 0; round < 100; round++) {
        size_t length = 5;
        memcpy(bytes, "a,b\n\"", length);
        while (length + 32 < sizeof bytes) {
            const char *piece = pieces[support_below(&random, 5 + (size_t)(round % 7))];
            memcpy(bytes + length, piece, strlen(piece));
            length += strlen(piece);
        }
        checked += check_places(bytes, length, 1 + support_below(&random, 400));
    }
    ck_assert_uint_gt(checked, 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan_edges");
    TCase *tcase = tcase_create("scan_edges");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, nothing_beside_the_input_is_read, CSVK_SIMD_SCALAR,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, defects_are_reported_alike_at_every_place, CSVK_SIMD_SCALAR,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, defects_are_reported_alike_at_the_borders_of_passes, CSVK_SIMD_AVX2,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, a_lone_defect_is_reported_at_every_border, CSVK_SIMD_AVX2,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, the_slack_decides_nothing, CSVK_SIMD_SCALAR, CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, what_is_too_long_does_not_depend_on_reads, CSVK_SIMD_SCALAR,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, what_is_too_full_does_not_depend_on_reads, CSVK_SIMD_SCALAR,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, what_is_too_wide_does_not_depend_on_reads, CSVK_SIMD_SCALAR,
                        CSVK_SIMD_AVX512 + 1);
    tcase_add_loop_test(tcase, oversize_records_know_lines_and_columns, 0, 4);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
