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

static int take_manifest(struct processor_table *t, const struct csvk_manifest *read)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    bool in = csvk_manifest_guess(read, NULL, false) == CSVK_MANIFEST_IN_TABLE;
    int status = csvk_manifest_print(read, &text);
    cJSON *tree = status == CSVK_OK ? cJSON_Parse(csvk_buf_text(&text)) : NULL;
    csvk_buf_release(&text);
    t->manifest = tree != NULL && in ? processor_out_of_in(tree, t->folder) : tree;
    if (in) {
        cJSON_Delete(tree);
    }
    return t->manifest != NULL ? CSVK_OK : processor_no_memory(t->p);
}

static int read_manifest(struct processor_table *t)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *read = NULL;
    if (access(t->in_manifest, F_OK) != 0) {
        return CSVK_OK;
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

bool processor_put(struct processor_table *t, const char *key, cJSON *value)
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

/* Defaults are for keys that the manifest does not have, the others replace what it has. */
static bool apply_parameters(struct processor_table *t)
{
    const cJSON *parameter;
    cJSON_ArrayForEach(parameter, t->plan.defaults)
    {
        if (get(t->manifest, parameter->string) == NULL &&
            !processor_put(t, parameter->string, cJSON_Duplicate(parameter, true))) {
            return false;
        }
    }
    cJSON_ArrayForEach(parameter, t->plan.manifest)
    {
        if (!processor_put(t, parameter->string, cJSON_Duplicate(parameter, true))) {
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
        if (!processor_put(t, keys[i], cJSON_CreateString(text))) {
            return false;
        }
    }
    return true;
}

/* The tree as a manifest; NULL with CSVK_OK: there is none. */
static int parse_tree(const struct processor_table *t, struct csvk_manifest **out)
{
    struct csvk_findings found = {.limit = 1};
    *out = NULL;
    if (t->manifest == NULL) {
        return CSVK_OK;
    }
    char *text = cJSON_PrintUnformatted(t->manifest);
    int status = text != NULL ? csvk_manifest_parse(out, text, strlen(text), &found, t->p->err)
                              : processor_no_memory(t->p);
    cJSON_free(text);
    csvk_findings_release(&found);
    return status;
}

int processor_write_manifest(const struct processor_table *t, const char *path)
{
    struct csvk_manifest *manifest = NULL;
    int status = parse_tree(t, &manifest);
    if (status == CSVK_OK && manifest != NULL) {
        csvk_manifest_normalize(manifest, CSVK_MANIFEST_OUT_TABLE);
        status = csvk_manifest_write(manifest, path, t->p->err);
    }
    csvk_manifest_free(manifest);
    return status;
}

int processor_need_manifest(struct processor_table *t)
{
    bool there = t->manifest != NULL || processor_put(t, "columns", cJSON_CreateArray());
    return there ? CSVK_OK : processor_no_memory(t->p);
}

bool processor_header_stated(const struct processor_table *t)
{
    return t->told.header && t->told.header_by == CSVK_TOLD_BY_MANIFEST;
}

/* What the manifest and the step "columns" say of the data as it is. */
static int describe(struct processor_table *t)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings none = {.limit = 1}; /* conflicts are those with a mapping */
    csvk_table_definition_init(&t->told);
    int status = parse_tree(t, &manifest);
    if (status == CSVK_OK) {
        status = csvk_table_definition_take(&t->told, manifest, NULL, t->in, &none, t->p->err);
    }
    csvk_manifest_free(manifest);
    csvk_findings_release(&none);
    if (status != CSVK_OK) {
        return status;
    }
    switch (t->columns.names) {
    case PROCESSOR_NAMES_KEEP:
        t->header = t->told.header;
        status = csvk_strings_copy(&t->names, &t->told.columns);
        break;
    case PROCESSOR_NAMES_HEADER: t->header = true; break;
    case PROCESSOR_NAMES_AUTO: t->header = false; break;
    case PROCESSOR_NAMES_GIVEN:
        t->header = processor_header_stated(t);
        status = csvk_strings_copy(&t->names, &t->columns.given);
        break;
    }
    return status == CSVK_OK ? CSVK_OK : processor_no_memory(t->p);
}

int processor_make_manifest(struct processor_table *t)
{
    int status = read_manifest(t);
    if (status == CSVK_OK && !apply_parameters(t)) {
        status = processor_no_memory(t->p);
    }
    return status == CSVK_OK ? describe(t) : status;
}

/* Where the project has native types, a manifest that this run gave its columns is a native one. */
static int make_native(struct processor_table *t)
{
    enum csvk_type_support support = t->p->options->support;
    bool native = support == CSVK_SUPPORT_HINTS || support == CSVK_SUPPORT_AUTHORITATIVE;
    struct csvk_manifest *manifest = NULL, *made = NULL;
    struct csvk_findings found = {.limit = 100};
    struct csvk_buf text = CSVK_BUF_INIT;
    if (!native || t->columns.names == PROCESSOR_NAMES_KEEP || get(t->manifest, "schema") != NULL) {
        return CSVK_OK;
    }
    int status = parse_tree(t, &manifest);
    if (status == CSVK_OK) {
        int converted =
            csvk_manifest_convert(&made, manifest, CSVK_GENERATION_NATIVE, NULL, &found);
        converted = converted == CSVK_OK ? csvk_manifest_print(made, &text) : converted;
        cJSON *tree = converted == CSVK_OK ? cJSON_Parse(csvk_buf_text(&text)) : NULL;
        if (tree != NULL) {
            cJSON_Delete(t->manifest);
            t->manifest = tree;
        }
        status = tree != NULL ? CSVK_OK : processor_no_memory(t->p);
    }
    for (size_t i = 0; i < found.count; i++) {
        processor_note(t->p, "%s: manifest: %s", t->name, found.item[i].message);
    }
    csvk_buf_release(&text);
    csvk_findings_release(&found);
    csvk_manifest_free(made);
    csvk_manifest_free(manifest);
    return status;
}

int processor_finish_manifest(struct processor_table *t)
{
    struct csvk_strings columns = {0};
    int status = apply_dialect(t) ? CSVK_OK : processor_no_memory(t->p);
    status = status == CSVK_OK ? processor_result_columns(t, &columns) : status;
    if (status == CSVK_OK && columns.count > 0 &&
        (t->columns.names != PROCESSOR_NAMES_KEEP || processor_changes_data(t))) {
        status = processor_put_columns(t, &columns);
    }
    status = status == CSVK_OK ? make_native(t) : status;
    /* A second time, for the types of new columns. */
    if (status == CSVK_OK && columns.count > 0 && t->columns.names != PROCESSOR_NAMES_KEEP) {
        status = processor_put_columns(t, &columns);
    }
    csvk_strings_release(&columns);
    return status == CSVK_OK ? processor_put_metadata(t) : status;
}
