/*
 * files.c - the files that are in Storage: listed, shown, tagged, deleted.
 *
 * The list of the platform has any of the tags; here a file has to have all of them, so what comes
 * is looked at once more. It comes in pages, the newest file first.
 */
#include "storage/api/job.h"
#include "storage/http/sigv4.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* ---- one file -------------------------------------------------------------------------------- */

void kbc_file_release(struct kbc_file *file)
{
    csvk_free(file->name);
    csvk_free(file->created);
    csvk_free(file->provider);
    csvk_free(file->region);
    csvk_free(file->file_type);
    csvk_strings_release(&file->tags);
    memset(file, 0, sizeof *file);
}

static int take_file(const cJSON *json, struct kbc_file *file)
{
    const cJSON *days = json_at(json, "maxAgeDays");
    json_id(json, "id", file->id);
    file->has_bytes = cJSON_IsNumber(json_at(json, "sizeBytes"));
    file->bytes = json_uint(json, "sizeBytes");
    file->sliced = json_true(json, "isSliced");
    file->encrypted = json_true(json, "isEncrypted");
    file->permanent = cJSON_IsNull(days);
    file->days = json_uint(json, "maxAgeDays");
    return json_copy(json, "name", &file->name) | json_copy(json, "created", &file->created) |
           json_copy(json, "provider", &file->provider) | json_copy(json, "region", &file->region) |
           json_copy(json, "fileType", &file->file_type) |
           json_strings(json_at(json, "tags"), &file->tags);
}

static int file_path(const char *id, const char *rest, struct csvk_buf *path,
                     struct csvk_error *err)
{
    if (!*id || strspn(id, "0123456789") != strlen(id) || strlen(id) >= KBC_ID_SIZE) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: a file id is a number", id);
    }
    return kbc_path(path, "files", id, rest, err);
}

int kbc_file_get(struct kbc *kbc, const char *id, struct kbc_file *out, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    memset(out, 0, sizeof *out);
    int status = file_path(id, "", &path, err);
    if (status == CSVK_OK) {
        struct kbc_call call = {.what = "asking for the file",
                                .method = "GET",
                                .path = csvk_buf_text(&path),
                                .scope = KBC_BRANCHED};
        status = kbc_call(kbc, &call, &answer, err);
    }
    if (status == CSVK_OK && take_file(answer.json, out) < 0) {
        status = no_memory(err);
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

int kbc_file_delete(struct kbc *kbc, const char *id, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = file_path(id, "?async=true", &path, err);
    if (status == CSVK_OK) {
        struct kbc_call call = {.what = "deleting the file",
                                .method = "DELETE",
                                .path = csvk_buf_text(&path),
                                .scope = KBC_BRANCHED};
        status = kbc_delete_and_wait(kbc, &call, err);
    }
    csvk_buf_release(&path);
    return status;
}

/* ---- tags ------------------------------------------------------------------------------------ */

/* May be repeated: the platform drops a tag that comes twice. */
int kbc_file_add_tag(struct kbc *kbc, const char *id, const char *tag, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    cJSON *body = cJSON_CreateObject();
    int status = body && cJSON_AddStringToObject(body, "tag", tag) ? CSVK_OK : no_memory(err);
    status = status == CSVK_OK ? file_path(id, "/tags", &path, err) : status;
    if (status == CSVK_OK) {
        struct kbc_call call = {.what = "adding a tag",
                                .method = "POST",
                                .path = csvk_buf_text(&path),
                                .body = body,
                                .scope = KBC_BRANCHED,
                                .may_be_empty = true};
        status = kbc_call(kbc, &call, &answer, err); /* which takes over the body */
    } else {
        cJSON_Delete(body);
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

/* True when the file is there and does not have the tag. */
static bool lacks_tag(struct kbc *kbc, const char *id, const char *tag)
{
    struct kbc_file file = {0};
    struct csvk_error none = {0};
    bool lacks =
        kbc_file_get(kbc, id, &file, &none) == CSVK_OK && !csvk_strings_has(&file.tags, tag);
    kbc_file_release(&file);
    return lacks;
}

/* May be repeated: when the answer to the first request was lost, the second one finds no tag. */
int kbc_file_remove_tag(struct kbc *kbc, const char *id, const char *tag, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    int status = file_path(id, "/tags/", &path, err);
    if (status == CSVK_OK && percent_encode(&path, tag, "") < 0) {
        status = no_memory(err);
    }
    if (status == CSVK_OK) {
        struct kbc_call call = {.what = "removing a tag",
                                .method = "DELETE",
                                .path = csvk_buf_text(&path),
                                .scope = KBC_BRANCHED,
                                .may_be_empty = true};
        status = kbc_call(kbc, &call, &answer, err);
    }
    if (status < 0 && answer.status == 404 && lacks_tag(kbc, id, tag)) {
        status = CSVK_OK;
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

/* ---- the list -------------------------------------------------------------------------------- */

void kbc_files_release(struct kbc_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        kbc_file_release(&files->item[i]);
    }
    csvk_free(files->item);
    *files = (struct kbc_files){NULL, 0};
}

static int list_path(const struct kbc_file_query *query, uint64_t offset, struct csvk_buf *path)
{
    int status =
        csvk_buf_printf(path, "files?limit=%d&offset=%llu", PAGE, (unsigned long long)offset);
    for (size_t i = 0; status == CSVK_OK && query->tags && i < query->tags->count; i++) {
        status = csvk_buf_puts(path, "&tags%5B%5D=");
        status = status == CSVK_OK ? percent_encode(path, query->tags->item[i], "") : status;
    }
    if (status == CSVK_OK && query->query) {
        status = csvk_buf_puts(path, "&q=");
        status = status == CSVK_OK ? percent_encode(path, query->query, "") : status;
    }
    return status;
}

static bool has_all_tags(const struct kbc_file *file, const struct kbc_file_query *query)
{
    for (size_t i = 0; query->tags && i < query->tags->count; i++) {
        if (!csvk_strings_has(&file->tags, query->tags->item[i])) {
            return false;
        }
    }
    return *file->id != '\0';
}

static int append(struct kbc_files *files, const struct kbc_file *file)
{
    struct kbc_file *item = csvk_realloc(files->item, (files->count + 1) * sizeof *item);
    if (!item) {
        return CSVK_ENOMEM;
    }
    files->item = item;
    item[files->count++] = *file;
    return CSVK_OK;
}

static int take_page(const cJSON *page, const struct kbc_file_query *query, struct kbc_files *out)
{
    const cJSON *json;
    cJSON_ArrayForEach(json, page)
    {
        struct kbc_file file = {0};
        int status = take_file(json, &file);
        bool wanted = status == CSVK_OK && has_all_tags(&file, query);
        status = wanted ? append(out, &file) : status;
        if (!wanted || status < 0) {
            kbc_file_release(&file);
        }
        if (status < 0) {
            return status;
        }
    }
    return CSVK_OK;
}

/* Reads one page. CSVK_END: it was the last one. */
static int read_page(struct kbc *kbc, const struct kbc_file_query *query, uint64_t offset,
                     struct kbc_files *out, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    int status = list_path(query, offset, &path) < 0 ? no_memory(err) : CSVK_OK;
    if (status == CSVK_OK) {
        struct kbc_call call = {.what = "listing the files",
                                .method = "GET",
                                .path = csvk_buf_text(&path),
                                .scope = KBC_BRANCHED,
                                .dry = "[]"};
        status = kbc_call(kbc, &call, &answer, err);
    }
    if (status == CSVK_OK && !cJSON_IsArray(answer.json)) {
        status = csvk_fail(err, KBC_EREMOTE, "listing the files: the answer is no list");
    }
    if (status == CSVK_OK && take_page(answer.json, query, out) < 0) {
        status = no_memory(err);
    }
    if (status == CSVK_OK && cJSON_GetArraySize(answer.json) < PAGE) {
        status = CSVK_END;
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}

/* Ids grow, so the larger one is the newer file. */
static int by_newest(const void *a, const void *b)
{
    unsigned long long left = strtoull(((const struct kbc_file *)a)->id, NULL, 10);
    unsigned long long right = strtoull(((const struct kbc_file *)b)->id, NULL, 10);
    return (left < right) - (left > right);
}

/* The list of a busy project changes while it is read: a file that a new one pushed to the next
   page comes twice. */
static void drop_repeated(struct kbc_files *files)
{
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++) {
        if (kept > 0 && strcmp(files->item[kept - 1].id, files->item[i].id) == 0) {
            kbc_file_release(&files->item[i]);
        } else {
            files->item[kept++] = files->item[i];
        }
    }
    files->count = kept;
}

int kbc_files_list(struct kbc *kbc, const struct kbc_file_query *query, struct kbc_files *out,
                   struct csvk_error *err)
{
    *out = (struct kbc_files){NULL, 0};
    int status = CSVK_OK;
    for (uint64_t offset = 0; status == CSVK_OK; offset += PAGE) {
        status = read_page(kbc, query, offset, out, err);
        if (status == CSVK_OK && query->limit > 0 && out->count >= query->limit) {
            status = CSVK_END;
        }
    }
    if (status < 0) {
        return status;
    }
    if (out->count > 0) {
        qsort(out->item, out->count, sizeof *out->item, by_newest);
    }
    drop_repeated(out);
    while (query->limit > 0 && out->count > query->limit) {
        kbc_file_release(&out->item[--out->count]);
    }
    return CSVK_OK;
}
