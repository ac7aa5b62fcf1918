/*
 * slice_dir.c - a directory that appears whole or not at all.
 *
 * The idea. Files are made in .NAME.csvkit-PID-RANDOM.tmp beside NAME; programs that list the
 * folder do not take names with a dot at the start for data. The owner holds a lock on the
 * temporary directory. By that lock another process recognizes a directory whose owner is dead, and
 * removes it (process numbers mean nothing across containers, locks do).
 *
 * An existing NAME changes places with the new directory in a single step (RENAME_EXCHANGE). Where
 * the file system cannot do that, NAME is moved to .NAME.csvkit-….old first, and back when the
 * second step fails. A process that is killed between the two steps leaves the old directory there,
 * and nothing removes it.
 *
 * A signal handler removes temporary directories without heap or locks, with names that it gets
 * from the kernel. Therefore the open directories are kept in a small table of fixed size.
 */
#include "manifest/slicing/slice_dir.h"

#include "csvkit/io/temp_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOTS = 64, RANDOM_DIGITS = 16, MAX_TARGET = 180 };

static const char infix[] = ".csvkit-", suffix[] = ".tmp", manifest_suffix[] = ".manifest";

struct file_slot {
    atomic_bool taken, live;
    pid_t owner; /* a child made by fork() must not remove anything */
    int parent, fd;
    char name[NAME_MAX + 1];
};
static struct file_slot slots[SLOTS];

struct slice_dir {
    enum csvk_slice_existing existing;
    int parent;                   /* the folder that holds both names */
    char *target;                 /* the final name, without folder */
    char *shown;                  /* the path as the caller gave it, for messages */
    char *path;                   /* of the temporary directory */
    struct file_slot *slot;       /* its name and descriptor */
    char tag[40];                 /* PID-RANDOM */
    struct csvk_buf new_manifest; /* its temporary name; "": there is none to rename */
    struct csvk_buf old_manifest; /* its temporary name while it is out of the way, or "" */
};

/* ---- removing -------------------------------------------------------------------------------- */

struct kernel_entry { /* an entry of a directory, in the form of getdents64(2) */
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Unlinks the names that one system call lists. Answers how many were removed; -1: the listing is
   at its end, or failed. */
static long unlink_some(int fd)
{
    _Alignas(8) char room[4096];
    long length = syscall(SYS_getdents64, fd, room, sizeof room);
    long removed = 0;
    for (long at = 0; at < length;) {
        const struct kernel_entry *entry = (const void *)(room + at);
        if (!is_dots(entry->name) && unlinkat(fd, entry->name, 0) == 0) {
            removed++;
        }
        at += entry->length;
    }
    return length > 0 ? removed : -1;
}

/* Removes a directory of plain files. Only system calls, because a signal handler calls it, too. */
static void remove_directory(int parent, int fd, const char *name)
{
    bool again = true;
    while (again) { /* a listing may skip names while others are being removed */
        again = false;
        (void)lseek(fd, 0, SEEK_SET);
        for (long removed = unlink_some(fd); removed >= 0; removed = unlink_some(fd)) {
            again = again || removed > 0;
        }
    }
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}

void csvk_slice_emergency_cleanup(void)
{
    int saved = errno;
    for (size_t i = 0; i < SLOTS; i++) {
        if (atomic_load(&slots[i].live) && slots[i].owner == getpid()) {
            remove_directory(slots[i].parent, slots[i].fd, slots[i].name);
        }
    }
    errno = saved;
}

static struct file_slot *claim_slot(void)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (!atomic_exchange(&slots[i].taken, true)) {
            slots[i].fd = -1;
            return &slots[i];
        }
    }
    return NULL;
}

static void release_slot(struct file_slot *slot)
{
    atomic_store(&slot->live, false);
    if (slot->fd >= 0) {
        close(slot->fd);
    }
    atomic_store(&slot->taken, false);
}

/* ---- what dead processes left ---------------------------------------------------------------- */

static int target_width(const char *target)
{
    size_t length = strlen(target);
    return (int)(length < MAX_TARGET ? length : MAX_TARGET);
}

/* The owner (PID) in a temporary name for `target` or its manifest; 0: it is no such name. */
static pid_t owner_of(const char *name, const char *target)
{
    size_t width = (size_t)target_width(target);
    if (name[0] != '.' || strncmp(name + 1, target, width) != 0) {
        return 0;
    }
    const char *at = name + 1 + width;
    bool manifest = strncmp(at, manifest_suffix, sizeof manifest_suffix - 1) == 0;
    at += manifest ? sizeof manifest_suffix - 1 : 0;
    if (strncmp(at, infix, sizeof infix - 1) != 0) {
        return 0;
    }
    char *end;
    errno = 0;
    long pid = strtol(at + sizeof infix - 1, &end, 10);
    size_t digits = *end == '-' ? strspn(end + 1, "0123456789abcdef") : 0;
    bool whole = (digits == RANDOM_DIGITS || digits == RANDOM_DIGITS + 1) &&
                 strcmp(end + 1 + digits, suffix) == 0;
    return whole && errno == 0 && pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

static void remove_unlocked(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (fd < 0) {
        return;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            remove_directory(parent, fd, name);
        } else {
            (void)unlinkat(parent, name, 0);
        }
    }
    close(fd);
}

static void remove_if_stale(void *target, int parent, const char *name)
{
    pid_t owner = owner_of(name, target);
    if (owner != 0 && kill(owner, 0) != 0 && errno == ESRCH) {
        remove_unlocked(parent, name);
    }
}

/* ---- the temporary directory ----------------------------------------------------------------- */

/* Splits "a/b/" into folder "a" and target "b". */
static int split_path(struct slice_dir *dir, const char *path, char **folder,
                      struct csvk_error *err)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    dir->shown = csvk_strndup(path, length);
    if (dir->shown == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    const char *slash = strrchr(dir->shown, '/');
    const char *target = slash != NULL ? slash + 1 : dir->shown;
    if (*target == '\0' || is_dots(target)) {
        return csvk_fail(err, CSVK_EUSAGE, "'%s' cannot be the directory of the slices", path);
    }
    size_t width = slash == NULL ? 0 : slash == dir->shown ? 1 : (size_t)(slash - dir->shown);
    *folder = slash == NULL ? csvk_strdup(".") : csvk_strndup(dir->shown, width);
    dir->target = csvk_strdup(target);
    bool good = *folder != NULL && dir->target != NULL;
    return good ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int make_tag(struct slice_dir *dir)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
        return -1;
    }
    snprintf(dir->tag, sizeof dir->tag, "%ld-%016llx", (long)getpid(), (unsigned long long)number);
    return 0;
}

static int make_directory(struct slice_dir *dir, const char *folder, struct csvk_error *err)
{
    struct file_slot *slot = dir->slot;
    struct csvk_buf path = CSVK_BUF_INIT;
    if (make_tag(dir) != 0) {
        return csvk_fail_sys(err, errno, "cannot get a random number for a temporary name");
    }
    snprintf(slot->name, sizeof slot->name, ".%.*s%s%s%s", target_width(dir->target), dir->target,
             infix, dir->tag, suffix);
    if (csvk_buf_printf(&path, "%s/%s", folder, slot->name) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    dir->path = (char *)path.data;
    if (mkdirat(dir->parent, slot->name, 0777) != 0) {
        return csvk_fail_sys(err, errno, "cannot write %s", dir->shown);
    }
    slot->fd = openat(dir->parent, slot->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (slot->fd < 0) {
        int sys = errno;
        (void)unlinkat(dir->parent, slot->name, AT_REMOVEDIR);
        return csvk_fail_sys(err, sys, "cannot write %s", dir->shown);
    }
    (void)flock(slot->fd, LOCK_EX | LOCK_NB); /* without locks the PID alone decides */
    slot->parent = dir->parent;
    slot->owner = getpid();
    atomic_store(&slot->live, true);
    return CSVK_OK;
}

/* "part-" and digits, then ".csv" or ".csv.gz": what the slicer calls its files; or a file that
   stands beside the slices of a part. */
static bool is_name_of_slice(const char *name)
{
    size_t digits = 0;
    if (strcmp(name, SLICE_PART_STATE) == 0 || strcmp(name, SLICE_PART_ABOUT) == 0) {
        return true;
    }
    if (strncmp(name, "part-", 5) != 0) {
        return false;
    }
    for (name += 5; *name >= '0' && *name <= '9'; name++) {
        digits++;
    }
    return digits > 0 && (strcmp(name, ".csv") == 0 || strcmp(name, ".csv.gz") == 0);
}

/* A directory that holds anything but slices of ours is never replaced: it would be lost. */
static int check_only_slices(const struct slice_dir *dir, struct csvk_error *err)
{
    int fd = openat(dir->parent, dir->target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (list == NULL) {
        int sys = errno;
        if (fd >= 0) {
            close(fd);
        }
        return csvk_fail_sys(err, sys, "cannot replace %s", dir->shown);
    }
    int status = CSVK_OK;
    const struct dirent *entry;
    while (status == CSVK_OK && (entry = readdir(list)) != NULL) {
        struct stat info;
        bool file =
            fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
        if (!is_dots(entry->d_name) && !(file && is_name_of_slice(entry->d_name))) {
            status = csvk_fail(err, CSVK_EUSAGE,
                               "%s holds %s, which is no slice that csvkit wrote, so it is not "
                               "replaced",
                               dir->shown, entry->d_name);
        }
    }
    closedir(list);
    return status;
}

static int check_existing(const struct slice_dir *dir, struct csvk_error *err)
{
    struct stat info;
    struct csvk_buf manifest = CSVK_BUF_INIT;
    if (csvk_buf_printf(&manifest, "%s%s", dir->target, manifest_suffix) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    bool there = fstatat(dir->parent, dir->target, &info, AT_SYMLINK_NOFOLLOW) == 0;
    bool folder = there && S_ISDIR(info.st_mode);
    bool orphan = faccessat(dir->parent, csvk_buf_text(&manifest), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    csvk_buf_release(&manifest);
    if (dir->existing == CSVK_SLICE_REFUSE && (there || orphan)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s%s exists already (--force replaces it)", dir->shown,
                         there ? "" : manifest_suffix);
    }
    if (there && !folder) {
        return csvk_fail(err, CSVK_EUSAGE, "%s is not a directory", dir->shown);
    }
    return there ? check_only_slices(dir, err) : CSVK_OK;
}

static int set_up(struct slice_dir *dir, const char *path, struct csvk_error *err)
{
    char *folder = NULL;
    int status = split_path(dir, path, &folder, err);
    if (status != CSVK_OK) {
        goto out;
    }
    dir->parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir->parent < 0) {
        status = csvk_fail_directory(err, errno, path, folder);
        goto out;
    }
    status = check_existing(dir, err);
    if (status != CSVK_OK) {
        goto out;
    }
    dir->slot = claim_slot();
    if (dir->slot == NULL) {
        status = csvk_fail(err, CSVK_ELIMIT, "more than %d directories at a time", SLOTS);
        goto out;
    }
    csvk_temp_tidy(dir->parent, remove_if_stale, dir->target);
    status = make_directory(dir, folder, err);
out:
    csvk_free(folder);
    return status;
}

int slice_dir_new(struct slice_dir **out, const char *path, enum csvk_slice_existing existing,
                  struct csvk_error *err)
{
    *out = NULL;
    struct slice_dir *dir = csvk_calloc(1, sizeof *dir);
    if (dir == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    dir->parent = -1;
    dir->existing = existing;
    int status = set_up(dir, path, err);
    if (status != CSVK_OK) {
        slice_dir_free(dir);
        return status;
    }
    *out = dir;
    return CSVK_OK;
}

const char *slice_dir_path(const struct slice_dir *dir)
{
    return dir->path;
}

int slice_dir_create(const struct slice_dir *dir, const char *name, int *fd, struct csvk_error *err)
{
    *fd = openat(dir->slot->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return *fd >= 0 ? CSVK_OK : csvk_fail_sys(err, errno, "cannot write %s/%s", dir->shown, name);
}

int slice_write_all(int fd, const void *bytes, size_t length, const char *what,
                    struct csvk_error *err)
{
    const unsigned char *from = bytes;
    while (length > 0) {
        ssize_t n = write(fd, from, length);
        if (n < 0 && errno != EINTR) {
            return csvk_fail_sys(err, errno, "cannot write %s", what);
        }
        from += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return CSVK_OK;
}

/* ---- commit ---------------------------------------------------------------------------------- */

/* Writes the new manifest under a temporary name and makes it durable. */
static int prepare_manifest(struct slice_dir *dir, const struct csvk_bytes *text,
                            struct csvk_error *err)
{
    if (csvk_buf_printf(&dir->new_manifest, ".%.*s%s%s%s%s", target_width(dir->target), dir->target,
                        manifest_suffix, infix, dir->tag, suffix) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int fd = openat(dir->parent, csvk_buf_text(&dir->new_manifest),
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) {
        return csvk_fail_sys(err, errno, "cannot write %s%s", dir->shown, manifest_suffix);
    }
    int status = slice_write_all(fd, text->ptr, text->len, "the manifest", err);
    if (status == CSVK_OK && fsync(fd) != 0) {
        status = csvk_fail_sys(err, errno, "cannot write %s%s", dir->shown, manifest_suffix);
    }
    if (close(fd) != 0 && status == CSVK_OK) {
        status = csvk_fail_sys(err, errno, "cannot write %s%s", dir->shown, manifest_suffix);
    }
    return status;
}

/* Moves the old manifest out of the way: it must never stand beside the new slices. */
static int move_old_manifest(struct slice_dir *dir, const char *manifest, struct csvk_error *err)
{
    if (csvk_buf_printf(&dir->old_manifest, ".%.*s%s%s%s0%s", target_width(dir->target),
                        dir->target, manifest_suffix, infix, dir->tag, suffix) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (renameat(dir->parent, manifest, dir->parent, csvk_buf_text(&dir->old_manifest)) == 0) {
        return CSVK_OK;
    }
    csvk_buf_clear(&dir->old_manifest);
    return errno == ENOENT
               ? CSVK_OK
               : csvk_fail_sys(err, errno, "cannot replace %s%s", dir->shown, manifest_suffix);
}

/* For file systems that cannot exchange two names in one step. */
static int replace_in_two_steps(struct slice_dir *dir)
{
    struct csvk_buf old = CSVK_BUF_INIT;
    int result = -1;
    if (csvk_buf_printf(&old, ".%.*s%s%s.old", target_width(dir->target), dir->target, infix,
                        dir->tag) != CSVK_OK) {
        errno = ENOMEM;
        return -1;
    }
    const char *away = csvk_buf_text(&old);
    if (renameat(dir->parent, dir->target, dir->parent, away) == 0) {
        result = renameat(dir->parent, dir->slot->name, dir->parent, dir->target);
        int sys = errno;
        (void)renameat(dir->parent, away, dir->parent, result == 0 ? dir->slot->name : dir->target);
        errno = sys;
    }
    csvk_buf_release(&old);
    return result;
}

enum slot_place { PLACE_FREE, PLACE_EXCHANGED }; /* was the final name free? */

/* Gives the directory its final name. PLACE_EXCHANGED: the old directory has the temporary name. */
static int take_place(struct slice_dir *dir, enum slot_place *place)
{
    const char *from = dir->slot->name, *to = dir->target;
    *place = PLACE_FREE;
    int result = renameat2(dir->parent, from, dir->parent, to, RENAME_NOREPLACE);
    if (result != 0 && (errno == EINVAL || errno == ENOSYS) &&
        faccessat(dir->parent, to, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        return renameat(dir->parent, from, dir->parent, to);
    }
    if (result == 0 || dir->existing == CSVK_SLICE_REFUSE) {
        return result;
    }
    if (check_only_slices(dir, NULL) != CSVK_OK) {
        errno = ENOTEMPTY; /* something came into the directory meanwhile */
        return -1;
    }
    *place = PLACE_EXCHANGED;
    result = renameat2(dir->parent, from, dir->parent, to, RENAME_EXCHANGE);
    if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
        result = replace_in_two_steps(dir);
    }
    return result;
}

static void remove_old(struct slice_dir *dir)
{
    int fd = openat(dir->parent, dir->slot->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        remove_directory(dir->parent, fd, dir->slot->name);
        close(fd);
    }
}

/* Changes the names, in the order that slice.h states at csvk_slicer_commit. */
static int change_names(struct slice_dir *dir, const char *manifest, struct csvk_error *err)
{
    enum slot_place place;
    int status = move_old_manifest(dir, manifest, err);
    if (status != CSVK_OK) {
        return status;
    }
    atomic_store(&dir->slot->live, false); /* its name will soon be that of the old directory */
    if (take_place(dir, &place) != 0) {
        status = csvk_fail_sys(err, errno, "cannot rename the finished slices to %s", dir->shown);
        atomic_store(&dir->slot->live, true);
        if (dir->old_manifest.length > 0) {
            (void)renameat(dir->parent, csvk_buf_text(&dir->old_manifest), dir->parent, manifest);
        }
        return status;
    }
    if (dir->new_manifest.length > 0 &&
        renameat(dir->parent, csvk_buf_text(&dir->new_manifest), dir->parent, manifest) != 0) {
        status = csvk_fail_sys(
            err, errno, "%s is complete, but its manifest cannot be put in place", dir->shown);
    } else {
        csvk_buf_clear(&dir->new_manifest);
    }
    if (dir->old_manifest.length > 0) {
        (void)unlinkat(dir->parent, csvk_buf_text(&dir->old_manifest), 0);
    }
    if (place == PLACE_EXCHANGED) {
        remove_old(dir);
    }
    release_slot(dir->slot);
    dir->slot = NULL;
    return status;
}

int slice_dir_commit(struct slice_dir *dir, const struct csvk_bytes *manifest,
                     struct csvk_error *err)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = CSVK_OK;
    if (csvk_buf_printf(&name, "%s%s", dir->target, manifest_suffix) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (fsync(dir->slot->fd) != 0 && errno != EINVAL) {
        status = csvk_fail_sys(err, errno, "cannot write %s", dir->shown);
    }
    if (status == CSVK_OK && manifest != NULL) {
        status = prepare_manifest(dir, manifest, err);
    }
    if (status == CSVK_OK) {
        status = change_names(dir, csvk_buf_text(&name), err);
    }
    if (status == CSVK_OK && fsync(dir->parent) != 0 && errno != EINVAL) {
        status = csvk_fail_sys(err, errno, "cannot make the new name %s durable", dir->shown);
    }
    csvk_buf_release(&name);
    return status;
}

void slice_dir_free(struct slice_dir *dir)
{
    if (dir == NULL) {
        return;
    }
    if (dir->slot != NULL) {
        if (dir->slot->fd >= 0) {
            remove_directory(dir->parent, dir->slot->fd, dir->slot->name);
        }
        release_slot(dir->slot);
    }
    if (dir->new_manifest.length > 0) {
        (void)unlinkat(dir->parent, csvk_buf_text(&dir->new_manifest), 0);
    }
    if (dir->parent >= 0) {
        close(dir->parent);
    }
    csvk_buf_release(&dir->new_manifest);
    csvk_buf_release(&dir->old_manifest);
    csvk_free(dir->target);
    csvk_free(dir->shown);
    csvk_free(dir->path);
    csvk_free(dir);
}
