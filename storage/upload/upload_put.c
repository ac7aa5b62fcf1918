/*
 * upload_put.c - puts the bytes of an upload into the object store: several objects at a time, or
 * several parts of the only object.
 */
#include "storage/upload/upload.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_PART (UINT64_C(64) << 20)

void upload_forget_parts(struct upload_object *object)
{
    csvk_free(object->object.upload);
    csvk_free(object->object.parts);
    object->object.upload = NULL;
    object->object.parts = NULL;
    object->object.nparts = 0;
}

/* ---- putting one object ---------------------------------------------------------------------- */

static void mark_resumed(struct upload *upload)
{
    pthread_mutex_lock(&upload->lock);
    upload->out->resumed = true;
    pthread_mutex_unlock(&upload->lock);
}

struct parts_work {
    struct upload *upload;
    struct upload_object *object;
};

static int put_part(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    const struct parts_work *work = ctx;
    struct store_part *part = &work->object->object.parts[item];
    if (part->tag[0]) {
        mark_resumed(work->upload);
        kbc_progress_add(work->upload->kbc, (int64_t)part->size);
        return CSVK_OK;
    }
    int status = store_put_part(&work->upload->store, client, &work->object->object, part, err);
    if (status == CSVK_OK && work->upload->objects.count == 1) {
        kbc_progress_part(work->upload->kbc);
    }
    return status == CSVK_OK ? upload_note_part(work->upload, work->object, part, err) : status;
}

static int put_parts(struct upload *upload, struct http_client *client,
                     struct upload_object *object, struct csvk_error *err)
{
    struct parts_work ctx = {upload, object};
    if (upload->objects.count == 1) {
        kbc_progress_parts(upload->kbc, object->object.nparts);
    }
    bool alone = upload->objects.count == 1 && store_parts_are_free(&upload->store);
    if (alone) {
        struct work work = {upload->kbc, upload->kbc->parallel, object->object.nparts, &ctx,
                            put_part};
        return work_run(&work, err);
    }
    int status = CSVK_OK;
    for (size_t i = 0; i < object->object.nparts && status == CSVK_OK; i++) {
        bool last = i + 1 == object->object.nparts; /* in some stores this part makes the object */
        status = last ? object_check(object, err) : CSVK_OK;
        status = status == CSVK_OK ? put_part(&ctx, client, i, err) : status;
    }
    return status;
}

/* Removes the parts, which would stay otherwise. One quick attempt, even after Ctrl-C. */
static void drop_parts(struct upload *upload, const struct upload_object *object)
{
    struct http_settings settings = upload->kbc->settings;
    struct http_client *client = NULL;
    struct csvk_error err = {0};
    settings.cancel = NULL;
    settings.tries = 1;
    settings.stall_seconds = 3;
    if (http_client_new(&client, &settings, &err) == CSVK_OK &&
        store_abort(&upload->store, client, &object->object, &err) == CSVK_OK) {
        kbc_note(upload->kbc, "%s: the parts stored so far were removed", object->what);
    } else {
        kbc_note(upload->kbc,
                 "%s: the parts stored so far stay until the store's own clean-up "
                 "(%s)",
                 object->what, err.text);
    }
    http_client_free(client);
}

static int try_parts(struct upload *upload, struct http_client *client,
                     struct upload_object *object, struct csvk_error *err)
{
    int status = CSVK_OK;
    if (!object->object.upload) {
        status = store_begin(&upload->store, client, &object->object, err);
        if (status == CSVK_OK) {
            status = upload_note_begun(upload, object, err);
        }
    }
    if (status == CSVK_OK) {
        status = put_parts(upload, client, object, err);
    }
    if (status == CSVK_OK) {
        status = object_check(object, err);
    }
    return status == CSVK_OK ? store_finish(&upload->store, client, &object->object, err) : status;
}

/* Forgets the multipart upload of an earlier run, here and in the journal: it is of no use any
 * more. */
static int forget_begun(struct upload *upload, struct upload_object *object, struct csvk_error *err)
{
    csvk_free(object->object.upload);
    object->object.upload = NULL;
    for (size_t i = 0; i < object->object.nparts; i++) {
        struct store_part *part = &object->object.parts[i];
        kbc_progress_add(upload->kbc, part->tag[0] ? -(int64_t)part->size : 0);
        part->tag[0] = '\0';
    }
    return upload_note_dropped(upload, object, err);
}

static int put_in_parts(struct upload *upload, struct http_client *client,
                        struct upload_object *object, struct csvk_error *err)
{
    struct csvk_error gone = {0};
    if (upload_recall_parts(upload, object) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    bool recalled = object->object.upload != NULL;
    int status = try_parts(upload, client, object, recalled ? &gone : err);
    if (recalled && status == KBC_EREMOTE && !upload->store.expired) {
        kbc_note(upload->kbc,
                 "%s; the parts that an earlier run stored are of no use, all parts are sent again",
                 gone.text);
        status = forget_begun(upload, object, err);
        status = status == CSVK_OK ? try_parts(upload, client, object, err) : status;
    } else if (recalled && status < 0 && err) {
        *err = gone;
    }
    if (status < 0 && object->object.upload && (!upload->state || status == CSVK_ECHANGED)) {
        struct csvk_error unimportant;
        drop_parts(upload, object);
        if (upload_note_dropped(upload, object, &unimportant) < 0) {
            kbc_note(upload->kbc, "%s", unimportant.text);
        }
    }
    return status;
}

static int set_key(struct upload *upload, struct upload_object *object)
{
    struct csvk_buf key = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&key, "%s%s", upload->store.key,
                                 upload->objects.sliced ? object->name : "");
    csvk_free(object->object.key);
    object->object.key = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&key)) : NULL;
    object->object.name = upload->objects.sliced ? object->name : upload->store.name;
    csvk_buf_release(&key);
    return object->object.key ? CSVK_OK : CSVK_ENOMEM;
}

static int put_whole(struct upload *upload, struct http_client *client,
                     struct upload_object *object, struct csvk_error *err)
{
    int status = store_put(&upload->store, client, &object->object, err);
    return status == CSVK_OK ? object_check(object, err) : status;
}

static int put_opened(struct upload *upload, struct http_client *client,
                      struct upload_object *object, struct csvk_error *err)
{
    uint64_t part_size = upload->wanted->part_size ? upload->wanted->part_size : DEFAULT_PART;
    upload_forget_parts(object);
    if (set_key(upload, object) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = store_divide(&upload->store, &object->object, part_size, err);
    if (status < 0) {
        return status;
    }
    bool whole = object->object.nparts == 0 || upload->kbc->mode == KBC_DRY_RUN;
    status =
        whole ? put_whole(upload, client, object, err) : put_in_parts(upload, client, object, err);
    return status == CSVK_OK ? upload_note_done(upload, object, err) : status;
}

static int put_object(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    struct upload *upload = ctx;
    struct upload_object *object = &upload->objects.item[item];
    if (object->done) {
        return CSVK_OK;
    }
    int status = object_open(object, upload->wanted->compress, upload->kbc->settings.cancel, err);
    if (status == CSVK_OK) {
        status = put_opened(upload, client, object, err);
    }
    object_close(object);
    if (status == CSVK_OK) {
        object->done = true;
        pthread_mutex_lock(&upload->lock);
        upload->out->bytes += object->object.size;
        pthread_mutex_unlock(&upload->lock);
        if (upload->objects.sliced) {
            kbc_progress_part(upload->kbc);
        }
    }
    return status;
}

/* ---- the slice manifest ---------------------------------------------------------------------- */

static int add_entry(struct upload *upload, const struct upload_object *object, cJSON *entries)
{
    struct csvk_buf key = CSVK_BUF_INIT, url = CSVK_BUF_INIT;
    cJSON *entry = cJSON_CreateObject();
    int status = csvk_buf_printf(&key, "%s%s", upload->store.key, object->name);
    if (status == CSVK_OK) {
        status = store_object_url(&upload->store, csvk_buf_text(&key), &url);
    }
    if (status == CSVK_OK && (!cJSON_AddStringToObject(entry, "url", csvk_buf_text(&url)) ||
                              !cJSON_AddItemToArray(entries, entry))) {
        status = CSVK_ENOMEM;
    }
    if (status < 0) {
        cJSON_Delete(entry);
    }
    csvk_buf_release(&key);
    csvk_buf_release(&url);
    return status;
}

static char *slice_manifest(struct upload *upload)
{
    cJSON *manifest = cJSON_CreateObject();
    cJSON *entries = cJSON_AddArrayToObject(manifest, "entries");
    int status = entries ? CSVK_OK : CSVK_ENOMEM;
    for (size_t i = 0; i < upload->objects.count && status == CSVK_OK; i++) {
        status = add_entry(upload, &upload->objects.item[i], entries);
    }
    char *text = status == CSVK_OK ? cJSON_PrintUnformatted(manifest) : NULL;
    cJSON_Delete(manifest);
    return text;
}

static int put_slice_manifest(struct upload *upload, struct csvk_error *err)
{
    struct csvk_buf key = CSVK_BUF_INIT;
    char *text = slice_manifest(upload);
    if (!text || csvk_buf_printf(&key, "%smanifest", upload->store.key) < 0) {
        cJSON_free(text);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct store_object object = {.what = "upload of the slice manifest",
                                  .key = (char *)key.data,
                                  .fd = -1,
                                  .bytes = text,
                                  .size = strlen(text)};
    int status = store_put(&upload->store, upload->kbc->client, &object, err);
    kbc_progress_add(upload->kbc, -(int64_t)(status == CSVK_OK ? object.size : 0));
    csvk_buf_release(&key);
    cJSON_free(text);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

size_t upload_count_done(const struct upload *upload)
{
    size_t done = 0;
    for (size_t i = 0; i < upload->objects.count; i++) {
        done += upload->objects.item[i].done;
    }
    return done;
}

int upload_put_all(struct upload *upload, struct csvk_error *err)
{
    struct work work = {upload->kbc, upload->kbc->parallel, upload->objects.count, upload,
                        put_object};
    if (upload->kbc->mode == KBC_DRY_RUN || !upload->objects.sliced) {
        work.threads = 1; /* the parts of one file have workers of their own */
    }
    kbc_progress_parts(upload->kbc, upload->objects.count);
    int status = work_run(&work, err);
    if (status == CSVK_OK && upload->objects.sliced) {
        status = put_slice_manifest(upload, err);
    }
    return status;
}
