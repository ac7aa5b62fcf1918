/*
 * normalize_summary.c - the outcome of a run as JSON.
 *
 * Keys and their order are part of the interface. Members that say nothing (no repair of that id,
 * no reject, no verification) are left out; counts are always there.
 */
#include "csvkit/json.h"
#include "csvkit/normalize/normalize_structs.h"

static void put_place(struct csvk_json *json, const struct csvk_normalize_place *place)
{
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "byte", place->byte);
    csvk_json_put_uint(json, "line", place->line);
    csvk_json_put_uint(json, "record", place->record);
    csvk_json_close(json, '}');
}

/* Two objects by id of the repair: how often, and where the first one is. */
static void put_repairs(struct csvk_json *json, const struct csvk_normalize_result *result)
{
    csvk_json_key(json, "repairs");
    csvk_json_open(json, '{');
    for (int i = CSVK_REPAIR_NONE + 1; i < CSVK_REPAIRS; i++) {
        if (result->repairs[i] != 0) {
            csvk_json_put_uint(json, csvk_repair_id((enum csvk_repair)i), result->repairs[i]);
        }
    }
    csvk_json_close(json, '}');
    csvk_json_key(json, "first");
    csvk_json_open(json, '{');
    for (int i = CSVK_REPAIR_NONE + 1; i < CSVK_REPAIRS; i++) {
        if (result->repairs[i] != 0) {
            csvk_json_key(json, csvk_repair_id((enum csvk_repair)i));
            put_place(json, &result->first[i]);
        }
    }
    csvk_json_close(json, '}');
}

/* What was found out, or done, about the file as a whole (r2, r24). */
static void put_reading(struct csvk_json *json, const struct csvk_normalize_result *result)
{
    if (result->repairs[CSVK_REPAIR_ENCODING] != 0) {
        csvk_json_put_string(json, "encoding", result->encoding);
    }
    if (result->repairs[CSVK_REPAIR_DELIMITER] != 0) {
        csvk_json_put_string(json, "delimiter", result->delimiter);
    }
}

/*
 * With --verify: what libcsv counted. records_in is null when libcsv does not read the input the
 * way we do.
 */
static void put_counted(struct csvk_json *json, const struct csvk_normalize_counted *counted)
{
    if (!counted->done) {
        return;
    }
    csvk_json_key(json, "counted_by_libcsv");
    csvk_json_open(json, '{');
    if (counted->input_counted) {
        csvk_json_put_uint(json, "records_in", counted->records_in);
    } else {
        csvk_json_key(json, "records_in");
        csvk_json_null(json);
    }
    csvk_json_put_uint(json, "records_out", counted->records_out);
    csvk_json_put_uint(json, "records_rejected", counted->records_rejected);
    csvk_json_close(json, '}');
}

static int put_summary(const struct csvk_normalize_result *result, const char *file,
                       struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "file", file);
    csvk_json_put_uint(&json, "records_in", result->records_in);
    csvk_json_put_uint(&json, "records_out", result->records_out);
    csvk_json_put_uint(&json, "records_rejected", result->records_rejected);
    csvk_json_put_uint(&json, "records_dropped", result->records_dropped);
    put_repairs(&json, result);
    put_reading(&json, result);
    if (result->records_rejected != 0) {
        csvk_json_key(&json, "first_reject");
        put_place(&json, &result->first_reject);
        csvk_json_put_string(&json, "first_reject_reason", result->first_reject_reason);
    }
    if (result->advice[0] != '\0') {
        csvk_json_put_string(&json, "advice", result->advice);
    }
    csvk_json_put_bool(&json, "changed", result->changed);
    csvk_json_put_uint(&json, "columns", result->width);
    csvk_json_put_uint(&json, "bytes_in", result->bytes_in);
    csvk_json_put_uint(&json, "bytes_out", result->bytes_out);
    put_counted(&json, &result->counted);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : CSVK_OK;
}

int csvk_normalize_summary(const struct csvk_normalize_result *result, const char *file,
                           struct csvk_buf *out)
{
    struct csvk_normalize_result own;
    int status = norm_read_result(&own, result);
    return status == CSVK_OK ? put_summary(&own, file, out) : status;
}
