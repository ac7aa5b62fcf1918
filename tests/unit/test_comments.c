/*
 * test_comments.c - comments that are set aside (csvk_options.comment, doc/reading.md A33).
 *
 * A text without comments is read; then comments are put in where its records begin, and it is read
 * again. What is said must be the same, at places that have moved by what was put in. How the bytes
 * are cut must not matter either: read sizes, bytes that are fed, instruction sets, the reference
 * parser, records too long to be kept. (Threads: test_parallel.c; parts: test_partial.c.)
 */
#include "tests/support/judged.h"
#include "tests/support/random_tables.h"
#include "tests/support/support.h"

#include "csvkit/sniff.h"

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

/* What the first bytes decide is decided below the comments: delimiter, width, kind of file. */
START_TEST(comments_above_the_table_decide_nothing)
{
    static const struct {
        const char *text, *rule; /* NULL: it is valid */
    } files[] = {{"# a, \"b\nsep=;\n# c\nid;b\n1;2\n", "sep-directive"},
                 {"# Title\n# Text: see [here](x).\n# 1. one\n# 2. two\na,b\n1,2\n", NULL},
                 {"# c\n{\"a\": 1}\n", "not-csv-suspected"},
                 {"#\na,b\n#,\n1,2,3\n1,2,3\n#\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n"
                  "1,2,3\n1,2,3\n#,,,\n",
                  "header-width"},
                 {"# c\n#", "empty-file"}};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        options.sep = CSVK_SEP_LOOK;
        struct csvk_validator *v = judge(files[i].text, strlen(files[i].text), &options);
        const struct csvk_report *report = report_of(v);
        uint64_t loud = report->errors + report->warnings;
        if (files[i].rule == NULL) {
            ck_assert_msg(loud == 0, "%s", files[i].text);
        } else {
            ck_assert_msg(count_of(report, files[i].rule) == 1, "%s", files[i].text);
        }
        csvk_validator_free(v);
    }
}
END_TEST

/* Lines of what stands behind comments, where nothing but their number tells them. */
START_TEST(what_is_behind_comments_has_its_line)
{
    enum { ROWS = 9000 };
    static const struct {
        const char *begin, *end, *rule;
        uint64_t line, column; /* behind ROWS records */
    } files[] = {{"a,b\n", "1,2\n#\n,\n#\n\r\n#\n", "blank-line", ROWS + 6, 1},
                 {"a,b\n", "#\n,\n#\n#\n,\n#\n", "empty-record", ROWS + 3, 1},
                 {"a,b\n", "#\n1,2\n#\n,\n,\n#", "empty-record", ROWS + 5, 1},
                 {"a,b\n", "#\n\\.\n#\n#\n", "copy-end-marker", ROWS + 3, 1},
                 {"\xEF\xBB\xBF#\na,b\n", "#c\x1a", "ctrl-z-at-eof", ROWS + 3, 3}};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_buf table = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        ck_assert_int_eq(csvk_buf_puts(&table, files[i].begin), CSVK_OK);
        for (int row = 0; row < ROWS; row++) {
            ck_assert_int_eq(csvk_buf_puts(&table, "1,2\n"), CSVK_OK);
        }
        ck_assert_int_eq(csvk_buf_puts(&table, files[i].end), CSVK_OK);
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_finding *f = first_of(report_of(v), files[i].rule);
        ck_assert_msg(f != NULL, "%zu", i);
        ck_assert_uint_eq(f->line, files[i].line);
        ck_assert_uint_eq(f->column, files[i].column);
        csvk_validator_free(v);
        csvk_buf_release(&table);
    }
}
END_TEST

START_TEST(a_mark_is_on_the_line_of_a_comment)
{
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.comment = '#';
    struct csvk_validator *v = judge("\xEF\xBB\xBF#c\x1a", 6, &options);
    const struct csvk_finding *f = first_of(report_of(v), "ctrl-z-at-eof");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(f->line, 1);
    ck_assert_uint_eq(f->column, 6);
    csvk_validator_free(v);
}
END_TEST

/* Commands that mend the file know that there are comments. */
START_TEST(advice_says_what_was_said)
{
    static const struct {
        const char *text, *rule, *advice; /* NULL: no command of this kind */
    } files[] = {
        {"# x\nTitle,,\n# y\n# z\nid,b,c\n1,2,3\n2,3,4\n3,4,5\n", "preamble-suspected",
         "csvkit normalize --comment=# --skip-head=2 does"},
        {"id,b\n1,2\n2,3\n3,4\n4,5\n# x\n5,6\n6,7\ntotal\n", "footer-suspected",
         "csvkit normalize --comment=# --skip-tail=1 does"},
        {"id,b\n1,2\n2,3\n3,4\n4,5\n# x\n5,6\n6,7\ntotal\n# y\n", "footer-suspected", NULL},
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.comment = '#';
        struct csvk_validator *v = judge(files[i].text, strlen(files[i].text), &options);
        const struct csvk_finding *f = first_of(report_of(v), files[i].rule);
        ck_assert_msg(f != NULL, "%s", files[i].text);
        const char *remedy = csvk_finding_remedy(f), *wanted = files[i].advice;
        bool said = remedy != NULL && strstr(remedy, wanted != NULL ? wanted : "--skip-") != NULL;
        ck_assert_msg(said == (wanted != NULL), "%s: %s", files[i].text, remedy);
        csvk_validator_free(v);
    }
}
END_TEST

static int count_stretch(const struct csvk_sniff_stretch *stretch, void *context)
{
    uint64_t *lines = context;
    *lines = *lines * 100 + stretch->lines;
    return CSVK_OK;
}

/* ---- sniffing -------------------------------------------------------------------------------- */

START_TEST(sniff_passes_over_what_is_said_to_be_a_comment)
{
    static const char text[] = "%, \"x\n%\nid;name\n1;a\n%;;;\n2;\"b\n%;c\"\n3;d\n";
    struct csvk_sniff sniff = {.size = sizeof sniff, .comment = '%'};
    struct csvk_bytes sample = {(const unsigned char *)text, sizeof text - 1};
    ck_assert_int_eq(csvk_sniff(sample, CSVK_SAMPLE_WHOLE, &sniff, NULL), CSVK_OK);
    ck_assert_int_eq(sniff.verdict, CSVK_SNIFF_CLEAR);
    ck_assert_int_eq(sniff.dialect.delimiter, ';');
    ck_assert_uint_eq(sniff.comments, 3);
    ck_assert_uint_eq(sniff.records, 4);
    sniff = (struct csvk_sniff){.size = sizeof sniff, .comment = ','};
    ck_assert_int_eq(csvk_sniff(sample, CSVK_SAMPLE_WHOLE, &sniff, NULL), CSVK_EUSAGE);
}
END_TEST

START_TEST(sniff_passes_over_comments_in_the_whole_file)
{
    static const char text[] = "a,b\n#\n#,x,y\n1,2#\n#,,\n3,4\n#,,\n#,,\n#,,\n#,,\n#,,\n5,6\n7,8\n";
    uint64_t lines[2] = {0, 0};
    for (int with = 0; with < 2; with++) {
        struct csvk_source *source = NULL;
        ck_assert_int_eq(csvk_source_memory(&source, text, sizeof text - 1, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_sniff_changes_without(source, with != 0 ? '#' : 0, count_stretch,
                                                    &lines[with], NULL),
                         CSVK_OK);
        csvk_source_free(source);
    }
    ck_assert_uint_ne(lines[0], 5);
    ck_assert_uint_eq(lines[1], 5);
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
    tcase_add_test(tc, comments_above_the_table_decide_nothing);
    tcase_add_test(tc, what_is_behind_comments_has_its_line);
    tcase_add_test(tc, a_mark_is_on_the_line_of_a_comment);
    tcase_add_test(tc, advice_says_what_was_said);
    tcase_add_test(tc, sniff_passes_over_comments_in_the_whole_file);
    tcase_add_test(tc, sniff_passes_over_what_is_said_to_be_a_comment);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
