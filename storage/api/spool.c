/* spool.c - temporary files without a name, and compression into them. The length of an upload must
 * be known before its first byte is sent, so a file cannot be compressed while it is being sent. */
#include "storage/api/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024, GZIP_LEVEL = 6, GZIP_WINDOW = 15 + 16 };

bool spool_is_gzip(int fd)
{
    unsigned char mark[3];
    return pread(fd, mark, sizeof mark, 0) == (ssize_t)sizeof mark && mark[0] == 0x1f &&
           mark[1] == 0x8b && mark[2] == 8;
}

int spool_open(int *fd, struct csvk_error *err)
{
    const char *folder = getenv("TMPDIR");
    folder = folder && *folder ? folder : "/var/tmp";
    *fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd >= 0) {
        return CSVK_OK;
    }
    struct csvk_buf name = CSVK_BUF_INIT;
    if (csvk_buf_printf(&name, "%s/csvkit-XXXXXX", folder) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    *fd = mkostemp((char *)name.data, O_CLOEXEC);
    int sys = errno;
    if (*fd >= 0) {
        unlink((char *)name.data);
    }
    csvk_buf_release(&name);
    return *fd >= 0 ? CSVK_OK
                    : csvk_fail_sys(err, sys, "%s: cannot create a temporary file there", folder);
}

static int write_all(int fd, const unsigned char *bytes, size_t length, struct csvk_error *err)
{
    while (length > 0) {
        ssize_t put = write(fd, bytes, length);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return csvk_fail_sys(err, errno, "compressing into the temporary folder");
        }
        bytes += put;
        length -= (size_t)put;
    }
    return CSVK_OK;
}

struct compressing {
    z_stream zlib;
    unsigned char *in, *out;
    int to;
    uint64_t size;
};

static int drain(struct compressing *compressing, int flush, struct csvk_error *err)
{
    do {
        compressing->zlib.next_out = compressing->out;
        compressing->zlib.avail_out = BLOCK;
        deflate(&compressing->zlib, flush);
        size_t made = BLOCK - compressing->zlib.avail_out;
        int status = write_all(compressing->to, compressing->out, made, err);
        if (status < 0) {
            return status;
        }
        compressing->size += made;
    } while (compressing->zlib.avail_out == 0);
    return CSVK_OK;
}

static int compress_all(struct compressing *compressing, int from,
                        const volatile sig_atomic_t *cancel, struct csvk_error *err)
{
    for (off_t at = 0;;) {
        if (cancel && *cancel) {
            return csvk_fail(err, CSVK_ECANCELED, "compressing: stopped");
        }
        ssize_t got = pread(from, compressing->in, BLOCK, at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return csvk_fail_sys(err, errno, "reading the file to compress");
        }
        compressing->zlib.next_in = compressing->in;
        compressing->zlib.avail_in = (uInt)got;
        int status = drain(compressing, got == 0 ? Z_FINISH : Z_NO_FLUSH, err);
        if (status < 0 || got == 0) {
            return status;
        }
        at += got;
    }
}

int spool_gzip(int from, const volatile sig_atomic_t *cancel, int *to, uint64_t *size,
               struct csvk_error *err)
{
    struct compressing compressing = {.to = -1};
    *to = -1;
    compressing.in = csvk_malloc(BLOCK);
    compressing.out = csvk_malloc(BLOCK);
    if (!compressing.in || !compressing.out ||
        deflateInit2(&compressing.zlib, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        csvk_free(compressing.in);
        csvk_free(compressing.out);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = spool_open(&compressing.to, err);
    if (status == CSVK_OK) {
        status = compress_all(&compressing, from, cancel, err);
    }
    deflateEnd(&compressing.zlib);
    csvk_free(compressing.in);
    csvk_free(compressing.out);
    if (status < 0 && compressing.to >= 0) {
        close(compressing.to);
        return status;
    }
    *to = compressing.to;
    *size = compressing.size;
    return status;
}
