/*
 * fetch_keep.c - fetches the slices of a file into a folder, as they are, and tries whether a
 * result can be written.
 *
 * The folder gets its name when it is complete. Its rights, and those of its files, are what the
 * umask leaves.
 */
#include "storage/download/unpack.h"
#include "storage/api/worker_threads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct keeping {
    struct fetch *fetch;
    const char *folder;
    pthread_mutex_t lock; /* of the sums */
};

static int slice_path(const struct keeping *keeping, size_t item, struct csvk_buf *path,
                      struct csvk_error *err)
{
    const struct fetch *fetch = keeping->fetch;
    const char *gz = unpack_is_gzip_name(fetch->keys->item[item]) ? ".gz" : "";
    bool parquet = fetch->kind == FETCH_PARQUET;
    return csvk_buf_printf(path, "%s/part-%05zu.%s%s", keeping->folder, item + 1,
                           parquet ? "parquet" : "csv", parquet ? "" : gz) < 0
               ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
               : CSVK_OK;
}

static int check_slice_columns(const struct fetch *fetch, const char *path, const char *key,
                               struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    if (!unpack_has_columns(fetch)) {
        return CSVK_OK;
    }
    int status = csvk_source_open(&source, path, err);
    if (status == CSVK_OK) {
        csvk_source_decode_only(source, "gzip");
        status = unpack_check_columns(fetch, key, source, err);
    }
    csvk_source_free(source);
    return status;
}

static int check_parquet_file(struct unpacking *unpacking, int fd, uint64_t size,
                              struct csvk_error *err)
{
    struct view view;
    int status = view_open(&view, fd, size, err);
    if (status == CSVK_OK) {
        unpacking->view = &view;
        unpacking->written = size;
        status = unpack_check_parquet(unpacking, err);
        view_close(&view);
    }
    return status;
}

static int check_slice(struct unpacking *unpacking, const char *path, struct csvk_error *err)
{
    int status = check_slice_columns(unpacking->fetch, path, unpacking->key, err);
    if (status == CSVK_OK) {
        status = csvk_source_open(&unpacking->source, path, err);
    }
    if (status == CSVK_OK) {
        csvk_source_decode_only(unpacking->source, "gzip");
        status = unpack(unpacking, err);
    }
    csvk_source_free(unpacking->source);
    return status;
}

static void add_up(struct keeping *keeping, const struct store_got *got,
                   const struct unpacking *unpacking)
{
    struct fetch *fetch = keeping->fetch;
    pthread_mutex_lock(&keeping->lock);
    fetch->stored += got->size;
    fetch->written += unpacking->written;
    fetch->unproved += !got->is_announced && !unpacking->has_trailer;
    pthread_mutex_unlock(&keeping->lock);
    kbc_progress_part(fetch->kbc);
}

static int keep_in(struct keeping *keeping, struct http_client *client, const char *path, int fd,
                   struct unpacking *unpacking, struct csvk_error *err)
{
    struct store_got got = {0};
    bool parquet = keeping->fetch->kind == FETCH_PARQUET;
    int status = store_get(keeping->fetch->store, client, unpacking->key, fd, &got, err);
    if (status == CSVK_OK && fsync(fd) != 0) {
        status = csvk_fail_sys(err, errno, "%s", path);
    }
    if (status == CSVK_OK) {
        status = parquet ? check_parquet_file(unpacking, fd, got.size, err)
                         : check_slice(unpacking, path, err);
    }
    if (status == CSVK_OK) {
        add_up(keeping, &got, unpacking);
    }
    return status;
}

static int keep_one(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    struct keeping *keeping = ctx;
    struct unpacking unpacking = {.fetch = keeping->fetch, .key = keeping->fetch->keys->item[item]};
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = slice_path(keeping, item, &path, err);
    if (status < 0) {
        return status;
    }
    int fd = open(csvk_buf_text(&path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        status = csvk_fail_sys(err, errno, "%s", csvk_buf_text(&path));
    } else {
        status = keep_in(keeping, client, csvk_buf_text(&path), fd, &unpacking, err);
        close(fd);
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
    if (status == CSVK_OK) {
        status = fetch_check_sizes(fetch, err);
    }
    if (status == CSVK_OK && rename(folder, fetch->path) != 0) {
        status = csvk_fail_sys(err, errno, "%s", fetch->path);
    }
    if (status == CSVK_OK && fetch->columns->count > 0) {
        status = write_manifest(fetch, err);
    }
    return status;
}

/* ---- the folder ------------------------------------------------------------------------------ */

/* Appends the name for the folder while it is not complete. */
static int unfinished_name(const char *path, struct csvk_buf *name)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    return csvk_buf_printf(name, "%.*s.csvkit-", (int)length, path);
}

/* Makes a folder whose name is not taken. As mkdtemp does, but with the rights that the umask of
   the user leaves. */
static int make_folder(const char *path, struct csvk_buf *folder, struct csvk_error *err)
{
    for (unsigned number = 0;; number++) {
        csvk_buf_clear(folder);
        if (unfinished_name(path, folder) < 0 ||
            csvk_buf_printf(folder, "%ld-%u", (long)getpid(), number) < 0) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        if (mkdir(csvk_buf_text(folder), 0777) == 0) {
            return CSVK_OK;
        }
        if (errno != EEXIST) {
            return csvk_fail_sys(err, errno, "%s", csvk_buf_text(folder));
        }
    }
}

int fetch_keep(struct fetch *fetch, struct csvk_error *err)
{
    struct csvk_buf folder = CSVK_BUF_INIT;
    if (fetch->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    int status = make_folder(fetch->path, &folder, err);
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

/* ---- trying ---------------------------------------------------------------------------------- */

/* A folder takes the place of an empty one and of nothing else. */
static int try_folder(const char *path, struct csvk_error *err)
{
    struct csvk_buf folder = CSVK_BUF_INIT;
    struct stat about;
    bool exists = lstat(path, &about) == 0;
    if (exists && !S_ISDIR(about.st_mode)) {
        return csvk_fail_sys(err, ENOTDIR, "%s", path);
    }
    int status = make_folder(path, &folder, err);
    if (status == CSVK_OK && exists && rename(csvk_buf_text(&folder), path) != 0) {
        status = csvk_fail_sys(err, errno, "%s", path);
    }
    if (folder.length > 0) {
        rmdir(csvk_buf_text(&folder));
    }
    csvk_buf_release(&folder);
    return status;
}

int fetch_try_path(const char *path, bool folder, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    struct stat about;
    if (folder) {
        return try_folder(path, err);
    }
    bool exists = stat(path, &about) == 0;
    if (strcmp(path, "-") == 0 || (exists && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode))) {
        return CSVK_OK; /* to open a pipe is to use it */
    }
    int status = csvk_sink_open(&sink, path, 0, err);
    csvk_sink_free(sink);
    return status;
}
