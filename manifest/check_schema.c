/*
 * check_schema.c - judges conflicts between the generations, the schema with its data types,
 * metadata, and the staging sections (s3, abs) of input manifests.
 */
#include "manifest/manifest_tree.h"

#include <string.h>

/* ---- conflicts ---- */

static void conflict(struct judge *judge, const cJSON *node, const char *a, const char *b)
{
    complain(judge, (struct complaint){.rule = RULE_CONFLICT, .node = node},
             "Only one of \"%s\" or \"%s\" can be defined.", a, b);
}

/* True for what the platform counts as given. That true is no list has been reported already. */
static bool says_something(const cJSON *root, const char *key)
{
    const cJSON *node = tree_get(root, key);
    return tree_filled(node) && !cJSON_IsBool(node);
}

static void conflict_of_keys(struct judge *judge, const cJSON *root, const char *a, const char *b)
{
    if (says_something(root, a) && says_something(root, b)) {
        conflict(judge, tree_get(root, b), a, b);
    }
}

/* A description and the metadata key KBC.description say the same thing: only one is allowed, even
   when one of them is empty. */
static void conflict_of_description(struct judge *judge, const cJSON *object, const char *map,
                                    const char *name)
{
    const cJSON *other = tree_get(tree_get(object, map), "KBC.description");
    if (tree_given(tree_get(object, "description")) && tree_given(other)) {
        conflict(judge, other, "description", name);
    }
}

void judge_conflicts(struct judge *judge, const cJSON *root)
{
    conflict_of_keys(judge, root, "schema", "columns");
    conflict_of_keys(judge, root, "schema", "metadata");
    conflict_of_keys(judge, root, "schema", "column_metadata");
    conflict_of_keys(judge, root, "delete_where_column", "delete_where");
    conflict_of_description(judge, root, "table_metadata", "table_metadata.KBC.description");
    if (!says_something(root, "schema")) {
        return;
    }
    if (says_something(root, "primary_key")) {
        conflict(judge, tree_get(root, "primary_key"), "primary_key", "schema[].primary_key");
    }
    if (says_something(root, "distribution_key")) {
        conflict(judge, tree_get(root, "distribution_key"), "distribution_key",
                 "schema[].distribution_key");
    }
}

/* ---- data types ---- */

static const char *const base_types[] = {"BOOLEAN", "DATE",   "FLOAT",     "INTEGER",
                                         "NUMERIC", "STRING", "TIMESTAMP", NULL};

const char *base_type(const char *text)
{
    for (size_t i = 0; base_types[i] != NULL; i++) {
        if (strcasecmp(base_types[i], text) == 0) {
            return base_types[i];
        }
    }
    return NULL;
}

static void judge_base(struct judge *judge, const cJSON *node)
{
    const char *text = node->valuestring, *known = base_type(text);
    if (known != NULL && strcmp(known, text) == 0) {
        return;
    }
    struct complaint what = {.rule = RULE_DATA_TYPE, .node = node, .mild = known != NULL};
    what.remedy = known != NULL ? "base types are written in capital letters"
                                : "use STRING INTEGER NUMERIC FLOAT BOOLEAN DATE or TIMESTAMP; a "
                                  "backend's own type goes under \"snowflake\" or \"bigquery\"";
    complain(judge, what, "\"%s\" is not a base type", text);
}

/* The block of data_type whose values are held against the type, and so its length: for the
   platform, which knows the backend, the base when there is no other; else that of the backend, or
   the base. */
static bool is_length_used(const struct judge *judge, const cJSON *types, const cJSON *block)
{
    enum csvk_backend backend = judge->backend;
    const cJSON *own = tree_get(types, csvk_backend_name(backend)), *base = tree_get(types, "base");
    if (backend == CSVK_BACKEND_PORTABLE) {
        return block == base && (judge->reading || cJSON_GetArraySize(types) == 1);
    }
    return block == (cJSON_IsObject(own) ? own : base);
}

static void judge_type_name(struct judge *judge, const cJSON *name)
{
    size_t mark = path_key(judge, "type");
    judge_base(judge, name);
    path_back(judge, mark);
}

/* Judges one member of data_type: base, snowflake or bigquery. */
static void judge_one_type(struct judge *judge, const cJSON *type, const cJSON *types)
{
    if (key_find(data_type_keys, type->string) == NULL) {
        struct complaint what = {
            .rule = RULE_DATA_TYPE,
            .node = type,
            .remedy = "besides \"base\", only \"snowflake\" and \"bigquery\" are allowed"};
        complain(judge, what, "The \"%s\" data type is not supported.", type->string);
        return;
    }
    if (!cJSON_IsObject(type)) {
        struct complaint what = {.rule = RULE_TYPE, .node = type};
        complain(judge, what, "\"%s\" must be an object, found %s", type->string,
                 tree_type_name(type));
        return;
    }
    if (strcmp(type->string, "base") == 0) {
        judge_keys(judge, type, type_keys);
    } else {
        judge_open_keys(judge, type, type_keys);
    }
    const cJSON *name = tree_get(type, "type");
    bool is_base = strcmp(type->string, "base") == 0;
    if (!tree_filled(name)) {
        complain(judge, (struct complaint){.rule = RULE_DATA_TYPE, .node = type},
                 "The \"type\" is required for the \"%s\" data type.", type->string);
    } else if (is_base && cJSON_IsString(name)) {
        judge_type_name(judge, name);
    }
    if (is_length_used(judge, types, type)) {
        size_t mark = path_key(judge, "length");
        judge_length(judge, type, is_base ? CSVK_BACKEND_PORTABLE : judge->backend);
        path_back(judge, mark);
    }
}

static void judge_data_type(struct judge *judge, const cJSON *types)
{
    const cJSON *type;
    cJSON_ArrayForEach(type, types)
    {
        if (type->string != NULL) {
            size_t mark = path_key(judge, type->string);
            judge_one_type(judge, type, types);
            path_back(judge, mark);
        }
    }
    if (tree_get(types, "base") == NULL) {
        struct complaint what = {.rule = RULE_DATA_TYPE,
                                 .node = types,
                                 .remedy = "add \"base\": {\"type\": \"STRING\"}"};
        complain(judge, what, "The \"base\" data type is required.");
    }
}

static void judge_map(struct judge *judge, const cJSON *object, const char *key)
{
    size_t outer = path_key(judge, key);
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_get(object, key))
    {
        if (node->string != NULL && (cJSON_IsArray(node) || cJSON_IsObject(node))) {
            size_t mark = path_key(judge, node->string);
            complain(judge, (struct complaint){.rule = RULE_COLUMN_METADATA, .node = node},
                     "a value of metadata must be a string, found %s", tree_type_name(node));
            path_back(judge, mark);
        }
    }
    path_back(judge, outer);
}

/* A column that must not be NULL is defined by its base type as the backend's type, and NUMBER
   without a length has no decimals on Snowflake. What counts there is up to the server. */
static void judge_bare_numeric(struct judge *judge, const cJSON *column, const cJSON *types)
{
    const cJSON *base = tree_get(types, "base");
    const char *name = tree_text(base, "type"), *length = tree_scalar(tree_get(base, "length"));
    bool bare = name != NULL && strcmp(name, "NUMERIC") == 0 &&
                (length == NULL || length[0] == '\0') && tree_get(types, "snowflake") == NULL;
    if (bare && cJSON_IsFalse(tree_get(column, "nullable")) &&
        judge->backend != CSVK_BACKEND_BIGQUERY) {
        size_t mark = path_key(judge, "base");
        struct complaint what = {.rule = RULE_DATA_TYPE, .node = base, .mild = true};
        what.remedy = "add \"length\": \"38,9\", or what the column needs";
        complain(judge, what,
                 "NUMERIC that must not be NULL, without a length: on Snowflake it may become "
                 "NUMBER(38,0), which rounds decimals");
        path_back(judge, mark);
    }
}

static void judge_column(struct judge *judge, const cJSON *column)
{
    judge_keys(judge, column, schema_keys);
    const cJSON *name = tree_get(column, "name"), *types = tree_get(column, "data_type");
    if (name == NULL || (cJSON_IsString(name) && name->valuestring[0] == '\0')) {
        complain(judge, (struct complaint){.rule = RULE_REQUIRED, .node = column},
                 "a column of the schema needs a \"name\" that is not empty");
    }
    if (cJSON_IsObject(types)) {
        size_t mark = path_key(judge, "data_type");
        judge_data_type(judge, types);
        judge_bare_numeric(judge, column, types);
        path_back(judge, mark);
    }
    conflict_of_description(judge, column, "metadata", "metadata.KBC.description");
    judge_map(judge, column, "metadata");
}

/* With authoritative types every column needs one. One finding names all columns without a type. */
static void judge_missing_types(struct judge *judge, const cJSON *schema)
{
    struct csvk_buf names = CSVK_BUF_INIT;
    const cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        const char *name = tree_text(column, "name");
        if (name != NULL && !tree_filled(tree_get(column, "data_type")) &&
            csvk_buf_printf(&names, "%s%s", names.length > 0 ? ", " : "", name) != CSVK_OK) {
            judge->status = CSVK_ENOMEM;
        }
    }
    if (names.length > 0) {
        struct complaint what = {.rule = RULE_SCHEMA_MISSING,
                                 .node = schema,
                                 .remedy = "add a data_type to each; csvkit manifest create "
                                           "--data-type=auto proposes them"};
        complain(judge, what, "Missing data type for columns: %s", csvk_buf_text(&names));
    }
    csvk_buf_release(&names);
}

void judge_schema(struct judge *judge, const cJSON *schema, enum csvk_type_support support)
{
    size_t outer = path_key(judge, "schema"), index = 0;
    const cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        size_t mark = path_index(judge, index++);
        if (cJSON_IsObject(column)) {
            judge_column(judge, column);
        }
        path_back(judge, mark);
    }
    if (support == CSVK_SUPPORT_AUTHORITATIVE) {
        judge_missing_types(judge, schema);
    }
    path_back(judge, outer);
}

void judge_input_schema(struct judge *judge, const cJSON *schema)
{
    size_t outer = path_key(judge, "schema"), index = 0;
    const cJSON *column;
    cJSON_ArrayForEach(column, schema)
    {
        size_t mark = path_index(judge, index++);
        const cJSON *name = tree_get(column, "name");
        if (cJSON_IsObject(column) && !(cJSON_IsString(name) && name->valuestring[0] != '\0')) {
            size_t inner = path_key(judge, "name");
            struct complaint what = {.rule = RULE_REQUIRED, .node = name != NULL ? name : column};
            complain(judge, what, "a column of the schema needs a \"name\" that is not empty");
            path_back(judge, inner);
        }
        path_back(judge, mark);
    }
    path_back(judge, outer);
}

/* ---- metadata ---- */

static void judge_pair(struct judge *judge, const cJSON *pair)
{
    const char *key = tree_text(pair, "key");
    struct complaint what = {.rule = RULE_COLUMN_METADATA, .node = pair};
    if (key == NULL || key[0] == '\0') {
        complain(judge, what, "an entry of metadata needs a \"key\"");
    } else if (tree_get(pair, "value") == NULL) {
        what.mild = true;
        complain(judge, what, "\"%s\" has no \"value\": it is stored as an empty text", key);
    }
}

static void judge_pair_list(struct judge *judge, const cJSON *list, const struct key_row *rows)
{
    size_t index = 0;
    const cJSON *pair;
    cJSON_ArrayForEach(pair, list)
    {
        size_t mark = path_index(judge, index++);
        judge_keys(judge, pair, rows);
        if (cJSON_IsObject(pair)) {
            judge_pair(judge, pair);
        }
        path_back(judge, mark);
    }
}

/* Judges a list under the name of a column as judge_keys judges a list under a known key. */
static void judge_objects(struct judge *judge, const cJSON *list)
{
    size_t index = 0;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, list)
    {
        size_t mark = path_index(judge, index++);
        if (cJSON_IsArray(list) && !cJSON_IsObject(entry)) {
            complain(judge, (struct complaint){.rule = RULE_TYPE, .node = entry},
                     "an entry of metadata must be an object, found %s", tree_type_name(entry));
        }
        path_back(judge, mark);
    }
}

static void judge_column_lists(struct judge *judge, const cJSON *map, const struct key_row *rows)
{
    const cJSON *list;
    cJSON_ArrayForEach(list, map)
    {
        if (list->string == NULL) {
            continue;
        }
        size_t mark = path_key(judge, list->string);
        bool empty = cJSON_IsNull(list) || (cJSON_IsObject(list) && list->child == NULL);
        if (!empty && !cJSON_IsArray(list)) {
            complain(judge, (struct complaint){.rule = RULE_COLUMN_METADATA, .node = list},
                     "metadata of a column must be a list of {\"key\", \"value\"}, found %s",
                     tree_type_name(list));
        }
        judge_objects(judge, list);
        judge_pair_list(judge, cJSON_IsArray(list) ? list : NULL, rows);
        path_back(judge, mark);
    }
}

/* The judge's path must be that of column_metadata. */
static void judge_column_names(struct judge *judge, const cJSON *map)
{
    if (tree_looks_like_list(map)) {
        struct complaint what = {.rule = RULE_COLUMN_METADATA, .node = map};
        what.remedy = "write a schema, or give the columns other names";
        complain(judge, what,
                 "the columns are called 0, 1, ...: the platform takes this for a list "
                 "without names");
    }
}

void judge_pairs(struct judge *judge, const cJSON *root, enum csvk_manifest_kind kind)
{
    const struct key_row *rows = kind == CSVK_MANIFEST_IN_TABLE ? in_pair_keys : pair_keys;
    size_t mark = path_key(judge, "metadata");
    judge_pair_list(judge, tree_list(root, "metadata"), rows);
    path_back(judge, mark);
    mark = path_key(judge, "column_metadata");
    judge_column_lists(judge, tree_get(root, "column_metadata"), rows);
    if (kind != CSVK_MANIFEST_IN_TABLE) {
        judge_column_names(judge, tree_get(root, "column_metadata"));
    }
    path_back(judge, mark);
    judge_map(judge, root, "table_metadata");
}

/* ---- staging ---- */

struct section { /* the keys of a staging section: each cloud spells them differently */
    const char *name, *sliced, *place, *key, *other_sliced;
    const char *credentials[4];
};
static const struct section sections[] = {
    {"s3",
     "isSliced",
     "bucket",
     "key",
     "is_sliced",
     {"access_key_id", "secret_access_key", "session_token", NULL}},
    {"abs", "is_sliced", "container", "name", "isSliced", {"sas_connection_string", NULL}},
};

static void need_text(struct judge *judge, const cJSON *object, const char *key)
{
    const cJSON *node = tree_get(object, key);
    if (!cJSON_IsString(node) || node->valuestring[0] == '\0') {
        size_t mark = path_key(judge, key);
        struct complaint what = {.rule = RULE_STAGING, .node = node != NULL ? node : object};
        complain(judge, what, "\"%s\" must be a string that is not empty", key);
        path_back(judge, mark);
    }
}

/* The key of a sliced table names the list of its slices, so it ends in "manifest". */
static void judge_sliced(struct judge *judge, const cJSON *object, const struct section *section)
{
    const cJSON *sliced = tree_get(object, section->sliced);
    const char *key = tree_text(object, section->key);
    size_t n = key != NULL ? strlen(key) : 0;
    size_t mark = path_key(judge, section->sliced);
    struct complaint what = {.rule = RULE_STAGING, .node = sliced != NULL ? sliced : object};
    if (tree_get(object, section->other_sliced) != NULL) {
        complain(judge, what, "section \"%s\" writes \"%s\", not \"%s\"", section->name,
                 section->sliced, section->other_sliced);
    } else if (!cJSON_IsBool(sliced)) {
        complain(judge, what, "\"%s\" must be true or false", section->sliced);
    } else if (key != NULL && cJSON_IsTrue(sliced) &&
               (n < 8 || strcmp(key + n - 8, "manifest") != 0)) {
        complain(judge, what, "the data is sliced, but \"%s\" does not end with \"manifest\"",
                 section->key);
    }
    path_back(judge, mark);
}

static void judge_section(struct judge *judge, const cJSON *root, const struct section *section)
{
    const cJSON *object = tree_get(root, section->name);
    if (!cJSON_IsObject(object)) {
        return;
    }
    size_t outer = path_key(judge, section->name);
    need_text(judge, object, "region");
    need_text(judge, object, section->place);
    need_text(judge, object, section->key);
    judge_sliced(judge, object, section);
    size_t mark = path_key(judge, "credentials");
    const cJSON *credentials = tree_get(object, "credentials");
    if (credentials != NULL && !cJSON_IsObject(credentials)) {
        complain(judge, (struct complaint){.rule = RULE_STAGING, .node = credentials},
                 "\"credentials\" must be an object, found %s", tree_type_name(credentials));
    }
    for (size_t i = 0; section->credentials[i] != NULL; i++) {
        need_text(judge, credentials != NULL ? credentials : object, section->credentials[i]);
    }
    path_back(judge, mark);
    path_back(judge, outer);
}

void judge_staging(struct judge *judge, const cJSON *root)
{
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        judge_section(judge, root, &sections[i]);
    }
    if (tree_get(root, "s3") != NULL && tree_get(root, "abs") != NULL) {
        complain(judge, (struct complaint){.rule = RULE_STAGING, .node = tree_get(root, "abs")},
                 "the data cannot be in both \"s3\" and \"abs\"");
    }
}
