/*
 * config_json.c - reads and judges config.json: preflight-config (it cannot be read) and
 * preflight-config-key (a mapping that the platform does not accept).
 *
 * The sections of `storage` may have certain keys only, in the tables below. Entries of the output
 * mapping are judged as manifests, because the platform judges both by one schema.
 */
#include "preflight/preflight_private.h"

#include <string.h>

#define CONFIG "config.json"

enum config_type { TEXT, FLAG, NUMBER, LIST, OBJECT, ANY };
struct config_key {
    const char *name;
    enum config_type type;
};

static const struct config_key storage_keys[] = {
    {"input", OBJECT}, {"output", OBJECT}, {NULL, ANY}};
static const struct config_key input_keys[] = {
    {"read_only_storage_access", ANY}, {"tables", LIST}, {"files", LIST}, {NULL, ANY}};
static const struct config_key output_keys[] = {{"default_bucket", ANY},
                                                {"data_type_support", TEXT},
                                                {"table_modifications", TEXT},
                                                {"treat_values_as_null", LIST},
                                                {"tables", LIST},
                                                {"files", LIST},
                                                {"table_files", OBJECT},
                                                {NULL, ANY}};
static const struct config_key table_files_keys[] = {
    {"tags", LIST}, {"is_permanent", FLAG}, {NULL, ANY}};
static const struct config_key input_table_keys[] = {
    {"source", TEXT},          {"source_branch_id", ANY},
    {"source_search", OBJECT}, {"destination", TEXT},
    {"columns", LIST},         {"column_types", LIST},
    {"changed_since", ANY},    {"days", ANY},
    {"where_column", ANY},     {"where_values", LIST},
    {"where_operator", ANY},   {"limit", ANY},
    {"overwrite", FLAG},       {"load_type", TEXT},
    {"use_view", FLAG},        {"keep_internal_timestamp_column", FLAG},
    {"file_type", TEXT},       {NULL, ANY}};
static const struct config_key column_type_keys[] = {
    {"source", TEXT},     {"type", ANY},     {"destination", ANY},
    {"length", ANY},      {"nullable", ANY}, {"convert_empty_values_to_null", ANY},
    {"compression", ANY}, {NULL, ANY}};
static const struct config_key input_file_keys[] = {
    {"file_ids", LIST},       {"tags", LIST},         {"source", OBJECT},
    {"query", ANY},           {"limit", ANY},         {"overwrite", FLAG},
    {"processed_tags", LIST}, {"changed_since", ANY}, {NULL, ANY}};

/* ---- keys and types ---- */

static void report_config(struct preflight *preflight, const char *path, const char *text)
{
    preflight_report_finding(
        preflight, &preflight->report->findings,
        (struct preflight_note){.rule = "preflight-config-key", .file = CONFIG, .path = path}, "%s",
        text);
}

static bool has_type(const cJSON *node, enum config_type type)
{
    switch (type) {
    case TEXT: return cJSON_IsString(node);
    case FLAG: return cJSON_IsBool(node);
    case NUMBER: return cJSON_IsNumber(node);
    case LIST: return cJSON_IsArray(node);
    case OBJECT: /* an empty list is how PHP writes an empty object */
        return cJSON_IsObject(node) || (cJSON_IsArray(node) && node->child == NULL);
    case ANY: break;
    }
    return true;
}

static const char *type_name(enum config_type type)
{
    static const char *const names[] = {"a string", "true or false", "a number",
                                        "a list",   "an object",     "anything"};
    return names[type];
}

static void judge_key(struct preflight *preflight, const cJSON *node, const struct config_key *keys,
                      const char *path)
{
    struct csvk_findings *to = &preflight->report->findings;
    struct preflight_note note = {.rule = "preflight-config-key", .file = CONFIG, .path = path};
    while (keys->name != NULL && strcmp(keys->name, node->string) != 0) {
        keys++;
    }
    if (keys->name == NULL) {
        preflight_report_finding(preflight, to, note, "Unrecognized option \"%s\" under \"%s\"",
                                 node->string, path);
    } else if (!has_type(node, keys->type) && !cJSON_IsNull(node)) {
        note.remedy = "write a value of that type";
        preflight_report_finding(preflight, to, note, "\"%s\" must be %s", node->string,
                                 type_name(keys->type));
    }
}

static void judge_keys(struct preflight *preflight, const cJSON *object,
                       const struct config_key *keys, const char *path)
{
    const cJSON *node;
    if (!cJSON_IsObject(object)) {
        return;
    }
    cJSON_ArrayForEach(node, object)
    {
        judge_key(preflight, node, keys, path);
    }
}

/* "PATH[i]"; NULL: out of memory. */
static char *path_of(struct preflight *preflight, const char *list, size_t index)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&path, "%s[%zu]", list, index);
    char *text = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
    csvk_buf_release(&path);
    (void)preflight_allocated(preflight, text);
    return text;
}

/* ---- the input mapping ---- */

static bool filled(const cJSON *node)
{
    return node != NULL && !cJSON_IsNull(node) && !(cJSON_IsString(node) && !*node->valuestring) &&
           !(cJSON_IsArray(node) && node->child == NULL);
}

static void judge_column_types(struct preflight *preflight, const cJSON *entry, const char *path)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, preflight_get(entry, "column_types"))
    {
        judge_keys(preflight, node, column_type_keys, path);
        if (preflight_text(node, "source") == NULL) {
            report_config(preflight, path, "a column type needs \"source\"");
        }
    }
}

static void judge_input_table(struct preflight *preflight, const cJSON *entry, const char *path)
{
    judge_keys(preflight, entry, input_table_keys, path);
    judge_column_types(preflight, entry, path);
    const char *op = preflight_text(entry, "where_operator"),
               *type = preflight_text(entry, "file_type");
    if (preflight_text(entry, "source") == NULL && preflight_get(entry, "source_search") == NULL) {
        report_config(preflight, path, "an input mapping needs \"source\"");
    }
    if (filled(preflight_get(entry, "days")) && filled(preflight_get(entry, "changed_since"))) {
        report_config(preflight, path, "\"days\" and \"changed_since\" cannot be used together");
    }
    if (filled(preflight_get(entry, "where_column")) !=
        filled(preflight_get(entry, "where_values"))) {
        report_config(preflight, path,
                      "\"where_column\" and \"where_values\" must be used together");
    }
    if (op != NULL && strcmp(op, "eq") != 0 && strcmp(op, "ne") != 0) {
        report_config(preflight, path, "\"where_operator\" must be eq or ne");
    }
    if (type != NULL && strcmp(type, "csv") != 0 && strcmp(type, "parquet") != 0) {
        report_config(preflight, path, "\"file_type\" must be csv or parquet");
    }
}

static void judge_input_file(struct preflight *preflight, const cJSON *entry, const char *path)
{
    judge_keys(preflight, entry, input_file_keys, path);
    if (!filled(preflight_get(entry, "file_ids")) && !filled(preflight_get(entry, "tags")) &&
        !filled(preflight_get(entry, "query")) &&
        !filled(preflight_get(preflight_get(entry, "source"), "tags"))) {
        report_config(preflight, path, "one of file_ids, tags, source.tags or query is needed");
    }
}

static void judge_list(struct preflight *preflight, const cJSON *list, const char *where,
                       void (*judge)(struct preflight *, const cJSON *, const char *))
{
    const cJSON *entry;
    size_t index = 0;
    if (!cJSON_IsArray(list)) {
        return;
    }
    cJSON_ArrayForEach(entry, list)
    {
        char *path = path_of(preflight, where, index++);
        if (path != NULL && cJSON_IsObject(entry)) {
            judge(preflight, entry, path);
        } else if (path != NULL) {
            report_config(preflight, path, "an entry must be an object");
        }
        csvk_free(path);
    }
}

/* ---- the output mapping ---- */

static void judge_output_entry(struct preflight *preflight, const struct preflight_entry *entry,
                               enum csvk_manifest_kind kind)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = kind;
    how.mapping = true;
    how.support = preflight->support;
    int status = csvk_manifest_check(entry->manifest, &how, &found);
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    preflight_take_manifest(preflight, &preflight->report->findings, &found,
                            (struct preflight_taking){.file = CONFIG, .prefix = entry->path});
    csvk_findings_release(&found);
}

static void read_entry(struct preflight *preflight, const cJSON *node,
                       struct preflight_entry *entry, enum csvk_manifest_kind kind)
{
    entry->node = node;
    entry->source = preflight_text(node, "source");
    if (!cJSON_IsObject(node)) {
        report_config(preflight, entry->path, "an entry must be an object");
        return;
    }
    entry->manifest = preflight_manifest_of(preflight, node);
    if (entry->manifest != NULL) {
        judge_output_entry(preflight, entry, kind);
    }
}

static void read_entries(struct preflight *preflight, const cJSON *list, const char *where,
                         enum csvk_manifest_kind kind, struct preflight_entries *out)
{
    const cJSON *node;
    int size = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (size == 0) {
        return;
    }
    out->item = csvk_calloc((size_t)size, sizeof *out->item);
    if (!preflight_allocated(preflight, out->item)) {
        return;
    }
    cJSON_ArrayForEach(node, list)
    {
        struct preflight_entry *entry = &out->item[out->count];
        entry->path = path_of(preflight, where, out->count++);
        if (entry->path != NULL) {
            read_entry(preflight, node, entry, kind);
        }
    }
}

/* ---- all of it ---- */

static void judge_storage(struct preflight *preflight, const cJSON *storage)
{
    const cJSON *input = preflight_get(storage, "input"),
                *output = preflight_get(storage, "output");
    judge_keys(preflight, storage, storage_keys, "$.storage");
    judge_keys(preflight, input, input_keys, "$.storage.input");
    judge_keys(preflight, output, output_keys, "$.storage.output");
    judge_keys(preflight, preflight_get(output, "table_files"), table_files_keys,
               "$.storage.output.table_files");
    judge_list(preflight, preflight_get(input, "tables"), "$.storage.input.tables",
               judge_input_table);
    judge_list(preflight, preflight_get(input, "files"), "$.storage.input.files", judge_input_file);
    read_entries(preflight, preflight_get(output, "tables"), "$.storage.output.tables",
                 CSVK_MANIFEST_OUT_TABLE, &preflight->config.tables);
    read_entries(preflight, preflight_get(output, "files"), "$.storage.output.files",
                 CSVK_MANIFEST_OUT_FILE, &preflight->config.files);
}

/* The bucket that bare table names go to: from the options, from the configuration, or made of the
   ids of component and configuration. */
static void find_default_bucket(struct preflight *preflight)
{
    const cJSON *output = preflight_get(preflight_get(preflight->config.root, "storage"), "output");
    const char *given = preflight->options->default_bucket;
    given = given != NULL ? given : preflight_text(output, "default_bucket");
    const char *component = preflight_environment(preflight, "KBC_COMPONENTID");
    const char *config = preflight_environment(preflight, "KBC_CONFIGID");
    if (given != NULL && given[0] != '\0') {
        preflight->report->default_bucket = csvk_strdup(given);
        (void)preflight_allocated(preflight, preflight->report->default_bucket);
    } else if (given == NULL && component != NULL && config != NULL) {
        struct csvk_buf bucket = CSVK_BUF_INIT;
        int status = csvk_default_bucket("in", component, config, &bucket);
        char *made = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&bucket)) : NULL;
        csvk_buf_release(&bucket);
        preflight->report->default_bucket = made;
        (void)preflight_allocated(preflight, made);
    }
}

/* Decides type support, staging and default bucket: options come first, then the environment (of
   type support), then the configuration. */
static void resolve_settings(struct preflight *preflight)
{
    const cJSON *output = preflight_get(preflight_get(preflight->config.root, "storage"), "output");
    const cJSON *workspace =
        preflight_get(preflight_get(preflight->config.root, "authorization"), "workspace");
    const char *support = preflight_text(output, "data_type_support");
    const char *environment = preflight_environment(preflight, "KBC_DATA_TYPE_SUPPORT");
    preflight->support = preflight->options->support != CSVK_SUPPORT_UNKNOWN
                             ? preflight->options->support
                             : csvk_type_support_parse(environment != NULL ? environment : support);
    preflight->slicing = preflight_has_slicing(preflight);
    preflight->staging = preflight->options->staging != CSVK_STAGING_AUTO
                             ? preflight->options->staging
                         : cJSON_IsObject(workspace) ? CSVK_STAGING_WORKSPACE
                                                     : CSVK_STAGING_LOCAL;
    find_default_bucket(preflight);
}

void preflight_read_config(struct preflight *preflight)
{
    preflight->config.root = preflight_read_object(preflight, CONFIG, "preflight-config");
    resolve_settings(preflight);
    const cJSON *storage = preflight_get(preflight->config.root, "storage");
    if (storage != NULL && !has_type(storage, OBJECT)) {
        report_config(preflight, "$.storage", "\"storage\" must be an object");
    } else if (storage != NULL) {
        judge_storage(preflight, storage);
    }
}

static void entries_release(struct preflight_entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        csvk_manifest_free(entries->item[i].manifest);
        csvk_free(entries->item[i].path);
    }
    csvk_free(entries->item);
    *entries = (struct preflight_entries){0};
}

void preflight_config_release(struct preflight_config *config)
{
    entries_release(&config->tables);
    entries_release(&config->files);
    cJSON_Delete(config->root);
    config->root = NULL;
}
