/*
 * upload_journal.c - what an upload writes into its journal, and how a later run uses that.
 *
 * Only what the store confirmed is written. An entry counts only if its source is still the same
 * file. Parts count only if they belong to the multipart upload that goes on.
 */
#include "storage/upload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- resuming -------------------------------------------------------------------------------- */

/* The text that two runs have in common when they are about the same upload. The server is part of
   it, the token is not. */
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
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(upload->state))
    {
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

int upload_recall_parts(struct upload *upload, struct upload_object *object)
{
    const char *begun = NULL;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(upload->state))
    {
        if (strcmp(json_text(entry, "object"), object->name) != 0) {
            continue;
        }
        begun = *json_text(entry, "begun") ? json_text(entry, "begun") : begun;
        begun = json_true(entry, "dropped") ? NULL : begun;
    }
    if (!begun) {
        return CSVK_OK;
    }
    csvk_free(object->object.upload);
    object->object.upload = csvk_strdup(begun);
    if (!object->object.upload) {
        return CSVK_ENOMEM;
    }
    recall_parts(upload, object);
    return CSVK_OK;
}

/* The object that is stored according to the entry, if its source is still the same; else NULL. */
static struct upload_object *find_done(struct upload *upload, const cJSON *entry)
{
    struct upload_object *object =
        json_true(entry, "done") ? find_object(upload, json_text(entry, "object")) : NULL;
    bool same = object && json_uint(entry, "bytes") == (uint64_t)object->seen.st_size &&
                strtoull(json_text(entry, "moment"), NULL, 10) == object_moment(object);
    return same ? object : NULL;
}

void upload_recall_done(struct upload *upload)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(upload->state))
    {
        struct upload_object *object = find_done(upload, entry);
        if (object && !object->done) {
            object->done = true;
            upload->out->resumed = true;
            upload->out->bytes += json_uint(entry, "stored");
            kbc_progress_add(upload->kbc, (int64_t)object->object.size);
        }
    }
}

int upload_note_begun(struct upload *upload, const struct upload_object *object,
                      struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "object", object->name);
    cJSON_AddStringToObject(entry, "begun", object->object.upload);
    return state_add(upload->state, entry, err);
}

int upload_note_dropped(struct upload *upload, const struct upload_object *object,
                        struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "object", object->name);
    cJSON_AddTrueToObject(entry, "dropped");
    return state_add(upload->state, entry, err);
}

int upload_note_part(struct upload *upload, const struct upload_object *object,
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

int upload_note_done(struct upload *upload, const struct upload_object *object,
                     struct csvk_error *err)
{
    char moment[24];
    cJSON *entry = cJSON_CreateObject();
    snprintf(moment, sizeof moment, "%llu", (unsigned long long)object_moment(object));
    cJSON_AddStringToObject(entry, "object", object->name);
    cJSON_AddTrueToObject(entry, "done");
    cJSON_AddNumberToObject(entry, "bytes", (double)object->seen.st_size);
    cJSON_AddNumberToObject(entry, "stored", (double)object->object.size);
    cJSON_AddStringToObject(entry, "moment", moment); /* a double would lose digits */
    return state_add(upload->state, entry, err);
}

bool upload_recall_complete(const struct upload *upload)
{
    bool complete = false;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(upload->state))
    {
        complete = complete || json_true(entry, "complete");
    }
    return complete && upload_count_done(upload) == upload->objects.count;
}

/* False when the journal is of a finished upload and slices have changed or disappeared since. The
   file may be imported already, so it must not change. An unfinished upload can go on with any
   slices. */
static bool can_go_on(struct upload *upload)
{
    uint64_t stored = 0, unchanged = 0;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(upload->state))
    {
        stored = json_true(entry, "complete") ? json_uint(entry, "objects") : stored;
        unchanged += find_done(upload, entry) != NULL;
    }
    return stored == 0 || (stored == upload->objects.count && unchanged >= stored);
}

int upload_note_complete(struct upload *upload, struct csvk_error *err)
{
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddTrueToObject(entry, "complete");
    cJSON_AddNumberToObject(entry, "objects", (double)upload->objects.count);
    return state_add(upload->state, entry, err);
}

int upload_open_journal(struct upload *upload, struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    if (!upload->wanted->state || upload->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    int status = identity(upload, &text, err);
    if (status == CSVK_OK) {
        status = state_open(&upload->state, upload->wanted->state, csvk_buf_text(&text), err);
    }
    if (status == CSVK_OK && !can_go_on(upload)) {
        kbc_note(upload->kbc, "the slices changed since an earlier run finished: a new upload");
        status = state_begin(upload->state, NULL, err);
    }
    csvk_buf_release(&text);
    return status;
}
