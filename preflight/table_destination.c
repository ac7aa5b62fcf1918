/*
 * table_destination.c - decides which Storage table each table goes to and by which rule, and
 * reports what is doubtful about that: preflight-destination, preflight-destination-bucket,
 * preflight-destination-by-name, preflight-destination-order; and several sources for one table:
 * preflight-duplicate-destination.
 */
#include "preflight/preflight_private.h"

#include <string.h>

/* The help pages put the default bucket first, whatever the name is; the platform takes a name with
   two dots as a table id. Reports when that makes a difference. */
static void judge_order(struct preflight *preflight, struct csvk_preflight_table *table,
                        const struct preflight_route *route, const struct csvk_destination *got)
{
    const char *bucket = preflight->report->default_bucket;
    bool id = got->rule == CSVK_DESTINATION_MANIFEST || got->rule == CSVK_DESTINATION_NAME;
    if (!id || bucket == NULL || strncmp(got->id, bucket, strlen(bucket)) == 0) {
        return;
    }
    preflight_report_finding(
        preflight, &table->findings,
        (struct preflight_note){.rule = "preflight-destination-order",
                                .file = route->manifest_path != NULL ? route->manifest_path
                                                                     : route->relative},
        "\"%s\" is used as it stands; the help pages put the default bucket \"%s\" first", got->id,
        bucket);
}

static void judge_id(struct preflight *preflight, struct csvk_preflight_table *table,
                     const struct preflight_route *route, const struct csvk_destination *got)
{
    struct preflight_note note = {.rule = "preflight-destination", .file = route->relative};
    bool fatal = false;
    const char *doubt = csvk_destination_doubt(got->id, &fatal);
    bool bucket = doubt != NULL && !fatal && strstr(got->id, ".c-") == NULL;
    if (bucket) {
        note.rule = "preflight-destination-bucket";
    } else if (!fatal) {
        note.severity = CSVK_WARNING;
    }
    if (doubt != NULL) {
        preflight_report_finding(preflight, &table->findings, note, "\"%s\" (by %s): %s", got->id,
                                 csvk_destination_rule_name(got->rule), doubt);
    } else if (got->rule == CSVK_DESTINATION_NAME) {
        note.rule = "preflight-destination-by-name";
        note.severity = CSVK_OFF;
        preflight_report_finding(preflight, &table->findings, note,
                                 "the file name is taken as the table id \"%s\"", got->id);
    }
}

void preflight_resolve(struct preflight *preflight, struct csvk_preflight_table *table,
                       const struct preflight_route *route)
{
    struct csvk_manifest_table own = {0};
    struct csvk_destination got = {CSVK_DESTINATION_NONE, NULL, NULL};
    const char *mapped =
        route->entry != NULL ? preflight_text(route->entry->node, "destination") : NULL;
    int status = csvk_manifest_table(route->manifest, &own);
    if (status == CSVK_OK) {
        status = csvk_destination_resolve(route->name, own.destination, mapped,
                                          preflight->report->default_bucket, &got);
    }
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    table->by = csvk_destination_rule_name(got.rule);
    if (got.id != NULL) {
        judge_id(preflight, table, route, &got);
        judge_order(preflight, table, route, &got);
    } else if (got.error != NULL) {
        preflight_report_finding(
            preflight, &table->findings,
            (struct preflight_note){.rule = "preflight-destination", .file = route->relative}, "%s",
            got.error);
    }
    table->destination = got.id;
    got.id = NULL;
    csvk_destination_release(&got);
    csvk_manifest_table_release(&own);
}

/* ---- several sources, one table ---- */

static void judge_same_destination(struct preflight *preflight, size_t later)
{
    struct csvk_preflight_table *table = preflight->report->table;
    for (size_t i = 0; i < later; i++) {
        const char *a = table[i].destination, *b = table[later].destination;
        if (a == NULL || b == NULL || strcmp(a, b) != 0) {
            continue;
        }
        struct preflight_note note = {.rule = "preflight-duplicate-destination"};
        bool keeps = table[i].incremental && table[later].incremental;
        note.severity = keeps ? CSVK_WARNING : CSVK_ERROR;
        char *relative = preflight_join(preflight, "out/tables", table[later].source);
        note.file = relative;
        preflight_report_finding(preflight, &table[later].findings, note,
                                 "\"%s\" and \"%s\" both go to \"%s\"", table[i].source,
                                 table[later].source, b);
        csvk_free(relative);
        return;
    }
}

void preflight_judge_same_destination(struct preflight *preflight)
{
    for (size_t i = 1; i < preflight->report->ntables && preflight->status == CSVK_OK; i++) {
        judge_same_destination(preflight, i);
    }
}
