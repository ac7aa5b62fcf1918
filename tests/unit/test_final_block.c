/*
 * test_final_block.c - the last block of a stream, found from the end, is the one that following
 * from the beginning comes to; what only looks like a last block is not taken for one.
 */
#include "csvkit/io/deflate/final_block/final_block.h"
#include "csvkit/io/deflate/gzip_writer.h"
#include "tests/support/support.h"

#include <check.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = CSVK_GZIP_BLOCK, ROOM = 2 * MOST };

static unsigned char text[MOST], stream[ROOM];

/* A table whose columns change their nature from one stretch to the next. */
static size_t make_table(size_t length, uint64_t seed)
{
    struct support_random random = {seed};
    struct csvk_buf buf = CSVK_BUF_INIT;
    while (buf.length < length) {
        size_t below = (size_t)10 << (buf.length / 100000 * 3 % 50);
        ck_assert_int_eq(
            csvk_buf_printf(&buf, "%zu,name %zu,\"%zu \"\"x\"\"\",2024-05-%02zu,,true\n",
                            support_below(&random, below), support_below(&random, 5000),
                            support_below(&random, 99), 1 + support_below(&random, 28)),
            CSVK_OK);
    }
    memcpy(text, buf.data, length);
    csvk_buf_release(&buf);
    return length;
}

static void make_noise(unsigned char *at, size_t length, uint64_t seed)
{
    struct support_random random = {seed};
    for (size_t i = 0; i < length; i++) {
        at[i] = (unsigned char)(support_next(&random) >> 40);
    }
}

static size_t compress_text(size_t length, int level)
{
    struct libdeflate_compressor *engine = libdeflate_alloc_compressor(level);
    ck_assert_ptr_nonnull(engine);
    size_t size =
        libdeflate_deflate_compress(engine, text, length, stream, ROOM - CSVK_FINAL_BLOCK_SLACK);
    libdeflate_free_compressor(engine);
    ck_assert_uint_gt(size, 0);
    memset(stream + size, (int)(size % 251), CSVK_FINAL_BLOCK_SLACK);
    return size;
}

/* Was it found? If so it is the one that following finds. */
static bool find(struct csvk_final_block_search *last, size_t size, size_t length)
{
    struct csvk_final_block found, followed;
    ck_assert_int_eq(csvk_final_block_follow((struct csvk_bytes){stream, size}, &followed), 0);
    if (csvk_final_block_find(last, (struct csvk_bytes){stream, size},
                              (struct csvk_bytes){text, length}, &found) != 0) {
        return false;
    }
    ck_assert_uint_eq(found.begin, followed.begin);
    ck_assert_uint_eq(found.end, followed.end);
    return true;
}

START_TEST(tables_of_every_level_are_found)
{
    struct csvk_final_block_search *last = csvk_final_block_search_new();
    ck_assert_ptr_nonnull(last);
    for (int level = 1; level <= 9; level++) {
        for (size_t length = 150000; length <= MOST; length = 2 * length + 777) {
            make_table(length, length + (size_t)level);
            ck_assert_msg(find(last, compress_text(length, level), length), "level %d, %zu bytes",
                          level, length);
        }
    }
    csvk_final_block_search_free(last);
}
END_TEST

/* Found or not, never another one: short texts, noise, one byte again and again. */
START_TEST(no_other_block_is_taken)
{
    struct csvk_final_block_search *last = csvk_final_block_search_new();
    ck_assert_ptr_nonnull(last);
    for (size_t length = 1; length <= 40000; length = length * 3 / 2 + 1) {
        for (int level = 1; level <= 9; level += 4) {
            make_table(length, length);
            find(last, compress_text(length, level), length);
            make_noise(text, length / 2, length);
            find(last, compress_text(length, level), length);
            memset(text, 'x', length);
            find(last, compress_text(length, level), length);
        }
    }
    csvk_final_block_search_free(last);
}
END_TEST

/*
 * Noise is stored as it is. When its end is a whole stream of another text, the bits before the end
 * are a last block, but not of this stream.
 */
START_TEST(a_stream_within_the_text_is_no_last_block)
{
    enum { NOISE = 45000, INNER = 40000 };
    struct csvk_final_block_search *last = csvk_final_block_search_new();
    ck_assert_ptr_nonnull(last);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        make_table(INNER, seed);
        size_t inner = compress_text(INNER, 1);
        ck_assert(find(last, inner, INNER));
        make_noise(text, NOISE, seed);
        memcpy(text + NOISE, stream, inner);
        size_t size = compress_text(NOISE + inner, 1);
        ck_assert_uint_gt(size, NOISE + inner); /* stored */
        ck_assert_int_eq(memcmp(stream + size - inner, text + NOISE, inner), 0);
        ck_assert(!find(last, size, NOISE + inner));
    }
    csvk_final_block_search_free(last);
}
END_TEST

/* Damage must not lead the search out of the stream (sanitizers); what it finds makes the text. */
START_TEST(damaged_streams_are_survived)
{
    enum { LENGTH = 200000 };
    struct csvk_final_block_search *last = csvk_final_block_search_new();
    struct support_random random = {4711};
    ck_assert_ptr_nonnull(last);
    make_table(LENGTH, 5);
    size_t size = compress_text(LENGTH, 1);
    for (int damage = 0; damage < 200; damage++) {
        size_t cut = size - support_below(&random, 3);
        unsigned char *copy = malloc(cut + CSVK_FINAL_BLOCK_SLACK);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, stream, cut);
        memset(copy + cut, damage, CSVK_FINAL_BLOCK_SLACK);
        size_t behind = cut - 1 - support_below(&random, 30000);
        copy[behind] ^= (unsigned char)(1u << damage % 8);
        struct csvk_final_block found;
        int status = csvk_final_block_find(last, (struct csvk_bytes){copy, cut},
                                           (struct csvk_bytes){text, LENGTH}, &found);
        ck_assert(status == 0 || status == -1);
        ck_assert(status != 0 || (found.end <= 8 * (uint64_t)cut && found.begin < found.end));
        free(copy);
    }
    csvk_final_block_search_free(last);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("final_block");
    TCase *tcase = tcase_create("final_block");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, tables_of_every_level_are_found);
    tcase_add_test(tcase, no_other_block_is_taken);
    tcase_add_test(tcase, a_stream_within_the_text_is_no_last_block);
    tcase_add_test(tcase, damaged_streams_are_survived);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
