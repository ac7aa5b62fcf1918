/*
 * test_source.c - bytes in: the same text from file, pipe and memory, plain and gzip, whatever the
 * size of the reads; damage reported at its place; what is refused.
 */
#include "csvkit/csvkit.h"
#include "tests/support/support.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

static const size_t read_sizes[] = {1, 2, 3, 7, 64, 4096, 65536, 300000};
enum { READ_SIZES = sizeof read_sizes / sizeof read_sizes[0] };

static char folder[] = "/tmp/csvkit-source-XXXXXX";

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void drop_folder(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

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

/* A text that compresses like a table, of `records` lines. */
static void add_table(struct csvk_buf *buf, unsigned records)
{
    unsigned seed = 12345;
    for (unsigned i = 0; i < records; i++) {
        seed = seed * 1103515245u + 12345u;
        ck_assert_int_eq(
            csvk_buf_printf(buf, "%u,\"name %u\",%x,,\"a \"\"b\"\"\"\r\n", i, seed >> 28, seed),
            CSVK_OK);
    }
}

static void write_file(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
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

/* A copy; all zero without a damage. */
static struct csvk_damage drain_memory(const void *bytes, size_t length, size_t size,
                                       struct csvk_buf *to)
{
    struct csvk_source *source;
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, NULL), CSVK_OK);
    ck_assert_int_eq(drain(source, size, to, NULL), CSVK_OK);
    const struct csvk_damage *found = csvk_source_damage(source);
    struct csvk_damage damage = found != NULL ? *found : (struct csvk_damage){.what = NULL};
    csvk_source_free(source);
    return damage;
}

static void assert_same(const struct csvk_buf *a, const struct csvk_buf *b)
{
    ck_assert_uint_eq(a->length, b->length);
    ck_assert(a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

static void assert_reads_as(const struct csvk_buf *file, const struct csvk_buf *text)
{
    for (size_t i = 0; i < READ_SIZES; i++) {
        struct csvk_buf got = CSVK_BUF_INIT;
        struct csvk_damage damage = drain_memory(file->data, file->length, read_sizes[i], &got);
        ck_assert_ptr_null(damage.what);
        assert_same(&got, text);
        csvk_buf_release(&got);
    }
}

/* Damage must be reported alike for small and large reads; bytes before it are a part of `text`. */
static struct csvk_damage assert_damaged(const struct csvk_buf *file)
{
    struct csvk_buf first = CSVK_BUF_INIT;
    struct csvk_damage small = drain_memory(file->data, file->length, 4096, &first);
    for (size_t i = 0; i < READ_SIZES; i += 3) {
        struct csvk_buf got = CSVK_BUF_INIT;
        struct csvk_damage damage = drain_memory(file->data, file->length, read_sizes[i], &got);
        ck_assert_ptr_eq(damage.what, small.what);
        ck_assert_uint_eq(damage.offset, small.offset);
        assert_same(&got, &first);
        csvk_buf_release(&got);
    }
    csvk_buf_release(&first);
    return small;
}

START_TEST(short_texts_are_plain)
{
    static const char *const texts[] = {"", "a", "ab", "abc", "\x1f", "\x1f\x8b", "\x1f\x8b\x07x"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        add(&text, texts[i], strlen(texts[i]));
        assert_reads_as(&text, &text);
        csvk_buf_release(&text);
    }
}
END_TEST

START_TEST(members_are_joined)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add_member(&file, "", 0, 6);
    for (int level = 0; level <= 9; level += 3) {
        size_t before = text.length;
        add_table(&text, 3000);
        add_member(&file, text.data + before, text.length - before, level);
        add_member(&file, "", 0, 6);
    }
    assert_reads_as(&file, &text);
    csvk_buf_release(&file);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(an_empty_member_is_an_empty_text)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add_member(&file, "", 0, 6);
    assert_reads_as(&file, &text);
    csvk_buf_release(&file);
}
END_TEST

/* Header with every optional field; the checksum is right unless `crc_flip` is set. */
static void add_full_header(struct csvk_buf *file, size_t extra, unsigned crc_flip)
{
    size_t begin = file->length;
    add(file, "\x1f\x8b\x08\x1e\0\0\0\0\0\3", 10);
    ck_assert_int_eq(csvk_buf_putc(file, (unsigned char)extra), CSVK_OK);
    ck_assert_int_eq(csvk_buf_putc(file, (unsigned char)(extra >> 8)), CSVK_OK);
    for (size_t i = 0; i < extra; i++) {
        ck_assert_int_eq(csvk_buf_putc(file, (unsigned char)i), CSVK_OK);
    }
    add(file, "../../etc/name\x1b[2J", 19);
    add(file, "comment", 8);
    unsigned long crc = crc32(0, file->data + begin, (unsigned)(file->length - begin)) ^ crc_flip;
    ck_assert_int_eq(csvk_buf_putc(file, (unsigned char)crc), CSVK_OK);
    ck_assert_int_eq(csvk_buf_putc(file, (unsigned char)(crc >> 8)), CSVK_OK);
}

static void add_with_full_header(struct csvk_buf *file, const char *text, size_t extra,
                                 unsigned crc_flip)
{
    struct csvk_buf member = CSVK_BUF_INIT;
    add_member(&member, text, strlen(text), 6);
    add_full_header(file, extra, crc_flip);
    add(file, member.data + 10, member.length - 10);
    csvk_buf_release(&member);
}

START_TEST(optional_header_fields_are_skipped)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add(&text, "a,b\n1,2\n", 8);
    add_with_full_header(&file, "a,b\n", 65535, 0);
    add_with_full_header(&file, "1,2\n", 0, 0);
    assert_reads_as(&file, &text);
    csvk_buf_clear(&file);
    add_with_full_header(&file, "a,b\n", 300, 1);
    ck_assert_str_eq(assert_damaged(&file).what, "header checksum differs");
    csvk_buf_clear(&file);
    add(&file, "\x1f\x8b\x08\x20\0\0\0\0\0\3xxxxxxxxxxx", 21);
    struct csvk_damage damage = assert_damaged(&file);
    ck_assert_str_eq(damage.what, "unknown header flags");
    ck_assert_uint_eq(damage.offset, 3);
    csvk_buf_release(&file);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(every_truncation_is_reported)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add_table(&text, 8);
    add_member(&file, text.data, text.length, 6);
    size_t first = file.length;
    add_member(&file, text.data, text.length, 1);
    for (size_t n = 3; n < file.length; n++) {
        struct csvk_buf cut = {file.data, n, file.capacity};
        if (n == first) {
            continue; /* a whole file of one member */
        }
        struct csvk_damage damage = assert_damaged(&cut);
        ck_assert_str_eq(damage.what, "truncated");
        ck_assert_uint_eq(damage.offset, n);
    }
    csvk_buf_release(&file);
    csvk_buf_release(&text);
}
END_TEST

/* A flipped bit is reported, or the text is the same (time stamp, level, system). */
START_TEST(every_flip_is_reported_or_harmless)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add_table(&text, 15);
    add_member(&file, text.data, text.length, 6);
    for (size_t bit = 3 * 8; bit < file.length * 8; bit++) {
        file.data[bit / 8] ^= (unsigned char)(1u << (bit % 8));
        struct csvk_buf got = CSVK_BUF_INIT;
        struct csvk_damage damage = drain_memory(file.data, file.length, 4096, &got);
        if (damage.what == NULL) {
            assert_same(&got, &text);
        } else {
            ck_assert_uint_le(damage.offset, file.length);
        }
        csvk_buf_release(&got);
        file.data[bit / 8] ^= (unsigned char)(1u << (bit % 8));
    }
    csvk_buf_release(&file);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(trailer_damage_has_a_name_and_a_place)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    add_member(&file, "a,b\n", 4, 6);
    file.data[file.length - 8] ^= 1;
    struct csvk_damage damage = assert_damaged(&file);
    ck_assert_str_eq(damage.what, "checksum differs");
    ck_assert_uint_eq(damage.offset, file.length - 8);
    file.data[file.length - 8] ^= 1;
    file.data[file.length - 1] ^= 1;
    damage = assert_damaged(&file);
    ck_assert_str_eq(damage.what, "length differs");
    ck_assert_uint_eq(damage.offset, file.length - 4);
    csvk_buf_release(&file);
}
END_TEST

START_TEST(bytes_after_the_end_are_reported)
{
    static const struct csvk_bytes tails[] = {
        {(const unsigned char *)"\0", 1},         {(const unsigned char *)"\0\0\0\0", 4},
        {(const unsigned char *)"\x1f\x8c", 2},   {(const unsigned char *)"x", 1},
        {(const unsigned char *)"\x1f\x8b\7", 3},
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        struct csvk_buf file = CSVK_BUF_INIT;
        add_member(&file, "a,b\n", 4, 6);
        size_t end = file.length;
        add(&file, tails[i].ptr, tails[i].len);
        struct csvk_damage damage = assert_damaged(&file);
        ck_assert_str_eq(damage.what, "bytes after the end");
        ck_assert_uint_eq(damage.offset, end);
        csvk_buf_release(&file);
    }
}
END_TEST

/* A child that writes `file` into a pipe in pieces of `step`; returns the reading end. */
static int pipe_of(const struct csvk_buf *file, size_t step, pid_t *child)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    *child = fork();
    if (*child == 0) {
        close(ends[0]);
        for (size_t at = 0; at < file->length; at += step) {
            size_t n = file->length - at < step ? file->length - at : step;
            if (write(ends[1], file->data + at, n) != (ssize_t)n) {
                _exit(1);
            }
            if (step == 500) {
                usleep(1000); /* so that the reader waits */
            }
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void drain_pipe(const struct csvk_buf *file, size_t step, struct csvk_buf *got)
{
    pid_t child;
    int end = pipe_of(file, step, &child);
    int saved = dup(0);
    ck_assert_int_eq(dup2(end, 0), 0);
    close(end);
    struct csvk_source *source;
    ck_assert_int_eq(csvk_source_open(&source, "-", NULL), CSVK_OK);
    ck_assert_str_eq(csvk_source_name(source), "standard input");
    ck_assert_uint_eq(csvk_source_file_size(source), 0);
    ck_assert_int_eq(drain(source, 5000, got, NULL), CSVK_OK);
    ck_assert_ptr_null(csvk_source_damage(source));
    csvk_source_free(source);
    ck_assert_int_eq(fcntl(0, F_GETFD), 0); /* standard input stays open */
    dup2(saved, 0);
    close(saved);
    int code;
    while (waitpid(child, &code, 0) < 0) {
        ck_assert_int_eq(errno, EINTR);
    }
    ck_assert_int_eq(code, 0);
}

static void drain_file(const struct csvk_buf *file, struct csvk_buf *got)
{
    write_file("some.csv", file->data, file->length);
    struct csvk_source *source;
    ck_assert_int_eq(csvk_source_open(&source, "some.csv", NULL), CSVK_OK);
    ck_assert_uint_eq(csvk_source_file_size(source), file->length);
    ck_assert_int_eq(drain(source, 5000, got, NULL), CSVK_OK);
    ck_assert_uint_eq(csvk_source_consumed(source), file->length);
    csvk_source_free(source);
}

START_TEST(file_pipe_and_memory_agree)
{
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT;
    add_table(&text, 2000);
    add_member(&file, text.data, text.length, 6);
    const struct csvk_buf *both[] = {&text, &file};
    for (size_t i = 0; i < 2; i++) {
        struct csvk_buf got = CSVK_BUF_INIT;
        drain_file(both[i], &got);
        assert_same(&got, &text);
        for (size_t step = 1; step < 100000; step *= 41) {
            csvk_buf_clear(&got);
            drain_pipe(both[i], step, &got);
            assert_same(&got, &text);
        }
        csvk_buf_release(&got);
    }
    csvk_buf_release(&file);
    csvk_buf_release(&text);
}
END_TEST

static void do_nothing(int number)
{
    (void)number;
}

/* A timer without SA_RESTART interrupts reads of a pipe whose writer takes its time. */
START_TEST(interrupted_reads_go_on)
{
    struct sigaction action = {.sa_handler = do_nothing}, before;
    struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT, got = CSVK_BUF_INIT;
    add_table(&text, 2000);
    add_member(&file, text.data, text.length, 6);
    ck_assert_int_eq(sigaction(SIGALRM, &action, &before), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    drain_pipe(&file, 500, &got);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
    ck_assert_int_eq(sigaction(SIGALRM, &before, NULL), 0);
    assert_same(&got, &text);
    csvk_buf_release(&text);
    csvk_buf_release(&file);
    csvk_buf_release(&got);
}
END_TEST

START_TEST(standard_input_may_begin_inside_a_file)
{
    write_file("some.csv", "skip\na,b\n", 9);
    int saved = dup(0), fd = open("some.csv", O_RDONLY);
    ck_assert_int_eq(lseek(fd, 5, SEEK_SET), 5);
    ck_assert_int_eq(dup2(fd, 0), 0);
    struct csvk_source *source;
    struct csvk_buf got = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_source_open(&source, "-", NULL), CSVK_OK);
    ck_assert_uint_eq(csvk_source_file_size(source), 4);
    ck_assert_int_eq(drain(source, 3, &got, NULL), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&got), "a,b\n");
    csvk_source_free(source);
    csvk_buf_release(&got);
    close(fd);
    dup2(saved, 0);
    close(saved);
}
END_TEST

static int open_status(const char *path, struct csvk_error *err)
{
    struct csvk_source *source;
    int status = csvk_source_open(&source, path, err);
    csvk_source_free(source);
    return status;
}

START_TEST(what_is_no_stream_is_refused)
{
    struct csvk_error err;
    ck_assert_int_eq(open_status("none.csv", &err), CSVK_EIO);
    ck_assert_int_eq(err.sys, ENOENT);
    ck_assert_str_eq(err.text, "cannot open none.csv: No such file or directory");
    ck_assert_int_eq(open_status(".", &err), CSVK_EIO);
    ck_assert_str_eq(err.text, "cannot read .: Is a directory");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "a-socket"};
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    ck_assert_int_eq(open_status("a-socket", &err), CSVK_EIO);
    ck_assert_str_eq(err.text, "cannot read a-socket: it is a socket");
    close(fd);
    ck_assert_int_eq(open_status("/dev/null", &err), CSVK_OK);
}
END_TEST

START_TEST(files_of_proc_can_be_read)
{
    struct csvk_source *source;
    struct csvk_buf got = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_source_open(&source, "/proc/self/status", NULL), CSVK_OK);
    ck_assert_int_eq(drain(source, 64, &got, NULL), CSVK_OK);
    ck_assert_uint_gt(got.length, 100);
    csvk_source_free(source);
    csvk_buf_release(&got);
}
END_TEST

enum change { GROWS, SHRINKS, REWRITTEN };

START_TEST(change_while_reading_is_noticed)
{
    for (enum change change = GROWS; change <= REWRITTEN; change++) {
        write_file("some.csv", "a,b\n1,2\n", 8);
        struct csvk_source *source;
        struct csvk_error err;
        struct csvk_buf got = CSVK_BUF_INIT;
        unsigned char first[2];
        size_t n;
        ck_assert_int_eq(csvk_source_open(&source, "some.csv", NULL), CSVK_OK);
        ck_assert_int_eq(csvk_source_read(source, first, 2, &n, NULL), CSVK_OK);
        struct timespec times[2] = {{1, 0}, {1, 0}};
        switch (change) {
        case GROWS: write_file("some.csv", "a,b\n1,2\n3,4\n", 12); break;
        case SHRINKS: ck_assert_int_eq(truncate("some.csv", 4), 0); break;
        case REWRITTEN: ck_assert_int_eq(utimensat(AT_FDCWD, "some.csv", times, 0), 0); break;
        }
        ck_assert_int_eq(drain(source, 2, &got, &err), CSVK_ECHANGED);
        ck_assert_str_eq(err.text, "some.csv was changed while it was read");
        csvk_source_free(source);
        csvk_buf_release(&got);
    }
}
END_TEST

START_TEST(slices_come_in_byte_order)
{
    ck_assert_int_eq(mkdir("table", 0700), 0);
    ck_assert_int_eq(mkdir("table/folder", 0700), 0);
    static const char *const names[] = {"table/b",  "table/B",       "table/a10",
                                        "table/a9", "table/.hidden", "table/\xc3\xa9"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        write_file(names[i], "x", 1);
    }
    ck_assert_int_eq(symlink("a9", "table/link"), 0);
    struct csvk_strings list = {0};
    ck_assert_int_eq(csvk_list_slices("table", &list, NULL), CSVK_OK);
    static const char *const expected[] = {"table/B", "table/a10",  "table/a9",
                                           "table/b", "table/link", "table/\xc3\xa9"};
    ck_assert_uint_eq(list.count, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(list.item[i], expected[i]);
    }
    csvk_strings_release(&list);
    struct csvk_error err;
    ck_assert_int_eq(symlink("nowhere", "table/dangling"), 0);
    ck_assert_int_eq(csvk_list_slices("table", &list, &err), CSVK_EIO);
    csvk_strings_release(&list);
    ck_assert_int_eq(csvk_list_slices("none", &list, &err), CSVK_EIO);
    ck_assert_str_eq(err.text, "cannot list none: No such file or directory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source");
    TCase *tcase = tcase_create("source");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, make_folder, drop_folder);
    tcase_add_test(tcase, short_texts_are_plain);
    tcase_add_test(tcase, members_are_joined);
    tcase_add_test(tcase, an_empty_member_is_an_empty_text);
    tcase_add_test(tcase, optional_header_fields_are_skipped);
    tcase_add_test(tcase, every_truncation_is_reported);
    tcase_add_test(tcase, every_flip_is_reported_or_harmless);
    tcase_add_test(tcase, trailer_damage_has_a_name_and_a_place);
    tcase_add_test(tcase, bytes_after_the_end_are_reported);
    tcase_add_test(tcase, file_pipe_and_memory_agree);
    tcase_add_test(tcase, interrupted_reads_go_on);
    tcase_add_test(tcase, standard_input_may_begin_inside_a_file);
    tcase_add_test(tcase, what_is_no_stream_is_refused);
    tcase_add_test(tcase, files_of_proc_can_be_read);
    tcase_add_test(tcase, change_while_reading_is_noticed);
    tcase_add_test(tcase, slices_come_in_byte_order);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
