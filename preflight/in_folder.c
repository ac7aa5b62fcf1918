/*
 * in_folder.c - in/tables and in/files, which the platform wrote: their manifests, those of staged
 * tables among them, and whether the tables of the input mapping are there. Their data are not
 * judged.
 */
#include "preflight/preflight_private.h"

#include <string.h>

/* Has the manifest a section that says where in s3 or abs the data are? */
static const cJSON *staging_of(const cJSON *tree)
{
    const cJSON *section = pf_get(tree, "s3");
    return section != NULL ? section : pf_get(tree, "abs");
}

static void judge_staged(struct pf *pf, const cJSON *tree, const char *relative, bool table)
{
    const cJSON *section = staging_of(tree), *columns = pf_get(tree, "columns");
    bool sliced =
        cJSON_IsTrue(pf_get(section, "isSliced")) || cJSON_IsTrue(pf_get(section, "is_sliced"));
    bool named = cJSON_GetArraySize(columns) > 0 || cJSON_GetArraySize(pf_get(tree, "schema")) > 0;
    if (table && sliced && !named) {
        pf_say(pf, &pf->report->findings,
               (struct pf_note){.rule = "preflight-staging", .file = relative},
               "a sliced table in the cloud, and the manifest has no columns");
    }
}

static void judge_manifest(struct pf *pf, const char *relative, bool table, bool alone)
{
    struct csvk_manifest_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    struct csvk_manifest *manifest = pf_read_manifest(pf, relative, &found);
    /* Processors behind a component get its own manifests here, those of out/. */
    how.kind = manifest == NULL ? CSVK_MANIFEST_AUTO : csvk_manifest_guess(manifest, NULL, !table);
    cJSON *tree = manifest != NULL ? pf_tree(pf, manifest) : NULL;
    if (manifest != NULL) {
        int status = csvk_manifest_check(manifest, &how, &found);
        (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
        judge_staged(pf, tree, relative, table);
    }
    if (alone && staging_of(tree) == NULL && pf->staging != CSVK_STAGING_WORKSPACE) {
        pf_say(pf, &pf->report->findings,
               (struct pf_note){.rule = "preflight-in-manifest", .file = relative},
               "there are no data beside this manifest");
    }
    pf_take_manifest(pf, &pf->report->findings, &found, (struct pf_taking){.file = relative});
    cJSON_Delete(tree);
    csvk_manifest_free(manifest);
    csvk_manifest_findings_release(&found);
}

static void judge_folder(struct pf *pf, const char *folder, bool table)
{
    struct pf_listing listing = {0};
    pf_list(pf, folder, PF_INPUT, &listing, &pf->report->findings);
    for (size_t i = 0; i < listing.count && pf->status == CSVK_OK; i++) {
        const struct pf_item *item = &listing.item[i];
        if (item->kind != PF_FILE || !pf_ends_with(item->name, ".manifest")) {
            continue;
        }
        char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
        char *relative = pf_join(pf, folder, item->name);
        if (pf_kept(pf, bare) && relative != NULL) {
            judge_manifest(pf, relative, table, pf_listing_find(&listing, bare) == NULL);
        }
        csvk_free(relative);
        csvk_free(bare);
    }
    pf_listing_release(&listing);
}

/* The file of an input table: as it is called in in/tables, or as its manifest is. */
static bool is_there(struct pf *pf, const struct pf_listing *listing, const char *name)
{
    struct csvk_buf manifest = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&manifest, "%s.manifest", name);
    bool found = pf_listing_find(listing, name) != NULL ||
                 (status == CSVK_OK && pf_listing_find(listing, csvk_buf_text(&manifest)) != NULL);
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    csvk_buf_release(&manifest);
    return found;
}

static void judge_mapping(struct pf *pf)
{
    const cJSON *input = pf_get(pf_get(pf->config.root, "storage"), "input"), *entry;
    struct csvk_preflight_findings heard = {0};
    struct pf_listing listing = {0};
    size_t index = 0;
    pf_list(pf, "in/tables", PF_INPUT, &listing, &heard);
    cJSON_ArrayForEach(entry, pf_get(input, "tables"))
    {
        const char *name = pf_text(entry, "destination");
        name = name != NULL ? name : pf_text(entry, "source");
        struct csvk_buf path = CSVK_BUF_INIT;
        int status = csvk_buf_printf(&path, "$.storage.input.tables[%zu]", index++);
        (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
        if (name != NULL && listing.exists && !is_there(pf, &listing, name)) {
            pf_say(pf, &pf->report->findings,
                   (struct pf_note){.rule = "preflight-mapping-input",
                                    .file = "config.json",
                                    .path = csvk_buf_text(&path)},
                   "\"%s\" is not in in/tables", name);
        }
        csvk_buf_release(&path);
    }
    pf_findings_release(&heard);
    pf_listing_release(&listing);
}

void pf_judge_input(struct pf *pf)
{
    judge_folder(pf, "in/tables", true);
    judge_folder(pf, "in/files", false);
    if (pf->staging == CSVK_STAGING_LOCAL) {
        judge_mapping(pf);
    }
}
