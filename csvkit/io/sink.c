/*
 * sink.c - writes files that appear whole or not at all.
 *
 * The idea. All bytes go to a temporary file (temp_file.c) in the directory of the target. Only the
 * commit gives this file the name of the target. Its steps are: write what is left in the buffer,
 * fsync, compare the size with the number of bytes written, close, rename, fsync of the directory.
 * Targets that cannot be replaced are written directly: standard output, FIFOs and character
 * devices. A symbolic link stands for the file it points to.
 *
 * A failure is final: after it, every write and the commit return the same failure. So a caller who
 * forgets one check cannot end up with half a file.
 *
 * Invariant: bytes go from the text through gzip (if wanted) and the buffer to the descriptor;
 * `written` counts the bytes that the descriptor has taken.
 */
#include "csvkit/csvkit.h"

#include "csvkit/io/packer.h"
#include "csvkit/io/temp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { UNIT = 256 * 1024 }; /* bytes; writes end at multiples of it */

struct csvk_sink {
    char *path; /* of the target; also its name in messages */
    struct csvk_temp temp;
    int fd;         /* of the temporary file or of the direct target; -1: closed */
    bool is_direct; /* the target is written directly, without a temporary file */
    bool close_fd;  /* a direct target that was opened here, so it is closed here */
    bool is_ended;  /* no more text may come */
    bool is_committed;
    const struct csvk_packer *calls; /* what compresses; NULL: plain */
    void *packer;
    uint64_t accepted; /* bytes of text given to csvk_sink_write */
    uint64_t written;  /* bytes that the descriptor has taken */
    int status;        /* the first failure, described in `failure` */
    struct csvk_error failure;
    size_t length; /* bytes in `buffer` */
    unsigned char buffer[UNIT];
};

/* Atomic, because threads may open sinks meanwhile. */
static _Atomic(const struct csvk_packer *) given_packer;

void csvk_give_packer(const struct csvk_packer *packer)
{
    atomic_store(&given_packer, packer);
}

/* ---- bytes ---- */

/*
 * After write(2) failed: whether to call it again. Waits when the descriptor is not ready, which
 * happens when another program has made it non-blocking.
 */
static bool may_write_again(int fd)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        return poll(&wait, 1, -1) >= 0 || errno == EINTR;
    }
    return errno == EINTR;
}

/* Takes the first `done` bytes off the two parts. */
static void skip_written(struct iovec *part, size_t done)
{
    for (int i = 0; i < 2; i++) {
        size_t n = done < part[i].iov_len ? done : part[i].iov_len;
        part[i].iov_base = (unsigned char *)part[i].iov_base + n;
        part[i].iov_len -= n;
        done -= n;
    }
}

/* Writes what is in the buffer, and then `length` bytes. */
static int write_all(struct csvk_sink *sink, const unsigned char *bytes, size_t length,
                     struct csvk_error *err)
{
    struct iovec part[2] = {{sink->buffer, sink->length}, {(void *)(uintptr_t)bytes, length}};
    sink->length = 0;
    while (part[0].iov_len + part[1].iov_len > 0) {
        ssize_t n = part[0].iov_len > 0 ? writev(sink->fd, part, 2)
                                        : write(sink->fd, part[1].iov_base, part[1].iov_len);
        if (n < 0 && !may_write_again(sink->fd)) {
            return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
        }
        skip_written(part, n > 0 ? (size_t)n : 0);
        sink->written += n > 0 ? (size_t)n : 0;
    }
    return CSVK_OK;
}

static int flush(struct csvk_sink *sink, struct csvk_error *err)
{
    return write_all(sink, NULL, 0, err);
}

/*
 * Takes bytes for the descriptor; also the output function of `gzip`.
 *
 * Every write but the last ends at a multiple of UNIT. File systems keep writes that begin and end
 * at such places in larger pieces, which saves more than it costs to copy the rest to the buffer.
 * Only that rest is copied: the other bytes of a long run are written from where they are.
 */
static int put(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct csvk_sink *sink = context;
    const unsigned char *from = bytes;
    size_t all = sink->length + length;
    if (all >= UNIT) {
        size_t now = all - all % UNIT - sink->length;
        int status = write_all(sink, from, now, err);
        if (status != CSVK_OK) {
            return status;
        }
        from += now;
        length -= now;
    }
    memcpy(sink->buffer + sink->length, from, length);
    sink->length += length;
    return CSVK_OK;
}

/* ---- opening ---- */

static bool is_stream(mode_t mode)
{
    return S_ISFIFO(mode) || S_ISCHR(mode);
}

/*
 * Opens a FIFO or a character device. Something else may have got its name since stat(2), and then
 * it must not be overwritten.
 */
static int open_direct(struct csvk_sink *sink, const char *path, struct csvk_error *err)
{
    sink->is_direct = true;
    sink->close_fd = true;
    do {
        sink->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    } while (sink->fd < 0 && errno == EINTR);
    struct stat st;
    if (sink->fd < 0 || fstat(sink->fd, &st) != 0) {
        return csvk_fail_sys(err, errno, "cannot write %s", path);
    }
    return is_stream(st.st_mode)
               ? CSVK_OK
               : csvk_fail(err, CSVK_ECHANGED, "%s was replaced while it was opened", path);
}

/*
 * Gives the temporary file the owner and the rights of the file that it will replace. Only root can
 * set the owner, so it is no failure when that is not permitted.
 */
static int keep_rights(struct csvk_sink *sink, const struct stat *old, struct csvk_error *err)
{
    struct stat now;
    if (fstat(sink->fd, &now) != 0) {
        return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
    }
    bool is_other = now.st_uid != old->st_uid || now.st_gid != old->st_gid;
    if (is_other && fchown(sink->fd, old->st_uid, old->st_gid) != 0 && errno != EPERM) {
        return csvk_fail_sys(err, errno, "cannot keep the owner of %s", sink->path);
    }
    if (fchmod(sink->fd, old->st_mode & 0777) != 0) {
        return csvk_fail_sys(err, errno, "cannot keep the rights of %s", sink->path);
    }
    return CSVK_OK;
}

static int open_replacing(struct csvk_sink *sink, const struct stat *old, struct csvk_error *err)
{
    if (old != NULL && access(sink->path, W_OK) != 0) {
        return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
    }
    int status = csvk_temp_create(&sink->temp, sink->path, err);
    if (status != CSVK_OK) {
        return status;
    }
    sink->fd = sink->temp.fd;
    return old != NULL ? keep_rights(sink, old, err) : CSVK_OK;
}

/* When the target is a symbolic link, makes the file it points to the target. */
static int follow_link(struct csvk_sink *sink, struct csvk_error *err)
{
    struct stat st;
    if (lstat(sink->path, &st) != 0 || !S_ISLNK(st.st_mode)) {
        return CSVK_OK;
    }
    char *real = realpath(sink->path, NULL);
    if (real == NULL) {
        return csvk_fail_sys(err, errno, "cannot write %s: the symbolic link", sink->path);
    }
    csvk_free(sink->path);
    sink->path = csvk_strdup(real);
    free(real);
    return sink->path != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int open_path(struct csvk_sink *sink, struct csvk_error *err)
{
    struct stat st;
    bool exists = stat(sink->path, &st) == 0;
    if (!exists && errno != ENOENT) {
        return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
    }
    if (exists && is_stream(st.st_mode)) {
        return open_direct(sink, sink->path, err);
    }
    if (exists && S_ISDIR(st.st_mode)) {
        return csvk_fail_sys(err, EISDIR, "cannot write %s", sink->path);
    }
    if (exists && !S_ISREG(st.st_mode)) {
        return csvk_fail(err, CSVK_EIO, "cannot write %s: it is a %s", sink->path,
                         S_ISBLK(st.st_mode) ? "block device" : "socket");
    }
    int status = follow_link(sink, err);
    return status == CSVK_OK ? open_replacing(sink, exists ? &st : NULL, err) : status;
}

static int open_target(struct csvk_sink *sink, const char *path, struct csvk_error *err)
{
    bool is_stdout = strcmp(path, "-") == 0;
    sink->path = csvk_strdup(is_stdout ? "standard output" : path);
    if (sink->path == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (is_stdout) {
        sink->is_direct = true;
        sink->fd = STDOUT_FILENO;
        return CSVK_OK;
    }
    return open_path(sink, err);
}

/* A program of libcsvkit alone has nothing that compresses. Looked at before any file is made. */
static int find_packer(struct csvk_sink *sink, const char *path, struct csvk_error *err)
{
    sink->calls = atomic_load(&given_packer);
    return sink->calls != NULL
               ? CSVK_OK
               : csvk_fail(err, CSVK_EUSAGE,
                           "cannot write %s as gzip: this program has to call csvk_use_gzip of "
                           "libcsvkit-extra",
                           path);
}

int csvk_sink_open(struct csvk_sink **out, const char *path, int gzip_level, struct csvk_error *err)
{
    *out = NULL;
    struct csvk_sink *sink = csvk_malloc(sizeof *sink);
    if (sink == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    memset(sink, 0, offsetof(struct csvk_sink, buffer));
    sink->temp = (struct csvk_temp)CSVK_TEMP_NONE;
    sink->fd = -1;
    int status = gzip_level != 0 ? find_packer(sink, path, err) : CSVK_OK;
    status = status == CSVK_OK ? open_target(sink, path, err) : status;
    if (status == CSVK_OK && sink->calls != NULL) {
        status = sink->calls->open(&sink->packer, gzip_level, (struct csvk_output){put, sink}, err);
    }
    if (status != CSVK_OK) {
        csvk_sink_free(sink);
        return status;
    }
    *out = sink;
    return CSVK_OK;
}

/* ---- writing and committing ---- */

static int report(const struct csvk_sink *sink, struct csvk_error *err)
{
    if (sink->status != CSVK_OK && err != NULL) {
        *err = sink->failure;
    }
    return sink->status;
}

int csvk_sink_write(struct csvk_sink *sink, const void *bytes, size_t length,
                    struct csvk_error *err)
{
    if (sink->is_committed) {
        return csvk_fail(err, CSVK_EUSAGE, "%s was committed already", sink->path);
    }
    if (sink->is_ended && sink->status == CSVK_OK) {
        return csvk_fail(err, CSVK_EUSAGE, "%s was read back already", sink->path);
    }
    if (sink->status == CSVK_OK) {
        sink->status = sink->calls != NULL
                           ? sink->calls->write(sink->packer, bytes, length, &sink->failure)
                           : put(sink, bytes, length, &sink->failure);
        sink->accepted += length;
    }
    return report(sink, err);
}

/* The file must have as many bytes as were written: finds file systems that lose bytes. */
static int check_size(const struct csvk_sink *sink, struct csvk_error *err)
{
    struct stat st;
    if (fstat(sink->fd, &st) != 0) {
        return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
    }
    if ((uint64_t)st.st_size != sink->written) {
        return csvk_fail(err, CSVK_EIO, "%s has %llu bytes after %llu were written", sink->path,
                         (unsigned long long)st.st_size, (unsigned long long)sink->written);
    }
    return CSVK_OK;
}

static int close_fd(struct csvk_sink *sink, int fd, struct csvk_error *err)
{
    if (close(fd) != 0 && errno != EINTR) {
        return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
    }
    return CSVK_OK;
}

/*
 * Closes a direct target, because close(2) may report a failure of an earlier write. Standard
 * output must stay open, so a copy of its descriptor is closed instead.
 */
static int commit_direct(struct csvk_sink *sink, struct csvk_error *err)
{
    int fd = sink->fd;
    if (!sink->close_fd) {
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0) {
            return csvk_fail_sys(err, errno, "cannot write %s", sink->path);
        }
    }
    sink->fd = -1;
    return close_fd(sink, fd, err);
}

static int commit_temp(struct csvk_sink *sink, struct csvk_error *err)
{
    if (fsync(sink->fd) != 0) {
        return csvk_fail_sys(err, errno, "cannot make %s durable", sink->path);
    }
    int status = check_size(sink, err);
    if (status != CSVK_OK) {
        return status;
    }
    int fd = sink->fd;
    sink->fd = -1;
    sink->temp.fd = -1;
    status = close_fd(sink, fd, err);
    return status == CSVK_OK ? csvk_temp_rename(&sink->temp, sink->path, err) : status;
}

/* Brings all bytes to the descriptor; after that no more text may come. */
static int end_text(struct csvk_sink *sink, struct csvk_error *err)
{
    if (sink->is_ended) {
        return CSVK_OK;
    }
    int status = sink->calls != NULL ? sink->calls->finish(sink->packer, err) : CSVK_OK;
    sink->is_ended = true;
    return status == CSVK_OK ? flush(sink, err) : status;
}

/*
 * Opens the temporary file for reading, by the name that the kernel has for its descriptor. So the
 * bytes read are those of the open file, whatever has happened to its name.
 */
static int open_again(const struct csvk_sink *sink, struct csvk_source **out,
                      struct csvk_error *err)
{
    char name[32];
    snprintf(name, sizeof(name), "/dev/fd/%d", sink->fd);
    return csvk_source_open(out, name, err);
}

int csvk_sink_read_back(struct csvk_sink *sink, struct csvk_source **out, struct csvk_error *err)
{
    *out = NULL;
    if (sink->is_direct || sink->is_committed) {
        return csvk_fail(err, CSVK_EUSAGE, "%s cannot be read back", sink->path);
    }
    if (sink->status == CSVK_OK) {
        sink->status = end_text(sink, &sink->failure);
    }
    return sink->status == CSVK_OK ? open_again(sink, out, err) : report(sink, err);
}

static int commit(struct csvk_sink *sink, struct csvk_error *err)
{
    int status = end_text(sink, err);
    if (status != CSVK_OK) {
        return status;
    }
    return sink->is_direct ? commit_direct(sink, err) : commit_temp(sink, err);
}

int csvk_sink_commit(struct csvk_sink *sink, struct csvk_error *err)
{
    if (sink->is_committed) {
        return csvk_fail(err, CSVK_EUSAGE, "%s was committed already", sink->path);
    }
    if (sink->status == CSVK_OK) {
        sink->status = commit(sink, &sink->failure);
        sink->is_committed = sink->status == CSVK_OK;
    }
    return report(sink, err);
}

uint64_t csvk_sink_bytes(const struct csvk_sink *sink)
{
    return sink->accepted;
}

void csvk_sink_free(struct csvk_sink *sink)
{
    if (sink == NULL) {
        return;
    }
    if (sink->packer != NULL) {
        sink->calls->free(sink->packer);
    }
    if (sink->is_direct && sink->close_fd && sink->fd >= 0) {
        close(sink->fd);
    }
    csvk_temp_drop(&sink->temp);
    csvk_free(sink->path);
    csvk_free(sink);
}
