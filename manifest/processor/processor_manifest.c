/*
 * processor_manifest.c - the new manifest of a table: that of the input, changed by what the steps
 * do and by the parameters. If the platform wrote the manifest of the input, it is first turned
 * into one that the platform accepts for an output.
 */
#include "manifest/processor/processor_parts.h"

#include <string.h>
#include <unistd.h>

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* ---- the manifest of the input ---- */

/* A JSON tree that is being built. After memory has run out, `failed` is true. */
struct tree {
    cJSON *root;
    bool failed;
};

/* Adds `value` to the object `to` under `key`, or to the end of the array `to` when `key` is NULL.
   Takes over `value`. */
static void add(struct tree *tree, cJSON *to, const char *key, cJSON *value)
{
    bool added = value != NULL && (key != NULL ? cJSON_AddItemToObject(to, key, value)
                                               : cJSON_AddItemToArray(to, value));
    if (!added) {
        cJSON_Delete(value);
        tree->failed = true;
    }
}

/* Copies the value of `key`, if `from` has it. */
static void copy(struct tree *tree, cJSON *to, const cJSON *from, const char *key)
{
    const cJSON *value = get(from, key);
    if (value != NULL) {
        add(tree, to, key, cJSON_Duplicate(value, true));
    }
}

/* Copies only "key" and "value" of each metadata entry: the platform adds more to its manifests for
   inputs, and refuses these additions in a manifest for an output. */
static void add_bare_pairs(struct tree *tree, cJSON *to, const char *key, const cJSON *pairs)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        cJSON *bare = cJSON_CreateObject();
        copy(tree, bare, pair, "key");
        copy(tree, bare, pair, "value");
        add(tree, list, NULL, bare);
    }
    add(tree, to, key, list);
}

static bool has_items(const cJSON *list)
{
    return list != NULL && list->child != NULL;
}

static void add_column_metadata(struct tree *tree, const cJSON *in)
{
    cJSON *columns = cJSON_CreateObject();
    const cJSON *list;
    cJSON_ArrayForEach(list, get(in, "column_metadata"))
    {
        if (has_items(list)) {
            add_bare_pairs(tree, columns, list->string, list);
        }
    }
    if (columns == NULL || columns->child != NULL) {
        add(tree, tree->root, "column_metadata", columns);
    } else {
        cJSON_Delete(columns);
    }
}

/* Makes the manifest of an output from the manifest of an input, with the keys that both may have.
   Columns are copied for slices only: a file has them in its header. NULL: out of memory. */
static cJSON *out_of_in(const cJSON *in, bool folder)
{
    struct tree tree = {cJSON_CreateObject(), false};
    bool native = folder && has_items(get(in, "schema"));
    if (folder) {
        copy(&tree, tree.root, in, native ? "schema" : "columns");
    }
    if (has_items(get(in, "primary_key")) && !native) {
        copy(&tree, tree.root, in, "primary_key");
    }
    if (has_items(get(in, "metadata")) && !native) {
        add_bare_pairs(&tree, tree.root, "metadata", get(in, "metadata"));
    }
    if (!native) {
        add_column_metadata(&tree, in);
    }
    if (tree.failed) {
        cJSON_Delete(tree.root);
        return NULL;
    }
    return tree.root;
}

static int take_manifest(struct processor_table *t, const struct csvk_manifest *read)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    bool in = csvk_manifest_guess(read, NULL, false) == CSVK_MANIFEST_IN_TABLE;
    int status = csvk_manifest_print(read, &text);
    cJSON *tree = status == CSVK_OK ? cJSON_Parse(csvk_buf_text(&text)) : NULL;
    csvk_buf_release(&text);
    status = csvk_manifest_table(read, &t->by_manifest);
    t->manifest = tree != NULL && in ? out_of_in(tree, t->folder) : tree;
    if (in) {
        csvk_strings_release(&t->by_manifest.columns); /* a file has them in its header */
        status = t->folder ? csvk_manifest_table(read, &t->by_manifest) : status;
        cJSON_Delete(tree);
    }
    return t->manifest != NULL && status == CSVK_OK ? CSVK_OK : processor_no_memory(t->p);
}

static int read_manifest(struct processor_table *t)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *read = NULL;
    if (access(t->in_manifest, F_OK) != 0) {
        return csvk_manifest_table(NULL, &t->by_manifest) == CSVK_OK ? CSVK_OK
                                                                     : processor_no_memory(t->p);
    }
    int status = csvk_manifest_read(&read, t->in_manifest, &found, t->p->err);
    int verdict = CSVK_OK;
    if (status != CSVK_OK && status != CSVK_EDATA) {
        verdict = status;
    } else if (read == NULL || found.errors > 0) {
        verdict = PROCESSOR_REFUSE(t->p, "%s: %s", t->in_manifest,
                                   found.count > 0 ? found.item[0].message : "not a manifest");
    } else {
        verdict = take_manifest(t, read);
    }
    csvk_manifest_free(read);
    csvk_findings_release(&found);
    return verdict;
}

/* ---- the manifest of the output ---- */

/* Sets a key of the manifest. Takes over `value`. False: out of memory. */
static bool put(struct processor_table *t, const char *key, cJSON *value)
{
    if (t->manifest == NULL) {
        t->manifest = cJSON_CreateObject();
    }
    cJSON_DeleteItemFromObjectCaseSensitive(t->manifest, key);
    if (value == NULL || t->manifest == NULL || !cJSON_AddItemToObject(t->manifest, key, value)) {
        cJSON_Delete(value);
        return false;
    }
    return true;
}

static bool apply_parameters(struct processor_table *t)
{
    const cJSON *parameter;
    cJSON_ArrayForEach(parameter, t->plan.manifest)
    {
        if (!put(t, parameter->string, cJSON_Duplicate(parameter, true))) {
            return false;
        }
    }
    return true;
}

/* The dialect in the manifest becomes that of the normalized table. That of RFC 4180 is the default
   of manifests, so its keys are left out. */
static bool apply_dialect(struct processor_table *t)
{
    static const char *const keys[] = {"delimiter", "enclosure"};
    static const char *const options[] = {"to_delimiter", "to_enclosure"};
    for (size_t i = 0; i < 2 && processor_on(t->plan.normalize); i++) {
        const cJSON *to = get(t->plan.normalize, options[i]);
        struct csvk_error err = {0};
        int byte;
        cJSON_DeleteItemFromObjectCaseSensitive(t->manifest, keys[i]);
        if (!cJSON_IsString(to) ||
            csvk_dialect_parse_byte(to->valuestring, keys[i], true, &byte, &err) != CSVK_OK) {
            continue;
        }
        char text[2] = {byte == CSVK_NO_BYTE ? '\0' : (char)byte, '\0'};
        if (!put(t, keys[i], cJSON_CreateString(text))) {
            return false;
        }
    }
    return true;
}

int processor_write_manifest(const struct processor_table *t, const char *path)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *manifest = NULL;
    if (t->manifest == NULL) {
        return CSVK_OK;
    }
    char *text = cJSON_PrintUnformatted(t->manifest);
    int status = text != NULL
                     ? csvk_manifest_parse(&manifest, text, strlen(text), &found, t->p->err)
                     : processor_no_memory(t->p);
    if (status == CSVK_OK) {
        csvk_manifest_normalize(manifest, CSVK_MANIFEST_OUT_TABLE);
        status = csvk_manifest_write(manifest, path, t->p->err);
    }
    cJSON_free(text);
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
    return status;
}

int processor_need_manifest(struct processor_table *t)
{
    bool there = t->manifest != NULL || put(t, "columns", cJSON_CreateArray());
    return there ? CSVK_OK : processor_no_memory(t->p);
}

int processor_make_manifest(struct processor_table *t)
{
    int status = read_manifest(t);
    if (status == CSVK_OK && (!apply_dialect(t) || !apply_parameters(t))) {
        status = processor_no_memory(t->p);
    }
    return status;
}
