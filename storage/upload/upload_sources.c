/* upload_sources.c - finds and opens the sources of an upload, and notices when they change. */
#include "storage/upload/upload_sources.h"
#include "csvkit/json.h"
#include "storage/api/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The name of a slice becomes part of an object key and of a JSON text. */
static bool is_sound_name(const char *name)
{
    const unsigned char *at = (const unsigned char *)name;
    for (size_t left = strlen(name); left > 0;) {
        uint32_t code;
        size_t length = csvk_utf8_decode(at, left, &code);
        if (length == 0 || csvk_code_is_hostile(code)) {
            return false;
        }
        at += length;
        left -= length;
    }
    return strcmp(name, "manifest") != 0;
}

static int look(struct upload_object *object, bool *gzip, struct csvk_error *err)
{
    int fd = open(object->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &object->seen) != 0) {
        int sys = errno;
        if (fd >= 0) {
            close(fd);
        }
        return csvk_fail_sys(err, sys, "%s", object->path);
    }
    *gzip = spool_is_gzip(fd);
    close(fd);
    if (!S_ISREG(object->seen.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: not a regular file", object->path);
    }
    return CSVK_OK;
}

/* Plans one object. Loaders look at its name: what is or will be compressed must end in .gz. */
static int plan(struct upload_objects *objects, const char *path, enum kbc_compress compress,
                struct csvk_error *err)
{
    struct upload_object *object = &objects->item[objects->count++];
    struct csvk_buf name = CSVK_BUF_INIT;
    bool gzip = false;
    object->object.fd = -1;
    object->path = csvk_strdup(path);
    if (!object->path) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = look(object, &gzip, err);
    if (status < 0) {
        return status;
    }
    bool add = (gzip || compress == KBC_GZIP) && !ends_with(path, ".gz");
    if (csvk_buf_printf(&name, "%s%s", base_name(path), add ? ".gz" : "") < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    object->name = csvk_strdup(csvk_buf_text(&name));
    csvk_buf_release(&name);
    if (!object->name) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    snprintf(object->what, sizeof object->what, "upload of %.140s", base_name(path));
    object->object.what = object->what;
    object->object.size = (uint64_t)object->seen.st_size;
    objects->bytes += object->object.size;
    return CSVK_OK;
}

static int check_names(const struct upload_objects *objects, struct csvk_error *err)
{
    for (size_t i = 0; i < objects->count; i++) {
        const struct upload_object *object = &objects->item[i];
        if (!is_sound_name(object->name)) {
            return csvk_fail(err, CSVK_EUSAGE, "%s: a slice cannot have this name", object->path);
        }
        for (size_t k = 0; k < i && ends_with(object->path, ".gz"); k++) {
            if (strcmp(objects->item[k].name, object->name) == 0) {
                return csvk_fail(err, CSVK_EUSAGE, "%s: two slices would be stored as %s",
                                 object->path, object->name);
            }
        }
    }
    return CSVK_OK;
}

/* Counts entries that are not slices, such as folders. The platform's clients skip them, too;
   csvkit reports that. */
static size_t count_left_out(const char *path, size_t slices)
{
    size_t entries = 0;
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        entries += entry->d_name[0] != '.';
    }
    if (dir) {
        closedir(dir);
    }
    return entries > slices ? entries - slices : 0;
}

static int collect_slices(struct upload_objects *objects, const char *path,
                          enum kbc_compress compress, struct csvk_error *err)
{
    struct csvk_strings slices = {0};
    int status = csvk_list_slices(path, &slices, err);
    if (status == CSVK_OK) {
        objects->item = csvk_calloc(slices.count + 1, sizeof *objects->item);
        status = objects->item ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < slices.count && status == CSVK_OK; i++) {
        status = plan(objects, slices.item[i], compress, err);
    }
    objects->left_out = count_left_out(path, slices.count);
    csvk_strings_release(&slices);
    return status == CSVK_OK ? check_names(objects, err) : status;
}

int objects_collect(struct upload_objects *objects, const char *path, enum kbc_compress compress,
                    struct csvk_error *err)
{
    struct stat about;
    memset(objects, 0, sizeof *objects);
    if (stat(path, &about) != 0) {
        return csvk_fail_sys(err, errno, "%s", path);
    }
    objects->sliced = S_ISDIR(about.st_mode);
    if (objects->sliced) {
        return collect_slices(objects, path, compress, err);
    }
    objects->item = csvk_calloc(1, sizeof *objects->item);
    if (!objects->item) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return plan(objects, path, compress, err);
}

void objects_release(struct upload_objects *objects)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct upload_object *object = &objects->item[i];
        object_close(object);
        csvk_free(object->path);
        csvk_free(object->name);
        csvk_free(object->object.key);
        csvk_free(object->object.upload);
        csvk_free(object->object.parts);
    }
    csvk_free(objects->item);
    memset(objects, 0, sizeof *objects);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ino == b->st_ino &&
           a->st_dev == b->st_dev;
}

int object_check(const struct upload_object *object, struct csvk_error *err)
{
    struct stat now;
    if (stat(object->path, &now) != 0) {
        return csvk_fail_sys(err, errno, "%s", object->path);
    }
    return is_same(&now, &object->seen)
               ? CSVK_OK
               : csvk_fail(err, CSVK_ECHANGED,
                           "%s: changed while it was uploaded; nothing of it "
                           "is used",
                           object->path);
}

int object_open(struct upload_object *object, enum kbc_compress compress,
                const volatile sig_atomic_t *cancel, struct csvk_error *err)
{
    int status = object_check(object, err);
    if (status < 0) {
        return status;
    }
    int fd = open(object->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return csvk_fail_sys(err, errno, "%s", object->path);
    }
    object->object.fd = fd;
    object->object.size = (uint64_t)object->seen.st_size;
    if (compress == KBC_AS_IT_IS || spool_is_gzip(fd)) {
        return CSVK_OK;
    }
    status = spool_gzip(fd, cancel, &object->object.fd, &object->object.size, err);
    close(fd);
    return status;
}

void object_close(struct upload_object *object)
{
    if (object->object.fd >= 0) {
        close(object->object.fd);
        object->object.fd = -1;
    }
}

uint64_t object_moment(const struct upload_object *object)
{
    return (uint64_t)object->seen.st_mtim.tv_sec * 1000000000 +
           (uint64_t)object->seen.st_mtim.tv_nsec;
}
