/*
 * processor_copy.c - paths, folders, copies and moves.
 *
 * Files are copied with read(), because a source would decompress gzip. A copy appears whole or not
 * at all. Links are refused, because they may point to something that the component did not mean.
 */
#include "manifest/processor/processor_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (UINT32_C(1) << 18)

/* ---- paths and folders ---- */

char *processor_path(const char *folder, const char *a, const char *b)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status =
        csvk_buf_printf(&path, "%s/%s%s%s", folder, a, b != NULL ? "/" : "", b != NULL ? b : "");
    char *text = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
    csvk_buf_release(&path);
    return text;
}

/* Removes what is in the folder `parent` under this name. No link is followed. */
static void remove_at(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        unlinkat(parent, name, 0);
        return;
    }
    for (const struct dirent *d; (d = readdir(folder)) != NULL;) {
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0) {
            remove_at(dirfd(folder), d->d_name);
        }
    }
    closedir(folder);
    unlinkat(parent, name, AT_REMOVEDIR);
}

void processor_remove(const char *path)
{
    remove_at(AT_FDCWD, path);
}

/* A file takes the place of a file in one step; a folder cannot, so the old one is moved away
   first, to the stage, and back when the second step fails. */
int processor_move(const struct processor *p, const char *from, const char *to)
{
    struct stat info;
    char *old = NULL;
    if (lstat(to, &info) == 0 &&
        (S_ISDIR(info.st_mode) || lstat(from, &info) != 0 || S_ISDIR(info.st_mode))) {
        old = processor_path(p->stage, "old", NULL);
        if (old == NULL) {
            return processor_no_memory(p);
        }
    }
    int status = CSVK_OK;
    if ((old != NULL && rename(to, old) != 0) || rename(from, to) != 0) {
        status = csvk_fail_sys(p->err, errno, "cannot write %s", to);
        if (old != NULL) {
            (void)rename(old, to);
        }
    }
    if (old != NULL) {
        processor_remove(old);
    }
    csvk_free(old);
    return status;
}

int processor_folder(const struct processor *p, const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return CSVK_OK;
    }
    return csvk_fail_sys(p->err, errno, "cannot make the folder %s", path);
}

/* ---- copies ---- */

static int pump(int fd, const char *from, struct csvk_sink *sink, struct csvk_error *err)
{
    unsigned char *chunk = csvk_malloc(CHUNK);
    int status = chunk != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    while (status == CSVK_OK) {
        ssize_t n = read(fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n == 0) {
            break;
        }
        status = n < 0 ? csvk_fail_sys(err, errno, "cannot read %s", from)
                       : csvk_sink_write(sink, chunk, (size_t)n, err);
    }
    csvk_free(chunk);
    return status;
}

static int copy_file(const char *from, const char *to, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return csvk_fail_sys(err, errno, "cannot open %s", from);
    }
    int status = csvk_sink_open(&sink, to, 0, err);
    status = status == CSVK_OK ? pump(fd, from, sink, err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, err) : status;
    csvk_sink_free(sink);
    close(fd);
    return status;
}

static int copy_names(const struct processor *p, const struct csvk_strings *names, const char *from,
                      const char *to)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < names->count && status == CSVK_OK; i++) {
        char *a = processor_path(from, names->item[i], NULL);
        char *b = processor_path(to, names->item[i], NULL);
        status = a != NULL && b != NULL ? processor_copy(p, a, b) : processor_no_memory(p);
        csvk_free(a);
        csvk_free(b);
    }
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int processor_names(const struct processor *p, const char *path, struct csvk_strings *names)
{
    DIR *dir = opendir(path);
    int status = CSVK_OK;
    if (dir == NULL) {
        int sys = errno;
        return sys == ENOENT ? CSVK_OK : csvk_fail_sys(p->err, sys, "cannot list %s", path);
    }
    for (const struct dirent *d; (d = readdir(dir)) != NULL && status == CSVK_OK;) {
        bool self = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
        status = self ? CSVK_OK : csvk_strings_add(names, d->d_name);
    }
    closedir(dir);
    if (names->count > 1) {
        qsort(names->item, names->count, sizeof *names->item, by_text);
    }
    return status == CSVK_OK ? CSVK_OK : processor_no_memory(p);
}

static int copy_folder(const struct processor *p, const char *from, const char *to)
{
    struct csvk_strings names = {0};
    int status = processor_folder(p, to);
    status = status == CSVK_OK ? processor_names(p, from, &names) : status;
    status = status == CSVK_OK ? copy_names(p, &names, from, to) : status;
    csvk_strings_release(&names);
    return status;
}

int processor_copy(const struct processor *p, const char *from, const char *to)
{
    struct stat info;
    if (lstat(from, &info) != 0) {
        return csvk_fail_sys(p->err, errno, "cannot read %s", from);
    }
    if (S_ISDIR(info.st_mode)) {
        return copy_folder(p, from, to);
    }
    if (!S_ISREG(info.st_mode)) {
        return PROCESSOR_REFUSE(p, "%s is neither a file nor a folder; it is not copied", from);
    }
    return copy_file(from, to, p->err);
}
