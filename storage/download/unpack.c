/*
 * unpack.c - checks a fetched object and unpacks it.
 *
 * An object is read through a mapping of its file, so that memory stays small. A damaged object is
 * the fault of the server; one with other columns than expected is a refusal.
 */
#include "storage/download/unpack.h"
#include "storage/download/head_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK = 256 * 1024 };

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

bool unpack_is_gzip_name(const char *name)
{
    return ends_with(name, ".gz");
}

/* ---- the mapping ----------------------------------------------------------------------------- */

int view_open(struct view *view, int fd, uint64_t size, struct csvk_error *err)
{
    *view = (struct view){NULL, (size_t)size, 0};
    void *bytes = size ? mmap(NULL, view->size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (bytes == MAP_FAILED) {
        return csvk_fail_sys(err, errno, "reading what was fetched");
    }
    view->bytes = bytes;
    return CSVK_OK;
}

void view_close(struct view *view)
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

/* A failure about an object, which the message begins with. */
static int fail_object(const struct fetch *fetch, const char *key, int status, const char *text,
                       struct csvk_error *err)
{
    char name[256];
    kbc_object_name(fetch->kbc, key, name, sizeof name);
    return csvk_fail(err, status, "%s: %s", name, text);
}

/* Unpacks one object and checks it. A damaged object is the fault of the server. */
int unpack(struct unpacking *unpacking, struct csvk_error *err)
{
    int status = take_bytes(unpacking, err);
    const struct csvk_damage *damage = csvk_source_damage(unpacking->source);
    char text[200];
    bool gzip = status == CSVK_OK && csvk_source_is_gzip(unpacking->source);
    unpacking->has_trailer = gzip;
    if (status == CSVK_OK && damage) {
        snprintf(text, sizeof text, "the stored object is damaged: %s at byte %llu", damage->what,
                 (unsigned long long)damage->offset);
        return fail_object(unpacking->fetch, unpacking->key, KBC_EREMOTE, text, err);
    }
    if (status == CSVK_OK && unpack_is_gzip_name(unpacking->key) && !gzip) {
        return fail_object(unpacking->fetch, unpacking->key, KBC_EREMOTE,
                           "the stored object is not gzip", err);
    }
    return status;
}

static int open_view(struct csvk_source **source, const struct view *view, struct csvk_error *err)
{
    const void *bytes = view->bytes ? (const void *)view->bytes : "";
    int status = csvk_source_memory(source, bytes, view->size, err);
    if (status == CSVK_OK) {
        csvk_source_decode_only(*source, "gzip");
    }
    return status;
}

int unpack_view(struct unpacking *unpacking, struct csvk_error *err)
{
    int status = open_view(&unpacking->source, unpacking->view, err);
    if (status == CSVK_OK) {
        status = unpack(unpacking, err);
    }
    csvk_source_free(unpacking->source);
    return status;
}

/* Parquet begins and ends with the same four bytes. */
int unpack_check_parquet(struct unpacking *unpacking, struct csvk_error *err)
{
    const struct view *view = unpacking->view;
    bool good = view->size >= 12 && memcmp(view->bytes, "PAR1", 4) == 0 &&
                memcmp(view->bytes + view->size - 4, "PAR1", 4) == 0;
    unpacking->has_trailer = good;
    return good ? CSVK_OK
                : fail_object(unpacking->fetch, unpacking->key, KBC_EREMOTE,
                              "the stored object is not a whole Parquet file", err);
}

/* Copies an object byte for byte; what its name says it is, is checked before. */
int unpack_copy(struct unpacking *unpacking, struct csvk_error *err)
{
    struct view *view = unpacking->view;
    struct csvk_sink *sink = unpacking->sink;
    int status = CSVK_OK;
    unpacking->sink = NULL;
    if (unpacking->fetch->kind == FETCH_PARQUET) {
        status = unpack_check_parquet(unpacking, err);
    } else if (unpack_is_gzip_name(unpacking->key)) {
        status = unpack_view(unpacking, err);
    }
    view->dropped = 0;
    for (size_t at = 0; status == CSVK_OK && at < view->size;) {
        size_t length = view->size - at < BLOCK ? view->size - at : BLOCK;
        status = csvk_sink_write(sink, view->bytes + at, length, err);
        at += length;
        view_drop(view, at);
    }
    unpacking->written = view->size;
    return status;
}

/* ---- the columns ----------------------------------------------------------------------------- */

static int judge_width(const struct fetch *fetch, const char *key,
                       const struct csvk_strings *values, struct csvk_error *err)
{
    if (values->count == 0 || values->count == fetch->columns->count) {
        return CSVK_OK;
    }
    char text[100];
    snprintf(text, sizeof text, "its first record has %zu field%s, but there are %zu columns",
             values->count, values->count == 1 ? "" : "s", fetch->columns->count);
    return fail_object(fetch, key, CSVK_EDATA, text, err);
}

/* A file that is not sliced has a header of its own, which must name the columns. */
static int judge_header(const struct fetch *fetch, const struct csvk_strings *values,
                        struct csvk_error *err)
{
    bool same = values->count == fetch->columns->count;
    for (size_t i = 0; same && i < values->count; i++) {
        same = strcmp(values->item[i], fetch->columns->item[i]) == 0;
    }
    return same ? CSVK_OK
                : csvk_fail(err, CSVK_EDATA,
                            "the file is not sliced and has a header of its own, which names other "
                            "columns than --columns");
}

/* Compares the first record of an object with the columns. `source` is used up. */
int unpack_check_columns(const struct fetch *fetch, const char *key, struct csvk_source *source,
                         struct csvk_error *err)
{
    struct csvk_strings values = {0};
    int status = head_record(source, &values, err);
    if (status == CSVK_OK) {
        status = fetch->whole ? judge_header(fetch, &values, err)
                              : judge_width(fetch, key, &values, err);
    }
    csvk_strings_release(&values);
    return status;
}

bool unpack_has_columns(const struct fetch *fetch)
{
    return fetch->columns->count > 0 && fetch->kind == FETCH_CSV;
}

int unpack_check_view(const struct fetch *fetch, const char *key, const struct view *view,
                      struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    if (!unpack_has_columns(fetch)) {
        return CSVK_OK;
    }
    int status = open_view(&source, view, err);
    if (status == CSVK_OK) {
        status = unpack_check_columns(fetch, key, source, err);
    }
    csvk_source_free(source);
    return status;
}
