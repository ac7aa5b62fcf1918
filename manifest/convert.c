/*
 * convert.c - writes a manifest in the other generation: csvk_manifest_convert itself, the steps
 * that both directions share, and the direction native to legacy.
 *
 * Fields that both generations know, and unknown fields, are copied as they are. Nothing is dropped
 * silently: what has no place in the other generation is a finding.
 */
#include "manifest/convert.h"

#include <string.h>

void convert_note(struct convert *convert, bool good)
{
    if (!good) {
        convert->judge.status = CSVK_ENOMEM;
    }
}

const char *convert_key(const struct convert *convert, const cJSON *node)
{
    static const char *const made[] = {"columns",         "primary_key",      "metadata",
                                       "column_metadata", "distribution_key", "schema",
                                       "table_metadata"};
    const struct key_row *rows = keys_of_kind(CSVK_MANIFEST_OUT_TABLE);
    const struct key_row *row = key_of(rows, convert->given, node->string);
    const char *key = row != NULL ? row->name : node->string;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        if (strcmp(key, made[i]) == 0 && !tree_filled(node)) {
            return NULL;
        }
    }
    return key;
}

void not_carried(struct convert *convert, const cJSON *node, const char *name, const char *why)
{
    complain(&convert->judge, (struct complaint){.rule = RULE_NOT_CARRIED, .node = node},
             "\"%s\" cannot be carried over: %s", name, why);
}

cJSON *convert_member(cJSON *object, const char *key, cJSON *(*create)(void))
{
    cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    if (node != NULL) {
        return node;
    }
    node = create();
    return tree_put(object, key, node) ? node : NULL;
}

bool convert_push_pair(cJSON *list, const char *key, const cJSON *value)
{
    cJSON *pair = cJSON_CreateObject();
    return tree_push(list, pair) && tree_put_text(pair, "key", key) &&
           tree_put(pair, "value", tree_copy(value));
}

/* ---- native to legacy ---- */

struct column_out { /* a column of the schema that becomes columns and column_metadata */
    struct convert *convert;
    const char *name;
    cJSON *list; /* its column_metadata, made when first needed */
};

static void add(struct column_out *column, const char *key, const cJSON *value)
{
    struct convert *convert = column->convert;
    if (column->list == NULL) {
        cJSON *map = convert_member(convert->to, "column_metadata", cJSON_CreateObject);
        column->list = cJSON_CreateArray();
        if (map == NULL || column->list == NULL ||
            !cJSON_AddItemToObject(map, column->name, column->list)) {
            cJSON_Delete(column->list);
            column->list = NULL;
            convert_note(convert, false);
            return;
        }
    }
    convert_note(convert, convert_push_pair(column->list, key, value));
}

static void add_text(struct column_out *column, const char *key, const char *text)
{
    cJSON *value = cJSON_CreateString(text);
    convert_note(column->convert, value != NULL);
    if (value != NULL) {
        add(column, key, value);
    }
    cJSON_Delete(value);
}

static void add_if(struct column_out *column, const char *key, const cJSON *value)
{
    if (value != NULL) {
        add(column, key, value);
    }
}

/* Reports the members of `object` that are not in `rows`. */
static void report_unknown(struct convert *convert, const cJSON *object, const struct key_row *rows)
{
    uint64_t given = keys_given(rows, object);
    const cJSON *node;
    cJSON_ArrayForEach(node, object)
    {
        if (node->string != NULL && key_of(rows, given, node->string) == NULL) {
            not_carried(convert, node, node->string, "legacy manifests have no place for it");
        }
    }
}

/* A backend's type brings its own length and default; then those of the base type have no place. */
static void report_base_details(struct convert *convert, const cJSON *base)
{
    static const char *const details[] = {"length", "default"};
    for (size_t i = 0; i < 2; i++) {
        if (tree_get(base, details[i]) != NULL) {
            size_t mark = path_key(&convert->judge, "base");
            not_carried(convert, tree_get(base, details[i]), details[i],
                        "legacy manifests hold one length and one default, the backend's");
            path_back(&convert->judge, mark);
        }
    }
}

static void column_types(struct column_out *column, const cJSON *types)
{
    const cJSON *base = tree_get(types, "base"), *own = tree_get(types, "snowflake");
    const cJSON *other = tree_get(types, "bigquery");
    struct convert *convert = column->convert;
    if (own != NULL && other != NULL) {
        not_carried(convert, other, "bigquery", "legacy manifests hold one backend's type");
    } else if (own == NULL) {
        own = other;
    }
    add_if(column, KBC_BASETYPE, tree_get(base, "type"));
    if (own != NULL) {
        add_if(column, KBC_TYPE, tree_get(own, "type"));
        add_text(column, KBC_BACKEND, own->string);
        report_base_details(convert, base);
    }
    const cJSON *details = own != NULL ? own : base;
    add_if(column, KBC_LENGTH, tree_get(details, "length"));
    add_if(column, KBC_DEFAULT, tree_get(details, "default"));
    report_unknown(convert, types, data_type_keys);
    report_unknown(convert, base, type_keys);
    report_unknown(convert, own, type_keys);
}

static void column_metadata(struct column_out *column, const cJSON *from)
{
    size_t mark = path_key(&column->convert->judge, "data_type");
    if (tree_get(from, "data_type") != NULL) {
        column_types(column, tree_get(from, "data_type"));
    }
    path_back(&column->convert->judge, mark);
    const cJSON *nullable = tree_get(from, "nullable");
    if (cJSON_IsBool(nullable)) {
        add_text(column, KBC_NULLABLE, cJSON_IsTrue(nullable) ? "1" : "0");
    }
    add_if(column, KBC_DESCRIPTION, tree_get(from, "description"));
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_get(from, "metadata"))
    {
        if (node->string != NULL) {
            add(column, node->string, node);
        }
    }
    report_unknown(column->convert, from, schema_keys);
}

/* Appends the name to a list of the manifest: columns, primary_key or distribution_key. */
static void list_name(struct convert *convert, const char *key, const char *name)
{
    cJSON *list = convert_member(convert->to, key, cJSON_CreateArray);
    convert_note(convert, list != NULL && tree_push_text(list, name));
}

static void schema_to_lists(struct convert *convert, const cJSON *schema)
{
    size_t index = 0;
    const cJSON *from;
    cJSON_ArrayForEach(from, schema)
    {
        size_t mark = path_index(&convert->judge, index++);
        struct column_out column = {convert, tree_text(from, "name"), NULL};
        if (column.name == NULL) {
            not_carried(convert, from, "schema", "this column has no name");
        } else {
            list_name(convert, "columns", column.name);
            column_metadata(&column, from);
            if (tree_true(from, "primary_key")) {
                list_name(convert, "primary_key", column.name);
            }
            if (tree_true(from, "distribution_key")) {
                list_name(convert, "distribution_key", column.name);
            }
        }
        path_back(&convert->judge, mark);
    }
}

static void table_pair(struct convert *convert, const char *key, const cJSON *value)
{
    cJSON *list = convert_member(convert->to, "metadata", cJSON_CreateArray);
    convert_note(convert, list != NULL && convert_push_pair(list, key, value));
}

/* The list of a manifest that is native all the same, because it has a map beside it. */
static void legacy_pairs(struct convert *convert, const cJSON *list)
{
    cJSON *to = convert_member(convert->to, "metadata", cJSON_CreateArray);
    const cJSON *pair;
    cJSON_ArrayForEach(pair, list)
    {
        convert_note(convert, to != NULL && tree_push(to, tree_copy(pair)));
    }
}

static void key_to_legacy(struct convert *convert, const cJSON *node)
{
    const cJSON *entry;
    const char *key = convert_key(convert, node);
    if (key == NULL) {
        return;
    }
    if (strcmp(key, "schema") == 0) {
        schema_to_lists(convert, node);
    } else if (strcmp(key, "description") == 0 && !cJSON_IsNull(node)) {
        table_pair(convert, KBC_DESCRIPTION, node);
    } else if (strcmp(key, "metadata") == 0) {
        legacy_pairs(convert, node);
    } else if (strcmp(key, "table_metadata") == 0) {
        cJSON_ArrayForEach(entry, node)
        {
            if (entry->string != NULL) {
                table_pair(convert, entry->string, entry);
            }
        }
    } else if (strcmp(key, "manifest_type") != 0) {
        convert_note(convert, tree_put(convert->to, key, tree_copy(node)));
    } else if (!cJSON_IsString(node) || strcmp(node->valuestring, "output") != 0) {
        not_carried(convert, node, key, "only native manifests have it");
    }
}

/* Metadata of columns that are called 0, 1, 2 has no place when there is no other column. */
static void keep_names(struct convert *convert)
{
    cJSON *map = cJSON_GetObjectItemCaseSensitive(convert->to, "column_metadata");
    int status = tree_keep_names(map, tree_get(convert->to, "columns"));
    convert_note(convert, status != CSVK_ENOMEM);
    if (status == CSVK_EDATA) {
        not_carried(convert, tree_get(convert->from, "schema"), "metadata",
                    "the platform takes an object with the only name 0 for a list");
        cJSON_DeleteItemFromObjectCaseSensitive(convert->to, "column_metadata");
    }
}

void convert_to_legacy(struct convert *convert)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, convert->from)
    {
        size_t mark = path_key(&convert->judge, node->string);
        key_to_legacy(convert, node);
        path_back(&convert->judge, mark);
    }
    keep_names(convert);
}

/* ---- both directions ---- */

static int finish(struct convert *convert, bool possible, struct csvk_manifest **out)
{
    int status = judge_end(&convert->judge);
    if (status != CSVK_OK || !possible) {
        cJSON_Delete(convert->to);
        return status != CSVK_OK ? status : CSVK_EDATA;
    }
    status = manifest_new(out, convert->to);
    if (status == CSVK_OK) {
        csvk_manifest_normalize(*out, CSVK_MANIFEST_OUT_TABLE);
    }
    return status;
}

int csvk_manifest_convert(struct csvk_manifest **out, const struct csvk_manifest *manifest,
                          enum csvk_generation to, const struct csvk_strings *columns,
                          struct csvk_findings *findings)
{
    bool same = csvk_manifest_generation(manifest) == to;
    const struct key_row *rows = keys_of_kind(CSVK_MANIFEST_OUT_TABLE);
    struct convert convert = {manifest->root, keys_given(rows, manifest->root), NULL, {0}};
    convert.to = same ? tree_copy(manifest->root) : cJSON_CreateObject();
    if (convert.to == NULL) {
        return CSVK_ENOMEM;
    }
    bool possible = true;
    judge_begin(&convert.judge, manifest, findings, "$");
    if (!same && to == CSVK_GENERATION_NATIVE) {
        possible = convert_to_native(&convert, columns);
    } else if (!same) {
        convert_to_legacy(&convert);
    }
    return finish(&convert, possible, out);
}
