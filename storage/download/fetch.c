/*
 * fetch.c - fetches objects into one local file or into a directory.
 *
 * For one file, a window of a few objects at a time is fetched by several workers; then its objects
 * are checked, unpacked and written in order. Every object is checked before its bytes count: that
 * it is whole, and that its first record has as many fields as there are columns.
 */
#include "storage/download/unpack.h"
#include "storage/api/spool.h"
#include "storage/api/worker_threads.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW_PER_WORKER = 4, GZIP_LEVEL = 6 };

/* The objects that are fetched together and joined after that. */
struct window {
    struct fetch *fetch;
    size_t first, count;
    int fd[64 * WINDOW_PER_WORKER];
    struct store_got got[64 * WINDOW_PER_WORKER];
};

/* True when a file is wanted in the form in which it is stored: then every byte is kept. */
static bool keeps_bytes(const struct fetch *fetch)
{
    if (fetch->kind == FETCH_PARQUET) {
        return true;
    }
    return fetch->whole &&
           unpack_is_gzip_name(fetch->keys->item[0]) == unpack_is_gzip_name(fetch->path);
}

static int unpack_spool(const struct window *window, size_t i, struct csvk_sink *sink,
                        struct csvk_error *err)
{
    struct fetch *fetch = window->fetch;
    const struct store_got *got = &window->got[i];
    struct view view;
    int status = view_open(&view, window->fd[i], got->size, err);
    if (status < 0) {
        return status;
    }
    struct unpacking unpacking = {
        .fetch = fetch, .key = fetch->keys->item[window->first + i], .view = &view, .sink = sink};
    status = unpack_check_view(fetch, unpacking.key, &view, err);
    if (status == CSVK_OK) {
        status = keeps_bytes(fetch) ? unpack_copy(&unpacking, err) : unpack_view(&unpacking, err);
    }
    fetch->written += unpacking.written;
    fetch->unproved += !got->is_announced && !unpacking.has_trailer;
    view_close(&view);
    return status;
}

/* A connection may end early without anybody saying so. */
int fetch_check_sizes(const struct fetch *fetch, struct csvk_error *err)
{
    if (fetch->unproved == 0 || (fetch->has_size && fetch->stored == fetch->size)) {
        return CSVK_OK;
    }
    if (!fetch->has_size) {
        return csvk_fail(err, KBC_EREMOTE,
                         "neither the object store nor Storage says how long the file is, so it "
                         "cannot be known to be whole");
    }
    return csvk_fail(err, KBC_EREMOTE, "%llu byte%s fetched, but the file has %llu",
                     (unsigned long long)fetch->stored, fetch->stored == 1 ? " was" : "s were",
                     (unsigned long long)fetch->size);
}

/* ---- joining --------------------------------------------------------------------------------- */

static int fetch_one(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    struct window *window = ctx;
    const struct fetch *fetch = window->fetch;
    const char *key = fetch->keys->item[window->first + item];
    int status = spool_open(&window->fd[item], err);
    if (status == CSVK_OK) {
        status = store_get(fetch->store, client, key, window->fd[item], &window->got[item], err);
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
            fetch->stored += window->got[i].size;
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
    bool header = fetch->header && fetch->kind == FETCH_CSV;
    int status = header ? write_header(fetch, sink, err) : CSVK_OK;
    while (status == CSVK_OK && window.first < fetch->keys->count) {
        size_t left = fetch->keys->count - window.first;
        window.count = left < width ? left : width;
        status = join_window(&window, sink, err);
        window.first += window.count;
    }
    return status;
}

static int read_back(const struct fetch *fetch, struct csvk_sink *sink, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = csvk_sink_read_back(sink, &source, err);
    status = status == CSVK_OK ? fetch->read(fetch->ctx, source, err) : status;
    csvk_source_free(source);
    return status;
}

int fetch_join(struct fetch *fetch, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    if (fetch->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    kbc_progress_begin(fetch->kbc, fetch->keys->count == 1 ? fetch->size : 0);
    kbc_progress_parts(fetch->kbc, fetch->keys->count);
    bool plain = keeps_bytes(fetch) || !unpack_is_gzip_name(fetch->path);
    int status = csvk_sink_open(&sink, fetch->path, plain ? 0 : GZIP_LEVEL, err);
    if (status == CSVK_OK) {
        status = join(fetch, sink, err);
    }
    if (status == CSVK_OK) {
        status = fetch_check_sizes(fetch, err);
    }
    if (status == CSVK_OK) {
        status = fetch->read != NULL ? read_back(fetch, sink, err) : csvk_sink_commit(sink, err);
    }
    csvk_sink_free(sink);
    return status;
}
