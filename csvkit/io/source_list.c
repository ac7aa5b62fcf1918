/* source_list.c - lists the files that are the slices of a sliced table. */
#include "csvkit/csvkit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add_path(struct csvk_strings *out, const char *directory, const char *name,
                    struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    size_t length = strlen(directory);
    const char *slash = length > 0 && directory[length - 1] == '/' ? "" : "/";
    int status = csvk_buf_printf(&path, "%s%s%s", directory, slash, name);
    if (status == CSVK_OK) {
        status = csvk_strings_add(out, csvk_buf_text(&path));
    }
    csvk_buf_release(&path);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/*
 * A symbolic link counts as the file it points to, because a slice may be a link. A link that
 * points nowhere is a failure: to leave it out would lose a slice in silence.
 */
static int add_if_slice(DIR *dir, const char *directory, const char *name, struct csvk_strings *out,
                        struct csvk_error *err)
{
    if (name[0] == '.') {
        return CSVK_OK;
    }
    struct stat st;
    if (fstatat(dirfd(dir), name, &st, 0) != 0) {
        return csvk_fail_sys(err, errno, "cannot read %s/%s", directory, name);
    }
    return S_ISREG(st.st_mode) ? add_path(out, directory, name, err) : CSVK_OK;
}

static int add_slices(DIR *dir, const char *directory, struct csvk_strings *out,
                      struct csvk_error *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            return errno == 0 ? CSVK_OK : csvk_fail_sys(err, errno, "cannot list %s", directory);
        }
        int status = add_if_slice(dir, directory, entry->d_name, out, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int csvk_list_slices(const char *directory, struct csvk_strings *out, struct csvk_error *err)
{
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        return csvk_fail_sys(err, errno, "cannot list %s", directory);
    }
    size_t first = out->count;
    int status = add_slices(dir, directory, out, err);
    closedir(dir);
    if (status == CSVK_OK && out->count > first) {
        qsort(out->item + first, out->count - first, sizeof *out->item, by_bytes);
    }
    return status;
}
