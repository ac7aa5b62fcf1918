/* slice_manifest.c - the manifest of slices, from that of the input and what was asked for. */
#include "manifest/slice.h"
#include "manifest/tree.h"

#include <string.h>

/* Keys that describe the input as it was and are wrong for its slices unless said again. */
static const char *const replaced[] = {"columns", "has_header", "delimiter", "enclosure"};

static cJSON *schema_column(const cJSON *schema, const char *name)
{
    cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        const char *text = tree_text(column, "name");
        if (text != NULL && strcmp(text, name) == 0) {
            return column;
        }
    }
    return NULL;
}

/* What the new schema says of a column goes over what the old one said. */
static bool merge_schema(cJSON *old, const cJSON *fresh)
{
    const cJSON *column, *item;
    cJSON_ArrayForEach(column, fresh)
    {
        cJSON *to = schema_column(old, tree_text(column, "name"));
        if (to == NULL && !tree_push(old, tree_copy(column))) {
            return false;
        }
        cJSON_ArrayForEach(item, column)
        {
            if (to != NULL && !tree_put(to, item->string, tree_copy(item))) {
                return false;
            }
        }
    }
    return true;
}

static bool lay_over(cJSON *root, const cJSON *fresh)
{
    const cJSON *item;
    for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, replaced[i]);
    }
    cJSON_ArrayForEach(item, fresh)
    {
        cJSON *old = cJSON_GetObjectItemCaseSensitive(root, item->string);
        bool schema = strcmp(item->string, "schema") == 0 && cJSON_IsArray(old);
        bool good =
            schema ? merge_schema(old, item) : tree_put(root, item->string, tree_copy(item));
        if (!good) {
            return false;
        }
    }
    return true;
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
    if (root == NULL || !lay_over(root, fresh->root)) {
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
