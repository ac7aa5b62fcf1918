/*
 * mapping.c - merges a manifest and an entry of the output mapping as the platform does it.
 *
 * The mapping wins key by key, with surprising exceptions. A key that has a default overrides only
 * when its value differs from the default. Metadata is merged entry by entry. A primary key goes
 * into the schema when there is one.
 */
#include "manifest/manifest_tree.h"

#include <string.h>

struct mapping_merge {
    cJSON *root; /* a copy of the manifest, changed in place */
    struct judge judge;
};

static void note(struct mapping_merge *merge, bool good)
{
    if (!good) {
        merge->judge.status = CSVK_ENOMEM;
    }
}

/* What counts as true in PHP: everything but null, false, 0, "", "0", [] and {}. */
static bool truthy(const cJSON *node)
{
    if (cJSON_IsNumber(node)) {
        return node->valuedouble < 0 || node->valuedouble > 0;
    }
    if (cJSON_IsString(node) && strcmp(node->valuestring, "0") == 0) {
        return false;
    }
    return tree_filled(node) && !cJSON_IsFalse(node);
}

/* True when the value is the default of its key, or empty: then it overrides nothing. */
static bool is_default(const cJSON *node)
{
    static const struct {
        const char *key, *value;
    } defaults[] = {{"delete_where_operator", "eq"}, {"delimiter", ","}, {"enclosure", "\""}};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (strcmp(node->string, defaults[i].key) == 0) {
            return cJSON_IsNull(node) ||
                   (cJSON_IsString(node) && strcmp(node->valuestring, defaults[i].value) == 0) ||
                   (i == 0 && !tree_filled(node));
        }
    }
    return !truthy(node);
}

/* ---- lists merged by a name inside their entries ---- */

static int index_by(struct nameset *set, const cJSON *list, const char *field)
{
    size_t index = 0, old;
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        const char *name = tree_text(node, field);
        if (name != NULL && nameset_add(set, name, index, &old) != CSVK_OK) {
            return CSVK_ENOMEM;
        }
        index++;
    }
    return CSVK_OK;
}

/* Puts the members of `from` into the object `to`, replacing those with the same key. */
static bool put_members(cJSON *to, const cJSON *from)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, from)
    {
        if (node->string != NULL && !tree_put(to, node->string, tree_copy(node))) {
            return false;
        }
    }
    return true;
}

/* Puts every entry of `from` into the entry of `to` with the same `field`, member by member, or
   else appends it. */
static bool merge_lists(cJSON *to, const cJSON *from, const char *field)
{
    struct nameset known = {NULL, 0, 0};
    bool good = index_by(&known, to, field) == CSVK_OK;
    const cJSON *node;
    cJSON_ArrayForEach(node, from)
    {
        const char *name = tree_text(node, field);
        size_t index = name != NULL ? nameset_find(&known, name) : SIZE_MAX;
        if (!good) {
            break;
        }
        good = index != SIZE_MAX ? put_members(cJSON_GetArrayItem(to, (int)index), node)
                                 : tree_push(to, tree_copy(node));
    }
    nameset_release(&known);
    return good;
}

static cJSON *own_or_new(cJSON *root, const char *key, cJSON *(*create)(void))
{
    cJSON *node = cJSON_GetObjectItemCaseSensitive(root, key);
    if (node != NULL && (cJSON_IsArray(node) || cJSON_IsObject(node)) &&
        cJSON_IsArray(node) == (create == cJSON_CreateArray)) {
        return node;
    }
    node = create();
    return tree_put(root, key, node) ? node : NULL;
}

static bool merge_list(cJSON *root, const cJSON *from, const char *field)
{
    cJSON *to = own_or_new(root, from->string, cJSON_CreateArray);
    return to != NULL && merge_lists(to, from, field);
}

static bool merge_map(cJSON *root, const cJSON *from)
{
    cJSON *to = own_or_new(root, from->string, cJSON_CreateObject);
    return to != NULL && put_members(to, from);
}

static bool merge_column_metadata(cJSON *root, const cJSON *from)
{
    cJSON *to = own_or_new(root, from->string, cJSON_CreateObject);
    const cJSON *list;
    cJSON_ArrayForEach(list, from)
    {
        if (to == NULL || (list->string != NULL && !merge_list(to, list, "key"))) {
            return false;
        }
    }
    return to != NULL;
}

/* ---- keys ---- */

static bool in_list(const cJSON *list, const char *name)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        if (cJSON_IsString(node) && strcmp(node->valuestring, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Marks the columns of the manifest's schema that the mapping's primary key names. */
static void merge_key(struct mapping_merge *merge, cJSON *schema, const cJSON *key)
{
    struct nameset columns = {NULL, 0, 0};
    note(merge, index_by(&columns, schema, "name") == CSVK_OK);
    cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        const char *name = tree_text(column, "name");
        if (name != NULL && in_list(key, name)) {
            note(merge, tree_put_bool(column, "primary_key", true));
        }
    }
    const cJSON *node;
    cJSON_ArrayForEach(node, key)
    {
        if (cJSON_IsString(node) && nameset_find(&columns, node->valuestring) == SIZE_MAX) {
            complain(&merge->judge, (struct complaint){.rule = RULE_MERGE},
                     "Primary key column \"%s\" not found in manifest file.", node->valuestring);
        }
    }
    nameset_release(&columns);
}

static void merge_one(struct mapping_merge *merge, const cJSON *node)
{
    cJSON *schema = cJSON_GetObjectItemCaseSensitive(merge->root, "schema");
    const char *key = node->string;
    if (strcmp(key, "source") == 0 || is_default(node)) {
        return;
    }
    if (strcmp(key, "primary_key") == 0 && tree_filled(schema)) {
        merge_key(merge, schema, node);
    } else if (strcmp(key, "metadata") == 0 && cJSON_IsArray(node)) {
        note(merge, merge_list(merge->root, node, "key"));
    } else if (strcmp(key, "schema") == 0 && cJSON_IsArray(node)) {
        note(merge, merge_list(merge->root, node, "name"));
    } else if (strcmp(key, "column_metadata") == 0) {
        note(merge, merge_column_metadata(merge->root, node));
    } else if (strcmp(key, "table_metadata") == 0) {
        note(merge, merge_map(merge->root, node));
    } else {
        note(merge, tree_put(merge->root, key, tree_copy(node)));
    }
}

int csvk_manifest_merge(struct csvk_manifest **out, const struct csvk_manifest *manifest,
                        const struct csvk_manifest *mapping, struct csvk_findings *findings)
{
    struct mapping_merge merge = {
        manifest != NULL ? tree_copy(manifest->root) : cJSON_CreateObject(), {0}};
    judge_begin(&merge.judge, NULL, findings, "$");
    note(&merge, merge.root != NULL);
    const cJSON *node, *entry = mapping != NULL ? mapping->root : NULL;
    cJSON_ArrayForEach(node, entry)
    {
        if (merge.root != NULL) {
            size_t mark = path_key(&merge.judge, node->string);
            merge_one(&merge, node);
            path_back(&merge.judge, mark);
        }
    }
    int status = judge_end(&merge.judge);
    if (status != CSVK_OK) {
        cJSON_Delete(merge.root);
        return status;
    }
    return manifest_new(out, merge.root);
}
