/*
 * upload.c - uploads a file or a slice directory into a Storage file.
 *
 * The steps: prepare a Storage file, put all objects, put the slice manifest. The manifest must be
 * last. A sliced file cannot be imported before its manifest is there, and a multipart object does
 * not exist before its last request, so a broken upload is never taken for a complete one.
 *
 * When credentials run out, the round ends. The next round prepares a new file and starts over,
 * because nothing can reach the old place any more.
 */
#include "storage/journal/import_marks.h"
#include "storage/upload/upload.h"

#include <stdio.h>
#include <string.h>

enum { MOST_ROUNDS = 3 };
#define LARGE_FILE UINT64_C(2048000000) /* bytes; above that the platform advises slices */

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

/* May be repeated: a file that was prepared in vain stays empty, and Storage removes it. */
static int prepare(struct upload *upload, cJSON **file, struct csvk_error *err)
{
    struct kbc_call call = {.what = "preparing the file",
                            .method = "POST",
                            .path = "files/prepare",
                            .body = prepare_body(upload),
                            .scope = KBC_BRANCHED,
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

/* ---- rounds ---------------------------------------------------------------------------------- */

static void report_what_is_left(struct upload *upload)
{
    const char *id = upload->store.file_id;
    size_t done = upload_count_done(upload);
    if (upload->objects.sliced && done > 0) {
        kbc_note(upload->kbc,
                 "file %s: %zu of %zu slice%s %s stored, the slice manifest is not; "
                 "it cannot be imported%s",
                 id, done, upload->objects.count, upload->objects.count == 1 ? "" : "s",
                 done == 1 ? "is" : "are",
                 upload->state ? "; run again with the same --state to go on" : "");
    } else {
        kbc_note(upload->kbc, "file %s was prepared but is not complete%s", id,
                 upload->state ? "; run again with the same --state to go on"
                               : "; Storage removes it after some time");
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
    upload_recall_done(upload);
    if (upload_recall_complete(upload)) {
        kbc_note(upload->kbc, "uploaded by an earlier run: file %s", upload->out->id);
        return CSVK_OK;
    }
    status = upload_put_all(upload, err);
    return status == CSVK_OK ? upload_note_complete(upload, err) : status;
}

/* Drops what this round stored: the next one has other credentials and another place. */
static int start_over(struct upload *upload)
{
    for (size_t i = 0; i < upload->objects.count; i++) {
        upload->objects.item[i].done = false;
        upload_forget_parts(&upload->objects.item[i]);
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
        bool again = status == KBC_EREMOTE && upload->store.expired && round < MOST_ROUNDS;
        if (status < 0 && upload->store.kbc && !again) {
            report_what_is_left(upload);
        }
        if (!again) {
            return status;
        }
        kbc_note(upload->kbc, "the credentials of file %s ran out; preparing a new file",
                 upload->store.file_id);
        start_over(upload);
        status = imports_settle(upload->kbc, upload->state, err);
        status = status == CSVK_OK ? state_begin(upload->state, NULL, err) : status;
        if (status < 0) {
            return status;
        }
    }
}

static void report_oddities(const struct upload *upload)
{
    const struct upload_objects *objects = &upload->objects;
    const char *path = upload->wanted->path;
    if (!objects->sliced && objects->bytes > LARGE_FILE) {
        kbc_note(upload->kbc,
                 "%s: larger than 2 GB; slices load faster and more reliably (csvkit slice)", path);
    }
    if (objects->sliced && objects->count == 0) {
        kbc_note(upload->kbc, "%s: no slices there; the file will have no rows", path);
    }
    if (objects->left_out > 0) {
        kbc_note(upload->kbc, "%s: %zu of its entries are not files and are left out", path,
                 objects->left_out);
    }
}

int kbc_upload(struct kbc *kbc, const struct kbc_upload *wanted, struct kbc_uploaded *out,
               struct csvk_error *err)
{
    struct upload upload = {.kbc = kbc, .wanted = wanted, .out = out};
    memset(out, 0, sizeof *out);
    pthread_mutex_init(&upload.lock, NULL);
    int status = objects_collect(&upload.objects, wanted->path, wanted->compress, err);
    if (status == CSVK_OK) {
        report_oddities(&upload);
        out->sliced = upload.objects.sliced;
        out->objects = upload.objects.count;
        status = upload_open_journal(&upload, err);
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
