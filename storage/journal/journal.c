/*
 * journal.c - an append-only journal of JSON lines; journal.h has the idea.
 *
 * Invariant: a line is written with its line break in one write and then synced, so a line without
 * a line break is one that was cut off. When a journal is opened, everything after its last whole
 * line is cut off. A file that does not begin as a journal does is somebody's and is left alone.
 */
#include "storage/journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct state {
    int fd;
    char *path, *identity, *version;
    bool stale;           /* the earlier run had another version */
    cJSON *file;          /* of the earlier run */
    cJSON *entries;       /* array, of the earlier run */
    pthread_mutex_t lock; /* of appending */
};

enum { JOURNAL_MAX = 64 << 20 };

static int check_kind(const struct state *state, struct csvk_error *err)
{
    struct stat about;
    if (fstat(state->fd, &about) != 0) {
        return csvk_fail_sys(err, errno, "%s", state->path);
    }
    if (!S_ISREG(about.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: not a regular file", state->path);
    }
    if (about.st_size > JOURNAL_MAX) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: too large for a state file", state->path);
    }
    return CSVK_OK;
}

static int check_owner(const struct state *state, struct csvk_error *err)
{
    struct stat about;
    if (fstat(state->fd, &about) != 0) {
        return csvk_fail_sys(err, errno, "%s", state->path);
    }
    if (about.st_uid != geteuid() || (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: holds credentials but is open to others; make it private "
                         "(chmod 600) or remove it",
                         state->path);
    }
    return CSVK_OK;
}

static int open_file(struct state *state, struct csvk_error *err)
{
    state->fd = open(state->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (state->fd < 0) {
        return csvk_fail_sys(err, errno, "%s", state->path);
    }
    int status = check_kind(state, err);
    if (status == CSVK_OK && flock(state->fd, LOCK_EX | LOCK_NB) != 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: another run is using this state file", state->path);
    }
    return status;
}

static int read_text(struct state *state, struct csvk_buf *text, struct csvk_error *err)
{
    unsigned char block[65536];
    for (;;) {
        ssize_t got = read(state->fd, block, sizeof block);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return csvk_fail_sys(err, errno, "%s", state->path);
        }
        if (got == 0) {
            return CSVK_OK;
        }
        if (csvk_buf_add(text, block, (size_t)got) < 0) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
}

static int refuse_file(const struct state *state, struct csvk_error *err)
{
    return csvk_fail(
        err, CSVK_EUSAGE,
        "%s: this is no journal of csvkit, so it is left as it is; give --state a file "
        "of its own",
        state->path);
}

/* Takes the first line, which must be that of a journal about the same thing. */
static int take_first_line(struct state *state, const char *line, size_t length,
                           struct csvk_error *err)
{
    cJSON *first = cJSON_ParseWithLength(line, length);
    const char *identity = json_text(first, "identity");
    int status = CSVK_OK;
    if (!*identity || !cJSON_IsObject(json_at(first, "file"))) {
        status = refuse_file(state, err);
    } else if (state->identity && strcmp(identity, state->identity) != 0) {
        status = csvk_fail(err, CSVK_EUSAGE,
                           "%s: this journal is of \"%s\", but this run is \"%s\"; give each its "
                           "own --state, or the options of the first run",
                           state->path, identity, state->identity);
    } else {
        state->file = cJSON_DetachItemFromObjectCaseSensitive(first, "file");
        state->stale = state->version && strcmp(json_text(first, "version"), state->version) != 0;
    }
    cJSON_Delete(first);
    return status;
}

static int take_entry(struct state *state, const char *line, size_t length)
{
    cJSON *entry = cJSON_ParseWithLength(line, length);
    if (!entry) {
        return CSVK_END;
    }
    if (!cJSON_AddItemToArray(state->entries, entry)) {
        cJSON_Delete(entry);
        return CSVK_ENOMEM;
    }
    return CSVK_OK;
}

/* True for what is left when the first write of a journal was cut off. */
static bool is_begun_journal(const char *text, size_t length)
{
    static const char start[] = "{\"identity\":\"";
    size_t known = length < sizeof start - 1 ? length : sizeof start - 1;
    return memcmp(text, start, known) == 0;
}

/* Takes the lines that are whole. *used is their length; what comes after them will be cut off.
   Only the last line can be broken, because each line is synced before the next one is written. */
static int take_lines(struct state *state, const struct csvk_buf *whole, off_t *used,
                      struct csvk_error *err)
{
    const char *text = csvk_buf_text(whole), *start = text;
    const char *end = memchr(text, '\n', whole->length);
    *used = 0;
    if (!end) {
        return is_begun_journal(text, whole->length) ? CSVK_OK : refuse_file(state, err);
    }
    int status = take_first_line(state, text, (size_t)(end - text), err);
    while (status == CSVK_OK) {
        text = end + 1;
        *used = (off_t)(text - start);
        end = strchr(text, '\n');
        if (!end) {
            return CSVK_OK;
        }
        status = take_entry(state, text, (size_t)(end - text));
        if (status == CSVK_END) {
            return strchr(end + 1, '\n')
                       ? csvk_fail(err, CSVK_EUSAGE, "%s: this journal is damaged", state->path)
                       : CSVK_OK;
        }
        if (status < 0) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    return status;
}

static struct state *new_state(const char *path, const char *identity, const char *version)
{
    struct state *state = csvk_calloc(1, sizeof *state);
    if (!state) {
        return NULL;
    }
    state->fd = -1;
    pthread_mutex_init(&state->lock, NULL);
    state->path = csvk_strdup(path);
    state->identity = identity ? csvk_strdup(identity) : NULL;
    state->version = version ? csvk_strdup(version) : NULL;
    state->entries = cJSON_CreateArray();
    if (!state->path || !state->entries || (identity && !state->identity) ||
        (version && !state->version)) {
        state_close(state);
        return NULL;
    }
    return state;
}

int state_open(struct state **out, const char *path, const char *identity, const char *version,
               struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct state *state = new_state(path, identity, version);
    off_t used = 0;
    *out = NULL;
    if (!state) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = open_file(state, err);
    if (status == CSVK_OK) {
        status = read_text(state, &text, err);
    }
    if (status == CSVK_OK) {
        status = take_lines(state, &text, &used, err);
    }
    if (status == CSVK_OK) {
        status = check_owner(state, err);
    }
    if (status == CSVK_OK && state->file && ftruncate(state->fd, used) != 0) {
        status = csvk_fail_sys(err, errno, "%s", path);
    }
    csvk_buf_release(&text);
    if (status < 0) {
        state_close(state);
        return status;
    }
    *out = state;
    return CSVK_OK;
}

bool state_is_stale(const struct state *state)
{
    return state && state->file && state->stale;
}

void state_close(struct state *state)
{
    if (!state) {
        return;
    }
    if (state->fd >= 0) {
        close(state->fd);
    }
    csvk_free(state->path);
    csvk_free(state->identity);
    csvk_free(state->version);
    cJSON_Delete(state->file);
    cJSON_Delete(state->entries);
    pthread_mutex_destroy(&state->lock);
    csvk_free(state);
}

const cJSON *state_file(const struct state *state)
{
    return state ? state->file : NULL;
}

const cJSON *state_entries(const struct state *state)
{
    return state && state->file ? state->entries : NULL;
}

static int append(struct state *state, const cJSON *line, struct csvk_error *err)
{
    char *text = cJSON_PrintUnformatted(line);
    if (!text) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    size_t length = strlen(text);
    text[length] = '\n'; /* in place of the NUL, so that one write has the whole line */
    size_t put = 0;
    int sys = lseek(state->fd, 0, SEEK_END) < 0 ? errno : 0;
    while (!sys && put < length + 1) {
        ssize_t now = write(state->fd, text + put, length + 1 - put);
        if (now < 0 && errno != EINTR) {
            sys = errno;
        }
        put += now > 0 ? (size_t)now : 0;
    }
    if (!sys && fdatasync(state->fd) != 0) {
        sys = errno;
    }
    cJSON_free(text);
    return sys ? csvk_fail_sys(err, sys, "%s", state->path) : CSVK_OK;
}

static void forget(struct state *state)
{
    cJSON_Delete(state->file);
    state->file = NULL;
    while (state->entries->child) {
        cJSON_Delete(cJSON_DetachItemViaPointer(state->entries, state->entries->child));
    }
}

int state_begin(struct state *state, const cJSON *file, struct csvk_error *err)
{
    if (!state) {
        return CSVK_OK;
    }
    forget(state);
    if (ftruncate(state->fd, 0) != 0) {
        return csvk_fail_sys(err, errno, "%s", state->path);
    }
    if (!file) {
        return CSVK_OK;
    }
    cJSON *first = cJSON_CreateObject();
    cJSON *copy = cJSON_Duplicate(file, 1);
    int status = CSVK_ENOMEM;
    if (first && copy && cJSON_AddStringToObject(first, "identity", state->identity) &&
        (!state->version || cJSON_AddStringToObject(first, "version", state->version)) &&
        cJSON_AddItemToObject(first, "file", copy)) {
        status = append(state, first, err);
    } else {
        cJSON_Delete(copy);
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    cJSON_Delete(first);
    return status;
}

int state_add(struct state *state, cJSON *entry, struct csvk_error *err)
{
    if (!entry) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = CSVK_OK;
    if (state) {
        pthread_mutex_lock(&state->lock);
        status = append(state, entry, err);
        pthread_mutex_unlock(&state->lock);
    }
    cJSON_Delete(entry);
    return status;
}
