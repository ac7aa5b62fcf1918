/*
 * upload.c - a file or a slice directory becomes a Storage file.
 *
 * prepare -> put everything -> put the slice manifest last. Until the manifest is there a sliced
 * file cannot be imported, and a multipart object does not exist before its last request: so a
 * broken upload is never mistaken for a whole one. Credentials that ran out end the round; the next
 * round prepares a new file and starts over, because the old place is out of reach for good.
 */
#include "storage/objects.h"
#include "storage/state.h"
#include "storage/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 3 };
#define DEFAULT_PART (UINT64_C(64) << 20)

struct upload {
    struct kbc *kbc;
    const struct kbc_upload *wanted;
    struct upload_objects objects;
    struct state *state;
    struct store store;
    struct kbc_uploaded *out;
    pthread_mutex_t lock; /* of out */
};

/* ---- preparing ------------------------------------------------------------------------------- */

static const char *remote_name(const struct upload *upload, struct csvk_buf *buf)
{
    const struct kbc_upload *wanted = upload->wanted;
    if (upload->objects.sliced) {
        const char *path = wanted->name ? wanted->name : wanted->path;
        size_t length = strlen(path);
        while (length > 1 && path[length - 1] == '/') {
            length--;
        }
        size_t start = length;
        while (start > 0 && path[start - 1] != '/') {
            start--;
        }
        return csvk_buf_add(buf, path + start, length - start) < 0 ? "" : csvk_buf_text(buf);
    }
    const char *stored = upload->objects.item[0].name;
    if (!wanted->name) {
        return stored;
    }
    size_t length = strlen(wanted->name);
    bool add = strlen(stored) > 3 && strcmp(stored + strlen(stored) - 3, ".gz") == 0 &&
               !(length > 3 && strcmp(wanted->name + length - 3, ".gz") == 0);
    return csvk_buf_printf(buf, "%s%s", wanted->name, add ? ".gz" : "") < 0 ? ""
                                                                            : csvk_buf_text(buf);
}

static cJSON *prepare_body(const struct upload *upload)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    cJSON *body = cJSON_CreateObject();
    bool good = body && cJSON_AddStringToObject(body, "name", remote_name(upload, &name)) &&
                cJSON_AddTrueToObject(body, "federationToken") &&
                cJSON_AddTrueToObject(body, "isEncrypted") &&
                cJSON_AddNumberToObject(body, "sizeBytes", (double)upload->objects.bytes);
    if (good && upload->objects.sliced) {
        good = cJSON_AddTrueToObject(body, "isSliced") != NULL;
    }
    if (good && upload->wanted->permanent) {
        good = cJSON_AddTrueToObject(body, "isPermanent") != NULL;
    }
    if (good && upload->wanted->tags && upload->wanted->tags->count > 0) {
        cJSON *tags = json_array(upload->wanted->tags);
        good = tags && cJSON_AddItemToObject(body, "tags", tags);
    }
    csvk_buf_release(&name);
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

static const char dry_file[] =
    "{\"id\":0,\"name\":\"file\",\"provider\":\"aws\",\"region\":\"region\",\"uploadParams\":{"
    "\"bucket\":\"bucket\",\"key\":\"key.\",\"credentials\":{\"AccessKeyId\":\"id\","
    "\"SecretAccessKey\":\"key\"}}}";

static int prepare(struct upload *upload, cJSON **file, struct csvk_error *err)
{
    struct kbc_call call = {.what = "preparing the file",
                            .method = "POST",
                            .path = "files/prepare",
                            .body = prepare_body(upload),
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE,
                            .dry = dry_file};
    struct kbc_answer answer;
    if (!call.body) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = kbc_call(upload->kbc, &call, &answer, err);
    *file = status == CSVK_OK ? answer.json : NULL;
    if (status < 0) {
        kbc_answer_release(&answer);
    }
    return status;
}

/* ---- resuming -------------------------------------------------------------------------------- */

/* What makes two uploads the same one. The token is no part of it, the server is. */
static int identity(const struct upload *upload, struct csvk_buf *out, struct csvk_error *err)
{
    char *real = realpath(upload->wanted->path, NULL);
    if (!real) {
        return csvk_fail_sys(err, errno, "%s", upload->wanted->path);
    }
    const struct kbc_upload *wanted = upload->wanted;
    int status = csvk_buf_printf(out, "csvkit upload 1; %s; branch %s; %s; name %s; compress %d",
                                 upload->kbc->url, upload->kbc->branch ? upload->kbc->branch : "-",
                                 real, wanted->name ? wanted->name : "-", (int)wanted->compress);
    free(real);
    if (status == CSVK_OK && !upload->objects.sliced) {
        const struct upload_object *object = &upload->objects.item[0];
        status =
            csvk_buf_printf(out, "; %llu bytes of %llu", (unsigned long long)object->object.size,
                            (unsigned long long)object_moment(object));
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

static struct upload_object *find_object(struct upload *upload, const char *name)
{
    for (size_t i = 0; i < upload->objects.count; i++) {
        if (strcmp(upload->objects.item[i].name, name) == 0) {
            return &upload->objects.item[i];
        }
    }
    return NULL;
}

static void recall_parts(struct upload *upload, struct upload_object *object)
{
    for (size_t i = 0; state_entry(upload->state, i); i++) {
        const cJSON *entry = state_entry(upload->state, i);
        uint64_t number = json_uint(entry, "part");
        const char *tag = json_text(entry, "tag");
        if (number == 0 || number > object->object.nparts ||
            strcmp(json_text(entry, "object"), object->name) != 0 ||
            strcmp(json_text(entry, "upload"), object->object.upload) != 0 ||
            strlen(tag) >= STORE_TAG_SIZE) {
            continue;
        }
        struct store_part *part = &object->object.parts[number - 1];
        if (json_uint(entry, "offset") == part->offset && json_uint(entry, "size") == part->size) {
            snprintf(part->tag, sizeof part->tag, "%s", tag);
        }
    }
}

/* A multipart upload that an earlier run began goes on under its id. */
static int recall_upload(struct upload *upload, struct upload_object *object)
{
    for (size_t i = 0; state_entry(upload->state, i); i++) {
        const cJSON *entry = state_entry(upload->state, i);
        if (*json_text(entry, "begun") && strcmp(json_text(entry, "object"), object->name) == 0) {
            csvk_free(object->object.upload);
            object->object.upload = csvk_strdup(json_text(entry, "begun"));
            if (!object->object.upload) {
                return CSVK_ENOMEM;
            }
        }
    }
    if (object->object.upload) {
        recall_parts(upload, object);
    }
    return CSVK_OK;
}

static void recall_done(struct upload *upload)
{
    for (size_t i = 0; state_entry(upload->state, i); i++) {
        const cJSON *entry = state_entry(upload->state, i);
        struct upload_object *object =
            json_true(entry, "done") ? find_object(upload, json_text(entry, "object")) : NULL;
        if (object && json_uint(entry, "bytes") == (uint64_t)object->seen.st_size &&
            strtoull(json_text(entry, "moment"), NULL, 10) == object_moment(object)) {
            object->done = true;
            upload->out->resumed = true;
            upload->out->bytes += json_uint(entry, "stored");
            kbc_progress_add(upload->kbc, (int64_t)object->object.size);
        }
    }
}

static int note_begun(struct upload *upload, const struct upload_object *object,
                      struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "object", object->name);
    cJSON_AddStringToObject(entry, "begun", object->object.upload);
    return state_add(upload->state, entry, err);
}

static int note_part(struct upload *upload, const struct upload_object *object,
                     const struct store_part *part, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "object", object->name);
    cJSON_AddStringToObject(entry, "upload", object->object.upload);
    cJSON_AddNumberToObject(entry, "part", part->number);
    cJSON_AddNumberToObject(entry, "offset", (double)part->offset);
    cJSON_AddNumberToObject(entry, "size", (double)part->size);
    cJSON_AddStringToObject(entry, "tag", part->tag);
    return state_add(upload->state, entry, err);
}

static int note_done(struct upload *upload, const struct upload_object *object,
                     struct csvk_error *err)
{
    char moment[24];
    cJSON *entry = cJSON_CreateObject();
    snprintf(moment, sizeof moment, "%llu", (unsigned long long)object_moment(object));
    cJSON_AddStringToObject(entry, "object", object->name);
    cJSON_AddTrueToObject(entry, "done");
    cJSON_AddNumberToObject(entry, "bytes", (double)object->seen.st_size);
    cJSON_AddNumberToObject(entry, "stored", (double)object->object.size);
    cJSON_AddStringToObject(entry, "moment", moment); /* more digits than a double keeps */
    return state_add(upload->state, entry, err);
}

/* ---- putting one object ---------------------------------------------------------------------- */

struct parts_work {
    struct upload *upload;
    struct upload_object *object;
};

static int put_part(void *ctx, struct http_client *client, size_t item, struct csvk_error *err)
{
    const struct parts_work *work = ctx;
    struct store_part *part = &work->object->object.parts[item];
    if (part->tag[0]) {
        work->upload->out->resumed = true;
        kbc_progress_add(work->upload->kbc, (int64_t)part->size);
        return CSVK_OK;
    }
    int status = store_put_part(&work->upload->store, client, &work->object->object, part, err);
    return status == CSVK_OK ? note_part(work->upload, work->object, part, err) : status;
}

static int put_parts(struct upload *upload, struct http_client *client,
                     struct upload_object *object, struct csvk_error *err)
{
    struct parts_work ctx = {upload, object};
    bool alone = upload->objects.count == 1 && store_parts_are_free(&upload->store);
    if (alone) {
        struct work work = {upload->kbc, upload->kbc->parallel, object->object.nparts, &ctx,
                            put_part};
        return work_run(&work, err);
    }
    int status = CSVK_OK;
    for (size_t i = 0; i < object->object.nparts && status == CSVK_OK; i++) {
        status = put_part(&ctx, client, i, err);
    }
    return status;
}

/* Without our help nobody would remove the parts. Tried once, quickly, even after Ctrl-C. */
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

static int put_in_parts(struct upload *upload, struct http_client *client,
                        struct upload_object *object, struct csvk_error *err)
{
    int status = CSVK_OK;
    if (recall_upload(upload, object) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (!object->object.upload) {
        status = store_begin(&upload->store, client, &object->object, err);
        if (status == CSVK_OK) {
            status = note_begun(upload, object, err);
        }
    }
    if (status == CSVK_OK) {
        status = put_parts(upload, client, object, err);
    }
    if (status == CSVK_OK) {
        status = object_check(object, err);
    }
    if (status == CSVK_OK) {
        status = store_finish(&upload->store, client, &object->object, err);
    }
    if (status < 0 && object->object.upload && (!upload->state || status == CSVK_ECHANGED)) {
        drop_parts(upload, object);
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
    csvk_buf_release(&key);
    return object->object.key ? CSVK_OK : CSVK_ENOMEM;
}

static void forget_parts(struct upload_object *object)
{
    csvk_free(object->object.upload);
    csvk_free(object->object.parts);
    object->object.upload = NULL;
    object->object.parts = NULL;
    object->object.nparts = 0;
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
    forget_parts(object);
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
    return status == CSVK_OK ? note_done(upload, object, err) : status;
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

/* ---- rounds ---------------------------------------------------------------------------------- */

static size_t count_done(const struct upload *upload)
{
    size_t done = 0;
    for (size_t i = 0; i < upload->objects.count; i++) {
        done += upload->objects.item[i].done;
    }
    return done;
}

/* The whole upload is done: a further run has nothing to do. */
static bool recall_complete(struct upload *upload)
{
    bool complete = false;
    for (size_t i = 0; state_entry(upload->state, i); i++) {
        complete = complete || json_true(state_entry(upload->state, i), "complete");
    }
    return complete && count_done(upload) == upload->objects.count;
}

static int note_complete(struct upload *upload, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddTrueToObject(entry, "complete");
    return state_add(upload->state, entry, err);
}

static int put_all(struct upload *upload, struct csvk_error *err)
{
    struct work work = {upload->kbc, upload->kbc->parallel, upload->objects.count, upload,
                        put_object};
    if (upload->kbc->mode == KBC_DRY_RUN || !upload->objects.sliced) {
        work.threads = 1; /* the parts of one file have workers of their own */
    }
    int status = work_run(&work, err);
    if (status == CSVK_OK && upload->objects.sliced) {
        status = put_slice_manifest(upload, err);
    }
    return status;
}

static void say_what_is_left(struct upload *upload)
{
    const char *id = upload->store.file_id;
    size_t done = count_done(upload);
    if (upload->objects.sliced && done > 0) {
        kbc_note(upload->kbc,
                 "file %s: %zu of %zu slices are stored, the slice manifest is not; "
                 "it cannot be imported%s",
                 id, done, upload->objects.count,
                 upload->state ? "; run again with the same --state to go on" : "");
    } else {
        kbc_note(upload->kbc, "file %s was prepared but is not complete%s", id,
                 upload->state ? "; run again with the same --state to go on"
                               : "; Storage removes it in time");
    }
}

static int one_round(struct upload *upload, const cJSON *file, struct csvk_error *err)
{
    int status = store_init(&upload->store, upload->kbc, file, STORE_WRITE, err);
    if (status < 0) {
        return status;
    }
    snprintf(upload->out->id, sizeof upload->out->id, "%s", upload->store.file_id);
    kbc_progress_begin(upload->kbc, upload->objects.bytes);
    upload->out->bytes = 0;
    recall_done(upload);
    if (recall_complete(upload)) {
        kbc_note(upload->kbc, "uploaded by an earlier run: file %s", upload->out->id);
        return CSVK_OK;
    }
    status = put_all(upload, err);
    return status == CSVK_OK ? note_complete(upload, err) : status;
}

/* The next round works with credentials of its own and in a new place. */
static int start_over(struct upload *upload)
{
    for (size_t i = 0; i < upload->objects.count; i++) {
        upload->objects.item[i].done = false;
        forget_parts(&upload->objects.item[i]);
    }
    upload->out->resumed = false;
    store_release(&upload->store);
    return CSVK_OK;
}

static int first_file(struct upload *upload, cJSON **fresh, const cJSON **file,
                      struct csvk_error *err)
{
    *file = state_file(upload->state);
    if (*file) {
        return CSVK_OK;
    }
    int status = prepare(upload, fresh, err);
    *file = *fresh;
    if (status == CSVK_OK && upload->kbc->mode == KBC_SEND) {
        status = state_begin(upload->state, *fresh, err);
    }
    return status;
}

static int rounds(struct upload *upload, struct csvk_error *err)
{
    for (unsigned round = 1;; round++) {
        cJSON *fresh = NULL;
        const cJSON *file = NULL;
        int status = first_file(upload, &fresh, &file, err);
        if (status == CSVK_OK) {
            status = one_round(upload, file, err);
        }
        cJSON_Delete(fresh);
        bool again = status == CSVK_EREMOTE && upload->store.expired && round < MOST_ROUNDS;
        if (status < 0 && upload->store.kbc && !again) {
            say_what_is_left(upload);
        }
        if (!again) {
            return status;
        }
        kbc_note(upload->kbc, "the credentials of file %s ran out; preparing a new file",
                 upload->store.file_id);
        start_over(upload);
        status = state_begin(upload->state, NULL, err);
        if (status < 0) {
            return status;
        }
    }
}

static int open_state(struct upload *upload, struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    if (!upload->wanted->state || upload->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    int status = identity(upload, &text, err);
    if (status == CSVK_OK) {
        status = state_open(&upload->state, upload->wanted->state, csvk_buf_text(&text), err);
    }
    csvk_buf_release(&text);
    return status;
}

int kbc_upload(struct kbc *kbc, const struct kbc_upload *wanted, struct kbc_uploaded *out,
               struct csvk_error *err)
{
    struct upload upload = {.kbc = kbc, .wanted = wanted, .out = out};
    memset(out, 0, sizeof *out);
    pthread_mutex_init(&upload.lock, NULL);
    int status = objects_collect(&upload.objects, wanted->path, wanted->compress, err);
    if (status == CSVK_OK) {
        out->sliced = upload.objects.sliced;
        out->objects = upload.objects.count;
        status = open_state(&upload, err);
    }
    if (status == CSVK_OK) {
        status = rounds(&upload, err);
    }
    store_release(&upload.store);
    state_close(upload.state);
    objects_release(&upload.objects);
    pthread_mutex_destroy(&upload.lock);
    return status;
}
