/* manifest_table.c - reads what a table manifest says into a plain struct, the same for both
 * generations. */
#include "manifest/manifest_tree.h"

#include "csvkit/base/sized.h"

#include <string.h>

static const char *const kind_names[] = {"auto", "out-table", "in-table", "out-file", "in-file"};

const char *csvk_manifest_kind_name(enum csvk_manifest_kind kind)
{
    return kind_names[kind];
}

const char *csvk_generation_name(enum csvk_generation generation)
{
    return generation == CSVK_GENERATION_NATIVE ? "native" : "legacy";
}

/* True when the last folder in the path that says so is one for outputs. */
static bool is_in_out(const char *path)
{
    static const struct {
        const char *part;
        bool out;
    } parts[] = {
        {"in/tables/", false}, {"in/files/", false}, {"out/tables/", true}, {"out/files/", true}};
    bool out = false;
    for (const char *p = path; p != NULL && *p != '\0'; p++) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            bool start = p == path || p[-1] == '/';
            if (start && strncmp(p, parts[i].part, strlen(parts[i].part)) == 0) {
                out = parts[i].out;
            }
        }
    }
    return out;
}

static bool has_any(const cJSON *root, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        if (tree_get(root, *keys) != NULL) {
            return true;
        }
    }
    return false;
}

enum csvk_manifest_kind csvk_manifest_guess(const struct csvk_manifest *manifest, const char *path,
                                            bool files)
{
    static const char *const in_keys[] = {"id", "uri", "last_change_date", "last_import_date",
                                          "s3", "abs", "created",          "size_bytes",
                                          NULL};
    bool in = !is_in_out(path) && has_any(manifest->root, in_keys);
    if (files) {
        return in ? CSVK_MANIFEST_IN_FILE : CSVK_MANIFEST_OUT_FILE;
    }
    return in ? CSVK_MANIFEST_IN_TABLE : CSVK_MANIFEST_OUT_TABLE;
}

enum csvk_generation csvk_manifest_generation(const struct csvk_manifest *manifest)
{
    bool native = tree_filled(tree_get(manifest->root, "schema")) ||
                  tree_get(manifest->root, "table_metadata") != NULL ||
                  tree_get(manifest->root, "manifest_type") != NULL;
    bool legacy = tree_filled(tree_get(manifest->root, "columns"));
    return native && !(legacy && !tree_filled(tree_get(manifest->root, "schema")))
               ? CSVK_GENERATION_NATIVE
               : CSVK_GENERATION_LEGACY;
}

/* ---- lists, dialect, deletion ---- */

static bool add_texts(struct csvk_strings *to, const cJSON *list)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        if (tree_scalar(node) != NULL && csvk_strings_add(to, tree_scalar(node)) != CSVK_OK) {
            return false;
        }
    }
    return true;
}

/* Reads a name of a key as the platform does: without blanks at its ends, not empty, not twice. */
static bool add_key(struct csvk_strings *to, const char *name)
{
    static const char blanks[] = " \t\n\r\v";
    name += strspn(name, blanks);
    size_t n = strlen(name);
    while (n > 0 && strchr(blanks, name[n - 1]) != NULL) {
        n--;
    }
    if (n == 0) {
        return true;
    }
    if (csvk_strings_addn(to, name, n) != CSVK_OK) {
        return false;
    }
    for (size_t i = 0; i + 1 < to->count; i++) {
        if (strcmp(to->item[i], to->item[to->count - 1]) == 0) {
            csvk_free(to->item[--to->count]);
            break;
        }
    }
    return true;
}

static bool read_columns(const cJSON *root, struct csvk_manifest_table *table)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_get(root, "schema"))
    {
        const char *name = tree_text(node, "name");
        if (name == NULL) {
            continue;
        }
        if (csvk_strings_add(&table->columns, name) != CSVK_OK ||
            (tree_true(node, "primary_key") && !add_key(&table->primary_key, name))) {
            return false;
        }
    }
    cJSON_ArrayForEach(node, tree_get(root, "primary_key"))
    {
        if (tree_scalar(node) != NULL && !add_key(&table->primary_key, tree_scalar(node))) {
            return false;
        }
    }
    return table->columns.count > 0 || add_texts(&table->columns, tree_get(root, "columns"));
}

/* The byte of a delimiter or enclosure; a tab may be written as the two characters \t. */
static int one_byte(const char *text, int otherwise)
{
    if (strcmp(text, "\\t") == 0) {
        return '\t';
    }
    return strlen(text) == 1 ? (unsigned char)text[0] : otherwise;
}

static void read_dialect(const cJSON *root, struct csvk_dialect *dialect)
{
    const char *delimiter = tree_text(root, "delimiter"), *enclosure = tree_text(root, "enclosure");
    if (delimiter != NULL) {
        dialect->delimiter = one_byte(delimiter, dialect->delimiter);
    }
    if (enclosure != NULL) {
        dialect->enclosure =
            enclosure[0] == '\0' ? CSVK_NO_BYTE : one_byte(enclosure, dialect->enclosure);
    }
}

static bool copy_filled(char **to, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    *to = csvk_strdup(text);
    return *to != NULL;
}

static bool read_delete(const cJSON *root, struct csvk_manifest_table *table)
{
    const char *op = tree_text(root, "delete_where_operator");
    if (!copy_filled(&table->delete_column, tree_text(root, "delete_where_column"))) {
        return false;
    }
    if (table->delete_column == NULL) {
        return true;
    }
    return copy_filled(&table->delete_operator, op != NULL && op[0] != '\0' ? op : "eq") &&
           add_texts(&table->delete_values, tree_get(root, "delete_where_values"));
}

/* ---- metadata ---- */

/* As people write truth values, not as the platform turns them into text (tree_scalar). */
static const char *scalar_text(const cJSON *node)
{
    if (cJSON_IsString(node) || cJSON_IsNumber(node)) {
        return node->valuestring;
    }
    return cJSON_IsTrue(node) ? "true" : cJSON_IsFalse(node) ? "false" : NULL;
}

static bool add_pair(struct csvk_manifest_table *table, const char *column, const char *key,
                     const char *value)
{
    if (key == NULL || value == NULL) {
        return true;
    }
    struct csvk_manifest_pair *pairs = table->pairs;
    if ((table->npairs & (table->npairs + 1)) == 0) { /* at 0, 1, 3, 7, ... it is full */
        pairs = csvk_reallocarray(pairs, table->npairs * 2 + 2, sizeof *pairs);
        if (pairs == NULL) {
            return false;
        }
        table->pairs = pairs;
    }
    struct csvk_manifest_pair *pair = &pairs[table->npairs++];
    pair->column = column != NULL ? csvk_strdup(column) : NULL;
    pair->key = csvk_strdup(key);
    pair->value = csvk_strdup(value);
    return (column == NULL || pair->column != NULL) && pair->key != NULL && pair->value != NULL;
}

static bool add_pair_list(struct csvk_manifest_table *table, const char *column, const cJSON *list)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        const cJSON *value = tree_get(node, "value");
        if (!add_pair(table, column, tree_text(node, "key"),
                      tree_given(value) ? scalar_text(value) : "")) {
            return false;
        }
    }
    return true;
}

static bool add_pair_map(struct csvk_manifest_table *table, const char *column, const cJSON *map)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, map)
    {
        if (!add_pair(table, column, node->string, scalar_text(node))) {
            return false;
        }
    }
    return true;
}

static bool read_pairs(const cJSON *root, struct csvk_manifest_table *table)
{
    if (!add_pair_list(table, NULL, tree_get(root, "metadata")) ||
        !add_pair_map(table, NULL, tree_get(root, "table_metadata"))) {
        return false;
    }
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_get(root, "column_metadata"))
    {
        if (node->string != NULL && !add_pair_list(table, node->string, node)) {
            return false;
        }
    }
    cJSON_ArrayForEach(node, tree_get(root, "schema"))
    {
        const char *name = tree_text(node, "name");
        if (name != NULL &&
            (!add_pair(table, name, "KBC.description", tree_text(node, "description")) ||
             !add_pair_map(table, name, tree_get(node, "metadata")))) {
            return false;
        }
    }
    return true;
}

static const struct csvk_sized table_type =
    CSVK_SIZED(struct csvk_manifest_table, npairs, "csvk_manifest_table");
static const struct csvk_manifest_table defaults = {
    .size = sizeof defaults, .has_header = CSVK_UNSET, .dialect = CSVK_DIALECT_RFC4180};

/* Over the defaults. */
static int fill(const struct csvk_manifest *manifest, struct csvk_manifest_table *table)
{
    const cJSON *root = manifest->root, *has_header = tree_get(root, "has_header");
    table->generation = csvk_manifest_generation(manifest);
    table->incremental = tree_true(root, "incremental");
    table->write_always = tree_true(root, "write_always");
    if (cJSON_IsBool(has_header)) {
        table->has_header = cJSON_IsTrue(has_header) ? CSVK_YES : CSVK_NO;
    }
    read_dialect(root, &table->dialect);
    bool good = copy_filled(&table->destination, tree_text(root, "destination")) &&
                copy_filled(&table->description, tree_text(root, "description")) &&
                read_columns(root, table) && read_delete(root, table) &&
                add_texts(&table->tags, tree_get(root, "tags")) && read_pairs(root, table);
    return good ? CSVK_OK : CSVK_ENOMEM;
}

/* A later member that owns something would have to be freed here for a caller who lacks it. */
int csvk_manifest_table_sized(const struct csvk_manifest *manifest,
                              struct csvk_manifest_table *table, size_t size)
{
    struct csvk_manifest_table own = defaults;
    csvk_sized_init(&table_type, table, size, &defaults);
    int status = csvk_sized_check(&table_type, table, NULL);
    if (status != CSVK_OK || manifest == NULL) {
        return status;
    }
    status = fill(manifest, &own);
    csvk_sized_write(&table_type, table, &own);
    return status;
}

void csvk_manifest_table_release(struct csvk_manifest_table *table)
{
    csvk_free(table->destination);
    csvk_free(table->description);
    csvk_strings_release(&table->columns);
    csvk_strings_release(&table->primary_key);
    csvk_strings_release(&table->tags);
    csvk_free(table->delete_column);
    csvk_free(table->delete_operator);
    csvk_strings_release(&table->delete_values);
    for (size_t i = 0; i < table->npairs; i++) {
        csvk_free(table->pairs[i].column);
        csvk_free(table->pairs[i].key);
        csvk_free(table->pairs[i].value);
    }
    csvk_free(table->pairs);
    csvk_sized_init(&table_type, table, table->size, &defaults);
}

bool csvk_manifest_header(const struct csvk_manifest_table *table)
{
    return table->has_header == CSVK_YES || table->columns.count == 0;
}
