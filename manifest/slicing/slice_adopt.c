/*
 * slice_adopt.c - puts a slice that was made elsewhere into the directory that is being made.
 *
 * The file gets one more name there (a hard link), which costs nothing and leaves it where it was;
 * so parts can be joined again, and a join that fails has taken nothing from them. Where there are
 * no such links, between two file systems for example, it is copied.
 */
#include "manifest/slicing/slice_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 256 * 1024 };

static int open_slice(const char *path, uint64_t size, int *fd, struct csvk_error *err)
{
    struct stat info;
    *fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, &info) != 0) {
        return csvk_fail_sys(err, errno, "cannot read the slice %s", path);
    }
    if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size != size) {
        return csvk_fail(err, CSVK_EIO,
                         "%s: it has not the %" PRIu64 " bytes that it was written with: make this "
                         "part again",
                         path, size);
    }
    return CSVK_OK;
}

static int copy_bytes(int from, int to, const char *path, struct csvk_error *err)
{
    unsigned char *room = csvk_malloc(ROOM);
    ssize_t n = 1;
    int status = room != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    while (status == CSVK_OK && n != 0) {
        n = read(from, room, ROOM);
        if (n < 0 && errno != EINTR) {
            status = csvk_fail_sys(err, errno, "cannot read the slice %s", path);
        } else if (n > 0) {
            status = slice_write_all(to, room, (size_t)n, "a slice", err);
        }
    }
    if (status == CSVK_OK && fsync(to) != 0) {
        status = csvk_fail_sys(err, errno, "cannot write a slice to the disk");
    }
    csvk_free(room);
    return status;
}

static int copy_slice(const struct slice_dir *dir, const char *name, int from, const char *path,
                      struct csvk_error *err)
{
    int to;
    int status = slice_dir_create(dir, name, &to, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = copy_bytes(from, to, path, err);
    if (close(to) != 0 && status == CSVK_OK) {
        status = csvk_fail_sys(err, errno, "cannot close a slice");
    }
    return status;
}

static int link_or_copy(const struct slice_dir *dir, const char *name, int from, const char *path,
                        struct csvk_error *err)
{
    struct csvk_buf to = CSVK_BUF_INIT;
    if (csvk_buf_printf(&to, "%s/%s", slice_dir_path(dir), name) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int linked = link(path, csvk_buf_text(&to));
    csvk_buf_release(&to);
    return linked == 0 ? CSVK_OK : copy_slice(dir, name, from, path, err);
}

int slice_dir_adopt(const struct slice_dir *dir, const char *name, const char *path, uint64_t size,
                    struct csvk_error *err)
{
    int fd;
    int status = open_slice(path, size, &fd, err);
    status = status == CSVK_OK ? link_or_copy(dir, name, fd, path, err) : status;
    if (fd >= 0) {
        close(fd);
    }
    return status;
}
