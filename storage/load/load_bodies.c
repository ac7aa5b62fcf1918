/*
 * load_bodies.c - the bodies of the requests of a load.
 *
 * As in the API Blueprint. From memory and not verified against the API: that a table is made from
 * a workspace by tables-async with dataObject, as import-async has it; dataTableName is deprecated.
 */
#include "storage/load/load_bodies.h"

#include <string.h>

static bool add_dialect(cJSON *body, const struct csvk_dialect *dialect)
{
    char delimiter[2] = {(char)dialect->delimiter, '\0'};
    char enclosure[2] = {dialect->enclosure == CSVK_NO_BYTE ? '\0' : (char)dialect->enclosure,
                         '\0'};
    char escape[2] = {(char)dialect->escape, '\0'};
    if (dialect->escape != CSVK_NO_BYTE) { /* the platform accepts an enclosure or an escape */
        return cJSON_AddStringToObject(body, "delimiter", delimiter) &&
               cJSON_AddStringToObject(body, "enclosure", "") &&
               cJSON_AddStringToObject(body, "escapedBy", escape);
    }
    return cJSON_AddStringToObject(body, "delimiter", delimiter) &&
           cJSON_AddStringToObject(body, "enclosure", enclosure);
}

/* Where the rows come from: a file, a workspace, a snapshot. Ids are digits only: checked. */
static bool add_source(cJSON *body, const struct kbc_load *wanted)
{
    if (wanted->snapshot) {
        return cJSON_AddRawToObject(body, "snapshotId", wanted->snapshot) != NULL;
    }
    if (wanted->workspace) {
        return cJSON_AddRawToObject(body, "dataWorkspaceId", wanted->workspace) &&
               cJSON_AddStringToObject(body, "dataObject", wanted->workspace_object);
    }
    return cJSON_AddRawToObject(body, "dataFileId", wanted->file_id) &&
           add_dialect(body, &wanted->dialect);
}

static bool add_rules(cJSON *body, const struct kbc_load *wanted)
{
    cJSON *nulls = wanted->nulls ? json_array(wanted->nulls) : NULL;
    return (!wanted->timestamp || cJSON_AddTrueToObject(body, "useTimestampFromDataFile")) &&
           (!wanted->nulls || (nulls && cJSON_AddItemToObject(body, "treatValuesAsNull", nulls))) &&
           (!wanted->deduplication ||
            cJSON_AddStringToObject(body, "deduplicationStrategy", wanted->deduplication));
}

cJSON *load_import_body(const struct kbc_load *wanted, const struct csvk_strings *names)
{
    cJSON *body = cJSON_CreateObject();
    bool good = body && add_source(body, wanted) &&
                cJSON_AddBoolToObject(body, "incremental", wanted->incremental) &&
                add_rules(body, wanted);
    if (good && wanted->header != KBC_HEADER) {
        cJSON *columns = json_array(names);
        good = columns && cJSON_AddItemToObject(body, "columns", columns);
    }
    if (good && wanted->header == KBC_SKIP_HEADER) {
        good = cJSON_AddNumberToObject(body, "ignoredLinesCount", 1) != NULL;
    }
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

/* The platform wants the names of the key as one text with commas. */
static int key_text(const struct csvk_strings *key, struct csvk_buf *out)
{
    for (size_t i = 0; key && i < key->count; i++) {
        int status = csvk_buf_printf(out, "%s%s", i ? "," : "", key->item[i]);
        if (status < 0) {
            return status;
        }
    }
    return CSVK_OK;
}

cJSON *load_create_body(const struct kbc_load *wanted, const char *name)
{
    struct csvk_buf key = CSVK_BUF_INIT;
    cJSON *body = cJSON_CreateObject();
    bool good = body && cJSON_AddStringToObject(body, "name", name) && add_source(body, wanted) &&
                key_text(wanted->primary_key, &key) == CSVK_OK;
    if (good && key.length > 0) {
        good = cJSON_AddStringToObject(body, "primaryKey", csvk_buf_text(&key)) != NULL;
    }
    csvk_buf_release(&key);
    if (!good) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}
