/*
 * slice_manifest.c - makes the manifest of slices: what the options say is laid over the manifest
 * of the input (the base), member by member.
 */
#include "manifest/slice.h"
#include "manifest/manifest_tree.h"

#include <string.h>

/* Keys that describe the form of the input. They are removed from the base; options may set them
 * anew. */
static const char *const replaced[] = {"columns", "has_header", "delimiter", "enclosure"};

static cJSON *item_named(const cJSON *list, const char *key, const char *name)
{
    cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        const char *text = tree_text(item, key);
        if (text != NULL && name != NULL && strcmp(text, name) == 0) {
            return item;
        }
    }
    return NULL;
}

/* ---- metadata: by key ---- */

static bool overlay_map(cJSON *old, const cJSON *fresh)
{
    const cJSON *item;
    bool good = true;
    cJSON_ArrayForEach(item, fresh)
    {
        good = good && tree_put(old, item->string, tree_copy(item));
    }
    return good;
}

/* When there is a new type, everything about the old one goes. */
static void drop_old_type(cJSON *old, const cJSON *fresh)
{
    static const char prefix[] = "KBC.datatype.";
    if (item_named(fresh, "key", "KBC.datatype.basetype") == NULL) {
        return;
    }
    for (cJSON *pair = old->child, *next; pair != NULL; pair = next) {
        const char *key = tree_text(pair, "key");
        next = pair->next;
        if (key != NULL && strncmp(key, prefix, strlen(prefix)) == 0) {
            cJSON_Delete(cJSON_DetachItemViaPointer(old, pair));
        }
    }
}

static bool overlay_pairs(cJSON *old, const cJSON *fresh)
{
    const cJSON *pair;
    bool good = true;
    drop_old_type(old, fresh);
    cJSON_ArrayForEach(pair, fresh)
    {
        cJSON *there = item_named(old, "key", tree_text(pair, "key"));
        good = good && (there != NULL ? tree_put(there, "value", tree_copy(tree_get(pair, "value")))
                                      : tree_push(old, tree_copy(pair)));
    }
    return good;
}

static bool overlay_columns(cJSON *old, const cJSON *fresh)
{
    const cJSON *list;
    bool good = true;
    cJSON_ArrayForEach(list, fresh)
    {
        cJSON *there = cJSON_GetObjectItemCaseSensitive(old, list->string);
        good = good && (cJSON_IsArray(there) ? overlay_pairs(there, list)
                                             : tree_put(old, list->string, tree_copy(list)));
    }
    return good;
}

/* ---- the schema: by column ---- */

static bool overlay_column(cJSON *old, const cJSON *fresh)
{
    const cJSON *item;
    bool good = true;
    cJSON_ArrayForEach(item, fresh)
    {
        cJSON *there = cJSON_GetObjectItemCaseSensitive(old, item->string);
        bool map = strcmp(item->string, "metadata") == 0 && cJSON_IsObject(there);
        good =
            good && (map ? overlay_map(there, item) : tree_put(old, item->string, tree_copy(item)));
    }
    return good;
}

/* A new primary key replaces the old one as a whole: the marks of all old columns go. */
static void drop_old_key(cJSON *old, const cJSON *fresh)
{
    cJSON *column;
    bool key = false;
    cJSON_ArrayForEach(column, fresh)
    {
        key = key || tree_true(column, "primary_key");
    }
    cJSON_ArrayForEach(column, old)
    {
        if (key) {
            cJSON_DeleteItemFromObjectCaseSensitive(column, "primary_key");
        }
    }
}

static bool overlay_schema(cJSON *old, const cJSON *fresh)
{
    const cJSON *column;
    bool good = true;
    drop_old_key(old, fresh);
    cJSON_ArrayForEach(column, fresh)
    {
        cJSON *there = item_named(old, "name", tree_text(column, "name"));
        good = good &&
               (there != NULL ? overlay_column(there, column) : tree_push(old, tree_copy(column)));
    }
    return good;
}

/* ---- the whole manifest ---- */

static bool overlay_item(cJSON *root, const cJSON *item)
{
    cJSON *old = cJSON_GetObjectItemCaseSensitive(root, item->string);
    if (strcmp(item->string, "schema") == 0 && cJSON_IsArray(old)) {
        return overlay_schema(old, item);
    }
    if (strcmp(item->string, "metadata") == 0 && cJSON_IsArray(old)) {
        return overlay_pairs(old, item);
    }
    if (strcmp(item->string, "column_metadata") == 0 && cJSON_IsObject(old)) {
        return overlay_columns(old, item);
    }
    if (strcmp(item->string, "table_metadata") == 0 && cJSON_IsObject(old)) {
        return overlay_map(old, item);
    }
    return tree_put(root, item->string, tree_copy(item));
}

static bool overlay(cJSON *root, const cJSON *fresh)
{
    const cJSON *item;
    bool good = true;
    for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, replaced[i]);
    }
    cJSON_ArrayForEach(item, fresh)
    {
        good = good && overlay_item(root, item);
    }
    return good;
}

/* ---- input manifests ---- */

/* Copies pairs with key and value only: the platform adds other fields, which it refuses itself. */
static bool add_bare_pairs(cJSON *to, const char *key, const cJSON *pairs)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *pair;
    bool good = list != NULL;
    cJSON_ArrayForEach(pair, pairs)
    {
        cJSON *bare = cJSON_CreateObject();
        good = good && tree_put_text(bare, "key", tree_text(pair, "key")) &&
               tree_put(bare, "value", tree_copy(tree_get(pair, "value")));
        good = tree_push(list, bare) && good;
    }
    if (!good || cJSON_GetArraySize(list) == 0) {
        cJSON_Delete(list);
        return good;
    }
    return tree_put(to, key, list);
}

static bool add_legacy(cJSON *to, const cJSON *in)
{
    cJSON *columns = cJSON_CreateObject();
    const cJSON *list;
    bool good = columns != NULL && add_bare_pairs(to, "metadata", tree_get(in, "metadata"));
    cJSON_ArrayForEach(list, tree_get(in, "column_metadata"))
    {
        good = good && add_bare_pairs(columns, list->string, list);
    }
    if (!good || columns->child == NULL) {
        cJSON_Delete(columns);
        return good;
    }
    return tree_put(to, "column_metadata", columns);
}

/* The platform writes null when there is no length or default, but refuses to read it. */
static void drop_nulls(cJSON *node)
{
    for (cJSON *item = node->child, *next; item != NULL; item = next) {
        next = item->next;
        if (cJSON_IsNull(item)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(node, item));
        } else {
            drop_nulls(item);
        }
    }
}

int csvk_slice_base(struct csvk_manifest **out, const struct csvk_manifest *in,
                    enum csvk_generation generation, struct csvk_error *err)
{
    cJSON *root = cJSON_CreateObject();
    const cJSON *schema = tree_get(in->root, "schema");
    bool good = root != NULL;
    if (good && generation == CSVK_GENERATION_LEGACY) {
        good = add_legacy(root, in->root);
    } else if (good && tree_filled(schema)) {
        good = tree_put(root, "schema", tree_copy(schema));
        drop_nulls(root);
    }
    if (!good) {
        cJSON_Delete(root);
        root = NULL;
    }
    return manifest_new(out, root) == CSVK_OK ? CSVK_OK
                                              : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int csvk_slice_manifest(struct csvk_manifest **out, const struct csvk_manifest *base,
                        const struct csvk_manifest_options *options, struct csvk_error *err)
{
    struct csvk_manifest *fresh = NULL;
    *out = NULL;
    int status = csvk_manifest_create(&fresh, options, err);
    if (status != CSVK_OK || base == NULL) {
        *out = fresh;
        return status;
    }
    cJSON *root = tree_copy(base->root);
    if (root == NULL || !overlay(root, fresh->root)) {
        cJSON_Delete(root);
        root = NULL;
    }
    csvk_manifest_free(fresh);
    if (manifest_new(out, root) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_manifest_normalize(*out, CSVK_MANIFEST_OUT_TABLE);
    return CSVK_OK;
}
