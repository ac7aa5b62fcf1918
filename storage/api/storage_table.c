/* storage_table.c - looks at tables, judges a load against a table, and makes tables, buckets and
 * columns. */
#include "storage/api/storage_table.h"
#include "storage/api/job.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_')) {
            return false;
        }
    }
    return length > 0 && length <= 96;
}

int table_split(const char *id, struct table_place *place, struct csvk_error *err)
{
    const char *first = strchr(id, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    bool good = second && strncmp(first, ".c-", 3) == 0 && is_name(id, (size_t)(first - id)) &&
                is_name(first + 3, (size_t)(second - first - 3)) &&
                is_name(second + 1, strlen(second + 1));
    if (!good) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: a table id has three parts, such as in.c-main.orders", id);
    }
    place->id = csvk_strdup(id);
    place->stage = csvk_strndup(id, (size_t)(first - id));
    place->bucket_name = csvk_strndup(first + 3, (size_t)(second - first - 3));
    place->bucket = csvk_strndup(id, (size_t)(second - id));
    place->name = csvk_strdup(second + 1);
    return place->id && place->stage && place->bucket_name && place->bucket && place->name
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

void table_release(struct table_place *place)
{
    csvk_free(place->id);
    csvk_free(place->stage);
    csvk_free(place->bucket_name);
    csvk_free(place->bucket);
    csvk_free(place->name);
    csvk_strings_release(&place->columns);
    csvk_strings_release(&place->primary_key);
    cJSON_Delete(place->definition);
    memset(place, 0, sizeof *place);
}

/* Makes a GET call that answers CSVK_END when the thing does not exist. */
static int get(struct kbc *kbc, const char *what, const char *path, struct kbc_answer *answer,
               struct csvk_error *err)
{
    struct kbc_call call = {.what = what, .method = "GET", .path = path, .scope = KBC_BRANCHED};
    int status = kbc_call(kbc, &call, answer, err);
    if (kbc->mode == KBC_DRY_RUN) {
        kbc_note(kbc, "dry run: %s: taken as missing", what);
        return CSVK_END;
    }
    return status == CSVK_EDATA && answer->status == 404 ? CSVK_END : status;
}

int table_look(struct kbc *kbc, const char *id, struct table_place *place, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    int status = table_split(id, place, err);
    if (status < 0) {
        return status;
    }
    if (csvk_buf_printf(&path, "tables/%s", id) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    status = get(kbc, "asking for the table", csvk_buf_text(&path), &answer, err);
    if (status == CSVK_OK) {
        place->exists = true;
        place->typed = json_true(answer.json, "isTyped");
        place->definition = cJSON_DetachItemFromObjectCaseSensitive(answer.json, "definition");
        snprintf(place->backend, sizeof place->backend, "%s",
                 json_text(json_at(answer.json, "bucket"), "backend"));
        if (json_strings(json_at(answer.json, "columns"), &place->columns) < 0 ||
            json_strings(json_at(answer.json, "primaryKey"), &place->primary_key) < 0) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status == CSVK_END ? CSVK_OK : status;
}

static bool is_plain(const char *name)
{
    size_t length = strlen(name);
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
               length &&
           length > 0 && name[0] != '_' && name[length - 1] != '_';
}

static int ask_for_names(struct kbc *kbc, const struct csvk_strings *columns,
                         struct csvk_strings *out, struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    cJSON *body = cJSON_CreateObject();
    cJSON *names = json_array(columns);
    if (!body || !names || !cJSON_AddItemToObject(body, "columnNames", names)) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "asking for the names of columns",
                            .method = "POST",
                            .path = "webalize/column-names",
                            .body = body,
                            .scope = KBC_BRANCHED};
    int status = kbc_call(kbc, &call, &answer, err);
    if (status == CSVK_OK && json_strings(json_at(answer.json, "columnNames"), out) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    kbc_answer_release(&answer);
    if (status == CSVK_OK && out->count != columns->count) {
        return csvk_fail(err, KBC_EREMOTE,
                         "asking for the names of columns: %zu asked, %zu "
                         "answered",
                         columns->count, out->count);
    }
    return status;
}

static bool is_timestamp(const char *name)
{
    return strcmp(name, "_timestamp") == 0;
}

/* The column of the platform has this name, though no other may begin so. */
static int restore_timestamp(const struct csvk_strings *columns, struct csvk_strings *names,
                             struct csvk_error *err)
{
    for (size_t i = 0; i < columns->count; i++) {
        char *name = is_timestamp(columns->item[i]) ? csvk_strdup("_timestamp") : names->item[i];
        if (name == NULL) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        if (name != names->item[i]) {
            csvk_free(names->item[i]);
            names->item[i] = name;
        }
    }
    return CSVK_OK;
}

int table_names(struct kbc *kbc, const struct csvk_strings *columns, struct csvk_strings *out,
                struct csvk_error *err)
{
    bool plain = true;
    for (size_t i = 0; i < columns->count; i++) {
        plain = plain && (is_plain(columns->item[i]) || is_timestamp(columns->item[i]));
    }
    if (!plain && kbc->mode == KBC_SEND) {
        int status = ask_for_names(kbc, columns, out, err);
        return status == CSVK_OK ? restore_timestamp(columns, out, err) : status;
    }
    return csvk_strings_copy(out, columns) < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                                               : CSVK_OK;
}

/* ---- judging --------------------------------------------------------------------------------- */

static bool same_set(const struct csvk_strings *a, const struct csvk_strings *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!csvk_strings_has(b, a->item[i])) {
            return false;
        }
    }
    return a->count == b->count;
}

/* Appends the names in `some` that are not in `others`: "a, b, c". */
static int list_absent(const struct csvk_strings *some, const struct csvk_strings *others,
                       struct csvk_buf *out)
{
    for (size_t i = 0; i < some->count; i++) {
        if (!csvk_strings_has(others, some->item[i]) &&
            csvk_buf_printf(out, "%s%s", out->length ? ", " : "", some->item[i]) < 0) {
            return CSVK_ENOMEM;
        }
    }
    return CSVK_OK;
}

static int check_columns(const struct table_place *place, const struct kbc_load *wanted,
                         const struct csvk_strings *columns, struct csvk_error *err)
{
    struct csvk_buf missing = CSVK_BUF_INIT, extra = CSVK_BUF_INIT;
    int status = list_absent(&place->columns, columns, &missing);
    if (status == CSVK_OK) {
        status = list_absent(columns, &place->columns, &extra);
    }
    if (status < 0) {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
    } else if (missing.length > 0) {
        status = csvk_fail(err, CSVK_EDATA, "%s: the data lacks columns of the table: %s%s%s",
                           place->id, csvk_buf_text(&missing),
                           extra.length > 0 ? "; the table lacks these of the data: " : "",
                           extra.length > 0 ? csvk_buf_text(&extra) : "");
    } else if (extra.length > 0 && wanted->add == KBC_ADD_NOTHING) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s: the table lacks columns of the data: %s "
                           "(--add-columns adds them)",
                           place->id, csvk_buf_text(&extra));
    }
    csvk_buf_release(&missing);
    csvk_buf_release(&extra);
    return status;
}

/* The type that a column has in the table, for a backend or as the base type; "" when not known. */
static const char *type_in_table(const struct table_place *place, const char *name, bool base)
{
    const cJSON *column;
    cJSON_ArrayForEach(column, json_at(place->definition, "columns"))
    {
        if (strcmp(json_text(column, "name"), name) == 0) {
            return base ? json_text(column, "basetype")
                        : json_text(json_at(column, "definition"), "type");
        }
    }
    return "";
}

static int check_type(const struct table_place *place, const char *name, const cJSON *type,
                      struct csvk_error *err)
{
    for (int base = 0; base < 2; base++) {
        const char *wanted = json_text(json_at(type, base ? "base" : place->backend), "type");
        const char *there = type_in_table(place, name, base);
        if (*wanted && *there && strcasecmp(wanted, there) != 0) {
            return csvk_fail(err, CSVK_EDATA,
                             "%s: column %s is %s in the table, but %s in the manifest", place->id,
                             name, there, wanted);
        }
    }
    return CSVK_OK;
}

/* Types are compared where both sides name them; the values are judged in sent_values.c. */
static int check_types(const struct table_place *place, const struct kbc_load *wanted,
                       const struct csvk_strings *columns, struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; place->typed && wanted->schema && i < columns->count && status == CSVK_OK;
         i++) {
        const cJSON *schema = cJSON_GetArrayItem(wanted->schema, (int)i);
        status = check_type(place, columns->item[i], json_at(schema, "data_type"), err);
    }
    return status;
}

int table_check(const struct table_place *place, const struct kbc_load *wanted,
                const struct csvk_strings *columns, struct csvk_error *err)
{
    if (wanted->create_only) {
        return csvk_fail(err, CSVK_EDATA, "%s: the table exists already", place->id);
    }
    if (wanted->primary_key && wanted->primary_key->count > 0 &&
        !same_set(wanted->primary_key, &place->primary_key)) {
        return csvk_fail(err, CSVK_EDATA,
                         "%s: the table has another primary key; an import does "
                         "not change it",
                         place->id);
    }
    int status = columns->count > 0 ? check_columns(place, wanted, columns, err) : CSVK_OK;
    return status == CSVK_OK ? check_types(place, wanted, columns, err) : status;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* May be repeated: the second request finds the bucket that the first one made. */
static int post_bucket(struct kbc *kbc, const struct table_place *place, struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    cJSON *body = cJSON_CreateObject();
    if (!body || !cJSON_AddStringToObject(body, "name", place->bucket_name) ||
        !cJSON_AddStringToObject(body, "stage", place->stage)) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "creating the bucket",
                            .method = "POST",
                            .path = "buckets",
                            .body = body,
                            .scope = KBC_BRANCHED};
    int status = kbc_call(kbc, &call, &answer, err);
    bool there = strcmp(answer.code, "storage.buckets.alreadyExists") == 0;
    kbc_answer_release(&answer);
    return there ? CSVK_OK : status;
}

int table_make_bucket(struct kbc *kbc, const struct table_place *place, bool *created,
                      struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    struct csvk_error why = {0};
    *created = false;
    if (csvk_buf_printf(&path, "buckets/%s", place->bucket) < 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = get(kbc, "asking for the bucket", csvk_buf_text(&path), &answer, err);
    kbc_answer_release(&answer);
    if (status == CSVK_END) {
        status = post_bucket(kbc, place, &why);
        if (status < 0 && /* it may be there all the same */
            get(kbc, "asking for the bucket", csvk_buf_text(&path), &answer, err) == CSVK_OK) {
            status = CSVK_OK;
        } else if (status < 0 && err) {
            *err = why;
        }
        kbc_answer_release(&answer);
        *created = status == CSVK_OK;
    }
    csvk_buf_release(&path);
    return status;
}

/* The text under `key` of a data type, or NULL. */
static const char *part_of(const cJSON *type, const char *key)
{
    const char *text = json_text(type, key);
    return *text ? text : NULL;
}

static bool add_definition(cJSON *column, const cJSON *type, bool nullable)
{
    cJSON *definition = cJSON_AddObjectToObject(column, "definition");
    const char *length = part_of(type, "length");
    const char *by_default = part_of(type, "default");
    return definition && cJSON_AddStringToObject(definition, "type", json_text(type, "type")) &&
           (!length || cJSON_AddStringToObject(definition, "length", length)) &&
           cJSON_AddBoolToObject(definition, "nullable", nullable) &&
           (!by_default || cJSON_AddStringToObject(definition, "default", by_default));
}

/* The type of the project's backend when the schema has it, else the base type, else none: then the
   column is text. A base type has no place for a length or NOT NULL, so a definition goes along
   with it when there is one of them, as the platform does it. */
static bool add_type(cJSON *column, const cJSON *schema, const char *backend)
{
    const cJSON *type = json_at(schema, "data_type");
    const cJSON *own = json_at(type, backend);
    const cJSON *base = json_at(type, "base");
    bool nullable = !cJSON_IsFalse(json_at(schema, "nullable"));
    if (*json_text(own, "type")) {
        return add_definition(column, own, nullable);
    }
    if (!*json_text(base, "type")) {
        return true;
    }
    return cJSON_AddStringToObject(column, "basetype", json_text(base, "type")) &&
           ((nullable && !part_of(base, "length")) || add_definition(column, base, nullable));
}

static int backend_of(struct kbc *kbc, char backend[32], struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    struct kbc_call call = {.what = "checking the token",
                            .method = "GET",
                            .path = "tokens/verify",
                            .scope = KBC_GLOBAL,
                            .dry = "{\"owner\":{\"defaultBackend\":\"snowflake\"}}"};
    int status = kbc_call(kbc, &call, &answer, err);
    snprintf(backend, 32, "%s", json_text(json_at(answer.json, "owner"), "defaultBackend"));
    kbc_answer_release(&answer);
    return status;
}

static bool add_column(cJSON *columns, const char *name, const cJSON *schema, const char *backend)
{
    cJSON *column = cJSON_CreateObject();
    bool good = column && cJSON_AddStringToObject(column, "name", name) &&
                (!schema || add_type(column, schema, backend)) &&
                cJSON_AddItemToArray(columns, column);
    if (!good) {
        cJSON_Delete(column);
    }
    return good;
}

static cJSON *definition_body(const struct table_place *place, const struct kbc_load *wanted,
                              const struct csvk_strings *names, const char *backend)
{
    cJSON *body = cJSON_CreateObject();
    bool good = body && cJSON_AddStringToObject(body, "name", place->name);
    cJSON *columns = good ? cJSON_AddArrayToObject(body, "columns") : NULL;
    good = good && columns;
    for (size_t i = 0; good && i < names->count; i++) {
        const cJSON *schema = cJSON_GetArrayItem(wanted->schema, (int)i);
        good = add_column(columns, names->item[i], schema, backend);
    }
    if (good && wanted->primary_key && wanted->primary_key->count > 0) {
        cJSON *key = json_array(wanted->primary_key);
        good = key && cJSON_AddItemToObject(body, "primaryKeysNames", key);
    }
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

/* Starts the job of `call` and waits for its end. */
static int run_job(struct kbc *kbc, struct kbc_call *call, const char *operation,
                   struct csvk_error *err)
{
    struct kbc_trace trace = {.operation = operation};
    struct kbc_started started = {0};
    struct kbc_job job = {0};
    int status = kbc_new_run(kbc, started.run_id, err);
    if (status < 0) {
        cJSON_Delete(call->body);
        return status;
    }
    status = kbc_start_job(kbc, call, &trace, &started, err);
    if (status == CSVK_OK) {
        status = kbc_finish_job(kbc, started.id, &job, err);
    }
    kbc_job_release(&job);
    return status;
}

int table_define(struct kbc *kbc, const struct table_place *place, const struct kbc_load *wanted,
                 const struct csvk_strings *columns, struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    char backend[32] = "";
    int status = wanted->schema ? backend_of(kbc, backend, err) : CSVK_OK;
    if (status < 0) {
        return status;
    }
    cJSON *body = definition_body(place, wanted, columns, backend);
    if (!body || csvk_buf_printf(&path, "buckets/%s/tables-definition", place->bucket) < 0) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "creating the table",
                            .method = "POST",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    status = run_job(kbc, &call, "tableCreate", err);
    csvk_buf_release(&path);
    return status;
}

static int add_one(struct kbc *kbc, const struct table_place *place, const char *name,
                   struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    cJSON *body = cJSON_CreateObject();
    if (!body || !cJSON_AddStringToObject(body, "name", name) ||
        (place->typed && !cJSON_AddStringToObject(body, "basetype", "STRING")) ||
        csvk_buf_printf(&path, "tables/%s/columns", place->id) < 0) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "adding a column",
                            .method = "POST",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED,
                            .replay = HTTP_ONCE};
    int status = run_job(kbc, &call, "tableColumnAdd", err);
    csvk_buf_release(&path);
    return status;
}

int table_add_columns(struct kbc *kbc, const struct table_place *place,
                      const struct csvk_strings *columns, struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < columns->count && status == CSVK_OK; i++) {
        if (!csvk_strings_has(&place->columns, columns->item[i])) {
            kbc_note(kbc, "adding column %s to %s", columns->item[i], place->id);
            status = add_one(kbc, place, columns->item[i], err);
        }
    }
    return status;
}

/* ---- around an import ------------------------------------------------------------------------ */

/* Metadata with the same key is replaced: this request may be repeated, too. */
int table_set_metadata(struct kbc *kbc, const char *id, const char *metadata,
                       struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_answer answer = {0};
    cJSON *body = cJSON_Parse(metadata);
    if (!body || !cJSON_AddStringToObject(body, "provider", "csvkit") ||
        csvk_buf_printf(&path, "tables/%s/metadata", id) < 0) {
        cJSON_Delete(body);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct kbc_call call = {.what = "setting metadata",
                            .method = "POST",
                            .path = csvk_buf_text(&path),
                            .body = body,
                            .scope = KBC_BRANCHED};
    int status = kbc_call(kbc, &call, &answer, err);
    kbc_answer_release(&answer);
    csvk_buf_release(&path);
    return status;
}
