/*
 * test_reader_fed.c - a reader that is fed tells the same as one that reads, however the bytes are
 * cut; sources made of functions and of descriptors give the bytes of the file.
 */
#include "csvkit/csvkit.h"
#include "tests/support/support.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const size_t pieces[] = {1, 2, 3, 5, 7, 64, 1000, 0};
enum { PIECES = sizeof pieces / sizeof pieces[0] };

static void assert_fed_alike(const void *bytes, size_t length, const struct csvk_options *options)
{
    struct csvk_buf want = CSVK_BUF_INIT;
    int status = support_reading(bytes, length, options, &want);
    for (int i = 0; i < PIECES; i++) {
        struct csvk_buf have = CSVK_BUF_INIT;
        ck_assert_int_eq(support_reading_fed(bytes, length, options, pieces[i], &have), status);
        if (status == CSVK_END) {
            ck_assert_str_eq(csvk_buf_text(&have), csvk_buf_text(&want));
        }
        csvk_buf_release(&have);
    }
    csvk_buf_release(&want);
}

static void assert_alike_at_every_detail(const void *bytes, size_t length, size_t window)
{
    for (int detail = CSVK_COUNTS; detail <= CSVK_FIELDS; detail++) {
        struct csvk_options options;
        csvk_options_init(&options);
        options.detail = (enum csvk_detail)detail;
        options.window = window;
        assert_fed_alike(bytes, length, &options);
    }
}

START_TEST(fed_and_read_are_alike)
{
    static const char *const texts[] = {
        "",
        "a",
        "\xef\xbb\xbf"
        "a,b\n1,2\n",
        "\xff\xfe"
        "a\0,\0b\0\n\0",
        "a,b\r\n1,\"x\r\ny\"\r\n\r\n3,4,5\r\n",
        "a,b\r1,2\r",
        "a,b\r\r\n1,2\r\r\n",
        "a,\"b",
        "a,b\n1,2\n\x1a",
        "a,b\n1,\"2\" x\n\"3\"\"\",4\n\xc3\xa9,\xff\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t length = i == 3 ? 10 : strlen(texts[i]);
        assert_alike_at_every_detail(texts[i], length, 0);
        assert_alike_at_every_detail(texts[i], length, 4);
    }
    static const char zeros[] = "a,b\n1,2\n\0\0\0";
    assert_alike_at_every_detail(zeros, sizeof zeros - 1, 0);
}
END_TEST

START_TEST(fed_and_read_are_alike_on_random_bytes)
{
    static const char alphabet[] = "ab,,\"\"\n\r\n \xc3\xa9\\";
    struct support_random random = {(uint64_t)_i + 1};
    char text[600];
    size_t length = support_below(&random, sizeof text);
    for (size_t i = 0; i < length; i++) {
        text[i] = alphabet[support_below(&random, sizeof alphabet - 1)];
    }
    assert_alike_at_every_detail(text, length, 1 + support_below(&random, 100));
}
END_TEST

/* A record that is not kept in memory comes in pieces, and food may end within each of them. */
START_TEST(oversize_records_are_fed_alike)
{
    static char text[70000];
    memset(text, 'x', sizeof text);
    memcpy(text, "a,b\n1,\"", 7);
    memcpy(text + sizeof text - 7, "\",\n3,4\n", 7);
    struct csvk_options options;
    csvk_options_init(&options);
    options.max_record = 500;
    options.window = 300;
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    ck_assert_int_eq(support_reading((unsigned char *)text, sizeof text, &options, &want),
                     CSVK_END);
    ck_assert_int_eq(support_reading_fed((unsigned char *)text, sizeof text, &options, 77, &have),
                     CSVK_END);
    ck_assert_str_eq(csvk_buf_text(&have), csvk_buf_text(&want));
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

/* A record that grows by single bytes is not looked at from its beginning each time. */
START_TEST(a_long_record_by_single_bytes_is_no_harm)
{
    enum { LENGTH = 1000000 };
    char *text = csvk_malloc(LENGTH);
    memset(text, 'x', LENGTH);
    text[0] = '"';
    text[LENGTH - 1] = '"';
    struct csvk_options options;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = 1;
    struct csvk_buf have = CSVK_BUF_INIT;
    ck_assert_int_eq(support_reading_fed((unsigned char *)text, LENGTH, &options, 1, &have),
                     CSVK_END);
    csvk_buf_release(&have);
    csvk_free(text);
}
END_TEST

START_TEST(food_is_refused_where_it_cannot_be_taken)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    struct csvk_source *source = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    ck_assert_int_eq(csvk_reader_new_fed(&reader, "socket", &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_HUNGRY);
    ck_assert_int_eq(csvk_feed(reader, "a,b\n", 4, NULL), CSVK_OK);
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_feed(reader, "b\n", 2, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "socket: bytes are left"));
    ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_OK);
    ck_assert_uint_eq(batch->nrecords, 1);
    ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_HUNGRY);
    ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_HUNGRY);
    csvk_feed_end(reader);
    ck_assert_int_eq(csvk_feed(reader, "b\n", 2, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "after csvk_feed_end"));
    int status = csvk_reader_next(reader, &batch, NULL);
    ck_assert_int_eq(status == CSVK_OK ? csvk_reader_next(reader, &batch, NULL) : status, CSVK_END);
    csvk_reader_free(reader);
    ck_assert_int_eq(csvk_source_memory(&source, "a\n", 2, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_feed(reader, "b\n", 2, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "has a source"));
    csvk_reader_free(reader);
    csvk_source_free(source);
}
END_TEST

/* ---- sources of functions and descriptors ---- */

struct trickle {
    const char *bytes;
    size_t left;
    int closed;
    bool fails;
};

static int trickle_read(void *context, void *bytes, size_t capacity, size_t *got,
                        struct csvk_error *err)
{
    struct trickle *t = context;
    (void)capacity;
    if (t->fails && t->left < 3) {
        *got = 1; /* counts for nothing after a failure */
        return csvk_fail(err, CSVK_EOTHER - 1, "the line is dead");
    }
    *got = t->left != 0 ? 1 : 0;
    if (*got != 0) {
        *(char *)bytes = *t->bytes++;
        t->left--;
    }
    return CSVK_OK;
}

static void trickle_close(void *context)
{
    ((struct trickle *)context)->closed++;
}

static int drain(struct csvk_source *source, struct csvk_buf *out, struct csvk_error *err)
{
    char bytes[16];
    size_t got = 1;
    int status = CSVK_OK;
    while (status == CSVK_OK && got != 0) {
        status = csvk_source_read(source, bytes, sizeof bytes, &got, err);
        if (status == CSVK_OK) {
            status = csvk_buf_add(out, bytes, got);
        }
    }
    return status;
}

START_TEST(a_source_of_functions_gives_their_bytes)
{
    struct csvk_buf packed = CSVK_BUF_INIT, got = CSVK_BUF_INIT;
    support_gzip("a,b\n1,2\n", 8, &packed);
    for (int i = 0; i < 2; i++) {
        struct trickle t = {"a,b\n1,2\n", 8, 0, false};
        if (i == 1) {
            t = (struct trickle){csvk_buf_text(&packed), packed.length, 0, false};
        }
        struct csvk_input input = {sizeof input,  "trickle", trickle_read,
                                   trickle_close, &t,        t.left};
        struct csvk_source *source = NULL;
        csvk_buf_clear(&got);
        ck_assert_int_eq(csvk_source_input(&source, &input, NULL), CSVK_OK);
        ck_assert_str_eq(csvk_source_name(source), "trickle");
        ck_assert_uint_eq(csvk_source_file_size(source), input.length);
        ck_assert_int_eq(drain(source, &got, NULL), CSVK_OK);
        ck_assert_str_eq(csvk_buf_text(&got), "a,b\n1,2\n");
        ck_assert_uint_eq(csvk_source_consumed(source), i == 0 ? 8 : packed.length);
        ck_assert_int_eq(t.closed, 0);
        csvk_source_free(source);
        ck_assert_int_eq(t.closed, 1);
    }
    csvk_buf_release(&packed);
    csvk_buf_release(&got);
}
END_TEST

START_TEST(a_failure_of_the_function_is_that_of_the_source)
{
    struct trickle t = {"a,b\n1,2\n", 8, 0, true};
    struct csvk_input input = {sizeof input, "trickle", trickle_read, NULL, &t, 0};
    struct csvk_source *source = NULL;
    struct csvk_buf got = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_source_input(&source, &input, NULL), CSVK_OK);
    ck_assert_int_eq(drain(source, &got, &err), CSVK_EOTHER - 1);
    ck_assert_str_eq(err.text, "the line is dead");
    csvk_source_free(source);
    csvk_buf_release(&got);
    input.read = NULL;
    ck_assert_int_eq(csvk_source_input(&source, &input, NULL), CSVK_EUSAGE);
    ck_assert_ptr_null(source);
}
END_TEST

START_TEST(a_socket_is_read_and_stays_open)
{
    int pair[2];
    struct csvk_source *source = NULL;
    struct csvk_buf got = CSVK_BUF_INIT;
    char byte;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(write(pair[0], "a,b\n1,2\n", 8), 8);
    ck_assert_int_eq(shutdown(pair[0], SHUT_WR), 0);
    ck_assert_int_eq(csvk_source_fd(&source, pair[1], "peer", NULL), CSVK_OK);
    ck_assert_int_eq(drain(source, &got, NULL), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&got), "a,b\n1,2\n");
    ck_assert_str_eq(csvk_source_name(source), "peer");
    csvk_source_free(source);
    ck_assert_int_eq(read(pair[1], &byte, 1), 0);
    close(pair[0]);
    close(pair[1]);
    csvk_buf_release(&got);
    ck_assert_int_eq(csvk_source_fd(&source, pair[1], "closed", NULL), CSVK_EIO);
    ck_assert_ptr_null(source);
}
END_TEST

START_TEST(the_library_says_its_version)
{
    ck_assert_str_eq(csvk_version(), CSVK_VERSION);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader_fed");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, fed_and_read_are_alike);
    tcase_add_loop_test(tc, fed_and_read_are_alike_on_random_bytes, 0, 60);
    tcase_add_test(tc, oversize_records_are_fed_alike);
    tcase_add_test(tc, a_long_record_by_single_bytes_is_no_harm);
    tcase_add_test(tc, food_is_refused_where_it_cannot_be_taken);
    tcase_add_test(tc, a_source_of_functions_gives_their_bytes);
    tcase_add_test(tc, a_failure_of_the_function_is_that_of_the_source);
    tcase_add_test(tc, a_socket_is_read_and_stays_open);
    tcase_add_test(tc, the_library_says_its_version);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
