/*
 * processor_params.c - the parameters: checks them, and finds those that are for a table. A key of
 * an entry in "tables" wins over the same key outside of "tables".
 */
#include "manifest/processor/processor_parts.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* ---- judging ---- */

/* Checks the manifest in the parameters by the rules of manifests; reports the first error. */
static int judge_manifest(const struct processor *p, const cJSON *manifest, const char *where)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    struct csvk_manifest *read = NULL;
    if (manifest == NULL) {
        return CSVK_OK;
    }
    if (!cJSON_IsObject(manifest)) {
        return PROCESSOR_REFUSE(p, "parameters: \"%s\" must be an object", where);
    }
    char *text = cJSON_PrintUnformatted(manifest);
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    int status =
        text != NULL ? csvk_manifest_parse(&read, text, strlen(text), &found, NULL) : CSVK_ENOMEM;
    status = status == CSVK_OK ? csvk_manifest_check(read, &how, &found) : status;
    int verdict = status == CSVK_ENOMEM ? processor_no_memory(p) : CSVK_OK;
    for (size_t i = 0; i < found.count && verdict == CSVK_OK; i++) {
        if (found.item[i].severity == CSVK_ERROR) {
            verdict = PROCESSOR_REFUSE(p, "parameters: %s: %s", where, found.item[i].message);
        }
    }
    cJSON_free(text);
    csvk_manifest_free(read);
    csvk_findings_release(&found);
    return verdict;
}

static int judge_normalize(const struct processor *p, const cJSON *step)
{
    struct processor_normalize read = {0};
    csvk_normalize_options_init(&read.options);
    int status = processor_read_normalize(p, step, &read);
    csvk_normalize_options_release(&read.options);
    return status;
}

static int judge_slice(const struct processor *p, const cJSON *step)
{
    struct processor_slice read = {0};
    csvk_slice_options_init(&read.how);
    return processor_read_slice(p, step, &read);
}

static int judge_columns(const struct processor *p, const cJSON *step)
{
    struct processor_columns read = {0};
    int status = processor_read_columns(p, step, &read);
    processor_columns_release(&read);
    return status;
}

static bool is_filled_text(const cJSON *node)
{
    return cJSON_IsString(node) && node->valuestring[0] != '\0';
}

/* A list of objects with the keys "key" and "value". */
static int judge_metadata(const struct processor *p, const cJSON *list, const char *where)
{
    const cJSON *pair;
    bool good = list == NULL || cJSON_IsArray(list);
    cJSON_ArrayForEach(pair, list)
    {
        good = good && cJSON_GetArraySize(pair) == 2 &&
               is_filled_text(cJSON_GetObjectItemCaseSensitive(pair, "key")) &&
               cJSON_IsString(cJSON_GetObjectItemCaseSensitive(pair, "value"));
    }
    return good ? CSVK_OK
                : PROCESSOR_REFUSE(p,
                                   "parameters: %s must be a list of objects with the keys "
                                   "\"key\" and \"value\", both texts",
                                   where);
}

static int judge_column_metadata(const struct processor *p, const cJSON *columns)
{
    const cJSON *list;
    if (columns != NULL && !cJSON_IsObject(columns)) {
        return PROCESSOR_REFUSE(p, "parameters: \"column_metadata\" must be an object whose keys "
                                   "are names of columns");
    }
    cJSON_ArrayForEach(list, columns)
    {
        int status = judge_metadata(p, list, "each entry of \"column_metadata\"");
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* The keys of what holds for all tables, and of an entry of "tables". */
#define PLAN_KEYS                                                                                  \
    "normalize", "columns", "slice", "manifest", "manifest_defaults", "metadata", "column_metadata"

static int judge_plan(const struct processor *p, const cJSON *plan)
{
    const cJSON *manifest = cJSON_GetObjectItemCaseSensitive(plan, "manifest");
    const cJSON *defaults = cJSON_GetObjectItemCaseSensitive(plan, "manifest_defaults");
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(plan, "metadata");
    const cJSON *of_columns = cJSON_GetObjectItemCaseSensitive(plan, "column_metadata");
    int status = judge_normalize(p, cJSON_GetObjectItemCaseSensitive(plan, "normalize"));
    if (status == CSVK_OK) {
        status = judge_columns(p, cJSON_GetObjectItemCaseSensitive(plan, "columns"));
    }
    if (status == CSVK_OK) {
        status = judge_slice(p, cJSON_GetObjectItemCaseSensitive(plan, "slice"));
    }
    status = status == CSVK_OK ? judge_manifest(p, manifest, "manifest") : status;
    status = status == CSVK_OK ? judge_manifest(p, defaults, "manifest_defaults") : status;
    status = status == CSVK_OK ? judge_metadata(p, metadata, "\"metadata\"") : status;
    return status == CSVK_OK ? judge_column_metadata(p, of_columns) : status;
}

static bool is_pattern(const cJSON *node)
{
    const cJSON *item;
    bool good = cJSON_IsString(node) || (cJSON_IsArray(node) && cJSON_GetArraySize(node) > 0);
    cJSON_ArrayForEach(item, node)
    {
        good = good && cJSON_IsString(item);
    }
    return good;
}

static int judge_names(const struct processor *p, const cJSON *object, const char *const *names,
                       const char *where)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, object)
    {
        const char *const *name = names;
        while (*name != NULL && strcmp(*name, node->string) != 0) {
            name++;
        }
        if (*name == NULL) {
            return PROCESSOR_REFUSE(p, "parameters: %s has no option \"%s\"", where, node->string);
        }
    }
    return CSVK_OK;
}

static int judge_entry(const struct processor *p, const cJSON *entry)
{
    static const char *const names[] = {"source", PLAN_KEYS, NULL};
    if (!cJSON_IsObject(entry)) {
        return PROCESSOR_REFUSE(p, "parameters: an entry of \"tables\" must be an object");
    }
    int status = judge_names(p, entry, names, "an entry of \"tables\"");
    if (status == CSVK_OK && !is_pattern(cJSON_GetObjectItemCaseSensitive(entry, "source"))) {
        return PROCESSOR_REFUSE(p, "parameters: an entry of \"tables\" needs \"source\", a pattern "
                                   "such as \"*.csv\" or a list of them");
    }
    return status == CSVK_OK ? judge_plan(p, entry) : status;
}

static int judge(const struct processor *p)
{
    static const char *const names[] = {PLAN_KEYS, "tables", "files", NULL};
    const cJSON *tables = cJSON_GetObjectItemCaseSensitive(p->parameters, "tables"), *entry;
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(p->parameters, "files");
    int status = judge_names(p, p->parameters, names, "the processor");
    if (status == CSVK_OK && tables != NULL && !cJSON_IsArray(tables)) {
        return PROCESSOR_REFUSE(p, "parameters: \"tables\" must be a list");
    }
    status = status == CSVK_OK ? processor_judge_files(p, files) : status;
    status = status == CSVK_OK ? judge_plan(p, p->parameters) : status;
    cJSON_ArrayForEach(entry, tables)
    {
        status = status == CSVK_OK ? judge_entry(p, entry) : status;
    }
    return status;
}

/* ---- reading ---- */

static int refuse_config(const struct processor *p, const char *path,
                         const struct csvk_findings *found)
{
    const struct csvk_finding *f = found->count > 0 ? &found->item[0] : NULL;
    return PROCESSOR_REFUSE(p, "%s:%llu:%llu: %s", path, f ? (unsigned long long)f->line : 1,
                            f ? (unsigned long long)f->column : 1,
                            f ? f->message : "not an object");
}

static int read_config(struct processor *p, const char *path)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *config = NULL;
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_manifest_read(&config, path, &found, p->err);
    int verdict = CSVK_OK;
    if (status != CSVK_OK && status != CSVK_EDATA) {
        p->err->status = verdict = status == CSVK_EIO ? CSVK_EDATA : status;
    } else if (config == NULL || found.errors > 0) {
        verdict = refuse_config(p, path, &found);
    } else if (csvk_manifest_print(config, &text) != CSVK_OK ||
               (p->config = cJSON_Parse(csvk_buf_text(&text))) == NULL) {
        verdict = processor_no_memory(p);
    }
    csvk_buf_release(&text);
    csvk_manifest_free(config);
    csvk_findings_release(&found);
    return verdict;
}

int processor_read(struct processor *p)
{
    char *path = processor_path(p->folder, "config.json", NULL);
    int status = path != NULL ? read_config(p, path) : processor_no_memory(p);
    csvk_free(path);
    if (status != CSVK_OK) {
        return status;
    }
    const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(p->config, "parameters");
    bool empty = parameters == NULL || cJSON_IsNull(parameters) ||
                 (cJSON_IsArray(parameters) && parameters->child == NULL);
    if (!empty && !cJSON_IsObject(parameters)) {
        return PROCESSOR_REFUSE(p, "config.json: \"parameters\" must be an object");
    }
    p->parameters = empty ? NULL : parameters;
    return p->parameters != NULL ? judge(p) : CSVK_OK;
}

/* ---- the plan of a table ---- */

static bool matches(const cJSON *pattern, const char *table)
{
    const cJSON *item;
    if (cJSON_IsString(pattern)) {
        return fnmatch(pattern->valuestring, table, 0) == 0;
    }
    cJSON_ArrayForEach(item, pattern)
    {
        if (fnmatch(item->valuestring, table, 0) == 0) {
            return true;
        }
    }
    return false;
}

static const cJSON *own_or_common(const struct processor *p, const cJSON *entry, const char *key)
{
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(entry, key);
    return own != NULL ? own : cJSON_GetObjectItemCaseSensitive(p->parameters, key);
}

struct processor_plan processor_plan(const struct processor *p, const char *table)
{
    const cJSON *entry, *found = NULL;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(p->parameters, "tables"))
    {
        if (matches(cJSON_GetObjectItemCaseSensitive(entry, "source"), table)) {
            found = entry;
            break;
        }
    }
    struct processor_plan plan = {
        .normalize = own_or_common(p, found, "normalize"),
        .columns = own_or_common(p, found, "columns"),
        .slice = own_or_common(p, found, "slice"),
        .manifest = own_or_common(p, found, "manifest"),
        .defaults = own_or_common(p, found, "manifest_defaults"),
        .metadata = own_or_common(p, found, "metadata"),
        .column_metadata = own_or_common(p, found, "column_metadata"),
    };
    return plan;
}

bool processor_on(const cJSON *step)
{
    return cJSON_IsTrue(step) || cJSON_IsObject(step);
}
