/* keys_spill.c - an unlinked temporary file for what does not fit into memory; see keys_spill.h. */
#include "validator/keys/keys_spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void csvk_spill_init(struct csvk_spill *spill, const char *dir)
{
    *spill = (struct csvk_spill){.dir = dir, .fd = -1};
}

static const char *directory(const struct csvk_spill *spill)
{
    if (spill->dir != NULL) {
        return spill->dir;
    }
    const char *wanted = getenv("TMPDIR");
    return wanted != NULL && wanted[0] != '\0' ? wanted : "/tmp";
}

/* For file systems without O_TMPFILE. */
static int open_named(const char *dir)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    if (csvk_buf_printf(&path, "%s/csvkit-keys-XXXXXX", dir) != CSVK_OK) {
        errno = ENOMEM;
        return -1;
    }
    int fd = mkostemp((char *)path.data, O_CLOEXEC);
    if (fd >= 0 && unlink((char *)path.data) != 0) {
        int sys = errno;
        close(fd);
        errno = sys;
        fd = -1;
    }
    csvk_buf_release(&path);
    return fd;
}

static int create(struct csvk_spill *spill, struct csvk_error *err)
{
    const char *dir = directory(spill);
    spill->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (spill->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        spill->fd = open_named(dir);
    }
    if (spill->fd < 0) {
        return csvk_fail_sys(err, errno, "cannot create a temporary file for keys in '%s'", dir);
    }
    return CSVK_OK;
}

int csvk_spill_write(struct csvk_spill *spill, uint64_t at, const void *bytes, size_t length,
                     struct csvk_error *err)
{
    int status = spill->fd < 0 ? create(spill, err) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    const unsigned char *p = bytes;
    for (size_t done = 0; done < length;) {
        ssize_t n = pwrite(spill->fd, p + done, length - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return csvk_fail_sys(err, n < 0 ? errno : ENOSPC,
                                 "cannot write keys to a temporary file in '%s'", directory(spill));
        }
        done += (size_t)n;
    }
    spill->written += length;
    if (at + length > spill->size) {
        spill->size = at + length;
    }
    return CSVK_OK;
}

int csvk_spill_read(const struct csvk_spill *spill, uint64_t at, void *bytes, size_t length,
                    struct csvk_error *err)
{
    unsigned char *p = bytes;
    for (size_t done = 0; done < length;) {
        ssize_t n = pread(spill->fd, p + done, length - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return csvk_fail_sys(err, errno, "cannot read keys from a temporary file in '%s'",
                                 directory(spill));
        }
        if (n == 0) {
            return csvk_fail(err, CSVK_EIO, "a temporary file of keys in '%s' ends too early",
                             directory(spill));
        }
        done += (size_t)n;
    }
    return CSVK_OK;
}

void csvk_spill_release(struct csvk_spill *spill)
{
    if (spill->fd >= 0) {
        close(spill->fd);
    }
    spill->fd = -1;
    spill->size = 0;
}
