/*
 * manifest_keys.c - the keys that each kind of manifest knows, with their types and stable order;
 * and guesses at what an unknown key was meant to be.
 *
 * The order of the rows is the order in which csvk_manifest_normalize writes manifests: to move a
 * row changes the bytes of every new manifest.
 */
#include "manifest/manifest_tree.h"

#include <stdio.h>
#include <string.h>

static const struct key_row out_table_keys[] = {
    {"manifest_type", KEY_SCALAR},
    {"source", KEY_STRING}, /* of mappings only: csvk_manifest_check refuses it elsewhere */
    {"destination", KEY_STRING_OR_NULL},
    {"columns", KEY_SCALARS},
    {"primary_key", KEY_SCALARS},
    {"has_header", KEY_BOOL},
    {"incremental", KEY_BOOL},
    {"deduplication_strategy", KEY_STRING},
    {"unload_strategy", KEY_STRING},
    {"delimiter", KEY_STRING},
    {"enclosure", KEY_STRING},
    {"description", KEY_SCALAR},
    {"metadata", KEY_OBJECTS},
    {"column_metadata", KEY_MAP},
    {"table_metadata", KEY_MAP},
    {"schema", KEY_OBJECTS},
    {"distribution_key", KEY_STRINGS},
    {"delete_where_column", KEY_STRING_OR_NULL},
    {"delete_where_values", KEY_SCALARS},
    {"delete_where_operator", KEY_STRING_OR_NULL},
    {"delete_where", KEY_OBJECTS},
    {"write_always", KEY_BOOL},
    {"tags", KEY_SCALARS},
    {NULL, KEY_ANY},
};

static const struct key_row in_table_keys[] = {
    {"id", KEY_STRING},
    {"uri", KEY_STRING},
    {"name", KEY_STRING},
    {"description", KEY_STRING_OR_NULL},
    {"primary_key", KEY_STRINGS},
    {"distribution_key", KEY_STRINGS},
    {"created", KEY_STRING_OR_NULL},
    {"last_change_date", KEY_STRING_OR_NULL},
    {"last_import_date", KEY_STRING_OR_NULL},
    {"columns", KEY_STRINGS},
    {"metadata", KEY_OBJECTS},
    {"column_metadata", KEY_MAP},
    {"schema", KEY_OBJECTS},
    {"indexed_columns", KEY_ANY},
    {"rows_count", KEY_ANY},
    {"data_size_bytes", KEY_ANY},
    {"is_alias", KEY_ANY},
    {"attributes", KEY_ANY},
    {"s3", KEY_OBJECT},
    {"abs", KEY_OBJECT},
    {NULL, KEY_ANY},
};

static const struct key_row out_file_keys[] = {
    {"source", KEY_STRING},
    {"tags", KEY_SCALARS},
    {"is_public", KEY_BOOL},
    {"is_permanent", KEY_BOOL},
    {"is_encrypted", KEY_BOOL},
    {"notify", KEY_BOOL},
    {NULL, KEY_ANY},
};

static const struct key_row in_file_keys[] = {
    {"id", KEY_ANY},         {"name", KEY_STRING},       {"created", KEY_STRING_OR_NULL},
    {"is_public", KEY_BOOL}, {"is_encrypted", KEY_BOOL}, {"is_sliced", KEY_BOOL},
    {"tags", KEY_STRINGS},   {"max_age_days", KEY_ANY},  {"size_bytes", KEY_ANY},
    {"s3", KEY_OBJECT},      {"abs", KEY_OBJECT},        {NULL, KEY_ANY},
};

const struct key_row schema_keys[] = {
    {"name", KEY_NAME},
    {"data_type", KEY_OBJECT},
    {"nullable", KEY_BOOL},
    {"primary_key", KEY_BOOL},
    {"distribution_key", KEY_BOOL},
    {"description", KEY_SCALAR},
    {"metadata", KEY_MAP},
    {NULL, KEY_ANY},
};
const struct key_row data_type_keys[] = {
    {"base", KEY_OBJECT},
    {"snowflake", KEY_OBJECT},
    {"bigquery", KEY_OBJECT},
    {NULL, KEY_ANY},
};
const struct key_row type_keys[] = {
    {"type", KEY_STRING},
    {"length", KEY_SCALAR},
    {"default", KEY_SCALAR},
    {NULL, KEY_ANY},
};
const struct key_row delete_keys[] = {
    {"changed_since", KEY_STRING_OR_NULL},
    {"changed_until", KEY_STRING_OR_NULL},
    {"where_filters", KEY_OBJECTS},
    {NULL, KEY_ANY},
};
const struct key_row filter_keys[] = {
    {"column", KEY_STRING},
    {"operator", KEY_STRING},
    {"values_from_set", KEY_SCALARS},
    {"values_from_workspace", KEY_OBJECT},
    {"values_from_storage", KEY_OBJECT},
    {NULL, KEY_ANY},
};
const struct key_row workspace_keys[] = {
    {"workspace_id", KEY_STRING_OR_NULL},
    {"table", KEY_STRING},
    {"column", KEY_STRING_OR_NULL},
    {NULL, KEY_ANY},
};
const struct key_row storage_keys[] = {
    {"bucket_id", KEY_STRING},
    {"table", KEY_STRING},
    {"column", KEY_STRING_OR_NULL},
    {NULL, KEY_ANY},
};
const struct key_row pair_keys[] = {
    {"key", KEY_SCALAR},
    {"value", KEY_SCALAR},
    {NULL, KEY_ANY},
};
const struct key_row in_pair_keys[] = {
    {"id", KEY_ANY},       {"key", KEY_STRING},    {"value", KEY_ANY},
    {"provider", KEY_ANY}, {"timestamp", KEY_ANY}, {NULL, KEY_ANY},
};

const struct key_row *keys_of_kind(enum csvk_manifest_kind kind)
{
    switch (kind) {
    case CSVK_MANIFEST_IN_TABLE: return in_table_keys;
    case CSVK_MANIFEST_OUT_FILE: return out_file_keys;
    case CSVK_MANIFEST_IN_FILE: return in_file_keys;
    case CSVK_MANIFEST_AUTO:
    case CSVK_MANIFEST_OUT_TABLE: break;
    }
    return out_table_keys;
}

const struct key_row *key_find(const struct key_row *rows, const char *name)
{
    for (; rows->name != NULL; rows++) {
        if (strcmp(rows->name, name) == 0) {
            return rows;
        }
    }
    return NULL;
}

uint64_t keys_given(const struct key_row *rows, const cJSON *object)
{
    uint64_t given = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, object)
    {
        const struct key_row *row = node->string != NULL ? key_find(rows, node->string) : NULL;
        given |= row != NULL ? UINT64_C(1) << (row - rows) : 0;
    }
    return given;
}

const struct key_row *key_of(const struct key_row *rows, uint64_t given, const char *name)
{
    const struct key_row *row = key_find(rows, name);
    if (row != NULL || strchr(name, '-') == NULL) {
        return row;
    }
    for (row = rows; row->name != NULL; row++) {
        if (tree_is_dashed(name, row->name) && (given >> (row - rows) & 1) == 0) {
            return row;
        }
    }
    return NULL;
}

/* ---- what was meant ---- */

/* Keys of other tools and of older versions, with the advice that goes into the remedy. */
static const struct {
    const char *key, *advice;
} advices[] = {
    {"columns_from", "list the names in \"columns\"; columns_from is a parameter of a processor"},
    {"without_headers", "list the names in \"columns\": that alone says there is no header"},
    {"withoutHeaders", "list the names in \"columns\": that alone says there is no header"},
    {"escaped_by", "manifests have no escape character: write the data with doubled enclosures"},
    {"escapedBy", "manifests have no escape character: write the data with doubled enclosures"},
    {"escape", "manifests have no escape character: write the data with doubled enclosures"},
    {"ignoredLinesCount", "did you mean \"has_header\"?"},
    {"skip_lines", "did you mean \"has_header\"?"},
    {"header", "did you mean \"has_header\"?"},
    {"pk", "did you mean \"primary_key\"?"},
    {"key", "did you mean \"primary_key\"?"},
    {"separator", "did you mean \"delimiter\"?"},
    {"quote", "did you mean \"enclosure\"?"},
    {"table", "did you mean \"destination\"?"},
    {"source",
     "\"source\" belongs in the output mapping; a manifest is matched to its data by name"},
    {"is_permanent", "only manifests of files have it; tables are always permanent"},
    {"is_public", "only manifests of files have it"},
    {"id", "this looks like an input manifest; write a new one for out/tables"},
    {"uri", "this looks like an input manifest; write a new one for out/tables"},
    {"redshift", "besides base, only snowflake and bigquery are supported"},
    {"synapse", "besides base, only snowflake and bigquery are supported"},
    {"exasol", "besides base, only snowflake and bigquery are supported"},
    {"teradata", "besides base, only snowflake and bigquery are supported"},
};

static const char *advice_for(const char *name)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (strcmp(advices[i].key, name) == 0) {
            return advices[i].advice;
        }
    }
    return NULL;
}

/* Keeps letters and digits, in lower case: primaryKey, Primary-Key and primary_key become equal. */
static size_t strip_name(const char *name, char *to, size_t capacity)
{
    size_t n = 0;
    for (; *name != '\0' && n + 1 < capacity; name++) {
        char c = *name;
        if (c >= 'A' && c <= 'Z') {
            to[n++] = (char)(c + ('a' - 'A'));
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            to[n++] = c;
        }
    }
    to[n] = '\0';
    return n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance of two stripped names, both shorter than 40. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[40];
    for (size_t j = 0; j <= nb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t above = row[j];
            row[j] = least(least(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[nb];
}

/* The key of `rows` nearest to `name`: at most two edits away, and fewer than half its letters. */
static const char *nearest(const struct key_row *rows, const char *name)
{
    char wanted[40], known[40];
    size_t n = strip_name(name, wanted, sizeof wanted);
    const char *best = NULL;
    size_t best_distance = 3;
    for (; rows->name != NULL; rows++) {
        size_t m = strip_name(rows->name, known, sizeof known);
        size_t d = distance(wanted, n, known, m);
        if (d < best_distance && d * 2 < n) {
            best = rows->name;
            best_distance = d;
        }
    }
    return best;
}

/* ---- judging keys and types ---- */

/* Programs write [] and {} that cannot tell the two apart, and the platform takes both. */
static bool is_empty(const cJSON *node)
{
    return (cJSON_IsArray(node) || cJSON_IsObject(node)) && node->child == NULL;
}

static bool is_scalar(const cJSON *node)
{
    return !cJSON_IsArray(node) && !cJSON_IsObject(node);
}

bool key_is_name(const cJSON *node)
{
    return cJSON_IsString(node) || cJSON_IsTrue(node) ||
           (cJSON_IsNumber(node) && strpbrk(tree_scalar(node), ".eE") == NULL);
}

static bool has_type(const cJSON *node, enum key_type type);

/* What each element of a list of this type has to be; a type that is no list comes back. */
static enum key_type element_type(enum key_type type)
{
    return type == KEY_STRINGS   ? KEY_STRING
           : type == KEY_SCALARS ? KEY_SCALAR
           : type == KEY_OBJECTS ? KEY_OBJECT
                                 : type;
}

static bool is_list(const cJSON *node, enum key_type type)
{
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        if (!has_type(child, element_type(type))) {
            return false;
        }
    }
    return cJSON_IsArray(node) || cJSON_IsNull(node) || is_empty(node);
}

static bool has_type(const cJSON *node, enum key_type type)
{
    switch (type) {
    case KEY_STRING: return cJSON_IsString(node);
    case KEY_STRING_OR_NULL: return cJSON_IsString(node) || cJSON_IsNull(node);
    case KEY_SCALAR: return is_scalar(node);
    case KEY_NAME: return key_is_name(node);
    case KEY_BOOL: return cJSON_IsBool(node);
    case KEY_STRINGS:
    case KEY_SCALARS:
    case KEY_OBJECTS: return is_list(node, type);
    case KEY_OBJECT: return cJSON_IsObject(node);
    case KEY_MAP: return cJSON_IsObject(node) || is_empty(node) || cJSON_IsNull(node);
    case KEY_ANY: break;
    }
    return true;
}

static const char *wanted(enum key_type type)
{
    static const char *const names[] = {
        [KEY_STRING] = "a string",
        [KEY_STRING_OR_NULL] = "a string or null",
        [KEY_SCALAR] = "a string, a number, true or false",
        [KEY_NAME] = "a string",
        [KEY_BOOL] = "true or false",
        [KEY_STRINGS] = "a list of strings",
        [KEY_SCALARS] = "a list of strings",
        [KEY_OBJECT] = "an object",
        [KEY_MAP] = "an object",
        [KEY_OBJECTS] = "a list of objects",
        [KEY_ANY] = "a value",
    };
    return names[type];
}

static void unknown_key(struct judge *judge, const cJSON *node, const struct key_row *rows,
                        bool allowed)
{
    char remedy[160] = "";
    const char *near = nearest(rows, node->string), *advice = advice_for(node->string);
    if (near != NULL && advice == NULL) {
        snprintf(remedy, sizeof remedy, "did you mean \"%s\"?", near);
    }
    struct complaint what = {.rule = RULE_UNKNOWN_KEY, .node = node, .mild = allowed};
    what.remedy = advice != NULL ? advice : remedy[0] != '\0' ? remedy : NULL;
    complain(judge, what, allowed ? "\"%s\" has no effect" : "Unrecognized option \"%s\"",
             node->string);
}

/* Reports every wrong element of a list at its own place. */
static void wrong_element(struct judge *judge, const cJSON *list, enum key_type type)
{
    size_t index = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, list)
    {
        if (!has_type(child, element_type(type))) {
            size_t mark = path_index(judge, index);
            struct complaint what = {.rule = RULE_TYPE, .node = child};
            complain(judge, what, "must be %s, found %s", wanted(element_type(type)),
                     tree_type_name(child));
            path_back(judge, mark);
        }
        index++;
    }
}

static void judge_type(struct judge *judge, const cJSON *node, enum key_type type)
{
    if (has_type(node, type)) {
        return;
    }
    if (element_type(type) != type && cJSON_IsArray(node)) {
        wrong_element(judge, node, type);
        return;
    }
    bool read_as_true = type == KEY_BOOL && cJSON_IsNull(node);
    struct complaint what = {.rule = RULE_TYPE, .node = node};
    what.remedy = read_as_true ? "write true or false, or leave the key out" : NULL;
    complain(judge, what, "\"%s\" must be %s, found %s%s", node->string, wanted(type),
             tree_type_name(node), read_as_true ? ", which the platform reads as true" : "");
}

/* A key with dashes is read, but nobody documents it. */
static void judge_spelling(struct judge *judge, const cJSON *node, const struct key_row *row)
{
    if (strcmp(node->string, row->name) != 0) {
        struct complaint what = {.rule = RULE_UNKNOWN_KEY, .node = node, .mild = true};
        complain(judge, what, "\"%s\" is read as \"%s\"", node->string, row->name);
    }
}

static void judge_members(struct judge *judge, const cJSON *object, const struct key_row *rows,
                          bool open)
{
    uint64_t given = keys_given(rows, object);
    const cJSON *node;
    cJSON_ArrayForEach(node, object)
    {
        if (node->string == NULL) {
            continue; /* an element of a list has no key */
        }
        size_t mark = path_key(judge, node->string);
        const struct key_row *row = key_of(rows, given, node->string);
        if (row == NULL) {
            unknown_key(judge, node, rows, open);
        } else {
            judge_spelling(judge, node, row);
            judge_type(judge, node, row->type);
        }
        path_back(judge, mark);
    }
}

void judge_keys(struct judge *judge, const cJSON *object, const struct key_row *rows)
{
    judge_members(judge, object, rows, false);
}

void judge_open_keys(struct judge *judge, const cJSON *object, const struct key_row *rows)
{
    judge_members(judge, object, rows, true);
}
