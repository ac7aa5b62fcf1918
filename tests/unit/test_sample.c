/*
 * test_sample.c - what the first records say about a table: which of them are evidence, when the
 * header is wrong, whether leaving out empty fields is a habit, and the width without a header.
 */
#include "csvkit/normalize/sample.h"
#include "tests/support/support.h"

#include <string.h>

/* `header`, then `count` times `record` and `others` times `other`. */
struct sample_case {
    const char *about, *header, *record;
    int count;
    const char *other;
    int others;
    enum csvk_normalize_ragged ragged;
    const char *refusal; /* how it begins and a word of its end, or "" */
    const char *word;
    size_t clean; /* records that are evidence */
};

#define RAGGED(how)   CSVK_NORMALIZE_RAGGED_##how
#define TRAILING_WORD "a delimiter at the end of each"

static const struct sample_case samples[] = {
    {"all agree", "a,b", "1,2\n", 20, "", 0, RAGGED(REPAIR), "", "", 20},
    {"example 8", "id,,name,n", "10,a,70\n", 30, "", 0, RAGGED(REPAIR),
     "the header has 4 names, 30 of 30 records have 3 fields", "fields", 0},
    {"example 9", "id,name,n", "10,a,70,\n", 30, "", 0, RAGGED(REPAIR),
     "the header has 3 names, 30 of 30 records have 4 fields", TRAILING_WORD, 0},
    {"example 9 with pad", "id,name,n", "10,a,70,\n", 30, "", 0, RAGGED(PAD), "", "", 0},
    {"not empty in one", "id,name,n", "10,a,70,\n", 30, "10,a,70,x\n", 1, RAGGED(PAD),
     "the header has 3 names, 31 of 31 records have 4 fields", "fields", 0},
    {"two more", "id,name", "10,a,70,\n", 30, "", 0, RAGGED(PAD),
     "the header has 2 names, 30 of 30 records have 4 fields", "fields", 0},
    {"too long with pad", "id,name,n,x", "10,a,70\n", 30, "", 0, RAGGED(PAD), "", "", 0},
    {"too long with reject", "id,name,n,x", "10,a,70\n", 30, "", 0, RAGGED(REJECT),
     "the header has 4 names, 30 of 30 records have 3 fields", "fields", 0},
    {"one record", "a,b", "1,2,3\n", 1, "", 0, RAGGED(REPAIR), "", "", 0},
    {"two records", "a,b", "1,2,3\n", 2, "", 0, RAGGED(REPAIR),
     "the header has 2 names, 2 of 2 records have 3 fields", "fields", 0},
    {"a third agrees", "a,b", "1,2,3\n", 6, "1,2\n", 3, RAGGED(REPAIR),
     "the header has 2 names, 6 of 9 records have 3 fields", "fields", 3},
    {"more than a third agree", "a,b", "1,2,3\n", 5, "1,2\n", 3, RAGGED(REPAIR), "", "", 3},
    {"seven agree", "a,b", "1,2,3\n", 30, "1,2\n", 7, RAGGED(REPAIR),
     "the header has 2 names, 30 of 37 records have 3 fields", "fields", 7},
    {"eight agree", "a,b", "1,2,3\n", 30, "1,2\n", 8, RAGGED(REPAIR), "", "", 8},
    {"eight of many agree", "a,b", "1,2,3\n", 153, "1,2\n", 8, RAGGED(REPAIR),
     "the header has 2 names, 153 of 161 records have 3 fields", "fields", 8},
    {"eight of a few less", "a,b", "1,2,3\n", 152, "1,2\n", 8, RAGGED(REPAIR), "", "", 8},
    {"faults do not count", "a,b", "1,\"2\"x,3\n", 30, "1,2\n", 1, RAGGED(REPAIR), "", "", 1},
    {"blank lines do not count", "a,b", "\n", 30, "1,2\n", 2, RAGGED(REPAIR), "", "", 2},
    {"the header again", "a,b", "1,2\n", 20, "a,b\n", 5, RAGGED(REPAIR), "", "", 20},
    {"the header again, enclosed", "a,b", "1,2\n", 20, "\"a\",b\n", 5, RAGGED(REPAIR), "", "", 20},
    {"one column", "a", "1\n", 20, "a\n", 5, RAGGED(REPAIR), "", "", 25},
    {"no line break at the end", "a,b", "1,2\n", 20, "1,2", 1, RAGGED(REPAIR), "", "", 20},
    {"quotes in an open field", "a,b", "1,2\n", 20, "1,2\"\n", 5, RAGGED(REPAIR), "", "", 20},
    {"broken records", "a,b,c", "1,2,3\n4,5\n6\n7,8\n", 3, "", 0, RAGGED(REPAIR), "", "", 3},
    {"more are broken than whole", "a,b,c", "1,2,3\n", 2, "4,5\n6,7\n", 3, RAGGED(REPAIR),
     "the header has 3 names, 6 of 8 records have 2 fields", "fields", 2},
    {"no whole one before", "a,b,c", "4,5\n6,7\n", 2, "1,2,3\n", 2, RAGGED(REPAIR),
     "the header has 3 names, 4 of 6 records have 2 fields", "fields", 2},
    {"too long together", "a,b,c", "1,2,3\n4,5\n6\n7\n8,9,0,1\n4,5\n", 2, "", 0, RAGGED(REPAIR),
     "the header has 3 names, 4 of 12 records have 2 fields", "fields", 2},
    {"comments, and no header to be seen", "# x", "1\n", 0,
     "# y\nAD,Andorra\nAE,Emirates\nAF,Afghan\n", 1, RAGGED(REPAIR),
     "the header has 1 name, 3 of 3 records have 2 fields", "--comment=# drops all lines that do",
     1},
    {"names in a comment, and more of them below", "# x\n# w\n#id,n", "1,x\n2,y\n", 2, "# z\n3,w\n",
     1, RAGGED(REPAIR), "the header has 1 name, 5 of 5 records have 2 fields",
     "--comment=# drops all lines that do", 2},
    {"comments with fields", "# x", "# w,z\n1,x\n2,y\n", 1, "", 0, RAGGED(REPAIR),
     "the header has 1 name, 2 of 2 records have 2 fields", "fields", 0},
    {"marks that most records have", "# t", "#1,2,3\n#2,3,4\n#3,4,5\n4,5,6\n5,6,7\n", 1, "", 0,
     RAGGED(REPAIR), "the header has 1 name, 2 of 2 records have 3 fields",
     "the last ones have no name", 0},
    {"values left out", "id,n,d,p,q", "1,x,2024-01-31\n", 6, "2,y,2024-01-31,3,\n", 1,
     RAGGED(REPAIR), "the header has 5 names, 6 of 7 records have 3 fields",
     "(--ragged=pad adds them, empty)", 1},
    {"asked for", "id,n,d,p,q", "1,x,2024-01-31\n", 6, "2,y,2024-01-31,3,\n", 1, RAGGED(PAD), "",
     "", 1},
    {"wider, too", "id,n,d,p,q,r", "1,x,2024-01-31\n", 6, "2,y,2024-01-31,3,4,5,z\n", 1,
     RAGGED(REPAIR), "the header has 6 names, 6 of 7 records have 3 fields", "nothing shows which",
     0},
    {"faults, too", "id,n,d,p,q", "1,x,2024-01-31\n", 6, "2,\"y\"z,2024-01-31,3,\n", 1,
     RAGGED(REPAIR), "the header has 5 names, 6 of 6 records have 3 fields", "nothing shows which",
     0},
    {"rejected on purpose", "id,n,d,p,q", "1,x,2024-01-31\n", 6, "2,y,2024-01-31,3,\n", 1,
     RAGGED(REJECT), "the header has 5 names, 6 of 7 records have 3 fields", "nothing shows which",
     1},
    {"more than enough", "a,b", "1,2\n", 1500, "", 0, RAGGED(REPAIR), "", "", NORM_SAMPLE_RECORDS},
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

static void put_text(struct csvk_buf *to, const char *text)
{
    ck_assert_int_eq(csvk_buf_add(to, text, strlen(text)), CSVK_OK);
}

static struct norm_view view_on(const struct csvk_buf *text, struct norm_arena *arena)
{
    return (struct norm_view){.bytes = (const unsigned char *)csvk_buf_text(text),
                              .length = text->length,
                              .at_end = true,
                              .dialect = CSVK_DIALECT_RFC4180,
                              .comment = CSVK_NO_BYTE,
                              .arena = arena};
}

START_TEST(a_table_or_its_header_is_wrong)
{
    const struct sample_case *c = &samples[_i];
    struct csvk_buf text = CSVK_BUF_INIT;
    struct norm_arena arena = {0};
    put_text(&text, c->header);
    put_text(&text, "\n");
    for (int i = 0; i < c->count + c->others; i++) {
        put_text(&text, i < c->count ? c->record : c->other);
    }
    struct norm_view view = view_on(&text, &arena);
    struct norm_sample sample;
    size_t width = norm_view_record(&view, 0, 0).ncells;
    ck_assert_int_eq(norm_sample_take(&sample, &view, width, CSVK_NORMALIZE_HEADER, c->ragged),
                     CSVK_OK);
    ck_assert_msg(strncmp(sample.refusal, c->refusal, strlen(c->refusal)) == 0 &&
                      (c->refusal[0] == '\0') == (sample.refusal[0] == '\0'),
                  "%s: %s", c->about, sample.refusal);
    ck_assert_msg(strstr(sample.refusal, c->word) != NULL, "%s: %s", c->about, sample.refusal);
    ck_assert_msg((strstr(sample.refusal, TRAILING_WORD) != NULL) ==
                      (strcmp(c->word, TRAILING_WORD) == 0),
                  "%s: %s", c->about, sample.refusal);
    ck_assert_msg(norm_evidence_records(sample.evidence) == c->clean, "%s: %d", c->about,
                  (int)norm_evidence_records(sample.evidence));
    norm_sample_release(&sample);
    norm_arena_release(&arena);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(without_a_header_the_first_record_is_evidence)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct norm_arena arena = {0};
    put_text(&text, "1,2\n1,2\n3,4,5\n6,7,8\n6,7,8\n6,7,8\n6,7,8\n");
    struct norm_view view = view_on(&text, &arena);
    struct norm_sample sample;
    ck_assert_int_eq(
        norm_sample_take(&sample, &view, 2, CSVK_NORMALIZE_NO_HEADER, CSVK_NORMALIZE_RAGGED_REPAIR),
        CSVK_OK);
    ck_assert_uint_eq(norm_evidence_records(sample.evidence), 2);
    ck_assert_str_eq(sample.refusal, "");
    ck_assert_uint_eq(sample.end, 8);
    norm_sample_release(&sample);
    norm_arena_release(&arena);
    csvk_buf_release(&text);
}
END_TEST

/* Do some records have one width more, all the same, and enough of them? */
START_TEST(a_table_of_two_widths)
{
    static const struct {
        const char *text;
        bool widens;
    } tables[] = {
        {"a,b\n1,2\n1,2,3\n1,2,3\n1,2,3\n1,2\n", true},
        {"a,b\n1,2\n1,2,3\n1,2,3\n1,2\n", false}, /* two are too few */
        {"a,b\n1,2,3\n1,2,3\n1,2,3\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n", true},
        {"a,b\n1,2,3\n1,2,3\n1,2,3\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n", false},
        {"a,b\n1,2\n1,2,3\n1,2,3\n1,2,3\n1,2,3,4\n", false},  /* three widths */
        {"a,b\n1,2\n1,2,3\n1,2,3\n1,2,\n1,2,3\n", false},     /* a delimiter at the end */
        {"a,b\n1,2\n1,2,3\n1,2,3\n1,2,3\n\"1\"x,2\n", false}, /* a fault */
        {"a\n1\n1,2\n1,2\n1,2\n1\n", false},                  /* one column */
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        struct norm_arena arena = {0};
        put_text(&text, tables[i].text);
        struct norm_view view = view_on(&text, &arena);
        struct norm_sample sample;
        size_t width = norm_view_record(&view, 0, 0).ncells;
        ck_assert_int_eq(norm_sample_take(&sample, &view, width, CSVK_NORMALIZE_HEADER,
                                          CSVK_NORMALIZE_RAGGED_REPAIR),
                         CSVK_OK);
        ck_assert_msg(sample.widens == tables[i].widens, "%s", tables[i].text);
        norm_sample_release(&sample);
        norm_arena_release(&arena);
        csvk_buf_release(&text);
    }
}
END_TEST

/* Widths of records; what most have, what the first has, how many are like it. */
struct width_case {
    const char *text;
    size_t most, first;
    uint64_t alike;
};

static const struct width_case widths[] = {
    {"", 0, 0, 0},
    {"1,2\n", 0, 2, 1},
    {"1,2\n1,2\n", 2, 2, 2},
    {"1\n1,2\n1,2\n", 2, 1, 1},
    {"1\n1,2\n1,2\n1\n", 2, 1, 2}, /* the larger of two */
    {"1,2\n1\n1\n1,2\n", 2, 2, 2},
    {"1\n1,2\n1,2,3\n", 0, 1, 1},
    {"1\n1,\"2\"x\n1,\"2\"x\n1,2,3\n1,2,3\n", 3, 1, 1},
    {"1\n\n\n\n1,2\n1,2\n", 2, 1, 1},
    /* Records with a fault do not say it. */
    {"1,2\n1,2\n1,x\"y,3\n1,x\"y,3\n1,x\"y,3\n", 2, 2, 2},
};
enum { WIDTHS = sizeof widths / sizeof widths[0] };

START_TEST(most_records_say_the_width)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct norm_arena arena = {0};
    put_text(&text, widths[_i].text);
    struct norm_view view = view_on(&text, &arena);
    size_t first;
    uint64_t alike;
    ck_assert_uint_eq(norm_sample_width(&view, &first, &alike), widths[_i].most);
    ck_assert_uint_eq(first, widths[_i].first);
    ck_assert_uint_eq(alike, widths[_i].alike);
    norm_arena_release(&arena);
    csvk_buf_release(&text);
}
END_TEST

/* Short records that fit their columns from the left, and how many write the last field empty. */
static void check_habit(int full, int empty, int left_out, const char *shorter, bool habit)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct norm_arena arena = {0};
    put_text(&text, "id,name,rest\n");
    for (int i = 0; i < full + empty + left_out; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text, "%d,N%d", 100 + i, 100 + i), CSVK_OK);
        put_text(&text, i < full ? ",x y\n" : i < full + empty ? ",\n" : shorter);
    }
    struct norm_view view = view_on(&text, &arena);
    struct norm_sample sample;
    ck_assert_int_eq(
        norm_sample_take(&sample, &view, 3, CSVK_NORMALIZE_HEADER, CSVK_NORMALIZE_RAGGED_REPAIR),
        CSVK_OK);
    ck_assert_msg(norm_is_habit(&sample.habit, sample.evidence, 3) == habit,
                  "%d full, %d empty, %d left out", full, empty, left_out);
    ck_assert_uint_eq(sample.habit.all, sample.habit.fitting[1] + sample.habit.fitting[2]);
    norm_sample_release(&sample);
    norm_arena_release(&arena);
    csvk_buf_release(&text);
}

START_TEST(leaving_out_is_a_habit_or_an_accident)
{
    check_habit(25, 0, 25, "\n", true);
    check_habit(25, 0, 8, "\n", true);
    check_habit(25, 0, 7, "\n", false);
    check_habit(25, 3, 12, "\n", true);
    check_habit(25, 3, 11, "\n", false);
    check_habit(25, 0, 25, ":x-9#;z\n", false); /* they do not fit */
    check_habit(7, 0, 25, "\n", false);         /* nobody knows what fits */
    check_habit(8, 0, 15, "\n", true);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sample");
    TCase *tcase = tcase_create("sample");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, a_table_or_its_header_is_wrong, 0, SAMPLES);
    tcase_add_test(tcase, without_a_header_the_first_record_is_evidence);
    tcase_add_test(tcase, a_table_of_two_widths);
    tcase_add_loop_test(tcase, most_records_say_the_width, 0, WIDTHS);
    tcase_add_test(tcase, leaving_out_is_a_habit_or_an_accident);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
