/*
 * csvw_datatype.c - a datatype of CSVW as it stands in the metadata: the name of a built-in one, or
 * an object with base, format and limits.
 */
#include "csvkit/schema/read/csvw_reading.h"

#include <stdlib.h>
#include <string.h>

/* A text, or a number as it is written. */
static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(node) || cJSON_IsNumber(node) ? node->valuestring : NULL;
}

static uint64_t count_of(const cJSON *object, const char *name, uint64_t otherwise)
{
    const char *text = text_of(object, name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void read_format(const cJSON *format, struct csvw_declaration *out)
{
    if (cJSON_IsObject(format)) {
        out->format = text_of(format, "pattern");
        out->decimal_char = text_of(format, "decimalChar");
        out->group_char = text_of(format, "groupChar");
    } else if (cJSON_IsString(format)) {
        out->format = format->valuestring;
    }
}

/* The two names of an inclusive limit; of both, the first one counts. */
static const char *const *inclusive_names(enum csvw_limit limit)
{
    static const char *const least[] = {"minInclusive", "minimum"};
    static const char *const most[] = {"maxInclusive", "maximum"};
    return limit == CSVW_MIN_INCLUSIVE ? least : most;
}

static void read_inclusive(const cJSON *datatype, enum csvw_limit limit,
                           struct csvw_declaration *out)
{
    const char *const *name = inclusive_names(limit);
    name += text_of(datatype, name[0]) == NULL;
    out->limit[limit] = text_of(datatype, *name);
    out->limit_name[limit] = *name;
}

void csvw_read_datatype(const cJSON *datatype, struct csvw_declaration *out)
{
    const char *base = cJSON_IsString(datatype) ? datatype->valuestring : text_of(datatype, "base");
    *out = (struct csvw_declaration){.base = CSVW_STRING, .max_length = UINT64_MAX};
    if (base != NULL) {
        (void)csvk_csvw_base_find(base, &out->base);
    }
    if (!cJSON_IsObject(datatype)) {
        return;
    }
    read_format(cJSON_GetObjectItemCaseSensitive(datatype, "format"), out);
    read_inclusive(datatype, CSVW_MIN_INCLUSIVE, out);
    read_inclusive(datatype, CSVW_MAX_INCLUSIVE, out);
    out->limit[CSVW_MIN_EXCLUSIVE] = text_of(datatype, "minExclusive");
    out->limit[CSVW_MAX_EXCLUSIVE] = text_of(datatype, "maxExclusive");
    uint64_t length = count_of(datatype, "length", UINT64_MAX);
    out->min_length = count_of(datatype, "minLength", length != UINT64_MAX ? length : 0);
    out->max_length = count_of(datatype, "maxLength", length);
    if (length != UINT64_MAX) { /* exactly this; a contradiction is told by csvw_judge_datatype */
        out->min_length = length;
        out->max_length = length;
    }
}

/* Only numbers have a format that is an object; of other datatypes it does not count. */
static void judge_format(struct csvw_reading *reading, const struct csvw_document *document,
                         cJSON *datatype)
{
    struct csvw_declaration declaration;
    csvw_read_datatype(datatype, &declaration);
    cJSON *format = cJSON_GetObjectItemCaseSensitive(datatype, "format");
    if (cJSON_IsObject(format) && csvk_csvw_base_kind(declaration.base) != CSVW_KIND_NUMBER) {
        csvw_tell(reading, document, format, RULE_FILE_IGNORED,
                  "'format' is an object, which only numbers have, and does not count");
        cJSON_Delete(cJSON_DetachItemViaPointer(datatype, format));
    }
}

static void judge_lengths(struct csvw_reading *reading, const struct csvw_document *document,
                          const cJSON *datatype)
{
    uint64_t length = count_of(datatype, "length", UINT64_MAX);
    uint64_t least = count_of(datatype, "minLength", 0);
    uint64_t most = count_of(datatype, "maxLength", UINT64_MAX);
    if (length != UINT64_MAX && (length < least || length > most)) {
        csvw_tell(reading, document, cJSON_GetObjectItemCaseSensitive(datatype, "length"),
                  RULE_FILE_INVALID, "'length' is outside of 'minLength' and 'maxLength'");
    }
}

/* A limit under both of its names is one of them that does not count. */
static void judge_names(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *datatype, enum csvw_limit limit)
{
    const char *const *name = inclusive_names(limit);
    const char *counts = text_of(datatype, name[0]), *other = text_of(datatype, name[1]);
    if (counts != NULL && other != NULL && strcmp(counts, other) != 0) {
        csvw_tell(reading, document, cJSON_GetObjectItemCaseSensitive(datatype, name[1]),
                  RULE_FILE_IGNORED, "'%s' does not count beside '%s', its other name", name[1],
                  name[0]);
    }
}

void csvw_judge_datatype(struct csvw_reading *reading, const struct csvw_document *document,
                         cJSON *datatype)
{
    struct csvw_declaration declaration;
    struct csvw_cell *cell = NULL;
    struct csvk_error err = {0};
    const char *ignored = NULL;
    if (cJSON_IsObject(datatype)) {
        csvw_check(reading, document, datatype, CSVW_IN_DATATYPE);
        judge_format(reading, document, datatype);
        judge_lengths(reading, document, datatype);
        judge_names(reading, document, datatype, CSVW_MIN_INCLUSIVE);
        judge_names(reading, document, datatype, CSVW_MAX_INCLUSIVE);
    }
    csvw_read_datatype(datatype, &declaration);
    int status = csvk_csvw_cell_new(&cell, &declaration, &ignored, &err);
    csvk_csvw_cell_free(cell);
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(datatype, "format");
    if (status == CSVK_ENOMEM) {
        csvw_no_memory(reading);
    } else if (status == CSVK_EUSAGE) {
        csvw_tell(reading, document, format != NULL ? format : datatype, RULE_FILE_UNSUPPORTED,
                  "not supported: %s", err.text);
    } else if (status != CSVK_OK) {
        csvw_tell(reading, document, datatype, RULE_FILE_INVALID, "%s", err.text);
    } else if (ignored != NULL) {
        csvw_tell(reading, document, format, RULE_FILE_IGNORED, "'format' does not count: %s",
                  ignored);
    }
}
