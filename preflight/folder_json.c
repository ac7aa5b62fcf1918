/*
 * folder_json.c - reads JSON files of a data folder. The strict reader of manifests reads them, so
 * repeated keys, depth, size and encoding are judged as in a manifest; what it accepts is then
 * printed and parsed into a plain cJSON tree.
 */
#include "preflight/preflight_private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

const cJSON *preflight_get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *preflight_text(const cJSON *object, const char *key)
{
    const cJSON *node = preflight_get(object, key);
    return cJSON_IsString(node) && node->valuestring[0] != '\0' ? node->valuestring : NULL;
}

cJSON *preflight_tree(struct preflight *preflight, const struct csvk_manifest *manifest)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    cJSON *tree = NULL;
    if (csvk_manifest_print(manifest, &text) == CSVK_OK) {
        tree = cJSON_Parse(csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    (void)preflight_allocated(preflight, tree);
    return tree;
}

struct csvk_manifest *preflight_manifest_of(struct preflight *preflight, const cJSON *object)
{
    struct csvk_findings none = {.limit = 1};
    struct csvk_manifest *manifest = NULL;
    char *text = cJSON_PrintUnformatted(object);
    if (preflight_allocated(preflight, text)) {
        int status = csvk_manifest_parse(&manifest, text, strlen(text), &none, NULL);
        (void)preflight_allocated(preflight, status == CSVK_OK ? manifest : NULL);
    }
    cJSON_free(text);
    csvk_findings_release(&none);
    return manifest;
}

struct csvk_manifest *preflight_read_manifest(struct preflight *preflight, const char *relative,
                                              struct csvk_findings *to)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_error err = {0};
    char *full = preflight_full(preflight, relative);
    int status = full != NULL ? csvk_manifest_read(&manifest, full, to, &err) : CSVK_ENOMEM;
    if (status == CSVK_ENOMEM) {
        (void)preflight_allocated(preflight, NULL);
    } else if (status != CSVK_OK && status != CSVK_EDATA) {
        preflight_report_trouble(preflight, &preflight->report->findings, relative, &err);
    }
    csvk_free(full);
    return manifest;
}

/* A manifest that is not JSON is reported in the platform's own words; in other files these are
   replaced. */
static void report_found(struct preflight *preflight, struct preflight_note note,
                         const char *message)
{
    static const char words[] = "Failed to parse manifest file as \"json\": ";
    bool parsing = strncmp(message, words, sizeof(words) - 1) == 0;
    preflight_report_finding(preflight, &preflight->report->findings, note,
                             parsing ? "not JSON: %s" : "%s",
                             parsing ? message + sizeof(words) - 1 : message);
}

cJSON *preflight_read_object(struct preflight *preflight, const char *relative, const char *rule)
{
    struct csvk_findings found = {.limit = 20};
    struct stat info;
    char *full = preflight_full(preflight, relative);
    struct csvk_manifest *manifest = NULL;
    if (full != NULL && lstat(full, &info) == 0 && S_ISREG(info.st_mode)) {
        manifest = preflight_read_manifest(preflight, relative, &found);
    } else if (full != NULL && errno != ENOENT) {
        preflight_report_finding(preflight, &preflight->report->findings,
                                 (struct preflight_note){.rule = rule, .file = relative},
                                 "not a regular file");
    }
    for (size_t i = 0; i < found.count; i++) {
        struct preflight_note note = {
            .rule = rule, .file = relative, .remedy = found.item[i].remedy};
        note.line = found.item[i].line;
        note.column = found.item[i].column;
        report_found(preflight, note, found.item[i].message);
    }
    cJSON *tree = manifest != NULL ? preflight_tree(preflight, manifest) : NULL;
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
    csvk_free(full);
    return tree;
}
