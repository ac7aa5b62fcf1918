/*
 * fetch.c - fetches objects into one local file or into a directory.
 *
 * For one file, a window of a few objects at a time is fetched by several workers; then its objects
 * are checked, unpacked and written in order. Every object is checked before its bytes count.
 */
#include "storage/fetch.h"
#include "storage/spool.h"
#include "storage/worker_threads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW_PER_WORKER = 4, BLOCK = 256 * 1024, GZIP_LEVEL = 6 };

/* The objects that are fetched together and joined after that. */
struct window {
    struct fetch *fetch;
    size_t first, count;
    int fd[64 * WINDOW_PER_WORKER];
    uint64_t size[64 * WINDOW_PER_WORKER];
};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_gzip_name(const char *name)
{
    return ends_with(name, ".gz");
}

/* True when a file is wanted in the form in which it is stored: then every byte is kept. */
static bool keeps_bytes(const struct fetch *fetch)
{
    return fetch->whole && is_gzip_name(fetch->keys->item[0]) == is_gzip_name(fetch->path);
}

/* ---- checking and unpacking ------------------------------------------------------------------ */

/* A fetched object, mapped into memory. Pages that were read are given back at once, so that memory
   stays small. */
struct view {
    unsigned char *bytes; /* NULL when size is 0 */
    size_t size, dropped;
};

static int view_open(struct view *view, int fd, uint64_t size, struct csvk_error *err)
{
    *view = (struct view){NULL, (size_t)size, 0};
    void *bytes = size ? mmap(NULL, view->size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (bytes == MAP_FAILED) {
        return csvk_fail_sys(err, errno, "reading what was fetched");
    }
    view->bytes = bytes;
    return CSVK_OK;
}

static void view_close(struct view *view)
{
    if (view->bytes) {
        munmap(view->bytes, view->size);
    }
}

static void view_drop(struct view *view, uint64_t read)
{
    size_t end = (size_t)read / BLOCK * BLOCK;
    if (view && end > view->dropped) {
        (void)madvise(view->bytes + view->dropped, end - view->dropped, MADV_DONTNEED);
        view->dropped = end;
    }
}

/* One object on its way from the source to the sink (NULL: it is only checked). */
struct unpacking {
    const char *key;
    struct csvk_source *source;
    struct view *view; /* that the source reads from, or NULL */
    struct csvk_sink *sink;
    uint64_t written;
};

static int take_bytes(struct unpacking *unpacking, struct csvk_error *err)
{
    unsigned char *block = csvk_malloc(BLOCK);
    size_t got = 0;
    int status = block ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    while (status == CSVK_OK) {
        status = csvk_source_read(unpacking->source, block, BLOCK, &got, err);
        if (status < 0 || got == 0) {
            break;
        }
        unpacking->written += got;
        view_drop(unpacking->view, csvk_source_consumed(unpacking->source));
        status = unpacking->sink ? csvk_sink_write(unpacking->sink, block, got, err) : CSVK_OK;
    }
    csvk_free(block);
    return status;
}

static const char *short_name(const char *key)
{
    const char *slash = strrchr(key, '/');
    return slash ? slash + 1 : key;
}

/* Unpacks one object and checks it. A damaged object is the fault of the server. */
static int unpack(struct unpacking *unpacking, struct csvk_error *err)
{
    int status = take_bytes(unpacking, err);
    const struct csvk_damage *damage = csvk_source_damage(unpacking->source);
    const char *name = short_name(unpacking->key);
    if (status == CSVK_OK && damage) {
        return csvk_fail(err, KBC_EREMOTE, "%.200s: the stored object is damaged: %s at byte %llu",
                         name, damage->what, (unsigned long long)damage->offset);
    }
    if (status == CSVK_OK && is_gzip_name(name) && !csvk_source_is_gzip(unpacking->source)) {
        return csvk_fail(err, KBC_EREMOTE, "%.200s: the stored object is not gzip", name);
    }
    return status;
}

static int unpack_view(struct view *view, const char *key, struct csvk_sink *sink,
                       uint64_t *written, struct csvk_error *err)
{
    struct unpacking unpacking = {.key = key, .view = view, .sink = sink};
    const void *bytes = view->bytes ? (const void *)view->bytes : "";
    int status = csvk_source_memory(&unpacking.source, bytes, view->size, err);
    if (status == CSVK_OK) {
        csvk_source_decode_only(unpacking.source, "gzip");
        status = unpack(&unpacking, err);
    }
    *written += unpacking.written;
    csvk_source_free(unpacking.source);
    return status;
}

/* Copies an object byte for byte; if its name says gzip, it is checked before. */
static int copy_view(struct view *view, const char *key, struct csvk_sink *sink, uint64_t *written,
                     struct csvk_error *err)
{
    uint64_t unpacked = 0;
    int status = is_gzip_name(key) ? unpack_view(view, key, NULL, &unpacked, err) : CSVK_OK;
    view->dropped = 0;
    for (size_t at = 0; status == CSVK_OK && at < view->size;) {
        size_t length = view->size - at < BLOCK ? view->size - at : BLOCK;
        status = csvk_sink_write(sink, view->bytes + at, length, err);
        at += length;
        view_drop(view, at);
    }
    *written += view->size;
    return status;
}

static int unpack_spool(const struct window *window, size_t i, struct csvk_sink *sink,
                        struct csvk_error *err)
{
    struct fetch *fetch = window->fetch;
    const char *key = fetch->keys->item[window->first + i];
    struct view view;
    int status = view_open(&view, window->fd[i], window->size[i], err);
    if (status < 0) {
        return status;
    }
    status = keeps_bytes(fetch) ? copy_view(&view, key, sink, &fetch->written, err)
                                : unpack_view(&view, key, sink, &fetch->written, err);
    view_close(&view);
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

static int fetch_one(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    struct window *window = ctx;
    const struct fetch *fetch = window->fetch;
    const char *key = fetch->keys->item[window->first + item];
    int status = spool_open(&window->fd[item], err);
    if (status == CSVK_OK) {
        status = store_get(fetch->store, client, key, window->fd[item], &window->size[item], err);
    }
    if (status == CSVK_OK) {
        kbc_progress_part(fetch->kbc);
    }
    return status;
}

static int join_window(struct window *window, struct csvk_sink *sink, struct csvk_error *err)
{
    struct fetch *fetch = window->fetch;
    struct work work = {fetch->kbc, fetch->kbc->parallel, window->count, window, fetch_one};
    for (size_t i = 0; i < window->count; i++) {
        window->fd[i] = -1;
    }
    int status = work_run(&work, err);
    for (size_t i = 0; i < window->count; i++) {
        if (status == CSVK_OK) {
            fetch->stored += window->size[i];
            status = unpack_spool(window, i, sink, err);
        }
        if (window->fd[i] >= 0) {
            close(window->fd[i]);
        }
    }
    return status;
}

/* Names of Storage columns hold no enclosure, but what a server sends is not trusted. */
static int write_header(struct fetch *fetch, struct csvk_sink *sink, struct csvk_error *err)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < fetch->columns->count && status == CSVK_OK; i++) {
        status = csvk_buf_puts(&line, i ? ",\"" : "\"");
        for (const char *at = fetch->columns->item[i]; *at && status == CSVK_OK; at++) {
            status = *at == '"' ? csvk_buf_puts(&line, "\"\"")
                                : csvk_buf_putc(&line, (unsigned char)*at);
        }
        status = status == CSVK_OK ? csvk_buf_putc(&line, '"') : status;
    }
    status = status == CSVK_OK ? csvk_buf_putc(&line, '\n') : status;
    if (status < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    } else {
        status = csvk_sink_write(sink, line.data, line.length, err);
        fetch->written += line.length;
    }
    csvk_buf_release(&line);
    return status;
}

static int join(struct fetch *fetch, struct csvk_sink *sink, struct csvk_error *err)
{
    struct window window = {.fetch = fetch};
    size_t width = (size_t)fetch->kbc->parallel * WINDOW_PER_WORKER;
    size_t most = sizeof window.fd / sizeof *window.fd;
    width = width < most ? width : most;
    int status = fetch->header ? write_header(fetch, sink, err) : CSVK_OK;
    while (status == CSVK_OK && window.first < fetch->keys->count) {
        size_t left = fetch->keys->count - window.first;
        window.count = left < width ? left : width;
        status = join_window(&window, sink, err);
        window.first += window.count;
    }
    return status;
}

int fetch_join(struct fetch *fetch, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    if (fetch->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    kbc_progress_begin(fetch->kbc, fetch->keys->count == 1 ? fetch->expected : 0);
    kbc_progress_parts(fetch->kbc, fetch->keys->count);
    bool plain = keeps_bytes(fetch) || !is_gzip_name(fetch->path);
    int status = csvk_sink_open(&sink, fetch->path, plain ? 0 : GZIP_LEVEL, err);
    if (status == CSVK_OK) {
        status = join(fetch, sink, err);
    }
    if (status == CSVK_OK) {
        status = csvk_sink_commit(sink, err);
    }
    csvk_sink_free(sink);
    return status;
}

/* ---- keeping the slices ---------------------------------------------------------------------- */

struct keeping {
    struct fetch *fetch;
    const char *folder;
    pthread_mutex_t lock; /* of the sums */
};

static int slice_path(const struct keeping *keeping, size_t item, struct csvk_buf *path,
                      struct csvk_error *err)
{
    const char *key = keeping->fetch->keys->item[item];
    return csvk_buf_printf(path, "%s/part-%05zu.csv%s", keeping->folder, item + 1,
                           is_gzip_name(key) ? ".gz" : "") < 0
               ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
               : CSVK_OK;
}

static int check_slice(struct keeping *keeping, const char *path, const char *key, uint64_t size,
                       struct csvk_error *err)
{
    struct unpacking unpacking = {.key = key};
    int status = csvk_source_open(&unpacking.source, path, err);
    if (status == CSVK_OK) {
        csvk_source_decode_only(unpacking.source, "gzip");
        status = unpack(&unpacking, err);
    }
    csvk_source_free(unpacking.source);
    pthread_mutex_lock(&keeping->lock);
    keeping->fetch->stored += size;
    keeping->fetch->written += unpacking.written;
    pthread_mutex_unlock(&keeping->lock);
    return status;
}

static int keep_one(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    struct keeping *keeping = ctx;
    const char *key = keeping->fetch->keys->item[item];
    struct csvk_buf path = CSVK_BUF_INIT;
    uint64_t size = 0;
    int status = slice_path(keeping, item, &path, err);
    if (status < 0) {
        return status;
    }
    int fd = open(csvk_buf_text(&path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        status = csvk_fail_sys(err, errno, "%s", csvk_buf_text(&path));
    } else {
        status = store_get(keeping->fetch->store, client, key, fd, &size, err);
        if (status == CSVK_OK && fsync(fd) != 0) {
            status = csvk_fail_sys(err, errno, "%s", csvk_buf_text(&path));
        }
        close(fd);
    }
    if (status == CSVK_OK) {
        status = check_slice(keeping, csvk_buf_text(&path), key, size, err);
        kbc_progress_part(keeping->fetch->kbc);
    }
    csvk_buf_release(&path);
    return status;
}

static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir) {
        closedir(dir);
    }
    rmdir(folder);
}

static int write_manifest(const struct fetch *fetch, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct csvk_sink *sink = NULL;
    cJSON *manifest = cJSON_CreateObject();
    cJSON *columns = json_array(fetch->columns);
    int status = CSVK_ENOMEM;
    char *text = NULL;
    if (manifest && columns && cJSON_AddItemToObject(manifest, "columns", columns) &&
        csvk_buf_printf(&path, "%s.manifest", fetch->path) == CSVK_OK) {
        text = cJSON_Print(manifest);
    }
    status = text ? csvk_sink_open(&sink, csvk_buf_text(&path), 0, err)
                  : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status == CSVK_OK) {
        status = csvk_sink_write(sink, text, strlen(text), err);
    }
    if (status == CSVK_OK) {
        status = csvk_sink_commit(sink, err);
    }
    csvk_sink_free(sink);
    cJSON_free(text);
    cJSON_Delete(manifest);
    csvk_buf_release(&path);
    return status;
}

static int keep_into(struct fetch *fetch, const char *folder, struct csvk_error *err)
{
    struct keeping keeping = {.fetch = fetch, .folder = folder};
    struct work work = {fetch->kbc, fetch->kbc->parallel, fetch->keys->count, &keeping, keep_one};
    pthread_mutex_init(&keeping.lock, NULL);
    int status = work_run(&work, err);
    pthread_mutex_destroy(&keeping.lock);
    if (status == CSVK_OK && chmod(folder, 0755) != 0) {
        status = csvk_fail_sys(err, errno, "%s", folder);
    }
    if (status == CSVK_OK && rename(folder, fetch->path) != 0) {
        status = csvk_fail_sys(err, errno, "%s", fetch->path);
    }
    if (status == CSVK_OK && fetch->columns->count > 0) {
        status = write_manifest(fetch, err);
    }
    return status;
}

int fetch_keep(struct fetch *fetch, struct csvk_error *err)
{
    struct csvk_buf folder = CSVK_BUF_INIT;
    if (fetch->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    size_t length = strlen(fetch->path);
    while (length > 1 && fetch->path[length - 1] == '/') {
        length--;
    }
    if (csvk_buf_printf(&folder, "%.*s.csvkit-XXXXXX", (int)length, fetch->path) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = mkdtemp((char *)folder.data)
                     ? CSVK_OK
                     : csvk_fail_sys(err, errno, "%s", csvk_buf_text(&folder));
    if (status == CSVK_OK) {
        kbc_progress_begin(fetch->kbc, 0);
        kbc_progress_parts(fetch->kbc, fetch->keys->count);
        status = keep_into(fetch, csvk_buf_text(&folder), err);
        if (status < 0) {
            remove_folder(csvk_buf_text(&folder));
        }
    }
    csvk_buf_release(&folder);
    return status;
}
