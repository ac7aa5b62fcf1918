/* check_delete.c - judges which rows are to be deleted before a load: the short form
 * (delete_where_column) and the list of filters (delete_where). */
#include "manifest/manifest_tree.h"

#include <string.h>

static void complain_at_key(struct judge *judge, const cJSON *object, const char *key,
                            const char *message)
{
    const cJSON *node = tree_get(object, key);
    size_t mark = path_key(judge, key);
    struct complaint what = {.rule = RULE_DELETE_WHERE, .node = node != NULL ? node : object};
    complain(judge, what, "%s", message);
    path_back(judge, mark);
}

static void judge_operator(struct judge *judge, const cJSON *object, const char *key,
                           const char *also_allowed)
{
    const char *text = tree_text(object, key);
    if (text != NULL && strcmp(text, "eq") != 0 && strcmp(text, "ne") != 0 &&
        (also_allowed == NULL || strcmp(text, also_allowed) != 0)) {
        complain_at_key(judge, object, key, "the operator must be \"eq\" or \"ne\"");
    }
}

static void judge_short_form(struct judge *judge, const cJSON *root)
{
    bool column = tree_filled(tree_get(root, "delete_where_column"));
    bool values = tree_filled(tree_get(root, "delete_where_values"));
    judge_operator(judge, root, "delete_where_operator", "");
    if (column && !values) {
        complain_at_key(
            judge, root, "delete_where_values",
            "When \"delete_where_column\" option is set, then the \"delete_where_values\" is "
            "required.");
    } else if (values && !column) {
        complain(judge,
                 (struct complaint){.rule = RULE_DELETE_WHERE,
                                    .node = tree_get(root, "delete_where_values"),
                                    .remedy = "add \"delete_where_column\"",
                                    .mild = true},
                 "\"delete_where_values\" does nothing without \"delete_where_column\"");
    }
}

static void need(struct judge *judge, const cJSON *object, const char *key)
{
    if (!tree_filled(tree_get(object, key))) {
        struct complaint what = {.rule = RULE_REQUIRED, .node = object};
        complain(judge, what, "\"%s\" is required", key);
    }
}

static void judge_source(struct judge *judge, const cJSON *filter, const char *key,
                         const struct key_row *rows)
{
    const cJSON *source = tree_get(filter, key);
    if (!cJSON_IsObject(source)) {
        return;
    }
    size_t mark = path_key(judge, key);
    judge_keys(judge, source, rows);
    if (rows == storage_keys) {
        need(judge, source, "bucket_id");
    }
    need(judge, source, "table");
    path_back(judge, mark);
}

/* A filter needs exactly one source of values. */
static void judge_sources(struct judge *judge, const cJSON *filter)
{
    static const char *const sources[] = {"values_from_set", "values_from_workspace",
                                          "values_from_storage"};
    size_t given = 0;
    for (size_t i = 0; i < 3; i++) {
        given += tree_filled(tree_get(filter, sources[i]));
    }
    if (given != 1) {
        complain(judge, (struct complaint){.rule = RULE_DELETE_WHERE, .node = filter},
                 given > 1 ? "Only one of \"values_from_set\", \"values_from_workspace\", or "
                             "\"values_from_storage\" can be defined."
                           : "One of \"values_from_set\", \"values_from_workspace\", or "
                             "\"values_from_storage\" must be defined.");
    }
    judge_source(judge, filter, "values_from_workspace", workspace_keys);
    judge_source(judge, filter, "values_from_storage", storage_keys);
}

static void judge_filters(struct judge *judge, const cJSON *filters)
{
    size_t outer = path_key(judge, "where_filters"), index = 0;
    const cJSON *filter;
    cJSON_ArrayForEach(filter, filters)
    {
        size_t mark = path_index(judge, index++);
        if (cJSON_IsObject(filter)) {
            judge_keys(judge, filter, filter_keys);
            need(judge, filter, "column");
            judge_operator(judge, filter, "operator", NULL);
            judge_sources(judge, filter);
        }
        path_back(judge, mark);
    }
    path_back(judge, outer);
}

/* A time that the platform takes for one: in PHP "0" is as empty as "". */
static bool has_time(const cJSON *deletion, const char *key)
{
    const char *text = tree_text(deletion, key);
    return text != NULL && text[0] != '\0' && strcmp(text, "0") != 0;
}

static void judge_deletion(struct judge *judge, const cJSON *deletion)
{
    judge_keys(judge, deletion, delete_keys);
    if (!has_time(deletion, "changed_since") && !has_time(deletion, "changed_until") &&
        !tree_filled(tree_get(deletion, "where_filters"))) {
        complain(judge, (struct complaint){.rule = RULE_DELETE_WHERE, .node = deletion},
                 "At least one of \"changed_since\", \"changed_until\", or \"where_filters\" must "
                 "be defined.");
    }
    judge_filters(judge, tree_list(deletion, "where_filters"));
}

void judge_delete(struct judge *judge, const cJSON *root)
{
    judge_short_form(judge, root);
    size_t outer = path_key(judge, "delete_where"), index = 0;
    const cJSON *deletion;
    cJSON_ArrayForEach(deletion, tree_list(root, "delete_where"))
    {
        size_t mark = path_index(judge, index++);
        if (cJSON_IsObject(deletion)) {
            judge_deletion(judge, deletion);
        }
        path_back(judge, mark);
    }
    path_back(judge, outer);
}
