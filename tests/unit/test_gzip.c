/*
 * test_gzip.c - gzip members made in blocks by threads: zlib reads them as one member and gets the
 * text back; the bytes do not depend on threads or on how the text was handed over.
 */
#include "csvkit/io/deflate/deflate.h"
#include "csvkit/io/deflate/final_block/final_block.h"
#include "csvkit/io/deflate/gzip_writer.h"
#include "tests/support/support.h"

#include <check.h>
#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void add(struct csvk_buf *buf, const void *bytes, size_t length)
{
    ck_assert_int_eq(csvk_buf_add(buf, bytes, length), CSVK_OK);
}

static void add_table(struct csvk_buf *buf, size_t length)
{
    struct support_random random = {99};
    while (buf->length < length) {
        ck_assert_int_eq(csvk_buf_printf(buf, "%llu,name %zu,\"%zu \"\"x\"\"\",%zu,,true\n",
                                         (unsigned long long)support_next(&random),
                                         support_below(&random, 50), support_below(&random, 9999),
                                         support_below(&random, 3)),
                         CSVK_OK);
    }
    buf->length = length;
}

static void add_noise(struct csvk_buf *buf, size_t length)
{
    struct support_random random = {7};
    while (buf->length < length) {
        ck_assert_int_eq(csvk_buf_putc(buf, (unsigned char)(support_next(&random) >> 40)), CSVK_OK);
    }
}

static int to_buf(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

/* One member of `text`, handed over in steps of `step` bytes. */
static struct csvk_gzip_member make_member(const struct csvk_buf *text, size_t step,
                                           const struct csvk_gzip_options *options,
                                           struct csvk_buf *to)
{
    struct csvk_gzip *gzip;
    struct csvk_gzip_member member;
    struct csvk_gzip_output output = {to_buf, to};
    ck_assert_int_eq(csvk_gzip_new(&gzip, options, output, NULL), CSVK_OK);
    for (size_t at = 0; at < text->length; at += step) {
        size_t n = text->length - at < step ? text->length - at : step;
        ck_assert_int_eq(csvk_gzip_write(gzip, text->data + at, n, NULL), CSVK_OK);
    }
    ck_assert_int_eq(csvk_gzip_finish(gzip, &member, NULL), CSVK_OK);
    csvk_gzip_free(gzip);
    return member;
}

/* zlib must read exactly one member that is `text`. */
static void assert_one_member(const unsigned char *bytes, size_t length,
                              const struct csvk_buf *text)
{
    unsigned char *got = malloc(text->length + 1);
    ck_assert_ptr_nonnull(got);
    z_stream z = {0};
    ck_assert_int_eq(inflateInit2(&z, 31), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)bytes;
    z.avail_in = (unsigned)length;
    z.next_out = got;
    z.avail_out = (unsigned)text->length + 1;
    ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(z.avail_in, 0);
    ck_assert_uint_eq(z.total_out, text->length);
    ck_assert(text->length == 0 || memcmp(got, text->data, text->length) == 0);
    inflateEnd(&z);
    free(got);
}

static void assert_round_trip(const struct csvk_buf *text, const struct csvk_gzip_options *options)
{
    static const unsigned char header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_gzip_member member = make_member(text, 100000, options, &file);
    ck_assert_uint_eq(member.text, text->length);
    ck_assert_uint_eq(member.bytes, file.length);
    ck_assert_uint_eq(member.crc, crc32(0, text->data, (unsigned)text->length));
    ck_assert_int_eq(memcmp(file.data, header, sizeof header), 0);
    assert_one_member(file.data, file.length, text);
    csvk_buf_release(&file);
}

START_TEST(every_level_round_trips)
{
    struct csvk_buf table = CSVK_BUF_INIT, noise = CSVK_BUF_INIT, zeros = CSVK_BUF_INIT;
    add_table(&table, 400001);
    add_noise(&noise, 300000);
    for (int i = 0; i < 200000; i++) {
        add(&zeros, "", 1);
    }
    for (int level = 1; level <= 9; level++) {
        struct csvk_gzip_options options = {level, 2, 65536};
        assert_round_trip(&table, &options);
        assert_round_trip(&noise, &options);
        assert_round_trip(&zeros, &options);
    }
    csvk_buf_release(&table);
    csvk_buf_release(&noise);
    csvk_buf_release(&zeros);
}
END_TEST

/* Short texts and odd block sizes: every alignment of a piece's end comes up. */
START_TEST(every_length_round_trips)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    add_table(&text, 600);
    for (int level = 1; level <= 7; level += 3) {
        for (size_t n = 0; n <= 600; n++) {
            struct csvk_buf part = {text.data, n, text.capacity};
            struct csvk_gzip_options options = {level, 1, 1 + n % 97};
            assert_round_trip(&part, &options);
        }
    }
    csvk_buf_release(&text);
}
END_TEST

START_TEST(threads_and_steps_change_nothing)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    add_table(&text, 3000000);
    for (int level = 2; level <= 6; level++) {
        struct csvk_buf first = CSVK_BUF_INIT;
        for (size_t threads = 1; threads <= 4; threads++) {
            struct csvk_buf file = CSVK_BUF_INIT;
            struct csvk_gzip_options options = {level, threads, 50000};
            make_member(&text, threads * 12345, &options, threads == 1 ? &first : &file);
            if (threads > 1) {
                ck_assert_uint_eq(file.length, first.length);
                ck_assert_int_eq(memcmp(file.data, first.data, first.length), 0);
            }
            csvk_buf_release(&file);
        }
        csvk_buf_release(&first);
    }
    csvk_buf_release(&text);
}
END_TEST

/*
 * The bytes must not depend on where the engine's memory lies. Many engines at once lie in many
 * places; short texts, because it is the first positions of a block that once did.
 */
START_TEST(the_place_in_memory_changes_nothing)
{
    enum { PLACES = 64, TEXTS = 300, LENGTH = 300 };
    static struct csvk_deflater *deflater[PLACES];
    static unsigned char piece[2][2 * LENGTH + 8192];
    struct csvk_buf text = CSVK_BUF_INIT;
    add_table(&text, (size_t)TEXTS * LENGTH);
    for (size_t i = 0; i < PLACES; i++) {
        ck_assert_int_eq(csvk_deflater_new(&deflater[i], (int)(1 + i % 2), NULL), CSVK_OK);
    }
    for (size_t i = 0; i < (size_t)PLACES * TEXTS; i++) {
        struct csvk_bytes block = {text.data + i / PLACES * LENGTH, LENGTH};
        size_t place = i % PLACES, level = i % 2;
        static size_t first[2];
        if (place < 2) {
            first[level] = csvk_deflater_block(deflater[place], block, 0, piece[level]);
            continue;
        }
        unsigned char other[sizeof piece[0]];
        ck_assert_uint_eq(csvk_deflater_block(deflater[place], block, 0, other), first[level]);
        ck_assert_int_eq(memcmp(piece[level], other, first[level]), 0);
    }
    for (size_t i = 0; i < PLACES; i++) {
        csvk_deflater_free(deflater[i]);
    }
    csvk_buf_release(&text);
}
END_TEST

/* Of level 4, with blocks of CUT_BLOCK bytes; what comes out goes to `file`. */
enum { CUT_BLOCK = 20000 };
static struct csvk_gzip *open_cutter(size_t threads, struct csvk_buf *file)
{
    struct csvk_gzip *gzip;
    struct csvk_gzip_options options = {4, threads, CUT_BLOCK};
    struct csvk_gzip_output output = {to_buf, file};
    ck_assert_int_eq(csvk_gzip_new(&gzip, &options, output, NULL), CSVK_OK);
    return gzip;
}

/* Cuts whenever the estimate reaches `target`; notes where, and checks the sizes that come out. */
static void cut_at(const struct csvk_buf *text, uint64_t target, size_t threads,
                   struct csvk_buf *cuts)
{
    struct csvk_gzip_member member;
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_gzip *gzip = open_cutter(threads, &file);
    ck_assert_uint_eq(csvk_gzip_estimate(gzip), 0);
    size_t begin = 0;
    for (size_t at = 0; at < text->length; at += 1000) {
        ck_assert_int_eq(csvk_gzip_write(gzip, text->data + at, 1000, NULL), CSVK_OK);
        if (csvk_gzip_estimate(gzip) < target && at + 1000 < text->length) {
            continue;
        }
        ck_assert_int_eq(csvk_gzip_finish(gzip, &member, NULL), CSVK_OK);
        ck_assert_uint_eq(csvk_gzip_estimate(gzip), 0);
        struct csvk_buf part = {text->data + begin, at + 1000 - begin, 0};
        assert_one_member(file.data, file.length, &part);
        ck_assert_uint_eq(member.bytes, file.length);
        if (at + 1000 < text->length) {
            ck_assert_uint_gt(member.bytes, target - target / 20);
            ck_assert_uint_lt(member.bytes, target + target / 20);
        }
        ck_assert_int_eq(csvk_buf_printf(cuts, "%zu %u\n", at, member.crc), CSVK_OK);
        csvk_buf_clear(&file);
        begin = at + 1000;
    }
    csvk_gzip_free(gzip);
    csvk_buf_release(&file);
}

START_TEST(members_can_be_cut_near_a_size)
{
    struct csvk_buf text = CSVK_BUF_INIT, first = CSVK_BUF_INIT;
    add_table(&text, 5000000);
    cut_at(&text, 300000, 1, &first);
    ck_assert_uint_gt(first.length, 50);
    for (size_t threads = 2; threads <= 4; threads++) {
        struct csvk_buf cuts = CSVK_BUF_INIT;
        cut_at(&text, 300000, threads, &cuts);
        ck_assert_str_eq(csvk_buf_text(&cuts), csvk_buf_text(&first));
        csvk_buf_release(&cuts);
    }
    csvk_buf_release(&first);
    csvk_buf_release(&text);
}
END_TEST

/* As cut_at, but blocks are waited for: only the size of the block being filled is estimated. */
static void cut_after_waiting(const struct csvk_buf *text, uint64_t target, size_t threads,
                              struct csvk_buf *cuts)
{
    struct csvk_gzip_member member;
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_gzip *gzip = open_cutter(threads, &file);
    for (size_t at = 0; at < text->length; at += 1000) {
        ck_assert_int_eq(csvk_gzip_write(gzip, text->data + at, 1000, NULL), CSVK_OK);
        csvk_gzip_wait_until_below(gzip, target);
        if (csvk_gzip_estimate(gzip) < target) {
            continue;
        }
        ck_assert_int_eq(csvk_gzip_finish(gzip, &member, NULL), CSVK_OK);
        ck_assert_uint_gt(member.bytes + CUT_BLOCK, target);
        ck_assert_uint_lt(member.bytes, target + 8 * CUT_BLOCK);
        ck_assert_int_eq(csvk_buf_printf(cuts, "%zu %u\n", at, member.crc), CSVK_OK);
        csvk_buf_clear(&file);
    }
    csvk_gzip_free(gzip);
    csvk_buf_release(&file);
}

/* Text that changes from a table to noise and back, wherever that falls in a member. */
START_TEST(members_are_cut_nearer_after_waiting)
{
    struct csvk_buf text = CSVK_BUF_INIT, first = CSVK_BUF_INIT;
    struct support_random random = {3};
    for (int turn = 0; turn < 12; turn++) {
        add_table(&text, text.length + 1000 * (1 + support_below(&random, 400)));
        add_noise(&text, text.length + 1000 * (1 + support_below(&random, 200)));
    }
    for (uint64_t target = 150000; target <= 600000; target += 225000) {
        csvk_buf_clear(&first);
        cut_after_waiting(&text, target, 1, &first);
        ck_assert_uint_gt(first.length, 10);
        for (size_t threads = 2; threads <= 8; threads += 3) {
            struct csvk_buf cuts = CSVK_BUF_INIT;
            cut_after_waiting(&text, target, threads, &cuts);
            ck_assert_str_eq(csvk_buf_text(&cuts), csvk_buf_text(&first));
            csvk_buf_release(&cuts);
        }
    }
    csvk_buf_release(&first);
    csvk_buf_release(&text);
}
END_TEST

struct full_disk {
    size_t room;
};

static int to_full_disk(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)bytes;
    struct full_disk *disk = context;
    if (length > disk->room) {
        return csvk_fail_sys(err, ENOSPC, "cannot write x");
    }
    disk->room -= length;
    return CSVK_OK;
}

START_TEST(a_failed_write_is_reported_and_stays)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    add_table(&text, 1000000);
    for (size_t threads = 1; threads <= 3; threads++) {
        for (size_t room = 0; room < 300000; room += 70000) {
            struct full_disk disk = {room};
            struct csvk_gzip *gzip;
            struct csvk_error err = {0};
            struct csvk_gzip_options options = {1, threads, 30000};
            struct csvk_gzip_output output = {to_full_disk, &disk};
            ck_assert_int_eq(csvk_gzip_new(&gzip, &options, output, NULL), CSVK_OK);
            int status = csvk_gzip_write(gzip, text.data, text.length, &err);
            ck_assert(status == CSVK_OK || status == CSVK_EIO);
            ck_assert_int_eq(csvk_gzip_finish(gzip, NULL, &err), CSVK_EIO);
            ck_assert_int_eq(err.sys, ENOSPC);
            ck_assert_int_eq(csvk_gzip_write(gzip, "x", 1, NULL), CSVK_EIO);
            csvk_gzip_free(gzip);
        }
    }
    csvk_buf_release(&text);
}
END_TEST

/* Dropping a member in the middle, with threads at work, must not hang or leak. */
START_TEST(unfinished_members_are_dropped)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add_table(&text, 500000);
    for (size_t threads = 1; threads <= 3; threads++) {
        struct csvk_gzip *gzip;
        struct csvk_gzip_options options = {6, threads, 100000};
        struct csvk_gzip_output output = {to_buf, &file};
        ck_assert_int_eq(csvk_gzip_new(&gzip, &options, output, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_gzip_write(gzip, text.data, text.length, NULL), CSVK_OK);
        csvk_gzip_free(gzip);
    }
    csvk_buf_release(&text);
    csvk_buf_release(&file);
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
    struct csvk_gzip *gzip;
    struct csvk_gzip_output output = {to_buf, NULL};
    static const struct csvk_gzip_options bad[] = {{0, 1, 0}, {10, 1, 0}, {6, 1, (size_t)2 << 30}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(csvk_gzip_new(&gzip, &bad[i], output, NULL), CSVK_EUSAGE);
        ck_assert_ptr_null(gzip);
    }
}
END_TEST

/* What zlib makes of a stream must be what csvk_final_block_follow makes of it: where it ends, or
 * that it is bad.
 */
static void compare_with_zlib(const unsigned char *stream, size_t length)
{
    static unsigned char out[1 << 18];
    z_stream z = {0};
    ck_assert_int_eq(inflateInit2(&z, -15), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)stream;
    z.avail_in = (unsigned)length;
    int answer;
    do {
        z.next_out = out;
        z.avail_out = sizeof out;
        answer = inflate(&z, Z_NO_FLUSH);
    } while (answer == Z_OK && z.avail_out == 0);
    bool is_whole = answer == Z_STREAM_END && z.avail_in == 0;
    inflateEnd(&z);
    struct csvk_final_block block;
    int followed = csvk_final_block_follow((struct csvk_bytes){stream, length}, &block);
    if (is_whole) {
        ck_assert_int_eq(followed, 0);
        ck_assert_uint_eq((block.end + 7) / 8, length);
        ck_assert_uint_eq(stream[block.begin / 8] >> (block.begin % 8) & 1, 1);
    }
}

/* Streams of every kind of block, whole and damaged: it may not leave them (sanitizers). */
START_TEST(following_agrees_with_zlib)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct support_random random = {4711};
    add_table(&text, 90000);
    add_noise(&text, 100000);
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE};
    for (int round = 0; round < 40; round++) {
        unsigned char *stream = malloc(200000 + CSVK_FINAL_BLOCK_SLACK);
        ck_assert_ptr_nonnull(stream);
        z_stream z = {0};
        ck_assert_int_eq(deflateInit2(&z, round % 10, 8, -15, 1 + round % 9, strategies[round % 4]),
                         Z_OK);
        z.next_in = text.data + support_below(&random, 50000);
        z.avail_in = (unsigned)support_below(&random, 50000);
        z.next_out = stream;
        z.avail_out = 200000;
        ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
        size_t length = z.total_out;
        deflateEnd(&z);
        compare_with_zlib(stream, length);
        for (int damage = 0; damage < 50; damage++) {
            size_t cut = 1 + support_below(&random, length);
            unsigned char *copy = malloc(cut + CSVK_FINAL_BLOCK_SLACK);
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, stream, cut);
            memset(copy + cut, damage, CSVK_FINAL_BLOCK_SLACK);
            copy[support_below(&random, cut)] ^= (unsigned char)(1u << damage % 8);
            compare_with_zlib(copy, cut);
            free(copy);
        }
        free(stream);
    }
    csvk_buf_release(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gzip");
    TCase *tcase = tcase_create("gzip");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_level_round_trips);
    tcase_add_test(tcase, every_length_round_trips);
    tcase_add_test(tcase, threads_and_steps_change_nothing);
    tcase_add_test(tcase, the_place_in_memory_changes_nothing);
    tcase_add_test(tcase, members_can_be_cut_near_a_size);
    tcase_add_test(tcase, members_are_cut_nearer_after_waiting);
    tcase_add_test(tcase, a_failed_write_is_reported_and_stays);
    tcase_add_test(tcase, unfinished_members_are_dropped);
    tcase_add_test(tcase, options_out_of_range_are_refused);
    tcase_add_test(tcase, following_agrees_with_zlib);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
