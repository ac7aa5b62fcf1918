/*
 * test_weigh.c - what is left out for speed is never missed: over random records after tables of
 * many kinds, the readings that a decision names are those of the full enumeration, weighed in
 * full, and a decision is the same with and without what a view keeps of places.
 */
#include "csvkit/base/hash.h"
#include "tests/support/decided.h"

#include <string.h>

enum { RECORDS = 400 };

struct weigh_check {
    uint64_t random;
    struct csvk_buf text;
    struct scene scene;
};

static const enum example tables[] = {EXAMPLE, PHONES, HABIT,       NOTES,       BROKEN_NOTES,
                                      WIDE,    SPARSE, SAYINGS,     PROSE_WIDE,  HABIT_WIDE,
                                      QUOTED,  ALIKE,  SPARSE_FOUR, EIGHT_CLEAN, SEVEN_CLEAN};
enum { TABLES = sizeof tables / sizeof tables[0] };

static size_t random_below(struct weigh_check *c, size_t most)
{
    c->random = csvk_hash_fold(c->random + CSVK_HASH_A, CSVK_HASH_B);
    return (size_t)(c->random >> 16) % most;
}

static void put(struct weigh_check *c, const char *bytes, size_t length)
{
    ck_assert_int_eq(csvk_buf_add(&c->text, bytes, length), CSVK_OK);
}

static void put_text(struct weigh_check *c, const char *text)
{
    put(c, text, strlen(text));
}

/* A record of some of the tables, with a byte too many or too few. */
static void put_slip(struct weigh_check *c)
{
    static const char *const records[] = {"140,2025-01-03,Ann,\"n, 7\",\"u7\",",
                                          "140,\"Ann said, so 7\",140", "140,Bob,555-140",
                                          "140,Ann Bob went a,2025-01-03"};
    static const char bytes[] = "\",\n \\7";
    const char *record = records[random_below(c, sizeof records / sizeof records[0])];
    size_t at = random_below(c, strlen(record));
    bool too_few = random_below(c, 3) == 0;
    put(c, record, at);
    if (!too_few) {
        put(c, &bytes[random_below(c, sizeof bytes - 1)], 1);
    }
    put(c, record + at + too_few, strlen(record + at + too_few));
}

/* Some fields that may stand in the tables, with a slip here and there. */
static void put_fields(struct weigh_check *c, bool quotes)
{
    static const char *const values[] = {"",
                                         "140",
                                         "2025-01-03",
                                         "Ann",
                                         "N140",
                                         "x y",
                                         "555-140",
                                         "x",
                                         "1402025",
                                         "Ann and Bob",
                                         "\"n, 7\"",
                                         "\"u7\"",
                                         "\"a\"\"b\"",
                                         "\"n, 7\"\"u7\"",
                                         "\"Ann said, so 7\"",
                                         "\"x\ny\""};
    static const char *const slips[] = {"\"", "\"\"", ",", "\n", " \"", "\" ", "\\\""};
    size_t fields = 1 + random_below(c, 8), most = sizeof values / sizeof values[0];
    for (size_t k = 0; k < fields; k++) {
        put_text(c, k != 0 ? "," : "");
        put_text(c, values[random_below(c, most)]);
        if (quotes && random_below(c, 4) == 0) {
            put_text(c, slips[random_below(c, sizeof slips / sizeof slips[0])]);
            put_text(c, values[random_below(c, most)]);
        }
    }
}

/* A record in question, and a record after it that may be sound. */
static void make_text(struct weigh_check *c, bool quotes)
{
    csvk_buf_clear(&c->text);
    if (random_below(c, 2) == 0) {
        put_slip(c);
    } else {
        put_fields(c, quotes);
    }
    put_text(c, random_below(c, 2) == 0 ? "\n141,2025-01-04,Ann,\"n, 8\",\"u8\",\n"
                                        : "\n141,Bob,555-141\n");
}

static const char *text_of(const struct weigh_check *c)
{
    return csvk_buf_text(&c->text);
}

static void set_scene(struct weigh_check *c, enum example table)
{
    struct decision_case about = {
        .about = "random", .table = table, .text = csvk_buf_text(&c->text)};
    memset(&c->scene, 0, sizeof c->scene);
    scene_decide(&c->scene, &about);
}

/* The readings of a short record, weighed. */
static struct norm_readings short_readings(struct weigh_check *c, const struct norm_line *line,
                                           enum norm_wanted wanted)
{
    const struct norm_context *context = &c->scene.context;
    struct norm_readings list = {.wanted = wanted};
    struct norm_readings quotes = {.wanted = NORM_WANTED_LOST_DELIMITERS};
    norm_readings_of_short(&c->scene.view, line, context->width, context->evidence, &context->habit,
                           &list);
    norm_readings_of_quotes(&c->scene.view, line, context->width, &quotes);
    for (size_t i = 0; i < quotes.count; i++) {
        norm_readings_add(&list, &quotes.list[i]);
    }
    ck_assert(!list.failed && !quotes.failed);
    norm_readings_release(&quotes);
    norm_weigh(&c->scene.view, context, line->begin, &list);
    return list;
}

/* The names of the best ones, as a decision has them. */
static size_t names_of(const struct norm_readings *list, char names[NORM_COMPETING][128],
                       int bits[NORM_COMPETING])
{
    size_t count = 0;
    for (size_t i = 0; i < list->count && count < NORM_COMPETING; i++) {
        bool again = false;
        norm_reading_name(&list->list[i], names[count], sizeof names[count]);
        bits[count] = list->list[i].score;
        for (size_t k = 0; k < count; k++) {
            again = again || strcmp(names[k], names[count]) == 0;
        }
        count += !again;
    }
    return count;
}

static void check_same_names(const struct weigh_check *c, const struct norm_readings *full,
                             const struct norm_readings *named)
{
    char a[NORM_COMPETING][128], b[NORM_COMPETING][128];
    int bits[NORM_COMPETING], other[NORM_COMPETING];
    size_t count = names_of(full, a, bits);
    ck_assert_msg(count == names_of(named, b, other), "%s", text_of(c));
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(strcmp(a[i], b[i]) == 0 && bits[i] == other[i], "%s: %s %d, %s %d",
                      text_of(c), a[i], bits[i], b[i], other[i]);
    }
    ck_assert_uint_eq(full->count > 1, named->count > 1);
}

/* No reading that comes after one of those that are named is better. */
static void check_order(const struct weigh_check *c, const struct norm_readings *list)
{
    for (size_t i = 0; i < list->count && i < NORM_COMPETING; i++) {
        for (size_t k = i + 1; k < list->count; k++) {
            const struct norm_reading *a = &list->list[i], *b = &list->list[k];
            ck_assert_msg(a->score < b->score || (a->score == b->score && a->order < b->order),
                          "%s: %zu %zu", text_of(c), i, k);
        }
    }
}

START_TEST(short_records_have_the_readings_of_the_full_list)
{
    static struct weigh_check c;
    size_t left_out = 0, checked = 0;
    c.random = (uint64_t)_i + 1;
    for (size_t n = 0; n < RECORDS; n++) {
        make_text(&c, n % 2 == 0);
        set_scene(&c, tables[_i]);
        struct norm_line line = norm_view_record(&c.scene.view, c.scene.at, 0);
        bool known = norm_evidence_records(c.scene.context.evidence) >= NORM_ENOUGH;
        if (known && line.known && line.faults == 0 && line.ncells < c.scene.context.width) {
            struct norm_readings full = short_readings(&c, &line, NORM_WANTED_ALL);
            struct norm_readings named = short_readings(&c, &line, NORM_WANTED_NAMED);
            check_same_names(&c, &full, &named);
            check_order(&c, &full);
            left_out += full.count - named.count;
            checked++;
            norm_readings_release(&full);
            norm_readings_release(&named);
        }
        scene_release(&c.scene);
    }
    csvk_buf_release(&c.text);
    ck_assert(checked == 0 || tables[_i] != EXAMPLE || left_out != 0);
}
END_TEST

/* The lost delimiters of a short record, of which only those are asked for, are those of all. */
static size_t check_lost_delimiters(struct weigh_check *c, const struct norm_line *line)
{
    struct norm_readings all = {.wanted = NORM_WANTED_ALL};
    struct norm_readings lost = {.wanted = NORM_WANTED_LOST_DELIMITERS};
    size_t width = c->scene.context.width, count = 0;
    norm_readings_of_quotes(&c->scene.view, line, width, &all);
    norm_readings_of_quotes(&c->scene.view, line, width, &lost);
    for (size_t i = 0; i < all.count; i++) {
        const struct norm_reading *a = &all.list[i], *b = &lost.list[count];
        if (a->slip == NORM_SLIP_DELIMITER_LOST) {
            ck_assert_msg(count < lost.count && a->field == b->field && a->end == b->end &&
                              a->prior == b->prior && a->hole == b->hole,
                          "%s", text_of(c));
            count++;
        }
    }
    ck_assert_msg(count == lost.count, "%s", text_of(c));
    norm_readings_release(&all);
    norm_readings_release(&lost);
    return count;
}

START_TEST(lost_delimiters_are_those_of_all_readings)
{
    static const char *const texts[] = {"140,\"a\"\"n, 7\"\n", "\"u\\\"7\",Ann\n",
                                        "140,\"a\\\"\\\"b\"\n", "140,Ann\n"};
    static struct weigh_check c;
    size_t found = 0;
    c.random = 7;
    for (size_t n = 0; n < RECORDS; n++) {
        if (n % 4 == 0) {
            csvk_buf_clear(&c.text);
            put_text(&c, texts[n / 8 % 4]);
        } else {
            make_text(&c, false);
        }
        set_scene(&c, n % 3 == 0 ? SAYINGS : EXAMPLE);
        c.scene.view.dialect.escape = n / 4 % 2 == 0 ? CSVK_NO_BYTE : '\\';
        struct norm_line line = norm_view_record(&c.scene.view, c.scene.at, 0);
        if (line.known && line.faults == 0 && line.ncells + 1 == c.scene.context.width) {
            found += check_lost_delimiters(&c, &line);
        }
        scene_release(&c.scene);
    }
    csvk_buf_release(&c.text);
    ck_assert_uint_gt(found, 10);
}
END_TEST

static void check_same_decision(const struct weigh_check *c, const struct norm_decision *a,
                                const struct norm_decision *b)
{
    ck_assert_msg(a->action == b->action && a->end == b->end && a->repair == b->repair &&
                      a->class == b->class && a->parts == b->parts,
                  "%s: %s, %s", text_of(c), a->evidence, b->evidence);
    ck_assert_str_eq(a->evidence, b->evidence);
    ck_assert_uint_eq(a->ncompeting, b->ncompeting);
    for (size_t i = 0; i < a->ncompeting; i++) {
        ck_assert_str_eq(a->competing[i].reading, b->competing[i].reading);
        ck_assert_int_eq(a->competing[i].bits, b->competing[i].bits);
    }
    for (size_t k = 0; a->action == NORM_WRITE && k < c->scene.context.width; k++) {
        ck_assert_msg(a->cell[k].len == b->cell[k].len &&
                          a->cell[k].enclosed == b->cell[k].enclosed &&
                          memcmp(a->cell[k].ptr, b->cell[k].ptr, a->cell[k].len) == 0,
                      "%s: field %zu", text_of(c), k + 1);
    }
}

START_TEST(decisions_do_not_hang_on_what_is_kept)
{
    static struct weigh_check c;
    static struct norm_places places;
    size_t written = 0;
    c.random = (uint64_t)_i + 1001;
    for (size_t n = 0; n < RECORDS; n++) {
        make_text(&c, n % 4 != 0);
        set_scene(&c, tables[_i]);
        struct norm_decision with;
        struct norm_view view = c.scene.view;
        memset(&places, 0, sizeof places);
        norm_places_begin(&places, &view.dialect, view.cr_ends);
        view.places = &places;
        struct norm_line line = norm_view_record(&view, c.scene.at, 0);
        if (norm_is_sound(&line, c.scene.context.width)) {
            norm_doubt(&view, &line, &c.scene.context, &with);
        } else {
            norm_decide(&view, &line, &c.scene.context, &with);
        }
        check_same_decision(&c, &c.scene.decision, &with);
        written += with.action == NORM_WRITE;
        scene_release(&c.scene);
    }
    csvk_buf_release(&c.text);
    ck_assert(tables[_i] != EXAMPLE || written != 0);
}
END_TEST

static struct norm_cell cell_of(const char *text, bool enclosed)
{
    return (struct norm_cell){(const unsigned char *)text, strlen(text), enclosed};
}

/* What the value costs in the second of three columns, by a reading that made its quotes data. */
static int bits_with_quotes(struct scene *scene, struct norm_cell value)
{
    struct norm_cell cell[3] = {cell_of("140", false), value, cell_of("140", false)};
    struct norm_readings list = {.wanted = NORM_WANTED_ALL};
    struct norm_reading reading = {NORM_SLIP_INNER_OF_FIELD,
                                   .field = 2,
                                   .repair = CSVK_REPAIR_INNER_QUOTES,
                                   .cell = cell,
                                   .plain = cell,
                                   .end = scene->view.length};
    ck_assert_ptr_nonnull(norm_readings_add(&list, &reading));
    norm_weigh(&scene->view, &scene->context, scene->at, &list);
    int bits = list.list[0].score;
    norm_readings_release(&list);
    for (size_t k = 0; k < 3; k += 2) {
        bits -= norm_evidence_cell(scene->context.evidence, k, &cell[k], NORM_NOT_IN_SAMPLE);
    }
    return bits;
}

/* An enclosed value is judged with its quotes or without them, whichever is cheaper; an open one
   without them: a writer encloses a value with quotes. */
START_TEST(quotes_that_an_edit_made_data_do_not_cost)
{
    static const struct {
        enum example table;
        const char *with, *without;
        bool enclosed, with_is_cheaper;
    } values[] = {
        {QUOTED, "Ann said \"so 7\"", "Ann said so 7", true, true},
        {QUOTED, "Ann said \"so 7\"", "Ann said so 7", false, true},
        {SAYINGS, "Ann s\"aid, so 7", "Ann said, so 7", true, false},
        {SAYINGS, "Ann s\"aid, so 7", "Ann said, so 7", false, false},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct scene scene = {.at = 0};
        struct decision_case about = {.about = "quotes", .table = values[i].table, .text = "1,2\n"};
        scene_decide(&scene, &about);
        const struct norm_evidence *evidence = scene.context.evidence;
        struct norm_cell with = cell_of(values[i].with, values[i].enclosed);
        struct norm_cell without = cell_of(values[i].without, values[i].enclosed);
        int a = norm_evidence_cell(evidence, 1, &with, NORM_NOT_IN_SAMPLE);
        int b = norm_evidence_cell(evidence, 1, &without, NORM_NOT_IN_SAMPLE);
        ck_assert_msg(values[i].with_is_cheaper ? a < b : b < a, "%zu: %d, %d", i, a, b);
        int least = values[i].enclosed && a < b ? a : b;
        ck_assert_int_eq(bits_with_quotes(&scene, with), least);
        scene_release(&scene);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weigh");
    TCase *tcase = tcase_create("weigh");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, short_records_have_the_readings_of_the_full_list, 0, TABLES);
    tcase_add_loop_test(tcase, decisions_do_not_hang_on_what_is_kept, 0, TABLES);
    tcase_add_test(tcase, lost_delimiters_are_those_of_all_readings);
    tcase_add_test(tcase, quotes_that_an_edit_made_data_do_not_cost);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
