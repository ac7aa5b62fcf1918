/*
 * test_decide_told.c - the decision beside what becomes of the record: what it holds before
 * anything is decided, how many readings it keeps; and by which lines a sound record is doubted at
 * all.
 */
#include "csvkit/normalize/decide_lines.h"
#include "tests/support/decided.h"

#include <string.h>

/* ---- one line ---------------------------------------------------------------------------------
 */

/* A line, and what is asked about it in a table of `width` columns. */
struct line_case {
    const char *text;
    size_t width;
    bool at_end; /* nothing follows the text */
    bool wanted;
};

static struct norm_view view_of(const struct line_case *c, struct norm_arena *arena)
{
    return (struct norm_view){.bytes = (const unsigned char *)c->text,
                              .length = strlen(c->text),
                              .at_end = c->at_end,
                              .comment = '#',
                              .dialect = (struct csvk_dialect)CSVK_DIALECT_RFC4180,
                              .arena = arena};
}

static const struct line_case after_sound[] = {
    {"", 3, true, false},
    {"1,2,3\n", 3, true, false},
    {"1,2,3,4\n", 3, true, false},
    {"x\n", 3, true, true},
    {"x,y\n", 3, true, true},
    {"x\n", 1, true, false},
    {"\n", 3, true, false},
    {"x", 3, true, true},
    {"x", 3, false, false}, /* nobody knows whether it is short */
    {"#x\n", 3, true, false},
    {"1,2,b\"\n", 3, true, true},
    {"1,2,\"b\"\n", 3, true, false},
    {"1,b\"b,3\n", 3, true, false},
    {"a\"b\n", 3, true, true},
    {"\"b\n", 3, true, false},
    {"\"a\"b\n", 3, true, false},
    {"\"a\"b\"\n", 3, true, false},
};

START_TEST(a_sound_record_is_doubted_for_the_line_after_it)
{
    const struct line_case *c = &after_sound[_i];
    struct norm_arena arena = {0};
    struct norm_view view = view_of(c, &arena);
    ck_assert_msg(norm_line_is_doubtful(&view, 0, c->width) == c->wanted, "%s", c->text);
    norm_arena_release(&arena);
}
END_TEST

static const struct line_case lone[] = {
    {"x\n", 3, true, true},    {"x\n", 2, true, true},    {"x\n", 1, true, false},
    {"\n", 3, true, false},    {"x,y\n", 3, true, false}, {"x\"y\n", 3, true, false},
    {"\"x\n", 3, true, false}, {"x", 3, true, true},      {"x", 3, false, false},
};

START_TEST(a_line_of_one_field)
{
    const struct line_case *c = &lone[_i];
    struct norm_arena arena = {0};
    struct norm_view view = view_of(c, &arena);
    struct norm_line line = norm_view_record(&view, 0, 0);
    ck_assert_msg(norm_is_lone(&line, c->width) == c->wanted, "%s", c->text);
    norm_arena_release(&arena);
}
END_TEST

/* ---- the decision -----------------------------------------------------------------------------
 */

/* A sound record, about which nothing has to be decided. */
struct sound_record {
    struct norm_arena arena;
    struct norm_view view;
    struct norm_line line;
    struct norm_context context;
    struct norm_decision decision;
    struct norm_matter matter;
};

static void sound_begin(struct sound_record *r)
{
    static const struct line_case c = {"1,2,3\n", 3, true, false};
    memset(r, 0, sizeof *r);
    r->view = view_of(&c, &r->arena);
    r->line = norm_view_record(&r->view, 0, 0);
    r->context.width = c.width;
    memset(&r->decision, 0xff, sizeof r->decision);
    r->matter = (struct norm_matter){&r->view, &r->line, &r->context, &r->decision};
}

static void check_kept(const struct norm_decision *d)
{
    ck_assert_int_eq(d->action, NORM_KEEP);
    ck_assert_uint_eq(d->end, 6);
    ck_assert_ptr_null(d->cell);
    ck_assert_int_eq(d->repair, 0);
    ck_assert_int_eq(d->class, 0);
    ck_assert_uint_eq(d->parts, 1);
    ck_assert(!d->habit);
    ck_assert_str_eq(d->evidence, "");
    ck_assert_uint_eq(d->ncompeting, 0);
    for (size_t i = 0; i < NORM_COMPETING; i++) {
        ck_assert_str_eq(d->competing[i].reading, "");
        ck_assert_int_eq(d->competing[i].bits, 0);
    }
}

/* Whatever stood there before. */
START_TEST(a_decision_begins_with_nothing)
{
    struct sound_record r;
    sound_begin(&r);
    norm_begin_decision(&r.matter);
    check_kept(&r.decision);
    norm_arena_release(&r.arena);
}
END_TEST

START_TEST(a_sound_record_is_kept)
{
    struct sound_record r;
    sound_begin(&r);
    norm_decide(&r.view, &r.line, &r.context, &r.decision);
    check_kept(&r.decision);
    norm_arena_release(&r.arena);
}
END_TEST

START_TEST(so_many_readings_are_kept)
{
    struct sound_record r;
    sound_begin(&r);
    norm_begin_decision(&r.matter);
    for (int i = 0; i < NORM_COMPETING + 2; i++) {
        norm_put_competitor(&r.matter, i < NORM_COMPETING ? "one of them" : "one too many", i);
    }
    ck_assert_uint_eq(r.decision.ncompeting, NORM_COMPETING);
    for (int i = 0; i < NORM_COMPETING; i++) {
        ck_assert_str_eq(r.decision.competing[i].reading, "one of them");
        ck_assert_int_eq(r.decision.competing[i].bits, i);
    }
    norm_arena_release(&r.arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decide_told");
    TCase *tcase = tcase_create("decide_told");
    tcase_add_loop_test(tcase, a_sound_record_is_doubted_for_the_line_after_it, 0,
                        sizeof after_sound / sizeof after_sound[0]);
    tcase_add_loop_test(tcase, a_line_of_one_field, 0, sizeof lone / sizeof lone[0]);
    tcase_add_test(tcase, a_decision_begins_with_nothing);
    tcase_add_test(tcase, a_sound_record_is_kept);
    tcase_add_test(tcase, so_many_readings_are_kept);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
