/*
 * processor_tree.c - the parts of a manifest that name columns or hold metadata, in both
 * generations: a legacy manifest has columns, primary_key, metadata and column_metadata, a native
 * one has all of it in schema and table_metadata.
 */
#include "manifest/processor/processor_parts.h"

#include <string.h>

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static bool has_items(const cJSON *list)
{
    return list != NULL && list->child != NULL;
}

static int no_memory(const struct processor_table *t)
{
    return processor_no_memory(t->p);
}

/* ---- the manifest of an input becomes that of an output ---- */

/* A JSON tree that is being built. After memory has run out, `failed` is true. */
struct tree {
    cJSON *root;
    bool failed;
};

/* Adds `value` to the object `to` under `key`, or to the end of the array `to` when `key` is NULL.
   Takes over `value`. */
static void add(struct tree *tree, cJSON *to, const char *key, cJSON *value)
{
    bool added = value != NULL && (key != NULL ? cJSON_AddItemToObject(to, key, value)
                                               : cJSON_AddItemToArray(to, value));
    if (!added) {
        cJSON_Delete(value);
        tree->failed = true;
    }
}

/* Copies the value of `key`, if `from` has it. */
static void copy(struct tree *tree, cJSON *to, const cJSON *from, const char *key)
{
    const cJSON *value = get(from, key);
    if (value != NULL) {
        add(tree, to, key, cJSON_Duplicate(value, true));
    }
}

/* Copies only "key" and "value" of each metadata entry: the platform adds more to its manifests for
   inputs, and refuses these additions in a manifest for an output. */
static void add_bare_pairs(struct tree *tree, cJSON *to, const char *key, const cJSON *pairs)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        cJSON *bare = cJSON_CreateObject();
        copy(tree, bare, pair, "key");
        copy(tree, bare, pair, "value");
        add(tree, list, NULL, bare);
    }
    add(tree, to, key, list);
}

static void add_column_metadata(struct tree *tree, const cJSON *in)
{
    cJSON *columns = cJSON_CreateObject();
    const cJSON *list;
    cJSON_ArrayForEach(list, get(in, "column_metadata"))
    {
        if (has_items(list)) {
            add_bare_pairs(tree, columns, list->string, list);
        }
    }
    if (columns == NULL || columns->child != NULL) {
        add(tree, tree->root, "column_metadata", columns);
    } else {
        cJSON_Delete(columns);
    }
}

/* A map of the metadata in `pairs`, as native manifests have it. `description`: it is elsewhere,
   and the platform refuses it twice. Keys that only the platform sets ("KBC.") may be left out. */
static void add_map(struct tree *tree, cJSON *to, const char *name, const cJSON *pairs,
                    bool description, bool own)
{
    cJSON *map = cJSON_CreateObject();
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        const cJSON *key = get(pair, "key"), *value = get(pair, "value");
        bool left_out = !cJSON_IsString(key) || !cJSON_IsString(value) ||
                        (own && strncmp(key->valuestring, "KBC.", 4) == 0) ||
                        (description && strcmp(key->valuestring, "KBC.description") == 0);
        if (!left_out && get(map, key->valuestring) == NULL) {
            add(tree, map, key->valuestring, cJSON_CreateString(value->valuestring));
        }
    }
    if (map == NULL || map->child != NULL) {
        add(tree, to, name, map);
    } else {
        cJSON_Delete(map);
    }
}

/* The schema with what an output may say of a column. */
static void add_schema(struct tree *tree, const cJSON *in)
{
    static const char *const keys[] = {"name", "data_type", "nullable", "primary_key",
                                       "distribution_key"};
    cJSON *schema = cJSON_CreateArray();
    const cJSON *column;
    cJSON_ArrayForEach(column, get(in, "schema"))
    {
        cJSON *made = cJSON_CreateObject();
        const cJSON *name = get(column, "name"), *description = get(column, "description");
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            copy(tree, made, column, keys[i]);
        }
        if (cJSON_IsString(description) && description->valuestring[0] != '\0') {
            copy(tree, made, column, "description");
        }
        if (cJSON_IsString(name)) {
            add_map(tree, made, "metadata", get(get(in, "column_metadata"), name->valuestring),
                    true, true);
        }
        add(tree, schema, NULL, made);
    }
    add(tree, tree->root, "schema", schema);
}

static void add_native(struct tree *tree, const cJSON *in, bool folder)
{
    const cJSON *description = get(in, "description");
    bool described = cJSON_IsString(description) && description->valuestring[0] != '\0';
    add_schema(tree, in);
    add_map(tree, tree->root, "table_metadata", get(in, "metadata"), described, false);
    if (described) {
        copy(tree, tree->root, in, "description");
    }
    if (!folder) {
        add(tree, tree->root, "has_header", cJSON_CreateTrue());
    }
}

/* A file has its columns in its header: a schema says so, and `columns` are left out. */
cJSON *processor_out_of_in(const cJSON *in, bool folder)
{
    struct tree tree = {cJSON_CreateObject(), false};
    if (has_items(get(in, "schema"))) {
        add_native(&tree, in, folder);
    } else {
        if (folder) {
            copy(&tree, tree.root, in, "columns");
        }
        if (has_items(get(in, "primary_key"))) {
            copy(&tree, tree.root, in, "primary_key");
        }
        if (has_items(get(in, "metadata"))) {
            add_bare_pairs(&tree, tree.root, "metadata", get(in, "metadata"));
        }
        add_column_metadata(&tree, in);
    }
    if (tree.failed) {
        cJSON_Delete(tree.root);
        return NULL;
    }
    return tree.root;
}

/* ---- columns ---- */

static cJSON *find_named(cJSON *schema, const char *name)
{
    cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        const cJSON *its = get(column, "name");
        if (cJSON_IsString(its) && strcmp(its->valuestring, name) == 0) {
            return column;
        }
    }
    return NULL;
}

static void add_text_type(struct tree *tree, cJSON *column)
{
    cJSON *type = cJSON_CreateObject(), *base = cJSON_CreateObject();
    add(tree, base, "type", cJSON_CreateString("STRING"));
    add(tree, type, "base", base);
    add(tree, column, "data_type", type);
}

/* A column that was not there before is text. It says so when the others have types, because a
   typed table takes no column without one. */
static cJSON *make_schema(cJSON *old, const struct csvk_strings *columns, bool authoritative)
{
    struct tree tree = {cJSON_CreateArray(), false};
    bool typed = authoritative;
    const cJSON *column;
    cJSON_ArrayForEach(column, old)
    {
        typed = typed || get(column, "data_type") != NULL;
    }
    for (size_t i = 0; i < columns->count; i++) {
        const cJSON *found = find_named(old, columns->item[i]);
        cJSON *made = found != NULL ? cJSON_Duplicate(found, true) : cJSON_CreateObject();
        if (found == NULL) {
            add(&tree, made, "name", cJSON_CreateString(columns->item[i]));
        }
        if (typed && get(made, "data_type") == NULL && (found == NULL || authoritative)) {
            add_text_type(&tree, made);
        }
        add(&tree, tree.root, NULL, made);
    }
    if (tree.failed) {
        cJSON_Delete(tree.root);
        return NULL;
    }
    return tree.root;
}

static cJSON *make_list(const struct csvk_strings *columns)
{
    struct tree tree = {cJSON_CreateArray(), false};
    for (size_t i = 0; i < columns->count; i++) {
        add(&tree, tree.root, NULL, cJSON_CreateString(columns->item[i]));
    }
    if (tree.failed) {
        cJSON_Delete(tree.root);
        return NULL;
    }
    return tree.root;
}

/* Without a column of its key Storage would refuse the table after the upload. */
static int check_key(const struct processor_table *t, const struct csvk_strings *columns)
{
    const struct csvk_strings *key = &t->told.primary_key;
    for (size_t i = 0; i < key->count; i++) {
        if (!csvk_strings_has(columns, key->item[i])) {
            return PROCESSOR_REFUSE(
                t->p,
                "%s: the primary key names \"%s\", which is not a column of the "
                "result",
                t->name, key->item[i]);
        }
    }
    return CSVK_OK;
}

static void forget_other_columns(struct processor_table *t, const struct csvk_strings *columns)
{
    cJSON *map = cJSON_GetObjectItemCaseSensitive(t->manifest, "column_metadata");
    cJSON *next = map != NULL ? map->child : NULL;
    while (next != NULL) {
        cJSON *entry = next;
        next = next->next;
        if (!csvk_strings_has(columns, entry->string)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(map, entry));
        }
    }
}

/* The manifest lists its columns: it did before, or the step "columns" names them. */
static bool lists_columns(const struct processor_table *t)
{
    return t->columns.names != PROCESSOR_NAMES_KEEP || t->told.columns.count > 0;
}

int processor_put_columns(struct processor_table *t, const struct csvk_strings *columns)
{
    cJSON *schema = cJSON_GetObjectItemCaseSensitive(t->manifest, "schema");
    int status = check_key(t, columns);
    if (status != CSVK_OK) {
        return status;
    }
    forget_other_columns(t, columns);
    if (!lists_columns(t)) {
        return CSVK_OK;
    }
    if (t->columns.names == PROCESSOR_NAMES_HEADER || t->columns.names == PROCESSOR_NAMES_AUTO) {
        cJSON_DeleteItemFromObjectCaseSensitive(t->manifest, "has_header");
    }
    bool authoritative = t->p->options->support == CSVK_SUPPORT_AUTHORITATIVE;
    bool put = has_items(schema)
                   ? processor_put(t, "schema", make_schema(schema, columns, authoritative))
                   : processor_put(t, "columns", make_list(columns));
    return put ? CSVK_OK : no_memory(t);
}

/* ---- metadata ---- */

/* The member `key` of `object`, made by `create` when it is not there. NULL: out of memory. */
static cJSON *member(struct tree *tree, cJSON *object, const char *key, cJSON *(*create)(void))
{
    cJSON *found = cJSON_GetObjectItemCaseSensitive(object, key);
    if (found == NULL) {
        add(tree, object, key, create());
        found = cJSON_GetObjectItemCaseSensitive(object, key);
    }
    return found;
}

static void set_text(struct tree *tree, cJSON *object, const char *key, const char *text)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    add(tree, object, key, cJSON_CreateString(text));
}

/* Adds `pairs` to a list of such pairs; a key that is there gets the new value. */
static void merge_into_list(struct tree *tree, cJSON *list, const cJSON *pairs)
{
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        const char *key = get(pair, "key")->valuestring;
        cJSON *old = list != NULL ? list->child : NULL;
        while (old != NULL && (!cJSON_IsString(get(old, "key")) ||
                               strcmp(get(old, "key")->valuestring, key) != 0)) {
            old = old->next;
        }
        if (old != NULL) {
            set_text(tree, old, "value", get(pair, "value")->valuestring);
        } else {
            add(tree, list, NULL, cJSON_Duplicate(pair, true));
        }
    }
}

static void merge_into_map(struct tree *tree, cJSON *map, const cJSON *pairs)
{
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        set_text(tree, map, get(pair, "key")->valuestring, get(pair, "value")->valuestring);
    }
}

static int refuse_column(const struct processor_table *t, const char *name)
{
    return PROCESSOR_REFUSE(t->p, "%s: column_metadata: there is no column \"%s\"", t->name, name);
}

static int put_column_metadata(struct processor_table *t, struct tree *tree,
                               const struct csvk_strings *columns)
{
    cJSON *schema = cJSON_GetObjectItemCaseSensitive(t->manifest, "schema");
    const cJSON *pairs;
    cJSON_ArrayForEach(pairs, t->plan.column_metadata)
    {
        const char *name = pairs->string;
        cJSON *column = find_named(schema, name);
        if (has_items(schema) ? column == NULL
                              : columns->count > 0 && !csvk_strings_has(columns, name)) {
            return refuse_column(t, name);
        }
        if (has_items(schema)) {
            merge_into_map(tree, member(tree, column, "metadata", cJSON_CreateObject), pairs);
        } else {
            cJSON *all = member(tree, t->manifest, "column_metadata", cJSON_CreateObject);
            merge_into_list(tree, member(tree, all, name, cJSON_CreateArray), pairs);
        }
    }
    return CSVK_OK;
}

int processor_put_metadata(struct processor_table *t)
{
    struct csvk_strings columns = {0};
    bool native =
        has_items(get(t->manifest, "schema")) || get(t->manifest, "table_metadata") != NULL;
    if (!has_items(t->plan.metadata) && !has_items(t->plan.column_metadata)) {
        return CSVK_OK;
    }
    int status = processor_need_manifest(t);
    struct tree tree = {t->manifest, false};
    if (status == CSVK_OK && has_items(t->plan.metadata)) {
        cJSON *to = native ? member(&tree, t->manifest, "table_metadata", cJSON_CreateObject)
                           : member(&tree, t->manifest, "metadata", cJSON_CreateArray);
        if (native) {
            merge_into_map(&tree, to, t->plan.metadata);
        } else {
            merge_into_list(&tree, to, t->plan.metadata);
        }
    }
    status = status == CSVK_OK ? processor_result_columns(t, &columns) : status;
    status = status == CSVK_OK ? put_column_metadata(t, &tree, &columns) : status;
    csvk_strings_release(&columns);
    return status == CSVK_OK && tree.failed ? no_memory(t) : status;
}
