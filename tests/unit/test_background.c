/*
 * test_background.c - a compressed file that a thread of its own decompresses gives the records of
 * one that is read by one thread, also when it is damaged; a change of it is told, and nobody waits
 * for the thread when the reader is left early.
 */
#include "csvkit/extra/extra.h"
#include "tests/support/support.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { GZ_ROWS = 350000 };

/* Numbers that do not compress well, so that the file is longer than what is read at once. */
static void make_gzip(struct csvk_buf *gz)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct support_random random = {5};
    for (int i = 0; i < GZ_ROWS; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text, "%08zx,%s\n", support_below(&random, 0xffffffff),
                                         i % 997 == 0 ? "a\"b" : "c"),
                         CSVK_OK);
    }
    support_gzip(text.data, text.length, gz);
    csvk_buf_release(&text);
}

struct gz_reading {
    uint64_t records, facts, consumed;
    int status;
    bool damaged;
};

/* Reads to the end, or `most` batches. */
static struct gz_reading read_gzip(struct csvk_source *source, size_t threads, size_t most)
{
    struct gz_reading reading = {0, 0, 0, CSVK_OK, false};
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    struct csvk_bytes head;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.window = 10000; /* a block is taken in several pieces */
    ck_assert_int_eq(csvk_source_peek(source, 100, &head, NULL), CSVK_OK);
    ck_assert_str_eq(csvk_source_compression(source), "gzip");
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_use_threads(reader, threads, NULL), CSVK_OK);
    while (reading.status == CSVK_OK && most-- != 0) {
        reading.status = csvk_reader_next(reader, &batch, NULL);
        if (reading.status == CSVK_OK) {
            reading.records += batch->nrecords;
            reading.facts += batch->nfacts;
            ck_assert_uint_ge(csvk_source_consumed(source), reading.consumed);
            reading.consumed = csvk_source_consumed(source);
        }
    }
    csvk_reader_free(reader);
    reading.damaged = csvk_source_damage(source) != NULL;
    return reading;
}

static struct gz_reading read_gzip_bytes(const struct csvk_buf *gz, size_t length, size_t threads,
                                         size_t most)
{
    struct csvk_source *source = NULL;
    ck_assert_int_eq(csvk_source_memory(&source, gz->data, length, NULL), CSVK_OK);
    struct gz_reading reading = read_gzip(source, threads, most);
    csvk_source_free(source);
    return reading;
}

START_TEST(compressed_files_are_read_alike)
{
    struct csvk_buf gz = CSVK_BUF_INIT;
    make_gzip(&gz);
    for (size_t cut = 0; cut < 2; cut++) { /* whole, and damaged */
        size_t length = cut == 0 ? gz.length : gz.length * 2 / 3;
        struct gz_reading one = read_gzip_bytes(&gz, length, 1, SIZE_MAX);
        struct gz_reading two = read_gzip_bytes(&gz, length, 2, SIZE_MAX);
        ck_assert_int_eq(one.status, CSVK_END);
        ck_assert_int_eq(two.status, CSVK_END);
        ck_assert_uint_gt(one.records, cut == 0 ? GZ_ROWS - 1 : GZ_ROWS / 2);
        ck_assert_uint_eq(one.records, two.records);
        ck_assert_uint_eq(one.facts, two.facts);
        ck_assert_uint_eq(one.consumed, two.consumed);
        ck_assert(one.damaged == (cut == 1) && two.damaged == one.damaged);
    }
    csvk_buf_release(&gz);
}
END_TEST

START_TEST(compressed_files_may_be_left_early)
{
    struct csvk_buf gz = CSVK_BUF_INIT;
    make_gzip(&gz);
    for (size_t batches = 0; batches < 240; batches += 40) { /* the thread starts after 1 MiB */
        struct gz_reading reading = read_gzip_bytes(&gz, gz.length, 2, batches);
        ck_assert_int_eq(reading.status, CSVK_OK);
    }
    csvk_buf_release(&gz);
}
END_TEST

START_TEST(compressed_files_that_change_are_told)
{
    struct csvk_buf gz = CSVK_BUF_INIT;
    struct csvk_source *source = NULL;
    FILE *file = tmpfile();
    make_gzip(&gz);
    ck_assert_uint_gt(gz.length, 800000);
    ck_assert_uint_eq(fwrite(gz.data, 1, gz.length, file), gz.length);
    ck_assert_int_eq(fflush(file), 0);
    ck_assert_int_eq(lseek(fileno(file), 0, SEEK_SET), 0);
    ck_assert_int_eq(csvk_source_fd(&source, fileno(file), "changed", NULL), CSVK_OK);
    ck_assert_int_eq(ftruncate(fileno(file), 600000), 0);
    struct gz_reading reading = read_gzip(source, 2, SIZE_MAX);
    ck_assert_int_eq(reading.status, CSVK_ECHANGED);
    ck_assert_uint_gt(reading.records, 0);
    csvk_source_free(source);
    fclose(file);
    csvk_buf_release(&gz);
}
END_TEST

struct own_bytes {
    const struct csvk_buf *gz;
    size_t at;
    pthread_t owner;
};

static int read_own(void *context, void *bytes, size_t capacity, size_t *got,
                    struct csvk_error *err)
{
    struct own_bytes *own = context;
    size_t left = own->gz->length - own->at;
    (void)err;
    ck_assert(pthread_equal(pthread_self(), own->owner));
    *got = left < capacity ? left : capacity;
    memcpy(bytes, own->gz->data + own->at, *got);
    own->at += *got;
    return CSVK_OK;
}

/* Whoever gives the bytes need not know of threads, though their number is known. */
START_TEST(functions_are_called_by_the_owner)
{
    struct csvk_buf gz = CSVK_BUF_INIT;
    make_gzip(&gz);
    struct own_bytes own = {&gz, 0, pthread_self()};
    struct csvk_input input = {.size = sizeof input,
                               .name = "own",
                               .read = read_own,
                               .context = &own,
                               .length = gz.length};
    struct csvk_source *source = NULL;
    ck_assert_int_eq(csvk_source_input(&source, &input, NULL), CSVK_OK);
    struct gz_reading reading = read_gzip(source, 2, SIZE_MAX);
    ck_assert_int_eq(reading.status, CSVK_END);
    ck_assert_uint_gt(reading.records, GZ_ROWS - 1);
    csvk_source_free(source);
    csvk_buf_release(&gz);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("background");
    TCase *tcase = tcase_create("background");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, compressed_files_are_read_alike);
    tcase_add_test(tcase, compressed_files_may_be_left_early);
    tcase_add_test(tcase, compressed_files_that_change_are_told);
    tcase_add_test(tcase, functions_are_called_by_the_owner);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
