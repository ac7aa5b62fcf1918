/*
 * in_folder.c - judges in/tables and in/files, which the platform wrote: their manifests, whether
 * their data are there (preflight-in-manifest), manifests of staged tables (preflight-staging), and
 * whether the tables of the input mapping are there (preflight-mapping-input). The data themselves
 * are not judged.
 */
#include "preflight/preflight_private.h"

#include <string.h>

/* The section of a manifest that says where in s3 or abs the data are, or NULL. */
static const cJSON *staging_of(const cJSON *tree)
{
    const cJSON *section = preflight_get(tree, "s3");
    return section != NULL ? section : preflight_get(tree, "abs");
}

static void judge_staged(struct preflight *preflight, const cJSON *tree, const char *relative,
                         bool table)
{
    const cJSON *section = staging_of(tree), *columns = preflight_get(tree, "columns");
    bool sliced = cJSON_IsTrue(preflight_get(section, "isSliced")) ||
                  cJSON_IsTrue(preflight_get(section, "is_sliced"));
    bool named =
        cJSON_GetArraySize(columns) > 0 || cJSON_GetArraySize(preflight_get(tree, "schema")) > 0;
    if (table && sliced && !named) {
        preflight_report_finding(
            preflight, &preflight->report->findings,
            (struct preflight_note){.rule = "preflight-staging", .file = relative},
            "the data are slices in the cloud, but the manifest has no columns");
    }
}

static void judge_manifest(struct preflight *preflight, const char *relative, bool table,
                           bool alone)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    struct csvk_manifest *manifest = preflight_read_manifest(preflight, relative, &found);
    /* A processor that runs after a component finds the component's own manifests here, which are
     * those of out/. */
    how.kind = manifest == NULL ? CSVK_MANIFEST_AUTO : csvk_manifest_guess(manifest, NULL, !table);
    cJSON *tree = manifest != NULL ? preflight_tree(preflight, manifest) : NULL;
    if (manifest != NULL) {
        int status = csvk_manifest_check(manifest, &how, &found);
        (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
        judge_staged(preflight, tree, relative, table);
    }
    if (alone && staging_of(tree) == NULL && preflight->staging != CSVK_STAGING_WORKSPACE) {
        preflight_report_finding(
            preflight, &preflight->report->findings,
            (struct preflight_note){.rule = "preflight-in-manifest", .file = relative},
            "there are no data beside this manifest");
    }
    preflight_take_manifest(preflight, &preflight->report->findings, &found,
                            (struct preflight_taking){.file = relative});
    cJSON_Delete(tree);
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
}

static void judge_folder(struct preflight *preflight, const char *folder, bool table)
{
    struct preflight_listing listing = {0};
    preflight_list(preflight, folder, PREFLIGHT_INPUT, &listing, &preflight->report->findings);
    for (size_t i = 0; i < listing.count && preflight->status == CSVK_OK; i++) {
        const struct preflight_item *item = &listing.item[i];
        if (item->kind != PREFLIGHT_FILE || !preflight_ends_with(item->name, ".manifest")) {
            continue;
        }
        char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
        char *relative = preflight_join(preflight, folder, item->name);
        if (preflight_allocated(preflight, bare) && relative != NULL) {
            judge_manifest(preflight, relative, table,
                           preflight_listing_find(&listing, bare) == NULL);
        }
        csvk_free(relative);
        csvk_free(bare);
    }
    preflight_listing_release(&listing);
}

/* Is there a file of this name in in/tables, or a manifest for it? */
static bool is_there(struct preflight *preflight, const struct preflight_listing *listing,
                     const char *name)
{
    struct csvk_buf manifest = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&manifest, "%s.manifest", name);
    bool found =
        preflight_listing_find(listing, name) != NULL ||
        (status == CSVK_OK && preflight_listing_find(listing, csvk_buf_text(&manifest)) != NULL);
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    csvk_buf_release(&manifest);
    return found;
}

static void judge_mapping(struct preflight *preflight)
{
    const cJSON *input = preflight_get(preflight_get(preflight->config.root, "storage"), "input"),
                *entry;
    struct csvk_findings ignored = {0};
    struct preflight_listing listing = {0};
    size_t index = 0;
    preflight_list(preflight, "in/tables", PREFLIGHT_INPUT, &listing, &ignored);
    cJSON_ArrayForEach(entry, preflight_get(input, "tables"))
    {
        const char *name = preflight_text(entry, "destination");
        name = name != NULL ? name : preflight_text(entry, "source");
        struct csvk_buf path = CSVK_BUF_INIT;
        int status = csvk_buf_printf(&path, "$.storage.input.tables[%zu]", index++);
        (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
        if (name != NULL && listing.exists && !is_there(preflight, &listing, name)) {
            preflight_report_finding(preflight, &preflight->report->findings,
                                     (struct preflight_note){.rule = "preflight-mapping-input",
                                                             .file = "config.json",
                                                             .path = csvk_buf_text(&path)},
                                     "\"%s\" is not in in/tables", name);
        }
        csvk_buf_release(&path);
    }
    csvk_findings_release(&ignored);
    preflight_listing_release(&listing);
}

void preflight_judge_input(struct preflight *preflight)
{
    judge_folder(preflight, "in/tables", true);
    judge_folder(preflight, "in/files", false);
    if (preflight->staging == CSVK_STAGING_LOCAL) {
        judge_mapping(preflight);
    }
}
