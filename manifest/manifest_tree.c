/*
 * manifest_tree.c - asks trees small questions, changes trees of our own, and keeps sets of names.
 *
 * A manifest may have lists of any length. Names in them are looked up in a hash set (nameset), so
 * the time for a manifest grows with its size only.
 */
#include "manifest/manifest_tree.h"

#include <stdio.h>
#include <string.h>

bool tree_is_dashed(const char *name, const char *key)
{
    while (*key != '\0' && *name == (*key == '_' ? '-' : *key)) {
        name++;
        key++;
    }
    return *key == '\0' && *name == '\0';
}

const cJSON *tree_get(const cJSON *object, const char *key)
{
    if (!cJSON_IsObject(object)) {
        return NULL;
    }
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key), *child;
    if (node != NULL || strchr(key, '_') == NULL) {
        return node;
    }
    cJSON_ArrayForEach(child, object)
    {
        if (child->string != NULL && tree_is_dashed(child->string, key)) {
            return child;
        }
    }
    return NULL;
}

const cJSON *tree_list(const cJSON *object, const char *key)
{
    const cJSON *node = tree_get(object, key);
    return cJSON_IsArray(node) ? node : NULL;
}

const char *tree_scalar(const cJSON *node)
{
    if (cJSON_IsString(node) || cJSON_IsNumber(node)) {
        return node->valuestring;
    }
    return cJSON_IsTrue(node) ? "1" : cJSON_IsFalse(node) || cJSON_IsNull(node) ? "" : NULL;
}

const char *tree_text(const cJSON *object, const char *key)
{
    const cJSON *node = tree_get(object, key);
    return cJSON_IsNull(node) ? NULL : tree_scalar(node);
}

bool tree_true(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(tree_get(object, key));
}

bool tree_given(const cJSON *node)
{
    return node != NULL && !cJSON_IsNull(node);
}

bool tree_filled(const cJSON *node)
{
    if (!tree_given(node)) {
        return false;
    }
    if (cJSON_IsString(node)) {
        return node->valuestring[0] != '\0';
    }
    return (!cJSON_IsArray(node) && !cJSON_IsObject(node)) || node->child != NULL;
}

const char *tree_type_name(const cJSON *node)
{
    return cJSON_IsString(node)   ? "a string"
           : cJSON_IsNumber(node) ? "a number"
           : cJSON_IsBool(node)   ? "true or false"
           : cJSON_IsArray(node)  ? "a list"
           : cJSON_IsObject(node) ? "an object"
                                  : "null";
}

static cJSON *copy_scalar(const cJSON *node)
{
    cJSON *copy = cJSON_Duplicate(node, false);
    if (copy != NULL) {
        copy->valueint = 0;
    }
    return copy;
}

/* cJSON_Duplicate copies valuestring for every type, so the texts of numbers survive. Places do
 * not. */
cJSON *tree_copy(const cJSON *node)
{
    cJSON *copy = copy_scalar(node);
    if (copy == NULL) {
        return NULL;
    }
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        cJSON *piece = tree_copy(child);
        bool put = piece != NULL &&
                   (child->string != NULL ? cJSON_AddItemToObject(copy, child->string, piece)
                                          : cJSON_AddItemToArray(copy, piece));
        if (!put) {
            cJSON_Delete(piece);
            cJSON_Delete(copy);
            return NULL;
        }
    }
    return copy;
}

/* cJSON's own replacement by key loses the key when memory runs out in the middle of it. */
static bool replace(cJSON *object, cJSON *old, const char *key, cJSON *node)
{
    size_t size = strlen(key) + 1;
    char *name = cJSON_malloc(size);
    if (name == NULL) {
        return false;
    }
    memcpy(name, key, size);
    cJSON_free(node->string); /* a copied member has a key already */
    node->string = name;
    return cJSON_ReplaceItemViaPointer(object, old, node);
}

bool tree_put(cJSON *object, const char *key, cJSON *node)
{
    if (node == NULL) {
        return false;
    }
    cJSON *old = cJSON_GetObjectItemCaseSensitive(object, key);
    bool put =
        old != NULL ? replace(object, old, key, node) : cJSON_AddItemToObject(object, key, node);
    if (!put) {
        cJSON_Delete(node);
    }
    return put;
}

bool tree_put_text(cJSON *object, const char *key, const char *text)
{
    return tree_put(object, key, cJSON_CreateString(text));
}

bool tree_put_bool(cJSON *object, const char *key, bool value)
{
    return tree_put(object, key, cJSON_CreateBool(value));
}

bool tree_push(cJSON *list, cJSON *node)
{
    if (node == NULL) {
        return false;
    }
    if (!cJSON_AddItemToArray(list, node)) {
        cJSON_Delete(node);
        return false;
    }
    return true;
}

bool tree_push_text(cJSON *list, const char *text)
{
    return tree_push(list, cJSON_CreateString(text));
}

bool tree_looks_like_list(const cJSON *object)
{
    char index[24];
    size_t i = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, object)
    {
        snprintf(index, sizeof index, "%zu", i++);
        if (node->string == NULL || strcmp(node->string, index) != 0) {
            return false;
        }
    }
    return i > 0;
}

/* Gives a column that is not in the object an empty list. */
static int put_another(cJSON *object, const cJSON *columns)
{
    const cJSON *column;
    cJSON_ArrayForEach(column, columns)
    {
        const char *name = tree_scalar(column);
        if (name != NULL && cJSON_GetObjectItemCaseSensitive(object, name) == NULL) {
            return tree_put(object, name, cJSON_CreateArray()) ? CSVK_OK : CSVK_ENOMEM;
        }
    }
    return CSVK_EDATA;
}

int tree_keep_names(cJSON *object, const cJSON *columns)
{
    if (!tree_looks_like_list(object)) {
        return CSVK_OK;
    }
    int status = object->child->next == NULL ? put_another(object, columns) : CSVK_OK;
    if (status == CSVK_OK) {
        /* 1, 2, 0 is no list any more; the first keeps its name when it becomes the last. */
        cJSON_AddItemToArray(object, cJSON_DetachItemViaPointer(object, object->child));
    }
    return status;
}

int manifest_new(struct csvk_manifest **out, cJSON *root)
{
    struct csvk_manifest *manifest = root != NULL ? csvk_calloc(1, sizeof *manifest) : NULL;
    if (manifest == NULL) {
        cJSON_Delete(root);
        return CSVK_ENOMEM;
    }
    manifest->root = root;
    *out = manifest;
    return CSVK_OK;
}

int csvk_manifest_wrap(struct csvk_manifest **out, const cJSON *object)
{
    return manifest_new(out, tree_copy(object));
}

int manifest_copy(struct csvk_manifest **out, const struct csvk_manifest *from)
{
    return csvk_manifest_wrap(out, from->root);
}

void csvk_manifest_free(struct csvk_manifest *manifest)
{
    if (manifest != NULL) {
        cJSON_Delete(manifest->root);
        csvk_free(manifest->places.item);
        csvk_free(manifest->lines.item);
        csvk_free(manifest->columns.item);
        csvk_free(manifest);
    }
}

bool manifest_place(const struct csvk_manifest *manifest, const cJSON *node,
                    struct manifest_place *out)
{
    *out = (struct manifest_place){0, 0, 0, 0};
    if (manifest == NULL || node == NULL || node->valueint <= 0 ||
        (size_t)node->valueint > manifest->places.count) {
        return false;
    }
    size_t index = (size_t)node->valueint - 1;
    out->byte = manifest->places.item[index];
    line_and_column(&manifest->lines, (size_t)out->byte, &out->line, &out->column);
    out->column_chars = manifest->columns.count != 0 ? manifest->columns.item[index] : out->column;
    return true;
}

/* ---- nameset: open addressing, FNV-1a, at most half full ---- */

struct nameset_slot {
    const char *key; /* NULL: free */
    size_t value;
};

static size_t hash(const char *key)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *p = (const unsigned char *)key; *p != '\0'; p++) {
        h = (h ^ *p) * UINT64_C(0x100000001b3);
    }
    return (size_t)(h ^ h >> 32);
}

static struct nameset_slot *slot_of(const struct nameset *set, const char *key)
{
    size_t i = hash(key) & (set->capacity - 1);
    while (set->slot[i].key != NULL && strcmp(set->slot[i].key, key) != 0) {
        i = (i + 1) & (set->capacity - 1);
    }
    return &set->slot[i];
}

static int nameset_grow(struct nameset *set)
{
    struct nameset bigger = {NULL, set->count, set->capacity < 16 ? 16 : set->capacity * 2};
    bigger.slot = csvk_calloc(bigger.capacity, sizeof *bigger.slot);
    if (bigger.slot == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->slot[i].key != NULL) {
            *slot_of(&bigger, set->slot[i].key) = set->slot[i];
        }
    }
    csvk_free(set->slot);
    *set = bigger;
    return CSVK_OK;
}

int nameset_add(struct nameset *set, const char *key, size_t value, size_t *old)
{
    if (set->count >= set->capacity / 2 && nameset_grow(set) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    struct nameset_slot *slot = slot_of(set, key);
    *old = slot->key != NULL ? slot->value : SIZE_MAX;
    if (slot->key == NULL) {
        *slot = (struct nameset_slot){key, value};
        set->count++;
    }
    return CSVK_OK;
}

size_t nameset_find(const struct nameset *set, const char *key)
{
    if (set->capacity == 0) {
        return SIZE_MAX;
    }
    const struct nameset_slot *slot = slot_of(set, key);
    return slot->key != NULL ? slot->value : SIZE_MAX;
}

void nameset_release(struct nameset *set)
{
    csvk_free(set->slot);
    *set = (struct nameset){NULL, 0, 0};
}
