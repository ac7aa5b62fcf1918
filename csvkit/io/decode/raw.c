/*
 * raw.c - reads bytes from a file descriptor or from memory, counts them, and finds out when
 * a file is changed while it is read.
 *
 * Invariant: a regular file must stay as it was when it was opened. It is CSVK_ECHANGED when more
 * bytes come than its size, or when its size or its time of change is another one at the end. Files
 * in /proc and the like are regular files of size 0 that nevertheless have bytes; nothing can be
 * compared for them.
 */
#include "csvkit/io/decode/raw.h"

#include "csvkit/base/sized.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Refuses directories, and sockets unless one is standard input. */
static int refuse_kind(const struct csvk_raw *raw, mode_t mode, struct csvk_error *err)
{
    if (S_ISDIR(mode)) {
        return csvk_fail_sys(err, EISDIR, "cannot read %s", raw->name);
    }
    if (S_ISSOCK(mode) && raw->close_fd) {
        return csvk_fail(err, CSVK_EIO, "cannot read %s: it is a socket", raw->name);
    }
    return CSVK_OK;
}

/* Bytes that are left to read: a part of standard input may have been read before. */
static uint64_t rest_of_file(int fd, uint64_t size)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    uint64_t skipped = at > 0 ? (uint64_t)at : 0;
    return skipped < size ? size - skipped : 0;
}

static int open_fd(struct csvk_raw *raw, const char *path, struct csvk_error *err)
{
    if (strcmp(path, "-") == 0) {
        raw->fd = STDIN_FILENO;
        return CSVK_OK;
    }
    raw->close_fd = true;
    do {
        raw->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (raw->fd < 0 && errno == EINTR);
    if (raw->fd >= 0) {
        return CSVK_OK;
    }
    int sys = errno;
    struct stat st;
    if (sys == ENXIO && stat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
        return refuse_kind(raw, st.st_mode, err);
    }
    return csvk_fail_sys(err, sys, "cannot open %s", path);
}

/* What kind of file it is, and how long. */
static int look_at_fd(struct csvk_raw *raw, struct csvk_error *err)
{
    if (fstat(raw->fd, &raw->before) != 0) {
        return csvk_fail_sys(err, errno, "cannot read %s", raw->name);
    }
    int status = refuse_kind(raw, raw->before.st_mode, err);
    if (status == CSVK_OK && S_ISREG(raw->before.st_mode)) {
        raw->is_regular = true;
        raw->size = rest_of_file(raw->fd, (uint64_t)raw->before.st_size);
        (void)posix_fadvise(raw->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* only a hint */
    }
    return status;
}

int csvk_raw_open(struct csvk_raw *raw, const char *path, struct csvk_error *err)
{
    *raw = (struct csvk_raw){.fd = -1};
    raw->name = csvk_strdup(strcmp(path, "-") == 0 ? "standard input" : path);
    if (raw->name == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = open_fd(raw, path, err);
    return status == CSVK_OK ? look_at_fd(raw, err) : status;
}

int csvk_raw_fd(struct csvk_raw *raw, int fd, const char *name, struct csvk_error *err)
{
    *raw = (struct csvk_raw){.fd = fd, .name = csvk_strdup(name)};
    return raw->name != NULL ? look_at_fd(raw, err) : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static const struct csvk_sized input_type =
    CSVK_SIZED(struct csvk_input, context, CSVK_SIZED_BY_HAND);

int csvk_raw_input(struct csvk_raw *raw, const struct csvk_input *input, struct csvk_error *err)
{
    struct csvk_input own = {.size = sizeof own};
    *raw = (struct csvk_raw){.fd = -1};
    int status = csvk_sized_read(&input_type, &own, input, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (own.read == NULL || own.name == NULL) {
        return csvk_fail(err, CSVK_EUSAGE, "an input needs a name and a function that reads");
    }
    raw->name = csvk_strdup(own.name);
    if (raw->name == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    raw->input = own;
    raw->size = own.length;
    raw->input.name = NULL;
    return CSVK_OK;
}

int csvk_raw_memory(struct csvk_raw *raw, const void *bytes, size_t length, struct csvk_error *err)
{
    *raw = (struct csvk_raw){.fd = -1, .memory = bytes, .size = length};
    raw->name = csvk_strdup("memory");
    return raw->name != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static size_t take_memory(const struct csvk_raw *raw, void *bytes, size_t capacity)
{
    uint64_t left = raw->size - raw->position;
    size_t n = left < capacity ? (size_t)left : capacity;
    if (n > 0) {
        memcpy(bytes, raw->memory + raw->position, n);
    }
    return n;
}

/*
 * After read(2) failed: whether to call it again. Waits when the descriptor is not ready, which
 * happens when another program has made it non-blocking.
 */
static bool may_read_again(const struct csvk_raw *raw)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        struct pollfd wait = {.fd = raw->fd, .events = POLLIN};
        return poll(&wait, 1, -1) >= 0 || errno == EINTR;
    }
    return errno == EINTR;
}

/* Only before a read: whoever jumps often does not read in between, and the call is not free. */
static int catch_up(struct csvk_raw *raw, struct csvk_error *err)
{
    if (raw->ahead != 0 && lseek(raw->fd, (off_t)raw->ahead, SEEK_CUR) < 0) {
        return csvk_fail_sys(err, errno, "cannot read %s", raw->name);
    }
    raw->ahead = 0;
    return CSVK_OK;
}

static int read_fd(const struct csvk_raw *raw, void *bytes, size_t capacity, size_t *got,
                   struct csvk_error *err)
{
    ssize_t n;
    do {
        n = read(raw->fd, bytes, capacity);
    } while (n < 0 && may_read_again(raw));
    if (n < 0) {
        return csvk_fail_sys(err, errno, "cannot read %s", raw->name);
    }
    *got = (size_t)n;
    return CSVK_OK;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Called at the end of a regular file, or when more bytes have come than it had. */
static int check_unchanged(struct csvk_raw *raw, struct csvk_error *err)
{
    struct stat now;
    if (fstat(raw->fd, &now) != 0) {
        return csvk_fail_sys(err, errno, "cannot read %s", raw->name);
    }
    bool same = now.st_size == raw->before.st_size && same_time(now.st_mtim, raw->before.st_mtim);
    if (same && raw->before.st_size == 0) {
        raw->is_regular = false; /* a file such as those in /proc: its size says nothing */
        return CSVK_OK;
    }
    if (!same || raw->position != raw->size) {
        return csvk_fail(err, CSVK_ECHANGED, "%s was changed while it was read", raw->name);
    }
    return CSVK_OK;
}

int csvk_raw_read(struct csvk_raw *raw, void *bytes, size_t capacity, size_t *got,
                  struct csvk_error *err)
{
    *got = 0;
    if (raw->input.read != NULL) {
        int status = raw->input.read(raw->input.context, bytes, capacity, got, err);
        *got = status == CSVK_OK ? *got : 0;
        raw->position += *got;
        return status;
    }
    if (raw->fd < 0) {
        *got = take_memory(raw, bytes, capacity);
        raw->position += *got;
        return CSVK_OK;
    }
    int status = catch_up(raw, err);
    status = status == CSVK_OK ? read_fd(raw, bytes, capacity, got, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    raw->position += *got;
    if (raw->is_regular && (*got == 0 || raw->position > raw->size)) {
        return check_unchanged(raw, err);
    }
    return CSVK_OK;
}

bool csvk_raw_start(const struct csvk_raw *raw, uint64_t *start)
{
    off_t at = raw->is_regular ? lseek(raw->fd, 0, SEEK_CUR) : -1;
    if (at < 0 || (uint64_t)at + raw->ahead < raw->position) {
        return false;
    }
    *start = (uint64_t)at + raw->ahead - raw->position;
    return true;
}

void csvk_raw_jump(struct csvk_raw *raw, uint64_t length)
{
    raw->ahead += raw->fd >= 0 ? length : 0;
    raw->position += length;
}

void csvk_raw_close(struct csvk_raw *raw)
{
    if (raw->input.close != NULL) {
        raw->input.close(raw->input.context);
    }
    if (raw->close_fd && raw->fd >= 0) {
        close(raw->fd);
    }
    csvk_free(raw->name);
    *raw = (struct csvk_raw){.fd = -1};
}
