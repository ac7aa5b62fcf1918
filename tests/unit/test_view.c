/*
 * test_view.c - a view reads records as the reference parser does: every short string, under
 * several dialects, with and without a lone CR as line break. And a view that ends before the data
 * do never claims to know what lies after it.
 */
#include "csvkit/normalize/view.h"
#include "csvkit/parse/scan/scan.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

/* One dialect, and which bytes and lengths its strings have. */
struct view_family {
    const char *about, *alphabet;
    int enclosure, escape;
    bool any_eol;
    size_t longest, longest_cut; /* strings of up to so many bytes; cut at every byte up to */
    const char *delimiter;
    bool skip_blanks;
};

static const struct view_family families[] = {
    {"plain", "a,\"\r\n", '"', CSVK_NO_BYTE, false, 8, 6, ",", false},
    {"every line break ends", "a,\"\r\n", '"', CSVK_NO_BYTE, true, 7, 7, ",", false},
    {"blanks and backslashes", "a,\"\r\n \\", '"', CSVK_NO_BYTE, false, 6, 5, ",", false},
    {"an escape", "a,\"\r\n\\", '"', '\\', false, 7, 5, ",", false},
    {"no enclosure", "a,\"\r\n", CSVK_NO_BYTE, CSVK_NO_BYTE, false, 7, 6, ",", false},
    {"two bytes", "a|\"\r\n", '"', CSVK_NO_BYTE, false, 8, 6, "||", false},
    {"two bytes, an escape", "a|\"\n\\", '"', '\\', false, 8, 6, "||", false},
    {"three bytes", "a^|\"\n", '"', CSVK_NO_BYTE, false, 8, 7, "^|^", false},
    {"blanks to skip", "a,\"\n \t", '"', CSVK_NO_BYTE, false, 7, 5, ",", true},
    {"both", "|\"\n \\", '"', '\\', true, 8, 6, "||", true},
};
enum { FAMILIES = sizeof families / sizeof families[0], LONGEST = 8 };

struct view_check {
    const struct view_family *family;
    struct csvk_scan reference;
    struct norm_arena arena, cut_arena;
    struct norm_view view;
    unsigned char room[LONGEST + 2 * CSVK_SCAN_SLACK];
    size_t strings, sound, unsound;
};

static void check_says(const struct view_check *c, bool holds, const char *what)
{
    if (holds) {
        return;
    }
    fprintf(stderr, "%s, %s: ", c->family->about, what);
    for (size_t i = 0; i < c->view.length; i++) {
        fprintf(stderr, c->view.bytes[i] < 0x20 ? "\\x%02x" : "%c", c->view.bytes[i]);
    }
    fprintf(stderr, "\n");
    ck_abort_msg("%s", what);
}

static void read_by_reference(struct view_check *c)
{
    struct csvk_scan *scan = &c->reference;
    memset(&scan->table.totals, 0, sizeof scan->table.totals);
    scan->table.mixed_reported = false;
    csvk_batch_builder_clear(&scan->builder);
    csvk_scan_forget(scan);
    check_says(c, csvk_scan(scan, c->view.bytes, c->view.length, true, 0) == c->view.length,
               "the reference parser stops");
}

/* Is there a fault of the enclosures in it? */
static bool is_faulty(const struct csvk_scan *scan, const struct csvk_record *r)
{
    for (size_t i = 0; i < r->nfacts; i++) {
        if (scan->builder.facts[r->first_fact + i].kind <= CSVK_FACT_UNCLOSED) {
            return true;
        }
    }
    return false;
}

static bool has_the_fields(const struct view_check *c, const struct csvk_record *r,
                           const struct norm_line *line)
{
    for (size_t k = 0; k < line->ncells; k++) {
        const struct csvk_field *f = &c->reference.builder.fields[r->first_field + k];
        struct csvk_bytes raw = {c->view.bytes + f->begin, f->end - f->begin};
        unsigned char value[LONGEST];
        size_t length = csvk_field_decode(raw, &c->view.dialect, value);
        const struct norm_cell *cell = &line->cell[k];
        if (cell->len != length || memcmp(cell->ptr, value, length) != 0 ||
            cell->enclosed != ((f->flags & CSVK_FIELD_ENCLOSED) != 0)) {
            return false;
        }
    }
    return true;
}

/* Of the record at `whole`: what a shorter view says is the same, or that it does not know. */
static void check_cuts(struct view_check *c, const struct norm_line *whole)
{
    struct norm_view cut = c->view;
    cut.at_end = false;
    cut.arena = &c->cut_arena;
    for (cut.length = whole->begin; cut.length < c->view.length; cut.length++) {
        norm_arena_clear(&c->cut_arena);
        struct norm_line line = norm_view_record(&cut, whole->begin, 0);
        if (!line.known) {
            continue;
        }
        check_says(c, line.end == whole->end && line.content == whole->content,
                   "a cut view ends the record elsewhere");
        check_says(c, line.faults == whole->faults && line.ncells == whole->ncells,
                   "a cut view sees another record");
        for (size_t k = 0; k < line.ncells; k++) {
            check_says(c,
                       line.cell[k].len == whole->cell[k].len &&
                           memcmp(line.cell[k].ptr, whole->cell[k].ptr, line.cell[k].len) == 0,
                       "a cut view sees another value");
        }
    }
}

static void check_string(struct view_check *c, size_t length)
{
    c->view.length = length;
    read_by_reference(c);
    const struct csvk_batch_builder *builder = &c->reference.builder;
    c->view.cr_ends = c->family->any_eol || c->reference.table.totals.eol_mode == CSVK_EOL_CR;
    size_t at = 0, count = 0;
    norm_arena_clear(&c->arena);
    for (; at < length; count++) {
        struct norm_line line = norm_view_record(&c->view, at, 0);
        check_says(c, count < builder->nrecords, "too many records");
        const struct csvk_record *r = &builder->records[count];
        check_says(c, line.known && line.begin == r->offset, "a record begins elsewhere");
        check_says(c, line.content == r->offset + r->length, "a record ends elsewhere");
        check_says(c, line.ncells == r->nfields, "another number of fields");
        check_says(c, norm_line_is_blank(&line) == r->blank, "a blank line");
        bool faulty = is_faulty(&c->reference, r);
        check_says(c, faulty == (line.faults != 0), "a fault that one of them sees");
        check_says(c, faulty || has_the_fields(c, r, &line), "other values");
        c->sound += !faulty;
        c->unsound += faulty;
        if (length <= c->family->longest_cut) {
            check_cuts(c, &line);
        }
        at = line.end;
    }
    check_says(c, count == builder->nrecords, "too few records");
    c->strings++;
}

static void check_all(struct view_check *c)
{
    unsigned char *text = c->room + CSVK_SCAN_SLACK;
    size_t symbols = strlen(c->family->alphabet);
    for (size_t length = 1; length <= c->family->longest; length++) {
        size_t digit[LONGEST] = {0}, i = 0;
        memset(text, c->family->alphabet[0], length);
        while (i < length) {
            check_string(c, length);
            for (i = 0; i < length && ++digit[i] == symbols; i++) {
                digit[i] = 0;
                text[i] = (unsigned char)c->family->alphabet[0];
            }
            if (i < length) {
                text[i] = (unsigned char)c->family->alphabet[digit[i]];
            }
        }
    }
}

START_TEST(records_are_those_of_the_reference_parser)
{
    struct view_check c = {.family = &families[_i]};
    struct csvk_options options;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.reference_only = true;
    options.any_eol = c.family->any_eol;
    ck_assert_int_eq(csvk_dialect_parse_delimiter(c.family->delimiter, &options.dialect, NULL),
                     CSVK_OK);
    options.dialect.skip_blanks = c.family->skip_blanks;
    options.dialect.enclosure = c.family->enclosure;
    options.dialect.escape = c.family->escape;
    ck_assert_int_eq(csvk_scan_init(&c.reference, &options, NULL), CSVK_OK);
    c.view = (struct norm_view){.bytes = c.room + CSVK_SCAN_SLACK,
                                .at_end = true,
                                .dialect = options.dialect,
                                .arena = &c.arena};
    check_all(&c);
    ck_assert_uint_gt(c.strings, 10000);
    ck_assert_uint_gt(c.sound, 10000);
    ck_assert(c.unsound > 1000 || c.family->enclosure == CSVK_NO_BYTE);
    csvk_scan_release(&c.reference);
    norm_arena_release(&c.arena);
    norm_arena_release(&c.cut_arena);
}
END_TEST

/* ---- one field, read in another way ------------------------------------------------------------
 */

struct mode_case {
    enum norm_mode mode;
    unsigned skip;
    const char *text;
    const char *value; /* NULL: it has a fault */
    size_t end;
};

static const struct mode_case mode_cases[] = {
    {NORM_MODE_STRICT, 0, "\"a\"\"b\",c", "a\"b", 6},
    {NORM_MODE_STRICT, 0, "\"a\"b\",c", NULL, 0},
    {NORM_MODE_STRICT, 0, "a\"b,c", NULL, 0},
    {NORM_MODE_STRICT, 0, "ab,c", "ab", 2},
    {NORM_MODE_STRICT, 0, "\"ab", NULL, 0},
    {NORM_MODE_INNER, 0, "\"a\"b\",c", "a\"b", 5},
    {NORM_MODE_INNER, 0, "\"a\"\"b\",c", "a\"b", 6},
    {NORM_MODE_INNER, 0, "\"a\"\",c", NULL, 0},
    {NORM_MODE_INNER, 0, "\"a\"\"\",c", "a\"", 5},
    {NORM_MODE_INNER, 0, "\"a\",b\",c", "a", 3},
    {NORM_MODE_INNER, 1, "\"a\",b\",c", "a\",b", 6},
    {NORM_MODE_INNER, 2, "\"a\",b\",c", NULL, 0},
    {NORM_MODE_INNER, 0, "\"ab", NULL, 0},
    {NORM_MODE_PAIRS, 0, "\"a\"\",c", "a\"", 4},
    {NORM_MODE_PAIRS, 0, "\"a\"\"", "a\"", 4},
    {NORM_MODE_PAIRS, 0, "\"a\"\"b\"\",c", "a\"b\"", 7},
    {NORM_MODE_PAIRS, 1, "\"a\"\",b\"\",c", "a\"\",b\"", 8},
    {NORM_MODE_BACKSLASH, 0, "\"a\\\"b\",c", "a\"b", 6},
    {NORM_MODE_BACKSLASH, 0, "\"a\\\\\",c", NULL, 0},
    {NORM_MODE_BACKSLASH, 0, "\"a\\nb\",c", "a\\nb", 6},
    {NORM_MODE_BACKSLASH, 0, "\"a\"\"b\",c", "a\"b", 6},
    {NORM_MODE_BACKSLASH, 0, "\"a\"b\",c", NULL, 0},
    {NORM_MODE_BLANKS, 0, " \"a\" ,c", "a", 5},
    {NORM_MODE_BLANKS, 0, "\t\"a\"\t\t\r\n", "a", 6},
    {NORM_MODE_BLANKS, 0, " \"a\" b,c", NULL, 0},
    {NORM_MODE_BLANKS, 0, " a ,c", " a ", 3},
};
enum { MODE_CASES = sizeof mode_cases / sizeof mode_cases[0] };

static struct norm_view view_of(const char *text, struct norm_arena *arena)
{
    return (struct norm_view){.bytes = (const unsigned char *)text,
                              .length = strlen(text),
                              .at_end = true,
                              .dialect = CSVK_DIALECT_RFC4180,
                              .arena = arena};
}

START_TEST(a_field_in_another_mode)
{
    const struct mode_case *want = &mode_cases[_i];
    struct norm_arena arena = {0};
    struct norm_view view = view_of(want->text, &arena);
    struct norm_cell cell = {0};
    size_t end = want->skip != 0 ? norm_view_inner(&view, 0, want->skip, want->mode, &cell)
                                 : norm_view_field(&view, 0, want->mode, &cell);
    ck_assert_msg((end == NORM_NOWHERE) == (want->value == NULL), "%s: a fault or none",
                  want->text);
    if (want->value != NULL) {
        ck_assert_msg(cell.len == strlen(want->value) &&
                          memcmp(cell.ptr, want->value, cell.len) == 0,
                      "%s: %.*s", want->text, (int)cell.len, (const char *)cell.ptr);
        ck_assert_uint_eq(end, want->end);
    }
    norm_arena_release(&arena);
}
END_TEST

START_TEST(few_cells_are_kept_and_all_are_counted)
{
    struct norm_arena arena = {0};
    char text[2 * 200 + 1];
    for (size_t i = 0; i < 200; i++) {
        memcpy(text + 2 * i, i < 199 ? "v," : "v\n", 2);
    }
    text[400] = '\0';
    struct norm_view view = view_of(text, &arena);
    static const size_t most[] = {0, 1, 31, 32, 33, 199, 200, 500};
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        struct norm_line line = norm_view_record(&view, 0, most[i]);
        ck_assert_uint_eq(line.ncells, 200);
        ck_assert_uint_eq(line.content, 399);
        ck_assert_uint_eq(line.end, 400);
        size_t kept = most[i] == 0 || most[i] > 200 ? 200 : most[i];
        for (size_t k = 0; k < kept; k++) {
            ck_assert_ptr_eq(line.cell[k].ptr, view.bytes + 2 * k);
        }
    }
    norm_arena_release(&arena);
}
END_TEST

START_TEST(places_in_a_text)
{
    struct norm_arena arena = {0};
    struct norm_view view = view_of("a \tb,\"c\"\"\r\r\nd\re\"", &arena);
    ck_assert_uint_eq(norm_view_open_end(&view, 0), 4);
    ck_assert_uint_eq(norm_view_open_end(&view, 5), 9);
    ck_assert_uint_eq(norm_view_line_break(&view, 9), 3);
    ck_assert_uint_eq(norm_view_line_break(&view, 10), 2);
    ck_assert_uint_eq(norm_view_line_break(&view, 13), 0);
    ck_assert_uint_eq(norm_view_line_end(&view, 0), 9);
    ck_assert_uint_eq(norm_view_next_line(&view, 0), 12);
    ck_assert_uint_eq(norm_view_next_line(&view, 12), 16);
    ck_assert_uint_eq(norm_view_blanks(&view, 1), 3);
    ck_assert_uint_eq(norm_view_quote(&view, 0), 5);
    ck_assert_uint_eq(norm_view_quote(&view, 16), NORM_NOWHERE);
    ck_assert_uint_eq(norm_view_single_quote(&view, 5), 5);
    ck_assert_uint_eq(norm_view_single_quote(&view, 7), 15);
    ck_assert_uint_eq(norm_view_single_quote(&view, 8), 8);
    ck_assert(norm_view_ends(&view, 16));
    view.cr_ends = true;
    ck_assert_uint_eq(norm_view_line_break(&view, 13), 1);
    view.dialect.delimiter = '\t';
    ck_assert_uint_eq(norm_view_blanks(&view, 1), 2);
    view.at_end = false;
    ck_assert(!norm_view_ends(&view, 16));
    ck_assert_uint_eq(norm_view_next_line(&view, 14), NORM_NOWHERE);
    struct norm_cell cell = norm_view_undoubled(&view, 6, 9);
    ck_assert(cell.enclosed && cell.len == 2 && memcmp(cell.ptr, "c\"", 2) == 0);
    cell = norm_view_unquoted(&view, norm_view_raw(&view, 5, 9));
    ck_assert(!cell.enclosed && cell.len == 1 && cell.ptr[0] == 'c');
    norm_arena_release(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view");
    TCase *tcase = tcase_create("view");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, records_are_those_of_the_reference_parser, 0, FAMILIES);
    tcase_add_loop_test(tcase, a_field_in_another_mode, 0, MODE_CASES);
    tcase_add_test(tcase, few_cells_are_kept_and_all_are_counted);
    tcase_add_test(tcase, places_in_a_text);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
