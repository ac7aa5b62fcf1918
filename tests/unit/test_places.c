/*
 * test_places.c - what a view keeps changes no answer. Random texts are read from every byte, with
 * places and without, in views that begin and end anywhere and share their places; so an answer
 * that hung on where a view ended would be found again in another one.
 */
#include "csvkit/base/hash.h"
#include "csvkit/normalize/line_marks.h"
#include "csvkit/normalize/quote_walk.h"
#include "csvkit/normalize/view_masks.h"
#include "tests/support/support.h"

#include <string.h>

enum { TEXT = 700, TEXTS = 12, VIEWS = 24, OFFSET = 1000 };

struct places_check {
    unsigned char text[TEXT];
    struct norm_places places;
    struct norm_arena arena;
    struct norm_view with, without;
    uint64_t random;
    size_t tails, bad;    /* how many were seen: strict tails by masks, bad quotes */
    size_t end_quotes[2]; /* questions for one, by their answer */
};

static size_t random_below(struct places_check *c, size_t most)
{
    c->random = csvk_hash_fold(c->random + CSVK_HASH_A, CSVK_HASH_B);
    return (size_t)(c->random >> 16) % most;
}

static void make_text(struct places_check *c, const char *alphabet)
{
    for (size_t i = 0; i < TEXT; i++) {
        c->text[i] = (unsigned char)alphabet[random_below(c, strlen(alphabet))];
    }
    if (random_below(c, 3) == 0) { /* no quotes for a long way */
        for (size_t i = TEXT / 3; i < TEXT - 20; i++) {
            c->text[i] = c->text[i] == '"' ? 'b' : c->text[i];
        }
    }
}

static void begin_views(struct places_check *c)
{
    size_t from = random_below(c, TEXT), length = random_below(c, TEXT - from + 1);
    bool to_end = random_below(c, 3) == 0;
    c->without.bytes = c->text + from;
    c->without.length = to_end ? TEXT - from : length;
    c->without.at_end = to_end;
    c->without.offset = OFFSET + from;
    c->with = c->without;
    c->with.places = &c->places;
}

static bool is_same_cell(const struct norm_cell *a, const struct norm_cell *b)
{
    return a->len == b->len && a->enclosed == b->enclosed && memcmp(a->ptr, b->ptr, a->len) == 0;
}

static void check_records(struct places_check *c, size_t at)
{
    struct norm_line a = norm_view_record(&c->with, at, 0);
    struct norm_line b = norm_view_record(&c->without, at, 0);
    struct norm_line outline = norm_view_outline(&c->with, at);
    ck_assert(a.known == b.known && outline.known == b.known);
    if (!b.known) {
        return;
    }
    ck_assert(a.content == b.content && a.end == b.end && a.faults == b.faults);
    ck_assert(outline.content == b.content && outline.end == b.end && outline.faults == b.faults);
    ck_assert(a.ncells == b.ncells && outline.ncells == b.ncells);
    for (size_t k = 0; k < b.ncells; k++) {
        ck_assert(is_same_cell(&a.cell[k], &b.cell[k]));
    }
}

static void check_fields(struct places_check *c, size_t at)
{
    for (int mode = NORM_MODE_STRICT; mode <= NORM_MODE_BLANKS; mode++) {
        struct norm_cell a = {0}, b = {0};
        size_t end = norm_view_field(&c->with, at, (enum norm_mode)mode, &a);
        ck_assert_uint_eq(end, norm_view_field(&c->without, at, (enum norm_mode)mode, &b));
        ck_assert_uint_eq(end, norm_view_field(&c->with, at, (enum norm_mode)mode, NULL));
        ck_assert(end == NORM_NOWHERE || is_same_cell(&a, &b));
    }
    size_t count = 0, other = 0;
    size_t end = norm_view_tail(&c->with, at, &count);
    ck_assert_uint_eq(end, norm_view_tail(&c->without, at, &other));
    ck_assert(end == NORM_NOWHERE || count == other);
}

/* From one place to the next without a quote, and to `first`, where one is; each is after the last.
 */
static void check_end_quote(const struct norm_view *view, size_t at, size_t first)
{
    size_t found = norm_view_end_quote(view, at);
    for (size_t from = at; found != NORM_NOWHERE && found < first; from = found) {
        found = norm_view_end_quote(view, from);
        ck_assert_uint_gt(found, from);
    }
    ck_assert_uint_eq(found, first);
}

static void check_places(struct places_check *c, size_t at)
{
    ck_assert_uint_eq(norm_view_open_end(&c->with, at), norm_view_open_end(&c->without, at));
    ck_assert_uint_eq(norm_view_line_end(&c->with, at), norm_view_line_end(&c->without, at));
    ck_assert_uint_eq(norm_view_quote(&c->with, at), norm_view_quote(&c->without, at));
    ck_assert_uint_eq(norm_view_single_quote(&c->with, at),
                      norm_view_single_quote(&c->without, at));
    size_t first = NORM_NOWHERE;
    for (size_t i = at; i < c->with.length && first == NORM_NOWHERE; i++) {
        unsigned char after = i + 1 < c->with.length ? c->with.bytes[i + 1] : '\n';
        first = c->with.bytes[i] == '"' && (after == '\n' || after == '\r') ? i : first;
    }
    check_end_quote(&c->with, at, first);
    check_end_quote(&c->without, at, first);
    c->end_quotes[first != NORM_NOWHERE]++;
}

static void check_walk(struct places_check *c)
{
    struct norm_walk walk;
    norm_walk_begin(&walk, &c->with, 0);
    for (size_t at = 0; at < c->with.length; at += 1 + random_below(c, 9)) {
        static const enum norm_mode modes[] = {NORM_MODE_INNER, NORM_MODE_PAIRS};
        size_t ends[2][NORM_INNER_ENDS], count[2], slow[NORM_INNER_ENDS];
        ck_assert_uint_eq(norm_walk_single(&walk, at), norm_view_single_quote(&c->without, at));
        norm_walk_inner_ends(&walk, at, ends, count);
        for (size_t m = 0; m < 2; m++) {
            size_t n = norm_view_inner_ends(&c->without, at, modes[m], NORM_INNER_ENDS, slow);
            ck_assert_uint_eq(count[m], n);
            ck_assert(memcmp(ends[m], slow, n * sizeof *slow) == 0);
        }
    }
}

/* Masks that tell where fields begin and what they hold say what reading them one by one does. */
static void check_skimmed(struct places_check *c, size_t at)
{
    struct norm_cell cell[TEXT], other;
    size_t from[TEXT + 1] = {at}, count = 0, place = at;
    if (!norm_is_quick(&c->with)) {
        return;
    }
    size_t starts = norm_view_starts(&c->with, from, 1 + random_below(c, 9));
    for (size_t i = 0; i < starts; i++) {
        place = norm_view_field(&c->without, place, NORM_MODE_STRICT, NULL);
        ck_assert(norm_view_delimiter(&c->without, place) == 1 && from[i + 1] == ++place);
    }
    size_t end = norm_view_tail(&c->without, at, &count);
    size_t got = end != NORM_NOWHERE ? norm_view_cells(&c->with, at, cell, count) : NORM_NOWHERE;
    if (got == NORM_NOWHERE) {
        return;
    }
    ck_assert_uint_eq(got, end);
    for (size_t k = 0; k < count; k++, at++) {
        at = norm_view_field(&c->without, at, NORM_MODE_STRICT, &other);
        ck_assert(is_same_cell(&cell[k], &other));
    }
    c->tails++;
}

/* No strict reading passes a bad quote. */
static void check_marks(struct places_check *c, size_t at)
{
    struct norm_line_marks marks = norm_line_marks_of(&c->with, at);
    size_t end = norm_view_line_end(&c->without, at), fields = 1, count;
    ck_assert_uint_eq(marks.end, end != NORM_NOWHERE ? end : c->with.length);
    for (size_t i = at; i < marks.end; i++) {
        fields += c->with.bytes[i] == ',';
    }
    ck_assert(marks.fields == 0 || marks.fields == fields);
    ck_assert(marks.bad == 0 || (marks.from == at && marks.bad > at && marks.bad < marks.end));
    for (size_t i = marks.from; i < marks.bad; i++) {
        ck_assert_uint_eq(norm_view_tail(&c->without, i, &count), NORM_NOWHERE);
    }
    c->bad += marks.bad != 0;
}

static const char *const alphabets[] = {"ab,\"\n", "a,\"\r\n", "abcdefgh, \n\"",
                                        "aaaaaaaaaaaa,\n\"\\ ", "\"\",\n"};
enum { ALPHABETS = sizeof alphabets / sizeof alphabets[0] };

START_TEST(what_is_kept_changes_no_answer)
{
    struct places_check c = {.random = (uint64_t)_i + 1};
    for (size_t text = 0; text < TEXTS; text++) {
        make_text(&c, alphabets[_i / 4]);
        memset(&c.places, 0, sizeof c.places); /* another input */
        c.without = (struct norm_view){
            .comment = CSVK_NO_BYTE, .dialect = CSVK_DIALECT_RFC4180, .arena = &c.arena};
        c.without.dialect.escape = _i % 4 == 3 ? '\\' : CSVK_NO_BYTE;
        c.without.cr_ends = _i % 2 == 1;
        norm_places_begin(&c.places, &c.without.dialect, c.without.cr_ends);
        for (size_t view = 0; view < VIEWS; view++) {
            begin_views(&c);
            for (size_t at = 0; at < c.with.length; at++) {
                norm_arena_clear(&c.arena);
                check_records(&c, at);
                check_fields(&c, at);
                check_places(&c, at);
                check_skimmed(&c, at);
                check_marks(&c, at);
            }
            norm_arena_clear(&c.arena);
            check_walk(&c);
        }
    }
    bool quick = c.without.dialect.escape == CSVK_NO_BYTE;
    ck_assert((c.tails > 100) == quick);
    ck_assert(c.end_quotes[0] > 100 && c.end_quotes[1] > 100);
    ck_assert((c.bad > 0) == (quick && strchr(alphabets[_i / 4], 'a') != NULL));
    norm_arena_release(&c.arena);
}
END_TEST

/* Texts that are much longer than one look for a quote at the end of a line, which few lines have.
 */
START_TEST(an_end_quote_is_found_from_anywhere)
{
    enum { LONG = 60000, QUESTIONS = 40 };
    static unsigned char text[LONG];
    struct places_check c = {.random = (uint64_t)_i + 99};
    for (size_t i = 0; i < LONG; i++) {
        text[i] = (unsigned char)"ab,\"\n"[random_below(&c, 5)];
        text[i] = i != 0 && text[i] == '\n' && text[i - 1] == '"' ? 'b' : text[i];
    }
    for (int i = 0; i < _i % 4; i++) {
        memcpy(text + random_below(&c, LONG - 1), "\"\n", 2);
    }
    c.without = (struct norm_view){.comment = CSVK_NO_BYTE, .dialect = CSVK_DIALECT_RFC4180};
    norm_places_begin(&c.places, &c.without.dialect, false);
    for (size_t question = 0, at = 0; question < QUESTIONS; question++) {
        size_t near = at + random_below(&c, 100);
        at = near < LONG && random_below(&c, 3) != 0 ? near : random_below(&c, LONG);
        c.without.bytes = text + at;
        c.without.length = LONG - at - random_below(&c, LONG - at);
        c.without.offset = at;
        c.with = c.without;
        c.with.places = &c.places;
        check_places(&c, 0);
    }
    ck_assert(c.end_quotes[0] > 0 && c.end_quotes[1] > 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("places");
    TCase *tcase = tcase_create("places");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, an_end_quote_is_found_from_anywhere, 0, 12);
    tcase_add_loop_test(tcase, what_is_kept_changes_no_answer, 0, 4 * ALPHABETS);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
