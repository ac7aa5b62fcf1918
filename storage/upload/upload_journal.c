/*
 * upload_journal.c - what an upload writes into its journal, and how a later run uses that.
 *
 * Only what the store confirmed is written. An entry counts only if its source is still the same
 * file. Parts count only if they belong to the multipart upload that goes on.
 */
#include "storage/journal/import_marks.h"
#include "storage/upload/upload.h"

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
    const char *branch = upload->kbc->branch;
    int status = csvk_buf_printf(out, "csvkit upload 2; %s%s%s; %s%s%s%s", upload->kbc->url,
                                 branch ? "; --branch=" : "", branch ? branch : "", real,
                                 wanted->name ? "; --name=" : "", wanted->name ? wanted->name : "",
                                 wanted->compress == KBC_GZIP ? "; --compress" : "");
    free(real);
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

/* What a file was like. The slices of a directory are compared one by one instead. */
static int version_of(const struct upload *upload, struct csvk_buf *out, struct csvk_error *err)
{
    const struct upload_object *object = upload->objects.sliced ? NULL : &upload->objects.item[0];
    int status =
        object ? csvk_buf_printf(out, "%llu bytes of %llu", (unsigned long long)object->object.size,
                                 (unsigned long long)object_moment(object))
               : csvk_buf_puts(out, "slices");
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

static bool was_completed(const struct upload *upload)
{
    bool complete = false;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(upload->state))
    {
        complete = complete || json_true(entry, "complete");
    }
    return complete;
}

bool upload_recall_complete(const struct upload *upload)
{
    return was_completed(upload) && upload_count_done(upload) == upload->objects.count;
}

/* False when the journal is of a file that has changed since, or of a finished upload whose slices
   have changed or disappeared: the Storage file may be imported already, so it must not change. An
   unfinished upload can go on with any slices. */
static bool can_go_on(struct upload *upload)
{
    if (state_is_stale(upload->state)) {
        return false;
    }
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

/*
 * The Storage file of a finished upload may have been removed since: the platform keeps it for some
 * days. Nothing can be imported from it then, so it is uploaded anew. Once an import of it is
 * known, a load has no interest in the file any more; and who wants the file has to begin a journal
 * of its own, because without the marks of the import the rows could be imported once more.
 */
static int check_file(struct upload *upload, bool *gone, struct csvk_error *err)
{
    char id[KBC_ID_SIZE], path[64];
    struct kbc_answer answer = {0};
    json_id(state_file(upload->state), "id", id);
    *gone = false;
    bool imported = imports_have(upload->state, id);
    if (!was_completed(upload) || (upload->wanted->to_load && imported)) {
        return CSVK_OK;
    }
    snprintf(path, sizeof path, "files/%s", id);
    struct kbc_call call = {
        .what = "asking for the file", .method = "GET", .path = path, .scope = KBC_BRANCHED};
    int status = kbc_call(upload->kbc, &call, &answer, err);
    *gone = status < 0 && answer.status == 404;
    kbc_answer_release(&answer);
    if (*gone && imported) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "Storage does not have the uploaded file %s any more, and the journal "
                         "knows an import of it; give a new upload a --state of its own",
                         id);
    }
    return *gone ? CSVK_OK : status;
}

/* Gives up what the journal has, for a new upload. No import may be open then. */
static int start_anew(struct upload *upload, const char *why, struct csvk_error *err)
{
    int status = imports_settle(upload->kbc, upload->state, err);
    if (status == CSVK_OK) {
        kbc_note(upload->kbc, "%s: a new upload", why);
        status = state_begin(upload->state, NULL, err);
    }
    return status;
}

int upload_open_journal(struct upload *upload, struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT, version = CSVK_BUF_INIT;
    bool gone = false;
    if (!upload->wanted->state || upload->kbc->mode == KBC_DRY_RUN) {
        return CSVK_OK;
    }
    int status = identity(upload, &text, err);
    if (status == CSVK_OK) {
        status = version_of(upload, &version, err);
    }
    if (status == CSVK_OK) {
        status = state_open(&upload->state, upload->wanted->state, csvk_buf_text(&text),
                            csvk_buf_text(&version), err);
    }
    if (status == CSVK_OK && !can_go_on(upload)) {
        status =
            start_anew(upload,
                       upload->objects.sliced ? "the slices changed since an earlier run finished"
                                              : "the file changed since an earlier run",
                       err);
    } else if (status == CSVK_OK) {
        status = check_file(upload, &gone, err);
        status = status == CSVK_OK && gone
                     ? start_anew(upload, "Storage does not have the uploaded file any more", err)
                     : status;
    }
    csvk_buf_release(&text);
    csvk_buf_release(&version);
    return status;
}
