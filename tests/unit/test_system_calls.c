/*
 * test_system_calls.c - what the system may do to a call that nearly always does all at once: it is
 * interrupted, does a part of the work, or fails. And the order of those calls that make a file
 * durable before it gets its name.
 *
 * The functions of the C library that stand for these calls are defined here, and the linker
 * prefers them. Each writes down its first letter, fails or falls short as the test has asked for,
 * and else makes the call itself.
 */
#undef _FORTIFY_SOURCE /* its variants of read and pread are not the library's */
#include "csvkit/csvkit.h"
#include "manifest/slice.h"
#include "tests/support/support.h"
#include "validator/keys/keys_spill.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* What the next calls do; all of it is off when the test does not ask. */
static struct {
    bool on;
    bool interrupt;   /* every other transfer of bytes is interrupted */
    bool unready;     /* or the descriptor was not ready: that of a pipe, of a terminal */
    bool interrupted; /* the last one was */
    size_t most;      /* bytes that one transfer moves; 0: all */
    size_t lost;      /* bytes that a write says it has written, and has not */
    char fails;       /* the call with this letter fails, once: one of the log's */
    int error;        /* with this errno */
    char log[64];     /* f: fsync of a file, d: of a directory, r: rename, c: close of a file */
    size_t transfers;
} calls;

static void begin(void)
{
    memset(&calls, 0, sizeof calls);
    calls.on = true;
}

/* Writes the letter down. True: the call has to fail, and errno says how. */
static bool has_to_fail(char letter)
{
    size_t length = strlen(calls.log);
    if (!calls.on) {
        return false;
    }
    if (length + 1 < sizeof calls.log) {
        calls.log[length] = letter;
    }
    bool fails = calls.fails == letter;
    if (fails) {
        calls.fails = 0;
        errno = calls.error;
    }
    return fails;
}

static bool is_interrupted(void)
{
    calls.transfers += calls.on;
    calls.interrupted = calls.on && calls.interrupt && !calls.interrupted;
    if (calls.interrupted) {
        errno = calls.unready && calls.transfers % 4 == 1 ? EAGAIN : EINTR;
    }
    return calls.interrupted;
}

static size_t part_of(size_t length)
{
    return calls.on && calls.most != 0 && calls.most < length ? calls.most : length;
}

ssize_t read(int fd, void *bytes, size_t length)
{
    return is_interrupted() ? -1 : syscall(SYS_read, fd, bytes, part_of(length));
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    size_t lost = calls.on && calls.lost < length ? calls.lost : 0;
    if (is_interrupted()) {
        return -1;
    }
    ssize_t n = syscall(SYS_write, fd, bytes, part_of(length) - lost);
    return n < 0 ? n : n + (ssize_t)lost;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    const struct iovec *part = parts;
    while (part + 1 < parts + count && part->iov_len == 0) {
        part++;
    }
    return calls.on ? write(fd, part->iov_base, part->iov_len)
                    : syscall(SYS_writev, fd, parts, count);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t at)
{
    return is_interrupted() ? -1 : syscall(SYS_pread64, fd, bytes, part_of(length), at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    return is_interrupted() ? -1 : syscall(SYS_pwrite64, fd, bytes, part_of(length), at);
}

static bool is_directory(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

int fsync(int fd)
{
    return has_to_fail(is_directory(fd) ? 'd' : 'f') ? -1 : (int)syscall(SYS_fsync, fd);
}

int close(int fd)
{
    bool fails = calls.on && !is_directory(fd) && has_to_fail('c');
    int result = (int)syscall(SYS_close, fd);
    errno = fails ? calls.error : errno;
    return fails ? -1 : result;
}

int renameat(int from, const char *old, int to, const char *name)
{
    return has_to_fail('r') ? -1 : (int)syscall(SYS_renameat2, from, old, to, name, 0);
}

int renameat2(int from, const char *old, int to, const char *name, unsigned flags)
{
    return has_to_fail('r') ? -1 : (int)syscall(SYS_renameat2, from, old, to, name, flags);
}

/* ---- every test has a folder of its own, and is in it ---- */

static char folder[32];
static unsigned char text[300000];

static void make_folder(void)
{
    struct support_random random = {5};
    snprintf(folder, sizeof folder, "/tmp/csvkit-calls-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = i % 50 == 49 ? '\n' : (unsigned char)('a' + support_below(&random, 26));
    }
}

static void drop_folder(void)
{
    char command[64];
    calls.on = false;
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void assert_file(const char *name, const void *bytes, size_t length)
{
    size_t got;
    calls.on = false;
    unsigned char *file = support_read_file(name, &got);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(got, length);
    ck_assert_int_eq(memcmp(file, bytes, length), 0);
    free(file);
}

/* ---- sinks ---- */

/* Writes `text` in pieces of 1 to 200,000 bytes; answers the status of the commit. */
static int write_sink(const char *name, struct csvk_error *err)
{
    struct csvk_sink *sink;
    size_t at = 0;
    ck_assert_int_eq(csvk_sink_open(&sink, name, 0, err), CSVK_OK);
    for (size_t piece = 1; at < sizeof text; piece *= 3) {
        size_t n = piece < sizeof text - at ? piece : sizeof text - at;
        ck_assert_int_eq(csvk_sink_write(sink, text + at, n, err), CSVK_OK);
        at += n;
    }
    int status = csvk_sink_commit(sink, err);
    csvk_sink_free(sink);
    return status;
}

START_TEST(writes_that_are_interrupted_or_short_go_on)
{
    struct csvk_error err = {0};
    begin();
    calls.interrupt = calls.unready = true;
    calls.most = 10007;
    ck_assert_int_eq(write_sink("x.csv", &err), CSVK_OK);
    ck_assert_uint_ge(calls.transfers, 2 * sizeof text / 10007);
    assert_file("x.csv", text, sizeof text);
}
END_TEST

START_TEST(a_file_is_durable_before_it_gets_its_name)
{
    struct csvk_error err = {0};
    begin();
    ck_assert_int_eq(write_sink("x.csv", &err), CSVK_OK);
    ck_assert_str_eq(calls.log, "fcrd");
}
END_TEST

/* Before the rename the old file stands; after it the new one does, and the failure is told. */
START_TEST(a_commit_that_fails_is_reported)
{
    static const struct {
        char call;
        const char *log, *message;
        bool replaced;
    } row[] = {
        {'f', "fc", "cannot make x.csv durable: Input/output error", false},
        {'c', "fc", "cannot write x.csv: Input/output error", false},
        {'r', "fcr", "cannot give x.csv its name: Input/output error", false},
        {'d', "fcrd", "cannot make the name x.csv durable: Input/output error", true},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct csvk_error err = {0};
        FILE *old = fopen("x.csv", "wb");
        ck_assert(old != NULL && fputs("old", old) >= 0 && fclose(old) == 0);
        begin();
        calls.fails = row[i].call;
        calls.error = EIO;
        ck_assert_int_eq(write_sink("x.csv", &err), CSVK_EIO);
        ck_assert_str_eq(err.text, row[i].message);
        ck_assert_str_eq(calls.log, row[i].log);
        assert_file("x.csv", row[i].replaced ? (const void *)text : "old",
                    row[i].replaced ? sizeof text : 3);
    }
}
END_TEST

START_TEST(a_file_system_that_loses_bytes_is_found_out)
{
    struct csvk_error err = {0};
    begin();
    calls.lost = 1;
    ck_assert_int_eq(write_sink("x.csv", &err), CSVK_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "bytes after 300000 were written"));
    ck_assert_int_ne(access("x.csv", F_OK), 0);
}
END_TEST

/* ---- sources ---- */

START_TEST(reads_that_are_interrupted_or_short_go_on)
{
    static unsigned char got[sizeof text];
    struct csvk_error err = {0};
    struct csvk_source *source;
    size_t at = 0, n = 1;
    ck_assert_int_eq(write_sink("x.csv", &err), CSVK_OK);
    begin();
    calls.interrupt = calls.unready = true;
    calls.most = 10007;
    ck_assert_int_eq(csvk_source_open(&source, "x.csv", &err), CSVK_OK);
    while (n != 0) {
        int status = csvk_source_read(source, got + at, sizeof got - at, &n, &err);
        ck_assert_msg(status == CSVK_OK, "%s", err.text);
        at += n;
        if (at == sizeof got) {
            break;
        }
    }
    csvk_source_free(source);
    ck_assert_uint_ge(calls.transfers, 2 * sizeof text / 10007);
    ck_assert_uint_eq(at, sizeof text);
    ck_assert_int_eq(memcmp(got, text, sizeof text), 0);
}
END_TEST

/* ---- keys on disk ---- */

START_TEST(keys_come_back_as_they_went_to_disk)
{
    static unsigned char got[sizeof text];
    struct csvk_error err = {0};
    struct csvk_spill spill;
    csvk_spill_init(&spill, folder);
    begin();
    calls.interrupt = true;
    calls.most = 10007;
    ck_assert_int_eq(csvk_spill_write(&spill, 0, text, sizeof text, &err), CSVK_OK);
    ck_assert_uint_eq(spill.size, sizeof text);
    ck_assert_int_eq(csvk_spill_read(&spill, 0, got, sizeof got, &err), CSVK_OK);
    ck_assert_int_eq(memcmp(got, text, sizeof text), 0);
    ck_assert_int_eq(csvk_spill_read(&spill, 1, got, sizeof got, &err), CSVK_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "ends too early"));
    csvk_spill_release(&spill);
}
END_TEST

/* ---- slices ---- */

/* Two plain slices and a manifest; answers the first failure. */
static int write_slices(struct csvk_error *err)
{
    static const uint32_t end[] = {sizeof text / 3, sizeof text};
    struct csvk_batch batch = {
        .bytes = text, .size = sizeof text, .nrecords = 2, .record_end = end};
    struct csvk_slice_options options;
    struct csvk_slicer *slicer;
    struct csvk_bytes manifest = {(const unsigned char *)"{}", 2};
    csvk_slice_options_init(&options);
    options.directory = "dir";
    options.cut = CSVK_SLICE_BY_RECORDS;
    options.records_each = 1;
    options.form = CSVK_SLICE_PLAIN;
    ck_assert_int_eq(csvk_slicer_new(&slicer, &options, err), CSVK_OK);
    int status = csvk_slicer_feed(slicer, &batch, 0, err);
    status = status == CSVK_OK ? csvk_slicer_finish(slicer, err) : status;
    status = status == CSVK_OK ? csvk_slicer_commit(slicer, &manifest, err) : status;
    csvk_slicer_free(slicer);
    return status;
}

START_TEST(slices_that_are_written_in_parts_are_whole)
{
    struct csvk_error err = {0};
    begin();
    calls.interrupt = true;
    calls.most = 10007;
    ck_assert_int_eq(write_slices(&err), CSVK_OK);
    assert_file("dir/part-00001.csv", text, sizeof text / 3);
    assert_file("dir/part-00002.csv", text + sizeof text / 3, sizeof text - sizeof text / 3);
    assert_file("dir.manifest", "{}", 2);
}
END_TEST

/* Both slices, their folder and the manifest; then the names; then the folder of the names. */
START_TEST(slices_are_durable_before_they_get_their_name)
{
    struct csvk_error err = {0};
    begin();
    ck_assert_int_eq(write_slices(&err), CSVK_OK);
    char names[sizeof calls.log], *to = names;
    for (const char *at = calls.log; *at != '\0'; at++) {
        if (*at != 'c') {
            *to++ = *at;
        }
    }
    *to = '\0';
    ck_assert_str_eq(names, "ffdfrrrd");
}
END_TEST

START_TEST(slices_that_cannot_be_made_durable_get_no_name)
{
    for (const char *call = "fdc"; *call != '\0'; call++) {
        struct csvk_error err = {0};
        begin();
        calls.fails = *call;
        calls.error = EIO;
        ck_assert_int_eq(write_slices(&err), CSVK_EIO);
        calls.on = false;
        ck_assert_int_ne(access("dir", F_OK), 0);
        ck_assert_int_ne(access("dir.manifest", F_OK), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("system calls");
    TCase *tcase = tcase_create("system calls");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, make_folder, drop_folder);
    tcase_add_test(tcase, writes_that_are_interrupted_or_short_go_on);
    tcase_add_test(tcase, a_file_is_durable_before_it_gets_its_name);
    tcase_add_test(tcase, a_commit_that_fails_is_reported);
    tcase_add_test(tcase, a_file_system_that_loses_bytes_is_found_out);
    tcase_add_test(tcase, reads_that_are_interrupted_or_short_go_on);
    tcase_add_test(tcase, keys_come_back_as_they_went_to_disk);
    tcase_add_test(tcase, slices_that_are_written_in_parts_are_whole);
    tcase_add_test(tcase, slices_are_durable_before_they_get_their_name);
    tcase_add_test(tcase, slices_that_cannot_be_made_durable_get_no_name);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
