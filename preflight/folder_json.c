/*
 * folder_json.c - JSON of a data folder. The strict reader of manifests reads it (repeated keys,
 * depth, size and encoding are judged there); what it accepted is then a plain tree.
 */
#include "preflight/preflight_private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

const cJSON *pf_get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *pf_text(const cJSON *object, const char *key)
{
    const cJSON *node = pf_get(object, key);
    return cJSON_IsString(node) && node->valuestring[0] != '\0' ? node->valuestring : NULL;
}

cJSON *pf_tree(struct pf *pf, const struct csvk_manifest *manifest)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    cJSON *tree = NULL;
    if (csvk_manifest_print(manifest, &text) == CSVK_OK) {
        tree = cJSON_Parse(csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    (void)pf_kept(pf, tree);
    return tree;
}

struct csvk_manifest *pf_manifest_of(struct pf *pf, const cJSON *object)
{
    struct csvk_manifest_findings none = {.limit = 1};
    struct csvk_manifest *manifest = NULL;
    char *text = cJSON_PrintUnformatted(object);
    if (pf_kept(pf, text)) {
        int status = csvk_manifest_parse(&manifest, text, strlen(text), &none, NULL);
        (void)pf_kept(pf, status == CSVK_OK ? manifest : NULL);
    }
    cJSON_free(text);
    csvk_manifest_findings_release(&none);
    return manifest;
}

struct csvk_manifest *pf_read_manifest(struct pf *pf, const char *relative,
                                       struct csvk_manifest_findings *to)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_error err = {0};
    char *full = pf_full(pf, relative);
    int status = full != NULL ? csvk_manifest_read(&manifest, full, to, &err) : CSVK_ENOMEM;
    if (status == CSVK_ENOMEM) {
        (void)pf_kept(pf, NULL);
    } else if (status != CSVK_OK && status != CSVK_EDATA) {
        pf_say_trouble(pf, &pf->report->findings, relative, &err);
    }
    csvk_free(full);
    return manifest;
}

/* The platform's words for a manifest that is not JSON do not fit other files. */
static void say_found(struct pf *pf, struct pf_note note, const char *message)
{
    static const char words[] = "Failed to parse manifest file as \"json\": ";
    bool parsing = strncmp(message, words, sizeof(words) - 1) == 0;
    pf_say(pf, &pf->report->findings, note, parsing ? "not JSON: %s" : "%s",
           parsing ? message + sizeof(words) - 1 : message);
}

cJSON *pf_read_object(struct pf *pf, const char *relative, const char *rule)
{
    struct csvk_manifest_findings found = {.limit = 20};
    struct stat info;
    char *full = pf_full(pf, relative);
    struct csvk_manifest *manifest = NULL;
    if (full != NULL && lstat(full, &info) == 0 && S_ISREG(info.st_mode)) {
        manifest = pf_read_manifest(pf, relative, &found);
    } else if (full != NULL && errno != ENOENT) {
        pf_say(pf, &pf->report->findings, (struct pf_note){.rule = rule, .file = relative},
               "not a regular file");
    }
    for (size_t i = 0; i < found.count; i++) {
        struct pf_note note = {.rule = rule, .file = relative, .mend = found.item[i].mend};
        note.line = found.item[i].line;
        note.column = found.item[i].column;
        say_found(pf, note, found.item[i].message);
    }
    cJSON *tree = manifest != NULL ? pf_tree(pf, manifest) : NULL;
    csvk_manifest_free(manifest);
    csvk_manifest_findings_release(&found);
    csvk_free(full);
    return tree;
}
