/*
 * test_writer.c - the writer of values: what it writes is read back as the same values; what cannot
 * be written leaves nothing behind; and csvk_field_value is the decoded value, for every kind of
 * field and dialect.
 */
#include "csvkit/writer.h"

#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

static struct csvk_buf out;
static struct csvk_error err;

static void release(void)
{
    csvk_buf_release(&out);
    ck_assert_int_eq(alloc_alive, 0);
}

static struct csvk_writer *new_writer(const struct csvk_writer_options *options)
{
    struct csvk_writer *writer;
    ck_assert_int_eq(csvk_writer_new(&writer, csvk_output_to_buf(&out), options, &err), CSVK_OK);
    return writer;
}

/* Values of one record, ended by NULL. */
static int put(struct csvk_writer *writer, const char *const *values)
{
    for (size_t i = 0; values[i] != NULL; i++) {
        ck_assert_int_eq(csvk_writer_field(writer, values[i], strlen(values[i]), &err), CSVK_OK);
    }
    return csvk_writer_end_record(writer, &err);
}
#define PUT(writer, ...) put(writer, (const char *const[]){__VA_ARGS__, NULL})

static void must_have_written(struct csvk_writer *writer, const char *text)
{
    ck_assert_int_eq(csvk_writer_flush(writer, &err), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), text);
}

START_TEST(what_is_written)
{
    struct csvk_writer_options options;
    csvk_writer_options_init(&options);
    struct csvk_writer *writer = new_writer(&options);
    ck_assert_int_eq(PUT(writer, "id", "a name"), CSVK_OK);
    ck_assert_int_eq(PUT(writer, "1", "x, \"y\"\r\nz"), CSVK_OK);
    ck_assert_int_eq(PUT(writer, "#2", ""), CSVK_OK);
    ck_assert_uint_eq(csvk_writer_records(writer), 3);
    must_have_written(writer, "id,a name\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n\"#2\",\r\n");
    csvk_writer_free(writer);

    csvk_buf_clear(&out);
    options.quote = CSVK_WRITER_QUOTE_ALL;
    options.line_break = CSVK_EOL_LF;
    options.dialect.delimiter = ';';
    options.dialect.enclosure = '\'';
    writer = new_writer(&options);
    ck_assert_int_eq(PUT(writer, "it's", "\""), CSVK_OK);
    must_have_written(writer, "'it''s';'\"'\n");
    csvk_writer_free(writer);

    csvk_buf_clear(&out);
    csvk_writer_options_init(&options);
    writer = new_writer(&options); /* a record of one empty value is no empty line */
    ck_assert_int_eq(PUT(writer, ""), CSVK_OK);
    ck_assert_int_eq(csvk_writer_field(writer, NULL, 0, &err), CSVK_OK);
    ck_assert_int_eq(csvk_writer_end_record(writer, &err), CSVK_OK);
    must_have_written(writer, "\"\"\r\n\"\"\r\n");
    csvk_writer_free(writer);
}
END_TEST

START_TEST(what_cannot_be_written)
{
    struct csvk_writer_options options;
    csvk_writer_options_init(&options);
    options.dialect.enclosure = CSVK_NO_BYTE;
    struct csvk_writer *writer = new_writer(&options);
    ck_assert_int_eq(csvk_writer_end_record(writer, &err), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "record 1 has no value");
    ck_assert_int_eq(PUT(writer, "a", "b"), CSVK_OK);
    ck_assert_int_eq(PUT(writer, "a"), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "record 2 has 1 value, the first one has 2");
    ck_assert_int_eq(PUT(writer, "a", "b,c"), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "record 2 has a value that cannot be written"));
    ck_assert_int_eq(PUT(writer, "c", "d"), CSVK_OK); /* and goes on */
    ck_assert_int_eq(csvk_writer_field(writer, "e", 1, &err), CSVK_OK);
    ck_assert_int_eq(csvk_writer_flush(writer, &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_writer_field(writer, "f", 1, &err), CSVK_OK);
    ck_assert_int_eq(csvk_writer_end_record(writer, &err), CSVK_OK);
    ck_assert_uint_eq(csvk_writer_records(writer), 3);
    must_have_written(writer, "a,b\r\nc,d\r\ne,f\r\n");
    csvk_writer_free(writer);
}
END_TEST

static void refused(struct csvk_writer_options options)
{
    struct csvk_writer *writer = (struct csvk_writer *)&options;
    ck_assert_int_eq(csvk_writer_new(&writer, csvk_output_to_buf(&out), &options, &err),
                     CSVK_EUSAGE);
    ck_assert_ptr_null(writer);
}

START_TEST(options_that_are_refused)
{
    struct csvk_writer_options good, bad;
    csvk_writer_options_init(&good);
    bad = good;
    bad.size = 0;
    refused(bad);
    bad = good;
    bad.line_break = CSVK_EOL_CR;
    refused(bad);
    bad = good;
    bad.dialect.delimiter = '"';
    refused(bad);
    bad = good;
    bad.dialect.skip_blanks = true;
    refused(bad);
    bad = good;
    bad.dialect.enclosure = CSVK_NO_BYTE;
    bad.quote = CSVK_WRITER_QUOTE_ALL;
    refused(bad);
}
END_TEST

static int full(void *context, const void *bytes, size_t length, struct csvk_error *error)
{
    (void)bytes, (void)length;
    ++*(int *)context;
    return csvk_fail(error, CSVK_EIO, "the disk is full");
}

START_TEST(a_failure_of_the_output_is_final)
{
    struct csvk_writer_options options;
    int calls = 0;
    struct csvk_writer *writer;
    csvk_writer_options_init(&options);
    ck_assert_int_eq(csvk_writer_new(&writer, (struct csvk_output){full, &calls}, &options, &err),
                     CSVK_OK);
    ck_assert_int_eq(PUT(writer, "a"), CSVK_OK); /* gathered */
    ck_assert_int_eq(csvk_writer_flush(writer, &err), CSVK_EIO);
    memset(&err, 0, sizeof err);
    ck_assert_int_eq(csvk_writer_field(writer, "b", 1, &err), CSVK_EIO);
    ck_assert_str_eq(err.text, "the disk is full");
    ck_assert_int_eq(csvk_writer_end_record(writer, &err), CSVK_EIO);
    ck_assert_int_eq(csvk_writer_flush(writer, &err), CSVK_EIO);
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(csvk_writer_records(writer), 1);
    csvk_writer_free(writer);
    csvk_writer_free(NULL);
}
END_TEST

/* A random text of the bytes that matter. */
static size_t random_text(struct support_random *random, const char *bytes, unsigned char *to,
                          size_t most)
{
    size_t length = support_below(random, most + 1);
    for (size_t i = 0; i < length; i++) {
        to[i] = (unsigned char)bytes[support_below(random, strlen(bytes))];
    }
    return length;
}

/* Writes random records and reads them: the same values, and no fact about an enclosure. */
static void write_and_read(struct support_random *random, const struct csvk_writer_options *options)
{
    enum { RECORDS = 20, MOST = 6 };
    static unsigned char text[RECORDS][4][MOST];
    size_t length[RECORDS][4], width = 1 + support_below(random, 4), n = 0;
    struct csvk_writer *writer = new_writer(options);
    for (size_t r = 0; r < RECORDS; r++) {
        for (size_t i = 0; i < width; i++) {
            length[r][i] = random_text(random, "a,;\"'\r\n #\t=", text[r][i], MOST);
            ck_assert_int_eq(csvk_writer_field(writer, text[r][i], length[r][i], &err), CSVK_OK);
        }
        ck_assert_int_eq(csvk_writer_end_record(writer, &err), CSVK_OK);
    }
    ck_assert_int_eq(csvk_writer_flush(writer, &err), CSVK_OK);
    csvk_writer_free(writer);

    struct csvk_source *source;
    struct csvk_reader *reader;
    struct csvk_options reading;
    const struct csvk_batch *batch;
    struct csvk_buf room = CSVK_BUF_INIT;
    csvk_options_init(&reading);
    reading.dialect = options->dialect;
    reading.window = support_window(out.length);
    reading.detail = CSVK_FIELDS;
    ck_assert_int_eq(csvk_source_memory(&source, out.data, out.length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &reading, &err), CSVK_OK);
    while (csvk_reader_next(reader, &batch, &err) == CSVK_OK) {
        for (size_t k = 0; k < batch->nfacts; k++) {
            ck_assert_int_gt(batch->facts[k].kind, CSVK_FACT_UNCLOSED);
        }
        for (size_t k = 0; k < batch->nreported; k++, n++) {
            ck_assert_uint_eq(batch->records[k].nfields, width);
            for (size_t i = 0; i < width; i++) {
                struct csvk_bytes value;
                ck_assert_int_eq(
                    csvk_field_value(batch, &batch->records[k], i, &reading.dialect, &room, &value),
                    CSVK_OK);
                ck_assert_uint_eq(value.len, length[n][i]);
                ck_assert_int_eq(memcmp(value.ptr, text[n][i], value.len), 0);
            }
        }
    }
    ck_assert_uint_eq(n, RECORDS);
    csvk_buf_release(&room);
    csvk_reader_free(reader);
    csvk_source_free(source);
}

START_TEST(random_values_come_back)
{
    struct support_random random = {11};
    for (int round = 0; round < 2000; round++) {
        struct csvk_writer_options options;
        csvk_writer_options_init(&options);
        options.quote = (enum csvk_writer_quote)support_below(&random, 2);
        options.line_break = support_below(&random, 2) == 0 ? CSVK_EOL_LF : CSVK_EOL_CRLF;
        options.dialect.delimiter = support_below(&random, 2) == 0 ? ',' : ';';
        options.dialect.enclosure = support_below(&random, 2) == 0 ? '"' : '\'';
        write_and_read(&random, &options);
        csvk_buf_clear(&out);
    }
}
END_TEST

/* Of whatever is read, in whatever dialect. Returns how many values were views into the batch-> */
static size_t compare_values(const unsigned char *bytes, size_t length,
                             const struct csvk_dialect *dialect)
{
    struct csvk_source *source;
    struct csvk_reader *reader;
    struct csvk_options reading;
    const struct csvk_batch *batch;
    struct csvk_buf room = CSVK_BUF_INIT;
    size_t views = 0;
    csvk_options_init(&reading);
    reading.dialect = *dialect;
    reading.window = support_window(length);
    reading.detail = CSVK_FIELDS;
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &reading, &err), CSVK_OK);
    while (csvk_reader_next(reader, &batch, &err) == CSVK_OK) {
        for (size_t k = 0; k < batch->nreported; k++) {
            for (size_t i = 0; i < batch->records[k].nfields; i++) {
                unsigned char wanted[64];
                struct csvk_bytes value, raw = csvk_field_raw(batch, &batch->records[k], i);
                size_t n = csvk_field_decode(raw, dialect, wanted);
                ck_assert_int_eq(
                    csvk_field_value(batch, &batch->records[k], i, dialect, &room, &value),
                    CSVK_OK);
                ck_assert_uint_eq(value.len, n);
                ck_assert(n == 0 || memcmp(value.ptr, wanted, n) == 0);
                views += n != 0 && value.ptr >= raw.ptr && value.ptr < raw.ptr + raw.len;
            }
        }
    }
    csvk_buf_release(&room);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return views;
}

START_TEST(a_value_is_what_decoding_gives)
{
    struct csvk_dialect dialect[4] = {CSVK_DIALECT_RFC4180, CSVK_DIALECT_RFC4180,
                                      CSVK_DIALECT_RFC4180, CSVK_DIALECT_RFC4180};
    dialect[1].escape = '\\';
    dialect[2].skip_blanks = true;
    dialect[3].enclosure = CSVK_NO_BYTE;
    struct support_random random = {12};
    size_t views[4] = {0};
    for (int round = 0; round < 40000; round++) {
        unsigned char text[40];
        size_t length = random_text(&random, "ab,\"\"\\ \r\n", text, sizeof text);
        for (size_t d = 0; d < 4; d++) {
            views[d] += compare_values(text, length, &dialect[d]);
        }
    }
    for (size_t d = 0; d < 4; d++) {
        ck_assert_uint_gt(views[d], 10000); /* decoding is not needed for most fields */
    }
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    struct csvk_writer_options options;
    csvk_writer_options_init(&options);
    int status = CSVK_ENOMEM;
    long n = 0;
    for (; n < 100 && status != CSVK_OK; n++) {
        struct csvk_writer *writer;
        alloc_countdown = n;
        status = csvk_writer_new(&writer, csvk_output_to_buf(&out), &options, &err);
        for (int i = 0; i < 40 && status == CSVK_OK; i++) {
            status = csvk_writer_field(writer, "value, ", 7, &err);
        }
        status = status == CSVK_OK ? csvk_writer_end_record(writer, &err) : status;
        status = status == CSVK_OK ? csvk_writer_flush(writer, &err) : status;
        alloc_countdown = -1;
        csvk_writer_free(writer);
        ck_assert(status == CSVK_OK || status == CSVK_ENOMEM);
        ck_assert(status == CSVK_OK || err.status == CSVK_ENOMEM);
        csvk_buf_release(&out);
        ck_assert_int_eq(alloc_alive, 0);
    }
    ck_assert_int_eq(status, CSVK_OK);
    ck_assert_int_gt(n, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    TCase *tcase = tcase_create("writer");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, release);
    tcase_add_test(tcase, what_is_written);
    tcase_add_test(tcase, what_cannot_be_written);
    tcase_add_test(tcase, options_that_are_refused);
    tcase_add_test(tcase, a_failure_of_the_output_is_final);
    tcase_add_test(tcase, random_values_come_back);
    tcase_add_test(tcase, a_value_is_what_decoding_gives);
    tcase_add_test(tcase, every_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
