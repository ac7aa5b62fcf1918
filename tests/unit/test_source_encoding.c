/*
 * test_source_encoding.c - text in other encodings comes out as UTF-8, whatever the size of the
 * reads; illegal bytes are refused at their place.
 */
#include "csvkit/csvkit.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const size_t read_sizes[] = {1, 2, 3, 7, 64, 4096, 65536, 300000};
enum { READ_SIZES = sizeof read_sizes / sizeof read_sizes[0] };

static void add(struct csvk_buf *buf, const void *bytes, size_t length)
{
    ck_assert_int_eq(csvk_buf_add(buf, bytes, length), CSVK_OK);
}

/* Appends one gzip member. */
static void add_member(struct csvk_buf *buf, const void *bytes, size_t length, int level)
{
    unsigned char room[4096];
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)bytes;
    z.avail_in = (unsigned)length;
    int answer;
    do {
        z.next_out = room;
        z.avail_out = sizeof room;
        answer = deflate(&z, Z_FINISH);
        add(buf, room, sizeof room - z.avail_out);
    } while (answer == Z_OK);
    ck_assert_int_eq(answer, Z_STREAM_END);
    deflateEnd(&z);
}

/* Reads to the end in steps of `size`; returns the last status. */
static int drain(struct csvk_source *source, size_t size, struct csvk_buf *to,
                 struct csvk_error *err)
{
    unsigned char *room = malloc(size); /* exact, so that sanitizers see a byte too many */
    ck_assert_ptr_nonnull(room);
    int status;
    size_t got;
    do {
        status = csvk_source_read(source, room, size, &got, err);
        ck_assert_uint_le(got, size);
        if (status == CSVK_OK) {
            add(to, room, got);
        }
    } while (status == CSVK_OK && got > 0);
    free(room);
    return status;
}

static void assert_same(const struct csvk_buf *a, const struct csvk_buf *b)
{
    ck_assert_uint_eq(a->length, b->length);
    ck_assert(a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

struct encoded {
    const char *encoding, *bytes;
    size_t length;
    const char *text; /* NULL: refused */
    uint64_t offset;
};
#define BYTES(s) s, sizeof s - 1
static const struct encoded encoded[] = {
    {"ISO-8859-2", BYTES("\xbe,\xe8\n"), "\xc5\xbe,\xc4\x8d\n", 0},
    {"windows-1250", BYTES("\x9e\n"), "\xc5\xbe\n", 0},
    {"UTF-16",
     BYTES("\xff\xfe"
           "a\0,\0\x7e\1"),
     "a,\xc5\xbe", 0},
    {"UTF-16LE",
     BYTES("\xff\xfe"
           "a\0,\0\x7e\1"),
     "a,\xc5\xbe", 0},
    {"UTF-16BE", BYTES("\xfe\xff\0a\0,\1\x7e"), "a,\xc5\xbe", 0},
    {"UTF-32LE", BYTES("\xff\xfe\0\0a\0\0\0"), "a", 0},
    {"UTF-16LE", BYTES("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80", 0},
    {"utf-8",
     BYTES("\xef\xbb\xbf"
           "a"),
     "\xef\xbb\xbf"
     "a",
     0},
    {"UTF-8",
     BYTES("ab\xff"
           "c"),
     NULL, 2},
    {"UTF-16LE", BYTES("a\0b\0c"), NULL, 4},
    {"UTF-16LE",
     BYTES("a\0\x00\xde"
           "b\0"),
     NULL, 2},
    {"ASCII", BYTES("abc\x80"), NULL, 3},
    {"UTF-16LE", BYTES(""), "", 0},
};

static void check_encoded(const struct encoded *row, const void *file, size_t length, size_t size)
{
    struct csvk_source *source;
    struct csvk_error err = {0};
    struct csvk_buf got = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_source_memory(&source, file, length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_source_set_encoding(source, row->encoding, &err), CSVK_OK);
    int status = drain(source, size, &got, &err);
    if (row->text != NULL) {
        ck_assert_int_eq(status, CSVK_OK);
        ck_assert_str_eq(csvk_buf_text(&got), row->text);
    } else {
        ck_assert_int_eq(status, CSVK_EDATA);
        ck_assert_uint_eq(err.offset, row->offset);
    }
    csvk_source_free(source);
    csvk_buf_release(&got);
}

START_TEST(encodings_become_utf8)
{
    for (size_t i = 0; i < sizeof encoded / sizeof encoded[0]; i++) {
        struct csvk_buf file = CSVK_BUF_INIT;
        add_member(&file, encoded[i].bytes, encoded[i].length, 6);
        for (size_t k = 0; k < READ_SIZES; k++) {
            check_encoded(&encoded[i], encoded[i].bytes, encoded[i].length, read_sizes[k]);
            check_encoded(&encoded[i], file.data, file.length, read_sizes[k]);
        }
        csvk_buf_release(&file);
    }
}
END_TEST

/* Characters that straddle every inner buffer, and a bad one far inside. */
START_TEST(long_texts_are_converted_whole)
{
    struct csvk_buf text = CSVK_BUF_INIT, wide = CSVK_BUF_INIT;
    add(&wide, "\xff\xfe\x20\0", 4);
    add(&text, " ", 1);
    for (int i = 0; i < 100000; i++) {
        add(&wide, "\x3d\xd8\x00\xde", 4);
        add(&text, "\xf0\x9f\x98\x80", 4);
    }
    for (size_t i = 2; i < READ_SIZES; i++) {
        for (int bad = 0; bad <= 1; bad++) {
            size_t at = 4 + 4 * 77777;
            wide.data[at + 1] = bad ? 0xde : 0xd8;
            struct csvk_source *source;
            struct csvk_error err;
            struct csvk_buf got = CSVK_BUF_INIT;
            ck_assert_int_eq(csvk_source_memory(&source, wide.data, wide.length, NULL), CSVK_OK);
            ck_assert_int_eq(csvk_source_set_encoding(source, "UTF-16LE", NULL), CSVK_OK);
            ck_assert_int_eq(drain(source, read_sizes[i], &got, &err), bad ? CSVK_EDATA : CSVK_OK);
            struct csvk_buf expected = {text.data, bad ? 1 + 4 * 77777 : text.length, 0};
            assert_same(&got, &expected);
            ck_assert(!bad || err.offset == at);
            csvk_source_free(source);
            csvk_buf_release(&got);
        }
    }
    csvk_buf_release(&text);
    csvk_buf_release(&wide);
}
END_TEST

START_TEST(encodings_are_known_or_refused)
{
    struct csvk_source *source;
    struct csvk_error err;
    unsigned char byte;
    size_t got;
    ck_assert_int_eq(csvk_source_memory(&source, "ab", 2, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_source_set_encoding(source, "klingon", &err), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "unknown encoding 'klingon'");
    ck_assert_int_eq(csvk_source_set_encoding(source, "ASCII//IGNORE", &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_source_set_encoding(source, "", &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_source_read(source, &byte, 1, &got, &err), CSVK_OK);
    ck_assert_uint_eq(got, 1);
    ck_assert_int_eq(csvk_source_set_encoding(source, "latin1", &err), CSVK_EUSAGE);
    csvk_source_free(source);
}
END_TEST

/* What gzip damage has cut is reported as damage, once, and not as a bad character, too. */
START_TEST(damage_inside_a_character_is_damage)
{
    struct csvk_buf file = CSVK_BUF_INIT, got = CSVK_BUF_INIT;
    struct csvk_source *source;
    add_member(&file, "a\0b\0c", 5, 6);
    file.length -= 8;
    ck_assert_int_eq(csvk_source_memory(&source, file.data, file.length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_source_set_encoding(source, "UTF-16LE", NULL), CSVK_OK);
    ck_assert_int_eq(drain(source, 10, &got, NULL), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&got), "ab");
    ck_assert_str_eq(csvk_source_damage(source)->what, "truncated");
    csvk_source_free(source);
    csvk_buf_release(&file);
    csvk_buf_release(&got);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source encoding");
    TCase *tcase = tcase_create("source encoding");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, encodings_become_utf8);
    tcase_add_test(tcase, long_texts_are_converted_whole);
    tcase_add_test(tcase, encodings_are_known_or_refused);
    tcase_add_test(tcase, damage_inside_a_character_is_damage);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
