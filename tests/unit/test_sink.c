/*
 * test_sink.c - files appear whole or not at all: after a commit the new bytes, after anything else
 * the old ones and no temporary file; what cannot be replaced is written directly or refused.
 */
#include "csvkit/csvkit.h"
#include "tests/support/support.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

static char folder[32];

static struct csvk_sink *open_sink(const char *path)
{
    struct csvk_sink *sink;
    struct csvk_error err = {0};
    int status = csvk_sink_open(&sink, path, 0, &err);
    ck_assert_msg(status == CSVK_OK, "%s", err.text);
    return sink;
}

/*
 * Every test has a folder of its own and is in it. A process looks for remains only in a folder
 * that is not the one it wrote to last; a new folder may have the number of a removed one, so
 * something else must come between.
 */
static void make_folder(void)
{
    csvk_sink_free(open_sink("/tmp/csvkit-elsewhere.csv"));
    snprintf(folder, sizeof folder, "/tmp/csvkit-sink-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void drop_folder(void)
{
    char command[64];
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void assert_file(const char *name, const char *text)
{
    size_t length;
    unsigned char *bytes = support_read_file(name, &length);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(length, strlen(text));
    ck_assert_int_eq(memcmp(bytes, text, length), 0);
    free(bytes);
}

/* Entries of the folder `name` but . and .. */
static int entries(const char *name)
{
    DIR *dir = opendir(name);
    ck_assert_ptr_nonnull(dir);
    int count = -2;
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count;
}

static void put(struct csvk_sink *sink, const char *text)
{
    ck_assert_int_eq(csvk_sink_write(sink, text, strlen(text), NULL), CSVK_OK);
}

static void commit(struct csvk_sink *sink)
{
    struct csvk_error err = {0};
    int status = csvk_sink_commit(sink, &err);
    ck_assert_msg(status == CSVK_OK, "%s", err.text);
    csvk_sink_free(sink);
}

static mode_t rights(const char *name)
{
    struct stat st;
    ck_assert_int_eq(stat(name, &st), 0);
    return st.st_mode & 07777;
}

START_TEST(a_file_appears_with_the_commit)
{
    umask(027);
    struct csvk_sink *sink = open_sink("new.csv");
    put(sink, "a,b\n");
    ck_assert_int_ne(access("new.csv", F_OK), 0);
    ck_assert_int_eq(entries("."), 1);
    put(sink, "1,2\n");
    ck_assert_uint_eq(csvk_sink_bytes(sink), 8);
    commit(sink);
    assert_file("new.csv", "a,b\n1,2\n");
    ck_assert_int_eq(entries("."), 1);
    ck_assert_uint_eq(rights("new.csv"), 0640);
}
END_TEST

START_TEST(an_old_file_stands_until_then)
{
    write_file("old.csv", "old");
    ck_assert_int_eq(chmod("old.csv", 0604), 0);
    struct csvk_sink *sink = open_sink("old.csv");
    put(sink, "new");
    assert_file("old.csv", "old");
    csvk_sink_free(sink);
    assert_file("old.csv", "old");
    ck_assert_int_eq(entries("."), 1);
    sink = open_sink("./old.csv");
    put(sink, "new");
    commit(sink);
    assert_file("old.csv", "new");
    ck_assert_uint_eq(rights("old.csv"), 0604);
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(long_texts_come_out_in_order)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    for (int i = 0; i < 200000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text, "%d,", i), CSVK_OK);
    }
    struct csvk_sink *sink = open_sink("long.csv");
    struct support_random random = {5};
    for (size_t at = 0; at < text.length;) {
        size_t n = 1 + support_below(&random, support_below(&random, 20) == 0 ? 600000 : 5000);
        n = n < text.length - at ? n : text.length - at;
        ck_assert_int_eq(csvk_sink_write(sink, text.data + at, n, NULL), CSVK_OK);
        at += n;
    }
    commit(sink);
    assert_file("long.csv", csvk_buf_text(&text));
    csvk_buf_release(&text);
}
END_TEST

START_TEST(gzip_is_one_member_that_sources_read)
{
    struct csvk_sink *sink;
    ck_assert_int_eq(csvk_sink_open(&sink, "x.gz", 10, NULL), CSVK_EUSAGE);
    ck_assert_int_eq(entries("."), 0);
    for (int level = 1; level <= 9; level++) {
        ck_assert_int_eq(csvk_sink_open(&sink, "x.gz", level, NULL), CSVK_OK);
        for (int i = 0; i < 1000; i++) {
            put(sink, "a,b,c\n");
        }
        ck_assert_uint_eq(csvk_sink_bytes(sink), 6000);
        commit(sink);
        char text[6001];
        gzFile file = gzopen("x.gz", "rb");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(gzread(file, text, sizeof text), 6000);
        ck_assert_int_eq(gzdirect(file), 0);
        ck_assert_int_eq(gzclose(file), Z_OK);
        ck_assert_int_eq(memcmp(text + 5994, "a,b,c\n", 6), 0);
    }
}
END_TEST

static void assert_refused(const char *path, enum csvk_status status, const char *text)
{
    struct csvk_sink *sink;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_sink_open(&sink, path, 0, &err), status);
    ck_assert_ptr_null(sink);
    ck_assert_str_eq(err.text, text);
}

START_TEST(what_cannot_be_written_is_refused)
{
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    write_file("file", "");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "a-socket"};
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    close(fd);
    assert_refused("folder", CSVK_EIO, "cannot write folder: Is a directory");
    assert_refused("folder/", CSVK_EIO, "cannot write folder/: Is a directory");
    assert_refused("new/", CSVK_EIO, "cannot write 'new/': Is a directory");
    assert_refused("", CSVK_EIO, "cannot write '': Is a directory");
    assert_refused("a-socket", CSVK_EIO, "cannot write a-socket: it is a socket");
    assert_refused("file/x", CSVK_EIO, "cannot write file/x: Not a directory");
    assert_refused("none/x.csv", CSVK_EIO,
                   "cannot write none/x.csv: directory none (mkdir -p none makes it): "
                   "No such file or directory");
    assert_refused("no ne/x.csv", CSVK_EIO,
                   "cannot write no ne/x.csv: directory no ne: No such file or directory");
    assert_refused("dangling", CSVK_EIO,
                   "cannot write dangling: the symbolic link: No such file or directory");
    ck_assert_int_eq(entries("."), 4);
}
END_TEST

START_TEST(a_link_stands_for_its_file)
{
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    write_file("folder/real.csv", "old");
    ck_assert_int_eq(symlink("folder/real.csv", "link.csv"), 0);
    struct csvk_sink *sink = open_sink("link.csv");
    put(sink, "new");
    commit(sink);
    assert_file("folder/real.csv", "new");
    struct stat st;
    ck_assert_int_eq(lstat("link.csv", &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

START_TEST(long_names_and_deep_names_work)
{
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    struct csvk_sink *sink = open_sink(name);
    put(sink, "x");
    commit(sink);
    assert_file(name, "x");
    char path[64];
    snprintf(path, sizeof path, "%s/a.csv", folder);
    commit(open_sink(path));
    assert_file("a.csv", "");
}
END_TEST

START_TEST(streams_are_written_directly)
{
    commit(open_sink("/dev/null"));
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        char text[16] = {0};
        int fd = open("fifo", O_RDONLY);
        _exit(read(fd, text, sizeof text) == 4 && strcmp(text, "a,b\n") == 0 ? 0 : 1);
    }
    struct csvk_sink *sink = open_sink("fifo");
    put(sink, "a,b\n");
    commit(sink);
    int code;
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_int_eq(code, 0);
    struct stat st;
    ck_assert_int_eq(stat("fifo", &st), 0);
    ck_assert(S_ISFIFO(st.st_mode));
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(standard_output_stays_open)
{
    int saved = dup(1), fd = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_eq(dup2(fd, 1), 1);
    for (int i = 0; i < 2; i++) {
        struct csvk_sink *sink = open_sink("-");
        put(sink, "x\n");
        commit(sink);
    }
    ck_assert_int_eq(dup2(saved, 1), 1);
    close(fd);
    close(saved);
    assert_file("out", "x\nx\n");
}
END_TEST

START_TEST(a_failure_sticks_and_leaves_the_old_file)
{
    struct csvk_error err = {0};
    struct csvk_sink *sink = open_sink("/dev/full");
    put(sink, "a,b\n");
    ck_assert_int_eq(csvk_sink_commit(sink, &err), CSVK_EIO);
    ck_assert_int_eq(err.sys, ENOSPC);
    ck_assert_str_eq(err.text, "cannot write /dev/full: No space left on device");
    ck_assert_int_eq(csvk_sink_write(sink, "x", 1, NULL), CSVK_EIO);
    ck_assert_int_eq(csvk_sink_commit(sink, NULL), CSVK_EIO);
    csvk_sink_free(sink);
}
END_TEST

/* Writes 1 MB to `path` with `level` and expects the disk to be full: the old file stands. */
static void assert_full(const char *path, int level, int sys)
{
    static char noise[1000000];
    struct support_random random = {3};
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (char)(support_next(&random) >> 33);
    }
    write_file(path, "old");
    struct csvk_sink *sink;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_sink_open(&sink, path, level, NULL), CSVK_OK);
    int status = csvk_sink_write(sink, noise, sizeof noise, &err);
    ck_assert(status == CSVK_OK || status == CSVK_EIO);
    ck_assert_int_eq(csvk_sink_commit(sink, &err), CSVK_EIO);
    ck_assert_int_eq(err.sys, sys);
    csvk_sink_free(sink);
    ck_assert_int_eq(entries("."), 1);
    assert_file(path, "old");
}

START_TEST(a_file_size_limit_is_reported)
{
    struct rlimit before, limit = {100000, 100000};
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    for (int level = 0; level <= 1; level++) {
        struct csvk_error err = {0};
        write_file("x.csv", "old");
        struct csvk_sink *sink;
        ck_assert_int_eq(csvk_sink_open(&sink, "x.csv", level, NULL), CSVK_OK);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        struct support_random random = {3};
        int status = CSVK_OK;
        for (int i = 0; i < 100000 && status == CSVK_OK; i++) {
            uint64_t number = support_next(&random);
            status = csvk_sink_write(sink, &number, sizeof number, &err);
        }
        if (status == CSVK_OK) {
            status = csvk_sink_commit(sink, &err);
        }
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
        ck_assert_int_eq(status, CSVK_EIO);
        ck_assert_int_eq(err.sys, EFBIG);
        csvk_sink_free(sink);
        assert_file("x.csv", "old");
        ck_assert_int_eq(entries("."), 1);
    }
    signal(SIGXFSZ, SIG_DFL);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    ck_assert_int_eq(mkdir("small", 0700), 0);
    /* In a mount namespace of our own, so that nothing stays mounted whatever happens. */
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "small", "tmpfs", 0, "size=128k") != 0) {
        fprintf(stderr, "note: no right to mount a small tmpfs; the full disk is tested by "
                        "/dev/full only\n");
        return;
    }
    ck_assert_int_eq(chdir("small"), 0);
    assert_full("x.csv", 0, ENOSPC);
    assert_full("x.csv", 4, ENOSPC);
    ck_assert_int_eq(chdir(".."), 0);
    ck_assert_int_eq(umount("small"), 0);
}
END_TEST

START_TEST(nothing_works_after_the_commit)
{
    struct csvk_error err;
    struct csvk_sink *sink = open_sink("x.csv");
    ck_assert_int_eq(csvk_sink_commit(sink, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_sink_write(sink, "x", 1, &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_sink_commit(sink, &err), CSVK_EUSAGE);
    csvk_sink_free(sink);
    assert_file("x.csv", "");
}
END_TEST

/* A child that writes into x.csv and is killed on the way by `signal_number`. */
static void kill_a_writer(int signal_number)
{
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct csvk_sink *sink = open_sink("x.csv");
        put(sink, "half");
        if (write(ready[1], "x", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    char byte;
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(entries("."), 2);
    ck_assert_int_eq(kill(child, signal_number), 0);
    int code;
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    close(ready[0]);
    close(ready[1]);
}

START_TEST(what_a_killed_process_left_is_removed_by_the_next)
{
    write_file("x.csv", "old");
    kill_a_writer(SIGKILL);
    assert_file("x.csv", "old");
    ck_assert_int_eq(entries("."), 2);
    struct csvk_sink *sink = open_sink("x.csv");
    ck_assert_int_eq(entries("."), 2); /* the old file and ours */
    put(sink, "new");
    commit(sink);
    assert_file("x.csv", "new");
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

/* Writes x.csv again and again, all 'a' and all 'b' in turn, until it is killed. */
static void rewrite_for_ever(void)
{
    static char text[600000];
    for (int round = 0;; round++) {
        memset(text, 'a' + round % 2, sizeof text);
        struct csvk_sink *sink = open_sink("x.csv");
        for (size_t at = 0; at < sizeof text; at += sizeof text / 3) {
            ck_assert_int_eq(csvk_sink_write(sink, text + at, sizeof text / 3, NULL), CSVK_OK);
        }
        commit(sink);
    }
}

START_TEST(a_kill_at_any_instant_leaves_a_whole_file)
{
    struct support_random random = {8};
    for (int round = 0; round < 60; round++) {
        pid_t child = fork();
        if (child == 0) {
            rewrite_for_ever();
        }
        usleep((useconds_t)(3000 + support_below(&random, 4000)));
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        int code;
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        size_t length;
        unsigned char *bytes = support_read_file("x.csv", &length);
        if (bytes == NULL) {
            ck_assert_int_eq(errno, ENOENT);
            continue;
        }
        ck_assert_uint_eq(length, 600000);
        ck_assert_int_eq(memcmp(bytes, bytes + 1, length - 1), 0);
        free(bytes);
    }
    csvk_sink_free(open_sink("/tmp/csvkit-elsewhere.csv"));
    commit(open_sink("x.csv"));
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(files_of_living_and_of_others_are_left_alone)
{
    static const char *const names[] = {
        ".x.csvkit-1-0123456789abcdef.tmp", /* process 1 lives */
        ".x.csvkit-999999999-0123456789abcde.tmp",   ".x.csvkit-999999999-0123456789abcdeg.tmp",
        ".x.csvkit--0123456789abcdef.tmp",           "x.csvkit-999999999-0123456789abcdef.tmp",
        ".x.csvkit-999999999-0123456789abcdef.tmpx", ".csvkit-999999999-0123456789abcdef.tmp"};
    int count = (int)(sizeof names / sizeof names[0]);
    for (int i = 0; i < count; i++) {
        write_file(names[i], "x");
    }
    write_file(".x.csvkit-999999999-0123456789abcdef.tmp", "x"); /* no such process, not locked */
    const char *locked = ".x.csvkit-999999999-fedcba9876543210.tmp"; /* by another container */
    write_file(locked, "x");
    int fd = open(locked, O_RDONLY);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    commit(open_sink("x.csv"));
    ck_assert_msg(unlink(locked) == 0, "a locked file was removed");
    close(fd);
    for (int i = 0; i < count; i++) {
        ck_assert_msg(access(names[i], F_OK) == 0, "%s was removed", names[i]);
    }
    ck_assert_int_eq(entries("."), count + 1);
}
END_TEST

static void on_signal(int number)
{
    csvk_sink_emergency_cleanup();
    _exit(128 + number);
}

START_TEST(a_signal_handler_can_clean_up)
{
    write_file("x.csv", "old");
    struct sigaction action = {.sa_handler = on_signal}, before;
    ck_assert_int_eq(sigaction(SIGTERM, &action, &before), 0);
    kill_a_writer(SIGTERM);
    ck_assert_int_eq(sigaction(SIGTERM, &before, NULL), 0);
    assert_file("x.csv", "old");
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(a_child_cannot_remove_its_parents_files)
{
    struct csvk_sink *sink = open_sink("x.csv");
    pid_t child = fork();
    if (child == 0) {
        csvk_sink_emergency_cleanup();
        _exit(0);
    }
    int code;
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_int_eq(entries("."), 1);
    commit(sink);
    assert_file("x.csv", "");
}
END_TEST

START_TEST(many_files_at_a_time_have_a_stated_limit)
{
    enum { MOST = 256 };
    static struct csvk_sink *sinks[MOST];
    for (int i = 0; i < MOST; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.csv", i);
        sinks[i] = open_sink(name);
    }
    assert_refused("more.csv", CSVK_ELIMIT,
                   "cannot write more.csv: 256 files are being written already");
    for (int i = 0; i < MOST; i++) {
        csvk_sink_free(sinks[i]);
    }
    ck_assert_int_eq(entries("."), 0);
    csvk_sink_free(open_sink("more.csv"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink");
    TCase *tcase = tcase_create("sink");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, make_folder, drop_folder);
    tcase_add_test(tcase, a_file_appears_with_the_commit);
    tcase_add_test(tcase, an_old_file_stands_until_then);
    tcase_add_test(tcase, long_texts_come_out_in_order);
    tcase_add_test(tcase, gzip_is_one_member_that_sources_read);
    tcase_add_test(tcase, what_cannot_be_written_is_refused);
    tcase_add_test(tcase, a_link_stands_for_its_file);
    tcase_add_test(tcase, long_names_and_deep_names_work);
    tcase_add_test(tcase, streams_are_written_directly);
    tcase_add_test(tcase, standard_output_stays_open);
    tcase_add_test(tcase, a_failure_sticks_and_leaves_the_old_file);
    tcase_add_test(tcase, a_file_size_limit_is_reported);
    tcase_add_test(tcase, a_full_disk_is_reported);
    tcase_add_test(tcase, nothing_works_after_the_commit);
    tcase_add_test(tcase, what_a_killed_process_left_is_removed_by_the_next);
    tcase_add_test(tcase, a_kill_at_any_instant_leaves_a_whole_file);
    tcase_add_test(tcase, files_of_living_and_of_others_are_left_alone);
    tcase_add_test(tcase, a_signal_handler_can_clean_up);
    tcase_add_test(tcase, a_child_cannot_remove_its_parents_files);
    tcase_add_test(tcase, many_files_at_a_time_have_a_stated_limit);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
