/*
 * tables.c - buckets and tables for themselves: shown, made, dropped.
 *
 * The requests are those of the PHP client: DELETE tables/ID is done at once or answers with a job,
 * DELETE buckets/ID takes async and force.
 */
#include "storage/api/job.h"
#include "storage/api/storage_table.h"

#include <stdio.h>
#include <string.h>

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* Makes a GET call for "FOLDER/ID" and `rest`. */
static int ask(struct kbc *kbc, const char *what, const char *folder, const char *id,
               const char *rest, struct kbc_answer *answer, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    memset(answer, 0, sizeof *answer);
    int status = kbc_path(&path, folder, id, rest, err);
    if (status == CSVK_OK) {
        struct kbc_call call = {
            .what = what, .method = "GET", .path = csvk_buf_text(&path), .scope = KBC_BRANCHED};
        status = kbc_call(kbc, &call, answer, err);
    }
    csvk_buf_release(&path);
    return status;
}

static int drop(struct kbc *kbc, const char *what, const char *folder, const char *id,
                const char *rest, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = kbc_path(&path, folder, id, rest, err);
    if (status == CSVK_OK) {
        struct kbc_call call = {
            .what = what, .method = "DELETE", .path = csvk_buf_text(&path), .scope = KBC_BRANCHED};
        status = kbc_delete_and_wait(kbc, &call, err);
    }
    csvk_buf_release(&path);
    return status;
}

/* ---- tables ---------------------------------------------------------------------------------- */

void kbc_table_release(struct kbc_table *table)
{
    csvk_free(table->id);
    csvk_free(table->backend);
    csvk_free(table->created);
    csvk_free(table->last_import);
    csvk_strings_release(&table->columns);
    csvk_strings_release(&table->primary_key);
    csvk_strings_release(&table->types);
    memset(table, 0, sizeof *table);
}

/* "NUMBER(38,0)" from {"definition":{"type":"NUMBER","length":"38,0"}}. */
static int take_type(const cJSON *column, struct csvk_strings *types)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    const cJSON *definition = json_at(column, "definition");
    const char *length = json_text(definition, "length");
    const char *type = json_text(definition, "type");
    int status = csvk_buf_puts(&text, *type ? type : json_text(column, "basetype"));
    if (status == CSVK_OK && *length) {
        status = csvk_buf_printf(&text, "(%s)", length);
    }
    if (status == CSVK_OK) {
        status = csvk_strings_add(types, csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    return status;
}

static int take_types(const cJSON *json, struct kbc_table *table)
{
    const cJSON *column;
    int status = CSVK_OK;
    cJSON_ArrayForEach(column, json_at(json_at(json, "definition"), "columns"))
    {
        status = status == CSVK_OK && table->typed ? take_type(column, &table->types) : status;
    }
    if (table->types.count != table->columns.count) {
        csvk_strings_release(&table->types); /* not of these columns */
    }
    return status;
}

static int take_table(const cJSON *json, struct kbc_table *table)
{
    const cJSON *bucket = json_at(json, "bucket");
    table->typed = json_true(json, "isTyped");
    table->alias = json_true(json, "isAlias");
    table->rows = json_uint(json, "rowsCount");
    table->bytes = json_uint(json, "dataSizeBytes");
    return json_copy(json, "id", &table->id) | json_copy(bucket, "backend", &table->backend) |
           json_copy(json, "created", &table->created) |
           json_copy(json, "lastImportDate", &table->last_import) |
           json_strings(json_at(json, "columns"), &table->columns) |
           json_strings(json_at(json, "primaryKey"), &table->primary_key) | take_types(json, table);
}

static int check_table_id(const char *id, struct csvk_error *err)
{
    struct table_place place = {0};
    int status = table_split(id, &place, err);
    table_release(&place);
    return status;
}

int kbc_table_get(struct kbc *kbc, const char *id, struct kbc_table *out, struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    memset(out, 0, sizeof *out);
    int status = check_table_id(id, err);
    if (status == CSVK_OK) {
        status = ask(kbc, "asking for the table", "tables", id, "", &answer, err);
    }
    if (status == CSVK_OK && take_table(answer.json, out) < 0) {
        status = no_memory(err);
    }
    kbc_answer_release(&answer);
    return status;
}

int kbc_table_drop(struct kbc *kbc, const char *id, struct csvk_error *err)
{
    int status = check_table_id(id, err);
    return status == CSVK_OK ? drop(kbc, "dropping the table", "tables", id, "", err) : status;
}

/* The types in the form in which a manifest has them, which table_define reads. NULL: out of
   memory. */
static cJSON *schema_of(const struct kbc_new_table *wanted)
{
    cJSON *schema = cJSON_CreateArray();
    for (size_t i = 0; schema && i < wanted->columns->count; i++) {
        cJSON *column = cJSON_CreateObject();
        cJSON *base = cJSON_AddObjectToObject(cJSON_AddObjectToObject(column, "data_type"), "base");
        if (!cJSON_AddStringToObject(column, "name", wanted->columns->item[i]) ||
            !cJSON_AddStringToObject(base, "type", wanted->types->item[i]) ||
            !cJSON_AddItemToArray(schema, column)) {
            cJSON_Delete(column);
            cJSON_Delete(schema);
            return NULL;
        }
    }
    return schema;
}

static int make_table(struct kbc *kbc, const struct table_place *place,
                      const struct kbc_new_table *wanted, struct csvk_error *err)
{
    bool typed = wanted->types && wanted->types->count > 0;
    cJSON *schema = typed ? schema_of(wanted) : NULL;
    struct kbc_load load = {.table = wanted->id,
                            .columns = wanted->columns,
                            .primary_key = wanted->primary_key,
                            .schema = schema};
    int status =
        typed && !schema ? no_memory(err) : table_define(kbc, place, &load, wanted->columns, err);
    cJSON_Delete(schema);
    return status;
}

int kbc_table_create(struct kbc *kbc, const struct kbc_new_table *wanted, bool *bucket_created,
                     struct csvk_error *err)
{
    struct table_place place = {0};
    *bucket_created = false;
    if (wanted->columns->count == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "a table needs columns");
    }
    if (wanted->types && wanted->types->count > 0 &&
        wanted->types->count != wanted->columns->count) {
        return csvk_fail(err, CSVK_EUSAGE, "%zu column%s, but %zu type%s", wanted->columns->count,
                         wanted->columns->count == 1 ? "" : "s", wanted->types->count,
                         wanted->types->count == 1 ? "" : "s");
    }
    int status = table_look(kbc, wanted->id, &place, err);
    if (status == CSVK_OK && place.exists) {
        status = csvk_fail(err, CSVK_EDATA, "%s: the table exists already", wanted->id);
    }
    if (status == CSVK_OK) {
        status = table_make_bucket(kbc, &place, bucket_created, err);
    }
    if (status == CSVK_OK) {
        status = make_table(kbc, &place, wanted, err);
    }
    table_release(&place);
    return status;
}

/* ---- buckets --------------------------------------------------------------------------------- */

void kbc_bucket_release(struct kbc_bucket *bucket)
{
    csvk_free(bucket->id);
    csvk_free(bucket->backend);
    csvk_free(bucket->created);
    csvk_free(bucket->description);
    csvk_strings_release(&bucket->tables);
    memset(bucket, 0, sizeof *bucket);
}

/* Splits "in.c-main" by the rules for the id of a table in it. */
static int split_bucket(const char *id, struct table_place *place, struct csvk_error *err)
{
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_error own = {0};
    int status = csvk_buf_printf(&table, "%s.t", id);
    if (status == CSVK_OK) {
        status = table_split(csvk_buf_text(&table), place, &own);
    }
    csvk_buf_release(&table);
    if (status == CSVK_EUSAGE) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: a bucket id has two parts, such as in.c-main", id);
    }
    return status < 0 ? no_memory(err) : CSVK_OK;
}

static int list_tables(struct kbc *kbc, const char *id, struct csvk_strings *tables,
                       struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    int status = ask(kbc, "listing the tables", "buckets", id, "/tables", &answer, err);
    const cJSON *table;
    cJSON_ArrayForEach(table, answer.json)
    {
        if (status == CSVK_OK && csvk_strings_add(tables, json_text(table, "id")) < 0) {
            status = no_memory(err);
        }
    }
    kbc_answer_release(&answer);
    return status;
}

int kbc_bucket_get(struct kbc *kbc, const char *id, struct kbc_bucket *out, struct csvk_error *err)
{
    struct table_place place = {0};
    struct kbc_answer answer = {0};
    memset(out, 0, sizeof *out);
    int status = split_bucket(id, &place, err);
    if (status == CSVK_OK) {
        status = ask(kbc, "asking for the bucket", "buckets", id, "", &answer, err);
    }
    if (status == CSVK_OK &&
        (json_copy(answer.json, "id", &out->id) | json_copy(answer.json, "backend", &out->backend) |
         json_copy(answer.json, "created", &out->created) |
         json_copy(answer.json, "description", &out->description)) < 0) {
        status = no_memory(err);
    }
    kbc_answer_release(&answer);
    table_release(&place);
    return status == CSVK_OK ? list_tables(kbc, id, &out->tables, err) : status;
}

static int make_bucket(struct kbc *kbc, const struct table_place *place, const char *description,
                       struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    cJSON *body = cJSON_CreateObject();
    if (!body || !cJSON_AddStringToObject(body, "name", place->bucket_name) ||
        !cJSON_AddStringToObject(body, "stage", place->stage) ||
        (description && !cJSON_AddStringToObject(body, "description", description))) {
        cJSON_Delete(body);
        return no_memory(err);
    }
    struct kbc_call call = {.what = "creating the bucket",
                            .method = "POST",
                            .path = "buckets",
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    int status = kbc_call(kbc, &call, &answer, err);
    kbc_answer_release(&answer);
    return status;
}

int kbc_bucket_create(struct kbc *kbc, const char *id, const char *description,
                      struct csvk_error *err)
{
    struct table_place place = {0};
    int status = split_bucket(id, &place, err);
    if (status == CSVK_OK) {
        status = make_bucket(kbc, &place, description, err);
    }
    table_release(&place);
    return status;
}

int kbc_bucket_drop(struct kbc *kbc, const char *id, bool force, struct csvk_error *err)
{
    struct table_place place = {0};
    int status = split_bucket(id, &place, err);
    table_release(&place);
    return status == CSVK_OK ? drop(kbc, "dropping the bucket", "buckets", id,
                                    force ? "?async=1&force=1" : "?async=1", err)
                             : status;
}
