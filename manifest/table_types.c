/*
 * table_types.c - the types of columns that a manifest names. A native manifest has them in its
 * schema, a legacy one in metadata of the columns: KBC.datatype.basetype, .length and .nullable.
 */
#include "manifest/table_types.h"

#include "manifest/manifest_tree.h"

#include <string.h>

/* A new entry at the end; NULL: out of memory. */
static struct csvk_column_type *append(struct csvk_table_definition *table, const char *column)
{
    size_t count = table->ntypes;
    if ((count & (count + 1)) == 0) { /* at 0, 1, 3, 7, ... it is full */
        struct csvk_column_type *more =
            csvk_reallocarray(table->types, count * 2 + 2, sizeof *more);
        if (more == NULL) {
            return NULL;
        }
        table->types = more;
    }
    struct csvk_column_type *type = &table->types[count];
    *type = (struct csvk_column_type){.column = csvk_strdup(column), .nullable = CSVK_UNSET};
    table->ntypes += type->column != NULL;
    return type->column != NULL ? type : NULL;
}

static bool set_text(char **to, const char *text)
{
    csvk_free(*to);
    *to = text != NULL ? csvk_strdup(text) : NULL;
    return text == NULL || *to != NULL;
}

/* A scalar as text; NULL: there is none. */
static const char *scalar(const cJSON *node)
{
    return cJSON_IsString(node) || cJSON_IsNumber(node) ? node->valuestring : NULL;
}

static const cJSON *entry_of(const cJSON *schema, const char *column)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, schema)
    {
        const char *name = tree_text(node, "name");
        if (name != NULL && strcmp(name, column) == 0) {
            return node;
        }
    }
    return NULL;
}

static bool add_native(struct csvk_table_definition *table, const cJSON *column,
                       const cJSON *their_schema)
{
    const char *name = tree_text(column, "name");
    const cJSON *base = tree_get(tree_get(column, "data_type"), "base");
    const cJSON *nullable = tree_get(column, "nullable");
    if (name == NULL || base == NULL) {
        return true;
    }
    struct csvk_column_type *type = append(table, name);
    if (type == NULL) {
        return false;
    }
    const cJSON *theirs = entry_of(their_schema, name);
    type->by = tree_get(theirs, "data_type") != NULL ? CSVK_TOLD_BY_MAPPING : CSVK_TOLD_BY_MANIFEST;
    if (cJSON_IsBool(nullable)) {
        type->nullable = cJSON_IsTrue(nullable) ? CSVK_YES : CSVK_NO;
    }
    return set_text(&type->type, tree_text(base, "type")) &&
           set_text(&type->length, scalar(tree_get(base, "length")));
}

/* One entry of a column's metadata; *type is made when the first entry about a type comes. */
static bool take_entry(struct csvk_table_definition *table, const char *column, const cJSON *entry,
                       struct csvk_column_type **type)
{
    static const char prefix[] = "KBC.datatype.";
    const char *key = tree_text(entry, "key"), *value = scalar(tree_get(entry, "value"));
    if (key == NULL || strncmp(key, prefix, strlen(prefix)) != 0) {
        return true;
    }
    *type = *type != NULL ? *type : append(table, column);
    if (*type == NULL) {
        return false;
    }
    key += strlen(prefix);
    if (strcmp(key, "nullable") == 0) {
        const cJSON *flag = tree_get(entry, "value");
        bool no =
            cJSON_IsFalse(flag) || (value != NULL && (strcmp(value, "0") == 0 || value[0] == '\0'));
        (*type)->nullable = no ? CSVK_NO : CSVK_YES;
    }
    return (strcmp(key, "basetype") != 0 || set_text(&(*type)->type, value)) &&
           (strcmp(key, "length") != 0 || set_text(&(*type)->length, value));
}

static bool add_legacy(struct csvk_table_definition *table, const cJSON *list, bool mapped)
{
    struct csvk_column_type *type = NULL;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list)
    {
        if (list->string != NULL && !take_entry(table, list->string, entry, &type)) {
            return false;
        }
    }
    if (type != NULL) {
        type->by = mapped ? CSVK_TOLD_BY_MAPPING : CSVK_TOLD_BY_MANIFEST;
    }
    return true;
}

int table_types_read(struct csvk_table_definition *table, const struct csvk_manifest *manifest,
                     const struct csvk_manifest *mapping)
{
    const cJSON *theirs = mapping != NULL ? mapping->root : NULL, *node;
    bool good = true;
    cJSON_ArrayForEach(node, tree_get(manifest->root, "schema"))
    {
        good = good && add_native(table, node, tree_get(theirs, "schema"));
    }
    cJSON_ArrayForEach(node, tree_get(manifest->root, "column_metadata"))
    {
        bool mapped =
            node->string != NULL && tree_get(tree_get(theirs, "column_metadata"), node->string);
        good = good && add_legacy(table, node, mapped);
    }
    return good ? CSVK_OK : CSVK_ENOMEM;
}
