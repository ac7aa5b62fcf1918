/*
 * manifest_check.c - judges a manifest alone, without its data.
 *
 * The order is that of the platform: keys and types, conflicts, deletion, schema, columns and keys,
 * dialect, destination, kind of load. Where the platform has words for a fault, the message uses
 * them, so that a person can find them again in the log of a job.
 */
#include "manifest/manifest_tree.h"

#include "csvkit/base/sized.h"

#include <string.h>

static const struct csvk_sized judge_type =
    CSVK_SIZED(struct csvk_manifest_judge, mapping, "csvk_manifest_judge_init");

void csvk_manifest_judge_init_sized(struct csvk_manifest_judge *judge, size_t size)
{
    const struct csvk_manifest_judge defaults = {.size = sizeof defaults};
    csvk_sized_init(&judge_type, judge, size, &defaults);
}

enum csvk_type_support csvk_type_support_parse(const char *text)
{
    static const char *const names[] = {"", "none", "hints", "authoritative"};
    for (size_t i = 1; text != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            return (enum csvk_type_support)i;
        }
    }
    return CSVK_SUPPORT_UNKNOWN;
}

/* ---- values of single keys ---- */

static bool one_of(const char *text, const char *const *allowed)
{
    for (; *allowed != NULL; allowed++) {
        if (strcmp(text, *allowed) == 0) {
            return true;
        }
    }
    return false;
}

static void judge_choice(struct judge *judge, const cJSON *root, const char *key,
                         const char *const *allowed)
{
    const char *text = tree_text(root, key);
    if (!cJSON_IsString(tree_get(root, key)) || one_of(text, allowed)) {
        return;
    }
    size_t mark = path_key(judge, key);
    struct complaint what = {.rule = RULE_VALUE, .node = tree_get(root, key)};
    complain(judge, what, "\"%s\" cannot be \"%s\"; allowed: %s%s%s", key, text, allowed[0],
             allowed[1] != NULL ? ", " : "", allowed[1] != NULL ? allowed[1] : "");
    path_back(judge, mark);
}

static void judge_choices(struct judge *judge, const cJSON *root)
{
    static const char *const dedup[] = {"insert", "upsert", NULL};
    static const char *const unload[] = {"direct-grant", NULL};
    judge_choice(judge, root, "deduplication_strategy", dedup);
    judge_choice(judge, root, "unload_strategy", unload);
    const char *type = tree_text(root, "manifest_type");
    if (type != NULL && strcmp(type, "output") != 0) {
        size_t mark = path_key(judge, "manifest_type");
        struct complaint what = {.rule = RULE_VALUE,
                                 .node = tree_get(root, "manifest_type"),
                                 .remedy = "write \"output\"",
                                 .mild = true};
        complain(judge, what, "\"manifest_type\" is \"%s\"; new manifests of tables say \"output\"",
                 type);
        path_back(judge, mark);
    }
}

/* Judges a delimiter or an enclosure of at least `least` characters, by what Storage would refuse
   as invalidCsv. */
static void judge_mark(struct judge *judge, const cJSON *root, const char *key, size_t least)
{
    const char *text = tree_text(root, key);
    if (text == NULL || strcmp(text, "\\t") == 0) {
        return;
    }
    size_t length = strlen(text);
    const char *wrong = length < least                  ? "must not be empty"
                        : length > 1                    ? "must be one character of one byte"
                        : length == 0                   ? NULL
                        : strchr("\r\n", *text) != NULL ? "must not be a line break"
                                                        : NULL;
    if (wrong != NULL) {
        size_t mark = path_key(judge, key);
        struct complaint what = {.rule = RULE_DIALECT, .node = tree_get(root, key)};
        complain(judge, what, "\"%s\" %s, found \"%s\"", key, wrong, text);
        path_back(judge, mark);
    }
}

static void judge_dialect(struct judge *judge, const cJSON *root)
{
    judge_mark(judge, root, "delimiter", 1);
    judge_mark(judge, root, "enclosure", 0);
    const char *delimiter = tree_text(root, "delimiter"), *enclosure = tree_text(root, "enclosure");
    delimiter = delimiter != NULL ? delimiter : ",";
    enclosure = enclosure != NULL ? enclosure : "\"";
    if (enclosure[0] != '\0' && strcmp(delimiter, enclosure) == 0) {
        const cJSON *node = tree_get(root, "enclosure");
        struct complaint what = {.rule = RULE_DIALECT};
        what.node = node != NULL ? node : tree_get(root, "delimiter");
        complain(judge, what, "delimiter and enclosure are both \"%s\"", delimiter);
    }
}

static void judge_destination(struct judge *judge, const cJSON *root,
                              const struct csvk_manifest_judge *how)
{
    const char *written = tree_text(root, "destination");
    if (how->name == NULL && !tree_filled(tree_get(root, "destination"))) {
        return;
    }
    struct csvk_destination got = {CSVK_DESTINATION_NONE, NULL, NULL};
    const char *bucket = how->default_bucket != NULL ? how->default_bucket : "in.c-DEFAULT";
    int status = csvk_destination_resolve(how->name != NULL ? how->name : "table",
                                          how->mapping ? NULL : written,
                                          how->mapping ? written : NULL, bucket, &got);
    if (status != CSVK_OK) {
        judge->status = status;
        return;
    }
    bool fatal = true;
    const char *doubt = got.id != NULL ? csvk_destination_doubt(got.id, &fatal) : NULL;
    bool silent = !tree_filled(tree_get(root, "destination"));
    size_t mark = path_key(judge, "destination");
    struct complaint what = {.rule = RULE_DESTINATION, .node = tree_get(root, "destination")};
    what.remedy = silent ? "add \"destination\": \"in.c-bucket.table\", unless the output mapping "
                           "names the table"
                         : "write a table id, such as \"in.c-bucket.table\"";
    if (got.error != NULL) {
        what.mild = silent; /* the output mapping may still name the table */
        complain(judge, what, "%s", got.error);
    } else if (doubt != NULL) {
        what.mild = silent || !fatal;
        complain(judge, what, "\"%s\": %s", got.id, doubt);
    } else if (got.rule == CSVK_DESTINATION_NAME) {
        what.mild = true;
        complain(judge, what, "the file's name is taken as the table id \"%s\"", got.id);
    }
    path_back(judge, mark);
    csvk_destination_release(&got);
}

/* Fields that are harmful or pointless with this kind of load, full or incremental. */
static void judge_load(struct judge *judge, const struct csvk_manifest *manifest)
{
    const cJSON *root = manifest->root;
    struct csvk_manifest_table table = {0};
    if (csvk_manifest_table(manifest, &table) != CSVK_OK) {
        judge->status = CSVK_ENOMEM;
    }
    bool deletes = table.delete_column != NULL || tree_filled(tree_get(root, "delete_where"));
    struct complaint what = {.rule = RULE_INCREMENTAL, .node = tree_get(root, "incremental")};
    if (table.incremental && table.primary_key.count == 0 && !deletes) {
        what.remedy = "set a primary key, or delete the rows first with delete_where";
        complain(judge, what,
                 "incremental without a primary key: rows are appended, and appended "
                 "once more when the job runs again");
    }
    if (deletes && !table.incremental) {
        what.node = tree_get(root, "delete_where_column");
        what.remedy = "set \"incremental\": true";
        complain(judge, what,
                 "delete_where without incremental: a full load replaces all rows "
                 "anyway");
    }
    csvk_manifest_table_release(&table);
}

static void judge_support(struct judge *judge, const cJSON *root, enum csvk_type_support support)
{
    bool wanted = support == CSVK_SUPPORT_HINTS || support == CSVK_SUPPORT_AUTHORITATIVE;
    if (wanted && !tree_filled(tree_get(root, "schema"))) {
        struct complaint what = {
            .rule = RULE_SCHEMA_MISSING,
            .remedy = "convert it: csvkit manifest convert --to=native; or write it with "
                      "types: csvkit manifest create --data-type=auto"};
        complain(judge, what, "Configuration schema is missing.");
    }
}

/* The platform refuses empty tags of tables; of files it takes them. */
static void judge_tags(struct judge *judge, const cJSON *root, bool of_table)
{
    size_t outer = path_key(judge, "tags"), index = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_list(root, "tags"))
    {
        if (cJSON_IsNull(node) || (cJSON_IsString(node) && node->valuestring[0] == '\0')) {
            size_t mark = path_index(judge, index);
            struct complaint what = {.rule = RULE_VALUE, .node = node, .mild = !of_table};
            what.remedy = "remove it";
            complain(judge, what, "an empty tag");
            path_back(judge, mark);
        }
        index++;
    }
    path_back(judge, outer);
}

static void judge_out_table(struct judge *judge, const struct csvk_manifest *manifest,
                            const struct csvk_manifest_judge *how)
{
    const cJSON *root = manifest->root;
    judge_choices(judge, root);
    judge_conflicts(judge, root);
    judge_delete(judge, root);
    judge_schema(judge, tree_list(root, "schema"), how->support);
    judge_columns(judge, manifest);
    judge_pairs(judge, root, how->kind);
    judge_dialect(judge, root);
    judge_destination(judge, root, how);
    judge_support(judge, root, how->mapping ? CSVK_SUPPORT_UNKNOWN : how->support);
    judge_load(judge, manifest);
    judge_tags(judge, root, true);
}

/* A mapping needs "source"; a manifest must not have it. */
static void judge_source(struct judge *judge, const cJSON *root, bool mapping)
{
    const cJSON *source = tree_get(root, "source");
    if (mapping && !tree_filled(source)) {
        complain(judge, (struct complaint){.rule = RULE_REQUIRED, .node = source},
                 "a mapping needs \"source\"");
    } else if (!mapping && source != NULL) {
        size_t mark = path_key(judge, "source");
        struct complaint what = {.rule = RULE_UNKNOWN_KEY,
                                 .node = source,
                                 .remedy =
                                     "\"source\" belongs in the output mapping; a manifest is "
                                     "matched to its data by name"};
        complain(judge, what, "Unrecognized option \"source\"");
        path_back(judge, mark);
    }
}

static void judge_as(struct judge *judge, const struct csvk_manifest *manifest,
                     const struct csvk_manifest_judge *how)
{
    judge_keys(judge, manifest->root, keys_of_kind(how->kind));
    switch (how->kind) {
    case CSVK_MANIFEST_OUT_TABLE:
        judge_source(judge, manifest->root, how->mapping);
        judge_out_table(judge, manifest, how);
        break;
    case CSVK_MANIFEST_OUT_FILE:
        judge_source(judge, manifest->root, how->mapping);
        judge_tags(judge, manifest->root, false);
        break;
    case CSVK_MANIFEST_IN_TABLE:
        judge_input_schema(judge, tree_list(manifest->root, "schema"));
        judge_pairs(judge, manifest->root, how->kind);
        judge_staging(judge, manifest->root);
        break;
    default: judge_staging(judge, manifest->root); break;
    }
}

int csvk_manifest_check(const struct csvk_manifest *manifest, const struct csvk_manifest_judge *how,
                        struct csvk_findings *findings)
{
    struct csvk_manifest_judge own;
    csvk_manifest_judge_init(&own);
    int status = csvk_sized_read(&judge_type, &own, how, NULL);
    if (status != CSVK_OK) {
        return status;
    }
    if (own.kind == CSVK_MANIFEST_AUTO) {
        own.kind = csvk_manifest_guess(manifest, NULL, false);
    }
    struct judge judge;
    judge_begin(&judge, manifest, findings, "$");
    judge_as(&judge, manifest, &own);
    return judge_end(&judge);
}

int csvk_manifest_check_reading(const struct csvk_manifest *manifest, const char *path,
                                enum csvk_backend backend, enum csvk_severity most,
                                struct csvk_findings *findings)
{
    struct csvk_manifest_judge how;
    struct judge judge;
    csvk_manifest_judge_init(&how);
    how.kind = csvk_manifest_guess(manifest, path, false);
    judge_begin(&judge, manifest, findings, "$");
    judge.reading = true;
    judge.backend = backend;
    judge.most = most;
    judge_as(&judge, manifest, &how);
    return judge_end(&judge);
}
