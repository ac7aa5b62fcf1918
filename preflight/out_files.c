/*
 * out_files.c - out/files: regular files at depth 0, their manifests, and the mapping, an entry of
 * which replaces the manifest completely.
 */
#include "preflight/preflight_private.h"

#include <string.h>

#define FILES "out/files"

static bool begin_file(struct pf *pf, const struct pf_item *item)
{
    struct csvk_preflight_report *report = pf->report;
    if (report->nfiles == report->file_capacity) {
        size_t capacity = report->file_capacity < 8 ? 8 : report->file_capacity * 2;
        struct csvk_preflight_file *list = csvk_reallocarray(report->file, capacity, sizeof *list);
        if (!pf_kept(pf, list)) {
            return false;
        }
        report->file = list;
        report->file_capacity = capacity;
    }
    struct csvk_preflight_file file = {.source = csvk_strdup(item->name), .bytes = item->size};
    report->file[report->nfiles++] = file;
    return pf_kept(pf, file.source);
}

static void describe(struct pf *pf, struct csvk_preflight_file *file, const cJSON *said)
{
    const cJSON *tag;
    cJSON_ArrayForEach(tag, pf_get(said, "tags"))
    {
        if (cJSON_IsString(tag)) {
            int status = csvk_strings_add(&file->tags, tag->valuestring);
            (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
        }
    }
    file->is_permanent = cJSON_IsTrue(pf_get(said, "is_permanent"));
}

static void judge_manifest(struct pf *pf, struct csvk_preflight_file *file, const char *relative,
                           bool replaced)
{
    struct csvk_manifest_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_FILE;
    struct csvk_manifest *manifest = pf_read_manifest(pf, relative, &found);
    if (manifest != NULL) {
        int status = csvk_manifest_check(manifest, &how, &found);
        cJSON *tree = pf_tree(pf, manifest);
        (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
        if (!replaced) {
            describe(pf, file, tree);
        }
        cJSON_Delete(tree);
    }
    pf_take_manifest(pf, &file->findings, &found, (struct pf_taking){.file = relative});
    csvk_manifest_free(manifest);
    csvk_manifest_findings_release(&found);
}

static const struct pf_entry *find_entry(struct pf *pf, const char *name)
{
    const struct pf_entry *found = NULL;
    for (size_t i = 0; i < pf->config.files.count; i++) {
        struct pf_entry *entry = &pf->config.files.item[i];
        if (entry->source != NULL && strcmp(entry->source, name) == 0) {
            entry->used = true;
            found = entry;
        }
    }
    return found;
}

static void judge_file(struct pf *pf, const struct pf_listing *listing, const struct pf_item *item)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    const struct pf_entry *entry = find_entry(pf, item->name);
    int status = csvk_buf_printf(&name, "%s.manifest", item->name);
    if (!pf_kept(pf, status == CSVK_OK ? pf : NULL) || !begin_file(pf, item)) {
        csvk_buf_release(&name);
        return;
    }
    struct csvk_preflight_file *file = &pf->report->file[pf->report->nfiles - 1];
    char *manifest = pf_join(pf, FILES, csvk_buf_text(&name));
    if (entry != NULL) {
        describe(pf, file, entry->node);
    }
    if (manifest != NULL && pf_listing_find(listing, csvk_buf_text(&name)) != NULL) {
        judge_manifest(pf, file, manifest, entry != NULL);
    }
    csvk_free(manifest);
    csvk_buf_release(&name);
}

static void judge_orphan(struct pf *pf, const struct pf_listing *listing,
                         const struct pf_item *item)
{
    char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
    char *relative = pf_join(pf, FILES, item->name);
    if (pf_kept(pf, bare) && pf_listing_find(listing, bare) == NULL) {
        pf_say(pf, &pf->report->findings,
               (struct pf_note){.rule = "preflight-orphan", .file = relative},
               "Found orphaned file manifest: '%s'", item->name);
    }
    csvk_free(relative);
    csvk_free(bare);
}

void pf_judge_files(struct pf *pf)
{
    struct pf_listing listing = {0};
    pf_list(pf, FILES, PF_FILES, &listing, &pf->report->findings);
    for (size_t i = 0; i < listing.count && pf->status == CSVK_OK; i++) {
        const struct pf_item *item = &listing.item[i];
        if (pf_ends_with(item->name, ".manifest")) {
            judge_orphan(pf, &listing, item);
        } else {
            judge_file(pf, &listing, item);
        }
    }
    for (size_t i = 0; i < pf->config.files.count; i++) {
        const struct pf_entry *entry = &pf->config.files.item[i];
        if (!entry->used && entry->source != NULL) {
            pf_say(pf, &pf->report->findings,
                   (struct pf_note){.rule = "preflight-mapping-source",
                                    .file = "config.json",
                                    .path = entry->path},
                   "File '%s' not found.", entry->source);
        }
    }
    pf_listing_release(&listing);
}
