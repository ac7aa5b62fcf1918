/*
 * convert_native.c - converts a legacy manifest to a native one.
 *
 * Lists of names become columns of a schema; metadata in which legacy manifests keep data types
 * becomes data types; other metadata becomes maps. Metadata that does not make a complete data type
 * stays metadata under its own key, so that the opposite direction finds it again.
 */
#include "manifest/convert.h"

#include <string.h>
#include <strings.h>

struct schema { /* the schema under construction */
    struct convert *convert;
    cJSON *list;
    cJSON **column;       /* by index */
    struct nameset index; /* name -> index */
};

static bool schema_begin(struct schema *schema, const struct csvk_strings *names)
{
    size_t old;
    schema->list = cJSON_CreateArray();
    schema->column = csvk_calloc(names->count, sizeof(cJSON *));
    if (!tree_put(schema->convert->to, "schema", schema->list) || schema->column == NULL) {
        return false;
    }
    for (size_t i = 0; i < names->count; i++) {
        schema->column[i] = cJSON_CreateObject();
        if (!tree_push(schema->list, schema->column[i]) ||
            !tree_put_text(schema->column[i], "name", names->item[i]) ||
            nameset_add(&schema->index, names->item[i], i, &old) != CSVK_OK) {
            return false;
        }
    }
    return true;
}

static cJSON *find_column(const struct schema *schema, const char *name)
{
    size_t i = nameset_find(&schema->index, name);
    return i != SIZE_MAX ? schema->column[i] : NULL;
}

/* ---- metadata ---- */

/* Reports extra fields of a pair, such as the provider in input manifests. */
static void report_extras(struct convert *convert, const cJSON *pair)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, pair)
    {
        if (node->string != NULL && key_find(pair_keys, node->string) == NULL) {
            not_carried(convert, node, node->string, "native metadata holds only keys and values");
        }
    }
}

/* Puts a value, which is taken over, into the map `map` of `object`. A description has a field of
   its own. `from` is the node to name when the key is there already. */
static void put_value(struct convert *convert, cJSON *object, const char *map, const char *key,
                      cJSON *value, const cJSON *from)
{
    bool description = strcmp(key, KBC_DESCRIPTION) == 0;
    cJSON *place = description ? object : convert_member(object, map, cJSON_CreateObject);
    if (place == NULL) {
        cJSON_Delete(value);
        convert_note(convert, false);
        return;
    }
    const char *name = description ? "description" : key;
    if (cJSON_GetObjectItemCaseSensitive(place, name) != NULL) {
        not_carried(convert, from, key, "the key is given twice; the later value is kept");
    }
    convert_note(convert, tree_put(place, name, value));
}

static void put_pair(struct convert *convert, cJSON *object, const char *map, const cJSON *pair)
{
    const char *key = tree_text(pair, "key");
    const cJSON *value = tree_get(pair, "value");
    report_extras(convert, pair);
    if (key == NULL) {
        not_carried(convert, pair, "metadata", "the entry has no key");
        return;
    }
    /* Without a value the platform stores an empty text. */
    put_value(convert, object, map, key, value != NULL ? tree_copy(value) : cJSON_CreateString(""),
              pair);
}

/* The map of a manifest that is legacy all the same, because it names columns without a schema. */
static void native_metadata(struct convert *convert, const cJSON *map)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, map)
    {
        if (node->string != NULL) {
            put_value(convert, convert->to, "table_metadata", node->string, tree_copy(node), node);
        }
    }
}

static void table_metadata(struct convert *convert, const cJSON *list)
{
    size_t index = 0;
    const cJSON *pair;
    cJSON_ArrayForEach(pair, list)
    {
        size_t mark = path_index(&convert->judge, index++);
        put_pair(convert, convert->to, "table_metadata", pair);
        path_back(&convert->judge, mark);
    }
}

/* ---- data types ---- */

struct typing { /* the values of metadata that make the data type of a column */
    const cJSON *base, *type, *backend, *length, *def, *nullable;
};

static const cJSON **typing_place(struct typing *typing, const char *key)
{
    const struct {
        const char *key;
        const cJSON **place;
    } places[] = {
        {KBC_BASETYPE, &typing->base},   {KBC_TYPE, &typing->type},
        {KBC_BACKEND, &typing->backend}, {KBC_LENGTH, &typing->length},
        {KBC_DEFAULT, &typing->def},     {KBC_NULLABLE, &typing->nullable},
    };
    for (size_t i = 0; key != NULL && i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i].key, key) == 0) {
            return places[i].place;
        }
    }
    return NULL;
}

static bool is_backend(const cJSON *node)
{
    return cJSON_IsString(node) && (strcmp(node->valuestring, "snowflake") == 0 ||
                                    strcmp(node->valuestring, "bigquery") == 0);
}

static bool same_text(const cJSON *a, const cJSON *b)
{
    return cJSON_IsString(a) && cJSON_IsString(b) &&
           strcasecmp(a->valuestring, b->valuestring) == 0;
}

/* 1 or 0 for the forms in which programs write a truth value; -1 for anything else. */
static int truth(const cJSON *node)
{
    if (cJSON_IsBool(node)) {
        return cJSON_IsTrue(node);
    }
    const char *text = cJSON_IsString(node) || cJSON_IsNumber(node) ? node->valuestring : NULL;
    if (text == NULL) {
        return -1;
    }
    if (strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0) {
        return 1;
    }
    return strcmp(text, "0") == 0 || text[0] == '\0' || strcasecmp(text, "false") == 0 ? 0 : -1;
}

static bool put_copy(cJSON *object, const char *key, const cJSON *value)
{
    return value == NULL || tree_put(object, key, tree_copy(value));
}

/* Adds the member `which` of data_type: base, snowflake or bigquery; NULL: out of memory. A scalar
   is copied as it is, because the platform turns every scalar into text anyway. */
static cJSON *add_type(cJSON *column, const char *which, const cJSON *type)
{
    cJSON *types = convert_member(column, "data_type", cJSON_CreateObject);
    cJSON *one = types != NULL ? convert_member(types, which, cJSON_CreateObject) : NULL;
    return one != NULL && put_copy(one, "type", type) ? one : NULL;
}

static bool add_details(cJSON *type, const struct typing *typing)
{
    return type != NULL && put_copy(type, "length", typing->length) &&
           put_copy(type, "default", typing->def);
}

/* Makes the data type and takes its parts out of `typing`; what is left there stays metadata. */
static void put_types(struct convert *convert, cJSON *column, struct typing *typing)
{
    if (truth(typing->nullable) >= 0) {
        convert_note(convert, tree_put_bool(column, "nullable", truth(typing->nullable) == 1));
        typing->nullable = NULL;
    }
    if (!cJSON_IsString(typing->base) || base_type(typing->base->valuestring) == NULL) {
        return; /* a schema knows base types only */
    }
    const char *base = base_type(typing->base->valuestring);
    cJSON *details = add_type(column, "base", typing->base);
    const cJSON *stays = is_refused_length(typing->length, base) ? typing->length : NULL;
    convert_note(convert, details != NULL);
    if (cJSON_IsString(typing->type) && is_backend(typing->backend)) {
        details = add_type(column, typing->backend->valuestring, typing->type);
        typing->type = typing->backend = NULL;
        stays = NULL; /* it is the length of the backend's type */
    } else if (same_text(typing->type, typing->base)) {
        typing->type = NULL;
    }
    typing->length = stays != NULL ? NULL : typing->length;
    convert_note(convert, add_details(details, typing));
    typing->base = typing->def = NULL;
    typing->length = stays;
}

/* Converts the pairs of one column: first those that make its data type, then the others. */
static void column_metadata(struct convert *convert, cJSON *column, const cJSON *list)
{
    struct typing typing = {0};
    const cJSON *pair;
    cJSON_ArrayForEach(pair, list)
    {
        const cJSON **place = typing_place(&typing, tree_text(pair, "key"));
        if (place != NULL) {
            *place = tree_get(pair, "value");
        }
    }
    put_types(convert, column, &typing);
    size_t index = 0;
    cJSON_ArrayForEach(pair, list)
    {
        size_t mark = path_index(&convert->judge, index++);
        const cJSON **place = typing_place(&typing, tree_text(pair, "key"));
        if (place == NULL || *place != NULL) {
            put_pair(convert, column, "metadata", pair);
        } else {
            report_extras(convert, pair);
        }
        path_back(&convert->judge, mark);
    }
}

static void columns_metadata(struct schema *schema, const cJSON *map)
{
    struct convert *convert = schema->convert;
    const cJSON *list;
    cJSON_ArrayForEach(list, map)
    {
        if (list->string == NULL) {
            continue;
        }
        size_t mark = path_key(&convert->judge, list->string);
        cJSON *column = find_column(schema, list->string);
        if (column != NULL) {
            column_metadata(convert, column, list);
        } else {
            not_carried(convert, list, list->string,
                        "there is no such column, so its metadata has no place");
        }
        path_back(&convert->judge, mark);
    }
}

/* ---- keys ---- */

/* Marks the columns of a key. Blanks around names are removed, as the platform does. */
static void mark_key(struct schema *schema, const cJSON *list, const char *key)
{
    struct convert *convert = schema->convert;
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        const char *written = tree_scalar(node);
        if (written == NULL) {
            continue;
        }
        const char *from = written + strspn(written, " \t\n\r\v");
        size_t n = strlen(from);
        while (n > 0 && strchr(" \t\n\r\v", from[n - 1]) != NULL) {
            n--;
        }
        char *name = csvk_strndup(from, n);
        cJSON *column = name != NULL ? find_column(schema, name) : NULL;
        convert_note(convert, name != NULL);
        if (column != NULL) {
            convert_note(convert, tree_put_bool(column, key, true));
        } else if (n > 0) {
            not_carried(convert, node, from, "a key can only name columns");
        }
        csvk_free(name);
    }
}

static void key_to_native(struct schema *schema, const cJSON *node)
{
    struct convert *convert = schema->convert;
    const char *key = convert_key(convert, node);
    if (key == NULL || strcmp(key, "columns") == 0) {
        return; /* the schema has the columns already */
    }
    if (strcmp(key, "primary_key") == 0 || strcmp(key, "distribution_key") == 0) {
        mark_key(schema, node, key);
    } else if (strcmp(key, "metadata") == 0) {
        table_metadata(convert, node);
    } else if (strcmp(key, "table_metadata") == 0) {
        native_metadata(convert, node);
    } else if (strcmp(key, "column_metadata") == 0) {
        columns_metadata(schema, node);
    } else {
        convert_note(convert, tree_put(convert->to, key, tree_copy(node)));
    }
}

/* Finds the names of the columns: in the manifest, or else in the header. */
static bool find_names(struct convert *convert, const struct csvk_strings *header,
                       struct csvk_strings *names)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_get(convert->from, "columns"))
    {
        const char *name = tree_scalar(node);
        convert_note(convert, name == NULL || csvk_strings_add(names, name) == CSVK_OK);
    }
    if (names->count == 0 && header != NULL) {
        convert_note(convert, csvk_strings_copy(names, header) == CSVK_OK);
        convert_note(convert, tree_put_bool(convert->to, "has_header", true));
    }
    if (names->count == 0) {
        struct complaint what = {.rule = RULE_REQUIRED,
                                 .node = convert->from,
                                 .remedy = "put the data beside the manifest, or add \"columns\""};
        complain(&convert->judge, what,
                 "a native manifest needs the names of the columns, and this one has none");
        return false;
    }
    return convert->judge.status == CSVK_OK;
}

bool convert_to_native(struct convert *convert, const struct csvk_strings *header)
{
    struct csvk_strings names = {NULL, 0, 0};
    struct schema schema = {.convert = convert};
    bool possible = find_names(convert, header, &names);
    bool named = tree_get(convert->to, "has_header") != NULL;
    if (possible) {
        convert_note(convert, tree_put_text(convert->to, "manifest_type", "output") &&
                                  schema_begin(&schema, &names));
    }
    const cJSON *node;
    cJSON_ArrayForEach(node, convert->from)
    {
        if (possible && convert->judge.status == CSVK_OK &&
            !(named && node == tree_get(convert->from, "has_header"))) {
            size_t mark = path_key(&convert->judge, node->string);
            key_to_native(&schema, node);
            path_back(&convert->judge, mark);
        }
    }
    nameset_release(&schema.index);
    csvk_free(schema.column);
    csvk_strings_release(&names);
    return possible;
}
