/*
 * test_source_places.c - a source that others read at several places (csvkit/io/source_places.h):
 * it goes on behind what they have read, and the places stay what they are.
 */
#include "csvkit/csvkit.h"
#include "csvkit/io/source_places.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file that is gone once the source is. */
static void open_file(struct csvk_source **source, const unsigned char *bytes, size_t length)
{
    char path[] = "/tmp/csvkit-places-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    ck_assert_int_eq(close(fd), 0);
    ck_assert_int_eq(csvk_source_open(source, path, NULL), CSVK_OK);
    ck_assert_int_eq(unlink(path), 0);
}

static void fill_by_place(unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (unsigned char)(i % 251);
    }
}

/* The next read gives what stands at *at, up to `most` bytes of it. */
static void read_on(struct csvk_source *source, const unsigned char *bytes, size_t *at, size_t most)
{
    unsigned char room[1000];
    size_t got;
    ck_assert_int_eq(csvk_source_read(source, room, most, &got, NULL), CSVK_OK);
    ck_assert_uint_gt(got, 0);
    ck_assert_mem_eq(room, bytes + *at, got);
    *at += got;
}

/* What was read elsewhere is jumped over: places stay the same, and reads go on behind it. */
START_TEST(a_jump_moves_reads_and_no_place)
{
    static unsigned char bytes[600000], room[100000];
    fill_by_place(bytes, sizeof bytes);
    struct csvk_source *source;
    struct csvk_places places;
    size_t at = 0, got;
    open_file(&source, bytes, sizeof bytes);
    while (!csvk_source_places(source, &places)) {
        ck_assert_int_eq(csvk_source_read(source, room, sizeof room, &got, NULL), CSVK_OK);
        ck_assert_uint_ne(got, 0);
        at += got;
    }
    for (int jumps = 0; jumps < 2; jumps++) {
        csvk_source_jump(source, 1000);
        csvk_source_jump(source, 1);
        at += 1001;
        ck_assert(csvk_source_places(source, &places));
        ck_assert_uint_eq(places.start, 0);
        ck_assert_uint_eq(places.size, sizeof bytes);
        ck_assert(csvk_places_read(&places, 5, room, 10, &got));
        ck_assert_mem_eq(room, bytes + 5, 10);
        read_on(source, bytes, &at, 1000);
    }
    csvk_source_free(source);
}
END_TEST

/* Also over what was looked at, or read to see what the file is, and has not been delivered. */
START_TEST(a_jump_passes_what_is_held)
{
    static unsigned char bytes[60000];
    static const uint64_t jumps[] = {1, 2, 700, 300, 5000, 20000};
    fill_by_place(bytes, sizeof bytes);
    for (size_t start = 0; start < 6; start++) {
        struct csvk_source *source;
        struct csvk_places places;
        struct csvk_bytes seen;
        size_t looked_at = (const size_t[]){0, 1, 1000}[start / 2];
        size_t at = 0;
        open_file(&source, bytes, sizeof bytes);
        ck_assert_int_eq(csvk_source_peek(source, looked_at, &seen, NULL), CSVK_OK);
        if (looked_at == 0 || start % 2 == 0) { /* else it jumps before it is read */
            read_on(source, bytes, &at, 1);
        }
        ck_assert(csvk_source_places(source, &places));
        for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
            csvk_source_jump(source, jumps[i]);
            at += jumps[i];
            read_on(source, bytes, &at, 3);
        }
        csvk_source_free(source);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source_places");
    TCase *tcase = tcase_create("source_places");
    tcase_add_test(tcase, a_jump_moves_reads_and_no_place);
    tcase_add_test(tcase, a_jump_passes_what_is_held);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
