/*
 * test_comments.c - comments that are set aside (csvk_options.comment, doc/reading.md A33).
 *
 * A text without comments is read; then comments are put in where its records begin, and it is read
 * again. What is said must be the same, at places that have moved by what was put in. How the bytes
 * are cut must not matter either: read sizes, bytes that are fed, instruction sets, the reference
 * parser, records too long to be kept. (Threads: test_parallel.c; parts: test_partial.c; advice and
 * sniffing: test_comments_told.c.)
 */
#include "tests/support/judged.h"
#include "tests/support/random_tables.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

enum { LOOPS = 8, TEXTS = 150, NOISE = 38, LONGEST = 1500, MOST = 60 * LONGEST };
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- texts with and without comments --------------------------------------------------------- */

struct texts {
    unsigned char plain[LONGEST], with[MOST];
    size_t nplain, nwith;
    size_t place[LONGEST + 1]; /* where each byte of `plain` is, and its end */
    uint64_t comments;
    bool begins[LONGEST + 1]; /* a record begins here */
    enum csvk_eol mode;       /* the first line break that ends a record */
    size_t first_end;         /* after it */
    bool marked;              /* it begins with a byte order mark */
};

static struct csvk_options options_of(enum csvk_detail detail, uint64_t comment)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.detail = detail;
    options.comment = comment;
    return options;
}

/* Where the records of the plain text begin, by the reference parser. */
static void find_records(struct texts *t)
{
    struct csvk_options options = options_of(CSVK_RECORDS, 0);
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    size_t last = 0;
    options.reference_only = true;
    memset(t->begins, 0, sizeof t->begins);
    t->marked = t->nplain >= 3 && memcmp(t->plain, "\xEF\xBB\xBF", 3) == 0;
    t->begins[t->marked ? 3 : 0] = true;
    t->first_end = LONGEST + 1;
    ck_assert_int_eq(csvk_source_memory(&source, t->plain, t->nplain, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (uint64_t i = 0; i < batch->nrecords; i++) {
            size_t end = (size_t)batch->offset + batch->record_end[i];
            bool ended = t->plain[end - 1] == '\n' || t->plain[end - 1] == '\r';
            t->begins[end] = ended;
            last = end;
            t->first_end = ended && end < t->first_end ? end : t->first_end;
        }
    }
    if (csvk_reader_totals(reader)->eol[CSVK_EOL_NONE] != 0) {
        t->begins[last] = false;
    }
    t->mode = csvk_reader_totals(reader)->eol_mode;
    csvk_reader_free(reader);
    csvk_source_free(source);
}

/* Puts one comment in. Before the first line break of a record CR ends a line; later in texts with
   such line breaks only. */
static void put_comment(struct texts *t, struct support_random *random, bool cr_ends,
                        unsigned char next, bool open)
{
    bool joins = next == '\n' || next == '\r'; /* it would be a part of the line break */
    static const char inside[] = "a,\"# \xc3";
    static const char *const ends[] = {"\n", "\r\n", "\r\r\n", "\r"};
    t->with[t->nwith++] = '#';
    for (size_t i = support_below(random, 5); i > 0; i--) {
        t->with[t->nwith++] = (unsigned char)inside[support_below(random, sizeof inside - 1)];
        if (!cr_ends && support_below(random, 6) == 0) {
            memcpy(t->with + t->nwith, "\rx", 2);
            t->nwith += 2;
        }
    }
    if (!open) {
        const char *end = ends[support_below(random, cr_ends && !joins ? 4 : 3)];
        memcpy(t->with + t->nwith, end, strlen(end));
        t->nwith += strlen(end);
    }
    t->comments++;
}

static void put_comments(struct texts *t, struct support_random *random)
{
    size_t often = 1 + support_below(random, 4);
    t->nwith = t->comments = 0;
    for (size_t i = 0; i <= t->nplain; i++) {
        bool cr_ends = i < t->first_end || t->mode == CSVK_EOL_CR;
        for (int n = 0; n < 3 && t->begins[i] && support_below(random, often) == 0; n++) {
            put_comment(t, random, cr_ends, i < t->nplain ? t->plain[i] : 0, false);
        }
        if (i == t->nplain && t->begins[i] && support_below(random, 3) == 0) {
            put_comment(t, random, cr_ends, 0, true);
        }
        t->place[i] = t->nwith;
        if (i < t->nplain) {
            t->with[t->nwith++] = t->plain[i];
        }
    }
}

static bool begins_with_mark(const struct texts *t)
{
    for (size_t i = 0; i < t->nplain; i++) {
        if (t->begins[i] && t->plain[i] == '#') {
            return true;
        }
    }
    return false;
}

static void draw_noise(struct texts *t, struct support_random *random)
{
    static const char alphabet[] = "ab,,\"\"\n\n\r\n# \xc3\xa9";
    t->nplain = support_below(random, NOISE);
    for (size_t i = 0; i < t->nplain; i++) {
        t->plain[i] = (unsigned char)alphabet[support_below(random, sizeof alphabet - 1)];
    }
}

/* Rows of three columns, of which few are bad, or many. */
static void draw_table(struct texts *t, struct support_random *random)
{
    static const char *const heads[] = {"id,b,c\n", "\xEF\xBB\xBFid,b,c\r\n", "sep=;\nid;b;c\n",
                                        "\n\nid,b,c\n", "a title\nid,b,c\n"};
    const char *row = heads[support_below(random, COUNT(heads))];
    size_t rarity = 1 + support_below(random, 20), rows = support_below(random, 60);
    t->nplain = 0;
    for (size_t i = 0; i <= rows && t->nplain + strlen(row) < LONGEST - 2; i++) {
        memcpy(t->plain + t->nplain, row, strlen(row));
        t->nplain += strlen(row);
        row = support_random_row(random, support_below(random, rarity) != 0);
    }
}

/* A random text; false: one of its records begins with #. */
static bool draw(struct texts *t, struct support_random *random)
{
    if (support_below(random, 3) == 0) {
        draw_table(t, random);
    } else {
        draw_noise(t, random);
    }
    if (support_below(random, 6) == 0) { /* what is no data at the end, or may be none */
        static const char *const ends[] = {"\x1a", "\0\0"};
        size_t kind = support_below(random, 2);
        memcpy(t->plain + t->nplain, ends[kind], kind + 1);
        t->nplain += kind + 1;
    }
    find_records(t);
    return !begins_with_mark(t);
}

/* ---- what is said about them ----------------------------------------------------------------- */

struct telling {
    const struct texts *t; /* NULL: places are those of the text with comments */
    struct csvk_buf *out;
};

static uint64_t moved(const struct telling *telling, uint64_t offset)
{
    return telling->t != NULL ? telling->t->place[offset] : offset;
}

/* The line of an offset in the text with comments. */
static uint64_t line_at(const struct texts *t, uint64_t offset)
{
    uint64_t line = 1;
    for (size_t i = 0; i < offset; i++) {
        bool cr = t->with[i] == '\r' && !(i + 1 < t->nwith && t->with[i + 1] == '\n');
        line += t->with[i] == '\n' || cr;
    }
    return line;
}

static void tell(const struct telling *telling, const char *what, uint64_t number)
{
    ck_assert_int_eq(csvk_buf_printf(telling->out, " %s%llu", what, (unsigned long long)number),
                     CSVK_OK);
}

static void tell_fact(const struct telling *telling, const struct csvk_fact *f)
{
    bool place = f->kind == CSVK_FACT_UNCLOSED;
    tell(telling, "!", (uint64_t)f->kind);
    /* An empty file is empty from its start on. */
    tell(telling, "@", f->kind == CSVK_FACT_EMPTY ? 0 : moved(telling, f->offset));
    tell(telling, "+", f->length);
    tell(telling, "/", f->record);
    tell(telling, ".", f->field);
    tell(telling, "=", place ? moved(telling, f->extra) : f->extra);
}

static void tell_record(const struct telling *telling, const struct texts *t,
                        const struct csvk_batch *batch, const struct csvk_record *r)
{
    uint64_t at = moved(telling, r->offset);
    tell(telling, "\n#", r->number);
    tell(telling, "line ", telling->t != NULL ? line_at(t, at) : r->line);
    tell(telling, "@", at);
    tell(telling, "+", r->length);
    tell(telling, "n", r->nfields);
    tell(telling, "eol ", r->eol);
    for (uint32_t i = 0; i < r->nfacts; i++) {
        tell_fact(telling, &batch->facts[r->first_fact + i]);
    }
}

static void tell_file_facts(const struct telling *telling, const struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nfacts; i++) {
        if (batch->facts[i].record == 0) {
            tell_fact(telling, &batch->facts[i]);
        }
    }
}

static void tell_totals(const struct telling *telling, const struct csvk_totals *totals)
{
    tell(telling, "\nrecords ", totals->records);
    tell(telling, "width ", totals->width);
    tell(telling, "mode ", totals->eol_mode);
    for (int i = 0; i < 5; i++) {
        tell(telling, "", totals->eol[i]);
    }
}

/* What the records of the plain text are called in the text with comments (`plain`), or are. */
static void tell_all(const struct texts *t, bool plain, const struct csvk_options *options,
                     struct csvk_buf *out)
{
    struct telling telling = {plain ? t : NULL, out};
    struct csvk_buf file = CSVK_BUF_INIT;
    struct telling of_file = {telling.t, &file};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    ck_assert_int_eq(
        csvk_source_memory(&source, plain ? t->plain : t->with, plain ? t->nplain : t->nwith, NULL),
        CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, options, NULL), CSVK_OK);
    uint64_t seen = 0;
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            tell_record(&telling, t, batch, &batch->records[i]);
        }
        tell_file_facts(&of_file, batch);
        ck_assert_uint_le(seen, batch->offset);
        seen = batch->offset + batch->size;
    }
    tell_totals(&telling, csvk_reader_totals(reader));
    const struct csvk_totals *totals = csvk_reader_totals(reader);
    ck_assert_uint_eq(totals->comments, plain ? 0 : t->comments);
    ck_assert_uint_eq(totals->bytes, plain ? t->nplain : t->nwith);
    if (!plain) {
        ck_assert_uint_eq(totals->lines + 1, line_at(t, t->nwith));
    }
    ck_assert_int_eq(csvk_buf_puts(out, csvk_buf_text(&file)), CSVK_OK);
    csvk_buf_release(&file);
    csvk_reader_free(reader);
    csvk_source_free(source);
}

static void assert_same(const struct texts *t, const struct csvk_buf *want,
                        const struct csvk_buf *have, const char *what)
{
    support_same_text(want, have, (struct csvk_bytes){t->with, t->nwith}, what);
}

/* ---- reading --------------------------------------------------------------------------------- */

START_TEST(comments_are_as_if_they_were_not_there)
{
    struct support_random random = {(uint64_t)_i + 1};
    uint64_t comments = 0;
    for (int n = 0; n < TEXTS; n++) {
        struct texts t;
        if (!draw(&t, &random)) {
            continue;
        }
        put_comments(&t, &random);
        comments += t.comments;
        for (int detail = CSVK_COUNTS; detail <= CSVK_FIELDS; detail++) {
            struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
            struct csvk_options plain = options_of((enum csvk_detail)detail, 0);
            struct csvk_options with = options_of((enum csvk_detail)detail, '#');
            plain.any_eol = with.any_eol = false;
            plain.reference_only = with.reference_only = true;
            plain.window = with.window = 4096;
            tell_all(&t, true, &plain, &want);
            tell_all(&t, false, &with, &have);
            assert_same(&t, &want, &have, "with and without comments");
            csvk_buf_release(&want);
            csvk_buf_release(&have);
        }
    }
    ck_assert_uint_gt(comments, TEXTS / 2);
}
END_TEST

static void assert_read_alike(const struct texts *t, const struct csvk_options *options,
                              const struct csvk_buf *want)
{
    struct csvk_buf have = CSVK_BUF_INIT;
    char what[80];
    snprintf(what, sizeof what, "window %zu, %s", options->window, csvk_simd_name(options->simd));
    ck_assert_int_eq(support_reading(t->with, t->nwith, options, &have), CSVK_END);
    assert_same(t, want, &have, what);
    csvk_buf_clear(&have);
    ck_assert_int_eq(support_reading_fed(t->with, t->nwith, options, options->window, &have),
                     CSVK_END);
    assert_same(t, want, &have, what);
    csvk_buf_release(&have);
}

/* `streamed`: records of more than five bytes are not kept. */
static void try_all_cuts(const struct texts *t, enum csvk_detail detail, bool streamed,
                         struct support_random *random)
{
    static const size_t windows[] = {1, 2, 3, 5, 8, 64, 1000};
    struct csvk_buf want = CSVK_BUF_INIT;
    struct csvk_options options = options_of(detail, '#');
    options.any_eol = support_below(random, 6) == 0;
    options.max_record = streamed ? 5 : 0;
    options.reference_only = true;
    options.window = 4096;
    ck_assert_int_eq(support_reading(t->with, t->nwith, &options, &want), CSVK_END);
    options.reference_only = false;
    for (size_t i = 0; i < COUNT(windows); i++) {
        options.window = windows[i];
        options.simd = (enum csvk_simd)support_below(random, CSVK_SIMD_NEON + 1);
        assert_read_alike(t, &options, &want);
    }
    csvk_buf_release(&want);
}

START_TEST(comments_are_read_alike_however_the_bytes_are_cut)
{
    struct support_random random = {(uint64_t)_i + 100};
    for (int n = 0; n < TEXTS; n++) {
        struct texts t;
        draw(&t, &random);
        put_comments(&t, &random);
        try_all_cuts(&t, (enum csvk_detail)support_below(&random, 3), false, &random);
        try_all_cuts(&t, CSVK_COUNTS, true, &random);
    }
}
END_TEST

/* A field with many lines that look like comments is read once, not once for each of them. */
START_TEST(lines_of_a_field_that_look_like_comments_cost_nothing)
{
    struct csvk_buf file = CSVK_BUF_INIT, want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_puts(&file, "a,b\n1,\""), CSVK_OK);
    for (int i = 0; i < 300000; i++) {
        ck_assert_int_eq(csvk_buf_puts(&file, "#,\n"), CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_puts(&file, "\"\n#\"\n3,4\n"), CSVK_OK);
    struct csvk_options options = options_of(CSVK_RECORDS, '#');
    ck_assert_int_eq(support_reading(file.data, file.length, &options, &have), CSVK_END);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&have), "1 comments\ntotal 900016 bytes 3 records"));
    csvk_buf_release(&want);
    csvk_buf_release(&have);
    csvk_buf_release(&file);
}
END_TEST

START_TEST(marks_that_have_another_role_are_refused)
{
    static const int marks[] = {',', '"', '\n', '\r', 0x80, 0x1ff, '\\', '|'};
    for (size_t i = 0; i < COUNT(marks); i++) {
        struct csvk_options options = options_of(CSVK_COUNTS, (uint64_t)marks[i]);
        struct csvk_reader *reader = NULL;
        struct csvk_error err = {0};
        options.dialect.escape = '\\';
        options.dialect.more[0] = '|';
        options.dialect.more_length = 1;
        ck_assert_int_eq(csvk_reader_new_fed(&reader, "fed", &options, &err), CSVK_EUSAGE);
        ck_assert_ptr_null(reader);
    }
}
END_TEST

/* ---- judging --------------------------------------------------------------------------------- */

static void tell_report(const struct telling *telling, const struct texts *t,
                        const struct csvk_report *report)
{
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        bool empty = strcmp(f->rule->id, "empty-file") == 0;
        uint64_t at = empty ? 0 : moved(telling, f->byte);
        ck_assert_int_eq(csvk_buf_printf(telling->out, "\n%s", f->rule->id), CSVK_OK);
        tell(telling, "@", at);
        tell(telling, "line ", telling->t != NULL ? line_at(t, at) : f->line);
        tell(telling, ":", t->marked ? 0 : f->column); /* the mark is on the first line */
        tell(telling, "record ", f->record);
        tell(telling, "field ", f->field);
        ck_assert_int_eq(csvk_buf_printf(telling->out, " %.*s", (int)f->excerpt_length,
                                         f->excerpt != NULL ? (const char *)f->excerpt : ""),
                         CSVK_OK);
    }
    tell_totals(telling, report->totals);
}

static void tell_judged(const struct texts *t, bool plain, struct csvk_validate_options *options,
                        struct csvk_buf *out)
{
    struct telling telling = {plain ? t : NULL, out};
    options->comment = plain ? 0 : '#';
    struct csvk_validator *v =
        judge((const char *)(plain ? t->plain : t->with), plain ? t->nplain : t->nwith, options);
    tell_report(&telling, t, report_of(v));
    csvk_validator_free(v);
}

START_TEST(files_with_comments_are_judged_as_if_they_had_none)
{
    struct support_random random = {(uint64_t)_i + 1000};
    for (int n = 0; n < TEXTS; n++) {
        struct texts t;
        struct csvk_validate_options options;
        struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
        if (!draw(&t, &random)) {
            continue;
        }
        put_comments(&t, &random);
        csvk_validate_options_init(&options);
        do { /* where any CR ends a line, those in comments do */
            options.profile = (enum csvk_profile)support_below(&random, CSVK_PROFILES);
        } while (options.profile == CSVK_PROFILE_BIS);
        bool other = t.nplain > 4 && memcmp(t.plain, "sep=", 4) == 0; /* records end elsewhere */
        options.sep = support_below(&random, 2) == 0 && !other ? CSVK_SEP_LOOK : CSVK_SEP_DATA;
        ck_assert_int_eq(csvk_validate_set_rule(&options, "all", CSVK_INFO, NULL), CSVK_OK);
        tell_judged(&t, true, &options, &want);
        tell_judged(&t, false, &options, &have);
        assert_same(&t, &want, &have, "judged");
        csvk_validate_options_release(&options);
        csvk_buf_release(&want);
        csvk_buf_release(&have);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("comments");
    TCase *tc = tcase_create("comments");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, comments_are_as_if_they_were_not_there, 0, LOOPS);
    tcase_add_loop_test(tc, comments_are_read_alike_however_the_bytes_are_cut, 0, LOOPS);
    tcase_add_test(tc, lines_of_a_field_that_look_like_comments_cost_nothing);
    tcase_add_test(tc, marks_that_have_another_role_are_refused);
    tcase_add_loop_test(tc, files_with_comments_are_judged_as_if_they_had_none, 0, LOOPS);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
