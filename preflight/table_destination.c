/*
 * table_destination.c - where each table will land and by which rule, what is doubtful about that,
 * and tables that meet in one place.
 */
#include "preflight/preflight_private.h"

#include <string.h>

/* The help pages have the default bucket first, and two dots or more make a table id. */
static void judge_order(struct pf *pf, struct csvk_preflight_table *table,
                        const struct pf_route *route, const struct csvk_destination *got)
{
    const char *bucket = pf->report->default_bucket;
    bool id = got->rule == CSVK_DESTINATION_MANIFEST || got->rule == CSVK_DESTINATION_NAME;
    if (!id || bucket == NULL || strncmp(got->id, bucket, strlen(bucket)) == 0) {
        return;
    }
    pf_say(pf, &table->findings,
           (struct pf_note){.rule = "preflight-destination-order",
                            .file = route->manifest_path != NULL ? route->manifest_path
                                                                 : route->relative},
           "\"%s\" is used as it stands; the help pages put the default bucket \"%s\" first",
           got->id, bucket);
}

static void judge_id(struct pf *pf, struct csvk_preflight_table *table,
                     const struct pf_route *route, const struct csvk_destination *got)
{
    struct pf_note note = {.rule = "preflight-destination", .file = route->relative};
    bool fatal = false;
    const char *doubt = csvk_destination_doubt(got->id, &fatal);
    bool bucket = doubt != NULL && !fatal && strstr(got->id, ".c-") == NULL;
    if (bucket) {
        note.rule = "preflight-destination-bucket";
    } else if (!fatal) {
        note.severity = CSVK_WARNING;
    }
    if (doubt != NULL) {
        pf_say(pf, &table->findings, note, "\"%s\" (by %s): %s", got->id,
               csvk_destination_rule_name(got->rule), doubt);
    } else if (got->rule == CSVK_DESTINATION_NAME) {
        note.rule = "preflight-destination-by-name";
        note.severity = CSVK_OFF;
        pf_say(pf, &table->findings, note, "the file name is taken as the table id \"%s\"",
               got->id);
    }
}

void pf_resolve(struct pf *pf, struct csvk_preflight_table *table, const struct pf_route *route)
{
    struct csvk_manifest_table own = {0};
    struct csvk_destination got = {CSVK_DESTINATION_NONE, NULL, NULL};
    const char *mapped = route->entry != NULL ? pf_text(route->entry->node, "destination") : NULL;
    int status = csvk_manifest_table(route->manifest, &own);
    if (status == CSVK_OK) {
        status = csvk_destination_resolve(route->name, own.destination, mapped,
                                          pf->report->default_bucket, &got);
    }
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    table->by = csvk_destination_rule_name(got.rule);
    if (got.id != NULL) {
        judge_id(pf, table, route, &got);
        judge_order(pf, table, route, &got);
    } else if (got.error != NULL) {
        pf_say(pf, &table->findings,
               (struct pf_note){.rule = "preflight-destination", .file = route->relative}, "%s",
               got.error);
    }
    table->destination = got.id;
    got.id = NULL;
    csvk_destination_release(&got);
    csvk_manifest_table_release(&own);
}

/* ---- several sources, one table ---- */

static void judge_same_destination(struct pf *pf, size_t later)
{
    struct csvk_preflight_table *table = pf->report->table;
    for (size_t i = 0; i < later; i++) {
        const char *a = table[i].destination, *b = table[later].destination;
        if (a == NULL || b == NULL || strcmp(a, b) != 0) {
            continue;
        }
        struct pf_note note = {.rule = "preflight-duplicate-destination"};
        bool keeps = table[i].incremental && table[later].incremental;
        note.severity = keeps ? CSVK_WARNING : CSVK_ERROR;
        char *relative = pf_join(pf, "out/tables", table[later].source);
        note.file = relative;
        pf_say(pf, &table[later].findings, note, "\"%s\" and \"%s\" both go to \"%s\"",
               table[i].source, table[later].source, b);
        csvk_free(relative);
        return;
    }
}

void pf_judge_same_destination(struct pf *pf)
{
    for (size_t i = 1; i < pf->report->ntables && pf->status == CSVK_OK; i++) {
        judge_same_destination(pf, i);
    }
}
