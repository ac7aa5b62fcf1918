/*
 * temp_file.c - temporary files: their names, their owners, and how they are always removed.
 *
 * A name is .TARGET.csvkit-PID-RANDOM.tmp, so whoever finds such a file knows where it comes from.
 * There are three ways to remove it:
 *   - The sink removes it.
 *   - csvk_sink_emergency_cleanup() removes it from a signal handler.
 *   - After a process was killed without a chance to clean up, the next process that writes to the
 *     directory removes it, when the process PID is gone and nobody holds the lock on the file.
 *     Both are asked because process numbers mean nothing across containers, but locks do.
 * A directory is looked through once, not again for each of a thousand slices.
 *
 * The signal handler needs the names of all open files, and may use neither locks nor the heap. So
 * the names are in a fixed table. This table and the directory last looked through are the only
 * global state of the library. A slot goes from free to claimed to live, and the handler looks at
 * live slots only.
 *
 * Invariant: a slot is live before its file exists. To remove a file that does not exist does no
 * harm; a file without a live slot would stay.
 */
#include "csvkit/io/temp_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum slot_state { SLOT_FREE, SLOT_CLAIMED, SLOT_LIVE };

struct csvk_temp_slot {
    atomic_int state;
    pid_t owner;   /* so that a child made by fork() removes nothing */
    int directory; /* descriptor, for unlinkat(2) */
    char name[NAME_MAX + 1];
};

static struct csvk_temp_slot slots[CSVK_TEMP_SLOTS];

/* Of a longer target name only the first MAX_TARGET bytes are used. */
enum { RANDOM_DIGITS = 16, MAX_TARGET = 200 };

static const char infix[] = ".csvkit-", suffix[] = ".tmp";

void csvk_sink_emergency_cleanup(void)
{
    int saved = errno;
    for (size_t i = 0; i < CSVK_TEMP_SLOTS; i++) {
        const struct csvk_temp_slot *slot = &slots[i];
        if (atomic_load(&slot->state) == SLOT_LIVE && slot->owner == getpid()) {
            (void)unlinkat(slot->directory, slot->name, 0);
        }
    }
    errno = saved;
}

/* Returns NULL when all slots are in use. */
static struct csvk_temp_slot *claim_slot(void)
{
    for (size_t i = 0; i < CSVK_TEMP_SLOTS; i++) {
        int expected = SLOT_FREE;
        if (atomic_compare_exchange_strong(&slots[i].state, &expected, SLOT_CLAIMED)) {
            return &slots[i];
        }
    }
    return NULL;
}

static void release_slot(struct csvk_temp *temp)
{
    if (temp->slot != NULL) {
        atomic_store(&temp->slot->state, SLOT_FREE);
        temp->slot = NULL;
    }
}

/* ---- files that dead processes have left ---- */

/* The process that a temporary file's name contains; 0 when it is not the name of one. */
static pid_t owner_of(const char *name)
{
    size_t length = strlen(name), tail = 1 + RANDOM_DIGITS + sizeof suffix - 1;
    if (name[0] != '.' || length <= tail) {
        return 0;
    }
    const char *dash = name + length - tail;
    const char *at = dash;
    while (at > name && at[-1] >= '0' && at[-1] <= '9') {
        at--;
    }
    size_t before = (size_t)(at - name), digits = (size_t)(dash - at);
    bool is_ours = *dash == '-' && digits > 0 && digits < 10 && before >= sizeof infix &&
                   memcmp(at - (sizeof infix - 1), infix, sizeof infix - 1) == 0 &&
                   strspn(dash + 1, "0123456789abcdef") == RANDOM_DIGITS &&
                   strcmp(dash + 1 + RANDOM_DIGITS, suffix) == 0;
    return is_ours ? (pid_t)strtol(at, NULL, 10) : 0;
}

/* False also when the file cannot be opened: then it is left alone. */
static bool is_unlocked(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    bool answer = flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return answer;
}

static void remove_if_stale(void *none, int directory, const char *name)
{
    (void)none;
    pid_t owner = owner_of(name);
    if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH && is_unlocked(directory, name)) {
        (void)unlinkat(directory, name, 0);
    }
}

/* Whether `directory` is not the one that was looked through last. */
static bool is_new_directory(int directory)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static dev_t device;
    static ino_t inode;
    struct stat st;
    if (fstat(directory, &st) != 0) {
        return false;
    }
    pthread_mutex_lock(&lock);
    bool is_new = st.st_dev != device || st.st_ino != inode;
    device = st.st_dev;
    inode = st.st_ino;
    pthread_mutex_unlock(&lock);
    return is_new;
}

void csvk_temp_tidy(int directory, void (*visit)(void *context, int directory, const char *name),
                    void *context)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (list == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        visit(context, directory, entry->d_name);
    }
    closedir(list);
}

/* ---- a file of our own ---- */

/* Splits `path` into its directory (owned by the caller) and the name in it, temp->target. */
static int split_path(struct csvk_temp *temp, const char *path, char **directory,
                      struct csvk_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *target = slash != NULL ? slash + 1 : path;
    if (*target == '\0' || strcmp(target, ".") == 0 || strcmp(target, "..") == 0) {
        return csvk_fail_sys(err, EISDIR, "cannot write '%s'", path);
    }
    *directory = slash == NULL   ? csvk_strdup(".")
                 : slash == path ? csvk_strdup("/")
                                 : csvk_strndup(path, (size_t)(slash - path));
    temp->target = csvk_strdup(target);
    if (*directory == NULL || temp->target == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return CSVK_OK;
}

/* Nothing but letters, digits and - . / _, which a shell takes as they are. */
static bool is_plain(const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./_";
    return path[0] != '-' && path[strspn(path, plain)] == '\0';
}

/* A missing one is not made: a slip in a path would put the result where nobody looks for it. */
int csvk_fail_directory(struct csvk_error *err, int sys, const char *path, const char *directory)
{
    return sys == ENOENT && is_plain(directory)
               ? csvk_fail_sys(err, sys, "cannot write %s: directory %s (mkdir -p %s makes it)",
                               path, directory, directory)
               : csvk_fail_sys(err, sys, "cannot write %s: directory %s", path, directory);
}

static int open_directory(struct csvk_temp *temp, const char *path, struct csvk_error *err)
{
    char *directory = NULL;
    int status = split_path(temp, path, &directory, err);
    if (status == CSVK_OK) {
        temp->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (temp->directory < 0) {
            status = csvk_fail_directory(err, errno, path, directory);
        }
    }
    csvk_free(directory);
    return status;
}

static int target_width(const char *target)
{
    size_t length = strlen(target);
    return (int)(length < MAX_TARGET ? length : MAX_TARGET);
}

static int make_name(struct csvk_temp_slot *slot, const char *target)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
        return -1;
    }
    snprintf(slot->name, sizeof slot->name, ".%.*s%s%ld-%016llx%s", target_width(target), target,
             infix, (long)getpid(), (unsigned long long)number, suffix);
    return 0;
}

/*
 * Invariant: the name is complete before the slot is live; otherwise a signal in between would
 * remove another file.
 */
static int create_file(struct csvk_temp *temp)
{
    struct csvk_temp_slot *slot = temp->slot;
    slot->owner = getpid();
    slot->directory = temp->directory;
    do {
        atomic_store(&slot->state, SLOT_CLAIMED);
        if (make_name(slot, temp->target) != 0) {
            return -1;
        }
        atomic_store(&slot->state, SLOT_LIVE);
        temp->fd = openat(temp->directory, slot->name,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    } while (temp->fd < 0 && (errno == EEXIST || errno == EINTR));
    return temp->fd < 0 ? -1 : 0;
}

int csvk_temp_create(struct csvk_temp *temp, const char *path, struct csvk_error *err)
{
    int status = open_directory(temp, path, err);
    if (status != CSVK_OK) {
        return status;
    }
    temp->slot = claim_slot();
    if (temp->slot == NULL) {
        return csvk_fail(err, CSVK_ELIMIT, "cannot write %s: %d files are being written already",
                         path, CSVK_TEMP_SLOTS);
    }
    if (is_new_directory(temp->directory)) {
        csvk_temp_tidy(temp->directory, remove_if_stale, NULL);
    }
    if (create_file(temp) != 0) {
        return csvk_fail_sys(err, errno, "cannot write %s", path);
    }
    (void)flock(temp->fd, LOCK_EX | LOCK_NB); /* without locks, PID alone decides */
    return CSVK_OK;
}

int csvk_temp_rename(struct csvk_temp *temp, const char *path, struct csvk_error *err)
{
    if (renameat(temp->directory, temp->slot->name, temp->directory, temp->target) != 0) {
        return csvk_fail_sys(err, errno, "cannot give %s its name", path);
    }
    release_slot(temp);
    if (fsync(temp->directory) != 0 && errno != EINVAL) {
        return csvk_fail_sys(err, errno, "cannot make the name %s durable", path);
    }
    return CSVK_OK;
}

void csvk_temp_drop(struct csvk_temp *temp)
{
    if (temp->slot != NULL && atomic_load(&temp->slot->state) == SLOT_LIVE) {
        (void)unlinkat(temp->directory, temp->slot->name, 0);
    }
    release_slot(temp);
    if (temp->fd >= 0) {
        close(temp->fd);
    }
    if (temp->directory >= 0) {
        close(temp->directory);
    }
    csvk_free(temp->target);
    *temp = (struct csvk_temp)CSVK_TEMP_NONE;
}
