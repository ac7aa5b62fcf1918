/*
 * csvw_metadata.c - a group of tables, or one table: see csvw_metadata.h.
 *
 * The idea. The document is checked property by property while it is read from the top; whatever
 * does not count is gone from the tree by then. Each table takes over what the group says. Keys
 * come last, when all tables are known.
 */
#include "csvkit/schema/read/csvw_metadata.h"
#include "csvkit/schema/read/csvw_parts.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* ---- @context -------------------------------------------------------------------------------- */

static void replace(struct csvw_reading *reading, char **text, const char *with)
{
    char *copy = csvk_strdup(with);
    if (copy == NULL) {
        csvw_no_memory(reading);
        return;
    }
    csvk_free(*text);
    *text = copy;
}

/* The folder of what `@base` names: that of a file "x" in it, when it ends with a slash. */
static void set_base(struct csvw_reading *reading, struct csvw_document *document,
                     const cJSON *node)
{
    struct csvk_buf url = CSVK_BUF_INIT;
    if (csvk_buf_printf(&url, "%sx", node->valuestring) != CSVK_OK) {
        csvw_no_memory(reading);
        return;
    }
    char *path = csvw_path(reading, document, csvk_buf_text(&url));
    char *slash = path != NULL ? strrchr(path, '/') : NULL;
    if (slash != NULL) {
        slash[1] = '\0';
        replace(reading, &document->base, path);
    } else if (path == NULL && reading->status == CSVK_OK) {
        csvw_tell(reading, document, node, RULE_FILE_UNSUPPORTED,
                  "not supported: '@base' outside of the folder of the metadata");
    }
    csvk_free(path);
    csvk_buf_release(&url);
}

static void read_local_context(struct csvw_reading *reading, struct csvw_document *document,
                               const cJSON *local)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, local)
    {
        bool base = strcmp(member->string, "@base") == 0;
        bool language = strcmp(member->string, "@language") == 0;
        if (!base && !language) {
            csvw_tell(reading, document, member, RULE_FILE_INVALID,
                      "'@context' can set '@base' and '@language' only");
        } else if (base && cJSON_IsString(member)) {
            set_base(reading, document, member);
        } else if (language && cJSON_IsString(member) && csvw_is_language(member->valuestring)) {
            replace(reading, &document->language, member->valuestring);
        } else {
            csvw_tell(reading, document, member, RULE_FILE_IGNORED,
                      "'%s' has a value that CSVW does not allow, and does not count",
                      member->string);
        }
    }
}

static bool is_namespace(const cJSON *node)
{
    return cJSON_IsString(node) && strcmp(node->valuestring, CSVW_NAMESPACE) == 0;
}

static void read_context(struct csvw_reading *reading, struct csvw_document *document,
                         bool required)
{
    const cJSON *root = document->json->root, *context = get(root, "@context");
    const cJSON *local = cJSON_GetArrayItem(context, 1);
    if (context == NULL && !required) {
        return;
    }
    bool list = cJSON_IsArray(context) && is_namespace(cJSON_GetArrayItem(context, 0)) &&
                (local == NULL || cJSON_IsObject(local)) && cJSON_GetArraySize(context) <= 2;
    if (!list && !is_namespace(context)) {
        csvw_tell(reading, document, context != NULL ? context : root, RULE_FILE_INVALID,
                  "'@context' must be \"" CSVW_NAMESPACE "\"");
    }
    if (list && local != NULL) {
        read_local_context(reading, document, local);
    }
}

/* ---- parts in other files -------------------------------------------------------------------- */

/* The object that `node` is, or that is in the file which it names; NULL: neither. */
static cJSON *follow(struct csvw_reading *reading, const struct csvw_document **document,
                     cJSON *node)
{
    if (!cJSON_IsString(node)) {
        return cJSON_IsObject(node) ? node : NULL;
    }
    char *path = csvw_path(reading, *document, node->valuestring);
    if (path == NULL) {
        csvw_tell(reading, *document, node, RULE_FILE_UNSUPPORTED,
                  "not supported: '%s' in a file outside of the folder of the metadata",
                  node->string);
        return NULL;
    }
    struct csvw_document *other = csvw_open(reading, path, *document, node);
    csvk_free(path);
    if (other == NULL) {
        return NULL;
    }
    read_context(reading, other, false);
    cJSON_DeleteItemFromObjectCaseSensitive(other->json->root, "@context");
    *document = other;
    return other->json->root;
}

static void read_dialect(struct csvw_reading *reading, const struct csvw_document *document,
                         cJSON *node, struct csvw_dialect *out)
{
    cJSON *dialect = follow(reading, &document, node);
    if (dialect != NULL) {
        csvw_check(reading, document, dialect, CSVW_IN_DIALECT);
        csvw_read_dialect(reading, document, dialect, out);
    }
}

static void check_transformations(struct csvw_reading *reading,
                                  const struct csvw_document *document, const cJSON *owner)
{
    static const char *const needed[] = {"url", "scriptFormat", "targetFormat"};
    cJSON *item;
    cJSON_ArrayForEach(item, get(owner, "transformations"))
    {
        csvw_check(reading, document, item, CSVW_IN_TRANSFORMATION);
        for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
            if (get(item, needed[i]) == NULL) {
                csvw_tell(reading, document, item, RULE_FILE_INVALID, "a transformation needs '%s'",
                          needed[i]);
            }
        }
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

struct group { /* what the tables of a group take over */
    struct csvw_inherited inherited;
    struct csvw_dialect dialect;
    cJSON *schema;
};

static void read_schema(struct csvw_reading *reading, cJSON *node,
                        const struct csvw_inherited *inherited, struct csvw_parts *parts,
                        struct csvw_table *table)
{
    const struct csvw_document *document = parts->document;
    if (cJSON_IsString(node)) {
        parts->schema_url = node->valuestring;
        parts->schema_path = csvw_path(reading, document, node->valuestring);
    }
    cJSON *schema = follow(reading, &document, node);
    if (schema == NULL) {
        return;
    }
    const cJSON *given = get(schema, "columns");
    bool no_list = given != NULL && !cJSON_IsArray(given);
    parts->document = document;
    parts->schema = schema;
    csvw_check(reading, document, schema, CSVW_IN_SCHEMA);
    const cJSON *id = get(schema, "@id");
    if (id != NULL && parts->schema_url == NULL) {
        parts->schema_url = id->valuestring;
        parts->schema_path = csvw_path(reading, document, id->valuestring);
    }
    struct csvw_inherited own = *inherited;
    csvw_inherit(&own, document, schema);
    parts->columns = get(schema, "columns");
    if (no_list) {
        csvw_tell(reading, document, schema, RULE_FILE_INVALID,
                  "'columns' is no list, so no column fits the table");
    }
    if (parts->columns != NULL) {
        csvw_read_columns(reading, document, parts->columns, &own, table);
    }
}

static void read_url(struct csvw_reading *reading, const cJSON *object, struct csvw_table *table)
{
    const cJSON *url = get(object, "url");
    if (url == NULL || url->valuestring[0] == '\0') {
        csvw_tell(reading, reading->main, object, RULE_FILE_INVALID, "a table needs its 'url'");
        return;
    }
    table->url = csvk_strdup(url->valuestring);
    table->path = csvw_path(reading, reading->main, url->valuestring);
    if (table->url == NULL) {
        csvw_no_memory(reading);
    }
}

static void read_table(struct csvw_reading *reading, cJSON *object, const struct group *group,
                       struct csvw_parts *parts, struct csvw_table *table)
{
    struct csvw_inherited inherited = group->inherited;
    table->dialect = group->dialect;
    parts->document = reading->main;
    csvw_check(reading, reading->main, object, CSVW_IN_TABLE);
    read_url(reading, object, table);
    csvw_inherit(&inherited, reading->main, object);
    check_transformations(reading, reading->main, object);
    if (get(object, "dialect") != NULL) {
        read_dialect(reading, reading->main, get(object, "dialect"), &table->dialect);
    }
    cJSON *schema = get(object, "tableSchema");
    schema = schema != NULL ? schema : group->schema;
    if (schema != NULL) {
        read_schema(reading, schema, &inherited, parts, table);
    }
}

static bool make_tables(struct csvw_reading *reading, struct csvw_metadata *out,
                        struct csvw_all_parts *all, size_t count)
{
    out->table = csvk_calloc(count, sizeof *out->table);
    all->item = csvk_calloc(count, sizeof *all->item);
    if (out->table == NULL || all->item == NULL) {
        csvw_no_memory(reading);
        return false;
    }
    out->count = all->count = count;
    return true;
}

static void read_group(struct csvw_reading *reading, cJSON *root, struct group *group,
                       struct csvw_metadata *out, struct csvw_all_parts *all)
{
    csvw_check(reading, reading->main, root, CSVW_IN_GROUP);
    cJSON *tables = get(root, "tables"), *table;
    size_t count = (size_t)cJSON_GetArraySize(tables), i = 0;
    if (count == 0) {
        csvw_tell(reading, reading->main, tables != NULL ? tables : root, RULE_FILE_INVALID,
                  "'tables' must have one table at least");
        return;
    }
    csvw_inherit(&group->inherited, reading->main, root);
    check_transformations(reading, reading->main, root);
    group->schema = get(root, "tableSchema");
    if (get(root, "dialect") != NULL) {
        read_dialect(reading, reading->main, get(root, "dialect"), &group->dialect);
    }
    if (!make_tables(reading, out, all, count)) {
        return;
    }
    cJSON_ArrayForEach(table, tables)
    {
        read_table(reading, table, group, &all->item[i], &out->table[i]);
        i++;
    }
}

static void read_all(struct csvw_reading *reading, struct csvw_metadata *out)
{
    struct group group = {.dialect = {.bytes = CSVK_DIALECT_RFC4180, .header = true}};
    struct csvw_all_parts all = {0};
    cJSON *root = reading->main->json->root;
    const cJSON *type = get(root, "@type");
    bool group_type = cJSON_IsString(type) && strcmp(type->valuestring, "TableGroup") == 0;
    read_context(reading, reading->main, true);
    if (get(root, "tables") != NULL || (group_type && get(root, "url") == NULL)) {
        read_group(reading, root, &group, out, &all);
    } else if (make_tables(reading, out, &all, 1)) {
        read_table(reading, root, &group, &all.item[0], &out->table[0]);
    }
    csvw_read_keys(reading, &all, out);
    for (size_t i = 0; i < all.count; i++) {
        csvk_free(all.item[i].schema_path);
    }
    csvk_free(all.item);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void release_table(struct csvw_table *table)
{
    csvk_free(table->url);
    csvk_free(table->path);
    csvk_schema_free(table->schema);
    csvk_strings_release(&table->names);
    csvk_strings_release(&table->primary_key);
    for (size_t i = 0; i < table->nforeign_keys; i++) {
        csvk_strings_release(&table->foreign_key[i].columns);
        csvk_strings_release(&table->foreign_key[i].referenced);
    }
    csvk_free(table->foreign_key);
}

static void release_tables(struct csvw_metadata *metadata)
{
    for (size_t i = 0; i < metadata->count; i++) {
        release_table(&metadata->table[i]);
    }
    csvk_free(metadata->table);
    metadata->table = NULL;
    metadata->count = 0;
}

int csvw_metadata_read(struct csvw_metadata *out, const char *path, struct csvk_error *err)
{
    *out = (struct csvw_metadata){0};
    struct csvw_reading *reading = csvk_calloc(1, sizeof *reading);
    if (reading == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    out->reading = reading;
    reading->findings = &out->findings;
    reading->err = err;
    reading->main = csvw_open(reading, path, NULL, NULL);
    if (reading->main != NULL) {
        read_all(reading, out);
    }
    out->unsupported = reading->unsupported;
    if (out->findings.errors != 0 || reading->status != CSVK_OK) {
        release_tables(out);
    }
    reading->err = NULL;
    return reading->status;
}

void csvw_metadata_release(struct csvw_metadata *metadata)
{
    release_tables(metadata);
    csvk_findings_release(&metadata->findings);
    if (metadata->reading != NULL) {
        csvw_close_all(metadata->reading);
        csvk_free(metadata->reading);
    }
    *metadata = (struct csvw_metadata){0};
}

size_t csvw_metadata_find(const struct csvw_metadata *metadata, const char *path)
{
    struct stat a, b;
    bool known = stat(path, &a) == 0;
    for (size_t i = 0; i < metadata->count; i++) {
        const char *other = metadata->table[i].path;
        if (other == NULL) {
            continue;
        }
        bool same = known && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
        if (same || strcmp(other, path) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

int csvw_metadata_need_files(struct csvw_metadata *metadata)
{
    struct csvw_reading *reading = metadata->reading;
    const cJSON *root = metadata->count != 0 ? reading->main->json->root : NULL;
    const cJSON *tables = get(root, "tables");
    for (size_t i = 0; i < metadata->count; i++) {
        const cJSON *object = tables != NULL ? cJSON_GetArrayItem(tables, (int)i) : root;
        if (metadata->table[i].path == NULL) {
            csvw_tell(reading, reading->main, get(object, "url"), RULE_FILE_UNSUPPORTED,
                      "not supported: the table %.300s, which is not in the folder of the "
                      "metadata; name a copy of it as FILE",
                      metadata->table[i].url);
        }
    }
    metadata->unsupported = reading->unsupported;
    return reading->status;
}

int csvw_metadata_not_of(struct csvw_metadata *metadata, const char *path)
{
    struct csvw_reading *reading = metadata->reading;
    csvw_tell(reading, reading->main, NULL, RULE_FILE_IGNORED,
              "this metadata does not describe %.300s, and does not count for it", path);
    return reading->status;
}

bool csvw_metadata_looks(const char *path)
{
    static const char end[] = "-metadata.json";
    size_t length = strlen(path), tail = sizeof end - 1;
    struct csvk_manifest *json = NULL;
    struct csvk_findings findings = {0};
    if (length >= tail && strcmp(path + length - tail, end) == 0) {
        return true;
    }
    bool read = csvk_manifest_read(&json, path, &findings, NULL) == CSVK_OK && json != NULL;
    bool looks = read && get(json->root, "@context") != NULL;
    csvk_manifest_free(json);
    csvk_findings_release(&findings);
    return looks;
}
