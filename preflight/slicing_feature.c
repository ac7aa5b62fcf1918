/*
 * slicing_feature.c - what a project that has its files sliced by the platform refuses:
 * preflight-mapping-slicing. It slices with what the manifest says alone, so a mapping that
 * describes the data is refused. Nothing is sliced, and nothing refused, when a file has no bytes
 * or a folder of slices has no manifest.
 */
#include "preflight/preflight_private.h"

#include <string.h>

/* An option says so, or the platform's list of the features of the project, separated by commas. */
bool preflight_has_slicing(const struct preflight *preflight)
{
    static const char name[] = "output-mapping-slice";
    const char *list = preflight_environment(preflight, "KBC_PROJECT_FEATURE_GATES");
    for (const char *at = list; at != NULL && *at != '\0'; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ", ");
        if (length == strlen(name) && strncmp(at, name, length) == 0) {
            return true;
        }
        at += length;
    }
    return (preflight->options->features & CSVK_FEATURE_SLICING) != 0;
}

static bool differs(const cJSON *entry, const char *key, const char *otherwise)
{
    const cJSON *node = preflight_get(entry, key);
    return cJSON_IsString(node) && strcmp(node->valuestring, otherwise) != 0;
}

void preflight_judge_slicing(struct preflight *preflight, struct csvk_findings *to,
                             const struct preflight_item *item, bool manifest,
                             const struct preflight_entry *entry)
{
    const cJSON *columns = preflight_get(entry->node, "columns");
    bool sliced = item->kind == PREFLIGHT_DIRECTORY ? manifest : item->size != 0;
    const char *key = differs(entry->node, "delimiter", ",")    ? "delimiter"
                      : differs(entry->node, "enclosure", "\"") ? "enclosure"
                      : cJSON_GetArraySize(columns) > 0         ? "columns"
                                                                : NULL;
    if (preflight->slicing && sliced && key != NULL) {
        preflight_report_finding(
            preflight, to,
            (struct preflight_note){
                .rule = "preflight-mapping-slicing", .file = "config.json", .path = entry->path},
            "the mapping has \"%s\", and the platform slices the file itself", key);
    }
}
