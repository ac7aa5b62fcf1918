/*
 * test_keys_alike.c - keys that look alike (keys_alike.h) against a naive search over all pairs,
 * and what counts as a letter and as a blank.
 */
#include "validator/keys/keys.h"

#include "tests/support/support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1 << 20)

/* For loops: an assertion of check costs a system call even when it holds. */
static void require(bool holds, const char *what)
{
    if (!holds) {
        ck_abort_msg("%s", what);
    }
}

static struct csvk_keys *new_keys(size_t memory)
{
    struct csvk_keys *keys = NULL;
    ck_assert_int_eq(csvk_keys_new(&keys, memory, NULL, NULL), CSVK_OK);
    return keys;
}

#define ALIKE_RECORDS 4000

/* What is known of a record: the record that its key repeats, or 0, and the one that looks alike.
 */
struct likeness {
    uint64_t same, alike;
};

/* The naive form of a value: the blanks at its ends off, letters small. */
static void plain_form(const char *value, char *form)
{
    size_t begin = strspn(value, " \t"), end = strlen(value);
    while (end > begin && strchr(" \t", value[end - 1]) != NULL) {
        end--;
    }
    for (; begin < end; begin++) {
        *form++ =
            (char)(value[begin] >= 'A' && value[begin] <= 'Z' ? value[begin] + 32 : value[begin]);
    }
    *form = '\0';
}

static int note_likeness(void *context, const struct csvk_duplicate_key *duplicate)
{
    struct likeness *found = context;
    require(found[duplicate->record].same + found[duplicate->record].alike == 0, "told twice");
    *(duplicate->alike != 0 ? &found[duplicate->record].alike : &found[duplicate->record].same) =
        duplicate->first_record;
    return 0;
}

/* Random keys of `columns` values against all pairs: in one set, or in two that are joined, where
   the keys of the first are their own forms. */
static void search_alike(size_t columns, size_t memory, bool joined)
{
    static char value[ALIKE_RECORDS + 1][3][8], form[ALIKE_RECORDS + 1][3][8];
    static struct likeness found[ALIKE_RECORDS + 1];
    struct csvk_keys *keys[2] = {new_keys(memory), new_keys(memory)};
    memset(found, 0, sizeof found);
    ck_assert_int_eq(csvk_keys_seek_alike(keys[0], columns, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_keys_seek_alike(keys[1], columns, NULL), CSVK_OK);
    for (uint64_t r = 1; r <= ALIKE_RECORDS; r++) {
        struct csvk_bytes values[3];
        bool second = joined && r > ALIKE_RECORDS / 2;
        for (size_t i = 0; i < columns; i++) {
            size_t length = (size_t)rand() % (columns == 1 ? 8 : 4);
            for (size_t k = 0; k < length; k++) {
                value[r][i][k] = (joined && !second ? "aabb1b1," : "aAbB1 \t,")[rand() % 8];
            }
            value[r][i][length] = '\0';
            plain_form(value[r][i], form[r][i]);
            values[i] = (struct csvk_bytes){(const unsigned char *)value[r][i], length};
        }
        uint64_t record = second ? r - ALIKE_RECORDS / 2 : r;
        struct csvk_key_place place = {record, record, 0};
        require(csvk_keys_add(keys[second], values, columns, place, NULL) == CSVK_OK, "add");
    }
    struct csvk_keys_shift shift = {ALIKE_RECORDS / 2, ALIKE_RECORDS / 2, 0};
    ck_assert_int_eq(joined ? csvk_keys_merge(keys[0], keys[1], shift, NULL) : CSVK_OK, CSVK_OK);
    ck_assert_int_eq(csvk_keys_finish(keys[0], note_likeness, found, NULL), CSVK_OK);
    uint64_t equal = 0, alike = 0;
    for (uint64_t r = 1; r <= ALIKE_RECORDS; r++) {
        struct likeness wanted = {0, 0};
        for (uint64_t e = 1; e < r && wanted.same == 0; e++) {
            bool same = true, like = true;
            for (size_t i = 0; i < columns; i++) {
                same = same && strcmp(value[e][i], value[r][i]) == 0;
                like = like && strcmp(form[e][i], form[r][i]) == 0;
            }
            wanted.same = same ? e : 0;
            wanted.alike = like && wanted.alike == 0 ? e : wanted.alike;
        }
        wanted.alike = wanted.same != 0 ? 0 : wanted.alike;
        require(found[r].same == wanted.same && found[r].alike == wanted.alike, "a likeness");
        equal += wanted.same != 0;
        alike += wanted.alike != 0;
    }
    ck_assert_uint_eq(csvk_keys_duplicates(keys[0]), equal);
    ck_assert(equal > 0 && alike > 100);
    csvk_keys_free(keys[0]);
    csvk_keys_free(keys[1]);
}

START_TEST(keys_that_look_alike)
{
    srand(5);
    for (size_t columns = 1; columns <= 3; columns++) {
        search_alike(columns, 0, false);
        search_alike(columns, MIB, true);
    }
}
END_TEST

static size_t alike_pairs(const char *const (*pair)[2], size_t count)
{
    size_t alike = 0;
    for (size_t i = 0; i < count; i++) {
        struct likeness found[3] = {{0, 0}};
        struct csvk_keys *keys = new_keys(MIB);
        ck_assert_int_eq(csvk_keys_seek_alike(keys, 1, NULL), CSVK_OK);
        for (uint64_t r = 1; r <= 2; r++) {
            const char *text = pair[i][r - 1];
            struct csvk_bytes key = {(const unsigned char *)text, strlen(text)};
            struct csvk_key_place place = {r, r, 0};
            ck_assert_int_eq(csvk_keys_add(keys, &key, 1, place, NULL), CSVK_OK);
        }
        ck_assert_int_eq(csvk_keys_finish(keys, note_likeness, found, NULL), CSVK_OK);
        alike += found[2].alike == 1;
        csvk_keys_free(keys);
    }
    return alike;
}

START_TEST(letters_and_blanks)
{
    static const char *const same[][2] = {
        {"\u017D\u00C9", "\u017E\u00E9"},
        {"\u0110\u0141", "\u0111\u0142"},
        {"\u0394\u03A9", "\u03B4\u03C9"},
        {"\u0416\u0401", "\u0436\u0451"},
        {"\u00A01", "1"},
        {"1\u00A0 ", "\t1"},
        {"0123456789ABCDEF", "0123456789abcdef"},
        {"12345678 ", "12345678"},
    };
    static const char *const other[][2] = {
        {"a b", "ab"},        {"01", "1"},           {"\u00D7", "\u00F7"},
        {"\u00DF", "\u00FF"}, {"e\u0301", "\u00E9"}, {"@[`{", "`{@["},
    };
    ck_assert_uint_eq(alike_pairs(same, sizeof same / sizeof same[0]), 8);
    ck_assert_uint_eq(alike_pairs(other, sizeof other / sizeof other[0]), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keys_alike");
    TCase *tcase = tcase_create("keys_alike");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, keys_that_look_alike);
    tcase_add_test(tcase, letters_and_blanks);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
