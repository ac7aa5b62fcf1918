/*
 * secret.c - reads, wipes and masks secrets.
 *
 * A secret has printable ASCII characters only, because it becomes part of a header line, which
 * other bytes could break. A file with a secret in it is shorter than SECRET_MAX bytes.
 */
#include "storage/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 8192, SECRET_SHORTEST = 6 };

void secrets_init(struct secrets *secrets)
{
    memset(secrets, 0, sizeof *secrets);
    pthread_mutex_init(&secrets->lock, NULL);
}

void secrets_release(struct secrets *secrets)
{
    for (size_t i = 0; i < secrets->values.count; i++) {
        OPENSSL_cleanse(secrets->values.item[i], strlen(secrets->values.item[i]));
    }
    csvk_strings_release(&secrets->values);
    pthread_mutex_destroy(&secrets->lock);
}

int secrets_add(struct secrets *secrets, const char *value)
{
    if (!value || strlen(value) < SECRET_SHORTEST) {
        return CSVK_OK;
    }
    pthread_mutex_lock(&secrets->lock);
    int status = CSVK_OK;
    if (!csvk_strings_has(&secrets->values, value)) {
        status = csvk_strings_add(&secrets->values, value);
    }
    pthread_mutex_unlock(&secrets->lock);
    return status;
}

static void mask_one(const char *value, char *text)
{
    size_t length = strlen(value);
    for (char *hit = strstr(text, value); hit; hit = strstr(hit + length, value)) {
        memset(hit, '*', length);
    }
}

void secrets_mask(struct secrets *secrets, char *text)
{
    pthread_mutex_lock(&secrets->lock);
    for (size_t i = 0; i < secrets->values.count; i++) {
        mask_one(secrets->values.item[i], text);
    }
    pthread_mutex_unlock(&secrets->lock);
}

void secret_harden(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int read_all(int fd, char *to, size_t capacity, size_t *length)
{
    *length = 0;
    while (*length < capacity) {
        ssize_t got = read(fd, to + *length, capacity - *length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? errno : 0;
        }
        *length += (size_t)got;
    }
    return 0;
}

static int read_file(const char *path, char *to, size_t *length, bool *exposed,
                     struct csvk_error *err)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return csvk_fail_sys(err, errno, "%s", path);
    }
    struct stat about;
    if (!standard_input && fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        *exposed = (about.st_mode & (S_IRGRP | S_IROTH)) != 0;
    }
    int sys = read_all(fd, to, SECRET_MAX, length);
    if (!standard_input) {
        close(fd);
    }
    return sys ? csvk_fail_sys(err, sys, "%s", path) : CSVK_OK;
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static int take(const char *text, size_t length, const char *where, char **out,
                struct csvk_error *err)
{
    while (length > 0 && is_blank((unsigned char)text[length - 1])) {
        length--;
    }
    while (length > 0 && is_blank((unsigned char)*text)) {
        text++;
        length--;
    }
    if (length == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: holds no token", where);
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7f) {
            return csvk_fail(err, CSVK_EUSAGE, "%s: this is not a token: byte %zu is not printable",
                             where, i);
        }
    }
    *out = csvk_strndup(text, length);
    return *out ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int secret_read(const char *path, const char *variable, char **out, bool *exposed,
                struct csvk_error *err)
{
    *exposed = false;
    if (!path) {
        const char *value = getenv(variable);
        if (!value || !*value) {
            return csvk_fail(err, CSVK_EUSAGE, "no token: set %s or give --token-file=FILE",
                             variable);
        }
        return take(value, strlen(value), variable, out, err);
    }
    char text[SECRET_MAX];
    size_t length = 0;
    int status = read_file(path, text, &length, exposed, err);
    if (status == CSVK_OK && length == sizeof text) {
        status = csvk_fail(err, CSVK_EUSAGE, "%s: too long for a token", path);
    }
    if (status == CSVK_OK) {
        status = take(text, length, path, out, err);
    }
    OPENSSL_cleanse(text, sizeof text);
    return status;
}

void secret_free(char *secret)
{
    if (secret) {
        OPENSSL_cleanse(secret, strlen(secret));
        csvk_free(secret);
    }
}
