/*
 * count.c - counts the records of a file, or of what comes through a Unix socket, with libcsvkit
 * and libc alone. The bytes come from a function of our own: it could ask an archive or a network.
 *   count FILE|SOCKET
 */
#include "csvkit/csvkit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int read_some(void *context, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    const int *fd = context;
    ssize_t n;
    do {
        n = read(*fd, bytes, capacity);
    } while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0; /* 0 is the end */
    return n >= 0 ? CSVK_OK : csvk_fail_sys(err, errno, "cannot read");
}

static int connect_to(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, path, strnlen(path, sizeof to.sun_path - 1));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static int count(struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options); /* RFC 4180; records are counted, not reported */
    int status = csvk_reader_new(&reader, source, &options, err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, err);
    }
    if (status == CSVK_END) {
        printf("%llu records\n", (unsigned long long)csvk_reader_totals(reader)->records);
    }
    csvk_reader_free(reader);
    return status;
}

int main(int argc, char **argv)
{
    const char *path = argc == 2 ? argv[1] : "";
    struct stat st;
    bool is_socket = stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
    int fd = is_socket ? connect_to(path) : open(path, O_RDONLY | O_CLOEXEC);
    struct csvk_input input = {
        .size = sizeof input, .name = path, .read = read_some, .context = &fd};
    struct csvk_source *source = NULL;
    struct csvk_error err = {0};
    int status = fd >= 0 ? csvk_source_input(&source, &input, &err)
                         : csvk_fail_sys(&err, errno, "cannot open '%s'", path);
    status = status == CSVK_OK ? count(source, &err) : status;
    csvk_source_free(source);
    if (fd >= 0) {
        close(fd);
    }
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status < 0 ? 2 : 0;
}
