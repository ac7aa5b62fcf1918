/*
 * out_files.c - judges out/files: regular files at depth 0, their manifests, and the mapping, whose
 * entry replaces the manifest of a file completely. Rules: preflight-orphan and
 * preflight-mapping-source.
 */
#include "preflight/preflight_private.h"

#include <string.h>

#define FILES "out/files"

static bool begin_file(struct preflight *preflight, const struct preflight_item *item)
{
    struct csvk_preflight_report *report = preflight->report;
    if (report->nfiles == report->file_capacity) {
        size_t capacity = report->file_capacity < 8 ? 8 : report->file_capacity * 2;
        struct csvk_preflight_file *list = csvk_reallocarray(report->file, capacity, sizeof *list);
        if (!preflight_allocated(preflight, list)) {
            return false;
        }
        report->file = list;
        report->file_capacity = capacity;
    }
    struct csvk_preflight_file file = {.source = csvk_strdup(item->name), .bytes = item->size};
    report->file[report->nfiles++] = file;
    return preflight_allocated(preflight, file.source);
}

/* Fills in tags and is_permanent from `keys`, a manifest or an entry of the mapping. */
static void describe(struct preflight *preflight, struct csvk_preflight_file *file,
                     const cJSON *keys)
{
    const cJSON *tag;
    cJSON_ArrayForEach(tag, preflight_get(keys, "tags"))
    {
        if (cJSON_IsString(tag)) {
            int status = csvk_strings_add(&file->tags, tag->valuestring);
            (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
        }
    }
    file->is_permanent = cJSON_IsTrue(preflight_get(keys, "is_permanent"));
}

static void judge_manifest(struct preflight *preflight, struct csvk_preflight_file *file,
                           const char *relative, bool replaced)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_FILE;
    struct csvk_manifest *manifest = preflight_read_manifest(preflight, relative, &found);
    if (manifest != NULL) {
        int status = csvk_manifest_check(manifest, &how, &found);
        cJSON *tree = preflight_tree(preflight, manifest);
        (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
        if (!replaced) {
            describe(preflight, file, tree);
        }
        cJSON_Delete(tree);
    }
    preflight_take_manifest(preflight, &file->findings, &found,
                            (struct preflight_taking){.file = relative});
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
}

static const struct preflight_entry *find_entry(struct preflight *preflight, const char *name)
{
    const struct preflight_entry *found = NULL;
    for (size_t i = 0; i < preflight->config.files.count; i++) {
        struct preflight_entry *entry = &preflight->config.files.item[i];
        if (entry->source != NULL && strcmp(entry->source, name) == 0) {
            entry->used = true;
            found = entry;
        }
    }
    return found;
}

static void judge_file(struct preflight *preflight, const struct preflight_listing *listing,
                       const struct preflight_item *item)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    const struct preflight_entry *entry = find_entry(preflight, item->name);
    int status = csvk_buf_printf(&name, "%s.manifest", item->name);
    if (!preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL) ||
        !begin_file(preflight, item)) {
        csvk_buf_release(&name);
        return;
    }
    struct csvk_preflight_file *file = &preflight->report->file[preflight->report->nfiles - 1];
    char *manifest = preflight_join(preflight, FILES, csvk_buf_text(&name));
    if (entry != NULL) {
        describe(preflight, file, entry->node);
    }
    if (manifest != NULL && preflight_listing_find(listing, csvk_buf_text(&name)) != NULL) {
        judge_manifest(preflight, file, manifest, entry != NULL);
    }
    csvk_free(manifest);
    csvk_buf_release(&name);
}

static void judge_orphan(struct preflight *preflight, const struct preflight_listing *listing,
                         const struct preflight_item *item)
{
    char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
    char *relative = preflight_join(preflight, FILES, item->name);
    if (preflight_allocated(preflight, bare) && preflight_listing_find(listing, bare) == NULL) {
        preflight_report_finding(
            preflight, &preflight->report->findings,
            (struct preflight_note){.rule = "preflight-orphan", .file = relative},
            "Found orphaned file manifest: '%s'", item->name);
    }
    csvk_free(relative);
    csvk_free(bare);
}

void preflight_judge_files(struct preflight *preflight)
{
    struct preflight_listing listing = {0};
    preflight_list(preflight, FILES, PREFLIGHT_FILES, &listing, &preflight->report->findings);
    for (size_t i = 0; i < listing.count && preflight->status == CSVK_OK; i++) {
        const struct preflight_item *item = &listing.item[i];
        if (preflight_ends_with(item->name, ".manifest")) {
            judge_orphan(preflight, &listing, item);
        } else {
            judge_file(preflight, &listing, item);
        }
    }
    for (size_t i = 0; i < preflight->config.files.count; i++) {
        const struct preflight_entry *entry = &preflight->config.files.item[i];
        if (!entry->used && entry->source != NULL) {
            preflight_report_finding(preflight, &preflight->report->findings,
                                     (struct preflight_note){.rule = "preflight-mapping-source",
                                                             .file = "config.json",
                                                             .path = entry->path},
                                     "File '%s' not found.", entry->source);
        }
    }
    preflight_listing_release(&listing);
}
