/*
 * manifest_create.c - makes new manifests from options.
 *
 * Only keys that the options ask for appear, in the stable order of manifest_keys.c. Nothing
 * depends on the time: the same options give the same bytes.
 */
#include "manifest/manifest_tree.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/sized.h"

#include <string.h>

static const struct csvk_sized table_type =
    CSVK_SIZED(struct csvk_manifest_options, write_always, "csvk_manifest_options_init");
static const struct csvk_sized file_type =
    CSVK_SIZED(struct csvk_manifest_file_options, notify, "csvk_manifest_file_options_init");

void csvk_manifest_options_init_sized(struct csvk_manifest_options *options, size_t size)
{
    const struct csvk_manifest_options defaults = {
        .size = sizeof defaults, .dialect = CSVK_DIALECT_RFC4180, .has_header = CSVK_UNSET};
    csvk_sized_init(&table_type, options, size, &defaults);
}

void csvk_manifest_file_options_init_sized(struct csvk_manifest_file_options *options, size_t size)
{
    const struct csvk_manifest_file_options defaults = {.size = sizeof defaults,
                                                        .is_public = CSVK_UNSET,
                                                        .is_permanent = CSVK_UNSET,
                                                        .is_encrypted = CSVK_UNSET,
                                                        .notify = CSVK_UNSET};
    csvk_sized_init(&file_type, options, size, &defaults);
}

static bool put_texts(cJSON *object, const char *key, const struct csvk_strings *texts)
{
    if (texts == NULL || texts->count == 0) {
        return true;
    }
    cJSON *list = cJSON_CreateArray();
    if (!tree_put(object, key, list)) {
        return false;
    }
    for (size_t i = 0; i < texts->count; i++) {
        if (!tree_push_text(list, texts->item[i])) {
            return false;
        }
    }
    return true;
}

static bool put_filled(cJSON *object, const char *key, const char *text)
{
    return text == NULL || tree_put_text(object, key, text);
}

static bool put_tristate(cJSON *object, const char *key, enum csvk_tristate value)
{
    return value == CSVK_UNSET || tree_put_bool(object, key, value == CSVK_YES);
}

/* Puts a byte of the dialect unless it is the default. */
static bool put_byte(cJSON *object, const char *key, int byte, int otherwise)
{
    char text[2] = {byte == CSVK_NO_BYTE ? '\0' : (char)byte, '\0'};
    return byte == otherwise || tree_put_text(object, key, text);
}

static bool push_pair(cJSON *list, const char *key, const char *value)
{
    cJSON *pair = cJSON_CreateObject();
    return tree_push(list, pair) && tree_put_text(pair, "key", key) &&
           tree_put_text(pair, "value", value);
}

/* The member `key` of `object`, which is made when it is missing; NULL: out of memory. */
static cJSON *member(cJSON *object, const char *key, cJSON *(*create)(void))
{
    cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    if (node != NULL) {
        return node;
    }
    node = create();
    return tree_put(object, key, node) ? node : NULL;
}

/* ---- legacy ---- */

static bool legacy_pairs(cJSON *root, const struct csvk_manifest_options *options)
{
    for (size_t i = 0; i < options->npairs; i++) {
        const struct csvk_manifest_pair *pair = &options->pairs[i];
        cJSON *place = root;
        if (pair->column != NULL) {
            place = member(root, "column_metadata", cJSON_CreateObject);
        }
        cJSON *list = place == NULL
                          ? NULL
                          : member(place, pair->column != NULL ? pair->column : "metadata",
                                   cJSON_CreateArray);
        if (list == NULL || !push_pair(list, pair->key, pair->value)) {
            return false;
        }
    }
    return true;
}

static bool legacy_type(cJSON *root, const struct csvk_manifest_type *type)
{
    cJSON *place = member(root, "column_metadata", cJSON_CreateObject);
    cJSON *list = place != NULL ? member(place, type->column, cJSON_CreateArray) : NULL;
    return list != NULL && push_pair(list, "KBC.datatype.basetype", type->type) &&
           (type->length == NULL || push_pair(list, "KBC.datatype.length", type->length)) &&
           (type->nullable == CSVK_UNSET ||
            push_pair(list, "KBC.datatype.nullable", type->nullable == CSVK_YES ? "1" : "0"));
}

static bool legacy_fill(cJSON *root, const struct csvk_manifest_options *options)
{
    bool good = put_texts(root, "columns", options->columns) &&
                put_texts(root, "primary_key", options->primary_key);
    if (options->description != NULL) {
        cJSON *list = good ? member(root, "metadata", cJSON_CreateArray) : NULL;
        good = list != NULL && push_pair(list, "KBC.description", options->description);
    }
    good = good && legacy_pairs(root, options);
    for (size_t i = 0; good && i < options->ntypes; i++) {
        good = legacy_type(root, &options->types[i]);
    }
    return good;
}

/* ---- native ---- */

static bool native_type(cJSON *column, const struct csvk_manifest_type *type)
{
    cJSON *types = member(column, "data_type", cJSON_CreateObject);
    cJSON *base = types != NULL ? member(types, "base", cJSON_CreateObject) : NULL;
    return base != NULL && tree_put_text(base, "type", type->type) &&
           put_filled(base, "length", type->length) &&
           put_tristate(column, "nullable", type->nullable);
}

struct native { /* the columns of the schema under construction, by name */
    cJSON *root, *schema;
    struct nameset index;
    cJSON **column;
};

static bool native_columns(struct native *native, const struct csvk_strings *columns)
{
    size_t old;
    native->schema = cJSON_CreateArray();
    native->column = csvk_calloc(columns->count, sizeof(cJSON *));
    if (!tree_put(native->root, "schema", native->schema) || native->column == NULL) {
        return false;
    }
    for (size_t i = 0; i < columns->count; i++) {
        cJSON *column = cJSON_CreateObject();
        if (!tree_push(native->schema, column) ||
            !tree_put_text(column, "name", columns->item[i]) ||
            nameset_add(&native->index, columns->item[i], i, &old) != CSVK_OK) {
            return false;
        }
        native->column[i] = column;
    }
    return true;
}

static cJSON *native_column(struct native *native, const char *name)
{
    size_t i = nameset_find(&native->index, name);
    return i != SIZE_MAX ? native->column[i] : NULL;
}

/* Puts metadata of the table or of a column. A description has a key of its own. */
static bool native_pair(struct native *native, const struct csvk_manifest_pair *pair)
{
    cJSON *place = pair->column != NULL ? native_column(native, pair->column) : native->root;
    if (strcmp(pair->key, "KBC.description") == 0) {
        return tree_put_text(place, "description", pair->value);
    }
    cJSON *map =
        member(place, pair->column != NULL ? "metadata" : "table_metadata", cJSON_CreateObject);
    return map != NULL && tree_put_text(map, pair->key, pair->value);
}

static bool native_fill(cJSON *root, const struct csvk_manifest_options *options)
{
    static const struct csvk_strings none = {NULL, 0, 0};
    struct native native = {root, NULL, {NULL, 0, 0}, NULL};
    const struct csvk_strings *columns = options->columns != NULL ? options->columns : &none;
    const struct csvk_strings *key = options->primary_key != NULL ? options->primary_key : &none;
    bool good = tree_put_text(root, "manifest_type", "output") &&
                native_columns(&native, columns) &&
                put_filled(root, "description", options->description);
    for (size_t i = 0; good && i < options->ntypes; i++) {
        good = native_type(native_column(&native, options->types[i].column), &options->types[i]);
    }
    for (size_t i = 0; good && i < key->count; i++) {
        good = tree_put_bool(native_column(&native, key->item[i]), "primary_key", true);
    }
    for (size_t i = 0; good && i < options->npairs; i++) {
        good = native_pair(&native, &options->pairs[i]);
    }
    nameset_release(&native.index);
    csvk_free(native.column);
    return good;
}

/* ---- both ---- */

static bool common_fill(cJSON *root, const struct csvk_manifest_options *options)
{
    return put_filled(root, "destination", options->destination) &&
           put_tristate(root, "has_header", options->has_header) &&
           (!options->incremental || tree_put_bool(root, "incremental", true)) &&
           put_byte(root, "delimiter", options->dialect.delimiter, ',') &&
           put_byte(root, "enclosure", options->dialect.enclosure, '"') &&
           put_filled(root, "delete_where_column", options->delete_column) &&
           put_texts(root, "delete_where_values", options->delete_values) &&
           put_filled(root, "delete_where_operator", options->delete_operator) &&
           (!options->write_always || tree_put_bool(root, "write_always", true));
}

/* Options may only speak of columns that exist. */
static int need_column(const struct csvk_manifest_options *options, const char *name,
                       const char *what, struct csvk_error *err)
{
    if (options->columns != NULL && csvk_strings_has(options->columns, name)) {
        return CSVK_OK;
    }
    return csvk_fail(err, CSVK_EUSAGE, "%s for \"%s\", which is not a column", what, name);
}

static int refuse_options(const struct csvk_manifest_options *options, struct csvk_error *err)
{
    bool native = options->generation == CSVK_GENERATION_NATIVE;
    int status = CSVK_OK;
    if (options->dialect.escape != CSVK_NO_BYTE) {
        return csvk_fail(err, CSVK_EUSAGE, "a manifest has no key for an escape byte");
    }
    int plain = csvk_dialect_need_plain(&options->dialect, "a manifest", err);
    if (plain != CSVK_OK) {
        return plain;
    }
    if (native && (options->columns == NULL || options->columns->count == 0)) {
        return csvk_fail(err, CSVK_EUSAGE, "a native manifest needs the names of the columns");
    }
    for (size_t i = 0; status == CSVK_OK && i < options->ntypes; i++) {
        status = need_column(options, options->types[i].column, "a data type", err);
    }
    for (size_t i = 0; native && status == CSVK_OK && i < options->npairs; i++) {
        if (options->pairs[i].column != NULL) {
            status = need_column(options, options->pairs[i].column, "metadata", err);
        }
    }
    for (size_t i = 0; native && status == CSVK_OK && options->primary_key != NULL &&
                       i < options->primary_key->count;
         i++) {
        status = need_column(options, options->primary_key->item[i], "a primary key", err);
    }
    return status;
}

static int keep_names(cJSON *root, struct csvk_error *err)
{
    cJSON *map = cJSON_GetObjectItemCaseSensitive(root, "column_metadata");
    int status = tree_keep_names(map, tree_get(root, "columns"));
    return status == CSVK_OK ? CSVK_OK
           : status == CSVK_ENOMEM
               ? csvk_fail(err, status, "out of memory")
               : csvk_fail(err, CSVK_EUSAGE,
                           "a legacy manifest cannot have metadata when \"0\" is the only column: "
                           "the platform would take it for a list; a native one can");
}

int csvk_manifest_create(struct csvk_manifest **out, const struct csvk_manifest_options *options,
                         struct csvk_error *err)
{
    struct csvk_manifest_options own;
    csvk_manifest_options_init(&own);
    int status = csvk_sized_read(&table_type, &own, options, err);
    status = status == CSVK_OK ? refuse_options(&own, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    cJSON *root = cJSON_CreateObject();
    bool good = root != NULL && common_fill(root, &own) &&
                (own.generation == CSVK_GENERATION_NATIVE ? native_fill(root, &own)
                                                          : legacy_fill(root, &own));
    status = good ? keep_names(root, err) : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status != CSVK_OK) {
        cJSON_Delete(root);
        return status;
    }
    status = manifest_new(out, root);
    if (status != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_manifest_normalize(*out, CSVK_MANIFEST_OUT_TABLE);
    return CSVK_OK;
}

int csvk_manifest_create_file(struct csvk_manifest **out,
                              const struct csvk_manifest_file_options *options,
                              struct csvk_error *err)
{
    struct csvk_manifest_file_options own;
    csvk_manifest_file_options_init(&own);
    int status = csvk_sized_read(&file_type, &own, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    cJSON *root = cJSON_CreateObject();
    bool good = root != NULL && put_texts(root, "tags", own.tags) &&
                put_tristate(root, "is_public", own.is_public) &&
                put_tristate(root, "is_permanent", own.is_permanent) &&
                put_tristate(root, "is_encrypted", own.is_encrypted) &&
                put_tristate(root, "notify", own.notify);
    if (!good) {
        cJSON_Delete(root);
        root = NULL;
    }
    if (manifest_new(out, root) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return CSVK_OK;
}
