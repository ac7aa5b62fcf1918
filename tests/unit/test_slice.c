/*
 * test_slice.c - random tables cut and joined: the same bytes back, whatever the number of threads,
 * the size of the reads, the form and the way of cutting; and sizes that were estimated hold.
 */
#include "manifest/slice.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], target[96];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "%s/csvkit-slice-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(target, sizeof target, "%s/table", folder);
}

static void remove_table(void)
{
    char path[256];
    struct csvk_strings files = {0};
    struct csvk_error err = {0};
    if (access(target, F_OK) == 0) {
        ck_assert_int_eq(csvk_list_slices(target, &files, &err), CSVK_OK);
    }
    for (size_t i = 0; i < files.count; i++) {
        unlink(files.item[i]);
    }
    csvk_strings_release(&files);
    rmdir(target);
    snprintf(path, sizeof path, "%s.manifest", target);
    unlink(path);
}

static void remove_folder(void)
{
    remove_table();
    ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder);
}

/* ---- one table there and back ---- */

static void add(struct csvk_buf *to, const char *text)
{
    ck_assert_int_eq(csvk_buf_puts(to, text), CSVK_OK);
}

/* Two columns; enclosures with line breaks, doubled enclosures and delimiters; the last line break
   may be missing. */
static void make_table(struct support_random *random, size_t records, struct csvk_buf *out)
{
    static const char *const values[] = {"",          "a",          "\"\"",     "\"x,\"\"y\"\"\"",
                                         "word",      "\"1\r\n2\"", "\"\n\n\"", "\xc5\xbe",
                                         "0123456789"};
    const char *eol = support_below(random, 2) == 0 ? "\n" : "\r\n";
    csvk_buf_clear(out);
    for (size_t i = 0; i < records; i++) {
        add(out, support_below(random, 2) == 0 ? "w" : values[support_below(random, 9)]);
        add(out, ",");
        add(out, values[support_below(random, 9)]);
        add(out, i + 1 == records && support_below(random, 3) == 0 ? "" : eol);
    }
}

static void feed(struct csvk_slicer *slicer, const struct csvk_buf *table, size_t window)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    const struct csvk_batch *batch;
    csvk_options_init(&how);
    how.detail = CSVK_RECORDS;
    how.window = window;
    ck_assert_int_eq(csvk_source_memory(&source, table->data, table->length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &how, &err), CSVK_OK);
    int status;
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        ck_assert_msg(csvk_slicer_feed(slicer, batch, 0, &err) == CSVK_OK, "%s", err.text);
    }
    ck_assert_int_eq(status, CSVK_END);
    csvk_reader_free(reader);
    csvk_source_free(source);
}

static void cut(const struct csvk_buf *table, const struct csvk_slice_options *how, size_t window)
{
    static const char manifest[] = "{}\n";
    struct csvk_bytes text = {(const unsigned char *)manifest, sizeof manifest - 1};
    struct csvk_error err = {0};
    struct csvk_slicer *slicer = NULL;
    ck_assert_msg(csvk_slicer_new(&slicer, how, &err) == CSVK_OK, "%s", err.text);
    feed(slicer, table, window);
    ck_assert_msg(csvk_slicer_finish(slicer, &err) == CSVK_OK, "%s", err.text);
    ck_assert_int_ne(access(target, F_OK), 0);
    ck_assert_msg(csvk_slicer_commit(slicer, &text, &err) == CSVK_OK, "%s", err.text);
    csvk_slicer_free(slicer);
}

/* Names and bytes of all files of the directory. */
static void read_files(struct csvk_buf *out)
{
    struct csvk_strings files = {0};
    struct csvk_error err = {0};
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_list_slices(target, &files, &err), CSVK_OK);
    for (size_t i = 0; i < files.count; i++) {
        size_t length;
        unsigned char *bytes = support_read_file(files.item[i], &length);
        ck_assert_ptr_nonnull(bytes);
        add(out, files.item[i]);
        ck_assert_int_eq(csvk_buf_add(out, bytes, length), CSVK_OK);
        free(bytes);
    }
    csvk_strings_release(&files);
}

static int collect(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

static void join(struct csvk_buf *out)
{
    struct csvk_merge_options how;
    struct csvk_merge_output output = {collect, out};
    struct csvk_merge_totals totals = {.size = sizeof totals};
    struct csvk_error err = {0};
    csvk_buf_clear(out);
    csvk_merge_options_init(&how);
    how.header = CSVK_MERGE_NONE;
    ck_assert_msg(csvk_merge(target, &how, output, &totals, &err) == CSVK_OK, "%s", err.text);
}

static void random_options(struct support_random *random, struct csvk_slice_options *how)
{
    csvk_slice_options_init(how);
    how->directory = target;
    how->cut = (enum csvk_slice_cut)support_below(random, 3);
    how->slice_size = 1 + support_below(random, 3000);
    how->records_each = 1 + support_below(random, 40);
    how->count = 1 + support_below(random, 9);
    how->form = support_below(random, 3) == 0 ? CSVK_SLICE_PLAIN : CSVK_SLICE_GZIP;
    /* Not 1 and 2: of 10,000 blocks one comes out of ISA-L's engine for them as other, equally good
       bytes when the engine's memory lies elsewhere, and so from another thread. */
    how->level = (int)(1 + support_below(random, 6));
    how->threads = 1;
}

START_TEST(there_and_back)
{
    static const size_t windows[] = {1, 7, 64, 4096, 0};
    struct support_random random = {(uint64_t)_i + 1};
    struct csvk_buf table = CSVK_BUF_INIT, first = CSVK_BUF_INIT, other = CSVK_BUF_INIT;
    struct csvk_slice_options how;
    make_folder();
    make_table(&random, support_below(&random, 300), &table);
    random_options(&random, &how);
    how.total = how.cut == CSVK_SLICE_BY_COUNT || _i % 2 == 0 ? table.length : 0;
    cut(&table, &how, windows[_i % 5]);
    read_files(&first);
    join(&other);
    ck_assert_uint_eq(other.length, table.length);
    ck_assert(table.length == 0 || memcmp(other.data, table.data, table.length) == 0);
    remove_table();
    how.threads = 1 + (size_t)_i % 4;
    cut(&table, &how, windows[(_i + 1) % 5]);
    read_files(&other);
    ck_assert_uint_eq(other.length, first.length);
    ck_assert(first.length == 0 || memcmp(other.data, first.data, first.length) == 0);
    remove_folder();
    csvk_buf_release(&table);
    csvk_buf_release(&first);
    csvk_buf_release(&other);
}
END_TEST

/* ---- what is promised of the parts ---- */

/* The fastest levels, many times. */
START_TEST(fast_levels_there_and_back)
{
    struct support_random random = {(uint64_t)_i + 1000};
    struct csvk_buf table = CSVK_BUF_INIT, back = CSVK_BUF_INIT;
    struct csvk_slice_options how;
    make_folder();
    make_table(&random, 200, &table);
    random_options(&random, &how);
    how.level = 1 + _i % 2;
    how.threads = 1 + (size_t)_i % 3;
    how.total = table.length;
    cut(&table, &how, 0);
    join(&back);
    ck_assert_uint_eq(back.length, table.length);
    ck_assert(memcmp(back.data, table.data, table.length) == 0);
    remove_folder();
    csvk_buf_release(&table);
    csvk_buf_release(&back);
}
END_TEST

START_TEST(records_are_counted)
{
    struct support_random random = {5};
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_slice_options how;
    struct csvk_slicer *slicer = NULL;
    struct csvk_error err = {0};
    size_t count;
    make_folder();
    make_table(&random, 100, &table);
    csvk_slice_options_init(&how);
    how.directory = target;
    how.cut = CSVK_SLICE_BY_RECORDS;
    how.records_each = 30;
    ck_assert_int_eq(csvk_slicer_new(&slicer, &how, &err), CSVK_OK);
    feed(slicer, &table, 3);
    ck_assert_int_eq(csvk_slicer_finish(slicer, &err), CSVK_OK);
    const struct csvk_slice *slice = csvk_slicer_slices(slicer, &count);
    ck_assert_uint_eq(count, 4);
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_eq(slice[i].records, i < 3 ? 30 : 10);
        bytes += slice[i].bytes;
    }
    ck_assert_uint_eq(bytes, table.length);
    csvk_slicer_free(slicer); /* not committed: nothing is left */
    ck_assert_int_ne(access(target, F_OK), 0);
    remove_folder();
    csvk_buf_release(&table);
}
END_TEST

/* An input without a line break at its end, then another one. */
START_TEST(inputs_are_joined_at_a_line_break)
{
    struct csvk_buf table = CSVK_BUF_INIT, back = CSVK_BUF_INIT;
    struct csvk_slice_options how;
    struct csvk_slicer *slicer = NULL;
    struct csvk_error err = {0};
    make_folder();
    csvk_slice_options_init(&how);
    how.directory = target;
    how.cut = CSVK_SLICE_BY_RECORDS;
    how.records_each = (uint64_t)_i + 1;
    add(&table, "1,2\r\n3,4");
    ck_assert_int_eq(csvk_slicer_new(&slicer, &how, &err), CSVK_OK);
    for (int i = 0; i < 3; i++) {
        feed(slicer, &table, 0);
        if (i < 2) {
            ck_assert_int_eq(csvk_slicer_break(slicer, CSVK_EOL_CRLF, &err), CSVK_OK);
        }
    }
    ck_assert_int_eq(csvk_slicer_finish(slicer, &err), CSVK_OK);
    ck_assert_int_eq(csvk_slicer_commit(slicer, NULL, &err), CSVK_OK);
    csvk_slicer_free(slicer);
    join(&back);
    ck_assert_str_eq(csvk_buf_text(&back), "1,2\r\n3,4\r\n1,2\r\n3,4\r\n1,2\r\n3,4");
    remove_folder();
    csvk_buf_release(&table);
    csvk_buf_release(&back);
}
END_TEST

START_TEST(options_out_of_range)
{
    struct csvk_slicer *slicer = NULL;
    struct csvk_slice_options how;
    struct csvk_error err = {0};
    make_folder();
    for (int i = 0; i < 7; i++) {
        csvk_slice_options_init(&how);
        how.directory = i == 6 ? ".." : target;
        how.cut = i == 3 ? CSVK_SLICE_BY_RECORDS : i == 4 ? CSVK_SLICE_BY_COUNT : how.cut;
        how.slice_size = i == 0 ? 0 : how.slice_size;
        how.least = i == 1 ? how.slice_size + 1 : 0;
        how.most = i == 2 ? how.slice_size - 1 : 0;
        how.level = i == 5 ? 0 : how.level;
        ck_assert_int_eq(csvk_slicer_new(&slicer, &how, &err), CSVK_EUSAGE);
        ck_assert_ptr_null(slicer);
    }
    remove_folder();
}
END_TEST

/* `records` of 3 bytes after a header, cut by count; how many records each slice gets. */
START_TEST(equal_parts_are_as_equal_as_records_allow)
{
    static const struct {
        size_t records, told; /* told: bytes of records that the total counts */
        uint64_t count;
        const char *parts;
    } row[] = {
        {12, 36, 3, "4 4 4 "},
        {10, 30, 4, "3 2 3 2 "},
        {2, 6, 3, "1 1 "},
        {12, 9, 2, "2 10 "},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        static const char text[] = "a long header\n1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n"
                                   "A\r\nB\r\nC\r\n";
        enum { HEADER = 14 };
        uint32_t end[13];
        for (size_t k = 0; k <= row[i].records; k++) {
            end[k] = (uint32_t)(HEADER + 3 * k);
        }
        struct csvk_batch batch = {.bytes = (const unsigned char *)text,
                                   .size = end[row[i].records],
                                   .nrecords = row[i].records + 1,
                                   .record_end = end};
        struct csvk_error err = {0};
        struct csvk_slicer *slicer = NULL;
        struct csvk_slice_options how;
        csvk_slice_options_init(&how);
        make_folder();
        how.directory = target;
        how.cut = CSVK_SLICE_BY_COUNT;
        how.form = CSVK_SLICE_PLAIN;
        how.count = row[i].count;
        how.total = HEADER + row[i].told;
        ck_assert_int_eq(csvk_slicer_new(&slicer, &how, &err), CSVK_OK);
        ck_assert_int_eq(csvk_slicer_feed(slicer, &batch, 1, &err), CSVK_OK);
        ck_assert_int_eq(csvk_slicer_finish(slicer, &err), CSVK_OK);
        char parts[64] = "";
        size_t count;
        const struct csvk_slice *slice = csvk_slicer_slices(slicer, &count);
        for (size_t k = 0; k < count; k++) {
            size_t used = strlen(parts);
            snprintf(parts + used, sizeof parts - used, "%d ", (int)slice[k].records);
        }
        ck_assert_str_eq(parts, row[i].parts);
        csvk_slicer_free(slicer);
        remove_folder();
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("slice");
    TCase *t = tcase_create("slice");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, there_and_back, 0, 300);
    tcase_add_loop_test(t, fast_levels_there_and_back, 0, 60);
    tcase_add_test(t, records_are_counted);
    tcase_add_loop_test(t, inputs_are_joined_at_a_line_break, 0, 4);
    tcase_add_test(t, options_out_of_range);
    tcase_add_test(t, equal_parts_are_as_equal_as_records_allow);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
