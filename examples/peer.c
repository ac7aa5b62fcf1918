/*
 * peer.c - judges what comes through a Unix socket, with libcsvkit and libc alone: the source asks
 * a function of our own for bytes. peer SOCKET
 */
#include "validator/validator.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int receive(void *context, void *bytes, size_t capacity, size_t *got, struct csvk_error *err)
{
    const int *fd = context;
    ssize_t n;
    do {
        n = recv(*fd, bytes, capacity, 0);
    } while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0; /* 0 is the end */
    return n >= 0 ? CSVK_OK : csvk_fail_sys(err, errno, "cannot receive");
}

static int connect_to(const char *path, struct csvk_error *err)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, path, strnlen(path, sizeof to.sun_path - 1));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        csvk_fail_sys(err, errno, "cannot open '%s'", path);
        close(fd);
        return -1;
    }
    return fd;
}

static int judge(int fd, bool *valid, struct csvk_error *err)
{
    const struct csvk_input input = {
        .size = sizeof input, .name = "peer", .read = receive, .context = &fd};
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    struct csvk_validate_options options;
    const struct csvk_report *report = NULL;
    csvk_validate_options_init(&options); /* the profile rfc4180 */
    int status = csvk_source_input(&source, &input, err);
    if (status == CSVK_OK) {
        status = csvk_validate_source(&validator, source, &options, NULL, err);
    }
    status = status == CSVK_OK ? csvk_validator_report(validator, &report, err) : status;
    for (size_t i = 0; status == CSVK_OK && i < report->nfindings; i++) {
        const struct csvk_finding *finding = report->findings[i];
        printf("byte %llu: %s\n", (unsigned long long)finding->byte, finding->rule->id);
    }
    *valid = status == CSVK_OK && report->valid;
    csvk_validator_free(validator);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
    return status;
}

int main(int argc, char **argv)
{
    struct csvk_error err = {.text = "usage: peer SOCKET"};
    bool valid = false;
    int fd = argc == 2 ? connect_to(argv[1], &err) : -1;
    int status = fd >= 0 ? judge(fd, &valid, &err) : CSVK_EIO;
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
    }
    if (fd >= 0) {
        close(fd);
    }
    return status < 0 ? 2 : valid ? EXIT_SUCCESS : EXIT_FAILURE;
}
