/* Words of decoded text: which of them could be words. See csvkit/recognize/word_check.h. */
#include "csvkit/recognize/readings_of_text.h"
#include "csvkit/recognize/word_check.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct words {
    const char *text; /* UTF-8 */
    size_t words, odd;
};

START_TEST(odd_words)
{
    static const struct words rows[] = {
        /* ASCII alone says nothing, and a word counts once. */
        {"plain words 1,2\n", 0, 0},
        {"größe größe;größe\n", 1, 0},
        {"größe Größe GRÖßE\n", 3, 0},
        /* Case. */
        {"Müller MÜLLER Jörg Čapek\n", 4, 0},
        {"MŠnchen strAßE lÜge KöLN\n", 4, 3},
        {"ISTANBUL ISPARTAı IsPARTA\n", 1, 0},
        /* Signs. */
        {"5€ °C 3² Ende… «mot» l’été aujourd’hui\n", 7, 0},
        {"K”ln M³nster na¤e ╔ab ═ ▒\n", 6, 6},
        /* Alphabets. */
        {"Москва Αθήνα ไทย שלום مرحبا\n", 5, 0},
        {"Мosква Αтены\n", 2, 2},
        {"USBケーブル T恤 商品ABC\n", 3, 0},
        {"M黮ler ｱb\n", 2, 2},
        /* A final letter of Hebrew within a word. */
        {"שלום שלוםו\n", 2, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct word_counts got;
        struct csvk_bytes text = {(const unsigned char *)rows[i].text, strlen(rows[i].text)};
        ck_assert_int_eq(csvk_count_words(text, &got), CSVK_OK);
        ck_assert_msg(got.words == rows[i].words && got.odd == rows[i].odd && !got.no_text,
                      "%zu: %zu words, %zu odd, %d", i, got.words, got.odd, got.no_text);
    }
}
END_TEST

START_TEST(what_text_does_not_have)
{
    static const char *const rows[] = {"a\xc2\x85", "\xee\x80\x80", "\xcd\xb8"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct word_counts got;
        struct csvk_bytes text = {(const unsigned char *)rows[i], strlen(rows[i])};
        ck_assert_int_eq(csvk_count_words(text, &got), CSVK_OK);
        ck_assert_msg(got.no_text, "%zu", i);
    }
}
END_TEST

START_TEST(alphabets)
{
    struct word_counts got;
    static const char text[] = "größe Москва Αθήνα שלום";
    struct csvk_bytes bytes = {(const unsigned char *)text, strlen(text)};
    ck_assert_int_eq(csvk_count_words(bytes, &got), CSVK_OK);
    ck_assert_uint_eq(got.latin, 1);
    ck_assert_uint_eq(got.cased, 2);
}
END_TEST

START_TEST(many_words)
{
    /* More words than are looked at, and one without end: it ends, with bounds. */
    struct csvk_buf text = CSVK_BUF_INIT;
    for (unsigned i = 0; i < 20000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text, "é%c%c%c%c ", 'a' + (int)(i / 676 % 26),
                                         'a' + (int)(i / 26 % 26), 'a' + (int)(i % 26),
                                         'a' + (int)(i / 17576 % 26)),
                         CSVK_OK);
    }
    for (unsigned i = 0; i < 10000; i++) {
        ck_assert_int_eq(csvk_buf_puts(&text, "é"), CSVK_OK);
    }
    struct word_counts got;
    ck_assert_int_eq(csvk_count_words((struct csvk_bytes){text.data, text.length}, &got), CSVK_OK);
    ck_assert_uint_eq(got.words, 4096);
    csvk_buf_release(&text);
}
END_TEST

/* Every row of the table is an encoding that iconv knows, and has a name at the detector. */
START_TEST(the_table_of_encodings)
{
    static const unsigned char text[] = "ab";
    for (int i = 0; i < CSVK_ENCODINGS; i++) {
        struct text_reading got;
        ck_assert_int_eq(csvk_read_text((struct csvk_bytes){text, 2}, i, &got), CSVK_OK);
        ck_assert_msg(got.possible, "%s", csvk_encoding_at(i));
    }
    int western = csvk_encoding_of_charset("ISO-8859-1");
    ck_assert_str_eq(csvk_encoding_at(western), "WINDOWS-1252");
    ck_assert_str_eq(csvk_encoding_at(csvk_encoding_of_charset("ISO-8859-15")), "ISO-8859-15");
    ck_assert_int_eq(csvk_encoding_of_charset("ISO-8859-3"), CSVK_NO_ENCODING);
    ck_assert_int_eq(csvk_encoding_of_charset(""), CSVK_NO_ENCODING);
    int first = csvk_encoding_sibling(western, CSVK_NO_ENCODING);
    ck_assert_str_eq(csvk_encoding_at(first), "ISO-8859-15");
    ck_assert_str_eq(csvk_encoding_at(csvk_encoding_sibling(western, first)), "WINDOWS-1254");
    ck_assert_int_eq(csvk_encoding_sibling(csvk_encoding_of_charset("BIG5"), CSVK_NO_ENCODING),
                     CSVK_NO_ENCODING);
    struct text_reading cut, ill;
    ck_assert_int_eq(csvk_read_text((struct csvk_bytes){(const unsigned char *)"\xb0\xa1\xb0", 3},
                                    csvk_encoding_of_charset("UHC"), &cut),
                     CSVK_OK);
    ck_assert(cut.possible); /* the end has cut a character */
    ck_assert_int_eq(csvk_read_text((struct csvk_bytes){(const unsigned char *)"\xb0\xff x", 4},
                                    csvk_encoding_of_charset("UHC"), &ill),
                     CSVK_OK);
    ck_assert(!ill.possible);
    ck_assert_uint_eq(csvk_reading_oddity(&ill), 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("words");
    TCase *all = tcase_create("words");
    tcase_add_test(all, odd_words);
    tcase_add_test(all, what_text_does_not_have);
    tcase_add_test(all, alphabets);
    tcase_add_test(all, many_words);
    tcase_add_test(all, the_table_of_encodings);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
